//! The worked bid examples of the published procedures, to the digit, through the binary.

use serde_json::{Value, json};

use crate::binary::{Scratch, mekiki};

/// One row of the table: bid, status, technical, price points, total, rank.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, u64);

fn evaluate(path: &str, code: i32) -> Value {
    let run = mekiki(&["tender", "evaluate", path, "--format", "json"]);
    assert_eq!(run.code, code, "{run:?}");
    let view = run.json();
    assert_eq!(view["schema"], "mekiki/tender/v1");
    view
}

fn worked(name: &str) -> Value {
    evaluate(&format!("tests/it/worked/{name}.toml"), 0)
}

fn bid<'a>(view: &'a Value, id: &str) -> &'a Value {
    let bids = view["bids"].as_array().unwrap();
    bids.iter().find(|bid| bid["id"] == id).unwrap()
}

fn check_table(view: &Value, rows: &[Row<'_>]) {
    assert_eq!(view["bids"].as_array().unwrap().len(), rows.len());
    for (id, status, technical, price, total, rank) in rows {
        let bid = bid(view, id);
        let number = |text: &str| match text {
            "-" => Value::Null,
            text => json!(text),
        };
        let rank = if *status == "valid" {
            json!(rank)
        } else {
            Value::Null
        };
        let expected = json!([
            status,
            number(technical),
            number(price),
            number(total),
            rank
        ]);
        let actual = json!([
            bid["status"],
            bid["technical"],
            bid["price_points"],
            bid["total"],
            bid["rank"]
        ]);
        assert_eq!(actual, expected, "{id}");
        if *status == "valid" {
            let interval = json!({"low": total, "high": total});
            assert_eq!(bid["interval"], interval, "{id}: marks leave nothing open");
        }
    }
}

/// The step of the derivation that computes something of a bid.
fn step<'a>(view: &'a Value, bid: &str, name: &str) -> &'a Value {
    let steps = view["derivation"].as_array().unwrap();
    let mut found = steps
        .iter()
        .filter(|step| step["bid"] == bid && step["name"] == name);
    let step = found.next().unwrap();
    assert!(found.next().is_none(), "{bid} {name} is computed once");
    step
}

const WHOLE_POINTS: [Row<'_>; 5] = [
    ("A", "valid", "161", "8", "169", 1),
    ("B", "valid", "148", "21", "169", 2),
    ("C", "excluded", "-", "-", "-", 0),
    ("D", "excluded", "-", "-", "-", 0),
    ("E", "valid", "120", "42", "162", 3),
];

#[test]
fn in_whole_points_a_and_b_tie_and_the_technical_points_decide() {
    let view = worked("whole-points");
    check_table(&view, &WHOLE_POINTS);
    assert_eq!(view["winner"], json!(["A"]));
    assert_eq!(view["tie_rule"], "technical, then lots");
    assert_eq!(view["tie_broken_by"], "technical");
    let price = step(&view, "B", "price");
    let expected = json!({"bid": "B", "name": "price", "formula": "100 × (1 − 78500000 / 100000000)",
        "exact": "21.5", "rounding": "down to 0 digits", "value": "21"});
    assert_eq!(*price, expected);
    assert_eq!(step(&view, "A", "security")["value"], "34");
    assert_eq!(step(&view, "B", "security")["value"], "22");
}

#[test]
fn a_tie_that_only_lots_may_break_stays_open_until_they_are_drawn() {
    let rows = |ranks: [u64; 2]| {
        let mut rows = WHOLE_POINTS;
        (rows[0].5, rows[1].5) = (ranks[0], ranks[1]);
        rows
    };
    for (lots, ranks, winner, broken_by) in [
        ("[]", [1, 1], json!(["A", "B"]), Value::Null),
        ("[\"B\", \"A\"]", [2, 1], json!(["B"]), json!("lots")),
        ("[\"A\", \"B\"]", [1, 2], json!(["A"]), json!("lots")),
        // One of two lots is no draw between the two.
        ("[\"B\"]", [1, 1], json!(["A", "B"]), Value::Null),
        // A lot for a bid outside of the tie decides nothing.
        ("[\"E\"]", [1, 1], json!(["A", "B"]), Value::Null),
    ] {
        let scratch = Scratch::new();
        scratch.copy("tests/it/worked");
        let file = "whole-points.toml";
        scratch.edit(
            file,
            "offering_types",
            &format!("lots = {lots}\noffering_types"),
        );
        scratch.edit(
            file,
            "price_points = 100",
            "price_points = 100\ntie = [\"lots\"]",
        );
        let view = evaluate(&scratch.path(file), 0);
        check_table(&view, &rows(ranks));
        assert_eq!(view["winner"], winner, "{lots}");
        assert_eq!(view["tie_broken_by"], broken_by, "{lots}");
        assert_eq!(view["tie_rule"], "lots", "{lots}");
    }
}

