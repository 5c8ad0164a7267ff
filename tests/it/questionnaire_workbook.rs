//! The workbook that goes out and comes back: through our own reader, through `LibreOffice`, and through careless hands.

#![expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the names are ours"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use mekiki::app::library::Library;
use mekiki::document::questionnaire::{packet, workbook};
use mekiki::evidence::spreadsheet::{self, Sheet, SheetCell, Workbook};
use mekiki::questionnaire::Questionnaire;
use mekiki::questionnaire::carry::{Standing, carry};
use mekiki::questionnaire::layout::{HEADER_ROW, SheetColumn};
use mekiki::questionnaire::response::{AnswerSet, Response};
use mekiki::questionnaire::sending::{Languages, Sending};
use mekiki::questionnaire::workbook::read;
use mekiki::time::{Date, parse_day};

use crate::corpus::say;
use crate::questionnaire_sample::{
    Entry, Filled, dated, enter, fill, members, questionnaire, questionnaire_with, sending,
};

/// What somebody does to a workbook.
type Hand = fn(&mut Workbook);

/// Whether a sheet is that of a section.
fn cells_have_ids(sheet: &str) -> bool {
    sheet.starts_with('1') || sheet.starts_with('2')
}

const ALL: [Languages; 3] = [Languages::Ja, Languages::En, Languages::Both];

fn day() -> Date {
    parse_day("2026-11-10").unwrap()
}

/// The workbook with answers in it.
fn filled(sending: &Sending<'_>, seed: u64) -> (Vec<u8>, Filled) {
    let bytes = workbook::write(sending).unwrap();
    let filled = fill(sending, seed);
    let mut entries = filled.entries.clone();
    entries.push(dated(&bytes, day()));
    (enter(&bytes, &entries), filled)
}

fn parsed(bytes: &[u8]) -> Workbook {
    spreadsheet::read(bytes).unwrap()
}

fn responses(set: &AnswerSet) -> BTreeMap<String, Response> {
    let read = set
        .answers
        .iter()
        .filter_map(|one| Some((one.question.clone(), one.response.clone()?)));
    read.collect()
}

fn codes(set: &AnswerSet) -> BTreeSet<&'static str> {
    let own = set.answers.iter().flat_map(|one| &one.remarks);
    set.remarks.iter().chain(own).map(|one| one.code).collect()
}

fn told(set: &AnswerSet) -> Vec<String> {
    let own = set.answers.iter().flat_map(|one| &one.remarks);
    set.remarks
        .iter()
        .chain(own)
        .map(ToString::to_string)
        .collect()
}

fn sheet_mut<'w>(workbook: &'w mut Workbook, name: &str) -> &'w mut Sheet {
    let sheet = workbook
        .sheets
        .iter_mut()
        .find(|sheet| sheet.name.contains(name));
    sheet.unwrap_or_else(|| panic!("no sheet {name}"))
}

/// The row of a question on a sheet, by its hidden identifier.
fn row_of(sheet: &Sheet, id: &str) -> u32 {
    let found = sheet
        .rows
        .iter()
        .find(|(row, _)| sheet.text(**row, 0) == id);
    *found.unwrap_or_else(|| panic!("no row {id}")).0
}

fn set_answer(sheet: &mut Sheet, id: &str, text: &str) {
    let row = row_of(sheet, id);
    let column = u32::from(SheetColumn::Answer.index());
    sheet
        .rows
        .get_mut(&row)
        .unwrap()
        .insert(column, SheetCell::of_text(text));
}

#[test]
fn the_same_questionnaire_gives_the_same_bytes() {
    let questionnaire = questionnaire();
    let mut seen = BTreeSet::new();
    for languages in ALL {
        let sending = sending(&questionnaire, languages);
        let first = workbook::write(&sending).unwrap();
        assert!(first == workbook::write(&sending).unwrap(), "{languages:?}");
        assert!(seen.insert(first), "{languages:?}");
    }
}

