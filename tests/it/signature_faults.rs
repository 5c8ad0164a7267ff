//! Signatures as a whole: what verifies under our own authority, what cannot be judged, and bare keys. Faults of
//! bundles one by one are in `bundle_faults`.

use mekiki::digest::Digest;
use mekiki::evidence::attestation;
use mekiki::evidence::signature::Verification;
use mekiki::evidence::signature::key::PublicKey;

use crate::asked::{Asked, material};
use crate::authority::{Authority, provenance, raw_key_pair};

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

fn bundle(authority: &Authority, content: Content) -> String {
    let signer = authority.signer(IDENTITY, ISSUER, AT);
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
        let bundle = bundle(&authority, content);
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
            let content_checks = match content {
                Content::Blob => &["artifact", "signature"][..],
                Content::Statement => &["content-type", "signature", "statement", "subject"],
            };
            let expected: Vec<_> = [
                "structure",
                "timestamp",
                "certificate-chain",
                "certificate-validity",
                "certificate-usage",
                "certificate-transparency",
                "identity",
                "issuer",
            ]
            .iter()
            .chain(content_checks)
            .chain(&["transparency-log"])
            .map(|name| (*name, true))
            .collect();
            assert_eq!(checks, expected, "{content:?}");
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
fn another_signer_or_artifact_or_root_is_refused() {
    let authority = Authority::new();
    let trusted_root = authority.trusted_root();
    let stranger = Authority::new().trusted_root();
    let other = Digest::of(b"another archive");
    for content in CONTENTS {
        let bundle = bundle(&authority, content);
        let good = request(&bundle, &trusted_root);
        let artifact = match content {
            Content::Blob => "artifact",
            Content::Statement => "subject",
        };
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
                artifact,
            ),
            (
                "digest",
                Asked {
                    artifact: None,
                    digest: Some(other),
                    ..good
                },
                artifact,
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
    let bundle = bundle(&authority, Content::Blob);
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
                identity: None,
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
    let blob = bundle(&authority, Content::Blob);
    assert_eq!(attestation::of_bundle(blob.as_bytes()), Ok(None));
    let bundle = bundle(&authority, Content::Statement);
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
