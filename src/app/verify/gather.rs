//! Reads what was delivered, once, and sorts it into artifacts, SBOMs and what speaks of them.

mod agency;
mod document;
mod pairing;
mod reading;
mod telling;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::Request;
use super::requirement::Contract;
use crate::acceptance::check::Check;
use crate::acceptance::manifest::{Evidence, LeftOut, Named};
use crate::acceptance::report::{ArtifactView, Delivered as Summary, Input};
use crate::acceptance::terms::Terms;
use crate::app::Refused;
use crate::delivery::{Inventory, algorithms};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest, Digester};
use crate::document::scan::ScanView;
use crate::evidence::Citation;
use crate::evidence::archive::Limits;
use crate::evidence::detect::Kind;
use crate::evidence::sbom::{self, Sbom};
use crate::folder::FolderError;
use crate::folder::delivered::{DeliveredFolder, Found};

pub(super) use agency::{held_by_agency, inside, manifest_inside};
pub(super) use document::{Documents, told_documents};
use pairing::Files;
use reading::{Reading, read_all};

/// A file that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeliveredFile {
    /// Its path inside of what was delivered.
    pub(super) path: String,
    /// Its digest.
    pub(super) sha256: Digest,
    /// Its size in bytes.
    pub(super) bytes: u64,
}

/// An artifact with what was delivered about it.
#[derive(Debug, Clone)]
pub(super) struct Artifact {
    /// Its path inside of what was delivered.
    pub(super) path: String,
    /// Its digest.
    pub(super) sha256: Digest,
    /// Paths of its signatures.
    pub(super) signatures: Vec<String>,
    /// Paths of its provenance.
    pub(super) provenance: Vec<String>,
}

/// An SBOM that was delivered.
#[derive(Debug)]
pub(super) struct SbomFile {
    /// Its path inside of what was delivered.
    pub(super) path: String,
    /// Its digest.
    pub(super) sha256: Digest,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Paths of its signatures.
    pub(super) signatures: Vec<String>,
    /// What it says with breaches of its specification and its encoding, or why it cannot be read.
    pub(super) read: Result<ReadSbom, Vec<Diagnostic>>,
}

/// What an SBOM says.
#[derive(Debug)]
pub(super) struct ReadSbom {
    /// The document.
    pub(super) sbom: Sbom,
    /// Breaches of its specification, and remarks.
    pub(super) findings: Vec<Diagnostic>,
    /// Its encoding.
    pub(super) encoding: &'static str,
}

impl SbomFile {
    /// Cites a place in it.
    pub(super) fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.clone(),
            at,
        }
    }
}

/// Everything that the groups look at.
pub(super) struct Gathered<'a> {
    /// What is verified.
    pub(super) request: &'a Request<'a>,
    /// The files that were delivered, sorted by path.
    pub(super) files: Vec<DeliveredFile>,
    /// The artifacts, sorted by path.
    pub(super) artifacts: Vec<Artifact>,
    /// The SBOMs, in the order of the manifest; where it names none, those that were found, sorted by path.
    pub(super) sboms: Vec<SbomFile>,
    /// The delivered files, those inside of archives included, with the digests that the SBOMs ask for.
    pub(super) inventory: Inventory,
    /// Paths of delivered files that speak of artifacts, or that the agency keeps there: they need no entry in an SBOM.
    pub(super) evidence: BTreeSet<String>,
    /// Remarks on archives, links, what could not be read, and what no check looks at.
    pub(super) remarks: Vec<Diagnostic>,
    /// What the manifest names and what is not there, with what it is: `artifact`, `sbom`, `vex`, `signature` or
    /// `provenance`.
    pub(super) missing: Vec<(Named, &'static str)>,
    /// The terms of the contract.
    pub(super) terms: Terms,
    /// The contract as it was read.
    pub(super) contract: Contract,
    folder: DeliveredFolder,
    found: Found,
    /// What the scan for known vulnerabilities found, once the advisories were looked at.
    pub(super) scan: OnceLock<ScanView>,
}

