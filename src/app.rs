//! Use cases: the one place where reading, judging and keeping meet. Every door calls these.

pub mod advisory_affects;
pub mod agency;
pub mod assess;
pub mod attestation;
mod examination;
pub mod criteria_diff;
pub mod criteria_impact;
pub mod criteria_origin;
pub mod criteria_package;
pub mod feed_carry;
pub mod feed_import;
pub mod feed_open;
#[cfg(feature = "retrieve")]
pub mod feed_update;
pub mod inspect;
pub mod inventory;
pub mod library;
pub mod ocds;
pub mod oci;
pub mod policy;
pub mod proceeding;
pub mod provenance;
pub mod questionnaire_receive;
pub mod questionnaire_send;
pub mod questionnaire_import;
pub mod reassess;
pub mod record;
pub mod report;
pub mod score_sheet;
pub mod signature;
pub mod scan;
pub mod sbom_check;
pub mod sbom_diff;
pub mod sbom_match;
pub mod sbom_convert;
pub mod self_check;
#[cfg(feature = "server")]
pub mod shelf;
pub mod tender;
pub mod tender_paper;
pub mod timetable;
pub mod trust;
pub mod trust_root;
#[cfg(feature = "retrieve")]
pub mod trust_update;
pub mod verify;
pub mod version;
pub mod vex_apply;
pub mod vex_validate;
#[cfg(feature = "server")]
pub mod wire;

use crate::diagnostic::Diagnostic;
use crate::folder::FolderError;

/// Why a use case could not judge. Told to the user as diagnostics; exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct Refused(pub Vec<Diagnostic>);

impl Refused {
    /// Names `path` as the file of every fault that names none.
    pub fn in_file_if_unnamed(mut self, path: &str) -> Self {
        for fault in &mut self.0 {
            fault.file.get_or_insert_with(|| path.to_owned());
        }
        self
    }
}

impl From<Diagnostic> for Refused {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Refused {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl From<FolderError> for Refused {
    fn from(error: FolderError) -> Self {
        Self(vec![error.diagnostic()])
    }
}
