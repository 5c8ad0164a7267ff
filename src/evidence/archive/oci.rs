//! Images in the OCI layout: what a container made from them would see.
//!
//! Source: OCI Image Format Specification 1.1, `image-layout.md`, `image-index.md`, `manifest.md` and
//! `layer.md` (whiteouts).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read;

use serde::Deserialize;

use super::{Container, Role, Spot, Stop, Tally, Walk};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;

/// The file that says that a folder is an image layout.
pub(super) const LAYOUT: &str = "oci-layout";
/// The file that names the images.
pub(super) const INDEX: &str = "index.json";
/// How deep an index may name further indices.
const MAXIMUM_INDICES: usize = 3;
/// The most images and layers that are looked at.
const MAXIMUM_BLOBS: usize = 4096;

/// Gives a file of the layout.
pub(super) type Blobs<'b, 'd> = dyn FnMut(&str) -> Option<Cow<'d, [u8]>> + 'b;

/// Whether a file may be part of an image layout and so is looked at last.
pub(super) fn is_part(path: &str) -> bool {
    path == LAYOUT || path == INDEX || path.starts_with("blobs/")
}

/// An index or a manifest: what names other blobs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    manifests: Vec<Descriptor>,
    layers: Vec<Descriptor>,
    config: Option<Descriptor>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Descriptor {
    digest: String,
}

impl Descriptor {
    /// Where the blob lies. A digest that is not one leads nowhere.
    fn path(&self) -> Option<String> {
        let (algorithm, value) = self.digest.split_once(':')?;
        let is_plain =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_plain(algorithm) && is_plain(value)).then(|| format!("blobs/{algorithm}/{value}"))
    }
}

