//! The published result of applying VEX documents, schema `mekiki/vex-apply/v1`.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::vex::Status;
use crate::time::{Date, Timestamp};
use crate::triage::{By, Given, How, Reason, Voice};

/// Applied VEX documents, schema `mekiki/vex-apply/v1`.
#[derive(Debug, Serialize)]
pub struct VexApplication {
    /// The schema.
    pub schema: &'static str,
    /// Whether every statement binds, and none contradicts another of the same weight.
    pub agrees: bool,
    /// The SBOM.
    pub sbom: SbomFile,
    /// The day of the state of knowledge; without one no statement is too late and none expires.
    pub as_of: Option<Date>,
    /// By what the statements were weighed.
    pub precedence: PrecedenceUsed,
    /// The documents, by digest.
    pub documents: Vec<AppliedDocument>,
    /// The statements, in the order of the documents.
    pub statements: Vec<AppliedStatement>,
    /// What follows for each component and vulnerability that is named.
    pub decisions: Vec<AppliedDecision>,
    /// What binds to nothing.
    pub unbound: Vec<AppliedUnbound>,
    /// What is to be known of the documents: signatures that nobody looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Diagnostic>,
}

/// The SBOM that statements were bound to.
#[derive(Debug, Serialize)]
pub struct SbomFile {
    /// The path as given.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// How many components there are, with what it describes.
    pub components: usize,
}

/// The data by which statements were weighed.
#[derive(Debug, Serialize)]
pub struct PrecedenceUsed {
    /// The identifier.
    pub id: String,
    /// The version.
    pub version: String,
    /// Digest of the file.
    pub sha256: Digest,
}

/// A VEX document.
#[derive(Debug, Serialize)]
pub struct AppliedDocument {
    /// The path as given.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// The format.
    pub format: &'static str,
    /// The version of the format.
    pub spec_version: String,
    /// Whether nothing in it breaks its standard.
    pub valid: bool,
    /// Who speaks.
    pub author: Option<String>,
    /// The level of trust put in the author.
    pub trust: String,
    /// How many statements it makes.
    pub statements: usize,
}

/// Where a statement stands.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// The path of the document.
    pub file: String,
    /// Digest of the document.
    pub sha256: Digest,
    /// The place in it.
    pub at: Place,
}

/// A statement and what it binds to.
#[derive(Debug, Serialize)]
pub struct AppliedStatement {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// What it says.
    pub status: Status,
    /// Why the product is not affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// How it does or does not have an effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// When it was first made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Timestamp>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// The components that it binds to.
    pub binds: Vec<AppliedBinding>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ComponentName {
    /// The document's own name for it; empty where it has none.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its place in the SBOM.
    pub at: Place,
}

/// A component that a statement binds to.
#[derive(Debug, Serialize)]
pub struct AppliedBinding {
    /// The component.
    #[serde(flatten)]
    pub component: ComponentName,
    /// The place of the product, or the part of it, in the VEX document.
    pub product: Place,
    /// In what way the statement speaks of it.
    pub how: How,
    /// What it is named by.
    pub by: By,
    /// Whether nothing but vendor, name and version agree.
    pub weak: bool,
    /// Whether it holds for all that is reached through the component only: for the whole SBOM, if that
    /// is of the component.
    pub encloses: bool,
}

/// What follows for a component and a vulnerability.
#[derive(Debug, Serialize)]
pub struct AppliedDecision {
    /// The component.
    pub component: ComponentName,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// The status; absent where every statement has expired or was not made yet.
    pub status: Option<Status>,
    /// The statement that decides.
    pub by: Option<AppliedVoice>,
    /// Whether statements of the same weight contradict each other.
    pub conflict: bool,
    /// Whether the status expires, and it could not be told whether it has.
    pub undated: bool,
    /// Others that say the same.
    pub agreeing: Vec<AppliedVoice>,
    /// Others of the same weight that say something else.
    pub conflicting: Vec<AppliedVoice>,
    /// Others of less weight that say something else.
    pub overruled: Vec<AppliedVoice>,
    /// Statements that no longer hold on the day.
    pub expired: Vec<AppliedVoice>,
    /// Statements that were not made yet on the day.
    pub not_yet: Vec<AppliedVoice>,
}

/// A statement in a decision.
#[derive(Debug, Serialize)]
pub struct AppliedVoice {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// What it says.
    pub status: Status,
    /// The level of trust put in its author.
    pub trust: String,
    /// Whether it is bound by nothing but vendor, name and version.
    pub weak: bool,
}

impl AppliedVoice {
    /// Takes a voice over.
    pub fn new(voice: &Voice<'_>) -> Self {
        Self {
            source: source(voice.given, &voice.statement.at),
            status: voice.statement.status,
            trust: voice.trust.to_owned(),
            weak: voice.is_weak,
        }
    }
}

/// A statement, or a product of it, that binds to nothing.
#[derive(Debug, Serialize)]
pub struct AppliedUnbound {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// The index of the statement in its document, from 0.
    pub statement: usize,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// Why.
    pub reason: Reason,
}

pub(super) fn source(given: &Given, at: &Place) -> Source {
    Source {
        file: given.path.clone(),
        sha256: given.digest,
        at: at.clone(),
    }
}
