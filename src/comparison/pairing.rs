//! Which subject of one document is which of the other.
//!
//! Passes run from strong evidence to weak. Each groups what is left by one key, so a pass costs one
//! sort; within a group equal versions are paired first, then the nearest. Nothing depends on the order
//! of the documents, and the two sides are treated alike.

use std::cmp::Ordering;

use rayon::prelude::*;
use serde::Serialize;

use super::subject::{Key, Secret, Subject, plain_hash};
use super::version::{common_numbers, rank};
use std::hash::BuildHasher as _;

/// Why two subjects are held to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The package URLs are equivalent.
    Purl,
    /// The package URLs are equivalent but for their qualifiers.
    PurlWithoutQualifiers,
    /// Group, name, version and ecosystem are the same.
    NameVersion,
    /// The package URLs are equivalent but for the version.
    PurlWithoutVersion,
    /// A digest is the same.
    Hash,
    /// Group, name and version are the same; one side does not tell its ecosystem.
    NameVersionOnly,
    /// Vendor, product and version of the CPE are the same.
    CpeVersion,
    /// Group and name are the same.
    Name,
    /// Vendor and product of the CPE are the same.
    Cpe,
    /// The names are the same; one side has no group.
    NameWithoutGroup,
    /// Only the document's own name for it and the version are the same.
    Reference,
    /// Both are what their document describes.
    Root,
}

/// How sure a pairing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess.
    Low,
    /// Likely.
    Medium,
    /// As good as certain.
    High,
    /// By identifiers made for it.
    Certain,
}

impl Reason {
    /// How sure a pairing is that rests on it.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::Purl => Confidence::Certain,
            Self::PurlWithoutQualifiers | Self::NameVersion | Self::PurlWithoutVersion => {
                Confidence::High
            }
            Self::Hash | Self::NameVersionOnly | Self::CpeVersion | Self::Name => {
                Confidence::Medium
            }
            Self::Cpe | Self::NameWithoutGroup | Self::Reference | Self::Root => Confidence::Low,
        }
    }

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Purl => "purl",
            Self::PurlWithoutQualifiers => "purl-without-qualifiers",
            Self::NameVersion => "name-version",
            Self::PurlWithoutVersion => "purl-without-version",
            Self::Hash => "hash",
            Self::NameVersionOnly => "name-version-only",
            Self::CpeVersion => "cpe-version",
            Self::Name => "name",
            Self::Cpe => "cpe",
            Self::NameWithoutGroup => "name-without-group",
            Self::Reference => "reference",
            Self::Root => "root",
        }
    }
}

/// A pair: an index on each side, and why.
pub(super) type Pair = (u32, u32, Reason);

/// Groups with more candidates than this are paired in order, from the latest version down.
const MAXIMUM_CANDIDATES: usize = 4096;

/// Digests that may pair, strongest first. A checksum of 32 bits is none.
const ALGORITHMS: [&str; 13] = [
    "SHA512",
    "SHA3512",
    "SHA384",
    "SHA3384",
    "SHA256",
    "SHA3256",
    "BLAKE2B512",
    "BLAKE2B384",
    "BLAKE2B256",
    "BLAKE3",
    "SHA224",
    "SHA1",
    "MD5",
];

/// Pairs those subjects of both sides that are open, and marks them as paired.
pub(super) struct Pairing<'s, 'a> {
    pub(super) a: &'s [Subject<'a>],
    pub(super) b: &'s [Subject<'a>],
    pub(super) secret: &'s Secret,
    /// Which of `a` may still be paired.
    pub(super) open_a: Vec<bool>,
    /// Which of `b` may still be paired.
    pub(super) open_b: Vec<bool>,
    pub(super) pairs: Vec<Pair>,
}

