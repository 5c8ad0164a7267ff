//! Package URLs in one spelling, so that two that mean the same package are the same text.
//!
//! The rules are those of the purl specification (ECMA-427, type definitions), read leniently: what a
//! stricter reader would refuse, such as a namespace that its type prohibits, is still an identity.

use compact_str::CompactString;

/// A package URL, decoded and brought into the normal form of its type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purl {
    /// The type, lower case.
    pub kind: CompactString,
    /// The namespace with `/` between its steps; empty where there is none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version as written, decoded.
    pub version: Option<CompactString>,
    /// Qualifiers without those that only repeat a default, sorted by key.
    pub qualifiers: Vec<(String, String)>,
    /// The path inside the package.
    pub subpath: String,
}

impl Purl {
    /// Reads a package URL; `None` for a text without scheme, type or name.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':')?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return None;
        }
        let (rest, subpath) = rest.rsplit_once('#').unwrap_or((rest, ""));
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_matches('/');
        let (kind, rest) = rest.split_once('/')?;
        // An `@` before a further `/` belongs to an npm scope that was not encoded.
        let (path, version) = match rest.rsplit_once('@') {
            Some((path, version)) if !version.contains('/') && !path.is_empty() => {
                (path, Some(version))
            }
            _ => (rest, None),
        };
        let (namespace, name) = path
            .trim_matches('/')
            .rsplit_once('/')
            .unwrap_or(("", path.trim_matches('/')));
        if kind.is_empty() || name.is_empty() {
            return None;
        }
        let mut purl = Self {
            kind: CompactString::from(kind).to_ascii_lowercase(),
            namespace: steps(namespace),
            name: decoded(name),
            version: version
                .map(|version| decoded(version).into())
                .filter(|version: &CompactString| !version.is_empty()),
            qualifiers: qualifiers.split('&').filter_map(qualifier).collect(),
            subpath: steps(subpath),
        };
        purl.normalize();
        Some(purl)
    }

    /// Brings namespace and name into the form of the type.
    ///
    /// Source: the `*-definition.json` of the purl specification for what is not case sensitive; PEP 503
    /// for the separators of `PyPI`, of which the specification names only `_`. `NuGet` ids and crate
    /// names have no two packages that differ in case, or in `-` and `_` for crates, only.
    fn normalize(&mut self) {
        let lower_namespace = matches!(
            self.kind.as_str(),
            "alpm"
                | "apk"
                | "bitbucket"
                | "composer"
                | "deb"
                | "github"
                | "golang"
                | "hex"
                | "npm"
                | "qpkg"
                | "rpm"
        );
        let lower_name = matches!(
            self.kind.as_str(),
            "alpm"
                | "apk"
                | "bitbucket"
                | "bitnami"
                | "cargo"
                | "composer"
                | "deb"
                | "github"
                | "golang"
                | "hex"
                | "luarocks"
                | "npm"
                | "nuget"
                | "oci"
                | "pub"
                | "pypi"
        );
        if lower_namespace {
            self.namespace = self.namespace.to_lowercase();
        }
        if lower_name {
            self.name = self.name.to_lowercase();
        }
        match self.kind.as_str() {
            "pypi" => self.name = joined_by_hyphen(&self.name),
            "cargo" => self.name = self.name.replace('_', "-"),
            // A jar is what Maven means when it says nothing.
            "maven" => self
                .qualifiers
                .retain(|(key, value)| !(key == "type" && value == "jar")),
            _ => {}
        }
        self.qualifiers.sort();
        self.qualifiers.dedup();
    }

    /// The name with its namespace, `/` between them.
    pub fn full_name(&self) -> String {
        if self.namespace.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }

    /// Whether the namespace is part of the name by which people call the package. For distributions it
    /// is the vendor.
    pub fn is_namespace_of_name(&self) -> bool {
        !matches!(
            self.kind.as_str(),
            "alpm" | "apk" | "deb" | "rpm" | "qpkg" | "generic" | "oci" | "docker"
        )
    }

    /// What tells builds of one version for different platforms apart.
    pub fn platform(&self) -> impl Iterator<Item = &(String, String)> {
        self.qualifiers.iter().filter(|(key, _)| {
            matches!(
                key.as_str(),
                "arch" | "os" | "platform" | "classifier" | "type" | "ext"
            )
        })
    }
}

