//! The files in which provenance comes: an envelope, lines of envelopes or bundles, a bundle, the attestations
//! of a package registry, and what Google Cloud says about a container.

use super::envelope::{IN_TOTO, decode, malformed};
use super::{Attestation, Envelope, Field, Predicate, SignerClaims, Wrapping, statement};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Shape, Tape, parse_json, write_json};

/// Provenance with its environment stays far below this.
const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;
/// A release of a project with many targets has some dozens.
const MAXIMUM_ATTESTATIONS: usize = 1024;

/// What stands in a file of provenance.
#[derive(Debug, Clone, Default)]
pub struct Attestations {
    /// Those that could be read.
    pub readable: Vec<Attestation>,
    /// Why the others could not.
    pub refused: Vec<Diagnostic>,
}

/// Reads a file of provenance: JSON, or one JSON object a line.
///
/// # Errors
///
/// `provenance-too-large`, a JSON diagnostic, `json-duplicate-member`, `provenance-unrecognized` when it is none
/// of the known containers, or `provenance-malformed` when none of its attestations can be read.
pub fn read(bytes: &[u8]) -> Result<Attestations, Diagnostic> {
    if bytes.len() > MAXIMUM_BYTES {
        let message = format!(
            "the provenance has {} bytes, more than {MAXIMUM_BYTES}",
            bytes.len()
        );
        return Err(too_large(message));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| unrecognized(Place::whole()))?;
    let mut found = Attestations::default();
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let is_whole_line =
        |line: &str| line.trim_start().starts_with('{') && line.trim_end().ends_with('}');
    let of_lines = lines.clone().count() > 1 && lines.clone().all(|(_, line)| is_whole_line(line));
    if of_lines {
        for (number, line) in lines.by_ref() {
            let on_line = |mut fault: Diagnostic| {
                fault.at.line = u32::try_from(number + 1).ok();
                fault
            };
            let tape = parse(line).map_err(on_line)?;
            let before = found.readable.len();
            read_document(tape.root(), &mut found).map_err(on_line)?;
            for one in found.readable.iter_mut().skip(before) {
                one.at.line = u32::try_from(number + 1).ok();
            }
        }
    } else {
        let tape = parse(text)?;
        read_document(tape.root(), &mut found)?;
    }
    if found.readable.is_empty() {
        return Err(found.refused.into_iter().next().unwrap_or_else(|| {
            let message = "the file holds no attestation";
            Diagnostic::error("provenance-malformed", Place::whole(), message)
                .help("ask the supplier for the provenance as the builder wrote it")
        }));
    }
    Ok(found)
}

fn parse(text: &str) -> Result<Tape<'_>, Diagnostic> {
    let tape = parse_json(text)?;
    match tape.repeated_members().into_iter().next() {
        // What one reader takes from a repeated member another does not.
        Some(repeated) => Err(Diagnostic {
            severity: crate::diagnostic::Severity::Error,
            ..repeated
        }),
        None => Ok(tape),
    }
}

fn unrecognized(at: Place) -> Diagnostic {
    let message = "this is no provenance that is known";
    Diagnostic::error("provenance-unrecognized", at, message).help(
        "hand in a DSSE envelope, a Sigstore bundle with one, the attestations of an npm package, or what \
         `gcloud artifacts docker images describe --show-provenance --format json` writes",
    )
}

fn too_large(message: String) -> Diagnostic {
    Diagnostic::error("provenance-too-large", Place::whole(), message)
        .help("hand in the provenance of one artifact")
}

fn read_document(root: Item<'_>, found: &mut Attestations) -> Result<(), Diagnostic> {
    let list = |key: &str| root.get(key).filter(|list| list.shape() == Shape::List);
    if let Some(attestations) = list("attestations") {
        for attestation in attestations.items() {
            let bundle = attestation.get("bundle").unwrap_or(attestation);
            push(found, read_signed(bundle))?;
        }
        return Ok(());
    }
    if let Some(summary) = root.get("provenance_summary") {
        let provenances = summary
            .get("provenance")
            .filter(|list| list.shape() == Shape::List)
            .ok_or_else(|| malformed(summary, "there is no list `provenance`"))?;
        for provenance in provenances.items() {
            push(found, read_occurrence(root, provenance))?;
        }
        return Ok(());
    }
    if root.shape() == Shape::List {
        for attestation in root.items() {
            push(found, read_signed(attestation))?;
        }
        return Ok(());
    }
    push(found, Ok(read_signed(root)?))
}

