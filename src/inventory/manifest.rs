//! What an inventory and a segment hold, as canonical JSON; the digest is the name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::damaged;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::pages::{LAYOUT, Part};

/// The form of an inventory.
const SCHEMA: &str = "mekiki/inventory/v1";
/// The form of a segment.
const SEGMENT_SCHEMA: &str = "mekiki/inventory-segment/v1";

/// An inventory: its segments, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: String,
    /// The segments.
    pub segments: Vec<Held>,
}

/// A segment that an inventory holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The digest that names it.
    pub digest: Digest,
    /// Components in it, each as often as it occurs, without those of retired SBOMs.
    pub components: u64,
    /// Components in it, with those.
    pub components_written: u64,
    /// The numbers of SBOMs that are retired, in order.
    pub retired: Vec<u32>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentManifest {
    schema: String,
    layout: u32,
    /// SBOMs.
    pub sboms: u32,
    /// Distinct items.
    pub items: u32,
    /// Components, each as often as it occurs.
    pub components: u64,
    /// The index as a whole.
    pub(super) index: Part,
    /// The parts of the index.
    pub(super) parts: BTreeMap<String, Part>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Manifest {
    /// An inventory of these segments.
    pub fn new(segments: Vec<Held>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            segments,
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// `inventory-version` for another form, `inventory-damaged` for what is no manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, Diagnostic> {
        read(bytes, SCHEMA)
    }

    /// The manifest as it is written and digested.
    pub fn text(&self) -> String {
        canonical_json(&serde_json::to_value(self).unwrap_or_default())
    }

    /// The digest that names this state of the inventory.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }
}

impl SegmentManifest {
    pub(super) fn new(
        (sboms, items, components): (u32, u32, u64),
        index: Part,
        parts: BTreeMap<String, Part>,
    ) -> Self {
        Self {
            schema: SEGMENT_SCHEMA.to_owned(),
            layout: LAYOUT,
            sboms,
            items,
            components,
            index,
            parts,
        }
    }

    /// Reads a segment's manifest.
    ///
    /// # Errors
    ///
    /// As [`Manifest::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Diagnostic> {
        read(bytes, SEGMENT_SCHEMA)
    }

    /// The manifest as it is written and digested.
    pub fn text(&self) -> String {
        canonical_json(&serde_json::to_value(self).unwrap_or_default())
    }

    pub(super) fn part(&self, name: &str) -> Part {
        self.parts.get(name).copied().unwrap_or_default()
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8], schema: &str) -> Result<T, Diagnostic> {
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|_| damaged("a manifest is no JSON"))?;
    let other = |pointer, form: String| {
        Diagnostic::error(
            "inventory-version",
            Place::pointer(pointer),
            format!("the inventory has {form}, which this version does not read"),
        )
        .help("make it again in an empty folder with this version")
    };
    let found = value.get("schema").and_then(serde_json::Value::as_str);
    if let Some(found) = found.filter(|found| *found != schema) {
        return Err(other("/schema", format!("the form `{found}`")));
    }
    let layout = value.get("layout").and_then(serde_json::Value::as_u64);
    if let Some(found) = layout.filter(|layout| *layout != u64::from(LAYOUT)) {
        return Err(other("/layout", format!("the layout {found}")));
    }
    serde_json::from_value(value).map_err(|_| damaged("a manifest has another form"))
}