#[test]
fn no_paper_shows_a_weight_a_fact_or_a_rule() {
    let library = Library::open(None).unwrap();
    let mut checked = 0;
    for questionnaire in library.questionnaires.values() {
        let facts: BTreeSet<_> = questionnaire
            .questions()
            .flat_map(|(_, question)| &question.feeds)
            .map(|feed| feed.fact.as_str())
            .collect();
        assert!(facts.len() > 20, "{}", questionnaire.id);
        let criteria: Vec<_> = library
            .catalog
            .criteria
            .keys()
            .map(ToString::to_string)
            .collect();
        let sending = sending(questionnaire, Languages::Both);
        for (path, bytes) in packet::files(&sending).unwrap() {
            let parts = if path.to_ascii_lowercase().ends_with(".xlsx") {
                members(&bytes)
            } else {
                vec![(path.clone(), bytes)]
            };
            for (part, bytes) in parts {
                let text = String::from_utf8(bytes).unwrap();
                let words = facts
                    .iter()
                    .copied()
                    .chain(criteria.iter().map(String::as_str));
                for word in words.chain(["feeds", "rule_source"]) {
                    assert!(!text.contains(word), "{path}/{part} shows {word}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn only_cells_for_answers_are_unlocked_and_no_password_locks_the_rest() {
    let questionnaire = questionnaire();
    let bytes = workbook::write(&sending(&questionnaire, Languages::Ja)).unwrap();
    let members: BTreeMap<_, _> = members(&bytes).into_iter().collect();
    let styles = String::from_utf8(members["xl/styles.xml"].clone()).unwrap();
    let formats = styles
        .split("<cellXfs")
        .nth(1)
        .unwrap()
        .split("</cellXfs>")
        .next()
        .unwrap();
    let unlocked: BTreeSet<_> = formats
        .split("<xf ")
        .skip(1)
        .enumerate()
        .filter(|(_, format)| format.contains("locked=\"0\""))
        .map(|(index, _)| index.to_string())
        .collect();
    let entered = ["I", "K", "L"];
    let mut counted = 0;
    for sheet in [3, 4] {
        let xml =
            String::from_utf8(members[&format!("xl/worksheets/sheet{sheet}.xml")].clone()).unwrap();
        assert!(
            xml.contains("<sheetProtection")
                && !xml.contains("password")
                && !xml.contains("hashValue")
        );
        for cell in xml.split("<c r=\"").skip(1) {
            let name: String = cell.chars().take_while(char::is_ascii_alphabetic).collect();
            let style = cell
                .split("s=\"")
                .nth(1)
                .map(|rest| rest.split('"').next().unwrap());
            let is_unlocked = style.is_some_and(|style| {
                cell.split('>').next().unwrap().contains("s=\"") && unlocked.contains(style)
            });
            if is_unlocked {
                assert!(entered.contains(&name.as_str()), "{sheet}: {cell:.20}");
                counted += 1;
            }
        }
    }
    // Ten questions with three cells each, and a cell a choice of several.
    assert_eq!(counted, 10 * 3 + 3);
}

#[test]
fn every_answer_comes_back_in_every_language() {
    let questionnaire = questionnaire();
    for languages in ALL {
        let sending = sending(&questionnaire, languages);
        for seed in 1..20 {
            let (bytes, filled) = filled(&sending, seed);
            let answers = read(&parsed(&bytes), &questionnaire);
            assert_eq!(
                responses(&answers),
                filled.responses,
                "{languages:?} {seed}: {:?}",
                told(&answers)
            );
            assert_eq!(
                codes(&answers),
                [].into(),
                "{languages:?} {seed}: {:?}",
                told(&answers)
            );
            assert_eq!(answers.answered_on, Some(day()));
            assert_eq!(answers.digest, Some(questionnaire.digest.hex()));
            for answer in &answers.answers {
                assert_eq!(answer.note.as_ref(), filled.notes.get(&answer.question));
            }
        }
    }
}

#[test]
fn a_blank_workbook_answers_nothing() {
    let questionnaire = questionnaire();
    let bytes = workbook::write(&sending(&questionnaire, Languages::Both)).unwrap();
    let answers = read(&parsed(&bytes), &questionnaire);
    assert!(answers.answers.is_empty(), "{:?}", answers.answers);
    assert_eq!(codes(&answers), ["answers-undated"].into());
}

#[test]
fn careless_hands_lose_no_answer() {
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let hands: [(&str, Hand, &[&str]); 8] = [
        (
            "sheets in another order and renamed",
            |workbook| {
                workbook.sheets.reverse();
                for (index, sheet) in workbook.sheets.iter_mut().enumerate() {
                    sheet.name = format!("Sheet{index}");
                }
            },
            &[],
        ),
        (
            "rows in another order",
            |workbook| {
                let sheet = sheet_mut(workbook, "企業");
                let rows: Vec<_> = sheet
                    .rows
                    .split_off(&(HEADER_ROW + 1))
                    .into_values()
                    .collect();
                for (row, cells) in (HEADER_ROW + 1..).zip(rows.into_iter().rev()) {
                    sheet.rows.insert(row, cells);
                }
            },
            &[],
        ),
        (
            "columns put in before",
            |workbook| {
                for sheet in &mut workbook.sheets {
                    for cells in sheet.rows.values_mut() {
                        *cells = std::mem::take(cells)
                            .into_iter()
                            .map(|(column, cell)| (column + 2, cell))
                            .collect();
                    }
                }
            },
            &[],
        ),
        (
            "rows put in above",
            |workbook| {
                for sheet in &mut workbook.sheets {
                    sheet.rows = std::mem::take(&mut sheet.rows)
                        .into_iter()
                        .map(|(row, cells)| (row + 3, cells))
                        .collect();
                    let title = BTreeMap::from([(4, SheetCell::of_text("社内確認済み 第2版"))]);
                    sheet.rows.insert(0, title);
                }
            },
            &[],
        ),
        (
            "the hidden sheet deleted",
            |workbook| {
                workbook.sheets.retain(|sheet| sheet.name != "_mekiki");
            },
            &[],
        ),
        (
            "every hidden column deleted",
            |workbook| {
                workbook.sheets.retain(|sheet| sheet.name != "_mekiki");
                for sheet in &mut workbook.sheets {
                    let ids = sheet
                        .rows
                        .get(&4)
                        .is_some_and(|cells| cells.values().any(|cell| cell.text == "country"));
                    for cells in sheet.rows.values_mut() {
                        cells.retain(|column, _| {
                            *column
                                >= if ids {
                                    1
                                } else if cells_have_ids(&sheet.name) {
                                    4
                                } else {
                                    1
                                }
                        });
                    }
                    if ids {
                        sheet.rows.remove(&4);
                    }
                }
            },
            &["question-by-wording", "questionnaire-unnamed"],
        ),
        (
            "a column of their own with the same title",
            |workbook| {
                let sheet = sheet_mut(workbook, "企業");
                sheet
                    .rows
                    .get_mut(&HEADER_ROW)
                    .unwrap()
                    .insert(20, SheetCell::of_text("回答"));
            },
            &["sheet-column-twice"],
        ),
        (
            "rows below the questions",
            |workbook| {
                let sheet = sheet_mut(workbook, "企業");
                sheet
                    .rows
                    .insert(90, BTreeMap::from([(8, SheetCell::of_text("以上"))]));
            },
            &["answer-without-question"],
        ),
    ];
    for (what, hand, expected) in hands {
        let (bytes, filled) = filled(&sending, 7);
        let mut workbook = parsed(&bytes);
        hand(&mut workbook);
        let answers = read(&workbook, &questionnaire);
        assert_eq!(
            responses(&answers),
            filled.responses,
            "{what}: {:?}",
            told(&answers)
        );
        assert_eq!(
            codes(&answers),
            expected.iter().copied().collect(),
            "{what}: {:?}",
            told(&answers)
        );
        assert_eq!(answers.answered_on, Some(day()), "{what}");
    }
}

#[test]
fn other_words_are_read_with_a_remark_at_their_cell() {
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let bytes = workbook::write(&sending).unwrap();
    let cases = [
        (
            "remote",
            "○",
            Some(Response::Yes),
            Some("answer-normalised"),
        ),
        (
            "remote",
            "無",
            Some(Response::No),
            Some("answer-normalised"),
        ),
        (
            "remote",
            "△",
            Some(Response::Partial),
            Some("answer-normalised"),
        ),
        ("remote", "Yes", Some(Response::Yes), None),
        ("remote", "ゾウ", None, Some("answer-unreadable")),
        (
            "days",
            "３０日",
            Some(Response::Number(30)),
            Some("answer-normalised"),
        ),
        ("days", "該当なし", Some(Response::NotApplicable), None),
        ("days", "10000", None, Some("answer-out-of-range")),
        (
            "isms-until",
            "令和8年11月23日",
            parse_day("2026-11-23").map(Response::Date),
            Some("answer-normalised"),
        ),
        (
            "tls",
            "TLS 1.2, on conditions",
            Some(Response::Choice(vec!["1.2".to_owned()])),
            None,
        ),
        ("regimes", "該当なし", Some(Response::NotApplicable), None),
    ];
    for (id, text, expected, code) in cases {
        let mut workbook = parsed(&bytes);
        let sheet = sheet_mut(&mut workbook, "企業");
        set_answer(sheet, id, text);
        let row = row_of(sheet, id);
        let answers = read(&workbook, &questionnaire);
        let answer = answers
            .answers
            .iter()
            .find(|one| one.question == id)
            .unwrap_or_else(|| panic!("{id}: {:?}", told(&answers)));
        assert_eq!(
            answer.response, expected,
            "{id} {text}: {:?}",
            answer.remarks
        );
        let found: Vec<_> = answer
            .remarks
            .iter()
            .map(|one| (one.code, one.at.cell.clone()))
            .collect();
        let cell = Some(format!("{}{}", SheetColumn::Answer.letter(), row + 1));
        let wanted: Vec<_> = code.into_iter().map(|code| (code, cell.clone())).collect();
        assert_eq!(found, wanted, "{id} {text}");
    }
}

#[test]
fn a_question_answered_twice_and_a_table_that_contradicts_its_row_settle_nothing() {
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let bytes = workbook::write(&sending).unwrap();
    let mut twice = parsed(&bytes);
    let sheet = sheet_mut(&mut twice, "企業");
    set_answer(sheet, "remote", "はい");
    let mut copy = sheet.rows[&row_of(sheet, "remote")].clone();
    copy.insert(
        u32::from(SheetColumn::Answer.index()),
        SheetCell::of_text("いいえ"),
    );
    sheet.rows.insert(80, copy);
    let answers = read(&twice, &questionnaire);
    assert_eq!(responses(&answers), BTreeMap::new());
    assert!(
        codes(&answers).contains("answer-twice"),
        "{:?}",
        told(&answers)
    );

    let mut table = parsed(&bytes);
    set_answer(sheet_mut(&mut table, "2 "), "subcontractors", "なし(0件)");
    let rows = sheet_mut(&mut table, "表 2-2");
    rows.rows
        .get_mut(&5)
        .unwrap()
        .insert(2, SheetCell::of_text("甲社"));
    let answers = read(&table, &questionnaire);
    assert_eq!(responses(&answers), BTreeMap::new());
    let found = codes(&answers);
    assert!(
        found.contains("answer-contradicts-rows") && found.contains("answer-row-incomplete"),
        "{:?}",
        told(&answers)
    );
}

#[test]
fn answers_to_another_version_are_flagged_where_their_question_changed() {
    let sent = questionnaire();
    let (bytes, filled) = filled(&sending(&sent, Languages::Ja), 3);
    let now = questionnaire_with(&[
        ("version = \"1.0.0\"", "version = \"1.1.0\""),
        ("遠隔アクセスを認めるか。", "遠隔アクセスを常に認めるか。"),
        ("max = 9999", "max = 5000"),
        ("TLS 1.2、条件付き", "TLS 1.2"),
        ("is = [\"yes\", \"partial\"]", "is = [\"yes\"]"),
    ]);
    let answers = read(&parsed(&bytes), &now);
    let changed: BTreeMap<_, _> = answers
        .answers
        .iter()
        .flat_map(|one| &one.remarks)
        .filter(|one| one.code == "question-changed")
        .filter_map(|one| one.message.split_once(" changed since it was sent: "))
        .map(|(question, what)| {
            (
                question
                    .trim_start_matches("the question ")
                    .trim_matches('`')
                    .to_owned(),
                what.to_owned(),
            )
        })
        .collect();
    let mut expected: BTreeMap<_, _> = [
        ("remote", "text"),
        ("tls", "choices"),
        ("days", "type"),
        ("remote-mfa", "condition"),
    ]
    .map(|(id, what)| (id.to_owned(), what.to_owned()))
    .into();
    expected.retain(|id, _| filled.responses.contains_key(id));
    assert_eq!(changed, expected);
    assert!(codes(&answers).contains("questionnaire-version"));

    let mut without = parsed(&bytes);
    without.sheets.retain(|sheet| sheet.name != "_mekiki");
    let answers = read(&without, &now);
    let version = answers
        .remarks
        .iter()
        .find(|one| one.code == "questionnaire-version")
        .unwrap();
    assert!(
        version.help.as_ref().unwrap().contains("not known which"),
        "{version}"
    );
}

fn carried<'q>(questionnaire: &'q Questionnaire, previous: &AnswerSet) -> Sending<'q> {
    Sending {
        carried: carry(questionnaire, previous, parse_day("2027-11-05").unwrap()),
        ..sending(questionnaire, Languages::Both)
    }
}

#[test]
fn last_years_answers_are_filled_in_where_they_hold_and_keep_their_day_until_they_are_confirmed() {
    let sent = questionnaire();
    let (bytes, filled) = filled(&sending(&sent, Languages::Ja), 11);
    let previous = read(&parsed(&bytes), &sent);
    let now = questionnaire_with(&[
        ("version = \"1.0.0\"", "version = \"2.0.0\""),
        ("max = 9999", "max = 5000"),
    ]);
    let next = carried(&now, &previous);
    for one in &next.carried {
        let expected = match one.question.as_str() {
            "days" => Standing::Changed(vec![mekiki::questionnaire::change::Change::Type]),
            _ => Standing::Holds,
        };
        assert_eq!(one.standing, expected, "{}", one.question);
    }
    // Nothing is done to it: all that was filled in comes back under its first day.
    let bytes = workbook::write(&next).unwrap();
    let answers = read(&parsed(&bytes), &now);
    let mut expected = filled.responses.clone();
    expected.remove("days");
    assert_eq!(responses(&answers), expected, "{:?}", told(&answers));
    assert!(
        answers
            .answers
            .iter()
            .all(|one| one.carried_from == Some(day())),
        "{:?}",
        answers.answers
    );
    // One is confirmed, one changed without a reason, one with.
    let mut workbook = parsed(&bytes);
    let (confirmed, reason) = (
        u32::from(SheetColumn::Confirmed.index()),
        u32::from(SheetColumn::Reason.index()),
    );
    let sheet = sheet_mut(&mut workbook, "2 ");
    let row = row_of(sheet, "places");
    sheet
        .rows
        .get_mut(&row)
        .unwrap()
        .insert(confirmed, SheetCell::of_text("確認済み"));
    set_answer(sheet, "explain", "変更後");
    set_answer(sheet, "chart", "新体制図.pdf");
    let row = row_of(sheet, "chart");
    sheet
        .rows
        .get_mut(&row)
        .unwrap()
        .insert(reason, SheetCell::of_text("組織改編"));
    let answers = read(&workbook, &now);
    let answer = |id: &str| {
        answers
            .answers
            .iter()
            .find(|one| one.question == id)
            .unwrap()
    };
    assert_eq!(answer("places").carried_from, None);
    assert_eq!(answer("subcontractors").carried_from, Some(day()));
    for (id, reason, found) in [
        ("explain", None, vec!["answer-changed-without-reason"]),
        ("chart", Some("組織改編"), vec![]),
    ] {
        assert_eq!(answer(id).carried_from, None, "{id}");
        assert_eq!(answer(id).reason_for_change.as_deref(), reason);
        assert_eq!(
            answer(id)
                .remarks
                .iter()
                .map(|one| one.code)
                .collect::<Vec<_>>(),
            found,
            "{id}"
        );
    }
    // A second round keeps the first day of what was never confirmed.
    let third = carry(&now, &answers, parse_day("2027-11-05").unwrap());
    let given = |id: &str| {
        third
            .iter()
            .find(|one| one.question == id)
            .unwrap()
            .given_on
    };
    assert_eq!(given("subcontractors"), Some(day()));
}

#[test]
fn an_answer_that_no_longer_holds_or_whose_question_is_unknown_is_not_filled_in() {
    let questionnaire = questionnaire();
    let (bytes, filled) = filled(&sending(&questionnaire, Languages::En), 5);
    assert!(filled.responses.contains_key("remote"));
    let mut previous = read(&parsed(&bytes), &questionnaire);
    let standing = |previous: &AnswerSet, as_of: &str, id: &str| {
        let carried = carry(&questionnaire, previous, parse_day(as_of).unwrap());
        carried
            .into_iter()
            .find(|one| one.question == id)
            .unwrap()
            .standing
    };
    assert_eq!(standing(&previous, "2027-11-10", "remote"), Standing::Holds);
    assert_eq!(
        standing(&previous, "2027-11-11", "remote"),
        Standing::Expired(parse_day("2027-11-10").unwrap())
    );
    assert_eq!(standing(&previous, "2027-11-11", "days"), Standing::Holds);
    previous.fingerprints.clear();
    assert_eq!(
        standing(&previous, "2027-11-01", "days"),
        Standing::Holds,
        "the digest says that nothing changed"
    );
    previous.digest = None;
    assert_eq!(standing(&previous, "2027-11-01", "days"), Standing::Unknown);
}

/// Whether `LibreOffice` is there.
fn has_office() -> bool {
    let found = Command::new("soffice").arg("--version").output().is_ok();
    if !found {
        let absent = "there is no soffice (Debian: libreoffice-calc-nogui)";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
        say(&format!("{absent}; workbooks were not sent through it"));
    }
    found
}

fn convert(folder: &Path, to: &str, files: &[String]) {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let out = folder.join("out");
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(&out)
        .args(files)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
fn libre_office_keeps_every_answer() {
    if !has_office() {
        return;
    }
    let scratch = crate::binary::Scratch::new();
    let folder = std::fs::canonicalize(scratch.root()).unwrap();
    let questionnaire = questionnaire();
    let mut sent = Vec::new();
    for (languages, seed) in [
        (Languages::Ja, 21),
        (Languages::En, 22),
        (Languages::Both, 23),
    ] {
        let sending = sending(&questionnaire, languages);
        let (bytes, filled) = filled(&sending, seed);
        let name = format!("{}.xlsx", languages.word());
        sent.push((languages, filled, scratch.write(&name, bytes)));
    }
    let files: Vec<_> = sent.iter().map(|(_, _, file)| file.clone()).collect();
    convert(&folder, "xlsx:Calc MS Excel 2007 XML", &files);
    for (languages, filled, _) in &sent {
        let bytes = std::fs::read(folder.join(format!("out/{}.xlsx", languages.word()))).unwrap();
        let answers = read(&parsed(&bytes), &questionnaire);
        assert_eq!(
            responses(&answers),
            filled.responses,
            "{languages:?}: {:?}",
            told(&answers)
        );
        assert_eq!(
            codes(&answers),
            [].into(),
            "{languages:?}: {:?}",
            told(&answers)
        );
        assert_eq!(answers.answered_on, Some(day()));
    }
    // Every sheet as text: in UTF-8, and in Shift_JIS as Excel in Japan writes it.
    for (encoding, charset) in [("UTF-8", 76), ("Shift_JIS", 64)] {
        convert(
            &folder,
            &format!(
                "csv:Text - txt - csv (StarCalc):44,34,{charset},1,,0,false,true,false,false,false,-1"
            ),
            &files,
        );
        for (languages, filled, _) in &sent {
            if encoding == "Shift_JIS" && *languages == Languages::En {
                continue;
            }
            let mut found = BTreeMap::new();
            for entry in std::fs::read_dir(folder.join("out")).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if name.starts_with(&format!("{}-", languages.word())) && name.ends_with(".csv") {
                    let workbook = parsed(&std::fs::read(&path).unwrap());
                    found.extend(responses(&read(&workbook, &questionnaire)));
                }
            }
            // Each file is read by itself, and a table's rows lie in another file than its question.
            let mut expected = filled.responses.clone();
            match expected.get("subcontractors") {
                Some(Response::Rows(rows)) if !rows.is_empty() => expected.remove("subcontractors"),
                _ => None,
            };
            assert_eq!(found, expected, "{encoding} {languages:?}");
        }
    }
}

#[test]
fn an_entry_of_each_kind_is_told_apart() {
    // Keeps the hand of this test honest: what it enters is what a spreadsheet program would have written.
    let questionnaire = questionnaire();
    let sending = sending(&questionnaire, Languages::Ja);
    let bytes = workbook::write(&sending).unwrap();
    let ((sheet, row, column), entry) = dated(&bytes, day());
    assert!(matches!(entry, Entry::Day(_)));
    let workbook = parsed(&enter(&bytes, &[((sheet.clone(), row, column), entry)]));
    let cover = workbook
        .sheets
        .iter()
        .find(|one| one.name == sheet)
        .unwrap();
    assert_eq!(cover.text(row, column), "2026-11-10");
}