impl<'a> Gathered<'a> {
    /// Reads what was delivered.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed.
    pub(super) fn gather(
        request: &'a Request<'a>,
        inputs: &mut Vec<Input>,
    ) -> Result<Self, Refused> {
        let folder = DeliveredFolder::new(request.delivered());
        let found = folder.list()?;
        let mut gathered = Self {
            request,
            files: Vec::new(),
            artifacts: Vec::new(),
            sboms: Vec::new(),
            inventory: Inventory::new(Vec::new(), false),
            evidence: BTreeSet::new(),
            remarks: Vec::new(),
            missing: Vec::new(),
            terms: Terms::default(),
            contract: Contract::default(),
            folder,
            found,
            scan: OnceLock::new(),
        };
        gathered.contract = Contract::read(&gathered, inputs);
        gathered.terms = gathered.contract.terms.clone();
        gathered.read_everything(inputs);
        Ok(gathered)
    }

    fn read_everything(&mut self, inputs: &mut Vec<Input>) {
        let manifest = self.request.manifest;
        let agency = agency::paths(self.request, &self.found.files);
        for named in &manifest.sboms {
            self.read_sbom(&named.named.path, inputs);
        }
        let mut reading = self.read(&self.algorithms());
        if manifest.sboms.is_empty() {
            let files = Files::new(&reading.seen, &self.found.files, &agency);
            let found = files.of_kind(Kind::Sbom).map(|one| one.path.clone());
            let found: Vec<_> = found.collect();
            for path in found {
                self.read_sbom(&path, inputs);
            }
            // Most ask for nothing but SHA-256, which is there; else what was read is read again.
            let asked = self.algorithms();
            if asked.iter().any(|one| *one != Algorithm::Sha256) {
                reading = self.read(&asked);
            } else if !asked.is_empty() {
                reading.inventory.name_sha256();
            }
        }
        let files = Files::new(&reading.seen, &self.found.files, &agency);
        let sorted = files.sort(manifest);
        for sbom in &mut self.sboms {
            let given = manifest.sboms.iter();
            let mut given = given.filter(|one| one.named.path == sbom.path);
            let named = given.next().map(|one| one.signatures.as_slice());
            sbom.signatures = match (named, files.at(&sbom.path)) {
                (None | Some([]), Some(seen)) => files.signatures(seen),
                (Some(named), _) => named.iter().map(|one| one.path.clone()).collect(),
                (None, None) => Vec::new(),
            };
        }
        self.artifacts = sorted.artifacts.into_values().collect();
        self.evidence = sorted.evidence;
        self.missing = sorted.missing;
        self.missing.sort();
        self.missing.dedup();
        self.remarks = std::mem::take(&mut self.found.remarks);
        self.remarks.extend(reading.remarks);
        self.remarks.extend(sorted.remarks);
        self.remarks.sort();
        self.inventory = reading.inventory;
        let seen = reading.seen.into_iter();
        self.files = seen
            .map(|one| DeliveredFile {
                path: one.path,
                sha256: one.sha256,
                bytes: one.bytes,
            })
            .collect();
    }

    fn read(&self, algorithms: &[Algorithm]) -> Reading {
        let paths = &self.found.files;
        read_all(&self.folder, paths, algorithms, Limits::default())
    }

    /// The algorithms that the SBOMs ask for.
    fn algorithms(&self) -> Vec<Algorithm> {
        let readable = self.sboms.iter().filter_map(|one| one.read.as_ref().ok());
        let asked: BTreeSet<_> = readable.flat_map(|one| algorithms(&one.sbom)).collect();
        asked.into_iter().collect()
    }

