//! Receiving answers: whether they answer what was sent, and what of it was altered on the way.

use std::collections::BTreeMap;

use super::Refused;
use super::library::Library;
use super::questionnaire_send::{ANSWERS_TYPE, MANIFEST_TYPE, read_previous};
use super::signature::{SignatureRequest, verify_signature};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::questionnaire::packet::{
    MANIFEST, MANIFEST_SIGNATURE, Manifest, QUESTIONNAIRE, WORKBOOK,
};
use crate::document::questionnaire::receipt::{Check, Receipt};
use crate::evidence::archive::{Limits, Walk};
use crate::evidence::attestation::envelope::Envelope;
use crate::evidence::detect::detect;
use crate::evidence::questionnaire::seal;
use crate::evidence::signature::{Artifact, Kind, Material};
use crate::evidence::spreadsheet;
use crate::questionnaire::response::AnswerSet;
use crate::questionnaire::workbook as reader;
use crate::time::Timestamp;

/// What is received, and what is known of it.
#[derive(Debug, Clone)]
pub struct ReceiveRequest<'a> {
    /// What came back: answers, a workbook, either signed, or a ZIP file with one of them.
    pub received: Material<'a>,
    /// What was sent: the packet, or its manifest.
    pub sent: Material<'a>,
    /// Keys of which one must have signed the answers.
    pub keys: Vec<Material<'a>>,
    /// Keys of which one must have signed what was sent.
    pub agency_keys: Vec<Material<'a>>,
    /// The time of judgment.
    pub at: Timestamp,
}

/// Members of a returned packet: more are no packet.
const MEMBERS: usize = 2_000;
/// Unpacked bytes of a returned packet with its documents: 1 GiB.
const BYTES: u64 = 1 << 30;

type Files = BTreeMap<String, Vec<u8>>;

/// Receives answers.
///
/// # Errors
///
/// `packet-malformed` when what was sent is neither a packet nor a manifest, `answers-missing` when nothing that came back holds
/// answers, and the faults of an archive, a key or a file that cannot be read at all.
pub fn receive(library: &Library, request: &ReceiveRequest<'_>) -> Result<Receipt, Refused> {
    let in_sent = |fault: Diagnostic| Refused::from(fault.in_file(request.sent.name));
    let sent = opened(request.sent).map_err(in_sent)?;
    let (manifest_bytes, sent) = match sent {
        Some(files) => (files.get(MANIFEST).cloned().unwrap_or_default(), files),
        None => (request.sent.bytes.to_vec(), Files::new()),
    };
    let Some(manifest) = Manifest::read(&manifest_bytes) else {
        let message = "the file is neither a packet of ours nor the manifest of one";
        return Err(in_sent(
            Diagnostic::error("packet-malformed", Place::whole(), message)
                .help("name the file that `questionnaire packet` wrote, or its manifest.json"),
        ));
    };
    let in_received = |fault: Diagnostic| Refused::from(fault.in_file(request.received.name));
    let returned = opened(request.received).map_err(in_received)?;
    let (name, file) = answers_file(request.received, returned.as_ref(), &manifest)?;
    let (file, envelope) =
        unwrapped(file).map_err(|fault| Refused::from(fault.in_file(name.as_str())))?;

    let mut checks = vec![
        packet_check(&manifest, &sent),
        agency_signature(request, &manifest_bytes, &sent)?,
    ];
    if let Some(returned) = &returned {
        checks.push(returned_files(&manifest, &manifest_bytes, returned, &name));
    }
    let questionnaire = library.questionnaires.get(&manifest.questionnaire.id);
    let material = Material {
        name: &name,
        bytes: &file,
    };
    let answers = match questionnaire {
        Some(questionnaire) => Some(read_previous(material, questionnaire)?),
        None => None,
    };
    checks.push(questionnaire_check(
        &manifest,
        answers.as_ref(),
        &file,
        &name,
    ));
    checks.push(questions_check(&sent, &file, &name, answers.as_ref()));
    checks.push(answers_check(&file, &name));
    checks.push(supplier_signature(
        request,
        &file,
        envelope.as_deref(),
        &name,
    )?);
    Ok(Receipt {
        manifest,
        answers_file: (name, Digest::of(&file)),
        checks,
        answers,
    })
}

