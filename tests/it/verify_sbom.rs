//! The group `sbom` of a verified delivery: delivered, readable, valid, format, product, profile.

use std::time::Instant;

use mekiki::acceptance::finding::Effect;
use serde_json::{Value, json};

use crate::verify_folder::{Folder, component, cyclonedx, root};

const CHECKS: [&str; 6] = [
    "sbom.delivered",
    "sbom.readable",
    "sbom.valid",
    "sbom.format",
    "sbom.product",
    "sbom.profile",
];

const MANIFEST: &str = r#"
[product]
name = "gateway"
version = "1.2.0"
[[sbom]]
path = "sbom.json"
[terms]
sbom_formats = ["CycloneDX 1.6", "SPDX 2.3"]
sbom_profile = "ntia-2021"
"#;

fn good() -> Value {
    cyclonedx(
        &root("gateway", "1.2.0"),
        &[component("a", "1.0"), component("b", "2.0")],
    )
}

#[test]
fn a_good_sbom_meets_every_check() {
    let judged = Folder::new().json("sbom.json", &good()).verify(MANIFEST);
    for id in CHECKS {
        assert_eq!(judged.verdict(id), "pass", "{id}: {:?}", judged.all(id));
        assert_eq!(judged.all(id), [] as [&str; 0], "{id}");
    }
    judged.sentences_are_whole();
}

#[test]
fn without_an_sbom_nothing_of_the_group_passes() {
    let judged = Folder::new()
        .file("app", "x")
        .verify("[product]\nname = \"a\"\nversion = \"1\"\n");
    let verdicts = CHECKS.map(|id| judged.verdict(id));
    assert_eq!(verdicts[0], "fail");
    for (id, verdict) in CHECKS.iter().zip(verdicts).skip(1) {
        assert_eq!(verdict, "unverifiable", "{id}");
    }
    judged.sentences_are_whole();
}

#[test]
fn what_the_manifest_names_and_is_not_there_fails_even_beside_another() {
    let manifest = format!("{MANIFEST}\n[[sbom]]\npath = \"other.json\"\n");
    let manifest = manifest.replace("[terms]", "[[sbom]]\npath = \"lost.json\"\n[terms]");
    let manifest = manifest.replace("\n[[sbom]]\npath = \"other.json\"\n", "");
    let judged = Folder::new().json("sbom.json", &good()).verify(&manifest);
    assert_eq!(judged.verdict("sbom.delivered"), "fail");
    let told = judged.told("sbom.delivered", Effect::Fails);
    assert!(told[0].contains("`lost.json`"), "{told:?}");
    let place = &judged.findings("sbom.delivered")[0].citations[0];
    assert_eq!(
        (place.file.as_str(), place.at.line),
        ("delivery.toml", Some(9))
    );
}

#[test]
fn left_out_with_a_reason_the_group_asks_nothing() {
    let manifest =
        "[[left_out]]\nwhat = \"sbom\"\nreason = { ja = \"機器のみ\", en = \"hardware only\" }\n";
    let judged = Folder::new().file("app", "x").verify(manifest);
    for id in CHECKS {
        assert_eq!(judged.verdict(id), "not_applicable", "{id}");
        assert_eq!(judged.check(id).said.en, "hardware only");
    }
    // What is delivered all the same is looked at.
    let manifest = format!("{MANIFEST}{manifest}");
    let mut bad = good();
    bad["components"][0]["type"] = json!("gadget");
    let judged = Folder::new().json("sbom.json", &bad).verify(&manifest);
    assert_eq!(judged.verdict("sbom.valid"), "fail");
}

#[test]
fn an_unreadable_sbom_is_unverifiable_with_code_and_place() {
    let cut = serde_json::to_string_pretty(&good()).unwrap();
    let cut: String = cut.chars().take(cut.len() / 2).collect();
    let judged = Folder::new().file("sbom.json", &cut).verify(MANIFEST);
    let verdicts = CHECKS.map(|id| judged.verdict(id));
    assert_eq!(verdicts[0], "pass");
    assert!(
        verdicts[1..].iter().all(|one| *one == "unverifiable"),
        "{verdicts:?}"
    );
    let finding = &judged.findings("sbom.readable")[0];
    assert!(finding.code.is_some());
    assert!(finding.citations[0].at.line.is_some(), "{finding:?}");

    // Beside a readable one the others speak of that one only, and the group as a whole does not pass.
    let manifest = MANIFEST.replace("[terms]", "[[sbom]]\npath = \"b.json\"\n[terms]");
    let folder = Folder::new().json("sbom.json", &good()).file("b.json", cut);
    let judged = folder.verify(&manifest);
    let verdicts = CHECKS.map(|id| judged.verdict(id));
    assert_eq!(
        verdicts,
        ["pass", "unverifiable", "pass", "pass", "pass", "pass"]
    );
}

