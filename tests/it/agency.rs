//! The agency's registers, held against the demo tender as a running case, through the binary.

use std::fs;

use serde_json::{Value, json};

use crate::binary::{Run, Scratch, mekiki};

const DEMO: &str = "fixtures/tenders/document-cloud";
const CASE: &str = "cases/document-cloud";

const SYSTEM: &str = r#"schema = "mekiki/system/v1"
id = "document-cloud"
owner = "記録管理課"
officer = "情報システムセキュリティ責任者"
reviewed_on = "2026-07-01"
name = { ja = "文書管理システム", en = "document management system" }

[[information]]
name = { ja = "決裁文書", en = "decision documents" }
confidentiality = 2
integrity = 2
availability = 2
restrictions = ["no-redisclosure", "no-copy"]

[[contract]]
case = "document-cloud-2026"
supplier = "7999901000001"
product = "aoba-bunsho-connector"
version = "1.4.0"
service = "青葉文書クラウド"
from = "2026-12-01"
until = "2031-03-31"

[continuity]
recovery_time_hours = 8
"#;

const EXCEPTION: &str = r#"schema = "mekiki/exception/v1"
id = "EX-2026-01"
case = "document-cloud-2026"
criterion = "A19-3.cloud.ismap"
requester = "文書課 山田"
examiner = "統括情報セキュリティ責任者 鈴木"
approver = "最高情報セキュリティ責任者 佐藤"
decision = "approved"
decided_on = "2026-10-01"
start = "2026-10-10"
expiry = "2027-03-31"
review_on = "2027-01-31"
reason = { ja = "登録の審査中である。", en = "Registration is under examination." }
compensating_measure = { ja = "四半期ごとに監査報告書を確認する。", en = "The audit report is read every quarter." }
"#;

/// A house with the demo as its case, one system and its risk evaluation.
fn house() -> Scratch {
    let scratch = Scratch::new();
    let demo = Scratch::new();
    demo.copy(DEMO);
    fs::create_dir_all(scratch.path("cases")).unwrap();
    fs::rename(demo.root(), scratch.path(CASE)).unwrap();
    scratch.write("systems/document-cloud.toml", SYSTEM);
    let input = fs::read(scratch.path(&format!("{CASE}/tender.toml"))).unwrap();
    let digest = mekiki::digest::Digest::of(&input);
    scratch.write("risks/document-cloud.toml", risk(&digest.to_string()));
    scratch
}

fn risk(digest: &str) -> String {
    format!(
        "schema = \"mekiki/risk-evaluation/v1\"\nid = \"R-1\"\nsystem = \"document-cloud\"\nevaluated_on = \"2026-09-01\"\n\
         evaluated_by = \"情報システムセキュリティ責任者\"\nlikelihood = \"medium\"\nloss = \"high\"\n\
         conclusion = {{ ja = \"受容する。\", en = \"Accepted.\" }}\n[[input]]\nkind = \"assessment\"\nsha256 = \"{digest}\"\n"
    )
}

fn run(house: &Scratch, command: &str) -> Run {
    let root = house.root();
    mekiki(&[
        "agency",
        command,
        &root,
        "--as-of",
        "2026-11-20",
        "--format",
        "json",
    ])
}

/// The codes of the findings with their files.
fn findings(house: &Scratch) -> Vec<(String, String)> {
    let view = run(house, "check").json();
    let findings = view["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            (text("code"), text("file"))
        })
        .collect()
}

fn has(house: &Scratch, code: &str, file: &str) {
    let findings = findings(house);
    assert!(
        findings.contains(&(code.to_owned(), file.to_owned())),
        "no {code} at {file} in {findings:?}"
    );
}

#[test]
fn a_house_whose_registers_and_cases_agree_is_sound() {
    let house = house();
    let checked = run(&house, "check");
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.json()["findings"], json!([]));
    let systems = run(&house, "systems").json();
    let marking = json!({"confidentiality": 2, "integrity": 2, "availability": 2, "restrictions": ["no-copy", "no-redisclosure"]});
    assert_eq!(systems["systems"][0]["marking"], marking);
}

