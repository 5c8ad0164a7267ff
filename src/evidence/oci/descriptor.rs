//! Descriptors: what names a blob (OCI Image Format Specification 1.1, `descriptor.md`).

use super::{Beside, malformed};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::tree::{Node, Value};

/// What kind of document a descriptor names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    Manifest,
    Index,
    Other,
}

impl MediaType {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "application/vnd.oci.image.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v2+json" => Self::Manifest,
            "application/vnd.oci.image.index.v1+json"
            | "application/vnd.docker.distribution.manifest.list.v2+json" => Self::Index,
            _ => Self::Other,
        }
    }
}

/// Names a blob.
#[derive(Debug, Clone)]
pub(super) struct Descriptor {
    pub(super) media_type: MediaType,
    pub(super) media_type_text: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
    /// What `cosign save` says that it is.
    pub(super) cosign_kind: Option<String>,
    annotations: Vec<(String, String)>,
}

impl Descriptor {
    pub(super) fn read(node: &Node, pointer: &str) -> Result<Self, Diagnostic> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let media_type = text("mediaType")
            .ok_or_else(|| malformed(&format!("{pointer}/mediaType"), "a blob has no type"))?;
        let size = match node.get("size").map(|node| &node.value) {
            Some(Value::Integer(size)) => u64::try_from(*size).ok(),
            _ => None,
        };
        let size =
            size.ok_or_else(|| malformed(&format!("{pointer}/size"), "a blob has no length"))?;
        let digest = text("digest")
            .ok_or_else(|| malformed(&format!("{pointer}/digest"), "a blob has no digest"))?;
        let mut annotations = Vec::new();
        for (key, value) in node.get("annotations").map_or(&[][..], Node::entries) {
            let value = value.text().ok_or_else(|| {
                malformed(
                    &format!("{pointer}/annotations"),
                    "an annotation is no text",
                )
            })?;
            annotations.push((key.clone(), value.to_owned()));
        }
        let kind = annotations.iter().find(|(key, _)| key == "kind");
        Ok(Self {
            media_type: MediaType::of(media_type),
            media_type_text: media_type.to_owned(),
            digest: sha256(digest, &format!("{pointer}/digest"))?,
            size,
            cosign_kind: kind.map(|(_, kind)| kind.clone()),
            annotations,
        })
    }

    /// Where the blob lies in the layout.
    pub(super) fn path(&self) -> String {
        format!("blobs/sha256/{}", self.digest.hex())
    }

    /// The type without its parameters.
    pub(super) fn layer_type(&self) -> &str {
        let (kind, _) = self
            .media_type_text
            .split_once(';')
            .unwrap_or((&self.media_type_text, ""));
        kind.trim()
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        let found = self.annotations.iter().find(|(one, _)| one == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The tag under which it is kept; some tools write the repository in front.
    pub(super) fn tag(&self) -> Option<&str> {
        let name = self.annotation("org.opencontainers.image.ref.name")?;
        name.rsplit(':').next()
    }

    /// What cosign wrote beside a signature (cosign, `pkg/types/media.go` and `pkg/oci/static`). It named its
    /// annotations in two ways; where both stand, they must say the same.
    pub(super) fn beside(&self) -> Result<Beside, Diagnostic> {
        let one = |name: &str| {
            let both = ["dev.cosignproject.cosign", "dev.sigstore.cosign"]
                .map(|owner| self.annotation(&format!("{owner}/{name}")));
            match both {
                [Some(first), Some(second)] if first != second => Err(malformed(
                    "/layers",
                    &format!("two annotations `{name}` contradict each other"),
                )),
                [first, second] => {
                    let found = first.or(second).filter(|text| !text.is_empty());
                    Ok(found.map(str::to_owned))
                }
            }
        };
        Ok(Beside {
            signature: one("signature")?,
            certificate: one("certificate")?,
            chain: one("chain")?,
            bundle: one("bundle")?,
            timestamp: one("rfc3161timestamp")?,
        })
    }
}

/// A digest becomes a path: nothing but `sha256:` and its digits in lower case is taken.
fn sha256(text: &str, pointer: &str) -> Result<Digest, Diagnostic> {
    let digits = text.strip_prefix("sha256:").filter(|digits| {
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    });
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            let text = crate::text::printable(text);
            let message = format!("`{text}` is no SHA-256 digest of a blob");
            Diagnostic::error("oci-digest", Place::pointer(pointer), message)
                .help("ask the supplier for a layout whose blobs are named by SHA-256")
        })
}
