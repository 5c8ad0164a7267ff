//! `OpenPGP` signatures: detached in packets or in armor, and clear-signed texts.
//!
//! Source: RFC 9580. The package `pgp` reads packets and checks single signatures; which key might sign when is
//! our own policy, in `standing`. Versions 4 and 6 only; signatures over a document only (types 0x00 and 0x01).

mod algorithm;
mod armor;
mod certificate;
mod cleartext;
mod packet;
mod standing;
mod subpackets;

use std::collections::BTreeSet;

use pgp::packet::{Signature, SignatureType};
use pgp::types::KeyDetails;

use super::check::{CheckName, ProvenSigner};
use super::trust::{Material, signer_missing};
use super::{Artifact, Kind, Proof, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::time::Timestamp;
use algorithm::Purpose;
use certificate::{Certificate, Subkey};
use standing::{Standing, Times};

/// A signature file is a few kilobytes; a clear-signed text may be a document.
const MAXIMUM_BYTES: usize = 64 * 1024 * 1024;

/// No file has more signatures over one document.
const MAXIMUM_SIGNATURES: usize = 64;

/// A check that failed, with what was found.
type Fault = (CheckName, String);

fn fault(name: CheckName, reason: impl Into<String>) -> Fault {
    (name, reason.into())
}

/// The instant, RFC 3339 in UTC.
fn instant(second: i64) -> String {
    Timestamp::from_second(second)
        .map_or_else(|_| second.to_string(), |instant| instant.to_string())
}

/// What a signature file holds.
struct Parsed {
    /// The signed text of a clear-signed one.
    text: Option<Vec<u8>>,
    signatures: Vec<Signature>,
}

/// A certificate as it names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySummary {
    /// The primary key's fingerprint in upper-case hexadecimal digits.
    pub fingerprint: String,
    /// The fingerprints of the subkeys that the primary key binds and did not revoke.
    pub subkeys: Vec<String>,
    /// The user ids that the primary key signed and did not take back; nobody vouches for them.
    pub names: Vec<String>,
}

/// Reads the certificates of a key file without judging whether they may sign.
///
/// # Errors
///
/// `key-malformed`, `key-unsupported` and `key-secret`.
pub fn keys(material: Material<'_>) -> Result<Vec<KeySummary>, Diagnostic> {
    let certificates = certificate::read(material)?;
    let summaries = certificates.iter().map(|one| KeySummary {
        fingerprint: certificate::fingerprint(&one.primary),
        subkeys: standing::bound_subkeys(one)
            .map(|subkey| certificate::fingerprint(&subkey.key))
            .collect(),
        names: standing::claimed_names(one),
    });
    Ok(summaries.collect())
}

/// Reads a signature file without verifying it and gives the number of signatures in it.
///
/// # Errors
///
/// `openpgp-malformed` when it is no signature.
pub fn count(signature: &[u8]) -> Result<usize, Diagnostic> {
    Ok(parse(signature)?.signatures.len())
}

/// The text that stands in a clear-signed file, in the form that is signed (lines end in CR LF, nothing else); `None`
/// for what is none. Nothing is verified.
pub fn signed_text(file: &[u8]) -> Option<Vec<u8>> {
    parse(file).ok()?.text
}

fn parse(signature: &[u8]) -> Result<Parsed, Diagnostic> {
    let malformed = |reason: String| {
        let message = format!("the OpenPGP signature cannot be read: {reason}");
        Diagnostic::error("openpgp-malformed", Place::whole(), message).help(
            "hand in a detached signature as `gpg --detach-sign` writes it, or a text signed with \
             `gpg --clear-sign`",
        )
    };
    if signature.len() > MAXIMUM_BYTES {
        return Err(malformed(format!("it has more than {MAXIMUM_BYTES} bytes")));
    }
    if !armor::is_armored(signature) {
        let signatures = of_packets(signature).map_err(malformed)?;
        return Ok(Parsed {
            text: None,
            signatures,
        });
    }
    let text = std::str::from_utf8(signature).map_err(|_| malformed("it is no text".to_owned()))?;
    if cleartext::is_one(text) {
        let cleartext = cleartext::read(text).map_err(malformed)?;
        return Ok(Parsed {
            text: Some(cleartext.text),
            signatures: of_packets(&cleartext.packets).map_err(malformed)?,
        });
    }
    let mut signatures = Vec::new();
    for block in armor::blocks(text).map_err(malformed)? {
        let found = of_packets(&block.packets).map_err(malformed)?;
        if block.label != "PGP SIGNATURE" {
            let label = block.label;
            return Err(malformed(format!("its armor is that of a `{label}`")));
        }
        signatures.extend(found);
    }
    Ok(Parsed {
        text: None,
        signatures,
    })
}

