//! The parts of a paper.

use super::voice::Voice;
use crate::tender::Tender;
use crate::text::{Lang, printable, shortened};

/// The most characters of one text that a paper shows.
const SHOWN: usize = 4_000;

/// One paper in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The language.
    pub lang: Lang,
    /// The title.
    pub title: String,
    /// Classes and handling restrictions in words.
    pub marking: String,
    /// What stands at the head: label and value.
    pub head: Vec<(String, String)>,
    /// The parts in order.
    pub parts: Vec<Part>,
    /// Whether its tables need a page that lies on its side.
    pub is_wide: bool,
}

/// One part of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The title of a section, with its number where sections are numbered.
    Heading(String),
    /// A title below it.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// What matters most.
    Result(String),
    /// A remark in small print.
    Note(String),
    /// Points in a row.
    List(Vec<String>),
    /// A formula on a line of its own.
    Formula(String),
    /// Labels with values.
    Pairs(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A picture, as the pictures write it.
    Picture(String),
    /// Places to sign: who signs.
    Signatures(Vec<String>),
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The heads of the columns, and whether a column holds numbers.
    pub head: Vec<(String, bool)>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The cells.
    pub cells: Vec<String>,
    /// Whether it is a sum or another row that stands out.
    pub is_strong: bool,
    /// Whether its one cell is the title of the rows below.
    pub is_title: bool,
}

impl Table {
    /// A table with these columns: head, and whether it holds numbers.
    pub(super) fn new<'a>(head: impl IntoIterator<Item = (&'a str, bool)>) -> Self {
        Self {
            head: head
                .into_iter()
                .map(|(text, number)| (shown(text), number))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row {
            cells: cells.into_iter().map(|text| shown(&text)).collect(),
            ..Row::default()
        });
    }

    /// Adds a row that stands out.
    pub(super) fn strong(&mut self, cells: impl IntoIterator<Item = String>) {
        self.row(cells);
        if let Some(last) = self.rows.last_mut() {
            last.is_strong = true;
        }
    }

    /// Adds a title over the rows below.
    pub(super) fn title(&mut self, title: &str) {
        self.rows.push(Row {
            cells: vec![shown(title)],
            is_strong: true,
            is_title: true,
        });
    }

    /// The cells of a row with whether each is a number, for the template.
    pub fn cells<'a>(&'a self, row: &'a Row) -> Vec<(&'a str, bool)> {
        row.cells
            .iter()
            .enumerate()
            .map(|(place, text)| {
                let number = self.head.get(place).is_some_and(|(_, number)| *number);
                (text.as_str(), number)
            })
            .collect()
    }
}

impl Paper {
    /// A paper about a tender, with its head.
    pub(super) fn new(tender: &Tender, title: &str, voice: Voice) -> Self {
        let lang = voice.lang;
        let mut paper = Self {
            lang,
            title: title.to_owned(),
            marking: crate::document::marking::line(&tender.marking(), lang),
            head: Vec::new(),
            parts: Vec::new(),
            is_wide: false,
        };
        paper.label(&voice.say("report-agency"), tender.agency_name.of(lang));
        paper.label(
            &voice.say("paper-tender"),
            &format!("{} ({})", tender.title.of(lang), tender.id),
        );
        paper
    }

    /// Adds to the head.
    pub(super) fn label(&mut self, label: &str, value: &str) {
        self.head.push((label.to_owned(), shown(value)));
    }

    /// The place for a day beside a signature, for the template.
    pub fn say_day(&self) -> String {
        crate::text::messages::message(self.lang, "paper-day-blank")
    }

    /// Begins a section, numbered.
    pub(super) fn section(&mut self, title: &str) {
        let sections = self
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Heading(_)));
        let number = sections.count() + 1;
        let title = shown(title);
        self.parts.push(Part::Heading(format!("{number}  {title}")));
    }

    /// Begins a section below the section.
    pub(super) fn subsection(&mut self, title: &str) {
        self.parts.push(Part::Subheading(shown(title)));
    }

    /// Adds a paragraph.
    pub(super) fn text(&mut self, text: &str) {
        self.parts.push(Part::Text(shown(text)));
    }

    /// Adds a remark.
    pub(super) fn note(&mut self, text: &str) {
        self.parts.push(Part::Note(shown(text)));
    }

    /// Adds what matters most.
    pub(super) fn result(&mut self, text: &str) {
        self.parts.push(Part::Result(shown(text)));
    }

    /// Adds points in a row, if there are any.
    pub(super) fn list(&mut self, points: &[String]) {
        if !points.is_empty() {
            let points = points.iter().map(|point| shown(point)).collect();
            self.parts.push(Part::List(points));
        }
    }

    /// Adds a formula.
    pub(super) fn formula(&mut self, formula: &str) {
        self.parts.push(Part::Formula(shown(formula)));
    }

    /// Adds labels with values.
    pub(super) fn pairs(&mut self, pairs: &[(String, String)]) {
        let pairs = pairs
            .iter()
            .map(|(label, value)| (shown(label), shown(value)))
            .collect();
        self.parts.push(Part::Pairs(pairs));
    }

    /// Adds a table that has rows.
    pub(super) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.parts.push(Part::Table(table));
        }
    }
}

/// A text as it may be shown.
fn shown(text: &str) -> String {
    shortened(&printable(text), SHOWN)
}
