//! How fast 1,000 offerings are assessed under the whole catalog, from facts that are there already.
//!
//! `cargo bench --bench assessment` measures; a number behind `--` asks for other than 1,000 offerings.
//! Each line is the median of rounds in which everything runs once, one after the other, so that a busy
//! machine slows all of it alike. The naive way evaluates the same rules at the same ranks with the package
//! `cel`, whose context is built anew for each rule, and does nothing else of a judgment.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark reckons with times and prints them"
)]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use cel::objects::{Key, Map};
use cel::{Context, Program, Value};
use mekiki::app::library::Library;
use mekiki::assessment::{Decisions, assess};
use mekiki::criteria::case::Case;
use mekiki::criteria::rule::Truth;
use mekiki::criteria::{Catalog, Criterion, OfferingType};
use mekiki::diagnostic::Place;
use mekiki::digest::Digest;
use mekiki::evidence::Citation;
use mekiki::fact::vocabulary::{FactDefinition, FactType};
use mekiki::fact::{Establishment, Fact, FactValue, ProofRank, Scope};
use mekiki::id::FactKey;
use mekiki::time::{Date, add_days, parse_day};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

const ROUNDS: usize = 11;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let offerings = arguments
        .find_map(|one| one.parse().ok())
        .unwrap_or(1000_usize);
    let library = Library::open(None).unwrap();
    let catalog = &library.catalog;
    let as_of = parse_day("2026-11-26").unwrap();
    let mut chance = StdRng::seed_from_u64(19);
    let case = case(catalog, &mut chance);
    let found: Vec<_> = (0..offerings)
        .map(|_| establishment(catalog, as_of, &mut chance))
        .collect();
    let facts: usize = found.iter().map(|one| one.facts.len()).sum();
    println!(
        "{offerings} offerings, {} criteria, {} facts an offering; medians of {ROUNDS} rounds",
        catalog.criteria.len(),
        facts / offerings.max(1)
    );

    let naive = Naive::new(catalog);
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    };
    let (one, two) = (pool(1), pool(2));
    let ours = || {
        found
            .par_iter()
            .map(|found| assess(catalog, &case, &Decisions::default(), found, as_of))
            .map(|assessment| assessment.judgments.len())
            .sum::<usize>()
    };
    let rules_alone = || {
        found
            .par_iter()
            .map(|found| rules_at_every_rank(catalog, &case, found))
            .sum::<usize>()
    };
    let by_cel = || {
        found
            .par_iter()
            .map(|found| naive.rules_at_every_rank(&case, found))
            .sum::<usize>()
    };
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let [first, second, third, fourth] = &mut times;
        second.push(timed(|| two.install(ours)));
        first.push(timed(|| one.install(ours)));
        third.push(timed(|| two.install(rules_alone)));
        fourth.push(timed(|| two.install(by_cel)));
    }
    let names = [
        "assess, one thread",
        "assess, two threads",
        "rules alone, two threads",
        "naive: cel, a context for each rule, two threads",
    ];
    let [_, assessed, alone, cel] = times.each_ref().map(|times| median(times));
    println!("\n| | s | offerings a second |\n| --- | ---: | ---: |");
    for (name, times) in names.iter().zip(&times) {
        let median = median(times);
        println!(
            "| {name} | {median:.3} | {:.0} |",
            offerings as f64 / median
        );
    }
    println!(
        "\nnaive rules take {:.1} times as long as ours, {:.1} times as long as the whole assessment",
        cel / alone,
        cel / assessed
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn value(definition: &FactDefinition, as_of: Date, chance: &mut StdRng) -> FactValue {
    let words = if definition.values.is_empty() {
        ["JP", "US", "SG", "1.2", "ismap"]
            .map(str::to_owned)
            .to_vec()
    } else {
        definition.values.clone()
    };
    match definition.kind {
        FactType::Bool => FactValue::Bool(chance.gen_bool(0.8)),
        FactType::Integer => FactValue::Integer(*[0, 1, 6, 12, 24, 900].choose(chance).unwrap()),
        FactType::Date => FactValue::Date(add_days(as_of, chance.gen_range(-400..1500))),
        FactType::Text => FactValue::Text(words.choose(chance).unwrap().clone()),
        FactType::List => {
            let mut some: Vec<_> = words.into_iter().filter(|_| chance.gen_bool(0.5)).collect();
            some.sort();
            FactValue::List(some)
        }
    }
}

/// A case to which every criterion applies, as far as its type and class go.
fn case(catalog: &Catalog, chance: &mut StdRng) -> Case {
    let as_of = parse_day("2026-11-26").unwrap();
    let parameters = catalog
        .vocabulary
        .list()
        .filter(|one| one.is_parameter)
        .map(|one| (one.key.clone(), value(one, as_of, chance)))
        .collect();
    let types = OfferingType::WORDS.iter().map(|(_, kind)| *kind).collect();
    Case::new(types, 3, parameters)
}

/// One to three facts for six in seven keys, of any rank, half of them with an end.
fn establishment(catalog: &Catalog, as_of: Date, chance: &mut StdRng) -> Establishment {
    let mut facts = Vec::new();
    for definition in catalog.vocabulary.list().filter(|one| !one.is_parameter) {
        if chance.gen_ratio(1, 7) {
            continue;
        }
        for _ in 0..chance.gen_range(1..=3) {
            let file = format!("bids/b/{}.json", chance.gen_range(0..40));
            facts.push(Fact {
                key: definition.key.clone(),
                scope: Scope::Procurement,
                value: value(definition, as_of, chance),
                rank: ProofRank::new(chance.gen_range(1..=6)).unwrap(),
                established: add_days(as_of, chance.gen_range(-500..0)),
                valid_until: chance
                    .gen_bool(0.5)
                    .then(|| add_days(as_of, chance.gen_range(-60..700))),
                citations: vec![Citation {
                    sha256: Digest::of(file.as_bytes()),
                    file,
                    at: Place::pointer("/answers/12"),
                }],
            });
        }
    }
    facts.sort();
    Establishment {
        facts,
        ..Establishment::default()
    }
}

/// The strongest value of each key whose rank is high enough, and the parameters.
fn known<'a>(
    case: &'a Case,
    found: &'a Establishment,
    least: ProofRank,
) -> BTreeMap<&'a FactKey, &'a FactValue> {
    let mut strongest: BTreeMap<&FactKey, &Fact> = BTreeMap::new();
    for fact in found.facts.iter().filter(|fact| fact.rank >= least) {
        let held = strongest.entry(&fact.key).or_insert(fact);
        if fact.rank > held.rank {
            *held = fact;
        }
    }
    strongest
        .into_iter()
        .map(|(key, fact)| (key, &fact.value))
        .chain(&case.parameters)
        .collect()
}

