//! Names the kind, format, version and encoding of a document from its bytes, never from its file name.

use serde::Serialize;

use crate::tree::{Node, Value, parse_json, parse_toml};

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
    fn new(
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
pub fn detect(bytes: &[u8]) -> Detection {
    if let Some(archive) = archive(bytes) {
        return Detection::unknown(archive);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Detection::unknown("binary");
    };
    match text.trim_start().chars().next() {
        None => Detection::unknown("text"),
        Some('{' | '[') => json(bytes),
        Some('<') => xml(text),
        Some(_) => plain(text),
    }
}

fn archive(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 5] = [
        (b"\x1f\x8b", "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"BZh", "bzip2"),
    ];
    MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, name)| *name)
}

fn json(bytes: &[u8]) -> Detection {
    // A broken document is still named when its beginning says what it is.
    let Ok((document, _)) = parse_json(bytes) else {
        return broken_json(bytes);
    };
    let root = &document.root;
    let text = |key: &str| root.get(key).and_then(Node::text);
    let has = |key: &str| root.get(key).is_some();

    if let Some(schema) = text("schema").and_then(|schema| schema.strip_prefix("mekiki/")) {
        return ours(schema, "json");
    }
    if text("bomFormat") == Some("CycloneDX")
        || text("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
    {
        let listed = |key| root.get(key).is_some_and(|node| !node.items().is_empty());
        let kind = if listed("vulnerabilities") && !listed("components") {
            Kind::Vex
        } else {
            Kind::Sbom
        };
        return Detection::new(kind, "cyclonedx", text("specVersion"), "json");
    }
    if let Some(version) = text("spdxVersion") {
        return Detection::new(
            Kind::Sbom,
            "spdx",
            Some(version.trim_start_matches("SPDX-")),
            "json",
        );
    }
    if let Some(context) = root.get("@context") {
        let contexts = std::iter::once(context)
            .chain(context.items())
            .filter_map(Node::text);
        for context in contexts {
            if let Some(rest) = context.strip_prefix("https://spdx.org/rdf/") {
                return Detection::new(Kind::Sbom, "spdx", rest.split('/').next(), "json-ld");
            }
            if let Some(rest) = context.strip_prefix("https://openvex.dev/ns") {
                let version = rest.trim_start_matches(['/', 'v']);
                return Detection::new(
                    Kind::Vex,
                    "openvex",
                    Some(version).filter(|version| !version.is_empty()),
                    "json",
                );
            }
        }
    }
    if let Some(media_type) = text("mediaType") {
        if media_type.contains("dev.sigstore.bundle") {
            let version = media_type
                .rsplit_once("version=")
                .map(|(_, version)| version)
                .or_else(|| {
                    media_type
                        .split(".v")
                        .nth(1)
                        .map(|rest| rest.trim_end_matches("+json"))
                });
            return Detection::new(Kind::Signature, "sigstore-bundle", version, "json");
        }
        if media_type.contains("dev.sigstore.trustedroot") {
            let version = media_type
                .rsplit_once("version=")
                .map(|(_, version)| version);
            return Detection::new(Kind::TrustRoot, "sigstore-trusted-root", version, "json");
        }
    }
    if has("payloadType") && has("payload") && has("signatures") {
        return Detection::new(Kind::Signature, "dsse", None, "json");
    }
    if let Some(statement) = text("_type").filter(|kind| kind.contains("in-toto.io/Statement")) {
        return Detection::new(
            Kind::Provenance,
            "in-toto-statement",
            statement.rsplit('/').next(),
            "json",
        );
    }
    if let Some(document) = root
        .get("document")
        .filter(|document| document.get("csaf_version").is_some())
    {
        let kind = if document.get("category").and_then(Node::text) == Some("csaf_vex") {
            Kind::Vex
        } else {
            Kind::Advisory
        };
        return Detection::new(
            kind,
            "csaf",
            document.get("csaf_version").and_then(Node::text),
            "json",
        );
    }
    if has("catalogVersion") && has("vulnerabilities") {
        return Detection::new(Kind::Kev, "cisa-kev", text("catalogVersion"), "json");
    }
    if has("id")
        && has("modified")
        && (has("affected") || has("summary") || has("withdrawn") || has("aliases"))
    {
        return Detection::new(Kind::Advisory, "osv", text("schema_version"), "json");
    }
    if has("dataType") && has("cveMetadata") {
        return Detection::new(Kind::Advisory, "cve", text("dataVersion"), "json");
    }
    if has("ghsa_id") {
        return Detection::new(Kind::Advisory, "github-advisory", None, "json");
    }
    if has("questionnaire") || (has("id") && has("templates")) {
        return Detection::new(Kind::Questionnaire, "vsaq", None, "json");
    }
    if has("releases") || has("records") || has("ocid") {
        return Detection::new(Kind::Procurement, "ocds", text("version"), "json");
    }
    if [
        "catalog",
        "profile",
        "component-definition",
        "system-security-plan",
    ]
    .iter()
    .any(|key| has(key))
    {
        return Detection::new(Kind::Catalog, "oscal", None, "json");
    }
    Detection::unknown("json")
}

fn broken_json(bytes: &[u8]) -> Detection {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default());
    let kind = if head.contains("\"CycloneDX\"") {
        (Kind::Sbom, "cyclonedx")
    } else if head.contains("\"spdxVersion\"") {
        (Kind::Sbom, "spdx")
    } else if head.contains("dev.sigstore.bundle") {
        (Kind::Signature, "sigstore-bundle")
    } else {
        (Kind::Unknown, "unknown")
    };
    Detection::new(kind.0, kind.1, None, "json")
}