#[test]
fn breaches_are_told_with_lines_and_bounded() {
    let mut components: Vec<Value> = (0..150)
        .map(|index| component(&format!("c{index}"), "1"))
        .collect();
    for (index, one) in components.iter_mut().enumerate() {
        one["type"] = json!(format!("gadget-{index}"));
    }
    let document = cyclonedx(&root("gateway", "1.2.0"), &components);
    let folder = Folder::new().json("sbom.json", &document);
    let judged = folder.verify(MANIFEST);
    assert_eq!(judged.verdict("sbom.valid"), "fail");
    let findings = judged.findings("sbom.valid");
    assert_eq!(findings.len(), 101);
    let of_places = findings.iter().filter(|one| !one.citations.is_empty());
    assert!(of_places.clone().count() >= 100);
    for finding in of_places {
        let place = &finding.citations[0].at;
        assert!(place.line > Some(1) && place.pointer.is_some(), "{place:?}");
        assert_eq!(finding.code.as_deref(), Some("schema-word"));
    }
    let said = &judged.check("sbom.valid").said.en;
    assert!(
        said.contains("150") && said.contains("50 are not listed"),
        "{said}"
    );
    assert_eq!(folder.verify(MANIFEST).bytes(), judged.bytes());
}

#[test]
fn a_format_that_was_not_agreed_fails() {
    let judge = |formats: &str| {
        let manifest = MANIFEST.replace("[\"CycloneDX 1.6\", \"SPDX 2.3\"]", formats);
        let judged = Folder::new().json("sbom.json", &good()).verify(&manifest);
        judged.sentences_are_whole();
        judged.verdict("sbom.format")
    };
    assert_eq!(judge("[\"CycloneDX 1.6\"]"), "pass");
    assert_eq!(judge("[\"CycloneDX\"]"), "pass");
    assert_eq!(judge("[\"CycloneDX 1.5\"]"), "fail");
    assert_eq!(judge("[\"SPDX 2.3\", \"CycloneDX 1.6 XML\"]"), "fail");
    assert_eq!(judge("[\"CycloneDX 1.5 or later\"]"), "unverifiable");
    assert_eq!(
        judge("[\"CycloneDX 1.5 or later\", \"CycloneDX 1.6\"]"),
        "pass"
    );
    let open = MANIFEST.replace("sbom_formats", "signer_identities");
    let judged = Folder::new().json("sbom.json", &good()).verify(&open);
    assert_eq!(judged.verdict("sbom.format"), "not_applicable");
}

#[test]
fn the_sbom_is_of_the_delivered_product_and_version() {
    let judge = |root: &Value| {
        let document = cyclonedx(root, &[component("a", "1")]);
        let judged = Folder::new().json("sbom.json", &document).verify(MANIFEST);
        judged.sentences_are_whole();
        let told = judged.all("sbom.product").join("; ");
        (judged.verdict("sbom.product"), told)
    };
    assert_eq!(judge(&root("gateway", "1.2.0")), ("pass", String::new()));
    let (verdict, told) = judge(&root("gateway", "1.1.0"));
    assert_eq!(verdict, "fail");
    assert!(
        told.contains("gateway 1.1.0") && told.contains("gateway 1.2.0"),
        "{told}"
    );
    let (verdict, told) = judge(&root("router", "1.2.0"));
    assert_eq!(verdict, "fail");
    assert!(told.contains("router 1.2.0"), "{told}");
    assert_eq!(judge(&Value::Null).0, "fail");
    let mut versionless = root("gateway", "1.2.0");
    versionless.as_object_mut().unwrap().remove("version");
    assert_eq!(judge(&versionless).0, "fail");
    let grouped = json!({"type": "application", "bom-ref": "r", "group": "gate", "name": "way", "version": "1.2.0"});
    assert_eq!(judge(&grouped).0, "fail");

    let unnamed = MANIFEST.replace("[product]\nname = \"gateway\"\nversion = \"1.2.0\"\n", "");
    let judged = Folder::new().json("sbom.json", &good()).verify(&unnamed);
    assert_eq!(judged.verdict("sbom.product"), "unverifiable");
}

