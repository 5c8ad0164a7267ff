//! The sheet of a bid: an item a row, in bands by block.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule,
    Formula, Worksheet, XlsxError,
};

use super::formula::{needs_comment, worth};
use super::{BidSums, Writer, words};
use crate::assessment::Judgment;
use crate::document::marking;
use crate::document::questionnaire::workbook::formula::quoted;
use crate::document::questionnaire::workbook::row_height;
use crate::document::report::decimal;
use crate::exact::Exact;
use crate::tender::item::{Item, Scale};
use crate::tender::score_sheet::{Column, SheetPart, both, mark_words};
use crate::tender::technical::TechnicalBid;
use crate::text::messages::{message, message_with};

/// The row of the header, from 0.
const HEADER_ROW: u32 = 4;

/// The columns with their widths in characters; two hidden ones for formulas follow.
const COLUMNS: [(Column, u16, u32); 8] = [
    (Column::Item, 1, 10),
    (Column::Title, 2, 36),
    (Column::Points, 3, 7),
    (Column::Scale, 4, 30),
    (Column::Proposal, 5, 36),
    (Column::Mark, 6, 14),
    (Column::Value, 7, 9),
    (Column::Comment, 8, 44),
];
/// Whether a comment is missing; hidden.
const UNEXPLAINED: u16 = 9;
/// Whether the mark is missing; hidden.
const LEFT: u16 = 10;

fn cell(column: u16, row: u32) -> String {
    format!(
        "{}{}",
        rust_xlsxwriter::column_number_to_name(column),
        row + 1
    )
}

fn index(wanted: Column) -> u16 {
    let found = COLUMNS.iter().find(|(column, ..)| *column == wanted);
    found.map_or(0, |(_, index, _)| *index)
}

