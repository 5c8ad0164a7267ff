//! What a document says of itself.

use super::class::{Class, IsOf, local_name};
use super::graph::{entries, plain};
use super::{Reader, member, member_text, namespace};
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{ExternalReference, Party, PartyKind, Property, Site, Target};
use crate::evidence::sbom::semantics::is_date_time;
use crate::tape::{Item, Step, push_step};

/// Versions that are read: the newest, and the first, which is read with a remark.
const VERSIONS: [&str; 2] = ["3.0.1", "3.0.0"];

/// How many collections are followed to find what a document is about.
const MAXIMUM_COLLECTIONS: usize = 64;

impl<'t> Reader<'t> {
    /// The version, by the context or else by the first creation information.
    pub(super) fn read_version(&mut self, root: Item<'t>) {
        let context = root.get("@context");
        let at_context = context.map_or("", |_| "/@context");
        let contexts = context.into_iter().flat_map(entries);
        let mut contexts = contexts.filter_map(Item::text);
        let of_context = |text: &'t str| {
            let version = text.strip_prefix("https://spdx.org/rdf/")?;
            version.strip_suffix("/spdx-context.jsonld")
        };
        let context = contexts.find_map(of_context);
        let creations = self.graph.elements.iter();
        let creations = creations.filter(|one| one.class == Some(Class::CreationInfo));
        let stated: Vec<_> = creations
            .filter_map(|one| Some((one, member(one.item, "specVersion")?)))
            .filter_map(|(one, stated)| {
                let mut pointer = one.pointer();
                push_step(&mut pointer, Step::Key(stated.key()?));
                Some((pointer, plain(stated)?))
            })
            .take(100)
            .collect();
        let version = context.or(stated.first().map(|(_, version)| *version));
        self.sbom.spec_version = version.unwrap_or_default().to_owned();
        let help = "name the context `https://spdx.org/rdf/3.0.1/spdx-context.jsonld`";
        match version {
            Some("3.0.1") => {}
            Some("3.0.0") => self.findings.note("spdx-version", help, || {
                let message = "SPDX 3.0.0 is read as 3.0.1, which corrects it";
                (Place::pointer(at_context), message.into())
            }),
            Some(version) => self.findings.error("spdx-version", help, || {
                let message = format!("`{version}` is no version of SPDX 3 that is read");
                (Place::pointer(at_context), message)
            }),
            None => self.findings.error("spdx-version", help, || {
                let message = "the document names no version of SPDX".to_owned();
                (Place::whole(), message)
            }),
        }
        if context.is_none() && version.is_some() {
            self.findings.error("spdx-version", help, || {
                let message = "the document does not name the context of SPDX".to_owned();
                (Place::pointer(at_context), message)
            });
        }
        for (pointer, word) in stated {
            let is_patch = VERSIONS.contains(&word) && version.is_some_and(|one| one != word);
            if is_patch {
                let help = "write one version everywhere";
                self.findings.warning("spdx-version", help, || {
                    let message = format!("`{word}` is not the version of the context");
                    (Place::pointer(pointer), message)
                });
            }
        }
    }

    /// Elements of other documents that this one says it uses.
    pub(super) fn read_imports(&mut self) {
        for index in 0..self.graph.elements.len() {
            if self.class(index) != Some(Class::SpdxDocument) {
                continue;
            }
            let maps = self.item(index).and_then(|item| {
                let of_3_0_0 = || item.get("imports");
                item.get("import").or_else(of_3_0_0)
            });
            for map in maps.into_iter().flat_map(entries) {
                let Some(name) = member_text(map, "externalSpdxId") else {
                    continue;
                };
                let name = self.graph.expanded(name);
                if let Some(namespace) = namespace(&name) {
                    self.namespaces.push(namespace.to_owned());
                }
                let reference = self.graph.references.intern(&name);
                if self.graph.element_of(reference).is_none() {
                    self.graph.references.define(reference, Target::External);
                }
                let hashes = member(map, "verifiedUsing").into_iter().flat_map(entries);
                let hashes = hashes.filter_map(super::artifact::hash).collect();
                let url = member_text(map, "locationHint").unwrap_or(&name);
                self.sbom
                    .metadata
                    .external_references
                    .push(ExternalReference {
                        kind: "import".into(),
                        url: url.into(),
                        hashes,
                    });
            }
        }
        self.namespaces.sort_unstable();
        self.namespaces.dedup();
    }

    /// The index of the artifact that the document is about.
    ///
    /// A document names its roots; a root that is a collection names its own. Where none is named, what
    /// the document describes is meant. A package goes before a file.
    pub(super) fn root(&self) -> Option<usize> {
        let mut collections: Vec<usize> = Vec::new();
        let documents = |class| {
            let elements = self.graph.elements.iter().enumerate();
            elements
                .filter(move |(_, one)| one.class == Some(class))
                .map(|(index, _)| index)
        };
        collections.extend(documents(Class::SpdxDocument));
        if collections.is_empty() {
            collections.extend(documents(Class::Bom));
        }
        let mut found = self.roots_of(collections);
        if found.is_empty() {
            found = self.roots_of(documents(Class::Bom).collect());
        }
        if found.is_empty() {
            found = self.described();
        }
        let is_package = |index: &&usize| self.class(**index).is_some_and(Class::is_package);
        found.iter().find(is_package).or(found.first()).copied()
    }

    fn roots_of(&self, mut collections: Vec<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = 0;
        while let Some(&index) = collections.get(next) {
            next += 1;
            let roots = self
                .item(index)
                .and_then(|item| member(item, "rootElement"));
            for value in roots.into_iter().flat_map(entries) {
                let Some(index) = self.graph.find(value) else {
                    continue;
                };
                match self.class(index) {
                    Some(class) if class.is_artifact() => found.push(index),
                    Some(class)
                        if class.is_collection()
                            && collections.len() < MAXIMUM_COLLECTIONS
                            && !collections.contains(&index) =>
                    {
                        collections.push(index);
                    }
                    _ => {}
                }
            }
        }
        found
    }

    fn described(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for element in &self.graph.elements {
            if !element.class.is_some_and(Class::is_relationship) {
                continue;
            }
            if member_text(element.item, "relationshipType").map(local_name) != Some("describes") {
                continue;
            }
            let from = member(element.item, "from").and_then(|from| self.graph.find(from));
            let by = from.and_then(|from| self.class(from));
            if by.is_some_and(|by| !by.is_collection()) {
                continue;
            }
            let targets = member(element.item, "to").into_iter().flat_map(entries);
            let targets = targets.filter_map(|value| self.graph.find(value));
            found.extend(targets.filter(|one| self.class(*one).is_some_and(Class::is_artifact)));
        }
        found
    }

    /// The metadata: of the document, else of the first collection, else of the first element.
    pub(super) fn read_document(&mut self) {
        let of_class = |class| {
            let mut elements = self.graph.elements.iter();
            elements.position(|one| one.class == Some(class))
        };
        let document = of_class(Class::SpdxDocument);
        let index = document
            .or_else(|| of_class(Class::Bom))
            .or_else(|| of_class(Class::Bundle));
        if let Some(index) = index {
            self.read_collection(index);
        }
        self.read_lifecycles();
        let mut documents = self
            .graph
            .elements
            .iter()
            .skip(document.map_or(0, |one| one + 1));
        if let Some(second) = documents.find(|one| one.class == Some(Class::SpdxDocument)) {
            let pointer = second.pointer();
            self.findings
                .error("spdx-document", "hand in one document a file", || {
                    (
                        Place::pointer(pointer),
                        "the file holds a second document".into(),
                    )
                });
        }
        let creation = index
            .or_else(|| (!self.graph.elements.is_empty()).then_some(0))
            .and_then(|index| self.item(index)?.get("creationInfo"))
            .and_then(|value| self.graph.find(value))
            .or_else(|| {
                let mut elements = self.graph.elements.iter();
                elements.position(|one| one.class == Some(Class::CreationInfo))
            });
        if let Some(creation) = creation {
            self.read_creation(creation);
        }
        self.check_creations();
    }

    fn read_collection(&mut self, index: usize) {
        let Some(element) = self.graph.elements.get(index) else {
            return;
        };
        let (item, reference) = (element.item, element.reference);
        let name = reference.map(|one| self.graph.references.name(one));
        let name = name.filter(|name| !name.starts_with("_:"));
        let is_absolute = name.is_some_and(|name| name.contains(':'));
        self.sbom.metadata.identifier = name.map(Into::into);
        for child in item.children() {
            let text = || plain(child).map(Into::into);
            match child.key().map(local_name) {
                Some("name") => self.sbom.metadata.name = text(),
                Some("comment") => self.sbom.metadata.comment = text(),
                Some("dataLicense") => self.read_data_license(index, child),
                Some("namespaceMap") if !is_absolute => {
                    let maps = entries(child);
                    let mut maps =
                        maps.filter(|map| map.get_text("prefix").is_none_or(str::is_empty));
                    if let Some(namespace) = maps.find_map(|map| map.get_text("namespace")) {
                        self.sbom.metadata.identifier = Some(namespace.into());
                    }
                }
                Some("profileConformance") => {
                    for profile in entries(child).filter_map(plain) {
                        self.sbom.metadata.properties.push(Property {
                            name: "profileConformance".into(),
                            value: local_name(profile).into(),
                        });
                    }
                }
                Some("extension") => {
                    let properties = super::artifact::properties(child);
                    self.sbom.metadata.properties.extend(properties);
                }
                Some("externalRef" | "externalRefs") => {
                    let links = entries(child).flat_map(super::artifact::links);
                    self.sbom.metadata.external_references.extend(links);
                }
                _ => {}
            }
        }
    }

    fn read_data_license(&mut self, index: usize, value: Item<'t>) {
        let place = (index, "dataLicense", None);
        if let Some(license) = self.license(value, place) {
            self.sbom.metadata.licenses.push(license);
        }
    }

    /// Every collection may say in which phases it was made.
    fn read_lifecycles(&mut self) {
        for element in &self.graph.elements {
            if element.class != Some(Class::Bom) {
                continue;
            }
            let phases = member(element.item, "sbomType")
                .into_iter()
                .flat_map(entries);
            for phase in phases.filter_map(plain).map(local_name) {
                let phases = &mut self.sbom.metadata.lifecycles;
                if phases.len() < MAXIMUM_COLLECTIONS && !phases.iter().any(|one| one == phase) {
                    phases.push(phase.into());
                }
            }
        }
    }

    fn read_creation(&mut self, index: usize) {
        let Some(item) = self.item(index) else { return };
        for child in item.children() {
            match child.key().map(local_name) {
                Some("created") => {
                    self.sbom.metadata.timestamp = plain(child).map(Into::into);
                    let pointer = self.pointer(index, "created");
                    self.sbom.metadata.timestamp_at = Some(Site::pointer(pointer));
                }
                Some("createdBy") => {
                    for value in entries(child) {
                        match self.party(value) {
                            Some(party) if party.kind == PartyKind::Tool => self.add_tool(party),
                            Some(party) => self.sbom.metadata.authors.push(party),
                            None => {}
                        }
                    }
                }
                Some("createdUsing") => {
                    for value in entries(child) {
                        if let Some(mut party) = self.party(value) {
                            party.kind = PartyKind::Tool;
                            self.add_tool(party);
                        }
                    }
                }
                Some("comment") if self.sbom.metadata.comment.is_none() => {
                    self.sbom.metadata.comment = plain(child).map(Into::into);
                }
                _ => {}
            }
        }
    }

    fn add_tool(&mut self, party: Party) {
        let tools = &mut self.sbom.metadata.tools;
        // NOTE: the comparison is dropped for a list so long that nobody wrote it in earnest.
        if tools.len() > MAXIMUM_COLLECTIONS || !tools.contains(&party) {
            tools.push(party);
        }
    }

    /// Dates, agents and tools of every creation information.
    fn check_creations(&mut self) {
        for index in 0..self.graph.elements.len() {
            if self.class(index) != Some(Class::CreationInfo) {
                continue;
            }
            let Some(item) = self.item(index) else {
                continue;
            };
            if let Some(created) = member_text(item, "created")
                && !is_date_time(created)
            {
                let pointer = self.pointer(index, "created");
                self.findings.error(
                    "spdx-created",
                    "write it like `2026-11-20T09:00:00Z`",
                    || {
                        let message = format!("`{created}` is no date and time of SPDX");
                        (Place::pointer(pointer), message)
                    },
                );
            }
            let lists: [(&'static str, IsOf, &str); 2] = [
                ("createdBy", Class::is_agent, "agent"),
                ("createdUsing", |class| class == Class::Tool, "tool"),
            ];
            for (key, is_right, wanted) in lists {
                let values = member(item, key).into_iter().flat_map(entries);
                for (position, value) in values.enumerate() {
                    self.check_party(value, (index, key, Some(position)), is_right, wanted);
                }
            }
        }
    }
}

/// A date and time of RFC 3339 as SPDX 3 writes it: in UTC and to the second. Fractions are cut off.
pub(crate) fn instant(text: &str) -> Option<String> {
    let instant: jiff::Timestamp = text.trim().parse().ok()?;
    let whole = jiff::Timestamp::from_second(instant.as_second()).ok()?;
    Some(whole.to_string())
}
