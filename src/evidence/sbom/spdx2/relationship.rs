//! Relationships, what the document describes, and what the relationships say of completeness.
//!
//! Source: SPDX 2.3, clause 11. `documentDescribes` and `hasFiles` of the JSON shape are relationships
//! in other words.

use std::collections::HashSet;

use super::Reader;
use crate::evidence::sbom::model::{Composition, Position, Ref, References, Relationship, Target};
use crate::tape::Item;

type Pairs = HashSet<(Ref, Ref), foldhash::fast::FixedState>;

/// What is said by lists of names instead of relationships.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// What `documentDescribes` names.
    described: Vec<Relationship>,
    /// What `hasFiles` names.
    contained: Vec<Relationship>,
}

impl<'t> Reader<'t> {
    pub(super) fn has_files(&mut self, from: Ref, package: usize, files: Item<'t>) {
        for (index, file) in files.items().enumerate() {
            let Some(id) = file.text() else { continue };
            let relationship = Relationship {
                from,
                to: self.sbom.references.intern(id),
                kind: "CONTAINS".into(),
                position: self.position(package, Some(index), file),
            };
            self.listed.contained.push(relationship);
        }
    }

    pub(super) fn described(&mut self, document: Ref, describes: Option<Item<'t>>) {
        let Some(describes) = describes else { return };
        for (index, id) in describes.items().enumerate() {
            let Some(name) = id.text() else { continue };
            let relationship = Relationship {
                from: document,
                to: self.sbom.references.intern(name),
                kind: "DESCRIBES".into(),
                position: self.position(0, Some(index), id),
            };
            self.listed.described.push(relationship);
        }
    }

    fn position(&self, entry: usize, index: Option<usize>, item: Item<'t>) -> Position {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX - 1);
        let (line, column) = self.sites.line(item).unwrap_or_default();
        Position {
            entry: small(entry),
            item: index.map_or(u32::MAX, small),
            line,
            column,
        }
    }

    pub(super) fn relationships(&mut self, document: Ref, relationships: Option<Item<'t>>) {
        let Some(relationships) = relationships else {
            return;
        };
        for (index, item) in relationships.items().enumerate() {
            let [mut from, mut to, mut kind] = [None; 3];
            for member in item.children() {
                match member.key() {
                    Some("spdxElementId") => from = member.text(),
                    Some("relatedSpdxElement") => to = member.text(),
                    Some("relationshipType") => kind = member.text(),
                    _ => {}
                }
            }
            let (Some(from), Some(to), Some(kind)) = (from, to, kind) else {
                continue;
            };
            let relationship = Relationship {
                from: self.end(document, from),
                to: self.end(document, to),
                kind: kind.into(),
                position: self.position(index, None, item),
            };
            self.completeness(&relationship, index, item);
            self.sbom.relationships.push(relationship);
        }
    }

    /// A name of one end; what is no element is defined on the way.
    fn end(&mut self, document: Ref, name: &str) -> Ref {
        let references = &mut self.sbom.references;
        let reference = references.intern(name);
        let target = match name {
            "NONE" => Target::Nothing,
            "NOASSERTION" => Target::NoAssertion,
            _ if name.starts_with("DocumentRef-") => Target::External,
            // NOTE: a document names itself so, even where its own identifier is another or missing.
            "SPDXRef-DOCUMENT" if references.name(document).is_empty() => Target::Document,
            _ => return reference,
        };
        references.define(reference, target);
        reference
    }

    /// `NONE` as the other end says that there is no more than what is listed; `NOASSERTION` that it is
    /// not known (SPDX 2.3, 11.1.4).
    fn completeness(&mut self, relationship: &Relationship, index: usize, item: Item<'t>) {
        let aggregate = match self.sbom.references.target(relationship.to) {
            Target::Nothing => "complete",
            Target::NoAssertion => "unknown",
            _ => return,
        };
        let kind = relationship.kind.as_str();
        let subject = vec![relationship.from];
        let (assemblies, dependencies) = match kind {
            "CONTAINS" => (subject, Vec::new()),
            "DEPENDS_ON" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK" => {
                (Vec::new(), subject)
            }
            _ => return,
        };
        let at = self.sites.listed("/relationships", index, item);
        self.sbom.compositions.push(Composition {
            aggregate: aggregate.into(),
            assemblies,
            dependencies,
            at,
        });
    }

    /// Takes the first package that the document describes out of the components, and says what every
    /// package is.
    pub(super) fn place_root(&mut self, document: Ref) {
        let is_document = |reference: Ref, references: &References| {
            reference == document || references.target(reference) == Target::Document
        };
        let references = &self.sbom.references;
        let named = self.listed.described.iter().map(|one| one.to);
        let related = self
            .sbom
            .relationships
            .iter()
            .filter_map(|one| match one.kind.as_str() {
                "DESCRIBES" if is_document(one.from, references) => Some(one.to),
                "DESCRIBED_BY" if is_document(one.to, references) => Some(one.from),
                _ => None,
            });
        let candidates: Vec<Ref> = named.chain(related).collect();
        let ranks: std::collections::HashMap<Ref, usize, foldhash::fast::FixedState> = candidates
            .iter()
            .enumerate()
            .rev()
            .map(|(rank, one)| (*one, rank))
            .collect();
        let best = self.sbom.components.iter().enumerate();
        let best = best.filter_map(|(index, one)| Some((ranks.get(&one.reference?)?, index)));
        if let Some((_, index)) = best.min() {
            let root = self.sbom.components.remove(index);
            let (reference, at) = (root.reference, root.at.clone());
            self.sbom.root = Some(root);
            self.define(reference, Target::Root, &at);
        }
        for index in 0..self.sbom.components.len() {
            let target = Target::Component(u32::try_from(index).unwrap_or(u32::MAX));
            let Some(component) = self.sbom.components.get(index) else {
                continue;
            };
            let reference = component.reference;
            if reference.is_some_and(|one| self.sbom.references.define(one, target)) {
                continue;
            }
            let at = component.at.clone();
            self.define(reference, target, &at);
        }
        self.add_unstated("DESCRIBES", "DESCRIBED_BY");
    }

    pub(super) fn contained(&mut self) {
        self.add_unstated("CONTAINS", "CONTAINED_BY");
    }

    /// Adds the listed relationships that no relationship states, one way or the other.
    fn add_unstated(&mut self, kind: &str, inverse: &str) {
        let listed = std::mem::take(if kind == "DESCRIBES" {
            &mut self.listed.described
        } else {
            &mut self.listed.contained
        });
        if listed.is_empty() {
            return;
        }
        let stated = self.sbom.relationships.iter().filter_map(|one| {
            if one.kind == kind {
                Some((one.from, one.to))
            } else {
                (one.kind == inverse).then_some((one.to, one.from))
            }
        });
        let mut stated: Pairs = stated.collect();
        let new = listed
            .into_iter()
            .filter(|one| stated.insert((one.from, one.to)));
        self.sbom.relationships.extend(new);
    }

    /// Names every end of a relationship that leads nowhere.
    pub(super) fn resolve(&mut self) {
        let sbom = &self.sbom;
        for relationship in &sbom.relationships {
            for end in [relationship.from, relationship.to] {
                if sbom.references.target(end) != Target::Missing {
                    continue;
                }
                let help = "list the element or drop the relationship";
                self.findings.warning("spdx-dangling-reference", help, || {
                    let name = sbom.references.name(end);
                    let message = format!("no element has the identifier `{name}`");
                    (sbom.relationship_place(relationship), message)
                });
            }
        }
    }
}
