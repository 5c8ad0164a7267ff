//! Whether a log entry is about this signature: by this key, over this content.
//!
//! Sources: Sigstore Client Specification, section 4.4; entry types of Rekor v1 (`hashedrekord` 0.0.1, `dsse`
//! 0.0.1, `intoto` 0.0.2) and v2 (`hashedrekord` 0.0.2, `dsse` 0.0.2). An entry for something else is what
//! CVE-2022-36056 was about.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::super::key::{PublicKey, Scheme};
use super::super::{Artifact, CheckName};
use super::bundle::{Content, Entry};
use super::content::digest_of;
use super::root::details_of;
use super::{Stop, refused};
use crate::digest::Algorithm;
use crate::evidence::attestation::envelope::pre_authentication_encoding;
use crate::tree::{Node, parse_json};

/// Who signed, as an entry has to name it.
pub(super) struct Signer<'a> {
    /// The certificate in DER; `None` under a bare key.
    pub(super) certificate: Option<&'a [u8]>,
    pub(super) key: &'a PublicKey,
    /// How the key signed.
    pub(super) scheme: Scheme,
}

/// Verifies that `entry` is about `content`, signed by `signer`.
pub(super) fn describes(
    entry: &Entry,
    content: &Content,
    signer: &Signer<'_>,
    artifact: &Artifact<'_>,
) -> Result<(), Stop> {
    let other = |what: &str| {
        let detail = format!("log entry {} is for another {what}", entry.log_index);
        refused(CheckName::TransparencyLog, detail)
    };
    let unreadable = |reason: &str| {
        let detail = format!("log entry {}: {reason}", entry.log_index);
        refused(CheckName::TransparencyLog, detail)
    };
    let (body, duplicates) = parse_json(&entry.body).map_err(|fault| unreadable(&fault.message))?;
    if !duplicates.is_empty() {
        return Err(unreadable("a member is repeated"));
    }
    let body = Body(&body.root);
    if body.text("/kind") != Some(&entry.kind) || body.text("/apiVersion") != Some(&entry.version) {
        return Err(unreadable("its kind is another than the bundle says"));
    }
    let logged = body
        .logged(&entry.kind, &entry.version, content)
        .ok_or_else(|| {
            unreadable(&format!(
                "`{}` {} is incomplete, unknown, or not for a signature of this kind",
                entry.kind, entry.version
            ))
        })?;
    if logged.signature != content.signature() {
        return Err(other("signature"));
    }
    match (&logged.verifier, signer.certificate) {
        (Verifier::Certificate(logged), Some(own)) if logged == own => {}
        (Verifier::Key(logged), None) if logged == signer.key.spki() => {}
        _ => return Err(other("signer")),
    }
    if let Some(details) = logged.details {
        // What the log says of the algorithm must be how the key signed.
        let fits = details_of(details)
            .is_some_and(|(fits, scheme)| fits(signer.key.kind()) && scheme == signer.scheme);
        if !fits {
            return Err(other("algorithm"));
        }
    }
    // The digest of a payload is the log's own; one of what is signed is the one that was signed.
    let is_signed = matches!(logged.covers, Covers::Signed) && logged.details.is_some();
    if is_signed
        && signer
            .scheme
            .digest()
            .is_some_and(|own| own != logged.algorithm)
    {
        return Err(other("algorithm"));
    }
    let digest = match (&logged.covers, content) {
        (Covers::Signed, Content::Message { .. }) => digest_of(artifact, logged.algorithm)?,
        (
            Covers::Signed,
            Content::Envelope {
                payload,
                payload_type,
                ..
            },
        ) => logged
            .algorithm
            .hex_of(&pre_authentication_encoding(payload_type, payload)),
        (Covers::Payload, Content::Envelope { payload, .. }) => logged.algorithm.hex_of(payload),
        (Covers::Payload, Content::Message { .. }) => return Err(other("kind of signature")),
    };
    if digest != logged.digest {
        return Err(other("content"));
    }
    match (logged.payload_type, content) {
        (Some(logged), Content::Envelope { payload_type, .. }) if logged != payload_type => {
            Err(other("type of content"))
        }
        _ => Ok(()),
    }
}

/// Whether the second verifier knows the entry: it knows neither `dsse` of the second Rekor nor other digests.
pub(super) fn is_widely_known(entry: &Entry) -> bool {
    let Ok((body, _)) = parse_json(&entry.body) else {
        return false;
    };
    let body = Body(&body.root);
    match (&*entry.kind, &*entry.version) {
        ("dsse", "0.0.1") | ("intoto", "0.0.2") => true,
        ("hashedrekord", "0.0.1") => body.text("/spec/data/hash/algorithm") == Some("sha256"),
        ("hashedrekord", "0.0.2") => {
            let at = |rest: &str| body.text(&format!("/spec/hashedRekordV002/{rest}"));
            at("data/algorithm") == Some("SHA2_256")
                && at("signature/verifier/keyDetails") == Some("PKIX_ECDSA_P256_SHA_256")
        }
        _ => false,
    }
}

/// What the digest in an entry is taken over.
enum Covers {
    /// What is signed: the artifact, or the envelope's payload with its type.
    Signed,
    /// The payload of the envelope alone.
    Payload,
}

/// What an entry holds.
struct Logged<'a> {
    algorithm: Algorithm,
    /// Lower-case hexadecimal digits.
    digest: String,
    covers: Covers,
    signature: Vec<u8>,
    verifier: Verifier,
    details: Option<&'a str>,
    payload_type: Option<&'a str>,
}

