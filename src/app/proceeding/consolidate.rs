//! The committee compares its marks, asks for reasons, decides on verdicts, and locks the technical marks.

use std::collections::BTreeMap;

use serde_json::json;

use super::mark::own_key;
use super::{Case, Doing, Done, Refused, SMALL_STEP, Writing, laid_open, refuse, salted, trial};
use crate::app::library::Library;
use crate::diagnostic::Diagnostic;
use crate::seal::{self, Key};
use crate::tender::proceeding::event::Asked;
use crate::tender::proceeding::file::{split_confirmations, split_sheets};
use crate::tender::proceeding::state::Phase;
use crate::tender::proceeding::view::Spread;
use crate::tender::proceeding::{Event, SealedPart};

/// The committee's key, by the actor's key; by nobody's once the technical marks are locked.
fn committee_key(case: &Case, evaluator: &str, key: &Key) -> Result<Key, Refused> {
    own_key(case, evaluator, key)?;
    let Some(object) = case.state.committee_keys.get(evaluator) else {
        return Err(refuse(
            "case-order",
            "the sheets are not locked yet",
            "lock them with `mekiki tender case lock-sheets` once every evaluator has marked",
        )
        .into());
    };
    let content = seal::open(&[key], &case.get(object)?)?;
    Ok(Key::read(&String::from_utf8(content).unwrap_or_default())?)
}

/// Sheets by bid and evaluator, each sealed to `key`.
fn sheets_with(case: &Case, key: &Key) -> Result<BTreeMap<(String, String), String>, Diagnostic> {
    let mut sheets = BTreeMap::new();
    for (id, evaluator) in &case.state.evaluators {
        for (bid, sealed) in &evaluator.revealed {
            let text = case.open_text(key, sealed).map_err(|fault| Diagnostic {
                message: format!("the sheet of `{id}` on `{bid}`: {}", fault.message),
                ..fault
            })?;
            sheets.insert((bid.clone(), id.clone()), own_sheet(&text, id, bid)?);
        }
    }
    Ok(sheets)
}

/// A sheet as it is put into the tender file: one table, of this evaluator on this bid. Whoever seals a sheet without this
/// tool can put anything into it.
fn own_sheet(text: &str, evaluator: &str, bid: &str) -> Result<String, Diagnostic> {
    let split = split_sheets(text.as_bytes()).unwrap_or_default();
    match split.as_slice() {
        [sheet] if sheet.by == evaluator && sheet.bid == bid => Ok(sheet.text.clone()),
        _ => Err(refuse(
            "case-part",
            format!("what `{evaluator}` sealed as the sheet on `{bid}` is no such sheet"),
            "dismiss the evaluator with the reason, or cancel",
        )),
    }
}

/// The sheets of all evaluators by bid and evaluator, once the technical marks are locked; nothing before.
pub(crate) fn locked_sheets(case: &Case) -> Result<BTreeMap<(String, String), String>, Diagnostic> {
    match laid_open(case.state.committee_secret.as_ref()) {
        Some(key) => sheets_with(case, &key),
        None => Ok(BTreeMap::new()),
    }
}

/// A decision as it is put into the tender file: one table, on this bid and criterion.
pub(crate) fn own_decision(text: &str, bid: &str, criterion: &str) -> Result<String, Diagnostic> {
    let split = split_confirmations(text.as_bytes()).unwrap_or_default();
    match split.as_slice() {
        [one] if one.bid == bid && one.on == criterion => Ok(one.text.clone()),
        _ => Err(refuse(
            "case-part",
            format!(
                "what was sealed as the decision on `{criterion}` for `{bid}` is no such decision"
            ),
            "decide again with `mekiki tender case confirm` while the marks are not locked",
        )),
    }
}

/// Texts that were sealed to the committee, once the technical marks are locked; nothing before.
pub(crate) fn locked_texts<'a, K: Ord + 'a>(
    case: &Case,
    sealed: impl Iterator<Item = (K, &'a SealedPart)>,
) -> Result<BTreeMap<K, String>, Diagnostic> {
    let Some(key) = laid_open(case.state.committee_secret.as_ref()) else {
        return Ok(BTreeMap::new());
    };
    sealed
        .map(|(name, part)| Ok((name, case.open_text(&key, part)?)))
        .collect()
}

/// Compares the marks of all evaluators, and asks for a reason where one lies too far from the others.
///
/// # Errors
///
/// What the guards say: every sheet is laid open.
pub fn consolidate(library: &Library, doing: &Doing<'_>, key: &Key) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.admit(&Event::Consolidated {
        limit: String::new(),
        asked: Vec::new(),
    })?;
    let committee = committee_key(&writing.case, &doing.actor.id, key)?;
    let sheets = sheets_with(&writing.case, &committee)?;
    for ((bid, evaluator), text) in &sheets {
        let split = split_sheets(text.as_bytes())?;
        trial::check_sheets(library, &writing.case, evaluator, text.as_bytes(), &split).map_err(
            |refused| refused.in_file_if_unnamed(&format!("the sheet of {evaluator} on {bid}")),
        )?;
    }
    let (limit, spreads) = trial::compare(library, &writing.case, &sheets)?;
    let asked: Vec<_> = spreads
        .iter()
        .flat_map(|spread| {
            spread.asked.iter().map(|evaluator| Asked {
                evaluator: evaluator.clone(),
                bid: spread.bid.clone(),
                item: spread.item.clone(),
            })
        })
        .collect();
    let evaluators = writing.case.state.evaluators.values();
    let seen = evaluators
        .flat_map(|one| one.revealed.values().map(|sheet| sheet.object))
        .collect();
    let details = json!({"limit": limit, "spreads": spreads, "asked": asked});
    writing.add(Event::Consolidated { limit, asked }, seen)?;
    writing.finish(details)
}

