//! Signatures inside of XML documents: what verifies, and that every single fault is refused by the check
//! that it fails.
//!
//! The documents are written in canonical form by hand, so that signing them needs no code under test.

mod certificates;
mod faults;
mod forms;

use aws_lc_rs::digest;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::Refused;
use mekiki::evidence::signature::{Kind, Verification};

use crate::asked::material;
use crate::signer::{Signer, judge, word};

const ADDRESS: &str = "release@signer.test";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const ECDSA: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// The start of a document in canonical form, and its end: the signature goes in between.
const HEAD: &str = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" serialNumber=\"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\" version=\"1\">\n  <metadata id=\"m\"><component type=\"application\"><name>app</name><version>1.0</version></component></metadata>\n  <components>\n    <component type=\"library\"><name>left &amp; right</name><version>2.0</version></component>\n  </components>\n";
const TAIL: &str = "\n</bom>";

/// A signature in the making.
#[derive(Clone)]
struct Draft {
    head: String,
    canonicalization: String,
    method: String,
    /// The algorithm as JWA names it, for signing.
    jwa: &'static str,
    /// Attributes of the reference.
    reference: String,
    transforms: Vec<String>,
    digest_method: String,
    /// What is digested; the document without its signature where it is not given.
    digested: Option<String>,
    /// Behind the reference, signed.
    further: String,
    key_info: String,
    /// Behind the key, not signed.
    object: String,
}

fn empty(name: &str, algorithm: &str) -> String {
    format!("<{name} Algorithm=\"{algorithm}\"></{name}>")
}

fn transform(algorithm: &str) -> String {
    empty("Transform", algorithm)
}

impl Draft {
    fn new() -> Self {
        Self {
            head: HEAD.to_owned(),
            canonicalization: empty("CanonicalizationMethod", EXCLUSIVE),
            method: empty("SignatureMethod", ECDSA),
            jwa: "ES256",
            reference: "URI=\"\"".to_owned(),
            transforms: vec![transform(ENVELOPED), transform(EXCLUSIVE)],
            digest_method: empty("DigestMethod", SHA_256),
            digested: None,
            further: String::new(),
            key_info: String::new(),
            object: String::new(),
        }
    }

    fn digest(&self) -> String {
        let algorithm = if self.digest_method.contains("sha384") {
            &digest::SHA384
        } else if self.digest_method.contains("sha512") {
            &digest::SHA512
        } else {
            &digest::SHA256
        };
        let whole = format!("{}{TAIL}", self.head);
        let digested = self.digested.as_ref().unwrap_or(&whole);
        BASE64_STANDARD.encode(digest::digest(algorithm, digested.as_bytes()))
    }

    /// `SignedInfo` with `declaration` in its start tag.
    fn signed_info(&self, declaration: &str) -> String {
        format!(
            "<SignedInfo{declaration}>{}{}<Reference {}><Transforms>{}</Transforms>{}<DigestValue>{}</DigestValue></Reference>{}</SignedInfo>",
            self.canonicalization,
            self.method,
            self.reference,
            self.transforms.concat(),
            self.digest_method,
            self.digest(),
            self.further
        )
    }

    fn signature(&self, signer: &Signer) -> String {
        let message = self.signed_info(&format!(" xmlns=\"{DSIG}\""));
        let value = BASE64_STANDARD.encode(signer.sign(self.jwa, message.as_bytes()));
        format!(
            "<Signature xmlns=\"{DSIG}\">{}<SignatureValue>{value}</SignatureValue>{}{}</Signature>",
            self.signed_info(""),
            self.key_info,
            self.object
        )
    }

    fn sign(&self, signer: &Signer) -> String {
        format!("{}{}{TAIL}", self.head, self.signature(signer))
    }
}

fn by_key(document: &str, key: &[u8]) -> Result<Verification, Refused> {
    judge(document.as_bytes(), |request| {
        request.keys = vec![material("key", key)]
    })
}

#[track_caller]
fn refused(case: &str, outcome: &Result<Verification, Refused>, expected: &str) {
    assert_eq!(word(outcome), expected, "{case}: {outcome:?}");
    if let Ok(verification) = outcome {
        assert!(
            !verification.verified && verification.signer.key_sha256.is_none(),
            "{case}"
        );
    }
}

#[track_caller]
fn verified(case: &str, outcome: &Result<Verification, Refused>) {
    assert_eq!(word(outcome), "verified", "{case}: {outcome:?}");
}

