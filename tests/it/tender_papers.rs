//! The papers and pictures of a tender: complete, inert, the same each time, and silent about what they must not show.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mekiki::app::library::Library;
use mekiki::app::tender::{JudgedTender, OpenTender, TENDER_FILE, judge_tender, open_tender};
use mekiki::app::tender_paper::{
    ChartKind, NoticeKind, ResultKind, chart, notice_papers, result_papers,
};
use mekiki::criteria::Stage;
use mekiki::document::paper::{Paper, Part, page};
use mekiki::evidence::Evidence;
use mekiki::exact::{Exact, RoundingMode};
use mekiki::id::BidId;
use mekiki::tender::item::ItemKind;
use mekiki::tender::procedure::{
    Combination, CombinationLevel, MandatoryRule, Method, PRICE_NAMES, Scaling, TOTAL_NAMES,
};
use mekiki::tender::{BlockKind, TaxBasis};
use mekiki::text::Lang;
use mekiki::text::messages::{keys, message};

use crate::demo::Demo;

fn judged(library: &Library, evidence: Vec<Evidence>) -> (OpenTender, JudgedTender) {
    let open = open_tender(library, evidence).unwrap();
    let judged = judge_tender(library, &open, None).unwrap();
    (open, judged)
}

fn text_of(papers: &[Paper]) -> String {
    page(papers).unwrap()
}

/// A tender whose every number and name tells whose it is: `bids` bids, two evaluators, price points by a formula.
fn generated(seed: u64, bids: usize, form: &str) -> String {
    let mut state = seed;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = format!(
        r#"schema = "mekiki/tender-file/v1"
id = "generated"
as_of = "2026-11-20"
bid_deadline = "2026-11-13"
offering_types = ["OUT"]
title = {{ ja = "生成した調達", en = "Generated tender" }}
[agency]
id = "agency"
name = {{ ja = "例示庁", en = "Example Agency" }}
[[information]]
name = {{ ja = "資料", en = "Papers" }}
confidentiality = 2
integrity = 2
availability = 1
[procedure]
ceiling_yen = 900000000
{form}
[[procedure.block]]
id = "work"
kind = "marks"
points = 400
title = {{ ja = "業務", en = "Work" }}
[[procedure.item]]
id = "w1"
block = "work"
points = 200
title = {{ ja = "計画", en = "Plan" }}
[[procedure.item]]
id = "w2"
block = "work"
points = 200
title = {{ ja = "体制", en = "Team" }}
[[evaluator]]
id = "hidden-one"
name = {{ ja = "隠岐委員", en = "Member Oki" }}
[[evaluator]]
id = "hidden-two"
name = {{ ja = "佐渡委員", en = "Member Sado" }}
"#
    );
    for bid in 0..bids {
        let price = 500_000_000 + next(300_000_000) / 2 * 2 + 1;
        _ = write!(
            text,
            "[[bid]]\nid = \"bidder-{bid}\"\nprice_yen = {price}\nsupplier = {{ ja = \"第{bid}商会株式会社\", en = \"Traders {bid} Co., Ltd.\" }}\n"
        );
        for evaluator in ["hidden-one", "hidden-two"] {
            let mark = |number: u64| format!("\"{}.{:03}\"", 100 + number % 90, 101 + number % 898);
            let (first, second) = (mark(next(80_000)), mark(next(80_000)));
            _ = write!(
                text,
                "[[sheet]]\nevaluator = \"{evaluator}\"\nbid = \"bidder-{bid}\"\nmarks = {{ w1 = {first}, w2 = {second} }}\ncomments = {{ w1 = \"所見{bid}番{evaluator}\", w2 = \"第{}商会より劣る。\" }}\n",
                (bid + 1) % bids
            );
        }
    }
    text
}

const ADDITION: &str = "id = \"addition-a-two-decimals\"\nprice_points = 200";
const RELATIVE: &str = "id = \"addition-b-four-decimals\"\nprice_points = 200";

