//! Which columns of a table a map would take, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{HEADER_ROWS, locate};
use super::{Maps, Role, Shape, yes_no};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{self, Sheet};
use crate::questionnaire::wording::{self, key};

/// Words in a header that tell what a column holds, the surer first for each role.
const KEYWORDS: [(Role, &[&str]); 7] = [
    (
        Role::Id,
        &[
            "questionid",
            "設問id",
            "質問id",
            "設問番号",
            "質問番号",
            "管理番号",
            "項番",
            "id",
            "no",
            "no.",
            "番号",
            "#",
            "ref",
        ],
    ),
    (
        Role::Answer,
        &[
            "answer",
            "回答",
            "response",
            "対応状況",
            "実施状況",
            "適否",
            "判定",
        ],
    ),
    (
        Role::Note,
        &[
            "comment",
            "備考",
            "remark",
            "note",
            "補足",
            "description",
            "説明",
            "additionalinformation",
            "詳細",
        ],
    ),
    (
        Role::Ownership,
        &["ownership", "責任", "owner", "responsib", "担当"],
    ),
    (
        Role::Evidence,
        &[
            "evidence",
            "証跡",
            "根拠",
            "attachment",
            "添付",
            "資料",
            "文書",
        ],
    ),
    (Role::Date, &["date", "回答日", "日付", "記入日", "更新日"]),
    (
        Role::Question,
        &[
            "question",
            "設問",
            "質問",
            "確認事項",
            "要求事項",
            "control",
            "requirement",
        ],
    ),
];

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The content alone speaks for it.
    Possible,
    /// A word of the header speaks for it.
    Likely,
    /// The header is a name that a map knows.
    Sure,
}

impl Confidence {
    /// The word in a document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }
}

/// A column that would be taken.
#[derive(Debug, Clone)]
pub struct Suggested {
    /// What it would be taken for.
    pub role: Role,
    /// Its header.
    pub header: String,
    /// Where the header stands.
    pub at: Place,
    /// How sure that is.
    pub confidence: Confidence,
    /// Why, in English.
    pub reason: String,
}

/// What would be read of a table.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The sheet.
    pub sheet: String,
    /// The row of the header, from 1.
    pub header_row: u32,
    /// The columns in the order of the roles.
    pub columns: Vec<Suggested>,
    /// The maps that fit, the best first, each with how many of its columns are there.
    pub maps: Vec<(String, usize)>,
    /// A map to start from, in TOML.
    pub draft: String,
}

/// Suggests the columns of a table.
///
/// # Errors
///
/// What makes the file unreadable, and `questionnaire-columns` where no row looks like a header.
pub fn suggest(bytes: &[u8], maps: &Maps) -> Result<Suggestion, Diagnostic> {
    let workbook = spreadsheet::read(bytes)?;
    let known: BTreeMap<String, Role> = maps
        .values()
        .flat_map(|map| map.columns.iter())
        .flat_map(|(role, names)| names.iter().map(|name| (key(name), *role)))
        .collect();
    let mut best: Option<(usize, &Sheet, u32, Vec<Suggested>)> = None;
    for sheet in workbook.sheets.iter().filter(|sheet| !sheet.hidden) {
        for &row in sheet.rows.range(..HEADER_ROWS).map(|(row, _)| row) {
            let columns = by_header(sheet, row, &known);
            let has = |role| columns.iter().any(|one| one.role == role);
            let weight = columns
                .iter()
                .map(|one| {
                    if one.confidence == Confidence::Sure {
                        3
                    } else {
                        2
                    }
                })
                .sum::<usize>()
                + if has(Role::Answer) { 3 } else { 0 };
            if has(Role::Answer) && best.as_ref().is_none_or(|(before, ..)| weight > *before) {
                best = Some((weight, sheet, row, columns));
            }
        }
    }
    let Some((_, sheet, row, mut columns)) = best else {
        return Err(Diagnostic::error(
            "questionnaire-columns",
            Place::whole(),
            "no row looks like the header of a questionnaire",
        )
        .help("name the columns in one row, such as `ID`, `Question`, `Answer`"));
    };
    by_content(sheet, row, &mut columns);
    columns.sort_by_key(|one| one.role);
    let mut fitting: Vec<_> = maps
        .values()
        .filter(|map| map.shape == Shape::Table)
        .filter_map(|map| Some((map.id.clone(), locate(sheet, map)?.columns.len())))
        .collect();
    fitting.sort_by_key(|(_, columns)| std::cmp::Reverse(*columns));
    Ok(Suggestion {
        sheet: sheet.name.clone(),
        header_row: row + 1,
        draft: draft(sheet, row, &columns),
        columns,
        maps: fitting,
    })
}

