//! The papers and pictures of a tender: which tender and which outcome each is made of.

use super::Refused;
use super::library::Library;
use super::tender::{JudgedTender, OpenTender, TENDER_FILE, write_record};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::chart::{self, Picture, Swing};
use crate::document::paper::{self, Digests, Paper};
use crate::evidence::Evidence;
use crate::id::BidId;
use crate::tender::parse::read_notice;
use crate::tender::sensitivity::{Direction, SensitivityView};
use crate::text::Lang;
use crate::text::messages::message;

/// The papers of a notice, made of what is published alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// The list of evaluation items.
    Items,
    /// The evaluation procedure.
    Procedure,
}

/// The papers of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultKind {
    /// The consolidated table.
    Consolidated,
    /// The award record.
    Award,
    /// The reasons to a bidder who did not win.
    Losing(BidId),
}

/// The pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// The ranking with intervals.
    Ranking,
    /// The plane of price and quality.
    Plane,
    /// The tornado of sensitivities.
    Tornado,
}

/// Writes a paper of a notice in each language. Whatever stands in the tender file beside what is published is passed over.
///
/// # Errors
///
/// Every fault of the tender file, and `catalog-unknown`.
pub fn notice_papers(
    library: &Library,
    file: &Evidence,
    kind: NoticeKind,
    langs: &[Lang],
) -> Result<Vec<Paper>, Refused> {
    let tender = read_notice(file, &library.procedures, &library.catalog.vocabulary)?;
    if let Some(id) = tender
        .catalog
        .as_ref()
        .filter(|id| !library.catalog.is_called(id))
    {
        let message = format!("there is no catalog `{id}`");
        let fault = Diagnostic::error("catalog-unknown", Place::pointer("/catalog"), message)
            .help(format!("use `{}`", library.catalog.id))
            .in_file(TENDER_FILE);
        return Err(Refused(vec![fault]));
    }
    let catalog = tender.catalog.as_ref().map(|_| &library.catalog);
    let papers = langs.iter().map(|lang| match kind {
        NoticeKind::Items => paper::items(&tender, catalog, *lang),
        NoticeKind::Procedure => paper::procedure(&tender, catalog, *lang),
    });
    Ok(papers.collect())
}

/// Writes a paper of a result in each language.
///
/// # Errors
///
/// `bid-unknown`, `paper-not-losing` and `paper-undecided` for the reasons to a bidder.
pub fn result_papers(
    library: &Library,
    open: &OpenTender,
    judged: &JudgedTender,
    kind: &ResultKind,
    langs: &[Lang],
) -> Result<Vec<Paper>, Refused> {
    let (tender, outcome) = (&open.tender, &judged.outcome);
    let catalog = tender.catalog.as_ref().map(|_| &library.catalog);
    let digests = matches!(kind, ResultKind::Award).then(|| digests(library, open, judged));
    langs
        .iter()
        .map(|lang| match (kind, &digests) {
            (ResultKind::Award, Some(digests)) => Ok(paper::award(
                tender,
                outcome,
                &judged.view,
                catalog,
                digests,
                *lang,
            )),
            (ResultKind::Losing(bid), _) => paper::losing(tender, outcome, catalog, bid, *lang)
                .map_err(|fault| Refused(vec![fault])),
            _ => Ok(paper::consolidated(tender, outcome, *lang)),
        })
        .collect()
}

fn digests(library: &Library, open: &OpenTender, judged: &JudgedTender) -> Digests {
    let file = open.evidence.iter().find(|one| one.path == TENDER_FILE);
    Digests {
        tender_file: file.map(|file| file.digest),
        evidence_files: open.evidence.len(),
        record: Digest::of(write_record(library, open, judged).as_bytes()),
    }
}

/// Draws a picture of a judged tender, or of one of its lots.
///
/// # Errors
///
/// `chart-lot` where a tender is parted and no lot, or an unknown one, is named; `chart-empty` where there is nothing to
/// draw.
pub fn chart(
    open: &OpenTender,
    judged: &JudgedTender,
    kind: ChartKind,
    lot: Option<&str>,
    lang: Lang,
) -> Result<Picture, Refused> {
    let refuse = |code, message: &str, help: String| {
        Refused(vec![
            Diagnostic::error(code, Place::whole(), message).help(help),
        ])
    };
    let tender = &open.tender;
    let place = tender.lots.iter().position(|one| one.id.as_deref() == lot);
    let Some(place) = place else {
        let known: Vec<_> = tender
            .lots
            .iter()
            .filter_map(|lot| lot.id.as_deref())
            .collect();
        let (message, help) = if known.is_empty() {
            (
                "the tender is not parted into lots",
                "leave out --lot".to_owned(),
            )
        } else {
            (
                "a picture shows one lot",
                format!("write --lot with one of {}", known.join(", ")),
            )
        };
        return Err(refuse("chart-lot", message, help));
    };
    let picture = match kind {
        ChartKind::Ranking => chart::ranking(&judged.view, lot, lang),
        ChartKind::Plane => chart::plane(tender, &judged.view, place, lang),
        ChartKind::Tornado => tornado(open, judged, lot, lang),
    };
    picture.ok_or_else(|| {
        let help = "a ranking needs a valid bid, a tornado two of them".to_owned();
        refuse("chart-empty", "there is nothing to draw", help)
    })
}

/// The smallest changes of each weight, from the sensitivities of a lot.
fn tornado(
    open: &OpenTender,
    judged: &JudgedTender,
    lot: Option<&str>,
    lang: Lang,
) -> Option<Picture> {
    let view = SensitivityView::new(&open.tender, &judged.outcome);
    let found = view
        .parts()
        .find(|part| part.lot.as_deref() == lot)?
        .found
        .as_ref()?;
    let mut swings: Vec<Swing> = Vec::new();
    for change in &found.single {
        let label = change.title.of(lang);
        let place = swings.iter().position(|swing| swing.label == label);
        let place = place.unwrap_or_else(|| {
            swings.push(Swing {
                label: label.to_owned(),
                down: None,
                up: None,
            });
            swings.len() - 1
        });
        if let Some(swing) = swings.get_mut(place) {
            let size = Some(change.change.clone());
            match change.direction {
                Direction::Decrease => swing.down = size,
                Direction::Increase => swing.up = size,
            }
        }
    }
    if swings.is_empty() && found.winner.is_empty() {
        return None;
    }
    Some(chart::tornado(
        &swings,
        &message(lang, "chart-unit-points"),
        lang,
    ))
}