#[test]
fn a_losing_bidder_reads_nothing_of_the_others() {
    let demo = Demo::new();
    let mut papers = 0;
    let mut check = |library: &Library, open: &OpenTender, judged: &JudgedTender| {
        let tender = &open.tender;
        let winner = judged.outcome.winner();
        for own in tender.bids.iter().filter(|bid| !winner.contains(&bid.id)) {
            let kind = ResultKind::Losing(own.id.clone());
            let shown = text_of(&result_papers(library, open, judged, &kind, &Lang::BOTH).unwrap());
            papers += 1;
            let own_outcome = judged
                .outcome
                .bids
                .iter()
                .find(|bid| bid.bid.id == own.id)
                .unwrap();
            let own_texts: BTreeSet<_> = own_outcome
                .items
                .iter()
                .flat_map(|item| {
                    item.marks
                        .iter()
                        .map(|(_, points)| points.to_string())
                        .chain([item.exact.to_string()])
                })
                .collect();
            let mut secrets: BTreeSet<String> = BTreeSet::new();
            for evaluator in &tender.evaluators {
                secrets.insert(evaluator.id.clone());
                secrets.extend(
                    evaluator
                        .name
                        .iter()
                        .flat_map(|name| [name.ja.clone(), name.en.clone()]),
                );
            }
            for other in judged
                .outcome
                .bids
                .iter()
                .filter(|bid| bid.bid.id != own.id)
            {
                let is_winner = winner.contains(&other.bid.id);
                let bid = &other.bid;
                secrets.insert(bid.id.to_string());
                secrets.insert(bid.price_yen.to_string());
                secrets.insert(mekiki::document::words::grouped(&bid.price_yen.to_string()));
                secrets.extend(bid.offering.corporate_number.clone());
                secrets.extend(bid.offering.product.iter().map(|(name, _)| name.clone()));
                secrets.extend(bid.offering.service.clone());
                if !is_winner {
                    secrets.extend([
                        bid.offering.supplier.ja.clone(),
                        bid.offering.supplier.en.clone(),
                    ]);
                }
                for sheet in &bid.sheets {
                    secrets.extend(sheet.comments.values().cloned());
                }
                // Numbers that tell whose they are: with decimals or a fraction, and not also the bidder's own.
                let marks = other
                    .items
                    .iter()
                    .flat_map(|item| item.marks.iter().map(|(_, points)| points));
                let standing = other.standing.iter().flat_map(|one| {
                    let total = (!is_winner).then(|| one.total.clone());
                    one.blocks
                        .iter()
                        .cloned()
                        .chain([one.technical.clone()])
                        .chain(one.price_points.clone())
                        .chain(total)
                });
                let numbers: Vec<_> = marks
                    .cloned()
                    .chain(standing)
                    .map(|one| one.to_string())
                    .collect();
                let tells = |text: &&String| text.len() >= 5 && !own_texts.contains(*text);
                secrets.extend(numbers.iter().filter(tells).cloned());
            }
            for evidence in open
                .evidence
                .iter()
                .filter(|one| one.path.starts_with("bids/"))
            {
                if !evidence
                    .path
                    .starts_with(&format!("{}/", own.offering.folder))
                {
                    secrets.insert(evidence.digest.hex());
                    secrets.insert(evidence.digest.short());
                }
            }
            for secret in &secrets {
                assert!(
                    !shown.contains(secret.as_str()),
                    "{} reads {secret}",
                    own.id
                );
            }
            // What the bidder must learn is there.
            let winner = judged
                .outcome
                .bids
                .iter()
                .find(|bid| winner.contains(&bid.bid.id))
                .unwrap();
            assert!(shown.contains(&winner.bid.offering.supplier.ja));
            assert!(shown.contains(&winner.standing.as_ref().unwrap().total.to_string()));
            for points in own_outcome.items.iter().map(|item| &item.value) {
                assert!(shown.contains(&points.to_string()));
            }
        }
    };
    let (open, outcome) = judged(&demo.library, demo.evidence.clone());
    check(&demo.library, &open, &outcome);
    for (seed, form) in [(1, ADDITION), (2, ADDITION), (3, RELATIVE), (4, RELATIVE)] {
        let file = Evidence::new(TENDER_FILE, generated(seed, 6, form).into_bytes());
        let (open, outcome) = judged(&demo.library, vec![file]);
        check(&demo.library, &open, &outcome);
    }
    assert_eq!(papers, 2 + 4 * 5);
}

