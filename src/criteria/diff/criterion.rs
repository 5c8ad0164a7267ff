//! What changed in one criterion, field by field.

use serde::Serialize;

use super::rule::{conditions, direction as rule_direction};
use super::{Direction, FieldChange};
use crate::criteria::{Criterion, Decision, Grade};

/// The changes of one criterion; empty where nothing that is asked or shown differs.
///
/// `caps` are those of the two catalogs, for criteria without their own.
pub(super) fn changes(
    old: &Criterion,
    new: &Criterion,
    caps: (&[i64; 7], &[i64; 7]),
) -> Vec<FieldChange> {
    let mut found = Found(Vec::new());
    found.other("title", &old.title, &new.title);
    found.other("requirement", &old.requirement, &new.requirement);
    found.other("group", &old.group, &new.group);
    found.other("decided_by", old.decided_by, new.decided_by);
    found.other("source", &old.source, &new.source);
    let words = |one: &Criterion| {
        let mut words: Vec<_> = one.offerings.iter().map(|kind| kind.word()).collect();
        words.sort_unstable();
        words
    };
    found.set("applies.offerings", words(old), words(new));
    let (before, after) = (old.confidentiality, new.confidentiality);
    found.number("applies.confidentiality", Some(before), Some(after), true);
    when(&mut found, old, new);
    decision(&mut found, &old.decision, &new.decision);
    found.other("evidence.expected", &old.evidence, &new.evidence);
    found.other("evidence.ask", &old.ask, &new.ask);
    if old.caps != new.caps {
        let before = old.caps.as_ref().unwrap_or(caps.0);
        let after = new.caps.as_ref().unwrap_or(caps.1);
        found.push(
            "evidence.caps",
            caps_direction(before, after),
            before,
            after,
        );
    }
    let months = |one: &Criterion| one.reevaluation_months.map(i64::from);
    months_change(&mut found, months(old), months(new));
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    let events = |one: &Criterion| sorted(&one.reevaluation_events);
    found.set("reevaluation.on", events(old), events(new));
    let clauses = |one: &Criterion| {
        let clauses: Vec<_> = one.clauses.iter().map(ToString::to_string).collect();
        sorted(&clauses)
    };
    found.set("clauses", clauses(old), clauses(new));
    found.other("maps", &old.maps, &new.maps);
    found.0
}

/// Lower caps are tighter, higher ones looser.
pub(super) fn caps_direction(old: &[i64; 7], new: &[i64; 7]) -> Direction {
    let pairs = || old.iter().zip(new);
    if pairs().all(|(old, new)| new <= old) {
        Direction::Tighter
    } else if pairs().all(|(old, new)| new >= old) {
        Direction::Looser
    } else {
        Direction::Other
    }
}

struct Found(Vec<FieldChange>);

impl Found {
    fn push(
        &mut self,
        field: &str,
        direction: Direction,
        old: impl Serialize,
        new: impl Serialize,
    ) {
        self.0.push(FieldChange::new(field, direction, old, new));
    }

    fn other(&mut self, field: &str, old: impl Serialize, new: impl Serialize) {
        let change = FieldChange::new(field, Direction::Other, old, new);
        if change.old != change.new {
            self.0.push(change);
        }
    }

    /// A number of which the lower is the tighter, or the higher.
    fn number(&mut self, field: &str, old: Option<i64>, new: Option<i64>, lower_is_tighter: bool) {
        let direction = match (old, new) {
            (Some(old), Some(new)) if (new < old) == lower_is_tighter => Direction::Tighter,
            (Some(_), Some(_)) => Direction::Looser,
            _ => Direction::Other,
        };
        if old != new {
            self.push(field, direction, old, new);
        }
    }

    /// A sorted list of which more is tighter.
    fn set<T: Ord + Serialize>(&mut self, field: &str, old: Vec<T>, new: Vec<T>) {
        if old == new {
            return;
        }
        let direction = if old.iter().all(|one| new.contains(one)) {
            Direction::Tighter
        } else if new.iter().all(|one| old.contains(one)) {
            Direction::Looser
        } else {
            Direction::Other
        };
        self.push(field, direction, old, new);
    }
}

fn months_change(found: &mut Found, old: Option<i64>, new: Option<i64>) {
    match (old, new) {
        (None, Some(_)) => found.push("reevaluation.months", Direction::Tighter, old, new),
        (Some(_), None) => found.push("reevaluation.months", Direction::Looser, old, new),
        _ => found.number("reevaluation.months", old, new, true),
    }
}

/// A condition for applying: the narrower it is, the less is asked.
fn when(found: &mut Found, old: &Criterion, new: &Criterion) {
    let source = |one: &Criterion| one.when.as_ref().map(|rule| rule.source().to_owned());
    let (before, after) = (source(old), source(new));
    let direction = match (&before, &after) {
        (None, Some(_)) => Direction::Looser,
        (Some(_), None) => Direction::Tighter,
        (Some(before), Some(after)) if before != after => match conditions(before, after) {
            Direction::Tighter => Direction::Looser,
            Direction::Looser => Direction::Tighter,
            Direction::Other => Direction::Other,
        },
        _ => return,
    };
    found.push("applies.when", direction, before, after);
}

fn decision(found: &mut Found, old: &Decision, new: &Decision) {
    match (old, new) {
        (
            Decision::Gate {
                stage,
                settled_by,
                pass,
            },
            Decision::Gate {
                stage: new_stage,
                settled_by: new_settled_by,
                pass: new_pass,
            },
        ) => {
            found.other("gate.stage", stage, new_stage);
            let rank = |rank: &crate::fact::ProofRank| Some(i64::from(rank.number()));
            found.number(
                "gate.settled_by",
                rank(settled_by),
                rank(new_settled_by),
                false,
            );
            rule(
                found,
                "rule.pass",
                Some(pass.source()),
                Some(new_pass.source()),
            );
        }
        (
            Decision::Score { weight, grades },
            Decision::Score {
                weight: new_weight,
                grades: new_grades,
            },
        ) => {
            found.other("score.weight", weight, new_weight);
            for grade in Grade::BEST_FIRST {
                let source = |grades: &'_ [(Grade, crate::criteria::rule::Rule)]| {
                    let rule = grades.iter().find(|(one, _)| *one == grade);
                    rule.map(|(_, rule)| rule.source().to_owned())
                };
                let (old, new) = (source(grades), source(new_grades));
                let field = format!("rule.{grade:?}");
                rule(found, &field, old.as_deref(), new.as_deref());
            }
        }
        (old, new) => {
            let word = |decision: &Decision| match decision {
                Decision::Gate { .. } => "gate",
                Decision::Score { .. } => "score",
            };
            found.push("decision", Direction::Other, word(old), word(new));
            let sources = |decision: &Decision| match decision {
                Decision::Gate { pass, .. } => vec![pass.source().to_owned()],
                Decision::Score { grades, .. } => {
                    let rules = grades.iter().map(|(_, rule)| rule.source().to_owned());
                    rules.collect()
                }
            };
            found.other("rule", sources(old), sources(new));
        }
    }
}

/// A rule: a grade that is new is one more way to points.
fn rule(found: &mut Found, field: &str, old: Option<&str>, new: Option<&str>) {
    let direction = match (old, new) {
        (None, Some(_)) => Direction::Looser,
        (Some(_), None) => Direction::Tighter,
        (Some(old), Some(new)) if old != new => rule_direction(old, new),
        _ => return,
    };
    found.push(field, direction, old, new);
}
