//! Twelve prepared deliveries, one fault each: the verdict, the exit code, and what the first line says.

mod sample;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::signing_keys::Pair;
use sample::{ARCHIVE, DAY, Delivery, SBOM, archive};

/// How a delivery must come out.
struct Expected {
    code: i32,
    /// Words that the first line must hold: what is wrong, and where.
    first_line: &'static [&'static str],
    /// The check that decides.
    check: &'static str,
    verdict: &'static str,
}

fn hold(delivery: &Delivery, expected: &Expected) {
    let (code, report) = delivery.report(&[]);
    let headline = report["headline"]["en"].as_str().unwrap();
    assert_eq!(code, expected.code, "{headline}\n{report:#}");
    for word in expected.first_line {
        assert!(headline.contains(word), "no `{word}` in `{headline}`");
    }
    let checks = report["groups"].as_array().unwrap().iter();
    let mut checks = checks.flat_map(|group| group["checks"].as_array().unwrap());
    let check = checks.find(|one| one["check"] == expected.check);
    let check = check.unwrap_or_else(|| panic!("no check {} in {report:#}", expected.check));
    assert_eq!(check["verdict"], expected.verdict, "{check:#}");
    let text = delivery.verify(&[]);
    assert_eq!(text.code, expected.code);
    let first = text.stdout.lines().next().unwrap_or_default();
    for word in expected.first_line {
        assert!(first.contains(word), "no `{word}` in `{first}`");
    }
    let japanese = delivery.verify(&["--lang", "ja"]);
    assert_eq!(japanese.code, expected.code);
    assert_ne!(japanese.stdout.lines().next().unwrap_or_default(), first);
}

fn fails(delivery: &Delivery, check: &'static str, first_line: &'static [&'static str]) {
    let expected = Expected {
        code: 1,
        first_line,
        check,
        verdict: "fail",
    };
    hold(delivery, &expected);
}

fn is_open(delivery: &Delivery, check: &'static str, first_line: &'static [&'static str]) {
    let expected = Expected {
        code: 3,
        first_line,
        check,
        verdict: "unverifiable",
    };
    hold(delivery, &expected);
}

#[test]
fn a_good_one_is_acceptable() {
    let delivery = Delivery::good();
    let expected = Expected {
        code: 0,
        first_line: &["Acceptable"],
        check: "contents.altered",
        verdict: "pass",
    };
    hold(&delivery, &expected);
    let (_, report) = delivery.report(&[]);
    let settled = report["requirements"].as_array().unwrap();
    let of = |id: &str| {
        let found = settled.iter().find(|one| one["criterion"] == id);
        found.unwrap_or_else(|| panic!("no {id}"))["verdict"].clone()
    };
    assert_eq!(of("A19-2.integ.signature"), "pass");
    assert_eq!(of("A19-2.integ.sbom-match"), "pass");
    assert_eq!(of("A19-2.integ.security-test"), "inspector");
}

#[test]
fn a_file_altered_after_the_sbom() {
    let mut delivery = Delivery::good();
    delivery.listed = Some(delivery.files.clone());
    delivery.files.insert(
        "connector/lib/shelf.js",
        b"export const shelf = 2;\n".to_vec(),
    );
    delivery.write();
    fails(
        &delivery,
        "contents.altered",
        &["Not acceptable", "shelf.js"],
    );
}

#[test]
fn an_unsigned_one() {
    let delivery = Delivery::good();
    delivery.remove(&format!("delivered/{ARCHIVE}.sig"));
    fails(
        &delivery,
        "signature.artifact",
        &["Not acceptable", ARCHIVE],
    );
}

#[test]
fn one_signed_by_somebody_else() {
    let delivery = Delivery::good();
    delivery.sign(ARCHIVE, &Pair::p256());
    fails(
        &delivery,
        "signature.artifact",
        &["Not acceptable", ARCHIVE],
    );
}

#[test]
fn an_sbom_for_another_version() {
    let mut delivery = Delivery::good();
    delivery.sbom_version = "2.0.9";
    delivery.write();
    fails(
        &delivery,
        "sbom.product",
        &["Not acceptable", "2.0.9", "2.1.0", SBOM],
    );
}

#[test]
fn a_component_swapped() {
    let mut delivery = Delivery::good();
    let tendered = std::fs::read(delivery.scratch.path("agency/tendered.cdx.json")).unwrap();
    delivery.libraries = vec![("shelf-reader", "1.4.2"), ("title-indexer", "2.0.0")];
    delivery.write();
    delivery.scratch.write("agency/tendered.cdx.json", tendered);
    fails(
        &delivery,
        "change.tendered",
        &["Not acceptable", "title-index", SBOM],
    );
}

#[test]
fn a_component_missing() {
    let mut delivery = Delivery::good();
    delivery.listed = Some(delivery.files.clone());
    delivery.files.remove("connector/lib/shelf.js");
    delivery.write();
    fails(
        &delivery,
        "contents.missing",
        &["Not acceptable", "shelf.js", SBOM],
    );
}

#[test]
fn a_known_exploited_vulnerability() {
    let mut delivery = Delivery::good();
    delivery.libraries = vec![("shelf-reader", "1.4.0"), ("title-index", "2.0.0")];
    delivery.write();
    fails(
        &delivery,
        "advisory.exploited",
        &["Not acceptable", "CVE-2026-10001", "shelf-reader", SBOM],
    );
}

#[test]
fn a_vex_for_another_product() {
    let mut delivery = Delivery::good();
    delivery.libraries = vec![("shelf-reader", "1.4.2"), ("title-index", "1.8.0")];
    delivery.write();
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://supplier.example/vex/1",
        "author": "青葉システム株式会社", "timestamp": "2026-11-18T09:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-2026-10002"},
            "products": [{"@id": "pkg:generic/other-product@1.0.0"}],
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
            "impact_statement": "Titles are never run.", "timestamp": "2026-11-18T09:00:00Z",
        }],
    });
    delivery.deliver("connector.vex.json", vex.to_string().as_bytes());
    let manifest = std::fs::read_to_string(delivery.scratch.path("delivery.toml")).unwrap();
    let manifest = manifest + "\n[[vex]]\npath = \"connector.vex.json\"\n";
    delivery.scratch.write("delivery.toml", manifest);
    fails(&delivery, "advisory.vex", &["Not acceptable"]);
    let (_, report) = delivery.report(&[]);
    let told = report.to_string();
    assert!(told.contains("other-product"), "{report:#}");
}

