//! Names the kind, format, version and encoding of a document from its bytes, never from its file name.
//!
//! One file an encoding; to add a format, add it to the file of its encoding.

mod binary;
mod json;
mod plain;
mod sheet;
mod xml;

use serde::Serialize;

use super::unpack;
use crate::tape::{Item, without_leading_remarks};

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A software bill of materials.
    Sbom,
    /// Statements on whether vulnerabilities affect a product.
    Vex,
    /// A signature or a bundle of signature, certificate and log proof.
    Signature,
    /// A statement on how an artifact was built, signed or not.
    Provenance,
    /// A public key.
    Key,
    /// Certificates and keys that anchor trust.
    TrustRoot,
    /// A vulnerability advisory.
    Advisory,
    /// A questionnaire or the answers to one.
    Questionnaire,
    /// A certificate or registry entry in our record form.
    Certification,
    /// A record of the agency's own decision.
    AgencyRecord,
    /// An entry of a register of the agency, or what a supplier states for one.
    Register,
    /// A transcription of a third party's audit report.
    AuditReport,
    /// What a tool measured.
    Measurement,
    /// A catalog of controls.
    Catalog,
    /// A tender or other procurement document.
    Procurement,
    /// A list of resolved dependencies.
    Lockfile,
    /// The list of known exploited vulnerabilities.
    Kev,
    /// Anything else.
    Unknown,
}

/// What [`detect`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// What the document is for.
    pub kind: Kind,
    /// The format's name, or `unknown`.
    pub format: &'static str,
    /// The format's version as the document states it.
    pub spec_version: Option<String>,
    /// How the format is written down.
    pub encoding: &'static str,
}

impl Detection {
    pub(super) fn new(
        kind: Kind,
        format: &'static str,
        spec_version: Option<&str>,
        encoding: &'static str,
    ) -> Self {
        Self {
            kind,
            format,
            spec_version: spec_version.map(str::to_owned),
            encoding,
        }
    }

    fn unknown(encoding: &'static str) -> Self {
        Self::new(Kind::Unknown, "unknown", None, encoding)
    }
}

/// Names what `bytes` are. Bytes that nothing recognises are [`Kind::Unknown`], never an error.
///
/// A compressed document is named by what is inside.
pub fn detect(bytes: &[u8]) -> Detection {
    if let Some(found) = binary::detect(bytes) {
        if unpack::is_compressed(bytes)
            && let Ok(content) = unpack::unpack(bytes)
            && !unpack::is_compressed(&content)
        {
            let inside = detect(&content);
            if inside.kind != Kind::Unknown {
                return inside;
            }
        }
        if found.encoding == "zip"
            && let Some(workbook) = sheet::package(bytes)
        {
            return workbook;
        }
        return found;
    }
    let found = match unpack::decode(bytes) {
        Ok(text) => detect_text(&text),
        Err(_) => Detection::unknown("binary"),
    };
    if found.kind == Kind::Unknown && matches!(found.encoding, "text" | "binary" | "toml") {
        return sheet::table(bytes).unwrap_or(found);
    }
    found
}

/// Names a document that is decoded already.
pub(super) fn detect_text(text: &str) -> Detection {
    let text = &*without_leading_remarks(text);
    match text.trim_start().chars().next() {
        None => Detection::unknown("text"),
        // A TOML document may begin with the header of a table.
        Some('{' | '[') => json::detect(text)
            .or_else(|| plain::toml(text))
            .unwrap_or_else(|| Detection::unknown("json")),
        Some('<') => xml::detect(text),
        // Remarks in front of JSON, as VSAQ writes them.
        Some('/') => json::detect(text)
            .filter(|found| found.kind != Kind::Unknown)
            .unwrap_or_else(|| plain::detect(text)),
        Some(_) => plain::detect(text),
    }
}

/// Names a document that is no text.
pub(super) fn detect_binary(bytes: &[u8]) -> Option<Detection> {
    binary::detect(bytes)
}

/// Names a JSON document that is on a tape already.
pub fn detect_item(root: Item<'_>) -> Detection {
    json::detect_item(root)
}

