//! Holding what comes in to the tender's own parser at the moment it comes in, before it is sealed or kept.

use std::collections::BTreeMap;

use super::{Case, Refused};
use crate::app::library::Library;
use crate::diagnostic::Diagnostic;
use crate::tender::proceeding::file::Named;
use crate::tender::proceeding::view::Spread;

/// Whether a tender file can be published, and whether what is known at the opening fits it.
pub(super) fn check_published(
    _library: &Library,
    _file: &[u8],
    _opening: Option<&[u8]>,
) -> Result<(), Vec<Diagnostic>> {
    Ok(())
}

/// Whether an evaluator's sheets are whole and within their scales.
pub(super) fn check_sheets(
    _library: &Library,
    _case: &Case,
    _evaluator: &str,
    _file: &[u8],
    _sheets: &[Named],
) -> Result<(), Vec<Diagnostic>> {
    Ok(())
}

/// Whether decisions on verdicts are whole.
pub(super) fn check_confirmations(
    _library: &Library,
    _case: &Case,
    _file: &[u8],
) -> Result<(), Vec<Diagnostic>> {
    Ok(())
}

/// Sets the marks of the evaluators beside each other.
pub(super) fn compare(
    _library: &Library,
    _case: &Case,
    _sheets: &BTreeMap<(String, String), String>,
) -> Result<(String, Vec<Spread>), Refused> {
    Ok((String::new(), Vec::new()))
}

/// Whether a bid, without its price, can stand in the tender file.
pub(super) fn check_bid(_library: &Library, _case: &Case, _bid: &str, _rest: &str) -> bool {
    true
}
