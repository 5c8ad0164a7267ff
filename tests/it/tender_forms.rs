//! Procedures, items, evaluators and lots as data: what they compute, and what they refuse.

mod faults;
mod verdicts;

use std::collections::BTreeMap;

use mekiki::app::library::Library;
use mekiki::app::tender::{judge_tender, open_tender};
use mekiki::evidence::Evidence;
use serde_json::{Value, json};

/// The head that every tender file here shares.
const HEAD: &str = r#"
schema = "mekiki/tender-file/v1"
id = "forms"
as_of = "2026-11-20"
bid_deadline = "2026-11-13"
offering_types = ["OUT"]
title = { ja = "例", en = "Example" }
agency = { id = "example", name = { ja = "例示庁", en = "Example Agency" } }

[[information]]
name = { ja = "資料", en = "Papers" }
confidentiality = 1
integrity = 1
availability = 1
"#;

fn judge(library: &Library, body: &str) -> Result<Value, Vec<&'static str>> {
    let file = Evidence::new("tender.toml", format!("{HEAD}\n{body}").into_bytes());
    let codes = |refused: mekiki::app::Refused| -> Vec<&'static str> {
        refused.0.iter().map(|fault| fault.code).collect()
    };
    let open = open_tender(library, vec![file]).map_err(codes)?;
    let judged = judge_tender(library, &open, None).map_err(codes)?;
    Ok(serde_json::to_value(&judged.view).unwrap())
}

/// Bid, status or what excludes it, technical points, price points, total, rank.
fn rows(view: &Value) -> BTreeMap<String, Value> {
    let bids = view["bids"].as_array().unwrap();
    bids.iter()
        .map(|bid| {
            let state = if bid["status"] == "valid" {
                json!("valid")
            } else {
                bid["excluded_by"].clone()
            };
            let row = json!([
                state,
                bid["technical"],
                bid["price_points"],
                bid["total"],
                bid["rank"]
            ]);
            (bid["id"].as_str().unwrap().to_owned(), row)
        })
        .collect()
}

fn check(view: &Value, expected: &[(&str, Value)]) {
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(bid, row)| ((*bid).to_owned(), row.clone()))
        .collect();
    assert_eq!(rows(view), expected);
}

fn block(id: &str, kind: &str, points: &str, more: &str) -> String {
    format!(
        "[[procedure.block]]\nid = \"{id}\"\nkind = \"{kind}\"\npoints = {points}\n\
         title = {{ ja = \"{id}\", en = \"{id}\" }}\n{more}\n"
    )
}

fn bid(id: &str, price: i64, more: &str) -> String {
    format!(
        "[[bid]]\nid = \"{id}\"\nprice_yen = {price}\nsupplier = {{ ja = \"{id}社\", en = \"{id}\" }}\n{more}\n"
    )
}

#[test]
fn the_division_method_ranks_by_points_over_price_and_recomputes() {
    let library = Library::open(None).unwrap();
    // The worked example of the trade: standard points 100, bonus up to 60.
    let tender = |more: &str| {
        [
            "[procedure]\nid = \"division-standard-points\"\nceiling_yen = 100000000\n".to_owned(),
            block("base", "base", "100", ""),
            block("bonus", "marks", "60", ""),
            bid("A", 92_000_000, "marks = { bonus = 43 }"),
            bid("B", 78_500_000, "marks = { bonus = 38 }"),
            bid(
                "E",
                58_000_000,
                &format!("marks = {{ bonus = 26 }}\n{more}"),
            ),
        ]
        .concat()
    };
    let view = judge(&library, &tender("")).unwrap();
    let row =
        |technical: &str, total: &str, rank: u64| json!(["valid", technical, null, total, rank]);
    check(
        &view,
        &[
            ("A", row("143", "143/92", 3)),
            ("B", row("138", "276/157", 2)),
            ("E", row("126", "63/29", 1)),
        ],
    );
    assert_eq!(view["winner"], json!(["E"]));
    let out =
        "excluded = { ja = \"調査の結果\", en = \"investigated\" }\nexcluded_after_ranking = true";
    let view = judge(&library, &tender(out)).unwrap();
    assert_eq!(view["winner"], json!(["B"]));
    let recomputation = &view["recomputations"][0];
    assert_eq!(recomputation["excluded"], json!(["E"]));
    assert_eq!(
        recomputation["changed"],
        json!([]),
        "nobody's value rests on another bid"
    );
    assert_eq!(recomputation["before"][0]["bid"], "E");
    // Below the standard value: 101 points at the planned price are above 1, a bid at the ceiling with 100 is not below.
    let low = tender("")
        .replace("marks = { bonus = 43 }", "marks = { bonus = 0 }")
        .replace("92000000", "100000000");
    assert_eq!(rows(&judge(&library, &low).unwrap())["A"][3], "1");
}