/// Signatures in packets, and nothing else.
fn of_packets(bytes: &[u8]) -> Result<Vec<Signature>, String> {
    let packets = packet::split(bytes)?;
    if packets.is_empty() {
        return Err("there is no signature in it".to_owned());
    }
    if packets.len() > MAXIMUM_SIGNATURES {
        return Err(format!("it has more than {MAXIMUM_SIGNATURES} packets"));
    }
    let signatures = packets.iter().map(|packet| match packet.tag {
        packet::tag::SIGNATURE => packet::signature(packet.body),
        1 | 3 | 9 | 18 | 20 => Err("it is an encrypted message".to_owned()),
        4 | 8 | 11 => Err("it is a message with its content inside".to_owned()),
        other => Err(format!("a packet of the type {other} is no signature")),
    });
    signatures.collect()
}

/// Verifies a signature file over `artifact` under the certificates in `trust`.
///
/// Each signature in the file is judged for itself; as many of the certificates as the threshold says must have
/// signed. A signature in the file that does not count is told as a warning where enough others do.
///
/// # Errors
///
/// `signer-missing` without a key, `artifact-missing` where only a digest is at hand, `openpgp-malformed`, and
/// `key-malformed`, `key-unsupported` or `key-secret` when a key cannot be used.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    trust.keys_only(false)?;
    if trust.keys.is_empty() {
        return Err(signer_missing(
            "an OpenPGP signature cannot be judged without the certificate of the signer",
            "give --key with the OpenPGP public key",
        ));
    }
    let parsed = parse(signature)?;
    let bytes = artifact.bytes_for("an OpenPGP signature")?;
    let mut certificates = Vec::new();
    for material in &trust.keys {
        certificates.extend(certificate::read(*material)?);
    }
    let mut proof = Proof::new(Kind::Openpgp, artifact);
    let document = match &parsed.text {
        None => bytes,
        Some(text) if bytes == signature => {
            proof.passed(
                CheckName::Artifact,
                "the signed text stands inside the artifact",
            );
            proof.caution("only the text between the marks is signed, not what stands around it");
            text
        }
        Some(text) if cleartext::is_text_of(bytes, text) => {
            proof.passed(CheckName::Artifact, "the artifact is the signed text");
            text
        }
        Some(_) => {
            return Ok(proof.refused(
                CheckName::Artifact,
                "the artifact is not the text that stands in the signature file",
            ));
        }
    };
    let question = Question {
        document,
        is_clear: parsed.text.is_some(),
        certificates: &certificates,
        at: trust.at.as_second(),
    };
    let judged: Vec<Judged<'_>> = parsed
        .signatures
        .iter()
        .map(|signature| question.judge(signature))
        .collect();
    Ok(conclude(proof, judged, trust))
}

/// What is asked about each signature of a file.
struct Question<'a> {
    document: &'a [u8],
    is_clear: bool,
    certificates: &'a [Certificate],
    at: i64,
}

/// What came of one signature.
struct Judged<'a> {
    standing: Standing,
    outcome: Result<Good<'a>, Fault>,
}

/// A signature that counts.
struct Good<'a> {
    certificate: &'a Certificate,
    signer: ProvenSigner,
}

