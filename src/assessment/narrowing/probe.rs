//! The values of a fact that can make a difference to rules: those that the rules and the case name, with
//! their neighbours, and those that stand in the evidence.

use std::collections::BTreeSet;

use crate::criteria::case::Case;
use crate::criteria::rule::Rule;
use crate::fact::FactValue;
use crate::fact::vocabulary::{FactDefinition, FactType};
use crate::time::{add_days, parse_day};

/// A word that no rule names.
const ANOTHER: &str = "\u{1}";

/// Lists the values to try, sorted.
pub(super) fn values<'a>(
    definition: &FactDefinition,
    rules: impl Iterator<Item = &'a Rule>,
    case: &'a Case,
    held: &[&'a FactValue],
) -> BTreeSet<FactValue> {
    let mut values = BTreeSet::new();
    let mut words: BTreeSet<String> = definition.values.iter().cloned().collect();
    let mut numbers = BTreeSet::from([0]);
    for rule in rules {
        let (texts, integers) = literals(rule.source());
        words.extend(texts);
        numbers.extend(integers);
    }
    let mut lists: Vec<Vec<String>> = vec![Vec::new()];
    for value in case.parameters.values().chain(held.iter().copied()) {
        match value {
            FactValue::Integer(number) => {
                numbers.insert(*number);
            }
            FactValue::Text(word) => {
                words.insert(word.clone());
            }
            FactValue::Date(day) => {
                words.insert(day.to_string());
            }
            FactValue::List(list) => {
                lists.push(list.clone());
                words.extend(list.iter().cloned());
            }
            FactValue::Bool(_) => {}
        }
    }
    match definition.kind {
        FactType::Bool => values.extend([true, false].map(FactValue::Bool)),
        FactType::Integer => {
            let near = numbers
                .into_iter()
                .flat_map(|one| [one.saturating_sub(1), one, one.saturating_add(1)]);
            values.extend(near.map(FactValue::Integer));
        }
        FactType::Date => {
            let days = words.iter().filter_map(|word| parse_day(word));
            let near = days.flat_map(|day| [add_days(day, -1), day, add_days(day, 1)]);
            values.extend(near.map(FactValue::Date));
        }
        FactType::Text => {
            values.extend(words.into_iter().map(FactValue::Text));
            values.insert(FactValue::Text(ANOTHER.to_owned()));
        }
        FactType::List => {
            lists.push(vec![ANOTHER.to_owned()]);
            lists.push(words.iter().cloned().collect());
            lists.extend(words.into_iter().map(|word| vec![word]));
            values.extend(lists.into_iter().map(FactValue::List));
        }
    }
    values
}

/// The texts and whole numbers that a rule writes out.
fn literals(source: &str) -> (Vec<String>, Vec<i64>) {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    let (mut quoted, mut word): (Option<(char, String)>, String) = (None, String::new());
    for one in source.chars().chain([' ']) {
        match &mut quoted {
            Some((quote, text)) if one == *quote => {
                texts.push(std::mem::take(text));
                quoted = None;
            }
            Some((_, text)) => text.push(one),
            None if one.is_alphanumeric() || one == '_' || one == '.' => word.push(one),
            None => {
                numbers.extend(word.parse::<i64>());
                word.clear();
                if matches!(one, '"' | '\'') {
                    quoted = Some((one, String::new()));
                }
            }
        }
    }
    (texts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_gives_its_literals_and_no_part_of_a_name() {
        let (texts, numbers) = literals("a.b2 <= 14 && a.c in [\"JP\", 'x 3'] || 7>a.d");
        assert_eq!(texts, ["JP", "x 3"]);
        assert_eq!(numbers, [14, 7]);
    }
}