    /// Reads an SBOM; one that is not there is told as missing when all is sorted.
    fn read_sbom(&mut self, path: &str, inputs: &mut Vec<Input>) {
        let bytes = match self.read_delivered(path) {
            Ok(bytes) => bytes,
            Err(_) if !self.is_listed(path) => return,
            Err(fault) => {
                self.sboms.push(SbomFile {
                    path: path.to_owned(),
                    sha256: Digest::of(b""),
                    bytes: Vec::new(),
                    signatures: Vec::new(),
                    read: Err(vec![fault]),
                });
                return;
            }
        };
        let sha256 = Digest::of(&bytes);
        inputs.push(Input {
            role: "sbom",
            path: path.to_owned(),
            sha256,
        });
        let read = sbom::read(&bytes).map(|(detection, reading)| ReadSbom {
            sbom: reading.sbom,
            findings: reading.findings,
            encoding: detection.encoding,
        });
        self.sboms.push(SbomFile {
            path: path.to_owned(),
            sha256,
            bytes,
            signatures: Vec::new(),
            read,
        });
    }

    fn is_listed(&self, path: &str) -> bool {
        let files = &self.found.files;
        files.binary_search_by(|one| one.as_str().cmp(path)).is_ok()
    }

    /// Cites a delivered file, or the archive that it lies in; `None` where it was not read.
    pub(super) fn cite(&self, path: &str) -> Option<Citation> {
        let outer = path.split("!/").next().unwrap_or(path);
        let found = self
            .files
            .binary_search_by(|one| one.path.as_str().cmp(outer));
        let file = self.files.get(found.ok()?)?;
        Some(Citation {
            sha256: file.sha256,
            file: file.path.clone(),
            at: Place::whole(),
        })
    }

    /// Cites a place in the manifest; `None` where there is no file of it.
    pub(super) fn cite_manifest(&self, at: &Place) -> Option<Citation> {
        let (name, bytes) = self.request.manifest_file?;
        Some(Citation {
            sha256: Digest::of(bytes),
            file: name.to_owned(),
            at: at.clone(),
        })
    }

    /// Reads a delivered file whole. Links are not followed.
    ///
    /// # Errors
    ///
    /// When it is missing, unreadable or too large; the diagnostic names the file.
    pub(super) fn read_delivered(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        if !self.is_listed(path) {
            let path = path.to_owned();
            let missing = FolderError::Missing { path: path.clone() };
            return Err(missing.diagnostic().in_file(path));
        }
        self.folder.open(path)?.whole(path)
    }

    /// Reads a file that the manifest names beside what was delivered, and notes it among the inputs. A link that leads
    /// out of the manifest's folder is not followed where the path does not lead out itself.
    ///
    /// # Errors
    ///
    /// When it is missing, unreadable or too large; the diagnostic names the file.
    pub(super) fn read_named(
        &self,
        named: &Named,
        role: &'static str,
        inputs: &mut Vec<Input>,
    ) -> Result<Vec<u8>, Diagnostic> {
        let bytes = agency::read(self.request, &named.path)?;
        inputs.push(Input {
            role,
            path: named.path.clone(),
            sha256: Digest::of(&bytes),
        });
        Ok(bytes)
    }

    /// The check of an identifier.
    pub(super) fn check(&self, id: &str) -> Check {
        self.request.library.acceptance_checks.named(id)
    }

    /// Why the manifest leaves something out; `None` where it is expected.
    pub(super) fn left_out(&self, what: Evidence) -> Option<&'a LeftOut> {
        self.request.manifest.left_out(what)
    }

    /// What was delivered, as one number.
    pub(super) fn summary(&self) -> Summary {
        let mut digester = Digester::default();
        for file in &self.files {
            digester.update(format!("{}  {}\n", file.sha256.hex(), file.path).as_bytes());
        }
        Summary {
            files: self.files.len(),
            bytes: self.files.iter().map(|one| one.bytes).sum(),
            sha256: digester.finish(),
        }
    }

    /// The artifacts for the report.
    pub(super) fn artifact_views(&self) -> Vec<ArtifactView> {
        let views = self.artifacts.iter().map(|one| ArtifactView {
            path: one.path.clone(),
            sha256: one.sha256,
        });
        views.collect()
    }
}
