//! Verifying one signature that is attached to an image.
//!
//! Sources: cosign, `specs/SIGNATURE_SPEC.md` (payload of simple signing, the property
//! `critical.image.docker-manifest-digest` and the type); Sigstore protobuf-specs, `sigstore_bundle.proto`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::{Attached, Beside, Content, malformed, read_json};
use crate::diagnostic::Diagnostic;
use crate::digest::{Algorithm, Digest};
use crate::evidence::signature::{self, Artifact, CheckName, Kind, Trust, Verification};
use crate::tree::Node;

/// The type of the payload that cosign signs (`SIGNATURE_SPEC.md`, "Payload").
const PAYLOAD_TYPE: &str = "cosign container image signature";

/// Verifies that an attached signature is one of the expected signer over the image `image`. How many
/// signers there must be is the caller's to count: one is enough here.
///
/// # Errors
///
/// When it cannot be judged; see [`signature::verify`].
pub fn verify(
    attached: &Attached,
    image: &Digest,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let trust = &Trust {
        threshold: 1,
        ..trust.clone()
    };
    let by_digest = Artifact::of_digest(Algorithm::Sha256, image.bytes());
    // Under a key, the key decides, whatever certificate lies beside the signature.
    let certificate = attached
        .beside
        .certificate
        .as_deref()
        .filter(|_| trust.keys.is_empty());
    let bytes = &attached.bytes;
    let outcome = match (&attached.content, certificate) {
        (Content::Bundle, _) => signature::verify(Kind::Sigstore, bytes, &by_digest, trust)?,
        (Content::Dsse, None) => signature::verify(Kind::Dsse, bytes, &by_digest, trust)?,
        (Content::Dsse, Some(certificate)) => {
            let bundle = bundle(certificate, &attached.beside, &envelope(bytes)?)?;
            signature::verify(Kind::Sigstore, &bundle, &by_digest, trust)?
        }
        (Content::Cosign, certificate) => {
            let Some(signature) = &attached.beside.signature else {
                return Err(malformed("/layers", "a payload has no signature beside it"));
            };
            let payload = Artifact::of_bytes(bytes);
            let signed = match certificate {
                None => signature::verify(Kind::Cosign, signature.as_bytes(), &payload, trust)?,
                Some(certificate) => {
                    let digest = BASE64_STANDARD.encode(Digest::of(bytes).bytes());
                    let message = json!({ "messageSignature": {
                        "messageDigest": { "algorithm": "SHA2_256", "digest": digest },
                        "signature": signature.trim(),
                    }});
                    let bundle = bundle(certificate, &attached.beside, &message)?;
                    signature::verify(Kind::Sigstore, &bundle, &payload, trust)?
                }
            };
            names_image(signed, bytes, image)
        }
    };
    Ok(Verification {
        artifact: by_digest.names(),
        ..outcome
    })
}

/// Whether a payload that was signed is about the image.
fn names_image(signed: Verification, payload: &[u8], image: &Digest) -> Verification {
    if !signed.verified {
        return signed;
    }
    let Ok(payload) = read_json(payload) else {
        return signed.and(
            CheckName::ContentType,
            Err("the payload is no JSON that every reader reads alike".to_owned()),
        );
    };
    let text = |pointer: &str| payload.at(pointer).and_then(Node::text);
    let kind = match text("/critical/type") {
        Some(PAYLOAD_TYPE) => Ok(format!("the payload is a `{PAYLOAD_TYPE}`")),
        Some(other) => Err(format!("the payload is a `{other}`")),
        None => Err("the payload has no type".to_owned()),
    };
    let expected = format!("sha256:{}", image.hex());
    let names = match text("/critical/image/docker-manifest-digest") {
        Some(digest) if digest == expected => Ok("the payload names this image".to_owned()),
        Some(other) => Err(format!("the payload names the image `{other}`")),
        None => Err("the payload names no image".to_owned()),
    };
    signed
        .and(CheckName::ContentType, kind)
        .and(CheckName::Artifact, names)
}

/// A DSSE envelope as the content of a bundle.
fn envelope(bytes: &[u8]) -> Result<Value, Diagnostic> {
    read_json(bytes)?;
    let envelope: Value = serde_json::from_slice(bytes)
        .map_err(|_| malformed("/layers", "the envelope is no JSON"))?;
    Ok(json!({ "dsseEnvelope": envelope }))
}

/// The bundle that holds what cosign wrote into annotations: the form of version 0.1, whose log entry is
/// vouched for by the log's promise.
fn bundle(certificate: &str, beside: &Beside, content: &Value) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |what: &str| {
        malformed(
            "/layers",
            &format!("the {what} beside a signature cannot be read"),
        )
    };
    let mut certificates = Vec::new();
    let pem = [Some(certificate), beside.chain.as_deref()];
    for pem in pem.into_iter().flatten() {
        let read = x509_cert::Certificate::load_pem_chain(pem.as_bytes());
        for one in read.map_err(|_| unreadable("certificate"))? {
            let der = x509_cert::der::Encode::to_der(&one);
            let der = der.map_err(|_| unreadable("certificate"))?;
            // A bundle carries no certificate that anchors trust.
            if one.tbs_certificate.issuer != one.tbs_certificate.subject {
                certificates.push(json!({ "rawBytes": BASE64_STANDARD.encode(der) }));
            }
        }
    }
    let mut material = serde_json::Map::new();
    let chain = json!({ "certificates": certificates });
    material.insert("x509CertificateChain".to_owned(), chain);
    if let Some(bundle) = &beside.bundle {
        let entry = log_entry(bundle).ok_or_else(|| unreadable("log entry"))?;
        material.insert("tlogEntries".to_owned(), json!([entry]));
    }
    if let Some(timestamp) = &beside.timestamp {
        let node = read_json(timestamp.as_bytes())?;
        let signed = node.get("SignedRFC3161Timestamp").and_then(Node::text);
        let signed = signed.ok_or_else(|| unreadable("timestamp"))?;
        let timestamps = json!({ "rfc3161Timestamps": [{ "signedTimestamp": signed }] });
        material.insert("timestampVerificationData".to_owned(), timestamps);
    }
    let mut bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "verificationMaterial": material,
    });
    if let (Some(bundle), Some(content)) = (bundle.as_object_mut(), content.as_object()) {
        bundle.extend(content.clone());
    }
    Ok(bundle.to_string().into_bytes())
}

/// The entry of a transparency log out of the bundle that cosign keeps of it: the entry, and the promise.
fn log_entry(text: &str) -> Option<Value> {
    let node = read_json(text.as_bytes()).ok()?;
    let promise = node.get("SignedEntryTimestamp").and_then(Node::text)?;
    let entry = node.get("Payload")?;
    let body = entry.get("body").and_then(Node::text)?;
    let integer = |key: &str| match entry.get(key)?.value {
        crate::tree::Value::Integer(integer) => Some(integer.to_string()),
        _ => None,
    };
    let log = hex::decode(entry.get("logID").and_then(Node::text)?).ok()?;
    let decoded = read_json(&BASE64_STANDARD.decode(body).ok()?).ok()?;
    let kind = decoded.get("kind").and_then(Node::text)?;
    let version = decoded.get("apiVersion").and_then(Node::text)?;
    Some(json!({
        "logIndex": integer("logIndex")?,
        "logId": { "keyId": BASE64_STANDARD.encode(log) },
        "kindVersion": { "kind": kind, "version": version },
        "integratedTime": integer("integratedTime")?,
        "inclusionPromise": { "signedEntryTimestamp": promise },
        "canonicalizedBody": body,
    }))
}
