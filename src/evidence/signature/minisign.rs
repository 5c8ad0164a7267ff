//! Signatures of minisign and of signify.
//!
//! Sources: minisign's description of its formats (jedisct1.github.io/minisign, "Signature format", "Public key
//! format"), `signify(1)` of OpenBSD. Both are base64 of two letters, a key number of eight bytes and Ed25519: `Ed`
//! over the file, `ED` over its BLAKE2b-512 digest (minisign alone). Minisign adds a comment with a signature
//! over signature and comment; signify has none.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::key::{PublicKey, Scheme};
use super::trust::{Material, signer_missing};
use super::{Artifact, CheckName, Kind, Proof, Trust, Verification, raw_key};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::time::Timestamp;

const COMMENT: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";

/// A signature file is a few lines; comments have at most 8,192 bytes in minisign.
const MAXIMUM_BYTES: usize = 64 * 1024;

/// The number of a key: it tells keys apart and proves nothing.
type KeyId = [u8; 8];

/// A signature file.
struct Signature<'a> {
    is_prehashed: bool,
    key_id: KeyId,
    raw: [u8; 64],
    /// The signed comment with its signature; `None` in a file of signify.
    comment: Option<(&'a str, [u8; 64])>,
}

/// A key file.
struct Key {
    key_id: KeyId,
    key: PublicKey,
}

/// Verifies the signature of minisign or signify over `artifact` under the keys in `trust`.
///
/// # Errors
///
/// `signer-missing` without a key, `artifact-missing` where only a digest is at hand, `minisign-malformed`, and
/// `key-malformed` or `key-secret` when a key cannot be used.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    trust.keys_only(false)?;
    if trust.keys.is_empty() {
        return Err(signer_missing(
            "a signature of minisign or signify cannot be judged without the public key",
            "give --key with the public key",
        ));
    }
    let signature = parse(signature)?;
    let bytes = artifact.bytes_for("a signature of minisign or signify")?;
    let keys = trust.keys.iter().map(|material| read_key(*material));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let mut proof = Proof::new(Kind::Minisign, artifact);
    let number = name(signature.key_id);
    let named: Vec<&Key> = keys
        .iter()
        .filter(|key| key.key_id == signature.key_id)
        .collect();
    if named.is_empty() {
        let reason = format!("it was made by the key {number}, which is not among the given");
        return Ok(proof.refused(CheckName::Key, reason));
    }
    proof.passed(
        CheckName::Key,
        format!("the key {number} is among the given"),
    );
    let digest = artifact
        .digest_hex(Algorithm::Blake2bx512)
        .filter(|_| signature.is_prehashed)
        .and_then(|digits| hex::decode(digits).ok());
    let message = digest.as_deref().unwrap_or(bytes);
    let covers = |key: &&Key| key.key.verifies(Scheme::Ed25519, message, &signature.raw);
    let Some(key) = named.into_iter().find(covers) else {
        return Ok(proof.refused(
            CheckName::Signature,
            "the signature does not cover this artifact under the given key",
        ));
    };
    proof.passed(
        CheckName::Signature,
        "the signature covers this artifact under the given key",
    );
    match signature.comment {
        Some((comment, global)) => {
            let signed = [&signature.raw, comment.as_bytes()].concat();
            if !key.key.verifies(Scheme::Ed25519, &signed, &global) {
                return Ok(proof.refused(
                    CheckName::SignedAttributes,
                    "the trusted comment is not the one that was signed",
                ));
            }
            proof.passed(
                CheckName::SignedAttributes,
                format!("the trusted comment is as signed: {comment}"),
            );
            if let Some(at) = claimed_time(comment) {
                if at > trust.at {
                    let reason =
                        format!("it says that it was made on {at}, after the time of judgment");
                    return Ok(proof.refused(CheckName::KeyValidity, reason));
                }
                proof.signer().claimed_time = Some(at.to_string());
            }
        }
        None => proof.caution("a signature of signify proves no time of signing"),
    }
    if trust.threshold > 1 {
        let reason = format!("one key signed, {} were agreed", trust.threshold);
        return Ok(proof.refused(CheckName::Threshold, reason));
    }
    let signer = proof.signer();
    signer.fingerprint = Some(number);
    signer.key_sha256 = Some(key.key.digest());
    signer.strength = Some(key.key.strength(Scheme::Ed25519));
    Ok(proof.verified())
}

