//! A questionnaire of every type of question, answers to it by a seeded hand, and a hand that writes them into a workbook.

#![expect(clippy::string_slice, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use mekiki::classification::{Classes, Marking};
use mekiki::questionnaire::layout::{self, SheetColumn, numbered, section_sheet, table_sheet};
use mekiki::questionnaire::parse::read_questionnaire;
use mekiki::questionnaire::response::{Cell, Response};
use mekiki::questionnaire::sending::{Languages, Sending, SentTender};
use mekiki::questionnaire::{ColumnType, Question, QuestionType, Questionnaire};
use mekiki::text::Text;
use mekiki::time::{Date, add_days, days_between, parse_day};
use zip::write::SimpleFileOptions;

use crate::seeded::Seeded;

const HEAD: &str = r#"
id = "sample"
version = "1.0.0"
sections = ["first", "second"]
title = { ja = "見本の質問票", en = "Sample questionnaire" }
introduction = { ja = "全問に回答すること。", en = "Answer every question." }
"#;

const FIRST: &str = r#"
id = "first"
title = { ja = "企業 [全般]", en = "Company [in general]" }

[[question]]
id = "remote"
type = "yes-no"
valid_months = 12
text = { ja = "遠隔アクセスを認めるか。", en = "Is remote access allowed?" }
guidance = { ja = "保守を含む。", en = "Support included." }
evidence = { ja = "規程", en = "Rules" }

[[question]]
id = "remote-mfa"
type = "yes-no"
text = { ja = "遠隔アクセスに多要素認証を用いるか。", en = "Does remote access need multi-factor authentication?" }
[[question.when]]
question = "remote"
is = ["yes", "partial"]

[[question]]
id = "tls"
type = "choice"
text = { ja = "最も古いTLSの版はどれか。", en = "Which is the oldest TLS version?" }
[[question.choice]]
id = "1.3"
title = { ja = "TLS 1.3", en = "TLS 1.3" }
[[question.choice]]
id = "1.2"
title = { ja = "TLS 1.2、条件付き", en = "TLS 1.2, on conditions" }
[[question.choice]]
id = "none"
title = { ja = "暗号化しない", en = "not encrypted" }

[[question]]
id = "regimes"
type = "choice"
many = true
text = { ja = "取得している認証はどれか。", en = "Which certificates are held?" }
[[question.choice]]
id = "isms"
title = { ja = "ISMS認証", en = "ISMS certificate" }
[[question.choice]]
id = "pmark"
title = { ja = "プライバシーマーク", en = "PrivacyMark" }
[[question.choice]]
id = "soc2"
title = { ja = "SOC 2報告書", en = "SOC 2 report" }

[[question]]
id = "isms-until"
type = "date"
text = { ja = "ISMS認証の有効期限はいつか。", en = "Until when is the ISMS certificate valid?" }
[[question.when]]
question = "regimes"
is = ["isms"]

[[question]]
id = "days"
type = "number"
unit = { ja = "日", en = "days" }
max = 9999
text = { ja = "是正に何日を要するか。", en = "How many days does a fix take?" }
"#;

const SECOND: &str = r#"
id = "second"
title = { ja = "再委託", en = "Subcontracting" }

[[question]]
id = "places"
type = "place"
text = { ja = "情報を取り扱う国はどこか。", en = "In which countries is information handled?" }

[[question]]
id = "subcontractors"
type = "table"
text = { ja = "再委託先の一覧を記入すること。", en = "List the subcontractors." }
[[question.column]]
id = "name"
type = "text"
required = true
title = { ja = "名称", en = "Name" }
[[question.column]]
id = "number"
type = "corporate-number"
title = { ja = "法人番号", en = "Corporate number" }
[[question.column]]
id = "country"
type = "place"
required = true
title = { ja = "国", en = "Country" }
[[question.column]]
id = "people"
type = "number"
title = { ja = "要員数", en = "People with access" }
[[question.column]]
id = "since"
type = "date"
title = { ja = "契約日", en = "Contract date" }
[[question.column]]
id = "agreed"
type = "yes-no"
title = { ja = "契約の有無", en = "Agreed in writing" }
[[question.column]]
id = "tier"
type = "choice"
title = { ja = "階層", en = "Tier" }
[[question.column.choice]]
id = "first"
title = { ja = "再委託", en = "first, direct" }
[[question.column.choice]]
id = "further"
title = { ja = "再々委託以降", en = "further down" }

