//! How a questionnaire lies in a workbook: the constants that its writer and its reader share.
//!
//! Every sheet says in its first cell, which is hidden, what it is ([`Marker`]); every row of a question carries the question's
//! identifier in a hidden column. A reader goes by these first, and by the words of the header row where they are gone.

use super::sending::Languages;
use super::{Question, QuestionType, Questionnaire};
use crate::text::messages::message;
use crate::text::{Lang, Text};

/// The version of the layout, stated by the machine sheet and by every marker.
pub const LAYOUT: &str = "1";

/// The word that begins every marker.
pub const MARK: &str = "mekiki-questionnaire";

/// The row of the header on the sheets of sections and tables, from 0. A reader looks for the header's words instead.
pub const HEADER_ROW: u32 = 3;

/// The row of a table's hidden column identifiers, from 0.
pub const COLUMN_IDS_ROW: u32 = 4;

/// Empty rows of a table question.
pub const TABLE_ROWS: u32 = 60;

/// What joins a question to a choice in the hidden identifier of a row that asks for one choice of several.
pub const CHOICE_SEPARATOR: char = '#';

/// What is entered beside each choice of several that applies.
pub const CHOSEN: &str = "○";

/// The most characters of a sheet's name, in UTF-16 units (ECMA-376-1, 18.2.19, as Excel enforces it).
const SHEET_NAME_UNITS: usize = 31;

/// The columns of a section's sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetColumn {
    /// The question's identifier; hidden.
    Id,
    /// Whether it is asked: 1, 0, or nothing while that is open; hidden, a formula.
    Asked,
    /// Whether it is answered: 1 or 0; hidden, a formula.
    Answered,
    /// The stamp of an answer that was filled in; hidden.
    Stamp,
    /// The number, such as `3-2`.
    Number,
    /// The question.
    Question,
    /// How to answer, and the document asked for.
    Guidance,
    /// When it is asked.
    Condition,
    /// The answer.
    Answer,
    /// The form of the answer: its words, its unit and range.
    Form,
    /// Remarks, or the reason why the question does not apply.
    Remarks,
    /// Names of documents.
    Documents,
    /// What was answered before, and why it was not filled in.
    Previous,
    /// Whether an answer that was filled in was confirmed.
    Confirmed,
    /// Why an answer that was filled in was changed.
    Reason,
}

impl SheetColumn {
    /// Every column in order; the last three stand only where earlier answers were taken over.
    pub const ALL: [Self; 15] = [
        Self::Id,
        Self::Asked,
        Self::Answered,
        Self::Stamp,
        Self::Number,
        Self::Question,
        Self::Guidance,
        Self::Condition,
        Self::Answer,
        Self::Form,
        Self::Remarks,
        Self::Documents,
        Self::Previous,
        Self::Confirmed,
        Self::Reason,
    ];

    /// The position that the writer gives it, from 0.
    pub fn index(self) -> u16 {
        let index = Self::ALL.iter().position(|one| *one == self);
        u16::try_from(index.unwrap_or_default()).unwrap_or_default()
    }

    /// Its letters in a formula; there are fewer than 26 columns.
    pub fn letter(self) -> char {
        char::from(b'A' + u8::try_from(self.index()).unwrap_or_default())
    }

    /// Whether it is for programs only.
    pub fn is_hidden(self) -> bool {
        self < Self::Number
    }

    /// Whether it stands only where earlier answers were taken over.
    pub fn is_for_carried(self) -> bool {
        self >= Self::Previous
    }

    /// Whether the supplier writes there.
    pub fn is_entered(self) -> bool {
        matches!(
            self,
            Self::Answer | Self::Remarks | Self::Documents | Self::Confirmed | Self::Reason
        )
    }

    /// Its width in characters.
    pub fn width(self) -> u32 {
        match self {
            Self::Id | Self::Asked | Self::Answered | Self::Stamp => 8,
            Self::Number => 6,
            Self::Question => 44,
            Self::Guidance => 28,
            Self::Condition | Self::Form => 17,
            Self::Answer => 16,
            Self::Remarks | Self::Documents | Self::Reason => 21,
            Self::Previous => 26,
            Self::Confirmed => 10,
        }
    }

