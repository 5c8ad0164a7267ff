//! Signatures inside of JSON documents: JSON Signature Format (JSF) 0.82, as CycloneDX 1.4 and later has it in
//! the member `signature`.
//!
//! The signature of the whole document is judged. Those of parts (components, services, statements) are
//! counted in a warning; the one of the whole covers them as text. Everything must be covered: a signature
//! that excludes a member is refused, since nothing would tell a reader of the document which of its members
//! nobody signed.
//!
//! Sources: JSON Signature Format (cyberphone.github.io/doc/security/jsf.html), sections 5 to 9, and
//! `jsf-0.82.schema.json` of CycloneDX.

mod numbers;
mod object;

use serde_json::{Map, Value};

use super::check::CheckName;
use super::inside::{Accepted, Refusal, Signers, document_of};
use super::{Artifact, Kind, Proof, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::unpack::{decode, unpack};
use crate::tape::parse_json;
use object::{Core, Form};

/// The member that holds the signature.
const SIGNATURE: &str = "signature";

/// Verifies the signature inside of the JSON document `signature`, which is the artifact.
///
/// Under `signers`, each signature covers the document without the others; under `chain`, each covers those
/// before it too. A signature that names a key or certificate which may sign must hold; those of others are
/// warned of. As many different keys as [`Trust::threshold`] says must have signed.
///
/// # Errors
///
/// `signature-missing` where there is none, `json-duplicate-member` where a member is given twice,
/// `signer-missing`, `artifact-missing`, `expectation-unprovable`, and what reading keys or JSON gives.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let bytes = document_of(signature, artifact)?;
    let signers = Signers::new(trust)?;
    let unpacked = unpack(bytes)?;
    let text = decode(&unpacked)?;
    let mut document = read(&text)?;
    let mut proof = Proof::new(Kind::Jsf, artifact);
    let Some(member) = document.remove(SIGNATURE) else {
        return Err(missing());
    };
    let parts = document.values().map(signatures_in).sum::<usize>();
    if parts > 0 {
        proof.caution(format!(
            "signatures of parts of the document, not judged: {parts}"
        ));
    }
    match judge(&text, &document, &member, &signers, trust, &mut proof) {
        Ok(()) => Ok(proof.verified()),
        Err(refusal) => Ok(proof.refused(refusal.check, refusal.detail)),
    }
}

/// The refusal to judge a document without a signature.
pub(super) fn missing() -> Diagnostic {
    let message = "the document holds no signature";
    Diagnostic::error("signature-missing", Place::whole(), message).help(
        "give a signature in a file of its own with --signature or --bundle, or ask for a signed document",
    )
}

/// Whether a JSON document has a member `signature`.
pub(super) fn is_signed(text: &str) -> Result<bool, Diagnostic> {
    Ok(parse_json(text)?.root().get(SIGNATURE).is_some())
}

/// Reads the document as an object of which no member is given twice, at any depth.
fn read(text: &str) -> Result<Map<String, Value>, Diagnostic> {
    let tape = parse_json(text)?;
    if let Some(mut repeated) = tape.repeated_members().into_iter().next() {
        repeated.severity = crate::diagnostic::Severity::Error;
        return Err(repeated);
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(missing()),
        Err(error) => {
            let place = Place::line(error.line(), error.column().max(1));
            let message = "the text is not JSON";
            Err(Diagnostic::error("json-syntax", place, message)
                .help("repair the file with the tool that made it"))
        }
    }
}

