//! Provenance held against what was agreed: each check broken by itself, the rules for builders, the levels, and
//! the command.

mod agreed;
mod builder;
mod files;
mod signed;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mekiki::app::Refused;
use mekiki::app::criteria_origin::Origin;
use mekiki::app::library::builders;
use mekiki::app::provenance::{ProvenanceRequest, check_provenance};
use mekiki::app::signature::SignatureRequest;
use mekiki::digest::{Algorithm, Digest};
use mekiki::evidence::signature::{Artifact, CheckName as SignatureCheck};
use mekiki::provenance::{
    BuilderId, CheckName, Expectation, Missing, Outcome, Reason, Signature, VersionedTag,
};
use serde_json::{Value, json};

use crate::asked::{material, now};

const ARTIFACT: &[u8] = b"an artifact";
const ISSUER: &str = "https://token.actions.githubusercontent.com";
const GO: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml";
const DELEGATOR: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_lowperms-generic_slsa3.yml";
const MAVEN: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_maven_slsa3.yml";
const OWN: &str = "https://github.com/vendor/app/.github/workflows/release.yml";
const HOSTED: &str = "https://github.com/actions/runner/github-hosted";
const COMMIT: &str = "2bcaa7495e1cbd11fbd4f598d857b3a6f18df933";

fn at_release(builder: &str) -> String {
    format!("{builder}@refs/tags/v2.1.0")
}

/// A statement (v1) that holds, of the build type of GitHub's workflows.
fn statement(builder: &str) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            { "name": "other", "digest": { "sha256": Digest::of(b"other").hex() } },
            { "name": "pkg:npm/%40vendor/app@1.2.3", "digest": {
                "sha256": Digest::of(ARTIFACT).hex(),
                "sha512": Algorithm::Sha512.hex_of(ARTIFACT),
            } },
        ],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                "externalParameters": {
                    "workflow": {
                        "ref": "refs/tags/v1.2.3",
                        "repository": "https://github.com/vendor/app",
                        "path": ".github/workflows/release.yml",
                    },
                    "inputs": { "release": "1.2.3", "debug": false },
                },
                "internalParameters": {
                    "GITHUB_EVENT_PAYLOAD": { "base_ref": "refs/heads/main" },
                },
                "resolvedDependencies": [{
                    "uri": "git+https://github.com/vendor/app@refs/tags/v1.2.3",
                    "digest": { "gitCommit": COMMIT },
                }],
            },
            "runDetails": {
                "builder": { "id": builder },
                "metadata": { "invocationId": "https://github.com/vendor/app/actions/runs/1/attempts/1" },
            },
        },
    })
}

fn publication() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{ "name": "pkg:npm/%40vendor/app@1.2.3", "digest": {
            "sha512": Algorithm::Sha512.hex_of(ARTIFACT),
        } }],
        "predicateType": "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
        "predicate": {
            "name": "@vendor/app", "version": "1.2.3", "registry": "https://registry.npmjs.org",
        },
    })
}

/// An envelope whose signature nobody made.
fn unsigned(statement: &Value) -> Value {
    json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": BASE64_STANDARD.encode(statement.to_string()),
        "signatures": [{ "keyid": "", "sig": "AAAA" }],
    })
}

fn attestations(statements: &[&Value]) -> Vec<u8> {
    let list: Vec<_> = statements.iter().map(|one| unsigned(one)).collect();
    json!({ "attestations": list }).to_string().into_bytes()
}

/// The whole file that holds, with its expectation.
fn file() -> Vec<u8> {
    attestations(&[&publication(), &statement(&at_release(GO))])
}

fn agreed() -> Expectation {
    Expectation {
        signer_is_agreed: false,
        subject: vec![
            (Algorithm::Sha256, Digest::of(ARTIFACT).hex()),
            (Algorithm::Sha512, Algorithm::Sha512.hex_of(ARTIFACT)),
        ],
        source_uri: Some(Expectation::source("github.com/vendor/app").unwrap()),
        source_tag: Some("v1.2.3".to_owned()),
        source_branch: Some("main".to_owned()),
        source_versioned_tag: Some(VersionedTag::parse("v1.2").unwrap()),
        builder: Some(BuilderId::parse(&format!("{GO}@v2.1.0"))),
        build_type: Some("https://actions.github.io/buildtypes/workflow/v1".to_owned()),
        parameters: vec![
            ("release".to_owned(), "1.2.3".to_owned()),
            ("debug".to_owned(), "false".to_owned()),
        ],
        package_name: Some("@vendor/app".to_owned()),
        package_version: Some("1.2.3".to_owned()),
    }
}

