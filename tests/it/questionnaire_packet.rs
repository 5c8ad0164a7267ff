//! The packet: what goes out, the form in a browser, what comes back, and every alteration on the way.

#![expect(clippy::string_slice, reason = "a test may panic")]

use std::process::Command;

use base64::Engine as _;
use mekiki::app::library::Library;
use mekiki::app::questionnaire_receive::{ReceiveRequest, receive};
use mekiki::app::questionnaire_send::{sign_answers, write_packet};
use mekiki::digest::Digest;
use mekiki::document::questionnaire::packet::{self, Manifest};
use mekiki::document::questionnaire::receipt::Receipt;
use mekiki::document::questionnaire::{form, workbook};
use mekiki::evidence::questionnaire::seal;
use mekiki::evidence::signature::Material;
use mekiki::questionnaire::sending::{Languages, Sending};
use mekiki::time::{end_of_day, parse_day};
use serde_json::{Value, json};

use crate::corpus::say;
use crate::questionnaire_sample::{dated, enter, fill, members, questionnaire, sending, zipped};
use crate::signing_keys::Pair;

/// What somebody does to a sheet of answers.
type Hand = fn(&mut Value);

fn library() -> Library {
    let mut library = Library::open(None).unwrap();
    let sample = questionnaire();
    library.questionnaires.insert(sample.id.clone(), sample);
    library
}

fn material<'a>(name: &'a str, bytes: &'a [u8]) -> Material<'a> {
    Material { name, bytes }
}

fn received(library: &Library, sent: &[u8], name: &str, bytes: &[u8], keys: &[&[u8]]) -> Receipt {
    let request = ReceiveRequest {
        received: material(name, bytes),
        sent: material("packet.zip", sent),
        keys: keys.iter().map(|key| material("key.pem", key)).collect(),
        agency_keys: Vec::new(),
        at: end_of_day(parse_day("2026-11-26").unwrap()),
    };
    receive(library, &request).unwrap()
}

/// The messages of what was found to be altered.
fn altered(receipt: &Receipt) -> Vec<String> {
    let findings = receipt.checks.iter().flat_map(|check| &check.findings);
    findings
        .filter(|one| one.code == "tampering-found")
        .map(ToString::to_string)
        .collect()
}

fn answers(sending: &Sending<'_>) -> Value {
    let questionnaire = sending.questionnaire;
    seal::seal(json!({
        "schema": "mekiki/answers/v1",
        "questionnaire": questionnaire.id,
        "questionnaire_version": questionnaire.version,
        "questionnaire_digest": format!("sha256:{}", questionnaire.digest.hex()),
        "answered_on": "2026-11-10",
        "supplier": "株式会社見本",
        "questions": mekiki::questionnaire::change::fingerprints(questionnaire),
        "answers": {
            "remote": {"value": "yes", "note": "VPNのみ", "documents": ["a.pdf", "b.pdf"]},
            "days": {"value": 30},
        },
    }))
}

#[test]
fn a_packet_is_the_same_twice_and_its_manifest_names_every_file() {
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Both);
    let packet = write_packet(&sending, None).unwrap();
    assert!(packet == write_packet(&sending, None).unwrap());
    let files = members(&packet);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "manifest.json",
            "README.en.txt",
            "README.ja.txt",
            "form.html",
            "questionnaire.json",
            "questionnaire.xlsx"
        ]
    );
    let manifest = Manifest::read(&files[0].1).unwrap();
    for (name, bytes) in &files[1..] {
        assert_eq!(
            manifest.digest(name),
            Some(Digest::of(bytes).hex().as_str()),
            "{name}"
        );
    }
    assert_eq!(
        manifest.questionnaire.digest,
        format!("sha256:{}", questionnaire.digest.hex())
    );
    assert_eq!(Digest::of(&files[4].1), questionnaire.digest);
    let marking = &manifest.tender.unwrap()["marking"];
    assert_eq!(marking["confidentiality"], 2);
    assert_eq!(
        marking["restrictions"],
        json!(["no-copy", "no-redisclosure"])
    );
    for (name, bytes) in &files {
        if name.ends_with("ja.txt") || name == "form.html" {
            assert!(
                String::from_utf8_lossy(bytes).contains("複製禁止"),
                "{name}"
            );
        }
    }
}

