//! The signature cases of the corpus: who signed is accepted or refused as their makers say.

use mekiki::digest::Digest;
use mekiki::evidence::signature::sigstore;
use serde_json::Value;

use crate::asked::Asked;
use crate::corpus::{Corpus, corpus, say};

const PUBLIC_GOOD: &str = "trust/public-good-trusted_root.json";
const STAGING: &str = "trust/staging-trusted_root.json";
/// No file of its own: see [`trust_in_test_tsa`].
const TSA: &str = "tsa";

const GITHUB: &str = "https://github.com/login/oauth";
const GOOGLE: &str = "https://accounts.google.com";

/// The outcome in one line: `verified`, the check that failed, or the code of the error.
fn outcome(request: &Asked<'_>) -> String {
    match request.verify() {
        Ok(verification) if verification.verified => "verified".to_owned(),
        Ok(verification) => verification
            .checks
            .iter()
            .find(|check| !check.passed)
            .map(|check| check.name.word().to_owned())
            .expect("a refusal names the check that failed"),
        Err(refused) => refused.0[0].code.to_owned(),
    }
}

fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case[key].as_str()
}

/// Whether `outcome` is what `verify-ok` or `verify-fail` asks for.
fn is_expected(case: &Value, outcome: &str) -> bool {
    match text(case, "expected") {
        Some("verify-ok") => outcome == "verified",
        Some("verify-fail") => outcome != "verified",
        other => panic!("the cases have a new expectation: {other:?}"),
    }
}

#[test]
fn sigstore_conformance_cases_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let cases = corpus.cases("sigstore/conformance/cases.jsonl");
    for case in &cases {
        let file = |key: &str| text(case, key).map(|path| corpus.read(path));
        let (artifact, bundle) = (file("artifact"), file("bundle"));
        let (trusted_root, key) = (file("trusted_root"), file("key"));
        let request = Asked {
            artifact: artifact.as_deref(),
            bundle: bundle.as_deref(),
            trusted_root: trusted_root.as_deref(),
            identity: text(case, "identity").zip(text(case, "issuer")),
            key: key.as_deref(),
            ..Asked::default()
        };
        let found = outcome(&request);
        assert!(is_expected(case, &found), "{case}: {found}");
        if found == "verified" && key.is_none() {
            let by_another = Asked {
                identity: Some(ALEXIS),
                ..request
            };
            assert_eq!(outcome(&by_another), "identity", "{case}");
        }
    }
    assert!(cases.len() >= 10, "{}", cases.len());
    say(&format!(
        "corpus signatures: {} sigstore conformance cases",
        cases.len()
    ));
}

#[test]
fn signatures_under_a_bare_key_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let mut decided = 0;
    for case in corpus.cases("signatures/cases.jsonl") {
        // DSSE envelopes, minisign, CMS and OpenPGP signatures are not verified yet.
        if text(&case, "tool") != Some("cosign-blob") {
            continue;
        }
        let file = |key: &str| corpus.read(text(&case, key).expect("a case names its files"));
        let outcome = outcome(&Asked {
            artifact: Some(&file("artifact")),
            signature: Some(&file("signature")),
            key: Some(&file("key")),
            ..Asked::default()
        });
        assert!(is_expected(&case, &outcome), "{case}: {outcome}");
        decided += 1;
    }
    assert!(decided >= 12, "{decided}");
    say(&format!("corpus signatures: {decided} under a bare key"));
}

/// A bundle of a Sigstore client's own tests.
struct ClientCase {
    bundle: &'static str,
    /// A file, or a digest.
    artifact: &'static str,
    trusted_root: &'static str,
    /// Identity and issuer as the bundle's certificate names them.
    signer: (&'static str, &'static str),
    /// The outcome that the maker wants, and where it is a refusal, by which check or code.
    outcome: &'static str,
}

const fn case(
    bundle: &'static str,
    artifact: &'static str,
    trusted_root: &'static str,
    signer: (&'static str, &'static str),
    outcome: &'static str,
) -> ClientCase {
    ClientCase {
        bundle,
        artifact,
        trusted_root,
        signer,
        outcome,
    }
}

const WILLIAM: (&str, &str) = ("william@yossarian.net", GITHUB);
const ALEXIS: (&str, &str) = ("alexis.challande@trailofbits.com", GOOGLE);
const SERVICE: (&str, &str) = (
    "insecure-cloudtop-shared-user@cloudtop-prod-us-east.iam.gserviceaccount.com",
    GOOGLE,
);

