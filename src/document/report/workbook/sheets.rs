//! The five sheets.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Looks;
use super::cursor::Cursor;
use crate::document::report::paper::{CriterionPart, Link, Paper};
use crate::exact::Exact;
use crate::text::messages::message;

/// The first sheet: head, score, gates by stage and groups.
pub(super) fn summary(
    paper: &Paper,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let widths = [34, 80, 14, 14, 14];
    let mut page = Cursor::new(
        paper,
        looks,
        sheet,
        &paper.say("report-sheet-summary"),
        &widths,
    )?;
    page.text(0, &paper.title, &looks.title)?;
    page.next()?;
    for (label, value) in &paper.head {
        page.pair(label, value)?;
    }
    if !paper.marking.is_empty() {
        page.pair(&paper.say("report-marking"), &paper.marking)?;
    }
    page.next()?;
    page.pair(&paper.say("report-score-title"), &paper.score)?;
    for sentence in &paper.completeness {
        page.pair("", sentence)?;
    }
    page.next()?;
    let header = [
        "report-group",
        "report-gates",
        "report-low",
        "report-high",
        "report-of",
    ];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for group in &paper.groups {
        page.text(
            0,
            &format!("({}) {}", group.letter, group.title),
            &looks.text,
        )?;
        page.text(1, &group.gates, &looks.text)?;
        let scores = group.criteria.iter().filter_map(|one| one.score.as_ref());
        let (mut low, mut high, mut of) = (Exact::zero(), Exact::zero(), Exact::zero());
        for score in scores {
            (low, high, of) = (
                low.plus(&score.low),
                high.plus(&score.high),
                of.plus(&score.of),
            );
        }
        for (column, points) in [(2, low), (3, high), (4, of)] {
            page.number(column, &points)?;
        }
        page.next()?;
    }
    page.next()?;
    page.header(&["report-stage", "report-verdict"].map(|key| message(paper.lang, key)))?;
    for stage in &paper.stages {
        page.text(0, &stage.name, &looks.text)?;
        page.text(1, &stage.word, looks.of(stage.class))?;
        page.next()?;
    }
    for (title, advice) in [
        ("report-narrowing", &paper.narrowing),
        ("report-repairs", &paper.repairs),
    ] {
        if advice.is_empty() {
            continue;
        }
        page.next()?;
        page.header(&[
            message(paper.lang, title),
            String::new(),
            paper.say("report-points"),
        ])?;
        for one in advice {
            page.text(
                0,
                &format!("{} ({})", one.title, one.criteria.join(", ")),
                &looks.text,
            )?;
            page.text(1, &one.what, &looks.text)?;
            page.text(2, &one.points, &looks.text)?;
            page.next()?;
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
    let widths = [6, 27, 30, 13, 14, 9, 8, 8, 14, 14, 11, 46, 46, 11, 12];
    let mut page = Cursor::new(
        paper,
        looks,
        sheet,
        &paper.say("report-sheet-verdicts"),
        &widths,
    )?;
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
        "report-places",
        "report-due",
    ];
    let columns = u16::try_from(header.len()).unwrap_or(1);
    let rows = rows_of(paper);
    let target = paper.say("report-sheet-evidence");
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
            page.text(10, &one.rank_number, &looks.text)?;
            page.text(11, &decided(one), &looks.text)?;
            let cited: Vec<_> = links.iter().map(|link| link.label.as_str()).collect();
            let cited = cited.join("; ");
            page.text(12, &cited, &looks.text)?;
            if let Some(row) = first {
                page.link(13, &links.len().to_string(), &target, *row)?;
            }
            page.text(14, &one.due, &looks.text)?;
            page.next()?;
        }
    }
    let last = page.last_row();
    let sheet = page.sheet();
    sheet.set_freeze_panes(1, 3)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

