//! Score sheets (評価票) as an XLSX workbook: a cover with the declaration of no conflict of interest, a sheet a bid, and a
//! hidden sheet for the program that reads it back.
//!
//! Only what the evaluator fills in is unlocked; the protection has no password, for it keeps from slips and proves nothing.
//! **Invariant:** a workbook is made of [`Technical`], which holds no price, and of nothing that another evaluator marked.

mod bid;
mod cover;
mod formula;
mod words;

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, ProtectionOptions,
    Workbook, Worksheet, XlsxError,
};

use crate::assessment::Assessment;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::marking;
use crate::document::questionnaire::workbook::formula::quoted;
use crate::document::questionnaire::workbook::style::Styles;
use crate::document::questionnaire::workbook::{INLINE_LIST, PAGE_HEADER};
use crate::id::BidId;
use crate::questionnaire::sending::Languages;
use crate::tender::score_sheet::{LAYOUT, Marker, SheetPart, both};
use crate::tender::technical::{Technical, TechnicalBid};
use crate::text::messages::message;
use crate::text::{Lang, Text, printable, shortened};

/// The name of the hidden sheet.
const MACHINE: &str = "mekiki";

/// The first column of the hidden sheet that holds a list.
const FIRST_LIST_COLUMN: u16 = 4;

/// The most characters of a sheet's name (ECMA-376-1, 18.2.19, as Excel enforces it).
const SHEET_NAME: usize = 31;

/// What goes out to an evaluator.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The tender, without its prices.
    pub technical: &'a Technical,
    /// The evaluator.
    pub evaluator: &'a str,
    /// The bids that this person is to mark.
    pub bids: Vec<&'a TechnicalBid>,
    /// The assessments of the bids whose evidence is at hand.
    pub assessed: &'a BTreeMap<BidId, Assessment>,
    /// The languages of the workbook.
    pub languages: Languages,
}

/// Writes the workbook.
///
/// # Errors
///
/// `workbook-unwritable` when something does not fit into a workbook, such as a text of more than 32,767 characters.
pub fn write(order: &Order<'_>) -> Result<Vec<u8>, Diagnostic> {
    Writer::new(order).write().map_err(|error| {
        let message = format!("the score sheets do not fit into a workbook: {error}");
        Diagnostic::error("workbook-unwritable", Place::whole(), message)
            .help("shorten the text that is too long")
    })
}

/// The looks that the questionnaires do not have.
struct Looks {
    own: Styles,
    band: Format,
    band_number: Format,
    number: Format,
    /// A number on the cover.
    count: Format,
    alarm: Format,
    ready: Format,
    result: Format,
}

struct Writer<'a> {
    order: &'a Order<'a>,
    looks: Looks,
    names: BTreeMap<BidId, String>,
    /// Lists too long for a validation, one a column of the hidden sheet.
    lists: Vec<Vec<String>>,
}

/// Where the sums of a bid's sheet stand.
struct BidSums {
    total: String,
    left: String,
    unexplained: String,
}

impl<'a> Writer<'a> {
    fn new(order: &'a Order<'a>) -> Self {
        let own = Styles::new(order.languages);
        let band = own
            .total
            .clone()
            .set_background_color(rust_xlsxwriter::Color::RGB(0x00D9_E2EC));
        let right = |format: &Format| format.clone().set_align(FormatAlign::Right).set_indent(1);
        let names = (1..).zip(&order.bids).map(|(number, bid)| {
            let name: String = format!("{number} {}", bid.id)
                .chars()
                .take(SHEET_NAME)
                .collect();
            (bid.id.clone(), name)
        });
        Self {
            order,
            names: names.collect(),
            lists: Vec::new(),
            looks: Looks {
                band_number: right(&band),
                band,
                number: right(&own.cell),
                count: right(&own.value),
                result: right(&own.total),
                alarm: Format::new()
                    .set_background_color(rust_xlsxwriter::Color::RGB(0x00FD_E8E8))
                    .set_font_color(rust_xlsxwriter::Color::RGB(0x009B_1C1C)),
                ready: Format::new().set_background_color(rust_xlsxwriter::Color::RGB(0x00E3_F9E5)),
                own,
            },
        }
    }

    fn write(mut self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        // NOTE: without a fixed time the file would say when it was written, and no two would be equal.
        let properties = DocProperties::new()
            .set_title(self.line(&self.order.technical.title))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
        workbook.set_properties(&properties);
        workbook.set_default_format(&self.looks.own.plain, 20, 64)?;
        workbook.add_worksheet().set_name(self.cover_name())?;
        let bids = self.order.bids.clone();
        let mut sums = Vec::new();
        for bid in bids {
            sums.push(self.bid(workbook.add_worksheet(), bid)?);
        }
        self.machine(workbook.add_worksheet())?;
        let cover = workbook.worksheet_from_index(0)?;
        self.cover(cover, &sums)?;
        workbook.save_to_buffer()
    }

