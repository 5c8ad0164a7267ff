//! The private key by which an agency signs its own records. It is never shown, kept or written.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _,
};
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode as _, SliceReader};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{EC_PUBLIC_KEY, ED25519, Material, P256, P384, PublicKey, RSA_ENCRYPTION, pem_blocks};
use crate::diagnostic::{Diagnostic, Place};

/// A private key: Ed25519, or ECDSA on P-256 or P-384.
pub struct PrivateKey {
    pair: Pair,
    public: PublicKey,
}

enum Pair {
    Ed25519(Box<Ed25519KeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

/// Shows which key it is, and nothing that is secret.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey({:?})", self.public.digest())
    }
}

impl PrivateKey {
    /// Reads a private key in PEM: PKCS #8 (RFC 5208), or an EC key as SEC 1 writes it (RFC 5915).
    ///
    /// # Errors
    ///
    /// `private-key-malformed` when it is none; `private-key-unsupported` when it is encrypted, an RSA key, on
    /// another curve or of another kind. No message holds anything of the key.
    pub fn read(material: Material<'_>) -> Result<Self, Diagnostic> {
        Self::read_unnamed(material.bytes).map_err(|fault| fault.in_file(material.name))
    }

    fn read_unnamed(bytes: &[u8]) -> Result<Self, Diagnostic> {
        if is_encrypted(bytes) {
            let help =
                "decrypt it into memory, such as with `openssl pkey`, and hand it in by a pipe";
            return Err(unsupported("encrypted").help(help));
        }
        let blocks = pem_blocks(bytes).ok_or_else(|| malformed("it is no PEM file"))?;
        let mut blocks = blocks.map_err(|_| malformed("its PEM blocks are broken"))?;
        // NOTE: OpenSSL writes the curve in a block of its own before an EC key, which says it again.
        blocks.retain(|(label, _)| label != "EC PARAMETERS");
        let [(label, der)] = blocks.as_slice() else {
            return Err(malformed(&format!("it holds {} PEM blocks", blocks.len())));
        };
        let pair = match label.as_str() {
            "PRIVATE KEY" => of_pkcs8(der)?,
            "EC PRIVATE KEY" => of_sec1(der)?,
            "RSA PRIVATE KEY" => return Err(unsupported("an RSA key")),
            label if label.ends_with("PUBLIC KEY") => {
                return Err(malformed("it is a public key"));
            }
            label => return Err(unsupported(&format!("a `{label}`"))),
        };
        let public = public_key(&pair)?;
        Ok(Self { pair, public })
    }

    /// The public key, by which the signature is verified.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message`: Ed25519, or ECDSA in ASN.1 with the digest of the curve's size.
    ///
    /// Ed25519 gives the same signature each time (RFC 8032, section 5.1.6). ECDSA takes a fresh random number
    /// each time, so its signatures differ.
    ///
    /// # Errors
    ///
    /// `private-key-malformed` when the key signs nothing that its public key verifies.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Diagnostic> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.try_sign(message),
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), message),
        };
        let signature = signature.map_err(|_| malformed("it does not sign"))?;
        let scheme = self.public.first_scheme();
        if !self.public.verifies(scheme, message, signature.as_ref()) {
            return Err(malformed("its signature does not verify"));
        }
        Ok(signature.as_ref().to_vec())
    }
}

/// Whether a PEM file says that it is encrypted: in a label, or in a header as OpenSSL wrote it (RFC 1421).
fn is_encrypted(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let says = |line: &str| line.starts_with("-----BEGIN ") || line.starts_with("Proc-Type:");
        text.lines()
            .any(|line| says(line) && line.contains("ENCRYPTED"))
    })
}

fn of_pkcs8(der: &[u8]) -> Result<Pair, Diagnostic> {
    let (algorithm, curve) =
        algorithm_of_pkcs8(der).ok_or_else(|| malformed("it is no PKCS #8 key"))?;
    let curve = match (algorithm, curve) {
        (ED25519, _) => {
            return Ed25519KeyPair::from_pkcs8(der)
                .map(|pair| Pair::Ed25519(Box::new(pair)))
                .map_err(|_| malformed("it is no Ed25519 key"));
        }
        (EC_PUBLIC_KEY, Some(P256)) => &ECDSA_P256_SHA256_ASN1_SIGNING,
        (EC_PUBLIC_KEY, Some(P384)) => &ECDSA_P384_SHA384_ASN1_SIGNING,
        (EC_PUBLIC_KEY, _) => return Err(unsupported("an ECDSA key on another curve")),
        (RSA_ENCRYPTION, _) => return Err(unsupported("an RSA key")),
        (other, _) => return Err(unsupported(&format!("of the kind {other}"))),
    };
    EcdsaKeyPair::from_pkcs8(curve, der)
        .map(|pair| Pair::Ecdsa(Box::new(pair)))
        .map_err(|_| malformed("it is no ECDSA key"))
}

fn of_sec1(der: &[u8]) -> Result<Pair, Diagnostic> {
    [
        &ECDSA_P256_SHA256_ASN1_SIGNING,
        &ECDSA_P384_SHA384_ASN1_SIGNING,
    ]
    .into_iter()
    .find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, der).ok())
    .map(|pair| Pair::Ecdsa(Box::new(pair)))
    .ok_or_else(|| unsupported("an ECDSA key on another curve, or none"))
}

/// The algorithm and its curve in a `PrivateKeyInfo` (RFC 5208, section 5).
fn algorithm_of_pkcs8(der: &[u8]) -> Option<(ObjectIdentifier, Option<ObjectIdentifier>)> {
    let info = AnyRef::from_der(der).ok()?;
    let mut fields = SliceReader::new(info.value()).ok()?;
    UintRef::decode(&mut fields).ok()?;
    let algorithm = AlgorithmIdentifierRef::decode(&mut fields).ok()?;
    Some((algorithm.oid, algorithm.parameters_oid().ok()))
}

fn public_key(pair: &Pair) -> Result<PublicKey, Diagnostic> {
    let der: PublicKeyX509Der<'_> = match pair {
        Pair::Ed25519(pair) => pair.public_key().as_der(),
        Pair::Ecdsa(pair) => pair.public_key().as_der(),
    }
    .map_err(|_| malformed("its public key cannot be told"))?;
    PublicKey::from_spki(der.as_ref())
}

fn malformed(reason: &str) -> Diagnostic {
    let message = format!("the private key cannot be used: {reason}");
    Diagnostic::error("private-key-malformed", Place::whole(), message)
        .help("hand in a private key in PEM: PKCS #8, or SEC 1 for an EC key")
}

fn unsupported(what: &str) -> Diagnostic {
    let message = format!("the private key is {what}, which is not taken");
    Diagnostic::error("private-key-unsupported", Place::whole(), message)
        .help("sign with Ed25519, or ECDSA on P-256 or P-384")
}
