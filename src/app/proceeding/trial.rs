//! Holding what comes in to the tender's own reader at the moment it comes in, before it is sealed or kept.
//!
//! Each check puts a tender file together as the case will in the end, with a stand-in for whatever is still sealed, and
//! looks only at the faults of what came in. Nothing is computed from a stand-in.

use std::collections::BTreeMap;

use super::open::technical_parts;
use super::{Case, Refused, refuse};
use crate::app::library::Library;
use crate::app::tender::TENDER_FILE;
use crate::diagnostic::Diagnostic;
use crate::evidence::Evidence;
use crate::exact::Exact;
use crate::tender::evaluate::points_of;
use crate::tender::item::{Item, Mark, Scale};
use crate::tender::parse::{read_published, read_tender};
use crate::tender::procedure::Combination;
use crate::tender::proceeding::file::{AddedBid, Additions, Named, assemble};
use crate::tender::proceeding::view::Spread;
use crate::tender::{BlockKind, Tender};
use crate::text::Text;

/// Stands for a price that is sealed, in yen.
const STAND_IN_PRICE: i64 = 1;
/// Stands for a planned price that is sealed, in yen.
const STAND_IN_CEILING: i64 = 1_000_000_000_000_000;

fn read_as_published(library: &Library, file: &[u8]) -> Result<Tender, Vec<Diagnostic>> {
    let evidence = Evidence::new(TENDER_FILE, file.to_vec());
    let tender = read_published(&evidence, &library.procedures, &library.catalog.vocabulary);
    // The caller knows the name that the user gave.
    tender.map_err(|faults| {
        faults
            .into_iter()
            .map(|one| Diagnostic { file: None, ..one })
            .collect()
    })
}

/// What a case needs to know of a tender file that is to be published.
#[derive(Debug, Clone, Copy)]
pub(super) struct Publishable {
    /// Whether evaluators mark items.
    pub(super) marked: bool,
}

/// Whether a tender file can be published, and whether what is known at the opening fits it.
pub(super) fn check_published(
    library: &Library,
    file: &[u8],
    opening: Option<&[u8]>,
) -> Result<Publishable, Vec<Diagnostic>> {
    let tender = read_as_published(library, file)?;
    if !tender.evaluators.is_empty() {
        return Err(vec![refuse(
            "published-bid",
            "`evaluator` stands in a tender file that is to be published",
            "appoint evaluators with `mekiki tender case appoint`; their keys belong to them",
        )]);
    }
    let has_items = |place: usize| tender.items.iter().any(|item| item.block == Some(place));
    let bare = tender
        .blocks
        .iter()
        .enumerate()
        .find(|(place, block)| block.kind == BlockKind::Marks && !has_items(*place));
    if let Some((_, block)) = bare {
        let unfit = refuse(
            "case-block-without-items",
            format!(
                "the block `{}` is marked, but has no evaluation items",
                block.id
            ),
            "add [[procedure.item]]: in a case every evaluator marks item by item",
        );
        return Err(vec![unfit]);
    }
    let open = tender.lots.iter().any(|lot| lot.ceiling_yen.is_none());
    if tender.procedure.has_ceiling && open && opening.is_none() {
        let unfit = refuse(
            "case-no-ceiling",
            "the procedure has a planned price, which is neither published nor sealed",
            "seal it with --opening FILE, which holds `ceiling_yen = …` or a table `ceilings` by lot",
        );
        return Err(vec![unfit]);
    }
    if let Some(opening) = opening {
        let text = String::from_utf8_lossy(opening).into_owned();
        let mut additions = stand_ins(&tender);
        additions.opening = Some(text);
        let lot = tender.lots.first().and_then(|lot| lot.id.as_ref());
        let lot = lot.map_or_else(String::new, |lot| format!("lot = \"{lot}\"\n"));
        let rest = format!("id = \"stand-in\"\nsupplier = {{ ja = \"-\", en = \"-\" }}\n{lot}");
        additions
            .bids
            .insert("stand-in".to_owned(), excluded(&rest));
        let published = String::from_utf8_lossy(file);
        let whole = assemble(&published, &additions).map_err(|fault| vec![fault])?;
        read_whole(library, &whole).map_err(|faults| {
            // The places are those of a file that nobody has; the message of a fault says enough.
            let bare = |one: Diagnostic| Diagnostic {
                at: crate::diagnostic::Place::whole(),
                file: Some("[opening]".to_owned()),
                ..one
            };
            faults.into_iter().map(bare).collect::<Vec<_>>()
        })?;
    }
    Ok(Publishable {
        marked: !tender.items.is_empty(),
    })
}

