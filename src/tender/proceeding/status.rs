//! What a role may see of a case.

use serde::Serialize;

use super::event::{Asked, LotWinners};
use super::standing::Due;
use super::{Actor, Role, State};
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Timestamp;

/// How a case stands, schema `mekiki/tender-case-status/v1`. It holds no price and no mark at any time; a bidder is told
/// of no other bid before the award.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The schema.
    pub schema: &'static str,
    /// The tender.
    pub tender: String,
    /// Its title.
    pub title: Text,
    /// How far the case has come.
    pub phase: &'static str,
    /// How many entries the log has.
    pub entries: u64,
    /// SHA-256 of the last line of the log.
    pub head: Digest,
    /// The last instant at which a bid is taken.
    pub deadline: Option<Timestamp>,
    /// SHA-256 of the tender file as published.
    pub file: Option<Digest>,
    /// Whether it was amended.
    pub amended: bool,
    /// How many openers it takes.
    pub threshold: u8,
    /// Who they are.
    pub openers: Vec<String>,
    /// The bids.
    pub bids: Vec<BidStatus>,
    /// The committee; not told to bidders.
    pub evaluators: Vec<EvaluatorStatus>,
    /// Marks that need a reason; told to the committee only before the lock.
    pub asked: Vec<AskedStatus>,
    /// Who won, by lot, once the bids are ranked.
    pub lots: Vec<LotWinners>,
    /// The bids that the contract went to.
    pub awarded: Vec<String>,
    /// Why the tender ended without an award.
    pub cancelled: Option<String>,
    /// What is due next.
    pub next: Vec<Due>,
}

/// How a bid stands.
#[derive(Debug, Clone, Serialize)]
pub struct BidStatus {
    /// The bid.
    pub id: String,
    /// The entry with which it came in.
    pub entry: u64,
    /// Whether a part of it cannot be read.
    pub unreadable: bool,
    /// Whether it was excluded after the opening.
    pub excluded: bool,
}

/// How an evaluator stands.
#[derive(Debug, Clone, Serialize)]
pub struct EvaluatorStatus {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether conflicts were declared, or that there are none.
    pub declared: bool,
    /// The bids on which there is a conflict.
    pub conflicts: Vec<String>,
    /// How many bids the evaluator has marked.
    pub marked: usize,
    /// Of how many.
    pub of: usize,
    /// How many sheets are laid open to the committee.
    pub revealed: usize,
}

/// A mark that needs a reason.
#[derive(Debug, Clone, Serialize)]
pub struct AskedStatus {
    /// Which.
    #[serde(flatten)]
    pub asked: Asked,
    /// Whether the reason is given.
    pub given: bool,
}

/// How a case stands, for `viewer` at an instant; for the public where nobody is named.
pub fn status(state: &State, viewer: Option<&Actor>, at: Timestamp) -> Status {
    let is_agency = viewer.is_some_and(|one| !matches!(one.role, Role::Vendor | Role::Ci));
    let ended = state.phase.is_final();
    let own = |bid: &str| {
        let by = state.bids.get(bid).map(|bid| bid.by.as_str());
        viewer.is_some_and(|viewer| by == Some(viewer.id.as_str()))
    };
    let may_see = |bid: &str| is_agency || ended || own(bid);
    let bids = state
        .bids
        .iter()
        .filter(|(id, _)| may_see(id))
        .map(|(id, bid)| BidStatus {
            id: id.clone(),
            entry: bid.sequence,
            unreadable: bid.is_unreadable || bid.has_unreadable_price,
            excluded: state.excluded.contains_key(id),
        });
    let evaluators = state
        .evaluators
        .iter()
        .filter(|_| is_agency)
        .map(|(id, one)| EvaluatorStatus {
            id: id.clone(),
            name: one.name.clone(),
            declared: one.conflicts.is_some(),
            conflicts: one.conflicts.iter().flatten().cloned().collect(),
            marked: one.sheets.len(),
            of: state.to_mark(one).len(),
            revealed: one.revealed.len(),
        });
    let asked = state.asked.iter().filter(|_| is_agency);
    let asked = asked.map(|(asked, reason)| AskedStatus {
        asked: asked.clone(),
        given: reason.is_some(),
    });
    let lots = state
        .ranking
        .as_ref()
        .map_or(&[][..], |one| one.lots.as_slice());
    let lots = lots.iter().filter(|_| is_agency || ended);
    let next = state
        .due(at)
        .into_iter()
        .filter(|due| is_agency || due.role == Role::Vendor);
    Status {
        schema: "mekiki/tender-case-status/v1",
        tender: state.tender.clone(),
        title: state.title.clone(),
        phase: state.phase.word(),
        entries: state.entries,
        head: state.head,
        deadline: state.deadline(),
        file: state.publication.as_ref().map(|one| one.file),
        amended: state.amended.is_some(),
        threshold: state.threshold,
        openers: state.openers.iter().map(|one| one.id.clone()).collect(),
        bids: bids.collect(),
        evaluators: evaluators.collect(),
        asked: asked.collect(),
        lots: lots.cloned().collect(),
        awarded: state.awarded.clone(),
        cancelled: state.cancelled.clone(),
        next: next.collect(),
    }
}
