//! The award record (落札者決定調書): what was decided, on which rules and inputs, and by whom.
//!
//! Who reads it: the contracting officer who signs it, and the auditor. It holds every bidder's numbers and stays inside the
//! agency but for what the law publishes.

use std::collections::BTreeMap;

use super::consolidated::{lot_title, summary};
use super::items::procedure_labels;
use super::part::{Paper, Part, Table};
use super::procedure::dependence;
use super::voice::Voice;
use crate::criteria::Catalog;
use crate::digest::Digest;
use crate::document::{chart, words};
use crate::id::{BidId, CriterionId};
use crate::tender::Tender;
use crate::tender::evaluate::{Outcome, RankedRow, Recomputation};
use crate::tender::item::ConfirmationDecision;
use crate::tender::procedure::TieRule;
use crate::tender::report::TenderView;
use crate::text::Lang;
use crate::text::messages::message_with;

/// What an award rests on, by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// The tender file.
    pub tender_file: Option<Digest>,
    /// How many files of evidence were read.
    pub evidence_files: usize,
    /// The digest of the canonical record of the evaluation.
    pub record: Digest,
}

/// Writes the award record in a language.
pub fn award(
    tender: &Tender,
    outcome: &Outcome,
    view: &TenderView,
    catalog: Option<&Catalog>,
    digests: &Digests,
    lang: Lang,
) -> Paper {
    let voice = Voice { lang };
    let mut paper = Paper::new(tender, &voice.say("paper-award"), voice);
    paper.label(
        &voice.say("paper-evaluation-day"),
        &tender.as_of.to_string(),
    );
    procedure_labels(&mut paper, tender, catalog, voice);
    if let Some(digest) = &digests.tender_file {
        paper.label(&voice.say("paper-tender-file"), &digest.to_string());
    }
    let record = digests.record.to_string();
    let count = digests.evidence_files.to_string();
    let arguments = [("digest", record.as_str()), ("count", &count)];
    paper.label(
        &voice.say("paper-record"),
        &voice.say_with("paper-record-value", &arguments),
    );
    decision(&mut paper, tender, outcome, view, voice);
    bidders(&mut paper, tender, outcome, voice);
    excluded(&mut paper, outcome, catalog, voice);
    paper.section(&voice.say("paper-ranking"));
    for (place, lot) in tender.lots.iter().enumerate() {
        lot_title(&mut paper, tender, place, voice);
        paper.table(summary(tender, outcome, place, voice));
        if let Some(picture) = chart::ranking(view, lot.id.as_deref(), lang) {
            let name = format!("{}-ranking-{place}", lang.code());
            paper.parts.push(Part::Picture(picture.inline(&name)));
        }
    }
    ties(&mut paper, tender, outcome, voice);
    recomputations(&mut paper, tender, outcome, voice);
    low_bids(&mut paper, outcome, voice);
    people(&mut paper, tender, outcome, catalog, voice);
    signatures(&mut paper, voice);
    paper
}

/// Who wins, and the contract price.
fn decision(
    paper: &mut Paper,
    tender: &Tender,
    outcome: &Outcome,
    view: &TenderView,
    voice: Voice,
) {
    paper.section(&voice.say("paper-decision"));
    if view.provisional {
        paper.result(&voice.say("paper-provisional"));
    }
    for (place, lot) in outcome.lots.iter().enumerate() {
        lot_title(paper, tender, place, voice);
        let winner = outcome
            .bids
            .iter()
            .find(|bid| lot.winner.first() == Some(&bid.bid.id));
        match (winner, lot.winner.len()) {
            (Some(winner), 1) => {
                let name = winner.bid.offering.supplier.of(voice.lang);
                paper.result(&voice.say_with("winner", &[("winner", name)]));
                let price = voice.yen(&winner.bid.price_yen.to_string());
                let contract = voice.yen(&tender.contract_price(winner.bid.price_yen).to_string());
                let total = winner
                    .standing
                    .as_ref()
                    .map(|standing| voice.exact(&standing.total));
                let mut pairs = vec![
                    (voice.say("paper-bid-price"), price),
                    (voice.say("paper-contract-price"), contract),
                ];
                if !tender.procedure.method.lowest_first() {
                    pairs.insert(
                        0,
                        (
                            voice.total(tender.procedure.method),
                            total.unwrap_or_default(),
                        ),
                    );
                }
                paper.pairs(&pairs);
                paper.note(&voice.say(&format!("tax-note-{}", tender.tax_basis.word())));
                if winner.low_bid {
                    paper.text(&voice.say("paper-winner-low"));
                }
            }
            (None, _) => paper.result(&voice.say("no-valid-bid")),
            _ => {
                let names: Vec<_> = lot.winner.iter().map(ToString::to_string).collect();
                let names = voice.joined(&names);
                paper.result(&voice.say_with("paper-undecided", &[("bids", &names)]));
            }
        }
    }
}

