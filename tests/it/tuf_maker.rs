//! A repository of The Update Framework made in process, with fresh keys. Nothing of the product is used
//! here, so what maker and client agree on is the format and not a mistake made twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use x509_cert::der::pem::{LineEnding, encode_string};

/// When everything expires that is not said to expire at another time.
pub(crate) const EXPIRES: &str = "2027-06-01T00:00:00Z";
pub(crate) const TARGET: &str = "trusted_root.json";

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// One who signs.
pub(crate) struct Signer {
    pub(crate) id: String,
    /// The key as a root lists it.
    pub(crate) key: Value,
    pair: Pair,
}

impl Signer {
    fn new(pair: Pair, kind: &str, scheme: &str, public: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            id: sha256(format!("key {count} {public}").as_bytes()),
            key: json!({ "keytype": kind, "scheme": scheme, "keyval": { "public": public } }),
            pair,
        }
    }

    pub(crate) fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = hex::encode(pair.public_key());
        Self::new(Pair::Ed25519(pair), "ed25519", "ed25519", &public)
    }

    pub(crate) fn ecdsa() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let public = encode_string("PUBLIC KEY", LineEnding::LF, der.as_ref()).unwrap();
        Self::new(Pair::Ecdsa(pair), "ecdsa", "ecdsa-sha2-nistp256", &public)
    }

    /// As repositories wrote ECDSA keys before 2023: the bare point.
    pub(crate) fn ecdsa_bare() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let public = hex::encode(pair.public_key());
        let name = "ecdsa-sha2-nistp256";
        Self::new(Pair::Ecdsa(pair), name, name, &public)
    }

    pub(crate) fn rsa() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let public = encode_string("PUBLIC KEY", LineEnding::LF, der.as_ref()).unwrap();
        Self::new(Pair::Rsa(pair), "rsa", "rsassa-pss-sha256", &public)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).unwrap();
                signature.as_ref().to_vec()
            }
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let random = SystemRandom::new();
                pair.sign(&RSA_PSS_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

/// The keepers of a repository: who signs for each role. All of them must.
pub(crate) struct Keepers {
    pub(crate) root: Vec<Signer>,
    pub(crate) timestamp: Vec<Signer>,
    pub(crate) snapshot: Vec<Signer>,
    pub(crate) targets: Vec<Signer>,
}

/// The files of a repository by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

impl Keepers {
    pub(crate) fn new() -> Self {
        Self {
            root: vec![Signer::ed25519(), Signer::ecdsa()],
            timestamp: vec![Signer::ecdsa_bare()],
            snapshot: vec![Signer::ed25519()],
            targets: vec![Signer::ecdsa(), Signer::ed25519()],
        }
    }

    pub(crate) fn of(&self, role: &str) -> &[Signer] {
        match role {
            "root" => &self.root,
            "timestamp" => &self.timestamp,
            "snapshot" => &self.snapshot,
            "targets" => &self.targets,
            other => panic!("there is no role {other}"),
        }
    }

    /// What a root of these keepers signs.
    pub(crate) fn root_signed(&self, version: u64) -> Value {
        let roles = ["root", "timestamp", "snapshot", "targets"];
        let keys: serde_json::Map<_, _> = roles
            .iter()
            .flat_map(|role| self.of(role))
            .map(|signer| (signer.id.clone(), signer.key.clone()))
            .collect();
        let roles: serde_json::Map<_, _> = roles
            .iter()
            .map(|role| {
                let ids: Vec<_> = self.of(role).iter().map(|signer| &signer.id).collect();
                let role_of = json!({ "keyids": ids, "threshold": ids.len() });
                ((*role).to_owned(), role_of)
            })
            .collect();
        json!({
            "_type": "root", "spec_version": "1.0.33", "version": version, "expires": EXPIRES,
            "consistent_snapshot": true, "keys": keys, "roles": roles,
        })
    }

    /// A root, signed by its own keepers.
    pub(crate) fn root(&self, version: u64) -> Vec<u8> {
        sealed(&self.root_signed(version), &refs(&self.root))
    }

    /// Everything that is published: version `version` of every file but the root. `change` may alter what is
    /// signed of each role before it is signed; what refers to it is made thereafter.
    pub(crate) fn publish(
        &self,
        version: u64,
        target: &[u8],
        change: &dyn Fn(&str, &mut Value),
    ) -> Files {
        let mut files = Files::new();
        let hashes = |bytes: &[u8]| json!({ "sha256": sha256(bytes), "sha512": sha512(bytes) });
        let head = |role: &str| json!({ "_type": role, "spec_version": "1.0.33", "version": version, "expires": EXPIRES });
        let seal = |role: &str, rest: Value| {
            let mut signed = head(role);
            let rest = rest.as_object().unwrap().clone();
            signed.as_object_mut().unwrap().extend(rest);
            change(role, &mut signed);
            (
                signed["version"].clone(),
                sealed(&signed, &refs(self.of(role))),
            )
        };
        let file = |(version, bytes): &(Value, Vec<u8>)| json!({ "version": version, "length": bytes.len(), "hashes": hashes(bytes) });
        let targets = seal(
            "targets",
            json!({ "targets": { TARGET: { "length": target.len(), "hashes": hashes(target) } } }),
        );
        let snapshot = seal(
            "snapshot",
            json!({ "meta": { "targets.json": file(&targets) } }),
        );
        let timestamp = seal(
            "timestamp",
            json!({ "meta": { "snapshot.json": file(&snapshot) } }),
        );
        files.insert(format!("{}.targets.json", targets.0), targets.1);
        files.insert(format!("{}.snapshot.json", snapshot.0), snapshot.1);
        files.insert("timestamp.json".to_owned(), timestamp.1);
        let name = format!("targets/{}.{TARGET}", sha256(target));
        files.insert(name, target.to_vec());
        files
    }
}

pub(crate) fn refs(signers: &[Signer]) -> Vec<&Signer> {
    signers.iter().collect()
}

/// A file with the signatures of `signers`.
pub(crate) fn sealed(signed: &Value, signers: &[&Signer]) -> Vec<u8> {
    let message = canonical(signed);
    let signatures: Vec<_> = signers
        .iter()
        .map(|signer| json!({ "keyid": signer.id, "sig": hex::encode(signer.sign(&message)) }))
        .collect();
    json!({ "signatures": signatures, "signed": signed })
        .to_string()
        .into_bytes()
}

/// The canonical form (TUF specification 1.0.33, section 4.2).
pub(crate) fn canonical(value: &Value) -> Vec<u8> {
    let text = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"").into_bytes()
    };
    match value {
        Value::String(one) => text(one),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            [b"[".as_slice(), &items.join(&b","[..]), b"]"].concat()
        }
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            let fields: Vec<_> = sorted
                .into_iter()
                .map(|(key, value)| [text(key), b":".to_vec(), canonical(value)].concat())
                .collect();
            [b"{".as_slice(), &fields.join(&b","[..]), b"}"].concat()
        }
        other => other.to_string().into_bytes(),
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn sha512(bytes: &[u8]) -> String {
    hex::encode(Sha512::digest(bytes))
}
