//! Image layouts on disk, and the signatures in them that are attached to an image.
//!
//! Sources: OCI Image Format Specification 1.1, `image-layout.md`, `descriptor.md` and `manifest.md`; OCI
//! Distribution Specification 1.1, "Referrers Tag Schema"; cosign, `specs/SIGNATURE_SPEC.md` and
//! `specs/ATTESTATION_SPEC.md`. Who reads the files is the caller; every blob is held against the length
//! and the digest by which it is named before anything in it counts.

mod descriptor;
mod verification;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::tree::{Node, Value, parse_json};
use descriptor::{Descriptor, MediaType};
pub use verification::verify;

/// The most bytes of `index.json` or a manifest: 4 MiB (OCI Distribution Specification 1.1, "Pushing
/// Manifests", asks registries for so much).
pub const MAXIMUM_MANIFEST_BYTES: u64 = 4 * 1024 * 1024;
/// The most bytes of a signature, attestation or bundle.
pub const MAXIMUM_LAYER_BYTES: u64 = 16 * 1024 * 1024;
/// The most manifests that are looked into, and the most signatures that one image may have.
pub const MAXIMUM_COUNT: usize = 1000;

/// Gives the files of a layout.
pub trait Files {
    /// The bytes of the file at `path`, which has plain steps only; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Where it is larger than `maximum_bytes`, no regular file, reached through a link, or unreadable.
    fn file(&self, path: &str, maximum_bytes: u64) -> Result<Option<Vec<u8>>, Diagnostic>;
}

/// What an attached signature consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A payload of simple signing with a signature beside it.
    Cosign,
    /// A DSSE envelope.
    Dsse,
    /// A Sigstore bundle.
    Bundle,
}

/// What cosign writes beside a signature that was made without a key of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Beside {
    signature: Option<String>,
    certificate: Option<String>,
    chain: Option<String>,
    bundle: Option<String>,
    timestamp: Option<String>,
}

/// A signature that is attached to an image. Nothing in it is verified.
#[derive(Debug, Clone, Serialize)]
pub struct Attached {
    /// How it was found: the name of its tag, or `referrer`.
    pub found_by: String,
    /// The manifest that lists it.
    pub manifest: Digest,
    /// The layer that holds it.
    pub layer: Digest,
    /// The layer's media type.
    pub media_type: String,
    #[serde(skip)]
    content: Content,
    #[serde(skip)]
    bytes: Vec<u8>,
    #[serde(skip)]
    beside: Beside,
}

/// A layout.
pub struct Layout<'f> {
    files: &'f dyn Files,
    manifests: Vec<Descriptor>,
}

impl<'f> Layout<'f> {
    /// Opens a layout: `oci-layout` and `index.json`.
    ///
    /// # Errors
    ///
    /// `oci-layout-malformed`, a JSON diagnostic, `oci-digest`, `oci-too-many`, and what the files give.
    pub fn open(files: &'f dyn Files) -> Result<Self, Diagnostic> {
        let required = |path: &str| {
            files
                .file(path, MAXIMUM_MANIFEST_BYTES)?
                .ok_or_else(|| malformed("", &format!("there is no `{path}`")).in_file(path))
        };
        let read = |path: &str| {
            let bytes = required(path)?;
            read_json(&bytes).map_err(|fault| fault.in_file(path))
        };
        let marker = read("oci-layout")?;
        if marker.get("imageLayoutVersion").and_then(Node::text) != Some("1.0.0") {
            let reason = "the layout is not of version 1.0.0";
            return Err(malformed("/imageLayoutVersion", reason).in_file("oci-layout"));
        }
        let index = read("index.json")?;
        let manifests = index_of(&index).map_err(|fault| fault.in_file("index.json"))?;
        Ok(Self { files, manifests })
    }

