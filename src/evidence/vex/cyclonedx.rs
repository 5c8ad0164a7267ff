//! The `vulnerabilities` of a CycloneDX document, alone or inside of an SBOM, in any encoding.
//!
//! The reader of SBOMs puts the document onto a tape in the shape of its JSON and judges it; this file
//! reads the statements off the tape. Source: ECMA-424 (CycloneDX 1.6), `vulnerabilities`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Identifier, Product, Statement, Status, VexDocument};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom;
use crate::evidence::sbom::model::{Component, Sbom, is_stated};
use crate::tape::{Addressing, Item, Tape};

/// Reads a document.
///
/// # Errors
///
/// As [`sbom::read`]; `vex-unrecognized` for an SBOM of another family.
pub fn read(bytes: &[u8]) -> Result<(VexDocument, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut found = None;
    let (detection, reading) = sbom::with_tape(bytes, &mut |tape, detection, sbom| {
        if detection.format == "cyclonedx" {
            found = Some(document(tape, sbom));
        }
    })?;
    let Some((document, more)) = found else {
        return Err(vec![
            Diagnostic::error(
                "vex-unrecognized",
                Place::whole(),
                format!("{} is no VEX document that is read", detection.format),
            )
            .help("hand in OpenVEX, CSAF or CycloneDX with vulnerabilities"),
        ]);
    };
    let mut findings = reading.findings;
    findings.extend(more);
    Ok((document, findings))
}

/// Reads the statements off a tape whose SBOM is built already.
pub fn document(tape: &Tape<'_>, sbom: &Sbom) -> (VexDocument, Vec<Diagnostic>) {
    let metadata = &sbom.metadata;
    let serial = metadata.identifier.as_deref();
    let version = metadata.version.as_deref().map_or(Ok(1), str::parse).ok();
    let issued = metadata
        .timestamp
        .as_deref()
        .and_then(|text| text.trim().parse().ok());
    let parties = metadata.supplier.iter().chain(&metadata.manufacturer);
    let author = parties
        .chain(&metadata.authors)
        .find(|party| is_stated(&party.name));
    let mut reader = Reader {
        sbom,
        own: serial
            .and_then(serial_of)
            .zip(version)
            .map(|(serial, version)| (serial.to_owned(), version)),
        document: VexDocument {
            format: "cyclonedx",
            spec_version: sbom.spec_version.clone(),
            id: serial.map(str::to_owned),
            author: author.map(|party| party.name.to_string()),
            namespace: author
                .and_then(|party| party.urls.first())
                .map(ToString::to_string),
            issued,
            ..VexDocument::default()
        },
        findings: Findings::new(),
        by_lines: tape.addressing() == Addressing::Line,
    };
    let list = tape.root().get("vulnerabilities");
    for (position, item) in list.into_iter().flat_map(Item::items).enumerate() {
        reader.vulnerability(item, &format!("/vulnerabilities/{position}"));
    }
    if reader.document.statements.is_empty() {
        reader.findings.warning(
            "vex-empty",
            "a statement needs a vulnerability with an analysis and what it affects",
            || {
                let message = "the document states nothing on vulnerabilities";
                (Place::whole(), message.into())
            },
        );
    }
    (reader.document, reader.findings.finish())
}

/// What an analysis says: ECMA-424, `impactAnalysisState`.
fn status_of(state: &str) -> Option<Status> {
    Some(match state {
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "exploitable" => Status::Affected,
        "in_triage" => Status::UnderInvestigation,
        "false_positive" | "not_affected" => Status::NotAffected,
        _ => return None,
    })
}

/// What an analysis and the status of a version (ECMA-424, `affectedStatus`) say together.
///
/// A version that is listed as affected is one that the analysis speaks of; so is an unaffected one of a
/// vulnerability that does no harm. Where no analysis is given, the version's own word stands.
fn status_of_version(analysis: Option<Status>, word: &str) -> Status {
    match (word, analysis) {
        ("unknown", _) => Status::UnderInvestigation,
        ("unaffected", Some(Status::Fixed)) => Status::Fixed,
        ("unaffected", _) => Status::NotAffected,
        (_, Some(status)) => status,
        (_, None) => Status::Affected,
    }
}

/// The serial number without its scheme, in lower case.
fn serial_of(text: &str) -> Option<&str> {
    let serial = text.trim().strip_prefix("urn:uuid:")?;
    (!serial.is_empty()).then_some(serial)
}

