//! A signed document in which one thing was changed.

use mekiki::evidence::signature::Kind;

use super::{DSIG, Draft, ECDSA, HEAD, by_key, key_value, refused};
use crate::asked::material;
use crate::signer::{Signer, judge, word};

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
        (
            "white space between elements",
            replaced("\n  <components>", "\n <components>"),
            "artifact",
        ),
        (
            "an attribute",
            replaced("version=\"1\"", "version=\"2\""),
            "artifact",
        ),
        (
            "an attribute more",
            replaced("<name>app", "<name x=\"\">app"),
            "artifact",
        ),
        (
            "an element more",
            replaced("<components>", "<components><component/>"),
            "artifact",
        ),
        (
            "a prefix for the same namespace",
            replaced(
                "<bom xmlns=",
                "<b:bom xmlns:b=\"http://cyclonedx.org/schema/bom/1.6\" xmlns=",
            )
            .replace("</bom>", "</b:bom>"),
            "artifact",
        ),
        (
            "another namespace",
            replaced("bom/1.6", "bom/1.5"),
            "artifact",
        ),
        (
            "a processing instruction",
            replaced("<bom ", "<?i?><bom "),
            "artifact",
        ),
        (
            "the digest",
            replaced("<DigestValue>", "<DigestValue>A"),
            "structure",
        ),
        (
            "the method",
            replaced(ECDSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"),
            "signature",
        ),
        (
            "a name in the signed part",
            replaced("<SignedInfo>", "<SignedInfo Id=\"s\">"),
            "signature",
        ),
        (
            "white space in the signed part",
            replaced("<SignedInfo>", "<SignedInfo> "),
            "signature",
        ),
        (
            "a comment in a text",
            replaced(">app<", ">ap<!-- -->p<"),
            "structure",
        ),
        (
            "a comment before a text",
            replaced(">app<", "><!-- -->app<"),
            "structure",
        ),
        (
            "a comment in the signature",
            replaced("<SignedInfo>", "<SignedInfo><!-- -->"),
            "structure",
        ),
        (
            "a comment in the digest",
            replaced("<DigestValue>", "<DigestValue><!-- -->"),
            "structure",
        ),
        (
            "an instruction in the signature",
            replaced("<SignatureValue>", "<?i?><SignatureValue>"),
            "structure",
        ),
        (
            "a text in the signature",
            replaced("<SignatureValue>", "x<SignatureValue>"),
            "structure",
        ),
        (
            "a second signature",
            replaced(&signature, &[&*signature, &signature].concat()),
            "structure",
        ),
        (
            "a signature around the signature",
            replaced(
                &signature,
                &format!("<Signature xmlns=\"{DSIG}\">{signature}</Signature>"),
            ),
            "structure",
        ),
        ("no signature", unsigned.clone(), "signature-missing"),
        (
            "the signature deeper",
            unsigned.replace("</components>", &format!("{signature}</components>")),
            "signature-missing",
        ),
        (
            "the signature in another namespace",
            replaced(DSIG, "urn:other"),
            "signature-missing",
        ),
        (
            "the content wrapped",
            format!(
                "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{unsigned}{signature}</bom>"
            ),
            "artifact",
        ),
        (
            "the content put aside",
            replaced("<bom ", "<bom xmlns:s=\"urn:s\" ")
                .replace("<metadata", "<metadata><s:aside/></metadata><metadata"),
            "artifact",
        ),
        (
            "an object in the signature",
            replaced(
                "</Signature>",
                &format!("<Object>{unsigned}</Object></Signature>"),
            ),
            "structure",
        ),
        (
            "two values",
            replaced(
                "<SignatureValue>",
                "<SignatureValue>AA==</SignatureValue><SignatureValue>",
            ),
            "structure",
        ),
        ("no value", replaced(value, ""), "structure"),
        (
            "a document type",
            replaced("<bom ", "<!DOCTYPE bom><bom "),
            "structure",
        ),
        (
            "entities",
            replaced("<bom ", "<!DOCTYPE bom [<!ENTITY a \"app\">]><bom ")
                .replace(">app<", ">&a;<"),
            "xml-entity",
        ),
        ("an entity", replaced(">app<", ">&a;<"), "xml-entity"),
        (
            "another encoding",
            replaced(
                "<bom ",
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><bom ",
            )
            .replace(">app<", ">äpp<"),
            "structure",
        ),
        (
            "XML 1.1",
            replaced("<bom ", "<?xml version=\"1.1\"?><bom "),
            "xml-syntax",
        ),
        ("two roots", format!("{signed}<bom/>"), "xml-syntax"),
        (
            "cut off",
            signed[..signed.len() - 3].to_owned(),
            "xml-truncated",
        ),
        (
            "an attribute twice",
            replaced("version=\"1\"", "version=\"1\" version=\"1\""),
            "xml-syntax",
        ),
        (
            "an attribute twice by namespace",
            replaced(
                "<name>app",
                "<name xmlns:a=\"urn:a\" xmlns:b=\"urn:a\" a:x=\"\" b:x=\"\">app",
            ),
            "xml-syntax",
        ),
        (
            "a prefix that is not declared",
            replaced("<name>app</name>", "<q:name>app</q:name>"),
            "xml-syntax",
        ),
        (
            "the prefix xml for something else",
            replaced("<bom ", "<bom xmlns:xml=\"urn:x\" "),
            "xml-syntax",
        ),
        (
            "a control character",
            replaced(">app<", ">ap\u{1}p<"),
            "xml-syntax",
        ),
        (
            "too deep",
            replaced(
                "<name>app</name>",
                &format!("{}{}", "<a>".repeat(200), "</a>".repeat(200)),
            ),
            "xml-depth",
        ),
    ] {
        refused(case, &by_key(&changed, &key), expected);
    }
}