#[test]
fn an_sbom_without_a_system_is_an_orphan() {
    let house = house();
    house.edit(
        "systems/document-cloud.toml",
        "version = \"1.4.0\"",
        "version = \"1.3.0\"",
    );
    let sbom = format!("{CASE}/bids/aoba/sbom/aoba-bunsho-connector.cdx.json");
    has(&house, "sbom-without-system", &sbom);
    assert_eq!(run(&house, "check").code, 1);
    // Its digest is as good as name and version.
    let digest = mekiki::digest::Digest::of(&fs::read(house.path(&sbom)).unwrap());
    let line = format!("sboms = [\"sha256:{digest}\"]\nreviewed_on");
    house.edit("systems/document-cloud.toml", "reviewed_on", &line);
    assert_eq!(findings(&house), []);
    fs::remove_file(house.path("systems/document-cloud.toml")).unwrap();
    has(
        &house,
        "case-without-system",
        &format!("{CASE}/tender.toml"),
    );
    has(&house, "system-unknown", "risks/document-cloud.toml");
}

#[test]
fn each_disagreement_is_named_where_it_stands() {
    let system = "systems/document-cloud.toml";
    for (file, from, to, code, at) in [
        (
            system,
            "confidentiality = 2",
            "confidentiality = 1",
            "system-class-lower",
            system,
        ),
        (
            system,
            "availability = 2",
            "availability = 1",
            "system-class-lower",
            system,
        ),
        (
            system,
            "\"2026-07-01\"",
            "\"2025-07-01\"",
            "register-not-current",
            system,
        ),
        (
            system,
            "case = \"document-cloud-2026\"",
            "case = \"another\"",
            "contract-without-case",
            system,
        ),
        (
            "risks/document-cloud.toml",
            "2026-09-01",
            "2025-09-01",
            "risk-not-current",
            system,
        ),
        (
            "risks/document-cloud.toml",
            "sha256 = \"",
            "sha256 = \"0",
            "digest-malformed",
            "risks/document-cloud.toml",
        ),
    ] {
        let house = house();
        house.edit(file, from, to);
        has(&house, code, at);
    }
    let house = house();
    let other = mekiki::digest::Digest::of(b"something else").to_string();
    house.write("risks/document-cloud.toml", risk(&other));
    has(&house, "risk-input-missing", "risks/document-cloud.toml");
    fs::remove_file(house.path("risks/document-cloud.toml")).unwrap();
    has(&house, "risk-not-evaluated", system);
    house.write(system, format!("{SYSTEM}\n[extra]\nx = 1\n"));
    has(&house, "unknown-field", system);
    house.write(system, SYSTEM);
    house.write("systems/twice.toml", SYSTEM);
    has(&house, "register-repeated", "systems/twice.toml");
}

#[test]
fn an_exception_needs_three_people_one_criterion_and_an_end() {
    for (from, to, code) in [
        (
            "examiner = \"統括情報セキュリティ責任者 鈴木\"",
            "examiner = \"文書課 山田\"",
            "exception-people",
        ),
        (
            "approver = \"最高情報セキュリティ責任者 佐藤\"",
            "approver = \" 文書課 山田 \"",
            "exception-people",
        ),
        (
            "expiry = \"2027-03-31\"",
            "expiry = \"2026-10-09\"",
            "exception-expiry",
        ),
        ("expiry = \"2027-03-31\"\n", "", "missing-field"),
        (
            "criterion = \"A19-3.cloud.ismap\"",
            "criteria = [\"A19-3.cloud.ismap\", \"A19-3.cloud.location\"]",
            "exception-bulk",
        ),
        (
            "criterion = \"A19-3.cloud.ismap\"",
            "criterion = \"*\"",
            "exception-bulk",
        ),
        (
            "criterion = \"A19-3.cloud.ismap\"",
            "criterion = \"A19-3.cloud.ismop\"",
            "criterion-unknown",
        ),
        ("start =", "bid = \"nobody\"\nstart =", "bid-unknown"),
        ("start =", "renews = \"EX-0\"\nstart =", "exception-renewal"),
        (
            "expiry = \"2027-03-31\"",
            "expiry = \"2026-12-01\"",
            "exception-runs-out",
        ),
        (
            "review_on = \"2027-01-31\"",
            "review_on = \"2026-11-01\"",
            "exception-review",
        ),
    ] {
        let house = house();
        let text = EXCEPTION.replace(from, to);
        assert_ne!(text, EXCEPTION, "{from}");
        house.write("exceptions/ex.toml", text);
        has(&house, code, "exceptions/ex.toml");
    }
}