/// Only the artifact is agreed.
fn artifact_alone() -> Expectation {
    Expectation {
        subject: agreed().subject,
        ..Expectation::default()
    }
}

fn ask(
    provenance: &[u8],
    expectation: &Expectation,
    policy_only: bool,
    trust: SignatureRequest<'_>,
) -> Result<Outcome, Refused> {
    let builders = builders(&Origin::default()).expect("the built-in table is sound");
    check_provenance(&ProvenanceRequest {
        attestation: material("provenance", provenance),
        expectation: expectation.clone(),
        builders: &builders,
        policy_only,
        trust,
        register: None,
    })
}

fn nothing<'a>() -> SignatureRequest<'a> {
    SignatureRequest::new(Artifact::default(), now())
}

fn by_policy(provenance: &[u8], expectation: &Expectation) -> Outcome {
    ask(provenance, expectation, true, nothing()).expect("the provenance is readable")
}

fn failed(outcome: &Outcome) -> Vec<CheckName> {
    let checks = outcome.judgment.checks.iter();
    checks
        .filter(|check| !check.passed)
        .map(|check| check.name)
        .collect()
}

/// A text that is given.
fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

#[test]
fn what_was_agreed_holds() {
    let outcome = by_policy(&file(), &agreed());
    assert!(outcome.passed, "{:#?}", outcome.judgment.checks);
    let asked: Vec<_> = outcome
        .judgment
        .checks
        .iter()
        .map(|check| check.name)
        .collect();
    assert_eq!(asked, CheckName::ALL);
    assert_eq!(outcome.signature, Signature::NotChecked);
    // What was not agreed is not asked; statement, subject and builder always are.
    let asked = by_policy(&file(), &artifact_alone()).judgment.checks.len();
    assert_eq!(asked, 3);
}

#[test]
fn each_expectation_fails_by_itself() {
    let other = |change: fn(&mut Expectation)| {
        let mut expectation = agreed();
        change(&mut expectation);
        expectation
    };
    for (name, expectation) in [
        (
            CheckName::Subject,
            other(|one| one.subject[0].1 = Digest::of(b"x").hex()),
        ),
        (
            CheckName::Subject,
            other(|one| one.subject[1].1 = Algorithm::Sha512.hex_of(b"x")),
        ),
        (
            CheckName::Subject,
            other(|one| {
                one.subject = vec![(Algorithm::Sha384, Algorithm::Sha384.hex_of(ARTIFACT))];
            }),
        ),
        (
            CheckName::BuilderId,
            other(|one| one.builder = Some(BuilderId::parse(MAVEN))),
        ),
        (
            CheckName::BuilderId,
            other(|one| one.builder = Some(BuilderId::parse(&format!("{GO}@v2.1.1")))),
        ),
        (
            CheckName::BuildType,
            other(|one| one.build_type = some("https://actions.github.io/buildtypes/workflow/v2")),
        ),
        (
            CheckName::SourceUri,
            other(|one| {
                one.source_uri = Some(Expectation::source("github.com/vendor/ap").unwrap());
            }),
        ),
        (
            CheckName::SourceTag,
            other(|one| one.source_tag = some("v1.2")),
        ),
        (
            CheckName::SourceBranch,
            other(|one| one.source_branch = some("mai")),
        ),
        (
            CheckName::SourceVersionedTag,
            other(|one| one.source_versioned_tag = Some(VersionedTag::parse("v1.3").unwrap())),
        ),
        (
            CheckName::Parameters,
            other(|one| one.parameters[1].1 = "true".to_owned()),
        ),
        (
            CheckName::Parameters,
            other(|one| one.parameters.push(("other".to_owned(), String::new()))),
        ),
        (
            CheckName::PackageName,
            other(|one| one.package_name = some("app")),
        ),
        (
            CheckName::PackageVersion,
            other(|one| one.package_version = some("1.2")),
        ),
    ] {
        let outcome = by_policy(&file(), &expectation);
        if name == CheckName::Subject {
            // What the package is called is told of the subject that is the artifact.
            assert!(failed(&outcome).contains(&name), "{name:?}");
        } else {
            assert_eq!(failed(&outcome), [name], "{:#?}", outcome.judgment.checks);
        }
        assert!(!outcome.passed);
    }
}

