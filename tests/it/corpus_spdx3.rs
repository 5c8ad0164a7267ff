//! SPDX 3 of the corpus: read as expected, counted by an independent walk, and never a panic.

use mekiki::diagnostic::{Diagnostic, Severity};
use mekiki::evidence::sbom::model::{
    Acknowledgement, Component, ComponentKind, IdentifierKind, LicenseForm, Sbom, Target,
};
use mekiki::evidence::sbom::spdx3;
use mekiki::tape::parse_json;
use serde_json::{Value, json};

use crate::corpus::{Row, corpus};
use crate::seeded::Seeded;

fn read(text: &str) -> (Sbom, Vec<Diagnostic>) {
    let tape = parse_json(text).expect("the text is JSON");
    spdx3::build(&tape)
}

fn build(document: &Value) -> (Sbom, Vec<Diagnostic>) {
    read(&document.to_string())
}

/// Every row of the format with its text.
fn rows() -> Vec<(&'static Row, String)> {
    let Some(corpus) = corpus() else {
        return Vec::new();
    };
    let rows = corpus
        .rows
        .iter()
        .filter(|row| row.format == "spdx3-jsonld");
    let rows: Vec<_> = rows
        .map(|row| {
            let text = String::from_utf8(corpus.read(&row.path)).expect("the document is UTF-8");
            (row, text)
        })
        .collect();
    assert!(rows.len() > 45, "{} rows", rows.len());
    rows
}

fn document(path: &str) -> Option<Sbom> {
    let text = corpus()?.read(path);
    Some(read(&String::from_utf8(text).unwrap()).0)
}

fn graph(document: &Value) -> Vec<&Value> {
    match document.get("@graph") {
        Some(list) => list.as_array().unwrap().iter().collect(),
        None => vec![document],
    }
}

fn is_of(element: &Value, classes: &[&str]) -> bool {
    classes.iter().any(|class| element["type"] == *class)
}

const PACKAGES: [&str; 3] = ["software_Package", "ai_AIPackage", "dataset_DatasetPackage"];
const FILES: [&str; 2] = ["software_File", "software_SoftwareArtifact"];

#[test]
fn every_document_is_read_as_expected() {
    for (row, text) in rows() {
        let (sbom, found) = read(&text);
        assert_eq!(sbom.spec_version, row.version, "{}", row.path);
        let errors: Vec<_> = found
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .collect();
        // Whatever an independent validator accepts has no breach; the others have theirs in the schema.
        let may_have_errors = row.path.ends_with("invalid-timestamp.json");
        assert_eq!(
            errors.is_empty(),
            !may_have_errors,
            "{}: {errors:?}",
            row.path
        );
        let is_old = row.version == "3.0.0";
        let remarks = found
            .iter()
            .filter(|one| one.code == "spdx-version")
            .count();
        assert_eq!(remarks, usize::from(is_old), "{}", row.path);
    }
}

#[test]
fn as_much_is_read_as_an_independent_walk_counts() {
    let (mut packages, mut files, mut relationships) = (0, 0, 0);
    for (row, text) in rows() {
        let (sbom, _) = read(&text);
        let document: Value = serde_json::from_str(&text).unwrap();
        let graph = graph(&document);
        let count = |classes: &[&str]| graph.iter().filter(|one| is_of(one, classes)).count();
        let root_is_file = sbom.root.as_ref().is_some_and(|root| {
            let element = document.pointer(&root.at.pointer).unwrap();
            is_of(element, &FILES)
        });
        let all = sbom.all_components().count();
        assert_eq!(
            all - usize::from(root_is_file),
            count(&PACKAGES),
            "{}",
            row.path
        );
        let all_files = sbom.files.len() + usize::from(root_is_file);
        assert_eq!(all_files, count(&FILES), "{}", row.path);
        let edges = graph.iter().filter(|one| {
            let word = one["relationshipType"].as_str().unwrap_or_default();
            is_of(one, &["Relationship", "LifecycleScopedRelationship"])
                && !word.ends_with("License")
        });
        let edges: usize = edges.map(|one| one["to"].as_array().unwrap().len()).sum();
        assert_eq!(sbom.relationships.len(), edges, "{}", row.path);
        packages += all;
        files += all_files;
        relationships += edges;
        for component in sbom.all_components().chain(&sbom.files) {
            let element = document.pointer(&component.at.pointer).unwrap();
            assert_eq!(element["name"].as_str().unwrap_or_default(), component.name);
            let hashes = element["verifiedUsing"].as_array().map_or(0, |list| {
                // A verification code is made of digests of files; no file has it.
                let is_digest = |one: &&serde_json::Value| {
                    !one["hashValue"].is_null() && one["type"] != "PackageVerificationCode"
                };
                list.iter().filter(is_digest).count()
            });
            assert_eq!(component.hashes.len(), hashes, "{}", row.path);
        }
        for relationship in &sbom.relationships {
            let place = sbom.relationship_place(relationship).pointer.unwrap();
            let written = document
                .pointer(&place)
                .unwrap_or_else(|| panic!("{place}"));
            let names = [relationship.from, relationship.to].map(|one| sbom.references.name(one));
            let written = written.as_str().unwrap();
            let ends_alike =
                |name: &&str| written.ends_with(name.rsplit(['#', ':']).next().unwrap());
            let is_none = written.contains("NoneElement") || written.contains("NoAssertion");
            assert!(
                is_none || names.iter().any(ends_alike),
                "{written} {names:?}"
            );
        }
    }
    assert!(corpus().is_none() || (packages > 90 && files > 500 && relationships > 600));
}