#[test]
fn beside_the_sbom_of_the_product_there_may_be_one_of_a_part() {
    let manifest = MANIFEST.replace("[terms]", "[[sbom]]\npath = \"part.json\"\n[terms]");
    let part = |name: &str, version: &str| {
        let document = cyclonedx(&root(name, version), &[component("z", "1")]);
        let folder = Folder::new()
            .json("sbom.json", &good())
            .json("part.json", &document);
        let judged = folder.verify(&manifest);
        let effects: Vec<_> = judged
            .findings("sbom.product")
            .iter()
            .map(|one| one.effect)
            .collect();
        (judged.verdict("sbom.product"), effects)
    };
    assert_eq!(part("a", "1.0"), ("pass", vec![Effect::Notes]));
    assert_eq!(part("a", "9.9"), ("pass", vec![Effect::Warns]));
    assert_eq!(part("gateway", "1.1.0"), ("fail", vec![Effect::Fails]));
}

#[test]
fn a_profile_is_met_at_the_agreed_coverage() {
    let mut document = good();
    document["components"][0]
        .as_object_mut()
        .unwrap()
        .remove("supplier");
    let judge = |terms: &str| {
        let manifest = MANIFEST.replace("sbom_profile = \"ntia-2021\"\n", terms);
        let judged = Folder::new().json("sbom.json", &document).verify(&manifest);
        judged.sentences_are_whole();
        (
            judged.verdict("sbom.profile"),
            judged.all("sbom.profile").join("; "),
        )
    };
    let (verdict, told) = judge("sbom_profile = \"ntia-2021\"\n");
    assert_eq!(verdict, "fail");
    assert!(
        told.contains("2 of 3 have “supplier name”") && told.contains(": a"),
        "{told}"
    );
    let share = |floor: u32| {
        let terms = format!("sbom_profile = \"ntia-2021\"\nsbom_coverage_per_mille = {floor}\n");
        judge(&terms).0
    };
    // Two of three are 666 and two thirds per mille.
    assert_eq!(share(666), "pass");
    assert_eq!(share(667), "fail");
    // Nothing agreed: the minimum elements are looked at, and what lacks breaches no contract that is known.
    assert_eq!(judge("").0, "unverifiable");
    assert_eq!(judge("sbom_coverage_per_mille = 900\n").0, "fail");
    assert_eq!(judge("sbom_coverage_per_mille = 500\n").0, "pass");
    let (verdict, told) = judge("sbom_profile = \"ntia-2012\"\n");
    assert_eq!(verdict, "unverifiable");
    assert!(told.contains("known: ntia-2021"), "{told}");
}

#[test]
fn an_element_that_lacks_cites_the_first_components_with_lines() {
    let mut components: Vec<_> = (0..30)
        .map(|index| component(&format!("c{index:02}"), "1"))
        .collect();
    for one in &mut components {
        one.as_object_mut().unwrap().remove("supplier");
    }
    components.reverse();
    let document = cyclonedx(&root("gateway", "1.2.0"), &components);
    let judged = Folder::new().json("sbom.json", &document).verify(MANIFEST);
    let finding = &judged.findings("sbom.profile")[0];
    assert!(
        finding.message.en.contains("without it: c00, c01, c02"),
        "{finding:?}"
    );
    let places = finding
        .citations
        .iter()
        .filter(|one| one.file == "sbom.json");
    assert_eq!(places.clone().count(), 8);
    assert!(
        places.clone().all(|one| one.at.line > Some(1)),
        "{finding:?}"
    );
    assert_eq!(finding.citations.last().unwrap().file, "delivery.toml");
}

#[test]
fn the_order_of_the_sboms_changes_no_verdict_and_no_finding() {
    let other = cyclonedx(&root("gateway", "1.1.0"), &[component("a", "1")]);
    let manifest = |first: &str, second: &str| {
        let both = format!("[[sbom]]\npath = \"{first}\"\n[[sbom]]\npath = \"{second}\"");
        MANIFEST.replace("[[sbom]]\npath = \"sbom.json\"", &both)
    };
    let folder = Folder::new().json("a.json", &good()).json("b.json", &other);
    let one = folder.verify(&manifest("a.json", "b.json"));
    let two = folder.verify(&manifest("b.json", "a.json"));
    for id in CHECKS {
        assert_eq!(one.all(id), two.all(id), "{id}");
        assert_eq!(one.verdict(id), two.verdict(id), "{id}");
    }
}

#[test]
fn five_thousand_components_take_no_time() {
    let components: Vec<_> = (0..5000)
        .map(|index| component(&format!("component-{index}"), "1.0.0"))
        .collect();
    let folder = Folder::new().json(
        "sbom.json",
        &cyclonedx(&root("gateway", "1.2.0"), &components),
    );
    drop(folder.verify(MANIFEST));
    let started = Instant::now();
    let judged = folder.verify(MANIFEST);
    let took = started.elapsed();
    assert_eq!(judged.verdict("sbom.profile"), "pass");
    // A build without optimization on a busy machine; the release takes a tenth.
    assert!(took.as_secs() < 20, "{took:?}");
}
