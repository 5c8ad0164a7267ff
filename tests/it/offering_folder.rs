//! An offering's folder without a tender, and what a file of the agency may set.

use std::collections::BTreeMap;

use mekiki::app::assess::{AssessedOffering, assess_folder};
use mekiki::app::library::Library;
use mekiki::evidence::Evidence;
use mekiki::folder::read_folder;
use serde_json::Value;

use crate::binary::{DEMO, Scratch, mekiki};

/// The demo's first bid as an offering without a tender.
fn offering() -> Vec<(String, Vec<u8>)> {
    let tender = std::fs::read_to_string(format!("{DEMO}/tender.toml")).unwrap();
    let (head, rest) = tender.split_once("[procedure]").unwrap();
    let (_, bid) = rest.split_once("[[bid]]\n").unwrap();
    let (bid, _) = bid.split_once("[[bid]]").unwrap();
    let line = |key: &str| head.lines().find(|line| line.starts_with(key)).unwrap();
    let (_, information) = head.split_once("[[information]]").unwrap();
    let (_, case) = head.split_once("[case]\n").unwrap();
    let (case, _) = case.split_once("\n\n").unwrap();
    let (_, supplier) = bid.split_once("[bid.supplier]").unwrap();
    let text = format!(
        "schema = \"mekiki/offering/v1\"\nid = \"aoba\"\ncorporate_number = \"7999901000001\"\n{}\n[case]\n{case}\n[[information]]{information}\n[supplier]{}",
        [
            "as_of",
            "catalog",
            "offering_types",
            "planned_end_of_use",
            "allowed_countries",
            "used_regions",
            "used_functions",
            "log_retention_months",
            "first_notice_hours",
            "sbom_coverage_per_mille",
        ]
        .map(line)
        .join("\n"),
        supplier.replace("[bid.", "["),
    );
    let files = read_folder(DEMO).unwrap().into_iter().filter_map(|one| {
        let path = match one.path.strip_prefix("bids/aoba/") {
            Some(rest) => format!("evidence/{rest}"),
            None if one.path.starts_with("bids/") || one.path == "tender.toml" => return None,
            None => one.path.clone(),
        };
        Some((path, one.bytes.to_vec()))
    });
    files
        .chain([("offering.toml".to_owned(), text.into_bytes())])
        .collect()
}

fn evidence(files: &[(String, Vec<u8>)]) -> Vec<Evidence> {
    let files = files.iter();
    files
        .map(|(path, bytes)| Evidence::new(path.as_str(), bytes.clone()))
        .collect()
}

fn verdicts(assessed: &AssessedOffering) -> BTreeMap<String, String> {
    let verdicts = assessed.view.verdicts.iter();
    verdicts
        .map(|one| (one.criterion.to_string(), one.verdict.word()))
        .collect()
}

/// The offering with its file changed; the codes of the refusal, or the verdicts.
fn with(from: &str, to: &str) -> Result<AssessedOffering, Vec<String>> {
    let library = Library::open(None).unwrap();
    let mut files = offering();
    let text = &mut files.last_mut().unwrap().1;
    let old = String::from_utf8(text.clone()).unwrap();
    assert!(old.contains(from), "{from}");
    *text = old.replacen(from, to, 1).into_bytes();
    assess_folder(&library, evidence(&files), None, None)
        .map_err(|refused| refused.0.iter().map(ToString::to_string).collect())
}

#[test]
fn an_offering_alone_is_judged_like_the_same_bid_of_a_tender() {
    let library = Library::open(None).unwrap();
    let alone = assess_folder(&library, evidence(&offering()), None, None).unwrap();
    let bid = assess_folder(&library, read_folder(DEMO).unwrap(), Some("aoba"), None).unwrap();
    assert_eq!(verdicts(&alone), verdicts(&bid));
    assert_eq!(alone.view.score, bid.view.score);
    assert_eq!(alone.view.narrowing, bid.view.narrowing);
    assert_eq!(alone.marking, bid.marking);
    assert_eq!(alone.is_acceptable(), bid.is_acceptable());
    assert_eq!(alone.offering.supplier, bid.offering.supplier);
}

