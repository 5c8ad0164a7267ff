//! Finds a word among few, without allocation.

/// Words with their positions.
#[derive(Debug, Default)]
pub(super) struct Index {
    words: Vec<Box<str>>,
    /// Positions plus one; zero is free. A power of two, at least twice the words.
    slots: Vec<u16>,
}

impl Index {
    /// The index of `words`; `None` for more than fit.
    pub(super) fn new(words: Vec<Box<str>>) -> Option<Self> {
        let size = (words.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![0; size];
        for (word, number) in words.iter().zip(1u32..) {
            let number = u16::try_from(number).ok()?;
            let mut at = hash(word.as_bytes()) as usize & (size - 1);
            while slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            *slots.get_mut(at)? = number;
        }
        Some(Self { words, slots })
    }

    /// The position of `word`.
    #[inline]
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash(word.as_bytes()) as usize & mask;
        loop {
            let position = usize::from(*self.slots.get(at)?).checked_sub(1)?;
            if self.words.get(position).is_some_and(|one| **one == *word) {
                return Some(position);
            }
            at = (at + 1) & mask;
        }
    }

    /// The words in their order.
    pub(super) fn words(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.words.iter().map(|word| &**word)
    }
}

/// Mixes the length with the first and the last eight bytes. The words come from our tables, so that a
/// document cannot make them collide.
#[inline]
fn hash(word: &[u8]) -> u32 {
    let (first, last) = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (short(word), 0),
    };
    let mixed =
        (first ^ last.rotate_left(23) ^ word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// Up to seven bytes as a number.
#[inline]
fn short(word: &[u8]) -> u64 {
    word.iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_and_no_other() {
        let words: Vec<Box<str>> = (0..700)
            .map(|one| format!("member-{one}-of-a-table").into())
            .chain(["", "a", "ab", "abcdefg", "abcdefgh", "目"].map(Into::into))
            .collect();
        let index = Index::new(words.clone()).unwrap();
        for (position, word) in words.iter().enumerate() {
            assert_eq!(index.find(word), Some(position), "{word}");
        }
        for word in ["member-700-of-a-table", "b", "abcdefghi", "A"] {
            assert_eq!(index.find(word), None, "{word}");
        }
        assert_eq!(Index::default().find("a"), None);
        assert_eq!(Index::new(Vec::new()).unwrap().find("a"), None);
    }
}
