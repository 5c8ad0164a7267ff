//! Sending a questionnaire: as a workbook, or as a packet that holds the workbook and the form.

use super::Refused;
use super::library::Library;
use super::tender::OpenTender;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::document::questionnaire::packet::{self, MANIFEST_SIGNATURE};
use crate::document::questionnaire::workbook;
use crate::evidence::attestation::envelope::{Envelope, EnvelopeSignature};
use crate::evidence::detect::detect;
use crate::evidence::questionnaire::read_answers;
use crate::evidence::signature::Material;
use crate::evidence::signature::key::PrivateKey;
use crate::evidence::spreadsheet;
use crate::questionnaire::carry::carry;
use crate::questionnaire::response::AnswerSet;
use crate::questionnaire::sending::{Languages, Sending, SentTender};
use crate::questionnaire::structured::read_sheet;
use crate::questionnaire::{Questionnaire, workbook as reader};
use crate::time::Date;

/// The payload type of an agency's signature over a packet's manifest.
pub const MANIFEST_TYPE: &str = "application/vnd.mekiki.questionnaire-packet+json";
/// The payload type of a supplier's signature over a file of answers.
pub const ANSWERS_TYPE: &str = "application/vnd.mekiki.answers";

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// The questionnaire's identifier.
    pub id: &'a str,
    /// The languages of the papers.
    pub languages: Languages,
    /// The tender that it is sent for.
    pub tender: Option<&'a OpenTender>,
    /// Answers of an earlier round, in any format of ours.
    pub previous: Option<Material<'a>>,
    /// The day on which earlier answers must still hold; the tender's deadline for bids goes before it.
    pub as_of: Date,
}

/// Looks a questionnaire up.
///
/// # Errors
///
/// `questionnaire-unknown`.
pub fn lookup<'l>(library: &'l Library, id: &str) -> Result<&'l Questionnaire, Refused> {
    library.questionnaires.get(id).ok_or_else(|| {
        let unknown = Diagnostic::error(
            "questionnaire-unknown",
            Place::whole(),
            format!("there is no questionnaire `{id}`"),
        );
        let known = library.questionnaires.keys().map(String::as_str);
        let help = match nearest(id, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
        };
        unknown.help(help).into()
    })
}

/// Makes ready what is to be sent; with it what is odd about the earlier answers.
///
/// # Errors
///
/// `questionnaire-unknown`, and the faults of an earlier file that cannot be read.
pub fn prepare<'l>(
    library: &'l Library,
    request: &SendRequest<'_>,
) -> Result<(Sending<'l>, Vec<Diagnostic>), Refused> {
    let questionnaire = lookup(library, request.id)?;
    let tender = request.tender.map(|open| &open.tender);
    let as_of = tender.map_or(request.as_of, |tender| tender.bid_deadline);
    let (carried, remarks) = match request.previous {
        None => (Vec::new(), Vec::new()),
        Some(previous) => {
            let answers = read_previous(previous, questionnaire)
                .map_err(|refused| refused.in_file_if_unnamed(previous.name))?;
            let remarks = answers
                .remarks
                .iter()
                .chain(answers.answers.iter().flat_map(|one| &one.remarks));
            let remarks = remarks
                .map(|one| one.clone().in_file(previous.name))
                .collect();
            (carry(questionnaire, &answers, as_of), remarks)
        }
    };
    let sending = Sending {
        questionnaire,
        languages: request.languages,
        tender: tender.map(|tender| SentTender {
            id: tender.id.to_string(),
            title: tender.title.clone(),
            agency: tender.agency_name.clone(),
            deadline: tender.bid_deadline,
            marking: tender.marking(),
        }),
        carried,
    };
    Ok((sending, remarks))
}

/// Reads answers in one of our own formats: a workbook, a sheet of one as text, TOML or JSON.
///
/// # Errors
///
/// The faults of a file that cannot be read at all.
pub fn read_previous(
    file: Material<'_>,
    questionnaire: &Questionnaire,
) -> Result<AnswerSet, Refused> {
    if detect(file.bytes).format == "mekiki-answers" {
        let (sheet, remarks) = read_answers(file.bytes)?;
        let mut set = read_sheet(&sheet, questionnaire);
        set.remarks.extend(remarks);
        return Ok(set);
    }
    let workbook = spreadsheet::read(file.bytes)?;
    if reader::recognises(&workbook) {
        return Ok(reader::read(&workbook, questionnaire));
    }
    let message = "the file holds no answers to a questionnaire of ours";
    Err(Diagnostic::error("answers-unreadable", Place::whole(), message)
        .help("name a workbook or an answers file that came back; bring other formats into ours by `mekiki questionnaire import`")
        .into())
}

/// Writes the workbook.
///
/// # Errors
///
/// `workbook-unwritable`.
pub fn export(sending: &Sending<'_>) -> Result<Vec<u8>, Refused> {
    Ok(workbook::write(sending)?)
}

/// Writes the packet, its manifest signed where a key is given.
///
/// # Errors
///
/// `workbook-unwritable` and `packet-unwritable`; `private-key-malformed` and `private-key-unsupported`.
pub fn write_packet(sending: &Sending<'_>, key: Option<Material<'_>>) -> Result<Vec<u8>, Refused> {
    let mut files = packet::files(sending)?;
    if let (Some(key), Some((_, manifest))) = (key, files.first()) {
        let signature = sign(manifest, MANIFEST_TYPE, key)?;
        files.insert(1, (MANIFEST_SIGNATURE.to_owned(), signature.into_bytes()));
    }
    Ok(packet::pack(&files)?)
}

/// Signs a file of answers, of whatever format: gives the envelope, in which it stands byte for byte.
///
/// One that is signed already gets one more signature.
///
/// # Errors
///
/// `envelope-malformed`; `private-key-malformed` and `private-key-unsupported`.
pub fn sign_answers(answers: Material<'_>, key: Material<'_>) -> Result<String, Refused> {
    sign(answers.bytes, ANSWERS_TYPE, key)
        .map_err(|refused| refused.in_file_if_unnamed(answers.name))
}

fn sign(bytes: &[u8], payload_type: &str, key: Material<'_>) -> Result<String, Refused> {
    let mut envelope = if detect(bytes).format == "dsse" {
        Envelope::parse(bytes)?
    } else {
        Envelope {
            payload_type: payload_type.to_owned(),
            payload: bytes.to_vec(),
            signatures: Vec::new(),
        }
    };
    if envelope.payload_type != payload_type {
        let message = "what is signed is no file of answers";
        return Err(Diagnostic::error(
            "answers-unreadable",
            Place::pointer("/payloadType"),
            message,
        )
        .help("name the answers, or the file that `questionnaire sign` wrote")
        .into());
    }
    let key = PrivateKey::read(key)?;
    envelope.signatures.push(EnvelopeSignature {
        keyid: Some(format!("sha256:{}", key.public().digest())),
        signature: key.sign(&envelope.signed_bytes())?,
        has_certificate: false,
    });
    Ok(envelope.to_json())
}
