//! Provenance held against what was agreed: each check broken by itself, the rules for builders, the levels, and
//! the command.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mekiki::app::Refused;
use mekiki::app::library::builders;
use mekiki::app::provenance::{ProvenanceRequest, check_provenance};
use mekiki::app::signature::SignatureRequest;
use mekiki::digest::{Algorithm, Digest};
use mekiki::evidence::provenance::{Attestation, SignerClaims, Wrapping, read};
use mekiki::evidence::signature::{Artifact, CheckName as SignatureCheck};
use mekiki::provenance::{
    BuilderId, CheckName, Expectation, Missing, Outcome, Reason, Signature, VersionedTag, check,
};
use serde_json::{Value, json};

use crate::asked::{material, now};
use crate::authority::{Authority, Fault, raw_key_pair};
use crate::binary::{Scratch, mekiki};

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
    let builders = builders(None).expect("the built-in table is sound");
    check_provenance(&ProvenanceRequest {
        attestation: material("provenance", provenance),
        expectation: expectation.clone(),
        builders: &builders,
        policy_only,
        trust,
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

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
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
                one.subject = vec![(Algorithm::Sha384, Algorithm::Sha384.hex_of(ARTIFACT))]
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
            other(|one| one.build_type = text("https://actions.github.io/buildtypes/workflow/v2")),
        ),
        (
            CheckName::SourceUri,
            other(|one| {
                one.source_uri = Some(Expectation::source("github.com/vendor/ap").unwrap())
            }),
        ),
        (
            CheckName::SourceTag,
            other(|one| one.source_tag = text("v1.2")),
        ),
        (
            CheckName::SourceBranch,
            other(|one| one.source_branch = text("mai")),
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
            other(|one| one.package_name = text("app")),
        ),
        (
            CheckName::PackageVersion,
            other(|one| one.package_version = text("1.2")),
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
        change(|one| one.build_type = text("x")),
        change(|one| one.source_uri = Some(Expectation::source("github.com/vendor/b").unwrap())),
        change(|one| one.source_tag = text("v1.2")),
        change(|one| one.source_branch = text("b")),
        change(|one| one.source_versioned_tag = Some(VersionedTag::parse("v2").unwrap())),
        change(|one| one.parameters.push(("x".to_owned(), "y".to_owned()))),
        change(|one| one.package_name = text("b")),
        change(|one| one.package_version = text("2")),
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

/// An attestation whose certificate claims `identity`, without a signature.
fn claimed(builder: &str, identity: &str, issuer: &str, runner: Option<&str>) -> Attestation {
    let mut statement = statement(builder);
    statement["subject"][1]["name"] = json!("app.tgz");
    let bytes = unsigned(&statement).to_string();
    let mut file = read(bytes.as_bytes()).unwrap();
    let mut attestation = file.readable.remove(0);
    attestation.wrapping = Wrapping::Bundle;
    attestation.signer = Some(SignerClaims {
        identity: text(identity),
        issuer: text(issuer),
        source_repository: text("https://github.com/vendor/app"),
        source_reference: text("refs/tags/v1.2.3"),
        source_commit: text(COMMIT),
        runner_environment: runner.map(str::to_owned),
        der: Vec::new(),
    });
    attestation
}

#[test]
fn the_name_in_the_certificate_decides_on_the_builder() {
    let builders = builders(None).unwrap();
    let go = at_release(GO);
    let own = format!("{OWN}@refs/heads/main");
    let own_release = at_release(OWN);
    let at_main = format!("{GO}@refs/heads/main");
    let maven = at_release(MAVEN);
    let other = at_release("https://github.com/evil/app/.github/workflows/release.yml");
    for (case, builder, identity, expected, runner, holds) in [
        ("trusted by default", &*go, &*go, None, None, true),
        ("agreed by name", &go, &go, Some(GO), None, true),
        ("agreed with its version", &go, &go, Some(&*go), None, true),
        ("another one is agreed", &go, &go, Some(MAVEN), None, false),
        (
            "another version is agreed",
            &go,
            &go,
            Some(&*at_main),
            None,
            false,
        ),
        ("names one, signed by another", &go, &own, None, None, false),
        (
            "names one that is agreed, signed by another",
            &go,
            &own,
            Some(GO),
            None,
            false,
        ),
        (
            "names another version than signed",
            &go,
            &at_main,
            None,
            None,
            false,
        ),
        ("at a branch", &at_main, &at_main, None, None, false),
        (
            "at a branch, agreed by name alone",
            &at_main,
            &at_main,
            Some(GO),
            None,
            false,
        ),
        (
            "at a branch, agreed to the letter",
            &at_main,
            &at_main,
            Some(&*at_main),
            None,
            true,
        ),
        (
            "nobody knows it",
            &own_release,
            &own_release,
            None,
            None,
            false,
        ),
        (
            "nobody knows it, agreed by name",
            &own_release,
            &own_release,
            Some(OWN),
            None,
            true,
        ),
        (
            "delegated",
            &maven,
            &at_release(DELEGATOR),
            None,
            None,
            true,
        ),
        (
            "delegated, agreed by name",
            &maven,
            &at_release(DELEGATOR),
            Some(MAVEN),
            None,
            true,
        ),
        (
            "delegated, the delegator is agreed",
            &maven,
            &at_release(DELEGATOR),
            Some(DELEGATOR),
            None,
            false,
        ),
        (
            "delegated by a branch",
            &maven,
            &format!("{DELEGATOR}@refs/heads/main"),
            None,
            None,
            false,
        ),
        (
            "delegated to a branch",
            &format!("{MAVEN}@refs/heads/main"),
            &at_release(DELEGATOR),
            None,
            None,
            false,
        ),
        (
            "signs for itself though it cannot",
            &maven,
            &maven,
            None,
            None,
            false,
        ),
        (
            "on a platform",
            HOSTED,
            &own,
            Some(HOSTED),
            Some("github-hosted"),
            true,
        ),
        (
            "on a platform, not agreed",
            HOSTED,
            &own,
            None,
            Some("github-hosted"),
            false,
        ),
        (
            "on a platform, on a machine of their own",
            HOSTED,
            &own,
            Some(HOSTED),
            Some("self-hosted"),
            false,
        ),
        (
            "on a platform, nobody says where",
            HOSTED,
            &own,
            Some(HOSTED),
            None,
            false,
        ),
        (
            "on a platform, by a workflow of others",
            HOSTED,
            &other,
            Some(HOSTED),
            Some("github-hosted"),
            false,
        ),
        (
            "a platform's longer name",
            HOSTED,
            &own,
            Some("https://github.com/actions/runner/github-hosted2"),
            Some("github-hosted"),
            false,
        ),
        (
            "an address that is longer",
            &format!("{GO}x@refs/tags/v1.0.0"),
            &format!("{GO}x@refs/tags/v1.0.0"),
            None,
            None,
            false,
        ),
        (
            "an address in another repository",
            "https://github.com/evil/https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml@refs/tags/v1.0.0",
            "https://github.com/evil/https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml@refs/tags/v1.0.0",
            None,
            None,
            false,
        ),
    ] {
        let expectation = Expectation {
            builder: expected.map(BuilderId::parse),
            ..artifact_alone()
        };
        let attestation = claimed(builder, identity, ISSUER, runner);
        let judgment = check(&attestation, None, &expectation, &builders);
        assert_eq!(
            judgment.holds(CheckName::BuilderId),
            holds,
            "{case}: {:#?}",
            judgment.checks
        );
        let by_others = claimed(builder, identity, "https://accounts.google.com", runner);
        let judgment = check(&by_others, None, &expectation, &builders);
        assert!(
            !judgment.holds(CheckName::BuilderId),
            "{case}, vouched for by others"
        );
        let mut nameless = attestation.clone();
        nameless.signer.as_mut().unwrap().identity = None;
        let judgment = check(&nameless, None, &expectation, &builders);
        assert!(
            !judgment.holds(CheckName::BuilderId),
            "{case}, without a name"
        );
    }
}

#[test]
fn the_certificate_and_the_statement_must_agree() {
    let builders = builders(None).unwrap();
    let go = at_release(GO);
    let expectation = Expectation {
        builder: None,
        build_type: None,
        parameters: Vec::new(),
        package_name: None,
        package_version: None,
        ..agreed()
    };
    let good = claimed(&go, &go, ISSUER, None);
    assert!(check(&good, None, &expectation, &builders).passed());
    let broken = |change: fn(&mut SignerClaims)| {
        let mut attestation = good.clone();
        change(attestation.signer.as_mut().unwrap());
        let judgment = check(&attestation, None, &expectation, &builders);
        judgment
            .checks
            .iter()
            .filter(|check| !check.passed)
            .map(|check| check.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        broken(|signer| signer.source_repository = text("https://github.com/evil/app")),
        [CheckName::SourceUri]
    );
    assert_eq!(
        broken(|signer| signer.source_commit = text("0000000000000000000000000000000000000000")),
        [CheckName::Statement]
    );
    let failed = broken(|signer| signer.source_reference = text("refs/heads/main"));
    assert!(failed.contains(&CheckName::Statement) && failed.contains(&CheckName::SourceTag));
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

fn with_root(root: &str) -> SignatureRequest<'_> {
    SignatureRequest {
        trusted_root: Some(material("root", root.as_bytes())),
        ..nothing()
    }
}

/// When the signatures of these tests are made.
fn signed_at() -> i64 {
    now().as_second() - 3600
}

#[test]
fn a_level_is_supported_by_what_was_verified_alone() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let sign = |statement: &Value, identity: &str| {
        authority
            .signer(identity, ISSUER, signed_at())
            .sign_statement(statement)
    };
    let (go, own, maven) = (at_release(GO), at_release(OWN), at_release(MAVEN));
    let release = |builder: &str| plain(builder, "github.com/vendor/app", "refs/tags/v1.2.3");
    let trial = format!("{GO}@refs/heads/main");
    let on_trial = plain(
        &trial,
        "github.com/slsa-framework/example-package",
        "refs/heads/main",
    );
    let named = |builder: &str| Expectation {
        builder: Some(BuilderId::parse(builder)),
        ..artifact_alone()
    };
    for (case, statement, identity, expectation, passed, supported, claimed, last) in [
        (
            "isolated",
            release(&go),
            &*go,
            artifact_alone(),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "isolated, agreed by name",
            release(&go),
            &go,
            named(GO),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "delegated",
            release(&maven),
            &at_release(DELEGATOR),
            named(MAVEN),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "on trial",
            on_trial,
            &trial,
            artifact_alone(),
            true,
            2,
            Some(3),
            Reason::NotReleased,
        ),
        (
            "delegated to nobody known",
            release(&own),
            &at_release(DELEGATOR),
            named(OWN),
            true,
            2,
            None,
            Reason::NotIsolated,
        ),
        (
            "nobody says where it runs",
            release(&own),
            &own,
            named(OWN),
            true,
            1,
            None,
            Reason::NotHosted,
        ),
        (
            "named by another",
            release(&go),
            &own,
            artifact_alone(),
            false,
            1,
            Some(3),
            Reason::BuilderNotAccepted,
        ),
    ] {
        let bundle = sign(&statement, identity);
        let outcome = ask(bundle.as_bytes(), &expectation, false, with_root(&root)).unwrap();
        assert_eq!(
            outcome.passed, passed,
            "{case}: {:#?}",
            outcome.judgment.checks
        );
        assert_eq!(outcome.signature, Signature::Verified, "{case}");
        assert_eq!(
            outcome.level.supported, supported,
            "{case}: {:?}",
            outcome.level
        );
        assert_eq!(outcome.level.claimed, claimed, "{case}");
        assert_eq!(outcome.level.reasons.last(), Some(&last), "{case}");

        // The same words are worth level 1 where nobody verified the signature, and nothing under another root.
        let unverified = ask(bundle.as_bytes(), &expectation, false, nothing()).unwrap();
        assert_eq!(unverified.missing, [Missing::TrustedRoot], "{case}");
        assert_eq!(unverified.is_unverifiable(), passed, "{case}");
        assert_eq!(unverified.level.supported, 1, "{case}");
        let other = Authority::new().trusted_root();
        let refused = ask(bundle.as_bytes(), &expectation, false, with_root(&other)).unwrap();
        assert!(
            !refused.passed && refused.signature == Signature::Failed,
            "{case}"
        );
        assert_eq!(refused.level.supported, 0, "{case}");
    }
    let bundle = sign(&release(&go), &go);
    let other = Expectation {
        subject: vec![(Algorithm::Sha256, Digest::of(b"x").hex())],
        ..Expectation::default()
    };
    let outcome = ask(bundle.as_bytes(), &other, false, with_root(&root)).unwrap();
    assert_eq!(outcome.level.supported, 0);
    assert_eq!(outcome.level.reasons, [Reason::NoProvenance]);
    // An expected signer of the caller's is held as well.
    let expected = SignatureRequest {
        identity: Some(mekiki::evidence::signature::Expected::Exact(own.clone())),
        ..with_root(&root)
    };
    let outcome = ask(bundle.as_bytes(), &artifact_alone(), false, expected).unwrap();
    assert!(!outcome.passed && outcome.signature == Signature::Failed);
}

#[test]
fn no_fault_of_a_bundle_passes() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let go = at_release(GO);
    let statement = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    for fault in [
        Fault::UntrustedCertificate,
        Fault::WrongSct,
        Fault::NoSct,
        Fault::BadInclusionProof,
        Fault::BadCheckpointSignature,
        Fault::BadPromise,
        Fault::IntegratedTimeOutsideCertificate,
        Fault::SignatureOverOtherBytes,
        Fault::LogEntryForOtherArtifact,
        Fault::ExtraSignature,
    ] {
        let bundle = authority
            .signer(&go, ISSUER, signed_at())
            .with_fault(fault)
            .sign_statement(&statement);
        let outcome = ask(
            bundle.as_bytes(),
            &artifact_alone(),
            false,
            with_root(&root),
        );
        assert!(!outcome.is_ok_and(|outcome| outcome.passed), "{fault:?}");
    }
}

/// The envelope of a bundle with the certificate beside its signature, as some builders write it.
fn with_certificate_beside(bundle: &str) -> Value {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let raw = bundle["verificationMaterial"]["certificate"]["rawBytes"]
        .as_str()
        .unwrap();
    let lines: Vec<_> = raw
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let mut envelope = bundle["dsseEnvelope"].clone();
    envelope["signatures"][0]["cert"] = json!(format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    ));
    envelope
}

