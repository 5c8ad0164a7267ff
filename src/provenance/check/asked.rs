//! The checks of everything but the builder.

use super::{Check, CheckName};
use crate::digest::Algorithm;
use crate::evidence::provenance::{
    Attestation, Field, Provenance, Publication, Resource, SourceUri,
};
use crate::provenance::Expectation;
use crate::purl::Purl;
use crate::text::printable;

/// One question about one provenance.
pub(super) struct Asked<'a> {
    pub(super) attestation: &'a Attestation,
    pub(super) provenance: &'a Provenance,
    pub(super) publication: Option<&'a Attestation>,
    pub(super) expectation: &'a Expectation,
}

impl Asked<'_> {
    /// No faults, complete, and the certificate speaks of the same repository, reference and commit.
    pub(super) fn statement(&self) -> Check {
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
    pub(super) fn subject(&self) -> Check {
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
        let all: Vec<String> = expected
            .iter()
            .map(|(algorithm, digits)| format!("{}:{digits}", key_of(*algorithm)))
            .collect();
        let passed = subject.is_some() && published && named;
        let check = Check::new(CheckName::Subject, passed, Some(all.join(", ")), found);
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

    pub(super) fn build_type(&self) -> Option<Check> {
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
    pub(super) fn source_uri(&self) -> Option<Check> {
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
        let is_expected =
            |found: &Field| SourceUri::parse(&found.value).repository() == expected.repository();
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

    pub(super) fn source_tag(&self) -> Option<Check> {
        let expected = self.expectation.source_tag.as_ref()?;
        let bare = expected.strip_prefix("refs/tags/").unwrap_or(expected);
        Some(self.of_tag(CheckName::SourceTag, expected, |tag| tag == bare))
    }

    pub(super) fn source_versioned_tag(&self) -> Option<Check> {
        let expected = self.expectation.source_versioned_tag.as_ref()?;
        Some(self.of_tag(
            CheckName::SourceVersionedTag,
            expected.as_written(),
            |tag| expected.admits(tag),
        ))
    }

    /// The branch that was built, or that the event says the tag was made on.
    pub(super) fn source_branch(&self) -> Option<Check> {
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

    pub(super) fn parameters(&self) -> Option<Check> {
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
        of_publication: impl Fn(&Publication) -> Option<Field>,
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

    pub(super) fn package_name(&self) -> Option<Check> {
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

    pub(super) fn package_version(&self) -> Option<Check> {
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
