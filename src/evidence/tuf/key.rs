//! The keys in a root file.
//!
//! Source: TUF specification 1.0.33, section 4.2. A key's identifier is the name that the file gives it;
//! what counts towards a threshold is the key itself, so two names of one key count once.

use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::malformed;
use crate::diagnostic::Diagnostic;
use crate::digest::{Algorithm, Digest};
use crate::evidence::signature::Material;
use crate::evidence::signature::key::{KeyKind, PublicKey, Scheme};
use crate::tree::{Node, pointer_step};

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A key that may be among the signers.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// `None` for a scheme that is not known here: such a key signs nothing.
    usable: Option<(PublicKey, Scheme)>,
}

impl Key {
    /// Reads the key named `id`.
    pub(super) fn read(id: &str, node: &Node) -> Result<Self, Diagnostic> {
        let pointer = format!("/signed/keys/{}", pointer_step(id));
        let text = |at: &str| {
            node.at(at).and_then(Node::text).ok_or_else(|| {
                malformed(
                    &format!("{pointer}{at}"),
                    "a key lacks its type, scheme or value",
                )
            })
        };
        let (kind, scheme, public) = (text("/keytype")?, text("/scheme")?, text("/keyval/public")?);
        Self::new(kind, scheme, public)
            .map_err(|why| malformed(&pointer, &format!("a key is not what it says: {why}")))
    }

    /// Takes a key from its type, scheme and value, or says why it is none.
    pub(super) fn new(kind: &str, scheme: &str, public: &str) -> Result<Self, String> {
        let (types, scheme): (&[&str], Scheme) = match scheme {
            "ecdsa-sha2-nistp256" => (
                &["ecdsa", "ecdsa-sha2-nistp256"],
                Scheme::EcdsaAsn1(Algorithm::Sha256),
            ),
            "ecdsa-sha2-nistp384" => (
                &["ecdsa", "ecdsa-sha2-nistp384"],
                Scheme::EcdsaAsn1(Algorithm::Sha384),
            ),
            "ed25519" => (&["ed25519"], Scheme::Ed25519),
            "rsassa-pss-sha256" => (&["rsa"], Scheme::RsaPss(Algorithm::Sha256)),
            _ => return Ok(Self { usable: None }),
        };
        if !types.contains(&kind) {
            return Err("its type does not fit its scheme".to_owned());
        }
        let public_key = public_key(public.trim(), scheme).map_err(|fault| fault.message)?;
        let fits = matches!(
            (public_key.kind(), scheme),
            (KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Algorithm::Sha256))
                | (KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Algorithm::Sha384))
                | (KeyKind::Ed25519, Scheme::Ed25519)
                | (KeyKind::Rsa(_), Scheme::RsaPss(_))
        );
        if !fits {
            return Err("its value is a key of another kind".to_owned());
        }
        Ok(Self {
            usable: Some((public_key, scheme)),
        })
    }

    /// The digest of the key itself; `None` for one that signs nothing here.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.usable.as_ref().map(|(key, _)| key.digest())
    }

    /// Whether `signature` over `message` is by this key.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.usable
            .as_ref()
            .is_some_and(|(key, scheme)| key.verifies(*scheme, message, signature))
    }
}

/// A key in PEM, or in the hexadecimal digits of a bare Ed25519 key or of an uncompressed point on P-256, as
/// older repositories write it.
fn public_key(public: &str, scheme: Scheme) -> Result<PublicKey, Diagnostic> {
    if public.starts_with("-----BEGIN PUBLIC KEY-----") {
        return PublicKey::read(Material {
            name: "root",
            bytes: public.as_bytes(),
        });
    }
    let unreadable = || malformed("/signed/keys", "its value is neither PEM nor a bare key");
    let bare = hex::decode(public).map_err(|_| unreadable())?;
    let (algorithm, curve) = match (scheme, bare.len()) {
        (Scheme::Ed25519, 32) => (ED25519, None),
        (Scheme::EcdsaAsn1(Algorithm::Sha256), 65) => (EC_PUBLIC_KEY, Some(P256)),
        _ => return Err(unreadable()),
    };
    let spki = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm,
            parameters: curve.as_ref().map(AnyRef::from),
        },
        subject_public_key: BitStringRef::from_bytes(&bare).map_err(|_| unreadable())?,
    };
    PublicKey::from_spki(&spki.to_der().map_err(|_| unreadable())?)
}
