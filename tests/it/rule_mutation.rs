//! Mutation of the rules of the built-in catalog: a change of any comparison must make an example of its
//! criterion fail. Every change is written into the text of the rule and compiled like any other rule.

#![expect(clippy::string_slice, reason = "a test may panic")]

use crate::corpus::say;
use std::fmt::Write as _;
use std::ops::Range;

use mekiki::app::library::Library;
use mekiki::assessment::example::run_criterion;
use mekiki::criteria::rule::Rule;
use mekiki::criteria::{Criterion, Decision};
use mekiki::fact::vocabulary::Vocabulary;

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// A comparison became another one.
    Comparison,
    /// `&&` became `||`, `all` became `exists`, or the other way round.
    Logic,
    /// A condition was denied, or its denial taken away.
    Negation,
    /// A number was one off, true became false, a word another word.
    Literal,
}

const CHANGES: [Change; 4] = [
    Change::Comparison,
    Change::Logic,
    Change::Negation,
    Change::Literal,
];

/// Changes of a comparison that change no verdict, each with the reason: criterion, rule as changed, reason.
const EQUIVALENT: [(&str, &str, &str); 0] = [];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Mutant {
    change: Change,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Number,
    Text,
    Sign,
}

/// The tokens of a rule: names with their dots, numbers, texts and signs.
fn tokens(source: &str) -> Vec<(Kind, Range<usize>)> {
    const SIGNS: [&str; 6] = ["&&", "||", "==", "!=", "<=", ">="];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first == '"' || first == '\'' {
            let mut escaped = false;
            let end = rest[1..].find(|character| {
                let ends = character == first && !escaped;
                escaped = character == '\\' && !escaped;
                ends
            });
            (Kind::Text, end.expect("a text ends") + 2)
        } else if first.is_ascii_digit() {
            let end = rest.find(|character: char| !character.is_ascii_digit());
            (Kind::Number, end.unwrap_or(rest.len()))
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|character: char| {
                !character.is_ascii_alphanumeric() && !"._".contains(character)
            });
            (Kind::Name, end.unwrap_or(rest.len()))
        } else {
            let two = SIGNS.iter().any(|sign| rest.starts_with(sign));
            (Kind::Sign, if two { 2 } else { first.len_utf8() })
        };
        tokens.push((kind, at..at + length));
        at += length;
    }
    tokens
}

/// Every changed rule that the vocabulary admits.
fn mutants(source: &str, vocabulary: &Vocabulary) -> Vec<Mutant> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut change = |change: Change, range: Range<usize>, text: &str| {
        let mut changed = source.to_owned();
        changed.replace_range(range, text);
        let admitted = Rule::compile(&changed, vocabulary).is_ok();
        if admitted {
            found.push(Mutant {
                change,
                source: changed,
            });
        }
        admitted
    };
    for (index, (kind, range)) in tokens.iter().enumerate() {
        let text = &source[range.clone()];
        let sign = |at: usize| tokens.get(at).map(|(_, range)| &source[range.clone()]);
        match kind {
            Kind::Sign => {
                let (what, others): (_, &[&str]) = match text {
                    "==" => (Change::Comparison, &["!="]),
                    "!=" => (Change::Comparison, &["=="]),
                    "<" => (Change::Comparison, &["<=", ">", ">="]),
                    "<=" => (Change::Comparison, &["<", ">", ">="]),
                    ">" => (Change::Comparison, &[">=", "<", "<="]),
                    ">=" => (Change::Comparison, &[">", "<", "<="]),
                    "&&" => (Change::Logic, &["||"]),
                    "||" => (Change::Logic, &["&&"]),
                    "!" => (Change::Negation, &[""]),
                    _ => continue,
                };
                for other in others {
                    change(what, range.clone(), other);
                }
            }
            Kind::Number => {
                let number: i64 = text.parse().unwrap();
                for other in [number - 1, number + 1] {
                    change(Change::Literal, range.clone(), &other.to_string());
                }
            }
            Kind::Text => {
                let word = &text[1..text.len() - 1];
                let others = vocabulary
                    .list()
                    .filter(|one| one.values.iter().any(|value| value == word))
                    .flat_map(|one| one.values.iter().cloned())
                    .filter(|other| other != word);
                for other in std::iter::once(format!("{word}x")).chain(others) {
                    if change(Change::Literal, range.clone(), &format!("\"{other}\"")) {
                        break;
                    }
                }
            }
            Kind::Name if text == "in" => {
                let left = &tokens[index - 1].1;
                let mut end = index + 1;
                if sign(end) == Some("[") {
                    while sign(end) != Some("]") {
                        end += 1;
                    }
                }
                let whole = left.start..tokens[end].1.end;
                let denied = format!("!({})", &source[whole.clone()]);
                change(Change::Negation, whole, &denied);
            }
            Kind::Name if text == "true" || text == "false" => {
                let other = if text == "true" { "false" } else { "true" };
                change(Change::Literal, range.clone(), other);
            }
            Kind::Name => {
                for (word, other) in [(".all", ".exists"), (".exists", ".all")] {
                    if let Some(list) = text.strip_suffix(word) {
                        change(Change::Logic, range.clone(), &format!("{list}{other}"));
                    }
                }
                if index == 0 || sign(index - 1) != Some("!") {
                    change(Change::Negation, range.clone(), &format!("!{text}"));
                }
            }
        }
    }
    found
}

