//! Reading the answers of a file, whatever file they come in.

use serde_json::{Value, json};

use super::Refused;
use super::library::Library;
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::document::answers::{AnswerCounts, ImportedAnswer, ImportedAnswers, UsedMap};
use crate::evidence::detect::{Kind, detect};
use crate::evidence::questionnaire::read_answers;
use crate::evidence::spreadsheet;
use crate::questionnaire::Questionnaire;
use crate::questionnaire::foreign::{self, Map, Shape, Suggestion, fit, read_among, read_map};
use crate::questionnaire::response::{Answer, AnswerSet};
use crate::questionnaire::structured::read_sheet;
use crate::questionnaire::workbook;
use crate::tree::{Complaints, parse_toml};

/// What is asked of an import.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportRequest<'a> {
    /// The map to use instead of the one that fits: its identifier.
    pub map: Option<&'a str>,
    /// A map of the caller's own, in TOML.
    pub map_file: Option<&'a [u8]>,
    /// The questionnaire of ours in whose terms the answers are told.
    pub questionnaire: Option<&'a str>,
}

/// Reads the answers of a file.
///
/// # Errors
///
/// What makes the file unreadable, `questionnaire-map-missing` where no map fits, and `questionnaire-unknown`,
/// `map-unknown` for names that the library does not have.
pub fn import_answers(
    bytes: &[u8],
    request: ImportRequest<'_>,
    library: &Library,
) -> Result<ImportedAnswers, Refused> {
    let bytes = &*crate::evidence::unpack::unpack(bytes)?;
    let detection = detect(bytes);
    let ours = request
        .questionnaire
        .map(|id| questionnaire(id, library))
        .transpose()?;
    if detection.format == "mekiki-answers" {
        return own_answers(bytes, ours, library);
    }
    if matches!(detection.format, "xlsx-questionnaire" | "csv-questionnaire") {
        return own_workbook(bytes, detection.format, ours, library);
    }
    let own_map = request.map_file.map(parse_map).transpose()?;
    let map = match (&own_map, request.map) {
        (Some(map), _) => map,
        (None, Some(id)) => library
            .maps
            .get(id)
            .ok_or_else(|| unknown_map(id, library))?,
        (None, None) => fitting_map(bytes, detection.format, detection.kind, library)?,
    };
    let (sheet, own) = match ours {
        Some(ours) => (foreign::read(bytes, map, Some(ours))?, Some(ours)),
        None => read_among(bytes, map, library.questionnaires.values())?,
    };
    let mut ownership = sheet.ownership.clone();
    let set = if let Some(ours) = ours.or(own) {
        let set = sheet.in_terms_of(ours, map);
        // The positions are those of the foreign sheet; they are told by identifier.
        let by_id = |answer: &Answer| {
            let position = sheet.set.answers.iter().position(|one| one.at == answer.at);
            position.and_then(|position| sheet.ownership.get(&position).cloned())
        };
        let told = set.answers.iter().enumerate();
        ownership = told
            .filter_map(|(index, one)| Some((index, by_id(one)?)))
            .collect();
        set
    } else {
        sheet.set.clone()
    };
    let mut imported = view(set, detection.format);
    for (index, owner) in ownership {
        if let Some(answer) = imported.answers.get_mut(index) {
            answer.ownership = Some(owner);
        }
    }
    imported.map = Some(UsedMap {
        id: sheet.map.0,
        version: sheet.map.1,
    });
    Ok(imported)
}

fn own_answers(
    bytes: &[u8],
    ours: Option<&Questionnaire>,
    library: &Library,
) -> Result<ImportedAnswers, Refused> {
    let (sheet, remarks) = read_answers(bytes).map_err(Refused)?;
    let answered = match ours {
        Some(ours) => ours,
        None => questionnaire(&sheet.questionnaire, library)?,
    };
    let mut set = read_sheet(&sheet, answered);
    set.remarks.extend(remarks);
    Ok(view(set, "mekiki-answers"))
}

/// Reads a workbook of ours, or a sheet of it as text.
fn own_workbook(
    bytes: &[u8],
    format: &str,
    ours: Option<&Questionnaire>,
    library: &Library,
) -> Result<ImportedAnswers, Refused> {
    let workbook = spreadsheet::read(bytes)?;
    let markers = workbook::markers(&workbook);
    let answered = match (ours, markers.first()) {
        (Some(ours), _) => ours,
        (None, Some((_, marker))) => questionnaire(&marker.questionnaire, library)?,
        (None, None) => {
            let message = "nothing in the file says which questionnaire was answered";
            return Err(
                Diagnostic::error("questionnaire-unknown", Place::whole(), message)
                    .help("name it with --questionnaire")
                    .into(),
            );
        }
    };
    Ok(view(workbook::read(&workbook, answered), format))
}

