//! The classes of SPDX 3 and the local names of its properties.

/// A question to a class.
pub(super) type IsOf = fn(Class) -> bool;

/// What an element is, as far as the reader tells classes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    SpdxDocument,
    /// `software_Sbom` and `Bom`.
    Bom,
    /// Any other collection.
    Bundle,
    CreationInfo,
    Agent,
    Person,
    Organization,
    SoftwareAgent,
    Tool,
    Package,
    AiPackage,
    DatasetPackage,
    File,
    /// `software_SoftwareArtifact`, which is abstract; read like a file where someone writes it.
    SoftwareArtifact,
    Snippet,
    Build,
    Annotation,
    Relationship,
    LifecycleScopedRelationship,
    /// A CVSS, EPSS, SSVC or exploit-catalog assessment of a vulnerability.
    Assessment,
    VexAffected,
    VexNotAffected,
    VexFixed,
    VexUnderInvestigation,
    Vulnerability,
    LicenseExpression,
    SimpleLicensingText,
    ListedLicense,
    CustomLicense,
    ConjunctiveLicenseSet,
    DisjunctiveLicenseSet,
    OrLaterOperator,
    WithAdditionOperator,
    ListedLicenseException,
    CustomLicenseAddition,
    /// `IndividualElement` and `expandedlicensing_IndividualLicensingInfo`.
    Individual,
}

impl Class {
    /// Reads the word of a `type`, in the form of the context, without the prefix of its profile or as
    /// an IRI. What is no class of elements that the reader knows gives `None`.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        // The three that nearly all elements are.
        match word {
            "Relationship" => return Some(Self::Relationship),
            "software_Package" => return Some(Self::Package),
            "software_File" => return Some(Self::File),
            _ => {}
        }
        Some(match local_name(word) {
            "SpdxDocument" => Self::SpdxDocument,
            "Sbom" | "Bom" => Self::Bom,
            "Bundle" | "ElementCollection" => Self::Bundle,
            "CreationInfo" => Self::CreationInfo,
            "Agent" => Self::Agent,
            "Person" => Self::Person,
            "Organization" => Self::Organization,
            "SoftwareAgent" => Self::SoftwareAgent,
            "Tool" => Self::Tool,
            "Package" => Self::Package,
            "AIPackage" => Self::AiPackage,
            "DatasetPackage" => Self::DatasetPackage,
            "File" => Self::File,
            "SoftwareArtifact" | "Artifact" => Self::SoftwareArtifact,
            "Snippet" => Self::Snippet,
            "Build" => Self::Build,
            "Annotation" => Self::Annotation,
            "Relationship" => Self::Relationship,
            "LifecycleScopedRelationship" => Self::LifecycleScopedRelationship,
            "CvssV2VulnAssessmentRelationship"
            | "CvssV3VulnAssessmentRelationship"
            | "CvssV4VulnAssessmentRelationship"
            | "EpssVulnAssessmentRelationship"
            | "SsvcVulnAssessmentRelationship"
            | "ExploitCatalogVulnAssessmentRelationship"
            | "VulnAssessmentRelationship" => Self::Assessment,
            "VexAffectedVulnAssessmentRelationship" => Self::VexAffected,
            "VexNotAffectedVulnAssessmentRelationship" => Self::VexNotAffected,
            "VexFixedVulnAssessmentRelationship" => Self::VexFixed,
            "VexUnderInvestigationVulnAssessmentRelationship" => Self::VexUnderInvestigation,
            "Vulnerability" => Self::Vulnerability,
            "LicenseExpression" => Self::LicenseExpression,
            "SimpleLicensingText" => Self::SimpleLicensingText,
            "ListedLicense" => Self::ListedLicense,
            "CustomLicense" | "License" => Self::CustomLicense,
            "ConjunctiveLicenseSet" => Self::ConjunctiveLicenseSet,
            "DisjunctiveLicenseSet" => Self::DisjunctiveLicenseSet,
            "OrLaterOperator" => Self::OrLaterOperator,
            "WithAdditionOperator" => Self::WithAdditionOperator,
            "ListedLicenseException" => Self::ListedLicenseException,
            "CustomLicenseAddition" => Self::CustomLicenseAddition,
            "IndividualElement" | "IndividualLicensingInfo" => Self::Individual,
            _ => return None,
        })
    }

    /// Whether it may create or supply something.
    pub(super) fn is_agent(self) -> bool {
        matches!(
            self,
            Self::Agent | Self::Person | Self::Organization | Self::SoftwareAgent
        )
    }

    pub(super) fn is_package(self) -> bool {
        matches!(self, Self::Package | Self::AiPackage | Self::DatasetPackage)
    }

    /// Whether the model holds it as a component or a file.
    pub(super) fn is_artifact(self) -> bool {
        self.is_package() || matches!(self, Self::File | Self::SoftwareArtifact)
    }

    pub(super) fn is_collection(self) -> bool {
        matches!(self, Self::SpdxDocument | Self::Bom | Self::Bundle)
    }

    pub(super) fn is_relationship(self) -> bool {
        self.is_vulnerability_assessment()
            || matches!(self, Self::Relationship | Self::LifecycleScopedRelationship)
    }

    pub(super) fn is_vulnerability_assessment(self) -> bool {
        matches!(
            self,
            Self::Assessment
                | Self::VexAffected
                | Self::VexNotAffected
                | Self::VexFixed
                | Self::VexUnderInvestigation
        )
    }

    /// Whether it stands for a license by itself.
    pub(super) fn is_license(self) -> bool {
        matches!(
            self,
            Self::LicenseExpression
                | Self::SimpleLicensingText
                | Self::ListedLicense
                | Self::CustomLicense
                | Self::ConjunctiveLicenseSet
                | Self::DisjunctiveLicenseSet
                | Self::OrLaterOperator
                | Self::WithAdditionOperator
                | Self::Individual
        )
    }
}

/// The name of a class, property or individual without the prefix of its profile, whether it is
/// written as the context abbreviates it (`software_Package`) or as an IRI.
pub(super) fn local_name(word: &str) -> &str {
    if word.starts_with("https://spdx.org/rdf/") {
        return word.rsplit('/').next().unwrap_or(word);
    }
    match word.split_once('_') {
        Some((
            "software" | "simplelicensing" | "expandedlicensing" | "security" | "ai" | "dataset"
            | "build" | "extension",
            name,
        )) => name,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_read_however_it_is_written() {
        for (word, expected) in [
            ("software_Package", Some(Class::Package)),
            ("Package", Some(Class::Package)),
            (
                "https://spdx.org/rdf/3.0.1/terms/Software/Package",
                Some(Class::Package),
            ),
            ("ai_AIPackage", Some(Class::AiPackage)),
            ("Person", Some(Class::Person)),
            ("vendor_Package", None),
            ("Hash", None),
            ("", None),
        ] {
            assert_eq!(Class::from_word(word), expected, "{word}");
        }
    }
}
