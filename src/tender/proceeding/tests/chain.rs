//! The chain against every edit.

use std::collections::BTreeSet;

use super::super::chain::{check_head, read_log, replay};
use super::*;

#[test]
fn a_case_in_good_order_goes_through_and_every_beginning_of_it_is_a_case() {
    let (entries, state) = first(usize::MAX);
    assert_eq!(
        (state.phase, state.awarded.as_slice()),
        (Phase::Awarded, ["a".to_owned()].as_slice())
    );
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
        assert_eq!(
            (fault.entry, fault.diagnostic.code),
            (place + 1, "log-sequence")
        );
        let mut moved = lines.clone();
        moved.swap(place, place + 1);
        assert_eq!(read(&moved).unwrap_err().entry, place + 1);
        let mut doubled = lines.clone();
        doubled.insert(place, lines[place].clone());
        assert_eq!(read(&doubled).unwrap_err().entry, place + 2);
        // Entries that are numbered and chained anew are found by whoever remembers the head.
        let mut forged = Vec::new();
        let mut previous = Digest::from_bytes(GENESIS);
        for (number, entry) in
            (1..).zip(entries.iter().enumerate().filter(|(one, _)| *one != place))
        {
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
    assert_eq!(
        check_head(&shorter, &state.head)
            .unwrap_err()
            .diagnostic
            .code,
        "log-head"
    );
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
