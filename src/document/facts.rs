//! The facts in full, and the functions that a rule may call: what `mekiki facts --doc` tells.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::table::heading;
use crate::criteria::Catalog;
use crate::criteria::rule::{DOCUMENTED, FunctionDefinition, Rule};
use crate::fact::vocabulary::{FactDefinition, Producer};
use crate::id::{CriterionId, FactKey};
use crate::questionnaire::{Questionnaires, Take};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, Text};

/// Everything about the facts, schema `mekiki/facts/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct FactsView<'a> {
    /// The schema.
    pub schema: &'static str,
    /// Facts and parameters, sorted by key.
    pub facts: Vec<FactView<'a>>,
    /// Functions and macros.
    pub functions: Vec<FunctionView>,
}

/// A fact or parameter with what touches it.
#[derive(Debug, Clone, Serialize)]
pub struct FactView<'a> {
    /// The key.
    pub key: &'a FactKey,
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Who may establish it.
    pub producers: Vec<&'static str>,
    /// Whether the agency sets it as a parameter.
    pub parameter: bool,
    /// What it says.
    pub title: &'a Text,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a Text>,
    /// The only words that it may hold.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub values: &'a [String],
    /// Which value weighs against the supplier.
    pub adverse: &'static str,
    /// Who may establish it at which rank.
    pub ranks: Vec<RanksView>,
    /// The criteria whose rules name it.
    pub criteria: Vec<&'a CriterionId>,
    /// The questions that feed it.
    pub questions: Vec<QuestionView<'a>>,
}

/// The ranks of what a producer establishes.
#[derive(Debug, Clone, Serialize)]
pub struct RanksView {
    /// The producer.
    pub producer: &'static str,
    /// The ranks, lowest first.
    pub ranks: Vec<u8>,
}

/// A question that feeds a fact.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionView<'a> {
    /// The questionnaire.
    pub questionnaire: &'a str,
    /// The question.
    pub question: &'a str,
    /// What of the answer is taken: `value`, or of a table `count`, `complete`, `values`, `all`, `any`.
    pub take: &'static str,
}

/// A function or macro.
#[derive(Debug, Clone, Serialize)]
pub struct FunctionView {
    /// The name.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// What it gives.
    pub meaning: Text,
    /// A rule that uses it.
    pub example: &'static str,
    /// Whether it is ours rather than CEL's.
    pub own: bool,
}

/// Gathers the facts of a catalog with what touches them.
pub fn view<'a>(catalog: &'a Catalog, questionnaires: &'a Questionnaires) -> FactsView<'a> {
    let mut criteria: BTreeMap<&FactKey, Vec<&CriterionId>> = BTreeMap::new();
    for criterion in catalog.criteria.values() {
        let rules = criterion.rules().into_iter().chain(&criterion.when);
        for key in rules.flat_map(Rule::keys) {
            let users = criteria.entry(key).or_default();
            if users.last() != Some(&&criterion.id) {
                users.push(&criterion.id);
            }
        }
    }
    let mut questions: BTreeMap<&str, Vec<QuestionView<'a>>> = BTreeMap::new();
    for (id, questionnaire) in questionnaires {
        for (_, question) in questionnaire.questions() {
            for feed in &question.feeds {
                questions.entry(&feed.fact).or_default().push(QuestionView {
                    questionnaire: id,
                    question: &question.id,
                    take: taken(&feed.take),
                });
            }
        }
    }
    let facts = catalog.vocabulary.list().map(|one| FactView {
        key: &one.key,
        kind: one.kind.word(),
        producers: one
            .producers
            .iter()
            .map(|producer| producer.word())
            .collect(),
        parameter: one.is_parameter,
        title: &one.title,
        unit: one.unit.as_ref(),
        values: &one.values,
        adverse: one.adverse.word(),
        ranks: ranks(one),
        criteria: criteria.remove(&one.key).unwrap_or_default(),
        questions: questions.remove(one.key.as_str()).unwrap_or_default(),
    });
    FactsView {
        schema: "mekiki/facts/v1",
        facts: facts.collect(),
        functions: DOCUMENTED.iter().map(function).collect(),
    }
}

