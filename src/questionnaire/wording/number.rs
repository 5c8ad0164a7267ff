//! Whole numbers with units.

use super::{Read, is_blank, key, plain};
use crate::text::Text;

/// What a unit counts. Units of one kind convert into one another exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// In months.
    Months,
    /// In minutes. A month has no fixed number of days, so that days and months do not convert.
    Minutes,
    /// In parts of ten thousand.
    Parts,
}

/// Units with how many of the smallest one they are.
const UNITS: [(Measure, i128, &[&str]); 9] = [
    (
        Measure::Months,
        1,
        &[
            "か月",
            "ヶ月",
            "ヵ月",
            "カ月",
            "ケ月",
            "箇月",
            "ヵ月間",
            "か月間",
            "ヶ月間",
            "月",
            "month",
            "months",
            "mo",
            "mos",
            "month(s)",
        ],
    ),
    (
        Measure::Months,
        12,
        &[
            "年", "年間", "か年", "year", "years", "yr", "yrs", "y", "year(s)",
        ],
    ),
    (Measure::Months, 6, &["半年", "半期"]),
    (
        Measure::Minutes,
        1,
        &["分", "分間", "minute", "minutes", "min", "mins"],
    ),
    (
        Measure::Minutes,
        60,
        &["時間", "hour", "hours", "hr", "hrs", "h", "hour(s)"],
    ),
    (
        Measure::Minutes,
        1440,
        &["日", "日間", "day", "days", "d", "day(s)", "暦日"],
    ),
    (
        Measure::Minutes,
        10_080,
        &["週", "週間", "week", "weeks", "wk"],
    ),
    (
        Measure::Parts,
        100,
        &["%", "パーセント", "percent", "per cent"],
    ),
    (
        Measure::Parts,
        10,
        &["‰", "パーミル", "per mille", "permille"],
    ),
];

/// Words that make of a number a bound or an estimate.
const BOUNDS: [&str; 24] = [
    "約",
    "およそ",
    "おおよそ",
    "概ね",
    "以上",
    "以下",
    "以内",
    "未満",
    "超",
    "程度",
    "ほど",
    "前後",
    "頃",
    "最大",
    "最低",
    "最短",
    "about",
    "approx",
    "more",
    "less",
    "least",
    "most",
    "within",
    "upto",
];

pub(super) fn read(unit: &Text, min: i64, max: i64, text: &str) -> Read<i64> {
    let form = plain(text);
    if is_blank(&form) {
        // A dash in front of digits is a sign; alone it is none.
        return Read::Blank;
    }
    let small = key(&form);
    let has_digit = small.contains(|one: char| one.is_ascii_digit());
    if !has_digit && small != "半年" {
        return Read::Unknown;
    }
    if BOUNDS.iter().any(|word| small.contains(word))
        || small.starts_with(['<', '>', '~', '≦', '≧', '≤', '≥'])
    {
        return Read::Qualified;
    }
    let Some((digits, scale, rest)) = split(&small) else {
        return Read::Unknown;
    };
    if rest.starts_with(['~', '〜', '-', '–', '±', '+'])
        && rest.contains(|one: char| one.is_ascii_digit())
    {
        return Read::Ambiguous("a range stands there, and one number is asked for".to_owned());
    }
    let own = [key(&unit.ja), key(&unit.en)];
    let converted = if rest.is_empty() || own.contains(&rest) {
        whole(digits, scale)
    } else {
        match (measure(&rest), own_measure(&own)) {
            (Some((theirs, many)), Some((ours, of))) if theirs == ours => digits
                .checked_mul(many)
                .filter(|all| all % of == 0)
                .and_then(|all| whole(all / of, scale)),
            (Some(_), Some(_)) => {
                return Read::fault(
                    "answer-unit",
                    format!("the number is asked for in {} ({})", unit.en, unit.ja),
                );
            }
            _ => return Read::Unknown,
        }
    };
    let Some(number) = converted else {
        return Read::fault(
            "answer-unit",
            format!("it is no whole number of {} ({})", unit.en, unit.ja),
        );
    };
    if !(min..=max).contains(&number) {
        return Read::fault(
            "answer-out-of-range",
            format!("it is not between {min} and {max}"),
        );
    }
    let changed = number.to_string() != text.trim();
    Read::As(number).noted(changed, |number| {
        format!("{number} {} ({})", unit.en, unit.ja)
    })
}

/// A number without a unit.
pub(super) fn read_bare(text: &str) -> Read<i64> {
    let none = Text {
        ja: "個".to_owned(),
        en: "units".to_owned(),
    };
    match read(&none, i64::MIN, i64::MAX, text) {
        Read::Normalised(number, _) => Read::Normalised(number, number.to_string()),
        other => other,
    }
}

/// The digits of a number without its decimal point, how many of them stand behind the point, and what follows.
fn split(text: &str) -> Option<(i128, u32, String)> {
    let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let end = unsigned
        .find(|one: char| !one.is_ascii_digit() && one != ',' && one != '.')
        .unwrap_or(unsigned.len());
    let (number, rest) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest_groups: Vec<_> = groups.collect();
    let is_grouped = rest_groups.iter().all(|group| group.len() == 3);
    let is_led = rest_groups.is_empty() || (1..=3).contains(&first.len());
    let digits = format!("{first}{}{fraction}", rest_groups.concat());
    if !is_grouped
        || !is_led
        || first.is_empty()
        || digits.len() > 20
        || fraction.contains(['.', ','])
    {
        return None;
    }
    let scale = u32::try_from(fraction.len()).ok()?;
    Some((sign * digits.parse::<i128>().ok()?, scale, rest.to_owned()))
}

/// A scaled number that is whole.
fn whole(digits: i128, scale: u32) -> Option<i64> {
    let of = 10_i128.checked_pow(scale)?;
    (digits % of == 0).then(|| i64::try_from(digits / of).ok())?
}

fn measure(unit: &str) -> Option<(Measure, i128)> {
    let found = UNITS.iter().find(|(_, _, names)| names.contains(&unit));
    found.map(|(measure, many, _)| (*measure, *many))
}

fn own_measure(own: &[String; 2]) -> Option<(Measure, i128)> {
    // Hours of each day are hours, but no part of a day.
    own.iter().find_map(|unit| measure(unit)).or_else(|| {
        let is_hours = own.iter().any(|unit| unit == "hoursaday");
        is_hours.then_some((Measure::Minutes, 60))
    })
}
