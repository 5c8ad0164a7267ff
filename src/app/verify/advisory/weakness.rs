//! Vulnerabilities, under the score and the clocks of the contract.

use std::collections::BTreeMap;

use super::statement::Statements;
use super::{EXPLOITED, SEVERITY, say, say_texts};
use crate::acceptance::finding::{Effect, Finding, Weakness};
use crate::acceptance::remedy::{self, Claim, Judgment, Weighed, Why};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::cvss::{Severity, decimal};
use crate::digest::Digest;
use crate::document::scan::{ComponentView, FindingView, ScanView, StatementView};
use crate::evidence::Citation;
use crate::evidence::advisory::Nature;
use crate::evidence::vex::Status;
use crate::purl::Purl;
use crate::text::Text;
use crate::text::messages::both;
use crate::time::parse_day;

/// How many findings that are only worth knowing are told one by one.
const NOTED: usize = 50;
/// How many fixed versions a sentence names.
const VERSIONS: usize = 5;

/// What was found, by check.
#[derive(Default)]
pub(super) struct Found {
    /// Of `advisory.exploited`.
    pub(super) exploited: Vec<Finding>,
    /// Of `advisory.severity`.
    pub(super) severity: Vec<Finding>,
    /// How many of these are settled by a statement.
    pub(super) settled: usize,
    /// How many are below the agreed score.
    pub(super) below: usize,
    /// How many advisories tell of something else than a vulnerability: nobody maintains it, and the like.
    pub(super) others: usize,
}

/// Judges every vulnerability that was found.
pub(super) fn judge(
    gathered: &Gathered<'_>,
    scan: &ScanView,
    statements: &mut Statements<'_, '_>,
) -> Found {
    let mut found = Found::default();
    let mut merged: BTreeMap<(bool, Digest, String), Finding> = BTreeMap::new();
    for one in &scan.findings {
        if one.nature > Nature::Vulnerability {
            found.others += 1;
            continue;
        }
        let (finding, why) = finding(gathered, one, statements);
        match why {
            Why::Settled => found.settled += 1,
            Why::Below => found.below += 1,
            _ => {}
        }
        // The same vulnerability of the same component in another SBOM is one finding with two places.
        let key = (one.kev, finding.fingerprint, finding.subject.clone());
        match merged.get_mut(&key) {
            Some(known) if known.effect <= finding.effect => {
                known.citations.extend(finding.citations);
            }
            Some(known) => {
                let earlier = std::mem::replace(known, finding);
                known.citations.extend(earlier.citations);
            }
            None => _ = merged.insert(key, finding),
        }
    }
    let mut noted = 0;
    for ((exploited, ..), finding) in merged {
        if finding.effect == Effect::Notes {
            noted += 1;
            if noted > NOTED {
                continue;
            }
        }
        if exploited {
            found.exploited.push(finding);
        } else {
            found.severity.push(finding);
        }
    }
    found
}

/// One vulnerability as a finding.
fn finding(
    gathered: &Gathered<'_>,
    one: &FindingView,
    statements: &mut Statements<'_, '_>,
) -> (Finding, Why) {
    let check = if one.kev { EXPLOITED } else { SEVERITY };
    let since = match &one.kev_entry {
        Some(entry) => entry.added.as_ref().or(one.published.as_ref()),
        None => one.published.as_ref(),
    };
    let weighed = Weighed {
        exploited: one.kev,
        tenths: one.severity.tenths.map(u32::from),
        at_most: one.severity.band.map(highest),
        since: since.and_then(|day| parse_day(day)),
    };
    let (claim, reason) = statements.claim(one.vex.as_ref());
    let request = gathered.request;
    let judgment = remedy::judge(
        &gathered.terms,
        request.manifest.stage,
        request.as_of,
        &weighed,
        claim,
    );
    let message = message(gathered, one, judgment, claim, &reason);
    // The version is no part of the fingerprint: what is known stays known when the component is updated and the
    // vulnerability is left; what becomes exploited or is rated otherwise is new.
    let identity = identity(&one.component);
    let exploited = if one.kev { "exploited" } else { "" };
    let parts = [one.id(), identity.as_str(), exploited, one.severity.rating];
    let mut finding = Finding::new(check, judgment.effect, identity.clone(), message);
    finding = finding.distinguished_by(&parts);
    finding.subject = subject(&one.component);
    finding.weakness = Some(Weakness {
        ids: one.ids.clone(),
        rating: one.severity.rating.to_owned(),
        tenths: weighed.tenths,
        exploited: one.kev,
        due: judgment.due.map(|day| day.to_string()),
        fixed: one.fixed.clone(),
    });
    finding.citations = citations(gathered, one);
    (finding, judgment.why)
}

/// The highest score of a band, in tenths (CVSS 3.1, section 5).
fn highest(band: Severity) -> u32 {
    match band {
        Severity::None => 0,
        Severity::Low => 39,
        Severity::Medium => 69,
        Severity::High => 89,
        Severity::Critical => 100,
    }
}

/// What a component is called: its package URL, else name and version.
pub(in crate::app::verify) fn subject(component: &ComponentView) -> String {
    let named = || match &component.version {
        Some(version) => format!("{} {version}", component.name),
        None => component.name.clone(),
    };
    component.purl.clone().unwrap_or_else(named)
}

