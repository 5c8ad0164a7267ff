//! The one model of a bill of materials, whatever it was written in.
//!
//! The model is an index over the evidence, which stays the truth: what a criterion, a profile, a
//! comparison or an advisory asks for stands here with its place; all else stays in the bytes. Texts are
//! kept as written. Parties are kept apart by what the document calls them: a supplier is no
//! manufacturer. Elements refer to each other through [`References`], which resolves each name once.

mod component;
mod party;
mod relationship;

use std::sync::Arc;

use compact_str::CompactString;
use serde::Serialize;

use crate::diagnostic::Place;

pub use component::{
    Acknowledgement, Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind,
    License, LicenseForm, Property,
};
pub use party::{Parties, Party, PartyKind, is_stated};
pub use relationship::{Composition, Position, Ref, References, Relationship, Target};

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
            ..Place::default()
        }
    }
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

    /// The position, in [`Self::all_components`], of the product that the document is a list of: its root,
    /// or the one component that it says to describe. `None` where it does not tell, or tells of several.
    pub fn product(&self) -> Option<u32> {
        if self.root.is_some() {
            return Some(0);
        }
        let mut described = self.relationships.iter().filter_map(|one| {
            let is_described =
                one.kind == "DESCRIBES" && self.references.target(one.from) == Target::Document;
            match self.references.target(one.to) {
                Target::Component(index) if is_described => Some(index),
                _ => None,
            }
        });
        let first = described.next()?;
        described.all(|other| other == first).then_some(first)
    }

    /// Whether the document is a list of the product of this name and version.
    pub fn describes(&self, name: &str, version: &str) -> bool {
        let root = self.root.as_ref();
        root.is_some_and(|root| root.is_called(name) && root.version.as_deref() == Some(version))
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
