//! Every check of a signature, broken alone: exactly that check refuses.

use mekiki::app::inspect::{SignatureRequest, verify_signature};
use mekiki::digest::Digest;
use mekiki::evidence::signature::Verification;

use crate::authority::{Authority, Fault, Signer, provenance, raw_key_pair};

const IDENTITY: &str = "https://ci.example/release.yml@refs/tags/v1";
const ISSUER: &str = "https://oidc.example";
/// 2026-11-10T03:00:00Z.
const SIGNED_AT: i64 = 1_794_279_600;
const ARTIFACT: &[u8] = b"what is delivered";

fn request<'a>(bundle: &'a str, root: &'a str) -> SignatureRequest<'a> {
    SignatureRequest {
        artifact: Some(ARTIFACT),
        bundle: Some(bundle.as_bytes()),
        trusted_root: Some(root.as_bytes()),
        identity: Some((IDENTITY, ISSUER)),
        ..SignatureRequest::default()
    }
}

fn failed(verification: &Verification) -> Vec<&'static str> {
    verification
        .checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| check.name)
        .collect()
}

fn statement() -> serde_json::Value {
    provenance(
        "artifact",
        ARTIFACT,
        "https://ci.example/runner",
        "git+https://git.example/source",
    )
}

#[test]
fn a_good_bundle_says_who_signed_and_when() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for bundle in [
        authority
            .signer(IDENTITY, ISSUER, SIGNED_AT)
            .sign_blob(ARTIFACT),
        authority
            .signer(IDENTITY, ISSUER, SIGNED_AT)
            .sign_statement(&statement()),
    ] {
        let verification = verify_signature(&request(&bundle, &root)).unwrap();
        assert!(
            verification.verified && verification.transparency_logged,
            "{verification:?}"
        );
        assert_eq!(verification.signer.identity.as_deref(), Some(IDENTITY));
        assert_eq!(verification.signer.issuer.as_deref(), Some(ISSUER));
        assert_eq!(verification.signer.times, ["2026-11-10T03:00:00Z"]);
        let by_digest = SignatureRequest {
            artifact: None,
            digest: Some(Digest::of(ARTIFACT)),
            ..request(&bundle, &root)
        };
        assert!(verify_signature(&by_digest).unwrap().verified);
    }
}

#[test]
fn each_check_broken_alone_refuses() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let signer = || authority.signer(IDENTITY, ISSUER, SIGNED_AT);
    let blob = |signer: Signer<'_>| signer.sign_blob(ARTIFACT);
    let envelope = |signer: Signer<'_>| signer.sign_statement(&statement());
    for (fault, in_blob, in_envelope) in [
        (
            Fault::UntrustedCertificate,
            "certificate-chain",
            "certificate-chain",
        ),
        (
            Fault::WrongSct,
            "certificate-transparency",
            "certificate-transparency",
        ),
        (
            Fault::NoSct,
            "certificate-transparency",
            "certificate-transparency",
        ),
        (
            Fault::BadInclusionProof,
            "transparency-log",
            "transparency-log",
        ),
        (
            Fault::BadCheckpointSignature,
            "transparency-log",
            "transparency-log",
        ),
        (Fault::BadPromise, "transparency-log", "transparency-log"),
        (
            Fault::IntegratedTimeOutsideCertificate,
            "certificate-chain",
            "certificate-chain",
        ),
        (Fault::SignatureOverOtherBytes, "signature", "signature"),
        (
            Fault::LogEntryForOtherArtifact,
            "artifact",
            "transparency-log",
        ),
    ] {
        for (bundle, check) in [
            (blob(signer().with_fault(fault)), in_blob),
            (envelope(signer().with_fault(fault)), in_envelope),
        ] {
            let verification = verify_signature(&request(&bundle, &root)).unwrap();
            assert_eq!(
                (verification.verified, failed(&verification)),
                (false, vec![check]),
                "{fault:?}"
            );
        }
    }
    let two = envelope(signer().with_fault(Fault::ExtraSignature));
    assert_eq!(
        verify_signature(&request(&two, &root)).unwrap_err().0[0].code,
        "bundle-malformed"
    );
}