fn rules_at_every_rank(catalog: &Catalog, case: &Case, found: &Establishment) -> usize {
    let mut decided = 0;
    for least in ProofRank::strongest_first() {
        let known = known(case, found, least);
        for rule in catalog.criteria.values().flat_map(Criterion::rules) {
            decided += usize::from(rule.evaluate(&known) != Truth::Unknown);
        }
    }
    decided
}

/// The rules as programs of the package `cel`, compiled once.
struct Naive {
    programs: Vec<(Vec<FactKey>, Program)>,
}

impl Naive {
    fn new(catalog: &Catalog) -> Self {
        let rules = catalog.criteria.values().flat_map(Criterion::rules);
        Self {
            programs: rules
                .map(|rule| {
                    (
                        rule.keys().cloned().collect(),
                        Program::compile(rule.source()).unwrap(),
                    )
                })
                .collect(),
        }
    }

    fn rules_at_every_rank(&self, case: &Case, found: &Establishment) -> usize {
        let mut decided = 0;
        for least in ProofRank::strongest_first() {
            let known = known(case, found, least);
            for (keys, program) in &self.programs {
                let mut root = Branch::default();
                for key in keys {
                    if let Some(value) = known.get(key) {
                        root.insert(key.as_str(), value);
                    }
                }
                let mut context = Context::default();
                for (step, branch) in root.branches {
                    context.add_variable_from_value(step, branch.value());
                }
                decided += usize::from(matches!(program.execute(&context), Ok(Value::Bool(_))));
            }
        }
        decided
    }
}

#[derive(Default)]
struct Branch<'a> {
    leaf: Option<&'a FactValue>,
    branches: BTreeMap<&'a str, Branch<'a>>,
}

impl<'a> Branch<'a> {
    fn insert(&mut self, path: &'a str, value: &'a FactValue) {
        match path.split_once('.') {
            None => self.branches.entry(path).or_default().leaf = Some(value),
            Some((step, rest)) => self.branches.entry(step).or_default().insert(rest, value),
        }
    }

    fn value(self) -> Value {
        match self.leaf {
            Some(FactValue::Bool(value)) => Value::Bool(*value),
            Some(FactValue::Integer(value)) => Value::Int(*value),
            Some(FactValue::Date(value)) => Value::from(value.to_string()),
            Some(FactValue::Text(value)) => Value::from(value.as_str()),
            Some(FactValue::List(values)) => {
                let values: Vec<_> = values.iter().map(|one| Value::from(one.as_str())).collect();
                Value::from(values)
            }
            None => {
                let entries: HashMap<Key, Value> = self
                    .branches
                    .into_iter()
                    .map(|(step, branch)| (Key::from(step), branch.value()))
                    .collect();
                Value::Map(Map {
                    map: Arc::new(entries),
                })
            }
        }
    }
}
