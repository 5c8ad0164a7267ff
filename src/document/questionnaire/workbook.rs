//! A questionnaire as an XLSX workbook: a cover, the progress, a sheet a section, a sheet a table question, and a hidden sheet
//! for the program that reads it back.
//!
//! Only the cells that a supplier fills in are unlocked; the protection has no password, for it keeps from slips and proves
//! nothing. The workbook that comes back is read by [`crate::questionnaire::workbook`], by the shared constants of
//! [`crate::questionnaire::layout`].

mod cover;
pub(in crate::document) mod formula;
mod section;
pub(in crate::document) mod style;
mod tables;
mod words;

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Formula, ProtectionOptions, Workbook, Worksheet,
    XlsxError,
};

use crate::diagnostic::{Diagnostic, Place};
use crate::document::marking;
use crate::questionnaire::change::fingerprints;
use crate::questionnaire::layout::{
    LAYOUT, Marker, SheetKind, SheetNames, numbered, section_sheet, table_sheet,
};
use crate::questionnaire::sending::Sending;
use crate::questionnaire::{Question, QuestionType};
use crate::text::{Lang, Text};
use formula::Plan;
use style::Styles;

pub(super) use words::told;

/// The longest list that stands inside a validation, in characters; a longer one stands on the machine sheet
/// (ECMA-376-1, 18.3.1.32, as Excel enforces it: 255).
pub(in crate::document) const INLINE_LIST: usize = 250;

/// The most characters of a page's header (as Excel enforces it: 255).
pub(in crate::document) const PAGE_HEADER: usize = 240;

/// Writes the workbook.
///
/// # Errors
///
/// `workbook-unwritable` when something does not fit into a workbook, such as a text of more than 32,767 characters.
pub fn write(sending: &Sending<'_>) -> Result<Vec<u8>, Diagnostic> {
    Writer::new(sending).write().map_err(|error| {
        let message = format!("the questionnaire does not fit into a workbook: {error}");
        Diagnostic::error("workbook-unwritable", Place::whole(), message)
            .help("shorten the text or the earlier answer that is too long")
    })
}

/// What every sheet needs.
struct Writer<'a> {
    sending: &'a Sending<'a>,
    styles: Styles,
    plan: Plan,
    names: SheetNames,
    /// Lists too long for a validation, one a column of the machine sheet.
    lists: Vec<Vec<String>>,
}

/// The first column of the machine sheet that holds a list.
const FIRST_LIST_COLUMN: u16 = 10;

impl<'a> Writer<'a> {
    fn new(sending: &'a Sending<'a>) -> Self {
        Self {
            sending,
            styles: Styles::new(sending.languages),
            plan: Plan::of(sending),
            names: SheetNames::of(sending.languages),
            lists: Vec::new(),
        }
    }

    fn write(mut self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        // NOTE: without a fixed time the file would say when it was written, and no two would be equal.
        let properties = DocProperties::new()
            .set_title(
                self.sending
                    .languages
                    .line(&self.sending.questionnaire.title),
            )
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
        workbook.set_properties(&properties);
        workbook.set_default_format(&self.styles.plain, 20, 64)?;
        self.cover(workbook.add_worksheet())?;
        self.progress(workbook.add_worksheet())?;
        for index in 0..self.sending.questionnaire.sections.len() {
            self.section(workbook.add_worksheet(), index)?;
        }
        for (number, question) in numbered(self.sending.questionnaire) {
            if let QuestionType::Table { columns } = &question.kind {
                self.table(workbook.add_worksheet(), &number, question, columns)?;
            }
        }
        self.machine(workbook.add_worksheet())?;
        workbook.save_to_buffer()
    }