/// Stand-ins for what is sealed: planned prices, and an evaluator.
fn stand_ins(tender: &Tender) -> Additions {
    let mut additions = Additions::default();
    if tender.procedure.has_ceiling && tender.lots.iter().any(|lot| lot.ceiling_yen.is_none()) {
        let open = tender.lots.iter().filter(|lot| lot.ceiling_yen.is_none());
        let lines = open.map(|lot| match &lot.id {
            Some(id) => format!("ceilings.\"{id}\" = {STAND_IN_CEILING}\n"),
            None => format!("ceiling_yen = {STAND_IN_CEILING}\n"),
        });
        additions.opening = Some(lines.collect());
    }
    let nobody = ("-".to_owned(), Vec::new());
    additions.evaluators.insert("stand-in".to_owned(), nobody);
    additions
}

/// A bid that nothing is asked of but that it can be read.
fn excluded(rest: &str) -> AddedBid {
    let reason = Text {
        ja: "-".to_owned(),
        en: "-".to_owned(),
    };
    AddedBid {
        rest: rest.to_owned(),
        price_yen: STAND_IN_PRICE,
        excluded: Some((reason, false)),
    }
}

fn read_whole(library: &Library, text: &str) -> Result<Tender, Vec<Diagnostic>> {
    let evidence = Evidence::new(TENDER_FILE, text.as_bytes().to_vec());
    read_tender(&evidence, &library.procedures, &library.catalog.vocabulary)
}

/// Whether a bid, without its price, can stand in the tender file.
///
/// # Errors
///
/// Its faults, without places: they would be those of a file that nobody has.
pub(super) fn check_bid(
    library: &Library,
    published: &str,
    bid: &str,
    rest: &str,
) -> Result<(), Vec<Diagnostic>> {
    let tender = read_as_published(library, published.as_bytes())?;
    let mut additions = stand_ins(&tender);
    additions.bids.insert(bid.to_owned(), excluded(rest));
    let whole = assemble(published, &additions).map_err(|fault| vec![fault])?;
    match read_whole(library, &whole) {
        Ok(_) => Ok(()),
        Err(faults) => Err(faults
            .into_iter()
            .map(|one| Diagnostic {
                at: crate::diagnostic::Place::whole(),
                file: None,
                ..one
            })
            .collect()),
    }
}

/// The faults that lie in a text behind the first `lines` lines, with places as in that text.
fn faults_behind(lines: usize, faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    faults
        .into_iter()
        .filter_map(|mut fault| {
            let line = fault.at.line?.checked_sub(lines).filter(|line| *line > 0)?;
            fault.at.line = Some(line);
            fault.at.pointer = None;
            fault.file = None;
            Some(fault)
        })
        .collect()
}

/// Everything before sheets or decisions that come in.
fn head_of(case: &Case, library: &Library, additions: Additions) -> Result<String, Refused> {
    let published = case.published()?;
    let tender = read_as_published(library, published.as_bytes())?;
    let mut whole = stand_ins(&tender);
    if !additions.evaluators.is_empty() {
        whole.evaluators = additions.evaluators;
    }
    whole.bids = additions.bids;
    whole.sheets = additions.sheets;
    Ok(assemble(&published, &whole)?)
}

/// Whether an evaluator's sheets are whole and within their scales.
///
/// # Errors
///
/// Their faults, with places in the file as it was handed in.
pub(super) fn check_sheets(
    library: &Library,
    case: &Case,
    evaluator: &str,
    file: &[u8],
    sheets: &[Named],
) -> Result<(), Refused> {
    let parts = technical_parts(case);
    let mut additions = Additions::default();
    let named = ("-".to_owned(), Vec::new());
    additions.evaluators.insert(evaluator.to_owned(), named);
    for sheet in sheets {
        let Some(part) = parts.get(&sheet.bid) else {
            continue;
        };
        additions
            .bids
            .insert(sheet.bid.clone(), excluded(&part.rest));
    }
    let head = head_of(case, library, additions)?;
    let whole = format!("{head}{}", String::from_utf8_lossy(file));
    let lines = head.matches('\n').count();
    let tender = read_whole(library, &whole).map_err(|faults| {
        let behind = faults_behind(lines, faults.clone());
        Refused(if behind.is_empty() { faults } else { behind })
    })?;
    // Whether a mandatory item fails a bid is known when all evaluators have marked; until then every mark is due.
    let mut missing = Vec::new();
    for bid in &tender.bids {
        let marks = bid
            .sheets
            .iter()
            .flat_map(|sheet| sheet.marks.iter().zip(&tender.items));
        let unmarked = marks
            .filter(|(mark, _)| mark.is_none())
            .map(|(_, item)| item.id.as_str());
        let unmarked: Vec<_> = unmarked.collect();
        if !unmarked.is_empty() {
            missing.push(refuse(
                "mark-missing",
                format!(
                    "the sheet on `{}` has no mark for {}",
                    bid.id,
                    unmarked.join(", ")
                ),
                "enter every mark, 0 included; a mark that is missing is not zero",
            ));
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refused(missing))
    }
}

