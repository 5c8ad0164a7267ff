//! The computed example of a procedure.

use super::super::part::{Paper, Table};
use super::super::voice::Voice;
use super::price::lowest_price_note;
use crate::document::words;
use crate::tender::evaluate::Step;
use crate::tender::illustration::Illustration;
use crate::tender::{BlockKind, Tender};
use crate::text::{Lang, Text};

/// Evaluates two invented bids and shows every step of the first.
pub(super) fn example(paper: &mut Paper, tender: &Tender, voice: Voice) {
    let named = |key| Text {
        ja: crate::text::messages::message(Lang::Ja, key),
        en: crate::text::messages::message(Lang::En, key),
    };
    paper.section(&voice.say("paper-example"));
    let bidders = [named("paper-example-first"), named("paper-example-second")];
    let Some(example) = tender.illustration(&bidders) else {
        paper.text(&voice.say("paper-example-none"));
        return;
    };
    paper.text(&voice.say("paper-example-text"));
    if example.invents_ceiling {
        let lot = example.tender.lots.first();
        let yen = lot.and_then(|lot| lot.ceiling_yen).unwrap_or_default();
        paper.text(&voice.say_with(
            "paper-example-ceiling",
            &[("yen", &voice.yen(&yen.to_string()))],
        ));
    }
    paper.table(results(&example, voice));
    let first = example.outcome.bids.first();
    if let Some(first) = first {
        let name = first.bid.offering.supplier.of(voice.lang);
        paper.subsection(&voice.say_with("paper-example-steps", &[("name", name)]));
        let own = example
            .outcome
            .derivation
            .iter()
            .filter(|step| step.bid == first.bid.id);
        let own: Vec<_> = own
            .cloned()
            .map(|step| assumed(tender, step, voice))
            .collect();
        paper.table(steps(&example.tender, own.iter(), voice));
    }
    if let Some(note) = lowest_price_note(tender, voice) {
        paper.note(&note);
    }
    let winners = example.outcome.winner();
    let winner = example
        .outcome
        .bids
        .iter()
        .find(|bid| winners.first() == Some(&bid.bid.id));
    match (winner, winners.len()) {
        (Some(winner), 1) => {
            let name = winner.bid.offering.supplier.of(voice.lang);
            paper.text(&voice.say_with("paper-example-winner", &[("name", name)]));
        }
        _ => paper.text(&voice.say("paper-example-tie")),
    }
}

/// The points of a block that follow from criteria are assumed in an example.
fn assumed(tender: &Tender, mut step: Step, voice: Voice) -> Step {
    let mut of_criteria = tender
        .blocks
        .iter()
        .filter(|one| one.kind == BlockKind::Criteria);
    if of_criteria.any(|block| block.id == step.name) {
        step.formula = voice.say("step-assumed");
    }
    step
}

fn results(example: &Illustration, voice: Voice) -> Table {
    let form = &example.tender.procedure;
    let has_points = form.price.is_some();
    let mut head = vec![
        (voice.say("supplier"), false),
        (voice.say("price-yen"), true),
        (voice.say("technical"), true),
    ];
    if has_points {
        head.push((voice.say("price-points"), true));
    }
    if !form.method.lowest_first() {
        head.push((voice.total(form.method), true));
    }
    head.push((voice.say("rank"), true));
    let mut table = Table::new(head.iter().map(|(text, number)| (text.as_str(), *number)));
    for bid in &example.outcome.bids {
        let Some(standing) = &bid.standing else {
            continue;
        };
        let mut row = vec![
            bid.bid.offering.supplier.of(voice.lang).to_owned(),
            words::grouped(&bid.bid.price_yen.to_string()),
            voice.exact(&standing.technical),
        ];
        if let Some(points) = standing.price_points.as_ref().filter(|_| has_points) {
            row.push(voice.exact(points));
        }
        if !form.method.lowest_first() {
            row.push(voice.exact(&standing.total));
        }
        row.push(standing.rank.to_string());
        table.row(row);
    }
    table
}

/// The steps of one bid, each with its formula and its rounding.
pub(in crate::document::paper) fn steps<'a>(
    tender: &Tender,
    steps: impl Iterator<Item = &'a Step>,
    voice: Voice,
) -> Table {
    let mut table = Table::new([
        (voice.say("step").as_str(), false),
        (voice.say("formula").as_str(), false),
        (voice.say("exact").as_str(), true),
        (voice.say("rounding").as_str(), false),
        (voice.say("value").as_str(), true),
    ]);
    for step in steps {
        let cells = [
            step_name(tender, &step.name, voice),
            words::formula(voice.lang, &step.formula),
            voice.exact(&step.exact),
            voice.step_rounding(step.rounding.as_deref()),
            voice.exact(&step.value),
        ];
        if matches!(step.name.as_str(), "technical" | "total") {
            table.strong(cells);
        } else {
            table.row(cells);
        }
    }
    table
}

/// What a step computes, in words.
pub(in crate::document::paper) fn step_name(tender: &Tender, name: &str, voice: Voice) -> String {
    let lang = voice.lang;
    if let Some(id) = name.strip_prefix("item:") {
        let item = tender.items.iter().find(|item| item.id == id);
        return item.map_or_else(
            || name.to_owned(),
            |item| format!("{} ({id})", item.title.of(lang)),
        );
    }
    let block = |id: &str| {
        let block = tender.blocks.iter().find(|block| block.id == id);
        block.map(|block| block.title.of(lang).to_owned())
    };
    if let Some(title) = block(name) {
        return title;
    }
    match name {
        "technical" => return voice.say("technical"),
        "technical:raw" => return voice.say("step-technical-raw"),
        "price" => return voice.say("price-points"),
        "total" => return voice.total(tender.procedure.method),
        _ => {}
    }
    match name.split_once(':') {
        Some((id, "scaled")) => {
            let title = block(id).unwrap_or_else(|| id.to_owned());
            voice.say_with("step-scaled", &[("block", &title)])
        }
        Some((id, evaluator)) => {
            let title = block(id).unwrap_or_else(|| id.to_owned());
            let known = tender.evaluators.iter().find(|one| one.id == evaluator);
            let named = known.and_then(|one| one.name.as_ref());
            let evaluator = named.map_or(evaluator, |name| name.of(lang));
            let arguments = [("block", title.as_str()), ("evaluator", evaluator)];
            voice.say_with("step-evaluator", &arguments)
        }
        None => name.to_owned(),
    }
}