#[test]
fn each_field_of_a_statement_fails_by_itself() {
    let predicate = "/predicate/buildDefinition";
    for (name, pointer, value) in [
        (
            CheckName::Statement,
            "/_type",
            json!("https://in-toto.io/Statement/v2"),
        ),
        (CheckName::Statement, "/subject/0/digest", json!({})),
        (
            CheckName::Statement,
            "/predicate/buildDefinition/resolvedDependencies/0/digest/gitCommit",
            Value::Null,
        ),
        (CheckName::Subject, "/subject/1/digest/sha256", json!("00")),
        (
            CheckName::BuilderId,
            "/predicate/runDetails/builder/id",
            json!(format!("{GO}@refs/tags/v2.1.1")),
        ),
        (
            CheckName::BuildType,
            "/predicate/buildDefinition/buildType",
            json!("https://x.example"),
        ),
        (
            CheckName::SourceBranch,
            "/predicate/buildDefinition/internalParameters/GITHUB_EVENT_PAYLOAD/base_ref",
            json!("refs/tags/main"),
        ),
        (
            CheckName::Parameters,
            "/predicate/buildDefinition/externalParameters/inputs/release",
            json!("1.2.4"),
        ),
        (
            CheckName::PackageName,
            "/subject/1/name",
            json!("pkg:npm/%40vendor/ap@1.2.3"),
        ),
        (
            CheckName::PackageVersion,
            "/subject/1/name",
            json!("pkg:npm/%40vendor/app@1.2.4"),
        ),
    ] {
        let mut broken = statement(&at_release(GO));
        let place = broken
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}"));
        *place = value.clone();
        let outcome = by_policy(&attestations(&[&publication(), &broken]), &agreed());
        if value.is_null() {
            // A commit that is not named contradicts nothing.
            assert!(outcome.passed, "{pointer}");
            continue;
        }
        assert!(
            !outcome.passed && failed(&outcome).contains(&name),
            "{pointer}"
        );
        let with_it = [name, CheckName::PackageName, CheckName::PackageVersion];
        assert!(
            failed(&outcome).iter().all(|one| with_it.contains(one)),
            "{pointer}: {:?}",
            failed(&outcome)
        );
    }
    // A place that contradicts another breaks the statement as well as what was agreed.
    for (name, pointer, value) in [
        (
            CheckName::SourceUri,
            "externalParameters/workflow/repository",
            "https://github.com/vendor/ap",
        ),
        (
            CheckName::SourceUri,
            "resolvedDependencies/0/uri",
            "git+https://github.com/evil/app@refs/tags/v1.2.3",
        ),
        (
            CheckName::SourceTag,
            "externalParameters/workflow/ref",
            "refs/tags/v1.2.4",
        ),
        (
            CheckName::SourceTag,
            "resolvedDependencies/0/uri",
            "git+https://github.com/vendor/app@refs/heads/v1.2.3",
        ),
        (
            CheckName::SourceVersionedTag,
            "externalParameters/workflow/ref",
            "refs/tags/v1.3.0",
        ),
    ] {
        let mut broken = statement(&at_release(GO));
        *broken
            .pointer_mut(&format!("{predicate}/{pointer}"))
            .unwrap() = json!(value);
        let outcome = by_policy(&attestations(&[&publication(), &broken]), &agreed());
        let failed = failed(&outcome);
        assert!(failed.contains(&name), "{pointer}: {failed:?}");
        assert!(
            failed.contains(&CheckName::Statement),
            "{pointer}: {failed:?}"
        );
    }
}

/// What the registry says is held against the same expectations.
#[test]
fn a_publication_must_be_there_and_agree() {
    let good = statement(&at_release(GO));
    let without = by_policy(&attestations(&[&good]), &agreed());
    assert_eq!(failed(&without), [CheckName::Statement]);
    for (name, pointer, value) in [
        (CheckName::PackageName, "/predicate/name", json!("app")),
        (
            CheckName::PackageVersion,
            "/predicate/version",
            json!("1.2.4"),
        ),
        (CheckName::Statement, "/_type", json!("x")),
    ] {
        let mut broken = publication();
        *broken.pointer_mut(pointer).unwrap() = value;
        let outcome = by_policy(&attestations(&[&broken, &good]), &agreed());
        assert_eq!(failed(&outcome), [name], "{pointer}");
    }
    // The registry speaks of another artifact, or of one that cannot be compared.
    let mut broken = publication();
    broken["subject"][0]["digest"]["sha512"] = json!(Algorithm::Sha512.hex_of(b"x"));
    let outcome = by_policy(&attestations(&[&broken, &good]), &agreed());
    assert_eq!(failed(&outcome), [CheckName::Subject]);
    let mut expectation = agreed();
    expectation.subject.truncate(1);
    let outcome = by_policy(&file(), &expectation);
    assert_eq!(failed(&outcome), [CheckName::Subject]);
}

