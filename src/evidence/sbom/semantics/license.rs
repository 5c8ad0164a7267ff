//! License expressions, each text checked once a document.
//!
//! Source: SPDX 2.3, annex D (expressions), clause 10 (other licensing information).

use std::collections::HashSet;

use spdx::{Expression, LicenseItem, ParseMode};

use super::Fault;
use crate::diagnostic::Severity;

/// What is accepted though the newest license list would write it otherwise.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// What is wrong with an SPDX license expression, in one sentence. Deprecated identifiers are accepted,
/// as they are in the list.
pub fn license_expression_fault(text: &str) -> Option<String> {
    if is_plain(text) {
        return None;
    }
    Expression::parse_mode(text, MODE)
        .err()
        .map(|error| sentence(text, &error))
}

fn sentence(text: &str, error: &spdx::ParseError) -> String {
    let part = text.get(error.span.clone()).unwrap_or(text);
    format!("{} at `{part}`", error.reason)
}

/// The licenses that nearly all documents name: known without a look into the list.
fn is_plain(text: &str) -> bool {
    matches!(
        text,
        "MIT"
            | "Apache-2.0"
            | "ISC"
            | "BSD-3-Clause"
            | "BSD-2-Clause"
            | "MIT OR Apache-2.0"
            | "NOASSERTION"
            | "NONE"
    )
}

type Texts<T> = HashSet<T, foldhash::fast::FixedState>;

/// The license expressions of one document.
#[derive(Debug, Default)]
pub struct Licenses<'t> {
    /// The licenses that the document declares itself; `None` where it has no place to do so.
    declared: Option<Texts<&'t str>>,
    seen: Texts<Box<str>>,
}

impl<'t> Licenses<'t> {
    /// Declares a license of the document's own. From then on a `LicenseRef-` that is not declared is
    /// a fault.
    pub fn declare(&mut self, id: &'t str) {
        self.declared.get_or_insert_default().insert(id);
    }

    /// For a format that must declare what it names, even where a document declares nothing.
    #[must_use]
    pub fn with_declarations(mut self) -> Self {
        self.declared.get_or_insert_default();
        self
    }

    /// Checks an expression, each text once: `license-expression` or `license-deprecated`.
    pub fn check(&mut self, expression: &str) -> Option<Fault> {
        if is_plain(expression) || self.seen.contains(expression) {
            return None;
        }
        self.seen.insert(expression.into());
        let parsed = match Expression::parse_mode(expression, MODE) {
            Ok(parsed) => parsed,
            Err(error) => {
                let fault = sentence(expression, &error);
                return Some(wrong(format!(
                    "`{expression}` is not a license expression: {fault}"
                )));
            }
        };
        if let Some(name) = self.undeclared(&parsed) {
            return Some(wrong(format!(
                "the license `{name}` is not declared in the document"
            )));
        }
        let word = deprecated(expression)?;
        Some(Fault {
            severity: Severity::Note,
            ..Fault::warning(
                "license-deprecated",
                format!("`{word}` is a deprecated license identifier"),
                "write the identifier that follows it, such as `GPL-2.0-or-later`",
            )
        })
    }

    fn undeclared(&self, parsed: &Expression) -> Option<String> {
        let declared = self.declared.as_ref()?;
        parsed.requirements().find_map(|one| {
            let LicenseItem::Other(reference) = &one.req.license else {
                return None;
            };
            let name = format!("LicenseRef-{}", reference.lic_ref);
            (reference.doc_ref.is_none() && !declared.contains(name.as_str())).then_some(name)
        })
    }
}

fn wrong(message: String) -> Fault {
    Fault::warning(
        "license-expression",
        message,
        "use identifiers of the SPDX list with AND, OR and WITH, or `LicenseRef-` names that the document declares",
    )
}

/// The first word of an expression that has a successor in the list.
///
/// NOTE: the parser takes `GPL-2.0+` for its successor, so the words themselves are looked at.
fn deprecated(expression: &str) -> Option<&str> {
    expression.split([' ', '(', ')']).find(|word| {
        spdx::license_id(word.trim_end_matches('+')).is_some_and(spdx::LicenseId::is_deprecated)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (text, sound) in [
            ("MIT", true),
            (
                "GPL-2.0+ WITH Classpath-exception-2.0 AND (MIT OR LicenseRef-x)",
                true,
            ),
            ("GPL-2.0", true),
            ("MIT/Apache-2.0", false),
            ("Not A License", false),
        ] {
            assert_eq!(license_expression_fault(text).is_none(), sound, "{text}");
        }
    }

    #[test]
    fn an_expression_is_checked_once_and_against_what_is_declared() {
        let mut licenses = Licenses::default().with_declarations();
        licenses.declare("LicenseRef-a");
        for text in [
            "MIT",
            "(LGPL-2.0-only OR LicenseRef-a)",
            "DocumentRef-x:LicenseRef-b",
            "NONE",
        ] {
            assert_eq!(licenses.check(text), None, "{text}");
        }
        for (text, code, message) in [
            (
                "MIT AND LicenseRef-b",
                "license-expression",
                "the license `LicenseRef-b` is not declared in the document",
            ),
            (
                "GPL-2.0+ WITH Classpath-exception-2.0",
                "license-deprecated",
                "`GPL-2.0+` is a deprecated license identifier",
            ),
        ] {
            let fault = licenses.check(text).unwrap();
            assert_eq!((fault.code, fault.message.as_str()), (code, message));
            assert_eq!(licenses.check(text), None);
        }
        assert!(licenses.check("MIT AND").is_some());
    }

    #[test]
    fn a_format_without_declarations_names_any_license() {
        assert_eq!(Licenses::default().check("MIT AND LicenseRef-b"), None);
    }
}