struct Reader<'s> {
    sbom: &'s Sbom,
    /// Serial number and version of the document itself.
    own: Option<(String, u64)>,
    document: VexDocument,
    findings: Findings,
    by_lines: bool,
}

impl Reader<'_> {
    fn place(&self, item: Item<'_>, pointer: &str) -> Place {
        if self.by_lines {
            item.place()
        } else {
            Place::pointer(pointer)
        }
    }

    fn vulnerability(&mut self, item: Item<'_>, pointer: &str) {
        let at = self.place(item, pointer);
        let analysis = item.get("analysis");
        let of_analysis = |key| analysis.and_then(|one| one.get_text(key));
        let status = of_analysis("state").and_then(status_of);
        let mut products: BTreeMap<Status, Vec<Product>> = BTreeMap::new();
        let affects = item.get("affects").into_iter().flat_map(Item::items);
        for (position, target) in affects.enumerate() {
            let pointer = format!("{pointer}/affects/{position}");
            self.affected(target, &pointer, status, &mut products);
        }
        let help = "give `analysis.state` and list the components under `affects`";
        match status {
            None if products.is_empty() => self.findings.note("vex-no-analysis", help, || {
                let message = "the vulnerability has no analysis, so nothing is stated";
                (at.clone(), message.into())
            }),
            Some(_) if products.is_empty() => self.findings.note("vex-no-product", help, || {
                let message = "the analysis names nothing that it is of";
                (at.clone(), message.into())
            }),
            _ => {}
        }
        let instant = |key| of_analysis(key).and_then(|text| text.trim().parse::<Timestamp>().ok());
        let first = instant("firstIssued");
        let last = instant("lastUpdated");
        let joined = |parts: Vec<&str>| (!parts.is_empty()).then(|| parts.join("\n"));
        let advice: Vec<_> = ["recommendation", "workaround"]
            .iter()
            .filter_map(|key| item.get_text(key))
            .filter(|text| !text.trim().is_empty())
            .collect();
        let responses = analysis
            .and_then(|one| one.get("response"))
            .into_iter()
            .flat_map(Item::items)
            .filter_map(Item::text);
        let action = joined(if advice.is_empty() {
            responses.collect()
        } else {
            advice
        });
        let vulnerability = ids(item);
        for (status, products) in products {
            self.document.statements.push(Statement {
                vulnerability: vulnerability.clone(),
                products,
                status,
                justification: of_analysis("justification").map(str::to_owned),
                impact: of_analysis("detail").map(str::to_owned),
                action: action.clone(),
                issued: first.or(last).or(self.document.issued),
                updated: last,
                at: at.clone(),
            });
        }
    }

    /// Takes in what one entry of `affects` says, by the status that it means.
    fn affected(
        &mut self,
        target: Item<'_>,
        pointer: &str,
        status: Option<Status>,
        products: &mut BTreeMap<Status, Vec<Product>>,
    ) {
        let Some(name) = target.get_text("ref") else {
            return;
        };
        let at = self.place(target, pointer);
        let mut by_status: BTreeMap<Status, Vec<Identifier>> = BTreeMap::new();
        for version in target.get("versions").into_iter().flat_map(Item::items) {
            let identifier = version
                .get_text("version")
                .map(|text| Identifier::Version(text.to_owned()))
                .or_else(|| {
                    let range = version.get_text("range")?;
                    Some(Identifier::Vers(range.to_owned()))
                });
            let word = version.get_text("status").unwrap_or("affected");
            if let Some(identifier) = identifier {
                let status = status_of_version(status, word);
                by_status.entry(status).or_default().push(identifier);
            }
        }
        let any_version = by_status.is_empty();
        if let Some(status) = status.filter(|_| any_version) {
            by_status.insert(status, Vec::new());
        }
        if by_status.is_empty() {
            return;
        }
        let identifiers = self.identifiers(name, any_version, &at);
        for (status, versions) in by_status {
            let mut identifiers = identifiers.clone();
            identifiers.extend(versions);
            products.entry(status).or_default().push(Product {
                identifiers,
                subcomponents: Vec::new(),
                at: at.clone(),
            });
        }
    }

    /// Everything that identifies what a reference leads to. Where the statement lists versions itself,
    /// that of the component in this document is left out.
    fn identifiers(&mut self, name: &str, with_version: bool, at: &Place) -> Vec<Identifier> {
        if let Some(link) = bom_link(name) {
            if !name.starts_with("urn:cdx:") {
                self.findings
                    .warning("vex-bom-link", "write `urn:cdx:SERIAL/VERSION#REF`", || {
                        let message =
                            format!("`{name}` is read as a BOM-Link, which begins with `urn:cdx:`");
                        (at.clone(), message)
                    });
            }
            return vec![link];
        }
        if name.starts_with("urn:cdx:") {
            self.findings
                .warning("vex-bom-link", "write `urn:cdx:SERIAL/VERSION#REF`", || {
                    (at.clone(), format!("`{name}` is no BOM-Link"))
                });
        }
        let mut identifiers = vec![Identifier::Reference(name.to_owned())];
        if let Some((serial, version)) = &self.own {
            identifiers.push(Identifier::BomLink {
                serial: serial.clone(),
                version: *version,
                reference: name.to_owned(),
            });
        }
        let reference = self.sbom.references.lookup(name);
        if let Some(component) = reference.and_then(|one| self.sbom.component_of(one)) {
            describe(component, with_version, &mut identifiers);
        }
        identifiers
    }
}

