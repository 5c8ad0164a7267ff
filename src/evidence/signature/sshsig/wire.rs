//! The encoding of SSH, and the keys in it.
//!
//! Sources: RFC 4251, section 5; RFC 4253, section 6.6, RFC 5656, RFC 8332 and RFC 8709 (keys and signatures);
//! `PROTOCOL.u2f` of OpenSSH (security keys).

use crate::diagnostic::Diagnostic;
use crate::digest::{Algorithm, Digest};
use crate::evidence::signature::key::{PublicKey, Scheme};
use crate::evidence::signature::raw_key;

const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const P521: &str = "1.3.132.0.35";

/// Reads one field after the other; `None` where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// So many bytes.
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of 32 bits.
    pub(super) fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A string.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// A string that is text.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.string()?).ok()
    }

    /// A number without a sign, in the one way that it is written, without the octet that keeps it positive.
    fn positive(&mut self) -> Option<&'a [u8]> {
        match self.string()? {
            [] | [0] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
            [0, rest @ ..] | rest => Some(rest),
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends a string.
pub(super) fn put(out: &mut Vec<u8>, string: &[u8]) {
    let length = u32::try_from(string.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(string);
}

/// A public key of SSH.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// The name of its kind.
    pub(super) kind: String,
    /// The key, where it is one that counts.
    pub(super) public: PublicKey,
    /// Of a security key, for which application it signs.
    pub(super) application: Option<Vec<u8>>,
}

/// Why a key cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    /// It cannot be read.
    Malformed,
    /// It is of a kind or size that does not count.
    Weak(String),
}

impl From<Diagnostic> for Unusable {
    fn from(diagnostic: Diagnostic) -> Self {
        if diagnostic.code == "key-unsupported" {
            Self::Weak(diagnostic.message)
        } else {
            Self::Malformed
        }
    }
}

/// Reads a public key.
pub(super) fn key(blob: &[u8]) -> Result<Key, Unusable> {
    let malformed = || Unusable::Malformed;
    let mut reader = Reader(blob);
    let kind = reader.text().ok_or_else(malformed)?;
    let mut application = None;
    let key = match kind {
        "ssh-ed25519" => raw_key::ed25519(reader.string().ok_or_else(malformed)?)?,
        "sk-ssh-ed25519@openssh.com" => {
            let key = raw_key::ed25519(reader.string().ok_or_else(malformed)?)?;
            application = Some(reader.string().ok_or_else(malformed)?.to_vec());
            key
        }
        "ssh-rsa" => {
            let exponent = reader.positive().ok_or_else(malformed)?;
            let modulus = reader.positive().ok_or_else(malformed)?;
            raw_key::rsa(modulus, exponent)?
        }
        "ecdsa-sha2-nistp256"
        | "ecdsa-sha2-nistp384"
        | "ecdsa-sha2-nistp521"
        | "sk-ecdsa-sha2-nistp256@openssh.com" => {
            let is_security_key = kind.starts_with("sk-");
            let curve = reader.text().ok_or_else(malformed)?;
            if !is_security_key && kind.strip_prefix("ecdsa-sha2-") != Some(curve) {
                return Err(Unusable::Malformed);
            }
            let curve = match curve {
                "nistp256" => P256,
                "nistp384" if !is_security_key => P384,
                "nistp521" if !is_security_key => P521,
                _ => return Err(Unusable::Malformed),
            };
            let key = raw_key::ecdsa(curve, reader.string().ok_or_else(malformed)?)?;
            if is_security_key {
                application = Some(reader.string().ok_or_else(malformed)?.to_vec());
            }
            key
        }
        _ if kind.ends_with("-cert-v01@openssh.com") => {
            return Err(Unusable::Weak("SSH certificates do not count".to_owned()));
        }
        _ => {
            let kind = crate::text::printable(kind);
            return Err(Unusable::Weak(format!(
                "keys of the kind `{kind}` do not count"
            )));
        }
    };
    if !reader.is_done() {
        return Err(Unusable::Malformed);
    }
    Ok(Key {
        kind: kind.to_owned(),
        public: key,
        application,
    })
}

/// A key's fingerprint as OpenSSH prints it.
pub(super) fn fingerprint(blob: &[u8]) -> String {
    use base64::Engine as _;
    let digest = base64::prelude::BASE64_STANDARD_NO_PAD.encode(Digest::of(blob).bytes());
    format!("SHA256:{digest}")
}

impl Key {
    /// The scheme by which a signature of the form `format` is checked under this key; `None` where the two do
    /// not belong together or the form rests on SHA-1.
    pub(super) fn scheme(&self, format: &str) -> Option<Scheme> {
        Some(match (&*self.kind, format) {
            ("ssh-ed25519", "ssh-ed25519")
            | ("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com") => Scheme::Ed25519,
            ("ssh-rsa", "rsa-sha2-256") => Scheme::RsaPkcs1(Algorithm::Sha256),
            ("ssh-rsa", "rsa-sha2-512") => Scheme::RsaPkcs1(Algorithm::Sha512),
            ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")
            | ("sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com") => {
                Scheme::EcdsaAsn1(Algorithm::Sha256)
            }
            ("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384") => Scheme::EcdsaAsn1(Algorithm::Sha384),
            ("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521") => Scheme::EcdsaAsn1(Algorithm::Sha512),
            _ => return None,
        })
    }

    /// Whether `signature`, what stands behind its form, covers `message`.
    pub(super) fn covers(&self, scheme: Scheme, message: &[u8], signature: Reader<'_>) -> bool {
        self.check(scheme, message, signature).unwrap_or(false)
    }

    fn check(&self, scheme: Scheme, message: &[u8], mut signature: Reader<'_>) -> Option<bool> {
        let raw = signature.string()?;
        let message = match &self.application {
            None => message.to_vec(),
            // A security key signs what it saw of the application and of its user (`PROTOCOL.u2f`).
            Some(application) => {
                const USER_IS_PRESENT: u8 = 1;
                let state = signature.take(5)?;
                if state.first()? & USER_IS_PRESENT == 0 {
                    return None;
                }
                let application = Digest::of(application);
                let message = Digest::of(message);
                [application.bytes(), state, message.bytes()].concat()
            }
        };
        if !signature.is_done() {
            return None;
        }
        let raw = match scheme {
            Scheme::EcdsaAsn1(_) => asn1(raw)?,
            _ => raw.to_vec(),
        };
        Some(self.public.verifies(scheme, &message, &raw))
    }
}

/// The two numbers of an ECDSA signature as an ASN.1 sequence (RFC 3279, section 2.2.3).
fn asn1(numbers: &[u8]) -> Option<Vec<u8>> {
    use x509_cert::der::asn1::UintRef;
    use x509_cert::der::{Encode as _, Tag, asn1::AnyRef};
    let mut reader = Reader(numbers);
    let mut content = Vec::new();
    for _ in 0..2 {
        let number = UintRef::new(reader.positive()?).ok()?;
        content.extend(number.to_der().ok()?);
    }
    if !reader.is_done() {
        return None;
    }
    AnyRef::new(Tag::Sequence, &content).ok()?.to_der().ok()
}
