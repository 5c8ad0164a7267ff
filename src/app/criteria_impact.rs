//! Which running cases a new edition of the criteria touches (Common Model, Article 13).
//!
//! Each case is judged twice, under both editions, one case in memory at a time. Nothing is written: an award keeps the
//! edition that it was decided under, and its record stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::Refused;
use super::criteria_diff::Editions;
use super::library::Library;
use super::record::unwrap_record;
use super::tender::{OpenTender, TENDER_FILE, draft_clauses, judge_tender, open_tender};
use crate::assessment::verdict::VerdictKind;
use crate::criteria::diff::Edition;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::folder::{find_folders, read_folder};
use crate::id::CriterionId;
use crate::tender::record;
use crate::tender::report::{BidView, ScoreView, VerdictView};
use crate::time::Date;

/// The most cases that one report looks at.
pub const MAXIMUM_CASES: usize = 100_000;

/// How far a case or bid is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// No criterion that applies differs.
    Untouched,
    /// A criterion that applies differs, and nothing comes out otherwise.
    Touched,
    /// Something comes out otherwise.
    Changed,
    /// It cannot be judged under one of the editions.
    Unjudged,
}

/// A verdict under both editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictChange {
    /// The criterion.
    pub criterion: CriterionId,
    /// The verdict under the old edition; `null` where it has no such criterion.
    pub from: Option<String>,
    /// The verdict under the new edition.
    pub to: Option<String>,
    /// The stage, for a gate of either edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'static str>,
    /// Whether the gate closes: open before, and not now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub closes: bool,
    /// Whether the gate opens.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opens: bool,
    /// Points under both editions, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<(Option<ScoreView>, Option<ScoreView>)>,
}

/// Two values that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair<T> {
    /// Under the old edition.
    pub from: T,
    /// Under the new edition.
    pub to: T,
}

impl<T: PartialEq> Pair<T> {
    fn of(from: T, to: T) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// A bid under both editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidImpact {
    /// The bid.
    pub bid: String,
    /// How far it is reached.
    pub reach: Reach,
    /// Verdicts that differ.
    pub changed: Vec<VerdictChange>,
    /// Criteria that apply and differ without another outcome.
    pub touched: Vec<CriterionId>,
    /// How many criteria that apply are the same.
    pub untouched: usize,
    /// The score over all criteria, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Pair<Option<ScoreView>>>,
    /// In or out, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_by: Option<Pair<Vec<String>>>,
    /// The total in the ranking, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Pair<Option<String>>>,
    /// The rank, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<Pair<Option<usize>>>,
}

/// The edition in a record that lies beside a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidedUnder {
    /// The record's file.
    pub record: String,
    /// The version of its catalog.
    pub version: Option<String>,
    /// The digest of its catalog.
    pub digest: Option<Digest>,
}

/// One case under both editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseImpact {
    /// Its folder, below the one that was named.
    pub case: String,
    /// The tender, where it could be opened.
    pub tender: Option<String>,
    /// The day as of which it was judged.
    pub as_of: Option<String>,
    /// How far it is reached.
    pub reach: Reach,
    /// The records beside it: their edition stays.
    pub decided_under: Vec<DecidedUnder>,
    /// Its bids.
    pub bids: Vec<BidImpact>,
    /// The winner, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub winner: Option<Pair<Vec<String>>>,
    /// Clauses that the specification gains.
    pub clauses_added: Vec<String>,
    /// Clauses that it loses.
    pub clauses_removed: Vec<String>,
    /// Clauses of which the text differs.
    pub clauses_changed: Vec<String>,
    /// Whether the specification has gaps under one edition only: `from` and `to` count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause_gaps: Option<Pair<usize>>,
    /// Why it cannot be judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Diagnostic>,
}

/// The impact of an edition, schema `mekiki/criteria-impact/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// The schema.
    pub schema: &'static str,
    /// The old edition.
    pub old: Edition,
    /// The new edition.
    pub new: Edition,
    /// Always false: past awards keep the edition that they were decided under.
    pub records_changed: bool,
    /// The criteria that may decide otherwise.
    pub criteria: Vec<CriterionId>,
    /// The cases by folder.
    pub cases: Vec<CaseImpact>,
}

impl Impact {
    /// How many cases are reached this far.
    pub fn count(&self, reach: Reach) -> usize {
        self.cases.iter().filter(|case| case.reach == reach).count()
    }
}

