use std::fmt::Write as _;

use super::*;
use crate::exact::{Exact, RoundingMode};

/// Vectors with what the standards' own examples and calculators say of them.
#[test]
fn a_vector_has_one_score() {
    for (vector, version, expected) in [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "3.1",
            "9.8 critical",
        ),
        (
            "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
            "3.0",
            "6.4 medium",
        ),
        (
            "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L",
            "3.1",
            "4.2 medium",
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
            "3.1",
            "0.0 none",
        ),
        (
            "cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:n/a:n",
            "3.1",
            "7.5 high",
        ),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", "7.8 high"),
        ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "2.0", "10.0 high"),
        ("CVSS:2.0/AV:L/AC:H/Au:N/C:C/I:C/A:C", "2.0", "6.2 medium"),
        ("AV:L/AC:H/Au:M/C:N/I:N/A:N", "2.0", "0.0 low"),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
            "4.0",
            "10.0 critical",
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
            "4.0",
            "8.1 high",
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N",
            "4.0",
            "0.0 none",
        ),
    ] {
        let score = score(vector).unwrap();
        let told = format!("{} {}", score.decimal(), score.severity);
        assert_eq!(
            (score.version, told.as_str()),
            (version, expected),
            "{vector}"
        );
    }
}

#[test]
fn temporal_and_environmental_metrics_stand_apart() {
    for (vector, expected) in [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X",
            (98, None),
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U",
            (98, Some(90)),
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P",
            (98, Some(68)),
        ),
        // 9.0 times 0.95 is 8.55, a tie.
        ("AV:N/AC:L/Au:N/C:C/I:C/A:N/E:F", (94, Some(89))),
        ("AV:N/AC:L/Au:S/C:C/I:C/A:C/E:F", (90, Some(86))),
        // What falls below zero is zero.
        ("AV:L/AC:H/Au:M/C:P/I:N/A:N/CR:L", (8, Some(0))),
        // From the guide of 2.0, section 3.3.1 (CVE-2002-0392).
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", (78, Some(64))),
        (
            "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H",
            (78, Some(92)),
        ),
    ] {
        let score = score(vector).unwrap();
        assert_eq!((score.tenths, score.refined_tenths), expected, "{vector}");
    }
}

