//! Reads every delivered file once, on all cores, and holds none that its digest is enough of.
//!
//! The order of threads changes nothing: what each file gives stands apart, and is put together in the order of paths.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::telling::{DOCUMENT_BYTES, Told, is_worth_a_look, tell};
use crate::delivery::Inventory;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest, Digesters};
use crate::evidence::archive::embedded::is_program;
use crate::evidence::archive::{Container, Entry, Limits, Role, Walk};
use crate::evidence::archive::{is_image_layout, is_image_part};
use crate::folder::delivered::{DeliveredFolder, OpenDelivered, refused};

/// What is read at once.
const BLOCK_BYTES: usize = 256 * 1024;
/// The largest archive, program or document that is held while others are; of larger ones one after the other is.
const BESIDE_BYTES: u64 = 8 * 1024 * 1024;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its path inside of what was delivered.
    pub(super) path: String,
    /// Its digest.
    pub(super) sha256: Digest,
    /// Its size.
    pub(super) bytes: u64,
    /// What it is.
    pub(super) told: Told,
}

/// All files that were read.
#[derive(Debug)]
pub(super) struct Reading {
    /// The files in the order of their paths.
    pub(super) seen: Vec<Seen>,
    /// The files and those inside of archives with the digests asked for.
    pub(super) inventory: Inventory,
    /// What could not be read or looked into.
    pub(super) remarks: Vec<Diagnostic>,
}

/// Reads the files at `paths`, which are sorted.
pub(super) fn read_all(
    folder: &DeliveredFolder,
    paths: &[String],
    algorithms: &[Algorithm],
    limits: Limits,
) -> Reading {
    let reader = Reader {
        folder,
        algorithms,
        limits,
        members: AtomicUsize::new(0),
        bytes: AtomicU64::new(0),
        large: Mutex::new(()),
    };
    let is_there = |path: &str| {
        let found = paths.binary_search_by(|one| one.as_str().cmp(path));
        found.is_ok()
    };
    let image = is_image_layout(is_there).then(|| reader.image(is_there));
    let of_image: BTreeMap<&str, (Digest, u64)> = image
        .iter()
        .flat_map(|part| part.inventory.frame())
        .collect();
    let parts: Vec<Part> = paths
        .par_iter()
        .map_init(
            || vec![0; BLOCK_BYTES],
            |block, path| match of_image.get(path.as_str()) {
                Some((sha256, bytes)) if is_image_part(path) => Part {
                    seen: Some(Seen {
                        path: path.clone(),
                        sha256: *sha256,
                        bytes: *bytes,
                        told: Told::nothing(),
                    }),
                    ..reader.part()
                },
                _ => reader.read(path, block),
            },
        )
        .collect();
    drop(of_image);
    let too_much = reader.is_too_much();
    let mut reading = Reading {
        seen: Vec::with_capacity(parts.len()),
        inventory: Inventory::new(algorithms.to_vec(), false),
        remarks: Vec::new(),
    };
    for mut part in image.into_iter().chain(parts) {
        if too_much {
            part.inventory.forget_inside();
        }
        reading.seen.extend(part.seen);
        reading.inventory.append(part.inventory);
        reading.remarks.append(&mut part.remarks);
    }
    if too_much {
        // Which of them were looked into hangs on the order of threads.
        let is_inside = |code: &str| code.starts_with("archive-") || code.starts_with("image-");
        reading.remarks.retain(|one| !is_inside(one.code));
        let message = format!(
            "all archives together unfold to more than {} bytes or {} members, and none is looked into",
            limits.bytes, limits.members
        );
        let told = Diagnostic::error("archive-bytes", Place::whole(), message);
        reading
            .remarks
            .push(told.help("have it delivered in parts, and verify each"));
    }
    reading.remarks.sort();
    reading.remarks.dedup();
    reading
}

/// What one file gives.
struct Part {
    seen: Option<Seen>,
    inventory: Inventory,
    remarks: Vec<Diagnostic>,
}

struct Reader<'a> {
    folder: &'a DeliveredFolder,
    algorithms: &'a [Algorithm],
    limits: Limits,
    /// Members of all archives, and what they unfold to.
    members: AtomicUsize,
    bytes: AtomicU64,
    /// Held by whoever holds a large file.
    large: Mutex<()>,
}

