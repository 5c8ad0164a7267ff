//! Relationships, one element for each start and type, with what is said of completeness.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::Writer;
use crate::diagnostic::Place;
use crate::evidence::sbom::spdx3::vocabulary::relationship_word;

/// Where relationships start, their type and scope.
type Start = (String, &'static str, &'static str);

/// What completeness is said of.
#[derive(Default)]
struct Completeness {
    dependencies: HashMap<String, &'static str>,
    assemblies: HashMap<String, &'static str>,
}

impl Writer<'_> {
    pub(super) fn write_relationships(&mut self) {
        let mut targets: BTreeMap<Start, BTreeSet<String>> = BTreeMap::new();
        self.gather(&mut targets);
        self.gather_parents(&mut targets);
        self.write_file_names(&mut targets);
        let mut completeness = self.completeness();
        for ((from, word, scope), to) in targets {
            let list = match word {
                "dependsOn" => &mut completeness.dependencies,
                "contains" => &mut completeness.assemblies,
                _ => {
                    self.put_relationship(&from, word, scope, to.into_iter().collect(), None);
                    continue;
                }
            };
            let said = list.get(&from).copied();
            // Said once: of the first relationship of its kind.
            if said.is_some() {
                list.insert(from.clone(), "");
            }
            let said = said.filter(|said| !said.is_empty());
            self.put_relationship(&from, word, scope, to.into_iter().collect(), said);
        }
        for (word, said) in [
            ("dependsOn", completeness.dependencies),
            ("contains", completeness.assemblies),
        ] {
            let said: BTreeMap<_, _> = said
                .into_iter()
                .filter(|(_, said)| !said.is_empty())
                .collect();
            for (from, said) in said {
                let to = if said == "complete" {
                    "NoneElement"
                } else {
                    "NoAssertionElement"
                };
                self.put_relationship(&from, word, "", vec![to.into()], Some(said));
            }
        }
    }

    fn gather(&mut self, targets: &mut BTreeMap<Start, BTreeSet<String>>) {
        let sbom = self.sbom;
        for relationship in &sbom.relationships {
            let place = || sbom.relationship_place(relationship);
            let names = [relationship.from, relationship.to];
            let [Some(from), Some(to)] = names.map(|one| self.target(one)) else {
                let names = names.map(|one| sbom.references.name(one));
                let what = format!("`{}` {} `{}`", names[0], relationship.kind, names[1]);
                self.lose(
                    what,
                    place(),
                    "an end of it is not carried or does not exist",
                );
                continue;
            };
            // What CycloneDX calls `provides`: the provider implements the other, which is a specification.
            let known = match relationship.kind.as_str() {
                "PROVIDES" => Some(("hasSpecification", "", false)),
                kind => relationship_word(kind),
            };
            let (word, scope, turned) = known.unwrap_or(("other", "", false));
            if known.is_none() {
                let what = format!("the relationship type `{}`", relationship.kind);
                self.lose(
                    what,
                    place(),
                    "SPDX 3 has no type for it; `other` is written",
                );
            }
            let (from, to) = if turned { (to, from) } else { (from, to) };
            if from == "NoneElement" || from == "NoAssertionElement" {
                let what = format!("`{to}` {} nothing", relationship.kind);
                self.lose(
                    what,
                    place(),
                    "a relationship of SPDX 3 starts at an element",
                );
                continue;
            }
            targets.entry((from, word, scope)).or_default().insert(to);
        }
    }

    /// What stands inside of another component is contained by it.
    fn gather_parents(&mut self, targets: &mut BTreeMap<Start, BTreeSet<String>>) {
        let sbom = self.sbom;
        for (index, component) in sbom.components.iter().enumerate() {
            let Some(parent) = component.parent else {
                continue;
            };
            let Some(outer) = sbom.components.get(parent as usize) else {
                continue;
            };
            let from = self.component_id(outer, "components", parent as usize);
            let to = self.component_id(component, "components", index);
            targets
                .entry((from, "contains", ""))
                .or_default()
                .insert(to);
        }
    }

    /// The file name of a package is the name of the file that it is distributed as.
    fn write_file_names(&mut self, targets: &mut BTreeMap<Start, BTreeSet<String>>) {
        const WORD: &str = "hasDistributionArtifact";
        let sbom = self.sbom;
        let root = sbom.root.iter().map(|root| ("root", 0, root));
        let components = sbom.components.iter().enumerate();
        let components = components.map(|(index, one)| ("components", index, one));
        for (number, (list, index, component)) in root.chain(components).enumerate() {
            let Some(name) = &component.file_name else {
                continue;
            };
            let start = (self.component_id(component, list, index), WORD, "");
            if targets.contains_key(&start) {
                continue;
            }
            let id = self.own("artifacts", number);
            let members = Map::from_iter([("name".to_owned(), Value::from(name.as_str()))]);
            self.put("software_File", &id, members);
            targets.insert(start, BTreeSet::from([id]));
        }
    }

    fn completeness(&mut self) -> Completeness {
        let sbom = self.sbom;
        let mut said = Completeness::default();
        for composition in &sbom.compositions {
            let word = match composition.aggregate.as_str() {
                "complete" => "complete",
                "unknown" | "not_specified" => "noAssertion",
                _ => "incomplete",
            };
            if !matches!(
                composition.aggregate.as_str(),
                "complete" | "unknown" | "incomplete"
            ) {
                let what = format!("`{}` of a composition", composition.aggregate);
                let reason = "SPDX 3 has three words for completeness; the nearest is written";
                self.lose(what, composition.at.place(), reason);
            }
            let is_whole = composition.dependencies.is_empty() && composition.assemblies.is_empty();
            if is_whole {
                let reason = "SPDX 3 says completeness of relationships, not of a document";
                self.lose(
                    "the completeness of the document",
                    composition.at.place(),
                    reason,
                );
            }
            for (references, list) in [
                (&composition.dependencies, &mut said.dependencies),
                (&composition.assemblies, &mut said.assemblies),
            ] {
                for reference in references {
                    if let Some(id) = self.target(*reference) {
                        list.entry(id).or_insert(word);
                    } else {
                        let name = sbom.references.name(*reference);
                        let what = format!("the completeness of `{name}`");
                        self.lose(
                            what,
                            composition.at.place(),
                            "it is not carried or does not exist",
                        );
                    }
                }
            }
        }
        said
    }

    pub(super) fn put_relationship(
        &mut self,
        from: &str,
        word: &str,
        scope: &str,
        to: Vec<String>,
        completeness: Option<&str>,
    ) {
        let mut members = Map::new();
        members.insert("relationshipType".into(), word.into());
        members.insert("from".into(), from.into());
        members.insert("to".into(), to.into());
        if let Some(completeness) = completeness {
            members.insert("completeness".into(), completeness.into());
        }
        if !scope.is_empty() {
            members.insert("scope".into(), scope.into());
        }
        let class = if scope.is_empty() {
            "Relationship"
        } else {
            "LifecycleScopedRelationship"
        };
        let id = self.own("relationships", self.relationships);
        self.relationships += 1;
        self.put(class, &id, members);
    }

    /// Remarks that a statement on an element is lost with it.
    pub(super) fn lose_end(&mut self, what: String, at: Place) {
        self.lose(what, at, "the element is not carried or does not exist");
    }
}
