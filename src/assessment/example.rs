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
        .flat_map(|criterion| {
            criterion
                .examples
                .iter()
                .map(move |example| run(catalog, criterion, example))
        })
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
