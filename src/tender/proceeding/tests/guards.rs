//! Every guard in both directions, and walks that look for a way around the order.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::super::chain::replay;
use super::super::role::EXCLUSIONS;
use super::*;

/// Number of steps of the story before; minute, actor, event; the code of the refusal, or nothing.
type Case = (usize, i64, &'static str, Event, &'static str);

fn order() -> Vec<Case> {
    vec![
        (0, 0, OFFICER, Event::Closed {}, "case-order"),
        (
            0,
            0,
            OFFICER,
            Event::Cancelled {
                reason: "r".to_owned(),
            },
            "case-order",
        ),
        (1, 1, OFFICER, published(2, &["o1", "o2"]), "case-order"),
        (8, 152, "vc:vendor", bid("c"), "case-deadline"),
        (8, 152, OFFICER, opened(Part::Prices), "case-order"),
        (11, 155, OFFICER, opened(Part::Prices), "case-order"),
        (
            12,
            156,
            "o1:opener",
            handed("o1", Part::Prices),
            "case-order",
        ),
        (
            24,
            168,
            "sato:evaluator",
            sheet("a", "changed"),
            "case-order",
        ),
        (25, 168, OFFICER, ranked(&["a"]), "case-order"),
        (
            34,
            177,
            OFFICER,
            Event::Cancelled {
                reason: "r".to_owned(),
            },
            "case-order",
        ),
        (
            33,
            176,
            OFFICER,
            Event::Cancelled {
                reason: "r".to_owned(),
            },
            "",
        ),
        (
            1,
            1,
            OFFICER,
            Event::Cancelled {
                reason: " ".to_owned(),
            },
            "case-reason",
        ),
    ]
}

fn roles() -> Vec<Case> {
    vec![
        (
            0,
            0,
            "kato:evaluator",
            published(2, &["o1", "o2"]),
            "case-role",
        ),
        (
            0,
            0,
            "kato:auditor",
            published(2, &["o1", "o2"]),
            "case-role",
        ),
        (13, 157, OFFICER, sheet("a", "x"), "case-role"),
        (5, 6, OFFICER, bid("c"), "case-role"),
        (33, 176, "s:security-officer", awarded(&["a"]), "case-role"),
    ]
}

fn separation_of_duties() -> Vec<Case> {
    vec![
        (0, 0, OFFICER, published(1, &["kato"]), ""),
        (1, 1, OFFICER, appointed("kato", false), "case-duties"),
        (1, 1, OFFICER, appointed("KATO", false), "case-duties"),
        (1, 1, OFFICER, appointed("o1", false), "case-duties"),
        (3, 3, "sato:vendor", bid("s"), "case-duties"),
        (7, 7, OFFICER, appointed("va", false), "case-duties"),
        (
            7,
            151,
            "sato:contracting-officer",
            Event::Closed {},
            "case-duties",
        ),
        (
            7,
            151,
            "mori:contracting-officer",
            Event::Closed {},
            "case-duties",
        ),
    ]
}

fn clock() -> Vec<Case> {
    vec![
        (3, 1, "va:vendor", bid("a"), "case-time"),
        (3, DEADLINE, "va:vendor", bid("a"), ""),
        (3, DEADLINE + 1, "va:vendor", bid("a"), "case-deadline"),
        (3, DEADLINE, OFFICER, Event::Closed {}, "case-deadline"),
        (3, DEADLINE + 1, OFFICER, Event::Closed {}, ""),
        (
            0,
            DEADLINE,
            OFFICER,
            published(2, &["o1", "o2"]),
            "case-deadline",
        ),
    ]
}

