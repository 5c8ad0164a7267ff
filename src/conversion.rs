//! Bills of materials written in another format, with word on what the target cannot carry.

pub mod spdx3;

use crate::diagnostic::Place;

/// Something that the target cannot carry, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What it is.
    pub what: String,
    /// Its place in the source.
    pub at: Place,
    /// Why it is lost, or what becomes of it.
    pub reason: String,
}
