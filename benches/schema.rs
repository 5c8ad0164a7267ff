//! How fast a CycloneDX document of 50 MB is read and checked, beside a bare parse into values.

#![expect(clippy::expect_used, reason = "a measurement may panic")]

use std::fmt::Write as _;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use mekiki::evidence::sbom::tables;
use mekiki::tape::parse_json;

fn main() {
    divan::main();
}

/// About 1.2 kB each.
const COMPONENTS: usize = 44_000;

/// A document as generators write them: identifiers, hashes, a license, references, dependencies.
fn document() -> String {
    let mut text = String::from(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"timestamp":"2026-11-20T00:00:00Z"},"components":["#,
    );
    let comma = |index: usize| if index == 0 { "" } else { "," };
    for index in 0..COMPONENTS {
        _ = write!(
            text,
            concat!(
                r#"{}{{"type":"library","bom-ref":"pkg:npm/%40scope/package-{}@1.0.0","group":"@scope","#,
                r#""name":"package-{}","version":"1.0.0","description":"What the package number {} is for, in a sentence","#,
                r#""purl":"pkg:npm/%40scope/package-{}@1.0.0","hashes":[{{"alg":"SHA-256","content":"{:064x}"}},"#,
                r#"{{"alg":"SHA-1","content":"{:040x}"}}],"licenses":[{{"license":{{"id":"MIT"}}}}],"#,
                r#""externalReferences":[{{"type":"vcs","url":"https://github.com/scope/package-{}.git"}},"#,
                r#"{{"type":"website","url":"https://example.com/scope/package-{}#readme"}}],"#,
                r#""properties":[{{"name":"cdx:npm:package:path","value":"node_modules/@scope/package-{}"}}]}}"#,
            ),
            comma(index),
            index,
            index,
            index,
            index,
            index,
            index,
            index,
            index,
            index,
        );
    }
    text.push_str(r#"],"dependencies":["#);
    for index in 0..COMPONENTS {
        _ = write!(
            text,
            r#"{}{{"ref":"pkg:npm/%40scope/package-{index}@1.0.0","dependsOn":["#,
            comma(index)
        );
        for other in 0..4 {
            let target = (index * 7 + other * 13 + 1) % COMPONENTS;
            _ = write!(
                text,
                r#"{}"pkg:npm/%40scope/package-{target}@1.0.0""#,
                comma(other)
            );
        }
        text.push_str("]}");
    }
    text.push_str("]}");
    text
}

#[divan::bench(sample_count = 10)]
fn parse_into_values(bencher: Bencher) {
    let text = document();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| serde_json::from_str::<serde_json::Value>(black_box(&text)));
}

#[divan::bench(sample_count = 10)]
fn parse_onto_a_tape(bencher: Bencher) {
    let text = document();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| parse_json(black_box(&text)));
}

#[divan::bench(sample_count = 10)]
fn parse_onto_a_tape_and_check(bencher: Bencher) {
    let text = document();
    let schema = tables::cyclonedx("1.6").expect("a table");
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let tape = parse_json(black_box(&text)).expect("JSON");
        let findings = schema.check(tape.root(), 100);
        assert!(findings.is_empty(), "{findings:?}");
    });
}
