//! Packages and files as components.

use std::borrow::Cow;
use std::str::FromStr as _;

use compact_str::{CompactString, format_compact};
use packageurl::PackageUrl;

use super::class::{Class, local_name};
use super::graph::{Stand, entries, plain};
use super::vocabulary::{hash_algorithm, identifier_kind, kind_of_purpose, purpose_of_kind};
use super::{Reader, member, member_text};
use crate::evidence::sbom::model::{
    Component, ComponentKind, ExternalReference, Hash, Identifier, IdentifierKind, Property, Site,
    Target,
};
use crate::tape::Item;

impl<'t> Reader<'t> {
    /// Reads a package or file into its list, or as the root; returns where it went.
    pub(super) fn read_artifact(
        &mut self,
        index: usize,
        class: Class,
        root: Option<usize>,
    ) -> Target {
        let component = self.artifact(index, class);
        if root == Some(index) {
            self.sbom.root = Some(component);
            return Target::Root;
        }
        let (list, target): (_, fn(u32) -> Target) = if class.is_package() {
            (&mut self.sbom.components, Target::Component)
        } else {
            (&mut self.sbom.files, Target::File)
        };
        let position = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.push(component);
        target(position)
    }

    fn artifact(&mut self, index: usize, class: Class) -> Component {
        let Some(element) = self.graph.elements.get(index) else {
            return Component::default();
        };
        let item = element.item;
        let mut component = Component {
            reference: element.reference,
            kind: match class {
                Class::AiPackage => ComponentKind::MachineLearningModel,
                Class::DatasetPackage => ComponentKind::Data,
                Class::File => ComponentKind::File,
                _ => ComponentKind::Unstated,
            },
            at: match &element.stand {
                Stand::Graph(index) => Site::pointer(format_compact!("/@graph/{index}")),
                Stand::Elsewhere(pointer, _) => Site::pointer(pointer.as_ref()),
            },
            ..Component::default()
        };
        for child in item.children() {
            let Some(key) = child.key() else { continue };
            if matches!(key, "type" | "spdxId" | "creationInfo") {
                continue;
            }
            self.read_property(&mut component, index, class, key, child);
        }
        component
    }

    fn read_property(
        &mut self,
        component: &mut Component,
        index: usize,
        class: Class,
        key: &str,
        child: Item<'t>,
    ) {
        let text = || plain(child).map(CompactString::from);
        match local_name(key) {
            "name" => component.name = text().unwrap_or_default(),
            "packageVersion" => component.version = text(),
            "packageUrl" => {
                if let Some(purl) = plain(child) {
                    self.check_purl(purl, || (index, Cow::Borrowed("software_packageUrl")));
                    if let Some(other) = component.purl.replace(purl.into())
                        && other != purl
                    {
                        add_identifier(component, IdentifierKind::Purl, &other);
                    }
                }
            }
            "externalIdentifier" | "externalIdentifiers" | "contentIdentifier" => {
                for (position, identifier) in entries(child).enumerate() {
                    let member = if local_name(key) == "contentIdentifier" {
                        "contentIdentifierValue"
                    } else {
                        "identifier"
                    };
                    let list = local_name(key);
                    let place = || (index, format!("{list}/{position}/{member}").into());
                    self.read_identifier(component, identifier, place);
                }
            }
            "verifiedUsing" => {
                for (position, value) in entries(child).enumerate() {
                    if let Some(hash) = hash(value) {
                        self.check_hash(value, index, position);
                        component.hashes.push(hash);
                    }
                }
            }
            "primaryPurpose" => {
                let word = plain(child).map(local_name).unwrap_or_default();
                let has_kind = matches!(class, Class::AiPackage | Class::DatasetPackage);
                if !has_kind {
                    component.kind = kind_of_purpose(word);
                }
                add_purpose(component, "primaryPurpose", word);
            }
            "additionalPurpose" => {
                for word in entries(child).filter_map(plain).map(local_name) {
                    add_purpose(component, "additionalPurpose", word);
                }
            }
            "suppliedBy" => {
                self.check_party(child, (index, "suppliedBy", None), Class::is_agent, "agent");
                component.supplier = self.party(child).map(|party| self.shared.share(party));
            }
            "originatedBy" => {
                for (position, value) in entries(child).enumerate() {
                    let place = (index, "originatedBy", Some(position));
                    self.check_party(value, place, Class::is_agent, "agent");
                    match self.party(value) {
                        Some(party) if component.originator.is_none() => {
                            component.originator = Some(self.shared.share(party));
                        }
                        // NOTE: the model has one originator; the further ones stay in the document.
                        Some(_) => component.has_more = true,
                        None => {}
                    }
                }
            }
            "copyrightText" => component.copyright = text(),
            "description" => component.description = text(),
            "summary" if component.description.is_none() => component.description = text(),
            "downloadLocation" => component.download_location = text(),
            "homePage" => {
                if let Some(url) = text() {
                    component.external_references.push(ExternalReference {
                        kind: "website".into(),
                        url,
                        hashes: Vec::new(),
                    });
                }
            }
            "validUntilTime" => component.valid_until = text(),
            "externalRef" | "externalRefs" => {
                let links = entries(child).flat_map(links);
                component.external_references.extend(links);
            }
            "extension" => component.properties.extend(properties(child)),
            _ if key.starts_with("ai_") || key.starts_with("dataset_") => component.has_more = true,
            _ => {}
        }
    }