fn taken(take: &Take) -> &'static str {
    match take {
        Take::Value => "value",
        Take::Count => "count",
        Take::Complete => "complete",
        Take::Values(_) => "values",
        Take::All(_) => "all",
        Take::Any(_) => "any",
    }
}

fn ranks(definition: &FactDefinition) -> Vec<RanksView> {
    let producers = definition.producers.iter();
    producers
        .map(|producer: &Producer| RanksView {
            producer: producer.word(),
            ranks: producer.ranks().iter().map(|rank| rank.number()).collect(),
        })
        .collect()
}

fn function(definition: &FunctionDefinition) -> FunctionView {
    let key = match definition.name {
        "in" => "function-in",
        "size" => "function-size",
        "startsWith" => "function-starts-with",
        "endsWith" => "function-ends-with",
        "contains" => "function-contains",
        "all" => "function-all",
        "exists" => "function-exists",
        "exists_one" => "function-exists-one",
        "filter" => "function-filter",
        "map" => "function-map",
        "covers" => "function-covers",
        "days_between" => "function-days-between",
        "months_after" => "function-months-after",
        "per_mille" => "function-per-mille",
        unnamed => unnamed,
    };
    FunctionView {
        name: definition.name,
        signature: definition.signature,
        meaning: Text {
            ja: message(Lang::Ja, key),
            en: message(Lang::En, key),
        },
        example: definition.example,
        own: definition.own,
    }
}

/// Renders the facts in full: the parameters, the facts by root, the functions.
pub fn render(view: &FactsView<'_>, lang: Lang) -> String {
    let mut out = heading(&message(lang, "facts-parameters"));
    for one in view.facts.iter().filter(|one| one.parameter) {
        fact(one, lang, &mut out);
    }
    let mut root = "";
    for one in view.facts.iter().filter(|one| !one.parameter) {
        let own = one.key.as_str().split('.').next().unwrap_or_default();
        if own != root {
            root = own;
            out.push_str(&heading(root));
        }
        fact(one, lang, &mut out);
    }
    out.push_str(&heading(&message(lang, "facts-functions")));
    for one in &view.functions {
        let own = if one.own {
            format!(" [{}]", message(lang, "facts-own"))
        } else {
            String::new()
        };
        _ = writeln!(out, "\u{1b}[1m{}\u{1b}[0m{own}", one.signature);
        _ = writeln!(out, "    {}", one.meaning.of(lang));
        _ = writeln!(out, "    {}", one.example);
    }
    out
}

fn fact(one: &FactView<'_>, lang: Lang, out: &mut String) {
    let unit = one
        .unit
        .map_or_else(String::new, |unit| format!(" ({})", unit.of(lang)));
    let criteria: Vec<_> = one.criteria.iter().map(ToString::to_string).collect();
    let questions: Vec<_> = one
        .questions
        .iter()
        .map(|one| {
            let take = if one.take == "value" {
                String::new()
            } else {
                format!(" ({})", one.take)
            };
            format!("{}/{}{take}", one.questionnaire, one.question)
        })
        .collect();
    let adverse = if one.parameter {
        String::new()
    } else {
        message(lang, &format!("adverse-{}", one.adverse))
    };
    let used = if criteria.is_empty() {
        message(lang, "facts-nobody")
    } else {
        criteria.join(", ")
    };
    let producers: Vec<_> = one.ranks.iter().map(|one| producer(one, lang)).collect();
    _ = writeln!(out, "\u{1b}[1m{}\u{1b}[0m {}", one.key, one.title.of(lang));
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            _ = writeln!(out, "    {}: {text}", message(lang, name));
        }
    };
    line("facts-type", format!("{}{unit}", one.kind));
    line("facts-words", one.values.join(", "));
    line("facts-adverse", adverse);
    line("facts-producers", producers.join(", "));
    line("facts-criteria", used);
    line("facts-questions", questions.join(", "));
}

fn producer(one: &RanksView, lang: Lang) -> String {
    let mut shown = String::new();
    for rank in &one.ranks {
        let rank = rank.to_string();
        shown = if shown.is_empty() {
            rank
        } else {
            message_with(
                lang,
                "facts-rank-or",
                &[("first", &shown), ("second", &rank)],
            )
        };
    }
    message_with(
        lang,
        "facts-rank",
        &[("producer", one.producer), ("ranks", &shown)],
    )
}
