//! The cover, and the sheet that counts what is answered.

use rust_xlsxwriter::{ConditionalFormatDataBar, Formula, Worksheet, XlsxError};

use super::formula::{quoted, standing};
use super::section::date_validation;
use super::{Writer, lines_of, marking, row_height};
use crate::questionnaire::condition::Asked;
use crate::questionnaire::layout::{HEADER_ROW, SheetColumn, SheetKind, both};
use crate::text::messages::message;

/// The columns of labels and of values.
const LABEL: u16 = 1;
const VALUE: u16 = 2;

/// How many characters of both columns stand on one line, counting a wide character as two.
const STEP_WIDTH: usize = 122;

impl Writer<'_> {
    /// Writes the cover.
    pub(super) fn cover(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let questionnaire = self.sending.questionnaire;
        sheet.set_name(&self.names.cover)?;
        self.furnish(sheet, SheetKind::Cover)?;
        sheet.set_print_fit_to_pages(1, 1);
        sheet.set_column_width(LABEL, if self.languages() > 1 { 46 } else { 30 })?;
        sheet.set_column_width(VALUE, 90)?;
        sheet.merge_range(
            0,
            LABEL,
            0,
            VALUE,
            &self.line(&questionnaire.title),
            &self.styles.title,
        )?;
        sheet.set_row_height(0, 36)?;
        let mut row = 1;
        if let Some(tender) = &self.sending.tender {
            let marking = self.lines(|lang| marking::line(&tender.marking, lang), "\n");
            sheet.merge_range(row, LABEL, row, VALUE, &marking, &self.styles.marking)?;
            sheet.set_row_height(row, 18 * self.languages())?;
            row += 2;
            for (key, value) in [
                ("cover-agency", self.line(&tender.agency)),
                (
                    "cover-tender",
                    format!("{} ({})", self.line(&tender.title), tender.id),
                ),
                ("cover-deadline", tender.deadline.to_string()),
                (
                    "cover-classes",
                    self.lines(|lang| marking::classes(tender.marking.classes, lang), " / "),
                ),
                (
                    "cover-restrictions",
                    self.lines(|lang| marking::restrictions(&tender.marking, lang), " / "),
                ),
            ] {
                self.pair(sheet, row, key, &value)?;
                row += 1;
            }
        } else {
            row += 1;
        }
        self.pair(
            sheet,
            row,
            "cover-questionnaire",
            &format!("{} {}", questionnaire.id, questionnaire.version),
        )?;
        self.pair(
            sheet,
            row + 1,
            "cover-digest",
            &format!("sha256:{}", questionnaire.digest.hex()),
        )?;
        row += 3;
        let entry = self.lines(|lang| message(lang, "cover-entry"), " / ");
        sheet.write_string_with_format(row, LABEL, entry, &self.styles.subtitle)?;
        row += 1;
        let first_entry = row;
        for (key, look) in [
            ("cover-supplier", &self.styles.entry_text),
            ("cover-contact", &self.styles.entry_text),
            ("cover-answered-on", &self.styles.entry_date),
        ] {
            sheet.write_string_with_format(
                row,
                LABEL,
                self.text(&both(key)),
                &self.styles.label,
            )?;
            sheet.write_blank(row, VALUE, look)?;
            sheet.set_row_height(row, 16 * self.languages() + 8)?;
            row += 1;
        }
        let hint = self.lines(|lang| message(lang, "sheet-date-error"), "\n");
        let validation = date_validation().set_error_message(hint)?;
        sheet.add_data_validation(row - 1, VALUE, row - 1, VALUE, &validation)?;
        row += 1;
        let how = self.lines(|lang| message(lang, "cover-how"), " / ");
        sheet.write_string_with_format(row, LABEL, how, &self.styles.subtitle)?;
        row += 1;
        let introduction = questionnaire
            .introduction
            .as_ref()
            .map(|text| self.text(text));
        let mut steps: Vec<_> = introduction.into_iter().collect();
        let mut keys = vec![
            "cover-how-cells",
            "cover-how-conditions",
            "cover-how-documents",
            "cover-how-blank",
            "cover-how-table",
        ];
        if self.sending.has_carried() {
            keys.push("cover-how-carried");
        }
        steps.extend(
            keys.into_iter()
                .map(|key| self.lines(|lang| message(lang, key), "\n")),
        );
        for step in steps {
            sheet.merge_range(row, LABEL, row, VALUE, &step, &self.styles.hint)?;
            sheet.set_row_height(row, 17 * lines_of(&step, STEP_WIDTH) + 3)?;
            row += 1;
        }
        sheet.set_print_area(0, 0, row, VALUE)?;
        sheet.set_selection(first_entry, VALUE, first_entry, VALUE)?;
        Ok(())
    }

    fn languages(&self) -> u32 {
        u32::try_from(self.sending.languages.all().len()).unwrap_or(1)
    }

    fn pair(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        key: &str,
        value: &str,
    ) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, LABEL, self.line(&both(key)), &self.styles.label)?;
        sheet.write_string_with_format(row, VALUE, value, &self.styles.value)?;
        Ok(())
    }

    /// Writes the sheet that counts what is answered, a section a row.
    pub(super) fn progress(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(&self.names.progress)?;
        self.furnish(sheet, SheetKind::Progress)?;
        for (column, width) in [(1, 84), (2, 14), (3, 14), (4, 14), (5, 22)] {
            sheet.set_column_width(column, width)?;
        }
        self.heading(
            sheet,
            &self.line(&both("sheet-progress")),
            "progress-hint",
            (1, 5),
        )?;
        let titles = [
            "progress-section",
            "progress-asked",
            "progress-answered",
            "progress-left",
            "progress-share",
        ]
        .map(both);
        for (column, title) in (1..).zip(&titles) {
            sheet.write_string_with_format(
                HEADER_ROW,
                column,
                self.text(title),
                &self.styles.header,
            )?;
        }
        sheet.set_row_height(HEADER_ROW, 18 * self.languages() + 4)?;
        let standing = standing(self.sending);
        let (mut row, mut all) = (HEADER_ROW + 1, (0, 0));
        for (index, section) in self.sending.questionnaire.sections.iter().enumerate() {
            let name = quoted(&self.section_name(index));
            let count = |wanted: fn(&(Asked, bool)) -> bool| {
                let states = section
                    .questions
                    .iter()
                    .filter_map(|one| standing.get(&one.id));
                u32::try_from(states.filter(|state| wanted(state)).count()).unwrap_or_default()
            };
            let (asked, answered) = (
                count(|(asked, _)| *asked == Asked::Yes),
                count(|(_, answered)| *answered),
            );
            all = (all.0 + asked, all.1 + answered);
            // Rows are counted down to where a supplier might add some.
            let range = |column: SheetColumn| {
                format!("{name}!${0}${1}:${0}$1000", column.letter(), HEADER_ROW + 2)
            };
            let asked_formula = format!(
                "=COUNTIFS({},1,{},\"<>\")",
                range(SheetColumn::Asked),
                range(SheetColumn::Number)
            );
            let target = format!("internal:{name}!A1");
            let title = format!("{}  {}", index + 1, self.line(&section.title));
            sheet.set_row_height(row, row_height([(title.as_str(), 80)]))?;
            sheet.write_url_with_options(
                row,
                1,
                target.as_str(),
                title,
                "",
                Some(&self.styles.link),
            )?;
            self.count(sheet, row, 2, asked_formula, asked)?;
            self.count(
                sheet,
                row,
                3,
                format!("=SUM({})", range(SheetColumn::Answered)),
                answered,
            )?;
            self.rest(sheet, row, asked, answered)?;
            row += 1;
        }
        let first = HEADER_ROW + 2;
        sheet.write_string_with_format(
            row,
            1,
            self.line(&both("progress-total")),
            &self.styles.total,
        )?;
        self.count(sheet, row, 2, format!("=SUM(C{first}:C{row})"), all.0)?;
        self.count(sheet, row, 3, format!("=SUM(D{first}:D{row})"), all.1)?;
        self.rest(sheet, row, all.0, all.1)?;
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(rust_xlsxwriter::Color::RGB(0x007B_C5AE))
            .set_solid_fill(true)
            .set_minimum(rust_xlsxwriter::ConditionalFormatType::Number, 0)
            .set_maximum(rust_xlsxwriter::ConditionalFormatType::Number, 1);
        sheet.add_conditional_format(HEADER_ROW + 1, 5, row, 5, &bar)?;
        Ok(())
    }

    fn count(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        rule: String,
        value: u32,
    ) -> Result<(), XlsxError> {
        let formula = Formula::new(rule).set_result(value.to_string());
        sheet.write_formula_with_format(row, column, formula, &self.styles.value)?;
        Ok(())
    }

    fn rest(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        asked: u32,
        answered: u32,
    ) -> Result<(), XlsxError> {
        let line = row + 1;
        self.count(
            sheet,
            row,
            4,
            format!("=C{line}-D{line}"),
            asked.saturating_sub(answered),
        )?;
        let per_cent = (answered * 100).checked_div(asked).unwrap_or(100);
        let share = Formula::new(format!("=IF(C{line}=0,1,D{line}/C{line})"));
        let value = format!("{}.{:02}", per_cent / 100, per_cent % 100);
        sheet.write_formula_with_format(row, 5, share.set_result(value), &self.styles.percent)?;
        Ok(())
    }
}
