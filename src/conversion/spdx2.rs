//! The model written as SPDX 2.3 JSON.
//!
//! One component is one package, a single file included; the file information of SPDX stays with files.
//! What SPDX 2.3 demands and the source does not say is written as `NOASSERTION`, or, where that is not
//! allowed, as what stands for "unknown", and told as a loss. Source: SPDX Specification 2.3, clauses 6
//! to 11 and annexes D and F.

mod license;
mod names;
mod package;
mod relationship;

use std::collections::{HashMap, HashSet};

use compact_str::CompactString;

use super::json::Json;
use super::loss::Losses;
use crate::digest::Digest;
use crate::evidence::sbom::model::{
    Acknowledgement, Component, Format, License, LicenseForm, Party, PartyKind, Ref, Sbom, Site,
    Target, is_stated,
};
use crate::time::utc_second;
use license::Licenses;
use names::Names;

/// The texts of licenses by their name or identifier.
pub(super) type Texts = HashMap<String, String, foldhash::fast::FixedState>;

/// What stands for an instant that nobody stated: the beginning of the count of seconds (POSIX.1-2017,
/// 4.16), which is also what reproducible builds write for it.
pub(super) const UNKNOWN_INSTANT: &str = "1970-01-01T00:00:00Z";

/// Writes the model.
pub(super) fn write(sbom: &Sbom, digest: &Digest, texts: &Texts, losses: &mut Losses) -> String {
    let mut writer = Writer {
        names: Names::of(sbom),
        licenses: Licenses::new(texts),
        json: Json::default(),
        created: UNKNOWN_INSTANT.to_owned(),
        with_files: with_files(sbom),
        has_pointers: sbom.format == Format::CycloneDx
            && sbom.all_components().all(|one| one.at.line == 0),
        sbom,
        losses,
    };
    writer.document(digest);
    writer.json.finish()
}

struct Writer<'a, 'l> {
    sbom: &'a Sbom,
    names: Names,
    licenses: Licenses<'a>,
    json: Json,
    /// When the document was made.
    created: String,
    /// Whether places in the source are JSON pointers in the words of CycloneDX.
    has_pointers: bool,
    /// What contains a file.
    with_files: HashSet<Ref, foldhash::fast::FixedState>,
    losses: &'l mut Losses,
}

