//! How answers were received: what was checked, and what was found to be altered.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::packet::Manifest;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::questionnaire::response::AnswerSet;
use crate::text::messages::message;
use crate::text::{Lang, printable};

/// The schema of a receipt.
pub const SCHEMA: &str = "mekiki/questionnaire-receipt/v1";

/// What was checked; `passed` is `None` where it could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked, as the key of its message.
    pub name: &'static str,
    /// How it came out.
    pub passed: Option<bool>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

impl Check {
    /// A check that was made; it failed where a finding is an error.
    pub fn made(name: &'static str, findings: Vec<Diagnostic>) -> Self {
        let failed = findings.iter().any(|one| one.severity == Severity::Error);
        Self {
            name,
            passed: Some(!failed),
            findings,
        }
    }

    /// A check that could not be made.
    pub fn unmade(name: &'static str) -> Self {
        Self {
            name,
            passed: None,
            findings: Vec::new(),
        }
    }
}

/// How answers were received.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The manifest of what was sent.
    pub manifest: Manifest,
    /// The file with the answers, and its digest.
    pub answers_file: (String, Digest),
    /// The checks, in their order.
    pub checks: Vec<Check>,
    /// The answers, where they can be read.
    pub answers: Option<AnswerSet>,
}

impl Receipt {
    /// Whether something was altered.
    pub fn is_altered(&self) -> bool {
        self.checks.iter().any(|check| check.passed == Some(false))
    }

    /// Whether the answers are known to be to the questionnaire that was sent.
    pub fn is_bound(&self) -> bool {
        let check = self
            .checks
            .iter()
            .find(|one| one.name == "receipt-check-questionnaire");
        check.is_some_and(|one| one.passed == Some(true))
    }

    /// Everything that is remarked on the answers themselves.
    fn remarks(&self) -> Vec<&Diagnostic> {
        let answers = self.answers.iter().flat_map(|set| {
            let own = set.answers.iter().flat_map(|answer| &answer.remarks);
            set.remarks.iter().chain(own)
        });
        answers.collect()
    }
}

/// The receipt as JSON, schema [`SCHEMA`].
pub fn view(receipt: &Receipt) -> Value {
    let (file, digest) = &receipt.answers_file;
    let checks: Vec<_> = receipt
        .checks
        .iter()
        .map(|check| {
            let name = check.name.trim_start_matches("receipt-check-");
            json!({"name": name, "passed": check.passed, "findings": check.findings})
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "altered": receipt.is_altered(),
        "questionnaire": receipt.manifest.questionnaire,
        "answers_file": {"path": file, "sha256": digest},
        "answered_on": receipt.answers.as_ref().and_then(|set| set.answered_on),
        "answers": receipt.answers.as_ref().map(|set| set.answers.len()),
        "checks": checks,
        "remarks": receipt.remarks(),
    })
}

/// The receipt as text.
pub fn text(receipt: &Receipt, lang: Lang) -> String {
    let mut out = String::new();
    let whole = receipt.checks.iter().all(|check| check.passed.is_some());
    let verdict = match (receipt.is_altered(), whole) {
        (true, _) => "receipt-altered",
        (false, true) => "receipt-intact",
        (false, false) => "receipt-incomplete",
    };
    _ = writeln!(
        out,
        "{}: {}",
        message(lang, "receipt-heading"),
        message(lang, verdict)
    );
    let sent = &receipt.manifest.questionnaire;
    let answers = receipt.answers.as_ref();
    let rows = [
        (
            "receipt-questionnaire",
            format!("{} {} ({})", sent.id, sent.version, sent.digest),
        ),
        (
            "receipt-answers",
            answers.map_or_else(|| "—".to_owned(), |set| set.answers.len().to_string()),
        ),
        (
            "receipt-answered-on",
            answers
                .and_then(|set| set.answered_on)
                .map_or_else(|| "—".to_owned(), |day| day.to_string()),
        ),
    ];
    for (label, value) in rows {
        _ = writeln!(out, "  {}: {}", message(lang, label), printable(&value));
    }
    for check in &receipt.checks {
        let outcome = match check.passed {
            Some(true) => "receipt-passed",
            Some(false) => "receipt-failed",
            None => "receipt-not-checked",
        };
        _ = writeln!(
            out,
            "  {}: {}",
            message(lang, check.name),
            message(lang, outcome)
        );
        for finding in &check.findings {
            _ = writeln!(out, "    {}", printable(&finding.to_string()));
        }
    }
    for remark in receipt.remarks() {
        _ = writeln!(out, "  {}", printable(&remark.to_string()));
    }
    out
}
