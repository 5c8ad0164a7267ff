//! Certificates: a primary key with what it says of itself, its names and its subkeys.
//!
//! Source: RFC 9580, section 10.1. What others say of the key (third-party certifications) is not read.

use pgp::packet::{PublicKey, PublicSubkey, Signature};
use pgp::types::{KeyDetails, KeyVersion};

use super::armor;
use super::packet::{self, Packet, tag};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::trust::Material;

/// A certificate.
#[derive(Debug)]
pub(super) struct Certificate {
    /// The primary key.
    pub(super) primary: PublicKey,
    /// Signatures directly over the primary key.
    pub(super) direct: Vec<Signature>,
    /// Revocations of the primary key; `None` where one cannot be read.
    pub(super) revocations: Vec<Option<Signature>>,
    /// The names, with the signatures over each.
    pub(super) users: Vec<User>,
    /// The subkeys.
    pub(super) subkeys: Vec<Subkey>,
}

/// A name of a certificate.
#[derive(Debug)]
pub(super) struct User {
    /// The user id.
    pub(super) id: pgp::packet::UserId,
    /// Certifications and their revocations.
    pub(super) signatures: Vec<Signature>,
}

/// A subkey.
#[derive(Debug)]
pub(super) struct Subkey {
    /// The key.
    pub(super) key: PublicSubkey,
    /// What binds it to the primary key.
    pub(super) bindings: Vec<Signature>,
    /// Revocations; `None` where one cannot be read.
    pub(super) revocations: Vec<Option<Signature>>,
}

impl Certificate {
    fn new(primary: PublicKey) -> Self {
        Self {
            primary,
            direct: Vec::new(),
            revocations: Vec::new(),
            users: Vec::new(),
            subkeys: Vec::new(),
        }
    }
}

/// The fingerprint of a key as it is commonly written, in upper-case hexadecimal digits.
pub(super) fn fingerprint(key: &impl KeyDetails) -> String {
    hex::encode_upper(key.fingerprint().as_bytes())
}

/// Reads every certificate of a key file, in packets or in armor.
///
/// # Errors
///
/// `key-secret` when there is a secret key among them, `key-unsupported` for a primary key that is too old,
/// `key-malformed` for anything else that is no certificate.
pub(super) fn read(material: Material<'_>) -> Result<Vec<Certificate>, Diagnostic> {
    let malformed = |reason: &str| {
        let message = format!("the OpenPGP certificate cannot be read: {reason}");
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("hand in public keys as `gpg --export` writes them, in packets or in armor")
            .in_file(material.name)
    };
    let mut certificates = Vec::new();
    let text = std::str::from_utf8(material.bytes).ok();
    if let Some(text) = text.filter(|text| text.contains("-----BEGIN ")) {
        for block in armor::blocks_in_text(text).map_err(|reason| malformed(&reason))? {
            match &*block.label {
                "PGP PUBLIC KEY BLOCK" => {
                    certificates.extend(of_packets(&block.packets, material.name, &malformed)?);
                }
                "PGP PRIVATE KEY BLOCK" => return Err(secret(material.name)),
                label => return Err(malformed(&format!("it is a `{label}`"))),
            }
        }
    } else {
        certificates = of_packets(material.bytes, material.name, &malformed)?;
    }
    if certificates.is_empty() {
        return Err(malformed("there is no key in it"));
    }
    Ok(certificates)
}

fn secret(name: &str) -> Diagnostic {
    let message = "the file holds a secret key, which nobody but its owner may have";
    Diagnostic::error("key-secret", Place::whole(), message)
        .help("hand in the public key, and have the secret one replaced if it was sent by mistake")
        .in_file(name)
}

/// What the signatures that come next are over.
enum Over {
    Primary,
    User,
    Subkey,
    /// Something that is not read.
    Other,
}

