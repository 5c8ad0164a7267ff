//! The words of SPDX 3 beside those of the model.

use std::borrow::Cow;

use crate::evidence::sbom::model::{ComponentKind, IdentifierKind};

/// Hash algorithms: the word of SPDX 3, the word of CycloneDX or SPDX 2.
///
/// Source: SPDX 3.0.1, Core: `HashAlgorithm`.
const HASHES: [(&str, &str); 22] = [
    ("adler32", "ADLER32"),
    ("blake2b256", "BLAKE2b-256"),
    ("blake2b384", "BLAKE2b-384"),
    ("blake2b512", "BLAKE2b-512"),
    ("blake3", "BLAKE3"),
    ("crystalsDilithium", "CRYSTALS-Dilithium"),
    ("crystalsKyber", "CRYSTALS-Kyber"),
    ("falcon", "Falcon"),
    ("md2", "MD2"),
    ("md4", "MD4"),
    ("md5", "MD5"),
    ("md6", "MD6"),
    ("other", "other"),
    ("sha1", "SHA-1"),
    ("sha224", "SHA-224"),
    ("sha256", "SHA-256"),
    ("sha384", "SHA-384"),
    ("sha3_224", "SHA3-224"),
    ("sha3_256", "SHA3-256"),
    ("sha3_384", "SHA3-384"),
    ("sha3_512", "SHA3-512"),
    ("sha512", "SHA-512"),
];

/// The model's spelling of a hash algorithm.
pub(crate) fn hash_algorithm(word: &str) -> Option<&'static str> {
    HASHES
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, name)| *name)
}

/// The word of SPDX 3 for a hash algorithm in the model's spelling.
pub(crate) fn hash_word(algorithm: &str) -> Option<&'static str> {
    let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    let wanted = plain(algorithm);
    HASHES
        .iter()
        .find(|(word, name)| plain(name) == wanted || plain(word) == wanted)
        .map(|(word, _)| *word)
}

/// Purposes beside kinds. Where several words stand for one kind, the first is the one that is written.
///
/// Source: SPDX 3.0.1, Software: `SoftwarePurpose`.
const PURPOSES: [(&str, ComponentKind); 29] = [
    ("application", ComponentKind::Application),
    ("executable", ComponentKind::Application),
    ("framework", ComponentKind::Framework),
    ("library", ComponentKind::Library),
    ("module", ComponentKind::Library),
    ("container", ComponentKind::Container),
    ("platform", ComponentKind::Platform),
    ("operatingSystem", ComponentKind::OperatingSystem),
    ("device", ComponentKind::Device),
    ("deviceDriver", ComponentKind::DeviceDriver),
    ("firmware", ComponentKind::Firmware),
    ("file", ComponentKind::File),
    ("model", ComponentKind::MachineLearningModel),
    ("data", ComponentKind::Data),
    ("specification", ComponentKind::Specification),
    ("source", ComponentKind::Source),
    ("archive", ComponentKind::Archive),
    ("diskImage", ComponentKind::Archive),
    ("filesystemImage", ComponentKind::Archive),
    ("install", ComponentKind::Install),
    ("other", ComponentKind::Other),
    ("configuration", ComponentKind::Data),
    ("documentation", ComponentKind::Other),
    ("patch", ComponentKind::Other),
    ("bom", ComponentKind::Other),
    ("evidence", ComponentKind::Other),
    ("manifest", ComponentKind::Other),
    ("requirement", ComponentKind::Other),
    ("test", ComponentKind::Other),
];

/// The kind that a purpose stands for; any further purpose is [`ComponentKind::Other`].
pub(crate) fn kind_of_purpose(word: &str) -> ComponentKind {
    PURPOSES
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(ComponentKind::Other, |(_, kind)| *kind)
}

/// Whether SPDX 3 has a purpose of that word.
pub(crate) fn is_purpose(word: &str) -> bool {
    PURPOSES.iter().any(|(known, _)| *known == word)
}

/// The purpose that is written for a kind; `None` where the document does not say.
pub(crate) fn purpose_of_kind(kind: ComponentKind) -> Option<&'static str> {
    let found = PURPOSES.iter().find(|(_, known)| *known == kind);
    match kind {
        ComponentKind::Unstated => None,
        _ => Some(found.map_or("other", |(word, _)| word)),
    }
}

