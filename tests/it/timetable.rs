//! The timetable of a tender: reading, order, remarks, what follows by law, and the calendar, which a strict reader of our own
//! takes apart by the grammar of RFC 5545.

use std::sync::OnceLock;

use mekiki::app::library::Library;
use mekiki::app::timetable::timetable;
use mekiki::document::calendar::calendar;
use mekiki::evidence::Evidence;
use mekiki::tender::timetable::TimetableView;
use mekiki::text::Lang;
use mekiki::time::parse_day;
use serde_json::json;

use crate::binary::{DEMO, Scratch, mekiki};

/// A notice without bids, with more lines behind its head.
pub(crate) fn notice(deadline: &str, lines: &str) -> String {
    format!(
        r#"schema = "mekiki/tender-file/v1"
id = "timetable-2026"
as_of = "2027-01-20"
bid_deadline = "{deadline}"
offering_types = ["OUT"]
title = {{ ja = "運用支援業務、一式; 第1期", en = "Operations, support; phase 1" }}
agency = {{ id = "records", name = {{ ja = "記録保存庁", en = "Agency for Records" }} }}

[[information]]
name = {{ ja = "業務資料", en = "Working papers" }}
confidentiality = 2
integrity = 2
availability = 1

[procedure]
id = "addition-a-two-decimals"
price_points = 100

[[procedure.block]]
id = "base"
title = {{ ja = "基礎点", en = "Base points" }}
kind = "base"
points = 60

[[procedure.block]]
id = "bonus"
title = {{ ja = "加点", en = "Bonus points" }}
kind = "marks"
points = 140

{lines}
"#
    )
}

/// A whole timetable for a deadline on 2027-01-14.
pub(crate) const WHOLE: &str = r#"[timetable]
agreement = true
published_on = "2026-11-20"
questions_until = "2026-12-04T17:00:00+09:00"
answers_by = "2026-12-11"
bids_until = "2027-01-14T12:00:00+09:00"
technical_opening_at = "2027-01-14T14:00:00+09:00"
opening_at = "2027-01-29T10:30+09:00"
standstill_until = "2027-02-08"
contract_by = "2027-02-26"
bids_valid_days = 90
performance_finished_on = "2027-03-31"
invoice_received_on = "2027-04-12"
"#;

fn view(text: &str, as_of: &str) -> Result<TimetableView, Vec<String>> {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::open(None).unwrap());
    let file = Evidence::new("tender.toml", text.as_bytes().to_vec());
    timetable(library, &file, parse_day(as_of).unwrap()).map_err(|refused| {
        let faults = refused.0.iter();
        faults
            .map(|one| {
                let line = one.at.line.unwrap_or_default();
                let text = text.lines().nth(line as usize - 1).unwrap_or_default();
                format!("{} {}", one.code, text.split(' ').next().unwrap())
            })
            .collect()
    })
}

fn codes(view: &TimetableView) -> Vec<String> {
    let remarks = view.remarks.iter();
    remarks
        .map(|one| format!("{} {}", one.code, one.at.line.unwrap_or_default()))
        .collect()
}

