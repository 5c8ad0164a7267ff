//! The smallest change of one mark that changes the winner: of a challenger up, or of the winner down.

use serde::Serialize;

use super::ground::{Ground, Moving, Stand, first};
use super::linear::{EvaluatorMark, ModelMark};
use super::published::{PublishedChange, Rates, Search, search};
use super::single::{Direction, newcomer};
use super::{LISTED, Listed};
use crate::exact::Exact;
use crate::id::BidId;
use crate::text::Text;

/// The smallest changes of one mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkChanges {
    /// Of an item's points, after all evaluators: the best item of each bid, the smallest change first.
    pub items: Listed<MarkChange>,
    /// Of one evaluator's mark: the best of each bid, the smallest change first.
    pub evaluators: Listed<MarkChange>,
    /// How many challengers were looked at, the nearest first.
    pub challengers: usize,
    /// How many there are.
    pub of_challengers: usize,
}

/// The smallest change of one mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkChange {
    /// The bid whose mark changes.
    pub bid: BidId,
    /// The item.
    pub item: String,
    /// Its title.
    pub title: Text,
    /// The evaluator, where one evaluator's mark changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluator: Option<String>,
    /// Up for a challenger, down for the winner.
    pub direction: Direction,
    /// The points of the item, or the evaluator's mark, now.
    pub from: Exact,
    /// The same at the threshold, or at the first mark that may be given beyond it.
    pub to: Exact,
    /// The distance.
    pub change: Exact,
    /// Whether the winner changes at `to` itself; else just beyond it.
    pub reached: bool,
    /// Who wins then.
    pub winner: BidId,
    /// How many marks of this bid could do it each by itself.
    pub marks: usize,
    /// The same under the published rounding, for an item's points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedChange>,
}

/// How the points of an item must move.
struct Need<'g, 'm> {
    ground: &'g Ground<'m>,
    stand: &'g Stand<'m>,
    direction: Direction,
    /// By how many points, without sign.
    points: Exact,
    /// The bids that can win when it has moved: the winner and its equals, or who then leads the others.
    rivals: &'g [&'g Stand<'m>],
}

/// Computes the changes over the marks of the model.
pub(super) fn mark_changes(ground: &Ground<'_>) -> MarkChanges {
    let mut items = Vec::new();
    let mut evaluators = Vec::new();
    let mut challengers = 0;
    let nearest = ground.nearest();
    let least = nearest.iter().map(|(stand, _)| ground.lead(stand)).min();
    let of_lead = |lead: &Exact| {
        let others = nearest.iter().map(|(stand, _)| *stand);
        others.filter(|stand| ground.lead(stand) == *lead).collect()
    };
    let mut first: Vec<_> = of_lead(&Exact::zero());
    first.extend(ground.winner());
    let second: Vec<_> = least.as_ref().map_or_else(Vec::new, of_lead);
    let mut needs: Vec<_> = nearest
        .iter()
        .map(|(stand, points)| Need {
            ground,
            stand,
            direction: Direction::Increase,
            points: points.clone(),
            rivals: &first,
        })
        .collect();
    if let (Some(stand), Some(least)) = (ground.winner(), least) {
        let points = least.over(&stand.bid.factor).unwrap_or_else(Exact::zero);
        needs.insert(
            0,
            Need {
                ground,
                stand,
                direction: Direction::Decrease,
                points,
                rivals: &second,
            },
        );
    }
    for need in &needs {
        let marks = ground.model.marks.iter();
        let marks: Vec<_> = marks.filter(|mark| mark.bid == need.stand.place).collect();
        if marks.is_empty() {
            continue;
        }
        challengers += usize::from(need.direction == Direction::Increase);
        let by_item = marks.iter().filter_map(|mark| need.item(mark)).collect();
        items.extend(best(by_item).map(|best| need.published(best, &marks)));
        let by_evaluator = marks.iter().flat_map(|mark| {
            mark.evaluators
                .iter()
                .filter_map(|one| need.evaluator(mark, one))
        });
        evaluators.extend(best(by_evaluator.collect()));
    }
    MarkChanges {
        items: listed(items),
        evaluators: listed(evaluators),
        challengers,
        of_challengers: ground.edges.len(),
    }
}

/// The smallest of a bid's changes, with how many there are.
fn best(changes: Vec<MarkChange>) -> Option<MarkChange> {
    let marks = changes.len();
    let mut changes = changes.into_iter();
    let first = changes.next()?;
    let best = changes.fold(first, |best, one| {
        let order = |change: &MarkChange| (change.change.clone(), !change.reached);
        if order(&one) < order(&best) {
            one
        } else {
            best
        }
    });
    Some(MarkChange { marks, ..best })
}

fn listed(mut changes: Vec<MarkChange>) -> Listed<MarkChange> {
    changes.sort_by(|left, right| {
        left.change
            .cmp(&right.change)
            .then_with(|| right.reached.cmp(&left.reached))
    });
    Listed::of(changes, LISTED)
}

impl Need<'_, '_> {
    fn signed(&self, number: &Exact) -> Exact {
        match self.direction {
            Direction::Decrease => number.negated(),
            Direction::Increase => number.clone(),
        }
    }

    /// The winners when the points under a weight have moved, by a signed number and on from there.
    fn winners(&self, weight: usize, by: &Exact, onward: &Exact) -> Vec<usize> {
        let by = Moving {
            value: by.clone(),
            onward: onward.clone(),
        };
        let rivals = self.rivals.iter();
        let mut contenders: Vec<_> = rivals
            .filter(|stand| stand.place != self.stand.place)
            .map(|stand| self.ground.contender(stand, &[]))
            .collect();
        contenders.push(self.ground.marked(self.stand, weight, &by));
        first(&contenders)
    }

