//! The guards in both directions, the chain against every edit, and walks that look for a way around the order.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::chain::{check_head, read_log, replay};
use super::event::{
    Asked, HeldShare, LotWinners, Publication, Ranked, Recipients, SealedKey,
};
use super::role::EXCLUSIONS;
use super::*;
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Timestamp;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_796_000_000 + minute * 60).unwrap()
}

/// The deadline in [`published`].
const DEADLINE: i64 = 100;

fn actor(text: &str) -> Actor {
    Actor::parse(text).unwrap()
}

fn sealed(text: &str) -> SealedPart {
    SealedPart {
        object: Digest::of(text.as_bytes()),
        commitment: Digest::of(format!("content of {text}").as_bytes()),
    }
}

fn publication(rules: &str, deadline: i64) -> Publication {
    Publication {
        file: Digest::of(rules.as_bytes()),
        rules: Digest::of(rules.as_bytes()),
        deadline: at(deadline),
        marked: true,
        ceiling: None,
    }
}

fn opener(id: &str) -> Opener {
    let held = |part: &str| HeldShare {
        object: Digest::of(format!("{id} {part}").as_bytes()),
        share: Digest::of(share(id, part).as_bytes()),
    };
    Opener {
        id: id.to_owned(),
        recipient: format!("age1{id}"),
        technical: held("technical"),
        prices: held("prices"),
    }
}

fn share(id: &str, part: &str) -> String {
    format!("share of {id} in {part}")
}

fn published(threshold: u8, openers: &[&str]) -> Event {
    Event::Published {
        tender: "t".to_owned(),
        title: Text::default(),
        publication: publication("rules", DEADLINE),
        recipients: Recipients {
            technical: "age1t".to_owned(),
            prices: "age1p".to_owned(),
        },
        threshold,
        openers: openers.iter().map(|id| opener(id)).collect(),
    }
}

fn amended(rules: &str, deadline: i64, reason: &str) -> Event {
    Event::Amended {
        publication: publication(rules, deadline),
        reason: reason.to_owned(),
    }
}

fn appointed(id: &str, requesting_section: bool) -> Event {
    Event::Appointed {
        evaluator: id.to_owned(),
        name: id.to_uppercase(),
        recipient: format!("age1{id}"),
        requesting_section,
    }
}

fn bid(id: &str) -> Event {
    Event::BidReceived {
        bid: id.to_owned(),
        price: sealed(&format!("{id} price")),
        technical: sealed(&format!("{id} rest")),
    }
}

