//! Reads a questionnaire from its folder: `questionnaire.toml` and one file a section.

use std::collections::BTreeSet;

use super::condition::{Condition, ConditionPart};
use super::{
    Choice, Column, ColumnType, Feed, Question, QuestionType, Questionnaire, Section, Take,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::id::is_plain;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields, Files, read_file};

/// The head of a questionnaire's folder.
const HEAD: &str = "questionnaire.toml";

/// The words of question types.
const TYPES: [&str; 8] = [
    "yes-no", "choice", "number", "date", "place", "table", "text", "file",
];

/// Reads the questionnaire in `folder`, which ends in a slash.
pub fn read_questionnaire(
    folder: &str,
    files: &Files<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Option<Questionnaire> {
    let head_path = format!("{folder}{HEAD}");
    let head = read_file(files, &head_path, faults, Head::read)?;
    let mut seen = BTreeSet::new();
    let mut sections = Vec::new();
    for name in &head.sections {
        let path = format!("{folder}{name}.toml");
        let read = |document: &Document, complaints: &Complaints| {
            read_section(name, document, complaints, &mut seen)
        };
        sections.extend(read_file(files, &path, faults, read));
    }
    for path in files.keys().filter(|path| path.starts_with(folder)) {
        let name = path
            .strip_prefix(folder)
            .and_then(|name| name.strip_suffix(".toml"));
        let listed = name.is_some_and(|name| head.sections.iter().any(|one| one == name));
        if !listed && **path != head_path {
            faults.push(
                Diagnostic::error(
                    "section-unlisted",
                    Place::whole(),
                    "the questionnaire does not list this file",
                )
                .help(format!("add its name to `sections` in {HEAD}"))
                .in_file(*path),
            );
        }
    }
    let mut questionnaire = Questionnaire {
        id: head.id,
        version: head.version,
        title: head.title,
        introduction: head.introduction,
        sections,
        digest: Digest::of(b""),
        maps: std::sync::Arc::default(),
    };
    questionnaire.digest = Digest::of(canonical_json(&questionnaire.published()).as_bytes());
    Some(questionnaire)
}

struct Head {
    id: String,
    version: String,
    title: Text,
    introduction: Option<Text>,
    sections: Vec<String>,
}

impl Head {
    fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let head = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            title: fields.both("title"),
            introduction: fields.optional_both("introduction"),
            sections: fields.texts("sections"),
        };
        fields.finish();
        head
    }
}

fn read_section(
    name: &str,
    document: &Document,
    complaints: &Complaints,
    seen: &mut BTreeSet<String>,
) -> Section {
    let fields = Fields::root(document, complaints);
    let section = Section {
        id: fields.text("id"),
        title: fields.both("title"),
        questions: fields
            .tables("question")
            .iter()
            .map(|question| read_question(question, seen))
            .collect(),
    };
    if section.id != name {
        fields.complain(
            "section-misnamed",
            "id",
            format!("the file holds the section `{}`", section.id),
            "name the file after the section",
        );
    }
    fields.finish();
    section
}

fn read_question(fields: &Fields<'_>, seen: &mut BTreeSet<String>) -> Question {
    let id = fields.text("id");
    if !id.is_empty() && !is_plain(&id) {
        fields.complain(
            "id-malformed",
            "id",
            format!("`{id}` cannot be an identifier"),
            "use up to 64 letters, digits, `-`, `_` and `.`",
        );
    }
    let when = read_condition(fields, seen);
    if !seen.insert(id.clone()) {
        fields.complain(
            "question-duplicate",
            "id",
            format!("the question `{id}` stands twice"),
            "rename one of them",
        );
    }
    let kind = read_type(fields);
    let months = fields
        .node("valid_months")
        .map(|_| fields.integer("valid_months", 1..=120));
    let question = Question {
        feeds: read_feeds(fields, &kind),
        text: fields.both("text"),
        guidance: fields.optional_both("guidance"),
        evidence: fields.optional_both("evidence"),
        valid_months: months.and_then(|months| i32::try_from(months).ok()),
        when,
        kind,
        id,
    };
    fields.finish();
    question
}

