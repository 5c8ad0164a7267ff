//! Laws that every tender keeps, on tenders made by chance.

mod made;

use std::collections::{BTreeMap, BTreeSet};

use mekiki::app::library::Library;
use mekiki::exact::Exact;
use mekiki::tender::formula::Formula;
use serde_json::{Value, json};

use self::made::{ALONE, MARK, TOGETHER, any, between, make, shuffle};
use crate::seeded::Seeded;

type Row = (Value, Value, Value, Value);

/// Technical points, price points, total and rank of each bid that is in.
fn rows(view: &Value) -> BTreeMap<String, Row> {
    let bids = view["bids"].as_array().unwrap().iter();
    bids.filter(|bid| bid["status"] == "valid")
        .map(|bid| {
            let cell = |key: &str| bid[key].clone();
            let row = (
                cell("technical"),
                cell("price_points"),
                cell("total"),
                cell("rank"),
            );
            (bid["id"].as_str().unwrap().to_owned(), row)
        })
        .collect()
}

/// A view without what tells where in the file something stands.
fn without_places(mut view: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.remove("citations");
                members.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut view);
    view["procedure"] = Value::Null;
    view
}

fn exact(value: &Value) -> Exact {
    Exact::parse(value.as_str().unwrap()).unwrap()
}

#[test]
fn the_order_of_bids_and_sheets_and_evaluators_changes_nothing() {
    let library = Library::open(None).unwrap();
    let mut chance = Seeded::new(701);
    for _ in 0..150 {
        let made = any(&mut chance);
        let view = made.judge(&library);
        let mut other = made.clone();
        shuffle(&mut chance, &mut other.bids);
        shuffle(&mut chance, &mut other.sheets);
        let shuffled = other.judge(&library);
        assert_eq!(
            without_places(view.clone()),
            without_places(shuffled),
            "{}",
            made.text()
        );
        shuffle(&mut chance, &mut other.evaluators);
        let shuffled = other.judge(&library);
        // Marks are printed in the order of the evaluators; every number stays.
        assert_eq!(rows(&view), rows(&shuffled), "{}", made.text());
        for key in ["winner", "tie_broken_by", "recomputations"] {
            assert_eq!(view[key], shuffled[key]);
        }
    }
}

#[test]
fn a_cheaper_or_better_bid_never_loses_rank_by_itself() {
    let library = Library::open(None).unwrap();
    let mut chance = Seeded::new(702);
    let mut risen = 0;
    for round in 0..200 {
        let scaling = [None, Some("best"), Some("maximum")][chance.below(3)];
        let made = make(&mut chance, ALONE[round % 2], scaling);
        let before = rows(&made.judge(&library));
        let mut other = made.clone();
        let place = chance.below(other.bids.len());
        let id = other.bids[place].id.clone();
        let Some(old) = before.get(&id) else { continue };
        let cheaper = chance.below(2) == 0;
        if cheaper {
            let price = &mut other.bids[place].price;
            *price -= between(&mut chance, 1, *price - 1);
        } else if chance.below(2) == 0 {
            let mark = &mut other.bids[place].mark;
            *mark += between(&mut chance, 0, MARK - *mark);
        } else {
            for sheet in other.sheets.iter_mut().filter(|sheet| sheet.bid == id) {
                for (halves, points) in sheet.halves.iter_mut().zip(&made.items) {
                    *halves += between(&mut chance, 0, 2 * points - *halves);
                }
            }
        }
        let after = rows(&other.judge(&library));
        let new = &after[&id];
        assert!(
            new.3.as_u64() <= old.3.as_u64(),
            "{id} fell from {old:?} to {new:?}\n{}\n{}",
            made.text(),
            other.text()
        );
        risen += usize::from(new.3 != old.3);
        if cheaper || scaling != Some("best") {
            for (other, row) in &before {
                if *other != id {
                    let (row, new) = (row.clone(), after[other].clone());
                    assert_eq!(
                        (row.0, row.1, row.2),
                        (new.0, new.1, new.2),
                        "{other} stays"
                    );
                }
            }
        }
    }
    assert!(risen > 30, "{risen}");
}

