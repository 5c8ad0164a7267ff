use std::collections::HashSet;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::*;

#[test]
fn numbers_print_as_they_are_written() {
    for text in [
        "0",
        "169.5",
        "-0.125",
        "317/3",
        "86349998.9",
        "-1/7",
        "100000000",
    ] {
        assert_eq!(Exact::parse(text).unwrap().to_string(), text);
    }
    for text in [
        "", "1.", ".5", "1/0", "1e3", "--1", "1_000", "１", "-", "1.-5", "NaN",
    ] {
        assert_eq!(Exact::parse(text), None, "{text}");
    }
}

#[test]
fn rounding_follows_its_rule() {
    for (text, mode, digits, expected) in [
        ("169.5", RoundingMode::Down, 0, "169"),
        ("169.5", RoundingMode::HalfUp, 0, "170"),
        ("168.5", RoundingMode::HalfEven, 0, "168"),
        ("169.5", RoundingMode::HalfEven, 0, "170"),
        ("-1.5", RoundingMode::HalfUp, 0, "-2"),
        ("-1.9", RoundingMode::Down, 0, "-1"),
        ("12616/200", RoundingMode::HalfUp, 1, "63.1"),
        ("1/3", RoundingMode::HalfUp, 4, "0.3333"),
        ("1/3", RoundingMode::Up, 0, "1"),
        ("-1/3", RoundingMode::Up, 1, "-0.4"),
        ("2.5", RoundingMode::Up, 1, "2.5"),
    ] {
        assert_eq!(
            Exact::parse(text).unwrap().round(mode, digits).to_string(),
            expected,
            "{text} {mode:?}"
        );
    }
    assert_eq!(Exact::parse("169.5").unwrap().fixed(2), "169.50");
    assert_eq!(Exact::parse("-1/3").unwrap().fixed(3), "-0.333");
}

