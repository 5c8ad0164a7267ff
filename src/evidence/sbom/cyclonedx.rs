//! CycloneDX 1.2 to 1.7 in JSON.
//!
//! Source of the rules: the CycloneDX JSON reference of each version (ECMA-424 for 1.6). This reader
//! checks what it reads; whole-schema conformance is not claimed.

pub mod left_out;
pub mod protobuf;
pub mod xml;

use std::collections::{HashMap, HashSet};

use super::{Component, Format, Reading, Relationship, Sbom};
use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{Node, Value, parse_json};

/// The versions that this reader knows.
pub const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Component types with the version that introduced each (`specVersion` order of [`VERSIONS`]).
const TYPES: [(&str, &str); 14] = [
    ("application", "1.2"),
    ("framework", "1.2"),
    ("library", "1.2"),
    ("container", "1.2"),
    ("operating-system", "1.2"),
    ("device", "1.2"),
    ("firmware", "1.2"),
    ("file", "1.2"),
    ("platform", "1.5"),
    ("device-driver", "1.5"),
    ("machine-learning-model", "1.5"),
    ("data", "1.5"),
    ("cryptographic-asset", "1.6"),
    ("specification", "1.7"),
];

/// Hash algorithms with the number of hexadecimal digits of their values and the version that
/// introduced each.
const HASHES: [(&str, usize, &str); 14] = [
    ("MD5", 32, "1.2"),
    ("SHA-1", 40, "1.2"),
    ("SHA-256", 64, "1.2"),
    ("SHA-384", 96, "1.2"),
    ("SHA-512", 128, "1.2"),
    ("SHA3-256", 64, "1.2"),
    ("SHA3-384", 96, "1.2"),
    ("SHA3-512", 128, "1.2"),
    ("BLAKE2b-256", 64, "1.2"),
    ("BLAKE2b-384", 96, "1.2"),
    ("BLAKE2b-512", 128, "1.2"),
    ("BLAKE3", 64, "1.2"),
    ("Streebog-256", 64, "1.7"),
    ("Streebog-512", 128, "1.7"),
];

/// Reads a CycloneDX JSON document.
///
/// # Errors
///
/// When the text is no JSON, is no object, or names a version that this reader does not know.
pub fn read_json(bytes: &[u8]) -> Result<Reading, Vec<Diagnostic>> {
    let (document, findings) = parse_json(bytes).map_err(|fault| vec![fault])?;
    let root = &document.root;
    let spec_version = match root.get("specVersion").map(|node| &node.value) {
        Some(Value::Text(version)) if VERSIONS.contains(&version.as_str()) => version.clone(),
        Some(Value::Text(version)) => {
            return Err(vec![
                Diagnostic::error(
                    "cyclonedx-version",
                    Place::pointer("/specVersion"),
                    format!("CycloneDX `{version}` is not a version that is read"),
                )
                .help(format!("the versions read are {}", VERSIONS.join(", "))),
            ]);
        }
        other => {
            let found = other.map_or("nothing", Value::shape);
            return Err(vec![
                Diagnostic::error(
                    "cyclonedx-version",
                    Place::pointer("/specVersion"),
                    format!("`specVersion` must be a text, found {found}"),
                )
                .help("state the version of the specification, such as `1.6`"),
            ]);
        }
    };
    let mut reader = Reader {
        spec_version: &spec_version,
        findings,
        references: HashMap::new(),
    };
    let sbom = reader.document(root);
    Ok(Reading {
        sbom,
        findings: reader.findings,
    })
}

struct Reader<'a> {
    spec_version: &'a str,
    findings: Vec<Diagnostic>,
    references: HashMap<String, String>,
}

