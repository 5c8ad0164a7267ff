//! What is wrong with marks, items and procedures, each with its code.

use mekiki::app::library::Library;

use super::{judge, marked};

/// What stands in a good file, what takes its place, and the code that must come.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "[[sheet]]\nbid = \"y\"\nevaluator = \"e3\"\nmarks = { m = false, g = \"bad\", w = 5 }\n",
        "",
        "mark-missing",
    ),
    (
        "m = true, g = \"bad\", w = 1",
        "m = true, g = \"bad\"",
        "mark-missing",
    ),
    (
        "m = true, g = \"bad\", w = 1",
        "m = true, g = \"worse\", w = 1",
        "mark-out-of-scale",
    ),
    (
        "m = true, g = \"bad\", w = 1",
        "m = \"yes\", g = \"bad\", w = 1",
        "mark-out-of-scale",
    ),
    (
        "m = true, g = \"bad\", w = 1",
        "m = true, g = \"bad\", w = 6",
        "mark-out-of-scale",
    ),
    (
        "m = true, g = \"bad\", w = 1",
        "m = true, g = \"bad\", w = 1, z = 1",
        "mark-unknown",
    ),
    (
        "bid = \"y\"\nevaluator = \"e1\"",
        "bid = \"y\"\nevaluator = \"e4\"",
        "evaluator-conflict",
    ),
    (
        "bid = \"y\"\nevaluator = \"e1\"",
        "bid = \"y\"\nevaluator = \"e9\"",
        "evaluator-unknown",
    ),
    (
        "bid = \"y\"\nevaluator = \"e1\"",
        "bid = \"z\"\nevaluator = \"e1\"",
        "bid-unknown",
    ),
    (
        "bid = \"y\"\nevaluator = \"e2\"",
        "bid = \"y\"\nevaluator = \"e1\"",
        "sheet-duplicate",
    ),
    (
        "conflicts = [\"y\"]",
        "conflicts = [\"y\", \"x\"]\n[[evaluator]]\nid = \"e4\"",
        "evaluator-duplicate",
    ),
    (
        "id = \"e2\"",
        "id = \"e2\"\nconflicts = [\"y\"]",
        "evaluator-conflict",
    ),
    ("grades = \"two\"", "grades = \"three\"", "grades-unknown"),
    ("bad = \"1/3\"", "bad = 1", "grades-unordered"),
    ("bad = \"1/3\"", "bad = \"4/3\"", "out-of-range"),
    (
        "grades = \"two\"",
        "grades = \"two\"\nsteps = [0, 10]",
        "item-contradictory",
    ),
    ("weight = 3", "steps = [0, 10]", "points-differ"),
    ("weight = 3", "steps = [10, 0, 15]", "item-contradictory"),
    ("weight = 3", "weight = 0", "out-of-range"),
    ("points = 15", "points = 16", "points-differ"),
    (
        "id = \"w\"\nblock = \"bonus\"",
        "id = \"w\"\nblock = \"base\"",
        "item-misplaced",
    ),
    (
        "id = \"w\"\nblock = \"bonus\"",
        "id = \"w\"\nblock = \"bones\"",
        "block-unknown",
    ),
    ("id = \"w\"", "id = \"g\"", "item-duplicate"),
    ("block:bonus", "block:bones", "unknown-word"),
    (
        "combine = \"trimmed-mean\"",
        "combine = \"mean\"\ndrop = 1",
        "procedure-contradictory",
    ),
    (
        "combine = \"trimmed-mean\"",
        "combine = \"trimmed-mean\"\ndrop = 2",
        "evaluator-conflict",
    ),
    (
        "combine = \"trimmed-mean\"",
        "combine = \"sum\"",
        "evaluator-conflict",
    ),
    (
        "combine = \"trimmed-mean\"",
        "combine = \"ranks\"",
        "unknown-word",
    ),
    (
        "\"share-below-ceiling\"",
        "\"allotment * bid_rank\"",
        "formula-unknown-name",
    ),
    (
        "\"share-below-ceiling\"",
        "\"allotment * (1 - bid / ceiling\"",
        "formula-syntax",
    ),
    (
        "\"share-below-ceiling\"",
        "\"allotment / (bid - bid)\"",
        "formula-division-by-zero",
    ),
    (
        "\"share-below-ceiling\"",
        "\"allotment * minimum_price / bid\"",
        "formula-without-value",
    ),
    (
        "method = \"addition\"",
        "method = \"addition\"\nper_yen = 10",
        "procedure-contradictory",
    ),
    (
        "method = \"addition\"",
        "method = \"addition\"\nceiling = \"none\"",
        "procedure-contradictory",
    ),
    (
        "method = \"addition\"",
        "method = \"addition\"\nparameters = { bid = { ja = \"x\", en = \"x\" } }",
        "parameter-malformed",
    ),
    (
        "method = \"addition\"",
        "method = \"addition\"\nparameters = { k = { ja = \"x\", en = \"x\" } }",
        "missing-field",
    ),
    (
        "method = \"addition\"",
        "method = \"multiplication\"",
        "unknown-word",
    ),
    (
        "ceiling_yen = 1000",
        "ceiling_yen = 1000\ntechnical_points = 31",
        "points-differ",
    ),
    (
        "ceiling_yen = 1000",
        "ceiling_yen = 1000\nid = \"lowest-price\"",
        "procedure-contradictory",
    ),
    ("ceiling_yen = 1000", "", "missing-field"),
];

#[test]
fn what_is_wrong_has_its_code() {
    let library = Library::open(None).unwrap();
    let good = marked("item");
    judge(&library, &good).unwrap();
    for (from, to, code) in FAULTS {
        assert!(good.contains(from), "{from}");
        let faulty = good.replacen(from, to, 1);
        let codes = judge(&library, &faulty).expect_err(to);
        assert!(
            codes.contains(code),
            "{from} -> {to}: {codes:?}, not {code}"
        );
    }
}