/// Judges every case below `root` under both editions, as of its own day or of `as_of`.
///
/// # Errors
///
/// When the folder cannot be walked. A case that cannot be judged is told as such.
pub fn impact(editions: &Editions, root: &str, as_of: Option<Date>) -> Result<Impact, Refused> {
    let difference = editions.difference();
    let touched = difference.touched(&editions.old.catalog, &editions.new.catalog);
    let folders = find_folders(root, TENDER_FILE, MAXIMUM_CASES)?;
    let mut cases = Vec::new();
    for folder in &folders {
        cases.push(case(editions, root, folder, as_of, &touched));
    }
    Ok(Impact {
        schema: "mekiki/criteria-impact/v1",
        old: difference.old,
        new: difference.new,
        records_changed: false,
        criteria: touched.into_iter().collect(),
        cases,
    })
}

fn case(
    editions: &Editions,
    root: &str,
    folder: &str,
    as_of: Option<Date>,
    touched: &BTreeSet<CriterionId>,
) -> CaseImpact {
    let mut report = CaseImpact {
        case: folder.to_owned(),
        tender: None,
        as_of: None,
        reach: Reach::Unjudged,
        decided_under: Vec::new(),
        bids: Vec::new(),
        winner: None,
        clauses_added: Vec::new(),
        clauses_removed: Vec::new(),
        clauses_changed: Vec::new(),
        clause_gaps: None,
        faults: Vec::new(),
    };
    let path = if folder.is_empty() {
        root.to_owned()
    } else {
        format!("{root}/{folder}")
    };
    let evidence = match read_folder(&path) {
        Ok(evidence) => evidence,
        Err(error) => {
            report.faults = vec![error.diagnostic()];
            return report;
        }
    };
    report.decided_under = records(&evidence);
    if let Err(Refused(faults)) = judge_both(editions, evidence, as_of, touched, &mut report) {
        report.faults = faults;
        report.reach = Reach::Unjudged;
    }
    report
}

/// The records beside a case.
fn records(evidence: &[Evidence]) -> Vec<DecidedUnder> {
    let beside = evidence.iter().filter(|one| !one.path.contains('/'));
    beside
        .filter(|one| one.path != TENDER_FILE)
        .filter_map(|one| {
            let inside = unwrap_record(&one.bytes).ok()?;
            let record = record::read(inside.as_deref().unwrap_or(&one.bytes)).ok()?;
            let version = record.document.pointer("/catalog/version");
            Some(DecidedUnder {
                record: one.path.clone(),
                version: version.and_then(Value::as_str).map(str::to_owned),
                digest: record.catalog_digest,
            })
        })
        .collect()
}

