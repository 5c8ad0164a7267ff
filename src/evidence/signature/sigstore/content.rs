//! What is signed: the artifact, or a statement about it in an envelope.
//!
//! Sources: Sigstore Client Specification, section 4.5, and Algorithm Registry; DSSE protocol v1 (what is signed).

use super::super::key::{KeyKind, PublicKey, Scheme};
use super::super::statement::about;
use super::super::{Artifact, CheckName, Proof};
use super::bundle::Content;
use super::entry::second_name;
use super::{Stop, refused};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::evidence::attestation::envelope::{IN_TOTO, pre_authentication_encoding};

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
            let message = pre_authentication_encoding(payload_type, payload);
            let (key, scheme) = keys
                .iter()
                .flat_map(|key| key.schemes().iter().map(move |scheme| (key, *scheme)))
                .find(|(key, scheme)| key.verifies(*scheme, &message, content.signature()))
                .ok_or_else(|| not_covered("the signature does not cover this statement"))?;
            covered(proof, key, scheme);
            match about(payload, artifact, proof) {
                Ok(Ok(())) => {}
                Ok(Err((name, detail))) => return Err(refused(name, detail)),
                Err(fault) => return Err(Stop::Unjudged(Box::new(fault))),
            }
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
    let mut not_at_hand = None;
    for (key, scheme) in keys
        .iter()
        .flat_map(|key| schemes_of(key, algorithm).map(move |scheme| (key, scheme)))
    {
        let verifies = match (scheme.digest(), artifact.bytes()) {
            (None, Some(bytes)) => key.verifies(scheme, bytes, signature),
            (None, None) => {
                let message = "an Ed25519 signature is made over the file itself";
                not_at_hand.get_or_insert(missing(message));
                continue;
            }
            (Some(algorithm), _) => match digest_of(artifact, algorithm) {
                Ok(digest) => {
                    let digest = hex::decode(digest).unwrap_or_default();
                    key.verifies_digest(scheme, &digest, signature)
                }
                Err(stop) => {
                    not_at_hand.get_or_insert(stop);
                    continue;
                }
            },
        };
        if verifies {
            return Ok(Some((key, scheme)));
        }
    }
    not_at_hand.map_or(Ok(None), Err)
}

/// How a key may have signed: over the digest that the bundle names, or else in every way that goes with the key.
fn schemes_of(key: &PublicKey, algorithm: Option<Algorithm>) -> impl Iterator<Item = Scheme> {
    let named = algorithm.map(|algorithm| match key.kind() {
        KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521 => {
            vec![Scheme::EcdsaAsn1(algorithm)]
        }
        KeyKind::Rsa(_) => vec![Scheme::RsaPkcs1(algorithm), Scheme::RsaPss(algorithm)],
        KeyKind::Ed25519 => vec![Scheme::Ed25519],
    });
    named.unwrap_or_else(|| key.schemes().to_vec()).into_iter()
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