[[question]]
id = "explain"
type = "text"
text = { ja = "管理の方法を説明すること。", en = "Explain how they are supervised." }

[[question]]
id = "chart"
type = "file"
text = { ja = "体制図を提出すること。", en = "Hand in the chart of the organisation." }
"#;

/// The sample, with texts replaced.
pub(crate) fn questionnaire_with(replace: &[(&str, &str)]) -> Questionnaire {
    let texts = [HEAD, FIRST, SECOND].map(|text| {
        replace
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    });
    let files = ["q/questionnaire.toml", "q/first.toml", "q/second.toml"]
        .into_iter()
        .zip(texts.iter().map(std::string::String::as_bytes))
        .collect();
    let mut faults = Vec::new();
    let read = read_questionnaire("q/", &files, &mut faults);
    assert_eq!(faults, []);
    read.unwrap()
}

/// The sample.
pub(crate) fn questionnaire() -> Questionnaire {
    questionnaire_with(&[])
}

pub(crate) fn sending(questionnaire: &Questionnaire, languages: Languages) -> Sending<'_> {
    let text = |ja: &str, en: &str| Text {
        ja: ja.to_owned(),
        en: en.to_owned(),
    };
    Sending {
        questionnaire,
        languages,
        tender: Some(SentTender {
            id: "t-1".to_owned(),
            title: text("文書管理の業務", "Document management"),
            agency: text("記録保存庁(架空)", "Agency for Records (fictitious)"),
            deadline: parse_day("2026-11-13").unwrap(),
            marking: Marking {
                classes: Classes::new(2, 2, 1).unwrap(),
                restrictions: vec!["no-copy".to_owned(), "no-redisclosure".to_owned()],
            },
        }),
        carried: Vec::new(),
    }
}

/// What a hand enters into a cell.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Text(String),
    Number(i64),
    Decimal(String),
    Day(Date),
}

/// Sheet, row and column, both from 0.
pub(crate) type CellAt = (String, u32, u32);

/// Answers to the sample, and what is entered for them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filled {
    pub(crate) responses: BTreeMap<String, Response>,
    pub(crate) notes: BTreeMap<String, String>,
    pub(crate) entries: Vec<(CellAt, Entry)>,
}

/// Answers by a seeded hand in the words of a workbook's languages; every question that is asked is answered.
pub(crate) fn fill(sending: &Sending<'_>, seed: u64) -> Filled {
    let mut chance = Seeded::new(seed);
    let mut filled = Filled::default();
    for (index, section) in sending.questionnaire.sections.iter().enumerate() {
        let sheet = section_sheet(sending.questionnaire, index, sending.languages);
        let mut row = layout::HEADER_ROW + 1;
        for question in &section.questions {
            fill_question(
                sending,
                question,
                (sheet.as_str(), row),
                &mut filled,
                &mut chance,
            );
            row += 1;
            if let QuestionType::Choice {
                choices,
                many: true,
            } = &question.kind
            {
                row += u32::try_from(choices.len()).unwrap();
            }
        }
    }
    filled
}

