//! The formulas of a score sheet: what a mark is worth, and whether it needs a comment. They are for the evaluator's eyes;
//! what counts is computed from the marks alone.

use crate::assessment::Judgment;
use crate::document::questionnaire::workbook::formula::text;
use crate::exact::{Exact, RoundingMode};
use crate::questionnaire::sending::Languages;
use crate::tender::evaluate::{agrees_with, points_of};
use crate::tender::item::{Item, Mark, Scale};
use crate::tender::procedure::{Procedure, Rounding};
use crate::tender::score_sheet::{MET_WORDS, both};

/// What a mark becomes that is none.
const WRONG: &str = "\"?\"";

/// A number as a formula has it.
fn number(exact: &Exact) -> String {
    format!("({exact})")
}

/// The marks of a scale with a list, with the test that a cell holds each.
fn tests(
    procedure: &Procedure,
    item: &Item,
    languages: Languages,
    cell: &str,
) -> Vec<(Mark, String)> {
    match &item.scale {
        Scale::Met => MET_WORDS
            .iter()
            .map(|(met, key)| {
                let word = text(&languages.line(&both(key)));
                (Mark::Met(*met), format!("{cell}={word}"))
            })
            .collect(),
        Scale::Points => Vec::new(),
        Scale::Steps(steps) => steps
            .iter()
            .map(|step| {
                let test = if step.to_string().contains('/') {
                    format!("{cell}={}", text(&step.to_string()))
                } else {
                    format!("IFERROR({cell}*1={step},FALSE)")
                };
                (Mark::Number(step.clone()), test)
            })
            .collect(),
        Scale::Grades(name) => {
            let grades = procedure
                .grades
                .get(name)
                .into_iter()
                .flat_map(|table| &table.grades);
            let tests = grades.enumerate().map(|(place, (word, _))| {
                (
                    Mark::Grade(place),
                    format!("EXACT({cell}&\"\",{})", text(word)),
                )
            });
            tests.collect()
        }
    }
}

/// What the mark in a cell is worth: a number, nothing for an empty cell, `?` for what is no mark.
pub(super) fn worth(
    procedure: &Procedure,
    item: &Item,
    languages: Languages,
    cell: &str,
) -> String {
    let tests = tests(procedure, item, languages, cell);
    let value = if tests.is_empty() {
        let worth = format!("{cell}*1*{}", number(&item.weight));
        let worth = procedure
            .rounding
            .mark
            .map_or(worth.clone(), |rule| rounded(rule, &worth));
        let highest = number(&item.highest_mark());
        format!("IFERROR(IF(AND({cell}*1>=0,{cell}*1<={highest}),{worth},{WRONG}),{WRONG})")
    } else {
        let close = ")".repeat(tests.len());
        let open: String = tests
            .iter()
            .map(|(mark, test)| format!("IF({test},{},", number(&points_of(procedure, item, mark))))
            .collect();
        format!("{open}{WRONG}{close}")
    };
    format!("=IF({cell}=\"\",\"\",{value})")
}

/// A rounding rule over something that is not negative.
fn rounded(rule: Rounding, what: &str) -> String {
    let digits = rule.digits;
    match rule.mode {
        RoundingMode::Down => format!("ROUNDDOWN({what},{digits})"),
        RoundingMode::Up => format!("ROUNDUP({what},{digits})"),
        RoundingMode::HalfUp => format!("ROUND({what},{digits})"),
        RoundingMode::HalfEven => format!(
            "IF(ROUND(MOD({what}*10^{digits},1),9)=0.5,2*ROUND({what}*10^{digits}/2,0)/10^{digits},ROUND({what},{digits}))"
        ),
    }
}

/// Whether a mark needs a comment that is not there: 1 or 0.
pub(super) fn needs_comment(
    procedure: &Procedure,
    item: &Item,
    judgment: &Judgment,
    languages: Languages,
    (mark, value, comment): (&str, &str, &str),
) -> String {
    let tests = tests(procedure, item, languages, mark);
    let share = |points: &Exact| points.times(&item.points).over(&judgment.of);
    let agrees = if tests.is_empty() {
        match (share(&judgment.low), share(&judgment.high)) {
            (Some(low), Some(high)) => format!(
                "AND(ISNUMBER({value}),{value}>={}-0.000000001,{value}<={}+0.000000001)",
                number(&low),
                number(&high)
            ),
            _ => "TRUE".to_owned(),
        }
    } else {
        let agreeing: Vec<_> = tests
            .into_iter()
            .filter(|(one, _)| agrees_with(procedure, item, one, judgment))
            .map(|(_, test)| test)
            .collect();
        if agreeing.is_empty() {
            "FALSE".to_owned()
        } else {
            format!("OR({})", agreeing.join(","))
        }
    };
    format!("=IF(AND({mark}<>\"\",{comment}=\"\",NOT({agrees})),1,0)")
}
