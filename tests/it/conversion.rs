//! Conversions: whatever is written conforms to the official schemas of the corpus, what matters comes
//! through on the way there and back, and other readers read it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use jsonschema::Validator;
use mekiki::conversion::{Conversion, Target, convert};
use mekiki::evidence::sbom::model::{LicenseForm, Ref, is_stated};
use mekiki::evidence::sbom::{Component, Format, Reading, Sbom, read};
use mekiki::tape::{parse_json, write_json};
use serde_json::Value;

use crate::binary::{Scratch, mekiki};
use crate::corpus::{Corpus, Row, corpus, say};

/// Larger documents say nothing that smaller ones do not.
const MAXIMUM_BYTES: usize = 400_000;

fn json_of(corpus: &Corpus, path: &str) -> Value {
    serde_json::from_slice(&corpus.read(path)).expect("a schema is JSON")
}

/// The official schema of a target in JSON.
fn schema(corpus: &Corpus, target: Target) -> Option<Validator> {
    let path = match target {
        Target::CycloneDx16Json => "schemas/cyclonedx/bom-1.6.schema.json",
        Target::CycloneDx17Json => "schemas/cyclonedx/bom-1.7.schema.json",
        Target::Spdx23Json => "schemas/spdx/spdx-schema-v2.3.json",
        Target::Spdx301Json => "schemas/spdx/spdx-schema-v3.0.1.json",
        Target::CycloneDx16Xml | Target::CycloneDx17Xml => return None,
    };
    let mut registry = jsonschema::Registry::new();
    for name in [
        "spdx.schema.json",
        "jsf-0.82.schema.json",
        "cryptography-defs.schema.json",
    ] {
        let part = json_of(corpus, &format!("schemas/cyclonedx/{name}"));
        registry = registry
            .add(format!("http://cyclonedx.org/schema/{name}"), part)
            .expect("a schema has an address");
    }
    let registry = registry.prepare().expect("the schemas refer to each other");
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .with_registry(&registry)
        .build(&json_of(corpus, path))
        .expect("the schema is right");
    Some(schema)
}

/// The SBOMs of the corpus that are read and not too large.
fn sources(corpus: &Corpus) -> Vec<(&Row, Vec<u8>, Reading)> {
    let rows = corpus.rows.iter();
    let rows = rows.filter(|row| matches!(row.kind.as_str(), "sbom" | "vex"));
    rows.filter_map(|row| {
        let bytes = corpus.read(&row.path);
        if bytes.len() > MAXIMUM_BYTES {
            return None;
        }
        let (_, reading) = read(&bytes).ok()?;
        Some((row, bytes, reading))
    })
    .collect()
}

fn is_spdx(target: Target) -> bool {
    matches!(target, Target::Spdx23Json | Target::Spdx301Json)
}

