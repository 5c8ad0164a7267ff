//! The view of a timetable that machines read: schema `mekiki/timetable/v1`.
//!
//! A published contract: fields may be added, never renamed or dropped without a new schema version.

use serde::Serialize;

use super::{ClosedDay, Event, INSPECTION, Moment, PAYMENT, Term, Timetable, both, closed_on};
use crate::diagnostic::Diagnostic;
use crate::id::TenderId;
use crate::tender::Tender;
use crate::text::Text;
use crate::time::{Date, days_between, instant};

/// Whether an event lies behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Before the day from which is counted.
    Passed,
    /// On that day.
    Today,
    /// After it.
    Ahead,
}

/// Where a term of law comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermView {
    /// The days of the term.
    pub days: i32,
    /// The source.
    pub source: Text,
    /// `found` where the source was read, else `recalled`.
    pub mark: &'static str,
}

impl TermView {
    fn new(term: Term, works: bool) -> Self {
        Self {
            days: term.of(works),
            source: term.source(),
            mark: term.mark,
        }
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventView {
    /// What it is.
    pub event: &'static str,
    /// Its title.
    pub title: Text,
    /// The day in Japan, `YYYY-MM-DD`.
    pub day: String,
    /// The time of day, as an instant with the offset of Japan, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whether it lies behind.
    pub standing: Standing,
    /// Days left; negative where it has passed.
    pub days_left: i64,
    /// The term of law from which the day follows; absent where the tender file gives the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<TermView>,
    /// Why agencies are closed on that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Text>,
    #[serde(skip)]
    moment: Option<Moment>,
}

impl EventView {
    /// When it falls.
    pub fn moment(&self) -> Option<Moment> {
        self.moment
    }
}

/// How long the notice stands before the deadline for bids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeView {
    /// Days from the notice to the deadline, the day of the notice not counted.
    pub to_deadline_days: i64,
    /// Whole days between both.
    pub between_days: i64,
    /// Whether the Agreement on Government Procurement applies; absent where the file does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<bool>,
}

/// A timetable, schema `mekiki/timetable/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimetableView {
    /// The schema.
    pub schema: &'static str,
    /// The tender.
    pub tender: TenderId,
    /// Its title.
    pub title: Text,
    /// The agency's identifier.
    pub agency_id: String,
    /// The agency's name.
    pub agency: Text,
    /// The day from which is counted.
    pub as_of: String,
    /// What comes next, today included: the events of the next day on which anything falls.
    pub next: Vec<&'static str>,
    /// The notice; absent where its day is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeView>,
    /// The events, in time.
    pub events: Vec<EventView>,
    /// What is odd, with its place in the tender file.
    pub remarks: Vec<Diagnostic>,
}

impl TimetableView {
    /// Shows the timetable of a tender as of a day.
    pub fn new(tender: &Tender, as_of: Date) -> Self {
        let timetable = &tender.timetable;
        let days = timetable.entries.iter().map(|entry| entry.moment.day());
        let next_day = days.filter(|day| *day >= as_of).min();
        let next = timetable
            .entries
            .iter()
            .filter(|entry| Some(entry.moment.day()) == next_day)
            .map(|entry| entry.event.word());
        Self {
            schema: "mekiki/timetable/v1",
            tender: tender.id.clone(),
            title: tender.title.clone(),
            agency_id: tender.agency.as_str().to_owned(),
            agency: tender.agency_name.clone(),
            as_of: instant(as_of),
            next: next.collect(),
            notice: timetable.notice().map(|notice| NoticeView {
                to_deadline_days: notice.to_deadline,
                between_days: notice.between,
                agreement: timetable.agreement,
            }),
            events: events(timetable, as_of),
            remarks: timetable.remarks(),
        }
    }
}

fn events(timetable: &Timetable, as_of: Date) -> Vec<EventView> {
    let view = |entry: &super::Entry| {
        let day = entry.moment.day();
        let left = days_between(as_of, day);
        let term = match entry.event {
            Event::InspectionDue => Some(INSPECTION),
            Event::PaymentDue => Some(PAYMENT),
            _ => None,
        };
        EventView {
            event: entry.event.word(),
            title: both(&format!("timetable-{}", entry.event.word())),
            day: day.to_string(),
            at: entry.moment.at().map(|_| entry.moment.to_string()),
            standing: match left {
                0 => Standing::Today,
                1.. => Standing::Ahead,
                _ => Standing::Passed,
            },
            days_left: left,
            term: term.map(|term| TermView::new(term, timetable.works)),
            closed: closed_on(day).map(|closed| match closed {
                ClosedDay::Weekend => both("timetable-weekend"),
                ClosedDay::Holiday(name) => name,
                ClosedDay::YearEnd => both("timetable-year-end"),
            }),
            moment: Some(entry.moment),
        }
    };
    timetable.entries.iter().map(view).collect()
}