#[test]
fn answers_that_came_back_whole_pass_every_check_that_can_be_made() {
    let library = library();
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let packet = write_packet(&sending, None).unwrap();
    let sheet = answers(&sending).to_string();
    let receipt = received(&library, &packet, "answers.json", sheet.as_bytes(), &[]);
    assert_eq!(altered(&receipt), [] as [&str; 0]);
    let passed: Vec<_> = receipt
        .checks
        .iter()
        .map(|check| (check.name, check.passed))
        .collect();
    assert_eq!(
        passed,
        [
            ("receipt-check-packet", Some(true)),
            ("receipt-check-agency-signature", None),
            ("receipt-check-questionnaire", Some(true)),
            ("receipt-check-questions", Some(true)),
            ("receipt-check-answers", Some(true)),
            ("receipt-check-signature", None),
        ]
    );
    let set = receipt.answers.unwrap();
    assert_eq!(set.answers.len(), 2);
    let documents = |id: &str| {
        let answer = set.answers.iter().find(|one| one.question == id);
        answer.unwrap().documents.len()
    };
    assert_eq!([documents("remote"), documents("days")], [2, 0]);
    // The manifest alone is enough to know what was sent.
    let manifest = &members(&packet)[0].1;
    let receipt = received(&library, manifest, "answers.json", sheet.as_bytes(), &[]);
    assert!(!receipt.is_altered());
}