    /// Who wins at the threshold, where that is another than now.
    fn at_threshold(&self, weight: usize) -> Option<BidId> {
        let winners = self.winners(weight, &self.signed(&self.points), &Exact::zero());
        (winners != self.ground.winners)
            .then(|| newcomer(self.ground, &winners))
            .flatten()
    }

    fn beyond(&self, weight: usize) -> Option<BidId> {
        let by = self.signed(&self.points);
        let winners = self.winners(weight, &by, &self.signed(&Exact::one()));
        newcomer(self.ground, &winners)
    }

    fn item(&self, mark: &ModelMark) -> Option<MarkChange> {
        let room = match self.direction {
            Direction::Decrease => mark.points.minus(&mark.lowest),
            Direction::Increase => mark.highest.minus(&mark.points),
        };
        if self.points > room || room.is_zero() {
            return None;
        }
        let at = self.at_threshold(mark.weight);
        let reached = at.is_some();
        let winner = match at {
            Some(winner) => winner,
            None if self.points < room => self.beyond(mark.weight)?,
            None => return None,
        };
        let to = mark.points.plus(&self.signed(&self.points));
        Some(self.change(mark, None, (&mark.points, to), reached, winner))
    }

    fn evaluator(&self, mark: &ModelMark, one: &EvaluatorMark) -> Option<MarkChange> {
        let target = mark.points.plus(&self.signed(&self.points));
        let id = Some(one.evaluator.clone());
        let ends = (one.response.first()?, one.response.last()?);
        let reaches = match self.direction {
            Direction::Decrease => ends.0.1 <= target,
            Direction::Increase => ends.1.1 >= target,
        };
        if !reaches {
            return None;
        }
        // Seen in the direction of the change, both the mark and the points rise.
        let mut response: Vec<_> = one
            .response
            .iter()
            .map(|(mark, points)| (self.signed(mark), self.signed(points)))
            .collect();
        response.sort();
        let (from, target) = (self.signed(&one.mark), self.signed(&target));
        if one.stepped {
            let steps = response.into_iter().filter(|(at, _)| *at > from);
            return steps
                .filter(|(_, points)| *points >= target)
                .find_map(|(at, points)| {
                    let by = self.signed(&points).minus(&mark.points);
                    let winners = self.winners(mark.weight, &by, &Exact::zero());
                    let winner = (winners != self.ground.winners)
                        .then(|| newcomer(self.ground, &winners))
                        .flatten()?;
                    Some(self.change(
                        mark,
                        id.clone(),
                        (&one.mark, self.signed(&at)),
                        true,
                        winner,
                    ))
                });
        }
        let at = self.at_threshold(mark.weight);
        let (to, reached, winner) = match at {
            Some(winner) => (first_at(&response, &from, &target)?, true, winner),
            None => (
                last_at(&response, &from, &target)?,
                false,
                self.beyond(mark.weight)?,
            ),
        };
        Some(self.change(mark, id, (&one.mark, self.signed(&to)), reached, winner))
    }

    fn change(
        &self,
        mark: &ModelMark,
        evaluator: Option<String>,
        (from, to): (&Exact, Exact),
        reached: bool,
        winner: BidId,
    ) -> MarkChange {
        MarkChange {
            bid: self.stand.bid.id.clone(),
            item: mark.item.clone(),
            title: mark.title.clone(),
            evaluator,
            direction: self.direction,
            from: from.clone(),
            change: to.minus(from).abs(),
            to,
            reached,
            winner,
            marks: 1,
            published: None,
        }
    }

    /// Adds the smallest change under the published rounding.
    fn published(&self, change: MarkChange, marks: &[&ModelMark]) -> MarkChange {
        let Some(mark) = marks.iter().find(|mark| mark.item == change.item) else {
            return change;
        };
        let room = match self.direction {
            Direction::Decrease => mark.points.minus(&mark.lowest),
            Direction::Increase => mark.highest.minus(&mark.points),
        };
        let found = search(self.ground, Some(&room), |_, place| {
            if place == self.stand.place {
                Rates::of_weight(self.ground.model, mark.weight, self.signed(&Exact::one()))
            } else {
                Rates::still()
            }
        });
        let published = match found {
            Search::Found(found) => Some(found),
            Search::None | Search::LeftOut => None,
        };
        MarkChange {
            published,
            ..change
        }
    }
}

/// The first number not below `from` at which a rising line reaches `target`.
fn first_at(line: &[(Exact, Exact)], from: &Exact, target: &Exact) -> Option<Exact> {
    let mut before: Option<&(Exact, Exact)> = None;
    for knot in line {
        if knot.1 >= *target {
            let at = match before {
                Some(before) if before.1 < *target => between(before, knot, target)?,
                _ => knot.0.clone(),
            };
            // The line may have reached the target before `from`; then nothing has to move.
            return Some(at.max(from.clone()));
        }
        before = Some(knot);
    }
    None
}

/// The last number at which a rising line is at `target`, where it rises on from there.
fn last_at(line: &[(Exact, Exact)], from: &Exact, target: &Exact) -> Option<Exact> {
    let mut before: Option<&(Exact, Exact)> = None;
    for knot in line {
        if knot.1 > *target {
            let at = match before {
                Some(before) => between(before, knot, target)?,
                None => knot.0.clone(),
            };
            return Some(at.max(from.clone()));
        }
        before = Some(knot);
    }
    None
}

fn between(low: &(Exact, Exact), high: &(Exact, Exact), target: &Exact) -> Option<Exact> {
    let width = high.0.minus(&low.0);
    let share = target.minus(&low.1).over(&high.1.minus(&low.1))?;
    Some(low.0.plus(&width.times(&share)))
}
