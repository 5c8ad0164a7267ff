//! Open contracting data: release and record packages of the Open Contracting Data Standard 1.1, held to their published schema.
//!
//! The tables in `tables/` are made from the official package schemas of version 1.1.5. What an extension adds is open to any
//! member there, so the shape of extensions is not checked; nor are the codes of open codelists.

mod reference;

use std::sync::OnceLock;

use super::unpack::{decode, unpack};
use crate::diagnostic::{Diagnostic, Place};
use crate::schema::Schema;
use crate::tape::{Item, parse_json};

/// The most findings that a check lists.
const MOST_FINDINGS: usize = 200;

/// What a package packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Package {
    /// Releases: each says what was known at one time.
    Release,
    /// Records: each gathers the releases of one contracting process.
    Record,
}

impl Package {
    /// The member that holds its content.
    fn member(self) -> &'static str {
        match self {
            Self::Release => "releases",
            Self::Record => "records",
        }
    }
}

static RELEASE: &[u8] = include_bytes!("ocds/tables/release-package-1.1.json");
static RECORD: &[u8] = include_bytes!("ocds/tables/record-package-1.1.json");

/// The schema of a package.
pub fn schema(package: Package) -> Option<&'static Schema> {
    static TABLES: [OnceLock<Option<Schema>>; 2] = [const { OnceLock::new() }; 2];
    let [release, record] = &TABLES;
    let (cell, bytes) = match package {
        Package::Release => (release, RELEASE),
        Package::Record => (record, RECORD),
    };
    cell.get_or_init(|| Schema::load(bytes, &[]).ok()).as_ref()
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// What it packs.
    pub package: Package,
    /// The version that it states.
    pub version: Option<String>,
    /// How many releases or records it holds.
    pub count: usize,
    /// What is wrong or odd, in the order of the document.
    pub findings: Vec<Diagnostic>,
}

/// Checks a package.
///
/// # Errors
///
/// When it is no JSON, or no package.
pub fn check(bytes: &[u8]) -> Result<Checked, Diagnostic> {
    let content = unpack(bytes)?;
    let text = decode(&content)?;
    let tape = parse_json(&text)?;
    let root = tape.root();
    let package = [Package::Release, Package::Record]
        .into_iter()
        .find(|one| root.get(one.member()).is_some());
    let Some(package) = package else {
        return Err(Diagnostic::error(
            "ocds-not-package",
            Place::whole(),
            "the document is no package of the Open Contracting Data Standard",
        )
        .help(
            "hand in an object with `releases` or `records`; a single release goes into a package",
        ));
    };
    let mut findings = tape.repeated_members();
    if let Some(schema) = schema(package) {
        findings.extend(schema.check(root, MOST_FINDINGS));
    }
    let version = root.get_text("version");
    if let Some(other) = version.filter(|version| *version != "1.1") {
        findings.push(
            Diagnostic::warning(
                "ocds-version",
                root.get("version").map_or_else(Place::whole, Item::place),
                format!("the package states version `{other}`; it was held to the schema of 1.1"),
            )
            .help("hold it to the schema of its own version"),
        );
    }
    reference::check(root, package, &mut findings);
    if findings.len() > 2 * MOST_FINDINGS {
        findings.truncate(2 * MOST_FINDINGS);
        let message = "there is more to find; it is not listed";
        let more = Diagnostic::note("findings-more", Place::whole(), message);
        findings.push(more.help("mend what is listed, then check again"));
    }
    Ok(Checked {
        package,
        version: version.map(str::to_owned),
        count: root
            .get(package.member())
            .map_or(0, |list| list.items().count()),
        findings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read() {
        for package in [Package::Release, Package::Record] {
            let schema = schema(package).unwrap();
            assert_eq!(schema.broken_patterns(), [] as [String; 0]);
        }
    }
}
