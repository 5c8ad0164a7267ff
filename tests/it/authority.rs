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
#[path = "authority/fault.rs"]
mod fault;
#[path = "authority/issue.rs"]
mod issue;
#[path = "authority/log.rs"]
mod log;
#[path = "authority/stamp.rs"]
mod stamp;

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::Certificate;
use x509_cert::der::EncodePem as _;
use x509_cert::der::pem::LineEnding;

pub(crate) use certificate::KeyForm;
use certificate::{Issuer, SigningKey, der, first_day, pem};
pub(crate) use fault::{ChainFault, Fault, Witnessed};
pub(crate) use log::LogNamed;
use log::{Faults, Log, ProofFault};
use stamp::StampAuthority;
pub(crate) use stamp::StampFault;

const IN_TOTO: &str = "application/vnd.in-toto+json";

type Hash = [u8; 32];

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
        Self::made(fault, KeyForm::P256, LogNamed::ByKey)
    }

    /// A trust domain whose logs have keys of this kind, and whose second log is named so.
    pub(crate) fn with_logs(form: KeyForm, named: LogNamed) -> Self {
        Self::made(None, form, named)
    }

    fn made(fault: Option<StampFault>, form: KeyForm, named: LogNamed) -> Self {
        let root = Issuer::root("CN=authority-root,O=authority.test");
        let intermediate =
            Issuer::intermediate("CN=authority-intermediate,O=authority.test", &root);
        Self {
            root,
            intermediate,
            // Logs of certificates sign with ECDSA on P-256 or RSA (RFC 6962, section 2.1.4).
            ct_log: SigningKey::of(match form {
                KeyForm::Rsa | KeyForm::P384 => form,
                _ => KeyForm::P256,
            }),
            first: Log::new("rekor.authority.test", true, form, LogNamed::ByKey),
            second: Log::new("log2024.authority.test", false, form, named),
            stamps: StampAuthority::new(fault),
        }
    }

    /// The `trusted_root.json` by which a verifier trusts this domain and no other.
    pub(crate) fn trusted_root(&self) -> String {
        let start = json!({ "start": first_day().to_string() });
        let log = |host: &str, key: &SigningKey, id: Hash| {
            json!({
                "baseUrl": format!("https://{host}"),
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": base64(key.public_key_der()),
                    "keyDetails": key.form.details(),
                    "validFor": start,
                },
                "logId": { "keyId": base64(id) },
            })
        };
        let transparency_log = |one: &Log| {
            let mut log = log(one.host, &one.key, one.id());
            if one.named == LogNamed::Apart {
                log["checkpointKeyId"] = json!({ "keyId": base64(one.checkpoint_id()) });
            }
            log
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
                transparency_log(&self.first),
                transparency_log(&self.second),
            ],
            "certificateAuthorities": [
                authority("https://fulcio.authority.test", &[&self.intermediate.certificate, root]),
                authority("https://root.authority.test", &[root]),
            ],
            "ctlogs": [log("ctfe.authority.test", &self.ct_log, self.ct_log.id())],
            "timestampAuthorities": [{
                "subject": { "organization": "authority.test", "commonName": "stamp-root" },
                "uri": "https://stamp.authority.test",
                "certChain": { "certificates": self.stamps.chain() },
                "validFor": start,
            }],
        });
        format!("{trusted_root:#}\n")
    }

    /// `bundle` with one more timestamp, of `at_unix_seconds`.
    pub(crate) fn stamped_again(&self, bundle: &str, at_unix_seconds: u64) -> String {
        const STAMPS: &str = "/verificationMaterial/timestampVerificationData";
        let mut bundle: Value = serde_json::from_str(bundle).expect("a bundle is JSON");
        let signature = bundle
            .pointer("/messageSignature/signature")
            .or_else(|| bundle.pointer("/dsseEnvelope/signatures/0/sig"))
            .and_then(Value::as_str)
            .and_then(|text| BASE64_STANDARD.decode(text).ok())
            .expect("a bundle has a signature");
        let at = Duration::from_secs(at_unix_seconds);
        let stamp = json!({ "signedTimestamp": base64(self.stamps.stamp(&signature, at, None)) });
        if bundle.pointer(STAMPS).is_none() {
            bundle["verificationMaterial"]["timestampVerificationData"] =
                json!({ "rfc3161Timestamps": [] });
        }
        let stamps = bundle
            .pointer_mut(&format!("{STAMPS}/rfc3161Timestamps"))
            .and_then(Value::as_array_mut);
        stamps.expect("timestamps are a list").push(stamp);
        bundle.to_string()
    }

    /// One who signs as `identity` (`dns:` and a host, a URI, an e-mail address, or a name with `!`) after `issuer` has vouched for
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
            form: KeyForm::P256,
            brings_chain: false,
            by_root: false,
        }
    }
}