#[test]
fn the_expected_signer_and_the_artifact_are_compared_exactly() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = authority
        .signer(IDENTITY, ISSUER, SIGNED_AT)
        .sign_blob(ARTIFACT);
    let good = request(&bundle, &root);
    let prefix = IDENTITY.trim_end_matches('1');
    for (case, request, check) in [
        (
            "a shorter identity",
            SignatureRequest {
                identity: Some((prefix, ISSUER)),
                ..good
            },
            "identity",
        ),
        (
            "another issuer",
            SignatureRequest {
                identity: Some((IDENTITY, "https://oidc.example/")),
                ..good
            },
            "issuer",
        ),
        (
            "another artifact",
            SignatureRequest {
                artifact: Some(b"what is not"),
                ..good
            },
            "artifact",
        ),
        (
            "another digest",
            SignatureRequest {
                artifact: None,
                digest: Some(Digest::of(b"")),
                ..good
            },
            "artifact",
        ),
    ] {
        assert_eq!(
            failed(&verify_signature(&request).unwrap()),
            [check],
            "{case}"
        );
    }
    let other = Authority::new().trusted_root();
    assert!(
        !verify_signature(&SignatureRequest {
            trusted_root: Some(other.as_bytes()),
            ..good
        })
        .unwrap()
        .verified
    );
}

#[test]
fn what_cannot_be_judged_says_why() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = authority
        .signer(IDENTITY, ISSUER, SIGNED_AT)
        .sign_blob(ARTIFACT);
    let good = request(&bundle, &root);
    let doubled = bundle.replacen(
        '{',
        "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",",
        1,
    );
    for (request, code) in [
        (
            SignatureRequest {
                trusted_root: None,
                ..good
            },
            "trusted-root-missing",
        ),
        (
            SignatureRequest {
                trusted_root: Some(b"{}"),
                ..good
            },
            "trusted-root-malformed",
        ),
        (
            SignatureRequest {
                identity: None,
                ..good
            },
            "signer-missing",
        ),
        (
            SignatureRequest {
                artifact: None,
                ..good
            },
            "artifact-missing",
        ),
        (
            SignatureRequest {
                bundle: None,
                ..good
            },
            "signature-missing",
        ),
        (
            SignatureRequest {
                bundle: Some(b"{"),
                ..good
            },
            "json-truncated",
        ),
        (
            SignatureRequest {
                bundle: Some(b"{}"),
                ..good
            },
            "bundle-malformed",
        ),
        (
            SignatureRequest {
                bundle: Some(doubled.as_bytes()),
                ..good
            },
            "json-duplicate-member",
        ),
    ] {
        assert_eq!(verify_signature(&request).unwrap_err().0[0].code, code);
    }
}

/// One flipped bit anywhere in the base64 material of a bundle never makes it say something new.
#[test]
fn no_flipped_bit_is_accepted() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = authority
        .signer(IDENTITY, ISSUER, SIGNED_AT)
        .sign_blob(ARTIFACT);
    let document: serde_json::Value = serde_json::from_str(&bundle).unwrap();
    for pointer in [
        "/messageSignature/signature",
        "/messageSignature/messageDigest/digest",
        "/verificationMaterial/certificate/rawBytes",
        "/verificationMaterial/tlogEntries/0/canonicalizedBody",
        "/verificationMaterial/tlogEntries/0/inclusionProof/rootHash",
        "/verificationMaterial/tlogEntries/0/inclusionPromise/signedEntryTimestamp",
    ] {
        let encoded = document
            .pointer(pointer)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_else(|| panic!("{pointer}"));
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
        for step in 0..24 {
            let bit = (step * 8 * bytes.len() / 24) + step % 8;
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let mut forged = document.clone();
            *forged.pointer_mut(pointer).unwrap() =
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD, flipped).into();
            let forged = forged.to_string();
            let accepted = verify_signature(&request(&forged, &root)).is_ok_and(|one| one.verified);
            assert!(!accepted, "{pointer}, bit {bit}");
        }
    }
}

#[test]
fn a_bare_key_decides_over_its_own_artifact_only() {
    let (key, sign) = raw_key_pair();
    let (other, _) = raw_key_pair();
    let signature = sign(ARTIFACT);
    let good = SignatureRequest {
        artifact: Some(ARTIFACT),
        signature: Some(signature.as_bytes()),
        key: Some(key.as_bytes()),
        ..SignatureRequest::default()
    };
    assert!(verify_signature(&good).unwrap().verified);
    for (case, request) in [
        (
            "another artifact",
            SignatureRequest {
                artifact: Some(b"what is not"),
                ..good
            },
        ),
        (
            "another key",
            SignatureRequest {
                key: Some(other.as_bytes()),
                ..good
            },
        ),
        (
            "no signature",
            SignatureRequest {
                signature: Some(b""),
                ..good
            },
        ),
    ] {
        assert_eq!(
            failed(&verify_signature(&request).unwrap()),
            ["signature"],
            "{case}"
        );
    }
    let no_key = SignatureRequest {
        key: Some(b"-----BEGIN PUBLIC KEY-----"),
        ..good
    };
    assert_eq!(
        verify_signature(&no_key).unwrap_err().0[0].code,
        "key-malformed"
    );
}
