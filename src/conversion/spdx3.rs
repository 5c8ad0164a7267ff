//! A bill of materials as SPDX 3.0.1 in JSON-LD.
//!
//! One line an element. Elements that the source names keep their names where those are IRIs of SPDX 3;
//! any other name becomes a fragment of the document's own identifier, so that the same source always
//! gives the same text.
//!
//! Source: SPDX 3.0.1, Model and "Serialization in JSON-LD".

mod agent;
mod component;
mod license;
mod relationship;
mod vulnerability;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use self::agent::Agents;
use self::license::Licenses;
use super::Loss;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::sbom::model::{Component, Format, Party, Ref, Sbom, Site, Target};
use crate::evidence::sbom::spdx3::instant;

/// The context of the version that is written.
const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";

/// The name of the one creation information.
const CREATION: &str = "_:creation";

/// Stands where a date is demanded and the source has none.
const NO_DATE: &str = "1970-01-01T00:00:00Z";

/// Writes a bill of materials as SPDX 3.0.1; the losses are what it cannot carry.
pub fn write(sbom: &Sbom) -> (String, Vec<Loss>) {
    let mut writer = Writer {
        sbom,
        base: base(sbom),
        keeps_names: sbom.format == Format::Spdx && sbom.spec_version.starts_with('3'),
        text: format!("{{\"@context\":\"{CONTEXT}\",\"@graph\":[\n"),
        is_empty: true,
        relationships: 0,
        agents: Agents::default(),
        licenses: Licenses::default(),
        imports: BTreeSet::new(),
        has_vulnerabilities: false,
        losses: Vec::new(),
    };
    writer.write_creation();
    writer.write_components();
    writer.write_relationships();
    writer.write_vulnerabilities();
    writer.write_document();
    writer.text.push_str("\n]}\n");
    (writer.text, writer.losses)
}

struct Writer<'a> {
    sbom: &'a Sbom,
    /// What the names of elements that the source names otherwise begin with.
    base: String,
    /// Whether the names of the source are names of SPDX 3.
    keeps_names: bool,
    text: String,
    is_empty: bool,
    /// How many relationships were written.
    relationships: usize,
    agents: Agents,
    licenses: Licenses,
    /// Names of elements of other documents that are spoken of.
    imports: BTreeSet<String>,
    has_vulnerabilities: bool,
    losses: Vec<Loss>,
}

