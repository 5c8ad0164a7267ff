//! Licenses in one spelling: expressions are compared by what they say, not as texts.

use std::collections::BTreeSet;

use spdx::expression::{ExprNode, Operator};
use spdx::{Expression, LicenseItem, ParseMode};

use crate::evidence::sbom::model::{Acknowledgement, Component, License, is_stated};

/// Expressions longer than this are compared as texts.
const MAXIMUM_LENGTH: usize = 4096;

/// What generators write; deprecated identifiers are given their successors below.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// The licenses of a component as two expressions in canonical form: what holds by declaration, and what
/// the author of the document concluded. `None` where nothing is said.
pub(super) fn canonical(component: &Component) -> (Option<String>, Option<String>) {
    let of = |concluded: bool| {
        let mut terms = BTreeSet::new();
        component
            .licenses
            .iter()
            .filter(|one| (one.acknowledgement == Acknowledgement::Concluded) == concluded)
            .filter(|one| is_stated(&one.text))
            .for_each(|one| canonical_license(one).join(&mut terms, Operator::And));
        (!terms.is_empty()).then(|| {
            let text = Terms::all(terms).text();
            let alone = text
                .strip_prefix('(')
                .and_then(|text| text.strip_suffix(')'))
                .filter(|inner| !inner.contains(['(', ')']));
            alone.map(str::to_owned).unwrap_or(text)
        })
    };
    (of(false), of(true))
}

/// An expression, flat at the top: `a AND b AND (c OR d)`.
struct Terms {
    operator: Option<Operator>,
    terms: BTreeSet<String>,
}

impl Terms {
    fn one(term: String) -> Self {
        Self {
            operator: None,
            terms: BTreeSet::from([term]),
        }
    }

    fn all(terms: BTreeSet<String>) -> Self {
        Self {
            operator: (terms.len() > 1).then_some(Operator::And),
            terms,
        }
    }

    fn text(self) -> String {
        let between = match self.operator {
            Some(Operator::Or) => " OR ",
            _ => " AND ",
        };
        self.terms.into_iter().collect::<Vec<_>>().join(between)
    }

    /// Puts itself among terms that `operator` joins, in brackets where it is joined by the other one.
    fn join(self, terms: &mut BTreeSet<String>, operator: Operator) {
        if self.operator.is_none_or(|own| own == operator) {
            terms.extend(self.terms);
        } else {
            terms.insert(format!("({})", self.text()));
        }
    }
}

fn canonical_license(license: &License) -> Terms {
    let text = license.text.trim();
    let parsed = (text.len() <= MAXIMUM_LENGTH)
        .then(|| Expression::parse_mode(text, MODE).ok())
        .flatten();
    match parsed.and_then(|expression| canonical_expression(&expression)) {
        Some(terms) => terms,
        // The full name of a listed license is that license.
        None => match spdx::identifiers::LICENSES
            .iter()
            .find(|known| known.full_name.eq_ignore_ascii_case(text))
        {
            Some(known) => Terms::one(current(known.name, false)),
            None => Terms::one(
                text.split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .to_lowercase(),
            ),
        },
    }
}

fn canonical_expression(expression: &Expression) -> Option<Terms> {
    let mut stack: Vec<Terms> = Vec::new();
    for node in expression.iter() {
        let terms = match node {
            ExprNode::Req(one) => {
                let license = match &one.req.license {
                    LicenseItem::Spdx { id, or_later } => current(id.name, *or_later),
                    LicenseItem::Other(other) => other.to_string(),
                };
                Terms::one(match &one.req.addition {
                    Some(addition) => format!("{license} WITH {addition}"),
                    None => license,
                })
            }
            ExprNode::Op(operator) => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                let mut terms = BTreeSet::new();
                left.join(&mut terms, *operator);
                right.join(&mut terms, *operator);
                Terms {
                    operator: (terms.len() > 1).then_some(*operator),
                    terms,
                }
            }
        };
        stack.push(terms);
    }
    stack.pop().filter(|_| stack.is_empty())
}

/// The identifier that the SPDX License List gives today: `GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is
/// `GPL-2.0-or-later`.
fn current(name: &str, or_later: bool) -> String {
    let plain = name.strip_suffix('+').unwrap_or(name);
    let or_later = or_later || plain.len() < name.len();
    let gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"]
        .iter()
        .any(|family| plain.starts_with(family));
    let bare = !plain.ends_with("-only") && !plain.ends_with("-or-later");
    match (gnu && bare, or_later) {
        (true, true) => format!("{plain}-or-later"),
        (true, false) => format!("{plain}-only"),
        (false, true) if !gnu => format!("{plain}+"),
        (false, _) => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sbom::model::LicenseForm;

    fn component(texts: &[&str]) -> Component {
        let license = |text: &&str| License {
            form: LicenseForm::Expression,
            text: (*text).into(),
            acknowledgement: Acknowledgement::Unstated,
            url: None,
        };
        Component {
            licenses: texts.iter().map(license).collect(),
            ..Component::default()
        }
    }

    #[test]
    fn equal_expressions_have_one_canonical_form() {
        for (texts, expected) in [
            (&["MIT OR Apache-2.0"][..], Some("Apache-2.0 OR MIT")),
            (&["(Apache-2.0 OR (MIT))"], Some("Apache-2.0 OR MIT")),
            (&["MIT", "Apache-2.0"], Some("Apache-2.0 AND MIT")),
            (&["Apache-2.0 AND MIT AND MIT"], Some("Apache-2.0 AND MIT")),
            (&["GPL-2.0"], Some("GPL-2.0-only")),
            (&["GPL-2.0+"], Some("GPL-2.0-or-later")),
            (&["GPL-2.0-or-later"], Some("GPL-2.0-or-later")),
            (&["MIT License"], Some("MIT")),
            (
                &["MIT AND (BSD-3-Clause OR Zlib)"],
                Some("(BSD-3-Clause OR Zlib) AND MIT"),
            ),
            (
                &["BSD-3-Clause OR Zlib", "MIT"],
                Some("(BSD-3-Clause OR Zlib) AND MIT"),
            ),
            (&["Our  own terms"], Some("our own terms")),
            (&["NOASSERTION"], None),
            (&[], None),
        ] {
            assert_eq!(
                canonical(&component(texts)).0.as_deref(),
                expected,
                "{texts:?}"
            );
        }
        assert_ne!(
            canonical(&component(&["MIT AND Zlib"])),
            canonical(&component(&["MIT OR Zlib"]))
        );
    }
}
