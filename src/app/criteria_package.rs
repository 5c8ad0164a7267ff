//! Packages of criteria: one file that carries a catalog or an overlay, with a manifest and a signature.
//!
//! A package is a ZIP of stored members in a fixed order: `manifest.json`, an in-toto statement whose subjects are the
//! files; `manifest.dsse.json`, the envelope that signs it, unless it is unsigned; then the files below `files/`. The same
//! files give the same bytes, and a package that is not written this way is altered, whatever a reader of ZIPs makes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::Refused;
use super::criteria_origin::{PackageTrust, SourceFiles};
use super::library::{Library, embedded};
use super::signature::{SignatureRequest, verify_signature};
use crate::criteria::overlay;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::{Digest, canonical_json};
use crate::evidence::Evidence;
use crate::evidence::archive::write::stored_zip;
use crate::evidence::archive::{Entry, Limits, Role, Walk};
use crate::evidence::attestation::envelope::{Envelope, EnvelopeSignature, IN_TOTO};
use crate::evidence::signature::key::PrivateKey;
use crate::evidence::signature::{Artifact, Kind, Material};
use crate::folder::read_folder;

/// The type of the manifest's predicate.
pub const PREDICATE: &str = "urn:mekiki:criteria-package:v1";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const MANIFEST: &str = "manifest.json";
const ENVELOPE: &str = "manifest.dsse.json";
const FILES: &str = "files/";

/// How much a package may unfold to: it is stored, so it unfolds to no more than itself.
const LIMITS: Limits = Limits {
    members: 20_000,
    bytes: 256 * 1024 * 1024,
    member_bytes: 16 * 1024 * 1024,
    ratio: 20,
    depth: 1,
    path_length: 512,
};

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageKind {
    /// A catalog with its facts, clauses and questionnaires.
    Catalog,
    /// An overlay.
    Overlay,
}

impl PackageKind {
    const WORDS: [(&'static str, Self); 2] =
        [("catalog", Self::Catalog), ("overlay", Self::Overlay)];

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Catalog => "a catalog",
            Self::Overlay => "an overlay",
        }
    }
}

/// A package whose structure was read; nothing about it is verified yet.
#[derive(Debug, Clone)]
pub struct Package {
    /// The file, as it was named.
    pub name: String,
    /// What it holds.
    pub kind: PackageKind,
    /// Identifier of the catalog or overlay.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its digest, as the manifest says.
    pub digest: String,
    /// The files, sorted by path.
    pub files: Vec<Evidence>,
    /// Whether files or form differ from what the manifest says.
    pub alterations: Vec<Diagnostic>,
    manifest: Vec<u8>,
    envelope: Option<Vec<u8>>,
}

/// How the signature of a package came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageSignature {
    /// A trusted key signed the manifest; the key's name.
    Verified(String),
    /// There is none.
    Absent,
    /// There is one, and no key to verify it.
    Unchecked,
    /// It does not verify; why.
    Refused(String),
}

impl PackageSignature {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Verified(_) => "verified",
            Self::Absent => "absent",
            Self::Unchecked => "unchecked",
            Self::Refused(_) => "refused",
        }
    }
}

/// Packs the folder, or what the binary carries for `built-in`, and signs it where a key is given.
///
/// # Errors
///
/// Every fault of the criteria: what is broken is not signed. `private-key-malformed`, `private-key-unsupported`.
pub fn pack(source: &str, key: Option<Material<'_>>) -> Result<Vec<u8>, Refused> {
    let evidence = if source == super::criteria_origin::BUILT_IN {
        let files = embedded().into_iter();
        files
            .map(|(path, bytes)| Evidence::new(path, bytes))
            .collect()
    } else {
        read_folder(source)?
    };
    let source = SourceFiles {
        name: source.to_owned(),
        evidence,
        remarks: Vec::new(),
    };
    let files = source.files();
    let (kind, id, version, digest) = if files.contains_key(overlay::HEAD) {
        let (id, version, digest) = overlay::identity(&files)?;
        (PackageKind::Overlay, id, version, digest)
    } else {
        let catalog = Library::read(&files)?.catalog;
        let version = catalog.version.to_string();
        (PackageKind::Catalog, catalog.id, version, catalog.digest)
    };
    let mut sorted = source.evidence.clone();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    let subjects: Vec<_> = sorted
        .iter()
        .map(|one| json!({"name": one.path, "digest": {"sha256": one.digest}}))
        .collect();
    let statement = json!({
        "_type": STATEMENT,
        "subject": subjects,
        "predicateType": PREDICATE,
        "predicate": {"kind": kind, "id": id, "version": version, "digest": digest},
    });
    let manifest = canonical_json(&statement).into_bytes();
    let envelope = key.map(|key| sign(&manifest, key)).transpose()?;
    write(&manifest, envelope.as_deref(), &sorted)
        .map_err(|error| malformed(&format!("cannot be written: {error}")).into())
}

