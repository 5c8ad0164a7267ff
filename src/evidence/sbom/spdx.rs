//! SPDX 2.2 and 2.3 in JSON.
//!
//! Source of the rules: SPDX Specification 2.3 (2.2 is ISO/IEC 5962:2021), clauses 6 to 11. This reader
//! checks what it reads; whole-schema conformance is not claimed.

use std::collections::HashMap;

use super::cyclonedx::is_date_time;
use super::{Component, Format, Reading, Relationship, Sbom};
use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{Node, Value, parse_json};

/// The values of `spdxVersion` that this reader knows.
pub const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

/// Checksum algorithms with their hexadecimal digits (SPDX 2.3, clause 8.4).
const CHECKSUMS: [(&str, usize); 15] = [
    ("SHA1", 40),
    ("SHA224", 56),
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA3-256", 64),
    ("SHA3-384", 96),
    ("SHA3-512", 128),
    ("BLAKE2b-256", 64),
    ("BLAKE2b-384", 96),
    ("BLAKE2b-512", 128),
    ("BLAKE3", 64),
    ("MD4", 32),
    ("MD5", 32),
    ("ADLER32", 8),
];

/// Reads an SPDX JSON document.
///
/// # Errors
///
/// When the text is no JSON, or names a version that this reader does not know.
pub fn read_json(bytes: &[u8]) -> Result<Reading, Vec<Diagnostic>> {
    let (document, findings) = parse_json(bytes).map_err(|fault| vec![fault])?;
    let root = &document.root;
    let version = root
        .get("spdxVersion")
        .and_then(Node::text)
        .unwrap_or_default();
    if !VERSIONS.contains(&version) {
        return Err(vec![
            Diagnostic::error(
                "spdx-version",
                Place::pointer("/spdxVersion"),
                format!("`{version}` is not an SPDX version that is read"),
            )
            .help(format!("the versions read are {}", VERSIONS.join(", "))),
        ]);
    }
    let mut reader = Reader {
        findings,
        elements: HashMap::new(),
    };
    let mut sbom = reader.document(root);
    version
        .trim_start_matches("SPDX-")
        .clone_into(&mut sbom.spec_version);
    Ok(Reading {
        sbom,
        findings: reader.findings,
    })
}

struct Reader {
    findings: Vec<Diagnostic>,
    elements: HashMap<String, String>,
}

impl Reader {
    fn error(&mut self, code: &'static str, pointer: &str, message: impl Into<String>, help: &str) {
        self.findings
            .push(Diagnostic::error(code, Place::pointer(pointer), message).help(help));
    }

    fn warning(
        &mut self,
        code: &'static str,
        pointer: &str,
        message: impl Into<String>,
        help: &str,
    ) {
        self.findings
            .push(Diagnostic::warning(code, Place::pointer(pointer), message).help(help));
    }

    fn document(&mut self, root: &Node) -> Sbom {
        for key in ["SPDXID", "name", "dataLicense", "documentNamespace"] {
            if self
                .text(root, "", key)
                .is_none_or(|text| text.trim().is_empty())
            {
                self.error(
                    "spdx-missing",
                    &format!("/{key}"),
                    format!("the document has no `{key}`"),
                    "add it (SPDX 2.3, clause 6)",
                );
            }
        }
        self.element(root, "");
        let creation = self.object(root, "", "creationInfo");
        if creation.is_none() {
            self.error(
                "spdx-missing",
                "/creationInfo",
                "the document has no `creationInfo`",
                "add creators and created (SPDX 2.3, clause 6.8)",
            );
        }
        let timestamp = creation.and_then(|node| self.text(node, "/creationInfo", "created"));
        if let Some(created) = timestamp.as_deref().filter(|text| !is_date_time(text)) {
            let message = format!("the date `{created}` is not of the form YYYY-MM-DDThh:mm:ssZ");
            self.error(
                "spdx-created",
                "/creationInfo/created",
                message,
                "write it like `2026-11-20T09:00:00Z`",
            );
        }
        let authors = creation.map_or_else(Vec::new, |node| self.authors(node));

        let mut components: Vec<_> = self
            .list(root, "", "packages")
            .iter()
            .enumerate()
            .map(|(index, node)| self.package(node, &format!("/packages/{index}")))
            .collect();
        for key in ["files", "snippets"] {
            for (index, node) in self.list(root, "", key).iter().enumerate() {
                self.element(node, &format!("/{key}/{index}"));
            }
        }
        let relationships = self.relationships(root);
        let described = described(root, &relationships);
        let position = components
            .iter()
            .position(|one| Some(&one.reference) == described.as_ref());
        let described = position.map(|position| components.remove(position));
        Sbom {
            format: Format::Spdx,
            spec_version: String::new(),
            timestamp,
            authors,
            root: described,
            components,
            relationships,
        }
    }

