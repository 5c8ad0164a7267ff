//! Software bills of materials: one model, one reader a format.
//!
//! The original bytes stay the evidence; the model is an index over them, and each part of it carries
//! the JSON pointer it was read from.

pub mod cyclonedx;
pub mod model;
pub mod spdx;
pub mod tables;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::evidence::as_utf8;
use crate::evidence::detect::{Detection, Kind, detect};

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

/// A bill of materials.
#[derive(Debug, Clone)]
pub struct Sbom {
    /// The family.
    pub format: Format,
    /// The version of the specification that the document names.
    pub spec_version: String,
    /// When the document was made, as written.
    pub timestamp: Option<String>,
    /// Who made the document; tools do not count.
    pub authors: Vec<String>,
    /// What the document describes.
    pub root: Option<Component>,
    /// Every listed component, without the root.
    pub components: Vec<Component>,
    /// Every relationship between two elements.
    pub relationships: Vec<Relationship>,
}

/// A component with the place it was read from.
#[derive(Debug, Clone, Default)]
pub struct Component {
    /// The document's own reference to it; empty where it has none.
    pub reference: String,
    /// The name.
    pub name: String,
    /// The group or namespace before the name.
    pub group: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// The supplier.
    pub supplier: Option<String>,
    /// The package URL.
    pub purl: Option<String>,
    /// Other unique identifiers: CPE, SWID, gitoid, SWHID.
    pub other_identifiers: Vec<String>,
    /// Hashes as (algorithm, value).
    pub hashes: Vec<(String, String)>,
    /// Licenses as written.
    pub licenses: Vec<String>,
    /// JSON pointer of the component.
    pub pointer: String,
}

/// A directed relationship between two references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// The depending or describing element.
    pub from: String,
    /// The other element.
    pub to: String,
    /// The relationship in SPDX words; a CycloneDX dependency is `DEPENDS_ON`.
    pub kind: String,
    /// JSON pointer of the relationship.
    pub pointer: String,
}

/// What a reader gives.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What could be read.
    pub sbom: Sbom,
    /// Every remark, in the order of the document.
    pub findings: Vec<Diagnostic>,
}

impl Reading {
    /// Whether no finding is an error.
    pub fn valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// Reads a bill of materials of any supported format.
///
/// # Errors
///
/// The diagnostics that make the document unreadable; at least one.
pub fn read(bytes: &[u8]) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let bytes = &as_utf8(bytes);
    let detection = detect(bytes);
    let reading = match (detection.kind, detection.format, detection.encoding) {
        (Kind::Sbom | Kind::Vex, "cyclonedx", "json") => cyclonedx::read_json(bytes),
        (Kind::Sbom, "spdx", "json") => spdx::read_json(bytes),
        (_, format, encoding) => Err(vec![unsupported(bytes, format, encoding)]),
    }?;
    Ok((detection, reading))
}

fn unsupported(bytes: &[u8], format: &str, encoding: &str) -> Diagnostic {
    let place = crate::diagnostic::Place::whole();
    if encoding == "json"
        && format == "unknown"
        && let Err(fault) = crate::tree::parse_json(bytes)
    {
        return fault;
    }
    if format == "unknown" {
        Diagnostic::error(
            "sbom-unrecognized",
            place,
            format!("the {encoding} document is no known SBOM"),
        )
        .help("hand in CycloneDX 1.2 to 1.7 JSON or SPDX 2.2 or 2.3 JSON")
    } else {
        Diagnostic::error(
            "sbom-unsupported",
            place,
            format!("{format} in {encoding} is not read yet"),
        )
        .help("hand in CycloneDX 1.2 to 1.7 JSON or SPDX 2.2 or 2.3 JSON")
    }
}

/// The share of components that have a minimum element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElementShare {
    /// Kebab-case name of the standard's own element.
    pub element: &'static str,
    /// Components that have it.
    pub have: usize,
    /// Components that should.
    pub of: usize,
    /// JSON pointers of the first components that lack it, at most [`ElementShare::LISTED`].
    pub lacking: Vec<String>,
}

impl ElementShare {
    /// How many lacking components are listed.
    pub const LISTED: usize = 8;

    /// The share in per mille, rounded down; 1000 where nothing should have it.
    pub fn per_mille(&self) -> usize {
        (self.have * 1000).checked_div(self.of).unwrap_or(1000)
    }
}

/// The minimum elements of NTIA 2021 with the share that has each.
///
/// Source: NTIA, "The Minimum Elements For a Software Bill of Materials", 2021-07-12, section IV
/// "Data Fields": supplier name, component name, version, other unique identifiers, dependency
/// relationship, author of SBOM data, timestamp.
pub fn minimum_elements(sbom: &Sbom) -> Vec<ElementShare> {
    let components: Vec<_> = sbom.root.iter().chain(&sbom.components).collect();
    let share = |element, has: &dyn Fn(&Component) -> bool| {
        let lacking: Vec<_> = components.iter().filter(|one| !has(one)).collect();
        ElementShare {
            element,
            have: components.len() - lacking.len(),
            of: components.len(),
            lacking: lacking
                .iter()
                .take(ElementShare::LISTED)
                .map(|one| one.pointer.clone())
                .collect(),
        }
    };
    let whole = |element, has: bool| ElementShare {
        element,
        have: usize::from(has),
        of: 1,
        lacking: Vec::new(),
    };
    let known = |text: &Option<String>| {
        text.as_deref()
            .is_some_and(|text| !text.trim().is_empty() && text != "NOASSERTION" && text != "NONE")
    };
    let related: std::collections::HashSet<&str> = sbom
        .relationships
        .iter()
        .flat_map(|relationship| [relationship.from.as_str(), relationship.to.as_str()])
        .collect();
    vec![
        share("supplier-name", &|one| known(&one.supplier)),
        share("component-name", &|one| !one.name.trim().is_empty()),
        share("version", &|one| known(&one.version)),
        share("unique-identifier", &|one| {
            one.purl.is_some() || !one.other_identifiers.is_empty()
        }),
        share("dependency-relationship", &|one| {
            related.contains(one.reference.as_str())
        }),
        whole("author", !sbom.authors.is_empty()),
        whole("timestamp", sbom.timestamp.is_some()),
    ]
}
