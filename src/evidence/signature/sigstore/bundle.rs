//! The bundle as a document: what it holds, and whether that is what its version demands.
//!
//! Sources: `sigstore_bundle.proto`, `sigstore_rekor.proto` and `sigstore_common.proto` of the Sigstore
//! protobuf specifications; `envelope.proto` of DSSE.

use std::collections::BTreeSet;

use super::fields::{Form, Object};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// More entries or timestamps than this are an attempt to keep a verifier busy; other clients take as many.
pub(super) const MAXIMUM_WITNESSES: usize = 32;

/// How a bundle is called in what is said about it.
pub(super) const FORM: Form = Form {
    code: "bundle-malformed",
    what: "the bundle cannot be read",
    help: "hand in a Sigstore bundle of version 0.1, 0.2 or 0.3",
};

/// The versions of bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V01,
    V02,
    V03,
}

impl Version {
    /// Every media type, the one to write for each version last.
    pub(super) const MEDIA_TYPES: [(Self, &'static str); 4] = [
        (
            Self::V01,
            "application/vnd.dev.sigstore.bundle+json;version=0.1",
        ),
        (
            Self::V02,
            "application/vnd.dev.sigstore.bundle+json;version=0.2",
        ),
        (
            Self::V03,
            "application/vnd.dev.sigstore.bundle+json;version=0.3",
        ),
        (Self::V03, "application/vnd.dev.sigstore.bundle.v0.3+json"),
    ];
}

/// A Sigstore bundle that was read; nothing in it is verified.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub(super) version: Version,
    pub(super) material: KeyMaterial,
    pub(super) entries: Vec<Entry>,
    /// RFC 3161 responses in DER.
    pub(super) timestamps: Vec<Vec<u8>>,
    pub(super) content: Content,
}

/// What the signature is said to be made with.
#[derive(Debug, Clone)]
pub(super) enum KeyMaterial {
    /// The signer's certificate alone, in DER.
    Certificate(Vec<u8>),
    /// The signer's certificate and those above it, in DER.
    Chain(Vec<Vec<u8>>),
    /// A key that is not in the bundle; the hint is the signer's and says nothing.
    Key(String),
}

/// An entry of a transparency log.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) log_index: u64,
    pub(super) log_id: Vec<u8>,
    pub(super) kind: String,
    pub(super) version: String,
    /// Seconds since 1970; 0 where none is given.
    pub(super) integrated: u64,
    /// The signed entry timestamp.
    pub(super) promise: Option<Vec<u8>>,
    pub(super) proof: Option<InclusionProof>,
    pub(super) body: Vec<u8>,
}

impl Entry {
    /// Whether it is an entry of the second Rekor, which vouches for no time and makes no promises.
    pub(super) fn is_of_second_rekor(&self) -> bool {
        self.version == "0.0.2" && matches!(&*self.kind, "hashedrekord" | "dsse")
    }
}

/// That an entry is in a log.
#[derive(Debug, Clone)]
pub(super) struct InclusionProof {
    pub(super) index: Option<u64>,
    pub(super) size: Option<u64>,
    pub(super) root: Option<Vec<u8>>,
    pub(super) hashes: Vec<Vec<u8>>,
    pub(super) checkpoint: Option<String>,
}

/// What is signed.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// The artifact itself.
    Message {
        /// The algorithm as named, and the digest that the artifact is said to have.
        digest: Option<(String, Vec<u8>)>,
        signature: Vec<u8>,
    },
    /// A DSSE envelope.
    Envelope {
        payload: Vec<u8>,
        payload_type: String,
        signatures: Vec<Vec<u8>>,
    },
}

impl Content {
    /// The signature; the first one of an envelope.
    pub(super) fn signature(&self) -> &[u8] {
        match self {
            Self::Message { signature, .. } => signature,
            Self::Envelope { signatures, .. } => {
                signatures.first().map(Vec::as_slice).unwrap_or_default()
            }
        }
    }
}

