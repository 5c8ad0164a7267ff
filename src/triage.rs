//! What VEX documents say of the vulnerabilities of the components of an SBOM, and whose word counts.
//!
//! A [`Triage`] holds the documents; [`Triage::bind`] ties their statements to the parts of an
//! [`Inventory`] by the rules of each standard, once; [`Bound::decide`] then tells for a component and a
//! vulnerability which statement decides, by a [`Precedence`] that is data. Nothing is settled in silence:
//! what contradicts, what is overruled, what has expired and what binds to nothing is all told.
//!
//! To add a way of identifying a product: a variant in [`crate::evidence::vex::Identifier`] and an arm in
//! `triage/matching.rs`.

mod bind;
mod decide;
mod inventory;
mod matching;
mod precedence;
mod range;

pub use bind::{Binding, Bound, How, Reason, Unbound};
pub use decide::{Decision, Voice};
pub use inventory::{Inventory, Part};
pub use matching::{By, Specificity};
pub use precedence::{Expiry, Key, Precedence, TrustLevel};

use crate::digest::Digest;
use crate::evidence::vex::VexDocument;
use crate::time::Date;

/// A VEX document with what the caller knows of it.
#[derive(Debug, Clone)]
pub struct Given {
    /// The path under which it was handed in.
    pub path: String,
    /// The digest of its file.
    pub digest: Digest,
    /// The level of trust that the caller puts in it, by its identifier in the [`Precedence`]. Where it is
    /// not given, the patterns of the precedence tell it from what the document says of its author.
    pub trust: Option<String>,
    /// What it says.
    pub document: VexDocument,
}

/// VEX documents, and by what their words are weighed.
#[derive(Debug, Clone)]
pub struct Triage {
    documents: Vec<Given>,
    /// The rank of the trust in each document: the smaller, the more trusted.
    trusts: Vec<usize>,
    precedence: Precedence,
    as_of: Option<Date>,
}

impl Triage {
    /// Takes documents in; one that is given twice is taken once, with the higher trust.
    ///
    /// A statement made after the day `as_of` is not known on it. Without a day every statement counts and
    /// nothing expires.
    pub fn new(documents: Vec<Given>, precedence: Precedence, as_of: Option<Date>) -> Self {
        let mut ranked: Vec<(usize, Given)> = documents
            .into_iter()
            .map(|one| (precedence.rank(&one), one))
            .collect();
        ranked.sort_by(|one, other| {
            let key = |one: &(usize, Given)| (one.1.digest, one.0);
            key(one)
                .cmp(&key(other))
                .then_with(|| one.1.path.cmp(&other.1.path))
        });
        ranked.dedup_by(|one, other| one.1.digest == other.1.digest);
        let (trusts, documents) = ranked.into_iter().unzip();
        Self {
            documents,
            trusts,
            precedence,
            as_of,
        }
    }

    /// The documents, sorted by digest.
    pub fn documents(&self) -> &[Given] {
        &self.documents
    }

    /// The identifier of the level of trust put in a document.
    pub fn trust_of(&self, document: usize) -> &str {
        self.precedence.level(self.rank_of(document))
    }

    fn rank_of(&self, document: usize) -> usize {
        self.trusts.get(document).copied().unwrap_or(usize::MAX)
    }

    /// By what the words are weighed.
    pub fn precedence(&self) -> &Precedence {
        &self.precedence
    }

    /// The day of the state of knowledge.
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }
}

#[cfg(test)]
mod tests;
