//! Our evaluator beside the one of the package `cel`: random rules over random facts, the same three values.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cel::objects::{Key, Map};
use cel::{Context, ExecutionError, Program, Value};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::evaluate::{months_after, per_mille};
use super::tests::vocabulary;
use super::*;
use crate::time::{add_days, days_between, parse_day};

fn value(value: &FactValue) -> Value {
    match value {
        FactValue::Bool(value) => Value::Bool(*value),
        FactValue::Integer(value) => Value::Int(*value),
        FactValue::Date(value) => Value::from(value.to_string()),
        FactValue::Text(value) => Value::from(value.as_str()),
        FactValue::List(values) => Value::from(
            values
                .iter()
                .map(|value| Value::from(value.as_str()))
                .collect::<Vec<_>>(),
        ),
    }
}

#[derive(Default)]
struct Tree<'a> {
    leaf: Option<&'a FactValue>,
    branches: BTreeMap<&'a str, Tree<'a>>,
}

impl<'a> Tree<'a> {
    fn insert(&mut self, path: &'a str, value: &'a FactValue) {
        match path.split_once('.') {
            None => self.branches.entry(path).or_default().leaf = Some(value),
            Some((step, rest)) => self.branches.entry(step).or_default().insert(rest, value),
        }
    }

    fn value(self) -> Value {
        if let Some(leaf) = self.leaf {
            return value(leaf);
        }
        let entries: HashMap<Key, Value> = self
            .branches
            .into_iter()
            .map(|(step, tree)| (Key::from(step), tree.value()))
            .collect();
        Value::Map(Map {
            map: Arc::new(entries),
        })
    }
}

fn nothing() -> ExecutionError {
    ExecutionError::function_error("ours", "no answer")
}

/// What CEL's own evaluator says, with our functions registered.
fn by_cel(source: &str, known: &BTreeMap<&FactKey, &FactValue>) -> Truth {
    let mut context = Context::default();
    let mut root = Tree::default();
    for (key, value) in known {
        root.insert(key.as_str(), value);
    }
    for (step, tree) in root.branches {
        context.add_variable_from_value(step, tree.value());
    }
    let day = |text: &str| parse_day(text).ok_or_else(nothing);
    context
        .add_function(
            "covers",
            |have: Arc<Vec<Value>>, needed: Arc<Vec<Value>>| {
                needed.iter().all(|one| have.contains(one))
            },
        )
        .unwrap();
    context
        .add_function(
            "days_between",
            move |first: Arc<String>, second: Arc<String>| -> Result<i64, ExecutionError> {
                Ok(days_between(day(&first)?, day(&second)?))
            },
        )
        .unwrap();
    context
        .add_function(
            "months_after",
            move |first: Arc<String>, months: i64| -> Result<Value, ExecutionError> {
                let later = months_after(day(&first)?, months).ok_or_else(nothing)?;
                Ok(Value::from(later.to_string()))
            },
        )
        .unwrap();
    context
        .add_function(
            "per_mille",
            |part: i64, whole: i64| -> Result<i64, ExecutionError> {
                per_mille(part, whole).ok_or_else(nothing)
            },
        )
        .unwrap();
    match Program::compile(source).unwrap().execute(&context) {
        Ok(Value::Bool(truth)) => Truth::of(Some(truth)),
        _ => Truth::Unknown,
    }
}

struct Generator {
    chance: StdRng,
    bound: Vec<String>,
}

impl Generator {
    fn one_of(&mut self, words: &[&str]) -> String {
        (*words.choose(&mut self.chance).unwrap()).to_owned()
    }

    fn pick(&mut self, depth: u32, leaves: usize, all: usize) -> usize {
        self.chance
            .gen_range(0..if depth == 0 { leaves } else { all })
    }