#[test]
fn a_certificate_beside_a_signature_proves_no_time() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let go = at_release(GO);
    let statement = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    let bundle = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&statement);
    let good = with_certificate_beside(&bundle);
    let refusal = |envelope: &Value, root: &str| {
        let bytes = envelope.to_string();
        let outcome = ask(bytes.as_bytes(), &artifact_alone(), false, with_root(root)).unwrap();
        assert!(!outcome.passed);
        assert!(outcome.level.supported < 2);
        (
            outcome.signature,
            outcome.verifications[0].refusal().unwrap().name,
        )
    };
    assert_eq!(
        refusal(&good, &root),
        (Signature::NotChecked, SignatureCheck::TransparencyLog)
    );
    assert_eq!(
        refusal(&good, &Authority::new().trusted_root()),
        (Signature::Failed, SignatureCheck::CertificateChain)
    );
    let secret = authority
        .signer(&go, ISSUER, signed_at())
        .with_fault(Fault::NoSct)
        .sign_statement(&statement);
    assert_eq!(
        refusal(&with_certificate_beside(&secret), &root),
        (Signature::Failed, SignatureCheck::CertificateTransparency)
    );
    let later = authority
        .signer(&go, ISSUER, now().as_second() + 3600)
        .sign_statement(&statement);
    assert_eq!(
        refusal(&with_certificate_beside(&later), &root),
        (Signature::Failed, SignatureCheck::CertificateValidity)
    );
    let other = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&statement);
    let mut forged = good.clone();
    forged["signatures"][0]["sig"] =
        with_certificate_beside(&other)["signatures"][0]["sig"].clone();
    assert_eq!(
        refusal(&forged, &root),
        (Signature::Failed, SignatureCheck::Signature)
    );
    // Every check of fields holds all the same where only they are asked.
    assert!(by_policy(good.to_string().as_bytes(), &artifact_alone()).passed);
}

