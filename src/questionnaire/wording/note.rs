//! Words beside an answer in the same cell: `○(管理者を含む)`, `はい ※別紙参照`.

use super::{Read, is_blank, plain, yes_no};

/// What begins a note on any answer.
const BRACKETS: [char; 5] = ['(', '※', '[', '【', '「'];

/// What also begins a note on a yes or no, which no list of answers follows.
const MARKS: [char; 7] = [':', ';', ',', '、', '。', '.', '—'];

/// How much may begin a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    /// Brackets alone: behind a comma or space, another value may follow.
    Bracketed,
    /// Marks, spaces and lines too.
    Free,
}

/// The most characters of an answer in front of its note.
const LONGEST_ANSWER: usize = 200;

/// Words in a note that may change the answer, in small letters. A note with one of them makes the answer one with
/// a reservation, which is not read: it is not for a machine to weigh the words.
const RESERVATIONS: [&str; 75] = [
    "ただし",
    "但し",
    "但",
    "除く",
    "除き",
    "除い",
    "以外",
    "のみ",
    "だけ",
    "限り",
    "限る",
    "限定",
    "に限",
    "一部",
    "部分",
    "概ね",
    "おおむね",
    "ほぼ",
    "予定",
    "計画",
    "検討",
    "準備",
    "未",
    "導入中",
    "構築中",
    "申請中",
    "取得中",
    "対応中",
    "見込",
    "今後",
    "将来",
    "場合",
    "条件",
    "原則",
    "例外",
    "次第",
    "ない",
    "なし",
    "ません",
    "無し",
    "不要",
    "要相談",
    "可能性",
    "約",
    "程度",
    "except",
    "exclud",
    "only",
    "planned",
    "plan ",
    "plans",
    "partial",
    "partly",
    "some ",
    "most",
    "if ",
    "unless",
    "but ",
    "however",
    "will ",
    "in progress",
    "subject to",
    "not ",
    "n't",
    "to be ",
    "under ",
    "pending",
    "limited",
    "when ",
    "without",
    "until",
    " or ",
    "又は",
    "または",
    "若しくは",
];

/// Reads a text by a rule: as a whole, then without marks at its end, then without its note.
///
/// A note with a reservation makes the reading [`Read::Qualified`], one that is a value itself makes it ambiguous; any
/// other one is given beside it.
pub(super) fn apart<T>(
    text: &str,
    notes: Notes,
    rule: impl Fn(&str) -> Read<T>,
) -> (Read<T>, Option<String>) {
    let whole = rule(text);
    if whole.is_known() {
        return (whole, None);
    }
    let bare = text
        .trim()
        .trim_end_matches(['。', '.', '、', ',', '．', '！', '!', '）', ')']);
    if bare.len() < text.trim().len()
        && let Read::As(value) | Read::Normalised(value, _) = rule(bare)
    {
        return (Read::Normalised(value, format!("`{}`", bare.trim())), None);
    }
    let folded = match notes {
        Notes::Free => plain(&text.replace('\n', " ※ ")),
        Notes::Bracketed => plain(text),
    };
    for (at, _) in folded.char_indices().take(LONGEST_ANSWER) {
        let (word, note) = folded.split_at_checked(at).unwrap_or((&folded, ""));
        if is_blank(word) || !begins(word, note, notes) {
            continue;
        }
        let reading = rule(word);
        if !matches!(reading, Read::As(_) | Read::Normalised(..)) {
            continue;
        }
        let note = note.trim_matches(|one: char| {
            one.is_whitespace()
                || BRACKETS.contains(&one)
                || MARKS.contains(&one)
                || ['-', ')', ']', '】', '」'].contains(&one)
        });
        if note.is_empty() {
            return (reading, None);
        }
        if is_reservation(note) {
            return (Read::Qualified, None);
        }
        if matches!(rule(note), Read::As(_) | Read::Normalised(..)) {
            return (
                Read::Ambiguous("more than one answer stands there".to_owned()),
                None,
            );
        }
        let reading = match reading {
            Read::Normalised(value, form) => {
                Read::Normalised(value, format!("{form}, with a note"))
            }
            other => other,
        };
        return (reading, Some(note.to_owned()));
    }
    (whole, None)
}

/// Whether a note begins where a word ends.
fn begins(word: &str, note: &str, notes: Notes) -> bool {
    let mut letters = note.chars();
    let (first, second) = (letters.next(), letters.next());
    let Some(first) = first else { return false };
    if BRACKETS.contains(&first) {
        return true;
    }
    // "No data" is no no, "n.d." no answer and "No. 3" a number.
    let is_latin = word.is_ascii();
    let is_word = !is_latin || word.trim().len() > 1;
    let is_apart = second.is_some_and(char::is_whitespace);
    let is_numbered = note
        .trim_start_matches(['.', ' '])
        .starts_with(|one: char| one.is_ascii_digit());
    let is_mark = match first {
        '.' => is_apart && !is_numbered,
        ' ' => !is_latin || note.trim_start().starts_with(['-', '—', '–', '※']),
        other => MARKS.contains(&other),
    };
    notes == Notes::Free && is_word && is_mark
}

fn is_reservation(note: &str) -> bool {
    let small = format!("{} ", note.to_lowercase());
    RESERVATIONS.iter().any(|word| small.contains(word)) || yes_no::answers(note)
}