#[test]
fn reasons_are_for_losers_of_a_decided_tender() {
    let library = Library::open(None).unwrap();
    let file = generated(7, 3, ADDITION);
    let (open, outcome) = judged(
        &library,
        vec![Evidence::new(TENDER_FILE, file.clone().into_bytes())],
    );
    let code = |open: &OpenTender, judged: &JudgedTender, bid: &str| {
        let kind = ResultKind::Losing(BidId(bid.to_owned()));
        result_papers(&library, open, judged, &kind, &[Lang::Ja])
            .map_err(|refused| refused.0[0].code)
            .err()
    };
    let winner = outcome.outcome.winner().remove(0);
    assert_eq!(
        code(&open, &outcome, winner.as_str()),
        Some("paper-not-losing")
    );
    assert_eq!(code(&open, &outcome, "nobody"), Some("bid-unknown"));
    // Two equal bids without lots drawn leave the tender undecided.
    let mut lines: Vec<_> = file
        .lines()
        .filter(|line| !line.starts_with("marks"))
        .map(str::to_owned)
        .collect();
    for line in &mut lines {
        if line.starts_with("price_yen") {
            *line = "price_yen = 500000001".to_owned();
        }
        if line.starts_with("comments") {
            *line = "marks = { w1 = 100, w2 = 100 }".to_owned();
        }
    }
    let file = Evidence::new(TENDER_FILE, lines.join("\n").into_bytes());
    let (open, outcome) = judged(&library, vec![file]);
    assert_eq!(code(&open, &outcome, "bidder-1"), Some("paper-undecided"));
}

/// Reads an exact number as papers print it.
fn number(cell: &str) -> Exact {
    let text = cell.split(['(', ' ']).next().unwrap();
    Exact::parse(&text.replace(',', "")).unwrap_or_else(|| panic!("{cell}"))
}

#[test]
fn printed_parts_add_up_to_printed_totals() {
    let demo = Demo::new();
    let generated = |seed, form| {
        vec![Evidence::new(
            TENDER_FILE,
            generated(seed, 5, form).into_bytes(),
        )]
    };
    for evidence in [
        demo.evidence.clone(),
        generated(1, ADDITION),
        generated(2, RELATIVE),
    ] {
        let (open, outcome) = judged(&demo.library, evidence);
        let papers = result_papers(
            &demo.library,
            &open,
            &outcome,
            &ResultKind::Consolidated,
            &[Lang::En],
        )
        .unwrap();
        let tables: Vec<_> = papers[0]
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Table(table) => Some(table),
                _ => None,
            })
            .collect();
        let blocks = open.tender.blocks.len();
        let mut checked = 0;
        for row in &tables[0].rows {
            if row.cells[0] == "excluded" {
                continue;
            }
            let cells: Vec<_> = row.cells.iter().skip(2).map(|cell| number(cell)).collect();
            let sum: Exact = cells[..blocks].iter().cloned().sum();
            assert_eq!(sum, cells[blocks]);
            assert_eq!(sum.plus(&cells[blocks + 2]), cells[blocks + 3]);
            checked += 1;
        }
        assert!(checked >= 2);
        // The items of the last block add up to it.
        let valid = outcome
            .outcome
            .bids
            .iter()
            .filter(|bid| bid.standing.is_some());
        for bid in valid {
            let title = format!("({})", bid.bid.id);
            let at = papers[0]
                .parts
                .iter()
                .position(|part| matches!(part, Part::Heading(text) if text.ends_with(&title)))
                .unwrap();
            let table = papers[0].parts[at..]
                .iter()
                .find_map(|part| match part {
                    Part::Table(table) => Some(table),
                    _ => None,
                })
                .unwrap();
            let last = table.rows.iter().rposition(|row| row.is_title).unwrap();
            let items: Exact = table.rows[last + 1..]
                .iter()
                .map(|row| number(row.cells.last().unwrap()))
                .sum();
            assert_eq!(Some(&items), bid.standing.as_ref().unwrap().blocks.last());
        }
    }
}

