//! Fingerprints that stay the same when lines move, and tell apart what is alike in everything else.

use std::collections::BTreeMap;

use crate::digest::Digest;

/// Counts how often each fingerprint was given.
#[derive(Debug, Default)]
pub(super) struct Fingerprints(BTreeMap<String, usize>);

impl Fingerprints {
    /// The fingerprint of a finding with the count of those before it that have the same.
    pub(super) fn next(&mut self, fingerprint: Digest) -> (String, usize) {
        let hex = fingerprint.hex();
        let count = self.0.entry(hex.clone()).or_default();
        *count += 1;
        (hex, *count)
    }
}
