//! The report as one page: printable, complete in itself, without script and without anything from elsewhere.

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Report;
use super::paper::Paper;
use crate::digest::Digest;
use crate::text::{Lang, printable, shortened};

/// Why a page could not be made: a fault of a template.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
pub struct PageError(#[from] askama::Error);

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    lang: &'static str,
    title: String,
    running: String,
    style: &'a str,
    style_hash: String,
    overview_height: i64,
    papers: &'a [Paper],
}

const STYLE: &str = include_str!("../templates/report.css");

/// Writes a report in the given languages, one behind the other.
///
/// # Errors
///
/// [`PageError`], which no report should bring about.
pub fn page(report: &Report<'_>, langs: &[Lang]) -> Result<String, PageError> {
    let papers: Vec<_> = langs
        .iter()
        .map(|lang| {
            let prefix = if langs.len() > 1 { lang.code() } else { "" };
            let prefix = if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}-")
            };
            Paper::new(report, *lang, &prefix)
        })
        .collect();
    let first = langs.first().copied().unwrap_or(Lang::Ja);
    let head = &report.head;
    let day = report.assessment.as_of.split('T').next();
    let supplier = [head.supplier.of(first), &head.offering];
    let supplier = supplier.into_iter().find(|one| !one.is_empty());
    let running = [supplier.unwrap_or_default(), day.unwrap_or_default()].join(" · ");
    let running = shortened(&printable(&running), 90);
    let style = style(&papers);
    let groups = papers.iter().map(|paper| paper.groups.len()).max();
    let page = Page {
        lang: first.code(),
        title: papers
            .first()
            .map_or_else(String::new, |paper| format!("{} · {running}", paper.title)),
        running,
        style_hash: style_hash(&style),
        style: &style,
        overview_height: i64::try_from(groups.unwrap_or(0)).unwrap_or(0) * 24 + 6,
        papers: &papers,
    };
    Ok(page.render()?)
}

/// The style with what stands in the margins of printed pages: the number of the page, and the marking once more.
fn style(papers: &[Paper]) -> String {
    let marking: Vec<_> = papers
        .iter()
        .map(|paper| paper.marking.as_str())
        .filter(|marking| !marking.is_empty())
        .collect();
    let marking = css_text(&shortened(&marking.join(" / "), 160));
    format!(
        "{STYLE}@page {{ size: A4; margin: 13mm 14mm 16mm; @bottom-left {{ content: {marking}; font-size: 7.5pt; width: 85%; \
         white-space: nowrap; overflow: hidden; }} @bottom-right {{ content: counter(page) \" / \" counter(pages); font-size: 8pt; }} }}\n"
    )
}

/// A text as a string of CSS, with everything but letters and digits of ASCII written as escapes (CSS Syntax Level 3,
/// section 4.3.7).
fn css_text(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::from("\"");
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character);
        } else {
            _ = write!(out, "\\{:06x}", u32::from(character));
        }
    }
    out + "\""
}

/// The source of a style as the Content Security Policy names it (CSP Level 3, section 2.3.1).
fn style_hash(style: &str) -> String {
    let digest = BASE64_STANDARD.encode(Digest::of(style.as_bytes()).bytes());
    format!("sha256-{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_string_of_css() {
        assert_eq!(
            css_text("機密2\"}</style>"),
            "\"\\006a5f\\005bc62\\000022\\00007d\\00003c\\00002fstyle\\00003e\""
        );
    }
}
