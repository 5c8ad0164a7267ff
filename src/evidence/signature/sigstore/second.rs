//! A second opinion: what was verified here is put to the library `sigstore-verify` as well, as far as it
//! reads it. Two verifiers with nothing in common but the primitives must agree before a bundle is accepted
//! (see ADR 0013).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sigstore_types::{
    Artifact as LibraryArtifact, ArtifactDigest, Bundle as LibraryBundle, DerPublicKey,
    HashAlgorithm, Sha256Hash,
};
use sigstore_verify::{
    CertificateError, Error, PublicKeyVerificationPolicy, VerificationPolicy, Verifier,
};

use super::super::key::{KeyKind, PublicKey, Scheme};
use super::super::{Artifact, CheckName};
use super::bundle::{Bundle, Content, Entry, KeyMaterial, Version};
use super::entry::is_widely_known;
use super::log::is_named_as_its_log;
use super::{Stop, one_line, refused};
use crate::digest::Algorithm;
use crate::tree::{Node, parse_json};

/// How the bundle was found to be signed.
pub(super) struct Signed<'a> {
    pub(super) key: &'a PublicKey,
    pub(super) scheme: Scheme,
    /// Whether the key stands alone, without a certificate.
    pub(super) is_bare: bool,
    /// Whether the certificate carries the word of a certificate transparency log.
    pub(super) has_sct: bool,
}

/// Whether the library knows the way to sign.
fn is_known(kind: KeyKind, scheme: Scheme) -> bool {
    use Algorithm::{Sha256, Sha384, Sha512};
    match (kind, scheme) {
        (KeyKind::EcdsaP256 | KeyKind::EcdsaP384, Scheme::EcdsaAsn1(digest)) => digest != Sha512,
        (KeyKind::Ed25519, Scheme::Ed25519) => true,
        (KeyKind::Rsa(_), Scheme::RsaPkcs1(digest) | Scheme::RsaPss(digest)) => {
            matches!(digest, Sha256 | Sha384 | Sha512)
        }
        _ => false,
    }
}

/// Asks the library about a bundle that passed every check here. `true` where it was asked.
///
/// Left to the checks here alone: ways to sign and log entries of kinds that it does not know, inclusion proofs without a
/// checkpoint, artifacts of which only a digest is at hand that it does not take, and a bare key without
/// any witness.
pub(super) fn concurs(
    verifier: &Verifier,
    bundle: &Bundle,
    artifact: &Artifact<'_>,
    signed: &Signed<'_>,
) -> Result<bool, Stop> {
    if !is_known(signed.key.kind(), signed.scheme) {
        return Ok(false);
    }
    let key = signed.is_bare.then_some(signed.key);
    let known: Vec<_> = bundle
        .entries
        .iter()
        .filter(|entry| is_widely_known(entry) && is_named_as_its_log(entry))
        .collect();
    let every_entry = !known.is_empty() && known.len() == bundle.entries.len();
    let has_time = !bundle.timestamps.is_empty();
    if known.is_empty() && (key.is_some() || bundle.version == Version::V01 || !has_time) {
        return Ok(false);
    }
    let artifact = match (artifact.bytes(), artifact.sha256()) {
        (Some(bytes), _)
            if names_a_digest_of(
                &bundle.content,
                &["SHA2_256", "SHA2_384", "SHA2_512", "sha256", "sha512"],
            ) =>
        {
            LibraryArtifact::Blob(bytes)
        }
        (None, Some(digest)) if names_a_digest_of(&bundle.content, &["SHA2_256", "sha256"]) => {
            Sha256Hash::from(*digest.bytes()).into()
        }
        _ if names_a_digest_of(&bundle.content, &["sha512"]) => {
            let digest = artifact.digest_hex(Algorithm::Sha512);
            let bytes = digest.and_then(|digits| hex::decode(digits).ok());
            match bytes.and_then(|bytes| ArtifactDigest::new(HashAlgorithm::Sha2512, bytes).ok()) {
                Some(digest) => digest.into(),
                None => return Ok(false),
            }
        }
        _ => return Ok(false),
    };
    let disagrees = |error: &Error| {
        let detail = format!("the second verifier: {}", one_line(&error.to_string()));
        refused(check_of(error), detail)
    };
    let written = written(bundle, &known);
    let read: LibraryBundle = serde_json::from_value(written).map_err(|error| {
        let detail = format!("the second verifier: {}", one_line(&error.to_string()));
        refused(CheckName::Structure, detail)
    })?;
    let outcome = if let Some(key) = key {
        let mut policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.spki().to_vec()));
        if !every_entry {
            policy = policy.skip_tlog_unsafe();
        }
        verifier.verify(artifact, &read, &policy)
    } else {
        // The signer is judged here, where more kinds of names are read.
        let mut policy = VerificationPolicy::any_identity();
        if !every_entry {
            policy = policy.skip_tlog_unsafe();
        }
        if !signed.has_sct {
            policy = policy.skip_sct();
        }
        verifier.verify(artifact, &read, &policy)
    };
    outcome.map(|_| true).map_err(|error| disagrees(&error))
}