fn declared(conflicts: &[&str]) -> Event {
    Event::Declared {
        conflicts: conflicts.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn handed(id: &str, part: Part) -> Event {
    Event::ShareHanded {
        part,
        share: hex::encode(share(id, part.word())),
    }
}

fn sheet(bid: &str, text: &str) -> Event {
    Event::SheetSealed {
        bid: bid.to_owned(),
        sheet: sealed(text),
    }
}

fn revealed(bid: &str, text: &str) -> Event {
    Event::SheetRevealed {
        bid: bid.to_owned(),
        sheet: sealed(text),
    }
}

fn locked_sheets(of: &[&str]) -> Event {
    let key = |id: &&str| SealedKey {
        evaluator: (*id).to_owned(),
        object: Digest::of(id.as_bytes()),
    };
    Event::SheetsLocked {
        recipient: "age1c".to_owned(),
        keys: of.iter().map(key).collect(),
    }
}

fn consolidated(asked: &[(&str, &str, &str)]) -> Event {
    let asked = asked.iter().map(|(evaluator, bid, item)| Asked {
        evaluator: (*evaluator).to_owned(),
        bid: (*bid).to_owned(),
        item: (*item).to_owned(),
    });
    Event::Consolidated {
        limit: "1/2".to_owned(),
        asked: asked.collect(),
    }
}

fn reason(bid: &str, item: &str) -> Event {
    Event::ReasonSealed {
        bid: bid.to_owned(),
        item: item.to_owned(),
        reason: sealed("reason"),
    }
}

fn opened(part: Part) -> Event {
    let (secret, unreadable) = ("AGE-SECRET-KEY-1".to_owned(), Vec::new());
    match part {
        Part::Technical => Event::TechnicalOpened { secret, unreadable },
        Part::Prices => Event::PricesOpened { secret, unreadable },
    }
}

fn locked() -> Event {
    Event::Locked {
        secret: "AGE-SECRET-KEY-1".to_owned(),
    }
}

fn ranked(winners: &[&str]) -> Event {
    Event::Ranked {
        record: Digest::of(b"record"),
        order: vec![Ranked {
            bid: "a".to_owned(),
            rank: Some(1),
        }],
        lots: vec![LotWinners {
            lot: None,
            winners: winners.iter().map(|one| (*one).to_owned()).collect(),
        }],
    }
}

fn awarded(bids: &[&str]) -> Event {
    Event::Awarded {
        bids: bids.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn excluded(bid: &str, ja: &str) -> Event {
    Event::Excluded {
        bid: bid.to_owned(),
        reason: Text {
            ja: ja.to_owned(),
            en: "reason".to_owned(),
        },
    }
}

const OFFICER: &str = "kato:contracting-officer";

/// A whole case in good order: minute, actor, event.
fn story() -> Vec<(i64, &'static str, Event)> {
    vec![
        (0, OFFICER, published(2, &["o1", "o2", "o3"])),
        (1, OFFICER, appointed("sato", false)),
        (2, OFFICER, appointed("mori", true)),
        (3, "va:vendor", bid("a")),
        (4, OFFICER, amended("other rules", DEADLINE + 50, "a question showed a gap")),
        (5, "va:vendor", bid("a")),
        (6, "vb:vendor", bid("b")),
        (151, OFFICER, Event::Closed {}),
        (152, "sato:evaluator", declared(&[])),
        (153, "o1:opener", handed("o1", Part::Technical)),
        (154, "o3:opener", handed("o3", Part::Technical)),
        (155, OFFICER, opened(Part::Technical)),
        (156, "mori:evaluator", declared(&["b"])),
        (157, "sato:evaluator", sheet("a", "sato a, first")),
        (158, "sato:evaluator", sheet("a", "sato a")),
        (159, "sato:evaluator", sheet("b", "sato b")),
        (160, "mori:evaluator", sheet("a", "mori a")),
        (161, "mori:evaluator", locked_sheets(&["mori", "sato"])),
        (162, "sato:evaluator", revealed("a", "sato a")),
        (163, "mori:evaluator", revealed("a", "mori a")),
        (164, "sato:evaluator", revealed("b", "sato b")),
        (165, "sato:evaluator", consolidated(&[("mori", "a", "x")])),
        (166, "mori:evaluator", reason("a", "x")),
        (
            166,
            "sato:evaluator",
            Event::VerdictConfirmed {
                bid: "a".to_owned(),
                criterion: "A19-1.x.y".to_owned(),
                decision: sealed("decision"),
            },
        ),
        (167, "sato:evaluator", locked()),
        (168, "o2:opener", handed("o2", Part::Prices)),
        (169, "o3:opener", handed("o3", Part::Prices)),
        (170, OFFICER, opened(Part::Prices)),
        (171, OFFICER, ranked(&["a", "b"])),
        (
            172,
            OFFICER,
            Event::LotsDrawn {
                order: vec!["b".to_owned(), "a".to_owned()],
            },
        ),
        (173, OFFICER, ranked(&["b"])),
        (174, OFFICER, excluded("b", "理由")),
        (175, OFFICER, ranked(&["a"])),
        (176, OFFICER, awarded(&["a"])),
    ]
}

fn add(entries: &mut Vec<Entry>, state: &mut State, minute: i64, who: &str, event: Event) -> Result<(), String> {
    let entry = Entry {
        sequence: state.entries + 1,
        previous: state.head,
        at: at(minute),
        at_by_hand: false,
        actor: actor(who),
        event,
        seen: vec![Digest::of(b"seen")],
    };
    state.apply(&entry).map_err(|fault| fault.code.to_owned())?;
    entries.push(entry);
    Ok(())
}

/// The entries of the first `count` steps of the story, and what they come to.
fn first(count: usize) -> (Vec<Entry>, State) {
    let (mut entries, mut state) = (Vec::new(), State::draft());
    for (minute, who, event) in story().into_iter().take(count) {
        add(&mut entries, &mut state, minute, who, event.clone())
            .unwrap_or_else(|code| panic!("{code}: {minute} {who} {event:?}"));
    }
    (entries, state)
}

fn log_of(entries: &[Entry]) -> Vec<u8> {
    let lines = entries.iter().map(|entry| entry.line() + "\n");
    lines.collect::<String>().into_bytes()
}

#[test]
fn a_case_in_good_order_goes_through_and_every_beginning_of_it_is_a_case() {
    let (entries, state) = first(usize::MAX);
    assert_eq!((state.phase, state.awarded.as_slice()), (Phase::Awarded, ["a".to_owned()].as_slice()));
    let log = log_of(&entries);
    let mut phases = BTreeSet::new();
    for count in 0..=entries.len() {
        let read = read_log(&log_of(&entries[..count])).unwrap();
        let state = replay(&read).unwrap();
        assert_eq!(usize::try_from(state.entries), Ok(count));
        phases.insert(state.phase);
        // What is due is something that the guards then let through.
        assert_eq!(state.due(at(151)).is_empty(), state.phase.is_final());
    }
    assert_eq!(phases.len(), Phase::WORDS.len() - 1, "all but cancelled");
    assert_eq!(read_log(&log).unwrap(), entries);
}

#[test]
fn each_guard_refuses_what_it_must() {
    // Number of steps of the story before; minute, actor, event; the code of the refusal, or nothing.
    let cases: Vec<(usize, i64, &str, Event, &str)> = vec![
        // Order.
        (0, 0, OFFICER, Event::Closed {}, "case-order"),
        (0, 0, OFFICER, Event::Cancelled { reason: "r".to_owned() }, "case-order"),
        (1, 1, OFFICER, published(2, &["o1", "o2"]), "case-order"),
        (8, 152, "vc:vendor", bid("c"), "case-deadline"),
        (8, 152, OFFICER, opened(Part::Prices), "case-order"),
        (11, 155, OFFICER, opened(Part::Prices), "case-order"),
        (12, 156, "o1:opener", handed("o1", Part::Prices), "case-order"),
        (24, 168, "sato:evaluator", sheet("a", "changed"), "case-order"),
        (25, 168, OFFICER, ranked(&["a"]), "case-order"),
        (34, 177, OFFICER, Event::Cancelled { reason: "r".to_owned() }, "case-order"),
        (33, 176, OFFICER, Event::Cancelled { reason: "r".to_owned() }, ""),
        (1, 1, OFFICER, Event::Cancelled { reason: " ".to_owned() }, "case-reason"),
        // Roles.
        (0, 0, "kato:evaluator", published(2, &["o1", "o2"]), "case-role"),
        (0, 0, "kato:auditor", published(2, &["o1", "o2"]), "case-role"),
        (13, 157, OFFICER, sheet("a", "x"), "case-role"),
        (5, 6, OFFICER, bid("c"), "case-role"),
        (33, 176, "s:security-officer", awarded(&["a"]), "case-role"),
        // Separation of duties.
        (0, 0, OFFICER, published(1, &["kato"]), ""),
        (1, 1, OFFICER, appointed("kato", false), "case-duties"),
        (1, 1, OFFICER, appointed("KATO", false), "case-duties"),
        (1, 1, OFFICER, appointed("o1", false), "case-duties"),
        (3, 3, "sato:vendor", bid("s"), "case-duties"),
        (7, 7, OFFICER, appointed("va", false), "case-duties"),
        (7, 151, "sato:contracting-officer", Event::Closed {}, "case-duties"),
        (7, 151, "mori:contracting-officer", Event::Closed {}, "case-duties"),
        // The clock.
        (3, 1, "va:vendor", bid("a"), "case-time"),
        (3, DEADLINE, "va:vendor", bid("a"), ""),
        (3, DEADLINE + 1, "va:vendor", bid("a"), "case-deadline"),
        (3, DEADLINE, OFFICER, Event::Closed {}, "case-deadline"),
        (3, DEADLINE + 1, OFFICER, Event::Closed {}, ""),
        (0, DEADLINE, OFFICER, published(2, &["o1", "o2"]), "case-deadline"),
        // Openers.
        (0, 0, OFFICER, published(0, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(3, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(1, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(1, &[]), "case-openers"),
        (0, 0, OFFICER, published(2, &["o1", "o1"]), "case-repeated"),
        // Amendments.
        (4, 4, OFFICER, amended("other rules", DEADLINE, "r"), "case-amendment"),
        (4, 4, OFFICER, amended("rules", DEADLINE - 1, "r"), "case-amendment"),
        (4, 4, OFFICER, amended("rules", DEADLINE, ""), "case-reason"),
        (4, 4, OFFICER, amended("rules", DEADLINE, "a slip of the pen"), ""),
        (4, DEADLINE + 1, OFFICER, amended("rules", DEADLINE + 9, "r"), "case-deadline"),
        // Bids.
        (4, 4, "va:vendor", bid("a"), "case-repeated"),
        (4, 4, "vb:vendor", bid("a"), "case-repeated"),
        (4, 4, "va:vendor", bid("a2"), "case-repeated"),
        (5, 5, "vb:vendor", bid("a"), "case-repeated"),
        (5, 5, "va:vendor", bid("a"), ""),
        (4, 4, "vb:vendor", bid("../b"), "id-malformed"),
        // Evaluators.
        (3, 3, OFFICER, appointed("sato", false), "case-repeated"),
        (8, 152, "mizu:evaluator", declared(&[]), "case-unknown"),
        (8, 152, "sato:evaluator", declared(&["z"]), "case-unknown"),
        (13, 157, "mori:evaluator", declared(&[]), "case-conflict"),
        (13, 157, "mori:evaluator", declared(&["a", "b"]), ""),
        (12, 156, "mori:evaluator", sheet("a", "x"), "case-conflict"),
        (13, 157, "mori:evaluator", sheet("b", "x"), "case-conflict"),
        (13, 157, "sato:evaluator", sheet("z", "x"), "case-unknown"),
        (15, 159, "sato:evaluator", locked_sheets(&["mori", "sato"]), "case-incomplete"),
        (17, 161, "sato:evaluator", locked_sheets(&["sato"]), "case-incomplete"),
        (17, 161, OFFICER, Event::Dismissed { evaluator: "mori".to_owned(), reason: "ill".to_owned() }, ""),
        (17, 161, OFFICER, Event::Dismissed { evaluator: "mori".to_owned(), reason: String::new() }, "case-reason"),
        // Shares.
        (9, 153, "o9:opener", handed("o1", Part::Technical), "case-unknown"),
        (9, 153, "o1:opener", handed("o2", Part::Technical), "case-share"),
        (10, 154, "o1:opener", handed("o1", Part::Technical), "case-repeated"),
        (10, 154, OFFICER, opened(Part::Technical), "case-incomplete"),
        (25, 168, OFFICER, opened(Part::Prices), "case-incomplete"),
        (26, 169, OFFICER, opened(Part::Prices), "case-incomplete"),
        // Sheets laid open.
        (18, 162, "sato:evaluator", revealed("a", "sato a, first"), "case-mismatch"),
        (19, 163, "sato:evaluator", revealed("a", "sato a"), "case-repeated"),
        (18, 162, "mori:evaluator", revealed("b", "x"), "case-unknown"),
        (20, 164, "sato:evaluator", consolidated(&[]), "case-incomplete"),
        (21, 165, "sato:evaluator", consolidated(&[("mori", "b", "x")]), "case-unknown"),
        (22, 166, "sato:evaluator", reason("a", "x"), "case-unknown"),
        (22, 166, "sato:evaluator", locked(), "case-incomplete"),
        (22, 166, "mori:evaluator", reason("a", "x"), ""),
        // Outcome.
        (29, 172, OFFICER, awarded(&["a"]), "case-award"),
        (31, 174, OFFICER, awarded(&["a"]), "case-award"),
        (31, 174, OFFICER, awarded(&["b"]), ""),
        (31, 174, OFFICER, excluded("b", ""), "case-reason"),
        (31, 174, OFFICER, excluded("z", "理由"), "case-unknown"),
        (28, 171, OFFICER, Event::LotsDrawn { order: vec!["a".to_owned(), "a".to_owned()] }, "case-repeated"),
    ];
    let mut refused = BTreeSet::new();
    for (before, minute, who, event, code) in cases {
        let (mut entries, mut state) = first(before);
        let outcome = add(&mut entries, &mut state, minute, who, event.clone());
        let found = outcome.err().unwrap_or_default();
        assert_eq!(found, code, "after {before}: {who} {event:?}");
        refused.insert(found);
    }
    for code in [
        "case-order", "case-role", "case-duties", "case-time", "case-deadline", "case-openers",
        "case-amendment", "case-reason", "case-repeated", "case-unknown", "case-conflict",
        "case-incomplete", "case-share", "case-mismatch", "case-award", "id-malformed",
    ] {
        assert!(refused.contains(code), "{code}");
    }
}

#[test]
fn who_needs_what_is_procured_does_not_mark_alone() {
    let (mut entries, mut state) = first(1);
    for (minute, who, event) in [
        (1, OFFICER, appointed("mori", true)),
        (2, "va:vendor", bid("a")),
        (101, OFFICER, Event::Closed {}),
        (102, "o1:opener", handed("o1", Part::Technical)),
        (103, "o2:opener", handed("o2", Part::Technical)),
        (104, OFFICER, opened(Part::Technical)),
        (105, "mori:evaluator", declared(&[])),
        (106, "mori:evaluator", sheet("a", "x")),
    ] {
        add(&mut entries, &mut state, minute, who, event).unwrap();
    }
    let alone = add(&mut entries, &mut state, 107, "mori:evaluator", locked_sheets(&["mori"]));
    assert_eq!(alone, Err("case-incomplete".to_owned()));
    assert!(state.missing_sheets()[0].contains("only the requesting section"));
}

#[test]
fn roles_exclude_each_other_both_ways_round() {
    for (first, second, why) in EXCLUSIONS {
        assert_eq!(first.excludes(second), Some(why));
        assert_eq!(second.excludes(first), Some(why));
        assert_ne!(first, second);
    }
    assert_eq!(Role::Opener.excludes(Role::ContractingOfficer), None);
    for (word, role) in Role::WORDS {
        assert_eq!(Role::from_word(word), Some(role));
        assert_eq!(role.excludes(role), None);
    }
    assert!(Actor::parse("a/b:vendor").is_none() && Actor::parse("a:boss").is_none());
}

#[test]
fn a_conflict_that_is_found_late_takes_the_sheet_away() {
    let (mut entries, mut state) = first(17);
    add(&mut entries, &mut state, 161, "sato:evaluator", declared(&["a"])).unwrap();
    assert!(!state.evaluators["sato"].sheets.contains_key("a"));
    assert!(state.evaluators["sato"].sheets.contains_key("b"));
}

#[test]
fn no_walk_reaches_the_prices_without_the_lock() {
    // Every event of the story and some wrong ones, by everybody, in any order: seeded.
    let mut steps = story();
    let events: Vec<Event> = steps.iter().map(|(_, _, event)| event.clone()).collect();
    let people: BTreeSet<&str> = steps.iter().map(|(_, who, _)| *who).collect();
    steps.extend(people.iter().flat_map(|who| events.iter().map(|event| (0, *who, event.clone()))));
    let mut reached = BTreeSet::new();
    for seed in 0..300 {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut entries, mut state) = first(random.gen_range(0..33));
        let mut minute = 200;
        for _ in 0..120 {
            let (_, who, event) = steps.choose(&mut random).unwrap();
            minute += 1;
            let before = state.phase;
            if add(&mut entries, &mut state, minute, who, event.clone()).is_err() {
                continue;
            }
            if before == Phase::Locked && state.phase == Phase::Opened {
                assert!(state.shares_of(Part::Prices).len() >= 2);
            }
            reached.insert(state.phase);
        }
        let position = |found: fn(&Event) -> bool| entries.iter().position(|one| found(&one.event));
        let lock = position(|event| matches!(event, Event::Locked { .. }));
        let prices = position(|event| {
            matches!(event, Event::PricesOpened { .. } | Event::ShareHanded { part: Part::Prices, .. })
        });
        if let Some(prices) = prices {
            assert!(lock.is_some_and(|lock| lock < prices), "seed {seed}");
        }
        let sheets = position(|event| matches!(event, Event::SheetRevealed { .. }));
        let freeze = position(|event| matches!(event, Event::SheetsLocked { .. }));
        if let Some(sheets) = sheets {
            assert!(freeze.is_some_and(|freeze| freeze < sheets), "seed {seed}");
        }
        let last_sheet = entries.iter().rposition(|one| matches!(one.event, Event::SheetSealed { .. }));
        if let (Some(last), Some(freeze)) = (last_sheet, freeze) {
            assert!(last < freeze, "seed {seed}");
        }
        assert_eq!(replay(&entries).unwrap().phase, state.phase);
    }
    assert!(reached.contains(&Phase::Opened) && reached.contains(&Phase::Awarded), "{reached:?}");
}

#[test]
fn every_edit_of_one_byte_is_found_and_named() {
    let (entries, state) = first(usize::MAX);
    let log = log_of(&entries);
    // The last line is held by the head alone.
    let last = log.len() - entries.last().unwrap().line().len() - 1;
    let mut line = 1;
    for place in 0..log.len() {
        if place > 0 && log[place - 1] == b'\n' {
            line += 1;
        }
        let mut altered = log.clone();
        altered[place] ^= 1;
        match read_log(&altered) {
            Err(fault) => assert!(
                fault.entry == line || fault.entry == line + 1,
                "byte {place} of entry {line}: {fault}"
            ),
            Ok(read) => {
                assert!(place >= last, "byte {place} of entry {line} went through");
                assert!(check_head(&read, &state.head).is_err(), "byte {place}");
            }
        }
    }
}

#[test]
fn dropped_moved_doubled_and_cut_entries_are_found() {
    let (entries, state) = first(usize::MAX);
    let lines: Vec<_> = entries.iter().map(|entry| entry.line() + "\n").collect();
    let read = |lines: &[String]| read_log(lines.concat().as_bytes());
    for place in 0..lines.len() - 1 {
        let mut dropped = lines.clone();
        dropped.remove(place);
        let fault = read(&dropped).unwrap_err();
        assert_eq!((fault.entry, fault.diagnostic.code), (place + 1, "log-sequence"));
        let mut moved = lines.clone();
        moved.swap(place, place + 1);
        assert_eq!(read(&moved).unwrap_err().entry, place + 1);
        let mut doubled = lines.clone();
        doubled.insert(place, lines[place].clone());
        assert_eq!(read(&doubled).unwrap_err().entry, place + 2);
        // Entries that are numbered and chained anew are found by whoever remembers the head.
        let mut forged = Vec::new();
        let mut previous = Digest::from_bytes(GENESIS);
        for (number, entry) in (1..).zip(entries.iter().enumerate().filter(|(one, _)| *one != place)) {
            let entry = Entry {
                sequence: number,
                previous,
                ..entry.1.clone()
            };
            previous = entry.digest();
            forged.push(entry);
        }
        assert!(check_head(&forged, &state.head).is_err());
    }
    // A log that was cut at its end looks whole, but not to whoever remembers the head.
    let shorter = read(&lines[..lines.len() - 2]).unwrap();
    assert_eq!(check_head(&shorter, &state.head).unwrap_err().diagnostic.code, "log-head");
    // A head from before is found in a log that has grown.
    assert_eq!(check_head(&entries, &entries[4].digest()), Ok(5));
    let mut torn = lines.concat().into_bytes();
    torn.pop();
    assert_eq!(read_log(&torn).unwrap_err().entry, lines.len());
}

#[test]
fn a_log_that_was_chained_anew_still_has_to_obey_the_guards() {
    // Whoever can write the folder can chain what they like; what was not allowed is refused all the same.
    let (mut entries, state) = first(8);
    let entry = Entry {
        sequence: state.entries + 1,
        previous: state.head,
        at: at(160),
        at_by_hand: false,
        actor: actor(OFFICER),
        event: opened(Part::Prices),
        seen: Vec::new(),
    };
    entries.push(entry);
    let read = read_log(&log_of(&entries)).unwrap();
    let fault = replay(&read).unwrap_err();
    assert_eq!((fault.entry, fault.diagnostic.code), (9, "log-event"));
}

#[test]
fn a_bidder_is_told_of_no_other_bid_before_the_end() {
    for count in 0..=story().len() {
        let (_, state) = first(count);
        let seen = status::status(&state, Some(&actor("va:vendor")), at(200));
        let json = serde_json::to_string(&seen).unwrap();
        if !state.phase.is_final() {
            assert!(seen.bids.iter().all(|bid| bid.id == "a"), "{json}");
            assert!(seen.evaluators.is_empty() && seen.asked.is_empty() && seen.lots.is_empty());
        }
        let public = status::status(&state, None, at(200));
        assert!(public.bids.is_empty() || state.phase.is_final());
        let officer = status::status(&state, Some(&actor(OFFICER)), at(200));
        assert_eq!(officer.bids.len(), state.bids.len());
    }
}
