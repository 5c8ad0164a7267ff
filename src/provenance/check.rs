//! The checks of a provenance against an expectation. They say nothing of signatures.
//!
//! Source of the rules for builders on GitHub: README of slsa-verifier, "Verification for GitHub builders" (the
//! name in the certificate decides; builders count at the tag of a release; who is not known must be agreed by
//! name). What a statement says of its builder must agree with the certificate beside it.

mod asked;
mod identity;

use serde::Serialize;

use super::{BuilderId, Builders, Expectation};
use crate::evidence::provenance::{Attestation, Field};
use crate::text::printable;
use asked::Asked;

pub(super) use identity::Judged;

/// What a check asks. For each there is a sentence for people who are not specialists (messages
/// `provenance-NAME` and `provenance-NAME-refused`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// The statement is one, complete and without contradiction.
    Statement,
    /// It speaks about this artifact.
    Subject,
    /// The builder is the expected one, or one that is trusted by default.
    BuilderId,
    /// The build is described by the expected template.
    BuildType,
    /// It was built from the expected repository.
    SourceUri,
    /// From the expected tag.
    SourceTag,
    /// From the expected branch.
    SourceBranch,
    /// From a tag of the expected version.
    SourceVersionedTag,
    /// With the expected inputs.
    Parameters,
    /// It is the expected package.
    PackageName,
    /// In the expected version.
    PackageVersion,
}

impl CheckName {
    /// Every name, in the order above.
    pub const ALL: [Self; 11] = [
        Self::Statement,
        Self::Subject,
        Self::BuilderId,
        Self::BuildType,
        Self::SourceUri,
        Self::SourceTag,
        Self::SourceBranch,
        Self::SourceVersionedTag,
        Self::Parameters,
        Self::PackageName,
        Self::PackageVersion,
    ];

    /// The stable kebab-case word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Subject => "subject",
            Self::BuilderId => "builder-id",
            Self::BuildType => "build-type",
            Self::SourceUri => "source-uri",
            Self::SourceTag => "source-tag",
            Self::SourceBranch => "source-branch",
            Self::SourceVersionedTag => "source-versioned-tag",
            Self::Parameters => "parameters",
            Self::PackageName => "package-name",
            Self::PackageVersion => "package-version",
        }
    }
}

/// What was found, and where in the statement.
pub type Found = Field;

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was asked.
    pub name: CheckName,
    /// Whether it held.
    pub passed: bool,
    /// What was expected and found, in one line.
    pub detail: String,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found, each with its place.
    pub found: Vec<Found>,
}

impl Check {
    fn new(name: CheckName, passed: bool, expected: Option<String>, found: Vec<Found>) -> Self {
        let said: Vec<String> = found
            .iter()
            .map(|found| format!("`{}` at {}", printable(&found.value), printable(&found.at)))
            .collect();
        let said = if said.is_empty() {
            "nothing".to_owned()
        } else {
            said.join(", ")
        };
        let detail = match &expected {
            Some(expected) => format!("expected `{}`, found {said}", printable(expected)),
            None => format!("found {said}"),
        };
        Self {
            name,
            passed,
            detail,
            expected,
            found,
        }
    }

    fn saying(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }
}

/// Every check of one provenance.
#[derive(Debug, Clone)]
pub struct Judgment {
    /// The checks, in the order of [`CheckName`].
    pub checks: Vec<Check>,
    /// What was concluded about the builder.
    pub(super) builder: Judged,
}

impl Judgment {
    /// Whether every check held.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }

    /// Whether the check of this name held; `true` also where it was not asked.
    pub fn holds(&self, name: CheckName) -> bool {
        let mut of_name = self.checks.iter().filter(|check| check.name == name);
        of_name.all(|check| check.passed)
    }

    /// The builder that the provenance names.
    pub fn builder(&self) -> Option<&BuilderId> {
        self.builder.named.as_ref()
    }

    /// Who must have vouched for the name of the signer.
    pub fn issuer(&self) -> &str {
        &self.builder.issuer
    }
}

/// Holds an attestation about a build against what was agreed. `publication` is the registry's statement about
/// the same package, where the file brings one.
pub fn check(
    attestation: &Attestation,
    publication: Option<&Attestation>,
    expectation: &Expectation,
    builders: &Builders,
) -> Judgment {
    let Some(provenance) = attestation.provenance() else {
        let check = Check::new(CheckName::Statement, false, None, Vec::new())
            .saying("the statement is no SLSA provenance of a known version");
        return Judgment {
            checks: vec![check],
            builder: Judged::default(),
        };
    };
    let asked = Asked {
        attestation,
        provenance,
        publication,
        expectation,
    };
    let builder = identity::judge(attestation, provenance, expectation, builders);
    let mut checks = vec![
        asked.statement(),
        asked.subject(),
        Check::new(
            CheckName::BuilderId,
            builder.refusal.is_none(),
            expectation.builder.as_ref().map(ToString::to_string),
            builder.found.clone(),
        )
        .saying(builder.detail()),
    ];
    checks.extend(asked.build_type());
    checks.extend(asked.source_uri());
    checks.extend(asked.source_tag());
    checks.extend(asked.source_branch());
    checks.extend(asked.source_versioned_tag());
    checks.extend(asked.parameters());
    checks.extend(asked.package_name());
    checks.extend(asked.package_version());
    Judgment { checks, builder }
}

/// The registry's statement about the same artifact, or any where none is.
pub fn publication_of<'a>(
    attestation: &Attestation,
    publications: &[&'a Attestation],
) -> Option<&'a Attestation> {
    let shares = |publication: &&&Attestation| {
        let digests = attestation
            .statement
            .subjects
            .iter()
            .flat_map(|subject| &subject.digests);
        let mut published = publication.statement.subjects.iter();
        let published: Vec<_> = published
            .by_ref()
            .flat_map(|subject| &subject.digests)
            .collect();
        digests
            .into_iter()
            .any(|digest| published.contains(&digest))
    };
    publications
        .iter()
        .find(shares)
        .or_else(|| publications.first())
        .copied()
}
