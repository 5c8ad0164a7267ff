//! Tenders made by chance.

use std::fmt::Write as _;

use mekiki::app::library::Library;
use mekiki::app::tender::{judge_tender, open_tender};
use mekiki::evidence::Evidence;
use serde_json::Value;

use crate::seeded::Seeded;

/// The head that every tender here shares.
const HEAD: &str = r#"
schema = "mekiki/tender-file/v1"
id = "laws"
as_of = "2026-11-20"
bid_deadline = "2026-11-13"
offering_types = ["OUT"]
title = { ja = "例", en = "Example" }
agency = { id = "example", name = { ja = "例示庁", en = "Example Agency" } }
information = [{ name = { ja = "資料", en = "Papers" }, confidentiality = 1, integrity = 1, availability = 1 }]
"#;

/// Price formulas by which a bid's points depend on its own price only, the cheaper the better.
pub(super) const ALONE: [&str; 2] = [
    "share-below-ceiling",
    "bid >= ceiling * 0.7 ? allotment * (1 - bid / ceiling) : allotment * 0.3 + allotment * (0.7 - bid / ceiling) / 3",
];
/// Price formulas by which it depends on the others, with the names through which it does.
pub(super) const TOGETHER: [(&str, &[&str]); 4] = [
    ("lowest-over-bid", &["lowest"]),
    (
        "allotment * (highest - bid) / (highest - lowest + 1)",
        &["highest", "lowest"],
    ),
    (
        "max(0, allotment * (1 - abs(bid - mean) / ceiling))",
        &["mean"],
    ),
    (
        "bid <= median ? allotment : allotment / count",
        &["count", "median"],
    ),
];

#[derive(Clone)]
pub(super) struct Bid {
    pub(super) id: String,
    pub(super) price: i64,
    /// Of the block that the committee marks as a whole.
    pub(super) mark: i64,
    pub(super) more: &'static str,
}

/// What one evaluator gave one bid; marks are halves.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) evaluator: String,
    pub(super) bid: String,
    pub(super) met: bool,
    pub(super) halves: Vec<i64>,
}

#[derive(Clone)]
pub(super) struct Made {
    pub(super) head: String,
    pub(super) form: String,
    /// Points of each item.
    pub(super) items: Vec<i64>,
    /// With the bids that each must not mark.
    pub(super) evaluators: Vec<(String, Vec<String>)>,
    pub(super) bids: Vec<Bid>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) draw: Vec<String>,
}

const CEILING: i64 = 10_000;
pub(super) const MARK: i64 = 30;

fn pick<'a, T: ?Sized>(chance: &mut Seeded, choices: &[&'a T]) -> &'a T {
    choices[chance.below(choices.len())]
}

pub(super) fn between(chance: &mut Seeded, low: i64, high: i64) -> i64 {
    low + i64::try_from(chance.below(usize::try_from(high - low).unwrap() + 1)).unwrap()
}

/// Makes a tender with the given method, price formula and scaling.
pub(super) fn make(chance: &mut Seeded, price: &str, scaling: Option<&str>) -> Made {
    let mut form = String::from(
        "[procedure.form]\nid = \"own\"\nversion = \"1\"\nsource = \"made up\"\ntitle = { ja = \"独自\", en = \"own\" }\n",
    );
    let method = if price.is_empty() {
        "method = \"division\"\nper_yen = 1000".to_owned()
    } else {
        format!("method = \"addition\"\nprice_formula = \"{price}\"")
    };
    let tie = pick(
        chance,
        &[
            "\"technical\", \"lots\"",
            "\"price\", \"technical\"",
            "\"block:items\", \"lots\"",
            "",
        ],
    );
    let _ = writeln!(form, "{method}\ntie = [{tie}]");
    if let Some(scaling) = scaling {
        let _ = writeln!(form, "[procedure.form.technical]\nscaling = \"{scaling}\"");
    }
    let combine = pick(
        chance,
        &["mean", "median", "trimmed-mean", "lowest", "highest"],
    );
    let level = pick(chance, &["item", "block"]);
    let _ = writeln!(
        form,
        "[procedure.form.evaluators]\ncombine = \"{combine}\"\nlevel = \"{level}\""
    );
    for step in [
        "mark",
        "item",
        "raw",
        "block",
        "technical",
        "price",
        "total",
    ] {
        if chance.below(3) == 0 {
            let mode = pick(chance, &["down", "up", "half-up", "half-even"]);
            let digits = chance.below(4);
            let _ = writeln!(
                form,
                "[procedure.form.rounding.{step}]\nmode = \"{mode}\"\ndigits = {digits}"
            );
        }
    }
    let items: Vec<_> = (0..=chance.below(3))
        .map(|_| between(chance, 5, 25))
        .collect();
    let ids: Vec<String> = (0..2 + chance.below(5))
        .map(|index| format!("b{index}"))
        .collect();
    let evaluators: Vec<_> = (0..3 + chance.below(3))
        .map(|index| {
            // Three are left for every bid, so that a trimmed mean has something left.
            let conflicts = if index > 2 && chance.below(2) == 0 {
                vec![ids[chance.below(ids.len())].clone()]
            } else {
                Vec::new()
            };
            (format!("e{index}"), conflicts)
        })
        .collect();
    let bids: Vec<_> = ids
        .iter()
        .map(|id| Bid {
            id: id.clone(),
            // Round prices tie, and some are above the planned price.
            price: 1000 * between(chance, 4, 10)
                + if chance.below(3) == 0 {
                    between(chance, 0, 999)
                } else {
                    0
                },
            mark: between(chance, 0, MARK),
            more: "",
        })
        .collect();
    let mut sheets = Vec::new();
    for bid in &ids {
        for (evaluator, conflicts) in &evaluators {
            if !conflicts.contains(bid) {
                sheets.push(Sheet {
                    evaluator: evaluator.clone(),
                    bid: bid.clone(),
                    met: chance.below(5) > 0,
                    halves: items
                        .iter()
                        .map(|points| between(chance, 0, 2 * points))
                        .collect(),
                });
            }
        }
    }
    let mut draw = ids.clone();
    shuffle(chance, &mut draw);
    draw.truncate(ids.len() - chance.below(2));
    let allotment = if price.is_empty() {
        ""
    } else {
        "price_points = 100\n"
    };
    let technical = match scaling {
        Some(_) => "technical_points = 150\n",
        None => "",
    };
    Made {
        head: format!("[procedure]\nceiling_yen = {CEILING}\n{allotment}{technical}"),
        form,
        items,
        evaluators,
        bids,
        sheets,
        draw,
    }
}