fn named<'a>(sbom: &'a Sbom, name: &str) -> &'a Component {
    let mut all = sbom.all_components().chain(&sbom.files);
    all.find(|one| one.name == name)
        .unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn documents_of_the_corpus_keep_what_they_say() {
    let Some(sbom) = document("sbom/spdx-spec/package_sbom.json") else {
        return;
    };
    let root = sbom.root.as_ref().unwrap();
    assert_eq!(
        (
            root.name.as_str(),
            root.version.as_deref(),
            root.at.pointer.as_str()
        ),
        ("my-package", Some("1.0.0"), "/@graph/4")
    );
    assert_eq!(
        root.originator.as_ref().unwrap().emails,
        ["JPEWhacker@gmail.com"]
    );
    assert_eq!(sbom.metadata.lifecycles, ["build"]);
    assert_eq!(sbom.metadata.authors.len(), 1);
    assert_eq!(
        sbom.metadata.timestamp.as_deref(),
        Some("2024-03-06T00:00:00Z")
    );
    assert_eq!(sbom.compositions[0].aggregate, "complete");

    let sbom = document("sbom/tools-java/double.jsonld").unwrap();
    let [vulnerability] = sbom.vulnerabilities.as_slice() else {
        panic!("{:?}", sbom.vulnerabilities)
    };
    assert_eq!(vulnerability.id, "CVE-2016-4285");
    assert_eq!(vulnerability.state.as_deref(), Some("exploitable"));
    assert_eq!(vulnerability.ratings[0][0], "CVSSv3");
    assert_eq!(vulnerability.ratings[0][2], "high");
    assert_eq!(vulnerability.affects.len(), 1);
    assert_eq!(
        sbom.references.target(vulnerability.affects[0]),
        Target::Root
    );
    assert_eq!(sbom.metadata.licenses[0].text, "CC-BY-1.0");

    let sbom = document(
        "sbom/spdx-examples/software/example14/spdx3.0/examplemaven-0.0.1-enriched.spdx3.json",
    )
    .unwrap();
    assert!(!sbom.metadata.tools.is_empty());
    assert!(
        sbom.all_components().all(|one| !one.licenses.is_empty()),
        "{sbom:?}"
    );

    let sbom = document("sbom/spdx-examples/ai/example01/spdx3.0/simplehtr-example.json").unwrap();
    let models = sbom
        .all_components()
        .filter(|one| one.kind == ComponentKind::MachineLearningModel);
    assert_eq!(models.filter(|one| one.has_more).count(), 2);

    let sbom = document("sbom/sbomqs/bsi/spdx3/v2.1.0-complete-alt-patterns.json").unwrap();
    let root = sbom.root.as_ref().unwrap();
    assert_eq!(root.name, "PrimaryPackage");
    assert_eq!(
        root.purl.as_deref(),
        Some("pkg:maven/com.example/primary@1.0.0")
    );
    assert_eq!(
        root.cpes().collect::<Vec<_>>(),
        ["cpe:/a:example:primary:1.0.0"]
    );
    assert_eq!(root.file_name.as_deref(), Some("primary-1.0.0.jar"));
    let licenses: Vec<_> = root
        .licenses
        .iter()
        .map(|one| (one.text.as_str(), one.acknowledgement))
        .collect();
    assert_eq!(
        licenses,
        [
            ("Apache-2.0", Acknowledgement::Declared),
            ("MIT", Acknowledgement::Concluded)
        ]
    );
    assert_eq!(sbom.dependencies().count(), 2);
    assert_eq!(
        sbom.metadata.identifier.as_deref(),
        Some("https://example.com/sboms/")
    );
    assert_eq!(sbom.metadata.licenses[0].text, "CC0-1.0");

    let sbom = document("sbom/spdx-3-model/converted_from_spdx_2.json").unwrap();
    let glibc = named(&sbom, "glibc");
    assert_eq!(glibc.supplier.as_ref().unwrap().name, "Jane Doe");
    assert_eq!(glibc.hashes[3].algorithm, "BLAKE2b-384");
    assert_eq!(glibc.identifiers[0].kind, IdentifierKind::Cpe);
    assert_eq!(glibc.valid_until.as_deref(), Some("2014-01-29T18:30:22Z"));
}

