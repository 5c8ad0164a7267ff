//! The pages: tenders, a ranking, a verdict with the values that decided, and the cited place in the
//! evidence. They show the stored records; nothing is judged here.

mod evidence;
mod tender;
mod tenders;
mod verdict;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use crate::api::error::ApiError;
use crate::app::library::Library;
use crate::app::wire::LocalShelf;
use crate::document::table::Look;
use crate::exact::Exact;
use crate::text::Lang;
use crate::text::messages::{message, message_with};

#[derive(Clone)]
struct Web {
    shelf: Arc<LocalShelf>,
    library: Arc<Library>,
}

/// Builds the routes of the pages.
pub fn routes(shelf: Arc<LocalShelf>, library: Arc<Library>) -> Router {
    Router::new()
        .route("/", get(tenders::page))
        .route("/agencies/{agency}/tenders/{tender}", get(tender::page))
        .route(
            "/agencies/{agency}/tenders/{tender}/bids/{bid}/criteria/{criterion}",
            get(verdict::page),
        )
        .route(
            "/agencies/{agency}/tenders/{tender}/evidence/{sha256}",
            get(evidence::page),
        )
        .route(
            "/assets/style.css",
            get(|| async {
                (
                    [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
                    include_str!("web/assets/style.css"),
                )
            }),
        )
        .fallback(|chrome: Chrome| async move { not_found(&chrome) })
        .with_state(Web { shelf, library })
}

/// What every page needs: the language, and where the page is in the other one.
#[derive(Debug, Clone)]
struct Chrome {
    lang: Lang,
    /// The address of this page without its language, ready for one more parameter.
    address: String,
}

impl Chrome {
    fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }

    fn say_with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        message_with(self.lang, key, arguments)
    }

    /// A message with one argument, for templates.
    fn say_one(&self, key: &str, name: &str, value: &str) -> String {
        self.say_with(key, &[(name, value)])
    }

    fn code(&self) -> &'static str {
        self.lang.code()
    }

    /// The code of the other language.
    fn other(&self) -> &'static str {
        match self.lang {
            Lang::Ja => "en",
            Lang::En => "ja",
        }
    }

    /// The text of a bilingual value of a record.
    fn text(&self, value: &Value) -> String {
        string(value, self.lang.code())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Chrome {
    type Rejection = std::convert::Infallible;

    /// The language comes from `?lang=`, else from the browser; Japanese when neither says English.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let address = kept.fold(format!("{}?", parts.uri.path()), |address, pair| {
            address + pair + "&"
        });
        let asked = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("lang="))
            .and_then(Lang::from_code);
        let accepted = parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let browser = if accepted.starts_with("en") {
            Lang::En
        } else {
            Lang::Ja
        };
        Ok(Self {
            lang: asked.unwrap_or(browser),
            address,
        })
    }
}

/// Why a page failed.
enum PageError {
    Missing(Chrome),
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(chrome) => not_found(&chrome),
            Self::Failed(error) => error.into_response(),
        }
    }
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage<'a> {
    chrome: &'a Chrome,
}

fn not_found(chrome: &Chrome) -> Response {
    (StatusCode::NOT_FOUND, render(&MissingPage { chrome })).into_response()
}

fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page does not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A list in a record.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A text in a record; a number as its digits.
fn string(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// An exact number in a record, shortened for a table.
fn number(value: &Value, key: &str) -> String {
    Exact::parse(&string(value, key))
        .map_or_else(String::new, |number| crate::document::words::shown(&number))
}

/// A verdict of a record in words, with the class of its look.
fn verdict_words(chrome: &Chrome, word: &str) -> (String, &'static str) {
    let (kind, level) = word.split_once('(').map_or((word, ""), |(kind, rest)| {
        (kind, rest.split('/').next().unwrap_or_default())
    });
    let text = chrome.say_with(&format!("verdict-{kind}"), &[("level", level)]);
    let kind = crate::assessment::verdict::VerdictKind::WORDS
        .iter()
        .find(|(word, _)| *word == kind)
        .map(|(_, kind)| *kind);
    let class = match kind.map(crate::document::words::look) {
        Some(Look::Good) => "good",
        Some(Look::Bad) => "bad",
        Some(Look::Open) => "open",
        Some(Look::Faint) => "faint",
        _ => "plain",
    };
    (text, class)
}

/// Encodes a text for the query of an address.
fn query_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