/// Whether the content names what is signed by a digest that is called one of `names`, or by none: the library
/// knows subjects of statements by SHA-256 and SHA-512 only, and takes one digest of an artifact.
fn names_a_digest_of(content: &Content, names: &[&str]) -> bool {
    match content {
        Content::Message { digest, .. } => digest
            .as_ref()
            .is_none_or(|(name, _)| names.contains(&&**name)),
        Content::Envelope { payload, .. } => parse_json(payload).is_ok_and(|(statement, _)| {
            let subjects = statement.root.get("subject").map_or(&[][..], Node::items);
            let mut digests = subjects
                .iter()
                .filter_map(|subject| subject.get("digest"))
                .flat_map(Node::entries);
            digests.any(|(name, _)| names.contains(&&**name))
        }),
    }
}

/// The bundle in JSON with the log entries `known`.
fn written(bundle: &Bundle, known: &[&Entry]) -> Value {
    let media_type = Version::MEDIA_TYPES
        .iter()
        .rev()
        .find(|(version, _)| *version == bundle.version)
        .map(|(_, name)| *name);
    let certificate = |der: &Vec<u8>| json!({ "rawBytes": base64(der) });
    let (kind, material) = match &bundle.material {
        KeyMaterial::Certificate(der) => ("certificate", certificate(der)),
        KeyMaterial::Chain(chain) => (
            "x509CertificateChain",
            json!({ "certificates": chain.iter().map(certificate).collect::<Vec<_>>() }),
        ),
        KeyMaterial::Key(hint) => ("publicKey", json!({ "hint": hint })),
    };
    let stamps: Vec<_> = bundle
        .timestamps
        .iter()
        .map(|stamp| json!({ "signedTimestamp": base64(stamp) }))
        .collect();
    let (content_kind, content) = match &bundle.content {
        Content::Message { digest, signature } => {
            let mut message = json!({ "signature": base64(signature) });
            if let (Some((algorithm, digest)), Some(message)) = (digest, message.as_object_mut()) {
                message.insert(
                    "messageDigest".to_owned(),
                    json!({ "algorithm": algorithm, "digest": base64(digest) }),
                );
            }
            ("messageSignature", message)
        }
        Content::Envelope {
            payload,
            payload_type,
            signatures,
        } => {
            let signatures: Vec<_> = signatures
                .iter()
                .map(|signature| json!({ "sig": base64(signature), "keyid": "" }))
                .collect();
            let envelope = json!({
                "payload": base64(payload),
                "payloadType": payload_type,
                "signatures": signatures,
            });
            ("dsseEnvelope", envelope)
        }
    };
    json!({
        "mediaType": media_type,
        "verificationMaterial": {
            kind: material,
            "tlogEntries": known.iter().map(|entry| entry_written(entry)).collect::<Vec<_>>(),
            "timestampVerificationData": { "rfc3161Timestamps": stamps },
        },
        content_kind: content,
    })
}

fn entry_written(entry: &Entry) -> Value {
    let mut written = json!({
        "logIndex": entry.log_index.to_string(),
        "logId": { "keyId": base64(&entry.log_id) },
        "kindVersion": { "kind": entry.kind, "version": entry.version },
        "canonicalizedBody": base64(&entry.body),
    });
    let Some(members) = written.as_object_mut() else {
        return written;
    };
    if entry.integrated > 0 {
        members.insert(
            "integratedTime".to_owned(),
            json!(entry.integrated.to_string()),
        );
    }
    if let Some(promise) = &entry.promise {
        members.insert(
            "inclusionPromise".to_owned(),
            json!({ "signedEntryTimestamp": base64(promise) }),
        );
    }
    // A proof without a checkpoint proves nothing, and the library refuses to read it.
    if let Some(proof) = &entry.proof
        && let Some(checkpoint) = &proof.checkpoint
    {
        let root = proof.root.as_ref().filter(|root| root.len() == 32);
        let root = root.map_or_else(|| base64([0; 32]), base64);
        let hashes: Vec<_> = proof.hashes.iter().map(base64).collect();
        members.insert(
            "inclusionProof".to_owned(),
            json!({
                "logIndex": proof.index.unwrap_or_default().to_string(),
                "rootHash": root,
                "treeSize": proof.size.unwrap_or_default().to_string(),
                "hashes": hashes,
                "checkpoint": { "envelope": checkpoint },
            }),
        );
    }
    written
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn check_of(error: &Error) -> CheckName {
    match error {
        Error::SignatureInvalid(_) | Error::Crypto(_) => CheckName::Signature,
        Error::ArtifactMismatch(_) | Error::UnsupportedArtifact(_) => CheckName::Artifact,
        Error::Certificate(CertificateError::Sct(_)) => CheckName::CertificateTransparency,
        Error::Certificate(
            CertificateError::Expired { .. } | CertificateError::NotYetValid { .. },
        ) => CheckName::CertificateValidity,
        Error::Certificate(_) => CheckName::CertificateChain,
        Error::TransparencyLog(_) => CheckName::TransparencyLog,
        Error::Timestamp(_) => CheckName::Timestamp,
        _ => CheckName::Structure,
    }
}
