//! What a check found: one outcome a check, with findings that each name a place.

use std::cmp::Reverse;

use serde::Serialize;

use super::Verdict;
use super::check::Check;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::text::Text;

/// What a finding does to its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The check is not met.
    Fails,
    /// The check cannot be judged.
    Unverifiable,
    /// Worth a look; the check stands.
    Warns,
    /// Worth knowing.
    Notes,
}

impl Effect {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Unverifiable => "unverifiable",
            Self::Warns => "warns",
            Self::Notes => "notes",
        }
    }
}

/// Why a finding that would fail does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Standing {
    /// Nothing speaks for it: it counts.
    Open,
    /// An exceptional action (例外措置, article 8) is in force.
    Waived {
        /// The exception.
        exception: String,
        /// Its last day, `YYYY-MM-DD`.
        until: String,
    },
    /// The earlier verdict that the running system is held against had it already.
    Known {
        /// SHA-256 of the earlier verdict.
        baseline: Digest,
    },
}

/// A vulnerability that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Weakness {
    /// All its names, the primary one first.
    pub ids: Vec<String>,
    /// The severity: `low`, `medium`, `high`, `critical`, or `unknown`.
    pub rating: String,
    /// CVSS base score in tenths: 98 is 9.8.
    pub tenths: Option<u32>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// The day by which the contract wants it fixed, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Versions that are not touched any more.
    pub fixed: Vec<String>,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The check.
    pub check: String,
    /// What it does to its check.
    pub effect: Effect,
    /// Whether something keeps it from counting.
    pub standing: Standing,
    /// What it is about: a package URL, a path or a name.
    pub subject: String,
    /// Stable over versions and runs: SHA-256 over check, subject and what may not change unseen, in hex.
    pub fingerprint: Digest,
    /// What is wrong, in one sentence.
    pub message: Text,
    /// Where: first the place that a reader should open.
    pub citations: Vec<Citation>,
    /// The vulnerability, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakness: Option<Weakness>,
    /// The code of the diagnostic behind it (docs/diagnostics.md).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Finding {
    /// A finding about `subject`.
    pub fn new(check: &str, effect: Effect, subject: impl Into<String>, message: Text) -> Self {
        let subject = subject.into();
        Self {
            check: check.to_owned(),
            effect,
            standing: Standing::Open,
            fingerprint: fingerprint(&[check, &subject]),
            subject,
            message,
            citations: Vec::new(),
            weakness: None,
            code: None,
        }
    }

    /// Cites a place.
    #[must_use]
    pub fn cite(mut self, citation: Citation) -> Self {
        self.citations.push(citation);
        self
    }

    /// Makes a change of `parts` another finding: what was known with other parts is new.
    #[must_use]
    pub fn distinguished_by(mut self, parts: &[&str]) -> Self {
        let own = [self.check.as_str(), self.subject.as_str()];
        self.fingerprint = fingerprint(&[own.as_slice(), parts].concat());
        self
    }

    /// Whether it counts against its check: it is open, and fails or leaves something unverified.
    pub fn counts(&self) -> bool {
        matches!(self.verdict(), Verdict::Fail | Verdict::Unverifiable)
    }

    /// Before which others a reader should see it: what counts, what fails, what is exploited, the worst score.
    pub fn rank(&self) -> impl Ord + use<> {
        let weakness = self.weakness.as_ref();
        let exploited = weakness.is_some_and(|one| one.exploited);
        // Nobody rated it, so it may be the worst.
        let tenths = weakness.map(|one| one.tenths.unwrap_or(u32::MAX));
        (!self.counts(), self.effect, !exploited, Reverse(tenths))
    }

    /// The verdict that it forces on its check.
    pub fn verdict(&self) -> Verdict {
        match (self.effect, &self.standing) {
            (Effect::Fails, Standing::Open) => Verdict::Fail,
            (Effect::Unverifiable, Standing::Open) => Verdict::Unverifiable,
            _ => Verdict::Pass,
        }
    }
}

/// A digest over parts, none of which can run into the next.
fn fingerprint(parts: &[&str]) -> Digest {
    let value = serde_json::json!(parts);
    Digest::of(crate::digest::canonical_json(&value).as_bytes())
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The check.
    pub check: String,
    /// What must hold.
    pub title: Text,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, in one sentence, or why it is not applicable.
    pub said: Text,
    /// What the verdict rests on.
    pub citations: Vec<Citation>,
    /// What is wrong or worth knowing.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// A check that was met, unless a finding says otherwise.
    pub fn new(check: &Check, said: Text) -> Self {
        Self {
            check: check.id.clone(),
            title: check.title.clone(),
            verdict: Verdict::Pass,
            said,
            citations: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// A check that asks nothing here.
    pub fn not_applicable(check: &Check, why: Text) -> Self {
        Self {
            verdict: Verdict::NotApplicable,
            ..Self::new(check, why)
        }
    }

    /// Cites what the verdict rests on.
    #[must_use]
    pub fn resting_on(mut self, citations: impl IntoIterator<Item = Citation>) -> Self {
        self.citations.extend(citations);
        self
    }

    /// Adds findings.
    #[must_use]
    pub fn with(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self.settle();
        self
    }

    /// Draws the verdict from the findings anew; what asks nothing keeps asking nothing unless something was found.
    pub fn settle(&mut self) {
        if self.findings.is_empty() {
            return;
        }
        self.findings.sort();
        self.findings.dedup();
        self.verdict = Verdict::over(self.findings.iter().map(Finding::verdict));
    }
}