#[test]
fn what_is_written_conforms_to_the_official_schemas() {
    let Some(corpus) = corpus() else { return };
    let sources = sources(corpus);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let folder = Scratch::new();
    for (word, target) in Target::WORDS {
        let schema = schema(corpus, target);
        let mut written = Vec::new();
        for (row, bytes, reading) in &sources {
            // A document rewritten within its family is as valid as it was.
            let is_same = (reading.sbom.format == Format::Spdx) == is_spdx(target);
            if is_same && !(row.is_schema_valid() && reading.valid()) {
                continue;
            }
            let text = match convert(bytes, target) {
                Ok(Conversion { text, .. }) => text,
                Err(refused) => {
                    faults.push(format!("{word} of {}: {refused:?}", row.path));
                    continue;
                }
            };
            *counts.entry(word).or_default() += 1;
            if let Some(schema) = &schema {
                let value: Value = serde_json::from_str(&text).expect("JSON is written");
                if let Some(error) = schema.iter_errors(&value).next() {
                    let at = error.instance_path();
                    let told: String = error.to_string().chars().take(200).collect();
                    faults.push(format!("{word} of {}: {told} at {at}", row.path));
                }
            } else {
                let file = folder.write(&format!("{}.xml", written.len()), text);
                written.push((file, row.path.as_str()));
            }
        }
        let version = if word.contains("1.6") { "1.6" } else { "1.7" };
        faults.extend(
            xml_faults(corpus, version, &written)
                .into_iter()
                .map(|fault| format!("{word}: {fault}")),
        );
    }
    say(&format!("converted and conforming: {counts:?}"));
    assert!(counts.values().sum::<usize>() > 1500, "{counts:?}");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What `xmllint` finds against the official XSD, told with the source's path.
fn xml_faults(corpus: &Corpus, version: &str, written: &[(String, &str)]) -> Vec<String> {
    if written.is_empty() {
        return Vec::new();
    }
    if Command::new("xmllint").arg("--version").output().is_err() {
        let absent = "there is no xmllint (Debian: libxml2-utils)";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
        say(&format!(
            "{absent}; the XML that is written was not held against its schema"
        ));
        return Vec::new();
    }
    let schemas = corpus.path("schemas/cyclonedx");
    let run = Command::new("xmllint")
        .env("XML_CATALOG_FILES", schemas.join("xmlcatalog.xml"))
        .args(["--nonet", "--noout", "--huge", "--schema"])
        .arg(schemas.join(format!("bom-{version}.xsd")))
        .args(written.iter().map(|(file, _)| file))
        .output()
        .expect("xmllint runs");
    let told = String::from_utf8_lossy(&run.stderr);
    let valid = told
        .lines()
        .filter(|line| line.ends_with(" validates"))
        .count();
    let mut faults = Vec::new();
    for (file, source) in written {
        let fault = told
            .lines()
            .find(|line| line.starts_with(&format!("{file}:")) && !line.ends_with("validates"));
        faults.extend(fault.map(|fault| format!("{source}: {}", fault.replace(file.as_str(), ""))));
    }
    if faults.is_empty() && valid != written.len() {
        faults.push(format!("{valid} of {} validate: {told}", written.len()));
    }
    faults
}

/// What must come through: each component, and each dependency between two of them, by name, version and
/// package URL, since every format has its own references.
#[derive(Debug, Default, PartialEq, Eq)]
struct Essence {
    components: BTreeMap<String, usize>,
    dependencies: BTreeSet<String>,
}

fn key(component: &Component) -> String {
    let text = |text: &Option<_>| text.as_ref().map(ToString::to_string);
    let version = text(&component.version).filter(|version| is_stated(version));
    format!("{} {version:?} {:?}", component.name, text(&component.purl))
}

fn essence(sbom: &Sbom) -> Essence {
    let mut essence = Essence::default();
    for component in sbom.all_components() {
        // CycloneDX `metadata.supplier` is the supplier of what the document describes.
        let is_root = sbom
            .root
            .as_ref()
            .is_some_and(|root| std::ptr::eq(root, component));
        let of_root = sbom.metadata.supplier.as_ref().filter(|_| is_root);
        let supplier = component.supplier.as_deref().or(of_root);
        let supplier = supplier.filter(|one| one.is_known());
        let supplier =
            supplier.map(|one| one.name.split_whitespace().collect::<Vec<_>>().join(" "));
        // What every format has a word for.
        let common = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];
        let hashes: BTreeSet<_> = component
            .hashes
            .iter()
            .filter(|hash| common.contains(&hash.algorithm.as_str()))
            .filter(|hash| matches!(hash.value.len(), 32 | 40 | 64 | 96 | 128))
            .map(|hash| hash.value.as_str())
            .collect();
        let license = match component.licenses.as_slice() {
            [one] if one.form != LicenseForm::Name && spdx::license_id(&one.text).is_some() => {
                Some(one.text.as_str())
            }
            _ => None,
        };
        let told = format!("{} {supplier:?} {hashes:?} {license:?}", key(component));
        *essence.components.entry(told).or_default() += 1;
    }
    let named = |reference: Ref| sbom.component_of(reference).map(key);
    essence.dependencies = sbom
        .dependencies()
        .filter_map(|(from, to)| Some(format!("{} -> {}", named(from)?, named(to)?)))
        .collect();
    essence
}

