//! Revocation lists: what they refuse, and that silence is no answer.

use mekiki::evidence::signature::CheckName::{self, Revocation};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::CrlReason;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use crate::certificate_chain::{Asked, chain_of, check, root, same};
use crate::certificates::{Draft, Issued, Key, ListDraft, element, octets, oid};

const BEFORE: &str = "2026-10-10T00:00:00Z";
const SIGNED: &str = "2026-10-15T00:00:00Z";
const AFTER: &str = "2026-10-20T00:00:00Z";

/// A chain of three.
struct Ways {
    root: Issued,
    middle: Issued,
    leaf: Issued,
}

impl Ways {
    fn new() -> Self {
        let (root, middle, leaf) = chain_of(same, same, same);
        Self { root, middle, leaf }
    }

    fn list(&self) -> ListDraft {
        ListDraft::of(&self.middle)
    }

    fn by_issuer(&self, draft: ListDraft) -> Vec<u8> {
        draft.by(&self.middle.key)
    }

    /// What comes of the leaf under a good list of the root and `lists`.
    fn judged(&self, lists: &[&[u8]], proven: Option<&str>) -> Result<(), CheckName> {
        let of_root = ListDraft::of(&self.root).by(&self.root.key);
        let asked = Asked {
            anchors: vec![&self.root.der],
            others: vec![&self.middle],
            lists: [&[&of_root[..]], lists].concat(),
            proven,
            ..Asked::default()
        };
        check(asked.about(&self.leaf))
    }
}

#[test]
fn revoked_certificates_are_refused() {
    let ways = Ways::new();
    let (list, by_issuer) = (|| ways.list(), |draft| ways.by_issuer(draft));
    let revoked = |at, reason, since| by_issuer(list().revoking(&ways.leaf, at, reason, since));
    let some = Some(CrlReason::KeyCompromise);
    for (case, list, proven, expected) in [
        ("not revoked", by_issuer(list()), None, Ok(())),
        (
            "another is revoked",
            by_issuer(list().revoking(&ways.middle, BEFORE, None, None)),
            None,
            Ok(()),
        ),
        ("revoked", revoked(AFTER, None, None), None, Err(Revocation)),
        (
            "revoked before signing",
            revoked(BEFORE, None, None),
            Some(SIGNED),
            Err(Revocation),
        ),
        (
            "revoked when signing",
            revoked(SIGNED, None, None),
            Some(SIGNED),
            Err(Revocation),
        ),
        (
            "revoked after signing",
            revoked(AFTER, None, None),
            Some(SIGNED),
            Ok(()),
        ),
        (
            "compromised after signing",
            revoked(AFTER, some, None),
            Some(SIGNED),
            Err(Revocation),
        ),
        (
            "compromised before signing, revoked after",
            revoked(AFTER, some, Some(BEFORE)),
            Some(SIGNED),
            Err(Revocation),
        ),
        (
            "compromised after signing, as the list says",
            revoked(AFTER, some, Some(AFTER)),
            Some(SIGNED),
            Ok(()),
        ),
        (
            "on hold",
            revoked(BEFORE, Some(CrlReason::CertificateHold), None),
            None,
            Err(Revocation),
        ),
    ] {
        assert_eq!(ways.judged(&[&list], proven), expected, "{case}");
    }
    // The authority itself is revoked.
    let of_root = ListDraft::of(&ways.root)
        .revoking(&ways.middle, BEFORE, None, None)
        .by(&ways.root.key);
    let of_middle = by_issuer(list());
    assert_eq!(ways.judged(&[&of_root, &of_middle], None), Err(Revocation));
    // A revocation in an old list is for good.
    let old = by_issuer(
        list()
            .current("2026-01-01T00:00:00Z", Some("2026-02-01T00:00:00Z"))
            .revoking(&ways.leaf, "2026-01-01T00:00:00Z", None, None),
    );
    assert_eq!(ways.judged(&[&of_middle, &old], None), Err(Revocation));
}

