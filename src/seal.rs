//! The seal: envelopes that only the holder of a key can open, keys split among openers, and salted commitments.
//!
//! Envelopes are files of the age format, version 1 (`age-encryption.org/v1`), with X25519 keys: `age --decrypt` opens
//! them without this tool. A key is split by Shamir's scheme over GF(256). This is the one place with randomness.
//!
//! Nothing here knows what a case is or when something may be opened; see [ADR 23](../docs/adr/0023-the-seal.md).

mod parcel;
#[cfg(test)]
mod tests;

pub use parcel::{pack, unpack};

use std::io::{Read as _, Write as _};
use std::str::FromStr as _;

use age::secrecy::ExposeSecret as _;
use age::x25519;
use blahaj::{Share, Sharks};

use crate::diagnostic::{Diagnostic, Place};

/// The most bytes that an envelope is opened to: 8 GiB, the most that a tender's folder holds.
const MAXIMUM_BYTES: u64 = 8 * 1024 * 1024 * 1024;

/// A secret key. It shows itself in no debug output.
#[derive(Clone)]
pub struct Key(x25519::Identity);

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(secret)")
    }
}

impl Key {
    /// Makes a fresh key.
    pub fn fresh() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the text of a key file: one line that begins with `AGE-SECRET-KEY-1`, among comments.
    ///
    /// # Errors
    ///
    /// `seal-key`. The message does not repeat what the file holds.
    pub fn read(text: &str) -> Result<Self, Diagnostic> {
        let mut lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let key = lines
            .next()
            .and_then(|line| x25519::Identity::from_str(line).ok());
        match (key, lines.next()) {
            (Some(key), None) => Ok(Self(key)),
            _ => Err(Diagnostic::error(
                "seal-key",
                Place::whole(),
                "this is no file with one secret key",
            )
            .help("make one with `mekiki tender key new --out FILE`, or with age-keygen")),
        }
    }

    /// The secret in its text form.
    pub fn secret(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    /// The public key, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }
}

/// Reads a public key: `age1…`, or the file that `mekiki tender key new` or `age-keygen -y` wrote.
///
/// # Errors
///
/// `seal-key`; a secret key is refused too, and not repeated.
pub fn read_recipient(text: &str) -> Result<String, Diagnostic> {
    let no_recipient = |message: &str| {
        Diagnostic::error("seal-key", Place::whole(), message).help(
            "give the public key, which begins with `age1`, or a file that holds nothing else",
        )
    };
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(no_recipient("this is no public key"));
    };
    if line.to_ascii_uppercase().starts_with("AGE-SECRET-KEY") {
        return Err(no_recipient(
            "this is a secret key where a public one is needed",
        ));
    }
    x25519::Recipient::from_str(line)
        .map(|recipient| recipient.to_string())
        .map_err(|_| no_recipient("this is no public key"))
}

/// Fills a text up to the next multiple of `step` bytes with line ends, so that its length tells nothing.
pub fn pad(mut content: Vec<u8>, step: usize) -> Vec<u8> {
    let length = content.len().max(1).div_ceil(step).saturating_mul(step);
    content.resize(length, b'\n');
    content
}

/// 256 bits of chance, in hexadecimal digits.
pub fn salt() -> String {
    use rand::RngCore as _;
    let mut bytes = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// Seals content to public keys, each of which opens it alone.
///
/// # Errors
///
/// `seal-key` for a text that is no public key.
pub fn seal(recipients: &[&str], content: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let malformed = || Diagnostic::error("seal-key", Place::whole(), "this is no public key");
    let recipients = recipients
        .iter()
        .map(|one| x25519::Recipient::from_str(one).map_err(|_| malformed()))
        .collect::<Result<Vec<_>, _>>()?;
    let each = recipients.iter().map(|one| one as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(each).map_err(|_| malformed())?;
    let mut envelope = Vec::with_capacity(content.len().saturating_add(1024));
    let written = encryptor.wrap_output(&mut envelope).and_then(|mut writer| {
        writer.write_all(content)?;
        writer.finish().map(|_| ())
    });
    written.map_err(|_| malformed())?;
    Ok(envelope)
}

/// Opens an envelope with the first of the keys that fits.
///
/// # Errors
///
/// `seal-closed`: none of the keys fits, or the envelope is damaged. The message tells nothing of what is inside.
pub fn open(keys: &[&Key], envelope: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let closed = || {
        Diagnostic::error(
            "seal-closed",
            Place::whole(),
            "the envelope cannot be opened with this key",
        )
        .help("use the key that it was sealed to; see `mekiki tender case verify` for damage")
    };
    let decryptor = age::Decryptor::new(envelope).map_err(|_| closed())?;
    let identities = keys.iter().map(|key| &key.0 as &dyn age::Identity);
    let reader = decryptor.decrypt(identities).map_err(|_| closed())?;
    let mut content = Vec::new();
    reader
        .take(MAXIMUM_BYTES)
        .read_to_end(&mut content)
        .map_err(|_| closed())?;
    Ok(content)
}

/// Splits a key into `count` shares, any `threshold` of which give it back and fewer of which tell nothing.
///
/// A share is a byte that numbers it, and as many bytes as the text of the key has.
pub fn split(key: &Key, threshold: u8, count: usize) -> Vec<Vec<u8>> {
    let dealer = Sharks(threshold.max(1));
    let secret = key.secret();
    let shares = dealer.dealer(secret.as_bytes());
    shares.take(count).map(|share| Vec::from(&share)).collect()
}

/// Puts shares together.
///
/// # Errors
///
/// `seal-shares`: there are too few, or one is wrong.
pub fn combine(shares: &[Vec<u8>], threshold: u8, recipient: &str) -> Result<Key, Diagnostic> {
    let fault = || {
        Diagnostic::error(
            "seal-shares",
            Place::whole(),
            "the shares do not give the key back",
        )
        .help("hand in as many shares as the threshold asks for, each as it was dealt")
    };
    let shares = shares
        .iter()
        .map(|bytes| Share::try_from(bytes.as_slice()).map_err(|_| fault()))
        .collect::<Result<Vec<_>, _>>()?;
    let secret = Sharks(threshold.max(1))
        .recover(&shares)
        .map_err(|_| fault())?;
    let text = String::from_utf8(secret).map_err(|_| fault())?;
    let key = Key::read(&text).map_err(|_| fault())?;
    if key.recipient() == recipient {
        Ok(key)
    } else {
        Err(fault())
    }
}
