//! One tender: ranking with intervals, exclusions, verdict table and contradictions.

mod ranking;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use self::ranking::{Items, RankedLot};
use super::{Chrome, PageError, Web, list, number, query_encoded, render, string, verdict_words};
use crate::app::library::Library;
use crate::criteria::Criterion;
use crate::document::words;
use crate::id::{AgencyId, CriterionId, TenderId};

#[derive(Template)]
#[template(path = "tender.html")]
struct TenderPage {
    chrome: Chrome,
    address: String,
    title: String,
    agency: String,
    day: String,
    procedure: String,
    ceilings: Vec<String>,
    results: Vec<String>,
    notices: Vec<String>,
    has_winner: bool,
    lots: Vec<RankedLot>,
    recomputations: Vec<String>,
    people: Vec<String>,
    items: Option<Items>,
    excluded: Vec<Excluded>,
    bids: Vec<String>,
    rows: Vec<Row>,
    contradictions: Vec<Contradiction>,
    steps: Vec<Step>,
}

struct Excluded {
    title: String,
    bid: String,
    supplier: String,
    by: String,
    detail: String,
    citations: Vec<Link>,
}

pub(super) struct Link {
    pub(super) address: String,
    pub(super) label: String,
}

struct Row {
    criterion: String,
    title: String,
    kind: String,
    cells: Vec<Cell>,
}

struct Cell {
    address: String,
    word: String,
    class: &'static str,
    points: String,
}

struct Contradiction {
    title: String,
    bid: String,
    fact: String,
    sides: Vec<Side>,
}

struct Side {
    value: String,
    citations: Vec<Link>,
}

struct Step {
    bid: String,
    name: String,
    formula: String,
    exact: String,
    rounding: String,
    value: String,
}

