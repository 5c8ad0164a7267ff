//! Reads what was delivered, once, and sorts it into artifacts, SBOMs and what speaks of them.

use std::sync::OnceLock;

use super::Request;
use crate::acceptance::check::Check;
use crate::acceptance::manifest::{Evidence, LeftOut, Named};
use crate::acceptance::report::{ArtifactView, Delivered as Summary, Input};
use crate::acceptance::requirement::Requirement;
use crate::acceptance::terms::Terms;
use crate::app::Refused;
use crate::delivery::Inventory;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Digester};
use crate::document::scan::ScanView;
use crate::evidence::Citation;
use crate::evidence::sbom::{self, Sbom};
use crate::folder::{list_folder, read_delivered};

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
    /// The SBOMs, in the order of the manifest.
    pub(super) sboms: Vec<SbomFile>,
    /// The files of the artifacts, those inside of archives included, with the digests that the SBOMs ask for.
    pub(super) inventory: Inventory,
    /// Remarks on archives, links and what could not be read.
    pub(super) remarks: Vec<Diagnostic>,
    /// What the manifest names and what is not there.
    pub(super) missing: Vec<(Named, &'static str)>,
    /// The terms of the contract.
    pub(super) terms: Terms,
    /// The requirements, or why they cannot be read; `None` where no register is named.
    pub(super) requirements: Option<Result<Vec<Requirement>, Vec<Diagnostic>>>,
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
        let root = request.delivered();
        let listing = list_folder(&root.display().to_string())?;
        let mut gathered = Self {
            request,
            files: Vec::new(),
            artifacts: Vec::new(),
            sboms: Vec::new(),
            inventory: Inventory::new(Vec::new(), false),
            remarks: Vec::new(),
            missing: Vec::new(),
            terms: request.manifest.terms.clone(),
            requirements: None,
            scan: OnceLock::new(),
        };
        gathered.read_sboms(inputs);
        for path in listing.files {
            match gathered.read_delivered(&path) {
                Ok(bytes) => gathered.files.push(DeliveredFile {
                    sha256: Digest::of(&bytes),
                    bytes: bytes.len().try_into().unwrap_or(u64::MAX),
                    path,
                }),
                Err(fault) => gathered.remarks.push(fault),
            }
        }
        gathered.find_artifacts();
        Ok(gathered)
    }

    fn find_artifacts(&mut self) {
        let there = |path: &String| self.files.iter().any(|file| file.path == *path);
        for named in &self.request.manifest.artifacts {
            let path = &named.named.path;
            let Some(file) = self.files.iter().find(|file| file.path == *path) else {
                self.missing.push((named.named.clone(), "artifact"));
                continue;
            };
            let paths = |list: &[Named]| list.iter().map(|one| one.path.clone()).collect();
            let beside = [".sig", ".asc", ".minisig", ".sigstore.json", ".p7s"];
            let beside = beside.iter().map(|suffix| format!("{path}{suffix}"));
            self.artifacts.push(Artifact {
                path: path.clone(),
                sha256: file.sha256,
                signatures: match named.signatures.as_slice() {
                    [] => beside.filter(there).collect(),
                    signatures => paths(signatures),
                },
                provenance: paths(&named.provenance),
            });
        }
    }

    fn read_sboms(&mut self, inputs: &mut Vec<Input>) {
        for named in &self.request.manifest.sboms {
            let path = &named.named.path;
            let Ok(bytes) = self.read_delivered(path) else {
                self.missing.push((named.named.clone(), "sbom"));
                continue;
            };
            let sha256 = Digest::of(&bytes);
            inputs.push(Input {
                role: "sbom",
                path: path.clone(),
                sha256,
            });
            let read = sbom::read(&bytes).map(|(detection, reading)| ReadSbom {
                sbom: reading.sbom,
                findings: reading.findings,
                encoding: detection.encoding,
            });
            self.sboms.push(SbomFile {
                path: path.clone(),
                sha256,
                bytes,
                signatures: named
                    .signatures
                    .iter()
                    .map(|one| one.path.clone())
                    .collect(),
                read,
            });
        }
    }

    /// Reads a delivered file whole.
    ///
    /// # Errors
    ///
    /// When it is missing, unreadable or too large; the diagnostic names the file.
    pub(super) fn read_delivered(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        let on_disk = self.request.delivered().join(path);
        read_delivered(&on_disk.display().to_string())
            .map_err(|fault| fault.diagnostic().in_file(path))
    }

    /// Reads a file that the manifest names beside what was delivered, and notes it among the inputs.
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
        let on_disk = self.request.root.join(&named.path);
        let bytes = read_delivered(&on_disk.display().to_string())
            .map_err(|fault| fault.diagnostic().in_file(&named.path))?;
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
