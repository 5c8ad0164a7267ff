//! Chains of certificates: which hold, and that every single fault is refused by the check that it is.

use mekiki::evidence::signature::certificate::{
    Authorities, Certificate, Chain, Moment, Purpose, Refusal,
};
use mekiki::evidence::signature::{CheckName, Trust};
use x509_cert::certificate::Version;
use x509_cert::der::asn1::Ia5String;
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::ext::pkix::constraints::name::{GeneralSubtree, NameConstraints};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};

use crate::asked::{material, now};
use crate::certificates::{
    ANY_PURPOSE, CODE_SIGNING, DOCUMENT_SIGNING, Draft, Issued, Key, SERVER_AUTH, TIME_STAMPING,
    algorithm, element, instant, octets, oid, pem_file,
};

use CheckName::{
    Algorithm, CertificateChain, CertificateUsage, CertificateValidity, Key as Pinned,
};

/// What is trusted and asked in one test.
#[derive(Default)]
pub(crate) struct Asked<'a> {
    pub(crate) anchors: Vec<&'a [u8]>,
    pub(crate) pinned: Vec<&'a [u8]>,
    pub(crate) lists: Vec<&'a [u8]>,
    pub(crate) others: Vec<&'a Issued>,
    pub(crate) proven: Option<&'a str>,
    pub(crate) purpose: Option<Purpose>,
}

impl Asked<'_> {
    pub(crate) fn about(&self, leaf: &Issued) -> Result<Chain, Refusal> {
        let mut trust = Trust::none(now());
        trust.anchors = self
            .anchors
            .iter()
            .map(|file| material("anchors", file))
            .collect();
        trust.certificates = self
            .pinned
            .iter()
            .map(|file| material("pinned", file))
            .collect();
        trust.revocations = self
            .lists
            .iter()
            .map(|file| material("lists", file))
            .collect();
        let authorities = Authorities::read(&trust).expect("the material reads");
        let read = |issued: &Issued| Certificate::from_der(&issued.der).expect("it reads");
        let others: Vec<_> = self.others.iter().map(|one| read(one)).collect();
        let moment = self
            .proven
            .map_or(Moment::Judgment, |at| Moment::Proven(instant(at)));
        let purpose = self.purpose.unwrap_or(Purpose::Document);
        authorities.verify_chain(&read(leaf), &others, moment, purpose)
    }
}

pub(crate) fn check(result: Result<Chain, Refusal>) -> Result<(), CheckName> {
    result.map(|_| ()).map_err(|refusal| refusal.check)
}

pub(crate) fn root() -> Issued {
    Draft::authority("CN=root,O=a.test").alone()
}

pub(crate) fn signer_by(issuer: &Issued) -> Issued {
    Draft::signer("CN=signer,O=a.test").by(issuer)
}

/// Root, intermediate authority and signer, after an edit to each.
pub(crate) fn chain_of(
    root: impl Fn(Draft) -> Draft,
    middle: impl Fn(Draft) -> Draft,
    leaf: impl Fn(Draft) -> Draft,
) -> (Issued, Issued, Issued) {
    let root = root(Draft::authority("CN=root,O=a.test")).alone();
    let middle = middle(Draft::authority("CN=middle,O=a.test")).by(&root);
    let leaf = leaf(Draft::signer("CN=signer,O=a.test")).by(&middle);
    (root, middle, leaf)
}

pub(crate) fn same(draft: Draft) -> Draft {
    draft
}

fn judged((root, middle, leaf): &(Issued, Issued, Issued)) -> Result<(), CheckName> {
    check(
        Asked {
            anchors: vec![&root.der],
            others: vec![middle],
            ..Asked::default()
        }
        .about(leaf),
    )
}

