//! Packages, files and snippets.
//!
//! Source: SPDX 2.3, clauses 7 to 9. There may be a million of them: each is walked once.

use std::sync::Arc;

use compact_str::CompactString;

use super::Reader;
use super::identifier::spelling;
use super::party::party;
use super::site::Sites;
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind,
    License, LicenseForm, Party, PartyKind, Ref, Site, Target,
};
use crate::evidence::sbom::semantics::{CpeForm, Fault, check_cpe, check_digest, check_purl};
use crate::tape::{Item, Shape};

/// `primaryPackagePurpose` (SPDX 2.3, 7.24) and what it is in the model.
const PURPOSES: [(&str, ComponentKind); 12] = [
    ("LIBRARY", ComponentKind::Library),
    ("APPLICATION", ComponentKind::Application),
    ("FRAMEWORK", ComponentKind::Framework),
    ("CONTAINER", ComponentKind::Container),
    ("OPERATING-SYSTEM", ComponentKind::OperatingSystem),
    ("DEVICE", ComponentKind::Device),
    ("FIRMWARE", ComponentKind::Firmware),
    ("SOURCE", ComponentKind::Source),
    ("ARCHIVE", ComponentKind::Archive),
    ("FILE", ComponentKind::File),
    ("INSTALL", ComponentKind::Install),
    ("OTHER", ComponentKind::Other),
];

/// The texts of a package that its description is taken from, the best last.
const DESCRIPTIONS: [&str; 3] = ["comment", "summary", "description"];

impl<'t> Reader<'t> {
    pub(super) fn packages(&mut self, packages: Option<Item<'t>>) {
        let Some(packages) = packages else { return };
        for (index, item) in packages.items().enumerate() {
            let at = self.sites.listed("/packages", index, item);
            if item.shape() == Shape::Table {
                let package = self.package(index, item, at);
                self.sbom.components.push(package);
            }
        }
    }

    pub(super) fn files(&mut self, files: Option<Item<'t>>) {
        let Some(files) = files else { return };
        for (index, item) in files.items().enumerate() {
            let at = self.sites.listed("/files", index, item);
            if item.shape() == Shape::Table {
                let file = self.file(item, at);
                self.sbom.files.push(file);
            }
        }
        for index in 0..self.sbom.files.len() {
            let target = Target::File(u32::try_from(index).unwrap_or(u32::MAX));
            let Some(file) = self.sbom.files.get(index) else {
                continue;
            };
            let (reference, at) = (file.reference, file.at.clone());
            self.define(reference, target, &at);
        }
    }

    /// Snippets are only known by their name.
    pub(super) fn snippets(&mut self, snippets: Option<Item<'t>>) {
        let Some(snippets) = snippets else { return };
        for (index, item) in snippets.items().enumerate() {
            let at = self.sites.listed("/snippets", index, item);
            let reference = item.get("SPDXID").and_then(|id| self.reference(id, &at));
            self.define(reference, Target::Element, &at);
        }
    }

    fn package(&mut self, index: usize, item: Item<'t>, at: Site) -> Component {
        let mut package = Component {
            at,
            ..Component::default()
        };
        let mut has_files = None;
        let mut description = 0;
        for member in item.children() {
            let key = member.key().unwrap_or_default();
            let text = member.text();
            let owned = || text.map(CompactString::from);
            match key {
                "SPDXID" => package.reference = self.reference(member, &package.at),
                "name" => package.name = owned().unwrap_or_default(),
                "versionInfo" => package.version = owned(),
                "packageFileName" => package.file_name = owned(),
                "downloadLocation" => package.download_location = owned(),
                "copyrightText" => package.copyright = owned(),
                "validUntilDate" => package.valid_until = owned(),
                "supplier" => package.supplier = self.party(member, &package.at, "/supplier"),
                "originator" => package.originator = self.party(member, &package.at, "/originator"),
                "licenseDeclared" => self.license(&mut package, member, Acknowledgement::Declared),
                "licenseConcluded" => {
                    self.license(&mut package, member, Acknowledgement::Concluded);
                }
                "primaryPackagePurpose" => package.kind = purpose(text.unwrap_or_default()),
                "checksums" => self.checksums(&mut package, member),
                "externalRefs" => self.external_references(&mut package, member),
                "hasFiles" => has_files = Some(member),
                "homepage" => {
                    if let Some(url) = owned() {
                        package.external_references.push(ExternalReference {
                            kind: "homepage".into(),
                            url,
                            hashes: Vec::new(),
                        });
                    }
                }
                _ => {
                    let rank = DESCRIPTIONS.iter().position(|known| *known == key);
                    if let Some(rank) = rank.filter(|rank| *rank >= description) {
                        description = rank;
                        package.description = owned();
                    }
                }
            }
        }
        if let (Some(from), Some(files)) = (package.reference, has_files) {
            self.has_files(from, index, files);
        }
        package
    }

    fn file(&mut self, item: Item<'t>, at: Site) -> Component {
        let mut file = Component {
            kind: ComponentKind::File,
            at,
            ..Component::default()
        };
        for member in item.children() {
            let owned = || member.text().map(CompactString::from);
            match member.key().unwrap_or_default() {
                "SPDXID" => file.reference = self.reference(member, &file.at),
                "fileName" => file.name = owned().unwrap_or_default(),
                "checksums" => self.checksums(&mut file, member),
                "licenseConcluded" => self.license(&mut file, member, Acknowledgement::Concluded),
                "copyrightText" => file.copyright = owned(),
                "comment" => file.description = owned(),
                _ => {}
            }
        }
        file
    }