impl Reader<'_> {
    fn error(&mut self, code: &'static str, pointer: &str, message: impl Into<String>, help: &str) {
        self.findings
            .push(Diagnostic::error(code, Place::pointer(pointer), message).help(help));
    }

    fn document(&mut self, root: &Node) -> Sbom {
        if self.text(root, "", "bomFormat").as_deref() != Some("CycloneDX") {
            self.error(
                "cyclonedx-format",
                "/bomFormat",
                "`bomFormat` must be `CycloneDX`",
                "set it",
            );
        }
        if let Some(serial) = self.text(root, "", "serialNumber")
            && !is_urn_uuid(&serial)
        {
            {
                let message = format!("the serial number `{serial}` is not a UUID URN (RFC 4122)");
                self.error(
                    "cyclonedx-serial-number",
                    "/serialNumber",
                    message,
                    "write `urn:uuid:` and a UUID",
                );
            }
        }
        match root.get("version").map(|node| &node.value) {
            Some(Value::Integer(version)) if *version >= 1 => {}
            // NOTE: `version` is required up to 1.4 and has the default 1 from 1.5 on.
            None if self.from("1.5") => {}
            _ => self.error(
                "cyclonedx-bom-version",
                "/version",
                "`version` must be a whole number from 1 on",
                "start with 1 and count up at each change",
            ),
        }

        let metadata = self.object(root, "", "metadata");
        let timestamp = metadata.and_then(|node| self.text(node, "/metadata", "timestamp"));
        if let Some(timestamp) = timestamp.as_deref().filter(|text| !is_date_time(text)) {
            let message = format!("the timestamp `{timestamp}` is not a date and time (RFC 3339)");
            self.error(
                "cyclonedx-timestamp",
                "/metadata/timestamp",
                message,
                "write it like `2026-11-20T09:00:00Z`",
            );
        }
        let authors = metadata.map_or_else(Vec::new, |node| self.authors(node));
        let described = metadata
            .and_then(|node| self.object(node, "/metadata", "component"))
            .map(|node| self.component(node, "/metadata/component"));

        let mut components = Vec::new();
        self.components(root, "", &mut components);
        if let Some(node) = metadata.and_then(|node| node.get("component")) {
            self.components(node, "/metadata/component", &mut components);
        }
        for (index, service) in self.list(root, "", "services").iter().enumerate() {
            self.reference(service, &format!("/services/{index}"));
        }
        let relationships = self.dependencies(root);
        Sbom {
            format: Format::CycloneDx,
            spec_version: self.spec_version.to_owned(),
            timestamp,
            authors,
            root: described,
            components,
            relationships,
        }
    }

    fn from(&self, version: &str) -> bool {
        self.spec_version >= version
    }

    fn authors(&mut self, metadata: &Node) -> Vec<String> {
        let listed = self.list(metadata, "/metadata", "authors");
        let mut authors: Vec<_> = listed
            .iter()
            .filter_map(|author| {
                author
                    .get("name")
                    .or_else(|| author.get("email"))
                    .and_then(Node::text)
            })
            .filter(|name| !name.trim().is_empty())
            .map(str::to_owned)
            .collect();
        for key in ["supplier", "manufacturer", "manufacture"] {
            authors.extend(self.organization(metadata, "/metadata", key));
        }
        authors
    }

    fn organization(&mut self, parent: &Node, pointer: &str, key: &'static str) -> Option<String> {
        let organization = self.object(parent, pointer, key)?;
        self.text(organization, &format!("{pointer}/{key}"), "name")
            .filter(|name| !name.trim().is_empty())
    }

    /// Reads the components below `parent`, nested ones included, without recursion.
    fn components(&mut self, parent: &Node, pointer: &str, out: &mut Vec<Component>) {
        let mut open = vec![(parent, pointer.to_owned())];
        while let Some((parent, pointer)) = open.pop() {
            for (index, node) in self.list(parent, &pointer, "components").iter().enumerate() {
                let pointer = format!("{pointer}/components/{index}");
                out.push(self.component(node, &pointer));
                if node.get("components").is_some() {
                    open.push((node, pointer));
                }
            }
        }
    }

    fn component(&mut self, node: &Node, pointer: &str) -> Component {
        if !matches!(node.value, Value::Table(_)) {
            let message = format!(
                "a component must be an object, found {}",
                node.value.shape()
            );
            self.error(
                "cyclonedx-type",
                pointer,
                message,
                "list components as objects",
            );
            return Component {
                pointer: pointer.to_owned(),
                ..Component::default()
            };
        }
        match self.text(node, pointer, "type") {
            None => self.error(
                "cyclonedx-component-type",
                pointer,
                "the component has no `type`",
                "add it, such as `library`",
            ),
            Some(kind) => {
                let known = TYPES
                    .iter()
                    .any(|(word, since)| *word == kind && self.from(since));
                if !known {
                    let message = format!(
                        "`{kind}` is not a component type of CycloneDX {}",
                        self.spec_version
                    );
                    self.error(
                        "cyclonedx-component-type",
                        &format!("{pointer}/type"),
                        message,
                        "use a type of the specification's list",
                    );
                }
            }
        }
        let name = self.text(node, pointer, "name").unwrap_or_default();
        if node.get("name").is_none() {
            self.error(
                "cyclonedx-component-name",
                pointer,
                "the component has no `name`",
                "add the name that its maker uses",
            );
        }
        let version = self.text(node, pointer, "version");
        if version.is_none() && !self.from("1.4") {
            self.error(
                "cyclonedx-component-version",
                pointer,
                "the component has no `version`",
                "add it; it is required before 1.4",
            );
        }
        let purl = self.text(node, pointer, "purl");
        if let Some(Err(error)) = purl
            .as_deref()
            .map(str::parse::<packageurl::PackageUrl<'_>>)
        {
            let message = format!(
                "`{}` is not a package URL: {error}",
                purl.as_deref().unwrap_or_default()
            );
            self.findings.push(
                Diagnostic::warning(
                    "purl-malformed",
                    Place::pointer(format!("{pointer}/purl")),
                    message,
                )
                .help("write `pkg:type/namespace/name@version`"),
            );
        }
        let supplier = self
            .organization(node, pointer, "supplier")
            .or_else(|| self.organization(node, pointer, "manufacturer"))
            .or_else(|| self.text(node, pointer, "publisher"));
        let mut other_identifiers: Vec<_> = self.text(node, pointer, "cpe").into_iter().collect();
        for key in ["omniborId", "swhid"] {
            other_identifiers.extend(
                self.list(node, pointer, key)
                    .iter()
                    .filter_map(Node::text)
                    .map(str::to_owned),
            );
        }
        let swid = self
            .object(node, pointer, "swid")
            .and_then(|swid| swid.get("tagId"))
            .and_then(Node::text);
        other_identifiers.extend(swid.map(str::to_owned));
        Component {
            reference: self.reference(node, pointer),
            group: self.text(node, pointer, "group"),
            hashes: self.hashes(node, pointer),
            licenses: self.licenses(node, pointer),
            name,
            version,
            supplier,
            purl,
            other_identifiers,
            pointer: pointer.to_owned(),
        }
    }

    fn reference(&mut self, node: &Node, pointer: &str) -> String {
        let Some(reference) = self.text(node, pointer, "bom-ref") else {
            return String::new();
        };
        let place = format!("{pointer}/bom-ref");
        if let Some(first) = self.references.get(&reference) {
            let message = format!("`{reference}` is already the reference of {first}");
            self.error(
                "cyclonedx-duplicate-reference",
                &place,
                message,
                "give every element its own bom-ref",
            );
        } else {
            self.references
                .insert(reference.clone(), pointer.to_owned());
        }
        reference
    }

    fn hashes(&mut self, node: &Node, pointer: &str) -> Vec<(String, String)> {
        let mut hashes = Vec::new();
        for (index, hash) in self.list(node, pointer, "hashes").iter().enumerate() {
            let place = format!("{pointer}/hashes/{index}");
            let algorithm = self.text(hash, &place, "alg").unwrap_or_default();
            let value = self.text(hash, &place, "content").unwrap_or_default();
            match HASHES
                .iter()
                .find(|(name, _, since)| *name == algorithm && self.from(since))
            {
                None => self.error(
                    "hash-algorithm",
                    &place,
                    format!(
                        "`{algorithm}` is not a hash algorithm of CycloneDX {}",
                        self.spec_version
                    ),
                    "use SHA-256 or SHA-512",
                ),
                Some((_, digits, _))
                    if value.len() != *digits
                        || !value.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
                {
                    let message = format!(
                        "a {algorithm} value has {digits} hexadecimal digits, found `{value}`"
                    );
                    self.error("hash-length", &place, message, "compute the hash again");
                }
                Some(_) => {}
            }
            hashes.push((algorithm, value));
        }
        hashes
    }

    fn licenses(&mut self, node: &Node, pointer: &str) -> Vec<String> {
        self.list(node, pointer, "licenses")
            .iter()
            .filter_map(|choice| {
                let license = choice.get("license");
                choice
                    .get("expression")
                    .or_else(|| {
                        license
                            .and_then(|license| license.get("id").or_else(|| license.get("name")))
                    })
                    .and_then(Node::text)
                    .map(str::to_owned)
            })
            .collect()
    }

    fn dependencies(&mut self, root: &Node) -> Vec<Relationship> {
        let mut relationships = Vec::new();
        let mut seen = HashSet::new();
        for (index, node) in self.list(root, "", "dependencies").iter().enumerate() {
            let pointer = format!("/dependencies/{index}");
            let Some(from) = self.text(node, &pointer, "ref") else {
                self.error(
                    "cyclonedx-dependency",
                    &pointer,
                    "the dependency has no `ref`",
                    "name the depending element",
                );
                continue;
            };
            if !seen.insert(from.clone()) {
                let message = format!("`{from}` has a second entry");
                self.error(
                    "cyclonedx-duplicate-dependency",
                    &pointer,
                    message,
                    "merge the two lists",
                );
            }
            self.known_reference(&from, &format!("{pointer}/ref"));
            for (key, kind) in [("dependsOn", "DEPENDS_ON"), ("provides", "PROVIDES")] {
                for (place, to) in self.list(node, &pointer, key).iter().enumerate() {
                    let pointer = format!("{pointer}/{key}/{place}");
                    let Some(to) = to.text() else {
                        self.error(
                            "cyclonedx-type",
                            &pointer,
                            "a reference must be a text",
                            "name the element by its bom-ref",
                        );
                        continue;
                    };
                    self.known_reference(to, &pointer);
                    relationships.push(Relationship {
                        from: from.clone(),
                        to: to.to_owned(),
                        kind: kind.to_owned(),
                        pointer,
                    });
                }
            }
        }
        relationships
    }

    fn known_reference(&mut self, reference: &str, pointer: &str) {
        if !self.references.contains_key(reference) && !reference.starts_with("urn:cdx:") {
            let message = format!("no element has the reference `{reference}`");
            self.findings.push(
                Diagnostic::warning(
                    "cyclonedx-dangling-reference",
                    Place::pointer(pointer),
                    message,
                )
                .help("list the component or drop the reference"),
            );
        }
    }

    fn text(&mut self, node: &Node, pointer: &str, key: &str) -> Option<String> {
        let member = node.get(key)?;
        if let Value::Text(text) = &member.value {
            return Some(text.clone());
        }
        let message = format!("`{key}` must be a text, found {}", member.value.shape());
        self.error(
            "cyclonedx-type",
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
            "cyclonedx-type",
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
                    "cyclonedx-type",
                    &format!("{pointer}/{key}"),
                    message,
                    "see the specification",
                );
                &[]
            }
        }
    }
}

