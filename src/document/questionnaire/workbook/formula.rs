//! Where every question lies, and the formulas that tell whether it is asked and answered.
//!
//! Formulas come with their value as of the going out, so that a program that does not compute them shows the right thing.

use std::collections::BTreeMap;

use crate::questionnaire::condition::{Asked, ConditionPart};
use crate::questionnaire::layout::{
    CHOSEN, HEADER_ROW, SheetColumn, numbered, section_sheet, titles,
};
use crate::questionnaire::response::Response;
use crate::questionnaire::sending::Sending;
use crate::questionnaire::{Question, QuestionType};

/// A question's rows.
pub(super) struct Placed {
    pub(super) sheet: String,
    /// The row of the question, from 0.
    pub(super) row: u32,
    /// The rows of choices of which several may apply.
    pub(super) choices: Vec<(String, u32)>,
}

/// Where every question lies.
pub(super) struct Plan {
    placed: BTreeMap<String, Placed>,
}

impl Plan {
    pub(super) fn of(sending: &Sending<'_>) -> Self {
        let mut placed = BTreeMap::new();
        for (index, section) in sending.questionnaire.sections.iter().enumerate() {
            let sheet = section_sheet(sending.questionnaire, index, sending.languages);
            let mut row = HEADER_ROW + 1;
            for question in &section.questions {
                let own = row;
                row += 1;
                let mut choices = Vec::new();
                if let QuestionType::Choice {
                    choices: offered,
                    many: true,
                } = &question.kind
                {
                    for choice in offered {
                        choices.push((choice.id.clone(), row));
                        row += 1;
                    }
                }
                let sheet = sheet.clone();
                placed.insert(
                    question.id.clone(),
                    Placed {
                        sheet,
                        row: own,
                        choices,
                    },
                );
            }
        }
        Self { placed }
    }

    pub(super) fn lookup(&self, question: &str) -> Option<&Placed> {
        self.placed.get(question)
    }

    pub(super) fn sheet(&self, question: &str) -> &str {
        self.lookup(question).map_or("", |placed| &placed.sheet)
    }
}

/// A sheet's name as a formula quotes it.
pub(in crate::document) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

pub(in crate::document) fn text(literal: &str) -> String {
    format!("\"{}\"", literal.replace('"', "\"\""))
}

/// The formula that tells whether a question is asked: 1, 0, or an empty text while that is open.
pub(super) fn asked(sending: &Sending<'_>, plan: &Plan, question: &Question) -> Option<String> {
    let parts: Vec<_> = question
        .when
        .as_ref()?
        .all
        .iter()
        .filter_map(|part| asked_part(sending, plan, part))
        .collect();
    if let [part] = parts.as_slice() {
        return Some(format!("={part}"));
    }
    let equal = |value: &str| {
        let tests: Vec<_> = parts.iter().map(|part| format!("{part}={value}")).collect();
        tests.join(",")
    };
    Some(format!(
        "=IF(OR({}),0,IF(OR({}),\"\",1))",
        equal("0"),
        equal("\"\"")
    ))
}

fn asked_part(sending: &Sending<'_>, plan: &Plan, part: &ConditionPart) -> Option<String> {
    let placed = plan.lookup(&part.question)?;
    let earlier = sending.questionnaire.lookup(&part.question)?;
    let sheet = quoted(&placed.sheet);
    let cell = |column: SheetColumn, row: u32| format!("{sheet}!${}${}", column.letter(), row + 1);
    let (answer, asked) = (
        cell(SheetColumn::Answer, placed.row),
        cell(SheetColumn::Asked, placed.row),
    );
    let titles = titles(earlier);
    let mut tests = Vec::new();
    for word in &part.is {
        if let Some((_, row)) = placed.choices.iter().find(|(choice, _)| choice == word) {
            tests.push(format!(
                "{}={}",
                cell(SheetColumn::Answer, *row),
                text(CHOSEN)
            ));
        } else if let Some((_, title)) = titles.iter().find(|(id, _)| id == word) {
            tests.push(format!("{answer}={}", text(&sending.languages.line(title))));
        }
    }
    let blank = match (placed.choices.first(), placed.choices.last()) {
        (Some((_, first)), Some((_, last))) => {
            let (first, last) = (
                cell(SheetColumn::Answer, *first),
                cell(SheetColumn::Answer, *last),
            );
            let last = last.rsplit('!').next().unwrap_or_default();
            format!(
                "AND({answer}=\"\",COUNTIF({first}:{last},{})=0)",
                text(CHOSEN)
            )
        }
        _ => format!("{answer}=\"\""),
    };
    Some(format!(
        "IF({asked}=0,0,IF({blank},\"\",IF(OR({}),1,0)))",
        tests.join(",")
    ))
}

/// The formula that tells whether a question that is asked is answered: 1 or 0.
pub(super) fn answered(placed: &Placed) -> String {
    let cell = |column: SheetColumn, row: u32| format!("{}{}", column.letter(), row + 1);
    let (asked, answer) = (
        cell(SheetColumn::Asked, placed.row),
        cell(SheetColumn::Answer, placed.row),
    );
    match (placed.choices.first(), placed.choices.last()) {
        (Some((_, first)), Some((_, last))) => format!(
            "=IF(AND({asked}=1,OR({answer}<>\"\",COUNTIF({}:{},{})>0)),1,0)",
            cell(SheetColumn::Answer, *first),
            cell(SheetColumn::Answer, *last),
            text(CHOSEN)
        ),
        _ => format!("=IF(AND({asked}=1,{answer}<>\"\"),1,0)"),
    }
}

/// Whether each question is asked and answered by what is filled in, in the order of the questions.
pub(super) fn standing(sending: &Sending<'_>) -> BTreeMap<String, (Asked, bool)> {
    let mut known: BTreeMap<String, (Asked, bool)> = BTreeMap::new();
    for (_, question) in numbered(sending.questionnaire) {
        let response = |id: &str| -> Option<&Response> {
            let carried = sending.carried.iter().find(|one| one.question == id)?;
            carried.holds().then_some(&carried.response)
        };
        let asked = question.when.as_ref().map_or(Asked::Yes, |when| {
            let past = |part: &ConditionPart| {
                known
                    .get(&part.question)
                    .is_some_and(|(asked, _)| *asked == Asked::No)
            };
            if when.all.iter().any(past) {
                return Asked::No;
            }
            when.asked(response)
        });
        let answered = asked == Asked::Yes && response(&question.id).is_some();
        known.insert(question.id.clone(), (asked, answered));
    }
    known
}
