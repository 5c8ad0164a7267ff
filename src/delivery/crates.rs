//! What programs say of the crates that they were built from, beside what the document says.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::evidence::sbom::model::{Component, Sbom};

use super::{Inventory, Match, Named};

/// A crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CrateName {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// The list of one program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EmbeddedList {
    /// Where the program lies in the delivery.
    pub path: String,
    /// How many crates it lists, itself left aside.
    pub crates: usize,
    /// Crates that are part of the program and that the document does not name in this version.
    pub not_in_sbom: Vec<CrateName>,
}

/// Holds every list against the document.
pub(super) fn hold(result: &mut Match, sbom: &Sbom, inventory: &Inventory) {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    let listed: BTreeSet<_> = sbom
        .all_components()
        .filter(|component| may_be_crate(component))
        .filter_map(|one| Some((plain(&one.name), one.version.as_deref()?.trim().to_owned())))
        .collect();
    let mut embedded = BTreeSet::new();
    for file in inventory.files() {
        let Some(crates) = &file.crates else {
            continue;
        };
        let mut missing = BTreeSet::new();
        for one in crates {
            let key = (plain(&one.name), one.version.clone());
            if one.is_runtime && !one.is_root && !listed.contains(&key) {
                missing.insert(CrateName {
                    name: one.name.clone(),
                    version: one.version.clone(),
                });
            }
            embedded.insert(key);
        }
        result.embedded.push(EmbeddedList {
            path: file.path.clone(),
            crates: crates.iter().filter(|one| !one.is_root).count(),
            not_in_sbom: missing.into_iter().collect(),
        });
    }
    result.embedded.sort();
    if result.embedded.is_empty() {
        return;
    }
    result.not_embedded = sbom
        .components
        .iter()
        .filter(|component| is_crate(component))
        .filter(|one| {
            let version = one.version.as_deref().unwrap_or_default().trim().to_owned();
            !embedded.contains(&(plain(&one.name), version))
        })
        .map(|component| Named::of(sbom, component))
        .collect();
    result.not_embedded.sort();
}

fn is_crate(component: &Component) -> bool {
    component.purls().any(|purl| purl.starts_with("pkg:cargo/"))
}

/// A component without a purl may be one.
fn may_be_crate(component: &Component) -> bool {
    component.purl.is_none() || is_crate(component)
}
