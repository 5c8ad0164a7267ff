//! Timestamps and revocation of CMS signatures: every single fault is refused by the check that it is.

use x509_cert::ext::pkix::crl::CrlReason;

use crate::certificates::{
    CODE_SIGNING, Draft, Issued, Key, ListDraft, TIME_STAMPING, algorithm, der, element,
    generalized, oid,
};
use crate::cms::{ARTIFACT, Asked, message, root, signer_by, timestamper_by};
use crate::cms_messages::{MessageDraft, SHA1, SHA512, SIGNING_TIME, SignerDraft, StampDraft};

const BEFORE: &str = "2026-06-01T00:00:00Z";

/// Makes messages with a timestamp of one fault each, by a signer whose certificate has run out since.
struct Stamper {
    root: Issued,
    tsa: Issued,
    signer: Issued,
}

fn early(draft: SignerDraft<'static>) -> SignerDraft<'static> {
    draft.with(SIGNING_TIME, &[&generalized("2026-05-31T00:00:00Z")])
}

fn timestamper() -> Draft {
    Draft::timestamper("CN=tsa,O=a.test")
}

impl Stamper {
    fn new() -> Self {
        let root = root();
        let tsa = timestamper_by(&root);
        let signer = Draft::signer("CN=signer")
            .valid("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")
            .by(&root);
        Self { root, tsa, signer }
    }

    fn stamp(&self) -> StampDraft {
        StampDraft::of(&self.tsa, BEFORE)
    }

    fn stamped(&self, stamp: StampDraft) -> Vec<u8> {
        let draft = early(SignerDraft::of(&self.signer, ARTIFACT));
        MessageDraft::of(vec![draft.stamped(move |signature| stamp.about(signature))]).build()
    }

    fn edited(&self, edit: &dyn Fn(&mut StampDraft)) -> Vec<u8> {
        let mut stamp = self.stamp();
        edit(&mut stamp);
        self.stamped(stamp)
    }

    #[track_caller]
    fn hold(&self, cases: &[(&str, Vec<u8>, &str)]) {
        for (case, message, expected) in cases {
            let asked = Asked::of(message, &self.root);
            assert_eq!(asked.outcome(), *expected, "{case}");
        }
    }
}

#[test]
fn a_timestamp_keeps_a_signature_alive() {
    let stamper = Stamper::new();
    let message = stamper.stamped(stamper.stamp());
    let verification = Asked::of(&message, &stamper.root).verify();
    assert!(verification.is_timestamped());
    assert_eq!(verification.signer.times, [BEFORE]);
    assert_eq!(verification.witnesses[0].name, "CN=tsa,O=a.test");
    // A second timestamp that does not hold is not passed over.
    let (one, other) = (stamper.stamp(), stamper.stamp());
    let draft = early(SignerDraft::of(&stamper.signer, ARTIFACT))
        .stamped(move |signature| one.about(signature))
        .stamped(move |_| other.about(b"another"));
    let message = MessageDraft::of(vec![draft]).build();
    assert_eq!(Asked::of(&message, &stamper.root).outcome(), "timestamp");
}

#[test]
fn a_timestamp_must_hold_under_its_authority() {
    let stamper = Stamper::new();
    let stranger = Draft::authority("CN=stranger").alone();
    let by = |draft: Draft| StampDraft::of(&draft.by(&stamper.root), BEFORE);
    stamper.hold(&[
        ("good", stamper.stamped(stamper.stamp()), "verified"),
        (
            "none",
            MessageDraft::of(vec![early(SignerDraft::of(&stamper.signer, ARTIFACT))]).build(),
            "certificate-validity",
        ),
        (
            "about another signature",
            {
                let stamp = stamper.stamp();
                let draft = early(SignerDraft::of(&stamper.signer, ARTIFACT));
                MessageDraft::of(vec![draft.stamped(move |_| stamp.about(b"another"))]).build()
            },
            "timestamp",
        ),
        (
            "after the certificate ran out",
            stamper.stamped(StampDraft::of(&stamper.tsa, "2026-07-01T00:00:01Z")),
            "certificate-validity",
        ),
        (
            "still to come",
            stamper.stamped(StampDraft::of(&stamper.tsa, "2026-11-01T00:00:01Z")),
            "timestamp",
        ),
        (
            "by an authority that nobody trusts",
            stamper.stamped(StampDraft::of(&timestamper().by(&stranger), BEFORE)),
            "timestamp",
        ),
        (
            "by a certificate of which the purpose is not critical",
            stamper.stamped(by(timestamper().purposes(false, &[TIME_STAMPING]))),
            "timestamp",
        ),
        (
            "by a certificate with another purpose beside",
            stamper.stamped(by(
                timestamper().purposes(true, &[TIME_STAMPING, CODE_SIGNING])
            )),
            "timestamp",
        ),
        (
            "by a signer",
            stamper.stamped(by(Draft::signer("CN=tsa"))),
            "timestamp",
        ),
        (
            "by a certificate that had run out",
            stamper.stamped(by(
                timestamper().valid("2020-01-01T00:00:00Z", "2026-05-31T00:00:00Z")
            )),
            "timestamp",
        ),
        (
            "by a certificate that has run out since",
            stamper.stamped(by(
                timestamper().valid("2020-01-01T00:00:00Z", "2026-06-02T00:00:00Z")
            )),
            "verified",
        ),
        (
            "that is none",
            {
                let draft = early(SignerDraft::of(&stamper.signer, ARTIFACT));
                MessageDraft::of(vec![draft.stamped(|_| vec![5, 0])]).build()
            },
            "timestamp",
        ),
    ]);
}

#[test]
fn every_fault_of_what_a_timestamp_says_is_refused() {
    let stamper = Stamper::new();
    let extensions = |critical: &[u8]| {
        let fields = [&[6, 3, 0x2a, 3, 4][..], critical, &[4, 2, 5, 0]].concat();
        element(0xa1, &element(0x30, &fields))
    };
    let name = |text: &str| {
        let name: x509_cert::name::Name = text.parse().unwrap();
        element(0xa0, &element(0xa4, &der(&name)))
    };
    stamper.hold(&[
        (
            "over a weak digest",
            stamper.edited(&|stamp| stamp.digest = algorithm(SHA1)),
            "timestamp",
        ),
        (
            "over a strong digest",
            stamper.edited(&|stamp| stamp.digest = algorithm(SHA512)),
            "verified",
        ),
        (
            "of another version",
            stamper.edited(&|stamp| stamp.version = 2),
            "timestamp",
        ),
        (
            "of another type",
            stamper.edited(&|stamp| stamp.content_type = oid("1.2.3.4")),
            "timestamp",
        ),
        (
            "that does not name the certificate",
            stamper.edited(&|stamp| stamp.names_certificate = false),
            "timestamp",
        ),
        (
            "with accuracy, order and nonce",
            stamper.edited(&|stamp| {
                stamp.behind = [&[0x30, 3, 2, 1, 1][..], &[1, 1, 0xff], &[2, 1, 9]].concat();
            }),
            "verified",
        ),
        (
            "that names its authority",
            stamper.edited(&|stamp| stamp.behind = name("CN=tsa,O=a.test")),
            "verified",
        ),
        (
            "that names another authority",
            stamper.edited(&|stamp| stamp.behind = name("CN=other")),
            "timestamp",
        ),
        (
            "with an extension",
            stamper.edited(&|stamp| stamp.behind = extensions(&[])),
            "verified",
        ),
        (
            "with an unknown critical extension",
            stamper.edited(&|stamp| stamp.behind = extensions(&[1, 1, 0xff])),
            "timestamp",
        ),
    ]);
}

#[test]
fn a_revoked_signer_or_timestamp_authority_is_refused() {
    let root = root();
    let (signer, tsa) = (signer_by(&root), timestamper_by(&root));
    let stamp = StampDraft::of(&tsa, "2026-10-15T00:00:00Z");
    let draft = SignerDraft::of(&signer, ARTIFACT);
    let stamped =
        MessageDraft::of(vec![draft.stamped(move |signature| stamp.about(signature))]).build();
    let bare = message(&signer);
    let list = || ListDraft::of(&root);
    let revoked =
        |who: &Issued, at: &str, reason| list().revoking(who, at, reason, None).by(&root.key);
    let (before, after) = ("2026-10-10T00:00:00Z", "2026-10-20T00:00:00Z");
    let superseded = Some(CrlReason::Superseded);
    for (case, list, without, with) in [
        ("nobody", list().by(&root.key), "verified", "verified"),
        (
            "the signer, after",
            revoked(&signer, after, None),
            "revocation",
            "verified",
        ),
        (
            "the signer, before",
            revoked(&signer, before, None),
            "revocation",
            "revocation",
        ),
        (
            "the signer, compromised",
            revoked(&signer, after, Some(CrlReason::KeyCompromise)),
            "revocation",
            "revocation",
        ),
        (
            "the authority, superseded after",
            revoked(&tsa, after, superseded),
            "verified",
            "verified",
        ),
        (
            "the authority, superseded before",
            revoked(&tsa, before, superseded),
            "verified",
            "timestamp",
        ),
        (
            "the authority, nobody knows why",
            revoked(&tsa, after, None),
            "verified",
            "timestamp",
        ),
        (
            "stale",
            list()
                .current("2026-10-01T00:00:00Z", Some("2026-10-31T00:00:00Z"))
                .by(&root.key),
            "revocation",
            "timestamp",
        ),
        (
            "by a stranger",
            list().by(&Key::p256()),
            "revocation",
            "timestamp",
        ),
        (
            "no list",
            b"no list".to_vec(),
            "revocation-list-malformed",
            "revocation-list-malformed",
        ),
    ] {
        for (message, expected) in [(&bare, without), (&stamped, with)] {
            let asked = Asked {
                lists: vec![&list],
                ..Asked::of(message, &root)
            };
            assert_eq!(asked.outcome(), expected, "{case}");
        }
    }
}
