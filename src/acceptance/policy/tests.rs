use std::collections::BTreeMap;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::tree::Files;

const HEAD: &str = "id = \"own\"\nversion = \"1\"\ntitle = { ja = \"規則\", en = \"rules\" }\n";

/// A rule on components with the two examples that every rule needs.
fn rule(id: &str, condition: &str) -> String {
    format!(
        r#"id = "{id}"
title = {{ ja = "題", en = "title" }}
help = {{ ja = "助言", en = "help" }}
subject = "component"
{condition}
effect = "fails"
[[example]]
name = "broken"
given = {{ name = "bad" }}
expect = "broken"
[[example]]
name = "holds"
given = {{ name = "good" }}
expect = "holds"
"#
    )
}

fn read(files: &[(&str, &str)]) -> Result<Pack, Vec<Diagnostic>> {
    let files: Files<'_> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    read_pack(&files)
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let faults = read(files).expect_err("the pack must be refused");
    faults
        .iter()
        .map(|one| {
            let line = one.at.line.map(|line| line.to_string()).unwrap_or_default();
            format!("{}:{line} {}", one.file.as_deref().unwrap_or("?"), one.code)
        })
        .collect()
}

fn values(pairs: &[(&str, FactValue)]) -> Values {
    pairs
        .iter()
        .map(|(key, value)| ((*key).into(), value.clone()))
        .collect()
}

#[test]
fn every_built_in_name_is_declared_well() {
    for (word, subject) in Subject::WORDS {
        let vocabulary = vocabulary(subject).unwrap();
        assert!(vocabulary.list().count() >= 4);
        for one in vocabulary.list() {
            assert!(
                one.key.as_str().starts_with(&format!("{word}.")),
                "{}",
                one.key
            );
        }
    }
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let both = rule(
        "both",
        "deny = \"component.has_purl\"\nrequire = \"component.has_purl\"",
    );
    let files = [
        (
            PACK_FILE,
            "id = \"Own Pack\"\nversion = \"1\"\ntitle = { ja = \"規則\", en = \"rules\" }\n",
        ),
        (
            "a.toml",
            &rule(
                "a",
                "deny = \"component.nmae == 'bad' && component.has_purl == 3\"",
            ),
        ),
        ("b.toml", &both),
        ("c.toml", "id = \"c\"\nsubject = \"moon\"\n"),
        ("d.toml", "deny = \n"),
        ("e.toml", &rule("e", "deny = \"has(component.name)\"")),
        ("f.toml", &rule("f", "deny = \"component.name == 'bad'\"")),
        ("g.toml", &rule("f", "deny = \"component.name == 'bad'\"")),
        (
            "h.toml",
            &rule(
                "h",
                "when = \"delivery.files > 3\"\ndeny = \"component.name == 'bad'\"",
            ),
        ),
    ];
    let found = faults(&files);
    for expected in [
        "pack.toml:1 policy-id",
        "a.toml:5 rule-unknown-fact",
        "a.toml:5 rule-type",
        "b.toml:5 policy-condition",
        "c.toml:2 unknown-word",
        "c.toml:1 missing-field",
        "d.toml:1 toml-syntax",
        "e.toml:5 rule-tests-presence",
        "g.toml:5 policy-repeated",
        "h.toml:5 rule-unknown-fact",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}: {found:#?}"
        );
    }
    assert!(
        !found.iter().any(|one| one.starts_with("f.toml")),
        "{found:#?}"
    );
}

#[test]
fn a_pack_without_a_rule_or_a_head_is_none() {
    assert_eq!(faults(&[(PACK_FILE, HEAD)]), ["pack.toml: policy-empty"]);
    let only = rule("a", "deny = \"component.name == 'bad'\"");
    assert_eq!(faults(&[("a.toml", &only)]), ["pack.toml: file-missing"]);
}

#[test]
fn a_rule_without_both_kinds_of_examples_is_refused() {
    let text = rule("a", "deny = \"component.name == 'bad'\"");
    let (one, _) = text.split_once("[[example]]\nname = \"holds\"").unwrap();
    assert_eq!(
        faults(&[(PACK_FILE, HEAD), ("a.toml", one)]),
        ["a.toml:7 policy-example-missing"]
    );
}

