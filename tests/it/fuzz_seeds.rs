//! The bodies of the fuzz targets over our own seeds, whole and damaged, on the stable toolchain.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bodies::{BODIES, Body};
use crate::mutation::damage;
use crate::seeded::Seeded;

/// Damaged documents for each target.
const MUTATIONS: usize = 400;

/// What takes a document, whatever its format.
const OF_EVERY_FORMAT: [&str; 3] = ["diff", "profile", "convert"];

/// No seed, whole or damaged, takes longer in a build without optimization.
const LIMIT: Duration = Duration::from_secs(5);

struct Seed {
    folder: String,
    name: String,
    bytes: Vec<u8>,
}

/// Every seed, by folder and name.
fn seeds() -> Vec<Seed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut seeds = Vec::new();
    for folder in fs::read_dir(&root).expect("there are seeds") {
        let folder = folder.expect("a folder is listed");
        for file in fs::read_dir(folder.path()).expect("a folder is readable") {
            let file = file.expect("a seed is listed");
            seeds.push(Seed {
                folder: folder.file_name().into_string().expect("a plain name"),
                name: file.file_name().into_string().expect("a plain name"),
                bytes: fs::read(file.path()).expect("a seed is readable"),
            });
        }
    }
    seeds.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    seeds
}

/// The seeds of a target: its folder, or those of all readers.
fn seeds_of<'s>(target: &str, seeds: &'s [Seed]) -> Vec<&'s Seed> {
    let is_for_all = OF_EVERY_FORMAT.contains(&target);
    seeds
        .iter()
        .filter(|seed| {
            seed.folder == target
                || is_for_all && !["archive", "unpack_and_detect"].contains(&&*seed.folder)
        })
        .collect()
}

fn survives(target: &str, body: Body, what: &str, bytes: &[u8]) {
    let start = Instant::now();
    let outcome = catch_unwind(|| body(bytes));
    assert!(
        outcome.is_ok(),
        "{target}: {what}: {}",
        bytes.escape_ascii()
    );
    assert!(
        start.elapsed() < LIMIT,
        "{target}: {what}: {:?}",
        start.elapsed()
    );
}

#[test]
fn every_target_takes_every_seed() {
    let seeds = seeds();
    assert!(seeds.len() >= 40, "{} seeds", seeds.len());
    for (target, body) in BODIES {
        let own = seeds_of(target, &seeds);
        assert!(own.len() >= 2, "{target} has {} seeds", own.len());
        for seed in own {
            survives(target, body, &seed.name, &seed.bytes);
        }
    }
}

#[test]
fn every_target_takes_damaged_seeds() {
    let seeds = seeds();
    let mut seeded = Seeded::new(0x0066_757a_7a65_6473);
    for (target, body) in BODIES {
        let own = seeds_of(target, &seeds);
        for mutation in 0..MUTATIONS {
            let seed = own[mutation % own.len()];
            let mut bytes = seed.bytes.clone();
            damage(&mut bytes, &mut seeded);
            survives(target, body, &format!("{} {mutation}", seed.name), &bytes);
        }
    }
}

#[test]
fn every_target_has_its_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the package is there");
    for (target, _) in BODIES {
        assert!(
            manifest.contains(&format!("name = \"{target}\"")),
            "{target}"
        );
        let path = root.join(format!("fuzz_targets/{target}.rs"));
        let text = fs::read_to_string(path).expect("the target is there");
        assert!(text.contains(&format!("run(\"{target}\"")), "{target}");
    }
}

#[test]
fn the_sound_seeds_are_read_without_an_error() {
    use mekiki::evidence::sbom::read;
    for seed in seeds().iter().filter(|seed| seed.name.starts_with("full.")) {
        let (_, reading) = read(&seed.bytes).unwrap_or_else(|faults| {
            panic!("{}/{}: {faults:?}", seed.folder, seed.name);
        });
        assert!(reading.valid(), "{}: {:?}", seed.folder, reading.findings);
    }
}
