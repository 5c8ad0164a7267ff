//! What of a verdict is kept: the record, replayed to the byte, and the verification summary, read back.

use std::fs;

use mekiki::evidence::attestation::{Predicate, predicate, statement};

use super::provenance::{at_release, attested, built};
use super::*;
use crate::signing_keys::Pair;

/// A delivery that is signed and built as agreed.
fn desk(authority: &Authority) -> Desk {
    let mut desk = Desk::new().asking("provenance");
    let bundle = authority
        .signer(SIGNER, ISSUER, signed_at())
        .sign_blob(ARTIFACT);
    desk.deliver("app.tgz.sigstore.json", bundle);
    desk.deliver(
        "app.tgz.intoto.jsonl",
        attested(authority, &built(&at_release(), "github.com/aoba/app")),
    );
    desk.artifact(&["app.tgz.sigstore.json"], &["app.tgz.intoto.jsonl"]);
    desk.sigstore(authority);
    desk.table("[build]\nsource = \"github.com/aoba/app\"\n[product]\nname = \"書架 app\"\nversion = \"1.2.3\"");
    desk
}

/// Runs a command on files beside the delivery.
fn run(arguments: &[&str]) -> Run {
    mekiki(&[arguments, &["--format", "json"]].concat())
}

#[test]
fn a_record_is_signed_verified_and_replayed_to_the_byte() {
    let authority = Authority::new();
    let desk = desk(&authority);
    let out = Scratch::new();
    let pair = Pair::ed25519();
    let (private, public) = (
        out.write("key.pem", pair.private()),
        out.write("key.pub", pair.public()),
    );
    let (record, again) = (out.path("record.json"), out.path("again.json"));
    let first = desk.run(&[
        "--record",
        &record,
        "--sign-key",
        &private,
        "--format",
        "json",
    ]);
    desk.run(&["--record", &again]);
    let bytes = fs::read(&record).unwrap();
    assert_eq!(bytes, fs::read(&again).unwrap());
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["schema"], "mekiki/verification-record/v1");
    assert_eq!(document["verification"], first.json());
    let inputs: Vec<_> = document["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    for path in [
        "app.tgz",
        "app.tgz.intoto.jsonl",
        "app.tgz.sigstore.json",
        "delivery.toml",
        "trust/trusted_root.json",
    ] {
        assert!(inputs.contains(&path), "{path} in {inputs:?}");
    }
    assert!(
        !String::from_utf8(bytes)
            .unwrap()
            .contains(&desk.scratch.root())
    );

    let root = desk.scratch.root();
    let replay = |folder: &str| run(&["record", "replay", &record, "--evidence", folder]);
    let equal = replay(&root);
    assert_eq!(equal.code, 0, "{equal:?}");
    assert_eq!(equal.json()["equal"], true);
    // Below another folder, under another name.
    let other = Scratch::new();
    let elsewhere = format!("{}/x/kept", other.root());
    fs::create_dir_all(format!("{}/x", other.root())).unwrap();
    fs::rename(&root, &elsewhere).unwrap();
    let moved = replay(&other.root());
    assert_eq!(moved.code, 0, "{moved:?}");
    fs::rename(&elsewhere, &root).unwrap();

    // Signed at once as a statement, or by `record sign`.
    let signed = format!("{record}.dsse.json");
    let verify = |file: &str, more: &[&str]| {
        run(&[&["record", "verify", file, "--key", &public], more].concat())
    };
    let answers = verify(&signed, &["--evidence", &root]);
    assert_eq!(answers.code, 0, "{answers:?}");
    let view = answers.json();
    assert_eq!(view["record"]["kind"], "verification");
    assert_eq!(
        (&view["signature"], &view["inputs"], &view["rebuilt"]),
        (&"verified".into(), &"all_present".into(), &"equal".into())
    );
    let by_hand = out.path("by-hand.json");
    let sign = mekiki(&["record", "sign", &record, "--key", &private, "-o", &by_hand]);
    assert_eq!(sign.code, 0, "{sign:?}");
    assert_eq!(verify(&by_hand, &[]).code, 0);
    let stranger = out.write("other.pub", Pair::ed25519().public());
    assert_eq!(
        run(&["record", "verify", &signed, "--key", &stranger]).code,
        1
    );

    // A delivery that differs, and one that is not whole.
    desk.deliver("app.tgz", b"altered");
    let missing = replay(&root);
    assert_eq!(missing.code, 3, "{missing:?}");
    assert_eq!(verify(&signed, &["--evidence", &root]).code, 1);
    desk.deliver("app.tgz", ARTIFACT);
    desk.deliver("more.txt", b"more");
    let different = replay(&root);
    assert_eq!(different.code, 1, "{different:?}");
    let at = different.json()["first_difference"]["pointer"].to_string();
    assert!(at.contains("/deliver"), "{at}");
    let altered = fs::read_to_string(&record)
        .unwrap()
        .replace("\"fail\"", "\"pass\"")
        .replace("unverifiable", "acceptable");
    let altered = out.write("altered.json", altered);
    fs::remove_file(desk.scratch.path("delivered/more.txt")).unwrap();
    assert_eq!(
        run(&["record", "replay", &altered, "--evidence", &root]).code,
        1
    );
}