#[test]
fn what_matters_comes_through_there_and_back() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    let mut faults = Vec::new();
    for (row, bytes, reading) in sources(corpus) {
        if reading.sbom.format != Format::CycloneDx || !reading.valid() {
            continue;
        }
        let before = essence(&reading.sbom);
        for over in [Target::Spdx23Json, Target::Spdx301Json] {
            let there = convert(&bytes, over)
                .expect("a read document is written")
                .text;
            let back = convert(there.as_bytes(), Target::CycloneDx17Json)
                .expect("ours is read")
                .text;
            for (way, text) in [("there", there), ("back", back)] {
                let (_, reading) = read(text.as_bytes()).expect("what is written is read");
                let after = essence(&reading.sbom);
                if after != before {
                    let lost: Vec<_> = before
                        .components
                        .keys()
                        .filter(|one| !after.components.contains_key(*one))
                        .take(1)
                        .collect();
                    let new: Vec<_> = after
                        .components
                        .keys()
                        .filter(|one| !before.components.contains_key(*one))
                        .take(1)
                        .collect();
                    let edges: Vec<_> = before
                        .dependencies
                        .symmetric_difference(&after.dependencies)
                        .take(1)
                        .collect();
                    faults.push(format!(
                        "{} over {} {way}: {lost:?} {new:?} {edges:?}",
                        row.path,
                        over.word()
                    ));
                    break;
                }
            }
            count += 1;
        }
    }
    say(&format!("converted there and back: {count}"));
    assert!(count > 300, "{count}");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn spdx_rs_reads_what_is_written() {
    let Some(corpus) = corpus() else { return };
    let (mut count, mut faults) = (0, Vec::new());
    for (row, bytes, reading) in sources(corpus) {
        if reading.sbom.format != Format::CycloneDx {
            continue;
        }
        let text = convert(&bytes, Target::Spdx23Json)
            .expect("a read document is written")
            .text;
        // NOTE: two words of SPDX 2.3 are spelled otherwise in spdx-rs 0.5.5.
        let text = text
            .replace("\"OPERATING-SYSTEM\"", "\"OPERATING_SYSTEM\"")
            .replace("\"PERSISTENT-ID\"", "\"PERSISTENT_ID\"");
        match serde_json::from_str::<spdx_rs::models::SPDX>(&text) {
            Ok(spdx) => {
                let packages = reading.sbom.all_components().count();
                assert_eq!(spdx.package_information.len(), packages, "{}", row.path);
                count += 1;
            }
            Err(error) => faults.push(format!("{}: {error}", row.path)),
        }
    }
    assert!(count > 200, "{count}");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn white_space_in_the_source_changes_nothing() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for (row, bytes, reading) in sources(corpus) {
        let Some(text) = std::str::from_utf8(&bytes)
            .ok()
            .filter(|text| text.starts_with('{'))
        else {
            continue;
        };
        let Ok(tape) = parse_json(text) else { continue };
        // Without a name of its own a document is named by its bytes.
        let name = reading
            .sbom
            .metadata
            .identifier
            .as_deref()
            .unwrap_or_default();
        let is_cyclonedx = reading.sbom.format == Format::CycloneDx;
        if name.is_empty() || is_cyclonedx && !name.starts_with("urn:uuid:") {
            continue;
        }
        let other = write_json(tape.root(), false);
        for (word, target) in Target::WORDS {
            let (one, two) = (convert(&bytes, target), convert(other.as_bytes(), target));
            let (one, two) = (one.expect("it is written"), two.expect("it is written"));
            let is_own_name = reading.sbom.format == Format::Spdx && target == Target::Spdx23Json;
            if !is_own_name {
                assert!(one.text == two.text, "{word} of {}", row.path);
            }
            assert_eq!(one.losses, two.losses, "{word} of {}", row.path);
        }
        count += 1;
    }
    assert!(count > 100, "{count}");
}