#[test]
fn lots_break_a_tie_of_three_only_when_all_three_are_drawn() {
    for (lots, ranks) in [
        ("[]", [1, 1, 1]),
        ("[\"C\", \"A\"]", [1, 1, 1]),
        ("[\"C\", \"A\", \"B\"]", [2, 3, 1]),
    ] {
        let scratch = Scratch::new();
        scratch.copy("tests/it/worked");
        let file = "whole-points.toml";
        let head = std::fs::read_to_string(scratch.path(file)).unwrap();
        let (head, _) = head.split_once("\n[[bid]]").unwrap();
        let same = ["A", "B", "C"].map(|id| {
            format!(
                "\n[[bid]]\nid = \"{id}\"\nprice_yen = 80000000\n\
                 marks = {{ security = 20, other = 50 }}\nsupplier = {{ ja = \"{id}\", en = \"{id}\" }}\n"
            )
        });
        scratch.write(file, head.to_owned() + &same.concat());
        scratch.edit(
            file,
            "offering_types",
            &format!("lots = {lots}\noffering_types"),
        );
        let view = evaluate(&scratch.path(file), 0);
        let actual = ["A", "B", "C"].map(|id| bid(&view, id)["rank"].as_u64().unwrap());
        assert_eq!(actual, ranks, "{lots}");
    }
}

#[test]
fn a_lot_must_be_drawn_once_for_a_bid_that_is_there() {
    for lots in ["[\"X\"]", "[\"A\", \"A\"]"] {
        let scratch = Scratch::new();
        scratch.copy("tests/it/worked");
        let file = "whole-points.toml";
        scratch.edit(
            file,
            "offering_types",
            &format!("lots = {lots}\noffering_types"),
        );
        let path = scratch.path(file);
        let run = mekiki(&["tender", "evaluate", &path, "--format", "json"]);
        assert_eq!(run.code, 3, "{lots}: {run:?}");
        let error = &run.error()["error"];
        assert_eq!(error["code"], "lots-malformed");
        assert_eq!(error["at"]["line"], 6, "{error}");
    }
}

#[test]
fn with_two_decimals_b_wins() {
    let view = worked("two-decimals");
    check_table(
        &view,
        &[
            ("A", "valid", "161", "8", "169", 2),
            ("B", "valid", "148", "21.5", "169.5", 1),
            ("C", "excluded", "-", "-", "-", 0),
            ("D", "excluded", "-", "-", "-", 0),
            ("E", "valid", "120", "42", "162", 3),
        ],
    );
    assert_eq!(view["winner"], json!(["B"]));
    assert_eq!(view["tie_broken_by"], Value::Null);
}

#[test]
fn who_is_out_is_out_by_name_and_place() {
    for name in ["whole-points", "two-decimals", "lowest-over-bid"] {
        let view = worked(name);
        for (id, by, low) in [
            ("A", json!([]), false),
            ("B", json!([]), false),
            ("C", json!(["mandatory-item"]), false),
            ("D", json!(["above-ceiling"]), false),
            ("E", json!([]), true),
        ] {
            let bid = bid(&view, id);
            assert_eq!(bid["excluded_by"], by, "{name} {id}");
            assert_eq!(bid["low_bid_investigation"], low, "{name} {id}");
            for exclusion in bid["exclusions"].as_array().unwrap() {
                let citation = &exclusion["citations"][0];
                assert_eq!(citation["file"], "tender.toml");
                assert!(citation["at"]["line"].as_u64().unwrap() > 50, "{citation}");
            }
            let steps = view["derivation"].as_array().unwrap();
            let computed = steps.iter().any(|step| step["bid"] == id);
            assert_eq!(
                computed,
                bid["status"] == "valid",
                "no points for who is out"
            );
        }
    }
}