#[test]
fn a_chain_leads_to_its_anchor_and_says_so() {
    let (root, middle, leaf) = chain_of(same, same, same);
    let asked = Asked {
        anchors: vec![&root.der],
        others: vec![&middle],
        ..Asked::default()
    };
    let chain = asked.about(&leaf).unwrap();
    assert_eq!(
        chain.subjects,
        [
            "CN=signer,O=a.test",
            "CN=middle,O=a.test",
            "CN=root,O=a.test"
        ]
    );
    assert_eq!(chain.cautions.len(), 1, "revocation was not checked");
    // The way may be in the user's file as well, in either order and in PEM.
    for file in [
        pem_file(&[&leaf, &middle, &root]),
        pem_file(&[&root, &middle]),
    ] {
        let asked = Asked {
            anchors: vec![&file],
            ..Asked::default()
        };
        assert!(asked.about(&leaf).is_ok());
    }
    // Of a file without a self-signed certificate, the last one is the anchor.
    let file = pem_file(&[&leaf, &middle]);
    let asked = Asked {
        anchors: vec![&file],
        ..Asked::default()
    };
    assert_eq!(asked.about(&leaf).unwrap().subjects.len(), 2);
}

#[test]
fn keys_and_signatures_of_every_kind_make_a_chain() {
    for key in [Key::p256(), Key::p384(), Key::ed25519(), Key::rsa()] {
        let usage = KeyUsage(KeyUsages::KeyCertSign.into());
        let root = Draft::of("CN=root", key.clone())
            .with(true, &usage)
            .path_length(None)
            .alone();
        let leaf = Draft::signer_with("CN=signer", key).by(&root);
        let asked = Asked {
            anchors: vec![&root.der],
            ..Asked::default()
        };
        asked.about(&leaf).unwrap();
    }
}

/// A change of a certificate before it is issued.
type Edit = Box<dyn Fn(Draft) -> Draft>;
/// Changes of the root, of the authority in between and of the signer, with what comes of them.
type Case = (&'static str, Edit, Edit, Edit, Result<(), CheckName>);

fn constrained(permitted: Option<&str>, excluded: Option<&str>) -> NameConstraints {
    let subtrees = |text: &str| {
        vec![GeneralSubtree {
            base: GeneralName::Rfc822Name(Ia5String::new(text).unwrap()),
            minimum: 0,
            maximum: None,
        }]
    };
    NameConstraints {
        permitted_subtrees: permitted.map(subtrees),
        excluded_subtrees: excluded.map(subtrees),
    }
}

fn usage(usages: KeyUsages) -> KeyUsage {
    KeyUsage(usages.into())
}

#[track_caller]
fn hold(cases: &[Case]) {
    for (case, root, middle, leaf, expected) in cases {
        assert_eq!(judged(&chain_of(root, middle, leaf)), *expected, "{case}");
    }
}

#[test]
fn every_fault_of_validity_and_authority_is_refused_by_its_check() {
    let cases: Vec<Case> = vec![
        (
            "good",
            Box::new(same),
            Box::new(same),
            Box::new(same),
            Ok(()),
        ),
        (
            "expired",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.valid("2020-01-01T00:00:00Z", "2026-10-31T23:59:59Z")),
            Err(CertificateValidity),
        ),
        (
            "not yet valid",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.valid("2026-11-01T00:00:01Z", "2030-01-01T00:00:00Z")),
            Err(CertificateValidity),
        ),
        (
            "just valid",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.valid("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z")),
            Ok(()),
        ),
        (
            "the intermediate expired",
            Box::new(same),
            Box::new(|middle| middle.valid("2020-01-01T00:00:00Z", "2026-10-31T23:59:59Z")),
            Box::new(same),
            Err(CertificateValidity),
        ),
        (
            "the root expired",
            Box::new(|root| root.valid("2020-01-01T00:00:00Z", "2026-10-31T23:59:59Z")),
            Box::new(same),
            Box::new(same),
            Err(CertificateValidity),
        ),
        (
            "the issuer is no authority",
            Box::new(same),
            Box::new(|middle| {
                middle.with(
                    true,
                    &BasicConstraints {
                        ca: false,
                        path_len_constraint: None,
                    },
                )
            }),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "the issuer does not say that it is an authority",
            Box::new(same),
            Box::new(|middle| middle.without(BasicConstraints::OID)),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "the root does not say that it is an authority",
            Box::new(|root| root.without(BasicConstraints::OID)),
            Box::new(same),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "the issuer's key may not sign certificates",
            Box::new(same),
            Box::new(move |middle| middle.with(true, &usage(KeyUsages::CRLSign))),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "an issuer of version 1",
            Box::new(same),
            Box::new(|mut middle| {
                middle.tbs.version = Version::V1;
                middle.tbs.extensions = None;
                middle
            }),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "a root of version 1",
            Box::new(|mut root| {
                root.tbs.version = Version::V1;
                root.tbs.extensions = None;
                root
            }),
            Box::new(same),
            Box::new(same),
            Ok(()),
        ),
        (
            "the root allows for no authority below",
            Box::new(|root| root.path_length(Some(0))),
            Box::new(same),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "the root allows for one authority below",
            Box::new(|root| root.path_length(Some(1))),
            Box::new(|middle| middle.path_length(Some(0))),
            Box::new(same),
            Ok(()),
        ),
    ];
    hold(&cases);
}

