//! Detached signatures under certificates: pinned ones and such that lead to an anchor, and that every single
//! fault is refused by the check it fails.

use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::{Artifact, Expected, ProvenSigner, Verification};
use x509_cert::der::asn1::Utf8StringRef;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::asked::{material, now};
use crate::certificates::{
    Draft, Issued, Key, ListDraft, SERVER_AUTH, der, element, instant, oid, pem_file,
};

const ARTIFACT: &[u8] = b"the delivered archive";
const IDENTITY: &str = "signer@signers.test";
const ISSUER: &str = "https://oidc.example";

/// A signer, the authority that issued its certificate, and an authority that did not.
struct Chain {
    root: Issued,
    signer: Issued,
    stranger: Issued,
}

impl Chain {
    fn new(edit: impl Fn(Draft) -> Draft) -> Self {
        let root = Draft::authority("CN=root,O=a.test").alone();
        let issuer = der(&Utf8StringRef::new(ISSUER).expect("it is text"));
        let signer =
            Draft::signer("CN=signer,O=a.test").raw(oid("1.3.6.1.4.1.57264.1.8"), false, &issuer);
        Self {
            signer: edit(signer).by(&root),
            stranger: Draft::authority("CN=stranger,O=b.test").alone(),
            root,
        }
    }
}

fn request<'a>(signature: &'a [u8], certificate: &'a [u8]) -> SignatureRequest<'a> {
    SignatureRequest {
        signature: Some(material("signature", signature)),
        certificates: vec![material("signer.pem", certificate)],
        identity: Some(Expected::Exact(IDENTITY.to_owned())),
        issuer: Some(Expected::Exact(ISSUER.to_owned())),
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    }
}

fn judge(request: &SignatureRequest<'_>) -> Verification {
    verify_signature(request).expect("the signature can be judged")
}

