//! Signing a record, and verifying it: who signed, whether the inputs are there, whether it can be rebuilt.
//!
//! The signature is a DSSE envelope whose payload is the record, byte for byte, or an in-toto statement about its inputs.

use super::Refused;
use super::library::Library;
use super::signature::{SignatureRequest, verify_signature};
use super::tender::{Replay, replay_record};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::evidence::attestation::envelope::{Envelope, EnvelopeSignature, IN_TOTO};
use crate::evidence::detect::detect;
use crate::evidence::signature::key::PrivateKey;
use crate::evidence::signature::{Artifact, Kind, Material, Verification};
use crate::tender::record::{self, RecordInput, TenderRecord, statement};
use crate::time::Timestamp;

/// The payload type of a signed record.
pub const RECORD_TYPE: &str = "application/vnd.mekiki.record+json";

/// What is put into the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// The record itself.
    Record,
    /// An in-toto statement about the record's inputs, with the record as its predicate.
    Statement,
}

/// Signs a record: gives the envelope, in which the record stands byte for byte, or as the predicate of a statement.
///
/// A record that is signed already gets one more signature; those that it has are kept as they are.
///
/// # Errors
///
/// `record-malformed` when the file is no record; `envelope-malformed`; `private-key-malformed` and
/// `private-key-unsupported`.
pub fn sign_record(
    record: Material<'_>,
    key: Material<'_>,
    payload: Payload,
) -> Result<String, Refused> {
    let in_file = |fault: Diagnostic| fault.in_file(record.name);
    let inside = unwrap_record(record.bytes).map_err(in_file)?;
    record::read(inside.as_deref().unwrap_or(record.bytes)).map_err(in_file)?;
    let unsigned = |payload_type: &str, payload: Vec<u8>| Envelope {
        payload_type: payload_type.to_owned(),
        payload,
        signatures: Vec::new(),
    };
    let mut envelope = match (inside, payload) {
        (Some(_), _) => Envelope::parse(record.bytes).map_err(in_file)?,
        (None, Payload::Record) => unsigned(RECORD_TYPE, record.bytes.to_vec()),
        (None, Payload::Statement) => {
            let statement = statement::write(record.bytes).map_err(in_file)?;
            unsigned(IN_TOTO, statement.into_bytes())
        }
    };
    if payload == Payload::Statement && envelope.payload_type != IN_TOTO {
        let message = "the record is signed already, and not as a statement";
        let fault = Diagnostic::error("record-malformed", Place::pointer("/payloadType"), message)
            .help("sign the record itself, or leave --statement out");
        return Err(in_file(fault).into());
    }
    add_signature(&mut envelope, key)?;
    Ok(envelope.to_json())
}

/// Signs an in-toto statement, such as a verification summary: gives the DSSE envelope.
///
/// # Errors
///
/// `private-key-malformed` and `private-key-unsupported`.
pub fn sign_statement(statement: &[u8], key: Material<'_>) -> Result<String, Refused> {
    let mut envelope = Envelope {
        payload_type: IN_TOTO.to_owned(),
        payload: statement.to_vec(),
        signatures: Vec::new(),
    };
    add_signature(&mut envelope, key)?;
    Ok(envelope.to_json())
}

fn add_signature(envelope: &mut Envelope, key: Material<'_>) -> Result<(), Refused> {
    let key = PrivateKey::read(key)?;
    envelope.signatures.push(EnvelopeSignature {
        keyid: Some(format!("sha256:{}", key.public().digest())),
        signature: key.sign(&envelope.signed_bytes())?,
        has_certificate: false,
    });
    Ok(())
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
    match envelope.payload_type.as_str() {
        RECORD_TYPE => Ok(Some(envelope.payload)),
        IN_TOTO => Ok(Some(statement::record_of(&envelope.payload)?)),
        _ => {
            let message = "what is signed is no record";
            let fault =
                Diagnostic::error("record-malformed", Place::pointer("/payloadType"), message);
            Err(fault.help("use the file that `record sign` wrote"))
        }
    }
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
    // In a statement the payload is what is signed; it holds this record, or nothing is verified.
    let statement = Envelope::parse(signature.bytes)
        .ok()
        .filter(|envelope| envelope.payload_type == IN_TOTO)
        .filter(|envelope| statement::record_of(&envelope.payload).is_ok_and(|one| one == bytes));
    let (signed, payload_type) = match &statement {
        Some(envelope) => (envelope.payload.as_slice(), IN_TOTO),
        None => (bytes, RECORD_TYPE),
    };
    let verification = verify_signature(&SignatureRequest {
        signature: Some(signature),
        kind: Some(Kind::Dsse),
        keys: keys.to_vec(),
        threshold,
        payload_type: Some(payload_type),
        ..SignatureRequest::new(Artifact::of_bytes(signed), at)
    })?;
    Ok(SignedRecord {
        verification,
        record,
        digest: Digest::of(bytes),
    })
}

/// Whether the inputs of a record are at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inputs {
    /// Nobody asked.
    NotChecked,
    /// So many inputs, each found by its digest.
    AllPresent(usize),
    /// Those that no file has the digest of.
    Missing(Vec<RecordInput>),
}

/// Whether a record can be rebuilt from its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebuilt {
    /// Nobody asked, or it could not be tried; then with the reason.
    NotChecked(Option<Diagnostic>),
    /// How the replay came out.
    Replayed(Replay),
}

/// Checks the inputs of a record against a folder, and rebuilds it. Both are asked for where there is a folder.
///
/// # Errors
///
/// When the record cannot be read.
pub fn check_inputs(
    library: &Library,
    record_bytes: &[u8],
    folder: &[Evidence],
) -> Result<(Inputs, Rebuilt), Refused> {
    let record = record::read(record_bytes)?;
    let is_missing = |input: &&RecordInput| !folder.iter().any(|one| one.digest == input.sha256);
    let missing: Vec<_> = record.inputs.iter().filter(is_missing).cloned().collect();
    if !missing.is_empty() {
        let message = "the record cannot be rebuilt while inputs are missing";
        let reason = Diagnostic::error("evidence-missing", Place::pointer("/inputs"), message)
            .help("add the files as they were; their names do not matter");
        return Ok((Inputs::Missing(missing), Rebuilt::NotChecked(Some(reason))));
    }
    let rebuilt = match replay_record(library, record_bytes, folder) {
        Ok(replay) => Rebuilt::Replayed(replay),
        Err(Refused(reasons)) => Rebuilt::NotChecked(reasons.into_iter().next()),
    };
    Ok((Inputs::AllPresent(record.inputs.len()), rebuilt))
}
