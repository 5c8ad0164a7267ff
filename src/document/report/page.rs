//! The report as one page: printable, complete in itself, without script and without anything from elsewhere.

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Report;
use super::paper::Paper;
use super::ranking::Ranking;
use crate::digest::Digest;
use crate::document::chart;
use crate::tender::Tender;
use crate::tender::report::TenderView;
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
    rankings: &'a [Ranking],
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
        .map(|lang| Paper::new(report, *lang, &prefix(langs, *lang)))
        .collect();
    let first = langs.first().copied().unwrap_or(Lang::Ja);
    let head = &report.head;
    let supplier = [head.supplier.of(first), &head.offering];
    let supplier = supplier.into_iter().find(|one| !one.is_empty());
    let day = report.assessment.as_of.split('T').next();
    let running = [supplier.unwrap_or_default(), day.unwrap_or_default()].join(" · ");
    render(first, &running, &[], &papers)
}

/// Writes the ranking of a tender with the reports on its bids behind it.
///
/// # Errors
///
/// [`PageError`], which no tender should bring about.
pub fn tender_page(
    tender: &Tender,
    view: &TenderView,
    reports: &[Report<'_>],
    langs: &[Lang],
) -> Result<String, PageError> {
    let (mut rankings, mut papers) = (Vec::new(), Vec::new());
    for lang in langs {
        let prefix_of = |bid: &str| {
            let index = reports.iter().position(|one| one.head.offering == bid)?;
            Some(format!("{}b{}-", prefix(langs, *lang), index + 1))
        };
        rankings.push(Ranking::new(
            tender,
            view,
            reports,
            (*lang, &prefix(langs, *lang)),
            prefix_of,
        ));
        let of_bids = reports.iter().map(|report| {
            let prefix = prefix_of(&report.head.offering).unwrap_or_default();
            Paper::new(report, *lang, &prefix)
        });
        papers.extend(of_bids);
    }
    let first = langs.first().copied().unwrap_or(Lang::Ja);
    let day = view.as_of.split('T').next().unwrap_or_default();
    render(first, &format!("{} · {day}", view.id), &rankings, &papers)
}

/// What keeps the anchors of several languages apart.
fn prefix(langs: &[Lang], lang: Lang) -> String {
    if langs.len() > 1 {
        format!("{}-", lang.code())
    } else {
        String::new()
    }
}

fn render(
    lang: Lang,
    running: &str,
    rankings: &[Ranking],
    papers: &[Paper],
) -> Result<String, PageError> {
    let running = shortened(&printable(running), 90);
    let style = style(papers);
    let groups = papers.iter().map(|paper| paper.groups.len()).max();
    let title = rankings
        .first()
        .map(|ranking| &ranking.title)
        .or(papers.first().map(|paper| &paper.title));
    let page = Page {
        lang: lang.code(),
        title: format!("{} · {running}", title.map_or("", String::as_str)),
        running,
        style_hash: style_hash(&style),
        style: &style,
        overview_height: i64::try_from(groups.unwrap_or(0)).unwrap_or(0) * 24 + 6,
        rankings,
        papers,
    };
    Ok(page.render()?)
}

/// The style with what stands in the margins of printed pages.
fn style(papers: &[Paper]) -> String {
    let markings: Vec<_> = papers.iter().map(|paper| paper.marking.as_str()).collect();
    format!("{STYLE}{}{}", chart::STYLE, margins(&markings, false))
}

/// The style of the margins of printed pages: the number of the page, and the marking once more.
pub(in crate::document) fn margins(markings: &[&str], is_wide: bool) -> String {
    let mut markings: Vec<_> = markings
        .iter()
        .copied()
        .filter(|marking| !marking.is_empty())
        .collect();
    markings.dedup();
    let marking = css_text(&shortened(&markings.join(" / "), 160));
    let size = if is_wide { "A4 landscape" } else { "A4" };
    format!(
        "@page {{ size: {size}; margin: 13mm 14mm 16mm; @bottom-left {{ content: {marking}; font-size: 7.5pt; width: 85%; \
         white-space: normal; line-height: 1.25; }} @bottom-right {{ content: counter(page) \" / \" counter(pages); font-size: 8pt; }} }}\n"
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
pub(in crate::document) fn style_hash(style: &str) -> String {
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