/// Every bundle whose maker says how it comes out, under `sigstore/`.
///
/// Left out: `go/bundles/sigstore.js@2.0.0-provenance`, whose subject has a SHA-512 digest only and
/// whose file is not kept; the detached signatures in `python/detached`, which need a certificate that
/// ran out and the log online; `go/bundles/public-key-validity`, a key with a validity of its own.
const CLIENT_CASES: [ClientCase; 15] = [
    case(
        "python/bundle.txt.sigstore",
        "python/bundle.txt",
        STAGING,
        ("a@tny.town", GITHUB),
        "verified",
    ),
    case(
        "python/bundle_v3.txt.sigstore",
        "python/bundle_v3.txt",
        STAGING,
        WILLIAM,
        "verified",
    ),
    case(
        "python/bundle_v3_alt.txt.sigstore",
        "python/bundle_v3_alt.txt",
        STAGING,
        WILLIAM,
        "verified",
    ),
    case(
        "python/staging-rekor-v2.txt.sigstore.json",
        "python/staging-rekor-v2.txt",
        STAGING,
        ("jku@goto.fi", GITHUB),
        "verified",
    ),
    // Another artifact, identity or root than those above.
    case(
        "python/bundle_v3.txt.sigstore",
        "python/bundle.txt",
        STAGING,
        WILLIAM,
        "artifact",
    ),
    case(
        "python/bundle_v3.txt.sigstore",
        "python/bundle_v3.txt",
        STAGING,
        ALEXIS,
        "identity",
    ),
    case(
        "python/bundle_v3.txt.sigstore",
        "python/bundle_v3.txt",
        PUBLIC_GOOD,
        WILLIAM,
        "transparency-log",
    ),
    case(
        "python/bundle_cve_2022_36056.txt.sigstore",
        "python/bundle_cve_2022_36056.txt",
        STAGING,
        WILLIAM,
        "transparency-log",
    ),
    case(
        "python/bundle_invalid_version.txt.sigstore",
        "python/bundle_invalid_version.txt",
        STAGING,
        WILLIAM,
        "bundle-malformed",
    ),
    case(
        "python/bundle_no_cert_v1.txt.sigstore",
        "python/bundle_no_cert_v1.txt",
        STAGING,
        WILLIAM,
        "structure",
    ),
    case(
        "python/bundle_no_checkpoint.txt.sigstore",
        "python/bundle_no_checkpoint.txt",
        STAGING,
        WILLIAM,
        "structure",
    ),
    case(
        "python/bundle_no_log_entry.txt.sigstore",
        "python/bundle_no_log_entry.txt",
        STAGING,
        ("alex.cameron@trailofbits.com", GOOGLE),
        "structure",
    ),
    case(
        "python/bundle_v3_no_signed_time.txt.sigstore.json",
        "python/bundle_v3_no_signed_time.txt",
        STAGING,
        WILLIAM,
        "timestamp",
    ),
    case(
        "python/tsa/bundle.txt.late_timestamp.sigstore",
        "python/tsa/bundle.txt",
        STAGING,
        SERVICE,
        "certificate-chain",
    ),
    case(
        "go/bundles/dsse-2sigs.sigstore.json",
        "python/bundle.txt",
        PUBLIC_GOOD,
        ("brian@dehamer.com", GITHUB),
        "bundle-malformed",
    ),
];

/// Bundles that their makers accept and that are refused.
const STRICTER: [(ClientCase, &str); 2] = [
    (
        case(
            "python/tsa/bundle.txt.sigstore",
            "python/tsa/bundle.txt",
            TSA,
            ALEXIS,
            "timestamp",
        ),
        "one of its two timestamps is over the text `hello`; a bundle with a bad timestamp is refused",
    ),
    (
        case(
            "go/bundles/othername.sigstore.json",
            "sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b",
            "go/trusted-roots/scaffolding.json",
            ("foo!oidc.local", "http://oidc.local:8080"),
            "identity",
        ),
        "the identity is an `otherName`, which the library does not read",
    ),
];

impl ClientCase {
    fn outcome(&self, corpus: &Corpus) -> String {
        let read = |path: &str| corpus.read(&format!("sigstore/{path}"));
        let digest: Option<Digest> = self.artifact.parse().ok();
        let artifact = digest.is_none().then(|| read(self.artifact));
        let trusted_root = if self.trusted_root == TSA {
            trust_in_test_tsa(corpus)
        } else {
            read(self.trusted_root)
        };
        outcome(&Asked {
            artifact: artifact.as_deref(),
            digest,
            bundle: Some(&read(self.bundle)),
            trusted_root: Some(&trusted_root),
            identity: Some(self.signer),
            ..Asked::default()
        })
    }
}

/// The trusted root of the timestamp tests: their authority's chain in their trust configuration.
fn trust_in_test_tsa(corpus: &Corpus) -> Vec<u8> {
    let json = |path| -> Value {
        serde_json::from_slice(&corpus.read(path)).expect("the trust configuration is JSON")
    };
    let mut root = json("sigstore/python/tsa/trust_config.json")["trustedRoot"].take();
    root["timestampAuthorities"] = Value::Array(vec![json("sigstore/python/tsa/ca.json")]);
    root.to_string().into_bytes()
}

#[test]
fn bundles_of_sigstore_clients_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    for case in &CLIENT_CASES {
        assert_eq!(case.outcome(corpus), case.outcome, "{}", case.bundle);
    }
    // Wrong behavior on the safe side: these should verify.
    for (case, why) in &STRICTER {
        assert_eq!(case.outcome(corpus), case.outcome, "{}: {why}", case.bundle);
    }
    for bundle in ["duplicate", "many_timestamp"] {
        let bundle = format!("sigstore/python/tsa/bundle.{bundle}.sigstore");
        let refused = outcome(&Asked {
            artifact: Some(&corpus.read("sigstore/python/tsa/bundle.txt")),
            bundle: Some(&corpus.read(&bundle)),
            trusted_root: Some(&trust_in_test_tsa(corpus)),
            identity: Some(ALEXIS),
            ..Asked::default()
        });
        assert_eq!(refused, "timestamp", "{bundle}");
    }
    say(&format!(
        "corpus signatures: {} bundles of Sigstore clients, {} refused that their makers accept",
        CLIENT_CASES.len() + 2,
        STRICTER.len()
    ));
}

#[test]
fn bundles_without_an_expected_signer_are_read() {
    let Some(corpus) = corpus() else { return };
    let mut parsed = 0;
    for row in &corpus.rows {
        if row.format != "sigstore-bundle" || !row.expected.starts_with("parse") {
            continue;
        }
        let bundle = sigstore::parse(&corpus.read(&row.path));
        assert!(bundle.is_ok(), "{}: {}", row.path, bundle.unwrap_err());
        parsed += 1;
    }
    assert!(parsed >= 15, "{parsed}");
    say(&format!("corpus signatures: {parsed} further bundles read"));
}
