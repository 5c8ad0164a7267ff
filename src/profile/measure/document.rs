//! What is asked of the document as a whole.

use super::super::survey::Survey;
use super::{PartyRule, Role};
use crate::evidence::sbom::model::{Format, is_stated};
use crate::time::{is_date_time, utc_second};

/// What is asked of the document.
#[derive(Debug, Clone)]
pub enum DocumentMeasure {
    /// Who made it is named.
    Author(PartyRule),
    /// When it was made is stated.
    Timestamp,
    /// A tool that made it is named.
    ToolName,
    /// The version of a tool that made it is stated.
    ToolVersion,
    /// In which phase of the life cycle it was made is stated.
    GenerationContext,
    /// It has a version of its own.
    Version,
    /// It has an identifier of its own.
    Identifier,
    /// It names what it describes.
    PrimaryComponent,
    /// It names its format.
    FormatName,
    /// It names the version of its format, and that is not below a minimum.
    FormatVersion {
        /// The lowest version of CycloneDX, where one is asked for.
        cyclonedx: Option<String>,
        /// The lowest version of SPDX, where one is asked for.
        spdx: Option<String>,
    },
    /// It speaks of no vulnerability.
    NoVulnerability,
    /// It is signed by its author; the document alone does not tell.
    Signature,
}

impl DocumentMeasure {
    /// Whether the document has what is asked for; `None` where it does not tell.
    pub fn holds(&self, survey: &Survey<'_>) -> Option<bool> {
        let sbom = survey.sbom;
        let metadata = &sbom.metadata;
        let stated =
            |text: &Option<compact_str::CompactString>| text.as_deref().is_some_and(is_stated);
        Some(match self {
            Self::Author(rule) => rule.roles.iter().any(|role| match role {
                Role::Author => metadata.authors.iter().any(|one| rule.admits_person(one)),
                Role::Tool => metadata.tools.iter().any(|one| rule.admits(one)),
                Role::Supplier => rule.admits_option(metadata.supplier.as_ref()),
                Role::Manufacturer => rule.admits_option(metadata.manufacturer.as_ref()),
                Role::Originator | Role::Publisher => false,
            }),
            Self::Timestamp => metadata.timestamp.as_deref().is_some_and(is_statement),
            Self::ToolName => metadata.tools.iter().any(|tool| is_stated(&tool.name)),
            Self::ToolVersion => metadata
                .tools
                .iter()
                .any(|tool| tool.version.as_deref().is_some_and(is_stated)),
            Self::GenerationContext => {
                metadata.lifecycles.iter().any(|one| is_stated(one))
                    || sbom.format == Format::Spdx
                        && metadata.comment.as_deref().is_some_and(names_phase)
            }
            Self::Version => {
                stated(&metadata.version)
                    || sbom.format == Format::Spdx && stated(&metadata.identifier)
            }
            Self::Identifier => stated(&metadata.identifier),
            Self::PrimaryComponent => sbom.root.as_ref().is_some_and(|root| is_stated(&root.name)),
            Self::FormatName => true,
            Self::FormatVersion { cyclonedx, spdx } => {
                let minimum = match sbom.format {
                    Format::CycloneDx => cyclonedx,
                    Format::Spdx => spdx,
                };
                is_stated(&sbom.spec_version)
                    && minimum
                        .as_deref()
                        .is_none_or(|minimum| numbers(&sbom.spec_version).ge(numbers(minimum)))
            }
            Self::NoVulnerability => sbom.vulnerabilities.is_empty(),
            Self::Signature => return None,
        })
    }
}

/// Whether a timestamp says when the document was made.
///
/// SPDX demands one, and who does not know it writes the beginning of the count of seconds (POSIX.1-2017,
/// 4.16), as builds that are to be reproducible do: that instant says nothing.
fn is_statement(text: &str) -> bool {
    is_date_time(text) && utc_second(text).as_deref() != Some("1970-01-01T00:00:00Z")
}

/// The numbers of a version of a specification, such as 2, 2, 1.
fn numbers(version: &str) -> impl Iterator<Item = u32> {
    version
        .split('.')
        .map(|number| number.trim().parse().unwrap_or(0))
}

/// Whether a comment names a phase of the life cycle.
///
/// Source: SPDX 2.3.1, Annex L.2.2: the creator comment holds one of the types of CISA, "Types of Software
/// Bill of Material (SBOM) Documents", 2023.
fn names_phase(comment: &str) -> bool {
    const PHASES: [&str; 6] = [
        "Design", "Source", "Build", "Analyzed", "Deployed", "Runtime",
    ];
    comment
        .split(|character: char| !character.is_ascii_alphabetic())
        .any(|word| PHASES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_specifications_are_compared_by_number() {
        for (version, minimum, expected) in [
            ("1.6", "1.6", true),
            ("1.10", "1.6", true),
            ("1.5", "1.6", false),
            ("3.0.1", "3.0.1", true),
            ("3.0", "3.0.1", false),
            ("2.3", "2.2.1", true),
        ] {
            assert_eq!(
                numbers(version).ge(numbers(minimum)),
                expected,
                "{version} {minimum}"
            );
        }
    }

    #[test]
    fn the_beginning_of_all_seconds_is_no_statement() {
        for (text, expected) in [
            ("2026-11-26T00:00:00Z", true),
            ("1970-01-01T00:00:00Z", false),
            ("1970-01-01T09:00:00+09:00", false),
            ("yesterday", false),
        ] {
            assert_eq!(is_statement(text), expected, "{text}");
        }
    }

    #[test]
    fn a_phase_is_a_word_of_its_own() {
        assert!(names_phase("SBOM Type: Build"));
        assert!(!names_phase("Builder of things; source"));
    }
}
