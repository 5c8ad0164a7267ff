//! `mekiki record replay FILE --evidence DIR`, `mekiki record sign FILE --key KEY`, `mekiki record verify FILE
//! --key KEY`

use serde_json::{Value, json};

use super::output::{self, Output};
use super::trust_material::material;
use super::{Verdict, in_record, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::record::{
    Inputs, Payload, Rebuilt, SignedRecord, check_inputs, sign_record, unwrap_record, verify_record,
};
use crate::app::tender::{Replay, replay_record};
use crate::app::verify::{check_verification_inputs, is_verification, replay_verification};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::record::{RebuiltAnswer, RecordAnswers, text, view};
use crate::evidence::signature::Material;
use crate::folder::read_folder;
use crate::tender::record;
use crate::text::messages::{message, message_with};
use crate::time::{Date, end_of_day};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Rebuild a record from its evidence and say whether it is equal
    Replay {
        /// The record, signed or not
        file: String,
        /// A folder that holds the evidence, under any names; for a verification the delivery with its manifest
        #[arg(long, value_name = "DIR")]
        evidence: String,
        /// A public key that must have signed the record (PEM or DER); may be repeated
        #[arg(long, value_name = "FILE")]
        key: Vec<String>,
    },
    /// Sign a record with a private key, in a DSSE envelope
    Sign {
        /// The record; one that is signed already gets one more signature
        file: String,
        /// The private key: Ed25519, or ECDSA on P-256 or P-384, in PEM and not encrypted
        #[arg(long, value_name = "FILE")]
        key: String,
        /// Sign an in-toto statement about the record's inputs, with the record as its predicate
        #[arg(long)]
        statement: bool,
    },
    /// Verify a record: who signed it, whether its inputs are there, whether it can be rebuilt
    Verify {
        /// The signed record, or the record with its envelope beside it
        file: String,
        /// A public key that must have signed (PEM or DER); may be repeated
        #[arg(long, value_name = "FILE", required_unless_present = "evidence")]
        key: Vec<String>,
        /// How many of the keys must have signed
        #[arg(long, value_name = "N", default_value_t = 1)]
        threshold: usize,
        /// The envelope, where it is not FILE itself nor FILE with `.dsse.json` behind
        #[arg(long, value_name = "FILE")]
        signature: Option<String>,
        /// A folder that holds the inputs, under any names (a delivery: where they lay): check that all are there, and
        /// rebuild the record
        #[arg(long, value_name = "DIR")]
        evidence: Option<String>,
        /// Judge as of the end of this day (UTC) instead of now
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
    },
}

pub(super) fn run(
    command: &Command,
    library: impl FnOnce() -> Result<Library, Refused>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Replay {
            file,
            evidence,
            key,
        } => replay(file, evidence, key, &library()?, output),
        Command::Sign {
            file,
            key,
            statement,
        } => {
            let (record, private) = (read(file)?, read(key)?);
            let payload = if *statement {
                Payload::Statement
            } else {
                Payload::Record
            };
            let signed = sign_record(named(file, &record), named(key, &private), payload)?;
            output.bytes(signed.as_bytes())?;
            Ok(Verdict::Acceptable)
        }
        Command::Verify {
            file,
            key,
            threshold,
            signature,
            evidence,
            as_of,
        } => {
            let at = as_of.map_or_else(clock::now, end_of_day);
            let signed = if key.is_empty() {
                None
            } else {
                Some(verify(file, signature.as_ref(), key, *threshold, at)?)
            };
            let checked = match evidence {
                Some(folder) => Some((library()?, folder.as_str())),
                None => None,
            };
            answer(file, signed.as_ref(), checked.as_ref(), output)
        }
    }
}

/// Tells the three answers on a record; acceptable is only what was asked and is good.
fn answer(
    file: &str,
    signed: Option<&SignedRecord>,
    checked: Option<&(Library, &str)>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let bytes = read(file)?;
    let in_file = |fault: Diagnostic| Refused::from(fault.in_file(file));
    let bytes = unwrap_record(&bytes).map_err(in_file)?.unwrap_or(bytes);
    let record = record::read(&bytes).map_err(in_file)?;
    let (inputs, rebuilt) = match checked {
        Some((library, folder)) => {
            check(library, &bytes, folder).map_err(|refused| in_record(refused, file))?
        }
        None => (Inputs::NotChecked, Rebuilt::NotChecked(None)),
    };
    let answers = RecordAnswers {
        record: &record,
        digest: Digest::of(&bytes),
        verification: signed.map(|signed| &signed.verification),
        missing: match &inputs {
            Inputs::NotChecked => None,
            Inputs::AllPresent(_) => Some(&[]),
            Inputs::Missing(missing) => Some(missing),
        },
        rebuilt: match &rebuilt {
            Rebuilt::NotChecked(_) => None,
            Rebuilt::Replayed(Replay::Equal) => Some(RebuiltAnswer::Equal),
            Rebuilt::Replayed(Replay::Different {
                pointer,
                recorded,
                rebuilt,
            }) => Some(RebuiltAnswer::Different(pointer, recorded, rebuilt)),
        },
        unbuildable: match &rebuilt {
            Rebuilt::NotChecked(reason) => reason.as_ref(),
            Rebuilt::Replayed(_) => None,
        },
    };
    output.either(&view(&answers), || text(&answers, output.lang()))?;
    let refused = signed.is_some_and(|signed| !signed.verification.verified)
        || matches!(inputs, Inputs::Missing(_))
        || matches!(rebuilt, Rebuilt::Replayed(Replay::Different { .. }));
    Ok(match (refused, &rebuilt) {
        (true, _) => Verdict::NotAcceptable,
        (false, Rebuilt::NotChecked(Some(_))) => Verdict::Unverifiable,
        (false, _) => Verdict::Acceptable,
    })
}

