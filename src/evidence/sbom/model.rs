//! The one model of a bill of materials, whatever it was written in.
//!
//! The model is an index over the evidence, which stays the truth: what a criterion, a profile, a
//! comparison or an advisory asks for stands here with its place; all else stays in the bytes. Texts are
//! kept as written. Parties are kept apart by what the document calls them: a supplier is no
//! manufacturer. Elements refer to each other through [`References`], which resolves each name once.

use std::collections::HashSet;
use std::sync::Arc;

use compact_str::CompactString;
use indexmap::IndexMap;
use serde::Serialize;

use crate::diagnostic::Place;

/// The family of a bill of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// OWASP CycloneDX (ECMA-424).
    CycloneDx,
    /// SPDX (ISO/IEC 5962 for 2.2.1).
    Spdx,
}

impl Format {
    /// Returns the lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::CycloneDx => "cyclonedx",
            Self::Spdx => "spdx",
        }
    }
}

/// Where an element stands: a [`Place`] in few bytes, since there is one for each element.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Site {
    /// JSON pointer; empty for encodings whose places are lines.
    pub pointer: CompactString,
    /// Line from 1; 0 where a pointer tells the place.
    pub line: u32,
    /// Column in characters from 1; 0 where a pointer tells the place.
    pub column: u32,
}

impl Site {
    /// A JSON pointer.
    pub fn pointer(pointer: impl Into<CompactString>) -> Self {
        Self {
            pointer: pointer.into(),
            line: 0,
            column: 0,
        }
    }

    /// The place that it stands for.
    pub fn place(&self) -> Place {
        if self.line == 0 {
            return Place::pointer(self.pointer.as_str());
        }
        Place {
            pointer: (!self.pointer.is_empty()).then(|| self.pointer.to_string()),
            line: Some(self.line),
            column: (self.column > 0).then_some(self.column),
        }
    }
}

/// What kind of party a document names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A legal entity.
    Organization,
    /// A natural person.
    Person,
    /// A program.
    Tool,
    /// The document does not say.
    #[default]
    Unstated,
}

/// A person, organization or tool that the document names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// The name as written, without the kind before it and the address behind it. `NOASSERTION` is kept.
    pub name: CompactString,
    /// The version, for tools.
    pub version: Option<CompactString>,
    /// Email addresses, those of its contacts included.
    pub emails: Vec<CompactString>,
    /// Addresses on the web.
    pub urls: Vec<CompactString>,
    /// Names of contact persons.
    pub contacts: Vec<CompactString>,
}

impl Party {
    /// Whether anything but white space, `NOASSERTION` and `NONE` is said of it.
    pub fn is_known(&self) -> bool {
        is_stated(&self.name)
            || self.emails.iter().any(|one| is_stated(one))
            || self.urls.iter().any(|one| is_stated(one))
    }
}

/// The parties of a document, each once: a supplier of many components is named in each of them.
#[derive(Debug, Default)]
pub struct Parties(HashSet<Arc<Party>, foldhash::fast::FixedState>);

impl Parties {
    /// The one copy of a party.
    pub fn share(&mut self, party: Party) -> Arc<Party> {
        if let Some(known) = self.0.get(&party) {
            return Arc::clone(known);
        }
        let shared = Arc::new(party);
        self.0.insert(Arc::clone(&shared));
        shared
    }
}

/// Whether a text says something: not empty, not `NOASSERTION`, not `NONE`.
///
/// Source: SPDX 2.3, 7.5 and others: `NOASSERTION` makes no claim, `NONE` claims that there is none.
pub fn is_stated(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text != "NOASSERTION" && text != "NONE"
}

/// The kind of a component, by the words of CycloneDX `type`; SPDX `primaryPackagePurpose` and
/// `software_primaryPurpose` are mapped onto them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// A program that is run.
    Application,
    /// A frame that programs are built in.
    Framework,
    /// A library.
    Library,
    /// An image to be run in a container.
    Container,
    /// A runtime platform.
    Platform,
    /// An operating system.
    OperatingSystem,
    /// A device.
    Device,
    /// A driver of a device.
    DeviceDriver,
    /// Firmware.
    Firmware,
    /// A single file.
    File,
    /// A machine-learning model.
    MachineLearningModel,
    /// Data.
    Data,
    /// A cryptographic algorithm, certificate, protocol or key.
    CryptographicAsset,
    /// A specification.
    Specification,
    /// Source code (SPDX only).
    Source,
    /// An archive (SPDX only).
    Archive,
    /// An installer (SPDX only).
    Install,
    /// Something else, as the document says.
    Other,
    /// The document does not say.
    #[default]
    Unstated,
}