/// Identifier types beside kinds. The first word of a kind is the one that is written.
///
/// Source: SPDX 3.0.1, Core: `ExternalIdentifierType`; Software: `ContentIdentifierType`.
const IDENTIFIERS: [(&str, IdentifierKind); 7] = [
    ("packageUrl", IdentifierKind::Purl),
    ("cpe23", IdentifierKind::Cpe),
    ("cpe22", IdentifierKind::Cpe),
    ("swid", IdentifierKind::Swid),
    ("swhid", IdentifierKind::Swhid),
    ("gitoid", IdentifierKind::Gitoid),
    ("other", IdentifierKind::Other),
];

/// The kind of an identifier type.
pub(crate) fn identifier_kind(word: &str) -> IdentifierKind {
    IDENTIFIERS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(IdentifierKind::Other, |(_, kind)| *kind)
}

/// The identifier type that is written for an identifier.
pub(crate) fn identifier_word(kind: IdentifierKind, value: &str) -> &'static str {
    if kind == IdentifierKind::Cpe && value.starts_with("cpe:/") {
        return "cpe22";
    }
    IDENTIFIERS
        .iter()
        .find(|(_, known)| *known == kind)
        .map_or("other", |(word, _)| word)
}

/// Relationship types: the word of SPDX 3, its scope, the word of SPDX 2, and whether SPDX 2 tells it
/// the other way round.
///
/// Source: SPDX 3.0.1, Core: `RelationshipType` and `LifecycleScopeType`; SPDX 2.3, 11.1, Table 68.
const RELATIONSHIPS: [(&str, &str, &str, bool); 38] = [
    ("dependsOn", "", "DEPENDS_ON", false),
    ("dependsOn", "build", "BUILD_DEPENDENCY_OF", true),
    ("dependsOn", "development", "DEV_DEPENDENCY_OF", true),
    ("dependsOn", "runtime", "RUNTIME_DEPENDENCY_OF", true),
    ("dependsOn", "test", "TEST_DEPENDENCY_OF", true),
    ("hasOptionalDependency", "", "OPTIONAL_DEPENDENCY_OF", true),
    ("hasProvidedDependency", "", "PROVIDED_DEPENDENCY_OF", true),
    ("hasPrerequisite", "", "HAS_PREREQUISITE", false),
    ("hasStaticLink", "", "STATIC_LINK", false),
    ("hasDynamicLink", "", "DYNAMIC_LINK", false),
    ("contains", "", "CONTAINS", false),
    ("describes", "", "DESCRIBES", false),
    ("generates", "", "GENERATES", false),
    ("ancestorOf", "", "ANCESTOR_OF", false),
    ("descendantOf", "", "DESCENDANT_OF", false),
    (
        "hasDistributionArtifact",
        "",
        "DISTRIBUTION_ARTIFACT",
        false,
    ),
    ("usesTool", "build", "BUILD_TOOL_OF", true),
    ("usesTool", "development", "DEV_TOOL_OF", true),
    ("usesTool", "test", "TEST_TOOL_OF", true),
    ("usesTool", "", "USES_TOOL", false),
    ("copiedTo", "", "COPY_OF", true),
    ("expandsTo", "", "EXPANDED_FROM_ARCHIVE", true),
    ("hasAddedFile", "", "FILE_ADDED", true),
    ("hasDeletedFile", "", "FILE_DELETED", true),
    ("modifiedBy", "", "FILE_MODIFIED", true),
    ("hasDataFile", "", "DATA_FILE_OF", true),
    ("hasDependencyManifest", "", "DEPENDENCY_MANIFEST_OF", true),
    ("hasDocumentation", "", "DOCUMENTATION_OF", true),
    ("hasExample", "", "EXAMPLE_OF", true),
    ("hasMetadata", "", "METAFILE_OF", true),
    ("hasOptionalComponent", "", "OPTIONAL_COMPONENT_OF", true),
    ("hasRequirement", "", "REQUIREMENT_DESCRIPTION_FOR", true),
    ("hasSpecification", "", "SPECIFICATION_FOR", true),
    ("hasTest", "", "TEST_OF", true),
    ("hasTestCase", "", "TEST_CASE_OF", true),
    ("hasVariant", "", "VARIANT_OF", true),
    ("packagedBy", "", "PACKAGE_OF", true),
    ("patchedBy", "", "PATCH_FOR", true),
];

