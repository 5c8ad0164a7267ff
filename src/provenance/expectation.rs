//! What was agreed about the provenance of an artifact.

use super::reference::{BuilderId, is_number};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::evidence::provenance::SourceUri;

/// What was agreed. What is `None` or empty was not agreed and is not checked.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// The digests of the artifact, in lower-case hexadecimal digits; at least one.
    pub subject: Vec<(Algorithm, String)>,
    /// The repository.
    pub source_uri: Option<SourceUri>,
    /// The tag that was built.
    pub source_tag: Option<String>,
    /// The branch that was built, or that the tag was made on.
    pub source_branch: Option<String>,
    /// The version that the tag must be of.
    pub source_versioned_tag: Option<VersionedTag>,
    /// Who must have built.
    pub builder: Option<ExpectedBuilder>,
    /// Whether whoever signed was agreed on by name, apart from the builder. Then the builder need not be the
    /// one that signed; whether the signature is the agreed signer's is for whoever verifies it.
    pub signer_is_agreed: bool,
    /// By which template the build must be described.
    pub build_type: Option<String>,
    /// Inputs of the workflow that must have been given, by name.
    pub parameters: Vec<(String, String)>,
    /// The package.
    pub package_name: Option<String>,
    /// The version of the package.
    pub package_version: Option<String>,
}

/// The expected builder, with a version where one was agreed.
pub type ExpectedBuilder = BuilderId;

impl Expectation {
    /// Reads an expected repository, such as `github.com/owner/name` or its address.
    ///
    /// # Errors
    ///
    /// `expectation-malformed` when it names none, or a reference or commit with it.
    pub fn source(text: &str) -> Result<SourceUri, Diagnostic> {
        let source = SourceUri::parse(text);
        let steps: Vec<&str> = source.repository().split('/').collect();
        let is_repository = steps.len() > 1
            && steps.iter().all(|step| !step.is_empty())
            && source.reference().is_none()
            && source.commit().is_none()
            && !text.chars().any(char::is_whitespace);
        if is_repository {
            return Ok(source);
        }
        let message = format!("`{text}` is no repository");
        Err(malformed(
            message,
            "write it as github.com/owner/name; tag and branch are expectations of their own",
        ))
    }

    /// Reads an expected input, `NAME=VALUE`.
    ///
    /// # Errors
    ///
    /// `expectation-malformed` without a name.
    pub fn parameter(text: &str) -> Result<(String, String), Diagnostic> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(malformed(
                format!("`{text}` is no input"),
                "write it as NAME=VALUE",
            )),
        }
    }
}

fn malformed(message: String, help: &str) -> Diagnostic {
    Diagnostic::error("expectation-malformed", Place::whole(), message).help(help)
}

/// A version that may leave out its last numbers, and which tags are of it.
///
/// Source: README of slsa-verifier, option `--source-versioned-tag`, and Semantic Versioning 2.0.0: the tag is
/// completed with zeros (`v14` is `v14.0.0`), and every number that was agreed must be the tag's. Ours: a
/// pre-release is of a version only when it was agreed as it is, since `v1` means releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedTag {
    written: String,
    numbers: Vec<String>,
    pre_release: Option<String>,
}

impl VersionedTag {
    /// Reads `vX`, `vX.Y` or `vX.Y.Z`, the last with a pre-release behind `-` where there is one. Build
    /// metadata behind `+` orders nothing and is left out.
    ///
    /// # Errors
    ///
    /// `expectation-malformed` when it is none.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        Self::read(text).ok_or_else(|| {
            malformed(
                format!("`{text}` is no version of a tag"),
                "write it as v1, v1.2 or v1.2.3",
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (rest, _metadata) = text.split_once('+').unwrap_or((text, ""));
        let rest = rest.strip_prefix('v')?;
        let (numbers, pre_release) = match rest.split_once('-') {
            Some((numbers, pre_release)) => (numbers, Some(pre_release)),
            None => (rest, None),
        };
        let numbers: Vec<String> = numbers.split('.').map(str::to_owned).collect();
        let is_version = numbers.len() <= 3 && numbers.iter().all(|number| is_number(number));
        let is_pre_release = pre_release.is_none_or(|pre_release| {
            numbers.len() == 3 && pre_release.split('.').all(|part| !part.is_empty())
        });
        (is_version && is_pre_release).then(|| Self {
            written: text.to_owned(),
            numbers,
            pre_release: pre_release.map(str::to_owned),
        })
    }

    /// Whether the bare name of a tag is of this version.
    pub fn admits(&self, tag: &str) -> bool {
        let Some(tag) = Self::read(tag) else {
            return false;
        };
        let completed = tag
            .numbers
            .iter()
            .map(String::as_str)
            .chain(std::iter::repeat("0"));
        self.pre_release == tag.pre_release
            && self
                .numbers
                .iter()
                .zip(completed)
                .all(|(agreed, number)| agreed == number)
    }

    /// The version as it was written.
    pub fn as_written(&self) -> &str {
        &self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_admits_the_tags_that_are_of_it() {
        for (version, tag, expected) in [
            ("v13", "v13.0.30", true),
            ("v13.0", "v13.0.30", true),
            ("v13.0.30", "v13.0.30", true),
            ("v13.1", "v13.0.30", false),
            ("v13.0.3", "v13.0.30", false),
            ("v1", "v13.0.30", false),
            ("v14", "v14", true),
            ("v14.0", "v14", true),
            ("v14.0.0", "v14", true),
            ("v14.1", "v14", false),
            ("v14.2.1", "v14.2", false),
            ("v14.2.0", "v14.2", true),
            ("v1", "v1.0.0-rc.1", false),
            ("v1.0.0-rc.1", "v1.0.0-rc.1", true),
            ("v1.0.0-rc.1", "v1.0.0-rc.2", false),
            ("v1.0.0", "v1.0.0+linux", true),
            ("v1", "1.0.0", false),
            ("v1", "v1.0.0.0", false),
            ("v1", "release-1", false),
        ] {
            let parsed = VersionedTag::parse(version).unwrap();
            assert_eq!(parsed.admits(tag), expected, "{version} {tag}");
        }
        for broken in [
            "", "1.2.3", "v", "v1.", "v01", "v1.2.3.4", "v1-rc", "v1.2.3-", "main",
        ] {
            let fault = VersionedTag::parse(broken).unwrap_err();
            assert_eq!(fault.code, "expectation-malformed", "{broken}");
        }
    }

    #[test]
    fn an_expectation_that_cannot_be_held_is_refused() {
        for broken in [
            "",
            "github.com",
            "github.com/a//b",
            "github.com/a/b@v1",
            "a b/c",
        ] {
            assert!(Expectation::source(broken).is_err(), "{broken}");
        }
        assert!(Expectation::source("https://github.com/a/b").is_ok());
        assert!(Expectation::parameter("=x").is_err());
        assert!(Expectation::parameter("x").is_err());
        assert_eq!(
            Expectation::parameter("a=b=c").unwrap(),
            ("a".to_owned(), "b=c".to_owned())
        );
    }
}
