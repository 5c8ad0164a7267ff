//! `mekiki sbom diff` and `mekiki sbom match` through the binary: outcomes, fields and exit codes.

use std::io::Write as _;

use mekiki::digest::Digest;
use serde_json::{Value, json};

use crate::binary::{Scratch, mekiki};

/// A CycloneDX document of (name, version, SHA-256 of the content).
fn cyclonedx(components: &[(&str, &str, Option<&[u8]>)]) -> Value {
    let components: Vec<_> = components
        .iter()
        .map(|(name, version, content)| {
            let mut component = json!({
                "type": "library",
                "bom-ref": format!("ref-{name}"),
                "name": name,
                "version": version,
                "purl": format!("pkg:npm/{name}@{version}"),
            });
            if let Some(content) = content {
                component["hashes"] =
                    json!([{"alg": "SHA-256", "content": Digest::of(content).hex()}]);
            }
            component
        })
        .collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components})
}

/// An SPDX document of (name, version).
fn spdx(packages: &[(&str, &str)]) -> Value {
    let packages: Vec<_> = packages
        .iter()
        .map(|(name, version)| {
            json!({
                "SPDXID": format!("SPDXRef-{name}"),
                "name": name,
                "versionInfo": version,
                "downloadLocation": "NOASSERTION",
                "externalRefs": [{
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": format!("pkg:npm/{name}@{version}"),
                }],
            })
        })
        .collect();
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "x",
        "documentNamespace": "https://example.org/x",
        "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: x"]},
        "packages": packages,
    })
}

