//! What was delivered into a folder: listed without following a link, and opened for reading in pieces.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{FolderError, MAXIMUM_DELIVERED_BYTES, MAXIMUM_DEPTH, MAXIMUM_FILES};
use crate::diagnostic::{Diagnostic, Place};

/// How many links in a row are looked along.
const MAXIMUM_LINKS: usize = 16;

/// The folder of a delivery.
#[derive(Debug, Clone)]
pub struct DeliveredFolder {
    root: PathBuf,
}

/// What lies in a delivery.
#[derive(Debug, Default)]
pub struct Found {
    /// Regular files by their path inside, sorted.
    pub files: Vec<String>,
    /// Links, and what cannot be listed or is no file: a note for a link to what was delivered, else an error. Sorted.
    pub remarks: Vec<Diagnostic>,
}

impl DeliveredFolder {
    /// Names the folder; nothing is read yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Lists every file. What cannot be listed is remarked, and the rest is listed all the same.
    ///
    /// # Errors
    ///
    /// When the folder itself cannot be listed, or holds more files or levels than the limits allow.
    pub fn list(&self) -> Result<Found, FolderError> {
        let mut found = Found::default();
        let mut links: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut open = vec![(String::new(), 0)];
        while let Some((folder, depth)) = open.pop() {
            let on_disk = self.on_disk(&folder);
            let entries = match fs::read_dir(&on_disk) {
                Ok(entries) => entries,
                Err(source) if depth == 0 => return Err(FolderError::of(&on_disk, source)),
                Err(source) => {
                    found.remarks.push(refused(&folder, source));
                    continue;
                }
            };
            for entry in entries {
                let told = entry.and_then(|one| Ok((one.file_name(), one.file_type()?)));
                let (name, kind) = match told {
                    Ok(told) => told,
                    Err(source) => {
                        found.remarks.push(refused(&folder, source));
                        continue;
                    }
                };
                let shown = join(&folder, &name.to_string_lossy());
                let Some(name) = name.to_str() else {
                    found.remarks.push(irregular(&shown));
                    continue;
                };
                let path = join(&folder, name);
                if kind.is_dir() {
                    if depth >= MAXIMUM_DEPTH {
                        return Err(self.too_many());
                    }
                    open.push((path, depth + 1));
                } else if kind.is_file() {
                    found.files.push(path);
                } else if kind.is_symlink() {
                    let target = fs::read_link(self.on_disk(&path)).ok();
                    let target = target.and_then(|one| inside_of(&folder, one.to_str()?));
                    links.insert(path, target);
                } else {
                    found.remarks.push(irregular(&path));
                }
                if found.files.len() + found.remarks.len() + links.len() > MAXIMUM_FILES {
                    return Err(self.too_many());
                }
            }
        }
        found.files.sort();
        for path in links.keys() {
            found.remarks.push(link(path, &links, &found.files));
        }
        found.remarks.sort();
        Ok(found)
    }

    /// Opens a file of the listing.
    ///
    /// # Errors
    ///
    /// When it is no regular file any more, or the system refuses; the diagnostic names the path inside.
    pub fn open(&self, path: &str) -> Result<OpenDelivered, Diagnostic> {
        let on_disk = self.on_disk(path);
        let metadata = fs::symlink_metadata(&on_disk).map_err(|source| refused(path, source))?;
        if !metadata.is_file() {
            return Err(irregular(path));
        }
        let file = File::open(&on_disk).map_err(|source| refused(path, source))?;
        Ok(OpenDelivered {
            file,
            length: metadata.len(),
        })
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.root.clone()
        } else {
            self.root.join(path)
        }
    }

    fn too_many(&self) -> FolderError {
        FolderError::TooMany {
            path: self.root.display().to_string(),
        }
    }
}

/// A delivered file that is open.
#[derive(Debug)]
pub struct OpenDelivered {
    file: File,
    length: u64,
}

