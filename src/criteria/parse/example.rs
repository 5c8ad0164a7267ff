//! The examples of a criterion.

use std::collections::BTreeMap;

use crate::criteria::case::Case;
use crate::criteria::{Example, OfferingType};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::fact::vocabulary::Vocabulary;
use crate::fact::{Fact, FactValue, ProofRank, Scope};
use crate::id::FactKey;
use crate::time::{Date, parse_day};
use crate::tree::Fields;

pub(in crate::criteria) fn read_example(
    example: &Fields<'_>,
    vocabulary: &Vocabulary,
    offerings: &[OfferingType],
    confidentiality: i64,
) -> Example {
    let as_of = example
        .optional_day("as_of")
        .or_else(|| parse_day("2026-11-01"))
        .unwrap_or(Date::MIN);
    let mut parameters = BTreeMap::new();
    for (name, node, pointer) in example.members("case") {
        let key = format!("case.{name}");
        match vocabulary.typed(&key, &node.value, example.place_at(node, &pointer)) {
            Ok(value) => {
                parameters.insert(FactKey(key), value);
            }
            Err(fault) => example.complain(
                fault.code,
                "case",
                fault.message,
                fault.help.as_deref().unwrap_or_default(),
            ),
        }
    }
    let words = match parameters.get(&FactKey::from("case.offering_types")) {
        Some(FactValue::List(words)) => words
            .iter()
            .filter_map(|word| {
                OfferingType::WORDS
                    .iter()
                    .find(|(name, _)| name == word)
                    .map(|(_, kind)| *kind)
            })
            .collect(),
        _ => offerings.to_vec(),
    };
    let class = match parameters.get(&FactKey::from("case.confidentiality")) {
        Some(FactValue::Integer(class)) => *class,
        _ => confidentiality,
    };
    let facts = example
        .tables("facts")
        .iter()
        .enumerate()
        .filter_map(|(index, fields)| read_example_fact(fields, vocabulary, as_of, index))
        .collect();
    let read = Example {
        name: example.text("name"),
        as_of,
        case: Case::new(words, class, parameters),
        facts,
        expect: example.text("expect"),
        noted: example.optional_bool("noted").unwrap_or_default(),
        points: example.optional_exact("points"),
        at_most: false,
        at: example.place(),
    };
    example.finish();
    read
}

/// Complains where the examples do not show all that a criterion must show.
pub(super) fn complain_of_lacking(criterion: &Fields<'_>, examples: &[Example]) {
    if examples.len() < 3 {
        criterion.complain(
            "too-few-examples",
            "example",
            format!("the criterion has {} examples", examples.len()),
            "show at least that it holds, that it does not hold, and that the evidence is absent",
        );
    } else if let Some(lacking) = lacking(examples) {
        criterion.complain(
            "examples-incomplete",
            "example",
            format!("no example of the criterion shows {lacking}"),
            "add one that expects each of `pass`, `fail` and `unanswered`, and one in which two facts of one key differ",
        );
    }
}

/// What no example shows: a verdict of the three that every criterion can give, or facts of one key that differ.
fn lacking(examples: &[Example]) -> Option<String> {
    let verdicts = ["pass", "fail", "unanswered"];
    let mut lacking: Vec<_> = verdicts
        .into_iter()
        .filter(|word| examples.iter().all(|example| example.expect != **word))
        .map(|word| format!("`{word}`"))
        .collect();
    if !examples.iter().any(contradicted) {
        lacking.push("a contradiction".to_owned());
    }
    (!lacking.is_empty()).then(|| lacking.join(", "))
}

/// Whether two facts of one key have unlike values.
fn contradicted(example: &Example) -> bool {
    let mut values: BTreeMap<&FactKey, &FactValue> = BTreeMap::new();
    example
        .facts
        .iter()
        .any(|fact| *values.entry(&fact.key).or_insert(&fact.value) != &fact.value)
}

fn read_example_fact(
    fields: &Fields<'_>,
    vocabulary: &Vocabulary,
    as_of: Date,
    index: usize,
) -> Option<Fact> {
    let key = fields.text("key");
    let rank = ProofRank::new(fields.integer("rank", 1..=6));
    let established = fields.optional_day("established").unwrap_or(as_of);
    let valid_until = fields.optional_day("valid_until");
    let node = fields.node("value");
    fields.finish();
    let Some(node) = node else {
        fields.complain("missing-field", "value", "the field `value` is missing", "");
        return None;
    };
    match vocabulary.typed(&key, &node.value, fields.place_of("value")) {
        Ok(value) => Some(Fact {
            key: FactKey(key),
            scope: Scope::Procurement,
            value,
            rank: rank?,
            established,
            valid_until,
            citations: vec![Citation {
                sha256: Digest::of(b"example"),
                file: "example".to_owned(),
                at: Place::pointer(format!("/facts/{index}")),
            }],
        }),
        Err(fault) => {
            fields.complain(
                fault.code,
                "key",
                fault.message,
                fault.help.as_deref().unwrap_or_default(),
            );
            None
        }
    }
}
