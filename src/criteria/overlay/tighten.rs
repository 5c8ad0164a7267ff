//! Operations that make a criterion tighter by construction.
//!
//! | field | why it is tighter |
//! | --- | --- |
//! | `[also]` | a conjoined rule is true less often and false more often |
//! | `settled_by` | fewer ranks of evidence may open the gate |
//! | `caps` | the same evidence is worth fewer points |
//! | `months` | evidence is due sooner |
//! | `confidentiality`, `offerings`, `also_when` | it is asked in more cases |
//! | `on`, `clauses` | more events make it due, and more stands in the contract |
//! | `requirement`, `ask` | sentences are added behind those of the base; none is taken away |
//!
//! Not among them: the weight of a score, since whatever one criterion gains all others lose; the stage of a gate, since
//! evidence of a later stage is not there at an earlier one; a gate made of a score, since its points would vanish. The
//! first is a loosening, for the other two an agency adds a criterion of its own.

use super::super::parse::example::read_example;
use super::super::parse::{EVENTS, caps, known, optional_rule};
use super::super::rule::Rule;
use super::super::{Criterion, Decision, Grade, OfferingType};
use super::{Done, conjoined};
use crate::fact::ProofRank;
use crate::fact::vocabulary::Vocabulary;
use crate::id::ClauseId;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// The grades by the key of a rule.
pub(super) const GRADES: [(&str, Grade); 3] = [("A", Grade::A), ("B", Grade::B), ("C", Grade::C)];

pub(super) fn tighten(
    criterion: &mut Criterion,
    document: &Document,
    complaints: &Complaints,
    vocabulary: &Vocabulary,
    catalog_caps: [i64; 7],
) -> Done {
    let fields = Fields::root(document, complaints);
    let mut done = Done {
        fields: Vec::new(),
        reason: fields.both("reason"),
    };
    let rule_changed = also(criterion, &fields, vocabulary);
    if rule_changed {
        done.fields.push("rule");
    }
    settled_by(criterion, &fields, &mut done);
    reach(criterion, &fields, vocabulary, &mut done);
    validity(criterion, &fields, catalog_caps, &mut done);
    texts(criterion, &fields, rule_changed, &mut done);
    let examples: Vec<_> = fields
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
    if rule_changed && examples.is_empty() {
        fields.complain(
            "too-few-examples",
            "example",
            "the rule is tighter, and no example shows it",
            "show what passed before and does not any more",
        );
    }
    if done.fields.is_empty() {
        fields.complain(
            "overlay-empty",
            "reason",
            "nothing is made tighter",
            "say what is, or remove the file",
        );
    }
    for inherited in &mut criterion.examples {
        inherited.at_most = true;
    }
    criterion.examples.extend(examples);
    fields.finish();
    done
}

fn not_tighter(fields: &Fields<'_>, key: &str, message: String) {
    let help = "put it under loosen/ with an exception, or leave it out";
    fields.complain("overlay-not-tighter", key, message, help);
}

/// Conjoins rules: `pass` to a gate, `A`, `B`, `C` to grades, `all` to every grade.
fn also(criterion: &mut Criterion, fields: &Fields<'_>, vocabulary: &Vocabulary) -> bool {
    let Some(also) = fields.optional_table("also") else {
        return false;
    };
    let mut changed = false;
    let mut conjoin = |rule: &mut Rule, key: &'static str, added: &Rule| match conjoined(
        rule, added, "&&", vocabulary,
    ) {
        Ok(both) => {
            *rule = both;
            changed = true;
        }
        Err(faults) => {
            for fault in faults {
                also.complain(fault.code, key, fault.message, &fault.help);
            }
        }
    };
    match &mut criterion.decision {
        Decision::Gate { pass, .. } => {
            if let Some(added) = optional_rule(&also, "pass", vocabulary) {
                conjoin(pass, "pass", &added);
            }
        }
        Decision::Score { grades, .. } => {
            let all = optional_rule(&also, "all", vocabulary);
            for (key, grade) in GRADES {
                let own = optional_rule(&also, key, vocabulary);
                let rule = grades.iter_mut().find(|(one, _)| *one == grade);
                match (rule, own) {
                    (Some((_, rule)), own) => {
                        for (key, added) in [("all", &all), (key, &own)] {
                            if let Some(added) = added {
                                conjoin(rule, key, added);
                            }
                        }
                    }
                    (None, Some(_)) => also.complain(
                        "overlay-not-tighter",
                        key,
                        format!(
                            "the criterion has no grade {key}; a new one is one more way to points"
                        ),
                        "conjoin to a grade that it has",
                    ),
                    (None, None) => {}
                }
            }
        }
    }
    also.finish();
    if !changed && also.own_members().is_empty() {
        also.complain(
            "overlay-empty",
            "also",
            "no rule is conjoined",
            "a gate takes `pass`, a score `all`, `A`, `B` and `C`",
        );
    }
    changed
}