/// The places of a criterion where rules stand, with their texts.
fn rules(criterion: &Criterion) -> Vec<(usize, String)> {
    let when = criterion.when.iter().map(|rule| (usize::MAX, rule));
    criterion
        .rules()
        .into_iter()
        .enumerate()
        .chain(when)
        .map(|(place, rule)| (place, rule.source().to_owned()))
        .collect()
}

fn put(criterion: &mut Criterion, place: usize, rule: Rule) {
    if place == usize::MAX {
        criterion.when = Some(rule);
        return;
    }
    match &mut criterion.decision {
        Decision::Gate { pass, .. } => *pass = rule,
        Decision::Score { grades, .. } => grades[place].1 = rule,
    }
}

#[test]
fn a_rule_is_changed_in_every_place() {
    let vocabulary = Library::open(None).unwrap().catalog.vocabulary;
    let source =
        "sbom.errors >= 3 && !sbom.delivered || cloud.data.countries.all(c, c in [\"JP\"])";
    let changed: Vec<_> = mutants(source, &vocabulary)
        .into_iter()
        .map(|one| {
            let same = source
                .bytes()
                .zip(one.source.bytes())
                .take_while(|(left, right)| left == right)
                .count();
            (
                one.change,
                one.source[same..].chars().take(6).collect::<String>(),
            )
        })
        .collect();
    let expected = [
        (Change::Comparison, " 3 && "),
        (Change::Comparison, "< 3 &&"),
        (Change::Comparison, "<= 3 &"),
        (Change::Literal, "2 && !"),
        (Change::Literal, "4 && !"),
        (Change::Logic, "|| !sb"),
        (Change::Negation, "sbom.d"),
        (Change::Logic, "&& clo"),
        (Change::Logic, "exists"),
        (Change::Negation, "!cloud"),
        (Change::Negation, "!(c in"),
        (Change::Literal, "x\"])"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(change, text)| (*change, (*text).to_owned()))
        .collect();
    assert_eq!(changed, expected);
}

#[test]
fn no_change_of_a_comparison_is_passed_over_by_the_examples() {
    let mut catalog = Library::open(None).unwrap().catalog;
    let vocabulary = catalog.vocabulary.clone();
    let criteria = std::mem::take(&mut catalog.criteria);
    let mut tried = [0_usize; 4];
    let mut survivors = Vec::new();
    for mut criterion in criteria.into_values() {
        let survives = |criterion: &Criterion| {
            run_criterion(&catalog, criterion)
                .iter()
                .all(|outcome| outcome.failure.is_none())
        };
        assert!(survives(&criterion), "{}", criterion.id);
        for (place, source) in rules(&criterion) {
            for mutant in mutants(&source, &vocabulary) {
                tried[CHANGES
                    .iter()
                    .position(|one| *one == mutant.change)
                    .unwrap()] += 1;
                put(
                    &mut criterion,
                    place,
                    Rule::compile(&mutant.source, &vocabulary).unwrap(),
                );
                if survives(&criterion) {
                    survivors.push((mutant.change, criterion.id.to_string(), mutant.source));
                }
            }
            put(
                &mut criterion,
                place,
                Rule::compile(&source, &vocabulary).unwrap(),
            );
        }
    }
    survivors.sort();
    let mut told = String::new();
    for (change, tried) in CHANGES.iter().zip(tried) {
        let left = survivors.iter().filter(|(one, ..)| one == change).count();
        _ = writeln!(
            told,
            "{change:?}: {tried} changes, {} found, {left} not",
            tried - left
        );
    }
    for (change, criterion, source) in &survivors {
        _ = writeln!(told, "{change:?} {criterion}: {source}");
    }
    say(&told);
    assert!(tried.iter().sum::<usize>() > 250, "{told}");
    let open: Vec<_> = survivors
        .iter()
        .filter(|(change, criterion, source)| {
            *change == Change::Comparison
                && !EQUIVALENT
                    .iter()
                    .any(|(id, changed, _)| id == criterion && changed == source)
        })
        .collect();
    assert!(open.is_empty(), "{told}");
}