fn made() -> Value {
    json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1",
             "created": "2026-11-20T00:00:00Z", "createdBy": ["https://e.test/o"],
             "createdUsing": ["https://e.test/t"]},
            {"type": "Organization", "spdxId": "https://e.test/o", "creationInfo": "_:c", "name": "O"},
            {"type": "Tool", "spdxId": "https://e.test/t", "creationInfo": "_:c", "name": "T"},
            {"type": "SpdxDocument", "spdxId": "https://e.test/d", "creationInfo": "_:c", "name": "D",
             "rootElement": ["https://e.test/a"], "profileConformance": ["core", "software"],
             "import": [{"type": "ExternalMap", "externalSpdxId": "https://other.test/x#1"}]},
            {"type": "software_Package", "spdxId": "https://e.test/a", "creationInfo": "_:c", "name": "a",
             "software_packageVersion": "1", "suppliedBy": "https://e.test/o",
             "software_packageUrl": "pkg:cargo/a@1",
             "verifiedUsing": [{"type": "Hash", "algorithm": "md5", "hashValue": "d41d8cd98f00b204e9800998ecf8427e"}],
             "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "cpe23",
                                     "identifier": "cpe:2.3:a:a:a:1:*:*:*:*:*:*:*"}],
             "extension": [{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": [
                 {"type": "extension_CdxPropertyEntry", "extension_cdxPropName": "n", "extension_cdxPropValue": "v"}]}]},
            {"type": "software_Package", "spdxId": "https://e.test/b", "creationInfo": "_:c", "name": "b",
             "originatedBy": [{"type": "Person", "spdxId": "https://e.test/p", "creationInfo": "_:c", "name": "P"}]},
            {"type": "LifecycleScopedRelationship", "spdxId": "https://e.test/r1", "creationInfo": "_:c",
             "relationshipType": "dependsOn", "scope": "build", "completeness": "incomplete",
             "from": "https://e.test/a", "to": ["https://e.test/b", "https://other.test/x#2"]},
            {"type": "Relationship", "spdxId": "https://e.test/r2", "creationInfo": "_:c",
             "relationshipType": "dependsOn", "completeness": "complete",
             "from": "https://e.test/b", "to": ["NoneElement"]},
            {"type": "Relationship", "spdxId": "https://e.test/r3", "creationInfo": "_:c",
             "relationshipType": "hasConcludedLicense", "from": "https://e.test/a", "to": ["https://e.test/l1"]},
            {"type": "Relationship", "spdxId": "https://e.test/r4", "creationInfo": "_:c",
             "relationshipType": "hasDeclaredLicense", "from": "https://e.test/b",
             "to": ["https://spdx.org/licenses/MIT", "expandedlicensing_NoAssertionLicense"]},
            {"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "https://e.test/l1", "creationInfo": "_:c",
             "expandedlicensing_member": ["https://e.test/l2", "https://e.test/l3"]},
            {"type": "expandedlicensing_DisjunctiveLicenseSet", "spdxId": "https://e.test/l2", "creationInfo": "_:c",
             "expandedlicensing_member": ["https://spdx.org/licenses/MIT", "https://e.test/LicenseRef-own"]},
            {"type": "expandedlicensing_WithAdditionOperator", "spdxId": "https://e.test/l3", "creationInfo": "_:c",
             "expandedlicensing_subjectExtendableLicense": "https://e.test/l4",
             "expandedlicensing_subjectAddition": "https://spdx.org/licenses/Classpath-exception-2.0"},
            {"type": "expandedlicensing_OrLaterOperator", "spdxId": "https://e.test/l4", "creationInfo": "_:c",
             "expandedlicensing_subjectLicense": "https://spdx.org/licenses/GPL-2.0-only"},
            {"type": "expandedlicensing_CustomLicense", "spdxId": "https://e.test/LicenseRef-own", "creationInfo": "_:c",
             "simplelicensing_licenseText": "Do what you want"},
            {"type": "security_Vulnerability", "spdxId": "https://e.test/v", "creationInfo": "_:c", "name": "CVE-2026-1",
             "externalRef": [{"type": "ExternalRef", "externalRefType": "cwe",
                              "locator": ["https://cwe.mitre.org/data/definitions/79.html"]}]},
            {"type": "security_VexNotAffectedVulnAssessmentRelationship", "spdxId": "https://e.test/x1",
             "creationInfo": "_:c", "relationshipType": "doesNotAffect", "from": "https://e.test/v",
             "to": ["https://e.test/a"], "security_justificationType": "componentNotPresent"},
            {"type": "security_VexFixedVulnAssessmentRelationship", "spdxId": "https://e.test/x2",
             "creationInfo": "_:c", "relationshipType": "fixedIn", "from": "https://e.test/v",
             "to": ["https://e.test/b"]}
        ]
    })
}

