//! A Sigstore-like trust domain made in process, with fresh keys: a certificate authority that
//! stands in for Fulcio, a certificate transparency log, and a transparency log that stands in
//! for Rekor v1.
//!
//! [`Authority::trusted_root`] is what a verifier has to trust; [`Authority::signer`] makes
//! bundles that pass every check against it, and [`Signer::with_fault`] makes bundles that fail
//! exactly one of them. No crate of sigstore is used here, so what signer and verifier agree on is
//! the format and not a mistake made twice.

use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::der::asn1::{BitString, Ia5String, OctetString, UtcTime};
use x509_cert::der::oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_KP_CODE_SIGNING};
use x509_cert::der::oid::{AssociatedOid as _, ObjectIdentifier};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{DateTime, Decode as _, Encode, EncodePem as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

const CT_PRECERT_SCTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");
const FULCIO_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
const FULCIO_ISSUER_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");

/// How long a signing certificate is valid, as at Fulcio.
const LEAF_VALIDITY: Duration = Duration::from_mins(10);
const REKOR_HOST: &str = "rekor.authority.test";
const IN_TOTO: &str = "application/vnd.in-toto+json";

type Hash = [u8; 32];

/// One check that a bundle fails while it passes all the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The certificate names the trusted certificate authority, but another key signed it.
    UntrustedCertificate,
    /// The certificate's timestamp names the trusted CT log, but another key made it.
    WrongSct,
    /// The certificate has no timestamp of a CT log.
    NoSct,
    /// One hash of the log's inclusion proof is another.
    BadInclusionProof,
    /// The checkpoint names the trusted log, but another key signed it.
    BadCheckpointSignature,
    /// The signed entry timestamp names the trusted log, but another key made it.
    BadPromise,
    /// The log took the entry in one hour before the certificate became valid.
    IntegratedTimeOutsideCertificate,
    /// The signature is genuine, but over other bytes than the artifact or the statement.
    SignatureOverOtherBytes,
    /// The log entry is genuine, but for another artifact or statement by the same signer.
    LogEntryForOtherArtifact,
    /// The DSSE envelope carries a second signature, by another key. Statements only.
    ExtraSignature,
}

/// A trust domain with its own keys, which nothing outside this process knows.
pub(crate) struct Authority {
    root: Issuer,
    intermediate: Issuer,
    ct_log: SigningKey,
    rekor: SigningKey,
    /// The leaf hashes of the transparency log, in order.
    log: Mutex<Vec<Hash>>,
}

impl Authority {
    /// Makes a trust domain with fresh keys. Its authorities are valid from 2020 to 2040.
    pub(crate) fn new() -> Self {
        let root = Issuer::root("CN=authority-root,O=authority.test");
        let intermediate =
            Issuer::intermediate("CN=authority-intermediate,O=authority.test", &root);
        Self {
            root,
            intermediate,
            ct_log: SigningKey::generate(),
            rekor: SigningKey::generate(),
            // Entries of others, so that no inclusion proof is empty.
            log: Mutex::new((0..3).map(|other: u8| leaf_hash(&[other])).collect()),
        }
    }

    /// The `trusted_root.json` by which a verifier trusts this domain and no other.
    pub(crate) fn trusted_root(&self) -> String {
        let start = json!({ "start": first_day().to_string() });
        let log = |url: &str, key: &SigningKey| {
            json!({
                "baseUrl": url,
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": base64(key.public_key_der()),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": start,
                },
                "logId": { "keyId": base64(key.id()) },
            })
        };
        let trusted_root = json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&format!("https://{REKOR_HOST}"), &self.rekor)],
            "certificateAuthorities": [{
                "subject": { "organization": "authority.test", "commonName": "authority-root" },
                "uri": "https://fulcio.authority.test",
                "certChain": {
                    "certificates": [
                        { "rawBytes": base64(der(&self.intermediate.certificate)) },
                        { "rawBytes": base64(der(&self.root.certificate)) },
                    ],
                },
                "validFor": start,
            }],
            "ctlogs": [log("https://ctfe.authority.test", &self.ct_log)],
            "timestampAuthorities": [],
        });
        format!("{trusted_root:#}\n")
    }

    /// One who signs as `identity` (a URI, or an e-mail address) after `issuer` has vouched for
    /// them.
    ///
    /// Every signature is made at `at_unix_seconds`: the certificate becomes valid then, and the
    /// log takes the entry in then. Verifiers reject a time that is still to come.
    pub(crate) fn signer(&self, identity: &str, issuer: &str, at_unix_seconds: i64) -> Signer<'_> {
        Signer {
            authority: self,
            identity: identity.to_owned(),
            issuer: issuer.to_owned(),
            at: Duration::from_secs(
                u64::try_from(at_unix_seconds).expect("signatures are made after 1970"),
            ),
            fault: None,
        }
    }
}

