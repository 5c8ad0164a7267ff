//! The published result of a scan, schema `mekiki/scan/v1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Request, SupportView, Threshold};
use crate::cvss::{Severity, decimal};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::advisory::Nature;
use crate::evidence::sbom::model::{Component, Sbom};
use crate::evidence::vex::Status;
use crate::matching::{Finding, Rated, Record, Unjudged};
use crate::time::{Date, days_between, instant, parse_day};
use crate::triage::{Decision, Triage, Unbound, Voice};

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every component was judged, and nothing that was found meets a condition.
    Acceptable,
    /// Something that was found meets a condition.
    NotAcceptable,
    /// Nothing that was found meets a condition, but components are left that could not be judged.
    Unverifiable,
}

/// The result of a scan.
#[derive(Debug, Serialize)]
pub struct ScanView {
    schema: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The day of the judgment.
    pub as_of: String,
    /// The files, in the order in which they were named.
    pub files: Vec<FileView>,
    /// How many components were to be judged.
    pub components: usize,
    /// What could not be judged.
    pub unjudged: Vec<UnjudgedView>,
    /// How many components could not be judged, by reason.
    pub unjudged_by_reason: BTreeMap<&'static str, usize>,
    /// What was found.
    pub findings: Vec<FindingView>,
    /// Components of products whose dates of support are known.
    pub supports: Vec<SupportView>,
    /// How many advisories on these components were published after the day and left aside.
    pub later: usize,
    /// VEX statements that bind to nothing here.
    pub unbound: Vec<UnboundView>,
    /// What they were judged by.
    pub feed: FeedView,
    /// Remarks on the feed and on the VEX documents.
    pub remarks: Vec<Diagnostic>,
}

/// A scanned file.
#[derive(Debug, Serialize)]
pub struct FileView {
    /// The path as given.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How many of its components were to be judged.
    pub components: usize,
    /// Files in it without an identity of their own.
    pub passed_over: usize,
    /// Packages of the product itself, in a lock file.
    pub own: usize,
    /// How many of its components something touches.
    pub touched: usize,
}

/// A component, by everything that finds it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ComponentView {
    /// The file.
    pub file: String,
    /// The document's own name for it.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its package URL.
    pub purl: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// A component that could not be judged.
#[derive(Debug, Serialize)]
pub struct UnjudgedView {
    /// The component.
    pub component: ComponentView,
    /// Why: a stable word.
    pub reason: &'static str,
    /// Its ecosystem, where it has one.
    pub ecosystem: Option<&'static str>,
    /// The advisories that leave it open.
    pub advisories: Vec<String>,
}

/// What the snapshot knows, and how fresh it is.
#[derive(Debug, Serialize)]
pub struct FeedView {
    /// The digest that names it.
    pub digest: Digest,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// How old that is on the day of the judgment; negative where it is later.
    pub age_days: Option<i64>,
    /// How old the knowledge of an ecosystem may be.
    pub maximum_age_days: i64,
    /// Advisories in it.
    pub advisories: u64,
    /// Entries of known exploited vulnerabilities; zero where the list was not imported.
    pub kev: u64,
    /// CVEs with a probability of exploitation; zero where the scores were not imported.
    pub epss: u64,
    /// By ecosystem.
    pub ecosystems: BTreeMap<String, EcosystemView>,
}

/// What the snapshot knows of an ecosystem.
#[derive(Debug, Serialize)]
pub struct EcosystemView {
    /// Advisories that name a package of it.
    pub records: u64,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// How old that is.
    pub age_days: Option<i64>,
    /// Whether that is within the policy.
    pub fresh: bool,
}

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
    #[serde(skip)]
    pub(super) band: Option<Severity>,
    #[serde(skip)]
    pub(super) tenths: Option<u16>,
}

impl SeverityView {
    fn new(rated: Option<&Rated>) -> Self {
        let band = rated.and_then(|rated| rated.severity);
        let tenths = rated.and_then(|rated| rated.tenths);
        let cvss = rated.and_then(|rated| rated.cvss);
        Self {
            rating: band.map_or("unknown", Severity::word),
            score: tenths.map(decimal),
            vector: rated
                .filter(|_| cvss.is_some())
                .map(|rated| rated.value.clone()),
            cvss,
            source: rated.map(|rated| rated.source.clone()),
            band,
            tenths,
        }
    }

    /// The band, where anybody rates it.
    pub fn band(&self) -> Option<Severity> {
        self.band
    }

