//! The table of checks: what each asks, what to do where it is not met, and which criteria it settles.

use super::Group;
use crate::digest::Digest;
use crate::id::CriterionId;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// The checks that the program runs, in order. A table that lacks one or names another is refused.
pub const IDS: [&str; 29] = [
    "files.complete",
    "files.readable",
    "files.expectations",
    "signature.artifact",
    "signature.sbom",
    "provenance.build",
    "provenance.level",
    "sbom.delivered",
    "sbom.readable",
    "sbom.valid",
    "sbom.format",
    "sbom.product",
    "sbom.profile",
    "contents.altered",
    "contents.missing",
    "contents.unlisted",
    "contents.embedded",
    "change.tendered",
    "change.accepted",
    "advisory.feed",
    "advisory.judged",
    "advisory.exploited",
    "advisory.severity",
    "advisory.vex",
    "product.listed",
    "product.cleared",
    "requirement.register",
    "requirement.exception",
    "requirement.met",
];

/// A check.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its stable identifier, such as `contents.altered`: also the rule of SARIF and the name of a `JUnit` case.
    pub id: String,
    /// Its group.
    pub group: Group,
    /// What must hold, as a short title.
    pub title: Text,
    /// What it means where it does not hold, and what to do.
    pub help: Text,
    /// The criteria that it settles, together with the other checks that name them.
    pub settles: Vec<CriterionId>,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Checks {
    /// Digest of its file.
    pub digest: Digest,
    /// The checks in the order of the file, which is the order in which they are told.
    pub list: Vec<Check>,
}

impl Checks {
    /// Reads the table.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        fields.text("id");
        fields.text("version");
        let mut list: Vec<Check> = Vec::new();
        for entry in fields.tables("check") {
            let id = entry.text("id");
            if !IDS.contains(&id.as_str()) {
                let message = format!("there is no check `{id}`");
                let help =
                    "the checks of the built-in table are all there are; own rules stand in packs";
                entry.complain("check-unknown", "id", message, help);
            } else if list.iter().any(|one| one.id == id) {
                let message = format!("`{id}` is there twice");
                entry.complain("check-unknown", "id", message, "give each check once");
            }
            let group = entry.word("group", &Group::WORDS);
            let check = Check {
                id,
                group: group.unwrap_or(Group::Files),
                title: entry.both("title"),
                help: entry.both("help"),
                settles: entry
                    .texts("settles")
                    .iter()
                    .map(|one| one.as_str().into())
                    .collect(),
            };
            entry.finish();
            list.push(check);
        }
        for id in IDS {
            if !list.iter().any(|one| one.id == id) {
                let message = format!("the check `{id}` is missing");
                fields.complain(
                    "check-missing",
                    "check",
                    message,
                    "restore it from the built-in table",
                );
            }
        }
        fields.finish();
        Self {
            digest: Digest::of(document.source.as_bytes()),
            list,
        }
    }

    /// The check of an identifier; one that is not in the table comes back with its identifier as its title.
    pub fn named(&self, id: &str) -> Check {
        let found = self.list.iter().find(|one| one.id == id).cloned();
        found.unwrap_or_else(|| Check {
            id: id.to_owned(),
            group: Group::Policy,
            title: Text::same(id),
            help: Text::default(),
            settles: Vec::new(),
        })
    }

    /// The checks that settle a criterion; none where no machine settles it.
    pub fn settling(&self, criterion: &CriterionId) -> impl Iterator<Item = &Check> {
        let settles = move |one: &&Check| one.settles.contains(criterion);
        self.list.iter().filter(settles)
    }
}
