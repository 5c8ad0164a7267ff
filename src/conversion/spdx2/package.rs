//! Packages and files.

use super::{Writer, is_no_claim, supplier, views};
use crate::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, ExternalReference, Hash, IdentifierKind, License,
    Party, PartyKind, Site, Target, is_stated,
};
use crate::evidence::sbom::spdx2::checksum_word;

/// Kinds with the word that SPDX 2.3 has for them (7.24).
const PURPOSES: [(ComponentKind, &str); 12] = [
    (ComponentKind::Application, "APPLICATION"),
    (ComponentKind::Framework, "FRAMEWORK"),
    (ComponentKind::Library, "LIBRARY"),
    (ComponentKind::Container, "CONTAINER"),
    (ComponentKind::OperatingSystem, "OPERATING-SYSTEM"),
    (ComponentKind::Device, "DEVICE"),
    (ComponentKind::Firmware, "FIRMWARE"),
    (ComponentKind::Source, "SOURCE"),
    (ComponentKind::Archive, "ARCHIVE"),
    (ComponentKind::File, "FILE"),
    (ComponentKind::Install, "INSTALL"),
    (ComponentKind::Other, "OTHER"),
];

/// Types of external references that SPDX 2.3 names itself, with their category (annex F).
const TYPES: [(&str, &str); 7] = [
    ("advisory", "SECURITY"),
    ("fix", "SECURITY"),
    ("url", "SECURITY"),
    ("maven-central", "PACKAGE-MANAGER"),
    ("npm", "PACKAGE-MANAGER"),
    ("nuget", "PACKAGE-MANAGER"),
    ("bower", "PACKAGE-MANAGER"),
];

