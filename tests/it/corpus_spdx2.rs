//! The SPDX 2 documents of the corpus in every encoding: read, refused or found invalid as its manifest
//! says, and the same document read the same way from each encoding.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use mekiki::diagnostic::{Diagnostic, Severity};
use mekiki::evidence::sbom::model::{Component, Relationship, Sbom};
use mekiki::evidence::sbom::spdx2;
use mekiki::markup::parse_xml;
use mekiki::tape::{Item, Shape, Tape, parse_json};
use spdx_rs::models::SPDX;

use crate::corpus::{Row, corpus, say};
use crate::seeded::Seeded;

/// Error codes that a document may have though its JSON schema accepts it: what the text of the
/// specification demands and a schema cannot say.
const BEYOND_THE_SCHEMA: [&str; 3] = ["spdx-duplicate-id", "spdx-creator", "spdx-created"];

/// The formats of the manifest that are read here.
const FORMATS: [&str; 5] = ["spdx-json", "spdx-tv", "spdx-yaml", "spdx-rdf", "spdx-xml"];

/// The text of a document, whatever its Unicode encoding.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let text = std::str::from_utf8(bytes).expect("the document is UTF-8");
            return Cow::Borrowed(text.trim_start_matches('\u{feff}'));
        }
    };
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .skip(1)
        .map(|one| unit(*one));
    Cow::Owned(
        char::decode_utf16(units)
            .map(|one| one.expect("UTF-16"))
            .collect(),
    )
}

/// Puts a document in one of the encodings onto a tape, with the remarks on the encoding.
pub(crate) fn tape_of<'a>(
    format: &str,
    text: &'a str,
) -> Result<(Tape<'a>, Vec<Diagnostic>), Diagnostic> {
    let plain = |tape| (tape, Vec::new());
    match format {
        "spdx-rdf" => parse_xml(text)
            .and_then(|one| spdx2::rdf::to_tape(&one))
            .map(plain),
        "spdx-xml" => parse_xml(text)
            .and_then(|one| spdx2::xml::to_tape(&one))
            .map(plain),
        "spdx-json" => parse_json(text).map(plain),
        "spdx-yaml" => spdx2::parse_yaml(text),
        "spdx-tv" => spdx2::tag_value::to_tape(text),
        other => panic!("{other} is no encoding of SPDX 2"),
    }
}

/// The tape as a value of `serde_json`, for the oracle.
fn value_of(item: Item<'_>) -> serde_json::Value {
    use serde_json::Value;
    match item.shape() {
        Shape::Null => Value::Null,
        Shape::Bool => item.bool().into(),
        Shape::Integer => item.integer().into(),
        Shape::Number => item.magnitude().into(),
        Shape::Text => item.text().into(),
        Shape::List => item.children().map(value_of).collect(),
        Shape::Table => item
            .children()
            .map(|one| (one.key().unwrap_or_default().to_owned(), value_of(one)))
            .collect(),
    }
}

struct Judged {
    row: &'static Row,
    /// The SBOM with all findings, or why it was refused.
    outcome: Result<(Sbom, Vec<Diagnostic>), Diagnostic>,
    /// What the official schema says of the tape.
    schema_fault: Option<String>,
}

impl Judged {
    fn errors(&self) -> Vec<&Diagnostic> {
        match &self.outcome {
            Ok((_, findings)) => findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .collect(),
            Err(fault) => vec![fault],
        }
    }
}

fn schema(version: &str) -> Option<jsonschema::Validator> {
    let version = if version == "2.2" { "2.2" } else { "2.3" };
    let text = corpus()?.read(&format!("schemas/spdx/spdx-schema-v{version}.json"));
    let schema = serde_json::from_slice(&text).expect("a schema is JSON");
    Some(jsonschema::validator_for(&schema).expect("a schema is sound"))
}