fn push(
    found: &mut Attestations,
    attestation: Result<Attestation, Diagnostic>,
) -> Result<(), Diagnostic> {
    if found.readable.len() + found.refused.len() >= MAXIMUM_ATTESTATIONS {
        return Err(too_large(format!(
            "there are more than {MAXIMUM_ATTESTATIONS} attestations"
        )));
    }
    match attestation {
        Ok(attestation) => found.readable.push(attestation),
        Err(fault) => found.refused.push(fault),
    }
    Ok(())
}

/// Reads a bundle, an envelope or a bare statement.
fn read_signed(item: Item<'_>) -> Result<Attestation, Diagnostic> {
    if let Some(envelope) = item.get("dsseEnvelope") {
        let envelope = Envelope::read(envelope)?;
        let signer = certificate_of_bundle(item)?;
        return enveloped(item, Wrapping::Bundle, envelope, signer);
    }
    if item.get("payload").is_some() || item.get("payloadType").is_some() {
        let envelope = Envelope::read(item)?;
        let signer = certificate_of_envelope(item, &envelope)?;
        return enveloped(item, Wrapping::Envelope, envelope, signer);
    }
    if statement::is_statement(item) {
        return Ok(Attestation {
            at: item.place(),
            wrapping: Wrapping::Bare,
            signed: Vec::new(),
            envelope: None,
            signer: None,
            statement: statement::read(item),
            named_digests: Vec::new(),
        });
    }
    Err(unrecognized(item.place()))
}

fn enveloped(
    item: Item<'_>,
    wrapping: Wrapping,
    envelope: Envelope,
    signer: Option<SignerClaims>,
) -> Result<Attestation, Diagnostic> {
    let mut statement = statement::of_payload(&envelope.payload).map_err(|mut fault| {
        fault.at = item.place();
        fault
    })?;
    let mut flaw = |at: &str, what: String| {
        statement.faults.push(Field {
            value: what,
            at: at.to_owned(),
        });
    };
    if envelope.payload_type != IN_TOTO {
        let named = crate::text::printable(&envelope.payload_type);
        flaw(
            "/payloadType",
            format!("`{named}` is not the type of a statement"),
        );
    }
    if !envelope
        .signatures
        .iter()
        .any(|one| one.signature.is_some())
    {
        flaw(
            "/signatures",
            "the envelope carries no readable signature".to_owned(),
        );
    }
    Ok(Attestation {
        at: item.place(),
        wrapping,
        signed: write_json(item, false).into_bytes(),
        envelope: Some(envelope),
        signer,
        statement,
        named_digests: Vec::new(),
    })
}

/// What the signing certificate of a bundle claims: the only one, or the first of a chain.
fn certificate_of_bundle(bundle: Item<'_>) -> Result<Option<SignerClaims>, Diagnostic> {
    let raw = |pointer: &str| bundle.at(&format!("/verificationMaterial/{pointer}"));
    let raw = match (raw("certificate"), raw("x509CertificateChain")) {
        (Some(_), Some(chain)) => {
            return Err(malformed(
                chain,
                "the bundle brings two signing certificates",
            ));
        }
        (Some(certificate), None) => certificate.get("rawBytes"),
        (None, Some(chain)) => chain.at("/certificates/0/rawBytes"),
        (None, None) => return Ok(None),
    };
    raw.and_then(Item::text)
        .and_then(decode)
        .and_then(|der| SignerClaims::of_der(&der))
        .map(Some)
        .ok_or_else(|| malformed(bundle, "the signing certificate is none"))
}