#[test]
fn every_alteration_is_found_and_named() {
    let library = library();
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let packet = write_packet(&sending, None).unwrap();
    let whole = answers(&sending);
    let hands: [(&str, Hand); 5] = [
        ("`remote` was altered", |sheet| {
            sheet["answers"]["remote"]["value"] = json!("no");
        }),
        ("`days` was altered", |sheet| {
            sheet["answers"]["days"]["value"] = json!(3);
        }),
        ("`tls` was added", |sheet| {
            sheet["answers"]["tls"] = json!({"value": ["1.3"]});
        }),
        ("one was added or removed", |sheet| {
            sheet["answered_on"] = json!("2026-11-12");
        }),
        ("question `days`", |sheet| {
            sheet["questions"]["days"]["text"] = json!("0123456789abcdef");
        }),
    ];
    for (expected, hand) in hands {
        let mut sheet = whole.clone();
        hand(&mut sheet);
        let receipt = received(
            &library,
            &packet,
            "answers.json",
            sheet.to_string().as_bytes(),
            &[],
        );
        let found = altered(&receipt);
        assert!(
            found.iter().any(|one| one.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    // Answers to another questionnaire, sealed as well as ours.
    let mut other = whole.clone();
    other["questionnaire_digest"] = json!(format!("sha256:{}", "0".repeat(64)));
    let receipt = received(
        &library,
        &packet,
        "answers.json",
        seal::seal(other).to_string().as_bytes(),
        &[],
    );
    assert!(
        altered(&receipt)
            .iter()
            .any(|one| one.contains("sent was sample")),
        "{:?}",
        altered(&receipt)
    );
    // The packet that was sent, altered file by file.
    let files = members(&packet);
    for index in 1..files.len() {
        let mut files = files.clone();
        files[index].1.push(b' ');
        let receipt = received(
            &library,
            &zipped(&files),
            "answers.json",
            whole.to_string().as_bytes(),
            &[],
        );
        let found = altered(&receipt);
        assert!(
            found.iter().any(|one| one.starts_with(&files[index].0)),
            "{}: {found:?}",
            files[index].0
        );
    }
    // A packet that came back with the answers, and another form or manifest in it.
    for index in [0, 3] {
        let mut files = files.clone();
        files[index].1.push(b'\n');
        files.push(("answers.json".to_owned(), whole.to_string().into_bytes()));
        let receipt = received(&library, &packet, "back.zip", &zipped(&files), &[]);
        let found = altered(&receipt);
        assert!(
            found.iter().any(|one| one.starts_with(&files[index].0)),
            "{found:?}"
        );
    }
    let mut files = files;
    files.push(("answers.json".to_owned(), whole.to_string().into_bytes()));
    let receipt = received(&library, &packet, "back.zip", &zipped(&files), &[]);
    assert_eq!(altered(&receipt), [] as [&str; 0]);
}

#[test]
fn a_workbook_whose_questions_were_altered_is_found_out_and_one_that_was_filled_in_is_not() {
    let library = library();
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Both);
    let packet = write_packet(&sending, None).unwrap();
    let blank = workbook::write(&sending).unwrap();
    let filled = fill(&sending, 9);
    let mut entries = filled.entries.clone();
    entries.push(dated(&blank, parse_day("2026-11-10").unwrap()));
    let bytes = enter(&blank, &entries);
    let receipt = received(&library, &packet, "q.xlsx", &bytes, &[]);
    assert_eq!(altered(&receipt), [] as [&str; 0]);
    assert_eq!(
        receipt.answers.as_ref().unwrap().answers.len(),
        filled.responses.len()
    );
    let mut parts = members(&bytes);
    for (name, bytes) in &mut parts {
        if name == "xl/sharedStrings.xml" {
            let text = String::from_utf8(std::mem::take(bytes)).unwrap();
            assert!(text.contains("遠隔アクセスを認めるか。"));
            *bytes = text
                .replace("遠隔アクセスを認めるか。", "遠隔アクセスを管理するか。")
                .into_bytes();
        }
    }
    let receipt = received(&library, &packet, "q.xlsx", &zipped(&parts), &[]);
    let found = altered(&receipt);
    assert!(
        found
            .iter()
            .any(|one| one.contains("`remote`") && one.contains("管理するか")),
        "{found:?}"
    );
}

#[test]
fn a_signature_over_the_answers_says_who_answered() {
    let library = library();
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let packet = write_packet(&sending, None).unwrap();
    let sheet = answers(&sending).to_string();
    let (own, other) = (Pair::ed25519(), Pair::ed25519());
    let (private, public, stranger) = (own.private(), own.public(), other.public());
    let signed = sign_answers(
        material("answers.json", sheet.as_bytes()),
        material("key.pem", &private),
    )
    .unwrap();
    let check = |bytes: &str, key: &[u8]| {
        let receipt = received(
            &library,
            &packet,
            "answers.dsse.json",
            bytes.as_bytes(),
            &[key],
        );
        receipt
            .checks
            .iter()
            .find(|one| one.name == "receipt-check-signature")
            .unwrap()
            .passed
    };
    assert_eq!(check(&signed, &public), Some(true));
    assert_eq!(check(&signed, &stranger), Some(false));
    assert_eq!(
        check(&sheet, &public),
        Some(false),
        "what is not signed at all"
    );
    // The digests can be computed anew; the signature cannot.
    let mut forged = answers(&sending);
    forged["answers"]["remote"]["value"] = json!("no");
    let forged = seal::seal(forged).to_string();
    let mut envelope: Value = serde_json::from_str(&signed).unwrap();
    envelope["payload"] = json!(base64::engine::general_purpose::STANDARD.encode(forged));
    let receipt = received(
        &library,
        &packet,
        "answers.dsse.json",
        envelope.to_string().as_bytes(),
        &[&public],
    );
    let failed: Vec<_> = receipt
        .checks
        .iter()
        .filter(|one| one.passed == Some(false))
        .map(|one| one.name)
        .collect();
    assert_eq!(failed, ["receipt-check-signature"]);
}

/// Opens a page in a browser without a screen and gives what the page is after its scripts; `None` where there is none.
fn browse(page: &str) -> Option<String> {
    if Command::new("chromium").arg("--version").output().is_err() {
        let absent = "there is no chromium (Debian: chromium)";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
        say(&format!("{absent}; the form was not opened in a browser"));
        return None;
    }
    let scratch = crate::binary::Scratch::new();
    let file = scratch.write("form.html", page);
    let run = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=20000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", scratch.path("profile")))
        .arg(format!(
            "file://{}",
            std::fs::canonicalize(file).unwrap().display()
        ))
        .output()
        .unwrap();
    Some(String::from_utf8_lossy(&run.stdout).into_owned())
}

/// A copy of the form whose policy lets the driver of this test in, and which shows what it hands out.
fn driven(page: &str, driver: &str) -> String {
    let policy = page.find("<meta http-equiv").unwrap();
    let end = policy + page[policy..].find('>').unwrap() + 1;
    let hook = r#"<script>
      const handed = [], pending = [];
      const until = async (test) => { while (!test()) await new Promise((done) => setTimeout(done, 20)); };
      URL.createObjectURL = (blob) => { pending.push(blob.text().then((text) => handed.push(text))); return "about:blank#handed"; };
      HTMLAnchorElement.prototype.click = () => {};
      const set = (element, value) => { element.value = value; element.dispatchEvent(new Event("input", { bubbles: true })); element.dispatchEvent(new Event("change", { bubbles: true })); };
      const at = (id) => document.getElementById("question-" + id);
      const field = (id) => at(id).querySelector(".control input, .control textarea");
      const choose = (id, word) => at(id).querySelector('input[value="' + word + '"]').click();
    </script>"#;
    let driver = format!(
        r#"<script>(async () => {{ try {{ {driver} }} catch (error) {{ handed.push("error: " + error.stack); }}
        await Promise.all(pending);
        const out = document.createElement("pre"); out.id = "handed";
        out.textContent = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(handed)))); document.body.append(out); }})();</script>"#
    );
    format!("{}{}{hook}{}", &page[..policy], "", &page[end..])
        .replace("</body>", &format!("{driver}</body>"))
}

