//! What makes the result of a scan not acceptable.

use std::str::FromStr;

use crate::cvss::Severity;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::scan::{FeedView, FindingView};
use crate::evidence::advisory::Nature;

/// One condition; a finding that meets any of the conditions fails the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Any finding, notices on maintenance included.
    Any,
    /// Any vulnerability or malicious package.
    Vulnerability,
    /// A severity of at least this.
    Severity(Severity),
    /// An entry in the list of known exploited vulnerabilities.
    Kev,
    /// A CVSS score of at least so many tenths.
    Cvss(u16),
    /// A probability of exploitation (EPSS) of at least so many units of 1e-9.
    Epss(u32),
    /// A component whose support has ended.
    EndOfSupport,
    /// Nothing.
    None,
}

/// A text that is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no condition; use any, vulnerability, low, medium, high, critical, kev, cvss>=N, epss>=P, end-of-support or none"
)]
pub struct UnknownThreshold(String);

impl FromStr for Threshold {
    type Err = UnknownThreshold;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownThreshold(text.to_owned());
        let word = text.trim().to_ascii_lowercase();
        if let Some(bound) = word.strip_prefix("cvss>=") {
            let tenths = decimal(bound, 1).filter(|tenths| *tenths <= 100);
            let tenths = tenths.and_then(|tenths| u16::try_from(tenths).ok());
            return tenths.map(Self::Cvss).ok_or_else(unknown);
        }
        if let Some(bound) = word.strip_prefix("epss>=") {
            let units = decimal(bound, 9).filter(|units| *units <= 1_000_000_000);
            return units.map(Self::Epss).ok_or_else(unknown);
        }
        Ok(match word.as_str() {
            "any" => Self::Any,
            "vulnerability" => Self::Vulnerability,
            "kev" => Self::Kev,
            "end-of-support" => Self::EndOfSupport,
            "none" => Self::None,
            "low" => Self::Severity(Severity::Low),
            "medium" => Self::Severity(Severity::Medium),
            "high" => Self::Severity(Severity::High),
            "critical" => Self::Severity(Severity::Critical),
            _ => return Err(unknown()),
        })
    }
}

/// A decimal in units of the last of `digits` decimals.
fn decimal(text: &str, digits: usize) -> Option<u32> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

impl Threshold {
    /// Why the condition cannot be judged by a snapshot: the list that it asks is not in it.
    pub(super) fn blind(self, feed: &FeedView) -> Option<Diagnostic> {
        let (list, format) = match self {
            Self::Kev if feed.kev == 0 => ("known exploited vulnerabilities", "the KEV list"),
            Self::Epss(_) if feed.epss == 0 => ("probabilities of exploitation", "EPSS scores"),
            Self::EndOfSupport if feed.lifecycles == 0 => ("dates of support", "endoflife records"),
            _ => return None,
        };
        let message = format!("the snapshot holds no {list}, so the condition cannot be judged");
        let remark = Diagnostic::warning("scan-blind", Place::whole(), message);
        Some(remark.help(format!("import {format}, or leave the condition out")))
    }

    /// Whether a finding meets the condition. A severity or score that nobody told is not below any bound:
    /// unknown is not a pass.
    pub fn is_met(self, finding: &FindingView) -> bool {
        let is_weakness = finding.nature <= Nature::Vulnerability;
        match self {
            Self::Any => true,
            Self::Vulnerability => is_weakness,
            Self::Severity(bound) => {
                is_weakness && finding.severity.band.is_none_or(|band| band >= bound)
            }
            Self::Kev => finding.kev,
            Self::Cvss(bound) => {
                is_weakness && finding.severity.tenths.is_none_or(|tenths| tenths >= bound)
            }
            Self::Epss(bound) => finding
                .epss
                .as_ref()
                .is_some_and(|epss| epss.units >= bound),
            Self::EndOfSupport | Self::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        for (text, expected) in [
            ("any", Some(Threshold::Any)),
            ("HIGH", Some(Threshold::Severity(Severity::High))),
            ("cvss>=7", Some(Threshold::Cvss(70))),
            ("cvss>=9.8", Some(Threshold::Cvss(98))),
            ("epss>=0.05", Some(Threshold::Epss(50_000_000))),
            ("cvss>=9.81", None),
            ("cvss>=11", None),
            ("epss>=1.1", None),
            ("cvss>=", None),
            ("cvss>=-1", None),
            ("severe", None),
        ] {
            assert_eq!(text.parse::<Threshold>().ok(), expected, "{text}");
        }
    }
}