fn refusal(request: &SignatureRequest<'_>) -> &'static str {
    let verification = judge(request);
    assert!(!verification.verified);
    assert_eq!(verification.signer, ProvenSigner::default());
    verification.refusal().expect("a check failed").name.word()
}

fn code(request: &SignatureRequest<'_>) -> &'static str {
    let refused = verify_signature(request).expect_err("the signature cannot be judged");
    refused.0[0].code
}

#[test]
fn a_certificate_stands_for_itself_or_leads_to_an_anchor() {
    let chain = Chain::new(|draft| draft);
    let signature = chain.signer.key.sign(ARTIFACT);
    let root = chain.root.pem();
    let both = pem_file(&[&chain.signer, &chain.root]);
    for certificate in [&chain.signer.der, &chain.signer.pem(), &both] {
        for anchors in [vec![], vec![material("root.pem", &root)]] {
            let good = SignatureRequest {
                anchors,
                ..request(&signature, certificate)
            };
            let verification = judge(&good);
            assert!(verification.verified, "{verification:?}");
            let signer = &verification.signer;
            assert_eq!(signer.identity.as_deref(), Some(IDENTITY));
            assert_eq!(signer.issuer.as_deref(), Some(ISSUER));
            assert!(signer.subject.is_some() && signer.certificate_sha256.is_some());
            assert!(signer.key_sha256.is_some() && signer.strength.is_some());
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|one| one.name.word())
                .collect();
            assert_eq!(
                checks,
                [
                    "signature",
                    "certificate-chain",
                    "certificate-validity",
                    "identity",
                    "issuer"
                ]
            );
            let nobody = SignatureRequest {
                identity: None,
                issuer: None,
                ..good
            };
            assert!(judge(&nobody).verified);
        }
    }
}

#[test]
fn every_fault_is_refused_by_the_check_that_it_fails() {
    let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
    let chain = Chain::new(|draft| draft);
    let other = Chain::new(|draft| draft);
    let signature = chain.signer.key.sign(ARTIFACT);
    let (root, stranger) = (chain.root.pem(), chain.stranger.pem());
    let (own, others) = (chain.signer.pem(), other.signer.pem());
    let list = ListDraft::of(&chain.root)
        .revoking(&chain.signer, "2026-10-02T00:00:00Z", None, None)
        .by(&chain.root.key);
    let good = SignatureRequest {
        anchors: vec![material("root.pem", &root)],
        ..request(&signature, &own)
    };
    assert!(judge(&good).verified);
    for (check, request) in [
        (
            "signature",
            SignatureRequest {
                artifact: Artifact::of_bytes(b"x"),
                ..good.clone()
            },
        ),
        (
            "signature",
            SignatureRequest {
                certificates: vec![material("c", &others)],
                ..good.clone()
            },
        ),
        (
            "certificate-chain",
            SignatureRequest {
                anchors: vec![material("c", &stranger)],
                ..good.clone()
            },
        ),
        (
            "certificate-validity",
            SignatureRequest {
                at: instant("2019-12-31T23:59:59Z"),
                ..good.clone()
            },
        ),
        (
            "certificate-validity",
            SignatureRequest {
                at: instant("2040-01-01T00:00:01Z"),
                ..good.clone()
            },
        ),
        (
            "revocation",
            SignatureRequest {
                revocations: vec![material("list", &list)],
                ..good.clone()
            },
        ),
        (
            "identity",
            SignatureRequest {
                identity: exact("signer@signers.tes"),
                ..good.clone()
            },
        ),
        (
            "issuer",
            SignatureRequest {
                issuer: exact("https://oidc.example/"),
                ..good.clone()
            },
        ),
        (
            "threshold",
            SignatureRequest {
                threshold: 2,
                ..good.clone()
            },
        ),
    ] {
        assert_eq!(refusal(&request), check);
    }
    // Pinned, without an anchor, it is held to the same.
    let pinned = SignatureRequest {
        anchors: Vec::new(),
        ..good.clone()
    };
    let late = SignatureRequest {
        at: instant("2040-01-01T00:00:01Z"),
        ..pinned.clone()
    };
    assert_eq!(refusal(&late), "certificate-validity");

    let weak = |mut draft: Draft| {
        // An RSA key of 1,024 bits.
        let modulus = element(2, &[&[0][..], &[0xff; 128]].concat());
        let numbers = element(0x30, &[modulus, element(2, &[1, 0, 1])].concat());
        let algorithm = element(
            0x30,
            &[&der(&oid("1.2.840.113549.1.1.1"))[..], &[5, 0]].concat(),
        );
        let key = element(3, &[&[0], numbers.as_slice()].concat());
        let spki = element(0x30, &[algorithm, key].concat());
        let read = <SubjectPublicKeyInfoOwned as x509_cert::der::Decode>::from_der(&spki);
        draft.tbs.subject_public_key_info = read.expect("it is a key");
        draft
    };
    let unnamed = |draft: Draft| draft.without(oid("1.3.6.1.4.1.57264.1.8"));
    let edits: [(&str, &dyn Fn(Draft) -> Draft); 3] = [
        ("certificate-usage", &|draft| {
            draft.purposes(false, &[SERVER_AUTH])
        }),
        ("algorithm", &weak),
        ("issuer", &unnamed),
    ];
    for (check, edit) in edits {
        let chain = Chain::new(edit);
        let signature = chain.signer.key.sign(ARTIFACT);
        let own = chain.signer.pem();
        assert_eq!(refusal(&request(&signature, &own)), check);
    }
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let chain = Chain::new(|draft| draft);
    let signature = chain.signer.key.sign(ARTIFACT);
    let (own, root) = (chain.signer.pem(), chain.root.pem());
    let good = request(&signature, &own);
    let anchors = || vec![material("root.pem", &root)];
    for (request, expected) in [
        // An authority alone says nothing of who signed.
        (
            SignatureRequest {
                certificates: Vec::new(),
                anchors: anchors(),
                ..good.clone()
            },
            "signer-missing",
        ),
        (
            SignatureRequest {
                certificates: vec![material("c", b"x")],
                ..good.clone()
            },
            "certificate-malformed",
        ),
        (
            SignatureRequest {
                revocations: anchors(),
                ..good.clone()
            },
            "revocation-list-malformed",
        ),
        (
            SignatureRequest {
                artifact: Artifact::default(),
                ..good.clone()
            },
            "artifact-missing",
        ),
    ] {
        assert_eq!(code(&request), expected);
    }
    // Ed25519 signs the artifact itself.
    let root = Draft::authority("CN=root,O=a.test").alone();
    let signer = Draft::signer_with("CN=signer,O=a.test", Key::ed25519()).by(&root);
    let (signature, own) = (signer.key.sign(ARTIFACT), signer.pem());
    let mut by_digest = request(&signature, &own);
    by_digest.issuer = None;
    assert!(judge(&by_digest).verified);
    by_digest.artifact = Artifact::of_digest(mekiki::digest::Algorithm::Sha256, &[0; 32]);
    assert_eq!(code(&by_digest), "artifact-missing");
}
