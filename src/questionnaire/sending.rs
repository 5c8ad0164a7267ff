//! What goes out to a supplier: a questionnaire in one or two languages, for a tender, perhaps with last year's answers.

use super::carry::CarriedAnswer;
use super::{Question, Questionnaire};
use crate::classification::Marking;
use crate::text::{Lang, Text};
use crate::time::Date;

/// The languages of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Languages {
    /// Japanese.
    Ja,
    /// English.
    En,
    /// Both, Japanese first.
    Both,
}

impl Languages {
    /// The languages in order.
    pub fn all(self) -> &'static [Lang] {
        match self {
            Self::Ja => &[Lang::Ja],
            Self::En => &[Lang::En],
            Self::Both => &Lang::BOTH,
        }
    }

    /// The word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
            Self::Both => "both",
        }
    }

    /// A text with a line a language; one line where both say the same.
    pub fn lines(self, text: &Text) -> String {
        self.joined(text, "\n")
    }

    /// A text on one line.
    pub fn line(self, text: &Text) -> String {
        self.joined(text, " / ")
    }

    fn joined(self, text: &Text, between: &str) -> String {
        match self {
            Self::Both if text.ja != text.en => format!("{}{between}{}", text.ja, text.en),
            Self::Ja | Self::Both => text.ja.clone(),
            Self::En => text.en.clone(),
        }
    }
}

/// The tender for which a questionnaire is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentTender {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The agency's name.
    pub agency: Text,
    /// The last day on which answers are taken.
    pub deadline: Date,
    /// What every paper of the tender must show (Common Model, articles 15 and 16).
    pub marking: Marking,
}

/// A questionnaire on its way to a supplier.
#[derive(Debug, Clone)]
pub struct Sending<'a> {
    /// The questionnaire.
    pub questionnaire: &'a Questionnaire,
    /// The languages of its papers.
    pub languages: Languages,
    /// The tender; absent where it is sent for none.
    pub tender: Option<SentTender>,
    /// Answers that the supplier gave before.
    pub carried: Vec<CarriedAnswer>,
}

impl Sending<'_> {
    /// What the supplier answered before to a question.
    pub fn carried(&self, question: &Question) -> Option<&CarriedAnswer> {
        self.carried.iter().find(|one| one.question == question.id)
    }

    /// Whether answers of before stand in the papers, so that they need columns for it.
    pub fn has_carried(&self) -> bool {
        !self.carried.is_empty()
    }
}
