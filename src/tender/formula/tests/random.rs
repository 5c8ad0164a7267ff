//! Random formulas beside another evaluator.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{NAMES, compiled, exact, lookup};
use crate::exact::Exact;
use crate::tender::formula::{Formula, print};

/// A fraction of our own, so that the evaluator has something to be held against.
type Fraction = (i128, i128);

fn reduced(numerator: i128, denominator: i128) -> Option<Fraction> {
    let (mut left, mut right) = (numerator.abs(), denominator.abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    let sign = denominator.signum();
    (denominator != 0 && numerator.abs() < 1 << 60 && denominator.abs() < 1 << 60)
        .then(|| (sign * numerator / left, sign * denominator / left))
}

/// A tree, kept apart from the one that the compiler makes.
enum Tree {
    Value(&'static str, Fraction),
    Operation(char, Box<[Tree; 2]>),
    Minus(Box<Tree>),
    Call(&'static str, Vec<Tree>, u32),
    Choose(Box<Test>, Box<[Tree; 2]>),
}

enum Test {
    Compare(&'static str, [Tree; 2]),
    Not(Box<Test>),
    Both(&'static str, [Box<Test>; 2]),
}

const LEAVES: [(&str, Fraction); 12] = [
    ("0", (0, 1)),
    ("1", (1, 1)),
    ("2.5", (5, 2)),
    ("0.001", (1, 1000)),
    ("7", (7, 1)),
    ("10", (10, 1)),
    ("bid", (92, 1)),
    ("ceiling", (100, 1)),
    ("mean", (-1, 3)),
    ("median", (5, 4)),
    ("lowest", (-2, 1)),
    ("count", (0, 1)),
];

const VALUES: &str = "bid=92 ceiling=100 mean=-1/3 median=5/4 lowest=-2 count=0";

fn grow(rng: &mut StdRng, depth: usize) -> Tree {
    let kind = if depth == 0 { 0 } else { rng.gen_range(0..10) };
    let inner = |rng: &mut StdRng| Box::new([grow(rng, depth - 1), grow(rng, depth - 1)]);
    match kind {
        0 | 1 => {
            let (name, value) = LEAVES[rng.gen_range(0..LEAVES.len())];
            Tree::Value(name, value)
        }
        2..=5 => Tree::Operation(['+', '-', '*', '/'][rng.gen_range(0..4)], inner(rng)),
        6 => Tree::Minus(Box::new(grow(rng, depth - 1))),
        7 => {
            let name = ["min", "max"][rng.gen_range(0..2)];
            let count = rng.gen_range(2..4);
            Tree::Call(name, (0..count).map(|_| grow(rng, depth - 1)).collect(), 0)
        }
        8 => {
            let names = [
                "abs",
                "round_down",
                "round_half_up",
                "round_half_even",
                "round_up",
            ];
            let name = names[rng.gen_range(0..names.len())];
            Tree::Call(name, vec![grow(rng, depth - 1)], rng.gen_range(0..4))
        }
        _ => {
            let sides = inner(rng);
            Tree::Choose(Box::new(grow_test(rng, depth - 1)), sides)
        }
    }
}

fn grow_test(rng: &mut StdRng, depth: usize) -> Test {
    match if depth == 0 { 0 } else { rng.gen_range(0..5) } {
        0..=2 => {
            let sign = ["==", "!=", "<", "<=", ">", ">="][rng.gen_range(0..6)];
            Test::Compare(sign, [grow(rng, depth.min(1)), grow(rng, depth.min(1))])
        }
        3 => Test::Not(Box::new(grow_test(rng, depth - 1))),
        _ => {
            let sign = ["&&", "||"][rng.gen_range(0..2)];
            Test::Both(sign, [0, 1].map(|_| Box::new(grow_test(rng, depth - 1))))
        }
    }
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Self::Value(name, _) => (*name).to_owned(),
            Self::Operation(sign, sides) => {
                format!("({} {sign} {})", sides[0].text(), sides[1].text())
            }
            Self::Minus(tree) => format!("(-({}))", tree.text()),
            Self::Call(name, trees, digits) => {
                let mut arguments: Vec<_> = trees.iter().map(Self::text).collect();
                if name.starts_with("round") {
                    arguments.push(digits.to_string());
                }
                format!("{name}({})", arguments.join(", "))
            }
            Self::Choose(test, sides) => {
                format!(
                    "({} ? {} : {})",
                    test.text(),
                    sides[0].text(),
                    sides[1].text()
                )
            }
        }
    }

    /// `Err` where the fractions grow too large for this evaluator; `Ok(None)` on a division by zero.
    fn value(&self) -> Result<Option<Fraction>, ()> {
        let Some(values) = (match self {
            Self::Value(_, value) => return Ok(Some(*value)),
            Self::Choose(test, sides) => {
                return match test.holds()? {
                    None => Ok(None),
                    Some(true) => sides[0].value(),
                    Some(false) => sides[1].value(),
                };
            }
            Self::Operation(_, sides) => sides
                .iter()
                .map(Self::value)
                .collect::<Result<Option<Vec<_>>, ()>>()?,
            Self::Minus(tree) => tree.value()?.map(|value| vec![value]),
            Self::Call(_, trees, _) => trees.iter().map(Self::value).collect::<Result<_, _>>()?,
        }) else {
            return Ok(None);
        };
        let (n, d) = values[0];
        let value = match self {
            Self::Operation('/', _) if values[1].0 == 0 => return Ok(None),
            Self::Operation(sign, _) => {
                let (m, e) = values[1];
                match sign {
                    '+' => reduced(n * e + m * d, d * e),
                    '-' => reduced(n * e - m * d, d * e),
                    '*' => reduced(n * m, d * e),
                    _ => reduced(n * e, d * m),
                }
            }
            Self::Minus(_) => Some((-n, d)),
            Self::Call("min", ..) => values.into_iter().min_by(order),
            Self::Call("max", ..) => values.into_iter().max_by(order),
            Self::Call("abs", ..) => Some((n.abs(), d)),
            Self::Call(name, _, digits) => {
                let scale = 10i128.pow(*digits);
                let size = n.abs() * scale;
                let (whole, twice) = (size / d, size % d * 2);
                let away = match *name {
                    "round_down" => false,
                    "round_up" => twice > 0,
                    "round_half_up" => twice >= d,
                    _ => twice > d || twice == d && whole % 2 == 1,
                };
                reduced(n.signum() * (whole + i128::from(away)), scale)
            }
            Self::Value(..) | Self::Choose(..) => unreachable!(),
        };
        value.map(Some).ok_or(())
    }
}

fn order(one: &Fraction, other: &Fraction) -> std::cmp::Ordering {
    (one.0 * other.1).cmp(&(other.0 * one.1))
}

impl Test {
    fn text(&self) -> String {
        match self {
            Self::Compare(sign, [left, right]) => {
                format!("({} {sign} {})", left.text(), right.text())
            }
            Self::Not(test) => format!("(!({}))", test.text()),
            Self::Both(sign, [left, right]) => format!("({} {sign} {})", left.text(), right.text()),
        }
    }

    fn holds(&self) -> Result<Option<bool>, ()> {
        Ok(match self {
            Self::Compare(sign, [left, right]) => {
                let Some(left) = left.value()? else {
                    return Ok(None);
                };
                let Some(right) = right.value()? else {
                    return Ok(None);
                };
                let order = order(&left, &right);
                Some(match *sign {
                    "==" => order.is_eq(),
                    "!=" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            Self::Not(test) => test.holds()?.map(|holds| !holds),
            Self::Both(sign, [left, right]) => match left.holds()? {
                Some(holds) if holds == (*sign == "||") => Some(holds),
                Some(_) => right.holds()?,
                None => None,
            },
        })
    }
}

#[test]
fn random_formulas_have_the_value_of_another_evaluator() {
    let mut rng = StdRng::seed_from_u64(7);
    let values = lookup(VALUES);
    let (mut held, mut undefined) = (0, 0);
    for _ in 0..3000 {
        let depth = rng.gen_range(1..5);
        let tree = grow(&mut rng, depth);
        let source = tree.text();
        let Ok(expected) = tree.value() else { continue };
        let Ok(formula) = Formula::compile(&source, &NAMES) else {
            assert!(source.len() > 1000, "{source}");
            continue;
        };
        let expected = expected.map(|(n, d)| {
            Exact::ratio(i64::try_from(n).unwrap(), i64::try_from(d).unwrap()).unwrap()
        });
        let value = formula.evaluate(&values);
        assert_eq!(value.as_ref().ok(), expected.as_ref(), "{source}");
        held += 1;
        if let Err(fault) = value {
            assert_eq!(fault.code, "formula-division-by-zero", "{source}");
            undefined += 1;
        }
    }
    assert!(held > 2000 && undefined > 100, "{held} {undefined}");
}

#[test]
fn a_printed_formula_means_the_same() {
    let mut rng = StdRng::seed_from_u64(8);
    let values = lookup(VALUES);
    let mut shown_again = 0;
    for _ in 0..2000 {
        let depth = rng.gen_range(1..5);
        let source = grow(&mut rng, depth).text();
        let Ok(formula) = Formula::compile(&source, &NAMES) else {
            continue;
        };
        let printed = print::source(&formula.root);
        assert!(printed.len() <= source.len());
        let again = compiled(&printed);
        let (value, other) = (formula.evaluate(&values), again.evaluate(&values));
        assert_eq!(
            value.as_ref().ok(),
            other.as_ref().ok(),
            "{source} as {printed}"
        );
        let shown = formula.shown(&values);
        assert!(!shown.contains("bid"), "{shown}");
        if let (Ok(value), false) = (value, shown.contains('→')) {
            let plain = shown.replace('×', "*").replace('−', "-");
            assert_eq!(
                compiled(&plain).evaluate(&|_| None),
                Ok(value),
                "{source} as {shown}"
            );
            shown_again += 1;
        }
    }
    assert!(shown_again > 500, "{shown_again}");
}

#[test]
fn factor_and_constant_agree_with_the_value() {
    let mut rng = StdRng::seed_from_u64(9);
    let (mut affine, mut steep, mut bent) = (0, 0, 0);
    for _ in 0..3000 {
        let depth = rng.gen_range(1..5);
        let source = grow(&mut rng, depth).text();
        let Ok(formula) = Formula::compile(&source, &NAMES) else {
            continue;
        };
        let values = lookup(VALUES);
        let at = |point: &Exact| {
            let values = |name: &str| {
                if name == "bid" {
                    Some(point.clone())
                } else {
                    values(name)
                }
            };
            formula.evaluate(&values)
        };
        let Some((factor, constant)) = formula.affine_in("bid", &values) else {
            bent += 1;
            continue;
        };
        for point in ["-7", "0", "1/3", "92", "100000"].map(exact) {
            let expected = factor.times(&point).plus(&constant);
            // Where the constant holds by itself, a part that does not count may divide by zero.
            if let Ok(value) = at(&point) {
                assert_eq!(value, expected, "{source} at {point}");
            }
        }
        affine += 1;
        steep += usize::from(!factor.is_zero());
    }
    assert!(
        affine > 1000 && steep > 200 && bent > 300,
        "{affine} {steep} {bent}"
    );
}
