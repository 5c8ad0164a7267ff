//! Laws of the judgment by quality profiles, over made documents.

use std::sync::Arc;

use std::collections::BTreeMap;

use mekiki::app::library::Library;
use mekiki::evidence::sbom::model::{
    Acknowledgement, Component, Composition, ExternalReference, Format, Hash, Identifier,
    IdentifierKind, License, LicenseForm, Party, PartyKind, Position, Property, Relationship, Sbom,
    Site, Target,
};
use mekiki::profile::judgment::{Judgment, Verdict, judge};
use mekiki::profile::survey::Survey;

use crate::seeded::Seeded;

const SHA_512: usize = 128;

fn party(name: &str) -> Party {
    Party {
        kind: PartyKind::Organization,
        name: name.into(),
        emails: vec!["contact@example.com".into()],
        ..Party::default()
    }
}

/// A component that has everything that any profile asks for.
fn whole_component(name: &str) -> Component {
    let hash = |algorithm: &str, digits| Hash {
        algorithm: algorithm.into(),
        value: "a".repeat(digits).into(),
    };
    let license = |acknowledgement| License {
        form: LicenseForm::Id,
        text: "MIT".into(),
        acknowledgement,
        url: None,
    };
    let link = |kind: &str| ExternalReference {
        kind: kind.into(),
        url: "https://example.com/a.tar.gz".into(),
        hashes: vec![hash("SHA-512", SHA_512)],
    };
    let property = |name: &str, value: &str| Property {
        name: name.into(),
        value: value.into(),
    };
    Component {
        name: name.into(),
        version: Some("1.0".into()),
        supplier: Some(Arc::new(party("Supplier"))),
        manufacturer: Some(Arc::new(party("Maker"))),
        purl: Some("pkg:generic/a@1.0".into()),
        identifiers: vec![Identifier {
            kind: IdentifierKind::Cpe,
            value: "cpe:2.3:a:a:a:1.0:*:*:*:*:*:*:*".into(),
        }],
        hashes: vec![hash("SHA-512", SHA_512)],
        licenses: vec![
            license(Acknowledgement::Concluded),
            license(Acknowledgement::Declared),
        ],
        copyright: Some("Copyright 2026 Maker".into()),
        file_name: Some("a.tar.gz".into()),
        download_location: Some("https://example.com/a.tar.gz".into()),
        external_references: ["distribution", "source-distribution", "rfc-9116"]
            .map(link)
            .into(),
        properties: vec![
            property("bsi:component:executable", "executable"),
            property("bsi:component:archive", "archive"),
            property("bsi:component:structured", "structured"),
            property("bsi:component:effectiveLicence", "MIT"),
        ],
        ..Component::default()
    }
}

/// A document of `count` components that passes every profile: a chain from the root.
fn whole(count: usize) -> Sbom {
    let mut sbom = Sbom::new(Format::CycloneDx, "1.6");
    let metadata = &mut sbom.metadata;
    metadata.identifier = Some("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79".into());
    metadata.version = Some("1".into());
    metadata.timestamp = Some("2026-11-26T00:00:00Z".into());
    metadata.authors = vec![party("Author")];
    metadata.tools = vec![Party {
        kind: PartyKind::Tool,
        name: "tool".into(),
        version: Some("1".into()),
        ..Party::default()
    }];
    metadata.lifecycles = vec!["build".into()];
    let mut root = whole_component("root");
    root.reference = Some(sbom.references.intern("root"));
    sbom.references
        .define(root.reference.unwrap(), Target::Root);
    sbom.root = Some(root);
    let mut before = sbom.references.intern("root");
    for index in 0..count {
        let mut component = whole_component(&format!("c{index}"));
        let reference = sbom.references.intern(&format!("ref-{index}"));
        component.reference = Some(reference);
        component.at = Site::pointer(format!("/components/{index}"));
        sbom.references.define(
            reference,
            Target::Component(u32::try_from(index).expect("small")),
        );
        sbom.components.push(component);
        sbom.relationships.push(Relationship {
            from: before,
            to: reference,
            kind: "DEPENDS_ON".into(),
            position: Position::default(),
        });
        before = reference;
    }
    sbom.compositions.push(Composition {
        aggregate: "complete".into(),
        assemblies: Vec::new(),
        dependencies: Vec::new(),
        at: Site::default(),
    });
    sbom
}

