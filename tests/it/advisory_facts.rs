//! Advisories and statements in the whole line, over the demo tender.

use std::io::Write as _;

use mekiki::app::tender::{Replay, replay_record};
use mekiki::folder::read_folder;
use mekiki::snapshot::{Builder, Imported};
use serde_json::json;

use crate::binary::DEMO;
use crate::demo::Demo;
use crate::laws::check_deletions;

const CRITERION: &str = "A19-2.integ.known-vulns";
/// The component of the demo that an advisory touches.
const TOUCHED: &str = "pkg:cargo/kakitori-index@0.3.1";

fn openvex(status: &str) -> Vec<u8> {
    let mut statement = json!({
        "vulnerability": {"name": "RUSTSEC-2026-9001"}, "status": status,
        "products": [{"@id": TOUCHED}],
    });
    if status == "not_affected" {
        statement["justification"] = json!("vulnerable_code_not_in_execute_path");
    }
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://hokuto.example/vex/1",
        "author": "Hokuto", "timestamp": "2026-11-12T00:00:00Z", "version": 1,
        "statements": [statement],
    })
    .to_string()
    .into_bytes()
}

/// The advisories of the demo with their names.
fn advisories() -> Vec<(String, Vec<u8>)> {
    let evidence = read_folder(DEMO).unwrap().into_iter();
    evidence
        .filter_map(|one| {
            let name = one.path.strip_prefix("advisories/")?.to_owned();
            Some((name, one.bytes.to_vec()))
        })
        .collect()
}

fn zip_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(path.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn is_advisory(path: &str) -> bool {
    path.starts_with("advisories/")
}

#[test]
fn whose_word_it_is_decides_what_it_settles() {
    for (case, demo, expected) in [
        ("as it stands", Demo::new(), "fail"),
        (
            "the supplier's word",
            Demo::new().with("bids/hokuto/vex.json", openvex("not_affected")),
            "unverifiable",
        ),
        (
            "the agency's word",
            Demo::new().with("agency/vex.json", openvex("not_affected")),
            "pass",
        ),
        (
            "the word of somebody else that the agency keeps",
            Demo::new().with("advisories/vex.json", openvex("not_affected")),
            "unverifiable",
        ),
        (
            "another bidder's word",
            Demo::new().with("bids/aoba/vex.json", openvex("not_affected")),
            "fail",
        ),
        (
            "it is mended, says the supplier",
            Demo::new().with("bids/hokuto/vex.json", openvex("fixed")),
            "unverifiable",
        ),
        (
            "below the agreed severity, but no list says what is exploited",
            Demo::new().asking("lowest_handled_severity = \"critical\""),
            "unverifiable",
        ),
        (
            "of the agreed severity",
            Demo::new().asking("lowest_handled_severity = \"high\""),
            "fail",
        ),
    ] {
        assert_eq!(demo.verdicts(CRITERION)[1], expected, "{case}");
    }
}

#[test]
fn no_feed_and_an_old_one_are_never_a_pass() {
    let fetched = |path: &str| path == "agency/advisories.toml";
    for (case, demo) in [
        ("no feed", Demo::new().without(is_advisory)),
        (
            "nobody says when it was fetched",
            Demo::new().without(fetched),
        ),
        (
            "it was fetched too long ago for this case",
            Demo::new()
                .asking("advisory_maximum_age_days = 1")
                .with_tender("as_of = \"2026-11-20\"", "as_of = \"2026-11-22\""),
        ),
        (
            "one of another ecosystem",
            Demo::new().without(is_advisory).with(
                "advisories/other.json",
                json!({"id": "X-1", "modified": "2026-11-19T00:00:00Z", "affected": [
                    {"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1"]}]})
                .to_string(),
            ),
        ),
    ] {
        let verdicts = demo.verdicts(CRITERION);
        let passes = verdicts.iter().any(|one| one == "pass");
        assert!(!passes, "{case}: {verdicts:?}");
        assert_eq!(verdicts[0], "unverifiable", "{case}");
    }
    // A list that is older than its default, and a case that allows for it.
    let demo = Demo::new()
        .without(fetched)
        .asking("advisory_maximum_age_days = 60");
    assert_eq!(demo.verdicts(CRITERION), ["pass", "fail", "unverifiable"]);
}

#[test]
fn an_archive_and_a_snapshot_say_what_loose_files_say() {
    let loose = Demo::new();
    let files = advisories();
    let zipped = Demo::new()
        .without(is_advisory)
        .with("advisories/all.zip", zip_of(&files));
    let mut builder = Builder::new(Vec::new());
    let source = builder.source("demo");
    builder.know_until(source, Some("2026-11-19"));
    for (path, bytes) in files {
        builder.add(source, Imported::read(path, bytes)).unwrap();
    }
    let built = builder.finish().unwrap();
    let carried = |records: Vec<u8>| {
        Demo::new()
            .without(|path| is_advisory(path) || path == "agency/advisories.toml")
            .with("advisories/feed/manifest.json", built.manifest.text())
            .with("advisories/feed/records.bin", records)
    };
    let values = |demo: &Demo| {
        let judgments = demo.judgments(CRITERION).into_iter();
        judgments
            .map(|(bid, judgment)| {
                let values = judgment["values"].as_array().unwrap().iter();
                let values: Vec<String> = values
                    .map(|one| format!("{} {} {}", one["fact"], one["value"], one["proof_rank"]))
                    .collect();
                (bid, judgment["verdict"].clone(), values)
            })
            .collect::<Vec<_>>()
    };
    let expected = values(&loose);
    assert_eq!(values(&zipped), expected, "zip");
    assert_eq!(values(&carried(built.sink.clone())), expected, "snapshot");
    let export = Demo::new()
        .without(|path| is_advisory(path) || path == "agency/advisories.toml")
        .with(
            "advisories/feed.tar",
            tar_of(&[
                (
                    "mekiki-feed.json",
                    b"{\"schema\":\"mekiki/feed-export/v1\"}",
                ),
                ("manifest.json", built.manifest.text().as_bytes()),
                ("index.bin", &built.index),
                ("records.bin", &built.sink),
            ]),
        );
    assert_eq!(values(&export), expected, "export");
    assert!(!export.record().contains("advisory-unrecognized"));
    // A record in an archive is cited by its own digest, the archive with it.
    let judgment = &zipped.judgments(CRITERION)[1].1;
    let cited: Vec<_> = judgment["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["file"].as_str().unwrap().to_owned())
        .collect();
    for file in [
        "advisories/all.zip",
        "advisories/all.zip!/RUSTSEC-2026-9001.md",
    ] {
        assert!(cited.iter().any(|one| one == file), "{file}: {cited:?}");
    }
    let written = zipped.record();
    let replay = replay_record(&zipped.library, written.as_bytes(), &zipped.evidence);
    assert_eq!(replay.unwrap(), Replay::Equal);

    let mut altered = built.sink.clone();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert_eq!(carried(altered).verdicts(CRITERION), ["unverifiable"; 3]);
}

#[test]
fn deleting_a_statement_changes_exactly_the_verdicts_that_cite_it() {
    let demo = Demo::new()
        .with("bids/hokuto/vex/one.json", openvex("not_affected"))
        .with("bids/hokuto/vex/two.json", openvex("fixed"))
        .with("agency/vex.json", openvex("under_investigation"))
        .with("advisories/all.zip", zip_of(&advisories()));
    let cited = check_deletions(&demo.library, &demo.evidence);
    assert!(cited >= 30, "only {cited} files are cited");
}