/// Every SPDX 2 document, read once for all tests.
fn judged() -> &'static [Judged] {
    static JUDGED: OnceLock<Vec<Judged>> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let Some(corpus) = corpus() else {
            return Vec::new();
        };
        let schemas = ["2.2", "2.3"].map(|version| (version, schema(version).expect("a schema")));
        let rows = corpus
            .rows
            .iter()
            .filter(|row| row.kind == "sbom" && FORMATS.contains(&row.format.as_str()));
        rows.map(|row| {
            let bytes = corpus.read(&row.path);
            let text = text_of(&bytes);
            let judge = || {
                let (tape, mut findings) = tape_of(&row.format, &text)?;
                spdx2::check_version(&tape)?;
                let (sbom, more) = spdx2::build(&tape);
                findings.extend(more);
                let value = value_of(tape.root());
                // Every other encoding is put into the shape of 2.3.
                let is_json = row.format == "spdx-json";
                let (_, schema) = schemas
                    .iter()
                    .find(|(version, _)| is_json && *version == sbom.spec_version)
                    .unwrap_or(&schemas[1]);
                let fault = schema
                    .iter_errors(&value)
                    .next()
                    .map(|fault| format!("{} {fault}", fault.instance_path()));
                Ok((sbom, findings, fault))
            };
            let outcome = catch_unwind(AssertUnwindSafe(judge))
                .unwrap_or_else(|_| panic!("{}: the reader panicked", row.path));
            let (outcome, schema_fault) = match outcome {
                Ok((sbom, findings, fault)) => (Ok((sbom, findings)), fault),
                Err(fault) => (Err(fault), None),
            };
            Judged {
                row,
                outcome,
                schema_fault,
            }
        })
        .collect()
    })
}

fn word(row: &Row) -> &str {
    row.expected
        .split([' ', ':', ';', ','])
        .next()
        .unwrap_or_default()
}