#[test]
fn an_upgrade_is_one_pair_in_any_format() {
    let scratch = Scratch::new();
    let a = scratch.write(
        "a.json",
        cyclonedx(&[("one", "1.0.0", None), ("two", "1.0.0", None)]).to_string(),
    );
    let b = scratch.write(
        "b.json",
        spdx(&[("two", "1.1.0"), ("one", "1.0.0")]).to_string(),
    );
    let run = mekiki(&["sbom", "diff", &a, &b, "--format", "json"]);
    let diff = run.json();
    assert_eq!(
        (run.code, &diff["schema"]),
        (1, &json!("mekiki/sbom-diff/v1"))
    );
    assert_eq!((&diff["added"], &diff["removed"]), (&json!([]), &json!([])));
    let pairs = diff["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1);
    assert_eq!(pairs[0]["change"], json!(["upgraded"]));
    assert_eq!(pairs[0]["reason"], "purl-without-version");
    assert_eq!(pairs[0]["a"]["version"], "1.0.0");
    assert_eq!(pairs[0]["a"]["ref"], "ref-two");
    assert_eq!(pairs[0]["a"]["at"]["pointer"], "/components/1");
    assert_eq!(pairs[0]["b"]["purl"], "pkg:npm/two@1.1.0");
    assert_eq!(diff["counts"]["unchanged"], 1);

    let all = mekiki(&["sbom", "diff", &a, &b, "--all", "--format", "json"]).json();
    assert_eq!(all["pairs"].as_array().unwrap().len(), 2);

    let text = mekiki(&["sbom", "diff", &a, &b]);
    assert!(
        text.stdout
            .starts_with("1 unchanged, 1 changed, 0 added, 0 removed\n"),
        "{text:?}"
    );
    let text = mekiki(&["sbom", "diff", &a, &b, "--lang", "ja"]);
    assert!(text.stdout.contains("新バージョンへ"), "{text:?}");
}

#[test]
fn the_exit_code_tells_same_different_and_unreadable() {
    let scratch = Scratch::new();
    let a = scratch.write("a.json", cyclonedx(&[("one", "1.0.0", None)]).to_string());
    let same = scratch.write("same.json", spdx(&[("one", "1.0.0")]).to_string());
    let broken = scratch.write("broken.json", "{\"bomFormat\": ");
    let run = mekiki(&["sbom", "diff", &a, &same, "--format", "json"]);
    assert_eq!((run.code, &run.json()["same"]), (0, &json!(true)));
    let run = mekiki(&["sbom", "diff", &a, &broken, "--format", "json"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.error()["error"]["file"], broken.as_str());
}

#[test]
fn three_documents_stand_side_by_side() {
    let scratch = Scratch::new();
    let tendered = scratch.write("t.json", cyclonedx(&[("one", "1.0.0", None)]).to_string());
    let delivered = scratch.write("d.json", cyclonedx(&[("one", "1.0.0", None)]).to_string());
    let measured = scratch.write(
        "m.json",
        cyclonedx(&[("one", "0.9.0", None), ("extra", "1.0.0", None)]).to_string(),
    );
    let run = mekiki(&[
        "sbom", "diff", &tendered, &delivered, &measured, "--format", "json",
    ]);
    let diff = run.json();
    assert_eq!((run.code, &diff["same"]), (1, &json!(false)));
    assert_eq!(diff["pairs"], json!([]));
    let rows: Vec<_> = diff["three_way"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["measured"]["name"].clone(), row["drift"].clone()))
        .collect();
    assert_eq!(
        rows,
        [
            (json!("extra"), json!(["undeclared"])),
            (json!("one"), json!(["changed-in-measurement"]))
        ]
    );
}

/// A zip of (path, content).
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, content) in files {
        writer
            .start_file(*path, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_delivery_is_matched_as_folder_and_as_archive() {
    let scratch = Scratch::new();
    let document = cyclonedx(&[
        ("kept", "1.0.0", Some(b"kept")),
        ("right", "1.0.0", Some(b"right")),
        ("gone", "1.0.0", Some(b"gone")),
    ]);
    let sbom = scratch.write("sbom.json", document.to_string());
    let files: &[(&str, &[u8])] = &[
        ("lib/kept.js", b"kept"),
        ("lib/right-1.0.0.tgz", b"wrong"),
        ("extra.txt", b"extra"),
        ("README.md", b"text"),
    ];
    for (name, content) in files {
        scratch.write(&format!("delivery/{name}"), content);
    }
    let archive = scratch.write("delivery.zip", zip(files));
    let folder = scratch.path("delivery");
    let reasoned = "[[allow]]\npattern = \"*.md\"\nreason = \"texts for people\"\n";
    let allow = scratch.write("allow.toml", reasoned);
    for against in [&folder, &archive] {
        let run = mekiki(&[
            "sbom",
            "match",
            &sbom,
            "--against",
            against,
            "--allow",
            &allow,
            "--format",
            "json",
        ]);
        let outcome = run.json();
        assert_eq!(
            (run.code, &outcome["schema"]),
            (1, &json!("mekiki/sbom-match/v1"))
        );
        assert_eq!(outcome["matched"], 1);
        assert_eq!(outcome["altered"][0]["path"], "lib/right-1.0.0.tgz");
        assert_eq!(outcome["altered"][0]["name"], "right");
        assert_eq!(outcome["sbom_only"][0]["name"], "gone");
        assert_eq!(outcome["delivery_only"][0]["path"], "extra.txt");
        assert_eq!(outcome["delivery_only"].as_array().unwrap().len(), 1);
        assert_eq!(outcome["allowed"], 1);
        assert_eq!(
            outcome["allowed_by"],
            json!([{"pattern": "*.md", "reason": "texts for people", "files": 1}])
        );
    }
    let text = mekiki(&["sbom", "match", &sbom, "--against", &folder]);
    assert!(
        text.stdout
            .starts_with("1 matched, 1 altered, 1 in the SBOM only, 2 in the delivery only\n"),
        "{text:?}"
    );
    // Of a list without reasons too.
    let plain = scratch.write("allow.txt", "*.md\nextra.*\n");
    let text = mekiki(&[
        "sbom",
        "match",
        &sbom,
        "--against",
        &folder,
        "--allow",
        &plain,
    ]);
    assert!(text.stdout.contains("0 in the delivery only"), "{text:?}");
    let text = mekiki(&[
        "sbom",
        "match",
        &sbom,
        "--against",
        &folder,
        "--allow",
        &allow,
    ]);
    assert!(text.stdout.contains("texts for people"), "{text:?}");
}

#[test]
fn a_whole_delivery_is_acceptable_and_a_bomb_is_not_judged() {
    let scratch = Scratch::new();
    let document = cyclonedx(&[("kept", "1.0.0", Some(b"kept"))]).to_string();
    let sbom = scratch.write("delivery/sbom.json", &document);
    scratch.write("delivery/sbom.json.sig", "signature");
    scratch.write("delivery/bin/kept", "kept");
    let folder = scratch.path("delivery");
    let run = mekiki(&[
        "sbom",
        "match",
        &sbom,
        "--against",
        &folder,
        "--format",
        "json",
    ]);
    assert_eq!(
        (run.code, &run.json()["agrees"]),
        (0, &json!(true)),
        "{run:?}"
    );

    let zeros = vec![0; 20 * 1024 * 1024];
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(9));
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("bomb", options).unwrap();
    writer.write_all(&zeros).unwrap();
    let bomb = scratch.write("bomb.zip", writer.finish().unwrap().into_inner());
    let run = mekiki(&[
        "sbom",
        "match",
        &sbom,
        "--against",
        &bomb,
        "--format",
        "json",
    ]);
    assert_eq!(
        (run.code, &run.error()["error"]["code"]),
        (3, &json!("archive-ratio"))
    );
    let run = mekiki(&[
        "sbom",
        "match",
        &sbom,
        "--against",
        "no-such-folder",
        "--format",
        "json",
    ]);
    assert_eq!(
        (run.code, &run.error()["error"]["code"]),
        (3, &json!("file-missing"))
    );
}

/// (rule, level, file, line) of each result, in order.
fn results(log: &Value) -> Vec<(&str, &str, &str, u64)> {
    let results = log["runs"][0]["results"].as_array().expect("a log");
    results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            (
                result["ruleId"].as_str().expect("a rule"),
                result["level"].as_str().expect("a level"),
                place["artifactLocation"]["uri"].as_str().expect("a file"),
                place["region"]["startLine"].as_u64().expect("a line"),
            )
        })
        .collect()
}

