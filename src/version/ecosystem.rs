//! Every ecosystem that the OSV schema names, and the scheme that orders its versions.
//!
//! Source of the names: OSV schema 1.7, `ecosystemName` and `GIT`. Source of the choices: the schema's
//! description of the ecosystem, the ecosystem's own documentation, and the ordering that osv.dev uses.

use super::Scheme;

/// One ecosystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ecosystem {
    /// The name as the OSV schema spells it.
    pub name: &'static str,
    /// How its versions are ordered.
    pub rule: Rule,
}

/// How the versions of an ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// By a scheme.
    Ordered(Scheme),
    /// By the scheme of the ecosystem that is named behind the first `:`, as in `Root:Debian:12`.
    Inner,
    /// Not at all, for this reason.
    Unordered(&'static str),
}

const fn ordered(name: &'static str, scheme: Scheme) -> Ecosystem {
    Ecosystem {
        name,
        rule: Rule::Ordered(scheme),
    }
}

const fn inner(name: &'static str) -> Ecosystem {
    Ecosystem {
        name,
        rule: Rule::Inner,
    }
}

const fn unordered(name: &'static str, reason: &'static str) -> Ecosystem {
    Ecosystem {
        name,
        rule: Rule::Unordered(reason),
    }
}

/// Every ecosystem, by name. `SemVer` is none of OSV's; it stands for the range type.
pub const ECOSYSTEMS: [Ecosystem; 50] = [
    ordered("AlmaLinux", Scheme::Rpm),
    ordered("Alpaquita", Scheme::Apk),
    ordered("Alpine", Scheme::Apk),
    ordered("Android", Scheme::Android),
    ordered("Azure Linux", Scheme::Rpm),
    ordered("BellSoft Hardened Containers", Scheme::Apk),
    ordered("Bioconductor", Scheme::Cran),
    ordered("Bitnami", Scheme::Semver),
    ordered("Chainguard", Scheme::Apk),
    ordered("CleanStart", Scheme::Apk),
    ordered("ConanCenter", Scheme::Build),
    ordered("CRAN", Scheme::Cran),
    ordered("crates.io", Scheme::Semver),
    ordered("Debian", Scheme::Debian),
    inner("Docker Hardened Images"),
    ordered("Echo", Scheme::Debian),
    ordered("FreeBSD", Scheme::FreeBsd),
    ordered("GHC", Scheme::Semver),
    unordered(
        "GIT",
        "commits are ordered by the history of their repository, not by their names",
    ),
    ordered("GitHub Actions", Scheme::Tag),
    ordered("Go", Scheme::Go),
    ordered("Hackage", Scheme::Hackage),
    ordered("Hex", Scheme::Semver),
    ordered("Julia", Scheme::Build),
    ordered("Kubernetes", Scheme::Semver),
    ordered("Linux", Scheme::Linux),
    ordered("Mageia", Scheme::Rpm),
    ordered("Maven", Scheme::Maven),
    ordered("MinimOS", Scheme::Apk),
    ordered("npm", Scheme::Semver),
    ordered("NuGet", Scheme::NuGet),
    ordered("opam", Scheme::Opam),
    ordered("openEuler", Scheme::Rpm),
    ordered("openSUSE", Scheme::Rpm),
    unordered(
        "OSS-Fuzz",
        "its records name commits and tags of many projects, which share no rule",
    ),
    ordered("Packagist", Scheme::Packagist),
    ordered("Photon OS", Scheme::Rpm),
    ordered("Pub", Scheme::Build),
    ordered("PyPI", Scheme::Pep440),
    ordered("Red Hat", Scheme::Rpm),
    ordered("Rocky Linux", Scheme::Rpm),
    inner("Root"),
    ordered("RubyGems", Scheme::RubyGems),
    ordered("SemVer", Scheme::Semver),
    ordered("SUSE", Scheme::Rpm),
    ordered("SwiftURL", Scheme::Semver),
    inner("TuxCare"),
    ordered("Ubuntu", Scheme::Debian),
    ordered("VSCode", Scheme::Semver),
    ordered("Wolfi", Scheme::Apk),
];

/// Finds an ecosystem by its name, whatever is behind `:` left aside. Case, spaces, hyphens and dots do not
/// count.
pub fn lookup(name: &str) -> Option<&'static Ecosystem> {
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let exact = ECOSYSTEMS
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(name));
    exact.or_else(|| {
        let plain = |text: &'static str| text.bytes().filter(u8::is_ascii_alphanumeric);
        let wanted = || name.bytes().filter(|byte| !b" -._".contains(byte));
        ECOSYSTEMS.iter().find(|one| {
            let folded = plain(one.name).map(|byte| byte.to_ascii_lowercase());
            folded.eq(wanted().map(|byte| byte.to_ascii_lowercase()))
        })
    })
}

/// The rule for a name with what is behind it; where that rule is the inner ecosystem's, that one's.
pub fn rule(name: &str) -> Option<Rule> {
    let outer = lookup(name)?;
    if outer.rule != Rule::Inner {
        return Some(outer.rule);
    }
    let unordered = Rule::Unordered("the ecosystem it is built on must be named behind `:`");
    let inner = name.split_once(':').and_then(|(_, inner)| lookup(inner));
    Some(match inner {
        Some(inner) if inner.rule != Rule::Inner => inner.rule,
        _ => unordered,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_order_and_once() {
        let names: Vec<_> = ECOSYSTEMS.map(|one| one.name.to_lowercase()).into();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn names_are_found_with_release_and_in_any_case() {
        let scheme = |name| match rule(name) {
            Some(Rule::Ordered(scheme)) => Some(scheme),
            _ => None,
        };
        for (name, expected) in [
            ("Debian:12", Some(Scheme::Debian)),
            ("debian", Some(Scheme::Debian)),
            ("UBUNTU:Pro:22.04:LTS", Some(Scheme::Debian)),
            ("Red Hat:rhel_aus:8.4::appstream", Some(Scheme::Rpm)),
            ("redhat", Some(Scheme::Rpm)),
            ("Maven:https://maven.google.com", Some(Scheme::Maven)),
            (
                "Packagist:https://packages.drupal.org/8",
                Some(Scheme::Packagist),
            ),
            ("Root:Alpine:3.18", Some(Scheme::Apk)),
            ("root:debian:12", Some(Scheme::Debian)),
            ("Root:PyPI", Some(Scheme::Pep440)),
            ("TuxCare:Red Hat", Some(Scheme::Rpm)),
            ("Docker Hardened Images:Debian:trixie", Some(Scheme::Debian)),
            ("Root", None),
            ("Root:", None),
            ("TuxCare:9", None),
            ("TuxCare:TuxCare:Debian", None),
            ("GIT", None),
            ("OSS-Fuzz", None),
            ("", None),
            ("Debian12", None),
            ("Gentoo", None),
        ] {
            assert_eq!(scheme(name), expected, "{name}");
        }
    }
}
