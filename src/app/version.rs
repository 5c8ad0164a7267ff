//! Ordering two versions by the rules of their ecosystem.

use std::cmp::Ordering;

use serde::Serialize;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::version::Scheme;
use crate::version::ecosystem::{ECOSYSTEMS, Rule, rule};

/// How two versions are ordered, schema `mekiki/version-compare/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The schema.
    pub schema: &'static str,
    /// The ecosystem as it was named.
    pub ecosystem: String,
    /// The rules.
    pub scheme: Scheme,
    /// The first version.
    pub a: String,
    /// The second version.
    pub b: String,
    /// `<`, `=` or `>`.
    pub order: &'static str,
}

/// An ecosystem and its rules, as `mekiki/version-ecosystems/v1` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The name as OSV spells it.
    pub name: &'static str,
    /// The rules; absent where there are none, or where they are those of another ecosystem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The document that the rules come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Whether the rules are those of the ecosystem that is named behind the `:`.
    pub inner: bool,
    /// Why there is no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// What is printed where two versions have no order.
pub const UNORDERED: &str = "?";

/// The sign of an order.
pub fn sign(order: Ordering) -> &'static str {
    match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    }
}

/// Orders two versions of an ecosystem.
///
/// # Errors
///
/// `version-ecosystem` where the ecosystem is unknown or defines no order, `version-unorderable` where a
/// version is none of the ecosystem, or the two have no order.
pub fn compare_versions(ecosystem: &str, a: &str, b: &str) -> Result<Compared, Refused> {
    let scheme = scheme(ecosystem)?;
    let Some(order) = scheme.compare(a, b) else {
        let broken = [a, b]
            .into_iter()
            .find(|one| scheme.compare(one, one).is_none());
        let message = match broken {
            Some(one) => format!("`{one}` is no version of `{ecosystem}`"),
            None => format!("`{a}` and `{b}` have no order in `{ecosystem}`"),
        };
        let help = format!("the rules are those of {}", scheme.source());
        return Err(
            Diagnostic::error("version-unorderable", Place::whole(), message)
                .help(help)
                .into(),
        );
    };
    Ok(Compared {
        schema: "mekiki/version-compare/v1",
        ecosystem: ecosystem.to_owned(),
        scheme,
        a: a.to_owned(),
        b: b.to_owned(),
        order: sign(order),
    })
}

fn scheme(ecosystem: &str) -> Result<Scheme, Refused> {
    let fault = |message: String| Diagnostic::error("version-ecosystem", Place::whole(), message);
    let error = match rule(ecosystem) {
        Some(Rule::Ordered(scheme)) => return Ok(scheme),
        Some(Rule::Unordered(reason)) => {
            fault(format!("versions of `{ecosystem}` have no order: {reason}"))
                .help("`mekiki version ecosystems` lists what is ordered")
        }
        Some(Rule::Inner) | None => {
            let fault = fault(format!("unknown ecosystem `{ecosystem}`"));
            let name = ecosystem.split(':').next().unwrap_or(ecosystem);
            match nearest(name, ECOSYSTEMS.iter().map(|one| one.name)) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help("`mekiki version ecosystems` lists all names"),
            }
        }
    };
    Err(error.into())
}

/// Every ecosystem with its rules, by name.
pub fn list_ecosystems() -> Vec<Listed> {
    ECOSYSTEMS
        .iter()
        .map(|one| {
            let (scheme, reason) = match one.rule {
                Rule::Ordered(scheme) => (Some(scheme), None),
                Rule::Inner => (None, None),
                Rule::Unordered(reason) => (None, Some(reason)),
            };
            Listed {
                name: one.name,
                scheme,
                source: scheme.map(Scheme::source),
                inner: one.rule == Rule::Inner,
                reason,
            }
        })
        .collect()
}

/// The answer to one line of ecosystem, version and version with tabs between them.
pub fn answer(line: &[u8]) -> &'static str {
    let compared = || {
        let line = std::str::from_utf8(line).ok()?;
        let mut cells = line.split('\t');
        let (ecosystem, a, b) = (cells.next()?, cells.next()?, cells.next()?);
        if cells.next().is_some() {
            return None;
        }
        Scheme::of_ecosystem(ecosystem.trim_ascii())?.compare(a, b)
    };
    compared().map_or(UNORDERED, sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_three_cells() {
        for (line, expected) in [
            ("npm\t1.0.0\t2.0.0", "<"),
            ("Debian:12\t1.0-1\t1.0~rc1-1", ">"),
            ("pypi\t1.0\t1", "="),
            ("npm\t1.0.0", "?"),
            ("npm\t1.0.0\t2.0.0\t3", "?"),
            ("npm\t\t1", "?"),
            ("Gentoo\t1\t1", "?"),
            ("", "?"),
        ] {
            assert_eq!(answer(line.as_bytes()), expected, "{line}");
        }
        assert_eq!(answer(b"npm\t\xff\t1"), "?");
    }

    #[test]
    fn a_refusal_says_why() {
        let refusal = |ecosystem, a, b| match compare_versions(ecosystem, a, b) {
            Ok(compared) => compared.order.to_owned(),
            Err(Refused(faults)) => faults[0].to_string(),
        };
        assert_eq!(refusal("PyPI", "1.0", "1"), "=");
        for (ecosystem, a, b, expected) in [
            (
                "Debain:12",
                "1",
                "1",
                "error[version-ecosystem]: unknown ecosystem `Debain:12`; help: did you mean `Debian`?",
            ),
            (
                "GIT",
                "1",
                "1",
                "error[version-ecosystem]: versions of `GIT` have no order: commits are ordered by the history of their repository, not by their names; help: `mekiki version ecosystems` lists what is ordered",
            ),
            (
                "Root",
                "1",
                "1",
                "error[version-ecosystem]: versions of `Root` have no order: the ecosystem it is built on must be named behind `:`; help: `mekiki version ecosystems` lists what is ordered",
            ),
            (
                "npm",
                "1",
                "latest",
                "error[version-unorderable]: `latest` is no version of `npm`; help: the rules are those of Semantic Versioning 2.0.0, section 11; OSV schema, range type SEMVER",
            ),
            (
                "Packagist",
                "dev-a",
                "dev-b",
                "error[version-unorderable]: `dev-a` and `dev-b` have no order in `Packagist`; help: the rules are those of PHP manual, version_compare; Composer documentation, \"Versions\"",
            ),
        ] {
            assert_eq!(refusal(ecosystem, a, b), expected);
        }
    }
}
