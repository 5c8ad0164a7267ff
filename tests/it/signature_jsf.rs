//! Signatures inside of JSON documents: what verifies, and that every single fault is refused by the check
//! that it fails.
//!
//! What is signed is put together by hand in its canonical form, without the code under test.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use mekiki::app::Refused;
use mekiki::app::signature::SignatureRequest;
use mekiki::evidence::signature::{Expected, Kind, Verification};

use crate::asked::material;
use crate::signer::{Issuer, LONG, OVER, Signer, judge, word};

const ADDRESS: &str = "release@signer.test";

/// A document in canonical form around its member `signature`.
fn document(signature: &str) -> String {
    let before = r#"{"bomFormat":"CycloneDX","components":[{"name":"left","properties":[{"name":"n","value":"é\n"}],"type":"library","version":"1.0"},{"name":"right","type":"library"}],"metadata":{"timestamp":"2026-11-01T00:00:00Z"},"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","signature":"#;
    let after = r#","specVersion":"1.6","version":1,"x-numbers":[1,0.5,1e+21,0]}"#;
    [before, signature, after].concat()
}

/// A signature object in the making. Its members stand in canonical order.
#[derive(Clone, Default)]
struct Core {
    algorithm: String,
    certificate_path: Option<String>,
    key_id: Option<&'static str>,
    public_key: Option<String>,
    /// A member between `publicKey` and `value`.
    further: Option<&'static str>,
}

impl Core {
    fn new(algorithm: &str, signer: &Signer) -> Self {
        Self {
            algorithm: algorithm.to_owned(),
            public_key: Some(signer.jwk()),
            ..Self::default()
        }
    }