#[test]
fn a_floor_excludes_and_the_rest_is_computed_again() {
    let library = Library::open(None).unwrap();
    let form = "[procedure]\nprice_points = 100\n[procedure.form]\nid = \"own\"\nversion = \"1\"\nsource = \"made up\"\n\
        title = { ja = \"独自\", en = \"own\" }\nmethod = \"addition\"\nprice_formula = \"lowest-over-bid\"\n\
        floor = \"110\"\nceiling = \"none\"\ntie = [\"price\"]\n";
    let view = judge(
        &library,
        &[
            form.to_owned(),
            block("bonus", "marks", "100", ""),
            bid("a", 200, "marks = { bonus = 90 }"),
            bid("b", 400, "marks = { bonus = 100 }"),
            bid("c", 100, "marks = { bonus = 5 }"),
        ]
        .concat(),
    )
    .unwrap();
    // With c in: a 90 + 50, b 100 + 25, c 5 + 100 = 105, below 110. Without c: a 90 + 100, b 100 + 50.
    check(
        &view,
        &[
            ("a", json!(["valid", "90", "100", "190", 1])),
            ("b", json!(["valid", "100", "50", "150", 2])),
            ("c", json!([["below-floor"], null, null, null, null])),
        ],
    );
    let recomputation = &view["recomputations"][0];
    assert_eq!(recomputation["by"], "below-floor");
    assert_eq!(recomputation["changed"], json!(["a", "b"]));
    assert_eq!(recomputation["through"], json!(["lowest"]));
    assert_eq!(
        recomputation["before"][0],
        json!({"bid": "a", "technical": "90", "price_points": "50", "total": "140", "rank": 1})
    );
    assert_eq!(view["ceiling_yen"], Value::Null);
}

#[test]
fn scaling_gives_the_best_bid_the_allotment_and_says_whom_an_exclusion_moved() {
    let library = Library::open(None).unwrap();
    let tender = |more: &str| {
        [
        "[procedure]\nid = \"addition-b-scaled-to-best\"\nceiling_yen = 1000\nprice_points = 50\ntechnical_points = 100\n".to_owned(),
        block("bonus", "marks", "80", ""),
        bid("a", 500, "marks = { bonus = 40 }"),
        bid("b", 1000, &format!("marks = {{ bonus = 60 }}\n{more}")),
    ].concat()
    };
    check(
        &judge(&library, &tender("")).unwrap(),
        &[
            ("a", json!(["valid", "66.67", "50", "116.67", 2])),
            ("b", json!(["valid", "100", "25", "125", 1])),
        ],
    );
    let out = "excluded = { ja = \"辞退\", en = \"withdrawn\" }\nexcluded_after_ranking = true";
    let view = judge(&library, &tender(out)).unwrap();
    check(
        &view,
        &[
            ("a", json!(["valid", "100", "50", "150", 1])),
            ("b", json!([["declared"], null, null, null, null])),
        ],
    );
    assert_eq!(view["recomputations"][0]["changed"], json!(["a"]));
    assert_eq!(
        view["recomputations"][0]["through"],
        json!(["best_technical", "lowest"])
    );
}

