//! Laws over formats: the same content gets the same verdicts whatever it is written in, and order, names
//! and white space change nothing. Over documents made by chance and those of the corpus.

mod made;
mod protobuf;

use std::collections::{BTreeMap, BTreeSet};

use mekiki::app::library::Library;
use mekiki::app::sbom_check::SbomCheck;
use mekiki::comparison::{Extent, compare};
use mekiki::conversion::{Target, convert};
use mekiki::evidence::sbom::cyclonedx::xml::to_xml;
use mekiki::evidence::sbom::model::{Relationship, Target as End};
use mekiki::evidence::sbom::{Sbom, read};
use mekiki::profile::judgment::Verdict;
use mekiki::profile::survey::Survey;
use mekiki::tape::parse_json;
use serde_json::Value;

use crate::corpus::{corpus, say};
use crate::seeded::Seeded;

/// How many documents are made.
const MADE: u64 = 260;

/// Larger documents of the corpus say nothing that smaller ones do not.
const MAXIMUM_BYTES: usize = 60_000;

/// What SPDX cannot say, or cannot but say: the element (after its profile, where the others of the name
/// differ in nothing), its reading (`*` for all, empty for the profile's own), the versions, and the reason.
const DIFFERENCES: &[(&str, &str, &[&str], &str)] = &[
    (
        "data-format-version",
        "",
        BOTH,
        "it asks for the format itself",
    ),
    ("unique-identifier", "native-counts", BOTH, NAMES),
    ("fsct3/unique-identifier", "", BOTH, NAMES),
    ("meti-2.0/unique-identifier", "", BOTH, NAMES),
    ("ntia-2021/unique-identifier", "", BOTH, NAMES),
    ("sbom-uri", "", BOTH, NAMES),
    (
        "sbom-version",
        "",
        BOTH,
        "in SPDX a new version is a document of another name",
    ),
    (
        "author",
        "*",
        BOTH,
        "the metadata of SPDX names creators only: who supplied what is described stands there, and a manufacturer is a creator",
    ),
    (
        "tool-version",
        "",
        BOTH,
        "SPDX has none apart from the name, and one without a digit cannot be told from it",
    ),
    (
        "component-producer",
        "producer-only",
        BOTH,
        "SPDX has no publisher; without an originator it is written as one",
    ),
    ("bsi-tr-03183-2-2.1.0/hash", "", BOTH, LINKS),
    ("hash", "distribution-only", BOTH, LINKS),
    ("hash", "weaker-counts", BOTH, LINKS),
    ("source-code-hash", "", BOTH, LINKS),
    (
        "original-license",
        "",
        BOTH,
        "SPDX has no license of which nobody says whose view it is",
    ),
    (
        "license",
        "only-concluded",
        BOTH,
        "SPDX has no license of which nobody says whose view it is",
    ),
    ("bsi-tr-03183-2-2.0.0/license", "*", SPDX_2, LICENSES),
    ("bsi-tr-03183-2-2.1.0/license", "*", SPDX_2, LICENSES),
    ("license", "listed-only", SPDX_2, LICENSES),
    (
        "no-vulnerability-information",
        "",
        SPDX_2,
        "SPDX 2.3 speaks of no vulnerabilities",
    ),
    (
        "executable-property",
        "*",
        SPDX_2,
        "SPDX 2.3 has no properties",
    ),
    (
        "archive-property",
        "*",
        SPDX_2,
        "SPDX 2.3 has no properties",
    ),
    (
        "structured-property",
        "*",
        SPDX_2,
        "SPDX 2.3 has no properties",
    ),
    (
        DEPENDENCIES,
        "*",
        BOTH,
        "a relationship that leads nowhere is not written",
    ),
];

/// Differs only where a relationship leads nowhere.
const DEPENDENCIES: &str = "dependency-relationship";
const NAMES: &str = "SPDX demands a namespace of the document and a name of each element";
const LINKS: &str = "a link of SPDX has no digests";
const LICENSES: &str =
    "a license that has only a name becomes a `LicenseRef-`, which is an expression";
