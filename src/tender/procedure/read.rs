//! Reads an evaluation procedure, from its file or from the tender file.

use std::collections::BTreeMap;

use super::names::{PRICE_FORMULAS, PRICE_NAMES, TOTAL_NAMES};
use super::{
    Combination, CombinationLevel, EvaluatorRule, GradeTable, MandatoryRule, Method, Procedure,
    Rounding, Roundings, Scaling, Tax, TieRule,
};
use crate::digest::Digest;
use crate::exact::{Exact, RoundingMode};
use crate::tender::formula::Formula;
use crate::text::Text;
use crate::tree::Fields;

/// Reads a procedure from its fields; `digest` names the bytes in which it stands.
pub(crate) fn read_form(fields: &Fields<'_>, digest: Digest) -> Option<Procedure> {
    let method = fields.word("method", &Method::WORDS);
    let parameters = read_parameters(fields);
    let price = read_price(fields, method, &parameters);
    let total = read_total(fields, method, &parameters);
    let floor = fields
        .optional_text("floor")
        .and_then(|source| compile(fields, "floor", &source, &TOTAL_NAMES, &parameters));
    let technical = fields.optional_table("technical");
    let technical_scaling = technical
        .as_ref()
        .and_then(|table| table.optional_word("scaling", &Scaling::WORDS));
    let low_bid = fields.optional_table("low_bid_investigation");
    let tie_rules = read_ties(fields);
    let has_ceiling = fields
        .optional_word("ceiling", &[("required", true), ("none", false)])
        .unwrap_or(true);
    let procedure = Procedure {
        id: fields.text("id"),
        version: fields.text("version"),
        title: fields.both("title"),
        source: fields.text("source"),
        method: method.unwrap_or(Method::Addition),
        price,
        total: total?,
        floor,
        technical_scaling,
        evaluators: read_evaluators(fields),
        grades: read_grades(fields),
        rounding: read_roundings(fields),
        tie_rules,
        low_bid_share: low_bid
            .as_ref()
            .and_then(|table| table.optional_exact("below_share")),
        low_bid_from_yen: low_bid
            .as_ref()
            .and_then(|table| table.optional_integer("from_ceiling_yen"))
            .unwrap_or(0),
        has_ceiling,
        tax: read_tax(fields),
        parameters,
        digest,
    };
    for table in [technical, low_bid].into_iter().flatten() {
        table.finish();
    }
    if !has_ceiling {
        without_ceiling(fields, &procedure);
    }
    fields.finish();
    Some(procedure)
}

/// A procedure without a planned price cannot compute with one.
fn without_ceiling(fields: &Fields<'_>, procedure: &Procedure) {
    let formulas = [
        procedure.price.as_ref(),
        Some(&procedure.total),
        procedure.floor.as_ref(),
    ];
    let uses = formulas
        .into_iter()
        .flatten()
        .any(|formula| formula.uses("ceiling"));
    if uses || procedure.low_bid_share.is_some() {
        fields.complain(
            "procedure-contradictory",
            "ceiling",
            "the procedure has no planned price, but computes with one",
            "leave out ceiling = \"none\", or what uses the planned price",
        );
    }
}

fn read_parameters(fields: &Fields<'_>) -> BTreeMap<String, Text> {
    let mut parameters = BTreeMap::new();
    for (name, table) in fields.named_tables("parameters") {
        let title = Text {
            ja: table.text("ja"),
            en: table.text("en"),
        };
        table.finish();
        let taken = TOTAL_NAMES.contains(&name.as_str()) || PRICE_NAMES.contains(&name.as_str());
        if taken || !Formula::is_name(&name) {
            fields.complain(
                "parameter-malformed",
                "parameters",
                format!("`{name}` cannot be a parameter"),
                "use letters, digits and `_`, and no name that formulas already know",
            );
        }
        parameters.insert(name, title);
    }
    parameters
}

