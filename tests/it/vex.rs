//! VEX documents through the binary.

use serde_json::{Value, json};

use crate::binary::{Scratch, mekiki};

fn statement(id: &str, status: &str, product: &str) -> Value {
    json!({
        "vulnerability": {"name": id}, "status": status, "products": [{"@id": product}],
        "justification": "component_not_present", "action_statement": "update",
    })
}

fn document(day: &str, statements: &[Value]) -> String {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/1", "author": "A",
        "timestamp": format!("{day}T00:00:00Z"), "version": 1, "statements": statements,
    })
    .to_string()
}

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "bom.json",
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app", "purl": "pkg:generic/app@1"}},
            "components": [{"type": "library", "name": "a", "version": "1.0", "bom-ref": "a", "purl": "pkg:npm/a@1.0"}],
            "dependencies": [{"ref": "app", "dependsOn": ["a"]}],
        })
        .to_string(),
    );
    scratch.write(
        "sound.json",
        document("2026-01-01", &[statement("CVE-1", "fixed", "pkg:npm/a")]),
    );
    scratch.write(
        "other.json",
        document("2026-01-01", &[statement("CVE-1", "affected", "pkg:npm/a")]),
    );
    scratch.write(
        "gone.json",
        document("2026-01-01", &[statement("CVE-2", "fixed", "pkg:npm/gone")]),
    );
    scratch.write(
        "broken.json",
        document(
            "2026-01-01",
            &[json!({"vulnerability": {"name": "CVE-1"}, "status": "affected"})],
        ),
    );
    scratch.write("nothing.json", "{}");
    scratch
}

#[test]
fn a_document_is_valid_or_not_or_unreadable() {
    let scratch = scratch();
    for (name, code) in [("sound.json", 0), ("broken.json", 1), ("nothing.json", 3)] {
        let path = scratch.path(name);
        for format in ["text", "json", "sarif"] {
            let run = mekiki(&["vex", "validate", &path, "--format", format]);
            assert_eq!(run.code, code, "{name} {format}: {run:?}");
        }
    }
    let broken = mekiki(&[
        "vex",
        "validate",
        &scratch.path("broken.json"),
        "--format",
        "json",
    ])
    .json();
    assert_eq!(broken["schema"], "mekiki/vex-validate/v1");
    assert_eq!(broken["format"], "openvex");
    assert_eq!(broken["spec_version"], "0.2.0");
    assert_eq!(broken["valid"], false);
    let finding = &broken["findings"][0];
    assert_eq!(finding["code"], "schema-required");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["at"]["pointer"], "/statements/0");
    assert_eq!(finding.get("test"), None);
    let nothing = mekiki(&[
        "vex",
        "validate",
        &scratch.path("nothing.json"),
        "--format",
        "json",
    ]);
    assert_eq!(nothing.error()["error"]["code"], "vex-unrecognized");
}

#[test]
fn several_documents_are_judged_at_once() {
    let scratch = scratch();
    let (sound, broken) = (scratch.path("sound.json"), scratch.path("broken.json"));
    let run = mekiki(&["vex", "validate", &sound, &broken, "--format", "json"]);
    assert_eq!(run.code, 1);
    let files = &run.json()["files"];
    assert_eq!(files[0]["valid"], true);
    assert_eq!(files[1]["valid"], false);
    assert_eq!(mekiki(&["vex", "validate", &sound, &sound]).code, 0);
    let nothing = scratch.path("nothing.json");
    assert_eq!(mekiki(&["vex", "validate", &sound, &nothing]).code, 3);
}