    fn authors(&mut self, creation: &Node) -> Vec<String> {
        let mut authors = Vec::new();
        for (index, creator) in self
            .list(creation, "/creationInfo", "creators")
            .iter()
            .enumerate()
        {
            let pointer = format!("/creationInfo/creators/{index}");
            let Some(creator) = creator.text() else {
                self.error(
                    "spdx-type",
                    &pointer,
                    "a creator must be a text",
                    "write `Organization: name (address)`",
                );
                continue;
            };
            match creator.split_once(':') {
                Some(("Person" | "Organization", name)) if !name.trim().is_empty() => {
                    authors.push(name.trim().to_owned());
                }
                Some(("Tool" | "Person" | "Organization", _)) => {}
                _ => self.error(
                    "spdx-creator",
                    &pointer,
                    format!("`{creator}` names no Person, Organization or Tool"),
                    "write `Organization: name`",
                ),
            }
        }
        authors
    }

    fn element(&mut self, node: &Node, pointer: &str) -> String {
        let Some(id) = self.text(node, pointer, "SPDXID") else {
            return String::new();
        };
        let place = format!("{pointer}/SPDXID");
        let rest = id.strip_prefix("SPDXRef-").unwrap_or_default();
        if rest.is_empty()
            || !rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
        {
            let message = format!("`{id}` is not `SPDXRef-` with letters, digits, `.` and `-`");
            self.warning(
                "spdx-id",
                &place,
                message,
                "rename it (SPDX 2.3, clause 6.3)",
            );
        }
        if let Some(first) = self.elements.get(&id) {
            let message = format!("`{id}` is already the identifier of {first}");
            self.error(
                "spdx-duplicate-id",
                &place,
                message,
                "give every element its own SPDXID",
            );
        } else {
            let pointer = if pointer.is_empty() {
                "the document"
            } else {
                pointer
            };
            self.elements.insert(id.clone(), pointer.to_owned());
        }
        id
    }

