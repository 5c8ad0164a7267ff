//! The measures that profiles are written with: each asks one thing of one component or of the document.
//!
//! A measure takes nothing from outside the document and allocates nothing. To add one: a variant here,
//! its word in [`super::parse`], and the question that it asks.

mod document;
mod license;
mod link;
mod party;

pub use document::DocumentMeasure;
pub use license::{LicenseMeasure, View};
pub use link::{HashPlace, HashRule};
pub use party::{PartyRule, Role};

use super::survey::{Answers, Survey};
use crate::evidence::sbom::model::{Component, ComponentKind, IdentifierKind, is_stated};

/// How a field is measured.
#[derive(Debug, Clone)]
pub enum Measure {
    /// The document as a whole.
    Document(DocumentMeasure),
    /// Each component.
    Component(ComponentMeasure),
}

/// What is asked of each component.
#[derive(Debug, Clone)]
pub enum ComponentMeasure {
    /// It has a name.
    Name,
    /// It has a version.
    Version(Allowance),
    /// A party of it is named.
    Party(PartyRule),
    /// It can be told from all others.
    Identifier {
        /// The kinds that count.
        kinds: Vec<IdentifierKind>,
        /// Whether the document's own identifier counts, and in SPDX must be there.
        native: bool,
    },
    /// Its place among the others is stated.
    Inclusion {
        /// Whether a chain must lead to it from what the document describes.
        reached: bool,
        /// Whether everything that it depends on must be there.
        resolved: bool,
    },
    /// The document says how complete its dependencies are.
    Completeness,
    /// It has a digest.
    Hash(HashRule),
    /// It has a license.
    License(LicenseMeasure),
    /// It has a copyright text.
    Copyright(Allowance),
    /// Its file name is stated.
    FileName,
    /// It has a property with one of some values.
    Property {
        /// Names of the property; one suffices.
        names: Vec<String>,
        /// The values; empty for any.
        values: Vec<String>,
        /// Whether a file in which it is distributed states it too, as SPDX 3 does by purposes.
        by_file: bool,
    },
    /// It has a link of one of some kinds with a well-formed address.
    Link {
        /// The kinds.
        kinds: Vec<String>,
        /// Whether the place where it can be had counts.
        download: bool,
    },
}

/// What counts beside a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowance {
    /// `NOASSERTION` counts.
    pub no_assertion: bool,
    /// `NONE` counts: the document says that there is none.
    pub none: bool,
    /// The word `unknown` counts, since the standard asks to say so where nothing is known.
    pub unknown: bool,
}

impl Allowance {
    /// Whether a text counts as stated.
    pub fn admits(self, text: &str) -> bool {
        let text = text.trim();
        match text {
            "" => false,
            "NOASSERTION" => self.no_assertion,
            "NONE" => self.none,
            _ if text.eq_ignore_ascii_case("unknown") => self.unknown,
            _ => true,
        }
    }
}

impl ComponentMeasure {
    /// Whether a component has what is asked for.
    pub fn holds<'a>(
        &self,
        survey: &Survey<'a>,
        licenses: &Answers<'a>,
        subject: usize,
        component: &'a Component,
    ) -> bool {
        match self {
            Self::Name => is_stated(&component.name),
            Self::Version(allowance) => component
                .version
                .as_deref()
                .is_some_and(|version| allowance.admits(version)),
            Self::Party(rule) => rule.holds(survey, subject, component),
            Self::Identifier { kinds, native } => identified(survey, component, kinds, *native),
            Self::Inclusion { reached, resolved } => {
                placed(survey, subject, *reached) && !(*resolved && survey.is_dangling(subject))
            }
            Self::Completeness => survey.states_completeness(subject),
            Self::Hash(rule) => rule.holds(survey, subject, component),
            Self::License(rule) => rule.holds(licenses, component),
            Self::Copyright(allowance) => component
                .copyright
                .as_deref()
                .is_some_and(|text| allowance.admits(text)),
            Self::FileName => {
                component.file_name.as_deref().is_some_and(is_stated)
                    || survey.carriers(subject).any(|file| is_stated(&file.name))
            }
            Self::Property {
                names,
                values,
                by_file,
            } => {
                component.properties.iter().any(|one| {
                    names.iter().any(|name| *name == one.name)
                        && is_stated(&one.value)
                        && (values.is_empty() || values.iter().any(|value| *value == one.value))
                }) || *by_file && survey.carriers(subject).any(states_purpose)
            }
            Self::Link { kinds, download } => link::holds(component, kinds, *download),
        }
    }
}

/// Whether a file states what it is for. A file that only carries a name says nothing.
fn states_purpose(file: &Component) -> bool {
    !matches!(file.kind, ComponentKind::Unstated | ComponentKind::File)
        || file
            .properties
            .iter()
            .any(|one| matches!(one.name.as_str(), "primaryPurpose" | "additionalPurpose"))
}

/// Whether a component can be told from all others.
///
/// Source: NTIA, "Survey of Existing SBOM Formats and Standards", 2021, and SPDX 2.3, Annex K.2: the
/// unique identifier is the SPDX identifier within its namespace; of CycloneDX, the `bom-ref` within the
/// serial number. SPDX 2.3, 7.2: every package has an identifier.
fn identified(
    survey: &Survey<'_>,
    component: &Component,
    kinds: &[IdentifierKind],
    native: bool,
) -> bool {
    let has_key = || {
        kinds.contains(&IdentifierKind::Purl) && component.purl.as_deref().is_some_and(is_stated)
            || component
                .identifiers
                .iter()
                .any(|one| kinds.contains(&one.kind) && is_stated(&one.value))
    };
    if !native {
        return has_key();
    }
    let has_own = component.reference.is_some();
    let has_document = || {
        survey
            .sbom
            .metadata
            .identifier
            .as_deref()
            .is_some_and(is_stated)
    };
    if survey.is_spdx() {
        has_own && (has_document() || has_key())
    } else {
        has_own && has_document() || has_key()
    }
}

/// Whether the document says where a component belongs. The root belongs nowhere else; where it is all
/// that there is, it must at least be related to something.
fn placed(survey: &Survey<'_>, subject: usize, reached: bool) -> bool {
    if subject == 0 {
        let sbom = survey.sbom;
        return !sbom.components.is_empty() || survey.is_related(0);
    }
    if reached {
        survey.is_reached(subject)
    } else {
        survey.is_included(subject)
    }
}