fn sign(manifest: &[u8], key: Material<'_>) -> Result<Vec<u8>, Refused> {
    let key = PrivateKey::read(key)?;
    let mut envelope = Envelope {
        payload_type: IN_TOTO.to_owned(),
        payload: manifest.to_vec(),
        signatures: Vec::new(),
    };
    envelope.signatures.push(EnvelopeSignature {
        keyid: Some(format!("sha256:{}", key.public().digest())),
        signature: key.sign(&envelope.signed_bytes())?,
        has_certificate: false,
    });
    Ok(envelope.to_json().into_bytes())
}

fn write(manifest: &[u8], envelope: Option<&[u8]>, files: &[Evidence]) -> std::io::Result<Vec<u8>> {
    let paths: Vec<_> = files
        .iter()
        .map(|one| (format!("{FILES}{}", one.path), &one.bytes))
        .collect();
    let members = [(MANIFEST, manifest)]
        .into_iter()
        .chain(envelope.map(|envelope| (ENVELOPE, envelope)))
        .chain(
            paths
                .iter()
                .map(|(path, bytes)| (path.as_str(), bytes.as_ref())),
        );
    stored_zip(members)
}

fn malformed(what: &str) -> Diagnostic {
    let message = format!("the package of criteria {what}");
    Diagnostic::error("criteria-package-malformed", Place::whole(), message)
        .help("use the file that `mekiki criteria pack` wrote, unchanged")
}

/// Reads a package: its structure, within limits, and whether every file is as its manifest says.
///
/// # Errors
///
/// `criteria-package-malformed`, and the codes of archives for one that leads outside of itself or is too large.
pub fn open_package(name: &str, bytes: &[u8]) -> Result<Package, Refused> {
    read_package(name, bytes).map_err(|refused| refused.in_file_if_unnamed(name))
}

fn read_package(name: &str, bytes: &[u8]) -> Result<Package, Refused> {
    let mut members = members(bytes)?;
    let manifest = members
        .remove(MANIFEST)
        .ok_or_else(|| malformed(&format!("has no `{MANIFEST}`")))?;
    let envelope = members.remove(ENVELOPE);
    let said = Said::read(&manifest)?;
    let mut alterations = Vec::new();
    let mut files = Vec::new();
    let mut fault = |code: &'static str, path: &str, message: &str| {
        let help = "ask for the package again, and for how it came here";
        let fault = Diagnostic::error(code, Place::whole(), message).help(help);
        alterations.push(fault.in_file(format!("{name}!/{path}")));
    };
    for (path, bytes) in members {
        let inside = path.strip_prefix(FILES).map(str::to_owned);
        let listed = inside.as_ref().and_then(|inside| said.files.get(inside));
        let file = Evidence::new(inside.clone().unwrap_or_default(), bytes);
        match listed {
            None => fault(
                "criteria-package-surplus",
                &path,
                "the manifest does not list this file",
            ),
            Some(digest) if *digest != file.digest => fault(
                "criteria-package-altered",
                &path,
                "the file is not the one that the manifest lists",
            ),
            Some(_) => {}
        }
        if inside.is_some() {
            files.push(file);
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let there: BTreeSet<_> = files.iter().map(|file| file.path.as_str()).collect();
    for path in said
        .files
        .keys()
        .filter(|path| !there.contains(path.as_str()))
    {
        fault(
            "criteria-package-missing",
            &format!("{FILES}{path}"),
            "the manifest lists a file that is not there",
        );
    }
    // Two readers of ZIPs may see two things in one file; in the one form that we write there is nothing to hide.
    let rebuilt = write(&manifest, envelope.as_deref(), &files).unwrap_or_default();
    if alterations.is_empty() && rebuilt != bytes {
        let message = "the package is not written as `mekiki criteria pack` writes it";
        let fault = Diagnostic::error("criteria-package-altered", Place::whole(), message);
        alterations.push(
            fault
                .help("ask for the package again; a tool repacked it, or something is hidden in it")
                .in_file(name),
        );
    }
    Ok(Package {
        name: name.to_owned(),
        kind: said.kind,
        id: said.id,
        version: said.version,
        digest: said.digest,
        files,
        alterations,
        manifest,
        envelope,
    })
}

/// The members of the archive by path.
fn members(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Refused> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(malformed("is no ZIP file").into());
    }
    let mut members = BTreeMap::new();
    let mut twice = None;
    let remarks = {
        let mut visit = |entry: Entry, bytes: &[u8]| {
            if let (Role::File, Some(path)) = (entry.role, entry.path.strip_prefix("!/"))
                && members.insert(path.to_owned(), bytes.to_vec()).is_some()
            {
                twice = Some(path.to_owned());
            }
            0
        };
        let mut walk = Walk::new(LIMITS, &mut visit);
        walk.file("", bytes)?;
        walk.finish()
    };
    if let Some(path) = twice {
        return Err(malformed(&format!("holds `{path}` twice")).into());
    }
    let errors: Vec<_> = remarks
        .into_iter()
        .filter(|one| one.severity == Severity::Error)
        .map(|mut one| {
            one.file = None;
            one
        })
        .collect();
    if errors.is_empty() {
        Ok(members)
    } else {
        Err(Refused(errors))
    }
}