#[test]
fn the_papers_of_the_notice_need_no_bids_and_show_none() {
    let demo = Demo::new();
    let full = demo
        .evidence
        .iter()
        .find(|one| one.path == TENDER_FILE)
        .unwrap();
    let text = String::from_utf8(full.bytes.to_vec()).unwrap();
    let (before, rest) = text.split_once("[[bid]]").unwrap();
    let clauses = "# Values of the clauses' parameters.";
    let (_, after) = rest.split_once(clauses).unwrap();
    let published = format!("{before}{clauses}{after}");
    let published = Evidence::new(TENDER_FILE, published.into_bytes());
    for kind in [NoticeKind::Items, NoticeKind::Procedure] {
        let shown = |file| text_of(&notice_papers(&demo.library, file, kind, &Lang::BOTH).unwrap());
        let page = shown(&published);
        assert_eq!(page, shown(full), "what came in later changes nothing");
        for secret in [
            "青葉",
            "Aoba",
            "92,000,000円</td><td",
            "朝倉",
            "Asakura",
            "78,500,000",
        ] {
            assert!(!page.contains(secret), "{secret}");
        }
        for said in ["機密性2", "文書検索の機能", "Search of documents"] {
            assert!(page.contains(said), "{said}");
        }
    }
    // A planned price that is given at the opening alone is not told before.
    let sealed = text.replacen("ceiling_yen = 100000000\n", "", 1)
        + "\n[opening]\nceiling_yen = 100000000\n";
    let sealed = Evidence::new(TENDER_FILE, sealed.into_bytes());
    let papers = notice_papers(&demo.library, &sealed, NoticeKind::Procedure, &[Lang::Ja]).unwrap();
    let page = text_of(&papers);
    assert!(
        page.contains("予定価格は、開札まで公表しない") && page.contains("仮に100,000,000円とした")
    );
}

#[test]
fn the_list_of_items_brings_every_point_of_the_security_block() {
    let demo = Demo::new();
    let (_, outcome) = judged(&demo.library, demo.evidence.clone());
    let file = demo
        .evidence
        .iter()
        .find(|one| one.path == TENDER_FILE)
        .unwrap();
    let papers = notice_papers(&demo.library, file, NoticeKind::Items, &[Lang::Ja]).unwrap();
    let Some(Part::Table(table)) = papers[0].parts.last() else {
        panic!("the last part is the table of scored criteria");
    };
    let (sum, rows) = table.rows.split_last().unwrap();
    let points: Exact = rows.iter().map(|row| number(&row.cells[3])).sum();
    assert_eq!(points, Exact::from_integer(40));
    // The weights are those by which bids are judged.
    for bid in &outcome.outcome.bids {
        assert_eq!(number(&sum.cells[2]), bid.assessment.as_ref().unwrap().of);
    }
}

#[test]
fn papers_are_inert_and_the_same_each_time() {
    let library = Library::open(None).unwrap();
    let hostile = "</td><script>alert(1)</script>\u{202e}\u{1b}[2J";
    let file = generated(9, 4, ADDITION)
        .replace("第2商会株式会社", &hostile.replace('\u{1b}', "\\u001b"))
        .replace("所見2番hidden-one", "<img src=x onerror=alert(1)>");
    let (open, outcome) = judged(
        &library,
        vec![Evidence::new(TENDER_FILE, file.into_bytes())],
    );
    let loser = outcome
        .outcome
        .bids
        .iter()
        .find(|bid| !outcome.outcome.winner().contains(&bid.bid.id))
        .unwrap();
    let kinds = [
        ResultKind::Consolidated,
        ResultKind::Award,
        ResultKind::Losing(loser.bid.id.clone()),
    ];
    for kind in &kinds {
        let make =
            || text_of(&result_papers(&library, &open, &outcome, kind, &Lang::BOTH).unwrap());
        let page = make();
        assert_eq!(page, make());
        for banned in [
            "<script",
            "<img",
            "\u{202e}",
            "\u{1b}",
            "onerror=alert(1)>",
            "http://",
            "https://",
        ] {
            assert!(!page.contains(banned), "{kind:?}: {banned:?}");
        }
        assert!(page.contains("default-src 'none'"));
        assert_eq!(
            page.matches("id=\"").count(),
            page.split("id=\"")
                .skip(1)
                .map(|rest| rest.split('"').next())
                .collect::<BTreeSet<_>>()
                .len()
        );
    }
    for kind in [ChartKind::Ranking, ChartKind::Plane, ChartKind::Tornado] {
        for lang in Lang::BOTH {
            let draw = || chart(&open, &outcome, kind, None, lang).unwrap().file();
            let svg = draw();
            assert_eq!(svg, draw());
            for banned in ["<script", "\u{202e}", "\u{1b}", "href", "<image"] {
                assert!(!svg.contains(banned), "{kind:?}: {banned:?}");
            }
            assert!(
                svg.contains("<title")
                    && svg.contains("<desc")
                    && svg.contains("prefers-color-scheme")
            );
            assert_eq!(svg.matches("<svg").count(), 1);
        }
    }
}

