//! Advisories held against the bills of materials, with what VEX statements say of what they touch.
//!
//! A component that no advisory at hand can judge is counted as unjudged, never as clean, and while one is
//! left nothing establishes a zero. A number from which somebody's statement took findings away is proven no
//! more strongly than that statement: by the agency's own word as one of its records, by the supplier's as
//! a document of the supplier, whatever the machine found.

mod feed;
mod finding;
mod report;
#[cfg(test)]
mod tests;
mod word;

pub use feed::Feed;

use std::collections::BTreeMap;

use super::Establishment;
use super::dossier::Dossier;
use super::sbom::Sboms;
use crate::cvss::Severity;
use crate::diagnostic::Diagnostic;
use crate::evidence::Citation;
use crate::matching::{self, Matcher, Policy, Reason};
use crate::snapshot::Snapshot;
use crate::triage::{Inventory, Precedence, Triage};
use finding::Held;
use report::Report;

/// How many places of one kind are cited.
const CITED: usize = 8;

/// Why the age of the feed is not known.
const UNTOLD: &str = "nothing says up to which day the advisories are known";
/// Why nothing is known of what an SBOM lists.
const UNREADABLE: &str = "an SBOM cannot be read";

const KNOWN: &str = "sbom.advisories.known";
const TOUCHING: &str = "sbom.advisories.touching";
const NOTICES: &str = "sbom.advisories.notices";
const EXPLOITED: &str = "sbom.advisories.exploited";
const OLDEST: &str = "sbom.advisories.oldest_open_days";
const FIXABLE: &str = "sbom.advisories.fix_available_days";
const UNJUDGED: &str = "sbom.advisories.unjudged";
const JUDGED: &str = "sbom.advisories.judged_per_mille";
const AGE: &str = "sbom.advisories.feed_age_days";
const INVESTIGATED: &str = "sbom.vex.under_investigation";
const CONFLICTS: &str = "sbom.vex.conflicts";

/// Open findings by severity.
const BANDS: [(&str, &[Option<Severity>]); 5] = [
    ("sbom.advisories.open_critical", &[Some(Severity::Critical)]),
    ("sbom.advisories.open_high", &[Some(Severity::High)]),
    ("sbom.advisories.open_medium", &[Some(Severity::Medium)]),
    // A score of 0.0 is rated, and no higher than low.
    (
        "sbom.advisories.open_low",
        &[Some(Severity::Low), Some(Severity::None)],
    ),
    ("sbom.advisories.open_unknown", &[None]),
];

/// Everything that says how many findings are open, or for how long.
const OPEN: [&str; 4] = [KNOWN, EXPLOITED, OLDEST, FIXABLE];
/// Everything else that needs a feed.
const OTHERS: [&str; 5] = [TOUCHING, NOTICES, UNJUDGED, JUDGED, AGE];

/// What advisories and statements are judged by.
#[derive(Clone, Copy)]
pub struct Knowledge<'k> {
    /// What the agency knows of vulnerabilities.
    pub feed: &'k Feed,
    /// By what VEX statements are weighed.
    pub precedence: &'k Precedence,
    /// How many days old the knowledge of an ecosystem may be.
    pub maximum_age_days: i64,
}

pub(super) fn establish(
    dossier: &Dossier<'_>,
    sboms: &Sboms,
    knowledge: Knowledge<'_>,
    found: &mut Establishment,
) {
    found.remarks.extend(knowledge.feed.remarks.iter().cloned());
    let documents = word::read(dossier, sboms, found);
    let mut citations = sboms.citations();
    if sboms.readable.is_empty() {
        gap_all(&documents, UNREADABLE, &sboms.unreadable, found);
        return;
    }
    citations.extend(sboms.unreadable.iter().cloned());
    citations.extend(knowledge.feed.citations.iter().cloned());
    let Some(snapshot) = &knowledge.feed.snapshot else {
        let reason = "no advisories are at hand, so nothing was looked up";
        gap_all(&documents, reason, &citations, found);
        return;
    };
    let triage = Triage::new(
        documents.given.clone(),
        knowledge.precedence.clone(),
        Some(dossier.as_of),
    );
    let policy = Policy {
        as_of: dossier.as_of,
        maximum_age_days: knowledge.maximum_age_days,
    };
    match examine(sboms, knowledge.feed, snapshot, policy, &triage) {
        Ok(examined) => {
            found.remarks.extend(examined.unheard.remarks(&triage));
            let report = Report {
                dossier,
                snapshot,
                policy,
                citations,
                unreadable: &sboms.unreadable,
                examined,
            };
            report.facts(&documents, found);
        }
        Err(fault) => {
            gap_all(&documents, &fault.message, &citations, found);
        }
    }
}

