//! Which advisories of a snapshot touch which components, as far as that can be told.
//!
//! Every component ends in one of three ways: judged and touched by nothing, judged and touched, or not
//! judged, with the reason. A feed that is empty, too old or silent about an ecosystem never makes a
//! component clean. A finding names the place of the component, the record by its digest, and the event in
//! it that made the match.

mod finding;
mod identity;
mod range;
mod release;
mod support;

pub use finding::{Finding, Rated, Record};
pub use identity::{Identity, SOURCE_PROPERTIES, identities};
pub use range::{Cause, Doubt, Hit, evaluate};
pub use support::{Ended, Support};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::iter::ParallelIterator as _;
use rayon::slice::ParallelSlice as _;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::evidence::sbom::model::{Component, ComponentKind};
use crate::purl::Purl;
use crate::snapshot::{Coverage, Snapshot, StoredAffected, release_of};
use crate::time::{Date, day_of_seconds, days_between, parse_day};

/// How many days old the knowledge of an ecosystem may be where nobody says otherwise. The number is ours:
/// databases publish daily, and a month is the least often that anybody who keeps a feed should fetch.
pub const MAXIMUM_AGE_DAYS: i64 = 30;

/// How many components are judged one after another; more are judged beside each other.
const CHUNK: usize = 512;

/// By what day and rules components are judged.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The day of the judgment: what was published later is not known, what was withdrawn by then is void.
    pub as_of: Date,
    /// How many days old the knowledge of an ecosystem may be.
    pub maximum_age_days: i64,
}

/// Why a component could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It has neither a package URL nor a CPE name.
    NoIdentity,
    /// No record of the snapshot speaks of its ecosystem.
    EcosystemNotCovered,
    /// No record speaks of its release of the distribution.
    ReleaseNotCovered,
    /// What is known of its ecosystem is older than the policy allows.
    FeedTooOld,
    /// Records that speak of it leave open whether this version is touched.
    Doubtful(Doubt),
}

impl Reason {
    /// The word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoIdentity => "no-identity",
            Self::EcosystemNotCovered => "ecosystem-not-covered",
            Self::ReleaseNotCovered => "release-not-covered",
            Self::FeedTooOld => "feed-too-old",
            Self::Doubtful(Doubt::NoVersion) => "no-version",
            Self::Doubtful(Doubt::Unorderable) => "version-unorderable",
            Self::Doubtful(Doubt::CommitsOnly) => "commits-only",
            Self::Doubtful(Doubt::NoVersionsNamed) => "no-versions-named",
            Self::Doubtful(Doubt::ReleaseUntold) => "release-untold",
        }
    }
}

/// A component that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged<'s> {
    /// The component.
    pub component: &'s Component,
    /// Its position in what was judged.
    pub position: u32,
    /// Why.
    pub reason: Reason,
    /// The ecosystem, where the component has one.
    pub ecosystem: Option<&'static str>,
    /// The advisories that leave it open, where those are the reason.
    pub advisories: Vec<String>,
}

/// What came out for a list of components.
#[derive(Debug, Clone, Default)]
pub struct Outcome<'s> {
    /// How many components were to be judged.
    pub components: usize,
    /// How many of them are packages of an ecosystem, by ecosystem.
    pub by_ecosystem: BTreeMap<&'static str, usize>,
    /// Files without an identity of their own, which no advisory can speak of.
    pub passed_over: usize,
    /// What touches them, in the order of the components.
    pub findings: Vec<Finding<'s>>,
    /// What could not be judged, likewise.
    pub unjudged: Vec<Unjudged<'s>>,
    /// Components of products whose dates of support are known, likewise.
    pub supports: Vec<Support<'s>>,
    /// How many advisories on these components were published after the day.
    pub later: usize,
}

/// A snapshot with the rules of a judgment.
pub struct Matcher<'f> {
    snapshot: &'f Snapshot,
    policy: Policy,
    /// By ecosystem in lower case: its coverage, and whether it is fresh enough.
    covered: HashMap<String, (&'f Coverage, bool)>,
}

impl<'f> Matcher<'f> {
    /// Prepares a judgment.
    pub fn new(snapshot: &'f Snapshot, policy: Policy) -> Self {
        let manifest = snapshot.manifest();
        let covered = manifest.ecosystems.iter().map(|(name, coverage)| {
            let is_fresh = is_fresh(coverage.as_of.as_deref(), policy);
            (name.to_lowercase(), (coverage, is_fresh))
        });
        Self {
            snapshot,
            policy,
            covered: covered.collect(),
        }
    }