impl Bundle {
    pub(super) fn read(root: &Node) -> Result<Self, Diagnostic> {
        let root = FORM.object(
            root,
            String::new(),
            &[
                "mediaType",
                "verificationMaterial",
                "messageSignature",
                "dsseEnvelope",
            ],
        )?;
        let media_type = root.text("mediaType")?;
        let version = Version::MEDIA_TYPES
            .iter()
            .find(|(_, name)| *name == media_type)
            .map(|(version, _)| *version)
            .ok_or_else(|| {
                root.complaint("mediaType", &format!("version `{media_type}` is not known"))
            })?;
        let material = root.object(
            "verificationMaterial",
            &[
                "certificate",
                "x509CertificateChain",
                "publicKey",
                "tlogEntries",
                "timestampVerificationData",
            ],
        )?;
        let timestamps =
            material.optional_object("timestampVerificationData", &["rfc3161Timestamps"])?;
        let timestamps = match timestamps {
            None => Vec::new(),
            Some(data) => data
                .objects("rfc3161Timestamps", &["signedTimestamp"])?
                .iter()
                .map(|stamp| stamp.bytes("signedTimestamp"))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            version,
            entries: entries(&material)?,
            timestamps,
            content: content(&root)?,
            material: key_material(&material)?,
        })
    }

    /// Whether the bundle holds what its version demands, once and no more; otherwise what is wrong.
    ///
    /// A bundle of version 0.1 demands the log's promise for each entry, later ones an inclusion proof with
    /// its checkpoint; 0.3 knows a single certificate, earlier ones only a chain.
    pub(super) fn structure(&self) -> Result<(), String> {
        match (&self.material, self.version) {
            (KeyMaterial::Chain(_), Version::V03) => {
                return Err("a bundle of version 0.3 holds one certificate and no chain".into());
            }
            (KeyMaterial::Certificate(_), Version::V01 | Version::V02) => {
                return Err("a single certificate came with version 0.3 of bundles".into());
            }
            (KeyMaterial::Chain(chain), _) if chain.is_empty() => {
                return Err("the chain of certificates is empty".into());
            }
            _ => {}
        }
        if let Content::Envelope { signatures, .. } = &self.content
            && signatures.len() != 1
        {
            return Err(format!(
                "the envelope has {} signatures, and a bundle proves exactly one",
                signatures.len()
            ));
        }
        if self.entries.len() > MAXIMUM_WITNESSES {
            return Err(format!(
                "there are {} log entries, more than {MAXIMUM_WITNESSES}",
                self.entries.len()
            ));
        }
        let mut seen = BTreeSet::new();
        for entry in &self.entries {
            if !seen.insert((&entry.log_id, entry.log_index)) {
                return Err(format!("log entry {} is given twice", entry.log_index));
            }
            self.entry_structure(entry)?;
        }
        Ok(())
    }

    fn entry_structure(&self, entry: &Entry) -> Result<(), String> {
        let index = entry.log_index;
        if self.version == Version::V01 && entry.promise.is_none() {
            return Err(format!(
                "log entry {index} lacks the log's promise, which version 0.1 demands"
            ));
        }
        if self.version != Version::V01 {
            let Some(proof) = &entry.proof else {
                return Err(format!("log entry {index} lacks its inclusion proof"));
            };
            if proof.checkpoint.is_none() {
                return Err(format!(
                    "the inclusion proof of log entry {index} lacks its checkpoint"
                ));
            }
        }
        if entry.promise.is_some() && entry.integrated == 0 {
            return Err(format!("log entry {index} has a promise without a time"));
        }
        if entry.promise.is_some() && entry.is_of_second_rekor() {
            return Err(format!(
                "log entry {index} has a promise, which a log of its kind does not make"
            ));
        }
        Ok(())
    }
}

