//! Evidence: immutable bytes with their digest, and the readers that turn them into typed documents.
//!
//! A reader takes bytes and gives a typed document with diagnostics that carry places; only a document
//! that cannot be read at all is an error. Nothing is fetched, resolved or executed because a document
//! says so. To add a format: one file in the folder of its kind, and a line in [`detect`].

pub mod advisory;
pub mod agency_record;
pub mod archive;
pub mod attestation;
pub mod audit_report;
pub mod certification;
pub mod checksum_list;
pub mod csaf;
pub mod detect;
pub mod excerpt;
pub mod lockfile;
pub mod measurement;
pub mod ocds;
pub mod oci;
pub mod provenance;
pub mod questionnaire;
pub mod register;
pub mod sbom;
pub mod scope;
pub mod signature;
pub mod spreadsheet;
pub mod trusted_root;
pub mod tuf;
pub mod unpack;
pub mod vex;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::diagnostic::Place;
use crate::digest::Digest;

/// The largest evidence file that is read by default: 512 MiB.
pub const MAXIMUM_BYTES: u64 = 512 * 1024 * 1024;

/// One piece of evidence.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Path inside the folder it was handed in with, with `/` between steps.
    pub path: String,
    /// Digest of the bytes.
    pub digest: Digest,
    /// The bytes, as handed in.
    pub bytes: Arc<[u8]>,
}

impl Evidence {
    /// Takes bytes in as evidence.
    pub fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            digest: Digest::of(&bytes),
            bytes: bytes.into(),
        }
    }

    /// Cites a place in this evidence.
    pub fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.digest,
            file: self.path.clone(),
            at,
        }
    }
}

/// The digest of a piece of evidence and a place inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Citation {
    /// Digest of the evidence.
    pub sha256: Digest,
    /// The path under which it was handed in.
    pub file: String,
    /// The place inside.
    pub at: Place,
}

impl fmt::Display for Citation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} ({}) {}",
            self.file,
            self.sha256.short(),
            self.at
        )
    }
}
