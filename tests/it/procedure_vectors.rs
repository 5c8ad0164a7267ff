//! Tenders of every form, beside an independent program: `procedure_vectors/vectors.py` computes them by Python's
//! fractions from tables of its own, and knows nothing of Mekiki.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mekiki::app::library::Library;
use mekiki::app::tender::{judge_tender, open_tender};
use mekiki::evidence::Evidence;
use serde_json::{Map, Value, json};

use crate::corpus::say;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/procedure_vectors")
}

fn expected() -> Map<String, Value> {
    let text = fs::read_to_string(folder().join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What Mekiki says of a tender, in the form of `expected.json`.
fn evaluated(library: &Library, name: &str) -> Value {
    let bytes = fs::read(folder().join(format!("{name}.toml"))).unwrap();
    let file = Evidence::new("tender.toml", bytes);
    let open = open_tender(library, vec![file])
        .unwrap_or_else(|refused| panic!("{name}: {:#?}", refused.0));
    let judged = judge_tender(library, &open, None).unwrap();
    let view = serde_json::to_value(&judged.view).unwrap();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let bids: Map<_, _> = list(&view["bids"])
        .iter()
        .map(|bid| {
            let blocks: Map<_, _> = list(&bid["blocks"])
                .iter()
                .map(|block| {
                    let name = block["block"].as_str().unwrap().to_owned();
                    (name, block["points"].clone())
                })
                .collect();
            let mut row = json!({ "blocks": blocks });
            for key in [
                "excluded_by",
                "low_bid_investigation",
                "contract_price_yen",
                "technical",
                "price_points",
                "total",
                "rank",
            ] {
                row[key] = bid[key].clone();
            }
            (bid["id"].as_str().unwrap().to_owned(), row)
        })
        .collect();
    let recomputations: Vec<_> = list(&view["recomputations"])
        .iter()
        .map(|one| {
            let before: Vec<_> = list(&one["before"])
                .iter()
                .map(|row| {
                    json!([
                        row["bid"],
                        row["technical"],
                        row["price_points"],
                        row["total"],
                        row["rank"]
                    ])
                })
                .collect();
            let changed: BTreeSet<_> = list(&one["changed"])
                .iter()
                .map(|bid| bid.as_str().unwrap().to_owned())
                .collect();
            json!({
                "by": one["by"],
                "excluded": one["excluded"],
                "before": before,
                "changed": changed,
            })
        })
        .collect();
    json!({
        "bids": bids,
        "winner": view["winner"],
        "tie_broken_by": view["tie_broken_by"],
        "recomputations": recomputations,
    })
}

#[test]
fn every_tender_comes_out_as_the_other_program_says() {
    let library = Library::open(None).unwrap();
    let expected = expected();
    assert!(expected.len() >= 20);
    for (name, vector) in &expected {
        assert_eq!(evaluated(&library, name), *vector, "{name}");
    }
    let files: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|one| one == "toml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        files,
        expected.keys().cloned().collect(),
        "no file without a vector"
    );
}

#[test]
fn the_other_program_still_says_so() {
    let program = folder().join("vectors.py");
    let Ok(run) = Command::new("python3").arg("-B").arg(program).output() else {
        let absent = "python3 is not there: the vectors are not computed again";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
        say(absent);
        return;
    };
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let said: Map<String, Value> = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(said, expected());
}
