//! A bid comes in.

use serde_json::json;

use super::invite::SealedBid;
use super::{Doing, Done, Refused, Writing, refuse};
use crate::tender::proceeding::{Event, SealedPart};

/// Files a sealed bid. Nothing of it is opened.
///
/// # Errors
///
/// `sealed-bid-other` for a bid to another tender or to a tender file that was amended since, and what the guards
/// say: in time, once a bidder.
pub fn submit(doing: &Doing<'_>, bid: &SealedBid) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let state = &writing.case.state;
    let file = state.publication.as_ref().map(|one| one.file);
    if bid.tender != state.tender || Some(bid.file) != file {
        return Err(refuse(
            "sealed-bid-other",
            "the bid was sealed for another tender, or before the last amendment",
            "have the bidder seal it again with the present invitation",
        )
        .into());
    }
    let price = SealedPart {
        object: writing.put(bid.price.bytes()?),
        commitment: bid.price.commitment,
    };
    let technical = SealedPart {
        object: writing.put(bid.technical.bytes()?),
        commitment: bid.technical.commitment,
    };
    let details = json!({
        "bid": bid.bid,
        "received": writing.moment.at,
        "price": price,
        "technical": technical,
    });
    writing.add(
        Event::BidReceived {
            bid: bid.bid.clone(),
            price,
            technical,
        },
        vec![bid.file],
    )?;
    writing.finish(details)
}