    fn read_identifier(
        &mut self,
        component: &mut Component,
        identifier: Item<'t>,
        place: impl Fn() -> (usize, Cow<'static, str>),
    ) {
        let word = member_text(identifier, "externalIdentifierType")
            .or_else(|| member_text(identifier, "contentIdentifierType"))
            .map(local_name)
            .unwrap_or_default();
        let value = member_text(identifier, "identifier")
            .or_else(|| member_text(identifier, "contentIdentifierValue"));
        let Some(value) = value else { return };
        let kind = identifier_kind(word);
        match kind {
            IdentifierKind::Purl => {
                self.check_purl(value, place);
                match &component.purl {
                    None => component.purl = Some(value.into()),
                    Some(first) if first == value => {}
                    Some(_) => add_identifier(component, kind, value),
                }
                return;
            }
            IdentifierKind::Cpe if !is_cpe(word, value) => {
                let (index, key) = place();
                let pointer = self.pointer(index, &key);
                self.remarks.warning(
                    "cpe-malformed",
                    "write `cpe:2.3:` with eleven parts, or `cpe:/` with at most seven",
                    || {
                        (
                            pointer,
                            format!("`{value}` is no name of the form that `{word}` stands for"),
                        )
                    },
                );
            }
            _ => {}
        }
        add_identifier(component, kind, value);
    }

    fn check_purl(&mut self, purl: &str, place: impl FnOnce() -> (usize, Cow<'static, str>)) {
        if is_plain_purl(purl) {
            return;
        }
        let Err(fault) = PackageUrl::from_str(purl) else {
            return;
        };
        let (index, key) = place();
        let pointer = self.pointer(index, &key);
        self.remarks.warning(
            "purl-malformed",
            "write `pkg:type/namespace/name@version`",
            || (pointer, format!("`{purl}` is no package URL: {fault}")),
        );
    }

    fn check_hash(&mut self, value: Item<'t>, index: usize, position: usize) {
        let Some(word) = member_text(value, "algorithm").map(local_name) else {
            return;
        };
        let digest = member_text(value, "hashValue").unwrap_or_default();
        let place = |key: &str| self.pointer(index, &format!("verifiedUsing/{position}/{key}"));
        match hash_algorithm(word) {
            None => {
                let pointer = place("algorithm");
                self.remarks
                    .error("hash-algorithm", "use `sha256` or `sha512`", || {
                        (pointer, format!("`{word}` is no hash algorithm of SPDX 3"))
                    });
            }
            Some((_, digits)) => {
                let is_hexadecimal = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
                if digits == 0 || (digest.len() == digits && is_hexadecimal) {
                    return;
                }
                let pointer = place("hashValue");
                self.remarks.warning("hash-length", "compute the hash again", || {
                    let length = digest.chars().count();
                    let message = if is_hexadecimal {
                        format!("a {word} hash has {digits} hexadecimal digits, this one has {length}")
                    } else {
                        format!("a {word} hash consists of hexadecimal digits, `{digest}` does not")
                    };
                    (pointer, message)
                });
            }
        }
    }
}

fn add_identifier(component: &mut Component, kind: IdentifierKind, value: &str) {
    component.identifiers.push(Identifier {
        kind,
        value: value.into(),
    });
}

/// Whether a text is a package URL without anything that would have to be taken apart: most are.
fn is_plain_purl(purl: &str) -> bool {
    let Some((kind, rest)) = purl
        .strip_prefix("pkg:")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let (path, version) = rest.split_once('@').unwrap_or((rest, "1"));
    let has_parts = |text: &str| {
        let mut parts = text.split('/');
        parts.all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain))
    };
    kind.starts_with(|first: char| first.is_ascii_lowercase())
        && kind
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && has_parts(path)
        && !version.is_empty()
        && version.bytes().all(is_plain)
}

