//! Key pairs of every kind, made in process, that sign as the tests ask.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    self as primitive, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
    RsaEncoding,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// A key pair.
pub(crate) enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
}

impl Pair {
    pub(crate) fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        Self::Ecdsa(EcdsaKeyPair::generate(algorithm).expect("the system gives random bytes"))
    }

    pub(crate) fn p256() -> Self {
        Self::ecdsa(&primitive::ECDSA_P256_SHA256_ASN1_SIGNING)
    }

    pub(crate) fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().expect("the system gives random bytes"))
    }

    pub(crate) fn rsa(encoding: &'static dyn RsaEncoding) -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048);
        Self::Rsa(pair.expect("the system gives random bytes"), encoding)
    }

    /// The public key (`SubjectPublicKeyInfo`) in DER.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Ecdsa(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
            Self::Rsa(pair, _) => pair.public_key().as_der(),
        }
        .expect("a key encodes");
        der.as_ref().to_vec()
    }

    /// The public key in PEM.
    pub(crate) fn public(&self) -> Vec<u8> {
        pem("PUBLIC KEY", &self.public_der())
    }

    /// The private key in PEM (PKCS #8).
    pub(crate) fn private(&self) -> Vec<u8> {
        let der = match self {
            Self::Ecdsa(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Self::Ed25519(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Self::Rsa(pair, _) => {
                let der: Result<Pkcs8V1Der<'_>, _> = pair.as_der();
                der.map(|der| der.as_ref().to_vec())
            }
        };
        pem("PRIVATE KEY", &der.expect("a key encodes"))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).expect("the key signs");
                signature.as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature)
                    .expect("the key signs");
                signature
            }
        }
    }
}

/// A PEM block with lines of 64 characters.
pub(crate) fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
    .into_bytes()
}
