//! Signatures of minisign and signify under our own keys, held to the package `minisign-verify`.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::digest::{Algorithm, Digest};
use mekiki::evidence::signature::Verification;

use crate::asked::{Asked, material, now};

const ARTIFACT: &[u8] = b"the delivered archive";
const COMMENT: &str = "timestamp:1750000000\tfile:archive";

struct Owner {
    pair: Ed25519KeyPair,
    key_id: [u8; 8],
}

impl Owner {
    fn new(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed makes a key");
        Self {
            pair,
            key_id: [seed, 1, 2, 3, 4, 5, 6, 7],
        }
    }

    fn content(&self, algorithm: &[u8], behind: &[u8]) -> String {
        BASE64_STANDARD.encode([algorithm, &self.key_id, behind].concat())
    }

    fn public(&self) -> String {
        let key = self.content(b"Ed", self.pair.public_key().as_ref());
        format!("untrusted comment: a key\n{key}\n")
    }

    /// A signature of minisign with the given signed comment.
    fn minisign(&self, algorithm: &[u8], artifact: &[u8], comment: &str) -> String {
        let digest = hex::decode(Algorithm::Blake2bx512.hex_of(artifact)).unwrap();
        let message = if algorithm == b"ED" {
            &digest
        } else {
            artifact
        };
        let signature = self.pair.sign(message);
        let global = self
            .pair
            .sign(&[signature.as_ref(), comment.as_bytes()].concat());
        format!(
            "untrusted comment: x\n{}\ntrusted comment: {comment}\n{}\n",
            self.content(algorithm, signature.as_ref()),
            BASE64_STANDARD.encode(global.as_ref())
        )
    }

    /// A signature of signify.
    fn signify(&self, artifact: &[u8]) -> String {
        let signature = self.content(b"Ed", self.pair.sign(artifact).as_ref());
        format!("untrusted comment: verify with key.pub\n{signature}\n")
    }
}

fn asked<'a>(artifact: &'a [u8], signature: &'a [u8], key: &'a [u8]) -> Asked<'a> {
    Asked {
        artifact: Some(artifact),
        signature: Some(signature),
        key: Some(key),
        ..Asked::default()
    }
}

fn verify(artifact: &[u8], signature: &str, key: &str) -> Verification {
    asked(artifact, signature.as_bytes(), key.as_bytes())
        .verify()
        .expect("the signature can be judged")
}

fn refusal(verification: &Verification) -> &'static str {
    assert!(!verification.verified, "{verification:?}");
    verification.refusal().expect("a check failed").name.word()
}

/// What the other package says.
fn other(artifact: &[u8], signature: &str, key: &str) -> bool {
    let key = minisign_verify::PublicKey::decode(key).expect("it reads the key");
    let signature = minisign_verify::Signature::decode(signature).expect("it reads the signature");
    key.verify(artifact, &signature, true).is_ok()
}

#[test]
fn genuine_signatures_verify() {
    let owner = Owner::new(1);
    let key = owner.public();
    let bare = key.lines().nth(1).unwrap();
    for algorithm in [b"ED", b"Ed"] {
        let signature = owner.minisign(algorithm, ARTIFACT, COMMENT);
        let crlf = signature.replace('\n', "\r\n");
        for (signature, key) in [(&signature, &*key), (&crlf, &*key), (&signature, bare)] {
            let verification = verify(ARTIFACT, signature, key);
            assert!(verification.verified, "{verification:?}");
            assert!(verification.warnings.is_empty());
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|one| one.name.word())
                .collect();
            assert_eq!(checks, ["key", "signature", "signed-attributes"]);
            let signer = verification.signer;
            assert_eq!(signer.fingerprint.as_deref(), Some("0706050403020101"));
            assert_eq!(signer.claimed_time.as_deref(), Some("2025-06-15T15:06:40Z"));
            assert!(signer.times.is_empty());
        }
        assert!(other(ARTIFACT, &signature, &key));
    }
    let verification = verify(ARTIFACT, &owner.signify(ARTIFACT), &key);
    assert!(verification.verified, "{verification:?}");
    assert!(verification.warnings[0].contains("no time"));
    assert_eq!(verification.signer.claimed_time, None);
    for comment in [
        "",
        "timestamp:x",
        "timestamp:-1",
        "timestamp:99999999999999999999",
    ] {
        let verification = verify(ARTIFACT, &owner.minisign(b"ED", ARTIFACT, comment), &key);
        assert!(verification.verified, "{comment}");
        assert_eq!(verification.signer.claimed_time, None, "{comment}");
    }
}

