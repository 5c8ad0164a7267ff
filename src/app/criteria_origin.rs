//! Where criteria come from: what the binary carries, a folder, or a signed package; and the overlays over it.

use super::Refused;
use super::criteria_package::{PackageKind, open_package};
use crate::criteria::overlay;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::folder::{is_folder, read_delivered, read_folder};
use crate::time::Timestamp;
use crate::tree::Files;

/// The name of what the binary carries.
pub const BUILT_IN: &str = "built-in";

/// Whose signature packages must bear.
#[derive(Debug, Clone, Default)]
pub struct PackageTrust {
    /// Public keys, of which one must have signed, with the names of their files.
    pub keys: Vec<(String, Vec<u8>)>,
    /// Whether an unsigned or altered package is taken, with a remark.
    pub allow_unsigned: bool,
    /// The time of judgment.
    pub at: Timestamp,
}

/// The files of one layer.
#[derive(Debug, Clone)]
pub struct SourceFiles {
    /// The folder or package, as it was named.
    pub name: String,
    /// Its files, sorted by path.
    pub evidence: Vec<Evidence>,
    /// What a reader should know about them.
    pub remarks: Vec<Diagnostic>,
}

impl SourceFiles {
    /// Reads a folder, or a package under `trust`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, and when a package is refused.
    pub fn read(path: &str, kind: PackageKind, trust: &PackageTrust) -> Result<Self, Refused> {
        if is_folder(path)? {
            return Ok(Self {
                name: path.to_owned(),
                evidence: read_folder(path)?,
                remarks: Vec::new(),
            });
        }
        let package = open_package(path, &read_delivered(path)?)?;
        let remarks = package.judged(trust)?;
        if package.kind != kind {
            let message = format!("the package holds {}", package.kind.words());
            let help = "give a catalog with --criteria and overlays with --overlay";
            let fault = Diagnostic::error("criteria-package-kind", Place::whole(), message);
            return Err(fault.help(help).in_file(path).into());
        }
        Ok(Self {
            name: path.to_owned(),
            evidence: package.files,
            remarks,
        })
    }

    /// The files by path.
    pub fn files(&self) -> Files<'_> {
        self.evidence
            .iter()
            .map(|one| (one.path.as_str(), one.bytes.as_ref()))
            .collect()
    }
}

/// A base with the overlays over it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The base; `None` is what the binary carries.
    pub base: Option<SourceFiles>,
    /// The overlays, from the base up.
    pub overlays: Vec<SourceFiles>,
}

impl Origin {
    /// Reads every layer.
    ///
    /// # Errors
    ///
    /// When one cannot be read, and when a package is refused.
    pub fn read(
        base: Option<&str>,
        overlays: &[String],
        trust: &PackageTrust,
    ) -> Result<Self, Refused> {
        let base = base.filter(|path| *path != BUILT_IN);
        let overlays = overlays.iter();
        Ok(Self {
            base: base
                .map(|path| SourceFiles::read(path, PackageKind::Catalog, trust))
                .transpose()?,
            overlays: overlays
                .map(|path| SourceFiles::read(path, PackageKind::Overlay, trust))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Reads an edition: a folder, a package, `built-in`, or several of them joined by `+`, from the base up. One that is
    /// an overlay lies over `below`.
    ///
    /// # Errors
    ///
    /// When one cannot be read, when a package is refused, and `overlay-base-missing` for an overlay over nothing.
    pub fn edition(
        text: &str,
        below: Option<&Self>,
        trust: &PackageTrust,
    ) -> Result<Self, Refused> {
        let is_there = is_folder(text).is_ok();
        let steps: Vec<&str> = if is_there {
            vec![text]
        } else {
            text.split('+').collect()
        };
        let first = steps.first().copied().unwrap_or(BUILT_IN);
        let mut origin = match (is_overlay(first)?, below) {
            (false, _) => Self::read(Some(first), &[], trust)?,
            (true, Some(below)) => {
                let mut origin = below.clone();
                origin
                    .overlays
                    .push(SourceFiles::read(first, PackageKind::Overlay, trust)?);
                origin
            }
            (true, None) => {
                let message = "an overlay says nothing without what it lies over";
                let fault = Diagnostic::error("overlay-base-missing", Place::whole(), message)
                    .help("join the layers by `+`, from the base up: built-in+ministry");
                return Err(fault.in_file(first).into());
            }
        };
        for step in steps.iter().skip(1) {
            origin
                .overlays
                .push(SourceFiles::read(step, PackageKind::Overlay, trust)?);
        }
        Ok(origin)
    }

    /// What a reader should know about the layers.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let layers = self.base.iter().chain(&self.overlays);
        layers.flat_map(|layer| layer.remarks.clone()).collect()
    }
}

/// Whether a folder or package is an overlay.
fn is_overlay(path: &str) -> Result<bool, Refused> {
    if path == BUILT_IN {
        return Ok(false);
    }
    if is_folder(path)? {
        return Ok(std::path::Path::new(path).join(overlay::HEAD).is_file());
    }
    let package = open_package(path, &read_delivered(path)?)?;
    Ok(package.kind == PackageKind::Overlay)
}
