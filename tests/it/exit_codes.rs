//! Exit codes, the errors of machine output, and hostile or broken input: each is told with code, place
//! and help, and leaves nothing half written.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::binary::{DEMO, Run, Scratch, mekiki, mekiki_with_input};

const ARTIFACT: &str =
    "fixtures/tenders/document-cloud/bids/aoba/delivery/aoba-bunsho-connector-1.4.0.tgz";
const BUNDLE: &str = "fixtures/tenders/document-cloud/bids/aoba/delivery/aoba-bunsho-connector-1.4.0.tgz.sigstore.json";
const ROOT: &str = "fixtures/tenders/document-cloud/trust/trusted_root.json";
const SBOM: &str = "fixtures/tenders/document-cloud/bids/aoba/sbom/aoba-bunsho-connector.cdx.json";
const IDENTITY: &str = "https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0";
const ISSUER: &str = "https://oidc.aoba.example";
const TENDER: &str = "tests/it/worked/whole-points.toml";
const ANSWERS: &str = "bids/aoba/answers.toml";

fn verify<'a>(artifact: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&["signature", "verify", artifact], options].concat()
}

fn signed_by<'a>(identity: &'a str, bundle: &'a str, root: &'a str) -> Vec<&'a str> {
    verify(
        ARTIFACT,
        &[
            "--bundle",
            bundle,
            "--trusted-root",
            root,
            "--certificate-identity",
            identity,
            "--certificate-oidc-issuer",
            ISSUER,
        ],
    )
}

fn as_json(arguments: &[&str]) -> Run {
    mekiki(&[arguments, &["--format", "json"]].concat())
}

/// The refusal of a command: exit code 3 and one JSON error that says what to do.
fn refused(arguments: &[&str]) -> Value {
    let run = as_json(arguments);
    assert_eq!(run.code, 3, "{arguments:?}: {run:?}");
    let error = run.error()["error"].clone();
    for field in ["code", "message", "help"] {
        let text = error[field].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{arguments:?}: {field} in {error}");
        assert!(!text.contains('\n'), "{error}");
    }
    error
}

/// A copy of the demo tender with one piece of text replaced in one of its files.
fn edited_demo(file: &str, from: &str, to: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.copy(DEMO);
    scratch.edit(file, from, to);
    scratch
}

/// The view of a demo tender that is judged, whoever wins.
fn judged(scratch: &Scratch) -> Value {
    let run = as_json(&["tender", "evaluate", &scratch.root()]);
    assert_eq!(run.code, 0, "{run:?}");
    run.json()
}

fn of_bid<'a>(view: &'a Value, bid: &str) -> &'a Value {
    let bids = view["bids"].as_array().unwrap();
    &bids.iter().find(|one| one["id"] == bid).unwrap()["assessment"]
}

fn remark<'a>(view: &'a Value, bid: &str, code: &str) -> &'a Value {
    let remarks = of_bid(view, bid)["remarks"].as_array().unwrap();
    let remark = remarks.iter().find(|one| one["code"] == code);
    remark.unwrap_or_else(|| panic!("no {code} in {remarks:?}"))
}

fn verdict<'a>(view: &'a Value, bid: &str, criterion: &str) -> &'a Value {
    let verdicts = of_bid(view, bid)["verdicts"].as_array().unwrap();
    verdicts
        .iter()
        .find(|one| one["criterion"] == criterion)
        .unwrap()
}

