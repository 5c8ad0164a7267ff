//! Overlays: what an agency adds to a catalog, makes tighter, and, under an exception only, loosens or drops.
//!
//! An overlay says operations, never criteria of the base anew, so that a new edition of the base is inherited and
//! nothing of it is lost by leaving it out. Each operation under `tighten/` is tighter by construction: it conjoins,
//! raises, lowers or adds, and is refused where it does not. Overlays stack: base, ministry, corporation.
//!
//! Sources: Common Model, Article 6 (at least the level of the base), Article 8 (exceptional actions), Article 14
//! (corporations refer to the policy of their ministry).

mod exception;
mod head;
mod layer;
mod loosen;
mod tighten;

use std::collections::BTreeSet;

pub use self::layer::{ChangeKind, Layer, LayerChange, Relief};

use self::exception::ExceptionRecord;
use self::head::Head;
use super::parse::{misnamed, read_criterion};
use super::{Catalog, Criterion};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::digest::Digest;
use crate::fact::vocabulary::Vocabulary;
use crate::id::CriterionId;
use crate::text::Text;
use crate::time::Date;
use crate::tree::{Complaints, Document, Files, read_file};

/// The file that makes a folder an overlay.
pub const HEAD: &str = "overlay.toml";
/// Folders whose files are added to the library beside the catalog.
pub const LIBRARY_FOLDERS: [&str; 2] = ["clauses/", "questionnaires/"];
/// Folders that this module reads.
const FOLDERS: [&str; 6] = [
    "criteria/",
    "facts/",
    "tighten/",
    "loosen/",
    "drop/",
    "exceptions/",
];

impl Catalog {
    /// Whether the catalog, or an overlay over it, is called `id`.
    pub fn is_called(&self, id: &str) -> bool {
        self.id == id || self.layers.iter().any(|layer| layer.id == id)
    }

    /// Names every loosened or dropped criterion whose exception is not in force on `as_of`.
    pub fn lapsed_exceptions(&self, as_of: Date) -> Vec<Diagnostic> {
        let layers = self.layers.iter();
        let reliefs = layers.flat_map(|layer| {
            let loosened = layer.loosened.iter().map(|one| ("loosen", one));
            let dropped = layer.dropped.iter().map(|one| ("drop", one));
            loosened.chain(dropped).map(move |one| (layer, one))
        });
        let lapsed = reliefs.filter(|(_, (_, one))| as_of < one.start || one.expiry < as_of);
        lapsed
            .map(|(layer, (folder, one))| {
                let message = format!(
                    "`{}` rests on the exception `{}` of `{}`, which is in force from {} to {}, not on {as_of}",
                    one.criterion, one.exception, layer.id, one.start, one.expiry
                );
                Diagnostic::error("overlay-exception-lapsed", Place::pointer("/expiry"), message)
                    .help(format!(
                        "have the exception renewed, or remove {folder}/{}.toml: the criterion then stands as before",
                        one.criterion
                    ))
                    .in_file(format!("exceptions/{}.toml", one.exception))
            })
            .collect()
    }
}

/// Lays an overlay over a catalog.
///
/// # Errors
///
/// Every fault of every file of the overlay.
pub fn lay_over(base: Catalog, files: &Files<'_>) -> Result<Catalog, Vec<Diagnostic>> {
    let mut faults = strangers(files);
    let head = read_file(files, HEAD, &mut faults, Head::read);
    let digest = digest(files);
    let Some(head) = head else {
        return Err(faults);
    };
    faults.extend(head.faults_against(&base));
    let catalog_digest = Digest::of(
        format!("{}  {}\n{digest}  {}\n", base.digest, top(&base).0, head.id).as_bytes(),
    );
    let mut merged = Merge {
        layer: Layer {
            id: head.id.clone(),
            version: head.version.to_string(),
            agency: head.agency.clone(),
            agency_name: head.agency_name.clone(),
            title: head.title.clone(),
            valid_from: head.valid_from,
            digest,
            catalog_digest,
            prefix: head.prefix.clone(),
            added: Vec::new(),
            tightened: Vec::new(),
            loosened: Vec::new(),
            dropped: Vec::new(),
        },
        exceptions: exception::read_exceptions(files, &mut faults),
        catalog: base,
        faults,
    };
    merged.catalog.documents.extend(head.documents.clone());
    merged.facts(files);
    merged.add(files);
    merged.tighten(files);
    merged.loosen(files);
    merged.drop_criteria(files);
    merged.finish(&head)
}

/// The identifier, version and digest of an overlay, without a look at what it lies over.
///
/// # Errors
///
/// Every fault of `overlay.toml`, and files that have no meaning.
pub fn identity(files: &Files<'_>) -> Result<(String, String, Digest), Vec<Diagnostic>> {
    let mut faults = strangers(files);
    match read_file(files, HEAD, &mut faults, Head::read) {
        Some(head) if faults.is_empty() => Ok((head.id, head.version.to_string(), digest(files))),
        _ => Err(faults),
    }
}

