//! The files in which provenance comes, and the command.

use super::signed::signed_at;
use super::*;
use crate::authority::Authority;
use crate::binary::{Scratch, mekiki};

#[test]
fn one_of_several_lines_has_to_hold() {
    let go = at_release(GO);
    let right = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    let mut other = right.clone();
    other["subject"][0]["digest"]["sha256"] = json!(Digest::of(b"x").hex());
    let lines = format!("{}\n{}\n", unsigned(&other), unsigned(&right));
    let outcome = by_policy(lines.as_bytes(), &artifact_alone());
    assert!(outcome.passed);
    assert_eq!(outcome.attestation.at.line, Some(2));
    let twice = format!("{}\n{}\n", unsigned(&other), unsigned(&other));
    assert!(!by_policy(twice.as_bytes(), &artifact_alone()).passed);
    // What one line says is never mixed with another's.
    let mut elsewhere = right.clone();
    elsewhere["predicate"]["runDetails"]["builder"]["id"] = json!(at_release(OWN));
    let mixed = format!("{}\n{}\n", unsigned(&other), unsigned(&elsewhere));
    assert!(!by_policy(mixed.as_bytes(), &artifact_alone()).passed);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let good = unsigned(&plain(
        &at_release(GO),
        "github.com/vendor/app",
        "refs/tags/v1.2.3",
    ));
    let with = |pointer: &str, value: Value| {
        let mut broken = good.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        broken.to_string()
    };
    let twice = BASE64_STANDARD.encode(r#"{"_type":"a","_type":"b"}"#);
    let publication = unsigned(&publication()).to_string();
    for (case, file, code) in [
        ("no JSON", "{".to_owned(), "json-truncated"),
        (
            "a member twice",
            r#"{"payload":"","payload":""}"#.to_owned(),
            "json-duplicate-member",
        ),
        ("something else", "{}".to_owned(), "provenance-unrecognized"),
        (
            "no base64",
            with("/payload", json!("*")),
            "provenance-malformed",
        ),
        (
            "no payload",
            with("/payload", json!("")),
            "provenance-malformed",
        ),
        (
            "no list",
            with("/signatures", json!({})),
            "provenance-malformed",
        ),
        (
            "twice in the payload",
            with("/payload", json!(twice)),
            "provenance-malformed",
        ),
        (
            "no certificate",
            with("/signatures/0", json!({"sig": "AAAA", "cert": "x"})),
            "provenance-malformed",
        ),
        ("nothing about a build", publication, "provenance-absent"),
        (
            "an empty list",
            r#"{"attestations":[]}"#.to_owned(),
            "provenance-malformed",
        ),
    ] {
        let refused = ask(file.as_bytes(), &artifact_alone(), true, nothing()).unwrap_err();
        assert_eq!(refused.0[0].code, code, "{case}");
        assert!(refused.0[0].help.is_some(), "{case}");
    }
    // A statement in an envelope of another type, or in one that nobody signed, proves nothing.
    for broken in [
        with("/payloadType", json!("application/json")),
        with("/signatures", json!([])),
        with("/signatures/0/sig", json!("")),
    ] {
        let outcome = by_policy(broken.as_bytes(), &artifact_alone());
        assert_eq!(failed(&outcome), [CheckName::Statement]);
    }
    let nobody = ask(
        good.to_string().as_bytes(),
        &Expectation::default(),
        true,
        nothing(),
    );
    assert_eq!(nobody.unwrap_err().0[0].code, "artifact-missing");
}

/// What Cloud Build says about a container, around a statement of version 0.1.
fn cloud_build() -> Value {
    let digits = Digest::of(ARTIFACT).hex();
    let provenance = json!({
        "builder": { "id": "https://cloudbuild.googleapis.com/GoogleHostedWorker@v0.3" },
        "materials": [{ "uri": "git+https://github.com/vendor/app", "digest": { "sha1": COMMIT } }],
        "metadata": { "buildInvocationId": "1", "buildFinishedOn": "2026-01-01T00:00:00Z" },
        "recipe": {
            "type": "https://cloudbuild.googleapis.com/CloudBuildYaml@v0.1",
            "entryPoint": "cloudbuild.yaml",
            "arguments": { "substitutions": { "TAG_NAME": "v1.2.3", "COMMIT_SHA": COMMIT, "_X": "y" } },
        },
    });
    let clear = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.1",
        "slsaProvenance": provenance,
        "subject": [{ "name": "https://registry.example/app:v1", "digest": { "sha256": digits } }],
    });
    let mut signed = clear.clone();
    signed["predicate"] = provenance;
    json!({
        "image_summary": {
            "digest": format!("sha256:{digits}"),
            "fully_qualified_digest": format!("registry.example/app@sha256:{digits}"),
        },
        "provenance_summary": { "provenance": [{
            "build": { "intotoStatement": clear },
            "envelope": unsigned(&signed),
            "kind": "BUILD",
            "resourceUri": format!("https://registry.example/app@sha256:{digits}"),
        }] },
    })
}