#[test]
fn exit_code_0_is_judged_and_acceptable() {
    let scratch = Scratch::new();
    let record = scratch.path("record.json");
    for arguments in [
        vec!["--version"],
        vec!["--help"],
        vec!["detect", SBOM, ARTIFACT, BUNDLE, ROOT],
        vec!["sbom", "inspect", SBOM],
        signed_by(IDENTITY, BUNDLE, ROOT),
        vec!["facts"],
        vec!["criteria", "list"],
        vec!["criteria", "show", "A19-2.integ.signature"],
        vec!["criteria", "test"],
        vec!["criteria", "check"],
        vec!["assess", DEMO, "--bid", "aoba"],
        vec!["tender", "evaluate", TENDER],
        vec!["tender", "evaluate", DEMO, "--record", &record],
        vec!["record", "replay", &record, "--evidence", DEMO],
        vec!["requirements", "list", DEMO],
        vec!["clauses", "draft", DEMO],
    ] {
        let run = mekiki(&arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        assert!(!run.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn exit_code_1_is_judged_and_not_acceptable() {
    let scratch = Scratch::new();
    let record = scratch.path("record.json");
    let made = mekiki(&["tender", "evaluate", DEMO, "--record", &record]);
    assert_eq!(made.code, 0);
    let text = fs::read_to_string(&record).unwrap();
    let changed = scratch.write("changed.json", text.replace("\"rank\":1,", "\"rank\":3,"));
    let invalid = scratch.write(
        "invalid.cdx.json",
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"components\":[{\"name\":\"a\"}]}",
    );
    let worked = fs::read_to_string(format!("{}/{TENDER}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let no_valid_bid = scratch.write(
        "tender.toml",
        worked.replace("ceiling_yen = 100000000", "ceiling_yen = 1"),
    );
    for arguments in [
        vec!["sbom", "inspect", &invalid],
        signed_by("https://someone.example", BUNDLE, ROOT),
        vec!["assess", DEMO, "--bid", "minami"],
        vec!["tender", "evaluate", &no_valid_bid],
        vec!["record", "replay", &changed, "--evidence", DEMO],
        vec![
            "reassess",
            &record,
            "--evidence",
            DEMO,
            "--as-of",
            "2030-01-01",
        ],
    ] {
        for run in [mekiki(&arguments), as_json(&arguments)] {
            assert_eq!(run.code, 1, "{arguments:?}: {run:?}");
            assert!(!run.stdout.is_empty(), "{arguments:?}");
        }
        assert!(as_json(&arguments).json()["schema"].is_string());
    }
}

#[test]
fn exit_code_2_is_a_usage_error() {
    for arguments in [
        vec![],
        vec!["bogus"],
        vec!["tender"],
        vec!["tender", "evaluate"],
        vec!["tender", "evaluate", DEMO, "more"],
        vec!["tender", "evaluate", DEMO, "--bogus"],
        vec!["sbom", "inspect", SBOM, "--format", "yaml"],
        vec!["tender", "evaluate", DEMO, "--lang", "fr"],
        vec!["detect"],
        vec!["assess", DEMO, "--bid", "aoba", "--as-of", "yesterday"],
        vec!["assess", DEMO, "--bid", "aoba", "--as-of", "2026-11-31"],
        verify(ARTIFACT, &["--bundle", BUNDLE, "--signature", BUNDLE]),
        verify(ARTIFACT, &["--bundle", BUNDLE, "--as-of", "yesterday"]),
        vec!["reassess", "record.json", "--evidence", DEMO],
    ] {
        let run = mekiki(&arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains("--help"), "{run:?}");
    }
}

#[test]
fn exit_code_3_is_no_judgment_and_says_why() {
    let scratch = Scratch::new();
    let broken = scratch.write("broken.json", "{\"bomFormat\":\"CycloneDX\",");
    let text = scratch.write("text.txt", "plain text");
    let latin = scratch.write("latin.json", b"{\"a\":\"\xe9\"}");
    let empty = scratch.write("empty.json", "");
    let other = scratch.write("other.json", "{}");
    let no_tender = Scratch::new();
    no_tender.write("readme.md", "nothing here");
    let (missing, folder) = (scratch.path("missing"), scratch.root());
    let no_tender = no_tender.root();
    let identity = [
        "--certificate-identity",
        IDENTITY,
        "--certificate-oidc-issuer",
        ISSUER,
    ];
    let rootless = verify(ARTIFACT, &[&["--bundle", BUNDLE], &identity[..]].concat());
    for (arguments, code) in [
        (vec!["detect", &missing], "file-missing"),
        (vec!["detect", SBOM, &missing], "file-missing"),
        (vec!["detect", &folder], "file-irregular"),
        (vec!["sbom", "inspect", &missing], "file-missing"),
        (vec!["sbom", "inspect", &folder], "file-irregular"),
        (vec!["sbom", "inspect", &broken], "json-truncated"),
        (vec!["sbom", "inspect", &text], "sbom-unrecognized"),
        (vec!["sbom", "inspect", &empty], "sbom-unrecognized"),
        (vec!["sbom", "inspect", &latin], "text-encoding"),
        (vec!["sbom", "inspect", &other], "sbom-unrecognized"),
        (signed_by(IDENTITY, BUNDLE, &missing), "file-missing"),
        (signed_by(IDENTITY, &missing, ROOT), "file-missing"),
        (signed_by(IDENTITY, BUNDLE, &latin), "json-encoding"),
        (signed_by(IDENTITY, &latin, ROOT), "json-encoding"),
        (
            signed_by(IDENTITY, BUNDLE, &other),
            "trusted-root-malformed",
        ),
        (signed_by(IDENTITY, &other, ROOT), "bundle-malformed"),
        (rootless, "trusted-root-missing"),
        (
            verify(ARTIFACT, &["--bundle", BUNDLE, "--trusted-root", ROOT]),
            "signer-missing",
        ),
        (verify(ARTIFACT, &[]), "signature-missing"),
        (
            verify(
                ARTIFACT,
                &[
                    "--bundle",
                    BUNDLE,
                    "--trusted-root",
                    ROOT,
                    "--certificate-identity",
                    IDENTITY,
                ],
            ),
            "signer-missing",
        ),
        (
            verify(ARTIFACT, &["--signature", BUNDLE]),
            "trusted-root-missing",
        ),
        (
            verify("sha256:00", &["--bundle", BUNDLE]),
            "digest-malformed",
        ),
        (vec!["criteria", "show", "A19-9"], "criterion-unknown"),
        (vec!["criteria", "check", &missing], "file-missing"),
        (vec!["criteria", "test", &missing], "file-missing"),
        (
            vec!["criteria", "list", "--criteria", &missing],
            "file-missing",
        ),
        (vec!["assess", DEMO], "bid-unnamed"),
        (vec!["assess", DEMO, "--bid", "nobody"], "bid-unknown"),
        (vec!["assess", &missing], "file-missing"),
        (vec!["tender", "evaluate", &missing], "file-missing"),
        (vec!["tender", "evaluate", &no_tender], "tender-missing"),
        (vec!["tender", "evaluate", &broken], "json-truncated"),
        (vec!["requirements", "list", &missing], "file-missing"),
        (vec!["clauses", "draft", &missing], "file-missing"),
        (
            vec!["record", "replay", &missing, "--evidence", DEMO],
            "file-missing",
        ),
        (
            vec!["record", "replay", &broken, "--evidence", DEMO],
            "json-truncated",
        ),
        (
            vec!["record", "replay", &other, "--evidence", DEMO],
            "record-malformed",
        ),
        (
            vec![
                "reassess",
                &other,
                "--evidence",
                DEMO,
                "--as-of",
                "2027-01-01",
            ],
            "record-malformed",
        ),
    ] {
        assert_eq!(refused(&arguments)["code"], code, "{arguments:?}");
        let run = mekiki(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{arguments:?}");
        let told =
            run.stderr.contains(&format!("error[{code}]")) && run.stderr.contains("; help: ");
        assert!(told, "{arguments:?}: {run:?}");
    }
}

#[test]
fn an_error_names_the_file_and_the_place_in_it() {
    let scratch = Scratch::new();
    let broken = scratch.write(
        "broken.json",
        "{\n  \"bomFormat\": \"CycloneDX\",\n  oops\n}",
    );
    let other = scratch.write("other.json", "{}");
    let expected = json!({"code": "json-syntax", "message": "the text is not JSON: key must be a string",
        "at": {"line": 3, "column": 3}, "file": broken, "help": "repair the file with the tool that made it"});
    assert_eq!(refused(&["sbom", "inspect", &broken]), expected);
    for (arguments, file) in [
        (signed_by(IDENTITY, &broken, ROOT), &broken),
        (signed_by(IDENTITY, BUNDLE, &broken), &broken),
        (signed_by(IDENTITY, &other, ROOT), &other),
        (signed_by(IDENTITY, BUNDLE, &other), &other),
        (
            vec!["record", "replay", &broken, "--evidence", DEMO],
            &broken,
        ),
        (vec!["record", "replay", &other, "--evidence", DEMO], &other),
    ] {
        assert_eq!(refused(&arguments)["file"], **file, "{arguments:?}");
    }
    let run = mekiki(&["sbom", "inspect", &broken]);
    assert_eq!(
        run.stderr,
        format!(
            "{broken}:3:3: error[json-syntax]: the text is not JSON: key must be a string; help: \
             repair the file with the tool that made it\n"
        )
    );
}

#[test]
fn standard_input_is_judged_like_a_file() {
    let bytes = fs::read(format!("{}/{SBOM}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let run = mekiki_with_input(&["sbom", "inspect", "-", "--format", "json"], &bytes);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["valid"], true);
    let run = mekiki_with_input(&["sbom", "inspect", "-", "--format", "json"], b"[");
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.error()["error"]["file"], "-");
}

#[test]
fn a_malformed_sbom_in_a_bid_is_named_and_proves_nothing() {
    let sbom = "bids/aoba/sbom/aoba-bunsho-connector.cdx.json";
    let scratch = Scratch::new();
    scratch.copy(DEMO);
    let text = fs::read_to_string(scratch.path(sbom)).unwrap();
    let half: String = text
        .lines()
        .take(100)
        .map(|line| line.to_owned() + "\n")
        .collect();
    scratch.write(sbom, half);
    let view = judged(&scratch);
    let remark = remark(&view, "aoba", "json-truncated");
    assert_eq!(remark["file"], sbom);
    assert_eq!(
        remark["at"]["line"], 101,
        "the end of the cut text: {remark}"
    );
    assert!(remark["help"].is_string());
    let verdict = verdict(&view, "aoba", "A19-2.integ.sbom");
    assert_eq!(verdict["verdict"], "unverifiable");
    assert_eq!(verdict["reasons"], json!(["the SBOM cannot be read"]));
    assert!(
        verdict["citations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|citation| citation["file"] == sbom),
        "{verdict}"
    );
}

#[test]
fn an_answer_of_the_wrong_type_is_named_and_not_used() {
    let file = ANSWERS;
    let scratch = edited_demo(
        file,
        "[answers.mfa-remote]\nvalue = true",
        "[answers.mfa-remote]\nvalue = \"maybe\"",
    );
    let view = judged(&scratch);
    let remark = remark(&view, "aoba", "answer-wrong-type");
    let text = fs::read_to_string(scratch.path(file)).unwrap();
    let line = text
        .lines()
        .position(|line| line == "value = \"maybe\"")
        .unwrap()
        + 1;
    assert_eq!(remark["file"], file);
    let at = json!({"pointer": "/answers/mfa-remote/value", "line": line, "column": 9});
    assert_eq!(remark["at"], at);
    assert_eq!(
        remark["help"],
        "answer in the form that the question asks for"
    );
    let verdict = verdict(&view, "aoba", "A19-2.leak.mfa");
    assert_eq!(verdict["verdict"], "unanswered");
    let used = verdict["values"].as_array().unwrap();
    assert!(!used.is_empty(), "the other answers still count");
    assert!(
        used.iter()
            .all(|value| value["fact"] != "practice.mfa.remote")
    );
}

#[test]
fn a_document_that_is_missing_lowers_the_answer_to_a_bare_word() {
    let answer = "[answers.mfa-remote]\nvalue = true\n";
    let document = "document = \"documents/information.md\"";
    for (reference, says) in [
        ("documents/nothing.md", "was not handed in"),
        // A reference that names the sheet it stands in goes in a circle.
        ("answers.toml", "is the answer sheet itself"),
        ("../hokuto/documents/information.md", "was not handed in"),
        ("/etc/passwd", "was not handed in"),
        ("documents", "was not handed in"),
    ] {
        let scratch = edited_demo(
            ANSWERS,
            &format!("{answer}{document}"),
            &format!("{answer}document = \"{reference}\""),
        );
        let view = judged(&scratch);
        let remark = remark(&view, "aoba", "document-missing");
        let message = format!("`{reference}` {says}");
        assert!(
            remark["message"].as_str().unwrap().contains(&message),
            "{remark}"
        );
        assert_eq!(remark["file"], ANSWERS);
        assert_eq!(remark["at"]["pointer"], "/answers/mfa-remote/document");
        assert!(remark["at"]["line"].is_u64() && remark["help"].is_string());
        let verdict = verdict(&view, "aoba", "A19-2.leak.mfa");
        let rank = verdict["values"]
            .as_array()
            .unwrap()
            .iter()
            .find(|value| value["fact"] == "practice.mfa.remote")
            .map(|value| &value["proof_rank"]);
        assert_eq!(rank, Some(&json!(1)), "{verdict}");
    }
}

#[test]
fn a_tender_file_with_faults_is_refused_with_all_of_them() {
    let people = "requester = \"a\"\nexaminer = \"b\"\napprover = \"c\"\n";
    let exception = format!(
        "[[exception]]\nid = \"x\"\ncriterion = \"A19-2.leak.mfaa\"\n{people}start = \"2026-01-01\"\n\
         expiry = \"2027-01-01\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\n\
         compensating_measure = {{ ja = \"代替\", en = \"instead\" }}\n"
    );
    let not_applicable = "[[not_applicable]]\ncriterion = \"nothing\"\nconfirmed_by = \"CISO\"\n\
                          reason = { ja = \"理由\", en = \"reason\" }\n";
    for (from, to, code, help) in [
        (
            "# Values of the clauses' parameters.",
            exception.as_str(),
            "criterion-unknown",
            "did you mean `A19-2.leak.mfa`?",
        ),
        (
            "# Values of the clauses' parameters.",
            not_applicable,
            "criterion-unknown",
            "`mekiki criteria list` lists them all",
        ),
        (
            "directory = \"bids/aoba\"",
            "directory = \"../x\"",
            "path-escapes",
            "write a relative path such as bids/aoba",
        ),
        (
            "directory = \"bids/aoba\"",
            "directory = \"/etc\"",
            "path-escapes",
            "write a relative path such as bids/aoba",
        ),
        (
            "directory = \"bids/aoba\"",
            "directory = \"bids/aobo\"",
            "bid-folder-missing",
            "put the bid's evidence there, or mend `directory`",
        ),
        (
            "id = \"addition-a-whole-points\"",
            "id = \"addition-a-whole-point\"",
            "procedure-unknown",
            "did you mean `addition-a-whole-points`?",
        ),
        (
            "catalog = \"article-19\"",
            "catalog = \"article-20\"",
            "catalog-unknown",
            "use `article-19`",
        ),
    ] {
        let scratch = edited_demo("tender.toml", from, to);
        let error = refused(&["tender", "evaluate", &scratch.root()]);
        assert_eq!(error["code"], code, "{to}");
        assert_eq!(error["help"], help, "{to}");
        assert_eq!(error["file"], "tender.toml");
        let pointer = error["at"]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with('/'), "{error}");
        let has_line = error["at"]["line"].is_u64();
        assert!(has_line || code == "catalog-unknown", "{error}");
    }

    let scratch = edited_demo(
        "tender.toml",
        "price_points = 100",
        "price_points = \"many\"",
    );
    scratch.edit("tender.toml", "bid_deadline", "bid_dedline");
    scratch.edit("tender.toml", "F-5 = \"11.5\" }", "F-5 = \"111.5\" }");
    let run = as_json(&["tender", "evaluate", &scratch.root()]);
    let document = run.error();
    let codes: Vec<_> = std::iter::once(&document["error"])
        .chain(document["also"].as_array().unwrap())
        .map(|error| error["code"].as_str().unwrap())
        .collect();
    for code in [
        "unknown-field",
        "missing-field",
        "wrong-type",
        "mark-out-of-scale",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}

#[test]
fn a_link_is_refused_even_one_that_goes_in_a_circle() {
    for (name, target) in [
        ("bids/aoba/documents/loop", "."),
        ("bids/aoba/documents/up", "../../.."),
        ("bids/aoba/documents/dangling.md", "nowhere.md"),
        ("bids/aoba/documents/outside.md", "/etc/hostname"),
    ] {
        let scratch = Scratch::new();
        scratch.copy(DEMO);
        symlink(target, scratch.path(name)).unwrap();
        let error = refused(&["tender", "evaluate", &scratch.root()]);
        assert_eq!(error["code"], "file-link");
        assert!(error["message"].as_str().unwrap().contains(name), "{error}");
    }
}

#[test]
fn a_file_of_a_gigabyte_is_refused_by_its_size() {
    let scratch = Scratch::new();
    scratch.copy(DEMO);
    let name = "bids/aoba/documents/huge.json";
    let path = scratch.path(name);
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&[b'['; 4096]).unwrap();
    file.set_len(1024 * 1024 * 1024).unwrap();
    drop(file);
    for arguments in [
        vec!["sbom", "inspect", &path],
        vec!["detect", &path],
        vec!["tender", "evaluate", &scratch.root()],
        vec!["tender", "evaluate", &path],
        vec!["record", "replay", &path, "--evidence", DEMO],
    ] {
        let error = refused(&arguments);
        assert_eq!(error["code"], "file-too-large", "{arguments:?}");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(name) && message.contains("1073741824"),
            "{message}"
        );
    }
}

#[test]
fn a_file_of_nothing_but_brackets_is_refused_by_its_depth() {
    let scratch = Scratch::new();
    let brackets = "[".repeat(8 * 1024 * 1024);
    let bare = scratch.write("bare.json", &brackets);
    let sbom = scratch.write(
        "sbom.json",
        format!("{{\"bomFormat\":\"CycloneDX\",\"components\":{brackets}"),
    );
    let toml = scratch.write("tender.toml", format!("id = \"x\"\na = {brackets}"));
    for (arguments, code, file, line) in [
        (
            vec!["sbom", "inspect", &bare],
            "json-depth",
            bare.as_str(),
            1,
        ),
        (vec!["sbom", "inspect", &sbom], "json-depth", &sbom, 1),
        (
            vec!["tender", "evaluate", &bare],
            "json-depth",
            "tender.toml",
            1,
        ),
        (
            vec!["tender", "evaluate", &toml],
            "toml-depth",
            "tender.toml",
            2,
        ),
        (
            vec!["record", "replay", &bare, "--evidence", DEMO],
            "json-depth",
            &bare,
            1,
        ),
        (signed_by(IDENTITY, &bare, ROOT), "json-depth", &bare, 1),
        (signed_by(IDENTITY, BUNDLE, &bare), "json-depth", &bare, 1),
    ] {
        let error = refused(&arguments);
        assert_eq!(error["code"], code, "{arguments:?}");
        assert_eq!(error["file"], file, "{arguments:?}");
        assert_eq!(error["at"]["line"], line, "{arguments:?}");
    }
    let detected = as_json(&["detect", &bare]);
    assert_eq!(detected.code, 0);
    assert_eq!(detected.json()["files"][0]["kind"], "unknown");
}

#[test]
fn evidence_that_cannot_be_read_is_not_passed_over_in_silence() {
    let brackets = "[".repeat(1024 * 1024);
    for (file, bytes, code) in [
        (ANSWERS, brackets.as_str(), "json-depth"),
        (
            ANSWERS,
            "{\"schema\": \"mekiki/answers/v1\",",
            "json-truncated",
        ),
        (
            ANSWERS,
            "schema = \"mekiki/answers/v1\"\nx = = 1\n",
            "toml-syntax",
        ),
        (
            ANSWERS,
            "schema = \"mekiki/answers/v9\"\n",
            "schema-unknown",
        ),
        (ANSWERS, "hello = \"world\"\n", "evidence-unused"),
        ("bids/aoba/more/stray.bin", "\u{1}\u{2}", "evidence-unused"),
        (
            "registry/ismap-aoba.toml",
            "schema = \"mekiki/certificaton/v1\"\n",
            "evidence-unused",
        ),
        ("registry/ismap-aoba.toml", "{", "json-truncated"),
        (
            "advisories/RUSTSEC-2026-9001.md",
            "# no advisory\n",
            "evidence-unused",
        ),
        (
            "trust/trusted_root.json",
            "{\"mediaType\": 1",
            "json-truncated",
        ),
    ] {
        let scratch = Scratch::new();
        scratch.copy(DEMO);
        scratch.write(file, bytes);
        let run = as_json(&["tender", "evaluate", &scratch.root()]);
        assert!(run.code <= 1, "{file}: {run:?}");
        let view = run.json();
        let remark = remark(&view, "aoba", code);
        assert_eq!(remark["file"], file);
        assert!(remark["help"].is_string(), "{remark}");
    }
}

#[test]
fn a_run_that_fails_leaves_nothing_half_written() {
    let folder = edited_demo(
        "tender.toml",
        "directory = \"bids/aoba\"",
        "directory = \"../x\"",
    );
    let broken = Scratch::new();
    let broken = broken.write("broken.json", "{");
    let missing = "nowhere";
    for arguments in [
        vec!["tender", "evaluate", &folder.root()],
        vec!["tender", "evaluate", &broken],
        vec!["assess", missing],
        vec!["detect", DEMO],
        vec!["sbom", "inspect", &broken],
        signed_by(IDENTITY, BUNDLE, &broken),
        vec!["clauses", "draft", missing],
        vec!["requirements", "list", missing],
        vec!["criteria", "list", "--criteria", missing],
        vec!["record", "replay", &broken, "--evidence", DEMO],
    ] {
        let scratch = Scratch::new();
        let (output, record) = (scratch.path("output.json"), scratch.path("record.json"));
        let mut arguments = [&arguments[..], &["--output", &output]].concat();
        if arguments[0] == "tender" {
            arguments.extend(["--record", &record]);
        }
        refused(&arguments);
        assert_eq!(scratch.names(), [] as [&str; 0], "{arguments:?}");
        // What an earlier run wrote stays as it was.
        scratch.write("output.json", "earlier");
        refused(&arguments);
        assert_eq!(fs::read_to_string(&output).unwrap(), "earlier");
        assert_eq!(scratch.names(), ["output.json"]);
    }
}

#[test]
fn a_result_that_cannot_be_written_leaves_nothing_half_written() {
    let scratch = Scratch::new();
    let nowhere = scratch.path("missing/out.json");
    fs::create_dir(scratch.path("taken")).unwrap();
    let taken = scratch.path("taken");
    for target in [&nowhere, &taken] {
        for option in ["--output", "--record"] {
            let arguments = ["tender", "evaluate", TENDER, option, target];
            refused(&arguments);
            assert_eq!(scratch.names(), ["taken"], "{arguments:?}");
        }
    }
    let output = scratch.path("out.json");
    let run = as_json(&["tender", "evaluate", TENDER, "--output", &output]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(
        scratch.names(),
        ["out.json", "taken"],
        "no .partial is left behind"
    );
    let printed = as_json(&["tender", "evaluate", TENDER]);
    assert_eq!(fs::read_to_string(&output).unwrap(), printed.stdout);
}
