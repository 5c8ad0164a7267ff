//! Packages, files and snippets.
//!
//! Source: SPDX 2.3, clauses 7 to 9. There may be a million of them: each is walked once.

use std::sync::Arc;

use compact_str::CompactString;

use super::license::Fault;
use super::party::party;
use super::{Reader, identifier};
use crate::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind,
    License, LicenseForm, Party, PartyKind, Ref, Site, Target,
};
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
        for (index, item) in self.list(packages, "/packages").enumerate() {
            let at = self.sites.listed("/packages", index, item);
            if self.is_object(item, &at, "a package") {
                let package = self.package(index, item, at);
                self.sbom.components.push(package);
            }
        }
    }

    pub(super) fn files(&mut self, files: Option<Item<'t>>) {
        let Some(files) = files else { return };
        for (index, item) in self.list(files, "/files").enumerate() {
            let at = self.sites.listed("/files", index, item);
            if self.is_object(item, &at, "a file") {
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
        for (index, item) in self.list(snippets, "/snippets").enumerate() {
            let at = self.sites.listed("/snippets", index, item);
            let reference = item.get("SPDXID").and_then(|id| self.reference(id, &at));
            self.define(reference, Target::Element, &at);
        }
    }

    fn is_object(&mut self, item: Item<'t>, at: &Site, name: &str) -> bool {
        let is_object = item.shape() == Shape::Table;
        if !is_object {
            self.wrong_shape(at, name, "an object", item);
        }
        is_object
    }

    fn package(&mut self, index: usize, item: Item<'t>, at: Site) -> Component {
        let mut package = Component {
            at,
            ..Component::default()
        };
        let (mut has_name, mut has_files) = (false, None);
        let mut description = 0;
        for member in item.children() {
            let key = member.key().unwrap_or_default();
            let text = member.text();
            let owned = || text.map(CompactString::from);
            match key {
                "SPDXID" => package.reference = self.reference(member, &package.at),
                "name" => {
                    has_name = true;
                    package.name = owned().unwrap_or_default();
                }
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
        let missing = [
            ("SPDXID", package.reference.is_none()),
            ("name", !has_name),
            ("downloadLocation", package.download_location.is_none()),
        ];
        for (key, _) in missing.iter().filter(|(_, is_missing)| *is_missing) {
            if item.get(key).is_none() {
                let at = &package.at;
                self.remarks.error(
                    "spdx-missing",
                    || (at.place(), format!("the package has no `{key}`")),
                    "add it (SPDX 2.3, clause 7)",
                );
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
        if file.reference.is_none() && item.get("SPDXID").is_none() {
            let at = &file.at;
            self.remarks.error(
                "spdx-missing",
                || (at.place(), "the file has no `SPDXID`".into()),
                "add it (SPDX 2.3, clause 8)",
            );
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
        self.remarks.error(
            "spdx-duplicate-id",
            || {
                let id = references.name(reference);
                let mut site = at.clone();
                if !by_line {
                    site.pointer.push_str("/SPDXID");
                }
                let message = format!("`{id}` is already the identifier of another element");
                (site.place(), message)
            },
            "give every element its own SPDXID",
        );
    }

    fn party(&mut self, member: Item<'t>, at: &Site, path: &str) -> Option<Arc<Party>> {
        let text = member.text()?;
        let party = party(text);
        let is_known = matches!(party.kind, PartyKind::Person | PartyKind::Organization);
        if !is_known && !matches!(text, "NOASSERTION" | "NONE") {
            let sites = &self.sites;
            self.remarks.warning(
                "spdx-creator",
                || {
                    let message = format!("`{text}` names no Person or Organization");
                    (sites.inside(at, path, member), message)
                },
                "write `Organization: name` (SPDX 2.3, clauses 7.5 and 7.6)",
            );
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
        if let Some(fault) = self.licenses.fault(text) {
            let sites = &self.sites;
            let at = &component.at;
            let path = match acknowledgement {
                Acknowledgement::Declared => "/licenseDeclared",
                _ => "/licenseConcluded",
            };
            let place = || sites.inside(at, path, member);
            match fault {
                Fault::Wrong(message) => self.remarks.warning(
                    "license-expression",
                    || (place(), message),
                    "use identifiers of the SPDX list, or declare the license in the document",
                ),
                Fault::Deprecated(message) => self.remarks.note(
                    "license-deprecated",
                    || (place(), message),
                    "write the identifier that follows it, such as `GPL-2.0-or-later`",
                ),
            }
        }
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
            let known = identifier::checksum(algorithm);
            let (sites, at) = (&self.sites, &component.at);
            let place = || sites.inside(at, &format!("/checksums/{index}"), checksum);
            match known {
                None => self.remarks.error(
                    "hash-algorithm",
                    || {
                        let message = format!("`{algorithm}` is not a checksum algorithm of SPDX");
                        (place(), message)
                    },
                    "use SHA256 or SHA512",
                ),
                Some((_, digits)) if !identifier::is_digest(value, digits) => {
                    self.remarks.warning(
                        "hash-length",
                        || {
                            let number = if digits == 0 {
                                String::new()
                            } else {
                                format!("{digits} ")
                            };
                            let form =
                                format!("a {algorithm} value has {number}hexadecimal digits");
                            (place(), format!("{form}, found `{value}`"))
                        },
                        "compute the hash again",
                    );
                }
                Some(_) => {}
            }
            component.hashes.push(Hash {
                algorithm: known.map_or(algorithm, |(spelling, _)| spelling).into(),
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
            self.check_identifier(name, text, &component.at, index, member);
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

    fn check_identifier(
        &mut self,
        kind: &str,
        text: &str,
        at: &Site,
        index: usize,
        member: Item<'t>,
    ) {
        let sites = &self.sites;
        let place = || {
            let path = format!("/externalRefs/{index}/referenceLocator");
            sites.inside(at, &path, member)
        };
        match kind {
            "purl" => {
                if let Err(error) = text.parse::<packageurl::PackageUrl<'_>>() {
                    let message = format!("`{text}` is not a package URL: {error}");
                    self.remarks.warning(
                        "purl-malformed",
                        || (place(), message),
                        "write `pkg:type/namespace/name@version`",
                    );
                }
            }
            "cpe23Type" if !identifier::is_cpe23(text) => self.remarks.warning(
                "cpe-malformed",
                || (place(), format!("`{text}` is not a CPE 2.3 name")),
                "write `cpe:2.3:` and the eleven parts",
            ),
            "cpe22Type" if !identifier::is_cpe22(text) => self.remarks.warning(
                "cpe-malformed",
                || (place(), format!("`{text}` is not a CPE 2.2 name")),
                "write `cpe:/part:vendor:product:version`",
            ),
            _ => {}
        }
    }
}

fn purpose(word: &str) -> ComponentKind {
    PURPOSES
        .iter()
        .find(|(purpose, _)| *purpose == word)
        .map_or(ComponentKind::Unstated, |(_, kind)| *kind)
}