const FAULTS: usize = 22;

/// Takes something away, or adds something that should not be there.
fn break_it(sbom: &mut Sbom, fault: usize, chance: &mut Seeded) {
    let metadata = &mut sbom.metadata;
    match fault {
        0 => metadata.identifier = None,
        1 => metadata.timestamp = Some("yesterday".into()),
        2 => metadata.authors.clear(),
        3 => metadata.tools.clear(),
        4 => metadata.lifecycles.clear(),
        5 => metadata.version = None,
        6 => sbom.compositions.clear(),
        7 => sbom
            .vulnerabilities
            .push(mekiki::evidence::sbom::model::Vulnerability::default()),
        8 => {
            // To drop a relationship that leads nowhere would be a repair.
            let sound: Vec<usize> = (0..sbom.relationships.len())
                .filter(|index| {
                    sbom.references.target(sbom.relationships[*index].to) != Target::Missing
                })
                .collect();
            if !sound.is_empty() {
                sbom.relationships.remove(sound[chance.below(sound.len())]);
            }
        }
        9 if !sbom.relationships.is_empty() => {
            let index = chance.below(sbom.relationships.len());
            let mut dangling = sbom.relationships[index].clone();
            dangling.to = sbom.references.intern("nowhere");
            sbom.relationships.push(dangling);
        }
        _ => {
            let which = chance.below(sbom.components.len() + 1);
            let component = match which.checked_sub(1) {
                None => sbom.root.as_mut().expect("there is a root"),
                Some(index) => &mut sbom.components[index],
            };
            match fault {
                10 => component.name = "".into(),
                11 => component.version = Some("NOASSERTION".into()),
                12 => component.supplier = None,
                13 => component.manufacturer = None,
                14 => component.purl = None,
                15 => component.identifiers.clear(),
                16 => component.hashes.clear(),
                17 => component
                    .licenses
                    .retain(|one| one.acknowledgement == Acknowledgement::Declared),
                18 => component.copyright = None,
                19 => component.file_name = None,
                20 => component.external_references.clear(),
                _ => component.properties.clear(),
            }
        }
    }
}

/// Coverage and verdict by profile, element and reading.
type Found = BTreeMap<(String, String, String), (usize, usize, Verdict)>;

fn found(sbom: &Sbom, library: &Library) -> (Found, BTreeMap<String, Verdict>) {
    let survey = Survey::of(sbom);
    let mut all = Found::new();
    let mut verdicts = BTreeMap::new();
    for profile in library.profiles.values() {
        let judgment = judge(&survey, profile);
        verdicts.insert(profile.id.clone(), judgment.verdict);
        for finding in &judgment.findings {
            let key = |reading: &str| {
                (
                    profile.id.clone(),
                    finding.element.id.clone(),
                    reading.to_owned(),
                )
            };
            let own = finding.coverage;
            all.insert(key(""), (own.have, own.of, own.verdict));
            for (reading, coverage) in &finding.readings {
                all.insert(
                    key(&reading.id),
                    (coverage.have, coverage.of, coverage.verdict),
                );
            }
        }
    }
    (all, verdicts)
}

/// The names of what lacks each element.
fn names(judgment: &Judgment<'_>, survey: &Survey<'_>) -> Vec<(String, Vec<String>)> {
    judgment
        .findings
        .iter()
        .map(|finding| {
            let mut names: Vec<_> = finding
                .failing
                .iter()
                .filter_map(|subject| survey.component(*subject as usize))
                .map(|component| component.name.to_string())
                .collect();
            names.sort();
            (finding.element.id.clone(), names)
        })
        .collect()
}

