//! Predicates: what is said about an artifact. Each known type is held to the members that its specification
//! requires and summed up; what the inner documents say (SBOM, VEX) their own readers judge.
//!
//! Sources: in-toto Attestation Framework, `spec/predicates`; SLSA Provenance v0.2 and v1; SLSA Verification
//! Summary v0.2 and v1. To add a type: a line in [`PredicateType::URIS`] and an arm in [`read`].

mod document;
mod outline;
mod summary;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::statement::Statement;
use crate::diagnostic::{Diagnostic, Findings, Place, Severity};
use outline::Outline;

pub use summary::Summary;

/// The types of predicates that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PredicateType {
    /// How an artifact was built.
    SlsaProvenance,
    /// A CycloneDX BOM.
    Cyclonedx,
    /// An SPDX document.
    Spdx,
    /// An OpenVEX document.
    Openvex,
    /// What a test run came to.
    TestResult,
    /// What a verification by somebody else came to (VSA).
    VerificationSummary,
    /// What a verification by somebody else came to, as a list of properties (SVR).
    VerificationResult,
    /// What a scan for vulnerabilities came to.
    Vulnerabilities,
    /// What one step of a supply chain consumed and ran.
    Link,
    /// That an artifact belongs to a release.
    Release,
    /// Where documents on an artifact lie.
    Reference,
    /// That a registry published a package (npm).
    NpmPublish,
    /// That somebody signed, and nothing more (cosign).
    CosignSign,
    /// Anything else.
    Other,
}

impl PredicateType {
    /// Every known type by its URI.
    pub const URIS: [(&'static str, Self); 22] = [
        ("https://slsa.dev/provenance/v0.2", Self::SlsaProvenance),
        ("https://slsa.dev/provenance/v1", Self::SlsaProvenance),
        ("https://cyclonedx.org/bom", Self::Cyclonedx),
        ("https://cyclonedx.org/bom/v1.4", Self::Cyclonedx),
        ("https://spdx.dev/Document", Self::Spdx),
        ("https://spdx.dev/Document/v2.2", Self::Spdx),
        ("https://spdx.dev/Document/v2.3", Self::Spdx),
        ("https://openvex.dev/ns", Self::Openvex),
        ("https://openvex.dev/ns/v0.2.0", Self::Openvex),
        (
            "https://in-toto.io/attestation/test-result/v0.1",
            Self::TestResult,
        ),
        (
            "https://slsa.dev/verification_summary/v0.2",
            Self::VerificationSummary,
        ),
        (
            "https://slsa.dev/verification_summary/v1",
            Self::VerificationSummary,
        ),
        (
            "https://in-toto.io/attestation/svr/v0.1",
            Self::VerificationResult,
        ),
        (
            "https://in-toto.io/attestation/svr/v0.2",
            Self::VerificationResult,
        ),
        (
            "https://in-toto.io/attestation/vulns/v0.1",
            Self::Vulnerabilities,
        ),
        (
            "https://in-toto.io/attestation/vulns/v0.2",
            Self::Vulnerabilities,
        ),
        ("https://in-toto.io/attestation/link/v0.3", Self::Link),
        ("https://in-toto.io/attestation/release/v0.1", Self::Release),
        ("https://in-toto.io/attestation/release/v0.2", Self::Release),
        (
            "https://in-toto.io/attestation/reference/v0.1",
            Self::Reference,
        ),
        (
            "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
            Self::NpmPublish,
        ),
        ("https://sigstore.dev/cosign/sign/v1", Self::CosignSign),
    ];

    /// The type that a URI names.
    pub fn of(uri: &str) -> Self {
        Self::URIS
            .iter()
            .find(|(known, _)| *known == uri)
            .map_or(Self::Other, |(_, kind)| *kind)
    }
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Predicate {
    /// What kind of thing is said.
    #[serde(rename = "type")]
    pub kind: PredicateType,
    /// What it comes to.
    pub summary: Summary,
    /// Remarks: first on the outer shape, then those of the inner document's reader.
    pub findings: Vec<Diagnostic>,
}

impl Predicate {
    /// Whether something that the specification of its type requires is missing or wrong. Faults inside of an
    /// SBOM or a VEX document do not count here.
    pub fn is_incomplete(&self) -> bool {
        let is_own = |one: &Diagnostic| one.code == "predicate-incomplete";
        self.findings
            .iter()
            .any(|one| is_own(one) && one.severity == Severity::Error)
    }
}

/// Reads the predicate of a statement. A type that is not known is told, and its content is left unread.
pub fn read(statement: &Statement) -> Predicate {
    let kind = PredicateType::of(&statement.predicate_type);
    let mut findings = Findings::new();
    let summary = {
        let mut outline = Outline::new(statement.predicate.as_ref(), &mut findings);
        let is_first = statement.predicate_type.ends_with("/v0.2");
        match kind {
            PredicateType::SlsaProvenance if is_first => summary::provenance_v0_2(&mut outline),
            PredicateType::SlsaProvenance => summary::provenance_v1(&mut outline),
            PredicateType::TestResult => summary::test_result(&mut outline),
            PredicateType::VerificationSummary if is_first => summary::vsa_v0_2(&mut outline),
            PredicateType::VerificationSummary => summary::vsa_v1(&mut outline),
            PredicateType::VerificationResult => summary::svr(&mut outline),
            PredicateType::Vulnerabilities => summary::vulnerabilities(&mut outline),
            PredicateType::Link => summary::link(&mut outline),
            PredicateType::Release => summary::release(&mut outline),
            PredicateType::Reference => summary::reference(&mut outline),
            PredicateType::NpmPublish => summary::npm_publish(&mut outline),
            PredicateType::CosignSign | PredicateType::Other => Summary::None {},
            PredicateType::Cyclonedx | PredicateType::Spdx => document::sbom(kind, &mut outline),
            PredicateType::Openvex => document::vex(&mut outline),
        }
    };
    if kind == PredicateType::Other {
        let uri = crate::text::printable(&crate::text::shortened(&statement.predicate_type, 200));
        findings.note(
            "predicate-unknown",
            "have what it says examined by somebody who knows the type",
            || {
                let message = format!("what a predicate of the type `{uri}` says is not read");
                (Place::pointer("/predicateType"), message)
            },
        );
    }
    Predicate {
        kind,
        summary,
        findings: findings.finish(),
    }
}