fn read_price(
    fields: &Fields<'_>,
    method: Option<Method>,
    parameters: &BTreeMap<String, Text>,
) -> Option<Formula> {
    let has_price = matches!(method, Some(Method::Addition | Method::Formula));
    match fields.optional_text("price_formula") {
        Some(written) if has_price => {
            let known = PRICE_FORMULAS.iter().find(|(word, ..)| *word == written);
            let source = known.map_or(written.as_str(), |(_, formula, _)| formula);
            compile(fields, "price_formula", source, &PRICE_NAMES, parameters)
        }
        Some(_) if method.is_some() => {
            fields.complain(
                "procedure-contradictory",
                "price_formula",
                "this method has no price points",
                "leave out `price_formula`, or use the addition method",
            );
            None
        }
        None if method == Some(Method::Addition) => {
            fields.complain(
                "missing-field",
                "price_formula",
                "the addition method needs a formula of the price points",
                "write a word such as \"share-below-ceiling\", or a formula",
            );
            None
        }
        _ => None,
    }
}

fn read_total(
    fields: &Fields<'_>,
    method: Option<Method>,
    parameters: &BTreeMap<String, Text>,
) -> Option<Formula> {
    let written = fields.optional_text("total_formula");
    let per_yen = fields
        .node("per_yen")
        .map(|_| fields.integer("per_yen", 1..=1_000_000_000_000));
    let source = match method? {
        Method::Addition => "technical + price".to_owned(),
        Method::Division if per_yen.is_none_or(|yen| yen == 1) => "technical / bid".to_owned(),
        Method::Division => format!("technical / bid * {}", per_yen.unwrap_or(1)),
        Method::LowestPrice => "bid".to_owned(),
        Method::Formula => written.clone().unwrap_or_else(|| {
            fields.text("total_formula");
            "technical".to_owned()
        }),
    };
    if per_yen.is_some() && method != Some(Method::Division) {
        fields.complain(
            "procedure-contradictory",
            "per_yen",
            "only the division method counts per an amount of yen",
            "leave out `per_yen`",
        );
    }
    if written.is_some() && method != Some(Method::Formula) {
        fields.complain(
            "procedure-contradictory",
            "total_formula",
            "this method has its own formula of the total",
            "write method = \"formula\" to use another",
        );
    }
    compile(fields, "total_formula", &source, &TOTAL_NAMES, parameters)
}

fn compile(
    fields: &Fields<'_>,
    key: &'static str,
    source: &str,
    names: &[&str],
    parameters: &BTreeMap<String, Text>,
) -> Option<Formula> {
    let names: Vec<_> = names
        .iter()
        .copied()
        .chain(parameters.keys().map(String::as_str))
        .collect();
    match Formula::compile(source, &names) {
        Ok(formula) => Some(formula),
        Err(faults) => {
            for fault in faults {
                let before = fault.at.and_then(|at| source.get(..at.start));
                let message = match before.map(|before| before.chars().count() + 1) {
                    Some(character) => {
                        format!("{}, at character {character} of the formula", fault.message)
                    }
                    None => fault.message,
                };
                fields.complain(fault.code, key, message, &fault.help);
            }
            None
        }
    }
}

/// Reads rules for ties.
pub(crate) fn read_ties(fields: &Fields<'_>) -> Vec<TieRule> {
    let mut rules = Vec::new();
    for word in fields.texts("tie") {
        match TieRule::parse(&word) {
            Some(rule) => rules.push(rule),
            None => fields.complain(
                "unknown-word",
                "tie",
                format!("`tie` does not know `{word}`"),
                "use technical, price, block:<id of a block> or lots",
            ),
        }
    }
    rules
}

fn read_evaluators(fields: &Fields<'_>) -> EvaluatorRule {
    let Some(table) = fields.optional_table("evaluators") else {
        return EvaluatorRule::default();
    };
    let mut combination = table
        .word("combine", &Combination::WORDS)
        .unwrap_or(Combination::Mean);
    if table.node("drop").is_some() {
        let drop = usize::try_from(table.integer("drop", 1..=100)).unwrap_or(1);
        if matches!(combination, Combination::TrimmedMean(_)) {
            combination = Combination::TrimmedMean(drop);
        } else {
            table.complain(
                "procedure-contradictory",
                "drop",
                "only a trimmed mean leaves marks out",
                "write combine = \"trimmed-mean\", or leave out `drop`",
            );
        }
    }
    let rule = EvaluatorRule {
        combination,
        level: table
            .optional_word("level", &CombinationLevel::WORDS)
            .unwrap_or(CombinationLevel::Item),
        mandatory: table
            .optional_word("mandatory", &MandatoryRule::WORDS)
            .unwrap_or(MandatoryRule::MoreThanHalf),
        outlier_share: share(&table, "outlier_share"),
    };
    table.finish();
    rule
}

