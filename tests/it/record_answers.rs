//! The three answers on a record, and the records of single assessments.

use std::fs;

use serde_json::Value;

use crate::binary::{DEMO, Run, Scratch, mekiki};
use crate::signing_keys::Pair;

struct Desk {
    scratch: Scratch,
}

impl Desk {
    /// The record of the demo tender, or of one bid of it, signed as itself and as a statement.
    fn new(bid: Option<&str>) -> Self {
        let desk = Self {
            scratch: Scratch::new(),
        };
        let pair = Pair::ed25519();
        fs::write(desk.path("key.pem"), pair.private()).unwrap();
        fs::write(desk.path("key.pub"), pair.public()).unwrap();
        fs::write(desk.path("other.pub"), Pair::ed25519().public()).unwrap();
        let record = desk.path("record.json");
        let call = match bid {
            None => vec!["tender", "evaluate", DEMO, "--record", &record],
            Some(bid) => vec!["assess", DEMO, "--bid", bid, "--record", &record],
        };
        let run = mekiki(&call);
        assert!(fs::exists(&record).unwrap(), "{run:?}");
        for (more, to) in [
            (&[][..], "plain.json"),
            (&["--statement"], "statement.json"),
        ] {
            let (key, to) = (desk.path("key.pem"), desk.path(to));
            let call = ["record", "sign", &record, "--key", &key, "-o", &to];
            let run = mekiki(&[&call[..], more].concat());
            assert_eq!(run.code, 0, "{run:?}");
        }
        desk
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.scratch.root())
    }

    fn verify(&self, file: &str, key: Option<&str>, evidence: Option<&str>) -> Run {
        let file = self.path(file);
        let mut call = vec!["record", "verify", &file, "--format", "json"];
        let key = key.map(|key| self.path(key));
        call.extend(key.iter().flat_map(|key| ["--key", key]));
        call.extend(evidence.iter().flat_map(|folder| ["--evidence", *folder]));
        mekiki(&call)
    }
}

fn answers(run: &Run) -> (i32, [String; 3]) {
    let view = run.json();
    let answer = |key: &str| view[key].as_str().unwrap().to_owned();
    (run.code, ["signature", "inputs", "rebuilt"].map(answer))
}

fn expect(run: &Run, code: i32, expected: [&str; 3]) {
    assert_eq!(answers(run), (code, expected.map(str::to_owned)), "{run:?}");
}

