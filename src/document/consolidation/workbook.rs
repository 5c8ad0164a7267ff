//! The consolidated table as a workbook: what needs a reason, then a row a bid and item with a column an evaluator.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::said;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::marking;
use crate::document::questionnaire::workbook::PAGE_HEADER;
use crate::document::questionnaire::workbook::row_height;
use crate::document::questionnaire::workbook::style::Styles;
use crate::document::report::decimal;
use crate::exact::Exact;
use crate::questionnaire::sending::Languages;
use crate::tender::consolidation::Consolidation;
use crate::tender::consolidation::view::{ConsolidationView, ItemMarksView};
use crate::tender::technical::Technical;
use crate::text::messages::message;
use crate::text::{Lang, printable, shortened};

/// The columns before those of the evaluators.
const BEFORE: [(&str, u32); 5] = [
    ("score-bid", 12),
    ("score-item", 9),
    ("score-title", 36),
    ("score-points", 8),
    ("consolidation-need", 16),
];

/// The columns after them.
const AFTER: [(&str, u32); 6] = [
    ("consolidation-count", 9),
    ("consolidation-lowest", 9),
    ("consolidation-highest", 9),
    ("consolidation-spread", 9),
    ("consolidation-median", 9),
    ("consolidation-reason", 40),
];

/// Writes the consolidated table.
///
/// # Errors
///
/// `workbook-unwritable` when something does not fit into a workbook.
pub fn workbook(
    technical: &Technical,
    consolidation: &Consolidation,
    lang: Lang,
) -> Result<Vec<u8>, Diagnostic> {
    write(technical, consolidation, lang).map_err(|error| {
        let message = format!("the consolidated table does not fit into a workbook: {error}");
        Diagnostic::error("workbook-unwritable", Place::whole(), message)
            .help("shorten the text that is too long")
    })
}

struct Table<'a> {
    sheet: &'a mut Worksheet,
    styles: &'a Styles,
    number: Format,
    bad: Format,
    row: u32,
}

impl Table<'_> {
    fn text(&mut self, column: u16, text: &str, look: Option<&Format>) -> Result<(), XlsxError> {
        let look = look.unwrap_or(&self.styles.cell);
        self.sheet
            .write_string_with_format(self.row, column, printable(text), look)?;
        Ok(())
    }

    fn number(&mut self, column: u16, number: Option<&Exact>) -> Result<(), XlsxError> {
        match number.map(|number| (number, decimal(number))) {
            Some((_, Some(value))) => {
                self.sheet
                    .write_number_with_format(self.row, column, value, &self.number)?;
            }
            Some((number, None)) => {
                let text = number.to_string();
                self.sheet
                    .write_string_with_format(self.row, column, text, &self.number)?;
            }
            None => {
                self.sheet.write_blank(self.row, column, &self.number)?;
            }
        }
        Ok(())
    }
}

fn write(
    technical: &Technical,
    consolidation: &Consolidation,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let view = ConsolidationView::new(technical, consolidation);
    let languages = match lang {
        Lang::Ja => Languages::Ja,
        Lang::En => Languages::En,
    };
    let styles = Styles::new(languages);
    let mut workbook = Workbook::new();
    // NOTE: without a fixed time the file would say when it was written, and no two would be equal.
    let properties = DocProperties::new()
        .set_title(view.title.of(lang))
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    workbook.set_default_format(&styles.plain, 20, 64)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(shortened(&message(lang, "consolidation-heading"), 31))?;
    dress(technical, sheet, lang);
    let mut table = Table {
        number: styles.cell.clone().set_align(FormatAlign::Right),
        bad: styles
            .cell
            .clone()
            .set_background_color(Color::RGB(0x00FD_E8E8))
            .set_font_color(Color::RGB(0x009B_1C1C)),
        styles: &styles,
        sheet,
        row: 0,
    };
    let first_evaluator = u16::try_from(BEFORE.len()).unwrap_or(0);
    let evaluators = (first_evaluator..).zip(&view.evaluators);
    let after = first_evaluator + u16::try_from(view.evaluators.len()).unwrap_or(0);
    for (column, (key, width)) in (0..).zip(BEFORE).chain((after..).zip(AFTER)) {
        table.sheet.set_column_width(column, width)?;
        table.text(column, &message(lang, key), Some(&styles.header))?;
    }
    for (column, evaluator) in evaluators.clone() {
        table.sheet.set_column_width(column, 12)?;
        table.text(column, &evaluator.id, Some(&styles.header))?;
    }
    table.sheet.set_row_height(0, 22)?;
    for bid in &view.bids {
        for item in &bid.items {
            table.row += 1;
            table.text(0, bid.id.as_str(), None)?;
            table.text(1, &item.item, None)?;
            table.text(2, item.title.of(lang), None)?;
            table.number(3, Some(&item.points))?;
            let bad = table.bad.clone();
            let need = message(lang, &format!("consolidation-need-{}", item.need));
            let is_bad = item
                .marks
                .iter()
                .any(|mark| mark.outlier && mark.reason.is_none());
            let need = if item.marks.is_empty() {
                String::new()
            } else {
                need
            };
            table.text(4, &need, is_bad.then_some(&bad))?;
            for (column, evaluator) in evaluators.clone() {
                let mark = item
                    .marks
                    .iter()
                    .find(|mark| mark.evaluator == evaluator.id);
                let is_out = mark.is_some_and(|mark| mark.outlier);
                let said = mark.map_or_else(String::new, |mark| said(mark, lang));
                table.text(column, &said, is_out.then_some(&bad))?;
            }
            let reasons = after_columns(&mut table, item, after)?;
            let title = item.title.of(lang);
            let height = row_height([(title, 34), (reasons.as_str(), 38)]);
            table.sheet.set_row_height(table.row, height)?;
        }
    }
    let (last_row, last_column) = (
        table.row,
        after + u16::try_from(AFTER.len()).unwrap_or(1) - 1,
    );
    table.sheet.autofilter(0, 0, last_row, last_column)?;
    table.sheet.set_freeze_panes(1, 3)?;
    table.sheet.set_repeat_rows(0, 0)?;
    workbook.save_to_buffer()
}

fn after_columns(
    table: &mut Table<'_>,
    item: &ItemMarksView,
    after: u16,
) -> Result<String, XlsxError> {
    table.text(after, &format!("{} / {}", item.count, item.of), None)?;
    let range = [&item.lowest, &item.highest, &item.spread, &item.median];
    for (column, number) in (after + 1..).zip(range) {
        table.number(column, number.as_ref().filter(|_| !item.points.is_zero()))?;
    }
    let reasons = item.marks.iter().filter_map(|mark| {
        let reason = mark.reason.as_ref()?;
        Some(format!("{}: {reason}", mark.evaluator))
    });
    let reasons = reasons.collect::<Vec<_>>().join("; ");
    table.text(after + 5, &reasons, None)?;
    Ok(reasons)
}

fn dress(technical: &Technical, sheet: &mut Worksheet, lang: Lang) {
    sheet.set_landscape();
    sheet.set_paper_size(9); // A4
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_screen_gridlines(false);
    let marking = shortened(&marking::line(&technical.marking, lang), PAGE_HEADER - 60);
    sheet.set_header(format!("&R&8{}", marking.replace('&', "&&")));
    sheet.set_footer(format!(
        "&L&8{} · sha256:{}&R&8&P / &N",
        technical.id,
        technical
            .procedure
            .digest
            .hex()
            .chars()
            .take(16)
            .collect::<String>()
    ));
}
