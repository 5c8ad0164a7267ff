//! Archives, read in memory: what lies in a delivery, down through archives inside of archives.
//!
//! What a container is, its bytes tell. Nothing is written to disk, no link is followed, no name leads
//! out of the archive that it stands in, and what an archive may unfold to is limited. A limit that stops
//! the reading is an error, since what was not seen cannot be judged; all else is a remark.

mod container;
pub mod embedded;
mod oci;
pub mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use crate::diagnostic::{Diagnostic, Place, Severity};

pub use container::Container;

/// Whether files at these paths are an image in the OCI layout.
pub fn is_image_layout(mut paths: impl FnMut(&str) -> bool) -> bool {
    paths(oci::LAYOUT) && paths(oci::INDEX)
}

/// Whether a file is part of the frame of an image layout.
pub fn is_image_part(path: &str) -> bool {
    oci::is_part(path)
}

/// How much an archive may unfold to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files and folders in all archives together.
    pub members: usize,
    /// Unpacked bytes of all archives together.
    pub bytes: u64,
    /// Unpacked bytes of one member.
    pub member_bytes: u64,
    /// How many times its own size an archive may unfold to.
    pub ratio: u64,
    /// How deep archives stand inside of archives; what lies deeper is not opened.
    pub depth: usize,
    /// Bytes of a path inside an archive.
    pub path_length: usize,
}

impl Default for Limits {
    /// A million members, 16 GiB together and 2 GiB each, 250 times the size, four deep, paths of 4,096
    /// bytes (`PATH_MAX` of Linux).
    fn default() -> Self {
        Self {
            members: 1_000_000,
            bytes: 16 * 1024 * 1024 * 1024,
            member_bytes: 2 * 1024 * 1024 * 1024,
            ratio: 250,
            depth: 4,
            path_length: 4096,
        }
    }
}

/// Unpacked bytes up to which the ratio is not asked for: small files of one letter are no bombs.
const RATIO_FREE_BYTES: u64 = 16 * 1024 * 1024;

/// What a file of a delivery is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A file.
    File,
    /// An archive whose members are files of their own.
    Archive(Container),
    /// Part of the frame of another container, such as a manifest or layer of an image.
    Frame,
}

/// A file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path; `!/` stands between an archive and the path inside.
    pub path: String,
    /// The archive that it lies in, by the number that the visitor gave it.
    pub parent: Option<u32>,
    /// What it is for.
    pub role: Role,
}

/// Takes every file with its bytes and numbers it. An archive comes before its members.
pub type Visitor<'v> = dyn FnMut(Entry, &[u8]) -> u32 + 'v;

/// Walks through files and the archives among them.
pub struct Walk<'v> {
    limits: Limits,
    visitor: &'v mut Visitor<'v>,
    members: usize,
    bytes: u64,
    remarks: Vec<Diagnostic>,
}

/// Where the walk stands.
#[derive(Debug, Clone, Copy)]
struct Spot<'s> {
    /// What paths begin with.
    prefix: &'s str,
    parent: Option<u32>,
    depth: usize,
}

impl<'v> Walk<'v> {
    /// Begins a walk.
    pub fn new(limits: Limits, visitor: &'v mut Visitor<'v>) -> Self {
        Self {
            limits,
            visitor,
            members: 0,
            bytes: 0,
            remarks: Vec::new(),
        }
    }

    /// Walks through one file, which may be an archive.
    ///
    /// # Errors
    ///
    /// When a limit is reached, and when it is an archive that cannot be read at all.
    pub fn file(&mut self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let spot = Spot {
            prefix: "",
            parent: None,
            depth: 0,
        };
        self.member(spot, path, bytes)
    }

    /// Walks through an image layout whose files a function gives.
    ///
    /// # Errors
    ///
    /// When a limit is reached, and when the index cannot be read.
    pub fn layout(
        &mut self,
        read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<(), Diagnostic> {
        let spot = Spot {
            prefix: "",
            parent: None,
            depth: 0,
        };
        self.image(spot, &mut |path| read(path).map(Cow::Owned))
    }

    /// Ends the walk and returns the remarks.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.remarks.sort();
        self.remarks.dedup();
        self.remarks
    }