impl<'a> Writer<'a, '_> {
    fn document(&mut self, digest: &Digest) {
        let metadata = &self.sbom.metadata;
        self.json.table(None);
        self.json.member("spdxVersion", "SPDX-2.3");
        self.json.member("dataLicense", "CC0-1.0");
        self.json.member("SPDXID", "SPDXRef-DOCUMENT");
        let name = self.document_name();
        self.json.member("name", &name);
        let namespace = namespace(self.sbom, digest);
        self.json.member("documentNamespace", &namespace);
        self.json.option("comment", metadata.comment.as_deref());
        self.creation();
        self.document_losses();
        self.annotations(&metadata.properties, &Site::pointer(""), "the document");
        self.packages();
        self.files();
        self.relationships();
        self.licenses.extracted(&mut self.json, self.losses);
        self.json.end();
    }

    fn document_name(&self) -> String {
        let sbom = self.sbom;
        let stated = sbom.metadata.name.as_deref().filter(|name| is_stated(name));
        if let Some(name) = stated {
            return name.to_owned();
        }
        match &sbom.root {
            Some(root) if is_stated(&root.name) => match root.version.as_deref() {
                Some(version) if is_stated(version) => format!("{}-{version}", root.name),
                _ => root.name.to_string(),
            },
            _ => "NOASSERTION".to_owned(),
        }
    }

    fn creation(&mut self) {
        let metadata = &self.sbom.metadata;
        let stated = metadata.timestamp.as_deref();
        let at = metadata.timestamp_at.clone().unwrap_or_default();
        if let Some(created) = stated.and_then(utc_second) {
            self.created = created;
        } else {
            let reason = "SPDX 2.3 demands `created`; the beginning of 1970 stands for unknown";
            let what = match stated {
                Some(_) => "a timestamp that is no instant",
                None => "no timestamp in the source",
            };
            self.losses.member(what, reason, &at, "");
        }
        self.json.table(Some("creationInfo"));
        let created = self.created.clone();
        self.json.member("created", &created);
        if let Some(comment) = self.phases() {
            self.json.member("comment", &comment);
        }
        self.json.list(Some("creators"));
        let mut count = 0;
        let mut said: HashSet<String, foldhash::fast::FixedState> = HashSet::default();
        let parties = metadata.authors.iter().chain(&metadata.manufacturer);
        for party in parties.chain(&metadata.tools) {
            let Some(creator) = creator(party) else {
                continue;
            };
            let at = self.site("/metadata");
            self.party_losses(party, "a creator", &at);
            if !said.contains(&creator) {
                self.json.text(None, &creator);
                said.insert(creator);
            }
            count += 1;
        }
        if count == 0 {
            self.json.text(None, "Tool: NOASSERTION");
            self.losses.add(
                "no creator in the source",
                "SPDX 2.3 demands one; `Tool: NOASSERTION` stands for unknown",
                crate::diagnostic::Place::whole,
            );
        }
        self.json.end();
        self.json.end();
    }

    /// The phases of the life cycle as the types of SBOM that SPDX names in the comment.
    ///
    /// Source: SPDX 2.3.1, annex L.2.2; CISA, "Types of Software Bill of Material (SBOM) Documents",
    /// 2023; the phases of CycloneDX are those of its "Lifecycles" since 1.5.
    fn phases(&mut self) -> Option<String> {
        let mut types = Vec::new();
        for phase in &self.sbom.metadata.lifecycles {
            let word = match phase.as_str() {
                "design" => "Design",
                "pre-build" | "source" => "Source",
                "build" => "Build",
                "post-build" | "analyzed" => "Analyzed",
                "operations" | "deployed" => "Deployed",
                "discovery" | "runtime" => "Runtime",
                _ => {
                    let reason = "SPDX 2.3 knows no such type of SBOM";
                    let what = format!("the phase {phase}");
                    let at = self.site("/metadata/lifecycles");
                    self.losses.member(&what, reason, &at, "");
                    continue;
                }
            };
            types.push(format!("SBOM Type: {word}"));
        }
        (!types.is_empty()).then(|| types.join("\n"))
    }

    fn document_losses(&mut self) {
        let sbom = self.sbom;
        let metadata = &sbom.metadata;
        let has_pointers = self.has_pointers;
        let at = |path: &str| Site::pointer(if has_pointers { path } else { "" });
        for link in &metadata.external_references {
            let what = format!("the document's link {}", link.kind);
            let reason = "SPDX 2.3 has links of packages only";
            self.losses
                .member(&what, reason, &at("/externalReferences"), "");
        }
        for license in &metadata.licenses {
            if license.text != "CC0-1.0" {
                let what = "the license of the document's data";
                let reason = "SPDX 2.3 demands CC0-1.0 (6.2)";
                self.losses
                    .member(what, reason, &at("/metadata/licenses"), "");
            }
        }
        if let Some(supplier) = &metadata.supplier {
            let of_root = sbom.root.as_ref().map(|root| root.supplier.as_deref());
            let is_kept = matches!(of_root, Some(None))
                || of_root.flatten().is_some_and(|known| known == supplier);
            if !is_kept {
                let what = "the supplier in the metadata";
                let reason = "SPDX 2.3 names a supplier at packages only, and what is described has one or is not there";
                self.losses
                    .member(what, reason, &at("/metadata/supplier"), "");
            }
        }
        for service in &sbom.services {
            let reason = "SPDX 2.3 knows no services";
            self.losses.member("a service", reason, &service.at, "");
        }
        for vulnerability in &sbom.vulnerabilities {
            let reason = "SPDX 2.3 makes no statements on vulnerabilities";
            self.losses
                .member("a vulnerability", reason, &vulnerability.at, "");
        }
    }

    /// A place in the document itself.
    fn site(&self, pointer: &str) -> Site {
        Site::pointer(self.path(pointer))
    }

    /// The path of a member in the words of CycloneDX, where such a path leads anywhere.
    fn path<'p>(&self, path: &'p str) -> &'p str {
        if self.has_pointers { path } else { "" }
    }

    /// What of a party a creator, supplier or originator cannot say.
    fn party_losses(&mut self, party: &Party, role: &str, at: &Site) {
        let address = address(party);
        let more = party.emails.iter().chain(&party.urls);
        if more.into_iter().any(|one| Some(one.as_str()) != address) {
            let what = format!("a further address of {role}");
            self.losses
                .member(&what, "SPDX 2.3 has room for one", at, "");
        }
        if !party.contacts.is_empty() {
            let what = format!("a contact person of {role}");
            self.losses
                .member(&what, "SPDX 2.3 has no place for it", at, "");
        }
    }

    fn annotations(
        &mut self,
        properties: &'a [crate::evidence::sbom::model::Property],
        at: &Site,
        owner: &str,
    ) {
        let created = &self.created;
        self.json.each("annotations", properties, |json, property| {
            json.table(None);
            json.member("annotationDate", created);
            json.member("annotationType", "OTHER");
            json.member("annotator", "Tool: mekiki");
            json.member("comment", &format!("{}: {}", property.name, property.value));
            json.end();
        });
        for _ in properties {
            let what = format!("a property of {owner}");
            let reason = "SPDX 2.3 has none; it is written as an annotation";
            let path = if self.has_pointers { "/properties" } else { "" };
            self.losses.member(&what, reason, at, path);
        }
    }
}

