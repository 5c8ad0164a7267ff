//! Fetches files over HTTP, so that what arrives is whole and checked, or does not count.
//!
//! Only `https` is spoken unless the caller allows `http`, and no redirect leads from the one to the
//! other. What has not changed is not sent again (RFC 9110, section 13); a download that was cut off is
//! taken up where it stopped, as long as the server vouches for the same bytes by a strong `ETag`. Nothing
//! here knows what the files hold.

mod client;
mod published;
mod repository;
mod slot;

pub use repository::Repository;
pub use slot::{Known, Slot};

use std::path::PathBuf;
use std::time::Duration;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::time::Timestamp;
use client::{Client, Fault, Given};

/// How often a file is asked for before its source has failed.
const ATTEMPTS: u32 = 5;
/// The longest that a server may make us wait: 5 minutes.
const MAXIMUM_WAIT: Duration = Duration::from_mins(5);

/// A file to fetch.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Its address.
    pub url: &'a str,
    /// The digest that it must have, where one is known beforehand.
    pub sha256: Option<Digest>,
    /// The address of a published SHA-256 of it: a text that holds the digest, as `sha256sum` writes it.
    pub checksum_url: Option<&'a str>,
    /// The proxy to go through; else what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    pub proxy: Option<&'a str>,
    /// Whether `http` may be spoken, for a mirror inside of the house.
    pub allow_http: bool,
    /// The most bytes that are taken.
    pub maximum_bytes: u64,
}

/// How to go about it. Time and waiting are the caller's.
pub struct Manner<'a> {
    /// How long the other side may be silent.
    pub timeout: Duration,
    /// Waits.
    pub sleep: &'a dyn Fn(Duration),
    /// The present instant, for a server that names one to come back at.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Is told how many bytes of the file are there.
    pub progress: &'a dyn Fn(u64),
}

/// What came of it.
#[derive(Debug)]
pub enum Retrieved {
    /// The file is still the one that is known.
    Unchanged,
    /// The file is here, whole and checked.
    Whole {
        /// Where it lies.
        path: PathBuf,
        /// What is to be remembered of it once it was used.
        known: Known,
    },
}

/// Fetches a file into its slot. `known` is what is remembered of the file as it was used last.
///
/// An answer of 408, 429 or 5xx, a silent server and a cut connection are tried again, five times in all:
/// after 1, 2, 4 and 8 seconds, or when the server says (`Retry-After`, RFC 9110, section 10.2.3).
///
/// # Errors
///
/// `fetch-address` for an address that is no URL, `fetch-insecure`, `fetch-redirect`, `fetch-status`,
/// `fetch-failed`, `fetch-cut`, `fetch-too-large`, `fetch-checksum`, and `feed-write` where the system
/// refuses to keep what comes.
pub fn retrieve(
    wanted: &Wanted<'_>,
    slot: &Slot,
    known: Option<&Known>,
    manner: &Manner<'_>,
) -> Result<Retrieved, Diagnostic> {
    let client = Client::new(wanted, manner)?;
    let given = patiently(manner, || client.get(wanted, slot, known, manner.progress))?;
    let (etag, last_modified) = match given {
        Given::Unchanged => return Ok(Retrieved::Unchanged),
        Given::Whole {
            etag,
            last_modified,
        } => (etag, last_modified),
    };
    let digest = slot.digest()?;
    let mut expected: Vec<(Digest, &str)> = Vec::new();
    expected.extend(wanted.sha256.map(|digest| (digest, "the configuration")));
    if let Some(url) = wanted.checksum_url {
        let text = patiently(manner, || client.text(url, wanted.allow_http))?;
        let Some(digest) = published::digest_of(&text, wanted.url) else {
            return Err(Diagnostic::error(
                "fetch-checksum",
                Place::whole(),
                format!("`{url}` names no SHA-256 of the file"),
            )
            .help("correct `checksum_url`"));
        };
        expected.push((digest, url));
    }
    if let Some((expected, by)) = expected.iter().find(|(expected, _)| *expected != digest) {
        slot.clear()?;
        return Err(Diagnostic::error(
            "fetch-checksum",
            Place::whole(),
            format!("the file has the SHA-256 `{digest}`, not `{expected}` as {by} says"),
        )
        .help(
            "it was altered on the way, or changed while it was fetched; nothing of it was used",
        ));
    }
    Ok(Retrieved::Whole {
        path: slot.path(),
        known: Known {
            url: wanted.url.to_owned(),
            sha256: digest,
            etag,
            last_modified,
        },
    })
}

/// Does something again while its failure may pass.
fn patiently<T>(
    manner: &Manner<'_>,
    mut attempt: impl FnMut() -> Result<T, Fault>,
) -> Result<T, Diagnostic> {
    let mut pause = Duration::from_secs(1);
    for number in 1.. {
        match attempt() {
            Ok(done) => return Ok(done),
            Err(Fault::Final(fault)) => return Err(*fault),
            Err(Fault::Passing { fault, after }) => {
                let wait = after.map_or(pause, |after| after.wait((manner.now)()));
                if number >= ATTEMPTS || wait > MAXIMUM_WAIT {
                    return Err(*fault);
                }
                (manner.sleep)(wait);
                pause = pause.saturating_mul(2);
            }
        }
    }
    Err(client::failed("it was never asked for"))
}