#[test]
fn events_stand_in_time_with_what_is_next_and_what_follows_by_law() {
    let view = view(&notice("2027-01-14", WHOLE), "2026-12-11").unwrap();
    let rows: Vec<_> = view
        .events
        .iter()
        .map(|one| {
            (
                one.event,
                one.at.as_deref().unwrap_or(&one.day),
                one.days_left,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("published", "2026-11-20", -21),
            ("questions-until", "2026-12-04T17:00:00+09:00", -7),
            ("answers-by", "2026-12-11", 0),
            ("bids-until", "2027-01-14T12:00:00+09:00", 34),
            ("technical-opening", "2027-01-14T14:00:00+09:00", 34),
            ("opening", "2027-01-29T10:30:00+09:00", 49),
            ("standstill-until", "2027-02-08", 59),
            ("contract-by", "2027-02-26", 77),
            ("performance-finished", "2027-03-31", 110),
            ("inspection-due", "2027-04-10", 120),
            ("invoice-received", "2027-04-12", 122),
            ("bids-valid-until", "2027-04-14", 124),
            ("payment-due", "2027-05-12", 152),
        ]
    );
    assert_eq!(view.next, ["answers-by"]);
    let notice = view.notice.unwrap();
    assert_eq!((notice.to_deadline_days, notice.between_days), (55, 54));
    let inspection = view.events.iter().find(|one| one.event == "inspection-due");
    let term = inspection.unwrap().term.as_ref().unwrap();
    assert_eq!((term.days, term.mark), (10, "found"));
    assert!(term.source.ja.contains("第5条") && term.source.en.contains("article 5"));
    // The tenth of April 2027 is a Saturday.
    assert!(inspection.unwrap().closed.is_some());
}

#[test]
fn works_have_longer_terms() {
    let lines = WHOLE.replace("agreement = true", "works = true\nagreement = true");
    let view = view(&notice("2027-01-14", &lines), "2026-12-11").unwrap();
    let day = |event: &str| {
        let found = view.events.iter().find(|one| one.event == event);
        found.map(|one| (one.day.clone(), one.term.as_ref().map(|term| term.days)))
    };
    assert_eq!(
        day("inspection-due"),
        Some(("2027-04-14".to_owned(), Some(14)))
    );
    assert_eq!(
        day("payment-due"),
        Some(("2027-05-22".to_owned(), Some(40)))
    );
}

#[test]
fn the_deadline_stands_there_without_a_timetable() {
    let view = view(&notice("2027-01-14", ""), "2027-01-15").unwrap();
    let rows: Vec<_> = view
        .events
        .iter()
        .map(|one| (one.event, one.days_left))
        .collect();
    assert_eq!(rows, [("bids-until", -1)]);
    assert_eq!(view.next, [] as [&str; 0]);
    assert_eq!(view.notice, None);
}

#[test]
fn what_cannot_be_is_named_with_its_line() {
    for (lines, expected) in [
        (
            "bids_until = \"2027-01-15T12:00:00+09:00\"",
            vec!["timetable-deadline bids_until"],
        ),
        (
            "bids_until = \"2027-01-14T12:00:00Z\"",
            vec!["timetable-moment bids_until"],
        ),
        (
            "opening_at = \"tomorrow\"",
            vec!["timetable-moment opening_at"],
        ),
        (
            "opening_at = \"2027-01-13\"",
            vec!["timetable-order opening_at"],
        ),
        // On the day of the deadline an opening without a time of day is no fault, one with an earlier time is.
        ("opening_at = \"2027-01-14\"", vec![]),
        (
            "bids_until = \"2027-01-14T12:00:00+09:00\"\nopening_at = \"2027-01-14T11:59:00+09:00\"",
            vec!["timetable-order opening_at"],
        ),
        (
            "questions_until = \"2027-01-15\"",
            vec!["timetable-order [timetable]"],
        ),
        (
            "questions_until = \"2027-01-10\"\nanswers_by = \"2027-01-09\"",
            vec!["timetable-order answers_by"],
        ),
        (
            "published_on = \"2027-01-15\"",
            vec!["timetable-order [timetable]"],
        ),
        (
            "bids_valid_until = \"2027-04-01\"\nbids_valid_days = 90",
            vec!["timetable-validity-twice bids_valid_days"],
        ),
        ("bids_valid_days = 0", vec!["out-of-range bids_valid_days"]),
        (
            "question_until = \"2027-01-10\"",
            vec!["unknown-field question_until"],
        ),
        (
            "published_on = \"2026-11-20\"\n[[amendment]]\nid = \"1\"\non = \"2026-11-19\"\nrationale = { ja = \"訂正\", en = \"Corrected\" }",
            vec!["amendment-out-of-time [[amendment]]"],
        ),
        (
            "[[amendment]]\nid = \"1\"\non = \"2026-12-01\"\nrationale = { ja = \"訂正\", en = \"Corrected\" }\n[[amendment]]\nid = \"1\"\non = \"2026-12-02\"\nrationale = { ja = \"訂正\", en = \"Corrected\" }",
            vec!["amendment-duplicate id"],
        ),
    ] {
        let text = notice("2027-01-14", &format!("[timetable]\n{lines}"));
        let faults = view(&text, "2026-12-01").err().unwrap_or_default();
        assert_eq!(faults, expected, "{lines}");
    }
}

#[test]
fn a_short_notice_is_a_remark() {
    for (published, agreement, expected) in [
        // To 2027-01-14, a Thursday.
        ("2026-11-25", "agreement = true", None),
        ("2026-11-26", "agreement = true", Some("49 days lead")),
        ("2026-12-04", "agreement = true", Some("41 days lead")),
        ("2026-12-07", "agreement = true", Some("38 days lead")),
        ("2026-12-28", "agreement = false", None),
        (
            "2027-01-04",
            "agreement = false",
            Some("9 days lie between"),
        ),
        ("2026-12-28", "", Some("does not say whether the Agreement")),
        ("2027-01-04", "", Some("9 days lie between")),
    ] {
        let lines = format!("[timetable]\npublished_on = \"{published}\"\n{agreement}");
        let view = view(&notice("2027-01-14", &lines), "2026-12-01").unwrap();
        let notes: Vec<_> = view.remarks.iter().map(|one| &one.message).collect();
        match expected {
            None => assert!(notes.is_empty(), "{published}: {notes:?}"),
            Some(words) => {
                assert_eq!(notes.len(), 1, "{published}: {notes:?}");
                assert!(notes[0].contains(words), "{published}: {notes:?}");
                assert!(notes[0].contains("recalled"), "{notes:?}");
            }
        }
    }
}

#[test]
fn closed_days_and_lapsing_bids_are_remarks() {
    let lines = r#"[timetable]
published_on = "2026-10-01"
agreement = false
questions_until = "2026-11-23"
answers_by = "2026-11-28"
opening_at = "2026-12-30"
contract_by = "2031-02-03"
bids_valid_until = "2026-12-31"
"#;
    let view = view(&notice("2026-12-15", lines), "2026-10-01").unwrap();
    let text = notice("2026-12-15", lines);
    let line = |key: &str| text.lines().position(|line| line.starts_with(key)).unwrap() + 1;
    assert_eq!(
        codes(&view),
        [
            format!("timetable-closed-day {}", line("questions_until")),
            format!("timetable-closed-day {}", line("answers_by")),
            format!("timetable-closed-day {}", line("opening_at")),
            format!("timetable-holidays-unknown {}", line("contract_by")),
            format!("timetable-bids-lapse {}", line("bids_valid_until")),
        ]
    );
    assert!(
        view.remarks
            .iter()
            .all(|one| one.file.as_deref() == Some("tender.toml"))
    );
}

/// A component of a calendar: its name, its properties with parameters and unescaped value, and what it holds.
#[derive(Debug, Default)]
struct Component {
    name: String,
    properties: Vec<(String, String, String)>,
    children: Vec<Component>,
}

impl Component {
    fn get(&self, name: &str) -> &str {
        let mut found = self.properties.iter().filter(|(one, ..)| one == name);
        let value = found.next().map_or("", |(_, _, value)| value);
        assert!(found.next().is_none(), "{name} stands once");
        value
    }
}

/// Reads a calendar strictly: line breaks, folding and escapes by RFC 5545, sections 3.1 and 3.3.11.
fn parse(calendar: &str) -> Component {
    assert!(calendar.ends_with("\r\n"));
    let lines: Vec<&str> = calendar.split_terminator("\r\n").collect();
    for line in &lines {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a bare line break: {line}");
    }
    let unfolded = calendar.replace("\r\n ", "");
    let mut stack = vec![Component::default()];
    for line in unfolded.split_terminator("\r\n") {
        let (head, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        let is_name = |text: &str| {
            text.bytes()
                .all(|one| one.is_ascii_uppercase() || one == b'-')
        };
        assert!(!name.is_empty() && is_name(name), "{line}");
        assert!(!value.chars().any(char::is_control), "{line}");
        match name {
            "BEGIN" => stack.push(Component {
                name: value.to_owned(),
                ..Component::default()
            }),
            "END" => {
                let done = stack.pop().unwrap();
                assert_eq!(done.name, value);
                stack.last_mut().unwrap().children.push(done);
            }
            _ => {
                let is_text = ["UID", "SUMMARY", "DESCRIPTION", "X-WR-CALNAME"].contains(&name);
                let value = if is_text {
                    unescaped(value)
                } else {
                    value.to_owned()
                };
                let property = (name.to_owned(), parameters.to_owned(), value);
                stack.last_mut().unwrap().properties.push(property);
            }
        }
    }
    assert_eq!(stack.len(), 1, "every component ends");
    let mut root = stack.pop().unwrap();
    assert_eq!(root.children.len(), 1);
    root.children.pop().unwrap()
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('\\' | ';' | ',')) => text.push(escaped),
                other => panic!("no escape: {other:?} in {value}"),
            },
            ';' | ',' => panic!("unescaped: {value}"),
            other => text.push(other),
        }
    }
    text
}

