//! Descriptions of artifacts and other resources, with their digests.
//!
//! Sources: in-toto Attestation Framework v1, `resource_descriptor.md` and `digest_set.md`.

use crate::diagnostic::{Findings, Place};
use crate::evidence::attestation::envelope::from_base64;
use crate::tree::{Node, Value, pointer_step};

/// The algorithms that the specification names, with the lengths that a digest may have, in bytes.
const LENGTHS: [(&str, &[usize]); 23] = [
    ("sha256", &[32]),
    ("sha224", &[28]),
    ("sha384", &[48]),
    ("sha512", &[64]),
    ("sha512_224", &[28]),
    ("sha512_256", &[32]),
    ("sha3_224", &[28]),
    ("sha3_256", &[32]),
    ("sha3_384", &[48]),
    ("sha3_512", &[64]),
    ("blake2b", &[32, 48, 64]),
    ("blake2s", &[32]),
    ("ripemd160", &[20]),
    ("sm3", &[32]),
    ("gost", &[32, 64]),
    ("sha1", &[20]),
    ("md5", &[16]),
    ("dirHash", &[32]),
    ("dirHash1", &[32]),
    ("gitCommit", &[20, 32]),
    ("gitTree", &[20, 32]),
    ("gitBlob", &[20, 32]),
    ("gitTag", &[20, 32]),
];

/// An artifact or another resource, as a statement describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceDescriptor {
    /// Its name.
    pub name: Option<String>,
    /// Its identifier.
    pub uri: Option<String>,
    /// Its digests: algorithm as written, and the digits in lower case.
    pub digests: Vec<(String, String)>,
    /// Where it can be had.
    pub download_location: Option<String>,
    /// Its media type.
    pub media_type: Option<String>,
}

impl ResourceDescriptor {
    /// What it is called: its name, identifier, place or first digest.
    pub fn label(&self) -> String {
        let named = [&self.name, &self.uri, &self.download_location];
        let named = named.into_iter().flatten().next().cloned();
        named
            .or_else(|| {
                let (algorithm, digits) = self.digests.first()?;
                Some(format!("{algorithm}:{digits}"))
            })
            .unwrap_or_default()
    }
}

/// Reads a description at `pointer`, with a remark for everything that is missing or wrong.
pub fn read_descriptor(node: &Node, pointer: &str, findings: &mut Findings) -> ResourceDescriptor {
    if !matches!(node.value, Value::Table(_)) {
        let message = format!("a description is {}, not an object", node.value.shape());
        wrong(findings, pointer.to_owned(), message);
        return ResourceDescriptor::default();
    }
    let mut text = |member: &str| match node.get(member).map(|node| &node.value) {
        None | Some(Value::Null) => None,
        Some(Value::Text(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(other) => {
            let message = format!("`{member}` is {}, not a text", other.shape());
            wrong(findings, format!("{pointer}/{member}"), message);
            None
        }
    };
    let name = text("name");
    let uri = text("uri");
    let download_location = text("downloadLocation");
    let media_type = text("mediaType");
    let content = text("content");
    if content
        .as_deref()
        .is_some_and(|one| from_base64(one).is_none())
    {
        let message = "`content` is not base64".to_owned();
        wrong(findings, format!("{pointer}/content"), message);
    }
    let digests = digests(node, pointer, findings);
    if uri.is_none() && content.is_none() && node.get("digest").is_none() {
        let message = "one of `uri`, `digest` and `content` must be given".to_owned();
        wrong(findings, pointer.to_owned(), message);
    }
    ResourceDescriptor {
        name,
        uri,
        digests,
        download_location,
        media_type,
    }
}

fn digests(node: &Node, pointer: &str, findings: &mut Findings) -> Vec<(String, String)> {
    let pointer = format!("{pointer}/digest");
    let entries = match node.get("digest") {
        None => return Vec::new(),
        Some(node) => match &node.value {
            Value::Table(entries) => entries,
            other => {
                let message = format!("`digest` is {}, not an object", other.shape());
                wrong(findings, pointer, message);
                return Vec::new();
            }
        },
    };
    if entries.is_empty() {
        let message = "`digest` holds none".to_owned();
        wrong(findings, pointer.clone(), message);
    }
    let mut digests = Vec::new();
    for (algorithm, value) in entries {
        let at = || format!("{pointer}/{}", pointer_step(algorithm));
        let Some(digits) = value.text() else {
            let message = format!("the digest is {}, not a text", value.value.shape());
            faulty(findings, at(), message);
            continue;
        };
        // Algorithms that are not known are passed over, as `digest_set.md` demands.
        let known = LENGTHS.iter().find(|(name, _)| name == algorithm);
        if let Some((_, lengths)) = known {
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_hex || !lengths.iter().any(|length| length * 2 == digits.len()) {
                faulty(findings, at(), format!("it is no {algorithm} digest"));
            } else if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
                findings.warning(
                    "statement-digest",
                    "write digests in lower-case digits",
                    || (Place::pointer(at()), "it has upper-case digits".to_owned()),
                );
            }
        }
        digests.push((algorithm.clone(), digits.to_ascii_lowercase()));
    }
    digests
}

fn faulty(findings: &mut Findings, pointer: String, message: String) {
    let help = "ask the signer for whole digests in hexadecimal digits";
    findings.error("statement-digest", help, || {
        (Place::pointer(pointer), message)
    });
}

fn wrong(findings: &mut Findings, pointer: String, message: String) {
    let help = "ask the signer for descriptions with uri, digest or content";
    findings.error("statement-descriptor", help, || {
        (Place::pointer(pointer), message)
    });
}
