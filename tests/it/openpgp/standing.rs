//! What a key says of itself: every single fault is refused by the check that it fails.

use pgp::composed::KeyType;
use pgp::packet::{RevocationCode, SignatureType, SubpacketData};

use super::{ARTIFACT, at, by, refusal, verify};
use crate::asked::Asked;
use crate::openpgp_keys::{CREATED, Draft, Plan, SIGNED, flags, key_lifetime, lifetime};

#[test]
fn every_fault_of_a_key_is_refused_by_its_check() {
    let age = SIGNED - CREATED;
    let cases: Vec<(&str, Plan, &str)> = vec![
        ("good", Plan::new(1), "verified"),
        (
            "nothing binds it",
            Plan {
                certification: None,
                ..Plan::new(1)
            },
            "key",
        ),
        (
            "bound after the judgment",
            Plan {
                certification: Some(
                    Draft::new(SignatureType::CertPositive, at() + 1).with(flags(true)),
                ),
                ..Plan::new(1)
            },
            "key",
        ),
        (
            "a critical notation in what binds it",
            Plan::new(1).certify(|draft| {
                draft.with_critical(SubpacketData::Experimental(101, b"x"[..].into()))
            }),
            "structure",
        ),
        (
            "not for signing",
            Plan {
                certification: Some(
                    Draft::new(SignatureType::CertPositive, CREATED).with(flags(false)),
                ),
                ..Plan::new(1)
            },
            "certificate-usage",
        ),
        (
            "for nothing that it says",
            Plan {
                certification: Some(Draft::new(SignatureType::CertPositive, CREATED)),
                ..Plan::new(1)
            },
            "certificate-usage",
        ),
        (
            "expired before it signed",
            Plan::new(1).certify(|draft| draft.with(key_lifetime(age))),
            "key-validity",
        ),
        (
            "what binds it expired before it signed",
            Plan::new(1).certify(|draft| draft.with(lifetime(age))),
            "key-validity",
        ),
        (
            "version 6 without a signature over itself",
            Plan {
                direct: None,
                ..Plan::v6(1, KeyType::Ed25519)
            },
            "key",
        ),
        ("a subkey", Plan::with_subkey(2), "verified"),
        (
            "a subkey that signed nothing in turn",
            Plan::with_subkey(2).subkey(|subkey| subkey.back = None),
            "key",
        ),
        (
            "a subkey that signed another key in turn",
            Plan::with_subkey(2).subkey(|subkey| subkey.is_back_astray = true),
            "key",
        ),
        (
            "a subkey whose signature in turn expired",
            Plan::with_subkey(2).subkey(|subkey| {
                let back = Draft::new(SignatureType::KeyBinding, CREATED);
                subkey.back = Some(back.with(lifetime(age)));
            }),
            "key-validity",
        ),
        (
            "a subkey that is not for signing",
            Plan::with_subkey(2).subkey(|subkey| {
                subkey.binding =
                    Draft::new(SignatureType::SubkeyBinding, CREATED).with(flags(false));
            }),
            "certificate-usage",
        ),
        (
            "a subkey that expired before it signed",
            Plan::with_subkey(2).subkey(|subkey| {
                subkey.binding = subkey.binding.clone().with(key_lifetime(age));
            }),
            "key-validity",
        ),
        (
            "a subkey whose binding expired before it signed",
            Plan::with_subkey(2).subkey(|subkey| {
                subkey.binding = subkey.binding.clone().with(lifetime(age));
            }),
            "key-validity",
        ),
        (
            "a subkey that was made after it signed",
            Plan::with_subkey(2).subkey(|subkey| subkey.created = SIGNED + 1),
            "key-validity",
        ),
        (
            "a subkey of a key that expired",
            Plan::with_subkey(2).certify(|draft| draft.with(key_lifetime(age))),
            "key-validity",
        ),
        (
            "a subkey of a key that nothing binds",
            Plan {
                certification: None,
                ..Plan::with_subkey(2)
            },
            "key",
        ),
    ];
    for (case, plan, expected) in cases {
        let owner = plan.make();
        let verification = by(&owner, &owner.sign_binary(ARTIFACT));
        let outcome = if verification.verified {
            "verified"
        } else {
            refusal(&verification)
        };
        assert_eq!(outcome, expected, "{case}: {verification:?}");
    }
}

