//! What verifies under our own authority, and that every single fault is refused by the check it fails.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::digest::Digest;
use mekiki::evidence::attestation;
use mekiki::evidence::signature::key::PublicKey;
use mekiki::evidence::signature::{Verification, sigstore};
use serde_json::Value;

use crate::asked::{Asked, material};
use crate::authority::{Authority, Fault, provenance, raw_key_pair};
use crate::seeded::Seeded;

const ARTIFACT: &[u8] = b"the delivered archive";
const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
const ISSUER: &str = "https://accounts.authority.test";
/// 2024-03-01T00:00:00Z.
const AT: i64 = 1_709_251_200;
const BUILDER: &str = "https://authority.test/builder";
const SOURCE: &str = "git+https://authority.test/repository";

/// The two kinds of bundle over [`ARTIFACT`].
#[derive(Clone, Copy, Debug)]
enum Content {
    Blob,
    Statement,
}

const CONTENTS: [Content; 2] = [Content::Blob, Content::Statement];

fn bundle(authority: &Authority, content: Content, fault: Option<Fault>) -> String {
    let signer = authority.signer(IDENTITY, ISSUER, AT);
    let signer = match fault {
        Some(fault) => signer.with_fault(fault),
        None => signer,
    };
    match content {
        Content::Blob => signer.sign_blob(ARTIFACT),
        Content::Statement => {
            signer.sign_statement(&provenance("archive", ARTIFACT, BUILDER, SOURCE))
        }
    }
}

/// A request that asks for nothing but what the bundle holds.
fn request<'a>(bundle: &'a str, trusted_root: &'a str) -> Asked<'a> {
    Asked {
        artifact: Some(ARTIFACT),
        bundle: Some(bundle.as_bytes()),
        trusted_root: Some(trusted_root.as_bytes()),
        identity: Some((IDENTITY, ISSUER)),
        ..Asked::default()
    }
}

fn verify(request: &Asked<'_>) -> Verification {
    request.verify().expect("the signature can be judged")
}

fn code(request: &Asked<'_>) -> &'static str {
    let refused = request
        .verify()
        .expect_err("the signature cannot be judged");
    refused.0[0].code
}

#[test]
fn a_genuine_bundle_verifies_and_names_its_signer() {
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    for content in CONTENTS {
        let bundle = bundle(&authority, content, None);
        let request = request(&bundle, &trusted_root);
        let by_digest = Asked {
            artifact: None,
            digest: Some(Digest::of(ARTIFACT)),
            ..request
        };
        for request in [request, by_digest] {
            let verification = verify(&request);
            assert!(verification.verified, "{content:?}: {verification:?}");
            assert!(verification.is_logged(), "{content:?}");
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|check| (check.name.word(), check.passed))
                .collect();
            assert_eq!(
                checks,
                [
                    "signature",
                    "certificate-chain",
                    "identity",
                    "issuer",
                    "certificate-transparency",
                    "transparency-log"
                ]
                .map(|name| (name, true)),
                "{content:?}"
            );
            let signer = verification.signer;
            assert_eq!(signer.identity.as_deref(), Some(IDENTITY));
            assert_eq!(signer.issuer.as_deref(), Some(ISSUER));
            assert_eq!(signer.times, ["2024-03-01T00:00:00Z"]);
        }
    }
}

#[test]
fn an_email_address_is_an_identity_too() {
    let authority = Authority::new();
    let identity = "release@authority.test";
    let bundle = authority.signer(identity, ISSUER, AT).sign_blob(ARTIFACT);
    let trusted_root = authority.trusted_root();
    let request = Asked {
        identity: Some((identity, ISSUER)),
        ..request(&bundle, &trusted_root)
    };
    assert_eq!(verify(&request).signer.identity.as_deref(), Some(identity));
}