/// An identity that signs at one moment. Each signature has a key and a certificate of its own.
pub(crate) struct Signer<'a> {
    authority: &'a Authority,
    identity: String,
    issuer: String,
    at: Duration,
    fault: Option<Fault>,
}

impl Signer<'_> {
    /// The same signer, whose bundles have one fault.
    pub(crate) fn with_fault(self, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }

    /// A bundle (v0.3) with a message signature over `artifact`.
    pub(crate) fn sign_blob(&self, artifact: &[u8]) -> String {
        assert!(
            !self.has(Fault::ExtraSignature),
            "only a DSSE envelope has a list of signatures"
        );
        let key = SigningKey::generate();
        let certificate = self.certify(&key);
        let signature = key.sign(&self.signed_bytes(artifact));

        let (logged_digest, logged_signature) = if self.has(Fault::LogEntryForOtherArtifact) {
            let other = other_bytes(artifact);
            (sha256(&other), key.sign(&other))
        } else {
            (sha256(artifact), signature.clone())
        };
        let entry = self.log_entry(
            "hashedrekord",
            &json!({
                "data": { "hash": { "algorithm": "sha256", "value": hex::encode(logged_digest) } },
                "signature": {
                    "content": base64(logged_signature),
                    "publicKey": { "content": base64(pem(&certificate)) },
                },
            }),
        );
        bundle(
            &certificate,
            &entry,
            "messageSignature",
            &json!({
                "messageDigest": { "algorithm": "SHA2_256", "digest": base64(sha256(artifact)) },
                "signature": base64(signature),
            }),
        )
    }

    /// A bundle (v0.3) with an in-toto `statement` in a signed DSSE envelope.
    pub(crate) fn sign_statement(&self, statement: &Value) -> String {
        let key = SigningKey::generate();
        let certificate = self.certify(&key);
        let payload = statement.to_string().into_bytes();
        let signature = key.sign(&pae(&self.signed_bytes(&payload)));

        let (logged_payload, logged_signature) = if self.has(Fault::LogEntryForOtherArtifact) {
            let other = other_bytes(&payload);
            let signature = key.sign(&pae(&other));
            (other, signature)
        } else {
            (payload.clone(), signature.clone())
        };
        let logged_envelope = envelope(&logged_payload, &[&logged_signature]).to_string();
        let entry = self.log_entry(
            "dsse",
            &json!({
                "envelopeHash": {
                    "algorithm": "sha256",
                    "value": hex::encode(sha256(logged_envelope.as_bytes())),
                },
                "payloadHash": {
                    "algorithm": "sha256",
                    "value": hex::encode(sha256(&logged_payload)),
                },
                "signatures": [{
                    "signature": base64(logged_signature),
                    "verifier": base64(pem(&certificate)),
                }],
            }),
        );
        let envelope = if self.has(Fault::ExtraSignature) {
            let extra = SigningKey::generate().sign(&pae(&payload));
            envelope(&payload, &[&signature, &extra])
        } else {
            envelope(&payload, &[&signature])
        };
        bundle(&certificate, &entry, "dsseEnvelope", &envelope)
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// The bytes to sign where an honest signer signs `bytes`.
    fn signed_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        if self.has(Fault::SignatureOverOtherBytes) {
            other_bytes(bytes)
        } else {
            bytes.to_vec()
        }
    }

    /// Signs as `key`, unless this signer has `fault`: then with a key that nobody trusts.
    fn sign_unless(&self, fault: Fault, key: &SigningKey, message: &[u8]) -> Vec<u8> {
        if self.has(fault) {
            SigningKey::generate().sign(message)
        } else {
            key.sign(message)
        }
    }

    /// Issues the short-lived certificate that binds `key` to this signer's identity.
    fn certify(&self, key: &SigningKey) -> Certificate {
        let issuer = &self.authority.intermediate;
        let nobody = Name::default();
        let identity = Ia5String::new(&self.identity).expect("the identity is ASCII");
        let san = if self.identity.contains("://") {
            GeneralName::UniformResourceIdentifier(identity)
        } else {
            GeneralName::Rfc822Name(identity)
        };
        let precertificate = to_be_signed(
            issuer.name(),
            &nobody,
            key,
            (date_time(self.at), date_time(self.at + LEAF_VALIDITY)),
            vec![
                extension(&KeyUsage(KeyUsages::DigitalSignature.into()), &nobody),
                code_signing(),
                extension(&key.identifier(), &nobody),
                extension(&authority_key_identifier(&issuer.key), &nobody),
                extension(&SubjectAltName(vec![san]), &nobody),
                raw_extension(FULCIO_ISSUER, self.issuer.as_bytes()),
                raw_extension(FULCIO_ISSUER_V2, &der(&self.issuer)),
            ],
        );
        let mut certificate = precertificate.clone();
        if !self.has(Fault::NoSct) {
            let extensions = certificate.extensions.get_or_insert_default();
            extensions.push(raw_extension(
                CT_PRECERT_SCTS,
                &self.sct_list(&precertificate),
            ));
        }
        sealed(certificate, |message| {
            self.sign_unless(Fault::UntrustedCertificate, &issuer.key, message)
        })
    }

    /// The value of the certificate extension that holds the CT log's timestamp for
    /// `precertificate` (RFC 6962, sections 3.2 and 3.3).
    fn sct_list(&self, precertificate: &TbsCertificate) -> Vec<u8> {
        const VERSION_1: [u8; 1] = [0];
        const CERTIFICATE_TIMESTAMP: [u8; 1] = [0];
        const PRECERT_ENTRY: [u8; 2] = [0, 1];
        const NO_EXTENSIONS: [u8; 2] = [0, 0];
        const SHA256_ECDSA: [u8; 2] = [4, 3];

        let timestamp = (self.at.as_secs() * 1000).to_be_bytes();
        let precertificate = der(precertificate);
        let length = u32::try_from(precertificate.len()).expect("a certificate is below 16 MiB");
        let signed = [
            &VERSION_1[..],
            &CERTIFICATE_TIMESTAMP,
            &timestamp,
            &PRECERT_ENTRY,
            &self.authority.intermediate.key.id(),
            &length.to_be_bytes()[1..],
            &precertificate,
            &NO_EXTENSIONS,
        ]
        .concat();
        let sct = [
            &VERSION_1[..],
            &self.authority.ct_log.id(),
            &timestamp,
            &NO_EXTENSIONS,
            &SHA256_ECDSA,
            &tls_vector(&self.sign_unless(Fault::WrongSct, &self.authority.ct_log, &signed)),
        ]
        .concat();
        der(&OctetString::new(tls_vector(&tls_vector(&sct)))
            .expect("a certificate is below 16 MiB"))
    }

    /// Logs an entry and describes it as a bundle does: with its inclusion proof, the checkpoint
    /// that the proof leads to, and the promise to include it.
    fn log_entry(&self, kind: &str, spec: &Value) -> Value {
        const VERSION: &str = "0.0.1";
        let log_key = &self.authority.rekor;
        let time = if self.has(Fault::IntegratedTimeOutsideCertificate) {
            self.at.as_secs() - 3600
        } else {
            self.at.as_secs()
        };

        // Canonical JSON (RFC 8785) as far as it matters here: here and in the promise the keys
        // are written in their order, for builds of serde_json that keep the order of insertion.
        let body = json!({ "apiVersion": VERSION, "kind": kind, "spec": spec }).to_string();
        let leaves = {
            let mut log = self
                .authority
                .log
                .lock()
                .expect("no test panics while it logs");
            log.push(leaf_hash(body.as_bytes()));
            log.clone()
        };
        let index = leaves.len() - 1;
        let root = tree_root(&leaves);
        let mut path = audit_path(index, &leaves);
        if self.has(Fault::BadInclusionProof)
            && let Some(sibling) = path.first_mut()
        {
            *sibling = sha256(sibling);
        }

        let note = format!("{REKOR_HOST} - 1\n{}\n{}\n", leaves.len(), base64(root));
        let note_signature =
            self.sign_unless(Fault::BadCheckpointSignature, log_key, note.as_bytes());
        let key_hint = &log_key.id()[..4];
        let checkpoint = format!(
            "{note}\n\u{2014} {REKOR_HOST} {}\n",
            base64([key_hint, &note_signature].concat())
        );
        let promise = json!({
            "body": base64(&body),
            "integratedTime": time,
            "logID": hex::encode(log_key.id()),
            "logIndex": index,
        })
        .to_string();
        let promise = self.sign_unless(Fault::BadPromise, log_key, promise.as_bytes());

        json!({
            "logIndex": index.to_string(),
            "logId": { "keyId": base64(log_key.id()) },
            "kindVersion": { "kind": kind, "version": VERSION },
            "integratedTime": time.to_string(),
            "inclusionPromise": { "signedEntryTimestamp": base64(promise) },
            "inclusionProof": {
                "logIndex": index.to_string(),
                "rootHash": base64(root),
                "treeSize": leaves.len().to_string(),
                "hashes": path.iter().map(base64).collect::<Vec<_>>(),
                "checkpoint": { "envelope": checkpoint },
            },
            "canonicalizedBody": base64(body),
        })
    }
}

