//! The signature cases of the corpus: who signed is accepted or refused as their makers say.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::Refused;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::sigstore::{self, Sigstore};
use mekiki::evidence::signature::{Artifact, Expected, Verification};
use serde_json::{Value, json};

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
    told(request.verify())
}

fn told(outcome: Result<Verification, Refused>) -> String {
    match outcome {
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
/// Left out: the detached signatures in `python/detached`, which need a certificate that ran out and the log online;
/// `go/bundles/public-key-validity`, whose key is to be taken as valid for one second of 1970, which is a matter of
/// who trusts the key and stands in no file.
const CLIENT_CASES: [ClientCase; 18] = [
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
        "timestamp",
    ),
    case(
        "python/bundle_v3_no_signed_time.txt.sigstore.json",
        "python/bundle_v3_no_signed_time.txt",
        PUBLIC_GOOD,
        WILLIAM,
        "timestamp",
    ),
    case(
        "python/tsa/bundle.txt.late_timestamp.sigstore",
        "python/tsa/bundle.txt",
        STAGING,
        SERVICE,
        "certificate-validity",
    ),
    case(
        "go/bundles/dsse-2sigs.sigstore.json",
        "python/bundle.txt",
        PUBLIC_GOOD,
        ("brian@dehamer.com", GITHUB),
        "structure",
    ),
    case(
        "go/bundles/othername.sigstore.json",
        OTHER_NAME,
        "go/trusted-roots/scaffolding.json",
        ("foo!oidc.local", "http://oidc.local:8080"),
        "verified",
    ),
    case(
        "go/bundles/othername.sigstore.json",
        OTHER_NAME,
        "go/trusted-roots/scaffolding.json",
        ("foo@oidc.local", "http://oidc.local:8080"),
        "identity",
    ),
    case(
        "go/bundles/sigstore.js@2.0.0-provenance.sigstore.json",
        SIGSTORE_JS,
        "go/trusted-roots/public-good.json",
        SIGSTORE_JS_RELEASE,
        "verified",
    ),
];

const OTHER_NAME: &str = "sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b";
/// The one subject of the statement, which has no SHA-256 digest.
const SIGSTORE_JS: &str = "sha512:46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1\
    e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c";
const SIGSTORE_JS_RELEASE: (&str, &str) = (
    "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main",
    "https://token.actions.githubusercontent.com",
);

/// Bundles that their makers accept and that are refused.
const STRICTER: [(ClientCase, &str); 1] = [(
    case(
        "python/tsa/bundle.txt.sigstore",
        "python/tsa/bundle.txt",
        TSA,
        ALEXIS,
        "timestamp",
    ),
    "one of its two timestamps is over the text `hello`, and a verifier must give up where one does not verify (Sigstore \
     Client Specification, section 4.2.1)",
)];

impl ClientCase {
    fn outcome(&self, corpus: &Corpus) -> String {
        let read = |path: &str| corpus.read(&format!("sigstore/{path}"));
        let named = Artifact::parse_digest(self.artifact);
        let bytes = named.is_none().then(|| read(self.artifact));
        let trusted_root = if self.trusted_root == TSA {
            trust_in_test_tsa(corpus)
        } else {
            read(self.trusted_root)
        };
        let bundle = read(self.bundle);
        let asked = Asked {
            bundle: Some(&bundle),
            trusted_root: Some(&trusted_root),
            identity: Some(self.signer),
            ..Asked::default()
        };
        let artifact = match &bytes {
            Some(bytes) => Artifact::of_bytes(bytes),
            None => named.unwrap_or_default(),
        };
        told(verify_signature(&SignatureRequest {
            artifact,
            ..asked.request()
        }))
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

/// The bundles whose makers only say that they are read, by whoever signed them, where they do not verify under the
/// root of the public instance over the digest that they name themselves.
const NOT_VERIFIED: [(&str, &str); 1] = [
    // Signed under a bare key.
    ("sigstore/go/examples/bundle-publish.json", "identity"),
];

#[test]
fn bundles_without_an_expected_signer_are_read() {
    let Some(corpus) = corpus() else { return };
    let root = corpus.read(&format!("sigstore/{PUBLIC_GOOD}"));
    let anybody = Some(Expected::pattern(".*").unwrap());
    let (mut parsed, mut verified) = (0, 0);
    for row in &corpus.rows {
        if row.format != "sigstore-bundle" || !row.expected.starts_with("parse") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let bundle = sigstore::parse(&bytes);
        assert!(bundle.is_ok(), "{}: {}", row.path, bundle.unwrap_err());
        parsed += 1;
        let asked = Asked {
            bundle: Some(&bytes),
            trusted_root: Some(&root),
            ..Asked::default()
        };
        let found = told(verify_signature(&SignatureRequest {
            artifact: claimed(&bytes),
            identity: anybody.clone(),
            issuer: anybody.clone(),
            ..asked.request()
        }));
        let expected = NOT_VERIFIED.iter().find(|(path, _)| *path == row.path);
        assert_eq!(
            found,
            expected.map_or("verified", |(_, why)| why),
            "{}",
            row.path
        );
        verified += usize::from(found == "verified");
    }
    assert!(parsed >= 15 && verified >= 14, "{parsed}, {verified}");
    say(&format!(
        "corpus signatures: {parsed} further bundles read, {verified} of them verified by the digest that they name"
    ));
}

/// What a bundle says that it is about.
fn claimed(bundle: &[u8]) -> Artifact<'static> {
    let bundle: Value = serde_json::from_slice(bundle).expect("it is JSON");
    let decode = |value: &Value| BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap();
    let digest = &bundle["messageSignature"]["messageDigest"]["digest"];
    if digest.is_string() {
        let name = format!("sha256:{}", hex::encode(decode(digest)));
        return Artifact::parse_digest(&name).expect("it is a digest");
    }
    let statement: Value =
        serde_json::from_slice(&decode(&bundle["dsseEnvelope"]["payload"])).unwrap();
    let digests = statement["subject"][0]["digest"].as_object().unwrap();
    let named = digests
        .iter()
        .find_map(|(name, digest)| Artifact::parse_digest(&format!("{name}:{}", digest.as_str()?)));
    named.expect("the subject has a digest")
}

/// Certificates of authorities that nobody knows, which are of the form that an authority's has to be: their makers
/// use them to tell roots, intermediate certificates and leaves apart.
const SOUND: [&str; 3] = [
    "/bogus-intermediate-with-eku.pem",
    "/bogus-intermediate.pem",
    "/bogus-root.pem",
];

#[test]
fn trusted_roots_are_read_or_refused_as_their_makers_say() {
    let Some(corpus) = corpus() else { return };
    let public: Value =
        serde_json::from_slice(&corpus.read(&format!("sigstore/{PUBLIC_GOOD}"))).unwrap();
    let (mut accepted, mut refused, mut beside) = (0, 0, 0);
    for row in &corpus.rows {
        let is_root = row.kind == "trust-root" && row.path.starts_with("sigstore/");
        if !is_root || row.path.starts_with("sigstore/tuf/") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        // A certificate or an authority alone becomes the one of a trusted root.
        let root = if bytes.starts_with(b"-----BEGIN ") {
            let pem = String::from_utf8(bytes).unwrap();
            let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let mut root = public.clone();
            root["certificateAuthorities"] =
                json!([{ "uri": "x", "certChain": { "certificates": [{ "rawBytes": der }] } }]);
            root.to_string().into_bytes()
        } else {
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            if value.get("certChain").is_some() {
                let mut root = public.clone();
                root["timestampAuthorities"] = json!([value]);
                root.to_string().into_bytes()
            } else {
                bytes
            }
        };
        let outcome = Sigstore::new(&root);
        if row.path.contains("signing_config") {
            // Where to sign: no trusted root, and never asked for.
            assert!(outcome.is_err(), "{}", row.path);
            beside += 1;
        } else if row.expected.starts_with("reject")
            && !SOUND.iter().any(|one| row.path.ends_with(one))
        {
            let fault = outcome.err().map(|fault| fault.code);
            assert_eq!(fault, Some("trusted-root-malformed"), "{}", row.path);
            refused += 1;
        } else {
            assert!(outcome.is_ok(), "{}: {}", row.path, outcome.err().unwrap());
            accepted += 1;
        }
    }
    assert!(
        accepted >= 10 && refused >= 11 && beside >= 2,
        "{accepted} {refused} {beside}"
    );
    say(&format!(
        "corpus signatures: {accepted} trusted roots read, {refused} refused"
    ));
}