    /// Hands a member on, and what is inside of it.
    fn member(&mut self, spot: Spot<'_>, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.members += 1;
        if self.members > self.limits.members {
            return Err(self.members_limit());
        }
        let path = format!("{}{path}", spot.prefix);
        let container = Container::detect(bytes);
        if let Some(container) = container {
            if spot.depth < self.limits.depth {
                return self.archive(spot, &path, container, bytes);
            }
            self.remarks.push(
                Diagnostic::warning(
                    "archive-depth",
                    Place::whole(),
                    format!(
                        "an archive stands deeper than {} archives and is not opened",
                        self.limits.depth
                    ),
                )
                .in_file(&path)
                .help("unpack it and match it on its own"),
            );
        }
        self.visit(spot, path, Role::File, bytes);
        Ok(())
    }

    fn visit(&mut self, spot: Spot<'_>, path: String, role: Role, bytes: &[u8]) -> u32 {
        let entry = Entry {
            path,
            parent: spot.parent,
            role,
        };
        (self.visitor)(entry, bytes)
    }

    fn archive(
        &mut self,
        spot: Spot<'_>,
        path: &str,
        container: Container,
        bytes: &[u8],
    ) -> Result<(), Diagnostic> {
        let prefix = format!("{path}!/");
        let parent = self.visit(spot, path.to_owned(), Role::Archive(container), bytes);
        let inside = Spot {
            prefix: &prefix,
            parent: Some(parent),
            depth: spot.depth + 1,
        };
        let unpacked = match container {
            Container::Zip => self.zip(inside, bytes),
            Container::Tar => self.tar(inside, bytes, Tally::free()),
            Container::Debian => self.debian(inside, bytes),
            compressed => self.stream(inside, path, compressed, bytes),
        };
        match unpacked {
            Ok(()) => Ok(()),
            Err(Stop::Limit(diagnostic)) => Err(*diagnostic),
            Err(Stop::Broken(reason)) => {
                let broken = Diagnostic::error(
                    "archive-unreadable",
                    Place::whole(),
                    format!("the {} is broken: {reason}", container.name()),
                );
                self.remarks.push(
                    broken
                        .in_file(path)
                        .help("ask for the file again; what lies behind the break was not seen"),
                );
                Ok(())
            }
        }
    }

    /// Reads a member whole, within every limit. What it was unpacked from counts for the ratio.
    fn read(&mut self, mut reader: impl Read, tally: &mut Tally) -> Result<Vec<u8>, Stop> {
        const STEP: u64 = 1024 * 1024;
        let mut bytes = Vec::new();
        loop {
            let read = reader
                .by_ref()
                .take(STEP)
                .read_to_end(&mut bytes)
                .map_err(|error| Stop::Broken(error.to_string()))?;
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            self.bytes = self.bytes.saturating_add(read);
            tally.unpacked = tally.unpacked.saturating_add(read);
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if self.bytes > self.limits.bytes || length > self.limits.member_bytes {
                return Err(Stop::from(refuse(
                    "archive-bytes",
                    format!(
                        "the archives unfold to more than {} bytes, or a member to more than {}",
                        self.limits.bytes, self.limits.member_bytes
                    ),
                )));
            }
            if tally.exceeds(self.limits.ratio) {
                return Err(Stop::from(refuse(
                    "archive-ratio",
                    format!(
                        "an archive unfolds to more than {} times its size",
                        self.limits.ratio
                    ),
                )));
            }
            if read < STEP {
                return Ok(bytes);
            }
        }
    }

    fn members_limit(&self) -> Diagnostic {
        refuse(
            "archive-members",
            format!(
                "the archives hold more than {} members",
                self.limits.members
            ),
        )
    }

