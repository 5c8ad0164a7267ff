//! The timetable of a tender: what falls when, in which order, and what follows from it by law.
//!
//! Every day and instant is in Japan time. Nothing here reads a clock: the day from which is counted is an argument. To add
//! an event, add it to [`Event::ALL`] in the order of a procurement, and say in `parse::timetable` after which ones it falls.

mod holiday;
mod remark;
mod view;

pub use holiday::{ClosedDay, closed_on};
pub use view::{EventView, NoticeView, Standing, TimetableView};

use std::fmt;

use crate::diagnostic::Place;
use crate::text::messages::message;
use crate::text::{Lang, Text};
use crate::time::{Date, DateTime, add_days, japan_instant};

/// When something falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// On a day.
    Day(Date),
    /// At a time of day in Japan (+09:00).
    At(DateTime),
}

impl Moment {
    /// The day in Japan.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(at) => at.date(),
        }
    }

    /// The time of day in Japan, where one is known.
    pub fn at(self) -> Option<DateTime> {
        match self {
            Self::Day(_) => None,
            Self::At(at) => Some(at),
        }
    }

    /// Whether it surely falls before another one: on an earlier day, or earlier on the same day where both have a time.
    pub fn is_before(self, other: Self) -> bool {
        match (self, other) {
            (Self::At(one), Self::At(other)) => one < other,
            _ => self.day() < other.day(),
        }
    }

    /// As an instant of RFC 3339; a day begins at midnight in Japan, or ends with its last second.
    pub fn instant(self, end: bool) -> String {
        japan_instant(match self {
            Self::At(at) => at,
            Self::Day(day) if end => day.at(23, 59, 59, 0),
            Self::Day(day) => day.at(0, 0, 0, 0),
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(formatter, "{day}"),
            Self::At(at) => formatter.write_str(&japan_instant(*at)),
        }
    }
}

/// What falls on a day of a procurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The notice is published (公告).
    Published,
    /// The last moment for questions (質問期限).
    QuestionsUntil,
    /// Answers go to all bidders by then (回答期限).
    AnswersBy,
    /// The last moment for bids (入札期限).
    BidsUntil,
    /// The technical documents are opened (技術提案書の開封).
    TechnicalOpening,
    /// The prices are opened (開札).
    Opening,
    /// The standstill ends, where there is one: no contract before.
    StandstillUntil,
    /// The contract is concluded by then.
    ContractBy,
    /// Bids bind until then (入札の有効期限).
    BidsValidUntil,
    /// The notice that performance is finished was received (給付の終了の通知).
    PerformanceFinished,
    /// Inspection is due.
    InspectionDue,
    /// A proper invoice was received (適法な支払請求).
    InvoiceReceived,
    /// Payment is due.
    PaymentDue,
}

impl Event {
    /// Every event with its word, in the order of a procurement.
    pub const ALL: [(&'static str, Self); 13] = [
        ("published", Self::Published),
        ("questions-until", Self::QuestionsUntil),
        ("answers-by", Self::AnswersBy),
        ("bids-until", Self::BidsUntil),
        ("technical-opening", Self::TechnicalOpening),
        ("opening", Self::Opening),
        ("standstill-until", Self::StandstillUntil),
        ("contract-by", Self::ContractBy),
        ("bids-valid-until", Self::BidsValidUntil),
        ("performance-finished", Self::PerformanceFinished),
        ("inspection-due", Self::InspectionDue),
        ("invoice-received", Self::InvoiceReceived),
        ("payment-due", Self::PaymentDue),
    ];

    /// Returns the word.
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, event)| *event == self);
        found.map_or("", |(word, _)| word)
    }
}

/// An event of the timetable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What falls then.
    pub event: Event,
    /// When.
    pub moment: Moment,
    /// Where the tender file says so; the field that it follows from, where it is derived.
    pub at: Place,
}