    fn reference(&mut self, member: Item<'t>, at: &Site) -> Option<Ref> {
        let id = member.text()?;
        self.check_id(Some(id), at, member);
        Some(self.sbom.references.intern(id))
    }

    /// Says what an element is; a name that is taken is a remark.
    pub(super) fn define(&mut self, reference: Option<Ref>, target: Target, at: &Site) {
        let Some(reference) = reference else { return };
        if self.sbom.references.define(reference, target) {
            return;
        }
        let references = &self.sbom.references;
        let by_line = self.sites.by_line();
        let help = "give every element its own SPDXID";
        self.findings.error("spdx-duplicate-id", help, || {
            let id = references.name(reference);
            let mut site = at.clone();
            if !by_line {
                site.pointer.push_str("/SPDXID");
            }
            let message = format!("`{id}` is already the identifier of another element");
            (site.place(), message)
        });
    }

    fn party(&mut self, member: Item<'t>, at: &Site, path: &str) -> Option<Arc<Party>> {
        let text = member.text()?;
        let party = party(text);
        let is_known = matches!(party.kind, PartyKind::Person | PartyKind::Organization);
        if !is_known && !matches!(text, "NOASSERTION" | "NONE") {
            let sites = &self.sites;
            let help = "write `Organization: name` (SPDX 2.3, clauses 7.5 and 7.6)";
            self.findings.warning("spdx-creator", help, || {
                let message = format!("`{text}` names no Person or Organization");
                (sites.inside(at, path, member), message)
            });
        }
        Some(self.parties.share(party))
    }

    fn license(
        &mut self,
        component: &mut Component,
        member: Item<'t>,
        acknowledgement: Acknowledgement,
    ) {
        let Some(text) = member.text() else { return };
        let path = match acknowledgement {
            Acknowledgement::Declared => "/licenseDeclared",
            _ => "/licenseConcluded",
        };
        let fault = self.licenses.check(text);
        self.report(fault, |sites| sites.inside(&component.at, path, member));
        component.licenses.push(License {
            form: LicenseForm::Expression,
            text: text.into(),
            acknowledgement,
            url: None,
        });
    }

    fn checksums(&mut self, component: &mut Component, list: Item<'t>) {
        component.hashes.reserve_exact(list.items().count());
        for (index, checksum) in list.items().enumerate() {
            let (mut algorithm, mut value) = ("", "");
            for member in checksum.children() {
                match member.key() {
                    Some("algorithm") => algorithm = member.text().unwrap_or_default(),
                    Some("checksumValue") => value = member.text().unwrap_or_default(),
                    _ => {}
                }
            }
            let algorithm = spelling(algorithm);
            self.report(check_digest(algorithm, value), |sites| {
                sites.inside(&component.at, &format!("/checksums/{index}"), checksum)
            });
            component.hashes.push(Hash {
                algorithm: algorithm.into(),
                value: value.into(),
            });
        }
    }

    fn external_references(&mut self, component: &mut Component, list: Item<'t>) {
        for (index, reference) in list.items().enumerate() {
            let (mut kind, mut locator) = ("", None);
            for member in reference.children() {
                match member.key() {
                    Some("referenceType") => kind = member.text().unwrap_or_default(),
                    Some("referenceLocator") => locator = member.text().map(|text| (text, member)),
                    _ => {}
                }
            }
            let Some((text, member)) = locator else {
                continue;
            };
            // NOTE: a type may be named by its address, and a known one by an address in the document.
            let name = match kind.rsplit_once(['#', '/']) {
                Some((address, name)) if address.contains("://") => name,
                _ => kind,
            };
            let identifier = match name {
                "purl" => IdentifierKind::Purl,
                "cpe22Type" | "cpe23Type" => IdentifierKind::Cpe,
                "swid" => IdentifierKind::Swid,
                "swh" => IdentifierKind::Swhid,
                "gitoid" => IdentifierKind::Gitoid,
                _ => {
                    component.external_references.push(ExternalReference {
                        kind: kind.into(),
                        url: text.into(),
                        hashes: Vec::new(),
                    });
                    continue;
                }
            };
            let fault = match name {
                "purl" => check_purl(text),
                "cpe22Type" => check_cpe(text, CpeForm::Uri),
                "cpe23Type" => check_cpe(text, CpeForm::Formatted),
                _ => None,
            };
            self.report(fault, |sites| {
                let path = format!("/externalRefs/{index}/referenceLocator");
                sites.inside(&component.at, &path, member)
            });
            if identifier == IdentifierKind::Purl && component.purl.is_none() {
                component.purl = Some(text.into());
            } else {
                component.identifiers.push(Identifier {
                    kind: identifier,
                    value: text.into(),
                });
            }
        }
    }

    fn report(&mut self, fault: Option<Fault>, place: impl FnOnce(&Sites<'t>) -> Place) {
        let Some(fault) = fault else { return };
        let sites = &self.sites;
        self.findings
            .push_with(fault.code, fault.severity, || fault.at(place(sites)));
    }
}

fn purpose(word: &str) -> ComponentKind {
    PURPOSES
        .iter()
        .find(|(purpose, _)| *purpose == word)
        .map_or(ComponentKind::Unstated, |(_, kind)| *kind)
}
