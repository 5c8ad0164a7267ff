//! Laws of the assessment over the real catalog, with facts at random.

use std::collections::BTreeMap;

use mekiki::app::library::Library;
use mekiki::assessment::narrowing::narrow;
use mekiki::assessment::verdict::VerdictKind;
use mekiki::assessment::{Assessment, Decisions, assess};
use mekiki::criteria::case::Case;
use mekiki::criteria::{Catalog, OfferingType};
use mekiki::diagnostic::Place;
use mekiki::digest::Digest;
use mekiki::evidence::Citation;
use mekiki::exact::Exact;
use mekiki::fact::vocabulary::{FactDefinition, FactType};
use mekiki::fact::{Establishment, Fact, FactValue, ProofRank, Scope};
use mekiki::id::FactKey;
use mekiki::time::{Date, add_days, parse_day};

use crate::seeded::Seeded;

const ROUNDS: u64 = 24;

fn as_of() -> Date {
    parse_day("2026-11-20").unwrap()
}

fn case() -> Case {
    let list =
        |words: &[&str]| FactValue::List(words.iter().map(|&word| word.to_owned()).collect());
    let parameters = [
        ("case.integrity", FactValue::Integer(2)),
        ("case.availability", FactValue::Integer(2)),
        (
            "case.planned_end_of_use",
            FactValue::Date(parse_day("2030-03-31").unwrap()),
        ),
        ("case.allowed_countries", list(&["JP"])),
        ("case.used_regions", list(&["jp-east"])),
        ("case.used_functions", list(&["search"])),
        ("case.sbom_coverage_per_mille", FactValue::Integer(950)),
        ("case.first_notice_hours", FactValue::Integer(24)),
        ("case.log_retention_months", FactValue::Integer(12)),
        ("case.jc_star_level", FactValue::Integer(1)),
        (
            "case.lowest_handled_severity",
            FactValue::Text("low".to_owned()),
        ),
    ];
    let parameters = parameters.map(|(key, value)| (FactKey::from(key), value));
    let types = vec![
        OfferingType::Outsourcing,
        OfferingType::SaaS,
        OfferingType::Device,
        OfferingType::Software,
    ];
    Case::new(types, 2, BTreeMap::from(parameters))
}

/// A value of a fact's type, of those that rules like to ask for.
fn value(definition: &FactDefinition, seeded: &mut Seeded) -> FactValue {
    let pick = |seeded: &mut Seeded, words: &[&str]| words[seeded.below(words.len())].to_owned();
    match definition.kind {
        FactType::Bool => FactValue::Bool(seeded.below(3) > 0),
        FactType::Integer => {
            FactValue::Integer([0, 1, 2, 6, 12, 24, 72, 365, 950, 1000][seeded.below(10)])
        }
        FactType::Date => FactValue::Date(add_days(
            as_of(),
            i32::try_from(seeded.below(2500)).unwrap() - 500,
        )),
        FactType::Text if !definition.values.is_empty() => {
            FactValue::Text(definition.values[seeded.below(definition.values.len())].clone())
        }
        FactType::Text => FactValue::Text(pick(
            seeded,
            &["ismap", "ismap-liu", "1.3", "1.2", "none", "cyclonedx"],
        )),
        FactType::List => {
            let all = ["JP", "SG", "jp-east", "search"];
            let words = all.iter().filter(|_| seeded.below(2) == 0);
            FactValue::List(words.map(|&word| word.to_owned()).collect())
        }
    }
}