fn fill_question(
    sending: &Sending<'_>,
    question: &Question,
    (sheet, row): (&str, u32),
    filled: &mut Filled,
    chance: &mut Seeded,
) {
    let asked = question.when.as_ref().is_none_or(|when| {
        let response = |id: &str| filled.responses.get(id);
        when.asked(response) == mekiki::questionnaire::condition::Asked::Yes
    });
    if !asked {
        return;
    }
    let answer = u32::from(SheetColumn::Answer.index());
    let shown = |id: &str| {
        let (_, title) = layout::titles(question)
            .into_iter()
            .find(|(one, _)| one == id)
            .unwrap();
        Entry::Text(sending.languages.line(&title))
    };
    let mut enter = |row: u32, column: u32, entry: Entry| {
        filled
            .entries
            .push(((sheet.to_owned(), row, column), entry));
    };
    let mut rows = Vec::new();
    let (response, entry) = match &question.kind {
        QuestionType::YesNo => {
            let (word, response) = [
                ("yes", Response::Yes),
                ("no", Response::No),
                ("partial", Response::Partial),
                ("not_applicable", Response::NotApplicable),
            ][chance.below(4)]
            .clone();
            (response, Some(shown(word)))
        }
        QuestionType::Choice {
            choices,
            many: false,
        } => {
            let choice = &choices[chance.below(choices.len())];
            (
                Response::Choice(vec![choice.id.clone()]),
                Some(shown(&choice.id)),
            )
        }
        QuestionType::Choice {
            choices,
            many: true,
        } => {
            let first = chance.below(choices.len());
            let chosen: Vec<_> = choices
                .iter()
                .enumerate()
                .filter(|(index, _)| *index == first || chance.below(2) == 0)
                .collect();
            for (index, _) in &chosen {
                enter(
                    row + 1 + u32::try_from(*index).unwrap(),
                    answer,
                    Entry::Text("○".to_owned()),
                );
            }
            (
                Response::Choice(chosen.iter().map(|(_, one)| one.id.clone()).collect()),
                None,
            )
        }
        QuestionType::Number { .. } => {
            let number = i64::try_from(chance.below(1000)).unwrap();
            (Response::Number(number), Some(Entry::Number(number)))
        }
        QuestionType::Date => {
            let day = some_day(chance);
            (Response::Date(day), Some(Entry::Day(day)))
        }
        QuestionType::Place => (
            Response::Places(vec!["JP".to_owned(), "SG".to_owned()]),
            Some(Entry::Text("JP, SG".to_owned())),
        ),
        QuestionType::Text => {
            let text = format!("第{}回の点検 & <確認>\n=2行目", chance.below(100));
            (Response::Text(text.clone()), Some(Entry::Text(text)))
        }
        QuestionType::File => (
            Response::Files(vec!["体制図.pdf".to_owned(), "annex 2.pdf".to_owned()]),
            Some(Entry::Text("体制図.pdf\nannex 2.pdf".to_owned())),
        ),
        QuestionType::Table { columns } => {
            let number = numbered(sending.questionnaire)
                .find(|(_, one)| one.id == question.id)
                .unwrap()
                .0;
            let table = table_sheet(&number, sending.languages);
            let count = chance.below(4);
            for index in 0..count {
                let mut cells = BTreeMap::new();
                for (column, place) in columns.iter().zip(2..) {
                    let (cell, entry) = table_cell(sending.languages, &column.kind, chance);
                    cells.insert(column.id.clone(), cell);
                    let line = layout::COLUMN_IDS_ROW + 1 + u32::try_from(index).unwrap();
                    rows.push(((table.clone(), line, place), entry));
                }
                filled
                    .responses
                    .entry(question.id.clone())
                    .or_insert(Response::Rows(Vec::new()));
                if let Some(Response::Rows(rows)) = filled.responses.get_mut(&question.id) {
                    rows.push(cells);
                }
            }
            let all = filled
                .responses
                .remove(&question.id)
                .unwrap_or(Response::Rows(Vec::new()));
            (
                all,
                Some(shown(if count == 0 { "none" } else { "entered" })),
            )
        }
    };
    if let Some(entry) = entry {
        filled
            .entries
            .push(((sheet.to_owned(), row, answer), entry));
    }
    filled.entries.extend(rows);
    let note = format!("備考 {}", question.id);
    let remarks = u32::from(SheetColumn::Remarks.index());
    filled
        .entries
        .push(((sheet.to_owned(), row, remarks), Entry::Text(note.clone())));
    filled.notes.insert(question.id.clone(), note);
    filled.responses.insert(question.id.clone(), response);
}

fn some_day(chance: &mut Seeded) -> Date {
    add_days(
        parse_day("2024-02-28").unwrap(),
        i32::try_from(chance.below(900)).unwrap(),
    )
}

