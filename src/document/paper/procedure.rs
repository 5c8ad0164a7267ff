//! The evaluation procedure (評価手順書) in words, made of the procedure's data.
//!
//! Who reads it: bidders and the review committee. Whoever has it, the list of items and the bids can compute the ranking by
//! hand: every step stands here with its formula, its rounding and what happens on a tie or an exclusion. No value is
//! invented but those of the example, which says so.

mod example;
mod price;
mod technical;

pub(super) use example::steps;

use super::items::procedure_labels;
use super::part::Paper;
use super::voice::Voice;
use crate::clause::draft::applicable;
use crate::criteria::{Catalog, Stage};
use crate::tender::item::ItemKind;
use crate::tender::procedure::{Method, Scaling};
use crate::tender::timetable::TimetableView;
use crate::tender::{TaxBasis, Tender};
use crate::text::Lang;

/// Writes the procedure in a language. `catalog` is given where the tender judges by criteria.
pub fn procedure(tender: &Tender, catalog: Option<&Catalog>, lang: Lang) -> Paper {
    let voice = Voice { lang };
    let mut paper = Paper::new(tender, &voice.say("paper-procedure"), voice);
    procedure_labels(&mut paper, tender, catalog, voice);
    if !tender.procedure.source.is_empty() {
        paper.label(&voice.say("paper-source"), &tender.procedure.source);
    }
    general(&mut paper, tender, voice);
    timetable(&mut paper, tender, voice);
    price::prices(&mut paper, tender, voice);
    exclusions(&mut paper, tender, catalog, voice);
    technical::technical(&mut paper, tender, catalog, voice);
    price::price_points(&mut paper, tender, voice);
    total(&mut paper, tender, voice);
    order(&mut paper, tender, voice);
    after(&mut paper, tender, voice);
    example::example(&mut paper, tender, voice);
    paper
}

fn general(paper: &mut Paper, tender: &Tender, voice: Voice) {
    paper.section(&voice.say("paper-general"));
    paper.text(&voice.say("paper-general-text"));
    paper.text(&voice.say(&format!("method-{}", tender.procedure.method.word())));
    paper.text(&voice.say("paper-exact"));
}

fn timetable(paper: &mut Paper, tender: &Tender, voice: Voice) {
    paper.section(&voice.say("paper-timetable"));
    let view = TimetableView::new(tender, tender.as_of);
    let mut days: Vec<_> = view
        .events
        .iter()
        .map(|event| {
            let at = event.at.as_deref().and_then(|at| at.split('T').nth(1));
            let at = at.map_or_else(String::new, |time| {
                let clock: String = time.chars().take(5).collect();
                format!(" {clock}")
            });
            (
                event.title.of(voice.lang).to_owned(),
                format!("{}{at}", event.day),
            )
        })
        .collect();
    if !view.events.iter().any(|event| event.event == "bids-until") {
        let deadline = tender.bid_deadline.to_string();
        days.insert(0, (voice.say("paper-bid-deadline"), deadline));
    }
    days.push((voice.say("paper-evaluation-day"), tender.as_of.to_string()));
    if let Some(count) = tender.timetable.bids_valid_days {
        let label = voice.say("paper-validity");
        days.push((
            label,
            voice.say_with("paper-days", &[("days", &count.to_string())]),
        ));
    }
    paper.pairs(&days);
    for amendment in &tender.timetable.amendments {
        let day = amendment.on.to_string();
        let arguments = [
            ("id", amendment.id.as_str()),
            ("day", &day),
            ("what", amendment.rationale.of(voice.lang)),
        ];
        paper.text(&voice.say_with("paper-amendment", &arguments));
    }
}

/// What keeps a bid out of the ranking.
fn exclusions(paper: &mut Paper, tender: &Tender, catalog: Option<&Catalog>, voice: Voice) {
    paper.section(&voice.say("paper-exclusions"));
    paper.text(&voice.say("paper-exclusions-text"));
    let mut points = Vec::new();
    let gates = catalog.map_or(0, |catalog| {
        let criteria = applicable(catalog, tender);
        let gates = criteria
            .iter()
            .filter(|one| one.stage() == Some(Stage::Bid));
        gates.count()
    });
    if gates > 0 {
        points.push(voice.say_with("paper-out-gates", &[("count", &gates.to_string())]));
    }
    if tender
        .items
        .iter()
        .any(|item| item.kind == ItemKind::Mandatory)
    {
        let rule = tender.procedure.evaluators.mandatory.word();
        points.push(voice.say(&format!("mandatory-{rule}")));
    }
    if tender.procedure.has_ceiling {
        points.push(voice.say("paper-out-ceiling"));
    }
    for lot in &tender.lots {
        if let Some(minimum) = lot.minimum_price_yen {
            let yen = voice.yen(&minimum.to_string());
            points.push(match &lot.id {
                Some(_) => voice.say_with(
                    "paper-out-minimum-price-lot",
                    &[("lot", lot.title.of(voice.lang)), ("yen", &yen)],
                ),
                None => voice.say_with("paper-out-minimum-price", &[("yen", &yen)]),
            });
        }
    }
    for block in &tender.blocks {
        if let Some(minimum) = &block.minimum {
            let key = if block.scaling.is_some() {
                "paper-out-minimum-raw"
            } else {
                "paper-out-minimum"
            };
            let minimum = voice.exact(minimum);
            let arguments = [("block", block.title.of(voice.lang)), ("minimum", &minimum)];
            points.push(voice.say_with(key, &arguments));
        }
    }
    if let Some(minimum) = &tender.technical_minimum {
        let minimum = voice.exact(minimum);
        points.push(voice.say_with("paper-out-technical", &[("minimum", &minimum)]));
    }
    if let Some(floor) = &tender.procedure.floor {
        let formula = voice.formula(tender, floor);
        let total = voice.total(tender.procedure.method);
        let arguments = [("total", total.as_str()), ("floor", &formula)];
        points.push(voice.say_with("paper-out-floor", &arguments));
    }
    points.push(voice.say("paper-out-declared"));
    paper.list(&points);
    paper.text(&voice.say("paper-out-effect"));
}

