//! Certificates as they come in: what is none, which names count, and that no flipped bit passes.

use mekiki::evidence::signature::certificate::{Authorities, Certificate};
use mekiki::evidence::signature::{Expected, Trust};
use x509_cert::der::asn1::Ia5String;
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::ext::pkix::constraints::name::{GeneralSubtree, NameConstraints};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{KeyUsage, SubjectAltName};

use crate::asked::{material, now};
use crate::certificate_chain::{Asked, chain_of, root, same, signer_by};
use crate::certificates::Draft;

#[test]
fn an_identity_is_an_alternative_name_or_the_whole_subject() {
    let leaf = signer_by(&root());
    let certificate = Certificate::from_der(&leaf.der).unwrap();
    for (expected, met) in [
        ("signer@signers.test", true),
        ("CN=signer,O=a.test", true),
        ("signer", false),
        ("CN=signer", false),
        ("signers.test", false),
        ("", false),
    ] {
        let found = certificate.identity(Some(&Expected::Exact(expected.to_owned())));
        assert_eq!(found.is_ok(), met, "{expected}");
    }
    assert_eq!(certificate.identity(None).unwrap(), "signer@signers.test");
}

#[test]
fn no_flipped_bit_of_a_certificate_passes() {
    let (root, middle, leaf) = chain_of(same, same, same);
    let asked = Asked {
        anchors: vec![&root.der],
        others: vec![&middle],
        ..Asked::default()
    };
    let (mut unread, mut refused) = (0, 0);
    for bit in 0..leaf.der.len() * 8 {
        let mut flipped = leaf.clone();
        flipped.der[bit / 8] ^= 1 << (bit % 8);
        if Certificate::from_der(&flipped.der).is_err() {
            unread += 1;
            continue;
        }
        assert!(asked.about(&flipped).is_err(), "bit {bit}");
        refused += 1;
    }
    assert!(unread > 100 && refused > 100, "{unread} {refused}");
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    let root = root();
    let twice = Draft::signer("CN=x")
        .raw(KeyUsage::OID, true, &[3, 2, 7, 0x80])
        .by(&root);
    let trailing = [&root.der[..], &[0]].concat();
    let key = b"-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n";
    for broken in [&b"no certificate"[..], b"", &twice.der, &trailing, key] {
        let mut trust = Trust::none(now());
        trust.anchors = vec![material("chain.pem", broken)];
        let fault = Authorities::read(&trust).unwrap_err();
        assert_eq!(fault.code, "certificate-malformed");
        assert_eq!(fault.file.as_deref(), Some("chain.pem"));
        trust.revocations = std::mem::take(&mut trust.anchors);
        let fault = Authorities::read(&trust).unwrap_err();
        assert_eq!(fault.code, "revocation-list-malformed");
    }
}

/// An authority that may certify the addresses of one domain only must not certify others under another kind of
/// name, upon which it has no constraint.
#[test]
fn a_name_of_one_kind_is_no_name_of_another() {
    let ia5 = |text: &str| Ia5String::new(text).unwrap();
    let constraints = NameConstraints {
        permitted_subtrees: Some(vec![GeneralSubtree {
            base: GeneralName::Rfc822Name(ia5("a.test")),
            minimum: 0,
            maximum: None,
        }]),
        excluded_subtrees: None,
    };
    let dns = |text: &str| GeneralName::DnsName(ia5(text));
    let email = |text: &str| GeneralName::Rfc822Name(ia5(text));
    let uri = |text: &str| GeneralName::UniformResourceIdentifier(ia5(text));
    for (name, claimed, is_met) in [
        (email("boss@a.test"), "boss@a.test", true),
        (dns("boss.b.test"), "boss.b.test", true),
        (uri("https://b.test/x"), "https://b.test/x", true),
        (uri("urn:x@y"), "urn:x@y", true),
        (dns("boss@b.test"), "boss@b.test", false),
        (uri("boss@b.test"), "boss@b.test", false),
        (uri("boss@b.test:1"), "boss@b.test:1", false),
        (dns("https://b.test/x"), "https://b.test/x", false),
        (
            email("https://b.test/x@a.test"),
            "https://b.test/x@a.test",
            false,
        ),
        (email("boss@b.test@a.test"), "boss@b.test@a.test", false),
        (dns("CN=boss"), "CN=boss", false),
        (email("CN=boss@a.test"), "CN=boss@a.test", false),
        (uri("CN=a:b"), "CN=a:b", false),
        (dns(""), "", false),
    ] {
        let (root, middle, leaf) = chain_of(
            same,
            |draft| draft.with(true, &constraints),
            |draft| {
                draft
                    .without(SubjectAltName::OID)
                    .with(false, &SubjectAltName(vec![name.clone()]))
            },
        );
        let asked = Asked {
            anchors: vec![&root.der],
            others: vec![&middle],
            ..Asked::default()
        };
        assert!(asked.about(&leaf).is_ok(), "{name:?}");
        let certificate = Certificate::from_der(&leaf.der).unwrap();
        let found = certificate.identity(Some(&Expected::Exact(claimed.to_owned())));
        assert_eq!(found.is_ok(), is_met, "{name:?}");
    }
}