/// What the certificate beside the only signature of an envelope claims; with several signatures none is the
/// signer's.
fn certificate_of_envelope(
    item: Item<'_>,
    envelope: &Envelope,
) -> Result<Option<SignerClaims>, Diagnostic> {
    let [signature] = envelope.signatures.as_slice() else {
        return Ok(None);
    };
    let Some(pem) = &signature.certificate else {
        return Ok(None);
    };
    SignerClaims::of_pem(pem)
        .map(Some)
        .ok_or_else(|| malformed(item, "the certificate beside the signature is none"))
}

/// Reads one occurrence of the provenance of a container (Google Artifact Analysis, kind `BUILD`).
///
/// Beside the envelope it repeats the statement in clear and names the image; all of it must agree.
fn read_occurrence(root: Item<'_>, occurrence: Item<'_>) -> Result<Attestation, Diagnostic> {
    let envelope = occurrence
        .get("envelope")
        .ok_or_else(|| malformed(occurrence, "there is no envelope"))?;
    let mut attestation = read_signed(envelope)?;
    attestation.at = occurrence.place();
    let payload = attestation
        .envelope
        .as_ref()
        .map(|envelope| envelope.payload.clone())
        .unwrap_or_default();
    let build = occurrence.get("build");
    let clear = build.and_then(|build| {
        ["intotoStatement", "inTotoSlsaProvenanceV1"]
            .iter()
            .find_map(|key| build.get(key))
    });
    let mut flaw = |item: Item<'_>, what: &str| {
        attestation.statement.faults.push(Field {
            value: what.to_owned(),
            at: item.pointer(),
        });
    };
    match occurrence.get_text("kind") {
        Some("BUILD") => {}
        _ => flaw(occurrence, "the occurrence is not of the kind `BUILD`"),
    }
    match clear {
        None => flaw(occurrence, "the statement is not repeated in clear"),
        Some(clear) => {
            let agrees = statement::with_payload(&payload, |signed| {
                // `predicate` is left out of the repetition where `slsaProvenance` says the same.
                let mut members = clear.children();
                let same = members.all(|member| {
                    member
                        .key()
                        .and_then(|key| signed.get(key))
                        .is_some_and(|other| is_same(member, other))
                });
                let repeated = signed.children().all(|member| {
                    member.key().is_some_and(|key| {
                        clear.get(key).is_some()
                            || (key == "predicate"
                                && signed
                                    .get("slsaProvenance")
                                    .is_some_and(|other| is_same(member, other)))
                    })
                });
                same && repeated
            })?;
            if !agrees {
                flaw(clear, "the statement in clear is not the signed one");
            }
        }
    }
    if matches!(attestation.statement.predicate, Predicate::Publication(_)) {
        flaw(occurrence, "the statement is none about a build");
    }
    let digest_in = |item: Option<Item<'_>>| {
        let item = item?;
        let (_, digest) = item.text()?.rsplit_once("sha256:")?;
        Some(Field {
            value: format!("sha256:{digest}"),
            at: item.pointer(),
        })
    };
    attestation.named_digests = [
        root.at("/image_summary/digest"),
        root.at("/image_summary/fully_qualified_digest"),
        occurrence.get("resourceUri"),
    ]
    .into_iter()
    .filter_map(digest_in)
    .collect();
    Ok(attestation)
}

/// Whether two values are the same, whatever the order of members.
fn is_same(one: Item<'_>, other: Item<'_>) -> bool {
    if one.shape() != other.shape() {
        return false;
    }
    match one.shape() {
        Shape::Null => true,
        Shape::Bool => one.bool() == other.bool(),
        Shape::Integer | Shape::Number => one.number() == other.number(),
        Shape::Text => one.text() == other.text(),
        Shape::List => {
            one.items().count() == other.items().count()
                && one
                    .items()
                    .zip(other.items())
                    .all(|(one, other)| is_same(one, other))
        }
        Shape::Table => {
            one.children().count() == other.children().count()
                && one.children().all(|member| {
                    member
                        .key()
                        .and_then(|key| other.get(key))
                        .is_some_and(|other| is_same(member, other))
                })
        }
    }
}
