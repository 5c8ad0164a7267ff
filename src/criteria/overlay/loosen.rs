//! Operations that make a criterion looser, and dropping one. Each needs an exception.

use super::super::parse::example::read_example;
use super::super::parse::{caps, optional_rule};
use super::super::{Criterion, Decision, OfferingType, Weight};
use super::Done;
use super::tighten::GRADES;
use crate::fact::ProofRank;
use crate::fact::vocabulary::Vocabulary;
use crate::tree::{Complaints, Document, Fields};

/// Gives what was done and the exception that is named for it; `None` where none is named.
pub(super) fn loosen(
    criterion: &mut Criterion,
    document: &Document,
    complaints: &Complaints,
    vocabulary: &Vocabulary,
    catalog_caps: [i64; 7],
) -> Option<(Done, String)> {
    let fields = Fields::root(document, complaints);
    let exception = exception(&fields);
    let mut done = Done {
        fields: Vec::new(),
        reason: fields.both("reason"),
    };
    instead(criterion, &fields, vocabulary, &mut done);
    decision(criterion, &fields, &mut done);
    reach(criterion, &fields, &mut done);
    if let Some(caps) = caps(&fields) {
        let now = criterion.caps.unwrap_or(catalog_caps);
        if caps.iter().zip(&now).all(|(new, old)| new >= old) && caps != now {
            criterion.caps = Some(caps);
            done.fields.push("caps");
        } else {
            not_looser(
                &fields,
                "caps",
                "the caps are not all at or above those of now",
            );
        }
    }
    if fields.node("months").is_some() {
        let months = i32::try_from(fields.integer("months", 1..=120)).unwrap_or(1);
        if criterion
            .reevaluation_months
            .is_some_and(|now| months > now)
        {
            criterion.reevaluation_months = Some(months);
            done.fields.push("months");
        } else {
            not_looser(&fields, "months", "the months are not more than now");
        }
    }
    if let Some(requirement) = fields.optional_both("requirement") {
        criterion.requirement = requirement;
        done.fields.push("requirement");
    }
    // What the base's examples show is not what is asked any more.
    criterion.examples = fields
        .tables("example")
        .iter()
        .map(|one| {
            read_example(
                one,
                vocabulary,
                &criterion.offerings,
                criterion.confidentiality,
            )
        })
        .collect();
    if criterion.examples.len() < 3 {
        fields.complain(
            "too-few-examples",
            "example",
            format!("the criterion has {} examples", criterion.examples.len()),
            "show at least that it holds, that it does not hold, and that the evidence is absent",
        );
    }
    if done.fields.is_empty() {
        fields.complain(
            "overlay-empty",
            "reason",
            "nothing is loosened",
            "say what is, or remove the file",
        );
    }
    fields.finish();
    Some((done, exception?))
}

/// Reads a file below `drop/`: the exception that allows it.
pub(super) fn read_drop(document: &Document, complaints: &Complaints) -> Option<String> {
    let fields = Fields::root(document, complaints);
    let exception = exception(&fields);
    fields.both("reason");
    fields.finish();
    exception
}

fn exception(fields: &Fields<'_>) -> Option<String> {
    let exception = fields.optional_text("exception");
    if exception.is_none() {
        fields.complain(
            "overlay-exception-missing",
            "exception",
            "a criterion of the base is loosened or dropped without an exception",
            "write exception = \"ID\", and its record into exceptions/ID.toml (Articles 6 and 8 of the Common Model)",
        );
    }
    exception
}

fn not_looser(fields: &Fields<'_>, key: &str, message: &str) {
    fields.complain("overlay-not-looser", key, message, "put it under tighten/");
}

/// Rules in the place of those of now. Whether they are looser cannot be told, so the exception answers for them.
fn instead(
    criterion: &mut Criterion,
    fields: &Fields<'_>,
    vocabulary: &Vocabulary,
    done: &mut Done,
) {
    let Some(instead) = fields.optional_table("instead") else {
        return;
    };
    match &mut criterion.decision {
        Decision::Gate { pass, .. } => {
            if let Some(rule) = optional_rule(&instead, "pass", vocabulary) {
                *pass = rule;
                done.fields.push("rule");
            }
        }
        Decision::Score { grades, .. } => {
            for (key, grade) in GRADES {
                if let Some(rule) = optional_rule(&instead, key, vocabulary) {
                    grades.retain(|(one, _)| *one != grade);
                    grades.push((grade, rule));
                    done.fields.push("rule");
                }
            }
            grades.sort_by_key(|(grade, _)| *grade);
            done.fields.dedup();
        }
    }
    instead.finish();
}

fn decision(criterion: &mut Criterion, fields: &Fields<'_>, done: &mut Done) {
    let rank = fields
        .node("settled_by")
        .and_then(|_| ProofRank::new(fields.integer("settled_by", 1..=6)));
    let words = [("H", Weight::H), ("M", Weight::M), ("L", Weight::L)];
    let weight = fields.optional_word("weight", &words);
    match &mut criterion.decision {
        Decision::Gate { settled_by, .. } => {
            match rank {
                Some(rank) if rank < *settled_by => {
                    *settled_by = rank;
                    done.fields.push("settled_by");
                }
                Some(_) => not_looser(fields, "settled_by", "the rank is not below that of now"),
                None => {}
            }
            if weight.is_some() {
                not_looser(fields, "weight", "a gate has no weight");
            }
        }
        Decision::Score { weight: now, .. } => {
            if rank.is_some() {
                not_looser(
                    fields,
                    "settled_by",
                    "a scored criterion is settled by no rank",
                );
            }
            match weight {
                // Up as well as down: what one criterion gains, all others lose.
                Some(weight) if weight != *now => {
                    *now = weight;
                    done.fields.push("weight");
                }
                Some(_) => not_looser(fields, "weight", "it has this weight already"),
                None => {}
            }
        }
    }
}

fn reach(criterion: &mut Criterion, fields: &Fields<'_>, done: &mut Done) {
    if fields.node("confidentiality").is_some() {
        let class = fields.integer("confidentiality", 1..=3);
        if class > criterion.confidentiality {
            criterion.confidentiality = class;
            done.fields.push("confidentiality");
        } else {
            not_looser(
                fields,
                "confidentiality",
                "the class is not above that of now",
            );
        }
    }
    let left_out = fields.words("without_offerings", &OfferingType::WORDS);
    if !left_out.is_empty() {
        let rest: Vec<_> = criterion
            .offerings
            .iter()
            .copied()
            .filter(|kind| !left_out.contains(kind))
            .collect();
        if rest.is_empty() || rest.len() + left_out.len() != criterion.offerings.len() {
            not_looser(
                fields,
                "without_offerings",
                "it does not apply to one of them, or would apply to none",
            );
        } else {
            criterion.offerings = rest;
            done.fields.push("offerings");
        }
    }
}
