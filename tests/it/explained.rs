//! What is told of a verdict and of the facts: the conditions that decided, and the documentation.

use std::collections::BTreeMap;

use mekiki::app::library::Library;
use mekiki::assessment::{Decisions, assess_criterion};
use mekiki::criteria::OfferingType;
use mekiki::criteria::case::Case;
use mekiki::criteria::rule::{DOCUMENTED, Rule};
use mekiki::diagnostic::Place;
use mekiki::digest::Digest;
use mekiki::document::because;
use mekiki::document::facts::{render, view};
use mekiki::evidence::Citation;
use mekiki::fact::{Establishment, Fact, FactValue, ProofRank, Scope};
use mekiki::id::CriterionId;
use mekiki::text::Lang;
use mekiki::time::parse_day;
use serde_json::json;

use crate::binary::mekiki;

/// A fact of a value and rank, whose evidence holds until a day.
fn fact(key: &str, value: FactValue, rank: i64, until: Option<&str>) -> Fact {
    Fact {
        key: key.into(),
        scope: Scope::Procurement,
        value,
        rank: ProofRank::new(rank).unwrap(),
        established: parse_day("2026-10-01").unwrap(),
        valid_until: until.map(|day| parse_day(day).unwrap()),
        citations: vec![Citation {
            sha256: Digest::of(b"example"),
            file: "example".to_owned(),
            at: Place::whole(),
        }],
    }
}

fn explained(criterion: &str, facts: Vec<Fact>) -> (String, serde_json::Value, String) {
    let catalog = Library::open(None).unwrap().catalog;
    let parameters = BTreeMap::from([
        ("case.log_retention_months".into(), FactValue::Integer(12)),
        (
            "case.allowed_countries".into(),
            FactValue::List(vec!["JP".to_owned()]),
        ),
    ]);
    let case = Case::new(vec![OfferingType::SaaS], 2, parameters);
    let found = Establishment {
        facts,
        ..Establishment::default()
    };
    let judgment = assess_criterion(
        &catalog,
        &catalog.criteria[&CriterionId::from(criterion)],
        &case,
        &Decisions::default(),
        &found,
        parse_day("2026-11-26").unwrap(),
    );
    (
        judgment.verdict.word(),
        serde_json::to_value(&judgment.because).unwrap(),
        because::render(&judgment.because, "", Lang::En),
    )
}

/// What `A19-2.leak.logging` asks for besides the protection and the months.
fn logged() -> [Fact; 2] {
    [
        "practice.logging.events_logged",
        "practice.logging.time_synchronised",
    ]
    .map(|key| fact(key, FactValue::Bool(true), 2, None))
}

#[test]
fn a_refuted_gate_tells_only_what_refutes_it() {
    let facts = vec![
        fact("practice.logging.protected", FactValue::Bool(true), 2, None),
        fact(
            "practice.logging.retention_months",
            FactValue::Integer(6),
            2,
            None,
        ),
    ];
    let (verdict, because, text) = explained(
        "A19-2.leak.logging",
        facts.into_iter().chain(logged()).collect(),
    );
    assert_eq!(verdict, "fail");
    assert_eq!(
        because,
        json!([{"rule": "pass", "truth": "false", "because": [{
            "condition": "practice.logging.retention_months >= case.log_retention_months",
            "truth": "false",
            "values": [
                {"fact": "practice.logging.retention_months", "value": 6, "proof_rank": 2},
                {"fact": "case.log_retention_months", "value": 12},
            ],
        }]}])
    );
    assert_eq!(
        text,
        "rule pass does not hold:\n  practice.logging.retention_months (6, rank 2) >= case.log_retention_months (12): does not hold\n"
    );
}

#[test]
fn an_open_gate_tells_what_is_missing_too_weak_or_expired() {
    let rule = |lack: &str, value: Option<bool>, rank: u8| {
        let mut missing = json!({"fact": "practice.logging.protected", "lack": lack});
        if let Some(value) = value {
            missing["value"] = json!(value);
            missing["proof_rank"] = json!(rank);
        }
        json!([{"rule": "pass", "truth": "unknown", "because": [
            {"condition": "practice.logging.protected", "truth": "unknown", "missing": [missing]},
        ]}])
    };
    let months = || {
        fact(
            "practice.logging.retention_months",
            FactValue::Integer(12),
            2,
            None,
        )
    };
    let protected = |rank, until| {
        fact(
            "practice.logging.protected",
            FactValue::Bool(true),
            rank,
            until,
        )
    };
    for (facts, expected, because) in [
        (vec![months()], "unanswered", rule("absent", None, 0)),
        (
            vec![months(), protected(1, None)],
            "unverifiable",
            rule("too-weak", Some(true), 1),
        ),
        (
            vec![months(), protected(4, Some("2026-11-01"))],
            "stale",
            rule("expired", Some(true), 2),
        ),
    ] {
        let (verdict, told, text) = explained(
            "A19-2.leak.logging",
            facts.into_iter().chain(logged()).collect(),
        );
        assert_eq!((verdict.as_str(), told), (expected, because));
        assert!(
            text.starts_with("rule pass is open:\n  practice.logging.protected ("),
            "{text}"
        );
    }
}