impl Writer<'_> {
    pub(super) fn bid(
        &mut self,
        sheet: &mut Worksheet,
        bid: &TechnicalBid,
    ) -> Result<BidSums, XlsxError> {
        let name = self.names.get(&bid.id).cloned().unwrap_or_default();
        sheet.set_name(&name)?;
        self.furnish(sheet, SheetPart::Bid(bid.id.clone()))?;
        for (column, index, width) in COLUMNS {
            sheet.set_column_width(index, width)?;
            let look = match column {
                Column::Mark | Column::Comment => &self.looks.own.header_entry,
                _ => &self.looks.own.header,
            };
            sheet.write_string_with_format(HEADER_ROW, index, self.text(&column.title()), look)?;
        }
        sheet.set_row_height(HEADER_ROW, 18 * self.count_languages() + 4)?;
        let assessment = self.order.assessed.get(&bid.id);
        let judgment = |item: &Item| assessment?.judgments.get(item.criterion.as_ref()?);
        let has_proposals = self
            .order
            .technical
            .items
            .iter()
            .any(|item| judgment(item).is_some());
        if !has_proposals {
            sheet.set_column_hidden(index(Column::Proposal))?;
        }
        for hidden in [UNEXPLAINED, LEFT] {
            sheet.set_column_hidden(hidden)?;
        }
        self.head(sheet, bid, has_proposals)?;
        let mut row = HEADER_ROW + 1;
        let mut sums = Vec::new();
        let technical = self.order.technical;
        let blocks = std::iter::once(None).chain((0..technical.blocks.len()).map(Some));
        for block in blocks {
            let items: Vec<_> = technical
                .items
                .iter()
                .filter(|item| item.block == block)
                .collect();
            if items.is_empty() {
                continue;
            }
            let band = row;
            row += 1;
            for item in items {
                let file = &bid.offering.named_at.file;
                self.item(sheet, row, item, (judgment(item), file))?;
                row += 1;
            }
            sums.extend(self.band(sheet, band, block, row)?);
        }
        let last = row.saturating_sub(1);
        let column =
            |column: u16| format!("{}:{}", cell(column, HEADER_ROW + 1), cell(column, last));
        sums.push("0".to_owned());
        let total = format!("={}", sums.join("+"));
        let left = format!("=SUM({})", column(LEFT));
        let unexplained = format!("=SUM({})", column(UNEXPLAINED));
        self.results(sheet, [total, left, unexplained], has_proposals)?;
        self.conditions(sheet, last)?;
        sheet.set_freeze_panes(HEADER_ROW + 1, index(Column::Points))?;
        sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
        sheet.set_print_area(0, 0, last, index(Column::Comment))?;
        sheet.set_selection(
            HEADER_ROW + 2,
            index(Column::Mark),
            HEADER_ROW + 2,
            index(Column::Mark),
        )?;
        let of =
            |column: Column, row: u32| format!("{}!{}", quoted(&name), cell(index(column), row));
        Ok(BidSums {
            total: of(Column::Value, 3),
            left: of(Column::Mark, 3),
            unexplained: of(Column::Comment, 3),
        })
    }

    /// Title, marking and hint.
    fn head(
        &self,
        sheet: &mut Worksheet,
        bid: &TechnicalBid,
        has_proposals: bool,
    ) -> Result<(), XlsxError> {
        let (first, last) = (index(Column::Item), index(Column::Comment));
        let title = format!("{}  {}", bid.id, self.line(&bid.offering.supplier));
        let technical = self.order.technical;
        let lot = technical.lots.get(bid.lot).filter(|(id, _)| id.is_some());
        let title = lot.map_or(title.clone(), |(_, lot)| {
            format!("{title}  ({})", self.line(lot))
        });
        sheet.merge_range(0, first, 0, last, &title, &self.looks.own.title)?;
        sheet.set_row_height(0, 27)?;
        let marking = self.lines(|lang| marking::line(&technical.marking, lang), "\n");
        sheet.merge_range(1, first, 1, last, &marking, &self.looks.own.marking)?;
        let lines = self.count_languages();
        sheet.set_row_height(1, 16 * lines + 2)?;
        let key = if has_proposals {
            "score-hint-proposals"
        } else {
            "score-hint"
        };
        let hint = self.lines(|lang| message(lang, key), "\n");
        sheet.merge_range(2, first, 2, last, &hint, &self.looks.own.hint)?;
        let height = 15 * crate::document::questionnaire::workbook::lines_of(&hint, 170);
        sheet.set_row_height(2, height + 4)?;
        Ok(())
    }

    /// What is entered so far: the sum, the marks that are left, the comments that are missing.
    fn results(
        &self,
        sheet: &mut Worksheet,
        [total, left, unexplained]: [String; 3],
        has_proposals: bool,
    ) -> Result<(), XlsxError> {
        let count = self.order.technical.items.len().to_string();
        let row = HEADER_ROW - 1;
        let label = if has_proposals {
            Column::Proposal
        } else {
            Column::Scale
        };
        let text = self.say("score-so-far");
        sheet.write_string_with_format(row, index(label), &text, &self.looks.own.label)?;
        let number = &self.looks.result;
        let say = |key: &str| {
            self.order
                .languages
                .all()
                .iter()
                .map(|lang| message(*lang, key))
                .collect::<Vec<_>>()
        };
        let prefixed = |words: Vec<String>| words.join(" / ").replace('"', "\"\"");
        let left_look = number
            .clone()
            .set_num_format(format!("\"{} \"0", prefixed(say("score-left"))));
        let sum_look = number.clone();
        let open_look = number
            .clone()
            .set_num_format(format!("\"{} \"0", prefixed(say("score-unexplained"))))
            .set_align(rust_xlsxwriter::FormatAlign::Left);
        let cells = [
            (Column::Mark, left, count.as_str(), &left_look),
            (Column::Value, total, "0", &sum_look),
            (Column::Comment, unexplained, "0", &open_look),
        ];
        for (column, rule, value, look) in cells {
            let formula = Formula::new(rule).set_result(value);
            sheet.write_formula_with_format(row, index(column), formula, look)?;
        }
        sheet.set_row_height(row, 16 * self.count_languages() + 6)?;
        Ok(())
    }

    /// The row above the items of a block, with their sum where they have points; gives the cell of the sum.
    fn band(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        block: Option<usize>,
        next: u32,
    ) -> Result<Option<String>, XlsxError> {
        let block = block.and_then(|place| self.order.technical.blocks.get(place));
        let look = &self.looks.band;
        for (_, index, _) in COLUMNS {
            sheet.write_blank(row, index, look)?;
        }
        let title = block.map_or_else(
            || self.say("score-mandatory"),
            |block| self.text(&block.title),
        );
        sheet.write_string_with_format(row, index(Column::Title), &title, look)?;
        sheet.set_row_height(row, row_height([(title.as_str(), 34)]))?;
        let Some(block) = block else {
            return Ok(None);
        };
        self.number(sheet, row, Column::Points, &block.points, true)?;
        let value = index(Column::Value);
        let rule = format!(
            "=SUM({}:{})",
            cell(value, row + 1),
            cell(value, next.saturating_sub(1))
        );
        let formula = Formula::new(rule).set_result("0");
        sheet.write_formula_with_format(row, value, formula, &self.looks.band_number)?;
        Ok(Some(cell(value, row)))
    }

    fn number(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: Column,
        number: &Exact,
        in_band: bool,
    ) -> Result<(), XlsxError> {
        let look = if in_band {
            &self.looks.band_number
        } else {
            &self.looks.number
        };
        match decimal(number) {
            Some(value) => sheet.write_number_with_format(row, index(column), value, look)?,
            None => sheet.write_string_with_format(row, index(column), number.to_string(), look)?,
        };
        Ok(())
    }

    fn item(
        &mut self,
        sheet: &mut Worksheet,
        row: u32,
        item: &Item,
        (judgment, tender_file): (Option<&Judgment>, &str),
    ) -> Result<(), XlsxError> {
        let procedure = &self.order.technical.procedure;
        let languages = self.order.languages;
        let scale = self.lines(|lang| words::scale(procedure, item, lang), "\n");
        let proposal = judgment.map(|judgment| self.proposal(item, judgment, tender_file));
        let proposal = proposal.unwrap_or_default();
        let title = self.text(&item.title);
        let own = &self.looks.own;
        for (column, text, look) in [
            (Column::Item, item.id.as_str(), &own.cell),
            (Column::Title, title.as_str(), &own.cell),
            (Column::Scale, scale.as_str(), &own.faint),
            (Column::Proposal, proposal.as_str(), &own.faint),
        ] {
            sheet.write_string_with_format(row, index(column), text, look)?;
        }
        if item.points.is_zero() {
            sheet.write_string_with_format(row, index(Column::Points), "—", &self.looks.number)?;
        } else {
            self.number(sheet, row, Column::Points, &item.points, false)?;
        }
        sheet.set_row_height(
            row,
            row_height([
                (item.id.as_str(), 9),
                (title.as_str(), 34),
                (scale.as_str(), 32),
                (proposal.as_str(), 38),
                ("\n", 10),
            ]),
        )?;
        let (mark, value, comment) = (
            cell(index(Column::Mark), row),
            cell(index(Column::Value), row),
            cell(index(Column::Comment), row),
        );
        // A grade or a fraction stays what it is: Excel would take 1/3 for a day.
        let is_number = match &item.scale {
            Scale::Points => true,
            Scale::Steps(steps) => steps.iter().all(|step| decimal(step).is_some()),
            Scale::Met | Scale::Grades(_) => false,
        };
        let look = if is_number {
            &own.entry
        } else {
            &own.entry_text
        };
        let look = look.clone().set_align(rust_xlsxwriter::FormatAlign::Center);
        sheet.write_blank(row, index(Column::Mark), &look)?;
        sheet.write_blank(row, index(Column::Comment), &own.entry_text)?;
        // NOTE: an empty result would be kept as the number 0.
        let rule = Formula::new(worth(procedure, item, languages, &mark)).set_result(" ");
        sheet.write_formula_with_format(row, index(Column::Value), rule, &self.looks.number)?;
        let rule = match judgment {
            Some(judgment) => needs_comment(
                procedure,
                item,
                judgment,
                languages,
                (&mark, &value, &comment),
            ),
            None => "=0".to_owned(),
        };
        sheet.write_formula(row, UNEXPLAINED, Formula::new(rule).set_result("0"))?;
        let rule = format!("=IF({mark}=\"\",1,0)");
        sheet.write_formula(row, LEFT, Formula::new(rule).set_result("1"))?;
        let validation = self.validation(item)?;
        sheet.add_data_validation(
            row,
            index(Column::Mark),
            row,
            index(Column::Mark),
            &validation,
        )?;
        Ok(())
    }

    /// What the machine proposes in every language, then where it rests.
    fn proposal(&self, item: &Item, judgment: &Judgment, tender_file: &str) -> String {
        let mut lines = vec![self.lines(|lang| words::proposal(item, judgment, lang), "\n")];
        let (places, more) = words::places(judgment, tender_file);
        if !places.is_empty() {
            lines.push(self.line(&both("score-rests-on")));
            lines.extend(places);
        }
        if more > 0 {
            let count = more.to_string();
            let say = |lang| message_with(lang, "score-more-places", &[("count", &count)]);
            lines.push(self.lines(say, " / "));
        }
        lines.join("\n")
    }

    fn validation(&mut self, item: &Item) -> Result<DataValidation, XlsxError> {
        let error = self.lines(|lang| message(lang, "score-mark-error"), "\n");
        let words = mark_words(&self.order.technical.procedure, item);
        let validation = if words.is_empty() {
            let highest = Formula::new(format!("={}", item.highest_mark()));
            DataValidation::new().allow_decimal_number_formula(DataValidationRule::Between(
                Formula::new("=0"),
                highest,
            ))
        } else {
            let words = words.iter().map(|word| self.line(word)).collect();
            self.list(words)?
        };
        validation
            .ignore_blank(true)
            .set_error_style(DataValidationErrorStyle::Stop)
            .set_error_message(error)
    }

    /// Shows what is wrong, and what is done.
    fn conditions(&self, sheet: &mut Worksheet, last: u32) -> Result<(), XlsxError> {
        let first = HEADER_ROW + 1;
        let (mark, comment) = (index(Column::Mark), index(Column::Comment));
        let at = |column: u16| format!("${}", cell(column, first));
        let wrong = ConditionalFormatFormula::new()
            .set_rule(Formula::new(format!("={}=\"?\"", at(index(Column::Value)))))
            .set_format(self.looks.alarm.clone());
        sheet.add_conditional_format(first, mark, last, index(Column::Value), &wrong)?;
        let unexplained = ConditionalFormatFormula::new()
            .set_rule(Formula::new(format!("={}=1", at(UNEXPLAINED))))
            .set_format(self.looks.alarm.clone());
        sheet.add_conditional_format(first, comment, last, comment, &unexplained)?;
        let row = HEADER_ROW - 1;
        for column in [mark, comment] {
            let open = ConditionalFormatFormula::new()
                .set_rule(Formula::new(format!("={}>0", cell(column, row))))
                .set_format(self.looks.alarm.clone());
            sheet.add_conditional_format(row, column, row, column, &open)?;
            let done = ConditionalFormatFormula::new()
                .set_rule(Formula::new(format!("={}=0", cell(column, row))))
                .set_format(self.looks.ready.clone());
            sheet.add_conditional_format(row, column, row, column, &done)?;
        }
        Ok(())
    }
}
