//! Components of CycloneDX.

use std::sync::Arc;

use compact_str::CompactString;

use super::{Reader, is_filled, metadata};
use crate::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind,
    License, LicenseForm, Party, PartyKind, Target,
};
use crate::evidence::sbom::semantics::{CpeForm, Fault, check_cpe, check_digest, check_purl};
use crate::tape::{Item, Shape, Step};

/// Where a component is taken in.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// What the document describes.
    Root,
    /// A listed component, inside of another one or not.
    Listed(Option<u32>),
}

impl<'t> Reader<'t> {
    /// Reads a list of components, nested ones behind their parent.
    pub(super) fn components(&mut self, list: Item<'t>, parent: Option<u32>) {
        self.sbom.components.reserve(list.items().count());
        self.each(list, |reader, item| {
            if item.shape() == Shape::Table {
                reader.component(item, Role::Listed(parent));
            }
        });
    }

    pub(super) fn component(&mut self, item: Item<'t>, role: Role) {
        let index = u32::try_from(self.sbom.components.len()).unwrap_or(u32::MAX);
        let (target, parent) = match role {
            Role::Root => (Target::Root, None),
            Role::Listed(parent) => (Target::Component(index), parent),
        };
        let mut component = Component {
            at: self.site(item),
            parent,
            ..Component::default()
        };
        let mut nested = None;
        for member in item.children() {
            let text = member.text();
            match member.key().unwrap_or_default() {
                "type" => {
                    component.kind = text.and_then(ComponentKind::from_word).unwrap_or_default();
                }
                "bom-ref" => {
                    component.reference = text.map(|name| self.own_reference(name, target));
                }
                "name" => component.name = text.unwrap_or_default().into(),
                "version" => component.version = text.map(Into::into),
                "group" => component.group = text.map(Into::into),
                "purl" => component.purl = self.purl(member),
                "cpe" => component.identifiers.extend(self.cpe(member)),
                "swid" => {
                    let tag = member.get_text("tagId");
                    component
                        .identifiers
                        .extend(tag.map(|tag| identifier(IdentifierKind::Swid, tag)));
                }
                "omniborId" => component
                    .identifiers
                    .extend(identifiers(IdentifierKind::Gitoid, member)),
                "swhid" => component
                    .identifiers
                    .extend(identifiers(IdentifierKind::Swhid, member)),
                "supplier" => component.supplier = self.organization(member),
                "manufacturer" => {
                    component.manufacturer = self.organization(member);
                }
                "author" => component.authors.extend(text.map(|name| Party {
                    name: name.into(),
                    ..Party::default()
                })),
                "authors" => component
                    .authors
                    .extend(member.items().filter_map(metadata::person)),
                "publisher" => component.publisher = text.map(Into::into),
                "hashes" => component.hashes = self.hashes(member),
                "licenses" => component.licenses = self.licenses(member),
                "copyright" => component.copyright = text.map(Into::into),
                "description" => component.description = text.map(Into::into),
                "scope" => component.scope = text.map(Into::into),
                "externalReferences" => {
                    component.external_references = self.external_references(member);
                }
                "properties" => component.properties = metadata::properties(member),
                "components" => nested = Some(member),
                "modelCard" | "cryptoProperties" | "data" | "evidence" | "pedigree"
                | "releaseNotes" | "patentAssertions" | "signature" => {
                    component.has_more |= is_filled(member);
                }
                _ => {}
            }
        }
        component.download_location = component
            .external_references
            .iter()
            .find(|one| one.kind == "distribution")
            .map(|one| one.url.clone());
        component.file_name = component
            .properties
            .iter()
            .find(|one| one.name == "bsi:component:filename")
            .map(|one| one.value.clone());
        let parent = match role {
            Role::Root => {
                self.sbom.root = Some(component);
                None
            }
            Role::Listed(_) => {
                self.sbom.components.push(component);
                Some(index)
            }
        };
        if let Some(nested) = nested {
            self.components(nested, parent);
        }
    }

    pub(super) fn organization(&mut self, member: Item<'t>) -> Option<Arc<Party>> {
        metadata::organization(member).map(|party| self.parties.share(party))
    }

    fn purl(&mut self, member: Item<'t>) -> Option<CompactString> {
        let text = member.text()?;
        self.report(check_purl(text), member);
        Some(text.into())
    }

    fn cpe(&mut self, member: Item<'t>) -> Option<Identifier> {
        let text = member.text()?;
        self.report(check_cpe(text, CpeForm::Any), member);
        Some(identifier(IdentifierKind::Cpe, text))
    }

    fn report(&mut self, fault: Option<Fault>, item: Item<'_>) {
        let Some(fault) = fault else { return };
        self.findings
            .push_with(fault.code, fault.severity, || fault.at(item.place()));
    }

    pub(super) fn hashes(&mut self, list: Item<'t>) -> Vec<Hash> {
        let mut hashes = Vec::with_capacity(list.items().count());
        for item in list.items() {
            let hash = Hash {
                algorithm: item.get_text("alg").unwrap_or_default().into(),
                value: item.get_text("content").unwrap_or_default().into(),
            };
            self.report(check_digest(&hash.algorithm, &hash.value), item);
            hashes.push(hash);
        }
        hashes
    }

    pub(super) fn licenses(&mut self, list: Item<'t>) -> Vec<License> {
        let mut licenses = Vec::with_capacity(list.items().count());
        for choice in list.items() {
            let license = choice.get("license").unwrap_or(choice);
            let form = [
                ("id", LicenseForm::Id),
                ("expression", LicenseForm::Expression),
                ("name", LicenseForm::Name),
            ];
            let found = form
                .into_iter()
                .find_map(|(key, form)| Some((form, license.get(key)?)));
            let Some((form, Some(text))) = found.map(|(form, item)| (form, item.text())) else {
                continue;
            };
            if form == LicenseForm::Expression {
                let fault = self.expressions.check(text);
                self.report(fault, choice);
            }
            licenses.push(License {
                form,
                text: text.into(),
                acknowledgement: match license.get_text("acknowledgement") {
                    Some("declared") => Acknowledgement::Declared,
                    Some("concluded") => Acknowledgement::Concluded,
                    _ => Acknowledgement::Unstated,
                },
                url: license.get_text("url").map(Into::into),
            });
        }
        licenses
    }

    pub(super) fn external_references(&mut self, list: Item<'t>) -> Vec<ExternalReference> {
        let mut references = Vec::with_capacity(list.items().count());
        for item in list.items() {
            references.push(ExternalReference {
                kind: item.get_text("type").unwrap_or_default().into(),
                url: item.get_text("url").unwrap_or_default().into(),
                hashes: item
                    .get("hashes")
                    .map(|hashes| self.hashes(hashes))
                    .unwrap_or_default(),
            });
        }
        references
    }

    /// Reads `metadata.component`.
    pub(super) fn described(&mut self, item: Item<'t>) {
        if item.shape() == Shape::Table {
            self.below(Step::Key("component"), |reader| {
                reader.component(item, Role::Root);
            });
        }
    }
}

fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier {
        kind,
        value: value.into(),
    }
}

fn identifiers(kind: IdentifierKind, list: Item<'_>) -> impl Iterator<Item = Identifier> {
    list.items()
        .filter_map(Item::text)
        .map(move |value| identifier(kind, value))
}

/// A tool written as a component.
pub(super) fn tool(item: Item<'_>) -> Option<Party> {
    Some(Party {
        kind: PartyKind::Tool,
        name: item.get_text("name")?.into(),
        version: item.get_text("version").map(Into::into),
        ..Party::default()
    })
}