/// So many package URLs, CPE names and digests of a component are taken, each; a component that is referred
/// to often is taken over as often.
const MOST_IDENTIFIERS: usize = 64;

/// What identifies a component of this document in any other one.
fn describe(component: &Component, with_version: bool, identifiers: &mut Vec<Identifier>) {
    for purl in component.purls().take(MOST_IDENTIFIERS) {
        identifiers.push(Identifier::Purl(if with_version {
            purl.to_owned()
        } else {
            without_version(purl)
        }));
    }
    if with_version {
        let cpes = component.cpes().map(|cpe| Identifier::Cpe(cpe.to_owned()));
        identifiers.extend(cpes.take(MOST_IDENTIFIERS));
        let hashes = component.hashes.iter().take(MOST_IDENTIFIERS);
        identifiers.extend(hashes.map(|hash| {
            let algorithm = hash.algorithm.to_ascii_lowercase();
            Identifier::Hash(algorithm.into(), hash.value.to_ascii_lowercase().into())
        }));
    }
    let makers = [&component.supplier, &component.manufacturer];
    let vendor = makers
        .into_iter()
        .flatten()
        .map(|party| &party.name)
        .chain(&component.publisher)
        .chain(&component.group)
        .find(|name| is_stated(name));
    if is_stated(&component.name) {
        identifiers.push(Identifier::Named {
            vendor: vendor.map(ToString::to_string),
            name: component.name.to_string(),
            version: component
                .version
                .as_ref()
                .filter(|_| with_version)
                .map(ToString::to_string),
        });
    }
}

/// A package URL without its version.
fn without_version(purl: &str) -> String {
    let end = purl.find(['?', '#']).unwrap_or(purl.len());
    let (head, tail) = purl.split_at_checked(end).unwrap_or((purl, ""));
    match head.rsplit_once('@') {
        Some((name, version)) if !version.contains('/') && !name.ends_with('/') => {
            format!("{name}{tail}")
        }
        _ => purl.to_owned(),
    }
}

/// Reads a BOM-Link: `urn:cdx:SERIAL/VERSION` with `#REF` behind it, where a component is meant
/// (ECMA-424, `bomLinkElementType`). With `urn:uuid:` in front it is read too.
pub(super) fn bom_link(text: &str) -> Option<Identifier> {
    let rest = text
        .strip_prefix("urn:cdx:")
        .or_else(|| text.strip_prefix("urn:uuid:"))?;
    let (head, reference) = rest.split_once('#').unwrap_or((rest, ""));
    let (serial, version) = head.split_once('/')?;
    Some(Identifier::BomLink {
        serial: serial.to_owned(),
        version: version.parse().ok()?,
        reference: reference.to_owned(),
    })
}

/// The identifier of a vulnerability and those of its `references`, which are the same elsewhere.
fn ids(item: Item<'_>) -> Vec<String> {
    let references = item.get("references").into_iter().flat_map(Item::items);
    let all = item
        .get_text("id")
        .into_iter()
        .chain(references.filter_map(|one| one.get_text("id")));
    let mut ids: Vec<String> = Vec::new();
    for id in all.map(str::trim).filter(|id| !id.is_empty()) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests;