const SBOM: &str = "fixtures/tenders/document-cloud/bids/aoba/sbom/aoba-bunsho-connector.cdx.json";

#[test]
fn the_command_writes_the_document_and_tells_the_losses() {
    let scratch = Scratch::new();
    let file = scratch.path("out.spdx.json");
    let convert = |more: &[&str]| mekiki(&[&["sbom", "convert", SBOM, "--to"], more].concat());
    let run = convert(&["spdx-2.3-json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.starts_with("{\n  \"spdxVersion\": \"SPDX-2.3\""),
        "{run:?}"
    );
    assert!(run.stderr.contains("1x vendor of a tool"), "{run:?}");
    let run = convert(&["spdx-2.3-json", "--format", "json", "-o", &file, "--strict"]);
    assert_eq!(run.code, 1, "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
    assert_eq!(report["schema"], "mekiki/sbom-convert/v1");
    assert_eq!(report["target"], "spdx-2.3-json");
    assert_eq!(report["output"], file.as_str());
    assert_eq!(
        report["losses"][0]["at"][0]["pointer"],
        "/metadata/tools/0/vendor"
    );
    let written = std::fs::read_to_string(&file).expect("the document is written");
    assert!(written.contains("\"SPDXRef-DOCUMENT\""));
    let run = convert(&["cyclonedx-1.7-xml", "--format", "json", "--strict"]);
    assert_eq!(run.code, 0, "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
    assert!(
        report["document"]
            .as_str()
            .is_some_and(|text| text.starts_with("<?xml"))
    );
    assert_eq!(
        mekiki(&["sbom", "convert", "Cargo.toml", "--to", "spdx-2.3-json"]).code,
        3
    );
    assert_eq!(
        mekiki(&["sbom", "convert", SBOM, "--to", "spdx-1.0"]).code,
        2
    );
}

/// The losses of a conversion as "count what @ first place", and the document.
fn converted(source: &str, target: Target) -> (Vec<String>, Value) {
    let conversion = convert(source.as_bytes(), target).expect("the source is read");
    let losses = conversion.losses.iter().map(|lost| {
        let place = lost.at.first().map(ToString::to_string);
        format!(
            "{} {} @ {}",
            lost.count,
            lost.what,
            place.unwrap_or_default()
        )
    });
    let value = serde_json::from_str(&conversion.text).expect("JSON is written");
    (losses.collect(), value)
}

#[test]
fn an_older_version_drops_what_it_does_not_know_and_says_so() {
    let source = r#"{"bomFormat":"CycloneDX","specVersion":"1.7","version":1,
      "signature":{"algorithm":"ES256","value":"x"},
      "citations":[{"pointers":["/components/0"],"timestamp":"2026-01-01T00:00:00Z","attributedTo":"a"}],
      "components":[{"type":"library","bom-ref":"a","name":"a","version":"1","isExternal":true,
        "hashes":[{"alg":"Streebog-256","content":"00"},{"alg":"MD5","content":"d41d8cd98f00b204e9800998ecf8427e"}],
        "licenses":[{"license":{"id":"MIT","properties":[{"name":"n"}]}},
          {"expression":"MIT OR ISC","expressionDetails":[{"licenseIdentifier":"MIT"}]}],
        "externalReferences":[{"type":"patent","url":"https://e.org"}],
        "properties":[{"name":"isExternal","value":"x"}]}]}"#;
    let (losses, value) = converted(source, Target::CycloneDx16Json);
    assert_eq!(
        losses,
        [
            "1 signature of the document @ /signature",
            "1 citations @ /citations",
            "1 isExternal @ /components/0/isExternal",
            "1 Streebog-256 hash @ /components/0/hashes/0",
            "1 license expression beside other licenses @ /components/0/licenses/1",
            "1 the type patent @ /components/0/externalReferences/0/type",
        ]
    );
    let component = &value["components"][0];
    assert_eq!(
        component["licenses"][0]["license"]["properties"][0]["name"],
        "n"
    );
    assert_eq!(component["licenses"][1]["license"]["name"], "MIT OR ISC");
    assert_eq!(component["externalReferences"][0]["type"], "other");
    assert_eq!(component["hashes"].as_array().map(Vec::len), Some(1));
    assert_eq!(component["properties"][0]["name"], "isExternal");
    let (losses, same) = converted(source, Target::CycloneDx17Json);
    assert_eq!(losses, [] as [&str; 0]);
    assert_eq!(same["citations"][0]["attributedTo"], "a");
    assert_eq!(same["signature"]["value"], "x");
}

#[test]
fn nesting_completeness_and_silence_are_put_in_the_words_of_the_target() {
    let source = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":3,
      "serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
      "metadata":{"lifecycles":[{"phase":"build"}],"component":{"type":"firmware","bom-ref":"r","name":"r"}},
      "components":[{"type":"library","bom-ref":"a b","name":"a","modelCard":{"bom-ref":"m"},
          "licenses":[{"license":{"name":"Acme License","text":{"content":"Do as you please."}}}],
          "components":[{"type":"file","bom-ref":"a-b","name":"f"}]},
        {"type":"platform","name":"p","scope":"optional"}],
      "services":[{"bom-ref":"s","name":"s"}],
      "dependencies":[{"ref":"r","dependsOn":["a b","s"]}],
      "compositions":[{"aggregate":"complete","dependencies":["r"]},{"aggregate":"unknown","assemblies":["a b"]}]}"#;
    let (losses, value) = converted(source, Target::Spdx23Json);
    assert_eq!(
        losses,
        [
            "1 modelCard of a component @ /components/0/modelCard",
            "1 no timestamp in the source @ whole document",
            "1 no creator in the source @ whole document",
            "1 a service @ /services/0",
            "1 whose view a license is @ /components/0/licenses",
            "1 the type platform @ /components/1/type",
            "1 a component without a reference @ /components/1",
            "1 the scope of a component @ /components/1/scope",
            "1 a relationship @ /dependencies/0/dependsOn/1",
        ]
    );
    assert_eq!(
        value["documentNamespace"],
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/3"
    );
    assert_eq!(value["creationInfo"]["comment"], "SBOM Type: Build");
    let ids: Vec<_> = (0..4)
        .map(|index| value["packages"][index]["SPDXID"].as_str())
        .collect();
    let expected = [
        "SPDXRef-r",
        "SPDXRef-a-b",
        "SPDXRef-a-b-2",
        "SPDXRef-Package-3",
    ];
    assert_eq!(ids, expected.map(Some));
    let license = &value["hasExtractedLicensingInfos"][0];
    assert_eq!(license["licenseId"], "LicenseRef-Acme-License");
    assert_eq!(license["extractedText"], "Do as you please.");
    let told: Vec<_> = value["relationships"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let word = |key: &str| one[key].as_str().expect("a text").replace("SPDXRef-", "");
            format!(
                "{} {} {}",
                word("spdxElementId"),
                word("relationshipType"),
                word("relatedSpdxElement")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "DOCUMENT DESCRIBES r",
            "a-b CONTAINS a-b-2",
            "r DEPENDS_ON a-b",
            "r DEPENDS_ON NONE",
            "a-b CONTAINS NOASSERTION",
        ]
    );
    let (_, back) = converted(&value.to_string(), Target::CycloneDx16Json);
    assert_eq!(
        back["serialNumber"],
        "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
    );
    assert_eq!(back["version"], 3);
    assert_eq!(back["metadata"]["lifecycles"][0]["phase"], "build");
    assert_eq!(back["metadata"].get("timestamp"), None);
    assert_eq!(back["components"][0]["components"][0]["name"], "f");
    assert_eq!(
        back["components"][0]["licenses"][0]["license"]["text"]["content"],
        "Do as you please."
    );
    let dependencies = &back["dependencies"][0];
    assert_eq!(
        dependencies["dependsOn"],
        serde_json::json!(["SPDXRef-a-b"])
    );
    assert_eq!(back["compositions"][0]["aggregate"], "complete");
}