fn judge(
    text: &str,
    document: &Map<String, Value>,
    member: &Value,
    signers: &Signers<'_>,
    trust: &Trust<'_>,
    proof: &mut Proof,
) -> Result<(), Refusal> {
    let form = Form::read(member)?;
    if let Some(number) = numbers::beyond_double(text) {
        return Err(Refusal::structure(format!(
            "the number {number} is more than a double can hold, so two readers may see two numbers"
        )));
    }
    let around = Around::new(document)?;
    proof.passed(
        CheckName::Structure,
        "the signature covers the whole document",
    );
    let cores = form.cores();
    let mut accepted: Vec<Accepted> = Vec::new();
    let mut strangers: Vec<Refusal> = Vec::new();
    for (index, core) in cores.iter().enumerate() {
        let message = around.message(&form.signed(index))?;
        match signers.judge(&core.hint, core.method, &message, &core.value) {
            Ok(mut one) => {
                one.signer.claimed_names.extend(core.key_id.clone());
                accepted.push(one);
            }
            Err(refusal) if cores.len() > 1 && is_of_stranger(&refusal, core) => {
                strangers.push(refusal);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    conclude(accepted, &strangers, trust, proof)
}

/// Whether one of several signatures is somebody else's: it names a key that may not sign or is by another than
/// who is expected, or it names no key and holds under none that may sign.
fn is_of_stranger(refusal: &Refusal, core: &Core) -> bool {
    match refusal.check {
        CheckName::Key | CheckName::CertificateChain | CheckName::Identity => true,
        CheckName::Signature | CheckName::Algorithm => {
            core.hint.key.is_none() && core.hint.certificates.is_empty()
        }
        _ => false,
    }
}

/// Counts the keys that signed and tells who they are.
fn conclude(
    accepted: Vec<Accepted>,
    strangers: &[Refusal],
    trust: &Trust<'_>,
    proof: &mut Proof,
) -> Result<(), Refusal> {
    let mut keys: Vec<&[u8]> = accepted.iter().map(|one| &*one.spki).collect();
    keys.sort_unstable();
    keys.dedup();
    let (signed, needed) = (keys.len(), trust.threshold.max(1));
    if signed == 0 {
        let first = strangers.first().cloned();
        return Err(first.unwrap_or_else(|| Refusal::structure("there is no signature")));
    }
    if signed < needed {
        return Err(Refusal::new(
            CheckName::Threshold,
            format!("{signed} of the keys that may sign have signed, and {needed} must"),
        ));
    }
    if !strangers.is_empty() {
        proof.caution(format!(
            "further signatures, by others than those who may sign, which do not count: {}",
            strangers.len()
        ));
    }
    for (index, one) in accepted.into_iter().enumerate() {
        proof.passed(
            CheckName::Signature,
            "the signature covers this document under a key that may sign",
        );
        for (check, detail) in one.checks {
            proof.passed(check, detail);
        }
        for warning in one.warnings {
            if index == 0 {
                proof.caution(warning);
            }
        }
        if index == 0 {
            *proof.signer() = one.signer;
        } else {
            proof.cosigner(one.signer);
        }
    }
    if needed > 1 {
        let detail = format!("{signed} of the keys that may sign have signed");
        proof.passed(CheckName::Threshold, detail);
    }
    Ok(())
}

/// The canonical form (RFC 8785) of a document but for its signature: what comes before the member and what
/// comes after it.
struct Around {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Around {
    fn new(document: &Map<String, Value>) -> Result<Self, Refusal> {
        let side = |is_before: bool| {
            let members: Map<String, Value> = document
                .iter()
                .filter(|(name, _)| name.encode_utf16().lt(SIGNATURE.encode_utf16()) == is_before)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            canonical(&Value::Object(members))
        };
        Ok(Self {
            before: side(true)?,
            after: side(false)?,
        })
    }

    /// The bytes that are signed: the whole document with `signature` in its place.
    fn message(&self, signature: &Value) -> Result<Vec<u8>, Refusal> {
        let inner = |object: &[u8]| object.get(1..object.len() - 1).map(<[u8]>::to_vec);
        let signature = [b"\"signature\":".to_vec(), canonical(signature)?].concat();
        let members = [inner(&self.before), Some(signature), inner(&self.after)];
        let members: Vec<_> = members
            .into_iter()
            .flatten()
            .filter(|one| !one.is_empty())
            .collect();
        Ok([b"{".to_vec(), members.join(&b','), b"}".to_vec()].concat())
    }
}

fn canonical(value: &Value) -> Result<Vec<u8>, Refusal> {
    serde_json_canonicalizer::to_vec(value)
        .map_err(|error| Refusal::structure(format!("the document has no canonical form: {error}")))
}

/// How many signatures of parts stand in a value.
fn signatures_in(value: &Value) -> usize {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let is_one = name == SIGNATURE
                    && ["value", "signers", "chain"]
                        .iter()
                        .any(|member| value.get(member).is_some());
                if is_one { 1 } else { signatures_in(value) }
            })
            .sum(),
        Value::Array(items) => items.iter().map(signatures_in).sum(),
        _ => 0,
    }
}