/// The identifier and version of the top layer.
fn top(catalog: &Catalog) -> (String, String) {
    catalog.layers.last().map_or_else(
        || (catalog.id.clone(), catalog.version.to_string()),
        |layer| (layer.id.clone(), layer.version.clone()),
    )
}

/// The digest of an overlay: over the sorted list of its paths with the digest of each file.
fn digest(files: &Files<'_>) -> Digest {
    let listing: String = files
        .iter()
        .map(|(path, bytes)| format!("{}  {path}\n", Digest::of(bytes)))
        .collect();
    Digest::of(listing.as_bytes())
}

/// Files that have no meaning in an overlay.
fn strangers(files: &Files<'_>) -> Vec<Diagnostic> {
    let known = |path: &str| {
        let toml = std::path::Path::new(path)
            .extension()
            .is_some_and(|one| one == "toml");
        path == HEAD
            || path == "README.md"
            || (toml
                && FOLDERS
                    .iter()
                    .chain(&LIBRARY_FOLDERS)
                    .any(|folder| path.starts_with(folder)))
    };
    let strangers = files.keys().filter(|path| !known(path));
    strangers
        .map(|path| {
            let message = "an overlay has no such file";
            Diagnostic::error("overlay-file-unknown", Place::whole(), message)
                .help(format!(
                    "the files are {HEAD}, README.md, and .toml files below {} and {}",
                    FOLDERS.join(", "),
                    LIBRARY_FOLDERS.join(", ")
                ))
                .in_file(*path)
        })
        .collect()
}

/// The files of a folder, with what their names say.
fn below<'f>(files: &Files<'f>, folder: &str) -> Vec<(&'f str, String)> {
    let paths = files.keys().copied();
    paths
        .filter_map(|path| {
            let name = path.strip_prefix(folder)?.strip_suffix(".toml")?;
            Some((path, name.to_owned()))
        })
        .collect()
}

/// A catalog while an overlay is laid over it.
struct Merge {
    catalog: Catalog,
    layer: Layer,
    exceptions: Vec<ExceptionRecord>,
    faults: Vec<Diagnostic>,
}

impl Merge {
    fn facts(&mut self, files: &Files<'_>) {
        for (path, _) in below(files, "facts/") {
            let vocabulary = &mut self.catalog.vocabulary;
            read_file(files, path, &mut self.faults, |document, complaints| {
                if let Some(node) = document.root.get("parameter") {
                    let at = document.place(node, "/parameter");
                    let message = "an overlay declares a parameter of the case";
                    complaints.push(
                        Diagnostic::error("overlay-parameter", at, message)
                            .help("declare a fact of the agency's own records instead; a tender file cannot set it"),
                    );
                }
                vocabulary.extend(document, complaints);
            });
        }
    }

    fn add(&mut self, files: &Files<'_>) {
        for (path, _) in below(files, "criteria/") {
            let digest = Digest::of(files.get(path).copied().unwrap_or_default());
            let (vocabulary, documents) = (&self.catalog.vocabulary, &self.catalog.documents);
            let read = |document: &Document, complaints: &Complaints| {
                read_criterion(document, complaints, vocabulary, documents, digest)
            };
            let Some(Some(mut criterion)) = read_file(files, path, &mut self.faults, read) else {
                continue;
            };
            self.faults.extend(misnamed(&criterion, "criteria/", path));
            self.faults.extend(
                own_prefix(criterion.id.as_str(), &self.layer.prefix).map(|one| one.in_file(path)),
            );
            criterion.changes.push(LayerChange {
                layer: self.layer.id.clone(),
                version: self.layer.version.clone(),
                kind: ChangeKind::Added,
                fields: Vec::new(),
                reason: None,
                exception: None,
            });
            self.layer.added.push(criterion.id.clone());
            let id = criterion.id.clone();
            if self.catalog.criteria.insert(id, criterion).is_some() {
                let message = "the base has a criterion of this identifier";
                self.faults.push(
                    Diagnostic::error("overlay-clash", Place::pointer("/id"), message)
                        .help("choose another identifier, or say under tighten/ what changes")
                        .in_file(path),
                );
            }
        }
    }

    fn tighten(&mut self, files: &Files<'_>) {
        for (path, name) in below(files, "tighten/") {
            let Some(mut criterion) = self.take(path, &name) else {
                continue;
            };
            let (vocabulary, caps) = (&self.catalog.vocabulary, self.catalog.caps);
            let read = |document: &Document, complaints: &Complaints| {
                tighten::tighten(&mut criterion, document, complaints, vocabulary, caps)
            };
            if let Some(done) = read_file(files, path, &mut self.faults, read) {
                self.record(
                    &mut criterion,
                    ChangeKind::Tightened,
                    done,
                    None,
                    files,
                    path,
                );
                self.layer.tightened.push(criterion.id.clone());
            }
            self.catalog
                .criteria
                .insert(criterion.id.clone(), criterion);
        }
    }

