//! Whether the two languages of a text say the same, as far as form tells: the same parameters, the same numbers, the
//! same modality.
//!
//! What is a duty in one language must not be advice in the other, and no number may be lost in translation. A numeral in
//! words counts for its digits (`二要素`, "two"); a word without digits on the other side is no number to be compared,
//! since both languages count with words in passing.

use std::collections::BTreeSet;

use super::Text;

/// How binding a text is: the strongest that one of its sentences says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modality {
    /// Nothing is asked.
    None,
    /// Something is recommended: should, 望ましい.
    Should,
    /// Something is allowed: may, ことができる.
    May,
    /// Something is required: must, shall, こと, ものとする.
    Must,
}

/// Words for a number in English and numerals in Japanese.
const NUMERALS: [(u32, &[&str], &[char]); 14] = [
    (0, &["zero", "none", "no"], &['零', '無']),
    (1, &["one", "once", "first", "single", "a", "an"], &['一']),
    (2, &["two", "twice", "second", "both"], &['二', '両']),
    (3, &["three", "third"], &['三']),
    (4, &["four", "fourth"], &['四']),
    (5, &["five", "fifth"], &['五']),
    (6, &["six", "sixth"], &['六']),
    (7, &["seven", "seventh"], &['七']),
    (8, &["eight", "eighth"], &['八']),
    (9, &["nine", "ninth"], &['九']),
    (10, &["ten", "tenth"], &['十']),
    (12, &["twelve", "twelfth"], &[]),
    (100, &["hundred"], &['百']),
    (1000, &["thousand"], &['千']),
];

/// What differs between the languages of a text, a sentence each; empty where nothing does.
///
/// `binding` says that the text is a requirement or clause. Only there must both languages say how binding it is: an
/// English imperative has no word for it, and a question or title may speak of a duty in passing.
pub fn differences(text: &Text, binding: bool) -> Vec<String> {
    let mut found = Vec::new();
    let (ja, en) = (parameters(&text.ja), parameters(&text.en));
    if ja != en {
        let only: Vec<_> = ja.symmetric_difference(&en).cloned().collect();
        let only = only.join("`, `");
        found.push(format!(
            "the parameters `{only}` stand in one language only"
        ));
    }
    let (bare_ja, bare_en) = (without_parameters(&text.ja), without_parameters(&text.en));
    let (ja, en) = (numbers(&bare_ja), numbers(&bare_en));
    let words = english_words(&bare_en);
    let lost = (ja.difference(&en).filter(|one| !in_words(one, &words)))
        .chain(en.difference(&ja).filter(|one| !in_kanji(one, &bare_ja)));
    let lost: Vec<_> = lost.cloned().collect();
    if !lost.is_empty() {
        let lost = lost.join("`, `");
        found.push(format!("the numbers `{lost}` stand in one language only"));
    }
    let (ja, en) = (japanese_modality(&bare_ja), english_modality(&bare_en));
    if binding && ja != en {
        found.push(format!(
            "the Japanese text says {}, the English one {}",
            ja.word(),
            en.word()
        ));
    }
    found
}

impl Modality {
    fn word(self) -> &'static str {
        match self {
            Self::None => "nothing binding",
            Self::Should => "`should`",
            Self::May => "`may`",
            Self::Must => "`must`",
        }
    }
}

/// The names in braces.
fn parameters(text: &str) -> BTreeSet<String> {
    let pieces = text.split('{').skip(1);
    pieces
        .filter_map(|piece| piece.split_once('}').map(|(name, _)| name.to_owned()))
        .collect()
}

fn without_parameters(text: &str) -> String {
    let mut bare = String::new();
    for (index, piece) in text.split('{').enumerate() {
        let rest = match piece.split_once('}') {
            Some((_, rest)) if index > 0 => rest,
            _ => piece,
        };
        bare.push_str(rest);
        bare.push(' ');
    }
    bare
}

/// The numbers in digits, with full-width ones folded and the commas of thousands left out.
fn numbers(text: &str) -> BTreeSet<String> {
    let folded: Vec<char> = text.chars().map(folded).collect();
    let digit = |index: usize| folded.get(index).is_some_and(char::is_ascii_digit);
    let mut found = BTreeSet::new();
    let mut number = String::new();
    for (index, character) in folded.iter().enumerate() {
        let inside = !number.is_empty() && digit(index + 1);
        match character {
            '0'..='9' => number.push(*character),
            '.' if inside => number.push('.'),
            ',' if inside => {}
            _ if !number.is_empty() => {
                found.insert(std::mem::take(&mut number));
            }
            _ => {}
        }
    }
    if !number.is_empty() {
        found.insert(number);
    }
    found
}

