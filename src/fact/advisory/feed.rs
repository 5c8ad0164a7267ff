//! What the agency knows of vulnerabilities: its advisories as a snapshot in memory.
//!
//! Every file of the agency that is an advisory, a list of advisories or the list of known exploited
//! vulnerabilities goes in, from archives too, and a snapshot that `mekiki feed` made with its records.
//! Nothing of it depends on the order of the files.

use std::collections::{BTreeMap, BTreeSet};

use super::word::is_own;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::agency_record::read_agency_record;
use crate::evidence::archive::{Container, Entry, Limits, Role, Walk};
use crate::evidence::detect::{Kind, detect};
use crate::evidence::{Citation, Evidence};
use crate::snapshot::{Builder, Bytes, Imported, MANIFEST, Manifest, RECORDS, Records, Snapshot};
use crate::time::{Date, parse_day};
use crate::tree::Value;

/// The fact by which an agency's record says when its advisories were fetched.
pub(super) const RETRIEVED: &str = "agency.advisories.retrieved_on";

/// How many files of advisories are cited by every fact; the record of a tender names them all.
const CITED_FILES: usize = 64;
/// How many remarks on them are told.
const TOLD: usize = 64;
/// The member of an exported snapshot that says what it is; its manifest and records say the rest.
const EXPORT_NOTE: &str = "mekiki-feed.json";
/// Endings by which a file of an archive calls itself a record, so that it is named when it is none.
const ENDINGS: [&str; 5] = [".json", ".yaml", ".yml", ".csv", ".jsonl"];

/// What the agency knows of vulnerabilities.
#[derive(Default)]
pub struct Feed {
    /// The advisories; `None` where there are none.
    pub(super) snapshot: Option<Snapshot>,
    /// What every fact rests on: the files, up to a number, and the record that dates them.
    pub(super) citations: Vec<Citation>,
    /// Files of the agency that records came from, by path.
    files: BTreeMap<String, Digest>,
    /// What of the files could not be used.
    pub(super) remarks: Vec<Diagnostic>,
}

impl Feed {
    /// Gathers what the agency holds, whatever its order.
    ///
    /// The files are known up to the day that a record of the agency for the whole procurement gives as
    /// `agency.advisories.retrieved_on`, of several records the earliest. Without one, each file is known
    /// up to the newest date that it carries, leaving aside dates after the day of judgment.
    pub fn gather<'e>(agency: impl IntoIterator<Item = &'e Evidence>, as_of: Date) -> Self {
        let mut evidence: Vec<&Evidence> = agency.into_iter().collect();
        evidence.sort_by(|one, other| one.path.cmp(&other.path));
        let mut gathering = Gathering::new(retrieved(&evidence), as_of);
        for one in evidence {
            gathering.evidence(one);
        }
        gathering.finish()
    }

    /// Cites a place in a record. One inside of an archive is cited by its own digest, and the archive
    /// with it.
    pub(super) fn cite(&self, path: &str, sha256: Digest, at: Place) -> Vec<Citation> {
        let record = Citation {
            sha256,
            file: path.to_owned(),
            at,
        };
        let outer = self.outer(path);
        let archive = outer.filter(|archive| archive.file != path);
        [record].into_iter().chain(archive).collect()
    }

    /// Cites the file of the agency that a record came with.
    pub(super) fn outer(&self, path: &str) -> Option<Citation> {
        let outer = path.split("!/").next().unwrap_or(path);
        let sha256 = *self.files.get(outer)?;
        Some(Citation {
            sha256,
            file: outer.to_owned(),
            at: Place::whole(),
        })
    }
}

/// The day on which the agency says that it fetched its advisories, with the place.
fn retrieved(evidence: &[&Evidence]) -> Option<(Date, Citation)> {
    let mut days = Vec::new();
    for one in evidence {
        if detect(&one.bytes).kind != Kind::AgencyRecord {
            continue;
        }
        // What is wrong with a record is told where its facts are read.
        let Ok(record) = read_agency_record(&one.bytes) else {
            continue;
        };
        if record.bid.is_some() {
            continue;
        }
        for (key, value, at) in &record.establishes {
            if key == RETRIEVED
                && let Value::Text(text) = value
                && let Some(day) = parse_day(text)
            {
                days.push((day, one.cite(at.clone())));
            }
        }
    }
    days.into_iter().min()
}