#[test]
fn every_fault_is_refused_by_the_check_that_it_fails() {
    use Content::{Blob, Statement};
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    for (fault, content, expected) in [
        (Fault::UntrustedCertificate, Blob, "certificate-chain"),
        (Fault::UntrustedCertificate, Statement, "certificate-chain"),
        (Fault::WrongSct, Blob, "certificate-transparency"),
        (Fault::WrongSct, Statement, "certificate-transparency"),
        (Fault::NoSct, Blob, "certificate-transparency"),
        (Fault::NoSct, Statement, "certificate-transparency"),
        (Fault::BadInclusionProof, Blob, "transparency-log"),
        (Fault::BadInclusionProof, Statement, "transparency-log"),
        (Fault::BadCheckpointSignature, Blob, "transparency-log"),
        (Fault::BadCheckpointSignature, Statement, "transparency-log"),
        (Fault::BadPromise, Blob, "transparency-log"),
        (Fault::BadPromise, Statement, "transparency-log"),
        (
            Fault::IntegratedTimeOutsideCertificate,
            Blob,
            "certificate-chain",
        ),
        (
            Fault::IntegratedTimeOutsideCertificate,
            Statement,
            "certificate-chain",
        ),
        (Fault::SignatureOverOtherBytes, Blob, "signature"),
        (Fault::SignatureOverOtherBytes, Statement, "signature"),
        (Fault::LogEntryForOtherArtifact, Blob, "artifact"),
        (
            Fault::LogEntryForOtherArtifact,
            Statement,
            "transparency-log",
        ),
    ] {
        let bundle = bundle(&authority, content, Some(fault));
        let verification = verify(&request(&bundle, &trusted_root));
        assert!(!verification.verified, "{fault:?} in {content:?}");
        let [check] = verification.checks.as_slice() else {
            panic!(
                "{fault:?}: one check fails, found {:?}",
                verification.checks
            );
        };
        assert_eq!(
            (check.name.word(), check.passed),
            (expected, false),
            "{fault:?} in {content:?}: {}",
            check.detail
        );
        assert!(!verification.is_logged() && verification.signer.identity.is_none());
    }
    // The library refuses to read an envelope with more than one signature.
    let bundle = bundle(&authority, Statement, Some(Fault::ExtraSignature));
    assert_eq!(code(&request(&bundle, &trusted_root)), "bundle-malformed");
}

#[test]
fn another_signer_or_artifact_or_root_is_refused() {
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    let stranger = Authority::new().trusted_root();
    let other = Digest::of(b"another archive");
    for content in CONTENTS {
        let bundle = bundle(&authority, content, None);
        let good = request(&bundle, &trusted_root);
        for (case, request, expected) in [
            (
                "identity",
                Asked {
                    identity: Some(("https://authority.test/release.yml@refs/tags/v2", ISSUER)),
                    ..good
                },
                "identity",
            ),
            (
                "the beginning of the identity",
                Asked {
                    identity: Some(("https://authority.test/release.yml", ISSUER)),
                    ..good
                },
                "identity",
            ),
            (
                "issuer",
                Asked {
                    identity: Some((IDENTITY, "https://accounts.stranger.test")),
                    ..good
                },
                "issuer",
            ),
            (
                "artifact",
                Asked {
                    artifact: Some(b"another archive"),
                    ..good
                },
                "artifact",
            ),
            (
                "digest",
                Asked {
                    artifact: None,
                    digest: Some(other),
                    ..good
                },
                "artifact",
            ),
            (
                "root",
                Asked {
                    trusted_root: Some(stranger.as_bytes()),
                    ..good
                },
                "transparency-log",
            ),
        ] {
            let verification = verify(&request);
            assert!(!verification.verified, "{case} of {content:?}");
            let last = verification.refusal().map(|check| check.name.word());
            assert_eq!(
                last,
                Some(expected),
                "{case} of {content:?}: {verification:?}"
            );
        }
    }
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    let bundle = bundle(&authority, Content::Blob, None);
    let good = request(&bundle, &trusted_root);
    // Two readers of a repeated member may see two signatures.
    let repeated = bundle.replacen('{', "{\"mediaType\": \"text/plain\",", 1);
    let cut_off = &bundle.as_bytes()[..bundle.len() / 2];
    for (request, expected) in [
        (
            Asked {
                trusted_root: None,
                ..good
            },
            "trusted-root-missing",
        ),
        (
            Asked {
                identity: None,
                ..good
            },
            "signer-missing",
        ),
        (
            Asked {
                artifact: None,
                ..good
            },
            "artifact-missing",
        ),
        (
            Asked {
                bundle: None,
                ..good
            },
            "signature-missing",
        ),
        (
            Asked {
                bundle: Some(repeated.as_bytes()),
                ..good
            },
            "json-duplicate-member",
        ),
        (
            Asked {
                bundle: Some(cut_off),
                ..good
            },
            "json-truncated",
        ),
        (
            Asked {
                bundle: Some(b"{}"),
                ..good
            },
            "bundle-malformed",
        ),
        (
            Asked {
                trusted_root: Some(b"{}"),
                ..good
            },
            "trusted-root-malformed",
        ),
        (
            Asked {
                key: Some(b"no key"),
                ..good
            },
            "key-malformed",
        ),
    ] {
        assert_eq!(code(&request), expected);
    }
}

