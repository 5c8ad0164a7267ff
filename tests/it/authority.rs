//! A Sigstore-like trust domain made in process, with fresh keys: a certificate authority that
//! stands in for Fulcio, a certificate transparency log, transparency logs that stand in for the first and
//! the second Rekor, and a timestamp authority.
//!
//! [`Authority::trusted_root`] is what a verifier has to trust; [`Authority::signer`] makes
//! bundles that pass every check against it, and [`Signer::with_fault`] makes bundles that fail
//! exactly one of them. No crate of sigstore is used here, so what signer and verifier agree on is
//! the format and not a mistake made twice.

#[path = "authority/certificate.rs"]
mod certificate;
#[path = "authority/log.rs"]
mod log;
#[path = "authority/stamp.rs"]
mod stamp;

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::der::EncodePem as _;
use x509_cert::der::asn1::{Any, Ia5String, OctetString, Utf8StringRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc5912::ID_KP_SERVER_AUTH;
use x509_cert::der::pem::LineEnding;
use x509_cert::ext::pkix::constraints::name::{GeneralSubtree, NameConstraints};
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::name::Name;

use certificate::{
    Issuer, SigningKey, authority_key_identifier, code_signing, date_time, der, extended_usage,
    extension, first_day, last_day, pem, raw_extension, sealed, to_be_signed,
};
use log::{Faults, Log, sign_unless};
use stamp::StampAuthority;
pub(crate) use stamp::StampFault;

const CT_PRECERT_SCTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");
const FULCIO_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
const FULCIO_ISSUER_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");
const FULCIO_USER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");

/// How long a signing certificate is valid, as at Fulcio.
const LEAF_VALIDITY: Duration = Duration::from_mins(10);
const IN_TOTO: &str = "application/vnd.in-toto+json";

type Hash = [u8; 32];

/// One check that a bundle fails while it passes all the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The certificate names the trusted certificate authority, but another key signed it.
    UntrustedCertificate,
    /// The certificate's timestamp names the trusted CT log, but another key made it.
    WrongSct,
    /// The certificate's timestamp is by the trusted CT log, for another certificate.
    SctForOther,
    /// The certificate has no timestamp of a CT log.
    NoSct,
    /// The certificate is for servers and not for code.
    OtherUsage,
    /// The certificate does not say what it is for.
    NoUsage,
    /// The certificate's key is for agreement on keys and not for signatures.
    NoDigitalSignature,
    /// The certificate is one of an authority.
    LeafIsAuthority,
    /// The certificate has the expected name and another.
    TwoNames,
    /// The certificate has no name.
    NoName,
    /// The older extension for the issuer gives another than the newer one.
    TwoIssuers,
    /// The certificate does not say who vouched for the identity.
    NoIssuer,
    /// One hash of the log's inclusion proof is another.
    BadInclusionProof,
    /// The inclusion proof is genuine, but for another entry.
    ProofForOtherEntry,
    /// The checkpoint names the trusted log, but another key signed it.
    BadCheckpointSignature,
    /// The checkpoint over the same tree is by the other trusted log.
    CheckpointByOtherLog,
    /// The signed entry timestamp names the trusted log, but another key made it.
    BadPromise,
    /// The log took the entry in one hour before the certificate became valid.
    IntegratedTimeOutsideCertificate,
    /// The signature is genuine, but over other bytes than the artifact or the statement.
    SignatureOverOtherBytes,
    /// The log entry is genuine, but for another artifact or statement by the same signer.
    LogEntryForOtherArtifact,
    /// The log entry is genuine, but for another signature over the same by the same signer.
    LogEntryForOtherSignature,
    /// The log entry is genuine, but by another signer.
    LogEntryByOtherSigner,
    /// The log entry says of the key that it is of another kind. Second Rekor only.
    LoggedAlgorithm,
    /// The DSSE envelope carries a second signature, by another key. Statements only.
    ExtraSignature,
    /// The envelope is of another type, and so signed. Statements only.
    OtherPayloadType,
    /// The envelope says that it holds a statement, but what was signed was of another type. Statements only.
    PayloadTypeConfused,
    /// The timestamp.
    Stamp(StampFault),
    /// An intermediate certificate that the bundle brings.
    Chain(ChainFault),
}

/// What may be wrong with an intermediate certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChainFault {
    /// It is left out.
    Truncated,
    /// It ran out.
    Expired,
    /// It is not one of an authority.
    NoAuthority,
    /// Its key may not issue certificates.
    MayNotIssue,
    /// It may only issue for another domain.
    NameConstraints,
    /// It is for servers.
    OtherUsage,
}

