//! Signing a record, and verifying who signed it.
//!
//! The signature is a DSSE envelope whose payload is the record, byte for byte.

use super::Refused;
use super::signature::{SignatureRequest, verify_signature};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::attestation::envelope::{Envelope, EnvelopeSignature};
use crate::evidence::detect::detect;
use crate::evidence::signature::key::PrivateKey;
use crate::evidence::signature::{Artifact, Kind, Material, Verification};
use crate::tender::record::{self, TenderRecord};
use crate::time::Timestamp;

/// The payload type of a signed record.
pub const RECORD_TYPE: &str = "application/vnd.mekiki.record+json";

/// Signs a record: gives the envelope, in which the record stands byte for byte.
///
/// A record that is signed already gets one more signature; those that it has are kept as they are.
///
/// # Errors
///
/// `record-malformed` when the file is no record; `envelope-malformed`; `private-key-malformed` and
/// `private-key-unsupported`.
pub fn sign_record(record: Material<'_>, key: Material<'_>) -> Result<String, Refused> {
    let in_file = |fault: Diagnostic| fault.in_file(record.name);
    let mut envelope = match unwrap_record(record.bytes).map_err(in_file)? {
        Some(_) => Envelope::parse(record.bytes).map_err(in_file)?,
        None => Envelope {
            payload_type: RECORD_TYPE.to_owned(),
            payload: record.bytes.to_vec(),
            signatures: Vec::new(),
        },
    };
    record::read(&envelope.payload).map_err(in_file)?;
    let key = PrivateKey::read(key)?;
    envelope.signatures.push(EnvelopeSignature {
        keyid: Some(format!("sha256:{}", key.public().digest())),
        signature: key.sign(&envelope.signed_bytes())?,
        has_certificate: false,
    });
    Ok(envelope.to_json())
}

/// The record in an envelope, without a look at its signature; `None` where the bytes are no envelope.
///
/// # Errors
///
/// `envelope-malformed` and the faults of JSON; `record-malformed` when something else is signed.
pub fn unwrap_record(bytes: &[u8]) -> Result<Option<Vec<u8>>, Diagnostic> {
    if detect(bytes).format != "dsse" {
        return Ok(None);
    }
    let envelope = Envelope::parse(bytes)?;
    if envelope.payload_type != RECORD_TYPE {
        let message = "what is signed is no record";
        return Err(
            Diagnostic::error("record-malformed", Place::pointer("/payloadType"), message)
                .help("use the file that `record sign` wrote"),
        );
    }
    Ok(Some(envelope.payload))
}

/// A record whose signature was judged.
#[derive(Debug, Clone)]
pub struct SignedRecord {
    /// How the verification came out.
    pub verification: Verification,
    /// The record, whoever signed it.
    pub record: TenderRecord,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// Verifies that holders of `keys` signed a record.
///
/// `file` is the envelope, or the record with its envelope in `signature`; where both are envelopes, that in
/// `signature` is verified, over the record in the other.
///
/// # Errors
///
/// `signature-missing` when neither is an envelope; `signer-missing` without a key; `record-malformed` and
/// `envelope-malformed`; `key-malformed` and `key-unsupported`.
pub fn verify_record(
    file: Material<'_>,
    signature: Option<Material<'_>>,
    keys: &[Material<'_>],
    threshold: usize,
    at: Timestamp,
) -> Result<SignedRecord, Refused> {
    let inside = unwrap_record(file.bytes).map_err(|fault| fault.in_file(file.name))?;
    let (bytes, signature) = match (&inside, signature) {
        (Some(payload), signature) => (payload.as_slice(), signature.unwrap_or(file)),
        (None, Some(signature)) => (file.bytes, signature),
        (None, None) => {
            record::read(file.bytes).map_err(|fault| fault.in_file(file.name))?;
            let message = "the record is not signed";
            let missing = Diagnostic::error("signature-missing", Place::whole(), message)
                .help("name the file that `record sign` wrote, or give it with --signature");
            return Err(missing.in_file(file.name).into());
        }
    };
    let record = record::read(bytes).map_err(|fault| fault.in_file(file.name))?;
    let verification = verify_signature(&SignatureRequest {
        signature: Some(signature),
        kind: Some(Kind::Dsse),
        keys: keys.to_vec(),
        threshold,
        payload_type: Some(RECORD_TYPE),
        ..SignatureRequest::new(Artifact::of_bytes(bytes), at)
    })?;
    Ok(SignedRecord {
        verification,
        record,
        digest: Digest::of(bytes),
    })
}
