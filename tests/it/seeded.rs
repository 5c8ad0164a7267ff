//! Chance that is the same in every run.

/// A xorshift generator (Marsaglia, "Xorshift RNGs", 2003, with the triple 13, 7, 17).
pub(crate) struct Seeded(u64);

impl Seeded {
    /// Starts at `seed`, which must not be zero.
    pub(crate) fn new(seed: u64) -> Self {
        assert_ne!(seed, 0, "the generator stays at zero");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which must not be zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a length fits");
        usize::try_from(self.next() % bound).expect("what is below a length fits")
    }
}