/// An amendment to what was published (公告の訂正), given to all bidders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Identifier.
    pub id: String,
    /// The day on which it was published.
    pub on: Date,
    /// What changed, and why.
    pub rationale: Text,
}

/// The timetable of a tender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timetable {
    /// The events, in time; what falls on the same day in the order of a procurement.
    pub entries: Vec<Entry>,
    /// The number of days for which bids bind, where the file gives days.
    pub bids_valid_days: Option<i32>,
    /// Whether works (工事) are procured, which have longer terms.
    pub works: bool,
    /// Whether the Agreement on Government Procurement applies; none where the file does not say.
    pub agreement: Option<bool>,
    /// Amendments in the order of their days.
    pub amendments: Vec<Amendment>,
}

/// Where a term of law comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Days for goods and services.
    pub days: i32,
    /// Days for works.
    pub works_days: i32,
    /// The message that names the source: document, section.
    pub source: &'static str,
    /// Whether the source was read (`found`) or is recalled.
    pub mark: &'static str,
}

/// Inspection follows within 10 days of the notice that performance is finished, 14 for works (S30).
pub const INSPECTION: Term = Term {
    days: 10,
    works_days: 14,
    source: "timetable-source-inspection",
    mark: "found",
};

/// Payment follows within 30 days of a proper invoice, 40 for works (S30).
pub const PAYMENT: Term = Term {
    days: 30,
    works_days: 40,
    source: "timetable-source-payment",
    mark: "found",
};

/// At least 10 days lie between notice and bids where the Agreement does not apply; recalled.
pub const NOTICE_ORDINARY: Term = Term {
    days: 10,
    works_days: 10,
    source: "timetable-source-notice",
    mark: "recalled",
};

/// At least 40 days from notice to bids where the Agreement applies; recalled.
pub const NOTICE_AGREEMENT: Term = Term {
    days: 40,
    works_days: 40,
    source: "timetable-source-agreement",
    mark: "recalled",
};

/// 50 days are what Japan's own measures ask for where the Agreement applies; recalled.
pub const NOTICE_OWN_MEASURES: Term = Term {
    days: 50,
    works_days: 50,
    source: "timetable-source-own-measures",
    mark: "recalled",
};

impl Term {
    /// The source in both languages.
    pub fn source(self) -> Text {
        both(self.source)
    }

    fn of(self, works: bool) -> i32 {
        if works { self.works_days } else { self.days }
    }

    /// The last day of the term after an event; the day of the event itself is not counted (Civil Code, article 140;
    /// recalled).
    fn after(self, day: Date, works: bool) -> Date {
        add_days(day, self.of(works))
    }
}

impl Timetable {
    /// When an event falls.
    pub fn when(&self, event: Event) -> Option<Moment> {
        self.entry(event).map(|entry| entry.moment)
    }

    fn entry(&self, event: Event) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.event == event)
    }

    /// Adds what follows by law, and brings all into order.
    pub(crate) fn settle(&mut self) {
        for (cause, due, term) in [
            (Event::PerformanceFinished, Event::InspectionDue, INSPECTION),
            (Event::InvoiceReceived, Event::PaymentDue, PAYMENT),
        ] {
            let derived = self.entry(cause).map(|entry| Entry {
                event: due,
                moment: Moment::Day(term.after(entry.moment.day(), self.works)),
                at: entry.at.clone(),
            });
            self.entries.extend(derived);
        }
        self.entries.sort_by(|left, right| {
            let key = |entry: &Entry| (entry.moment.day(), entry.event);
            let (one, other) = (left.moment.at(), right.moment.at());
            let day = left.moment.day().cmp(&right.moment.day());
            let timed = one.zip(other).map(|(one, other)| one.cmp(&other));
            day.then(timed.unwrap_or(std::cmp::Ordering::Equal))
                .then_with(|| key(left).cmp(&key(right)))
        });
    }
}

/// A message in both languages.
fn both(key: &str) -> Text {
    Text {
        ja: message(Lang::Ja, key),
        en: message(Lang::En, key),
    }
}