#[test]
fn the_lowest_price_wins_and_a_tie_waits_for_lots() {
    let library = Library::open(None).unwrap();
    let tender = |draw: &str| {
        [
            draw.to_owned(),
            "[procedure]\nid = \"lowest-price\"\nceiling_yen = 1000\nminimum_price_yen = 300\n"
                .to_owned(),
            block("base", "base", "1", ""),
            bid("a", 400, ""),
            bid("b", 400, ""),
            bid("c", 299, ""),
            bid("d", 350, "mandatory_unmet = [\"3.1\"]"),
            bid("e", 400, ""),
        ]
        .concat()
    };
    let view = judge(&library, &tender("")).unwrap();
    assert_eq!(view["winner"], json!(["a", "b", "e"]));
    assert_eq!(rows(&view)["c"][0], json!(["below-minimum-price"]));
    assert_eq!(rows(&view)["d"][0], json!(["mandatory-item"]));
    // The published example: 123 + 078 + 349 = 550, and 550 mod 3 = 1, so that number 1 of 0, 1, 2 is first.
    let drawn = judge(
        &library,
        &tender("[draw]\nnumbers = { a = 123, b = 78, e = 349 }\n"),
    )
    .unwrap();
    assert_eq!(drawn["winner"], json!(["b"]));
    assert_eq!(drawn["tie_broken_by"], "lots");
    let ranks: Vec<_> = ["b", "e", "a"]
        .iter()
        .map(|id| rows(&drawn)[*id][4].clone())
        .collect();
    assert_eq!(ranks, [1, 2, 3]);
    assert_eq!(rows(&drawn)["b"][3], "400");
}

#[test]
fn every_lot_is_ranked_by_itself() {
    let library = Library::open(None).unwrap();
    let lot = |id: &str, ceiling: i64| {
        format!(
            "[[lot]]\nid = \"{id}\"\nceiling_yen = {ceiling}\ntitle = {{ ja = \"{id}\", en = \"{id}\" }}\n"
        )
    };
    let tender = |second: &str| {
        [
            "[procedure]\nid = \"addition-b-four-decimals\"\nprice_points = 100\n".to_owned(),
            block("bonus", "marks", "100", ""),
            lot("east", 1000),
            lot("west", 100),
            bid("a", 500, "lot = \"east\"\nmarks = { bonus = 10 }"),
            bid("b", 1000, "lot = \"east\"\nmarks = { bonus = 50 }"),
            bid("c", 80, &format!("{second}\nmarks = {{ bonus = 10 }}")),
            bid("d", 101, "lot = \"west\"\nmarks = { bonus = 90 }"),
        ]
        .concat()
    };
    let view = judge(&library, &tender("lot = \"west\"")).unwrap();
    check(
        &view,
        &[
            ("a", json!(["valid", "10", "100", "110", 1])),
            ("b", json!(["valid", "50", "50", "100", 2])),
            ("c", json!(["valid", "10", "100", "110", 1])),
            ("d", json!([["above-ceiling"], null, null, null, null])),
        ],
    );
    assert_eq!(view["winner"], json!(["a", "c"]));
    assert_eq!(view["lots"][1]["winner"], json!(["c"]));
    assert_eq!(judge(&library, &tender("")), Err(vec!["missing-field"]));
    assert_eq!(
        judge(&library, &tender("lot = \"north\"")),
        Err(vec!["lot-unknown"])
    );
}

