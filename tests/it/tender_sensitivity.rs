//! How little would change the winner of a tender: from the tender file to the view and the text.

use mekiki::app::library::Library;
use mekiki::app::tender::{add_sensitivity, judge_tender, open_tender};
use mekiki::document::sensitivity::render;
use mekiki::evidence::Evidence;
use mekiki::text::Lang;
use serde_json::{Value, json};

const HEAD: &str = r#"
schema = "mekiki/tender-file/v1"
id = "sensitive"
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

/// The view with its sensitivities, and their text in both languages.
fn judge(body: &str) -> (Value, [String; 2]) {
    let library = Library::open(None).unwrap();
    let file = Evidence::new("tender.toml", format!("{HEAD}\n{body}").into_bytes());
    let open = open_tender(&library, vec![file]).unwrap();
    let mut judged = judge_tender(&library, &open, None).unwrap();
    add_sensitivity(&open, &mut judged);
    let found = judged.view.sensitivity.as_ref().unwrap();
    let texts = [Lang::En, Lang::Ja].map(|lang| render(found, lang, 160));
    (serde_json::to_value(&judged.view).unwrap(), texts)
}

fn winner(body: &str) -> Value {
    judge(body).0["winner"].clone()
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

/// The worked example of the trade (docs/evaluation-procedures.md), bids C and D left out.
fn worked(procedure: &str) -> String {
    [
        format!("[procedure]\nid = \"{procedure}\"\nceiling_yen = 100000000\nprice_points = 100\n"),
        block("base", "base", "60", ""),
        block("bonus", "marks", "140", ""),
        bid("A", 92_000_000, "marks = { bonus = 101 }"),
        bid("B", 78_500_000, "marks = { bonus = 88 }"),
        bid("E", 58_000_000, "marks = { bonus = 60 }"),
    ]
    .concat()
}

/// Weight, direction, threshold, who wins then.
fn singles(found: &Value) -> Vec<Value> {
    let single = found["single"].as_array().unwrap();
    single
        .iter()
        .map(|one| json!([one["weight"], one["direction"], one["to"], one["winner"]]))
        .collect()
}

#[test]
fn the_worked_example_stands_by_hand_computed_margins() {
    let (view, texts) = judge(&worked("addition-a-two-decimals"));
    let found = &view["sensitivity"];
    assert_eq!(found["winner"], json!(["B"]));
    assert_eq!(found["lead"], "0.5");
    assert_eq!(found.get("rounding_decides"), None);
    // B − A = 13.5 − 13 w / 140 by the bonus, 0.135 p − 13 by the price; B − E = 28 w / 140 − 20.5 and 28 − 0.205 p.
    assert_eq!(
        singles(found),
        [
            json!(["bonus", "decrease", "102.5", "E"]),
            json!(["bonus", "increase", "1890/13", "A"]),
            json!(["price", "decrease", "2600/27", "A"]),
            json!(["price", "increase", "5600/41", "E"]),
        ]
    );
    // A point from the price to the bonus shrinks the lead by 0.135 + 13 / 140 = 319 / 1400.
    assert_eq!(found["joint"]["l1"]["distance"], "1400/319");
    assert_eq!(found["joint"]["linf"]["distance"], "700/319");
    assert_eq!(found["price_ratio"][0]["from"], "2");
    assert_eq!(found["price_ratio"][0]["to"], "27/13");
    let yen = &found["points_to_yen"];
    assert_eq!(yen["yen_per_point"], "1000000");
    let short = |place: usize| yen["bids"]["listed"][place]["short"].clone();
    assert_eq!(yen["bids"]["listed"][1]["bid"], "A");
    // At 91,500,000 both have 169.5; the higher technical points decide for A. E would have to be a yen lower.
    assert_eq!(short(1)["yen"], "500000");
    assert_eq!(short(1)["winning_price_yen"], "91500000");
    assert_eq!(short(2)["yen"], "7500000");
    assert_eq!(short(2)["winning_price_yen"], "50499999");
    assert_eq!(short(2)["investigated"], true);
    let marks = found["marks"]["items"]["listed"].as_array().unwrap();
    let marks: Vec<_> = marks
        .iter()
        .map(|one| json!([one["bid"], one["from"], one["to"], one["winner"]]))
        .collect();
    assert_eq!(
        marks,
        [
            json!(["A", "101", "101.5", "A"]),
            json!(["B", "88", "87.5", "A"]),
            json!(["E", "60", "67.5", "E"]),
        ]
    );
    // With l of all points on the bonus, E and B are equal at l / 5 = 0.205 (1 − l), B and A at 13 l / 140 = 0.135 (1 − l).
    let acceptability = &found["acceptability"];
    assert_eq!(acceptability["method"], json!({"kind": "exact"}));
    assert_eq!(acceptability["moving"], json!(["bonus", "price"]));
    let first: Vec<_> = acceptability["bids"]["listed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["bid"], one["ranks"][0]]))
        .collect();
    assert_eq!(
        first,
        [
            json!(["E", "41/81"]),
            json!(["A", "130/319"]),
            json!(["B", "2230/25839"]),
        ]
    );
    assert_eq!(found["open"]["winner_is_certain"], true);
    assert!(
        texts[0].contains("stands while no single weight moves by 3.70… points or more"),
        "{}",
        texts[0]
    );
    assert!(texts[1].contains("どの配点も単独で 3.70… 点以上変わらない限り、B の落札は変わらない"));
}

#[test]
fn rounding_that_decides_is_said() {
    let (view, texts) = judge(&worked("addition-a-whole-points"));
    let found = &view["sensitivity"];
    assert_eq!(
        found["rounding_decides"],
        json!({"published": ["A"], "exact": ["B"]})
    );
    assert!(texts[0].contains("Rounding decides the award: A"));
    assert!(texts[1].contains("端数処理が落札者を左右している"));
    // As published, A has 8 price points of 100 and 7 of anything below: then 168 to 169.
    let price = &found["single"][2];
    assert_eq!(price["weight"], "price");
    assert_eq!(
        price["published"],
        json!({"change": "0", "reached": false, "winner": ["B"]})
    );
}

#[test]
fn the_division_method_prices_a_point_at_each_bid() {
    let body = [
        "[procedure]\nid = \"division-standard-points\"\nceiling_yen = 100000000\n".to_owned(),
        block("base", "base", "100", ""),
        block("bonus", "marks", "60", ""),
        bid("A", 92_000_000, "marks = { bonus = 43 }"),
        bid("B", 78_500_000, "marks = { bonus = 38 }"),
    ]
    .concat();
    let (view, _) = judge(&body);
    let found = &view["sensitivity"];
    assert_eq!(found["winner"], json!(["B"]));
    assert_eq!(found["price_ratio"], json!([]));
    let bids = &found["points_to_yen"]["bids"]["listed"];
    // bid / technical points: about 568,841 yen for B and 643,357 for A.
    assert_eq!(bids[0]["yen_per_point"], "39250000/69");
    assert_eq!(bids[1]["yen_per_point"], "92000000/143");
    // A would need more than 161.73 points, and the bonus ends at 60: no mark does it.
    let marks = found["marks"]["items"]["listed"].as_array().unwrap();
    assert!(marks.iter().all(|one| one["bid"] == "B"), "{marks:?}");
    // A ties at 143 × 78,500,000 / 138 yen.
    assert_eq!(bids[1]["short"]["winning_price_yen"], "81344202");
    assert_eq!(winner(&body.replace("92000000", "81344202")), json!(["A"]));
    assert_eq!(winner(&body.replace("92000000", "81344203")), json!(["B"]));
}

/// Two graded items, three evaluators, and marks that leave the two bids close.
fn graded(first: &str) -> String {
    let form = r#"
[procedure]
ceiling_yen = 1000
price_points = 20
[procedure.form]
id = "own"
version = "1"
source = "made up"
method = "addition"
price_formula = "share-below-ceiling"
tie = ["price"]
title = { ja = "独自", en = "own" }
[procedure.form.evaluators]
combine = "median"
[procedure.form.grades.abcd]
A = 1
B = "0.7"
C = "0.4"
D = 0
[[procedure.block]]
id = "bonus"
kind = "marks"
points = 30
title = { ja = "加点", en = "Bonus" }
[[procedure.item]]
id = "g"
block = "bonus"
points = 20
grades = "abcd"
title = { ja = "体制", en = "Team" }
[[procedure.item]]
id = "w"
block = "bonus"
points = 10
title = { ja = "計画", en = "Plan" }
[[evaluator]]
id = "e1"
[[evaluator]]
id = "e2"
[[evaluator]]
id = "e3"
"#;
    let sheet = |bid: &str, evaluator: &str, grade: &str, number: &str| {
        format!(
            "[[sheet]]\nbid = \"{bid}\"\nevaluator = \"{evaluator}\"\nmarks = {{ g = \"{grade}\", w = {number} }}\n"
        )
    };
    [
        form.to_owned(),
        bid("x", 500, ""),
        bid("y", 600, ""),
        sheet("x", "e1", "A", first),
        sheet("x", "e2", "B", "5"),
        sheet("x", "e3", "B", "8"),
        sheet("y", "e1", "A", "9"),
        sheet("y", "e2", "B", "6"),
        sheet("y", "e3", "B", "6"),
    ]
    .concat()
}

#[test]
fn one_evaluators_mark_at_its_threshold_changes_the_award() {
    // x: 14 + 6 + 10 = 30; y: 14 + 6 + 8 = 28.
    let (view, _) = judge(&graded("6"));
    let found = &view["sensitivity"];
    assert_eq!(found["winner"], json!(["x"]));
    let listed = found["marks"]["evaluators"]["listed"].as_array().unwrap();
    let of = |bid: &str| listed.iter().find(|one| one["bid"] == bid).unwrap();
    // x's median of w falls from 6 to 4 only when e1's 6 falls below e2's 5 and then no further than 5: no. The median
    // of 8, 6, 5 with the 8 gone is 5 as well. So x needs its grade: B to C by e3 leaves A, B, C: still B.
    assert!(listed.iter().all(|one| one["bid"] != "x"), "{listed:?}");
    // y needs 2 points: w from 6 to 8 by e2 or e3, whose median then is 8; equal totals go to the lower price, so above.
    let up = of("y");
    assert_eq!((&up["item"], &up["evaluator"]), (&json!("w"), &json!("e2")));
    assert_eq!(
        (&up["from"], &up["to"], &up["reached"]),
        (&json!("6"), &json!("8"), &json!(false))
    );
    let raised = |to: &str| {
        graded("6").replacen(
            "evaluator = \"e2\"\nmarks = { g = \"B\", w = 6 }",
            &format!("evaluator = \"e2\"\nmarks = {{ g = \"B\", w = {to} }}"),
            1,
        )
    };
    assert_eq!(winner(&raised("8")), json!(["x"]));
    assert_eq!(winner(&raised("\"8.001\"")), json!(["y"]));
    // The grade of e2 or e3 from B to A makes two A of three: 20 points.
    let grades = graded("6").replacen(
        "evaluator = \"e2\"\nmarks = { g = \"B\", w = 6 }",
        "evaluator = \"e2\"\nmarks = { g = \"A\", w = 6 }",
        1,
    );
    assert_eq!(winner(&grades), json!(["y"]));
    assert_eq!(up["marks"], 4, "w and g, by e2 and by e3");
    // Thresholds of the item's own points: y 2 up, x 2 down.
    let items = found["marks"]["items"]["listed"].as_array().unwrap();
    assert!(items.iter().all(|one| one["change"] == "2"), "{items:?}");
}

#[test]
fn what_is_scaled_to_the_best_bid_is_one_weight_and_is_named() {
    let (view, texts) = judge(
        &[
            "[procedure]\nid = \"addition-b-scaled-to-best\"\nceiling_yen = 1000\nprice_points = 50\ntechnical_points = 100\n".to_owned(),
            block("bonus", "marks", "80", ""),
            bid("a", 500, "marks = { bonus = 40 }"),
            bid("b", 1000, "marks = { bonus = 60 }"),
        ]
        .concat(),
    );
    let found = &view["sensitivity"];
    assert_eq!(found["winner"], json!(["b"]));
    let weights: Vec<_> = singles(found).iter().map(|one| one[0].clone()).collect();
    assert_eq!(weights, ["technical", "price"]);
    assert_eq!(found["marks"]["items"]["count"], 0);
    let left_out = found["left_out"].as_array().unwrap();
    assert!(left_out.iter().any(|one| one["what"] == "technical"));
    assert!(texts[0].contains("Left out: technical"), "{}", texts[0]);
}

#[test]
fn the_lowest_price_knows_prices_only() {
    let (view, texts) = judge(
        &[
            "[procedure]\nid = \"lowest-price\"\nceiling_yen = 1000\n".to_owned(),
            block("base", "base", "1", ""),
            bid("a", 400, ""),
            bid("b", 430, ""),
        ]
        .concat(),
    );
    let found = &view["sensitivity"];
    assert_eq!(found["winner"], json!(["a"]));
    assert_eq!(found["single"], json!([]));
    assert_eq!(found["joint"], json!({"l1": null, "linf": null}));
    let short = &found["points_to_yen"]["bids"]["listed"][1]["short"];
    assert_eq!(short["yen"], "30");
    // At 400 the lots would have to be drawn: it does not win alone.
    assert_eq!(short["winning_price_yen"], "399");
    assert!(texts[0].contains("no other price falls by 30 yen or more"));
}

#[test]
fn the_slope_below_a_price_has_no_value_of_a_point_and_says_so() {
    let (view, _) = judge(
        &[
            "[procedure]\nid = \"addition-a-slope\"\nceiling_yen = 1000\nprice_points = 50\ninvestigation_price_yen = 600\n\
             parameters = { slope = \"1/2\" }\n"
                .to_owned(),
            block("bonus", "marks", "80", ""),
            bid("a", 500, "marks = { bonus = 40 }"),
            bid("b", 900, "marks = { bonus = 60 }"),
        ]
        .concat(),
    );
    let found = &view["sensitivity"];
    assert_eq!(found.get("points_to_yen"), None);
    let left_out = found["left_out"].as_array().unwrap();
    assert!(
        left_out.iter().any(|one| one["what"] == "points_to_yen"),
        "{left_out:?}"
    );
    // a 40 + 20 + 2.5, b 60 + 5; the price is a weight all the same.
    assert_eq!(found["lead"], "2.5");
    assert!(singles(found).iter().any(|one| one[0] == "price"));
}

#[test]
fn a_tender_without_a_valid_bid_says_why_there_is_nothing() {
    let body =
        worked("addition-a-two-decimals").replace("ceiling_yen = 100000000", "ceiling_yen = 1000");
    let (view, texts) = judge(&body);
    let found = &view["sensitivity"];
    assert_eq!(found["not_computed"]["en"], "there is no valid bid");
    assert!(texts[1].contains("有効な入札がない"));
}
