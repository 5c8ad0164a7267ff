//! Reads an offering file: one offering that is assessed without a tender.

use super::bid::read_offering;
use super::case::{read_case, read_information};
use super::decision::read_decisions;
use super::{plain, read_file};
use crate::diagnostic::Diagnostic;
use crate::evidence::Evidence;
use crate::fact::vocabulary::Vocabulary;
use crate::tender::{EVIDENCE_FOLDER, OfferingFile};
use crate::tree::Fields;

/// Reads an offering file.
///
/// # Errors
///
/// Every fault of the file.
pub fn read_offering_file(
    file: &Evidence,
    vocabulary: &Vocabulary,
) -> Result<OfferingFile, Vec<Diagnostic>> {
    read_file(file, |fields| Some(read(fields, file, vocabulary)))
}

fn read(fields: &Fields<'_>, file: &Evidence, vocabulary: &Vocabulary) -> OfferingFile {
    if fields.text("schema") != "mekiki/offering/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no offering file",
            "write schema = \"mekiki/offering/v1\"",
        );
    }
    let id = fields.text("id");
    plain(fields, "id", &id);
    let information = read_information(fields);
    let read = OfferingFile {
        title: fields.optional_both("title"),
        as_of: fields.day("as_of"),
        catalog: fields.optional_text("catalog"),
        case: read_case(fields, &information, vocabulary),
        information,
        offering: read_offering(fields, file, id, EVIDENCE_FOLDER.to_owned()),
        decisions: read_decisions(fields, file),
    };
    fields.finish();
    read
}
