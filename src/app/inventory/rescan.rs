//! Judges again what a change of advisories can touch.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::app::Refused;
use crate::app::scan::{Threshold, finding_view};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::scan::{FindingView, SeverityView, Verdict};
use crate::evidence::advisory::Nature;
use crate::evidence::sbom::model::{Component, Format, Sbom};
use crate::feed::FeedFolder;
use crate::folder::inventory::InventoryFolder;
use crate::inventory::{Aspect, FindingChange, Gap, Occurrence, Touched};
use crate::matching::{Finding, Matcher, Policy, Reason};
use crate::snapshot::{ChangeKind, Changes};
use crate::time::{Date, days_between, instant, parse_day};

/// What is judged again.
#[derive(Debug)]
pub struct RescanRequest<'a> {
    /// The folder of the inventory.
    pub inventory: &'a str,
    /// The folder of snapshots.
    pub feed: &'a str,
    /// The snapshot by which everything was judged before.
    pub from: Digest,
    /// The snapshot by which it is judged now; without it, the one in use.
    pub to: Option<Digest>,
    /// By what day and rules, on both sides.
    pub policy: Policy,
    /// What makes a finding that is new not acceptable.
    pub thresholds: &'a [Threshold],
}

/// The result, schema `mekiki/inventory-rescan/v1`.
#[derive(Debug, Serialize)]
pub struct RescanView {
    schema: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The day of the judgment.
    pub as_of: String,
    /// The state of the inventory.
    pub inventory: Digest,
    /// The snapshot before.
    pub from: Digest,
    /// The snapshot now.
    pub to: Digest,
    /// The day up to which that is known, as an instant.
    pub known: Option<String>,
    /// How old that is on the day of the judgment.
    pub age_days: Option<i64>,
    /// SBOMs in the inventory.
    pub sboms: usize,
    /// Components in them.
    pub components: u64,
    /// Advisories that differ between the snapshots, by what became of them.
    pub advisories: BTreeMap<ChangeKind, usize>,
    /// CVEs whose entry in the list of known exploited vulnerabilities differs.
    pub kev: BTreeSet<String>,
    /// Packages that these touch.
    pub packages: usize,
    /// Components that were judged again, each distinct one once.
    pub judged: usize,
    /// SBOMs in which something fails that did not.
    pub failing_sboms: BTreeSet<String>,
    /// Findings that are not the same.
    pub findings: Vec<RescannedView>,
    /// Components of which an advisory leaves open now whether it touches them.
    pub doubts: Vec<DoubtView>,
    /// Components that the snapshot cannot judge at all, whatever changed.
    pub gaps: Vec<GapView>,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there.
    Appeared,
    /// Something of it is different.
    Changed,
    /// It is not there any more.
    Disappeared,
}

/// A finding that is not the same.
#[derive(Debug, Serialize)]
pub struct RescannedView {
    /// What became of it.
    pub change: Change,
    /// What of it is different.
    pub aspects: Vec<Aspect>,
    /// The finding, at the first of its occurrences; as it was, where it disappeared.
    #[serde(flatten)]
    pub finding: FindingView,
    /// What it was, where it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<BeforeView>,
    /// Every place of the component.
    pub occurrences: Vec<OccurrenceView>,
}

/// What a finding was.
#[derive(Debug, Serialize)]
pub struct BeforeView {
    /// How severe.
    pub severity: SeverityView,
    /// Versions that mended it.
    pub fixed: Vec<String>,
    /// Whether it was known to be exploited.
    pub kev: bool,
    /// What it was about.
    pub nature: Nature,
}

/// Where a component occurs.
#[derive(Debug, Serialize)]
pub struct OccurrenceView {
    /// The SBOM, by its name in the inventory.
    pub sbom: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// The document's own name for the component.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where it stands.
    pub at: Place,
}

/// A component of which it is open whether an advisory touches it.
#[derive(Debug, Serialize)]
pub struct DoubtView {
    /// Its package URL.
    pub purl: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Why: a stable word.
    pub reason: &'static str,
    /// The advisories that leave it open.
    pub advisories: Vec<String>,
    /// Every place of it.
    pub occurrences: Vec<OccurrenceView>,
}

/// Components that the snapshot cannot judge.
#[derive(Debug, Serialize)]
pub struct GapView {
    /// Why: a stable word.
    pub reason: &'static str,
    /// Their ecosystem.
    pub ecosystem: Option<String>,
    /// The release of their distribution.
    pub release: Option<String>,
    /// How many there are.
    pub components: u64,
}

/// What one touched component comes to.
struct Shown {
    findings: Vec<RescannedView>,
    doubt: Option<DoubtView>,
}

