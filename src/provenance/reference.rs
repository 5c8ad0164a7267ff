//! Names of builders with a version behind `@`, and git references.

use std::fmt;

/// A builder as it names itself: an address, and the version behind the last `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuilderId {
    /// The address.
    pub address: String,
    /// What stands behind `@`: a git reference or a bare version.
    pub version: Option<String>,
}

impl BuilderId {
    /// Takes `text` apart at its last `@`.
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('@') {
            Some((address, version)) if !address.is_empty() && !version.is_empty() => Self {
                address: address.to_owned(),
                version: Some(version.to_owned()),
            },
            _ => Self {
                address: text.to_owned(),
                version: None,
            },
        }
    }

    /// Whether `self` has the version `expected`, which may be short for a tag: `v1.2.3` is
    /// `refs/tags/v1.2.3`.
    pub fn has_version(&self, expected: &str) -> bool {
        self.version.as_deref().is_some_and(|version| {
            version == expected || version.strip_prefix("refs/tags/") == Some(expected)
        })
    }

    /// The repository of a workflow on GitHub, as `github.com/OWNER/NAME`.
    pub fn repository(&self) -> Option<String> {
        let path = self.address.strip_prefix("https://github.com/")?;
        let (repository, rest) = path.split_once("/.github/workflows/")?;
        let is_repository = repository.split('/').count() == 2
            && repository.split('/').all(|step| !step.is_empty());
        (is_repository && !rest.is_empty()).then(|| format!("github.com/{repository}"))
    }
}

impl fmt::Display for BuilderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address)?;
        match &self.version {
            Some(version) => write!(formatter, "@{version}"),
            None => Ok(()),
        }
    }
}

/// Whether a git reference is the tag of a release: `refs/tags/v` and three numbers.
///
/// Source: slsa-github-generator, "Referencing SLSA builders and generators": only tags of the form `@vX.Y.Z`
/// are verified; a branch or a commit is not a release that anybody reviewed.
pub fn is_release_tag(reference: &str) -> bool {
    let Some(version) = reference.strip_prefix("refs/tags/v") else {
        return false;
    };
    let mut numbers = version.split('.');
    numbers.clone().count() == 3 && numbers.all(is_number)
}

/// Whether `text` is a number as Semantic Versioning writes one: digits, without a zero in front.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_numbers_are_a_release() {
        assert!(is_release_tag("refs/tags/v1.10.0"));
        for other in [
            "refs/tags/v1.10",
            "refs/tags/v1",
            "refs/tags/v1.10.0-rc.1",
            "refs/tags/v1.10.0.1",
            "refs/tags/1.10.0",
            "refs/tags/v1.010.0",
            "refs/tags/v1..0",
            "refs/heads/v1.10.0",
            "v1.10.0",
            "refs/heads/main",
            "0123456789012345678901234567890123456789",
        ] {
            assert!(!is_release_tag(other), "{other}");
        }
    }

    #[test]
    fn a_builder_is_taken_apart() {
        let id =
            BuilderId::parse("https://github.com/a/b/.github/workflows/x.yml@refs/tags/v1.2.3");
        assert_eq!(id.repository().as_deref(), Some("github.com/a/b"));
        assert!(id.has_version("v1.2.3") && id.has_version("refs/tags/v1.2.3"));
        assert!(!id.has_version("1.2.3") && !id.has_version("refs/heads/v1.2.3"));
        assert!(!BuilderId::parse("https://x.example/b").has_version("v1"));
        assert_eq!(
            BuilderId::parse("https://github.com/a/.github/workflows/x.yml@v1").repository(),
            None
        );
    }
}