fn settled_by(criterion: &mut Criterion, fields: &Fields<'_>, done: &mut Done) {
    if fields.node("settled_by").is_none() {
        return;
    }
    let rank = ProofRank::new(fields.integer("settled_by", 1..=6));
    match (&mut criterion.decision, rank) {
        (Decision::Gate { settled_by, .. }, Some(rank)) if rank > *settled_by => {
            *settled_by = rank;
            done.fields.push("settled_by");
        }
        (Decision::Gate { settled_by, .. }, Some(rank)) => {
            let message = format!(
                "rank {} is not above {}, which settles it now",
                rank.number(),
                settled_by.number()
            );
            not_tighter(fields, "settled_by", message);
        }
        (Decision::Score { .. }, _) => not_tighter(
            fields,
            "settled_by",
            "a scored criterion is settled by no rank; lower its `caps`".to_owned(),
        ),
        (Decision::Gate { .. }, None) => {}
    }
}

/// In which cases it is asked.
fn reach(criterion: &mut Criterion, fields: &Fields<'_>, vocabulary: &Vocabulary, done: &mut Done) {
    if fields.node("confidentiality").is_some() {
        let class = fields.integer("confidentiality", 1..=3);
        if class < criterion.confidentiality {
            criterion.confidentiality = class;
            done.fields.push("confidentiality");
        } else {
            let now = criterion.confidentiality;
            let message = format!("class {class} is not below {now}, from which it applies now");
            not_tighter(fields, "confidentiality", message);
        }
    }
    for kind in fields.words("offerings", &OfferingType::WORDS) {
        if criterion.offerings.contains(&kind) {
            let message = format!("it applies to {} already", kind.word());
            not_tighter(fields, "offerings", message);
        } else {
            criterion.offerings.push(kind);
            done.fields.push("offerings");
        }
    }
    if let Some(added) = optional_rule(fields, "also_when", vocabulary) {
        match &criterion.when {
            None => not_tighter(
                fields,
                "also_when",
                "it applies without a condition already".to_owned(),
            ),
            Some(when) => match conjoined(when, &added, "||", vocabulary) {
                Ok(either) => {
                    criterion.when = Some(either);
                    done.fields.push("when");
                }
                Err(faults) => {
                    for fault in faults {
                        fields.complain(fault.code, "also_when", fault.message, &fault.help);
                    }
                }
            },
        }
    }
    done.fields.dedup();
}

/// What evidence is worth, how long it lasts, and what follows from it.
fn validity(
    criterion: &mut Criterion,
    fields: &Fields<'_>,
    catalog_caps: [i64; 7],
    done: &mut Done,
) {
    if let Some(caps) = caps(fields) {
        let now = criterion.caps.unwrap_or(catalog_caps);
        let is_gate = criterion.stage().is_some();
        let lower = caps.iter().zip(&now).all(|(new, old)| new <= old) && caps != now;
        if lower && !is_gate {
            criterion.caps = Some(caps);
            done.fields.push("caps");
        } else if is_gate {
            let message = "a gate has no caps; raise its `settled_by`".to_owned();
            not_tighter(fields, "caps", message);
        } else {
            let message = format!("the caps are not all at or below {now:?}, and one below");
            not_tighter(fields, "caps", message);
        }
    }
    if fields.node("months").is_some() {
        let months = i32::try_from(fields.integer("months", 1..=120)).unwrap_or(1);
        if criterion.reevaluation_months.is_none_or(|now| months < now) {
            criterion.reevaluation_months = Some(months);
            done.fields.push("months");
        } else {
            let message = format!("{months} months are not sooner than now");
            not_tighter(fields, "months", message);
        }
    }
    for event in known(fields, "on", &EVENTS) {
        if criterion.reevaluation_events.contains(&event) {
            not_tighter(fields, "on", format!("`{event}` makes it due already"));
        } else {
            criterion.reevaluation_events.push(event);
            done.fields.push("on");
        }
    }
    done.fields.dedup();
    for clause in fields.texts("clauses").into_iter().map(ClauseId) {
        if criterion.clauses.contains(&clause) {
            not_tighter(fields, "clauses", format!("it names `{clause}` already"));
        } else {
            criterion.clauses.push(clause);
            done.fields.push("clauses");
        }
    }
    done.fields.dedup();
}

/// Adds sentences. Whoever tightens a rule must tell the supplier.
fn texts(criterion: &mut Criterion, fields: &Fields<'_>, rule_changed: bool, done: &mut Done) {
    match fields.optional_both("requirement") {
        Some(added) => {
            append(&mut criterion.requirement, &added);
            done.fields.push("requirement");
        }
        None if rule_changed => fields.complain(
            "missing-field",
            "requirement",
            "the rule is tighter, and the requirement does not say so",
            "write `requirement`: what is required beyond the base",
        ),
        None => {}
    }
    if let Some(added) = fields.optional_both("ask") {
        append(&mut criterion.ask, &added);
        done.fields.push("ask");
    }
}

fn append(text: &mut Text, added: &Text) {
    text.ja.push_str(&added.ja);
    text.en.push(' ');
    text.en.push_str(&added.en);
}
