//! Yes, no, in part, not applicable.

use super::{Read, is_blank, key, plain};
use crate::questionnaire::response::Response;

/// The words that are expected, in Japanese and English, as they stand in the drop-downs of our workbooks.
pub const WORDS: [(Response, &str, &str); 4] = [
    (Response::Yes, "はい", "Yes"),
    (Response::No, "いいえ", "No"),
    (Response::Partial, "一部", "Partial"),
    (Response::NotApplicable, "該当なし", "Not applicable"),
];

/// Words of other hands, in the form of [`key`].
const OTHERS: [(Response, &[&str]); 4] = [
    (
        Response::Yes,
        &[
            "○",
            "〇",
            "◯",
            "o",
            "有",
            "有り",
            "有る",
            "あり",
            "ある",
            "該当",
            "該当する",
            "該当あり",
            "済",
            "済み",
            "済んでいる",
            "実施済",
            "実施済み",
            "対応済",
            "対応済み",
            "実施している",
            "対応している",
            "y",
            "yes",
            "true",
            "✓",
            "✔",
            "☑",
            "適合",
            "ハイ",
            "是",
        ],
    ),
    (
        Response::No,
        &[
            "×",
            "✕",
            "☓",
            "✗",
            "✘",
            "╳",
            "無",
            "無し",
            "無い",
            "なし",
            "ない",
            "イイエ",
            "非該当",
            "該当しない",
            "未",
            "未実施",
            "未対応",
            "未済",
            "実施していない",
            "対応していない",
            "n",
            "no",
            "false",
            "不適合",
            "否",
        ],
    ),
    (
        Response::Partial,
        &[
            "△",
            "▲",
            "一部あり",
            "一部有",
            "一部有り",
            "一部実施",
            "一部実施済",
            "一部対応",
            "一部対応済",
            "一部該当",
            "部分的",
            "部分的に実施",
            "partial",
            "partially",
            "partly",
            "inpart",
            "partiallyimplemented",
        ],
    ),
    (
        Response::NotApplicable,
        &[
            "対象外",
            "適用外",
            "適用除外",
            "該当無し",
            "該当無",
            "非適用",
            "n/a",
            "na",
            "n.a.",
            "n.a",
            "notapplicable",
            "not_applicable",
            "not-applicable",
        ],
    ),
];

/// Words that mean one thing to one reader and another to the next.
const AMBIGUOUS: [(&str, &str); 6] = [
    (
        "x",
        "a cross is a no in Japan, and a mark for yes elsewhere",
    ),
    ("◎", "a double circle is no degree of this questionnaire"),
    ("レ", "a tick may be a letter"),
    ("v", "a tick may be a letter"),
    ("■", "a filled box may be a mark or a blank"),
    ("●", "a filled circle may be a mark or a blank"),
];

pub(super) fn read(text: &str) -> Read<Response> {
    let form = plain(text);
    if is_blank(&form) {
        return Read::Blank;
    }
    if let Some((response, ..)) = WORDS
        .iter()
        .find(|(_, ja, en)| [*ja, *en].contains(&text.trim()))
    {
        return Read::As(response.clone());
    }
    let word = key(&form);
    if let Some((_, why)) = AMBIGUOUS.iter().find(|(one, _)| *one == word) {
        return Read::Ambiguous((*why).to_owned());
    }
    match of_key(&word) {
        Some(response) => {
            let form = name(&response);
            Read::Normalised(response, form)
        }
        None if is_several(&word) => {
            Read::Ambiguous("more than one answer stands there".to_owned())
        }
        None => Read::Unknown,
    }
}

fn of_key(word: &str) -> Option<Response> {
    let expected = WORDS
        .iter()
        .find(|(_, ja, en)| key(ja) == word || key(en) == word);
    let other = || OTHERS.iter().find(|(_, words)| words.contains(&word));
    expected
        .map(|(response, ..)| response)
        .or_else(|| other().map(|(response, _)| response))
        .cloned()
}

/// The expected words of a response, for a remark.
fn name(response: &Response) -> String {
    let found = WORDS.iter().find(|(one, ..)| one == response);
    found.map_or_else(String::new, |(_, ja, en)| format!("{en} ({ja})"))
}

/// Whether a text lists answers, as a form does in which none was chosen.
fn is_several(word: &str) -> bool {
    let parts: Vec<_> = word
        .split(['/', '・', ',', '、', '|', '又', '或', ';'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.len() > 1 && parts.iter().all(|part| of_key(part).is_some())
}

/// Whether a text holds a mark or word that answers, so that a note is more than a note.
pub(super) fn answers(text: &str) -> bool {
    const MARKS: [char; 13] = [
        '○', '〇', '◯', '×', '✕', '☓', '✗', '✘', '△', '▲', '☑', '□', '■',
    ];
    text.contains(MARKS)
        || text.split(|one: char| !one.is_alphanumeric()).any(|word| {
            ["yes", "no", "はい", "いいえ", "有", "無", "n"].contains(&word.to_lowercase().as_str())
        })
}
