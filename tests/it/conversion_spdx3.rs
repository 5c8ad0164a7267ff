//! The writer of SPDX 3: its text is valid, says the same again, and is the same each time.

use std::sync::Arc;

use std::collections::BTreeMap;

use mekiki::conversion::spdx3::write;
use mekiki::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, Composition, ExternalReference, Format, Hash,
    Identifier, IdentifierKind, License, LicenseForm, Party, PartyKind, Position, Property, Ref,
    Relationship, Sbom, Target, Vulnerability,
};
use mekiki::evidence::sbom::spdx3;
use mekiki::tape::parse_json;
use serde_json::Value;

use crate::corpus::corpus;

fn read(text: &str) -> Sbom {
    let tape = parse_json(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    let (sbom, found) = spdx3::build(&tape);
    for one in found {
        let is_grave = one.severity == mekiki::diagnostic::Severity::Error;
        assert!(!is_grave, "{one}");
    }
    sbom
}

fn party(kind: PartyKind, name: &str) -> Party {
    Party {
        kind,
        name: name.into(),
        emails: vec!["a@example.com".into()],
        urls: vec!["https://example.com".into()],
        ..Party::default()
    }
}

/// A document in the manner of SPDX 2 or CycloneDX: names that are no IRIs.
fn made() -> Sbom {
    let mut sbom = Sbom::new(Format::CycloneDx, "1.6");
    let names = ["app", "pkg:npm/b@1", "c d%目", "f"].map(|name| sbom.references.intern(name));
    let license = |form, text: &str, acknowledgement| License {
        form,
        text: text.into(),
        acknowledgement,
        url: None,
    };
    let component = |index: usize, name: &str| Component {
        reference: Some(names[index]),
        name: name.into(),
        version: Some("1".into()),
        at: mekiki::evidence::sbom::model::Site::pointer(format!("/{index}")),
        ..Component::default()
    };
    sbom.metadata.identifier = Some("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79".into());
    sbom.metadata.name = Some("n".into());
    sbom.metadata.timestamp = Some("2026-11-20T09:00:00.5+09:00".into());
    sbom.metadata.authors = vec![party(PartyKind::Person, "P")];
    sbom.metadata.tools = vec![party(PartyKind::Tool, "T")];
    sbom.metadata.lifecycles = vec!["build".into()];
    sbom.metadata.licenses = vec![license(
        LicenseForm::Id,
        "CC0-1.0",
        Acknowledgement::Unstated,
    )];
    sbom.root = Some(Component {
        kind: ComponentKind::Application,
        supplier: Some(Arc::new(party(PartyKind::Organization, "S"))),
        originator: Some(Arc::new(party(PartyKind::Organization, "O"))),
        file_name: Some("app.tar".into()),
        valid_until: Some("2030-01-01T00:00:00Z".into()),
        ..component(0, "app")
    });
    sbom.components = vec![
        Component {
            kind: ComponentKind::Library,
            purl: Some("pkg:npm/b@1".into()),
            identifiers: vec![
                Identifier {
                    kind: IdentifierKind::Cpe,
                    value: "cpe:2.3:a:b:b:1:*:*:*:*:*:*:*".into(),
                },
                Identifier {
                    kind: IdentifierKind::Cpe,
                    value: "cpe:/a:b:b:1".into(),
                },
                Identifier {
                    kind: IdentifierKind::Purl,
                    value: "pkg:npm/b2@1".into(),
                },
                Identifier {
                    kind: IdentifierKind::Swhid,
                    value: "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2".into(),
                },
            ],
            hashes: vec![Hash {
                algorithm: "SHA-1".into(),
                value: "da39a3ee5e6b4b0d3255bfef95601890afd80709".into(),
            }],
            licenses: vec![
                license(
                    LicenseForm::Expression,
                    "MIT OR Apache-2.0",
                    Acknowledgement::Declared,
                ),
                license(LicenseForm::Id, "MIT", Acknowledgement::Concluded),
                license(LicenseForm::Name, "Our own", Acknowledgement::Concluded),
                license(
                    LicenseForm::Expression,
                    "NOASSERTION",
                    Acknowledgement::Concluded,
                ),
            ],
            copyright: Some("c".into()),
            description: Some("d".into()),
            download_location: Some("https://example.com/b".into()),
            external_references: vec![
                ExternalReference {
                    kind: "website".into(),
                    url: "https://example.com".into(),
                    hashes: vec![],
                },
                ExternalReference {
                    kind: "vcs".into(),
                    url: "https://example.com/git".into(),
                    hashes: vec![],
                },
            ],
            properties: vec![Property {
                name: "n".into(),
                value: "v".into(),
            }],
            ..component(1, "b")
        },
        Component {
            parent: Some(0),
            kind: ComponentKind::Firmware,
            ..component(2, "c")
        },
    ];
    sbom.files = vec![Component {
        kind: ComponentKind::File,
        version: None,
        ..component(3, "./f")
    }];
    for (name, target) in names.into_iter().zip([
        Target::Root,
        Target::Component(0),
        Target::Component(1),
        Target::File(0),
    ]) {
        sbom.references.define(name, target);
    }
    relate(&mut sbom, names);
    sbom.compositions = vec![Composition {
        aggregate: "complete".into(),
        assemblies: vec![],
        dependencies: vec![names[0], names[2]],
        at: mekiki::evidence::sbom::model::Site::default(),
    }];
    sbom.vulnerabilities = vec![Vulnerability {
        id: "CVE-2026-1".into(),
        aliases: vec!["GHSA-x".into()],
        affects: vec![names[1]],
        weaknesses: vec![79],
        state: Some("not_affected".into()),
        justification: Some("vulnerableCodeNotPresent".into()),
        detail: Some("d".into()),
        ..Vulnerability::default()
    }];
    sbom
}

fn relate(sbom: &mut Sbom, names: [Ref; 4]) {
    let edges = [
        (0, 2, "DEPENDS_ON"),
        (0, 1, "DEPENDS_ON"),
        (1, 0, "DEV_DEPENDENCY_OF"),
        (0, 3, "CONTAINS"),
        (2, 1, "DEPENDENCY_OF"),
    ];
    sbom.relationships = edges
        .into_iter()
        .map(|(from, to, kind)| Relationship {
            from: names[from],
            to: names[to],
            kind: kind.into(),
            position: Position::default(),
        })
        .collect();
}

/// What a component says, without its name in the document and its place.
fn said(component: &Component) -> String {
    let mut component = component.clone();
    component.reference = None;
    component.at = mekiki::evidence::sbom::model::Site::default();
    component.parent = None;
    component.has_more = false;
    component.licenses.sort_by(|one, other| {
        (one.acknowledgement, &one.text).cmp(&(other.acknowledgement, &other.text))
    });
    component
        .properties
        .sort_by(|one, other| (&one.name, &one.value).cmp(&(&other.name, &other.value)));
    component
        .external_references
        .sort_by(|one, other| (&one.kind, &one.url).cmp(&(&other.kind, &other.url)));
    component
        .identifiers
        .sort_by(|one, other| (one.kind, &one.value).cmp(&(other.kind, &other.value)));
    format!("{component:?}")
}

/// The relationships by the names of what they relate, counted.
fn edges(sbom: &Sbom) -> BTreeMap<[String; 3], usize> {
    let mut edges = BTreeMap::new();
    for one in &sbom.relationships {
        let name = |reference| {
            let component = sbom.component_of(reference).map(|one| one.name.to_string());
            component.unwrap_or_else(|| match sbom.references.target(reference) {
                Target::Document => "document".into(),
                _ => sbom.references.name(reference).to_owned(),
            })
        };
        let key = [name(one.from), one.kind.to_string(), name(one.to)];
        *edges.entry(key).or_default() += 1;
    }
    edges
}

#[test]
fn what_is_written_says_the_same_again() {
    let sbom = made();
    let (text, losses) = write(&sbom);
    assert_eq!(losses, []);
    let again = read(&text);
    assert_eq!(
        said(again.root.as_ref().unwrap()),
        said(sbom.root.as_ref().unwrap())
    );
    let all = |sbom: &Sbom| sbom.components.iter().map(said).collect::<Vec<_>>();
    assert_eq!(all(&again), all(&sbom));
    assert_eq!(again.files.len(), 2, "the file name of the root is a file");
    assert_eq!(again.metadata.identifier, sbom.metadata.identifier);
    assert_eq!(
        again.metadata.timestamp.as_deref(),
        Some("2026-11-20T00:00:00Z")
    );
    assert_eq!(again.metadata.authors, sbom.metadata.authors);
    assert_eq!(again.metadata.tools, sbom.metadata.tools);
    assert_eq!(again.metadata.licenses, sbom.metadata.licenses);
    assert_eq!(again.metadata.lifecycles, sbom.metadata.lifecycles);
    let edges: Vec<_> = edges(&again)
        .into_keys()
        .map(|edge| edge.join(" "))
        .collect();
    assert_eq!(
        edges,
        [
            "app CONTAINS ./f",
            "app DEPENDS_ON b",
            "app DEPENDS_ON c",
            "app DISTRIBUTION_ARTIFACT app.tar",
            "b CONTAINS c",
            "b DEPENDS_ON c",
            "b DEV_DEPENDENCY_OF app",
            "c DEPENDS_ON NONE",
        ]
    );
    let composition = &again.compositions[0];
    assert_eq!(
        (
            composition.aggregate.as_str(),
            composition.dependencies.len()
        ),
        ("complete", 2)
    );
    let [vulnerability] = again.vulnerabilities.as_slice() else {
        panic!()
    };
    let of = &sbom.vulnerabilities[0];
    assert_eq!(
        (
            &vulnerability.id,
            &vulnerability.aliases,
            &vulnerability.weaknesses,
            &vulnerability.state,
            &vulnerability.justification,
            &vulnerability.detail
        ),
        (
            &of.id,
            &of.aliases,
            &of.weaknesses,
            &of.state,
            &of.justification,
            &of.detail
        )
    );
    assert_eq!(
        again.component_of(vulnerability.affects[0]).unwrap().name,
        "b"
    );
    assert_eq!(write(&sbom).0, text);
}

#[test]
fn what_finds_no_place_is_named() {
    let mut sbom = made();
    let root = sbom.root.as_mut().unwrap();
    root.group = Some("g".into());
    root.publisher = Some("p".into());
    root.scope = Some("optional".into());
    root.hashes.push(Hash {
        algorithm: "Streebog-256".into(),
        value: "00".into(),
    });
    root.authors.push(party(PartyKind::Person, "A"));
    sbom.relationships[0].kind = "UNHEARD_OF".into();
    sbom.metadata.timestamp = None;
    sbom.metadata.authors.clear();
    sbom.metadata.tools.clear();
    sbom.vulnerabilities[0]
        .ratings
        .push(["CVSSv31".into(), "CVSS:3.1/AV:N".into(), "high".into()]);
    let (text, losses) = write(&sbom);
    read(&text);
    let what: Vec<_> = losses.iter().map(|loss| loss.what.as_str()).collect();
    for expected in [
        "the date of the document",
        "the author of the document",
        "the group `g` of `app`",
        "the publisher `p` of `app`",
        "the scope `optional` of `app`",
        "the hash algorithm `Streebog-256`",
        "that `A` is an author of `app`",
        "the relationship type `UNHEARD_OF`",
        "the rating `CVSSv31 CVSS:3.1/AV:N high` of `CVE-2026-1`",
    ] {
        assert!(what.contains(&expected), "{expected}: {what:#?}");
    }
}

/// Every document of SPDX 3 in the corpus, read, written and read again; its text is held against the
/// official schema.
#[test]
fn documents_of_the_corpus_are_written_and_valid() {
    let Some(corpus) = corpus() else { return };
    let schema: Value =
        serde_json::from_slice(&corpus.read("schemas/spdx/spdx-schema-v3.0.1.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).expect("the official schema is one");
    let hold = |path: &str, text: &str| {
        let document: Value = serde_json::from_str(text).unwrap();
        for element in document["@graph"].as_array().unwrap() {
            // One element at a time, since the message of a whole graph names none of them.
            let mut alone = element.clone();
            alone["@context"] = document["@context"].clone();
            assert!(validator.is_valid(&alone), "{path}: {element}");
        }
        assert!(validator.is_valid(&document), "{path}");
    };
    hold("made", &write(&made()).0);
    let rows = corpus
        .rows
        .iter()
        .filter(|row| row.format == "spdx3-jsonld");
    for row in rows {
        let text = String::from_utf8(corpus.read(&row.path)).unwrap();
        let tape = parse_json(&text).unwrap();
        let (sbom, _) = spdx3::build(&tape);
        let (written, _) = write(&sbom);
        hold(&row.path, &written);
        let again = read(&written);
        let all = |sbom: &Sbom| sbom.all_components().map(said).collect::<Vec<_>>();
        assert_eq!(all(&again).len(), all(&sbom).len(), "{}", row.path);
        for (one, other) in all(&again).iter().zip(all(&sbom)) {
            assert_eq!(*one, other, "{}", row.path);
        }
        let is_carried = |reference| {
            let target = sbom.references.target(reference);
            !matches!(target, Target::Element | Target::Missing)
        };
        let mut carried = sbom.clone();
        carried
            .relationships
            .retain(|one| is_carried(one.from) && is_carried(one.to));
        let keys = |sbom: &Sbom| edges(sbom).into_keys().collect::<Vec<_>>();
        let (mut written, mut wanted) = (keys(&again), keys(&carried));
        // What stands for an empty list of dependencies is new.
        written.retain(|edge| edge[2] != "NONE" && edge[2] != "NOASSERTION");
        wanted.retain(|edge| edge[2] != "NONE" && edge[2] != "NOASSERTION");
        assert_eq!(written, wanted, "{}", row.path);
        assert!(!again.metadata.authors.is_empty(), "{}", row.path);
        if !sbom.metadata.authors.is_empty() {
            assert_eq!(
                again.metadata.authors, sbom.metadata.authors,
                "{}",
                row.path
            );
        }
        assert_eq!(again.metadata.tools, sbom.metadata.tools, "{}", row.path);
        assert_eq!(again.metadata.name, sbom.metadata.name, "{}", row.path);
        assert_eq!(
            again.compositions.len(),
            sbom.compositions.len(),
            "{}",
            row.path
        );
        assert_eq!(
            again.vulnerabilities.len(),
            sbom.vulnerabilities.len(),
            "{}",
            row.path
        );
    }
}
