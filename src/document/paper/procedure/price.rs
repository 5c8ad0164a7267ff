//! Prices: on what basis they are compared, and how they become points.

use super::super::part::{Paper, Table};
use super::super::voice::Voice;
use crate::tender::formula::Formula;
use crate::tender::procedure::Method;
use crate::tender::{TaxBasis, Tender};

/// Planned price, tax and lots.
pub(super) fn prices(paper: &mut Paper, tender: &Tender, voice: Voice) {
    paper.section(&voice.say("paper-prices"));
    paper.text(&voice.say(&format!("tax-{}", tender.tax_basis.word())));
    if tender.tax_basis == TaxBasis::CeilingIncluded && tender.procedure.has_ceiling {
        let tax = &tender.procedure.tax;
        let rate = voice.percent(&tax.rate);
        let rounding = match tax.comparison_rounding {
            Some(mode) => voice.say(&format!("rounding-yen-{}", mode.word())),
            None => voice.say("rounding-none"),
        };
        let arguments = [("rate", rate.as_str()), ("rounding", &rounding)];
        paper.text(&voice.say_with("paper-comparison-price", &arguments));
    }
    let has_allotment = tender.procedure.price.is_some();
    if tender.procedure.has_ceiling {
        let all_secret = tender.lots.iter().all(|lot| lot.ceiling_yen.is_none());
        if all_secret {
            paper.text(&voice.say("paper-ceiling-secret"));
        }
    } else {
        paper.text(&voice.say("paper-ceiling-none"));
    }
    let parted = tender.lots.iter().any(|lot| lot.id.is_some());
    if parted {
        paper.text(&voice.say("paper-lots-text"));
    }
    let mut table = Table::new([
        (voice.say("paper-lot").as_str(), false),
        (voice.say("paper-ceiling").as_str(), true),
        (voice.say("paper-allotment").as_str(), true),
    ]);
    for lot in &tender.lots {
        let ceiling = match lot.ceiling_yen {
            Some(yen) => voice.yen(&yen.to_string()),
            None if tender.procedure.has_ceiling => voice.say("paper-secret"),
            None => "—".to_owned(),
        };
        let allotment = lot.price_allotment.as_ref().filter(|_| has_allotment);
        let allotment = allotment.map_or_else(|| "—".to_owned(), |points| voice.exact(points));
        let name = match &lot.id {
            Some(id) => format!("{} ({id})", lot.title.of(voice.lang)),
            None => lot.title.of(voice.lang).to_owned(),
        };
        table.row([name, ceiling, allotment]);
    }
    paper.table(table);
}

/// How a price becomes points.
pub(super) fn price_points(paper: &mut Paper, tender: &Tender, voice: Voice) {
    let form = &tender.procedure;
    let Some(formula) = &form.price else {
        return;
    };
    let what = voice.say("price-points");
    paper.section(&what);
    paper.text(&voice.say("paper-price-points-text"));
    paper.formula(&format!("{what} = {}", voice.formula(tender, formula)));
    names(paper, tender, formula, voice);
    let rounding = voice.rounding_or_none(form.rounding.price);
    paper.text(&voice.say_with(
        "paper-rounding",
        &[("what", what.as_str()), ("rounding", &rounding)],
    ));
}

/// What the names of a formula mean, and the values of its parameters.
pub(super) fn names(paper: &mut Paper, tender: &Tender, formula: &Formula, voice: Voice) {
    if formula.source().contains('?') {
        paper.note(&voice.say("paper-condition"));
    }
    let functions = [
        "min",
        "max",
        "abs",
        "round_down",
        "round_up",
        "round_half_up",
        "round_half_even",
    ];
    let used: Vec<_> = functions
        .iter()
        .filter(|name| formula.source().contains(&format!("{name}(")))
        .map(|name| {
            let meaning = voice.say(&format!("formula-means-{}", name.replace('_', "-")));
            format!("{}: {meaning}", voice.name(tender, name))
        })
        .collect();
    paper.list(&used);
    let mut meanings = Vec::new();
    for name in formula.names() {
        if matches!(name, "technical" | "price") {
            continue;
        }
        let meaning = match tender.parameters.get(name) {
            Some(value) => voice.exact(value),
            None => meaning(tender, name, voice),
        };
        meanings.push((voice.name(tender, name), meaning));
    }
    if !meanings.is_empty() {
        paper.pairs(&meanings);
    }
}

/// What a name of a formula stands for.
fn meaning(tender: &Tender, name: &str, voice: Voice) -> String {
    let single = match tender.lots.as_slice() {
        [lot] => Some(lot),
        _ => None,
    };
    let points = match name {
        "allotment" => single
            .and_then(|lot| lot.price_allotment.as_ref())
            .map(|one| voice.exact(one)),
        "technical_points" => Some(voice.exact(&tender.technical_points)),
        "minimum_price" => single
            .and_then(|lot| lot.minimum_price_yen)
            .map(|yen| voice.yen(&yen.to_string())),
        "investigation_price" => single
            .and_then(|lot| tender.investigation_price(lot))
            .map(|yen| voice.yen(&yen.to_string())),
        "ceiling" => single
            .and_then(|lot| tender.comparison_ceiling(lot))
            .map(|yen| voice.yen(&yen.to_string())),
        _ => None,
    };
    let means = voice.say(&format!("formula-means-{}", name.replace('_', "-")));
    match points {
        Some(points) => voice.say_with(
            "paper-meaning",
            &[("means", means.as_str()), ("value", &points)],
        ),
        None => means,
    }
}

/// The values of an example's prices, for readers who compute along.
pub(super) fn lowest_price_note(tender: &Tender, voice: Voice) -> Option<String> {
    (tender.procedure.method == Method::LowestPrice).then(|| voice.say("paper-example-lowest"))
}
