//! Quality profiles of bills of materials: which elements a standard asks for, as data, and their judgment.
//!
//! A [`Profile`] is a file under `criteria/sbom-profiles/`: the elements that a standard asks for, how
//! strictly, by which [`measure::Measure`] of the one model each is judged, and, where the standard or
//! its readers differ, the other readings with the sentence each rests on. [`survey::Survey`] walks the
//! relationships of a document once; [`judgment::judge`] then takes one pass over the components for each
//! profile. A new standard is a new file; only a field that no measure knows needs code.

pub mod judgment;
pub mod measure;
pub mod parse;
pub mod survey;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::Digest;
use crate::text::Text;
use crate::time::Date;
use measure::Measure;

/// Profiles by identifier.
pub type Profiles = BTreeMap<String, Profile>;

/// A standard's expectations of a bill of materials.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The identifier, which is also the name of its file.
    pub id: String,
    /// The version of the standard.
    pub version: String,
    /// The day from which the standard holds.
    pub valid_from: Date,
    /// The title.
    pub title: Text,
    /// What the profile was written from.
    pub source: Source,
    /// The elements in the order of the standard.
    pub elements: Vec<Element>,
    /// Digest of the file.
    pub digest: Digest,
}

impl Profile {
    /// Looks an element up.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|one| one.id == id)
    }
}

/// The document that a profile was written from.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Title, publisher and day.
    pub document: String,
    /// Where it is published.
    pub url: String,
    /// Whether its text was at hand.
    pub mark: Mark,
    /// What else must be known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether the text of a source was at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// It was.
    Verified,
    /// It was not: from general knowledge or by others' accounts, to be checked against the current text.
    Recalled,
}

/// How strictly a standard asks for an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It decides the verdict.
    Required,
    /// It should be there, or must where it exists: shown, without weight.
    Recommended,
    /// It may be there.
    Optional,
}

impl Level {
    /// Every level with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("required", Self::Required),
        ("recommended", Self::Recommended),
        ("optional", Self::Optional),
    ];
}

/// Of what an element speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The document as a whole.
    Document,
    /// What the document describes.
    Root,
    /// What the document describes and every component.
    Component,
    /// The same and every file of SPDX file information.
    File,
}

impl Scope {
    /// Every scope with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("document", Self::Document),
        ("root", Self::Root),
        ("component", Self::Component),
        ("file", Self::File),
    ];
}

/// What a standard asks for.
#[derive(Debug, Clone)]
pub struct Element {
    /// Kebab-case name; the same element has the same one in every profile.
    pub id: String,
    /// How strictly it is asked for.
    pub level: Level,
    /// Of what it speaks.
    pub scope: Scope,
    /// Its name.
    pub title: Text,
    /// Where the standard asks for it.
    pub section: String,
    /// Whether that place was at hand.
    pub mark: Mark,
    /// What the standard asks for, in our words; the profile's own reading rests on it.
    pub asks: Text,
    /// How it is measured by the profile's own reading.
    pub measure: Measure,
    /// Other readings.
    pub readings: Vec<Reading>,
    /// What a supplier should do where it is lacking, ready to send.
    pub repair: Text,
}

/// Another way to read what a standard asks for.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Kebab-case name.
    pub id: String,
    /// What it takes differently.
    pub title: Text,
    /// The sentence that it rests on, in our words.
    pub rests_on: Text,
    /// Of what it speaks.
    pub scope: Scope,
    /// How it measures.
    pub measure: Measure,
}
