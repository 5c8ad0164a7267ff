//! The verdict on a delivery for machines and papers, schema `mekiki/verify/v1`.

use serde::Serialize;

use super::finding::{Finding, Outcome};
use super::requirement::Settled;
use super::{Group, Verdict};
use crate::digest::Digest;
use crate::tender::timetable::INSPECTION;
use crate::text::Text;
use crate::text::messages::both;
use crate::time::{Date, add_days, days_between};

/// How it ended, in the words of every judging command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything was checked and met.
    Acceptable,
    /// Something was checked and not met.
    NotAcceptable,
    /// Nothing was found against it, but not everything could be checked.
    Unverifiable,
}

impl Ending {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acceptable => "acceptable",
            Self::NotAcceptable => "not_acceptable",
            Self::Unverifiable => "unverifiable",
        }
    }

    /// The ending that a verdict over all groups is. Nothing checked is nothing verified.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Acceptable,
            Verdict::Fail => Self::NotAcceptable,
            Verdict::Unverifiable | Verdict::NotApplicable => Self::Unverifiable,
        }
    }
}

/// What is verified, for whom, under what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The tender or offering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The supplier: the bid or corporate number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The delivered product's name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// `delivery` or `operation`.
    pub stage: &'static str,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Until when the inspection (検査) has to take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The day on which the supplier told that performance is finished, `YYYY-MM-DD`.
    pub notified_on: String,
    /// The last day, `YYYY-MM-DD`.
    pub due: String,
    /// Days left on the day of judgment; negative when it is past.
    pub days_left: i64,
    /// The source of the period, and whether it was verified.
    pub source: Text,
}

impl Inspection {
    /// The period that begins with a notice. Source: [`INSPECTION`].
    pub fn after(notified_on: Date, as_of: Date) -> Self {
        let due = add_days(notified_on, INSPECTION.days);
        Self {
            notified_on: notified_on.to_string(),
            due: due.to_string(),
            days_left: days_between(as_of, due),
            source: both(INSPECTION.source, &[]),
        }
    }
}

/// What was delivered, as one number that anybody can compute again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Regular files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over the lines `HEX  PATH\n` of all files sorted by path, as `sha256sum` prints them.
    pub sha256: Digest,
}

/// A file that the verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Input {
    /// What it is for: `manifest`, `sbom`, `signature`, `trust`, `vex`, `feed`, …
    pub role: &'static str,
    /// Its path: inside of what was delivered, or as the manifest names it.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
}

/// An artifact that was delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ArtifactView {
    /// Its path inside of what was delivered.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
}

/// One group of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    /// The group.
    pub name: Group,
    /// The verdict over its checks.
    pub verdict: Verdict,
    /// Its checks in the order of the table.
    pub checks: Vec<Outcome>,
    /// What was found, what fails first.
    pub findings: Vec<Finding>,
}

impl GroupView {
    /// Puts outcomes together.
    pub fn new(name: Group, mut checks: Vec<Outcome>) -> Self {
        for outcome in &mut checks {
            outcome.settle();
        }
        let mut findings: Vec<_> = checks.iter().flat_map(|one| one.findings.clone()).collect();
        // Stable: among equals the order of the checks stays.
        findings.sort_by_key(Finding::rank);
        Self {
            name,
            verdict: Verdict::over(checks.iter().map(|one| one.verdict)),
            checks,
            findings,
        }
    }
}

/// What the manifest leaves out, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOutView {
    /// What.
    pub what: &'static str,
    /// Why, in the manifest's words.
    pub reason: Text,
}

/// The verdict on a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `mekiki/verify/v1`.
    pub schema: &'static str,
    /// How it ended.
    pub verdict: Ending,
    /// The first line: what is wrong and where, or that nothing is.
    pub headline: Text,
    /// The day of judgment, as an instant.
    pub as_of: String,
    /// What is verified.
    pub subject: Subject,
    /// Until when the inspection has to take place, where the manifest says when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Inspection>,
    /// What was delivered.
    pub delivered: Delivered,
    /// The artifacts.
    pub artifacts: Vec<ArtifactView>,
    /// The groups in order.
    pub groups: Vec<GroupView>,
    /// The contractual requirements, those that a machine settles first.
    pub requirements: Vec<Settled>,
    /// Exceptions that were looked at.
    pub exceptions: Vec<ExceptionView>,
    /// What the manifest leaves out.
    pub left_out: Vec<LeftOutView>,
    /// What the verdict is drawn with: the table of checks, catalog, feed and every file, sorted.
    pub inputs: Vec<Input>,
    /// The version of this tool.
    pub tool: Tool,
}

/// What made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `mekiki`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// An exceptional action (例外措置, article 8) of the case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExceptionView {
    /// Its identifier.
    pub id: String,
    /// The criterion that it waives.
    pub criterion: String,
    /// Where it stands: `in_force`, `expired`, `not_begun`, `refused`, `revoked`.
    pub state: &'static str,
    /// Its last day, `YYYY-MM-DD`.
    pub until: String,
    /// Why the criterion cannot be met.
    pub reason: Text,
    /// What is done instead.
    pub compensating_measure: Text,
    /// Whom approved it.
    pub approver: String,
    /// How many findings it keeps from counting.
    pub waives: usize,
    /// Its file.
    pub file: String,
}
