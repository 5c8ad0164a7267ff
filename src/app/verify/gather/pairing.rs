//! Sorts what was read: artifacts, what speaks of them, and what the manifest names and is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::Artifact;
use super::reading::Seen;
use crate::acceptance::manifest::{Delivered, Manifest, Named};
use crate::delivery::allowance::Allowance;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::detect::Kind;

/// What a signature is called beside what it signs.
const SIGNATURE_ENDINGS: [&str; 16] = [
    ".sig",
    ".sign",
    ".signature",
    ".asc",
    ".gpg",
    ".minisig",
    ".p7s",
    ".p7m",
    ".cms",
    ".sshsig",
    ".sigstore.json",
    ".sigstore",
    ".bundle.json",
    ".bundle",
    ".cosign.bundle",
    ".dsse.json",
];

/// What is called after something begins so behind its name, where it is its provenance.
const PROVENANCE_BEGINNINGS: [&str; 6] = [
    ".intoto.",
    ".provenance",
    ".slsa",
    ".att",
    ".build.",
    ".sigstore",
];

/// What was read, with what is found in it by name and digest.
pub(super) struct Files<'s> {
    seen: &'s [Seen],
    /// Statements by the digests that they are about.
    about: BTreeMap<Digest, Vec<&'s Seen>>,
    digests: BTreeSet<Digest>,
    /// Paths of what the agency keeps among what was delivered.
    agency: &'s BTreeSet<String>,
    /// Paths of all regular files, those that could not be read included, sorted.
    listed: &'s [String],
}

/// What was delivered, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// The artifacts by path.
    pub(super) artifacts: BTreeMap<String, Artifact>,
    /// Paths of what speaks of artifacts, and of what the agency keeps there.
    pub(super) evidence: BTreeSet<String>,
    /// What is named and not there, with what it is.
    pub(super) missing: Vec<(Named, &'static str)>,
    /// What is worth knowing.
    pub(super) remarks: Vec<Diagnostic>,
}

impl<'s> Files<'s> {
    /// Takes the files that were read of those that are there, both sorted by path.
    pub(super) fn new(
        seen: &'s [Seen],
        listed: &'s [String],
        agency: &'s BTreeSet<String>,
    ) -> Self {
        let mut about: BTreeMap<Digest, Vec<&Seen>> = BTreeMap::new();
        for one in seen.iter().filter(|one| !agency.contains(&one.path)) {
            for subject in &one.told.subjects {
                about.entry(*subject).or_default().push(one);
            }
        }
        Self {
            seen,
            about,
            digests: seen.iter().map(|one| one.sha256).collect(),
            agency,
            listed,
        }
    }

    /// Whether a file is there, and may be unreadable.
    fn is_listed(&self, path: &str) -> bool {
        let found = self.listed.binary_search_by(|one| one.as_str().cmp(path));
        found.is_ok()
    }

