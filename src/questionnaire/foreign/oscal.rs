//! The JSON of OSCAL: component definitions, system security plans and assessment results.

use super::{ForeignSheet, Map};
use crate::diagnostic::{Diagnostic, Place};
use crate::questionnaire::response::{Answer, Response};
use crate::tape::{Item, Tape};
use crate::time::day_of;

/// The documents that answer.
const ANSWERING: [&str; 3] = [
    "component-definition",
    "system-security-plan",
    "assessment-results",
];

/// The documents that ask.
const ASKING: [&str; 2] = ["catalog", "profile"];

pub(super) fn read(tape: &Tape<'_>, map: &Map) -> Result<ForeignSheet, Diagnostic> {
    let root = tape.root();
    let mut read = ForeignSheet::new(map);
    read.set.remarks.extend(tape.repeated_members());
    if let Some(name) = ASKING.iter().find(|name| root.get(name).is_some()) {
        return Err(Diagnostic::error(
            "questionnaire-is-catalog",
            Place::pointer(format!("/{name}")),
            format!("the document is an OSCAL {name}: it names controls and answers nothing"),
        )
        .help(
            "import the component definition, the system security plan or the assessment results",
        ));
    }
    let found = ANSWERING
        .iter()
        .find_map(|name| Some((*name, root.get(name)?)));
    let Some((name, document)) = found else {
        return Err(Diagnostic::error(
            "questionnaire-unreadable",
            Place::whole(),
            "the document is none of OSCAL that answers",
        )
        .help(format!("import one of {}", ANSWERING.join(", "))));
    };
    let metadata = document.get("metadata");
    let stated = |key| metadata.and_then(|one| one.get_text(key));
    read.set.version = stated("oscal-version").map(str::to_owned);
    read.set.answered_on = stated("last-modified").and_then(day_of);
    match name {
        "assessment-results" => findings(document, &mut read),
        "system-security-plan" => requirements(document.get("control-implementation"), &mut read),
        _ => {
            let components = ["components", "capabilities"].map(|key| document.get(key));
            for component in components.into_iter().flatten().flat_map(Item::items) {
                for implementation in lists(component, "control-implementations") {
                    requirements(Some(implementation), &mut read);
                }
            }
        }
    }
    if read.set.answers.is_empty() {
        read.set.remarks.push(
            Diagnostic::warning(
                "questionnaire-without-answers",
                Place::pointer(format!("/{name}")),
                "the document speaks of no control",
            )
            .help("ask for the document with the implementation of its controls"),
        );
    }
    Ok(read)
}

fn lists<'t>(item: Item<'t>, key: &str) -> impl Iterator<Item = Item<'t>> {
    item.get(key).into_iter().flat_map(Item::items)
}

/// The implemented requirements of a component or a plan.
fn requirements(implementation: Option<Item<'_>>, read: &mut ForeignSheet) {
    let Some(implementation) = implementation else {
        return;
    };
    for requirement in lists(implementation, "implemented-requirements") {
        let id = requirement.get_text("control-id").unwrap_or_default();
        let parts: Vec<_> = std::iter::once(requirement)
            .chain(lists(requirement, "statements"))
            .collect();
        let mut states: Vec<Item<'_>> = Vec::new();
        let mut texts: Vec<&str> = Vec::new();
        for part in parts {
            texts.extend(part.get_text("description"));
            texts.extend(part.get_text("remarks"));
            states.extend(state(part));
            for component in lists(part, "by-components") {
                texts.extend(component.get_text("description"));
                states.extend(state(component));
            }
        }
        let words: Vec<_> = states.iter().filter_map(|one| one.text()).collect();
        let at = states
            .first()
            .map_or_else(|| requirement.place(), |one| one.place());
        read.set
            .answers
            .push(answer(id, &words, &texts.join("\n"), at));
    }
}

/// The state of an implementation: in a plan its own member, in a component a property.
fn state(part: Item<'_>) -> Option<Item<'_>> {
    let own = part.at("/implementation-status/state");
    let is_one = |one: &Item<'_>| one.get_text("name") == Some("implementation-status");
    own.or_else(|| lists(part, "props").find(is_one)?.get("value"))
}

/// The findings of an assessment: whether the objective of a control is satisfied.
fn findings(document: Item<'_>, read: &mut ForeignSheet) {
    for result in lists(document, "results") {
        for finding in lists(result, "findings") {
            let Some(target) = finding.get("target") else {
                continue;
            };
            let id = target.get_text("target-id").unwrap_or_default();
            let state = target.at("/status/state");
            let words: Vec<_> = state.into_iter().filter_map(Item::text).collect();
            let text = finding.get_text("description").unwrap_or_default();
            let at = state.unwrap_or(finding).place();
            read.set.answers.push(answer(id, &words, text, at));
        }
    }
}

/// What the states of a control say together: the least of them.
///
/// States: OSCAL 1.1, system-security-plan `implementation-status`; assessment-results `objective-status`.
fn answer(id: &str, states: &[&str], text: &str, at: Place) -> Answer {
    let mut remarks = Vec::new();
    let mut responses = Vec::new();
    for state in states {
        match *state {
            "implemented" | "satisfied" => responses.push(Response::Yes),
            "not-satisfied" => responses.push(Response::No),
            "partial" => responses.push(Response::Partial),
            "not-applicable" => responses.push(Response::NotApplicable),
            "planned" | "alternative" => remarks.push(
                Diagnostic::warning(
                    "answer-qualified",
                    at.clone(),
                    format!("the state `{state}` is an answer with a reservation"),
                )
                .help("ask what holds now"),
            ),
            other => remarks.push(
                Diagnostic::error(
                    "answer-unreadable",
                    at.clone(),
                    format!("OSCAL has no state `{}`", crate::text::printable(other)),
                )
                .help("write implemented, partial, planned, alternative or not-applicable"),
            ),
        }
    }
    responses.dedup();
    let response = match responses.as_slice() {
        _ if !remarks.is_empty() => None,
        [] if text.is_empty() => {
            remarks.push(
                Diagnostic::warning(
                    "answer-blank",
                    at.clone(),
                    "the control has neither a state nor a description",
                )
                .help("ask how it is implemented"),
            );
            None
        }
        [] => Some(Response::Text(text.to_owned())),
        [one] => Some(one.clone()),
        // Components differ: one meets it, another does not, or in part.
        _ => {
            remarks.push(
                Diagnostic::note(
                    "answer-normalised",
                    at.clone(),
                    format!("`{}` was read as in part", states.join(", ")),
                )
                .help("the states of the components differ; see each of them"),
            );
            Some(Response::Partial)
        }
    };
    Answer {
        question: id.to_owned(),
        response,
        raw: states.join(", "),
        at,
        note: (!text.is_empty() && !states.is_empty()).then(|| text.to_owned()),
        remarks,
        ..Answer::default()
    }
}