    /// The path of a member inside its archive. What would lead out of it does not, and is remarked.
    fn inner_path(&mut self, spot: Spot<'_>, raw: &str) -> Option<String> {
        let archive = spot.prefix.trim_end_matches("!/").to_owned();
        if raw.len() > self.limits.path_length {
            self.remarks.push(
                Diagnostic::warning(
                    "archive-path-length",
                    Place::whole(),
                    format!(
                        "the path of a member is longer than {} bytes; the member is left out",
                        self.limits.path_length
                    ),
                )
                .in_file(archive)
                .help("no system unpacks it; ask why it is there"),
            );
            return None;
        }
        let slashed = raw.replace('\\', "/");
        let has_drive = slashed.as_bytes().get(..2).is_some_and(|start| {
            start.first().is_some_and(u8::is_ascii_alphabetic) && start.ends_with(b":")
        });
        let inside = if has_drive {
            slashed.get(2..)
        } else {
            Some(slashed.as_str())
        };
        let steps: Vec<_> = inside
            .unwrap_or_default()
            .split('/')
            .filter(|step| !step.is_empty() && *step != "." && *step != "..")
            .collect();
        if has_drive || slashed.starts_with('/') || slashed.split('/').any(|step| step == "..") {
            self.remarks.push(
                Diagnostic::error(
                    "archive-path-escape",
                    Place::whole(),
                    format!("the member `{raw}` would be unpacked outside of its folder"),
                )
                .in_file(archive)
                .help("do not unpack it with a tool that follows such paths; ask the supplier"),
            );
        }
        (!steps.is_empty()).then(|| steps.join("/"))
    }

    /// Remarks how many links an archive holds.
    fn links(&mut self, spot: Spot<'_>, count: usize) {
        if count > 0 {
            let archive = spot.prefix.trim_end_matches("!/").to_owned();
            self.remarks.push(
                Diagnostic::note(
                    "archive-links",
                    Place::whole(),
                    format!("{count} links are not followed"),
                )
                .in_file(archive),
            );
        }
    }

    /// Remarks a member that cannot be read.
    fn unreadable(&mut self, path: String, reason: &str) {
        self.remarks.push(
            Diagnostic::error(
                "archive-member-unreadable",
                Place::whole(),
                format!("the member cannot be read: {reason}"),
            )
            .in_file(path)
            .help("ask for it without encryption, packed by a common method"),
        );
    }

    /// A compressed stream: a tar, or a single file.
    fn stream(
        &mut self,
        spot: Spot<'_>,
        path: &str,
        container: Container,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        let mut reader = container
            .decoder(bytes)
            .map_err(|error| Stop::Broken(error.to_string()))?;
        let mut tally = Tally::of(bytes);
        // A tar tells itself in its first block.
        let mut start = Vec::new();
        reader
            .by_ref()
            .take(512)
            .read_to_end(&mut start)
            .map_err(|error| Stop::Broken(error.to_string()))?;
        let is_tar = Container::detect(&start) == Some(Container::Tar);
        let whole = std::io::Cursor::new(start).chain(reader);
        if is_tar {
            return self.tar(spot, whole, tally);
        }
        let content = self.read(whole, &mut tally)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Ok(self.member(spot, name, &content)?)
    }

    fn zip(&mut self, spot: Spot<'_>, bytes: &[u8]) -> Result<(), Stop> {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))
            .map_err(|error| Stop::Broken(error.to_string()))?;
        let mut tally = Tally::of(bytes);
        let mut links = 0;
        for index in 0..archive.len() {
            let mut member = match archive.by_index(index) {
                Ok(member) => member,
                Err(error) => {
                    let path = format!("{}#{index}", spot.prefix);
                    self.unreadable(path, &error.to_string());
                    continue;
                }
            };
            let raw = String::from_utf8_lossy(member.name_raw()).into_owned();
            let name = member.name().map_or(raw, Cow::into_owned);
            if member.is_symlink() {
                links += 1;
                continue;
            }
            let Some(path) = self.inner_path(spot, &name) else {
                continue;
            };
            if member.is_dir() {
                continue;
            }
            match self.read(&mut member, &mut tally) {
                Ok(content) => self.member(spot, &path, &content)?,
                Err(Stop::Broken(reason)) => {
                    self.unreadable(format!("{}{path}", spot.prefix), &reason);
                }
                Err(stop) => return Err(stop),
            }
        }
        self.links(spot, links);
        Ok(())
    }

