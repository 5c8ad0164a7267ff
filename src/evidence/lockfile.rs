//! Lists of resolved dependencies: `Cargo.lock`, formats 1 to 4 (The Cargo Book, "Cargo.toml vs
//! Cargo.lock"; the module `cargo::core::resolver::encode` of Cargo tells the formats apart).

use compact_str::CompactString;
use indexmap::IndexMap;

use super::sbom::model::{Component, ComponentKind, Hash, Site};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::tape::Lines;
use crate::tree::{self, Document, Node};

/// The addresses of the public registry, of its index in Git and of the sparse one.
const PUBLIC: [&str; 2] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
];

/// A lock file of Cargo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// The version of the format that the file states; formats 1 and 2 state none, and it is 1 where the
    /// digests stand in `[metadata]`, else 2.
    pub version: u32,
    /// The packages, in the order of the file; a package of the workspace is one as well.
    pub packages: Vec<Locked>,
}

/// A package in a certain version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Where it comes from.
    pub source: Source,
    /// The SHA-256 of its archive, in hexadecimal.
    pub checksum: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The public registry, crates.io.
    Public,
    /// Another registry, by its address.
    Registry(String),
    /// A repository, by its address with reference and commit.
    Git(String),
    /// The workspace, or a folder beside it.
    Path,
    /// Anything else, as the file writes it.
    Other(String),
}