#[test]
fn the_statement_of_a_bundle_is_read() {
    let authority = Authority::new();
    let blob = bundle(&authority, Content::Blob, None);
    assert_eq!(attestation::of_bundle(blob.as_bytes()), Ok(None));
    let bundle = bundle(&authority, Content::Statement, None);
    let statement = attestation::of_bundle(bundle.as_bytes()).unwrap().unwrap();
    assert_eq!(statement.sha256_subjects(), [Digest::of(ARTIFACT)]);
    assert_eq!(statement.builder(), Some(BUILDER));
    assert_eq!(statement.source(), Some(SOURCE));
}

#[test]
fn a_bare_key_verifies_what_it_signed_and_nothing_else() {
    let (key, sign) = raw_key_pair();
    let (other_key, _) = raw_key_pair();
    let signature = sign(ARTIFACT);
    let good = Asked {
        artifact: Some(ARTIFACT),
        signature: Some(signature.as_bytes()),
        key: Some(key.as_bytes()),
        ..Asked::default()
    };
    let verification = verify(&good);
    assert!(verification.verified);
    assert_eq!(
        verification.signer.key_sha256,
        Some(
            PublicKey::read(material("key", key.as_bytes()))
                .unwrap()
                .digest()
        )
    );
    for (case, request) in [
        (
            "artifact",
            Asked {
                artifact: Some(b"the delivered archivE"),
                ..good
            },
        ),
        (
            "key",
            Asked {
                key: Some(other_key.as_bytes()),
                ..good
            },
        ),
        (
            "signature",
            Asked {
                signature: Some(b"MEQ="),
                ..good
            },
        ),
        (
            "no signature",
            Asked {
                signature: Some(b""),
                ..good
            },
        ),
    ] {
        let verification = verify(&request);
        assert!(!verification.verified, "{case}");
        assert_eq!(verification.checks[0].name.word(), "signature", "{case}");
    }
    assert_eq!(code(&Asked { key: None, ..good }), "signer-missing");
    let by_digest = Asked {
        artifact: None,
        digest: Some(Digest::of(ARTIFACT)),
        ..good
    };
    assert!(verify(&by_digest).verified);
    let by_another = Asked {
        digest: Some(Digest::of(b"another archive")),
        ..by_digest
    };
    assert!(!verify(&by_another).verified);
}

/// The places in a bundle whose every bit a check covers, as JSON pointers to base64.
const COVERED: [&str; 5] = [
    "/verificationMaterial/certificate/rawBytes",
    "/verificationMaterial/tlogEntries/0/canonicalizedBody",
    "/verificationMaterial/tlogEntries/0/inclusionPromise/signedEntryTimestamp",
    "/verificationMaterial/tlogEntries/0/inclusionProof/hashes/0",
    "/verificationMaterial/tlogEntries/0/inclusionProof/rootHash",
];

#[test]
fn no_flipped_bit_is_accepted() {
    const FLIPS: usize = 64;
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    let mut seeded = Seeded::new(2);
    for (content, own) in [
        (
            Content::Blob,
            [
                "/messageSignature/signature",
                "/messageSignature/messageDigest/digest",
            ],
        ),
        (
            Content::Statement,
            ["/dsseEnvelope/payload", "/dsseEnvelope/signatures/0/sig"],
        ),
    ] {
        let bundle: Value = serde_json::from_str(&bundle(&authority, content, None)).unwrap();
        let places: Vec<_> = COVERED.into_iter().chain(own).collect();
        for flip in 0..FLIPS {
            let place = places[flip % places.len()];
            let mut flipped = bundle.clone();
            let field = flipped
                .pointer_mut(place)
                .expect("the bundle has this place");
            let mut bytes = BASE64_STANDARD.decode(field.as_str().unwrap()).unwrap();
            let bit = seeded.below(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            *field = Value::String(BASE64_STANDARD.encode(bytes));
            let flipped = flipped.to_string();
            let outcome = request(&flipped, &trusted_root).verify();
            let accepted = outcome.is_ok_and(|verification| verification.verified);
            assert!(!accepted, "{content:?}: bit {bit} of {place}");
        }
        assert!(sigstore::parse(bundle.to_string().as_bytes()).is_ok());
    }
}
