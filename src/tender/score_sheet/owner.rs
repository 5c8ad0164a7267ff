//! To whom a score sheet belongs, and whether it belongs to this tender and its rules at all.

use super::read::Expected;
use super::{LAYOUT, Marker};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::evidence::spreadsheet::Sheet;
use crate::id::is_plain;
use crate::tender::technical::Technical;

/// Whose sheet it is, once it is known to belong to this tender and its rules.
pub(super) fn whose(
    marked: &[(&Sheet, Marker, Place)],
    technical: &Technical,
    expected: &Expected<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let rules = format!("sha256:{}", technical.procedure.digest.hex());
    let mut faults = Vec::new();
    let named = expected.evaluator.map(str::to_owned);
    let first = marked
        .first()
        .map(|(_, marker, _)| marker.evaluator.clone());
    let evaluator = named.clone().or(first);
    for (_, marker, at) in marked {
        if marker.layout != LAYOUT {
            let message = format!("the layout `{}` of the sheet is not known", marker.layout);
            faults.push(
                Diagnostic::error("score-sheet-layout", at.clone(), message)
                    .help("write the score sheets again with this version"),
            );
        } else if marker.tender != technical.id.as_str() {
            let message = format!(
                "the sheet belongs to the tender `{}`, not to `{}`",
                marker.tender, technical.id
            );
            faults.push(
                Diagnostic::error("score-sheet-other-tender", at.clone(), message)
                    .help("name the tender that the sheet was written for"),
            );
        } else if marker.rules != rules {
            let message = format!(
                "the sheet was written for the rules {}; in force are {rules}",
                marker.rules
            );
            faults.push(
                Diagnostic::error("score-sheet-other-rules", at.clone(), message).help(
                    "the published rules changed since: write new sheets, and let them be marked anew",
                ),
            );
        } else if evaluator.as_ref() != Some(&marker.evaluator) {
            let whose = evaluator.as_deref().unwrap_or_default();
            let message = format!(
                "the sheet is that of `{}`, not of `{whose}`",
                marker.evaluator
            );
            faults.push(
                Diagnostic::error("score-sheet-other-evaluator", at.clone(), message)
                    .help("hand in one evaluator's workbook as it was sent"),
            );
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let at = marked
        .first()
        .map_or_else(Place::whole, |(.., at)| at.clone());
    let Some(evaluator) = evaluator else {
        return Err(vec![
            Diagnostic::error(
                "evaluator-unnamed",
                at,
                "nothing says whose marks these are",
            )
            .help("name the evaluator with --evaluator"),
        ]);
    };
    check_evaluator(technical, &evaluator, at)?;
    Ok(evaluator)
}

/// Whether somebody may mark in a tender: one of its evaluators, or anybody where it names none yet.
pub(crate) fn check_evaluator(
    technical: &Technical,
    evaluator: &str,
    at: Place,
) -> Result<(), Vec<Diagnostic>> {
    let known = &technical.evaluators;
    if !is_plain(evaluator) {
        let message = format!("`{evaluator}` cannot be an identifier");
        return Err(vec![
            Diagnostic::error("id-malformed", at, message)
                .help("use up to 64 letters, digits, `-`, `_` and `.`"),
        ]);
    }
    if known.is_empty() || known.iter().any(|one| one.id == evaluator) {
        return Ok(());
    }
    let near = nearest(evaluator, known.iter().map(|one| one.id.as_str()));
    let help = near.map_or_else(
        || "add [[evaluator]] to the tender file".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("there is no evaluator `{evaluator}`");
    Err(vec![
        Diagnostic::error("evaluator-unknown", at, message).help(help),
    ])
}