    fn cover_name(&self) -> String {
        self.lines(|lang| message(lang, "score-cover"), " ")
    }

    /// What all sheets for people have in common.
    fn furnish(&self, sheet: &mut Worksheet, part: SheetPart) -> Result<(), XlsxError> {
        let marker = self.marker(part).to_string();
        sheet.write_string_with_format(0, 0, marker, &self.looks.own.hidden)?;
        sheet.set_column_hidden(0)?;
        sheet.set_landscape();
        sheet.set_paper_size(9); // A4
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.75, 0.7, 0.3, 0.3);
        sheet.set_screen_gridlines(false);
        let technical = self.order.technical;
        let escaped = |text: &str| text.replace('&', "&&");
        let lang = self
            .order
            .languages
            .all()
            .first()
            .copied()
            .unwrap_or(Lang::Ja);
        let agency = shortened(&printable(technical.agency.of(lang)), 40);
        let marking = self.lines(|lang| marking::line(&technical.marking, lang), "\n");
        let marking = shortened(&marking, PAGE_HEADER - 60);
        sheet.set_header(format!("&L&8{}&R&8{}", escaped(&agency), escaped(&marking)));
        sheet.set_footer(format!(
            "&L&8{} · {} · sha256:{}&C&8&A&R&8&P / &N",
            technical.id,
            self.order.evaluator,
            technical
                .procedure
                .digest
                .hex()
                .chars()
                .take(16)
                .collect::<String>()
        ));
        sheet.protect_with_options(&ProtectionOptions {
            select_locked_cells: true,
            select_unlocked_cells: true,
            format_columns: true,
            format_rows: true,
            ..ProtectionOptions::new()
        });
        Ok(())
    }

    fn marker(&self, part: SheetPart) -> Marker {
        Marker {
            layout: LAYOUT.to_owned(),
            tender: self.order.technical.id.to_string(),
            rules: format!("sha256:{}", self.order.technical.procedure.digest.hex()),
            evaluator: self.order.evaluator.to_owned(),
            part,
        }
    }

    /// The sheet that only programs read: which bids went out, and lists.
    fn machine(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(MACHINE)?;
        sheet.set_hidden(true);
        sheet.write_string(0, 0, self.marker(SheetPart::Machine).to_string())?;
        sheet.write_string(1, 0, "languages")?;
        sheet.write_string(1, 1, self.order.languages.word())?;
        for (row, bid) in (2..).zip(&self.order.bids) {
            sheet.write_string(row, 0, "bid")?;
            sheet.write_string(row, 1, bid.id.as_str())?;
        }
        for (column, list) in (FIRST_LIST_COLUMN..).zip(&self.lists) {
            for (row, word) in (0..).zip(list) {
                sheet.write_string(row, column, word)?;
            }
        }
        sheet.protect();
        Ok(())
    }

    /// A validation by a list, which stands on the hidden sheet where it does not fit in.
    fn list(&mut self, words: Vec<String>) -> Result<DataValidation, XlsxError> {
        let length: usize = words
            .iter()
            .map(|word| word.encode_utf16().count() + 1)
            .sum();
        let plain = words.iter().all(|word| !word.contains([',', '"']));
        if plain && length <= INLINE_LIST {
            return DataValidation::new().allow_list_strings(&words);
        }
        let last = words.len();
        let found = self.lists.iter().position(|list| *list == words);
        let index = found.unwrap_or_else(|| {
            self.lists.push(words);
            self.lists.len() - 1
        });
        let column =
            FIRST_LIST_COLUMN + u16::try_from(index).unwrap_or(u16::MAX - FIRST_LIST_COLUMN);
        let letters = rust_xlsxwriter::column_number_to_name(column);
        let range = format!("={}!${letters}$1:${letters}${last}", quoted(MACHINE));
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    /// What a function says in every language of the workbook.
    fn lines(&self, say: impl Fn(Lang) -> String, between: &str) -> String {
        let mut said: Vec<_> = self
            .order
            .languages
            .all()
            .iter()
            .map(|lang| say(*lang))
            .collect();
        said.dedup();
        said.join(between)
    }

    fn say(&self, key: &str) -> String {
        self.text(&both(key))
    }

    fn line(&self, text: &Text) -> String {
        self.order.languages.line(text)
    }

    fn text(&self, text: &Text) -> String {
        self.order.languages.lines(text)
    }

    fn count_languages(&self) -> u32 {
        u32::try_from(self.order.languages.all().len()).unwrap_or(1)
    }
}
