//! What fuzzing found, each as the smallest document of ours that shows it. Every one of them failed once.

use std::time::{Duration, Instant};

use mekiki::evidence::sbom::{find_lines, read};

use crate::bodies::BODIES;

/// What was wrong, the target that told, and the document.
const FOUND: [(&str, &str, &str); 8] = [
    (
        "a value without a text of its own had no line",
        "cyclonedx_json",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{}]}"#,
    ),
    (
        "what is missing was said to stand where it is not",
        "spdx_json",
        r#"{"spdxVersion":"SPDX-2.3"}"#,
    ),
    ("the same in YAML", "spdx_yaml", "spdxVersion: SPDX-2.3\n"),
    (
        "a member was named with a prefix that the document does not write",
        "spdx3",
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
          {"type":"software_Package","spdxId":"urn:p","name":"a"},
          {"type":"simplelicensing_LicenseExpression","spdxId":"urn:l","licenseExpression":"MIT AND"},
          {"type":"Relationship","spdxId":"urn:r","from":"urn:p","relationshipType":"hasDeclaredLicense","to":["urn:l"]}]}"#,
    ),
    (
        "a list of one that is written as the one was given a position",
        "spdx3",
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
          {"type":"software_Package","spdxId":"urn:p","name":"a","verifiedUsing":{"type":"Hash","algorithm":"sha256","hashValue":"00"},
           "externalIdentifier":{"type":"ExternalIdentifier","externalIdentifierType":"cpe23","identifier":"a"}}]}"#,
    ),
    (
        "a context that is absent was pointed at",
        "spdx3",
        r#"{"@graph":[{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1"},
          {"type":"SpdxDocument","spdxId":"urn:d","creationInfo":"_:c"}]}"#,
    ),
    (
        "a component without a name was not found in the same document",
        "diff",
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.1" version="1"><components><component type="application"/></components></bom>"#,
    ),
    (
        "two components without a name were not either",
        "diff",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"file","name":""},{"type":"library","name":""}]}"#,
    ),
];

#[test]
fn what_was_found_stays_mended() {
    for (what, target, document) in FOUND {
        let (_, body) = BODIES
            .iter()
            .find(|(name, _)| *name == target)
            .expect("the target is there");
        assert!(
            std::panic::catch_unwind(|| body(document.as_bytes())).is_ok(),
            "{what}: {document}"
        );
    }
}

#[test]
fn a_value_without_a_text_has_the_line_of_what_it_stands_in() {
    let (_, _, document) = FOUND[0];
    let (_, mut reading) = read(document.as_bytes()).expect("the document is read");
    find_lines(document.as_bytes(), &mut reading.findings);
    let finding = reading.findings.first().expect("members are missing");
    assert_eq!(finding.at.pointer.as_deref(), Some("/components/0"));
    assert_eq!(finding.at.line, Some(1));
    let components = document.find("\"components\"").expect("it is there") + 1;
    assert_eq!(
        finding.at.column.map(|column| column as usize),
        Some(components)
    );
}

/// Fifty thousand unknown tags were each held against every known one, though a hundred are told.
#[test]
fn many_unknown_tags_take_no_longer_than_their_lines() {
    let tags: String = (0..50_000).map(|at| format!("Tag{at}: x\n")).collect();
    in_time(&format!("SPDXVersion: SPDX-2.3\n{tags}"));
}

/// Words of any length were held against every license id, in the product of both lengths.
#[test]
fn a_long_word_is_not_held_against_short_ones() {
    let component = |at: usize| {
        let id = "M".repeat(5_000 + at);
        format!(r#"{{"type":"library","name":"a","licenses":[{{"license":{{"id":"{id}"}}}}]}}"#)
    };
    let components: Vec<_> = (0..500).map(component).collect();
    let components = components.join(",");
    in_time(&format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{components}]}}"#
    ));
}

fn in_time(document: &str) {
    const LIMIT: Duration = Duration::from_secs(10);
    let start = Instant::now();
    drop(read(document.as_bytes()));
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}
