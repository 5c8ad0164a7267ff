//! Adds SBOMs to an inventory and removes them.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;

use crate::app::Refused;
use crate::app::scan::read_components;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::folder::inventory::{InventoryFolder, InventoryLock};
use crate::folder::{is_folder, list_folder, read_file};
use crate::inventory::{Builder, Held, Inventory, Listing, Manifest};

/// How many SBOMs are read beside each other before they are taken in.
const BATCH: usize = 64;

/// What was added or removed.
#[derive(Debug, Serialize)]
pub struct InventoryAdd {
    schema: &'static str,
    /// The digest that names the inventory now.
    pub inventory: Digest,
    /// SBOMs that are new.
    pub added: usize,
    /// SBOMs that took the place of another of their name.
    pub replaced: usize,
    /// SBOMs that were there with the same bytes.
    pub unchanged: usize,
    /// SBOMs that were removed.
    pub removed: usize,
    /// Components of those that were added or replaced.
    pub components: u64,
    /// Components of older segments that were written again.
    pub merged: u64,
    /// Files that could not be read, with all that is wrong with them. They are not in the inventory, and
    /// an older SBOM of their name is left as it was.
    pub refused: Vec<Diagnostic>,
}

/// The inventory that is being changed.
struct Work {
    folder: InventoryFolder,
    lock: InventoryLock,
    manifest: Manifest,
    inventory: Inventory,
}

impl Work {
    fn begin(path: &str) -> Result<Self, Refused> {
        let folder = InventoryFolder::new(path);
        let lock = folder.lock()?;
        let manifest = folder.manifest()?.unwrap_or_default();
        let inventory = folder.open_as(&manifest)?;
        Ok(Self {
            folder,
            lock,
            manifest,
            inventory,
        })
    }

    /// Retires the SBOM of a name; tells whether there was one.
    fn retire(&mut self, name: &str) -> Result<bool, Refused> {
        let Some((position, number, _)) = self.inventory.find(name)? else {
            return Ok(false);
        };
        let components = self.inventory.components_of(position, number)?;
        if let Some(held) = self.manifest.segments.get_mut(position)
            && let Err(at) = held.retired.binary_search(&number)
        {
            held.retired.insert(at, number);
            held.components = held.components.saturating_sub(components);
            return Ok(true);
        }
        Ok(false)
    }

    /// Which segments are written again with a new one of so many components: the newest ones as long as
    /// they are not twice as large as all that is behind them, and those of which half is retired.
    fn to_merge(&self, mut components: u64) -> BTreeSet<usize> {
        let mut merged = BTreeSet::new();
        let segments = &self.manifest.segments;
        for (position, held) in segments.iter().enumerate().rev() {
            if held.components > components.saturating_mul(2) {
                break;
            }
            components += held.components;
            merged.insert(position);
        }
        let half = |held: &Held| held.components.saturating_mul(2) < held.components_written;
        let wasted = segments.iter().enumerate().filter(|(_, held)| half(held));
        merged.extend(wasted.map(|(position, _)| position));
        merged
    }

    /// Writes a segment, together with those that it is merged with, and puts the new state in place.
    fn finish(mut self, mut builder: Builder, components: u64) -> Result<(Digest, u64), Refused> {
        let merge = self.to_merge(components);
        let mut merged = 0;
        for position in &merge {
            let held = self.manifest.segments.get(*position);
            let live = self.inventory.segments().get(*position);
            if let (Some(held), Some(live)) = (held, live) {
                let retired = held.retired.iter().copied().collect();
                builder.merge(&live.segment, &retired)?;
                merged += held.components;
            }
        }
        let segments = std::mem::take(&mut self.manifest.segments);
        let mut segments: Vec<_> = segments
            .into_iter()
            .enumerate()
            .filter(|(position, _)| !merge.contains(position))
            .map(|(_, held)| held)
            .collect();
        let built = builder.finish().map_err(|error| {
            Diagnostic::error(
                "inventory-write",
                Place::whole(),
                format!("a segment cannot be built: {error}"),
            )
            .help("report this with the SBOMs that were added; the inventory is as it was")
        })?;
        if built.manifest.sboms > 0 {
            segments.push(Held {
                digest: self.folder.keep(&self.lock, &built)?,
                components: built.manifest.components,
                components_written: built.manifest.components,
                retired: Vec::new(),
            });
        }
        let manifest = Manifest::new(segments);
        self.folder.replace(&self.lock, &manifest)?;
        Ok((manifest.digest(), merged))
    }
}

