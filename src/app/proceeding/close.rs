//! Closing the bidding.

use serde_json::json;

use super::{Doing, Done, Refused, Writing};
use crate::tender::proceeding::Event;

/// Closes the bidding after the deadline.
///
/// # Errors
///
/// What the guards say.
pub fn close(doing: &Doing<'_>) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let bids = &writing.case.state.bids;
    let details = json!({"bids": bids.keys().collect::<Vec<_>>()});
    let seen = bids
        .values()
        .flat_map(|bid| [bid.technical.object, bid.price.object])
        .collect();
    writing.add(Event::Closed {}, seen)?;
    writing.finish(details)
}
