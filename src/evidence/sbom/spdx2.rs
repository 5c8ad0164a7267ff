//! SPDX 2, from the shape of its JSON: every other encoding is put into that shape first.
//!
//! Source of the rules: SPDX Specification 2.3, clauses 6 to 11 (2.2.1 is ISO/IEC 5962:2021). What a
//! schema can say is left to [`crate::schema`]; checked here is what the text of the specification
//! demands besides. To add an encoding: a file in `spdx2/` that writes a tape in the shape of SPDX 2.3.

mod identifier;
mod license;
mod package;
mod party;
pub mod rdf;
mod relationship;
mod remarks;
mod site;
pub mod tag_value;
pub mod xml;

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::sbom::model::{
    ExternalReference, Format, Hash, License, LicenseForm, Parties, PartyKind, Sbom, Site, Target,
};
use crate::tape::{Addressing, Full, Item, Shape, Tape};
use license::Licenses;
use relationship::Listed;
use remarks::Remarks;
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

/// Parses SPDX 2 in YAML, whose scalars are texts as written wherever the format wants texts.
///
/// # Errors
///
/// As for [`crate::tape::parse_yaml`].
pub fn parse_yaml(text: &str) -> Result<Tape<'_>, Diagnostic> {
    crate::tape::parse_yaml_texts(text, &TYPED)
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
        remarks: Remarks::default(),
        licenses: Licenses::default(),
        sbom: Sbom::new(
            Format::Spdx,
            version.strip_prefix("SPDX-").unwrap_or(version),
        ),
        listed: Listed::default(),
        parties: Parties::default(),
    };
    let mut findings: Vec<_> = match check_version(tape) {
        Ok(remark) => remark.into_iter().collect(),
        Err(fault) => vec![fault],
    };
    reader.document(tape.root());
    findings.extend(reader.remarks.finish());
    (reader.sbom, findings)
}

struct Reader<'t> {
    sites: Sites<'t>,
    remarks: Remarks,
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
                    let infos = self.list(member, "/hasExtractedLicensingInfos");
                    for id in infos.filter_map(|info| info.get_text("licenseId")) {
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

    /// What every document must say.
    fn required(&mut self, root: Item<'t>) {
        for key in ["SPDXID", "name", "dataLicense", "documentNamespace"] {
            let member = root.get(key);
            let is_there = member.is_some_and(|member| {
                member.shape() != Shape::Text
                    || member.text().is_some_and(|text| !text.trim().is_empty())
            });
            if !is_there {
                let place = self.document_place(root, member);
                self.remarks.error(
                    "spdx-missing",
                    || (place, format!("the document has no `{key}`")),
                    "add it (SPDX 2.3, clause 6)",
                );
            }
        }
        if root.get("creationInfo").is_none() {
            let place = self.document_place(root, None);
            self.remarks.error(
                "spdx-missing",
                || (place, "the document has no `creationInfo`".into()),
                "add creators and created (SPDX 2.3, clauses 6.8 and 6.9)",
            );
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
                    for (index, creator) in self.list(member, "/creationInfo/creators").enumerate()
                    {
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
        if !identifier::is_date_time(text) {
            let place = site.place();
            self.remarks.error(
                "spdx-created",
                || {
                    let form = "YYYY-MM-DDThh:mm:ssZ";
                    (
                        place,
                        format!("the date `{text}` is not of the form {form}"),
                    )
                },
                "write it like `2026-11-20T09:00:00Z`",
            );
        }
        self.sbom.metadata.timestamp = Some(text.into());
        self.sbom.metadata.timestamp_at = Some(site);
    }

    fn creator(&mut self, index: usize, creator: Item<'t>) {
        let party = creator.text().map(party::party).unwrap_or_default();
        let is_tool = party.kind == PartyKind::Tool;
        // NOTE: the name may be empty or be left out, as in `Organization: ` (SPDX 2.3, 6.8.4).
        if party.kind == PartyKind::Unstated {
            let site = self.sites.listed("/creationInfo/creators", index, creator);
            let said = creator.text().unwrap_or(creator.shape().name());
            self.remarks.error(
                "spdx-creator",
                || {
                    let message = format!("`{said}` names no Person, Organization or Tool");
                    (site.place(), message)
                },
                "write `Organization: name`",
            );
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
        for reference in self.list(member, "/externalDocumentRefs") {
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

    /// The items of a list of the document, with a remark where it is none.
    fn list(&mut self, member: Item<'t>, pointer: &str) -> crate::tape::Children<'t> {
        if member.shape() != Shape::List {
            self.wrong_shape(
                &self.sites.member(pointer, member),
                pointer,
                "a list",
                member,
            );
        }
        member.items()
    }

    fn wrong_shape(&mut self, site: &Site, name: &str, wanted: &str, found: Item<'t>) {
        self.remarks.error(
            "spdx-type",
            || {
                let found = found.shape().name();
                let message = format!("`{name}` must be {wanted}, found {found}");
                (site.place(), message)
            },
            "see the specification",
        );
    }

    fn check_id(&mut self, id: Option<&'t str>, at: &Site, member: Item<'t>) {
        let Some(id) = id.filter(|id| !identifier::is_spdx_id(id)) else {
            return;
        };
        let sites = &self.sites;
        self.remarks.warning(
            "spdx-id",
            || {
                let form = "`SPDXRef-` with letters, digits, `.` and `-`";
                let place = sites.inside(at, "/SPDXID", member);
                (place, format!("`{id}` is not {form}"))
            },
            "rename it (SPDX 2.3, clause 6.3)",
        );
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

/// The word of SPDX 2.3 for an algorithm in the spelling of CycloneDX.
pub(crate) fn checksum_word(algorithm: &str) -> Option<&'static str> {
    identifier::checksum_word(algorithm)
}

/// The spelling of an algorithm in CycloneDX; an unknown one as written.
fn spelling(algorithm: &str) -> &str {
    identifier::checksum(algorithm).map_or(algorithm, |(spelling, _)| spelling)
}

#[cfg(test)]
mod tests;
