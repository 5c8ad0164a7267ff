//! Signatures inside of XML documents: what verifies, and that every single fault is refused by the check
//! that it fails.
//!
//! The documents are written in canonical form by hand, so that signing them needs no code under test.

use aws_lc_rs::digest;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::Refused;
use mekiki::evidence::signature::{Expected, Kind, Verification};

use crate::asked::material;
use crate::signer::{Issuer, LONG, OVER, Signer, judge, word};

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
    judge(document.as_bytes(), |request| request.keys = vec![material("key", key)])
}

#[track_caller]
fn refused(case: &str, outcome: &Result<Verification, Refused>, expected: &str) {
    assert_eq!(word(outcome), expected, "{case}: {outcome:?}");
    if let Ok(verification) = outcome {
        assert!(!verification.verified && verification.signer.key_sha256.is_none(), "{case}");
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
        (Signer::rsa(), &[("rsa-sha256", "RS256"), ("rsa-sha384", "RS384"), ("rsa-sha512", "RS512")]),
    ] {
        for (name, jwa) in methods {
            let method = empty("SignatureMethod", &format!("{more}{name}"));
            let draft = Draft { method, jwa, ..Draft::new() };
            for key in [signer.pem(), signer.der(), signer.jwk().into_bytes()] {
                verified(name, &by_key(&draft.sign(&signer), &key));
            }
        }
    }
    let rsa = Signer::rsa();
    for (name, jwa) in [("sha256", "PS256"), ("sha384", "PS384"), ("sha512", "PS512")] {
        let method = format!("http://www.w3.org/2007/05/xmldsig-more#{name}-rsa-MGF1");
        let draft = Draft { method: empty("SignatureMethod", &method), jwa, ..Draft::new() };
        verified(name, &by_key(&draft.sign(&rsa), &rsa.pem()));
    }
    let signer = Signer::ed25519();
    let method = empty("SignatureMethod", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519");
    verified("Ed25519", &by_key(&Draft { method, ..Draft::new() }.sign(&signer), &signer.pem()));
    let signer = Signer::p256();
    for form in [INCLUSIVE, INCLUSIVE_11, EXCLUSIVE] {
        let comments = if form == EXCLUSIVE { "WithComments" } else { "#WithComments" };
        for form in [form.to_owned(), format!("{form}{comments}")] {
            let draft = Draft {
                canonicalization: empty("CanonicalizationMethod", &form),
                transforms: vec![transform(ENVELOPED), transform(&form)],
                ..Draft::new()
            };
            verified(&form, &by_key(&draft.sign(&signer), &signer.pem()));
        }
    }
    for digest in ["http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512"] {
        let draft = Draft { digest_method: empty("DigestMethod", digest), ..Draft::new() };
        verified(digest, &by_key(&draft.sign(&signer), &signer.pem()));
    }
    let only = Draft { transforms: vec![transform(ENVELOPED)], ..Draft::new() };
    let outcome = by_key(&only.sign(&signer), &signer.pem());
    verified("no canonical form named", &outcome);
    assert_eq!(outcome.unwrap().kind, Kind::Xmldsig);
}

#[test]
fn documents_that_another_implementation_signed_verify() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures/xmldsig");
    let read = |name: String| std::fs::read(folder.join(name)).unwrap();
    for name in [
        "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ecdsa-p384-sha256", "rsa", "rsa-sha512", "rsa-pss", "by-id",
    ] {
        let document = String::from_utf8(read(format!("{name}.xml"))).unwrap();
        let key = read(format!("{name}.pem"));
        let outcome = by_key(&document, &key);
        verified(name, &outcome);
        assert!(outcome.unwrap().warnings.iter().any(|one| one.contains("comments")), "{name}");
        for (from, to) in [("zeta", "zetb"), ("帳票", "帳表"), ("2.0.0", "2.0.1"), (" x:note", " note")] {
            let changed = document.replacen(from, to, 1);
            assert_ne!(changed, document);
            refused(name, &by_key(&changed, &key), "artifact");
        }
        refused(name, &by_key(&document, &Signer::p256().pem()), if document.contains("KeyValue") { "key" } else if name == "ecdsa-p521" || name == "ecdsa-p384-sha256" { "signature" } else { "algorithm" });
    }
}

