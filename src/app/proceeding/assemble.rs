//! Putting an ordinary tender folder together from a case.

use super::consolidate::{locked_sheets, locked_texts, own_decision};
use super::open::{prices, technical_parts};
use super::{Case, Refused, laid_open, refuse};
use crate::app::tender::TENDER_FILE;
use crate::evidence::Evidence;
use crate::tender::proceeding::file::{AddedBid, Additions, assemble};

/// The tender file of a case whose prices are open, with the bids' files, sorted by path. The same log gives the same
/// bytes.
///
/// # Errors
///
/// `case-order` before the prices are open; damage of the case.
pub fn assemble_case(case: &Case) -> Result<Vec<Evidence>, Refused> {
    if case.state.prices_secret.is_none() {
        return Err(refuse(
            "case-order",
            format!(
                "the case is `{}`: what is sealed cannot be put together",
                case.state.phase.word()
            ),
            "once the technical parts are open, `mekiki tender case papers` writes them out; the whole tender follows when the prices are open",
        )
        .into());
    }
    let prices = prices(case);
    let mut evidence = Vec::new();
    let mut additions = Additions::default();
    for (id, part) in technical_parts(case) {
        let Some(price_yen) = prices.get(&id).copied() else {
            continue;
        };
        for (path, bytes) in part.files {
            evidence.push(Evidence::new(format!("bids/{id}/{path}"), bytes));
        }
        let excluded = case.state.excluded.get(&id);
        let added = AddedBid {
            rest: part.rest,
            price_yen,
            excluded: excluded.map(|one| (one.reason.clone(), one.after_ranking)),
        };
        additions.bids.insert(id, added);
    }
    let ceiling = case
        .state
        .publication
        .as_ref()
        .and_then(|one| one.ceiling.as_ref());
    let prices_key = laid_open(case.state.prices_secret.as_ref());
    if let (Some(ceiling), Some(key)) = (ceiling, &prices_key) {
        additions.opening = Some(case.open_text(key, ceiling)?);
    }
    let is_in = |bid: &str| additions.bids.contains_key(bid);
    for (id, evaluator) in &case.state.evaluators {
        let conflicts = evaluator.conflicts.iter().flatten();
        let conflicts = conflicts.filter(|bid| is_in(bid)).cloned().collect();
        let named = (evaluator.name.clone(), conflicts);
        additions.evaluators.insert(id.clone(), named);
    }
    additions.sheets = locked_sheets(case)?;
    additions
        .sheets
        .retain(|(bid, _), _| additions.bids.contains_key(bid));
    additions.confirmations = locked_texts(
        case,
        case.state
            .confirmed
            .iter()
            .map(|(name, part)| (name.clone(), part)),
    )?;
    for ((bid, criterion), text) in &mut additions.confirmations {
        *text = own_decision(text, bid, criterion)?;
    }
    additions
        .confirmations
        .retain(|(bid, _), _| additions.bids.contains_key(bid));
    let reasons = case.state.asked.iter().filter_map(|(one, reason)| {
        let name = (one.bid.clone(), one.item.clone(), one.evaluator.clone());
        Some((name, reason.as_ref()?))
    });
    additions.reasons = locked_texts(case, reasons)?;
    additions
        .reasons
        .retain(|(bid, ..), _| additions.bids.contains_key(bid));
    additions.lots.clone_from(&case.state.lots);
    let text = assemble(&case.published()?, &additions)?;
    evidence.push(Evidence::new(TENDER_FILE, text.into_bytes()));
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(evidence)
}

/// The technical parts for those who mark: each bid's folder, with the bid's fields in `bid.toml`, and the tender file as
/// published.
///
/// # Errors
///
/// `case-order` before the technical parts are open.
pub fn papers(case: &Case) -> Result<Vec<Evidence>, Refused> {
    if case.state.technical_secret.is_none() {
        return Err(refuse(
            "case-order",
            format!(
                "the case is `{}`: the bids are sealed",
                case.state.phase.word()
            ),
            "they can be read once `mekiki tender case open-technical` has run",
        )
        .into());
    }
    let mut evidence = vec![Evidence::new(
        "published.toml",
        case.published()?.into_bytes(),
    )];
    for (id, part) in technical_parts(case) {
        evidence.push(Evidence::new(
            format!("bids/{id}.toml"),
            part.rest.into_bytes(),
        ));
        for (path, bytes) in part.files {
            evidence.push(Evidence::new(format!("bids/{id}/{path}"), bytes));
        }
    }
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(evidence)
}