enum Verifier {
    /// In DER.
    Certificate(Vec<u8>),
    /// `SubjectPublicKeyInfo` in DER.
    Key(Vec<u8>),
}

struct Body<'a>(&'a Node);

impl<'a> Body<'a> {
    fn text(&self, pointer: &str) -> Option<&'a str> {
        self.0.at(pointer)?.text()
    }

    fn bytes(&self, pointer: &str) -> Option<Vec<u8>> {
        BASE64_STANDARD.decode(self.text(pointer)?).ok()
    }

    /// `None` where the entry is incomplete, not known, or not for `content`.
    fn logged(&self, kind: &str, version: &str, content: &Content) -> Option<Logged<'a>> {
        let is_message = matches!(content, Content::Message { .. });
        match (kind, version) {
            ("hashedrekord", "0.0.1") if is_message => Some(Logged {
                algorithm: first_name(self.text("/spec/data/hash/algorithm")?)?,
                digest: self.text("/spec/data/hash/value")?.to_ascii_lowercase(),
                covers: Covers::Signed,
                signature: self.bytes("/spec/signature/content")?,
                verifier: pem(&self.bytes("/spec/signature/publicKey/content")?)?,
                details: None,
                payload_type: None,
            }),
            ("hashedrekord", "0.0.2") => {
                let body = Body(self.0.at("/spec/hashedRekordV002")?);
                let signature = Body(body.0.get("signature")?);
                Some(Logged {
                    algorithm: second_name(body.text("/data/algorithm")?)?,
                    digest: hex::encode(body.bytes("/data/digest")?),
                    covers: Covers::Signed,
                    signature: signature.bytes("/content")?,
                    verifier: signature.verifier()?,
                    details: Some(signature.text("/verifier/keyDetails")?),
                    payload_type: None,
                })
            }
            ("dsse", "0.0.1") if !is_message => {
                let signature = self.only("/spec/signatures")?;
                Some(Logged {
                    algorithm: first_name(self.text("/spec/payloadHash/algorithm")?)?,
                    digest: self.text("/spec/payloadHash/value")?.to_ascii_lowercase(),
                    covers: Covers::Payload,
                    signature: signature.bytes("/signature")?,
                    verifier: pem(&signature.bytes("/verifier")?)?,
                    details: None,
                    payload_type: None,
                })
            }
            ("dsse", "0.0.2") if !is_message => {
                let body = Body(self.0.at("/spec/dsseV002")?);
                let signature = body.only("/signatures")?;
                Some(Logged {
                    algorithm: second_name(body.text("/payloadHash/algorithm")?)?,
                    digest: hex::encode(body.bytes("/payloadHash/digest")?),
                    covers: Covers::Payload,
                    signature: signature.bytes("/content")?,
                    verifier: signature.verifier()?,
                    details: Some(signature.text("/verifier/keyDetails")?),
                    payload_type: None,
                })
            }
            ("intoto", "0.0.2") if !is_message => {
                let body = Body(self.0.at("/spec/content")?);
                let signature = body.only("/envelope/signatures")?;
                // The signature is in base64 twice here.
                let once = signature.bytes("/sig")?;
                Some(Logged {
                    algorithm: first_name(body.text("/payloadHash/algorithm")?)?,
                    digest: body.text("/payloadHash/value")?.to_ascii_lowercase(),
                    covers: Covers::Payload,
                    signature: BASE64_STANDARD.decode(once).ok()?,
                    verifier: pem(&signature.bytes("/publicKey")?)?,
                    details: None,
                    payload_type: Some(body.text("/envelope/payloadType")?),
                })
            }
            _ => None,
        }
    }

    /// The only item of a list.
    fn only(&self, pointer: &str) -> Option<Body<'a>> {
        match self.0.at(pointer)?.items() {
            [one] => Some(Body(one)),
            _ => None,
        }
    }

    /// The verifier of an entry of the second Rekor.
    fn verifier(&self) -> Option<Verifier> {
        let certificate = self.bytes("/verifier/x509Certificate/rawBytes");
        let key = self.bytes("/verifier/publicKey/rawBytes");
        match (certificate, key) {
            (Some(certificate), None) => Some(Verifier::Certificate(certificate)),
            (None, Some(key)) => Some(Verifier::Key(key)),
            _ => None,
        }
    }
}

/// An algorithm as the first Rekor calls it.
fn first_name(name: &str) -> Option<Algorithm> {
    match name {
        "sha256" => Some(Algorithm::Sha256),
        "sha384" => Some(Algorithm::Sha384),
        "sha512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

/// An algorithm as bundles and the second Rekor call it (`HashAlgorithm` in `sigstore_common.proto`).
pub(super) fn second_name(name: &str) -> Option<Algorithm> {
    match name {
        "SHA2_256" => Some(Algorithm::Sha256),
        "SHA2_384" => Some(Algorithm::Sha384),
        "SHA2_512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

/// A certificate or public key in PEM, alone in its file (RFC 7468, section 2, whatever the length of lines).
fn pem(text: &[u8]) -> Option<Verifier> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (label, rest) = text.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let body = rest.strip_suffix(&format!("-----END {label}-----"))?;
    let body: String = body.split_ascii_whitespace().collect();
    let der = BASE64_STANDARD.decode(body).ok()?;
    match label {
        "CERTIFICATE" => Some(Verifier::Certificate(der)),
        "PUBLIC KEY" => Some(Verifier::Key(der)),
        _ => None,
    }
}
