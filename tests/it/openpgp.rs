//! `OpenPGP` signatures under our own keys: what verifies, and that every single fault is refused by the check
//! that it fails.

mod standing;

use mekiki::evidence::signature::{Kind, Verification, openpgp};
use pgp::composed::{DsaKeySize, KeyType};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Notation, SignatureType, SubpacketData};

use crate::asked::{Asked, material, now};
use crate::openpgp_keys::{CREATED, Draft, NAME, Owner, Plan, SIGNED, armored, flags, lifetime};

/// 2018-12-31T23:59:59Z.
const BEFORE_2019: u32 = 1_546_300_799;
const ARTIFACT: &[u8] = b"the delivered archive\nin two lines\n";

/// The time of judgment in seconds.
fn at() -> u32 {
    u32::try_from(now().as_second()).unwrap()
}

fn verify(artifact: &[u8], signature: &[u8], keys: &[&[u8]], threshold: usize) -> Verification {
    let asked = Asked {
        artifact: Some(artifact),
        signature: Some(signature),
        ..Asked::default()
    };
    let request = mekiki::app::signature::SignatureRequest {
        keys: keys.iter().map(|bytes| material("key", bytes)).collect(),
        threshold,
        ..asked.request()
    };
    mekiki::app::signature::verify_signature(&request).expect("the signature can be judged")
}

fn by(owner: &Owner, signature: &[u8]) -> Verification {
    verify(ARTIFACT, signature, &[&owner.certificate], 1)
}

fn refusal(verification: &Verification) -> &'static str {
    assert!(!verification.verified, "{verification:?}");
    assert!(verification.signer.fingerprint.is_none());
    verification.refusal().expect("a check failed").name.word()
}

fn text() -> Draft {
    Draft::new(SignatureType::Text, SIGNED)
}

fn binary() -> Draft {
    Draft::new(SignatureType::Binary, SIGNED)
}

/// A text signed in the clear, with CR LF between its lines as they are signed.
fn clear(owner: &Owner, draft: &Draft, shown: &str) -> String {
    let signed = shown.lines().collect::<Vec<_>>().join("\r\n");
    let signature = armored("SIGNATURE", &owner.sign(draft, signed.as_bytes()));
    format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{shown}\n{signature}")
}

#[test]
fn genuine_signatures_verify_and_name_their_signer() {
    let p256 = KeyType::ECDSA(ECCCurve::P256);
    let plans = [
        ("primary key", Plan::new(1)),
        ("subkey", Plan::with_subkey(2)),
        (
            "old form",
            Plan {
                kind: KeyType::Ed25519Legacy,
                ..Plan::new(3)
            },
        ),
        (
            "P-256",
            Plan {
                kind: p256,
                ..Plan::new(4)
            },
        ),
        (
            "P-384",
            Plan {
                kind: KeyType::ECDSA(ECCCurve::P384),
                ..Plan::new(5)
            },
        ),
        (
            "P-521",
            Plan {
                kind: KeyType::ECDSA(ECCCurve::P521),
                ..Plan::new(6)
            },
        ),
        ("version 6", Plan::v6(7, KeyType::Ed25519)),
        ("version 6, Ed448", Plan::v6(8, KeyType::Ed448)),
    ];
    for (case, plan) in plans {
        let owner = plan.make();
        let signature = owner.sign_binary(ARTIFACT);
        let armor = armored("SIGNATURE", &signature);
        let key = armored("PUBLIC KEY BLOCK", &owner.certificate);
        for (signature, key) in [
            (&*signature, &*owner.certificate),
            (armor.as_bytes(), key.as_bytes()),
        ] {
            let verification = verify(ARTIFACT, signature, &[key], 1);
            assert!(verification.verified, "{case}: {verification:?}");
            assert_eq!(verification.kind, Kind::Openpgp);
            assert!(verification.warnings.is_empty(), "{case}: {verification:?}");
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|one| one.name.word())
                .collect();
            assert_eq!(
                checks,
                [
                    "structure",
                    "content-type",
                    "algorithm",
                    "signature",
                    "key",
                    "certificate-usage",
                    "key-validity",
                    "revocation"
                ],
                "{case}"
            );
            let signer = verification.signer;
            assert_eq!(signer.fingerprint, Some(owner.fingerprint()), "{case}");
            assert_eq!(signer.claimed_time.as_deref(), Some("2025-06-15T15:06:40Z"));
            assert!(signer.times.is_empty() && signer.identity.is_none());
            let names: &[&str] = if case.starts_with("version 6") {
                &[]
            } else {
                &[NAME]
            };
            assert_eq!(signer.claimed_names, names, "{case}");
        }
    }
}

