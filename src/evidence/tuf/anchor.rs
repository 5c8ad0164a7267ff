//! A root that is known beforehand by its keepers, and not by its file.
//!
//! Source: TUF specification 1.0.33, section 5.2: a client begins with a root that it was shipped with. What is
//! shipped here are facts: the version, the keys and the threshold. The file itself is fetched like all others.
//! Its digest is not among the facts, since keepers may add signatures to a file that is published already.

use std::collections::{BTreeMap, BTreeSet};

use super::key::Key;
use super::metadata::{Metadata, RoleName, Root, Signers};
use super::{MAXIMUM_ROOT_BYTES, Roots, Wanted, mismatch, rollback};
use crate::diagnostic::Diagnostic;

/// A key of an anchor, in the words of a root file (section 4.2).
#[derive(Debug, Clone)]
pub struct AnchorKey {
    /// By what the root file names the key.
    pub id: String,
    /// `keytype`.
    pub kind: String,
    /// `scheme`.
    pub scheme: String,
    /// `public`: PEM, or the hexadecimal digits of a bare key.
    pub public: String,
}

/// The keepers of one version of a repository's root.
#[derive(Debug, Clone)]
pub struct Anchor {
    version: u64,
    signers: Signers,
}

impl Anchor {
    /// Takes the version, how many of the keys must have signed, and the keys.
    ///
    /// # Errors
    ///
    /// A sentence, where a key is none that can sign here, stands there twice, or fewer keys are there than must
    /// sign.
    pub fn new(version: u64, threshold: u64, keys: &[AnchorKey]) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        let mut digests = BTreeSet::new();
        for one in keys {
            let key = Key::new(&one.kind, &one.scheme, &one.public)
                .map_err(|why| format!("the key `{}` is not what it says: {why}", one.id))?;
            let digest = key
                .digest()
                .ok_or_else(|| format!("the scheme `{}` is not known", one.scheme))?;
            if !digests.insert(digest) || known.insert(one.id.clone(), key).is_some() {
                return Err(format!("the key `{}` stands there twice", one.id));
            }
        }
        let count = u64::try_from(digests.len()).unwrap_or_default();
        if threshold == 0 || threshold > count {
            return Err(format!("{threshold} of {count} keys cannot sign"));
        }
        Ok(Self {
            version,
            signers: Signers::new(known, threshold),
        })
    }

    /// The version of the root.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The file of the root, which clients that trust the version before ask for as well (section 5.3.3).
    pub fn wanted(&self) -> Wanted {
        Wanted {
            path: format!("{}.root.json", self.version),
            maximum_bytes: MAXIMUM_ROOT_BYTES,
        }
    }

    /// Takes the file of the root: signed by enough of the keys that are known, of that version, and naming the
    /// same keys and the same threshold. It may have expired, as any first root may.
    ///
    /// # Errors
    ///
    /// `tuf-malformed`, a JSON diagnostic, `tuf-signature`, `tuf-rollback` where it is of another version, and
    /// `tuf-mismatch` where it names other keepers than are known.
    pub fn trust(&self, root: &[u8]) -> Result<Roots, Diagnostic> {
        let root = Metadata::<Root>::read(root, RoleName::Root)?;
        root.signed_by_enough(&self.signers, RoleName::Root)?;
        root.signed_by(&root.role, RoleName::Root)?;
        if root.version != self.version {
            return Err(rollback(&format!(
                "the first root has version {}, not {}",
                root.version, self.version
            )));
        }
        if root.role.signers(RoleName::Root).admitted() != self.signers.admitted() {
            return Err(mismatch(
                "the first root names other keepers than are known of it",
            ));
        }
        Ok(Roots::begin(root))
    }
}
