//! The order of versions, by the rules of each ecosystem.
//!
//! An ecosystem is named as the OSV schema spells it, with or without a release (`Debian:12`). Each
//! scheme is one file in `version/`, with the source of its rules; there is no generic comparison, since
//! one that guesses makes a verdict that nobody can defend. What a scheme cannot read has no place in its
//! order, and the answer is `None`. `docs/versions.md` is the table of all of them.

pub mod ecosystem;

mod android;
mod apk;
mod build;
mod cran;
mod debian;
mod digits;
mod freebsd;
mod go;
mod hackage;
#[cfg(test)]
mod law;
mod linux;
mod maven;
mod nuget;
mod opam;
mod packagist;
mod pep440;
mod rpm;
mod rubygems;
mod semver;

use std::cmp::Ordering;

use ecosystem::Rule;
use serde::Serialize;

/// Texts longer than this, in bytes, are no versions, so that the work for a text of a stranger is bounded.
const MAXIMUM_LENGTH: usize = 4096;

/// The rules by which the versions of an ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Semantic Versioning 2.0.0, section 11, as leniently as OSV's range type `SEMVER`.
    Semver,
    /// Semantic Versioning in which build metadata counts.
    Build,
    /// Semantic Versioning for tags, of which only those with three numbers name one release.
    Tag,
    /// Go modules and toolchains.
    Go,
    /// PEP 440.
    Pep440,
    /// Maven's version order specification.
    Maven,
    /// Versions of `NuGet` packages.
    NuGet,
    /// `Gem::Version`.
    RubyGems,
    /// PHP's `version_compare`.
    Packagist,
    /// R's `package_version`.
    Cran,
    /// The Haskell Package Versioning Policy.
    Hackage,
    /// Debian policy, as `dpkg` compares.
    Debian,
    /// Alpine's `apk`.
    Apk,
    /// RPM's epoch, version and release.
    Rpm,
    /// The opam manual.
    Opam,
    /// FreeBSD's `pkg-version`.
    FreeBsd,
    /// Releases of the Linux kernel.
    Linux,
    /// Android's security patch levels.
    Android,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 18] = [
        Self::Semver,
        Self::Build,
        Self::Tag,
        Self::Go,
        Self::Pep440,
        Self::Maven,
        Self::NuGet,
        Self::RubyGems,
        Self::Packagist,
        Self::Cran,
        Self::Hackage,
        Self::Debian,
        Self::Apk,
        Self::Rpm,
        Self::Opam,
        Self::FreeBsd,
        Self::Linux,
        Self::Android,
    ];

    /// The scheme of an ecosystem as OSV spells it, case-insensitive, a release behind `:` left aside;
    /// `None` where the ecosystem is unknown or defines no order.
    ///
    /// `Root`, `TuxCare` and `Docker Hardened Images` have the scheme of what is named behind the `:`.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        match ecosystem::rule(ecosystem)? {
            Rule::Ordered(scheme) => Some(scheme),
            Rule::Inner | Rule::Unordered(_) => None,
        }
    }

    /// The scheme of a package URL's type, in small letters; `None` where the type is unknown or defines no
    /// order. No type needs the namespace so far: what a distribution packages, its tool compares.
    ///
    /// Source: the type definitions of the purl specification (ECMA-427).
    pub fn of_purl_type(kind: &str, _namespace: &str) -> Option<Self> {
        Some(match kind {
            "apk" => Self::Apk,
            "bioconductor" | "cran" => Self::Cran,
            "bitnami" | "cargo" | "hex" | "npm" | "swift" | "vscode-extension" => Self::Semver,
            "composer" => Self::Packagist,
            "conan" | "julia" | "pub" => Self::Build,
            "deb" => Self::Debian,
            "gem" => Self::RubyGems,
            "golang" => Self::Go,
            "hackage" => Self::Hackage,
            "maven" => Self::Maven,
            "nuget" => Self::NuGet,
            "opam" => Self::Opam,
            "pypi" => Self::Pep440,
            "rpm" => Self::Rpm,
            _ => return None,
        })
    }

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Build => "build",
            Self::Tag => "tag",
            Self::Go => "go",
            Self::Pep440 => "pep440",
            Self::Maven => "maven",
            Self::NuGet => "nuget",
            Self::RubyGems => "rubygems",
            Self::Packagist => "packagist",
            Self::Cran => "cran",
            Self::Hackage => "hackage",
            Self::Debian => "debian",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Opam => "opam",
            Self::FreeBsd => "freebsd",
            Self::Linux => "linux",
            Self::Android => "android",
        }
    }

    /// The document that the rules come from.
    pub fn source(self) -> &'static str {
        match self {
            Self::Semver => "Semantic Versioning 2.0.0, section 11; OSV schema, range type SEMVER",
            Self::Build => {
                "Semantic Versioning 2.0.0, and the documentation of pub_semver, Julia and Conan for build metadata"
            }
            Self::Tag => {
                "Semantic Versioning 2.0.0; GitHub documentation, \"Releasing and maintaining actions\""
            }
            Self::Go => {
                "The Go Modules Reference, \"Versions\"; Go documentation, \"Go Toolchains\""
            }
            Self::Pep440 => "PyPA specifications, \"Version specifiers\" (PEP 440)",
            Self::Maven => {
                "Maven POM Reference, \"Version Order Specification\" (Maven up to 3.9.1)"
            }
            Self::NuGet => "NuGet documentation, \"Package versioning\"",
            Self::RubyGems => "RubyGems, documentation of Gem::Version",
            Self::Packagist => "PHP manual, version_compare; Composer documentation, \"Versions\"",
            Self::Cran => "Writing R Extensions, section 1.1.1; R reference, package_version",
            Self::Hackage => "Haskell Package Versioning Policy; Cabal-syntax, Version",
            Self::Debian => "Debian Policy Manual, section 5.6.12; deb-version(7)",
            Self::Apk => "apk-package(5), field version; apk-tools",
            Self::Rpm => "RPM documentation, rpm-version(7)",
            Self::Opam => "opam manual, \"Version ordering\"",
            Self::FreeBsd => "pkg-version(8); FreeBSD Porter's Handbook, section 5.2.3",
            Self::Linux => "Linux kernel documentation, \"How the development process works\"",
            Self::Android => "Android Open Source Project, \"Security patch level\"",
        }
    }

    /// Orders two versions; `None` where either is no version of the scheme. White space around a version
    /// does not count.
    ///
    /// The work is bounded by the lengths, which are limited to 4096 bytes.
    pub fn compare(self, one: &str, other: &str) -> Option<Ordering> {
        let (one, other) = (one.trim_ascii(), other.trim_ascii());
        let is_version = |text: &str| {
            !text.is_empty() && text.len() <= MAXIMUM_LENGTH && !text.contains(char::is_control)
        };
        if !is_version(one) || !is_version(other) {
            return None;
        }
        let compare = match self {
            Self::Semver => semver::compare,
            Self::Build => build::compare,
            Self::Tag => semver::compare_tags,
            Self::Go => go::compare,
            Self::Pep440 => pep440::compare,
            Self::Maven => maven::compare,
            Self::NuGet => nuget::compare,
            Self::RubyGems => rubygems::compare,
            Self::Packagist => packagist::compare,
            Self::Cran => cran::compare,
            Self::Hackage => hackage::compare,
            Self::Debian => debian::compare,
            Self::Apk => apk::compare,
            Self::Rpm => rpm::compare,
            Self::Opam => opam::compare,
            Self::FreeBsd => freebsd::compare,
            Self::Linux => linux::compare,
            Self::Android => android::compare,
        };
        compare(one, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_texts_have_no_place_and_cost_little() {
        let long = "1.".repeat(MAXIMUM_LENGTH) + "1";
        for scheme in Scheme::ALL {
            for text in ["", " ", "\u{0}", "1\n2", long.as_str()] {
                assert_eq!(scheme.compare(text, "1"), None, "{scheme:?} {text:?}");
                assert_eq!(scheme.compare("1", text), None, "{scheme:?} {text:?}");
            }
            for part in [
                "1.", "1-", "-", "a1", "~", "^", "_p1", "0", "1.0-", "+", "#", "é",
            ] {
                let text: String = part.repeat(MAXIMUM_LENGTH / part.len());
                _ = scheme.compare(&text, &text);
            }
        }
    }

    #[test]
    fn the_word_is_that_of_json() {
        for scheme in Scheme::ALL {
            assert_eq!(serde_json::json!(scheme), scheme.word());
        }
    }

    #[test]
    fn white_space_around_a_version_does_not_count() {
        assert_eq!(Scheme::Debian.compare(" 1\n", "1"), Some(Ordering::Equal));
        assert_eq!(Scheme::Rpm.compare("1", "\t2"), Some(Ordering::Less));
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_scheme(one in ".{0,24}", other in "[0-9a-z.~^+_:!#*,é-]{0,24}") {
            for scheme in Scheme::ALL {
                let order = scheme.compare(&one, &other);
                prop_assert_eq!(order, scheme.compare(&other, &one).map(Ordering::reverse), "{:?}", scheme);
                for text in [&one, &other] {
                    prop_assert!(scheme.compare(text, text).is_none_or(Ordering::is_eq), "{:?}", scheme);
                }
            }
        }
    }
}