/// A key that was agreed proves the words, and the builder only where the two were agreed together.
#[test]
fn an_envelope_is_verified_under_a_key() {
    let (key, sign) = raw_key_pair();
    let (other, _) = raw_key_pair();
    let sealed = |statement: &Value| {
        let payload = statement.to_string();
        let kind = "application/vnd.in-toto+json";
        let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
        let mut envelope = unsigned(statement);
        envelope["signatures"][0]["sig"] = json!(sign(signed.as_bytes()));
        envelope
    };
    let under = |key: &str, envelope: &Value, expectation: &Expectation| {
        let trust = SignatureRequest {
            keys: vec![material("key", key.as_bytes())],
            ..nothing()
        };
        ask(envelope.to_string().as_bytes(), expectation, false, trust).unwrap()
    };
    let named = |builder: &str| Expectation {
        builder: Some(BuilderId::parse(builder)),
        ..artifact_alone()
    };
    let service = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
    let release = |builder: &str| plain(builder, "github.com/vendor/app", "refs/tags/v1.2.3");
    for (case, builder, expectation, supported) in [
        (
            "a builder that signs by certificates",
            at_release(GO),
            artifact_alone(),
            1,
        ),
        (
            "a builder that only the key's holder knows",
            "https://ci.vendor.example".to_owned(),
            named("https://ci.vendor.example"),
            1,
        ),
        ("a service", service.to_owned(), artifact_alone(), 2),
        (
            "a service that was agreed with its key",
            service.to_owned(),
            named(service),
            3,
        ),
    ] {
        let envelope = sealed(&release(&builder));
        let outcome = under(&key, &envelope, &expectation);
        assert!(outcome.passed, "{case}: {:#?}", outcome.verifications);
        assert_eq!(outcome.level.supported, supported, "{case}");
        let outcome = under(&other, &envelope, &expectation);
        assert!(
            !outcome.passed && outcome.signature == Signature::Failed,
            "{case}"
        );
        assert_eq!(outcome.level.supported, 0, "{case}");
        let mut forged = sealed(&release(&at_release(OWN)));
        forged["payload"] = envelope["payload"].clone();
        let outcome = under(&key, &forged, &expectation);
        assert!(
            !outcome.passed && outcome.signature == Signature::Failed,
            "{case}"
        );
    }
    // A certificate that anybody laid beside the signature of a key raises no level.
    let authority = Authority::new();
    let go = at_release(GO);
    let bundle = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&release(&go));
    let mut envelope = sealed(&release(&go));
    envelope["signatures"][0]["cert"] =
        with_certificate_beside(&bundle)["signatures"][0]["cert"].clone();
    let outcome = under(&key, &envelope, &artifact_alone());
    assert_eq!(outcome.signature, Signature::Verified);
    assert_eq!(
        outcome.level.reasons.last(),
        Some(&Reason::KeyIsNotBuilders)
    );
}

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
        source_tag: text("v1.2.3"),
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
