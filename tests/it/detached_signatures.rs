//! Detached signatures under keys of every kind and under pinned certificates: what verifies, and that every
//! single fault is refused by the check it fails.

use aws_lc_rs::signature::{
    self as primitive, RsaEncoding, RsaPssSaltLength, RsaSignatureEncoding,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::{Artifact, Expected, ProvenSigner, Verification};
use mekiki::time::{end_of_day, parse_day};
use x509_cert::der::asn1::{Ia5String, OctetString, Utf8StringRef};
use x509_cert::der::oid::{AssociatedOid as _, ObjectIdentifier};
use x509_cert::der::{DateTime, Encode as _};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::asked::{material, now};
use crate::seeded::Seeded;
use crate::signing_keys::{Pair, pem};

const ARTIFACT: &[u8] = b"the delivered archive";
const LONG_SALT: RsaSignatureEncoding =
    primitive::RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Max);

fn request<'a>(signature: &'a [u8], key: &'a [u8]) -> SignatureRequest<'a> {
    SignatureRequest {
        signature: Some(material("signature", signature)),
        keys: vec![material("key", key)],
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    }
}

fn judge(request: &SignatureRequest<'_>) -> Verification {
    verify_signature(request).expect("the signature can be judged")
}

fn refusal(request: &SignatureRequest<'_>) -> &'static str {
    let verification = judge(request);
    assert!(!verification.verified);
    assert_eq!(verification.signer, ProvenSigner::default());
    verification.refusal().expect("a check failed").name.word()
}

fn code(request: &SignatureRequest<'_>) -> &'static str {
    let refused = verify_signature(request).expect_err("the signature cannot be judged");
    refused.0[0].code
}

fn pairs() -> Vec<(&'static str, Pair)> {
    let rsa = |encoding: &'static dyn RsaEncoding| Pair::rsa(encoding);
    vec![
        ("ecdsa-p256-sha256", Pair::p256()),
        (
            "ecdsa-p384-sha384",
            Pair::ecdsa(&primitive::ECDSA_P384_SHA384_ASN1_SIGNING),
        ),
        (
            "ecdsa-p521-sha512",
            Pair::ecdsa(&primitive::ECDSA_P521_SHA512_ASN1_SIGNING),
        ),
        ("ed25519", Pair::ed25519()),
        ("rsa2048-pkcs1-sha256", rsa(&primitive::RSA_PKCS1_SHA256)),
        ("rsa2048-pkcs1-sha384", rsa(&primitive::RSA_PKCS1_SHA384)),
        ("rsa2048-pkcs1-sha512", rsa(&primitive::RSA_PKCS1_SHA512)),
        ("rsa2048-pss-sha256", rsa(&primitive::RSA_PSS_SHA256)),
        ("rsa2048-pss-sha384", rsa(&primitive::RSA_PSS_SHA384)),
        ("rsa2048-pss-sha512", rsa(&primitive::RSA_PSS_SHA512)),
        ("rsa2048-pss-sha256", rsa(&LONG_SALT)),
    ]
}

#[test]
fn every_kind_of_key_verifies_what_it_signed_and_nothing_else() {
    let stranger = Pair::p256().public();
    for (name, pair) in pairs() {
        let raw = pair.sign(ARTIFACT);
        let text = BASE64_STANDARD.encode(&raw);
        let (start, end) = text.split_at(40);
        let wrapped = format!("{start}\n{end}\n");
        let key = pair.public();
        for signature in [raw.as_slice(), text.as_bytes(), wrapped.as_bytes()] {
            let good = request(signature, &key);
            let verification = judge(&good);
            assert!(verification.verified, "{name}: {verification:?}");
            let strength = verification.signer.strength.unwrap();
            assert_eq!(strength.algorithm, name);
            let keys = vec![material("other", &stranger), material("key", &key)];
            assert!(
                judge(&SignatureRequest {
                    keys,
                    ..good.clone()
                })
                .verified,
                "{name}"
            );
            let keys = vec![material("other", &stranger)];
            assert_eq!(
                refusal(&SignatureRequest {
                    keys,
                    ..good.clone()
                }),
                "signature"
            );
            let artifact = Artifact::of_bytes(b"the delivered archivE");
            assert_eq!(
                refusal(&SignatureRequest {
                    artifact,
                    ..good.clone()
                }),
                "signature"
            );
            let threshold = 2;
            assert_eq!(
                refusal(&SignatureRequest { threshold, ..good }),
                "threshold"
            );
        }
    }
}

#[test]
fn a_digest_stands_for_the_artifact_where_the_scheme_signs_one() {
    let digest =
        |algorithm: Algorithm, of: &[u8]| Artifact::of_digests([(algorithm, algorithm.hex_of(of))]);
    let other = b"another archive";
    for (name, pair) in pairs() {
        let (signature, key) = (pair.sign(ARTIFACT), pair.public());
        let good = request(&signature, &key);
        let fits = Artifact::ALGORITHMS.into_iter().find(|algorithm| {
            let word = algorithm.name().replace('-', "").to_lowercase();
            name.ends_with(&word)
        });
        let Some(algorithm) = fits else {
            assert_eq!(name, "ed25519");
            let artifact = digest(Algorithm::Sha512, ARTIFACT);
            assert_eq!(
                code(&SignatureRequest { artifact, ..good }),
                "artifact-missing"
            );
            continue;
        };
        let artifact = digest(algorithm, ARTIFACT);
        assert!(
            judge(&SignatureRequest {
                artifact,
                ..good.clone()
            })
            .verified,
            "{name}"
        );
        // Where the key may sign by other digests too, it cannot be told that it did not.
        let artifact = digest(algorithm, other);
        let wrong = SignatureRequest {
            artifact,
            ..good.clone()
        };
        if name == "ecdsa-p256-sha256" {
            assert_eq!(refusal(&wrong), "signature");
        } else {
            assert_eq!(code(&wrong), "artifact-missing", "{name}");
        }
        let all = Artifact::ALGORITHMS.map(|algorithm| (algorithm, algorithm.hex_of(other)));
        let artifact = Artifact::of_digests(all);
        assert_eq!(
            refusal(&SignatureRequest { artifact, ..good }),
            "signature",
            "{name}"
        );
    }
}

#[test]
fn no_flipped_bit_verifies() {
    let mut seeded = Seeded::new(7);
    for (name, pair) in pairs() {
        let (signature, key) = (pair.sign(ARTIFACT), pair.public());
        for round in 0..48 {
            let (mut signature, mut artifact) = (signature.clone(), ARTIFACT.to_vec());
            let flipped = if round % 2 == 0 {
                &mut signature
            } else {
                &mut artifact
            };
            let bit = seeded.below(flipped.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            let request = SignatureRequest {
                artifact: Artifact::of_bytes(&artifact),
                ..request(&signature, &key)
            };
            let accepted = verify_signature(&request).is_ok_and(|one| one.verified);
            assert!(!accepted, "{name}: bit {bit} in round {round}");
        }
    }
}

#[test]
fn what_a_bare_key_cannot_prove_is_refused_to_judge() {
    let pair = Pair::p256();
    let (signature, key) = (pair.sign(ARTIFACT), pair.public());
    let good = request(&signature, &key);
    let somebody = || Some(Expected::Exact("somebody".to_owned()));
    for (case, request, expected) in [
        (
            "nobody",
            SignatureRequest {
                keys: Vec::new(),
                ..good.clone()
            },
            "signer-missing",
        ),
        (
            "identity",
            SignatureRequest {
                identity: somebody(),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "issuer",
            SignatureRequest {
                issuer: somebody(),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "namespace",
            SignatureRequest {
                namespace: Some("x"),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "payload",
            SignatureRequest {
                payload_type: Some("x"),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "certificate beside a key",
            SignatureRequest {
                certificates: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "chain beside a key",
            SignatureRequest {
                anchors: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "nothing at hand",
            SignatureRequest {
                artifact: Artifact::default(),
                ..good.clone()
            },
            "artifact-missing",
        ),
    ] {
        assert_eq!(code(&request), expected, "{case}");
    }
}

const IDENTITY: &str = "https://ci.example/release.yml@refs/tags/v1";
const ISSUER: &str = "https://oidc.example";

/// A self-signed certificate for `pair`, valid in 2026.
fn certificate(pair: &Pair) -> Vec<u8> {
    use std::str::FromStr as _;
    use x509_cert::certificate::{Certificate, TbsCertificate, Version};
    use x509_cert::der::Decode as _;
    use x509_cert::der::asn1::{BitString, UtcTime};
    use x509_cert::name::Name;
    use x509_cert::serial_number::SerialNumber;
    use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
    use x509_cert::time::{Time, Validity};
    let extension = |oid, der: Vec<u8>| Extension {
        extn_id: oid,
        critical: false,
        extn_value: OctetString::new(der).unwrap(),
    };
    let time = |year| {
        let time = DateTime::new(year, 1, 1, 0, 0, 0).unwrap();
        Time::UtcTime(UtcTime::from_date_time(time).unwrap())
    };
    let uri = Ia5String::new(IDENTITY).unwrap();
    let names = SubjectAltName(vec![GeneralName::UniformResourceIdentifier(uri)]);
    let algorithm = AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
        parameters: None,
    };
    let fields = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&[1]).unwrap(),
        signature: algorithm.clone(),
        issuer: Name::from_str("CN=signer").unwrap(),
        validity: Validity {
            not_before: time(2026),
            not_after: time(2027),
        },
        subject: Name::from_str("CN=signer").unwrap(),
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(&pair.public_der()).unwrap(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(vec![
            extension(SubjectAltName::OID, names.to_der().unwrap()),
            extension(
                ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8"),
                Utf8StringRef::new(ISSUER).unwrap().to_der().unwrap(),
            ),
        ]),
    };
    let signature = pair.sign(&fields.to_der().unwrap());
    let certificate = Certificate {
        tbs_certificate: fields,
        signature_algorithm: algorithm,
        signature: BitString::from_bytes(&signature).unwrap(),
    };
    certificate.to_der().unwrap()
}

#[test]
fn a_pinned_certificate_is_held_to_its_validity_and_its_names() {
    let pair = Pair::p256();
    let (signature, der) = (pair.sign(ARTIFACT), certificate(&pair));
    let in_pem = pem("CERTIFICATE", &der);
    let other = certificate(&Pair::p256());
    let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
    for file in [&der, &in_pem] {
        let good = SignatureRequest {
            keys: Vec::new(),
            certificates: vec![material("signer.pem", file)],
            identity: exact(IDENTITY),
            issuer: exact(ISSUER),
            ..request(&signature, b"")
        };
        let verification = judge(&good);
        assert!(verification.verified, "{verification:?}");
        let signer = &verification.signer;
        assert_eq!(signer.identity.as_deref(), Some(IDENTITY));
        assert_eq!(signer.issuer.as_deref(), Some(ISSUER));
        assert_eq!(signer.subject.as_deref(), Some("CN=signer"));
        assert!(signer.certificate_sha256.is_some() && signer.strength.is_some());
        let checks: Vec<_> = verification
            .checks
            .iter()
            .map(|one| one.name.word())
            .collect();
        assert_eq!(
            checks,
            [
                "signature",
                "certificate-chain",
                "certificate-validity",
                "identity",
                "issuer"
            ]
        );
        let nobody = SignatureRequest {
            identity: None,
            issuer: None,
            ..good.clone()
        };
        assert!(judge(&nobody).verified);

        let day = |text| end_of_day(parse_day(text).unwrap());
        let certificates = vec![material("other.pem", &other)];
        for (check, request) in [
            (
                "certificate-validity",
                SignatureRequest {
                    at: day("2025-12-31"),
                    ..good.clone()
                },
            ),
            (
                "certificate-validity",
                SignatureRequest {
                    at: day("2027-01-02"),
                    ..good.clone()
                },
            ),
            (
                "identity",
                SignatureRequest {
                    identity: exact("https://ci.example/"),
                    ..good.clone()
                },
            ),
            (
                "issuer",
                SignatureRequest {
                    issuer: exact("https://oidc.example/"),
                    ..good.clone()
                },
            ),
            (
                "signature",
                SignatureRequest {
                    certificates,
                    ..good.clone()
                },
            ),
            (
                "signature",
                SignatureRequest {
                    artifact: Artifact::of_bytes(b"x"),
                    ..good.clone()
                },
            ),
            (
                "threshold",
                SignatureRequest {
                    threshold: 2,
                    ..good.clone()
                },
            ),
        ] {
            // The end of the last day of 2025 is the second before the certificate begins.
            assert_eq!(refusal(&request), check);
        }
        // An authority that did not issue it, and a list that is none.
        let anchors = vec![material("root.pem", &other)];
        let other_authority = SignatureRequest {
            anchors: anchors.clone(),
            ..good.clone()
        };
        assert_eq!(refusal(&other_authority), "certificate-chain");
        let no_list = SignatureRequest {
            revocations: anchors.clone(),
            ..good.clone()
        };
        assert_eq!(code(&no_list), "revocation-list-malformed");
        let only_authority = SignatureRequest {
            certificates: Vec::new(),
            anchors,
            ..good.clone()
        };
        assert_eq!(code(&only_authority), "signer-missing");
        let key = pair.public();
        let certificates = vec![material("key", &key)];
        assert_eq!(
            code(&SignatureRequest {
                certificates,
                ..good
            }),
            "certificate-malformed"
        );
    }
}
