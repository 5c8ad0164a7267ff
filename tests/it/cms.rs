//! CMS signatures: which hold, and that every single fault is refused by the check that it is.

use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::{Artifact, CheckName, Expected, Verification};
use mekiki::time::Timestamp;

use crate::asked::{material, now};
use crate::certificates::{
    Draft, Issued, Key, SERVER_AUTH, algorithm, der, element, generalized, instant, oid, pem_file,
    pss_sha256,
};
use crate::cms_messages::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, DATA, MESSAGE_DIGEST, MessageDraft, SHA1, SHA512,
    SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SIGNING_TIME, SignerDraft, StampDraft, TST_INFO,
    attribute, digest, signing_certificate,
};

pub(crate) const ARTIFACT: &[u8] = b"the delivered archive";

/// What is asked about one message.
#[derive(Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) artifact: &'a [u8],
    pub(crate) signature: Option<&'a [u8]>,
    pub(crate) anchors: Vec<&'a [u8]>,
    pub(crate) pinned: Vec<&'a [u8]>,
    pub(crate) keys: Vec<&'a [u8]>,
    pub(crate) lists: Vec<&'a [u8]>,
    pub(crate) identity: Option<&'a str>,
    pub(crate) threshold: usize,
    pub(crate) at: Timestamp,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(signature: &'a [u8], anchor: &'a Issued) -> Self {
        Self {
            artifact: ARTIFACT,
            signature: Some(signature),
            anchors: vec![&anchor.der],
            pinned: Vec::new(),
            keys: Vec::new(),
            lists: Vec::new(),
            identity: None,
            threshold: 1,
            at: now(),
        }
    }

    pub(crate) fn request(&self) -> SignatureRequest<'a> {
        let all = |files: &[&'a [u8]]| files.iter().map(|file| material("file", file)).collect();
        SignatureRequest {
            signature: self.signature.map(|bytes| material("signature.p7s", bytes)),
            anchors: all(&self.anchors),
            certificates: all(&self.pinned),
            keys: all(&self.keys),
            revocations: all(&self.lists),
            identity: self.identity.map(|text| Expected::Exact(text.to_owned())),
            threshold: self.threshold,
            ..SignatureRequest::new(Artifact::of_bytes(self.artifact), self.at)
        }
    }

    pub(crate) fn verify(&self) -> Verification {
        verify_signature(&self.request()).expect("it can be judged")
    }

    /// `verified`, or the check that failed, or the code of the error.
    pub(crate) fn outcome(&self) -> String {
        match verify_signature(&self.request()) {
            Ok(outcome) if outcome.verified => "verified".to_owned(),
            Ok(outcome) => outcome.refusal().expect("a check").name.word().to_owned(),
            Err(refused) => refused.0[0].code.to_owned(),
        }
    }
}

pub(crate) fn root() -> Issued {
    Draft::authority("CN=root,O=a.test").alone()
}

pub(crate) fn signer_by(root: &Issued) -> Issued {
    Draft::signer("CN=signer,O=a.test").by(root)
}

pub(crate) fn timestamper_by(root: &Issued) -> Issued {
    Draft::timestamper("CN=tsa,O=a.test").by(root)
}

pub(crate) fn message(signer: &Issued) -> Vec<u8> {
    MessageDraft::of(vec![SignerDraft::of(signer, ARTIFACT)]).build()
}

