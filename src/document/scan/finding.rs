//! Vulnerabilities that touch components, as a scan publishes them.

use serde::Serialize;

use super::{ComponentView, StatementView};
use crate::cvss::Severity;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::advisory::Nature;
use crate::evidence::vex::Status;

/// A vulnerability that touches a component.
#[derive(Debug, Serialize)]
pub struct FindingView {
    /// The component.
    pub component: ComponentView,
    /// Every name, the one to call it by first.
    pub ids: Vec<String>,
    /// What it is a consequence of.
    pub upstream: Vec<String>,
    /// What is close, but not the same.
    pub related: Vec<String>,
    /// What it is about.
    pub nature: Nature,
    /// One line.
    pub summary: String,
    /// How severe it is.
    pub severity: SeverityView,
    /// Versions that mend it.
    pub fixed: Vec<String>,
    /// Whether it is known to be exploited.
    pub kev: bool,
    /// The entry in that list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kev_entry: Option<KevView>,
    /// The probability that it is exploited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss: Option<EpssView>,
    /// The day on which it was published.
    pub published: Option<String>,
    /// How many days ago that was.
    pub age_days: Option<i64>,
    /// What VEX statements say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vex: Option<StatementView>,
    /// Whether it makes the result not acceptable.
    pub fails: bool,
    /// The records, with what in them made the match.
    pub records: Vec<RecordView>,
}

impl FindingView {
    /// Whether a VEX statement says that nothing is to be done here.
    pub fn is_settled(&self) -> bool {
        self.vex.as_ref().is_some_and(|vex| {
            matches!(vex.status, Some(Status::NotAffected | Status::Fixed)) && !vex.conflict
        })
    }

    /// The name to call it by.
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }
}

/// How severe a vulnerability is.
#[derive(Debug, Serialize)]
pub struct SeverityView {
    /// The band in a word; `unknown` where nobody rates it.
    pub rating: &'static str,
    /// The score in decimals.
    pub score: Option<String>,
    /// The vector.
    pub vector: Option<String>,
    /// The version of CVSS.
    pub cvss: Option<&'static str>,
    /// Who rated.
    pub source: Option<String>,
    /// The band; `None` where nobody rates it.
    #[serde(skip)]
    pub band: Option<Severity>,
    /// The score in tenths.
    #[serde(skip)]
    pub tenths: Option<u16>,
}

/// An entry of the list of known exploited vulnerabilities.
#[derive(Debug, Serialize)]
pub struct KevView {
    /// When it was listed.
    pub added: Option<String>,
    /// By when it is to be mended.
    pub due: Option<String>,
    /// Whether ransomware is known to use it; `false` is not known, not unused.
    pub ransomware: bool,
}

/// The probability of exploitation (EPSS), in exact decimals.
#[derive(Debug, Serialize)]
pub struct EpssView {
    /// The probability.
    pub probability: String,
    /// The share of vulnerabilities with a lower or equal one.
    pub percentile: String,
    /// The probability in units of 1e-9.
    #[serde(skip)]
    pub units: u32,
}

/// A record that speaks of the component.
#[derive(Debug, Serialize)]
pub struct RecordView {
    /// Its identifier.
    pub id: String,
    /// The path under which it was imported.
    pub file: String,
    /// The digest of that file.
    pub sha256: Digest,
    /// Where the record stands.
    pub at: Place,
    /// Where in it what made the match stands.
    pub matched_at: Place,
    /// What made the match.
    pub matched: String,
    /// The page to read.
    pub url: Option<String>,
    /// The day of its last change.
    pub modified: Option<String>,
}
