//! `OpenPGP` keys and signatures, made in the test so that each can have exactly one fault.

use pgp::composed::KeyType;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{
    KeyFlags, PacketTrait, PubKeyInner, PublicKey, PublicSubkey, RevocationCode, SecretKey,
    SecretSubkey, Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::types::{
    Duration, KeyDetails, KeyVersion, PacketHeaderVersion, Password, SigningKey, Tag, Timestamp,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// 2023-11-14: when keys are made.
pub(crate) const CREATED: u32 = 1_700_000_000;
/// 2025-06-15: when documents are signed.
pub(crate) const SIGNED: u32 = 1_750_000_000;
/// The name of every key.
pub(crate) const NAME: &str = "Release <release@supplier.test>";

/// A signature that is to be made.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) kind: SignatureType,
    pub(crate) hash: HashAlgorithm,
    pub(crate) hashed: Vec<Subpacket>,
    pub(crate) unhashed: Vec<Subpacket>,
}

impl Draft {
    pub(crate) fn new(kind: SignatureType, created: u32) -> Self {
        let created = SubpacketData::SignatureCreationTime(Timestamp::from_secs(created));
        Self {
            kind,
            hash: HashAlgorithm::Sha512,
            hashed: vec![regular(created)],
            unhashed: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, data: SubpacketData) -> Self {
        self.hashed.push(regular(data));
        self
    }

    pub(crate) fn with_critical(mut self, data: SubpacketData) -> Self {
        self.hashed
            .push(Subpacket::critical(data).expect("it has a length"));
        self
    }

    pub(crate) fn with_hash(mut self, hash: HashAlgorithm) -> Self {
        self.hash = hash;
        self
    }

    fn config(&self, key: &impl SigningKey) -> SignatureConfig {
        let mut config = match key.version() {
            KeyVersion::V6 => {
                let mut rng = StdRng::seed_from_u64(6);
                SignatureConfig::v6(&mut rng, self.kind, key.algorithm(), self.hash)
                    .expect("the digest has a salt")
            }
            _ => SignatureConfig::v4(self.kind, key.algorithm(), self.hash),
        };
        config.hashed_subpackets = self.hashed.clone();
        config
            .hashed_subpackets
            .push(regular(SubpacketData::IssuerFingerprint(key.fingerprint())));
        config.unhashed_subpackets = self.unhashed.clone();
        config
    }
}

fn regular(data: SubpacketData) -> Subpacket {
    Subpacket::regular(data).expect("it has a length")
}

/// The flags of a key that may do nothing, or sign.
pub(crate) fn flags(sign: bool) -> SubpacketData {
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(sign);
    SubpacketData::KeyFlags(flags)
}

/// The end of a key, in seconds after it was made.
pub(crate) fn key_lifetime(seconds: u32) -> SubpacketData {
    SubpacketData::KeyExpirationTime(Duration::from_secs(seconds))
}

/// The end of a signature, in seconds after it was made.
pub(crate) fn lifetime(seconds: u32) -> SubpacketData {
    SubpacketData::SignatureExpirationTime(Duration::from_secs(seconds))
}

/// The reason of a revocation.
pub(crate) fn reason(code: RevocationCode) -> SubpacketData {
    SubpacketData::RevocationReason(code, Vec::new().into())
}

/// What a certificate is to be like.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) version: KeyVersion,
    pub(crate) kind: KeyType,
    pub(crate) created: u32,
    pub(crate) certification: Option<Draft>,
    pub(crate) direct: Option<Draft>,
    pub(crate) revocation: Option<Draft>,
    pub(crate) subkey: Option<SubkeyPlan>,
}

/// What a subkey is to be like.
#[derive(Clone)]
pub(crate) struct SubkeyPlan {
    pub(crate) kind: KeyType,
    pub(crate) created: u32,
    pub(crate) binding: Draft,
    pub(crate) back: Option<Draft>,
    /// Whether the signature in turn is over another primary key.
    pub(crate) is_back_astray: bool,
    pub(crate) revocation: Option<Draft>,
}

impl Plan {
    /// A key that signs documents itself.
    pub(crate) fn new(seed: u64) -> Self {
        let certification = Draft::new(SignatureType::CertPositive, CREATED).with(flags(true));
        Self {
            seed,
            version: KeyVersion::V4,
            kind: KeyType::Ed25519,
            created: CREATED,
            certification: Some(certification),
            direct: None,
            revocation: None,
            subkey: None,
        }
    }

    /// A key of version 6, which speaks of itself in a signature over itself.
    pub(crate) fn v6(seed: u64, kind: KeyType) -> Self {
        Self {
            version: KeyVersion::V6,
            kind,
            certification: None,
            direct: Some(Draft::new(SignatureType::Key, CREATED).with(flags(true))),
            ..Self::new(seed)
        }
    }

    /// A key that signs documents with a subkey.
    pub(crate) fn with_subkey(seed: u64) -> Self {
        let certification = Draft::new(SignatureType::CertPositive, CREATED).with(flags(false));
        Self {
            certification: Some(certification),
            subkey: Some(SubkeyPlan {
                kind: KeyType::Ed25519,
                created: CREATED,
                binding: Draft::new(SignatureType::SubkeyBinding, CREATED).with(flags(true)),
                back: Some(Draft::new(SignatureType::KeyBinding, CREATED)),
                is_back_astray: false,
                revocation: None,
            }),
            ..Self::new(seed)
        }
    }

    /// Changes what the key says of itself.
    pub(crate) fn certify(mut self, change: impl Fn(Draft) -> Draft) -> Self {
        self.certification = self.certification.map(change);
        self
    }

    /// Changes the subkey.
    pub(crate) fn subkey(mut self, change: impl Fn(&mut SubkeyPlan)) -> Self {
        change(self.subkey.as_mut().expect("there is a subkey"));
        self
    }

    /// Revokes the key.
    pub(crate) fn revoke(mut self, created: u32, code: Option<RevocationCode>) -> Self {
        let draft = Draft::new(SignatureType::KeyRevocation, created);
        self.revocation = Some(match code {
            Some(code) => draft.with(reason(code)),
            None => draft,
        });
        self
    }

    pub(crate) fn make(&self) -> Owner {
        let mut rng = StdRng::seed_from_u64(self.seed);
        let secret = secret_key(&mut rng, self.version, &self.kind, self.created);
        let public = secret.public_key().clone();
        let password = Password::empty();
        let mut bytes = Vec::new();
        write(&public, &mut bytes);
        if let Some(draft) = &self.revocation {
            let signed = draft.config(&secret).sign_key(&secret, &password, &public);
            write(&signed.expect("the key signs"), &mut bytes);
        }
        if let Some(draft) = &self.direct {
            let signed = draft.config(&secret).sign_key(&secret, &password, &public);
            write(&signed.expect("the key signs"), &mut bytes);
        }
        if self.version == KeyVersion::V4 {
            let name = UserId::from_str(PacketHeaderVersion::New, NAME).expect("a name is one");
            write(&name, &mut bytes);
            if let Some(draft) = &self.certification {
                let config = draft.config(&secret);
                let signed =
                    config.sign_certification(&secret, &public, &password, Tag::UserId, &name);
                write(&signed.expect("the key signs"), &mut bytes);
            }
        }
        let subkey = self.subkey.as_ref().map(|plan| {
            let subkey = secret_subkey(&mut rng, self.version, &plan.kind, plan.created);
            let subkey_public = subkey.public_key().clone();
            write(&subkey_public, &mut bytes);
            let mut binding = plan.binding.config(&secret);
            if let Some(draft) = &plan.back {
                let stranger = secret_key(&mut rng, self.version, &self.kind, self.created);
                let over = if plan.is_back_astray {
                    stranger.public_key()
                } else {
                    &public
                };
                let config = draft.config(&subkey);
                let back =
                    config.sign_primary_key_binding(&subkey, &subkey_public, &password, over);
                let back = SubpacketData::EmbeddedSignature(Box::new(back.expect("it signs")));
                binding.hashed_subpackets.push(regular(back));
            }
            let signed = binding.sign_subkey_binding(&secret, &public, &password, &subkey_public);
            write(&signed.expect("the key signs"), &mut bytes);
            if let Some(draft) = &plan.revocation {
                let config = draft.config(&secret);
                let signed =
                    config.sign_subkey_binding(&secret, &public, &password, &subkey_public);
                write(&signed.expect("the key signs"), &mut bytes);
            }
            subkey
        });
        Owner {
            secret,
            subkey,
            certificate: bytes,
        }
    }
}

/// Somebody with a key.
pub(crate) struct Owner {
    secret: SecretKey,
    subkey: Option<SecretSubkey>,
    /// The certificate, in packets.
    pub(crate) certificate: Vec<u8>,
}

impl Owner {
    /// Signs a document, with the subkey where there is one.
    pub(crate) fn sign(&self, draft: &Draft, document: &[u8]) -> Vec<u8> {
        let password = Password::empty();
        let signature = match &self.subkey {
            Some(key) => draft.config(key).sign(key, &password, document),
            None => draft
                .config(&self.secret)
                .sign(&self.secret, &password, document),
        };
        let mut bytes = Vec::new();
        write(&signature.expect("the key signs"), &mut bytes);
        bytes
    }

    /// Signs a document in the old form, of version 3.
    pub(crate) fn sign_v3(&self, document: &[u8]) -> Vec<u8> {
        let signed = [document, &[0][..], &SIGNED.to_be_bytes()].concat();
        let digest = mekiki::digest::Algorithm::Sha512.hex_of(&signed);
        let digest = hex::decode(digest).expect("a digest is hexadecimal");
        let (key, hash) = (&self.secret, HashAlgorithm::Sha512);
        let signature = key.sign(&Password::empty(), hash, &digest);
        let created = Timestamp::from_secs(SIGNED);
        let (kind, issuer) = (SignatureType::Binary, key.legacy_key_id());
        let config = SignatureConfig::v3(kind, key.algorithm(), hash, created, issuer);
        let signature = signature.expect("the key signs");
        let signature = Signature::from_config(config, [digest[0], digest[1]], signature);
        let signature = signature.expect("it can be written");
        assert!(signature.verify(key.public_key(), document).is_ok());
        let mut bytes = Vec::new();
        write(&signature, &mut bytes);
        bytes
    }

    /// Signs a document as most do.
    pub(crate) fn sign_binary(&self, document: &[u8]) -> Vec<u8> {
        self.sign(&Draft::new(SignatureType::Binary, SIGNED), document)
    }

    /// The primary key's fingerprint.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode_upper(self.secret.fingerprint().as_bytes())
    }

    /// The number of the key that signs.
    pub(crate) fn key_id(&self) -> pgp::types::KeyId {
        match &self.subkey {
            Some(key) => key.legacy_key_id(),
            None => self.secret.legacy_key_id(),
        }
    }
}