/// Copies a folder, but for files that are left out.
fn copy(from: &str, to: &str, is_left_out: &dyn Fn(&str) -> bool) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path().to_str().unwrap().to_owned();
        let target = format!("{to}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            copy(&path, &target, is_left_out);
        } else if !is_left_out(&path) {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn three_answers_are_told_apart() {
    for bid in [None, Some("minami")] {
        let desk = Desk::new(bid);
        for file in ["plain.json", "statement.json"] {
            let (right, wrong) = (Some("key.pub"), Some("other.pub"));
            let all = Some(DEMO);
            expect(
                &desk.verify(file, right, all),
                0,
                ["verified", "all_present", "equal"],
            );
            expect(
                &desk.verify(file, wrong, all),
                1,
                ["failed", "all_present", "equal"],
            );
            // What nobody asked about is neither good nor bad.
            expect(
                &desk.verify(file, right, None),
                0,
                ["verified", "not_checked", "not_checked"],
            );
            expect(
                &desk.verify(file, wrong, None),
                1,
                ["failed", "not_checked", "not_checked"],
            );
            expect(
                &desk.verify(file, None, all),
                0,
                ["not_checked", "all_present", "equal"],
            );
        }
        expect(
            &desk.verify("record.json", None, Some(DEMO)),
            0,
            ["not_checked", "all_present", "equal"],
        );
        let missing = desk.path("missing");
        copy(DEMO, &missing, &|path| path.ends_with("ismap-minami.toml"));
        let run = desk.verify("plain.json", Some("key.pub"), Some(&missing));
        expect(&run, 1, ["verified", "missing", "not_checked"]);
        let view = run.json();
        assert_eq!(view["missing_inputs"].as_array().unwrap().len(), 1);
        assert_eq!(
            view["missing_inputs"][0]["path"],
            "registry/ismap-minami.toml"
        );
        assert_eq!(view["not_rebuilt"]["code"], "evidence-missing");
    }
}

#[test]
fn a_record_that_says_something_else_is_rebuilt_differently() {
    for (bid, pointer) in [
        (None, "/tender/bids/0/assessment/score/low"),
        (Some("minami"), "/assessment/score/low"),
    ] {
        let desk = Desk::new(bid);
        let text = fs::read_to_string(desk.path("record.json")).unwrap();
        let at = text.rfind("\"score\":{\"high\":").unwrap();
        let (before, after) = match bid {
            Some(_) => text.split_at(at),
            None => text.split_at(text.find("\"score\":{\"high\":").unwrap()),
        };
        let low = after
            .split("\"low\":\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let from = format!("\"low\":\"{low}\"");
        let changed = format!("{before}{}", after.replacen(&from, "\"low\":\"46\"", 1));
        assert_ne!(changed, text);
        fs::write(desk.path("record.json"), changed).unwrap();
        let run = desk.verify("record.json", None, Some(DEMO));
        expect(&run, 1, ["not_checked", "all_present", "different"]);
        assert_eq!(
            run.json()["first_difference"]["pointer"],
            pointer,
            "{run:?}"
        );
    }
}

#[test]
fn what_was_asked_and_could_not_be_tried_is_no_pass() {
    let desk = Desk::new(Some("aoba"));
    // A record whose tender cannot be opened: an input that is no tender file stands for it.
    let text = fs::read_to_string(desk.path("record.json")).unwrap();
    let changed = text.replace("\"path\":\"tender.toml\"", "\"path\":\"agency/other.toml\"");
    assert_ne!(changed, text);
    fs::write(desk.path("record.json"), changed).unwrap();
    let run = desk.verify("record.json", None, Some(DEMO));
    expect(&run, 3, ["not_checked", "all_present", "not_checked"]);
    assert_eq!(run.json()["not_rebuilt"]["code"], "tender-missing");
    let file = desk.path("record.json");
    let run = mekiki(&[
        "record",
        "verify",
        &file,
        "--evidence",
        DEMO,
        "--lang",
        "ja",
    ]);
    assert_eq!(run.code, 3);
    for line in ["署名: 未検証", "入力ファイル: ", "再現: 未確認"] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    // Nothing asked is a wrong call.
    assert_eq!(mekiki(&["record", "verify", &file]).code, 2);
}

#[test]
fn the_record_of_a_bid_names_and_needs_no_other_bidder() {
    let desk = Desk::new(Some("aoba"));
    let text = fs::read_to_string(desk.path("record.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(record["schema"], "mekiki/assessment-record/v1");
    let inputs = record["inputs"].as_array().unwrap().iter();
    let paths: Vec<_> = inputs.map(|one| one["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"tender.toml") && paths.contains(&"bids/aoba/answers.toml"));
    assert!(
        !paths
            .iter()
            .any(|path| path.starts_with("bids/minami") || path.starts_with("bids/hokuto"))
    );
    let alone = desk.path("alone");
    copy(DEMO, &alone, &|path| {
        path.contains("bids/minami") || path.contains("bids/hokuto")
    });
    expect(
        &desk.verify("statement.json", Some("key.pub"), Some(&alone)),
        0,
        ["verified", "all_present", "equal"],
    );
    let file = desk.path("record.json");
    let run = mekiki(&["record", "replay", &file, "--evidence", &alone]);
    assert_eq!(run.code, 0, "{run:?}");
    // A tender is judged again as a whole.
    let run = mekiki(&[
        "reassess",
        &file,
        "--evidence",
        DEMO,
        "--as-of",
        "2027-01-01",
    ]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("record-malformed"), "{run:?}");
}

#[test]
fn a_statement_speaks_of_the_inputs_and_holds_the_record() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let desk = Desk::new(None);
    let envelope = fs::read_to_string(desk.path("statement.json")).unwrap();
    let envelope: Value = serde_json::from_str(&envelope).unwrap();
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = BASE64_STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    let record: Value =
        serde_json::from_slice(&fs::read(desk.path("record.json")).unwrap()).unwrap();
    assert_eq!(statement["predicate"], record);
    let subjects = statement["subject"].as_array().unwrap();
    assert_eq!(subjects.len(), record["inputs"].as_array().unwrap().len());
    // Any tool that verifies attestations can be asked about one of the inputs.
    let (input, key) = (format!("{DEMO}/tender.toml"), desk.path("key.pub"));
    let file = desk.path("statement.json");
    let run = mekiki(&[
        "signature",
        "verify",
        &input,
        "--signature",
        &file,
        "--key",
        &key,
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    // A statement about other subjects is no record, whoever signed it.
    let mut other = statement.clone();
    other["subject"].as_array_mut().unwrap().pop();
    let mut swapped = envelope.clone();
    swapped["payload"] = BASE64_STANDARD.encode(other.to_string()).into();
    fs::write(desk.path("swapped.json"), swapped.to_string()).unwrap();
    let run = desk.verify("swapped.json", Some("key.pub"), None);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.error()["error"]["code"], "record-malformed");
}
