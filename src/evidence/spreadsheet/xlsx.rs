//! Office Open XML workbooks (ECMA-376 part 1, 18), the transitional and the strict form.

use std::collections::BTreeMap;

use super::cell::{decimal, is_day_format, parse_cell_name, parse_range, serial_day, unescape};
use super::package::{Package, Relationship, parse_part, rich_text, warn};
use super::{
    Encoding, MAXIMUM_CELL_CHARACTERS, MAXIMUM_CELLS, MAXIMUM_COLUMNS, MAXIMUM_MERGED,
    MAXIMUM_ROWS, MAXIMUM_SHEETS, MAXIMUM_TEXT_BYTES, Sheet, SheetCell, SheetValue, Workbook,
    malformed, too_large,
};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::markup::Element;

/// The content type of the main part of a workbook contains this; that of a macro workbook `macroEnabled`.
const WORKBOOK: &str = "spreadsheetml";

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Diagnostic> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package)?;
    let relationships = package.relationships(&main)?;
    links(&mut package)?;
    let mut reader = Reader {
        strings: strings(&mut package, &relationships)?,
        day_styles: day_styles(&mut package, &relationships)?,
        from_1904: false,
        cells: 0,
        text_bytes: 0,
        remarks: Findings::new(),
    };
    let listed = reader.listed(&mut package, &main)?;
    let mut sheets = Vec::new();
    for (name, hidden, id) in listed {
        let Some(part) = relationships.iter().find(|one| one.id == id) else {
            return Err(malformed(format!("the sheet `{name}` has no part")));
        };
        if part.kind != "worksheet" {
            // A sheet that is a chart holds no cells; one of macros was named already.
            continue;
        }
        sheets.push(reader.sheet(&mut package, name, hidden, &part.target)?);
    }
    let mut remarks = package.remarks;
    remarks.extend(reader.remarks.finish());
    Ok(Workbook {
        encoding: Encoding::Xlsx,
        sheets,
        remarks,
    })
}

/// The path of the workbook part.
fn main_part(package: &mut Package<'_>) -> Result<String, Diagnostic> {
    let unsupported = |what: &str| {
        Diagnostic::error(
            "sheet-unsupported",
            Place::whole(),
            format!("the file is {what}, and no workbook of the format .xlsx"),
        )
        .help("save it as .xlsx or as CSV in UTF-8")
    };
    let Some(types) = package.text("[Content_Types].xml")? else {
        return Err(unsupported(if package.has("mimetype") {
            "an OpenDocument file"
        } else {
            "an archive"
        }));
    };
    if types.contains("macroEnabled")
        && !package.remarks.iter().any(|one| one.code == "sheet-macros")
    {
        let remark = warn("sheet-macros", "the workbook says that it has macros");
        package.remarks.push(remark);
    }
    let roots = package.relationships("")?;
    let main = roots.iter().find(|one| one.kind == "officeDocument");
    match main {
        Some(main) if main.target.to_lowercase().ends_with(".bin") => {
            Err(unsupported("a workbook of the binary format .xlsb"))
        }
        Some(main) if types.contains(WORKBOOK) => Ok(main.target.clone()),
        _ => Err(unsupported("another document")),
    }
}

/// Names what the links to other files are: DDE asks a running program.
fn links(package: &mut Package<'_>) -> Result<(), Diagnostic> {
    for path in package.under("xl/externallinks/") {
        if !path.contains("/_rels/")
            && let Some(text) = package.text(&path)?
            && (text.contains("ddeLink") || text.contains("oleLink"))
        {
            let remark = warn(
                "sheet-dde",
                "the workbook asks other programs for values (DDE or OLE)",
            );
            package.remarks.push(remark);
            return Ok(());
        }
    }
    Ok(())
}

fn of_kind<'r>(relationships: &'r [Relationship], kind: &str) -> Option<&'r str> {
    let found = relationships.iter().find(|one| one.kind == kind)?;
    Some(&found.target)
}

fn strings(
    package: &mut Package<'_>,
    relationships: &[Relationship],
) -> Result<Vec<String>, Diagnostic> {
    let Some(path) = of_kind(relationships, "sharedStrings") else {
        return Ok(Vec::new());
    };
    let Some(text) = package.text(path)? else {
        return Ok(Vec::new());
    };
    let markup = parse_part(&text, path)?;
    let items = markup.root().children().filter(|one| one.name() == "si");
    Ok(items.map(rich_text).collect())
}