#[test]
fn a_detached_signature_verifies_and_names_its_signer() {
    let root = root();
    let signer = signer_by(&root);
    let message = message(&signer);
    let verification = Asked::of(&message, &root).verify();
    assert!(verification.verified, "{verification:?}");
    let checks: Vec<_> = verification
        .checks
        .iter()
        .map(|check| check.name.word())
        .collect();
    assert_eq!(
        checks,
        [
            "structure",
            "content-type",
            "artifact",
            "algorithm",
            "signature",
            "certificate-chain",
            "certificate-validity",
            "certificate-usage"
        ]
    );
    let proven = verification.signer;
    assert_eq!(proven.identity.as_deref(), Some("signer@signers.test"));
    assert_eq!(proven.subject.as_deref(), Some("CN=signer,O=a.test"));
    assert_eq!(proven.claimed_time.as_deref(), Some("2026-10-15T00:00:00Z"));
    assert!(proven.times.is_empty());
    assert_eq!(proven.strength.unwrap().bits, 128);
    assert_eq!(verification.warnings.len(), 2, "no list and no timestamp");

    let other = Asked {
        artifact: b"the delivered archivE",
        ..Asked::of(&message, &root)
    };
    assert_eq!(other.outcome(), "artifact");
    // A digest is enough where it is the one that was signed.
    for (digest, expected) in [
        (
            format!("sha256:{}", mekiki::digest::Digest::of(ARTIFACT)),
            "verified",
        ),
        (
            format!("sha256:{}", mekiki::digest::Digest::of(b"x")),
            "artifact",
        ),
        (format!("sha512:{}", "0".repeat(128)), "artifact-missing"),
    ] {
        let mut request = Asked::of(&message, &root).request();
        request.artifact = Artifact::parse_digest(&digest).unwrap();
        let outcome = match verify_signature(&request) {
            Ok(outcome) => outcome
                .refusal()
                .map_or("verified", |check| check.name.word()),
            Err(refused) => refused.0[0].code,
        };
        assert_eq!(outcome, expected, "{digest}");
    }
}

#[test]
fn every_kind_of_key_and_form_of_message_verifies() {
    let root = root();
    let anchor = &root;
    let by = |key: Key| Draft::signer_with("CN=signer", key).by(anchor);
    let rsa = by(Key::rsa());
    let signers = [
        by(Key::p256()),
        by(Key::p384()),
        by(Key::ed25519()),
        rsa.clone(),
    ];
    for signer in &signers {
        for is_by_key_identifier in [false, true] {
            for has_attributes in [false, true] {
                let mut draft = SignerDraft::of(signer, ARTIFACT);
                draft.is_by_key_identifier = is_by_key_identifier;
                if !has_attributes {
                    draft.attributes = None;
                }
                let message = MessageDraft::of(vec![draft]).build();
                assert_eq!(Asked::of(&message, &root).outcome(), "verified");
                let other = Asked {
                    artifact: b"another",
                    ..Asked::of(&message, &root)
                };
                let expected = if has_attributes {
                    "artifact"
                } else {
                    "signature"
                };
                assert_eq!(other.outcome(), expected);
            }
        }
    }
    for (salt, expected) in [(32, "verified"), (20, "algorithm")] {
        let mut draft = SignerDraft::of(&rsa, ARTIFACT);
        draft.is_pss = true;
        draft.algorithm = pss_sha256(salt);
        let message = MessageDraft::of(vec![draft]).build();
        assert_eq!(Asked::of(&message, &root).outcome(), expected);
    }
    // In PEM, under the labels that are in use.
    let message = message(&signers[0]);
    for (label, expected) in [
        ("CMS", "verified"),
        ("PKCS7", "verified"),
        ("CERTIFICATE", "cms-malformed"),
    ] {
        let pem = x509_cert::der::pem::encode_string(
            label,
            x509_cert::der::pem::LineEnding::LF,
            &message,
        )
        .unwrap();
        let mut request = Asked::of(pem.as_bytes(), &root).request();
        request.kind = Some(mekiki::evidence::signature::Kind::Cms);
        let outcome = match verify_signature(&request) {
            Ok(outcome) if outcome.verified => "verified",
            Ok(_) => "refused",
            Err(refused) => refused.0[0].code,
        };
        assert_eq!(outcome, expected, "{label}");
    }
}

#[test]
fn content_inside_is_the_artifact_or_what_is_signed() {
    let root = root();
    let signer = signer_by(&root);
    let attached = MessageDraft::of(vec![SignerDraft::of(&signer, ARTIFACT)])
        .around(ARTIFACT)
        .build();
    assert_eq!(Asked::of(&attached, &root).outcome(), "verified");
    let other = Asked {
        artifact: b"another",
        ..Asked::of(&attached, &root)
    };
    assert_eq!(other.outcome(), "artifact");
    // The message is the artifact.
    let alone = Asked {
        artifact: &attached,
        signature: None,
        ..Asked::of(&attached, &root)
    };
    let verification = alone.verify();
    assert!(verification.verified);
    assert_eq!(
        verification.artifact,
        [format!("sha256:{}", mekiki::digest::Digest::of(ARTIFACT))]
    );
    let detached = message(&signer);
    let alone = Asked {
        artifact: &detached,
        signature: None,
        ..Asked::of(&detached, &root)
    };
    assert_eq!(alone.outcome(), "artifact-missing");
    // Another content than the one that is signed.
    let forged = MessageDraft::of(vec![SignerDraft::of(&signer, ARTIFACT)])
        .around(b"another")
        .build();
    let alone = Asked {
        artifact: &forged,
        signature: None,
        ..Asked::of(&forged, &root)
    };
    assert_eq!(alone.outcome(), "artifact");
}

