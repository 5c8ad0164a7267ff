//! SPDX 2, from the shape of its JSON: every other encoding is put into that shape first.
//!
//! Source of the rules: SPDX Specification 2.3, clauses 6 to 11 (2.2.1 is ISO/IEC 5962:2021). What a
//! schema can say is left to [`crate::schema`]; checked here is what the text of the specification
//! demands besides. To add an encoding: a file in `spdx2/` that writes a tape in the shape of SPDX 2.3.

mod identifier;
mod package;
pub(super) mod party;
pub mod rdf;
mod relationship;
mod site;
pub mod tag_value;
mod wrapped;
pub mod xml;

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom::model::{
    ExternalReference, Format, Hash, License, LicenseForm, Parties, PartyKind, Sbom, Site, Target,
};
use crate::evidence::sbom::semantics::{Licenses, is_date_time};
use crate::tape::{Addressing, Full, Item, Shape, Tape};
pub(crate) use identifier::checksum_word;
use identifier::spelling;
use relationship::Listed;
use site::Sites;

/// The versions whose documents are read in every encoding.
pub const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

/// Versions that are read in tag-value and RDF/XML, with a remark: there was no JSON then, and 2.2.1
/// asks for `SPDX-2.2` in the document (ISO/IEC 5962:2021, 6.1).
const OLD_VERSIONS: [&str; 3] = ["SPDX-2.0", "SPDX-2.1", "SPDX-2.2.1"];

/// The members of SPDX 2 that are no texts (SPDX 2.3 JSON schema).
const TYPED: [&str; 7] = [
    "filesAnalyzed",
    "offset",
    "lineNumber",
    "order",
    "isLive",
    "isValid",
    "isWayBackLink",
];

/// Parses SPDX 2 in YAML, whose scalars are texts as written wherever the format wants texts, with the
/// remarks on its form.
///
/// # Errors
///
/// As for [`crate::tape::parse_yaml`].
pub fn parse_yaml(text: &str) -> Result<(Tape<'_>, Vec<Diagnostic>), Diagnostic> {
    let tape = crate::tape::parse_yaml_texts(text, &TYPED)?;
    let mut remarks = tape.repeated_members();
    Ok(match wrapped::unwrap(&tape)? {
        Some((inner, remark)) => {
            remarks.push(remark);
            (inner, remarks)
        }
        None => (tape, remarks),
    })
}

/// Judges the version that a document states: a remark on one that is read all the same.
///
/// # Errors
///
/// `spdx-version` for a document that is not to be read.
pub fn check_version(tape: &Tape<'_>) -> Result<Option<Diagnostic>, Diagnostic> {
    let member = tape.root().get("spdxVersion");
    let version = member.and_then(Item::text).unwrap_or_default().trim();
    if VERSIONS.contains(&version) {
        return Ok(None);
    }
    let by_line = tape.addressing() == Addressing::Line;
    let place = match member {
        Some(member) => member.place(),
        None if by_line => Place::whole(),
        None => tape.root().place(),
    };
    let help = format!("the versions read are {}", VERSIONS.join(", "));
    if by_line && OLD_VERSIONS.contains(&version) {
        let message = format!("`{version}` is an old version; it is read by the rules of 2.3");
        return Ok(Some(
            Diagnostic::note("spdx-version", place, message).help(help),
        ));
    }
    let message = if version.is_empty() {
        "the document states no `spdxVersion`".to_owned()
    } else {
        format!("`{version}` is not an SPDX version that is read")
    };
    Err(Diagnostic::error("spdx-version", place, message).help(help))
}

/// Reads what a tape in the shape of SPDX 2.2 or 2.3 holds.
///
/// A version that is not read is an error among the findings; see [`check_version`].
pub fn build(tape: &Tape<'_>) -> (Sbom, Vec<Diagnostic>) {
    let version = tape.root().get_text("spdxVersion").unwrap_or_default();
    let version = version.trim();
    let mut reader = Reader {
        sites: Sites::new(tape),
        findings: Findings::new(),
        licenses: Licenses::default().with_declarations(),
        sbom: Sbom::new(
            Format::Spdx,
            version.strip_prefix("SPDX-").unwrap_or(version),
        ),
        listed: Listed::default(),
        parties: Parties::default(),
    };
    match check_version(tape) {
        Ok(remark) => reader.findings.extend(remark),
        Err(fault) => reader.findings.push(fault),
    }
    reader.document(tape.root());
    (reader.sbom, reader.findings.finish())
}