#[test]
fn a_stale_feed() {
    let delivery = Delivery::good();
    delivery.feed("2026-10-01");
    is_open(&delivery, "advisory.feed", &["Could not judge"]);
}

#[test]
fn an_unreadable_sbom() {
    let delivery = Delivery::good();
    delivery.deliver(SBOM, b"{\"bomFormat\": \"CycloneDX\", \"specVersion\": ");
    is_open(&delivery, "sbom.readable", &["Could not judge", SBOM]);
}

#[test]
fn an_expired_exception() {
    let mut delivery = Delivery::good();
    delivery.libraries = vec![("shelf-reader", "1.4.2"), ("title-index", "1.8.0")];
    delivery.write();
    let exception = |expiry: &str| {
        format!(
            r#"schema = "mekiki/exception/v1"
id = "ex-1"
case = "shelf-2026"
criterion = "A19-2.integ.known-vulns"
requester = "業務所管課長"
examiner = "統括情報セキュリティ責任者"
approver = "最高情報セキュリティ責任者"
decision = "approved"
decided_on = "2026-10-05"
start = "2026-10-05"
expiry = "{expiry}"

[reason]
ja = "修正版の検証に時間を要する。"
en = "The fixed version is still being tested."

[compensating_measure]
ja = "索引機能を停止する。"
en = "The index is switched off."
"#
        )
    };
    let manifest = std::fs::read_to_string(delivery.scratch.path("delivery.toml")).unwrap();
    let manifest = manifest.replace(
        "requirements = ",
        "exceptions = [\"agency/exception.toml\"]\nrequirements = ",
    );
    delivery.scratch.write("delivery.toml", manifest);
    delivery
        .scratch
        .write("agency/exception.toml", exception("2026-12-31"));
    let (code, report) = delivery.report(&[]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["exceptions"][0]["state"], "in_force", "{report:#}");
    delivery
        .scratch
        .write("agency/exception.toml", exception("2026-11-10"));
    fails(
        &delivery,
        "requirement.exception",
        &["Not acceptable", "ex-1", "2026-11-10"],
    );
}

/// What may be missing: a file of the delivery or of the agency.
const EVIDENCE: [&str; 9] = [
    "delivered/connector-2.1.0.tar.gz",
    "delivered/connector-2.1.0.tar.gz.sig",
    "delivered/connector-2.1.0.tar.gz.intoto.jsonl",
    "delivered/connector.cdx.json",
    "delivered/connector.cdx.json.sig",
    "agency/signer.pub",
    "agency/tendered.cdx.json",
    "agency/requirements.json",
    "agency/products.toml",
];