    fn bool(&mut self, depth: u32) -> String {
        let below = depth.saturating_sub(1);
        match self.pick(depth, 1, 13) {
            0 => self.one_of(&["a.b.yes", "a.b.no", "a.missing", "true", "false"]),
            1 => format!("!({})", self.bool(below)),
            2 | 3 => format!("({} && {})", self.bool(below), self.bool(below)),
            4 | 5 => format!("({} || {})", self.bool(below), self.bool(below)),
            6 => format!(
                "({} ? {} : {})",
                self.bool(below),
                self.bool(below),
                self.bool(below)
            ),
            7 => {
                let sign = self.one_of(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {sign} {}", self.integer(below), self.integer(below))
            }
            8 => {
                let sign = self.one_of(&["==", "!=", "<", ">="]);
                format!("{} {sign} {}", self.text(), self.text())
            }
            9 => {
                let sign = self.one_of(&["==", "!=", "<", "<=", ">", ">="]);
                let right = if self.chance.gen_bool(0.5) {
                    "\"2026-06-15\"".to_owned()
                } else {
                    self.date(below)
                };
                format!("{} {sign} {right}", self.date(below))
            }
            10 => format!("{} in {}", self.text(), self.list(below)),
            11 => format!("covers({}, {})", self.list(below), self.list(below)),
            _ if self.bound.len() < 2 => {
                let list = self.list(below.min(1));
                let name = format!("v{}", self.bound.len());
                self.bound.push(name.clone());
                let condition = self.bool(below);
                self.bound.pop();
                let word = self.one_of(&["all", "exists", "exists_one"]);
                format!("{list}.{word}({name}, {condition})")
            }
            _ => format!("{}.startsWith({})", self.text(), self.text()),
        }
    }

    fn integer(&mut self, depth: u32) -> String {
        let below = depth.saturating_sub(1);
        match self.pick(depth, 3, 8) {
            0 => "a.number".to_owned(),
            1 => "a.other".to_owned(),
            2 => self.one_of(&["0", "1", "7", "-3", "1000", "9223372036854775807"]),
            3 | 4 => {
                let sign = self.one_of(&["+", "-", "*", "/", "%"]);
                format!("({} {sign} {})", self.integer(below), self.integer(below))
            }
            5 => format!("size({})", self.list(below)),
            6 => format!("days_between({}, {})", self.date(below), self.date(below)),
            _ => format!(
                "per_mille({}, {})",
                self.integer(below),
                self.integer(below)
            ),
        }
    }

    fn text(&mut self) -> String {
        if !self.bound.is_empty() && self.chance.gen_bool(0.6) {
            return self.bound.choose(&mut self.chance).unwrap().clone();
        }
        self.one_of(&["a.word", "\"JP\"", "\"SG\"", "\"\"", "\"a\\\"b\""])
    }

    fn date(&mut self, depth: u32) -> String {
        match self.pick(depth, 1, 2) {
            0 => self.one_of(&["a.day", "a.later"]),
            _ => format!(
                "months_after(a.day, {})",
                self.integer(depth.saturating_sub(1))
            ),
        }
    }

    fn list(&mut self, depth: u32) -> String {
        match self.pick(depth, 2, 5) {
            0 => self.one_of(&["a.list", "a.more"]),
            1 => self.one_of(&[
                "[\"JP\"]",
                "[\"JP\", \"US\"]",
                "[a.word]",
                "[a.word, \"SG\"]",
            ]),
            2 => format!("({} + {})", self.list(0), self.list(0)),
            3 if self.bound.len() < 2 => {
                let list = self.list(0);
                let name = format!("v{}", self.bound.len());
                self.bound.push(name.clone());
                let condition = self.bool(depth.saturating_sub(1));
                self.bound.pop();
                format!("{list}.filter({name}, {condition})")
            }
            4 if self.bound.len() < 2 => {
                let list = self.list(0);
                let name = format!("v{}", self.bound.len());
                format!("{list}.map({name}, {name} == \"JP\" ? \"X\" : {name})")
            }
            _ => "a.list".to_owned(),
        }
    }

    fn facts(&mut self) -> Vec<(FactKey, FactValue)> {
        let mut facts = Vec::new();
        for key in [
            "a.b.yes",
            "a.b.no",
            "a.missing",
            "a.number",
            "a.other",
            "a.list",
            "a.more",
            "a.word",
            "a.day",
            "a.later",
        ] {
            if self.chance.gen_bool(0.3) {
                continue;
            }
            let value = match key {
                "a.number" | "a.other" => FactValue::Integer(
                    *[-5, 0, 1, 7, 1000, i64::MAX, i64::MIN]
                        .choose(&mut self.chance)
                        .unwrap(),
                ),
                "a.list" | "a.more" => FactValue::List(
                    ["DE", "JP", "SG", "US"]
                        .iter()
                        .filter(|_| self.chance.gen_bool(0.5))
                        .map(|&word| word.to_owned())
                        .collect(),
                ),
                "a.word" => FactValue::Text(self.one_of(&["JP", "SG", "", "a\"b", "JPX"])),
                "a.day" | "a.later" => FactValue::Date(add_days(
                    parse_day("2026-06-15").unwrap(),
                    self.chance.gen_range(-40..40),
                )),
                _ => FactValue::Bool(self.chance.gen_bool(0.5)),
            };
            facts.push((FactKey::from(key), value));
        }
        facts
    }
}

/// Every value that an explanation shows.
fn shown(because: &[Because]) -> Vec<FactKey> {
    because
        .iter()
        .flat_map(|one| {
            let own = one.values.iter().map(|value| value.fact.clone());
            own.chain(shown(&one.because)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn ours_and_cel_s_evaluator_say_the_same_of_random_rules() {
    let vocabulary = vocabulary();
    let mut generator = Generator {
        chance: StdRng::seed_from_u64(19),
        bound: Vec::new(),
    };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..4000 {
        let depth = generator.chance.gen_range(0..5);
        let source = generator.bool(depth);
        let rule = match Rule::compile(&source, &vocabulary) {
            Ok(rule) => rule,
            Err(faults) => {
                let limits = ["rule-cost", "rule-too-large"];
                assert!(limits.contains(&faults[0].code), "{source}: {faults:?}");
                *seen.entry("refused").or_default() += 1;
                continue;
            }
        };
        let printed = print::text(&rule.root, &rule.keys);
        let again = Rule::compile(&printed, &vocabulary)
            .unwrap_or_else(|faults| panic!("{source} became {printed}: {faults:?}"));
        assert_eq!(print::text(&again.root, &again.keys), printed, "{source}");
        for _ in 0..5 {
            let facts = generator.facts();
            let known: BTreeMap<_, _> = facts.iter().map(|(key, value)| (key, value)).collect();
            let expected = by_cel(&source, &known);
            let truth = rule.evaluate(&known);
            assert_eq!(truth, expected, "{source} under {known:?}");
            assert_eq!(
                again.evaluate(&known),
                expected,
                "{printed} under {known:?}"
            );
            *seen.entry(truth.word()).or_default() += 1;

            let mut evaluation = Evaluation::new(
                rule.keys
                    .iter()
                    .map(|key| known.get(key).copied())
                    .collect(),
            );
            evaluation.truth(&rule.root);
            assert!(evaluation.steps <= rule.steps, "{source} under {known:?}");

            // What is told decides by itself.
            let (told, because) = rule.explain(|key| known.get(key).copied());
            assert_eq!(told, truth, "{source} under {known:?}");
            if truth != Truth::Unknown {
                let shown = shown(&because);
                let few = known
                    .iter()
                    .filter(|(key, _)| shown.contains(key))
                    .map(|(key, value)| (*key, *value))
                    .collect();
                assert_eq!(
                    rule.evaluate(&few),
                    truth,
                    "{source} under {few:?}: {because:?}"
                );
            }
        }
    }
    // A generator that gives only the unknown would prove nothing.
    for word in ["true", "false", "unknown"] {
        assert!(seen[word] > 2000, "{seen:?}");
    }
    assert!(seen.get("refused").copied().unwrap_or(0) < 400, "{seen:?}");
}