/// Keeps the word of a purpose where the kind does not say it.
fn add_purpose(component: &mut Component, name: &'static str, word: &str) {
    let is_said = name == "primaryPurpose" && purpose_of_kind(component.kind) == Some(word);
    if !is_said && !word.is_empty() {
        component.properties.push(Property {
            name: CompactString::const_new(name),
            value: word.into(),
        });
    }
}

/// The digest that an integrity method states; `None` for a method of another kind.
pub(super) fn hash(value: Item<'_>) -> Option<Hash> {
    let word = member_text(value, "algorithm").map(local_name)?;
    let digest = member_text(value, "hashValue")?;
    let algorithm = hash_algorithm(word).map_or(word, |(name, _)| name);
    Some(Hash {
        algorithm: algorithm.into(),
        value: digest.into(),
    })
}

/// The links of an external reference, one for each of its addresses.
pub(super) fn links(reference: Item<'_>) -> impl Iterator<Item = ExternalReference> {
    let kind = member_text(reference, "externalRefType").map_or("other", local_name);
    let locators = member(reference, "locator").into_iter().flat_map(entries);
    locators
        .filter_map(plain)
        .map(move |locator| ExternalReference {
            kind: kind.into(),
            url: locator.into(),
            hashes: Vec::new(),
        })
}

/// Properties in the manner of CycloneDX.
///
/// Source: SPDX 3.0.1, Extension: `CdxPropertiesExtension`.
pub(super) fn properties(extensions: Item<'_>) -> impl Iterator<Item = Property> {
    let lists = entries(extensions).filter_map(|one| member(one, "cdxProperty"));
    lists.flat_map(entries).filter_map(|entry| {
        Some(Property {
            name: member_text(entry, "cdxPropName")?.into(),
            value: member_text(entry, "cdxPropValue")
                .unwrap_or_default()
                .into(),
        })
    })
}

/// Whether a text has the form of a CPE name.
///
/// Source: NISTIR 7695, CPE naming 2.3, sections 6.1 (URI binding: `cpe:/` and at most seven
/// components) and 6.2 (formatted string: `cpe:2.3:` and eleven components).
fn is_cpe(word: &str, value: &str) -> bool {
    if value.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return false;
    }
    if word == "cpe22" {
        return value.strip_prefix("cpe:/").is_some_and(|rest| {
            rest.split(':').count() <= 7 && (rest.is_empty() || rest.starts_with(['a', 'o', 'h']))
        });
    }
    let Some(rest) = value.strip_prefix("cpe:2.3:") else {
        return false;
    };
    let mut parts = 1;
    let mut is_escaped = false;
    for letter in rest.chars() {
        parts += usize::from(letter == ':' && !is_escaped);
        is_escaped = letter == '\\' && !is_escaped;
    }
    parts == 11 && rest.starts_with(['a', 'o', 'h', '*', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_purl_is_one() {
        for (purl, expected) in [
            ("pkg:npm/a@1.0", true),
            ("pkg:maven/org.a/b_c", true),
            ("pkg:npm/a@", false),
            ("pkg:npm//a@1", false),
            ("pkg:npm/%40a/b@1", false),
            ("pkg:/a@1", false),
            ("pkg:1a/a@1", false),
            ("npm/a@1", false),
        ] {
            assert_eq!(is_plain_purl(purl), expected, "{purl}");
            assert!(!expected || PackageUrl::from_str(purl).is_ok(), "{purl}");
        }
    }

    #[test]
    fn a_cpe_has_its_form() {
        for (word, value, expected) in [
            ("cpe23", "cpe:2.3:a:b:c:1.0:*:*:*:*:*:*:*", true),
            ("cpe23", "cpe:2.3:a:b\\:d:c:1.0:*:*:*:*:*:*:*", true),
            ("cpe23", "cpe:2.3:a:b:c:1.0:*:*:*:*:*:*", false),
            ("cpe23", "cpe:/a:b:c", false),
            ("cpe22", "cpe:/a:b:c:1", true),
            ("cpe22", "cpe:/x:b:c:1", false),
            ("cpe23", "", false),
        ] {
            assert_eq!(is_cpe(word, value), expected, "{value}");
        }
    }
}
