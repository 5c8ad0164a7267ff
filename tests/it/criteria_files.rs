//! A broken criterion file names all its faults at once, with file, line and column.

use std::fs;

use serde_json::json;

use crate::binary::{Run, Scratch, mekiki};

const FILE: &str = "article-19/A19-2.leak.mfa.toml";

fn check(scratch: &Scratch) -> Run {
    mekiki(&["criteria", "check", &scratch.root()])
}

/// The line and column, both from 1, of a piece of text that a file holds once.
fn place(scratch: &Scratch, name: &str, what: &str) -> (usize, usize) {
    let text = fs::read_to_string(scratch.path(name)).unwrap();
    assert_eq!(text.matches(what).count(), 1, "{what}");
    let (before, _) = text.split_once(what).unwrap();
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

#[test]
fn the_criteria_as_they_are_have_no_fault_and_their_examples_hold() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    let run = check(&scratch);
    assert_eq!((run.code, run.stdout.as_str()), (0, "0 faults\n"));
    for arguments in [
        vec!["criteria", "test"],
        vec!["criteria", "test", "criteria"],
    ] {
        let run = mekiki(&arguments);
        assert_eq!(run.code, 0, "{run:?}");
        let closing = run.stdout.lines().last().unwrap();
        let (passed, failed) = closing.split_once(" passed, ").unwrap();
        assert!(passed.parse::<u32>().unwrap() > 150, "{closing}");
        assert_eq!(failed, "0 failed");
    }
}

#[test]
fn all_faults_of_a_file_are_named_at_once() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    // A fact with a typo, a weight that is no band, a title without its English half, a field that does
    // not exist, an edition left out and a rank above the ladder.
    scratch.edit(
        FILE,
        "C = 'practice.mfa.remote'",
        "C = 'practice.mfa.remot'",
    );
    scratch.edit(FILE, "weight = \"H\"", "weight = \"heavy\"");
    scratch.edit(FILE, "en = \"Multi-factor authentication\"\n", "");
    scratch.edit(
        FILE,
        "clauses = [\"CL-08\"]",
        "clauses = [\"CL-08\"]\nclauze = \"CL-09\"",
    );
    scratch.edit(FILE, "item = \"7.1.1\"\n", "");
    scratch.edit(
        FILE,
        "[reevaluation]\nmonths = 12",
        "[reevaluation]\nmonths = 0",
    );
    let title = place(&scratch, FILE, "[title]");
    let standards = place(&scratch, FILE, "[[source.standards]]");
    let value = |key: &str| {
        let (line, column) = place(&scratch, FILE, key);
        (line, column + key.chars().count())
    };
    let expected = [
        (value("clauze = "), "unknown-field"),
        (title, "missing-field"),
        (standards, "missing-field"),
        (value("weight = "), "unknown-word"),
        (value("C = "), "rule-unknown-fact"),
        (value("months = "), "out-of-range"),
    ];

    let run = check(&scratch);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stderr, "");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.last(), Some(&"6 faults"), "{lines:?}");
    for ((line, _), code) in &expected {
        let begins = format!("{FILE}:{line}:");
        let fault = lines
            .iter()
            .find(|fault| fault.starts_with(&begins) && fault.contains(&format!("[{code}]")));
        assert!(fault.is_some(), "{begins} {code} in {lines:?}");
    }
    let columns = |code: &str| {
        let line = lines.iter().find(|line| line.contains(code)).unwrap();
        line.split(':').nth(2).unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(columns("[unknown-field]"), expected[0].0.1);
    assert_eq!(columns("[unknown-word]"), expected[3].0.1);
    assert_eq!(columns("[rule-unknown-fact]"), expected[4].0.1);
    assert!(run.stdout.contains("did you mean `practice.mfa.remote`?"));
    assert!(run.stdout.contains("did you mean `clauses`?"));

    let run = mekiki(&["criteria", "check", &scratch.root(), "--format", "json"]);
    assert_eq!(run.code, 1);
    let view = run.json();
    assert_eq!(view["schema"], "mekiki/criteria-check/v1");
    let findings = view["findings"].as_array().unwrap();
    assert_eq!(findings.len(), expected.len());
    for finding in findings {
        assert_eq!(finding["file"], FILE);
        assert_eq!(finding["severity"], "error");
        assert!(finding["at"]["line"].is_u64(), "{finding}");
        assert!(finding["at"]["column"].is_u64(), "{finding}");
    }
}