#[test]
fn examples_are_typed_and_run() {
    let text = rule("a", "deny = \"component.name == 'bad'\"");
    let wrong = text.replace("name = \"bad\" }", "name = 3, nmae = \"x\" }");
    let found = faults(&[(PACK_FILE, HEAD), ("a.toml", &wrong)]);
    assert_eq!(found, ["a.toml:9 fact-wrong-type", "a.toml:9 fact-unknown"]);
    let swapped = text.replace("name = \"bad\" }", "name = \"fine\" }");
    let pack = read(&[(PACK_FILE, HEAD), ("a.toml", &swapped)]).unwrap();
    let outcomes = run_examples(&pack);
    let failures: Vec<_> = outcomes
        .iter()
        .filter_map(|one| one.failure.as_ref())
        .collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].code, "policy-example");
    assert_eq!(failures[0].at.line, Some(7));
    assert_eq!(outcomes[0].check, "policy.own.a");
}

#[test]
fn what_is_unknown_is_neither_broken_nor_held() {
    for (case, condition, given, expected) in [
        (
            "deny, unknown",
            "deny = \"component.name == 'bad'\"",
            vec![],
            Ruling::Undecided,
        ),
        (
            "require, unknown",
            "require = \"component.name == 'good'\"",
            vec![],
            Ruling::Undecided,
        ),
        (
            "filtered out",
            "when = \"component.has_purl\"\ndeny = \"component.name == 'bad'\"",
            vec![("component.has_purl", FactValue::Bool(false))],
            Ruling::NotApplicable,
        ),
        (
            "the filter is unknown and the rule is broken",
            "when = \"component.has_purl\"\ndeny = \"component.name == 'bad'\"",
            vec![("component.name", FactValue::Text("bad".to_owned()))],
            Ruling::Undecided,
        ),
        (
            "the filter is unknown and the rule holds",
            "when = \"component.has_purl\"\ndeny = \"component.name == 'bad'\"",
            vec![("component.name", FactValue::Text("good".to_owned()))],
            Ruling::Holds,
        ),
        (
            "the known half decides",
            "deny = \"component.has_purl || component.name == 'bad'\"",
            vec![("component.has_purl", FactValue::Bool(true))],
            Ruling::Broken,
        ),
    ] {
        let text = rule("a", condition);
        let pack = read(&[(PACK_FILE, HEAD), ("a.toml", &text)]).unwrap();
        let given = values(&given);
        assert_eq!(pack.rules[0].judge(&given), expected, "{case}");
    }
}

#[test]
fn knowing_more_never_turns_a_decision() {
    let text = rule(
        "a",
        "when = \"component.has_purl || component.direct\"\ndeny = \"!component.has_digest && component.name != 'good'\"",
    );
    let pack = read(&[(PACK_FILE, HEAD), ("a.toml", &text)]).unwrap();
    let rule = &pack.rules[0];
    let flags = [
        "component.has_purl",
        "component.direct",
        "component.has_digest",
    ];
    // Every state of three flags, unknown included, and of a name.
    let mut rulings: BTreeMap<[usize; 4], Ruling> = BTreeMap::new();
    let states = |digit: usize| (0..3).map(move |state| (digit, state));
    for (_, a) in states(0) {
        for (_, b) in states(1) {
            for (_, c) in states(2) {
                for (_, d) in states(3) {
                    let mut given = Values::new();
                    for (flag, state) in flags.iter().zip([a, b, c]) {
                        if state < 2 {
                            given.insert((*flag).into(), FactValue::Bool(state == 1));
                        }
                    }
                    if d < 2 {
                        let name = if d == 1 { "good" } else { "bad" };
                        given.insert("component.name".into(), FactValue::Text(name.to_owned()));
                    }
                    rulings.insert([a, b, c, d], rule.judge(&given));
                }
            }
        }
    }
    for (state, ruling) in &rulings {
        for position in 0..4 {
            if state[position] != 2 {
                continue;
            }
            for known in 0..2 {
                let mut more = *state;
                more[position] = known;
                let told = rulings[&more];
                let stands = *ruling == Ruling::Undecided
                    || told == *ruling
                    // What holds whatever the filter says may turn out not to be asked.
                    || (*ruling == Ruling::Holds && told == Ruling::NotApplicable);
                assert!(stands, "{state:?} {ruling:?} -> {more:?} {told:?}");
            }
        }
    }
}

#[test]
fn the_digest_covers_every_file() {
    let one = rule("a", "deny = \"component.name == 'bad'\"");
    let other = one.replace("題", "題名");
    let digest = |text: &str| read(&[(PACK_FILE, HEAD), ("a.toml", text)]).unwrap().digest;
    assert_ne!(digest(&one), digest(&other));
}
