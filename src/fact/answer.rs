//! Answers to the questionnaire: rank 1 alone, rank 2 with a document.

use super::dossier::{Dossier, Sorted};
use super::recorded::weak_document;
use super::vocabulary::{FactType, Vocabulary};
use super::{Establishment, FactValue, ProofRank, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::evidence::detect::Kind;
use crate::evidence::questionnaire::read_answers;
use crate::evidence::spreadsheet;
use crate::questionnaire::condition::Asked;
use crate::questionnaire::foreign::{read_among, undated};
use crate::questionnaire::response::{Answer, AnswerSet};
use crate::questionnaire::structured::read_sheet;
use crate::questionnaire::take::{Openness, Taken, take};
use crate::questionnaire::workbook;
use crate::questionnaire::{Question, Questionnaire, Questionnaires};
use crate::time::{Date, add_months};

pub(super) fn establish(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    questionnaires: &Questionnaires,
    found: &mut Establishment,
) {
    for sorted in dossier.handed_in_of(Kind::Questionnaire) {
        if matches!(
            sorted.detection.format,
            "xlsx-questionnaire" | "csv-questionnaire"
        ) {
            own_workbook(dossier, vocabulary, questionnaires, sorted, found);
            continue;
        }
        if sorted.detection.format != "mekiki-answers" {
            foreign_answers(dossier, vocabulary, questionnaires, sorted, found);
            continue;
        }
        let evidence = sorted.evidence;
        let remark = |one: Diagnostic| one.in_file(evidence.path.clone());
        match read_answers(&evidence.bytes) {
            Err(faults) => found.remarks.extend(faults.into_iter().map(remark)),
            Ok((sheet, remarks)) => {
                found.remarks.extend(remarks.into_iter().map(remark));
                let Some(questionnaire) = questionnaires.get(&sheet.questionnaire) else {
                    let message = format!("there is no questionnaire `{}`", sheet.questionnaire);
                    found.remarks.push(remark(
                        Diagnostic::error("questionnaire-unknown", Place::whole(), message)
                            .help("answer the questionnaire that the agency sent"),
                    ));
                    continue;
                };
                let answers = read_sheet(&sheet, questionnaire);
                let reader = Reader {
                    dossier,
                    vocabulary,
                    questionnaire,
                    evidence,
                    answered_on: sheet.answered_on,
                };
                reader.establish(&answers, found);
            }
        }
    }
}

/// Takes a workbook of ours, or a sheet of it as text.
fn own_workbook(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    questionnaires: &Questionnaires,
    sorted: &Sorted<'_>,
    found: &mut Establishment,
) {
    let evidence = sorted.evidence;
    let remark = |one: Diagnostic| one.in_file(evidence.path.clone());
    let read = match spreadsheet::read(&evidence.bytes) {
        Ok(read) => read,
        Err(fault) => {
            found.remarks.push(remark(fault));
            return;
        }
    };
    let markers = workbook::markers(&read);
    let named = markers
        .first()
        .and_then(|(_, marker)| questionnaires.get(&marker.questionnaire));
    let Some(questionnaire) = named else {
        let message = "the workbook answers no questionnaire of ours";
        found.remarks.push(remark(
            Diagnostic::error("questionnaire-unknown", Place::whole(), message)
                .help("answer the questionnaire that the agency sent"),
        ));
        return;
    };
    let answers = workbook::read(&read, questionnaire);
    // The day of receipt is the last on which it may have been answered; that no day is stated is remarked already.
    let received = dossier.received_on.unwrap_or(dossier.as_of);
    let reader = Reader {
        dossier,
        vocabulary,
        questionnaire,
        evidence,
        answered_on: answers.answered_on.unwrap_or(received),
    };
    reader.establish(&answers, found);
}

/// Takes a file that answers a questionnaire of others, through the map of its format.
fn foreign_answers(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    questionnaires: &Questionnaires,
    sorted: &Sorted<'_>,
    found: &mut Establishment,
) {
    let evidence = sorted.evidence;
    let remark = |one: Diagnostic| one.in_file(evidence.path.clone());
    let maps = questionnaires.values().flat_map(|one| one.maps.values());
    let Some(map) = maps
        .into_iter()
        .find(|map| map.format == sorted.detection.format)
    else {
        return;
    };
    let (sheet, own) = match read_among(&evidence.bytes, map, questionnaires.values()) {
        Ok(read) => read,
        Err(fault) => {
            found.remarks.push(remark(fault));
            return;
        }
    };
    for questionnaire in questionnaires.values() {
        let is_linked = map
            .links
            .iter()
            .any(|link| link.questionnaire == questionnaire.id);
        if !is_linked && own.is_none_or(|own| own.id != questionnaire.id) {
            continue;
        }
        let mut answers = sheet.in_terms_of(questionnaire, map);
        // The day of receipt is the last on which it may have been answered.
        let received = dossier.received_on.unwrap_or(dossier.as_of);
        let answered_on = answers.answered_on.unwrap_or(received);
        if answers.answered_on.is_none() {
            answers.remarks.push(undated(received, Place::whole()));
        }
        let reader = Reader {
            dossier,
            vocabulary,
            questionnaire,
            evidence,
            answered_on,
        };
        reader.establish(&answers, found);
    }
}

/// One file of answers on its way to facts.
struct Reader<'a, 'd> {
    dossier: &'a Dossier<'d>,
    vocabulary: &'a Vocabulary,
    questionnaire: &'a Questionnaire,
    evidence: &'a Evidence,
    answered_on: Date,
}

impl Reader<'_, '_> {
    fn establish(&self, set: &AnswerSet, found: &mut Establishment) {
        let remark = |one: &Diagnostic| one.clone().in_file(self.evidence.path.clone());
        found.remarks.extend(set.remarks.iter().map(remark));
        for answer in &set.answers {
            found.remarks.extend(answer.remarks.iter().map(remark));
            let Some(question) = self.questionnaire.lookup(&answer.question) else {
                continue;
            };
            let response = |id: &str| {
                let given = set.answers.iter().find(|one| one.question == id);
                given.and_then(|one| one.response.as_ref())
            };
            let asked = question.when.as_ref().map(|when| when.asked(response));
            if asked == Some(Asked::No) {
                let message = format!(
                    "`{}` was answered, but is not asked after the earlier answers",
                    question.id
                );
                found.remarks.push(remark(
                    &Diagnostic::warning("answer-not-asked", answer.at.clone(), message)
                        .help("check the earlier answer; this one is not used"),
                ));
                continue;
            }
            self.answer(question, answer, found);
        }
    }

    fn answer(&self, question: &Question, answer: &Answer, found: &mut Establishment) {
        let Some(response) = &answer.response else {
            return;
        };
        let mut citations = vec![self.evidence.cite(answer.at.clone())];
        let mut rank = ProofRank::ANSWER;
        for (path, at) in &answer.documents {
            match supporting_document(self.dossier, self.evidence, path, at) {
                Ok(document) => match weak_document(self.dossier, document) {
                    None => {
                        citations.push(document.cite(Place::whole()));
                        rank = ProofRank::DOCUMENT;
                    }
                    Some(reason) => {
                        let message =
                            format!("the document `{path}` does not support it: {reason}");
                        found.remarks.push(
                            Diagnostic::warning("document-out-of-scope", at.clone(), message)
                                .help("the answer counts without it; ask for a record that covers what is offered")
                                .in_file(self.evidence.path.clone()),
                        );
                    }
                },
                Err(fault) => found
                    .remarks
                    .push(fault.in_file(self.evidence.path.clone())),
            }
        }
        // What was carried over and not confirmed was said on its first day.
        let established = answer.carried_from.unwrap_or(self.answered_on);
        let valid_until = question
            .valid_months
            .map(|months| add_months(established, months));
        for feed in &question.feeds {
            let taken = take(question, feed, response);
            match self.value(&feed.fact, taken) {
                Ok(value) => found.facts.push(super::Fact {
                    key: feed.fact.as_str().into(),
                    scope: Scope::Offering(self.dossier.offering.id.clone()),
                    value,
                    rank,
                    established,
                    valid_until,
                    citations: citations.clone(),
                }),
                Err(openness) => {
                    let reason = reason(openness, answer.note.as_deref());
                    let answer = citations.iter().take(1).cloned().collect();
                    found.gap(&feed.fact, reason, answer);
                }
            }
        }
    }

    fn value(&self, fact: &str, taken: Taken) -> Result<FactValue, Openness> {
        let kind = self.vocabulary.lookup(fact).map(|one| one.kind);
        match (kind, taken) {
            (_, Taken::Open(openness)) => Err(openness),
            (Some(FactType::Bool), Taken::Bool(value)) => Ok(FactValue::Bool(value)),
            (Some(FactType::Integer), Taken::Integer(value)) => Ok(FactValue::Integer(value)),
            (Some(FactType::Date), Taken::Date(value)) => Ok(FactValue::Date(value)),
            (Some(FactType::List), Taken::Words(words)) => Ok(FactValue::List(words)),
            (Some(FactType::Text), Taken::Words(words)) => match <[String; 1]>::try_from(words) {
                Ok([word]) => Ok(FactValue::Text(word)),
                Err(_) => Err(Openness::Incomplete),
            },
            // The library refuses a question whose type its fact cannot take.
            _ => Err(Openness::Incomplete),
        }
    }
}

fn reason(openness: Openness, note: Option<&str>) -> String {
    let what = match openness {
        Openness::Partial => "the supplier meets it in part",
        Openness::NotApplicable => {
            "the supplier says that it does not apply, which the agency has not confirmed"
        }
        Openness::Incomplete => "the answer has open cells",
    };
    match note {
        Some(note) => format!("{what}: {note}"),
        None => what.to_owned(),
    }
}

fn supporting_document<'a>(
    dossier: &Dossier<'a>,
    sheet: &Evidence,
    path: &str,
    at: &Place,
) -> Result<&'a Evidence, Diagnostic> {
    let document = dossier.document(path);
    let refuse = |message: String, help: &str| {
        Err(Diagnostic::error("document-missing", at.clone(), message).help(help))
    };
    match document {
        Some(document) if document.digest == sheet.digest => refuse(
            format!("`{path}` is the answer sheet itself"),
            "name a document that supports the answer",
        ),
        Some(document) if document.bytes.is_empty() => refuse(
            format!("the document `{path}` is empty"),
            "hand in the document itself",
        ),
        Some(document) => Ok(document),
        None => refuse(
            format!("the document `{path}` was not handed in"),
            "put it into the bid's folder under this path, or mend the path",
        ),
    }
}