fn bidders(paper: &mut Paper, tender: &Tender, outcome: &Outcome, voice: Voice) {
    paper.section(&voice.say("paper-bidders"));
    let parted = tender.lots.iter().any(|lot| lot.id.is_some());
    let mut head = vec![
        (voice.say("bid"), false),
        (voice.say("supplier"), false),
        (voice.say("paper-corporate-number"), false),
        (voice.say("paper-bid-price"), true),
        (voice.say("state"), false),
    ];
    if parted {
        head.insert(1, (voice.say("paper-lot"), false));
    }
    let mut table = Table::new(head.iter().map(|(text, number)| (text.as_str(), *number)));
    for one in &outcome.bids {
        let bid = &one.bid;
        let state = if one.standing.is_some() {
            "paper-valid"
        } else {
            "paper-out"
        };
        let mut row = vec![
            bid.id.to_string(),
            bid.offering.supplier.of(voice.lang).to_owned(),
            bid.offering
                .corporate_number
                .clone()
                .unwrap_or_else(|| "—".to_owned()),
            voice.yen(&bid.price_yen.to_string()),
            voice.say(state),
        ];
        if parted {
            let lot = tender.lots.get(bid.lot).and_then(|lot| lot.id.clone());
            row.insert(1, lot.unwrap_or_default());
        }
        table.row(row);
    }
    paper.table(table);
}

fn excluded(paper: &mut Paper, outcome: &Outcome, catalog: Option<&Catalog>, voice: Voice) {
    paper.section(&voice.say("paper-excluded"));
    let mut table = Table::new([
        (voice.say("supplier").as_str(), false),
        (voice.say("reason").as_str(), false),
        (voice.say("evidence").as_str(), false),
    ]);
    for bid in &outcome.bids {
        for exclusion in &bid.exclusions {
            let criterion =
                catalog.and_then(|one| one.criteria.get(&CriterionId(exclusion.by.clone())));
            let title =
                criterion.map_or_else(String::new, |one| format!("{}: ", one.title.of(voice.lang)));
            let citations: Vec<_> = exclusion
                .citations
                .iter()
                .map(ToString::to_string)
                .collect();
            table.row([
                format!(
                    "{} ({})",
                    bid.bid.offering.supplier.of(voice.lang),
                    bid.bid.id
                ),
                format!(
                    "{title}{} ({})",
                    exclusion.detail.of(voice.lang),
                    exclusion.by
                ),
                citations.join("; "),
            ]);
        }
    }
    if table.rows.is_empty() {
        paper.text(&voice.say("paper-nothing"));
    }
    paper.table(table);
}

fn ties(paper: &mut Paper, tender: &Tender, outcome: &Outcome, voice: Voice) {
    paper.section(&voice.say("paper-ties"));
    let mut any = false;
    for (place, lot) in outcome.lots.iter().enumerate() {
        let Some(rule) = &lot.tie_broken_by else {
            continue;
        };
        any = true;
        lot_title(paper, tender, place, voice);
        paper.text(&voice.say_with("paper-tie-broken", &[("rule", &voice.tie(tender, rule))]));
        if *rule == TieRule::Lots {
            let order: Vec<_> = tender.draw.iter().map(ToString::to_string).collect();
            paper.text(&voice.say_with("paper-draw", &[("order", &voice.joined(&order))]));
        }
    }
    if !any {
        paper.text(&voice.say("paper-nothing"));
    }
}

