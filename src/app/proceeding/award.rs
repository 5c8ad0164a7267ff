//! The end of a case: award or cancellation.

use serde_json::{Value, json};

use super::{Doing, Done, Refused, Writing};
use crate::tender::proceeding::Event;

/// Awards the contract to the winner, one a lot.
///
/// # Errors
///
/// What the guards say.
pub fn award(doing: &Doing<'_>, bids: &[String]) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let seen = writing.case.state.ranking.as_ref().map(|one| one.record);
    let mut bids = bids.to_vec();
    bids.sort();
    let details = json!({"bids": bids});
    writing.add(Event::Awarded { bids }, seen.into_iter().collect())?;
    writing.finish(details)
}

/// Ends the tender without an award.
///
/// # Errors
///
/// What the guards say.
pub fn cancel(doing: &Doing<'_>, reason: &str) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.add(
        Event::Cancelled {
            reason: reason.to_owned(),
        },
        Vec::new(),
    )?;
    writing.finish(Value::Null)
}