fn ours(schema: &str, encoding: &'static str) -> Detection {
    let (name, version) = schema.split_once('/').unwrap_or((schema, ""));
    let (kind, format) = match name {
        "answers" => (Kind::Questionnaire, "mekiki-answers"),
        "certification" => (Kind::Certification, "mekiki-certification"),
        "agency-record" => (Kind::AgencyRecord, "mekiki-agency-record"),
        "tender-file" => (Kind::Procurement, "mekiki-tender"),
        "record" => (Kind::Procurement, "mekiki-record"),
        _ => (Kind::Unknown, "unknown"),
    };
    Detection::new(
        kind,
        format,
        Some(version.trim_start_matches('v')),
        encoding,
    )
}

fn xml(text: &str) -> Detection {
    let head: String = text.chars().take(8192).collect();
    if let Some((_, rest)) = head.split_once("http://cyclonedx.org/schema/bom/") {
        let version: String = rest
            .chars()
            .take_while(|one| one.is_ascii_digit() || *one == '.')
            .collect();
        return Detection::new(Kind::Sbom, "cyclonedx", Some(&version), "xml");
    }
    if head.contains("http://spdx.org/rdf/terms") {
        return Detection::new(Kind::Sbom, "spdx", None, "rdf-xml");
    }
    Detection::unknown("xml")
}

fn plain(text: &str) -> Detection {
    let first = text.trim_start();
    if let Some(label) = first
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
    {
        return match label.0 {
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "EC PUBLIC KEY" => {
                Detection::new(Kind::Key, "public-key", None, "pem")
            }
            "CERTIFICATE" => Detection::new(Kind::TrustRoot, "certificate", None, "pem"),
            "PGP PUBLIC KEY BLOCK" => Detection::new(Kind::Key, "openpgp-key", None, "armor"),
            "PGP SIGNATURE" | "PGP SIGNED MESSAGE" | "PGP MESSAGE" => {
                Detection::new(Kind::Signature, "openpgp", None, "armor")
            }
            "SSH SIGNATURE" => Detection::new(Kind::Signature, "sshsig", None, "pem"),
            "CMS" | "PKCS7" => Detection::new(Kind::Signature, "cms", None, "pem"),
            _ => Detection::unknown("pem"),
        };
    }
    if first.starts_with("untrusted comment:") {
        return Detection::new(Kind::Signature, "minisign", None, "text");
    }
    let mut lines = first.lines().take(64);
    if let Some(version) = lines
        .clone()
        .find_map(|line| line.strip_prefix("SPDXVersion:"))
    {
        let version = version.trim().trim_start_matches("SPDX-");
        return Detection::new(Kind::Sbom, "spdx", Some(version), "tag-value");
    }
    if let Some(version) = first
        .lines()
        .take(4096)
        .find_map(|line| line.trim_start().strip_prefix("spdxVersion:"))
    {
        let version = version
            .trim()
            .trim_matches(['"', '\''])
            .trim_start_matches("SPDX-");
        return Detection::new(Kind::Sbom, "spdx", Some(version), "yaml");
    }
    if first.starts_with("```toml") && first.contains("[advisory]") {
        return Detection::new(Kind::Advisory, "rustsec", None, "markdown");
    }
    if lines.any(|line| line.trim() == "[[package]]") {
        return Detection::new(Kind::Lockfile, "cargo-lock", None, "toml");
    }
    if let Ok(document) = parse_toml(text.as_bytes()) {
        if let Some(schema) = document
            .root
            .get("schema")
            .and_then(Node::text)
            .and_then(|schema| schema.strip_prefix("mekiki/"))
        {
            return ours(schema, "toml");
        }
        if matches!(&document.root.value, Value::Table(entries) if !entries.is_empty()) {
            return Detection::unknown("toml");
        }
    }
    Detection::unknown("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_say_what_a_document_is() {
        for (bytes, kind, format, version, encoding) in [
            (
                &b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[]}"[..],
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
            (b"PK\x03\x04", Kind::Unknown, "unknown", None, "zip"),
            (b"\xff\xfe\x00", Kind::Unknown, "unknown", None, "binary"),
            (b"", Kind::Unknown, "unknown", None, "text"),
            (b"hello", Kind::Unknown, "unknown", None, "text"),
        ] {
            let expected = Detection::new(kind, format, version, encoding);
            assert_eq!(
                detect(bytes),
                expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
