//! Under what a package is found in a snapshot: an ecosystem and a name, a package URL, or a CPE product.

use crate::purl::Purl;

/// The key of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A package of an ecosystem; the ecosystem's release plays no part.
    pub fn package(ecosystem: &str, name: &str) -> Self {
        let base = base_of(ecosystem);
        Self(format!(
            "p/{}/{}",
            base.to_lowercase(),
            fold(base, name.trim())
        ))
    }

    /// A package URL: a package of its ecosystem, or its type and name where OSV defines no ecosystem.
    pub fn purl(purl: &Purl) -> Self {
        match package_of(purl) {
            Some((ecosystem, name)) => Self::package(ecosystem, &name),
            None => Self(format!(
                "u/{}/{}",
                purl.kind,
                purl.full_name().to_lowercase()
            )),
        }
    }

    /// A product by its CPE name: what [`crate::cpe::Cpe::product_name`] gives.
    pub fn cpe(product: &str) -> Self {
        Self(format!("c/{product}"))
    }

    /// A product by nothing but its name, as lists of dates of support have it.
    pub fn named(product: &str) -> Self {
        Self(format!("n/{}", product.trim().to_lowercase()))
    }

    /// A key as it stands in an index; `None` for what is no text.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        String::from_utf8(bytes).ok().map(Self)
    }

    /// The key as it stands in the index.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The ecosystem without its release: `Debian` of `Debian:12`, `Root:Debian` of `Root:Debian:12`.
pub fn base_of(ecosystem: &str) -> &str {
    let ecosystem = ecosystem.trim();
    let (first, rest) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
    if first.eq_ignore_ascii_case("root") && !rest.is_empty() {
        let end = rest
            .find(':')
            .map_or(ecosystem.len(), |end| first.len() + 1 + end);
        return ecosystem.get(..end).unwrap_or(ecosystem);
    }
    first
}

/// The release of an ecosystem: `12` of `Debian:12`; `None` where none is named.
pub fn release_of(ecosystem: &str) -> Option<&str> {
    let ecosystem = ecosystem.trim();
    let release = ecosystem.get(base_of(ecosystem).len()..)?;
    release
        .strip_prefix(':')
        .filter(|release| !release.is_empty())
}

/// A name in the spelling in which an ecosystem has no two packages.
///
/// Sources: PEP 503 for `PyPI`; the type definitions of the purl specification (ECMA-427) for what is not
/// case sensitive; crate names are told apart neither by case nor by `-` and `_`.
pub fn fold(base: &str, name: &str) -> String {
    match base.to_ascii_lowercase().as_str() {
        "pypi" => crate::purl::joined_by_hyphen(&name.to_lowercase()),
        "crates.io" => name.to_lowercase().replace('_', "-"),
        "maven" | "rubygems" | "cran" | "bioconductor" | "hackage" | "ghc" | "julia" | "opam"
        | "android" => name.to_owned(),
        _ => name.to_lowercase(),
    }
}

/// The ecosystem and name of a package URL, where OSV defines an ecosystem for its type.
///
/// Source: OSV schema 1.7.0, section `affected[].package`, with the type definitions of the purl
/// specification; the namespaces of `deb`, `apk` and `rpm` are those that their distributions use.
pub fn package_of(purl: &Purl) -> Option<(&'static str, String)> {
    let namespace = purl.namespace.as_str();
    let ecosystem = match purl.kind.as_str() {
        "bioconductor" => "Bioconductor",
        "bitnami" => "Bitnami",
        "cargo" => "crates.io",
        "composer" => "Packagist",
        "conan" => "ConanCenter",
        "cran" => "CRAN",
        "gem" => "RubyGems",
        "githubactions" => "GitHub Actions",
        "golang" => "Go",
        "hackage" => "Hackage",
        "hex" => "Hex",
        "julia" => "Julia",
        "maven" => "Maven",
        "npm" => "npm",
        "nuget" => "NuGet",
        "opam" => "opam",
        "pub" => "Pub",
        "pypi" => "PyPI",
        "swift" => "SwiftURL",
        "vscode" | "vscode-extension" => "VSCode",
        "apk" => match namespace {
            "alpine" => "Alpine",
            "alpaquita" => "Alpaquita",
            "chainguard" => "Chainguard",
            "minimos" => "MinimOS",
            "wolfi" => "Wolfi",
            _ => return None,
        },
        "deb" => match namespace {
            "debian" => "Debian",
            "ubuntu" => "Ubuntu",
            "echo" => "Echo",
            _ => return None,
        },
        "rpm" => match namespace {
            "almalinux" | "alma" => "AlmaLinux",
            "azurelinux" | "mariner" | "cbl-mariner" => "Azure Linux",
            "mageia" => "Mageia",
            "openeuler" => "openEuler",
            "opensuse" => "openSUSE",
            "photon" => "Photon OS",
            "redhat" | "rhel" => "Red Hat",
            "rocky" | "rockylinux" | "rocky-linux" => "Rocky Linux",
            "suse" | "sles" => "SUSE",
            _ => return None,
        },
        _ => return None,
    };
    let name = match ecosystem {
        "Maven" => format!("{namespace}:{}", purl.name),
        _ if purl.is_namespace_of_name() => purl.full_name(),
        _ => purl.name.clone(),
    };
    Some((ecosystem, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_and_its_package_have_one_key() {
        for (purl, ecosystem, name) in [
            ("pkg:cargo/serde_json@1", "crates.io", "serde_json"),
            ("pkg:pypi/Zope.Interface@5", "PyPI", "zope-interface"),
            ("pkg:npm/%40babel/core@7", "npm", "@babel/core"),
            (
                "pkg:maven/org.slf4j/slf4j-api@2",
                "Maven",
                "org.slf4j:slf4j-api",
            ),
            (
                "pkg:golang/GitHub.com/Masterminds/goutils@v1",
                "Go",
                "github.com/Masterminds/goutils",
            ),
            ("pkg:deb/debian/openssl@3", "Debian:12", "openssl"),
            ("pkg:apk/alpine/musl@1", "Alpine:v3.17", "musl"),
            ("pkg:rpm/rocky/bash@5", "Rocky Linux:9", "bash"),
            (
                "pkg:composer/laravel/framework@5",
                "Packagist",
                "laravel/framework",
            ),
        ] {
            let key = Key::purl(&Purl::parse(purl).unwrap());
            assert_eq!(key, Key::package(ecosystem, name), "{purl}");
        }
        let other = Key::purl(&Purl::parse("pkg:generic/openssl@3").unwrap());
        assert_eq!(other.as_bytes(), b"u/generic/openssl");
        assert_eq!(
            Key::cpe("a:openssl:openssl").as_bytes(),
            b"c/a:openssl:openssl"
        );
    }

    #[test]
    fn a_release_is_told_from_its_ecosystem() {
        for (ecosystem, base, release) in [
            ("Debian:12", "Debian", Some("12")),
            ("Debian", "Debian", None),
            ("Ubuntu:Pro:22.04:LTS", "Ubuntu", Some("Pro:22.04:LTS")),
            ("Root:Debian:12", "Root:Debian", Some("12")),
            ("Root:PyPI", "Root:PyPI", None),
            ("Root", "Root", None),
            ("Debian:", "Debian", None),
        ] {
            assert_eq!(base_of(ecosystem), base, "{ecosystem}");
            assert_eq!(release_of(ecosystem), release, "{ecosystem}");
        }
    }
}
