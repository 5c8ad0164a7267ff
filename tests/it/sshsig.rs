//! SSH signatures under our own keys, and under those of `ssh-keygen` where it is installed.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::{Algorithm, Digest};
use mekiki::evidence::signature::{Expected, Verification};

use crate::asked::{Asked, material};

const ARTIFACT: &[u8] = b"the delivered archive";
const WHO: &str = "release@supplier.test";

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes()[..], bytes].concat()
}

/// A number without a sign.
fn number(bytes: &[u8]) -> Vec<u8> {
    let start = bytes
        .iter()
        .position(|one| *one != 0)
        .unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    if bytes.first().is_some_and(|one| *one >= 0x80) {
        string(&[&[0], bytes].concat())
    } else {
        string(bytes)
    }
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static str),
}

/// Somebody with a key.
struct Owner {
    pair: Pair,
    kind: &'static str,
    is_security_key: bool,
    blob: Vec<u8>,
}

impl Owner {
    fn ed25519(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed makes a key");
        let kind = "ssh-ed25519";
        let blob = [string(kind.as_bytes()), string(pair.public_key().as_ref())].concat();
        Self {
            pair: Pair::Ed25519(pair),
            kind,
            is_security_key: false,
            blob,
        }
    }

    fn ecdsa(bits: u16) -> Self {
        let (algorithm, kind, curve) = match bits {
            256 => (
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                "ecdsa-sha2-nistp256",
                "nistp256",
            ),
            384 => (
                &ECDSA_P384_SHA384_FIXED_SIGNING,
                "ecdsa-sha2-nistp384",
                "nistp384",
            ),
            _ => (
                &ECDSA_P521_SHA512_FIXED_SIGNING,
                "ecdsa-sha2-nistp521",
                "nistp521",
            ),
        };
        let pair = EcdsaKeyPair::generate(algorithm).expect("a key is made");
        let parts = [
            kind.as_bytes(),
            curve.as_bytes(),
            pair.public_key().as_ref(),
        ];
        Self {
            blob: parts.map(string).concat(),
            pair: Pair::Ecdsa(pair),
            kind,
            is_security_key: false,
        }
    }

    fn rsa(form: &'static str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key is made");
        let modulus = pair
            .public_key()
            .modulus()
            .big_endian_without_leading_zero()
            .to_vec();
        let exponent = pair
            .public_key()
            .exponent()
            .big_endian_without_leading_zero()
            .to_vec();
        let blob = [string(b"ssh-rsa"), number(&exponent), number(&modulus)].concat();
        Self {
            pair: Pair::Rsa(pair, form),
            kind: "ssh-rsa",
            is_security_key: false,
            blob,
        }
    }

    /// The same key in a security key.
    fn in_security_key(mut self) -> Self {
        self.kind = match self.kind {
            "ssh-ed25519" => "sk-ssh-ed25519@openssh.com",
            _ => "sk-ecdsa-sha2-nistp256@openssh.com",
        };
        let old = 4 + usize::from(self.blob[3]);
        let rest = self.blob.split_off(old);
        self.blob = [string(self.kind.as_bytes()), rest, string(b"ssh:")].concat();
        self.is_security_key = true;
        self
    }

    fn public(&self) -> String {
        format!(
            "{} {} a comment\n",
            self.kind,
            BASE64_STANDARD.encode(&self.blob)
        )
    }

    fn allowed(&self, principals: &str, options: &str) -> String {
        format!("{principals} {options} {}", self.public())
    }

    fn raw(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ed25519(pair) => string(pair.sign(message).as_ref()),
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).expect("it signs");
                let (r, s) = signature.as_ref().split_at(signature.as_ref().len() / 2);
                string(&[number(r), number(s)].concat())
            }
            Pair::Rsa(pair, form) => {
                let padding = if *form == "rsa-sha2-256" {
                    &RSA_PKCS1_SHA256
                } else {
                    &RSA_PKCS1_SHA512
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .expect("it signs");
                string(&signature)
            }
        }
    }

    fn sign(&self, draft: &Draft<'_>) -> String {
        let digest = match draft.digest {
            "sha256" => Algorithm::Sha256.hex_of(ARTIFACT),
            "sha1" => Algorithm::Sha1.hex_of(ARTIFACT),
            _ => Algorithm::Sha512.hex_of(ARTIFACT),
        };
        let digest = hex::decode(digest).unwrap();
        let parts = [
            draft.namespace.as_bytes(),
            draft.reserved,
            draft.digest.as_bytes(),
        ];
        let mut message = b"SSHSIG".to_vec();
        message.extend(parts.map(string).concat());
        message.extend(string(&digest));
        let form = draft.form.unwrap_or(match &self.pair {
            Pair::Rsa(_, form) => form,
            _ => self.kind,
        });
        let mut signature = string(form.as_bytes());
        if self.is_security_key {
            let state = [&[draft.flags][..], &9_u32.to_be_bytes()].concat();
            let application = Digest::of(b"ssh:");
            let message = Digest::of(&message);
            let signed = [application.bytes(), &state[..], message.bytes()].concat();
            signature.extend(self.raw(&signed));
            signature.extend(state);
        } else {
            signature.extend(self.raw(&message));
        }
        signature.extend(draft.behind);
        let mut blob = b"SSHSIG".to_vec();
        blob.extend(draft.version.to_be_bytes());
        blob.extend(string(&self.blob));
        blob.extend(parts.map(string).concat());
        blob.extend(string(&signature));
        blob.extend(draft.trailing);
        armored(&blob)
    }
}

