//! The CSAF documents of the corpus, held to the verdicts of the committee that made them.

use mekiki::diagnostic::Severity;
use mekiki::evidence::csaf::{Validation, advisories, validate, vex};
use mekiki::tape::parse_json;

use crate::corpus::{Corpus, corpus, say};

/// Cases whose verdict is not ours, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "mandatory/oasis_csaf_tc-csaf_2_1-2024-6-1-10-13.json",
        "its base score of CVSS 2.0 is the temporal one, against 6.1.9",
    ),
    (
        "mandatory/oasis_csaf_tc-csaf_2_1-2024-6-1-50-15.json",
        "it defines a product id twice, against 6.1.2",
    ),
    (
        "mandatory/oasis_csaf_tc-csaf_2_1-2024-6-1-60-02-02.json",
        "the schema of the extension is published elsewhere and not at hand",
    ),
    (
        "mandatory/oasis_csaf_tc-csaf_2_1-2024-6-1-60-03-02.json",
        "the metadata of the extension are published elsewhere and not at hand",
    ),
    (
        "recommended/oasis_csaf_tc-csaf_2_1-2024-6-2-09-02.json",
        "a file has two hashes by SHA-1, against 6.1.25",
    ),
];

fn validation(corpus: &Corpus, path: &str) -> Validation {
    let text = String::from_utf8(corpus.read(path)).expect("UTF-8");
    let tape = parse_json(&text).expect("JSON");
    validate(tape.root())
}

fn errors(validation: &Validation) -> Vec<String> {
    let errors = validation
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.severity == Severity::Error);
    errors
        .map(|finding| format!("{:?} {}", finding.test, finding.diagnostic))
        .collect()
}

/// What differs from a line of the index, or `None`.
fn difference(case: &serde_json::Value, validation: &Validation) -> Option<String> {
    let text = |key: &str| case[key].as_str().expect("a text");
    let valid = case["valid"].as_bool().expect("a verdict");
    let fired = validation.findings.iter().any(|finding| {
        finding.test == Some(text("id")) && finding.diagnostic.severity == Severity::Error
    });
    let is_mandatory = text("group") == "mandatory";
    let expected = text("kind") == "failures";
    if is_mandatory && fired != expected {
        return Some(format!("the test fired: {fired}; {:?}", errors(validation)));
    }
    (validation.is_valid() != valid)
        .then(|| format!("valid should be {valid}: {:?}", errors(validation)))
}

#[test]
fn every_case_of_the_index_has_its_verdict() {
    let Some(corpus) = corpus() else { return };
    let (mut cases, mut differences) = (0, Vec::new());
    for version in ["2.0", "2.1"] {
        let folder = format!("vex/csaf-{version}");
        for case in corpus.cases(&format!("{folder}/testcases.jsonl")) {
            let name = case["name"].as_str().expect("a name");
            cases += 1;
            let validation = validation(corpus, &format!("{folder}/{name}"));
            assert_eq!(validation.spec_version, version, "{name}");
            let difference = difference(&case, &validation);
            let excepted = EXCEPTIONS.iter().any(|(path, _)| *path == name);
            match difference {
                Some(difference) if !excepted => differences.push(format!("{name}: {difference}")),
                None if excepted => differences.push(format!("{name} is no exception")),
                _ => {}
            }
        }
    }
    say(&format!(
        "csaf: {cases} cases, {} of them excepted",
        EXCEPTIONS.len()
    ));
    assert_eq!(
        differences,
        [] as [String; 0],
        "{} differ",
        differences.len()
    );
}

