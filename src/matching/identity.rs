//! As what a component is looked up: every package and product that it may be.
//!
//! Distributions publish advisories for source packages, while SBOMs list the binary ones; so a component
//! is also looked up as the source package that its package URL, or a tool's property, names.

use crate::cpe::Cpe;
use crate::evidence::sbom::model::{Component, IdentifierKind};
use crate::purl::Purl;
use crate::snapshot::{Key, package_of};
use crate::version::Scheme;

/// The names of all properties that [`identities`] reads.
pub const SOURCE_PROPERTIES: [&str; 7] = [
    "aquasecurity:trivy:SrcName",
    "aquasecurity:trivy:SrcVersion",
    "aquasecurity:trivy:SrcEpoch",
    "aquasecurity:trivy:SrcRelease",
    "syft:metadata:source",
    "syft:metadata:originPackage",
    "syft:metadata:sourceVersion",
];

/// One thing that a component may be looked up as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Under what.
    pub key: Key,
    /// The ecosystem as OSV spells it, without a release; `None` for a CPE name and for package types
    /// without an ecosystem.
    pub ecosystem: Option<&'static str>,
    /// The version; `None` where the component has none.
    pub version: Option<String>,
    /// The order of its versions, where one is defined.
    pub scheme: Option<Scheme>,
    /// The distribution's release, as the package URL writes it.
    pub distro: Option<String>,
    /// The architecture.
    pub arch: Option<String>,
    /// The CPE name, where it is looked up by it.
    pub cpe: Option<Cpe>,
}

/// The ecosystem that a tool's own word for a kind of package means.
///
/// Sources: the package types of syft (property `syft:package:type`) and of trivy (property
/// `aquasecurity:trivy:PkgType`), as their SBOMs write them. Kinds of distributions are left out: without a
/// package URL nothing tells the distribution.
const PACKAGE_TYPES: [(&str, &str); 31] = [
    ("bundler", "RubyGems"),
    ("cargo", "crates.io"),
    ("composer", "Packagist"),
    ("conan", "ConanCenter"),
    ("dart-pub", "Pub"),
    ("dotnet", "NuGet"),
    ("dotnet-core", "NuGet"),
    ("gem", "RubyGems"),
    ("gemspec", "RubyGems"),
    ("go-module", "Go"),
    ("gobinary", "Go"),
    ("gomod", "Go"),
    ("hackage", "Hackage"),
    ("hex", "Hex"),
    ("npm", "npm"),
    ("node-pkg", "npm"),
    ("nuget", "NuGet"),
    ("packages-props", "NuGet"),
    ("php-composer", "Packagist"),
    ("pip", "PyPI"),
    ("pipenv", "PyPI"),
    ("pnpm", "npm"),
    ("poetry", "PyPI"),
    ("pub", "Pub"),
    ("python", "PyPI"),
    ("python-pkg", "PyPI"),
    ("R-package", "CRAN"),
    ("rust-crate", "crates.io"),
    ("rustbinary", "crates.io"),
    ("uv", "PyPI"),
    ("yarn", "npm"),
];

/// Everything that a component may be looked up as: its package URLs, then its CPE names; where it has no
/// package URL, the ecosystem that a tool's property names, with the component's own name.
pub fn identities(component: &Component) -> Vec<Identity> {
    let mut identities: Vec<Identity> = Vec::new();
    let mut push = |identity: Identity| {
        if !identities.contains(&identity) {
            identities.push(identity);
        }
    };
    for purl in component.purls().filter_map(Purl::parse) {
        let own = of_purl(&purl, component);
        if let Some(source) = source_of(&purl, component, &own) {
            push(source);
        }
        push(own);
    }
    if component.purls().next().is_none()
        && let Some(named) = by_property(component)
    {
        push(named);
    }
    for identifier in &component.identifiers {
        if identifier.kind == IdentifierKind::Cpe
            && let Some(cpe) = Cpe::parse(&identifier.value)
            && let Some(product) = cpe.product_name()
        {
            push(Identity {
                key: Key::cpe(&product),
                ecosystem: None,
                version: cpe
                    .version()
                    .or_else(|| component.version.as_deref().map(str::to_owned)),
                scheme: None,
                distro: None,
                arch: None,
                cpe: Some(cpe),
            });
        }
    }
    identities
}