fn key_material(material: &Object<'_>) -> Result<KeyMaterial, Diagnostic> {
    const KINDS: [&str; 3] = ["certificate", "x509CertificateChain", "publicKey"];
    let mut given = KINDS
        .into_iter()
        .filter(|kind| material.member(kind).is_some());
    let (Some(kind), None) = (given.next(), given.next()) else {
        let reason =
            "exactly one of `certificate`, `x509CertificateChain` and `publicKey` is expected";
        return Err(FORM.complaint("/verificationMaterial", reason));
    };
    Ok(match kind {
        "certificate" => KeyMaterial::Certificate(
            material
                .object("certificate", &["rawBytes"])?
                .bytes("rawBytes")?,
        ),
        "x509CertificateChain" => KeyMaterial::Chain(
            material
                .object("x509CertificateChain", &["certificates"])?
                .objects("certificates", &["rawBytes"])?
                .iter()
                .map(|certificate| certificate.bytes("rawBytes"))
                .collect::<Result<_, _>>()?,
        ),
        _ => {
            let key = material.object("publicKey", &["hint"])?;
            KeyMaterial::Key(key.optional_text("hint")?.unwrap_or_default().to_owned())
        }
    })
}

fn entries(material: &Object<'_>) -> Result<Vec<Entry>, Diagnostic> {
    let entries = material.objects(
        "tlogEntries",
        &[
            "logIndex",
            "logId",
            "kindVersion",
            "integratedTime",
            "inclusionPromise",
            "inclusionProof",
            "canonicalizedBody",
        ],
    )?;
    entries.iter().map(entry).collect()
}

fn entry(entry: &Object<'_>) -> Result<Entry, Diagnostic> {
    let kind = entry.object("kindVersion", &["kind", "version"])?;
    let promise = entry.optional_object("inclusionPromise", &["signedEntryTimestamp"])?;
    let proof = entry.optional_object(
        "inclusionProof",
        &["logIndex", "rootHash", "treeSize", "hashes", "checkpoint"],
    )?;
    let proof = match proof {
        None => None,
        Some(proof) => {
            let checkpoint = proof.optional_object("checkpoint", &["envelope"])?;
            Some(InclusionProof {
                index: proof.optional_number("logIndex")?,
                size: proof.optional_number("treeSize")?,
                root: proof
                    .member("rootHash")
                    .map(|_| proof.bytes("rootHash"))
                    .transpose()?,
                hashes: proof.list_of_bytes("hashes")?,
                // An empty text is an absent one.
                checkpoint: checkpoint
                    .map(|checkpoint| checkpoint.text("envelope").map(str::to_owned))
                    .transpose()?
                    .filter(|envelope| !envelope.is_empty()),
            })
        }
    };
    Ok(Entry {
        log_index: entry.number("logIndex")?,
        log_id: entry.object("logId", &["keyId"])?.bytes("keyId")?,
        kind: kind.text("kind")?.to_owned(),
        version: kind.text("version")?.to_owned(),
        integrated: entry.number("integratedTime")?,
        promise: promise
            .map(|promise| promise.bytes("signedEntryTimestamp"))
            .transpose()?,
        proof,
        body: entry.bytes("canonicalizedBody")?,
    })
}

fn content(root: &Object<'_>) -> Result<Content, Diagnostic> {
    let message = root.optional_object("messageSignature", &["messageDigest", "signature"])?;
    let envelope =
        root.optional_object("dsseEnvelope", &["payload", "payloadType", "signatures"])?;
    match (message, envelope) {
        (Some(message), None) => {
            let digest = message.optional_object("messageDigest", &["algorithm", "digest"])?;
            Ok(Content::Message {
                digest: digest
                    .map(|digest| {
                        Ok::<_, Diagnostic>((
                            digest.text("algorithm")?.to_owned(),
                            digest.bytes("digest")?,
                        ))
                    })
                    .transpose()?,
                signature: message.bytes("signature")?,
            })
        }
        (None, Some(envelope)) => Ok(Content::Envelope {
            payload: envelope.bytes("payload")?,
            payload_type: envelope.text("payloadType")?.to_owned(),
            signatures: envelope
                .objects("signatures", &["sig", "keyid"])?
                .iter()
                .map(|signature| signature.bytes("sig"))
                .collect::<Result<_, _>>()?,
        }),
        _ => {
            let reason = "exactly one of `messageSignature` and `dsseEnvelope` is expected";
            Err(FORM.complaint("", reason))
        }
    }
}
