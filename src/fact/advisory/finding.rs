//! A finding of a dossier: what touches a component, where that stands, and what statements say of it.

use super::feed::Feed;
use super::word::{Speaker, Word};
use crate::evidence::Citation;
use crate::evidence::vex::Status;
use crate::fact::sbom::Delivered;
use crate::matching::Finding;
use crate::time::Date;

/// A vulnerability that touches a component of an SBOM.
pub(super) struct Held<'s> {
    /// What was found.
    pub(super) finding: Finding<'s>,
    /// The component, and the events of the records that made the match.
    places: Vec<Citation>,
    /// The files of the agency that the records came with.
    files: Vec<Citation>,
    /// What statements say.
    word: Option<Word>,
}

impl<'s> Held<'s> {
    pub(super) fn new(
        delivered: &Delivered,
        finding: Finding<'s>,
        feed: &Feed,
        word: Option<Word>,
    ) -> Self {
        let mut places = vec![delivered.cite(finding.component.at.place())];
        let mut files = Vec::new();
        for record in &finding.records {
            places.extend(feed.cite(&record.file, record.sha256, record.cause.at.clone()));
            files.extend(feed.outer(&record.file));
        }
        Self {
            finding,
            places,
            files,
            word,
        }
    }

    /// Where it stands: the component, and the events of the records.
    pub(super) fn places(&self) -> impl Iterator<Item = Citation> {
        self.places.iter().cloned()
    }

    /// The files that its records came with.
    pub(super) fn files(&self) -> impl Iterator<Item = Citation> {
        self.files.iter().cloned()
    }

    /// The statements that count for it or contradict each other over it.
    pub(super) fn words(&self) -> impl Iterator<Item = Citation> {
        self.word.iter().flat_map(Word::citations).cloned()
    }

    /// Who settles it, and how.
    pub(super) fn settled_by(&self) -> Option<(Speaker, Status)> {
        self.word.as_ref().and_then(Word::settles)
    }

    /// Whether all that is said of it is that somebody looks into it.
    pub(super) fn is_investigated(&self) -> bool {
        let status = self.word.as_ref().and_then(|word| word.status);
        status == Some(Status::UnderInvestigation)
    }

    /// Whether statements of one weight contradict each other over it.
    pub(super) fn is_conflict(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.is_conflict)
    }

    /// Whether a record names a version that mends it.
    pub(super) fn has_fix(&self) -> bool {
        let mut records = self.finding.records.iter();
        records.any(|record| !record.cause.fixed.is_empty())
    }

    /// When the first record was published that names a version that mends it.
    pub(super) fn fix_published(&self) -> Option<Date> {
        let records = self.finding.records.iter();
        records
            .filter(|record| !record.cause.fixed.is_empty())
            .filter_map(|record| record.published)
            .min()
    }
}
