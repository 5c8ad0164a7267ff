//! Papers as one page: printable, complete in itself, without script and without anything from elsewhere.

use askama::Template;

use super::part::{Paper, Part};
use crate::document::chart;
use crate::document::report::{PageError, margins, style_hash};

#[derive(Template)]
#[template(path = "paper.html")]
struct Page<'a> {
    lang: &'static str,
    title: String,
    style: &'a str,
    style_hash: String,
    papers: &'a [Paper],
}

const STYLE: &str = include_str!("../templates/report.css");
const OWN: &str = include_str!("../templates/paper.css");

/// Writes papers, such as one in both languages, one behind the other.
///
/// # Errors
///
/// [`PageError`], which no paper should bring about.
pub fn page(papers: &[Paper]) -> Result<String, PageError> {
    let first = papers.first();
    let is_wide = papers.iter().any(|paper| paper.is_wide);
    let markings: Vec<_> = papers.iter().map(|paper| paper.marking.as_str()).collect();
    let style = format!(
        "{STYLE}{}{OWN}{}",
        chart::STYLE,
        margins(&markings, is_wide)
    );
    let subject = first.and_then(|paper| paper.head.get(1));
    let page = Page {
        lang: first.map_or("ja", |paper| paper.lang.code()),
        title: format!(
            "{} · {}",
            first.map_or("", |paper| paper.title.as_str()),
            subject.map_or("", |(_, value)| value.as_str())
        ),
        style_hash: style_hash(&style),
        style: &style,
        papers,
    };
    Ok(page.render()?)
}