const BOTH: &[&str] = &["spdx-2.3", "spdx-3.0.1"];
const SPDX_2: &[&str] = &["spdx-2.3"];

fn sbom_of(bytes: &[u8]) -> Sbom {
    match read(bytes) {
        Ok((_, reading)) => reading.sbom,
        Err(faults) => panic!("{faults:?}\n{}", String::from_utf8_lossy(bytes)),
    }
}

/// Coverage by profile, element and reading.
type Found = BTreeMap<(String, String, String), (Verdict, usize, usize)>;

fn found(sbom: &Sbom, library: &Library) -> Found {
    let survey = Survey::of(sbom);
    let profiles: Vec<_> = library.profiles.values().collect();
    let check = SbomCheck::of(&survey, &profiles);
    let mut all = Found::new();
    for judgment in &check.judgments {
        for finding in &judgment.findings {
            let own = [("", finding.coverage)];
            let others = finding.readings.iter();
            let others = others.map(|(reading, coverage)| (reading.id.as_str(), *coverage));
            for (reading, one) in own.into_iter().chain(others) {
                let profile = judgment.profile.id.clone();
                let key = (profile, finding.element.id.clone(), reading.to_owned());
                all.insert(key, (one.verdict, one.have, one.of));
            }
        }
    }
    all
}

/// The whole report, as the command writes it.
fn report(sbom: &Sbom, library: &Library) -> Value {
    let survey = Survey::of(sbom);
    let profiles: Vec<_> = library.profiles.values().collect();
    serde_json::to_value(SbomCheck::of(&survey, &profiles)).expect("a report is JSON")
}

/// Takes the names and places of elements out of a report: those may move.
fn without_places(mut report: Value) -> String {
    for profile in report["profiles"].as_array_mut().expect("a list") {
        for element in profile["elements"].as_array_mut().expect("a list") {
            for failing in element["failing"].as_array_mut().expect("a list") {
                let failing = failing.as_object_mut().expect("an object");
                failing.remove("ref");
                failing.remove("at");
            }
        }
    }
    report.to_string()
}

/// Documents made by chance, as text.
fn made() -> impl Iterator<Item = (String, Value)> {
    (1..=MADE).map(|seed| {
        let mut chance = Seeded::new(seed * 7919);
        (format!("seed {seed}"), made::document(&mut chance, 9))
    })
}

/// CycloneDX documents of the corpus that are valid, of the versions that are written as XML.
fn of_corpus() -> Vec<(String, Value)> {
    let Some(corpus) = corpus() else {
        return Vec::new();
    };
    let mut documents = Vec::new();
    for row in &corpus.rows {
        let is_wanted = row.path.contains(".json") && row.kind == "sbom";
        if !is_wanted || !row.is_schema_valid() || row.expected.starts_with("invalid") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            continue;
        };
        let is_written = ["1.4", "1.5", "1.6", "1.7"]
            .iter()
            .any(|one| value["specVersion"] == *one);
        let is_valid = || read(&bytes).is_ok_and(|(_, reading)| reading.valid());
        if is_written && bytes.len() <= MAXIMUM_BYTES && is_valid() {
            documents.push((row.path.clone(), value));
        }
    }
    documents
}

fn xml_of(document: &Value) -> Vec<u8> {
    let text = document.to_string();
    let tape = parse_json(&text).expect("it is JSON");
    let version = document["specVersion"].as_str().expect("it has a version");
    let (xml, _) = to_xml(tape.root(), version).expect("a known version");
    xml.into_bytes()
}

/// Components and dependencies between two of them.
fn counts(sbom: &Sbom) -> (usize, usize) {
    let edges: BTreeSet<_> = sbom
        .dependencies()
        .filter(|(from, to)| sbom.component_of(*from).is_some() && sbom.component_of(*to).is_some())
        .map(|(from, to)| (sbom.references.target(from), sbom.references.target(to)))
        .collect();
    (sbom.all_components().count(), edges.len())
}