#[test]
fn every_word_of_a_procedure_is_said_in_both_languages() {
    let mut expected: Vec<String> = Vec::new();
    let mut words = |prefix: &str, words: &[&str]| {
        expected.extend(words.iter().map(|word| format!("{prefix}-{word}")));
    };
    words("method", &Method::WORDS.map(|(word, _)| word));
    words("combination", &Combination::WORDS.map(|(word, _)| word));
    words("step", &Combination::WORDS.map(|(word, _)| word));
    words("level", &CombinationLevel::WORDS.map(|(word, _)| word));
    words("mandatory", &MandatoryRule::WORDS.map(|(word, _)| word));
    words("scaling", &Scaling::WORDS.map(|(word, _)| word));
    words("rounding", &RoundingMode::WORDS.map(|(word, _)| word));
    words("rounding-whole", &RoundingMode::WORDS.map(|(word, _)| word));
    words("rounding-yen", &RoundingMode::WORDS.map(|(word, _)| word));
    words("tax", &TaxBasis::WORDS.map(|(word, _)| word));
    words("tax-note", &TaxBasis::WORDS.map(|(word, _)| word));
    words("block-kind", &BlockKind::WORDS.map(|(word, _)| word));
    words("paper-items", &ItemKind::WORDS.map(|(word, _)| word));
    words("tie", &["technical", "price", "block", "lots"]);
    words("recomputed", &["declared", "below-floor"]);
    words("decision", &["confirmed", "overruled"]);
    for name in PRICE_NAMES.iter().chain(&TOTAL_NAMES) {
        let name = name.replace('_', "-");
        words("formula", &[&name]);
        if !["price", "technical"].contains(&name.as_str()) {
            words("formula-means", &[&name]);
        }
    }
    for name in [
        "min",
        "max",
        "abs",
        "round-down",
        "round-up",
        "round-half-up",
        "round-half-even",
    ] {
        words("formula", &[name]);
        words("formula-means", &[name]);
    }
    for lang in Lang::BOTH {
        let known = keys(lang);
        for key in &expected {
            assert!(known.contains(&key.as_str()), "{key}");
            assert_ne!(message(lang, key), *key);
        }
    }
    // No word is said that is not one: the stages of gates show that the check reads tables.
    assert!(!Stage::WORDS.is_empty());
}

#[test]
fn every_procedure_of_the_product_can_be_written_down_and_computed() {
    let library = Library::open(None).unwrap();
    assert!(library.procedures.len() >= 3);
    for (id, form) in &library.procedures {
        let mut text = generated(5, 2, "").replace("ceiling_yen = 900000000\n", "");
        let from = text.find("[[evaluator]]").unwrap();
        text.truncate(from);
        let mut head = format!("id = \"{id}\"\n");
        if form.price.is_some() {
            head += "price_points = 200\n";
        }
        if form.has_ceiling {
            head += "ceiling_yen = 900000000\n";
        }
        let formulas = [form.price.as_ref(), Some(&form.total), form.floor.as_ref()];
        for (name, yen) in [
            ("minimum_price", 400_000_000),
            ("investigation_price", 500_000_000),
        ] {
            if formulas.iter().flatten().any(|formula| formula.uses(name)) {
                _ = writeln!(head, "{name}_yen = {yen}");
            }
        }
        let base = "[[procedure.block]]\nid = \"base\"\nkind = \"base\"\npoints = 100\ntitle = { ja = \"基礎\", en = \"Base\" }\n";
        text = text.replacen("[procedure]\n", &format!("[procedure]\n{head}"), 1);
        text = text.replacen(
            "[[procedure.block]]",
            &format!("{base}[[procedure.block]]"),
            1,
        );
        let parameters: String = form
            .parameters
            .keys()
            .map(|name| format!("{name} = \"1/2\"\n"))
            .collect();
        if !parameters.is_empty() {
            text = text.replacen(
                "[[procedure.block]]",
                &format!("[procedure.parameters]\n{parameters}[[procedure.block]]"),
                1,
            );
        }
        let file = Evidence::new(TENDER_FILE, text.into_bytes());
        let papers = notice_papers(&library, &file, NoticeKind::Procedure, &Lang::BOTH)
            .unwrap_or_else(|refused| panic!("{id}: {:?}", refused.0));
        for paper in &papers {
            let all = format!("{:?}", paper.parts);
            let rest = all.split("formula-").count() + all.split("combination-").count();
            assert_eq!(rest, 2, "{id}: a word without a message");
            let none = message(paper.lang, "paper-example-none");
            assert!(!all.contains(&none), "{id} has an example");
        }
    }
}

