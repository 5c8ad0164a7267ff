//! That an entry is in a trusted log: the log's promise, or a proof that leads to its checkpoint.
//!
//! Sources: RFC 9162, sections 2.1.1 and 2.1.3.2 (hashes and inclusion proofs, as in RFC 6962); C2SP
//! `signed-note` and `tlog-checkpoint`; the Rekor specifications, versions 1 and 2.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::super::key::KeyKind;
use super::bundle::{Entry, InclusionProof};
use super::root::{Log, Root};
use crate::digest::Digest;
use crate::time::Timestamp;

/// What stands before the bytes of a key in its `SubjectPublicKeyInfo` (RFC 8410, section 4).
const ED25519_PREFIX: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The trusted log that an entry names.
pub(super) fn of<'a>(entry: &Entry, root: &'a Root) -> Result<&'a Log, String> {
    root.logs
        .iter()
        .find(|log| log.id == entry.log_id)
        .ok_or_else(|| {
            let id = BASE64_STANDARD.encode(&entry.log_id);
            format!("the log `{id}` is not trusted")
        })
}

/// Verifies the log's promise (signed entry timestamp), which vouches for the time of the entry.
///
/// What is signed is a JSON object in canonical form (RFC 8785) over the entry.
pub(super) fn promised(entry: &Entry, promise: &[u8], log: &Log) -> Result<Timestamp, String> {
    let time = i64::try_from(entry.integrated)
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
        .ok_or("its time is beyond the calendar")?;
    if !log.window.contains(time) {
        return Err(format!("the key of {} was not trusted at {time}", log.name));
    }
    let signed = format!(
        r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
        BASE64_STANDARD.encode(&entry.body),
        entry.integrated,
        hex::encode(&entry.log_id),
        entry.log_index,
    );
    if !signs(log, signed.as_bytes(), promise) {
        return Err(format!(
            "the promise for entry {} is not by {}",
            entry.log_index, log.name
        ));
    }
    Ok(time)
}

/// Verifies that `proof` leads from `entry` to a checkpoint of `log`. Whether there was a checkpoint: without
/// one, the proof only agrees with itself.
///
/// For the first Rekor the proof's own index, size and root must be there, and be those of the checkpoint. For the
/// second, index and checkpoint alone count, and copies may be left out; one that contradicts them is refused.
pub(super) fn included(entry: &Entry, proof: &InclusionProof, log: &Log) -> Result<bool, String> {
    let checkpoint = proof
        .checkpoint
        .as_deref()
        .map(|text| Checkpoint::read(text).ok_or("the checkpoint cannot be read"))
        .transpose()?;
    let second = entry.is_of_second_rekor();
    let own = (
        proof.index.unwrap_or_default(),
        proof.size.unwrap_or_default(),
        proof.root.clone().unwrap_or_default(),
    );
    let (index, size, expected) = match &checkpoint {
        Some(checkpoint) if second => (entry.log_index, checkpoint.size, checkpoint.root.clone()),
        _ => own,
    };
    let contradicts = proof.index.is_some_and(|own| own != index)
        || checkpoint.as_ref().is_some_and(|checkpoint| {
            let (own_size, own_root) = (proof.size, proof.root.as_ref());
            own_size.unwrap_or(size) != checkpoint.size
                || *own_root.unwrap_or(&expected) != checkpoint.root
        });
    if contradicts {
        return Err("the inclusion proof is for another checkpoint".to_owned());
    }
    let leaf = Digest::of(&[&[0], entry.body.as_slice()].concat());
    let root = root_of(leaf, index, size, &proof.hashes);
    if root.is_none_or(|root| root.bytes().as_slice() != expected) {
        return Err(format!(
            "the inclusion proof does not lead from entry {} to the root of {size} entries",
            entry.log_index
        ));
    }
    let Some(checkpoint) = checkpoint else {
        return Ok(false);
    };
    checkpoint.is_by(log, second)?;
    Ok(true)
}

/// Whether the checkpoint of `entry` has a signature that begins as the log's own name does: the second verifier finds
/// the key by that alone.
pub(super) fn is_named_as_its_log(entry: &Entry) -> bool {
    let checkpoint = entry
        .proof
        .as_ref()
        .and_then(|proof| proof.checkpoint.as_deref());
    checkpoint.is_none_or(|text| {
        Checkpoint::read(text).is_some_and(|checkpoint| {
            let mut hints = checkpoint.signatures.iter().map(|(_, hint, _)| hint);
            hints.any(|hint| entry.log_id.starts_with(hint))
        })
    })
}