#[test]
fn every_algorithm_and_form_verifies() {
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    for (signer, methods) in [
        (Signer::p256(), &[("ecdsa-sha256", "ES256")][..]),
        (Signer::p384(), &[("ecdsa-sha384", "ES384")]),
        (Signer::p521(), &[("ecdsa-sha512", "ES512")]),
        (
            Signer::rsa(),
            &[
                ("rsa-sha256", "RS256"),
                ("rsa-sha384", "RS384"),
                ("rsa-sha512", "RS512"),
            ],
        ),
    ] {
        for (name, jwa) in methods {
            let method = empty("SignatureMethod", &format!("{more}{name}"));
            let draft = Draft {
                method,
                jwa,
                ..Draft::new()
            };
            for key in [signer.pem(), signer.der(), signer.jwk().into_bytes()] {
                verified(name, &by_key(&draft.sign(&signer), &key));
            }
        }
    }
    let rsa = Signer::rsa();
    for (name, jwa) in [
        ("sha256", "PS256"),
        ("sha384", "PS384"),
        ("sha512", "PS512"),
    ] {
        let method = format!("http://www.w3.org/2007/05/xmldsig-more#{name}-rsa-MGF1");
        let draft = Draft {
            method: empty("SignatureMethod", &method),
            jwa,
            ..Draft::new()
        };
        verified(name, &by_key(&draft.sign(&rsa), &rsa.pem()));
    }
    let signer = Signer::ed25519();
    let method = empty(
        "SignatureMethod",
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    );
    verified(
        "Ed25519",
        &by_key(
            &Draft {
                method,
                ..Draft::new()
            }
            .sign(&signer),
            &signer.pem(),
        ),
    );
    let signer = Signer::p256();
    for form in [INCLUSIVE, INCLUSIVE_11, EXCLUSIVE] {
        let comments = if form == EXCLUSIVE {
            "WithComments"
        } else {
            "#WithComments"
        };
        for form in [form.to_owned(), format!("{form}{comments}")] {
            let draft = Draft {
                canonicalization: empty("CanonicalizationMethod", &form),
                transforms: vec![transform(ENVELOPED), transform(&form)],
                ..Draft::new()
            };
            verified(&form, &by_key(&draft.sign(&signer), &signer.pem()));
        }
    }
    for digest in [
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ] {
        let draft = Draft {
            digest_method: empty("DigestMethod", digest),
            ..Draft::new()
        };
        verified(digest, &by_key(&draft.sign(&signer), &signer.pem()));
    }
    let only = Draft {
        transforms: vec![transform(ENVELOPED)],
        ..Draft::new()
    };
    let outcome = by_key(&only.sign(&signer), &signer.pem());
    verified("no canonical form named", &outcome);
    assert_eq!(outcome.unwrap().kind, Kind::Xmldsig);
}

#[test]
fn documents_that_another_implementation_signed_verify() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures/xmldsig");
    let read = |name: String| std::fs::read(folder.join(name)).unwrap();
    for name in [
        "ecdsa-p256",
        "ecdsa-p384",
        "ecdsa-p521",
        "ecdsa-p384-sha256",
        "rsa",
        "rsa-sha512",
        "rsa-pss",
        "by-id",
    ] {
        let document = String::from_utf8(read(format!("{name}.xml"))).unwrap();
        let key = read(format!("{name}.pem"));
        let outcome = by_key(&document, &key);
        verified(name, &outcome);
        assert!(
            outcome
                .unwrap()
                .warnings
                .iter()
                .any(|one| one.contains("comments")),
            "{name}"
        );
        for (from, to) in [
            ("zeta", "zetb"),
            ("帳票", "帳表"),
            ("2.0.0", "2.0.1"),
            (" x:note", " note"),
        ] {
            let changed = document.replacen(from, to, 1);
            assert_ne!(changed, document);
            refused(name, &by_key(&changed, &key), "artifact");
        }
        refused(
            name,
            &by_key(&document, &Signer::p256().pem()),
            if document.contains("KeyValue") {
                "key"
            } else if name == "ecdsa-p521" || name == "ecdsa-p384-sha256" {
                "signature"
            } else {
                "algorithm"
            },
        );
    }
}

#[test]
fn what_canonical_form_keeps_may_be_written_otherwise() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft::new().sign(&signer);
    for (case, from, to) in [
        (
            "order of attributes",
            "serialNumber=\"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\" version=\"1\"",
            "version='1'\n serialNumber='urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79'",
        ),
        (
            "space in a tag",
            "<metadata id=\"m\">",
            "<metadata  id = \"m\" >",
        ),
        ("CDATA", "left &amp; right", "<![CDATA[left & right]]>"),
        ("a reference", "<name>app</name>", "<name>&#x61;pp</name>"),
        ("line ends", "\n  <components>", "\r\n  <components>"),
        (
            "an empty element",
            "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>",
            "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
        ),
        (
            "a declaration that nothing uses, exclusively",
            "<bom xmlns",
            "<bom xmlns:u=\"urn:u\" xmlns",
        ),
        (
            "an XML declaration",
            "<bom ",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bom ",
        ),
        (
            "a comment between elements",
            "\n  <components>",
            "\n  <!-- here --><components>",
        ),
        (
            "white space in the value",
            "</SignatureValue>",
            "\n</SignatureValue>",
        ),
    ] {
        let other = signed.replacen(from, to, 1);
        assert_ne!(other, signed, "{case}");
        verified(case, &by_key(&other, &key));
    }
    // The whole in UTF-16, and compressed.
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(signed.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let outcome = judge(&utf16, |request| request.keys = vec![material("key", &key)]);
    assert_eq!(word(&outcome), "verified", "{outcome:?}");
}

/// A hint at the key of `signer`, on P-256.
fn key_value(signer: &Signer) -> String {
    let der = signer.der();
    let point = BASE64_STANDARD.encode(&der[der.len() - 65..]);
    format!(
        "<KeyInfo><KeyValue><ECKeyValue xmlns=\"http://www.w3.org/2009/xmldsig11#\"><NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/><PublicKey>{point}</PublicKey></ECKeyValue></KeyValue></KeyInfo>"
    )
}
