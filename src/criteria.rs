//! Criteria as data: the catalog and its criteria.
//!
//! To add a criterion, add one TOML file with its examples to the catalog's folder; no code changes.

pub mod case;
pub mod diff;
pub mod framework;
pub mod overlay;
pub mod parse;
pub mod rule;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::criteria::overlay::{Layer, LayerChange};
use crate::criteria::rule::Rule;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::fact::ProofRank;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{ClauseId, CriterionId};
use crate::text::Text;
use crate::time::Date;

/// A versioned set of criteria.
#[derive(Debug)]
pub struct Catalog {
    /// Identifier.
    pub id: String,
    /// Semantic version.
    pub version: semver::Version,
    /// The first day of use.
    pub valid_from: Date,
    /// Title.
    pub title: Text,
    /// Cap on a level by the rank 0 to 6 of its evidence, in per mille.
    pub caps: [i64; 7],
    /// The documents that sources cite.
    pub documents: Vec<SourceDocument>,
    /// The criteria by identifier.
    pub criteria: BTreeMap<CriterionId, Criterion>,
    /// The facts that rules may use.
    pub vocabulary: Vocabulary,
    /// Digest over every file of the catalog and the vocabulary, and of the overlays that lie over it.
    pub digest: Digest,
    /// The overlays that lie over the base, in order.
    pub layers: Vec<Layer>,
    /// What a reader should know about where the catalog comes from.
    pub remarks: Vec<Diagnostic>,
}

/// A document that criteria cite.
#[derive(Debug, Clone, Serialize)]
pub struct SourceDocument {
    /// Identifier used by [`StandardCitation::document`].
    pub id: String,
    /// Edition or revision.
    pub edition: String,
    /// Whether the text was at hand.
    pub mark: Mark,
    /// Title.
    pub title: Text,
    /// What a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a source was read or remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// The text was at hand.
    Verified,
    /// From general knowledge; to be checked against the current text.
    Recalled,
}

/// What is procured. One procurement can be several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum OfferingType {
    /// Outsourcing of tasks (業務委託).
    #[serde(rename = "OUT")]
    Outsourcing,
    /// Software as a service.
    SaaS,
    /// Platform as a service.
    PaaS,
    /// Infrastructure as a service.
    IaaS,
    /// Devices (機器).
    #[serde(rename = "DEV")]
    Device,
    /// Software products.
    #[serde(rename = "SW")]
    Software,
}

impl OfferingType {
    /// Every type with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("OUT", Self::Outsourcing),
        ("SaaS", Self::SaaS),
        ("PaaS", Self::PaaS),
        ("IaaS", Self::IaaS),
        ("DEV", Self::Device),
        ("SW", Self::Software),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }
}

/// The stage of the procurement at which a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The agency's own duty before the announcement.
    Plan,
    /// A mandatory item of the bid; the only stage that excludes a bidder.
    Bid,
    /// Must stand in the contract.
    Contract,
    /// Accepted only if passed.
    Delivery,
    /// Checked while in use.
    Operation,
    /// Checked at termination or disposal.
    End,
}

impl Stage {
    /// Every stage with its word, in order.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("plan", Self::Plan),
        ("bid", Self::Bid),
        ("contract", Self::Contract),
        ("delivery", Self::Delivery),
        ("operation", Self::Operation),
        ("end", Self::End),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, stage)| *stage == self)
            .map_or("", |(word, _)| word)
    }
}

/// Whether a machine, people or both decide a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// Machine evidence decides pass or fail.
    Machine,
    /// Machine evidence can refute, or confirm a part; the rest is for people.
    Partly,
    /// Documents and people only.
    People,
}

/// The weight band of a scored criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Weight {
    /// High: 5 points.
    H,
    /// Medium: 3 points.
    M,
    /// Low: 1 point.
    L,
}

impl Weight {
    /// Returns the points of the band.
    pub fn points(self) -> i64 {
        match self {
            Self::H => 5,
            Self::M => 3,
            Self::L => 1,
        }
    }
}

/// A level of a scored criterion: A 1000, B 700, C 400 per mille, D 0.
///
/// Source of the four levels: published evaluation procedures of Japanese local governments
/// (A/B/C/D = 100/70/40/0 %).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Fully met.
    A,
    /// Mostly met.
    B,
    /// Partly met.
    C,
}

impl Grade {
    /// All grades, best first.
    pub const BEST_FIRST: [Self; 3] = [Self::A, Self::B, Self::C];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }

    /// Returns the level in per mille.
    pub fn per_mille(self) -> i64 {
        match self {
            Self::A => 1000,
            Self::B => 700,
            Self::C => 400,
        }
    }
}