/// An in-toto Statement (v1) with SLSA provenance (v1): that `builder` built `artifact`, here
/// called `name`, from `source`.
pub(crate) fn provenance(name: &str, artifact: &[u8], builder: &str, source: &str) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": name, "digest": { "sha256": hex::encode(sha256(artifact)) } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://authority.test/build/v1",
                "externalParameters": { "source": source },
                "resolvedDependencies": [{ "uri": source }],
            },
            "runDetails": { "builder": { "id": builder } },
        },
    })
}

/// A fresh key for signatures without a certificate, as `cosign sign-blob --key` makes them: the
/// public key as PEM, and a function that signs bytes (ECDSA P-256 with SHA-256, DER, base64).
pub(crate) fn raw_key_pair() -> (String, impl Fn(&[u8]) -> String) {
    let key = SigningKey::generate();
    let public_key = key
        .public_key
        .to_pem(LineEnding::LF)
        .expect("a public key encodes as PEM");
    (public_key, move |message: &[u8]| base64(key.sign(message)))
}

/// An ECDSA P-256 key that signs with SHA-256.
struct SigningKey {
    pair: EcdsaKeyPair,
    public_key: SubjectPublicKeyInfoOwned,
}

impl SigningKey {
    fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .expect("the system gives random bytes");
        let spki: PublicKeyX509Der = pair.public_key().as_der().expect("a P-256 key encodes");
        let public_key = SubjectPublicKeyInfoOwned::from_der(spki.as_ref())
            .expect("an encoded public key decodes");
        Self { pair, public_key }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature
            .expect("the system gives random bytes")
            .as_ref()
            .to_vec()
    }

    fn public_key_der(&self) -> Vec<u8> {
        der(&self.public_key)
    }

    /// The SHA-256 of the public key, by which both kinds of log go.
    fn id(&self) -> Hash {
        sha256(&self.public_key_der())
    }

    fn identifier(&self) -> SubjectKeyIdentifier {
        SubjectKeyIdentifier(octets(&self.id()[..20]))
    }
}

