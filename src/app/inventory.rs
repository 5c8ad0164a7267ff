//! Keeps many SBOMs in an inventory, and tells what a change of advisories touches among them.

mod add;
mod rescan;

pub use add::{InventoryAdd, add, remove};
pub use rescan::{
    BeforeView, Change, DoubtView, GapView, OccurrenceView, RescanRequest, RescanView,
    RescannedView, rescan,
};

use serde::Serialize;

use super::Refused;
use crate::digest::Digest;
use crate::folder::inventory::InventoryFolder;

/// What an inventory holds.
#[derive(Debug, Serialize)]
pub struct InventoryList {
    schema: &'static str,
    /// The digest that names this state of it.
    pub inventory: Digest,
    /// Its SBOMs, by name.
    pub sboms: Vec<SbomView>,
    /// Components in all of them.
    pub components: u64,
    /// How many segments it is kept in.
    pub segments: usize,
}

/// An SBOM of an inventory.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SbomView {
    /// The name under which it was added.
    pub name: String,
    /// The product that it describes.
    pub product: Option<String>,
    /// The product's version.
    pub version: Option<String>,
    /// Components that are judged.
    pub components: u64,
    /// Files in it without an identity of their own.
    pub passed_over: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
}

/// Lists the SBOMs of an inventory.
///
/// # Errors
///
/// `inventory-missing`, `inventory-damaged` and `inventory-version`.
pub fn list(folder: &str) -> Result<InventoryList, Refused> {
    let inventory = InventoryFolder::new(folder).open()?;
    let mut sboms = Vec::new();
    inventory.sboms(&mut |sbom| {
        sboms.push(SbomView {
            name: sbom.name.to_owned(),
            product: sbom.product.map(str::to_owned),
            version: sbom.version.map(str::to_owned),
            components: sbom.components,
            passed_over: sbom.passed_over,
            sha256: Digest::from_bytes(sbom.sha256),
        });
    })?;
    sboms.sort();
    Ok(InventoryList {
        schema: "mekiki/inventory-list/v1",
        inventory: inventory.digest(),
        components: sboms.iter().map(|one| one.components).sum(),
        sboms,
        segments: inventory.segments().len(),
    })
}