#[test]
fn every_fault_of_a_signature_is_refused_by_its_check() {
    let owner = Plan::new(1).make();
    let good = owner.sign_binary(ARTIFACT);
    let notation = |critical: bool| {
        let notation = SubpacketData::Notation(Notation {
            readable: true,
            name: "policy@supplier.test".into(),
            value: "draft".into(),
        });
        if critical {
            binary().with_critical(notation)
        } else {
            binary().with(notation)
        }
    };
    let mut undated = binary();
    undated.hashed.clear();
    let twice = SubpacketData::SignatureCreationTime(pgp::types::Timestamp::from_secs(SIGNED));
    for (case, draft, expected) in [
        ("good", binary(), "verified"),
        ("a remark", notation(false), "verified"),
        (
            "still valid",
            binary().with(lifetime(at() - SIGNED + 1)),
            "verified",
        ),
        ("no end", binary().with(lifetime(0)), "verified"),
        (
            "made this second",
            Draft::new(SignatureType::Binary, at()),
            "verified",
        ),
        ("critical notation", notation(true), "structure"),
        (
            "critical unknown",
            binary().with_critical(SubpacketData::Experimental(101, b"x"[..].into())),
            "structure",
        ),
        (
            "critical recipient",
            binary().with_critical(SubpacketData::PolicyURI("https://x.test".to_owned())),
            "structure",
        ),
        ("undated", undated, "structure"),
        ("dated twice", binary().with(twice), "structure"),
        (
            "two ends",
            binary().with(lifetime(0)).with(lifetime(0)),
            "structure",
        ),
        (
            "expired",
            binary().with(lifetime(at() - SIGNED)),
            "key-validity",
        ),
        (
            "before the key",
            Draft::new(SignatureType::Binary, CREATED - 1),
            "key-validity",
        ),
        (
            "after the judgment",
            Draft::new(SignatureType::Binary, at() + 1),
            "key-validity",
        ),
    ] {
        let verification = by(&owner, &owner.sign(&draft, ARTIFACT));
        let outcome = if verification.verified {
            "verified"
        } else {
            refusal(&verification)
        };
        assert_eq!(outcome, expected, "{case}: {verification:?}");
    }
    assert_eq!(refusal(&by(&owner, &owner.sign_v3(ARTIFACT))), "structure");
    // Another artifact, another key, another type of signature.
    let stranger = Plan::new(2).make();
    assert_eq!(
        refusal(&verify(b"x", &good, &[&owner.certificate], 1)),
        "signature"
    );
    assert_eq!(refusal(&by(&stranger, &good)), "key");
    for kind in [
        SignatureType::Standalone,
        SignatureType::CertGeneric,
        SignatureType::Key,
        SignatureType::Timestamp,
        SignatureType::Other(0x42),
    ] {
        let mut typed = good.clone();
        let at = typed.len() - crate::openpgp_keys::body_of(&good).len() + 1;
        typed[at] = kind.into();
        assert_eq!(refusal(&by(&owner, &typed)), "content-type", "{kind:?}");
    }
}