/// Sizes at which something could run over, and everyday ones.
fn size(rng: &mut StdRng) -> i128 {
    let edge = 1i128 << [0, 1, 7, 31, 32, 62, 63, 64, 65, 100, 125][rng.gen_range(0..11)];
    let everyday = [
        1,
        2,
        3,
        5,
        10,
        40,
        100,
        1000,
        58_000_000,
        78_499_999,
        92_000_000,
        1_000_000_000,
    ];
    match rng.gen_range(0..4) {
        0 => edge + rng.gen_range(-2..3),
        1 => everyday[rng.gen_range(0..everyday.len())],
        2 => rng.gen_range(0..1000),
        _ => i128::from(rng.r#gen::<i64>()),
    }
}

/// A number and the same by the package.
fn pair(rng: &mut StdRng) -> (Exact, BigRational) {
    let sign = if rng.gen_bool(0.3) { -1 } else { 1 };
    let numerator = sign * size(rng);
    let denominator = match rng.gen_range(0..3) {
        0 => 1,
        _ => size(rng).abs().max(1),
    };
    let big = BigRational::new(BigInt::from(numerator), BigInt::from(denominator));
    let small = |part| i64::try_from(part).ok();
    let exact = match (small(numerator), small(denominator)) {
        (Some(numerator), Some(denominator)) if rng.gen_bool(0.9) => {
            Exact::ratio(numerator, denominator).unwrap()
        }
        _ => Exact::of(big.clone()),
    };
    (exact, big)
}

fn check(exact: &Exact, big: &BigRational) {
    assert_eq!(exact.big(), *big);
    let fits = big.numer().to_i64().is_some() && big.denom().to_i64().is_some();
    assert_eq!(
        matches!(exact.0, Ratio::Small(..)),
        fits,
        "{big} has one form"
    );
}

#[test]
fn arithmetic_agrees_with_big_ratios() {
    let mut rng = StdRng::seed_from_u64(20_260_701);
    let mut forms = [0; 2];
    for _ in 0..60_000 {
        let ((one, big), (other, large)) = (pair(&mut rng), pair(&mut rng));
        check(&one, &big);
        check(&one.plus(&other), &(&big + &large));
        check(&one.minus(&other), &(&big - &large));
        check(&one.times(&other), &(&big * &large));
        match one.over(&other) {
            Some(quotient) => check(&quotient, &(&big / &large)),
            None => assert!(large.is_zero()),
        }
        check(&one.negated(), &-&big);
        check(&one.abs(), &big.abs());
        assert_eq!(one.cmp(&other), big.cmp(&large), "{one} {other}");
        assert_eq!(one == other, big == large);
        assert_eq!(one.is_negative(), big.is_negative());
        assert_eq!(one.is_positive(), big.is_positive());
        assert_eq!(one.is_zero(), big.is_zero());
        assert_eq!(one.to_i64(), big.to_integer().to_i64());
        // Back where it came from, by any way.
        assert_eq!(one.plus(&other).minus(&other), one);
        let set: HashSet<_> = [
            one.clone(),
            one.plus(&other).minus(&other),
            other.negated().negated(),
        ]
        .into_iter()
        .collect();
        assert_eq!(set.len(), if one == other { 1 } else { 2 });
        forms[usize::from(matches!(one.0, Ratio::Big(_)))] += 1;
    }
    assert!(forms.iter().all(|count| *count > 5000), "{forms:?}");
}

#[test]
fn edges_of_64_bits_are_no_edges() {
    let (least, greatest) = (Exact::from_integer(i64::MIN), Exact::from_integer(i64::MAX));
    let one = Exact::one();
    for (value, text) in [
        (least.negated(), "9223372036854775808"),
        (least.abs(), "9223372036854775808"),
        (least.negated().negated(), "-9223372036854775808"),
        (least.minus(&one), "-9223372036854775809"),
        (greatest.plus(&one), "9223372036854775808"),
        (greatest.plus(&one).minus(&one), "9223372036854775807"),
        (
            least.times(&least),
            "85070591730234615865843651857942052864",
        ),
        (least.over(&least).unwrap(), "1"),
        (least.times(&one.over(&least).unwrap()), "1"),
        (Exact::ratio(i64::MIN, i64::MIN).unwrap(), "1"),
        (
            one.over(&least).unwrap(),
            "-0.000000000000000000108420217248550443400745280086994171142578125",
        ),
        (Exact::ratio(0, i64::MIN).unwrap(), "0"),
        (Exact::ratio(i64::MIN, -1).unwrap(), "9223372036854775808"),
        (Exact::ratio(6, -4).unwrap(), "-1.5"),
    ] {
        assert_eq!(value.to_string(), text);
        check(&value, &value.big());
    }
    assert_eq!(Exact::ratio(1, 0), None);
    assert_eq!(one.over(&Exact::zero()), None);
    assert_eq!(least.to_i64(), Some(i64::MIN));
    assert_eq!(least.negated().to_i64(), None);
}

/// Rounding from its definition: the whole number below the scaled one, and how far it is off.
fn rounded(big: &BigRational, mode: RoundingMode, digits: u32) -> BigRational {
    let scale = BigRational::from_integer(BigInt::from(10).pow(digits));
    let scaled = big.abs() * &scale;
    let below = scaled.floor();
    let above = &below + BigRational::one();
    let (down, up) = (&scaled - &below, &above - &scaled);
    let even = (below.numer() % BigInt::from(2)).is_zero();
    let goes_up = match mode {
        RoundingMode::Down => false,
        RoundingMode::Up => !down.is_zero(),
        RoundingMode::HalfUp => down >= up,
        RoundingMode::HalfEven => down > up || (down == up && !even),
    };
    let size = if goes_up { above } else { below };
    size / scale * big.signum()
}

#[test]
fn roundings_agree_with_their_definition() {
    let mut rng = StdRng::seed_from_u64(20_260_702);
    for _ in 0..20_000 {
        let (exact, big) = pair(&mut rng);
        // A number that lies half between two steps, too.
        let half = Exact::ratio(1, 2 * 10i64.pow(rng.gen_range(0..4))).unwrap();
        let tie = exact.round(RoundingMode::Down, 3).plus(&half);
        for (exact, big) in [(&exact, &big), (&tie, &tie.big())] {
            let digits = if rng.gen_bool(0.9) {
                rng.gen_range(0..10)
            } else {
                rng.gen_range(10..40)
            };
            for (_, mode) in RoundingMode::WORDS {
                let value = exact.round(mode, digits);
                check(&value, &rounded(big, mode, digits));
                assert_eq!(value.round(mode, digits), value);
            }
        }
    }
}

/// Digits by long division.
fn written(big: &BigRational) -> String {
    let sign = if big.is_negative() { "-" } else { "" };
    let (numerator, denominator) = (big.numer().abs(), big.denom());
    let mut text = format!("{sign}{}", &numerator / denominator);
    let mut rest = numerator % denominator;
    if !rest.is_zero() {
        text.push('.');
    }
    for _ in 0..400 {
        if rest.is_zero() {
            return text;
        }
        rest *= BigInt::from(10);
        text.push_str(&(&rest / denominator).to_string());
        rest %= denominator;
    }
    format!("{}/{}", big.numer(), denominator)
}

#[test]
fn numbers_print_as_long_division_does_and_are_read_again() {
    let mut rng = StdRng::seed_from_u64(20_260_703);
    let (mut read, mut decimals) = (0, 0);
    for round in 0..20_000 {
        let (mut exact, mut big) = pair(&mut rng);
        if round % 2 == 0 {
            let scale = power_of_ten(rng.gen_range(0..30));
            (big, exact) = (&big / scale.big(), exact.over(&scale).unwrap());
        }
        let text = exact.to_string();
        assert_eq!(text, written(&big));
        assert_eq!(
            serde_json::to_string(&exact).unwrap(),
            format!("\"{text}\"")
        );
        if text.len() <= 64 {
            let again = Exact::parse(&text).unwrap();
            check(&again, &big);
            assert_eq!(again, exact);
            read += 1;
        } else {
            assert_eq!(Exact::parse(&text), None);
        }
        decimals += usize::from(text.contains('.'));
        let digits = rng.gen_range(0..25);
        let fixed = exact.fixed(digits);
        if fixed.len() <= 64 {
            let cut = exact.round(RoundingMode::Down, digits);
            assert_eq!(Exact::parse(&fixed), Some(cut));
        }
        let behind = fixed.split_once('.').map_or(0, |(_, behind)| behind.len());
        assert_eq!(behind, digits as usize);
    }
    assert!(read > 10_000 && decimals > 2000, "{read} {decimals}");
}

#[test]
fn what_is_written_otherwise_is_read_to_the_one_form() {
    for (text, expected) in [
        ("-0", "0"),
        ("-0.000", "0"),
        ("007", "7"),
        ("0.50", "0.5"),
        ("4/2", "2"),
        ("4/-2", "-2"),
        ("-4/-2", "2"),
        ("0/5", "0"),
        ("9223372036854775808/9223372036854775808", "1"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("100000000000000000000/10000000000000000000", "10"),
        (
            "0.000000000000000000000000000000000000000000000000000000000000",
            "0",
        ),
    ] {
        let value = Exact::parse(text).unwrap();
        assert_eq!(value.to_string(), expected, "{text}");
        check(&value, &value.big());
    }
    let long = "1".repeat(64);
    assert_eq!(Exact::parse(&long).unwrap().to_string(), long);
    assert_eq!(Exact::parse(&"1".repeat(65)), None);
    for text in [
        "1/", "/1", "1/2/3", "1.5/2", "+1", " 1", "1 ", "-", "-.5", "1.-", "0x1",
    ] {
        assert_eq!(Exact::parse(text), None, "{text}");
    }
}
