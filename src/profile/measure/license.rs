//! Licenses.

use spdx::{Expression, ParseMode};

use super::super::survey::Answers;
use crate::evidence::sbom::model::{Acknowledgement, Component, License, LicenseForm, is_stated};

/// Whose view of the license counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Anybody's.
    Any,
    /// The authors'; a document that does not say whose view it gives counts.
    Declared,
    /// What the author of the document found; a document that does not say whose view it gives counts.
    Concluded,
    /// What the author of the document found, and says so.
    OnlyConcluded,
}

impl View {
    /// Every view with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("any", Self::Any),
        ("declared", Self::Declared),
        ("concluded", Self::Concluded),
        ("only-concluded", Self::OnlyConcluded),
    ];

    fn admits(self, acknowledgement: Acknowledgement) -> bool {
        use Acknowledgement::{Concluded, Declared, Unstated};
        match self {
            Self::Any => true,
            Self::Declared => matches!(acknowledgement, Declared | Unstated),
            Self::Concluded => matches!(acknowledgement, Concluded | Unstated),
            Self::OnlyConcluded => acknowledgement == Concluded,
        }
    }
}

/// Which licenses count.
#[derive(Debug, Clone)]
pub struct LicenseMeasure {
    /// Whose view.
    pub view: View,
    /// Whether every license must be an identifier of the SPDX list, an expression over it or a
    /// `LicenseRef-`.
    pub listed: bool,
    /// Whether `NOASSERTION` counts.
    pub no_assertion: bool,
    /// Whether `NONE` counts.
    pub none: bool,
}

impl LicenseMeasure {
    pub(super) fn holds<'a>(&self, known: &Answers<'a>, component: &'a Component) -> bool {
        let mut found = false;
        for license in &component.licenses {
            if !self.view.admits(license.acknowledgement) {
                continue;
            }
            if !self.admits(known, license) {
                // A list that mixes sound and unsound entries does not say under what one may use it.
                if self.listed {
                    return false;
                }
                continue;
            }
            found = true;
        }
        found
    }

    fn admits<'a>(&self, known: &Answers<'a>, license: &'a License) -> bool {
        match license.text.trim() {
            "NOASSERTION" => self.no_assertion,
            "NONE" => self.none,
            text if !is_stated(text) => false,
            _ if !self.listed => true,
            text => match license.form {
                LicenseForm::Name => text.starts_with("LicenseRef-"),
                LicenseForm::Id | LicenseForm::Expression => {
                    known.once(&license.text, is_expression)
                }
            },
        }
    }
}

/// Whether a text is an SPDX license expression (SPDX 2.3, Annex D) over the license list. Deprecated
/// identifiers are on the list.
fn is_expression(text: &str) -> bool {
    let mode = ParseMode {
        allow_deprecated: true,
        allow_postfix_plus_on_gpl: true,
        ..ParseMode::STRICT
    };
    Expression::parse_mode(text.trim(), mode).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_expression;

    #[test]
    fn expressions_are_those_over_the_license_list() {
        for (text, expected) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("(LGPL-2.0-only AND LicenseRef-3)", true),
            ("GPL-2.0+", true),
            ("GPL-2.0", true),
            ("LicenseRef-acme", true),
            ("Proprietary", false),
            ("MIT Apache-2.0", false),
        ] {
            assert_eq!(is_expression(text), expected, "{text}");
        }
    }
}
