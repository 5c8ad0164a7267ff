//! Whether every text of a library says the same in both languages.

use super::{FRAMEWORKS, Library, QUESTIONNAIRES};
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Text;
use crate::text::parity::differences;

/// Names each text whose two languages differ in parameters, numbers or modality.
pub fn text_parity(library: &Library) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut check = |file: String, field: &str, text: &Text, binding: bool| {
        for difference in differences(text, binding) {
            let at = Place::pointer(format!("/{field}"));
            let fault = Diagnostic::warning("text-parity", at, difference);
            found.push(
                fault
                    .help("mend the language that is wrong")
                    .in_file(file.clone()),
            );
        }
    };
    for criterion in library.catalog.criteria.values() {
        let file = || format!("{}/{}.toml", library.catalog.id, criterion.id);
        check(file(), "title", &criterion.title, false);
        check(file(), "requirement", &criterion.requirement, true);
        check(file(), "evidence/ask", &criterion.ask, false);
    }
    for clause in library.clauses.values() {
        let file = || format!("clauses/{}.toml", clause.id);
        check(file(), "title", &clause.title, false);
        check(file(), "text", &clause.text, true);
        for parameter in &clause.parameters {
            let field = format!("parameter/{}", parameter.name);
            check(file(), &field, &parameter.description, false);
        }
    }
    for questionnaire in library.questionnaires.values() {
        let folder = format!("{QUESTIONNAIRES}{}", questionnaire.id);
        let head = format!("{folder}/questionnaire.toml");
        check(head.clone(), "title", &questionnaire.title, false);
        if let Some(text) = &questionnaire.introduction {
            check(head.clone(), "introduction", text, false);
        }
        for (section, question) in questionnaire.questions() {
            let file = || format!("{folder}/{}.toml", section.id);
            let field = |part: &str| format!("question/{}/{part}", question.id);
            check(file(), &field("text"), &question.text, false);
            for (part, text) in [
                ("guidance", &question.guidance),
                ("evidence", &question.evidence),
            ] {
                if let Some(text) = text {
                    check(file(), &field(part), text, false);
                }
            }
        }
    }
    for framework in library.frameworks.values() {
        for (id, title) in framework.titles.iter().chain(&framework.families) {
            let file = format!("{FRAMEWORKS}{}", framework.id);
            check(file, &format!("titles/{id}"), title, false);
        }
    }
    for fact in library.catalog.vocabulary.list() {
        let root = fact.key.as_str().split('.').next().unwrap_or_default();
        let file = format!("facts/{root}.toml");
        check(file, &format!("{}/title", fact.key), &fact.title, false);
    }
    found
}