/// A certificate authority.
struct Issuer {
    key: SigningKey,
    certificate: Certificate,
}

impl Issuer {
    fn root(name: &str) -> Self {
        let key = SigningKey::generate();
        let name: Name = name.parse().expect("the name is a distinguished name");
        let mut extensions = ca_extensions(&key, &name, 1);
        extensions.push(extension(&authority_key_identifier(&key), &name));
        let root = to_be_signed(&name, &name, &key, (first_day(), last_day()), extensions);
        Self {
            certificate: sealed(root, |message| key.sign(message)),
            key,
        }
    }

    fn intermediate(name: &str, root: &Self) -> Self {
        let key = SigningKey::generate();
        let name: Name = name.parse().expect("the name is a distinguished name");
        let mut extensions = ca_extensions(&key, &name, 0);
        extensions.push(extension(&authority_key_identifier(&root.key), &name));
        extensions.push(code_signing());
        let validity = (first_day(), last_day());
        let intermediate = to_be_signed(root.name(), &name, &key, validity, extensions);
        Self {
            certificate: sealed(intermediate, |message| root.key.sign(message)),
            key,
        }
    }

    fn name(&self) -> &Name {
        &self.certificate.tbs_certificate.subject
    }
}

/// What the certificate of an authority says, with `below` authorities at most under it.
fn ca_extensions(key: &SigningKey, name: &Name, below: u8) -> Vec<Extension> {
    vec![
        extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), name),
        extension(
            &BasicConstraints {
                ca: true,
                path_len_constraint: Some(below),
            },
            name,
        ),
        extension(&key.identifier(), name),
    ]
}

fn authority_key_identifier(issuer: &SigningKey) -> AuthorityKeyIdentifier {
    AuthorityKeyIdentifier {
        key_identifier: Some(issuer.identifier().0),
        ..AuthorityKeyIdentifier::default()
    }
}

