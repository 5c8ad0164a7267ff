//! Single weights, all weights together, and the published rounding.

use super::small::{GRID, Small, id, ids, place_in};
use super::{TENDERS, each};
use crate::exact::Exact;
use crate::tender::sensitivity::{
    Direction, JointChange, PublishedChange, Sensitivity, sensitivity,
};

/// Beyond this many points no threshold of a small tender lies.
const FARTHEST: i64 = 60;

fn on_grid(steps: i64) -> Exact {
    Exact::ratio(steps, GRID).unwrap()
}

/// The most steps that a weight can go in a direction.
fn most_steps(small: &Small, weight: usize, direction: Direction) -> i64 {
    match direction {
        Direction::Decrease => small.points[weight] * GRID,
        Direction::Increase => FARTHEST * GRID,
    }
}

fn moved(small: &Small, weight: usize, direction: Direction, steps: i64) -> Vec<i64> {
    let mut weights = small.grid();
    weights[weight] += match direction {
        Direction::Decrease => -steps,
        Direction::Increase => steps,
    };
    weights
}

/// The first change of a walk: its step, and whether it happens there or between it and the next. Thresholds lie on
/// even steps, and nothing changes between two of them.
fn first_change(most: i64, winners: impl Fn(i64) -> Vec<usize>) -> Option<(i64, bool)> {
    let now = winners(0);
    let step = (1..=most).find(|step| winners(*step) != now)?;
    Some(if step % 2 == 0 {
        (step, true)
    } else {
        (step - 1, false)
    })
}

#[test]
fn single_changes_equal_brute_force() {
    let mut counted = [0; 4];
    for seed in 1..=TENDERS {
        let small = Small::draw(seed).without_rounding();
        let found = sensitivity(&small.model()).unwrap();
        let case = format!("seed {seed}: {small:?}\n{:#?}", found.single);
        assert_eq!(found.winner, ids(&small.winners(&small.grid())), "{case}");
        assert_eq!(found.rounding_decides, None, "{case}");
        for weight in 0..small.points.len() {
            for direction in [Direction::Decrease, Direction::Increase] {
                let most = most_steps(&small, weight, direction);
                let winners = |step| small.winners(&moved(&small, weight, direction, step));
                let change = found
                    .single
                    .iter()
                    .find(|one| one.weight == format!("w{weight}") && one.direction == direction);
                let Some((step, reached)) = first_change(most, winners) else {
                    assert_eq!(change, None, "{case}");
                    counted[0] += 1;
                    continue;
                };
                let change = change.unwrap_or_else(|| panic!("{weight} {direction:?} {case}"));
                assert_eq!(change.change, on_grid(step), "{case}");
                let to = moved(&small, weight, direction, step)[weight];
                assert_eq!(change.to, on_grid(to), "{case}");
                assert_eq!(change.at_threshold, ids(&winners(step)), "{case}");
                let beyond = if step == most {
                    Vec::new()
                } else {
                    ids(&winners(step + 1))
                };
                assert_eq!(change.beyond, beyond, "{case}");
                let then = if beyond.is_empty() {
                    &change.at_threshold
                } else {
                    &change.beyond
                };
                assert!(then.contains(&change.winner), "{case}");
                counted[1] += 1;
                counted[2] += usize::from(reached);
                counted[3] += usize::from(step == 0);
            }
        }
    }
    // Each kind of case must have come up, or the test shows little.
    assert!(counted.iter().all(|count| *count > 100), "{counted:?}");
}

#[test]
fn thresholds_under_rounding_equal_brute_force() {
    let mut counted = [0; 4];
    for seed in 1..=TENDERS {
        let small = Small::draw(seed);
        // In the division method rounded totals of whole digits step off the grid.
        if small.division {
            continue;
        }
        let model = small.model();
        let found = sensitivity(&model).unwrap();
        let case = format!("seed {seed}: {small:?}\n{found:#?}");
        let exact = ids(&small.winners(&small.grid()));
        let decides = found.rounding_decides.as_ref();
        assert_eq!(
            decides.map(|both| &both.exact),
            (exact != model.published).then_some(&exact)
        );
        counted[0] += usize::from(decides.is_some());
        if model.published.len() > 1 {
            continue;
        }
        for change in &found.single {
            let weight = place_in(&change.weight);
            let most = most_steps(&small, weight, change.direction);
            let winners = |step| small.published(&moved(&small, weight, change.direction, step));
            let left_out = found.left_out.iter().any(|one| one.what == change.weight);
            match &change.published {
                None if left_out => counted[1] += 1,
                None => {
                    // A change that the exact totals see and the rounded do not: nothing up to it, nor after.
                    assert_eq!(first_change(most.min(20 * GRID), winners), None, "{case}");
                }
                Some(PublishedChange {
                    change,
                    reached,
                    winner,
                }) => {
                    let (step, there) =
                        first_change(most, winners).unwrap_or_else(|| panic!("{case}"));
                    assert_eq!((change, *reached), (&on_grid(step), there), "{case}");
                    let then = if there { step } else { step + 1 };
                    assert_eq!(*winner, ids(&winners(then)), "{case}");
                    counted[2] += usize::from(there);
                    counted[3] += usize::from(!there);
                }
            }
        }
    }
    assert!(
        counted[0] > 20 && counted[2] > 50 && counted[3] > 50,
        "{counted:?}"
    );
    assert!(counted[1] < 20, "{counted:?}");
}