impl OpenDelivered {
    /// Its size in bytes when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from here to its end, at most 2 GiB. `path` names it in a fault.
    ///
    /// # Errors
    ///
    /// When it is too large, or the system refuses.
    pub fn whole(self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        if self.length > MAXIMUM_DELIVERED_BYTES {
            let fault = FolderError::TooLarge {
                path: path.to_owned(),
                bytes: self.length,
                limit: MAXIMUM_DELIVERED_BYTES,
            };
            return Err(fault.diagnostic().in_file(path));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0));
        self.file
            .take(MAXIMUM_DELIVERED_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| refused(path, error))?;
        Ok(bytes)
    }
}

impl Read for OpenDelivered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
}

impl Seek for OpenDelivered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Where a path lies inside of a folder, whatever links lead to either; `None` for what lies elsewhere or is not there.
pub fn place_inside(folder: &Path, path: &Path) -> Option<String> {
    let (folder, path) = (folder.canonicalize().ok()?, path.canonicalize().ok()?);
    let inside = path.strip_prefix(&folder).ok()?.to_str()?;
    Some(inside.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// What the system's refusal of a path inside is to a reader.
pub fn refused(path: &str, source: io::Error) -> Diagnostic {
    FolderError::of(Path::new(path), source)
        .diagnostic()
        .in_file(path)
}

fn irregular(path: &str) -> Diagnostic {
    let path = path.to_owned();
    let diagnostic = FolderError::Irregular { path: path.clone() }.diagnostic();
    diagnostic.in_file(path)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The path inside that a link in `folder` leads to; `None` where it leads out.
fn inside_of(folder: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|one| !one.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

/// A link is remarked: what it leads to is among what was delivered, or was not seen.
fn link(path: &str, links: &BTreeMap<String, Option<String>>, files: &[String]) -> Diagnostic {
    let is_there = |target: &str| {
        let below = format!("{target}/");
        let at = files.partition_point(|file| file.as_str() < below.as_str());
        let holds = files.get(at).is_some_and(|file| file.starts_with(&below));
        holds
            || files
                .binary_search_by(|file| file.as_str().cmp(target))
                .is_ok()
    };
    let mut target = links.get(path).and_then(Option::as_deref);
    for _ in 0..MAXIMUM_LINKS {
        match target.and_then(|one| links.get(one)) {
            Some(next) => target = next.as_deref(),
            None => break,
        }
    }
    let told = if target.is_some_and(is_there) {
        let message = "the link leads to what was delivered, and is not followed";
        Diagnostic::note("file-link", Place::whole(), message)
    } else {
        let message = "the link leads to what was not delivered, and is not followed";
        Diagnostic::error("file-link", Place::whole(), message)
    };
    told.in_file(path)
        .help("hand in the file itself, not a link to it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_inside_or_out() {
        for (folder, target, expected) in [
            ("lib", "libx.so.1", Some("lib/libx.so.1")),
            ("lib", "../bin/./app", Some("bin/app")),
            ("", "a/b", Some("a/b")),
            ("lib", "../../etc/passwd", None),
            ("lib", "/etc/passwd", None),
        ] {
            let found = inside_of(folder, target);
            assert_eq!(found.as_deref(), expected, "{folder} {target}");
        }
        let links = [
            ("one", Some("two")),
            ("two", Some("real")),
            ("round", Some("round")),
            ("folder", Some("lib")),
            ("gone", Some("nothing")),
            ("out", None),
        ];
        let links: BTreeMap<_, _> = links
            .map(|(path, target)| (path.to_owned(), target.map(str::to_owned)))
            .into();
        let files = ["lib/x".to_owned(), "real".to_owned()];
        let leads_in = |path: &str| link(path, &links, &files).severity.word() == "note";
        let inside: Vec<_> = links.keys().filter(|path| leads_in(path)).collect();
        assert_eq!(inside, ["folder", "one", "two"]);
    }
}
