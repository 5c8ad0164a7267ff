//! Opening the technical parts, and later the prices.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Case, Doing, Done, Refused, Writing, laid_open, refuse, trial};
use crate::app::library::Library;
use crate::seal::{self, Key};
use crate::tender::proceeding::file::{read_price, read_rest};
use crate::tender::proceeding::{Event, Part};

/// The technical part of a bid.
#[derive(Debug, Clone)]
pub struct TechnicalPart {
    /// The bid without its price, as TOML.
    pub rest: String,
    /// The files by path.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Opens the technical parts of all bids.
///
/// # Errors
///
/// What the guards say, and `seal-shares` where the shares do not give the key.
pub fn open_technical(library: &Library, doing: &Doing<'_>) -> Result<Done, Refused> {
    open(library, doing, Part::Technical)
}

/// Opens the prices of all bids, and the planned price.
///
/// # Errors
///
/// As [`open_technical`].
pub fn open_prices(library: &Library, doing: &Doing<'_>) -> Result<Done, Refused> {
    open(library, doing, Part::Prices)
}

fn open(library: &Library, doing: &Doing<'_>, part: Part) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let event = |secret: String, unreadable: Vec<String>| match part {
        Part::Technical => Event::TechnicalOpened { secret, unreadable },
        Part::Prices => Event::PricesOpened { secret, unreadable },
    };
    writing.admit(&event(String::new(), Vec::new()))?;
    let state = &writing.case.state;
    let Some(recipients) = &state.recipients else {
        return Err(refuse("case-order", "nothing is published yet", "").into());
    };
    let recipient = match part {
        Part::Technical => &recipients.technical,
        Part::Prices => &recipients.prices,
    };
    let shares = state.shares_of(part).into_iter().map(hex::decode);
    let shares: Vec<_> = shares.filter_map(Result::ok).collect();
    let key = seal::combine(&shares, state.threshold, recipient)?;
    let published = writing.case.published()?;
    let (mut seen, mut unreadable) = (Vec::new(), Vec::new());
    for (id, bid) in &state.bids {
        let (object, is_read) = match part {
            Part::Technical => (
                bid.technical.object,
                technical_part(&writing.case, &key, id).is_some_and(|part| {
                    trial::check_bid(library, &published, id, &part.rest).is_ok()
                }),
            ),
            Part::Prices => (
                bid.price.object,
                price_of(&writing.case, &key, id).is_some(),
            ),
        };
        seen.push(object);
        if !is_read {
            unreadable.push(id.clone());
        }
    }
    let details = json!({"part": part.word(), "opened": seen.len() - unreadable.len(), "unreadable": unreadable});
    writing.add(event(key.secret(), unreadable), seen)?;
    writing.finish(details)
}

/// The technical part of a bid; `None` where it cannot be read: another's key, other content than its commitment says,
/// or another bid's name in it.
fn technical_part(case: &Case, key: &Key, bid: &str) -> Option<TechnicalPart> {
    let sealed = &case.state.bids.get(bid)?.technical;
    let archive = case.open_part(key, sealed).ok()?;
    let mut rest = None;
    let mut files = Vec::new();
    for (path, bytes) in seal::unpack(&archive).ok()? {
        if path == "bid.toml" {
            rest = Some(bytes);
        } else if let Some(inside) = path.strip_prefix("files/") {
            files.push((inside.to_owned(), bytes));
        }
    }
    let rest = read_rest(&rest?, bid, !files.is_empty())?;
    Some(TechnicalPart { rest, files })
}

/// The price of a bid in yen; `None` where it cannot be read.
fn price_of(case: &Case, key: &Key, bid: &str) -> Option<i64> {
    let sealed = &case.state.bids.get(bid)?.price;
    read_price(&case.open_part(key, sealed).ok()?, bid)
}

/// The technical parts by bid, once they are open.
pub(crate) fn technical_parts(case: &Case) -> BTreeMap<String, TechnicalPart> {
    let Some(key) = laid_open(case.state.technical_secret.as_ref()) else {
        return BTreeMap::new();
    };
    let parts = case.state.marked_bids().filter_map(|id| {
        let part = technical_part(case, &key, id)?;
        Some((id.clone(), part))
    });
    parts.collect()
}

/// The prices by bid, once they are open.
pub(crate) fn prices(case: &Case) -> BTreeMap<String, i64> {
    let Some(key) = laid_open(case.state.prices_secret.as_ref()) else {
        return BTreeMap::new();
    };
    let prices = case.state.bids.keys().filter_map(|id| {
        let price = price_of(case, &key, id)?;
        Some((id.clone(), price))
    });
    prices.collect()
}