struct Reader<'t> {
    sites: Sites<'t>,
    findings: Findings,
    licenses: Licenses<'t>,
    sbom: Sbom,
    listed: Listed,
    parties: Parties,
}

/// The members of the document that hold lists.
#[derive(Default)]
struct Sections<'t> {
    creation: Option<Item<'t>>,
    packages: Option<Item<'t>>,
    files: Option<Item<'t>>,
    snippets: Option<Item<'t>>,
    relationships: Option<Item<'t>>,
    describes: Option<Item<'t>>,
}

impl<'t> Reader<'t> {
    fn document(&mut self, root: Item<'t>) {
        let mut sections = Sections::default();
        let mut id = None;
        let mut comment = None;
        for member in root.children() {
            match member.key().unwrap_or_default() {
                "SPDXID" => id = member.text(),
                "name" => self.sbom.metadata.name = member.text().map(Into::into),
                "documentNamespace" => {
                    self.sbom.metadata.identifier = member.text().map(Into::into);
                }
                "dataLicense" => self.data_license(member),
                "comment" => comment = member.text(),
                "externalDocumentRefs" => self.external_documents(member),
                "hasExtractedLicensingInfos" => {
                    for id in member.items().filter_map(|info| info.get_text("licenseId")) {
                        self.licenses.declare(id);
                    }
                }
                "creationInfo" => sections.creation = Some(member),
                "packages" => sections.packages = Some(member),
                "files" => sections.files = Some(member),
                "snippets" => sections.snippets = Some(member),
                "relationships" => sections.relationships = Some(member),
                "documentDescribes" => sections.describes = Some(member),
                _ => {}
            }
        }
        self.sbom.metadata.comment = comment.map(Into::into);
        self.required(root);
        let document = self.sbom.references.intern(id.unwrap_or_default());
        self.sbom.references.define(document, Target::Document);
        if let Some(creation) = sections.creation {
            self.creation(creation);
        }
        self.packages(sections.packages);
        self.relationships(document, sections.relationships);
        self.described(document, sections.describes);
        self.place_root(document);
        self.files(sections.files);
        self.snippets(sections.snippets);
        self.contained();
        self.resolve();
    }

    /// What every document must say, as far as the tables do not ask for it: a text that is not empty,
    /// and the namespace, which the JSON of 2.2 leaves out of its required members (SPDX 2.2, 2.5).
    fn required(&mut self, root: Item<'t>) {
        let is_asked_for = self.sbom.spec_version == "2.3";
        for key in ["SPDXID", "name", "dataLicense", "documentNamespace"] {
            let member = root.get(key);
            let lacks = match member.map(|member| (member.shape(), member.text())) {
                None => key == "documentNamespace" && !is_asked_for,
                Some((Shape::Text, text)) => text.is_none_or(|text| text.trim().is_empty()),
                Some(_) => false,
            };
            if lacks {
                let place = self.document_place(root, member);
                self.findings
                    .error("spdx-missing", "add it (SPDX 2.3, clause 6)", || {
                        (place, format!("the document has no `{key}`"))
                    });
            }
        }
        if let Some(member) = root.get("SPDXID") {
            self.check_id(member.text(), &Site::pointer(""), member);
        }
    }

    /// Where a member of the document stands, or should.
    fn document_place(&self, root: Item<'t>, member: Option<Item<'t>>) -> Place {
        match member.and_then(|member| Some((member, member.key()?))) {
            Some((member, key)) => self.sites.member(&format!("/{key}"), member).place(),
            None if self.sites.by_line() => Place::whole(),
            None => root.place(),
        }
    }

