//! The verdict as a verification summary: an in-toto statement about the artifacts that others can rely on who trust
//! whoever signs it.
//!
//! Source: SLSA v1.0, "Verification Summary Attestation (VSA)", sections "Schema" and "Fields"; in-toto Attestation
//! Framework v1, `statement.md` and `resource_descriptor.md`; RFC 6920 for names by digest.

use std::fmt::Write as _;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};

use crate::acceptance::report::{Ending, Input, Report};
use crate::digest::{Digest, canonical_json};

/// The type of the predicate.
const PREDICATE_TYPE: &str = "https://slsa.dev/verification_summary/v1";

/// The verifier where the caller names none: a UUID that nobody else was given (RFC 9562) and a name, as for records
/// (docs/adr/0020-records-as-statements.md).
const VERIFIER: &str = "urn:uuid:ddd667f2-9591-4968-9df9-53b9efcf6954#mekiki-verify-v1";
/// Our own fields, which have URIs as their names as the specification asks.
const VERDICT: &str = "urn:uuid:ddd667f2-9591-4968-9df9-53b9efcf6954#verdict";
/// See [`VERDICT`].
const DELIVERED: &str = "urn:uuid:ddd667f2-9591-4968-9df9-53b9efcf6954#delivered";

/// The summary as canonical JSON, the same bytes for the same report. `verifier` is the URI of who verified.
///
/// `PASSED` is only what is acceptable: what could not be judged is `FAILED`, with our own word beside it. The level is
/// the one that verified provenance supports, never one that somebody claims.
pub fn vsa(report: &Report, verifier: Option<&str>) -> String {
    let result = match report.verdict {
        Ending::Acceptable => "PASSED",
        Ending::NotAcceptable | Ending::Unverifiable => "FAILED",
    };
    let level = match report.verdict {
        Ending::Acceptable => format!(
            "SLSA_BUILD_LEVEL_{}",
            report.supported_level().unwrap_or(0).min(3)
        ),
        Ending::NotAcceptable | Ending::Unverifiable => "FAILED".to_owned(),
    };
    let named_verifier = verifier.unwrap_or(VERIFIER);
    let mut predicate = json!({
        "verifier": {
            "id": named_verifier,
            "version": { report.tool.name: report.tool.version },
        },
        "timeVerified": report.as_of,
        "resourceUri": resource(report),
        "policy": policy(report),
        "inputAttestations": attestations(report),
        "verificationResult": result,
        "verifiedLevels": [level],
        "slsaVersion": "1.0",
    });
    if let Some(fields) = predicate.as_object_mut() {
        fields.insert(VERDICT.to_owned(), json!(report.verdict));
        fields.insert(
            DELIVERED.to_owned(),
            json!({"sha256": report.delivered.sha256}),
        );
    }
    canonical_json(&json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects(report),
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }))
}

/// The artifacts; where none is known, what was delivered by the digest over the lines `HEX  PATH` of its files.
fn subjects(report: &Report) -> Value {
    if report.artifacts.is_empty() {
        let digest = json!({"sha256": report.delivered.sha256});
        return json!([{"name": "delivered.sha256", "digest": digest}]);
    }
    let artifacts = report.artifacts.iter();
    artifacts
        .map(|one| json!({"name": one.path, "digest": {"sha256": one.sha256}}))
        .collect()
}

/// What was verified: the product as a package URL, else what was delivered by its digest.
fn resource(report: &Report) -> String {
    let Some(product) = &report.subject.product else {
        return by_digest(&report.delivered.sha256);
    };
    format!(
        "pkg:generic/{}@{}",
        escaped(&product.name),
        escaped(&product.version)
    )
}

/// What it was held to: the manifest, with the digests of the tables and registers beside it.
fn policy(report: &Report) -> Value {
    let of = |role: &str| report.inputs.iter().find(|one| one.role == role);
    let mut annotations = serde_json::Map::new();
    for role in [
        "checks",
        "catalog",
        "builders",
        "requirements",
        "trust",
        "trusted-root",
        "feed",
    ] {
        if let Some(input) = of(role) {
            annotations.insert(role.to_owned(), json!({"sha256": input.sha256}));
        }
    }
    let digest = of("manifest")
        .or_else(|| of("checks"))
        .map(|one| one.sha256);
    // Without a manifest nothing but the program itself says what is asked.
    let digest = digest.unwrap_or_else(|| Digest::of(report.schema.as_bytes()));
    json!({
        "uri": by_digest(&digest),
        "digest": {"sha256": digest},
        "annotations": annotations,
    })
}

/// The signatures and statements that were verified, each by its digest.
fn attestations(report: &Report) -> Value {
    let is_attestation = |one: &&Input| matches!(one.role, "signature" | "provenance" | "vex");
    let inputs = report.inputs.iter().filter(is_attestation);
    inputs
        .map(|one| {
            json!({
                "name": one.path,
                "uri": by_digest(&one.sha256),
                "digest": {"sha256": one.sha256},
            })
        })
        .collect()
}

/// A name by digest (RFC 6920, section 3).
fn by_digest(digest: &Digest) -> String {
    format!(
        "ni:///sha-256;{}",
        BASE64_URL_SAFE_NO_PAD.encode(digest.bytes())
    )
}

/// A part of a package URL: everything but letters, digits and `.-_~` percent-encoded.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => _ = write!(out, "%{other:02X}"),
        }
    }
    out
}