    fn package(&mut self, node: &Node, pointer: &str) -> Component {
        if !matches!(node.value, Value::Table(_)) {
            self.error(
                "spdx-type",
                pointer,
                format!("a package must be an object, found {}", node.value.shape()),
                "list packages as objects",
            );
            return Component {
                pointer: pointer.to_owned(),
                ..Component::default()
            };
        }
        for key in ["SPDXID", "name", "downloadLocation"] {
            if node.get(key).is_none() {
                self.error(
                    "spdx-missing",
                    pointer,
                    format!("the package has no `{key}`"),
                    "add it (SPDX 2.3, clause 7)",
                );
            }
        }
        let supplier = self.text(node, pointer, "supplier").map(|supplier| {
            supplier
                .split_once(':')
                .map_or(supplier.as_str(), |(_, name)| name)
                .trim()
                .to_owned()
        });
        let mut purl = None;
        let mut other_identifiers = Vec::new();
        for (index, reference) in self.list(node, pointer, "externalRefs").iter().enumerate() {
            let place = format!("{pointer}/externalRefs/{index}");
            let kind = self
                .text(reference, &place, "referenceType")
                .unwrap_or_default();
            let Some(locator) = self.text(reference, &place, "referenceLocator") else {
                continue;
            };
            match kind.as_str() {
                "purl" => {
                    if let Err(error) = locator.parse::<packageurl::PackageUrl<'_>>() {
                        let message = format!("`{locator}` is not a package URL: {error}");
                        self.warning(
                            "purl-malformed",
                            &format!("{place}/referenceLocator"),
                            message,
                            "write `pkg:type/namespace/name@version`",
                        );
                    }
                    purl.get_or_insert(locator);
                }
                "cpe22Type" | "cpe23Type" | "swid" | "swh" | "gitoid" => {
                    other_identifiers.push(locator);
                }
                _ => {}
            }
        }
        let licenses = ["licenseConcluded", "licenseDeclared"]
            .into_iter()
            .filter_map(|key| self.text(node, pointer, key))
            .collect();
        Component {
            reference: self.element(node, pointer),
            name: self.text(node, pointer, "name").unwrap_or_default(),
            group: None,
            version: self.text(node, pointer, "versionInfo"),
            supplier,
            purl,
            other_identifiers,
            hashes: self.checksums(node, pointer),
            licenses,
            pointer: pointer.to_owned(),
        }
    }

    fn checksums(&mut self, node: &Node, pointer: &str) -> Vec<(String, String)> {
        let mut checksums = Vec::new();
        for (index, checksum) in self.list(node, pointer, "checksums").iter().enumerate() {
            let place = format!("{pointer}/checksums/{index}");
            let algorithm = self.text(checksum, &place, "algorithm").unwrap_or_default();
            let value = self
                .text(checksum, &place, "checksumValue")
                .unwrap_or_default();
            match CHECKSUMS.iter().find(|(name, _)| *name == algorithm) {
                // NOTE: MD2 and MD6 are legal; a value of either proves nothing and is kept unchecked.
                None if matches!(algorithm.as_str(), "MD2" | "MD6") => {}
                None => self.error(
                    "hash-algorithm",
                    &place,
                    format!("`{algorithm}` is not a checksum algorithm of SPDX"),
                    "use SHA256 or SHA512",
                ),
                Some((_, digits))
                    if value.len() != *digits
                        || !value.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
                {
                    let message = format!(
                        "a {algorithm} value has {digits} hexadecimal digits, found `{value}`"
                    );
                    self.warning("hash-length", &place, message, "compute the hash again");
                }
                Some(_) => {}
            }
            checksums.push((algorithm, value));
        }
        checksums
    }

    fn relationships(&mut self, root: &Node) -> Vec<Relationship> {
        let mut relationships = Vec::new();
        for (index, node) in self.list(root, "", "relationships").iter().enumerate() {
            let pointer = format!("/relationships/{index}");
            let ends = ["spdxElementId", "relatedSpdxElement", "relationshipType"].map(|key| {
                let text = self.text(node, &pointer, key);
                if text.is_none() {
                    self.error(
                        "spdx-missing",
                        &pointer,
                        format!("the relationship has no `{key}`"),
                        "add it (SPDX 2.3, clause 11)",
                    );
                }
                text.unwrap_or_default()
            });
            let [from, to, kind] = ends;
            for end in [&from, &to] {
                let known = self.elements.contains_key(end)
                    || end.starts_with("DocumentRef-")
                    || matches!(end.as_str(), "NONE" | "NOASSERTION" | "");
                if !known {
                    let message = format!("no element has the identifier `{end}`");
                    self.warning(
                        "spdx-dangling-reference",
                        &pointer,
                        message,
                        "list the element or drop the relationship",
                    );
                }
            }
            relationships.push(Relationship {
                from,
                to,
                kind,
                pointer,
            });
        }
        relationships
    }

    fn text(&mut self, node: &Node, pointer: &str, key: &str) -> Option<String> {
        let member = node.get(key)?;
        if let Value::Text(text) = &member.value {
            return Some(text.clone());
        }
        let message = format!("`{key}` must be a text, found {}", member.value.shape());
        self.error(
            "spdx-type",
            &format!("{pointer}/{key}"),
            message,
            "write it in quotes",
        );
        None
    }

    fn object<'n>(&mut self, node: &'n Node, pointer: &str, key: &str) -> Option<&'n Node> {
        let member = node.get(key)?;
        if matches!(member.value, Value::Table(_)) {
            return Some(member);
        }
        let message = format!("`{key}` must be an object, found {}", member.value.shape());
        self.error(
            "spdx-type",
            &format!("{pointer}/{key}"),
            message,
            "see the specification",
        );
        None
    }

    fn list<'n>(&mut self, node: &'n Node, pointer: &str, key: &str) -> &'n [Node] {
        match node.get(key) {
            None => &[],
            Some(member) if matches!(member.value, Value::List(_)) => member.items(),
            Some(member) => {
                let message = format!("`{key}` must be a list, found {}", member.value.shape());
                self.error(
                    "spdx-type",
                    &format!("{pointer}/{key}"),
                    message,
                    "see the specification",
                );
                &[]
            }
        }
    }
}