/// Every way to spread the sum of the weights over them, in steps of a quarter point.
fn spreads(small: &Small) -> Vec<Vec<i64>> {
    const STEP: i64 = GRID / 4;
    let sum: i64 = small.grid().iter().sum();
    let mut all = vec![(Vec::new(), sum)];
    for place in 0..small.points.len() {
        let last = place + 1 == small.points.len();
        all = all
            .into_iter()
            .flat_map(|(before, rest): (Vec<i64>, i64)| {
                let from = if last { rest / STEP } else { 0 };
                (from..=rest / STEP).map(move |step| {
                    let mut weights = before.clone();
                    weights.push(step * STEP);
                    (weights, rest - step * STEP)
                })
            })
            .collect();
    }
    all.into_iter().map(|(weights, _)| weights).collect()
}

fn check_joint(
    small: &Small,
    found: Option<&JointChange>,
    spreads: &[Vec<i64>],
    distance: impl Fn(&mut dyn Iterator<Item = Exact>) -> Exact,
    case: &str,
) {
    let start = small.grid();
    let now = small.winners(&start);
    let far = |weights: &[i64]| {
        let mut by = weights
            .iter()
            .zip(&start)
            .map(|(to, from)| on_grid((to - from).abs()));
        distance(&mut by)
    };
    for weights in spreads {
        let near = found.is_none_or(|found| far(weights) < found.distance);
        if near {
            assert_eq!(small.winners(weights), now, "at {weights:?}\n{case}");
        }
    }
    let Some(found) = found else {
        return;
    };
    let mut points: Vec<_> = small
        .points
        .iter()
        .map(|one| Exact::from_integer(*one))
        .collect();
    for moved in &found.weights {
        let place = place_in(&moved.weight);
        assert_eq!(moved.from, points[place], "{case}");
        assert!(!moved.to.is_negative(), "{case}");
        points[place] = moved.to.clone();
    }
    let whole = |points: &[Exact]| points.iter().cloned().sum::<Exact>();
    let before: i64 = small.points.iter().sum();
    assert_eq!(whole(&points), Exact::from_integer(before), "{case}");
    let mut by = points
        .iter()
        .zip(&small.points)
        .map(|(to, from)| to.minus(&Exact::from_integer(*from)).abs());
    assert_eq!(distance(&mut by), found.distance, "{case}");
    let model = small.model_of(&points);
    assert_eq!(found.at_threshold, model.published, "{case}");
    let total = |bid: usize| -> Exact {
        let bid = &model.bids[bid];
        let shares = bid.shares.iter().zip(&points);
        shares
            .map(|(share, points)| share.times(points))
            .sum::<Exact>()
            .times(&bid.factor)
    };
    let place = |winner| {
        (0..small.shares.len())
            .find(|place| id(*place) == winner)
            .unwrap()
    };
    let (winner, challenger) = (now[0], place(found.winner.clone()));
    if winner != challenger {
        assert_eq!(total(winner), total(challenger), "{case}");
    }
    if found.beyond.is_empty() {
        assert_ne!(found.at_threshold, ids(&now), "{case}");
    } else if winner != challenger {
        // Some corner is better for the challenger: on the way there it leads at once.
        let leads = (0..points.len()).any(|corner| {
            let by = |bid: usize| model.bids[bid].shares[corner].times(&model.bids[bid].factor);
            by(challenger) > by(winner)
        });
        assert!(leads, "{case}");
    }
}

#[test]
fn joint_changes_equal_brute_force() {
    let mut counted = [0; 3];
    each(|small, case| {
        let small = small.without_rounding();
        let found = sensitivity(&small.model()).unwrap().joint;
        let case = format!("{case}\n{found:#?}");
        let spreads = spreads(&small);
        check_joint(&small, found.l1.as_ref(), &spreads, |by| by.sum(), &case);
        check_joint(
            &small,
            found.linf.as_ref(),
            &spreads,
            |by| by.max().unwrap(),
            &case,
        );
        assert_eq!(found.l1.is_none(), found.linf.is_none(), "{case}");
    });
    for seed in 1..=TENDERS {
        let found = sensitivity(&Small::draw(seed).without_rounding().model())
            .unwrap()
            .joint;
        counted[0] += usize::from(found.l1.is_none());
        let distance = found.l1.as_ref().map(|one| one.distance.clone());
        counted[1] += usize::from(distance.as_ref().is_some_and(Exact::is_zero));
        counted[2] += usize::from(distance.is_some_and(|distance| !distance.is_zero()));
    }
    assert!(counted.iter().all(|count| *count > 50), "{counted:?}");
}

#[test]
fn the_price_ratio_is_the_change_of_the_price_against_the_rest() {
    let mut counted = 0;
    each(|small, case| {
        let small = small.without_rounding();
        let found: Sensitivity = sensitivity(&small.model()).unwrap();
        if small.division {
            assert!(found.price_ratio.is_empty());
            return;
        }
        let technical: i64 = small.points[..small.points.len() - 1].iter().sum();
        for ratio in &found.price_ratio {
            // Both ways of writing the threshold give the same proportion of every weight.
            let sum = Exact::from_integer(small.points.iter().sum());
            let same = &ratio.price_points_of_same_sum;
            let rest = sum.minus(same);
            assert_eq!(
                rest.times(&ratio.price_points),
                same.times(&Exact::from_integer(technical)),
                "{case}"
            );
            if let Some(to) = &ratio.to {
                assert_eq!(
                    to.times(&ratio.price_points),
                    Exact::from_integer(technical),
                    "{case}"
                );
            }
        }
    });
    for seed in 1..=TENDERS {
        counted += sensitivity(&Small::draw(seed).without_rounding().model())
            .unwrap()
            .price_ratio
            .len();
    }
    assert!(counted > 300, "{counted}");
}
