//! What is signed: the artifact, or a statement about it in an envelope.
//!
//! Sources: Sigstore Client Specification, section 4.5, and Algorithm Registry; DSSE protocol v1 (what is signed);
//! in-toto Attestation Framework v1, Statement and `DigestSet`.

use super::super::key::{KeyKind, PublicKey, Scheme};
use super::super::{Artifact, CheckName, Proof};
use super::bundle::Content;
use super::entry::second_name;
use super::{Stop, refused};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::tree::{Node, parse_json};

const IN_TOTO: &str = "application/vnd.in-toto+json";
const STATEMENTS: [&str; 2] = [
    "https://in-toto.io/Statement/v0.1",
    "https://in-toto.io/Statement/v1",
];

/// Verifies that one of `keys` signed `content`, and that it is about `artifact`.
pub(super) fn verify<'a>(
    content: &Content,
    keys: &'a [PublicKey],
    artifact: &Artifact<'_>,
    proof: &mut Proof,
) -> Result<(&'a PublicKey, Scheme), Stop> {
    match content {
        Content::Message { digest, signature } => {
            let algorithm = match digest {
                None => None,
                Some((name, claimed)) => {
                    let algorithm = second_name(name).ok_or_else(|| {
                        let detail = format!("the digest algorithm `{name}` is not admitted");
                        refused(CheckName::Algorithm, detail)
                    })?;
                    let own = digest_of(artifact, algorithm)?;
                    if hex::encode(claimed) != own {
                        let detail = format!("signed {}, found {own}", hex::encode(claimed));
                        return Err(refused(CheckName::Artifact, detail));
                    }
                    proof.passed(CheckName::Artifact, format!("{} {own}", algorithm.name()));
                    Some(algorithm)
                }
            };
            let signed = signed_message(keys, algorithm, artifact, signature)?;
            let (key, scheme) =
                signed.ok_or_else(|| not_covered("the signature does not cover this artifact"))?;
            covered(proof, key, scheme);
            Ok((key, scheme))
        }
        Content::Envelope {
            payload,
            payload_type,
            ..
        } => {
            if payload_type != IN_TOTO {
                let detail = format!("the payload is `{payload_type}` and not `{IN_TOTO}`");
                return Err(refused(CheckName::ContentType, detail));
            }
            proof.passed(CheckName::ContentType, IN_TOTO);
            let message = pae(payload_type, payload);
            let (key, scheme) = keys
                .iter()
                .map(|key| (key, scheme_of(key, None)))
                .find(|(key, scheme)| key.verifies(*scheme, &message, content.signature()))
                .ok_or_else(|| not_covered("the signature does not cover this statement"))?;
            covered(proof, key, scheme);
            statement(payload, artifact, proof)?;
            Ok((key, scheme))
        }
    }
}

fn not_covered(detail: &str) -> Stop {
    refused(CheckName::Signature, detail.to_owned())
}

fn covered(proof: &mut Proof, key: &PublicKey, scheme: Scheme) {
    let strength = key.strength(scheme);
    proof.passed(
        CheckName::Signature,
        format!("{} by the key {}", strength.algorithm, key.digest()),
    );
}

/// The key that signed the artifact, where only its digest has to be at hand. Ed25519 is over the artifact itself.
fn signed_message<'a>(
    keys: &'a [PublicKey],
    algorithm: Option<Algorithm>,
    artifact: &Artifact<'_>,
    signature: &[u8],
) -> Result<Option<(&'a PublicKey, Scheme)>, Stop> {
    for key in keys {
        let scheme = scheme_of(key, algorithm);
        let verifies = match (scheme.digest(), artifact.bytes()) {
            (None, Some(bytes)) => key.verifies(scheme, bytes, signature),
            (None, None) => {
                return Err(missing("an Ed25519 signature is made over the file itself"));
            }
            (Some(algorithm), _) => {
                let digest = hex::decode(digest_of(artifact, algorithm)?).unwrap_or_default();
                key.verifies_digest(scheme, &digest, signature)
            }
        };
        if verifies {
            return Ok(Some((key, scheme)));
        }
    }
    Ok(None)
}

