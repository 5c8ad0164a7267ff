//! Software bills of materials: one model, one reader a format, whatever a document is written in.
//!
//! Every encoding is put into the JSON shape of its standard, flat on a tape; the tables of the standard
//! judge the shape, and a builder fills the model from it. So the same content is judged the same way in
//! any encoding. The original bytes stay the evidence; the model is an index over them with places.
//!
//! To add an encoding: one file that writes a tape. To add a version: its tables, and whatever is new in
//! it in the builder.

pub mod cyclonedx;
pub mod model;
pub mod semantics;
pub mod spdx2;
pub mod spdx3;
pub mod tables;
mod validity;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::detect::{Detection, Kind, detect_binary, detect_item, detect_text};
use crate::evidence::unpack::{decode, unpack};
use crate::markup::{Markup, parse_xml};
use crate::tape::{Finder, Item, Lines, Tape, parse_json};

pub use model::{Component, Format, Relationship, Sbom};

/// What a reader gives.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What could be read.
    pub sbom: Sbom,
    /// Every remark: first those on the encoding, then those on the shape, then those on the content.
    pub findings: Vec<Diagnostic>,
}

impl Reading {
    /// Whether no finding is an error.
    pub fn valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// Reads a bill of materials of any supported format, compressed or not.
///
/// # Errors
///
/// The diagnostics that make the document unreadable; at least one.
pub fn read(bytes: &[u8]) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    with_tape(bytes, &mut |_, _, _| {})
}

/// What is shown a document in the shape of its standard's JSON, beside what it is and says.
pub type Visit<'v> = &'v mut dyn FnMut(&Tape<'_>, &Detection, &Sbom);

/// Reads a bill of materials and shows `visit` the tape behind it, for those who need more of a document
/// than the model holds.
///
/// # Errors
///
/// As [`read`].
pub fn with_tape(bytes: &[u8], visit: Visit<'_>) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let content = unpack(bytes).map_err(|fault| vec![fault])?;
    if let Some(detection) = detect_binary(&content).filter(|found| found.encoding == "protobuf") {
        let (tape, remarks) =
            cyclonedx::protobuf::to_tape(&content).map_err(|fault| vec![fault])?;
        return finish(detection, &tape, remarks, None, visit);
    }
    if let Some(form) = packed_form(&content) {
        return Err(vec![
            Diagnostic::error(
                "sbom-unsupported",
                Place::whole(),
                format!("{form} is no SBOM that is read"),
            )
            .help("take the SBOM out of it, or export the sheet as SPDX JSON or tag-value"),
        ]);
    }
    let text = decode(&content).map_err(|fault| vec![fault])?;
    match text.trim_start().chars().next() {
        Some('{' | '[') => read_json(&text, visit),
        Some('<') => read_xml(&text, visit),
        _ => read_plain(&text, visit),
    }
    .map_err(|faults| {
        let mut faults = faults;
        faults.truncate(100);
        faults
    })
}

fn read_json(text: &str, visit: Visit<'_>) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let tape = parse_json(text).map_err(|fault| vec![fault])?;
    let detection = detect_item(tape.root());
    let remarks = tape.repeated_members();
    finish(detection, &tape, remarks, None, visit)
}

fn read_xml(text: &str, visit: Visit<'_>) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let markup = parse_xml(text).map_err(|fault| vec![fault])?;
    let detection = detect_text(text);
    let mut remarks = Vec::new();
    if markup.has_doctype() {
        remarks.push(
            Diagnostic::warning(
                "xml-doctype",
                Place::whole(),
                "the document type declaration is not followed",
            )
            .help("leave it out; no SBOM needs one"),
        );
    }
    let placed = match (detection.format, detection.encoding) {
        ("cyclonedx", _) => {
            let (tape, more) = cyclonedx::xml::to_tape(&markup);
            remarks.extend(more);
            Ok(tape)
        }
        ("spdx", "rdf-xml") => spdx2::rdf::to_tape(&markup),
        ("spdx", _) => spdx2::xml::to_tape(&markup),
        _ => Err(unsupported(&detection)),
    };
    let tape = placed.map_err(|fault| vec![fault])?;
    finish(detection, &tape, remarks, Some(&markup), visit)
}

fn read_plain(text: &str, visit: Visit<'_>) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let detection = detect_text(text);
    match (detection.format, detection.encoding) {
        ("spdx", "tag-value") => {
            let (tape, remarks) = spdx2::tag_value::to_tape(text).map_err(|fault| vec![fault])?;
            finish(detection, &tape, remarks, None, visit)
        }
        ("spdx", "yaml") => {
            let (tape, remarks) = spdx2::parse_yaml(text).map_err(|fault| vec![fault])?;
            finish(detection, &tape, remarks, None, visit)
        }
        _ => Err(vec![unsupported(&detection)]),
    }
}

/// Gives findings in a JSON document, which have a pointer, their line and column too.
pub fn find_lines(bytes: &[u8], findings: &mut [Diagnostic]) {
    find_lines_of(bytes, findings.iter_mut().map(|finding| &mut finding.at));
}

/// Finds the lines of places in the same way.
pub fn find_lines_of<'p>(bytes: &[u8], places: impl IntoIterator<Item = &'p mut Place>) {
    let Ok(content) = unpack(bytes) else { return };
    let Ok(text) = decode(&content) else { return };
    let Ok(tape) = parse_json(&text) else { return };
    let lines = Lines::new(&text);
    let mut finder = Finder::new(&tape);
    for at in places {
        let Some(pointer) = at.pointer.as_deref().filter(|_| at.line.is_none()) else {
            continue;
        };
        // A value without a text of its own has the place of what it stands in.
        let mut around = Some(pointer);
        let offset = std::iter::from_fn(|| {
            let pointer = around?;
            around = pointer.rfind('/').and_then(|end| pointer.get(..end));
            Some(finder.at(pointer).and_then(Item::offset))
        })
        .flatten()
        .next();
        let (line, column) = lines.at(offset.unwrap_or(0));
        (at.line, at.column) = (Some(line), Some(column));
    }
}

