//! Laws of triage, on documents made by chance.

use super::*;

/// A document of pseudo-random statements on a few components and vulnerabilities.
fn chance(seed: u64) -> (Vec<Value>, impl FnMut(usize) -> usize) {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut below = move |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    let statements = (0..12)
        .map(|_| {
            let id = ["CVE-1", "CVE-2"][below(2)];
            let status = Status::WORDS[below(4)].0;
            let product = [
                "pkg:golang/example.com/app",
                "pkg:golang/example.com/one",
                "pkg:golang/example.com/one@v2.0.0",
                "pkg:golang/example.com/app pkg:golang/example.com/one",
                "pkg:golang/example.com/two pkg:npm/%40a/shared",
            ][below(5)];
            let mut one = statement(id, status, &[product]);
            one["timestamp"] = json!(format!("2026-01-0{}T00:00:00Z", 1 + below(3)));
            one
        })
        .collect();
    (statements, below)
}

/// What is told of every part and vulnerability, with the texts of the statements for places.
fn all_told(triage: &Triage, inventory: &Inventory) -> Vec<String> {
    let bound = triage.bind(inventory);
    let parts = u32::try_from(inventory.len()).unwrap();
    let mut told = Vec::new();
    for position in 0..parts {
        for id in ["CVE-1", "CVE-2"] {
            let decision = bound.decide(position, &[id]);
            let status = decision.as_ref().and_then(|one| one.status);
            let count = |voices: &[Voice<'_>]| {
                let mut words: Vec<_> = voices
                    .iter()
                    .map(|one| (one.statement.status.word(), one.statement.issued))
                    .collect();
                words.sort();
                format!("{words:?}")
            };
            told.push(format!(
                "{position} {id} {status:?} {:?}",
                decision.as_ref().map(|one| [
                    count(&one.agreeing),
                    count(&one.conflicting),
                    count(&one.overruled),
                    count(&one.expired)
                ])
            ));
        }
    }
    told
}

#[test]
fn the_order_of_documents_and_statements_changes_nothing() {
    let inventory = inventory();
    let day = parse_day("2026-02-01");
    for seed in 0..40 {
        let (mut statements, mut below) = chance(seed);
        let split = |statements: &[Value]| {
            let (one, other) = statements.split_at(6);
            vec![
                openvex("A", "2026-01-01", one),
                openvex("B", "2026-01-01", other),
            ]
        };
        let expected = all_told(
            &Triage::new(split(&statements), by_default(), day),
            &inventory,
        );
        // Within each document, and the documents themselves.
        for _ in 0..5 {
            let (one, other) = (below(6), below(6));
            statements.swap(one, other);
            statements.swap(6 + one, 6 + other);
            let mut documents = split(&statements);
            documents.reverse();
            let found = all_told(&Triage::new(documents, by_default(), day), &inventory);
            assert_eq!(found, expected, "{seed}");
        }
    }
}

#[test]
fn an_unbound_statement_changes_the_unbound_list_only() {
    let inventory = inventory();
    for seed in 0..40 {
        let (mut statements, _) = chance(seed);
        let before = Triage::new(
            vec![openvex("A", "2026-01-01", &statements)],
            by_default(),
            None,
        );
        let expected = all_told(&before, &inventory);
        let unbound = before.bind(&inventory).unbound(None).len();
        statements.push(statement(
            "CVE-1",
            "affected",
            &["pkg:golang/example.com/gone"],
        ));
        let after = Triage::new(
            vec![openvex("A", "2026-01-01", &statements)],
            by_default(),
            None,
        );
        assert_eq!(all_told(&after, &inventory), expected, "{seed}");
        assert_eq!(after.bind(&inventory).unbound(None).len(), unbound + 1);
    }
}

#[test]
fn a_more_trusted_statement_wins() {
    let inventory = inventory();
    for seed in 0..40 {
        let (statements, _) = chance(seed);
        let mut own = openvex(
            "us",
            "2025-01-01",
            &[statement("CVE-1", "fixed", &["pkg:golang/example.com/app"])],
        );
        own.trust = Some("agency".into());
        let triage = Triage::new(
            vec![openvex("A", "2026-01-01", &statements), own],
            by_default(),
            None,
        );
        let bound = triage.bind(&inventory);
        for position in 0..u32::try_from(inventory.len()).unwrap() {
            let decision = bound.decide(position, &["CVE-1"]).unwrap();
            assert_eq!(decision.status, Some(Status::Fixed), "{seed} {position}");
            assert_eq!(decision.by.unwrap().trust, "agency");
        }
    }
}

#[test]
fn what_is_reached_through_a_part_only_is_found_as_by_walking_around_it() {
    let mut dominated = 0;
    for seed in 0..300 {
        let (_, mut below) = chance(seed);
        let count = 3 + below(8);
        let edges: Vec<(u32, u32)> = (0..count + below(2 * count))
            .map(|_| {
                let end = |value: usize| u32::try_from(value).unwrap();
                (end(below(count)), end(below(count)))
            })
            .collect();
        let mains = if below(4) == 0 { vec![0, 1] } else { vec![0] };
        let parts = vec![Part::default(); count];
        let inventory = Inventory::new(parts, mains.clone(), &edges);
        let reached = |around: Option<u32>| {
            let mut seen = vec![false; count];
            let mut open: Vec<u32> = mains.clone();
            while let Some(next) = open.pop() {
                if Some(next) == around || std::mem::replace(&mut seen[next as usize], true) {
                    continue;
                }
                open.extend(edges.iter().filter(|one| one.0 == next).map(|one| one.1));
            }
            seen
        };
        let anyhow = reached(None);
        for through in 0..u32::try_from(count).unwrap() {
            if mains.contains(&through) || !anyhow[through as usize] {
                continue;
            }
            let around = reached(Some(through));
            for part in 0..u32::try_from(count).unwrap() {
                let slot = part as usize;
                let expected = through == part || (anyhow[slot] && !around[slot]);
                let found = inventory.is_through(through, part);
                assert_eq!(found, expected, "{seed}: {edges:?} {through} {part}");
                dominated += usize::from(found && through != part);
            }
        }
    }
    assert!(dominated > 500, "{dominated}");
}