#[test]
fn the_report_of_exceptions_counts_renewals_and_age() {
    let house = house();
    house.write("exceptions/1.toml", EXCEPTION);
    let later = |id: &str, renews: &str, decided: &str, start: &str, expiry: &str| {
        EXCEPTION
            .replace(
                "id = \"EX-2026-01\"",
                &format!("id = \"{id}\"\nrenews = \"{renews}\""),
            )
            .replace(
                "decided_on = \"2026-10-01\"",
                &format!("decided_on = \"{decided}\""),
            )
            .replace("start = \"2026-10-10\"", &format!("start = \"{start}\""))
            .replace("expiry = \"2027-03-31\"", &format!("expiry = \"{expiry}\""))
    };
    house.edit(
        "exceptions/1.toml",
        "expiry = \"2027-03-31\"",
        "expiry = \"2026-10-20\"",
    );
    house.write(
        "exceptions/2.toml",
        later(
            "EX-2",
            "EX-2026-01",
            "2026-10-18",
            "2026-10-21",
            "2026-10-31",
        ),
    );
    house.write(
        "exceptions/3.toml",
        later("EX-3", "EX-2", "2026-10-30", "2026-11-01", "2027-10-31"),
    );
    has(&house, "exception-renewed-often", "exceptions/3.toml");
    let view = run(&house, "exceptions").json();
    let lines: Vec<_> = view["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["id"].clone(),
                one["state"].clone(),
                one["age_days"].clone(),
                one["renewals"].clone(),
            )
        })
        .collect();
    let line = |id: &str, state: &str, age: i64, renewals: i64| {
        (json!(id), json!(state), json!(age), json!(renewals))
    };
    assert_eq!(
        lines,
        [
            line("EX-2", "expired", 41, 1),
            line("EX-2026-01", "expired", 41, 0),
            line("EX-3", "in_force", 41, 2),
        ]
    );
    assert_eq!(view["exceptions"][0]["classes"]["confidentiality"], 2);
}

/// The verdict of a criterion for a bid of the case.
fn verdict(house: &Scratch, bid: &str, criterion: &str) -> Value {
    let run = mekiki(&[
        "assess",
        &house.path(CASE),
        "--bid",
        bid,
        "--format",
        "json",
    ]);
    let view = run.json();
    let verdicts = view["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|one| one["criterion"] == criterion);
    found
        .unwrap_or_else(|| panic!("{criterion} in {view}"))
        .clone()
}

#[test]
fn an_exception_beside_a_tender_waives_while_it_is_in_force_and_no_longer() {
    let house = house();
    let path = format!("{CASE}/agency/exception.toml");
    let place = "A19-3.cloud.location";
    let entry = EXCEPTION.replace("A19-3.cloud.ismap\"", &format!("{place}\""));
    // Minami keeps data abroad; what passes would need no waiver.
    let before = verdict(&house, "minami", place)["verdict"].clone();
    assert_eq!(before, "fail");
    for (from, to, expected) in [
        ("", "", json!("waived")),
        (
            "decision = \"approved\"",
            "decision = \"refused\"",
            before.clone(),
        ),
        (
            "decision = \"approved\"",
            "decision = \"revoked\"",
            before.clone(),
        ),
        (
            "expiry = \"2027-03-31\"",
            "expiry = \"2026-11-01\"",
            before.clone(),
        ),
        (
            "case = \"document-cloud-2026\"",
            "case = \"another\"",
            before.clone(),
        ),
        ("start =", "bid = \"aoba\"\nstart =", before.clone()),
        ("start =", "bid = \"minami\"\nstart =", json!("waived")),
    ] {
        house.write(&path, entry.replacen(from, to, 1));
        let view = verdict(&house, "minami", place);
        assert_eq!(view["verdict"], expected, "{from} → {to}");
        let cited = view["citations"]
            .to_string()
            .contains("agency/exception.toml");
        assert_eq!(cited, expected == "waived");
    }
}

fn fact(house: &Scratch, criterion: &str, key: &str) -> Vec<(Value, i64)> {
    let view = verdict(house, "aoba", criterion);
    let values = view["values"].as_array().unwrap();
    values
        .iter()
        .filter(|one| one["fact"] == key)
        .map(|one| (one["value"].clone(), one["proof_rank"].as_i64().unwrap()))
        .collect()
}

#[test]
fn the_inventory_entry_is_reconciled_by_machine() {
    let house = house();
    let (complete, key) = (
        "agency.inventory.entry_complete",
        "agency.inventory.entry_reconciled",
    );
    let path = format!("{CASE}/agency/system.toml");
    assert!(!fact(&house, "A19-1.scope.inventory", key).contains(&(json!(true), 6)));
    house.write(&path, SYSTEM);
    assert!(fact(&house, "A19-1.scope.inventory", complete).contains(&(json!(true), 6)));
    house.write(&path, SYSTEM.replace("2026-07-01", "2025-11-19"));
    assert!(fact(&house, "A19-1.scope.inventory", complete).contains(&(json!(false), 6)));
    for (from, to, expected) in [
        ("", "", Some(true)),
        ("version = \"1.4.0\"", "version = \"1.4.1\"", Some(false)),
        (
            "product = \"aoba-bunsho-connector\"",
            "product = \"other\"",
            Some(false),
        ),
        (
            "service = \"青葉文書クラウド\"",
            "service = \"別のクラウド\"",
            Some(false),
        ),
        (
            "supplier = \"7999901000001\"",
            "supplier = \"6999901000002\"",
            None,
        ),
    ] {
        house.write(&path, SYSTEM.replacen(from, to, 1));
        let facts = fact(&house, "A19-1.scope.inventory", key);
        let machine: Vec<_> = facts.into_iter().filter(|(_, rank)| *rank == 6).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|value| (json!(value), 6))
            .collect();
        assert_eq!(machine, expected, "{from} → {to}");
    }
}