/// The marks as one may see them: an evaluator their own while they mark, the committee all of them once they are laid
/// open, everybody once the technical marks are locked.
///
/// # Errors
///
/// `case-order` where nothing may be seen yet, `case-key` for a key that is not the evaluator's.
pub fn marks(
    library: &Library,
    case: &Case,
    evaluator: Option<(&str, &Key)>,
) -> Result<Vec<Spread>, Refused> {
    let sheets = match (evaluator, case.state.phase) {
        _ if case.state.committee_secret.is_some() => locked_sheets(case)?,
        (None, _) => {
            return Err(refuse(
                "case-order",
                "the marks are sealed until the technical marks are locked",
                "an evaluator sees their own with --as ID:evaluator and --key",
            )
            .into());
        }
        (Some((id, key)), Phase::SheetsLocked | Phase::Consolidated) => {
            sheets_with(case, &committee_key(case, id, key)?)?
        }
        (Some((id, key)), _) => {
            own_key(case, id, key)?;
            let own = case.state.evaluators.get(id);
            let own = own.into_iter().flat_map(|one| &one.sheets);
            own.map(|(bid, part)| Ok(((bid.clone(), id.to_owned()), case.open_text(key, part)?)))
                .collect::<Result<_, Diagnostic>>()?
        }
    };
    Ok(trial::compare(library, case, &sheets)?.1)
}

/// Seals the reason for a mark that lies far from the others.
///
/// # Errors
///
/// What the guards say.
pub fn give_reason(
    doing: &Doing<'_>,
    bid: &str,
    item: &str,
    reason: &str,
    key: &Key,
) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    own_key(&writing.case, &doing.actor.id, key)?;
    if reason.trim().is_empty() {
        return Err(refuse(
            "case-reason",
            "the reason is empty",
            "say why the mark stands",
        )
        .into());
    }
    let committee = writing.case.state.committee.clone().unwrap_or_default();
    let event = |reason: SealedPart| Event::ReasonSealed {
        bid: bid.to_owned(),
        item: item.to_owned(),
        reason,
    };
    let nothing = crate::digest::Digest::of(b"");
    writing.admit(&event(SealedPart {
        object: nothing,
        commitment: nothing,
    }))?;
    let sealed = writing.seal(&[&committee], &salted(reason.trim(), SMALL_STEP))?;
    writing.add(event(sealed), Vec::new())?;
    writing.finish(json!({"bid": bid, "item": item}))
}

/// Seals the committee's decisions on verdicts of the machine.
///
/// # Errors
///
/// Faults of the file with their place, and what the guards say.
pub fn confirm(
    library: &Library,
    doing: &Doing<'_>,
    decisions: &[u8],
    name: &str,
    key: &Key,
) -> Result<Done, Refused> {
    let named = |faults: Vec<Diagnostic>| {
        Refused(faults.into_iter().map(|one| one.in_file(name)).collect())
    };
    let mut writing = Writing::begin(doing)?;
    own_key(&writing.case, &doing.actor.id, key)?;
    let Some(committee) = writing.case.state.committee.clone() else {
        return Err(refuse(
            "case-order",
            "verdicts are decided on together, once the sheets are locked",
            "lock them with `mekiki tender case lock-sheets`",
        )
        .into());
    };
    let split = split_confirmations(decisions).map_err(named)?;
    trial::check_confirmations(library, &writing.case, decisions)
        .map_err(|Refused(faults)| named(faults))?;
    let nothing = crate::digest::Digest::of(b"");
    let mut decided = Vec::new();
    for one in split {
        let event = |decision: SealedPart| Event::VerdictConfirmed {
            bid: one.bid.clone(),
            criterion: one.on.clone(),
            decision,
        };
        writing.admit(&event(SealedPart {
            object: nothing,
            commitment: nothing,
        }))?;
        let sealed = writing.seal(&[&committee], &salted(&one.text, SMALL_STEP))?;
        decided.push(json!({"bid": one.bid, "criterion": one.on}));
        writing.add(event(sealed), Vec::new())?;
    }
    writing.finish(json!({"decided": decided}))
}

/// Locks the technical marks, and lays them open to everybody who sees the case.
///
/// # Errors
///
/// What the guards say: every reason that was asked for is given.
pub fn lock(library: &Library, doing: &Doing<'_>, key: &Key) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.admit(&Event::Locked {
        secret: String::new(),
    })?;
    let committee = committee_key(&writing.case, &doing.actor.id, key)?;
    for ((bid, criterion), part) in &writing.case.state.confirmed {
        let text = writing.case.open_text(&committee, part)?;
        let text = own_decision(&text, bid, criterion)?;
        trial::check_confirmations(library, &writing.case, text.as_bytes()).map_err(|refused| {
            refused.in_file_if_unnamed(&format!("the decision on {criterion} for {bid}"))
        })?;
    }
    for part in writing.case.state.asked.values().flatten() {
        writing.case.open_text(&committee, part)?;
    }
    let evaluators = writing.case.state.evaluators.values();
    let seen = evaluators
        .flat_map(|one| one.revealed.values().map(|sheet| sheet.object))
        .collect();
    let secret = committee.secret();
    writing.add(Event::Locked { secret }, seen)?;
    writing.finish(serde_json::Value::Null)
}
