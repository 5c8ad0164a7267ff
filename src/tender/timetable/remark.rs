//! What is odd about a timetable, without being wrong.

use super::{
    ClosedDay, Event, Moment, NOTICE_AGREEMENT, NOTICE_ORDINARY, NOTICE_OWN_MEASURES, Term,
    Timetable, closed_on, holiday,
};
use crate::diagnostic::Diagnostic;
use crate::time::{Date, days_between};

/// The days between notice and bids, counted in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Notice {
    /// From the day of the notice to the day of the deadline, the first day not counted.
    pub to_deadline: i64,
    /// Whole days that lie between both, neither counted.
    pub between: i64,
}

impl Timetable {
    /// How long the notice stands before the deadline; none where the day of the notice is not given.
    pub(super) fn notice(&self) -> Option<Notice> {
        let published = self.when(Event::Published)?.day();
        let to_deadline = days_between(published, self.when(Event::BidsUntil)?.day());
        Some(Notice {
            to_deadline,
            between: (to_deadline - 1).max(0),
        })
    }

    /// What a reader should know: a short notice, days on which agencies are closed, bids that end before the contract.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let mut remarks = self.short_notice();
        for entry in &self.entries {
            let day = entry.moment.day();
            let word = entry.event.word();
            let (code, message, help) = match closed_on(day) {
                // Bids may bind until any day, and a term of law ends by itself.
                _ if entry.event == Event::BidsValidUntil => continue,
                Some(closed) => (
                    "timetable-closed-day",
                    format!("`{word}` falls on {day}, {}", reason(&closed)),
                    "choose a working day; where a term of law ends on such a day, see whether it runs on to the next one",
                ),
                None if !holiday::is_known(day) => (
                    "timetable-holidays-unknown",
                    format!("whether {day} (`{word}`) is a national holiday is not known"),
                    "look it up; the table ends with 2030",
                ),
                None => continue,
            };
            let at = entry.at.clone();
            remarks.push(match code {
                "timetable-closed-day" => {
                    Diagnostic::warning("timetable-closed-day", at, message).help(help)
                }
                _ => Diagnostic::note("timetable-holidays-unknown", at, message).help(help),
            });
        }
        remarks.extend(self.bids_lapse());
        remarks
    }

    fn short_notice(&self) -> Vec<Diagnostic> {
        let (Some(notice), Some(entry)) = (self.notice(), self.entry(Event::BidsUntil)) else {
            return Vec::new();
        };
        let short = |days: i64, asked: Term, text: &str| {
            let message = format!(
                "{days} days {text}; {} are asked for ({}; {})",
                asked.days,
                asked.source().en,
                asked.mark
            );
            Diagnostic::warning("timetable-notice-short", entry.at.clone(), message)
                .help("check the rule; where urgency shortens the term, record why")
        };
        let to_deadline = "lead from the notice to the deadline for bids";
        match self.agreement {
            Some(true) if notice.to_deadline < NOTICE_AGREEMENT.days.into() => {
                vec![short(notice.to_deadline, NOTICE_AGREEMENT, to_deadline)]
            }
            Some(true) if notice.to_deadline < NOTICE_OWN_MEASURES.days.into() => {
                vec![short(notice.to_deadline, NOTICE_OWN_MEASURES, to_deadline)]
            }
            Some(false) | None if notice.between < NOTICE_ORDINARY.days.into() => {
                let between = "lie between the notice and the deadline for bids";
                vec![short(notice.between, NOTICE_ORDINARY, between)]
            }
            None if notice.to_deadline < NOTICE_OWN_MEASURES.days.into() => {
                let message = format!(
                    "{} days {to_deadline}, and the file does not say whether the Agreement on Government Procurement applies, which asks for {} or {} (recalled)",
                    notice.to_deadline, NOTICE_AGREEMENT.days, NOTICE_OWN_MEASURES.days
                );
                vec![
                    Diagnostic::note("timetable-agreement-unstated", entry.at.clone(), message)
                        .help("add `agreement = true` or `false` to [timetable]"),
                ]
            }
            _ => Vec::new(),
        }
    }

    /// Bids that no longer bind when the contract is to be concluded.
    fn bids_lapse(&self) -> Option<Diagnostic> {
        let valid = self.entry(Event::BidsValidUntil)?;
        let contract = self.when(Event::ContractBy)?;
        valid.moment.is_before(contract).then(|| {
            Diagnostic::warning(
                "timetable-bids-lapse",
                valid.at.clone(),
                format!(
                    "bids bind until {}, but the contract is to be concluded by {}",
                    shown(valid.moment),
                    shown(contract)
                ),
            )
            .help("let bids bind until the contract is concluded")
        })
    }
}

fn shown(moment: Moment) -> Date {
    moment.day()
}

fn reason(closed: &ClosedDay) -> String {
    match closed {
        ClosedDay::Weekend => "a Saturday or Sunday".to_owned(),
        ClosedDay::Holiday(name) => format!("a national holiday ({}, {})", name.en, name.ja),
        ClosedDay::YearEnd => "on which agencies are closed for the turn of the year".to_owned(),
    }
}
