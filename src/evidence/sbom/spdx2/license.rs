//! License expressions, each text checked once.
//!
//! Source: SPDX 2.3, annex D (expressions), clause 10 (other licensing information).

use std::collections::HashSet;

use spdx::{Expression, LicenseItem, ParseMode};

/// What is accepted though the newest license list would write it otherwise.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// What an expression is remarked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is none, or names a license that is not declared.
    Wrong(String),
    /// It names a license by an identifier that has a successor.
    Deprecated(String),
}

type Texts<'t> = HashSet<&'t str, foldhash::fast::FixedState>;

/// The licenses of one document.
#[derive(Debug, Default)]
pub(super) struct Licenses<'t> {
    /// What `hasExtractedLicensingInfos` declares.
    declared: Texts<'t>,
    seen: Texts<'t>,
}

impl<'t> Licenses<'t> {
    /// Declares a license of the document's own.
    pub(super) fn declare(&mut self, id: &'t str) {
        self.declared.insert(id);
    }

    /// What is wrong with an expression, told once for each text.
    pub(super) fn fault(&mut self, expression: &'t str) -> Option<Fault> {
        if matches!(expression, "NONE" | "NOASSERTION") || !self.seen.insert(expression) {
            return None;
        }
        let parsed = match Expression::parse_mode(expression, MODE) {
            Ok(parsed) => parsed,
            Err(error) => {
                let part = expression.get(error.span).unwrap_or(expression);
                return Some(Fault::Wrong(format!(
                    "`{expression}` is no license expression: {} at `{part}`",
                    error.reason
                )));
            }
        };
        let undeclared = parsed.requirements().find_map(|one| {
            let LicenseItem::Other(reference) = &one.req.license else {
                return None;
            };
            let name = format!("LicenseRef-{}", reference.lic_ref);
            (reference.doc_ref.is_none() && !self.declared.contains(name.as_str()))
                .then(|| format!("the license `{name}` is not declared in the document"))
        });
        // NOTE: the parser takes `GPL-2.0+` for its successor, so the words themselves are looked at.
        let deprecated = || {
            let mut words = expression.split([' ', '(', ')']);
            let word = words.find(|word| {
                spdx::license_id(word.trim_end_matches('+'))
                    .is_some_and(spdx::LicenseId::is_deprecated)
            })?;
            Some(format!("`{word}` is a deprecated license identifier"))
        };
        undeclared
            .map(Fault::Wrong)
            .or_else(|| deprecated().map(Fault::Deprecated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_checked_once_and_against_what_is_declared() {
        let mut licenses = Licenses::default();
        licenses.declare("LicenseRef-a");
        for text in [
            "MIT",
            "(LGPL-2.0-only OR LicenseRef-a)",
            "DocumentRef-x:LicenseRef-b",
            "NONE",
        ] {
            assert_eq!(licenses.fault(text), None, "{text}");
        }
        assert_eq!(
            licenses.fault("MIT AND LicenseRef-b"),
            Some(Fault::Wrong(
                "the license `LicenseRef-b` is not declared in the document".into()
            ))
        );
        assert_eq!(
            licenses.fault("GPL-2.0+ WITH Classpath-exception-2.0"),
            Some(Fault::Deprecated(
                "`GPL-2.0+` is a deprecated license identifier".into()
            ))
        );
        assert!(licenses.fault("MIT AND").is_some());
        assert_eq!(licenses.fault("MIT AND"), None);
    }
}
