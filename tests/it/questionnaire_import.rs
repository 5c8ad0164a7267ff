//! Importing answers as its users do: through the use case, in whatever file they come.

use mekiki::app::library::Library;
use mekiki::app::questionnaire_import::{ImportRequest, import_answers, parse_map, suggest_map};
use mekiki::evidence::detect::{Kind, detect};
use rust_xlsxwriter::Workbook;

fn library() -> Library {
    Library::open(None).expect("our own library is sound")
}

/// A workbook of these rows.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook
        .add_worksheet()
        .set_name("CAIQ")
        .expect("a plain name");
    for (cells, row) in rows.iter().zip(0..) {
        for (text, column) in cells.iter().zip(0..) {
            sheet
                .write(row, column, *text)
                .expect("a cell within the sheet");
        }
    }
    workbook.save_to_buffer().expect("a workbook is written")
}

fn table(rows: &[&[&str]]) -> Vec<u8> {
    let lines: Vec<_> = rows.iter().map(|cells| cells.join(",")).collect();
    (lines.join("\n") + "\n").into_bytes()
}

const ROWS: [&[&str]; 4] = [
    &["CAIQ v4.0.3", "", "", ""],
    &[
        "Question ID",
        "CSP CAIQ Answer",
        "SSRM Control Ownership",
        "CSP Implementation Description",
    ],
    &["IAM-14.1", "Yes", "CSP-owned", "tokens"],
    &["CEK-03.1", "NO", "", ""],
];

#[test]
fn a_workbook_and_a_table_say_the_same() {
    let library = library();
    let mut told = Vec::new();
    for bytes in [workbook(&ROWS), table(&ROWS)] {
        let found = detect(&bytes);
        assert_eq!(
            (found.kind, found.format),
            (Kind::Questionnaire, "caiq-4-shape")
        );
        let read =
            import_answers(&bytes, ImportRequest::default(), &library).expect("a sheet is read");
        assert_eq!(read.version.as_deref(), Some("4.0.3"));
        assert_eq!(read.answers[0].ownership.as_deref(), Some("CSP-owned"));
        assert_eq!(read.answers[0].note.as_deref(), Some("tokens"));
        let answers = read.answers.iter().map(|one| {
            let codes: Vec<_> = one.remarks.iter().map(|one| one.code).collect();
            (
                one.question.clone(),
                one.value.clone(),
                codes,
                one.at.cell.clone(),
            )
        });
        told.push(answers.collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][1].2, ["answer-normalised"]);
}

#[test]
fn answers_are_told_in_the_terms_of_our_questionnaire() {
    let request = ImportRequest {
        questionnaire: Some("article-19-bid"),
        ..ImportRequest::default()
    };
    let read = import_answers(&table(&ROWS), request, &library()).expect("a sheet is read");
    let questions: Vec<_> = read
        .answers
        .iter()
        .map(|one| one.question.as_str())
        .collect();
    assert_eq!(questions, ["mfa-administrators", "encrypted-storage"]);
    assert_eq!(read.answers[0].ownership.as_deref(), Some("CSP-owned"));
    assert!(
        read.answers
            .iter()
            .all(|one| one.remarks.iter().any(|one| one.code == "answer-linked"))
    );
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let library = library();
    let bytes = table(&ROWS);
    let of = |map, questionnaire| ImportRequest {
        map,
        questionnaire,
        map_file: None,
    };
    for (bytes, request, code) in [
        (&bytes, of(Some("caiq-5"), None), "map-unknown"),
        (&bytes, of(Some("hecvat"), None), "questionnaire-columns"),
        (&bytes, of(None, Some("other")), "questionnaire-unknown"),
        (
            &b"a,b\n1,2\n".to_vec(),
            of(None, None),
            "questionnaire-map-missing",
        ),
        (
            &b"{\"bomFormat\":\"CycloneDX\"}".to_vec(),
            of(None, None),
            "questionnaire-map-missing",
        ),
        (&b"PK\x03\x04".to_vec(), of(None, None), "sheet-malformed"),
    ] {
        let refused = import_answers(bytes, request, &library).expect_err("it is refused");
        assert_eq!(refused.0[0].code, code);
    }
}

#[test]
fn what_is_suggested_reads_the_file() {
    let rows: [&[&str]; 3] = [
        &["整理番号", "確認事項", "判定", "補足"],
        &["Q-1", "MFA", "○", ""],
        &["Q-2", "ログ", "△", "一部"],
    ];
    let library = library();
    for bytes in [workbook(&rows), table(&rows)] {
        let suggestion = suggest_map(&bytes, &library).expect("a map is suggested");
        let draft = suggestion.draft.replace("Sheet1", "CAIQ");
        parse_map(draft.as_bytes()).expect("a draft is a map");
        let request = ImportRequest {
            map_file: Some(draft.as_bytes()),
            ..ImportRequest::default()
        };
        let read = import_answers(&bytes, request, &library).expect("a sheet is read");
        assert_eq!((read.counts.answers, read.counts.read), (2, 2));
    }
}