impl ComponentKind {
    /// Every kind with its word.
    pub const WORDS: [(Self, &'static str); 19] = [
        (Self::Application, "application"),
        (Self::Framework, "framework"),
        (Self::Library, "library"),
        (Self::Container, "container"),
        (Self::Platform, "platform"),
        (Self::OperatingSystem, "operating-system"),
        (Self::Device, "device"),
        (Self::DeviceDriver, "device-driver"),
        (Self::Firmware, "firmware"),
        (Self::File, "file"),
        (Self::MachineLearningModel, "machine-learning-model"),
        (Self::Data, "data"),
        (Self::CryptographicAsset, "cryptographic-asset"),
        (Self::Specification, "specification"),
        (Self::Source, "source"),
        (Self::Archive, "archive"),
        (Self::Install, "install"),
        (Self::Other, "other"),
        (Self::Unstated, "unstated"),
    ];

    /// Reads the word of CycloneDX.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(kind, _)| *kind)
    }

    /// Returns the word.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("unstated", |(_, word)| word)
    }
}

/// A digest of what a component is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hash {
    /// The algorithm in the spelling of CycloneDX (`SHA-256`); an unknown one as written.
    pub algorithm: CompactString,
    /// The value as written, usually hexadecimal.
    pub value: CompactString,
}

/// Whose view a license is (CycloneDX 1.6 `acknowledgement`; SPDX `licenseDeclared` and
/// `licenseConcluded`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Acknowledgement {
    /// What the authors say.
    Declared,
    /// What the author of the document found.
    Concluded,
    /// The document does not say.
    #[default]
    Unstated,
}

/// How a license is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LicenseForm {
    /// An identifier of the SPDX list.
    Id,
    /// A name of its own.
    Name,
    /// An SPDX expression. `NOASSERTION` and `NONE` of SPDX are kept as expressions.
    Expression,
}

/// A license of a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct License {
    /// How it is written.
    pub form: LicenseForm,
    /// The identifier, name or expression as written.
    pub text: CompactString,
    /// Whose view it is.
    pub acknowledgement: Acknowledgement,
    /// Where its text is found.
    pub url: Option<CompactString>,
}

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentifierKind {
    /// Package URL.
    Purl,
    /// Common Platform Enumeration, 2.2 or 2.3.
    Cpe,
    /// Software identification tag (ISO/IEC 19770-2), by its tag id.
    Swid,
    /// Software Hash Identifier.
    Swhid,
    /// Git object identifier, `OmniBOR`.
    Gitoid,
    /// Any other.
    Other,
}

/// A unique identifier of a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The identifier as written.
    pub value: CompactString,
}

/// A link to something outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalReference {
    /// The kind in the document's own word, such as `vcs` or `advisory`.
    pub kind: CompactString,
    /// The address or locator.
    pub url: CompactString,
    /// Digests of what is found there.
    pub hashes: Vec<Hash>,
}

/// A name and a value that a document adds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Property {
    /// The name.
    pub name: CompactString,
    /// The value; empty where there is none.
    pub value: CompactString,
}