    /// What all sheets for people have in common.
    fn furnish(&self, sheet: &mut Worksheet, kind: SheetKind) -> Result<(), XlsxError> {
        let marker = Marker::of(self.sending.questionnaire, kind);
        sheet.write_string_with_format(0, 0, marker.to_string(), &self.styles.hidden)?;
        sheet.set_column_hidden(0)?;
        sheet.set_landscape();
        sheet.set_paper_size(9); // A4
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.75, 0.7, 0.3, 0.3);
        sheet.set_screen_gridlines(false);
        let (header, footer) = self.page_lines();
        sheet.set_header(header);
        sheet.set_footer(footer);
        sheet.protect_with_options(&ProtectionOptions {
            select_locked_cells: true,
            select_unlocked_cells: true,
            format_columns: true,
            format_rows: true,
            ..ProtectionOptions::new()
        });
        Ok(())
    }

    /// The header and the footer of a printed page: agency, classes and restrictions; questionnaire and page.
    fn page_lines(&self) -> (String, String) {
        let questionnaire = self.sending.questionnaire;
        let escaped = |text: &str| text.replace('&', "&&");
        let header = match &self.sending.tender {
            Some(tender) => {
                let lang = self.sending.languages.all().first().copied();
                let agency = tender.agency.of(lang.unwrap_or(Lang::Ja));
                let marking = self.lines(|lang| marking::line(&tender.marking, lang), "\n");
                let agency = crate::text::shortened(agency, 40);
                let marking = crate::text::shortened(&marking, PAGE_HEADER - 60);
                format!("&L&8{}&R&8{}", escaped(&agency), escaped(&marking))
            }
            None => String::new(),
        };
        let footer = format!(
            "&L&8{} {} ({})&C&8&A&R&8&P / &N",
            escaped(&questionnaire.id),
            escaped(&questionnaire.version),
            questionnaire.digest.short()
        );
        (header, footer)
    }

    /// What a function says in every language of the paper.
    fn lines(&self, say: impl Fn(Lang) -> String, between: &str) -> String {
        let said: Vec<_> = self
            .sending
            .languages
            .all()
            .iter()
            .map(|lang| say(*lang))
            .collect();
        said.join(between)
    }

    fn line(&self, text: &Text) -> String {
        self.sending.languages.line(text)
    }

    fn text(&self, text: &Text) -> String {
        self.sending.languages.lines(text)
    }

    /// A validation by a list, which stands on the machine sheet where it does not fit in.
    fn list(&mut self, words: Vec<String>) -> Result<DataValidation, XlsxError> {
        let length: usize = words
            .iter()
            .map(|word| word.encode_utf16().count() + 1)
            .sum();
        let plain = words.iter().all(|word| !word.contains([',', '"']));
        if plain && length <= INLINE_LIST {
            return DataValidation::new().allow_list_strings(&words);
        }
        let (last, found) = (
            words.len(),
            self.lists.iter().position(|list| *list == words),
        );
        let index = found.unwrap_or_else(|| {
            self.lists.push(words);
            self.lists.len() - 1
        });
        let column =
            FIRST_LIST_COLUMN + u16::try_from(index).unwrap_or(u16::MAX - FIRST_LIST_COLUMN);
        let letters = rust_xlsxwriter::column_number_to_name(column);
        let range = format!(
            "={}!${letters}$1:${letters}${last}",
            formula::quoted(&self.names.machine)
        );
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    /// The sheet that only programs read.
    fn machine(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let questionnaire = self.sending.questionnaire;
        sheet.set_name(&self.names.machine)?;
        sheet.set_hidden(true);
        let marker = Marker::of(questionnaire, SheetKind::Machine);
        sheet.write_string(0, 0, marker.to_string())?;
        let head = [
            ("layout", LAYOUT.to_owned()),
            ("languages", self.sending.languages.word().to_owned()),
            (
                "tender",
                self.sending
                    .tender
                    .as_ref()
                    .map_or_else(String::new, |one| one.id.clone()),
            ),
        ];
        let mut row = 1;
        for (key, value) in head {
            sheet.write_string(row, 0, key)?;
            sheet.write_string(row, 1, value)?;
            row += 1;
        }
        row += 1;
        let titles = [
            "id",
            "number",
            "sheet",
            "text",
            "type",
            "choices",
            "condition",
        ];
        for (column, title) in (0..).zip(titles) {
            sheet.write_string(row, column, title)?;
        }
        let prints = fingerprints(questionnaire);
        for (number, question) in numbered(questionnaire) {
            row += 1;
            let Some(print) = prints.get(&question.id) else {
                continue;
            };
            let sheet_name = self.plan.sheet(&question.id);
            let cells = [
                &question.id,
                &number,
                sheet_name,
                &print.text,
                &print.kind,
                &print.choices,
                &print.condition,
            ];
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell)?;
            }
        }
        for (column, list) in (FIRST_LIST_COLUMN..).zip(&self.lists) {
            for (row, word) in (0..).zip(list) {
                sheet.write_string(row, column, word)?;
            }
        }
        sheet.protect();
        Ok(())
    }

    fn section_name(&self, index: usize) -> String {
        section_sheet(self.sending.questionnaire, index, self.sending.languages)
    }

    fn table_name(&self, number: &str) -> String {
        table_sheet(number, self.sending.languages)
    }

    /// Whether the rows of a table question, or its answer, are filled in already.
    fn filled_in(
        &self,
        question: &Question,
    ) -> Option<&'a crate::questionnaire::carry::CarriedAnswer> {
        let sending: &'a Sending<'a> = self.sending;
        sending.carried(question).filter(|one| one.holds())
    }
}

/// How many lines a text takes in a cell of `width` characters, counting a wide character as two.
pub(in crate::document) fn lines_of(text: &str, width: usize) -> u32 {
    let lines = text.lines().map(|line| {
        let wide: usize = line
            .chars()
            .map(|one| if one.is_ascii() { 1 } else { 2 })
            .sum();
        wide.div_ceil(width.max(1)).max(1)
    });
    u32::try_from(lines.sum::<usize>()).unwrap_or(1)
}

/// The height of a row in points, by its texts with the widths of their cells: programs do not fit heights by themselves once
/// a sheet has a default of its own.
pub(in crate::document) fn row_height<'t>(
    texts: impl IntoIterator<Item = (&'t str, usize)>,
) -> u32 {
    let lines = texts.into_iter().map(|(text, width)| lines_of(text, width));
    // Excel allows 409 points.
    (15 * lines.max().unwrap_or(1).max(1) + 5).min(400)
}
