//! What is wrong with a sheet that came back, each with its cell, and what is refused.

use super::*;

/// One fault: what it is, what is entered instead, the code and the place of the finding.
type Fault = (&'static str, fn(&mut Pen<'_>), &'static str);

fn drop_entry(pen: &mut Pen<'_>, sheet: &str, row: &str, header: &str) {
    let cell = at(pen.book, sheet, row, header);
    pen.entries.retain(|(one, _)| *one != cell);
}
fn put(pen: &mut Pen<'_>, sheet: &str, row: &str, header: &str, entry: Entry) {
    let cell = at(pen.book, sheet, row, header);
    pen.entries.retain(|(one, _)| *one != cell);
    pen.entries.push((cell, entry));
}

fn faults() -> [Fault; 13] {
    [
        (
            "missing",
            |pen| drop_entry(pen, "aoba", "2.1", "Mark"),
            "mark-missing 1 aoba!G11",
        ),
        (
            "off the grades",
            |pen| put(pen, "aoba", "2.1", "Mark", Entry::Text("E".to_owned())),
            "mark-out-of-scale 1 aoba!G11",
        ),
        (
            "no step",
            |pen| put(pen, "aoba", "2.2", "Mark", Entry::Decimal("6".to_owned())),
            "mark-out-of-scale 1 aoba!G12",
        ),
        (
            "above",
            |pen| {
                put(
                    pen,
                    "hokuto",
                    "2.3",
                    "Mark",
                    Entry::Decimal("30.01".to_owned()),
                );
            },
            "mark-out-of-scale 2 hokuto!G13",
        ),
        (
            "below",
            |pen| {
                put(
                    pen,
                    "hokuto",
                    "2.3",
                    "Mark",
                    Entry::Decimal("-1".to_owned()),
                );
            },
            "mark-out-of-scale 2 hokuto!G13",
        ),
        (
            "too fine",
            |pen| {
                put(
                    pen,
                    "hokuto",
                    "2.3",
                    "Mark",
                    Entry::Decimal("3.3333333333333335".to_owned()),
                );
            },
            "mark-imprecise 2 hokuto!G13",
        ),
        (
            "no word",
            |pen| put(pen, "aoba", "1.1", "Mark", Entry::Text("適合?".to_owned())),
            "mark-out-of-scale 1 aoba!G7",
        ),
        (
            "other item",
            |pen| put(pen, "aoba", "2.1", "Item", Entry::Text("2.9".to_owned())),
            "mark-unknown 1 aoba!B11|mark-missing 1 aoba!G5",
        ),
        (
            "item twice",
            |pen| put(pen, "aoba", "2.3", "Item", Entry::Text("2.2".to_owned())),
            "item-title-changed 1 aoba!C13|mark-out-of-scale 1 aoba!G13|mark-twice 1 aoba!G13|mark-missing 1 aoba!G5",
        ),
        (
            "title",
            |pen| {
                put(
                    pen,
                    "aoba",
                    "2.3",
                    "Evaluation item",
                    Entry::Text("Something else".to_owned()),
                );
            },
            "item-title-changed 1 aoba!C13",
        ),
        (
            "undeclared",
            |pen| drop_entry(pen, "Cover", "aoba", "Conflict of interest"),
            "declaration-missing Cover!D16",
        ),
        (
            "unclear",
            |pen| {
                put(
                    pen,
                    "Cover",
                    "aoba",
                    "Conflict of interest",
                    Entry::Text("none, I think".to_owned()),
                );
            },
            "declaration-unreadable Cover!D16",
        ),
        (
            "conflict and marks",
            |pen| {
                put(
                    pen,
                    "Cover",
                    "aoba",
                    "Conflict of interest",
                    Entry::Text("conflict".to_owned()),
                );
            },
            "conflict-marked 1 aoba!G7",
        ),
    ]
}