#[test]
fn every_fault_of_names_and_purposes_is_refused_by_its_check() {
    let cases: Vec<Case> = vec![
        (
            "a name outside of what is permitted",
            Box::new(same),
            Box::new(move |middle| middle.with(true, &constrained(Some("other.test"), None))),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "a name inside of what is permitted",
            Box::new(same),
            Box::new(move |middle| middle.with(true, &constrained(Some("signers.test"), None))),
            Box::new(same),
            Ok(()),
        ),
        (
            "a name that the root excludes",
            Box::new(move |root| root.with(true, &constrained(None, Some("signers.test")))),
            Box::new(same),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "an unknown critical extension",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.raw(oid("1.2.3.4"), true, &[5, 0])),
            Err(CertificateChain),
        ),
        (
            "an unknown extension that is not critical",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.raw(oid("1.2.3.4"), false, &[5, 0])),
            Ok(()),
        ),
        (
            "an unknown critical extension of the intermediate",
            Box::new(same),
            Box::new(|middle| middle.raw(oid("1.2.3.4"), true, &[5, 0])),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "a required policy that the signer lacks",
            Box::new(same),
            // PolicyConstraints { requireExplicitPolicy 0 }
            Box::new(|middle| middle.raw(oid("2.5.29.36"), true, &[0x30, 3, 0x80, 1, 0])),
            Box::new(same),
            Err(CertificateChain),
        ),
        (
            "the key may not sign",
            Box::new(same),
            Box::new(same),
            Box::new(move |leaf| leaf.with(true, &usage(KeyUsages::KeyEncipherment))),
            Err(CertificateUsage),
        ),
        (
            "the key is for commitments",
            Box::new(same),
            Box::new(same),
            Box::new(move |leaf| leaf.with(true, &usage(KeyUsages::NonRepudiation))),
            Ok(()),
        ),
        (
            "no key usage",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.without(KeyUsage::OID)),
            Ok(()),
        ),
        (
            "a server's certificate",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.purposes(false, &[SERVER_AUTH])),
            Err(CertificateUsage),
        ),
        (
            "a timestamp authority's certificate",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.purposes(true, &[TIME_STAMPING])),
            Err(CertificateUsage),
        ),
        (
            "an authority for servers",
            Box::new(same),
            Box::new(|middle| middle.purposes(false, &[SERVER_AUTH])),
            Box::new(same),
            Err(CertificateUsage),
        ),
        (
            "purposes that do not meet",
            Box::new(same),
            Box::new(|middle| middle.purposes(false, &[CODE_SIGNING])),
            Box::new(same),
            Err(CertificateUsage),
        ),
        (
            "purposes that meet",
            Box::new(|root| root.purposes(false, &[ANY_PURPOSE])),
            Box::new(|middle| middle.purposes(false, &[SERVER_AUTH, DOCUMENT_SIGNING])),
            Box::new(|leaf| leaf.purposes(false, &[CODE_SIGNING, DOCUMENT_SIGNING])),
            Ok(()),
        ),
        (
            "no purpose",
            Box::new(same),
            Box::new(same),
            Box::new(|leaf| leaf.without(ExtendedKeyUsage::OID)),
            Ok(()),
        ),
    ];
    hold(&cases);
}