    /// The score in tenths, where there is one.
    pub fn tenths(&self) -> Option<u16> {
        self.tenths
    }
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
    #[serde(skip)]
    pub(super) units: u32,
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

/// What VEX statements say of a finding.
#[derive(Debug, Serialize)]
pub struct StatementView {
    /// The status that counts; `None` where every statement is left aside.
    pub status: Option<Status>,
    /// The document of the statement that decides.
    pub source: Option<String>,
    /// Its digest.
    pub sha256: Option<Digest>,
    /// The statement's place in it.
    pub at: Option<Place>,
    /// Who speaks.
    pub author: Option<String>,
    /// The level of trust in them.
    pub trust: Option<String>,
    /// Why it is not affected.
    pub justification: Option<String>,
    /// How it has or has no effect.
    pub impact: Option<String>,
    /// What to do.
    pub action: Option<String>,
    /// Whether statements of the same weight contradict each other; the most careful one counts, and the
    /// finding stays open.
    pub conflict: bool,
    /// Whether it could not be told if the statement still holds.
    pub undated: bool,
    /// Statements that say something else, and those that do not hold on the day.
    pub others: Vec<OtherView>,
}

/// A statement that does not decide.
#[derive(Debug, Serialize)]
pub struct OtherView {
    /// Why it does not: `conflicting`, `overruled`, `expired` or `not-yet`.
    pub why: &'static str,
    /// What it says.
    pub status: Status,
    /// Its document.
    pub source: String,
    /// Its place.
    pub at: Place,
}

/// A VEX statement that binds to nothing.
#[derive(Debug, Serialize)]
pub struct UnboundView {
    /// Its document.
    pub source: String,
    /// Its place.
    pub at: Place,
    /// The vulnerability.
    pub vulnerability: Vec<String>,
    /// Why: a stable word.
    pub reason: &'static str,
}

impl ScanView {
    pub(super) fn new(request: &Request<'_>, remarks: Vec<Diagnostic>) -> Self {
        let mut all = request.feed.remarks.clone();
        all.extend(remarks);
        Self {
            schema: "mekiki/scan/v1",
            verdict: Verdict::Unverifiable,
            as_of: instant(request.policy.as_of),
            files: Vec::new(),
            components: 0,
            unjudged: Vec::new(),
            unjudged_by_reason: BTreeMap::new(),
            findings: Vec::new(),
            supports: Vec::new(),
            later: 0,
            unbound: Vec::new(),
            feed: feed_view(request),
            remarks: all,
        }
    }

    /// Whether there was nothing to judge at all: an empty list says nothing of the product.
    pub fn is_empty(&self) -> bool {
        self.files
            .iter()
            .any(|file| file.components + file.own == 0)
    }

