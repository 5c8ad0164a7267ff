//! The questionnaires of the corpus are read, and what is odd in them is flagged and not guessed.

use mekiki::app::library::Library;
use mekiki::app::questionnaire_import::{ImportRequest, import_answers};
use mekiki::evidence::detect::{Kind, detect};
use mekiki::questionnaire::response::Response;

use crate::corpus::{corpus, say};

#[test]
fn every_answer_sheet_is_read_and_odd_answers_are_flagged() {
    let Some(corpus) = corpus() else { return };
    let library = Library::open(None).expect("our own library is sound");
    let mut sheets = 0;
    for row in corpus
        .rows
        .iter()
        .filter(|row| row.version == "caiq-4-shape")
    {
        sheets += 1;
        let bytes = corpus.read(&row.path);
        let read = import_answers(&bytes, ImportRequest::default(), &library)
            .unwrap_or_else(|refused| panic!("{}: {refused}", row.path));
        assert_eq!(
            (read.format.as_str(), read.counts.answers),
            ("caiq-4-shape", 197),
            "{}",
            row.path
        );
        for answer in &read.answers {
            let codes: Vec<_> = answer.remarks.iter().map(|one| one.code).collect();
            let (value, code) = match answer.raw.trim() {
                "Yes" => (Some(Response::Yes), None),
                "No" => (Some(Response::No), None),
                "NA" => (Some(Response::NotApplicable), None),
                "N/A" => (Some(Response::NotApplicable), Some("answer-normalised")),
                "yes" | "YES" => (Some(Response::Yes), Some("answer-normalised")),
                "Partially" => (Some(Response::Partial), Some("answer-normalised")),
                "" => (None, Some("answer-blank")),
                _ => (None, Some("answer-unreadable")),
            };
            assert_eq!(
                (&answer.value, codes.first().copied()),
                (&value, code),
                "{}: {answer:?}",
                row.path
            );
            assert!(
                answer.at.line.is_some() && answer.at.cell.is_some(),
                "{answer:?}"
            );
        }
        let begins = |window: &[u8]| window.starts_with(b",=") || window == b",\"=";
        let has_formula = bytes.windows(3).any(begins);
        let flagged = read
            .remarks
            .iter()
            .filter(|one| one.code == "sheet-formula-text")
            .count();
        assert_eq!(flagged > 0, has_formula, "{}", row.path);
        say(&format!("{}: {:?}", row.path, read.counts));
    }
    assert_eq!(sheets, 2);
}

#[test]
fn documents_in_json_are_read_or_named_as_catalogs() {
    let Some(corpus) = corpus() else { return };
    let library = Library::open(None).expect("our own library is sound");
    let (mut answering, mut asking) = (0, 0);
    for row in &corpus.rows {
        if !matches!(row.format.as_str(), "oscal-json" | "vsaq-json") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let found = detect(&bytes);
        let expected = if row.kind == "catalog" {
            Kind::Catalog
        } else {
            Kind::Questionnaire
        };
        assert_eq!(found.kind, expected, "{}: {found:?}", row.path);
        match import_answers(&bytes, ImportRequest::default(), &library) {
            Ok(read) => {
                answering += 1;
                assert!(read.answers.len() + read.remarks.len() > 0, "{}", row.path);
            }
            Err(refused) => {
                asking += 1;
                assert_eq!(
                    refused.0[0].code, "questionnaire-is-catalog",
                    "{}",
                    row.path
                );
            }
        }
    }
    say(&format!(
        "corpus questionnaires in JSON: {answering} read, {asking} catalogs"
    ));
    assert_eq!(
        answering,
        4 + 3,
        "four of VSAQ, two component definitions and a plan of OSCAL"
    );
}