#[test]
fn what_canonical_form_keeps_may_be_written_otherwise() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft::new().sign(&signer);
    for (case, from, to) in [
        ("order of attributes", "serialNumber=\"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\" version=\"1\"", "version='1'\n serialNumber='urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79'"),
        ("space in a tag", "<metadata id=\"m\">", "<metadata  id = \"m\" >"),
        ("CDATA", "left &amp; right", "<![CDATA[left & right]]>"),
        ("a reference", "<name>app</name>", "<name>&#x61;pp</name>"),
        ("line ends", "\n  <components>", "\r\n  <components>"),
        ("an empty element", "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>", "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"),
        ("a declaration that nothing uses, exclusively", "<bom xmlns", "<bom xmlns:u=\"urn:u\" xmlns"),
        ("an XML declaration", "<bom ", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bom "),
        ("a comment between elements", "\n  <components>", "\n  <!-- here --><components>"),
        ("white space in the value", "</SignatureValue>", "\n</SignatureValue>"),
    ] {
        let other = signed.replacen(from, to, 1);
        assert_ne!(other, signed, "{case}");
        verified(case, &by_key(&other, &key));
    }
    // The whole in UTF-16, and compressed.
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(signed.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let outcome = judge(&utf16, |request| request.keys = vec![material("key", &key)]);
    assert_eq!(word(&outcome), "verified", "{outcome:?}");
}

#[test]
fn every_change_of_the_document_is_refused() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft::new().sign(&signer);
    let signature = {
        let start = signed.find("<Signature ").unwrap();
        let end = signed.find("</Signature>").unwrap() + "</Signature>".len();
        signed[start..end].to_owned()
    };
    let replaced = |from: &str, to: &str| {
        let changed = signed.replacen(from, to, 1);
        assert_ne!(changed, signed, "{from}");
        changed
    };
    let value = {
        let start = signed.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
        &signed[start..signed.find("</SignatureValue>").unwrap()]
    };
    let unsigned = signed.replace(&signature, "");
    for (case, changed, expected) in [
        ("a text", replaced(">app<", ">apq<"), "artifact"),
        ("white space between elements", replaced("\n  <components>", "\n <components>"), "artifact"),
        ("an attribute", replaced("version=\"1\"", "version=\"2\""), "artifact"),
        ("an attribute more", replaced("<name>app", "<name x=\"\">app"), "artifact"),
        ("an element more", replaced("<components>", "<components><component/>"), "artifact"),
        ("a prefix for the same namespace", replaced("<bom xmlns=", "<b:bom xmlns:b=\"http://cyclonedx.org/schema/bom/1.6\" xmlns=").replace("</bom>", "</b:bom>"), "artifact"),
        ("another namespace", replaced("bom/1.6", "bom/1.5"), "artifact"),
        ("a processing instruction", replaced("<bom ", "<?i?><bom "), "artifact"),
        ("the digest", replaced("<DigestValue>", "<DigestValue>A"), "structure"),
        ("the method", replaced(ECDSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"), "signature"),
        ("a name in the signed part", replaced("<SignedInfo>", "<SignedInfo Id=\"s\">"), "signature"),
        ("white space in the signed part", replaced("<SignedInfo>", "<SignedInfo> "), "signature"),
        ("a comment in a text", replaced(">app<", ">ap<!-- -->p<"), "structure"),
        ("a comment before a text", replaced(">app<", "><!-- -->app<"), "structure"),
        ("a comment in the signature", replaced("<SignedInfo>", "<SignedInfo><!-- -->"), "structure"),
        ("a comment in the digest", replaced("<DigestValue>", "<DigestValue><!-- -->"), "structure"),
        ("an instruction in the signature", replaced("<SignatureValue>", "<?i?><SignatureValue>"), "structure"),
        ("a text in the signature", replaced("<SignatureValue>", "x<SignatureValue>"), "structure"),
        ("a second signature", replaced(&signature, &[&*signature, &signature].concat()), "structure"),
        ("a signature around the signature", replaced(&signature, &format!("<Signature xmlns=\"{DSIG}\">{signature}</Signature>")), "structure"),
        ("no signature", unsigned.clone(), "signature-missing"),
        ("the signature deeper", unsigned.replace("</components>", &format!("{signature}</components>")), "signature-missing"),
        ("the signature in another namespace", replaced(DSIG, "urn:other"), "signature-missing"),
        ("the content wrapped", format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{unsigned}{signature}</bom>"), "artifact"),
        ("the content put aside", replaced("<bom ", "<bom xmlns:s=\"urn:s\" ").replace("<metadata", "<metadata><s:aside/></metadata><metadata"), "artifact"),
        ("an object in the signature", replaced("</Signature>", &format!("<Object>{unsigned}</Object></Signature>")), "structure"),
        ("two values", replaced("<SignatureValue>", "<SignatureValue>AA==</SignatureValue><SignatureValue>"), "structure"),
        ("no value", replaced(value, ""), "structure"),
        ("a document type", replaced("<bom ", "<!DOCTYPE bom><bom "), "structure"),
        ("entities", replaced("<bom ", "<!DOCTYPE bom [<!ENTITY a \"app\">]><bom ").replace(">app<", ">&a;<"), "xml-entity"),
        ("an entity", replaced(">app<", ">&a;<"), "xml-entity"),
        ("another encoding", replaced("<bom ", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><bom ").replace(">app<", ">äpp<"), "structure"),
        ("XML 1.1", replaced("<bom ", "<?xml version=\"1.1\"?><bom "), "xml-syntax"),
        ("two roots", format!("{signed}<bom/>"), "xml-syntax"),
        ("cut off", signed[..signed.len() - 3].to_owned(), "xml-truncated"),
        ("an attribute twice", replaced("version=\"1\"", "version=\"1\" version=\"1\""), "xml-syntax"),
        ("an attribute twice by namespace", replaced("<name>app", "<name xmlns:a=\"urn:a\" xmlns:b=\"urn:a\" a:x=\"\" b:x=\"\">app"), "xml-syntax"),
        ("a prefix that is not declared", replaced("<name>app</name>", "<q:name>app</q:name>"), "xml-syntax"),
        ("the prefix xml for something else", replaced("<bom ", "<bom xmlns:xml=\"urn:x\" "), "xml-syntax"),
        ("a control character", replaced(">app<", ">ap\u{1}p<"), "xml-syntax"),
        ("too deep", replaced("<name>app</name>", &format!("{}{}", "<a>".repeat(200), "</a>".repeat(200))), "xml-depth"),
    ] {
        refused(case, &by_key(&changed, &key), expected);
    }
}

#[test]
fn what_is_signed_by_the_rules_but_must_not_count_is_refused() {
    let signer = Signer::p256();
    let key = signer.pem();
    let draft = Draft::new();
    let id = |value: &str| HEAD.replacen("<bom ", "<bom ", 1).replacen(" serialNumber", &format!(" id=\"{value}\" serialNumber"), 1);
    let metadata = "<metadata xmlns=\"http://cyclonedx.org/schema/bom/1.6\" id=\"m\"><component type=\"application\"><name>app</name><version>1.0</version></component></metadata>";
    let by_id = Draft { head: id("whole"), reference: "URI=\"#whole\"".to_owned(), ..draft.clone() };
    verified("by id", &by_key(&by_id.sign(&signer), &key));
    let method = |name: &str| empty("SignatureMethod", name);
    for (case, draft, expected) in [
        ("a reference to another element", Draft { reference: "URI=\"#m\"".to_owned(), digested: Some(metadata.to_owned()), ..draft.clone() }, "structure"),
        ("a reference to nothing", Draft { reference: "URI=\"#n\"".to_owned(), ..draft.clone() }, "structure"),
        ("an id twice", Draft { head: id("m"), reference: "URI=\"#m\"".to_owned(), ..draft.clone() }, "structure"),
        ("a reference outside", Draft { reference: "URI=\"bom.xml\"".to_owned(), ..draft.clone() }, "structure"),
        ("a reference to the network", Draft { reference: "URI=\"http://signer.test/\"".to_owned(), ..draft.clone() }, "structure"),
        ("a pointer", Draft { reference: "URI=\"#xpointer(/)\"".to_owned(), ..draft.clone() }, "structure"),
        ("no reference address", Draft { reference: "Id=\"r\"".to_owned(), ..draft.clone() }, "structure"),
        ("a type of reference", Draft { reference: "Type=\"urn:t\" URI=\"\"".to_owned(), ..draft.clone() }, "structure"),
        ("a second reference", Draft { further: format!("<Reference URI=\"#m\"><Transforms>{}</Transforms>{}<DigestValue>AA==</DigestValue></Reference>", transform(ENVELOPED), empty("DigestMethod", SHA_256)), ..draft.clone() }, "structure"),
        ("something behind the reference", Draft { further: "<Object></Object>".to_owned(), ..draft.clone() }, "structure"),
        ("no transform", Draft { transforms: Vec::new(), ..draft.clone() }, "structure"),
        ("a canonical form alone", Draft { transforms: vec![transform(EXCLUSIVE)], ..draft.clone() }, "structure"),
        ("transforms in another order", Draft { transforms: vec![transform(EXCLUSIVE), transform(ENVELOPED)], ..draft.clone() }, "structure"),
        ("two canonical forms", Draft { transforms: vec![transform(ENVELOPED), transform(EXCLUSIVE), transform(EXCLUSIVE)], ..draft.clone() }, "structure"),
        ("an unknown transform", Draft { transforms: vec![transform(ENVELOPED), transform("urn:unknown")], ..draft.clone() }, "structure"),
        ("XPath", Draft { transforms: vec![transform(ENVELOPED), "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>self::node()</XPath></Transform>".to_owned()], ..draft.clone() }, "structure"),
        ("XSLT", Draft { transforms: vec![transform(ENVELOPED), transform("http://www.w3.org/TR/1999/REC-xslt-19991116")], ..draft.clone() }, "structure"),
        ("base64", Draft { transforms: vec![transform(ENVELOPED), transform("http://www.w3.org/2000/09/xmldsig#base64")], ..draft.clone() }, "structure"),
        ("a parameter of a transform", Draft { transforms: vec![format!("<Transform Algorithm=\"{ENVELOPED}\"><XPath>1</XPath></Transform>")], ..draft.clone() }, "structure"),
        ("an unknown canonical form", Draft { canonicalization: empty("CanonicalizationMethod", "urn:unknown"), ..draft.clone() }, "structure"),
        ("canonical XML 2.0", Draft { canonicalization: empty("CanonicalizationMethod", "http://www.w3.org/2010/xml-c14n2"), ..draft.clone() }, "structure"),
        ("SHA-1 digest", Draft { digest_method: empty("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"), ..draft.clone() }, "algorithm"),
        ("MD5 digest", Draft { digest_method: empty("DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"), ..draft.clone() }, "algorithm"),
        ("digest of another length", Draft { digest_method: format!("<DigestMethod Algorithm=\"{SHA_256}\"></DigestMethod>"), digested: Some("sha384".to_owned()), ..draft.clone() }, "artifact"),
        ("SHA-1 signature", Draft { method: method("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), ..draft.clone() }, "algorithm"),
        ("DSA", Draft { method: method("http://www.w3.org/2000/09/xmldsig#dsa-sha1"), ..draft.clone() }, "algorithm"),
        ("HMAC", Draft { method: method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), ..draft.clone() }, "algorithm"),
        ("PSS with parameters", Draft { method: method("http://www.w3.org/2007/05/xmldsig-more#rsa-pss"), ..draft.clone() }, "algorithm"),
        ("a truncated output", Draft { method: format!("<SignatureMethod Algorithm=\"{ECDSA}\"><HMACOutputLength>8</HMACOutputLength></SignatureMethod>"), ..draft.clone() }, "structure"),
        ("a method of another kind of key", Draft { method: method(RSA), ..draft.clone() }, "algorithm"),
        ("another document digested", Draft { digested: Some("<other></other>".to_owned()), ..draft.clone() }, "artifact"),
        ("the key of another named", Draft { key_info: key_value(&Signer::p256()), ..draft.clone() }, "key"),
        ("a key that cannot be read", Draft { key_info: "<KeyInfo><KeyValue><DSAKeyValue></DSAKeyValue></KeyValue></KeyInfo>".to_owned(), ..draft.clone() }, "key"),
        ("two keys named", Draft { key_info: format!("<KeyInfo>{0}{0}</KeyInfo>", "<KeyValue><X></X></KeyValue>"), ..draft.clone() }, "structure"),
        ("something behind the key", Draft { object: "<Object></Object>".to_owned(), ..draft.clone() }, "structure"),
    ] {
        refused(case, &by_key(&draft.sign(&signer), &key), expected);
    }
    refused("an instruction outside of an element", &by_key(&format!("<?i?>{}", by_id.sign(&signer)), &key), "structure");
    // The public key as a shared secret.
    let rsa = Signer::rsa();
    let draft = Draft { method: method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), ..Draft::new() };
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &rsa.pem());
    let tag = aws_lc_rs::hmac::sign(&secret, draft.signed_info(&format!(" xmlns=\"{DSIG}\"")).as_bytes());
    let forged = format!("{}<Signature xmlns=\"{DSIG}\">{}<SignatureValue>{}</SignatureValue></Signature>{TAIL}", draft.head, draft.signed_info(""), BASE64_STANDARD.encode(tag));
    refused("HMAC with the public key", &by_key(&forged, &rsa.pem()), "algorithm");
    // Whose key.
    let good = Draft::new().sign(&signer);
    refused("another key", &by_key(&good, &Signer::p256().pem()), "signature");
    refused("a key of another kind", &by_key(&good, &rsa.pem()), "algorithm");
    let two = judge(good.as_bytes(), |request| {
        request.keys = vec![material("key", &key)];
        request.threshold = 2;
    });
    refused("two must sign", &two, "threshold");
    assert_eq!(word(&judge(good.as_bytes(), |_| {})), "signer-missing");
    // What is said of the key is not followed.
    for key_info in [
        "<KeyInfo><RetrievalMethod URI=\"http://signer.test/key\"></RetrievalMethod></KeyInfo>".to_owned(),
        "<KeyInfo><KeyName>somebody</KeyName></KeyInfo>".to_owned(),
        key_value(&signer),
    ] {
        verified(&key_info, &by_key(&Draft { key_info: key_info.clone(), ..Draft::new() }.sign(&signer), &key));
    }
}

/// A hint at the key of `signer`, on P-256.
fn key_value(signer: &Signer) -> String {
    let der = signer.der();
    let point = BASE64_STANDARD.encode(&der[der.len() - 65..]);
    format!(
        "<KeyInfo><KeyValue><ECKeyValue xmlns=\"http://www.w3.org/2009/xmldsig11#\"><NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/><PublicKey>{point}</PublicKey></ECKeyValue></KeyValue></KeyInfo>"
    )
}

/// A signature that is moved with what it covers into another document does not cover that.
#[test]
fn a_signed_element_under_another_root_does_not_count() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft {
        head: HEAD.replacen(" serialNumber", " id=\"whole\" serialNumber", 1),
        reference: "URI=\"#whole\"".to_owned(),
        ..Draft::new()
    }
    .sign(&signer);
    let start = signed.find("<Signature ").unwrap();
    let end = signed.find("</Signature>").unwrap() + "</Signature>".len();
    let (signature, unsigned) = (&signed[start..end], [&signed[..start], &signed[end..]].concat());
    let evil = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" version=\"1\"><components/>";
    for (case, document, expected) in [
        ("beside", format!("{evil}<aside>{unsigned}</aside>{signature}</bom>"), "structure"),
        ("within", format!("{evil}<aside>{signed}</aside></bom>"), "signature-missing"),
        ("in the signature", format!("{evil}{}</bom>", signature.replace("</Signature>", &format!("<Object>{unsigned}</Object></Signature>"))), "structure"),
        ("with the id above", format!("{}<aside>{unsigned}</aside>{signature}</bom>", evil.replace(" version", " Id=\"whole\" version")), "structure"),
    ] {
        refused(case, &by_key(&document, &key), expected);
    }
}

#[test]
fn certificates_lead_to_an_anchor_and_name_the_signer() {
    let (root, stranger) = (Issuer::root("root"), Issuer::root("stranger"));
    let signer = Signer::p256();
    let data = |certificates: &[&[u8]]| {
        let texts = certificates.iter().map(|der| format!("<X509Certificate>{}</X509Certificate>", BASE64_STANDARD.encode(der)));
        format!("<KeyInfo><X509Data>{}</X509Data></KeyInfo>", texts.collect::<String>())
    };
    let signed = |certificates: &[&[u8]]| Draft { key_info: data(certificates), ..Draft::new() }.sign(&signer);
    let leaf = root.certify(&signer, ADDRESS, LONG);
    let over = root.certify(&signer, ADDRESS, OVER);
    let other = root.certify(&Signer::p256(), ADDRESS, LONG);
    let anchored = |document: &str, anchor: &[u8], identity: &str| {
        let document = document.to_owned();
        judge(document.as_bytes(), |request| {
            request.anchors = vec![material("root", anchor)];
            request.identity = Some(Expected::Exact(identity.to_owned()));
        })
    };
    for certificates in [&[&leaf[..]][..], &[&root.certificate, &leaf], &[&other, &leaf]] {
        let outcome = anchored(&signed(certificates), &root.certificate, ADDRESS);
        verified("chain", &outcome);
        assert_eq!(outcome.unwrap().signer.identity.as_deref(), Some(ADDRESS));
    }
    let good = signed(&[&leaf]);
    refused("identity", &anchored(&good, &root.certificate, "other@signer.test"), "identity");
    refused("anchor", &anchored(&good, &stranger.certificate, ADDRESS), "certificate-chain");
    refused("expired", &anchored(&signed(&[&over]), &root.certificate, ADDRESS), "certificate-validity");
    refused("of another key", &anchored(&signed(&[&other]), &root.certificate, ADDRESS), "signature");
    refused("no certificate", &anchored(&Draft::new().sign(&signer), &root.certificate, ADDRESS), "certificate-chain");
    refused("garbage", &anchored(&signed(&[b"garbage"]), &root.certificate, ADDRESS), "structure");
    let many: Vec<&[u8]> = vec![&leaf; 17];
    refused("too many", &anchored(&signed(&many), &root.certificate, ADDRESS), "structure");
    let pinned = |document: &str, certificate: &[u8]| {
        let document = document.to_owned();
        judge(document.as_bytes(), |request| request.certificates = vec![material("leaf", certificate)])
    };
    verified("pinned", &pinned(&good, &leaf));
    verified("pinned, not named", &pinned(&Draft::new().sign(&signer), &leaf));
    refused("another pinned", &pinned(&good, &over), "key");
    refused("expired, pinned", &pinned(&Draft::new().sign(&signer), &over), "certificate-validity");
    // The certificate in the document is only a hint where its key is handed in.
    verified("bare key", &by_key(&good, &signer.pem()));
}

#[test]
fn no_flipped_bit_is_accepted() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft { key_info: key_value(&signer), ..Draft::new() }.sign(&signer);
    let key_info = signed.find("<KeyInfo>").unwrap()..signed.find("</KeyInfo>").unwrap();
    let mut accepted = Vec::new();
    for index in 0..signed.len() {
        for bit in 0..8 {
            let mut flipped = signed.clone().into_bytes();
            flipped[index] ^= 1 << bit;
            let outcome = judge(&flipped, |request| {
                request.keys = vec![material("key", &key)];
                request.kind = Some(Kind::Xmldsig);
            });
            if outcome.is_ok_and(|verification| verification.verified) {
                accepted.push((index, bit));
            }
        }
    }
    for (index, bit) in accepted {
        // `KeyInfo` is a hint that nobody signed: where a flipped bit makes it say nothing, every key that was
        // handed in is tried as before.
        assert!(key_info.contains(&index), "bit {bit} of byte {index}: {}", &signed[index..]);
    }
}
