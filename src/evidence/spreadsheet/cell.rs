//! The names of cells (ECMA-376 part 1, 18.18.7 `ST_CellRef`) and what numbers mean in them.

use super::{MAXIMUM_COLUMNS, MAXIMUM_ROWS, MergedRange};
use crate::diagnostic::Place;
use crate::time::{Date, add_days, parse_day};

/// The name of a cell, such as `C7`; row and column from 0.
pub fn cell_name(row: u32, column: u32) -> String {
    Place::cell("", row, column).cell.unwrap_or_default()
}

/// The row and column, from 0, of a name such as `C7` or `$C$7`; `None` for what lies outside of any sheet.
pub fn parse_cell_name(name: &str) -> Option<(u32, u32)> {
    let name = name.strip_prefix('$').unwrap_or(name);
    let digits = name.find(|one: char| !one.is_ascii_alphabetic())?;
    let (letters, digits) = name.split_at_checked(digits)?;
    let digits = digits.strip_prefix('$').unwrap_or(digits);
    if letters.is_empty() || letters.len() > 3 || digits.is_empty() || digits.len() > 7 {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row: u32 = digits.parse().ok()?;
    let place = (row.checked_sub(1)?, column.checked_sub(1)?);
    (place.0 < MAXIMUM_ROWS && place.1 < MAXIMUM_COLUMNS).then_some(place)
}

/// The range of a name such as `B2:C4`, or of one cell.
pub(super) fn parse_range(name: &str) -> Option<MergedRange> {
    let (first, last) = name.split_once(':').unwrap_or((name, name));
    let (first, last) = (parse_cell_name(first)?, parse_cell_name(last)?);
    Some(MergedRange {
        first_row: first.0.min(last.0),
        first_column: first.1.min(last.1),
        last_row: first.0.max(last.0),
        last_column: first.1.max(last.1),
    })
}

/// The shortest exact decimal form of a number as a workbook writes it (`xsd:double`).
///
/// Excel writes seventeen digits where fewer tell the same number: `1.0000000000000001E-2` is 0.01.
pub(super) fn decimal(text: &str) -> Option<String> {
    let number: f64 = text.trim().parse().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    // Beyond 10^21 nobody counts anything, and the decimal form grows without end.
    let is_small = number.abs() < 1e21;
    (text.trim().bytes().all(is_plain) && is_small).then(|| number.to_string())
}

/// The day of a serial number (ECMA-376 part 1, 18.17.4.1). The 1900 system counts a 29 February 1900 that never
/// was as 60; the 1904 system begins with 0 on 1 January 1904.
pub(super) fn serial_day(decimal: &str, from_1904: bool) -> Option<Date> {
    let whole = decimal.split('.').next()?;
    let serial: i32 = whole.parse().ok()?;
    let (epoch, days) = match serial {
        0.. if from_1904 => ("1904-01-01", serial),
        1..=59 => ("1899-12-31", serial),
        61.. => ("1899-12-30", serial),
        _ => return None,
    };
    // 2958465 is 31 December 9999.
    (serial <= 2_958_465).then(|| Some(add_days(parse_day(epoch)?, days)))?
}

/// Whether a number format shows a day: it has a year, month or day outside of quotes, colors and conditions.
///
/// The numbers 14 to 17, 22, 27 to 36 and 50 to 58 are days in every language or in those of East Asia
/// (ECMA-376 part 1, 18.8.30 `numFmt`).
pub(super) fn is_day_format(id: u32, code: Option<&str>) -> bool {
    let Some(code) = code else {
        return matches!(id, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57..=58);
    };
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let (mut has_day, mut has_hour) = (false, false);
    for letter in code.chars() {
        match letter {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            'y' | 'Y' | 'd' | 'D' | 'e' | 'g' | 'G' | 'r' | 'b' => has_day = true,
            'h' | 'H' | 's' | 'S' => has_hour = true,
            'm' | 'M' if !has_hour => has_day = true,
            // Only the part for positive numbers tells.
            ';' => break,
            _ => {}
        }
    }
    // `General` and `0.00E+00` are numbers.
    has_day && !code.starts_with("General") && !code.contains("E+") && !code.contains("E-")
}

/// What `_x000D_` and its like stand for (ECMA-376 part 1, 22.9.2.19 `ST_Xstring`).
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        let letter = code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        if let Some(letter) = letter {
            out.push(letter);
            rest = from.get(7..).unwrap_or_default();
        } else {
            out.push_str("_x");
            rest = from.get(2..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names_within_the_sheet() {
        for (name, place) in [
            ("A1", Some((0, 0))),
            ("$C$7", Some((6, 2))),
            ("xfd1048576", Some((1_048_575, 16_383))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("7", None),
            ("AAAAAAAAAAAAAAAA1", None),
            ("A99999999999", None),
            ("A1B", None),
            ("あ1", None),
        ] {
            assert_eq!(parse_cell_name(name), place, "{name}");
        }
        assert_eq!(cell_name(6, 27), "AB7");
        assert_eq!(parse_range("C4:B2"), parse_range("B2:C4"));
    }

    #[test]
    fn numbers_are_exact_and_serials_are_days() {
        for (text, expected) in [
            ("1.0000000000000001E-2", Some("0.01")),
            ("7000012050002", Some("7000012050002")),
            ("-3", Some("-3")),
            ("inf", None),
            ("1e999", None),
            ("1e300", None),
            ("x", None),
        ] {
            assert_eq!(decimal(text).as_deref(), expected, "{text}");
        }
        for (serial, from_1904, day) in [
            ("1", false, Some("1900-01-01")),
            ("59", false, Some("1900-02-28")),
            ("60", false, None),
            ("61", false, Some("1900-03-01")),
            ("46349", false, Some("2026-11-23")),
            ("46349.75", false, Some("2026-11-23")),
            ("44887", true, Some("2026-11-23")),
            ("0", false, None),
            ("2958466", false, None),
        ] {
            assert_eq!(
                serial_day(serial, from_1904),
                day.and_then(parse_day),
                "{serial}"
            );
        }
    }

    #[test]
    fn formats_of_days_are_told_from_formats_of_numbers() {
        for (id, code, is_day) in [
            (14, None, true),
            (2, None, false),
            (18, None, false),
            (164, Some("yyyy\\-mm\\-dd"), true),
            (164, Some("[$-411]ggge\"年\"m\"月\"d\"日\""), true),
            (164, Some("0.00E+00"), false),
            (164, Some("General"), false),
            (164, Some("[Red]0\"days\""), false),
            (164, Some("h:mm:ss"), false),
            (164, Some("#,##0_);(#,##0)"), false),
        ] {
            assert_eq!(is_day_format(id, code), is_day, "{code:?}");
        }
        assert_eq!(unescape("a_x000D_\nb_x0041_ _x00"), "a\nbA _x00");
    }
}
