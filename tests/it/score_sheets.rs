//! Score sheets: out as workbooks, filled in by another hand, back into the tender file, and consolidated.

mod faults;
mod random;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use mekiki::app::library::Library;
use mekiki::app::score_sheet::{
    ExportRequest, ImportRequest, OpenTechnical, export, import, open_technical,
};
use mekiki::diagnostic::{Diagnostic, Severity};
use mekiki::evidence::Evidence;
use mekiki::evidence::spreadsheet::{self, Workbook};
use mekiki::exact::Exact;
use mekiki::id::BidId;
use mekiki::questionnaire::sending::Languages;
use mekiki::tender::score_sheet::{ScoreSheet, written};
use mekiki::time::parse_day;

use crate::binary::{Scratch, mekiki};
use crate::corpus::say;
use crate::questionnaire_sample::{CellAt, Entry, enter, members};
use crate::seeded::Seeded;

/// The head of a tender, up to its procedure.
const HEAD: &str = r#"
schema = "mekiki/tender-file/v1"
id = "cloud-2026"
as_of = "2026-11-20"
bid_deadline = "2026-11-13"
offering_types = ["OUT"]
title = { ja = "文書管理クラウドの調達", en = "Procurement of a document cloud" }
agency = { id = "worked", name = { ja = "計算例の発注者", en = "Agency of the worked examples" } }
information = [{ name = { ja = "業務資料", en = "Working papers" }, confidentiality = 2, integrity = 2, availability = 1, restrictions = ["no-copy"] }]
"#;

/// The rules: every scale once.
const RULES: &str = r#"
[procedure]
ceiling_yen = 98765432
price_points = 100

[procedure.form]
id = "several-evaluators"
version = "1.0.0"
source = "made for the tests"
method = "addition"
price_formula = "share-below-ceiling"
tie = ["technical", "lots"]
title = { ja = "加算方式(複数評価者)", en = "Addition, several evaluators" }
evaluators = { combine = "mean", mandatory = "more-than-half", outlier_share = "3/10" }
grades = { abcd = { A = 1, B = "7/10", C = "4/10", D = 0 } }

[[procedure.block]]
id = "base"
title = { ja = "基礎点", en = "Base points" }
kind = "base"
points = 20

[[procedure.block]]
id = "bonus"
title = { ja = "加点", en = "Bonus points" }
kind = "marks"
points = 90

[[procedure.item]]
id = "1.1"
title = { ja = "国内で運用されること", en = "Runs in Japan" }
kind = "mandatory"

[[procedure.item]]
id = "1.2"
title = { ja = "運用体制の説明", en = "=Description & <operation>" }
kind = "mandatory"
block = "base"
points = 20

[[procedure.item]]
id = "2.1"
title = { ja = "セキュリティの体制", en = "Organization of security" }
block = "bonus"
points = 40
grades = "abcd"

[[procedure.item]]
id = "2.2"
title = { ja = "移行計画の具体性", en = "Detail of the migration plan" }
block = "bonus"
points = 20
steps = [0, 5, "7.5", 10]
weight = 2

[[procedure.item]]
id = "2.3"
title = { ja = "独自の提案", en = "Proposals of its own" }
block = "bonus"
points = 30
"#;

/// Bids with prices that stand nowhere else.
const BIDS: &str = r#"
[[bid]]
id = "aoba"
supplier = { ja = "青葉ソフト株式会社", en = "Aoba Soft" }
price_yen = 71234567

[[bid]]
id = "hokuto"
supplier = { ja = "北斗情報株式会社", en = "Hokuto" }
price_yen = 82345678
"#;

fn tender(more: &str) -> String {
    // Plain keys come before tables.
    format!("{HEAD}{RULES}{BIDS}{more}")
}

fn evaluators(ids: &[&str]) -> String {
    ids.iter().fold(String::new(), |mut out, id| {
        _ = writeln!(out, "\n[[evaluator]]\nid = \"{id}\"");
        out
    })
}

fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::open(None).unwrap());
    &LIBRARY
}

fn opened(file: &str) -> OpenTechnical {
    let file = Evidence::new("tender.toml", file.as_bytes().to_vec());
    open_technical(library(), vec![file]).unwrap()
}

fn workbook(open: &OpenTechnical, evaluator: &str, languages: Languages) -> Vec<u8> {
    let request = ExportRequest {
        evaluator,
        bids: Vec::new(),
        languages,
    };
    export(library(), open, &request).unwrap().0
}

