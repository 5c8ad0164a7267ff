//! Files that need no entry in the document, with the reasons why.

use regex::Regex;

use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{Complaints, Fields, parse_toml};

/// The most patterns of a list.
const MAXIMUM_PATTERNS: usize = 10_000;

/// The code of a list that cannot be used.
const MALFORMED: &str = "allowance-malformed";

/// One pattern.
#[derive(Debug)]
struct Rule {
    pattern: String,
    reason: Option<String>,
    regex: Regex,
}

/// Patterns of paths that need no entry.
#[derive(Debug, Default)]
pub struct Allowance(Vec<Rule>);

impl Allowance {
    /// Reads a list: TOML with `[[allow]]`, each with a `pattern` and a `reason`; or text with one pattern a
    /// line, `#` before a remark. `*` stands for anything but `/`, `**` for anything, `?` for one
    /// character. A pattern without `/` is asked of the name alone.
    ///
    /// # Errors
    ///
    /// Every pattern that cannot be used.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let is_toml = text.lines().any(|line| line.trim() == "[[allow]]");
        if is_toml {
            return Self::parse_toml(text);
        }
        let mut list = Self::default();
        let mut faults = Vec::new();
        for (line, pattern) in text.lines().enumerate() {
            let pattern = pattern.trim();
            if pattern.is_empty() || pattern.starts_with('#') {
                continue;
            }
            let added = list.add(pattern, None, Place::line(line + 1, 1));
            faults.extend(added.err());
        }
        if faults.is_empty() {
            Ok(list)
        } else {
            Err(faults)
        }
    }

    fn parse_toml(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let document = parse_toml(text.as_bytes())?;
        let complaints = Complaints::default();
        let root = Fields::root(&document, &complaints);
        let mut list = Self::default();
        for fields in root.tables("allow") {
            let pattern = fields.text("pattern");
            let reason = fields.text("reason");
            if !pattern.is_empty() {
                let added = list.add(&pattern, Some(reason), fields.place_of("pattern"));
                added.unwrap_or_else(|fault| complaints.push(fault));
            }
            fields.finish();
        }
        root.finish();
        if complaints.has_errors() {
            return Err(complaints.into_sorted());
        }
        Ok(list)
    }

    fn add(&mut self, pattern: &str, reason: Option<String>, at: Place) -> Result<(), Diagnostic> {
        let Some(regex) = regex(pattern).filter(|_| self.0.len() < MAXIMUM_PATTERNS) else {
            let message = format!("`{pattern}` is no pattern, or one too many");
            return Err(Diagnostic::error(MALFORMED, at, message)
                .help("write short patterns, such as `docs/**` or `*.md`"));
        };
        self.0.push(Rule {
            pattern: pattern.to_owned(),
            reason,
            regex,
        });
        Ok(())
    }

    /// One pattern, as in a list; `None` where it is none.
    pub fn of_pattern(pattern: &str) -> Option<Self> {
        let mut list = Self::default();
        list.add(pattern, None, Place::whole()).ok()?;
        Some(list)
    }

    /// Whether a pattern fits a path.
    pub fn fits(&self, path: &str) -> bool {
        self.rule_of([path, path]).is_some()
    }

    /// The number of the first pattern by which one of these paths needs no entry.
    pub(super) fn rule_of(&self, paths: [&str; 2]) -> Option<usize> {
        let fits = |rule: &Rule| paths.iter().any(|path| rule.regex.is_match(path));
        self.0.iter().position(fits)
    }

    /// Every pattern with its reason.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let rules = self.0.iter();
        rules.map(|rule| (rule.pattern.as_str(), rule.reason.as_deref()))
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
            let rule = allowance.rule_of([path, path]);
            assert_eq!(rule.is_some(), expected, "{path}");
        }
    }

    #[test]
    fn a_list_in_toml_gives_reasons() {
        let list = "[[allow]]\npattern = \"*.md\"\nreason = \"texts\"\n\n[[allow]]\npattern = \"docs/**\"\nreason = \"手引\"\n";
        let allowance = Allowance::parse(list).unwrap();
        let rules: Vec<_> = allowance.rules().collect();
        assert_eq!(rules, [("*.md", Some("texts")), ("docs/**", Some("手引"))]);
        for (path, rule) in [("a/b.md", Some(0)), ("docs/x", Some(1)), ("x", None)] {
            assert_eq!(allowance.rule_of([path, path]), rule, "{path}");
        }
        for (list, code) in [
            ("[[allow]]\npattern = \"*.md\"\n", "missing-field"),
            ("[[allow]]\npattern = 1\nreason = \"x\"\n", "wrong-type"),
            (
                "[[allow]]\npattern = \"x\"\nreason = \"x\"\nwhy = 1\n",
                "unknown-field",
            ),
        ] {
            assert_eq!(Allowance::parse(list).unwrap_err()[0].code, code, "{list}");
        }
        let long = format!(
            "[[allow]]\npattern = \"{}\"\nreason = \"x\"\n",
            "?".repeat(100_000)
        );
        assert_eq!(Allowance::parse(&long).unwrap_err()[0].code, MALFORMED);
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