/// What a manifest says.
struct Said {
    kind: PackageKind,
    id: String,
    version: String,
    digest: String,
    files: BTreeMap<String, Digest>,
}

impl Said {
    fn read(manifest: &[u8]) -> Result<Self, Diagnostic> {
        crate::tree::parse_json(manifest)?;
        let document: Value =
            serde_json::from_slice(manifest).map_err(|_| malformed("has no readable manifest"))?;
        let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
        if text("/_type") != Some(STATEMENT) || text("/predicateType") != Some(PREDICATE) {
            return Err(malformed("has a manifest of another kind"));
        }
        let kind = PackageKind::WORDS
            .iter()
            .find(|(word, _)| text("/predicate/kind") == Some(word));
        let subjects = document.get("subject").and_then(Value::as_array);
        let (Some((_, kind)), Some(id), Some(version), Some(digest), Some(subjects)) = (
            kind,
            text("/predicate/id"),
            text("/predicate/version"),
            text("/predicate/digest"),
            subjects,
        ) else {
            return Err(malformed("has an incomplete manifest"));
        };
        let mut files = BTreeMap::new();
        for subject in subjects {
            let name = subject.get("name").and_then(Value::as_str);
            let digest = subject.pointer("/digest/sha256").and_then(Value::as_str);
            let (Some(name), Some(Ok(digest))) = (name, digest.map(str::parse)) else {
                return Err(malformed("lists a file without name and SHA-256"));
            };
            if files.insert(name.to_owned(), digest).is_some() {
                return Err(malformed("lists a file twice"));
            }
        }
        Ok(Self {
            kind: *kind,
            id: id.to_owned(),
            version: version.to_owned(),
            digest: digest.to_owned(),
            files,
        })
    }
}

impl Package {
    /// Judges the signature over the manifest.
    ///
    /// # Errors
    ///
    /// When it cannot be judged: a key that is none, an envelope that cannot be read.
    pub fn signature(&self, trust: &PackageTrust) -> Result<PackageSignature, Refused> {
        let Some(envelope) = &self.envelope else {
            return Ok(PackageSignature::Absent);
        };
        if trust.keys.is_empty() {
            return Ok(PackageSignature::Unchecked);
        }
        let file = format!("{}!/{ENVELOPE}", self.name);
        let verification = verify_signature(&SignatureRequest {
            signature: Some(Material {
                name: &file,
                bytes: envelope,
            }),
            kind: Some(Kind::Dsse),
            keys: trust
                .keys
                .iter()
                .map(|(name, bytes)| Material { name, bytes })
                .collect(),
            payload_type: Some(IN_TOTO),
            ..SignatureRequest::new(Artifact::of_bytes(&self.manifest), trust.at)
        })?;
        Ok(match verification.refusal() {
            None => PackageSignature::Verified(
                verification
                    .signer
                    .key_sha256
                    .map_or_else(|| "a trusted key".to_owned(), |key| format!("sha256:{key}")),
            ),
            Some(check) => {
                PackageSignature::Refused(format!("{}: {}", check.name.word(), check.detail))
            }
        })
    }

    /// Everything that speaks against using the package; empty for one that is whole and signed by a trusted key.
    ///
    /// # Errors
    ///
    /// As [`Package::signature`].
    pub fn faults(&self, trust: &PackageTrust) -> Result<Vec<Diagnostic>, Refused> {
        let fault = |code: &'static str, message: String, help: &str| {
            let fault = Diagnostic::error(code, Place::whole(), message).help(help);
            fault.in_file(&self.name)
        };
        let unsigned = match self.signature(trust)? {
            PackageSignature::Verified(_) => None,
            PackageSignature::Absent => Some(fault(
                "criteria-package-unsigned",
                "the package of criteria is not signed".to_owned(),
                "ask for the signed package, or take it as it is with --allow-unsigned-criteria",
            )),
            PackageSignature::Unchecked => Some(fault(
                "criteria-key-missing",
                "the package of criteria is signed, and no key is named that must have signed it"
                    .to_owned(),
                "name the publisher's public key with --criteria-key",
            )),
            PackageSignature::Refused(why) => Some(fault(
                "criteria-package-signature",
                format!("the signature of the package of criteria is refused: {why}"),
                "do not use it; ask the publisher for the package and the key",
            )),
        };
        Ok(unsigned
            .into_iter()
            .chain(self.alterations.iter().cloned())
            .collect())
    }

    /// Judges whether the package may be used; gives what a reader should know.
    ///
    /// # Errors
    ///
    /// Every fault, unless what is unsigned is allowed: then they are the remarks.
    pub fn judged(&self, trust: &PackageTrust) -> Result<Vec<Diagnostic>, Refused> {
        let faults = self.faults(trust)?;
        if faults.is_empty() {
            return Ok(faults);
        }
        if !trust.allow_unsigned {
            return Err(Refused(faults));
        }
        let remarks = faults.into_iter().map(|mut fault| {
            fault.severity = Severity::Warning;
            fault.help = Some(
                "the package is used all the same, as --allow-unsigned-criteria says".to_owned(),
            );
            fault
        });
        Ok(remarks.collect())
    }
}