/// Verifies without the files of a set; bit `i` of `set` removes the file `i`, the last bit the feed.
fn without(set: usize) -> (i32, Value) {
    let delivery = Delivery::good();
    for (index, name) in EVIDENCE.iter().enumerate() {
        if set >> index & 1 == 1 {
            delivery.remove(name);
        }
    }
    if set >> EVIDENCE.len() & 1 == 1 {
        std::fs::remove_dir_all(delivery.scratch.path("feed")).unwrap();
    }
    delivery.report(&[])
}

#[test]
fn missing_evidence_is_never_acceptable() {
    // Each alone, each pair, and all but one: the sets between them hold no other kind of absence.
    let kinds = EVIDENCE.len() + 1;
    let mut sets: Vec<usize> = (0..kinds).map(|one| 1 << one).collect();
    for first in 0..kinds {
        for second in first + 1..kinds {
            sets.push(1 << first | 1 << second);
        }
    }
    let all = (1 << kinds) - 1;
    sets.extend((0..kinds).map(|one| all & !(1 << one)));
    sets.push(all);
    for set in sets {
        let (code, report) = without(set);
        let headline = &report["headline"]["en"];
        assert!(code == 1 || code == 3, "{set:b}: {code} {headline}");
    }
}

#[test]
fn evidence_that_the_supplier_owes_fails_and_what_the_judge_needs_is_open() {
    let expected = [1, 1, 1, 1, 1, 3, 3, 3, 3, 3];
    for (index, expected) in expected.into_iter().enumerate() {
        let (code, report) = without(1 << index);
        assert_eq!(code, expected, "{index}: {}", report["headline"]["en"]);
    }
}

#[test]
fn a_reason_leaves_out_what_nobody_owes_and_nothing_that_the_contract_asks() {
    let delivery = Delivery::good();
    let add = |what: &str| {
        let manifest = std::fs::read_to_string(delivery.scratch.path("delivery.toml")).unwrap();
        let left_out = format!(
            "\n[[left_out]]\nwhat = \"{what}\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\n"
        );
        delivery
            .scratch
            .write("delivery.toml", manifest + &left_out);
    };
    add("provenance");
    let (code, report) = delivery.report(&[]);
    assert_eq!(code, 3, "{report:#}");
    let told = report["headline"]["en"].as_str().unwrap();
    assert!(told.contains("A19-2.integ.provenance/CL-17"), "{told}");
}

#[test]
fn the_same_delivery_gives_the_same_bytes() {
    let delivery = Delivery::good();
    let first = delivery.verify(&["--format", "json"]);
    let second = delivery.verify(&["--format", "json"]);
    assert_eq!(first.stdout, second.stdout);
    // Elsewhere, written in another order.
    let other = crate::binary::Scratch::new();
    let root = std::path::PathBuf::from(delivery.scratch.root());
    let mut paths = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.sort();
    for path in paths.iter().rev() {
        let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
        other.write(inside, std::fs::read(path).unwrap());
    }
    let arguments = ["verify", &other.root(), "--as-of", DAY, "--format", "json"];
    let elsewhere = crate::binary::mekiki(&arguments);
    assert_eq!(first.stdout, elsewhere.stdout);
}

#[test]
fn another_archive_of_the_same_files_is_another_artifact() {
    let delivery = Delivery::good();
    let mut files = BTreeMap::new();
    files.insert("connector/other.js", b"other".to_vec());
    files.extend(delivery.files.clone());
    delivery.deliver(ARCHIVE, &archive(&files));
    fails(&delivery, "contents.unlisted", &["Not acceptable"]);
}

#[test]
fn what_flags_say_is_kept_in_the_record_and_replayed() {
    let delivery = Delivery::good();
    let scratch = &delivery.scratch;
    scratch.edit("delivery.toml", "feed = \"feed\"\n", "");
    let feed = scratch.path("feed");
    let record = scratch.path("record.json");
    // A signer of the flags stands alone: this key signed nothing.
    let stranger = scratch.write("agency/stranger.pub", Pair::p256().public());
    let strange = delivery.verify(&["--feed", &feed, "--key", &stranger]);
    assert_eq!(strange.code, 1, "{strange:?}");
    let run = delivery.verify(&["--feed", &feed, "--record", &record]);
    assert_eq!(run.code, 0, "{run:?}");
    let evidence = scratch.root();
    let replay = ["record", "replay", &record, "--evidence", &evidence];
    let replayed = crate::binary::mekiki(&replay);
    assert_eq!(replayed.code, 0, "{replayed:?}");
    let kept = std::fs::read_to_string(&record).unwrap();
    assert!(!kept.contains(&evidence), "no path of this machine");
}