#[test]
fn weak_algorithms_are_refused() {
    let rsa = Plan {
        kind: KeyType::Rsa(2048),
        ..Plan::new(4)
    };
    let owner = rsa.make();
    for (hash, expected) in [
        (HashAlgorithm::Sha1, "algorithm"),
        (HashAlgorithm::Md5, "algorithm"),
        (HashAlgorithm::Ripemd160, "algorithm"),
        (HashAlgorithm::Sha256, "verified"),
        (HashAlgorithm::Sha3_512, "verified"),
    ] {
        let verification = by(&owner, &owner.sign(&binary().with_hash(hash), ARTIFACT));
        let outcome = if verification.verified {
            "verified"
        } else {
            refusal(&verification)
        };
        assert_eq!(outcome, expected, "{hash:?}: {verification:?}");
    }
    for kind in [
        KeyType::Rsa(1024),
        KeyType::Dsa(DsaKeySize::B1024),
        KeyType::ECDSA(ECCCurve::Secp256k1),
    ] {
        let hash = HashAlgorithm::Sha256;
        let weak = Plan {
            kind: kind.clone(),
            ..Plan::new(5).certify(|draft| draft.with_hash(hash))
        };
        let weak = weak.make();
        let signature = weak.sign(&binary().with_hash(hash), ARTIFACT);
        assert_eq!(refusal(&by(&weak, &signature)), "algorithm", "{kind:?}");
    }
    let verification = by(&owner, &owner.sign_binary(ARTIFACT));
    assert!(verification.verified, "{verification:?}");
    let strength = verification.signer.strength.unwrap();
    assert_eq!(
        (&*strength.algorithm, strength.bits),
        ("rsa2048-pkcs1-sha512", 112)
    );
    // What binds the key may rest on SHA-1 only where it is old.
    for (created, expected) in [(BEFORE_2019, "verified"), (BEFORE_2019 + 1, "algorithm")] {
        let certification = Draft::new(SignatureType::CertPositive, created)
            .with(flags(true))
            .with_hash(HashAlgorithm::Sha1);
        let owner = Plan {
            created: BEFORE_2019 - 1,
            certification: Some(certification),
            ..rsa.clone()
        }
        .make();
        let verification = by(&owner, &owner.sign_binary(ARTIFACT));
        let outcome = if verification.verified {
            "verified"
        } else {
            refusal(&verification)
        };
        assert_eq!(outcome, expected, "{verification:?}");
    }
}

#[test]
fn a_clear_signed_text_is_the_artifact() {
    let owner = Plan::new(1).make();
    let shown = "the delivered archive\nin two lines";
    let good = clear(&owner, &text(), shown);
    let crlf = good.replace('\n', "\r\n");
    for (artifact, signature) in [
        (ARTIFACT, good.as_bytes()),
        (shown.as_bytes(), good.as_bytes()),
        (
            b"the delivered archive \t\r\nin two lines\r\n",
            crlf.as_bytes(),
        ),
        (good.as_bytes(), good.as_bytes()),
    ] {
        let verification = verify(artifact, signature, &[&owner.certificate], 1);
        assert!(verification.verified, "{verification:?}");
        assert_eq!(verification.checks[0].name.word(), "artifact");
        assert!(!verification.warnings.is_empty());
    }
    // The artifact alone, which is the signed text.
    let inside = Asked {
        artifact: Some(good.as_bytes()),
        key: Some(&owner.certificate),
        ..Asked::default()
    };
    assert!(inside.verify().unwrap().verified);
    let other = verify(b"another text", good.as_bytes(), &[&owner.certificate], 1);
    assert_eq!(refusal(&other), "artifact");
    // Both changed alike: the text and the artifact.
    let changed = good.replace("two lines", "six lines");
    let artifact = b"the delivered archive\nin six lines\n";
    let changed = verify(artifact, changed.as_bytes(), &[&owner.certificate], 1);
    assert_eq!(refusal(&changed), "signature");
    let binary = clear(&owner, &binary(), shown);
    let binary = verify(ARTIFACT, binary.as_bytes(), &[&owner.certificate], 1);
    assert_eq!(refusal(&binary), "content-type");
    let stranger = Plan::new(2).make();
    assert_eq!(refusal(&by(&stranger, good.as_bytes())), "key");
    // A text signature apart from its text.
    let detached = owner.sign(&text(), ARTIFACT);
    for artifact in [ARTIFACT, b"the delivered archive\r\nin two lines\r\n"] {
        let verification = verify(artifact, &detached, &[&owner.certificate], 1);
        assert!(verification.verified, "{verification:?}");
        assert!(verification.warnings[0].contains("lines end"));
    }
    let trimmed = verify(
        b"the delivered archive\nin two lines \n",
        &detached,
        &[&owner.certificate],
        1,
    );
    assert_eq!(refusal(&trimmed), "signature");
}

