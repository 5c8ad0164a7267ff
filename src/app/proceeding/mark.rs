//! An evaluator marks bids, for themselves.

use serde_json::json;

use super::{Case, Doing, Done, Refused, SHEET_STEP, Writing, refuse, salted, trial};
use crate::app::library::Library;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::seal::Key;
use crate::tender::proceeding::file::{split_sheets, uncommented};
use crate::tender::proceeding::{Event, SealedPart};

/// Seals the sheets of a file, one a bid, to the evaluator's own key.
///
/// # Errors
///
/// `case-key` for a key that is not the evaluator's; faults of the file with their place: another evaluator's name,
/// a mark that is missing or outside of its scale, a mark without a comment; and what the guards say.
pub fn mark(
    library: &Library,
    doing: &Doing<'_>,
    sheets: &[u8],
    name: &str,
    key: &Key,
) -> Result<Done, Refused> {
    let named = |faults: Vec<Diagnostic>| {
        Refused(faults.into_iter().map(|one| one.in_file(name)).collect())
    };
    let mut writing = Writing::begin(doing)?;
    let recipient = own_key(&writing.case, &doing.actor.id, key)?;
    let split = split_sheets(sheets).map_err(named)?;
    for sheet in &split {
        if sheet.by != doing.actor.id {
            let fault = refuse(
                "sheet-of-another",
                format!("a sheet names the evaluator `{}`", sheet.by),
                "hand in your own sheets",
            );
            return Err(named(vec![fault]));
        }
        let silent = uncommented(sheet);
        if !silent.is_empty() {
            let fault = refuse(
                "sheet-comment-missing",
                format!(
                    "the sheet on `{}` has no comment for {}",
                    sheet.bid,
                    silent.join(", ")
                ),
                "say in [sheet.comments] why each mark is what it is",
            );
            return Err(named(vec![fault]));
        }
        // Whether the step may be taken depends on bid and actor, not on the envelope, which is made once all may.
        let empty = Digest::of(b"");
        writing.admit(&Event::SheetSealed {
            bid: sheet.bid.clone(),
            sheet: SealedPart {
                object: empty,
                commitment: empty,
            },
        })?;
    }
    trial::check_sheets(library, &writing.case, &doing.actor.id, sheets, &split)
        .map_err(|Refused(faults)| named(faults))?;
    let mut marked = Vec::new();
    for sheet in split {
        let sealed = writing.seal(&[&recipient], &salted(&sheet.text, SHEET_STEP))?;
        let of_bid = writing.case.state.bids.get(&sheet.bid);
        let seen = of_bid.map(|bid| bid.technical.object);
        let file = writing.case.state.publication.as_ref().map(|one| one.file);
        let seen = file.into_iter().chain(seen).collect();
        marked.push(sheet.bid.clone());
        writing.add(
            Event::SheetSealed {
                bid: sheet.bid,
                sheet: sealed,
            },
            seen,
        )?;
    }
    writing.finish(json!({"marked": marked}))
}

/// The public key of an evaluator, which must be that of the key at hand.
pub(crate) fn own_key(case: &Case, evaluator: &str, key: &Key) -> Result<String, Refused> {
    let Some(member) = case.state.evaluators.get(evaluator) else {
        return Err(refuse(
            "case-unknown",
            format!("`{evaluator}` is no evaluator of this case"),
            "have the contracting officer appoint the evaluator first",
        )
        .into());
    };
    let recipient = key.recipient();
    if member.recipient == recipient {
        return Ok(recipient);
    }
    Err(refuse(
        "case-key",
        format!("the key is not that of `{evaluator}`"),
        "use the key whose public half was named at the appointment",
    )
    .into())
}
