//! An opener hands in a share of a key.

use serde_json::json;

use super::verify::open_all;
use super::{Doing, Done, Refused, Writing, refuse};
use crate::seal::{self, Key};
use crate::tender::proceeding::state::Phase;
use crate::tender::proceeding::{Event, Part};

/// Opens the actor's share with the actor's key, and hands it in: of the key to the technical parts once bids are
/// closed, of the key to the prices once the technical marks are locked.
///
/// # Errors
///
/// `seal-closed` for a key that does not fit, and what the guards say.
pub fn hand_in_share(doing: &Doing<'_>, key: &Key) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let part = match writing.case.state.phase {
        Phase::Draft | Phase::Published | Phase::Closed => Part::Technical,
        _ => Part::Prices,
    };
    let opener = writing
        .case
        .state
        .openers
        .iter()
        .find(|one| one.id == doing.actor.id);
    let Some(held) = opener.map(|opener| opener.held(part).clone()) else {
        return Err(refuse(
            "case-unknown",
            format!("`{}` is no opener of this case", doing.actor.id),
            "the openers are those named at the publication",
        )
        .into());
    };
    // Before its time a share is not even taken out of its envelope.
    let early = Event::ShareHanded {
        part,
        share: String::new(),
    };
    if let Err(refused) = writing.admit(&early)
        && !refused.0.iter().all(|fault| fault.code == "case-share")
    {
        return Err(refused);
    }
    // Before an opener lets go of the prices, the marks that are said to be locked must be those that were sealed.
    let mut findings = Vec::new();
    open_all(&writing.case, &mut findings);
    if !findings.is_empty() {
        return Err(Refused(findings));
    }
    let content = seal::open(&[key], &writing.case.get(&held.object)?)?;
    let share = String::from_utf8(content).unwrap_or_default();
    let seen = vec![held.object];
    writing.add(
        Event::ShareHanded {
            part,
            share: share.trim_end().to_owned(),
        },
        seen,
    )?;
    let handed = writing.case.state.shares_of(part).len();
    let details = json!({"part": part.word(), "handed_in": handed, "threshold": writing.case.state.threshold});
    writing.finish(details)
}
