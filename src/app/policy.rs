//! Packs of own rules: read from a folder, and tested by their own examples.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::Refused;
use crate::acceptance::policy::{ExampleOutcome, Pack, read_pack, run_examples};
use crate::diagnostic::Diagnostic;
use crate::folder::{list_folder, read_delivered};
use crate::tree::Files;

/// A pack that was tested, schema `mekiki/policy-test/v1`.
#[derive(Debug, Serialize)]
pub struct PolicyTest {
    /// The schema.
    pub schema: &'static str,
    /// The pack.
    pub pack: String,
    /// Its version.
    pub version: String,
    /// How many examples came out as they say.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// Those that did not.
    pub failures: Vec<PolicyFailure>,
}

/// An example that did not come out as it says.
#[derive(Debug, Serialize)]
pub struct PolicyFailure {
    /// The check of the rule.
    pub check: String,
    /// The example.
    pub example: String,
    /// What it expects.
    pub expected: &'static str,
    /// What came out.
    pub actual: &'static str,
    /// Where it stands.
    #[serde(flatten)]
    pub failure: Diagnostic,
}

/// Reads the pack in a folder: every file in TOML at any depth.
///
/// # Errors
///
/// When the folder cannot be listed or a file cannot be read, and every fault of every file.
pub fn open_pack(folder: &str) -> Result<Pack, Refused> {
    let listing = list_folder(folder)?;
    let mut contents: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut refused = Vec::new();
    for path in listing.files.into_iter().filter(|path| is_toml(path)) {
        match read_delivered(&format!("{}/{path}", folder.trim_end_matches('/'))) {
            Ok(bytes) => _ = contents.insert(path, bytes),
            Err(fault) => refused.push(fault.diagnostic().in_file(path)),
        }
    }
    // A link is not followed, and what it leads to is no part of the pack.
    refused.extend(
        listing
            .others
            .into_iter()
            .filter(|path| is_toml(path))
            .map(|path| {
                let message = format!("`{path}` is no regular file");
                Diagnostic::error("file-irregular", crate::diagnostic::Place::whole(), message)
                    .help("put the file itself into the pack")
                    .in_file(path)
            }),
    );
    if !refused.is_empty() {
        return Err(Refused(refused));
    }
    let files: Files<'_> = contents
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    read_pack(&files).map_err(Refused)
}

/// Opens a pack whose every example comes out as it says.
///
/// # Errors
///
/// As [`open_pack`], and `policy-example` for each example that does not.
pub fn open_tested_pack(folder: &str) -> Result<Pack, Refused> {
    let pack = open_pack(folder)?;
    let failures: Vec<_> = run_examples(&pack)
        .into_iter()
        .filter_map(|one| one.failure)
        .collect();
    if failures.is_empty() {
        Ok(pack)
    } else {
        Err(Refused(failures))
    }
}

/// Runs the examples of the pack in a folder.
///
/// # Errors
///
/// As [`open_pack`].
pub fn test_pack(folder: &str) -> Result<PolicyTest, Refused> {
    let pack = open_pack(folder)?;
    let outcomes = run_examples(&pack);
    let total = outcomes.len();
    let failures: Vec<_> = outcomes.into_iter().filter_map(failure).collect();
    Ok(PolicyTest {
        schema: "mekiki/policy-test/v1",
        pack: pack.id,
        version: pack.version,
        passed: total - failures.len(),
        failed: failures.len(),
        failures,
    })
}

fn failure(outcome: ExampleOutcome) -> Option<PolicyFailure> {
    Some(PolicyFailure {
        failure: outcome.failure?,
        check: outcome.check,
        example: outcome.name,
        expected: outcome.expected.word(),
        actual: outcome.actual.word(),
    })
}

fn is_toml(path: &str) -> bool {
    let ending = Path::new(path).extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}