/// Whether each cell style shows a day.
fn day_styles(
    package: &mut Package<'_>,
    relationships: &[Relationship],
) -> Result<Vec<bool>, Diagnostic> {
    let Some(path) = of_kind(relationships, "styles") else {
        return Ok(Vec::new());
    };
    let Some(text) = package.text(path)? else {
        return Ok(Vec::new());
    };
    let markup = parse_part(&text, path)?;
    let formats = markup.root().child("numFmts");
    let codes: BTreeMap<u32, &str> = formats
        .into_iter()
        .flat_map(Element::children)
        .filter_map(|one| {
            let id = one.attribute("numFmtId")?.parse().ok()?;
            Some((id, one.attribute("formatCode")?))
        })
        .collect();
    let styles = markup.root().child("cellXfs");
    Ok(styles
        .into_iter()
        .flat_map(Element::children)
        .map(|one| {
            let id = one.attribute("numFmtId").and_then(|id| id.parse().ok());
            id.is_some_and(|id| is_day_format(id, codes.get(&id).copied()))
        })
        .collect())
}

/// What the parts of a workbook share.
struct Reader {
    strings: Vec<String>,
    day_styles: Vec<bool>,
    from_1904: bool,
    cells: usize,
    text_bytes: usize,
    remarks: Findings,
}

impl Reader {
    /// The sheets with their names, whether they are hidden, and their relationships.
    fn listed(
        &mut self,
        package: &mut Package<'_>,
        main: &str,
    ) -> Result<Vec<(String, bool, String)>, Diagnostic> {
        let Some(text) = package.text(main)? else {
            return Err(malformed("the package has no workbook part"));
        };
        let markup = parse_part(&text, main)?;
        let root = markup.root();
        self.from_1904 = root
            .child("workbookPr")
            .and_then(|one| one.attribute("date1904"))
            .is_some_and(is_true);
        let sheets = root.child("sheets");
        let listed: Vec<_> = sheets
            .into_iter()
            .flat_map(Element::children)
            .take(MAXIMUM_SHEETS + 1)
            .map(|one| {
                let name = unescape(one.attribute("name").unwrap_or_default());
                let hidden = one
                    .attribute("state")
                    .is_some_and(|state| state != "visible");
                let id = one.attribute("id").unwrap_or_default().to_owned();
                (name, hidden, id)
            })
            .collect();
        if listed.len() > MAXIMUM_SHEETS {
            return Err(too_large(format!(
                "the workbook has more than {MAXIMUM_SHEETS} sheets"
            )));
        }
        if listed.is_empty() {
            return Err(malformed("the workbook lists no sheet"));
        }
        Ok(listed)
    }

    fn sheet(
        &mut self,
        package: &mut Package<'_>,
        name: String,
        hidden: bool,
        path: &str,
    ) -> Result<Sheet, Diagnostic> {
        let mut sheet = Sheet {
            name,
            hidden,
            ..Sheet::default()
        };
        let relationships = package.relationships(path)?;
        let Some(text) = package.text(path)? else {
            return Err(malformed(format!(
                "the part of the sheet `{}` is missing",
                sheet.name
            )));
        };
        let markup = parse_part(&text, path)?;
        let root = markup.root();
        let mut row = 0;
        let data = root.child("sheetData");
        for element in data.into_iter().flat_map(Element::children) {
            if element.name() != "row" {
                continue;
            }
            if let Some(number) = element.attribute("r") {
                row = number
                    .parse::<u32>()
                    .ok()
                    .and_then(|number| number.checked_sub(1))
                    .ok_or_else(|| malformed(format!("a row has the number `{number}`")))?;
            }
            if row >= MAXIMUM_ROWS {
                return Err(too_large(format!(
                    "the sheet `{}` has more than {MAXIMUM_ROWS} rows",
                    sheet.name
                )));
            }
            self.row(&mut sheet, row, element)?;
            row += 1;
        }
        let merged = root.child("mergeCells");
        let ranges: Vec<_> = merged
            .into_iter()
            .flat_map(Element::children)
            .take(MAXIMUM_MERGED + 1)
            .filter_map(|one| parse_range(one.attribute("ref")?))
            .collect();
        sheet.merge(ranges)?;
        if root.child("oleObjects").is_some() || root.child("controls").is_some() {
            let place = Place {
                sheet: Some(sheet.name.clone()),
                ..Place::whole()
            };
            let mut remark = warn("sheet-embedded", "objects or controls lie on the sheet");
            remark.at = place;
            self.remarks.push(remark);
        }
        self.comments(package, &mut sheet, &relationships)?;
        Ok(sheet)
    }