/// A number from 0 to 1.
fn share(fields: &Fields<'_>, key: &'static str) -> Option<Exact> {
    let share = fields.optional_exact(key)?;
    if is_share(&share) {
        return Some(share);
    }
    out_of_share(fields, key, &share);
    None
}

fn is_share(number: &Exact) -> bool {
    !number.is_negative() && *number <= Exact::one()
}

fn out_of_share(fields: &Fields<'_>, key: &str, number: &Exact) {
    fields.complain(
        "out-of-range",
        key,
        format!("{number} is no share"),
        "write a number from 0 to 1, such as \"7/10\" or \"0.7\"",
    );
}

fn read_grades(fields: &Fields<'_>) -> BTreeMap<String, GradeTable> {
    let mut tables = BTreeMap::new();
    for (name, table) in fields.named_tables("grades") {
        let mut grades: Vec<(String, Exact)> = Vec::new();
        for (grade, node, _) in table.own_members() {
            match node.exact().filter(is_share) {
                Some(share) => {
                    if grades.last().is_some_and(|(_, better)| *better <= share) {
                        table.complain(
                            "grades-unordered",
                            &grade,
                            format!("the grade `{grade}` is not below the one before it"),
                            "list the grades from the best to the lowest, each with its own share",
                        );
                    }
                    grades.push((grade, share));
                }
                None => table.complain(
                    "out-of-range",
                    &grade,
                    format!("the grade `{grade}` has no share from 0 to 1"),
                    "write a number such as \"7/10\" or \"0.7\"",
                ),
            }
        }
        if grades.is_empty() {
            fields.complain(
                "missing-field",
                "grades",
                format!("the table `{name}` has no grade"),
                "",
            );
        }
        tables.insert(name, GradeTable { grades });
    }
    tables
}

fn read_roundings(fields: &Fields<'_>) -> Roundings {
    let Some(table) = fields.optional_table("rounding") else {
        return Roundings::default();
    };
    let part = |key| {
        table
            .optional_table(key)
            .and_then(|part| read_rounding(&part))
    };
    let rounding = Roundings {
        mark: part("mark"),
        item: part("item"),
        raw: part("raw"),
        block: part("block"),
        technical: part("technical"),
        price: part("price"),
        total: part("total"),
    };
    table.finish();
    rounding
}

/// Reads a rounding rule.
pub(crate) fn read_rounding(fields: &Fields<'_>) -> Option<Rounding> {
    let mode = fields.word("mode", &RoundingMode::WORDS);
    let digits = u32::try_from(fields.integer("digits", 0..=9)).unwrap_or(0);
    fields.finish();
    mode.map(|mode| Rounding { mode, digits })
}

/// The tax of one tenth, fractions cut off, unless the procedure says otherwise (Forestry Agency, notice of 2025-09-16).
fn read_tax(fields: &Fields<'_>) -> Tax {
    let tenth = || Exact::ratio(1, 10).unwrap_or_else(Exact::zero);
    let Some(table) = fields.optional_table("tax") else {
        return Tax {
            rate: tenth(),
            rounding: RoundingMode::Down,
            comparison_rounding: None,
        };
    };
    let tax = Tax {
        rate: share(&table, "rate").unwrap_or_else(tenth),
        rounding: table
            .optional_word("rounding", &RoundingMode::WORDS)
            .unwrap_or(RoundingMode::Down),
        comparison_rounding: table.optional_word("comparison_rounding", &RoundingMode::WORDS),
    };
    table.finish();
    tax
}
