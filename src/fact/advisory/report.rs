//! The facts on what advisories and statements say of a dossier.

use std::collections::BTreeMap;

use super::finding::Held;
use super::word::{Documents, Speaker};
use super::{
    AGE, BANDS, CITED, CONFLICTS, EXPLOITED, Examined, FIXABLE, INVESTIGATED, JUDGED, KNOWN,
    NOTICES, OLDEST, TOUCHING, UNJUDGED, UNREADABLE, UNTOLD,
};
use crate::evidence::Citation;
use crate::evidence::advisory::Nature;
use crate::fact::dossier::Dossier;
use crate::fact::{Establishment, Fact, FactValue, ProofRank, Scope};
use crate::matching::{Doubt, Policy, Reason};
use crate::snapshot::{Coverage, Manifest, Snapshot};
use crate::time::{Date, days_between, parse_day};

/// What is told of an examined dossier.
pub(super) struct Report<'r> {
    pub(super) dossier: &'r Dossier<'r>,
    pub(super) snapshot: &'r Snapshot,
    pub(super) policy: Policy,
    /// The SBOMs and the feed.
    pub(super) citations: Vec<Citation>,
    /// SBOMs that cannot be read.
    pub(super) unreadable: &'r [Citation],
    pub(super) examined: Examined<'r>,
}