/// How a bundle is witnessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Witnessed {
    /// By the first Rekor.
    First,
    /// By the second Rekor and the timestamp authority.
    Second,
    /// By the second Rekor as an entry of kind `dsse`, and the timestamp authority. Statements only.
    SecondDsse,
    /// By the first Rekor and the timestamp authority.
    FirstAndStamp,
    /// By nobody.
    Nobody,
}

/// A trust domain with its own keys, which nothing outside this process knows.
pub(crate) struct Authority {
    root: Issuer,
    intermediate: Issuer,
    ct_log: SigningKey,
    first: Log,
    second: Log,
    stamps: StampAuthority,
}

impl Authority {
    /// Makes a trust domain with fresh keys. Its authorities are valid from 2020 to 2040.
    pub(crate) fn new() -> Self {
        Self::with_stamps(None)
    }

    /// A trust domain whose timestamp authority has a certificate with this fault.
    pub(crate) fn with_stamps(fault: Option<StampFault>) -> Self {
        let root = Issuer::root("CN=authority-root,O=authority.test");
        let intermediate =
            Issuer::intermediate("CN=authority-intermediate,O=authority.test", &root);
        Self {
            root,
            intermediate,
            ct_log: SigningKey::generate(),
            first: Log::new("rekor.authority.test", true),
            second: Log::new("log2024.authority.test", false),
            stamps: StampAuthority::new(fault),
        }
    }

    /// The `trusted_root.json` by which a verifier trusts this domain and no other.
    pub(crate) fn trusted_root(&self) -> String {
        let start = json!({ "start": first_day().to_string() });
        let log = |host: &str, key: &SigningKey| {
            json!({
                "baseUrl": format!("https://{host}"),
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": base64(key.public_key_der()),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": start,
                },
                "logId": { "keyId": base64(key.id()) },
            })
        };
        let authority = |uri: &str, chain: &[&Certificate]| {
            let chain: Vec<_> = chain
                .iter()
                .map(|certificate| json!({ "rawBytes": base64(der(*certificate)) }))
                .collect();
            json!({
                "subject": { "organization": "authority.test", "commonName": "authority-root" },
                "uri": uri,
                "certChain": { "certificates": chain },
                "validFor": start,
            })
        };
        let root = &self.root.certificate;
        let trusted_root = json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [
                log(self.first.host, &self.first.key),
                log(self.second.host, &self.second.key),
            ],
            "certificateAuthorities": [
                authority("https://fulcio.authority.test", &[&self.intermediate.certificate, root]),
                authority("https://root.authority.test", &[root]),
            ],
            "ctlogs": [log("ctfe.authority.test", &self.ct_log)],
            "timestampAuthorities": [{
                "subject": { "organization": "authority.test", "commonName": "stamp-root" },
                "uri": "https://stamp.authority.test",
                "certChain": { "certificates": self.stamps.chain() },
                "validFor": start,
            }],
        });
        format!("{trusted_root:#}\n")
    }

    /// One who signs as `identity` (a URI, an e-mail address, or a name with `!`) after `issuer` has vouched for
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
            witnessed: Witnessed::First,
            key: None,
            brings_chain: false,
        }
    }
}

/// A key that its owner keeps, for bundles without a certificate.
pub(crate) struct ManagedKey(SigningKey);

impl ManagedKey {
    pub(crate) fn new() -> Self {
        Self(SigningKey::generate())
    }

    /// The public key in PEM.
    pub(crate) fn public(&self) -> String {
        let pem = self.0.public_key.to_pem(LineEnding::LF);
        pem.expect("a public key encodes as PEM")
    }
}

/// An identity that signs at one moment. Each signature has a key and a certificate of its own.
pub(crate) struct Signer<'a> {
    authority: &'a Authority,
    identity: String,
    issuer: String,
    at: Duration,
    fault: Option<Fault>,
    witnessed: Witnessed,
    key: Option<&'a ManagedKey>,
    brings_chain: bool,
}

/// What signs one bundle.
struct Hand<'a> {
    fresh: SigningKey,
    managed: Option<&'a SigningKey>,
    certificate: Certificate,
    /// Certificates that the bundle brings along.
    above: Vec<Certificate>,
}