/// Facts on most keys; several on some, which agree unless `contradicting`.
fn facts(
    catalog: &Catalog,
    seeded: &mut Seeded,
    ranks: std::ops::RangeInclusive<i64>,
    contradicting: bool,
) -> Establishment {
    let mut found = Establishment::default();
    let width = usize::try_from(ranks.end() - ranks.start() + 1).unwrap();
    for definition in catalog.vocabulary.list().filter(|one| !one.is_parameter) {
        let mut held = value(definition, seeded);
        for _ in 0..seeded.below(3) {
            if contradicting {
                held = value(definition, seeded);
            }
            let rank = ranks.start() + i64::try_from(seeded.below(width)).unwrap();
            let back = i32::try_from(seeded.below(600)).unwrap();
            let ends = i32::try_from(seeded.below(900)).unwrap() - 200;
            found.facts.push(Fact {
                key: definition.key.clone(),
                scope: Scope::Procurement,
                value: held.clone(),
                rank: ProofRank::new(rank).unwrap(),
                established: add_days(as_of(), -back),
                valid_until: (rank > 1 && seeded.below(2) == 0).then(|| add_days(as_of(), ends)),
                citations: vec![Citation {
                    sha256: Digest::of(&found.facts.len().to_le_bytes()),
                    file: format!("{}.md", found.facts.len()),
                    at: Place::whole(),
                }],
            });
        }
    }
    found.facts.sort();
    found
}

fn judge(catalog: &Catalog, found: &Establishment) -> Assessment {
    assess(catalog, &case(), &Decisions::default(), found, as_of())
}

fn width(assessment: &Assessment) -> Exact {
    assessment.high.minus(&assessment.low)
}

fn passes(assessment: &Assessment) -> Vec<String> {
    let gates = assessment
        .judgments
        .values()
        .filter(|one| one.stage.is_some());
    gates
        .filter(|one| one.verdict.kind == VerdictKind::Pass)
        .map(|one| one.criterion.to_string())
        .collect()
}

#[test]
fn taking_evidence_away_proves_nothing_and_rules_nothing_out() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    let mut moved = 0;
    for seed in 1..=ROUNDS {
        let mut seeded = Seeded::new(seed * 65_537);
        let all = facts(catalog, &mut seeded, 1..=6, false);
        let more = judge(catalog, &all);
        assert!(more.contradictions.is_empty());
        for _ in 0..4 {
            let mut fewer = all.clone();
            for _ in 0..=seeded.below(20) {
                let which = seeded.below(fewer.facts.len());
                fewer.facts.remove(which);
            }
            let less = judge(catalog, &fewer);
            assert!(less.low <= more.low, "seed {seed}");
            assert!(less.high >= more.high, "seed {seed}");
            // The same read the other way: evidence that contradicts nothing never widens the interval.
            assert!(width(&more) <= width(&less), "seed {seed}");
            moved += usize::from(less.low != more.low || less.high != more.high);
            for (criterion, judgment) in &more.judgments {
                let failed = less.judgments[criterion].verdict.kind == VerdictKind::Fail;
                assert!(
                    !failed || judgment.verdict.kind == VerdictKind::Fail,
                    "{criterion}"
                );
            }
        }
    }
    assert!(moved > 20, "the law was hardly tried: {moved}");
}

#[test]
fn one_more_fact_widens_the_interval_only_where_it_contradicts() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    for seed in 1..=ROUNDS {
        let mut seeded = Seeded::new(seed * 257);
        let all = facts(catalog, &mut seeded, 1..=6, true);
        let before = judge(catalog, &all);
        let others = facts(catalog, &mut seeded, 1..=6, true);
        for _ in 0..4 {
            let one = others.facts[seeded.below(others.facts.len())].clone();
            let mut more = all.clone();
            more.facts.push(one.clone());
            more.facts.sort();
            let after = judge(catalog, &more);
            let differs = all
                .facts
                .iter()
                .any(|held| held.key == one.key && held.value != one.value);
            assert!(
                differs || width(&after) <= width(&before),
                "seed {seed}: {one:?}"
            );
        }
    }
}

#[test]
fn the_supplier_s_word_alone_passes_no_gate_of_the_catalog() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    let mut strong = 0;
    for seed in 1..=ROUNDS {
        let mut seeded = Seeded::new(seed * 4099);
        let said = facts(catalog, &mut seeded, 1..=1, seed % 2 == 0);
        assert_eq!(passes(&judge(catalog, &said)), [""; 0], "seed {seed}");
        strong += passes(&judge(catalog, &facts(catalog, &mut seeded, 5..=6, false))).len();
    }
    assert!(strong > 20, "no gate passes whatever is proven: {strong}");
}