/// A packet with its header.
fn write(packet: &impl PacketTrait, out: &mut Vec<u8>) {
    packet
        .to_writer_with_header(out)
        .expect("it can be written");
}

/// Packets in armor.
pub(crate) fn armored(label: &str, packets: &[u8]) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let digits = BASE64_STANDARD.encode(packets);
    format!("-----BEGIN PGP {label}-----\n\n{digits}\n-----END PGP {label}-----\n")
}

/// Reads a signature packet that was made above.
pub(crate) fn body_of(packet: &[u8]) -> &[u8] {
    let parsed = pgp::packet::PacketParser::new(packet)
        .next()
        .expect("one packet");
    let pgp::packet::Packet::Signature(signature) = parsed.expect("it can be read") else {
        panic!("it is a signature");
    };
    let length = pgp::ser::Serialize::write_len(&signature as &Signature);
    &packet[packet.len() - length..]
}

fn inner(
    rng: &mut StdRng,
    version: KeyVersion,
    kind: &KeyType,
    created: u32,
) -> (PubKeyInner, pgp::types::SecretParams) {
    let (public, secret) = kind.generate(rng).expect("a key is made");
    let created = Timestamp::from_secs(created);
    let inner = PubKeyInner::new(version, kind.to_alg(), created, None, public);
    (inner.expect("the key fits its version"), secret)
}

fn secret_key(rng: &mut StdRng, version: KeyVersion, kind: &KeyType, created: u32) -> SecretKey {
    let (inner, secret) = inner(rng, version, kind, created);
    let public = PublicKey::from_inner(inner).expect("a key is one");
    SecretKey::new(public, secret).expect("a key is one")
}

fn secret_subkey(
    rng: &mut StdRng,
    version: KeyVersion,
    kind: &KeyType,
    created: u32,
) -> SecretSubkey {
    let (inner, secret) = inner(rng, version, kind, created);
    let public = PublicSubkey::from_inner(inner).expect("a key is one");
    SecretSubkey::new(public, secret).expect("a key is one")
}
