//! A case for people: what a step came to, how the case stands, its log.

use std::fmt::Write as _;

use serde_json::Value;

use super::table::{Look, Sheet, heading};
use crate::digest::Digest;
use crate::tender::proceeding::Entry;
use crate::tender::proceeding::standing::Due;
use crate::tender::proceeding::status::Status;
use crate::tender::proceeding::view::{Done, Spread, Verified};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};
use crate::time::{Timestamp, in_japan};

/// A key that was made.
pub fn key_text(recipient: &str, file: &str, lang: Lang) -> String {
    let public = message_with(lang, "case-key-made", &[("recipient", recipient)]);
    let secret = message_with(lang, "case-key-file", &[("file", file)]);
    format!("{public}\n{secret}\n")
}

/// A bid that its bidder sealed.
pub fn sealed_text(bid: &str, file: &str, deadline: Timestamp, lang: Lang) -> String {
    let deadline = in_japan(deadline);
    let arguments = [("bid", bid), ("file", file), ("deadline", &deadline)];
    message_with(lang, "case-bid-sealed", &arguments) + "\n"
}

/// What a step came to, with what comes next.
pub fn done_text(done: &Done, case: &str, lang: Lang) -> String {
    let mut out = String::new();
    for added in &done.added {
        let step = message(lang, &format!("case-step-{}", added.step));
        let entry = added.entry.to_string();
        let arguments = [("entry", entry.as_str()), ("step", step.as_str())];
        out.push_str(&message_with(lang, "case-added", &arguments));
        out.push('\n');
    }
    for line in details_text(&done.details, lang) {
        out.push_str("  ");
        out.push_str(&printable(&line));
        out.push('\n');
    }
    out.push_str(&phase_text(done.phase, &done.head, lang));
    out.push_str(&next_text(&done.next, case, lang));
    out
}

fn phase_text(phase: &str, head: &Digest, lang: Lang) -> String {
    let phase = message(lang, &format!("case-phase-{phase}"));
    let state = message_with(lang, "case-state", &[("phase", phase.as_str())]);
    let head = message_with(lang, "case-head", &[("head", head.hex())]);
    format!("{state}\n{head}\n")
}

/// The details that people need beside the step itself.
fn details_text(details: &Value, lang: Lang) -> Vec<String> {
    let texts = |key: &str| -> Vec<String> {
        let list = details
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        list.filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    };
    let mut lines = Vec::new();
    let deadline = details.get("deadline").and_then(Value::as_str);
    if let Some(deadline) = deadline.and_then(|text| text.parse::<Timestamp>().ok()) {
        lines.push(message_with(
            lang,
            "case-until",
            &[("deadline", in_japan(deadline))],
        ));
    }
    if let Some(handed) = details.get("handed_in").and_then(Value::as_u64) {
        let threshold = details
            .get("threshold")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let counts = [
            ("handed", handed.to_string()),
            ("threshold", threshold.to_string()),
        ];
        lines.push(message_with(lang, "case-shares", &counts));
    }
    for (key, shown) in [
        ("bids", "case-list-bids"),
        ("unreadable", "case-list-unreadable"),
        ("marked", "case-list-marked"),
        ("revealed", "case-list-revealed"),
        ("conflicts", "case-list-conflicts"),
    ] {
        let list = texts(key);
        if !list.is_empty() {
            lines.push(message_with(lang, shown, &[("list", list.join(", "))]));
        }
    }
    lines
}

/// What comes next: who does what, and with which command.
pub fn next_text(next: &[Due], case: &str, lang: Lang) -> String {
    if next.is_empty() {
        return message(lang, "case-nothing-due") + "\n";
    }
    let mut out = message(lang, "case-next") + "\n";
    for due in next.iter().take(MAXIMUM_DUE) {
        let what = message(lang, &format!("case-due-{}", due.what));
        let role = message(lang, &format!("case-role-{}", due.role.word()));
        let who = match &due.who {
            Some(who) => format!("{} ({role})", printable(who)),
            None => role,
        };
        let on = match (&due.on, due.what) {
            (Some(on), "submit") => on.parse().map_or_else(|_| on.clone(), in_japan),
            (Some(on), "share") => message(lang, &format!("case-part-{on}")),
            (Some(on), _) => printable(on),
            (None, _) => String::new(),
        };
        let on = if on.is_empty() {
            on
        } else {
            format!(" [{on}]")
        };
        let _ = writeln!(out, "  - {who}: {what}{on}");
    }
    if let Some(more) = next.len().checked_sub(MAXIMUM_DUE).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … +{more}");
    }
    if let Some(first) = next.first() {
        let _ = writeln!(out, "  $ {}", command(first, case));
    }
    out
}

