mod random;

use super::*;

const NAMES: [&str; 8] = [
    "allotment",
    "bid",
    "ceiling",
    "count",
    "highest",
    "lowest",
    "mean",
    "median",
];

fn exact(text: &str) -> Exact {
    Exact::parse(text).unwrap()
}

/// Looks values up in `name=value` pairs.
fn lookup(values: &str) -> impl Fn(&str) -> Option<Exact> {
    let pairs: Vec<(String, Exact)> = values
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), exact(value)))
        .collect();
    move |name| {
        let found = pairs.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.clone())
    }
}

fn compiled(source: &str) -> Formula {
    Formula::compile(source, &NAMES).unwrap_or_else(|faults| panic!("{source}: {faults:?}"))
}

/// `code at "quoted": message; help` of each fault.
fn faults(source: &str) -> Vec<String> {
    let faults = Formula::compile(source, &NAMES).expect_err(source);
    let one = |fault: FormulaFault| {
        let at = fault
            .at
            .map_or("?".to_owned(), |at| source.get(at).unwrap().to_owned());
        format!(
            "{} at `{at}`: {}; {}",
            fault.code, fault.message, fault.help
        )
    };
    faults.into_iter().map(one).collect()
}

#[test]
fn published_formulas_come_out_to_the_last_digit() {
    let tender = "allotment=100 bid=92000000 ceiling=100000000 lowest=58000000 highest=92000000 mean=75000000 median=78500000 count=3";
    for (source, value, shown) in [
        (
            "allotment * (1 - bid / ceiling)",
            "8",
            "100 × (1 − 92000000 / 100000000)",
        ),
        (
            "allotment * lowest / bid",
            "1450/23",
            "100 × 58000000 / 92000000",
        ),
        (
            "allotment * (lowest / bid)",
            "1450/23",
            "100 × (58000000 / 92000000)",
        ),
        (
            "round_half_up(allotment * lowest / bid, 4)",
            "63.0435",
            "round_half_up(100 × 58000000 / 92000000, 4)",
        ),
        (
            "round_down(allotment * lowest / bid, 4)",
            "63.0434",
            "round_down(100 × 58000000 / 92000000, 4)",
        ),
        (
            "round_up(allotment * lowest / bid, 0)",
            "64",
            "round_up(100 × 58000000 / 92000000, 0)",
        ),
        (
            "round_half_even(5 / 2, 0)",
            "2",
            "round_half_even(5 / 2, 0)",
        ),
        ("allotment", "100", "100"),
        (
            "bid < 0.6 * ceiling ? allotment * 0.4 : allotment * (1 - bid / ceiling)",
            "8",
            "92000000 ≥ 0.6 × 100000000 → 100 × (1 − 92000000 / 100000000)",
        ),
        (
            "lowest < 0.6 * ceiling && bid > mean ? 1 : 2",
            "1",
            "58000000 < 0.6 × 100000000 ∧ 92000000 > 75000000 → 1",
        ),
        (
            "lowest < 0.5 * ceiling && bid > mean || count == 0 ? 1 : 2",
            "2",
            "(58000000 ≥ 0.5 × 100000000 ∨ 92000000 ≤ 75000000) ∧ 3 ≠ 0 → 2",
        ),
        ("!(bid != highest) ? 1 : 0", "1", "92000000 = 92000000 → 1"),
        (
            "1 + (bid <= mean ? 1 : bid >= median ? 2 : 3)",
            "3",
            "1 + (92000000 > 75000000 → 92000000 ≥ 78500000 → 2)",
        ),
        (
            "max(0, allotment * (highest - bid) / (highest - lowest))",
            "0",
            "max(0, 100 × (92000000 − 92000000) / (92000000 − 58000000))",
        ),
        (
            "min(bid, mean, median)",
            "75000000",
            "min(92000000, 75000000, 78500000)",
        ),
        ("abs(mean - bid)", "17000000", "abs(75000000 − 92000000)"),
        ("-bid + mean", "-17000000", "−92000000 + 75000000"),
        ("mean + -bid", "-17000000", "75000000 + (−92000000)"),
        ("mean - (-5)", "75000005", "75000000 − (−5)"),
        ("count - (1 - 2)", "4", "3 − (1 − 2)"),
        ("count - 1 - 2", "0", "3 − 1 − 2"),
        ("count / (2 / 5) * 4", "30", "3 / (2 / 5) × 4"),
        ("((count)) * (((2)))", "6", "3 × 2"),
        ("-2 * count", "-6", "−2 × 3"),
        ("-(count + 1)", "-4", "−(3 + 1)"),
        ("0.1 + 0.2", "0.3", "0.1 + 0.2"),
        (
            "9223372036854775807 + 1",
            "9223372036854775808",
            "9223372036854775807 + 1",
        ),
        (
            "-9223372036854775808",
            "-9223372036854775808",
            "−9223372036854775808",
        ),
        // More digits than a floating-point number holds.
        (
            "0.1000000000000000000000000000001",
            "0.1000000000000000000000000000001",
            "0.1000000000000000000000000000001",
        ),
        ("1 /\n  count", "1/3", "1 / 3"),
    ] {
        let formula = compiled(source);
        let values = lookup(tender);
        assert_eq!(formula.evaluate(&values), Ok(exact(value)), "{source}");
        assert_eq!(formula.shown(&values), shown, "{source}");
        assert_eq!(formula.source(), source);
    }
}