/// The predicate of a summary, read by our own reader without a remark.
fn read(bytes: &[u8]) -> (Value, Value) {
    let (read, findings) = statement::read(bytes).unwrap();
    assert_eq!(findings, []);
    let Predicate {
        summary, findings, ..
    } = predicate::read(&read);
    assert_eq!(findings, []);
    (
        serde_json::from_slice(bytes).unwrap(),
        serde_json::json!(summary),
    )
}

#[test]
fn a_summary_says_no_more_than_the_verdict() {
    let authority = Authority::new();
    let desk = desk(&authority);
    let out = Scratch::new();
    let pair = Pair::p256();
    let (private, public) = (
        out.write("key.pem", pair.private()),
        out.write("key.pub", pair.public()),
    );
    let (file, again) = (out.path("vsa.json"), out.path("again.json"));
    let run = desk.run(&[
        "--vsa",
        &file,
        "--sign-key",
        &private,
        "--verifier-id",
        "https://agency.example/verifier",
    ]);
    desk.run(&[
        "--vsa",
        &again,
        "--verifier-id",
        "https://agency.example/verifier",
    ]);
    let bytes = fs::read(&file).unwrap();
    assert_eq!(bytes, fs::read(&again).unwrap());
    let (document, summary) = read(&bytes);
    // SBOM and feed are left out, so this is nothing to rely on.
    assert_eq!(run.code, 3);
    assert_eq!(summary["result"], "FAILED");
    assert_eq!(summary["levels"], serde_json::json!(["FAILED"]));
    assert_eq!(summary["verifier"], "https://agency.example/verifier");
    assert_eq!(summary["time"], format!("{DAY}T00:00:00Z"));
    assert_eq!(
        summary["resource"],
        "pkg:generic/%E6%9B%B8%E6%9E%B6%20app@1.2.3"
    );
    assert_eq!(
        document["subject"][0]["digest"]["sha256"],
        Digest::of(ARTIFACT).hex()
    );
    let manifest = fs::read(desk.scratch.path("delivery.toml")).unwrap();
    assert_eq!(
        document["predicate"]["policy"]["digest"]["sha256"],
        Digest::of(&manifest).hex()
    );
    assert_eq!(
        document["predicate"]["inputAttestations"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    // Anybody can verify the signature over the artifact with what is at hand.
    let artifact = desk.scratch.path("delivered/app.tgz");
    let signed = format!("{file}.dsse.json");
    let verify = mekiki(&[
        "signature",
        "verify",
        &artifact,
        "--signature",
        &signed,
        "--key",
        &public,
    ]);
    assert_eq!(verify.code, 0, "{verify:?}");
    desk.deliver("app.tgz", b"altered");
    let verify = mekiki(&[
        "signature",
        "verify",
        &artifact,
        "--signature",
        &signed,
        "--key",
        &public,
    ]);
    assert_eq!(verify.code, 1, "{verify:?}");
}

#[test]
fn only_an_acceptable_delivery_passes_in_a_summary() {
    use mekiki::acceptance::report::Ending;
    let library = mekiki::app::library::Library::open(None).unwrap();
    let authority = Authority::new();
    let mut report = super::mutated::report(&library, &desk(&authority));
    for (ending, result, level) in [
        (Ending::Acceptable, "PASSED", "SLSA_BUILD_LEVEL_3"),
        (Ending::NotAcceptable, "FAILED", "FAILED"),
        (Ending::Unverifiable, "FAILED", "FAILED"),
    ] {
        report.verdict = ending;
        let text = mekiki::document::acceptance::vsa(&report, None);
        let (document, summary) = read(text.as_bytes());
        assert_eq!(summary["result"], result);
        assert_eq!(summary["levels"], serde_json::json!([level]));
        assert!(
            summary["verifier"]
                .as_str()
                .unwrap()
                .starts_with("urn:uuid:")
        );
        assert_eq!(text, mekiki::digest::canonical_json(&document));
    }
    // Where nothing is known of the build, it is not claimed to be.
    report.verdict = Ending::Acceptable;
    for check in report.groups.iter_mut().flat_map(|group| &mut group.checks) {
        check.supported_level = None;
    }
    let text = mekiki::document::acceptance::vsa(&report, None);
    assert_eq!(
        read(text.as_bytes()).1["levels"],
        serde_json::json!(["SLSA_BUILD_LEVEL_0"])
    );
    // Without a product or an artifact the delivery itself is the subject.
    report.subject.product = None;
    report.artifacts.clear();
    let text = mekiki::document::acceptance::vsa(&report, None);
    let (document, summary) = read(text.as_bytes());
    assert_eq!(
        document["subject"][0]["digest"]["sha256"],
        report.delivered.sha256.hex()
    );
    assert!(
        summary["resource"]
            .as_str()
            .unwrap()
            .starts_with("ni:///sha-256;")
    );
}
