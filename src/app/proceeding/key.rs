//! Making a key.

use serde::Serialize;

use super::{Refused, refuse};
use crate::folder::{FolderError, write_secret};
use crate::seal::Key;

/// A key that was made, schema `mekiki/tender-key/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct NewKey {
    /// The schema.
    pub schema: &'static str,
    /// The public key, to be handed out.
    pub recipient: String,
    /// The file with the secret key, which only its owner may read.
    pub file: String,
}

/// Makes a key and writes its secret to a new file.
///
/// # Errors
///
/// `key-exists` where the file is there: a key that something is sealed to must not be lost. As
/// [`write_secret`] else.
pub fn new_key(file: &str) -> Result<NewKey, Refused> {
    let key = Key::fresh();
    let recipient = key.recipient();
    let text = format!("# public key: {recipient}\n{}\n", key.secret());
    write_secret(file, text.as_bytes()).map_err(|error| match error {
        FolderError::Refused { source, .. }
            if source.kind() == std::io::ErrorKind::AlreadyExists =>
        {
            refuse(
                "key-exists",
                format!("there is a file `{file}` already"),
                "name another; a key that something is sealed to must not be written over",
            )
        }
        error => error.diagnostic(),
    })?;
    Ok(NewKey {
        schema: "mekiki/tender-key/v1",
        recipient,
        file: file.to_owned(),
    })
}