const MAXIMUM_DUE: usize = 12;

/// The command with which the first thing that is due is done.
fn command(due: &Due, case: &str) -> String {
    let who = due.who.as_deref().unwrap_or("ID");
    let on = due.on.as_deref().unwrap_or_default();
    let (bid, item) = on.split_once('/').unwrap_or((on, ""));
    let rest = match due.what {
        "publish" => return "mekiki tender case publish TENDER.toml --into CASE --opener ID=KEY… --as ID:contracting-officer".to_owned(),
        "submit" => return format!("mekiki tender case invite {case} -o INVITATION.json"),
        "award" => format!(" --bid {bid}"),
        "cancel" => " --reason TEXT".to_owned(),
        "lots" => " --order BID,BID".to_owned(),
        "appoint" => " --evaluator ID --name NAME --recipient KEY".to_owned(),
        "declare" => " --no-conflict".to_owned(),
        "mark" => " --sheet SHEET.toml --key FILE".to_owned(),
        "reason" => format!(" --bid {bid} --item {item} --reason TEXT --key FILE"),
        "share" | "reveal" | "consolidate" | "lock" => " --key FILE".to_owned(),
        _ => String::new(),
    };
    format!(
        "mekiki tender case {} {case} --as {who}:{}{rest}",
        due.what,
        due.role.word()
    )
}

/// How a case stands.
pub fn status_text(status: &Status, case: &str, lang: Lang, width: u16) -> String {
    let mut out = heading(&format!("{} ({})", status.title.of(lang), status.tender));
    if status.phase != "draft" {
        out.push_str(&phase_text(status.phase, &status.head, lang));
    }
    if let Some(deadline) = status.deadline {
        out.push_str(&message_with(
            lang,
            "case-until",
            &[("deadline", in_japan(deadline))],
        ));
        out.push('\n');
    }
    let threshold = status.threshold.to_string();
    let arguments = [
        ("threshold", threshold.as_str()),
        ("openers", &status.openers.join(", ")),
    ];
    out.push_str(&message_with(lang, "case-openers", &arguments));
    out.push('\n');
    if !status.bids.is_empty() {
        let bids = status.bids.iter().map(|bid| {
            let key = match (bid.unreadable, bid.excluded) {
                (true, _) => "case-bid-unreadable",
                (_, true) => "case-bid-excluded",
                _ => return bid.id.clone(),
            };
            format!("{} ({})", bid.id, message(lang, key))
        });
        let bids: Vec<_> = bids.collect();
        out.push_str(&message_with(
            lang,
            "case-list-bids",
            &[("list", bids.join(", "))],
        ));
        out.push('\n');
    }
    if !status.evaluators.is_empty() {
        let titles = [
            "case-evaluator",
            "case-interest",
            "case-marked",
            "case-revealed",
        ];
        let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
        for one in &status.evaluators {
            let interest = match (one.declared, one.conflicts.is_empty()) {
                (false, _) => (message(lang, "case-undeclared"), Look::Open),
                (true, true) => (message(lang, "case-no-conflict"), Look::Good),
                (true, false) => (one.conflicts.join(", "), Look::Bad),
            };
            sheet.row([
                (format!("{} {}", one.id, printable(&one.name)), Look::Plain),
                interest,
                (format!("{}/{}", one.marked, one.of), Look::Plain),
                (format!("{}/{}", one.revealed, one.marked), Look::Plain),
            ]);
        }
        out.push_str(&sheet.render());
    }
    for lot in &status.lots {
        let mut winners = lot.winners.join(", ");
        if winners.is_empty() {
            winners = message(lang, "case-no-winner");
        }
        let lot = lot
            .lot
            .as_ref()
            .map_or_else(String::new, |lot| format!("{lot}: "));
        out.push_str(&message_with(lang, "case-won", &[("list", lot + &winners)]));
        out.push('\n');
    }
    if let Some(reason) = &status.cancelled {
        out.push_str(&message_with(
            lang,
            "case-cancelled-for",
            &[("reason", printable(reason))],
        ));
        out.push('\n');
    }
    out.push_str(&next_text(&status.next, case, lang));
    out
}

