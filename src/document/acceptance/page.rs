//! The verdict as one page for the acceptance file: printable, complete in itself, without script and without anything
//! from elsewhere. What a machine settled stands first; what the inspector (検査職員) settles has boxes to tick, and a
//! place to sign.

mod paper;

use askama::Template;

use crate::acceptance::check::Checks;
use crate::acceptance::report::Report;
use crate::document::report::{PageError, margins, style_hash};
use crate::text::Lang;
use paper::Paper;

#[derive(Template)]
#[template(path = "acceptance.html")]
struct Page<'a> {
    lang: &'static str,
    title: String,
    running: String,
    style: &'a str,
    style_hash: String,
    papers: &'a [Paper],
}

const STYLE: &str = include_str!("../templates/report.css");
const OWN: &str = include_str!("../templates/acceptance.css");

/// Writes a verdict in the given languages, one behind the other.
///
/// # Errors
///
/// [`PageError`], which no report should bring about.
pub fn page(report: &Report, checks: &Checks, langs: &[Lang]) -> Result<String, PageError> {
    let papers: Vec<_> = langs
        .iter()
        .map(|lang| {
            let prefix = if langs.len() > 1 { lang.code() } else { "" };
            Paper::new(report, checks, *lang, prefix)
        })
        .collect();
    let first = papers.first();
    let style = format!("{STYLE}{OWN}{}", margins(&[], false));
    let running = first.map_or_else(String::new, |paper| paper.running.clone());
    let page = Page {
        lang: langs.first().copied().unwrap_or(Lang::Ja).code(),
        title: format!(
            "{} · {running}",
            first.map_or("", |paper| paper.title.as_str())
        ),
        running,
        style_hash: style_hash(&style),
        style: &style,
        papers: &papers,
    };
    Ok(page.render()?)
}