/// A key and value of the qualifiers; an empty value says nothing.
fn qualifier(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.split_once('=')?;
    (!key.is_empty() && !value.is_empty()).then(|| (key.to_ascii_lowercase(), decoded(value)))
}

/// Decodes each step of a path and leaves empty ones out.
fn steps(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for step in path
        .split('/')
        .filter(|step| !step.is_empty() && *step != ".")
    {
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(&decoded(step));
    }
    out
}

/// Undoes percent-encoding; what is no UTF-8 then stays encoded.
pub fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| *first == b'%');
        let mut byte = [0];
        if digits.is_some_and(|digits| hex::decode_to_slice(digits, &mut byte).is_ok()) {
            bytes.extend(byte);
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Replaces every run of `-`, `_` and `.` by one hyphen (PEP 503, normalized names).
pub(crate) fn joined_by_hyphen(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if !matches!(character, '-' | '_' | '.') {
            out.push(character);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_package_are_one() {
        for (one, other) in [
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            ("pkg:npm/%40Babel/Core@7.0.0", "PKG:NPM/%40babel/core@7.0.0"),
            ("pkg:pypi/Zope.Interface@5", "pkg:pypi/zope_interface@5"),
            ("pkg:pypi/a__b@1", "pkg:pypi/A-B@1"),
            (
                "pkg:GitHub/Package-URL/Purl-Spec@1",
                "pkg:github/package-url/purl-spec@1",
            ),
            (
                "pkg://golang/GitHub.com/A/B@v1",
                "pkg:golang/github.com/a/b@v1",
            ),
            (
                "pkg:nuget/Newtonsoft.Json@13",
                "pkg:nuget/newtonsoft.json@13",
            ),
            (
                "pkg:composer/Laravel/Laravel@5",
                "pkg:composer/laravel/laravel@5",
            ),
            ("pkg:maven/g/a@1?type=jar", "pkg:maven/g/a@1"),
            (
                "pkg:deb/debian/curl@7?distro=x&arch=y",
                "pkg:deb/debian/curl@7?arch=y&Distro=x",
            ),
            ("pkg:deb/debian/a@1%3A2-3", "pkg:deb/debian/a@1:2-3"),
            ("pkg:cargo/serde_json@1?x=", "pkg:cargo/serde-json@1"),
            ("pkg:golang/g/a@1#/b//c/", "pkg:golang/g/a@1#b/c"),
        ] {
            assert_eq!(Purl::parse(one), Purl::parse(other), "{one} {other}");
            assert!(Purl::parse(one).is_some(), "{one}");
        }
    }

    #[test]
    fn different_packages_stay_different() {
        for (one, other) in [
            ("pkg:npm/foo.bar@1", "pkg:npm/foo-bar@1"),
            ("pkg:maven/g/A@1", "pkg:maven/g/a@1"),
            ("pkg:gem/RedCloth@1", "pkg:gem/redcloth@1"),
            ("pkg:maven/g/a@1?classifier=sources", "pkg:maven/g/a@1"),
            ("pkg:deb/debian/a@1:2", "pkg:deb/debian/a@2"),
        ] {
            assert_ne!(Purl::parse(one), Purl::parse(other), "{one} {other}");
        }
        for text in [
            "",
            "npm/foo",
            "pkg:npm",
            "pkg:npm/",
            "pkg:/foo",
            "http://a/b",
        ] {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_the_published_parser_reads_is_read_alike() {
        for text in [
            "pkg:npm/%40angular/animation@12.3.1",
            "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=dist&type=zip",
            "pkg:golang/google.golang.org/genproto@abcdedf#googleapis/api/annotations",
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
            "pkg:pypi/django_allauth@12.23",
            "pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f?repository_url=gcr.io",
        ] {
            let ours = Purl::parse(text).unwrap();
            let theirs: packageurl::PackageUrl<'_> = text.parse().unwrap();
            assert_eq!(ours.kind, theirs.ty(), "{text}");
            assert_eq!(
                ours.namespace,
                theirs.namespace().unwrap_or_default(),
                "{text}"
            );
            assert_eq!(ours.name, theirs.name(), "{text}");
            assert_eq!(ours.version.as_deref(), theirs.version(), "{text}");
            assert_eq!(ours.subpath, theirs.subpath().unwrap_or_default(), "{text}");
            assert_eq!(ours.qualifiers.len(), theirs.qualifiers().len(), "{text}");
        }
    }
}