    /// The words of its header.
    pub fn title(self) -> Text {
        match self {
            Self::Id => both("sheet-id"),
            Self::Asked => both("sheet-asked"),
            Self::Answered => both("sheet-answered"),
            Self::Stamp => both("sheet-stamp"),
            Self::Number => both("sheet-number"),
            Self::Question => both("sheet-question"),
            Self::Guidance => both("sheet-guidance"),
            Self::Condition => both("sheet-condition"),
            Self::Answer => both("sheet-answer"),
            Self::Form => both("sheet-form"),
            Self::Remarks => both("sheet-remarks"),
            Self::Documents => both("sheet-documents"),
            Self::Previous => both("sheet-previous"),
            Self::Confirmed => both("sheet-confirmed"),
            Self::Reason => both("sheet-reason"),
        }
    }
}

/// A message in both languages.
pub fn both(key: &str) -> Text {
    Text {
        ja: message(Lang::Ja, key),
        en: message(Lang::En, key),
    }
}

/// What a sheet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetKind {
    /// The cover.
    Cover,
    /// How far the answers are.
    Progress,
    /// The questions of a section.
    Section(String),
    /// The rows of a table question.
    Table(String),
    /// What only programs read.
    Machine,
}

/// What stands in the first cell of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// What the sheet is.
    pub kind: SheetKind,
    /// The questionnaire.
    pub questionnaire: String,
    /// Its version.
    pub version: String,
    /// Its digest in hexadecimal digits.
    pub digest: String,
}

impl Marker {
    /// The marker of a sheet of `questionnaire`.
    pub fn of(questionnaire: &Questionnaire, kind: SheetKind) -> Self {
        Self {
            kind,
            questionnaire: questionnaire.id.clone(),
            version: questionnaire.version.clone(),
            digest: questionnaire.digest.hex(),
        }
    }

    /// Reads a marker.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let head = words.next()?.strip_prefix(MARK)?;
        head.strip_prefix('/')?;
        let (questionnaire, version) = (words.next()?.to_owned(), words.next()?.to_owned());
        let digest = words.next()?.strip_prefix("sha256:")?.to_owned();
        let kind = match (words.next()?, words.next()) {
            ("cover", None) => SheetKind::Cover,
            ("progress", None) => SheetKind::Progress,
            ("machine", None) => SheetKind::Machine,
            ("section", Some(id)) => SheetKind::Section(id.to_owned()),
            ("table", Some(id)) => SheetKind::Table(id.to_owned()),
            _ => return None,
        };
        Some(Self {
            kind,
            questionnaire,
            version,
            digest,
        })
    }
}

impl std::fmt::Display for Marker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            questionnaire,
            version,
            digest,
            ..
        } = self;
        write!(
            formatter,
            "{MARK}/{LAYOUT} {questionnaire} {version} sha256:{digest} "
        )?;
        match &self.kind {
            SheetKind::Cover => formatter.write_str("cover"),
            SheetKind::Progress => formatter.write_str("progress"),
            SheetKind::Machine => formatter.write_str("machine"),
            SheetKind::Section(id) => write!(formatter, "section {id}"),
            SheetKind::Table(id) => write!(formatter, "table {id}"),
        }
    }
}

/// The names under which the sheets of a questionnaire go out.
#[derive(Debug, Clone)]
pub struct SheetNames {
    /// The cover.
    pub cover: String,
    /// The progress.
    pub progress: String,
    /// What only programs read.
    pub machine: String,
}

impl SheetNames {
    /// The names in the first of the languages.
    pub fn of(languages: Languages) -> Self {
        let say = |key: &str| languages.line(&both(key)).replace('/', "|");
        Self {
            cover: say("sheet-cover"),
            progress: say("sheet-progress"),
            machine: "_mekiki".to_owned(),
        }
    }
}

/// The name of a section's sheet; `index` counts from 0.
pub fn section_sheet(questionnaire: &Questionnaire, index: usize, languages: Languages) -> String {
    let section = questionnaire.sections.get(index);
    let lang = languages.all().first().copied().unwrap_or(Lang::Ja);
    let title = section.map_or("", |section| section.title.of(lang));
    sheet_name(&format!("{} {title}", index + 1))
}

/// The name of a table question's sheet.
pub fn table_sheet(number: &str, languages: Languages) -> String {
    let word = languages.line(&both("sheet-table")).replace('/', "|");
    sheet_name(&format!("{word} {number}"))
}