/// Words of SPDX 2 that SPDX 3 tells otherwise: the word, the word of SPDX 3, its scope, and whether
/// SPDX 3 tells it the other way round.
const OLDER: [(&str, &str, &str, bool); 8] = [
    ("DEPENDENCY_OF", "dependsOn", "", true),
    ("CONTAINED_BY", "contains", "", true),
    ("DESCRIBED_BY", "describes", "", true),
    ("GENERATED_FROM", "generates", "", true),
    ("PREREQUISITE_FOR", "hasPrerequisite", "", true),
    ("PATCH_APPLIED", "patchedBy", "", true),
    ("AMENDS", "amendedBy", "", true),
    ("OTHER", "other", "", false),
];

/// The word of SPDX 2 for a relationship type in a scope, and whether it is told the other way round.
/// What SPDX 2 lacks is put in its manner of writing: `trainedOn` becomes `TRAINED_ON`.
pub(crate) fn relationship_kind(word: &str, scope: &str) -> (Cow<'static, str>, bool) {
    let with = |scope: &str| {
        RELATIONSHIPS
            .iter()
            .find(|(known, in_scope, ..)| *known == word && *in_scope == scope)
    };
    if let Some((_, _, kind, turned)) = with(scope).or_else(|| with("")) {
        return (Cow::Borrowed(kind), *turned);
    }
    match word {
        "amendedBy" => (Cow::Borrowed("AMENDS"), true),
        "other" => (Cow::Borrowed("OTHER"), false),
        _ => (Cow::Owned(upper_snake(word)), false),
    }
}

/// The relationship type and scope of SPDX 3 for a word of SPDX 2, and whether it is told the other
/// way round. `None` for a word that SPDX 3 has no type for.
pub(crate) fn relationship_word(kind: &str) -> Option<(&'static str, &'static str, bool)> {
    let known = RELATIONSHIPS.iter().find(|(_, _, known, _)| *known == kind);
    if let Some((word, scope, _, turned)) = known {
        return Some((word, scope, *turned));
    }
    if let Some((_, word, scope, turned)) = OLDER.iter().find(|(known, ..)| *known == kind) {
        return Some((word, scope, *turned));
    }
    let same = FURTHER.iter().find(|word| upper_snake(word) == kind);
    same.map(|word| (*word, "", false))
}

/// Relationship types without a word in SPDX 2 that a model may hold.
const FURTHER: [&str; 13] = [
    "availableFrom",
    "configures",
    "delegatedTo",
    "hasEvidence",
    "hasHost",
    "hasInput",
    "hasOutput",
    "invokedBy",
    "serializedInArtifact",
    "testedOn",
    "trainedOn",
    "usesTool",
    "hasAssociatedVulnerability",
];

/// A word of SPDX 3 in the manner of SPDX 2.
pub(crate) fn upper_snake(word: &str) -> String {
    let mut snake = String::with_capacity(word.len() + 4);
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_uppercase());
    }
    snake
}

/// Kinds of links.
///
/// Source: SPDX 3.0.1, Core: `ExternalRefType`.
const LINKS: [&str; 46] = [
    "altDownloadLocation",
    "altWebPage",
    "binaryArtifact",
    "bower",
    "buildMeta",
    "buildSystem",
    "certificationReport",
    "chat",
    "componentAnalysisReport",
    "cwe",
    "documentation",
    "dynamicAnalysisReport",
    "eolNotice",
    "exportControlAssessment",
    "funding",
    "issueTracker",
    "license",
    "mailingList",
    "mavenCentral",
    "metrics",
    "npm",
    "nuget",
    "other",
    "privacyAssessment",
    "productMetadata",
    "purchaseOrder",
    "qualityAssessmentReport",
    "releaseHistory",
    "releaseNotes",
    "riskAssessment",
    "runtimeAnalysisReport",
    "secureSoftwareAttestation",
    "securityAdversaryModel",
    "securityAdvisory",
    "securityFix",
    "securityOther",
    "securityPenTestReport",
    "securityPolicy",
    "securityThreatModel",
    "socialMedia",
    "sourceArtifact",
    "staticAnalysisReport",
    "support",
    "vcs",
    "vulnerabilityDisclosureReport",
    "vulnerabilityExploitabilityAssessment",
];