#[test]
fn what_is_made_is_read_whole() {
    let (sbom, found) = build(&made());
    assert_eq!(found, []);
    let root = sbom.root.as_ref().unwrap();
    assert_eq!(root.supplier.as_ref().unwrap().name, "O");
    assert_eq!(root.purl.as_deref(), Some("pkg:cargo/a@1"));
    assert_eq!(root.hashes[0].algorithm, "MD5");
    assert_eq!(root.properties[0].value, "v");
    assert_eq!(
        root.licenses[0].text,
        "(MIT OR LicenseRef-own) AND (GPL-2.0-or-later WITH Classpath-exception-2.0)".replace(
            "(GPL-2.0-or-later WITH Classpath-exception-2.0)",
            "GPL-2.0-or-later WITH Classpath-exception-2.0"
        )
    );
    let b = &sbom.components[0];
    assert_eq!(b.originator.as_ref().unwrap().name, "P");
    assert_eq!(b.licenses[0].form, LicenseForm::Id);
    assert_eq!(b.licenses[1].text, "NOASSERTION");
    let edges: Vec<_> = sbom
        .relationships
        .iter()
        .map(|one| {
            let name = |reference| sbom.references.name(reference).rsplit('/').next().unwrap();
            format!("{} {} {}", name(one.from), one.kind, name(one.to))
        })
        .collect();
    assert_eq!(
        edges,
        [
            "b BUILD_DEPENDENCY_OF a",
            "x#2 BUILD_DEPENDENCY_OF a",
            "b DEPENDS_ON NONE"
        ]
    );
    assert_eq!(
        sbom.references.target(sbom.relationships[1].from),
        Target::External
    );
    assert_eq!(
        sbom.references.target(sbom.relationships[2].to),
        Target::Nothing
    );
    let words: Vec<_> = sbom
        .compositions
        .iter()
        .map(|one| one.aggregate.as_str())
        .collect();
    assert_eq!(words, ["incomplete", "complete"]);
    let states: Vec<_> = sbom
        .vulnerabilities
        .iter()
        .map(|one| {
            (
                one.state.as_deref().unwrap(),
                one.affects.len(),
                one.weaknesses[0],
            )
        })
        .collect();
    assert_eq!(states, [("not_affected", 1, 79), ("resolved", 1, 79)]);
    assert_eq!(sbom.metadata.tools[0].name, "T");
}