/// What a component is, in whatever version.
fn identity(component: &ComponentView) -> String {
    let purl = component.purl.as_deref().and_then(Purl::parse);
    match purl {
        Some(purl) => {
            let qualifiers: Vec<_> = purl
                .qualifiers
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            format!(
                "pkg:{}/{}?{}#{}",
                purl.kind,
                purl.full_name(),
                qualifiers.join("&"),
                purl.subpath
            )
        }
        None => component.name.clone(),
    }
}

fn citations(gathered: &Gathered<'_>, one: &FindingView) -> Vec<Citation> {
    let component = &one.component;
    let sbom = gathered
        .sboms
        .iter()
        .find(|sbom| sbom.path == component.file);
    let place = sbom.map(|sbom| sbom.cite(component.at.clone()));
    let records = one.records.iter().map(|record| Citation {
        sha256: record.sha256,
        file: record.file.clone(),
        at: record.matched_at.clone(),
    });
    let statement = one.vex.as_ref().and_then(|vex| {
        Some(Citation {
            sha256: vex.sha256?,
            file: vex.source.clone()?,
            at: vex.at.clone()?,
        })
    });
    place.into_iter().chain(records).chain(statement).collect()
}

fn message(
    gathered: &Gathered<'_>,
    one: &FindingView,
    judgment: Judgment,
    claim: Claim,
    reason: &Text,
) -> Text {
    let weakness = weakness(one);
    let fix = fix(&one.fixed);
    let source = one.vex.as_ref().and_then(|vex| vex.source.as_deref());
    let source = shown(source.unwrap_or_default());
    let source = Text {
        ja: source.clone(),
        en: source,
    };
    let status = status(one.vex.as_ref());
    let due = judgment.due.map(|day| day.to_string()).unwrap_or_default();
    let due = Text {
        ja: due.clone(),
        en: due,
    };
    let stated = [
        ("weakness", &weakness),
        ("source", &source),
        ("status", &status),
        ("why", reason),
    ];
    match (judgment.why, claim) {
        (Why::Settled, _) => say_texts(
            "verify-weakness-settled",
            stated.get(..3).unwrap_or_default(),
        ),
        (Why::Below, _) => {
            let threshold = gathered.terms.severity_threshold_tenths.as_ref();
            let threshold = threshold.and_then(|one| u16::try_from(one.value).ok());
            let threshold = threshold.map(decimal).unwrap_or_default();
            let threshold = Text {
                ja: threshold.clone(),
                en: threshold,
            };
            say_texts(
                "verify-weakness-below",
                &[("weakness", &weakness), ("threshold", &threshold)],
            )
        }
        (Why::Pending, _) => say_texts(
            "verify-weakness-pending",
            &[("weakness", &weakness), ("due", &due), ("fix", &fix)],
        ),
        (Why::Undated, _) => say_texts(
            "verify-weakness-undated",
            &[("weakness", &weakness), ("fix", &fix)],
        ),
        (_, Claim::Unaccepted) => say_texts(
            "verify-weakness-unaccepted",
            stated.get(..3).unwrap_or_default(),
        ),
        (_, Claim::SignatureOpen) => say_texts("verify-weakness-signature-open", &stated),
        (_, Claim::Unproven) => say_texts("verify-weakness-unproven", &stated),
        (Why::Overdue, _) => say_texts(
            "verify-weakness-overdue",
            &[("weakness", &weakness), ("due", &due), ("fix", &fix)],
        ),
        (Why::NoClock, _) => say_texts(
            "verify-weakness-no-clock",
            &[("weakness", &weakness), ("fix", &fix)],
        ),
        (Why::Left, _) => say_texts(
            "verify-weakness-left",
            &[("weakness", &weakness), ("fix", &fix)],
        ),
    }
}

/// `COMPONENT has ID (critical 9.8)`.
fn weakness(one: &FindingView) -> Text {
    let word = format!("severity-{}", one.severity.rating);
    let score = one.severity.score.as_ref().map(|score| format!(" {score}"));
    let rating = |word: &str| format!("{word}{}", score.as_deref().unwrap_or_default());
    let (component, id) = (shown(&subject(&one.component)), shown(one.id()));
    let rated = both(&word, &[]);
    let key = if one.kev {
        "verify-weakness-exploited"
    } else if one.nature == Nature::Malicious {
        "verify-weakness-malicious"
    } else {
        "verify-weakness-plain"
    };
    let texts = [
        (
            "component",
            &Text {
                ja: component.clone(),
                en: component,
            },
        ),
        (
            "id",
            &Text {
                ja: id.clone(),
                en: id,
            },
        ),
        (
            "rating",
            &Text {
                ja: rating(&rated.ja),
                en: rating(&rated.en),
            },
        ),
    ];
    say_texts(key, &texts)
}

fn fix(fixed: &[String]) -> Text {
    if fixed.is_empty() {
        return both("verify-fix-unknown", &[]);
    }
    let mut versions: Vec<_> = fixed.iter().take(VERSIONS).map(|one| shown(one)).collect();
    if fixed.len() > VERSIONS {
        versions.push("…".to_owned());
    }
    say("verify-fix-known", &[("versions", &versions.join(", "))])
}

fn status(vex: Option<&StatementView>) -> Text {
    match vex.and_then(|vex| vex.status) {
        Some(Status::Fixed) => both("verify-status-fixed", &[]),
        _ => both("verify-status-not-affected", &[]),
    }
}