pub(super) fn shuffle<T>(chance: &mut Seeded, items: &mut [T]) {
    for index in (1..items.len()).rev() {
        items.swap(index, chance.below(index + 1));
    }
}

impl Made {
    pub(super) fn text(&self) -> String {
        let title = "title = { ja = \"題\", en = \"title\" }";
        let mut out = format!("{HEAD}{}{}", self.head, self.form);
        let sum: i64 = self.items.iter().sum();
        let _ = write!(
            out,
            "[[procedure.block]]\nid = \"base\"\n{title}\nkind = \"base\"\npoints = 20\n\
             [[procedure.block]]\nid = \"items\"\n{title}\nkind = \"marks\"\npoints = {sum}\n\
             [[procedure.block]]\nid = \"whole\"\n{title}\nkind = \"marks\"\npoints = {MARK}\n\
             [[procedure.item]]\nid = \"must\"\n{title}\nkind = \"mandatory\"\n"
        );
        for (index, points) in self.items.iter().enumerate() {
            let _ = write!(
                out,
                "[[procedure.item]]\nid = \"i{index}\"\n{title}\nblock = \"items\"\npoints = {points}\n"
            );
        }
        for (id, conflicts) in &self.evaluators {
            let _ = writeln!(
                out,
                "[[evaluator]]\nid = \"{id}\"\nconflicts = {conflicts:?}"
            );
        }
        for bid in &self.bids {
            let _ = write!(
                out,
                "[[bid]]\nid = \"{0}\"\nsupplier = {{ ja = \"{0}\", en = \"{0}\" }}\nprice_yen = {1}\nmarks = {{ whole = {2} }}\n{3}",
                bid.id, bid.price, bid.mark, bid.more
            );
        }
        for sheet in &self.sheets {
            let marks: String = sheet
                .halves
                .iter()
                .enumerate()
                .map(|(index, halves)| format!(", i{index} = \"{halves}/2\""))
                .collect();
            let _ = writeln!(
                out,
                "[[sheet]]\nevaluator = \"{}\"\nbid = \"{}\"\nmarks = {{ must = {}{marks} }}",
                sheet.evaluator, sheet.bid, sheet.met
            );
        }
        let _ = writeln!(out, "[draw]\norder = {:?}", self.draw);
        out
    }

    pub(super) fn judge(&self, library: &Library) -> Value {
        let text = self.text();
        let file = Evidence::new("tender.toml", text.clone().into_bytes());
        let open = open_tender(library, vec![file])
            .unwrap_or_else(|refused| panic!("{text}\n{:#?}", refused.0));
        let judged = judge_tender(library, &open, None).unwrap();
        serde_json::to_value(&judged.view).unwrap()
    }
}

/// A price formula that is made of all kinds in turn, with a scaling.
pub(super) fn any(chance: &mut Seeded) -> Made {
    let scaling = [None, Some("best"), Some("maximum")][chance.below(3)];
    let price = match chance.below(7) {
        index @ 0..2 => ALONE[index],
        index @ 2..6 => TOGETHER[index - 2].0,
        _ => "",
    };
    make(chance, price, scaling)
}
