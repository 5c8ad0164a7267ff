//! What is what in a folder of which nothing is known: for a guess.

use std::collections::{BTreeMap, BTreeSet};

use super::Artifact;
use super::pairing::Files;
use super::reading::read_all;
use crate::acceptance::manifest::Manifest;
use crate::diagnostic::Diagnostic;
use crate::evidence::archive::Limits;
use crate::evidence::detect::Kind;
use crate::folder::delivered::DeliveredFolder;

/// What lies in a folder, told by its bytes.
pub(in crate::app::verify) struct Documents {
    /// Artifacts with what is about them.
    pub(in crate::app::verify) artifacts: Vec<Artifact>,
    /// SBOMs with their signatures.
    pub(in crate::app::verify) sboms: BTreeMap<String, Vec<String>>,
    /// VEX documents.
    pub(in crate::app::verify) vex: Vec<String>,
    /// Keys, certificates and roots, which nobody must trust because they lie there.
    pub(in crate::app::verify) untrusted: Vec<String>,
    /// What could not be read.
    pub(in crate::app::verify) remarks: Vec<Diagnostic>,
}

/// Tells what the files at `paths` are. No archive is opened.
pub(in crate::app::verify) fn told_documents(
    folder: &DeliveredFolder,
    paths: &[String],
) -> Documents {
    let shallow = Limits {
        depth: 0,
        ..Limits::default()
    };
    let reading = read_all(folder, paths, &[], shallow);
    let agency = BTreeSet::new();
    let files = Files::new(&reading.seen, paths, &agency);
    let sorted = files.sort(&Manifest::default());
    let paths = |kind| files.of_kind(kind).map(|one| one.path.clone());
    let sboms = files.of_kind(Kind::Sbom);
    let mut remarks = reading.remarks;
    remarks.retain(|one| one.code != "archive-depth");
    Documents {
        sboms: sboms
            .map(|one| (one.path.clone(), files.signatures(one)))
            .collect(),
        vex: paths(Kind::Vex).collect(),
        untrusted: paths(Kind::Key).chain(paths(Kind::TrustRoot)).collect(),
        artifacts: sorted.artifacts.into_values().collect(),
        remarks,
    }
}
