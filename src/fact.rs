//! Facts: what one piece of evidence establishes, with its proof rank, its validity and its citations.
//!
//! The keys are declared as data in the folder `criteria/facts`. Producers stand below this module, one a
//! file; each takes a [`Dossier`] and says what it found, and what it could not verify.

pub mod advisory;
pub mod agency;
pub mod answer;
pub mod audit;
pub mod certification;
pub mod dossier;
mod lifecycle;
pub mod measurement;
pub mod provenance;
mod recorded;
pub mod register;
pub mod sbom;
mod scope;
pub mod signature;
pub mod vocabulary;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Citation;
use crate::evidence::detect::Kind;
use crate::evidence::questionnaire::parse_either;
use crate::fact::advisory::Knowledge;
use crate::fact::dossier::{Dossier, Sorted};
use crate::fact::sbom::Sboms;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{BidId, FactKey};
use crate::profile::Profiles;
use crate::provenance::Builders;
use crate::questionnaire::Questionnaires;
use crate::text::Text;
use crate::time::Date;

/// How strongly a piece of evidence proves, 0 to 6.
///
/// Source: the evidence ladder of our criteria catalog (design recommendation, no legal text): 0 none,
/// 1 the supplier's answer, 2 answer with a document, 3 contract clause in force, 4 third-party audit
/// report, 5 public registry entry or record of the agency, 6 machine verification of the thing itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ProofRank(u8);

impl ProofRank {
    /// No evidence.
    pub const NONE: Self = Self(0);
    /// The supplier's word.
    pub const ANSWER: Self = Self(1);
    /// The supplier's word with a document.
    pub const DOCUMENT: Self = Self(2);
    /// A contract clause in force.
    pub const CLAUSE: Self = Self(3);
    /// A third-party audit report.
    pub const AUDIT: Self = Self(4);
    /// A public registry entry, or a record of the agency.
    pub const REGISTRY: Self = Self(5);
    /// Machine verification.
    pub const MACHINE: Self = Self(6);

    /// Takes a number from 0 to 6.
    pub fn new(rank: i64) -> Option<Self> {
        u8::try_from(rank).ok().filter(|rank| *rank <= 6).map(Self)
    }

    /// Returns the number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// All ranks that evidence can have, strongest first.
    pub fn strongest_first() -> impl Iterator<Item = Self> {
        (1..=6).rev().map(Self)
    }
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactValue {
    /// Yes or no.
    Bool(bool),
    /// A whole number, in the unit that the key names.
    Integer(i64),
    /// A day.
    Date(Date),
    /// A word.
    Text(String),
    /// A set of words, sorted.
    List(Vec<String>),
}

impl fmt::Display for FactValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(value) => write!(formatter, "{value}"),
            Self::Date(value) => write!(formatter, "{value}"),
            Self::Text(value) => formatter.write_str(value),
            Self::List(values) => formatter.write_str(&values.join(", ")),
        }
    }
}

impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Date(value) => serializer.collect_str(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => values.serialize(serializer),
        }
    }
}

/// What a fact speaks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The procurement as a whole.
    Procurement,
    /// One offering, with the legal entity, product and service that the tender names for it.
    Offering(BidId),
}

/// What one piece of evidence establishes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Which fact.
    pub key: FactKey,
    /// What it speaks about.
    pub scope: Scope,
    /// Its value.
    pub value: FactValue,
    /// How strongly it is proven while the evidence is in force.
    pub rank: ProofRank,
    /// The day the evidence was made.
    pub established: Date,
    /// The last day on which the evidence holds; `None` when it states no end.
    pub valid_until: Option<Date>,
    /// Where it stands; never empty.
    pub citations: Vec<Citation>,
}

/// A fact that evidence was handed in for, but that could not be verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Which fact.
    pub key: FactKey,
    /// Why, in one sentence.
    pub reason: String,
    /// The evidence.
    pub citations: Vec<Citation>,
}

/// In which way evidence refutes a claim that it is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefutationKind {
    /// It had lapsed, or was suspended or withdrawn.
    Lapsed,
    /// It is about another legal entity, product, version, service or region.
    OtherScope,
}

/// Evidence that proves nothing itself, but refutes a claim of the supplier for which there is nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refutation {
    /// Which fact is claimed.
    pub key: FactKey,
    /// In which way.
    pub kind: RefutationKind,
    /// What the evidence says instead of the claim.
    pub says: FactValue,
    /// The rank of the evidence on the day of judgment; 0 where it is out of scope.
    pub rank: ProofRank,
    /// Only claims made after this day are refuted; `None` for every claim.
    pub since: Option<Date>,
    /// What is wrong with the claim.
    pub reason: Text,
    /// The evidence; never empty.
    pub citations: Vec<Citation>,
}

