//! Components.

use std::sync::Arc;

use super::super::form::{iri, is_cpe_of_xml};
use super::Writer;
use crate::evidence::sbom::model::{
    Component, ComponentKind, ExternalReference, Hash, IdentifierKind, Party, PartyKind, Property,
    Site, is_stated,
};

/// The hash algorithms of CycloneDX 1.6 (`hash-alg`); 1.7 adds two.
const HASHES: [&str; 12] = [
    "MD5",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "BLAKE2b-256",
    "BLAKE2b-384",
    "BLAKE2b-512",
    "BLAKE3",
];

/// Types of links in other words than those of CycloneDX.
///
/// Source: SPDX 2.3, 7.11 and annex F; SPDX 3.0.1, Core: `ExternalRefType`.
const LINKS: [(&str, &str); 24] = [
    ("homepage", "website"),
    ("altWebPage", "website"),
    ("advisory", "advisories"),
    ("securityAdvisory", "advisories"),
    ("altDownloadLocation", "distribution"),
    ("binaryArtifact", "distribution"),
    ("sourceArtifact", "source-distribution"),
    ("issueTracker", "issue-tracker"),
    ("mailingList", "mailing-list"),
    ("releaseNotes", "release-notes"),
    ("buildMeta", "build-meta"),
    ("buildSystem", "build-system"),
    ("chat", "chat"),
    ("social", "social"),
    ("socialMedia", "social"),
    ("license", "license"),
    ("eolNotice", "support"),
    ("cwe", "other"),
    ("secureSoftwareAttestation", "attestation"),
    ("vulnerabilityDisclosureReport", "vulnerability-assertion"),
    (
        "vulnerabilityExploitabilityAssessment",
        "exploitability-statement",
    ),
    ("securityPenTestReport", "pentest-report"),
    ("securityThreatModel", "threat-model"),
    ("vcs", "vcs"),
];

/// The types of links of CycloneDX 1.6 (`externalReference`).
const LINK_TYPES: [&str; 43] = [
    "vcs",
    "issue-tracker",
    "website",
    "advisories",
    "bom",
    "mailing-list",
    "social",
    "chat",
    "documentation",
    "support",
    "source-distribution",
    "distribution",
    "distribution-intake",
    "license",
    "build-meta",
    "build-system",
    "release-notes",
    "security-contact",
    "model-card",
    "log",
    "configuration",
    "evidence",
    "formulation",
    "attestation",
    "threat-model",
    "adversary-model",
    "risk-assessment",
    "vulnerability-assertion",
    "exploitability-statement",
    "pentest-report",
    "static-analysis-report",
    "dynamic-analysis-report",
    "runtime-analysis-report",
    "component-analysis-report",
    "maturity-report",
    "certification-report",
    "codified-infrastructure",
    "quality-metrics",
    "poam",
    "electronic-signature",
    "digital-signature",
    "rfc-9116",
    "other",
];

/// The property of BSI that states a file name (BSI TR-03183-2, 8.1; CycloneDX property taxonomy `bsi`).
const FILE_NAME: &str = "bsi:component:filename";

impl Writer<'_, '_> {
    /// Writes a subject with what stands inside of it.
    pub(super) fn component(&mut self, key: Option<&str>, number: usize) {
        let Some(component) = self.subjects.component(number) else {
            return;
        };
        let at = &component.at;
        self.json.table(key);
        self.kind(component, number);
        self.json.option("bom-ref", self.subjects.name(number));
        self.parties(component);
        self.json.option("group", component.group.as_deref());
        self.json.member("name", &component.name);
        self.stated("version", component.version.as_deref(), at);
        self.stated("description", component.description.as_deref(), at);
        let scope = component.scope.as_deref();
        self.json.option("scope", scope);
        self.hashes(&component.hashes, at);
        self.licenses("licenses", component);
        self.stated("copyright", component.copyright.as_deref(), at);
        self.identifiers(component);
        self.links(component);
        self.component_properties(component);
        if component.valid_until.is_some() {
            let reason = "CycloneDX has no place for it";
            self.losses.member("the end of support", reason, at, "");
        }
        let children = self.tree.children.get_mut(number).map(std::mem::take);
        let children = children.unwrap_or_default();
        if !children.is_empty() {
            self.json.list(Some("components"));
            for child in children {
                self.component(None, child);
            }
            self.json.end();
        }
        self.json.end();
    }

