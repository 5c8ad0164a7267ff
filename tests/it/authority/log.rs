//! A transparency log: its tree and its checkpoints.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::certificate::{KeyForm, SigningKey};
use super::{Hash, base64, sha256};

/// A transparency log, with entries of others from the beginning, so that no inclusion proof is empty.
pub(super) struct Log {
    pub(super) host: &'static str,
    pub(super) key: SigningKey,
    pub(super) named: LogNamed,
    /// Whether it is of the first kind, which makes promises and vouches for times.
    pub(super) promises: bool,
    leaves: Mutex<Vec<Hash>>,
}

/// How a log and its signatures on checkpoints are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogNamed {
    /// Both by the SHA-256 of the public key.
    ByKey,
    /// Both as a note names the key.
    ByNote,
    /// The log by its key, checkpoints as a note does, of which the trusted root tells.
    Apart,
    /// The log by its key, checkpoints as a note does, of which nobody tells.
    ApartUntold,
}

/// What may be wrong with a proof of inclusion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProofFault {
    /// One hash is another.
    Altered,
    /// It is genuine, but for the entry before.
    OfOther,
}

/// What may be wrong with the description of an entry.
#[derive(Clone, Copy, Default)]
pub(super) struct Faults<'a> {
    /// The proof of inclusion is not that of the entry.
    pub(super) proof: Option<ProofFault>,
    /// Another key signed the checkpoint.
    pub(super) bad_checkpoint: bool,
    /// That log signed a checkpoint with the same root.
    pub(super) checkpoint_by: Option<&'a Log>,
    /// Another key made the promise.
    pub(super) bad_promise: bool,
}

impl Log {
    pub(super) fn new(host: &'static str, promises: bool, form: KeyForm, named: LogNamed) -> Self {
        Self {
            host,
            key: SigningKey::of(form),
            named,
            promises,
            leaves: Mutex::new((0..3).map(|other: u8| leaf_hash(&[other])).collect()),
        }
    }

    /// What entries name the log by.
    pub(super) fn id(&self) -> Hash {
        match self.named {
            LogNamed::ByNote => self.key.note_id(self.host),
            _ => self.key.id(),
        }
    }

    /// What signatures on its checkpoints begin with.
    pub(super) fn checkpoint_id(&self) -> Hash {
        match self.named {
            LogNamed::ByKey => self.key.id(),
            _ => self.key.note_id(self.host),
        }
    }

    /// Takes in `body` at `time` and describes the entry as a bundle does: with its inclusion proof, the checkpoint
    /// that the proof leads to, and the promise to include it.
    pub(super) fn take_in(
        &self,
        (kind, version): (&str, &str),
        body: &str,
        time: u64,
        faults: Faults<'_>,
    ) -> Value {
        let leaves = {
            let mut log = self.leaves.lock().expect("no test panics while it logs");
            log.push(leaf_hash(body.as_bytes()));
            log.clone()
        };
        let index = leaves.len() - 1;
        let root = tree_root(&leaves);
        let mut path = audit_path(
            if faults.proof == Some(ProofFault::OfOther) {
                index - 1
            } else {
                index
            },
            &leaves,
        );
        if faults.proof == Some(ProofFault::Altered)
            && let Some(sibling) = path.first_mut()
        {
            *sibling = sha256(sibling);
        }
        let host = self.host;
        let origin = if self.promises {
            format!("{host} - 1")
        } else {
            host.to_owned()
        };
        let note = format!("{origin}\n{}\n{}\n", leaves.len(), base64(root));
        let (id, key) = match faults.checkpoint_by {
            Some(other) => (other.checkpoint_id(), &other.key),
            None => (self.checkpoint_id(), &self.key),
        };
        let signature = sign_unless(faults.bad_checkpoint, key, note.as_bytes());
        let checkpoint = format!(
            "{note}\n\u{2014} {host} {}\n",
            base64([&id[..4], &signature].concat())
        );
        let mut entry = json!({
            "logIndex": index.to_string(),
            "logId": { "keyId": base64(self.id()) },
            "kindVersion": { "kind": kind, "version": version },
            "inclusionProof": {
                "logIndex": index.to_string(),
                "rootHash": base64(root),
                "treeSize": leaves.len().to_string(),
                "hashes": path.iter().map(base64).collect::<Vec<_>>(),
                "checkpoint": { "envelope": checkpoint },
            },
            "canonicalizedBody": base64(body),
        });
        if self.promises {
            let promise = json!({
                "body": base64(body),
                "integratedTime": time,
                "logID": hex::encode(self.id()),
                "logIndex": index,
            })
            .to_string();
            let promise = sign_unless(faults.bad_promise, &self.key, promise.as_bytes());
            entry["integratedTime"] = json!(time.to_string());
            entry["inclusionPromise"] = json!({ "signedEntryTimestamp": base64(promise) });
        }
        entry
    }
}

/// Signs as `key`, unless `fault`: then with a key that nobody trusts.
pub(super) fn sign_unless(fault: bool, key: &SigningKey, message: &[u8]) -> Vec<u8> {
    if fault {
        SigningKey::generate().sign(message)
    } else {
        key.sign(message)
    }
}

/// The hash of a leaf of the transparency log (RFC 6962, section 2.1, as the rest of the tree).
pub(super) fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

pub(super) fn tree_root(leaves: &[Hash]) -> Hash {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(left_size(leaves.len()));
    sha256(&[&[1][..], &tree_root(left), &tree_root(right)].concat())
}

/// The hashes that lead from the leaf at `index` to the root, from the leaf upwards.
pub(super) fn audit_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let middle = left_size(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (audit_path(index, left), right)
    } else {
        (audit_path(index - middle, right), left)
    };
    path.push(tree_root(sibling));
    path
}

/// The largest power of two below the number of leaves.
pub(super) fn left_size(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}
