//! Use cases of a tender under way: each step opens the case, seals or opens what it must, asks the guards, and
//! appends to the log. Reading joins what is sealed, what is open and who asks.

pub mod appoint;
pub mod assemble;
pub mod award;
pub mod close;
pub mod consolidate;
pub mod invite;
pub mod key;
pub mod mark;
pub mod open;
pub mod publish;
pub mod rank;
pub mod reveal;
pub mod share;
pub mod status;
pub mod submit;
mod trial;
pub mod verify;

use serde_json::Value;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::folder::case::{CaseFolder, CaseLock};
use crate::seal::{self, Key};
use crate::tender::proceeding::chain::check_head;
pub use crate::tender::proceeding::view::{Added, Done};
use crate::tender::proceeding::{Actor, Entry, Event, SealedPart, State, read_log, replay};
use crate::time::{Timestamp, whole_second};

/// Prices, planned prices and reasons fill envelopes of this many bytes, so that lengths tell nothing.
pub(crate) const SMALL_STEP: usize = 4096;
/// Sheets fill envelopes of a multiple of this many bytes.
pub(crate) const SHEET_STEP: usize = 16 * 1024;
/// Technical parts fill envelopes of a multiple of this many bytes.
pub(crate) const TECHNICAL_STEP: usize = 64 * 1024;
/// Keys and shares fill envelopes of this many bytes.
pub(crate) const KEY_STEP: usize = 512;

/// When something is done, and whether that was read off the clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// Whether it was given by hand.
    pub by_hand: bool,
}

/// Who does something in which case, and when.
#[derive(Debug, Clone)]
pub struct Doing<'a> {
    /// The case folder.
    pub case: &'a str,
    /// Who.
    pub actor: Actor,
    /// When.
    pub moment: Moment,
    /// A head of the log that somebody remembers.
    pub head: Option<Digest>,
}

/// A case as it lies on disk.
#[derive(Debug)]
pub struct Case {
    folder: CaseFolder,
    log: Vec<u8>,
    /// The entries of its log.
    pub entries: Vec<Entry>,
    /// What they come to.
    pub state: State,
    /// Up to which entry a remembered head proves the log.
    pub proven: Option<u64>,
}

impl Case {
    /// Opens a case, and holds its log to itself, to the head beside it and to one that is remembered.
    ///
    /// # Errors
    ///
    /// `case-missing`, and whatever is wrong with the log, with the number of the entry.
    pub fn open(path: &str, head: Option<&Digest>) -> Result<Self, Refused> {
        Self::read(CaseFolder::new(path), head)
    }

    fn read(folder: CaseFolder, head: Option<&Digest>) -> Result<Self, Refused> {
        let log = folder.log()?;
        let in_log = |fault: crate::tender::proceeding::Fault| {
            Refused::from(fault.diagnostic.in_file("log.jsonl"))
        };
        let entries = read_log(&log).map_err(in_log)?;
        let state = replay(&entries).map_err(in_log)?;
        // A step that was cut off between log and head leaves the head one entry behind.
        let written = folder.head();
        let before = entries.last().map(|last| last.previous);
        if written != Some(state.head) && (written.is_none() || written != before) {
            return Err(Diagnostic::error(
                "log-head",
                Place::whole(),
                "the last line of the log does not have the digest that stands in `head`",
            )
            .help("the log was cut or altered: restore it from a copy whose head is known")
            .in_file("log.jsonl")
            .into());
        }
        fits(&state)?;
        let proven = head
            .map(|head| check_head(&entries, head))
            .transpose()
            .map_err(in_log)?;
        Ok(Self {
            folder,
            log,
            entries,
            state,
            proven: proven.and_then(|entry| u64::try_from(entry).ok()),
        })
    }

    /// Reads an object.
    pub(crate) fn get(&self, digest: &Digest) -> Result<Vec<u8>, Refused> {
        Ok(self.folder.get(digest)?)
    }

    /// Opens what is sealed, and holds it to its commitment.
    pub(crate) fn open_part(&self, key: &Key, part: &SealedPart) -> Result<Vec<u8>, Diagnostic> {
        let content = seal::open(&[key], &self.folder.get(&part.object)?)?;
        if Digest::of(&content) == part.commitment {
            Ok(content)
        } else {
            Err(Diagnostic::error(
                "case-mismatch",
                Place::whole(),
                "what is in an envelope is not what its commitment says",
            )
            .help("whoever sealed it made two different things; verify the case"))
        }
    }

    /// As [`Case::open_part`], as text without its salt.
    pub(crate) fn open_text(&self, key: &Key, part: &SealedPart) -> Result<String, Diagnostic> {
        let content = self.open_part(key, part)?;
        let text = String::from_utf8(content).map_err(|_| {
            Diagnostic::error(
                "seal-content",
                Place::whole(),
                "what is in an envelope is no text",
            )
        })?;
        Ok(unsalted(&text).to_owned())
    }