#[test]
fn what_stands_beside_the_envelope_of_cloud_build_must_agree() {
    let expectation = Expectation {
        source_uri: agreed().source_uri,
        source_tag: some("v1.2.3"),
        parameters: vec![("_X".to_owned(), "y".to_owned())],
        ..artifact_alone()
    };
    let good = cloud_build();
    let outcome = by_policy(good.to_string().as_bytes(), &expectation);
    assert!(outcome.passed, "{:#?}", outcome.judgment.checks);
    let one = "/provenance_summary/provenance/0";
    let other = Digest::of(b"x").hex();
    for (name, pointer, value) in [
        (CheckName::Statement, format!("{one}/kind"), json!("BUIL")),
        (CheckName::Statement, format!("{one}/build"), json!({})),
        (
            CheckName::Statement,
            format!("{one}/build/intotoStatement/slsaProvenance/recipe/entryPoint"),
            json!("x"),
        ),
        (
            CheckName::Statement,
            format!("{one}/build/intotoStatement/subject/0/digest/sha256"),
            json!(other),
        ),
        (
            CheckName::Subject,
            format!("{one}/resourceUri"),
            json!(format!("x@sha256:{other}")),
        ),
        (
            CheckName::Subject,
            "/image_summary/digest".to_owned(),
            json!(format!("sha256:{other}")),
        ),
        (
            CheckName::Subject,
            "/image_summary/fully_qualified_digest".to_owned(),
            json!(format!("x@sha256:{other}")),
        ),
    ] {
        let mut broken = good.clone();
        *broken.pointer_mut(&pointer).unwrap() = value;
        let outcome = by_policy(broken.to_string().as_bytes(), &expectation);
        assert_eq!(failed(&outcome), [name], "{pointer}");
    }
}

#[test]
fn the_command_tells_its_outcome_by_its_exit_code() {
    let scratch = Scratch::new();
    let authority = Authority::new();
    let root = scratch.write("root.json", authority.trusted_root());
    let go = at_release(GO);
    let statement = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    let bundle = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&statement);
    let bundle = scratch.write("app.build.slsa", bundle);
    let subject = format!("sha256:{}", Digest::of(ARTIFACT).hex());
    let run = |options: &[&str]| {
        let fixed = [
            "provenance",
            "check",
            "--attestation",
            &bundle,
            "--subject",
            &subject,
            "--source-uri",
            "github.com/vendor/app",
            "--as-of",
            "2026-11-01",
            "--format",
            "json",
        ];
        mekiki(&[&fixed[..], options].concat())
    };
    let verified = run(&["--trusted-root", &root, "--source-versioned-tag", "v1"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let json = verified.json();
    assert_eq!(json["schema"], "mekiki/provenance-check/v1");
    assert_eq!(json["passed"], true);
    assert_eq!(json["signature"], "verified");
    assert_eq!(json["level"]["supported"], 3);
    assert_eq!(json["builder"], go);
    assert_eq!(json["source"]["reference"], "refs/tags/v1.2.3");
    assert_eq!(json["checks"][0]["name"], "statement");

    let by_policy = run(&["--policy-only"]);
    assert_eq!(
        (by_policy.code, &by_policy.json()["signature"]),
        (0, &json!("not_checked"))
    );
    let open = run(&[]);
    assert_eq!((open.code, &open.json()["passed"]), (3, &json!(false)));
    assert_eq!(open.json()["missing"][0]["what"], "trusted-root");
    let other = run(&["--policy-only", "--source-tag", "v1.2.4"]);
    assert_eq!(other.code, 1);
    assert_eq!(other.json()["refusals"][0]["check"], "source-tag");
    let other_root = scratch.write("other.json", Authority::new().trusted_root());
    let forged = run(&["--trusted-root", &other_root]);
    assert_eq!(
        (forged.code, &forged.json()["signature"]),
        (1, &json!("failed"))
    );
    for (options, code) in [
        (["--source-versioned-tag", "main"], "expectation-malformed"),
        (["--workflow-input", "x"], "expectation-malformed"),
        (["--subject", "sha256:00"], "digest-malformed"),
        (["--trusted-root", "Cargo.toml"], "trusted-root-malformed"),
    ] {
        let refused = run(&options);
        assert_eq!(refused.code, 3, "{options:?}: {refused:?}");
        let found = &refused.error()["error"]["code"];
        let is_json = found
            .as_str()
            .is_some_and(|found| found.starts_with("json-"));
        assert!(found == code || is_json, "{options:?}: {found}");
    }
    assert_eq!(
        mekiki(&["provenance", "check", "--attestation", &bundle]).code,
        2
    );
}