#[test]
fn silence_of_a_list_is_no_answer() {
    let ways = Ways::new();
    let (list, by_issuer) = (|| ways.list(), |draft| ways.by_issuer(draft));
    let stranger = Key::p256();
    let unknown_entry = vec![Extension {
        extn_id: oid("2.5.29.29"),
        critical: true,
        extn_value: octets(&[0x30, 0]),
    }];
    for (case, list, proven, expected) in [
        (
            "the list is stale",
            by_issuer(list().current("2026-10-01T00:00:00Z", Some("2026-10-31T00:00:00Z"))),
            None,
            Err(Revocation),
        ),
        (
            "the list is stale even for a signature that is proven to be older",
            by_issuer(list().current("2026-10-01T00:00:00Z", Some("2026-10-31T00:00:00Z"))),
            Some("2026-10-02T00:00:00Z"),
            Err(Revocation),
        ),
        (
            "the list is current for ever",
            by_issuer(list().current("2026-10-01T00:00:00Z", None)),
            None,
            Err(Revocation),
        ),
        (
            "the list is of the future",
            by_issuer(list().current("2026-11-02T00:00:00Z", Some("2026-12-01T00:00:00Z"))),
            None,
            Err(Revocation),
        ),
        (
            "the list is by somebody else",
            list().by(&stranger),
            None,
            Err(Revocation),
        ),
        (
            "the list is the root's",
            ListDraft::of(&ways.root).by(&ways.root.key),
            None,
            Err(Revocation),
        ),
        (
            "the list has an unknown critical extension",
            by_issuer(list().raw(oid("1.2.3.4"), true, &[5, 0])),
            None,
            Err(Revocation),
        ),
        (
            "an entry has an unknown critical extension",
            by_issuer(list().entry(&ways.middle, BEFORE, unknown_entry)),
            None,
            Err(Revocation),
        ),
        (
            "the list only adds to another",
            by_issuer(list().raw(oid("2.5.29.27"), true, &[2, 1, 1])),
            None,
            Err(Revocation),
        ),
        (
            "the list is about authorities only",
            by_issuer(list().raw(oid("2.5.29.28"), true, &[0x30, 3, 0x82, 1, 0xff])),
            None,
            Err(Revocation),
        ),
        (
            "the list is about users only",
            by_issuer(list().raw(oid("2.5.29.28"), true, &[0x30, 3, 0x81, 1, 0xff])),
            None,
            Ok(()),
        ),
        (
            "the list is about some reasons only",
            by_issuer(list().raw(oid("2.5.29.28"), true, &[0x30, 4, 0x83, 2, 6, 0x40])),
            None,
            Err(Revocation),
        ),
        (
            "the list is indirect",
            by_issuer(list().raw(oid("2.5.29.28"), true, &[0x30, 3, 0x84, 1, 0xff])),
            None,
            Err(Revocation),
        ),
        (
            "the list is a part",
            by_issuer(list().raw(
                oid("2.5.29.28"),
                true,
                &element(
                    0x30,
                    &element(0xa0, &element(0xa0, &element(0x86, b"http://a.test/1"))),
                ),
            )),
            None,
            Err(Revocation),
        ),
    ] {
        assert_eq!(ways.judged(&[&list], proven), expected, "{case}");
    }
}

#[test]
fn a_part_of_a_list_and_a_list_by_a_delegate_count() {
    let root = root();
    let point = element(0xa0, &element(0xa0, &element(0x86, b"http://a.test/1")));
    let points = element(0x30, &element(0x30, &point));
    let leaf = Draft::signer("CN=signer")
        .raw(oid("2.5.29.31"), false, &points)
        .by(&root);
    let part = ListDraft::of(&root)
        .raw(oid("2.5.29.28"), true, &element(0x30, &point))
        .by(&root.key);
    let asked = Asked {
        anchors: vec![&root.der],
        lists: vec![&part],
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&leaf)), Ok(()));

    let delegate = |usage: KeyUsages| {
        let mut draft = Draft::of("CN=x", Key::p256()).with(true, &KeyUsage(usage.into()));
        draft.tbs.subject = root.name.clone();
        draft
    };
    let stranger = root_of_stranger();
    for (case, signer, expected) in [
        (
            "by a delegate",
            delegate(KeyUsages::CRLSign).by(&root),
            Ok(()),
        ),
        (
            "by a key that may not",
            delegate(KeyUsages::DigitalSignature).by(&root),
            Err(Revocation),
        ),
        (
            "by a stranger's delegate",
            delegate(KeyUsages::CRLSign).by(&stranger),
            Err(Revocation),
        ),
    ] {
        let list = ListDraft::of(&root).by(&signer.key);
        let asked = Asked {
            anchors: vec![&root.der],
            lists: vec![&list],
            others: vec![&signer, &stranger],
            ..Asked::default()
        };
        assert_eq!(check(asked.about(&leaf)), expected, "{case}");
    }
}

fn root_of_stranger() -> Issued {
    Draft::authority("CN=stranger").alone()
}

#[test]
fn a_certificate_that_ran_out_is_asked_of_a_list_of_its_time() {
    let root = root();
    let leaf = Draft::signer("CN=signer")
        .valid("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
        .by(&root);
    let expired_kept = [&[0x18, 15][..], b"20200101000000Z"].concat();
    for (case, list, expected) in [
        (
            "current when it ran out",
            ListDraft::of(&root).current("2025-12-20T00:00:00Z", Some("2026-01-10T00:00:00Z")),
            Ok(()),
        ),
        (
            "stale when it ran out",
            ListDraft::of(&root).current("2025-06-01T00:00:00Z", Some("2025-07-01T00:00:00Z")),
            Err(Revocation),
        ),
        ("issued afterwards", ListDraft::of(&root), Err(Revocation)),
        (
            "issued afterwards, and it keeps them",
            ListDraft::of(&root).raw(oid("2.5.29.60"), false, &expired_kept),
            Ok(()),
        ),
    ] {
        let list = list.by(&root.key);
        let asked = Asked {
            anchors: vec![&root.der],
            lists: vec![&list],
            proven: Some("2025-06-01T00:00:00Z"),
            ..Asked::default()
        };
        assert_eq!(check(asked.about(&leaf)), expected, "{case}");
    }
}
