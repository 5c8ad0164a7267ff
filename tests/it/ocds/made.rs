//! Tenders by chance: with lots, amendments, items, evaluators, ties and all methods.

use std::fmt::Write as _;

use mekiki::evidence::Evidence;

use crate::seeded::Seeded;

/// A made tender: its file, and what no notice may say.
pub(super) struct Made {
    pub(super) file: Evidence,
    /// The file as it was published: all before the opening.
    pub(super) published: Evidence,
    pub(super) secrets: Vec<String>,
    pub(super) prices: Vec<i64>,
    pub(super) planned: Vec<i64>,
}

const HEAD: &str = r#"schema = "mekiki/tender-file/v1"
id = "made-2026"
as_of = "2027-02-01"
bid_deadline = "2027-01-14"
offering_types = ["OUT"]
title = { ja = "業務一式", en = "The works" }
agency = { id = "records", name = { ja = "記録保存庁", en = "Agency for Records" } }

[[information]]
name = { ja = "業務資料", en = "Working papers" }
confidentiality = 1
integrity = 1
availability = 1

[timetable]
agreement = true
published_on = "2026-11-20"
questions_until = "2026-12-04T17:00:00+09:00"
answers_by = "2026-12-11"
bids_until = "2027-01-14T12:00:00+09:00"
opening_at = "2027-01-29T10:30:00+09:00"
contract_by = "2027-02-26"

"#;

const ITEMS: &str = r#"[[procedure.block]]
id = "plan"
title = { ja = "実施計画", en = "Plan" }
kind = "marks"
points = 100

[[procedure.item]]
id = "schedule"
title = { ja = "工程", en = "Schedule" }
block = "plan"
points = 100

[[procedure.item]]
id = "certified"
title = { ja = "認証", en = "Certified" }
kind = "mandatory"

"#;

fn chance(seeded: &mut Seeded, from: i64, below: usize, step: i64) -> i64 {
    from + i64::try_from(seeded.below(below)).unwrap() * step
}

/// Makes a tender. Prices, marks, names and comments are distinctive, so that any trace of them in a package is found.
pub(super) fn make(seeded: &mut Seeded) -> Made {
    let lots = [0, 2, 3][seeded.below(3)];
    let mut out = rules(seeded, lots);
    let published = Evidence::new("tender.toml", out.clone().into_bytes());
    let (mut secrets, mut planned) = (Vec::new(), Vec::new());
    let mut ceiling = || {
        let yen = chance(seeded, 900_000_001, 9_000, 7);
        planned.push(yen);
        yen
    };
    if lots == 0 {
        _ = write!(out, "[opening]\nceiling_yen = {}\n\n", ceiling());
    } else {
        out += "[opening.ceilings]\n";
        for lot in 0..lots {
            _ = writeln!(out, "lot-{lot} = {}", ceiling());
        }
        out += "\n";
    }
    secrets.extend(planned.iter().map(ToString::to_string));
    let evaluators = 2 + seeded.below(2);
    for number in 0..evaluators {
        let name = format!("審査員{number}氏");
        _ = write!(
            out,
            "[[evaluator]]\nid = \"judge-{number}\"\nname = {{ ja = \"{name}\", en = \"Judge No. {number}\" }}\n\n"
        );
        secrets.extend([
            name,
            format!("judge-{number}"),
            format!("Judge No. {number}"),
        ]);
    }
    let prices = bids(seeded, lots, evaluators, &mut out, &mut secrets);
    Made {
        file: Evidence::new("tender.toml", out.into_bytes()),
        published,
        secrets,
        prices,
        planned,
    }
}

/// What is published before any bid is there.
fn rules(seeded: &mut Seeded, lots: usize) -> String {
    let method = ["addition", "division", "lowest-price"][seeded.below(3)];
    let mut out = HEAD.to_owned();
    for number in 0..seeded.below(3) {
        _ = write!(
            out,
            "[[amendment]]\nid = \"amendment-{number}\"\non = \"2026-12-0{}\"\nrationale = {{ ja = \"仕様の訂正\", en = \"Specification corrected\" }}\n\n",
            number + 1
        );
    }
    let (points, formula) = match method {
        "addition" => (
            "price_points = 100\n",
            "price_formula = \"share-below-ceiling\"\n",
        ),
        _ => ("", ""),
    };
    _ = write!(
        out,
        "[procedure]\n{points}[procedure.form]\nid = \"made\"\nversion = \"1\"\nsource = \"made\"\nmethod = \"{method}\"\n{formula}tie = [\"lots\"]\ntitle = {{ ja = \"手順\", en = \"Procedure\" }}\n\n{ITEMS}"
    );
    for lot in 0..lots {
        _ = write!(
            out,
            "[[lot]]\nid = \"lot-{lot}\"\ntitle = {{ ja = \"第{lot}号\", en = \"Lot {lot}\" }}\n\n"
        );
    }
    out
}

/// Bids with their sheets; the first one misses a mandatory item. In a tie all are equal, and lots are drawn.
fn bids(
    seeded: &mut Seeded,
    lots: usize,
    evaluators: usize,
    out: &mut String,
    secrets: &mut Vec<String>,
) -> Vec<i64> {
    let count = 3 + seeded.below(4);
    let tied = seeded.below(2) == 0;
    let first_price = chance(seeded, 700_000_003, 9_000, 11);
    let (mut prices, mut draw) = (Vec::new(), Vec::new());
    for number in 0..count {
        let price = if tied {
            first_price
        } else {
            chance(seeded, 600_000_007, 20_000, 13)
        };
        let mark = if tied {
            "77.125".to_owned()
        } else {
            format!("{}.375", 41 + seeded.below(50))
        };
        _ = writeln!(out, "[[bid]]\nid = \"offer-{number}\"\nprice_yen = {price}");
        if lots > 0 {
            _ = writeln!(out, "lot = \"lot-{}\"", number % lots);
        }
        if number % 2 == 0 {
            _ = writeln!(out, "corporate_number = \"799990100000{number}\"");
        }
        _ = write!(
            out,
            "supplier = {{ ja = \"第{number}応札株式会社\", en = \"Bidder No. {number}\" }}\n\n"
        );
        for judge in 0..evaluators {
            _ = write!(
                out,
                "[[sheet]]\nevaluator = \"judge-{judge}\"\nbid = \"offer-{number}\"\nmarks = {{ schedule = \"{mark}\", certified = {} }}\ncomments = {{ schedule = \"所見{number}{judge}\" }}\n\n",
                number != 0
            );
            secrets.push(format!("所見{number}{judge}"));
        }
        draw.push(format!("\"offer-{number}\""));
        secrets.extend([
            price.to_string(),
            mark,
            format!("offer-{number}"),
            format!("第{number}応札株式会社"),
            format!("Bidder No. {number}"),
            format!("799990100000{number}"),
        ]);
        prices.push(price);
    }
    _ = writeln!(out, "[draw]\norder = [{}]", draw.join(", "));
    prices
}
