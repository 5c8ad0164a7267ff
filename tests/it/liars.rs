//! Fifty supplier packages, whole and seeded, with lies planted in them: every lie is found on the right fact with both
//! places, and none is invented.

mod package;

use std::collections::{BTreeMap, BTreeSet};

use mekiki::app::assess::{AssessedOffering, assess_folder};
use mekiki::app::library::Library;
use mekiki::assessment::contradiction::ContradictionKind;
use mekiki::evidence::Evidence;

use crate::authority::Authority;
use crate::seeded::Seeded;
use package::{Lie, Package};

const PACKAGES: u64 = 50;

fn assess(library: &Library, evidence: Vec<Evidence>) -> AssessedOffering {
    assess_folder(library, evidence, None, None).unwrap_or_else(|refused| panic!("{refused:?}"))
}

#[test]
fn every_lie_is_found_and_none_is_invented() {
    let library = Library::open(None).unwrap();
    let authority = Authority::new();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut honest = 0;
    for seed in 1..=PACKAGES {
        let package = Package::new(&mut Seeded::new(seed * 7919));
        let assessed = assess(&library, package.evidence(&authority));
        let mut found: Vec<_> = assessed
            .view
            .contradictions
            .iter()
            .map(|one| one.fact.to_string())
            .collect();
        // A register may deny what a foreign paper refutes as well.
        found.dedup();
        let mut expected: Vec<_> = package.lies.iter().flat_map(|lie| lie.facts()).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "package {seed}: {:?}", package.lies);
        for lie in &package.lies {
            *told.entry(lie.kind()).or_default() += 1;
            let contradiction = assessed
                .view
                .contradictions
                .iter()
                .find(|one| one.fact.as_str() == lie.fact() && one.kind == lie.contradiction())
                .unwrap_or_else(|| panic!("package {seed}: {lie:?} is of another kind"));
            let files: BTreeSet<_> = contradiction
                .citations
                .iter()
                .map(|one| one.file.as_str())
                .collect();
            let said_in = if lie.is_on_paper() {
                "evidence/certificates/isms.toml"
            } else {
                package.answers_file()
            };
            for file in [said_in, lie.shown_by()] {
                assert!(files.contains(file), "package {seed}: {lie:?}: {files:?}");
            }
            assert!(contradiction.sides.len() >= 2);
            assert!(!contradiction.because.ja.is_empty() && !contradiction.because.en.is_empty());
        }
        honest += usize::from(package.lies.is_empty());
    }
    let kinds: Vec<_> = told.keys().copied().collect();
    assert_eq!(
        kinds,
        [
            "advisory",
            "certificate",
            "date",
            "place",
            "registry",
            "sbom",
            "signature"
        ],
        "{told:?}"
    );
    assert!(honest >= 5, "only {honest} packages are honest");
}

#[test]
fn each_lie_alone_is_found() {
    let library = Library::open(None).unwrap();
    let authority = Authority::new();
    for lie in Lie::ALL {
        let mut package = Package::new(&mut Seeded::new(11));
        package.lies = vec![lie];
        let assessed = assess(&library, package.evidence(&authority));
        let contradictions = &assessed.view.contradictions;
        let mut facts: Vec<_> = contradictions.iter().map(|one| one.fact.as_str()).collect();
        facts.dedup();
        assert_eq!(facts, lie.facts(), "{lie:?}: {contradictions:?}");
        let counts = contradictions[0].sides.iter().any(|side| side.counted);
        assert!(counts, "{lie:?}: no side counts");
        if lie.contradiction() == ContradictionKind::Value {
            // What the machine or the register says is what counts.
            assert!(contradictions[0].sides[0].counted, "{lie:?}");
            assert!(contradictions[0].sides[0].proof_rank >= 4, "{lie:?}");
        }
    }
}

/// The verdicts and points, without the places.
fn told(assessed: &AssessedOffering) -> Vec<String> {
    let verdicts = assessed.view.verdicts.iter();
    verdicts
        .map(|one| {
            let points = one.points.as_ref();
            format!(
                "{} {} {} {:?}",
                one.criterion,
                one.verdict.word(),
                one.proof_rank,
                points.map(|points| (points.low.to_string(), points.high.to_string()))
            )
        })
        .collect()
}

#[test]
fn the_order_and_the_format_of_answers_and_evidence_change_nothing() {
    let library = Library::open(None).unwrap();
    let authority = Authority::new();
    for seed in 1..=6 {
        let mut package = Package::new(&mut Seeded::new(seed * 104_729));
        package.as_json = false;
        let first = told(&assess(&library, package.evidence(&authority)));
        let mut seeded = Seeded::new(seed);
        for as_json in [false, true] {
            package.as_json = as_json;
            let count = package.answers.len();
            for index in (1..count).rev() {
                package.answers.swap(index, seeded.below(index + 1));
            }
            let mut evidence = package.evidence(&authority);
            evidence.reverse();
            assert_eq!(told(&assess(&library, evidence)), first, "package {seed}");
        }
    }
}

#[test]
fn evidence_about_something_else_changes_no_verdict_and_no_points() {
    let library = Library::open(None).unwrap();
    let authority = Authority::new();
    for seed in 1..=4 {
        let mut package = Package::new(&mut Seeded::new(seed * 31));
        package.lies.clear();
        let before = assess(&library, package.evidence(&authority));
        for (path, text) in package::strangers() {
            let mut evidence = package.evidence(&authority);
            evidence.push(Evidence::new(path, text.into_bytes()));
            let after = assess(&library, evidence);
            assert_eq!(told(&after), told(&before), "{path}");
            assert!(after.view.contradictions.is_empty(), "{path}");
            let from_supplier = path.starts_with("evidence/");
            let remarked = after
                .view
                .remarks
                .iter()
                .any(|one| one.file.as_deref() == Some(path));
            assert!(
                remarked || !from_supplier,
                "{path} is passed over in silence"
            );
        }
    }
}