/// Judges the shape and fills the model.
fn finish(
    detection: Detection,
    tape: &Tape<'_>,
    remarks: Vec<Diagnostic>,
    markup: Option<&Markup<'_>>,
    visit: Visit<'_>,
) -> Result<(Detection, Reading), Vec<Diagnostic>> {
    let mut findings = remarks;
    let stated = detection.spec_version.as_deref();
    let shape = || stated.map(|version| shape(&detection, version, tape, markup));
    let content = || build(&detection, tape);
    let (shaped, built) = if tape.len() > LARGE {
        rayon::join(shape, content)
    } else {
        (shape(), content())
    };
    let (sbom, content) = built.map_err(|fault| vec![fault])?;
    // What the head of the document does not tell, the builder found.
    let shaped = match (shaped, stated) {
        (Some(shaped), Some(stated)) if stated == sbom.spec_version => shaped,
        _ => self::shape(&detection, &sbom.spec_version, tape, markup),
    };
    findings.extend(shaped);
    findings.extend(content);
    visit(tape, &detection, &sbom);
    Ok((detection, Reading { sbom, findings }))
}

/// From this many nodes on the shape is judged while the model is filled, on a second core.
const LARGE: usize = 10_000;

/// Holds the shape of a document against the tables of its version.
fn shape(
    detection: &Detection,
    version: &str,
    tape: &Tape<'_>,
    markup: Option<&Markup<'_>>,
) -> Vec<Diagnostic> {
    match (detection.format, markup) {
        ("cyclonedx", Some(markup)) => validity::of_markup(version, markup.root()),
        ("cyclonedx", None) => {
            let mut findings = validity::of_tape(Format::CycloneDx, version, tape.root());
            if detection.encoding == "protobuf" {
                validity::pass_over_signatures(&mut findings);
            }
            findings
        }
        _ => validity::of_tape(Format::Spdx, version, tape.root()),
    }
}

fn build(detection: &Detection, tape: &Tape<'_>) -> Result<(Sbom, Vec<Diagnostic>), Diagnostic> {
    match (detection.kind, detection.format, detection.encoding) {
        (Kind::Sbom | Kind::Vex, "cyclonedx", _) => cyclonedx::build(tape),
        (Kind::Sbom, "spdx", "json-ld") => Ok(spdx3::build(tape)),
        (Kind::Sbom, "spdx", _) => spdx2::check_version(tape).map(|_| spdx2::build(tape)),
        _ => Err(unsupported(detection)),
    }
}

/// Forms in which an SBOM comes inside of something else, by their first bytes.
fn packed_form(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3 | 5, ..] => Some("a spreadsheet or zip archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("a spreadsheet of the old binary form"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("a file compressed by xz"),
        _ => None,
    }
}

fn unsupported(detection: &Detection) -> Diagnostic {
    const READ: &str = "hand in CycloneDX 1.0 to 1.7 (JSON, XML, Protobuf), SPDX 2.2 or 2.3 (JSON, tag-value, YAML, RDF/XML) or SPDX 3.0 (JSON-LD)";
    let Detection {
        format, encoding, ..
    } = detection;
    if *format == "unknown" {
        Diagnostic::error(
            "sbom-unrecognized",
            Place::whole(),
            format!("the {encoding} document is no known SBOM"),
        )
        .help(READ)
    } else {
        Diagnostic::error(
            "sbom-unsupported",
            Place::whole(),
            format!("{format} in {encoding} is no SBOM that is read"),
        )
        .help(READ)
    }
}
