//! What a catalog, a criterion and a record tell of the overlays over the base.

use serde::{Serialize, Serializer};

use crate::digest::Digest;
use crate::id::CriterionId;
use crate::text::Text;
use crate::time::Date;

/// One overlay over a catalog, as records name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// The agency whose overlay it is.
    pub agency: String,
    /// Its name.
    pub agency_name: Text,
    /// Title.
    pub title: Text,
    /// The first day of use.
    #[serde(serialize_with = "day")]
    pub valid_from: Date,
    /// Digest over the overlay's files.
    pub digest: Digest,
    /// Digest of the catalog with this layer and those below.
    pub catalog_digest: Digest,
    /// What the identifiers of its criteria and clauses begin with, before a `-`.
    pub prefix: String,
    /// Criteria that it adds.
    pub added: Vec<CriterionId>,
    /// Criteria that it makes tighter.
    pub tightened: Vec<CriterionId>,
    /// Criteria that it loosens.
    pub loosened: Vec<Relief>,
    /// Criteria that it drops.
    pub dropped: Vec<Relief>,
}

/// A criterion of a lower layer that is loosened or dropped, and the exception that allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Relief {
    /// The criterion.
    pub criterion: CriterionId,
    /// The exception.
    pub exception: String,
    /// Its first day.
    #[serde(serialize_with = "day")]
    pub start: Date,
    /// Its last day.
    #[serde(serialize_with = "day")]
    pub expiry: Date,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes by reference"
)]
fn day<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// What an overlay did to a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is the overlay's own.
    Added,
    /// It is tighter.
    Tightened,
    /// It is looser, under an exception.
    Loosened,
}

/// One step in the provenance of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerChange {
    /// The overlay.
    pub layer: String,
    /// Its version.
    pub version: String,
    /// What it did.
    pub kind: ChangeKind,
    /// The fields that it touched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<&'static str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// The exception that allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}