/// How a criterion decides.
#[derive(Debug)]
pub enum Decision {
    /// Passed or not, at a stage.
    Gate {
        /// When it is due.
        stage: Stage,
        /// The lowest rank of evidence that may settle it.
        settled_by: ProofRank,
        /// The rule.
        pass: Rule,
    },
    /// Graded into points.
    Score {
        /// The weight band.
        weight: Weight,
        /// The rules by grade, best first; a grade may be left out.
        grades: Vec<(Grade, Rule)>,
    },
}

/// Where a criterion comes from.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Paragraphs of Article 19, such as `A19-2`.
    pub paragraphs: Vec<String>,
    /// Other articles of the Common Model, such as `A20`.
    pub articles: Vec<String>,
    /// Mark of the paragraphs.
    pub mark: Mark,
    /// Items of the documents that work the article out.
    pub standards: Vec<StandardCitation>,
}

/// An item of a standard or other document.
#[derive(Debug, Clone, Serialize)]
pub struct StandardCitation {
    /// The item's number or name.
    pub item: String,
    /// The document's identifier in the catalog.
    pub document: String,
    /// The edition cited.
    pub edition: String,
    /// Whether the item's text was at hand.
    pub mark: Mark,
    /// What a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Ids of related controls in other frameworks.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Maps {
    /// CSA Cloud Controls Matrix v4.0.12.
    pub ccm: Vec<String>,
    /// NIST SP 800-53 revision 5.
    pub nist_800_53: Vec<String>,
    /// NIST SP 800-161 revision 1, appendix A, whose controls bear the identifiers of SP 800-53.
    pub nist_800_161: Vec<String>,
    /// ISO/IEC 27001:2022 Annex A.
    pub iso_27001: Vec<String>,
}

/// One criterion.
#[derive(Debug)]
pub struct Criterion {
    /// Identifier.
    pub id: CriterionId,
    /// Group letter of the catalog.
    pub group: String,
    /// Title.
    pub title: Text,
    /// What is required.
    pub requirement: Text,
    /// Where it comes from.
    pub source: Source,
    /// The offerings it applies to.
    pub offerings: Vec<OfferingType>,
    /// The lowest confidentiality class for which it applies, 1 to 3.
    pub confidentiality: i64,
    /// A further condition over the case's parameters.
    pub when: Option<Rule>,
    /// Who decides.
    pub decided_by: DecidedBy,
    /// How it decides.
    pub decision: Decision,
    /// Kinds of evidence expected.
    pub evidence: Vec<String>,
    /// What to ask the supplier for.
    pub ask: Text,
    /// Cap by rank 0 to 6 in per mille, where it differs from the catalog's.
    pub caps: Option<[i64; 7]>,
    /// Longest time until the verdict goes stale, in months.
    pub reevaluation_months: Option<i32>,
    /// Events that make the verdict due at once.
    pub reevaluation_events: Vec<String>,
    /// Clauses of the library that put it into the contract.
    pub clauses: Vec<ClauseId>,
    /// Related controls elsewhere.
    pub maps: Maps,
    /// Examples that the criterion must decide as they say.
    pub examples: Vec<Example>,
    /// What overlays did to it, in order; empty for a criterion of the base as it is.
    pub changes: Vec<LayerChange>,
    /// Digest of the criterion's file, and of the files of overlays that changed it.
    pub digest: Digest,
}

impl Criterion {
    /// The rules that decide, without the applicability condition.
    pub fn rules(&self) -> Vec<&Rule> {
        match &self.decision {
            Decision::Gate { pass, .. } => vec![pass],
            Decision::Score { grades, .. } => grades.iter().map(|(_, rule)| rule).collect(),
        }
    }

    /// The weight's points; zero for a gate.
    pub fn points(&self) -> i64 {
        match &self.decision {
            Decision::Gate { .. } => 0,
            Decision::Score { weight, .. } => weight.points(),
        }
    }

    /// The stage of a gate.
    pub fn stage(&self) -> Option<Stage> {
        match &self.decision {
            Decision::Gate { stage, .. } => Some(*stage),
            Decision::Score { .. } => None,
        }
    }
}

/// An example of a criterion: facts in, verdict out.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The day of judgment.
    pub as_of: Date,
    /// The case.
    pub case: case::Case,
    /// The facts.
    pub facts: Vec<crate::fact::Fact>,
    /// The verdict, as a word.
    pub expect: String,
    /// Whether the responsible officer noted that nothing better than the supplier's word can exist.
    pub noted: bool,
    /// The proven points, where the example says them.
    pub points: Option<crate::exact::Exact>,
    /// Whether the outcome may be worse: an overlay tightened the criterion after the example was written.
    pub at_most: bool,
    /// Where the example stands.
    pub at: crate::diagnostic::Place,
}