/// Judges again.
///
/// # Errors
///
/// `inventory-missing` and `feed-missing` where there is nothing to judge or to judge by; `…-damaged` and
/// `…-version` where something cannot be used.
pub fn rescan(request: &RescanRequest<'_>) -> Result<RescanView, Refused> {
    let inventory = InventoryFolder::new(request.inventory).open()?;
    let folder = FeedFolder::new(request.feed);
    let to = match request.to {
        Some(digest) => digest,
        None => folder.current()?.ok_or_else(|| {
            let message = format!("there is no snapshot in `{}`", request.feed);
            Diagnostic::error("feed-missing", Place::whole(), message)
                .help("make one with `mekiki feed import`, and name its folder with --feed")
        })?,
    };
    let (old, new) = (folder.open(&request.from)?, folder.open(&to)?);
    let changes = Changes::between(&old, &new)?;
    let (before, after) = (
        Matcher::new(&old, request.policy),
        Matcher::new(&new, request.policy),
    );
    let as_of = request.policy.as_of;
    let found = crate::inventory::rescan(&inventory, &changes, &before, &after, &|touched| {
        show(touched, as_of, request.thresholds)
    })?;
    let (mut sboms, mut components) = (0, 0);
    inventory.sboms(&mut |sbom| {
        sboms += 1;
        components += sbom.components;
    })?;
    let known = new.manifest().as_of.as_deref().and_then(parse_day);
    let mut view = RescanView {
        schema: "mekiki/inventory-rescan/v1",
        verdict: Verdict::Unverifiable,
        as_of: instant(as_of),
        inventory: inventory.digest(),
        from: request.from,
        to,
        known: known.map(instant),
        age_days: known.map(|known| days_between(known, as_of)),
        sboms,
        components,
        packages: changes.keys.len(),
        advisories: changes.advisories,
        kev: changes.kev,
        judged: found.judged,
        failing_sboms: BTreeSet::new(),
        findings: Vec::new(),
        doubts: Vec::new(),
        gaps: inventory.gaps(&after)?.into_iter().map(gap_view).collect(),
    };
    for shown in found.touched {
        view.findings.extend(shown.findings);
        view.doubts.extend(shown.doubt);
    }
    let failing = view.findings.iter().filter(|one| one.finding.fails);
    let names = failing.flat_map(|one| one.occurrences.iter().map(|place| place.sbom.clone()));
    view.failing_sboms = names.collect();
    view.verdict = verdict(&view);
    Ok(view)
}

/// A component without an identity is none that a feed could judge better; it is told, and does not decide.
fn verdict(view: &RescanView) -> Verdict {
    let no_identity = Reason::NoIdentity.word();
    let is_blind = view.gaps.iter().any(|gap| gap.reason != no_identity);
    if !view.failing_sboms.is_empty() {
        Verdict::NotAcceptable
    } else if is_blind || !view.doubts.is_empty() || view.components == 0 {
        Verdict::Unverifiable
    } else {
        Verdict::Acceptable
    }
}

fn show(touched: &Touched<'_>, as_of: Date, thresholds: &[Threshold]) -> Shown {
    let component = touched.component;
    let places = || touched.occurrences.iter().map(occurrence_view).collect();
    let view = |finding: &Finding<'_>| {
        let mut view = finding_view("", &Sbom::new(Format::CycloneDx, ""), finding, None, as_of);
        if let Some(first) = touched.occurrences.first() {
            view.component.file.clone_from(&first.sbom);
            view.component.reference.clone_from(&first.reference);
            view.component.at.clone_from(&first.at);
        }
        view
    };
    let findings = touched.findings.iter().map(|change| {
        let (change, aspects, mut finding, before) = match change {
            FindingChange::Appeared(finding) => (Change::Appeared, Vec::new(), view(finding), None),
            FindingChange::Disappeared(finding) => {
                (Change::Disappeared, Vec::new(), view(finding), None)
            }
            FindingChange::Changed {
                before,
                after,
                aspects,
            } => (
                Change::Changed,
                aspects.clone(),
                view(after),
                Some(view(before)),
            ),
        };
        finding.fails =
            change != Change::Disappeared && fails(&finding, before.as_ref(), thresholds);
        RescannedView {
            change,
            aspects,
            finding,
            before: before.map(before_view),
            occurrences: places(),
        }
    });
    let findings = findings.collect();
    let doubt = touched.doubt.as_ref().map(|doubt| {
        let Component {
            purl,
            name,
            version,
            ..
        } = component;
        DoubtView {
            purl: purl.as_deref().map(str::to_owned),
            name: name.to_string(),
            version: version.as_deref().map(str::to_owned),
            reason: doubt.reason.word(),
            advisories: doubt.advisories.clone(),
            occurrences: places(),
        }
    });
    Shown { findings, doubt }
}

/// A finding fails where it meets a condition that it did not meet before, or meets one and became worse:
/// it is known to be exploited now, or its severity rose.
fn fails(finding: &FindingView, before: Option<&FindingView>, thresholds: &[Threshold]) -> bool {
    let is_met = |one: &FindingView| thresholds.iter().any(|threshold| threshold.is_met(one));
    if !is_met(finding) {
        return false;
    }
    let Some(before) = before else {
        return true;
    };
    let is_worse = (finding.kev && !before.kev)
        || finding.severity.band > before.severity.band
        || finding.severity.tenths > before.severity.tenths;
    let meets_another = thresholds
        .iter()
        .any(|threshold| threshold.is_met(finding) && !threshold.is_met(before));
    is_worse || meets_another
}

fn before_view(finding: FindingView) -> BeforeView {
    BeforeView {
        severity: finding.severity,
        fixed: finding.fixed,
        kev: finding.kev,
        nature: finding.nature,
    }
}

fn occurrence_view(one: &Occurrence) -> OccurrenceView {
    OccurrenceView {
        sbom: one.sbom.clone(),
        sha256: one.sha256,
        reference: one.reference.clone(),
        at: one.at.clone(),
    }
}

fn gap_view(gap: Gap) -> GapView {
    GapView {
        reason: gap.reason.word(),
        ecosystem: gap.ecosystem,
        release: gap.release,
        components: gap.components,
    }
}