/// Says of everything that it could not be verified.
fn gap_all(
    documents: &word::Documents,
    reason: &str,
    citations: &[Citation],
    found: &mut Establishment,
) {
    if citations.is_empty() {
        return;
    }
    let bands = BANDS.iter().map(|(key, _)| *key);
    let keys = OPEN.into_iter().chain(OTHERS).chain(bands);
    for key in keys {
        found.gap(key, reason, citations.to_vec());
    }
    let words = documents.keys();
    for key in words {
        let citations = citations.iter().cloned().chain(documents.citations());
        found.gap(key, reason, citations.collect());
    }
}

/// What came out for all SBOMs of a dossier.
struct Examined<'s> {
    /// What touches a component.
    held: Vec<Held<'s>>,
    /// How many components were to be judged.
    components: usize,
    /// How many were not, by reason.
    unjudged: BTreeMap<Reason, usize>,
    /// Where the first of them stand.
    unjudged_at: Vec<Citation>,
    /// The ecosystems of the components.
    ecosystems: Vec<&'static str>,
    /// What statements bind to nothing.
    unheard: word::Unheard,
}

fn examine<'s>(
    sboms: &'s Sboms,
    feed: &Feed,
    snapshot: &Snapshot,
    policy: Policy,
    triage: &Triage,
) -> Result<Examined<'s>, Diagnostic> {
    let matcher = Matcher::new(snapshot, policy);
    let mut examined = Examined {
        held: Vec::new(),
        components: 0,
        unjudged: BTreeMap::new(),
        unjudged_at: Vec::new(),
        ecosystems: Vec::new(),
        unheard: word::Unheard::default(),
    };
    for delivered in &sboms.readable {
        let sbom = &delivered.sbom;
        let outcome = matcher.judge(sbom.all_components())?;
        examined.components += outcome.components;
        for one in outcome.unjudged {
            let is_root = sbom.product() == Some(one.position);
            // The product itself belongs to no ecosystem as a rule; that nobody publishes advisories on it
            // says nothing of what it is made of.
            let is_own =
                is_root && matches!(one.reason, Reason::NoIdentity | Reason::EcosystemNotCovered);
            if is_own {
                examined.components = examined.components.saturating_sub(1);
                continue;
            }
            *examined.unjudged.entry(one.reason).or_default() += 1;
            if examined.unjudged_at.len() < CITED {
                let at = one.component.at.place();
                examined.unjudged_at.push(delivered.cite(at));
            }
        }
        let inventory = Inventory::of(sbom, Some(delivered.digest()));
        let bound = triage.bind(&inventory);
        examined.unheard.note(&bound);
        for finding in outcome.findings {
            let ids: Vec<&String> = finding.ids.iter().chain(&finding.upstream).collect();
            let decision = bound.decide(finding.position, &ids);
            let decided = decision.as_ref().map(word::Word::new);
            examined
                .held
                .push(Held::new(delivered, finding, feed, decided));
        }
        let identities = sbom.all_components().flat_map(matching::identities);
        examined
            .ecosystems
            .extend(identities.filter_map(|identity| identity.ecosystem));
    }
    examined.ecosystems.sort_unstable();
    examined.ecosystems.dedup();
    Ok(examined)
}