/// A feed in the making.
struct Gathering {
    builder: Builder<Vec<u8>>,
    retrieved: Option<(Date, Citation)>,
    feed: Feed,
    left_out: usize,
    /// By folder: manifest and records of a snapshot, as far as they came.
    exported: BTreeMap<String, Exported>,
    is_broken: bool,
}

#[derive(Default)]
struct Exported {
    manifest: Option<Vec<u8>>,
    records: Option<Vec<u8>>,
}

impl Gathering {
    fn new(retrieved: Option<(Date, Citation)>, as_of: Date) -> Self {
        Self {
            builder: Builder::new(Vec::new()).on(as_of),
            retrieved,
            feed: Feed::default(),
            left_out: 0,
            exported: BTreeMap::new(),
            is_broken: false,
        }
    }

    /// Takes a file of the agency, if it has to do with advisories.
    fn evidence(&mut self, evidence: &Evidence) {
        let path = evidence.path.as_str();
        let source = self.builder.source(path);
        let before = self.feed.files.len();
        let detection = detect(&evidence.bytes);
        // A document in CSAF is an advisory of its publisher; the agency's own say what holds here.
        let is_csaf = detection.format == "csaf" && !is_own(path);
        match detection.kind {
            kind if is_csaf || matches!(kind, Kind::Advisory | Kind::Kev) => {
                self.feed.files.insert(path.to_owned(), evidence.digest);
                self.record(source, path, &evidence.bytes);
            }
            Kind::Unknown if self.exported(path, &evidence.bytes) => {
                self.feed.files.insert(path.to_owned(), evidence.digest);
            }
            Kind::Unknown if Container::detect(&evidence.bytes).is_some() => {
                self.archive(source, evidence);
            }
            _ => {}
        }
        let newest = self.builder.take_newest();
        if self.feed.files.len() > before {
            let day = self.retrieved.as_ref().map(|(day, _)| *day).or(newest);
            let day = day.map(|day| day.to_string());
            self.builder.know_until(source, day.as_deref());
            self.builder.set_digest(source, evidence.digest);
        }
    }

    fn archive(&mut self, source: u32, evidence: &Evidence) {
        let mut members = 0_usize;
        let mut visit = |entry: Entry, bytes: &[u8]| {
            if entry.role == Role::File {
                members += usize::from(self.member(source, &entry.path, bytes));
            }
            0
        };
        let mut walk = Walk::new(Limits::default(), &mut visit);
        let walked = walk.file(&evidence.path, &evidence.bytes);
        let mut faults = walk.finish();
        faults.extend(walked.err());
        if members == 0 {
            // An archive without a record is none of ours.
            return;
        }
        self.feed
            .files
            .insert(evidence.path.clone(), evidence.digest);
        for fault in faults {
            let named = fault.file.is_some();
            self.remark(if named {
                fault
            } else {
                fault.in_file(evidence.path.clone())
            });
        }
    }

    /// Takes a member of an archive, and says whether it has to do with advisories.
    fn member(&mut self, source: u32, path: &str, bytes: &[u8]) -> bool {
        if self.exported(path, bytes) {
            return true;
        }
        if path.ends_with(EXPORT_NOTE) {
            return false;
        }
        let imported = Imported::read(path, bytes.to_vec());
        if imported.unrecognized().is_some() && !ENDINGS.iter().any(|one| path.ends_with(one)) {
            return false;
        }
        self.add(source, imported)
    }

    fn record(&mut self, source: u32, path: &str, bytes: &[u8]) {
        self.add(source, Imported::read(path, bytes.to_vec()));
    }

    /// Adds a record, and says whether it could be used.
    fn add(&mut self, source: u32, imported: Imported) -> bool {
        // Memory refuses nothing.
        let Ok(skipped) = self.builder.add(source, imported) else {
            self.is_broken = true;
            return false;
        };
        let is_whole = skipped.iter().any(|one| one.whole);
        for one in skipped {
            self.remark(one.remark);
        }
        !is_whole
    }