/// Takes out what a sheet's name may not hold, and shortens it.
fn sheet_name(wanted: &str) -> String {
    let mut name = String::new();
    for character in wanted.chars() {
        let character = match character {
            '[' | '(' | '（' => ' ',
            ']' | ')' | '）' | ':' | '*' | '?' | '/' | '\\' | '\'' => continue,
            other => other,
        };
        if name.encode_utf16().count() + character.len_utf16() > SHEET_NAME_UNITS {
            break;
        }
        name.push(character);
    }
    name.trim().to_owned()
}

/// Every question with its number, such as `3-2`: the section's and its own, from 1.
pub fn numbered(questionnaire: &Questionnaire) -> impl Iterator<Item = (String, &Question)> {
    let sections = questionnaire.sections.iter().enumerate();
    sections.flat_map(|(outer, section)| {
        let questions = section.questions.iter().enumerate();
        questions.map(move |(inner, question)| (format!("{}-{}", outer + 1, inner + 1), question))
    })
}

/// The number of a question.
pub fn number_of(questionnaire: &Questionnaire, id: &str) -> Option<String> {
    numbered(questionnaire)
        .find(|(_, question)| question.id == id)
        .map(|(number, _)| number)
}

/// The words from which an answer is chosen, with what a reader sees; empty where it is entered freely.
///
/// They are the words of a condition: `yes`, `no`, `partial`, `not_applicable`, and choices.
pub fn options(question: &Question) -> Vec<(String, Text)> {
    let not_applicable = ("not_applicable".to_owned(), both("sheet-not-applicable"));
    match &question.kind {
        QuestionType::YesNo => vec![
            ("yes".to_owned(), both("sheet-yes")),
            ("no".to_owned(), both("sheet-no")),
            ("partial".to_owned(), both("sheet-partial")),
            not_applicable,
        ],
        QuestionType::Choice { choices, many } => {
            let offered = choices
                .iter()
                .filter(|_| !many)
                .map(|choice| (choice.id.clone(), choice.title.clone()));
            offered.chain([not_applicable]).collect()
        }
        QuestionType::Table { .. } => vec![
            (ROWS_ENTERED.to_owned(), both("sheet-rows-entered")),
            (ROWS_NONE.to_owned(), both("sheet-rows-none")),
            not_applicable,
        ],
        _ => Vec::new(),
    }
}

/// The answer of a table question whose rows stand on their sheet.
pub const ROWS_ENTERED: &str = "entered";
/// The answer of a table question that has no rows.
pub const ROWS_NONE: &str = "none";

/// The condition of a question in words, such as `only if 3-2 is "Yes"`.
pub fn condition_words(
    questionnaire: &Questionnaire,
    question: &Question,
    lang: Lang,
) -> Option<String> {
    let parts = question.when.as_ref()?.all.iter().map(|part| {
        let number = number_of(questionnaire, &part.question).unwrap_or_default();
        let titles = questionnaire
            .lookup(&part.question)
            .map(titles)
            .unwrap_or_default();
        let words: Vec<_> = part
            .is
            .iter()
            .map(|word| {
                let title = titles.iter().find(|(id, _)| id == word);
                let title = title.map_or(word.as_str(), |(_, title)| title.of(lang));
                match lang {
                    Lang::Ja => format!("「{title}」"),
                    Lang::En => format!("\"{title}\""),
                }
            })
            .collect();
        let words = match lang {
            Lang::Ja => words.join("又は"),
            Lang::En => words.join(" or "),
        };
        crate::text::messages::message_with(
            lang,
            "sheet-only-if",
            &[("number", &number), ("answers", &words)],
        )
    });
    let between = match lang {
        Lang::Ja => "、かつ、",
        Lang::En => ", and ",
    };
    Some(parts.collect::<Vec<_>>().join(between))
}

/// Every word that a question's answer may be, with its title; the choices of several included.
pub fn titles(question: &Question) -> Vec<(String, Text)> {
    let mut titles = options(question);
    if let QuestionType::Choice {
        choices,
        many: true,
    } = &question.kind
    {
        titles.extend(
            choices
                .iter()
                .map(|choice| (choice.id.clone(), choice.title.clone())),
        );
    }
    titles
}