#[test]
fn a_weak_key_or_signature_anywhere_is_refused() {
    // The signature stands, but names SHA-1.
    let root = root();
    let mut draft = Draft::signer("CN=signer");
    draft.algorithm = Some(algorithm("1.2.840.10045.4.1"));
    let leaf = draft.by(&root);
    let asked = Asked {
        anchors: vec![&root.der],
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&leaf)), Err(Algorithm));
    // A key of 1,024 bits.
    let mut draft = Draft::signer("CN=signer");
    let modulus = [&[0][..], &[0xff; 128]].concat();
    let key = element(0x30, &[element(2, &modulus), vec![2, 3, 1, 0, 1]].concat());
    draft.tbs.subject_public_key_info.algorithm = algorithm("1.2.840.113549.1.1.1");
    draft.tbs.subject_public_key_info.algorithm.parameters =
        Some(x509_cert::der::asn1::Any::from(x509_cert::der::asn1::Null));
    draft.tbs.subject_public_key_info.subject_public_key =
        x509_cert::der::asn1::BitString::from_bytes(&key).unwrap();
    assert_eq!(check(asked.about(&draft.by(&root))), Err(Algorithm));
}

#[test]
fn a_way_that_is_not_whole_or_not_trusted_is_refused() {
    let (root, middle, leaf) = chain_of(same, same, same);
    let stranger = Draft::authority("CN=root,O=a.test").alone();
    for (case, anchor, others) in [
        ("the intermediate is missing", &root, vec![]),
        ("another root of the same name", &stranger, vec![&middle]),
        (
            "the root is only in the signature",
            &stranger,
            vec![&middle, &root],
        ),
        (
            "the anchor is the signer's equal",
            &signer_by(&root),
            vec![&middle],
        ),
    ] {
        let asked = Asked {
            anchors: vec![&anchor.der],
            others,
            ..Asked::default()
        };
        assert_eq!(check(asked.about(&leaf)), Err(CertificateChain), "{case}");
    }
    // Nothing at all is trusted.
    let asked = Asked {
        others: vec![&middle, &root],
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&leaf)), Err(CertificateChain));
    // A signer who signs for another.
    let forged = Draft::signer("CN=signer,O=a.test").by(&leaf);
    let asked = Asked {
        anchors: vec![&root.der],
        others: vec![&middle, &leaf],
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&forged)), Err(CertificateChain));
}

#[test]
fn a_pinned_certificate_is_the_one_or_none() {
    let root = root();
    let (leaf, other) = (signer_by(&root), signer_by(&root));
    let pinned = Asked {
        pinned: vec![&leaf.der],
        ..Asked::default()
    };
    assert_eq!(check(pinned.about(&leaf)), Ok(()));
    assert_eq!(check(pinned.about(&other)), Err(Pinned));
    let both = Asked {
        anchors: vec![&root.der],
        pinned: vec![&leaf.der],
        ..Asked::default()
    };
    assert_eq!(check(both.about(&leaf)), Ok(()));
    assert_eq!(check(both.about(&other)), Err(Pinned));
    // A pinned certificate is held to its validity and usage, and to the anchors where there are some.
    let expired = Draft::signer("CN=signer")
        .valid("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
        .by(&root);
    let stranger = Draft::authority("CN=stranger").alone();
    for (asked, leaf, expected) in [
        (vec![], &expired, CertificateValidity),
        (vec![&stranger.der[..]], &leaf, CertificateChain),
    ] {
        let asked = Asked {
            anchors: asked,
            pinned: vec![&leaf.der],
            ..Asked::default()
        };
        assert_eq!(check(asked.about(leaf)), Err(expected));
    }
    // A self-signed certificate may be its own anchor.
    let alone = Draft::signer("CN=alone").alone();
    let asked = Asked {
        anchors: vec![&alone.der],
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&alone)), Ok(()));
}