    /// Every signature that is attached to the image of this digest.
    ///
    /// # Errors
    ///
    /// `image-blob-missing` and `image-blob-altered` for a blob that is not what names it,
    /// `oci-layout-malformed`, a JSON diagnostic, `oci-digest`, `oci-too-many`, and what the files give.
    pub fn attached(&self, image: &Digest) -> Result<Vec<Attached>, Diagnostic> {
        if self.manifests.iter().any(|one| one.digest == *image) {
            // Where the image is here, it is the one that is named.
            let mut named = self.manifests.iter().filter(|one| one.digest == *image);
            named.try_for_each(|one| self.blob(one, MAXIMUM_MANIFEST_BYTES).map(drop))?;
        }
        let tag = format!("sha256-{}", image.hex());
        let images = |one: &&Descriptor| one.cosign_kind.as_deref() == Some(KIND_IMAGE);
        let is_alone = {
            let images: BTreeSet<_> = self
                .manifests
                .iter()
                .filter(images)
                .map(|one| one.digest)
                .collect();
            images.len() == 1 && images.contains(image)
        };
        let mut attached = Vec::new();
        let mut seen = BTreeSet::new();
        for descriptor in &self.manifests {
            let name = descriptor.tag();
            let suffix = name.and_then(|name| name.strip_prefix(&tag));
            let by_kind = is_alone
                && matches!(
                    descriptor.cosign_kind.as_deref(),
                    Some(KIND_SIGNATURES | KIND_ATTESTATIONS)
                );
            match (descriptor.media_type, suffix) {
                (MediaType::Manifest, Some(".sig" | ".att")) => {
                    let name = name.unwrap_or_default().to_owned();
                    self.take(descriptor, &name, None, &mut seen, &mut attached)?;
                }
                (MediaType::Manifest, _) if by_kind => {
                    let name = descriptor.cosign_kind.clone().unwrap_or_default();
                    self.take(descriptor, &name, None, &mut seen, &mut attached)?;
                }
                (MediaType::Manifest, _) => {
                    self.take(
                        descriptor,
                        "referrer",
                        Some(image),
                        &mut seen,
                        &mut attached,
                    )?;
                }
                // The tag under which a registry without referrers lists them.
                (MediaType::Index, Some("")) => {
                    let bytes = self.blob(descriptor, MAXIMUM_MANIFEST_BYTES)?;
                    let named = |fault: Diagnostic| fault.in_file(descriptor.path());
                    let listed = read_json(&bytes)
                        .and_then(|index| index_of(&index))
                        .map_err(named)?;
                    for one in listed
                        .iter()
                        .filter(|one| one.media_type == MediaType::Manifest)
                    {
                        self.take(one, "referrer", Some(image), &mut seen, &mut attached)?;
                    }
                }
                (MediaType::Index | MediaType::Other, _) => {}
            }
        }
        Ok(attached)
    }

    /// Takes the signatures that a manifest lists, once; of a referrer only where its subject is the image.
    fn take(
        &self,
        descriptor: &Descriptor,
        found_by: &str,
        subject: Option<&Digest>,
        seen: &mut BTreeSet<Digest>,
        attached: &mut Vec<Attached>,
    ) -> Result<(), Diagnostic> {
        if seen.contains(&descriptor.digest) {
            return Ok(());
        }
        let bytes = self.blob(descriptor, MAXIMUM_MANIFEST_BYTES)?;
        let named = |fault: Diagnostic| fault.in_file(descriptor.path());
        let manifest = read_json(&bytes).map_err(named)?;
        let layers = layers_of(&manifest, subject).map_err(named)?;
        let Some(layers) = layers else { return Ok(()) };
        seen.insert(descriptor.digest);
        for layer in layers {
            let content = match layer.layer_type() {
                "application/vnd.dev.cosign.simplesigning.v1+json" => Content::Cosign,
                "application/vnd.dsse.envelope.v1+json" => Content::Dsse,
                other if other.starts_with("application/vnd.dev.sigstore.bundle") => {
                    Content::Bundle
                }
                _ => continue,
            };
            if attached.len() >= MAXIMUM_COUNT {
                return Err(too_many("signatures"));
            }
            attached.push(Attached {
                found_by: found_by.to_owned(),
                manifest: descriptor.digest,
                layer: layer.digest,
                media_type: layer.media_type_text.clone(),
                content,
                bytes: self.blob(&layer, MAXIMUM_LAYER_BYTES)?,
                beside: layer.beside().map_err(named)?,
            });
        }
        Ok(())
    }

