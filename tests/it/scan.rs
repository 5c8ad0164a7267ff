//! Scans through the binary: its published JSON, what makes it fail, and that it never reads as clean
//! where it is blind.

mod formats;
mod laws;
pub(crate) mod sample;

use serde_json::{Value, json};

use crate::binary::Scratch;
use sample::{components, scan, vex, whole_feed, write_sbom};

/// The JSON of a scan with what depends on folders and on the index's form made the same.
fn pinned(mut view: Value, scratch: &Scratch) -> String {
    view["feed"]["digest"] = "DIGEST".into();
    let text = serde_json::to_string_pretty(&view).unwrap();
    text.replace(&scratch.root(), "ROOT")
}

#[test]
fn the_published_json_stays_as_it_is() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let mut listed = components();
    listed.push(json!({"type": "library", "name": "nameless", "bom-ref": "n"}));
    listed.push(json!({"type": "application", "name": "loom", "version": "2.1.3", "purl": "pkg:generic/loom@2.1.3"}));
    let sbom = write_sbom(&scratch, "bom.json", &listed);
    let vex = vex(
        &scratch,
        &json!({"status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
            "impact_statement": "Titles are never run."}),
    );
    let run = scan(&[&sbom], &feed, "json", &["--vex", &vex]);
    assert_eq!(run.code, 1, "{run:?}");
    let expected = include_str!("scan/published.json");
    let actual = pinned(run.json(), &scratch);
    assert_eq!(actual.trim(), expected.trim());
}