/// What the form handed out.
fn handed(page: &str, driver: &str) -> Option<Vec<String>> {
    let dom = browse(&driven(page, driver))?;
    let encoded = dom
        .split("<pre id=\"handed\">")
        .nth(1)
        .unwrap_or_else(|| panic!("no result: {dom:.2000}"));
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded.split('<').next().unwrap())
        .unwrap();
    Some(serde_json::from_slice(&bytes).unwrap())
}

const ANSWER_ALL: &str = r#"
  set(document.getElementById("supplier"), "株式会社見本");
  set(document.getElementById("answered-on"), "2026-11-10");
  choose("remote", "partial");
  set(at("remote").querySelector(".note"), "保守のみ & <一部>");
  set(at("remote").querySelector(".documents"), "規程.pdf\n別紙.pdf");
  choose("remote-mfa", "yes");
  choose("tls", "1.2");
  choose("regimes", "isms");
  choose("regimes", "soc2");
  set(field("isms-until"), "2027-03-31");
  set(field("days"), "３０");
  set(field("places"), "us, JP");
  at("subcontractors").querySelector(".add").click();
  for (const [column, value] of [["name", "甲社"], ["number", "7000012050002"], ["country", "jp"], ["people", "3"], ["since", "2025-04-01"], ["agreed", "yes"], ["tier", "further"]])
    set(at("subcontractors").querySelector('[data-column="' + column + '"]'), value);
  set(field("explain"), "定期点検\n年1回");
  set(field("chart"), "体制図.pdf");
"#;

#[test]
fn the_form_works_from_disk_and_its_answers_are_bound_and_readable() {
    let library = library();
    let questionnaire = questionnaire();
    for languages in [Languages::Ja, Languages::En] {
        let sending = sending(&questionnaire, languages);
        let page = form::write(&sending);
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("eval("));
        let driver = format!(
            "{ANSWER_ALL} document.getElementById('language').click(); document.getElementById('export').click();"
        );
        let Some(handed) = handed(&page, &driver) else {
            return;
        };
        let [sheet] = handed.as_slice() else {
            panic!("{handed:?}");
        };
        let packet = packet::pack(&packet::files(&sending).unwrap()).unwrap();
        let receipt = received(&library, &packet, "answers.json", sheet.as_bytes(), &[]);
        assert_eq!(altered(&receipt), [] as [&str; 0]);
        let passed: Vec<_> = receipt
            .checks
            .iter()
            .filter_map(|check| check.passed)
            .collect();
        assert_eq!(passed, [true; 4], "{:?}", receipt.checks);
        let set = receipt.answers.unwrap();
        let found: serde_json::Map<_, _> = set
            .answers
            .iter()
            .map(|one| (one.question.clone(), json!(one.response)))
            .collect();
        assert_eq!(
            Value::Object(found),
            json!({
                "remote": "partial", "remote-mfa": "yes", "tls": ["1.2"], "regimes": ["isms", "soc2"], "isms-until": "2027-03-31",
                "days": 30, "places": ["JP", "US"], "explain": "定期点検\n年1回", "chart": ["体制図.pdf"],
                "subcontractors": [{"name": "甲社", "number": "7000012050002", "country": "JP", "people": 3, "since": "2025-04-01", "agreed": "yes", "tier": "further"}],
            })
        );
        let remote = set
            .answers
            .iter()
            .find(|one| one.question == "remote")
            .unwrap();
        assert_eq!(remote.note.as_deref(), Some("保守のみ & <一部>"));
        assert_eq!(remote.documents.len(), 2);
        assert_eq!(set.answered_on, parse_day("2026-11-10"));
    }
}