fn read_condition(fields: &Fields<'_>, earlier: &BTreeSet<String>) -> Option<Condition> {
    let parts = fields.tables("when");
    let all: Vec<_> = parts
        .iter()
        .map(|part| {
            let read = ConditionPart {
                question: part.text("question"),
                is: part.texts("is"),
            };
            if !earlier.contains(&read.question) {
                part.complain(
                    "condition-unknown-question",
                    "question",
                    format!("no question before this one is called `{}`", read.question),
                    "a condition asks for an earlier question",
                );
            }
            if read.is.is_empty() {
                part.complain(
                    "missing-field",
                    "is",
                    "the condition names no answer",
                    "list the answers that lead here, such as [\"yes\"]",
                );
            }
            part.finish();
            read
        })
        .collect();
    (!all.is_empty()).then_some(Condition { all })
}

fn read_type(fields: &Fields<'_>) -> QuestionType {
    let words = TYPES.map(|word| (word, word));
    match fields.word("type", &words) {
        Some("choice") => QuestionType::Choice {
            choices: read_choices(fields),
            many: fields.optional_bool("many").unwrap_or(false),
        },
        Some("number") => QuestionType::Number {
            unit: fields.both("unit"),
            min: fields.optional_integer("min").unwrap_or(0),
            max: fields.optional_integer("max").unwrap_or(1_000_000_000),
        },
        Some("date") => QuestionType::Date,
        Some("place") => QuestionType::Place,
        Some("table") => QuestionType::Table {
            columns: fields.tables("column").iter().map(read_column).collect(),
        },
        Some("text") => QuestionType::Text,
        Some("file") => QuestionType::File,
        _ => QuestionType::YesNo,
    }
}

fn read_choices(fields: &Fields<'_>) -> Vec<Choice> {
    let choices: Vec<_> = fields
        .tables("choice")
        .iter()
        .map(|choice| {
            let read = Choice {
                id: choice.text("id"),
                title: choice.both("title"),
            };
            choice.finish();
            read
        })
        .collect();
    if choices.len() < 2 {
        fields.complain(
            "too-few-choices",
            "choice",
            "a choice needs at least two choices",
            "add them under [[question.choice]]",
        );
    }
    choices
}

fn read_column(fields: &Fields<'_>) -> Column {
    let words = [
        "text",
        "number",
        "date",
        "place",
        "corporate-number",
        "yes-no",
        "choice",
    ]
    .map(|word| (word, word));
    let kind = match fields.word("type", &words) {
        Some("number") => ColumnType::Number,
        Some("date") => ColumnType::Date,
        Some("place") => ColumnType::Place,
        Some("corporate-number") => ColumnType::CorporateNumber,
        Some("yes-no") => ColumnType::YesNo,
        Some("choice") => ColumnType::Choice {
            choices: read_choices(fields),
        },
        _ => ColumnType::Text,
    };
    let column = Column {
        id: fields.text("id"),
        title: fields.both("title"),
        kind,
        required: fields.optional_bool("required").unwrap_or(false),
    };
    fields.finish();
    column
}

fn read_feeds(fields: &Fields<'_>, kind: &QuestionType) -> Vec<Feed> {
    let mut feeds: Vec<_> = fields
        .optional_text("feeds")
        .into_iter()
        .map(|fact| Feed {
            fact,
            take: Take::Value,
        })
        .collect();
    for feed in fields.tables("feed") {
        let words = ["count", "complete", "values", "all", "any"].map(|word| (word, word));
        let column = feed.optional_text("column");
        let take = match (feed.word("take", &words), column.clone()) {
            (Some("count"), None) => Take::Count,
            (Some("complete"), None) => Take::Complete,
            (Some("values"), Some(column)) => Take::Values(column),
            (Some("all"), Some(column)) => Take::All(column),
            (Some("any"), Some(column)) => Take::Any(column),
            _ => {
                feed.complain(
                    "feed-column",
                    "column",
                    "`values`, `all` and `any` take a column, `count` and `complete` none",
                    "add or remove `column`",
                );
                Take::Count
            }
        };
        let columns = match kind {
            QuestionType::Table { columns } => columns.as_slice(),
            _ => &[],
        };
        if column.is_some_and(|id| !columns.iter().any(|one| one.id == id)) || columns.is_empty() {
            feed.complain(
                "feed-column",
                "column",
                "the feed names no column of this question's table",
                "name one of its columns",
            );
        }
        feeds.push(Feed {
            fact: feed.text("fact"),
            take,
        });
        feed.finish();
    }
    let is_table = matches!(kind, QuestionType::Table { .. });
    if is_table && feeds.iter().any(|feed| feed.take == Take::Value) {
        fields.complain(
            "feed-column",
            "feeds",
            "a table feeds facts by [[question.feed]]",
            "say what of the table is taken",
        );
    }
    feeds
}