fn openers() -> Vec<Case> {
    vec![
        (0, 0, OFFICER, published(0, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(3, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(1, &["o1", "o2"]), "case-openers"),
        (0, 0, OFFICER, published(1, &[]), "case-openers"),
        (0, 0, OFFICER, published(2, &["o1", "o1"]), "case-repeated"),
    ]
}

fn amendments() -> Vec<Case> {
    vec![
        (
            4,
            4,
            OFFICER,
            amended("other rules", DEADLINE, "r"),
            "case-amendment",
        ),
        (
            4,
            4,
            OFFICER,
            amended("rules", DEADLINE - 1, "r"),
            "case-amendment",
        ),
        (4, 4, OFFICER, amended("rules", DEADLINE, ""), "case-reason"),
        (
            4,
            4,
            OFFICER,
            amended("rules", DEADLINE, "a slip of the pen"),
            "",
        ),
        (
            4,
            DEADLINE + 1,
            OFFICER,
            amended("rules", DEADLINE + 9, "r"),
            "case-deadline",
        ),
    ]
}

fn bids() -> Vec<Case> {
    vec![
        (4, 4, "va:vendor", bid("a"), "case-repeated"),
        (4, 4, "vb:vendor", bid("a"), "case-repeated"),
        (4, 4, "va:vendor", bid("a2"), "case-repeated"),
        (5, 5, "vb:vendor", bid("a"), "case-repeated"),
        (5, 5, "va:vendor", bid("a"), ""),
        (4, 4, "vb:vendor", bid("../b"), "id-malformed"),
    ]
}

fn evaluators() -> Vec<Case> {
    vec![
        (3, 3, OFFICER, appointed("sato", false), "case-repeated"),
        (8, 152, "mizu:evaluator", declared(&[]), "case-unknown"),
        (8, 152, "sato:evaluator", declared(&["z"]), "case-unknown"),
        (13, 157, "mori:evaluator", declared(&[]), "case-conflict"),
        (13, 157, "mori:evaluator", declared(&["a", "b"]), ""),
        (12, 156, "mori:evaluator", sheet("a", "x"), "case-conflict"),
        (13, 157, "mori:evaluator", sheet("b", "x"), "case-conflict"),
        (13, 157, "sato:evaluator", sheet("z", "x"), "case-unknown"),
        (
            15,
            159,
            "sato:evaluator",
            locked_sheets(&["mori", "sato"]),
            "case-incomplete",
        ),
        (
            17,
            161,
            "sato:evaluator",
            locked_sheets(&["sato"]),
            "case-incomplete",
        ),
        (
            17,
            161,
            OFFICER,
            Event::Dismissed {
                evaluator: "mori".to_owned(),
                reason: "ill".to_owned(),
            },
            "",
        ),
        (
            17,
            161,
            OFFICER,
            Event::Dismissed {
                evaluator: "mori".to_owned(),
                reason: String::new(),
            },
            "case-reason",
        ),
    ]
}

fn shares() -> Vec<Case> {
    vec![
        (
            9,
            153,
            "o9:opener",
            handed("o1", Part::Technical),
            "case-unknown",
        ),
        (
            9,
            153,
            "o1:opener",
            handed("o2", Part::Technical),
            "case-share",
        ),
        (
            10,
            154,
            "o1:opener",
            handed("o1", Part::Technical),
            "case-repeated",
        ),
        (10, 154, OFFICER, opened(Part::Technical), "case-incomplete"),
        (25, 168, OFFICER, opened(Part::Prices), "case-incomplete"),
        (26, 169, OFFICER, opened(Part::Prices), "case-incomplete"),
    ]
}

fn sheets_laid_open() -> Vec<Case> {
    vec![
        (
            18,
            162,
            "sato:evaluator",
            revealed("a", "sato a, first"),
            "case-mismatch",
        ),
        (
            19,
            163,
            "sato:evaluator",
            revealed("a", "sato a"),
            "case-repeated",
        ),
        (
            18,
            162,
            "mori:evaluator",
            revealed("b", "x"),
            "case-unknown",
        ),
        (
            20,
            164,
            "sato:evaluator",
            consolidated(&[]),
            "case-incomplete",
        ),
        (
            21,
            165,
            "sato:evaluator",
            consolidated(&[("mori", "b", "x")]),
            "case-unknown",
        ),
        (22, 166, "sato:evaluator", reason("a", "x"), "case-unknown"),
        (22, 166, "sato:evaluator", locked(), "case-incomplete"),
        (22, 166, "mori:evaluator", reason("a", "x"), ""),
    ]
}

fn outcome() -> Vec<Case> {
    vec![
        (29, 172, OFFICER, awarded(&["a"]), "case-award"),
        (31, 174, OFFICER, awarded(&["a"]), "case-award"),
        (31, 174, OFFICER, awarded(&["b"]), ""),
        (31, 174, OFFICER, excluded("b", ""), "case-reason"),
        (31, 174, OFFICER, excluded("z", "理由"), "case-unknown"),
        (
            28,
            171,
            OFFICER,
            Event::LotsDrawn {
                order: vec!["a".to_owned(), "a".to_owned()],
            },
            "case-repeated",
        ),
    ]
}

#[test]
fn each_guard_refuses_what_it_must() {
    let cases = [
        order(),
        roles(),
        separation_of_duties(),
        clock(),
        openers(),
        amendments(),
        bids(),
        evaluators(),
        shares(),
        sheets_laid_open(),
        outcome(),
    ]
    .into_iter()
    .flatten();
    let mut refused = BTreeSet::new();
    for (before, minute, who, event, code) in cases {
        let (mut entries, mut state) = first(before);
        let outcome = add(&mut entries, &mut state, minute, who, event.clone());
        let found = outcome.err().unwrap_or_default();
        assert_eq!(found, code, "after {before}: {who} {event:?}");
        refused.insert(found);
    }
    for code in [
        "case-order",
        "case-role",
        "case-duties",
        "case-time",
        "case-deadline",
        "case-openers",
        "case-amendment",
        "case-reason",
        "case-repeated",
        "case-unknown",
        "case-conflict",
        "case-incomplete",
        "case-share",
        "case-mismatch",
        "case-award",
        "id-malformed",
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
    let alone = add(
        &mut entries,
        &mut state,
        107,
        "mori:evaluator",
        locked_sheets(&["mori"]),
    );
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
    add(
        &mut entries,
        &mut state,
        161,
        "sato:evaluator",
        declared(&["a"]),
    )
    .unwrap();
    assert!(!state.evaluators["sato"].sheets.contains_key("a"));
    assert!(state.evaluators["sato"].sheets.contains_key("b"));
}

#[test]
fn no_walk_reaches_the_prices_without_the_lock() {
    // Every event of the story and some wrong ones, by everybody, in any order: seeded.
    let mut steps = story();
    let events: Vec<Event> = steps.iter().map(|(_, _, event)| event.clone()).collect();
    let people: BTreeSet<&str> = steps.iter().map(|(_, who, _)| *who).collect();
    steps.extend(
        people
            .iter()
            .flat_map(|who| events.iter().map(|event| (0, *who, event.clone()))),
    );
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
            matches!(
                event,
                Event::PricesOpened { .. }
                    | Event::ShareHanded {
                        part: Part::Prices,
                        ..
                    }
            )
        });
        if let Some(prices) = prices {
            assert!(lock.is_some_and(|lock| lock < prices), "seed {seed}");
        }
        let sheets = position(|event| matches!(event, Event::SheetRevealed { .. }));
        let freeze = position(|event| matches!(event, Event::SheetsLocked { .. }));
        if let Some(sheets) = sheets {
            assert!(freeze.is_some_and(|freeze| freeze < sheets), "seed {seed}");
        }
        let last_sheet = entries
            .iter()
            .rposition(|one| matches!(one.event, Event::SheetSealed { .. }));
        if let (Some(last), Some(freeze)) = (last_sheet, freeze) {
            assert!(last < freeze, "seed {seed}");
        }
        assert_eq!(replay(&entries).unwrap().phase, state.phase);
    }
    assert!(
        reached.contains(&Phase::Opened) && reached.contains(&Phase::Awarded),
        "{reached:?}"
    );
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
