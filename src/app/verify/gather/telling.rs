//! What a delivered document is: told by its bytes; its name says only that it is worth a look.

use crate::digest::Digest;
use crate::evidence::attestation::envelope::{documents, from_base64};
use crate::evidence::attestation::predicate::PredicateType;
use crate::evidence::attestation::statement::{self, Statement};
use crate::evidence::attestation::{payload_of_bundle, predicate};
use crate::evidence::detect::{Kind, detect};

/// The largest document that is looked into without being named in the manifest: 32 MiB.
pub(super) const DOCUMENT_BYTES: u64 = 32 * 1024 * 1024;
/// The largest bare signature: a post-quantum one in base64 (SLH-DSA-256f of FIPS 205 has 49,856 bytes).
const RAW_SIGNATURE_BYTES: usize = 72 * 1024;
/// The first bytes of a text in which a word tells what it is.
const HEAD_BYTES: usize = 4096;

/// What a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// What it is for.
    pub(super) kind: Kind,
    /// Digests that its statements are about.
    pub(super) subjects: Vec<Digest>,
    /// Whether it states how something was built.
    pub(super) is_provenance: bool,
    /// Whether it may be a signature that is nothing but its bytes, as `cosign sign-blob` and `openssl dgst` write them.
    pub(super) is_bare: bool,
}

impl Told {
    /// What nothing is known of.
    pub(super) fn nothing() -> Self {
        Self {
            kind: Kind::Unknown,
            subjects: Vec::new(),
            is_provenance: false,
            is_bare: false,
        }
    }

    /// Whether it signs something.
    pub(super) fn is_signature(&self) -> bool {
        self.kind == Kind::Signature && !self.is_provenance
    }

    /// Whether it speaks of what was delivered and is no part of it.
    pub(super) fn is_evidence(&self) -> bool {
        matches!(
            self.kind,
            Kind::Sbom | Kind::Vex | Kind::Signature | Kind::Provenance
        )
    }
}

/// Whether a file that begins so, and is called so, is worth being told.
pub(super) fn is_worth_a_look(path: &str, head: &[u8]) -> bool {
    /// What names of evidence hold.
    const HINTS: [&str; 12] = [
        "bom",
        "spdx",
        "cdx",
        "vex",
        ".sig",
        ".asc",
        ".minisig",
        ".p7",
        ".att",
        ".bundle",
        "intoto",
        "provenance",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if HINTS.iter().any(|hint| name.contains(hint)) {
        return true;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    match text {
        [b'{' | b'[' | b'<', ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        // DER, the message of CycloneDX, packets of OpenPGP.
        [0x30, 0x80..=0x84, ..] | [b'\n', 3, b'1', b'.', ..] | [0x80..=0xbf | 0xc2 | 0xc6, ..] => {
            true
        }
        _ if text.starts_with(b"-----BEGIN ") || text.starts_with(b"untrusted comment:") => true,
        _ => {
            let head = text.get(..HEAD_BYTES).unwrap_or(text);
            head.split(|byte| *byte == b'\n')
                .any(|line| line.starts_with(b"SPDXVersion:") || line.starts_with(b"spdxVersion"))
        }
    }
}

/// Tells what a document is.
pub(super) fn tell(bytes: &[u8]) -> Told {
    let detection = detect(bytes);
    let mut told = Told {
        kind: detection.kind,
        ..Told::nothing()
    };
    match (detection.kind, detection.format) {
        (Kind::Provenance, "in-toto-statement") => {
            told.is_provenance = true;
            if let Ok((statement, _)) = statement::read(bytes) {
                told.states(&statement);
            }
        }
        (Kind::Provenance | Kind::Signature, "dsse" | "sigstore-bundle") => {
            let statements: Vec<Statement> = documents(bytes)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|one| payload_of_bundle(one).ok().flatten())
                .filter_map(|payload| Some(statement::read(&payload).ok()?.0))
                .collect();
            for statement in &statements {
                told.states(statement);
            }
        }
        // What other services write about a build.
        (Kind::Provenance, _) => told.is_provenance = true,
        (Kind::Unknown, _) => told.is_bare = is_bare_signature(bytes),
        _ => {}
    }
    told.subjects.sort_unstable();
    told.subjects.dedup();
    told
}

impl Told {
    fn states(&mut self, statement: &Statement) {
        self.subjects.extend(statement.sha256_subjects());
        self.is_provenance |= predicate::PredicateType::of(&statement.predicate_type)
            == PredicateType::SlsaProvenance;
    }
}

/// Whether bytes may be a bare signature: base64 of as many bytes as a signature has, DER, or no text of such a length.
fn is_bare_signature(bytes: &[u8]) -> bool {
    /// From Ed25519 on.
    const LEAST: usize = 64;
    if bytes.len() > RAW_SIGNATURE_BYTES {
        return false;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.trim_start().starts_with('{') {
            return text.contains("\"base64Signature\"");
        }
        let digits: String = text.split_ascii_whitespace().collect();
        return from_base64(&digits).is_some_and(|one| one.len() >= LEAST);
    }
    let is_sequence = matches!(bytes, [0x30, ..]) && bytes.len() >= LEAST;
    is_sequence || matches!(bytes.len(), 64 | 96 | 114 | 132 | 256 | 384 | 512 | 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_signature_is_no_program() {
        use base64::Engine as _;
        let base64 = base64::prelude::BASE64_STANDARD.encode([7; 70]);
        for (bytes, expected) in [
            (base64.as_bytes(), true),
            (format!("{base64}\n").as_bytes(), true),
            (&[0xfe; 256][..], true),
            (b"#!/bin/sh\nrm -rf /\n", false),
            (b"short", false),
            (&[0xfe; 255][..], false),
            (b"{\"base64Signature\":\"x\"}", true),
            (b"{\"name\":\"x\"}", false),
        ] {
            assert_eq!(
                is_bare_signature(bytes),
                expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn a_statement_tells_whom_it_is_about() {
        let digest = Digest::of(b"app");
        let statement = |predicate: &str| {
            serde_json::json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "app", "digest": {"sha256": digest.hex()}}],
                "predicateType": predicate,
                "predicate": {},
            })
            .to_string()
        };
        let envelope = |payload: &str| {
            use base64::Engine as _;
            let payload = base64::prelude::BASE64_STANDARD.encode(payload);
            serde_json::json!({"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [{"sig": "AA=="}]})
                .to_string()
        };
        let slsa = envelope(&statement("https://slsa.dev/provenance/v1"));
        let other = envelope(&statement("https://example.com/scan"));
        let told = tell(slsa.as_bytes());
        assert_eq!((told.subjects, told.is_provenance), (vec![digest], true));
        let told = tell(other.as_bytes());
        assert_eq!((told.subjects, told.is_provenance), (vec![digest], false));
        let told = tell(format!("{other}\n{slsa}\n").as_bytes());
        assert_eq!((told.subjects, told.is_provenance), (vec![digest], true));
    }

    #[test]
    fn what_is_worth_a_look() {
        for (path, head, expected) in [
            ("a/b", &b" {\"x\""[..], true),
            ("a.sig", b"AAAA", true),
            ("a", b"\xef\xbb\xbf<bom", true),
            ("a", b"# SPDX\nSPDXVersion: SPDX-2.3", true),
            ("a.c", b"int main", false),
            ("a", b"\x7fELF", false),
            ("bom/a", b"x", false),
        ] {
            assert_eq!(is_worth_a_look(path, head), expected, "{path}");
        }
    }
}