    fn data_license(&mut self, member: Item<'t>) {
        if let Some(text) = member.text() {
            self.sbom.metadata.licenses.push(License {
                form: LicenseForm::Id,
                text: text.into(),
                acknowledgement: super::model::Acknowledgement::Unstated,
                url: None,
            });
        }
    }

    fn creation(&mut self, creation: Item<'t>) {
        for member in creation.children() {
            match member.key().unwrap_or_default() {
                "created" => self.created(member),
                "creators" => {
                    for (index, creator) in member.items().enumerate() {
                        self.creator(index, creator);
                    }
                }
                "comment" if self.sbom.metadata.comment.is_none() => {
                    self.sbom.metadata.comment = member.text().map(Into::into);
                }
                _ => {}
            }
        }
    }

    fn created(&mut self, member: Item<'t>) {
        let Some(text) = member.text() else { return };
        let site = self.sites.member("/creationInfo/created", member);
        if !is_date_time(text) {
            let place = site.place();
            let help = "write it like `2026-11-20T09:00:00Z`";
            self.findings.error("spdx-created", help, || {
                let form = "YYYY-MM-DDThh:mm:ssZ";
                let message = format!("the date `{text}` is not of the form {form}");
                (place, message)
            });
        }
        self.sbom.metadata.timestamp = Some(text.into());
        self.sbom.metadata.timestamp_at = Some(site);
    }

    fn creator(&mut self, index: usize, creator: Item<'t>) {
        let party = creator.text().map(party::party).unwrap_or_default();
        let is_tool = party.kind == PartyKind::Tool;
        // NOTE: the name may be empty or be left out, as in `Organization: ` (SPDX 2.3, 6.8.4).
        if let (PartyKind::Unstated, Some(said)) = (party.kind, creator.text()) {
            let site = self.sites.listed("/creationInfo/creators", index, creator);
            let help = "write `Organization: name`";
            self.findings.error("spdx-creator", help, || {
                let message = format!("`{said}` names no Person, Organization or Tool");
                (site.place(), message)
            });
        }
        if creator.text().is_some() {
            let metadata = &mut self.sbom.metadata;
            let list = if is_tool {
                &mut metadata.tools
            } else {
                &mut metadata.authors
            };
            list.push(party);
        }
    }

    fn external_documents(&mut self, member: Item<'t>) {
        for reference in member.items() {
            let hash = reference.get("checksum").and_then(|checksum| {
                let algorithm = checksum.get_text("algorithm")?;
                Some(Hash {
                    algorithm: spelling(algorithm).into(),
                    value: checksum.get_text("checksumValue")?.into(),
                })
            });
            if let Some(document) = reference.get_text("spdxDocument") {
                self.sbom
                    .metadata
                    .external_references
                    .push(ExternalReference {
                        kind: "externalDocumentRef".into(),
                        url: document.into(),
                        hashes: hash.into_iter().collect(),
                    });
            }
        }
    }

    fn check_id(&mut self, id: Option<&'t str>, at: &Site, member: Item<'t>) {
        let Some(id) = id.filter(|id| !identifier::is_spdx_id(id)) else {
            return;
        };
        let sites = &self.sites;
        let help = "rename it (SPDX 2.3, clause 6.3)";
        self.findings.warning("spdx-id", help, || {
            let form = "`SPDXRef-` with letters, digits, `.` and `-`";
            let place = sites.inside(at, "/SPDXID", member);
            (place, format!("`{id}` is not {form}"))
        });
    }
}

/// The category of an external reference as the JSON of a version spells it: up to 2.2 the other
/// encodings wrote `PACKAGE-MANAGER` (SPDX 2.2, 3.21) and JSON `PACKAGE_MANAGER` (its schema).
fn category<'w>(word: &'w str, version: &str) -> &'w str {
    match word {
        "PACKAGE-MANAGER" if !version.trim().ends_with("2.3") => "PACKAGE_MANAGER",
        _ => word,
    }
}

/// Why a document does not fit on a tape.
fn too_large(full: Full) -> Diagnostic {
    let message = format!("the document holds {full}");
    Diagnostic::error("document-values", Place::whole(), message)
        .help("split the document; one of this size is not read")
}

#[cfg(test)]
mod tests;