fn taken(open: &OpenTechnical, bytes: &[u8]) -> Result<ScoreSheet, Vec<Diagnostic>> {
    taken_as(open, bytes, None, false)
}

fn taken_as(
    open: &OpenTechnical,
    bytes: &[u8],
    evaluator: Option<&str>,
    declared: bool,
) -> Result<ScoreSheet, Vec<Diagnostic>> {
    let request = ImportRequest {
        name: "sheet",
        bytes,
        evaluator,
        declared,
    };
    import(library(), open, &request).map_err(|refused| refused.0)
}

fn parsed(bytes: &[u8]) -> Workbook {
    spreadsheet::read(bytes).unwrap()
}

/// The cell in the row of `row_text` and under the header `header`, on the sheet whose name ends so.
fn at(book: &Workbook, sheet: &str, row_text: &str, header: &str) -> CellAt {
    let sheet = book
        .sheets
        .iter()
        .find(|one| one.name.ends_with(sheet))
        .unwrap_or_else(|| panic!("no sheet {sheet}"));
    let cells = || {
        sheet.rows.iter().flat_map(|(row, cells)| {
            cells
                .iter()
                .map(move |(column, cell)| (*row, *column, cell))
        })
    };
    let is_header = |text: &str| text == header || text.starts_with(&format!("{header}\n"));
    let (header_row, column, _) = cells()
        .find(|(_, _, cell)| is_header(&cell.text))
        .unwrap_or_else(|| panic!("no header {header}"));
    let (row, ..) = cells()
        .find(|(row, column, cell)| *row > header_row && *column == 1 && cell.text == row_text)
        .unwrap_or_else(|| panic!("no row {row_text}"));
    (sheet.name.clone(), row, column)
}

/// The cell right of a label on the cover.
fn beside(book: &Workbook, label: &str) -> CellAt {
    let sheet = &book.sheets[0];
    for (row, cells) in &sheet.rows {
        for (column, cell) in cells {
            if cell.text == label || cell.text.starts_with(&format!("{label}\n")) {
                return (sheet.name.clone(), *row, column + 1);
            }
        }
    }
    panic!("no label {label}");
}

/// What an evaluator enters, in the words of a language.
struct Pen<'a> {
    book: &'a Workbook,
    languages: Languages,
    entries: Vec<(CellAt, Entry)>,
}

impl Pen<'_> {
    fn word(&self, ja: &str, en: &str) -> String {
        match self.languages {
            Languages::Ja => ja.to_owned(),
            Languages::En => en.to_owned(),
            Languages::Both => format!("{ja} / {en}"),
        }
    }

    fn header(&self, ja: &'static str, en: &'static str) -> &'static str {
        match self.languages {
            Languages::En => en,
            Languages::Ja | Languages::Both => ja,
        }
    }

    fn declare(&mut self, bids: &[(&str, bool)]) {
        let name = beside(self.book, self.header("氏名", "Name"));
        let day = beside(self.book, self.header("申告日", "Day"));
        self.entries
            .push((name, Entry::Text("評価 花子".to_owned())));
        let on = parse_day("2026-11-18").unwrap();
        self.entries.push((day, Entry::Day(on)));
        let header = self.header("利害関係", "Conflict of interest");
        let cover = self.book.sheets[0].name.clone();
        for (bid, conflict) in bids {
            let word = if *conflict {
                self.word("利害関係あり", "conflict")
            } else {
                self.word("利害関係なし", "no conflict")
            };
            self.entries
                .push((at(self.book, &cover, bid, header), Entry::Text(word)));
        }
    }

    fn mark(&mut self, bid: &str, item: &str, mark: &str) {
        let at = at(self.book, bid, item, self.header("評価", "Mark"));
        let entry = match mark {
            "met" => Entry::Text(self.word("適合", "met")),
            "not met" => Entry::Text(self.word("不適合", "not met")),
            other if other.parse::<f64>().is_ok() => Entry::Decimal(other.to_owned()),
            other => Entry::Text(other.to_owned()),
        };
        self.entries.push((at, entry));
    }

    fn comment(&mut self, bid: &str, item: &str, text: &str) {
        let at = at(self.book, bid, item, self.header("意見・理由", "Comment"));
        self.entries.push((at, Entry::Text(text.to_owned())));
    }
}

