//! Two published readers as oracles: `cyclonedx-bom` for CycloneDX 1.3 to 1.5 and `spdx-rs` for SPDX 2.
//! What they read, our reader reads the same way.

use std::panic::catch_unwind;
use std::path::Path;

use cyclonedx_bom::prelude::{Bom, Component as OracleComponent};
use mekiki::evidence::sbom::{Component, Format, Sbom, read};
use spdx_rs::models::SPDX;

use crate::corpus::{corpus, say};

/// What is compared: components as (reference, name, version, purl) and relationships as
/// (from, kind, to), both sorted.
#[derive(Debug, PartialEq, Eq)]
struct Essence {
    components: Vec<(String, String, Option<String>, Option<String>)>,
    relationships: Vec<(String, String, String)>,
}

impl Essence {
    fn sorted(mut self) -> Self {
        self.components.sort();
        self.relationships.sort();
        self
    }
}

fn cyclonedx_essence(bom: &Bom) -> Essence {
    let metadata = bom.metadata.as_ref();
    let root = metadata.and_then(|metadata| metadata.component.as_ref());
    let mut components = Vec::new();
    let mut open: Vec<&OracleComponent> = root.into_iter().collect();
    open.extend(bom.components.iter().flat_map(|list| &list.0));
    while let Some(component) = open.pop() {
        components.push((
            component.bom_ref.clone().unwrap_or_default(),
            component.name.to_string(),
            component.version.as_ref().map(ToString::to_string),
            component.purl.as_ref().map(ToString::to_string),
        ));
        open.extend(component.components.iter().flat_map(|list| &list.0));
    }
    let relationships = bom
        .dependencies
        .iter()
        .flat_map(|list| &list.0)
        .flat_map(|from| {
            from.dependencies.iter().map(|to| {
                let kind = "DEPENDS_ON".to_owned();
                (from.dependency_ref.clone(), kind, to.clone())
            })
        })
        .collect();
    Essence {
        components,
        relationships,
    }
    .sorted()
}

fn spdx_essence(spdx: &SPDX) -> Essence {
    let components = spdx
        .package_information
        .iter()
        .map(|package| {
            let purl = package
                .external_reference
                .iter()
                .find(|reference| reference.reference_type == "purl");
            (
                package.package_spdx_identifier.clone(),
                package.package_name.clone(),
                package.package_version.clone(),
                purl.map(|purl| purl.reference_locator.clone()),
            )
        })
        .collect();
    let relationships = spdx
        .relationships
        .iter()
        .map(|one| {
            let kind = serde_json::to_value(&one.relationship_type).expect("a word");
            (
                one.spdx_element_id.clone(),
                kind.as_str().expect("a word is a text").to_owned(),
                one.related_spdx_element.clone(),
            )
        })
        .collect();
    Essence {
        components,
        relationships,
    }
    .sorted()
}

fn our_essence(sbom: &Sbom) -> Essence {
    let text = |text: &Option<_>| text.as_ref().map(ToString::to_string);
    let component = |one: &Component| {
        (
            sbom.reference_of(one).to_owned(),
            one.name.to_string(),
            text(&one.version),
            text(&one.purl),
        )
    };
    let name = |reference| sbom.references.name(reference).to_owned();
    let listed = sbom.relationships.iter().filter(|one| sbom.is_listed(one));
    Essence {
        components: sbom.all_components().map(component).collect(),
        relationships: listed
            .map(|one| (name(one.from), one.kind.to_string(), name(one.to)))
            .collect(),
    }
    .sorted()
}

/// What an oracle reads; `None` where it does not read the document, or panics.
fn oracle_essence(format: Format, bytes: &[u8]) -> Option<Essence> {
    catch_unwind(|| match format {
        Format::CycloneDx => Bom::parse_from_json(bytes)
            .ok()
            .map(|bom| cyclonedx_essence(&bom)),
        Format::Spdx => serde_json::from_slice(bytes)
            .ok()
            .map(|spdx| spdx_essence(&spdx)),
    })
    .ok()
    .flatten()
}

/// How many documents and components were compared, and how many documents only we read.
#[derive(Default)]
struct Count {
    documents: usize,
    components: usize,
    ours_alone: usize,
}

/// Compares one document, which both must read the same way.
fn compare(name: &str, bytes: &[u8], counts: &mut [Count; 2]) {
    let Ok((_, reading)) = read(bytes) else {
        return;
    };
    let format = reading.sbom.format;
    let count = &mut counts[usize::from(format == Format::Spdx)];
    let Some(theirs) = oracle_essence(format, bytes) else {
        count.ours_alone += 1;
        return;
    };
    let ours = our_essence(&reading.sbom);
    assert_eq!(ours.components, theirs.components, "{name}");
    assert_eq!(ours.relationships, theirs.relationships, "{name}");
    count.documents += 1;
    count.components += ours.components.len();
}

fn told(counts: &[Count; 2]) -> String {
    let [cyclonedx, spdx] = counts;
    let tell = |count: &Count| {
        let Count {
            documents,
            components,
            ours_alone,
        } = count;
        format!(
            "{documents} documents with {components} components ({ours_alone} read by us alone)"
        )
    };
    format!("CycloneDX {}, SPDX {}", tell(cyclonedx), tell(spdx))
}

#[test]
fn the_fixtures_are_read_as_the_oracles_read_them() {
    let mut counts = Default::default();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tenders")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("fixtures are readable");
            open.extend(entries.map(|entry| entry.expect("fixtures are readable").path()));
        } else if is_in_sbom_folder(&path) {
            let bytes = std::fs::read(&path).expect("fixtures are readable");
            compare(&path.to_string_lossy(), &bytes, &mut counts);
        }
    }
    let [cyclonedx, spdx] = &counts;
    assert!(
        cyclonedx.documents >= 1 && spdx.documents >= 1,
        "{}",
        told(&counts)
    );
}

fn is_in_sbom_folder(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("sbom"))
}

#[test]
fn the_corpus_is_read_as_the_oracles_read_it() {
    let Some(corpus) = corpus() else { return };
    let mut counts = Default::default();
    for row in &corpus.rows {
        if matches!(row.format.as_str(), "cyclonedx-json" | "spdx-json") {
            compare(&row.path, &corpus.read(&row.path), &mut counts);
        }
    }
    say(&format!("oracles on the corpus: {}", told(&counts)));
    let [cyclonedx, spdx] = &counts;
    assert!(
        cyclonedx.documents >= 170 && spdx.documents >= 70,
        "{}",
        told(&counts)
    );
}