fn recomputations(paper: &mut Paper, tender: &Tender, outcome: &Outcome, voice: Voice) {
    paper.section(&voice.say("paper-recomputed"));
    if outcome.recomputations.is_empty() {
        paper.text(&voice.say("paper-nothing"));
    }
    for (number, one) in outcome.recomputations.iter().enumerate() {
        paper.text(&recomputed(tender, outcome, one, voice));
        let lot = tender
            .lots
            .iter()
            .position(|lot| lot.id == one.lot)
            .unwrap_or(0);
        let later = outcome.recomputations.iter().skip(number + 1);
        let next = later.into_iter().find(|later| later.lot == one.lot);
        let after: BTreeMap<&BidId, (usize, String)> = match next {
            Some(next) => next
                .before
                .iter()
                .map(|row| (&row.bid, placed(row, voice)))
                .collect(),
            None => outcome
                .ranking(lot)
                .into_iter()
                .map(|(bid, standing)| (&bid.bid.id, (standing.rank, voice.exact(&standing.total))))
                .collect(),
        };
        let total = voice.total(tender.procedure.method);
        let column = |key: &str| message_with(voice.lang, key, &[("what", total.as_str())]);
        let mut table = Table::new([
            (voice.say("bid").as_str(), false),
            (voice.say("paper-rank-before").as_str(), true),
            (column("paper-total-before").as_str(), true),
            (voice.say("paper-rank-after").as_str(), true),
            (column("paper-total-after").as_str(), true),
        ]);
        for row in &one.before {
            let (rank, before) = placed(row, voice);
            let (later, after) = after.get(&row.bid).map_or_else(
                || (voice.say("paper-out"), "—".to_owned()),
                |(rank, total)| (rank.to_string(), total.clone()),
            );
            table.row([row.bid.to_string(), rank.to_string(), before, later, after]);
        }
        paper.table(table);
    }
}

fn placed(row: &RankedRow, voice: Voice) -> (usize, String) {
    (row.rank, voice.exact(&row.total))
}

/// Why a ranking was computed again, and whom it changed.
fn recomputed(tender: &Tender, outcome: &Outcome, one: &Recomputation, voice: Voice) -> String {
    let named: Vec<_> = one
        .excluded
        .iter()
        .map(|id| {
            let bid = outcome.bids.iter().find(|bid| bid.bid.id == *id);
            bid.map_or_else(
                || id.to_string(),
                |bid| bid.bid.offering.supplier.of(voice.lang).to_owned(),
            )
        })
        .collect();
    let named = voice.joined(&named);
    let reason = voice.say(&format!("recomputed-{}", one.by));
    if one.changed.is_empty() {
        let arguments = [("bids", named.as_str()), ("reason", &reason)];
        return voice.say_with("paper-recomputed-none", &arguments);
    }
    let changed: Vec<_> = one.changed.iter().map(ToString::to_string).collect();
    let through: Vec<_> = one
        .through
        .iter()
        .map(|name| dependence(tender, name, voice))
        .collect();
    let (changed, through) = (voice.joined(&changed), voice.joined(&through));
    let arguments = [
        ("bids", named.as_str()),
        ("reason", &reason),
        ("changed", &changed),
        ("through", &through),
    ];
    voice.say_with("paper-recomputed-changed", &arguments)
}