/// Adds SBOMs and lock files under their paths; of a folder, every file in it. One that has the path of
/// another takes its place.
///
/// `progress` is told after each file.
///
/// # Errors
///
/// `inventory-busy`, `inventory-write`, `inventory-damaged`, `inventory-version`, and where a folder cannot
/// be listed.
pub fn add(
    paths: &[String],
    into: &str,
    progress: &(dyn Fn() + Sync),
) -> Result<InventoryAdd, Refused> {
    let mut work = Work::begin(into)?;
    let mut done = InventoryAdd {
        schema: "mekiki/inventory-add/v1",
        inventory: work.manifest.digest(),
        added: 0,
        replaced: 0,
        unchanged: 0,
        removed: 0,
        components: 0,
        merged: 0,
        refused: Vec::new(),
    };
    let mut builder = Builder::default();
    let files = files_of(paths)?;
    for batch in files.chunks(BATCH) {
        let read: Vec<_> = batch
            .par_iter()
            .map(|path| {
                let read = listing(path);
                progress();
                read
            })
            .collect();
        for one in read {
            let listing = match one {
                Ok(listing) => listing,
                Err(Refused(faults)) => {
                    done.refused.extend(faults);
                    continue;
                }
            };
            let known = work.inventory.find(listing.name())?;
            if known.is_some_and(|(_, _, digest)| digest == listing.sha256()) {
                done.unchanged += 1;
                continue;
            }
            if work.retire(listing.name())? {
                done.replaced += 1;
            } else {
                done.added += 1;
            }
            done.components += listing.components();
            builder.add(&listing)?;
        }
    }
    if done.added + done.replaced > 0 {
        (done.inventory, done.merged) = work.finish(builder, done.components)?;
    }
    Ok(done)
}

/// Removes SBOMs by their names.
///
/// # Errors
///
/// `inventory-unnamed` where a name is not in it, and then nothing is removed; `inventory-busy` and the
/// other faults of [`add`].
pub fn remove(names: &[String], folder: &str) -> Result<InventoryAdd, Refused> {
    let mut work = Work::begin(folder)?;
    let mut removed = 0;
    let mut unknown = Vec::new();
    for name in names {
        if work.retire(name)? {
            removed += 1;
        } else {
            unknown.push(
                Diagnostic::error(
                    "inventory-unnamed",
                    Place::whole(),
                    format!("the inventory holds no SBOM of the name `{name}`"),
                )
                .help("`mekiki inventory list` shows the names"),
            );
        }
    }
    if !unknown.is_empty() {
        return Err(Refused(unknown));
    }
    let (inventory, merged) = work.finish(Builder::default(), 0)?;
    Ok(InventoryAdd {
        schema: "mekiki/inventory-remove/v1",
        inventory,
        added: 0,
        replaced: 0,
        unchanged: 0,
        removed,
        components: 0,
        merged,
        refused: Vec::new(),
    })
}

/// The files of what was named, each once.
fn files_of(paths: &[String]) -> Result<Vec<String>, Refused> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        let found = if is_folder(path)? {
            let listing = list_folder(path)?;
            let root = path.trim_end_matches('/');
            let below = listing.files.iter().map(|file| format!("{root}/{file}"));
            below.collect()
        } else {
            vec![path.clone()]
        };
        files.extend(found.into_iter().filter(|file| seen.insert(file.clone())));
    }
    Ok(files)
}

fn listing(path: &str) -> Result<Listing, Refused> {
    let bytes = read_file(path).map_err(|error| error.diagnostic().in_file(path))?;
    let (sbom, _) = read_components(&bytes).map_err(|faults| {
        let named = faults.into_iter().map(|fault| fault.in_file(path));
        named.collect::<Vec<_>>()
    })?;
    Ok(Listing::of(path, Digest::of(&bytes), &sbom))
}
