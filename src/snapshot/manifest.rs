//! What a snapshot holds, as canonical JSON; its digest is the snapshot's name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::damaged;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::pages::{LAYOUT, PAGE_BYTES, Part};

/// The largest index that is opened, 64 GiB: a thousand times that of all of OSV. A sparse file costs its
/// maker nothing, so what a manifest promises is bounded before memory is asked for.
const MAXIMUM_INDEX_BYTES: u64 = 64 * 1024 * 1024 * 1024;

/// The form of the manifest and of the index.
const SCHEMA: &str = "mekiki/feed/v1";

/// What a snapshot holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: String,
    layout: u32,
    /// The day up to which the whole is known: the newest of its sources.
    pub as_of: Option<String>,
    /// Where it came from.
    pub sources: Vec<Source>,
    /// By ecosystem as OSV spells it, without a release: how many records speak of it, and up to when it
    /// is known.
    pub ecosystems: BTreeMap<String, Coverage>,
    /// Advisories, withdrawn ones included.
    pub advisories: u64,
    /// Entries of the list of known exploited vulnerabilities.
    pub kev: u64,
    /// CVEs with a probability of exploitation (EPSS).
    pub epss: u64,
    /// Products with dates of support.
    pub lifecycles: u64,
    /// The index as a whole.
    pub(super) index: Part,
    /// The parts of the index.
    pub(super) parts: BTreeMap<String, Part>,
    /// The imported records as a whole.
    pub records: Part,
}

/// Where records came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its number, by which files refer to it; there may be gaps.
    pub number: u32,
    /// The name that the importer gave: the last step of a path, or an address.
    pub name: String,
    /// The day up to which it is known: that on which it was fetched.
    pub as_of: Option<String>,
    /// The newest date in its records; not every database dates them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// The digest of what was imported: of the file, or of the list of the folder's files.
    pub sha256: Digest,
    /// How many of its records are in force here.
    pub records: u64,
    /// Ecosystems of which the importer declared it to hold every advisory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
}

/// How far an ecosystem is covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// How many advisories name a package of it.
    pub records: u64,
    /// The day up to which it is known.
    pub as_of: Option<String>,
    /// The releases that they name, such as `12` of Debian; empty where the ecosystem has none.
    pub releases: Vec<String>,
}

impl Manifest {
    /// Begins with the form of this version.
    pub(super) fn new(index: Part, parts: BTreeMap<String, Part>, records: Part) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            layout: LAYOUT,
            as_of: None,
            sources: Vec::new(),
            ecosystems: BTreeMap::new(),
            advisories: 0,
            kev: 0,
            epss: 0,
            lifecycles: 0,
            index,
            parts,
            records,
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// `feed-version` for another form, `feed-damaged` for what is no manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, Diagnostic> {
        let value: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|_| damaged("its manifest is no JSON"))?;
        let other = |pointer, form: String| {
            Diagnostic::error(
                "feed-version",
                Place::pointer(pointer),
                format!("the snapshot has {form}, which this version does not read"),
            )
            .help("import the records again with --fresh")
        };
        let schema = value.get("schema").and_then(serde_json::Value::as_str);
        if let Some(found) = schema.filter(|schema| *schema != SCHEMA) {
            return Err(other("/schema", format!("the form `{found}`")));
        }
        let layout = value.get("layout").and_then(serde_json::Value::as_u64);
        if let Some(found) = layout.filter(|layout| *layout != u64::from(LAYOUT)) {
            return Err(other("/layout", format!("the layout {found}")));
        }
        serde_json::from_value(value).map_err(|_| damaged("its manifest has another form"))
    }

    /// The manifest as it is written and digested.
    pub fn text(&self) -> String {
        canonical_json(&serde_json::to_value(self).unwrap_or_default())
    }

    /// The digest that names the snapshot.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }

    /// How long the file of the index is, with its list of pages.
    pub fn index_bytes(&self) -> u64 {
        let pages = self.index.bytes.div_ceil(PAGE_BYTES as u64);
        self.index.bytes.saturating_add(pages.saturating_mul(32))
    }

    /// A source by its number.
    pub fn source(&self, number: u32) -> Option<&Source> {
        let found = self
            .sources
            .binary_search_by_key(&number, |source| source.number);
        found.ok().and_then(|at| self.sources.get(at))
    }

    /// Checks that the index is no larger than is opened, and that every part lies inside of it.
    pub(super) fn check_parts(&self) -> Result<(), Diagnostic> {
        if self.index.bytes > MAXIMUM_INDEX_BYTES {
            return Err(damaged("its index claims an impossible size"));
        }
        let is_inside = |part: &Part| {
            let end = part.offset.checked_add(part.bytes);
            end.is_some_and(|end| end <= self.index.bytes)
        };
        if self.parts.values().all(is_inside) {
            Ok(())
        } else {
            Err(damaged("a part lies outside of the index"))
        }
    }

    pub(super) fn part(&self, name: &str) -> Part {
        self.parts.get(name).copied().unwrap_or_default()
    }
}