impl Writer<'_> {
    /// Writes an element without its creation information.
    fn put(&mut self, class: &str, id: &str, members: Map<String, Value>) {
        let mut element = Map::new();
        element.insert("type".into(), class.into());
        element.insert("spdxId".into(), id.into());
        element.insert("creationInfo".into(), CREATION.into());
        element.extend(members);
        self.put_value(&Value::Object(element));
    }

    fn put_value(&mut self, value: &Value) {
        if !self.is_empty {
            self.text.push_str(",\n");
        }
        self.is_empty = false;
        _ = write!(self.text, "{value}");
    }

    fn lose(&mut self, what: impl Into<String>, at: Place, reason: &str) {
        self.losses.push(Loss {
            what: what.into(),
            at,
            reason: reason.into(),
        });
    }

    /// The name of an element that the source does not have.
    fn own(&self, list: &str, number: usize) -> String {
        format!("{}/{list}/{number}", self.own_base())
    }

    fn own_base(&self) -> String {
        let sign = if self.base.contains('#') { "" } else { "#" };
        format!("{}{sign}", self.base)
    }

    /// The name of an element that the source names.
    fn name(&self, name: &str) -> String {
        if self.keeps_names && is_iri(name) {
            return name.to_owned();
        }
        let mut id = self.own_base();
        escape(name, &mut id);
        id
    }

    fn component_id(&self, component: &Component, list: &str, index: usize) -> String {
        match component.reference {
            // A name that leads to another component is taken.
            Some(reference)
                if self
                    .sbom
                    .component_of(reference)
                    .is_some_and(|one| one.at == component.at) =>
            {
                self.name(self.sbom.references.name(reference))
            }
            _ => self.own(list, index),
        }
    }

    /// The name behind a reference; `None` for what is not written.
    fn target(&mut self, reference: Ref) -> Option<String> {
        let sbom = self.sbom;
        let name = sbom.references.name(reference);
        Some(match sbom.references.target(reference) {
            Target::Document => self.base.clone(),
            Target::Root | Target::Component(_) | Target::File(_) => {
                let component = sbom.component_of(reference)?;
                match component.reference {
                    Some(own) => self.name(sbom.references.name(own)),
                    None => self.name(name),
                }
            }
            Target::Nothing => "NoneElement".into(),
            Target::NoAssertion => "NoAssertionElement".into(),
            Target::External => {
                let id = if is_iri(name) {
                    name.to_owned()
                } else {
                    self.name(name)
                };
                self.imports.insert(id.clone());
                id
            }
            Target::Service(_) | Target::Element | Target::Missing => return None,
        })
    }

    fn write_creation(&mut self) {
        let metadata = &self.sbom.metadata;
        let created = metadata.timestamp.as_deref();
        let at = || {
            metadata
                .timestamp_at
                .as_ref()
                .map_or_else(Place::whole, Site::place)
        };
        let date = created.and_then(instant);
        if date.is_none() {
            let reason =
                "SPDX 3 demands a date and time in UTC; the beginning of 1970 stands for it";
            self.lose("the date of the document", at(), reason);
        }
        let mut by = Vec::new();
        for party in metadata.authors.iter().chain(&metadata.manufacturer) {
            by.extend(self.agent(party, &Place::whole()));
        }
        if metadata.manufacturer.is_some() {
            let reason = "SPDX 3 knows creators only; it is written as one of them";
            self.lose("the manufacturer of the document", Place::whole(), reason);
        }
        let mut using = Vec::new();
        for party in &metadata.tools {
            using.extend(self.tool(party));
        }
        if by.is_empty() {
            // SPDX 3 demands an agent: the program itself is one.
            let party = metadata.tools.first().cloned().unwrap_or_else(|| Party {
                name: "NOASSERTION".into(),
                ..Party::default()
            });
            if metadata.tools.is_empty() {
                let reason = "SPDX 3 demands one; an agent of the name `NOASSERTION` stands for it";
                self.lose("the author of the document", Place::whole(), reason);
            }
            by.extend(self.agent(&party, &Place::whole()));
        }
        let mut creation = Map::new();
        creation.insert("type".into(), "CreationInfo".into());
        creation.insert("@id".into(), CREATION.into());
        creation.insert("specVersion".into(), "3.0.1".into());
        let created = date.unwrap_or_else(|| NO_DATE.into());
        creation.insert("created".into(), created.into());
        creation.insert("createdBy".into(), by.into());
        if !using.is_empty() {
            creation.insert("createdUsing".into(), using.into());
        }
        self.put_value(&Value::Object(creation));
    }

    fn write_components(&mut self) {
        let sbom = self.sbom;
        for (index, component) in sbom.root.iter().enumerate() {
            let id = self.component_id(component, "root", index);
            self.write_component(component, &id, false);
        }
        for (index, component) in sbom.components.iter().enumerate() {
            let id = self.component_id(component, "components", index);
            self.write_component(component, &id, false);
        }
        for (index, file) in sbom.files.iter().enumerate() {
            let id = self.component_id(file, "files", index);
            self.write_component(file, &id, true);
        }
        for service in &sbom.services {
            let reason = "SPDX 3.0.1 has no class for services";
            self.lose(
                format!("the service `{}`", service.name),
                service.at.place(),
                reason,
            );
        }
    }

    fn write_document(&mut self) {
        let sbom = self.sbom;
        let metadata = &sbom.metadata;
        let bom = format!("{}/sbom", self.own_base());
        let mut members = Map::new();
        if let Some(root) = &sbom.root {
            members.insert(
                "rootElement".into(),
                json!([self.component_id(root, "root", 0)]),
            );
        }
        let mut phases = Vec::new();
        for phase in &metadata.lifecycles {
            match sbom_type(phase) {
                Some(word) if !phases.contains(&word) => phases.push(word),
                Some(_) => {}
                None => {
                    let reason = "SPDX 3 has no type of SBOM for it";
                    self.lose(format!("the phase `{phase}`"), Place::whole(), reason);
                }
            }
        }
        if !phases.is_empty() {
            members.insert("software_sbomType".into(), phases.into());
        }
        self.put("software_Sbom", &bom, members);

        let mut members = Map::new();
        members.insert("rootElement".into(), json!([bom]));
        let mut text = |key: &str, value: &Option<compact_str::CompactString>| {
            if let Some(value) = value {
                members.insert(key.into(), value.as_str().into());
            }
        };
        text("name", &metadata.name);
        text("comment", &metadata.comment);
        let mut profiles = vec!["core", "software", "simpleLicensing"];
        if self.has_vulnerabilities {
            profiles.push("security");
        }
        members.insert("profileConformance".into(), profiles.into());
        let mut licenses = metadata.licenses.iter();
        if let Some(license) = licenses.next() {
            members.insert(
                "dataLicense".into(),
                self.license(license, &Place::whole()).into(),
            );
        }
        for license in licenses {
            let what = format!("the license `{}` of the document", license.text);
            self.lose(what, Place::whole(), "SPDX 3 has one license for the data");
        }
        let (imported, links): (Vec<_>, Vec<_>) = metadata
            .external_references
            .iter()
            .partition(|link| link.kind == "import");
        let mut maps: Vec<Value> = Vec::new();
        for link in imported {
            let id = if is_iri(&link.url) {
                link.url.to_string()
            } else {
                self.name(&link.url)
            };
            self.imports.remove(&id);
            let mut map = Map::new();
            map.insert("type".into(), "ExternalMap".into());
            map.insert("externalSpdxId".into(), id.into());
            map.insert("locationHint".into(), link.url.as_str().into());
            let hashes = self.hashes(&link.hashes, &Place::whole());
            if !hashes.is_empty() {
                map.insert("verifiedUsing".into(), hashes.into());
            }
            maps.push(Value::Object(map));
        }
        let names = std::mem::take(&mut self.imports);
        maps.extend(
            names
                .iter()
                .map(|id| json!({"type": "ExternalMap", "externalSpdxId": id})),
        );
        if !maps.is_empty() {
            members.insert("import".into(), maps.into());
        }
        let links = self.links(links.into_iter(), &Place::whole());
        if !links.is_empty() {
            members.insert("externalRef".into(), links.into());
        }
        let properties = metadata.properties.iter();
        let properties =
            component::extension(properties.filter(|one| one.name != "profileConformance"));
        members.extend(properties.map(|value| ("extension".to_owned(), value)));
        let id = self.base.clone();
        self.put("SpdxDocument", &id, members);
        if metadata
            .version
            .as_deref()
            .is_some_and(|version| version != "1")
        {
            let reason = "SPDX 3 gives a new document a new identifier instead";
            self.lose("the version of the document", Place::whole(), reason);
        }
    }
}

