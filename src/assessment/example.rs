//! Runs the examples of a catalog: facts in, verdict out, as each criterion's author expects.

use super::{Decisions, Note, assess_criterion};
use crate::criteria::{Catalog, Criterion, Example};
use crate::evidence::Citation;
use crate::fact::Establishment;
use crate::id::CriterionId;
use crate::text::Text;

/// How one example came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// The criterion.
    pub criterion: CriterionId,
    /// The example's name.
    pub name: String,
    /// What differs; `None` when it came out as expected.
    pub failure: Option<String>,
}

/// Runs every example of every criterion, in the order of the catalog.
pub fn run_examples(catalog: &Catalog) -> Vec<ExampleOutcome> {
    catalog
        .criteria
        .values()
        .flat_map(|criterion| run_criterion(catalog, criterion))
        .collect()
}

/// Runs every example of one criterion, which need not be the catalog's own.
pub fn run_criterion(catalog: &Catalog, criterion: &Criterion) -> Vec<ExampleOutcome> {
    criterion
        .examples
        .iter()
        .map(|example| run(catalog, criterion, example))
        .collect()
}

fn run(catalog: &Catalog, criterion: &Criterion, example: &Example) -> ExampleOutcome {
    let found = Establishment {
        facts: example.facts.clone(),
        ..Establishment::default()
    };
    let decisions = Decisions {
        notes: example
            .noted
            .then(|| note(criterion, example))
            .into_iter()
            .collect(),
        ..Decisions::default()
    };
    let judgment = assess_criterion(
        catalog,
        criterion,
        &example.case,
        &decisions,
        &found,
        example.as_of,
    );
    let word = judgment.verdict.word();
    let holds = if example.at_most {
        word == example.expect || word == "stale" || standing(&word) <= standing(&example.expect)
    } else {
        word == example.expect
    };
    let failure = if holds {
        let points = example.points.as_ref().filter(|points| {
            if example.at_most {
                judgment.low > **points && example.expect != NOT_APPLICABLE
            } else {
                **points != judgment.low
            }
        });
        points.map(|points| format!("expected {points} points, came out {}", judgment.low))
    } else {
        let most = if example.at_most { " or worse" } else { "" };
        Some(format!(
            "expected {}{most}, came out {word}",
            example.expect
        ))
    };
    ExampleOutcome {
        criterion: criterion.id.clone(),
        name: example.name.clone(),
        failure,
    }
}

/// The officer's note that an example takes as given.
fn note(criterion: &Criterion, example: &Example) -> Note {
    Note {
        criterion: criterion.id.clone(),
        bid: None,
        by: "example".to_owned(),
        reason: Text::default(),
        on: example.as_of,
        citation: Citation {
            sha256: criterion.digest,
            file: "example".to_owned(),
            at: example.at.clone(),
        },
    }
}

/// The verdict of what does not apply: a criterion that is made to apply may come out in any way.
const NOT_APPLICABLE: &str = "not_applicable";

/// How well a verdict stands, in hundredths: what is not met, not proven or not known stands at zero.
fn standing(word: &str) -> u32 {
    match word {
        NOT_APPLICABLE => u32::MAX,
        // What a stale verdict rests on may be passed over for a lower grade that is in force.
        "pass" | "waived" | "stale" => 100,
        _ => word
            .strip_prefix("partial(")
            .and_then(|rest| rest.split('/').next()?.parse().ok())
            .unwrap_or(0),
    }
}
