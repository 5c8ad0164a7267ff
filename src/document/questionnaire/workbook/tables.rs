//! The sheet of a table question: typed columns and empty rows.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Formula, Worksheet,
    XlsxError,
};

use super::section::{date_validation, excel_day};
use super::{Writer, formula};
use crate::questionnaire::layout::{
    COLUMN_IDS_ROW, HEADER_ROW, SheetColumn, SheetKind, TABLE_ROWS, both,
};
use crate::questionnaire::response::{Cell, Response};
use crate::questionnaire::{Column, ColumnType, Question};
use crate::text::messages::message;

/// The column of the running number, and the first one that is filled in.
const NUMBER: u16 = 1;
const FIRST: u16 = 2;

impl Writer<'_> {
    /// Writes the sheet of a table question.
    pub(super) fn table(
        &mut self,
        sheet: &mut Worksheet,
        number: &str,
        question: &Question,
        columns: &[Column],
    ) -> Result<(), XlsxError> {
        sheet.set_name(self.table_name(number))?;
        self.furnish(sheet, SheetKind::Table(question.id.clone()))?;
        let last = FIRST + u16::try_from(columns.len()).unwrap_or(1).saturating_sub(1);
        let title = format!("{number}  {}", self.line(&question.text));
        self.heading(
            sheet,
            &title,
            "sheet-table-hint",
            (NUMBER, last.max(FIRST + 1)),
        )?;
        sheet.write_string_with_format(HEADER_ROW, NUMBER, "No.", &self.styles.header)?;
        sheet.set_column_width(NUMBER, 5)?;
        sheet.write_string(COLUMN_IDS_ROW, 0, &question.id)?;
        sheet.set_row_hidden(COLUMN_IDS_ROW)?;
        let lines = u32::try_from(self.sending.languages.all().len()).unwrap_or(1);
        sheet.set_row_height(HEADER_ROW, 20 * lines)?;
        let filled: Vec<_> = match self.filled_in(question).map(|carried| &carried.response) {
            Some(Response::Rows(rows)) => rows.iter().collect(),
            _ => Vec::new(),
        };
        let rows = TABLE_ROWS.max(u32::try_from(filled.len()).unwrap_or(TABLE_ROWS) + 20);
        let first_row = COLUMN_IDS_ROW + 1;
        for row in 0..rows {
            sheet.write_string_with_format(
                first_row + row,
                0,
                &question.id,
                &self.styles.hidden,
            )?;
            sheet.write_number_with_format(
                first_row + row,
                NUMBER,
                row + 1,
                &self.styles.centered,
            )?;
        }
        for (index, column) in (FIRST..).zip(columns) {
            let mut title = self.text(&column.title);
            if column.required {
                title.push_str(" *");
            }
            sheet.write_string_with_format(HEADER_ROW, index, title, &self.styles.header_entry)?;
            sheet.write_string(COLUMN_IDS_ROW, index, &column.id)?;
            let (width, look) = self.column_look(column);
            sheet.set_column_width(index, width)?;
            for (row, filled) in (first_row..first_row + rows)
                .zip(filled.iter().map(Some).chain(std::iter::repeat(None)))
            {
                let cell = filled.and_then(|filled| filled.get(&column.id));
                self.table_cell(sheet, row, index, column, cell, &look)?;
            }
            if let Some(validation) = self.column_validation(column)? {
                sheet.add_data_validation(
                    first_row,
                    index,
                    first_row + rows - 1,
                    index,
                    &validation,
                )?;
            }
        }
        let section = self.plan.lookup(&question.id);
        if let Some(placed) = section {
            let target = format!(
                "internal:{}!{}{}",
                formula::quoted(&placed.sheet),
                SheetColumn::Answer.letter(),
                placed.row + 1
            );
            let back = self.lines(|lang| message(lang, "sheet-back"), " / ");
            let column = last.max(FIRST + 1) + 1;
            sheet.write_url_with_options(
                0,
                column,
                target.as_str(),
                &back,
                "",
                Some(&self.styles.link),
            )?;
            sheet.set_column_width(column, 14)?;
        }
        sheet.set_print_area(0, 0, first_row + rows - 1, last.max(FIRST + 1))?;
        sheet.set_freeze_panes(first_row, FIRST)?;
        sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
        sheet.set_selection(first_row, FIRST, first_row, FIRST)?;
        Ok(())
    }

    fn column_look(&self, column: &Column) -> (u32, Format) {
        match column.kind {
            ColumnType::Text => (30, self.styles.entry_text.clone()),
            ColumnType::Number => (12, self.styles.entry_number.clone()),
            ColumnType::Date => (13, self.styles.entry_date.clone()),
            ColumnType::Place => (12, self.styles.entry_text.clone()),
            ColumnType::CorporateNumber => (19, self.styles.entry_text.clone()),
            ColumnType::YesNo => (13, self.styles.entry.clone()),
            ColumnType::Choice { .. } => (22, self.styles.entry.clone()),
        }
    }

    fn table_cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        index: u16,
        column: &Column,
        cell: Option<&Cell>,
        look: &Format,
    ) -> Result<(), XlsxError> {
        let text = match cell {
            None => return sheet.write_blank(row, index, look).map(|_| ()),
            Some(Cell::Number(number)) => {
                if let Ok(number) = i32::try_from(*number) {
                    return sheet
                        .write_number_with_format(row, index, number, look)
                        .map(|_| ());
                }
                number.to_string()
            }
            Some(Cell::Date(day)) => {
                if let Some(day) = excel_day(*day) {
                    return sheet
                        .write_datetime_with_format(row, index, &day, look)
                        .map(|_| ());
                }
                day.to_string()
            }
            Some(Cell::YesNo(yes)) => self.line(&both(if *yes { "sheet-yes" } else { "sheet-no" })),
            Some(Cell::Text(text)) => match &column.kind {
                ColumnType::Choice { choices } => {
                    let choice = choices.iter().find(|choice| choice.id == *text);
                    choice.map_or_else(|| text.clone(), |choice| self.line(&choice.title))
                }
                _ => text.clone(),
            },
        };
        sheet.write_string_with_format(row, index, text, look)?;
        Ok(())
    }

    fn column_validation(&mut self, column: &Column) -> Result<Option<DataValidation>, XlsxError> {
        let say = |writer: &Self, key: &str| writer.lines(|lang| message(lang, key), "\n");
        Ok(Some(match &column.kind {
            ColumnType::Text => return Ok(None),
            ColumnType::Number => DataValidation::new()
                .allow_whole_number_formula(DataValidationRule::GreaterThanOrEqualTo(Formula::new(
                    "0",
                )))
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_message(say(self, "sheet-number-error"))?,
            ColumnType::Date => date_validation()
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_message(say(self, "sheet-date-error"))?,
            ColumnType::Place => DataValidation::new()
                .allow_any_value()
                .set_input_message(say(self, "sheet-one-place-hint"))?,
            ColumnType::CorporateNumber => DataValidation::new()
                .allow_any_value()
                .set_input_message(say(self, "sheet-corporate-number-hint"))?,
            ColumnType::YesNo => {
                let words = ["sheet-yes", "sheet-no"].map(|key| self.line(&both(key)));
                self.list(words.to_vec())?
                    .set_error_message(say(self, "sheet-list-error"))?
            }
            ColumnType::Choice { choices } => {
                let words = choices
                    .iter()
                    .map(|choice| self.line(&choice.title))
                    .collect();
                self.list(words)?
                    .set_error_message(say(self, "sheet-list-error"))?
            }
        }))
    }
}