    /// The published tender file as it stands now.
    pub(crate) fn published(&self) -> Result<String, Refused> {
        let Some(publication) = &self.state.publication else {
            return Err(refuse("case-order", "nothing is published yet", "").into());
        };
        let bytes = self.get(&publication.file)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A step in the making: nothing is written before [`Writing::finish`].
#[derive(Debug)]
pub(crate) struct Writing {
    pub(crate) case: Case,
    lock: CaseLock,
    actor: Actor,
    moment: Moment,
    objects: Vec<Vec<u8>>,
    added: Vec<Added>,
    pub(crate) remarks: Vec<Diagnostic>,
}

impl Writing {
    /// Opens a case to write to it.
    pub(crate) fn begin(doing: &Doing<'_>) -> Result<Self, Refused> {
        let folder = CaseFolder::new(doing.case);
        if !folder.is_there() {
            // Without a case there is nothing to lock.
            folder.log()?;
        }
        let lock = folder.lock()?;
        let case = Case::read(folder, doing.head.as_ref())?;
        Ok(Self::over(case, lock, doing))
    }

    /// Begins a new case.
    pub(crate) fn begin_new(doing: &Doing<'_>) -> Result<Self, Refused> {
        let folder = CaseFolder::new(doing.case);
        let lock = folder.lock()?;
        if folder.is_there() {
            return Err(refuse(
                "case-exists",
                format!("there is a case at `{}` already", doing.case),
                "publish into another folder; what is published changes only by an amendment",
            )
            .into());
        }
        let case = Case {
            folder,
            log: Vec::new(),
            entries: Vec::new(),
            state: State::draft(),
            proven: None,
        };
        Ok(Self::over(case, lock, doing))
    }

    fn over(case: Case, lock: CaseLock, doing: &Doing<'_>) -> Self {
        let mut remarks = Vec::new();
        if doing.moment.by_hand {
            remarks.push(
                Diagnostic::note(
                    "case-at-by-hand",
                    Place::whole(),
                    "the instant is given by hand, and the log says so",
                )
                .help("leave out --at to take it from the clock"),
            );
        }
        Self {
            case,
            lock,
            actor: doing.actor.clone(),
            moment: Moment {
                at: whole_second(doing.moment.at),
                ..doing.moment
            },
            objects: Vec::new(),
            added: Vec::new(),
            remarks,
        }
    }

    /// Takes an object, to be written with the step.
    pub(crate) fn put(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.objects.push(bytes);
        digest
    }

    /// Seals content to public keys and takes the envelope.
    pub(crate) fn seal(
        &mut self,
        recipients: &[&str],
        content: &[u8],
    ) -> Result<SealedPart, Refused> {
        let object = self.put(seal::seal(recipients, content)?);
        Ok(SealedPart {
            object,
            commitment: Digest::of(content),
        })
    }

    /// Whether a step would be admitted, without taking it.
    pub(crate) fn admit(&self, event: &Event) -> Result<(), Refused> {
        Ok(self.case.state.admit(self.moment.at, &self.actor, event)?)
    }

    /// Takes a step.
    pub(crate) fn add(&mut self, event: Event, seen: Vec<Digest>) -> Result<(), Refused> {
        let entry = Entry {
            sequence: self.case.state.entries + 1,
            previous: self.case.state.head,
            at: self.moment.at,
            at_by_hand: self.moment.by_hand,
            actor: self.actor.clone(),
            event,
            seen,
        };
        self.case.state.apply(&entry)?;
        self.case.log.extend_from_slice(entry.line().as_bytes());
        self.case.log.push(b'\n');
        self.added.push(Added {
            entry: entry.sequence,
            step: entry.event.word(),
        });
        self.case.entries.push(entry);
        Ok(())
    }

    /// Writes the objects, then the log.
    pub(crate) fn finish(self, details: Value) -> Result<Done, Refused> {
        for object in &self.objects {
            self.case.folder.put(&self.lock, object)?;
        }
        let head = self.case.state.head;
        self.case
            .folder
            .write_log(&self.lock, &self.case.log, &head)?;
        Ok(Done {
            schema: "mekiki/tender-case/v1",
            tender: self.case.state.tender.clone(),
            phase: self.case.state.phase.word(),
            added: self.added,
            entries: self.case.state.entries,
            head,
            next: self.case.state.due(self.moment.at),
            remarks: self.remarks,
            details,
        })
    }
}

/// Holds every key that the log lays open to the public key that things were sealed to: whoever can write to the folder
/// can write an entry, but not one with the right key.
fn fits(state: &State) -> Result<(), Refused> {
    let recipients = state.recipients.as_ref();
    for (secret, recipient) in [
        (
            &state.technical_secret,
            recipients.map(|one| &one.technical),
        ),
        (&state.committee_secret, state.committee.as_ref()),
        (&state.prices_secret, recipients.map(|one| &one.prices)),
    ] {
        let Some(secret) = secret else {
            continue;
        };
        let key = Key::read(secret).ok().map(|key| key.recipient());
        if key.as_ref() != recipient {
            return Err(refuse(
                "log-secret",
                "a key that the log lays open does not belong to what was sealed",
                "an entry was forged: restore the log from a copy whose head is known",
            )
            .in_file("log.jsonl")
            .into());
        }
    }
    Ok(())
}

pub(crate) fn refuse(code: &'static str, message: impl Into<String>, help: &str) -> Diagnostic {
    let fault = Diagnostic::error(code, Place::whole(), message);
    if help.is_empty() {
        fault
    } else {
        fault.help(help)
    }
}

const SALT: &str = "# salt: ";

/// A text with a salt before it, filled up to a multiple of `step` bytes.
pub(crate) fn salted(text: &str, step: usize) -> Vec<u8> {
    let content = format!("{SALT}{}\n{}\n", seal::salt(), text.trim_end());
    seal::pad(content.into_bytes(), step)
}

/// The text without its salt and what it was filled up with.
pub(crate) fn unsalted(text: &str) -> &str {
    let rest = match text.strip_prefix(SALT) {
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    rest.trim_end_matches('\n')
}

/// A key of the log that was laid open.
pub(crate) fn laid_open(secret: Option<&String>) -> Option<Key> {
    Key::read(secret?).ok()
}