#[test]
fn every_document_is_read_as_statements_and_advisories() {
    let Some(corpus) = corpus() else { return };
    let rows = corpus.rows.iter().filter(|row| row.format == "csaf-json");
    let (mut documents, mut statements, mut products, mut affected) = (0, 0, 0, 0);
    let mut invalid = Vec::new();
    for row in rows {
        let text = String::from_utf8(corpus.read(&row.path)).expect("UTF-8");
        let tape = parse_json(&text).expect("JSON");
        let validation = validate(tape.root());
        let is_example = row.expected.starts_with("valid: TC example");
        if !validation.is_valid() && (is_example || row.expected == "parse") {
            invalid.push(format!("{}: {:?}", row.path, errors(&validation).first()));
        }
        let (document, _) = vex(tape.root()).expect("a version");
        let (made, _) = advisories(tape.root()).expect("a version");
        documents += 1;
        statements += document.statements.len();
        products += document
            .statements
            .iter()
            .map(|one| one.products.len())
            .sum::<usize>();
        affected += made.iter().map(|one| one.affected.len()).sum::<usize>();
    }
    say(&format!(
        "csaf: {documents} documents, {statements} statements on {products} products, {affected} affected; {} of those without a verdict are invalid",
        invalid.len()
    ));
    assert!(statements > 100 && affected > 100);
    for line in invalid {
        say(&line);
    }
}

/// A document with that many products, each of which is affected, mended and spoken of in a relation.
fn large(count: usize) -> String {
    let list = |each: &dyn Fn(usize) -> String| (0..count).map(each).collect::<Vec<_>>().join(",");
    let branches = list(&|one| {
        format!(
            r#"{{"category":"product_version","name":"1.{one}","product":{{"product_id":"P{one}","name":"Box 1.{one}","product_identification_helper":{{"purl":"pkg:npm/box{one}@1.{one}"}}}}}}"#
        )
    });
    let relations = list(&|one| {
        format!(
            r#"{{"category":"default_component_of","product_reference":"P{one}","relates_to_product_reference":"R","full_product_name":{{"product_id":"R{one}","name":"Box in a rack"}}}}"#
        )
    });
    let ids = list(&|one| format!(r#""R{one}""#));
    let flags =
        list(&|one| format!(r#"{{"label":"component_not_present","product_ids":["P{one}"]}}"#));
    format!(
        r#"{{"document":{{"category":"csaf_security_advisory","csaf_version":"2.0","title":"t","publisher":{{"category":"vendor","name":"n","namespace":"https://example.com"}},
        "tracking":{{"id":"T","status":"final","version":"1","current_release_date":"2024-01-01T00:00:00Z","initial_release_date":"2024-01-01T00:00:00Z",
        "revision_history":[{{"number":"1","date":"2024-01-01T00:00:00Z","summary":"s"}}]}}}},
        "product_tree":{{"branches":[{{"category":"vendor","name":"v","branches":[{{"category":"product_name","name":"Box","branches":[{branches}]}}]}}],
        "full_product_names":[{{"product_id":"R","name":"Rack"}}],"relationships":[{relations}],"product_groups":[{{"group_id":"G","product_ids":[{ids}]}}]}},
        "vulnerabilities":[{{"cve":"CVE-2024-0001","notes":[{{"category":"summary","text":"t"}}],"product_status":{{"known_affected":[{ids}],"recommended":["X"]}},
        "flags":[{flags}],"remediations":[{{"category":"vendor_fix","details":"d","group_ids":["G"]}},{{"category":"workaround","details":"d","product_ids":[{ids}]}}]}}]}}"#
    )
}

#[test]
fn a_large_document_comes_to_an_end() {
    let mut told = Vec::new();
    for count in [10_000, 40_000] {
        let text = large(count);
        let tape = parse_json(&text).expect("JSON");
        let start = std::time::Instant::now();
        let validation = validate(tape.root());
        let validated = start.elapsed();
        let (document, _) = vex(tape.root()).expect("a version");
        let (made, _) = advisories(tape.root()).expect("a version");
        let taken = start.elapsed();
        told.push((text.len(), validated, taken));
        assert_eq!(
            errors(&validation).len(),
            1,
            "only the product X is unknown"
        );
        assert_eq!(document.statements[0].products.len(), count);
        assert_eq!(made[0].affected.len(), count);
    }
    say(&format!(
        "csaf: bytes, validated, read in all, not optimized: {told:?}"
    ));
    // A bound for hangs, not a measurement: work that grows with the square of the products takes longer.
    let bound = std::time::Duration::from_mins(1);
    assert!(told.iter().all(|(.., taken)| *taken < bound), "{told:?}");
}
