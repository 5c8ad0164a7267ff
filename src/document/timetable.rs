//! A timetable as text: what is next, how many days are left, what has passed, and what is odd.

use std::fmt::Write as _;

use super::table::{Look, Sheet, heading};
use crate::tender::timetable::{EventView, Standing, TimetableView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// Renders a timetable.
pub fn render(view: &TimetableView, lang: Lang, width: u16) -> String {
    let day = view.as_of.get(..10).unwrap_or_default();
    let mut out = format!(
        "\u{1b}[1m{}\u{1b}[0m ({})\n{} · {}\n",
        printable(view.title.of(lang)),
        view.tender,
        printable(view.agency.of(lang)),
        message_with(lang, "as-of", &[("day", day)])
    );
    let next: Vec<_> = view
        .events
        .iter()
        .filter(|event| view.next.contains(&event.event))
        .collect();
    let titles: Vec<_> = next.iter().map(|one| one.title.of(lang)).collect();
    let said = match next.first() {
        Some(first) => {
            let left = left(first, lang);
            let titles = titles.join(match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            });
            let arguments = [
                ("what", titles.as_str()),
                ("when", &when(first)),
                ("left", &left),
            ];
            message_with(lang, "timetable-next", &arguments)
        }
        None => message(lang, "timetable-nothing-ahead"),
    };
    _ = writeln!(out, "{said}");
    if let Some(notice) = &view.notice {
        let (to, between) = (
            notice.to_deadline_days.to_string(),
            notice.between_days.to_string(),
        );
        let arguments = [("to", to.as_str()), ("between", &between)];
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "timetable-notice", &arguments)
        );
    }
    out.push('\n');
    let header = [
        "timetable-event",
        "timetable-when",
        "timetable-left",
        "timetable-note",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for event in &view.events {
        let look = match event.standing {
            Standing::Passed => Look::Faint,
            Standing::Today => Look::Open,
            Standing::Ahead => Look::Plain,
        };
        sheet.row([
            (event.title.of(lang).to_owned(), look),
            (when(event), look),
            (left(event, lang), look),
            (note(event, lang), Look::Faint),
        ]);
    }
    out.push_str(&sheet.render());
    if !view.remarks.is_empty() {
        out.push_str(&heading(&message(lang, "timetable-remarks")));
        for remark in &view.remarks {
            _ = writeln!(out, "  {}", printable(&remark.to_string()));
        }
    }
    out
}

/// The day, with the time of day where one is known.
fn when(event: &EventView) -> String {
    let time = event.at.as_deref().and_then(|at| at.get(11..16));
    time.map_or_else(|| event.day.clone(), |time| format!("{} {time}", event.day))
}

fn left(event: &EventView, lang: Lang) -> String {
    let days = event.days_left.abs().to_string();
    let arguments = [("days", days.as_str())];
    match event.standing {
        Standing::Today => message(lang, "timetable-today"),
        Standing::Ahead => message_with(lang, "timetable-days-left", &arguments),
        Standing::Passed => message_with(lang, "timetable-days-ago", &arguments),
    }
}

fn note(event: &EventView, lang: Lang) -> String {
    let mut notes = Vec::new();
    if let Some(term) = &event.term {
        let days = term.days.to_string();
        let mark = message(lang, &format!("timetable-{}", term.mark));
        let arguments = [
            ("days", days.as_str()),
            ("source", term.source.of(lang)),
            ("mark", &mark),
        ];
        notes.push(message_with(lang, "timetable-term", &arguments));
    }
    if let Some(closed) = &event.closed {
        let reason = closed.of(lang);
        notes.push(message_with(
            lang,
            "timetable-closed",
            &[("reason", reason)],
        ));
    }
    notes.join("; ")
}
