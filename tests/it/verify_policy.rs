//! Packs of own rules: the example pack, what it says of deliveries, and that a pack can only add.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;

use crate::binary::{Scratch, mekiki};
use crate::verify_advisories::sample::{Case, component};

const PACK: &str = "fixtures/policies/example-agency";

fn with_pack(case: &Case) {
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PACK);
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        case.scratch
            .write(&format!("pack/{name}"), std::fs::read(path).unwrap());
    }
    case.manifest("policies = [\"pack\"]\n");
}

fn rule(id: &str) -> String {
    format!("policy.example-agency.{id}")
}

#[test]
fn the_example_pack_is_tested_by_its_own_examples() {
    let run = mekiki(&["policy", "test", PACK]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "16 passed, 0 failed\n"),
        "{run:?}"
    );
    let run = mekiki(&["policy", "check", PACK]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "0 errors\n"),
        "{run:?}"
    );
}

#[test]
fn what_is_wrong_with_a_pack_is_told_at_once_with_its_place() {
    let scratch = Scratch::new();
    scratch.copy(PACK);
    scratch.edit(
        "banned-package.toml",
        "component.purl ==",
        "component.prul ==",
    );
    scratch.edit(
        "purl-stated.toml",
        "given = { kind = \"device\", has_purl = false }",
        "given = { kind = \"device\", has_purl = 0 }",
    );
    scratch.edit(
        "known-too-long.toml",
        "days_known = 181",
        "days_known = 100",
    );
    let run = mekiki(&["policy", "check", &scratch.root()]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("banned-package.toml:8:8: error[rule-unknown-fact]"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("did you mean `component.purl`?"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("error[fact-wrong-type]"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.ends_with("2 errors\n"), "{}", run.stdout);
    let scratch = Scratch::new();
    scratch.copy(PACK);
    scratch.edit(
        "known-too-long.toml",
        "days_known = 181",
        "days_known = 100",
    );
    let run = mekiki(&["policy", "test", &scratch.root()]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("policy.example-agency.known-too-long: known-too-long.toml:"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.ends_with("15 passed, 1 failed\n"),
        "{}",
        run.stdout
    );
    assert_eq!(
        mekiki(&["policy", "check", &scratch.path("nowhere")]).code,
        3
    );
}

#[test]
fn each_rule_is_a_check_with_findings_in_the_sbom() {
    let case = Case::of(&[]);
    with_pack(&case);
    case.deliver_components(&[
        component("pkg:npm/left-behind@4.0.0"),
        component("pkg:npm/left-behind-tools@1.0.0"),
        component("pkg:npm/desk-lamp@1.0.0"),
        json!({"type": "library", "bom-ref": "n", "name": "nameless", "version": "1",
            "licenses": [{"expression": "MIT AND (AGPL-3.0-only OR Apache-2.0 WITH LLVM-exception)"}]}),
    ]);
    let verified = case.verify();
    assert_eq!(verified.check("policy.readable"), "pass");
    for (id, verdict) in [
        ("banned-package", "fail"),
        ("licences-need-approval", "fail"),
        // It warns only.
        ("purl-stated", "pass"),
        // Published on the first of August.
        ("known-too-long", "pass"),
        ("nothing-left-out", "pass"),
    ] {
        assert_eq!(verified.check(&rule(id)), verdict, "{id}");
    }
    let finding = verified.finding(&rule("banned-package"));
    assert_eq!(finding["subject"], "pkg:npm/left-behind@4.0.0");
    assert_eq!(finding["citations"][0]["file"], "bom.json");
    assert_eq!(
        finding["citations"][1]["file"],
        "example-agency/banned-package.toml"
    );
    assert_eq!(finding["citations"][1]["at"]["line"], 8);
    assert_eq!(verified.finding(&rule("purl-stated"))["effect"], "warns");
    assert_eq!(
        verified.finding(&rule("licences-need-approval"))["subject"],
        "nameless 1"
    );
    let later = case.verify_as_of("2026-08-26");
    assert_eq!(later.check(&rule("known-too-long")), "pass");
    let inputs = verified.0["inputs"].as_array().unwrap();
    assert!(
        inputs
            .iter()
            .any(|one| one["role"] == "policy" && one["path"] == "pack")
    );
}

#[test]
fn a_rule_on_vulnerabilities_counts_days_and_knows_what_is_settled() {
    let case = Case::of(&["pkg:npm/desk-lamp@1.0.0"]);
    with_pack(&case);
    case.scratch.edit(
        "pack/known-too-long.toml",
        "vulnerability.days_known > 180",
        "vulnerability.days_known > 20",
    );
    case.scratch.edit(
        "pack/known-too-long.toml",
        "days_known = 180 }",
        "days_known = 20 }",
    );
    let id = rule("known-too-long");
    assert_eq!(case.verify_as_of("2026-08-21").check(&id), "pass");
    assert_eq!(case.verify_as_of("2026-08-25").check(&id), "fail");
    let vex = case.vex(
        "agency/vex.json",
        "GHSA-aaaa-0002-lamp",
        "pkg:npm/desk-lamp@1.0.0",
        &json!({}),
    );
    case.manifest(
        "policies = [\"pack\"]\n[[vex]]\npath = \"agency/vex.json\"\nlevel = \"agency\"\n",
    );
    assert_eq!(case.verify().check(&id), "not_applicable");
    // The supplier's own word settles nothing.
    case.scratch.write("delivered/vex.json", vex);
    case.manifest("policies = [\"pack\"]\n[[vex]]\npath = \"vex.json\"\n");
    assert_eq!(case.verify().check(&id), "fail");
}

#[test]
fn what_a_rule_cannot_see_is_never_a_pass() {
    let case = Case::without_feed(&["pkg:npm/desk-lamp@1.0.0"]);
    with_pack(&case);
    assert_eq!(
        case.verify().check(&rule("known-too-long")),
        "unverifiable",
        "no scan"
    );
    case.import(true, "2026-08-24");
    case.scratch.write("delivered/bom.json", "{\"bomFormat\": ");
    let verified = case.verify();
    for id in ["banned-package", "purl-stated", "known-too-long"] {
        assert_eq!(verified.check(&rule(id)), "unverifiable", "{id}: no SBOM");
    }
    // A value that the SBOM does not state: the rule asks for the supplier.
    case.deliver(&["pkg:npm/desk-lamp@1.0.0"]);
    let text = r#"id = "home-made"
title = { ja = "題", en = "made at home" }
help = { ja = "助言", en = "help" }
subject = "component"
deny = 'component.supplier == "Far Away"'
effect = "fails"
[[example]]
name = "far"
given = { supplier = "Far Away" }
expect = "broken"
[[example]]
name = "near"
given = { supplier = "Aoba" }
expect = "holds"
"#;
    case.scratch.write("pack/home-made.toml", text);
    let verified = case.verify();
    assert_eq!(verified.check(&rule("home-made")), "unverifiable");
    assert!(
        verified
            .said(&rule("home-made"))
            .ends_with("not stated: component.supplier")
    );
}

#[test]
fn a_pack_that_cannot_be_used_is_no_pass() {
    let case = Case::of(&["pkg:npm/shelf-reader@2.0.0"]);
    case.manifest("policies = [\"pack\"]\n");
    assert_eq!(
        case.verify().check("policy.readable"),
        "unverifiable",
        "missing"
    );
    with_pack(&case);
    case.scratch.edit(
        "pack/known-too-long.toml",
        "days_known = 181",
        "days_known = 100",
    );
    let verified = case.verify();
    assert_eq!(verified.check("policy.readable"), "unverifiable");
    let finding = verified.finding("policy.readable");
    assert_eq!(finding["code"], "policy-example");
    assert!(
        finding["message"]["en"]
            .as_str()
            .unwrap()
            .contains("known-too-long.toml:")
    );
    with_pack(&case);
    case.manifest("policies = [\"pack\", \"pack\"]\n");
    assert_eq!(
        case.verify().check("policy.readable"),
        "unverifiable",
        "one pack twice"
    );
    std::fs::rename(
        case.scratch.path("pack"),
        case.scratch.path("delivered/pack"),
    )
    .unwrap();
    case.manifest("policies = [\"delivered/pack\"]\n");
    let verified = case.verify();
    assert!(
        verified
            .said("policy.readable")
            .contains("among what was delivered")
    );
}

#[test]
fn a_pack_only_adds() {
    let verdicts = |case: &Case| -> BTreeMap<String, String> {
        let verified = case.verify();
        let groups = verified.0["groups"].as_array().unwrap().clone();
        let checks = groups
            .iter()
            .flat_map(|group| group["checks"].as_array().unwrap().clone());
        let pairs = checks.map(|one| {
            (
                one["check"].as_str().unwrap().to_owned(),
                one["verdict"].as_str().unwrap().to_owned(),
            )
        });
        pairs.filter(|(id, _)| !id.starts_with("policy.")).collect()
    };
    for purls in [
        &["pkg:npm/shelf-reader@1.4.0"][..],
        &["pkg:npm/shelf-reader@2.0.0", "pkg:npm/left-behind@1.0.0"],
        &[],
    ] {
        let case = Case::of(purls);
        let (without, before) = (verdicts(&case), case.verify().worst());
        with_pack(&case);
        assert_eq!(verdicts(&case), without);
        assert!(case.verify().worst() >= before);
    }
}

#[test]
fn five_thousand_components_and_twenty_rules_are_quick() {
    use mekiki::acceptance::policy::{Ruling, Values, read_pack};
    use mekiki::fact::FactValue;
    let head = "id = \"own\"\nversion = \"1\"\ntitle = { ja = \"規則\", en = \"rules\" }\n";
    let conditions = [
        "component.license_ids.exists(id, id in [\"AGPL-3.0-only\", \"SSPL-1.0\"])",
        "component.purl.startsWith(\"pkg:npm/left-behind@\") || component.name == \"left\"",
        "component.has_purl && component.type == \"npm\" && component.version == \"0.0.1\"",
        "!component.has_digest && component.name.contains(\"crypto\")",
    ];
    let mut files = vec![("pack.toml".to_owned(), head.to_owned())];
    for index in 0..20 {
        let text = format!(
            "id = \"r{index}\"\ntitle = {{ ja = \"題\", en = \"t\" }}\nhelp = {{ ja = \"助\", en = \"h\" }}\nsubject = \"component\"\nwhen = \"component.has_purl\"\ndeny = '{}'\neffect = \"fails\"\n\
            [[example]]\nname = \"a\"\ngiven = {{}}\nexpect = \"broken\"\n[[example]]\nname = \"b\"\ngiven = {{}}\nexpect = \"holds\"\n",
            conditions[index % 4]
        );
        files.push((format!("r{index}.toml"), text));
    }
    let files = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()))
        .collect();
    let pack = read_pack(&files).unwrap();
    let components: Vec<Values> = (0..5000)
        .map(|index| {
            let text = |value: &str| FactValue::Text(value.to_owned());
            [
                ("component.name", text(&format!("part-{index}"))),
                ("component.version", text("1.2.3")),
                (
                    "component.purl",
                    text(&format!("pkg:npm/part-{index}@1.2.3")),
                ),
                ("component.type", text("npm")),
                (
                    "component.license_ids",
                    FactValue::List(vec!["Apache-2.0".to_owned(), "MIT".to_owned()]),
                ),
                ("component.has_purl", FactValue::Bool(true)),
                ("component.has_digest", FactValue::Bool(false)),
            ]
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect()
        })
        .collect();
    let begun = Instant::now();
    let mut holding = 0;
    for rule in &pack.rules {
        for component in &components {
            holding += usize::from(rule.judge(component) == Ruling::Holds);
        }
    }
    let taken = begun.elapsed();
    assert_eq!(holding, 100_000);
    // An unoptimized build on a busy machine; a release takes a tenth.
    assert!(taken.as_secs() < 10, "{taken:?}");
}

#[test]
fn the_page_lists_every_name_that_rules_may_use() {
    use mekiki::acceptance::policy::{Subject, vocabulary};
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut told = 0;
    for (_, subject) in Subject::WORDS {
        for one in vocabulary(subject).unwrap().list() {
            let row = format!("| `{}` | {} | {} |", one.key, one.kind.word(), one.title.en);
            assert!(page.contains(&row), "{row}");
            told += 1;
        }
    }
    assert_eq!(
        page.matches("\n| `").count(),
        told,
        "a name that is no more"
    );
}