    /// Writes a text that says something; SPDX has words for saying nothing.
    fn stated(&mut self, key: &str, text: Option<&str>, at: &Site) {
        let Some(text) = text else { return };
        if matches!(text.trim(), "NONE" | "NOASSERTION") {
            let what = format!("the {key} {}", text.trim());
            let reason = "CycloneDX leaves out what is not claimed";
            self.losses.member(&what, reason, at, "");
        } else {
            self.json.member(key, text);
        }
    }

    fn kind(&mut self, component: &Component, number: usize) {
        if self.subjects.is_file(number) {
            self.json.member("type", "file");
            return;
        }
        let word = match component.kind {
            ComponentKind::Source
            | ComponentKind::Archive
            | ComponentKind::Install
            | ComponentKind::Other => {
                let what = format!("the purpose {}", component.kind.word());
                let reason = "CycloneDX does not know it; `library` is written";
                self.losses.member(&what, reason, &component.at, "");
                "library"
            }
            ComponentKind::Unstated => {
                let reason = "CycloneDX demands a type; `library` is written";
                self.losses
                    .member("no purpose in the source", reason, &component.at, "");
                "library"
            }
            known => known.word(),
        };
        self.json.member("type", word);
    }

    fn parties(&mut self, component: &Component) {
        let at = &component.at;
        let known =
            |party: &Option<Arc<Party>>| party.as_deref().filter(|one| one.is_known()).cloned();
        for (role, party) in [
            ("supplier", &component.supplier),
            ("originator", &component.originator),
        ] {
            if party.as_deref().is_some_and(|one| !one.is_known()) {
                let what = format!("a {role} NOASSERTION");
                let reason = "CycloneDX leaves out what is not claimed";
                self.losses.member(&what, reason, at, "");
            }
        }
        if let Some(supplier) = known(&component.supplier) {
            self.organization("supplier", &supplier, at, "a supplier");
        }
        let originator = known(&component.originator);
        let is_person = |party: &Party| party.kind == PartyKind::Person;
        let maker = known(&component.manufacturer).or_else(|| {
            originator
                .clone()
                .filter(|originator| !is_person(originator))
        });
        if let Some(maker) = &maker {
            self.organization("manufacturer", maker, at, "a manufacturer");
        }
        let author = originator.filter(|one| is_person(one));
        let authors = component.authors.iter().chain(&author);
        self.persons("authors", authors.filter(|one| one.is_known()));
        self.json
            .option("publisher", component.publisher.as_deref());
    }

    pub(super) fn hashes(&mut self, hashes: &[Hash], at: &Site) {
        let is_known = |hash: &&Hash| {
            let is_digest = matches!(hash.value.len(), 32 | 40 | 64 | 96 | 128)
                && hash.value.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_digest && HASHES.contains(&hash.algorithm.as_str())
        };
        let known = hashes.iter().filter(is_known);
        self.json.each("hashes", known, |json, hash| {
            json.table(None);
            json.member("alg", &hash.algorithm);
            json.member("content", &hash.value);
            json.end();
        });
        for hash in hashes.iter().filter(|hash| !is_known(hash)) {
            let is_name = HASHES.contains(&hash.algorithm.as_str());
            let what = format!("{} hash", hash.algorithm);
            let reason = if is_name {
                "CycloneDX demands the hexadecimal digits of a digest"
            } else {
                "CycloneDX does not know the algorithm"
            };
            self.losses.member(&what, reason, at, "");
        }
    }