pub(super) async fn page(
    State(web): State<Web>,
    chrome: Chrome,
    Path((agency, tender)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let address = format!("/agencies/{agency}/tenders/{tender}");
    let Some(view) = web.shelf.view(&AgencyId(agency), &TenderId(tender)).await? else {
        return Err(PageError::Missing(chrome));
    };
    let bids = list(&view, "bids");
    let judged: Vec<_> = bids
        .iter()
        .filter(|bid| bid.get("assessment").is_some())
        .collect();
    Ok(render(&TenderPage {
        title: chrome.text(view.get("title").unwrap_or(&Value::Null)),
        agency: chrome.text(view.get("agency").unwrap_or(&Value::Null)),
        day: string(&view, "as_of")
            .split('T')
            .next()
            .unwrap_or_default()
            .to_owned(),
        procedure: view
            .get("procedure")
            .map(|procedure| string(procedure, "id"))
            .unwrap_or_default(),
        ceilings: ranking::ceilings(&chrome, &view),
        has_winner: !list(&view, "winner").is_empty(),
        results: ranking::results(&chrome, &view),
        notices: ranking::notices(&chrome, &view),
        lots: ranking::lots(&chrome, &view),
        recomputations: ranking::recomputations(&chrome, &view),
        people: ranking::people(&chrome, &view),
        items: ranking::items(&view),
        excluded: excluded(&chrome, &web.library, &address, bids),
        bids: judged.iter().map(|bid| string(bid, "id")).collect(),
        rows: web
            .library
            .catalog
            .criteria
            .values()
            .filter_map(|criterion| row(&chrome, &address, criterion, &judged))
            .collect(),
        contradictions: contradictions(&chrome, &web.library, &address, bids),
        steps: list(&view, "derivation")
            .iter()
            .map(|one| step(&chrome, one))
            .collect(),
        address,
        chrome,
    }))
}

fn excluded(chrome: &Chrome, library: &Library, address: &str, bids: &[Value]) -> Vec<Excluded> {
    let none = Value::Null;
    bids.iter()
        .flat_map(|bid| {
            list(bid, "exclusions")
                .iter()
                .map(move |exclusion| (bid, exclusion))
        })
        .map(|(bid, exclusion)| Excluded {
            title: library
                .catalog
                .criteria
                .get(&CriterionId(string(exclusion, "by")))
                .map_or_else(String::new, |criterion| {
                    criterion.title.of(chrome.lang).to_owned()
                }),
            bid: string(bid, "id"),
            supplier: chrome.text(bid.get("supplier").unwrap_or(&none)),
            by: string(exclusion, "by"),
            detail: chrome.text(exclusion.get("detail").unwrap_or(&none)),
            citations: links(chrome, address, exclusion),
        })
        .collect()
}

/// The citations of a part of a record as links to the cited places.
pub(super) fn links(chrome: &Chrome, address: &str, cited: &Value) -> Vec<Link> {
    let citations = list(cited, "citations");
    // What lies in an archive is not kept by itself; the archive, which is cited with it, is.
    let kept = |citation: &Value| {
        let file = string(citation, "file");
        let outer = file.split_once("!/").and_then(|(outer, _)| {
            let mut all = citations.iter();
            all.find(|one| string(one, "file") == outer)
        });
        string(outer.unwrap_or(citation), "sha256")
    };
    citations
        .iter()
        .map(|citation| {
            let at = citation.get("at").cloned().unwrap_or_default();
            let (pointer, line) = (string(&at, "pointer"), string(&at, "line"));
            let place = if line.is_empty() {
                format!("at={}", query_encoded(&pointer))
            } else {
                format!("line={line}")
            };
            let shown = if line.is_empty() {
                pointer
            } else {
                format!("{}:{}", line, string(&at, "column"))
            };
            Link {
                address: format!(
                    "{address}/evidence/{}?{place}&lang={}",
                    kept(citation),
                    chrome.code()
                ),
                label: format!("{} {shown}", string(citation, "file"))
                    .trim_end()
                    .to_owned(),
            }
        })
        .collect()
}

fn row(chrome: &Chrome, address: &str, criterion: &Criterion, judged: &[&Value]) -> Option<Row> {
    let found: Vec<_> = judged
        .iter()
        .map(|bid| {
            let verdicts = bid
                .get("assessment")
                .map_or(&[][..], |assessment| list(assessment, "verdicts"));
            (
                string(bid, "id"),
                verdicts
                    .iter()
                    .find(|verdict| string(verdict, "criterion") == criterion.id.as_str()),
            )
        })
        .collect();
    if found.iter().all(|(_, verdict)| {
        verdict.is_none_or(|verdict| string(verdict, "verdict") == "not_applicable")
    }) {
        return None;
    }
    let kind = match criterion.stage() {
        Some(stage) => chrome.say_with("gate-at", &[("stage", &words::stage(chrome.lang, stage))]),
        None => chrome.say_with("weight", &[("points", &criterion.points().to_string())]),
    };
    let cells = found
        .into_iter()
        .map(|(bid, verdict)| {
            let (word, class) = verdict
                .map(|verdict| verdict_words(chrome, &string(verdict, "verdict")))
                .unwrap_or_default();
            Cell {
                address: format!(
                    "{address}/bids/{bid}/criteria/{}?lang={}",
                    criterion.id,
                    chrome.code()
                ),
                word,
                class,
                points: verdict
                    .and_then(|verdict| verdict.get("points"))
                    .map(|points| number(points, "low"))
                    .unwrap_or_default(),
            }
        })
        .collect();
    Some(Row {
        criterion: criterion.id.to_string(),
        title: criterion.title.of(chrome.lang).to_owned(),
        kind,
        cells,
    })
}

fn contradictions(
    chrome: &Chrome,
    library: &Library,
    address: &str,
    bids: &[Value],
) -> Vec<Contradiction> {
    let sides = |contradiction: &Value| {
        list(contradiction, "sides")
            .iter()
            .map(|side| {
                let value = side.get("value").map(shown).unwrap_or_default();
                let rank = string(side, "proof_rank");
                Side {
                    value: chrome
                        .say_with("contradiction-side", &[("value", &value), ("rank", &rank)]),
                    citations: links(chrome, address, side),
                }
            })
            .collect()
    };
    bids.iter()
        .flat_map(|bid| {
            let found = bid
                .get("assessment")
                .map_or(&[][..], |assessment| list(assessment, "contradictions"));
            found.iter().map(move |contradiction| (bid, contradiction))
        })
        .map(|(bid, contradiction)| Contradiction {
            title: library
                .catalog
                .vocabulary
                .lookup(&string(contradiction, "fact"))
                .map_or_else(String::new, |fact| fact.title.of(chrome.lang).to_owned()),
            bid: string(bid, "id"),
            fact: string(contradiction, "fact"),
            sides: sides(contradiction),
        })
        .collect()
}

/// A value of a record as text.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn step(chrome: &Chrome, step: &Value) -> Step {
    Step {
        bid: string(step, "bid"),
        name: string(step, "name"),
        formula: words::formula(chrome.lang, &string(step, "formula")),
        exact: string(step, "exact"),
        rounding: match string(step, "rounding") {
            rule if rule.is_empty() => rule,
            rule => words::rounding(chrome.lang, &rule),
        },
        value: string(step, "value"),
    }
}
