//! What keeps a bid out, and what people said of the machine's verdicts.

use std::collections::BTreeMap;

use super::points::Points;
use super::{Exclusion, ItemOutcome, Proposal};
use crate::assessment::Assessment;
use crate::assessment::Judgment;
use crate::assessment::verdict::VerdictKind;
use crate::criteria::Stage;
use crate::diagnostic::{Diagnostic, Place};
use crate::exact::Exact;
use crate::id::{BidId, CriterionId};
use crate::tender::item::{Confirmation, ConfirmationDecision, Item, ItemKind, Mark};
use crate::tender::procedure::Procedure;
use crate::tender::{Bid, Tender};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, Text};

/// Excluded by the contracting officer.
pub(super) const DECLARED: &str = "declared";
/// Excluded by a total below the procedure's floor.
pub(super) const BELOW_FLOOR: &str = "below-floor";

/// What people said of the verdicts on one bid.
pub(super) type Confirmations<'a> = BTreeMap<&'a CriterionId, &'a Confirmation>;

impl Tender {
    /// What people said of the machine's verdicts on a bid.
    pub(super) fn confirmations_of(&self, bid: &BidId) -> Confirmations<'_> {
        self.confirmations
            .iter()
            .filter(|one| one.bid == *bid)
            .map(|one| (&one.criterion, one))
            .collect()
    }
}

/// What keeps a bid out whatever the others do.
pub(super) fn alone(
    tender: &Tender,
    bid: &Bid,
    assessment: Option<&Assessment>,
    confirmations: &Confirmations<'_>,
) -> Vec<Exclusion> {
    let mut exclusions = Vec::new();
    let by_item = |criterion: &CriterionId| {
        tender
            .items
            .iter()
            .any(|item| item.criterion.as_ref() == Some(criterion))
    };
    for gate in assessment.into_iter().flat_map(|one| one.gates(Stage::Bid)) {
        if by_item(&gate.criterion) {
            continue;
        }
        let confirmation = confirmations.get(&gate.criterion);
        if is_shut(tender, gate, confirmation.copied()) {
            exclusions.push(by_gate(gate, confirmation.copied()));
        }
    }
    let named = |by: &str, key: &str, arguments: &[(&str, &str)]| Exclusion {
        by: by.to_owned(),
        detail: both(key, arguments),
        citations: vec![bid.offering.named_at.clone()],
    };
    let marking = tender
        .evaluators
        .iter()
        .filter(|one| !one.conflicts.contains(&bid.id))
        .count();
    for (place, item) in tender.items.iter().enumerate() {
        let unmet = bid.found_unmet(place);
        if item.kind == ItemKind::Mandatory
            && tender.procedure.evaluators.mandatory.fails(unmet, marking)
        {
            let (unmet, of) = (unmet.to_string(), marking.to_string());
            let detail = |lang| {
                let arguments = [
                    ("item", item.id.as_str()),
                    ("title", item.title.of(lang)),
                    ("unmet", &unmet),
                    ("of", &of),
                ];
                message_with(lang, "excluded-item-marked", &arguments)
            };
            exclusions.push(Exclusion {
                by: "mandatory-item".to_owned(),
                detail: Text {
                    ja: detail(Lang::Ja),
                    en: detail(Lang::En),
                },
                citations: vec![bid.offering.named_at.clone()],
            });
        }
    }
    for item in &bid.mandatory_unmet {
        exclusions.push(named("mandatory-item", "excluded-item", &[("item", item)]));
    }
    if let Some(lot) = tender.lots.get(bid.lot) {
        let price = Exact::from_integer(bid.price_yen);
        if tender
            .comparison_ceiling(lot)
            .is_some_and(|ceiling| price > ceiling)
        {
            exclusions.push(named("above-ceiling", "excluded-above-ceiling", &[]));
        }
        if lot
            .minimum_price_yen
            .is_some_and(|minimum| bid.price_yen < minimum)
        {
            exclusions.push(named(
                "below-minimum-price",
                "excluded-below-minimum-price",
                &[],
            ));
        }
    }
    if let Some(reason) = &bid.declared_excluded {
        exclusions.push(Exclusion {
            by: DECLARED.to_owned(),
            detail: reason.clone(),
            citations: vec![bid.offering.named_at.clone()],
        });
    }
    exclusions
}