#[test]
fn every_fault_has_its_cell_and_nothing_is_written() {
    let faults = faults();
    let open = opened(&tender(""));
    let bytes = workbook(&open, "e1", Languages::En);
    let book = parsed(&bytes);
    let scratch = Scratch::new();
    let file = scratch.write("tender.toml", tender(""));
    for (what, spoil, expected) in faults {
        let mut pen = Pen {
            book: &book,
            languages: Languages::En,
            entries: Vec::new(),
        };
        pen.declare(&[("aoba", false), ("hokuto", false)]);
        for bid in ["aoba", "hokuto"] {
            for (item, mark) in FULL {
                pen.mark(bid, item, mark);
            }
        }
        spoil(&mut pen);
        let spoiled = enter(&bytes, &pen.entries);
        let sheet = taken(&open, &spoiled).unwrap();
        assert_eq!(errors(&sheet).join("|"), expected, "{what}");
        let path = scratch.write("sheet.xlsx", spoiled);
        let out = scratch.path("out.toml");
        let run = mekiki(&[
            "tender", "sheet", "import", &path, "--tender", &file, "-o", &out,
        ]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{what}: {run:?}");
        assert!(!Path::new(&out).exists(), "{what}");
        let code = expected.split(' ').next().unwrap();
        assert!(run.stderr.contains(code), "{what}: {run:?}");
    }
}

#[test]
fn formulas_days_and_wide_letters_in_mark_cells() {
    let open = opened(&tender(""));
    let bytes = filled(
        &open,
        "e1",
        Languages::En,
        &[("aoba", &FULL), ("hokuto", &FULL)],
    );
    let edit = |from: &str, to: &str| -> Vec<u8> {
        let mut members = members(&bytes);
        let (_, part) = members
            .iter_mut()
            .find(|(name, _)| name == "xl/worksheets/sheet2.xml")
            .unwrap();
        let xml = String::from_utf8(part.clone()).unwrap();
        let (before, rest) = xml.split_once("<c r=\"G13\"").unwrap();
        let (cell, after) = rest.split_once("</c>").unwrap();
        assert!(cell.contains(from), "{cell}");
        let cell = cell.replace(from, to);
        *part = format!("{before}<c r=\"G13\"{cell}</c>{after}").into_bytes();
        crate::questionnaire_sample::zipped(&members)
    };
    let sheet = taken(
        &open,
        &edit("<v>12.25</v>", "<f>SUM(H11:H12)</f><v>12.25</v>"),
    )
    .unwrap();
    assert_eq!(errors(&sheet), ["mark-formula 1 aoba!G13"]);
    let sheet = taken(
        &open,
        &edit("><v>12.25</v>", " t=\"inlineStr\"><is><t>１２．５</t></is>"),
    )
    .unwrap();
    assert_eq!(errors(&sheet), [] as [&str; 0]);
    assert_eq!(codes(&sheet.remarks), ["mark-normalised 1 aoba!G13"]);
    let sheet = taken(
        &open,
        &edit("><v>12.25</v>", " t=\"inlineStr\"><is><t>37/3</t></is>"),
    )
    .unwrap();
    assert_eq!(codes(&sheet.remarks), [] as [&str; 0]);
    assert!(written(&open.technical, &sheet).contains("\"2.3\" = \"37/3\""));
    let sheet = taken(&open, &edit("><v>12.25</v>", " t=\"e\"><v>#REF!</v>")).unwrap();
    assert_eq!(errors(&sheet), ["mark-out-of-scale 1 aoba!G13"]);
}

#[test]
fn sheets_of_other_rules_tenders_and_people_are_refused() {
    let open = opened(&tender(""));
    let bytes = filled(
        &open,
        "e1",
        Languages::Ja,
        &[("aoba", &FULL), ("hokuto", &FULL)],
    );
    let code = |file: &str, evaluator: Option<&str>| {
        let faults = taken_as(&opened(file), &bytes, evaluator, false).unwrap_err();
        assert!(
            faults
                .iter()
                .all(|one| one.at.cell.as_deref() == Some("A1")),
            "{faults:?}"
        );
        faults[0].code
    };
    let rules = tender("").replace("price_points = 100", "price_points = 101");
    assert_eq!(code(&rules, None), "score-sheet-other-rules");
    let other = tender("").replace("cloud-2026", "cloud-2027");
    assert_eq!(code(&other, None), "score-sheet-other-tender");
    assert_eq!(code(&tender(""), Some("e2")), "score-sheet-other-evaluator");
    assert_eq!(
        code(&tender(&evaluators(&["e2"])), None),
        "evaluator-unknown"
    );
    // One sheet of another evaluator among them.
    let other = workbook(&open, "e2", Languages::Ja);
    let mut mixed = members(&bytes);
    let foreign = members(&other)
        .into_iter()
        .find(|(name, _)| name == "xl/sharedStrings.xml")
        .unwrap();
    let own = mixed
        .iter_mut()
        .find(|(name, _)| name == "xl/sharedStrings.xml")
        .unwrap();
    // The second marker is that of the first bid's sheet.
    let theirs = String::from_utf8(foreign.1).unwrap();
    let marker = theirs
        .split("<t>")
        .find(|one| one.contains("bid:aoba"))
        .unwrap()
        .split("</t>")
        .next()
        .unwrap()
        .to_owned();
    let mine = marker.replace(" e2 ", " e1 ");
    own.1 = String::from_utf8(own.1.clone())
        .unwrap()
        .replace(&mine, &marker)
        .into_bytes();
    let faults = taken(&open, &crate::questionnaire_sample::zipped(&mixed)).unwrap_err();
    assert_eq!(codes(&faults), ["score-sheet-other-evaluator 1 aoba!A1"]);
    for (name, bytes) in [("text", &b"hello"[..]), ("csv", b"a,b\n1,2\n")] {
        let faults = taken(&open, bytes).unwrap_err();
        assert!(
            ["evaluator-unnamed", "score-sheet-unreadable"].contains(&faults[0].code),
            "{name}: {faults:?}"
        );
    }
    let scratch = Scratch::new();
    let (file, sheet) = (
        scratch.write("tender.toml", tender("")),
        scratch.write("sheet.xlsx", b"PK\x03\x04 nothing"),
    );
    let run = mekiki(&[
        "tender", "sheet", "import", &sheet, "--tender", &file, "--format", "json",
    ]);
    assert_eq!(run.code, 3, "{run:?}");
    run.error();
}

#[test]
fn tables_of_bid_item_mark_and_comment_are_read() {
    let open = opened(&tender(""));
    let mut table = "bid,item,mark,comment\n".to_owned();
    for bid in ["aoba", "hokuto"] {
        for (item, mark) in FULL {
            let mark = if mark == "met" { "○" } else { mark };
            _ = writeln!(table, "{bid},{item},{mark},\"well, \"\"{bid}\"\"\"");
        }
    }
    let sheet = taken_as(&open, table.as_bytes(), Some("e1"), true).unwrap();
    assert_eq!(errors(&sheet), [] as [&str; 0]);
    assert_eq!(sheet.bids[1].comments["2.3"], "well, \"hokuto\"");
    assert!(written(&open.technical, &sheet).contains("\"2.2\" = \"7.5\""));
    let undeclared = taken_as(&open, table.as_bytes(), Some("e1"), false).unwrap();
    assert_eq!(errors(&undeclared), ["declaration-missing whole document"]);
    let unnamed = taken_as(&open, table.as_bytes(), None, true).unwrap_err();
    assert_eq!(codes(&unnamed), ["evaluator-unnamed whole document"]);
    for (from, to, expected) in [
        ("aoba,2.1,B", "aoba,2.1,E", "mark-out-of-scale 4:10"),
        ("aoba,2.1,B", "aoba,2.1,=B", "mark-out-of-scale 4:10"),
        ("aoba,2.1,B", "aoba,2.1,", "mark-missing 4:10"),
        (
            "aoba,2.1,B",
            "aoba,2.9,B",
            "mark-missing 1:10|mark-unknown 4:6",
        ),
        (
            "hokuto,1.1",
            "hokkaido,1.1",
            "bid-unknown 7:1|mark-missing 1:10",
        ),
    ] {
        let spoiled = table.replacen(from, to, 1);
        let sheet = taken_as(&open, spoiled.as_bytes(), Some("e1"), true).unwrap();
        let mut found = errors(&sheet);
        found.sort();
        assert_eq!(found.join("|"), expected, "{to}");
    }
}

#[test]
fn conflicts_declared_on_the_sheet_reach_the_tender_file_or_ask_for_it() {
    let fill = |open: &OpenTechnical| {
        let bytes = workbook(open, "e1", Languages::Ja);
        let book = parsed(&bytes);
        let mut pen = Pen {
            book: &book,
            languages: Languages::Ja,
            entries: Vec::new(),
        };
        pen.declare(&[("aoba", true), ("hokuto", false)]);
        for (item, mark) in FULL {
            pen.mark("hokuto", item, mark);
        }
        enter(&bytes, &pen.entries)
    };
    let open = opened(&tender(""));
    let sheet = taken(&open, &fill(&open)).unwrap();
    assert_eq!(codes(&sheet.remarks), [] as [&str; 0]);
    let text = written(&open.technical, &sheet);
    assert!(
        text.contains("conflicts = [\"aoba\"]") && !text.contains("bid = \"aoba\""),
        "{text}"
    );
    let listed = opened(&tender(&evaluators(&["e1"])));
    let sheet = taken(&listed, &fill(&listed)).unwrap();
    assert_eq!(errors(&sheet), ["conflict-new 表紙!D16"]);
}

#[test]
fn a_bid_that_an_evaluator_finds_out_needs_no_optional_marks() {
    let open = opened(&tender(""));
    let short: [(&str, &str); 2] = [("1.1", "not met"), ("1.2", "met")];
    let bytes = filled(
        &open,
        "e1",
        Languages::En,
        &[("aoba", &short), ("hokuto", &FULL)],
    );
    let sheet = taken(&open, &bytes).unwrap();
    assert_eq!(errors(&sheet), [] as [&str; 0]);
    assert_eq!(sheet.remarks.len(), 3, "{:?}", sheet.remarks);
}