#[test]
fn a_vector_is_told_in_one_spelling() {
    for (vector, expected) in [
        (
            "CVSS:3.1/A:H/C:H/I:H/S:U/UI:N/PR:N/AC:L/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ),
        ("(av:n/ac:l/au:n/c:n/i:n/a:c)", "AV:N/AC:L/Au:N/C:N/I:N/A:C"),
    ] {
        assert_eq!(score(vector).unwrap().vector, expected);
    }
}

#[test]
fn what_is_no_vector_has_no_score() {
    let long = format!("CVSS:3.1/{}", "AV:N/".repeat(1000));
    for (vector, expected) in [
        ("", "the vector is of no known version of CVSS"),
        ("9.8", "the vector is of no known version of CVSS"),
        ("CVSS:", "the vector is of no known version of CVSS"),
        ("CVSS:5.0/AV:N", "the vector is of no known version of CVSS"),
        ("CVSS:3.1/AV:N/AC:L", "the vector lacks a base metric"),
        ("CVSS:4.0/AV:N/AC:L", "the vector lacks a base metric"),
        ("AV:N/AC:L/Au:N", "the vector lacks a base metric"),
        (
            "CVSS:3.1/AV:N/AV:N",
            "the vector is malformed: duplicate metric: 'AV'",
        ),
        (
            "CVSS:3.1/AV:Z",
            "the vector is malformed: invalid value 'Z' for metric 'AV'",
        ),
        (
            "CVSS:3.1/AV:N//AC:L",
            "the vector is malformed: a metric is empty",
        ),
        (
            "CVSS:3.1/ÄV:N",
            "the vector is malformed: it is no short ASCII text",
        ),
        (&long, "the vector is malformed: it is no short ASCII text"),
    ] {
        assert_eq!(score(vector).unwrap_err().to_string(), expected, "{vector}");
    }
}

#[test]
fn words_of_databases_are_severities() {
    for (word, expected) in [
        ("HIGH", Some(Severity::High)),
        (" Moderate ", Some(Severity::Medium)),
        ("important", Some(Severity::High)),
        ("unknown", None),
        ("", None),
    ] {
        assert_eq!(Severity::of_word(word), expected, "{word}");
    }
    assert!(Severity::None < Severity::Low && Severity::High < Severity::Critical);
    assert_eq!(
        serde_json::to_string(&Severity::Medium).unwrap(),
        "\"medium\""
    );
}

#[test]
fn scores_without_a_vector_are_read() {
    for (text, expected) in [
        ("7.5", Some(75)),
        ("10", Some(100)),
        ("10.0", Some(100)),
        (" 0 ", Some(0)),
        ("10.1", None),
        ("7.55", None),
        ("+7", None),
        ("7.", None),
        (".5", None),
        ("", None),
        ("high", None),
    ] {
        assert_eq!(parse_decimal(text), expected, "{text}");
    }
}

/// A number with `digits` decimals.
fn number(value: i64, digits: u32) -> Exact {
    Exact::ratio(value, 10_i64.pow(digits)).unwrap()
}

fn hundredths(value: i64) -> Exact {
    number(value, 2)
}

fn product(factors: &[Exact]) -> Exact {
    let one = Exact::one();
    factors
        .iter()
        .fold(one, |product, factor| product.times(factor))
}

/// The smallest whole number at or above a positive one.
fn ceiling(value: &Exact) -> i64 {
    let below = value.to_i64().unwrap();
    let rest = value.minus(&Exact::from_integer(below));
    below + i64::from(!rest.is_zero())
}

/// The smallest tenth at or above (CVSS v3.0 Specification, section 8.1).
fn up(value: &Exact) -> i64 {
    ceiling(&value.times(&Exact::from_integer(10)))
}

/// The same behind a rounding to five decimals (CVSS v3.1 Specification, appendix A).
fn up_in_integers(value: &Exact) -> i64 {
    up(&value.round(RoundingMode::HalfUp, 5))
}

/// One choice of each list, as a vector and its numbers.
fn choices(lists: &[(&str, &[(&str, i64)])]) -> Vec<(String, Vec<i64>)> {
    let mut all = vec![(String::new(), Vec::new())];
    for (metric, values) in lists {
        all = all
            .iter()
            .flat_map(|(vector, numbers)| {
                values.iter().map(move |(value, number)| {
                    let slash = if vector.is_empty() { "" } else { "/" };
                    let mut numbers = numbers.clone();
                    numbers.push(*number);
                    (format!("{vector}{slash}{metric}:{value}"), numbers)
                })
            })
            .collect();
    }
    all
}

#[test]
fn every_base_vector_of_3_has_the_score_of_exact_arithmetic() {
    const IMPACT: &[(&str, i64)] = &[("H", 56), ("L", 22), ("N", 0)];
    let all = choices(&[
        ("AV", &[("N", 85), ("A", 62), ("L", 55), ("P", 20)]),
        ("AC", &[("L", 77), ("H", 44)]),
        ("PR", &[("N", 85), ("L", 62), ("H", 27)]),
        ("UI", &[("N", 85), ("R", 62)]),
        ("S", &[("U", 0), ("C", 1)]),
        ("C", IMPACT),
        ("I", IMPACT),
        ("A", IMPACT),
    ]);
    assert_eq!(all.len(), 2592);
    let (one, ten) = (Exact::one(), Exact::from_integer(10));
    for (vector, values) in all {
        let [av, ac, pr, ui, change, impacts @ ..] = values.as_slice() else {
            unreachable!()
        };
        let is_changed = *change == 1;
        // Privileges weigh more where the scope changes.
        let pr = match (pr, is_changed) {
            (62, true) => 68,
            (27, true) => 50,
            _ => *pr,
        };
        let kept: Vec<_> = impacts
            .iter()
            .map(|impact| one.minus(&hundredths(*impact)))
            .collect();
        let iss = one.minus(&product(&kept));
        let exploitability = product(&[822, *av, *ac, pr, *ui].map(hundredths));
        let impact = if is_changed {
            let power = vec![iss.minus(&hundredths(2)); 15];
            let lowered = hundredths(325).times(&product(&power));
            let raised = hundredths(752).times(&iss.minus(&number(29, 3)));
            raised.minus(&lowered)
        } else {
            hundredths(642).times(&iss)
        };
        let factor = if is_changed {
            hundredths(108)
        } else {
            one.clone()
        };
        let sum = factor.times(&impact.plus(&exploitability));
        let sum = if impact <= Exact::zero() {
            Exact::zero()
        } else {
            sum.min(ten.clone())
        };
        for (version, expected) in [("3.0", up(&sum)), ("3.1", up_in_integers(&sum))] {
            let vector = format!("CVSS:{version}/{vector}");
            let score = score(&vector).unwrap();
            assert_eq!(i64::from(score.tenths), expected, "{vector}");
            let peer: cvss::Cvss = vector.parse().unwrap();
            assert_eq!(format!("{:.1}", peer.score()), score.decimal(), "{vector}");
            assert_eq!(
                peer.severity().to_string(),
                score.severity.word(),
                "{vector}"
            );
        }
    }
}

#[test]
fn every_base_vector_of_2_has_the_score_of_exact_arithmetic() {
    const IMPACT: &[(&str, i64)] = &[("N", 0), ("P", 275), ("C", 660)];
    let all = choices(&[
        ("AV", &[("L", 395), ("A", 646), ("N", 1000)]),
        ("AC", &[("H", 350), ("M", 610), ("L", 710)]),
        ("Au", &[("M", 450), ("S", 560), ("N", 704)]),
        ("C", IMPACT),
        ("I", IMPACT),
        ("A", IMPACT),
    ]);
    assert_eq!(all.len(), 729);
    let one = Exact::one();
    for (vector, values) in all {
        let [av, ac, au, impacts @ ..] = values.as_slice() else {
            unreachable!()
        };
        let kept: Vec<_> = impacts
            .iter()
            .map(|impact| one.minus(&number(*impact, 3)))
            .collect();
        let impact = hundredths(1041).times(&one.minus(&product(&kept)));
        let exploitability = product(&[20_000, *av, *ac, *au].map(|value| number(value, 3)));
        let factor = if impact.is_zero() { 0 } else { 1176 };
        let sum = number(6, 1)
            .times(&impact)
            .plus(&number(4, 1).times(&exploitability))
            .minus(&number(15, 1))
            .times(&number(factor, 3));
        let tenths = i64::from(score(&vector).unwrap().tenths);
        let expected = sum.times(&Exact::from_integer(10));
        let expected = expected.round(RoundingMode::HalfUp, 0);
        assert_eq!(Some(tenths), expected.to_i64(), "{vector}");
    }
}

/// Vectors of 4.0 by a plain generator of numbers: every one has the score that a second package gives.
#[test]
fn vectors_of_4_have_the_score_of_a_peer() {
    const METRICS: [(&str, &str, bool); 26] = [
        ("AV", "NALP", true),
        ("AC", "LH", true),
        ("AT", "NP", true),
        ("PR", "NLH", true),
        ("UI", "NPA", true),
        ("VC", "HLN", true),
        ("VI", "HLN", true),
        ("VA", "HLN", true),
        ("SC", "HLN", true),
        ("SI", "HLN", true),
        ("SA", "HLN", true),
        ("E", "XAPU", false),
        ("CR", "XHML", false),
        ("IR", "XHML", false),
        ("AR", "XHML", false),
        ("MAV", "XNALP", false),
        ("MAC", "XLH", false),
        ("MAT", "XNP", false),
        ("MPR", "XNLH", false),
        ("MUI", "XNPA", false),
        ("MVC", "XHLN", false),
        ("MVI", "XHLN", false),
        ("MVA", "XHLN", false),
        ("MSC", "XHLN", false),
        ("MSI", "XSHLN", false),
        ("MSA", "XSHLN", false),
    ];
    let mut state = 0x2026_1126_u64;
    let mut draw = |bound: usize| {
        // Numerical Recipes' constants; the high bits are good enough to choose by.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    for round in 0..6_000 {
        let mut vector = "CVSS:4.0".to_owned();
        for (metric, values, is_base) in METRICS {
            // A third of the vectors has base metrics only, and in the rest half of the others is given.
            if is_base || (round % 3 != 0 && draw(2) == 0) {
                let value = values.chars().nth(draw(values.len())).unwrap();
                write!(vector, "/{metric}:{value}").unwrap();
            }
        }
        let score = score(&vector).unwrap();
        let peer: cvss::v4::Vector = vector.parse().unwrap();
        let peer = peer.score();
        let told = (score.decimal(), score.severity.word().to_owned());
        let expected = format!("{:.1}", peer.clone().value());
        assert_eq!(told, (expected, peer.severity().to_string()), "{vector}");
    }
}