#[test]
fn each_fault_has_its_remark() {
    let cases: [(&str, Value, &str); 16] = [
        (
            "/@context",
            json!("https://spdx.org/rdf/9.9.9/spdx-context.jsonld"),
            "/@context: error[spdx-version]",
        ),
        (
            "/@graph/0/created",
            json!("2026-13-20T00:00:00Z"),
            "/@graph/0/created: error[spdx-created]",
        ),
        (
            "/@graph/0/specVersion",
            json!("3.0.0"),
            "/@graph/0/specVersion: warning[spdx-version]",
        ),
        (
            "/@graph/0/createdBy/0",
            json!("https://e.test/t"),
            "/@graph/0/createdBy/0: warning[spdx-class]",
        ),
        (
            "/@graph/0/createdUsing/0",
            json!("https://e.test/none"),
            "/@graph/0/createdUsing/0: warning[spdx-dangling-reference]",
        ),
        (
            "/@graph/4/creationInfo",
            json!("_:none"),
            "/@graph/4/creationInfo: warning[spdx-dangling-reference]",
        ),
        (
            "/@graph/5/spdxId",
            json!("https://e.test/a"),
            "/@graph/5: error[spdx-duplicate-id]",
        ),
        (
            "/@graph/3/rootElement/0",
            json!("https://e.test/none"),
            "/@graph/3/rootElement/0: warning[spdx-dangling-reference]",
        ),
        (
            "/@graph/6/to/1",
            json!("https://third.test/x"),
            "/@graph/6/to/1: warning[spdx-dangling-reference]",
        ),
        (
            "/@graph/8/from",
            json!("https://e.test/o"),
            "/@graph/8/from: warning[spdx-relationship]",
        ),
        (
            "/@graph/17/relationshipType",
            json!("affects"),
            "/@graph/17/relationshipType: warning[spdx-relationship]",
        ),
        (
            "/@graph/8/to/0",
            json!("https://e.test/o"),
            "/@graph/8/to/0: warning[spdx-class]",
        ),
        (
            "/@graph/4/software_packageUrl",
            json!("cargo/a"),
            "/@graph/4/software_packageUrl: warning[purl-malformed]",
        ),
        (
            "/@graph/4/externalIdentifier/0/identifier",
            json!("cpe:2.3:a"),
            "/@graph/4/externalIdentifier/0/identifier: warning[cpe-malformed]",
        ),
        (
            "/@graph/4/verifiedUsing/0/hashValue",
            json!("d41d"),
            "/@graph/4/verifiedUsing/0/hashValue: warning[hash-length]",
        ),
        (
            "/@graph/1/type",
            json!("SpdxDocument"),
            "/@graph/3: error[spdx-document]",
        ),
    ];
    for (pointer, value, expected) in cases {
        let mut document = made();
        *document.pointer_mut(pointer).unwrap() = value;
        let (_, found) = build(&document);
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(
            found.iter().any(|one| one.starts_with(expected)),
            "{expected}: {found:#?}"
        );
    }
}

#[test]
fn sets_of_licenses_that_hold_each_other_end() {
    let mut document = made();
    let graph = document["@graph"].as_array_mut().unwrap();
    graph[11]["expandedlicensing_member"] = json!(["https://e.test/l1", "https://e.test/l1"]);
    let (sbom, found) = build(&document);
    assert!(sbom.root.unwrap().licenses[0].text.len() < 100_000);
    assert!(found.iter().any(|one| one.code == "license-expression"));
}

/// Every value of a document.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(table) => {
            for (key, value) in table {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{pointer}/{key}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn damaged_documents_do_no_harm() {
    let mut originals = vec![made()];
    let of_corpus = rows().into_iter().filter(|(_, text)| text.len() < 20_000);
    originals.extend(of_corpus.map(|(_, text)| serde_json::from_str(&text).unwrap()));
    let mut seeded = Seeded::new(0x7370_6478_3300);
    let words = [
        "",
        "_:c",
        "NoneElement",
        "https://e.test/a",
        "dependsOn",
        "software_Package",
        "目",
        "SpdxDocument",
    ];
    for mutation in 0..2_000 {
        let mut document = originals[mutation % originals.len()].clone();
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        for _ in 0..=seeded.below(4) {
            let from = &places[seeded.below(places.len())];
            let to = &places[seeded.below(places.len())];
            let value = match seeded.below(5) {
                0 => document.pointer(from).cloned().unwrap_or(Value::Null),
                1 => json!(words[seeded.below(words.len())]),
                2 => json!([]),
                3 => json!({}),
                _ => json!(1),
            };
            if let Some(slot) = document.pointer_mut(to) {
                *slot = value;
            }
        }
        let text = document.to_string();
        if let Ok(tape) = parse_json(&text) {
            let result = std::panic::catch_unwind(|| spdx3::build(&tape));
            assert!(result.is_ok(), "mutation {mutation}: {text}");
        }
    }
}
