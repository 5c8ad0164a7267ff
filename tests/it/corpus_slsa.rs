//! The provenance cases of the corpus: what they say holds and what not, and for which reason. The meaning of the
//! names of errors is taken from the names and from the documentation of their maker.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mekiki::app::Refused;
use mekiki::app::criteria_origin::Origin;
use mekiki::app::library::builders;
use mekiki::app::provenance::{ProvenanceRequest, check_provenance};
use mekiki::app::signature::SignatureRequest;
use mekiki::digest::Algorithm;
use mekiki::evidence::provenance::{Wrapping, read};
use mekiki::evidence::signature::{Artifact, CheckName as SignatureCheck};
use mekiki::provenance::{
    BuilderId, CheckName, Expectation, Missing, Outcome, Signature, VersionedTag,
};
use serde_json::Value;

use crate::asked::{material, now};
use crate::corpus::{Corpus, corpus, say};

const PUBLIC_GOOD: &str = "sigstore/trust/public-good-trusted_root.json";
const NPM_KEYS: &str = "sigstore/tuf/targets/npm-registry/keys.json";
const GCB_IMAGE: &str = "1a033b002f89ed2b8ea733162497fb70f1a4049a7f8602d6a33682b4ad9921fd";

/// The check that an error of the peer stands for.
const CHECKS: &[(&str, &[CheckName])] = &[
    ("ErrorMismatchHash", &[CheckName::Subject]),
    ("ErrorMismatchIntoto", &[CheckName::Statement]),
    ("ErrorInvalidFormat", &[CheckName::Statement]),
    ("ErrorMismatchSource", &[CheckName::SourceUri]),
    ("ErrorMismatchBranch", &[CheckName::SourceBranch]),
    ("ErrorMismatchTag", &[CheckName::SourceTag]),
    (
        "ErrorMismatchVersionedTag",
        &[CheckName::SourceVersionedTag],
    ),
    // Here in every case: a tag is expected and the build was of a branch.
    (
        "ErrorInvalidRef",
        &[CheckName::SourceTag, CheckName::SourceVersionedTag],
    ),
    ("ErrorMismatchWorkflowInputs", &[CheckName::Parameters]),
    ("ErrorUntrustedReusableWorkflow", &[CheckName::BuilderId]),
    ("ErrorInvalidBuilderID", &[CheckName::BuilderId]),
    ("ErrorMismatchBuilderID", &[CheckName::BuilderId]),
    ("ErrorNotSupported", &[CheckName::BuilderId]),
    ("ErrorVerifierNotSupported", &[CheckName::BuilderId]),
    ("ErrorMismatchPackageName", &[CheckName::PackageName]),
    ("ErrorMismatchPackageVersion", &[CheckName::PackageVersion]),
];

/// Errors that only a check of signatures can find.
const BY_SIGNATURE: [&str; 2] = ["ErrorNoValidSignature", "ErrorInvalidSignature"];

fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case[key].as_str()
}

/// What the case expects of its artifact; `None` where the corpus has kept no digest of it.
fn expectation(case: &Value) -> Option<Expectation> {
    let mut subject = Vec::new();
    if let Some([digits, ..]) = case["artifact_sha256"].as_array().map(Vec::as_slice) {
        let digits = digits.as_str().expect("a digest is a text").to_owned();
        subject.push((Algorithm::Sha256, digits));
    }
    if let Some(digits) = text(case, "artifact_sha512") {
        subject.push((Algorithm::Sha512, digits.to_owned()));
    }
    if let Some(digest) = text(case, "artifact_digest_file") {
        let digits = digest
            .trim()
            .strip_prefix("sha256:")
            .expect("it is SHA-256");
        subject.push((Algorithm::Sha256, digits.to_owned()));
    }
    if subject.is_empty() {
        return None;
    }
    Some(Expectation {
        signer_is_agreed: false,
        subject,
        source_uri: text(case, "source").map(|source| Expectation::source(source).unwrap()),
        source_tag: text(case, "ptag").map(str::to_owned),
        source_branch: text(case, "pbranch").map(str::to_owned),
        source_versioned_tag: text(case, "pversiontag")
            .map(|version| VersionedTag::parse(version).unwrap()),
        builder: text(case, "pBuilderID")
            .or_else(|| text(case, "builderID"))
            .map(BuilderId::parse),
        parameters: case["inputs"].as_object().map_or_else(Vec::new, |inputs| {
            inputs
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect()
        }),
        package_name: text(case, "pkgName").map(str::to_owned),
        package_version: text(case, "pkgVersion").map(str::to_owned),
        build_type: None,
    })
}