#[test]
fn values_that_are_no_plain_numbers_are_put_in_parentheses() {
    let values = lookup("bid=-2 mean=1/3 lowest=-1/3");
    for (source, shown) in [
        ("bid", "−2"),
        ("1 - bid", "1 − (−2)"),
        ("bid - 1", "−2 − 1"),
        ("mean * 3", "1/3 × 3"),
        ("3 * mean", "3 × (1/3)"),
        ("3 / mean", "3 / (1/3)"),
        ("3 + mean", "3 + 1/3"),
        ("3 + lowest", "3 + (−1/3)"),
        ("3 + lowest * 2", "3 + (−1/3) × 2"),
        ("-bid", "−(−2)"),
        ("-mean", "−(1/3)"),
        ("ceiling + bid", "ceiling + (−2)"),
        ("ceiling > 1 ? bid : -1", "ceiling > 1 ? −2 : −1"),
    ] {
        assert_eq!(compiled(source).shown(&values), shown, "{source}");
    }
}

#[test]
fn names_are_those_used_once_and_sorted() {
    let formula = compiled("bid > 0 ? lowest / bid : allotment + lowest");
    assert_eq!(
        formula.names().collect::<Vec<_>>(),
        ["allotment", "bid", "lowest"]
    );
    assert!(formula.uses("lowest") && !formula.uses("mean"));
    assert_eq!(compiled("1").names().count(), 0);
}

/// Holds the beginning of each fault of each formula.
fn refuses(cases: &[(&str, &[&str])]) {
    for (source, expected) in cases {
        let faults = faults(source);
        assert_eq!(faults.len(), expected.len(), "{source}: {faults:#?}");
        for (fault, expected) in faults.iter().zip(*expected) {
            assert!(
                fault.starts_with(expected),
                "{source}:\n{fault}\n{expected}"
            );
        }
    }
}

#[test]
fn what_the_language_lacks_is_refused() {
    refuses(&[
        ("", &["formula-syntax at `?`: the formula is empty"]),
        (
            "bid +",
            &["formula-syntax at ``: the formula ends too early; the signs are"],
        ),
        (
            "bid = 1",
            &["formula-syntax at `=`: the formula cannot be read"],
        ),
        (
            "bid\n  + )",
            &["formula-syntax at `)`: the formula cannot be read"],
        ),
        (
            "100 × bid",
            &[
                "formula-syntax at `×`: the formula has the character `×`, which the language lacks; write `*`",
            ],
        ),
        (
            "１ + bid",
            &[
                "formula-syntax at `１`: the formula has the character `１`, which the language lacks; names, digits and signs are written in ASCII",
            ],
        ),
        (
            "bid // 2",
            &["formula-syntax at `//`: the formula has a comment"],
        ),
        (
            "bid / ceilling",
            &[
                "formula-unknown-name at `ceilling`: the formula uses `ceilling`, which is no name here; did you mean `ceiling`?",
            ],
        ),
        (
            "unheard",
            &[
                "formula-unknown-name at `unheard`: the formula uses `unheard`, which is no name here; the names are allotment, bid,",
            ],
        ),
        (".bid", &["formula-unknown-name"]),
        (
            "pow(bid, 2)",
            &[
                "formula-unknown-function at `pow(bid, 2)`: the formula calls `pow`, which is no function here; the functions are min, max,",
            ],
        ),
        (
            "round_halfup(bid, 2)",
            &[
                "formula-unknown-function at `round_halfup(bid, 2)`: the formula calls `round_halfup`, which is no function here; did you mean `round_half_up`?",
            ],
        ),
        (
            "bid % 2",
            &["formula-not-expressible at `bid % 2`: the formula has `%`"],
        ),
        (
            "bid.price",
            &["formula-not-expressible at `.`: the formula has a name with a dot"],
        ),
        ("bid.round(2)", &["formula-not-expressible"]),
        (
            "[1, 2]",
            &["formula-not-expressible at `[`: the formula has a list"],
        ),
        (
            "{'a': 1}",
            &["formula-not-expressible at `{`: the formula has a map"],
        ),
        ("bid[0]", &["formula-not-expressible"]),
        ("bid in [1]", &["formula-not-expressible"]),
        ("[1].map(x, x)", &["formula-not-expressible"]),
        ("has(bid.price)", &["formula-not-expressible"]),
        (
            "'text'",
            &["formula-not-expressible at `'text'`: the formula has a text"],
        ),
        (
            "b'text'",
            &["formula-not-expressible at `b'text'`: the formula has bytes"],
        ),
        (
            "true ? 1 : 2",
            &["formula-not-expressible at `true`: the formula has `true` or `false`"],
        ),
        (
            "null",
            &["formula-not-expressible at `null`: the formula has `null`"],
        ),
    ]);
}

