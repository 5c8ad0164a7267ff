//! The checks of a provenance against an expectation. They say nothing of signatures.
//!
//! Source of the rules for builders on GitHub: README of slsa-verifier, "Verification for GitHub builders" (the
//! name in the certificate decides; builders count at the tag of a release; who is not known must be agreed by
//! name). What a statement says of its builder must agree with the certificate beside it.

mod identity;

use serde::Serialize;

use super::{BuilderId, Builders, Expectation};
use crate::digest::Algorithm;
use crate::evidence::provenance::{Attestation, Field, Provenance, Resource};
use crate::purl::Purl;
use crate::text::printable;

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

/// One question about one provenance.
struct Asked<'a> {
    attestation: &'a Attestation,
    provenance: &'a Provenance,
    publication: Option<&'a Attestation>,
    expectation: &'a Expectation,
}

impl Asked<'_> {
    /// No faults, complete, and the certificate speaks of the same repository, reference and commit.
    fn statement(&self) -> Check {
        let mut faults = self.attestation.statement.faults.clone();
        if let Some(publication) = self.publication {
            faults.extend(publication.statement.faults.iter().map(|fault| Field {
                value: format!("in the publication: {}", fault.value),
                at: fault.at.clone(),
            }));
        } else if packages(&self.attestation.statement.subjects).any(|(_, purl)| purl.kind == "npm")
        {
            faults.push(Field {
                value: "the registry's statement on the publication is missing".to_owned(),
                at: "/attestations".to_owned(),
            });
        }
        if self.provenance.sources.is_empty() {
            faults.push(Field {
                value: "no source is named".to_owned(),
                at: "/predicate".to_owned(),
            });
        }
        if let Some(signer) = &self.attestation.signer {
            let claims = [
                (&signer.source_reference, self.provenance.references.first()),
                (&signer.source_commit, self.provenance.commits.first()),
            ];
            for (claim, said) in claims {
                if let (Some(claim), Some(said)) = (claim, said)
                    && *claim != said.value
                {
                    faults.push(Field {
                        value: format!(
                            "the certificate says `{claim}` where the statement says `{}`",
                            said.value
                        ),
                        at: said.at.clone(),
                    });
                }
            }
        }
        let passed = faults.is_empty();
        let detail = if passed {
            "the statement is complete and agrees with itself".to_owned()
        } else {
            let all: Vec<_> = faults
                .iter()
                .map(|fault| format!("{} at {}", printable(&fault.value), printable(&fault.at)))
                .collect();
            all.join("; ")
        };
        Check::new(CheckName::Statement, passed, None, faults).saying(detail)
    }

    /// A subject has every digest that both sides know, at least one; and whatever else in the file names a
    /// digest of the artifact names the same.
    fn subject(&self) -> Check {
        let expected = &self.expectation.subject;
        let subject = matching(&self.attestation.statement.subjects, expected);
        let published = self
            .publication
            .is_none_or(|one| matching(&one.statement.subjects, expected).is_some());
        let named = self.attestation.named_digests.iter().all(|named| {
            expected.iter().any(|(algorithm, digits)| {
                *algorithm == Algorithm::Sha256 && named.value == format!("sha256:{digits}")
            })
        });
        let found: Vec<Field> = match subject {
            Some(subject) => vec![Field {
                value: subject.name.clone(),
                at: subject.at.clone(),
            }],
            None => self
                .attestation
                .statement
                .subjects
                .iter()
                .take(SHOWN)
                .flat_map(|subject| {
                    subject.digests.iter().map(|(algorithm, digits)| Field {
                        value: format!("{algorithm}:{digits}"),
                        at: subject.at.clone(),
                    })
                })
                .collect(),
        };
        let names: Vec<String> = expected
            .iter()
            .map(|(algorithm, digits)| format!("{}:{digits}", key_of(*algorithm)))
            .collect();
        let passed = subject.is_some() && published && named;
        let check = Check::new(CheckName::Subject, passed, Some(names.join(", ")), found);
        if subject.is_some() && !named {
            let detail = "the file names another digest of the image beside the statement";
            return Check {
                found: self.attestation.named_digests.clone(),
                ..check.saying(detail)
            };
        }
        if subject.is_some() && !published {
            return check.saying("the registry's statement is about another artifact");
        }
        check
    }

    fn build_type(&self) -> Option<Check> {
        let expected = self.expectation.build_type.as_ref()?;
        let found: Vec<_> = self.provenance.build_type.iter().cloned().collect();
        let passed = found.iter().any(|found| found.value == *expected);
        Some(Check::new(
            CheckName::BuildType,
            passed,
            Some(expected.clone()),
            found,
        ))
    }

    /// Every place that names a source names the expected one, the certificate included.
    fn source_uri(&self) -> Option<Check> {
        let expected = self.expectation.source_uri.as_ref()?;
        let mut found: Vec<Field> = self
            .provenance
            .sources
            .iter()
            .map(|source| source.uri.clone())
            .collect();
        found.extend(claim(
            self.attestation
                .signer
                .as_ref()
                .and_then(|signer| signer.source_repository.as_ref()),
            "the certificate's source repository",
        ));
        let is_expected = |found: &Field| {
            crate::evidence::provenance::SourceUri::parse(&found.value).repository()
                == expected.repository()
        };
        let passed = !self.provenance.sources.is_empty() && found.iter().all(is_expected);
        Some(Check::new(
            CheckName::SourceUri,
            passed,
            Some(expected.repository().to_owned()),
            found,
        ))
    }

    /// Every reference of the build, the certificate's included.
    fn references(&self) -> Vec<Field> {
        let signer = self.attestation.signer.as_ref();
        let claimed = signer.and_then(|signer| signer.source_reference.as_ref());
        self.provenance
            .references
            .iter()
            .cloned()
            .chain(claim(claimed, "the certificate's source reference"))
            .collect()
    }

    /// Whether the build was of a tag, and `admits` its bare name wherever it stands.
    fn of_tag(&self, name: CheckName, expected: &str, admits: impl Fn(&str) -> bool) -> Check {
        let found = self.references();
        let passed = !self.provenance.references.is_empty()
            && found
                .iter()
                .all(|one| one.value.strip_prefix("refs/tags/").is_some_and(&admits));
        let of_no_tag = found.iter().any(|one| !one.value.starts_with("refs/tags/"));
        let check = Check::new(name, passed, Some(expected.to_owned()), found);
        if of_no_tag {
            let detail = format!("{}; the build was not of a tag", check.detail);
            return check.saying(detail);
        }
        check
    }

    fn source_tag(&self) -> Option<Check> {
        let expected = self.expectation.source_tag.as_ref()?;
        let bare = expected.strip_prefix("refs/tags/").unwrap_or(expected);
        Some(self.of_tag(CheckName::SourceTag, expected, |tag| tag == bare))
    }

    fn source_versioned_tag(&self) -> Option<Check> {
        let expected = self.expectation.source_versioned_tag.as_ref()?;
        Some(self.of_tag(
            CheckName::SourceVersionedTag,
            expected.as_written(),
            |tag| expected.admits(tag),
        ))
    }

    /// The branch that was built, or that the event says the tag was made on.
    fn source_branch(&self) -> Option<Check> {
        let expected = self.expectation.source_branch.as_ref()?;
        let bare = expected.strip_prefix("refs/heads/").unwrap_or(expected);
        let references = self.references();
        let is_tag = |one: &Field| one.value.starts_with("refs/tags/");
        let found = if !references.is_empty() && references.iter().all(is_tag) {
            self.provenance.base_branch.iter().cloned().collect()
        } else {
            references
        };
        let passed = !self.provenance.references.is_empty()
            && !found.is_empty()
            && found
                .iter()
                .all(|one| one.value.strip_prefix("refs/heads/") == Some(bare));
        Some(Check::new(
            CheckName::SourceBranch,
            passed,
            Some(expected.clone()),
            found,
        ))
    }

    fn parameters(&self) -> Option<Check> {
        if self.expectation.parameters.is_empty() {
            return None;
        }
        let mut passed = true;
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        for (name, value) in &self.expectation.parameters {
            expected.push(format!("{name}={value}"));
            let mut inputs = self.provenance.inputs.iter();
            let input = inputs.find(|(input, _)| input == name);
            passed &= input.is_some_and(|(_, input)| input.value == *value);
            found.extend(input.map(|(name, input)| Field {
                value: format!("{name}={}", input.value),
                at: input.at.clone(),
            }));
        }
        Some(Check::new(
            CheckName::Parameters,
            passed,
            Some(expected.join(", ")),
            found,
        ))
    }

    /// What the statements call the package: the subject of the build that is this artifact, and the
    /// registry's words.
    fn package(
        &self,
        of_purl: impl Fn(&Purl) -> Option<String>,
        of_publication: impl Fn(&crate::evidence::provenance::Publication) -> Option<Field>,
    ) -> Vec<Field> {
        let expected = &self.expectation.subject;
        let mut found = Vec::new();
        let attestations = std::iter::once(self.attestation).chain(self.publication);
        for attestation in attestations {
            let subject = matching(&attestation.statement.subjects, expected);
            let named = subject.and_then(|subject| {
                let purl = Purl::parse(&subject.name)?;
                Some(Field {
                    value: of_purl(&purl)?,
                    at: format!("{}/name", subject.at),
                })
            });
            found.extend(named);
            found.extend(attestation.publication().and_then(&of_publication));
        }
        found
    }

    fn package_name(&self) -> Option<Check> {
        let expected = self.expectation.package_name.as_ref()?;
        let found = self.package(
            |purl| Some(purl.full_name()),
            |publication| publication.name.clone(),
        );
        let passed = !found.is_empty() && found.iter().all(|one| one.value == *expected);
        Some(Check::new(
            CheckName::PackageName,
            passed,
            Some(expected.clone()),
            found,
        ))
    }

    fn package_version(&self) -> Option<Check> {
        let expected = self.expectation.package_version.as_ref()?;
        let found = self.package(
            |purl| purl.version.as_ref().map(ToString::to_string),
            |publication| publication.version.clone(),
        );
        let passed = !found.is_empty() && found.iter().all(|one| one.value == *expected);
        Some(Check::new(
            CheckName::PackageVersion,
            passed,
            Some(expected.clone()),
            found,
        ))
    }
}

/// How many subjects a refusal lists.
const SHOWN: usize = 5;

/// How in-toto calls an algorithm.
fn key_of(algorithm: Algorithm) -> String {
    algorithm.name().replace('-', "").to_ascii_lowercase()
}

/// The subject that has one of the digests and contradicts none.
fn matching<'a>(
    subjects: &'a [Resource],
    expected: &[(Algorithm, String)],
) -> Option<&'a Resource> {
    subjects.iter().find(|subject| {
        let compared: Vec<bool> = expected
            .iter()
            .filter_map(|(algorithm, digits)| Some(subject.digest(&key_of(*algorithm))? == digits))
            .collect();
        !compared.is_empty() && compared.iter().all(|same| *same)
    })
}

/// The subjects that are packages.
fn packages(subjects: &[Resource]) -> impl Iterator<Item = (&Resource, Purl)> {
    subjects
        .iter()
        .filter_map(|subject| Some((subject, Purl::parse(&subject.name)?)))
}

fn claim(value: Option<&String>, at: &str) -> Option<Field> {
    Some(Field {
        value: value?.clone(),
        at: at.to_owned(),
    })
}