fn armored(blob: &[u8]) -> String {
    let digits = BASE64_STANDARD.encode(blob);
    let lines: Vec<&str> = digits
        .as_bytes()
        .chunks(70)
        .map(|line| std::str::from_utf8(line).expect("digits are text"))
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n")
}

/// What a signature is to be like.
#[derive(Clone, Copy)]
struct Draft<'a> {
    version: u32,
    namespace: &'a str,
    reserved: &'a [u8],
    digest: &'a str,
    form: Option<&'a str>,
    flags: u8,
    behind: &'a [u8],
    trailing: &'a [u8],
}

const GOOD: Draft<'static> = Draft {
    version: 1,
    namespace: "file",
    reserved: b"",
    digest: "sha512",
    form: None,
    flags: 1,
    behind: b"",
    trailing: b"",
};

fn asked<'a>(signature: &'a str, key: &'a str) -> Asked<'a> {
    Asked {
        artifact: Some(ARTIFACT),
        signature: Some(signature.as_bytes()),
        key: Some(key.as_bytes()),
        ..Asked::default()
    }
}

fn verify(signature: &str, key: &str) -> Verification {
    asked(signature, key)
        .verify()
        .expect("the signature can be judged")
}

fn as_who(signature: &str, key: &str, who: Expected) -> Verification {
    let request = SignatureRequest {
        identity: Some(who),
        ..asked(signature, key).request()
    };
    verify_signature(&request).expect("the signature can be judged")
}

fn outcome(verification: &Verification) -> &'static str {
    match verification.refusal() {
        None => {
            assert!(verification.verified, "{verification:?}");
            "verified"
        }
        Some(check) => {
            assert!(!verification.verified && verification.signer.fingerprint.is_none());
            check.name.word()
        }
    }
}

#[test]
fn genuine_signatures_verify() {
    for owner in [
        Owner::ed25519(1),
        Owner::ecdsa(256),
        Owner::ecdsa(384),
        Owner::ecdsa(521),
        Owner::rsa("rsa-sha2-256"),
        Owner::rsa("rsa-sha2-512"),
        Owner::ed25519(2).in_security_key(),
        Owner::ecdsa(256).in_security_key(),
    ] {
        for digest in ["sha512", "sha256"] {
            let signature = owner.sign(&Draft { digest, ..GOOD });
            let key = owner.public();
            let verification = verify(&signature, &key);
            assert_eq!(outcome(&verification), "verified", "{}", owner.kind);
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|one| one.name.word())
                .collect();
            assert_eq!(
                checks,
                ["structure", "key", "algorithm", "signature", "content-type"]
            );
            assert_eq!(verification.signer.identity, None);
            // The other reader of this format, which knows no ECDSA as it is built here, sees the same key.
            if !owner.kind.contains("ecdsa") {
                let read = ssh_key::PublicKey::from_openssh(&key).expect("it reads the key");
                let print = read.fingerprint(ssh_key::HashAlg::Sha256).to_string();
                assert_eq!(verification.signer.fingerprint, Some(print));
            }
            // The digest stands for the artifact.
            let algorithm = if digest == "sha256" {
                Algorithm::Sha256
            } else {
                Algorithm::Sha512
            };
            let named = format!("{digest}:{}", algorithm.hex_of(ARTIFACT));
            let artifact = mekiki::evidence::signature::Artifact::parse_digest(&named).unwrap();
            let request = SignatureRequest {
                artifact,
                ..asked(&signature, &key).request()
            };
            assert!(verify_signature(&request).unwrap().verified);
        }
    }
}

