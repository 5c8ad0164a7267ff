//! The sheet of a section: a question a row.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule,
    ExcelDateTime, Format, Formula, Worksheet, XlsxError,
};

use super::formula::{self, standing};
use super::words::{form, guidance, shown, told};
use super::{Writer, marking, row_height};
use crate::questionnaire::carry::CarriedAnswer;
use crate::questionnaire::condition::Asked;
use crate::questionnaire::layout::{
    CHOICE_SEPARATOR, CHOSEN, HEADER_ROW, SheetColumn, SheetKind, both, condition_words, number_of,
    options,
};
use crate::questionnaire::response::Response;
use crate::questionnaire::{Question, QuestionType, Section};
use crate::text::messages::message;

impl Writer<'_> {
    /// Writes the sheet of a section.
    pub(super) fn section(&mut self, sheet: &mut Worksheet, index: usize) -> Result<(), XlsxError> {
        let questionnaire = self.sending.questionnaire;
        let Some(section) = questionnaire.sections.get(index) else {
            return Ok(());
        };
        sheet.set_name(self.section_name(index))?;
        self.furnish(sheet, SheetKind::Section(section.id.clone()))?;
        let columns = self.columns();
        let last = columns.last().map_or(0, |column| column.index());
        self.heading(
            sheet,
            &format!("{}  {}", index + 1, self.line(&section.title)),
            "sheet-hint",
            (SheetColumn::Number.index(), last),
        )?;
        for column in &columns {
            sheet.set_column_width(column.index(), column.width())?;
            if column.is_hidden() {
                sheet.set_column_hidden(column.index())?;
            }
            let look = if column.is_entered() {
                &self.styles.header_entry
            } else {
                &self.styles.header
            };
            sheet.write_string_with_format(
                HEADER_ROW,
                column.index(),
                self.text(&column.title()),
                look,
            )?;
        }
        let lines = u32::try_from(self.sending.languages.all().len()).unwrap_or(1);
        sheet.set_row_height(HEADER_ROW, 20 * lines)?;
        if section.questions.iter().all(|one| one.when.is_none()) {
            sheet.set_column_hidden(SheetColumn::Condition.index())?;
        }
        let last_row = self.questions(sheet, section)?;
        let grey = |rule: String, format: &Format| {
            ConditionalFormatFormula::new()
                .set_rule(Formula::new(rule))
                .set_format(format.clone())
        };
        let (first_row, first) = (HEADER_ROW + 1, SheetColumn::Number.index());
        let asked = format!("${}{}", SheetColumn::Asked.letter(), first_row + 1);
        if last_row >= first_row {
            let not_asked = grey(
                format!("=AND(ISNUMBER({asked}),{asked}=0)"),
                &self.styles.not_asked,
            );
            sheet.add_conditional_format(first_row, first, last_row, last, &not_asked)?;
            let open = grey(format!("=ISTEXT({asked})"), &self.styles.open);
            sheet.add_conditional_format(first_row, first, last_row, last, &open)?;
        }
        sheet.set_freeze_panes(HEADER_ROW + 1, SheetColumn::Guidance.index())?;
        sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
        sheet.set_selection(
            first_row,
            SheetColumn::Answer.index(),
            first_row,
            SheetColumn::Answer.index(),
        )?;
        Ok(())
    }

    fn columns(&self) -> Vec<SheetColumn> {
        let carried = self.sending.has_carried();
        SheetColumn::ALL
            .into_iter()
            .filter(|column| carried || !column.is_for_carried())
            .collect()
    }

    /// The title, the marking and the hint above a sheet's header, over the columns `first` to `last`.
    pub(super) fn heading(
        &self,
        sheet: &mut Worksheet,
        title: &str,
        hint: &str,
        (first, last): (u16, u16),
    ) -> Result<(), XlsxError> {
        let marked = self.sending.tender.as_ref();
        let marking =
            marked.map(|tender| self.lines(|lang| marking::line(&tender.marking, lang), "\n"));
        let long = title.chars().count() > 60;
        let look = if long {
            &self.styles.subtitle
        } else {
            &self.styles.title
        };
        sheet.merge_range(0, first, 0, last, title, look)?;
        sheet.set_row_height(0, if long { 48 } else { 27 })?;
        sheet.merge_range(
            1,
            first,
            1,
            last,
            &marking.unwrap_or_default(),
            &self.styles.marking,
        )?;
        let hint = self.lines(|lang| message(lang, hint), "\n");
        sheet.merge_range(2, first, 2, last, &hint, &self.styles.hint)?;
        let lines = u32::try_from(self.sending.languages.all().len()).unwrap_or(1);
        sheet.set_row_height(1, 16 * lines + 2)?;
        sheet.set_row_height(2, 16 * lines + 4)?;
        Ok(())
    }

    fn questions(&mut self, sheet: &mut Worksheet, section: &Section) -> Result<u32, XlsxError> {
        let standing = standing(self.sending);
        let mut last_row = HEADER_ROW;
        for question in &section.questions {
            let Some(placed) = self.plan.lookup(&question.id) else {
                continue;
            };
            let row = placed.row;
            let choices = placed.choices.clone();
            let (asked, answered) = standing
                .get(&question.id)
                .copied()
                .unwrap_or((Asked::Yes, false));
            let state = match asked {
                Asked::Yes => "1",
                Asked::No => "0",
                Asked::Open => "",
            };
            let at = |column: SheetColumn| column.index();
            match formula::asked(self.sending, &self.plan, question) {
                Some(rule) => sheet.write_formula(
                    row,
                    at(SheetColumn::Asked),
                    Formula::new(rule).set_result(state),
                )?,
                None => sheet.write_number(row, at(SheetColumn::Asked), 1)?,
            };
            let rule = Formula::new(formula::answered(placed)).set_result(if answered {
                "1"
            } else {
                "0"
            });
            sheet.write_formula(row, at(SheetColumn::Answered), rule)?;
            self.question(sheet, question, row)?;
            last_row = row;
            for (choice, row) in choices {
                self.choice_row(sheet, question, &choice, row, state)?;
                last_row = row;
            }
        }
        Ok(last_row)
    }

    fn question(
        &mut self,
        sheet: &mut Worksheet,
        question: &Question,
        row: u32,
    ) -> Result<(), XlsxError> {
        let number = number_of(self.sending.questionnaire, &question.id).unwrap_or_default();
        let guidance = self.lines(|lang| guidance(question, lang), "\n");
        let condition = self.lines(
            |lang| condition_words(self.sending.questionnaire, question, lang).unwrap_or_default(),
            "\n",
        );
        let form = self.lines(
            |lang| form(question, &number, &self.table_name(&number), lang),
            "\n",
        );
        let at = |column: SheetColumn| column.index();
        let told = self
            .sending
            .carried(question)
            .map(|carried| self.lines(|lang| told(question, carried, lang), "\n"))
            .unwrap_or_default();
        let text = self.text(&question.text);
        let filled = self.filled_in(question);
        let answer =
            filled.map(|carried| shown(question, &carried.response, |title| self.line(title)));
        let note = filled.and_then(|carried| carried.note.clone());
        let documents = filled.map(|carried| carried.documents.join("\n"));
        let width = |column: SheetColumn| usize::try_from(column.width()).unwrap_or(1);
        let height = row_height([
            (text.as_str(), width(SheetColumn::Question)),
            (guidance.trim(), width(SheetColumn::Guidance)),
            (condition.trim(), width(SheetColumn::Condition)),
            (form.as_str(), width(SheetColumn::Form)),
            (told.as_str(), width(SheetColumn::Previous)),
            (
                answer.as_deref().unwrap_or_default(),
                width(SheetColumn::Answer),
            ),
            (
                note.as_deref().unwrap_or_default(),
                width(SheetColumn::Remarks),
            ),
            (
                documents.as_deref().unwrap_or_default(),
                width(SheetColumn::Documents),
            ),
        ]);
        sheet.set_row_height(row, height)?;
        for (column, text, look) in [
            (SheetColumn::Id, question.id.as_str(), &self.styles.hidden),
            (SheetColumn::Number, number.as_str(), &self.styles.centered),
            (SheetColumn::Question, text.as_str(), &self.styles.cell),
            (SheetColumn::Guidance, guidance.trim(), &self.styles.faint),
            (SheetColumn::Condition, condition.trim(), &self.styles.faint),
        ] {
            sheet.write_string_with_format(row, at(column), text, look)?;
        }
        if matches!(question.kind, QuestionType::Table { .. }) {
            let target = format!("internal:{}!A1", formula::quoted(&self.table_name(&number)));
            sheet.write_url_with_options(
                row,
                at(SheetColumn::Form),
                target.as_str(),
                &form,
                "",
                Some(&self.styles.link),
            )?;
        } else {
            sheet.write_string_with_format(row, at(SheetColumn::Form), form, &self.styles.faint)?;
        }
        for column in [SheetColumn::Remarks, SheetColumn::Documents] {
            sheet.write_blank(row, at(column), &self.styles.entry_text)?;
        }
        self.answer_cell(sheet, question, row)?;
        if self.sending.has_carried() {
            self.carried_cells(sheet, question, row)?;
        }
        Ok(())
    }

    fn answer_cell(
        &mut self,
        sheet: &mut Worksheet,
        question: &Question,
        row: u32,
    ) -> Result<(), XlsxError> {
        let column = SheetColumn::Answer.index();
        let look = match &question.kind {
            QuestionType::Number { .. } => self.styles.entry_number.clone(),
            QuestionType::Date => self.styles.entry_date.clone(),
            QuestionType::Text | QuestionType::Place | QuestionType::File => {
                self.styles.entry_text.clone()
            }
            _ => self.styles.entry.clone(),
        };
        sheet.write_blank(row, column, &look)?;
        if let Some(carried) = self.filled_in(question) {
            self.fill_in(sheet, question, carried, row, &look)?;
        }
        if let Some(validation) = self.validation(question)? {
            sheet.add_data_validation(row, column, row, column, &validation)?;
        }
        Ok(())
    }

    fn validation(&mut self, question: &Question) -> Result<Option<DataValidation>, XlsxError> {
        let say = |writer: &Self, key: &str| writer.lines(|lang| message(lang, key), "\n");
        let offered = options(question);
        let validation = if offered.is_empty() {
            match &question.kind {
                QuestionType::Number { min, max, .. } => {
                    let (min, max) = (min.to_string(), max.to_string());
                    DataValidation::new()
                        .allow_whole_number_formula(DataValidationRule::Between(
                            Formula::new(min),
                            Formula::new(max),
                        ))
                        .set_error_style(DataValidationErrorStyle::Warning)
                        .set_error_message(say(self, "sheet-number-error"))?
                }
                QuestionType::Date => date_validation()
                    .set_error_style(DataValidationErrorStyle::Warning)
                    .set_error_message(say(self, "sheet-date-error"))?,
                QuestionType::Place => DataValidation::new()
                    .allow_any_value()
                    .set_input_message(say(self, "sheet-place-hint"))?,
                QuestionType::File => DataValidation::new()
                    .allow_any_value()
                    .set_input_message(say(self, "sheet-file-hint"))?,
                _ => return Ok(None),
            }
        } else {
            let words = offered.iter().map(|(_, title)| self.line(title)).collect();
            self.list(words)?
                .set_error_message(say(self, "sheet-list-error"))?
        };
        Ok(Some(validation.ignore_blank(true)))
    }

    fn choice_row(
        &mut self,
        sheet: &mut Worksheet,
        question: &Question,
        choice: &str,
        row: u32,
        state: &str,
    ) -> Result<(), XlsxError> {
        let QuestionType::Choice { choices, .. } = &question.kind else {
            return Ok(());
        };
        let title = choices
            .iter()
            .find(|one| one.id == choice)
            .map(|one| self.text(&one.title));
        let id = format!("{}{CHOICE_SEPARATOR}{choice}", question.id);
        let at = |column: SheetColumn| column.index();
        sheet.write_string_with_format(row, at(SheetColumn::Id), id, &self.styles.hidden)?;
        // It greys out with its question; what is counted are the rows that have a number.
        let parent = self.plan.lookup(&question.id).map_or(row, |one| one.row);
        let rule = format!("={}{}", SheetColumn::Asked.letter(), parent + 1);
        sheet.write_formula(
            row,
            at(SheetColumn::Asked),
            Formula::new(rule).set_result(state),
        )?;
        for column in [
            SheetColumn::Number,
            SheetColumn::Guidance,
            SheetColumn::Condition,
        ] {
            sheet.write_blank(row, at(column), &self.styles.cell)?;
        }
        sheet.write_string_with_format(
            row,
            at(SheetColumn::Question),
            title.unwrap_or_default(),
            &self.styles.indented,
        )?;
        sheet.write_string_with_format(row, at(SheetColumn::Form), CHOSEN, &self.styles.faint)?;
        for column in self
            .columns()
            .into_iter()
            .filter(|column| *column >= SheetColumn::Remarks)
        {
            sheet.write_blank(row, at(column), &self.styles.cell)?;
        }
        let chosen = self
            .filled_in(question)
            .is_some_and(|carried| match &carried.response {
                Response::Choice(words) => words.iter().any(|word| word == choice),
                _ => false,
            });
        if chosen {
            sheet.write_string_with_format(
                row,
                at(SheetColumn::Answer),
                CHOSEN,
                &self.styles.entry,
            )?;
        } else {
            sheet.write_blank(row, at(SheetColumn::Answer), &self.styles.entry)?;
        }
        let validation = self.list(vec![CHOSEN.to_owned()])?;
        sheet.add_data_validation(
            row,
            at(SheetColumn::Answer),
            row,
            at(SheetColumn::Answer),
            &validation,
        )?;
        Ok(())
    }

    /// Fills in an answer that was given before and still holds.
    fn fill_in(
        &self,
        sheet: &mut Worksheet,
        question: &Question,
        carried: &CarriedAnswer,
        row: u32,
        look: &Format,
    ) -> Result<(), XlsxError> {
        let column = SheetColumn::Answer.index();
        match &carried.response {
            Response::Number(number) => match i32::try_from(*number) {
                Ok(number) => sheet.write_number_with_format(row, column, number, look)?,
                Err(_) => sheet.write_string_with_format(row, column, number.to_string(), look)?,
            },
            Response::Date(day) => match excel_day(*day) {
                Some(day) => sheet.write_datetime_with_format(row, column, &day, look)?,
                None => sheet.write_string_with_format(row, column, day.to_string(), look)?,
            },
            // The choices stand on rows of their own.
            Response::Choice(_)
                if matches!(question.kind, QuestionType::Choice { many: true, .. }) =>
            {
                &mut *sheet
            }
            other => sheet.write_string_with_format(
                row,
                column,
                shown(question, other, |title| self.line(title)),
                look,
            )?,
        };
        if let Some(note) = &carried.note {
            sheet.write_string_with_format(
                row,
                SheetColumn::Remarks.index(),
                note,
                &self.styles.entry_text,
            )?;
        }
        if !carried.documents.is_empty() {
            sheet.write_string_with_format(
                row,
                SheetColumn::Documents.index(),
                carried.documents.join("\n"),
                &self.styles.entry_text,
            )?;
        }
        if let Some(stamp) = carried.stamp() {
            sheet.write_string_with_format(
                row,
                SheetColumn::Stamp.index(),
                stamp.to_string(),
                &self.styles.hidden,
            )?;
        }
        Ok(())
    }

    fn carried_cells(
        &mut self,
        sheet: &mut Worksheet,
        question: &Question,
        row: u32,
    ) -> Result<(), XlsxError> {
        let at = |column: SheetColumn| column.index();
        let carried = self.sending.carried(question);
        let told = carried.map(|carried| self.lines(|lang| told(question, carried, lang), "\n"));
        sheet.write_string_with_format(
            row,
            at(SheetColumn::Previous),
            told.unwrap_or_default(),
            &self.styles.faint,
        )?;
        if carried.is_some_and(CarriedAnswer::holds) {
            for column in [SheetColumn::Confirmed, SheetColumn::Reason] {
                sheet.write_blank(row, at(column), &self.styles.entry)?;
            }
            let confirmed = self.line(&both("sheet-confirmed-yes"));
            let validation = self.list(vec![confirmed])?;
            sheet.add_data_validation(
                row,
                at(SheetColumn::Confirmed),
                row,
                at(SheetColumn::Confirmed),
                &validation,
            )?;
        } else {
            for column in [SheetColumn::Confirmed, SheetColumn::Reason] {
                sheet.write_blank(row, at(column), &self.styles.cell)?;
            }
        }
        Ok(())
    }
}

/// A validation by days that a workbook can hold and a questionnaire may ask for.
pub(super) fn date_validation() -> DataValidation {
    DataValidation::new().allow_date_formula(DataValidationRule::Between(
        Formula::new("DATE(1900,3,1)"),
        Formula::new("DATE(2199,12,31)"),
    ))
}

/// A day as a workbook holds it.
pub(super) fn excel_day(day: crate::time::Date) -> Option<ExcelDateTime> {
    let part = |value: i8| u8::try_from(value).ok();
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).ok()?,
        part(day.month())?,
        part(day.day())?,
    )
    .ok()
}