/// A full-width digit, stop or comma as the narrow one.
fn folded(character: char) -> char {
    match character {
        '０'..='９' => u32::from(character)
            .checked_sub(u32::from('０'))
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(character),
        '．' => '.',
        '，' => ',',
        other => other,
    }
}

fn english_words(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_ascii_alphabetic())
        .map(str::to_ascii_lowercase)
        .collect()
}

fn in_words(number: &str, words: &BTreeSet<String>) -> bool {
    let numeral = NUMERALS.iter().find(|(one, ..)| one.to_string() == number);
    numeral.is_some_and(|(_, names, _)| names.iter().any(|name| words.contains(*name)))
}

fn in_kanji(number: &str, text: &str) -> bool {
    let numeral = NUMERALS.iter().find(|(one, ..)| one.to_string() == number);
    numeral.is_some_and(|(_, _, kanji)| kanji.iter().any(|kanji| text.contains(*kanji)))
}

fn english_modality(text: &str) -> Modality {
    let words: Vec<String> = text
        .split(|character: char| !character.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    let pair = |first: &str, second: &str| {
        words
            .windows(2)
            .any(|pair| matches!(pair, [one, two] if one == first && two == second))
    };
    let must = has("must")
        || has("shall")
        || pair("may", "not")
        || pair("has", "to")
        || pair("have", "to")
        || pair("is", "required")
        || pair("are", "required");
    if must {
        Modality::Must
    } else if has("may") || has("can") {
        Modality::May
    } else if has("should") || has("recommended") {
        Modality::Should
    } else {
        Modality::None
    }
}

fn japanese_modality(text: &str) -> Modality {
    let text = text.trim();
    let ends = ["こと。", "こと(", "ものとする", "ならない", "義務"];
    if text.ends_with("こと") || ends.iter().any(|end| text.contains(end)) {
        Modality::Must
    } else if text.contains("できる") || text.contains("差し支えない") {
        Modality::May
    } else if text.contains("望ましい") || text.contains("推奨") || text.contains("べき") {
        Modality::Should
    } else {
        Modality::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ja: &str, en: &str, binding: bool) -> Vec<&'static str> {
        let text = Text {
            ja: ja.to_owned(),
            en: en.to_owned(),
        };
        let words = ["parameters", "numbers", "says"];
        differences(&text, binding)
            .iter()
            .map(|one| *words.iter().find(|word| one.contains(**word)).unwrap())
            .collect()
    }

    #[test]
    fn what_is_lost_in_translation_is_named() {
        for (ja, en, binding, expected) in [
            (
                "{hours}時間以内に報告すること。",
                "Reports shall come within {hours} hours.",
                true,
                &[][..],
            ),
            (
                "{hour}時間以内に報告すること。",
                "Reports shall come within {hours} hours.",
                true,
                &["parameters"],
            ),
            (
                "１２か月ごとに見直すこと。",
                "It shall be reviewed every 12 months.",
                true,
                &[],
            ),
            (
                "12か月ごとに見直すこと。",
                "It shall be reviewed every twelve months.",
                true,
                &[],
            ),
            (
                "二要素を用いること。",
                "2 factors shall be used.",
                true,
                &[],
            ),
            (
                "24か月ごとに見直すこと。",
                "It shall be reviewed every 12 months.",
                true,
                &["numbers"],
            ),
            (
                "1,000件以下とすること。",
                "At most 1000 shall remain.",
                true,
                &[],
            ),
            (
                "1.2以上を用いること。",
                "Version 1.3 or later shall be used.",
                true,
                &["numbers"],
            ),
            (
                "用いることが望ましい。",
                "It shall be used.",
                true,
                &["says"],
            ),
            ("用いるものとする。", "It should be used.", true, &["says"]),
            ("用いることができる。", "It may be used.", true, &[]),
            ("用いることができる。", "It must be used.", true, &["says"]),
            ("用いてはならない。", "It may not be used.", true, &[]),
            ("文書を提出すること。", "Hand in the document.", false, &[]),
            (
                "文書を提出すること。",
                "Hand in the document.",
                true,
                &["says"],
            ),
            ("多要素認証", "Multi-factor authentication", false, &[]),
        ] {
            assert_eq!(check(ja, en, binding), expected, "{ja} | {en}");
        }
    }
}
