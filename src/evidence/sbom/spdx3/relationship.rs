//! Relationships between elements, licenses of components and what is said of completeness.

use super::Reader;
use super::class::{Class, IsOf, local_name};
use super::graph::{Element, entries, plain};
use super::vocabulary::{relationship_kind, upper_snake};
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{
    Acknowledgement, Component, Composition, Position, Ref, Relationship, Site, Target,
};
use crate::tape::Item;

/// What the parts of a relationship may be, where the model says so.
///
/// Source: SPDX 3.0.1, Core: `RelationshipType`, the sentence on each type.
const ENDS: [(&str, IsOf, IsOf); 19] = [
    ("hasDeclaredLicense", is_software, any),
    ("hasConcludedLicense", is_software, any),
    ("affects", is_vulnerability, any),
    ("doesNotAffect", is_vulnerability, any),
    ("fixedIn", is_vulnerability, any),
    ("underInvestigationFor", is_vulnerability, any),
    ("hasAssessmentFor", is_vulnerability, any),
    ("coordinatedBy", is_vulnerability, Class::is_agent),
    ("exploitCreatedBy", is_vulnerability, Class::is_agent),
    ("fixedBy", is_vulnerability, Class::is_agent),
    ("foundBy", is_vulnerability, Class::is_agent),
    ("publishedBy", is_vulnerability, Class::is_agent),
    ("reportedBy", is_vulnerability, Class::is_agent),
    ("republishedBy", is_vulnerability, Class::is_agent),
    ("hasAssociatedVulnerability", any, is_vulnerability),
    ("invokedBy", any, Class::is_agent),
    ("hasHost", is_build, any),
    ("hasInput", is_build, any),
    ("hasOutput", is_build, any),
];

/// Up to how many licenses of a component a further one is compared with.
const COMPARED: usize = 64;

/// Types that only one class of relationships may have.
const CONSTRAINED: [(&str, Class); 4] = [
    ("affects", Class::VexAffected),
    ("doesNotAffect", Class::VexNotAffected),
    ("fixedIn", Class::VexFixed),
    ("underInvestigationFor", Class::VexUnderInvestigation),
];

fn any(_: Class) -> bool {
    true
}

fn is_software(class: Class) -> bool {
    class.is_artifact() || class == Class::Snippet
}

fn is_vulnerability(class: Class) -> bool {
    class == Class::Vulnerability
}

fn is_build(class: Class) -> bool {
    class == Class::Build
}

/// A relationship element, taken apart.
struct Parts<'t> {
    word: &'t str,
    scope: &'t str,
    completeness: &'t str,
    from: Option<Item<'t>>,
    to: Option<Item<'t>>,
}

impl<'t> Parts<'t> {
    fn of(item: Item<'t>) -> Self {
        let mut parts = Self {
            word: "",
            scope: "",
            completeness: "",
            from: None,
            to: None,
        };
        let word = |child| plain(child).map(local_name).unwrap_or_default();
        for child in item.children() {
            match child.key().map(local_name) {
                Some("relationshipType") => parts.word = word(child),
                Some("scope") => parts.scope = word(child),
                Some("completeness") => parts.completeness = word(child),
                Some("from") => parts.from = Some(child),
                Some("to") => parts.to = Some(child),
                _ => {}
            }
        }
        parts
    }
}

impl<'t> Reader<'t> {
    /// Reads every relationship that is no assessment of a vulnerability.
    pub(super) fn read_relationships(&mut self) {
        for index in 0..self.graph.elements.len() {
            let Some(element) = self.graph.elements.get(index) else {
                break;
            };
            let Some(class) = element.class.filter(|class| class.is_relationship()) else {
                continue;
            };
            let parts = Parts::of(element.item);
            let Some(from) = parts.from.and_then(|from| self.graph.reference(from)) else {
                continue;
            };
            self.check_known(from, || (index, "from", None));
            self.check_ends(index, class, &parts, from);
            if class.is_vulnerability_assessment() {
                self.check_targets(index, &parts);
                continue;
            }
            match parts.word {
                "hasDeclaredLicense" => {
                    self.read_licenses(index, &parts, from, Acknowledgement::Declared);
                }
                "hasConcludedLicense" => {
                    self.read_licenses(index, &parts, from, Acknowledgement::Concluded);
                }
                _ => self.read_relationship(index, &parts, from),
            }
        }
    }

    fn read_relationship(&mut self, index: usize, parts: &Parts<'t>, from: Ref) {
        let Some(to) = parts.to else { return };
        let entry = self.graph.elements.get(index).map_or(0, Element::entry);
        let (kind, turned) = relationship_kind(parts.word, parts.scope);
        let is_list = to.shape() == crate::tape::Shape::List;
        for (position, value) in entries(to).enumerate() {
            let Some(target) = self.graph.reference(value) else {
                continue;
            };
            self.check_known(target, || (index, "to", is_list.then_some(position)));
            let leads_nowhere = matches!(
                self.graph.references.target(target),
                Target::Nothing | Target::NoAssertion
            );
            // "None" has to stay the target, so that it is told in the words of SPDX 3.
            let (kind, first, second) = match (turned, leads_nowhere) {
                (true, false) => (kind.as_ref().into(), target, from),
                (true, true) if parts.word == "dependsOn" => ("DEPENDS_ON".into(), from, target),
                (true, true) => (upper_snake(parts.word).into(), from, target),
                (false, _) => (kind.as_ref().into(), from, target),
            };
            let item = u32::try_from(position).unwrap_or(u32::MAX);
            self.sbom.relationships.push(Relationship {
                from: first,
                to: second,
                kind,
                position: Position {
                    entry,
                    item: if is_list { item } else { u32::MAX },
                    line: 0,
                    column: 0,
                },
            });
            self.read_file_name(parts.word, from, target);
        }
        self.read_completeness(index, parts, from);
    }

