//! Words beside an answer in the same cell: `○(管理者を含む)`, `はい ※別紙参照`.

use super::{Read, is_blank, plain, yes_no};

/// What may stand between an answer and a note on it.
const STARTS: [char; 15] = [
    '(', '※', '*', ':', ';', ',', '、', '。', '.', '\n', '[', '【', '「', '-', '—',
];

/// Words in a note that may change the answer, in small letters. A note with one of them makes the answer one with
/// a reservation, which is not read: it is not for a machine to weigh the words.
const RESERVATIONS: [&str; 71] = [
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
];

/// Reads a text by a rule: as a whole, then without its note, then without marks at its end.
///
/// A note with a reservation makes the reading [`Read::Qualified`]; any other one is given beside it.
pub(super) fn apart<T>(text: &str, rule: impl Fn(&str) -> Read<T>) -> (Read<T>, Option<String>) {
    let whole = rule(text);
    if whole.is_known() {
        return (whole, None);
    }
    let bare = text
        .trim()
        .trim_end_matches(['。', '.', '、', ',', '．', '！', '!', '）', ')']);
    if bare.len() < text.trim().len() {
        let reading = rule(bare);
        if let Read::As(value) | Read::Normalised(value, _) = reading {
            return (Read::Normalised(value, format!("`{}`", bare.trim())), None);
        }
    }
    let folded = plain(&text.replace('\n', " ※ "));
    let starts = folded
        .char_indices()
        .filter(|(_, one)| STARTS.contains(one) || one.is_whitespace());
    for (at, _) in starts {
        let (word, note) = folded.split_at_checked(at).unwrap_or((&folded, ""));
        if is_blank(word) {
            continue;
        }
        let reading = rule(word);
        if !matches!(reading, Read::As(_) | Read::Normalised(..)) {
            continue;
        }
        let note = note.trim_matches(|one: char| {
            STARTS.contains(&one) || one.is_whitespace() || [')', ']', '】', '」'].contains(&one)
        });
        if note.is_empty() {
            return (reading, None);
        }
        if is_reservation(note) {
            return (Read::Qualified, None);
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

fn is_reservation(note: &str) -> bool {
    let small = format!("{} ", note.to_lowercase());
    RESERVATIONS.iter().any(|word| small.contains(word)) || yes_no::answers(note)
}