#[test]
fn code_hosts_are_told_the_line_of_what_differs() {
    let scratch = Scratch::new();
    let pretty = |document: &Value| serde_json::to_string_pretty(document).expect("JSON");
    let a = cyclonedx(&[("kept", "1", Some(b"as it was")), ("gone", "1", None)]);
    let b = cyclonedx(&[("kept", "1", Some(b"another")), ("new", "1", None)]);
    let (a, b) = (pretty(&a), pretty(&b));
    let line = |text: &str, mark: &str| {
        let at = text.find(mark).expect("the mark is there");
        text.get(..at).unwrap_or_default().matches('\n').count() as u64 + 1
    };
    let (first, second) = (
        scratch.write("a.json", a.as_bytes()),
        scratch.write("b.json", b.as_bytes()),
    );
    let run = mekiki(&["sbom", "diff", &first, &second, "--format", "sarif"]);
    assert_eq!(run.code, 1);
    let log: Value = serde_json::from_str(&run.stdout).expect("SARIF");
    let found: Vec<_> = results(&log)
        .into_iter()
        .map(|(rule, level, file, line)| (rule, level, file.ends_with("a.json"), line))
        .collect();
    assert_eq!(
        found,
        [
            (
                "component-removed",
                "warning",
                true,
                line(&a, "\"bom-ref\": \"ref-gone\"")
            ),
            (
                "component-added",
                "warning",
                false,
                line(&b, "\"bom-ref\": \"ref-new\"")
            ),
            (
                "component-changed",
                "error",
                false,
                line(&b, "\"bom-ref\": \"ref-kept\"")
            ),
        ]
    );
    let delivery = scratch.write("delivery.zip", zip(&[("other.bin", b"other")]));
    let run = mekiki(&[
        "sbom",
        "match",
        &first,
        "--against",
        &delivery,
        "--format",
        "sarif",
    ]);
    assert_eq!(run.code, 1);
    let log: Value = serde_json::from_str(&run.stdout).expect("SARIF");
    let rules: Vec<_> = results(&log).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["delivery-missing", "delivery-unlisted"]);
}