impl Hand<'_> {
    fn key(&self) -> &SigningKey {
        self.managed.unwrap_or(&self.fresh)
    }

    /// What the first Rekor names the signer by.
    fn pem(&self) -> String {
        match self.managed {
            Some(key) => key
                .public_key
                .to_pem(LineEnding::LF)
                .expect("a public key encodes"),
            None => pem(&self.certificate),
        }
    }

    /// What the second Rekor names the signer by.
    fn verifier(&self, details: &str) -> Value {
        match self.managed {
            Some(key) => json!({
                "keyDetails": details,
                "publicKey": { "rawBytes": base64(key.public_key_der()) },
            }),
            None => json!({
                "keyDetails": details,
                "x509Certificate": { "rawBytes": base64(der(&self.certificate)) },
            }),
        }
    }
}

impl<'a> Signer<'a> {
    /// The same signer, whose bundles have one fault.
    pub(crate) fn with_fault(self, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            brings_chain: self.brings_chain || matches!(fault, Fault::Chain(_)),
            ..self
        }
    }

    /// The same signer, whose bundles are witnessed so.
    pub(crate) fn witnessed(self, witnessed: Witnessed) -> Self {
        Self { witnessed, ..self }
    }

    /// The same signer, who signs with a key of their own and without a certificate.
    pub(crate) fn with_key(self, key: &'a ManagedKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// The same signer, whose bundles (v0.2) bring an intermediate certificate that the trusted root does not have.
    pub(crate) fn bringing_chain(self) -> Self {
        Self {
            brings_chain: true,
            ..self
        }
    }

    /// A bundle (v0.3) with a message signature over `artifact`.
    pub(crate) fn sign_blob(&self, artifact: &[u8]) -> String {
        let hand = self.hand();
        let signature = hand.key().sign(&self.signed_bytes(artifact));
        let logged = if self.has(Fault::LogEntryForOtherArtifact) {
            other_bytes(artifact)
        } else {
            artifact.to_vec()
        };
        let logged_signature = self.logged_signature(&hand, &signature, &logged, artifact);
        let entry = self.hashed_entry(&hand, &logged, &logged_signature);
        self.bundle(
            &hand,
            entry,
            &signature,
            "messageSignature",
            &json!({
                "messageDigest": { "algorithm": "SHA2_256", "digest": base64(sha256(artifact)) },
                "signature": base64(&signature),
            }),
        )
    }

    /// A bundle (v0.3) with an in-toto `statement` in a signed DSSE envelope.
    pub(crate) fn sign_statement(&self, statement: &Value) -> String {
        self.sign_payload(statement.to_string().as_bytes())
    }

    /// A bundle (v0.3) with `payload` in a signed DSSE envelope that says it is an in-toto statement.
    pub(crate) fn sign_payload(&self, payload: &[u8]) -> String {
        const OTHER: &str = "application/vnd.other+json";
        let hand = self.hand();
        let payload_type = if self.has(Fault::OtherPayloadType) {
            OTHER
        } else {
            IN_TOTO
        };
        let signed_type = if self.has(Fault::PayloadTypeConfused) {
            OTHER
        } else {
            payload_type
        };
        let signature = hand
            .key()
            .sign(&pae(signed_type, &self.signed_bytes(payload)));
        let logged_payload = if self.has(Fault::LogEntryForOtherArtifact) {
            other_bytes(payload)
        } else {
            payload.to_vec()
        };
        let message = pae(payload_type, payload);
        let logged_message = pae(payload_type, &logged_payload);
        let logged_signature = self.logged_signature(&hand, &signature, &logged_message, &message);
        let entry = match self.witnessed {
            Witnessed::Second => self.hashed_entry(&hand, &logged_message, &logged_signature),
            _ => self.dsse_entry(&hand, &logged_payload, &logged_signature),
        };
        let mut signatures = vec![json!({ "sig": base64(&signature) })];
        if self.has(Fault::ExtraSignature) {
            let extra = SigningKey::generate().sign(&message);
            signatures.push(json!({ "sig": base64(extra) }));
        }
        let envelope = json!({
            "payload": base64(payload),
            "payloadType": payload_type,
            "signatures": signatures,
        });
        self.bundle(&hand, entry, &signature, "dsseEnvelope", &envelope)
    }

    fn hand(&self) -> Hand<'a> {
        let fresh = SigningKey::generate();
        let (certificate, above) = if self.brings_chain {
            let issuer = self.brought_issuer();
            let certificate = self.certify(&fresh, &issuer);
            let above = if self.has(Fault::Chain(ChainFault::Truncated)) {
                Vec::new()
            } else {
                vec![issuer.certificate]
            };
            (certificate, above)
        } else {
            (
                self.certify(&fresh, &self.authority.intermediate),
                Vec::new(),
            )
        };
        Hand {
            fresh,
            managed: self.key.map(|key| &key.0),
            certificate,
            above,
        }
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

    /// The signature in the log, which is over `logged` where that is not what is `signed`.
    fn logged_signature(
        &self,
        hand: &Hand<'_>,
        signature: &[u8],
        logged: &[u8],
        signed: &[u8],
    ) -> Vec<u8> {
        if logged != signed || self.has(Fault::LogEntryForOtherSignature) {
            hand.key().sign(logged)
        } else {
            signature.to_vec()
        }
    }

    /// The hand that a log entry names.
    fn logged_hand<'b>(&self, hand: &'b Hand<'b>, other: &'b mut Option<Hand<'a>>) -> &'b Hand<'b> {
        if self.has(Fault::LogEntryByOtherSigner) {
            let stranger = Signer {
                authority: self.authority,
                identity: "stranger@authority.test".to_owned(),
                issuer: self.issuer.clone(),
                at: self.at,
                fault: None,
                witnessed: self.witnessed,
                key: None,
                brings_chain: false,
            };
            let mut stranger = stranger.hand();
            if hand.managed.is_some() {
                // A key as well, but another one.
                stranger.managed = Some(&self.authority.ct_log);
            }
            other.insert(stranger)
        } else {
            hand
        }
    }

    fn details(&self) -> &'static str {
        if self.has(Fault::LoggedAlgorithm) {
            "PKIX_ECDSA_P384_SHA_384"
        } else {
            "PKIX_ECDSA_P256_SHA_256"
        }
    }

    /// An entry of kind `hashedrekord` over `message`.
    fn hashed_entry(&self, hand: &Hand<'_>, message: &[u8], signature: &[u8]) -> Option<Value> {
        let mut other = None;
        let hand = self.logged_hand(hand, &mut other);
        match self.witnessed {
            Witnessed::Nobody => None,
            Witnessed::First | Witnessed::FirstAndStamp => Some(self.entry(
                "hashedrekord",
                "0.0.1",
                &json!({
                    "data": {
                        "hash": { "algorithm": "sha256", "value": hex::encode(sha256(message)) },
                    },
                    "signature": {
                        "content": base64(signature),
                        "publicKey": { "content": base64(hand.pem()) },
                    },
                }),
            )),
            Witnessed::Second | Witnessed::SecondDsse => Some(self.entry(
                "hashedrekord",
                "0.0.2",
                &json!({ "hashedRekordV002": {
                    "data": { "algorithm": "SHA2_256", "digest": base64(sha256(message)) },
                    "signature": {
                        "content": base64(signature),
                        "verifier": hand.verifier(self.details()),
                    },
                }}),
            )),
        }
    }

    /// An entry of kind `dsse` over `payload`.
    fn dsse_entry(&self, hand: &Hand<'_>, payload: &[u8], signature: &[u8]) -> Option<Value> {
        let mut other = None;
        let hand = self.logged_hand(hand, &mut other);
        match self.witnessed {
            Witnessed::Nobody => None,
            Witnessed::SecondDsse => Some(self.entry(
                "dsse",
                "0.0.2",
                &json!({ "dsseV002": {
                    "payloadHash": { "algorithm": "SHA2_256", "digest": base64(sha256(payload)) },
                    "signatures": [{
                        "content": base64(signature),
                        "verifier": hand.verifier(self.details()),
                    }],
                }}),
            )),
            _ => Some(self.entry(
                "dsse",
                "0.0.1",
                &json!({
                    // Of the envelope as it was handed to the log, which nobody else has.
                    "envelopeHash": { "algorithm": "sha256", "value": hex::encode([1; 32]) },
                    "payloadHash": { "algorithm": "sha256", "value": hex::encode(sha256(payload)) },
                    "signatures": [{
                        "signature": base64(signature),
                        "verifier": base64(hand.pem()),
                    }],
                }),
            )),
        }
    }

    fn entry(&self, kind: &str, version: &str, spec: &Value) -> Value {
        // Canonical JSON (RFC 8785) as far as it matters here: here and in the promise the keys
        // are written in their order, for builds of serde_json that keep the order of insertion.
        let body = json!({ "apiVersion": version, "kind": kind, "spec": spec }).to_string();
        let first = matches!(self.witnessed, Witnessed::First | Witnessed::FirstAndStamp);
        let (log, other) = if first {
            (&self.authority.first, &self.authority.second)
        } else {
            (&self.authority.second, &self.authority.first)
        };
        let time = if self.has(Fault::IntegratedTimeOutsideCertificate) {
            self.at.as_secs() - 3600
        } else {
            self.at.as_secs()
        };
        let faults = Faults {
            bad_proof: self.has(Fault::BadInclusionProof),
            proof_of_other: self.has(Fault::ProofForOtherEntry),
            bad_checkpoint: self.has(Fault::BadCheckpointSignature),
            checkpoint_by: self.has(Fault::CheckpointByOtherLog).then_some(other),
            bad_promise: self.has(Fault::BadPromise),
        };
        log.take_in((kind, version), &body, time, faults)
    }

    /// An authority of which the trusted root knows only the one above it.
    fn brought_issuer(&self) -> Issuer {
        let has = |fault| self.has(Fault::Chain(fault));
        let until = if has(ChainFault::Expired) {
            first_day()
        } else {
            last_day()
        };
        let name = "CN=authority-brought,O=authority.test";
        Issuer::below(
            name,
            &self.authority.root,
            (first_day(), until),
            |extensions, name| {
                let replace = |extensions: &mut Vec<_>, new: x509_cert::ext::Extension| {
                    extensions.retain(|old: &x509_cert::ext::Extension| old.extn_id != new.extn_id);
                    extensions.push(new);
                };
                if has(ChainFault::NoAuthority) {
                    let constraints = BasicConstraints {
                        ca: false,
                        path_len_constraint: None,
                    };
                    replace(extensions, extension(&constraints, name));
                }
                if has(ChainFault::MayNotIssue) {
                    let usage = KeyUsage(KeyUsages::DigitalSignature.into());
                    replace(extensions, extension(&usage, name));
                }
                if has(ChainFault::OtherUsage) {
                    extensions.push(extended_usage(&[ID_KP_SERVER_AUTH], false));
                } else {
                    extensions.push(code_signing());
                }
                if has(ChainFault::NameConstraints) {
                    let other = Ia5String::new("other.test").expect("a host is ASCII");
                    let constraints = NameConstraints {
                        permitted_subtrees: Some(vec![GeneralSubtree {
                            base: GeneralName::UniformResourceIdentifier(other),
                            minimum: 0,
                            maximum: None,
                        }]),
                        excluded_subtrees: None,
                    };
                    extensions.push(extension(&constraints, name));
                }
            },
        )
    }

    /// Issues the short-lived certificate that binds `key` to this signer's identity.
    fn certify(&self, key: &SigningKey, issuer: &Issuer) -> Certificate {
        let precertificate = self.precertificate(key, issuer);
        let mut certificate = precertificate.clone();
        if !self.has(Fault::NoSct) {
            let subject = if self.has(Fault::SctForOther) {
                self.precertificate(&SigningKey::generate(), issuer)
            } else {
                precertificate
            };
            let extensions = certificate.extensions.get_or_insert_default();
            extensions.push(raw_extension(
                CT_PRECERT_SCTS,
                &self.sct_list(&subject, issuer),
            ));
        }
        let untrusted = self.has(Fault::UntrustedCertificate);
        sealed(certificate, |message| {
            sign_unless(untrusted, &issuer.key, message)
        })
    }

    fn precertificate(&self, key: &SigningKey, issuer: &Issuer) -> TbsCertificate {
        let nobody = Name::default();
        let usage = if self.has(Fault::NoDigitalSignature) {
            KeyUsages::KeyAgreement
        } else {
            KeyUsages::DigitalSignature
        };
        let mut extensions = vec![
            extension(&KeyUsage(usage.into()), &nobody),
            extension(&key.identifier(), &nobody),
            extension(&authority_key_identifier(&issuer.key), &nobody),
        ];
        match self.fault {
            Some(Fault::NoUsage) => {}
            Some(Fault::OtherUsage) => {
                extensions.push(extended_usage(&[ID_KP_SERVER_AUTH], false));
            }
            _ => extensions.push(code_signing()),
        }
        if !self.has(Fault::NoName) {
            extensions.push(extension(&SubjectAltName(self.names()), &nobody));
        }
        if self.has(Fault::LeafIsAuthority) {
            let constraints = BasicConstraints {
                ca: true,
                path_len_constraint: None,
            };
            extensions.push(extension(&constraints, &nobody));
        }
        if !self.has(Fault::NoIssuer) {
            let older = if self.has(Fault::TwoIssuers) {
                "https://accounts.stranger.test"
            } else {
                &self.issuer
            };
            extensions.push(raw_extension(FULCIO_ISSUER, older.as_bytes()));
            extensions.push(raw_extension(FULCIO_ISSUER_V2, &der(&self.issuer)));
        }
        let validity = (date_time(self.at), date_time(self.at + LEAF_VALIDITY));
        to_be_signed(issuer.name(), &nobody, key, validity, extensions)
    }

    fn names(&self) -> Vec<GeneralName> {
        let name = |text: &str| Ia5String::new(text).expect("the identity is ASCII");
        let own = if self.identity.contains("://") {
            GeneralName::UniformResourceIdentifier(name(&self.identity))
        } else if self.identity.contains('!') {
            let text = Utf8StringRef::new(&self.identity).expect("the identity is UTF-8");
            GeneralName::OtherName(OtherName {
                type_id: FULCIO_USER_NAME,
                value: Any::encode_from(&text).expect("a text encodes"),
            })
        } else {
            GeneralName::Rfc822Name(name(&self.identity))
        };
        let mut names = vec![own];
        if self.has(Fault::TwoNames) {
            names.push(GeneralName::Rfc822Name(name("stranger@authority.test")));
        }
        names
    }

    /// The value of the certificate extension that holds the CT log's timestamp for
    /// `precertificate` (RFC 6962, sections 3.2 and 3.3).
    fn sct_list(&self, precertificate: &TbsCertificate, issuer: &Issuer) -> Vec<u8> {
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
            &issuer.key.id(),
            &length.to_be_bytes()[1..],
            &precertificate,
            &NO_EXTENSIONS,
        ]
        .concat();
        let wrong = self.has(Fault::WrongSct);
        let sct = [
            &VERSION_1[..],
            &self.authority.ct_log.id(),
            &timestamp,
            &NO_EXTENSIONS,
            &SHA256_ECDSA,
            &tls_vector(&sign_unless(wrong, &self.authority.ct_log, &signed)),
        ]
        .concat();
        der(&OctetString::new(tls_vector(&tls_vector(&sct)))
            .expect("a certificate is below 16 MiB"))
    }

    /// A bundle around one log entry, with a timestamp where the entry vouches for no time.
    fn bundle(
        &self,
        hand: &Hand<'_>,
        entry: Option<Value>,
        signature: &[u8],
        content_kind: &str,
        content: &Value,
    ) -> String {
        let raw = |certificate: &Certificate| json!({ "rawBytes": base64(der(certificate)) });
        let (version, kind, material) = if hand.managed.is_some() {
            (
                ".v0.3+json",
                "publicKey",
                json!({ "hint": "the key of the release" }),
            )
        } else if self.brings_chain {
            let chain: Vec<_> = [&hand.certificate]
                .into_iter()
                .chain(&hand.above)
                .map(raw)
                .collect();
            (
                "+json;version=0.2",
                "x509CertificateChain",
                json!({ "certificates": chain }),
            )
        } else {
            (".v0.3+json", "certificate", raw(&hand.certificate))
        };
        let mut bundle = json!({
            "mediaType": format!("application/vnd.dev.sigstore.bundle{version}"),
            "verificationMaterial": {
                kind: material,
                "tlogEntries": entry.into_iter().collect::<Vec<_>>(),
            },
            content_kind: content,
        });
        if !matches!(self.witnessed, Witnessed::First | Witnessed::Nobody) {
            let fault = match self.fault {
                Some(Fault::Stamp(fault)) => Some(fault),
                _ => None,
            };
            let stranger = StampAuthority::new(None);
            let authority = if fault == Some(StampFault::Stranger) {
                &stranger
            } else {
                &self.authority.stamps
            };
            let stamp = authority.stamp(signature, self.at, fault);
            bundle["verificationMaterial"]["timestampVerificationData"] =
                json!({ "rfc3161Timestamps": [{ "signedTimestamp": base64(stamp) }] });
        }
        format!("{bundle:#}\n")
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

/// What a DSSE signature is over: the payload and its type ("pre-authentication encoding").
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

/// Bytes that are not `bytes`, for the faults that confuse two artifacts.
fn other_bytes(bytes: &[u8]) -> Vec<u8> {
    [bytes, b" "].concat()
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