/// Kinds of links of CycloneDX and SPDX 2 that SPDX 3 calls otherwise.
///
/// Source: CycloneDX 1.6, `externalReference.type`; SPDX 2.3, annex F.
const OTHER_LINKS: [(&str, &str); 27] = [
    ("website", "altWebPage"),
    ("advisories", "securityAdvisory"),
    ("advisory", "securityAdvisory"),
    ("fix", "securityFix"),
    ("build-meta", "buildMeta"),
    ("build-system", "buildSystem"),
    ("issue-tracker", "issueTracker"),
    ("mailing-list", "mailingList"),
    ("social", "socialMedia"),
    ("distribution", "altDownloadLocation"),
    ("source-distribution", "sourceArtifact"),
    ("security-contact", "securityOther"),
    ("rfc-9116", "securityOther"),
    ("distribution-intake", "binaryArtifact"),
    ("release-notes", "releaseNotes"),
    ("threat-model", "securityThreatModel"),
    ("adversary-model", "securityAdversaryModel"),
    ("risk-assessment", "riskAssessment"),
    ("static-analysis-report", "staticAnalysisReport"),
    ("dynamic-analysis-report", "dynamicAnalysisReport"),
    ("runtime-analysis-report", "runtimeAnalysisReport"),
    ("component-analysis-report", "componentAnalysisReport"),
    ("certification-report", "certificationReport"),
    ("pentest-report", "securityPenTestReport"),
    ("quality-metrics", "metrics"),
    ("vulnerability-assertion", "vulnerabilityDisclosureReport"),
    (
        "exploitability-statement",
        "vulnerabilityExploitabilityAssessment",
    ),
];

/// The word of SPDX 3 for a kind of link in the words of any format.
pub(crate) fn link_word(kind: &str) -> Option<&'static str> {
    let same = LINKS.iter().find(|word| **word == kind).copied();
    same.or_else(|| {
        let other = OTHER_LINKS.iter().find(|(known, _)| *known == kind);
        other.map(|(_, word)| *word)
    })
}

/// Justifications of "not affected": the word of SPDX 3 and the word of CycloneDX nearest to it.
///
/// Source: SPDX 3.0.1, Security: `VexJustificationType`; CycloneDX 1.6, `impactAnalysisJustification`.
const JUSTIFICATIONS: [(&str, &str); 5] = [
    ("componentNotPresent", "requires_dependency"),
    ("vulnerableCodeNotPresent", "code_not_present"),
    ("vulnerableCodeNotInExecutePath", "code_not_reachable"),
    (
        "vulnerableCodeCannotBeControlledByAdversary",
        "requires_environment",
    ),
    (
        "inlineMitigationsAlreadyExist",
        "protected_by_mitigating_control",
    ),
];

/// The justification of SPDX 3 for one in the words of either standard.
pub(crate) fn justification_word(justification: &str) -> Option<&'static str> {
    JUSTIFICATIONS
        .iter()
        .find(|(word, other)| *word == justification || *other == justification)
        .map(|(word, _)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_relationship_is_found_back() {
        for (word, scope, kind, turned) in RELATIONSHIPS {
            assert_eq!(relationship_kind(word, scope), (kind.into(), turned));
            assert_eq!(relationship_word(kind), Some((word, scope, turned)));
        }
        for word in FURTHER {
            let (kind, turned) = relationship_kind(word, "");
            assert_eq!(relationship_word(&kind), Some((word, "", turned)));
        }
        assert_eq!(relationship_kind("trainedOn", "").0, "TRAINED_ON");
        assert_eq!(relationship_kind("dependsOn", "design").0, "DEPENDS_ON");
        assert_eq!(relationship_word("PROVIDES"), None);
    }

    #[test]
    fn hashes_and_purposes_are_found_back() {
        for (word, name) in HASHES {
            assert_eq!(hash_word(name), Some(word));
        }
        for (kind, _) in ComponentKind::WORDS {
            let Some(word) = purpose_of_kind(kind) else {
                assert_eq!(kind, ComponentKind::Unstated);
                continue;
            };
            let lost = kind == ComponentKind::CryptographicAsset;
            assert_eq!(kind_of_purpose(word) == kind, !lost, "{word}");
        }
        assert_eq!(identifier_word(IdentifierKind::Cpe, "cpe:/a:b:c"), "cpe22");
    }
}