#[test]
fn every_document_is_read_or_refused_as_the_manifest_says() {
    let mut wrong = Vec::new();
    let mut counts = std::collections::BTreeMap::new();
    for one in judged() {
        let right = match word(one.row) {
            // What a schema refuses is refused by the schema; the rest must be found here.
            "reject" | "invalid" => one.schema_fault.is_some() || !one.errors().is_empty(),
            _ => one.outcome.is_ok(),
        };
        if !right {
            wrong.push(format!("{}: {:?}", one.row.path, one.errors().first()));
        }
        *counts.entry(one.row.format.as_str()).or_insert(0) += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(&format!(
        "corpus SPDX 2: read or refused as expected: {counts:?}"
    ));
}

#[test]
fn no_valid_document_is_called_invalid() {
    let mut wrong = Vec::new();
    let mut valid = 0;
    for one in judged().iter().filter(|one| one.outcome.is_ok()) {
        let is_valid = word(one.row) == "valid";
        let errors = one.errors();
        let unexpected = if is_valid {
            errors.first()
        } else if one.schema_fault.is_none() {
            errors
                .iter()
                .find(|error| !BEYOND_THE_SCHEMA.contains(&error.code))
        } else {
            None
        };
        if let Some(error) = unexpected {
            wrong.push(format!("{}: {error}", one.row.path));
        }
        if is_valid && let Some(fault) = &one.schema_fault {
            wrong.push(format!("{}: schema: {fault}", one.row.path));
        }
        valid += usize::from(is_valid);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(&format!(
        "corpus SPDX 2: none of {valid} valid ones called invalid"
    ));
}

/// What must be the same in every encoding: components, files and relationships, each sorted.
fn essence(sbom: &Sbom) -> [Vec<String>; 3] {
    let name = |component: &Component| {
        let version = component.version.as_deref().unwrap_or_default();
        let purl = component.purl.as_deref().unwrap_or_default();
        format!(
            "{} {} {version} {purl}",
            sbom.reference_of(component),
            component.name
        )
    };
    let relationship = |one: &Relationship| {
        let [from, to] = [one.from, one.to].map(|end| sbom.references.name(end));
        format!("{from} {} {to}", one.kind)
    };
    let mut essence = [
        sbom.all_components().map(name).collect::<Vec<_>>(),
        sbom.files.iter().map(name).collect(),
        sbom.relationships.iter().map(relationship).collect(),
    ];
    for list in &mut essence {
        list.sort();
    }
    essence
}

/// What two lists do not share, with `-` and `+` before it.
fn difference(left: &[String], right: &[String]) -> Vec<String> {
    let lacking = left.iter().filter(|one| !right.contains(one));
    let added = right.iter().filter(|one| !left.contains(one));
    lacking
        .map(|one| format!("- {one}"))
        .chain(added.map(|one| format!("+ {one}")))
        .collect()
}

/// Documents that the corpus holds in several encodings, the first the measure of the others.
const SAME: [&[&str]; 9] = [
    &[
        "tools-java/SPDXJSONExample-v2.3.spdx.json",
        "tools-java/SPDXRdfExample-v2.3.spdx.rdf.zst",
        "tools-java/SPDXTagExample-v2.3.spdx",
        "tools-java/SPDXXMLExample-v2.3.spdx.xml",
        "tools-java/SPDXYAMLExample-2.3.spdx.yaml",
        "tools-python/SPDXJSONExample-v2.3.spdx.json",
        "tools-python/SPDXRdfExample-v2.3.spdx.rdf.xml.zst",
        "tools-python/SPDXTagExample-v2.3.spdx",
        "tools-python/SPDXXMLExample-v2.3.spdx.xml",
        "tools-python/SPDXYAMLExample-v2.3.spdx.yaml",
    ],
    &[
        "tools-python/SPDXJSONExample-UTF-16.spdx.json",
        "tools-python/SPDXTagExample-UTF-16.spdx",
        "tools-python/SPDXXMLExample-UTF-16.spdx.xml",
    ],
    &[
        "spdx-docfest/SourceAuditor/AppBomInation-SourceAndDependency.spdx.yaml",
        "spdx-docfest/SourceAuditor/AppBomInation-SourceAndDependency.spdx.rdf.xml.zst",
    ],
    &[
        "spdx-docfest/SourceAuditor/AppBomInation-SourceOnly.spdx.yaml",
        "spdx-docfest/SourceAuditor/AppBomInation-SourceOnly.spdx.rdf.xml",
    ],
    &[
        "spdx-docfest/SourceAuditor/SourceAuditor-time-1.9.spdx.yaml",
        "spdx-docfest/SourceAuditor/SourceAuditor-time-1.9.spdx.rdf.xml.zst",
    ],
    &[
        "spdx-docfest/SourceAuditor/pyyamll-6.spdx.yaml.zst",
        "spdx-docfest/SourceAuditor/pyyamll-6.spdx.rdf.xml.zst",
    ],
    &[
        "ntia-checker/no_elements_missing/SPDXJSONExample-v2.3.spdx.json",
        "ntia-checker/no_elements_missing/SPDXTagExample-v2.3.spdx",
        "ntia-checker/no_elements_missing/SPDXYAMLExample-v2.3.spdx.yaml",
    ],
    &[
        "ntia-checker/missing_component_version/SPDXJSONExample-v2.3.spdx.json",
        "ntia-checker/missing_component_version/SPDXTagExample-v2.3.spdx",
        "ntia-checker/missing_component_version/SPDXYAMLExample-v2.3.spdx.yaml",
    ],
    &[
        "ntia-checker/missing_supplier_name/SPDXXMLExample-v2.3.spdx.xml",
        "ntia-checker/missing_supplier_name/SPDXRdfExample-v2.3.spdx.rdf.xml",
    ],
];

#[test]
fn the_same_document_is_read_the_same_way_from_each_encoding() {
    let find = |path: &&str| {
        let one = judged()
            .iter()
            .find(|one| one.row.path.strip_prefix("sbom/") == Some(path));
        let sbom = one.and_then(|one| one.outcome.as_ref().ok());
        let (sbom, _) = sbom.unwrap_or_else(|| panic!("{path} is read"));
        sbom
    };
    if judged().is_empty() {
        return;
    }
    let mut differences = Vec::new();
    for group in SAME {
        let measure = essence(find(&group[0]));
        for path in &group[1..] {
            let other = essence(find(path));
            for (left, right) in measure.iter().zip(&other) {
                let found = difference(left, right);
                differences.extend(found.iter().map(|one| format!("{path}: {one}")));
            }
        }
    }
    assert_eq!(differences, [] as [&str; 0]);
}

/// What `spdx-rs` reads; `None` where it does not read the document, or panics.
fn oracle_essence(format: &str, text: &str) -> Option<[Vec<String>; 3]> {
    let read = || match format {
        "spdx-json" => serde_json::from_str::<SPDX>(text).ok(),
        "spdx-tv" => spdx_rs::parsers::spdx_from_tag_value(text).ok(),
        _ => None,
    };
    let spdx = catch_unwind(AssertUnwindSafe(read)).ok().flatten()?;
    let packages = spdx.package_information.iter().map(|one| {
        let mut references = one.external_reference.iter();
        let purl = references.find(|one| one.reference_type == "purl");
        let purl = purl.map_or("", |one| one.reference_locator.as_str());
        let version = one.package_version.as_deref().unwrap_or_default();
        let id = &one.package_spdx_identifier;
        format!("{id} {} {version} {purl}", one.package_name)
    });
    let files = spdx
        .file_information
        .iter()
        .map(|one| format!("{} {}  ", one.file_spdx_identifier, one.file_name));
    let relationships = spdx.relationships.iter().map(|one| {
        let kind = serde_json::to_value(&one.relationship_type).expect("a word");
        let kind = kind.as_str().unwrap_or_default().to_owned();
        format!(
            "{} {kind} {}",
            one.spdx_element_id, one.related_spdx_element
        )
    });
    let mut essence: [Vec<String>; 3] =
        [packages.collect(), files.collect(), relationships.collect()];
    for list in &mut essence {
        list.sort();
    }
    Some(essence)
}

/// Documents that the oracle reads wrongly, with the reason.
const MISREAD: [(&str, &str); 2] = [
    (
        "sbom/ntia-checker/missing_unique_identifiers/SPDXTagExample-v2.3.spdx",
        "it gives a package without SPDXID that of the file behind it",
    ),
    (
        "sbom/ntia-checker/other/test_components_without_functions.spdx",
        "it takes the line behind an empty name for the name",
    ),
];

#[test]
fn the_oracle_reads_no_more_than_we_do() {
    let Some(corpus) = corpus() else { return };
    let (mut documents, mut alone) = (0, 0);
    let mut wrong = Vec::new();
    for one in judged() {
        let Ok((sbom, _)) = &one.outcome else {
            continue;
        };
        if !matches!(one.row.format.as_str(), "spdx-json" | "spdx-tv") {
            continue;
        }
        let bytes = corpus.read(&one.row.path);
        let Some(theirs) = oracle_essence(&one.row.format, &text_of(&bytes)) else {
            alone += 1;
            continue;
        };
        if MISREAD.iter().any(|(path, _)| *path == one.row.path) {
            continue;
        }
        documents += 1;
        let mut ours = essence(sbom);
        let mut theirs = theirs;
        if one.row.format == "spdx-tv" {
            // NOTE: the oracle loses the last external reference of the last package.
            for line in ours[0].iter_mut().chain(&mut theirs[0]) {
                line.truncate(line.rfind(' ').unwrap_or_default());
            }
        }
        for (kind, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            // NOTE: what the lists of names say is a relationship here and not there.
            let found = difference(theirs, ours);
            let found = found.iter().filter(|one| kind < 2 || one.starts_with('-'));
            wrong.extend(found.map(|found| format!("{}: {found}", one.row.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(&format!(
        "spdx-rs on the corpus: {documents} documents read the same way, {alone} by us alone"
    ));
}

/// What a mutation writes in: the marks of the encodings.
const PIECES: [&str; 22] = [
    "<text>",
    "</text>",
    ":",
    "\n",
    "SPDXID: ",
    "Relationship: a B c\n",
    "PackageName: x\n",
    "#",
    "&a ",
    "*a",
    "- ",
    "  ",
    "\"",
    "<",
    ">",
    "/>",
    "&amp;",
    "&#0;",
    " rdf:nodeID=\"A1\"",
    "[",
    "{",
    "\u{76ee}",
];

/// Changes one to four places of a text, at the bounds of characters.
fn damage(text: &mut String, seeded: &mut Seeded) {
    for _ in 0..=seeded.below(4) {
        let at = text.floor_char_boundary(seeded.below(text.len() + 1));
        let end = text.floor_char_boundary((at + seeded.below(60)).min(text.len()));
        match seeded.below(4) {
            0 => text.replace_range(at..end, ""),
            1 => {
                let again = text.get(at..end).expect("at characters").to_owned();
                text.insert_str(at, &again);
            }
            2 => text.truncate(at),
            _ => text.replace_range(at..end, PIECES[seeded.below(PIECES.len())]),
        }
    }
}

#[test]
fn no_reader_panics_on_a_damaged_document() {
    const MUTATIONS: usize = 400;
    const LIMIT: usize = 60_000;
    let Some(corpus) = corpus() else { return };
    let originals: Vec<_> = SAME[0]
        .iter()
        .chain(["ntia-checker/missing_supplier_name/SPDXRdfExample-v2.3.spdx.rdf.xml"].iter())
        .map(|path| {
            let path = format!("sbom/{path}");
            let row = corpus.rows.iter().find(|row| row.path == path);
            let row = row.expect("the row is there");
            (
                row.format.as_str(),
                text_of(&corpus.read(&path)).into_owned(),
            )
        })
        .filter(|(_, text)| text.len() < LIMIT)
        .collect();
    let mut seeded = Seeded::new(0x7370_6478);
    let mut read = 0;
    for mutation in 0..MUTATIONS {
        let (format, text) = &originals[mutation % originals.len()];
        let mut text = text.clone();
        damage(&mut text, &mut seeded);
        let survived = catch_unwind(|| match tape_of(format, &text) {
            Ok((tape, _)) => spdx2::build(&tape).0.components.len(),
            Err(fault) => usize::from(fault.message.is_empty()),
        });
        let outcome =
            survived.unwrap_or_else(|_| panic!("mutation {mutation} of {format}: {text}"));
        read += usize::from(outcome > 0);
    }
    assert!(read > MUTATIONS / 4, "{read} are read all the same");
}