/// The workbook of `evaluator` with all of these marks, by bid and item.
fn filled(
    open: &OpenTechnical,
    evaluator: &str,
    languages: Languages,
    marks: &[(&str, &[(&str, &str)])],
) -> Vec<u8> {
    let bytes = workbook(open, evaluator, languages);
    let book = parsed(&bytes);
    let mut pen = Pen {
        book: &book,
        languages,
        entries: Vec::new(),
    };
    let declared: Vec<_> = marks.iter().map(|(bid, _)| (*bid, false)).collect();
    pen.declare(&declared);
    for (bid, marks) in marks {
        for (item, mark) in *marks {
            pen.mark(bid, item, mark);
        }
    }
    enter(&bytes, &pen.entries)
}

const FULL: [(&str, &str); 5] = [
    ("1.1", "met"),
    ("1.2", "met"),
    ("2.1", "B"),
    ("2.2", "7.5"),
    ("2.3", "12.25"),
];

fn codes(remarks: &[Diagnostic]) -> Vec<String> {
    let all = remarks.iter().map(|one| format!("{} {}", one.code, one.at));
    all.collect()
}

fn errors(sheet: &ScoreSheet) -> Vec<String> {
    let errors = sheet
        .remarks
        .iter()
        .filter(|one| one.severity == Severity::Error);
    codes(&errors.cloned().collect::<Vec<_>>())
}