/// A component, package or file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// The document's own name for it, in [`Sbom::references`]; `None` where it has none.
    pub reference: Option<Ref>,
    /// What it is.
    pub kind: ComponentKind,
    /// The name; empty where it has none.
    pub name: CompactString,
    /// The group or namespace before the name.
    pub group: Option<CompactString>,
    /// The version as written.
    pub version: Option<CompactString>,
    /// The supplier.
    pub supplier: Option<Arc<Party>>,
    /// The manufacturer (CycloneDX 1.6).
    pub manufacturer: Option<Arc<Party>>,
    /// The originator (SPDX): who made it, where the supplier only passes it on.
    pub originator: Option<Arc<Party>>,
    /// Its authors.
    pub authors: Vec<Party>,
    /// The publisher (CycloneDX).
    pub publisher: Option<CompactString>,
    /// The first package URL as written.
    pub purl: Option<CompactString>,
    /// Further identifiers.
    pub identifiers: Vec<Identifier>,
    /// Digests.
    pub hashes: Vec<Hash>,
    /// Licenses.
    pub licenses: Vec<License>,
    /// The copyright text.
    pub copyright: Option<CompactString>,
    /// The description.
    pub description: Option<CompactString>,
    /// The file name of the package (SPDX `packageFileName`, BSI property `filename`).
    pub file_name: Option<CompactString>,
    /// Where it can be had (SPDX `downloadLocation`; CycloneDX `distribution`).
    pub download_location: Option<CompactString>,
    /// The scope (CycloneDX): `required`, `optional` or `excluded`.
    pub scope: Option<CompactString>,
    /// Until when it is supported (SPDX `validUntilDate`), as written.
    pub valid_until: Option<CompactString>,
    /// Links.
    pub external_references: Vec<ExternalReference>,
    /// Properties.
    pub properties: Vec<Property>,
    /// The component that it stands inside of, by index in [`Sbom::components`]; `None` at the top.
    pub parent: Option<u32>,
    /// Whether the document describes more of it than this model holds: a model card, cryptographic
    /// properties, data, evidence, pedigree.
    pub has_more: bool,
    /// Its place.
    pub at: Site,
}

impl Component {
    /// Every package URL, the first one first.
    pub fn purls(&self) -> impl Iterator<Item = &str> {
        let further = self
            .identifiers
            .iter()
            .filter(|one| one.kind == IdentifierKind::Purl);
        self.purl
            .as_deref()
            .into_iter()
            .chain(further.map(|one| one.value.as_str()))
    }

    /// Every CPE.
    pub fn cpes(&self) -> impl Iterator<Item = &str> {
        self.identifiers
            .iter()
            .filter(|one| one.kind == IdentifierKind::Cpe)
            .map(|one| one.value.as_str())
    }
}

/// A name by which elements of a document refer to each other: an index into [`References`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref(pub u32);

/// What a reference leads to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The document itself.
    Document,
    /// What the document describes: [`Sbom::root`].
    Root,
    /// A component by index.
    Component(u32),
    /// A file by index.
    File(u32),
    /// A service by index.
    Service(u32),
    /// An element that the model holds in another way or not at all, such as a vulnerability or a snippet.
    Element,
    /// An element of another document.
    External,
    /// SPDX `NONE`: there is none.
    Nothing,
    /// SPDX `NOASSERTION`: no claim is made.
    NoAssertion,
    /// Nothing: the reference dangles.
    #[default]
    Missing,
}

/// The names by which elements refer to each other, each once.
#[derive(Debug, Clone, Default)]
pub struct References(IndexMap<CompactString, Target, foldhash::fast::FixedState>);