#[test]
fn what_binds_and_what_does_not_is_told() {
    let scratch = scratch();
    let bom = scratch.path("bom.json");
    let vex = |name: &str| scratch.path(name);
    let (sound, other, gone) = (vex("sound.json"), vex("other.json"), vex("gone.json"));
    let apply = |arguments: &[&str]| {
        let mut all = vec!["vex", "apply", bom.as_str()];
        for one in arguments {
            all.extend(["--vex", one]);
        }
        all.extend(["--format", "json"]);
        mekiki(&all)
    };
    let run = apply(&[&sound]);
    assert_eq!(run.code, 0, "{run:?}");
    let applied = run.json();
    assert_eq!(applied["schema"], "mekiki/vex-apply/v1");
    let bound = &applied["statements"][0]["binds"][0];
    assert_eq!(bound["ref"], "a");
    assert_eq!(bound["purl"], "pkg:npm/a@1.0");
    assert_eq!(bound["at"]["pointer"], "/components/0");
    assert_eq!(bound["product"]["pointer"], "/statements/0/products/0");
    assert_eq!(applied["decisions"][0]["status"], "fixed");

    let run = apply(&[&sound, &gone]);
    assert_eq!(run.code, 1);
    let unbound = &run.json()["unbound"];
    assert_eq!(unbound[0]["reason"], "no-product");
    assert_eq!(unbound[0]["at"]["pointer"], "/statements/0/products/0");
    assert_eq!(unbound[0]["file"], gone.as_str());

    let run = apply(&[&sound, &other]);
    assert_eq!(run.code, 1);
    let decision = &run.json()["decisions"][0];
    assert_eq!(decision["conflict"], true);
    assert_eq!(decision["status"], "affected");
    assert_eq!(decision["conflicting"][0]["status"], "fixed");

    let trusted = format!("agency={sound}");
    let run = apply(&[&trusted, &other]);
    assert_eq!(run.code, 0);
    let decision = &run.json()["decisions"][0];
    assert_eq!(decision["status"], "fixed");
    assert_eq!(decision["by"]["trust"], "agency");
    assert_eq!(decision["overruled"][0]["status"], "affected");
    // The order of the files changes nothing.
    assert_eq!(apply(&[&other, &trusted]).json(), run.json());

    let run = apply(&[&format!("friend={sound}")]);
    assert_eq!(run.code, 3);
    assert_eq!(run.error()["error"]["code"], "vex-trust-unknown");
    assert_eq!(apply(&[&vex("nothing.json")]).code, 3);
    for format in ["text", "sarif"] {
        let run = mekiki(&["vex", "apply", &bom, "--vex", &gone, "--format", format]);
        assert_eq!(run.code, 1);
        assert!(run.stdout.contains("CVE-2"), "{run:?}");
    }
}

#[test]
fn a_day_leaves_later_statements_aside() {
    let scratch = scratch();
    let (bom, sound) = (scratch.path("bom.json"), scratch.path("sound.json"));
    for (day, status, left) in [
        ("2025-12-31", Value::Null, 1),
        ("2026-01-01", json!("fixed"), 0),
    ] {
        let arguments = [
            "vex", "apply", &bom, "--vex", &sound, "--as-of", day, "--format", "json",
        ];
        let applied = mekiki(&arguments).json();
        assert_eq!(applied["as_of"], day);
        let decision = &applied["decisions"][0];
        assert_eq!(decision["status"], status);
        assert_eq!(decision["not_yet"].as_array().map(Vec::len), Some(left));
    }
    let run = mekiki(&["vex", "apply", &bom, "--vex", &sound, "--as-of", "soon"]);
    assert_eq!(run.code, 2);
}

#[test]
fn the_example_of_the_page_holds() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/vex.md");
    let page = std::fs::read_to_string(page).unwrap();
    let example = page
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let scratch = Scratch::new();
    scratch.write("vex.json", example);
    scratch.write(
        "coordinator.json",
        document(
            "2026-11-03",
            &[statement("CVE-2026-0007", "affected", "pkg:npm/parser")],
        )
        .replace("\"author\":\"A\"", "\"author\":\"JPCERT/CC\""),
    );
    scratch.write(
        "bom.json",
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "name": "shop", "bom-ref": "shop", "purl": "pkg:generic/shop@2.0"}},
            "components": [{"type": "library", "name": "parser", "version": "1.4.0", "bom-ref": "parser", "purl": "pkg:npm/parser@1.4.0"}],
            "dependencies": [{"ref": "shop", "dependsOn": ["parser"]}],
        })
        .to_string(),
    );
    let (bom, vex) = (scratch.path("bom.json"), scratch.path("vex.json"));
    let coordinator = scratch.path("coordinator.json");
    assert_eq!(mekiki(&["vex", "validate", &vex]).code, 0);
    let trusted = format!("supplier={vex}");
    for (documents, status, overruled) in [
        (vec![&vex], "not_affected", 0),
        (vec![&vex, &coordinator], "affected", 1),
        (vec![&trusted, &coordinator], "not_affected", 1),
    ] {
        let mut arguments = vec!["vex", "apply", &bom, "--format", "json"];
        for document in documents {
            arguments.extend(["--vex", document]);
        }
        let run = mekiki(&arguments);
        assert_eq!(run.code, 1);
        let applied = run.json();
        assert_eq!(applied["unbound"][0]["reason"], "other-version");
        let decision = &applied["decisions"][0];
        assert_eq!(decision["component"]["ref"], "parser");
        assert_eq!(decision["status"], status);
        assert_eq!(
            decision["overruled"].as_array().map(Vec::len),
            Some(overruled)
        );
    }
}
