//! The five sheets.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use super::{Looks, cell, decimal, dress};
use crate::document::report::paper::{CriterionPart, Link, Paper};
use crate::exact::Exact;
use crate::text::messages::message;

/// The first sheet: head, score, gates by stage and groups.
pub(super) fn summary(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    dress(
        paper,
        sheet,
        &paper.say("report-sheet-summary"),
        &[(0, 30), (1, 48), (2, 16), (3, 16), (4, 16)],
    )?;
    let mut page = Cursor::new(sheet, looks);
    page.text(0, &paper.title, &looks.title)?;
    page.next();
    for (label, value) in &paper.head {
        page.pair(label, value)?;
    }
    if !paper.marking.is_empty() {
        page.pair(&paper.say("report-marking"), &paper.marking)?;
    }
    page.next();
    page.pair(&paper.say("report-score-title"), &paper.score)?;
    for sentence in &paper.completeness {
        page.pair("", sentence)?;
    }
    page.next();
    let header = ["report-group", "report-gates", "report-low", "report-high", "report-of"];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for group in &paper.groups {
        page.text(0, &format!("({}) {}", group.letter, group.title), &looks.text)?;
        page.text(1, &group.gates, &looks.text)?;
        let scores = group.criteria.iter().filter_map(|one| one.score.as_ref());
        let (mut low, mut high, mut of) = (Exact::zero(), Exact::zero(), Exact::zero());
        for score in scores {
            (low, high, of) = (low.plus(&score.low), high.plus(&score.high), of.plus(&score.of));
        }
        for (column, points) in [(2, low), (3, high), (4, of)] {
            page.number(column, &points)?;
        }
        page.next();
    }
    page.next();
    page.header(&["report-stage", "report-verdict"].map(|key| message(paper.lang, key)))?;
    for stage in &paper.stages {
        page.text(0, &stage.name, &looks.text)?;
        page.text(1, &stage.word, looks.of(stage.class))?;
        page.next();
    }
    for (title, advice) in [
        ("report-narrowing", &paper.narrowing),
        ("report-repairs", &paper.repairs),
    ] {
        if advice.is_empty() {
            continue;
        }
        page.next();
        page.header(&[message(paper.lang, title), String::new(), paper.say("report-points")])?;
        for one in advice {
            page.text(0, &format!("{} {}", one.criterion, one.title), &looks.text)?;
            page.text(1, &one.what, &looks.text)?;
            page.text(2, &one.points, &looks.text)?;
            page.next();
        }
    }
    Ok(())
}

