//! Answers to the questionnaire: rank 1 alone, rank 2 with a document.
//!
//! Which fact a question feeds is data of the floor above, handed in as [`Feeds`].

use std::collections::BTreeMap;

use super::dossier::Dossier;
use super::vocabulary::Vocabulary;
use super::{Establishment, ProofRank, Scope};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::evidence::Evidence;
use crate::evidence::detect::Kind;
use crate::evidence::questionnaire::{Answer, AnswerSheet, read_answers};

/// What the answers to one questionnaire feed.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    /// The questionnaire's version.
    pub version: String,
    /// The fact key that each question feeds.
    pub questions: BTreeMap<String, String>,
}

/// The feeds by questionnaire.
pub type Feeds = BTreeMap<String, Feed>;

pub(super) fn establish(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    feeds: &Feeds,
    found: &mut Establishment,
) {
    for sorted in dossier.handed_in_of(Kind::Questionnaire) {
        if sorted.detection.format != "mekiki-answers" {
            continue;
        }
        let evidence = sorted.evidence;
        let remark = |one: Diagnostic| one.in_file(evidence.path.clone());
        match read_answers(&evidence.bytes) {
            Err(faults) => found.remarks.extend(faults.into_iter().map(remark)),
            Ok((sheet, remarks)) => {
                found.remarks.extend(remarks.into_iter().map(remark));
                read_sheet(dossier, vocabulary, feeds, evidence, &sheet, found);
            }
        }
    }
}

fn read_sheet(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    feeds: &Feeds,
    evidence: &Evidence,
    sheet: &AnswerSheet,
    found: &mut Establishment,
) {
    let mut remark = |one: Diagnostic| found.remarks.push(one.in_file(evidence.path.clone()));
    let Some(feed) = feeds.get(&sheet.questionnaire) else {
        let message = format!("there is no questionnaire `{}`", sheet.questionnaire);
        remark(
            Diagnostic::error("questionnaire-unknown", Place::whole(), message)
                .help("answer the questionnaire that the agency sent"),
        );
        return;
    };
    if sheet.questionnaire_version != feed.version {
        let message = format!(
            "version `{}` was answered, and version {} is in force",
            sheet.questionnaire_version, feed.version
        );
        remark(
            Diagnostic::warning("questionnaire-version", Place::whole(), message)
                .help("check the answers to questions that changed"),
        );
    }
    for answer in &sheet.answers {
        let Some(key) = feed.questions.get(&answer.question) else {
            let diagnostic = Diagnostic::error(
                "question-unknown",
                answer.at.clone(),
                format!("there is no question `{}`", answer.question),
            );
            remark(
                match nearest(&answer.question, feed.questions.keys().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => {
                        diagnostic.help("keep the identifiers of the questionnaire as they are")
                    }
                },
            );
            continue;
        };
        match vocabulary.typed(key, &answer.value, answer.at.clone()) {
            Err(fault) => remark(Diagnostic {
                code: "answer-wrong-type",
                message: format!(
                    "the answer `{}` cannot be used: {}",
                    answer.question, fault.message
                ),
                ..fault
            }),
            Ok(value) => {
                let mut citations = vec![evidence.cite(answer.at.clone())];
                let mut rank = ProofRank::ANSWER;
                match supporting_document(dossier, evidence, answer) {
                    Ok(Some(document)) => {
                        citations.push(document.cite(Place::whole()));
                        rank = ProofRank::DOCUMENT;
                    }
                    Ok(None) => {}
                    Err(fault) => remark(fault),
                }
                found.facts.push(super::Fact {
                    key: key.as_str().into(),
                    scope: Scope::Offering(dossier.offering.id.clone()),
                    value,
                    rank,
                    established: sheet.answered_on,
                    valid_until: None,
                    citations,
                });
            }
        }
    }
}

fn supporting_document<'a>(
    dossier: &Dossier<'a>,
    sheet: &Evidence,
    answer: &Answer,
) -> Result<Option<&'a Evidence>, Diagnostic> {
    let Some(path) = &answer.document else {
        return Ok(None);
    };
    let document = dossier.document(path);
    let refuse = |message: String, help: &str| {
        Err(Diagnostic::error("document-missing", answer.document_at.clone(), message).help(help))
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
        Some(document) => Ok(Some(document)),
        None => refuse(
            format!("the document `{path}` was not handed in"),
            "put it into the bid's folder under this path, or mend the path",
        ),
    }
}
