//! The report as a workbook of five sheets a language.
//!
//! Everything is a text cell, marked so that an editor keeps it a text (`quotePrefix`): what a supplier wrote is never
//! a formula. A CSV file that is saved from it cannot carry that mark. A number stands beside its exact text only where its decimal form is
//! exact. The same report gives the same bytes.

mod cursor;
mod sheets;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::Report;
use super::paper::Paper;
use crate::exact::Exact;
use crate::text::{Lang, printable, shortened};

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}")]
pub struct WorkbookError(#[from] XlsxError);

/// Characters of one cell; the format allows 32,767.
const CELL: usize = 4000;

/// Writes a report as a workbook, with five sheets for each of the languages.
///
/// # Errors
///
/// [`WorkbookError`] where a limit of the format is exceeded, such as 1,048,576 rows.
pub fn workbook(report: &Report<'_>, langs: &[Lang]) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let looks = Looks::new();
    let papers: Vec<_> = langs
        .iter()
        .map(|lang| Paper::new(report, *lang, ""))
        .collect();
    let day = report.assessment.as_of.split('T').next();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(papers.first().map_or("", |paper| paper.title.as_str()))
            .set_author("Mekiki")
            .set_creation_datetime(&made_on(day.unwrap_or_default())?),
    );
    for paper in &papers {
        sheets::summary(paper, &looks, workbook.add_worksheet())?;
        sheets::verdicts(paper, &looks, workbook.add_worksheet())?;
        sheets::contradictions(paper, &looks, workbook.add_worksheet())?;
        sheets::evidence(paper, &looks, workbook.add_worksheet())?;
        sheets::sources(paper, &looks, workbook.add_worksheet())?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// The day of judgment stands for the time of making, so that the bytes follow from the report alone.
fn made_on(day: &str) -> Result<ExcelDateTime, XlsxError> {
    let mut parts = day.split('-');
    let year = parts.next().and_then(|part| part.parse().ok());
    let month = parts.next().and_then(|part| part.parse().ok());
    let day = parts.next().and_then(|part| part.parse().ok());
    ExcelDateTime::from_ymd(year.unwrap_or(2000), month.unwrap_or(1), day.unwrap_or(1))
}

/// The looks of cells.
struct Looks {
    heading: Format,
    text: Format,
    label: Format,
    title: Format,
    link: Format,
    number: Format,
    good: Format,
    bad: Format,
    open: Format,
    faint: Format,
}

impl Looks {
    fn new() -> Self {
        let text = Format::new()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_quote_prefix()
            .set_num_format("@");
        Self {
            heading: text
                .clone()
                .set_bold()
                .set_background_color("#E8ECEF")
                .set_border_bottom(FormatBorder::Thin),
            label: text.clone().set_font_color("#535D6B"),
            title: text.clone().set_bold().set_font_size(14),
            link: text
                .clone()
                .set_font_color("#1F4F6B")
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            number: Format::new()
                .set_align(FormatAlign::Top)
                .set_align(FormatAlign::Right)
                .set_indent(1),
            good: text.clone().set_bold().set_font_color("#1B6341"),
            bad: text.clone().set_bold().set_font_color("#9B1C1C"),
            open: text.clone().set_bold().set_font_color("#7A4F00"),
            faint: text.clone().set_font_color("#535D6B"),
            text,
        }
    }

    fn of(&self, class: &str) -> &Format {
        match class {
            "good" => &self.good,
            "bad" => &self.bad,
            "open" => &self.open,
            "faint" => &self.faint,
            _ => &self.text,
        }
    }
}

/// A text as a cell may hold it.
fn cell(text: &str) -> String {
    shortened(&printable(text), CELL)
}

/// A number as the cell of a number, where its decimal form is exact and a spreadsheet keeps all of its digits.
pub(in crate::document) fn decimal(number: &Exact) -> Option<f64> {
    let text = number.to_string();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (digits <= 15 && !text.contains('/')).then(|| text.parse().ok())?
}

/// What every sheet has: its name, widths, a header row that stays, the marking on every printed page.
fn dress(
    paper: &Paper,
    sheet: &mut Worksheet,
    name: &str,
    widths: &[u16],
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (column, width) in (0_u16..).zip(widths) {
        sheet.set_column_width(column, f64::from(*width))?;
    }
    // A3: fourteen columns are not to be read on A4.
    sheet.set_paper_size(8);
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    let marking = paper.marking.replace('&', "&&");
    sheet.set_header(format!(
        "&L{}&R{}",
        shortened(&marking, 110),
        name.replace('&', "&&")
    ));
    sheet.set_footer(format!("&L{}&R&P / &N", shortened(&marking, 110)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_exact_decimal_is_a_number() {
        for (text, expected) in [
            ("2.5", Some(2.5)),
            ("0", Some(0.0)),
            ("317/3", None),
            ("1234567890.123456", None),
        ] {
            assert_eq!(decimal(&Exact::parse(text).unwrap()), expected, "{text}");
        }
    }
}