#[test]
fn the_calendar_follows_the_grammar_and_says_what_the_timetable_says() {
    let view = view(&notice("2027-01-14", WHOLE), "2026-12-11").unwrap();
    for languages in [&[Lang::Ja][..], &[Lang::En], &Lang::BOTH] {
        let text = calendar(&view, languages);
        assert_eq!(text, calendar(&view, languages), "the same bytes");
        let calendar = parse(&text);
        assert_eq!(calendar.name, "VCALENDAR");
        assert_eq!(calendar.get("VERSION"), "2.0");
        assert!(!calendar.get("PRODID").is_empty());
        let names: Vec<_> = calendar
            .children
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names[0], "VTIMEZONE");
        assert!(names[1..].iter().all(|name| *name == "VEVENT"));
        assert_eq!(names.len() - 1, view.events.len());
        let zone = &calendar.children[0].children[0];
        assert_eq!(
            (zone.name.as_str(), zone.get("TZOFFSETTO")),
            ("STANDARD", "+0900")
        );
        let mut uids = std::collections::BTreeSet::new();
        for (event, shown) in calendar.children[1..].iter().zip(&view.events) {
            assert!(
                uids.insert(event.get("UID").to_owned()),
                "an identifier of its own"
            );
            assert_eq!(
                event.get("UID"),
                format!("timetable-2026-{}@records.mekiki", shown.event)
            );
            assert_eq!(event.get("DTSTAMP"), "20261211T000000Z", "no clock");
            let day = shown.day.replace('-', "");
            let start = event
                .properties
                .iter()
                .find(|(name, ..)| name == "DTSTART")
                .unwrap();
            match &shown.at {
                None => {
                    assert_eq!((start.1.as_str(), &start.2), ("VALUE=DATE", &day));
                    assert!(event.get("DTEND") > event.get("DTSTART"));
                }
                Some(at) => {
                    let (_, time) = at.split_once('T').unwrap();
                    let time = time.trim_end_matches("+09:00").replace(':', "");
                    assert_eq!(start.1, "TZID=Asia/Tokyo");
                    assert_eq!(start.2, format!("{day}T{time}"));
                }
            }
            for lang in languages {
                let summary = event.get("SUMMARY");
                assert!(summary.contains(shown.title.of(*lang)), "{summary}");
                assert!(summary.contains(view.title.of(*lang)), "{summary}");
            }
            let alarms: Vec<_> = event
                .children
                .iter()
                .map(|one| one.get("TRIGGER"))
                .collect();
            let expected: &[&str] = if shown.days_left < 0 {
                &[]
            } else {
                &["-P7D", "-P1D"]
            };
            assert_eq!(alarms, expected, "{}", shown.event);
            assert!(event.children.iter().all(|one| one.name == "VALARM"
                && one.get("ACTION") == "DISPLAY"
                && !one.get("DESCRIPTION").is_empty()));
        }
    }
}

