//! What the agency decided about single criteria: exceptions, non-applicability and officers' notes.

use crate::evidence::Citation;
use crate::id::{BidId, CriterionId};
use crate::text::Text;
use crate::time::Date;

/// An exceptional action under Article 8 of the Common Model, as far as it bears on a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Identifier in the agency's register of exceptions.
    pub id: String,
    /// The criterion that is waived.
    pub criterion: CriterionId,
    /// The bid it is granted to; `None` for the procurement as a whole.
    pub bid: Option<BidId>,
    /// First day.
    pub start: Date,
    /// Last day.
    pub expiry: Date,
    /// Where it stands.
    pub citation: Citation,
}

/// The agency's confirmed statement that a criterion does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplicable {
    /// The criterion.
    pub criterion: CriterionId,
    /// Why.
    pub reason: Text,
    /// The role that confirmed it; never the supplier.
    pub confirmed_by: String,
    /// Where it stands.
    pub citation: Citation,
}

/// The responsible officer's note that nothing better than the supplier's word can exist for one gate.
///
/// Source: the evidence ladder of the criteria catalog (design recommendation): rank 1 settles a gate only
/// where nothing better can exist, with the responsible officer's note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The gate, whose criterion must allow rank 1.
    pub criterion: CriterionId,
    /// The bid it is written for; `None` for every bid.
    pub bid: Option<BidId>,
    /// The role or person that answers for it.
    pub by: String,
    /// Why nothing better can exist.
    pub reason: Text,
    /// The day of the note; before it the note settles nothing.
    pub on: Date,
    /// Where it stands.
    pub citation: Citation,
}

/// What the agency decided about single criteria.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Exceptions.
    pub exceptions: Vec<Exception>,
    /// Criteria that do not apply.
    pub not_applicable: Vec<NotApplicable>,
    /// Officers' notes on gates that rest on the supplier's word.
    pub notes: Vec<Note>,
}

impl Decisions {
    /// What holds for one bid: all that is said of it or of every bid.
    #[must_use]
    pub fn of_bid(&self, bid: &BidId) -> Self {
        let mut own = self.clone();
        let for_it = |named: &Option<BidId>| named.as_ref().is_none_or(|one| one == bid);
        own.exceptions.retain(|one| for_it(&one.bid));
        own.notes.retain(|one| for_it(&one.bid));
        own
    }

    /// The note on a gate that is in effect on a day; of several the earliest.
    pub fn note(&self, criterion: &CriterionId, as_of: Date) -> Option<&Note> {
        self.notes
            .iter()
            .filter(|one| one.criterion == *criterion && one.on <= as_of)
            .min_by(|left, right| (left.on, &left.citation).cmp(&(right.on, &right.citation)))
    }
}