/// The type of SBOM for a phase of CycloneDX; types of SPDX stay.
///
/// Source: CISA, "Types of Software Bill of Materials (SBOM) Documents", 2023; CycloneDX 1.5,
/// `lifecycles.phase`; SPDX 3.0.1, Software: `SbomType`.
fn sbom_type(phase: &str) -> Option<&'static str> {
    Some(match phase {
        "design" => "design",
        "source" | "pre-build" => "source",
        "build" => "build",
        "analyzed" | "post-build" => "analyzed",
        "deployed" => "deployed",
        "runtime" | "operations" | "discovery" => "runtime",
        _ => return None,
    })
}

/// What the document is called and its elements are called after.
fn base(sbom: &Sbom) -> String {
    let identifier = sbom.metadata.identifier.as_deref().map(str::trim);
    if let Some(identifier) = identifier.filter(|one| is_iri(one)) {
        return identifier.to_owned();
    }
    let mut content = String::new();
    for component in sbom.all_components().chain(&sbom.files) {
        _ = writeln!(
            content,
            "{} {:?} {:?}",
            component.name, component.version, component.purl
        );
    }
    let metadata = &sbom.metadata;
    _ = write!(
        content,
        "{:?} {:?} {identifier:?}",
        metadata.name, metadata.timestamp
    );
    let hexadecimal = Digest::of(content.as_bytes()).hex();
    // Version 8 of RFC 9562, 5.8: what the number is made from is ours to say.
    let part = |from: usize, to: usize| hexadecimal.get(from..to).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

/// Whether a text may be the name of an element: something, a colon, something, and no space.
fn is_iri(text: &str) -> bool {
    let has_parts = text
        .split_once(':')
        .is_some_and(|(scheme, rest)| !scheme.is_empty() && scheme != "_" && !rest.is_empty());
    has_parts && text.chars().all(is_of_iri)
}

fn is_of_iri(letter: char) -> bool {
    !letter.is_control()
        && !letter.is_whitespace()
        && !matches!(letter, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
}

/// Writes a text into a fragment (RFC 3987, 2.2), so that two texts never become one.
fn escape(text: &str, into: &mut String) {
    for letter in text.chars() {
        if is_of_iri(letter) && letter != '%' && letter != '#' {
            into.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                _ = write!(into, "%{byte:02X}");
            }
        }
    }
}