#[test]
fn prices_on_the_edge_fall_on_the_published_side() {
    let view = worked("edges");
    check_table(
        &view,
        &[
            ("at-ceiling", "valid", "130", "0", "130", 3),
            ("above-by-a-yen", "excluded", "-", "-", "-", 0),
            ("six-tenths", "valid", "130", "40", "170", 1),
            ("below-by-a-yen", "valid", "130", "40", "170", 1),
        ],
    );
    for (id, low) in [
        ("at-ceiling", false),
        ("six-tenths", false),
        ("below-by-a-yen", true),
    ] {
        assert_eq!(bid(&view, id)["low_bid_investigation"], low, "{id}");
    }
    assert_eq!(step(&view, "below-by-a-yen", "price")["exact"], "40.000001");
    assert_eq!(view["winner"], json!(["below-by-a-yen", "six-tenths"]));
}

#[test]
fn under_the_lowest_bid_formula_a_wins_while_e_is_in() {
    let view = worked("lowest-over-bid");
    check_table(
        &view,
        &[
            ("A", "valid", "161", "63.0435", "224.0435", 1),
            ("B", "valid", "148", "73.8854", "221.8854", 2),
            ("C", "excluded", "-", "-", "-", 0),
            ("D", "excluded", "-", "-", "-", 0),
            ("E", "valid", "120", "100", "220", 3),
        ],
    );
    assert_eq!(view["winner"], json!(["A"]));
    for (id, formula, exact, value) in [
        ("A", "100 × 58000000 / 92000000", "1450/23", "63.0435"),
        ("B", "100 × 58000000 / 78500000", "11600/157", "73.8854"),
        ("E", "100 × 58000000 / 58000000", "100", "100"),
    ] {
        let expected = json!({"bid": id, "name": "price", "formula": formula, "exact": exact,
            "rounding": "half-up to 4 digits", "value": value});
        assert_eq!(*step(&view, id, "price"), expected);
    }
}

#[test]
fn when_e_is_out_the_whole_table_is_computed_again_and_b_wins() {
    let view = worked("lowest-over-bid-without-e");
    check_table(
        &view,
        &[
            ("A", "valid", "161", "85.3261", "246.3261", 2),
            ("B", "valid", "148", "100", "248", 1),
            ("C", "excluded", "-", "-", "-", 0),
            ("D", "excluded", "-", "-", "-", 0),
            ("E", "excluded", "-", "-", "-", 0),
        ],
    );
    assert_eq!(view["winner"], json!(["B"]));
    assert_eq!(bid(&view, "E")["excluded_by"], json!(["declared"]));
    assert_eq!(bid(&view, "E")["low_bid_investigation"], true);
}

#[test]
fn no_valid_bid_is_no_winner() {
    let scratch = Scratch::new();
    scratch.copy("tests/it/worked");
    let file = "whole-points.toml";
    scratch.edit(file, "ceiling_yen = 100000000", "ceiling_yen = 50000000");
    let view = evaluate(&scratch.path(file), 1);
    assert_eq!(view["winner"], json!([]));
    assert_eq!(view["derivation"], json!([]));
    assert_eq!(
        bid(&view, "C")["excluded_by"],
        json!(["mandatory-item", "above-ceiling"])
    );
}

/// Leaves the citations aside: they say where in the file a bid stands, and that moves with it.
fn without_citations(view: &mut Value) {
    match view {
        Value::Object(fields) => {
            fields.remove("citations");
            fields.values_mut().for_each(without_citations);
        }
        Value::Array(items) => items.iter_mut().for_each(without_citations),
        _ => {}
    }
}

#[test]
fn the_order_of_the_bids_in_the_file_changes_nothing() {
    for name in [
        "whole-points",
        "two-decimals",
        "lowest-over-bid",
        "lowest-over-bid-without-e",
        "edges",
    ] {
        let mut expected = worked(name);
        without_citations(&mut expected);
        let scratch = Scratch::new();
        scratch.copy("tests/it/worked");
        let file = format!("{name}.toml");
        let text = std::fs::read_to_string(scratch.path(&file)).unwrap();
        let mut parts: Vec<_> = text.split("\n[[bid]]\n").collect();
        let head = parts.remove(0);
        for turn in 0..parts.len() {
            parts.rotate_left(1);
            parts.swap(0, turn);
            let shuffled = [&[head], &parts[..]].concat().join("\n[[bid]]\n");
            let mut view = evaluate(&scratch.write(&file, shuffled), 0);
            without_citations(&mut view);
            assert_eq!(view, expected, "{name}, turn {turn}");
        }
    }
}
