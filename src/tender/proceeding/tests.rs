//! The guards in both directions, the chain against every edit, and walks that look for a way around the order.

mod chain;
mod guards;

use super::event::{Asked, HeldShare, LotWinners, Publication, Ranked, Recipients, SealedKey};
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
        (
            4,
            OFFICER,
            amended("other rules", DEADLINE + 50, "a question showed a gap"),
        ),
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

fn add(
    entries: &mut Vec<Entry>,
    state: &mut State,
    minute: i64,
    who: &str,
    event: Event,
) -> Result<(), String> {
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