/// Nobody signs the XML declaration: no other document may be read by way of it.
#[test]
fn the_declaration_cannot_change_what_is_read() {
    let signer = Signer::p256();
    let key = signer.pem();
    let document = Draft::new().sign(&signer);
    for (declaration, expected) in [
        ("<?xml version=\"1.0\"?>", "verified"),
        ("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n", "verified"),
        ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", "verified"),
        ("<?xml version=\"1.0\" encoding=\"UTF-7\"?>", "structure"),
        ("<?xml version=\"1.0\" encoding=\"HZ-GB-2312\"?>", "structure"),
        ("<?xml version=\"1.0\" encoding=\"IBM037\"?>", "structure"),
        ("<?xml version=\"1.0\" encoding=\"UTF-7?>", "xml-syntax"),
        ("<?xml version=\"1.0\"encoding=\"UTF-8\"?>", "xml-syntax"),
        ("<?xml version=\"1.1\"?>", "xml-syntax"),
    ] {
        let declared = format!("{declaration}{document}");
        let outcome = judge(declared.as_bytes(), |request| {
            request.keys = vec![material("key", &key)];
            request.kind = Some(Kind::Xmldsig);
        });
        assert_eq!(word(&outcome), expected, "{declaration}: {outcome:?}");
    }
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
    let (signature, unsigned) = (
        &signed[start..end],
        [&signed[..start], &signed[end..]].concat(),
    );
    let evil = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" version=\"1\"><components/>";
    for (case, document, expected) in [
        (
            "beside",
            format!("{evil}<aside>{unsigned}</aside>{signature}</bom>"),
            "structure",
        ),
        (
            "within",
            format!("{evil}<aside>{signed}</aside></bom>"),
            "signature-missing",
        ),
        (
            "in the signature",
            format!(
                "{evil}{}</bom>",
                signature.replace(
                    "</Signature>",
                    &format!("<Object>{unsigned}</Object></Signature>")
                )
            ),
            "structure",
        ),
        (
            "with the id above",
            format!(
                "{}<aside>{unsigned}</aside>{signature}</bom>",
                evil.replace(" version", " Id=\"whole\" version")
            ),
            "structure",
        ),
    ] {
        refused(case, &by_key(&document, &key), expected);
    }
}

#[test]
fn no_flipped_bit_is_accepted() {
    let signer = Signer::p256();
    let key = signer.pem();
    let signed = Draft {
        key_info: key_value(&signer),
        ..Draft::new()
    }
    .sign(&signer);
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
        assert!(
            key_info.contains(&index),
            "bit {bit} of byte {index}: {}",
            &signed[index..]
        );
    }
}
