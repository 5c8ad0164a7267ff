//! Verifies one Sigstore bundle many times in one process, on all cores, and says how many a second.
//!
//! ```text
//! cargo run --release --example verify_bundles -- BUNDLE ARTIFACT TRUSTED_ROOT [COUNT]
//! ```
//!
//! The trusted root is read once, the bundle each time. Whoever signed is admitted.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use mekiki::evidence::signature::sigstore::{Sigstore, VerifyBundle as _};
use mekiki::evidence::signature::{Artifact, Expected, Trust};
use mekiki::time::{end_of_day, parse_day};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [bundle, artifact, root, count @ ..] = arguments.as_slice() else {
        bail!("give a bundle, its artifact and a trusted root");
    };
    let count: u32 = match count.first() {
        Some(count) => count.parse().context("read how many")?,
        None => 10_000,
    };
    let (bundle, artifact, root) = (fs::read(bundle)?, fs::read(artifact)?, fs::read(root)?);
    let Ok(root) = Sigstore::new(&root) else {
        bail!("the trusted root cannot be used");
    };
    let anybody = Expected::pattern(".*").ok();
    let trust = Trust {
        identity: anybody.clone(),
        issuer: anybody,
        ..Trust::none(end_of_day(parse_day("2026-11-26").context("a day")?))
    };
    let start = Instant::now();
    let verified = (0..count)
        .into_par_iter()
        .filter(|_| {
            let outcome = root.verify(&bundle, &Artifact::of_bytes(&artifact), &trust);
            outcome.is_ok_and(|outcome| outcome.verified)
        })
        .count();
    let elapsed = start.elapsed();
    let a_second = u128::from(count) * 1_000_000 / elapsed.as_micros().max(1);
    anstream::println!("{verified} of {count} verified in {elapsed:.2?}, {a_second} a second");
    Ok(())
}