fn both(key: &str, arguments: &[(&str, &str)]) -> Text {
    Text {
        ja: message_with(Lang::Ja, key, arguments),
        en: message_with(Lang::En, key, arguments),
    }
}

/// Whether a gate keeps a bid out: by the decision of a person where there is one, else by the verdict.
fn is_shut(tender: &Tender, gate: &Judgment, confirmation: Option<&Confirmation>) -> bool {
    if let Some(ConfirmationDecision::Overruled(share)) = confirmation.map(|one| &one.decision) {
        return *share != Exact::one();
    }
    if tender.as_of >= tender.bid_deadline {
        !gate.verdict.kind.opens_gate()
    } else {
        gate.verdict.kind == VerdictKind::Fail
    }
}

fn by_gate(gate: &Judgment, confirmation: Option<&Confirmation>) -> Exclusion {
    let key = format!("verdict-{}", gate.verdict.kind.word());
    let overruled = confirmation.filter(|one| one.decision != ConfirmationDecision::Confirmed);
    let detail = |lang| {
        let verdict = message(lang, &key);
        let Some(one) = overruled else {
            return message_with(lang, "excluded-gate", &[("verdict", &verdict)]);
        };
        let (by, reason) = (one.by.as_str(), one.reason.clone().unwrap_or_default());
        let reason = reason.of(lang);
        message_with(
            lang,
            "excluded-gate-overruled",
            &[
                ("verdict", verdict.as_str()),
                ("by", by),
                ("reason", reason),
            ],
        )
    };
    let own = overruled.map(|one| one.citation.clone());
    Exclusion {
        by: gate.criterion.to_string(),
        detail: Text {
            ja: detail(Lang::Ja),
            en: detail(Lang::En),
        },
        citations: gate.citations.iter().cloned().chain(own).collect(),
    }
}

/// What keeps a bid out by the points that it has before any scaling.
pub(super) fn below_minimum(
    tender: &Tender,
    bid: &Bid,
    items: &[ItemOutcome],
    points: &Points,
) -> Vec<Exclusion> {
    let mut exclusions = Vec::new();
    let mut check = |key: &str, name: &str, title: &Text, have: &Exact, minimum: Option<&Exact>| {
        let Some(minimum) = minimum.filter(|minimum| have < *minimum) else {
            return;
        };
        let (have, minimum) = (have.to_string(), minimum.to_string());
        let arguments = |lang| {
            [
                ("block", name.to_owned()),
                ("title", title.of(lang).to_owned()),
                ("have", have.clone()),
                ("minimum", minimum.clone()),
            ]
        };
        exclusions.push(Exclusion {
            by: "below-minimum".to_owned(),
            detail: Text {
                ja: message_with(Lang::Ja, key, &arguments(Lang::Ja)),
                en: message_with(Lang::En, key, &arguments(Lang::En)),
            },
            citations: vec![bid.offering.named_at.clone()],
        });
    };
    for (item, one) in tender.items.iter().zip(items) {
        check(
            "excluded-below-minimum",
            &item.id,
            &item.title,
            &one.value,
            item.minimum.as_ref(),
        );
    }
    for (block, one) in tender.blocks.iter().zip(&points.blocks) {
        check(
            "excluded-below-minimum",
            &block.id,
            &block.title,
            &one.low,
            block.minimum.as_ref(),
        );
    }
    let raw = points.raw_technical(tender);
    check(
        "excluded-below-technical",
        "technical",
        &Text::default(),
        &raw,
        tender.technical_minimum.as_ref(),
    );
    exclusions
}

