//! Packages and files as components.

use std::borrow::Cow;

use compact_str::{CompactString, format_compact};

use super::class::{Class, local_name};
use super::graph::{Stand, entries, plain};
use super::vocabulary::{hash_algorithm, identifier_kind, kind_of_purpose, purpose_of_kind};
use super::{Reader, member, member_text};
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{
    Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind, Property, Site,
    Target,
};
use crate::evidence::sbom::semantics::{CpeForm, Fault, check_cpe, check_digest, check_purl};
use crate::tape::Item;

impl<'t> Reader<'t> {
    /// Reads a package or file into its list, or as the root; returns where it went.
    pub(super) fn read_artifact(
        &mut self,
        index: usize,
        class: Class,
        root: Option<usize>,
    ) -> Target {
        let component = self.artifact(index, class);
        if root == Some(index) {
            self.sbom.root = Some(component);
            return Target::Root;
        }
        let (list, target): (_, fn(u32) -> Target) = if class.is_package() {
            (&mut self.sbom.components, Target::Component)
        } else {
            (&mut self.sbom.files, Target::File)
        };
        let position = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.push(component);
        target(position)
    }

    fn artifact(&mut self, index: usize, class: Class) -> Component {
        let Some(element) = self.graph.elements.get(index) else {
            return Component::default();
        };
        let item = element.item;
        let mut component = Component {
            reference: element.reference,
            kind: match class {
                Class::AiPackage => ComponentKind::MachineLearningModel,
                Class::DatasetPackage => ComponentKind::Data,
                Class::File => ComponentKind::File,
                _ => ComponentKind::Unstated,
            },
            at: match &element.stand {
                Stand::Graph(index) => Site::pointer(format_compact!("/@graph/{index}")),
                Stand::Elsewhere(pointer, _) => Site::pointer(pointer.as_ref()),
            },
            ..Component::default()
        };
        for child in item.children() {
            let Some(key) = child.key() else { continue };
            if matches!(key, "type" | "spdxId" | "creationInfo") {
                continue;
            }
            self.read_property(&mut component, index, class, key, child);
        }
        component
    }

    fn read_property(
        &mut self,
        component: &mut Component,
        index: usize,
        class: Class,
        key: &str,
        child: Item<'t>,
    ) {
        let text = || plain(child).map(CompactString::from);
        match local_name(key) {
            "name" => component.name = text().unwrap_or_default(),
            "packageVersion" => component.version = text(),
            "packageUrl" => {
                if let Some(purl) = plain(child) {
                    let place = || (index, Cow::Borrowed("software_packageUrl"));
                    self.report(check_purl(purl), place);
                    if let Some(other) = component.purl.replace(purl.into())
                        && other != purl
                    {
                        add_identifier(component, IdentifierKind::Purl, &other);
                    }
                }
            }
            "externalIdentifier" | "externalIdentifiers" | "contentIdentifier" => {
                for (position, identifier) in entries(child).enumerate() {
                    let member = if local_name(key) == "contentIdentifier" {
                        "contentIdentifierValue"
                    } else {
                        "identifier"
                    };
                    let list = local_name(key);
                    let place = || (index, format!("{list}/{position}/{member}").into());
                    self.read_identifier(component, identifier, place);
                }
            }
            "verifiedUsing" => {
                for (position, value) in entries(child).enumerate() {
                    if let Some(hash) = hash(value) {
                        let place = || (index, format!("{key}/{position}/hashValue").into());
                        self.report(check_digest(&hash.algorithm, &hash.value), place);
                        component.hashes.push(hash);
                    }
                }
            }
            "primaryPurpose" => {
                let word = plain(child).map(local_name).unwrap_or_default();
                let has_kind = matches!(class, Class::AiPackage | Class::DatasetPackage);
                if !has_kind {
                    component.kind = kind_of_purpose(word);
                }
                add_purpose(component, "primaryPurpose", word);
            }
            "additionalPurpose" => {
                for word in entries(child).filter_map(plain).map(local_name) {
                    add_purpose(component, "additionalPurpose", word);
                }
            }
            "suppliedBy" => {
                self.check_party(child, (index, "suppliedBy", None), Class::is_agent, "agent");
                component.supplier = self.party(child).map(|party| self.shared.share(party));
            }
            "originatedBy" => {
                for (position, value) in entries(child).enumerate() {
                    let place = (index, "originatedBy", Some(position));
                    self.check_party(value, place, Class::is_agent, "agent");
                    match self.party(value) {
                        Some(party) if component.originator.is_none() => {
                            component.originator = Some(self.shared.share(party));
                        }
                        // NOTE: the model has one originator; the further ones stay in the document.
                        Some(_) => component.has_more = true,
                        None => {}
                    }
                }
            }
            "copyrightText" => component.copyright = text(),
            "description" => component.description = text(),
            "summary" if component.description.is_none() => component.description = text(),
            "downloadLocation" => component.download_location = text(),
            "homePage" => {
                if let Some(url) = text() {
                    component.external_references.push(ExternalReference {
                        kind: "website".into(),
                        url,
                        hashes: Vec::new(),
                    });
                }
            }
            "validUntilTime" => component.valid_until = text(),
            "externalRef" | "externalRefs" => {
                let links = entries(child).flat_map(links);
                component.external_references.extend(links);
            }
            "extension" => component.properties.extend(properties(child)),
            _ if key.starts_with("ai_") || key.starts_with("dataset_") => component.has_more = true,
            _ => {}
        }
    }

