//! Archives, read in memory: what lies in a delivery, down through archives inside of archives.
//!
//! What a container is, its bytes tell. Nothing is written to disk, no link is followed, no name leads
//! out of the archive that it stands in, and what an archive may unfold to is limited. A limit that stops
//! the reading is an error, since what was not seen cannot be judged; all else is a remark.

mod container;
pub mod embedded;
mod oci;
mod unpack;
mod visit;
pub mod write;

use std::borrow::Cow;
use std::io::{BufReader, Cursor, Read, Seek};

use crate::diagnostic::{Diagnostic, Place, Severity};

pub use container::Container;
pub use visit::{Entry, Role, Visitor};

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

/// Unpacked bytes up to which a member is held; a larger one is handed on piece by piece where the visitor takes pieces.
const HELD_BYTES: u64 = 16 * 1024 * 1024;
/// The bytes of a piece.
const PIECE_BYTES: u64 = 1024 * 1024;

/// Walks through files and the archives among them.
pub struct Walk<'v> {
    limits: Limits,
    visitor: &'v mut (dyn Visitor + 'v),
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
    pub fn new(limits: Limits, visitor: &'v mut (dyn Visitor + 'v)) -> Self {
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

    /// Walks through one archive that is not held in memory: it is read once for its digest and once for its members.
    /// What is no archive is taken as a file.
    ///
    /// # Errors
    ///
    /// As [`Walk::file`], and when the source cannot be read.
    pub fn source(
        &mut self,
        path: &str,
        source: &mut (impl Read + Seek),
    ) -> Result<(), Diagnostic> {
        let refused = |error: std::io::Error| {
            let message = format!("the file cannot be read: {error}");
            Diagnostic::error("file-unreadable", Place::whole(), message)
                .help("check the permissions")
                .in_file(path)
        };
        let spot = Spot {
            prefix: "",
            parent: None,
            depth: 0,
        };
        self.count_member()?;
        let mut piece = Vec::new();
        let mut container = None;
        let mut length = 0_u64;
        self.visitor.begin();
        loop {
            piece.clear();
            let read = source.take(PIECE_BYTES).read_to_end(&mut piece);
            let read = u64::try_from(read.map_err(refused)?).unwrap_or(u64::MAX);
            if length == 0 {
                container = Container::detect(&piece);
            }
            length = length.saturating_add(read);
            self.visitor.piece(&piece);
            if read < PIECE_BYTES {
                break;
            }
        }
        let role = container.map_or(Role::File, Role::Archive);
        let number = self.visitor.end(Entry {
            path: path.to_owned(),
            parent: None,
            role,
        });
        let Some(container) = container.filter(|_| self.limits.depth > 0) else {
            return Ok(());
        };
        source.rewind().map_err(refused)?;
        self.inside(spot, path, number, container, (source, length))
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
        self.count_member()?;
        let path = format!("{}{path}", spot.prefix);
        let container = Container::detect(bytes);
        if let Some(container) = container {
            if spot.depth < self.limits.depth {
                let role = Role::Archive(container);
                let number = self.visit(spot, path.clone(), role, bytes);
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let source = (&mut Cursor::new(bytes), length);
                return self.inside(spot, &path, number, container, source);
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
        self.visitor.file(entry, bytes)
    }

    /// Walks through what is inside of an archive that has its number, and so many bytes.
    fn inside(
        &mut self,
        spot: Spot<'_>,
        path: &str,
        number: u32,
        container: Container,
        (source, length): (&mut (impl Read + Seek), u64),
    ) -> Result<(), Diagnostic> {
        let prefix = format!("{path}!/");
        let inside = Spot {
            prefix: &prefix,
            parent: Some(number),
            depth: spot.depth + 1,
        };
        let unpacked = match container {
            Container::Zip => self.zip(inside, BufReader::new(source), length),
            Container::Tar => self.tar(inside, BufReader::new(source), Tally::free()),
            Container::Debian => self.debian(inside, BufReader::new(source)),
            compressed => self.stream(inside, path, compressed, BufReader::new(source), length),
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

    /// Hands a member on that a reader gives: held where it is small, is an archive or may list crates, else piece by
    /// piece where the visitor takes pieces.
    fn take(
        &mut self,
        spot: Spot<'_>,
        path: &str,
        mut reader: impl Read,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let mut bytes = Vec::new();
        let held = if self.visitor.takes_pieces() {
            HELD_BYTES
        } else {
            u64::MAX
        };
        let mut length = 0;
        let ended = self.fill(&mut reader, &mut bytes, held, (&mut length, tally))?;
        if ended || Container::detect(&bytes).is_some() || embedded::is_program(&bytes) {
            if !ended {
                self.fill(&mut reader, &mut bytes, u64::MAX, (&mut length, tally))?;
            }
            return Ok(self.member(spot, path, &bytes)?);
        }
        self.count_member()?;
        self.visitor.begin();
        let mut ended = false;
        while !ended {
            self.visitor.piece(&bytes);
            bytes.clear();
            ended = self.fill(&mut reader, &mut bytes, PIECE_BYTES, (&mut length, tally))?;
        }
        self.visitor.piece(&bytes);
        self.visitor.end(Entry {
            path: format!("{}{path}", spot.prefix),
            parent: spot.parent,
            role: Role::File,
        });
        Ok(())
    }

    /// Reads a member whole, within every limit. What it was unpacked from counts for the ratio.
    fn read(&mut self, mut reader: impl Read, tally: &mut Tally) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        self.fill(&mut reader, &mut bytes, u64::MAX, (&mut 0, tally))?;
        Ok(bytes)
    }

    /// Reads on, about so many bytes, within every limit; tells whether the reader ended. `length` counts the member's.
    fn fill(
        &mut self,
        reader: &mut impl Read,
        bytes: &mut Vec<u8>,
        about: u64,
        (length, tally): (&mut u64, &mut Tally),
    ) -> Result<bool, Stop> {
        let mut filled = 0_u64;
        while filled < about {
            let read = reader
                .by_ref()
                .take(PIECE_BYTES)
                .read_to_end(bytes)
                .map_err(|error| Stop::Broken(error.to_string()))?;
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            filled = filled.saturating_add(read);
            *length = length.saturating_add(read);
            self.bytes = self.bytes.saturating_add(read);
            tally.unpacked = tally.unpacked.saturating_add(read);
            if self.bytes > self.limits.bytes || *length > self.limits.member_bytes {
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
            if read < PIECE_BYTES {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn count_member(&mut self) -> Result<(), Diagnostic> {
        self.members += 1;
        if self.members <= self.limits.members {
            return Ok(());
        }
        let most = self.limits.members;
        let message = format!("the archives hold more than {most} members");
        Err(refuse("archive-members", message))
    }

    /// How many members were seen and how many bytes unfolded so far.
    pub fn spent(&self) -> (usize, u64) {
        (self.members, self.bytes)
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

    fn of(packed: u64) -> Self {
        Self {
            packed,
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
