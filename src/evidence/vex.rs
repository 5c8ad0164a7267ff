//! Statements on whether a vulnerability affects a product (VEX), out of OpenVEX, CSAF and CycloneDX, as
//! one model.
//!
//! One file a format. A statement keeps what identifies its products as the document writes it; binding
//! it to components is not the reader's business.

pub mod cyclonedx;
mod envelope;
pub mod openvex;
mod read;
mod tables;

pub use envelope::{UNCHECKED, is_enveloped};
pub use read::{Finding, Reading, read, read_as_found};

use jiff::Timestamp;
use serde::Serialize;

use crate::diagnostic::Place;

/// A VEX document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VexDocument {
    /// `openvex`, `csaf` or `cyclonedx`.
    pub format: &'static str,
    /// The version of the format.
    pub spec_version: String,
    /// The document's own identifier.
    pub id: Option<String>,
    /// Who speaks.
    pub author: Option<String>,
    /// In what role: the words of the format, such as `vendor`.
    pub role: Option<String>,
    /// The address that the author gives for itself (CSAF `publisher.namespace`).
    pub namespace: Option<String>,
    /// When it was first issued.
    pub issued: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// The statements, in the order of the document.
    pub statements: Vec<Statement>,
}

/// One statement: a vulnerability, products and their status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Every identifier of the vulnerability, the primary one first.
    pub vulnerability: Vec<String>,
    /// The products that it speaks of.
    pub products: Vec<Product>,
    /// What it says.
    pub status: Status,
    /// Why the product is not affected, in the words of the format.
    pub justification: Option<String>,
    /// How the vulnerability does or does not have an effect.
    pub impact: Option<String>,
    /// What to do about it.
    pub action: Option<String>,
    /// When this statement was first made, where it has a time of its own or its document has.
    pub issued: Option<Timestamp>,
    /// When this statement was last changed, likewise.
    pub updated: Option<Timestamp>,
    /// Where it stands.
    pub at: Place,
}

/// A product that a statement speaks of.
///
/// Any of its identifiers names it. [`Identifier::Vers`] and [`Identifier::Version`] name nothing by
/// themselves: where there are any, the product is meant in those versions only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Everything that identifies it.
    pub identifiers: Vec<Identifier>,
    /// The parts of it that the statement means; empty where it means the product as a whole.
    pub subcomponents: Vec<Product>,
    /// Where it stands.
    pub at: Place,
}

/// What identifies a product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// A package URL.
    Purl(String),
    /// A CPE name, 2.2 or 2.3.
    Cpe(String),
    /// The digest of a file: algorithm in lower case with a hyphen (`sha-256`), value in hexadecimal.
    Hash(String, String),
    /// Name and version as people write them, out of a product tree: vendor, product, version.
    Named {
        /// Who makes it.
        vendor: Option<String>,
        /// What it is called.
        name: String,
        /// Which version, where one is meant.
        version: Option<String>,
    },
    /// A component of a CycloneDX document (BOM-Link): serial number without `urn:uuid:`, version of the
    /// document, `bom-ref`; the `bom-ref` is empty where the document itself is meant.
    BomLink {
        /// The serial number.
        serial: String,
        /// The version of the document.
        version: u64,
        /// The reference inside of it.
        reference: String,
    },
    /// A reference inside of the same CycloneDX document.
    Reference(String),
    /// A range of versions in the form `vers:type/constraints`.
    Vers(String),
    /// One version that is meant, as written.
    Version(String),
    /// Any other identifier.
    Other(String),
}

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The vulnerability has no effect on the product.
    NotAffected,
    /// It has, and something is to be done.
    Affected,
    /// It had, and this version is mended.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// Every status with its word, from the most careful one to the least.
    ///
    /// The words are those of OpenVEX 0.2.0, "Status Labels", which are the four of CISA's "Minimum
    /// Requirements for Vulnerability Exploitability eXchange (VEX)", 2023-04. The order is ours: what may
    /// still do harm stands before what does not.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("affected", Self::Affected),
        ("under_investigation", Self::UnderInvestigation),
        ("fixed", Self::Fixed),
        ("not_affected", Self::NotAffected),
    ];

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        let mut words = Self::WORDS.iter();
        words.find(|(known, _)| *known == word).map(|(_, one)| *one)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        words
            .find(|(_, one)| *one == self)
            .map_or("affected", |(word, _)| word)
    }

    /// How careful it is: the smaller, the more careful.
    pub fn care(self) -> usize {
        let mut words = Self::WORDS.iter();
        words.position(|(_, one)| *one == self).unwrap_or(0)
    }
}