    /// Judges components.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where the snapshot is not what it was.
    pub fn judge<'s>(
        &self,
        components: impl IntoIterator<Item = &'s Component>,
    ) -> Result<Outcome<'s>, Diagnostic> {
        let components: Vec<(u32, &Component)> = (0u32..).zip(components).collect();
        if components.len() <= CHUNK {
            return self.chunk(&components);
        }
        // In the order of the components, so that the outcome does not depend on who was faster.
        let outcomes: Vec<Outcome<'s>> = components
            .par_chunks(CHUNK)
            .map(|chunk| self.chunk(chunk))
            .collect::<Result<_, _>>()?;
        let mut whole = Outcome::default();
        for outcome in outcomes {
            let Outcome {
                components,
                by_ecosystem,
                passed_over,
                findings,
                unjudged,
                supports,
                later,
            } = outcome;
            whole.components += components;
            for (ecosystem, count) in by_ecosystem {
                *whole.by_ecosystem.entry(ecosystem).or_default() += count;
            }
            whole.passed_over += passed_over;
            whole.findings.extend(findings);
            whole.unjudged.extend(unjudged);
            whole.supports.extend(supports);
            whole.later += later;
        }
        Ok(whole)
    }

    fn chunk<'s>(&self, components: &[(u32, &'s Component)]) -> Result<Outcome<'s>, Diagnostic> {
        let mut outcome = Outcome::default();
        for (position, component) in components {
            let identities = identities(component);
            if is_passed_over(component, &identities) {
                outcome.passed_over += 1;
                continue;
            }
            outcome.components += 1;
            let ecosystem = identities.iter().find_map(|identity| identity.ecosystem);
            if let Some(ecosystem) = ecosystem {
                *outcome.by_ecosystem.entry(ecosystem).or_default() += 1;
            }
            self.component((*position, component), &identities, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn component<'s>(
        &self,
        (position, component): (u32, &'s Component),
        identities: &[Identity],
        outcome: &mut Outcome<'s>,
    ) -> Result<(), Diagnostic> {
        let mut touched = Vec::new();
        let mut doubts: Vec<(Doubt, u32)> = Vec::new();
        let missing = self.missing(identities)?;
        for identity in identities {
            self.identity(identity, &mut touched, &mut doubts, &mut outcome.later)?;
        }
        let supports = support::of(
            self.snapshot,
            (position, component),
            identities,
            self.policy,
        )?;
        outcome.supports.extend(supports);
        let found: BTreeSet<u32> = touched.iter().map(|(number, ..)| *number).collect();
        doubts.retain(|(_, number)| !found.contains(number));
        outcome.findings.extend(finding::merge(
            self.snapshot,
            (position, component),
            touched,
        )?);
        let ecosystem = identities.iter().find_map(|identity| identity.ecosystem);
        let unjudged = |reason, advisories| Unjudged {
            component,
            position,
            reason,
            ecosystem,
            advisories,
        };
        if let Some(reason) = missing {
            outcome.unjudged.push(unjudged(reason, Vec::new()));
        } else if let Some((doubt, _)) = doubts.iter().min() {
            let mut numbers: Vec<u32> = doubts.iter().map(|(_, number)| *number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let ids = numbers
                .into_iter()
                .map(|number| {
                    self.snapshot
                        .advisory(number, |advisory| advisory.id.to_owned())
                })
                .collect::<Result<_, _>>()?;
            outcome
                .unjudged
                .push(unjudged(Reason::Doubtful(*doubt), ids));
        }
        Ok(())
    }

    /// Why the snapshot cannot judge a component of these identities, whatever its advisories say; `None`
    /// where it covers one of them.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn missing(&self, identities: &[Identity]) -> Result<Option<Reason>, Diagnostic> {
        let mut worst = Reason::NoIdentity;
        for identity in identities {
            let covers = identity
                .ecosystem
                .map(|ecosystem| self.covers(ecosystem, identity.distro.as_deref()));
            let reason = match covers {
                Some(reason) if reason != Some(Reason::EcosystemNotCovered) => reason,
                // Without a database only a product that some record names is known to be watched.
                _ if !self.snapshot.knows(&identity.key)? => Some(Reason::EcosystemNotCovered),
                _ => {
                    let known = self.snapshot.manifest().as_of.as_deref();
                    (!is_fresh(known, self.policy)).then_some(Reason::FeedTooOld)
                }
            };
            match reason {
                Some(reason) => worst = worst.max(reason),
                None => return Ok(None),
            }
        }
        Ok(Some(worst))
    }

    /// Why no database of the snapshot covers an ecosystem, and the release of it that package URLs call
    /// `distro`; `None` where one does.
    pub fn covers(&self, ecosystem: &str, distro: Option<&str>) -> Option<Reason> {
        let Some((coverage, is_fresh)) = self.covered.get(&ecosystem.to_lowercase()) else {
            return Some(Reason::EcosystemNotCovered);
        };
        if let Some(distro) = distro
            && !coverage.releases.is_empty()
            && !coverage
                .releases
                .iter()
                .any(|release| release::is_same(ecosystem, release, distro))
        {
            return Some(Reason::ReleaseNotCovered);
        }
        (!is_fresh).then_some(Reason::FeedTooOld)
    }

    /// Looks an identity up.
    fn identity(
        &self,
        identity: &Identity,
        touched: &mut Vec<(u32, Cause, Vec<Rated>)>,
        doubts: &mut Vec<(Doubt, u32)>,
        later: &mut usize,
    ) -> Result<(), Diagnostic> {
        self.snapshot.affected(&identity.key, &mut |affected| {
            if self.is_void(&affected) || !concerns(identity, &affected) {
                return Ok(());
            }
            let hit = match identity.version.as_deref() {
                Some(version) => evaluate(version, identity.scheme, &affected),
                None => Hit::Unknown(Doubt::NoVersion),
            };
            if hit == Hit::NotAffected {
                return Ok(());
            }
            if self.is_later(&affected) {
                *later += 1;
                return Ok(());
            }
            let release = affected.ecosystem.and_then(release_of);
            if release.is_some() && identity.distro.is_none() {
                doubts.push((Doubt::ReleaseUntold, affected.advisory));
                return Ok(());
            }
            match hit {
                Hit::Affected(cause) => {
                    let ratings = affected.ratings.iter().map(Rated::new).collect();
                    touched.push((affected.advisory, cause, ratings));
                }
                Hit::Unknown(doubt) => doubts.push((doubt, affected.advisory)),
                Hit::NotAffected => {}
            }
            Ok(())
        })
    }

    fn is_void(&self, affected: &StoredAffected<'_>) -> bool {
        let withdrawn = affected.withdrawn.and_then(day_of_seconds);
        withdrawn.is_some_and(|day| day <= self.policy.as_of)
    }

    fn is_later(&self, affected: &StoredAffected<'_>) -> bool {
        let published = affected.published.and_then(day_of_seconds);
        published.is_some_and(|day| day > self.policy.as_of)
    }
}

/// Whether a component is of a kind that no database of advisories speaks of, and has no identity either:
/// what it holds is listed beside it, package by package, if at all.
pub fn is_passed_over(component: &Component, identities: &[Identity]) -> bool {
    identities.is_empty()
        && matches!(
            component.kind,
            ComponentKind::File
                | ComponentKind::OperatingSystem
                | ComponentKind::Data
                | ComponentKind::Specification
                | ComponentKind::CryptographicAsset
        )
}

/// Whether knowledge up to a day is fresh enough. Knowledge without a day is not.
fn is_fresh(known: Option<&str>, policy: Policy) -> bool {
    let known = known.and_then(parse_day);
    known.is_some_and(|known| days_between(known, policy.as_of) <= policy.maximum_age_days)
}

/// Whether an entry speaks of this kind of the package: its release, architecture and CPE name.
fn concerns(identity: &Identity, affected: &StoredAffected<'_>) -> bool {
    if let (Some(release), Some(distro), Some(ecosystem)) = (
        affected.ecosystem.and_then(release_of),
        identity.distro.as_deref(),
        identity.ecosystem,
    ) && !release::is_same(ecosystem, release, distro)
    {
        return false;
    }
    if let (Some(cpe), Some(own)) = (
        affected.cpe.and_then(crate::cpe::Cpe::parse),
        identity.cpe.as_ref(),
    ) {
        return cpe.covers_beside_version(own);
    }
    let stated = affected.purl.filter(|purl| purl.contains("arch="));
    let Some(purl) = stated.and_then(Purl::parse) else {
        return true;
    };
    let arch = purl.qualifiers.iter().find(|(key, _)| key == "arch");
    match (arch, identity.arch.as_deref()) {
        (Some((_, stated)), Some(own)) => {
            stated == own || matches!(stated.as_str(), "noarch" | "all" | "src")
        }
        _ => true,
    }
}
