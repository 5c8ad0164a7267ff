//! The words of both languages for the values of the core.

mod derivation;
mod ranking;

pub use derivation::{formula, rounding};
pub use ranking::{
    ceiling, decision, lots, notices, ranked, ranking_columns, ranking_numbers, results,
    unconfirmed,
};

use super::table::Look;
use crate::assessment::verdict::{Verdict, VerdictKind};
use crate::criteria::Stage;
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// A verdict in words.
pub fn verdict(lang: Lang, verdict: &Verdict) -> String {
    let key = format!("verdict-{}", verdict.kind.word());
    let level = (verdict.level_per_mille / 10).to_string();
    message_with(lang, &key, &[("level", &level)])
}

/// How a verdict looks.
pub fn look(kind: VerdictKind) -> Look {
    match kind {
        VerdictKind::Pass => Look::Good,
        VerdictKind::Fail => Look::Bad,
        VerdictKind::NotApplicable => Look::Faint,
        VerdictKind::Partial | VerdictKind::Waived => Look::Plain,
        VerdictKind::Unanswered | VerdictKind::Unverifiable | VerdictKind::Stale => Look::Open,
    }
}

/// A stage in words.
pub fn stage(lang: Lang, stage: Stage) -> String {
    message(lang, &format!("stage-{}", stage.word()))
}

/// A price with thousands separated: `92,000,000`.
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let count = digits.chars().count();
    let grouped: String = digits
        .chars()
        .enumerate()
        .flat_map(|(index, digit)| {
            let comma = index > 0 && (count - index) % 3 == 0;
            comma.then_some(',').into_iter().chain([digit])
        })
        .collect();
    format!("{sign}{grouped}")
}

/// A number for a table: at most two decimals, cut, with `…` behind when cut. The exact value stands in
/// the derivation and in machine output.
pub fn shown(number: &crate::exact::Exact) -> String {
    let exact = number.to_string();
    let digits = exact
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    if exact.contains('/') || digits > 2 {
        format!("{}…", number.fixed(2))
    } else {
        exact
    }
}

/// A total, an evaluation value or another number of which more than two decimals may matter: exact up to four decimals,
/// else cut to four that count, with `…` behind.
pub fn value(number: &crate::exact::Exact) -> String {
    let exact = number.to_string();
    let decimals = exact
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    if !exact.contains('/') && decimals <= 4 {
        return exact;
    }
    let ten = crate::exact::Exact::from_integer(10);
    let mut size = number.abs();
    let mut digits = 4;
    // Zeros behind the point count for nothing; twenty of them are enough of a number below one.
    while size.times(&ten) < crate::exact::Exact::one() && digits < 24 {
        size = size.times(&ten);
        digits += 1;
    }
    let cut = number.fixed(digits);
    if crate::exact::Exact::parse(&cut).as_ref() == Some(number) {
        exact
    } else {
        format!("{cut}…")
    }
}

/// What the total of a method is called: the key of its message.
pub fn total_key(method: &str) -> &'static str {
    match method {
        "division" => "evaluation-value",
        "lowest-price" => "price-yen",
        _ => "total",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Exact;

    #[test]
    fn a_value_shows_what_counts() {
        for (text, expected) in [
            ("169.5", "169.5"),
            ("1.5543", "1.5543"),
            ("317/3", "105.6666…"),
            ("143/92000000", "0.000001554…"),
            ("0.00000155", "0.00000155"),
            ("0", "0"),
            ("-1/3", "-0.3333…"),
        ] {
            assert_eq!(value(&Exact::parse(text).unwrap()), expected);
        }
    }

    #[test]
    fn prices_are_grouped() {
        for (digits, expected) in [
            ("1", "1"),
            ("1000", "1,000"),
            ("92000000", "92,000,000"),
            ("-100000", "-100,000"),
        ] {
            assert_eq!(grouped(digits), expected);
        }
    }

    #[test]
    fn a_cut_number_says_so() {
        for (text, expected) in [
            ("169.5", "169.5"),
            ("317/3", "105.66…"),
            ("8", "8"),
            ("1.125", "1.12…"),
        ] {
            assert_eq!(shown(&Exact::parse(text).unwrap()), expected);
        }
    }
}