/// The number as minisign prints it: the eight bytes from the last to the first, in hexadecimal digits.
fn name(mut key_id: KeyId) -> String {
    key_id.reverse();
    hex::encode_upper(key_id)
}

/// The time in the form `timestamp:N` that minisign writes, in seconds since 1970.
fn claimed_time(comment: &str) -> Option<Timestamp> {
    let seconds = comment
        .split('\t')
        .find_map(|part| part.strip_prefix("timestamp:"))?;
    if !seconds.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

fn parse(signature: &[u8]) -> Result<Signature<'_>, Diagnostic> {
    let malformed = |reason: &str| {
        let message = format!("the signature of minisign or signify cannot be read: {reason}");
        Diagnostic::error("minisign-malformed", Place::whole(), message)
            .help("hand in the file that `minisign -S` or `signify -S` wrote, unchanged")
    };
    if signature.len() > MAXIMUM_BYTES {
        return Err(malformed("it is too large"));
    }
    let text = std::str::from_utf8(signature).map_err(|_| malformed("it is no text"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect();
    let (first, second, trusted) = match lines.as_slice() {
        [first, second] => (first, second, None),
        [first, second, third, fourth] => (first, second, Some((third, fourth))),
        _ => return Err(malformed("it has neither two nor four lines")),
    };
    if !first.starts_with(COMMENT) {
        return Err(malformed("its first line is no comment"));
    }
    let content = decode::<74>(second).ok_or_else(|| malformed("its second line is none"))?;
    let (algorithm, key_id, signature) = parts(&content);
    let comment = match trusted {
        None => None,
        Some((comment, global)) => {
            let comment = comment
                .strip_prefix(TRUSTED)
                .ok_or_else(|| malformed("its third line is no trusted comment"))?;
            let global = decode(global)
                .ok_or_else(|| malformed("its fourth line is no signature over the comment"))?;
            Some((comment, global))
        }
    };
    let is_prehashed = match (algorithm, &comment) {
        (b"Ed", _) => false,
        (b"ED", Some(_)) => true,
        (b"ED", None) => return Err(malformed("its trusted comment is missing")),
        _ => return Err(malformed("its algorithm is unknown")),
    };
    Ok(Signature {
        is_prehashed,
        key_id: key_id.try_into().unwrap_or_default(),
        raw: signature
            .try_into()
            .map_err(|_| malformed("its second line is none"))?,
        comment,
    })
}

/// Algorithm, key number and the rest.
fn parts(content: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (algorithm, rest) = content.split_at_checked(2).unwrap_or_default();
    let (key_id, rest) = rest.split_at_checked(8).unwrap_or_default();
    (algorithm, key_id, rest)
}

fn decode<const N: usize>(line: &str) -> Option<[u8; N]> {
    BASE64_STANDARD.decode(line).ok()?.try_into().ok()
}

/// Reads a key file, or the base64 of it alone. What is said of a file that is none does not repeat it: it may be
/// a secret one.
fn read_key(material: Material<'_>) -> Result<Key, Diagnostic> {
    let malformed = |reason: &str| {
        let message = format!("the public key of minisign or signify cannot be read: {reason}");
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("hand in minisign.pub, the .pub file of signify, or the base64 in it")
            .in_file(material.name)
    };
    let text = std::str::from_utf8(material.bytes).map_err(|_| malformed("it is no text"))?;
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    let line = match lines.as_slice() {
        [line] => line,
        [comment, line] if comment.starts_with(COMMENT) => line,
        _ => return Err(malformed("it is no comment with one line behind it")),
    };
    let content = BASE64_STANDARD
        .decode(line)
        .map_err(|_| malformed("it is not base64"))?;
    let (algorithm, key_id, key) = parts(&content);
    match (algorithm, content.len()) {
        (b"Ed", 42) => {}
        // Secret keys of minisign and of signify.
        (b"Ed", 158 | 104) => {
            let message = "the file holds a secret key, which nobody but its owner may have";
            return Err(Diagnostic::error("key-secret", Place::whole(), message)
                .help(
                    "hand in the public key, and have the secret one replaced if it was sent by \
                     mistake",
                )
                .in_file(material.name));
        }
        (b"Ed" | b"ED", 74) => return Err(malformed("it is a signature")),
        _ => return Err(malformed("it has another length or algorithm")),
    }
    Ok(Key {
        key_id: key_id.try_into().unwrap_or_default(),
        key: raw_key::ed25519(key).map_err(|fault| fault.in_file(material.name))?,
    })
}
