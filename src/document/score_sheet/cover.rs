//! The cover: whose sheets these are, the declaration, and how far they are filled in.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationRule, FormatAlign, Formula, Worksheet,
    XlsxError,
};

use super::{BidSums, Writer};
use crate::document::marking;
use crate::document::questionnaire::workbook::formula::{quoted, text};
use crate::document::questionnaire::workbook::{lines_of, row_height};
use crate::tender::score_sheet::{Column, SheetPart, both, declaration_words};
use crate::text::messages::message;

const LABEL: u16 = 1;
const VALUE: u16 = 2;
const DECLARATION: u16 = 3;
const LEFT: u16 = 4;
const UNEXPLAINED: u16 = 5;
const SUM: u16 = 6;

/// The characters on one line over all columns, counting a wide character as two.
const WIDTH: usize = 138;

impl Writer<'_> {
    pub(super) fn cover(&self, sheet: &mut Worksheet, sums: &[BidSums]) -> Result<(), XlsxError> {
        let technical = self.order.technical;
        self.furnish(sheet, SheetPart::Cover)?;
        sheet.set_print_fit_to_pages(1, 1);
        for (column, width) in [
            (LABEL, 28),
            (VALUE, 52),
            (DECLARATION, 26),
            (LEFT, 12),
            (UNEXPLAINED, 14),
            (SUM, 14),
        ] {
            sheet.set_column_width(column, width)?;
        }
        let title = self.lines(|lang| message(lang, "score-heading"), " / ");
        sheet.merge_range(0, LABEL, 0, SUM, &title, &self.looks.own.title)?;
        sheet.set_row_height(0, 32)?;
        let marking = self.lines(|lang| marking::line(&technical.marking, lang), "\n");
        sheet.merge_range(1, LABEL, 1, SUM, &marking, &self.looks.own.marking)?;
        sheet.set_row_height(1, 17 * self.count_languages())?;
        let evaluator = technical
            .evaluators
            .iter()
            .find(|one| one.id == self.order.evaluator);
        let name = evaluator.and_then(|one| one.name.as_ref());
        let evaluator = name.map_or_else(
            || self.order.evaluator.to_owned(),
            |name| format!("{} ({})", self.line(name), self.order.evaluator),
        );
        let rules = format!("sha256:{}", technical.procedure.digest.hex());
        let mut row = 3;
        for (key, value) in [
            ("cover-agency", self.line(&technical.agency)),
            (
                "cover-tender",
                format!("{} ({})", self.line(&technical.title), technical.id),
            ),
            ("score-procedure", self.line(&technical.procedure.title)),
            ("score-rules", rules),
            ("score-evaluator", evaluator),
        ] {
            self.pair(sheet, row, key, &value)?;
            row += 1;
        }
        row = self.declaration(sheet, row + 1)?;
        row = self.bids(sheet, row + 1, sums)?;
        row += 1;
        for key in [
            "score-how-declare",
            "score-how-mark",
            "score-how-comment",
            "score-how-alone",
            "score-how-sums",
        ] {
            let step = self.lines(|lang| message(lang, key), "\n");
            sheet.merge_range(row, LABEL, row, SUM, &step, &self.looks.own.hint)?;
            sheet.set_row_height(row, 15 * lines_of(&step, WIDTH) + 3)?;
            row += 1;
        }
        sheet.set_print_area(0, 0, row, SUM)?;
        Ok(())
    }

    fn pair(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        key: &str,
        value: &str,
    ) -> Result<(), XlsxError> {
        let own = &self.looks.own;
        sheet.write_string_with_format(row, LABEL, self.text(&both(key)), &own.label)?;
        sheet.merge_range(row, VALUE, row, SUM, value, &own.value)?;
        let label = self.text(&both(key));
        sheet.set_row_height(row, row_height([(label.as_str(), 27), (value, 116)]))?;
        Ok(())
    }

    /// The declaration with the name and the day under it.
    fn declaration(&self, sheet: &mut Worksheet, mut row: u32) -> Result<u32, XlsxError> {
        let own = &self.looks.own;
        let heading = self.lines(|lang| message(lang, "score-declaration-heading"), " / ");
        sheet.merge_range(row, LABEL, row, SUM, &heading, &own.subtitle)?;
        row += 1;
        let statement = self.lines(|lang| message(lang, "score-statement"), "\n");
        sheet.merge_range(row, LABEL, row, SUM, &statement, &own.hint)?;
        sheet.set_row_height(row, 15 * lines_of(&statement, WIDTH) + 4)?;
        row += 1;
        for (key, look) in [
            ("score-declared-by", &own.entry_text),
            ("score-declared-on", &own.entry_date),
        ] {
            sheet.write_string_with_format(row, LABEL, self.say(key), &own.label)?;
            sheet.write_blank(row, VALUE, look)?;
            sheet.set_row_height(row, 16 * self.count_languages() + 6)?;
            let blank = ConditionalFormatFormula::new()
                .set_rule(Formula::new(format!("=LEN(C{})=0", row + 1)))
                .set_format(self.looks.alarm.clone());
            sheet.add_conditional_format(row, VALUE, row, VALUE, &blank)?;
            row += 1;
        }
        sheet.set_selection(row - 2, VALUE, row - 2, VALUE)?;
        let error = self.lines(|lang| message(lang, "sheet-date-error"), "\n");
        let day = DataValidation::new()
            .allow_date_formula(DataValidationRule::Between(
                Formula::new("DATE(2000,1,1)"),
                Formula::new("DATE(2199,12,31)"),
            ))
            .set_error_message(error)?;
        sheet.add_data_validation(row - 1, VALUE, row - 1, VALUE, &day)?;
        Ok(row)
    }

    /// A bid a row: what is declared of it, and how far its sheet is filled in.
    fn bids(
        &self,
        sheet: &mut Worksheet,
        mut row: u32,
        sums: &[BidSums],
    ) -> Result<u32, XlsxError> {
        let own = &self.looks.own;
        let unexplained = both("score-unexplained");
        for (column, title, look) in [
            (LABEL, Column::Bid.title(), &own.header),
            (VALUE, Column::Supplier.title(), &own.header),
            (DECLARATION, Column::Declaration.title(), &own.header_entry),
            (LEFT, Column::Left.title(), &own.header),
            (UNEXPLAINED, unexplained, &own.header),
            (SUM, Column::Sum.title(), &own.header),
        ] {
            sheet.write_string_with_format(row, column, self.text(&title), look)?;
        }
        sheet.set_row_height(row, 17 * self.count_languages() + 4)?;
        let words: Vec<_> = declaration_words()
            .iter()
            .map(|(_, word)| self.line(word))
            .collect();
        let conflict = words.last().cloned().unwrap_or_default();
        let count = self.order.technical.items.len().to_string();
        let error = self.lines(|lang| message(lang, "score-declaration-error"), "\n");
        let (first, mut validation) = (row + 1, DataValidation::new().allow_list_strings(&words)?);
        validation = validation.set_error_message(error)?;
        for (bid, sums) in self.order.bids.iter().zip(sums) {
            row += 1;
            let name = self.names.get(&bid.id).cloned().unwrap_or_default();
            let target = format!("internal:{}!G7", quoted(&name));
            let supplier = self.line(&bid.offering.supplier);
            sheet.write_string_with_format(row, LABEL, bid.id.as_str(), &own.value)?;
            let link = own.link.clone().set_font_size(10);
            let link = link.set_align(FormatAlign::VerticalCenter);
            sheet.write_url_with_options(
                row,
                VALUE,
                target.as_str(),
                &supplier,
                "",
                Some(&link),
            )?;
            sheet.write_blank(row, DECLARATION, &own.entry_text)?;
            for (column, cell, value) in [
                (LEFT, &sums.left, count.as_str()),
                (UNEXPLAINED, &sums.unexplained, "0"),
                (SUM, &sums.total, "0"),
            ] {
                let formula = Formula::new(format!("={cell}")).set_result(value);
                sheet.write_formula_with_format(row, column, formula, &self.looks.count)?;
            }
            sheet.set_row_height(row, row_height([(supplier.as_str(), 50), ("", 10)]))?;
            sheet.add_data_validation(row, DECLARATION, row, DECLARATION, &validation)?;
        }
        if row < first {
            return Ok(row + 1);
        }
        let grey = ConditionalFormatFormula::new()
            .set_rule(Formula::new(format!(
                "=$D{}={}",
                first + 1,
                text(&conflict)
            )))
            .set_format(own.not_asked.clone());
        sheet.add_conditional_format(first, LABEL, row, SUM, &grey)?;
        let blank = ConditionalFormatFormula::new()
            .set_rule(Formula::new(format!("=LEN(D{})=0", first + 1)))
            .set_format(self.looks.alarm.clone());
        sheet.add_conditional_format(first, DECLARATION, row, DECLARATION, &blank)?;
        for column in [LEFT, UNEXPLAINED] {
            let letter = rust_xlsxwriter::column_number_to_name(column);
            let open = ConditionalFormatFormula::new()
                .set_rule(Formula::new(format!("={letter}{}>0", first + 1)))
                .set_format(self.looks.alarm.clone());
            sheet.add_conditional_format(first, column, row, column, &open)?;
        }
        Ok(row + 1)
    }
}