#[test]
fn the_plane_is_straight_where_the_formulas_are_and_labels_what_fits() {
    let library = Library::open(None).unwrap();
    let drawn = |bids: usize, form: &str| {
        let file = Evidence::new(TENDER_FILE, generated(11, bids, form).into_bytes());
        let (open, outcome) = judged(&library, vec![file]);
        chart(&open, &outcome, ChartKind::Plane, None, Lang::Ja)
            .unwrap()
            .file()
    };
    let lines = |svg: &str| -> Vec<usize> {
        let parts = svg.split("<polyline").skip(1);
        parts
            .map(|part| part.split('>').next().unwrap().matches(',').count())
            .collect()
    };
    // The second's line may lie wholly outside of the frame only where its point does, which it never does.
    assert_eq!(lines(&drawn(5, ADDITION)), [2, 2]);
    let curves = lines(&drawn(5, RELATIVE));
    assert!(
        curves.len() == 2 && curves.iter().all(|points| *points > 5),
        "{curves:?}"
    );
    for (bids, labels) in [(30, 30), (31, 10)] {
        let svg = drawn(bids, ADDITION);
        assert_eq!(svg.matches("k-halo\" x").count(), labels, "{bids}");
        assert_eq!(svg.contains("上位10件に名称を付した"), labels < bids);
    }
}

#[test]
fn a_parted_tender_is_drawn_lot_by_lot() {
    let library = Library::open(None).unwrap();
    let mut text = generated(13, 4, ADDITION).replace("ceiling_yen = 900000000\n", "");
    for bid in 0..4 {
        let lot = if bid < 2 { "east" } else { "west" };
        let head = format!("[[bid]]\nid = \"bidder-{bid}\"\n");
        text = text.replace(&head, &format!("{head}lot = \"{lot}\"\n"));
    }
    for lot in ["east", "west"] {
        _ = write!(
            text,
            "[[lot]]\nid = \"{lot}\"\ntitle = {{ ja = \"{lot}地区\", en = \"Area {lot}\" }}\nceiling_yen = 900000000\n"
        );
    }
    let (open, outcome) = judged(
        &library,
        vec![Evidence::new(TENDER_FILE, text.into_bytes())],
    );
    let code = |lot| {
        chart(&open, &outcome, ChartKind::Ranking, lot, Lang::En)
            .map_err(|refused| refused.0[0].code)
            .map(|svg| svg.file())
    };
    assert_eq!(code(None).unwrap_err(), "chart-lot");
    assert_eq!(code(Some("north")).unwrap_err(), "chart-lot");
    let east = code(Some("east")).unwrap();
    assert!(east.contains("bidder-0") && !east.contains("bidder-2") && east.contains("Area east"));
    // Text, page and papers tell both lots and both winners.
    let layout = mekiki::document::tender::Layout {
        lang: Lang::En,
        width: 160,
        explain: false,
    };
    let shown = mekiki::document::tender::render(&outcome.view, None, layout);
    let whole =
        mekiki::document::report::tender_page(&open.tender, &outcome.view, &[], &[Lang::En])
            .unwrap();
    let award = text_of(
        &result_papers(&library, &open, &outcome, &ResultKind::Award, &[Lang::En]).unwrap(),
    );
    assert_eq!(outcome.outcome.winner().len(), 2);
    for form in [&shown, &whole, &award] {
        for said in ["Area east", "Area west"] {
            assert!(form.contains(said), "{said}");
        }
    }
    assert_eq!(shown.matches("contract price:").count(), 2);
}
