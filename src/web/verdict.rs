//! One verdict: the requirement with its sources, the rule, and the values that decided.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::tender::{Link, links, shown};
use super::{Chrome, PageError, Web, list, render, string, verdict_words};
use crate::criteria::{Criterion, Mark};
use crate::id::{AgencyId, CriterionId, TenderId};

#[derive(Template)]
#[template(path = "verdict.html")]
struct VerdictPage {
    chrome: Chrome,
    back: String,
    criterion: String,
    title: String,
    requirement: String,
    bid: String,
    supplier: String,
    word: String,
    class: &'static str,
    points: String,
    reasons: Vec<String>,
    rules: Vec<String>,
    sources: Vec<String>,
    ask: String,
    values: Vec<Decisive>,
    due: String,
}

struct Decisive {
    fact: String,
    title: String,
    value: String,
    counted: bool,
    citations: Vec<Link>,
}

pub(super) async fn page(
    State(web): State<Web>,
    chrome: Chrome,
    Path((agency, tender, bid, criterion)): Path<(String, String, String, String)>,
) -> Result<Response, PageError> {
    let address = format!("/agencies/{agency}/tenders/{tender}");
    let view = web.shelf.view(&AgencyId(agency), &TenderId(tender)).await?;
    let found = view.as_ref().and_then(|view| {
        let bid = list(view, "bids")
            .iter()
            .find(|one| string(one, "id") == bid)?;
        let verdict = list(bid.get("assessment")?, "verdicts")
            .iter()
            .find(|one| string(one, "criterion") == criterion)?;
        Some((
            bid,
            verdict,
            web.library
                .catalog
                .criteria
                .get(&CriterionId(criterion.clone()))?,
        ))
    });
    let Some((bid, verdict, criterion)) = found else {
        return Err(PageError::Missing(chrome));
    };
    let (word, class) = verdict_words(&chrome, &string(verdict, "verdict"));
    let points = verdict.get("points").map(|points| {
        let (low, high, of) = (
            string(points, "low"),
            string(points, "high"),
            string(points, "of"),
        );
        chrome.say_with("points", &[("low", &low), ("high", &high), ("of", &of)])
    });
    let vocabulary = &web.library.catalog.vocabulary;
    let values = list(verdict, "values")
        .iter()
        .map(|value| {
            let fact = string(value, "fact");
            let (text, rank) = (
                value.get("value").map(shown).unwrap_or_default(),
                string(value, "proof_rank"),
            );
            Decisive {
                title: vocabulary
                    .lookup(&fact)
                    .map_or_else(String::new, |definition| {
                        definition.title.of(chrome.lang).to_owned()
                    }),
                fact,
                value: chrome.say_with("contradiction-side", &[("value", &text), ("rank", &rank)]),
                counted: value
                    .get("counted")
                    .and_then(Value::as_bool)
                    .unwrap_or(false),
                citations: links(&chrome, &address, value),
            }
        })
        .collect();
    Ok(render(&VerdictPage {
        back: format!("{address}?lang={}", chrome.code()),
        criterion: criterion.id.to_string(),
        title: criterion.title.of(chrome.lang).to_owned(),
        requirement: criterion.requirement.of(chrome.lang).to_owned(),
        bid: string(bid, "id"),
        supplier: chrome.text(bid.get("supplier").unwrap_or(&Value::Null)),
        word,
        class,
        points: points.unwrap_or_default(),
        reasons: list(verdict, "reasons").iter().map(shown).collect(),
        rules: criterion
            .rules()
            .into_iter()
            .map(|rule| rule.source().to_owned())
            .collect(),
        sources: sources(&chrome, &web, criterion),
        ask: criterion.ask.of(chrome.lang).to_owned(),
        values,
        due: string(verdict, "due")
            .split('T')
            .next()
            .unwrap_or_default()
            .to_owned(),
        chrome,
    }))
}

/// The sources of a criterion, each with its mark.
fn sources(chrome: &Chrome, web: &Web, criterion: &Criterion) -> Vec<String> {
    let mark = |mark| {
        chrome.say(if mark == Mark::Verified {
            "mark-verified"
        } else {
            "mark-recalled"
        })
    };
    let document = |id: &str| {
        web.library
            .catalog
            .documents
            .iter()
            .find(|document| document.id == id)
    };
    let title = |id: &str| {
        document(id).map_or_else(
            || id.to_owned(),
            |document| document.title.of(chrome.lang).to_owned(),
        )
    };
    let model = document("common-model").map_or("", |document| document.edition.as_str());
    let articles: Vec<_> = criterion
        .source
        .paragraphs
        .iter()
        .chain(&criterion.source.articles)
        .map(String::as_str)
        .collect();
    let first = format!(
        "{} ({model}) {} — {}",
        title("common-model"),
        articles.join(", "),
        mark(criterion.source.mark)
    );
    let rest = criterion.source.standards.iter().map(|one| {
        format!(
            "{} ({}) {} — {}",
            title(&one.document),
            one.edition,
            one.item,
            mark(one.mark)
        )
    });
    std::iter::once(first).chain(rest).collect()
}