/// How a key signs: over the digest that the bundle names, or else the one that goes with the key.
fn scheme_of(key: &PublicKey, algorithm: Option<Algorithm>) -> Scheme {
    match key.kind() {
        KeyKind::EcdsaP256 => Scheme::EcdsaAsn1(algorithm.unwrap_or(Algorithm::Sha256)),
        KeyKind::EcdsaP384 => Scheme::EcdsaAsn1(algorithm.unwrap_or(Algorithm::Sha384)),
        KeyKind::EcdsaP521 => Scheme::EcdsaAsn1(algorithm.unwrap_or(Algorithm::Sha512)),
        KeyKind::Rsa(_) => Scheme::RsaPkcs1(algorithm.unwrap_or(Algorithm::Sha256)),
        KeyKind::Ed25519 => Scheme::Ed25519,
    }
}

/// What an envelope's signature is over: payload and type ("pre-authentication encoding").
pub(super) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

/// The digest of the artifact in lower-case hexadecimal digits, or that it is not at hand.
pub(super) fn digest_of(artifact: &Artifact<'_>, algorithm: Algorithm) -> Result<String, Stop> {
    artifact.digest_hex(algorithm).ok_or_else(|| {
        missing(&format!(
            "the bundle is judged by the {} digest of its artifact, which is not at hand",
            algorithm.name()
        ))
    })
}

fn missing(message: &str) -> Stop {
    let fault = Diagnostic::error("artifact-missing", Place::whole(), message);
    Stop::Unjudged(Box::new(fault.help("name the file itself")))
}

/// Verifies that the payload is a statement, and that one of its subjects is the artifact.
///
/// A subject is the artifact when every digest of it that can be compared is equal, and one at least can.
fn statement(payload: &[u8], artifact: &Artifact<'_>, proof: &mut Proof) -> Result<(), Stop> {
    let incomplete = |reason: &str| refused(CheckName::Statement, reason.to_owned());
    let (document, duplicates) = parse_json(payload).map_err(|fault| incomplete(&fault.message))?;
    if let Some(duplicate) = duplicates.first() {
        return Err(incomplete(&duplicate.message));
    }
    let root = &document.root;
    let text = |key: &str| root.get(key).and_then(Node::text).unwrap_or_default();
    if !STATEMENTS.contains(&text("_type")) {
        return Err(incomplete(&format!(
            "`{}` is no known statement",
            text("_type")
        )));
    }
    if text("predicateType").is_empty() {
        return Err(incomplete("the statement has no type of predicate"));
    }
    let subjects = root.get("subject").map_or(&[][..], Node::items);
    if subjects.is_empty() {
        return Err(incomplete("the statement has no subject"));
    }
    proof.passed(CheckName::Statement, text("predicateType"));
    let mut comparisons = subjects.iter().map(|subject| compare(subject, artifact));
    let (mut equal, mut weak, mut not_at_hand) = (false, true, None);
    for comparison in &mut comparisons {
        match comparison {
            Comparison::Equal => equal = true,
            Comparison::Different => weak = false,
            Comparison::NotAtHand(algorithm) => not_at_hand = Some(algorithm),
            Comparison::Weak => {}
        }
    }
    match (equal, not_at_hand) {
        (true, _) => {
            proof.passed(CheckName::Subject, artifact.names().join(", "));
            Ok(())
        }
        (false, Some(algorithm)) => Err(missing(&format!(
            "the statement names its subject by a {} digest, which is not at hand for the artifact",
            algorithm.name()
        ))),
        (false, None) if weak => Err(refused(
            CheckName::Algorithm,
            "no subject has a digest of SHA-256, SHA-384 or SHA-512".to_owned(),
        )),
        (false, None) => Err(refused(
            CheckName::Subject,
            format!("none of {} subjects is the artifact", subjects.len()),
        )),
    }
}

enum Comparison {
    Equal,
    Different,
    /// The subject has digests, but none that is at hand for the artifact.
    NotAtHand(Algorithm),
    /// The subject has no digest that may count.
    Weak,
}

fn compare(subject: &Node, artifact: &Artifact<'_>) -> Comparison {
    let digests = subject.get("digest").map_or(&[][..], Node::entries);
    let (mut compared, mut not_at_hand) = (false, None);
    for (name, digest) in digests {
        let algorithm = match &**name {
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => continue,
        };
        match artifact.digest_hex(algorithm) {
            Some(own)
                if digest
                    .text()
                    .is_some_and(|text| text.eq_ignore_ascii_case(&own)) =>
            {
                compared = true;
            }
            Some(_) => return Comparison::Different,
            None => not_at_hand = Some(algorithm),
        }
    }
    match (compared, not_at_hand) {
        (true, _) => Comparison::Equal,
        (false, Some(algorithm)) => Comparison::NotAtHand(algorithm),
        (false, None) => Comparison::Weak,
    }
}