    fn text(&self, value: Option<&str>) -> String {
        let mut members = vec![format!(r#""algorithm":"{}""#, self.algorithm)];
        let path = self.certificate_path.iter();
        members.extend(path.map(|path| format!(r#""certificatePath":[{path}]"#)));
        let key_id = self.key_id.iter();
        members.extend(key_id.map(|key_id| format!(r#""keyId":"{key_id}""#)));
        let key = self.public_key.iter();
        members.extend(key.map(|key| format!(r#""publicKey":{key}"#)));
        members.extend(self.further.iter().map(|&further| further.to_owned()));
        members.extend(value.iter().map(|value| format!(r#""value":"{value}""#)));
        format!("{{{}}}", members.join(","))
    }

    /// The object with its value, signed where `around` says it stands.
    fn sign(&self, signer: &Signer, around: impl Fn(&str) -> String) -> String {
        let message = document(&around(&self.text(None)));
        let value = signer.sign(&self.algorithm, message.as_bytes());
        self.text(Some(&BASE64_URL_SAFE_NO_PAD.encode(value)))
    }

    fn signed_document(&self, signer: &Signer) -> String {
        document(&self.sign(signer, str::to_owned))
    }
}

fn by_key(document: &str, key: &[u8]) -> Result<Verification, Refused> {
    by_keys(document, &[key], 1)
}

fn by_keys(document: &str, keys: &[&[u8]], threshold: usize) -> Result<Verification, Refused> {
    judge(document.as_bytes(), |request| {
        request.keys = keys.iter().map(|key| material("key", key)).collect();
        request.threshold = threshold;
    })
}

/// An outcome without a single word of the signer where it is a refusal.
#[track_caller]
fn refused(case: &str, outcome: &Result<Verification, Refused>, expected: &str) {
    assert_eq!(word(outcome), expected, "{case}: {outcome:?}");
    if let Ok(verification) = outcome {
        assert!(
            !verification.verified && verification.signer.key_sha256.is_none(),
            "{case}"
        );
        assert!(verification.cosigners.is_empty(), "{case}");
    }
}

#[test]
fn every_algorithm_verifies_under_its_key_in_every_form() {
    for (signer, algorithms) in [
        (Signer::p256(), &["ES256"][..]),
        (Signer::p384(), &["ES384"]),
        (Signer::p521(), &["ES512"]),
        (Signer::ed25519(), &["Ed25519"]),
        (
            Signer::rsa(),
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
        ),
    ] {
        for algorithm in algorithms {
            let signed = Core::new(algorithm, &signer).signed_document(&signer);
            let jwk = signer.jwk();
            let set = format!("{{\"keys\":[{},{jwk}]}}", Signer::ed25519().jwk());
            for key in [signer.pem(), signer.der(), jwk.clone().into(), set.into()] {
                let outcome = by_key(&signed, &key);
                assert_eq!(word(&outcome), "verified", "{algorithm}: {outcome:?}");
                let verification = outcome.unwrap();
                assert_eq!(verification.kind, Kind::Jsf);
                assert!(verification.signer.strength.is_some());
            }
            let bare = Core {
                public_key: None,
                ..Core::new(algorithm, &signer)
            };
            assert_eq!(
                word(&by_key(&bare.signed_document(&signer), &signer.pem())),
                "verified"
            );
        }
    }
}

#[test]
fn documents_that_other_tools_signed_verify() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures/jsf");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for name in [
        "es256", "es384", "es512", "rs256", "rs512", "ps256", "ps384", "ed25519",
    ] {
        let document = String::from_utf8(read(&format!("{name}.json"))).unwrap();
        let key = read(&format!("{name}.pem"));
        let outcome = by_key(&document, &key);
        assert_eq!(word(&outcome), "verified", "{name}: {outcome:?}");
        let changed = document.replace("\"zeta\"", "\"zetb\"");
        assert_eq!(word(&by_key(&changed, &key)), "signature", "{name}");
    }
    for name in ["signers", "chain"] {
        let document = String::from_utf8(read(&format!("{name}.json"))).unwrap();
        let keys = read(&format!("{name}.jwks.json"));
        let outcome = by_keys(&document, &[&keys], 2);
        assert_eq!(word(&outcome), "verified", "{name}: {outcome:?}");
    }
}

#[test]
fn what_canonical_form_keeps_may_be_written_otherwise() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Core::new("ES256", &signer).signed_document(&signer);
    assert!(by_key(&signed, &key).unwrap().verified);
    let pretty: serde_json::Value = serde_json::from_str(&signed).unwrap();
    for (case, other) in [
        (
            "white space",
            serde_json::to_string_pretty(&pretty).unwrap(),
        ),
        (
            "number 1.0",
            signed.replace(r#""version":1,"#, r#""version":1.0,"#),
        ),
        (
            "number 10e-1",
            signed.replace(r#""version":1,"#, r#""version":10e-1,"#),
        ),
        ("number -0", signed.replace(",0]", ",-0]")),
        (
            "number without exponent",
            signed.replace("1e+21", "1000000000000000000000"),
        ),
        (
            "escapes",
            signed
                .replace("\"left\"", r#""\u006ceft""#)
                .replace('é', r"\u00E9"),
        ),
        (
            "order",
            signed.replace(
                r#""specVersion":"1.6","version":1"#,
                r#""version":1,"specVersion":"1.6""#,
            ),
        ),
        ("a byte order mark", format!("\u{feff}{signed}")),
    ] {
        assert_ne!(other, signed, "{case}");
        let outcome = by_key(&other, &key);
        assert_eq!(word(&outcome), "verified", "{case}: {outcome:?}");
    }
}

#[test]
fn every_change_of_the_document_is_refused() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Core {
        key_id: Some("k"),
        ..Core::new("ES256", &signer)
    }
    .signed_document(&signer);
    let replaced = |from: &str, to: &str| {
        let changed = signed.replacen(from, to, 1);
        assert_ne!(changed, signed, "{from}");
        changed
    };
    for (case, changed, expected) in [
        ("a value", replaced("\"left\"", "\"lefT\""), "signature"),
        (
            "white space in a text",
            replaced("\"left\"", "\"left \""),
            "signature",
        ),
        ("another escape", replaced(r"é\n", r"é\r"), "signature"),
        (
            "a number",
            replaced(r#""version":1,"#, r#""version":2,"#),
            "signature",
        ),
        (
            "a text for a number",
            replaced(r#""version":1,"#, r#""version":"1","#),
            "signature",
        ),
        (
            "a number that no double holds",
            replaced("1e+21", "1000000000000000000001"),
            "structure",
        ),
        (
            "a number beyond every double",
            replaced("1e+21", "1e999"),
            "json-syntax",
        ),
        (
            "a member more",
            replaced("{\"bom", "{\"a\":1,\"bom"),
            "signature",
        ),
        (
            "a member less",
            replaced(r#","type":"library""#, ""),
            "signature",
        ),
        (
            "an item moved",
            replaced(r#""name":"right","type""#, r#""type""#),
            "signature",
        ),
        (
            "the name of the key",
            replaced(r#""keyId":"k""#, r#""keyId":"l""#),
            "signature",
        ),
        (
            "a member twice",
            replaced("{\"bom", "{\"version\":1,\"bom"),
            "json-duplicate-member",
        ),
        (
            "a member twice, deep",
            replaced(r#""name":"right""#, r#""name":"right","name":"right""#),
            "json-duplicate-member",
        ),
        (
            "a member twice, once escaped",
            replaced("{\"bom", "{\"v\\u0065rsion\":1,\"bom"),
            "json-duplicate-member",
        ),
        (
            "a second signature",
            replaced("{\"bom", "{\"signature\":{},\"bom"),
            "json-duplicate-member",
        ),
        (
            "half of a pair",
            replaced("\"left\"", r#""\ud800""#),
            "json-syntax",
        ),
        ("something behind", format!("{signed}x"), "json-syntax"),
        (
            "no signature",
            replaced("\"signature\"", "\"signatur\""),
            "signature-missing",
        ),
        (
            "no algorithm",
            replaced(r#""algorithm":"ES256","#, ""),
            "structure",
        ),
        ("no value", replaced("\"value\"", "\"valu\""), "structure"),
        (
            "padding",
            replaced(r#""},"specVersion"#, r#"=="},"specVersion"#),
            "structure",
        ),
        (
            "the signature in a list",
            replaced("\"signature\":{", "\"signature\":[{").replace("},\"spec", "}],\"spec"),
            "structure",
        ),
        (
            "another algorithm of the same key",
            replaced("ES256", "ES384"),
            "algorithm",
        ),
        ("none", replaced("ES256", "none"), "algorithm"),
        ("a secret", replaced("ES256", "HS256"), "algorithm"),
        ("Ed448", replaced("ES256", "Ed448"), "algorithm"),
        ("lower case", replaced("ES256", "es256"), "algorithm"),
    ] {
        refused(case, &by_key(&changed, &key), expected);
    }
}

#[test]
fn what_is_signed_by_the_rules_but_must_not_count_is_refused() {
    let signer = Signer::p256();
    let stranger = Signer::p256();
    let key = signer.pem();
    let core = Core::new("ES256", &signer);
    for (case, core, by, expected) in [
        (
            "another key, named",
            Core::new("ES256", &stranger),
            &stranger,
            "key",
        ),
        (
            "another key, not named",
            Core {
                public_key: None,
                ..core.clone()
            },
            &stranger,
            "signature",
        ),
        (
            "another key under our name",
            core.clone(),
            &stranger,
            "signature",
        ),
        (
            "our key under another name",
            Core::new("ES256", &stranger),
            &signer,
            "key",
        ),
        (
            "a key that cannot be read",
            Core {
                public_key: Some(r#"{"kty":"EC"}"#.to_owned()),
                ..core.clone()
            },
            &signer,
            "key",
        ),
        (
            "a private key",
            Core {
                public_key: Some(signer.jwk().replace("}", ",\"d\":\"AA\"}")),
                ..core.clone()
            },
            &signer,
            "key",
        ),
        (
            "an unknown member",
            Core {
                further: Some("\"typ\":\"x\""),
                ..core.clone()
            },
            &signer,
            "structure",
        ),
        (
            "an extension",
            Core {
                further: Some("\"extensions\":[\"x\"]"),
                ..core.clone()
            },
            &signer,
            "structure",
        ),
    ] {
        refused(case, &by_key(&core.signed_document(by), &key), expected);
    }
    // `excludes` is itself not signed (JSF, section 5), so it may come in later.
    let signed = core.signed_document(&signer);
    for excludes in [r#""excludes":["x-numbers"],"#, r#""excludes":[],"#] {
        let excluding = signed.replace("\"publicKey\"", &format!("{excludes}\"publicKey\""));
        refused(excludes, &by_key(&excluding, &key), "structure");
    }
    // The public key of an RSA signer as a shared secret.
    let rsa = Signer::rsa();
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &rsa.pem());
    let core = Core::new("HS256", &rsa);
    let tag = aws_lc_rs::hmac::sign(&secret, document(&core.text(None)).as_bytes());
    let forged = document(&core.text(Some(&BASE64_URL_SAFE_NO_PAD.encode(tag))));
    refused("HMAC", &by_key(&forged, &rsa.pem()), "algorithm");
    // Another algorithm of the same key; the name of the algorithm is signed.
    let core = Core::new("RS256", &rsa);
    let swapped = core.signed_document(&rsa).replace("RS256", "RS512");
    refused(
        "RS512 for RS256",
        &by_key(&swapped, &rsa.pem()),
        "signature",
    );
    let other = by_key(&core.signed_document(&rsa), &key);
    refused("a key of another kind", &other, "key");
    let unnamed = Core {
        public_key: None,
        ..core
    };
    refused(
        "a key of another kind, unnamed",
        &by_key(&unnamed.signed_document(&rsa), &key),
        "algorithm",
    );
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let signer = Signer::p256();
    let signed = Core::new("ES256", &signer).signed_document(&signer);
    let key = signer.pem();
    assert_eq!(word(&judge(signed.as_bytes(), |_| {})), "signer-missing");
    for (case, key, expected) in [
        ("no key", "{}".to_owned(), "key-malformed"),
        ("an empty set", r#"{"keys":[]}"#.to_owned(), "key-malformed"),
        (
            "a private key",
            signer.jwk().replace('}', ",\"d\":\"AA\"}"),
            "key-malformed",
        ),
        (
            "a secret",
            r#"{"kty":"oct","k":"AAAA"}"#.to_owned(),
            "key-malformed",
        ),
        (
            "a member twice",
            signer.jwk().replace('{', "{\"kty\":\"EC\","),
            "key-malformed",
        ),
        (
            "a key for encryption",
            signer.jwk().replace('{', "{\"use\":\"enc\","),
            "key-malformed",
        ),
        (
            "a key for something else",
            signer.jwk().replace('{', "{\"key_ops\":[\"sign\"],"),
            "key-malformed",
        ),
        (
            "a short coordinate",
            signer.jwk().replace("\"P-256\"", "\"P-384\""),
            "key-malformed",
        ),
        (
            "a short RSA key",
            r#"{"kty":"RSA","e":"AQAB","n":"sXch"}"#.to_owned(),
            "key-unsupported",
        ),
    ] {
        assert_eq!(word(&by_key(&signed, key.as_bytes())), expected, "{case}");
    }
    let with = |change: fn(&mut SignatureRequest<'_>)| {
        judge(signed.as_bytes(), |request| {
            request.keys = vec![material("key", &key)];
            change(request);
        })
    };
    let unprovable = "expectation-unprovable";
    assert_eq!(
        word(&with(|request| request.namespace = Some("file"))),
        unprovable
    );
    assert_eq!(
        word(&with(
            |request| request.issuer = Some(Expected::Exact("x".to_owned()))
        )),
        unprovable
    );
    let identity = with(|request| request.identity = Some(Expected::Exact(ADDRESS.to_owned())));
    refused("an identity of a bare key", &identity, "identity");
    let by_digest = judge(signed.as_bytes(), |request| {
        request.signature = Some(material("signature", signed.as_bytes()));
        request.artifact = mekiki::evidence::signature::Artifact::parse_digest(&format!(
            "sha256:{}",
            mekiki::digest::Digest::of(signed.as_bytes())
        ))
        .unwrap();
        request.keys = vec![material("key", &key)];
        request.kind = Some(Kind::Jsf);
    });
    assert_eq!(word(&by_digest), "artifact-missing");
    let other_file = judge(b"another file", |request| {
        request.signature = Some(material("signature", signed.as_bytes()));
        request.keys = vec![material("key", &key)];
    });
    assert_eq!(word(&other_file), "signature-missing");
    let deep = signed.replace(
        "[1,0.5",
        &format!("[{}{},0.5", "[".repeat(200), "]".repeat(200)),
    );
    assert_eq!(word(&by_key(&deep, &key)), "json-depth");
}

/// Two signers in a form, each with its object as it is put into the list.
fn several(form: &str, signers: &[(&Signer, Core)]) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    for (signer, core) in signers {
        let before = if form == "chain" {
            done.clone()
        } else {
            Vec::new()
        };
        done.push(core.sign(signer, |own| {
            let all = [before.clone(), vec![own.to_owned()]].concat();
            format!(r#"{{"{form}":[{}]}}"#, all.join(","))
        }));
    }
    done
}

fn listed(form: &str, signatures: &[String]) -> String {
    document(&format!(r#"{{"{form}":[{}]}}"#, signatures.join(",")))
}

#[test]
fn several_signatures_count_by_distinct_keys() {
    let (first, second, stranger) = (Signer::p256(), Signer::ed25519(), Signer::rsa());
    let (one, two) = (first.pem(), second.pem());
    let cores = [
        Core::new("ES256", &first),
        Core::new("Ed25519", &second),
        Core::new("RS256", &stranger),
    ];
    for form in ["signers", "chain"] {
        let all = several(
            form,
            &[
                (&first, cores[0].clone()),
                (&second, cores[1].clone()),
                (&stranger, cores[2].clone()),
            ],
        );
        let both = listed(form, &all[..2]);
        let outcome = by_keys(&both, &[&one, &two], 2).unwrap();
        assert!(outcome.verified, "{outcome:?}");
        assert_eq!(
            (
                outcome.cosigners.len(),
                outcome
                    .checks
                    .iter()
                    .any(|check| check.name.word() == "threshold")
            ),
            (1, true)
        );
        refused(form, &by_keys(&both, &[&one, &two], 3), "threshold");
        refused(
            "only one is trusted",
            &by_keys(&both, &[&one], 2),
            "threshold",
        );
        refused(
            "the same key twice is one",
            &by_keys(&both, &[&one, &one], 2),
            "threshold",
        );
        refused(
            "nobody is trusted",
            &by_keys(&both, &[&stranger.pem()], 1),
            "key",
        );
        let with_stranger = by_keys(&listed(form, &all), &[&one, &two], 2).unwrap();
        assert!(with_stranger.verified);
        assert!(
            with_stranger
                .warnings
                .iter()
                .any(|one| one.contains("further signatures"))
        );
        // The same signer twice does not make two.
        let twice = several(
            form,
            &[(&first, cores[0].clone()), (&first, cores[0].clone())],
        );
        refused(
            "one signer twice",
            &by_keys(&listed(form, &twice), &[&one, &two], 2),
            "threshold",
        );
        // One whose signature does not hold spoils all, where it names a key that may sign.
        let spoilt = several(
            form,
            &[(
                &stranger,
                Core {
                    algorithm: "RS256".to_owned(),
                    ..cores[0].clone()
                },
            )],
        );
        let spoilt = spoilt[0].replace("RS256", "ES256");
        refused(
            "one bad",
            &by_keys(&listed(form, &[all[0].clone(), spoilt]), &[&one, &two], 1),
            "signature",
        );
        refused(
            "changed",
            &by_keys(&both.replace("\"left\"", "\"lefT\""), &[&one, &two], 1),
            "signature",
        );
        // One that names no key and holds under none is a stranger's.
        let unnamed = Core {
            public_key: None,
            ..cores[2].clone()
        };
        let unnamed = several(form, &[(&first, cores[0].clone()), (&stranger, unnamed)]);
        assert!(
            by_keys(&listed(form, &unnamed), &[&one, &two], 1)
                .unwrap()
                .verified
        );
        refused(
            "unnamed",
            &by_keys(&listed(form, &unnamed), &[&one, &two], 2),
            "threshold",
        );
        for (case, signature) in [
            ("empty", format!(r#"{{"{form}":[]}}"#)),
            ("no list", format!(r#"{{"{form}":{}}}"#, all[0])),
            (
                "both forms",
                format!(r#"{{"chain":[{0}],"signers":[{0}]}}"#, all[0]),
            ),
            (
                "something beside",
                format!(r#"{{"{form}":[{}],"value":"AA"}}"#, all[0]),
            ),
            (
                "excludes beside",
                format!(r#"{{"excludes":["version"],"{form}":[{}]}}"#, all[0]),
            ),
            (
                "nested",
                format!(r#"{{"{form}":[{{"{form}":[{}]}}]}}"#, all[0]),
            ),
            (
                "too many",
                format!(r#"{{"{form}":[{}]}}"#, vec![all[0].clone(); 65].join(",")),
            ),
        ] {
            refused(
                case,
                &by_keys(&document(&signature), &[&one, &two], 1),
                "structure",
            );
        }
    }
    // In a chain the order is signed; side by side it is not.
    let pair = [(&first, cores[0].clone()), (&second, cores[1].clone())];
    let mut chain = several("chain", &pair);
    chain.reverse();
    refused(
        "order of a chain",
        &by_keys(&listed("chain", &chain), &[&one, &two], 1),
        "signature",
    );
    let mut signers = several("signers", &pair);
    signers.reverse();
    assert!(
        by_keys(&listed("signers", &signers), &[&one, &two], 2)
            .unwrap()
            .verified
    );
    let chain = several("chain", &pair);
    refused(
        "a link taken out",
        &by_keys(&listed("chain", &chain[1..]), &[&one, &two], 1),
        "signature",
    );
    refused(
        "a chain as signers",
        &by_keys(&listed("signers", &chain), &[&one, &two], 1),
        "signature",
    );
    assert!(
        by_keys(&listed("chain", &chain[..1]), &[&one], 1)
            .unwrap()
            .verified
    );
}

#[test]
fn certificates_lead_to_an_anchor_and_name_the_signer() {
    let root = Issuer::root("root");
    let stranger = Issuer::root("stranger");
    let signer = Signer::p256();
    let leaf = root.certify(&signer, ADDRESS, LONG);
    let path = |certificates: &[&[u8]]| {
        let texts: Vec<_> = certificates
            .iter()
            .map(|der| format!("\"{}\"", BASE64_STANDARD.encode(der)))
            .collect();
        Some(texts.join(","))
    };
    let core = Core {
        public_key: None,
        certificate_path: path(&[&leaf]),
        ..Core::new("ES256", &signer)
    };
    let signed = core.signed_document(&signer);
    let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
    let anchored = |document: &str, anchor: &[u8], identity: Option<Expected>| {
        let document = document.to_owned();
        judge(document.as_bytes(), |request| {
            request.anchors = vec![material("root", anchor)];
            request.identity = identity;
        })
    };
    let outcome = anchored(&signed, &root.certificate, exact(ADDRESS));
    assert_eq!(word(&outcome), "verified", "{outcome:?}");
    assert_eq!(outcome.unwrap().signer.identity.as_deref(), Some(ADDRESS));
    assert!(anchored(&signed, &root.certificate, None).unwrap().verified);
    refused(
        "identity",
        &anchored(&signed, &root.certificate, exact("other@signer.test")),
        "identity",
    );
    refused(
        "anchor",
        &anchored(&signed, &stranger.certificate, exact(ADDRESS)),
        "certificate-chain",
    );
    let over = root.certify(&signer, ADDRESS, OVER);
    let expired = Core {
        certificate_path: path(&[&over]),
        ..core.clone()
    }
    .signed_document(&signer);
    refused(
        "expired",
        &anchored(&expired, &root.certificate, None),
        "certificate-validity",
    );
    let other = root.certify(&Signer::p256(), ADDRESS, LONG);
    let of_other = Core {
        certificate_path: path(&[&other]),
        ..core.clone()
    }
    .signed_document(&signer);
    refused(
        "of another key",
        &anchored(&of_other, &root.certificate, None),
        "signature",
    );
    let two_keys = Core {
        public_key: Some(Signer::p256().jwk()),
        ..core.clone()
    }
    .signed_document(&signer);
    refused(
        "key and certificate differ",
        &anchored(&two_keys, &root.certificate, None),
        "structure",
    );
    let none = Core::new("ES256", &signer).signed_document(&signer);
    refused(
        "no certificate",
        &anchored(&none, &root.certificate, None),
        "key",
    );
    let nothing = Core {
        public_key: None,
        ..Core::new("ES256", &signer)
    }
    .signed_document(&signer);
    refused(
        "nothing named",
        &anchored(&nothing, &root.certificate, None),
        "certificate-chain",
    );
    let garbage = Core {
        certificate_path: Some("\"AAAA\"".to_owned()),
        ..core.clone()
    }
    .signed_document(&signer);
    refused(
        "no certificate in the path",
        &anchored(&garbage, &root.certificate, None),
        "structure",
    );
    // Pinned certificates.
    let pinned = |document: &str, certificate: &[u8]| {
        let document = document.to_owned();
        judge(document.as_bytes(), |request| {
            request.certificates = vec![material("leaf", certificate)]
        })
    };
    for document in [&signed, &none, &nothing] {
        let outcome = pinned(document, &leaf);
        assert_eq!(word(&outcome), "verified", "{outcome:?}");
    }
    refused("another pinned", &pinned(&signed, &other), "key");
    refused(
        "expired, pinned",
        &pinned(&none, &over),
        "certificate-validity",
    );
    // Base64url serves for certificates too, as JSF writes them.
    let url = Some(format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&leaf)));
    let url = Core {
        certificate_path: url,
        ..core
    }
    .signed_document(&signer);
    assert!(anchored(&url, &root.certificate, None).unwrap().verified);
}

#[test]
fn signatures_of_parts_are_not_the_signature_of_the_whole() {
    let signer = Signer::p256();
    let key = signer.pem();
    let part = r#"{"bomFormat":"CycloneDX","components":[{"name":"a","signature":{"algorithm":"ES256","value":"AA"}}],"specVersion":"1.6"}"#;
    assert_eq!(word(&by_key(part, &key)), "signature-missing");
    // Signed as a whole, those of parts are told.
    let core = Core::new("ES256", &signer);
    let around = |signature: &str| {
        part.replace(
            r#","specVersion""#,
            &format!(r#","signature":{signature},"specVersion""#),
        )
    };
    let value = signer.sign("ES256", around(&core.text(None)).as_bytes());
    let signed = around(&core.text(Some(&BASE64_URL_SAFE_NO_PAD.encode(value))));
    let outcome = by_key(&signed, &key).unwrap();
    assert!(outcome.verified);
    assert!(
        outcome
            .warnings
            .iter()
            .any(|one| one.contains("signatures of parts")),
        "{outcome:?}"
    );
}

#[test]
fn no_flipped_bit_is_accepted() {
    let signer = Signer::p256();
    let key = signer.pem();
    let core = Core {
        key_id: Some("k"),
        ..Core::new("ES256", &signer)
    };
    let signed = core.signed_document(&signer);
    let mut judged = 0;
    for index in 0..signed.len() {
        for bit in 0..8 {
            let mut flipped = signed.clone().into_bytes();
            flipped[index] ^= 1 << bit;
            // The letter of an exponent may be of either case: the number is the same (RFC 8259, section 6).
            let is_exponent =
                &signed[index..=index] == "e" && signed[..index].ends_with(",1") && bit == 5;
            let outcome = judge(&flipped, |request| {
                request.keys = vec![material("key", &key)];
                request.kind = Some(Kind::Jsf);
            });
            let accepted = outcome.is_ok_and(|verification| verification.verified);
            assert_eq!(accepted, is_exponent, "bit {bit} of byte {index}");
            judged += 1;
        }
    }
    assert!(judged > 5000);
}