impl<'s, 'a> Pairing<'s, 'a> {
    /// Everything is open.
    pub(super) fn new(a: &'s [Subject<'a>], b: &'s [Subject<'a>], secret: &'s Secret) -> Self {
        Self {
            a,
            b,
            secret,
            open_a: vec![true; a.len()],
            open_b: vec![true; b.len()],
            pairs: Vec::with_capacity(a.len().min(b.len())),
        }
    }

    /// Runs every pass.
    pub(super) fn run(&mut self, references: impl Fn(bool, &Subject<'a>) -> Option<String> + Sync) {
        let secret = self.secret;
        let versioned = |key: Option<Key>, one: &Subject<'_>| {
            let version = one.version.as_deref().unwrap_or_default();
            key.map(|key| secret.hash_one((key, version)))
        };
        self.pass(Reason::Purl, |_, one| one.purl);
        self.pass(Reason::PurlWithoutQualifiers, |_, one| one.versioned);
        self.pass(Reason::NameVersion, |_, one| {
            let ecosystem = one.ecosystem.as_deref().unwrap_or_default();
            versioned(one.full, one).map(|key| secret.hash_one((key, ecosystem)))
        });
        self.pass(Reason::PurlWithoutVersion, |_, one| one.build);
        self.pass(Reason::PurlWithoutVersion, |_, one| one.package);
        for algorithm in ALGORITHMS {
            self.pass(Reason::Hash, |_, one| {
                let hashes = one.component.hashes.iter();
                let values = hashes
                    .map(plain_hash)
                    .filter(|(own, value)| own == algorithm && !value.is_empty());
                values.min().map(|value| secret.hash_one(value))
            });
        }
        self.pass(Reason::NameVersionOnly, |_, one| {
            one.version.as_ref()?;
            versioned(one.full, one)
        });
        self.pass(Reason::CpeVersion, |_, one| {
            one.version.as_ref()?;
            versioned(one.product, one)
        });
        self.pass(Reason::Name, |_, one| one.full);
        self.pass(Reason::Cpe, |_, one| one.product);
        self.pass(Reason::NameWithoutGroup, |_, one| one.short);
        self.pass(Reason::Reference, |is_a, one| {
            one.version.as_ref()?;
            let reference = references(is_a, one)?;
            versioned(Some(secret.hash_one(speaking(&reference)?)), one)
        });
        // What has no name at all is only found where everything else is the same.
        self.pass(Reason::Name, |_, one| {
            one.full.is_none().then_some(one.fingerprint)
        });
    }

    /// Pairs what the same key leads to.
    fn pass(&mut self, reason: Reason, key: impl Fn(bool, &Subject<'a>) -> Option<Key> + Sync) {
        let keyed = |is_a: bool, subjects: &[Subject<'a>], open: &[bool]| {
            let mut keyed: Vec<(Key, u32)> = subjects
                .par_iter()
                .zip(open)
                .enumerate()
                .filter(|(_, (_, open))| **open)
                .filter_map(|(index, (one, _))| Some((key(is_a, one)?, u32::try_from(index).ok()?)))
                .collect();
            keyed.par_sort_unstable();
            keyed
        };
        let all_a = keyed(true, self.a, &self.open_a);
        let all_b = keyed(false, self.b, &self.open_b);
        let mut rest_b = all_b.as_slice();
        for group_a in all_a.chunk_by(|one, other| one.0 == other.0) {
            let Some((key, _)) = group_a.first() else {
                continue;
            };
            let start = rest_b.partition_point(|(other, _)| other < key);
            rest_b = rest_b.get(start..).unwrap_or_default();
            let end = rest_b.partition_point(|(other, _)| other == key);
            let (group_b, behind) = rest_b.split_at_checked(end).unwrap_or((rest_b, &[]));
            rest_b = behind;
            if !group_b.is_empty() {
                self.group(reason, group_a, group_b);
            }
        }
    }

    fn group(&mut self, reason: Reason, group_a: &[(Key, u32)], group_b: &[(Key, u32)]) {
        if let ([(_, a)], [(_, b)]) = (group_a, group_b) {
            if self.agree(reason, *a, *b) {
                self.pair(*a, *b, reason);
            }
            return;
        }
        let side = |group: &[(Key, u32)], subjects: &[Subject<'a>]| {
            let mut side: Vec<u32> = group.iter().map(|(_, index)| *index).collect();
            side.sort_by(|one, other| order(subjects, *one, *other));
            side
        };
        let mut left = side(group_a, self.a);
        let mut right = side(group_b, self.b);
        // Equal and alike, then equal in version, then the nearest.
        self.equals(reason, &mut left, &mut right, true);
        self.equals(reason, &mut left, &mut right, false);
        if left.len().saturating_mul(right.len()) <= MAXIMUM_CANDIDATES {
            self.nearest(reason, &left, &right);
        } else {
            for (a, b) in left.iter().rev().zip(right.iter().rev()) {
                if self.agree(reason, *a, *b) {
                    self.pair(*a, *b, reason);
                }
            }
        }
    }

    /// Pairs along two sorted sides what has one version, and one fingerprint where `alike` asks for it.
    fn equals(&mut self, reason: Reason, left: &mut Vec<u32>, right: &mut Vec<u32>, alike: bool) {
        let (mut rest_left, mut rest_right) = (Vec::new(), Vec::new());
        let mut ahead_left = left.iter().copied().peekable();
        let mut ahead_right = right.iter().copied().peekable();
        while let (Some(a), Some(b)) = (ahead_left.peek(), ahead_right.peek()) {
            let (a, b) = (*a, *b);
            let (Some(one), Some(other)) = (self.a.get(a as usize), self.b.get(b as usize)) else {
                break;
            };
            let by_version = versions(one, other);
            let order = if alike {
                by_version.then(one.fingerprint.cmp(&other.fingerprint))
            } else {
                by_version
            };
            if order != Ordering::Greater {
                ahead_left.next();
            }
            if order != Ordering::Less {
                ahead_right.next();
            }
            match order {
                Ordering::Less => rest_left.push(a),
                Ordering::Greater => rest_right.push(b),
                Ordering::Equal if self.agree(reason, a, b) => self.pair(a, b, reason),
                Ordering::Equal => {
                    rest_left.push(a);
                    rest_right.push(b);
                }
            }
        }
        rest_left.extend(ahead_left);
        rest_right.extend(ahead_right);
        *left = rest_left;
        *right = rest_right;
    }

    /// Pairs the nearest: most leading numbers in common, then fewest versions between.
    fn nearest(&mut self, reason: Reason, left: &[u32], right: &[u32]) {
        let mut line: Vec<(bool, u32)> = left
            .iter()
            .map(|a| (true, *a))
            .chain(right.iter().map(|b| (false, *b)))
            .collect();
        let of = |(is_a, index): &(bool, u32)| {
            let subjects = if *is_a { self.a } else { self.b };
            subjects.get(*index as usize)
        };
        line.sort_by(|one, other| match (of(one), of(other)) {
            (Some(one), Some(other)) => {
                versions(one, other).then(one.fingerprint.cmp(&other.fingerprint))
            }
            _ => Ordering::Equal,
        });
        let mut candidates = Vec::new();
        for (place, one) in line.iter().enumerate().filter(|(_, one)| one.0) {
            for (other_place, other) in line.iter().enumerate().filter(|(_, other)| !other.0) {
                let (Some(a), Some(b)) = (of(one), of(other)) else {
                    continue;
                };
                if self.agree(reason, one.1, other.1) {
                    let common = match (&a.version, &b.version) {
                        (Some(a), Some(b)) => common_numbers(a, b),
                        _ => 0,
                    };
                    let distance = place.abs_diff(other_place);
                    let lower = place.min(other_place);
                    candidates.push((std::cmp::Reverse(common), distance, lower, one.1, other.1));
                }
            }
        }
        candidates.sort_unstable();
        for (.., a, b) in candidates {
            let is_open = self.open_a.get(a as usize) == Some(&true)
                && self.open_b.get(b as usize) == Some(&true);
            if is_open {
                self.pair(a, b, reason);
            }
        }
    }

    /// Whether nothing that is stronger speaks against a pair.
    fn agree(&self, reason: Reason, a: u32, b: u32) -> bool {
        let (Some(a), Some(b)) = (self.a.get(a as usize), self.b.get(b as usize)) else {
            return false;
        };
        let by_identifier = matches!(
            reason,
            Reason::Purl | Reason::PurlWithoutQualifiers | Reason::PurlWithoutVersion
        );
        if by_identifier {
            return true;
        }
        if a.is_file != b.is_file {
            return false;
        }
        if reason == Reason::NameWithoutGroup && a.has_group && b.has_group {
            return false;
        }
        if reason == Reason::Hash {
            return true;
        }
        match (&a.ecosystem, &b.ecosystem) {
            (Some(one), Some(other)) if one != other => false,
            // Two package URLs of one ecosystem that differ are two packages.
            (Some(_), Some(_)) => a.package == b.package,
            _ => true,
        }
    }

    /// Keeps a pair.
    pub(super) fn pair(&mut self, a: u32, b: u32, reason: Reason) {
        if let (Some(open_a), Some(open_b)) = (
            self.open_a.get_mut(a as usize),
            self.open_b.get_mut(b as usize),
        ) {
            *open_a = false;
            *open_b = false;
            self.pairs.push((a, b, reason));
        }
    }
}

/// The order of two versions; none is before any.
fn versions(one: &Subject<'_>, other: &Subject<'_>) -> Ordering {
    match (&one.version, &other.version) {
        (Some(one), Some(other)) => rank(one, other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

fn order(subjects: &[Subject<'_>], one: u32, other: u32) -> Ordering {
    match (subjects.get(one as usize), subjects.get(other as usize)) {
        (Some(a), Some(b)) => versions(a, b)
            .then(a.fingerprint.cmp(&b.fingerprint))
            .then(one.cmp(&other)),
        _ => one.cmp(&other),
    }
}

/// A reference that says something; a number or a random identifier is given anew by every run.
fn speaking(reference: &str) -> Option<&str> {
    let plain = reference.strip_prefix("SPDXRef-").unwrap_or(reference);
    let letters = plain.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_hexadecimal = plain
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_numbered = ["Package", "File", "Component", "pkg", "ref", "element"]
        .iter()
        .filter_map(|word| plain.strip_prefix(word))
        .any(|rest| !rest.bytes().any(|byte| byte.is_ascii_alphabetic()));
    (letters >= 3 && !is_hexadecimal && !is_numbered).then_some(plain)
}
