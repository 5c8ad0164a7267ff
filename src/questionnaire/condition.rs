//! When a question is asked: by the answers to earlier questions.

use serde::Serialize;

use super::response::Response;

/// A question is asked when every part holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Condition {
    /// The parts.
    pub all: Vec<ConditionPart>,
}

/// One earlier question and the answers that lead on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionPart {
    /// The earlier question.
    pub question: String,
    /// The answers that lead on: `yes`, `no`, `partial`, `not_applicable`, or choices.
    pub is: Vec<String>,
}

/// Whether a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// It is.
    Yes,
    /// An earlier answer leads past it.
    No,
    /// The earlier question has no readable answer yet.
    Open,
}

impl Condition {
    /// Whether the question is asked, given the responses to earlier questions.
    pub fn asked<'a>(&self, response: impl Fn(&str) -> Option<&'a Response>) -> Asked {
        let mut asked = Asked::Yes;
        for part in &self.all {
            match response(&part.question) {
                None => asked = Asked::Open,
                Some(given) if given.words().iter().any(|word| part.is.contains(word)) => {}
                Some(_) => return Asked::No,
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_when_every_part_holds_and_open_while_one_is_unanswered() {
        let part = |question: &str, is: &[&str]| ConditionPart {
            question: question.to_owned(),
            is: is.iter().map(|word| (*word).to_owned()).collect(),
        };
        let condition = Condition {
            all: vec![part("a", &["yes"]), part("b", &["x", "y"])],
        };
        let chosen = Response::Choice(vec!["y".to_owned()]);
        for (a, b, expected) in [
            (Some(&Response::Yes), Some(&chosen), Asked::Yes),
            (Some(&Response::No), Some(&chosen), Asked::No),
            (None, Some(&chosen), Asked::Open),
            (Some(&Response::No), None, Asked::No),
            (None, Some(&Response::No), Asked::No),
        ] {
            let given = |id: &str| if id == "a" { a } else { b };
            assert_eq!(condition.asked(given), expected);
        }
    }
}
