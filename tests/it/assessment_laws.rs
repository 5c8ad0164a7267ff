//! Laws of the assessment, over facts at random that do not contradict each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mekiki::assessment::verdict::VerdictKind;
use mekiki::assessment::{Assessment, Decisions, Note, assess};
use mekiki::criteria::case::Case;
use mekiki::criteria::parse::read_catalog;
use mekiki::criteria::{Catalog, Decision, OfferingType, Stage};
use mekiki::diagnostic::Place;
use mekiki::digest::Digest;
use mekiki::evidence::Citation;
use mekiki::fact::{Establishment, Fact, FactValue, Gap, ProofRank, Scope};
use mekiki::id::{CriterionId, FactKey};
use mekiki::text::Text;
use mekiki::time::{Date, add_days, parse_day};
use proptest::prelude::*;
use proptest::sample::Index;

const KEYS: [(&str, &str, &str); 5] = [
    ("a.yes", "bool", "false"),
    ("a.other", "bool", "true"),
    ("a.number", "integer", "higher"),
    ("a.words", "list", "more"),
    ("b.day", "date", "none"),
];

/// Four gates of the bid stage and three scored criteria, over rules that mix what they can; the last gate may be
/// settled by the supplier's word where that is noted.
const CRITERIA: [(&str, &str, &str); 7] = [
    (
        "zero",
        "[gate]\nstage = \"bid\"\nsettled_by = 1",
        "pass = 'a.yes && a.number >= 0'",
    ),
    (
        "one",
        "[gate]\nstage = \"bid\"\nsettled_by = 2",
        "pass = 'a.yes && !a.other'",
    ),
    (
        "two",
        "[gate]\nstage = \"bid\"\nsettled_by = 5",
        "pass = 'a.yes || a.number <= 3'",
    ),
    (
        "three",
        "[gate]\nstage = \"bid\"\nsettled_by = 3",
        "pass = 'a.words.all(one, one == \"JP\") && b.day >= \"2026-06-01\"'",
    ),
    (
        "four",
        "[score]\nweight = \"H\"",
        "A = 'a.number <= 2 && a.yes'\nB = 'a.number <= 4'\nC = 'a.number <= 6 || a.other'",
    ),
    (
        "five",
        "[score]\nweight = \"M\"",
        "A = 'a.words.exists(one, one == \"US\") ? a.yes : !a.other'\nC = 'a.words.size() < 3'",
    ),
    (
        "six",
        "[score]\nweight = \"L\"",
        "A = '(a.yes || a.other) && b.day > \"2026-03-01\"'",
    ),
];