impl<'a> Question<'a> {
    fn judge(&self, signature: &Signature) -> Judged<'a> {
        let mut standing = Standing::default();
        if let Err(fault) = self.is_about_a_document(signature, &mut standing) {
            let outcome = Err(fault);
            return Judged { standing, outcome };
        }
        let begun = standing.passed.len();
        let mut furthest: Option<Judged<'a>> = None;
        for certificate in self.certificates {
            let keys = std::iter::once(None).chain(certificate.subkeys.iter().map(Some));
            for subkey in keys {
                let is_candidate = match subkey {
                    Some(subkey) => subpackets::may_be_by(signature, &subkey.key),
                    None => subpackets::may_be_by(signature, &certificate.primary),
                };
                if !is_candidate {
                    continue;
                }
                let mut standing = Standing {
                    passed: standing.passed.clone(),
                    warnings: Vec::new(),
                };
                let outcome = self.under(signature, certificate, subkey, &mut standing);
                let judged = Judged { standing, outcome };
                if judged.outcome.is_ok() {
                    return judged;
                }
                let is_further = furthest.as_ref().is_none_or(|before| {
                    judged.standing.passed.len() > before.standing.passed.len().max(begun)
                });
                if is_further {
                    furthest = Some(judged);
                }
            }
        }
        furthest.unwrap_or_else(|| {
            let issuer = subpackets::issuer(signature);
            let reason = format!("it was made by the key {issuer}, which is not among the given");
            Judged {
                standing,
                outcome: Err(fault(CheckName::Key, reason)),
            }
        })
    }

    /// What can be said without a key.
    fn is_about_a_document(
        &self,
        signature: &Signature,
        standing: &mut Standing,
    ) -> Result<(), Fault> {
        subpackets::is_whole(signature, Purpose::Document)?;
        let detail = "the signature is complete, and all that must be understood is";
        standing
            .passed
            .push((CheckName::Structure, detail.to_owned()));
        let over = match signature.typ() {
            Some(SignatureType::Text) => "it is made for a text",
            Some(SignatureType::Binary) if !self.is_clear => "it is made for a document",
            Some(other) => {
                let number = u8::from(other);
                let reason = format!("a signature of the type {number:#04x} is for something else");
                return Err(fault(CheckName::ContentType, reason));
            }
            None => return Err(fault(CheckName::Structure, "the signature cannot be read")),
        };
        standing
            .passed
            .push((CheckName::ContentType, over.to_owned()));
        Ok(())
    }

    /// Judges `signature` as one by the primary key of `certificate`, or by its `subkey`.
    fn under(
        &self,
        signature: &Signature,
        certificate: &'a Certificate,
        subkey: Option<&'a Subkey>,
        standing: &mut Standing,
    ) -> Result<Good<'a>, Fault> {
        let hash = signature.hash_alg().unwrap_or_default();
        let said = signature.config().map(|config| config.pub_alg);
        let (strength, algorithm, covers) = match subkey {
            Some(subkey) => (
                algorithm::strength(&subkey.key, hash, Purpose::Document),
                subkey.key.algorithm(),
                signature.verify(&subkey.key, self.document).is_ok(),
            ),
            None => (
                algorithm::strength(&certificate.primary, hash, Purpose::Document),
                certificate.primary.algorithm(),
                signature
                    .verify(&certificate.primary, self.document)
                    .is_ok(),
            ),
        };
        let strength = strength.map_err(|reason| fault(CheckName::Algorithm, reason))?;
        if said != Some(algorithm) {
            let reason = "the signature names another algorithm than its key";
            return Err(fault(CheckName::Algorithm, reason));
        }
        standing
            .passed
            .push((CheckName::Algorithm, strength.algorithm.clone()));
        if !covers {
            let reason = "the signature does not cover this artifact under the given key";
            return Err(fault(CheckName::Signature, reason));
        }
        let detail = "the signature covers this artifact under the given key";
        standing
            .passed
            .push((CheckName::Signature, detail.to_owned()));
        let signed = subpackets::created(signature);
        if signed > self.at {
            let reason = format!(
                "the signature says that it was made on {}, after the time of judgment",
                instant(signed)
            );
            return Err(fault(CheckName::KeyValidity, reason));
        }
        if let Some(end) = subpackets::expires(signature)
            && self.at >= end
        {
            let reason = format!("the signature itself expired on {}", instant(end));
            return Err(fault(CheckName::KeyValidity, reason));
        }
        let times = Times {
            signed,
            at: self.at,
        };
        standing::judge(certificate, subkey, times, standing)?;
        if signature.typ() == Some(SignatureType::Text) {
            let warning = "the signature is for a text: how its lines end is not covered";
            standing.warnings.push(warning.to_owned());
        }
        let proven = ProvenSigner {
            fingerprint: Some(certificate::fingerprint(&certificate.primary)),
            claimed_names: standing::claimed_names(certificate),
            claimed_time: Some(instant(signed)),
            strength: Some(strength),
            ..ProvenSigner::default()
        };
        Ok(Good {
            certificate,
            signer: proven,
        })
    }
}

/// Counts who signed.
fn conclude(mut proof: Proof, judged: Vec<Judged<'_>>, trust: &Trust<'_>) -> Verification {
    let needed = trust.threshold.max(1);
    let mut signers = BTreeSet::new();
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for one in judged {
        match one.outcome {
            Ok(found) => {
                if signers.insert(certificate::fingerprint(&found.certificate.primary)) {
                    good.push((one.standing, found.signer));
                }
            }
            Err(fault) => bad.push((one.standing, fault)),
        }
    }
    if good.is_empty() {
        // The signature that came furthest says most about what is wrong.
        let furthest = bad
            .into_iter()
            .rev()
            .max_by_key(|(standing, _)| standing.passed.len());
        let Some((standing, (name, reason))) = furthest else {
            return proof.refused(CheckName::Structure, "there is no signature");
        };
        for (name, detail) in standing.passed {
            proof.passed(name, detail);
        }
        return proof.refused(name, reason);
    }
    let mut first = true;
    let found = good.len();
    for (standing, signer) in good {
        for (name, detail) in standing.passed {
            proof.passed(name, detail);
        }
        for warning in standing.warnings {
            proof.caution(warning);
        }
        if first {
            *proof.signer() = signer;
            first = false;
        } else {
            proof.cosigner(signer);
        }
    }
    for (_, (name, reason)) in bad {
        let name = name.word();
        proof.caution(format!(
            "another signature in the file does not count: {name}: {reason}"
        ));
    }
    if found < needed {
        let reason = format!("{found} of the given keys signed, {needed} were agreed");
        return proof.refused(CheckName::Threshold, reason);
    }
    if needed > 1 {
        let detail = format!("{found} of the given keys signed, {needed} were agreed");
        proof.passed(CheckName::Threshold, detail);
    }
    proof.verified()
}
