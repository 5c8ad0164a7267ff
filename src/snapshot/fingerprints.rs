//! A fingerprint of every advisory, laid out so that what differs between two snapshots is found without
//! reading what does not.
//!
//! Fingerprints lie in buckets by the hash of the advisory's identity, and every bucket has a digest. Two
//! snapshots are compared by those digests first; only buckets that differ are read.

use serde::{Deserialize, Serialize};

use super::damaged;
use super::stored::{decode, encode};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::pages::{Pages, Part, push_block};

/// How many buckets there are, the same in every snapshot. Ours: of 300,000 advisories a bucket is a third
/// of a page, and a snapshot of a few records pays 24 KiB.
const BUCKETS: usize = 1024;

/// Bytes of a hash: half of a SHA-256, which still has no accidental twin among any number of advisories.
const HASH_BYTES: usize = 16;

/// Bytes of a bucket's entry in the directory: its digest and the offset of its block.
const ENTRY_BYTES: usize = HASH_BYTES + 8;

/// A shortened SHA-256.
pub(super) type Hash = [u8; HASH_BYTES];

/// Shortens the SHA-256 of bytes.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    let digest = Digest::of(bytes);
    digest
        .bytes()
        .first_chunk::<HASH_BYTES>()
        .copied()
        .unwrap_or_default()
}

/// What tells whether an advisory is the same in another snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    /// Of the database, the document and the identifier.
    pub(super) identity: Hash,
    /// Of everything that the snapshot says of it.
    pub(super) content: Hash,
    /// Whether it is withdrawn, on whatever day.
    pub(super) is_withdrawn: bool,
    /// Its number in this snapshot.
    pub(super) advisory: u32,
    /// The offsets of the postings of its packages in this snapshot, which stand for their keys.
    pub(super) packages: Vec<u64>,
}

/// Lays fingerprints out: the directory and the blocks.
pub(super) fn lay_out(mut fingerprints: Vec<Fingerprint>) -> (Vec<u8>, Vec<u8>) {
    fingerprints.sort();
    let (mut directory, mut blocks) = (Vec::new(), Vec::new());
    let mut rest = fingerprints.as_slice();
    for bucket in 0..BUCKETS {
        let length = rest.partition_point(|one| bucket_of(&one.identity) <= bucket);
        let (own, behind) = rest.split_at(length);
        rest = behind;
        let compared: Vec<u8> = own
            .iter()
            .flat_map(|one| one.identity.iter().chain(&one.content))
            .copied()
            .collect();
        directory.extend_from_slice(&hash(&compared));
        directory.extend_from_slice(&(blocks.len() as u64).to_le_bytes());
        push_block(&mut blocks, &encode(&own));
    }
    (directory, blocks)
}

/// The first ten bits.
fn bucket_of(identity: &Hash) -> usize {
    match identity {
        [first, second, ..] => (usize::from(*first) << 2) | (usize::from(*second) >> 6),
    }
}

/// The fingerprints of a snapshot.
pub(super) struct Fingerprints<'s> {
    pub(super) pages: &'s Pages,
    pub(super) directory: Part,
    pub(super) blocks: Part,
}

impl Fingerprints<'_> {
    fn entries(&self) -> Result<Vec<(Hash, u64)>, Diagnostic> {
        let directory = self.pages.section(self.directory)?;
        let entries: Vec<_> = directory
            .chunks_exact(ENTRY_BYTES)
            .filter_map(|entry| {
                let (digest, offset) = entry.split_first_chunk::<HASH_BYTES>()?;
                Some((*digest, u64::from_le_bytes(offset.try_into().ok()?)))
            })
            .collect();
        if entries.len() == BUCKETS {
            Ok(entries)
        } else {
            Err(damaged("it has no list of fingerprints")
                .help("import its records again with this version"))
        }
    }

    fn bucket(&self, offset: u64) -> Result<Vec<Fingerprint>, Diagnostic> {
        decode(&self.pages.block(self.blocks, offset)?)
    }
}

/// An advisory that is not the same in two snapshots.
#[derive(Debug)]
pub(super) struct Differing {
    pub(super) before: Option<Fingerprint>,
    pub(super) after: Option<Fingerprint>,
}

