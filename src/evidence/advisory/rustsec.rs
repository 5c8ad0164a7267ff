//! RustSec advisories (advisory-db format: TOML front matter in Markdown), read by the `rustsec` package.

use rustsec::Advisory;
use semver::Version;

use crate::diagnostic::{Diagnostic, Place};

/// An advisory about one crate.
#[derive(Debug, Clone)]
pub struct CrateAdvisory(Advisory);

impl CrateAdvisory {
    /// The advisory's identifier, such as `RUSTSEC-2020-0001`.
    pub fn id(&self) -> String {
        self.0.metadata.id.to_string()
    }

    /// The crate that it is about.
    pub fn package(&self) -> &str {
        self.0.metadata.package.as_str()
    }

    /// Whether the advisory was withdrawn.
    pub fn withdrawn(&self) -> bool {
        self.0.withdrawn()
    }

    /// Whether it touches `version` of `package`; `None` when the version is not a semantic version.
    pub fn touches(&self, package: &str, version: &str) -> Option<bool> {
        if self.0.metadata.package.as_str() != package {
            return Some(false);
        }
        let version = Version::parse(version).ok()?;
        Some(self.0.versions.is_vulnerable(&version))
    }
}

/// Reads one advisory.
///
/// # Errors
///
/// `advisory-malformed` with the parser's reason.
pub fn read_advisory(bytes: &[u8]) -> Result<CrateAdvisory, Diagnostic> {
    let malformed = |reason: String| {
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        Diagnostic::error(
            "advisory-malformed",
            Place::whole(),
            format!("the advisory cannot be read: {reason}"),
        )
        .help("see the advisory-db format: a toml block, then a title and a description")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8".to_owned()))?;
    text.parse()
        .map(CrateAdvisory)
        .map_err(|error: rustsec::Error| malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2026-9001\"\npackage = \"kakitori-index\"\ndate = \"2026-09-01\"\n\n[versions]\npatched = [\">= 0.3.2\"]\n```\n\n# Reads past the end\n\nText.\n";

    #[test]
    fn versions_decide() {
        let advisory = read_advisory(ADVISORY.as_bytes()).unwrap();
        assert_eq!(advisory.id(), "RUSTSEC-2026-9001");
        for (package, version, touched) in [
            ("kakitori-index", "0.3.1", Some(true)),
            ("kakitori-index", "0.3.2", Some(false)),
            ("other", "0.3.1", Some(false)),
            ("kakitori-index", "r7", None),
        ] {
            assert_eq!(
                advisory.touches(package, version),
                touched,
                "{package} {version}"
            );
        }
        assert_eq!(
            read_advisory(b"# no front matter").unwrap_err().code,
            "advisory-malformed"
        );
    }
}