fn view(set: AnswerSet, format: &str) -> ImportedAnswers {
    let count = |keep: fn(&&Answer) -> bool| set.answers.iter().filter(keep).count();
    let counts = AnswerCounts {
        answers: set.answers.len(),
        read: count(|one| one.response.is_some()),
        remarked: count(|one| !one.remarks.is_empty()),
        unread: count(|one| one.response.is_none()),
    };
    let answers = set.answers.into_iter().map(|answer| ImportedAnswer {
        question: answer.question,
        value: answer.response,
        raw: answer.raw,
        at: answer.at,
        note: answer.note,
        ownership: None,
        documents: answer.documents.into_iter().map(|(path, _)| path).collect(),
        remarks: answer.remarks,
    });
    ImportedAnswers {
        schema: "mekiki/questionnaire/v1",
        format: format.to_owned(),
        map: None,
        questionnaire: set.questionnaire,
        version: set.version,
        answered_on: set.answered_on.map(|day| day.to_string()),
        counts,
        answers: answers.collect(),
        remarks: set.remarks,
    }
}

fn questionnaire<'l>(id: &str, library: &'l Library) -> Result<&'l Questionnaire, Refused> {
    library.questionnaires.get(id).ok_or_else(|| {
        let known = library.questionnaires.keys().map(String::as_str);
        let message = format!("there is no questionnaire `{id}`");
        Diagnostic::error("questionnaire-unknown", Place::whole(), message)
            .help(help(id, known))
            .into()
    })
}

fn unknown_map(id: &str, library: &Library) -> Refused {
    let known = library.maps.keys().map(String::as_str);
    Diagnostic::error(
        "map-unknown",
        Place::whole(),
        format!("there is no map `{id}`"),
    )
    .help(help(id, known))
    .into()
}

fn help<'a>(id: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(id, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// The map for a format; for a table of no known format, the one most of whose columns are there.
fn fitting_map<'l>(
    bytes: &[u8],
    format: &str,
    kind: Kind,
    library: &'l Library,
) -> Result<&'l Map, Refused> {
    if let Some(map) = library.maps.values().find(|map| map.format == format) {
        return Ok(map);
    }
    let missing = |message: String, help: &str| {
        Refused::from(
            Diagnostic::error("questionnaire-map-missing", Place::whole(), message).help(help),
        )
    };
    if !matches!(kind, Kind::Unknown | Kind::Questionnaire) {
        return Err(missing(
            format!("the file is of the format `{format}` and answers no questionnaire"),
            "hand in the file with the answers",
        ));
    }
    // What cannot be read at all says why.
    spreadsheet::read(bytes)?;
    let tables = library
        .maps
        .values()
        .filter(|map| map.shape == Shape::Table);
    let fitting: Vec<_> = tables
        .filter_map(|map| Some((fit(bytes, map)?, map)))
        .collect();
    let most = fitting.iter().map(|(columns, _)| *columns).max();
    let best: Vec<_> = fitting
        .iter()
        .filter(|(columns, _)| Some(*columns) == most)
        .collect();
    match best.as_slice() {
        [(_, map)] => Ok(map),
        [] => Err(missing(
            "no map fits the columns of the file".to_owned(),
            "`mekiki questionnaire map suggest` writes one to start from; give it with --map",
        )),
        several => {
            let names: Vec<_> = several.iter().map(|(_, map)| map.id.as_str()).collect();
            Err(missing(
                format!(
                    "the maps {} fit the columns of the file alike",
                    names.join(", ")
                ),
                "name one of them with --map",
            ))
        }
    }
}

/// Reads a map of the caller's own.
///
/// # Errors
///
/// Every fault of it.
pub fn parse_map(bytes: &[u8]) -> Result<Map, Refused> {
    let document = parse_toml(bytes).map_err(Refused)?;
    let complaints = Complaints::default();
    let map = read_map(&document, &complaints);
    let faults = complaints.into_sorted();
    if faults.iter().any(|one| one.severity == Severity::Error) {
        return Err(Refused(faults));
    }
    Ok(map)
}

/// Suggests a map for a table.
///
/// # Errors
///
/// What makes the file unreadable, and `questionnaire-columns` where no row looks like a header.
pub fn suggest_map(bytes: &[u8], library: &Library) -> Result<Suggestion, Refused> {
    Ok(foreign::suggest(
        &crate::evidence::unpack::unpack(bytes)?,
        &library.maps,
    )?)
}

/// A suggestion as a document, schema `mekiki/questionnaire-map-suggestion/v1`.
pub fn suggestion_view(suggestion: &Suggestion) -> Value {
    let columns: Vec<_> = suggestion
        .columns
        .iter()
        .map(|one| {
            json!({"column": one.role.word(), "header": one.header, "at": one.at, "confidence": one.confidence.word(), "reason": one.reason})
        })
        .collect();
    let maps: Vec<_> = suggestion
        .maps
        .iter()
        .map(|(id, columns)| json!({"id": id, "columns": columns}))
        .collect();
    json!({
        "schema": "mekiki/questionnaire-map-suggestion/v1",
        "sheet": suggestion.sheet,
        "header_row": suggestion.header_row,
        "columns": columns,
        "maps": maps,
        "draft": suggestion.draft,
    })
}

/// The maps of the library as a document, schema `mekiki/questionnaire-maps/v1`.
pub fn list_maps(library: &Library) -> Value {
    let maps: Vec<_> = library
        .maps
        .values()
        .map(|map| {
            json!({
                "id": map.id, "version": map.version, "title": map.title, "format": map.format,
                "questionnaire": map.questionnaire, "questionnaire_version": map.questionnaire_version,
                "links": map.links.len(),
            })
        })
        .collect();
    json!({"schema": "mekiki/questionnaire-maps/v1", "maps": maps})
}
