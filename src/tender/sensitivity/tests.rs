//! Every measure against brute force on small random tenders.

mod acceptability;
mod changes;
mod laws;
mod marks;
mod prices;
mod small;

use small::Small;

/// How many random tenders a test takes.
const TENDERS: u64 = 1_000;

/// Calls a check on random tenders.
fn each(check: impl Fn(&Small, &str)) {
    for seed in 1..=TENDERS {
        let small = Small::draw(seed);
        check(&small, &format!("seed {seed}: {small:?}"));
    }
}