impl Reader<'_> {
    fn part(&self) -> Part {
        Part {
            seen: None,
            inventory: Inventory::new(self.algorithms.to_vec(), false),
            remarks: Vec::new(),
        }
    }

    fn is_too_much(&self) -> bool {
        self.members.load(Ordering::Relaxed) > self.limits.members
            || self.bytes.load(Ordering::Relaxed) > self.limits.bytes
    }

    fn read(&self, path: &str, block: &mut [u8]) -> Part {
        let mut part = self.part();
        match self.look(path, block, &mut part) {
            Ok(told) => {
                part.seen = part.inventory.first().map(|(sha256, bytes)| Seen {
                    path: path.to_owned(),
                    sha256,
                    bytes,
                    told,
                });
            }
            Err(fault) => part.remarks.push(fault),
        }
        part
    }

    /// Takes a file into the inventory of its part, and tells what it is.
    fn look(&self, path: &str, block: &mut [u8], part: &mut Part) -> Result<Told, Diagnostic> {
        let mut file = self.folder.open(path)?;
        let filled = fill(&mut file, block).map_err(|error| refused(path, error))?;
        let head = block.get(..filled).unwrap_or_default();
        let is_whole = filled < block.len();
        let container = Container::detect(head);
        let length = file.length();
        let looks = is_worth_a_look(path, head) && length <= DOCUMENT_BYTES;
        let is_held = match container {
            Some(_) => length <= BESIDE_BYTES || (looks && is_document_of(path)),
            None => is_program(head) || looks,
        };
        if is_whole {
            return Ok(self.held(path, head, looks, part));
        }
        let _one_at_a_time =
            (length > BESIDE_BYTES && (is_held || container.is_some())).then(|| {
                self.large
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
            });
        if is_held {
            file.rewind().map_err(|error| refused(path, error))?;
            let bytes = file.whole(path)?;
            return Ok(self.held(path, &bytes, looks, part));
        }
        if container.is_some() {
            file.rewind().map_err(|error| refused(path, error))?;
            self.walk(path, part, |walk| walk.source(path, &mut file))?;
            return Ok(Told::nothing());
        }
        let mut digesters = Digesters::new(self.algorithms);
        digesters.update(head);
        loop {
            let filled = fill(&mut file, block).map_err(|error| refused(path, error))?;
            digesters.update(block.get(..filled).unwrap_or_default());
            if filled < block.len() {
                break;
            }
        }
        part.inventory.add_digested(plain(path), digesters.finish());
        Ok(Told::nothing())
    }

    /// A file whose bytes are at hand.
    fn held(&self, path: &str, bytes: &[u8], looks: bool, part: &mut Part) -> Told {
        if Container::detect(bytes).is_none() {
            part.inventory.add(plain(path), bytes);
            return if looks { tell(bytes) } else { Told::nothing() };
        }
        if let Err(fault) = self.walk(path, part, |walk| walk.file(path, bytes)) {
            part.remarks.push(fault);
        }
        // A compressed document is told by what is inside, where its name makes that worth unpacking it twice.
        if looks && is_document_of(path) {
            tell(bytes)
        } else {
            Told::nothing()
        }
    }

    /// Walks through an archive, within what is left for all of them together.
    fn walk(
        &self,
        path: &str,
        part: &mut Part,
        through: impl FnOnce(&mut Walk<'_>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let mut limits = self.limits;
        if self.is_too_much() {
            // Nothing inside will be kept; the archive itself is read for its digest.
            limits.depth = 0;
        }
        let mut walk = Walk::new(limits, &mut part.inventory);
        let ended = through(&mut walk);
        let (members, bytes) = walk.spent();
        self.members.fetch_add(members, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        part.remarks.extend(walk.finish());
        match ended {
            Err(fault) if fault.code == "file-unreadable" => Err(fault),
            Err(fault) => {
                part.remarks.push(fault.in_file(path));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// The image whose layout the folder is.
    fn image(&self, is_there: impl Fn(&str) -> bool) -> Part {
        let mut part = self.part();
        let folder = self.folder;
        let mut read = |path: &str| {
            let file = is_there(path).then(|| folder.open(path).ok()).flatten()?;
            file.whole(path).ok()
        };
        let walked = self.walk("index.json", &mut part, |walk| walk.layout(&mut read));
        part.remarks.extend(walked.err());
        part
    }
}

fn plain(path: &str) -> Entry {
    Entry {
        path: path.to_owned(),
        parent: None,
        role: Role::File,
    }
}

/// Whether a name is that of a document that is compressed, and not of an archive.
fn is_document_of(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = [".gz", ".zst", ".xz", ".bz2"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    stem.is_some_and(|stem| {
        [".json", ".xml", ".spdx", ".yaml", ".yml", ".jsonl", ".cdx"]
            .iter()
            .any(|ending| stem.ends_with(ending))
    })
}

/// Fills a block as far as the file reaches.
fn fill(file: &mut OpenDelivered, block: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(left) = block.get_mut(filled..).filter(|left| !left.is_empty()) {
        match file.read(left) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