/// The files of a packet; `None` where the file is none.
fn opened(file: Material<'_>) -> Result<Option<Files>, Diagnostic> {
    if !spreadsheet::is_workbook(file.bytes) {
        return Ok(None);
    }
    let mut files = Files::new();
    let limits = Limits {
        members: MEMBERS,
        bytes: BYTES,
        member_bytes: BYTES,
        depth: 1,
        ..Limits::default()
    };
    let mut visitor = |entry: crate::evidence::archive::Entry, bytes: &[u8]| {
        if let Some((_, path)) = entry.path.split_once("!/") {
            files.insert(path.to_owned(), bytes.to_vec());
        }
        0
    };
    let mut walk = Walk::new(limits, &mut visitor);
    walk.file("packet", file.bytes)?;
    walk.finish();
    // A workbook is a ZIP file too.
    let is_workbook = files.contains_key("[Content_Types].xml") || files.contains_key("mimetype");
    Ok((!is_workbook).then_some(files))
}

/// The file that holds the answers, with its name.
fn answers_file<'a>(
    received: Material<'a>,
    returned: Option<&'a Files>,
    manifest: &Manifest,
) -> Result<(String, &'a [u8]), Refused> {
    let Some(files) = returned else {
        return Ok((received.name.to_owned(), received.bytes));
    };
    let holds = |bytes: &[u8]| {
        let detection = detect(bytes);
        matches!(detection.format, "mekiki-answers" | "dsse")
            || (spreadsheet::is_workbook(bytes)
                && spreadsheet::read(bytes).is_ok_and(|one| reader::recognises(&one)))
    };
    // A workbook that came back as it went out is no answer.
    let is_as_sent = |path: &str, bytes: &[u8]| {
        path == MANIFEST_SIGNATURE
            || manifest
                .digest(path)
                .is_some_and(|digest| digest == Digest::of(bytes).hex())
    };
    let mut found = files
        .iter()
        .filter(|(path, bytes)| !is_as_sent(path, bytes) && holds(bytes));
    let refuse = |code: &'static str, message: String, help: &str| {
        Err(Diagnostic::error(code, Place::whole(), message)
            .help(help)
            .in_file(received.name)
            .into())
    };
    match (found.next(), found.next()) {
        (Some((path, bytes)), None) => Ok((path.clone(), bytes)),
        (None, _) => refuse(
            "answers-missing",
            "no file of the packet holds answers".to_owned(),
            "put the answers file or the filled-in workbook into it",
        ),
        (Some((first, _)), Some((second, _))) => refuse(
            "answers-several",
            format!("two files hold answers: `{first}` and `{second}`"),
            "hand in one of them",
        ),
    }
}

/// The answers inside of an envelope, and the envelope.
fn unwrapped(bytes: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>), Diagnostic> {
    if detect(bytes).format != "dsse" {
        return Ok((bytes.to_vec(), None));
    }
    let envelope = Envelope::parse(bytes)?;
    if envelope.payload_type != ANSWERS_TYPE {
        let message = "what is signed is no file of answers";
        return Err(Diagnostic::error(
            "answers-unreadable",
            Place::pointer("/payloadType"),
            message,
        )
        .help("name the answers, or the file that `questionnaire sign` wrote"));
    }
    Ok((envelope.payload, Some(bytes.to_vec())))
}

fn tampered(path: &str, at: Place, message: String) -> Diagnostic {
    Diagnostic::error("tampering-found", at, message)
        .help("ask for the answers again, to the packet as it was sent")
        .in_file(path)
}

/// Whether the packet that was sent is whole.
fn packet_check(manifest: &Manifest, sent: &Files) -> Check {
    if sent.is_empty() {
        return Check::unmade("receipt-check-packet");
    }
    let mut findings = Vec::new();
    for file in &manifest.files {
        match sent.get(&file.path) {
            None => findings.push(tampered(
                &file.path,
                Place::whole(),
                "the file is missing from the packet that was sent".to_owned(),
            )),
            Some(bytes) if Digest::of(bytes).hex() != file.sha256 => {
                findings.push(tampered(
                    &file.path,
                    Place::whole(),
                    "the file does not agree with the manifest of the packet that was sent"
                        .to_owned(),
                ));
            }
            Some(_) => {}
        }
    }
    let published = sent
        .get(QUESTIONNAIRE)
        .map(|bytes| format!("sha256:{}", Digest::of(bytes).hex()));
    if published.is_some_and(|digest| digest != manifest.questionnaire.digest) {
        let message = "the manifest names another questionnaire than the packet holds".to_owned();
        findings.push(tampered(
            MANIFEST,
            Place::pointer("/questionnaire/digest"),
            message,
        ));
    }
    Check::made("receipt-check-packet", findings)
}