fn is_urn_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    let groups: Vec<_> = uuid.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether `text` is a date and time of RFC 3339.
pub(crate) fn is_date_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(json: &str) -> Vec<(&'static str, String)> {
        let reading = read_json(json.as_bytes()).unwrap();
        reading
            .findings
            .iter()
            .map(|finding| (finding.code, finding.at.to_string()))
            .collect()
    }

    #[test]
    fn components_are_read_with_their_place() {
        let json = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "metadata":{"timestamp":"2026-11-20T00:00:00Z","authors":[{"name":"A"}],
                "component":{"type":"application","name":"app","bom-ref":"app"}},
            "components":[{"type":"library","bom-ref":"a","name":"a","version":"1","purl":"pkg:cargo/a@1",
                "components":[{"type":"file","name":"inner","bom-ref":"i"}]}],
            "dependencies":[{"ref":"app","dependsOn":["a"]},{"ref":"a","dependsOn":["i"]}]}"#;
        let reading = read_json(json.as_bytes()).unwrap();
        assert_eq!(reading.findings, []);
        let pointers: Vec<_> = reading
            .sbom
            .components
            .iter()
            .map(|one| one.pointer.as_str())
            .collect();
        assert_eq!(pointers, ["/components/0", "/components/0/components/0"]);
        let shares = crate::evidence::sbom::minimum_elements(&reading.sbom);
        assert_eq!(
            (shares[0].element, shares[0].per_mille()),
            ("supplier-name", 0)
        );
        assert_eq!(
            shares[0].lacking,
            [
                "/metadata/component",
                "/components/0",
                "/components/0/components/0"
            ]
        );
        assert_eq!((shares[4].have, shares[4].of), (3, 3));
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let json = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","version":0,"serialNumber":1000000,
            "components":[{"type":"platform","bom-ref":"a","name":"x","hashes":[{"alg":"SHA-256","content":"00"}],"purl":"npm/x"},
                {"bom-ref":"a","licenses":"MIT"}],
            "dependencies":[{"ref":"ghost"}]}"#;
        assert_eq!(
            codes(json),
            [
                ("cyclonedx-type", "/serialNumber".into()),
                ("cyclonedx-bom-version", "/version".into()),
                ("cyclonedx-component-type", "/components/0/type".into()),
                ("purl-malformed", "/components/0/purl".into()),
                ("hash-length", "/components/0/hashes/0".into()),
                ("cyclonedx-component-type", "/components/1".into()),
                ("cyclonedx-component-name", "/components/1".into()),
                (
                    "cyclonedx-duplicate-reference",
                    "/components/1/bom-ref".into()
                ),
                ("cyclonedx-type", "/components/1/licenses".into()),
                ("cyclonedx-dangling-reference", "/dependencies/0/ref".into()),
            ]
        );
    }

    #[test]
    fn an_unknown_version_is_refused() {
        for (json, message) in [
            (
                r#"{"bomFormat":"CycloneDX","specVersion":"9.9"}"#,
                "CycloneDX `9.9` is not a version that is read",
            ),
            (
                r#"{"bomFormat":"CycloneDX","specVersion":1}"#,
                "`specVersion` must be a text, found a number",
            ),
        ] {
            let faults = read_json(json.as_bytes()).unwrap_err();
            assert_eq!(
                (faults[0].code, faults[0].message.as_str()),
                ("cyclonedx-version", message)
            );
        }
    }
}
