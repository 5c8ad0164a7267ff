//! What a verifier trusts and whom it expects. All of it is handed in; nothing is taken from a signature.

use regex::Regex;

use super::sigstore::Sigstore;
use crate::diagnostic::{Diagnostic, Place};
use crate::time::Timestamp;

/// A file of trust material: a key, a certificate, a revocation list.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// How the file is called in what is said about it.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A text that must be met.
#[derive(Debug, Clone)]
pub enum Expected {
    /// Exactly this text.
    Exact(String),
    /// A regular expression that must match the whole text.
    Pattern(Box<Regex>),
}

impl Expected {
    /// Reads a regular expression, which has to match a text from its beginning to its end.
    ///
    /// # Errors
    ///
    /// `pattern-malformed` when it is none.
    pub fn pattern(pattern: &str) -> Result<Self, Diagnostic> {
        // Alone as well: what closes the group before its end would not be held to beginning and end.
        let whole = Regex::new(pattern).and_then(|_| Regex::new(&format!(r"\A(?:{pattern})\z")));
        match whole {
            Ok(regex) => Ok(Self::Pattern(Box::new(regex))),
            Err(error) => {
                let reason = crate::text::printable(&error.to_string());
                let message = format!("`{pattern}` is no regular expression: {reason}");
                Err(
                    Diagnostic::error("pattern-malformed", Place::whole(), message).help(
                        "write a regular expression in the syntax of the Rust package `regex`",
                    ),
                )
            }
        }
    }

    /// Whether `text` is what is expected.
    pub fn admits(&self, text: &str) -> bool {
        match self {
            Self::Exact(expected) => expected == text,
            Self::Pattern(regex) => regex.is_match(text),
        }
    }

    /// The expectation as it was written.
    pub fn as_written(&self) -> &str {
        match self {
            Self::Exact(expected) => expected,
            Self::Pattern(regex) => regex
                .as_str()
                .strip_prefix(r"\A(?:")
                .and_then(|rest| rest.strip_suffix(r")\z"))
                .unwrap_or_default(),
        }
    }
}

/// What a verifier trusts and whom it expects.
#[derive(Clone)]
pub struct Trust<'a> {
    /// The time of judgment: what nobody vouches for is judged as of now, and nothing may be signed later.
    pub at: Timestamp,
    /// The trusted root of a Sigstore infrastructure.
    pub sigstore: Option<&'a Sigstore>,
    /// Public keys that may sign, in any form the kind of signature knows.
    pub keys: Vec<Material<'a>>,
    /// Certificates of which the signer's must be one; intermediate certificates may be among them.
    pub certificates: Vec<Material<'a>>,
    /// Certificates that anchor trust, with intermediate ones.
    pub anchors: Vec<Material<'a>>,
    /// Lists of revoked certificates.
    pub revocations: Vec<Material<'a>>,
    /// Who must have signed.
    pub identity: Option<Expected>,
    /// Who must have vouched for that identity.
    pub issuer: Option<Expected>,
    /// How many of the keys must have signed, at least; 1 where nothing is agreed.
    pub threshold: usize,
    /// What the signature must be made for (namespace of an SSH signature).
    pub namespace: Option<&'a str>,
    /// What the payload of an envelope must be, where it is to be the artifact itself; `None` asks for an
    /// in-toto statement about the artifact.
    pub payload_type: Option<&'a str>,
}

impl Trust<'_> {
    /// Refuses what a kind of signature that knows bare keys only would have to overlook.
    ///
    /// # Errors
    ///
    /// `expectation-unprovable` when certificates, their authorities or lists of revoked ones are given, or a
    /// namespace where `has_namespace` does not hold.
    pub(super) fn keys_only(&self, has_namespace: bool) -> Result<(), Diagnostic> {
        let given = [
            (!self.certificates.is_empty(), "that a certificate signed"),
            (!self.anchors.is_empty(), "an authority behind the signer"),
            (
                !self.revocations.is_empty(),
                "that no list of revoked certificates names the signer",
            ),
            (
                self.namespace.is_some() && !has_namespace,
                "a namespace that it was made for",
            ),
        ];
        let Some((_, what)) = given.iter().find(|(is_given, _)| *is_given) else {
            return Ok(());
        };
        Err(unenforceable(&format!(
            "a signature of this kind cannot prove {what}"
        )))
    }

    /// Trusts nothing and expects nobody, at `at`.
    pub fn none(at: Timestamp) -> Self {
        Self {
            at,
            sigstore: None,
            keys: Vec::new(),
            certificates: Vec::new(),
            anchors: Vec::new(),
            revocations: Vec::new(),
            identity: None,
            issuer: None,
            threshold: 1,
            namespace: None,
            payload_type: None,
        }
    }
}

/// The refusal to judge where nobody is expected to have signed.
pub(super) fn signer_missing(message: &str, help: &str) -> Diagnostic {
    Diagnostic::error("signer-missing", Place::whole(), message).help(help)
}

/// The refusal to judge where something is expected that this kind of signature cannot prove.
pub(super) fn unenforceable(message: &str) -> Diagnostic {
    Diagnostic::error("expectation-unprovable", Place::whole(), message)
        .help("leave out what does not belong to this kind of signature")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let pattern = Expected::pattern(r"https://ci\.example/.*|x").unwrap();
        assert!(pattern.admits("https://ci.example/a"));
        for other in [
            "",
            "xx",
            "https://evil.example/?https://ci.example/a",
            "https://ci.example/a\nb",
        ] {
            assert!(!pattern.admits(other), "{other}");
        }
        assert_eq!(pattern.as_written(), r"https://ci\.example/.*|x");
        for broken in ["(", "x)|(?:.*", "(?x) x # more"] {
            let code = Expected::pattern(broken).unwrap_err().code;
            assert_eq!(code, "pattern-malformed", "{broken}");
        }
        assert!(Expected::Exact("a".to_owned()).admits("a"));
        assert!(!Expected::Exact("a".to_owned()).admits("A"));
    }
}