#[test]
fn several_signatures_count_by_their_keys() {
    let (one, two) = (Plan::new(1).make(), Plan::with_subkey(2).make());
    let revoked = Plan::new(3).revoke(SIGNED, None).make();
    let keys: [&[u8]; 3] = [&one.certificate, &two.certificate, &revoked.certificate];
    let sign = |owner: &Owner| owner.sign_binary(ARTIFACT);
    let both = [sign(&one), sign(&two)].concat();
    let verification = verify(ARTIFACT, &both, &keys, 2);
    assert!(verification.verified, "{verification:?}");
    assert_eq!(verification.signer.fingerprint, Some(one.fingerprint()));
    assert_eq!(
        verification.cosigners[0].fingerprint,
        Some(two.fingerprint())
    );
    let blocks = armored("SIGNATURE", &sign(&one)) + &armored("SIGNATURE", &sign(&two));
    assert!(verify(ARTIFACT, blocks.as_bytes(), &keys, 2).verified);
    let keyring = keys.concat();
    assert!(verify(ARTIFACT, &both, &[&keyring], 2).verified);
    // Twice the same, another that is revoked, another that nobody knows.
    let twice = [sign(&one), sign(&one)].concat();
    assert_eq!(refusal(&verify(ARTIFACT, &twice, &keys, 2)), "threshold");
    for other in [&revoked, &Plan::new(9).make()] {
        let mixed = [sign(other), sign(&one)].concat();
        assert_eq!(refusal(&verify(ARTIFACT, &mixed, &keys, 2)), "threshold");
        let verification = verify(ARTIFACT, &mixed, &keys, 1);
        assert!(verification.verified, "{verification:?}");
        assert!(verification.warnings[0].contains("does not count"));
    }
}

#[test]
fn the_issuer_must_fit_everywhere() {
    let owner = Plan::new(1).make();
    let hint = |id| {
        let mut draft = binary();
        let id = SubpacketData::IssuerKeyId(id);
        draft.unhashed = vec![pgp::packet::Subpacket::regular(id).unwrap()];
        draft
    };
    let fitting = owner.sign(&hint(owner.key_id()), ARTIFACT);
    assert!(by(&owner, &fitting).verified);
    let astray = owner.sign(&hint(Plan::new(2).make().key_id()), ARTIFACT);
    assert_eq!(refusal(&by(&owner, &astray)), "key");
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let owner = Plan::new(1).make();
    let signature = owner.sign_binary(ARTIFACT);
    let good = Asked {
        artifact: Some(ARTIFACT),
        signature: Some(&signature),
        key: Some(&owner.certificate),
        ..Asked::default()
    };
    let literal = [0xcb, 6, b'b', 0, 0, 0, 0, 0];
    let inline = armored("MESSAGE", &[&literal[..], &signature].concat());
    let message = armored("MESSAGE", &signature);
    let cut_off = armored("SIGNATURE", &signature[..signature.len() - 1]);
    let trailing = [&signature[..], &[0xca, 3, b'P', b'G', b'P']].concat();
    let secret = armored("PRIVATE KEY BLOCK", b"c2VjcmV0");
    let secret_packet = [0xc5, 6, 4, 0, 0, 0, 0, 27];
    for (case, asked, expected) in [
        ("no key", Asked { key: None, ..good }, "signer-missing"),
        (
            "a digest alone",
            Asked {
                artifact: None,
                digest: Some(mekiki::digest::Digest::of(ARTIFACT)),
                ..good
            },
            "artifact-missing",
        ),
        (
            "an identity",
            Asked {
                identity: Some(("release@supplier.test", "https://x.test")),
                ..good
            },
            "expectation-unprovable",
        ),
        (
            "content inside",
            Asked {
                signature: Some(inline.as_bytes()),
                ..good
            },
            "openpgp-malformed",
        ),
        (
            "a message",
            Asked {
                signature: Some(message.as_bytes()),
                ..good
            },
            "openpgp-malformed",
        ),
        (
            "cut off",
            Asked {
                signature: Some(cut_off.as_bytes()),
                ..good
            },
            "openpgp-malformed",
        ),
        (
            "trailing",
            Asked {
                signature: Some(&trailing),
                ..good
            },
            "openpgp-malformed",
        ),
        (
            "no key at all",
            Asked {
                key: Some(b""),
                ..good
            },
            "key-malformed",
        ),
        (
            "text for a key",
            Asked {
                key: Some(b"key"),
                ..good
            },
            "key-malformed",
        ),
        (
            "a signature for a key",
            Asked {
                key: Some(&signature),
                ..good
            },
            "key-malformed",
        ),
        (
            "a secret key",
            Asked {
                key: Some(secret.as_bytes()),
                ..good
            },
            "key-secret",
        ),
        (
            "a secret key in packets",
            Asked {
                key: Some(&secret_packet),
                ..good
            },
            "key-secret",
        ),
        (
            "an old key",
            Asked {
                key: Some(&[0xc6, 6, 3, 0, 0, 0, 0, 1]),
                ..good
            },
            "key-unsupported",
        ),
    ] {
        let refused = asked.verify().expect_err(case);
        assert_eq!(refused.0[0].code, expected, "{case}");
        assert!(!format!("{refused:?}").contains("c2VjcmV0"), "{case}");
    }
}

