//! The record of a verification, and its replay from the folder of the delivery.

use std::path::Path;

use super::{Request, guess, verify};
use crate::acceptance::Group;
use crate::acceptance::manifest::{Manifest, lay_flags_over, read_manifest};
use crate::acceptance::report::Report;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::record::{Inputs, Rebuilt};
use crate::app::tender::{Replay, compared, tables};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Digester};
use crate::folder::digests::{Digested, digest_file, digest_folder, file_length};
use crate::tender::record::{self, RecordInput, RecordSubject, VerificationParts};
use crate::tender::report::CatalogView;

/// Writes the record of a verification. Its inputs are the artifacts and every other file that the verdict rests on;
/// tables and snapshots stand in the report by their digests.
pub fn write_verification_record(request: &Request<'_>, report: &Report) -> String {
    let delivered = request.delivered();
    let artifacts = report.artifacts.iter().filter_map(|one| {
        let bytes = file_length(&delivered.join(&one.path))?;
        Some(RecordInput {
            path: one.path.clone(),
            sha256: one.sha256,
            bytes: usize::try_from(bytes).ok()?,
        })
    });
    let named = request.manifest_file.map(|(name, bytes)| RecordInput {
        path: name.to_owned(),
        sha256: Digest::of(bytes),
        bytes: bytes.len(),
    });
    let others = report.inputs.iter().filter_map(|one| {
        let places = [delivered.join(&one.path), request.root.join(&one.path)];
        let bytes = places.iter().find_map(|place| {
            file_length(place)?;
            let (sha256, bytes) = digest_file(place).ok()?;
            (sha256 == one.sha256).then_some(bytes)
        })?;
        Some(RecordInput {
            path: one.path.clone(),
            sha256: one.sha256,
            bytes: usize::try_from(bytes).ok()?,
        })
    });
    let inputs = artifacts.chain(named).chain(others).collect();
    let library = request.library;
    let parts = VerificationParts {
        as_of: &report.as_of,
        catalog: &CatalogView::new(&library.catalog),
        checks: library.acceptance_checks.digest,
        tables: &tables(library),
        manifest: request
            .manifest_file
            .map(|(name, bytes)| (name, Digest::of(bytes))),
        flags: request.flags,
        delivered: report.delivered.sha256,
        inputs,
    };
    record::write_verification(parts, report)
}

/// Whether a record is that of a verification, which is rebuilt from a folder as it lies on the disk.
///
/// # Errors
///
/// As [`record::read`].
pub fn is_verification(record_bytes: &[u8]) -> Result<bool, Diagnostic> {
    let record = record::read(record_bytes)?;
    Ok(matches!(record.subject, RecordSubject::Delivery(_)))
}

/// Rebuilds the record of a verification. `folder` holds the manifest, what was delivered, and what the manifest names,
/// each where it lay; the manifest and the folder of what was delivered are found by their digests.
///
/// # Errors
///
/// `evidence-missing` where the manifest or an input is not there, and as [`verify`].
pub fn replay_verification(
    library: &Library,
    record_bytes: &[u8],
    folder: &str,
) -> Result<Replay, Refused> {
    let desk = Desk::open(record_bytes, folder)?;
    if let Some(first) = desk.missing().first() {
        let message = format!(
            "no file has the digest of `{}` ({})",
            first.path, first.sha256
        );
        return Err(
            Diagnostic::error("evidence-missing", Place::pointer("/inputs"), message)
                .help("add the file as it was, where it lay")
                .into(),
        );
    }
    desk.replay(library, record_bytes)
}

/// Checks the inputs of the record of a verification against a folder, and rebuilds it.
///
/// # Errors
///
/// When the record or the folder cannot be read.
pub fn check_verification_inputs(
    library: &Library,
    record_bytes: &[u8],
    folder: &str,
) -> Result<(Inputs, Rebuilt), Refused> {
    let desk = Desk::open(record_bytes, folder)?;
    let missing = desk.missing();
    if !missing.is_empty() {
        let message = "the record cannot be rebuilt while inputs are missing";
        let reason = Diagnostic::error("evidence-missing", Place::pointer("/inputs"), message)
            .help("add the files as they were, where they lay");
        return Ok((Inputs::Missing(missing), Rebuilt::NotChecked(Some(reason))));
    }
    let rebuilt = match desk.replay(library, record_bytes) {
        Ok(replay) => Rebuilt::Replayed(replay),
        Err(Refused(reasons)) => Rebuilt::NotChecked(reasons.into_iter().next()),
    };
    Ok((Inputs::AllPresent(desk.record.inputs.len()), rebuilt))
}

/// A record beside a folder.
struct Desk<'a> {
    record: record::TenderRecord,
    folder: &'a str,
    files: Vec<Digested>,
    /// The manifest's name in the record, and where it lies.
    manifest: Option<(String, Option<String>)>,
    delivered: Digest,
}