#[test]
fn long_chains_and_bridges_are_walked_within_bounds() {
    // Six levels, as government authorities have them.
    let root = root();
    let mut levels = vec![root.clone()];
    for level in 0..5 {
        let above = levels.last().unwrap();
        levels.push(Draft::authority(&format!("CN=level {level}")).by(above));
    }
    let leaf = signer_by(levels.last().unwrap());
    let asked = Asked {
        anchors: vec![&root.der],
        others: levels.iter().skip(1).rev().collect(),
        ..Asked::default()
    };
    assert_eq!(asked.about(&leaf).unwrap().subjects.len(), 7);

    // A bridge and three members that certify each other all round; one member is trusted.
    let bridge = Draft::authority("CN=bridge").alone();
    let members: Vec<_> = (0..3)
        .map(|member| Draft::authority(&format!("CN=member {member}")).alone())
        .collect();
    let again = |subject: &Issued, issuer: &Issued| {
        let mut draft = Draft::authority("CN=x");
        draft.tbs.subject = subject.name.clone();
        draft.key = subject.key.clone();
        draft.tbs.subject_public_key_info =
            x509_cert::der::Decode::from_der(&subject.key.spki).unwrap();
        let identifier = SubjectKeyIdentifier(octets(&subject.key.identifier()));
        draft.with(false, &identifier).by(issuer)
    };
    let mut cross = Vec::new();
    for one in members.iter().chain([&bridge]) {
        for other in members.iter().chain([&bridge]) {
            if one.name != other.name {
                cross.push(again(one, other));
            }
        }
    }
    let leaf = signer_by(&members[2]);
    let others: Vec<_> = cross.iter().chain(&members).collect();
    let trusted = Asked {
        anchors: vec![&members[0].der],
        others: others.clone(),
        ..Asked::default()
    };
    assert_eq!(check(trusted.about(&leaf)), Ok(()));
    let stranger = Draft::authority("CN=stranger").alone();
    let untrusted = Asked {
        anchors: vec![&stranger.der],
        others,
        ..Asked::default()
    };
    assert_eq!(check(untrusted.about(&leaf)), Err(CertificateChain));

    // Many keys of one name that all certify each other: given up, not tried to the end.
    let crowd: Vec<_> = (0..12)
        .map(|_| Draft::authority("CN=crowd").alone())
        .collect();
    let mut cross = Vec::new();
    for one in &crowd {
        for other in &crowd {
            cross.push(again(one, other));
        }
    }
    let leaf = signer_by(&crowd[0]);
    let asked = Asked {
        anchors: vec![&stranger.der],
        others: cross.iter().collect(),
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&leaf)), Err(CertificateChain));
}

#[test]
fn timestamp_authorities_are_for_timestamps_alone() {
    let root = root();
    for (case, draft, expected) in [
        ("good", Draft::timestamper("CN=tsa"), Ok(())),
        (
            "not critical",
            Draft::timestamper("CN=tsa").purposes(false, &[TIME_STAMPING]),
            Err(CertificateUsage),
        ),
        (
            "another purpose beside",
            Draft::timestamper("CN=tsa").purposes(true, &[TIME_STAMPING, CODE_SIGNING]),
            Err(CertificateUsage),
        ),
        (
            "any purpose",
            Draft::timestamper("CN=tsa").purposes(true, &[ANY_PURPOSE]),
            Err(CertificateUsage),
        ),
        (
            "no purpose",
            Draft::timestamper("CN=tsa").without(ExtendedKeyUsage::OID),
            Err(CertificateUsage),
        ),
        (
            "a signer",
            Draft::signer("CN=signer"),
            Err(CertificateUsage),
        ),
        (
            "a key for encryption",
            Draft::timestamper("CN=tsa").with(true, &KeyUsage(KeyUsages::KeyEncipherment.into())),
            Err(CertificateUsage),
        ),
    ] {
        let asked = Asked {
            anchors: vec![&root.der],
            purpose: Some(Purpose::TimeStamping),
            ..Asked::default()
        };
        assert_eq!(check(asked.about(&draft.by(&root))), expected, "{case}");
    }
    // A pinned signer does not keep the time.
    let signer = Draft::timestamper("CN=tsa").alone();
    let asked = Asked {
        pinned: vec![&signer.der],
        purpose: Some(Purpose::TimeStamping),
        ..Asked::default()
    };
    assert_eq!(check(asked.about(&signer)), Err(CertificateChain));
}
