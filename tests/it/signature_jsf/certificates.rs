//! Certificates in `certificatePath`.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use mekiki::app::Refused;
use mekiki::evidence::signature::{Expected, Verification};

use super::several::{listed, several};
use super::{ADDRESS, Core, refused};
use crate::asked::material;
use crate::signer::{Issuer, LONG, OVER, Signer, judge, word};

fn path(certificates: &[&[u8]]) -> String {
    let texts: Vec<_> = certificates
        .iter()
        .map(|der| format!("\"{}\"", BASE64_STANDARD.encode(der)))
        .collect();
    texts.join(",")
}

fn exact(text: &str) -> Expected {
    Expected::Exact(text.to_owned())
}

fn anchored(
    document: &str,
    anchor: &[u8],
    identity: Option<Expected>,
) -> Result<Verification, Refused> {
    judge(document.as_bytes(), |request| {
        request.anchors = vec![material("root", anchor)];
        request.identity = identity;
    })
}

#[test]
fn certificates_lead_to_an_anchor_and_name_the_signer() {
    let root = Issuer::root("root");
    let stranger = Issuer::root("stranger");
    let signer = Signer::p256();
    let leaf = root.certify(&signer, ADDRESS, LONG);
    let core = Core {
        public_key: None,
        certificate_path: Some(path(&[&leaf])),
        ..Core::new("ES256", &signer)
    };
    let whole = core.signed_document(&signer);
    let outcome = anchored(&whole, &root.certificate, Some(exact(ADDRESS)));
    assert_eq!(word(&outcome), "verified", "{outcome:?}");
    assert_eq!(outcome.unwrap().signer.identity.as_deref(), Some(ADDRESS));
    assert!(anchored(&whole, &root.certificate, None).unwrap().verified);
    refused(
        "identity",
        &anchored(&whole, &root.certificate, Some(exact("other@signer.test"))),
        "identity",
    );
    refused(
        "anchor",
        &anchored(&whole, &stranger.certificate, Some(exact(ADDRESS))),
        "certificate-chain",
    );
    let over = root.certify(&signer, ADDRESS, OVER);
    let expired = Core {
        certificate_path: Some(path(&[&over])),
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
        certificate_path: Some(path(&[&other])),
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
            request.certificates = vec![material("leaf", certificate)];
        })
    };
    for document in [&whole, &none, &nothing] {
        let outcome = pinned(document, &leaf);
        assert_eq!(word(&outcome), "verified", "{outcome:?}");
    }
    refused("another pinned", &pinned(&whole, &other), "key");
    refused(
        "expired, pinned",
        &pinned(&none, &over),
        "certificate-validity",
    );
    // Base64url serves for certificates too, as JSF writes them.
    let url = Some(format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&leaf)));
    let url = Core {
        certificate_path: url,
        ..core.clone()
    }
    .signed_document(&signer);
    assert!(anchored(&url, &root.certificate, None).unwrap().verified);
}

#[test]
fn beside_another_signer_under_the_same_anchor_only_the_expected_one_counts() {
    let root = Issuer::root("root");
    let signer = Signer::p256();
    let core = Core {
        public_key: None,
        certificate_path: Some(path(&[&root.certify(&signer, ADDRESS, LONG)])),
        ..Core::new("ES256", &signer)
    };
    let auditor = Signer::ed25519();
    let of_auditor = root.certify(&auditor, "auditor@signer.test", LONG);
    let auditor_core = Core {
        public_key: None,
        certificate_path: Some(path(&[&of_auditor])),
        ..Core::new("Ed25519", &auditor)
    };
    let both = [(&signer, core.clone()), (&auditor, auditor_core)];
    let both = listed("signers", &several("signers", &both));
    for address in [ADDRESS, "auditor@signer.test"] {
        let outcome = anchored(&both, &root.certificate, Some(exact(address))).unwrap();
        assert_eq!(outcome.signer.identity.as_deref(), Some(address));
        assert!(outcome.verified && outcome.cosigners.is_empty());
    }
    let neither = anchored(&both, &root.certificate, Some(exact("other@signer.test")));
    refused("neither", &neither, "identity");
    assert_eq!(
        anchored(&both, &root.certificate, None)
            .unwrap()
            .cosigners
            .len(),
        1
    );
}
