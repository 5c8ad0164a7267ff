//! One file of a feed, whatever it is, by its bytes.

use std::fmt;

use super::epss::{self, Epss};
use super::field::Fields;
use super::kev::{self, Kev};
use super::lifecycle::{self, Lifecycle};
use super::{Advisory, ghsa, osv, rubysec, rustsec};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::csaf;
use crate::evidence::detect::{Detection, Kind, detect_item, detect_text};
use crate::evidence::unpack;
use crate::tape::{Item, Shape, Step, parse_json, parse_yaml_texts, push_step};

/// What a file of a feed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Advisories, in the order of the file.
    Advisories(Vec<Advisory>),
    /// The catalog of known exploited vulnerabilities.
    Kev(Kev),
    /// Scores of how likely an exploitation is.
    Epss(Epss),
    /// Until when products are supported.
    Lifecycles(Vec<Lifecycle>),
}

/// A file of a feed that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The format's name, as [`crate::evidence::detect`] gives it: an identifier is unique within a format.
    pub format: &'static str,
    /// The document's own identifier, where those of its advisories are not enough (CSAF, RubySec).
    pub document: Option<String>,
    /// What it holds.
    pub content: Content,
    /// What of it could not be used.
    pub remarks: Vec<Diagnostic>,
}

impl Parsed {
    fn new(format: &'static str, content: Content, remarks: Vec<Diagnostic>) -> Self {
        Self {
            format,
            document: None,
            content,
            remarks,
        }
    }
}

/// Reads a file of a feed, compressed or not. What it is follows from its bytes; `path` only tells what a
/// file may leave to its name: the product of a list of cycles, the identifier of a RubySec advisory.
///
/// Of a list, a record that cannot be used is named and the rest is kept.
///
/// # Errors
///
/// Why nothing of the file can be used: the faults of its syntax, `advisory-malformed`, or
/// `advisory-unrecognized` for a file of another kind.
pub fn read(bytes: &[u8], path: &str) -> Result<Parsed, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let content = unpack::unpack(bytes).map_err(one)?;
    let text = unpack::decode(&content).map_err(one)?;
    if text.trim_start().starts_with(['{', '[']) {
        return of_json(&text, path).map_err(one);
    }
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let found = detect_text(text);
    match (found.kind, found.format) {
        (Kind::Advisory, "epss") => {
            let (epss, remarks) = epss::read(text).map_err(one)?;
            Ok(Parsed::new(found.format, Content::Epss(epss), remarks))
        }
        (Kind::Advisory, "rustsec") => {
            let advisory = rustsec::read_advisory(text.as_bytes()).map_err(one)?;
            let content = Content::Advisories(vec![advisory.advisory()]);
            Ok(Parsed::new(found.format, content, Vec::new()))
        }
        (Kind::Advisory, "osv" | "rubysec") => {
            // Numbers of versions must keep their digits.
            let tape = parse_yaml_texts(text, &[]).map_err(one)?;
            let (advisory, mut remarks) = match found.format {
                "osv" => osv::read(tape.root()),
                _ => rubysec::read(tape.root(), rubysec::name_of(path)),
            }
            .map_err(one)?;
            remarks.extend(tape.repeated_members());
            // RubySec has one file for each package that a vulnerability touches.
            let package = advisory
                .affected
                .first()
                .and_then(|one| one.package.as_ref());
            let document = package
                .filter(|_| found.format == "rubysec")
                .map(|package| format!("{} {}", package.name, advisory.id));
            let content = Content::Advisories(vec![advisory]);
            Ok(Parsed {
                document,
                ..Parsed::new(found.format, content, remarks)
            })
        }
        _ => Err(vec![unrecognized(&found)]),
    }
}

fn of_json(text: &str, path: &str) -> Result<Parsed, Diagnostic> {
    let tape = parse_json(text)?;
    let root = tape.root();
    let found = detect_item(root);
    let mut document = None;
    let (content, mut remarks) = match (found.kind, found.format) {
        (Kind::Kev, _) => {
            let (kev, remarks) = kev::read(root)?;
            (Content::Kev(kev), remarks)
        }
        (Kind::Advisory, "endoflife") => {
            let (lifecycles, remarks) = lifecycle::read(root, lifecycle::name_of(path))?;
            (Content::Lifecycles(lifecycles), remarks)
        }
        (Kind::Advisory, "osv") => records(root, osv::read_at)?,
        (Kind::Advisory, "github-advisory") => records(root, ghsa::read_at)?,
        (_, "csaf") => {
            let (advisories, remarks) = csaf::advisories(root)?;
            // Documents of several publishers speak of one CVE.
            document = ["/document/publisher/namespace", "/document/tracking/id"]
                .iter()
                .map(|pointer| root.at(pointer).and_then(Item::text))
                .collect::<Option<Vec<_>>>()
                .map(|parts| parts.join(" "));
            (Content::Advisories(advisories), remarks)
        }
        _ => return Err(unrecognized(&found)),
    };
    remarks.extend(tape.repeated_members());
    Ok(Parsed {
        document,
        ..Parsed::new(found.format, content, remarks)
    })
}

/// Reads the record at a JSON pointer.
type ReadRecord = fn(Item<'_>, &str, &mut Fields) -> Result<Advisory, Diagnostic>;

/// Reads one record, or those of a list or of an interface's answer.
fn records(root: Item<'_>, read: ReadRecord) -> Result<(Content, Vec<Diagnostic>), Diagnostic> {
    /// Where interfaces put the list: OSV's batches, GitHub's lists.
    const LISTS: [&str; 3] = ["", "/vulns", "/data/securityAdvisories/nodes"];
    /// Where GitHub puts a single one.
    const ALONE: &str = "/data/securityAdvisory";
    let mut fields = Fields::new();
    let lists = LISTS.iter().find_map(|pointer| {
        let list = root.at(pointer)?;
        (list.shape() == Shape::List).then_some((list, *pointer))
    });
    let Some((list, prefix)) = lists else {
        let (alone, pointer) = root.at(ALONE).map_or((root, ""), |one| (one, ALONE));
        let advisory = read(alone, pointer, &mut fields)?;
        return Ok((Content::Advisories(vec![advisory]), fields.finish()));
    };
    let mut advisories = Vec::new();
    let mut faults = Vec::new();
    for (position, item) in list.items().enumerate() {
        let mut pointer = prefix.to_owned();
        push_step(&mut pointer, Step::Position(position));
        match read(item, &pointer, &mut fields) {
            Ok(advisory) => advisories.push(advisory),
            Err(fault) => faults.push(fault),
        }
    }
    let mut remarks = fields.finish();
    remarks.extend(faults);
    Ok((Content::Advisories(advisories), remarks))
}

fn unrecognized(found: &Detection) -> Diagnostic {
    let what = if found.kind == Kind::Unknown {
        found.encoding
    } else {
        found.format
    };
    Diagnostic::error(
        "advisory-unrecognized",
        Place::whole(),
        format!("the file is no advisory or list of a feed, but `{what}`"),
    )
    .help("see docs/feeds.md for the formats that are read")
}

impl fmt::Display for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Advisories(list) => write!(formatter, "{} advisories", list.len()),
            Self::Kev(kev) => write!(formatter, "{} exploited", kev.entries.len()),
            Self::Epss(epss) => write!(formatter, "{} scores", epss.scores.len()),
            Self::Lifecycles(list) => write!(formatter, "{} products", list.len()),
        }
    }
}

#[cfg(test)]
mod tests;