#[test]
fn a_score_tells_what_the_better_grades_lack_and_a_list_which_words() {
    let yes = |key: &str| fact(key, FactValue::Bool(true), 2, None);
    let (verdict, because, _) = explained(
        "A19-2.leak.mfa",
        vec![
            yes("practice.mfa.remote"),
            yes("practice.mfa.administrators"),
        ],
    );
    assert_eq!(verdict, "partial(70/100)");
    let rules: Vec<_> = because
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["rule"].clone(),
                one["truth"].clone(),
                one["because"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(
        rules,
        [
            (json!("A"), json!("unknown"), 1),
            (json!("B"), json!("true"), 2)
        ]
    );
    let countries = FactValue::List(vec!["JP".to_owned(), "US".to_owned()]);
    let (verdict, because, text) = explained(
        "A19-3.cloud.location",
        vec![fact("cloud.data.countries", countries, 2, None)],
    );
    assert_eq!(verdict, "fail");
    assert_eq!(
        because[0]["because"][0]["elements"],
        json!(["US"]),
        "{because}"
    );
    assert!(text.contains("because of US"), "{text}");
}

#[test]
fn every_example_of_a_function_is_a_rule_of_the_built_in_facts() {
    let vocabulary = Library::open(None).unwrap().catalog.vocabulary;
    for one in DOCUMENTED {
        if let Err(faults) = Rule::compile(one.example, &vocabulary) {
            panic!("{}: {faults:?}", one.name);
        }
        assert!(one.example.contains(one.name), "{}", one.name);
    }
}

#[test]
fn the_facts_are_told_in_full() {
    let library = Library::open(None).unwrap();
    let view = view(&library.catalog, &library.questionnaires);
    assert_eq!(view.facts.len(), library.catalog.vocabulary.list().count());
    let told = serde_json::to_value(&view).unwrap();
    let facts = told["facts"].as_array().unwrap();
    let one = facts
        .iter()
        .find(|one| one["key"] == "practice.logging.retention_months")
        .unwrap();
    assert_eq!(one["type"], "integer");
    assert_eq!(one["adverse"], "lower");
    assert_eq!(
        one["ranks"][0],
        json!({"producer": "answer", "ranks": [1, 2]})
    );
    assert!(
        one["criteria"]
            .as_array()
            .unwrap()
            .contains(&json!("A19-2.leak.logging"))
    );
    assert_eq!(one["questions"][0]["take"], "value");
    // Every rule's keys come back, and no fact is told twice.
    let used = library.catalog.criteria.values().flat_map(|one| {
        let rules = one.rules().into_iter().chain(&one.when);
        rules
            .flat_map(Rule::keys)
            .map(|key| (key.clone(), one.id.clone()))
            .collect::<Vec<_>>()
    });
    for (key, criterion) in used {
        let fact = view.facts.iter().find(|fact| *fact.key == key).unwrap();
        let named = fact.criteria.iter().filter(|id| ***id == criterion).count();
        assert_eq!(named, 1, "{key} {criterion}");
    }
    for lang in Lang::BOTH {
        let text = render(&view, lang);
        for fact in &view.facts {
            assert!(text.contains(fact.key.as_str()) && text.contains(fact.title.of(lang)));
        }
        for function in &view.functions {
            assert!(
                text.contains(function.meaning.of(lang)),
                "{}",
                function.name
            );
            assert!(
                !function.meaning.of(lang).starts_with("function-"),
                "{}",
                function.name
            );
        }
    }
    let run = mekiki(&["facts", "--doc", "--format", "json"]);
    let printed: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, printed["schema"].as_str()),
        (0, Some("mekiki/facts/v1"))
    );
    assert_eq!(
        printed["functions"].as_array().unwrap().len(),
        DOCUMENTED.len()
    );
}
