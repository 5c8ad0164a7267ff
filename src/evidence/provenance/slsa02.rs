//! SLSA provenance v0.2, with what the GitHub builders put into it.
//!
//! Sources: SLSA Provenance v0.2; the build types of slsa-github-generator (`…/go@v1`, `…/generic@v1`,
//! `…/delegator-generic@v0`) and of the npm command line (`https://github.com/npm/cli/gha/v2`), whose
//! environments hold the variables of the run under lower- or upper-case names.

use super::{Completeness, Field, Provenance, Resource, Version};
use crate::tape::{Item, Shape};

pub(super) fn read(root: Item<'_>) -> Provenance {
    let mut provenance = Provenance::new(Version::V02);
    let Some(predicate) = root.get("predicate") else {
        return provenance;
    };
    let text = |pointer: &str| Field::text_at(predicate, pointer);
    provenance.builder = text("/builder/id");
    provenance.build_type = text("/buildType");
    provenance.entry_point = text("/invocation/configSource/entryPoint");
    provenance.invocation =
        text("/metadata/buildInvocationID").or_else(|| text("/metadata/buildInvocationId"));
    provenance.started = text("/metadata/buildStartedOn");
    provenance.finished = text("/metadata/buildFinishedOn");
    provenance.describes_parameters = predicate
        .at("/invocation/configSource/uri")
        .is_some_and(|uri| uri.text().is_some());
    provenance.dependencies = Resource::list(predicate.get("materials"), "uri");
    provenance.name_source(text("/invocation/configSource/uri"));
    provenance.name_commit(predicate.at("/invocation/configSource/digest"));
    // The first material is the source where the build type is GitHub's; elsewhere only one from git can be.
    if let Some(material) = predicate.at("/materials/0")
        && (is_github(&provenance) || is_git(material))
    {
        provenance.name_source(material.get("uri").and_then(Field::of));
        provenance.name_commit(material.get("digest"));
    }
    if let Some(environment) = predicate.at("/invocation/environment") {
        github_variables(&mut provenance, environment);
    }
    if provenance.inputs.is_empty() {
        provenance.take_inputs(predicate.at("/invocation/parameters/event_inputs"));
    }
    let truth = |name: &str| {
        predicate
            .at(&format!("/metadata/completeness/{name}"))?
            .bool()
    };
    provenance.completeness = Completeness {
        parameters: truth("parameters"),
        environment: truth("environment"),
        materials: truth("materials"),
        reproducible: predicate.at("/metadata/reproducible").and_then(Item::bool),
    };
    provenance
}

fn is_github(provenance: &Provenance) -> bool {
    provenance
        .build_type
        .as_ref()
        .is_some_and(|name| name.value.starts_with("https://github.com/"))
}

/// Whether a resource says that it comes from git.
pub(super) fn is_git(resource: Item<'_>) -> bool {
    resource
        .get_text("uri")
        .is_some_and(|uri| uri.starts_with("git+"))
}

/// Takes in the variables of a run of GitHub Actions.
pub(super) fn github_variables(provenance: &mut Provenance, variables: Item<'_>) {
    let text = |name: &str| {
        Field::text_at(variables, &format!("/{name}"))
            .or_else(|| Field::text_at(variables, &format!("/{}", name.to_ascii_uppercase())))
    };
    provenance.references.extend(text("github_ref"));
    provenance
        .commits
        .extend(text("github_sha1").or_else(|| text("github_sha")));
    if let Some(repository) = text("github_repository") {
        provenance.name_source(Some(Field {
            value: format!("https://github.com/{}", repository.value),
            at: repository.at,
        }));
    }
    provenance.event = text("github_event_name");
    let payload = variables
        .get("github_event_payload")
        .or_else(|| variables.get("GITHUB_EVENT_PAYLOAD"))
        .filter(|payload| payload.shape() == Shape::Table);
    let Some(payload) = payload else { return };
    provenance.take_inputs(payload.get("inputs"));
    let is_tag = provenance
        .references
        .first()
        .is_some_and(|reference| reference.value.starts_with("refs/tags/"));
    if is_tag {
        // A push of a tag tells the branch as `base_ref`, a release as the bare name `target_commitish`.
        provenance.base_branch = Field::text_at(payload, "/base_ref")
            .filter(|branch| branch.value.starts_with("refs/heads/"))
            .or_else(|| {
                let branch = Field::text_at(payload, "/release/target_commitish")?;
                Some(super::slsa01::as_reference("refs/heads/", branch))
            });
    }
}
