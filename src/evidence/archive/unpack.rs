//! The containers, each unpacked member by member.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Seek};

use super::{Container, Spot, Stop, Tally, Walk, oci};
use crate::diagnostic::Diagnostic;

impl Walk<'_> {
    /// A compressed stream: a tar, or a single file.
    pub(super) fn stream(
        &mut self,
        spot: Spot<'_>,
        path: &str,
        container: Container,
        packed: impl BufRead,
        length: u64,
    ) -> Result<(), Stop> {
        let mut reader = container
            .decoder(packed)
            .map_err(|error| Stop::Broken(error.to_string()))?;
        let mut tally = Tally::of(length);
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
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        self.take(spot, name, whole, &mut tally)
    }

    pub(super) fn zip(
        &mut self,
        spot: Spot<'_>,
        source: impl Read + Seek,
        length: u64,
    ) -> Result<(), Stop> {
        let mut archive =
            zip::ZipArchive::new(source).map_err(|error| Stop::Broken(error.to_string()))?;
        let mut tally = Tally::of(length);
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
            match self.take(spot, &path, &mut member, &mut tally) {
                Ok(()) => {}
                Err(Stop::Broken(reason)) => {
                    self.unreadable(format!("{}{path}", spot.prefix), &reason);
                }
                Err(stop) => return Err(stop),
            }
        }
        self.links(spot, links);
        Ok(())
    }

    pub(super) fn tar(
        &mut self,
        spot: Spot<'_>,
        reader: impl Read,
        mut tally: Tally,
    ) -> Result<(), Stop> {
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
            if oci::is_part(&path) {
                let content = self.read(&mut entry, &mut tally)?;
                held.insert(path, content);
            } else {
                self.take(spot, &path, &mut entry, &mut tally)?;
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
    pub(super) fn debian(&mut self, spot: Spot<'_>, packed: impl Read) -> Result<(), Stop> {
        let mut archive = ar::Archive::new(packed);
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
                Some(container) => {
                    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
                    self.stream(inside, &name, container, content.as_slice(), length)?;
                }
                None => self.unreadable(format!("{}{name}", spot.prefix), "it is no archive"),
            }
        }
        Ok(())
    }
}