/// Everything that differs.
pub(super) fn compare(
    before: &Fingerprints<'_>,
    after: &Fingerprints<'_>,
) -> Result<Vec<Differing>, Diagnostic> {
    let mut differing = Vec::new();
    for ((old, old_offset), (new, new_offset)) in
        before.entries()?.into_iter().zip(after.entries()?)
    {
        if old != new {
            let (old, new) = (before.bucket(old_offset)?, after.bucket(new_offset)?);
            compare_buckets(old, new, &mut differing);
        }
    }
    Ok(differing)
}

/// Compares two sorted buckets. One identity may stand several times; what is the same in content on both
/// sides is set against each other first.
fn compare_buckets(
    before: Vec<Fingerprint>,
    after: Vec<Fingerprint>,
    differing: &mut Vec<Differing>,
) {
    let key = |one: &Fingerprint| (one.identity, one.content);
    let mut gone = Vec::new();
    let mut come = Vec::new();
    let mut old = before.into_iter().peekable();
    let mut new = after.into_iter().peekable();
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => key(old).cmp(&key(new)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let (takes_old, takes_new) = (order.is_le(), order.is_ge());
        let one = old.next_if(|_| takes_old);
        let other = new.next_if(|_| takes_new);
        if order.is_ne() {
            gone.extend(one);
            come.extend(other);
        }
    }
    let mut come = come.into_iter().peekable();
    for before in gone {
        while let Some(after) = come.next_if(|after| after.identity < before.identity) {
            differing.push(Differing {
                before: None,
                after: Some(after),
            });
        }
        let after = come.next_if(|after| after.identity == before.identity);
        differing.push(Differing {
            before: Some(before),
            after,
        });
    }
    differing.extend(come.map(|after| Differing {
        before: None,
        after: Some(after),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(identity: u8, content: u8) -> Fingerprint {
        Fingerprint {
            identity: [identity; HASH_BYTES],
            content: [content; HASH_BYTES],
            is_withdrawn: false,
            advisory: 0,
            packages: Vec::new(),
        }
    }

    #[test]
    fn what_is_the_same_is_passed_over() {
        type Pairs = [(u8, u8)];
        type Found = [(Option<u8>, Option<u8>)];
        let cases: [(&Pairs, &Pairs, &Found); 6] = [
            (&[(1, 1)], &[(1, 1)], &[]),
            (&[(1, 1)], &[(1, 2)], &[(Some(1), Some(2))]),
            (&[(1, 1), (3, 1)], &[(3, 1)], &[(Some(1), None)]),
            (
                &[(3, 1)],
                &[(1, 1), (3, 2)],
                &[(None, Some(1)), (Some(1), Some(2))],
            ),
            (&[(1, 1), (1, 2)], &[(1, 2), (1, 3)], &[(Some(1), Some(3))]),
            (&[], &[(1, 1), (2, 1)], &[(None, Some(1)), (None, Some(1))]),
        ];
        for (before, after, expected) in cases {
            let prints = |pairs: &Pairs| pairs.iter().map(|(one, two)| print(*one, *two)).collect();
            let mut found = Vec::new();
            compare_buckets(prints(before), prints(after), &mut found);
            let content = |one: &Option<Fingerprint>| one.as_ref().map(|one| one.content[0]);
            let found: Vec<_> = found
                .iter()
                .map(|one| (content(&one.before), content(&one.after)))
                .collect();
            assert_eq!(found, expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn every_fingerprint_has_its_bucket() {
        let all: Vec<_> = (0..=255).map(|identity| print(identity, 7)).collect();
        let (directory, blocks) = lay_out(all.clone());
        assert_eq!(directory.len(), BUCKETS * ENTRY_BYTES);
        let mut parts = crate::pages::Parts::default();
        parts.add("directory", &directory);
        parts.add("blocks", &blocks);
        let (bytes, whole, table) = parts.seal();
        let source = Box::new(crate::pages::Bytes(bytes));
        let pages = Pages::open(source, &whole, damaged).unwrap();
        let prints = Fingerprints {
            pages: &pages,
            directory: table["directory"],
            blocks: table["blocks"],
        };
        let mut found = Vec::new();
        for (_, offset) in prints.entries().unwrap() {
            found.extend(prints.bucket(offset).unwrap());
        }
        assert_eq!(found, all);
    }
}
