//! Reads a profile from its file. Every fault is named at once, with line and column.

use super::measure::{
    Allowance, ComponentMeasure, DocumentMeasure, HashPlace, HashRule, LicenseMeasure, Measure,
    PartyRule, Role, View,
};
use super::{Element, Level, Mark, Profile, Reading, Scope, Source};
use crate::digest::Digest;
use crate::evidence::sbom::model::IdentifierKind;
use crate::tree::{Complaints, Document, Fields};

const MARKS: [(&str, Mark); 2] = [("verified", Mark::Verified), ("recalled", Mark::Recalled)];

const IDENTIFIERS: [(&str, IdentifierKind); 6] = [
    ("purl", IdentifierKind::Purl),
    ("cpe", IdentifierKind::Cpe),
    ("swid", IdentifierKind::Swid),
    ("swhid", IdentifierKind::Swhid),
    ("gitoid", IdentifierKind::Gitoid),
    ("other", IdentifierKind::Other),
];

/// A word for a measure of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Version,
    Party,
    Identifier,
    Inclusion,
    Completeness,
    Hash,
    License,
    Copyright,
    FileName,
    Property,
    Link,
    Author,
    Timestamp,
    ToolName,
    ToolVersion,
    GenerationContext,
    DocumentVersion,
    DocumentIdentifier,
    PrimaryComponent,
    FormatName,
    FormatVersion,
    NoVulnerability,
    Signature,
}

const FIELDS: [(&str, Field); 24] = [
    ("name", Field::Name),
    ("version", Field::Version),
    ("party", Field::Party),
    ("identifier", Field::Identifier),
    ("inclusion", Field::Inclusion),
    ("completeness", Field::Completeness),
    ("hash", Field::Hash),
    ("license", Field::License),
    ("copyright", Field::Copyright),
    ("file-name", Field::FileName),
    ("property", Field::Property),
    ("link", Field::Link),
    ("author", Field::Author),
    ("timestamp", Field::Timestamp),
    ("tool-name", Field::ToolName),
    ("tool-version", Field::ToolVersion),
    ("generation-context", Field::GenerationContext),
    ("document-version", Field::DocumentVersion),
    ("document-identifier", Field::DocumentIdentifier),
    ("primary-component", Field::PrimaryComponent),
    ("format-name", Field::FormatName),
    ("format-version", Field::FormatVersion),
    ("no-vulnerability", Field::NoVulnerability),
    ("signature", Field::Signature),
];

impl Source {
    /// Reads a table `source`; one that is absent was complained of already, and says nothing.
    pub fn read(fields: Option<Fields<'_>>) -> Self {
        let Some(fields) = fields else {
            return Self {
                document: String::new(),
                url: String::new(),
                mark: Mark::Recalled,
                note: None,
            };
        };
        let source = Self {
            document: fields.text("document"),
            url: fields.text("url"),
            mark: fields.word("mark", &MARKS).unwrap_or(Mark::Recalled),
            note: fields.optional_text("note"),
        };
        fields.finish();
        source
    }
}

impl Profile {
    /// Reads a profile; what is wrong with it is complained about.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let source = fields.table("source");
        let profile = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            valid_from: fields.day("valid_from"),
            title: fields.both("title"),
            source: Source::read(source),
            elements: read_elements(&fields),
            digest: Digest::of(document.source.as_bytes()),
        };
        fields.finish();
        profile
    }
}

fn read_elements(fields: &Fields<'_>) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    for one in fields.tables("element") {
        let id = one.text("id");
        if !is_kebab(&id) {
            one.complain(
                "profile-element-id",
                "id",
                format!("`{id}` is no name of an element"),
                "write it in lower case with hyphens, like supplier-name",
            );
        }
        if elements.iter().any(|other| other.id == id) {
            one.complain(
                "profile-element-id",
                "id",
                format!("the element `{id}` stands here for the second time"),
                "keep one of the two; what differs is a reading",
            );
        }
        let scope = one.word("scope", &Scope::WORDS).unwrap_or(Scope::Document);
        let level = one.word("level", &Level::WORDS).unwrap_or(Level::Optional);
        let title = one.both("title");
        let section = one.text("section");
        let mark = one.word("mark", &MARKS).unwrap_or(Mark::Recalled);
        let asks = one.both("asks");
        let repair = one.both("repair");
        let measure = read_measure(&one, scope);
        let readings = one
            .tables("reading")
            .iter()
            .filter_map(|reading| {
                let scope = reading
                    .optional_word("scope", &Scope::WORDS)
                    .unwrap_or(scope);
                let id = reading.text("id");
                let title = reading.both("title");
                let rests_on = reading.both("rests_on");
                let measure = read_measure(reading, scope);
                reading.finish();
                Some(Reading {
                    id,
                    title,
                    rests_on,
                    scope,
                    measure: measure?,
                })
            })
            .collect();
        one.finish();
        if let Some(measure) = measure {
            elements.push(Element {
                id,
                level,
                scope,
                title,
                section,
                mark,
                asks,
                measure,
                readings,
                repair,
            });
        }
    }
    if elements.is_empty() {
        fields.complain(
            "missing-field",
            "element",
            "the profile asks for nothing",
            "write one [[element]] for each element of the standard",
        );
    }
    elements
}

