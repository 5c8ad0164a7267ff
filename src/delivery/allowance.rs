//! Files that need no entry in the document.

use regex::Regex;

use crate::diagnostic::{Diagnostic, Place};

/// The most patterns of a list.
const MAXIMUM_PATTERNS: usize = 10_000;

/// Patterns of paths that need no entry.
#[derive(Debug, Default)]
pub struct Allowance(Vec<Regex>);

impl Allowance {
    /// Reads a list: one pattern a line, `#` before a remark. `*` stands for anything but `/`, `**` for
    /// anything, `?` for one character. A pattern without `/` is asked of the name alone.
    ///
    /// # Errors
    ///
    /// Every pattern that cannot be used.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut patterns = Vec::new();
        let mut faults = Vec::new();
        for (line, pattern) in text.lines().enumerate() {
            let pattern = pattern.trim();
            if pattern.is_empty() || pattern.starts_with('#') {
                continue;
            }
            match regex(pattern).filter(|_| patterns.len() < MAXIMUM_PATTERNS) {
                Some(regex) => patterns.push(regex),
                None => faults.push(
                    Diagnostic::error(
                        "allowance-malformed",
                        Place::line(line + 1, 1),
                        format!("`{pattern}` is no pattern, or one too many"),
                    )
                    .help("write one short pattern a line, such as `docs/**` or `*.md`"),
                ),
            }
        }
        if faults.is_empty() {
            Ok(Self(patterns))
        } else {
            Err(faults)
        }
    }

    /// Whether a path needs no entry.
    pub fn allows(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(path))
    }
}

/// Whether a file is a signature, certificate or bundle for another by its name.
pub(super) fn is_signature_of(path: &str, signed: &str) -> bool {
    const ENDINGS: [&str; 16] = [
        ".sig",
        ".asc",
        ".sign",
        ".minisig",
        ".p7s",
        ".p7m",
        ".pem",
        ".crt",
        ".cert",
        ".cer",
        ".bundle",
        ".sigstore",
        ".sigstore.json",
        ".bundle.json",
        ".intoto.jsonl",
        ".att",
    ];
    let stem = signed.rsplit_once('.').map_or(signed, |(stem, _)| stem);
    [signed, stem].iter().any(|signed| {
        path.strip_prefix(signed)
            .is_some_and(|ending| ENDINGS.contains(&ending))
    })
}

fn regex(pattern: &str) -> Option<Regex> {
    let mut out = String::from(if pattern.contains('/') {
        "^"
    } else {
        "^(?:.*/)?"
    });
    let mut rest = pattern.trim_start_matches('/');
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("**/") {
            out.push_str("(?:.*/)?");
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("**") {
            out.push_str(".*");
            rest = behind;
        } else {
            match first {
                '*' => out.push_str("[^/]*"),
                '?' => out.push_str("[^/]"),
                other => out.push_str(&regex::escape(&other.to_string())),
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out.push('$');
    regex::RegexBuilder::new(&out)
        .dot_matches_new_line(true)
        .size_limit(1 << 16)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_asked_of_names_and_paths() {
        let list = "# texts\n*.md\ndocs/**\n/LICENSE?\nsrc/*/a.c\n**/x/y";
        let allowance = Allowance::parse(list).unwrap();
        for (path, expected) in [
            ("README.md", true),
            ("deep/in/README.md", true),
            ("docs/a/b.txt", true),
            ("other/docs/a", false),
            ("LICENSES", true),
            ("src/one/a.c", true),
            ("src/one/two/a.c", false),
            ("x/y", true),
            ("a/b/x/y", true),
            ("README.mdx", false),
        ] {
            assert_eq!(allowance.allows(path), expected, "{path}");
        }
    }

    #[test]
    fn a_signature_is_known_by_the_name_of_what_it_signs() {
        for (path, expected) in [
            ("sbom.cdx.json.sig", true),
            ("sbom.cdx.asc", true),
            ("sbom.cdx.json.sigstore.json", true),
            ("other.json.sig", false),
            ("sbom.cdx.json.exe", false),
        ] {
            assert_eq!(is_signature_of(path, "sbom.cdx.json"), expected, "{path}");
        }
    }
}