    fn tar(&mut self, spot: Spot<'_>, reader: impl Read, mut tally: Tally) -> Result<(), Stop> {
        let mut archive = tar::Archive::new(reader);
        // What stands behind the mark of the end is unpacked by some tools, so it is looked at.
        archive.set_ignore_zeros(true);
        let mut held: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut links = 0;
        let entries = archive
            .entries()
            .map_err(|error| Stop::Broken(error.to_string()))?;
        for entry in entries {
            let mut entry = entry.map_err(|error| Stop::Broken(error.to_string()))?;
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                links += 1;
                continue;
            }
            let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let Some(path) = self.inner_path(spot, &raw) else {
                continue;
            };
            if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
                continue;
            }
            let content = self.read(&mut entry, &mut tally)?;
            if oci::is_part(&path) {
                held.insert(path, content);
            } else {
                self.member(spot, &path, &content)?;
            }
        }
        self.links(spot, links);
        Ok(self.held(spot, &held)?)
    }

    /// What was held back, since it may be an image.
    fn held(&mut self, spot: Spot<'_>, held: &BTreeMap<String, Vec<u8>>) -> Result<(), Diagnostic> {
        if held.contains_key(oci::LAYOUT) && held.contains_key(oci::INDEX) {
            return self.image(spot, &mut |path| {
                held.get(path).map(|bytes| Cow::Borrowed(bytes.as_slice()))
            });
        }
        held.iter()
            .try_for_each(|(path, bytes)| self.member(spot, path, bytes))
    }

    /// A Debian package: its data and control archives stand for the package itself.
    fn debian(&mut self, spot: Spot<'_>, bytes: &[u8]) -> Result<(), Stop> {
        let mut archive = ar::Archive::new(bytes);
        while let Some(entry) = archive.next_entry() {
            let entry = entry.map_err(|error| Stop::Broken(error.to_string()))?;
            let name = String::from_utf8_lossy(entry.header().identifier()).into_owned();
            let name = name.trim_end_matches('/').to_owned();
            let mut free = Tally::free();
            let content = self.read(entry, &mut free)?;
            let folder = if name.starts_with("control.tar") {
                "DEBIAN/"
            } else if name.starts_with("data.tar") {
                ""
            } else {
                continue;
            };
            let prefix = format!("{}{folder}", spot.prefix);
            let inside = Spot {
                prefix: &prefix,
                ..spot
            };
            match Container::detect(&content) {
                Some(Container::Tar) => self.tar(inside, content.as_slice(), Tally::free())?,
                Some(container) => self.stream(inside, &name, container, &content)?,
                None => self.unreadable(format!("{}{name}", spot.prefix), "it is no archive"),
            }
        }
        Ok(())
    }
}

/// How much came out of how much.
#[derive(Debug, Clone, Copy)]
struct Tally {
    packed: u64,
    unpacked: u64,
}

impl Tally {
    /// For what is not compressed.
    fn free() -> Self {
        Self {
            packed: u64::MAX,
            unpacked: 0,
        }
    }

    fn of(packed: &[u8]) -> Self {
        Self {
            packed: u64::try_from(packed.len()).unwrap_or(u64::MAX),
            unpacked: 0,
        }
    }

    fn exceeds(self, ratio: u64) -> bool {
        self.unpacked > RATIO_FREE_BYTES && self.unpacked > self.packed.saturating_mul(ratio)
    }
}

/// Why a container was not read to its end.
enum Stop {
    /// A limit; nothing further is read.
    Limit(Box<Diagnostic>),
    /// The container is broken; the walk goes on behind it.
    Broken(String),
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Limit(Box::new(diagnostic))
    }
}

/// A limit that ends the walk.
fn refuse(code: &'static str, message: String) -> Diagnostic {
    Diagnostic {
        file: None,
        at: Place::whole(),
        severity: Severity::Error,
        code,
        message,
        help: Some("unpack what you trust and match the folder".to_owned()),
    }
}

#[cfg(test)]
mod tests;
