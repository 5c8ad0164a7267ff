//! Components as a scan publishes them: what finds them again, what could not be judged, and what is no longer
//! supported.

use serde::Serialize;

use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::sbom::model::ComponentKind;

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
    /// What it is.
    #[serde(skip)]
    pub kind: ComponentKind,
    /// The group before its name.
    #[serde(skip)]
    pub group: Option<String>,
    /// Its CPE names.
    #[serde(skip)]
    pub cpes: Vec<String>,
    /// Its digests: algorithm and value, as written.
    #[serde(skip)]
    pub hashes: Vec<(String, String)>,
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

/// Whether the maker still supports a component.
#[derive(Debug, Serialize)]
pub struct SupportView {
    /// The component.
    pub component: ComponentView,
    /// The product as the list names it.
    pub product: String,
    /// The cycle that its version is of.
    pub cycle: String,
    /// Whether support has ended; `None` where the list does not tell.
    pub ended: Option<bool>,
    /// The last day, or the first one without support, where the list tells it.
    pub until: Option<String>,
    /// The latest release of the cycle.
    pub latest: Option<String>,
    /// The file of the list.
    pub file: String,
    /// Its digest.
    pub sha256: Digest,
    /// Where the cycle stands in it.
    pub at: Place,
    /// Whether it makes the result not acceptable.
    pub fails: bool,
}

impl SupportView {
    /// Whether support has ended.
    pub fn is_ended(&self) -> bool {
        self.ended == Some(true)
    }
}