/// Checks inputs against a folder: files under any names, or for a verification the delivery as it lay.
fn check(library: &Library, record: &[u8], folder: &str) -> Result<(Inputs, Rebuilt), Refused> {
    if is_verification(record)? {
        return check_verification_inputs(library, record, folder);
    }
    check_inputs(library, record, &read_folder(folder)?)
}

fn named<'a>(name: &'a str, bytes: &'a [u8]) -> Material<'a> {
    Material { name, bytes }
}

fn verify(
    file: &str,
    signature: Option<&String>,
    keys: &[String],
    threshold: usize,
    at: crate::time::Timestamp,
) -> Result<SignedRecord, Refused> {
    let bytes = read(file)?;
    let keys = keys.iter().map(|path| Ok((path.clone(), read(path)?)));
    let keys = keys.collect::<Result<Vec<_>, Refused>>()?;
    let beside = if let Some(path) = signature {
        Some((path.clone(), read(path)?))
    } else if unwrap_record(&bytes).is_ok_and(|inside| inside.is_some()) {
        None
    } else {
        // Where no envelope lies beside the record either, it is told that the record is not signed.
        let path = format!("{file}.dsse.json");
        read(&path).ok().map(|bytes| (path, bytes))
    };
    let keys: Vec<_> = keys.iter().map(material).collect();
    let beside = beside.as_ref().map(material);
    verify_record(named(file, &bytes), beside, &keys, threshold, at)
}

fn replay(
    file: &str,
    evidence: &str,
    keys: &[String],
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let bytes = read(file)?;
    let unwrapped = unwrap_record(&bytes).map_err(|fault| Refused::from(fault.in_file(file)))?;
    let lang = output.lang();
    let mut signature = "none";
    if !keys.is_empty() {
        let signed = verify(file, None, keys, 1, clock::now())?;
        if !signed.verification.verified {
            let answers = RecordAnswers {
                record: &signed.record,
                digest: signed.digest,
                verification: Some(&signed.verification),
                missing: None,
                rebuilt: None,
                unbuildable: None,
            };
            output.either(&view(&answers), || text(&answers, lang))?;
            return Ok(Verdict::NotAcceptable);
        }
        signature = "verified";
    } else if unwrapped.is_some() {
        signature = "not-checked";
        output::remark(&(message(lang, "replay-signature-unchecked") + "\n"));
    }
    let record = unwrapped.unwrap_or(bytes);
    let in_file = |refused| in_record(refused, file);
    let replay = if is_verification(&record).map_err(|fault| in_file(fault.into()))? {
        replay_verification(library, &record, evidence)
    } else {
        replay_record(library, &record, &read_folder(evidence)?)
    };
    let replay = replay.map_err(in_file)?;
    output.either(&replay_view(&replay, signature), || match &replay {
        Replay::Equal => message(lang, "replay-equal") + "\n",
        Replay::Different {
            pointer,
            recorded,
            rebuilt,
        } => {
            message_with(
                lang,
                "replay-different",
                &[
                    ("pointer", pointer),
                    ("recorded", recorded),
                    ("rebuilt", rebuilt),
                ],
            ) + "\n"
        }
    })?;
    Ok(Verdict::of(replay == Replay::Equal))
}

fn replay_view(replay: &Replay, signature: &str) -> Value {
    let mut view = json!({
        "schema": "mekiki/replay/v1",
        "equal": *replay == Replay::Equal,
        "signature": signature,
    });
    if let (
        Replay::Different {
            pointer,
            recorded,
            rebuilt,
        },
        Some(fields),
    ) = (replay, view.as_object_mut())
    {
        let difference = json!({"pointer": pointer, "recorded": recorded, "rebuilt": rebuilt});
        fields.insert("first_difference".to_owned(), difference);
    }
    view
}