#[test]
fn numbers_conditions_and_arguments_have_their_forms() {
    refuses(&[
        (
            "1e3",
            &["formula-number at `1e3`: `1e3` is no number of a formula"],
        ),
        ("1.5e3", &["formula-number at `1.5e3`"]),
        (".5", &["formula-number at `.5`"]),
        ("0x10", &["formula-number at `0x10`"]),
        ("5u", &["formula-number at `5u`"]),
        (
            "9223372036854775808",
            &["formula-syntax at `9`: the formula cannot be read: invalid int literal"],
        ),
        (
            "bid < 1",
            &["formula-type at `bid < 1`: `bid < 1` is a condition, and a number is needed"],
        ),
        ("1 + (bid < 1)", &["formula-type at `bid < 1`"]),
        (
            "bid ? 1 : 2",
            &["formula-type at `bid`: `bid` is a number, and a condition is needed"],
        ),
        ("1 < bid < 2 ? 1 : 2", &["formula-type at `1 < bid`"]),
        ("!bid ? 1 : 2", &["formula-type at `bid`"]),
        (
            "bid == 1 == (mean == 1) ? 1 : 2",
            &["formula-type at `bid == 1`", "formula-type at `mean == 1`"],
        ),
        (
            "round_down(bid)",
            &[
                "formula-type at `round_down(bid)`: `round_down` takes a number and the digits to keep",
            ],
        ),
        (
            "round_down(bid, 10)",
            &["formula-type at `10`: `round_down` is to keep `10` decimal digits"],
        ),
        ("round_down(bid, -1)", &["formula-type"]),
        ("round_down(bid, count)", &["formula-type at `count`"]),
        ("round_down(bid, 1.0)", &["formula-type at `1.0`"]),
        (
            "min(bid)",
            &["formula-type at `min(bid)`: `min` takes two numbers or more"],
        ),
        ("max()", &["formula-type at `max()`"]),
        (
            "abs(1, 2)",
            &["formula-type at `abs(1, 2)`: `abs` takes one number"],
        ),
        (
            "bit + 1e3 * pow(unheard)",
            &[
                "formula-unknown-name at `bit`",
                "formula-number at `1e3`",
                "formula-unknown-name at `unheard`",
                "formula-unknown-function at `pow(unheard)`",
            ],
        ),
    ]);
}

#[test]
fn formulas_have_a_largest_size() {
    let code = |source: &str| Formula::compile(source, &NAMES).map_err(|faults| faults[0].code);
    let sum = |terms: usize| vec!["1"; terms].join(" + ");
    assert!(code(&sum(100)).is_ok());
    assert_eq!(code(&sum(101)), Err("formula-too-large"));
    assert_eq!(code(&sum(5000)), Err("formula-too-large"));
    let wide = |terms: usize| format!("max({})", vec!["1"; terms].join(","));
    assert!(code(&wide(499)).is_ok());
    assert_eq!(code(&wide(500)), Err("formula-too-large"));
    let deep = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(code(&deep(50)).is_ok());
    assert_eq!(code(&deep(2000)), Err("formula-syntax"));
}