    fn row(&mut self, sheet: &mut Sheet, row: u32, element: Element<'_>) -> Result<(), Diagnostic> {
        let mut column = 0;
        for one in element.children().filter(|one| one.name() == "c") {
            if let Some(name) = one.attribute("r") {
                let place = parse_cell_name(name).filter(|place| place.0 == row);
                let Some(place) = place else {
                    return Err(malformed(format!(
                        "a cell of row {} of the sheet `{}` calls itself `{name}`",
                        row + 1,
                        sheet.name
                    )));
                };
                column = place.1;
            }
            if column >= MAXIMUM_COLUMNS {
                return Err(too_large(format!(
                    "the sheet `{}` has more than {MAXIMUM_COLUMNS} columns",
                    sheet.name
                )));
            }
            if let Some(cell) = self.cell(sheet, row, column, one)? {
                self.count(&cell)?;
                sheet.rows.entry(row).or_default().insert(column, cell);
            }
            column += 1;
        }
        Ok(())
    }

    fn count(&mut self, cell: &SheetCell) -> Result<(), Diagnostic> {
        self.cells += 1;
        let formula = cell.formula.as_ref().map_or(0, String::len);
        self.text_bytes = self.text_bytes.saturating_add(cell.text.len() + formula);
        if self.cells > MAXIMUM_CELLS || self.text_bytes > MAXIMUM_TEXT_BYTES {
            return Err(too_large(format!(
                "the workbook has more than {MAXIMUM_CELLS} cells, or more than {MAXIMUM_TEXT_BYTES} bytes of text in them"
            )));
        }
        Ok(())
    }

    /// What a cell holds; `None` for nothing.
    fn cell(
        &mut self,
        sheet: &Sheet,
        row: u32,
        column: u32,
        element: Element<'_>,
    ) -> Result<Option<SheetCell>, Diagnostic> {
        let raw = element.child("v").map(Element::text);
        let formula = element.child("f").map(|one| match one.text() {
            // A cell that shares the formula of another one does not repeat it.
            "" => "…".to_owned(),
            text => unescape(text),
        });
        let (mut text, value) = match element.attribute("t").unwrap_or("n") {
            "s" => {
                let index: Option<usize> = raw.and_then(|raw| raw.trim().parse().ok());
                let Some(text) = index.and_then(|index| self.strings.get(index)) else {
                    return Err(malformed(format!(
                        "the cell {} names a text that the workbook does not have",
                        sheet.place(row, column)
                    )));
                };
                (text.clone(), SheetValue::Text)
            }
            "inlineStr" => {
                let text = element.child("is").map(rich_text).unwrap_or_default();
                (text, SheetValue::Text)
            }
            "b" => {
                let yes = raw.is_some_and(|raw| is_true(raw.trim()));
                (
                    if yes { "TRUE" } else { "FALSE" }.to_owned(),
                    SheetValue::Bool(yes),
                )
            }
            "e" => (raw.unwrap_or_default().to_owned(), SheetValue::Error),
            "n" => self.number(element.attribute("s"), raw.unwrap_or_default()),
            "d" => {
                let text = raw.unwrap_or_default().to_owned();
                let value = crate::time::day_of(&text).map_or(SheetValue::Text, SheetValue::Date);
                (text, value)
            }
            _ => (unescape(raw.unwrap_or_default()), SheetValue::Text),
        };
        self.shorten(sheet, row, column, &mut text);
        if text.is_empty() && formula.is_none() {
            return Ok(None);
        }
        if let Some(formula) = &formula
            && asks_a_program(formula)
        {
            let mut remark = warn(
                "sheet-dde",
                "a formula asks another program for a value (DDE)",
            );
            remark.at = sheet.place(row, column);
            self.remarks.push(remark);
        }
        let value = if text.is_empty() {
            SheetValue::Empty
        } else {
            value
        };
        Ok(Some(SheetCell {
            text,
            value,
            formula,
            comment: None,
        }))
    }

