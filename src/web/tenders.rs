//! The list of tenders.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Chrome, PageError, Web, render};
use crate::app::shelf::PAGE;

#[derive(Template)]
#[template(path = "tenders.html")]
struct TendersPage {
    chrome: Chrome,
    tenders: Vec<Row>,
    next: Option<i64>,
}

struct Row {
    address: String,
    title: String,
    agency: String,
    day: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    page: i64,
}

pub(super) async fn page(
    State(web): State<Web>,
    chrome: Chrome,
    Query(asked): Query<Page>,
) -> Result<Response, PageError> {
    let stored = web.shelf.list(None, asked.page).await?;
    let full = i64::try_from(stored.len()).unwrap_or(0) >= PAGE;
    let tenders = stored
        .iter()
        .map(|one| Row {
            address: format!("/agencies/{}/tenders/{}", one.agency, one.tender),
            title: one.title.of(chrome.lang).to_owned(),
            agency: one.agency_name.of(chrome.lang).to_owned(),
            day: one.as_of.to_string(),
        })
        .collect();
    Ok(render(&TendersPage {
        chrome,
        tenders,
        next: full.then_some(asked.page.saturating_add(1)),
    }))
}