#[test]
fn every_fault_is_refused_by_its_check() {
    let owner = Owner::ed25519(1);
    let key = owner.public();
    for (case, draft, expected) in [
        ("good", GOOD, "verified"),
        ("version", Draft { version: 0, ..GOOD }, "structure"),
        ("version", Draft { version: 2, ..GOOD }, "structure"),
        (
            "reserved",
            Draft {
                reserved: b"x",
                ..GOOD
            },
            "structure",
        ),
        (
            "digest",
            Draft {
                digest: "sha1",
                ..GOOD
            },
            "algorithm",
        ),
        (
            "form",
            Draft {
                form: Some("ssh-rsa"),
                ..GOOD
            },
            "algorithm",
        ),
        (
            "namespace",
            Draft {
                namespace: "git",
                ..GOOD
            },
            "content-type",
        ),
        (
            "behind",
            Draft {
                behind: b"x",
                ..GOOD
            },
            "signature",
        ),
    ] {
        let verification = verify(&owner.sign(&draft), &key);
        assert_eq!(outcome(&verification), expected, "{case}: {verification:?}");
    }
    let good = owner.sign(&GOOD);
    let other = Asked {
        artifact: Some(b"x"),
        ..asked(&good, &key)
    };
    assert_eq!(outcome(&other.verify().unwrap()), "signature");
    assert_eq!(outcome(&verify(&good, &Owner::ed25519(2).public())), "key");
    let request = SignatureRequest {
        namespace: Some("release@supplier.test"),
        ..asked(&good, &key).request()
    };
    assert_eq!(
        outcome(&verify_signature(&request).unwrap()),
        "content-type"
    );
    let signature = owner.sign(&Draft {
        namespace: "git",
        ..GOOD
    });
    let request = SignatureRequest {
        namespace: Some("git"),
        ..asked(&signature, &key).request()
    };
    assert_eq!(outcome(&verify_signature(&request).unwrap()), "verified");
    let request = SignatureRequest {
        threshold: 2,
        ..asked(&good, &key).request()
    };
    assert_eq!(outcome(&verify_signature(&request).unwrap()), "threshold");
    // RSA over SHA-1; a key in which nobody touched; kinds that do not count.
    let rsa = Owner::rsa("rsa-sha2-256");
    let form = Some("ssh-rsa");
    assert_eq!(
        outcome(&verify(&rsa.sign(&Draft { form, ..GOOD }), &rsa.public())),
        "algorithm"
    );
    let untouched = Owner::ed25519(2).in_security_key();
    let signature = untouched.sign(&Draft { flags: 4, ..GOOD });
    assert_eq!(
        outcome(&verify(&signature, &untouched.public())),
        "signature"
    );
    for kind in ["ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-unknown"] {
        let mut strange = Owner::ed25519(3);
        let rest = strange.blob.split_off(4 + "ssh-ed25519".len());
        strange.blob = [string(kind.as_bytes()), rest].concat();
        strange.kind = kind;
        assert_eq!(
            outcome(&verify(&strange.sign(&GOOD), &strange.public())),
            "algorithm",
            "{kind}"
        );
    }
    let mut short = Owner::rsa("rsa-sha2-256");
    short.blob = [string(b"ssh-rsa"), number(&[1, 0, 1]), number(&[0xff; 128])].concat();
    assert_eq!(
        outcome(&verify(&short.sign(&GOOD), &short.public())),
        "algorithm"
    );
}