    /// The bytes of a blob: as long as they are said to be, and of the digest that names them.
    fn blob(&self, descriptor: &Descriptor, maximum_bytes: u64) -> Result<Vec<u8>, Diagnostic> {
        let path = descriptor.path();
        if descriptor.size > maximum_bytes {
            let message = format!(
                "`{path}` is said to have {} bytes, more than {maximum_bytes}",
                descriptor.size
            );
            return Err(Diagnostic::error("oci-too-many", Place::whole(), message)
                .help("no signature needs so much; ask the supplier for a regular layout"));
        }
        let bytes = self.files.file(&path, maximum_bytes)?.ok_or_else(|| {
            let message = format!("there is no blob `{path}`");
            Diagnostic::error("image-blob-missing", Place::whole(), message)
                .help("ask the supplier for the whole layout")
                .in_file(&path)
        })?;
        let altered = |message: &str| {
            Diagnostic::error("image-blob-altered", Place::whole(), message)
                .help("ask the supplier for the layout again")
                .in_file(&path)
        };
        if u64::try_from(bytes.len()).ok() != Some(descriptor.size) {
            return Err(altered(&format!(
                "the blob has {} bytes, not {}",
                bytes.len(),
                descriptor.size
            )));
        }
        if Digest::of(&bytes) != descriptor.digest {
            return Err(altered("the blob is not of the digest that names it"));
        }
        Ok(bytes)
    }
}

/// How `cosign save` marks what lies in a layout.
const KIND_IMAGE: &str = "dev.cosignproject.cosign/image";
const KIND_SIGNATURES: &str = "dev.cosignproject.cosign/sigs";
const KIND_ATTESTATIONS: &str = "dev.cosignproject.cosign/atts";

/// The descriptors of an image index.
fn index_of(index: &Node) -> Result<Vec<Descriptor>, Diagnostic> {
    schema_2(index)?;
    let media_type = index.get("mediaType").map(Node::text);
    if media_type.is_some_and(|text| text.map(MediaType::of) != Some(MediaType::Index)) {
        return Err(malformed("/mediaType", "it is no image index"));
    }
    descriptors(index, "manifests")
}

/// The layers of a manifest; `None` where a subject is asked for that it does not have.
fn layers_of(
    manifest: &Node,
    subject: Option<&Digest>,
) -> Result<Option<Vec<Descriptor>>, Diagnostic> {
    schema_2(manifest)?;
    let media_type = manifest.get("mediaType").map(Node::text);
    if media_type.is_some_and(|text| text.map(MediaType::of) != Some(MediaType::Manifest)) {
        return Err(malformed("/mediaType", "it is no image manifest"));
    }
    let found = manifest
        .get("subject")
        .map(|node| Descriptor::read(node, "/subject"))
        .transpose()?;
    if let Some(subject) = subject
        && found.is_none_or(|found| found.digest != *subject)
    {
        return Ok(None);
    }
    descriptors(manifest, "layers").map(Some)
}

fn descriptors(node: &Node, member: &str) -> Result<Vec<Descriptor>, Diagnostic> {
    let list = node
        .get(member)
        .filter(|list| matches!(list.value, Value::List(_)))
        .ok_or_else(|| malformed(&format!("/{member}"), "the list is missing"))?;
    if list.items().len() > MAXIMUM_COUNT {
        return Err(too_many(member));
    }
    let items = list.items().iter().enumerate();
    items
        .map(|(index, item)| Descriptor::read(item, &format!("/{member}/{index}")))
        .collect()
}

fn schema_2(node: &Node) -> Result<(), Diagnostic> {
    match node.get("schemaVersion").map(|node| &node.value) {
        Some(Value::Integer(2)) => Ok(()),
        _ => Err(malformed("/schemaVersion", "it is not of schema version 2")),
    }
}

/// JSON in which no member is repeated, since two readers may see two documents.
fn read_json(bytes: &[u8]) -> Result<Node, Diagnostic> {
    let (document, repeated) = parse_json(bytes)?;
    match repeated.into_iter().next() {
        Some(repeated) => Err(Diagnostic {
            severity: Severity::Error,
            ..repeated
        }),
        None => Ok(document.root),
    }
}

fn malformed(pointer: &str, reason: &str) -> Diagnostic {
    let message = format!("the image layout cannot be read: {reason}");
    Diagnostic::error("oci-layout-malformed", Place::pointer(pointer), message)
        .help("hand in the folder that holds `oci-layout` and `index.json`, as the tool wrote it")
}

fn too_many(what: &str) -> Diagnostic {
    let message = format!("there are more than {MAXIMUM_COUNT} {what}");
    Diagnostic::error("oci-too-many", Place::whole(), message)
        .help("hand in a layout with one image and what is attached to it")
}
