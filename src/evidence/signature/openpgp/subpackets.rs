//! What the signed part of a signature says, and whether all of it is understood.
//!
//! Sources: RFC 9580, sections 5.2.3.7 (criticality, repeated subpackets), 5.2.3.11 and following.

use pgp::packet::{Signature, SignatureVersion, Subpacket, SubpacketData, SubpacketType};
use pgp::types::KeyDetails;

use super::algorithm::Purpose;
use super::certificate::fingerprint;
use super::{Fault, fault};
use crate::evidence::signature::check::CheckName;

/// Whether a signature is whole: of a version that is admitted, with one time of creation in its signed part,
/// nothing twice that must be once, and nothing critical that is not understood.
///
/// # Errors
///
/// What is wrong, as a fault of its structure.
pub(super) fn is_whole(signature: &Signature, purpose: Purpose) -> Result<(), Fault> {
    let structure = |reason: String| Err(fault(CheckName::Structure, reason));
    let (SignatureVersion::V4 | SignatureVersion::V6) = signature.version() else {
        let version = u8::from(signature.version());
        return structure(format!("a signature of version {version} is not admitted"));
    };
    let Some(config) = signature.config() else {
        return structure("the signature cannot be read".to_owned());
    };
    for subpacket in config
        .hashed_subpackets()
        .chain(config.unhashed_subpackets())
    {
        if subpacket.is_critical && !is_understood(subpacket, purpose) {
            let kind = subpacket.typ();
            let number = kind.as_u8(false);
            return structure(match kind {
                SubpacketType::Notation => "a critical notation is not understood".to_owned(),
                _ => format!("the critical subpacket {number} is not understood here"),
            });
        }
    }
    let count = |kind: SubpacketType| {
        config
            .hashed_subpackets()
            .filter(|subpacket| subpacket.typ() == kind)
            .count()
    };
    if count(SubpacketType::SignatureCreationTime) != 1 {
        return structure("the signature does not say once when it was made".to_owned());
    }
    for kind in [
        SubpacketType::SignatureExpirationTime,
        SubpacketType::KeyExpirationTime,
        SubpacketType::KeyFlags,
        SubpacketType::RevocationReason,
    ] {
        if count(kind) > 1 {
            let number = kind.as_u8(false);
            return structure(format!(
                "the subpacket {number} stands there more than once"
            ));
        }
    }
    Ok(())
}

/// Whether a subpacket that must not be overlooked is one whose meaning is enforced, or one that restricts
/// nothing that is asked here.
fn is_understood(subpacket: &Subpacket, purpose: Purpose) -> bool {
    let everywhere = matches!(
        subpacket.data,
        SubpacketData::SignatureCreationTime(_)
            | SubpacketData::SignatureExpirationTime(_)
            | SubpacketData::IssuerKeyId(_)
            | SubpacketData::IssuerFingerprint(_)
    );
    let in_bindings = matches!(
        subpacket.data,
        SubpacketData::KeyExpirationTime(_)
            | SubpacketData::KeyFlags(_)
            | SubpacketData::EmbeddedSignature(_)
            | SubpacketData::ExportableCertification(_)
            | SubpacketData::Revocable(_)
            | SubpacketData::RevocationKey(_)
            | SubpacketData::IsPrimary(_)
            | SubpacketData::Features(_)
            | SubpacketData::PreferredSymmetricAlgorithms(_)
            | SubpacketData::PreferredHashAlgorithms(_)
            | SubpacketData::PreferredCompressionAlgorithms(_)
            | SubpacketData::PreferredEncryptionModes(_)
            | SubpacketData::PreferredAeadAlgorithms(_)
            | SubpacketData::KeyServerPreferences(_)
            | SubpacketData::PreferredKeyServer(_)
    );
    everywhere || (matches!(purpose, Purpose::Binding(_)) && in_bindings)
}

/// When the signature says that it was made, in seconds since 1970; 0 where it does not say.
pub(super) fn created(signature: &Signature) -> i64 {
    signature
        .created()
        .map_or(0, |created| i64::from(created.as_secs()))
}

/// The second from which the signature does not count any more; `None` where it has no end.
pub(super) fn expires(signature: &Signature) -> Option<i64> {
    let lifetime = i64::from(signature.signature_expiration_time()?.as_secs());
    (lifetime > 0).then(|| created(signature) + lifetime)
}

/// The second from which `key` does not count any more by this self-signature; `None` where it has no end.
pub(super) fn key_expires(signature: &Signature, key: &impl KeyDetails) -> Option<i64> {
    let lifetime = i64::from(signature.key_expiration_time()?.as_secs());
    (lifetime > 0).then(|| i64::from(key.created_at().as_secs()) + lifetime)
}

/// Whether the signed part of the signature has a subpacket of this type.
pub(super) fn states(signature: &Signature, kind: SubpacketType) -> bool {
    signature
        .config()
        .is_some_and(|config| config.hashed_subpackets().any(|one| one.typ() == kind))
}

/// Whether everything that the signature says about its issuer fits `key`. One that says nothing fits all.
pub(super) fn may_be_by(signature: &Signature, key: &impl KeyDetails) -> bool {
    signature
        .issuer_key_id()
        .iter()
        .all(|id| **id == key.legacy_key_id())
        && signature
            .issuer_fingerprint()
            .iter()
            .all(|print| **print == key.fingerprint())
}

/// The issuer as the signature names it, for people.
pub(super) fn issuer(signature: &Signature) -> String {
    let print = signature.issuer_fingerprint();
    if let Some(print) = print.first() {
        return hex::encode_upper(print.as_bytes());
    }
    match signature.issuer_key_id().first() {
        Some(id) => id.to_string().to_ascii_uppercase(),
        None => "that it does not name".to_owned(),
    }
}

/// A key for people: its fingerprint.
pub(super) fn named(key: &impl KeyDetails) -> String {
    fingerprint(key)
}