/// The spread of the marks when they are consolidated, from what the step gives.
pub fn spread_text(details: &Value, lang: Lang, width: u16) -> String {
    let list = details.get("spreads").and_then(Value::as_array);
    let spreads: Vec<Spread> = list
        .into_iter()
        .flatten()
        .filter_map(|one| serde_json::from_value(one.clone()).ok())
        .collect();
    marks_text(&spreads, lang, width)
}

/// Marks beside each other.
pub fn marks_text(spreads: &[Spread], lang: Lang, width: u16) -> String {
    if spreads.is_empty() {
        return message(lang, "case-no-marks") + "\n";
    }
    let titles = [
        "case-bid",
        "case-item",
        "case-marks",
        "case-spread",
        "case-asked",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for one in spreads {
        let marks = one.marks.iter().map(|(who, mark)| format!("{who} {mark}"));
        let marks: Vec<_> = marks.collect();
        let is_asked = !one.asked.is_empty();
        sheet.row([
            (printable(&one.bid), Look::Plain),
            (printable(&one.item), Look::Plain),
            (printable(&marks.join(", ")), Look::Plain),
            (
                format!("{} / {}", one.spread, one.of),
                if is_asked { Look::Bad } else { Look::Plain },
            ),
            (printable(&one.asked.join(", ")), Look::Open),
        ]);
    }
    sheet.render()
}

/// The log.
pub fn log_text(entries: &[Entry], head: &Digest, lang: Lang, width: u16) -> String {
    let titles = ["case-entry", "case-when", "case-who", "case-what"];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for entry in entries {
        let by_hand = if entry.at_by_hand {
            format!(" ({})", message(lang, "case-by-hand"))
        } else {
            String::new()
        };
        let role = message(lang, &format!("case-role-{}", entry.actor.role.word()));
        let step = message(lang, &format!("case-step-{}", entry.event.word()));
        sheet.row([
            (entry.sequence.to_string(), Look::Faint),
            (in_japan(entry.at) + &by_hand, Look::Plain),
            (
                format!("{} ({role})", printable(&entry.actor.id)),
                Look::Plain,
            ),
            (step + &about(entry), Look::Plain),
        ]);
    }
    let head = message_with(lang, "case-head", &[("head", head.hex())]);
    format!("{}{head}\n", sheet.render())
}

/// What a step is about, in identifiers and reasons.
fn about(entry: &Entry) -> String {
    let event = serde_json::to_value(&entry.event).unwrap_or_default();
    let texts = [
        "bid",
        "evaluator",
        "item",
        "criterion",
        "part",
        "name",
        "reason",
    ];
    let texts = texts.iter().filter_map(|key| event.get(key)?.as_str());
    let lists = ["conflicts", "bids", "order", "unreadable"];
    let lists = lists
        .iter()
        .filter_map(|key| event.get(key)?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let said: Vec<_> = texts.chain(lists).map(printable).collect();
    if said.is_empty() {
        String::new()
    } else {
        format!(": {}", said.join(", "))
    }
}

/// The outcome of verifying a case.
pub fn verified_text(verified: &Verified, lang: Lang) -> String {
    let key = if verified.verified {
        "case-verified"
    } else {
        "case-not-verified"
    };
    let counts = [
        ("entries", verified.entries.to_string()),
        ("objects", verified.objects.to_string()),
        ("opened", verified.opened.to_string()),
    ];
    let mut out = message_with(lang, key, &counts) + "\n";
    match verified.ranking {
        Some(true) => out.push_str(&(message(lang, "case-ranking-same") + "\n")),
        Some(false) => out.push_str(&(message(lang, "case-ranking-differs") + "\n")),
        None => {}
    }
    out.push_str(&message_with(
        lang,
        "case-head",
        &[("head", verified.head.hex())],
    ));
    out.push('\n');
    match verified.proven {
        None => out.push_str(&(message(lang, "case-end-open") + "\n")),
        Some(entry) => {
            let entry = entry.to_string();
            out.push_str(&message_with(
                lang,
                "case-proven",
                &[("entry", entry.as_str())],
            ));
            out.push('\n');
        }
    }
    out
}