impl<'a> Desk<'a> {
    fn open(record_bytes: &[u8], folder: &'a str) -> Result<Self, Refused> {
        let record = record::read(record_bytes)?;
        let RecordSubject::Delivery(delivered) = record.subject else {
            let message = "the record is not that of a verification";
            let fault = Diagnostic::error("record-malformed", Place::pointer("/schema"), message);
            return Err(fault
                .help("use the file that `verify --record` wrote")
                .into());
        };
        let files = digest_folder(folder)?;
        let text = |pointer: &str| {
            let value = record.document.pointer(pointer)?;
            value.as_str().map(str::to_owned)
        };
        let named = text("/manifest/file").zip(text("/manifest/sha256"));
        let manifest = named.map(|(name, digest)| {
            let is_it = |one: &&Digested| one.sha256.hex() == digest;
            // Where several files are the manifest, the one that lies highest is.
            let found = files.iter().filter(is_it);
            let found = found.min_by_key(|one| (one.path.matches('/').count(), &one.path));
            (name, found.map(|one| one.path.clone()))
        });
        Ok(Self {
            record,
            folder,
            files,
            manifest,
            delivered,
        })
    }

    /// The folder that the manifest tells its paths from, inside of the folder.
    fn root(&self) -> &str {
        let path = self.manifest.as_ref().and_then(|(_, path)| path.as_deref());
        let folder = path.and_then(|path| path.rsplit_once('/'));
        folder.map_or("", |(folder, _)| folder)
    }

    /// The inputs that no file is.
    fn missing(&self) -> Vec<RecordInput> {
        let root = Path::new(self.folder).join(self.root());
        let is_missing = |input: &&RecordInput| {
            let is_below = self.files.iter().any(|one| one.sha256 == input.sha256);
            let beside = || digest_file(&root.join(&input.path)).ok();
            !is_below && beside().is_none_or(|(sha256, _)| sha256 != input.sha256)
        };
        let inputs = self.record.inputs.iter();
        inputs.filter(is_missing).cloned().collect()
    }

    /// The folder of what was delivered, inside of the folder: the one whose files have the recorded digest.
    fn delivered(&self) -> Option<String> {
        let mut folders: Vec<&str> = vec![""];
        for file in &self.files {
            let ends = file.path.match_indices('/');
            folders.extend(ends.filter_map(|(end, _)| file.path.get(..end)));
        }
        folders.sort_unstable();
        folders.dedup();
        let mut folders = folders.into_iter();
        let found = folders.find(|folder| {
            let mut digester = Digester::default();
            for file in &self.files {
                let inside = match *folder {
                    "" => Some(file.path.as_str()),
                    folder => file
                        .path
                        .strip_prefix(folder)
                        .and_then(|rest| rest.strip_prefix('/')),
                };
                if let Some(inside) = inside {
                    digester.update(format!("{}  {inside}\n", file.sha256.hex()).as_bytes());
                }
            }
            digester.finish() == self.delivered
        });
        found.map(str::to_owned)
    }

    fn replay(&self, library: &Library, record_bytes: &[u8]) -> Result<Replay, Refused> {
        let root = Path::new(self.folder).join(self.root());
        let delivered = self.delivered();
        let (mut manifest, file) = match &self.manifest {
            Some((name, Some(path))) => {
                let on_disk = Path::new(self.folder).join(path);
                let bytes = crate::folder::read_file(&on_disk.display().to_string())?;
                let manifest = read_manifest(&bytes, name, true)?;
                (manifest, Some((name.as_str(), bytes)))
            }
            Some((name, None)) => {
                let message = format!("no file is the manifest `{name}`");
                return Err(Diagnostic::error(
                    "evidence-missing",
                    Place::pointer("/manifest"),
                    message,
                )
                .help("add the manifest as it was")
                .into());
            }
            None => {
                let folder = delivered.clone().unwrap_or_default();
                let guessed: Manifest = guess(&Path::new(self.folder).join(folder))?;
                (guessed, None)
            }
        };
        let flags = self.record.document.pointer("/flags");
        let flags = flags.and_then(serde_json::Value::as_str);
        if let Some(flags) = flags {
            lay_flags_over(&mut manifest, flags)?;
        }
        if let Some(delivered) = delivered {
            manifest.delivered = between(self.root(), &delivered);
        }
        let request = Request {
            library,
            manifest: &manifest,
            flags,
            manifest_file: file.as_ref().map(|(name, bytes)| (*name, bytes.as_slice())),
            root,
            as_of: self.record.as_of,
            progress: &|_: Group| (),
        };
        let report = verify(&request)?;
        let rebuilt = write_verification_record(&request, &report);
        Ok(compared(&self.record.document, record_bytes, &rebuilt))
    }
}

/// The way from one folder to another, both told from a third.
fn between(from: &str, to: &str) -> String {
    let steps = |path: &str| -> Vec<String> {
        let steps = path.split('/').filter(|step| !step.is_empty());
        steps.map(str::to_owned).collect()
    };
    let (from, to) = (steps(from), steps(to));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let down = to.iter().skip(shared).cloned();
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_folders_goes_up_and_down() {
        for (from, to, way) in [
            ("", "", ""),
            ("", "a/b", "a/b"),
            ("agency", "delivered", "../delivered"),
            ("a/b", "a", ".."),
            ("a/b", "a/c/d", "../c/d"),
        ] {
            assert_eq!(between(from, to), way, "{from} {to}");
        }
    }
}