#[test]
fn the_binary_writes_all_three_forms() {
    let scratch = Scratch::new();
    scratch.write("tender.toml", notice("2027-01-14", WHOLE));
    let run = |format: &str, lang: &str| {
        let path = scratch.path("tender.toml");
        let day = ["--as-of", "2026-12-11"];
        let arguments = [
            "tender",
            "timetable",
            &path,
            day[0],
            day[1],
            "--format",
            format,
            "--lang",
            lang,
        ];
        mekiki(&arguments)
    };
    let text = run("text", "ja");
    assert_eq!(text.code, 0, "{text:?}");
    assert!(
        text.stdout.contains("次の予定: 質問回答の期限"),
        "{}",
        text.stdout
    );
    let json = run("json", "en").json();
    assert_eq!(json["schema"], "mekiki/timetable/v1");
    assert_eq!(json["next"], json!(["answers-by"]));
    let calendar = run("ics", "both").stdout;
    assert_eq!(parse(&calendar).children.len(), 14);
    assert_eq!(run("html", "en").code, 2);
    // The demo tender has bids and no timetable: its deadline is known all the same.
    let demo = mekiki(&[
        "tender",
        "timetable",
        DEMO,
        "--as-of",
        "2026-11-01",
        "--format",
        "json",
    ]);
    assert_eq!(demo.json()["next"], json!(["bids-until"]));
}