impl<'a> Writer<'a, '_> {
    pub(super) fn packages(&mut self) {
        let sbom = self.sbom;
        if sbom.root.is_none() && sbom.components.is_empty() {
            return;
        }
        self.json.list(Some("packages"));
        if let Some(root) = &sbom.root {
            self.package(root, Target::Root);
        }
        for (index, component) in sbom.components.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            self.package(component, Target::Component(index));
        }
        self.json.end();
    }

    fn package(&mut self, component: &'a Component, target: Target) {
        let at = &component.at;
        self.json.table(None);
        self.json.member("name", &component.name);
        let id = self.names.get(target).unwrap_or_default();
        self.json.member("SPDXID", id);
        self.json
            .option("versionInfo", component.version.as_deref());
        let file_name = component.file_name.as_deref();
        self.json.option("packageFileName", file_name);
        self.parties(component, target);
        let mut links = Links::of(component);
        self.json.member("downloadLocation", links.download);
        let reference = component.reference;
        let has_files = reference.is_some_and(|one| self.with_files.contains(&one));
        if !has_files {
            self.json.raw(Some("filesAnalyzed"), "false");
        }
        self.checksums(&component.hashes, at);
        self.json.option("homepage", links.homepage);
        let [declared, concluded] = views(component);
        for (key, list) in [
            ("licenseConcluded", concluded),
            ("licenseDeclared", declared),
        ] {
            let expression = self.licenses.expression(&list, at, self.losses);
            self.json.option(key, expression.as_deref());
        }
        self.json
            .option("copyrightText", component.copyright.as_deref());
        self.json
            .option("description", component.description.as_deref());
        self.external_references(component, &mut links);
        self.purpose(component);
        if let Some(date) = component.valid_until.as_deref() {
            match crate::time::utc_second(date) {
                Some(date) => self.json.member("validUntilDate", &date),
                None => self.lose("a date of the end of support that is no instant", at, ""),
            }
        }
        self.annotations(&component.properties, at, "a component");
        self.json.end();
        self.unplaced(component);
    }

    /// Writes the supplier, and who made it as the originator.
    fn parties(&mut self, component: &'a Component, target: Target) {
        let at = &component.at;
        let party = super::super::supplier_of(self.sbom, component, target == Target::Root);
        if let Some(party) = party {
            self.json.option("supplier", supplier(party).as_deref());
            self.party_losses(party, "a supplier", at);
        }
        let stated = [&component.originator, &component.manufacturer];
        let stated = stated.into_iter().filter_map(|one| one.as_deref());
        let mut makers = stated
            .chain(&component.authors)
            .filter(|one| supplier(one).is_some());
        let Some(first) = makers.next() else {
            // Who published it is nearest to where it came from.
            let name = component
                .publisher
                .as_deref()
                .filter(|name| is_stated(name));
            let party = name.map(|name| Party {
                kind: PartyKind::Organization,
                name: name.into(),
                ..Party::default()
            });
            let originator = party.as_ref().and_then(supplier);
            self.json.option("originator", originator.as_deref());
            return;
        };
        if first.kind == PartyKind::Unstated && first.is_known() {
            let person = Party {
                kind: PartyKind::Person,
                ..first.clone()
            };
            let is_author = component.authors.first() == Some(first);
            let party = if is_author { &person } else { first };
            self.json.option("originator", supplier(party).as_deref());
        } else {
            self.json.option("originator", supplier(first).as_deref());
        }
        self.party_losses(first, "an originator", at);
        for _ in makers {
            self.losses.member(
                "a further manufacturer or author of a component",
                "SPDX 2.3 has room for one originator",
                at,
                "",
            );
        }
    }

    fn checksums(&mut self, hashes: &'a [Hash], at: &Site) {
        let known = |hash: &'a Hash| Some((checksum_word(&hash.algorithm)?, hash));
        let pairs = hashes.iter().filter_map(known);
        self.json.each("checksums", pairs, |json, (word, hash)| {
            json.table(None);
            json.member("algorithm", word);
            json.member("checksumValue", &hash.value);
            json.end();
        });
        for hash in hashes.iter().filter(|hash| known(hash).is_none()) {
            let what = format!("{} hash", hash.algorithm);
            let reason = "SPDX 2.3 does not know the algorithm";
            let path = self.path("/hashes");
            self.losses.member(&what, reason, at, path);
        }
    }

    fn external_references(&mut self, component: &'a Component, links: &mut Links<'a>) {
        let mut written: Vec<(&str, String, String)> = Vec::new();
        let purl = component.purl.as_deref();
        written.extend(purl.map(|purl| ("PACKAGE-MANAGER", "purl".into(), purl.to_owned())));
        for one in &component.identifiers {
            let value = one.value.as_str();
            let (category, kind) = match one.kind {
                IdentifierKind::Purl => ("PACKAGE-MANAGER", "purl"),
                IdentifierKind::Cpe if value.starts_with("cpe:2.3:") => ("SECURITY", "cpe23Type"),
                IdentifierKind::Cpe => ("SECURITY", "cpe22Type"),
                IdentifierKind::Swid => ("SECURITY", "swid"),
                IdentifierKind::Swhid => ("PERSISTENT-ID", "swh"),
                IdentifierKind::Gitoid => ("PERSISTENT-ID", "gitoid"),
                IdentifierKind::Other => ("OTHER", "identifier"),
            };
            written.push((category, kind.into(), value.to_owned()));
        }
        for link in &links.further {
            let word = match link.kind.as_str() {
                "advisories" => "advisory",
                other => other,
            };
            let known = TYPES.iter().find(|(kind, _)| *kind == word);
            let category = known.map_or("OTHER", |(_, category)| category);
            let mut kind = super::names::plain(word);
            if kind.is_empty() {
                kind.push_str("other");
            }
            written.push((category, kind, link.url.replace(char::is_whitespace, "%20")));
        }
        self.json
            .each("externalRefs", &written, |json, (category, kind, value)| {
                json.table(None);
                json.member("referenceCategory", category);
                json.member("referenceType", kind);
                json.member("referenceLocator", value);
                json.end();
            });
        for link in &component.external_references {
            if !link.hashes.is_empty() {
                let at = &component.at;
                self.lose("hashes of an external reference", at, "/externalReferences");
            }
        }
    }

    fn purpose(&mut self, component: &Component) {
        if component.kind == ComponentKind::Unstated {
            return;
        }
        let known = PURPOSES.iter().find(|(kind, _)| *kind == component.kind);
        if known.is_none() {
            let what = format!("the type {}", component.kind.word());
            let reason = "SPDX 2.3 does not know it; `OTHER` is written";
            let path = self.path("/type");
            self.losses.member(&what, reason, &component.at, path);
        }
        let word = known.map_or("OTHER", |(_, word)| word);
        self.json.member("primaryPackagePurpose", word);
    }

    /// What of a component has no place in a package.
    fn unplaced(&mut self, component: &Component) {
        let at = &component.at;
        if let Some(group) = component.group.as_deref().filter(|group| is_stated(group)) {
            let in_purl = component
                .purls()
                .any(|purl| purl.contains(group.trim_start_matches('@')));
            if !in_purl {
                self.lose("the group of a component", at, "/group");
            }
        }
        if component.publisher.is_some() {
            let what = "the publisher of a component";
            let reason = "SPDX 2.3 has no place for it; without an originator it is written as one";
            let path = self.path("/publisher");
            self.losses.member(what, reason, at, path);
        }
        if component.reference.is_none() {
            let what = "a component without a reference";
            let reason = "SPDX 2.3 demands an identifier; one is made from its position";
            self.losses.member(what, reason, at, "");
        }
        let unstated =
            |one: &License| one.acknowledgement == Acknowledgement::Unstated && !is_no_claim(one);
        if component.licenses.iter().any(unstated) {
            let what = "whose view a license is";
            let reason = "the source does not say; it is written as concluded";
            let path = self.path("/licenses");
            self.losses.member(what, reason, at, path);
        }
        let scope = component.scope.as_deref();
        if scope.is_some_and(|scope| scope != "required") {
            self.lose("the scope of a component", at, "/scope");
        }
        if component.licenses.iter().any(|one| one.url.is_some()) {
            self.lose("the address of a license text", at, "/licenses");
        }
    }

    fn lose(&mut self, what: &str, at: &Site, path: &str) {
        let reason = "SPDX 2.3 has no place for it";
        let path = self.path(path);
        self.losses.member(what, reason, at, path);
    }

    pub(super) fn files(&mut self) {
        let sbom = self.sbom;
        if sbom.files.is_empty() {
            return;
        }
        self.json.list(Some("files"));
        for (index, file) in sbom.files.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            self.json.table(None);
            self.json.member("fileName", &file.name);
            let id = self.names.get(Target::File(index)).unwrap_or_default();
            self.json.member("SPDXID", id);
            let any = file
                .hashes
                .iter()
                .any(|one| checksum_word(&one.algorithm).is_some());
            self.checksums(&file.hashes, &file.at);
            if !any {
                self.no_checksum(file);
            }
            let [declared, concluded] = views(file);
            let all: Vec<_> = concluded.into_iter().chain(declared).collect();
            let expression = self.licenses.expression(&all, &file.at, self.losses);
            self.json.option("licenseConcluded", expression.as_deref());
            self.json.option("copyrightText", file.copyright.as_deref());
            self.json.option("comment", file.description.as_deref());
            self.annotations(&file.properties, &file.at, "a file");
            self.json.end();
        }
        self.json.end();
    }

    /// A file must have a checksum; an empty SHA1 claims none.
    fn no_checksum(&mut self, file: &Component) {
        self.json.list(Some("checksums"));
        self.json.table(None);
        self.json.member("algorithm", "SHA1");
        self.json.member("checksumValue", "");
        self.json.end();
        self.json.end();
        self.losses.member(
            "no checksum of a file in the source",
            "SPDX 2.3 demands a SHA1 (8.4); an empty one stands for unknown",
            &file.at,
            "",
        );
    }
}

/// The links of a component by what SPDX 2.3 does with them.
struct Links<'a> {
    download: &'a str,
    homepage: Option<&'a str>,
    further: Vec<&'a ExternalReference>,
}

impl<'a> Links<'a> {
    fn of(component: &'a Component) -> Self {
        let download = component.download_location.as_deref();
        let download = download.filter(|url| !url.trim().is_empty() && !url.contains(' '));
        let mut links = Self {
            download: download.unwrap_or("NOASSERTION"),
            homepage: None,
            further: Vec::new(),
        };
        let mut is_download_seen = false;
        for link in &component.external_references {
            let is_home = matches!(link.kind.as_str(), "website" | "homepage");
            let is_address = link.url.contains("://") && !link.url.contains(' ');
            if is_home && is_address && links.homepage.is_none() {
                links.homepage = Some(&link.url);
            } else if link.kind == "distribution"
                && Some(link.url.as_str()) == download
                && !is_download_seen
            {
                is_download_seen = true;
            } else {
                links.further.push(link);
            }
        }
        links
    }
}
