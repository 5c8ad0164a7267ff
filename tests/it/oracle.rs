//! The packages `cyclonedx-bom` and `spdx-rs` as oracles: where they read a document, our readers see
//! the same components (ADR 2 says why they are no readers of ours).

use std::panic::catch_unwind;

use cyclonedx_bom::models::bom::Bom;
use cyclonedx_bom::models::component::Component;
use mekiki::evidence::sbom::read;
use mekiki::folder::read_folder;
use spdx_rs::models::SPDX;

use crate::binary::DEMO;
use crate::corpus::{corpus, say};

/// Name, version and package URL; sorted, since order carries no meaning.
type Seen = Vec<(String, Option<String>, Option<String>)>;

fn ours(bytes: &[u8]) -> Seen {
    let (_, reading) = read(bytes).unwrap();
    let sbom = reading.sbom;
    let mut seen: Seen = sbom
        .root
        .into_iter()
        .chain(sbom.components)
        .map(|one| (one.name, one.version, one.purl))
        .collect();
    seen.sort();
    seen
}

fn by_cyclonedx_bom(bytes: &[u8]) -> Option<Seen> {
    let bom = catch_unwind(|| Bom::parse_from_json(bytes)).ok()?.ok()?;
    let described = bom.metadata.and_then(|metadata| metadata.component);
    let mut open: Vec<Component> = described
        .into_iter()
        .chain(bom.components.into_iter().flat_map(|one| one.0))
        .collect();
    let mut seen = Seen::new();
    while let Some(component) = open.pop() {
        open.extend(component.components.into_iter().flat_map(|one| one.0));
        let version = component.version.map(|version| version.to_string());
        seen.push((
            component.name.to_string(),
            version,
            component.purl.map(|purl| purl.to_string()),
        ));
    }
    seen.sort();
    Some(seen)
}

fn by_spdx_rs(bytes: &[u8]) -> Option<Vec<(String, Option<String>)>> {
    let text = std::str::from_utf8(bytes)
        .ok()?
        .trim_start_matches('\u{feff}')
        .to_owned();
    let document = catch_unwind(|| serde_json::from_str::<SPDX>(&text))
        .ok()?
        .ok()?;
    let mut seen: Vec<_> = document
        .package_information
        .into_iter()
        .map(|one| (one.package_name, one.package_version))
        .collect();
    seen.sort();
    Some(seen)
}

/// Every SBOM in JSON at hand: the demo's, and the corpus's where there is one.
fn sboms(format: &str) -> Vec<(String, Vec<u8>)> {
    let demo = read_folder(DEMO)
        .unwrap()
        .into_iter()
        .filter(|one| one.path.contains("/sbom/"));
    let demo = demo.map(|one| (one.path, one.bytes.to_vec()));
    let rows = corpus().into_iter().flat_map(|corpus| {
        let rows = corpus
            .rows
            .iter()
            .filter(|row| row.kind == "sbom" && row.format == format);
        rows.map(|row| (row.path.clone(), corpus.read(&row.path)))
    });
    demo.chain(rows)
        .filter(|(_, bytes)| read(bytes).is_ok_and(|(found, _)| format.starts_with(found.format)))
        .collect()
}

#[test]
fn cyclonedx_bom_sees_the_same_components() {
    let mut compared = 0;
    for (path, bytes) in sboms("cyclonedx-json") {
        let Some(theirs) = by_cyclonedx_bom(&bytes) else {
            continue;
        };
        let without_purl = |seen: &Seen| {
            seen.iter()
                .map(|(name, version, _)| (name.clone(), version.clone()))
                .collect::<Vec<_>>()
        };
        let ours = ours(&bytes);
        // NOTE: the package writes a purl in its own canonical form, so purls are compared by presence.
        let purls = |seen: &Seen| seen.iter().filter(|(_, _, purl)| purl.is_some()).count();
        assert_eq!(without_purl(&ours), without_purl(&theirs), "{path}");
        assert_eq!(purls(&ours), purls(&theirs), "{path}");
        compared += 1;
    }
    say(&format!("compared with cyclonedx-bom: {compared}"));
    let least = if corpus().is_some() { 60 } else { 1 };
    assert!(compared >= least, "{compared} compared");
}

#[test]
fn spdx_rs_sees_the_same_packages() {
    let mut compared = 0;
    for (path, bytes) in sboms("spdx-json") {
        let Some(theirs) = by_spdx_rs(&bytes) else {
            continue;
        };
        let ours: Vec<_> = ours(&bytes)
            .into_iter()
            .map(|(name, version, _)| (name, version))
            .collect();
        assert_eq!(ours, theirs, "{path}");
        compared += 1;
    }
    say(&format!("compared with spdx-rs: {compared}"));
    let least = if corpus().is_some() { 30 } else { 1 };
    assert!(compared >= least, "{compared} compared");
}