#[test]
fn an_exclusion_changes_others_only_as_the_formula_says_and_the_view_says_so() {
    let library = Library::open(None).unwrap();
    let mut chance = Seeded::new(703);
    let (mut kept, mut moved) = (0, 0);
    for _ in 0..300 {
        let scaling = [None, Some("best"), Some("maximum")][chance.below(3)];
        let (price, mut through) = match chance.below(7) {
            index @ 0..2 => (ALONE[index], BTreeSet::new()),
            index @ 2..6 => {
                let (price, names) = TOGETHER[index - 2];
                (price, names.iter().copied().collect())
            }
            _ => ("", BTreeSet::new()),
        };
        if scaling == Some("best") {
            through.insert("best_technical");
        }
        let made = make(&mut chance, price, scaling);
        let before = made.judge(&library);
        let (first, mut other) = (rows(&before), made.clone());
        let place = chance.below(other.bids.len());
        let id = other.bids[place].id.clone();
        if !first.contains_key(&id) {
            continue;
        }
        other.bids[place].more =
            "excluded = { ja = \"排除\", en = \"out\" }\nexcluded_after_ranking = true\n";
        let after = other.judge(&library);
        let left = rows(&after);
        let text = made.text();
        assert_eq!(left.len(), first.len() - 1, "{text}");
        let changed: BTreeSet<_> = left
            .iter()
            .filter(|(bid, row)| {
                let old = &first[*bid];
                (&row.0, &row.1, &row.2) != (&old.0, &old.1, &old.2)
            })
            .map(|(bid, _)| bid.clone())
            .collect();
        let said = &after["recomputations"][0];
        let list = |value: &Value| -> BTreeSet<String> {
            let values = value.as_array().unwrap().iter();
            values.map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(list(&said["changed"]), changed, "{text}");
        assert_eq!(said["excluded"], json!([id]));
        let ranking: BTreeMap<_, _> = said["before"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let cell = |key: &str| row[key].clone();
                let numbers = (
                    cell("technical"),
                    cell("price_points"),
                    cell("total"),
                    cell("rank"),
                );
                (row["bid"].as_str().unwrap().to_owned(), numbers)
            })
            .collect();
        assert_eq!(ranking, first, "{text}");
        if changed.is_empty() {
            assert_eq!(said["through"], json!([]), "{text}");
            kept += 1;
        } else {
            let names: BTreeSet<_> = through.iter().map(|one| (*one).to_owned()).collect();
            assert!(
                !names.is_empty(),
                "nothing of this form rests on others\n{text}"
            );
            assert_eq!(list(&said["through"]), names, "{text}");
            moved += 1;
        }
        // The bid out from the beginning leaves the same.
        other.bids[place].more = "excluded = { ja = \"排除\", en = \"out\" }\n";
        let never = other.judge(&library);
        assert_eq!(rows(&never), left, "{text}");
        assert_eq!(never["winner"], after["winner"]);
        assert_eq!(never["recomputations"], Value::Null);
    }
    assert!(kept > 40 && moved > 40, "{kept} {moved}");
}

/// The value of a printed formula, from its text alone.
fn computed(formula: &str) -> Option<Exact> {
    let inside = |word: &str| {
        let rest = formula
            .strip_prefix(word)?
            .strip_prefix('(')?
            .strip_suffix(')')?;
        let (marks, end) = rest.split_once("; without ").unwrap_or((rest, "0"));
        let drop: usize = end.split(' ').next()?.parse().ok()?;
        let mut marks: Vec<_> = marks
            .split(", ")
            .map(|mark| Exact::parse(mark).unwrap())
            .collect();
        marks.sort();
        Some(marks[drop..marks.len() - drop].to_vec())
    };
    let count = |marks: &[Exact]| Exact::from_integer(i64::try_from(marks.len()).unwrap());
    let mean = |marks: Vec<Exact>| {
        let count = count(&marks);
        marks.into_iter().sum::<Exact>().over(&count).unwrap()
    };
    for word in ["mean", "trimmed-mean"] {
        if let Some(marks) = inside(word) {
            return Some(mean(marks));
        }
    }
    if let Some(marks) = inside("median") {
        let half = (marks.len() - 1) / 2;
        return Some(mean(marks[half..marks.len() - half].to_vec()));
    }
    if let Some(marks) = inside("lowest") {
        return marks.first().cloned();
    }
    if let Some(marks) = inside("highest") {
        return marks.last().cloned();
    }
    // Of a choice, what holds stands before the arrow.
    let formula = formula
        .rsplit_once(" → ")
        .map_or(formula, |(_, taken)| taken);
    let plain = formula.replace('×', "*").replace('−', "-");
    Formula::compile(&plain, &[]).ok()?.evaluate(&|_| None).ok()
}

#[test]
fn printed_parts_give_the_printed_totals_exactly() {
    let library = Library::open(None).unwrap();
    let mut chance = Seeded::new(704);
    let (mut steps, mut unread) = (0, BTreeSet::new());
    for _ in 0..200 {
        let made = any(&mut chance);
        let view = made.judge(&library);
        let derivation = view["derivation"].as_array().unwrap();
        for step in derivation {
            let formula = step["formula"].as_str().unwrap();
            match computed(formula) {
                Some(value) => {
                    assert_eq!(value, exact(&step["exact"]), "{step}\n{}", made.text());
                    steps += 1;
                }
                None => {
                    unread.insert(formula.to_owned());
                }
            }
            if step["rounding"].is_null() {
                assert_eq!(step["exact"], step["value"], "{step}");
            }
        }
        for bid in view["bids"].as_array().unwrap() {
            if bid["status"] != "valid" {
                continue;
            }
            let step = |name: &str| {
                let mut found = derivation
                    .iter()
                    .filter(|step| step["bid"] == bid["id"] && step["name"] == name);
                let step = found.next();
                assert!(found.next().is_none(), "{name} is computed once");
                step
            };
            for (key, name) in [
                ("technical", "technical"),
                ("price_points", "price"),
                ("total", "total"),
            ] {
                let value = step(name).map_or(Value::Null, |step| step["value"].clone());
                assert_eq!(bid[key], value, "{key}");
            }
            let blocks: Exact = bid["blocks"]
                .as_array()
                .unwrap()
                .iter()
                .map(|block| exact(&block["points"]))
                .sum();
            let sum = step("technical:raw").or_else(|| step("technical")).unwrap();
            assert_eq!(blocks, exact(&sum["exact"]), "blocks of {}", bid["id"]);
            // The total of an addition is the sum of what stands beside it.
            if !bid["price_points"].is_null() {
                let parts = exact(&bid["technical"]).plus(&exact(&bid["price_points"]));
                assert_eq!(parts, exact(&step("total").unwrap()["exact"]));
            }
            assert_eq!(bid["interval"]["low"], bid["total"]);
        }
    }
    assert!(steps > 3000, "{steps}");
    let expected = ["every mandatory item is met", "mark of the committee"];
    assert_eq!(
        unread,
        expected.map(str::to_owned).into(),
        "every other step is computed again"
    );
}