const LOG: &str = r#"schema = "mekiki/disclosure-log/v1"
case = "document-cloud-2026"
bid = "aoba"
agreement_signed_on = "2026-11-01"
ended_on = "2026-11-10"
erasure_days = 5

[[disclosure]]
id = "D-1"
name = { ja = "設計書", en = "design documents" }
confidentiality = 2
integrity = 2
availability = 1
restrictions = ["no-copy"]
given_on = "2026-11-02"
medium = "file service"

[[disclosure]]
id = "D-2"
name = { ja = "公表資料", en = "published papers" }
confidentiality = 1
integrity = 1
availability = 1
restrictions = []
given_on = "2026-10-01"
medium = "mail"
"#;

const CERTIFICATE: &str = r#"schema = "mekiki/erasure-certificate/v1"
case = "document-cloud-2026"
certified_by = "青葉システム株式会社"

[[item]]
id = "D-1"
method = "overwriting"
medium = "SSD"
on = "2026-11-15"

[[item]]
id = "D-2"
method = "deletion"
medium = "mail server"
on = "2026-11-11"
"#;

/// A machine fact of the bid `aoba`, with the demo's files and others beside them.
fn machine_fact(files: &[(&str, &str)], key: &str) -> Option<String> {
    let mut demo = crate::demo::Demo::new();
    for (path, text) in files {
        demo = demo.with(path, *text);
    }
    let found = demo.establishment("aoba");
    let mut facts = found.facts.iter();
    let fact = facts.find(|fact| fact.key.as_str() == key && fact.rank.number() == 6);
    fact.map(|fact| fact.value.to_string())
}

#[test]
fn what_was_erased_is_held_against_what_was_given() {
    let log = "agency/disclosures.toml";
    let certificate = "bids/aoba/documents/erasure.toml";
    let complete = "contract.erasure.certificate_complete";
    let in_time = "contract.erasure.within_days";
    let agreement = "contract.nda.signed_before_disclosure";
    let with = |given: &str, erased: &str, key: &str| {
        machine_fact(&[(log, given), (certificate, erased)], key)
    };
    let yes = Some("true".to_owned());
    let no = Some("false".to_owned());
    assert_eq!(with(LOG, CERTIFICATE, complete), yes);
    assert_eq!(with(LOG, CERTIFICATE, in_time), yes);
    assert_eq!(with(LOG, CERTIFICATE, agreement), yes);
    let late = CERTIFICATE.replace("2026-11-15", "2026-11-16");
    assert_eq!(with(LOG, &late, in_time), no);
    let short = CERTIFICATE.replace("id = \"D-2\"", "id = \"D-9\"");
    assert_eq!(with(LOG, &short, complete), no);
    let open = LOG.replace("ended_on = \"2026-11-10\"\n", "");
    assert_eq!(with(&open, CERTIFICATE, in_time), None);
    // Published papers may be given before the agreement; confidential ones may not.
    let unsigned = LOG.replace("agreement_signed_on = \"2026-11-01\"\n", "");
    assert_eq!(with(&unsigned, CERTIFICATE, agreement), no);
    let later = LOG.replace("2026-11-01", "2026-11-03");
    assert_eq!(with(&later, CERTIFICATE, agreement), no);
    let of_another = LOG.replace("bid = \"aoba\"", "bid = \"minami\"");
    for key in [complete, in_time, agreement] {
        assert_eq!(with(&of_another, CERTIFICATE, key), None);
        // The supplier's own log is no record of the agency.
        let own = [
            ("bids/aoba/documents/log.toml", LOG),
            (certificate, CERTIFICATE),
        ];
        assert_eq!(machine_fact(&own, key), None);
    }
    assert_eq!(
        machine_fact(&[(log, LOG)], complete),
        None,
        "no certificate yet"
    );
}

