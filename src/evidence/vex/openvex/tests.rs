use super::*;
use crate::tape::parse_json;

fn read_text(text: &str) -> Result<(VexDocument, Vec<&'static str>), &'static str> {
    let tape = parse_json(text).unwrap();
    let read = read(tape.root()).map_err(|fault| fault.code)?;
    Ok((read.0, read.1.iter().map(|one| one.code).collect()))
}

fn current(statement: &str) -> String {
    format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://a.example/1","author":"A",
        "timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{statement}]}}"#
    )
}

#[test]
fn the_shape_of_a_statement_is_judged() {
    let product = r#""products":[{"@id":"pkg:npm/a@1"}]"#;
    let vulnerability = r#""vulnerability":{"name":"CVE-2026-1"}"#;
    for (case, statement, codes) in [
        ("sound", r#""status":"fixed""#, &[] as &[&str]),
        (
            "no reason",
            r#""status":"not_affected""#,
            &["schema-required"],
        ),
        (
            "an impact statement will do",
            r#""status":"not_affected","impact_statement":"x""#,
            &[],
        ),
        (
            "a justification that is none",
            r#""status":"not_affected","justification":"because""#,
            &["schema-word"],
        ),
        ("no action", r#""status":"affected""#, &["schema-required"]),
        (
            "an action",
            r#""status":"affected","action_statement":"update""#,
            &[],
        ),
        ("no status", r#""status":"maybe""#, &["schema-word"]),
        (
            "a member too many",
            r#""status":"fixed","x":1"#,
            &["schema-unknown-member"],
        ),
    ] {
        let text = current(&format!("{{{vulnerability},{product},{statement}}}"));
        let (_, found) = read_text(&text).unwrap();
        assert_eq!(found, codes, "{case}");
    }
}

#[test]
fn everything_that_identifies_is_kept() {
    let (document, found) = read_text(&current(
        r#"{"vulnerability":{"@id":"https://nvd.nist.gov/vuln/detail/CVE-2026-1","name":"GHSA-x","aliases":["CVE-2026-1"]},
        "status":"fixed","timestamp":"2026-02-01T00:00:00Z","last_updated":"2026-02-02T00:00:00Z",
        "products":[{"@id":"pkg:oci/a","identifiers":{"purl":"pkg:oci/a","cpe23":"cpe:2.3:a:v:a:1:*:*:*:*:*:*:*"},
        "hashes":{"sha1":"AB","sha-256":"cd"},"subcomponents":[{"@id":"pkg:npm/b"}]},{"@id":"https://a.example/x"}]}"#,
    ))
    .unwrap();
    assert_eq!(found, [] as [&str; 0]);
    let statement = &document.statements[0];
    assert_eq!(statement.vulnerability, ["GHSA-x", "CVE-2026-1"]);
    assert_eq!(statement.at, Place::pointer("/statements/0"));
    assert_eq!(statement.updated, "2026-02-02T00:00:00Z".parse().ok());
    let [image, other] = statement.products.as_slice() else {
        panic!("{:?}", statement.products)
    };
    assert_eq!(
        image.identifiers,
        [
            Identifier::Purl("pkg:oci/a".into()),
            Identifier::Cpe("cpe:2.3:a:v:a:1:*:*:*:*:*:*:*".into()),
            Identifier::Hash("sha-1".into(), "ab".into()),
            Identifier::Hash("sha-256".into(), "cd".into()),
        ]
    );
    assert_eq!(
        image.subcomponents[0].at,
        Place::pointer("/statements/0/products/0/subcomponents/0")
    );
    assert_eq!(
        other.identifiers,
        [Identifier::Other("https://a.example/x".into())]
    );
}

#[test]
fn the_drafts_are_read_and_asked_for_reasons() {
    for (case, members, codes) in [
        (
            "fixed",
            r#""products":["pkg:apk/wolfi/bash@1.0.0"],"status":"fixed""#,
            &["openvex-draft"] as &[&str],
        ),
        (
            "no reason",
            r#""products":["pkg:apk/wolfi/bash@1.0.0"],"status":"not_affected""#,
            &["openvex-draft", "openvex-justification"],
        ),
        (
            "no action",
            r#""products":["pkg:apk/wolfi/bash@1.0.0"],"status":"affected""#,
            &["openvex-draft", "openvex-action"],
        ),
        (
            "no product",
            r#""status":"fixed""#,
            &["openvex-draft", "openvex-product"],
        ),
        (
            "no status",
            r#""status":1"#,
            &["openvex-draft", "openvex-status"],
        ),
    ] {
        for context in ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.0.1"] {
            let text = format!(
                r#"{{"@context":"{context}","@id":"x","author":"A","timestamp":"2022-12-22T20:56:05-05:00",
                "statements":[{{"vulnerability":"CVE-1","subcomponents":["pkg:apk/wolfi/c"],{members}}}]}}"#
            );
            let (document, found) = read_text(&text).unwrap();
            assert_eq!(found, codes, "{case} {context}");
            for statement in &document.statements {
                assert_eq!(statement.vulnerability, ["CVE-1"], "{case}");
                assert!(statement.issued.is_some(), "{case}");
                let parts = statement.products.iter().map(|one| one.subcomponents.len());
                assert!(parts.into_iter().all(|count| count == 1), "{case}");
            }
        }
    }
}

#[test]
fn what_is_no_version_is_refused() {
    for (text, code) in [
        (
            r#"{"@context":"https://openvex.dev/ns/v9","statements":[]}"#,
            "openvex-version",
        ),
        (
            r#"{"@context":"https://openvex.dev/ns","version":"1","statements":[]}"#,
            "openvex-version",
        ),
        (
            r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":{}}"#,
            "openvex-malformed",
        ),
        (
            r#"{"@context":"https://openvex.dev/ns/v0.2.0"}"#,
            "openvex-malformed",
        ),
    ] {
        assert_eq!(read_text(text).unwrap_err(), code, "{text}");
    }
}

#[test]
fn a_statement_may_stand_alone() {
    let (document, _) = read_text(
        r#"{"@context":"https://openvex.dev/ns/v0.2.0","vulnerability":{"name":"CVE-1"},"status":"fixed","products":[{"@id":"pkg:npm/a"}]}"#,
    )
    .unwrap();
    assert_eq!(document.statements.len(), 1);
}