fn by_header(sheet: &Sheet, row: u32, known: &BTreeMap<String, Role>) -> Vec<Suggested> {
    let mut found: Vec<Suggested> = Vec::new();
    let mut offer = |role, column, header: &str, confidence, reason: String| {
        if found.iter().all(|one| one.role != role) {
            found.push(Suggested {
                role,
                header: header.to_owned(),
                at: sheet.place(row, column),
                confidence,
                reason,
            });
            return true;
        }
        false
    };
    let cells: Vec<_> = sheet.rows.get(&row).into_iter().flatten().collect();
    let mut taken = BTreeSet::new();
    for (column, cell) in &cells {
        let name = key(&cell.text);
        let bare = name.split('(').next().unwrap_or_default();
        if let Some(role) = known.get(&name).or_else(|| known.get(bare))
            && offer(
                *role,
                **column,
                &cell.text,
                Confidence::Sure,
                "a map knows this name".to_owned(),
            )
        {
            taken.insert(**column);
        }
    }
    for (role, words) in KEYWORDS {
        for word in words {
            let is_short = word.chars().count() <= 2 && word.is_ascii();
            let hit = cells.iter().find(|(column, cell)| {
                let name = key(&cell.text);
                // A sentence is no header.
                let is_header = name.chars().count() <= 60;
                !taken.contains(*column)
                    && is_header
                    && if is_short {
                        name == *word
                    } else {
                        name.contains(word)
                    }
            });
            if let Some((column, cell)) = hit
                && offer(
                    role,
                    **column,
                    &cell.text,
                    Confidence::Likely,
                    format!("the header contains `{word}`"),
                )
            {
                taken.insert(**column);
                break;
            }
        }
    }
    found
}

/// Where no header tells the identifiers, the column of distinct short words does.
fn by_content(sheet: &Sheet, row: u32, columns: &mut Vec<Suggested>) {
    if columns.iter().any(|one| one.role == Role::Id) {
        return;
    }
    let last = sheet
        .rows
        .values()
        .filter_map(|cells| cells.keys().max())
        .max()
        .copied()
        .unwrap_or(0);
    for column in 0..=last.min(50) {
        let texts: Vec<&str> = sheet
            .rows
            .range(row + 1..)
            .filter_map(|(_, cells)| cells.get(&column))
            .map(|cell| cell.text.trim())
            .filter(|text| !text.is_empty())
            .collect();
        let distinct: BTreeSet<_> = texts.iter().collect();
        let is_id = |text: &&str| {
            text.len() <= 24
                && !text.contains(char::is_whitespace)
                && text.contains(|one: char| one.is_ascii_digit())
        };
        if texts.len() >= 2 && distinct.len() == texts.len() && texts.iter().all(is_id)
        {
            columns.push(Suggested {
                role: Role::Id,
                header: sheet.text(row, column).to_owned(),
                at: sheet.place(row, column),
                confidence: Confidence::Possible,
                reason: format!(
                    "its {} entries are short, distinct and numbered",
                    texts.len()
                ),
            });
            return;
        }
    }
}

/// A map to start from. What it says of the words is what stands in the column of answers.
fn draft(sheet: &Sheet, row: u32, columns: &[Suggested]) -> String {
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = String::from(
        "id = \"my-map\"\nversion = \"0.1.0\"\nshape = \"table\"\nquestionnaire = \"name of the questionnaire\"\nquestionnaire_version = \"1\"\n",
    );
    if sheet.name != "CSV" {
        text += "sheets = [";
        text += &quote(&sheet.name);
        text += "]\n";
    }
    text += "\n[title]\nja = \"質問票の名称\"\nen = \"title of the questionnaire\"\n\n[columns]\n";
    for one in columns {
        let line = [
            one.role.word(),
            " = [",
            &quote(&one.header),
            "] # ",
            one.confidence.word(),
            "\n",
        ];
        text += &line.concat();
    }
    if columns.iter().all(|one| one.role != Role::Id) {
        text += "id = [\"?\"] # not found\n";
    }
    let answers = columns.iter().find(|one| one.role == Role::Answer);
    let name = answers.and_then(|one| one.at.cell.as_deref());
    let column = name
        .and_then(spreadsheet::parse_cell_name)
        .map(|(_, column)| column);
    let mut words: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for below in sheet.rows.range(row + 1..).map(|(below, _)| *below) {
        let Some(column) = column else { break };
        let written = sheet.text(below, column).trim();
        let at = Place::whole();
        let (response, note, _) = wording::read_text(&yes_no(""), written, &at);
        if let (Some(response), None) = (response, note)
            && let Some(word) = response.words().first()
            && let Some((kept, _)) = [("yes", 0), ("no", 1), ("partial", 2), ("not_applicable", 3)]
                .iter()
                .find(|(one, _)| one == word)
        {
            words.entry(kept).or_default().insert(written.to_owned());
        }
    }
    if !words.is_empty() {
        text += "\n[words]\n";
        for (word, written) in words {
            let all: Vec<_> = written.iter().map(|one| quote(one)).collect();
            text += &[word, " = [", &all.join(", "), "]\n"].concat();
        }
    }
    text
}
