//! Questionnaires in tables, named by the words of their header.

use super::{Detection, Kind, ours};
use crate::evidence::spreadsheet::{self, Encoding, Sheet};

/// The words of a header in small letters without spaces, and the format that they tell; the first that fits.
///
/// The names of the columns are those of the questionnaires that the maps in `criteria/questionnaire-maps` are for.
const HEADERS: [(&str, &[&[&str]]); 4] = [
    (
        "caiq-4-shape",
        &[
            &["questionid", "質問id", "設問id"],
            &["cspcaiqanswer", "caiqanswer", "cspの回答"],
        ],
    ),
    (
        "hecvat-shape",
        &[
            &["id", "questionid", "hecvatid"],
            &["vendoranswers", "vendoranswer", "solutionprovideranswers"],
        ],
    ),
    (
        "servicenow-shape",
        &[
            &[
                "questionnumber",
                "questionid",
                "number",
                "metric",
                "reference",
            ],
            &["response", "actualvalue", "stringvalue"],
            &[
                "comments",
                "comment",
                "additionalcomments",
                "respondentcomments",
                "question",
            ],
        ],
    ),
    (
        "answer-table",
        &[
            &[
                "id",
                "questionid",
                "question_id",
                "質問id",
                "設問id",
                "質問番号",
                "設問番号",
                "項番",
            ],
            &["answer", "回答", "回答内容", "回答欄"],
        ],
    ),
];

/// So many rows are looked at.
const ROWS: u32 = 40;

/// What begins the first cell of a workbook of ours.
const OWN: &str = "mekiki-questionnaire";

/// The most bytes of a text that is looked at as a table.
const MAXIMUM_TEXT_BYTES: usize = 16 << 20;

/// Names a workbook; `None` for another package.
pub(super) fn package(bytes: &[u8]) -> Option<Detection> {
    const MAIN: &[u8] = b"xl/workbook.xml";
    let is_workbook = bytes.windows(MAIN.len()).any(|window| window == MAIN);
    if !is_workbook {
        return None;
    }
    let named = spreadsheet::read(bytes).ok().and_then(|workbook| {
        let own = workbook.sheets.iter().find_map(own);
        own.or_else(|| {
            workbook
                .sheets
                .iter()
                .filter(|sheet| !sheet.hidden)
                .find_map(|sheet| header(sheet, "xlsx"))
        })
    });
    Some(named.unwrap_or_else(|| Detection::new(Kind::Unknown, "unknown", None, "xlsx")))
}

fn own(sheet: &Sheet) -> Option<Detection> {
    let first = sheet.text(0, 0);
    let rest = first.strip_prefix(OWN)?;
    let version = rest
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let version = Some(version).filter(|version| !version.is_empty());
    Some(Detection::new(
        Kind::Questionnaire,
        "xlsx-questionnaire",
        version,
        "xlsx",
    ))
}

/// Names a table in text by its first lines, in whatever encoding it is.
pub(super) fn table(bytes: &[u8]) -> Option<Detection> {
    if bytes.len() > MAXIMUM_TEXT_BYTES {
        return None;
    }
    // A header has an answer among its words, whatever the encoding: not every text is taken apart.
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let has = |word: &[u8]| {
        head.windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
    };
    let separated = has(b",") || has(b";") || has(b"\t");
    // 回答 in UTF-8, UTF-16 of either order, and Shift_JIS.
    let japanese: [&[u8]; 4] = [
        b"\xe5\x9b\x9e\xe7\xad\x94",
        b"\xde\x56\x54\x7b",
        b"\x56\xde\x7b\x54",
        b"\x89\xf1\x93\x9a",
    ];
    let words: [&[u8]; 5] = [
        b"answer",
        b"response",
        b"actual value",
        b"string value",
        b"a\0n\0s\0w\0e\0r",
    ];
    if !separated || !words.iter().chain(&japanese).any(|word| has(word)) {
        return None;
    }
    let workbook = spreadsheet::read(bytes).ok()?;
    let sheet = workbook
        .sheets
        .first()
        .filter(|_| workbook.encoding == Encoding::Csv)?;
    if let Some(found) = ours(sheet.text(0, 0), "csv").filter(|found| found.kind != Kind::Unknown) {
        return Some(found);
    }
    own(sheet)
        .map(|found| Detection {
            format: "csv-questionnaire",
            encoding: "csv",
            ..found
        })
        .or_else(|| header(sheet, "csv"))
}

fn header(sheet: &Sheet, encoding: &'static str) -> Option<Detection> {
    let rows: Vec<Vec<String>> = sheet
        .rows
        .range(..ROWS)
        .map(|(_, cells)| cells.values().map(|cell| folded(&cell.text)).collect())
        .collect();
    let fits = |columns: &&[&[&str]]| {
        let has = |row: &Vec<String>| {
            columns
                .iter()
                .all(|names| names.iter().any(|name| row.iter().any(|word| word == name)))
        };
        rows.iter().any(has)
    };
    let (format, _) = HEADERS.iter().find(|(_, columns)| fits(columns))?;
    Some(Detection::new(Kind::Questionnaire, format, None, encoding))
}

/// A header in small letters, without spaces and without what stands in parentheses.
fn folded(text: &str) -> String {
    let bare = text.split(['(', '（']).next().unwrap_or_default();
    bare.chars()
        .filter(|one| !one.is_whitespace())
        .map(|one| match one {
            // Full-width letters and digits.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(one) - 0xfee0).unwrap_or(one),
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}