fn table_cell(languages: Languages, kind: &ColumnType, chance: &mut Seeded) -> (Cell, Entry) {
    let text = |text: &str| (Cell::Text(text.to_owned()), Entry::Text(text.to_owned()));
    match kind {
        ColumnType::Text => text(&format!("委託先{}", chance.below(1000))),
        ColumnType::Number => {
            let number = i64::try_from(chance.below(500)).unwrap();
            (Cell::Number(number), Entry::Number(number))
        }
        ColumnType::Date => {
            let day = some_day(chance);
            (Cell::Date(day), Entry::Day(day))
        }
        ColumnType::Place => text(["JP", "US", "SG"][chance.below(3)]),
        // The National Tax Agency's own number, which it gives as its example.
        ColumnType::CorporateNumber => text("7000012050002"),
        ColumnType::YesNo => {
            let yes = chance.below(2) == 0;
            let key = if yes { "sheet-yes" } else { "sheet-no" };
            (
                Cell::YesNo(yes),
                Entry::Text(languages.line(&layout::both(key))),
            )
        }
        ColumnType::Choice { choices } => {
            let choice = &choices[chance.below(choices.len())];
            (
                Cell::Text(choice.id.clone()),
                Entry::Text(languages.line(&choice.title)),
            )
        }
    }
}

/// Enters the day of the answers on the cover, wherever its label stands.
pub(crate) fn dated(bytes: &[u8], day: Date) -> (CellAt, Entry) {
    let workbook = mekiki::evidence::spreadsheet::read(bytes).unwrap();
    let cover = &workbook.sheets[0];
    let label = layout::both("cover-answered-on");
    for (row, cells) in &cover.rows {
        for (column, cell) in cells {
            let text = &cell.text;
            if *text == label.ja
                || *text == label.en
                || *text == format!("{}\n{}", label.ja, label.en)
            {
                return ((cover.name.clone(), *row, column + 1), Entry::Day(day));
            }
        }
    }
    panic!("the cover has no label for the day");
}

/// The members of a ZIP file.
pub(crate) fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// A ZIP file of members.
pub(crate) fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in members {
        archive
            .start_file(path.as_str(), SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Enters cells into a workbook that `rust_xlsxwriter` made: each of them is there already, and blank.
pub(crate) fn enter(bytes: &[u8], entries: &[(CellAt, Entry)]) -> Vec<u8> {
    let names: Vec<_> = mekiki::evidence::spreadsheet::read(bytes)
        .unwrap()
        .sheets
        .iter()
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut members = members(bytes);
    for ((sheet, row, column), entry) in entries {
        let index = names
            .iter()
            .position(|name| name == sheet)
            .unwrap_or_else(|| panic!("{sheet}: {names:?}"));
        let path = format!("xl/worksheets/sheet{}.xml", index + 1);
        let (_, part) = members.iter_mut().find(|(name, _)| *name == path).unwrap();
        let xml = String::from_utf8(std::mem::take(part)).unwrap();
        let letter = char::from(b'A' + u8::try_from(*column).unwrap());
        let name = format!("{letter}{}", row + 1);
        let begin = xml
            .find(&format!("<c r=\"{name}\" "))
            .unwrap_or_else(|| panic!("{sheet}!{name} is not there"));
        let end = begin + xml[begin..].find('>').unwrap();
        let rest = if xml[..end].ends_with('/') {
            end + 1
        } else {
            begin + xml[begin..].find("</c>").unwrap() + 4
        };
        let style = xml[begin..end]
            .split("s=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let (kind, inner) = match entry {
            Entry::Text(text) => {
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                (
                    " t=\"inlineStr\"",
                    format!("<is><t xml:space=\"preserve\">{text}</t></is>"),
                )
            }
            Entry::Number(number) => ("", format!("<v>{number}</v>")),
            Entry::Decimal(number) => ("", format!("<v>{number}</v>")),
            Entry::Day(day) => {
                let serial = days_between(parse_day("1899-12-30").unwrap(), *day);
                ("", format!("<v>{serial}</v>"))
            }
        };
        let cell = format!("<c r=\"{name}\" s=\"{style}\"{kind}>{inner}</c>");
        *part = format!("{}{cell}{}", &xml[..begin], &xml[rest..]).into_bytes();
    }
    zipped(&members)
}
