//! The published schemas of `docs/schemas/`, held against what the commands write.
//!
//! A reader must ignore fields that it does not know, so the schemas allow any. Here they are made strict: a field that
//! no schema names fails.

#![expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the names are ours"
)]

use std::fs;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jsonschema::Validator;
use mekiki::app::library::Library;
use mekiki::evidence::register::change_notice::read_change_notice;
use mekiki::evidence::register::product_list::read_product_list;
use serde_json::{Value, json};

use crate::binary::{DEMO, Scratch, mekiki};
use crate::signing_keys::Pair;
use crate::timetable;

fn schema(name: &str) -> Value {
    let path = format!("{}/docs/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The members that every document of a schema has.
fn schema_required(name: &str) -> Vec<String> {
    let schema = schema(name);
    let target = schema["$ref"]
        .as_str()
        .map(|target| target.trim_start_matches('#'));
    let root = target.map_or(&schema, |target| schema.pointer(target).unwrap());
    let required = root["required"].as_array().unwrap().iter();
    required
        .map(|key| key.as_str().unwrap().to_owned())
        .collect()
}

/// Forbids what a schema does not name, in every object that names anything.
fn strict(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("object"))
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            for field in fields.values_mut() {
                *field = strict(field.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = strict(item.take());
            }
        }
        _ => {}
    }
    schema
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

fn faults(validator: &Validator, document: &Value) -> Vec<String> {
    let faults = validator.iter_errors(document);
    faults
        .map(|one| format!("{}: {one}", one.instance_path()))
        .take(5)
        .collect()
}

/// Every kind of output with the schema that it promises.
fn outputs() -> Vec<(&'static str, Value)> {
    let scratch = Scratch::new();
    let path = |name: &str| format!("{}/{name}", scratch.root());
    let json =
        |file: &str| -> Value { serde_json::from_slice(&fs::read(path(file)).unwrap()).unwrap() };
    let pair = Pair::ed25519();
    fs::write(path("key.pem"), pair.private()).unwrap();
    fs::write(path("key.pub"), pair.public()).unwrap();
    fs::write(path("other.pub"), Pair::ed25519().public()).unwrap();
    let mut outputs = Vec::new();
    let run = mekiki(&[
        "tender",
        "evaluate",
        DEMO,
        "--format",
        "json",
        "--record",
        &path("tender.json"),
    ]);
    outputs.push(("tender-v1", run.json()));
    let worked = "tests/it/worked/two-decimals.toml";
    let run = mekiki(&[
        "tender",
        "evaluate",
        worked,
        "--sensitivity",
        "--format",
        "json",
    ]);
    assert!(
        !run.json()["sensitivity"]["single"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    outputs.push(("tender-v1", run.json()));
    outputs.push(("record-v1", json("tender.json")));
    for bid in ["aoba", "hokuto", "minami"] {
        let record = path(&format!("{bid}.json"));
        let call = [
            "assess", DEMO, "--bid", bid, "--format", "json", "--record", &record,
        ];
        outputs.push(("assessment-v1", mekiki(&call).json()));
        outputs.push(("assessment-record-v1", json(&format!("{bid}.json"))));
    }
    let timed = scratch.write(
        "timed.toml",
        timetable::notice("2027-01-14", timetable::WHOLE),
    );
    let call = [
        "tender",
        "timetable",
        &timed,
        "--as-of",
        "2026-12-11",
        "--format",
        "json",
    ];
    outputs.push(("timetable-v1", mekiki(&call).json()));
    fs::create_dir(path("empty")).unwrap();
    for record in ["tender.json", "aoba.json"] {
        let (file, key) = (path(record), path("key.pem"));
        let signed = path("signed.json");
        mekiki(&[
            "record",
            "sign",
            &file,
            "--key",
            &key,
            "--statement",
            "-o",
            &signed,
        ]);
        let payload = BASE64_STANDARD.decode(json("signed.json")["payload"].as_str().unwrap());
        outputs.push((
            "record-statement-v1",
            serde_json::from_slice(&payload.unwrap()).unwrap(),
        ));
        let verify = |more: &[&str]| {
            mekiki(&[&["record", "verify", &signed, "--format", "json"], more].concat()).json()
        };
        let (right, wrong, empty) = (path("key.pub"), path("other.pub"), path("empty"));
        outputs.push((
            "record-verify-v1",
            verify(&["--key", &right, "--evidence", DEMO]),
        ));
        outputs.push(("record-verify-v1", verify(&["--key", &wrong])));
        outputs.push(("record-verify-v1", verify(&["--evidence", &empty])));
        let call = [
            "record",
            "replay",
            &file,
            "--evidence",
            DEMO,
            "--format",
            "json",
        ];
        outputs.push(("replay-v1", mekiki(&call).json()));
    }
    for questionnaire in Library::open(None).unwrap().questionnaires.values() {
        outputs.push(("questionnaire-sent-v1", questionnaire.published()));
    }
    outputs.push((
        "answers-v1",
        serde_json::from_slice(&fs::read(format!("{DEMO}/bids/hokuto/answers.json")).unwrap())
            .unwrap(),
    ));
    outputs.extend(acceptance_files());
    outputs
}

/// What an agency keeps for the verification of a delivery. Their readers take them, so the schemas promise no more than
/// is read.
fn acceptance_files() -> [(&'static str, Value); 2] {
    let notice = json!({
        "schema": "mekiki/change-notice/v1",
        "id": "CN-1",
        "case": "shelf-2026",
        "notified_on": "2026-09-01",
        "effective_on": "2026-11-01",
        "emergency": false,
        "notified_by": "青葉システム株式会社",
        "received_by": "文書管理担当",
        "change": [{
            "kind": "version",
            "component": "pkg:npm/title-index",
            "from": "2.0.0",
            "to": "2.0.1",
            "reason": {"ja": "脆弱性の是正のため。", "en": "A vulnerability is fixed."},
        }],
    });
    let list = json!({
        "schema": "mekiki/product-list/v1",
        "id": "PL-1",
        "case": "shelf-2026",
        "submitted_on": "2026-05-01",
        "checked_on": "2026-06-01",
        "checked_by": "統括情報セキュリティ責任者",
        "kinds": ["firmware"],
        "product": [{
            "name": "connector",
            "maker": "青葉システム株式会社",
            "corporate_number": "8700110005901",
            "model": "CN-2",
            "versions": ["2.1.*"],
            "country": "JP",
            "purls": ["pkg:generic/connector"],
            "result": "cleared",
        }],
        "supplier": [{
            "name": "北斗株式会社",
            "corporate_number": "8700110005901",
            "country": "JP",
            "result": "pending",
        }],
    });
    let bytes = |document: &Value| serde_json::to_vec(document).unwrap();
    assert!(read_change_notice(&bytes(&notice)).is_ok());
    assert!(read_product_list(&bytes(&list)).is_ok());
    [("change-notice-v1", notice), ("product-list-v1", list)]
}

/// The places of a document at which a test may spoil it: pointers to its members.
fn pointers(document: &Value, pointer: &str, all: &mut Vec<String>) {
    match document {
        Value::Object(fields) => {
            for (key, field) in fields {
                let step = key.replace('~', "~0").replace('/', "~1");
                let inner = format!("{pointer}/{step}");
                all.push(inner.clone());
                pointers(field, &inner, all);
            }
        }
        // One item stands for the others.
        Value::Array(items) => {
            if let Some(first) = items.first() {
                pointers(first, &format!("{pointer}/0"), all);
            }
        }
        _ => {}
    }
}

/// Holds a document to its schema, as it is and strictly, and spoils every member of the first one of a kind; tells how many.
fn hold(
    name: &'static str,
    document: &Value,
    seen: &mut std::collections::BTreeSet<&'static str>,
) -> usize {
    let mut spoiled = 0;
    let published = validator(&schema(name));
    let held = validator(&strict(schema(name)));
    assert_eq!(faults(&published, document), [] as [String; 0], "{name}");
    assert_eq!(
        faults(&held, document),
        [] as [String; 0],
        "{name}, strictly"
    );
    let mut more = document.clone();
    more["x_later_field"] = json!(1);
    assert!(
        published.is_valid(&more),
        "{name}: a reader must ignore what it does not know"
    );
    assert!(
        !held.is_valid(&more),
        "{name}: a new field needs its schema"
    );
    if !seen.insert(name) {
        return 0;
    }
    for key in schema_required(name) {
        let mut less = document.clone();
        assert!(
            less.as_object_mut().unwrap().remove(&key).is_some(),
            "{name}: {key}"
        );
        assert!(!published.is_valid(&less), "{name} without {key}");
    }
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    for pointer in &all {
        let mut other = document.clone();
        let place = other.pointer_mut(pointer).unwrap();
        // No field of ours is a fractional number.
        *place = json!(0.5);
        let free = ["/value", "/when", "/because"];
        if !free.iter().any(|end| pointer.contains(end)) {
            assert!(
                !published.is_valid(&other),
                "{name}: {pointer} may be anything"
            );
            spoiled += 1;
        }
    }
    spoiled
}

#[test]
fn score_sheets_and_consolidations_conform() {
    let mut seen = std::collections::BTreeSet::new();
    let mut spoiled = 0;
    for (name, document) in crate::score_sheets::outputs() {
        spoiled += hold(name, &document, &mut seen);
    }
    assert!(spoiled > 40, "{spoiled}");
    assert!(seen.into_iter().eq(crate::score_sheets::OUTPUTS));
}

#[test]
fn verdicts_on_deliveries_conform() {
    let mut seen = std::collections::BTreeSet::new();
    let mut spoiled = 0;
    for (name, document) in crate::verify_forms::outputs() {
        spoiled += hold(name, &document, &mut seen);
    }
    assert!(spoiled > 60, "{spoiled}");
}

#[test]
fn every_output_conforms_and_a_spoiled_one_does_not() {
    let mut seen = std::collections::BTreeSet::new();
    let mut spoiled = 0;
    for (name, document) in outputs() {
        spoiled += hold(name, &document, &mut seen);
    }
    assert!(spoiled > 150, "{spoiled}");
    // No schema lies there unproven.
    seen.extend(crate::score_sheets::OUTPUTS);
    seen.insert("verify-v1");
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().to_str().unwrap().to_owned());
    for name in names.filter(|name| name.ends_with(".json")) {
        assert!(seen.contains(name.trim_end_matches(".json")), "{name}");
    }
}
