//! Holding an SBOM against what was delivered.

use serde::Serialize;

use super::Refused;
use super::sbom_diff::NamedBytes;
use crate::delivery::allowance::Allowance;
use crate::delivery::{Inventory, Match, algorithms, hold};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::archive::{Limits, Walk, is_image_layout, is_image_part};
use crate::folder::{is_folder, list_folder, read_delivered};

/// A matched SBOM, schema `mekiki/sbom-match/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SbomMatch {
    /// The schema.
    pub schema: &'static str,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Match,
}

impl SbomMatch {
    /// What does not agree, as findings for code hosts: those in the SBOM with their place, then those of
    /// the delivery with their file.
    pub fn findings(&self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let altered = self.outcome.altered.iter().map(|one| {
            let message = format!(
                "`{}` has the {} digest `{}` and not the one stated",
                one.path, one.algorithm, one.actual
            );
            Diagnostic::error("delivery-altered", one.component.at.clone(), message)
        });
        let missing = self.outcome.sbom_only.iter().map(|one| {
            let message = format!("`{}` is not among what was delivered", one.component.name);
            Diagnostic::error("delivery-missing", one.component.at.clone(), message)
        });
        let unlisted = self.outcome.delivery_only.iter().map(|one| {
            let message = "the file was delivered and is not listed";
            Diagnostic::error("delivery-unlisted", Place::whole(), message).in_file(&*one.path)
        });
        (altered.chain(missing).collect(), unlisted.collect())
    }
}

/// Holds an SBOM against a folder or an archive.
///
/// # Errors
///
/// When the SBOM or the delivery cannot be read, or when a limit leaves part of the delivery unseen.
pub fn match_sbom(
    document: NamedBytes<'_>,
    against: &str,
    allowance: &Allowance,
) -> Result<SbomMatch, Refused> {
    let sbom = document.read()?;
    let is_folder = is_folder(against)?;
    let mut inventory = Inventory::new(algorithms(&sbom), !is_folder);
    let mut walk = Walk::new(Limits::default(), &mut inventory);
    let mut remarks = Vec::new();
    if is_folder {
        walk_folder(against, &mut walk, &mut remarks)?;
    } else {
        let name = against.rsplit(['/', std::path::MAIN_SEPARATOR]).next();
        walk.file(name.unwrap_or(against), &read_delivered(against)?)
            .map_err(|fault| fault.in_file(against))?;
    }
    remarks.extend(walk.finish());
    let own = Digest::of(document.bytes);
    Ok(SbomMatch {
        schema: "mekiki/sbom-match/v1",
        outcome: hold(&sbom, own, &inventory, allowance, remarks),
    })
}

fn walk_folder(
    root: &str,
    walk: &mut Walk<'_>,
    remarks: &mut Vec<Diagnostic>,
) -> Result<(), Refused> {
    let listing = list_folder(root)?;
    let on_disk = |path: &str| format!("{}/{path}", root.trim_end_matches('/'));
    let is_there = |path: &str| {
        listing
            .files
            .binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    };
    let is_layout = is_image_layout(is_there);
    if is_layout {
        let mut read = |path: &str| {
            is_there(path)
                .then(|| read_delivered(&on_disk(path)).ok())
                .flatten()
        };
        walk.layout(&mut read)
            .map_err(|fault| fault.in_file(root))?;
    }
    for path in &listing.files {
        if is_layout && is_image_part(path) {
            continue;
        }
        walk.file(path, &read_delivered(&on_disk(path))?)
            .map_err(|fault| fault.in_file(on_disk(path)))?;
    }
    if !listing.others.is_empty() {
        remarks.push(
            Diagnostic::note(
                "archive-links",
                Place::whole(),
                format!("{} links are not followed", listing.others.len()),
            )
            .in_file(root),
        );
    }
    Ok(())
}