#[test]
fn tax_is_taken_off_the_planned_price_or_stays_on_both_sides() {
    let library = Library::open(None).unwrap();
    let tender = |basis: &str, price: i64| {
        [
        format!("[procedure]\nid = \"addition-a-two-decimals\"\nceiling_yen = 110000000\nprice_points = 100\ntax_basis = \"{basis}\"\n"),
        block("bonus", "marks", "100", ""),
        bid("a", price, "marks = { bonus = 10 }"),
    ].concat()
    };
    for (basis, price, status, contract) in [
        ("excluded", 100_000_001, "valid", "110000001"),
        ("ceiling-included", 100_000_000, "valid", "110000000"),
        ("ceiling-included", 100_000_001, "excluded", "110000001"),
        ("included", 110_000_000, "valid", "110000000"),
        ("included", 110_000_001, "excluded", "110000001"),
        // The figures of the trade: a bid of 78,499,999 gives 86,349,998.
        ("excluded", 78_499_999, "valid", "86349998"),
        ("excluded", 78_500_000, "valid", "86350000"),
    ] {
        let view = judge(&library, &tender(basis, price)).unwrap();
        assert_eq!(view["bids"][0]["status"], status, "{basis} {price}");
        assert_eq!(
            view["bids"][0]["contract_price_yen"], contract,
            "{basis} {price}"
        );
    }
}

const ITEMS: &str = r#"
[procedure]
price_points = 100
ceiling_yen = 1000
[procedure.form]
id = "own"
version = "1"
source = "made up"
method = "addition"
price_formula = "share-below-ceiling"
tie = ["block:bonus", "lots"]
title = { ja = "独自", en = "own" }
[procedure.form.evaluators]
combine = "trimmed-mean"
level = "LEVEL"
mandatory = "half-or-more"
[procedure.form.grades.two]
good = 1
bad = "1/3"
[procedure.form.rounding.mark]
mode = "half-even"
digits = 0
[[procedure.block]]
id = "base"
kind = "base"
points = 5
title = { ja = "基", en = "base" }
[[procedure.block]]
id = "bonus"
kind = "marks"
points = 25
minimum = 9
title = { ja = "加", en = "bonus" }
[[procedure.item]]
id = "m"
kind = "mandatory"
block = "base"
points = 5
title = { ja = "必", en = "must" }
[[procedure.item]]
id = "g"
block = "bonus"
points = 10
grades = "two"
title = { ja = "甲", en = "graded" }
[[procedure.item]]
id = "w"
block = "bonus"
points = 15
weight = 3
title = { ja = "乙", en = "weighted" }
[[evaluator]]
id = "e1"
[[evaluator]]
id = "e2"
[[evaluator]]
id = "e3"
[[evaluator]]
id = "e4"
conflicts = ["y"]
"#;

fn sheet(bid: &str, evaluator: &str, met: bool, grade: &str, number: &str) -> String {
    format!(
        "[[sheet]]\nbid = \"{bid}\"\nevaluator = \"{evaluator}\"\nmarks = {{ m = {met}, g = \"{grade}\", w = {number} }}\n"
    )
}

fn marked(level: &str) -> String {
    [
        ITEMS.replace("LEVEL", level),
        bid("x", 500, ""),
        bid("y", 600, ""),
        sheet("x", "e1", true, "good", "5"),
        sheet("x", "e2", true, "bad", "0"),
        sheet("x", "e3", true, "bad", "2"),
        sheet("x", "e4", false, "good", "1"),
        sheet("y", "e1", true, "bad", "1"),
        sheet("y", "e2", true, "good", "2"),
        sheet("y", "e3", false, "bad", "5"),
    ]
    .concat()
}