/// Whether the price is low enough to be investigated.
pub(super) fn is_low(tender: &Tender, bid: &Bid) -> bool {
    tender
        .lots
        .get(bid.lot)
        .and_then(|lot| tender.investigation_price(lot))
        .is_some_and(|price| Exact::from_integer(bid.price_yen) < price)
}

/// Verdicts that count and that nobody confirmed or overruled, where the tender asks for it.
pub(super) fn unconfirmed(
    tender: &Tender,
    assessment: Option<&Assessment>,
    confirmations: &Confirmations<'_>,
) -> Vec<CriterionId> {
    if !tender.confirms_verdicts {
        return Vec::new();
    }
    let counts = |one: &&Judgment| {
        one.verdict.kind != VerdictKind::NotApplicable
            && (one.stage == Some(Stage::Bid) || !one.of.is_zero())
    };
    assessment
        .into_iter()
        .flat_map(|one| one.judgments.values())
        .filter(counts)
        .filter(|one| !confirmations.contains_key(&one.criterion))
        .filter(|one| {
            let item =
                |item: &crate::tender::item::Item| item.criterion.as_ref() == Some(&one.criterion);
            !tender.items.iter().any(item)
        })
        .map(|one| one.criterion.clone())
        .collect()
}

/// The machine's verdicts on items beside the evaluators' decisions.
///
/// # Errors
///
/// `overruled-without-reason` for an evaluator who decided otherwise without a comment.
pub(super) fn proposals(
    tender: &Tender,
    bid: &Bid,
    assessment: Option<&Assessment>,
) -> Result<Vec<Proposal>, Diagnostic> {
    let mut proposals = Vec::new();
    for (place, item) in tender.items.iter().enumerate() {
        let Some(criterion) = &item.criterion else {
            continue;
        };
        let Some(judgment) = assessment.and_then(|one| one.judgments.get(criterion)) else {
            continue;
        };
        let mut reasons = Vec::new();
        let mut agrees = true;
        for sheet in &bid.sheets {
            let Some(Some(mark)) = sheet.marks.get(place) else {
                continue;
            };
            if agrees_with(&tender.procedure, item, mark, judgment) {
                continue;
            }
            agrees = false;
            let evaluator = tender.evaluators.get(sheet.evaluator);
            let evaluator = evaluator.map_or("", |one| one.id.as_str());
            let comment = sheet
                .comments
                .get(&item.id)
                .filter(|text| !text.trim().is_empty());
            let Some(comment) = comment else {
                return Err(Diagnostic::error(
                    "overruled-without-reason",
                    Place::whole(),
                    format!("`{evaluator}` decided the item `{}` of `{}` against the verdict on {criterion} without a comment", item.id, bid.id),
                )
                .help("write the reason into [sheet.comments]"));
            };
            reasons.push(format!("{evaluator}: {comment}"));
        }
        proposals.push(Proposal {
            item: item.id.clone(),
            criterion: criterion.clone(),
            verdict: judgment.verdict.kind.word().to_owned(),
            agrees,
            reasons,
        });
    }
    Ok(proposals)
}

/// Whether a mark agrees with the verdict: a gate that opens is met; a share lies from what is proven to what is possible.
pub(crate) fn agrees_with(
    procedure: &Procedure,
    item: &Item,
    mark: &Mark,
    judgment: &Judgment,
) -> bool {
    if let Mark::Met(met) = mark {
        return *met == judgment.verdict.kind.opens_gate();
    }
    let points = super::marks::points_of(procedure, item, mark);
    let share = |points: &Exact, of: &Exact| points.over(of);
    let proposed = (
        share(&judgment.low, &judgment.of),
        share(&judgment.high, &judgment.of),
    );
    match (share(&points, &item.points), proposed) {
        (Some(share), (Some(low), Some(high))) => low <= share && share <= high,
        _ => true,
    }
}