    /// Keeps a file of a snapshot that was carried here, and says whether it is one.
    fn exported(&mut self, path: &str, bytes: &[u8]) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        match name {
            MANIFEST if Manifest::parse(bytes).is_ok() => {
                let one = self.exported.entry(folder.to_owned()).or_default();
                one.manifest = Some(bytes.to_vec());
                true
            }
            RECORDS => {
                let one = self.exported.entry(folder.to_owned()).or_default();
                one.records = Some(bytes.to_vec());
                true
            }
            _ => false,
        }
    }

    /// Adds the records of the snapshots that were carried here, each known up to the day that it says.
    fn carry(&mut self) {
        for (folder, one) in std::mem::take(&mut self.exported) {
            let (Some(manifest), Some(records)) = (one.manifest, one.records) else {
                self.remark(damaged(&folder, "its manifest or its records are missing"));
                continue;
            };
            let Ok(manifest) = Manifest::parse(&manifest) else {
                continue;
            };
            if manifest.records.sha256 != Some(Digest::of(&records)) {
                self.remark(damaged(
                    &folder,
                    "its records are not what its manifest says",
                ));
                continue;
            }
            self.carry_records(&folder, &manifest, &records);
        }
    }

    fn carry_records(&mut self, folder: &str, manifest: &Manifest, records: &[u8]) {
        let mut sources = BTreeMap::new();
        for source in &manifest.sources {
            let number = self.builder.source(source.name.as_str());
            self.builder.set_digest(number, source.sha256);
            self.builder.know_until(number, source.as_of.as_deref());
            self.builder.declare(number, &source.covers);
            sources.insert(source.number, number);
        }
        let mut frames = Records::new(records, manifest.records);
        loop {
            match frames.next_frame() {
                Ok(None) => return,
                Err(fault) => {
                    self.remark(fault.in_file(format!("{folder}/{RECORDS}")));
                    return;
                }
                Ok(Some(frame)) => {
                    for packed in frame {
                        if let Some(source) = sources.get(&packed.source) {
                            let path = format!("{folder}/{RECORDS}!/{}", packed.path);
                            self.add(*source, Imported::read(path, packed.bytes));
                        }
                    }
                }
            }
        }
    }

    fn remark(&mut self, remark: Diagnostic) {
        if self.feed.remarks.len() < TOLD {
            self.feed.remarks.push(remark);
        } else {
            self.left_out += 1;
        }
    }

    fn finish(mut self) -> Feed {
        self.carry();
        if self.left_out > 0 {
            let message = format!("{} more remarks on advisories are not shown", self.left_out);
            let more = Diagnostic::note("advisory-remarks", Place::whole(), message);
            let help = "`mekiki feed import` names everything that cannot be used";
            self.feed.remarks.push(more.help(help));
        }
        let mut feed = self.feed;
        match open(self.builder) {
            Ok(snapshot) if snapshot.manifest().advisories > 0 && !self.is_broken => {
                feed.snapshot = Some(snapshot);
            }
            Ok(_) => {}
            Err(fault) => feed.remarks.push(fault),
        }
        let files: BTreeSet<_> = feed.files.keys().take(CITED_FILES).cloned().collect();
        feed.citations = files.iter().filter_map(|path| feed.outer(path)).collect();
        feed.citations
            .extend(self.retrieved.map(|(_, citation)| citation));
        feed
    }
}

fn open(builder: Builder<Vec<u8>>) -> Result<Snapshot, Diagnostic> {
    let built = builder
        .finish()
        .map_err(|error| damaged("", &error.to_string()))?;
    let manifest = built.manifest.text();
    Snapshot::open(manifest.as_bytes(), Box::new(Bytes(built.index)))
}

fn damaged(folder: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "feed-damaged",
        Place::whole(),
        format!("the snapshot in `{folder}` is damaged: {why}"),
    )
    .help("copy its folder again; `mekiki feed verify` checks every page")
}