#[test]
fn marks_are_rounded_combined_and_weighted_as_published() {
    let library = Library::open(None).unwrap();
    // x, by item: g 10, 3, 3, 10 without ends is (3 + 10) / 2; w 15, 0, 6, 3 is (6 + 3) / 2. y: g 3, 10, 3 is 3; w 3, 6, 15 is 6.
    let view = judge(&library, &marked("item")).unwrap();
    check(
        &view,
        &[
            ("x", json!(["valid", "16", "50", "66", 1])),
            ("y", json!(["valid", "14", "40", "54", 2])),
        ],
    );
    // By block: x sums 25, 3, 9, 13 give 11; y sums 6, 16, 18 give 16.
    let view = judge(&library, &marked("block")).unwrap();
    check(
        &view,
        &[
            ("x", json!(["valid", "16", "50", "66", 1])),
            ("y", json!(["valid", "21", "40", "61", 2])),
        ],
    );
    let steps: Vec<_> = view["derivation"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["bid"] == "y")
        .map(|step| {
            (
                step["name"].as_str().unwrap(),
                step["formula"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("base", "every mandatory item is met"),
            ("bonus:e1", "3 + 3"),
            ("bonus:e2", "10 + 6"),
            ("bonus:e3", "3 + 15"),
            ("bonus", "trimmed-mean(6, 16, 18; without 1 at each end)"),
            ("technical", "5 + 16"),
            ("price", "100 × (1 − 600 / 1000)"),
            ("total", "21 + 40"),
        ]
    );
    // Two of four are half: out under this rule.
    let two = marked("item").replace(
        &sheet("x", "e1", true, "good", "5"),
        &sheet("x", "e1", false, "good", "5"),
    );
    assert_eq!(
        rows(&judge(&library, &two).unwrap())["x"][0],
        json!(["mandatory-item"])
    );
    // Below the block's minimum of 9.
    let poor = marked("item").replace(
        &sheet("y", "e3", false, "bad", "5"),
        &sheet("y", "e3", false, "bad", "1"),
    );
    assert_eq!(
        rows(&judge(&library, &poor).unwrap())["y"][0],
        json!(["below-minimum"])
    );
}

#[test]
fn the_planned_price_may_come_in_at_the_opening() {
    let library = Library::open(None).unwrap();
    let open = |opening: &str| marked("item").replacen("ceiling_yen = 1000\n", "", 1) + opening;
    let view = judge(&library, &open("[opening]\nceiling_yen = 1000\n")).unwrap();
    assert_eq!(view["ceiling_yen"], "1000");
    assert_eq!(
        rows(&view),
        rows(&judge(&library, &marked("item")).unwrap())
    );
    assert_eq!(
        judge(&library, &open("[opening]\nceilings = { east = 5 }\n")),
        Err(vec!["missing-field", "lot-unknown"])
    );
}

#[test]
fn the_examples_of_the_documentation_come_out_as_it_says() {
    let library = Library::open(None).unwrap();
    let page = include_str!("../../docs/evaluation-procedures.md");
    let blocks: Vec<_> = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    let [form, whole, items] = blocks.as_slice() else {
        panic!("{} examples", blocks.len());
    };
    let evaluate = |text: &str| {
        let file = Evidence::new("tender.toml", text.as_bytes().to_vec());
        let open = open_tender(&library, vec![file]).unwrap();
        serde_json::to_value(judge_tender(&library, &open, None).unwrap().view).unwrap()
    };
    let totals = |view: &Value| -> BTreeMap<_, _> {
        rows(view)
            .into_iter()
            .map(|(bid, row)| (bid, row[3].clone()))
            .collect()
    };
    let expected = json!({"a": "169", "b": "169.5", "c": null, "d": null, "e": "162"});
    assert_eq!(json!(totals(&evaluate(whole))), expected);
    let expected = json!({"a": "98.66", "b": "108"});
    assert_eq!(json!(totals(&judge(&library, items).unwrap())), expected);
    // The whole form, written out in the tender file, gives what its id gives.
    let nested = form.replace("\n[", "\n[procedure.form.");
    let inline = whole.replacen(
        "[procedure]\nid = \"addition-a-two-decimals\"\n",
        "[procedure]\n",
        1,
    );
    let inline = format!("{inline}\n[procedure.form]\n{nested}");
    assert_eq!(totals(&evaluate(&inline)), totals(&evaluate(whole)));
}