#[test]
fn a_document_with_everything_passes_every_profile() {
    let library = Library::open(None).unwrap();
    assert_eq!(library.profiles.len(), 6);
    let (found, verdicts) = found(&whole(5), &library);
    let lacking: Vec<_> = found
        .iter()
        .filter(|(_, (_, _, verdict))| !matches!(verdict, Verdict::Pass | Verdict::NotApplicable))
        // `author` of the manufacturer only, as one reading of BSI has it.
        .filter(|((_, _, reading), _)| reading != "manufacturer-only")
        .collect();
    assert_eq!(lacking, []);
    assert!(
        verdicts.values().all(|one| *one == Verdict::Pass),
        "{verdicts:?}"
    );
}

#[test]
fn a_fault_never_raises_a_coverage_and_a_repair_never_lowers_one() {
    let library = Library::open(None).unwrap();
    let mut fell = [0; FAULTS];
    for seed in 1..=400 {
        let mut chance = Seeded::new(seed);
        let mut sbom = whole(1 + chance.below(8));
        let (mut before, mut verdicts) = found(&sbom, &library);
        for _ in 0..6 {
            let fault = chance.below(FAULTS);
            break_it(&mut sbom, fault, &mut chance);
            let (after, verdicts_after) = found(&sbom, &library);
            for (key, (have, of, _)) in &after {
                let (had, had_of, _) = before[key];
                assert_eq!(*of, had_of, "{key:?} seed {seed} fault {fault}");
                assert!(
                    *have <= had,
                    "{key:?} seed {seed} fault {fault}: {had} to {have}"
                );
                fell[fault] += usize::from(*have < had);
            }
            for (id, verdict) in &verdicts_after {
                assert!(
                    verdicts[id] == Verdict::Pass || *verdict != Verdict::Pass,
                    "{id} seed {seed} fault {fault}"
                );
            }
            (before, verdicts) = (after, verdicts_after);
        }
    }
    let silent: Vec<_> = (0..FAULTS).filter(|fault| fell[*fault] == 0).collect();
    assert_eq!(silent, [] as [usize; 0], "faults that no coverage shows");
}

/// The same document with its components in another order and other names for them.
fn shuffled(sbom: &Sbom, chance: &mut Seeded) -> Sbom {
    let mut other = Sbom::new(sbom.format, sbom.spec_version.clone());
    other.metadata = sbom.metadata.clone();
    other.vulnerabilities = sbom.vulnerabilities.clone();
    let rename = |references: &mut mekiki::evidence::sbom::model::References, old| {
        references.intern(&format!("renamed-{}", sbom.references.name(old)))
    };
    let mut order: Vec<usize> = (0..sbom.components.len()).collect();
    for index in (1..order.len()).rev() {
        order.swap(index, chance.below(index + 1));
    }
    for (index, old) in order.iter().enumerate() {
        let mut component = sbom.components[*old].clone();
        if let Some(reference) = component.reference {
            let new = rename(&mut other.references, reference);
            component.reference = Some(new);
            other
                .references
                .define(new, Target::Component(u32::try_from(index).expect("small")));
        }
        component.at = Site::pointer(format!("/components/{index}"));
        other.components.push(component);
    }
    let mut root = sbom.root.clone().expect("there is a root");
    let reference = rename(&mut other.references, root.reference.expect("it is named"));
    other.references.define(reference, Target::Root);
    root.reference = Some(reference);
    other.root = Some(root);
    for one in &sbom.relationships {
        let mut relationship = one.clone();
        relationship.from = rename(&mut other.references, one.from);
        relationship.to = rename(&mut other.references, one.to);
        other.relationships.push(relationship);
    }
    other.relationships.reverse();
    other.compositions = sbom.compositions.clone();
    other
}