#[test]
fn the_binary_assesses_a_folder_with_its_exit_codes() {
    let scratch = Scratch::new();
    for (path, bytes) in offering() {
        scratch.write(&path, bytes);
    }
    let run = mekiki(&["assess", &scratch.root(), "--format", "json"]);
    let view = run.json();
    assert_eq!(view["schema"], "mekiki/assessment/v1");
    let shut = |view: &Value| {
        let gates = view["gates"].as_array().unwrap().iter();
        gates.filter(|gate| gate["stage"] == "bid").any(|gate| {
            !["pass", "waived", "not_applicable"].contains(&gate["verdict"].as_str().unwrap())
        })
    };
    assert_eq!(run.code, i32::from(shut(&view)), "{run:?}");
    let completeness = &view["completeness"];
    assert!(completeness["criteria"].as_u64().unwrap() > 30);
    assert!(completeness["low_per_mille"].is_string() && view["repairs"].is_array());
    for lang in ["ja", "en"] {
        let text = mekiki(&["assess", &scratch.root(), "--lang", lang]);
        assert_eq!(text.code, run.code);
        assert!(
            text.stdout
                .contains(completeness["unanswered"].to_string().as_str())
        );
    }
    // The supplier's evidence taken away, no gate that rests on it is open.
    std::fs::remove_dir_all(scratch.path("evidence")).unwrap();
    assert_eq!(mekiki(&["assess", &scratch.root()]).code, 1);
    scratch.write("forgotten/answers.toml", "schema = \"mekiki/answers/v1\"\n");
    let run = mekiki(&["assess", &scratch.root(), "--format", "json"]);
    assert_eq!(
        (run.code, run.error()["error"]["code"].as_str()),
        (3, Some("evidence-stray"))
    );
    std::fs::remove_dir_all(scratch.path("forgotten")).unwrap();
    scratch.write("tender.toml", "");
    let run = mekiki(&["assess", &scratch.root(), "--format", "json"]);
    assert_eq!(
        (run.code, run.error()["error"]["code"].as_str()),
        (3, Some("offering-ambiguous"))
    );
}

#[test]
fn any_declared_parameter_may_be_set_and_nothing_else() {
    let months = "log_retention_months = 12";
    let set = |line: &str| with("[case]\n", &format!("[case]\n{line}\n"));
    for (line, complaint) in [
        ("log_retention_months = 24", "case-twice"),
        (
            "log_retention_month = 24",
            "did you mean `case.log_retention_months`?",
        ),
        ("jc_star_level = \"two\"", "fact-wrong-type"),
        ("jc_star_level = 9", "out-of-range"),
        ("lowest_handled_severity = \"huge\"", "out-of-range"),
        ("confidentiality = 1", "case-derived"),
        ("offering_types = [\"OUT\"]", "case-derived"),
    ] {
        let faults = set(line).unwrap_err();
        assert!(
            faults.iter().any(|one| one.contains(complaint)),
            "{line}: {faults:?}"
        );
    }
    let at_top = with(months, &format!("{months}\njc_star_level = 2")).unwrap();
    let in_table = set("jc_star_level = 2\nstart_of_use = \"2026-12-01\"").unwrap();
    assert_eq!(verdicts(&at_top), verdicts(&in_table));
}

#[test]
fn decisions_of_an_offering_must_be_possible() {
    let decide = |text: &str| with("[supplier]", &format!("{text}\n[supplier]"));
    let note = |criterion: &str, bid: &str| {
        format!(
            "[[note]]\ncriterion = \"{criterion}\"\n{bid}by = \"情報セキュリティ責任者\"\non = \"2026-11-18\"\n\
             reason = {{ ja = \"他に証拠がない\", en = \"nothing better exists\" }}\n"
        )
    };
    let exception = |approver: &str| {
        format!(
            "[[exception]]\nid = \"E-1\"\ncriterion = \"A19-3.cloud.ismap\"\nrequester = \"a\"\nexaminer = \"b\"\napprover = \"{approver}\"\n\
             reason = {{ ja = \"理由\", en = \"reason\" }}\ncompensating_measure = {{ ja = \"代替\", en = \"measure\" }}\n\
             start = \"2026-11-01\"\nexpiry = \"2027-03-31\"\n"
        )
    };
    for (text, complaint) in [
        (note("A19-3.cloud.ismap", ""), "note-not-allowed"),
        (
            note("A19-3.cloud.ismapp", ""),
            "did you mean `A19-3.cloud.ismap`?",
        ),
        (
            note("A19-3.cloud.ismap", "bid = \"other\"\n"),
            "bid-unknown",
        ),
        (exception("b"), "exception-people"),
    ] {
        let faults = decide(&text).unwrap_err();
        assert!(
            faults.iter().any(|one| one.contains(complaint)),
            "{text}: {faults:?}"
        );
    }
    decide(&exception("c")).unwrap();
}
