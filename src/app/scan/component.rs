//! Components: what is judged of a file, and how they are published.

use crate::document::scan::{ComponentView, SupportView, UnjudgedView};
use crate::evidence::sbom::model::{Component, Sbom};
use crate::matching::{Ended, Support, Unjudged};

pub(super) fn component_view(path: &str, sbom: &Sbom, component: &Component) -> ComponentView {
    let hashes = component.hashes.iter();
    let hashes = hashes.map(|hash| (hash.algorithm.to_string(), hash.value.to_string()));
    ComponentView {
        file: path.to_owned(),
        reference: sbom.reference_of(component).to_owned(),
        purl: component.purl.as_deref().map(str::to_owned),
        name: component.name.to_string(),
        version: component.version.as_deref().map(str::to_owned),
        at: component.at.place(),
        kind: component.kind,
        group: component.group.as_deref().map(str::to_owned),
        cpes: component.cpes().map(str::to_owned).collect(),
        hashes: hashes.collect(),
    }
}

pub(super) fn unjudged_view(path: &str, sbom: &Sbom, unjudged: &Unjudged<'_>) -> UnjudgedView {
    UnjudgedView {
        component: component_view(path, sbom, unjudged.component),
        reason: unjudged.reason.word(),
        ecosystem: unjudged.ecosystem,
        advisories: unjudged.advisories.clone(),
    }
}

pub(super) fn support_view(path: &str, sbom: &Sbom, support: &Support<'_>) -> SupportView {
    let (ended, until) = match support.ended {
        Ended::Yes(day) => (Some(true), day),
        Ended::No(day) => (Some(false), day),
        Ended::Untold => (None, None),
    };
    SupportView {
        component: component_view(path, sbom, support.component),
        product: support.product.clone(),
        cycle: support.cycle.clone(),
        ended,
        until: until.map(|day| day.to_string()),
        latest: support.latest.clone(),
        file: support.file.path.clone(),
        sha256: support.file.digest,
        at: support.at.clone(),
        fails: false,
    }
}