/// The difference that is known, by its element.
fn known(key: &(String, String, String), form: &str, dangles: bool) -> Option<&'static str> {
    let (profile, element, reading) = key;
    let one = DIFFERENCES.iter().find(|one| {
        let is_named = one.0 == element || one.0 == format!("{profile}/{element}");
        is_named && (one.1 == "*" || one.1 == reading) && one.2.contains(&form)
    })?;
    (one.0 != DEPENDENCIES || dangles).then_some(one.0)
}

#[test]
fn the_same_content_gets_the_same_verdicts_in_every_format() {
    let library = Library::open(None).unwrap();
    let mut faults: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    let mut used = BTreeSet::new();
    let (mut documents, mut encoded) = (0, 0);
    for (name, document) in made().chain(of_corpus()) {
        documents += 1;
        let json = document.to_string();
        let first = sbom_of(json.as_bytes());
        let expected = found(&first, &library);
        let leads_nowhere = |one: &Relationship| first.references.target(one.to) == End::Missing;
        let dangles = first.relationships.iter().any(leads_nowhere);
        let mut forms = vec![("xml", xml_of(&document))];
        if document["specVersion"] == "1.6"
            && let Some(bytes) = protobuf::encode(&document)
        {
            encoded += 1;
            forms.push(("protobuf", bytes));
        }
        for (form, target) in [
            ("spdx-2.3", Target::Spdx23Json),
            ("spdx-3.0.1", Target::Spdx301Json),
        ] {
            let text = convert(json.as_bytes(), target).expect("it was read").text;
            forms.push((form, text.into_bytes()));
        }
        for (form, bytes) in forms {
            let other = sbom_of(&bytes);
            let mut fault = |what: String, told: String| {
                let entry = faults.entry((form.to_owned(), what)).or_insert((0, told));
                entry.0 += 1;
            };
            if counts(&first) != counts(&other) {
                let told = format!("{name}: {:?} {:?}", counts(&first), counts(&other));
                fault("counts".into(), told);
            }
            let all = found(&other, &library);
            for (key, had) in &expected {
                let has = all[key];
                if *had == has {
                    continue;
                }
                match known(key, form, dangles) {
                    Some(element) => _ = used.insert((element, form)),
                    None => fault(format!("{key:?}"), format!("{name}: {had:?} {has:?}")),
                }
            }
        }
    }
    say(&format!(
        "{documents} documents in five formats, {encoded} in Protobuf"
    ));
    assert!(documents >= 300 || corpus().is_none(), "only {documents}");
    let told: Vec<_> = faults
        .iter()
        .map(|((form, what), (count, first))| format!("{form} {what}: {count} times, {first}"))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    // A difference that is never seen is none.
    for (element, _, forms, reason) in DIFFERENCES {
        for form in *forms {
            let is_used = used.contains(&(*element, *form));
            assert!(
                is_used || corpus().is_none(),
                "{element} never differs in {form} ({reason})"
            );
        }
    }
}

#[test]
fn order_names_and_white_space_change_no_byte_of_the_report() {
    let library = Library::open(None).unwrap();
    let mut failing = 0;
    for (name, document) in made().chain(of_corpus()) {
        let first = sbom_of(document.to_string().as_bytes());
        let expected = report(&first, &library);
        let indented = serde_json::to_string_pretty(&document).expect("it is JSON");
        let again = sbom_of(indented.as_bytes());
        assert_eq!(expected, report(&again, &library), "{name} indented");
        let expected = without_places(expected);
        failing += expected.matches("\"name\"").count();
        let mut chance = Seeded::new(77);
        let mut shuffled = document.clone();
        made::shuffle(&mut shuffled, &mut chance);
        let mut renamed = document.clone();
        made::rename(&mut renamed);
        let mut both = shuffled.clone();
        made::rename(&mut both);
        for (what, other) in [("shuffled", shuffled), ("renamed", renamed), ("both", both)] {
            let other = sbom_of(other.to_string().as_bytes());
            let told = without_places(report(&other, &library));
            assert!(expected == told, "{name} {what}\n{expected}\n{told}");
            let comparison = compare(&first, &other, Extent::All);
            assert!(comparison.same, "{name} {what} {comparison:#?}");
        }
        let mut forms = vec![xml_of(&document)];
        if document["specVersion"] == "1.6" {
            forms.extend(protobuf::encode(&document));
        }
        for bytes in forms {
            let comparison = compare(&first, &sbom_of(&bytes), Extent::All);
            assert!(comparison.same, "{name} encoded {comparison:#?}");
        }
    }
    assert!(failing > 1000, "only {failing} components lacked something");
}

