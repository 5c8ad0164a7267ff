//! Bills of materials written in another format, with word on what the target cannot carry.
//!
//! Within a family the document itself is rewritten, so that what the model does not hold is kept:
//! CycloneDX to another version or encoding of CycloneDX in [`version`], SPDX 2 to SPDX 2.3. From one
//! family to the other, the one model is written in the words of the target, and whatever finds no place
//! there is a loss. Nothing is invented: where a target demands a value that the source does not have,
//! what stands there instead is a loss too.
//!
//! To add a target: a variant of [`Target`] and a writer of the model.

mod cyclonedx;
mod json;
mod loss;
mod spdx2;
mod unheld;
mod version;

pub use loss::{Loss, Losses, Lost};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::sbom::model::{Format, Sbom};
use crate::evidence::sbom::{self, with_tape};
use crate::tape::Tape;

/// What a document is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// CycloneDX 1.6 in JSON.
    CycloneDx16Json,
    /// CycloneDX 1.7 in JSON.
    CycloneDx17Json,
    /// CycloneDX 1.6 in XML.
    CycloneDx16Xml,
    /// CycloneDX 1.7 in XML.
    CycloneDx17Xml,
    /// SPDX 2.3 in JSON.
    Spdx23Json,
    /// SPDX 3.0.1 in JSON-LD.
    Spdx301Json,
}

impl Target {
    /// Every target with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("cyclonedx-1.6-json", Self::CycloneDx16Json),
        ("cyclonedx-1.7-json", Self::CycloneDx17Json),
        ("cyclonedx-1.6-xml", Self::CycloneDx16Xml),
        ("cyclonedx-1.7-xml", Self::CycloneDx17Xml),
        ("spdx-2.3-json", Self::Spdx23Json),
        ("spdx-3.0.1-json", Self::Spdx301Json),
    ];

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, target)| *target)
    }

    /// Returns the word.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, target)| *target == self)
            .map_or("", |(word, _)| word)
    }

    fn family(self) -> Format {
        match self {
            Self::Spdx23Json | Self::Spdx301Json => Format::Spdx,
            _ => Format::CycloneDx,
        }
    }

    fn spec_version(self) -> &'static str {
        match self {
            Self::CycloneDx16Json | Self::CycloneDx16Xml => "1.6",
            Self::CycloneDx17Json | Self::CycloneDx17Xml => "1.7",
            Self::Spdx23Json => "2.3",
            Self::Spdx301Json => "3.0.1",
        }
    }

    fn is_xml(self) -> bool {
        matches!(self, Self::CycloneDx16Xml | Self::CycloneDx17Xml)
    }

    /// The name for people.
    fn name(self) -> String {
        let family = match self.family() {
            Format::CycloneDx => "CycloneDX",
            Format::Spdx => "SPDX",
        };
        format!("{family} {}", self.spec_version())
    }
}