fn low_bids(paper: &mut Paper, outcome: &Outcome, voice: Voice) {
    paper.section(&voice.say("paper-low-bid"));
    let low: Vec<_> = outcome
        .bids
        .iter()
        .filter(|bid| bid.low_bid)
        .map(|bid| {
            let name = bid.bid.offering.supplier.of(voice.lang);
            let price = voice.yen(&bid.bid.price_yen.to_string());
            let key = if bid.standing.is_some() {
                "paper-low-bid-in"
            } else {
                "paper-low-bid-out"
            };
            voice.say_with(key, &[("name", name), ("price", &price)])
        })
        .collect();
    if low.is_empty() {
        paper.text(&voice.say("paper-nothing"));
    }
    paper.list(&low);
}

/// What people decided on the machine's verdicts, and what still waits.
fn people(
    paper: &mut Paper,
    tender: &Tender,
    outcome: &Outcome,
    catalog: Option<&Catalog>,
    voice: Voice,
) {
    let title = |id: &CriterionId| {
        let criterion = catalog.and_then(|catalog| catalog.criteria.get(id));
        criterion.map_or_else(
            || id.to_string(),
            |one| format!("{} ({id})", one.title.of(voice.lang)),
        )
    };
    paper.section(&voice.say("paper-confirmations"));
    let mut table = Table::new([
        (voice.say("bid").as_str(), false),
        (voice.say("paper-criterion").as_str(), false),
        (voice.say("paper-machine").as_str(), false),
        (voice.say("paper-people").as_str(), false),
        (voice.say("paper-by").as_str(), false),
        (voice.say("reason").as_str(), false),
    ]);
    for one in &tender.confirmations {
        let bid = outcome.bids.iter().find(|bid| bid.bid.id == one.bid);
        let judged = bid.and_then(|bid| bid.assessment.as_ref()?.judgments.get(&one.criterion));
        let decision = match &one.decision {
            ConfirmationDecision::Confirmed => voice.say("decision-confirmed"),
            ConfirmationDecision::Overruled(share) => {
                voice.say_with("decision-overruled", &[("share", &voice.percent(share))])
            }
        };
        let day = one.on.map(|day| day.to_string()).unwrap_or_default();
        table.row([
            one.bid.to_string(),
            title(&one.criterion),
            judged.map_or_else(
                || "—".to_owned(),
                |judged| words::verdict(voice.lang, &judged.verdict),
            ),
            decision,
            format!("{} {day}", one.by).trim_end().to_owned(),
            one.reason
                .as_ref()
                .map_or_else(String::new, |reason| reason.of(voice.lang).to_owned()),
        ]);
    }
    for bid in &outcome.bids {
        for one in &bid.proposals {
            let decision = if one.agrees {
                "decision-agreed"
            } else {
                "decision-otherwise"
            };
            let judged = bid.assessment.as_ref();
            let judged = judged.and_then(|all| all.judgments.get(&one.criterion));
            table.row([
                bid.bid.id.to_string(),
                format!("{} / {}", one.item, title(&one.criterion)),
                judged.map_or_else(
                    || "—".to_owned(),
                    |judged| words::verdict(voice.lang, &judged.verdict),
                ),
                voice.say(decision),
                voice.say("paper-evaluators-title"),
                one.reasons.join(" / "),
            ]);
        }
    }
    let waiting: Vec<_> = outcome
        .bids
        .iter()
        .filter(|bid| !bid.unconfirmed.is_empty())
        .map(|bid| {
            let criteria: Vec<_> = bid.unconfirmed.iter().map(title).collect();
            format!("{}: {}", bid.bid.id, voice.joined(&criteria))
        })
        .collect();
    if table.rows.is_empty() && waiting.is_empty() {
        paper.text(&voice.say("paper-nothing"));
    }
    paper.table(table);
    if !waiting.is_empty() {
        paper.text(&voice.say("paper-unconfirmed"));
        paper.list(&waiting);
    }
}

fn signatures(paper: &mut Paper, voice: Voice) {
    paper.section(&voice.say("paper-signatures"));
    let people = ["paper-sign-officer", "paper-sign-chair", "paper-sign-clerk"];
    paper
        .parts
        .push(Part::Signatures(people.map(|key| voice.say(key)).into()));
}
