//! One fault each.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use mekiki::app::signature::SignatureRequest;
use mekiki::evidence::signature::{Expected, Kind};

use super::{ADDRESS, Core, by_key, document, refused};
use crate::asked::material;
use crate::signer::{Signer, judge, word};

#[test]
fn every_change_of_the_document_is_refused() {
    let signer = Signer::p256();
    let key = signer.pem();
    let document = Core {
        key_id: Some("k"),
        ..Core::new("ES256", &signer)
    }
    .signed_document(&signer);
    let replaced = |from: &str, to: &str| {
        let changed = document.replacen(from, to, 1);
        assert_ne!(changed, document, "{from}");
        changed
    };
    let value = {
        let start = document.rfind(",\"value\":").unwrap();
        let end = document.rfind("},\"specVersion\"").unwrap();
        document.get(start..end).unwrap()
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
        ("something behind", format!("{document}x"), "json-syntax"),
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
        ("no value", replaced(value, ""), "structure"),
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
                public_key: Some(signer.jwk().replace('}', ",\"d\":\"AA\"}")),
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
    let whole = core.signed_document(&signer);
    for excludes in [r#""excludes":["x-numbers"],"#, r#""excludes":[],"#] {
        let excluding = whole.replace("\"publicKey\"", &format!("{excludes}\"publicKey\""));
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
    let whole = Core::new("ES256", &signer).signed_document(&signer);
    let key = signer.pem();
    assert_eq!(word(&judge(whole.as_bytes(), |_| {})), "signer-missing");
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
        assert_eq!(word(&by_key(&whole, key.as_bytes())), expected, "{case}");
    }
    let with = |change: fn(&mut SignatureRequest<'_>)| {
        judge(whole.as_bytes(), |request| {
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
    let by_digest = judge(whole.as_bytes(), |request| {
        request.signature = Some(material("signature", whole.as_bytes()));
        request.artifact = mekiki::evidence::signature::Artifact::parse_digest(&format!(
            "sha256:{}",
            mekiki::digest::Digest::of(whole.as_bytes())
        ))
        .unwrap();
        request.keys = vec![material("key", &key)];
        request.kind = Some(Kind::Jsf);
    });
    assert_eq!(word(&by_digest), "artifact-missing");
    let other_file = judge(b"another file", |request| {
        request.signature = Some(material("signature", whole.as_bytes()));
        request.keys = vec![material("key", &key)];
    });
    assert_eq!(word(&other_file), "signature-missing");
    let deep = whole.replace(
        "[1,0.5",
        &format!("[{}{},0.5", "[".repeat(200), "]".repeat(200)),
    );
    assert_eq!(word(&by_key(&deep, &key)), "json-depth");
}

#[test]
fn no_flipped_bit_is_accepted() {
    let signer = Signer::p256();
    let key = signer.pem();
    let core = Core {
        key_id: Some("k"),
        ..Core::new("ES256", &signer)
    };
    let whole = core.signed_document(&signer);
    let mut judged = 0;
    for index in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone().into_bytes();
            flipped[index] ^= 1 << bit;
            // The letter of an exponent may be of either case: the number is the same (RFC 8259, section 6).
            let is_exponent = whole.as_bytes()[index..].starts_with(b"e+21") && bit == 5;
            let outcome = judge(&flipped, |request| {
                request.keys = vec![material("key", &key)];
                request.kind = Some(Kind::Jsf);
            });
            let accepted = outcome.is_ok_and(|verification| verification.verified);
            assert_eq!(accepted, is_exponent, "bit {bit} of byte {index}");
            judged += 1;
        }
    }
    assert!(judged > 4000);
}
