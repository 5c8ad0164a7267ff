//! Days on which agencies are closed (行政機関の休日).
//!
//! Saturdays, Sundays, national holidays, and the days from December 29 to January 3: Act on Holidays of Administrative
//! Organs (Act No. 91 of 1988), article 1; recalled.

use crate::text::Text;
use crate::time::{Date, Weekday, parse_day};

/// The national holidays, whose head says where they come from.
const HOLIDAYS: &str = include_str!("holidays.tsv");

/// The years of the table.
const YEARS: std::ops::RangeInclusive<i16> = 2026..=2030;

/// Why an agency is closed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedDay {
    /// A Saturday or a Sunday.
    Weekend,
    /// A national holiday.
    Holiday(Text),
    /// The turn of the year.
    YearEnd,
}

/// Why an agency is closed on a day, if it is; outside of the years of the table national holidays are not known.
pub fn closed_on(day: Date) -> Option<ClosedDay> {
    if let Some(name) = holiday(day) {
        return Some(ClosedDay::Holiday(name));
    }
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return Some(ClosedDay::Weekend);
    }
    let turn = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    turn.then_some(ClosedDay::YearEnd)
}

/// Whether the national holidays of a year are known.
pub(super) fn is_known(day: Date) -> bool {
    YEARS.contains(&day.year())
}

fn holiday(day: Date) -> Option<Text> {
    HOLIDAYS.lines().find_map(|line| {
        let mut cells = line.split('\t');
        let (on, ja, en) = (cells.next()?, cells.next()?, cells.next()?);
        (parse_day(on)? == day).then(|| Text {
            ja: ja.to_owned(),
            en: en.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        parse_day(text).unwrap()
    }

    #[test]
    fn the_table_holds_every_year_and_no_ordinary_day() {
        let rows: Vec<_> = HOLIDAYS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| parse_day(line.split('\t').next().unwrap()).unwrap())
            .collect();
        assert!(rows.is_sorted() && rows.len() == 89, "{}", rows.len());
        for year in YEARS {
            let count = rows.iter().filter(|day| day.year() == year).count();
            // Sixteen by article 2, and what article 3 adds.
            assert!((16..=19).contains(&count), "{year}: {count}");
        }
        for line in HOLIDAYS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
    }

    #[test]
    fn mondays_after_a_holiday_on_sunday_are_holidays() {
        for line in HOLIDAYS.lines().filter(|line| !line.starts_with('#')) {
            let on = day(line.split('\t').next().unwrap());
            if on.weekday() == Weekday::Sunday {
                let mut next = on.tomorrow().unwrap();
                while holiday(next).is_some_and(|name| name.ja != "振替休日") {
                    next = next.tomorrow().unwrap();
                }
                assert_eq!(holiday(next).unwrap().ja, "振替休日", "{on}");
            }
        }
    }

    #[test]
    fn closed_days_have_their_reason() {
        for (text, expected) in [
            ("2026-11-27", None),
            ("2026-11-28", Some("weekend")),
            ("2026-11-29", Some("weekend")),
            ("2026-11-23", Some("勤労感謝の日")),
            ("2026-05-06", Some("振替休日")),
            ("2026-09-22", Some("国民の休日")),
            ("2026-12-28", None),
            ("2026-12-29", Some("year-end")),
            ("2027-01-01", Some("元日")),
            ("2027-01-04", None),
            // Not in the table: only what the law says without it.
            ("2031-01-13", None),
            ("2031-01-02", Some("year-end")),
        ] {
            let found = closed_on(day(text)).map(|closed| match closed {
                ClosedDay::Weekend => "weekend".to_owned(),
                ClosedDay::YearEnd => "year-end".to_owned(),
                ClosedDay::Holiday(name) => name.ja,
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