fn judge_both(
    editions: &Editions,
    evidence: Vec<Evidence>,
    as_of: Option<Date>,
    touched: &BTreeSet<CriterionId>,
    report: &mut CaseImpact,
) -> Result<(), Refused> {
    let old_case = open_tender(&editions.old, evidence.clone())?;
    report.tender = Some(old_case.tender.id.to_string());
    let day = as_of.unwrap_or(old_case.tender.as_of);
    report.as_of = Some(crate::time::instant(day));
    let before = judge_tender(&editions.old, &old_case, Some(day))?.view;
    let new_case = open_tender(&editions.new, evidence)?;
    let after = judge_tender(&editions.new, &new_case, Some(day))?.view;
    let later: BTreeMap<_, _> = after.bids.iter().map(|bid| (&bid.id, bid)).collect();
    report.bids = before
        .bids
        .iter()
        .filter_map(|bid| Some(bid_impact(bid, later.get(&bid.id)?, touched)))
        .collect();
    let names = |ids: &[crate::id::BidId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    report.winner = Pair::of(names(&before.winner), names(&after.winner));
    clauses(editions, &old_case, &new_case, report);
    let bids = report.bids.iter().map(|bid| bid.reach).max();
    let paper = report.winner.is_some()
        || report.clause_gaps.is_some()
        || [
            &report.clauses_added,
            &report.clauses_removed,
            &report.clauses_changed,
        ]
        .iter()
        .any(|list| !list.is_empty());
    report.reach = if paper {
        Reach::Changed
    } else {
        bids.unwrap_or(Reach::Untouched)
    };
    Ok(())
}

fn bid_impact(old: &BidView, new: &BidView, touched: &BTreeSet<CriterionId>) -> BidImpact {
    let verdicts = |bid: &BidView| {
        let list = bid.assessment.iter().flat_map(|one| &one.verdicts);
        list.map(|one| (one.criterion.clone(), one.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (verdicts(old), verdicts(new));
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut impact = BidImpact {
        bid: old.id.to_string(),
        reach: Reach::Untouched,
        changed: Vec::new(),
        touched: Vec::new(),
        untouched: 0,
        score: Pair::of(score(old), score(new)),
        excluded_by: Pair::of(old.excluded_by.clone(), new.excluded_by.clone()),
        total: Pair::of(
            old.total.as_ref().map(ToString::to_string),
            new.total.as_ref().map(ToString::to_string),
        ),
        rank: Pair::of(old.rank, new.rank),
    };
    for id in ids {
        let (from, to) = (before.get(id), after.get(id));
        if !applies(from) && !applies(to) {
            continue;
        }
        if let Some(change) = verdict_change(id, from, to) {
            impact.changed.push(change);
        } else if touched.contains(id) {
            impact.touched.push(id.clone());
        } else {
            impact.untouched += 1;
        }
    }
    let ranking = impact.score.is_some()
        || impact.excluded_by.is_some()
        || impact.total.is_some()
        || impact.rank.is_some();
    impact.reach = if ranking || !impact.changed.is_empty() {
        Reach::Changed
    } else if impact.touched.is_empty() {
        Reach::Untouched
    } else {
        Reach::Touched
    };
    impact
}

fn score(bid: &BidView) -> Option<ScoreView> {
    bid.assessment.as_ref().map(|one| one.score.clone())
}

fn applies(verdict: Option<&VerdictView>) -> bool {
    verdict.is_some_and(|one| one.verdict.kind != VerdictKind::NotApplicable)
}

fn verdict_change(
    criterion: &CriterionId,
    from: Option<&VerdictView>,
    to: Option<&VerdictView>,
) -> Option<VerdictChange> {
    let word = |one: Option<&VerdictView>| one.map(|one| one.verdict.word());
    let points = |one: Option<&VerdictView>| one.and_then(|one| one.points.clone());
    let stage = |one: Option<&VerdictView>| one.and_then(|one| one.stage);
    if word(from) == word(to) && points(from) == points(to) && stage(from) == stage(to) {
        return None;
    }
    let shut = |one: Option<&VerdictView>| {
        one.is_some_and(|one| one.stage.is_some() && !one.verdict.kind.opens_gate())
    };
    let points = (points(from), points(to));
    Some(VerdictChange {
        criterion: criterion.clone(),
        from: word(from),
        to: word(to),
        stage: stage(to).or(stage(from)).map(crate::criteria::Stage::word),
        closes: !shut(from) && shut(to),
        opens: shut(from) && !shut(to),
        points: (points.0 != points.1).then_some(points),
    })
}

fn clauses(
    editions: &Editions,
    old_case: &OpenTender,
    new_case: &OpenTender,
    report: &mut CaseImpact,
) {
    let drafted = |library: &Library, case: &OpenTender| {
        if case.tender.catalog.is_none() {
            return Ok(BTreeMap::new());
        }
        let clauses = draft_clauses(library, case).map_err(|gaps| gaps.len())?;
        let texts = clauses
            .into_iter()
            .map(|one| (one.id.to_string(), one.text));
        Ok::<BTreeMap<_, _>, usize>(texts.collect())
    };
    let before = drafted(&editions.old, old_case);
    let after = drafted(&editions.new, new_case);
    let gaps = |drafted: &Result<BTreeMap<_, _>, usize>| *drafted.as_ref().err().unwrap_or(&0);
    report.clause_gaps = Pair::of(gaps(&before), gaps(&after));
    if let (Ok(before), Ok(after)) = (before, after) {
        let missing = |one: &BTreeMap<String, crate::text::Text>,
                       other: &BTreeMap<String, crate::text::Text>| {
            let ids = one.keys().filter(|id| !other.contains_key(*id));
            ids.cloned().collect()
        };
        report.clauses_added = missing(&after, &before);
        report.clauses_removed = missing(&before, &after);
        let both = before
            .iter()
            .filter(|(id, text)| after.get(*id).is_some_and(|other| other != *text));
        report.clauses_changed = both.map(|(id, _)| id.clone()).collect();
    }
}