/// How the total comes about.
fn total(paper: &mut Paper, tender: &Tender, voice: Voice) {
    let form = &tender.procedure;
    if form.method == Method::LowestPrice {
        return;
    }
    let total = voice.total(form.method);
    paper.section(&total);
    paper.text(&voice.say_with("paper-total-text", &[("total", &total)]));
    paper.formula(&format!("{total} = {}", voice.formula(tender, &form.total)));
    price::names(paper, tender, &form.total, voice);
    let rounding = voice.rounding_or_none(form.rounding.total);
    paper.text(&voice.say_with(
        "paper-rounding",
        &[("what", total.as_str()), ("rounding", &rounding)],
    ));
}

/// How bids are put in order.
fn order(paper: &mut Paper, tender: &Tender, voice: Voice) {
    let form = &tender.procedure;
    paper.section(&voice.say("paper-order"));
    paper.text(&voice.say(if form.method.lowest_first() {
        "paper-order-lowest"
    } else {
        "paper-order-highest"
    }));
    if tender.lots.iter().any(|lot| lot.id.is_some()) {
        paper.text(&voice.say("paper-order-lots"));
    }
    if form.tie_rules.is_empty() {
        paper.text(&voice.say("paper-tie-none"));
    } else {
        paper.text(&voice.say("paper-tie-text"));
        let rules = form.tie_rules.iter().zip(1..);
        let rules = rules.map(|(rule, number)| format!("({number}) {}", voice.tie(tender, rule)));
        paper.list(&rules.collect::<Vec<_>>());
        paper.text(&voice.say("paper-tie-after"));
    }
}

/// What happens after the ranking: investigation, recomputation, contract price.
fn after(paper: &mut Paper, tender: &Tender, voice: Voice) {
    let form = &tender.procedure;
    let set = tender
        .lots
        .iter()
        .any(|lot| lot.investigation_price_yen.is_some());
    if set || form.low_bid_share.is_some() {
        paper.section(&voice.say("paper-low-bid"));
        for lot in &tender.lots {
            let text = match (lot.investigation_price_yen, &form.low_bid_share) {
                (Some(yen), _) => voice.say_with(
                    "paper-low-bid-amount",
                    &[("yen", &voice.yen(&yen.to_string()))],
                ),
                (None, Some(share)) => {
                    let (share, from) = (
                        voice.percent(share),
                        voice.yen(&form.low_bid_from_yen.to_string()),
                    );
                    let arguments = [("share", share.as_str()), ("from", &from)];
                    voice.say_with("paper-low-bid-share", &arguments)
                }
                (None, None) => voice.say("paper-low-bid-not"),
            };
            let named = lot.id.is_some() && set;
            paper.text(&if named {
                format!("{}: {text}", lot.title.of(voice.lang))
            } else {
                text
            });
            if !set {
                break;
            }
        }
        paper.text(&voice.say("paper-low-bid-effect"));
    }
    paper.section(&voice.say("paper-recomputation"));
    let others = tender.depends_on_others();
    if others.is_empty() {
        paper.text(&voice.say("paper-recomputation-nobody"));
    } else {
        let names: Vec<_> = others
            .iter()
            .map(|name| dependence(tender, name, voice))
            .collect();
        let names = voice.joined(&names);
        paper.text(&voice.say_with("paper-recomputation-text", &[("names", &names)]));
    }
    paper.section(&voice.say("paper-contract-price"));
    let tax = &form.tax;
    let key = match tender.tax_basis {
        TaxBasis::Included => "paper-contract-included",
        TaxBasis::Excluded | TaxBasis::CeilingIncluded => "paper-contract-added",
    };
    let rate = voice.percent(&tax.rate);
    if key == "paper-contract-included" {
        paper.text(&voice.say("paper-contract-included"));
    } else {
        let rounding = voice.say(&format!("rounding-yen-{}", tax.rounding.word()));
        let arguments = [("rate", rate.as_str()), ("rounding", &rounding)];
        paper.text(&voice.say_with("paper-contract-added", &arguments));
    }
}

/// What of other bids a number depends on, in words.
pub(super) fn dependence(tender: &Tender, name: &str, voice: Voice) -> String {
    if name == "best_technical" {
        return voice.say("depends-best-technical");
    }
    match name.strip_prefix("best:") {
        Some(id) => {
            let block = tender.blocks.iter().find(|block| block.id == id);
            let title = block.map_or(id, |block| block.title.of(voice.lang));
            voice.say_with("depends-best-block", &[("block", title)])
        }
        None => voice.name(tender, name),
    }
}

/// How points are scaled, in words.
pub(super) fn scaling(scaling: Scaling, allotted: &str, most: &str, voice: Voice) -> String {
    match scaling {
        Scaling::Best => voice.say_with("scaling-best", &[("allotted", allotted)]),
        Scaling::Maximum => {
            voice.say_with("scaling-maximum", &[("allotted", allotted), ("most", most)])
        }
    }
}