    fn shorten(&mut self, sheet: &Sheet, row: u32, column: u32, text: &mut String) {
        if let Some(kept) = shortened(text) {
            *text = kept;
            self.remarks.push(long_cell(sheet.place(row, column)));
        }
    }

    fn number(&self, style: Option<&str>, raw: &str) -> (String, SheetValue) {
        let Some(number) = decimal(raw) else {
            return (raw.to_owned(), SheetValue::Text);
        };
        let style: Option<usize> = style.and_then(|style| style.parse().ok());
        let is_day = style.and_then(|style| self.day_styles.get(style)) == Some(&true);
        match serial_day(&number, self.from_1904).filter(|_| is_day) {
            Some(day) => (day.to_string(), SheetValue::Date(day)),
            None => (number.clone(), SheetValue::Number(number)),
        }
    }

    /// Takes the comments of a sheet, those in threads before the plain copy that older programs see.
    fn comments(
        &mut self,
        package: &mut Package<'_>,
        sheet: &mut Sheet,
        relationships: &[Relationship],
    ) -> Result<(), Diagnostic> {
        let mut found: BTreeMap<(u32, u32), (bool, String)> = BTreeMap::new();
        for relationship in relationships {
            let threaded = match relationship.kind.as_str() {
                "comments" => false,
                "threadedComment" => true,
                _ => continue,
            };
            let Some(text) = package.text(&relationship.target)? else {
                continue;
            };
            let markup = parse_part(&text, &relationship.target)?;
            let elements = markup.root().children().flat_map(|one| {
                let inner = (one.name() == "commentList").then(|| one.children());
                inner.into_iter().flatten().chain(Some(one))
            });
            for one in elements.filter(|one| matches!(one.name(), "comment" | "threadedComment")) {
                let Some(place) = one.attribute("ref").and_then(parse_cell_name) else {
                    continue;
                };
                let text = one.child("text");
                let plain = text.map(rich_text).filter(|text| !text.is_empty());
                let text = plain.or_else(|| text.map(|text| unescape(text.text())));
                let text = text.unwrap_or_default();
                match found.get_mut(&place) {
                    Some((true, _)) if !threaded => {}
                    Some((of_thread, before)) if *of_thread == threaded => {
                        before.push('\n');
                        before.push_str(&text);
                    }
                    _ => {
                        found.insert(place, (threaded, text));
                    }
                }
            }
        }
        for ((row, column), (_, mut text)) in found {
            self.shorten(sheet, row, column, &mut text);
            let cells = sheet.rows.entry(row).or_default();
            let cell = cells.entry(column).or_insert_with(|| SheetCell {
                value: SheetValue::Empty,
                ..SheetCell::of_text("")
            });
            self.text_bytes = self.text_bytes.saturating_add(text.len());
            cell.comment = Some(text);
            let counted = SheetCell::of_text("");
            self.count(&counted)?;
        }
        Ok(())
    }
}

fn is_true(text: &str) -> bool {
    text == "1" || text.eq_ignore_ascii_case("true")
}

/// Whether a formula has the shape `program|topic!item` outside of its texts (DDE).
fn asks_a_program(formula: &str) -> bool {
    let outside = formula.split('"').step_by(2);
    outside.clone().any(|part| part.contains('|')) && formula.contains('!')
        || outside
            .into_iter()
            .any(|part| part.to_uppercase().contains("DDE("))
}

/// What is kept of a text that is too long for a cell.
pub(super) fn shortened(text: &str) -> Option<String> {
    if text.len() <= MAXIMUM_CELL_CHARACTERS {
        return None;
    }
    let (end, _) = text.char_indices().nth(MAXIMUM_CELL_CHARACTERS)?;
    text.get(..end).map(str::to_owned)
}

/// What is said of such a text.
pub(super) fn long_cell(at: Place) -> Diagnostic {
    Diagnostic::warning(
        "sheet-cell-too-long",
        at,
        format!(
            "the cell has more than {MAXIMUM_CELL_CHARACTERS} characters; the rest is left out"
        ),
    )
    .help("hand a long text in as a document and name it")
}