fn agency_signature(
    request: &ReceiveRequest<'_>,
    manifest: &[u8],
    sent: &Files,
) -> Result<Check, Refused> {
    const NAME: &str = "receipt-check-agency-signature";
    if request.agency_keys.is_empty() {
        return Ok(Check::unmade(NAME));
    }
    let Some(envelope) = sent.get(MANIFEST_SIGNATURE) else {
        let message = "the packet is not signed".to_owned();
        return Ok(Check::made(
            NAME,
            vec![tampered(MANIFEST, Place::whole(), message)],
        ));
    };
    signature_check(
        NAME,
        manifest,
        Material {
            name: MANIFEST_SIGNATURE,
            bytes: envelope,
        },
        &request.agency_keys,
        MANIFEST_TYPE,
        request.at,
    )
}

fn supplier_signature(
    request: &ReceiveRequest<'_>,
    file: &[u8],
    envelope: Option<&[u8]>,
    name: &str,
) -> Result<Check, Refused> {
    const NAME: &str = "receipt-check-signature";
    if request.keys.is_empty() {
        return Ok(Check::unmade(NAME));
    }
    let Some(envelope) = envelope else {
        let message = "the answers are not signed".to_owned();
        return Ok(Check::made(
            NAME,
            vec![tampered(name, Place::whole(), message)],
        ));
    };
    signature_check(
        NAME,
        file,
        Material {
            name,
            bytes: envelope,
        },
        &request.keys,
        ANSWERS_TYPE,
        request.at,
    )
}

fn signature_check(
    name: &'static str,
    bytes: &[u8],
    envelope: Material<'_>,
    keys: &[Material<'_>],
    payload_type: &'static str,
    at: Timestamp,
) -> Result<Check, Refused> {
    let verification = verify_signature(&SignatureRequest {
        signature: Some(envelope),
        kind: Some(Kind::Dsse),
        keys: keys.to_vec(),
        payload_type: Some(payload_type),
        ..SignatureRequest::new(Artifact::of_bytes(bytes), at)
    })?;
    let failed = verification.checks.iter().filter(|one| !one.passed);
    let mut findings: Vec<_> = failed
        .map(|one| {
            tampered(
                envelope.name,
                Place::whole(),
                format!("the signature does not hold: {}", one.detail),
            )
        })
        .collect();
    if !verification.verified && findings.is_empty() {
        findings.push(tampered(
            envelope.name,
            Place::whole(),
            "the signature does not hold".to_owned(),
        ));
    }
    Ok(Check::made(name, findings))
}

/// Whether the files that came back beside the answers are those that went out.
fn returned_files(
    manifest: &Manifest,
    manifest_bytes: &[u8],
    returned: &Files,
    answers: &str,
) -> Check {
    let mut findings = Vec::new();
    match returned.get(MANIFEST) {
        Some(bytes) if bytes != manifest_bytes => {
            findings.push(tampered(
                MANIFEST,
                Place::whole(),
                "the manifest came back altered".to_owned(),
            ));
        }
        _ => {}
    }
    for file in &manifest.files {
        if file.path == answers {
            continue;
        }
        match returned.get(&file.path) {
            Some(bytes) if Digest::of(bytes).hex() != file.sha256 => {
                findings.push(tampered(
                    &file.path,
                    Place::whole(),
                    "the file came back altered".to_owned(),
                ));
            }
            _ => {}
        }
    }
    Check::made("receipt-check-returned-files", findings)
}

fn questionnaire_check(
    manifest: &Manifest,
    answers: Option<&AnswerSet>,
    file: &[u8],
    name: &str,
) -> Check {
    const NAME: &str = "receipt-check-questionnaire";
    let stated = match answers {
        Some(answers) => answers.digest.clone(),
        None => serde_json::from_slice::<serde_json::Value>(file)
            .ok()
            .and_then(|sheet| {
                sheet
                    .get("questionnaire_digest")?
                    .as_str()
                    .map(str::to_owned)
            }),
    };
    let digest = |text: &str| text.parse::<Digest>().ok();
    match stated {
        None => Check::unmade(NAME),
        Some(stated)
            if digest(&stated).is_some()
                && digest(&stated) == digest(&manifest.questionnaire.digest) =>
        {
            Check::made(NAME, Vec::new())
        }
        Some(stated) => {
            let message = format!(
                "the answers name the digest {stated} of a questionnaire; sent was {} {} with {}",
                manifest.questionnaire.id,
                manifest.questionnaire.version,
                manifest.questionnaire.digest
            );
            Check::made(NAME, vec![tampered(name, Place::whole(), message)])
        }
    }
}

/// Whether the questions that the supplier read are those that were sent.
fn questions_check(sent: &Files, file: &[u8], name: &str, answers: Option<&AnswerSet>) -> Check {
    const NAME: &str = "receipt-check-questions";
    let was_sent = sent
        .get(WORKBOOK)
        .and_then(|bytes| spreadsheet::read(bytes).ok());
    let came_back = spreadsheet::is_workbook(file)
        .then(|| spreadsheet::read(file).ok())
        .flatten();
    if let Some(came_back) = came_back {
        let Some(was_sent) = was_sent else {
            return Check::unmade(NAME);
        };
        return Check::made(NAME, altered_rows(&was_sent, &came_back, name));
    }
    // In an answers file the questions stand as digests of their parts.
    let published = sent
        .get(QUESTIONNAIRE)
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok());
    match (published, answers) {
        (Some(published), Some(answers)) if !answers.fingerprints.is_empty() => {
            let now = crate::questionnaire::change::published_fingerprints(&published);
            let mut findings = Vec::new();
            for (question, print) in &answers.fingerprints {
                let changes = now.get(question).map(|now| print.changes(now));
                if changes.as_ref().is_none_or(|changes| !changes.is_empty()) {
                    let message = format!(
                        "the question `{question}` that was answered is not the one that was sent"
                    );
                    findings.push(tampered(
                        name,
                        Place::pointer(format!("/questions/{question}")),
                        message,
                    ));
                }
            }
            Check::made(NAME, findings)
        }
        _ => Check::unmade(NAME),
    }
}