    fn loosen(&mut self, files: &Files<'_>) {
        for (path, name) in below(files, "loosen/") {
            let Some(mut criterion) = self.take(path, &name) else {
                continue;
            };
            let (vocabulary, caps) = (&self.catalog.vocabulary, self.catalog.caps);
            let (layer, exceptions) = (&self.layer, &self.exceptions);
            let read = |document: &Document, complaints: &Complaints| {
                loosen::loosen(&mut criterion, document, complaints, vocabulary, caps).map(
                    |(done, exception)| {
                        let relief =
                            exception::relief(exceptions, &exception, &criterion.id, layer);
                        (done, relief)
                    },
                )
            };
            if let Some(Some((done, relief))) = read_file(files, path, &mut self.faults, read) {
                match relief {
                    Ok(relief) => {
                        let exception = Some(relief.exception.clone());
                        self.record(
                            &mut criterion,
                            ChangeKind::Loosened,
                            done,
                            exception,
                            files,
                            path,
                        );
                        self.layer.loosened.push(relief);
                    }
                    Err(fault) => self.faults.push(fault.in_file(path)),
                }
            }
            self.catalog
                .criteria
                .insert(criterion.id.clone(), criterion);
        }
    }

    fn drop_criteria(&mut self, files: &Files<'_>) {
        for (path, name) in below(files, "drop/") {
            let Some(criterion) = self.take(path, &name) else {
                continue;
            };
            let read = loosen::read_drop;
            if let Some(Some(exception)) = read_file(files, path, &mut self.faults, read) {
                match exception::relief(&self.exceptions, &exception, &criterion.id, &self.layer) {
                    Ok(relief) => self.layer.dropped.push(relief),
                    Err(fault) => self.faults.push(fault.in_file(path)),
                }
            }
        }
    }

    /// Takes a criterion of a lower layer out of the catalog, to be changed.
    fn take(&mut self, path: &str, name: &str) -> Option<Criterion> {
        let id = CriterionId::from(name);
        let layer = self.layer.id.clone();
        let twice = |criterion: &Criterion| criterion.changes.iter().any(|one| one.layer == layer);
        let Some(criterion) = self.catalog.criteria.get(&id) else {
            let names = self.catalog.criteria.keys().map(CriterionId::as_str);
            let help = nearest(name, names).map_or_else(
                || "name the file after the criterion that it changes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("the base has no criterion `{name}`");
            self.faults.push(
                Diagnostic::error("criterion-unknown", Place::whole(), message)
                    .help(help)
                    .in_file(path),
            );
            return None;
        };
        if twice(criterion) {
            let message = format!("another file of the overlay says something of `{name}`");
            self.faults.push(
                Diagnostic::error("overlay-twice", Place::whole(), message)
                    .help("one file a criterion: put all changes into loosen/, or change the added file itself")
                    .in_file(path),
            );
            return None;
        }
        self.catalog.criteria.remove(&id)
    }

    fn record(
        &self,
        criterion: &mut Criterion,
        kind: ChangeKind,
        done: Done,
        exception: Option<String>,
        files: &Files<'_>,
        path: &str,
    ) {
        let file = Digest::of(files.get(path).copied().unwrap_or_default());
        criterion.digest = Digest::of(format!("{}\n{file}\n", criterion.digest).as_bytes());
        criterion.changes.push(LayerChange {
            layer: self.layer.id.clone(),
            version: self.layer.version.clone(),
            kind,
            fields: done.fields,
            reason: Some(done.reason),
            exception,
        });
    }

    fn finish(mut self, head: &Head) -> Result<Catalog, Vec<Diagnostic>> {
        let reliefs = self.layer.loosened.iter().chain(&self.layer.dropped);
        let used: BTreeSet<_> = reliefs.map(|one| one.exception.clone()).collect();
        // Where a file could not be read, whether its exception is used cannot be told.
        if self.faults.is_empty() {
            let unused = self.exceptions.iter().filter(|one| !used.contains(&one.id));
            self.faults = unused.map(ExceptionRecord::unused).collect();
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let mut catalog = self.catalog;
        catalog.digest = self.layer.catalog_digest;
        catalog.version = head.version_over(&catalog.version);
        catalog.layers.push(self.layer);
        Ok(catalog)
    }
}

/// What was done to a criterion.
struct Done {
    fields: Vec<&'static str>,
    reason: Text,
}

/// Complains about an identifier that does not begin with the agency's own prefix.
pub fn own_prefix(id: &str, prefix: &str) -> Option<Diagnostic> {
    let own = id
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.starts_with('-'));
    let message = format!("`{id}` does not begin with `{prefix}-`");
    (!own).then(|| {
        Diagnostic::error("overlay-prefix", Place::pointer("/id"), message)
            .help("begin the identifiers of what the overlay adds with its own prefix")
    })
}

/// Reads a vocabulary's key or a rule under this one; named here so that both kinds of change share it.
fn conjoined(
    old: &super::rule::Rule,
    new: &super::rule::Rule,
    sign: &str,
    vocabulary: &Vocabulary,
) -> Result<super::rule::Rule, Vec<super::rule::RuleFault>> {
    let source = format!("({}) {sign} ({})", old.source(), new.source());
    super::rule::Rule::compile(&source, vocabulary)
}
