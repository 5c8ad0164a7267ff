//! Documents whose signature holds and must not count.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{
    DSIG, Draft, ECDSA, ENVELOPED, EXCLUSIVE, HEAD, RSA, SHA_256, TAIL, by_key, empty, key_value,
    refused, transform, verified,
};
use crate::asked::material;
use crate::signer::{Signer, judge, word};

#[test]
fn what_is_signed_by_the_rules_but_must_not_count_is_refused() {
    let signer = Signer::p256();
    let key = signer.pem();
    let draft = Draft::new();
    let id = |value: &str| {
        HEAD.replacen("<bom ", "<bom ", 1).replacen(
            " serialNumber",
            &format!(" id=\"{value}\" serialNumber"),
            1,
        )
    };
    let metadata = "<metadata xmlns=\"http://cyclonedx.org/schema/bom/1.6\" id=\"m\"><component type=\"application\"><name>app</name><version>1.0</version></component></metadata>";
    let by_id = Draft {
        head: id("whole"),
        reference: "URI=\"#whole\"".to_owned(),
        ..draft.clone()
    };
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
    refused(
        "an instruction outside of an element",
        &by_key(&format!("<?i?>{}", by_id.sign(&signer)), &key),
        "structure",
    );
    // The public key as a shared secret.
    let rsa = Signer::rsa();
    let draft = Draft {
        method: method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        ..Draft::new()
    };
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &rsa.pem());
    let tag = aws_lc_rs::hmac::sign(
        &secret,
        draft.signed_info(&format!(" xmlns=\"{DSIG}\"")).as_bytes(),
    );
    let forged = format!(
        "{}<Signature xmlns=\"{DSIG}\">{}<SignatureValue>{}</SignatureValue></Signature>{TAIL}",
        draft.head,
        draft.signed_info(""),
        BASE64_STANDARD.encode(tag)
    );
    refused(
        "HMAC with the public key",
        &by_key(&forged, &rsa.pem()),
        "algorithm",
    );
    // Whose key.
    let good = Draft::new().sign(&signer);
    refused(
        "another key",
        &by_key(&good, &Signer::p256().pem()),
        "signature",
    );
    refused(
        "a key of another kind",
        &by_key(&good, &rsa.pem()),
        "algorithm",
    );
    let two = judge(good.as_bytes(), |request| {
        request.keys = vec![material("key", &key)];
        request.threshold = 2;
    });
    refused("two must sign", &two, "threshold");
    assert_eq!(word(&judge(good.as_bytes(), |_| {})), "signer-missing");
    // Nobody signs what is said of the key: what a reader could take for the document must not stand there.
    for inside in [
        "<components xmlns=\"http://cyclonedx.org/schema/bom/1.6\"></components>",
        "<KeyName><x xmlns=\"\"></x></KeyName>",
        "<X509Data><b:component xmlns:b=\"http://cyclonedx.org/schema/bom/1.6\"></b:component></X509Data>",
    ] {
        let draft = Draft {
            key_info: format!("<KeyInfo>{inside}</KeyInfo>"),
            ..Draft::new()
        };
        refused(inside, &by_key(&draft.sign(&signer), &key), "structure");
    }
    // What is said of the key is not followed.
    for key_info in [
        "<KeyInfo><RetrievalMethod URI=\"http://signer.test/key\"></RetrievalMethod></KeyInfo>"
            .to_owned(),
        "<KeyInfo><KeyName>somebody</KeyName></KeyInfo>".to_owned(),
        key_value(&signer),
    ] {
        verified(
            &key_info,
            &by_key(
                &Draft {
                    key_info: key_info.clone(),
                    ..Draft::new()
                }
                .sign(&signer),
                &key,
            ),
        );
    }
}