#[test]
fn what_runs_out_only_weakens() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    for seed in 1..=ROUNDS {
        let mut seeded = Seeded::new(seed * 12_289);
        let all = facts(catalog, &mut seeded, 2..=6, false);
        let before = judge(catalog, &all);
        for _ in 0..4 {
            let mut over = all.clone();
            for _ in 0..=seeded.below(10) {
                let which = seeded.below(over.facts.len());
                over.facts[which].valid_until = Some(add_days(as_of(), -1));
            }
            over.facts.sort();
            let after = judge(catalog, &over);
            assert!(after.low <= before.low, "seed {seed}");
            assert!(
                after.high == before.high,
                "seed {seed}: running out refutes nothing"
            );
            let passed = passes(&before);
            assert!(
                passes(&after).iter().all(|one| passed.contains(one)),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn what_is_said_to_narrow_the_interval_does_and_nothing_narrows_it_more() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    let mut tried = 0;
    for seed in 1..=3 {
        let mut seeded = Seeded::new(seed * 31_337);
        let all = facts(catalog, &mut seeded, 1..=4, false);
        let before = judge(catalog, &all);
        let narrowing = narrow(catalog, &case(), &all, &before);
        let told: Vec<_> = narrowing.iter().map(|one| one.removes.clone()).collect();
        assert!(told.is_sorted_by(|left, right| left >= right));
        for definition in catalog.vocabulary.list().filter(|one| !one.is_parameter) {
            let told = narrowing.iter().find(|one| one.fact == definition.key);
            for _ in 0..2 {
                let mut more = all.clone();
                more.facts.retain(|fact| fact.key != definition.key);
                more.facts.push(Fact {
                    key: definition.key.clone(),
                    scope: Scope::Procurement,
                    value: value(definition, &mut seeded),
                    rank: ProofRank::MACHINE,
                    established: as_of(),
                    valid_until: None,
                    citations: vec![Citation {
                        sha256: Digest::of(b"proof"),
                        file: "proof".to_owned(),
                        at: Place::whole(),
                    }],
                });
                let after = judge(catalog, &more);
                let removed = width(&before).minus(&width(&after));
                let most = told.map_or_else(Exact::zero, |one| one.removes.clone());
                assert!(
                    removed <= most,
                    "{}: {removed} removed, {most} told",
                    definition.key
                );
                tried += usize::from(!removed.is_zero());
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn repairs_put_failed_gates_of_the_bid_first() {
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    let found = facts(catalog, &mut Seeded::new(99), 1..=6, true);
    let assessment = judge(catalog, &found);
    let repairs = mekiki::assessment::repair::repairs(catalog, &assessment);
    let order = |one: &mekiki::assessment::repair::Repair| match (one.stage, one.verdict.kind) {
        (Some(mekiki::criteria::Stage::Bid), VerdictKind::Fail) => 0,
        (Some(mekiki::criteria::Stage::Bid), _) => 1,
        (None, _) => 2,
        _ => 3,
    };
    assert!(repairs.is_sorted_by_key(order));
    let scored: Vec<_> = repairs.iter().filter(|one| one.stage.is_none()).collect();
    assert!(scored.is_sorted_by(|left, right| left.lost >= right.lost));
    let lost: Exact = scored.iter().map(|one| one.lost.clone()).sum();
    assert_eq!(
        lost,
        assessment.of.minus(&assessment.low),
        "every lost point is listed"
    );
    let shut = assessment.gates(mekiki::criteria::Stage::Bid);
    let shut = shut.filter(|one| !one.verdict.kind.opens_gate()).count();
    assert_eq!(repairs.iter().filter(|one| order(one) < 2).count(), shut);
}
