//! SLSA provenance v0.1, as Google Cloud Build writes it about containers (builder versions v0.2 and v0.3).
//!
//! Sources: SLSA Provenance v0.1; Google Cloud documentation, "View build provenance" (the predicate also stands
//! under `slsaProvenance`; substitutions of the build under `recipe.arguments.substitutions`).

use super::{Completeness, Field, Provenance, Resource, Version};
use crate::tape::{Item, Shape};

/// The substitutions of the build, which name tag and branch.
const SUBSTITUTIONS: &str = "/recipe/arguments/substitutions";

pub(super) fn read(root: Item<'_>) -> Provenance {
    let mut provenance = Provenance::new(Version::V01);
    let Some(predicate) = root.get("predicate").or_else(|| root.get("slsaProvenance")) else {
        return provenance;
    };
    let text = |pointer: &str| Field::text_at(predicate, pointer);
    provenance.builder = text("/builder/id");
    provenance.build_type = text("/recipe/type");
    provenance.entry_point = text("/recipe/entryPoint");
    provenance.invocation = text("/metadata/buildInvocationId");
    provenance.started = text("/metadata/buildStartedOn");
    provenance.finished = text("/metadata/buildFinishedOn");
    provenance.describes_parameters = predicate
        .at("/recipe/arguments")
        .is_some_and(|arguments| arguments.shape() == Shape::Table);
    provenance.dependencies = Resource::list(predicate.get("materials"), "uri");
    provenance.name_source(text("/materials/0/uri"));
    provenance.name_commit(predicate.at("/materials/0/digest"));
    let substitution = |name: &str| text(&format!("{SUBSTITUTIONS}/{name}"));
    provenance.commits.extend(substitution("COMMIT_SHA"));
    if let Some(tag) = substitution("TAG_NAME") {
        provenance.references.push(as_reference("refs/tags/", tag));
        provenance.base_branch =
            substitution("BRANCH_NAME").map(|branch| as_reference("refs/heads/", branch));
    } else if let Some(branch) = substitution("BRANCH_NAME") {
        provenance
            .references
            .push(as_reference("refs/heads/", branch));
    }
    provenance.take_inputs(predicate.at(SUBSTITUTIONS));
    let truth = |name: &str| {
        predicate
            .at(&format!("/metadata/completeness/{name}"))?
            .bool()
    };
    provenance.completeness = Completeness {
        parameters: truth("arguments"),
        environment: truth("environment"),
        materials: truth("materials"),
        reproducible: predicate.at("/metadata/reproducible").and_then(Item::bool),
    };
    provenance
}

/// A bare name of a tag or branch as a git reference.
pub(super) fn as_reference(kind: &str, name: Field) -> Field {
    Field {
        value: format!("{kind}{}", name.value),
        at: name.at,
    }
}
