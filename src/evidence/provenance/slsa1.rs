//! SLSA provenance v1, with what the builders of GitHub and Google put into it.
//!
//! Sources: SLSA Provenance v1.0; `https://actions.github.io/buildtypes/workflow/v1` and its predecessor
//! `https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1` (`workflow`, `inputs`); the build
//! types of slsa-github-generator (delegators: variables of the run as internal parameters; container-based:
//! `source`); `https://cloud.google.com/build/gcb-buildtypes/google-worker/v1` (`buildConfigSource`,
//! `sourceToBuild`, `systemSubstitutions`).

use super::slsa01::as_reference;
use super::slsa02::{github_variables, is_git};
use super::{Field, Provenance, Resource, Version};
use crate::tape::{Item, Shape};

pub(super) fn read(root: Item<'_>) -> Provenance {
    let mut provenance = Provenance::new(Version::V1);
    let Some(predicate) = root.get("predicate") else {
        return provenance;
    };
    let text = |pointer: &str| Field::text_at(predicate, pointer);
    provenance.builder = text("/runDetails/builder/id");
    provenance.build_type = text("/buildDefinition/buildType");
    provenance.invocation = text("/runDetails/metadata/invocationId");
    provenance.started = text("/runDetails/metadata/startedOn");
    provenance.finished = text("/runDetails/metadata/finishedOn");
    let external = predicate.at("/buildDefinition/externalParameters");
    provenance.describes_parameters = external.is_some_and(|external| {
        external.shape() == Shape::Table && external.children().next().is_some()
    });
    let dependencies = predicate.at("/buildDefinition/resolvedDependencies");
    provenance.dependencies = Resource::list(dependencies, "uri");
    if let Some(external) = external {
        of_external_parameters(&mut provenance, external);
    }
    let first = dependencies.and_then(|list| list.items().next());
    if let Some(first) = first.filter(|first| provenance.sources.is_empty() || is_git(*first)) {
        provenance.name_source(first.get("uri").and_then(Field::of));
        provenance.name_commit(first.get("digest"));
    }
    let internal = predicate.at("/buildDefinition/internalParameters");
    if let Some(internal) = internal {
        github_variables(&mut provenance, internal);
        if let Some(workflow) = Field::text_at(internal, "/GITHUB_WORKFLOW_REF")
            && provenance.entry_point.is_none()
        {
            provenance.entry_point = workflow_path(workflow);
        }
        if let Some(event) = Field::text_at(internal, "/github/event_name") {
            provenance.event = Some(event);
        }
        of_substitutions(&mut provenance, internal);
    }
    provenance
}

fn of_external_parameters(provenance: &mut Provenance, external: Item<'_>) {
    let text = |pointer: &str| Field::text_at(external, pointer);
    for (table, uri) in [
        ("/workflow", "/repository"),
        ("/buildConfigSource", "/repository"),
        ("/sourceToBuild", "/repository"),
        ("/source", "/uri"),
        ("/configSource", "/uri"),
    ] {
        let Some(address) = text(&format!("{table}{uri}")) else {
            continue;
        };
        provenance.name_source(Some(address));
        provenance.references.extend(text(&format!("{table}/ref")));
        provenance.name_commit(external.at(&format!("{table}/digest")));
        if provenance.entry_point.is_none() {
            provenance.entry_point = text(&format!("{table}/path"));
        }
    }
    if external
        .get("source")
        .is_some_and(|source| source.text().is_some())
    {
        provenance.name_source(text("/source"));
    }
    if provenance.entry_point.is_none() {
        provenance.entry_point = text("/configPath");
    }
    // The inputs of a delegated builder are its own, not those of whoever started the workflow.
    if external.get("workflow").is_some() {
        provenance.take_inputs(external.get("inputs"));
    } else if external.get("buildConfigSource").is_some() {
        provenance.take_inputs(external.get("substitutions"));
    }
}

/// Takes in what Google Cloud Build substitutes by itself.
fn of_substitutions(provenance: &mut Provenance, internal: Item<'_>) {
    let text = |name: &str| Field::text_at(internal, &format!("/systemSubstitutions/{name}"));
    provenance.commits.extend(text("COMMIT_SHA"));
    let branch = text("BRANCH_NAME").map(|branch| as_reference("refs/heads/", branch));
    if let Some(tag) = text("TAG_NAME") {
        provenance.references.push(as_reference("refs/tags/", tag));
        provenance.base_branch = branch;
    } else {
        provenance.references.extend(branch);
    }
}

/// The path of a workflow in `OWNER/NAME/PATH@REF`.
fn workflow_path(workflow: Field) -> Option<Field> {
    let (path, _) = workflow.value.split_once('@')?;
    let path = path.splitn(3, '/').nth(2)?;
    Some(Field {
        value: path.to_owned(),
        at: workflow.at,
    })
}
