//! Questionnaires as data: what is asked, and which fact each answer feeds.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::vocabulary::{Producer, Vocabulary};
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// A questionnaire.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Text,
    /// Sections in order.
    pub sections: Vec<Section>,
}

/// A section of a questionnaire.
#[derive(Debug, Clone)]
pub struct Section {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Questions in order.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Identifier, unique in the questionnaire.
    pub id: String,
    /// The fact that the answer establishes.
    pub feeds: String,
    /// The question.
    pub text: Text,
    /// The document asked for.
    pub evidence: Option<Text>,
}

impl Questionnaire {
    /// Reads a questionnaire; complaints name what is wrong with it.
    pub fn read(document: &Document, vocabulary: &Vocabulary, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let mut seen = BTreeSet::new();
        let questionnaire = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            title: fields.both("title"),
            sections: fields
                .tables("section")
                .iter()
                .map(|section| read_section(section, vocabulary, &mut seen))
                .collect(),
        };
        fields.finish();
        questionnaire
    }

    /// The fact key that each question feeds.
    pub fn feeds(&self) -> BTreeMap<String, String> {
        self.sections
            .iter()
            .flat_map(|section| &section.questions)
            .map(|question| (question.id.clone(), question.feeds.clone()))
            .collect()
    }
}

fn read_section(
    section: &Fields<'_>,
    vocabulary: &Vocabulary,
    seen: &mut BTreeSet<String>,
) -> Section {
    let read = Section {
        id: section.text("id"),
        title: section.both("title"),
        questions: section
            .tables("question")
            .iter()
            .map(|fields| {
                let question = Question {
                    id: fields.text("id"),
                    feeds: fields.text("feeds"),
                    text: fields.both("text"),
                    evidence: fields.optional_both("evidence"),
                };
                let answerable = vocabulary
                    .lookup(&question.feeds)
                    .is_some_and(|one| one.producers.contains(&Producer::Answer));
                if !answerable {
                    let help = vocabulary
                        .suggest(&question.feeds)
                        .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                    fields.complain(
                        "question-feeds-nothing",
                        "feeds",
                        format!(
                            "`{}` is no fact that an answer may establish",
                            question.feeds
                        ),
                        &help,
                    );
                }
                if !seen.insert(question.id.clone()) {
                    fields.complain(
                        "question-duplicate",
                        "id",
                        format!("the question `{}` stands twice", question.id),
                        "rename one of them",
                    );
                }
                fields.finish();
                question
            })
            .collect(),
    };
    section.finish();
    read
}