impl Walk<'_> {
    /// Walks through every image of a layout.
    pub(super) fn image(
        &mut self,
        spot: Spot<'_>,
        blobs: &mut Blobs<'_, '_>,
    ) -> Result<(), Diagnostic> {
        let Some(index) = blobs(INDEX) else {
            return Ok(());
        };
        let index_path = format!("{}{INDEX}", spot.prefix);
        if let Some(layout) = blobs(LAYOUT) {
            self.visit(
                spot,
                format!("{}{LAYOUT}", spot.prefix),
                Role::Frame,
                &layout,
            );
        }
        self.visit(spot, index_path.clone(), Role::Frame, &index);
        let Ok(index) = serde_json::from_slice::<Manifest>(&index) else {
            self.unreadable(index_path, "it is no image index");
            return Ok(());
        };
        let mut open: Vec<_> = index.manifests.into_iter().map(|one| (one, 0)).collect();
        let mut seen = BTreeSet::new();
        let mut images = Vec::new();
        while let Some((descriptor, depth)) = open.pop() {
            if !seen.insert(descriptor.digest.clone()) || seen.len() > MAXIMUM_BLOBS {
                continue;
            }
            let Some(blob) = self.blob(spot, &descriptor, blobs) else {
                continue;
            };
            match serde_json::from_slice::<Manifest>(&blob) {
                Ok(manifest) => {
                    if depth < MAXIMUM_INDICES {
                        let further = manifest.manifests.iter().cloned();
                        open.extend(further.map(|one| (one, depth + 1)));
                    }
                    if !manifest.layers.is_empty() {
                        images.push((descriptor.digest, manifest));
                    }
                }
                Err(_) => self.unreadable(descriptor.digest, "it is no image manifest"),
            }
        }
        images.sort_by(|one, other| one.0.cmp(&other.0));
        let is_alone = images.len() == 1;
        for (digest, manifest) in images {
            // Several images are told apart by the beginning of their digests.
            let short: String = digest.chars().filter(|one| *one != ':').take(18).collect();
            let prefix = if is_alone {
                spot.prefix.to_owned()
            } else {
                format!("{}{short}!/", spot.prefix)
            };
            let inside = Spot {
                prefix: &prefix,
                ..spot
            };
            if let Some(config) = &manifest.config
                && seen.insert(config.digest.clone())
            {
                self.blob(spot, config, blobs);
            }
            self.layers(inside, &manifest.layers, blobs)?;
        }
        Ok(())
    }

    /// Gives a blob, handed on as part of the frame, and remarks one that is missing or not what its
    /// name says.
    fn blob<'d>(
        &mut self,
        spot: Spot<'_>,
        descriptor: &Descriptor,
        blobs: &mut Blobs<'_, 'd>,
    ) -> Option<Cow<'d, [u8]>> {
        let path = descriptor.path();
        let blob = path.as_deref().and_then(&mut *blobs);
        let (Some(path), Some(blob)) = (path, blob) else {
            self.remarks.push(
                Diagnostic::error(
                    "image-blob-missing",
                    Place::whole(),
                    format!(
                        "the image names the blob `{}`, which is not there",
                        descriptor.digest
                    ),
                )
                .help("ask for the whole image"),
            );
            return None;
        };
        let path = format!("{}{path}", spot.prefix);
        let told = descriptor.digest.split_once(':');
        let is_right = told.is_some_and(|(algorithm, value)| {
            Algorithm::from_name(algorithm)
                .is_some_and(|algorithm| algorithm.hex_of(&blob) == value)
        });
        if !is_right {
            self.remarks.push(
                Diagnostic::error(
                    "image-blob-altered",
                    Place::whole(),
                    "the blob does not have the digest that it is named by",
                )
                .in_file(&path)
                .help("ask for the image again"),
            );
        }
        self.visit(spot, path, Role::Frame, &blob);
        Some(blob)
    }

    /// Walks through layers from the last to the first, leaving out what a later one hides.
    fn layers(
        &mut self,
        spot: Spot<'_>,
        layers: &[Descriptor],
        blobs: &mut Blobs<'_, '_>,
    ) -> Result<(), Diagnostic> {
        let mut above = Above::default();
        for descriptor in layers.iter().take(MAXIMUM_BLOBS).rev() {
            let Some(blob) = self.blob(spot, descriptor, blobs) else {
                continue;
            };
            let read = match Container::detect(&blob) {
                Some(Container::Tar) => self.layer(spot, blob.as_ref(), Tally::free(), &mut above),
                Some(container) => match container.decoder(blob.as_ref()) {
                    Ok(reader) => {
                        let length = u64::try_from(blob.len()).unwrap_or(u64::MAX);
                        self.layer(spot, reader, Tally::of(length), &mut above)
                    }
                    Err(error) => Err(Stop::Broken(error.to_string())),
                },
                None => Err(Stop::Broken("it is no tar".to_owned())),
            };
            match read {
                Ok(()) => {}
                Err(Stop::Limit(diagnostic)) => return Err(*diagnostic),
                Err(Stop::Broken(reason)) => self.unreadable(descriptor.digest.clone(), &reason),
            }
        }
        Ok(())
    }

    fn layer(
        &mut self,
        spot: Spot<'_>,
        reader: impl Read,
        mut tally: Tally,
        above: &mut Above,
    ) -> Result<(), Stop> {
        let broken = |error: std::io::Error| Stop::Broken(error.to_string());
        let mut archive = tar::Archive::new(reader);
        // What a layer hides, it hides in the layers below only.
        let mut own = Above::default();
        let mut links = 0;
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let kind = entry.header().entry_type();
            let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let Some(path) = self.inner_path(spot, &raw) else {
                continue;
            };
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            if name == ".wh..wh..opq" {
                own.opaque.insert(folder.to_owned());
                continue;
            }
            if let Some(name) = name.strip_prefix(".wh.") {
                let hidden = if folder.is_empty() {
                    name.to_owned()
                } else {
                    format!("{folder}/{name}")
                };
                own.gone.insert(hidden);
                continue;
            }
            if kind.is_dir() {
                continue;
            }
            let is_hidden = above.hides(&path);
            own.gone.insert(path.clone());
            if kind.is_symlink() || kind.is_hard_link() {
                links += 1;
                continue;
            }
            if !is_hidden && (kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
                self.take(spot, &path, &mut entry, &mut tally)?;
            }
        }
        self.links(spot, links);
        above.gone.append(&mut own.gone);
        above.opaque.append(&mut own.opaque);
        Ok(())
    }
}

/// What the layers above hide.
#[derive(Debug, Default)]
struct Above {
    /// Paths that are there or were taken away, with all below them.
    gone: BTreeSet<String>,
    /// Folders whose content in the layers below was taken away.
    opaque: BTreeSet<String>,
}

impl Above {
    fn hides(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        self.gone.contains(path)
            || self.opaque.contains("")
            || folders.any(|folder| self.gone.contains(folder) || self.opaque.contains(folder))
    }
}
