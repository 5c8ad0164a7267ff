//! Why a verdict is what it is, in words: the conditions that decided, with the values beside the facts.

use std::fmt::Write as _;

use crate::assessment::because::Explanation;
use crate::criteria::rule::{Because, Lack, Truth};
use crate::fact::FactValue;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// The most words of a list that are written out.
const SHOWN_WORDS: usize = 8;

/// Renders what the rules say, one condition a line, each line behind `indent`.
pub fn render(explanations: &[Explanation], indent: &str, lang: Lang) -> String {
    let mut out = String::new();
    for explanation in explanations {
        let arguments = [
            ("rule", explanation.rule),
            ("truth", &truth(explanation.truth, lang)),
        ];
        let said = message_with(lang, "because-rule", &arguments);
        _ = writeln!(out, "{indent}{said}");
        conditions(&explanation.because, &format!("{indent}  "), lang, &mut out);
    }
    out
}

fn conditions(because: &[Because], indent: &str, lang: Lang, out: &mut String) {
    for one in because {
        _ = writeln!(out, "{indent}{}", line(one, lang));
        conditions(&one.because, &format!("{indent}  "), lang, out);
    }
}

/// One condition with what it says, and the values that it saw beside their facts.
pub fn line(because: &Because, lang: Lang) -> String {
    let arguments = [
        ("condition", annotated(because, lang)),
        ("truth", truth(because.truth, lang)),
        ("elements", words(&because.elements)),
    ];
    if because.elements.is_empty() {
        message_with(
            lang,
            "because-condition",
            arguments.get(..2).unwrap_or(&arguments),
        )
    } else {
        message_with(lang, "because-elements", &arguments)
    }
}

fn truth(truth: Truth, lang: Lang) -> String {
    message(lang, &format!("because-{}", truth.word()))
}

fn words(words: &[String]) -> String {
    let mut shown: Vec<_> = words
        .iter()
        .take(SHOWN_WORDS)
        .map(|word| printable(word))
        .collect();
    if words.len() > SHOWN_WORDS {
        shown.push(format!("… ({})", words.len()));
    }
    shown.join(", ")
}

fn value(value: &FactValue) -> String {
    match value {
        FactValue::List(list) => format!("[{}]", words(list)),
        FactValue::Text(text) => format!("\"{}\"", printable(text)),
        other => other.to_string(),
    }
}

/// What is known of each fact of a condition, in brackets.
fn notes(because: &Because, lang: Lang) -> Vec<(String, String)> {
    let ranked = |shown: String, rank: Option<u8>| match rank {
        None => shown,
        Some(rank) => message_with(
            lang,
            "because-value",
            &[("value", &shown), ("rank", &rank.to_string())],
        ),
    };
    let seen = because.values.iter().map(|seen| {
        (
            seen.fact.to_string(),
            ranked(value(&seen.value), seen.proof_rank),
        )
    });
    let missing = because.missing.iter().map(|missing| {
        let lack = message(
            lang,
            match missing.lack {
                Lack::Absent => "because-absent",
                Lack::Undecided => "because-undecided",
                Lack::TooWeak => "because-too-weak",
                Lack::Expired => "because-expired",
                Lack::TooLong => "because-too-long",
            },
        );
        let note = match &missing.value {
            None => lack,
            Some(held) => format!("{}; {lack}", ranked(value(held), missing.proof_rank)),
        };
        (missing.fact.to_string(), note)
    });
    seen.chain(missing).collect()
}

/// The condition, with a note behind the first mention of each fact.
fn annotated(because: &Because, lang: Lang) -> String {
    let mut notes = notes(because, lang);
    let mut out = String::new();
    let mut quoted = false;
    let mut rest = because.condition.as_str();
    let is_key = |character: char| character.is_ascii_alphanumeric() || "._".contains(character);
    while let Some(first) = rest.chars().next() {
        let length = if quoted || !is_key(first) {
            first.len_utf8()
        } else {
            rest.find(|character| !is_key(character))
                .unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(length);
        if token == "\\" && quoted {
            // What stands behind a backslash ends no text.
            let next = after.chars().next().map_or(0, char::len_utf8);
            let (escaped, after) = after.split_at(next);
            out.push_str(token);
            out.push_str(escaped);
            rest = after;
            continue;
        }
        quoted ^= token == "\"";
        let is_named = |fact: &str| {
            token
                .strip_prefix(fact)
                .is_some_and(|method| method.is_empty() || method.starts_with('.'))
        };
        match notes.iter().position(|(fact, _)| is_named(fact)) {
            Some(index) => {
                let (fact, note) = notes.remove(index);
                let (_, method) = token.split_at(fact.len());
                _ = write!(out, "{fact} ({note}){method}");
            }
            None => out.push_str(token),
        }
        rest = after;
    }
    printable(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::rule::{MissingFact, SeenValue};

    #[test]
    fn values_stand_beside_the_facts_that_have_them() {
        let seen = |fact: &str, value, proof_rank| SeenValue {
            fact: fact.into(),
            value,
            proof_rank,
        };
        let because = Because {
            condition: "a.b >= c.d && a.b.x != \"a.b \\\" a.b\" && a.list.all(c, c in e.f)"
                .to_owned(),
            truth: Truth::False,
            values: vec![
                seen("a.b", FactValue::Integer(6), Some(2)),
                seen("c.d", FactValue::Integer(12), None),
                seen(
                    "a.list",
                    FactValue::List(vec!["JP".into(), "US".into()]),
                    Some(1),
                ),
            ],
            elements: vec!["US".to_owned()],
            missing: vec![MissingFact {
                fact: "e.f".into(),
                lack: Lack::Absent,
                value: None,
                proof_rank: None,
            }],
            because: Vec::new(),
        };
        assert_eq!(
            line(&because, Lang::En),
            "a.b (6, rank 2) >= c.d (12) && a.b.x != \"a.b \\\" a.b\" && a.list ([JP, US], rank 1).all(c, c in e.f (not established)): does not hold, because of US"
        );
        assert!(line(&because, Lang::Ja).ends_with("(USによる)"));
    }
}
