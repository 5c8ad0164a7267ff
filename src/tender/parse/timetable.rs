//! The timetable of a tender file, and the amendments to what was published.

use std::collections::BTreeSet;

use super::plain;
use crate::tender::timetable::{Amendment, Entry, Event, Moment, Timetable};
use crate::time::{Date, add_days, parse_day, parse_japan};
use crate::tree::Fields;

/// The most days for which bids may bind.
const MOST_DAYS: i64 = 3650;

/// The fields with their events, in the order of a procurement.
const FIELDS: [(&str, Event); 11] = [
    ("published_on", Event::Published),
    ("questions_until", Event::QuestionsUntil),
    ("answers_by", Event::AnswersBy),
    ("bids_until", Event::BidsUntil),
    ("technical_opening_at", Event::TechnicalOpening),
    ("opening_at", Event::Opening),
    ("standstill_until", Event::StandstillUntil),
    ("contract_by", Event::ContractBy),
    ("bids_valid_until", Event::BidsValidUntil),
    ("performance_finished_on", Event::PerformanceFinished),
    ("invoice_received_on", Event::InvoiceReceived),
];

/// What may not fall before what.
const ORDER: [(Event, Event); 14] = [
    (Event::Published, Event::QuestionsUntil),
    (Event::Published, Event::BidsUntil),
    (Event::QuestionsUntil, Event::AnswersBy),
    (Event::QuestionsUntil, Event::BidsUntil),
    (Event::AnswersBy, Event::BidsUntil),
    (Event::BidsUntil, Event::TechnicalOpening),
    (Event::BidsUntil, Event::Opening),
    (Event::TechnicalOpening, Event::Opening),
    (Event::Opening, Event::StandstillUntil),
    (Event::Opening, Event::ContractBy),
    (Event::StandstillUntil, Event::ContractBy),
    (Event::BidsUntil, Event::BidsValidUntil),
    (Event::Opening, Event::PerformanceFinished),
    (Event::PerformanceFinished, Event::InvoiceReceived),
];

/// The timetable; the deadline for bids stands in it in any case.
pub(super) fn read_timetable(root: &Fields<'_>, bid_deadline: Date) -> Timetable {
    let mut timetable = Timetable {
        amendments: read_amendments(root),
        ..Timetable::default()
    };
    let deadline = Entry {
        event: Event::BidsUntil,
        moment: Moment::Day(bid_deadline),
        at: root.place_of("bid_deadline"),
    };
    let Some(fields) = root.optional_table("timetable") else {
        timetable.entries.push(deadline);
        check_amendments(root, &timetable);
        return timetable;
    };
    timetable.works = fields.optional_bool("works").unwrap_or(false);
    timetable.agreement = fields.optional_bool("agreement");
    for (key, event) in FIELDS {
        let moment = read_moment(&fields, key);
        timetable.entries.extend(moment.map(|moment| Entry {
            event,
            moment,
            at: fields.place_of(key),
        }));
    }
    match timetable.when(Event::BidsUntil) {
        None => timetable.entries.push(deadline),
        Some(moment) if moment.day() != bid_deadline => fields.complain(
            "timetable-deadline",
            "bids_until",
            format!("bids are taken until {moment}, but `bid_deadline` is {bid_deadline}"),
            "let both name the same day",
        ),
        Some(_) => {}
    }
    read_validity(&fields, &mut timetable, bid_deadline);
    check_order(&fields, &timetable);
    fields.finish();
    check_amendments(root, &timetable);
    timetable.settle();
    timetable
}

fn read_validity(fields: &Fields<'_>, timetable: &mut Timetable, bid_deadline: Date) {
    if fields.node("bids_valid_days").is_none() {
        return;
    }
    let days = fields.integer("bids_valid_days", 1..=MOST_DAYS);
    if timetable.when(Event::BidsValidUntil).is_some() {
        fields.complain(
            "timetable-validity-twice",
            "bids_valid_days",
            "until when bids bind is given as a day and as a number of days",
            "keep one of `bids_valid_until` and `bids_valid_days`",
        );
        return;
    }
    let days = i32::try_from(days).unwrap_or(0);
    timetable.bids_valid_days = Some(days);
    timetable.entries.push(Entry {
        event: Event::BidsValidUntil,
        moment: Moment::Day(add_days(bid_deadline, days)),
        at: fields.place_of("bids_valid_days"),
    });
}

/// A day, or an instant in Japan time.
fn read_moment(fields: &Fields<'_>, key: &'static str) -> Option<Moment> {
    let text = fields.optional_text(key)?;
    let day = parse_day(&text).map(Moment::Day);
    let moment = day.or_else(|| parse_japan(&text).map(Moment::At));
    if moment.is_none() {
        fields.complain(
            "timetable-moment",
            key,
            format!("`{text}` is neither a day nor an instant in Japan time"),
            "write it like \"2026-12-10\" or \"2026-12-10T17:00:00+09:00\"",
        );
    }
    moment
}

fn check_order(fields: &Fields<'_>, timetable: &Timetable) {
    let key = |event: Event| {
        let field = FIELDS.iter().find(|(_, one)| *one == event);
        field.map_or("", |(key, _)| key)
    };
    for (first, second) in ORDER {
        let (Some(before), Some(after)) = (timetable.when(first), timetable.when(second)) else {
            continue;
        };
        if after.is_before(before) {
            fields.complain(
                "timetable-order",
                key(second),
                format!(
                    "`{}` ({after}) falls before `{}` ({before})",
                    second.word(),
                    first.word()
                ),
                "mend one of the two",
            );
        }
    }
}

fn read_amendments(root: &Fields<'_>) -> Vec<Amendment> {
    let mut ids = BTreeSet::new();
    let mut amendments: Vec<Amendment> = root
        .tables("amendment")
        .iter()
        .map(|table| {
            let id = table.text("id");
            plain(table, "id", &id);
            if !ids.insert(id.clone()) {
                table.complain(
                    "amendment-duplicate",
                    "id",
                    format!("the amendment `{id}` stands twice"),
                    "give every amendment its own id",
                );
            }
            let amendment = Amendment {
                id,
                on: table.day("on"),
                rationale: table.both("rationale"),
            };
            table.finish();
            amendment
        })
        .collect();
    amendments.sort_by(|left, right| (left.on, &left.id).cmp(&(right.on, &right.id)));
    amendments
}

/// An amendment lies between the notice and the deadline for bids.
fn check_amendments(root: &Fields<'_>, timetable: &Timetable) {
    let published = timetable.when(Event::Published).map(Moment::day);
    let until = timetable.when(Event::BidsUntil).map(Moment::day);
    for amendment in &timetable.amendments {
        let early = published.is_some_and(|day| amendment.on < day);
        let late = until.is_some_and(|day| amendment.on > day);
        if early || late {
            root.complain(
                "amendment-out-of-time",
                "amendment",
                format!(
                    "the amendment `{}` of {} does not lie between the notice and the deadline for bids",
                    amendment.id, amendment.on
                ),
                "mend its day, or cancel and publish anew",
            );
        }
    }
}
