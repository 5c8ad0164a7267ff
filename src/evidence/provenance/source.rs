//! The address of a source repository in one spelling.
//!
//! Source: SPDX download locations, as SLSA uses them (`git+https://HOST/PATH@REF#SUBPATH`, SLSA Provenance
//! v0.2, `invocation.configSource.uri`); Google Cloud Build v0.2 writes `https://HOST/PATH/commit/SHA`.

/// The address of a source repository, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceUri {
    repository: String,
    reference: Option<String>,
    commit: Option<String>,
}

impl SourceUri {
    /// Takes `uri` apart. Schemes of git, `https://`, a final `.git` and a final slash are left out of the
    /// repository, whose host is in lower case; everything else is kept as it is, so that two repositories
    /// are the same only when they are spelled the same.
    pub fn parse(uri: &str) -> Self {
        let rest = uri.strip_prefix("git+").unwrap_or(uri);
        let rest = ["https://", "http://", "ssh://", "git://"]
            .iter()
            .find_map(|scheme| rest.strip_prefix(scheme))
            .unwrap_or(rest);
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (path, reference) = match rest.split_once('@') {
            Some((path, reference)) => (path, Some(reference)),
            None => (rest, None),
        };
        let (path, commit) = match path.rsplit_once("/commit/") {
            Some((path, commit)) if is_commit(commit) => (path, Some(commit)),
            _ => (path, None),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let path = path.strip_suffix(".git").unwrap_or(path);
        let repository = match path.split_once('/') {
            Some((host, path)) => format!("{}/{path}", host.to_ascii_lowercase()),
            None => path.to_owned(),
        };
        let (reference, named) = match reference {
            Some(reference) if is_commit(reference) => (None, Some(reference)),
            other => (other, None),
        };
        Self {
            repository,
            reference: reference.map(str::to_owned),
            commit: commit.or(named).map(str::to_owned),
        }
    }

    /// Host and path, such as `github.com/owner/name`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// What stands behind `@` and is no commit, such as `refs/tags/v1.0.0`.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The commit, where the address names one.
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }
}

/// Whether `text` is a git object name (SHA-1 or SHA-256).
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_repository_are_one() {
        let sha = "fbbb98765e85ad464302dc5977968104d36e455e";
        for (uri, reference, commit) in [
            ("github.com/a/b", None, None),
            ("https://github.com/a/b", None, None),
            ("git+https://GitHub.com/a/b.git", None, None),
            (
                "git+https://github.com/a/b@refs/tags/v1",
                Some("refs/tags/v1"),
                None,
            ),
            (
                &format!("https://github.com/a/b/commit/{sha}"),
                None,
                Some(sha),
            ),
            (
                &format!("git+https://github.com/a/b@{sha}"),
                None,
                Some(sha),
            ),
            (
                "git+https://github.com/a/b@refs/heads/x#dir",
                Some("refs/heads/x"),
                None,
            ),
        ] {
            let parsed = SourceUri::parse(uri);
            assert_eq!(parsed.repository(), "github.com/a/b", "{uri}");
            assert_eq!(parsed.reference(), reference, "{uri}");
            assert_eq!(parsed.commit(), commit, "{uri}");
        }
        for other in [
            "github.com/a/B",
            "github.com/a/bb",
            "gitlab.com/a/b",
            "https://evil.example/github.com/a/b",
            "github.com/a/b/c",
            "https://evil.example#github.com/a/b",
        ] {
            assert_ne!(
                SourceUri::parse(other).repository(),
                "github.com/a/b",
                "{other}"
            );
        }
    }
}