fn catalog() -> Catalog {
    let both = |key: &str| format!("[{key}]\nja = \"例\"\nen = \"example\"\n");
    let mut facts = String::new();
    for (key, kind, adverse) in KEYS {
        _ = writeln!(
            facts,
            "[[fact]]\nkey = \"{key}\"\ntype = \"{kind}\"\nadverse = \"{adverse}\"\nproducers = [\"answer\"]\n\
             title = {{ ja = \"例\", en = \"example\" }}"
        );
    }
    let head = format!(
        "id = \"t\"\nversion = \"1.0.0\"\nvalid_from = \"2026-01-01\"\n\
         caps = [0, 400, 700, 700, 900, 1000, 1000]\n{}",
        both("title")
    );
    let mut texts = BTreeMap::from([
        ("facts/t.toml".to_owned(), facts),
        ("t/catalog.toml".to_owned(), head),
    ]);
    for (name, decision, rule) in CRITERIA {
        // The examples are not run here; they only show all that a criterion must show.
        let example = |expect: &str| {
            let facts = [true, false]
                .map(|value| format!("{{ key = \"a.yes\", value = {value}, rank = 2 }}"))
                .join(", ");
            format!("[[example]]\nname = \"{expect}\"\nfacts = [{facts}]\nexpect = \"{expect}\"\n")
        };
        let text = format!(
            "id = \"T.law.{name}\"\ngroup = \"a\"\ndecided_by = \"machine\"\n{}{}\
             [source]\nparagraphs = [\"A19-1\"]\nmark = \"recalled\"\n\
             [applies]\nofferings = [\"OUT\"]\nconfidentiality = 1\n{decision}\n[rule]\n{rule}\n\
             [evidence]\nexpected = [\"document\"]\n{}[reevaluation]\nmonths = 12\n{}",
            both("title"),
            both("requirement"),
            both("evidence.ask"),
            ["pass", "fail", "unanswered"].map(example).concat()
        );
        texts.insert(format!("t/T.law.{name}.toml"), text);
    }
    let files = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()))
        .collect();
    read_catalog("t", &files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn as_of() -> Date {
    parse_day("2026-11-20").unwrap()
}

fn judge(catalog: &Catalog, found: &Establishment, as_of: Date) -> Assessment {
    let case = Case::new(vec![OfferingType::Outsourcing], 2, BTreeMap::new());
    assess(catalog, &case, &Decisions::default(), found, as_of)
}

fn note(criterion: &CriterionId, on: Date) -> Note {
    Note {
        criterion: criterion.clone(),
        bid: None,
        by: "情報セキュリティ責任者".to_owned(),
        reason: Text {
            ja: "理由".to_owned(),
            en: "reason".to_owned(),
        },
        on,
        citation: Citation {
            sha256: Digest::of(b"tender"),
            file: "tender.toml".to_owned(),
            at: Place::pointer("/note/0"),
        },
    }
}

fn without(found: &Establishment, index: usize) -> Establishment {
    let mut fewer = found.clone();
    fewer.facts.remove(index);
    fewer
}

/// One value for each key, so that no two facts contradict each other.
fn values() -> impl Strategy<Value = [FactValue; 5]> {
    let words = proptest::sample::subsequence(vec!["JP", "SG", "US"], 0..=3);
    let day = (1_i8..=12).prop_map(|month| parse_day(&format!("2026-{month:02}-01")).unwrap());
    (any::<bool>(), any::<bool>(), 0_i64..8, words, day).prop_map(
        |(yes, other, number, words, day)| {
            let words = words.into_iter().map(str::to_owned).collect();
            [
                FactValue::Bool(yes),
                FactValue::Bool(other),
                FactValue::Integer(number),
                FactValue::List(words),
                FactValue::Date(day),
            ]
        },
    )
}

/// Facts of any rank, some of them old and some run out, and gaps beside them.
fn establishments(ranks: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = Establishment> {
    let fact = (
        0..KEYS.len(),
        ranks,
        -800_i32..=0,
        proptest::option::of(-200_i32..400),
    );
    let facts = proptest::collection::vec(fact, 0..10);
    let gaps = proptest::collection::vec(0..KEYS.len(), 0..3);
    (values(), facts, gaps).prop_map(|(values, facts, gaps)| {
        let citation = |index: usize| {
            vec![Citation {
                sha256: Digest::of(&index.to_le_bytes()),
                file: format!("{index}.md"),
                at: Place::whole(),
            }]
        };
        let facts = facts.into_iter().enumerate();
        let mut found = Establishment {
            facts: facts
                .map(|(index, (key, rank, established, valid))| Fact {
                    key: FactKey::from(KEYS[key].0),
                    scope: Scope::Procurement,
                    value: values[key].clone(),
                    rank: ProofRank::new(rank).unwrap(),
                    established: add_days(as_of(), established),
                    // What the supplier merely says carries no end of validity.
                    valid_until: valid
                        .filter(|_| rank > 1)
                        .map(|days| add_days(as_of(), days)),
                    citations: citation(index),
                })
                .collect(),
            gaps: gaps
                .into_iter()
                .map(|key| Gap {
                    key: FactKey::from(KEYS[key].0),
                    reason: "it cannot be read".to_owned(),
                    citations: citation(key + 100),
                })
                .collect(),
            ..Establishment::default()
        };
        found.facts.sort();
        found.gaps.sort();
        found
    })
}

/// Everything that an assessment says, to be compared.
fn told(assessment: &Assessment) -> String {
    format!("{assessment:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_score_stays_within_its_bounds(found in establishments(1..=6)) {
        let catalog = catalog();
        let assessment = judge(&catalog, &found, as_of());
        prop_assert!(assessment.contradictions.is_empty());
        for judgment in assessment.judgments.values() {
            prop_assert!(!judgment.low.is_negative());
            prop_assert!(judgment.low <= judgment.high, "{judgment:?}");
            prop_assert!(judgment.high <= judgment.of, "{judgment:?}");
            if judgment.citations.is_empty() {
                prop_assert_eq!(judgment.verdict.kind, VerdictKind::Unanswered);
            }
        }
        prop_assert!(assessment.low <= assessment.high && assessment.high <= assessment.of);
    }

    #[test]
    fn less_evidence_never_proves_more_nor_rules_out_more(
        found in establishments(1..=6),
        which in any::<Index>(),
    ) {
        prop_assume!(!found.facts.is_empty());
        let catalog = catalog();
        let more = judge(&catalog, &found, as_of());
        let less = judge(&catalog, &without(&found, which.index(found.facts.len())), as_of());
        prop_assert!(less.low <= more.low);
        prop_assert!(less.high >= more.high);
        for (criterion, judgment) in &more.judgments {
            let poorer = &less.judgments[criterion];
            prop_assert!(poorer.low <= judgment.low, "{criterion}");
            prop_assert!(poorer.high >= judgment.high, "{criterion}");
            let (before, after) = (judgment.verdict.kind, poorer.verdict.kind);
            prop_assert!(
                after != VerdictKind::Fail || before == VerdictKind::Fail,
                "{criterion}: silence refutes nothing, {before:?} became {after:?}"
            );
        }
    }

    #[test]
    fn taking_a_fact_away_touches_only_the_criteria_that_cite_it(
        found in establishments(1..=6),
        which in any::<Index>(),
    ) {
        prop_assume!(!found.facts.is_empty());
        let catalog = catalog();
        let index = which.index(found.facts.len());
        let citation = found.facts[index].citations[0].clone();
        let more = judge(&catalog, &found, as_of());
        let less = judge(&catalog, &without(&found, index), as_of());
        for (criterion, judgment) in &more.judgments {
            let same = format!("{judgment:?}") == format!("{:?}", less.judgments[criterion]);
            prop_assert_eq!(same, !judgment.citations.contains(&citation), "{}", criterion);
        }
    }

    #[test]
    fn time_alone_never_proves_more(found in establishments(1..=6), days in 0_i32..2000) {
        let catalog = catalog();
        let now = judge(&catalog, &found, as_of());
        let later = judge(&catalog, &found, add_days(as_of(), days));
        prop_assert!(later.low <= now.low);
        for (criterion, judgment) in &later.judgments {
            let passes = judgment.verdict.kind == VerdictKind::Pass;
            let passed = now.judgments[criterion].verdict.kind == VerdictKind::Pass;
            prop_assert!(!passes || passed, "{criterion}");
        }
    }

    #[test]
    fn the_supplier_s_word_alone_opens_no_gate(found in establishments(1..=1)) {
        let catalog = catalog();
        let assessment = judge(&catalog, &found, as_of());
        prop_assert_eq!(assessment.gates(Stage::Bid).count(), 4);
        for gate in assessment.gates(Stage::Bid) {
            prop_assert!(!gate.verdict.kind.opens_gate(), "{gate:?}");
        }
    }

    #[test]
    fn a_gate_that_passes_passes_on_its_strong_facts_alone(found in establishments(1..=6)) {
        let catalog = catalog();
        let assessment = judge(&catalog, &found, as_of());
        for gate in assessment.gates(Stage::Bid) {
            let criterion = &catalog.criteria[&gate.criterion];
            let Decision::Gate { settled_by, .. } = criterion.decision else {
                unreachable!("a gate of the bid stage");
            };
            if gate.verdict.kind != VerdictKind::Pass {
                continue;
            }
            prop_assert!(gate.proof_rank >= settled_by);
            let mut strong = found.clone();
            strong.facts.retain(|fact| fact.rank >= settled_by || fact.valid_until.is_some());
            let alone = judge(&catalog, &strong, as_of());
            prop_assert_eq!(alone.judgments[&gate.criterion].verdict.kind, VerdictKind::Pass);
        }
    }

    #[test]
    fn a_note_lets_the_supplier_s_word_settle_exactly_its_gate(
        found in establishments(1..=1),
        days in -30_i32..30,
        of_zero in any::<bool>(),
    ) {
        let catalog = catalog();
        let case = Case::new(vec![OfferingType::Outsourcing], 2, BTreeMap::new());
        let without = judge(&catalog, &found, as_of());
        let noted = CriterionId::from(if of_zero { "T.law.zero" } else { "T.law.two" });
        let decisions = Decisions { notes: vec![note(&noted, add_days(as_of(), days))], ..Decisions::default() };
        let with = assess(&catalog, &case, &decisions, &found, as_of());
        for (criterion, judgment) in &with.judgments {
            let before = &without.judgments[criterion];
            // What the facts say at all; a note supplies strength and no answer.
            let said = before.verdict.kind == VerdictKind::Unverifiable && before.proof_rank == ProofRank::ANSWER;
            if of_zero && days <= 0 && *criterion == noted && said {
                // A word that is too old is stale, noted or not.
                if judgment.verdict.kind != VerdictKind::Stale {
                    prop_assert_eq!(judgment.verdict.kind, VerdictKind::Pass);
                    prop_assert!(judgment.citations.contains(&decisions.notes[0].citation));
                    prop_assert_eq!(judgment.note.as_ref(), Some(&decisions.notes[0]));
                }
            } else {
                prop_assert_eq!(format!("{judgment:?}"), format!("{before:?}"));
            }
        }
    }

    #[test]
    fn what_runs_out_only_weakens(found in establishments(2..=6), which in any::<Index>()) {
        prop_assume!(!found.facts.is_empty());
        let catalog = catalog();
        let mut over = found.clone();
        over.facts[which.index(found.facts.len())].valid_until = Some(add_days(as_of(), -1));
        let before = judge(&catalog, &found, as_of());
        let after = judge(&catalog, &over, as_of());
        prop_assert!(after.low <= before.low && after.high == before.high);
        for (criterion, judgment) in &after.judgments {
            let passes = judgment.verdict.kind == VerdictKind::Pass;
            prop_assert!(!passes || before.judgments[criterion].verdict.kind == VerdictKind::Pass);
        }
    }

    #[test]
    fn what_is_added_widens_the_interval_only_where_it_contradicts(
        found in establishments(1..=6),
        others in establishments(1..=6),
        which in any::<Index>(),
    ) {
        prop_assume!(!others.facts.is_empty());
        let catalog = catalog();
        let one = others.facts[which.index(others.facts.len())].clone();
        let contradicts = found.facts.iter().any(|held| held.key == one.key && held.value != one.value);
        let mut more = found.clone();
        more.facts.push(one);
        let width = |found: &Establishment| {
            let assessment = judge(&catalog, found, as_of());
            assessment.high.minus(&assessment.low)
        };
        prop_assert!(contradicts || width(&more) <= width(&found));
    }

    #[test]
    fn the_order_of_facts_and_gaps_changes_nothing(
        (found, facts, gaps) in establishments(1..=6).prop_flat_map(|found| {
            let facts = Just(found.facts.clone()).prop_shuffle();
            let gaps = Just(found.gaps.clone()).prop_shuffle();
            (Just(found), facts, gaps)
        }),
    ) {
        let catalog = catalog();
        let shuffled = Establishment { facts, gaps, ..Establishment::default() };
        let first = judge(&catalog, &found, as_of());
        prop_assert_eq!(told(&judge(&catalog, &shuffled, as_of())), told(&first));
    }
}