    /// Says which findings fail and how it ends.
    pub(super) fn judge(&mut self, thresholds: &[Threshold]) {
        for finding in &mut self.findings {
            let is_met = thresholds.iter().any(|one| one.is_met(finding));
            finding.fails = is_met && !finding.is_settled();
        }
        for support in &mut self.supports {
            support.fails = support.is_ended() && thresholds.contains(&Threshold::EndOfSupport);
        }
        for one in &self.unjudged {
            *self.unjudged_by_reason.entry(one.reason).or_default() += 1;
        }
        let fails = self.findings.iter().any(|finding| finding.fails)
            || self.supports.iter().any(|support| support.fails);
        self.verdict = if fails {
            Verdict::NotAcceptable
        } else if self.unjudged.is_empty() && !self.is_empty() {
            Verdict::Acceptable
        } else {
            Verdict::Unverifiable
        };
    }
}

fn feed_view(request: &Request<'_>) -> FeedView {
    let manifest = request.feed.snapshot.manifest();
    let as_of = request.policy.as_of;
    let age = |known: Option<&str>| {
        known
            .and_then(parse_day)
            .map(|day| days_between(day, as_of))
    };
    let written = |known: Option<&str>| known.and_then(parse_day).map(instant);
    FeedView {
        digest: request.feed.snapshot.digest(),
        as_of: written(manifest.as_of.as_deref()),
        age_days: age(manifest.as_of.as_deref()),
        maximum_age_days: request.policy.maximum_age_days,
        advisories: manifest.advisories,
        kev: manifest.kev,
        epss: manifest.epss,
        ecosystems: manifest
            .ecosystems
            .iter()
            .map(|(name, coverage)| {
                let age_days = age(coverage.as_of.as_deref());
                let view = EcosystemView {
                    records: coverage.records,
                    as_of: written(coverage.as_of.as_deref()),
                    age_days,
                    fresh: age_days.is_some_and(|age| age <= request.policy.maximum_age_days),
                };
                (name.clone(), view)
            })
            .collect(),
    }
}

pub(super) fn component_view(path: &str, sbom: &Sbom, component: &Component) -> ComponentView {
    ComponentView {
        file: path.to_owned(),
        reference: sbom.reference_of(component).to_owned(),
        purl: component.purl.as_deref().map(str::to_owned),
        name: component.name.to_string(),
        version: component.version.as_deref().map(str::to_owned),
        at: component.at.place(),
    }
}

pub(super) fn unjudged_view(path: &str, sbom: &Sbom, unjudged: &Unjudged<'_>) -> UnjudgedView {
    UnjudgedView {
        component: component_view(path, sbom, unjudged.component),
        reason: unjudged.reason.word(),
        ecosystem: unjudged.ecosystem,
        advisories: unjudged.advisories.clone(),
    }
}

pub(in crate::app) fn finding_view(
    path: &str,
    sbom: &Sbom,
    finding: &Finding<'_>,
    decision: Option<&Decision<'_>>,
    as_of: Date,
) -> FindingView {
    let units = |value: u32| format!("{}.{:09}", value / 1_000_000_000, value % 1_000_000_000);
    FindingView {
        component: component_view(path, sbom, finding.component),
        ids: finding.ids.clone(),
        upstream: finding.upstream.clone(),
        related: finding.related.clone(),
        nature: finding.nature,
        summary: finding.summary().to_owned(),
        severity: SeverityView::new(finding.severity.as_ref()),
        fixed: finding.fixed.clone(),
        kev: finding.kev.is_some(),
        kev_entry: finding.kev.as_ref().map(|entry| KevView {
            added: entry.added.clone(),
            due: entry.due.clone(),
            ransomware: entry.ransomware,
        }),
        epss: finding.epss.map(|(probability, percentile)| EpssView {
            probability: units(probability),
            percentile: units(percentile),
            units: probability,
        }),
        published: finding.published.map(|day| day.to_string()),
        age_days: finding.published.map(|day| days_between(day, as_of)),
        vex: decision.map(statement_view),
        fails: false,
        records: finding.records.iter().map(record_view).collect(),
    }
}

fn record_view(record: &Record) -> RecordView {
    RecordView {
        id: record.id.clone(),
        file: record.file.clone(),
        sha256: record.sha256,
        at: record.at.clone(),
        matched_at: record.cause.at.clone(),
        matched: record.cause.event.clone(),
        url: record.url.clone(),
        modified: record.modified.map(|day| day.to_string()),
    }
}

fn statement_view(decision: &Decision<'_>) -> StatementView {
    let by = decision.by.as_ref();
    let text = |pick: fn(&Voice<'_>) -> Option<String>| by.and_then(pick);
    let mut others = Vec::new();
    for (why, voices) in [
        ("conflicting", &decision.conflicting),
        ("overruled", &decision.overruled),
        ("expired", &decision.expired),
        ("not-yet", &decision.not_yet),
    ] {
        others.extend(voices.iter().map(|voice| OtherView {
            why,
            status: voice.statement.status,
            source: voice.given.path.clone(),
            at: voice.statement.at.clone(),
        }));
    }
    StatementView {
        status: decision.status,
        source: by.map(|voice| voice.given.path.clone()),
        sha256: by.map(|voice| voice.given.digest),
        at: by.map(|voice| voice.statement.at.clone()),
        author: text(|voice| voice.given.document.author.clone()),
        trust: by.map(|voice| voice.trust.to_owned()),
        justification: text(|voice| voice.statement.justification.clone()),
        impact: text(|voice| voice.statement.impact.clone()),
        action: text(|voice| voice.statement.action.clone()),
        conflict: decision.is_conflict(),
        undated: decision.is_undated,
        others,
    }
}

pub(super) fn unbound_view(triage: &Triage, unbound: &Unbound) -> UnboundView {
    let given = triage.documents().get(unbound.document);
    let statement = given.and_then(|given| given.document.statements.get(unbound.statement));
    UnboundView {
        source: given.map(|given| given.path.clone()).unwrap_or_default(),
        at: unbound.at.clone(),
        vulnerability: statement
            .map(|statement| statement.vulnerability.clone())
            .unwrap_or_default(),
        reason: unbound.reason.word(),
    }
}