#[test]
fn names_are_words_that_mean_nothing_else() {
    for (word, is_name) in [
        ("bid", true),
        ("k_1", true),
        ("_", true),
        ("Ceiling", true),
        ("", false),
        ("1k", false),
        ("in", false),
        ("true", false),
        ("min", false),
        ("round_up", false),
        ("係数", false),
        ("a-b", false),
        ("a.b", false),
    ] {
        assert_eq!(Formula::is_name(word), is_name, "{word}");
        if is_name {
            assert!(Formula::compile(word, &[word]).is_ok(), "{word}");
        }
    }
    // Every word that is refused means something else to the parser, or could not be called apart.
    for word in [
        "as", "break", "if", "for", "false", "null", "while", "import", "in",
    ] {
        assert!(
            Formula::compile(word, &[word]).is_err() && !Formula::is_name(word),
            "{word}"
        );
    }
}

#[test]
fn a_value_that_is_not_there_is_a_fault() {
    let values = lookup("bid=5 mean=5 count=0");
    for (source, code, message) in [
        (
            "1 + lowest",
            "formula-without-value",
            "`lowest` has no value here",
        ),
        (
            "2 * (1 + 100 / (bid - mean))",
            "formula-division-by-zero",
            "`100 / (bid - mean)` divides by zero: `100 / (5 − 5)`",
        ),
        (
            "bid < 9 ? 1 / count : 0",
            "formula-division-by-zero",
            "`1 / count` divides by zero: `1 / 0`",
        ),
        (
            "1 / count > 0 ? 1 : 0",
            "formula-division-by-zero",
            "`1 / count` divides by zero: `1 / 0`",
        ),
    ] {
        let fault = compiled(source).evaluate(&values).unwrap_err();
        assert_eq!(
            (fault.code, fault.message.as_str()),
            (code, message),
            "{source}"
        );
    }
    // What is not taken is not computed.
    for source in [
        "count == 0 ? 7 : 1 / count",
        "count != 0 && 1 / count > 0 ? 1 : 7",
        "count == 0 || 1 / count > 0 ? 7 : 1",
        "bid == mean ? 7 : lowest",
    ] {
        assert_eq!(
            compiled(source).evaluate(&values),
            Ok(exact("7")),
            "{source}"
        );
    }
}

#[test]
fn a_formula_tells_where_it_is_affine() {
    let values = lookup("allotment=100 bid=80 ceiling=200 lowest=50 mean=3 count=0");
    for (source, name, expected) in [
        (
            "allotment * (1 - bid / ceiling)",
            "bid",
            Some(("-0.5", "100")),
        ),
        (
            "allotment * (1 - bid / ceiling)",
            "allotment",
            Some(("0.6", "0")),
        ),
        ("allotment * (1 - bid / ceiling)", "ceiling", None),
        ("allotment * lowest / bid", "bid", None),
        ("allotment * lowest / bid", "lowest", Some(("1.25", "0"))),
        ("allotment * (1 - bid / ceiling)", "mean", Some(("0", "60"))),
        ("-(bid - 2) * 3 + bid", "bid", Some(("-2", "6"))),
        ("bid * bid", "bid", None),
        ("(bid - bid + 2) * bid", "bid", Some(("2", "0"))),
        ("bid < 100 ? bid : 0", "bid", None),
        ("mean < 100 ? bid : 0", "bid", Some(("1", "0"))),
        (
            "mean > 100 && count > 0 || !(lowest == 50) ? bid * bid : 2 * bid",
            "bid",
            Some(("2", "0")),
        ),
        ("max(0, bid)", "bid", None),
        ("max(0, mean) * bid", "bid", Some(("3", "0"))),
        ("round_down(bid, 0)", "bid", None),
        ("round_down(7 / mean, 1) * bid", "bid", Some(("2.3", "0"))),
        ("abs(bid)", "bid", None),
        ("bid / count", "bid", None),
        ("highest * bid", "bid", None),
        ("2 * bid", "highest", Some(("0", "160"))),
    ] {
        let expected = expected.map(|(factor, constant)| (exact(factor), exact(constant)));
        assert_eq!(
            compiled(source).affine_in(name, &values),
            expected,
            "{source} in {name}"
        );
    }
}
