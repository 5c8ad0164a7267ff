//! Laws of the whole line, over the demo tender.

use std::collections::BTreeSet;

use mekiki::app::library::Library;
use mekiki::app::reassess::reassess;
use mekiki::app::tender::{Replay, judge_tender, open_tender, replay_record, write_record};
use mekiki::evidence::Evidence;
use mekiki::folder::read_folder;
use mekiki::reevaluation::Cause;
use mekiki::time::parse_day;
use serde_json::Value;

use crate::binary::DEMO;

fn record(library: &Library, evidence: Vec<Evidence>) -> String {
    let open = open_tender(library, evidence).unwrap();
    let judged = judge_tender(library, &open, None).unwrap();
    write_record(library, &open, &judged)
}

/// Every verdict of a record by bid and criterion.
fn verdicts(record: &str) -> Vec<(String, Value)> {
    let record: Value = serde_json::from_str(record).unwrap();
    let bids = record["tender"]["bids"].as_array().unwrap();
    bids.iter()
        .flat_map(|bid| {
            let verdicts = bid["assessment"]["verdicts"].as_array().unwrap();
            verdicts.iter().map(|verdict| {
                (
                    format!("{} {}", bid["id"], verdict["criterion"]),
                    verdict.clone(),
                )
            })
        })
        .collect()
}

/// A small generator of permutations (xorshift), so that a failure can be repeated.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for index in (1..items.len()).rev() {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        items.swap(index, usize::try_from(seed % (index as u64 + 1)).unwrap());
    }
}

#[test]
fn the_order_of_evidence_changes_nothing() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let first = record(&library, evidence.clone());
    for seed in 1..=20 {
        let mut shuffled = evidence.clone();
        shuffle(&mut shuffled, seed);
        assert!(record(&library, shuffled) == first, "seed {seed}");
    }
}

/// Deletes every file in turn and holds the verdicts that change against those that cited it. Returns
/// how many files were cited at all.
pub(crate) fn check_deletions(library: &Library, evidence: &[Evidence]) -> usize {
    let before = verdicts(&record(library, evidence.to_vec()));
    let mut cited = 0;
    for file in evidence.iter().filter(|file| file.path != "tender.toml") {
        let rest = evidence
            .iter()
            .filter(|one| one.path != file.path)
            .cloned()
            .collect();
        let after = verdicts(&record(library, rest));
        let names =
            |all: &[(String, Value)]| all.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after));
        let changed: BTreeSet<_> = before
            .iter()
            .zip(&after)
            .filter(|(old, new)| old != new)
            .map(|(old, _)| old.0.clone())
            .collect();
        let rests_on_it = |verdict: &Value| {
            verdict["citations"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["file"] == file.path.as_str())
        };
        let citing: BTreeSet<_> = before
            .iter()
            .filter(|(_, verdict)| rests_on_it(verdict))
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(changed, citing, "{}", file.path);
        cited += usize::from(!citing.is_empty());
    }
    cited
}

#[test]
fn deleting_evidence_changes_exactly_the_verdicts_that_cite_it() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let cited = check_deletions(&library, &evidence);
    assert!(cited >= 30, "only {cited} files are cited");
}

#[test]
fn the_same_holds_where_nothing_can_be_verified() {
    let library = Library::open(None).unwrap();
    let mut evidence = read_folder(DEMO).unwrap();
    evidence.retain(|one| !one.path.starts_with("trust/") && !one.path.starts_with("advisories/"));
    let cited = check_deletions(&library, &evidence);
    assert!(cited >= 30, "only {cited} files are cited");
}

#[test]
fn a_record_is_rebuilt_from_evidence_under_any_name() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let written = record(&library, evidence.clone());
    let renamed: Vec<_> = evidence
        .iter()
        .map(|one| Evidence {
            path: format!("x/{}", one.digest),
            ..one.clone()
        })
        .collect();
    assert_eq!(
        replay_record(&library, written.as_bytes(), &renamed).unwrap(),
        Replay::Equal
    );

    let edited = written.replacen("\"rank\":1", "\"rank\":9", 1);
    let replay = replay_record(&library, edited.as_bytes(), &evidence).unwrap();
    assert!(
        matches!(&replay, Replay::Different { pointer, recorded, rebuilt }
        if pointer.ends_with("/rank") && recorded == "9" && rebuilt == "1"),
        "{replay:?}"
    );

    let tripled = written.replacen("\"proof_rank\":5", "\"proof_rank\":6", 1);
    let both = tripled.replacen("\"rank\":1", "\"rank\":9", 1);
    let first = |record: &str| match replay_record(&library, record.as_bytes(), &evidence) {
        Ok(Replay::Different { pointer, .. }) => pointer,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        first(&both),
        first(&tripled),
        "the first of two differences"
    );
    assert_eq!(
        first(&format!("{written} ")),
        "",
        "not the bytes that are written"
    );
}

#[test]
fn another_table_of_builders_is_a_difference() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let written = record(&library, evidence.clone());
    let mut other = Library::open(None).unwrap();
    other.builders.digest = mekiki::digest::Digest::of(b"another table");
    let replay = replay_record(&other, written.as_bytes(), &evidence).unwrap();
    assert!(
        matches!(&replay, Replay::Different { pointer, .. } if pointer == "/builders/digest"),
        "{replay:?}"
    );
}

#[test]
fn a_changed_byte_in_any_input_is_missing_evidence() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let written = record(&library, evidence.clone());
    for index in 0..evidence.len() {
        let mut altered = evidence.clone();
        let mut bytes = altered[index].bytes.to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let path = altered[index].path.clone();
        altered[index] = Evidence::new(path.clone(), bytes);
        let refused = replay_record(&library, written.as_bytes(), &altered).unwrap_err();
        assert_eq!(refused.0.len(), 1, "{path}: {refused:?}");
        assert_eq!(refused.0[0].code, "evidence-missing");
        assert!(
            refused.0[0].message.contains(&format!("`{path}`")),
            "{refused:?}"
        );
        assert!(refused.0[0].help.is_some());
    }
}

#[test]
fn what_changed_since_a_record_has_its_cause() {
    let library = Library::open(None).unwrap();
    let evidence = read_folder(DEMO).unwrap();
    let written = record(&library, evidence.clone());
    let on = |day: &str, evidence: &[Evidence]| {
        reassess(
            &library,
            written.as_bytes(),
            evidence.to_vec(),
            parse_day(day).unwrap(),
        )
        .unwrap()
    };
    let same = on("2026-11-20", &evidence);
    assert!(
        same.changes.is_empty() && !same.next_due.is_empty(),
        "{same:?}"
    );
    assert!(same.next_due.is_sorted() && same.next_due[0].due.as_str() >= "2026-11-20");

    let later = on("2027-12-01", &evidence);
    assert!(
        later
            .changes
            .iter()
            .all(|change| change.causes == [Cause::Time]),
        "{later:?}"
    );
    assert!(
        later
            .stale
            .contains(&("aoba".to_owned(), "A19-3.cloud.ismap".to_owned())),
        "{:?}",
        later.stale
    );

    let without: Vec<_> = evidence
        .iter()
        .filter(|one| one.path != "bids/aoba/documents/cloud.md")
        .cloned()
        .collect();
    let poorer = on("2026-11-20", &without);
    assert!(!poorer.changes.is_empty());
    assert!(
        poorer
            .changes
            .iter()
            .all(|change| change.bid == "aoba" && change.causes == [Cause::Evidence]),
        "{poorer:?}"
    );
}
