//! Days and periods. Nothing here reads a clock: the day of judgment is always an argument.

pub use jiff::Timestamp;
use jiff::ToSpan;
pub use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

/// Reads a `GeneralizedTime` of a timestamp token: `YYYYMMDDhhmmss`, perhaps a fraction, and `Z` (RFC 3161,
/// section 2.4.2).
pub fn parse_stamp(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = match text.strip_suffix('Z')?.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (text.strip_suffix('Z')?, String::new()),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction.trim_start_matches('.')) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to);
    format!(
        "{}-{}-{}T{}:{}:{}{fraction}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    )
    .parse()
    .ok()
}

/// Parses a day written `YYYY-MM-DD`.
pub fn parse_day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// Returns the same day `months` later; a day that the month lacks becomes the month's last.
///
/// Saturates at the end of the calendar (year 9999).
pub fn add_months(day: Date, months: i32) -> Date {
    day.checked_add(months.months()).unwrap_or(Date::MAX)
}

/// Returns the day `days` later, saturating at the end of the calendar.
pub fn add_days(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// The day at the beginning of a date or an instant of ISO 8601, as written.
pub fn day_of(text: &str) -> Option<Date> {
    parse_day(text.trim().get(..10)?)
}

/// The day of an instant in UTC.
pub fn day_of_instant(instant: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(instant).date()
}

/// The last second of a day in UTC: what was signed on the day of judgment was signed before it.
pub fn end_of_day(day: Date) -> Timestamp {
    let end = day.at(23, 59, 59, 0);
    TimeZone::UTC.to_timestamp(end).unwrap_or(Timestamp::MAX)
}

/// The day of an instant given in seconds since 1970; `None` outside of the calendar.
pub fn day_of_seconds(seconds: i64) -> Option<Date> {
    Timestamp::from_second(seconds).ok().map(day_of_instant)
}

/// How many days lie between two days; negative where the second is the earlier one.
pub fn days_between(first: Date, second: Date) -> i64 {
    (second - first).get_days().into()
}

/// Writes a day as the RFC 3339 instant of its beginning in UTC, the form of instants in machine output.
pub fn instant(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// Reads a day back from [`instant`], or from a plain day.
pub fn parse_instant(text: &str) -> Option<Date> {
    parse_day(text.strip_suffix("T00:00:00Z").unwrap_or(text))
}

/// Whether a text is an instant or a local time of ISO 8601 with both a day and a time of day. What RFC
/// 9557 lets stand behind it in brackets is not looked at.
pub fn is_date_time(text: &str) -> bool {
    let text = text.trim();
    let text = text.split_once('[').map_or(text, |(instant, _)| instant);
    text.contains(['T', 't', ' '])
        && (text.parse::<jiff::Timestamp>().is_ok()
            || text.parse::<jiff::civil::DateTime>().is_ok())
}

/// Writes an instant with any offset as UTC to the second, `YYYY-MM-DDThh:mm:ssZ`; `None` where the text
/// is no instant.
pub fn utc_second(text: &str) -> Option<String> {
    let instant: jiff::Timestamp = text.trim().parse().ok()?;
    let seconds = jiff::Timestamp::from_second(instant.as_second()).ok()?;
    Some(seconds.to_string())
}

/// Reads a time of day in Japan: an instant of RFC 3339 with the offset `+09:00`, to the second or the minute. Japan has had
/// no summer time since 1951.
pub fn parse_japan(text: &str) -> Option<DateTime> {
    let local = text.strip_suffix("+09:00")?;
    let whole = local.len() == 16 || local.len() == 19;
    let parts = (local.get(10..11)?, local.get(13..14)?);
    (whole && parts == ("T", ":"))
        .then(|| local.parse().ok())
        .flatten()
}

/// Writes a time of day in Japan as an instant of RFC 3339 with the offset `+09:00`.
pub fn japan_instant(local: DateTime) -> String {
    format!("{local}+09:00")
}

/// The day of an instant in Japan.
pub fn day_in_japan(instant: Timestamp) -> Date {
    let offset = jiff::tz::Offset::constant(9);
    offset.to_datetime(instant).date()
}

/// Reads a date of HTTP in the form that is sent (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    text.ends_with("GMT")
        .then(|| jiff::fmt::rfc2822::parse(text).ok())
        .flatten()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_utc_to_the_second() {
        for (text, expected) in [
            ("2026-11-20T00:00:00.5+09:00", Some("2026-11-19T15:00:00Z")),
            ("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00Z")),
            ("2026-11-20", None),
            ("", None),
        ] {
            assert_eq!(utc_second(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn times_in_japan_carry_their_offset() {
        for (text, expected) in [
            (
                "2026-12-10T17:00:00+09:00",
                Some("2026-12-10T17:00:00+09:00"),
            ),
            ("2026-12-10T17:00+09:00", Some("2026-12-10T17:00:00+09:00")),
            ("2026-12-10T08:00:00Z", None),
            ("2026-12-10T17:00:00", None),
            ("2026-12-10 17:00:00+09:00", None),
            ("2026-12-10T17+09:00", None),
            ("2026-02-30T17:00:00+09:00", None),
            ("2026-12-10T24:00:00+09:00", None),
        ] {
            let read = parse_japan(text).map(japan_instant);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
        let late = "2026-12-31T15:00:00Z".parse().unwrap();
        assert_eq!(day_in_japan(late).to_string(), "2027-01-01");
    }

    #[test]
    fn months_end_where_the_month_ends() {
        for (from, months, to) in [
            ("2025-01-31", 1, "2025-02-28"),
            ("2026-04-01", 16, "2027-08-01"),
            ("2024-02-29", 12, "2025-02-28"),
        ] {
            let day = parse_day(from).unwrap();
            assert_eq!(add_months(day, months).to_string(), to, "{from} + {months}");
        }
    }

    #[test]
    fn a_date_time_has_a_day_and_a_time() {
        for (text, expected) in [
            ("2010-01-29T18:30:22Z", true),
            ("2026-07-29T09:00:00+09:00", true),
            ("2026-07-29T09:00:00", true),
            ("2026-07-29T09:00:00+09:00[Asia/Tokyo]", true),
            ("2026-07-29", false),
            ("2026-13-29T09:00:00Z", false),
            ("yesterday at noon", false),
            ("", false),
        ] {
            assert_eq!(is_date_time(text), expected, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_months_and_years() {
        for (first, second, days) in [
            ("2026-11-20T09:00:00Z", "2026-11-20", 0),
            ("2024-02-28", "2024-03-01", 2),
            ("2025-11-20T23:59:59+09:00", "2026-11-20", 365),
            ("2026-11-21", "2026-11-20", -1),
        ] {
            let (first, second) = (day_of(first).unwrap(), day_of(second).unwrap());
            assert_eq!(days_between(first, second), days, "{first} {second}");
        }
        assert_eq!(day_of("20 November"), None);
    }

    #[test]
    fn only_whole_days_are_days() {
        assert!(parse_day("2026-11-23").is_some());
        assert!(parse_day("2026-11-31").is_none());
        assert!(parse_day("2026-1-3").is_none());
        assert_eq!(
            parse_instant("2026-11-23T00:00:00Z"),
            parse_day("2026-11-23")
        );
    }
}