/// The extended key usage, which is not critical at Fulcio but would be by default.
fn code_signing() -> Extension {
    let usage = ExtendedKeyUsage(vec![ID_KP_CODE_SIGNING]);
    raw_extension(ExtendedKeyUsage::OID, &der(&usage))
}

fn to_be_signed(
    issuer: &Name,
    subject: &Name,
    key: &SigningKey,
    (not_before, not_after): (DateTime, DateTime),
    extensions: Vec<Extension>,
) -> TbsCertificate {
    let utc = |time| Time::UtcTime(UtcTime::from_date_time(time).expect("the year is below 2050"));
    let mut serial_number = [0; 16];
    rand::fill(&mut serial_number).expect("the system gives random bytes");
    TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&serial_number).expect("16 bytes are a serial number"),
        signature: ecdsa_with_sha256(),
        issuer: issuer.clone(),
        validity: Validity {
            not_before: utc(not_before),
            not_after: utc(not_after),
        },
        subject: subject.clone(),
        subject_public_key_info: key.public_key.clone(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    }
}

fn sealed(tbs_certificate: TbsCertificate, sign: impl Fn(&[u8]) -> Vec<u8>) -> Certificate {
    let signature = sign(&der(&tbs_certificate));
    Certificate {
        tbs_certificate,
        signature_algorithm: ecdsa_with_sha256(),
        signature: BitString::from_bytes(&signature).expect("a signature is a string of bits"),
    }
}

fn ecdsa_with_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ECDSA_WITH_SHA_256,
        parameters: None,
    }
}

fn extension(value: &impl AsExtension, subject: &Name) -> Extension {
    value
        .to_extension(subject, &[])
        .expect("the extension encodes")
}

fn raw_extension(extn_id: ObjectIdentifier, value: &[u8]) -> Extension {
    Extension {
        extn_id,
        critical: false,
        extn_value: octets(value),
    }
}

fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).expect("a certificate is below 16 MiB")
}

/// The first moment at which the authorities and the logs are valid.
fn first_day() -> DateTime {
    DateTime::new(2020, 1, 1, 0, 0, 0).expect("1 January is a day")
}

fn last_day() -> DateTime {
    DateTime::new(2040, 1, 1, 0, 0, 0).expect("1 January is a day")
}

fn date_time(since_1970: Duration) -> DateTime {
    DateTime::from_unix_duration(since_1970).expect("the year is below 10000")
}

/// A `bundle` of media type v0.3 around one log entry.
fn bundle(certificate: &Certificate, entry: &Value, content_kind: &str, content: &Value) -> String {
    let bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": { "rawBytes": base64(der(certificate)) },
            "tlogEntries": [entry],
        },
        content_kind: content,
    });
    format!("{bundle:#}\n")
}

fn envelope(payload: &[u8], signatures: &[&Vec<u8>]) -> Value {
    let signatures: Vec<_> = signatures
        .iter()
        .map(|sig| json!({ "sig": base64(sig) }))
        .collect();
    json!({ "payload": base64(payload), "payloadType": IN_TOTO, "signatures": signatures })
}

/// What a DSSE signature is over: the payload and its type ("pre-authentication encoding").
fn pae(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {IN_TOTO} {} ", IN_TOTO.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Bytes that are not `bytes`, for the faults that confuse two artifacts.
fn other_bytes(bytes: &[u8]) -> Vec<u8> {
    [bytes, b" "].concat()
}

/// The hash of a leaf of the transparency log (RFC 6962, section 2.1, as the rest of the tree).
fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

fn tree_root(leaves: &[Hash]) -> Hash {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(left_size(leaves.len()));
    sha256(&[&[1][..], &tree_root(left), &tree_root(right)].concat())
}

/// The hashes that lead from the leaf at `index` to the root, from the leaf upwards.
fn audit_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let middle = left_size(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (audit_path(index, left), right)
    } else {
        (audit_path(index - middle, right), left)
    };
    path.push(tree_root(sibling));
    path
}

/// The largest power of two below the number of leaves.
fn left_size(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

/// A vector of bytes as TLS writes it, with its length in two bytes before it.
fn tls_vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a timestamp is below 64 KiB");
    [&length.to_be_bytes()[..], bytes].concat()
}

fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn der(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("the structure encodes as DER")
}

fn pem(certificate: &Certificate) -> String {
    certificate
        .to_pem(LineEnding::LF)
        .expect("a certificate encodes as PEM")
}
