//! Packs of an agency's own rules on a delivery: CEL in three values over a few typed names a subject.
//!
//! A pack can only add: its rules become checks of their own beside the built-in ones, and none of them can make
//! another check pass. What a rule cannot decide for want of a value is never a pass. To add a name that rules may use:
//! declare it in `policy/SUBJECT.toml` and fill it where the subject is described (`app::verify::policy`).

mod example;
mod parse;
mod subject;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use example::{ExampleOutcome, run_examples};
pub use parse::{PACK_FILE, read_pack};
pub use subject::{Subject, vocabulary};

use super::finding::Effect;
use crate::criteria::rule::{Rule, Truth};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::fact::FactValue;
use crate::id::FactKey;
use crate::text::Text;

/// The values of one subject by name; what is not there is unknown.
pub type Values = BTreeMap<FactKey, FactValue>;

/// A pack of rules.
#[derive(Debug)]
pub struct Pack {
    /// Its identifier, part of the identifiers of its checks.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it is for.
    pub title: Text,
    /// SHA-256 over the lines `HEX  PATH\n` of its files sorted by path.
    pub digest: Digest,
    /// Its rules, sorted by file.
    pub rules: Vec<PackRule>,
}

/// What a rule asks of its subject.
#[derive(Debug)]
pub enum Condition {
    /// It must not hold.
    Deny(Rule),
    /// It must hold.
    Require(Rule),
}

impl Condition {
    /// The expression.
    pub fn rule(&self) -> &Rule {
        match self {
            Self::Deny(rule) | Self::Require(rule) => rule,
        }
    }
}

/// A rule of a pack.
#[derive(Debug)]
pub struct PackRule {
    /// Its identifier within the pack.
    pub id: String,
    /// What must hold, as a short title.
    pub title: Text,
    /// What it means where it does not hold, and what to do.
    pub help: Text,
    /// What it looks at, one by one.
    pub subject: Subject,
    /// Which of them it looks at; all where it does not say.
    pub when: Option<Rule>,
    /// What it asks.
    pub condition: Condition,
    /// What it does to its check where it is broken: [`Effect::Fails`] or [`Effect::Warns`].
    pub effect: Effect,
    /// Its file in the pack.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: Digest,
    /// Where its condition stands.
    pub at: Place,
    /// Examples that must come out as they say.
    pub examples: Vec<Example>,
}

/// An example of a rule.
#[derive(Debug)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// The values.
    pub given: Values,
    /// What must come out.
    pub expect: Ruling,
    /// Where it stands.
    pub at: Place,
}

/// What a rule says of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// The rule does not look at it.
    NotApplicable,
    /// The rule holds.
    Holds,
    /// A value is unknown without which it cannot be decided.
    Undecided,
    /// The rule is broken.
    Broken,
}

impl Ruling {
    /// Every ruling with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("not_applicable", Self::NotApplicable),
        ("holds", Self::Holds),
        ("undecided", Self::Undecided),
        ("broken", Self::Broken),
    ];

    /// The word in examples.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, ruling)| *ruling == self);
        found.map_or("", |(word, _)| word)
    }
}

impl PackRule {
    /// The identifier of its check: `policy.PACK.RULE`.
    pub fn check(&self, pack: &Pack) -> String {
        format!("policy.{}.{}", pack.id, self.id)
    }

    /// What the rule says of a subject, in strong Kleene logic: it is broken or holds only where the known values
    /// force it.
    pub fn judge(&self, values: &Values) -> Ruling {
        let truth = |rule: &Rule| rule.evaluate_by(|key| values.get(key));
        let applies = self.when.as_ref().map_or(Truth::True, truth);
        if applies == Truth::False {
            return Ruling::NotApplicable;
        }
        let is_broken = match &self.condition {
            Condition::Deny(rule) => truth(rule),
            Condition::Require(rule) => match truth(rule) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
        };
        match (applies, is_broken) {
            (_, Truth::False) => Ruling::Holds,
            (Truth::True, Truth::True) => Ruling::Broken,
            _ => Ruling::Undecided,
        }
    }

    /// The names that the rule uses and the subject has no value for, in order of appearance.
    pub fn unknown<'r>(&'r self, values: &Values) -> Vec<&'r str> {
        let rules = self.when.iter().chain([self.condition.rule()]);
        let mut names: Vec<&str> = Vec::new();
        for key in rules.flat_map(Rule::keys) {
            if !values.contains_key(key) && !names.contains(&key.as_str()) {
                names.push(key.as_str());
            }
        }
        names
    }
}