/// The root that a proof leads to (RFC 9162, section 2.1.3.2); `None` where it is none for that place.
fn root_of(leaf: Digest, index: u64, size: u64, hashes: &[Vec<u8>]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut place, mut last, mut root) = (index, size - 1, leaf);
    for hash in hashes {
        if last == 0 || hash.len() != 32 {
            return None;
        }
        if place & 1 == 1 || place == last {
            root = Digest::of(&[&[1], hash.as_slice(), root.bytes()].concat());
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = Digest::of(&[&[1], root.bytes().as_slice(), hash].concat());
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

/// A signed note that says which entries a log has.
struct Checkpoint<'a> {
    /// What is signed.
    note: &'a str,
    origin: &'a str,
    size: u64,
    root: Vec<u8>,
    /// Names, the first four bytes of the key's name, and signatures.
    signatures: Vec<(&'a str, Vec<u8>, Vec<u8>)>,
}

impl<'a> Checkpoint<'a> {
    /// Reads origin, size, root and further lines up to an empty one, and then signatures to the end.
    fn read(text: &'a str) -> Option<Self> {
        let end = text.find("\n\n")?.checked_add(1)?;
        let (note, rest) = text.split_at_checked(end)?;
        let mut lines = note.split_terminator('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?;
        let size = lines.next()?;
        let is_canonical = size.bytes().all(|byte| byte.is_ascii_digit())
            && (size == "0" || !size.starts_with('0'));
        let size = is_canonical.then(|| size.parse().ok()).flatten()?;
        let root = BASE64_STANDARD.decode(lines.next()?).ok()?;
        if root.len() != 32 {
            return None;
        }
        let signatures = rest
            .strip_prefix('\n')?
            .split_terminator('\n')
            .map(|line| {
                let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
                let signature = BASE64_STANDARD.decode(signature).ok()?;
                let (hint, signature) = signature.split_at_checked(4)?;
                Some((name, hint.to_vec(), signature.to_vec()))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            note,
            origin,
            size,
            root,
            signatures,
        })
    }

    /// Whether `log` signed it. Signatures of others, such as witnesses, count for nothing; every one that is said to
    /// be by the log must be (C2SP `signed-note`, "Verifying").
    ///
    /// The first Rekor signs under its host and adds the number of its tree to the origin; the second signs
    /// under the origin itself.
    fn is_by(&self, log: &Log, second: bool) -> Result<(), String> {
        let own = self.signatures.iter().filter(|(name, hint, _)| {
            let named = if second {
                *name == self.origin
            } else {
                self.origin
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(" - "))
            };
            named && is_named(log, name, hint)
        });
        let mut verified = own.map(|(_, _, signature)| signs(log, self.note.as_bytes(), signature));
        if verified.next() == Some(true) && verified.all(|verified| verified) {
            Ok(())
        } else {
            Err(format!("the checkpoint is not by {}", log.name))
        }
    }
}

/// Whether `hint` is the beginning of what a note names the key of `log` by: what the trusted root says, or the digest
/// of an Ed25519 key under its `name` (C2SP `signed-note`, "Signatures").
fn is_named(log: &Log, name: &str, hint: &[u8]) -> bool {
    if let Some(id) = &log.checkpoint_id {
        return id.starts_with(hint);
    }
    let by_name = log.key.as_ref().and_then(|(key, _)| {
        let raw = key.spki().strip_prefix(ED25519_PREFIX)?;
        (key.kind() == KeyKind::Ed25519)
            .then(|| Digest::of(&[name.as_bytes(), b"\n\x01", raw].concat()))
    });
    log.id.starts_with(hint) || by_name.is_some_and(|id| id.bytes().starts_with(hint))
}

fn signs(log: &Log, message: &[u8], signature: &[u8]) -> bool {
    let key = log.key.as_ref();
    key.is_some_and(|(key, scheme)| key.verifies(*scheme, message, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(leaves: &[Digest]) -> Digest {
        if let [leaf] = leaves {
            return *leaf;
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        Digest::of(&[&[1][..], tree(left).bytes(), tree(right).bytes()].concat())
    }

    fn proof(index: usize, leaves: &[Digest]) -> Vec<Vec<u8>> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let middle = leaves.len().next_power_of_two() / 2;
        let (left, right) = leaves.split_at(middle);
        let (mut path, sibling) = if index < middle {
            (proof(index, left), right)
        } else {
            (proof(index - middle, right), left)
        };
        path.push(tree(sibling).bytes().to_vec());
        path
    }

    #[test]
    fn a_proof_leads_to_the_root_from_its_own_place_only() {
        let leaves: Vec<_> = (0..20_u8).map(|leaf| Digest::of(&[leaf])).collect();
        for size in 1..leaves.len() {
            let leaves = &leaves[..size];
            let root = tree(leaves);
            for index in 0..size {
                let hashes = proof(index, leaves);
                for place in 0..size {
                    let found = root_of(leaves[index], place as u64, size as u64, &hashes);
                    assert_eq!(
                        found == Some(root),
                        place == index,
                        "{size} {index} {place}"
                    );
                }
                let longer = [hashes.clone(), vec![vec![0; 32]]].concat();
                let found = root_of(leaves[index], index as u64, size as u64, &longer);
                assert_ne!(found, Some(root));
            }
        }
        assert_eq!(root_of(leaves[0], 1, 1, &[]), None);
        assert_eq!(root_of(leaves[0], 0, 0, &[]), None);
    }

    #[test]
    fn a_checkpoint_is_a_note_and_its_signatures() {
        let root = BASE64_STANDARD.encode([7; 32]);
        let note = format!("log.example - 1\n5\n{root}\nTimestamp: 1\n");
        let good = format!("{note}\n\u{2014} log.example AAAAAAA=\n\u{2014} witness AAAAAAA=\n");
        let checkpoint = Checkpoint::read(&good).unwrap();
        assert_eq!((checkpoint.note, checkpoint.size), (&*note, 5));
        assert_eq!(checkpoint.signatures.len(), 2);
        for (was, is) in [
            ("log.example - 1\n", "\n"),
            ("\n5\n", "\n+5\n"),
            ("\n5\n", "\n05\n"),
            ("\n5\n", "\n\n"),
            ("BwcH", "BwcHBwcH"),
            ("\n\n", "\n"),
            ("\u{2014}", "-"),
            ("AAAAAAA=\n", "AAAAAAA=\n\n"),
            ("AAAAAAA=", "AAA="),
        ] {
            let broken = good.replacen(was, is, 1);
            assert_ne!(broken, good);
            assert!(Checkpoint::read(&broken).is_none(), "{broken}");
        }
    }
}
