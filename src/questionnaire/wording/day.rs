//! Days: ISO 8601, the usual forms of Japan, and eras.

use super::{Read, is_blank, plain};
use crate::time::{Date, parse_day};

/// Eras with their names, the year before their first one, and their first and last days.
///
/// Sources: Era Act (Act No. 43 of 1979) and the cabinet orders on Heisei (No. 1 of 1989) and Reiwa (No. 143 of
/// 2018), which take effect on the day after; Showa from the Imperial Edict of 25 December 1926.
const ERAS: [(&[&str], i16, &str, &str); 3] = [
    (
        &["令和", "r", "令", "reiwa"],
        2018,
        "2019-05-01",
        "9999-12-31",
    ),
    (
        &["平成", "h", "平", "heisei"],
        1988,
        "1989-01-08",
        "2019-04-30",
    ),
    (
        &["昭和", "s", "昭", "showa"],
        1925,
        "1926-12-25",
        "1989-01-07",
    ),
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub(super) fn read(text: &str) -> Read<Date> {
    if is_blank(&plain(text)) {
        return Read::Blank;
    }
    if let Some(day) = parse_day(text.trim()) {
        return Read::As(day);
    }
    let small = without_weekday(&plain(text).to_lowercase());
    if [
        "頃", "ごろ", "約", "予定", "以降", "以前", "まで", "中旬", "上旬", "下旬", "末", "about",
        "circa", "before", "after",
    ]
    .iter()
    .any(|word| small.contains(word))
    {
        return Read::Qualified;
    }
    let named = |day: Date| Read::Normalised(day, day.to_string());
    if let Some(found) = era(&small) {
        return match found {
            Ok(day) => named(day),
            Err(why) => Read::fault("answer-era", why),
        };
    }
    if let Some(day) = english(&small) {
        return named(day);
    }
    let Some(parts) = parts(&small) else {
        return match small.bytes().all(|byte| byte.is_ascii_digit()) {
            true if small.len() == 8 => compact(&small).map_or(Read::Unknown, named),
            true if small.len() == 5 => Read::Ambiguous(
                "a number may be the serial number of a day in a workbook".to_owned(),
            ),
            _ => Read::Unknown,
        };
    };
    let (first, second, third) = parts;
    if first >= 1000 {
        return date(first, second, third).map_or(
            Read::fault("answer-unreadable", "there is no such day".to_owned()),
            named,
        );
    }
    if third < 1000 {
        return Read::Ambiguous("the year has two digits".to_owned());
    }
    let (day_first, month_first) = (date(third, second, first), date(third, first, second));
    match (day_first, month_first) {
        (Some(one), Some(other)) if one != other => Read::Ambiguous(format!("{one} or {other}")),
        (Some(day), _) | (None, Some(day)) => named(day),
        (None, None) => Read::fault("answer-unreadable", "there is no such day".to_owned()),
    }
}

/// A text without a day of the week in parentheses, and without the time behind a day.
fn without_weekday(text: &str) -> String {
    let text = text
        .split('(')
        .next()
        .filter(|_| {
            let inside = text.split(['(', ')']).nth(1).unwrap_or_default();
            ["月", "火", "水", "木", "金", "土", "日"]
                .contains(&inside.trim_end_matches("曜日").trim_end_matches('曜'))
                || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                    .iter()
                    .any(|day| inside.starts_with(day))
        })
        .unwrap_or(text);
    let bare = text
        .trim()
        .trim_end_matches(" 00:00:00")
        .trim_end_matches(" 0:00")
        .trim_end_matches(" 0:00:00");
    bare.trim().to_owned()
}

/// A day of an era; a fault where the era had no such day.
fn era(text: &str) -> Option<Result<Date, String>> {
    let (names, before, first, last, rest) =
        ERAS.iter().find_map(|(names, before, first, last)| {
            let rest = names.iter().find_map(|name| text.strip_prefix(name))?;
            Some((names, before, first, last, rest.trim()))
        })?;
    let rest = rest.trim_start_matches(['.', ' ']);
    let rest = match rest.strip_prefix('元') {
        Some(behind) => format!("1{behind}"),
        None => rest.to_owned(),
    };
    let (year, month, day) = parts(&rest)?;
    let year = before.checked_add(year)?;
    let (Some(found), Some(first), Some(last)) =
        (date(year, month, day), parse_day(first), parse_day(last))
    else {
        return Some(Err("there is no such day".to_owned()));
    };
    if found < first || found > last {
        let name = names.first().copied().unwrap_or_default();
        return Some(Err(format!(
            "{name} lasted from {first} to {last}, and {found} lies outside of it"
        )));
    }
    Some(Ok(found))
}

/// Three numbers in a row, told apart as days are.
fn parts(text: &str) -> Option<(i16, i16, i16)> {
    let text = text.trim().trim_end_matches('日');
    let numbers: Option<Vec<i16>> = text
        .split(['/', '-', '.', '年', '月', '−'])
        .map(|part| {
            let part = part.trim();
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        })
        .collect();
    match numbers.as_deref() {
        Some(&[first, second, third]) => Some((first, second, third)),
        _ => None,
    }
}

/// `23 November 2026` and `Nov 23, 2026`.
fn english(text: &str) -> Option<Date> {
    let words: Vec<_> = text
        .split([' ', ',', '-', '.'])
        .filter(|word| !word.is_empty())
        .collect();
    let &[first, second, year] = words.as_slice() else {
        return None;
    };
    let month = |word: &str| {
        let found = MONTHS
            .iter()
            .position(|month| word.len() >= 3 && month.starts_with(word))?;
        i16::try_from(found + 1).ok()
    };
    let number = |word: &str| -> Option<i16> {
        word.trim_end_matches(|one: char| one.is_ascii_alphabetic())
            .parse()
            .ok()
    };
    let year = number(year).filter(|year| *year >= 1000)?;
    match (month(first), month(second)) {
        (Some(month), None) => date(year, month, number(second)?),
        (None, Some(month)) => date(year, month, number(first)?),
        _ => None,
    }
}

/// `20261123` (ISO 8601, basic format).
fn compact(text: &str) -> Option<Date> {
    let part = |from, to| text.get(from..to)?.parse().ok();
    date(part(0, 4)?, part(4, 6)?, part(6, 8)?)
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