#[test]
fn order_and_names_of_components_change_nothing() {
    let library = Library::open(None).unwrap();
    let mut failing = 0;
    for seed in 1..=300 {
        let mut chance = Seeded::new(seed);
        let mut sbom = whole(2 + chance.below(10));
        for _ in 0..chance.below(10) {
            let fault = chance.below(FAULTS);
            break_it(&mut sbom, fault, &mut chance);
        }
        let other = shuffled(&sbom, &mut chance);
        assert_eq!(
            found(&sbom, &library),
            found(&other, &library),
            "seed {seed}"
        );
        let (survey, other) = (Survey::of(&sbom), Survey::of(&other));
        for profile in library.profiles.values() {
            let here = names(&judge(&survey, profile), &survey);
            failing += here.iter().map(|(_, names)| names.len()).sum::<usize>();
            assert_eq!(here, names(&judge(&other, profile), &other), "seed {seed}");
        }
    }
    assert!(failing > 1000, "only {failing} components lacked something");
}

#[test]
fn a_document_that_claims_nothing_is_not_judged_by_what_it_lists() {
    let library = Library::open(None).unwrap();
    let ntia = &library.profiles["ntia-2021"];
    let verdict_of = |sbom: &Sbom, element: &str| {
        let survey = Survey::of(sbom);
        let judgment = judge(&survey, ntia);
        let finding = judgment
            .findings
            .iter()
            .find(|one| one.element.id == element)
            .unwrap();
        (finding.coverage.verdict, finding.coverage.of)
    };
    let mut empty = whole(0);
    empty.root = None;
    empty.compositions.clear();
    assert_eq!(verdict_of(&empty, "supplier-name"), (Verdict::Unknown, 0));
    // Not even what it describes stands in relation to anything.
    assert_eq!(
        verdict_of(&empty, "dependency-relationship"),
        (Verdict::Fail, 1)
    );
    // That nothing is there may be said.
    let mut complete = empty.clone();
    complete.compositions = whole(0).compositions;
    assert_eq!(
        verdict_of(&complete, "supplier-name"),
        (Verdict::NotApplicable, 0)
    );
    // The root alone: whether it depends on anything is not said.
    let mut alone = whole(0);
    alone.compositions.clear();
    assert_eq!(
        verdict_of(&alone, "dependency-relationship"),
        (Verdict::Unknown, 1)
    );
    assert_eq!(judge(&Survey::of(&alone), ntia).verdict, Verdict::Unknown);
    // That it depends on nothing may be said too.
    let none = alone.references.intern("NONE");
    alone.references.define(none, Target::Nothing);
    alone.relationships.push(Relationship {
        from: alone.references.lookup("root").unwrap(),
        to: none,
        kind: "DEPENDS_ON".into(),
        position: Position::default(),
    });
    assert_eq!(
        verdict_of(&alone, "dependency-relationship"),
        (Verdict::Pass, 1)
    );
}

#[test]
fn every_profile_has_its_fact() {
    let library = Library::open(None).unwrap();
    for id in library.profiles.keys() {
        let key = format!("sbom.profile.{}", id.replace(['-', '.'], "_"));
        assert!(library.catalog.vocabulary.lookup(&key).is_some(), "{key}");
    }
}

#[test]
fn many_components_are_judged_as_few_and_in_the_order_of_the_document() {
    let library = Library::open(None).unwrap();
    let mut sbom = whole(20_000);
    for component in sbom.components.iter_mut().step_by(3) {
        component.supplier = None;
    }
    let survey = Survey::of(&sbom);
    let judgment = judge(&survey, &library.profiles["ntia-2021"]);
    let supplier = &judgment.findings[0];
    assert_eq!(supplier.element.id, "supplier-name");
    assert_eq!(
        (supplier.coverage.have, supplier.coverage.of),
        (13_334, 20_001)
    );
    let expected: Vec<u32> = (1..=20_000).step_by(3).collect();
    assert_eq!(supplier.failing, expected);
}
