//! The evidence behind a report, file by file, with an anchor for each file and each cited place.

use std::collections::BTreeMap;

use super::Report;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::excerpt::{ExcerptLine, Excerpts};
use crate::evidence::{Citation, Evidence};
use crate::id::CriterionId;
use crate::text::{printable, shortened};

/// The most places of one file that are shown with their lines; the others are listed.
const EXCERPTS: usize = 60;
/// The most characters of a path that are shown.
const PATH: usize = 200;

/// One file of evidence.
#[derive(Debug)]
pub(super) struct Filed {
    /// The anchor, unique in the report: `e1`.
    pub anchor: String,
    /// Its path, made printable.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Number of bytes; absent for what lies inside of an archive.
    pub bytes: Option<usize>,
    /// The archive that it lies in.
    pub inside: Option<String>,
    /// The cited places, sorted.
    pub places: Vec<Cited>,
}

/// One cited place of a file.
#[derive(Debug)]
pub(super) struct Cited {
    /// The anchor: `e1-2`.
    pub anchor: String,
    /// The place in words.
    pub place: String,
    /// The lines around it; empty where none can be shown.
    pub lines: Vec<ExcerptLine>,
    /// The criteria that rest on it, sorted.
    pub criteria: Vec<CriterionId>,
}

/// All evidence of a report.
#[derive(Debug)]
pub(super) struct Appendix {
    /// The files, sorted by path.
    pub files: Vec<Filed>,
    anchors: BTreeMap<Citation, (usize, usize)>,
}

impl Appendix {
    /// Gathers what a report cites, and what was at hand without being cited.
    pub(super) fn new(report: &Report<'_>) -> Self {
        let mut cited: BTreeMap<Key, BTreeMap<Ordered, Vec<CriterionId>>> = BTreeMap::new();
        for one in &report.evidence {
            cited.entry((one.path.clone(), one.digest)).or_default();
        }
        let mut enter = |citation: &Citation, criterion: Option<&CriterionId>| {
            let file = cited.entry((citation.file.clone(), citation.sha256));
            let users = file.or_default().entry(ordered(&citation.at)).or_default();
            users.extend(criterion.cloned());
        };
        for verdict in &report.assessment.verdicts {
            let values = verdict.values.iter().flat_map(|value| &value.citations);
            for citation in verdict.citations.iter().chain(values) {
                enter(citation, Some(&verdict.criterion));
            }
        }
        for contradiction in &report.assessment.contradictions {
            let sides = contradiction.sides.iter().flat_map(|side| &side.citations);
            for citation in contradiction.citations.iter().chain(sides) {
                enter(citation, None);
            }
        }
        let mut files = Vec::new();
        let mut anchors = BTreeMap::new();
        for ((path, sha256), places) in cited {
            let number = files.len();
            for (index, (.., place)) in places.keys().enumerate() {
                let citation = Citation {
                    sha256,
                    file: path.clone(),
                    at: place.clone(),
                };
                anchors.insert(citation, (number, index));
            }
            files.push(filed(report, number + 1, &path, sha256, places));
        }
        Self { files, anchors }
    }

    /// The file and the place that a citation points to.
    pub(super) fn lookup(&self, citation: &Citation) -> Option<(&Filed, &Cited)> {
        let (file, place) = self.anchors.get(citation)?;
        let file = self.files.get(*file)?;
        Some((file, file.places.get(*place)?))
    }
}

type Key = (String, Digest);
/// A place behind its line and column, so that places are sorted as they stand in the file.
type Ordered = (Option<u32>, Option<u32>, Place);

fn ordered(place: &Place) -> Ordered {
    (place.line, place.column, place.clone())
}

fn filed(
    report: &Report<'_>,
    number: usize,
    path: &str,
    sha256: Digest,
    places: BTreeMap<Ordered, Vec<CriterionId>>,
) -> Filed {
    let at_hand = |path: &str| -> Option<&&Evidence> {
        let mut all = report.evidence.iter();
        all.find(|one| one.path == path)
    };
    let evidence = at_hand(path).filter(|one| one.digest == sha256);
    let inside = path
        .split_once("!/")
        .filter(|(outer, _)| evidence.is_none() && at_hand(outer).is_some())
        .map(|(outer, _)| shown(outer));
    let excerpts = evidence.map(|one| Excerpts::new(&one.bytes));
    let places = places
        .into_iter()
        .enumerate()
        .map(|(index, ((.., place), mut criteria))| {
            criteria.sort();
            criteria.dedup();
            let lines = excerpts.as_ref().filter(|_| index < EXCERPTS);
            Cited {
                anchor: format!("e{number}-{}", index + 1),
                lines: lines.map_or_else(Vec::new, |excerpts| excerpts.at(&place)),
                place: words(&place),
                criteria,
            }
        })
        .collect();
    Filed {
        anchor: format!("e{number}"),
        path: shown(path),
        sha256,
        bytes: evidence.map(|one| one.bytes.len()),
        inside,
        places,
    }
}

/// A place as people write it; empty for the document as a whole.
fn words(place: &Place) -> String {
    if place.is_whole() {
        String::new()
    } else {
        shown(&place.to_string())
    }
}

fn shown(text: &str) -> String {
    shortened(&printable(text), PATH)
}
