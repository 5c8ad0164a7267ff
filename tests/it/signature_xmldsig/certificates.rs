//! Certificates in `X509Data`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::evidence::signature::Expected;

use super::{ADDRESS, Draft, by_key, refused, verified};
use crate::asked::material;
use crate::signer::{Issuer, LONG, OVER, Signer, judge};

#[test]
fn certificates_lead_to_an_anchor_and_name_the_signer() {
    let (root, stranger) = (Issuer::root("root"), Issuer::root("stranger"));
    let signer = Signer::p256();
    let data = |certificates: &[&[u8]]| {
        let texts = certificates.iter().map(|der| {
            format!(
                "<X509Certificate>{}</X509Certificate>",
                BASE64_STANDARD.encode(der)
            )
        });
        format!(
            "<KeyInfo><X509Data>{}</X509Data></KeyInfo>",
            texts.collect::<String>()
        )
    };
    let signed = |certificates: &[&[u8]]| {
        Draft {
            key_info: data(certificates),
            ..Draft::new()
        }
        .sign(&signer)
    };
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
    for certificates in [
        &[&leaf[..]][..],
        &[&root.certificate, &leaf],
        &[&other, &leaf],
    ] {
        let outcome = anchored(&signed(certificates), &root.certificate, ADDRESS);
        verified("chain", &outcome);
        assert_eq!(outcome.unwrap().signer.identity.as_deref(), Some(ADDRESS));
    }
    let good = signed(&[&leaf]);
    refused(
        "identity",
        &anchored(&good, &root.certificate, "other@signer.test"),
        "identity",
    );
    refused(
        "anchor",
        &anchored(&good, &stranger.certificate, ADDRESS),
        "certificate-chain",
    );
    refused(
        "expired",
        &anchored(&signed(&[&over]), &root.certificate, ADDRESS),
        "certificate-validity",
    );
    refused(
        "of another key",
        &anchored(&signed(&[&other]), &root.certificate, ADDRESS),
        "signature",
    );
    refused(
        "no certificate",
        &anchored(&Draft::new().sign(&signer), &root.certificate, ADDRESS),
        "certificate-chain",
    );
    refused(
        "garbage",
        &anchored(&signed(&[b"garbage"]), &root.certificate, ADDRESS),
        "structure",
    );
    let many: Vec<&[u8]> = vec![&leaf; 17];
    refused(
        "too many",
        &anchored(&signed(&many), &root.certificate, ADDRESS),
        "structure",
    );
    let pinned = |document: &str, certificate: &[u8]| {
        let document = document.to_owned();
        judge(document.as_bytes(), |request| {
            request.certificates = vec![material("leaf", certificate)]
        })
    };
    verified("pinned", &pinned(&good, &leaf));
    verified(
        "pinned, not named",
        &pinned(&Draft::new().sign(&signer), &leaf),
    );
    refused("another pinned", &pinned(&good, &over), "key");
    refused(
        "expired, pinned",
        &pinned(&Draft::new().sign(&signer), &over),
        "certificate-validity",
    );
    // The certificate in the document is only a hint where its key is handed in.
    verified("bare key", &by_key(&good, &signer.pem()));
}

/// Whoever hands in a list asks whether the signer is on it, and of a bare key it tells nothing.
#[test]
fn a_list_of_revoked_certificates_is_not_passed_over_for_a_key() {
    let root = crate::certificates::Draft::authority("CN=root,O=a.test").alone();
    let list = crate::certificates::ListDraft::of(&root).by(&root.key);
    let signer = Signer::p256();
    let key = signer.pem();
    let document = Draft::new().sign(&signer);
    verified("without a list", &by_key(&document, &key));
    let listed = judge(document.as_bytes(), |request| {
        request.keys = vec![material("key", &key)];
        request.anchors = vec![material("root", &root.der)];
        request.revocations = vec![material("list", &list)];
    });
    refused("with a list", &listed, "revocation");
}
