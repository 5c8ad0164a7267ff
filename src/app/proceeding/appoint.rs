//! Who marks: appointment, dismissal, and declarations of conflicts of interest.

use serde_json::{Value, json};

use super::{Doing, Done, Refused, Writing};
use crate::tender::proceeding::Event;

/// A member of the committee to be.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Public key.
    pub recipient: &'a str,
    /// Whether the evaluator belongs to the section that needs what is procured.
    pub requesting_section: bool,
}

/// Appoints an evaluator.
///
/// # Errors
///
/// What the guards say.
pub fn appoint(doing: &Doing<'_>, member: &Member<'_>) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.add(
        Event::Appointed {
            evaluator: member.id.to_owned(),
            name: member.name.to_owned(),
            recipient: member.recipient.to_owned(),
            requesting_section: member.requesting_section,
        },
        Vec::new(),
    )?;
    writing.finish(Value::Null)
}

/// Dismisses an evaluator, whose sheets no longer count.
///
/// # Errors
///
/// What the guards say.
pub fn dismiss(doing: &Doing<'_>, evaluator: &str, reason: &str) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.add(
        Event::Dismissed {
            evaluator: evaluator.to_owned(),
            reason: reason.to_owned(),
        },
        Vec::new(),
    )?;
    writing.finish(Value::Null)
}

/// Declares on which bids the actor has a conflict of interest; on none where the list is empty.
///
/// # Errors
///
/// What the guards say.
pub fn declare(doing: &Doing<'_>, conflicts: &[String]) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let mut conflicts = conflicts.to_vec();
    conflicts.sort();
    let details = json!({"conflicts": conflicts});
    let seen = writing
        .case
        .state
        .bids
        .values()
        .map(|bid| bid.technical.object);
    let seen = seen.collect();
    writing.add(Event::Declared { conflicts }, seen)?;
    writing.finish(details)
}