fn of_packets(
    bytes: &[u8],
    name: &str,
    malformed: &impl Fn(&str) -> Diagnostic,
) -> Result<Vec<Certificate>, Diagnostic> {
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut over = Over::Other;
    for Packet { tag, body } in packet::split(bytes).map_err(|reason| malformed(&reason))? {
        if tag == tag::PUBLIC_KEY {
            certificates.push(Certificate::new(primary(body, name, malformed)?));
            over = Over::Primary;
            continue;
        }
        if matches!(tag, tag::SECRET_KEY | tag::SECRET_SUBKEY) {
            return Err(secret(name));
        }
        let Some(certificate) = certificates.last_mut() else {
            if tag == tag::MARKER {
                continue;
            }
            return Err(malformed("it does not begin with a public key"));
        };
        match tag {
            tag::SIGNATURE => certificate.take(body, &over),
            tag::USER_ID => {
                let header = pgp::types::PacketHeaderVersion::New;
                let id = std::str::from_utf8(body)
                    .ok()
                    .and_then(|text| pgp::packet::UserId::from_str(header, text).ok());
                over = match id {
                    Some(id) => {
                        let signatures = Vec::new();
                        certificate.users.push(User { id, signatures });
                        Over::User
                    }
                    None => Over::Other,
                };
            }
            tag::PUBLIC_SUBKEY => {
                over = match packet::public_subkey(body) {
                    Ok(key) => {
                        certificate.subkeys.push(Subkey {
                            key,
                            bindings: Vec::new(),
                            revocations: Vec::new(),
                        });
                        Over::Subkey
                    }
                    Err(_) => Over::Other,
                };
            }
            tag::TRUST | tag::MARKER | tag::PADDING => {}
            // The upper half of the types may be skipped where it is unknown (section 4.3).
            tag::USER_ATTRIBUTE | 40.. => over = Over::Other,
            other => {
                let reason = format!("a packet of the type {other} does not belong there");
                return Err(malformed(&reason));
            }
        }
    }
    Ok(certificates)
}

fn primary(
    body: &[u8],
    name: &str,
    malformed: &impl Fn(&str) -> Diagnostic,
) -> Result<PublicKey, Diagnostic> {
    let unsupported = |version: u8| {
        let message = format!("the public key is of version {version}, which is not admitted");
        Diagnostic::error("key-unsupported", Place::whole(), message)
            .help("ask the supplier for a key of version 4 or 6")
            .in_file(name)
    };
    match body.first() {
        Some(4 | 6) => {}
        Some(version) => return Err(unsupported(*version)),
        None => return Err(malformed("a key is empty")),
    }
    let key = packet::public_key(body).map_err(|reason| malformed(&reason))?;
    match key.version() {
        KeyVersion::V4 | KeyVersion::V6 => Ok(key),
        other => Err(unsupported(other.into())),
    }
}

impl Certificate {
    /// Takes a signature to where it belongs. A revocation is kept even where it cannot be read: to lose one
    /// is to believe a key that must not be believed.
    fn take(&mut self, body: &[u8], over: &Over) {
        const KEY_REVOCATION: u8 = 0x20;
        const SUBKEY_REVOCATION: u8 = 0x28;
        let signature = packet::signature(body).ok();
        let kind = packet::signature_type(body);
        match (kind, over) {
            (Some(KEY_REVOCATION), _) => self.revocations.push(signature),
            (Some(SUBKEY_REVOCATION), Over::Subkey) => {
                if let Some(subkey) = self.subkeys.last_mut() {
                    subkey.revocations.push(signature);
                }
            }
            (_, Over::Primary) => self.direct.extend(signature),
            (_, Over::User) => {
                if let Some(user) = self.users.last_mut() {
                    user.signatures.extend(signature);
                }
            }
            (_, Over::Subkey) => {
                if let Some(subkey) = self.subkeys.last_mut() {
                    subkey.bindings.extend(signature);
                }
            }
            (_, Over::Other) => {}
        }
    }
}