fn is_kebab(id: &str) -> bool {
    id.split('-').all(|step| {
        !step.is_empty()
            && step
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

fn read_measure(fields: &Fields<'_>, scope: Scope) -> Option<Measure> {
    let table = fields.table("measure")?;
    let field = table.word("field", &FIELDS)?;
    let measure = match of_document(&table, field) {
        Some(measure) => Measure::Document(measure),
        None => Measure::Component(of_component(&table, field)?),
    };
    table.finish();
    let fits = matches!(measure, Measure::Document(_)) == (scope == Scope::Document);
    if !fits {
        fields.complain(
            "profile-scope",
            "measure",
            "the measure does not speak of what the scope names",
            "measures of the document stand under the scope `document`, all others under another one",
        );
    }
    Some(measure)
}

fn of_document(table: &Fields<'_>, field: Field) -> Option<DocumentMeasure> {
    Some(match field {
        Field::Author => DocumentMeasure::Author(party(table)),
        Field::Timestamp => DocumentMeasure::Timestamp,
        Field::ToolName => DocumentMeasure::ToolName,
        Field::ToolVersion => DocumentMeasure::ToolVersion,
        Field::GenerationContext => DocumentMeasure::GenerationContext,
        Field::DocumentVersion => DocumentMeasure::Version,
        Field::DocumentIdentifier => DocumentMeasure::Identifier,
        Field::PrimaryComponent => DocumentMeasure::PrimaryComponent,
        Field::FormatName => DocumentMeasure::FormatName,
        Field::FormatVersion => DocumentMeasure::FormatVersion {
            cyclonedx: table.optional_text("cyclonedx"),
            spdx: table.optional_text("spdx"),
        },
        Field::NoVulnerability => DocumentMeasure::NoVulnerability,
        Field::Signature => DocumentMeasure::Signature,
        _ => return None,
    })
}

fn of_component(table: &Fields<'_>, field: Field) -> Option<ComponentMeasure> {
    Some(match field {
        Field::Name => ComponentMeasure::Name,
        Field::Version => ComponentMeasure::Version(allowance(table)),
        Field::Party => ComponentMeasure::Party(party(table)),
        Field::Identifier => ComponentMeasure::Identifier {
            kinds: table.words("kinds", &IDENTIFIERS),
            native: flag(table, "native"),
        },
        Field::Inclusion => ComponentMeasure::Inclusion {
            reached: flag(table, "reached"),
            resolved: flag(table, "resolved"),
        },
        Field::Completeness => ComponentMeasure::Completeness,
        Field::Hash => ComponentMeasure::Hash(HashRule {
            algorithms: table.texts("algorithms"),
            weak: table.texts("weak"),
            at: table
                .optional_word("at", &HashPlace::WORDS)
                .unwrap_or(HashPlace::Component),
        }),
        Field::License => ComponentMeasure::License(LicenseMeasure {
            view: table
                .optional_word("view", &View::WORDS)
                .unwrap_or(View::Any),
            listed: flag(table, "listed"),
            no_assertion: flag(table, "no_assertion"),
            none: flag(table, "none"),
        }),
        Field::Copyright => ComponentMeasure::Copyright(allowance(table)),
        Field::FileName => ComponentMeasure::FileName,
        Field::Property => ComponentMeasure::Property {
            names: table.texts("names"),
            values: table.texts("values"),
            by_file: flag(table, "by_file"),
        },
        Field::Link => ComponentMeasure::Link {
            kinds: table.texts("kinds"),
            download: flag(table, "download"),
        },
        _ => return None,
    })
}

fn party(table: &Fields<'_>) -> PartyRule {
    let roles = table.words("roles", &Role::WORDS);
    if roles.is_empty() {
        table.complain(
            "missing-field",
            "roles",
            "the measure names no role",
            "name one of supplier, manufacturer, originator, author, publisher, tool",
        );
    }
    PartyRule {
        roles,
        contact: flag(table, "contact"),
        allowance: allowance(table),
    }
}

fn allowance(table: &Fields<'_>) -> Allowance {
    Allowance {
        no_assertion: flag(table, "no_assertion"),
        none: flag(table, "none"),
        unknown: flag(table, "unknown"),
    }
}

fn flag(table: &Fields<'_>, key: &'static str) -> bool {
    table.optional_bool(key).unwrap_or(false)
}