/// Whether decisions on verdicts are whole.
///
/// # Errors
///
/// Their faults, with places in the file as it was handed in.
pub(super) fn check_confirmations(
    library: &Library,
    case: &Case,
    file: &[u8],
) -> Result<(), Refused> {
    let mut additions = Additions::default();
    for (id, part) in technical_parts(case) {
        additions.bids.insert(id, excluded(&part.rest));
    }
    let head = head_of(case, library, additions)?;
    let whole = format!("{head}{}", String::from_utf8_lossy(file));
    let lines = head.matches('\n').count();
    let faults = match read_whole(library, &whole) {
        Ok(_) => return Ok(()),
        Err(faults) => faults_behind(lines, faults),
    };
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refused(faults))
    }
}

/// Sets the marks of the evaluators beside each other. A mark that lies further from the median of its item than the
/// procedure's `outlier_share` of the item's points needs a reason; the share comes back, or `none`.
///
/// # Errors
///
/// Sheets that cannot be read together.
pub(super) fn compare(
    library: &Library,
    case: &Case,
    sheets: &BTreeMap<(String, String), String>,
) -> Result<(String, Vec<Spread>), Refused> {
    let mut additions = Additions::default();
    for (id, part) in technical_parts(case) {
        additions.bids.insert(id, excluded(&part.rest));
    }
    for id in case.state.evaluators.keys() {
        let named = ("-".to_owned(), Vec::new());
        additions.evaluators.insert(id.clone(), named);
    }
    additions.sheets.clone_from(sheets);
    let tender = read_whole(library, &head_of(case, library, additions)?)?;
    let share = tender.procedure.evaluators.outlier_share.clone();
    let mut spreads = Vec::new();
    for bid in &tender.bids {
        for (place, item) in tender.items.iter().enumerate() {
            let marks: Vec<_> = bid
                .sheets
                .iter()
                .filter_map(|sheet| {
                    let evaluator = tender.evaluators.get(sheet.evaluator)?;
                    let mark = sheet.marks.get(place)?.as_ref()?;
                    let points = points_of(&tender.procedure, item, mark);
                    Some((evaluator.id.clone(), written(&tender, item, mark), points))
                })
                .collect();
            if !marks.is_empty() {
                spreads.push(spread(bid.id.as_str(), item, &marks, share.as_ref()));
            }
        }
    }
    let limit = share.map_or_else(|| "none".to_owned(), |share| share.to_string());
    Ok((limit, spreads))
}

fn spread(
    bid: &str,
    item: &Item,
    marks: &[(String, String, Exact)],
    share: Option<&Exact>,
) -> Spread {
    let points: Vec<_> = marks.iter().map(|(.., points)| points.clone()).collect();
    let of = |combination: Combination| combination.of(&points).unwrap_or_else(Exact::zero);
    let median = of(Combination::Median);
    let far = |points: &Exact| {
        share.is_some_and(|share| points.minus(&median).abs() > share.times(&item.points))
    };
    let asked = marks.iter().filter(|(.., points)| far(points));
    Spread {
        bid: bid.to_owned(),
        item: item.id.clone(),
        marks: marks
            .iter()
            .map(|(who, mark, _)| (who.clone(), mark.clone()))
            .collect(),
        spread: of(Combination::Highest)
            .minus(&of(Combination::Lowest))
            .to_string(),
        of: item.points.to_string(),
        asked: asked.map(|(who, ..)| who.clone()).collect(),
    }
}

/// A mark as it was written.
fn written(tender: &Tender, item: &Item, mark: &Mark) -> String {
    match (mark, &item.scale) {
        (Mark::Met(met), _) => met.to_string(),
        (Mark::Number(number), _) => number.to_string(),
        (Mark::Grade(place), Scale::Grades(name)) => {
            let table = tender.procedure.grades.get(name);
            let grade = table.and_then(|table| table.grades.get(*place));
            grade.map_or_else(String::new, |(word, _)| word.clone())
        }
        (Mark::Grade(_), _) => String::new(),
    }
}