struct Trusted<'a> {
    root: Option<&'a [u8]>,
    keys: &'a [Vec<u8>],
}

const NOTHING: Trusted<'_> = Trusted {
    root: None,
    keys: &[],
};

fn judge(
    provenance: &[u8],
    expectation: &Expectation,
    policy_only: bool,
    trusted: &Trusted<'_>,
) -> Result<Outcome, Refused> {
    let builders = builders(&Origin::default()).expect("the built-in table is sound");
    check_provenance(&ProvenanceRequest {
        attestation: material("provenance", provenance),
        expectation: expectation.clone(),
        builders: &builders,
        policy_only,
        trust: SignatureRequest {
            trusted_root: trusted.root.map(|root| material("root", root)),
            keys: trusted
                .keys
                .iter()
                .map(|key| material("key", key))
                .collect(),
            ..SignatureRequest::new(Artifact::default(), now())
        },
        register: None,
    })
}

/// The outcome in one line.
fn said(outcome: &Result<Outcome, Refused>) -> String {
    match outcome {
        Ok(outcome) if outcome.passed => "passed".to_owned(),
        Ok(outcome) => {
            let failed: Vec<_> = outcome
                .judgment
                .checks
                .iter()
                .filter(|check| !check.passed)
                .map(|check| format!("{}: {}", check.name.word(), check.detail))
                .collect();
            format!("{failed:?} signature {:?}", outcome.signature)
        }
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn every_case_that_fields_decide_comes_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let cases = corpus.cases("slsa/cases.jsonl");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let mut count = |what| *counts.entry(what).or_default() += 1;
        let provenance = corpus.read(text(case, "provenance").unwrap());
        let Some(expectation) = expectation(case) else {
            count("undecided: the corpus keeps no digest of the artifact");
            continue;
        };
        let outcome = judge(&provenance, &expectation, true, &NOTHING);
        let error = text(case, "error");
        let right = match (text(case, "expected"), error) {
            (Some("pass"), _) => {
                count("passed");
                outcome.as_ref().is_ok_and(|outcome| outcome.passed)
            }
            (Some("fail"), Some(error)) if BY_SIGNATURE.contains(&error) => {
                let passed = outcome.as_ref().is_ok_and(|outcome| outcome.passed);
                count(if passed {
                    "undecided: only the signature is wrong"
                } else {
                    "failed: the signature is wrong, and so is a field"
                });
                true
            }
            (Some("fail"), Some("ErrorInvalidDssePayload")) => {
                count("failed: unreadable");
                outcome
                    .as_ref()
                    .is_err_and(|refused| refused.0[0].code.starts_with("json-"))
            }
            (Some("fail"), Some(error)) => {
                count("failed");
                let (_, checks) = CHECKS
                    .iter()
                    .find(|(name, _)| *name == error)
                    .unwrap_or_else(|| panic!("the cases have a new error: {error}"));
                outcome.as_ref().is_ok_and(|outcome| {
                    let failed = |name: &CheckName| !outcome.judgment.holds(*name);
                    !outcome.passed && checks.iter().any(failed)
                })
            }
            other => panic!("the cases have a new expectation: {other:?}"),
        };
        if !right {
            wrong.push(format!("{case}: {}", said(&outcome)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, such as {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(10)]
    );
    for (what, count) in &counts {
        say(&format!("corpus slsa: {count} cases {what}"));
    }
    assert_eq!(cases.len(), 861);
    let decided: usize = counts
        .iter()
        .filter(|(what, _)| !what.starts_with("undecided"))
        .map(|(_, count)| count)
        .sum();
    assert!(decided >= 845, "{counts:?}");
}

/// The image of Cloud Build whose digest the corpus has not kept stands in the provenance itself.
#[test]
fn an_image_is_named_by_its_digest_alone() {
    let Some(corpus) = corpus() else { return };
    let provenance = corpus.read("slsa/gcb_container/v0.2/gcloud-container-github.json");
    let of = |digits: &str| Expectation {
        subject: vec![(Algorithm::Sha256, digits.to_owned())],
        source_uri: Some(Expectation::source("github.com/laurentsimon/gcb-tests").unwrap()),
        ..Expectation::default()
    };
    let right = judge(&provenance, &of(GCB_IMAGE), true, &NOTHING);
    assert!(right.as_ref().unwrap().passed, "{}", said(&right));
    let other = judge(
        &provenance,
        &of(&GCB_IMAGE.replace('1', "2")),
        true,
        &NOTHING,
    )
    .unwrap();
    assert!(!other.judgment.holds(CheckName::Subject));
    // A mutable name is no digest.
    assert!(Artifact::parse_digest("us-west2-docker.pkg.dev/a/b/image:v14").is_none());
    // Without anything to verify with, what fields say is open.
    let open = judge(&provenance, &of(GCB_IMAGE), false, &NOTHING).unwrap();
    assert!(open.is_unverifiable() && open.missing == [Missing::Key]);
    assert_eq!(open.level.supported, 1);
}

/// Every passing case of a bundle is verified under the public root, and none with one byte changed.
#[test]
fn bundles_are_verified_under_the_public_root() {
    let Some(corpus) = corpus() else { return };
    let root = corpus.read(PUBLIC_GOOD);
    let trusted = Trusted {
        root: Some(&root),
        keys: &[],
    };
    let (mut verified, mut levels) = (0, BTreeMap::<u8, usize>::new());
    let mut seen = Vec::new();
    for case in corpus.cases("slsa/cases.jsonl") {
        let path = text(&case, "provenance").unwrap().to_owned();
        let is_pass = text(&case, "expected") == Some("pass");
        if !is_pass || path.contains("/npm/") || seen.contains(&path) {
            continue;
        }
        let provenance = corpus.read(&path);
        let Ok(file) = read(&provenance) else {
            continue;
        };
        if file.readable[0].wrapping != Wrapping::Bundle {
            continue;
        }
        seen.push(path);
        let expectation = expectation(&case).expect("the artifact is kept");
        let outcome = judge(&provenance, &expectation, false, &trusted);
        assert!(
            outcome.as_ref().is_ok_and(|outcome| outcome.passed),
            "{case}: {} {:?}",
            said(&outcome),
            outcome.as_ref().map(|outcome| &outcome.verifications)
        );
        let outcome = outcome.unwrap();
        assert_eq!(outcome.signature, Signature::Verified);
        *levels.entry(outcome.level.supported).or_default() += 1;
        verified += 1;

        let mut bundle: Value = serde_json::from_slice(&provenance).unwrap();
        let signature = &mut bundle["dsseEnvelope"]["signatures"][0]["sig"];
        let mut bytes = BASE64_STANDARD.decode(signature.as_str().unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        *signature = Value::from(BASE64_STANDARD.encode(bytes));
        let forged = bundle.to_string();
        let outcome = judge(forged.as_bytes(), &expectation, false, &trusted).unwrap();
        assert!(!outcome.passed && outcome.signature == Signature::Failed);
        assert_eq!(outcome.level.supported, 0);
    }
    say(&format!(
        "corpus slsa: {verified} bundles verified, by supported level {levels:?}"
    ));
    assert!(verified >= 25, "{verified}");
    assert!(
        levels.contains_key(&3) && levels.contains_key(&2),
        "{levels:?}"
    );
}

/// The keys of the npm registry as PEM, those for attestations.
fn npm_keys(corpus: &Corpus) -> Vec<Vec<u8>> {
    let keys: Value = serde_json::from_slice(&corpus.read(NPM_KEYS)).unwrap();
    let keys = keys["keys"].as_array().unwrap();
    keys.iter()
        .filter(|key| key["keyUsage"] == "npm:attestations")
        .map(|key| {
            let der = key["publicKey"]["rawBytes"].as_str().unwrap();
            format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n").into_bytes()
        })
        .collect()
}

/// What the peer refuses for its signature is refused for its signature; what it accepts is verified, under the
/// public root and the registry's keys.
#[test]
fn attestations_of_npm_are_held_to_their_signatures() {
    let Some(corpus) = corpus() else { return };
    let (root, keys) = (corpus.read(PUBLIC_GOOD), npm_keys(corpus));
    let trusted = Trusted {
        root: Some(&root),
        keys: &keys,
    };
    let (mut verified, mut forged, mut refused, mut wrong) = (0, 0, 0, Vec::new());
    for case in corpus.cases("slsa/cases.jsonl") {
        if text(&case, "test") != Some("Test_runVerifyNpmPackage") {
            continue;
        }
        let provenance = corpus.read(text(&case, "provenance").unwrap());
        let expectation = expectation(&case).expect("the artifact is kept");
        let outcome = judge(&provenance, &expectation, false, &trusted);
        let right = match &outcome {
            Err(_) => false,
            Ok(outcome) if text(&case, "error") == Some("ErrorInvalidSignature") => {
                forged += 1;
                !outcome.passed && outcome.signature == Signature::Failed
            }
            Ok(outcome) if text(&case, "expected") == Some("fail") => {
                refused += 1;
                !outcome.passed && !outcome.judgment.passed()
            }
            Ok(outcome) => {
                verified += 1;
                outcome.passed && outcome.level.supported == 2
            }
        };
        if !right {
            let refusals = outcome.as_ref().map_or_else(
                |_| Vec::new(),
                |outcome| {
                    let all = outcome.verifications.iter();
                    all.filter_map(|one| one.refusal().cloned()).collect()
                },
            );
            wrong.push(format!(
                "{}: {}, {refusals:?}",
                case["name"],
                said(&outcome)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    say(&format!(
        "corpus slsa: npm: {verified} verified, {forged} forged, {refused} refused for a field"
    ));
    assert_eq!((verified, forged, refused), (7, 5, 11));
}

/// An envelope with its certificate and without its log entry is neither verified nor forged; a changed one is
/// forged.
#[test]
fn an_envelope_without_its_log_entry_stays_open() {
    let Some(corpus) = corpus() else { return };
    let root = corpus.read(PUBLIC_GOOD);
    let trusted = Trusted {
        root: Some(&root),
        keys: &[],
    };
    let (mut open, mut without, mut secret, mut seen) = (0, 0, 0, Vec::new());
    for case in corpus.cases("slsa/cases.jsonl") {
        let path = text(&case, "provenance").unwrap().to_owned();
        if text(&case, "expected") != Some("pass") || seen.contains(&path) {
            continue;
        }
        let provenance = corpus.read(&path);
        let file = read(&provenance).unwrap();
        if file.readable[0].wrapping != Wrapping::Envelope || path.contains("gcb_container") {
            continue;
        }
        seen.push(path);
        let expectation = expectation(&case).expect("the artifact is kept");
        let outcome = judge(&provenance, &expectation, false, &trusted).unwrap();
        assert!(outcome.is_unverifiable(), "{case}");
        assert_eq!(outcome.level.supported, 1, "{case}");
        if file.readable[0].signer.is_none() {
            assert_eq!(outcome.missing, [Missing::Key], "{case}");
            without += 1;
            continue;
        }
        assert_eq!(outcome.missing, [Missing::TransparencyLog], "{case}");
        let checks: Vec<_> = outcome.verifications[0]
            .checks
            .iter()
            .map(|check| (check.name, check.passed))
            .collect();
        let mut expected = vec![
            (SignatureCheck::Signature, true),
            (SignatureCheck::CertificateChain, true),
            (SignatureCheck::CertificateUsage, true),
            (SignatureCheck::CertificateTransparency, true),
            (SignatureCheck::TransparencyLog, false),
        ];
        if checks.len() < expected.len() {
            // The certificates of before August 2022 carry no word of the other log.
            expected.remove(3);
            secret += 1;
        }
        assert_eq!(checks, expected, "{case}");
        open += 1;

        let mut envelope: Value = serde_json::from_slice(&provenance).unwrap();
        let payload = envelope["payload"].as_str().unwrap();
        let payload = BASE64_STANDARD.decode(payload).unwrap();
        let payload = String::from_utf8(payload).unwrap() + " ";
        envelope["payload"] = Value::from(BASE64_STANDARD.encode(payload));
        let forged = envelope.to_string();
        let outcome = judge(forged.as_bytes(), &expectation, false, &trusted).unwrap();
        assert!(outcome.judgment.passed());
        assert!(!outcome.passed && outcome.signature == Signature::Failed);
    }
    say(&format!(
        "corpus slsa: {open} envelopes lack their log entry, {secret} of them the word on their certificate too, \
         {without} bring no certificate"
    ));
    assert!(
        open >= 45 && without >= 4 && secret == 8,
        "{open} {without} {secret}"
    );
}

#[test]
fn every_other_file_is_read_or_refused() {
    let Some(corpus) = corpus() else { return };
    let (mut readable, mut refused) = (0, Vec::new());
    for row in &corpus.rows {
        if !row.path.starts_with("slsa/") || row.path.ends_with("cases.jsonl") {
            continue;
        }
        match read(&corpus.read(&row.path)) {
            Ok(file) => {
                readable += 1;
                for attestation in &file.readable {
                    assert!(
                        !attestation.statement.subjects.is_empty()
                            || !attestation.statement.faults.is_empty(),
                        "{}",
                        row.path
                    );
                }
            }
            Err(fault) => {
                assert!(fault.help.is_some(), "{}: {fault}", row.path);
                refused.push(format!("{}: {}", row.path, fault.code));
            }
        }
    }
    say(&format!(
        "corpus slsa: {readable} files read, refused {refused:#?}"
    ));
    assert!(readable >= 120, "{readable}");
}