impl Report<'_> {
    pub(super) fn facts(&self, documents: &Documents, found: &mut Establishment) {
        let all: Vec<&Held<'_>> = self.examined.held.iter().collect();
        let (weaknesses, notices): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|held| held.finding.nature <= Nature::Vulnerability);
        self.number(TOUCHING, weaknesses.len(), &weaknesses, None, found);
        self.open(KNOWN, &weaknesses, found);
        self.open(NOTICES, &notices, found);
        for (key, bands) in BANDS {
            let of_band: Vec<_> = weaknesses
                .iter()
                .filter(|held| bands.contains(&held.finding.band()))
                .copied()
                .collect();
            self.open(key, &of_band, found);
        }
        self.exploited(&weaknesses, found);
        self.oldest(&weaknesses, found);
        self.fixable(&weaknesses, found);
        self.coverage(found);
        self.age(found);
        self.words(documents, &weaknesses, found);
    }

    /// Counts the findings that no statement settles.
    fn open(&self, key: &str, findings: &[&Held<'_>], found: &mut Establishment) {
        let open: Vec<_> = still_open(findings);
        self.number(key, open.len(), &open, Some(findings), found);
    }

    /// Establishes a number of findings. Nothing is a zero while a component is unjudged.
    ///
    /// `cited` are the findings that it counts, `among` those that statements may have settled.
    fn number(
        &self,
        key: &str,
        number: usize,
        cited: &[&Held<'_>],
        among: Option<&[&Held<'_>]>,
        found: &mut Establishment,
    ) {
        let among = among.unwrap_or_default();
        let citations = self.cite(cited, among);
        match self.why_no_zero() {
            Some(reason) if number == 0 => found.gap(key, reason, citations),
            _ => self.fact(key, number, rank_of(among), citations, found),
        }
    }

    /// Counts the open findings that are known to be exploited.
    ///
    /// Without a fresh list of those, only a listed one is known to be, and only where nothing is open
    /// nothing is.
    fn exploited(&self, weaknesses: &[&Held<'_>], found: &mut Establishment) {
        let listed: Vec<_> = weaknesses
            .iter()
            .filter(|held| held.finding.kev.is_some())
            .copied()
            .collect();
        let open = still_open(weaknesses);
        match self.why_no_list() {
            Some(_) if open.is_empty() => self.open(EXPLOITED, weaknesses, found),
            Some(reason) if still_open(&listed).is_empty() => {
                found.gap(EXPLOITED, reason, self.cite(&open, weaknesses));
            }
            _ => self.open(EXPLOITED, &listed, found),
        }
    }

    /// Why the list of known exploited vulnerabilities cannot be relied on.
    fn why_no_list(&self) -> Option<&'static str> {
        if self.snapshot.manifest().kev == 0 {
            return Some("no list of known exploited vulnerabilities is at hand");
        }
        let known = self.snapshot.kev_as_of().ok().flatten();
        let is_fresh = known.is_some_and(|known| {
            days_between(known, self.policy.as_of) <= self.policy.maximum_age_days
        });
        (!is_fresh).then_some("the list of known exploited vulnerabilities is too old")
    }

    /// For how many days the oldest open finding has been public.
    fn oldest(&self, weaknesses: &[&Held<'_>], found: &mut Establishment) {
        let open = still_open(weaknesses);
        let days = open.iter().map(|held| held.finding.published);
        let dated: Option<Vec<Date>> = days.collect();
        self.days(OLDEST, dated, &open, weaknesses, found);
    }

    /// For how many days the longest-standing open finding could have been mended: since the publication
    /// of the first record on it that names a version that mends it.
    fn fixable(&self, weaknesses: &[&Held<'_>], found: &mut Establishment) {
        let open: Vec<_> = still_open(weaknesses)
            .into_iter()
            .filter(|held| held.has_fix())
            .collect();
        let dated: Option<Vec<Date>> = open.iter().map(|held| held.fix_published()).collect();
        self.days(FIXABLE, dated, &open, weaknesses, found);
    }

    /// The days from the earliest of some dates; `dated` is `None` where one of them is not told.
    fn days(
        &self,
        key: &str,
        dated: Option<Vec<Date>>,
        counted: &[&Held<'_>],
        among: &[&Held<'_>],
        found: &mut Establishment,
    ) {
        let Some(dated) = dated else {
            let reason = "a record does not say when it was published";
            found.gap(key, reason, self.cite(counted, among));
            return;
        };
        let Some(earliest) = dated.into_iter().min() else {
            self.number(key, 0, counted, Some(among), found);
            return;
        };
        let days = days_between(earliest, self.policy.as_of).max(0);
        let citations = self.cite(counted, among);
        let days = usize::try_from(days).unwrap_or(usize::MAX);
        self.fact(key, days, rank_of(among), citations, found);
    }

    fn coverage(&self, found: &mut Establishment) {
        let unjudged: usize = self.examined.unjudged.values().sum();
        let components = self.examined.components;
        let mut citations = self.citations.clone();
        citations.extend(self.examined.unjudged_at.iter().cloned());
        let judged = components.saturating_sub(unjudged);
        if !self.unreadable.is_empty() {
            found.gap(JUDGED, UNREADABLE, citations.clone());
        } else if let Some(share) = (judged * 1000).checked_div(components) {
            self.machine(JUDGED, share, citations.clone(), found);
        } else {
            found.gap(JUDGED, "the SBOM lists no component", citations.clone());
        }
        if unjudged == 0 && !self.unreadable.is_empty() {
            found.gap(UNJUDGED, UNREADABLE, citations);
        } else {
            self.machine(UNJUDGED, unjudged, citations, found);
        }
    }

    /// How old the knowledge is of that ecosystem of the components whose knowledge is the oldest.
    fn age(&self, found: &mut Establishment) {
        let manifest = self.snapshot.manifest();
        let ages = self
            .examined
            .ecosystems
            .iter()
            .filter_map(|ecosystem| coverage_of(manifest, ecosystem))
            .map(|coverage| parse_day(coverage.as_of.as_deref()?));
        let known: Option<Vec<Date>> = ages.collect();
        let citations = self.citations.clone();
        match known.map(|known| known.into_iter().min()) {
            Some(Some(day)) => {
                let age = days_between(day, self.policy.as_of).max(0);
                let age = usize::try_from(age).unwrap_or(usize::MAX);
                self.machine(AGE, age, citations, found);
            }
            Some(None) => {
                let reason = "no advisory at hand speaks of an ecosystem of the SBOM";
                found.gap(AGE, reason, citations);
            }
            None => {
                found.gap(AGE, UNTOLD, citations);
            }
        }
    }

    /// What VEX statements settle, by whose word, and what they leave open.
    fn words(&self, documents: &Documents, weaknesses: &[&Held<'_>], found: &mut Establishment) {
        if documents.given.is_empty() {
            return;
        }
        let cited = |held: &[&Held<'_>]| {
            let words = held.iter().flat_map(|one| one.words());
            let documents = documents.citations();
            let mut citations = self.citations.clone();
            citations.extend(documents.chain(words));
            citations
        };
        for speaker in Speaker::ALL {
            if !documents.speaks(speaker) {
                continue;
            }
            for (key, status) in speaker.keys() {
                let settled: Vec<_> = weaknesses
                    .iter()
                    .filter(|held| held.settled_by() == Some((speaker, status)))
                    .copied()
                    .collect();
                let citations = cited(&settled);
                self.fact(key, settled.len(), speaker.rank(), citations, found);
            }
        }
        let investigated = weaknesses.iter().filter(|held| held.is_investigated());
        let conflicts = weaknesses.iter().filter(|held| held.is_conflict());
        let investigated: Vec<_> = investigated.copied().collect();
        let conflicts: Vec<_> = conflicts.copied().collect();
        for (key, meant) in [(INVESTIGATED, investigated), (CONFLICTS, conflicts)] {
            self.machine(key, meant.len(), cited(&meant), found);
        }
    }

    /// The SBOMs, the feed, the findings that are counted and the statements that took others away.
    fn cite(&self, counted: &[&Held<'_>], among: &[&Held<'_>]) -> Vec<Citation> {
        let mut citations = self.citations.clone();
        let first = counted.iter().take(CITED);
        citations.extend(first.flat_map(|held| held.places()));
        citations.extend(counted.iter().flat_map(|held| held.files()));
        citations.extend(among.iter().flat_map(|held| held.words()));
        if !self.examined.unjudged.is_empty() {
            citations.extend(self.examined.unjudged_at.iter().cloned());
        }
        citations
    }

    fn machine(
        &self,
        key: &str,
        value: usize,
        citations: Vec<Citation>,
        found: &mut Establishment,
    ) {
        self.fact(key, value, ProofRank::MACHINE, citations, found);
    }

    fn fact(
        &self,
        key: &str,
        value: usize,
        rank: ProofRank,
        citations: Vec<Citation>,
        found: &mut Establishment,
    ) {
        found.facts.push(Fact {
            key: key.into(),
            scope: Scope::Offering(self.dossier.offering.id.clone()),
            value: FactValue::Integer(i64::try_from(value).unwrap_or(i64::MAX)),
            rank,
            established: self.dossier.as_of,
            valid_until: None,
            citations,
        });
    }

    /// Why a zero is not established, in one sentence; `None` where every component was judged.
    fn why_no_zero(&self) -> Option<String> {
        if !self.unreadable.is_empty() {
            return Some(UNREADABLE.to_owned());
        }
        let unjudged = &self.examined.unjudged;
        if unjudged.is_empty() {
            return None;
        }
        let all: usize = unjudged.values().sum();
        let days = self.policy.maximum_age_days;
        // Doubts of several kinds are told as one.
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for (reason, number) in unjudged {
            let told = match reason {
                Reason::NoIdentity => "without a package URL or CPE name".to_owned(),
                Reason::EcosystemNotCovered => {
                    "of an ecosystem that no advisory at hand speaks of".to_owned()
                }
                Reason::ReleaseNotCovered => {
                    "of a release that no advisory at hand speaks of".to_owned()
                }
                Reason::FeedTooOld => {
                    format!(
                        "of an ecosystem whose advisories are undated or more than {days} days old"
                    )
                }
                Reason::Doubtful(Doubt::NoVersion) => "without a version".to_owned(),
                Reason::Doubtful(_) => "left open by the advisories that speak of them".to_owned(),
            };
            *reasons.entry(told).or_default() += number;
        }
        let reasons: Vec<String> = reasons
            .into_iter()
            .map(|(told, number)| format!("{number} {told}"))
            .collect();
        let components = self.examined.components;
        Some(format!(
            "{all} of {components} components cannot be judged: {}",
            reasons.join(", ")
        ))
    }
}

/// What a feed says of an ecosystem.
fn coverage_of<'m>(manifest: &'m Manifest, ecosystem: &str) -> Option<&'m Coverage> {
    let mut all = manifest.ecosystems.iter();
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case(ecosystem));
    found.map(|(_, coverage)| coverage)
}

/// The findings that no statement settles.
fn still_open<'a, 's>(findings: &[&'a Held<'s>]) -> Vec<&'a Held<'s>> {
    let open = findings.iter().filter(|held| held.settled_by().is_none());
    open.copied().collect()
}

/// How strongly a number is proven from which statements took findings away: no more than the weakest of
/// the words that count.
fn rank_of(findings: &[&Held<'_>]) -> ProofRank {
    let ranks = findings
        .iter()
        .filter_map(|held| held.settled_by())
        .map(|(speaker, _)| speaker.rank());
    ranks.min().unwrap_or(ProofRank::MACHINE)
}