#[test]
fn every_fault_is_refused_by_its_check() {
    let (owner, stranger) = (Owner::new(1), Owner::new(2));
    let key = owner.public();
    let future = format!("timestamp:{}", now().as_second() + 1);
    for algorithm in [b"ED", b"Ed"] {
        let good = owner.minisign(algorithm, ARTIFACT, COMMENT);
        let impostor = Owner {
            pair: Owner::new(3).pair,
            key_id: owner.key_id,
        };
        let foreign = impostor.minisign(algorithm, ARTIFACT, COMMENT);
        let mixed: Vec<&str> = good
            .lines()
            .take(3)
            .chain(foreign.lines().skip(3))
            .collect();
        for (case, artifact, signature, expected) in [
            ("another artifact", &b"x"[..], good.clone(), "signature"),
            (
                "another key of the same number",
                ARTIFACT,
                foreign.clone(),
                "signature",
            ),
            (
                "another key",
                ARTIFACT,
                stranger.minisign(algorithm, ARTIFACT, COMMENT),
                "key",
            ),
            (
                "comment changed",
                ARTIFACT,
                good.replace("17500", "17600"),
                "signed-attributes",
            ),
            (
                "comment signed by another",
                ARTIFACT,
                mixed.join("\n"),
                "signed-attributes",
            ),
            (
                "made after the judgment",
                ARTIFACT,
                owner.minisign(algorithm, ARTIFACT, &future),
                "key-validity",
            ),
        ] {
            let verification = verify(artifact, &signature, &key);
            assert_eq!(refusal(&verification), expected, "{case}: {verification:?}");
            if expected != "key-validity" {
                assert!(!other(artifact, &signature, &key), "{case}");
            }
        }
        let request = mekiki::app::signature::SignatureRequest {
            threshold: 2,
            ..asked(ARTIFACT, good.as_bytes(), key.as_bytes()).request()
        };
        let verification = mekiki::app::signature::verify_signature(&request).unwrap();
        assert_eq!(refusal(&verification), "threshold");
    }
    let signify = owner.signify(ARTIFACT);
    assert_eq!(refusal(&verify(b"x", &signify, &key)), "signature");
    assert_eq!(
        refusal(&verify(ARTIFACT, &signify, &stranger.public())),
        "key"
    );
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let owner = Owner::new(1);
    let (good, key) = (owner.minisign(b"ED", ARTIFACT, COMMENT), owner.public());
    let base = asked(ARTIFACT, good.as_bytes(), key.as_bytes());
    let lines: Vec<&str> = good.lines().collect();
    let broken = [
        lines[..2].join("\n"),
        lines[..3].join("\n"),
        format!("{good}x\n"),
        format!("{good}\n"),
        good.replace("trusted comment: timestamp", "comment: timestamp"),
        owner.minisign(b"XX", ARTIFACT, COMMENT),
        good.replacen("UR", "U", 1).replacen("RU", "R", 1),
    ];
    for signature in &broken {
        let asked = asked(ARTIFACT, signature.as_bytes(), key.as_bytes());
        let request = mekiki::app::signature::SignatureRequest {
            kind: Some(mekiki::evidence::signature::Kind::Minisign),
            ..asked.request()
        };
        let refused = mekiki::app::signature::verify_signature(&request).expect_err(signature);
        assert_eq!(refused.0[0].code, "minisign-malformed", "{signature}");
    }
    // Secret keys of minisign and of signify have 158 and 104 bytes.
    let long = BASE64_STANDARD.encode([&b"EdScB2"[..], &[7; 152]].concat());
    let short = BASE64_STANDARD.encode([&b"EdBK"[..], &[7; 100]].concat());
    let secrets = [&long, &short].map(|digits| format!("untrusted comment: secret\n{digits}\n"));
    for secret in &secrets {
        let refused = asked(ARTIFACT, good.as_bytes(), secret.as_bytes()).verify();
        let refused = refused.expect_err("a secret key is refused");
        assert_eq!(refused.0[0].code, "key-secret");
        let told = format!("{refused:?}");
        assert!(
            !told.contains(long.get(20..40).expect("it is long")),
            "{told}"
        );
    }
    let digest = Digest::of(ARTIFACT);
    for (asked, expected) in [
        (Asked { key: None, ..base }, "signer-missing"),
        (
            Asked {
                key: Some(b"x"),
                ..base
            },
            "key-malformed",
        ),
        (
            Asked {
                key: Some(good.as_bytes()),
                ..base
            },
            "key-malformed",
        ),
        (
            Asked {
                artifact: None,
                digest: Some(digest),
                ..base
            },
            "artifact-missing",
        ),
        (
            Asked {
                identity: Some(("x", "y")),
                ..base
            },
            "expectation-unprovable",
        ),
    ] {
        assert_eq!(asked.verify().expect_err(expected).0[0].code, expected);
    }
    let request = mekiki::app::signature::SignatureRequest {
        certificates: vec![material("x", b"x")],
        ..base.request()
    };
    let refused = mekiki::app::signature::verify_signature(&request).expect_err("unprovable");
    assert_eq!(refused.0[0].code, "expectation-unprovable");
}

#[test]
fn no_flipped_bit_is_accepted() {
    let owner = Owner::new(1);
    let key = owner.public();
    let comment = "untrusted comment: ".len();
    for signature in [
        owner.minisign(b"ED", ARTIFACT, COMMENT),
        owner.minisign(b"Ed", ARTIFACT, COMMENT),
        owner.signify(ARTIFACT),
    ] {
        assert!(verify(ARTIFACT, &signature, &key).verified);
        let originals = [ARTIFACT, signature.as_bytes(), key.as_bytes()];
        for (part, original) in originals.into_iter().enumerate() {
            let end_of_comment = original.iter().position(|one| *one == b'\n');
            for bit in 0..original.len() * 8 {
                let at = bit / 8;
                // The text of the untrusted comment is what its name says, and the line feed at the end of the
                // file ends nothing else.
                let untrusted = comment..end_of_comment.unwrap_or(0);
                if part > 0 && untrusted.contains(&at) {
                    continue;
                }
                let mut flipped = original.to_vec();
                flipped[at] ^= 1 << (bit % 8);
                let mut parts = originals;
                parts[part] = &flipped;
                let outcome = asked(parts[0], parts[1], parts[2]).verify();
                let accepted = outcome.is_ok_and(|outcome| outcome.verified);
                let is_last = part == 2 && at + 1 == original.len();
                assert!(
                    !accepted || is_last,
                    "bit {bit} of part {part}: {signature}"
                );
            }
        }
    }
}