    /// The file at a path.
    pub(super) fn at(&self, path: &str) -> Option<&'s Seen> {
        let found = self
            .seen
            .binary_search_by(|one| one.path.as_str().cmp(path));
        self.seen.get(found.ok()?)
    }

    /// Documents of a kind that the agency does not keep.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'s Seen> {
        let agency = self.agency;
        let of_kind = self.seen.iter().filter(move |one| one.told.kind == kind);
        of_kind.filter(move |one| !agency.contains(&one.path))
    }

    /// The signatures of a file: those beside it, and statements about it that are no provenance.
    pub(super) fn signatures(&self, signed: &Seen) -> Vec<String> {
        let beside = SIGNATURE_ENDINGS
            .iter()
            .filter_map(|ending| self.at(&format!("{}{ending}", signed.path)))
            .filter(|one| one.told.is_signature() || one.told.is_bare);
        let about = self.about.get(&signed.sha256).into_iter().flatten();
        let about = about.copied().filter(|one| one.told.is_signature());
        paths(beside.chain(about))
    }

    /// The provenance of a file: what is called after it, and statements about it.
    pub(super) fn provenance(&self, built: &Seen) -> Vec<String> {
        let from = self
            .seen
            .partition_point(|one| one.path.as_str() <= built.path.as_str());
        let called = self.seen.iter().skip(from);
        let beside = called
            .map_while(|one| Some((one, one.path.strip_prefix(built.path.as_str())?)))
            .filter(|(_, rest)| {
                let starts = |beginning: &&str| rest.starts_with(*beginning);
                PROVENANCE_BEGINNINGS.iter().any(|one| starts(&one))
            })
            .map(|(one, _)| one);
        let about = self.about.get(&built.sha256).into_iter().flatten().copied();
        paths(beside.chain(about).filter(|one| one.told.is_provenance))
    }

    /// Whether something that speaks of something does so of a file that is there.
    fn speaks_of_something(&self, one: &Seen) -> bool {
        let is_beside = SIGNATURE_ENDINGS
            .iter()
            .filter_map(|ending| one.path.strip_suffix(ending))
            .chain(one.path.match_indices('.').filter_map(|(at, _)| {
                let (signed, rest) = one.path.split_at_checked(at)?;
                let begins = PROVENANCE_BEGINNINGS
                    .iter()
                    .any(|beginning| rest.starts_with(beginning));
                (begins && one.told.is_provenance).then_some(signed)
            }))
            .any(|signed| self.at(signed).is_some());
        let mut subjects = one.told.subjects.iter();
        let is_about = subjects.any(|digest| self.digests.contains(digest));
        is_beside || is_about
    }

    /// The files that a path of the manifest means: itself, those below it, those that a pattern fits.
    fn meant(&self, path: &str) -> Vec<&'s Seen> {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if let Some(one) = self.at(path) {
            return vec![one];
        }
        let below = if matches!(path, "" | ".") {
            String::new()
        } else {
            format!("{path}/")
        };
        let from = self.seen.partition_point(|one| one.path < below);
        let inside = self.seen.iter().skip(from);
        let inside: Vec<_> = inside
            .take_while(|one| one.path.starts_with(&below))
            .collect();
        if !inside.is_empty() || !path.contains(['*', '?']) {
            return inside;
        }
        let pattern = Allowance::of_pattern(path);
        let fits = |one: &&Seen| {
            pattern
                .as_ref()
                .is_some_and(|pattern| pattern.fits(&one.path))
        };
        self.seen.iter().filter(fits).collect()
    }

    /// Sorts everything by what the manifest names.
    pub(super) fn sort(&self, manifest: &Manifest) -> Sorted {
        let mut sorted = Sorted {
            evidence: self.agency.clone(),
            ..Sorted::default()
        };
        self.evidence(manifest, &mut sorted);
        for named in &manifest.artifacts {
            self.named_artifact(named, &mut sorted);
        }
        if manifest.artifacts.is_empty() {
            let artifacts = self.seen.iter().filter(|one| {
                !sorted.evidence.contains(&one.path)
                    && !matches!(one.told.kind, Kind::Key | Kind::TrustRoot)
            });
            let artifacts: Vec<_> = artifacts.map(|one| self.artifact(one, None)).collect();
            let artifacts = artifacts.into_iter();
            sorted.artifacts = artifacts.map(|one| (one.path.clone(), one)).collect();
        }
        self.unpaired(manifest, &mut sorted);
        sorted
    }

    /// What speaks of artifacts, by the manifest or by its content. What the manifest names as an artifact is one.
    fn evidence(&self, manifest: &Manifest, sorted: &mut Sorted) {
        let artifacts: BTreeSet<&str> = manifest
            .artifacts
            .iter()
            .map(|one| one.named.path.as_str())
            .collect();
        let by_content = self.seen.iter().filter(|one| {
            let is_bare = one.told.is_bare && self.speaks_of_something(one);
            one.told.is_evidence() || is_bare
        });
        let by_content = by_content.filter(|one| !artifacts.contains(one.path.as_str()));
        sorted
            .evidence
            .extend(by_content.map(|one| one.path.clone()));
        let supplied = manifest.vex.iter().filter(|one| one.level.is_none());
        let vex = supplied.map(|one| (&one.named, "vex"));
        let sboms = manifest.sboms.iter().map(|one| (&one.named, "sbom"));
        let about = manifest.artifacts.iter().chain(&manifest.sboms);
        let about = about.flat_map(|one| {
            let signatures = one.signatures.iter().map(|one| (one, "signature"));
            signatures.chain(one.provenance.iter().map(|one| (one, "provenance")))
        });
        for (named, what) in sboms.chain(vex).chain(about) {
            if self.is_listed(&named.path) {
                sorted.evidence.insert(named.path.clone());
            } else {
                sorted.missing.push((named.clone(), what));
            }
        }
    }

    fn named_artifact(&self, named: &Delivered, sorted: &mut Sorted) {
        let meant = self.meant(&named.named.path);
        let is_one = meant.len() == 1;
        let files: Vec<_> = meant
            .into_iter()
            .filter(|one| is_one || !sorted.evidence.contains(&one.path))
            .collect();
        if files.is_empty() && !self.is_listed(&named.named.path) {
            sorted.missing.push((named.named.clone(), "artifact"));
        }
        // A signature that is called after one of several files is about that one; another is about all of them.
        let of_one: BTreeMap<&str, &str> = named
            .signatures
            .iter()
            .filter_map(|signature| {
                let signed = files.iter().find(|file| {
                    let ending = signature.path.strip_prefix(file.path.as_str());
                    ending.is_some_and(|ending| SIGNATURE_ENDINGS.contains(&ending))
                })?;
                Some((signature.path.as_str(), signed.path.as_str()))
            })
            .collect();
        for file in files {
            let mut artifact = self.artifact(file, Some(named));
            artifact.signatures.retain(|signature| {
                let signed = of_one.get(signature.as_str());
                signed.is_none_or(|signed| *signed == file.path)
            });
            let known = sorted.artifacts.entry(file.path.clone());
            let known = known.or_insert_with(|| artifact.clone());
            for (known, more) in [
                (&mut known.signatures, artifact.signatures),
                (&mut known.provenance, artifact.provenance),
            ] {
                known.extend(more);
                known.sort();
                known.dedup();
            }
        }
    }

    fn artifact(&self, file: &Seen, named: Option<&Delivered>) -> Artifact {
        let given =
            |list: &[Named]| -> Vec<String> { list.iter().map(|one| one.path.clone()).collect() };
        let signatures = named.map(|one| given(&one.signatures)).unwrap_or_default();
        let provenance = named.map(|one| given(&one.provenance)).unwrap_or_default();
        Artifact {
            path: file.path.clone(),
            sha256: file.sha256,
            signatures: if signatures.is_empty() {
                self.signatures(file)
            } else {
                signatures
            },
            provenance: if provenance.is_empty() {
                self.provenance(file)
            } else {
                provenance
            },
        }
    }

    /// Remarks what speaks of something and is looked at by no check, since the manifest names it not.
    fn unpaired(&self, manifest: &Manifest, sorted: &mut Sorted) {
        let named: BTreeSet<&str> = manifest
            .artifacts
            .iter()
            .chain(&manifest.sboms)
            .flat_map(|one| {
                one.signatures
                    .iter()
                    .chain(&one.provenance)
                    .chain([&one.named])
            })
            .chain(manifest.vex.iter().map(|one| &one.named))
            .map(|one| one.path.as_str())
            .collect();
        for one in self.seen {
            if named.contains(one.path.as_str()) || self.agency.contains(&one.path) {
                continue;
            }
            let note = match one.told.kind {
                Kind::Sbom if manifest.sboms.is_empty() => Diagnostic::note(
                    "delivery-sbom-found",
                    Place::whole(),
                    "the manifest names no SBOM, so this one is used",
                )
                .help("name it in the manifest under [[sbom]]"),
                Kind::Sbom | Kind::Vex => Diagnostic::note(
                    "delivery-unnamed",
                    Place::whole(),
                    "the manifest does not name this document, so no check looks at it",
                )
                .help("name it under [[sbom]] or [[vex]], or take it out of the delivery"),
                Kind::Signature | Kind::Provenance if !self.speaks_of_something(one) => {
                    Diagnostic::note(
                        "delivery-unpaired",
                        Place::whole(),
                        "this signature or statement is about nothing that was delivered",
                    )
                    .help("name it in the manifest beside what it is about, or take it out of the delivery")
                }
                Kind::Key | Kind::TrustRoot => Diagnostic::note(
                    "delivery-key",
                    Place::whole(),
                    "a key or certificate that lies among what was delivered is not trusted",
                )
                .help("name the keys that you know of yourself under [signer]"),
                _ => continue,
            };
            sorted.remarks.push(note.in_file(&*one.path));
        }
    }
}

/// The paths of files, each once, sorted.
fn paths<'s>(files: impl Iterator<Item = &'s Seen>) -> Vec<String> {
    let found: BTreeSet<_> = files.map(|one| one.path.clone()).collect();
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