/// What is taken away from a component or the metadata, one at a time.
const FAULTS: [&str; 12] = [
    "version",
    "supplier",
    "manufacturer",
    "publisher",
    "purl",
    "cpe",
    "hashes",
    "licenses",
    "copyright",
    "properties",
    "timestamp",
    "authors",
];

/// Takes one thing away; returns whether it was there.
fn spoil(document: &mut Value, chance: &mut Seeded) -> bool {
    let dependencies = document["dependencies"].as_array_mut();
    if let Some(list) = dependencies.filter(|list| !list.is_empty() && chance.below(4) == 0) {
        // Its dependencies are no longer spoken of: an empty entry would say that there are none.
        list.swap_remove(chance.below(list.len()));
        return true;
    }
    let key = FAULTS[chance.below(FAULTS.len())];
    let count = document["components"].as_array().map_or(0, Vec::len);
    let holder = match chance.below(count + 2) {
        0 => &mut document["metadata"],
        1 => &mut document["metadata"]["component"],
        index => &mut document["components"][index - 2],
    };
    let members = holder.as_object_mut();
    members.is_some_and(|members| members.remove(key).is_some())
}

#[test]
fn a_fault_in_a_document_never_raises_a_coverage_and_its_repair_never_lowers_one() {
    let library = Library::open(None).unwrap();
    let mut fell = 0;
    let mut chance = Seeded::new(5);
    for (name, mut document) in made().chain(of_corpus()) {
        let mut before = found(&sbom_of(document.to_string().as_bytes()), &library);
        for _ in 0..4 {
            if !spoil(&mut document, &mut chance) {
                continue;
            }
            let after = found(&sbom_of(document.to_string().as_bytes()), &library);
            // Read the other way round, it is the repair.
            for (key, (_, have, of)) in &after {
                let (_, had, had_of) = before[key];
                assert_eq!(*of, had_of, "{name} {key:?}");
                assert!(*have <= had, "{name} {key:?}: {had} to {have}\n{document}");
                fell += usize::from(*have < had);
            }
            before = after;
        }
    }
    assert!(fell > 1000, "only {fell} coverages fell");
}

#[test]
fn who_made_what_is_described_did_not_make_the_document() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{
        "manufacture":{"name":"Maker"},"component":{"type":"application","name":"app"}},
        "components":[{"type":"library","name":"part","bom-ref":"part"}],
        "dependencies":[{"ref":"part","dependsOn":[]}]}"#;
    let sbom = sbom_of(text.as_bytes());
    assert_eq!(sbom.metadata.manufacturer, None);
    let root = sbom.root.as_ref().expect("there is a root");
    let maker = root.manufacturer.as_ref().expect("somebody made it");
    assert_eq!(maker.name, "Maker");
    // An entry without dependencies says that there are none.
    assert_eq!(sbom.compositions.len(), 1);
    assert_eq!(sbom.compositions[0].aggregate, "complete");
    let survey = Survey::of(&sbom);
    assert!(survey.states_completeness(1) && !survey.states_completeness(0));
    // It is said in the list of dependencies, and no other list is made of it.
    let again = convert(text.as_bytes(), Target::CycloneDx16Json).expect("it is read");
    assert!(!again.text.contains("compositions"), "{}", again.text);
}