    fn identifiers(&mut self, component: &Component) {
        let at = &component.at;
        let of = |kind: IdentifierKind| {
            let all = component.identifiers.iter();
            all.filter(move |one| one.kind == kind)
                .map(|one| one.value.as_str())
        };
        let cpe = of(IdentifierKind::Cpe).next();
        let is_kept = |cpe: &&str| !self.is_xml || is_cpe_of_xml(cpe);
        self.json.option("cpe", cpe.filter(is_kept));
        if cpe.is_some_and(|cpe| !is_kept(&cpe)) {
            let reason = "XML of CycloneDX demands the form of a CPE name";
            self.losses.member("a CPE that is none", reason, at, "");
        }
        self.json.option("purl", component.purl.as_deref());
        self.json
            .each("omniborId", of(IdentifierKind::Gitoid), |json, id| {
                json.text(None, id);
            });
        self.json
            .each("swhid", of(IdentifierKind::Swhid), |json, id| {
                json.text(None, id);
            });
        if let Some(tag) = of(IdentifierKind::Swid).next() {
            self.json.table(Some("swid"));
            let tag = tag.strip_prefix("swid:").unwrap_or(tag);
            self.json.member("tagId", tag);
            self.json.member("name", &component.name);
            self.json.end();
        }
        for (kind, kept, name) in [
            (IdentifierKind::Purl, 0, "package URL"),
            (IdentifierKind::Cpe, 1, "CPE"),
            (IdentifierKind::Swid, 1, "SWID tag"),
            (IdentifierKind::Other, 0, "identifier"),
        ] {
            for _ in of(kind).skip(kept) {
                let what = format!("a further {name} of a component");
                let reason = "CycloneDX has no place for it";
                self.losses.member(&what, reason, at, "");
            }
        }
    }

    fn links(&mut self, component: &Component) {
        let at = &component.at;
        let download = component.download_location.as_deref();
        if let Some(word @ ("NONE" | "NOASSERTION")) = download {
            let what = format!("the download location {word}");
            let reason = "CycloneDX leaves out what is not claimed";
            self.losses.member(&what, reason, at, "");
        }
        let download = download.filter(|url| is_stated(url));
        let is_listed = component.external_references.iter().any(|one| {
            link_type(&one.kind) == Some("distribution") && Some(one.url.as_str()) == download
        });
        let download = download
            .filter(|_| !is_listed)
            .map(|url| ExternalReference {
                kind: "distribution".into(),
                url: url.into(),
                hashes: Vec::new(),
            });
        let all: Vec<_> = component
            .external_references
            .iter()
            .chain(&download)
            .collect();
        self.references(&all, at);
    }

    /// Writes links; a type that CycloneDX does not know goes into the comment.
    pub(super) fn references(&mut self, links: &[&ExternalReference], at: &Site) {
        if links.is_empty() {
            return;
        }
        self.json.list(Some("externalReferences"));
        for link in links {
            self.json.table(None);
            let known = link_type(&link.kind);
            self.json.member("type", known.unwrap_or("other"));
            let url = iri(&link.url);
            if url != link.url {
                let reason = "CycloneDX demands an IRI; it is written as one";
                self.losses
                    .member("an address that is no IRI", reason, at, "");
            }
            self.json.member("url", &url);
            if known.is_none() && !link.kind.is_empty() {
                self.json.member("comment", &link.kind);
            }
            self.hashes(&link.hashes, at);
            self.json.end();
        }
        self.json.end();
    }

    fn component_properties(&mut self, component: &Component) {
        let has = component.properties.iter().any(|one| one.name == FILE_NAME);
        let name = component.file_name.as_deref().filter(|_| !has);
        let name = name.map(|name| Property {
            name: FILE_NAME.into(),
            value: name.into(),
        });
        let all: Vec<_> = component.properties.iter().chain(&name).collect();
        self.properties(&all);
    }

    pub(super) fn properties(&mut self, properties: &[&Property]) {
        self.json.each("properties", properties, |json, property| {
            json.table(None);
            json.member("name", &property.name);
            json.member("value", &property.value);
            json.end();
        });
    }
}

/// The type of a link in the words of CycloneDX 1.6.
fn link_type(kind: &str) -> Option<&'static str> {
    let renamed = LINKS.iter().find(|(word, _)| *word == kind);
    renamed.map(|(_, known)| *known).or_else(|| {
        let known = LINK_TYPES.iter().find(|known| **known == kind);
        known.copied()
    })
}