#[test]
fn a_sheet_comes_back_as_the_tables_of_the_tender_file() {
    let open = opened(&tender(""));
    for languages in [Languages::Ja, Languages::En, Languages::Both] {
        let bytes = filled(
            &open,
            "e1",
            languages,
            &[("aoba", &FULL), ("hokuto", &FULL)],
        );
        let sheet = taken(&open, &bytes).unwrap();
        assert_eq!(codes(&sheet.remarks), [] as [&str; 0], "{languages:?}");
        let text = written(&open.technical, &sheet);
        for line in [
            "[[evaluator]]\nid = \"e1\"\nname = { ja = \"評価 花子\", en = \"評価 花子\" }",
            "[[sheet]]\nevaluator = \"e1\"\nbid = \"hokuto\"",
            "\"1.1\" = true\n\"1.2\" = true\n\"2.1\" = \"B\"\n\"2.2\" = \"7.5\"\n\"2.3\" = \"12.25\"",
            "declared on 2026-11-18 by 評価 花子",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        // Appended to the tender file it is read as it was entered.
        let again = opened(&tender(&text));
        assert_eq!(again.technical.evaluators.len(), 1);
        for bid in &sheet.bids {
            let back = again.technical.bid(&bid.bid).unwrap();
            assert_eq!(back.sheets.len(), 1);
            assert_eq!(back.sheets[0].marks, bid.marks);
        }
    }
}

#[test]
fn the_same_tender_gives_the_same_bytes_and_no_price_or_mark_of_another() {
    let marks = "\n[[sheet]]\nevaluator = \"e2\"\nbid = \"aoba\"\nmarks = { \"2.3\" = \"27.125\" }\ncomments = { \"2.3\" = \"Geheimnis\" }\n";
    let open = opened(&tender(&(evaluators(&["e1", "e2"]) + marks)));
    for languages in [Languages::Ja, Languages::En, Languages::Both] {
        let bytes = workbook(&open, "e1", languages);
        assert_eq!(bytes, workbook(&open, "e1", languages));
        for (name, part) in members(&bytes) {
            let text = String::from_utf8_lossy(&part);
            for secret in [
                "71234567",
                "82345678",
                "98765432",
                "71,234",
                "27.125",
                "Geheimnis",
                "e2 ",
                "\"e2\"",
                ">e2<",
            ] {
                assert!(!text.contains(secret), "{languages:?} {name}: {secret}");
            }
        }
    }
    // What Debug of the tender's technical side shows, no error message can show either.
    let all = format!("{:?}", open.technical);
    for price in ["71234567", "82345678", "98765432"] {
        assert!(!all.contains(price), "{price}");
    }
}

#[test]
fn a_tender_without_prices_is_enough_and_conflicts_are_left_out() {
    let without: String = tender("")
        .lines()
        .filter(|line| !line.starts_with("price_yen") && !line.starts_with("ceiling_yen"))
        .fold(String::new(), |out, line| out + line + "\n");
    let more = "\n[[evaluator]]\nid = \"e1\"\nconflicts = [\"aoba\"]\n";
    let open = opened(&(without + more));
    let request = ExportRequest {
        evaluator: "e1",
        bids: Vec::new(),
        languages: Languages::En,
    };
    let (bytes, remarks) = export(library(), &open, &request).unwrap();
    assert_eq!(codes(&remarks), ["evaluator-conflict whole document"]);
    let names: Vec<_> = parsed(&bytes)
        .sheets
        .iter()
        .map(|sheet| sheet.name.clone())
        .collect();
    assert_eq!(names, ["Cover", "1 hokuto", "mekiki"]);
    for (evaluator, bid, code) in [
        ("e1", "aoba", "evaluator-conflict"),
        ("e1", "minami", "bid-unknown"),
        ("e9", "hokuto", "evaluator-unknown"),
    ] {
        let request = ExportRequest {
            evaluator,
            bids: vec![BidId::from(bid)],
            languages: Languages::En,
        };
        let refused = export(library(), &open, &request).unwrap_err();
        assert_eq!(refused.0[0].code, code);
    }
}

/// An evaluator with the marks of two bids, item by item.
type EvaluatorMarks = (&'static str, [(&'static str, [&'static str; 5]); 2]);

/// The whole way through the binary: three evaluators, and a ranking computed by hand.
#[test]
fn from_export_to_the_ranking() {
    let scratch = Scratch::new();
    let file = scratch.write("tender.toml", tender(""));
    let marks: [EvaluatorMarks; 3] = [
        (
            "e1",
            [
                ("aoba", ["met", "met", "A", "10", "30"]),
                ("hokuto", ["met", "met", "B", "5", "12.5"]),
            ],
        ),
        (
            "e2",
            [
                ("aoba", ["met", "met", "B", "7.5", "20"]),
                ("hokuto", ["met", "met", "B", "7.5", "20"]),
            ],
        ),
        (
            "e3",
            [
                ("aoba", ["met", "not met", "C", "5", "10.1"]),
                ("hokuto", ["met", "met", "A", "10", "30"]),
            ],
        ),
    ];
    let items = ["1.1", "1.2", "2.1", "2.2", "2.3"];
    let mut whole = tender("");
    for (evaluator, bids) in &marks {
        let out = scratch.path(&format!("{evaluator}.xlsx"));
        let run = mekiki(&[
            "tender",
            "sheet",
            "export",
            &file,
            "--evaluator",
            evaluator,
            "--lang",
            "both",
            "-o",
            &out,
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        let bytes = std::fs::read(&out).unwrap();
        let book = parsed(&bytes);
        let mut pen = Pen {
            book: &book,
            languages: Languages::Both,
            entries: Vec::new(),
        };
        pen.declare(&[("aoba", false), ("hokuto", false)]);
        for (bid, marks) in bids {
            for (item, mark) in items.iter().zip(marks) {
                pen.mark(bid, item, mark);
            }
        }
        pen.comment("aoba", "2.3", "= \"良い\"\n二行目 \\ & <b>");
        std::fs::write(&out, enter(&bytes, &pen.entries)).unwrap();
        let toml = scratch.path(&format!("{evaluator}.toml"));
        let run = mekiki(&[
            "tender", "sheet", "import", &out, "--tender", &file, "-o", &toml,
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            run.stderr.contains("2 bids, 10 marks, 1 comments"),
            "{run:?}"
        );
        whole.push_str(&std::fs::read_to_string(&toml).unwrap());
    }
    let marked = scratch.write("marked.toml", whole.clone());
    // aoba 2.1: 40, 28, 16 around 28 with a limit of 12: none is outside. 2.2: 20, 15, 10 within 6. 2.3: 30, 20, 10.1
    // around 20 with a limit of 9: two are outside. 1.2: 20, 20, 0 with a limit of 6: one. hokuto 2.3: 30 from 20: one.
    let run = mekiki(&["tender", "consolidate", &marked, "--format", "json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let view = run.json();
    let missing: Vec<_> = view["reasons_missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one["bid"].as_str().unwrap(),
                one["item"].as_str().unwrap(),
                one["evaluator"].as_str().unwrap(),
                one["distance"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        missing,
        [
            "aoba 1.2 e3 20",
            "aoba 2.3 e1 10",
            "aoba 2.3 e3 9.9",
            "hokuto 2.3 e3 10"
        ]
    );
    for one in &missing {
        let words: Vec<_> = one.split(' ').collect();
        _ = writeln!(
            whole,
            "\n[[outlier]]\nevaluator = \"{}\"\nbid = \"{}\"\nitem = \"{}\"\nreason = \"seen otherwise\"",
            words[2], words[0], words[1]
        );
    }
    let settled = scratch.write("settled.toml", whole);
    let run = mekiki(&["tender", "consolidate", &settled]);
    assert_eq!(run.code, 0, "{run:?}");
    // By hand: aoba 20 + (40+28+16)/3 + (20+15+10)/3 + (30+20+10.1)/3 = 20 + 28 + 15 + 601/30 = 2491/30.
    // hokuto 20 + 32 + 15 + 62.5/3 = 20 + 32 + 15 + 125/6 = 527/6. Prices: 100 × (1 − bid/98765432).
    let run = mekiki(&["tender", "evaluate", &settled, "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let view = run.json();
    let technical = |place: usize| {
        view["bids"][place]["technical"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (technical(0), technical(1)),
        ("2491/30".to_owned(), "527/6".to_owned())
    );
    let price = |yen: i64| {
        let share = Exact::ratio(yen, 98_765_432).unwrap();
        Exact::from_integer(100).times(&Exact::one().minus(&share))
    };
    let aoba = Exact::parse("2491/30").unwrap().plus(&price(71_234_567));
    let hokuto = Exact::parse("527/6").unwrap().plus(&price(82_345_678));
    assert!(aoba > hokuto);
    assert_eq!(view["bids"][0]["total"], aoba.to_string());
    assert_eq!(view["bids"][1]["total"], hokuto.to_string());
    assert_eq!(view["winner"][0], "aoba");
}

/// The schemas of what the commands write, in order.
pub(crate) const OUTPUTS: [&str; 2] = ["consolidation-v1", "score-sheet-v1"];

/// What the commands write as JSON: one of each shape.
pub(crate) fn outputs() -> Vec<(&'static str, serde_json::Value)> {
    let scratch = Scratch::new();
    let sheet = |evaluator: &str, mark: &str, met: bool| {
        format!(
            "\n[[sheet]]\nevaluator = \"{evaluator}\"\nbid = \"aoba\"\nmarks = {{ \"1.1\" = {met}, \"1.2\" = true, \"2.1\" = \"{mark}\" }}\n"
        )
    };
    let mut more = evaluators(&["e1", "e2", "e3", "e4"])
        .replace("id = \"e4\"", "id = \"e4\"\nconflicts = [\"aoba\"]");
    for (evaluator, mark, met) in [("e1", "A", true), ("e2", "C", false), ("e3", "D", true)] {
        more += &sheet(evaluator, mark, met);
    }
    for evaluator in ["e3", "e1", "e2"] {
        _ = writeln!(
            more,
            "\n[[outlier]]\nevaluator = \"{evaluator}\"\nbid = \"aoba\"\nitem = \"2.1\"\nreason = \"why\""
        );
    }
    let explained = scratch.write("explained.toml", tender(&more));
    let unexplained = scratch.write(
        "open.toml",
        tender(
            &more
                .split("\n[[outlier]]")
                .next()
                .unwrap()
                .replace("\"D\"", "\"C\""),
        ),
    );
    let mut outputs = Vec::new();
    for file in [&unexplained, &explained] {
        let run = mekiki(&["tender", "consolidate", file, "--format", "json"]);
        assert_eq!(run.code, 1, "{run:?}");
        outputs.push(("consolidation-v1", run.json()));
    }
    let file = scratch.write("tender.toml", tender(""));
    let open = opened(&tender(""));
    let marked: &[(&str, &[(&str, &str)])] = &[("aoba", &[("1.1", "○")]), ("hokuto", &FULL)];
    for marks in [&[("aoba", &FULL[..]), ("hokuto", &FULL[..])][..], marked] {
        let sheet = scratch.write("sheet.xlsx", filled(&open, "e1", Languages::En, marks));
        let run = mekiki(&[
            "tender", "sheet", "import", &sheet, "--tender", &file, "--format", "json",
        ]);
        outputs.push(("score-sheet-v1", run.json()));
    }
    outputs
}