#[test]
fn a_late_first_notice_refutes_what_was_said_and_agreed() {
    let clause = "schema = \"mekiki/agency-record/v1\"\nid = \"contract\"\nrecorded_on = \"2026-11-01\"\nrecorded_by = \"契約担当官\"\n\
                  title = { ja = \"契約\", en = \"contract\" }\n[[establishes]]\nkey = \"contract.incident.first_notice_hours\"\nvalue = 24\n";
    let incident = |received: &str| {
        format!(
            "schema = \"mekiki/incident/v1\"\nid = \"I-1\"\ncase = \"document-cloud-2026\"\nbid = \"aoba\"\nsuspected = true\n\
             title = {{ ja = \"不審な通信\", en = \"suspicious traffic\" }}\naware_at = \"2026-11-02T09:00:00+09:00\"\n{received}"
        )
    };
    for (received, expected) in [
        // The bidder itself says six hours.
        ("notice_received_at = \"2026-11-02T06:00:00Z\"\n", None),
        (
            "notice_received_at = \"2026-11-02T06:00:01Z\"\n",
            Some("7".to_owned()),
        ),
        ("", None),
    ] {
        let files = [
            ("agency/contract.toml", clause),
            ("agency/incident.toml", &incident(received)),
        ];
        let key = "contract.incident.first_notice_hours";
        assert_eq!(machine_fact(&files, key), expected, "{received}");
    }
}

#[test]
fn the_self_check_and_the_audit_bundle_tell_what_a_contract_lacks() {
    let house = house();
    let record = house.path("records/document-cloud.json");
    fs::create_dir_all(house.path("records")).unwrap();
    let evaluated = mekiki(&["tender", "evaluate", &house.path(CASE), "--record", &record]);
    assert_eq!(evaluated.code, 0, "{evaluated:?}");
    let check = run(&house, "self-check").json();
    let contracts = check["contracts"].as_array().unwrap();
    assert_eq!(contracts.len(), 1, "one bid is under contract");
    assert_eq!(contracts[0]["bid"], "aoba");
    let number = |key: &str| contracts[0][key].as_u64().unwrap();
    let waived = contracts[0]["waived"].as_array().unwrap().len() as u64;
    let lacking = contracts[0]["lacking"].as_array().unwrap().len() as u64;
    assert!(lacking > 0 && number("evidenced") > 0);
    assert_eq!(
        number("requirements"),
        number("evidenced") + waived + lacking
    );

    let bundle = house.root() + "-audit.zip";
    let root = house.root();
    let write = || {
        let run = mekiki(&[
            "agency",
            "audit",
            &root,
            "--as-of",
            "2026-11-20",
            "--output",
            &bundle,
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        fs::read(&bundle).unwrap()
    };
    let bytes = write();
    assert_eq!(bytes, write(), "the same house gives the same bytes");
    fs::remove_file(&bundle).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let audit: Value = serde_json::from_reader(archive.by_name("audit.json").unwrap()).unwrap();
    assert_eq!(
        audit["records"][0]["rebuilt"], "equal",
        "{}",
        audit["records"]
    );
    for file in audit["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let mut held = Vec::new();
        let mut member = archive.by_name(&format!("files/{path}")).unwrap();
        std::io::copy(&mut member, &mut held).unwrap();
        assert_eq!(
            file["sha256"],
            mekiki::digest::Digest::of(&held).to_string()
        );
    }
}

#[test]
fn a_case_that_cannot_be_judged_hides_no_other_finding() {
    let house = house();
    house.write(
        "cases/broken/tender.toml",
        "schema = \"mekiki/tender-file/v1\"\n",
    );
    house.edit(
        "systems/document-cloud.toml",
        "confidentiality = 2",
        "confidentiality = 1",
    );
    has(&house, "missing-field", "cases/broken/tender.toml");
    has(&house, "system-class-lower", "systems/document-cloud.toml");
    let empty = Scratch::new();
    empty.write("readme.md", "nothing");
    let run = mekiki(&["agency", "check", &empty.root(), "--format", "json"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.error()["error"]["code"], "agency-empty");
}