/// Makes messages with one fault each.
struct Forger {
    root: Issued,
    signer: Issued,
    other: Issued,
}

fn of(draft: SignerDraft<'static>) -> MessageDraft<'static> {
    MessageDraft::of(vec![draft])
}

impl Forger {
    fn new() -> Self {
        let root = root();
        let (signer, other) = (signer_by(&root), signer_by(&root));
        Self {
            root,
            signer,
            other,
        }
    }

    fn draft(&self) -> SignerDraft<'static> {
        SignerDraft::of(&self.signer, ARTIFACT)
    }

    fn edited(&self, edit: &dyn Fn(&mut SignerDraft<'static>)) -> Vec<u8> {
        let mut draft = self.draft();
        edit(&mut draft);
        of(draft).build()
    }

    fn shaped(&self, edit: &dyn Fn(&mut MessageDraft<'static>)) -> Vec<u8> {
        let mut message = of(self.draft());
        edit(&mut message);
        message.build()
    }

    #[track_caller]
    fn hold(&self, cases: &[(&str, Vec<u8>, &str)]) {
        for (case, message, expected) in cases {
            let asked = Asked::of(message, &self.root);
            assert_eq!(asked.outcome(), *expected, "{case}");
        }
    }
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    element(4, &digest(&algorithm(SHA1), bytes))
}

#[test]
fn every_fault_of_what_is_signed_is_refused_by_its_check() {
    let forger = Forger::new();
    let draft = || forger.draft();
    let edited = |edit: &dyn Fn(&mut SignerDraft<'static>)| forger.edited(edit);
    let digest_of =
        |bytes: &[u8]| element(4, &digest(&forger.signer.key.digest_algorithm(), bytes));
    forger.hold(&[
        ("good", of(draft()).build(), "verified"),
        (
            "the digest of something else",
            of(draft().with(MESSAGE_DIGEST, &[&digest_of(b"another")])).build(),
            "artifact",
        ),
        (
            "no digest",
            edited(&|draft| {
                draft.attributes = Some(vec![attribute(CONTENT_TYPE, &[&der(&DATA)])]);
            }),
            "structure",
        ),
        (
            "no content type",
            edited(&|draft| {
                draft.attributes = Some(vec![attribute(MESSAGE_DIGEST, &[&digest_of(ARTIFACT)])]);
            }),
            "structure",
        ),
        (
            "another content type is signed",
            of(draft().with(CONTENT_TYPE, &[&der(&TST_INFO)])).build(),
            "content-type",
        ),
        (
            "another content type is named and signed",
            {
                let mut message = of(draft().with(CONTENT_TYPE, &[&der(&TST_INFO)]));
                (message.content_type, message.version) = (TST_INFO, 3);
                message.build()
            },
            "content-type",
        ),
        (
            "two digests in two attributes",
            of(draft().and(attribute(MESSAGE_DIGEST, &[&digest_of(b"another")]))).build(),
            "structure",
        ),
        (
            "two digests in one attribute",
            of(draft().with(
                MESSAGE_DIGEST,
                &[&digest_of(ARTIFACT), &digest_of(b"another")],
            ))
            .build(),
            "structure",
        ),
        (
            "two times of signing",
            of(draft().and(attribute(
                SIGNING_TIME,
                &[&generalized("2026-10-16T00:00:00Z")],
            )))
            .build(),
            "structure",
        ),
        (
            "a time of signing that is still to come",
            of(draft().with(SIGNING_TIME, &[&generalized("2026-11-01T00:05:01Z")])).build(),
            "signed-attributes",
        ),
        (
            "an unknown attribute",
            of(draft().and(attribute(oid("1.2.3.4"), &[&[5, 0]]))).build(),
            "verified",
        ),
        (
            "attributes out of order",
            edited(&|draft| draft.is_unsorted = true),
            "structure",
        ),
        (
            "a digest that is too weak",
            {
                let mut draft = draft().with(MESSAGE_DIGEST, &[&sha1(ARTIFACT)]);
                draft.digest = algorithm(SHA1);
                of(draft).build()
            },
            "algorithm",
        ),
        (
            "another digest than the signature's",
            {
                let sha512 = digest(&algorithm(SHA512), ARTIFACT);
                let mut draft = draft().with(MESSAGE_DIGEST, &[&element(4, &sha512)]);
                draft.digest = algorithm(SHA512);
                of(draft).build()
            },
            "algorithm",
        ),
        (
            "a signature algorithm that is too weak",
            edited(&|draft| draft.algorithm = algorithm("1.2.840.10045.4.1")),
            "algorithm",
        ),
        (
            "an unknown signature algorithm",
            edited(&|draft| draft.algorithm = algorithm("1.2.3.4")),
            "algorithm",
        ),
    ]);
}

#[test]
fn every_fault_of_a_message_is_refused_by_its_check() {
    let forger = Forger::new();
    let draft = || forger.draft();
    let edited = |edit: &dyn Fn(&mut SignerDraft<'static>)| forger.edited(edit);
    let shaped = |edit: &dyn Fn(&mut MessageDraft<'static>)| forger.shaped(edit);
    let protection = |digest: &str, signature: &str| {
        let fields = [
            der(&algorithm(digest)),
            element(0xa1, &der(&oid(signature))),
        ];
        element(0x30, &fields.concat())
    };
    let named_v1 = |certificate: &Issued| {
        let named = element(0x30, &sha1(&certificate.der));
        element(0x30, &element(0x30, &named))
    };
    forger.hold(&[
        (
            "the digest is not announced",
            shaped(&|message| message.digests = Some(der(&algorithm(SHA512)))),
            "structure",
        ),
        (
            "another version",
            shaped(&|message| message.version = 3),
            "structure",
        ),
        (
            "another version of the signer",
            edited(&|draft| draft.version = Some(3)),
            "structure",
        ),
        (
            "no certificate",
            shaped(&|message| message.certificates.clear()),
            "certificate-chain",
        ),
        (
            "another's certificate",
            shaped(&|message| message.certificates = vec![forger.other.der.clone()]),
            "certificate-chain",
        ),
        (
            "another's key",
            edited(&|draft| draft.by.key = forger.other.key.clone()),
            "signature",
        ),
        (
            "nobody",
            MessageDraft::of(Vec::new())
                .bringing(&forger.signer)
                .build(),
            "structure",
        ),
        (
            "the signer names the certificate",
            of(draft().and(signing_certificate(&forger.signer.der))).build(),
            "verified",
        ),
        (
            "the signer names another certificate",
            of(draft().and(signing_certificate(&forger.other.der))).build(),
            "signed-attributes",
        ),
        (
            "the signer names the certificate in the old form",
            of(draft().with(SIGNING_CERTIFICATE, &[&named_v1(&forger.signer)])).build(),
            "verified",
        ),
        (
            "the signer names another certificate in the old form",
            of(draft().with(SIGNING_CERTIFICATE, &[&named_v1(&forger.other)])).build(),
            "signed-attributes",
        ),
        (
            "the signer names the certificate in a way that does not read",
            of(draft().with(SIGNING_CERTIFICATE_V2, &[&[5, 0]])).build(),
            "structure",
        ),
        (
            "the algorithms are protected",
            of(draft().with(
                ALGORITHM_PROTECTION,
                &[&protection("2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2")],
            ))
            .build(),
            "verified",
        ),
        (
            "other algorithms are protected",
            of(draft().with(
                ALGORITHM_PROTECTION,
                &[&protection("2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.3")],
            ))
            .build(),
            "signed-attributes",
        ),
    ]);
}

#[test]
fn the_chain_of_the_signer_must_hold() {
    let root = root();
    let middle = Draft::authority("CN=middle").by(&root);
    let stranger = Draft::authority("CN=root,O=a.test").alone();
    let signer = |edit: &dyn Fn(Draft) -> Draft| edit(Draft::signer("CN=signer")).by(&middle);
    let sent = |signer: &Issued| {
        MessageDraft::of(vec![SignerDraft::of(signer, ARTIFACT)])
            .bringing(&middle)
            .build()
    };
    for (case, signer, anchor, expected) in [
        ("good", signer(&|draft| draft), &root, "verified"),
        (
            "a stranger",
            signer(&|draft| draft),
            &stranger,
            "certificate-chain",
        ),
        (
            "expired",
            signer(&|draft| draft.valid("2020-01-01T00:00:00Z", "2026-10-20T00:00:00Z")),
            &root,
            "certificate-validity",
        ),
        (
            "not yet valid",
            signer(&|draft| draft.valid("2026-11-20T00:00:00Z", "2027-10-20T00:00:00Z")),
            &root,
            "certificate-validity",
        ),
        (
            "a server",
            signer(&|draft| draft.purposes(false, &[SERVER_AUTH])),
            &root,
            "certificate-usage",
        ),
    ] {
        assert_eq!(
            Asked::of(&sent(&signer), anchor).outcome(),
            expected,
            "{case}"
        );
    }
    // The intermediate is missing, or in the user's file.
    let signer = signer(&|draft| draft);
    let short = message(&signer);
    assert_eq!(Asked::of(&short, &root).outcome(), "certificate-chain");
    let file = pem_file(&[&middle, &root]);
    let asked = Asked {
        anchors: vec![&file],
        ..Asked::of(&short, &root)
    };
    assert_eq!(asked.outcome(), "verified");
}

#[test]
fn attributes_are_no_content() {
    let root = root();
    let signer = signer_by(&root);
    // The signed attributes of a genuine message, passed off as a file that was signed without attributes.
    let attributes = SignerDraft::of(&signer, ARTIFACT).attributes.unwrap();
    let mut sorted = attributes;
    sorted.sort();
    let file = element(0x31, &sorted.concat());
    let mut draft = SignerDraft::of(&signer, &file);
    draft.attributes = None;
    let message = MessageDraft::of(vec![draft]).build();
    let asked = Asked {
        artifact: &file,
        ..Asked::of(&message, &root)
    };
    assert_eq!(asked.outcome(), "structure");
}

#[test]
fn no_flipped_bit_verifies() {
    let root = root();
    let signer = Draft::signer("CN=signer")
        .valid("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")
        .by(&root);
    let stamp = StampDraft::of(&timestamper_by(&root), "2026-06-01T00:00:00Z");
    let draft = SignerDraft::of(&signer, ARTIFACT)
        .with(SIGNING_TIME, &[&generalized("2026-05-31T00:00:00Z")])
        .and(signing_certificate(&signer.der))
        .stamped(move |signature| stamp.about(signature));
    let message = MessageDraft::of(vec![draft]).build();
    assert_eq!(Asked::of(&message, &root).outcome(), "verified");
    let mut judged = 0;
    for bit in 0..message.len() * 8 {
        let mut flipped = message.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let mut request = Asked::of(&flipped, &root).request();
        request.kind = Some(mekiki::evidence::signature::Kind::Cms);
        if let Ok(outcome) = verify_signature(&request) {
            assert!(!outcome.verified, "bit {bit} of byte {}", bit / 8);
            judged += 1;
        }
    }
    assert!(judged > 1000, "{judged}");
    for bit in 0..ARTIFACT.len() * 8 {
        let mut flipped = ARTIFACT.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let asked = Asked {
            artifact: &flipped,
            ..Asked::of(&message, &root)
        };
        assert_eq!(asked.outcome(), "artifact");
    }
}

#[test]
fn what_is_no_message_is_said_to_be_none() {
    let root = root();
    let whole = message(&signer_by(&root));
    for cut in [1, 10, 40, whole.len() / 2, whole.len() - 1] {
        let mut request = Asked::of(&whole[..cut], &root).request();
        request.kind = Some(mekiki::evidence::signature::Kind::Cms);
        let refused = verify_signature(&request).unwrap_err();
        assert_eq!(refused.0[0].code, "cms-malformed", "{cut}");
    }
    let trailing = [&whole[..], &[0]].concat();
    assert_eq!(Asked::of(&trailing, &root).outcome(), "cms-malformed");
    assert_eq!(instant("2026-11-01T00:00:00Z"), now());
    assert!(CheckName::ALL.contains(&CheckName::Timestamp));
}
