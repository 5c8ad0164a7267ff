//! The packet that goes to a supplier: one ZIP file with the workbook, the form, the questionnaire as data, a README in each
//! language, and a manifest that names them by their digests.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{form, workbook};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::document::marking;
use crate::evidence::archive::write::deflated_zip;
use crate::questionnaire::sending::{Languages, Sending};
use crate::text::Lang;
use crate::text::messages::message_with;

/// The schema of a manifest.
pub const MANIFEST_SCHEMA: &str = "mekiki/questionnaire-packet/v1";
/// The manifest's name in the packet.
pub const MANIFEST: &str = "manifest.json";
/// The name of the agency's signature over the manifest.
pub const MANIFEST_SIGNATURE: &str = "manifest.json.dsse.json";
/// The workbook's name.
pub const WORKBOOK: &str = "questionnaire.xlsx";
/// The form's name.
pub const FORM: &str = "form.html";
/// The name of the questionnaire as data, whose digest is the questionnaire's.
pub const QUESTIONNAIRE: &str = "questionnaire.json";

/// What a packet holds, as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_SCHEMA`].
    pub schema: String,
    /// The questionnaire that is sent.
    pub questionnaire: ManifestQuestionnaire,
    /// The languages of the papers: `ja`, `en` or `both`.
    pub languages: String,
    /// The tender, with the classes and handling restrictions that go with the packet.
    pub tender: Option<serde_json::Value>,
    /// Answers of before that stand in the papers.
    pub carried_over: usize,
    /// Every other file of the packet, by path.
    pub files: Vec<ManifestFile>,
}

/// The questionnaire that a packet sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestQuestionnaire {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Digest of what is published of it, with the algorithm before it.
    pub digest: String,
}

/// A file of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Path in the packet.
    pub path: String,
    /// Digest of its bytes in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// Reads a manifest; `None` where the bytes are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        (manifest.schema == MANIFEST_SCHEMA).then_some(manifest)
    }

    /// The digest that it names for a path.
    pub fn digest(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        Some(&file.sha256)
    }
}

/// The files of a packet but the signature, the manifest first.
///
/// # Errors
///
/// `workbook-unwritable`.
pub fn files(sending: &Sending<'_>) -> Result<Vec<(String, Vec<u8>)>, Diagnostic> {
    let published = canonical_json(&sending.questionnaire.published());
    let mut files = vec![
        (WORKBOOK.to_owned(), workbook::write(sending)?),
        (FORM.to_owned(), form::write(sending).into_bytes()),
        (QUESTIONNAIRE.to_owned(), published.into_bytes()),
    ];
    for lang in Lang::BOTH {
        // The mark at the beginning lets a Japanese editor of old know that the text is UTF-8.
        let text = format!("\u{feff}{}", readme(sending, lang)).replace('\n', "\r\n");
        files.push((format!("README.{}.txt", lang.code()), text.into_bytes()));
    }
    files.sort();
    let manifest = manifest(sending, &files);
    files.insert(0, (MANIFEST.to_owned(), manifest.into_bytes()));
    Ok(files)
}

fn manifest(sending: &Sending<'_>, files: &[(String, Vec<u8>)]) -> String {
    let questionnaire = sending.questionnaire;
    let tender = sending.tender.as_ref().map(|tender| {
        json!({
            "id": tender.id,
            "title": tender.title,
            "agency": tender.agency,
            "deadline": tender.deadline,
            "marking": tender.marking,
        })
    });
    let manifest = Manifest {
        schema: MANIFEST_SCHEMA.to_owned(),
        questionnaire: ManifestQuestionnaire {
            id: questionnaire.id.clone(),
            version: questionnaire.version.clone(),
            digest: format!("sha256:{}", questionnaire.digest.hex()),
        },
        languages: sending.languages.word().to_owned(),
        tender,
        carried_over: sending.carried.iter().filter(|one| one.holds()).count(),
        files: files
            .iter()
            .map(|(path, bytes)| ManifestFile {
                path: path.clone(),
                sha256: Digest::of(bytes).hex(),
            })
            .collect(),
    };
    canonical_json(&json!(manifest)) + "\n"
}

fn readme(sending: &Sending<'_>, lang: Lang) -> String {
    let questionnaire = sending.questionnaire;
    let none = || "—".to_owned();
    let tender = sending.tender.as_ref();
    let mark = tender.map_or_else(none, |one| marking::line(&one.marking, lang));
    let agency = tender.map_or_else(none, |one| one.agency.of(lang).to_owned());
    let subject = tender.map_or_else(none, |one| format!("{} ({})", one.title.of(lang), one.id));
    let deadline = tender.map_or_else(none, |one| one.deadline.to_string());
    let name = format!("{} {}", questionnaire.id, questionnaire.version);
    let digest = format!("sha256:{}", questionnaire.digest.hex());
    let other = match (lang, sending.languages) {
        (Lang::Ja, Languages::En) | (Lang::En, Languages::Ja) => message_with(
            lang,
            "packet-language",
            &[("language", sending.languages.word())],
        ),
        _ => String::new(),
    };
    let text = message_with(
        lang,
        "packet-readme",
        &[
            ("title", questionnaire.title.of(lang)),
            ("marking", &mark),
            ("agency", &agency),
            ("tender", &subject),
            ("deadline", &deadline),
            ("questionnaire", &name),
            ("digest", &digest),
            ("other", &other),
        ],
    );
    // Fluent has no blank lines inside of one message without a mark for them.
    text.replace(" | ", "\n") + "\n"
}

/// Packs files into a ZIP archive, in their order, without times.
///
/// # Errors
///
/// `packet-unwritable` when the archive cannot hold them.
pub fn pack(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Diagnostic> {
    let members = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    deflated_zip(members).map_err(|error| {
        let message = format!("the packet cannot be written: {error}");
        Diagnostic::error("packet-unwritable", Place::whole(), message)
            .help("send the workbook and the form by themselves")
    })
}