/// The ecosystem that a tool's property names, with the component's own name.
fn by_property(component: &Component) -> Option<Identity> {
    let kind = property(component, "syft:package:type")
        .or_else(|| property(component, "aquasecurity:trivy:PkgType"))?;
    let (_, ecosystem) = PACKAGE_TYPES.iter().find(|(name, _)| *name == kind)?;
    let name = match component.group.as_deref() {
        Some(group) if !group.is_empty() => format!("{group}/{}", component.name),
        _ => component.name.to_string(),
    };
    (!name.is_empty()).then(|| Identity {
        key: Key::package(ecosystem, &name),
        ecosystem: Some(ecosystem),
        version: component.version.as_deref().map(str::to_owned),
        scheme: Scheme::of_ecosystem(ecosystem),
        distro: None,
        arch: None,
        cpe: None,
    })
}

/// The value of a property that is not empty.
fn property<'c>(component: &'c Component, name: &str) -> Option<&'c str> {
    let mut properties = component.properties.iter();
    let found = properties.find(|property| property.name == name);
    found
        .map(|property| property.value.as_str())
        .filter(|value| !value.is_empty())
}

fn of_purl(purl: &Purl, component: &Component) -> Identity {
    let qualifier = |name: &str| {
        let found = purl.qualifiers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let written = purl.version.as_deref().or(component.version.as_deref());
    // The epoch of an RPM stands in a qualifier, and in front of the version in advisories.
    let version = written.map(|version| match qualifier("epoch") {
        Some(epoch) if purl.kind == "rpm" && !version.contains(':') => format!("{epoch}:{version}"),
        _ => version.to_owned(),
    });
    Identity {
        key: Key::purl(purl),
        ecosystem: package_of(purl).map(|(ecosystem, _)| ecosystem),
        version,
        scheme: package_of(purl).and_then(|(ecosystem, _)| Scheme::of_ecosystem(ecosystem)),
        distro: qualifier("distro").map(str::to_owned),
        arch: qualifier("arch").map(str::to_owned),
        cpe: None,
    }
}

/// The source package, where it has another name or version than the binary one.
fn source_of(purl: &Purl, component: &Component, own: &Identity) -> Option<Identity> {
    if !matches!(purl.kind.as_str(), "deb" | "apk" | "rpm") {
        return None;
    }
    let (name, version) = upstream(purl).or_else(|| source_by_property(component))?;
    let mut source = purl.clone();
    source.name = name.to_lowercase();
    Some(Identity {
        key: Key::purl(&source),
        version: version.or_else(|| own.version.clone()),
        ..own.clone()
    })
}

/// The qualifier `upstream`, as syft writes it: a name, and behind `@` its version where that differs. A
/// source RPM is written as a file name.
fn upstream(purl: &Purl) -> Option<(String, Option<String>)> {
    let found = purl.qualifiers.iter().find(|(key, _)| key == "upstream")?;
    let text = found.1.as_str();
    if let Some(file) = text.strip_suffix(".src.rpm") {
        // NAME-VERSION-RELEASE
        let (rest, _) = file.rsplit_once('-')?;
        let (name, _) = rest.rsplit_once('-')?;
        return Some((name.to_owned(), None));
    }
    Some(match text.split_once('@') {
        Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
        None => (text.to_owned(), None),
    })
}

/// Properties in which tools name the source package: trivy's, then syft's.
fn source_by_property(component: &Component) -> Option<(String, Option<String>)> {
    let value = |name: &str| property(component, name);
    if let Some(name) = value("aquasecurity:trivy:SrcName") {
        let version = value("aquasecurity:trivy:SrcVersion").map(|version| {
            let epoch = value("aquasecurity:trivy:SrcEpoch").map(|epoch| format!("{epoch}:"));
            let release =
                value("aquasecurity:trivy:SrcRelease").map(|release| format!("-{release}"));
            format!(
                "{}{version}{}",
                epoch.unwrap_or_default(),
                release.unwrap_or_default()
            )
        });
        return Some((name.to_owned(), version));
    }
    let name = value("syft:metadata:source").or_else(|| value("syft:metadata:originPackage"))?;
    let version = value("syft:metadata:sourceVersion").map(str::to_owned);
    Some((name.to_owned(), version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sbom::model::Property;

    fn keys(purl: &str, properties: &[(&str, &str)]) -> Vec<(String, String)> {
        let component = Component {
            purl: Some(purl.into()),
            properties: properties
                .iter()
                .map(|(name, value)| Property {
                    name: (*name).into(),
                    value: (*value).into(),
                })
                .collect(),
            ..Component::default()
        };
        identities(&component)
            .into_iter()
            .map(|one| {
                let key = String::from_utf8_lossy(one.key.as_bytes()).into_owned();
                (key, one.version.unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn a_tool_may_name_the_ecosystem() {
        for (kind, group, name, expected) in [
            ("syft:package:type", None, "requests", "p/pypi/requests"),
            (
                "aquasecurity:trivy:PkgType",
                Some("@babel"),
                "core",
                "p/npm/@babel/core",
            ),
        ] {
            let word = if group.is_some() { "yarn" } else { "python" };
            let component = Component {
                name: name.into(),
                group: group.map(Into::into),
                properties: vec![Property {
                    name: kind.into(),
                    value: word.into(),
                }],
                ..Component::default()
            };
            let keys: Vec<_> = identities(&component)
                .into_iter()
                .map(|one| String::from_utf8_lossy(one.key.as_bytes()).into_owned())
                .collect();
            assert_eq!(keys, [expected]);
        }
    }

    #[test]
    fn a_binary_package_is_looked_up_as_its_source_too() {
        let pair = |key: &str, version: &str| (key.to_owned(), version.to_owned());
        assert_eq!(
            keys(
                "pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl&distro=debian-12",
                &[]
            ),
            [
                pair("p/debian/openssl", "3.0.11-1"),
                pair("p/debian/libssl3", "3.0.11-1")
            ]
        );
        assert_eq!(
            keys(
                "pkg:deb/debian/libc-bin@2.36-9?upstream=glibc%402.36-8",
                &[]
            ),
            [
                pair("p/debian/glibc", "2.36-8"),
                pair("p/debian/libc-bin", "2.36-9")
            ]
        );
        assert_eq!(
            keys(
                "pkg:rpm/rocky/openssl-libs@3.0.7-24.el9?epoch=1&upstream=openssl-3.0.7-24.el9.src.rpm",
                &[]
            ),
            [
                pair("p/rocky linux/openssl", "1:3.0.7-24.el9"),
                pair("p/rocky linux/openssl-libs", "1:3.0.7-24.el9")
            ]
        );
        assert_eq!(
            keys(
                "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1.10",
                &[
                    ("aquasecurity:trivy:SrcName", "openssl"),
                    ("aquasecurity:trivy:SrcVersion", "3.0.2"),
                    ("aquasecurity:trivy:SrcRelease", "0ubuntu1.10"),
                ]
            ),
            [
                pair("p/ubuntu/openssl", "3.0.2-0ubuntu1.10"),
                pair("p/ubuntu/libssl3", "3.0.2-0ubuntu1.10")
            ]
        );
        assert_eq!(
            keys("pkg:npm/left-pad@1.3.0", &[]),
            [pair("p/npm/left-pad", "1.3.0")]
        );
    }
}