#[test]
fn a_subkey_bound_by_another_key_is_refused() {
    let owner = Plan::with_subkey(2).make();
    let other = Plan::with_subkey(3).make();
    let signature = owner.sign_binary(ARTIFACT);
    // The subkey of the one with its binding, behind the primary key of the other.
    let tail = |certificate: &[u8]| {
        let subkey = certificate.windows(2).rposition(|two| two == [0xce, 0x26]);
        subkey.expect("there is a subkey of 38 bytes")
    };
    let own = &owner.certificate[tail(&owner.certificate)..];
    let mixed = [&other.certificate[..tail(&other.certificate)], own].concat();
    assert_eq!(refusal(&verify(ARTIFACT, &signature, &[&mixed], 1)), "key");
    assert!(by(&owner, &signature).verified);
}

#[test]
fn revocations_refuse_by_their_reason() {
    use RevocationCode::{
        CertUserIdInvalid, KeyCompromised, KeyRetired, KeySuperseded, NoReason, Other,
    };
    let soft = [Some(KeySuperseded), Some(KeyRetired)];
    let hard = [
        None,
        Some(NoReason),
        Some(KeyCompromised),
        Some(CertUserIdInvalid),
        Some(Other(77)),
    ];
    for when in [SIGNED - 1, SIGNED, SIGNED + 1, at() + 1] {
        for code in soft.into_iter().chain(hard) {
            let is_spared = soft.contains(&code) && when > SIGNED;
            let key = Plan::new(1).revoke(when, code);
            let subkey = Plan::with_subkey(2).subkey(|subkey| {
                let draft = Draft::new(SignatureType::SubkeyRevocation, when);
                subkey.revocation = Some(match code {
                    Some(code) => draft.with(crate::openpgp_keys::reason(code)),
                    None => draft,
                });
            });
            let key_of_subkey = Plan::with_subkey(2).revoke(when, code);
            for plan in [key, subkey, key_of_subkey] {
                let owner = plan.make();
                let verification = by(&owner, &owner.sign_binary(ARTIFACT));
                if is_spared {
                    assert!(verification.verified, "{code:?} {when}: {verification:?}");
                    assert!(
                        verification.warnings[0].contains("given up"),
                        "{verification:?}"
                    );
                } else {
                    assert_eq!(refusal(&verification), "revocation", "{code:?} {when}");
                }
            }
        }
    }
    // One that cannot be checked counts: it may be by a key that the owner named for it, or damaged.
    let owner = Plan::new(1).revoke(at(), Some(KeySuperseded)).make();
    let signature = owner.sign_binary(ARTIFACT);
    assert!(by(&owner, &signature).verified);
    let start = 2 + 38;
    for bit in 0..8 * 20 {
        let mut damaged = owner.certificate.clone();
        damaged[start + 30 + bit / 8] ^= 1 << (bit % 8);
        let asked = Asked {
            artifact: Some(ARTIFACT),
            signature: Some(&signature),
            key: Some(&damaged),
            ..Asked::default()
        };
        let accepted = asked
            .verify()
            .is_ok_and(|verification| verification.verified);
        assert!(!accepted, "bit {bit} of the revocation");
    }
}

#[test]
fn what_happened_to_the_key_since_is_told() {
    let age = SIGNED - CREATED + 1;
    let direct = Draft::new(SignatureType::Key, CREATED + 9);
    for (case, plan, is_told) in [
        (
            "the key expired",
            Plan::new(1).certify(|draft| draft.with(key_lifetime(age))),
            true,
        ),
        (
            "its signature expired",
            Plan::new(1).certify(|draft| draft.with(lifetime(age))),
            true,
        ),
        (
            "the subkey expired",
            Plan::with_subkey(2).subkey(|subkey| {
                subkey.binding = subkey.binding.clone().with(key_lifetime(age));
            }),
            true,
        ),
        (
            "it expires later",
            Plan::new(1).certify(|draft| draft.with(key_lifetime(at() - CREATED + 1))),
            false,
        ),
        (
            "a later signature over the key says when it ends",
            Plan {
                direct: Some(direct.clone().with(key_lifetime(age))),
                ..Plan::new(1)
            },
            true,
        ),
        (
            "a later signature over the key does not say when it ends",
            Plan {
                direct: Some(direct),
                ..Plan::new(1)
            }
            .certify(|draft| draft.with(key_lifetime(age))),
            true,
        ),
    ] {
        let owner = plan.make();
        let verification = by(&owner, &owner.sign_binary(ARTIFACT));
        assert!(verification.verified, "{case}: {verification:?}");
        let told = verification
            .warnings
            .iter()
            .any(|one| one.contains("expired"));
        assert_eq!(told, is_told, "{case}: {verification:?}");
    }
}
