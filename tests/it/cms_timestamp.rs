//! Timestamps and revocation of CMS signatures: every single fault is refused by the check that it is.

use x509_cert::ext::pkix::crl::CrlReason;

use crate::certificates::{
    CODE_SIGNING, Draft, Issued, Key, ListDraft, TIME_STAMPING, algorithm, der, element,
    generalized, oid,
};
use crate::cms::{ARTIFACT, Asked, message, root, signer_by, timestamper_by};
use crate::cms_messages::{MessageDraft, SHA1, SHA512, SIGNING_TIME, SignerDraft, StampDraft};

#[test]
fn a_timestamp_keeps_a_signature_alive_and_must_hold() {
    const BEFORE: &str = "2026-06-01T00:00:00Z";
    let root = root();
    let tsa = timestamper_by(&root);
    let stranger = Draft::authority("CN=stranger").alone();
    let signer = Draft::signer("CN=signer")
        .valid("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")
        .by(&root);
    let early = |draft: SignerDraft<'static>| {
        draft.with(SIGNING_TIME, &[&generalized("2026-05-31T00:00:00Z")])
    };
    let stamped = |stamp: StampDraft| {
        let draft = early(SignerDraft::of(&signer, ARTIFACT));
        MessageDraft::of(vec![draft.stamped(move |signature| stamp.about(signature))]).build()
    };
    let stamp = || StampDraft::of(&tsa, BEFORE);
    let by = |draft: Draft| StampDraft::of(&draft.by(&root), BEFORE);
    let edited = |edit: &dyn Fn(&mut StampDraft)| {
        let mut stamp = stamp();
        edit(&mut stamp);
        stamped(stamp)
    };
    let timestamper = || Draft::timestamper("CN=tsa,O=a.test");
    let extensions = |critical: &[u8]| {
        let fields = [&[6, 3, 0x2a, 3, 4][..], critical, &[4, 2, 5, 0]].concat();
        element(0xa1, &element(0x30, &fields))
    };
    let name = |text: &str| {
        let name: x509_cert::name::Name = text.parse().unwrap();
        element(0xa0, &element(0xa4, &der(&name)))
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("good", stamped(stamp()), "verified"),
        (
            "none",
            MessageDraft::of(vec![early(SignerDraft::of(&signer, ARTIFACT))]).build(),
            "certificate-validity",
        ),
        (
            "about another signature",
            {
                let stamp = stamp();
                let draft = early(SignerDraft::of(&signer, ARTIFACT));
                MessageDraft::of(vec![draft.stamped(move |_| stamp.about(b"another"))]).build()
            },
            "timestamp",
        ),
        (
            "after the certificate ran out",
            stamped(StampDraft::of(&tsa, "2026-07-01T00:00:01Z")),
            "certificate-validity",
        ),
        (
            "still to come",
            stamped(StampDraft::of(&tsa, "2026-11-01T00:00:01Z")),
            "timestamp",
        ),
        (
            "by an authority that nobody trusts",
            stamped(StampDraft::of(&timestamper().by(&stranger), BEFORE)),
            "timestamp",
        ),
        (
            "by a certificate of which the purpose is not critical",
            stamped(by(timestamper().purposes(false, &[TIME_STAMPING]))),
            "timestamp",
        ),
        (
            "by a certificate with another purpose beside",
            stamped(by(
                timestamper().purposes(true, &[TIME_STAMPING, CODE_SIGNING])
            )),
            "timestamp",
        ),
        (
            "by a signer",
            stamped(by(Draft::signer("CN=tsa"))),
            "timestamp",
        ),
        (
            "by a certificate that had run out",
            stamped(by(
                timestamper().valid("2020-01-01T00:00:00Z", "2026-05-31T00:00:00Z")
            )),
            "timestamp",
        ),
        (
            "by a certificate that has run out since",
            stamped(by(
                timestamper().valid("2020-01-01T00:00:00Z", "2026-06-02T00:00:00Z")
            )),
            "verified",
        ),
        (
            "over a weak digest",
            edited(&|stamp| stamp.digest = algorithm(SHA1)),
            "timestamp",
        ),
        (
            "over a strong digest",
            edited(&|stamp| stamp.digest = algorithm(SHA512)),
            "verified",
        ),
        (
            "of another version",
            edited(&|stamp| stamp.version = 2),
            "timestamp",
        ),
        (
            "of another type",
            edited(&|stamp| stamp.content_type = oid("1.2.3.4")),
            "timestamp",
        ),
        (
            "that does not name the certificate",
            edited(&|stamp| stamp.names_certificate = false),
            "timestamp",
        ),
        (
            "with accuracy, order and nonce",
            edited(&|stamp| {
                stamp.behind = [&[0x30, 3, 2, 1, 1][..], &[1, 1, 0xff], &[2, 1, 9]].concat();
            }),
            "verified",
        ),
        (
            "that names its authority",
            edited(&|stamp| stamp.behind = name("CN=tsa,O=a.test")),
            "verified",
        ),
        (
            "that names another authority",
            edited(&|stamp| stamp.behind = name("CN=other")),
            "timestamp",
        ),
        (
            "with an extension",
            edited(&|stamp| stamp.behind = extensions(&[])),
            "verified",
        ),
        (
            "with an unknown critical extension",
            edited(&|stamp| stamp.behind = extensions(&[1, 1, 0xff])),
            "timestamp",
        ),
        (
            "that is none",
            {
                let draft = early(SignerDraft::of(&signer, ARTIFACT));
                MessageDraft::of(vec![draft.stamped(|_| vec![5, 0])]).build()
            },
            "timestamp",
        ),
    ];
    for (case, message, expected) in &cases {
        assert_eq!(Asked::of(message, &root).outcome(), *expected, "{case}");
    }
    let verification = Asked::of(&cases[0].1, &root).verify();
    assert!(verification.is_timestamped());
    assert_eq!(verification.signer.times, [BEFORE]);
    assert_eq!(verification.witnesses[0].name, "CN=tsa,O=a.test");
    // A second timestamp that does not hold is not passed over.
    let (one, other) = (stamp(), stamp());
    let draft = early(SignerDraft::of(&signer, ARTIFACT))
        .stamped(move |signature| one.about(signature))
        .stamped(move |_| other.about(b"another"));
    let message = MessageDraft::of(vec![draft]).build();
    assert_eq!(Asked::of(&message, &root).outcome(), "timestamp");
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