fn altered_rows(
    sent: &spreadsheet::Workbook,
    received: &spreadsheet::Workbook,
    name: &str,
) -> Vec<Diagnostic> {
    let (sent, received) = (reader::sent_rows(sent), reader::sent_rows(received));
    let mut findings = Vec::new();
    for (id, was) in &sent {
        let Some(now) = received.get(id) else {
            let message = format!("the row of `{id}` is missing, or its identifier was taken out");
            findings.push(
                Diagnostic::warning("question-row-missing", was.at.clone(), message)
                    .help("check whether its question was answered")
                    .in_file(name),
            );
            continue;
        };
        for (column, text) in &was.texts {
            let found = now.texts.get(column).map_or("", String::as_str);
            if same_words(found, text) {
                continue;
            }
            let message = format!(
                "`{id}`: the {} was altered from `{}` to `{}`",
                column.title().en.to_lowercase(),
                crate::text::shortened(text, 60),
                crate::text::shortened(found, 60)
            );
            findings.push(tampered(name, now.at.clone(), message));
        }
    }
    for (id, now) in received.iter().filter(|(id, _)| !sent.contains_key(*id)) {
        findings.push(tampered(
            name,
            now.at.clone(),
            format!("the row of `{id}` was not sent"),
        ));
    }
    findings
}

/// Whether two texts are the same but for how a program breaks their lines.
fn same_words(left: &str, right: &str) -> bool {
    left.split_whitespace().eq(right.split_whitespace())
}

/// Whether the answers agree with the digests over them.
fn answers_check(file: &[u8], name: &str) -> Check {
    const NAME: &str = "receipt-check-answers";
    let Ok(sheet) = serde_json::from_slice::<serde_json::Value>(file) else {
        return Check::unmade(NAME);
    };
    if sheet.get(seal::WHOLE).is_none() {
        return Check::unmade(NAME);
    }
    let findings = seal::alterations(&sheet).into_iter().map(|one| {
        let at = match &one {
            seal::Alteration::Answer(question) | seal::Alteration::Unsealed(question) => {
                Place::pointer(format!("/answers/{question}"))
            }
            seal::Alteration::Sheet => Place::whole(),
        };
        tampered(name, at, one.to_string())
    });
    Check::made(NAME, findings.collect())
}
