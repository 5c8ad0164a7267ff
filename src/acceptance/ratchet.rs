//! The ratchet: a running system is held to what an earlier verdict did not know yet.
//!
//! What was known and left stays told; only what is new fails. Nothing that could not be judged is ever known, nothing
//! that is known to be exploited and due, and nothing that an exception kept from counting then.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::{Effect, Finding, Outcome, Standing};
use super::manifest::Stage;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::attestation::payload_of_bundle;
use crate::time::{Date, parse_instant};

/// The schema of a verdict.
const SCHEMA: &str = "mekiki/verify/v1";

/// An earlier verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// SHA-256 of its file.
    pub digest: Digest,
    /// The case that it was about.
    pub case: Option<String>,
    /// The day of its judgment.
    pub as_of: Date,
    /// The fingerprints of what failed, or was known to fail already.
    pub known: BTreeSet<Digest>,
}

/// Reads an earlier verdict: the JSON of `mekiki verify`, or a record that holds it as an in-toto statement, signed or not.
///
/// # Errors
///
/// `baseline-unreadable`.
pub fn read_baseline(bytes: &[u8]) -> Result<Baseline, Diagnostic> {
    let unreadable = |why: &str| {
        Diagnostic::error("baseline-unreadable", Place::whole(), why.to_owned())
            .help("name what `mekiki verify --format json` wrote, or a record of it")
    };
    let digest = Digest::of(bytes);
    let payload = payload_of_bundle(bytes).ok().flatten();
    let document: Value = serde_json::from_slice(payload.as_deref().unwrap_or(bytes))
        .map_err(|_| unreadable("the earlier verdict is no JSON"))?;
    let report = report_in(&document)
        .ok_or_else(|| unreadable(&format!("the file holds no verdict of the schema {SCHEMA}")))?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let as_of = report
        .get("as_of")
        .and_then(Value::as_str)
        .and_then(parse_instant);
    let as_of = as_of.ok_or_else(|| unreadable("the earlier verdict has no day"))?;
    let groups = report.get("groups").and_then(Value::as_array);
    let groups = groups.ok_or_else(|| unreadable("the earlier verdict has no groups"))?;
    let mut known = BTreeSet::new();
    for group in groups {
        let findings = group.get("findings").and_then(Value::as_array);
        for finding in findings.ok_or_else(|| unreadable("a group has no findings"))? {
            let at = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str);
            // Requirements follow from the checks and are drawn anew.
            let is_check = at("/check").is_some_and(|check| !check.starts_with("requirement."));
            let stood = matches!(at("/standing/by"), Some("open" | "known"));
            if !is_check || !stood || at("/effect") != Some("fails") {
                continue;
            }
            let fingerprint = at("/fingerprint").and_then(|text| text.parse().ok());
            known.insert(fingerprint.ok_or_else(|| unreadable("a finding has no fingerprint"))?);
        }
    }
    Ok(Baseline {
        digest,
        case: report.pointer("/subject/case").and_then(text),
        as_of,
        known,
    })
}

/// The verdict in a document: the document itself, the predicate of a statement, or a member of that.
fn report_in(document: &Value) -> Option<&Value> {
    let is_report = |value: &&Value| value.get("schema").and_then(Value::as_str) == Some(SCHEMA);
    let predicate = document.get("predicate");
    let inside = predicate.and_then(Value::as_object).into_iter();
    std::iter::once(document)
        .chain(predicate)
        .chain(inside.flat_map(|members| members.values()))
        .find(is_report)
}

impl Baseline {
    /// Whether this verdict may stand behind a judgment.
    ///
    /// # Errors
    ///
    /// `baseline-stage` before acceptance, `baseline-case` for another case or none, `baseline-later` where it was drawn
    /// after the day.
    pub fn admit(&self, stage: Stage, case: Option<&str>, as_of: Date) -> Result<(), Diagnostic> {
        check_stage(stage)?;
        if case.is_none() || self.case.as_deref() != case {
            let own = case.unwrap_or("none");
            let other = self.case.as_deref().unwrap_or("none");
            let message =
                format!("the earlier verdict is about case `{other}`, and this is case `{own}`");
            return Err(Diagnostic::error(
                "baseline-case",
                Place::pointer("/subject/case"),
                message,
            )
            .help("name the verdict on the same case, and the case in the manifest"));
        }
        if self.as_of > as_of {
            let message = format!(
                "the earlier verdict was drawn as of {}, after {as_of}",
                self.as_of
            );
            return Err(
                Diagnostic::error("baseline-later", Place::pointer("/as_of"), message)
                    .help("name a verdict of an earlier day"),
            );
        }
        Ok(())
    }

    /// Keeps from counting what failed already; returns how many things have gone since.
    pub fn hold(&self, as_of: Date, outcomes: &mut [&mut Outcome]) -> usize {
        let mut seen = BTreeSet::new();
        for outcome in outcomes {
            let mut changed = false;
            for finding in &mut outcome.findings {
                seen.insert(finding.fingerprint);
                let is_known = self.known.contains(&finding.fingerprint);
                let counts = finding.effect == Effect::Fails && finding.standing == Standing::Open;
                if is_known && counts && !is_exploited_and_due(finding, as_of) {
                    finding.standing = Standing::Known {
                        baseline: self.digest,
                    };
                    changed = true;
                }
            }
            if changed {
                outcome.settle();
            }
        }
        self.known.difference(&seen).count()
    }
}

/// Whether an earlier verdict may be named at all.
///
/// # Errors
///
/// `baseline-stage` before acceptance: then everything is due.
pub fn check_stage(stage: Stage) -> Result<(), Diagnostic> {
    if stage == Stage::Operation {
        return Ok(());
    }
    let message =
        "an earlier verdict counts in operation only; before acceptance everything is due";
    Err(
        Diagnostic::error("baseline-stage", Place::pointer("/baseline"), message)
            .help("leave out the baseline, or say `stage = \"operation\"` in the manifest"),
    )
}

/// Whether a vulnerability is known to be exploited and its time has run out, or none was agreed.
fn is_exploited_and_due(finding: &Finding, as_of: Date) -> bool {
    finding.weakness.as_ref().is_some_and(|weakness| {
        let due = weakness.due.as_deref().and_then(crate::time::parse_day);
        weakness.exploited && due.is_none_or(|due| as_of > due)
    })
}