    /// A package of SPDX 2 has a file name; in SPDX 3 that is the file which it is distributed as.
    fn read_file_name(&mut self, word: &str, from: Ref, to: Ref) {
        if word != "hasDistributionArtifact" {
            return;
        }
        let Target::File(file) = self.graph.references.target(to) else {
            return;
        };
        let name = self
            .sbom
            .files
            .get(file as usize)
            .map(|file| file.name.clone());
        if let Some(component) = self.component_mut(from)
            && component.file_name.is_none()
        {
            component.file_name = name;
        }
    }

    fn read_licenses(
        &mut self,
        index: usize,
        parts: &Parts<'t>,
        from: Ref,
        acknowledgement: Acknowledgement,
    ) {
        for (position, value) in parts.to.into_iter().flat_map(entries).enumerate() {
            let Some(mut license) = self.license(value, (index, "to", Some(position))) else {
                continue;
            };
            license.acknowledgement = acknowledgement;
            if let Some(component) = self.component_mut(from)
                && (component.licenses.len() > COMPARED || !component.licenses.contains(&license))
            {
                component.licenses.push(license);
            }
        }
    }

    /// Keeps what a relationship says of its completeness, one entry for each word and list.
    fn read_completeness(&mut self, index: usize, parts: &Parts<'t>, from: Ref) {
        let aggregate = match parts.completeness {
            "complete" => "complete",
            "incomplete" => "incomplete",
            "noAssertion" => "unknown",
            _ => return,
        };
        let is_dependency = matches!(
            parts.word,
            "dependsOn"
                | "hasStaticLink"
                | "hasDynamicLink"
                | "hasPrerequisite"
                | "hasOptionalDependency"
                | "hasProvidedDependency"
        );
        if !is_dependency && parts.word != "contains" {
            return;
        }
        let compositions = &mut self.sbom.compositions;
        let known = compositions.iter().position(|one| {
            one.aggregate == aggregate && one.dependencies.is_empty() != is_dependency
        });
        let known = known.unwrap_or_else(|| {
            let element = self.graph.elements.get(index);
            compositions.push(Composition {
                aggregate: aggregate.into(),
                assemblies: Vec::new(),
                dependencies: Vec::new(),
                at: Site::pointer(element.map_or_else(String::new, Element::pointer)),
            });
            compositions.len() - 1
        });
        if let Some(composition) = compositions.get_mut(known) {
            let list = if is_dependency {
                &mut composition.dependencies
            } else {
                &mut composition.assemblies
            };
            if list.last() != Some(&from) {
                list.push(from);
            }
        }
    }

    fn check_targets(&mut self, index: usize, parts: &Parts<'t>) {
        for (position, value) in parts.to.into_iter().flat_map(entries).enumerate() {
            if let Some(reference) = self.graph.reference(value) {
                self.check_known(reference, || (index, "to", Some(position)));
            }
        }
    }

    fn check_ends(&mut self, index: usize, class: Class, parts: &Parts<'t>, from: Ref) {
        let word = parts.word;
        if matches!(word, "dependsOn" | "contains" | "describes") {
            return;
        }
        let wanted = CONSTRAINED.iter().find(|(known, _)| *known == word);
        if wanted.is_some_and(|(_, wanted)| *wanted != class) {
            let pointer = self.pointer(index, "relationshipType");
            self.findings.warning(
                "spdx-relationship",
                "use the class of relationships that the specification has for this type",
                || {
                    (
                        Place::pointer(pointer),
                        format!("a relationship of this class may not be of the type `{word}`"),
                    )
                },
            );
        }
        let Some((_, may_be_from, may_be_to)) = ENDS.iter().find(|(known, ..)| *known == word)
        else {
            return;
        };
        let help = "turn the relationship round, or choose another type";
        let found = self.graph.element_of(from).and_then(|one| self.class(one));
        if found.is_some_and(|found| !may_be_from(found)) {
            let pointer = self.pointer(index, "from");
            self.findings.warning("spdx-relationship", help, || {
                (
                    Place::pointer(pointer),
                    format!("`{word}` may not start at an element of this class"),
                )
            });
        }
        for (position, value) in parts.to.into_iter().flat_map(entries).enumerate() {
            let found = self.graph.find(value).and_then(|one| self.class(one));
            if found.is_some_and(|found| !may_be_to(found)) {
                let pointer = self.pointer(index, &format!("to/{position}"));
                self.findings.warning("spdx-relationship", help, || {
                    (
                        Place::pointer(pointer),
                        format!("`{word}` may not lead to an element of this class"),
                    )
                });
            }
        }
    }

    fn component_mut(&mut self, reference: Ref) -> Option<&mut Component> {
        match self.graph.references.target(reference) {
            Target::Root => self.sbom.root.as_mut(),
            Target::Component(index) => self.sbom.components.get_mut(index as usize),
            Target::File(index) => self.sbom.files.get_mut(index as usize),
            _ => None,
        }
    }
}
