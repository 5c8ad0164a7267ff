//! Runs the examples of a catalog: facts in, verdict out, as each criterion's author expects.

use super::{Decisions, assess_criterion};
use crate::criteria::{Catalog, Criterion, Example};
use crate::fact::Establishment;
use crate::id::CriterionId;

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
    let decisions = Decisions::default();
    let judgment = assess_criterion(
        catalog,
        criterion,
        &example.case,
        &decisions,
        &found,
        example.as_of,
    );
    let word = judgment.verdict.word();
    let failure = if word == example.expect {
        let points = example
            .points
            .as_ref()
            .filter(|points| **points != judgment.low);
        points.map(|points| format!("expected {points} points, came out {}", judgment.low))
    } else {
        Some(format!("expected {}, came out {word}", example.expect))
    };
    ExampleOutcome {
        criterion: criterion.id.clone(),
        name: example.name.clone(),
        failure,
    }
}
