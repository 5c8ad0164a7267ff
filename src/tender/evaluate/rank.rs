//! From totals to ranks.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::standing::Stood;
use super::{LotOutcome, RankedRow};
use crate::tender::Tender;
use crate::tender::procedure::TieRule;

/// Ranks the bids of a lot; those of an unbroken tie share a rank.
pub(super) fn rank(tender: &Tender, standings: &[Stood]) -> (LotOutcome, Vec<RankedRow>) {
    let lowest_first = tender.procedure.method.lowest_first();
    let mut tied = split(standings.iter().collect(), |left, right| {
        let order = left.standing.total.cmp(&right.standing.total);
        if lowest_first { order } else { order.reverse() }
    });
    let mut broken_by = None;
    for rule in &tender.procedure.tie_rules {
        let before = tied.first().map_or(0, Vec::len);
        tied = tied
            .into_iter()
            .flat_map(|group| break_tie(tender, rule, group))
            .collect();
        if tied.first().is_some_and(|group| group.len() < before) {
            broken_by = Some(rule.clone());
        }
    }
    let mut rows = Vec::new();
    for group in &tied {
        let rank = rows.len() + 1;
        rows.extend(group.iter().map(|one| RankedRow {
            bid: one.bid.clone(),
            technical: one.standing.technical.clone(),
            price_points: one.standing.price_points.clone(),
            total: one.standing.total.clone(),
            rank,
        }));
    }
    let winner: Vec<_> = tied
        .first()
        .into_iter()
        .flatten()
        .map(|one| one.bid.clone())
        .collect();
    let outcome = LotOutcome {
        tie_broken_by: broken_by.filter(|_| winner.len() == 1),
        winner,
    };
    (outcome, rows)
}

/// Splits bids that tie by one rule, the better first; what the rule does not tell apart stays together.
fn break_tie<'s>(tender: &Tender, rule: &TieRule, group: Vec<&'s Stood>) -> Vec<Vec<&'s Stood>> {
    match rule {
        TieRule::Technical => split(group, |left, right| {
            right.standing.technical.cmp(&left.standing.technical)
        }),
        TieRule::Price => split(group, |left, right| left.price_yen.cmp(&right.price_yen)),
        TieRule::Block(id) => {
            let place = tender.blocks.iter().position(|block| block.id == *id);
            let points = |one: &Stood| one.standing.blocks.get(place?).cloned();
            split(group, |left, right| points(right).cmp(&points(left)))
        }
        TieRule::Lots => {
            let drawn: BTreeMap<_, _> = tender.draw.iter().zip(0..).collect();
            // Lots decide among those who drew: one bid without a lot leaves the whole tie open.
            if group.iter().all(|one| drawn.contains_key(&one.bid)) {
                split(group, |left, right| {
                    drawn.get(&left.bid).cmp(&drawn.get(&right.bid))
                })
            } else {
                vec![group]
            }
        }
    }
}

/// Groups of equals in order; within a group the order of the bids' identifiers.
fn split(mut bids: Vec<&Stood>, order: impl Fn(&Stood, &Stood) -> Ordering) -> Vec<Vec<&Stood>> {
    bids.sort_by(|left, right| order(left, right).then_with(|| left.bid.cmp(&right.bid)));
    bids.chunk_by(|left, right| order(left, right) == Ordering::Equal)
        .map(<[_]>::to_vec)
        .collect()
}
