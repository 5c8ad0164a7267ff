//! Identifiers of elements: the document's own names in the form of SPDX.

use std::collections::HashMap;

use crate::evidence::sbom::model::{Component, Sbom, Target};

/// The SPDXID of each root, component and file.
///
/// Made from the document's own references, so that they stay the same as long as those do. Source: SPDX
/// 2.3, 7.2: `SPDXRef-` with letters, digits, `.` and `-`.
#[derive(Debug)]
pub(super) struct Names {
    root: String,
    components: Vec<String>,
    files: Vec<String>,
}

impl Names {
    /// Names every element of a document.
    pub(super) fn of(sbom: &Sbom) -> Self {
        let mut taken = Taken::default();
        taken.take("SPDXRef-DOCUMENT".to_owned());
        let mut name = |component: &Component, kind: &str, number: usize| {
            let own = plain(sbom.reference_of(component));
            taken.take(if own.is_empty() {
                format!("SPDXRef-{kind}-{number}")
            } else {
                format!("SPDXRef-{own}")
            })
        };
        let root = sbom.root.as_ref();
        let root = root.map_or_else(String::new, |root| name(root, "Package", 0));
        let mut all = |list: &[Component], kind: &str| {
            let numbered = list.iter().enumerate();
            numbered
                .map(|(index, one)| name(one, kind, index + 1))
                .collect()
        };
        Self {
            root,
            components: all(&sbom.components, "Package"),
            files: all(&sbom.files, "File"),
        }
    }

    /// The identifier of what a reference leads to; `None` for what is not written.
    pub(super) fn get(&self, target: Target) -> Option<&str> {
        let of = |list: &'_ [String], index: u32| -> Option<usize> {
            ((index as usize) < list.len()).then_some(index as usize)
        };
        match target {
            Target::Document => Some("SPDXRef-DOCUMENT"),
            Target::Root => Some(self.root.as_str()).filter(|name| !name.is_empty()),
            Target::Component(index) => self
                .components
                .get(of(&self.components, index)?)
                .map(String::as_str),
            Target::File(index) => self.files.get(of(&self.files, index)?).map(String::as_str),
            Target::Nothing => Some("NONE"),
            Target::NoAssertion => Some("NOASSERTION"),
            Target::Service(_) | Target::Element | Target::External | Target::Missing => None,
        }
    }
}

/// Names that are in use.
#[derive(Debug, Default)]
pub(super) struct Taken(HashMap<String, usize, foldhash::fast::FixedState>);

impl Taken {
    /// Takes a name, with a number behind it where it is in use.
    pub(super) fn take(&mut self, name: String) -> String {
        let Some(count) = self.0.get(&name).copied() else {
            self.0.insert(name.clone(), 1);
            return name;
        };
        let mut number = count + 1;
        let mut numbered = format!("{name}-{number}");
        while self.0.contains_key(&numbered) {
            number += 1;
            numbered = format!("{name}-{number}");
        }
        self.0.insert(name, number);
        self.0.insert(numbered.clone(), 1);
        numbered
    }
}

/// A reference with only the characters that SPDX allows. Of an IRI with a fragment the fragment counts.
pub(super) fn plain(reference: &str) -> String {
    let reference = match reference.rsplit_once('#') {
        Some((iri, fragment)) if iri.contains("://") && !fragment.is_empty() => fragment,
        _ => reference,
    };
    let reference = reference.strip_prefix("SPDXRef-").unwrap_or(reference);
    let mut plain = String::with_capacity(reference.len());
    for character in reference.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '-') {
            plain.push(character);
        } else if !plain.ends_with('-') {
            plain.push('-');
        }
    }
    plain.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_each_is_taken_once() {
        for (reference, expected) in [
            ("pkg:npm/%40a/b@1.0", "pkg-npm-40a-b-1.0"),
            ("SPDXRef-x", "x"),
            ("https://e.org/doc#SPDXRef-y", "y"),
            ("目", ""),
        ] {
            assert_eq!(plain(reference), expected);
        }
        let mut taken = Taken::default();
        let names: Vec<_> = ["a", "a-2", "a", "a"]
            .into_iter()
            .map(|name| taken.take(name.to_owned()))
            .collect();
        assert_eq!(names, ["a", "a-2", "a-3", "a-4"]);
    }
}