#[test]
fn the_form_refuses_what_is_wrong_and_keeps_a_draft() {
    let questionnaire = questionnaire();
    let page = form::write(&sending(&questionnaire, Languages::Ja));
    // A number out of range, a corporate number with a wrong check digit, a partial answer without a remark.
    for wrong in [
        "set(field('days'), '10000');",
        "set(at('subcontractors').querySelector('[data-column=\"number\"]'), '7000012050003');",
        "set(at('remote').querySelector('.note'), '');",
        "set(document.getElementById('answered-on'), '');",
        "set(field('places'), 'Japan');",
    ] {
        let driver = format!(
            "{ANSWER_ALL} {wrong} document.getElementById('export').click(); handed.push(String(document.getElementById('summary').hidden));"
        );
        let Some(handed) = handed(&page, &driver) else {
            return;
        };
        assert_eq!(handed, ["false"], "{wrong}");
    }
    let driver = format!(
        r#"{ANSWER_ALL} document.getElementById("save").click(); await until(() => handed.length === 1);
        const saved = document.getElementById("told").textContent;
        const transfer = new DataTransfer(); transfer.items.add(new File([handed[0]], "draft.json"));
        choose("remote", "no"); set(field("explain"), "");
        const input = document.querySelector(".load input"); input.files = transfer.files; input.dispatchEvent(new Event("change"));
        await until(() => document.getElementById("told").textContent !== saved); handed.length = 0; document.getElementById("export").click();"#
    );
    let handed = handed(&page, &driver).unwrap();
    let sheet: Value = serde_json::from_str(&handed[0]).unwrap();
    assert_eq!(sheet["answers"]["remote"]["value"], "partial");
    assert_eq!(sheet["answers"]["explain"]["value"], "定期点検\n年1回");
    assert_eq!(seal::alterations(&sheet), []);
}

#[test]
fn the_policy_of_the_form_admits_its_own_script_and_no_other() {
    let questionnaire = questionnaire();
    let page = form::write(&sending(&questionnaire, Languages::En));
    let planted = page.replace(
        "</body>",
        "<script>document.body.append('planted');</script></body>",
    );
    let Some(dom) = browse(&planted) else {
        return;
    };
    assert!(
        dom.contains("question-subcontractors"),
        "the form's own script did not run"
    );
    assert!(
        !dom.contains(">planted")
            && !dom.contains("\nplanted")
            && dom.matches("planted").count() == 1,
        "a strange script ran"
    );
}

#[test]
fn what_was_not_asked_is_not_answered_and_what_was_carried_over_keeps_its_day() {
    let questionnaire = questionnaire();
    let mut sending = sending(&questionnaire, Languages::Ja);
    let previous =
        mekiki::evidence::questionnaire::read_answers(answers(&sending).to_string().as_bytes())
            .unwrap()
            .0;
    let set = mekiki::questionnaire::structured::read_sheet(&previous, &questionnaire);
    sending.carried =
        mekiki::questionnaire::carry::carry(&questionnaire, &set, parse_day("2027-01-01").unwrap());
    assert_eq!(sending.carried.len(), 2);
    let page = form::write(&sending);
    let driver = r#"
      set(document.getElementById("supplier"), "s"); set(document.getElementById("answered-on"), "2027-01-01");
      choose("remote-mfa", "yes"); choose("remote", "no"); set(at("remote").querySelector(".reason"), "廃止した");
      document.getElementById("export").click();
      await Promise.all(pending);
      set(at("remote").querySelector(".reason"), ""); document.getElementById("export").click();
      handed.push(String(document.getElementById("summary").hidden));"#;
    let Some(handed) = handed(&page, driver) else {
        return;
    };
    let sheet: Value = serde_json::from_str(&handed[0]).unwrap();
    let mut keys: Vec<_> = sheet["answers"].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["days", "remote"],
        "remote-mfa is not asked after a no"
    );
    assert_eq!(sheet["answers"]["days"]["carried_from"], "2026-11-10");
    assert_eq!(sheet["answers"]["remote"].get("carried_from"), None);
    assert_eq!(sheet["answers"]["remote"]["reason_for_change"], "廃止した");
    assert_eq!(
        handed[1..],
        ["false".to_owned()],
        "a change without a reason is refused"
    );
}