/// Names a document of ours by the schema that it states, such as `mekiki/answers/v1`.
fn ours(schema: &str, encoding: &'static str) -> Option<Detection> {
    let schema = schema.strip_prefix("mekiki/")?;
    let (name, version) = schema.split_once('/').unwrap_or((schema, ""));
    let (kind, format) = match name {
        "answers" => (Kind::Questionnaire, "mekiki-answers"),
        "certification" => (Kind::Certification, "mekiki-certification"),
        "agency-record" => (Kind::AgencyRecord, "mekiki-agency-record"),
        "system" => (Kind::Register, "mekiki-system"),
        "exception" => (Kind::Register, "mekiki-exception"),
        "disclosure-log" => (Kind::Register, "mekiki-disclosure-log"),
        "erasure-certificate" => (Kind::Register, "mekiki-erasure-certificate"),
        "incident" => (Kind::Register, "mekiki-incident"),
        "risk-evaluation" => (Kind::Register, "mekiki-risk-evaluation"),
        "audit-report" => (Kind::AuditReport, "mekiki-audit-report"),
        "measurement" => (Kind::Measurement, "mekiki-measurement"),
        "change-notice" => (Kind::Procurement, "mekiki-change-notice"),
        "product-list" => (Kind::Procurement, "mekiki-product-list"),
        "offering" => (Kind::Procurement, "mekiki-offering"),
        "tender-file" => (Kind::Procurement, "mekiki-tender"),
        "record" => (Kind::Procurement, "mekiki-record"),
        "trust-policy" => (Kind::TrustRoot, "mekiki-trust-policy"),
        _ => (Kind::Unknown, "unknown"),
    };
    let version = version.trim_start_matches('v');
    Some(Detection::new(kind, format, Some(version), encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes with what they are.
    type Case = (
        &'static [u8],
        Kind,
        &'static str,
        Option<&'static str>,
        &'static str,
    );

    const CASES: &[Case] = &[
        (
            b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[]}",
            Kind::Sbom,
            "cyclonedx",
            Some("1.6"),
            "json",
        ),
        (
            b"\xef\xbb\xbf {\"spdxVersion\":\"SPDX-2.3\"}",
            Kind::Sbom,
            "spdx",
            Some("2.3"),
            "json",
        ),
        (
            b"SPDXVersion: SPDX-2.2\n",
            Kind::Sbom,
            "spdx",
            Some("2.2"),
            "tag-value",
        ),
        (
            b"\xef\xbb\xbf# a\n\n## b\nSPDXVersion: SPDX-2.3\n",
            Kind::Sbom,
            "spdx",
            Some("2.3"),
            "tag-value",
        ),
        (
            b"%YAML 1.2\n---\ncomment: no spdxVersion: here\n\"spdxVersion\" : 'SPDX-2.3' # x\n",
            Kind::Sbom,
            "spdx",
            Some("2.3"),
            "yaml",
        ),
        (
            b"<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>",
            Kind::Sbom,
            "cyclonedx",
            Some("1.4"),
            "xml",
        ),
        (
            b"{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"}",
            Kind::Signature,
            "sigstore-bundle",
            Some("0.3"),
            "json",
        ),
        (
            b"{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=0.1\"}",
            Kind::Signature,
            "sigstore-bundle",
            Some("0.1"),
            "json",
        ),
        (
            b"{\"_type\":\"https://in-toto.io/Statement/v1\"}",
            Kind::Provenance,
            "in-toto-statement",
            Some("v1"),
            "json",
        ),
        (
            b"schema = \"mekiki/answers/v1\"\n",
            Kind::Questionnaire,
            "mekiki-answers",
            Some("1"),
            "toml",
        ),
        (
            b"{\"schema\":\"mekiki/answers/v1\"}",
            Kind::Questionnaire,
            "mekiki-answers",
            Some("1"),
            "json",
        ),
        (
            b"-----BEGIN PUBLIC KEY-----\nAA\n",
            Kind::Key,
            "public-key",
            None,
            "pem",
        ),
        (
            b"{\"bomFormat\":\"CycloneDX\",",
            Kind::Sbom,
            "cyclonedx",
            None,
            "json",
        ),
        // Without `bomFormat`, whose absence the reader then names.
        (
            b"{\"specVersion\":\"1.6\"}",
            Kind::Sbom,
            "cyclonedx",
            Some("1.6"),
            "json",
        ),
        // In UTF-16.
        (
            b"\xff\xfe{\0\"\0S\0P\0D\0X\0I\0D\0\"\0:\x001\0}\0",
            Kind::Sbom,
            "spdx",
            None,
            "json",
        ),
        // A schema names the namespace, but its root is no `bom`.
        (
            b"<xs:schema xmlns:bom=\"http://cyclonedx.org/schema/bom/1.4\"/>",
            Kind::Unknown,
            "unknown",
            None,
            "xml",
        ),
        (
            b"\x0a\x031.5\x10\x01",
            Kind::Sbom,
            "cyclonedx",
            Some("1.5"),
            "protobuf",
        ),
        // A fault further down does not hide what a document of ours is.
        (
            b"# remark\nid = \"x\"\nschema = \"mekiki/certification/v1\" # remark\n= =\n",
            Kind::Certification,
            "mekiki-certification",
            Some("1"),
            "toml",
        ),
        (
            b"schema = \"mekiki/change-notice/v1\"\n",
            Kind::Procurement,
            "mekiki-change-notice",
            Some("1"),
            "toml",
        ),
        (
            b"{\"schema\":\"mekiki/product-list/v1\"}",
            Kind::Procurement,
            "mekiki-product-list",
            Some("1"),
            "json",
        ),
        (
            b"{\"schema\":\"mekiki/measurement/v1\"}",
            Kind::Measurement,
            "mekiki-measurement",
            Some("1"),
            "json",
        ),
        (
            b"schema = \"mekiki/audit-report/v1\"\n",
            Kind::AuditReport,
            "mekiki-audit-report",
            Some("1"),
            "toml",
        ),
        (
            b"version = 4\n\n[[package]]\nname = \"a\"\n",
            Kind::Lockfile,
            "cargo-lock",
            Some("4"),
            "toml",
        ),
        (
            b"#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\n",
            Kind::Advisory,
            "epss",
            Some("v2025.03.14"),
            "csv",
        ),
        (
            b"id: PYSEC-2026-1\ndetails: |\n  x: y\naffected:\n- package: {}\n",
            Kind::Advisory,
            "osv",
            None,
            "yaml",
        ),
        (
            b"---\ngem: a\ncve: 2026-1\ntitle: b\n",
            Kind::Advisory,
            "rubysec",
            None,
            "yaml",
        ),
        (
            b"\xc2\x06\x04\x00\x16\x0a\x00\x00",
            Kind::Signature,
            "openpgp",
            None,
            "binary",
        ),
        (
            b"\x98\x07\x04\x00\x00\x00\x00\x16\x00",
            Kind::Key,
            "openpgp-key",
            None,
            "binary",
        ),
        // The same, but of no version or cut off; a picture; a text that begins with `\u{a3}`.
        (
            b"\xc2\x06\x07\x00\x16\x0a\x00\x00",
            Kind::Unknown,
            "unknown",
            None,
            "binary",
        ),
        (
            b"\xc2\x06\x04\x00\x16\x0a\x00",
            Kind::Unknown,
            "unknown",
            None,
            "binary",
        ),
        (
            b"\x89PNG\r\n\x1a\n",
            Kind::Unknown,
            "unknown",
            None,
            "binary",
        ),
        (b"\xc2\xa3 4", Kind::Unknown, "unknown", None, "text"),
        (b"id: x\ntitle: y\n", Kind::Unknown, "unknown", None, "text"),
        (b"[table]\n", Kind::Unknown, "unknown", None, "toml"),
        (b"[true]", Kind::Unknown, "unknown", None, "json"),
        (b"PK\x03\x04", Kind::Unknown, "unknown", None, "zip"),
        (b"\xff\xfe\x00", Kind::Unknown, "unknown", None, "binary"),
        (b"", Kind::Unknown, "unknown", None, "text"),
        (b"hello", Kind::Unknown, "unknown", None, "text"),
    ];

    #[test]
    fn the_bytes_say_what_a_document_is() {
        for (bytes, kind, format, version, encoding) in CASES {
            let expected = Detection::new(*kind, format, *version, encoding);
            assert_eq!(
                detect(bytes),
                expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