/// The package that the document describes: by `documentDescribes`, else by a relationship.
fn described(root: &Node, relationships: &[Relationship]) -> Option<String> {
    root.get("documentDescribes")
        .and_then(|node| node.items().first())
        .and_then(Node::text)
        .map(str::to_owned)
        .or_else(|| {
            relationships
                .iter()
                .find_map(|one| match one.kind.as_str() {
                    "DESCRIBES" if one.from == "SPDXRef-DOCUMENT" => Some(one.to.clone()),
                    "DESCRIBED_BY" if one.to == "SPDXRef-DOCUMENT" => Some(one.from.clone()),
                    _ => None,
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_described_package_is_the_root() {
        let json = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0",
            "documentNamespace":"https://example.com/n","creationInfo":{"created":"2026-11-20T00:00:00Z","creators":["Tool: t","Organization: O"]},
            "packages":[{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NONE","supplier":"Organization: S (s@example.com)",
                "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]},
                {"SPDXID":"SPDXRef-b","name":"b","downloadLocation":"NONE"}],
            "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-b","relationshipType":"DESCRIBES"},
                {"spdxElementId":"SPDXRef-b","relatedSpdxElement":"SPDXRef-a","relationshipType":"DEPENDS_ON"}]}"#;
        let reading = read_json(json.as_bytes()).unwrap();
        assert_eq!(reading.findings, []);
        assert_eq!(
            reading.sbom.root.as_ref().map(|root| root.name.as_str()),
            Some("b")
        );
        assert_eq!(
            reading.sbom.components[0].supplier.as_deref(),
            Some("S (s@example.com)")
        );
        assert_eq!(reading.sbom.authors, ["O"]);
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let json = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0",
            "documentNamespace":"https://example.com/n","creationInfo":{"created":"yesterday","creators":[{"Person":"x"}]},
            "packages":[{"SPDXID":"SPDXRef-a","name":1,"checksums":[{"algorithm":"SHA256","checksumValue":"zz"}]},
                {"SPDXID":"SPDXRef-a","name":"b","downloadLocation":"NONE"}],
            "relationships":[{"spdxElementId":"SPDXRef-x","relatedSpdxElement":"NONE","relationshipType":"CONTAINS"}]}"#;
        let reading = read_json(json.as_bytes()).unwrap();
        let codes: Vec<_> = reading
            .findings
            .iter()
            .map(|one| (one.code, one.at.to_string()))
            .collect();
        assert_eq!(
            codes,
            [
                ("spdx-created", "/creationInfo/created".into()),
                ("spdx-type", "/creationInfo/creators/0".into()),
                ("spdx-missing", "/packages/0".into()),
                ("spdx-type", "/packages/0/name".into()),
                ("hash-length", "/packages/0/checksums/0".into()),
                ("spdx-duplicate-id", "/packages/1/SPDXID".into()),
                ("spdx-dangling-reference", "/relationships/0".into()),
            ]
        );
    }

    #[test]
    fn a_wrong_version_is_refused() {
        let faults = read_json(br#"{"spdxVersion":"SPDX-2.2.1"}"#).unwrap_err();
        assert_eq!(faults[0].code, "spdx-version");
    }
}