    fn read_identifier(
        &mut self,
        component: &mut Component,
        identifier: Item<'t>,
        place: impl Fn() -> (usize, Cow<'static, str>),
    ) {
        let word = member_text(identifier, "externalIdentifierType")
            .or_else(|| member_text(identifier, "contentIdentifierType"))
            .map(local_name)
            .unwrap_or_default();
        let value = member_text(identifier, "identifier")
            .or_else(|| member_text(identifier, "contentIdentifierValue"));
        let Some(value) = value else { return };
        let kind = identifier_kind(word);
        match kind {
            IdentifierKind::Purl => {
                self.report(check_purl(value), place);
                match &component.purl {
                    None => component.purl = Some(value.into()),
                    Some(first) if first == value => {}
                    Some(_) => add_identifier(component, kind, value),
                }
                return;
            }
            IdentifierKind::Cpe => {
                let form = match word {
                    "cpe22" => CpeForm::Uri,
                    _ => CpeForm::Formatted,
                };
                self.report(check_cpe(value, form), place);
            }
            _ => {}
        }
        add_identifier(component, kind, value);
    }

    fn report(&mut self, fault: Option<Fault>, place: impl FnOnce() -> (usize, Cow<'static, str>)) {
        let Some(fault) = fault else { return };
        let graph = &self.graph;
        self.findings.push_with(fault.code, fault.severity, || {
            let (index, key) = place();
            fault.at(Place::pointer(graph.pointer(index, &key)))
        });
    }
}

fn add_identifier(component: &mut Component, kind: IdentifierKind, value: &str) {
    component.identifiers.push(Identifier {
        kind,
        value: value.into(),
    });
}

/// Keeps the word of a purpose where the kind does not say it.
fn add_purpose(component: &mut Component, name: &'static str, word: &str) {
    let is_said = name == "primaryPurpose" && purpose_of_kind(component.kind) == Some(word);
    if !is_said && !word.is_empty() {
        component.properties.push(Property {
            name: CompactString::const_new(name),
            value: word.into(),
        });
    }
}

/// The digest that an integrity method states; `None` for a method of another kind.
///
/// A package verification code is none: it is made of the digests of files, and no file has it (SPDX 3.0.1,
/// Core, `PackageVerificationCode`).
pub(super) fn hash(value: Item<'_>) -> Option<Hash> {
    let class = member_text(value, "type").or_else(|| member_text(value, "@type"));
    if class.map(local_name) == Some("PackageVerificationCode") {
        return None;
    }
    let word = member_text(value, "algorithm").map(local_name)?;
    let digest = member_text(value, "hashValue")?;
    let algorithm = hash_algorithm(word).unwrap_or(word);
    Some(Hash {
        algorithm: algorithm.into(),
        value: digest.into(),
    })
}

/// The links of an external reference, one for each of its addresses.
pub(super) fn links(reference: Item<'_>) -> impl Iterator<Item = ExternalReference> {
    let kind = member_text(reference, "externalRefType").map_or("other", local_name);
    let locators = member(reference, "locator").into_iter().flat_map(entries);
    locators
        .filter_map(plain)
        .map(move |locator| ExternalReference {
            kind: kind.into(),
            url: locator.into(),
            hashes: Vec::new(),
        })
}

/// Properties in the manner of CycloneDX.
///
/// Source: SPDX 3.0.1, Extension: `CdxPropertiesExtension`.
pub(super) fn properties(extensions: Item<'_>) -> impl Iterator<Item = Property> {
    let lists = entries(extensions).filter_map(|one| member(one, "cdxProperty"));
    lists.flat_map(entries).filter_map(|entry| {
        Some(Property {
            name: member_text(entry, "cdxPropName")?.into(),
            value: member_text(entry, "cdxPropValue")
                .unwrap_or_default()
                .into(),
        })
    })
}