impl Source {
    fn of(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Path };
        if PUBLIC.contains(&text) {
            return Self::Public;
        }
        match text.split_once('+') {
            Some(("registry" | "sparse", address)) => Self::Registry(address.to_owned()),
            Some(("git", address)) => Self::Git(address.to_owned()),
            Some(("path", _)) => Self::Path,
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl Locked {
    /// The package URL, where advisories on the public registry are about this package: a package of the
    /// same name from elsewhere is another one.
    pub fn purl(&self) -> Option<String> {
        let is_public = self.source == Source::Public;
        // A `+` of build metadata must be encoded (purl specification, "version").
        is_public.then(|| {
            format!(
                "pkg:cargo/{}@{}",
                self.name,
                self.version.replace('+', "%2B")
            )
        })
    }

    /// The package as a component of a list; one that is not from the public registry has no package URL.
    pub fn component(&self) -> Component {
        Component {
            kind: ComponentKind::Library,
            name: self.name.as_str().into(),
            version: Some(self.version.as_str().into()),
            purl: self.purl().map(CompactString::from),
            hashes: self
                .checksum
                .iter()
                .map(|value| Hash {
                    algorithm: "SHA-256".into(),
                    value: value.as_str().into(),
                })
                .collect(),
            at: Site {
                pointer: CompactString::from(self.at.pointer.as_deref().unwrap_or_default()),
                line: self.at.line.unwrap_or_default(),
                column: self.at.column.unwrap_or_default(),
            },
            ..Component::default()
        }
    }
}

/// Reads a lock file. A package that cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// The faults of the syntax (`toml-…`), or `lockfile-malformed` for a format that is not known or a file
/// without packages.
pub fn read(bytes: &[u8]) -> Result<(Lockfile, Vec<Diagnostic>), Vec<Diagnostic>> {
    let document = tree::parse_toml(bytes)?;
    let root = &document.root;
    let digests = metadata(root);
    let version = version(&document, digests.is_empty()).map_err(|fault| vec![fault])?;
    let mut findings = Findings::new();
    let lines = Lines::new(&document.source);
    let list = root.get("package").map_or(&[][..], Node::items);
    // Format 1 once had the package of the workspace apart.
    let single = root.get("root").map(|node| ("/root".to_owned(), node));
    let nodes = list.iter().enumerate();
    let nodes = nodes.map(|(position, node)| (format!("/package/{position}"), node));
    let mut packages = Vec::new();
    for (pointer, node) in single.into_iter().chain(nodes) {
        let mut at = node
            .offset
            .map_or_else(Place::whole, |offset| lines.place(offset));
        at.pointer = Some(pointer);
        packages.extend(package(node, at, &digests, &mut findings));
    }
    if packages.is_empty() {
        let fault = malformed(Place::whole(), "the file lists no package".to_owned());
        return Err(vec![fault]);
    }
    Ok((Lockfile { version, packages }, findings.finish()))
}

fn malformed(at: Place, message: String) -> Diagnostic {
    Diagnostic::error("lockfile-malformed", at, message)
        .help("make the file again with `cargo generate-lockfile`")
}

fn version(document: &Document, is_without_metadata: bool) -> Result<u32, Diagnostic> {
    let Some(node) = document.root.get("version") else {
        return Ok(if is_without_metadata { 2 } else { 1 });
    };
    if let tree::Value::Integer(version @ 1..=4) = node.value {
        return Ok(u32::try_from(version).unwrap_or_default());
    }
    let message = "the version of the format is none of 1 to 4".to_owned();
    Err(malformed(document.place(node, "/version"), message))
}

/// The digests of format 1, by what stands behind `checksum`: name, version and source.
fn metadata(root: &Node) -> IndexMap<&str, &str> {
    let entries = root.get("metadata").map_or(&[][..], Node::entries);
    let digests = entries.iter().filter_map(|(key, node)| {
        let package = key.strip_prefix("checksum ")?;
        Some((package, node.text()?))
    });
    digests.collect()
}

fn package(
    node: &Node,
    at: Place,
    digests: &IndexMap<&str, &str>,
    findings: &mut Findings,
) -> Option<Locked> {
    let text = |key| node.get(key).and_then(Node::text);
    let (Some(name), Some(version)) = (text("name"), text("version")) else {
        let help = "make the file again with `cargo generate-lockfile`";
        findings.error("lockfile-package", help, || {
            let message = "the package has no `name` or no `version`, so it is left out";
            (at, message.to_owned())
        });
        return None;
    };
    let source = text("source");
    let checksum = text("checksum").or_else(|| {
        let key = format!("{name} {version} ({})", source?);
        digests.get(key.as_str()).copied()
    });
    Some(Locked {
        name: name.to_owned(),
        version: version.to_owned(),
        source: Source::of(source),
        // Cargo writes `<none>` where there is no digest.
        checksum: checksum
            .filter(|digest| *digest != "<none>")
            .map(str::to_owned),
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn packages_are_read_with_their_lines() {
        let text = format!(
            "# made\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0+b\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{DIGEST}\"\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\ndependencies = [\"a\"]\n"
        );
        let (lockfile, remarks) = read(text.as_bytes()).unwrap();
        assert_eq!((lockfile.version, remarks.len()), (4, 0));
        let [first, second] = lockfile.packages.as_slice() else {
            panic!("{lockfile:?}")
        };
        assert_eq!(first.purl().as_deref(), Some("pkg:cargo/a@1.0.0%2Bb"));
        assert_eq!(first.checksum.as_deref(), Some(DIGEST));
        assert_eq!(
            (first.at.line, first.at.pointer.as_deref()),
            (Some(4), Some("/package/0"))
        );
        assert_eq!((second.source.clone(), second.purl()), (Source::Path, None));
        let component = first.component();
        assert_eq!(component.at.place(), first.at);
        assert_eq!(component.hashes.len(), 1);
    }

    #[test]
    fn only_the_public_registry_is_public() {
        for (source, expected) in [
            ("sparse+https://index.crates.io/", Source::Public),
            (
                "registry+https://a.example/index",
                Source::Registry("https://a.example/index".into()),
            ),
            (
                "registry+https://github.com/rust-lang/crates.io-index.evil",
                Source::Registry("https://github.com/rust-lang/crates.io-index.evil".into()),
            ),
            (
                "git+https://a.example/r?branch=x#0",
                Source::Git("https://a.example/r?branch=x#0".into()),
            ),
            ("path+file:///a", Source::Path),
            ("folder", Source::Other("folder".into())),
        ] {
            assert_eq!(Source::of(Some(source)), expected, "{source}");
        }
    }

    #[test]
    fn format_1_keeps_its_digests_apart() {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let text = format!(
            "[root]\nname = \"r\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n\n[metadata]\n\"checksum a 1.0.0 ({source})\" = \"{DIGEST}\"\n"
        );
        let (lockfile, _) = read(text.as_bytes()).unwrap();
        assert_eq!(lockfile.version, 1);
        assert_eq!(lockfile.packages[0].name, "r");
        assert_eq!(lockfile.packages[1].checksum.as_deref(), Some(DIGEST));
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        for (text, code) in [
            ("", "lockfile-malformed"),
            (
                "version = 5\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n",
                "lockfile-malformed",
            ),
            ("version = \"4\"\n", "lockfile-malformed"),
            ("[[package]]\nname = 7\n", "lockfile-malformed"),
            ("[[package]\n", "toml-syntax"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err()[0].code, code, "{text}");
        }
        let text = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n[[package]]\nname = \"b\"\n";
        let (lockfile, remarks) = read(text.as_bytes()).unwrap();
        assert_eq!(lockfile.packages.len(), 1);
        assert_eq!(
            (remarks[0].code, remarks[0].at.line),
            ("lockfile-package", Some(4))
        );
    }
}
