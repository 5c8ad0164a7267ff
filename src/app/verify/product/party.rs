//! Who made or supplies what: the parties that SBOMs name, and those of them under concern.

use std::collections::BTreeMap;

use super::{CLEARED, Checked, all_parties};
use crate::acceptance::finding::{Effect, Finding};
use crate::acceptance::product::{folded_company, supplier_among};
use crate::app::verify::gather::{Gathered, SbomFile};
use crate::app::verify::telling::{citing, in_manifest, shown};
use crate::diagnostic::Place;
use crate::evidence::register::product_list::CheckResult;
use crate::evidence::sbom::model::{Party, PartyKind, is_stated};
use crate::evidence::sbom::{Component, Sbom};
use crate::text::messages::both;

/// The makers and suppliers of what a document describes: its own, else those of the document as a whole.
pub(super) fn makers(sbom: &Sbom, root: &Component) -> Vec<String> {
    let own = own_makers(root);
    if !own.is_empty() {
        return own;
    }
    // Source: CycloneDX, `metadata.supplier`: who supplied the component that the document describes.
    let whole = [&sbom.metadata.supplier, &sbom.metadata.manufacturer];
    let whole = whole.into_iter().flatten().filter_map(name_of);
    whole.collect()
}

/// The makers and suppliers that a component names: manufacturer, supplier, originator and publisher.
pub(super) fn own_makers(component: &Component) -> Vec<String> {
    let parties = [
        component.manufacturer.as_deref(),
        component.supplier.as_deref(),
        component.originator.as_deref(),
    ];
    let mut names: Vec<_> = parties.into_iter().flatten().filter_map(name_of).collect();
    let publisher = component.publisher.as_deref().filter(|one| is_stated(one));
    names.extend(publisher.map(str::to_owned));
    names.dedup();
    names
}

fn name_of(party: &Party) -> Option<String> {
    is_stated(&party.name).then(|| party.name.to_string())
}

/// Every party that a document names as maker, supplier, originator, publisher, provider of a service or organization among
/// the authors, each once, with the first place.
pub(super) fn parties(sbom: &Sbom) -> Vec<(String, Place)> {
    let mut named: BTreeMap<String, (String, Place)> = BTreeMap::new();
    let mut add = |name: String, at: Place| {
        named.entry(folded_company(&name)).or_insert((name, at));
    };
    for one in sbom.all_components().chain(&sbom.files) {
        let organizations = one.authors.iter();
        let organizations = organizations
            .filter(|author| author.kind == PartyKind::Organization)
            .filter_map(name_of);
        for name in own_makers(one).into_iter().chain(organizations) {
            add(name, one.at.place());
        }
    }
    for service in &sbom.services {
        if let Some(name) = service.provider.as_deref().and_then(name_of) {
            add(name, service.at.place());
        }
    }
    let whole = [&sbom.metadata.supplier, &sbom.metadata.manufacturer];
    for name in whole.into_iter().flatten().filter_map(name_of) {
        add(name, Place::whole());
    }
    named.into_values().collect()
}

/// Parties that the list names under concern, or about whom it is not decided.
pub(super) fn under_concern(
    gathered: &Gathered<'_>,
    checked: &Checked,
    readable: &[(&SbomFile, &Sbom)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let suppliers = &checked.list.suppliers;
    if suppliers.is_empty() {
        return findings;
    }
    let judge = |name: &str, result| {
        let name = shown(name);
        let (effect, message) = match result {
            CheckResult::Cleared => return None,
            CheckResult::Concern => (
                Effect::Fails,
                both("verify-supplier-concern", &[("name", &name)]),
            ),
            CheckResult::Pending => (
                Effect::Unverifiable,
                both("verify-supplier-pending", &[("name", &name)]),
            ),
        };
        Some(Finding::new(CLEARED, effect, name, message))
    };
    for (file, name, at) in all_parties(readable) {
        let Some(entry) = supplier_among(&name, suppliers) else {
            continue;
        };
        let finding = judge(&name, entry.result);
        findings.extend(finding.map(|one| one.cite(file.cite(at)).cite(checked.cite(&entry.at))));
    }
    // The contractor itself, by its name or its corporate number.
    if let Some(contractor) = &gathered.request.manifest.supplier {
        let mut by_number = suppliers.iter().filter(|one| {
            let number = one.corporate_number.as_deref();
            number == Some(contractor.as_str())
        });
        let entry = by_number
            .next()
            .or_else(|| supplier_among(contractor, suppliers));
        if let Some(entry) = entry {
            let finding = judge(&entry.name, entry.result);
            let cited = in_manifest(gathered, Place::whole());
            findings.extend(finding.map(|one| citing(one, cited).cite(checked.cite(&entry.at))));
        }
    }
    findings
}
