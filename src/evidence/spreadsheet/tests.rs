use super::*;

fn codes(workbook: &Workbook) -> Vec<&'static str> {
    workbook.remarks.iter().map(|one| one.code).collect()
}

#[test]
fn a_table_is_read_with_its_places() {
    let text = "\u{feff}id,answer\r\nA-1,\"two\r\nlines, \"\"quoted\"\"\"\r\n\r\nA-2,=1+1,\r\n";
    let workbook = read(text.as_bytes()).unwrap();
    let sheet = &workbook.sheets[0];
    assert_eq!(sheet.text(0, 1), "answer");
    assert_eq!(sheet.text(1, 1), "two\nlines, \"quoted\"");
    assert_eq!(sheet.text(2, 1), "=1+1");
    for (row, column, line, start, cell) in [
        (0, 0, 1, 1, "A1"),
        (1, 1, 2, 5, "B2"),
        (2, 0, 5, 1, "A3"),
        (2, 1, 5, 5, "B3"),
    ] {
        let place = sheet.place(row, column);
        assert_eq!(
            (place.line, place.column, place.cell.as_deref()),
            (Some(line), Some(start), Some(cell))
        );
        assert_eq!(place.sheet, None);
    }
    assert_eq!(codes(&workbook), ["sheet-formula-text"]);
}

#[test]
fn encodings_and_delimiters_are_told_apart_and_named() {
    let japanese = "設問,回答\n一,はい\n";
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
    let (euc, ..) = encoding_rs::EUC_JP.encode(japanese);
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(japanese.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, expected) in [
        (japanese.as_bytes(), vec![]),
        (&shift_jis, vec!["sheet-encoding"]),
        (&utf16, vec![]),
    ] {
        let workbook = read(bytes).unwrap();
        assert_eq!(workbook.sheets[0].text(1, 1), "はい");
        assert_eq!(codes(&workbook), expected);
    }
    assert_eq!(read(&euc).unwrap_err().code, "sheet-encoding");
    for (text, expected) in [
        ("a;b\n1,0;2\n", "2"),
        ("a\tb\n1\t2,3\n", "2,3"),
        ("sep=;\na,x;b\n1;2\n", "2"),
        ("\"a;b;c\",d\n1,2\n", "2"),
    ] {
        assert_eq!(
            read(text.as_bytes()).unwrap().sheets[0].text(1, 1),
            expected,
            "{text}"
        );
    }
    for (bytes, code) in [
        (&b"a,b\n\"x,y\n"[..], "sheet-malformed"),
        (b"a\0,b\n", "sheet-malformed"),
        (b"", "sheet-malformed"),
        (b"a,\xff\xff", "sheet-encoding"),
    ] {
        assert_eq!(read(bytes).unwrap_err().code, code, "{bytes:?}");
    }
    let ragged = read(b"a,b\n1,2\n1,2,3\n").unwrap();
    assert_eq!(codes(&ragged), ["sheet-ragged"]);
    assert_eq!(ragged.remarks[0].at.cell.as_deref(), Some("C3"));
}

/// The parts of a small workbook with one sheet, whose data a test gives.
fn parts(sheet: &str) -> Vec<(&'static str, String)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    vec![
        (
            "[Content_Types].xml",
            "<Types><Override PartName='/xl/workbook.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/></Types>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!("<Relationships xmlns='{RELS}'><Relationship Id='r1' Type='{TYPES}/officeDocument' Target='xl/workbook.xml'/></Relationships>"),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns='{MAIN}' xmlns:r='{TYPES}'><sheets><sheet name='回答' sheetId='1' r:id='r1'/></sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns='{RELS}'><Relationship Id='r1' Type='{TYPES}/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='{TYPES}/sharedStrings' Target='/xl/sharedStrings.xml'/></Relationships>"),
        ),
        (
            "xl/sharedStrings.xml",
            format!("<sst xmlns='{MAIN}' uniqueCount='99999999999'><si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si></sst>"),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns='{MAIN}'>{sheet}</worksheet>")),
    ]
}

fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook with a sheet of these data, and with more members.
fn workbook(sheet: &str, more: &[(&'static str, &str)]) -> Vec<u8> {
    let mut all = parts(sheet);
    all.extend(more.iter().map(|(name, text)| (*name, (*text).to_owned())));
    packed(&all)
}

#[test]
fn a_workbook_is_read_without_the_readings_above_its_characters() {
    let bytes = workbook(
        "<dimension ref='XFD9:A1'/><sheetData><row r='2'><c r='B2' t='s'><v>0</v></c><c t='b'><v>1</v></c><c><f>1+1</f><v>2</v></c><c t='inlineStr'><is><t>a_x000D_&lt;</t></is></c><c t='e'><v>#REF!</v></c></row><row><c><f t='shared' si='4000000000'/><v>0.1</v></c></row></sheetData><mergeCells><mergeCell ref='B2:B4'/></mergeCells>",
        &[],
    );
    let workbook = read(&bytes).unwrap();
    let sheet = &workbook.sheets[0];
    assert_eq!((sheet.name.as_str(), sheet.hidden), ("回答", false));
    assert_eq!(sheet.text(1, 1), "東京");
    assert_eq!(
        sheet.text(3, 1),
        "東京",
        "a merged cell stands for its range"
    );
    assert_eq!(sheet.text(4, 1), "");
    assert_eq!(sheet.cell(1, 2).unwrap().value, SheetValue::Bool(true));
    let formula = sheet.cell(1, 3).unwrap();
    assert_eq!(
        (formula.text.as_str(), formula.formula.as_deref()),
        ("2", Some("1+1"))
    );
    assert_eq!(sheet.text(1, 4), "a\n<");
    assert_eq!(sheet.cell(1, 5).unwrap().value, SheetValue::Error);
    assert!(sheet.cell(2, 0).unwrap().formula.is_some());
    assert_eq!(sheet.place(1, 1).to_string(), "回答!B2");
    assert_eq!(workbook.remarks, []);
}

#[test]
fn what_a_workbook_brings_along_is_named_and_left_alone() {
    const DATA: &str = "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row></sheetData>";
    const EXTERNAL: &str = "<Relationships><Relationship Id='r1' Type='x/image' Target='https://example.com/a.png' TargetMode='External'/><Relationship Id='r2' Type='x/hyperlink' Target='https://example.com/' TargetMode='External'/></Relationships>";
    for (more, expected) in [
        (&[("xl/vbaProject.bin", "x")][..], &["sheet-macros"][..]),
        (&[("xl/macrosheets/sheet1.xml", "<x/>")], &["sheet-macros"]),
        (
            &[(
                "xl/externalLinks/externalLink1.xml",
                "<externalLink><externalBook/></externalLink>",
            )],
            &["sheet-external-link"],
        ),
        (
            &[(
                "xl/externalLinks/externalLink1.xml",
                "<externalLink><ddeLink ddeService='cmd'/></externalLink>",
            )],
            &["sheet-external-link", "sheet-dde"],
        ),
        (
            &[("xl/worksheets/_rels/sheet1.xml.rels", EXTERNAL)],
            &["sheet-external-link"],
        ),
        (
            &[("xl/embeddings/oleObject1.bin", "x")],
            &["sheet-embedded"],
        ),
        (&[("xl/media/inner.xlsx", "x")], &["sheet-embedded"]),
        (&[("xl/connections.xml", "<x/>")], &["sheet-connection"]),
        (
            &[("xl/pivotCache/pivotCacheDefinition1.xml", "<x/>")],
            &["sheet-pivot-cache"],
        ),
        (&[], &[]),
    ] {
        let workbook = read(&workbook(DATA, more)).unwrap();
        assert_eq!(codes(&workbook), expected, "{more:?}");
        assert_eq!(workbook.sheets[0].text(0, 0), "東京");
    }
    let macros = parts(DATA).into_iter().map(|(name, text)| {
        (
            name,
            text.replace(
                "spreadsheetml.sheet.main",
                "spreadsheetml.sheet.macroEnabled.main",
            ),
        )
    });
    assert_eq!(
        codes(&read(&packed(&macros.collect::<Vec<_>>())).unwrap()),
        ["sheet-macros"]
    );
    let asks = workbook(
        "<sheetData><row r='3'><c r='A3'><f>cmd|'/c calc'!A0</f><v>0</v></c></row></sheetData>",
        &[],
    );
    let asked = read(&asks).unwrap();
    assert_eq!(
        (codes(&asked), asked.remarks[0].at.to_string()),
        (vec!["sheet-dde"], "回答!A3".to_owned())
    );
}

#[test]
fn what_would_do_harm_is_refused_by_name() {
    let data = |rows: &str| workbook(&format!("<sheetData>{rows}</sheetData>"), &[]);
    let replaced = |path: &str, text: &str| {
        let all = parts("<sheetData/>").into_iter();
        packed(
            &all.map(|(name, old)| (name, if name == path { text.to_owned() } else { old }))
                .collect::<Vec<_>>(),
        )
    };
    let zeros = " ".repeat(65 << 20);
    let some_zeros = " ".repeat(30 << 20);
    let long = "<c t='s'><v>0</v></c>".repeat(1000);
    let many: String = (1..600)
        .map(|row| format!("<row r='{row}'>{long}</row>"))
        .collect();
    let bomb =
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><sst><si><t>&b;</t></si></sst>";
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    let older = encrypted.clone();
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    for (case, bytes, code) in [
        (
            "a row far below",
            data("<row r='4000000000'><c/></row>"),
            "sheet-too-large",
        ),
        (
            "a row below the last",
            data("<row r='1048577'><c/></row>"),
            "sheet-too-large",
        ),
        (
            "a row that is no number",
            data("<row r='99999999999'/>"),
            "sheet-malformed",
        ),
        (
            "a cell far to the right",
            data("<row r='1'><c r='ZZZZZZZZZZZZ1'/></row>"),
            "sheet-malformed",
        ),
        (
            "a cell of another row",
            data("<row r='1'><c r='A2'/></row>"),
            "sheet-malformed",
        ),
        (
            "a text that is not there",
            data("<row r='1'><c r='A1' t='s'><v>1</v></c></row>"),
            "sheet-malformed",
        ),
        ("many cells", data(&many), "sheet-too-large"),
        ("a sheet of 65 MiB", data(&zeros), "sheet-too-large"),
        (
            "a ratio of a thousand",
            data(&some_zeros),
            "sheet-too-large",
        ),
        (
            "entities",
            replaced("xl/sharedStrings.xml", bomb),
            "sheet-entities",
        ),
        (
            "a broken part",
            replaced("xl/workbook.xml", "<workbook><sheets>"),
            "xml-truncated",
        ),
        (
            "no sheet",
            replaced("xl/workbook.xml", "<workbook/>"),
            "sheet-malformed",
        ),
        (
            "a target outside",
            replaced(
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id='r1' Type='a/worksheet' Target='../../etc/passwd'/></Relationships>",
            ),
            "sheet-path-escape",
        ),
        (
            "a member outside",
            workbook("<sheetData/>", &[("../evil.xml", "x")]),
            "sheet-path-escape",
        ),
        (
            "a member twice",
            workbook("<sheetData/>", &[("XL/WORKBOOK.xml", "x")]),
            "sheet-malformed",
        ),
        (
            "many members",
            packed(
                &(0..2001)
                    .map(|_| ("", String::new()))
                    .enumerate()
                    .map(|(index, (_, text))| (&*format!("m{index}").leak(), text))
                    .collect::<Vec<_>>(),
            ),
            "sheet-too-large",
        ),
        ("an encrypted one", encrypted, "sheet-encrypted"),
        ("an older one", older, "sheet-unsupported"),
        (
            "another archive",
            packed(&[("a.txt", "x".to_owned())]),
            "sheet-unsupported",
        ),
        (
            "a part of an archive",
            b"PK\x03\x04".to_vec(),
            "sheet-malformed",
        ),
    ] {
        assert_eq!(read(&bytes).unwrap_err().code, code, "{case}");
    }
}

/// What another reader finds in a workbook that a third program wrote.
#[test]
fn another_reader_finds_the_same() {
    use calamine::Reader as _;
    use rust_xlsxwriter::{Format, Formula, Note, Workbook as Writer};
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("質問票").unwrap();
    let day = Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
    sheet.write_with_format(0, 0, 46349, &day).unwrap();
    sheet.write(1, 0, 0.3).unwrap();
    sheet.write(2, 3, "はい\n（一部）").unwrap();
    sheet.write(3, 1, true).unwrap();
    sheet
        .write_formula(4, 1, Formula::new("A2*2").set_result("0.6"))
        .unwrap();
    sheet
        .merge_range(6, 1, 8, 2, "merged", &Format::new())
        .unwrap();
    sheet
        .insert_note(2, 3, &Note::new("拠点を除く").add_author_prefix(false))
        .unwrap();
    let hidden = writer.add_worksheet().set_name("hidden").unwrap();
    hidden.set_hidden(true).write(0, 0, "x").unwrap();
    let bytes = writer.save_to_buffer().unwrap();

    let ours = read(&bytes).unwrap();
    let mut theirs: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).unwrap();
    assert_eq!(
        theirs.sheet_names(),
        ours.sheets
            .iter()
            .map(|one| one.name.clone())
            .collect::<Vec<_>>()
    );
    for one in &ours.sheets {
        let range = theirs.worksheet_range(&one.name).unwrap();
        for ((row, column, theirs), at) in range.used_cells().zip(0..) {
            let (first_row, first_column) = range.start().unwrap();
            let (row, column) = (
                u32::try_from(row).unwrap() + first_row,
                u32::try_from(column).unwrap() + first_column,
            );
            let cell = one
                .cell(row, column)
                .unwrap_or_else(|| panic!("{at}: {row} {column}"));
            match theirs {
                calamine::Data::DateTime(serial) => {
                    let (year, month, day, ..) = serial.to_ymd_hms_milli();
                    assert_eq!(cell.text, format!("{year:04}-{month:02}-{day:02}"));
                    assert!(matches!(cell.value, SheetValue::Date(_)));
                }
                calamine::Data::Bool(yes) => assert_eq!(cell.value, SheetValue::Bool(*yes)),
                other => assert_eq!(cell.text, other.to_string()),
            }
        }
    }
    let sheet = &ours.sheets[0];
    assert!(ours.sheets[1].hidden && !sheet.hidden);
    assert_eq!(
        sheet.cell(2, 3).unwrap().comment.as_deref(),
        Some("拠点を除く")
    );
    assert_eq!(sheet.cell(4, 1).unwrap().formula.as_deref(), Some("A2*2"));
    assert_eq!(sheet.text(8, 2), "merged");
}