/// The pointers of every value in a document, tables and lists included.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let step = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            found.push(step(key));
            pointers(member, &step(key), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            found.push(step(&index.to_string()));
            pointers(item, &step(&index.to_string()), found);
        }),
        _ => {}
    }
}

fn without(document: &Value, pointer: &str) -> Value {
    let mut document = document.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a step");
    match document.pointer_mut(parent).expect("the parent is there") {
        Value::Object(members) => _ = members.remove(&key.replace("~1", "/").replace("~0", "~")),
        Value::Array(items) => _ = items.remove(key.parse().expect("an index")),
        other => panic!("{other}"),
    }
    document
}

/// No field that is taken away or changed lets pass what did not pass.
#[test]
fn less_or_other_words_never_let_a_failure_pass() {
    let good = statement(&at_release(GO));
    let mut places = Vec::new();
    pointers(&good, "", &mut places);
    assert!(places.len() > 30, "{places:?}");
    let change = |one: fn(&mut Expectation)| {
        let mut expectation = agreed();
        one(&mut expectation);
        expectation
    };
    let failing = [
        // Both digests: a statement that gives one of the two is held against that one.
        change(|one| {
            one.subject[0].1 = Digest::of(b"x").hex();
            one.subject[1].1 = Algorithm::Sha512.hex_of(b"x");
        }),
        change(|one| one.builder = Some(BuilderId::parse(MAVEN))),
        change(|one| one.build_type = some("x")),
        change(|one| one.source_uri = Some(Expectation::source("github.com/vendor/b").unwrap())),
        change(|one| one.source_tag = some("v1.2")),
        change(|one| one.source_branch = some("b")),
        change(|one| one.source_versioned_tag = Some(VersionedTag::parse("v2").unwrap())),
        change(|one| one.parameters.push(("x".to_owned(), "y".to_owned()))),
        change(|one| one.package_name = some("b")),
        change(|one| one.package_version = some("2")),
    ];
    let mut asked = 0;
    for place in &places {
        let mut variants = vec![without(&good, place)];
        for other in [json!(null), json!("other"), json!([]), json!({}), json!(7)] {
            let mut changed = good.clone();
            *changed.pointer_mut(place).unwrap() = other;
            variants.push(changed);
        }
        for variant in variants {
            let file = attestations(&[&publication(), &variant]);
            for expectation in &failing {
                let outcome = ask(&file, expectation, true, nothing());
                assert!(!outcome.is_ok_and(|outcome| outcome.passed), "{place}");
                asked += 1;
            }
        }
    }
    assert!(asked > 1500, "{asked}");
    // What was agreed and is then taken away from the statement fails.
    let needed = [
        "/_type",
        "/subject",
        "/subject/1",
        "/subject/1/name",
        "/subject/1/digest",
        "/predicateType",
        "/predicate",
        "/predicate/buildDefinition",
        "/predicate/buildDefinition/buildType",
        "/predicate/buildDefinition/externalParameters/inputs/release",
        "/predicate/buildDefinition/internalParameters/GITHUB_EVENT_PAYLOAD/base_ref",
        "/predicate/runDetails/builder",
        "/predicate/runDetails/builder/id",
    ];
    for place in needed {
        let file = attestations(&[&publication(), &without(&good, place)]);
        let outcome = ask(&file, &agreed(), true, nothing());
        // The registry's word on the package stands beside the name of the subject.
        let passes = outcome.is_ok_and(|outcome| outcome.passed);
        assert_eq!(passes, place == "/subject/1/name", "{place}");
    }
}

/// A statement about a plain file, so that no registry has to speak.
fn plain(builder: &str, source: &str, reference: &str) -> Value {
    let mut statement = statement(builder);
    statement["subject"] = json!([{
        "name": "app.tgz", "digest": { "sha256": Digest::of(ARTIFACT).hex() },
    }]);
    let build = &mut statement["predicate"]["buildDefinition"];
    build["externalParameters"]["workflow"]["repository"] = json!(format!("https://{source}"));
    build["externalParameters"]["workflow"]["ref"] = json!(reference);
    build["resolvedDependencies"][0]["uri"] = json!(format!("git+https://{source}@{reference}"));
    statement
}