/// A key that its owner keeps, for bundles without a certificate.
pub(crate) struct ManagedKey(SigningKey);

impl ManagedKey {
    pub(crate) fn new() -> Self {
        Self::of(KeyForm::P256)
    }

    pub(crate) fn of(form: KeyForm) -> Self {
        Self(SigningKey::of(form))
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
    form: KeyForm,
    brings_chain: bool,
    by_root: bool,
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

    /// The same signer, whose certificates have keys of this kind.
    pub(crate) fn with_form(self, form: KeyForm) -> Self {
        Self { form, ..self }
    }

    /// The same signer, whose bundles (v0.2) bring an intermediate certificate that the trusted root does not have.
    pub(crate) fn bringing_chain(self) -> Self {
        Self {
            brings_chain: true,
            ..self
        }
    }

    /// The same signer, to whom the root authority itself issues certificates.
    pub(crate) fn by_root(self) -> Self {
        Self {
            by_root: true,
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
                "messageDigest": digest_named(hand.key().form, artifact),
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
        let fresh = SigningKey::of(self.form);
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
            let issuer = if self.by_root {
                &self.authority.root
            } else {
                &self.authority.intermediate
            };
            (self.certify(&fresh, issuer), Vec::new())
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
                form: self.form,
                brings_chain: false,
                by_root: false,
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

    fn details(&self, hand: &Hand<'_>) -> &'static str {
        if self.has(Fault::LoggedAlgorithm) {
            "PKIX_ECDSA_P384_SHA_384"
        } else {
            hand.key().form.details()
        }
    }

    /// An entry of kind `hashedrekord` over `message`.
    fn hashed_entry(&self, hand: &Hand<'_>, message: &[u8], signature: &[u8]) -> Option<Value> {
        let digest = hand.key().form.digest();
        let mut other = None;
        let hand = self.logged_hand(hand, &mut other);
        match self.witnessed {
            Witnessed::Nobody => None,
            Witnessed::First | Witnessed::FirstAndStamp => Some(self.entry(
                "hashedrekord",
                "0.0.1",
                &json!({
                    "data": {
                        "hash": {
                            "algorithm": digest.name().replace('-', "").to_ascii_lowercase(),
                            "value": digest.hex_of(message),
                        },
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
                    "data": digest_named(hand.key().form, message),
                    "signature": {
                        "content": base64(signature),
                        "verifier": hand.verifier(self.details(hand)),
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
                        "verifier": hand.verifier(self.details(hand)),
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
            proof: match self.fault {
                Some(Fault::BadInclusionProof) => Some(ProofFault::Altered),
                Some(Fault::ProofForOtherEntry) => Some(ProofFault::OfOther),
                _ => None,
            },
            bad_checkpoint: self.has(Fault::BadCheckpointSignature),
            checkpoint_by: self.has(Fault::CheckpointByOtherLog).then_some(other),
            bad_promise: self.has(Fault::BadPromise),
        };
        log.take_in((kind, version), &body, time, faults)
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

/// The digest that goes with a key of the kind `form`, as bundles and the second Rekor name it.
fn digest_named(form: KeyForm, bytes: &[u8]) -> Value {
    let digest = form.digest();
    let digits = hex::decode(digest.hex_of(bytes)).expect("digests are in hexadecimal digits");
    json!({
        "algorithm": digest.name().replace("SHA-", "SHA2_"),
        "digest": base64(digits),
    })
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
