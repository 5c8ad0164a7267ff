//! `mekiki sbom check` and `mekiki sbom profiles` through the binary.

use std::fs;

use serde_json::Value;

use crate::binary::{DEMO, Scratch, mekiki};

/// A root with one library, which lacks a supplier and stands in no dependency.
const LACKING: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
  "serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  "metadata":{"timestamp":"2026-11-20T00:00:00Z","authors":[{"name":"A"}],
    "component":{"type":"application","name":"app","bom-ref":"app","version":"1","supplier":{"name":"S"}}},
  "components":[{"type":"library","bom-ref":"lib","name":"lib\u001b[2J","version":"2","manufacturer":{"name":"M"}}]}"#;

fn element<'a>(profile: &'a Value, id: &str) -> &'a Value {
    profile["elements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == id)
        .unwrap_or_else(|| panic!("no element {id}"))
}

#[test]
fn what_lacks_an_element_is_named_with_its_place_and_the_other_readings() {
    let scratch = Scratch::new();
    let file = scratch.write("lacking.cdx.json", LACKING.as_bytes());
    let run = mekiki(&[
        "sbom",
        "check",
        &file,
        "--profile",
        "ntia-2021",
        "--profile",
        "cisa-2026",
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    let check = run.json();
    assert_eq!(check["schema"], "mekiki/sbom-check/v1");
    let ids: Vec<_> = check["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["ntia-2021", "cisa-2026"]);
    let ntia = &check["profiles"][0];
    assert_eq!(
        (ntia["version"].as_str(), ntia["verdict"].as_str()),
        (Some("2021-07-12"), Some("fail"))
    );
    let supplier = element(ntia, "supplier-name");
    assert_eq!(supplier["verdict"], "fail");
    assert_eq!(
        (supplier["have"].as_i64(), supplier["of"].as_i64()),
        (Some(1), Some(2))
    );
    let failing = &supplier["failing"][0];
    assert_eq!(failing["ref"], "lib");
    assert_eq!(failing["at"]["pointer"], "/components/0");
    assert!(
        supplier["repair"]["ja"]
            .as_str()
            .unwrap()
            .contains("供給者")
    );
    let any = &supplier["readings"][0];
    assert_eq!(
        (any["id"].as_str(), any["have"].as_i64()),
        (Some("any-party"), Some(2))
    );
    assert!(!any["rests_on"]["en"].as_str().unwrap().is_empty());
    assert_eq!(element(ntia, "version")["verdict"], "pass");
    assert_eq!(element(ntia, "version")["failing"], serde_json::json!([]));
    assert_eq!(element(ntia, "dependency-relationship")["verdict"], "fail");
}

#[test]
fn text_for_people_fits_the_terminal_and_passes_no_escapes() {
    let scratch = Scratch::new();
    let file = scratch.write("lacking.cdx.json", LACKING.as_bytes());
    for (lang, words) in [
        (
            "en",
            [
                "fail NTIA minimum elements (2021): 5 of 7 required elements met",
                "supplier name",
            ],
        ),
        (
            "ja",
            [
                "不適合 NTIA 最小要素(2021年): 必須要素7件中5件を充足",
                "供給者名",
            ],
        ),
    ] {
        let run = mekiki(&[
            "sbom",
            "check",
            &file,
            "--profile",
            "ntia-2021",
            "--lang",
            lang,
        ]);
        assert_eq!(run.code, 1);
        assert!(run.stdout.starts_with(words[0]), "{}", run.stdout);
        assert!(run.stdout.contains(words[1]));
        assert!(run.stdout.contains("/components/0"));
        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    }
}

#[test]
fn a_profile_that_does_not_exist_is_no_judgment() {
    let scratch = Scratch::new();
    let file = scratch.write("lacking.cdx.json", LACKING.as_bytes());
    let run = mekiki(&[
        "sbom",
        "check",
        &file,
        "--profile",
        "ntia-2012",
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 3);
    let error = &run.error()["error"];
    assert_eq!(error["code"], "profile-unknown");
    assert_eq!(error["help"], "did you mean `ntia-2021`?");
    let run = mekiki(&[
        "sbom",
        "check",
        "-",
        "--profile",
        "ntia-2021",
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 3, "nothing on standard input: {run:?}");
    run.error();
    assert_eq!(mekiki(&["sbom", "check", &file]).code, 2);
}

#[test]
fn sarif_tells_what_is_required_as_errors() {
    let scratch = Scratch::new();
    let file = scratch.write("lacking.cdx.json", LACKING.as_bytes());
    let run = mekiki(&[
        "sbom",
        "check",
        &file,
        "--profile",
        "ntia-2021",
        "--format",
        "sarif",
    ]);
    assert_eq!(run.code, 1);
    let results = run.json()["runs"][0]["results"].as_array().unwrap().clone();
    let errors: Vec<_> = results
        .iter()
        .filter(|one| one["level"] == "error")
        .collect();
    assert_eq!(errors.len(), 2, "{results:?}");
    assert!(
        errors
            .iter()
            .all(|one| one["ruleId"] == "profile-element-lacking")
    );
}

#[test]
fn the_profiles_are_listed_with_their_sources() {
    let run = mekiki(&["sbom", "profiles", "--format", "json"]);
    assert_eq!(run.code, 0);
    let document = run.json();
    let profiles = document["profiles"].as_array().unwrap();
    let ids: Vec<_> = profiles
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "bsi-tr-03183-2-2.0.0",
            "bsi-tr-03183-2-2.1.0",
            "cisa-2026",
            "fsct3",
            "meti-2.0",
            "ntia-2021"
        ]
    );
    let cisa = &profiles[2];
    assert_eq!(cisa["valid_from"], "2026-07-29");
    // 17 data fields and no more.
    assert_eq!(cisa["elements"].as_array().unwrap().len(), 17);
    let text = mekiki(&["sbom", "profiles", "--lang", "ja"]).stdout;
    assert!(text.contains("supplier-name"), "{text}");
}

#[test]
fn every_fault_of_a_profile_is_named() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    let path = scratch.path("sbom-profiles/ntia-2021.toml");
    let broken = fs::read_to_string(&path)
        .unwrap()
        .replacen("field = \"party\"", "field = \"partie\"", 1)
        .replacen("id = \"component-name\"", "id = \"Component Name\"", 1)
        .replacen("scope = \"document\"", "scope = \"root\"", 1)
        .replacen("level = \"required\"", "levle = \"required\"", 1);
    fs::write(&path, broken).unwrap();
    let meti = scratch.path("sbom-profiles/meti-2.0.toml");
    fs::rename(&meti, scratch.path("sbom-profiles/meti-3.0.toml")).unwrap();
    let run = mekiki(&["criteria", "check", &scratch.root(), "--format", "json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let document = run.json();
    let mut codes: Vec<_> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes,
        [
            "missing-field",
            "profile-element-id",
            "profile-misnamed",
            "profile-scope",
            "unknown-field",
            "unknown-word"
        ]
    );
}

#[test]
fn many_files_are_one_table_and_each_a_report() {
    let scratch = Scratch::new();
    let lacking = scratch.write("lacking.cdx.json", LACKING);
    let broken = scratch.write("broken.json", "{\"bomFormat\":");
    let check = |files: &[&str], form: &str| {
        let mut arguments = vec!["sbom", "check", "--profile", "ntia-2021"];
        arguments.extend(["--profile", "cisa-2026", "--lang", "en", "--format", form]);
        arguments.extend(files);
        mekiki(&arguments)
    };
    let run = check(&[&lacking, &lacking], "json");
    assert_eq!(run.code, 1, "{run:?}");
    let document = run.json();
    assert_eq!(document["schema"], "mekiki/sbom-checks/v1");
    let single = check(&[&lacking], "json").json();
    for file in document["files"].as_array().unwrap() {
        assert_eq!(file["path"], lacking.as_str());
        assert_eq!(file["check"], single);
    }
    let run = check(&[&lacking, &lacking], "text");
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stdout.matches("fail 5/7").count(), 2, "{}", run.stdout);
    let run = check(&[&lacking, &lacking], "sarif");
    assert_eq!(
        (run.code, run.json()["version"].as_str()),
        (1, Some("2.1.0"))
    );
    // What cannot be read is told, and the others are judged all the same.
    for form in ["text", "json", "sarif"] {
        let run = check(&[&lacking, &broken], form);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.stderr.contains("broken.json"), "{run:?}");
        assert!(run.stdout.contains("lacking.cdx.json"), "{run:?}");
    }
}

#[test]
fn the_profiles_that_had_a_say_are_part_of_a_record() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    let record = scratch.path("record.json");
    let made = mekiki(&["tender", "evaluate", DEMO, "--record", &record]);
    assert_eq!(made.code, 0, "{made:?}");
    let text = fs::read_to_string(&record).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["profiles"].as_array().unwrap().len(), 6);
    let root = scratch.root();
    let replay = || {
        mekiki(&[
            "record",
            "replay",
            &record,
            "--evidence",
            DEMO,
            "--criteria",
            &root,
            "--format",
            "json",
        ])
    };
    let run = replay();
    assert_eq!(run.code, 0, "{run:?}");
    scratch.edit(
        "sbom-profiles/ntia-2021.toml",
        "valid_from = \"2021-07-12\"",
        "valid_from = \"2021-07-13\"",
    );
    let run = replay();
    assert_eq!(run.code, 1, "{run:?}");
    let pointer = run.json()["first_difference"]["pointer"].clone();
    assert_eq!(pointer, "/profiles/5/digest");
}