#[test]
fn what_is_expected_beyond_the_key_is_never_overlooked() {
    let owner = Plan::new(1).make();
    let signature = owner.sign_binary(ARTIFACT);
    let asked = Asked {
        artifact: Some(ARTIFACT),
        signature: Some(&signature),
        key: Some(&owner.certificate),
        ..Asked::default()
    };
    let request = asked.request();
    let x = || vec![material("x", b"x")];
    for request in [
        mekiki::app::signature::SignatureRequest {
            certificates: x(),
            ..request.clone()
        },
        mekiki::app::signature::SignatureRequest {
            anchors: x(),
            ..request.clone()
        },
        mekiki::app::signature::SignatureRequest {
            revocations: x(),
            ..request.clone()
        },
        mekiki::app::signature::SignatureRequest {
            namespace: Some("file"),
            ..request
        },
    ] {
        let refused = mekiki::app::signature::verify_signature(&request).expect_err("unprovable");
        assert_eq!(refused.0[0].code, "expectation-unprovable");
    }
}

#[test]
fn no_flipped_bit_is_accepted() {
    for plan in [
        Plan::new(1),
        Plan::with_subkey(2),
        Plan::v6(3, KeyType::Ed25519),
    ] {
        let owner = plan.make();
        let signature = owner.sign_binary(ARTIFACT);
        assert!(by(&owner, &signature).verified);
        // No signature here has an unsigned part, so that every bit of the three is covered: by the signature
        // over the document, by those that bind the keys, or by the framing that must fit.
        let originals = [ARTIFACT, &signature, &owner.certificate];
        for (part, original) in originals.into_iter().enumerate() {
            for bit in 0..original.len() * 8 {
                let mut flipped = original.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let mut parts = originals;
                parts[part] = &flipped;
                let asked = Asked {
                    artifact: Some(parts[0]),
                    signature: Some(parts[1]),
                    key: Some(parts[2]),
                    ..Asked::default()
                };
                let accepted = asked.verify().is_ok_and(|outcome| outcome.verified);
                assert!(!accepted, "bit {bit} of part {part}");
            }
        }
    }
}

#[test]
fn no_flipped_bit_of_a_clear_signed_text_is_accepted() {
    let owner = Plan::new(1).make();
    let shown = "the delivered archive\nin two lines";
    let message = clear(&owner, &text(), shown);
    let begin = message.find("\n\n").unwrap() + 2;
    let mut meaningless = 0;
    for at in 0..message.len() {
        for bit in 0..8 {
            let mut flipped = message.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            let asked = Asked {
                artifact: Some(ARTIFACT),
                signature: Some(&flipped),
                key: Some(&owner.certificate),
                ..Asked::default()
            };
            let accepted = asked.verify().is_ok_and(|outcome| outcome.verified);
            // The names in the `Hash` header are not signed and say nothing that is used (RFC 9580, section
            // 7.1); a line feed between armor lines may become another white space.
            let header = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: ".len()..begin - 2;
            if accepted && header.contains(&at) {
                meaningless += 1;
                continue;
            }
            assert!(
                !accepted,
                "bit {bit} of {at}: {}",
                String::from_utf8_lossy(&flipped)
            );
        }
    }
    assert!(meaningless > 0);
}

#[test]
fn keys_are_read_as_they_name_themselves() {
    let owner = Plan::with_subkey(2).make();
    let keys = openpgp::keys(material("key", &owner.certificate)).unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].fingerprint, owner.fingerprint());
    assert_eq!(keys[0].names, [NAME]);
    assert_eq!(keys[0].subkeys.len(), 1);
    let unbound = Plan::with_subkey(2).subkey(|subkey| subkey.binding.kind = SignatureType::Key);
    let unbound = Plan {
        certification: None,
        ..unbound
    };
    let keys = openpgp::keys(material("key", &unbound.make().certificate)).unwrap();
    assert!(keys[0].names.is_empty() && keys[0].subkeys.is_empty());
}
