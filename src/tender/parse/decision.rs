//! What the agency decided about single criteria, as a file of the agency says it.

use crate::assessment::{Decisions, Exception, NotApplicable, Note};
use crate::criteria::{Catalog, Decision};
use crate::diagnostic::{Diagnostic, nearest};
use crate::evidence::Evidence;
use crate::evidence::register::exception::{check_people, check_period};
use crate::fact::ProofRank;
use crate::id::{BidId, CriterionId};
use crate::tree::Fields;

pub(super) fn read_decisions(fields: &Fields<'_>, file: &Evidence) -> Decisions {
    Decisions {
        exceptions: read_exceptions(fields, file),
        not_applicable: read_not_applicable(fields, file),
        notes: read_notes(fields, file),
    }
}

fn read_exceptions(fields: &Fields<'_>, file: &Evidence) -> Vec<Exception> {
    fields
        .tables("exception")
        .iter()
        .map(|table| {
            let people = [
                table.text("requester"),
                table.text("examiner"),
                table.text("approver"),
            ];
            check_people(table, people.each_ref().map(String::as_str));
            table.both("reason");
            table.both("compensating_measure");
            let exception = Exception {
                id: table.text("id"),
                criterion: CriterionId(table.text("criterion")),
                bid: table.optional_text("bid").map(BidId),
                start: table.day("start"),
                expiry: table.day("expiry"),
                citation: file.cite(table.place()),
            };
            check_period(table, exception.start, exception.expiry);
            table.finish();
            exception
        })
        .collect()
}

fn read_not_applicable(fields: &Fields<'_>, file: &Evidence) -> Vec<NotApplicable> {
    fields
        .tables("not_applicable")
        .iter()
        .map(|table| {
            let decision = NotApplicable {
                criterion: CriterionId(table.text("criterion")),
                reason: table.both("reason"),
                confirmed_by: table.text("confirmed_by"),
                citation: file.cite(table.place()),
            };
            table.finish();
            decision
        })
        .collect()
}

fn read_notes(fields: &Fields<'_>, file: &Evidence) -> Vec<Note> {
    fields
        .tables("note")
        .iter()
        .map(|table| {
            let note = Note {
                criterion: CriterionId(table.text("criterion")),
                bid: table.optional_text("bid").map(BidId),
                by: table.text("by"),
                reason: table.both("reason"),
                on: table.day("on"),
                citation: file.cite(table.place()),
            };
            table.finish();
            note
        })
        .collect()
}

/// Complains about criteria and bids that decisions name and that do not exist, and about notes that settle nothing.
pub fn check_decisions(
    decisions: &Decisions,
    is_bid: impl Fn(&BidId) -> bool,
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let bids = decisions
        .exceptions
        .iter()
        .map(|one| ("exception", &one.bid, &one.citation))
        .chain(
            decisions
                .notes
                .iter()
                .map(|one| ("note", &one.bid, &one.citation)),
        );
    for (what, bid, citation) in bids {
        if let Some(bid) = bid.as_ref().filter(|bid| !is_bid(bid)) {
            let message = format!("the {what} speaks of `{bid}`, which is no bid");
            faults.push(
                Diagnostic::error("bid-unknown", citation.at.clone(), message)
                    .in_file(citation.file.clone())
                    .help("name a bid of this tender"),
            );
        }
    }
    let exceptions = decisions
        .exceptions
        .iter()
        .map(|one| (&one.criterion, &one.citation));
    let not_applicable = decisions
        .not_applicable
        .iter()
        .map(|one| (&one.criterion, &one.citation));
    let notes = decisions
        .notes
        .iter()
        .map(|one| (&one.criterion, &one.citation));
    for (criterion, citation) in exceptions.chain(not_applicable).chain(notes.clone()) {
        if !catalog.criteria.contains_key(criterion) {
            let message = format!("there is no criterion `{criterion}`");
            let diagnostic = Diagnostic::error("criterion-unknown", citation.at.clone(), message)
                .in_file(citation.file.clone());
            let known = catalog.criteria.keys().map(CriterionId::as_str);
            faults.push(match nearest(criterion.as_str(), known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("`mekiki criteria list` lists them all"),
            });
        }
    }
    for (criterion, citation) in notes {
        let allows = |decision: &Decision| matches!(decision, Decision::Gate { settled_by, .. } if *settled_by <= ProofRank::ANSWER);
        let known = catalog.criteria.get(criterion);
        if known.is_some_and(|known| !allows(&known.decision)) {
            let message = format!(
                "the criterion `{criterion}` does not let the supplier's word settle it, whatever is noted"
            );
            faults.push(
                Diagnostic::error("note-not-allowed", citation.at.clone(), message)
                    .in_file(citation.file.clone())
                    .help("ask for evidence of the rank that the criterion names, or record an exception"),
            );
        }
    }
    faults
}
