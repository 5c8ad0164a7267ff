//! The sheets are locked, and then laid open to the committee.

use serde_json::{Value, json};

use super::mark::own_key;
use super::{Doing, Done, KEY_STEP, Refused, Writing, refuse};
use crate::seal::{self, Key};
use crate::tender::proceeding::Event;
use crate::tender::proceeding::event::SealedKey;

/// Locks the sheets: from here on none can be entered or changed. Makes the committee's key and deals it to every
/// evaluator.
///
/// # Errors
///
/// What the guards say: every evaluator has declared conflicts and marked every bid without one.
pub fn lock_sheets(doing: &Doing<'_>) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let committee = Key::fresh();
    let members: Vec<_> = writing
        .case
        .state
        .evaluators
        .iter()
        .map(|(id, one)| (id.clone(), one.recipient.clone()))
        .collect();
    let content = seal::pad(committee.secret().into_bytes(), KEY_STEP);
    let mut keys = Vec::new();
    for (evaluator, recipient) in members {
        let object = writing.put(seal::seal(&[&recipient], &content)?);
        keys.push(SealedKey { evaluator, object });
    }
    let sheets = writing.case.state.evaluators.values();
    let seen: Vec<_> = sheets
        .flat_map(|one| one.sheets.values().map(|sheet| sheet.object))
        .collect();
    let details = json!({"sheets": seen.len()});
    let recipient = committee.recipient();
    writing.add(Event::SheetsLocked { recipient, keys }, seen)?;
    writing.finish(details)
}

/// Lays the actor's sheets open to the committee, as they were sealed.
///
/// # Errors
///
/// `case-key` for a key that is not the evaluator's, and what the guards say.
pub fn reveal(doing: &Doing<'_>, key: &Key) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    own_key(&writing.case, &doing.actor.id, key)?;
    let evaluator = writing.case.state.evaluators.get(&doing.actor.id);
    let sheets: Vec<_> = evaluator
        .into_iter()
        .flat_map(|one| {
            let hidden = one.sheets.iter();
            hidden.filter(|(bid, _)| !one.revealed.contains_key(*bid))
        })
        .map(|(bid, sheet)| (bid.clone(), sheet.clone()))
        .collect();
    let Some(committee) = writing.case.state.committee.clone() else {
        return Err(refuse(
            "case-order",
            "the sheets are not locked yet",
            "lock them with `mekiki tender case lock-sheets` once every evaluator has marked",
        )
        .into());
    };
    if sheets.is_empty() {
        return Err(refuse(
            "case-repeated",
            format!("`{}` has no sheet left to lay open", doing.actor.id),
            "see `mekiki tender case status` for who has",
        )
        .into());
    }
    let mut revealed = Vec::new();
    for (bid, sealed) in sheets {
        let content = writing.case.open_part(key, &sealed)?;
        let sheet = writing.seal(&[&committee], &content)?;
        revealed.push(Value::from(bid.clone()));
        writing.add(Event::SheetRevealed { bid, sheet }, vec![sealed.object])?;
    }
    writing.finish(json!({"revealed": revealed}))
}