/// What the producers found in a dossier.
#[derive(Debug, Clone, Default)]
pub struct Establishment {
    /// The facts, sorted.
    pub facts: Vec<Fact>,
    /// What could not be verified, sorted.
    pub gaps: Vec<Gap>,
    /// What refutes claims, sorted.
    pub refutations: Vec<Refutation>,
    /// Remarks about the evidence, with the file each stands in, sorted.
    pub remarks: Vec<Diagnostic>,
}

impl Establishment {
    /// Adds what a machine found out about the offering on the day of judgment.
    pub(crate) fn machine_fact(
        &mut self,
        dossier: &Dossier<'_>,
        key: &str,
        value: FactValue,
        citations: Vec<Citation>,
    ) {
        self.facts.push(Fact {
            key: key.into(),
            scope: Scope::Offering(dossier.offering.id.clone()),
            value,
            rank: ProofRank::MACHINE,
            established: dossier.as_of,
            valid_until: None,
            citations,
        });
    }

    pub(crate) fn gap(&mut self, key: &str, reason: impl Into<String>, citations: Vec<Citation>) {
        self.gaps.push(Gap {
            key: key.into(),
            reason: reason.into(),
            citations,
        });
    }
}

/// Runs every producer over a dossier. The order of the evidence does not matter.
pub fn establish(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    questionnaires: &Questionnaires,
    profiles: &Profiles,
    builders: &Builders,
    knowledge: Knowledge<'_>,
) -> Establishment {
    let mut found = Establishment::default();
    agency::establish(dossier, vocabulary, &mut found);
    answer::establish(dossier, vocabulary, questionnaires, &mut found);
    certification::establish(dossier, &mut found);
    register::establish(dossier, &mut found);
    lifecycle::establish(dossier, &mut found);
    audit::establish(dossier, vocabulary, &mut found);
    measurement::establish(dossier, vocabulary, &mut found);
    let sboms = Sboms::read(dossier, &mut found);
    sbom::establish(dossier, &sboms, vocabulary, profiles, &mut found);
    advisory::establish(dossier, &sboms, knowledge, &mut found);
    drop(sboms);
    signature::establish(dossier, &mut found);
    provenance::establish(dossier, builders, &mut found);
    for citations in found
        .facts
        .iter_mut()
        .map(|fact| &mut fact.citations)
        .chain(found.gaps.iter_mut().map(|gap| &mut gap.citations))
        .chain(found.refutations.iter_mut().map(|one| &mut one.citations))
    {
        citations.sort();
        citations.dedup();
    }
    remark_on_unused(dossier, &mut found);
    found.facts.sort();
    found.facts.dedup();
    found.gaps.sort();
    found.gaps.dedup();
    found.refutations.sort();
    found.refutations.dedup();
    found.remarks.sort();
    found.remarks.dedup();
    found
}

/// Nothing that was handed in is passed over in silence: a file that no fact cites and no remark names
/// is named here, with what is wrong with it if it cannot even be parsed. Of the agency's own files only
/// those count whose kind is not known; the others may speak about another bid.
fn remark_on_unused(dossier: &Dossier<'_>, found: &mut Establishment) {
    let cited = found.facts.iter().flat_map(|fact| &fact.citations);
    let cited = cited.chain(found.gaps.iter().flat_map(|gap| &gap.citations));
    let used: BTreeSet<&str> = cited
        .map(|citation| citation.file.as_str())
        .chain(found.remarks.iter().filter_map(|one| one.file.as_deref()))
        .collect();
    let unknown = |one: &&Sorted<'_>| one.detection.kind == Kind::Unknown;
    let mut remarks = Vec::new();
    for one in dossier
        .handed_in
        .iter()
        .chain(dossier.agency.iter().filter(unknown))
        .filter(|one| !used.contains(one.evidence.path.as_str()))
    {
        let structured = matches!(one.detection.encoding, "json" | "toml");
        let faults = structured.then(|| parse_either(&one.evidence.bytes).err());
        let faults = faults.flatten().unwrap_or_else(|| {
            let message = "nothing was established from this file";
            let help =
                "`mekiki detect` names what it is read as; answers cite documents by their path";
            vec![Diagnostic::note("evidence-unused", Place::whole(), message).help(help)]
        });
        let path = &one.evidence.path;
        remarks.extend(faults.into_iter().map(|fault| fault.in_file(path.clone())));
    }
    found.remarks.extend(remarks);
}