#[test]
fn allowed_signers_vouch_for_a_principal() {
    let owner = Owner::ed25519(1);
    let signature = owner.sign(&GOOD);
    let exact = |who: &str| Expected::Exact(who.to_owned());
    // The judgment is on 2026-11-01T00:00:00Z.
    for (principals, options, who, expected) in [
        (WHO, "", exact(WHO), "verified"),
        ("a@x,release@supplier.test", "", exact(WHO), "verified"),
        ("*@supplier.test", "", exact(WHO), "verified"),
        (WHO, "namespaces=\"file,git\"", exact(WHO), "verified"),
        (
            WHO,
            "valid-after=\"20261101Z\",valid-before=\"20261101Z\"",
            exact(WHO),
            "verified",
        ),
        (
            WHO,
            "",
            Expected::pattern(".*@supplier\\.test").unwrap(),
            "verified",
        ),
        (
            "*@supplier.test",
            "",
            Expected::pattern(".*").unwrap(),
            "identity",
        ),
        (
            "*@supplier.test,!release@supplier.test",
            "",
            exact(WHO),
            "identity",
        ),
        ("other@supplier.test", "", exact(WHO), "identity"),
        (WHO, "", exact("release@supplier.tes"), "identity"),
        (WHO, "namespaces=\"git\"", exact(WHO), "content-type"),
        (
            WHO,
            "valid-after=\"20261101000001Z\"",
            exact(WHO),
            "key-validity",
        ),
        (
            WHO,
            "valid-before=\"20261031235959Z\"",
            exact(WHO),
            "key-validity",
        ),
        (WHO, "cert-authority", exact(WHO), "key"),
    ] {
        let allowed = owner.allowed(principals, options);
        let verification = as_who(&signature, &allowed, who);
        assert_eq!(
            outcome(&verification),
            expected,
            "{principals} {options}: {verification:?}"
        );
        let identity = (expected == "verified").then_some(WHO);
        assert_eq!(verification.signer.identity.as_deref(), identity);
    }
    // Without an expectation the one principal is known, and of several none.
    let one = verify(&signature, &owner.allowed(WHO, ""));
    assert_eq!(one.signer.identity.as_deref(), Some(WHO));
    for several in ["a@x,b@x", "*@x"] {
        let several = verify(&signature, &owner.allowed(several, ""));
        assert!(several.verified && several.signer.identity.is_none());
    }
    // The line that admits it counts, wherever it stands.
    let lines = owner.allowed("a@x", "namespaces=\"git\"") + &owner.allowed(WHO, "");
    assert_eq!(outcome(&as_who(&signature, &lines, exact(WHO))), "verified");
    assert_eq!(
        outcome(&as_who(&signature, &lines, exact("a@x"))),
        "identity"
    );
    // A bare key is nobody's; a list with somebody else's principal does not bind it either.
    let mixed = owner.public() + &Owner::ed25519(2).allowed(WHO, "");
    assert_eq!(outcome(&as_who(&signature, &mixed, exact(WHO))), "identity");
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let owner = Owner::ed25519(1);
    let (good, key) = (owner.sign(&GOOD), owner.public());
    let base = asked(&good, &key);
    let trailing = owner.sign(&Draft {
        trailing: b"x",
        ..GOOD
    });
    let nameless = owner.sign(&Draft {
        namespace: "",
        ..GOOD
    });
    let secret =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
    let behind = format!("{good}x");
    let foreign = armored(b"SSHSIH");
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
                key: Some(secret.as_bytes()),
                ..base
            },
            "key-secret",
        ),
        (asked(&trailing, &key), "sshsig-malformed"),
        (asked(&nameless, &key), "sshsig-malformed"),
        (asked(&behind, &key), "sshsig-malformed"),
        (asked(&foreign, &key), "sshsig-malformed"),
        (
            // Signed over SHA-512.
            Asked {
                artifact: None,
                digest: Some(digest),
                ..base
            },
            "artifact-missing",
        ),
        (
            Asked {
                identity: Some((WHO, "https://x.test")),
                ..base
            },
            "expectation-unprovable",
        ),
    ] {
        let refused = asked.verify().expect_err(expected);
        assert_eq!(refused.0[0].code, expected);
        assert!(!format!("{refused:?}").contains("c2VjcmV0"));
    }
    for request in [
        SignatureRequest {
            identity: Some(Expected::Exact(WHO.to_owned())),
            ..base.request()
        },
        SignatureRequest {
            revocations: vec![material("x", b"x")],
            ..base.request()
        },
    ] {
        let refused = verify_signature(&request).expect_err("unprovable");
        assert_eq!(refused.0[0].code, "expectation-unprovable");
    }
}

#[test]
fn no_flipped_bit_is_accepted() {
    for owner in [
        Owner::ed25519(1),
        Owner::ecdsa(256),
        Owner::ed25519(2).in_security_key(),
    ] {
        let signature = owner.sign(&GOOD);
        let key = owner.public();
        assert!(verify(&signature, &key).verified);
        let digits: String = signature
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let blob = BASE64_STANDARD.decode(digits).unwrap();
        for bit in 0..blob.len() * 8 {
            let mut flipped = blob.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = armored(&flipped);
            let accepted = asked(&flipped, &key).verify().is_ok_and(|one| one.verified);
            assert!(!accepted, "bit {bit} of the signature of {}", owner.kind);
        }
        let digits = key
            .rfind(" a comment")
            .expect("a comment stands behind the key");
        let armor = signature.as_bytes();
        let originals = [ARTIFACT, armor, key.as_bytes()];
        for (part, original) in originals.into_iter().enumerate() {
            // Behind the key stands a comment that says nothing.
            let end = if part == 2 { digits } else { original.len() };
            for bit in 0..end * 8 {
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
                let accepted = asked.verify().is_ok_and(|one| one.verified);
                // The line feed behind the armor may become another white space.
                let is_last = part == 1 && bit / 8 + 1 == original.len();
                assert!(
                    !accepted || is_last,
                    "bit {bit} of part {part} of {}",
                    owner.kind
                );
            }
        }
    }
}
