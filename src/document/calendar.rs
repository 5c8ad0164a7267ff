//! A timetable as a calendar file (RFC 5545, iCalendar).
//!
//! Days are all-day events, times of day are given in the zone Asia/Tokyo, which the file describes. Identifiers follow from
//! the tender and the event, the stamp from the day from which is counted: the same timetable gives the same bytes, and a
//! later export updates the entries of an earlier one.

use crate::tender::timetable::{EventView, Moment, Standing, TimetableView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, Text, printable};
use crate::time::{Date, DateTime};

/// The most octets of a line without its break (section 3.1).
const LINE: usize = 75;

/// How long before an event the calendar reminds of it, with the words for it.
const ALARMS: [(&str, &str); 2] = [
    ("-P7D", "calendar-in-7-days"),
    ("-P1D", "calendar-in-1-day"),
];

/// Writes a calendar; titles stand in each of the languages.
pub fn calendar(view: &TimetableView, languages: &[Lang]) -> String {
    let mut lines = Lines::default();
    let name = in_all(&view.title, languages);
    for (property, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Mekiki//Tender timetable 1//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        lines.plain(property, value);
    }
    lines.text("X-WR-CALNAME", &name);
    // Japan has had no summer time since 1951.
    for (property, value) in [
        ("BEGIN", "VTIMEZONE"),
        ("TZID", "Asia/Tokyo"),
        ("BEGIN", "STANDARD"),
        ("DTSTART", "19700101T000000"),
        ("TZOFFSETFROM", "+0900"),
        ("TZOFFSETTO", "+0900"),
        ("TZNAME", "JST"),
        ("END", "STANDARD"),
        ("END", "VTIMEZONE"),
    ] {
        lines.plain(property, value);
    }
    for event in &view.events {
        write_event(&mut lines, view, event, languages);
    }
    lines.plain("END", "VCALENDAR");
    lines.0
}

fn write_event(lines: &mut Lines, view: &TimetableView, event: &EventView, languages: &[Lang]) {
    let Some(moment) = event.moment() else {
        return;
    };
    let title = in_all(&event.title, languages);
    let tender = in_all(&view.title, languages);
    lines.plain("BEGIN", "VEVENT");
    let uid = format!("{}-{}@{}.mekiki", view.tender, event.event, view.agency_id);
    lines.text("UID", &uid);
    let stamp = view.as_of.get(..10).unwrap_or_default().replace('-', "");
    lines.plain("DTSTAMP", &format!("{stamp}T000000Z"));
    match moment {
        Moment::Day(day) => {
            lines.plain("DTSTART;VALUE=DATE", &basic_day(day));
            let next = day.tomorrow().unwrap_or(day);
            lines.plain("DTEND;VALUE=DATE", &basic_day(next));
        }
        // Without an end it takes no time (section 3.6.1).
        Moment::At(at) => lines.plain("DTSTART;TZID=Asia/Tokyo", &basic_time(at)),
    }
    lines.text("SUMMARY", &format!("{title}: {tender}"));
    lines.text("DESCRIPTION", &description(view, event, languages));
    lines.plain("CLASS", "PUBLIC");
    lines.plain("TRANSP", "TRANSPARENT");
    if event.standing != Standing::Passed {
        for (trigger, key) in ALARMS {
            lines.plain("BEGIN", "VALARM");
            lines.plain("ACTION", "DISPLAY");
            let words = languages.iter().map(|lang| message(*lang, key));
            let words = words.collect::<Vec<_>>().join(" / ");
            lines.text("DESCRIPTION", &format!("{words}: {title}"));
            lines.plain("TRIGGER", trigger);
            lines.plain("END", "VALARM");
        }
    }
    lines.plain("END", "VEVENT");
}

fn description(view: &TimetableView, event: &EventView, languages: &[Lang]) -> String {
    let mut paragraphs = vec![format!(
        "{} ({})",
        in_all(&view.agency, languages),
        view.tender
    )];
    for lang in languages {
        if let Some(term) = &event.term {
            let days = term.days.to_string();
            let arguments = [
                ("days", days.as_str()),
                ("source", term.source.of(*lang)),
                ("mark", &message(*lang, &format!("timetable-{}", term.mark))),
            ];
            paragraphs.push(message_with(*lang, "timetable-term", &arguments));
        }
        if let Some(closed) = &event.closed {
            let reason = printable(closed.of(*lang));
            let arguments = [("reason", reason.as_str())];
            paragraphs.push(message_with(*lang, "timetable-closed", &arguments));
        }
    }
    paragraphs.join("\n")
}

fn in_all(text: &Text, languages: &[Lang]) -> String {
    let words: Vec<_> = languages
        .iter()
        .map(|lang| printable(text.of(*lang)))
        .collect();
    words.join(" / ")
}

fn basic_day(day: Date) -> String {
    day.to_string().replace('-', "")
}

fn basic_time(at: DateTime) -> String {
    at.to_string().replace(['-', ':'], "")
}

/// Content lines, folded and with the line breaks of the standard.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A value that needs no escaping.
    fn plain(&mut self, property: &str, value: &str) {
        self.fold(&format!("{property}:{value}"));
    }

    /// A value of the type TEXT (section 3.3.11).
    fn text(&mut self, property: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for character in value.chars() {
            match character {
                '\\' | ';' | ',' => escaped.extend(['\\', character]),
                '\n' => escaped.push_str("\\n"),
                // No control may stand in a text (section 3.1).
                character if character.is_control() => escaped.push(' '),
                character => escaped.push(character),
            }
        }
        self.plain(property, &escaped);
    }

    /// Breaks a line before an octet would be the 76th, never inside of a character.
    fn fold(&mut self, line: &str) {
        let mut room = LINE;
        for character in line.chars() {
            let octets = character.len_utf8();
            if octets > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            self.0.push(character);
            room -= octets;
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(property: &str, value: &str) -> String {
        let mut lines = Lines::default();
        lines.text(property, value);
        lines.0
    }

    #[test]
    fn texts_are_escaped() {
        for (value, expected) in [
            ("a, b; c\\d", "X:a\\, b\\; c\\\\d\r\n"),
            ("一行\n二行", "X:一行\\n二行\r\n"),
            ("a\u{7}b\rc", "X:a b c\r\n"),
            ("a:b\"c", "X:a:b\"c\r\n"),
        ] {
            assert_eq!(written("X", value), expected);
        }
    }

    #[test]
    fn lines_are_folded_between_characters() {
        for length in 1..200 {
            for letter in ["a", "é", "目", "🏛"] {
                let value = letter.repeat(length);
                let text = written("SUMMARY", &value);
                let lines: Vec<_> = text.split_terminator("\r\n").collect();
                assert!(lines.iter().all(|line| line.len() <= LINE), "{text}");
                // Nothing is folded too early: a further character would not have fitted.
                for (at, line) in lines.iter().enumerate() {
                    let last = at + 1 == lines.len();
                    assert!(last || line.len() + letter.len() > LINE, "{text}");
                    assert!(at == 0 || line.starts_with(' '), "{text}");
                }
                let unfolded = text.replace("\r\n ", "");
                assert_eq!(unfolded, format!("SUMMARY:{value}\r\n"));
            }
        }
    }
}