impl References {
    /// The reference of a name, made where it is new.
    pub fn intern(&mut self, name: &str) -> Ref {
        let index = match self.0.get_index_of(name) {
            Some(known) => known,
            None => self.0.insert_full(name.into(), Target::Missing).0,
        };
        Ref(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Says where a reference leads. The first word holds; returns whether this was it.
    pub fn define(&mut self, reference: Ref, target: Target) -> bool {
        match self.0.get_index_mut(reference.0 as usize) {
            Some((_, slot)) if *slot == Target::Missing => {
                *slot = target;
                true
            }
            _ => false,
        }
    }

    /// Says anew where a reference leads, as when a component becomes the root.
    pub fn redefine(&mut self, reference: Ref, target: Target) {
        if let Some((_, slot)) = self.0.get_index_mut(reference.0 as usize) {
            *slot = target;
        }
    }

    /// Looks a name up.
    pub fn lookup(&self, name: &str) -> Option<Ref> {
        let index = self.0.get_index_of(name)?;
        u32::try_from(index).ok().map(Ref)
    }

    /// The name.
    pub fn name(&self, reference: Ref) -> &str {
        self.0
            .get_index(reference.0 as usize)
            .map_or("", |(name, _)| name.as_str())
    }

    /// Where it leads.
    pub fn target(&self, reference: Ref) -> Target {
        self.0
            .get_index(reference.0 as usize)
            .map_or(Target::Missing, |(_, target)| *target)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A directed relationship between two elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// The depending or describing element.
    pub from: Ref,
    /// The other element.
    pub to: Ref,
    /// The relationship in SPDX 2 words; a CycloneDX dependency is `DEPENDS_ON`, `provides` is `PROVIDES`.
    pub kind: CompactString,
    /// Its place, in parts: see [`Sbom::relationship_place`].
    pub position: Position,
}

/// Where a relationship stands, in few bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Index of the entry in the document's list of relationships.
    pub entry: u32,
    /// Index of the target in the entry, where an entry names several; `u32::MAX` where it is the only one.
    pub item: u32,
    /// Line from 1; 0 where a pointer tells the place.
    pub line: u32,
    /// Column from 1; 0 where a pointer tells the place.
    pub column: u32,
}

/// How complete the list of something is (CycloneDX compositions; SPDX 3 `completeness`; SPDX 2
/// `NONE` and `NOASSERTION` as targets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    /// The word of CycloneDX: `complete`, `incomplete`, `incomplete_first_party_only`, `unknown`, `not_specified`, …
    pub aggregate: CompactString,
    /// Whose parts (assemblies) are spoken of; empty for the document as a whole.
    pub assemblies: Vec<Ref>,
    /// Whose dependencies are spoken of.
    pub dependencies: Vec<Ref>,
    /// Its place.
    pub at: Site,
}

/// A service (CycloneDX).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The document's own name for it.
    pub reference: Option<Ref>,
    /// The name.
    pub name: CompactString,
    /// The group before the name.
    pub group: Option<CompactString>,
    /// The version.
    pub version: Option<CompactString>,
    /// Who provides it.
    pub provider: Option<Arc<Party>>,
    /// Where it is reached.
    pub endpoints: Vec<CompactString>,
    /// Whether it asks for authentication.
    pub authenticated: Option<bool>,
    /// Whether data cross a boundary of trust.
    pub crosses_trust_boundary: Option<bool>,
    /// Its place.
    pub at: Site,
}

/// A statement on a vulnerability in the document (CycloneDX `vulnerabilities`, SPDX 3 security
/// profile).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vulnerability {
    /// The identifier, such as `CVE-2026-0001`.
    pub id: CompactString,
    /// Other identifiers of the same.
    pub aliases: Vec<CompactString>,
    /// The elements that it touches, as the document refers to them.
    pub affects: Vec<Ref>,
    /// Ratings as (method, vector, severity), each empty where absent.
    pub ratings: Vec<[CompactString; 3]>,
    /// CWE numbers.
    pub weaknesses: Vec<u32>,
    /// State of the analysis: `resolved`, `exploitable`, `in_triage`, `not_affected`, …
    pub state: Option<CompactString>,
    /// Justification of `not_affected`.
    pub justification: Option<CompactString>,
    /// What is done about it.
    pub responses: Vec<CompactString>,
    /// The analysis in words.
    pub detail: Option<CompactString>,
    /// Its place.
    pub at: Site,
}

/// What the document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The name (SPDX).
    pub name: Option<CompactString>,
    /// Serial number or namespace.
    pub identifier: Option<CompactString>,
    /// The version of the document (CycloneDX `version`).
    pub version: Option<CompactString>,
    /// When the document was made, as written.
    pub timestamp: Option<CompactString>,
    /// Where the timestamp stands.
    pub timestamp_at: Option<Site>,
    /// Who made the document; tools are apart.
    pub authors: Vec<Party>,
    /// What made the document.
    pub tools: Vec<Party>,
    /// Who supplies what is described (CycloneDX `metadata.supplier`).
    pub supplier: Option<Party>,
    /// Who made the document as an organization (CycloneDX `metadata.manufacturer` since 1.6).
    pub manufacturer: Option<Party>,
    /// Licenses of the document's own data.
    pub licenses: Vec<License>,
    /// Phases of the life cycle in which it was made: CycloneDX phases; SPDX 3 `software_sbomType`.
    pub lifecycles: Vec<CompactString>,
    /// Links to other documents and of the document itself.
    pub external_references: Vec<ExternalReference>,
    /// Properties.
    pub properties: Vec<Property>,
    /// A comment.
    pub comment: Option<CompactString>,
}