/// One row a criterion.
pub(super) fn verdicts(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let widths = [9, 26, 38, 14, 16, 9, 9, 8, 10, 10, 16, 46, 60, 12];
    let widths: Vec<_> = (0_u16..).zip(widths).collect();
    dress(paper, sheet, &paper.say("report-sheet-verdicts"), &widths)?;
    let header = [
        "report-group",
        "report-id",
        "criterion",
        "kind",
        "report-verdict",
        "report-low",
        "report-high",
        "report-of",
        "report-low-number",
        "report-high-number",
        "report-rank-title",
        "value",
        "rests-on",
        "report-due",
    ];
    let columns = u16::try_from(header.len()).unwrap_or(1);
    let rows = rows_of(paper);
    let target = paper.say("report-sheet-evidence");
    let mut page = Cursor::new(sheet, looks);
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for group in &paper.groups {
        for one in group.criteria.iter().chain(&group.outside) {
            page.text(0, &group.letter, &looks.text)?;
            page.text(1, &one.id, &looks.text)?;
            page.text(2, &one.title, &looks.text)?;
            page.text(3, &one.kind, &looks.text)?;
            page.text(4, &one.verdict.word, looks.of(one.verdict.class))?;
            let links = all_links(one);
            let first = links.first().and_then(|link| rows.get(&link.anchor));
            if let Some(score) = &one.score {
                let points = [(5, &score.low), (6, &score.high), (7, &score.of)];
                for (column, points) in points {
                    match first.filter(|_| column == 5) {
                        // The points lead to what they rest on.
                        Some(row) => page.link(column, &points.to_string(), &target, *row)?,
                        None => page.text(column, &points.to_string(), &looks.text)?,
                    }
                }
                page.number(8, &score.low)?;
                page.number(9, &score.high)?;
            }
            page.text(10, &one.rank, &looks.text)?;
            page.text(11, &decided(one), &looks.text)?;
            let cited: Vec<_> = links.iter().map(|link| link.label.as_str()).collect();
            let cited = cited.join("\u{3000}");
            match first {
                Some(row) => page.link(12, &cited, &target, *row)?,
                None => page.text(12, &cited, &looks.text)?,
            }
            page.text(13, &one.due, &looks.text)?;
            page.next();
        }
    }
    let last = page.row.saturating_sub(1);
    sheet.set_freeze_panes(1, 3)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

/// The values that decided, or why nothing did.
fn decided(one: &CriterionPart) -> String {
    let values = one.values.iter().filter(|value| value.counted);
    let values = values.map(|value| {
        let name = if value.title.is_empty() { &value.fact } else { &value.title };
        format!("{name}: {}", value.value)
    });
    let reasons = one.because.iter().chain(&one.reasons).cloned();
    values.chain(reasons).collect::<Vec<_>>().join("; ")
}

fn all_links(one: &CriterionPart) -> Vec<&Link> {
    let counted = one.values.iter().filter(|value| value.counted);
    let others = one.values.iter().filter(|value| !value.counted);
    let mut links: Vec<&Link> = Vec::new();
    let all = counted.chain(others).flat_map(|value| &value.links);
    for link in all.chain(&one.links) {
        if !links.iter().any(|known| known.anchor == link.anchor) {
            links.push(link);
        }
    }
    links
}

/// One row a side of a contradiction.
pub(super) fn contradictions(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    dress(
        paper,
        sheet,
        &paper.say("report-sheet-contradictions"),
        &[(0, 34), (1, 40), (2, 34), (3, 18), (4, 70)],
    )?;
    let rows = rows_of(paper);
    let target = paper.say("report-sheet-evidence");
    let mut page = Cursor::new(sheet, looks);
    let header = ["report-id", "fact", "value", "report-rank-title", "rests-on"];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for dispute in &paper.contradictions {
        for side in &dispute.sides {
            page.text(0, &dispute.fact, &looks.text)?;
            page.text(1, &dispute.title, &looks.text)?;
            page.text(2, &side.value, &looks.text)?;
            page.text(3, &side.rank, &looks.text)?;
            let cited: Vec<_> = side.links.iter().map(|link| link.label.as_str()).collect();
            let cited = cited.join("\u{3000}");
            let first = side.links.first().and_then(|link| rows.get(&link.anchor));
            match first {
                Some(row) => page.link(4, &cited, &target, *row)?,
                None => page.text(4, &cited, &looks.text)?,
            }
            page.next();
        }
    }
    if paper.contradictions.is_empty() {
        page.text(0, &paper.say("no-contradictions"), &looks.text)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// One row a cited place; one for a file that nothing cites.
pub(super) fn evidence(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    dress(
        paper,
        sheet,
        &paper.say("report-sheet-evidence"),
        &[(0, 48), (1, 66), (2, 12), (3, 22), (4, 60), (5, 44)],
    )?;
    let mut page = Cursor::new(sheet, looks);
    let header = [
        "report-file",
        "report-sha256",
        "report-size",
        "report-place",
        "report-excerpt",
        "report-cited-by",
    ];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for file in &paper.files {
        let front = |page: &mut Cursor<'_>| -> Result<(), XlsxError> {
            page.text(0, &file.path, &looks.text)?;
            page.text(1, &file.sha256.hex(), &looks.text)?;
            let bytes = file.bytes.map_or_else(String::new, |bytes| bytes.to_string());
            page.text(2, &bytes, &looks.text)
        };
        if file.places.is_empty() {
            front(&mut page)?;
            page.text(5, &paper.say("report-uncited"), &looks.faint)?;
            page.next();
        }
        for place in &file.places {
            front(&mut page)?;
            page.text(3, &place.place, &looks.text)?;
            let cited = place.lines.iter().filter(|line| line.cited);
            let cited: Vec<_> = cited.map(|line| line.text.trim()).collect();
            page.text(4, &cited.join(" "), &looks.text)?;
            let criteria: Vec<_> = place.criteria.iter().map(ToString::to_string).collect();
            page.text(5, &criteria.join(", "), &looks.text)?;
            page.next();
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// The row of each anchor on the sheet of evidence, from 0.
fn rows_of(paper: &Paper) -> BTreeMap<String, u32> {
    let mut rows = BTreeMap::new();
    let mut row = 1;
    for file in &paper.files {
        rows.insert(file.anchor.clone(), row);
        for place in &file.places {
            rows.insert(place.anchor.clone(), row);
            row += 1;
        }
        row += u32::from(file.places.is_empty());
    }
    rows
}

/// One row a source of a criterion, with whether it was read or remembered.
pub(super) fn sources(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    dress(
        paper,
        sheet,
        &paper.say("report-sheet-sources"),
        &[(0, 26), (1, 40), (2, 66), (3, 24), (4, 36)],
    )?;
    let mut page = Cursor::new(sheet, looks);
    let header = ["report-id", "criterion", "source", "report-item", "report-mark"];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for group in &paper.groups {
        for one in group.criteria.iter().chain(&group.outside) {
            for source in &one.sources {
                page.text(0, &one.id, &looks.text)?;
                page.text(1, &one.title, &looks.text)?;
                page.text(2, &source.document, &looks.text)?;
                page.text(3, &source.item, &looks.text)?;
                let look = if source.verified { &looks.text } else { &looks.open };
                page.text(4, &source.mark, look)?;
                page.next();
            }
        }
    }
    let last = page.row.saturating_sub(1);
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.autofilter(0, 0, last, 4)?;
    Ok(())
}

/// Writes a sheet row by row.
struct Cursor<'s> {
    sheet: &'s mut Worksheet,
    looks: &'s Looks,
    row: u32,
}

impl<'s> Cursor<'s> {
    fn new(sheet: &'s mut Worksheet, looks: &'s Looks) -> Self {
        Self {
            sheet,
            looks,
            row: 0,
        }
    }

    fn next(&mut self) {
        self.row += 1;
    }

    fn text(&mut self, column: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.sheet
                .write_string_with_format(self.row, column, cell(text), look)?;
        }
        Ok(())
    }

    fn pair(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        let looks = self.looks;
        self.text(0, label, &looks.label)?;
        self.text(1, value, &looks.text)?;
        self.next();
        Ok(())
    }

    fn header(&mut self, titles: &[String]) -> Result<(), XlsxError> {
        let looks = self.looks;
        for (column, title) in (0_u16..).zip(titles) {
            self.text(column, title, &looks.heading)?;
        }
        self.next();
        Ok(())
    }

    fn number(&mut self, column: u16, number: &Exact) -> Result<(), XlsxError> {
        let looks = self.looks;
        match decimal(number) {
            Some(value) => {
                self.sheet
                    .write_number_with_format(self.row, column, value, &looks.number)?;
                Ok(())
            }
            None => self.text(column, &number.to_string(), &looks.text),
        }
    }

    /// A text that leads to a row of another sheet.
    fn link(&mut self, column: u16, text: &str, sheet: &str, row: u32) -> Result<(), XlsxError> {
        let url = Url::new(format!("internal:'{sheet}'!A{}", row + 1)).set_text(cell(text));
        self.sheet
            .write_url_with_format(self.row, column, url, &self.looks.link)?;
        Ok(())
    }
}
