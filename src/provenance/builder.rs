//! The table of known builders.

use serde::Serialize;

use crate::digest::Digest;
use crate::profile::{Mark, Source};
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// How a builder and a signature belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BuilderKind {
    /// A reusable workflow that signs with its own name.
    Workflow,
    /// A reusable workflow that signs for another builder, which it names.
    Delegator,
    /// A builder that a delegator names; it never signs.
    Delegated,
    /// A platform on which the workflow of the source repository signs.
    Platform,
    /// A service that signs with keys of its own.
    Service,
}

const KINDS: [(&str, BuilderKind); 5] = [
    ("workflow", BuilderKind::Workflow),
    ("delegator", BuilderKind::Delegator),
    ("delegated", BuilderKind::Delegated),
    ("platform", BuilderKind::Platform),
    ("service", BuilderKind::Service),
];

/// A known builder.
#[derive(Debug, Clone)]
pub struct Builder {
    /// Its address, without a version.
    pub id: String,
    /// How it and a signature belong together.
    pub kind: BuilderKind,
    /// The SLSA Build level that it is said to reach: `1..=3`.
    pub level: u8,
    /// Whether what signs is out of reach of the steps that build.
    pub isolates_signing: bool,
    /// Whether it is accepted where nobody was agreed by name.
    pub default: bool,
    /// Who vouches for its name.
    pub issuer: Option<String>,
    /// The document that says so.
    pub source: Source,
}

/// Builders that count at a branch, for one source repository: where their makers try them.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The repository of the builders.
    pub builders: String,
    /// The repository that they build.
    pub source: String,
    /// The git reference at which they count.
    pub reference: String,
}

/// The table of known builders, which is data.
#[derive(Debug, Clone)]
pub struct Builders {
    /// Name of the table.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// The documents that it rests on.
    pub source: Source,
    /// Which builders count at a branch, and for which source.
    pub trials: Vec<Trial>,
    /// SHA-256 of the file.
    pub digest: Digest,
    known: Vec<Builder>,
}

impl Builders {
    /// Reads the data; what is wrong with them is complained about.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let table = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            title: fields.both("title"),
            source: Source::read(fields.table("source")),
            trials: fields.tables("trial").iter().map(read_trial).collect(),
            digest: Digest::of(document.source.as_bytes()),
            known: read_builders(&fields),
        };
        fields.finish();
        table
    }

    /// The builder of the address `id`, which has no version.
    pub fn lookup(&self, id: &str) -> Option<&Builder> {
        self.known.iter().find(|builder| builder.id == id)
    }

    /// How many builders are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Builders for which the text of the source was not at hand.
    pub fn recalled(&self) -> impl Iterator<Item = &Builder> {
        let mut all = self.known.iter();
        std::iter::from_fn(move || all.find(|builder| builder.source.mark == Mark::Recalled))
    }
}

fn read_trial(fields: &Fields<'_>) -> Trial {
    let trial = Trial {
        builders: fields.text("builders"),
        source: fields.text("source"),
        reference: fields.text("reference"),
    };
    fields.finish();
    trial
}

fn read_builders(fields: &Fields<'_>) -> Vec<Builder> {
    let mut builders: Vec<Builder> = Vec::new();
    for one in fields.tables("builder") {
        let level = one.integer("level", 1..=3);
        let builder = Builder {
            id: one.text("id"),
            kind: one.word("kind", &KINDS).unwrap_or(BuilderKind::Workflow),
            level: u8::try_from(level).unwrap_or(1),
            isolates_signing: one.optional_bool("isolates_signing").unwrap_or(false),
            default: one.optional_bool("default").unwrap_or(false),
            issuer: one.optional_text("issuer"),
            source: Source::read(one.table("source")),
        };
        if builder.id.contains('@') || builders.iter().any(|known| known.id == builder.id) {
            one.complain(
                "builder-repeated",
                "id",
                format!(
                    "the builder `{}` stands here again, or with a version",
                    builder.id
                ),
                "name each builder once, by its address alone",
            );
        }
        if builder.level == 3 && !builder.isolates_signing {
            one.complain(
                "builder-level",
                "level",
                format!("the builder `{}` cannot reach level 3", builder.id),
                "level 3 asks that what signs is out of reach of the steps that build",
            );
        }
        one.finish();
        builders.push(builder);
    }
    builders
}