#[test]
fn a_fault_of_one_part_hides_none_of_another() {
    // Each pair of faults in one file: both must be named.
    let faults = [
        (
            "id = \"A19-2.leak.mfa\"",
            "id = \"mfa\"",
            "criterion-id-malformed",
        ),
        ("group = \"b\"", "groop = \"b\"", "missing-field"),
        (
            "decided_by = \"partly\"",
            "decided_by = \"robot\"",
            "unknown-word",
        ),
        ("[score]\nweight = \"H\"", "[score]", "missing-field"),
        ("[rule]", "[rool]", "missing-field"),
        (
            "document = \"common-standards\"",
            "document = \"x\"",
            "document-unknown",
        ),
        (
            "expected = [\"questionnaire\"",
            "expected = [\"gossip\"",
            "unknown-word",
        ),
        (
            "paragraphs = [\"A19-2\"]",
            "paragraphs = [\"A19-9\"]",
            "paragraph-unknown",
        ),
        ("ccm = [\"IAM-14\"]", "ccm = \"IAM-14\"", "wrong-type"),
        (
            "name = \"every access, with a document\"",
            "nam = \"x\"",
            "unknown-field",
        ),
        (
            "[evidence]\n",
            "[evidence]\ncaps = [0, 1]\n",
            "caps-malformed",
        ),
    ];
    for (index, (from, to, code)) in faults.iter().enumerate() {
        for (other_from, other_to, other_code) in &faults[index + 1..] {
            let scratch = Scratch::new();
            scratch.copy("criteria");
            scratch.edit(FILE, from, to);
            scratch.edit(FILE, other_from, other_to);
            let run = check(&scratch);
            assert_eq!(run.code, 1);
            let count = |code: &str| {
                let code = format!("[{code}]");
                run.stdout
                    .lines()
                    .filter(|line| line.contains(&code))
                    .count()
            };
            let both = if code == other_code {
                count(code) >= 2
            } else {
                count(code) >= 1 && count(other_code) >= 1
            };
            assert!(both, "{to} and {other_to}: {}", run.stdout);
        }
    }
}

#[test]
fn faults_of_several_files_are_named_at_once() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    scratch.edit(FILE, "weight = \"H\"", "weight = ");
    scratch.edit(
        "article-19/A19-2.inc.notice.toml",
        "settled_by = 3",
        "settled_by = 7",
    );
    scratch.edit("article-19/catalog.toml", "caps = [", "cups = [");
    scratch.edit("clauses/CL-08.toml", "id = \"CL-08\"", "id = \"CL-99\"");
    let run = check(&scratch);
    assert_eq!(run.code, 1);
    for (file, code) in [
        (FILE, "toml-syntax"),
        ("article-19/A19-2.inc.notice.toml", "out-of-range"),
        ("article-19/catalog.toml", "missing-field"),
        ("article-19/catalog.toml", "unknown-field"),
    ] {
        let named = run
            .stdout
            .lines()
            .any(|line| line.starts_with(&format!("{file}:")) && line.contains(code));
        assert!(named, "{file} {code}: {}", run.stdout);
    }
}

#[test]
fn an_example_that_does_not_hold_is_told_with_its_name() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    scratch.edit(FILE, "B = 'practice", "B = '!practice");
    let run = mekiki(&["criteria", "test", &scratch.root()]);
    assert_eq!(run.code, 1, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    let (closing, failures) = lines.split_last().unwrap();
    assert!(!failures.is_empty());
    assert!(
        failures
            .iter()
            .all(|line| line.starts_with("A19-2.leak.mfa: "))
    );
    let ending = format!(" passed, {} failed", failures.len());
    assert!(closing.ends_with(&ending), "{closing}");
    let view = mekiki(&["criteria", "test", &scratch.root(), "--format", "json"]).json();
    assert_eq!(view["failed"], json!(failures.len()));
}

#[test]
fn a_criteria_folder_that_cannot_be_used_is_no_judgment() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    scratch.edit(FILE, "weight = \"H\"", "weight = \"heavy\"");
    for command in [
        vec!["criteria", "test", &scratch.root()],
        vec!["criteria", "list", "--criteria", &scratch.root()],
        vec!["facts", "--criteria", &scratch.root()],
    ] {
        let run = mekiki(&[&command[..], &["--format", "json"]].concat());
        assert_eq!(run.code, 3, "{run:?}");
        let error = &run.error()["error"];
        assert_eq!(error["code"], "unknown-word");
        assert_eq!(error["file"], FILE);
        assert!(error["help"].is_string());
    }
}