/// A bill of materials.
#[derive(Debug, Clone)]
pub struct Sbom {
    /// The family.
    pub format: Format,
    /// The version of the specification that the document names, such as `1.6` or `2.3`.
    pub spec_version: String,
    /// What the document says of itself.
    pub metadata: Metadata,
    /// What the document describes. Where it describes several, the first; the others are components.
    pub root: Option<Component>,
    /// Every listed component, nested ones behind their parent, without the root.
    pub components: Vec<Component>,
    /// Files of SPDX file information; a CycloneDX component of kind `file` is a component.
    pub files: Vec<Component>,
    /// Every service.
    pub services: Vec<Service>,
    /// Every relationship between two elements, in the order of the document.
    pub relationships: Vec<Relationship>,
    /// What is said of completeness.
    pub compositions: Vec<Composition>,
    /// Statements on vulnerabilities.
    pub vulnerabilities: Vec<Vulnerability>,
    /// The names by which elements refer to each other.
    pub references: References,
}

impl Sbom {
    /// An empty one.
    pub fn new(format: Format, spec_version: impl Into<String>) -> Self {
        Self {
            format,
            spec_version: spec_version.into(),
            metadata: Metadata::default(),
            root: None,
            components: Vec::new(),
            files: Vec::new(),
            services: Vec::new(),
            relationships: Vec::new(),
            compositions: Vec::new(),
            vulnerabilities: Vec::new(),
            references: References::default(),
        }
    }

    /// The root, where there is one, and every component.
    pub fn all_components(&self) -> impl Iterator<Item = &Component> {
        self.root.iter().chain(&self.components)
    }

    /// The name by which a document refers to a component; empty where it has none.
    pub fn reference_of<'a>(&'a self, component: &Component) -> &'a str {
        component
            .reference
            .map_or("", |reference| self.references.name(reference))
    }

    /// The component or file that a reference leads to.
    pub fn component_of(&self, reference: Ref) -> Option<&Component> {
        match self.references.target(reference) {
            Target::Root => self.root.as_ref(),
            Target::Component(index) => self.components.get(index as usize),
            Target::File(index) => self.files.get(index as usize),
            _ => None,
        }
    }

    /// Where a relationship stands.
    pub fn relationship_place(&self, relationship: &Relationship) -> Place {
        let Position {
            entry,
            item,
            line,
            column,
        } = relationship.position;
        if line > 0 {
            return Place::line(line as usize, column.max(1) as usize);
        }
        let list = match (self.format, relationship.kind.as_str()) {
            (Format::CycloneDx, "PROVIDES") => format!("/dependencies/{entry}/provides"),
            (Format::CycloneDx, _) => format!("/dependencies/{entry}/dependsOn"),
            // The lists that SPDX 2 has besides its relationships.
            (Format::Spdx, "DESCRIBES")
                if item != u32::MAX && self.spec_version.starts_with('2') =>
            {
                "/documentDescribes".to_owned()
            }
            (Format::Spdx, "CONTAINS")
                if item != u32::MAX && self.spec_version.starts_with('2') =>
            {
                format!("/packages/{entry}/hasFiles")
            }
            (Format::Spdx, _) if self.spec_version.starts_with('3') => {
                format!("/@graph/{entry}/to")
            }
            (Format::Spdx, _) => format!("/relationships/{entry}"),
        };
        Place::pointer(if item == u32::MAX {
            list
        } else {
            format!("{list}/{item}")
        })
    }

    /// Whether a relationship stands in the document's own list of relationships, and not in one of the
    /// lists beside it (SPDX 2 `documentDescribes` and `hasFiles`).
    pub fn is_listed(&self, relationship: &Relationship) -> bool {
        self.format != Format::Spdx
            || !self.spec_version.starts_with('2')
            || relationship.position.item == u32::MAX
    }

    /// Every dependency as (depending, depended on), whatever way round the document writes it.
    ///
    /// Source of the words: SPDX 2.3, 11.1, Table 68; in SPDX `X DEPENDENCY_OF Y` is `Y DEPENDS_ON X`.
    pub fn dependencies(&self) -> impl Iterator<Item = (Ref, Ref)> {
        self.relationships.iter().filter_map(|one| {
            let kind = one.kind.as_str();
            match kind {
                "DEPENDS_ON" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK" => {
                    Some((one.from, one.to))
                }
                "PREREQUISITE_FOR" => Some((one.to, one.from)),
                _ if kind.ends_with("DEPENDENCY_OF") => Some((one.to, one.from)),
                _ => None,
            }
        })
    }
}