/// The values that decided, or why nothing did.
fn decided(one: &CriterionPart) -> String {
    let values = one.values.iter().filter(|value| value.counted);
    let values = values.map(|value| {
        let name = if value.title.is_empty() {
            &value.fact
        } else {
            &value.title
        };
        format!("{name}: {}", value.value)
    });
    let reasons = one.because.iter().chain(&one.reasons).cloned();
    let mut said: Vec<String> = Vec::new();
    for one in values.chain(reasons) {
        if !said.contains(&one) {
            said.push(one);
        }
    }
    said.join("; ")
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
    let widths = [34, 40, 34, 16, 60, 11];
    let mut page = Cursor::new(
        paper,
        looks,
        sheet,
        &paper.say("report-sheet-contradictions"),
        &widths,
    )?;
    let rows = rows_of(paper);
    let target = paper.say("report-sheet-evidence");
    let header = [
        "report-id",
        "fact",
        "value",
        "report-rank-title",
        "rests-on",
        "report-places",
    ];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for dispute in &paper.contradictions {
        for side in &dispute.sides {
            page.text(0, &dispute.fact, &looks.text)?;
            page.text(1, &dispute.title, &looks.text)?;
            page.text(2, &side.value, &looks.text)?;
            page.text(3, &side.rank, &looks.text)?;
            let cited: Vec<_> = side.links.iter().map(|link| link.label.as_str()).collect();
            let cited = cited.join("; ");
            let first = side.links.first().and_then(|link| rows.get(&link.anchor));
            page.text(4, &cited, &looks.text)?;
            if let Some(row) = first {
                page.link(5, &side.links.len().to_string(), &target, *row)?;
            }
            page.next()?;
        }
    }
    if paper.contradictions.is_empty() {
        page.text(0, &paper.say("no-contradictions"), &looks.text)?;
    }
    let sheet = page.sheet();
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
    let widths = [46, 34, 10, 16, 56, 40];
    let mut page = Cursor::new(
        paper,
        looks,
        sheet,
        &paper.say("report-sheet-evidence"),
        &widths,
    )?;
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
            let bytes = file
                .bytes
                .map_or_else(String::new, |bytes| bytes.to_string());
            page.text(2, &bytes, &looks.text)
        };
        if file.places.is_empty() {
            front(&mut page)?;
            page.text(5, &paper.say("report-uncited"), &looks.faint)?;
            page.next()?;
        }
        for place in &file.places {
            front(&mut page)?;
            page.text(3, &place.place, &looks.text)?;
            let cited = place.lines.iter().filter(|line| line.cited);
            let cited: Vec<_> = cited.map(|line| line.text.trim()).collect();
            page.text(4, &cited.join(" "), &looks.text)?;
            let criteria: Vec<_> = place.criteria.iter().map(ToString::to_string).collect();
            page.text(5, &criteria.join(", "), &looks.text)?;
            page.next()?;
        }
    }
    let sheet = page.sheet();
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
    let widths = [26, 40, 66, 24, 36];
    let mut page = Cursor::new(
        paper,
        looks,
        sheet,
        &paper.say("report-sheet-sources"),
        &widths,
    )?;
    let header = [
        "report-id",
        "criterion",
        "source",
        "report-item",
        "report-mark",
    ];
    page.header(&header.map(|key| message(paper.lang, key)))?;
    for group in &paper.groups {
        for one in group.criteria.iter().chain(&group.outside) {
            for source in &one.sources {
                page.text(0, &one.id, &looks.text)?;
                page.text(1, &one.title, &looks.text)?;
                page.text(2, &source.document, &looks.text)?;
                page.text(3, &source.item, &looks.text)?;
                let look = if source.verified {
                    &looks.text
                } else {
                    &looks.open
                };
                page.text(4, &source.mark, look)?;
                page.next()?;
            }
        }
    }
    let last = page.last_row();
    let sheet = page.sheet();
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.autofilter(0, 0, last, 4)?;
    Ok(())
}