fn with_files(sbom: &Sbom) -> HashSet<Ref, foldhash::fast::FixedState> {
    let is_file = |reference| matches!(sbom.references.target(reference), Target::File(_));
    let all = sbom.relationships.iter();
    all.filter_map(|one| match one.kind.as_str() {
        "CONTAINS" if is_file(one.to) => Some(one.from),
        "CONTAINED_BY" if is_file(one.from) => Some(one.to),
        _ => None,
    })
    .collect()
}

/// A creator: `Person: name (email)`, `Organization: name (email)` or `Tool: name-version`.
///
/// Source: SPDX 2.3, 6.8.
fn creator(party: &Party) -> Option<String> {
    if party.kind == PartyKind::Tool {
        return Some(match &party.version {
            Some(version) if !version.is_empty() => format!("Tool: {}-{version}", party.name),
            _ => format!("Tool: {}", party.name),
        });
    }
    let kind = match party.kind {
        PartyKind::Person => "Person",
        _ => "Organization",
    };
    party.is_known().then(|| named(kind, party))
}

/// A supplier or originator; `NOASSERTION` stays what it is.
///
/// Source: SPDX 2.3, 7.5 and 7.6.
fn supplier(party: &Party) -> Option<String> {
    if party.name == "NOASSERTION" {
        return Some("NOASSERTION".to_owned());
    }
    let kind = match party.kind {
        PartyKind::Person => "Person",
        _ => "Organization",
    };
    party.is_known().then(|| named(kind, party))
}

fn named(kind: &str, party: &Party) -> String {
    let name = one_line(&party.name);
    match address(party) {
        Some(address) => format!("{kind}: {name} ({address})"),
        None => format!("{kind}: {name}"),
    }
}

/// The address that stands in parentheses.
fn address(party: &Party) -> Option<&str> {
    let mut all = party.emails.iter().chain(&party.urls);
    all.find(|one| is_stated(one)).map(CompactString::as_str)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The namespace of the document: the link to the source as CycloneDX writes it, where the source has a
/// serial number; the source's own with the digest of its bytes, where it is SPDX; else a name by the
/// digest alone.
///
/// Source: SPDX 2.3, 6.5: a URI without `#`, unique to the document; CycloneDX, "BOM-Link" (RFC 8141
/// name space `cdx`).
fn namespace(sbom: &Sbom, digest: &Digest) -> String {
    let identifier = sbom.metadata.identifier.as_deref().unwrap_or_default();
    if let Some(serial) = identifier.strip_prefix("urn:uuid:") {
        let version = sbom.metadata.version.as_deref().unwrap_or("1");
        return format!("urn:cdx:{serial}/{version}");
    }
    let is_address = identifier.contains(':') && !identifier.contains(['#', ' ']);
    match sbom.format {
        Format::Spdx if is_address => {
            format!(
                "{}/spdx-2.3-{}",
                identifier.trim_end_matches('/'),
                digest.short()
            )
        }
        _ => super::uuid_urn(digest),
    }
}

/// The licenses of a component by whose view they are. Where the document does not say, they are what its
/// author found: so the converters of CycloneDX itself take them.
fn views(component: &Component) -> [Vec<&License>; 2] {
    let mut views: [Vec<&License>; 2] = [Vec::new(), Vec::new()];
    let [declared, concluded] = &mut views;
    for license in &component.licenses {
        match license.acknowledgement {
            Acknowledgement::Declared => declared.push(license),
            Acknowledgement::Concluded | Acknowledgement::Unstated => concluded.push(license),
        }
    }
    views
}

/// Whether a license is one of the two words of SPDX for no license.
fn is_no_claim(license: &License) -> bool {
    license.form == LicenseForm::Expression
        && matches!(license.text.as_str(), "NONE" | "NOASSERTION")
}
