//! SBOMs: delivered, readable, valid, in a contracted format, about the delivered version, and against their profile.
//!
//! What cannot be read is told once, under `sbom.readable`; the other checks speak of those that can be read, and where
//! none can, none of them passes.

mod format;
mod product;
mod profile;

use super::gather::{Gathered, ReadSbom, SbomFile};
use super::telling::{bounded, citing, find_lines, in_manifest, shown};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::Evidence;
use crate::acceptance::report::Input;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::text::messages::both;

/// The checks of the group, in order.
const CHECKS: [&str; 6] = [
    "sbom.delivered",
    "sbom.readable",
    "sbom.valid",
    "sbom.format",
    "sbom.product",
    "sbom.profile",
];

/// The most breaches of their specifications that are told one by one.
const BREACHES: usize = 100;

/// An SBOM that can be read.
#[derive(Clone, Copy)]
struct Readable<'g> {
    file: &'g SbomFile,
    read: &'g ReadSbom,
}

pub(super) fn verify(gathered: &Gathered<'_>, _inputs: &mut Vec<Input>) -> Vec<Outcome> {
    if let Some(left_out) = gathered
        .left_out(Evidence::Sbom)
        .filter(|_| gathered.sboms.is_empty())
    {
        let reason = &left_out.reason;
        let of = |id| Outcome::not_applicable(&gathered.check(id), reason.clone());
        return CHECKS.map(of).into();
    }
    let readable: Vec<_> = gathered
        .sboms
        .iter()
        .filter_map(|file| {
            let read = file.read.as_ref().ok()?;
            Some(Readable { file, read })
        })
        .collect();
    let mut outcomes = vec![delivered(gathered), self::readable(gathered)];
    if readable.is_empty() {
        let rest = CHECKS.iter().skip(2).map(|id| {
            let said = both("verify-sbom-unreadable-none", &[]);
            let finding = Finding::new(id, Effect::Unverifiable, "SBOM", said.clone());
            let first = gathered.sboms.first().map(|file| file.cite(Place::whole()));
            let finding = citing(
                finding,
                first.or_else(|| in_manifest(gathered, Place::whole())),
            );
            Outcome::new(&gathered.check(id), said).with([finding])
        });
        outcomes.extend(rest);
        return outcomes;
    }
    outcomes.push(valid(gathered, &readable));
    outcomes.push(format::verify(gathered, &readable));
    outcomes.push(product::verify(gathered, &readable));
    outcomes.push(profile::verify(gathered, &readable));
    outcomes
}

/// The documents as a whole.
fn documents<'g>(files: impl IntoIterator<Item = &'g SbomFile>) -> Vec<Citation> {
    let files = files.into_iter();
    files.map(|file| file.cite(Place::whole())).collect()
}

fn delivered(gathered: &Gathered<'_>) -> Outcome {
    const ID: &str = "sbom.delivered";
    let mut findings = Vec::new();
    if gathered.sboms.is_empty() {
        let message = both("verify-sbom-none", &[]);
        let finding = Finding::new(ID, Effect::Fails, "SBOM", message);
        findings.push(citing(finding, in_manifest(gathered, Place::whole())));
    }
    // What the manifest names and what is not there is a fault of its own, even where other SBOMs were delivered.
    let missing = gathered.missing.iter().filter(|(_, what)| *what == "sbom");
    for (named, _) in missing {
        let message = both("verify-sbom-missing", &[("file", &shown(&named.path))]);
        let finding = Finding::new(ID, Effect::Fails, &named.path, message);
        findings.push(citing(finding, in_manifest(gathered, named.at.clone())));
    }
    let count = gathered.sboms.len().to_string();
    let said = both("verify-sbom-delivered", &[("count", &count)]);
    Outcome::new(&gathered.check(ID), said)
        .resting_on(documents(&gathered.sboms))
        .with(findings)
}

fn readable(gathered: &Gathered<'_>) -> Outcome {
    const ID: &str = "sbom.readable";
    let check = gathered.check(ID);
    if gathered.sboms.is_empty() {
        let said = both("verify-sbom-none", &[]);
        let finding = Finding::new(ID, Effect::Unverifiable, "SBOM", said.clone());
        let finding = citing(finding, in_manifest(gathered, Place::whole()));
        return Outcome::new(&check, said).with([finding]);
    }
    let mut findings = Vec::new();
    for file in &gathered.sboms {
        let Err(faults) = &file.read else { continue };
        let unknown = Diagnostic::error("sbom-unrecognized", Place::whole(), "it is no known SBOM");
        let fault = faults.first().unwrap_or(&unknown);
        let path = shown(&file.path);
        let why = shown(&fault.message);
        let message = both("verify-sbom-unreadable", &[("file", &path), ("why", &why)]);
        let mut finding = Finding::new(ID, Effect::Unverifiable, &file.path, message)
            .distinguished_by(&[fault.code])
            .cite(file.cite(fault.at.clone()));
        finding.code = Some(fault.code.to_owned());
        findings.push(finding);
    }
    let count = (gathered.sboms.len() - findings.len()).to_string();
    let of = gathered.sboms.len().to_string();
    let said = both("verify-sbom-readable", &[("count", &count), ("of", &of)]);
    Outcome::new(&check, said)
        .resting_on(documents(&gathered.sboms))
        .with(findings)
}

fn valid(gathered: &Gathered<'_>, readable: &[Readable<'_>]) -> Outcome {
    const ID: &str = "sbom.valid";
    let mut findings = Vec::new();
    let mut breaches = 0_usize;
    for one in readable {
        let errors = one.read.findings.iter();
        let errors = errors.filter(|fault| fault.severity == Severity::Error);
        for fault in errors {
            breaches += 1;
            let path = shown(&one.file.path);
            let what = shown(&fault.message);
            let message = both("verify-sbom-invalid", &[("file", &path), ("what", &what)]);
            let mut finding = Finding::new(ID, Effect::Fails, &one.file.path, message)
                .distinguished_by(&[fault.code, &fault.message])
                .cite(one.file.cite(fault.at.clone()));
            finding.code = Some(fault.code.to_owned());
            findings.push(finding);
        }
    }
    let (mut findings, rest) = bounded(ID, findings, BREACHES);
    find_lines(&mut findings, bytes_of(readable));
    let (count, rest) = (breaches.to_string(), rest.to_string());
    let said = match (breaches, rest.as_str()) {
        (0, _) => both("verify-sbom-valid", &[]),
        (_, "0") => both("verify-sbom-breaches", &[("count", &count)]),
        _ => both(
            "verify-sbom-breaches-more",
            &[("count", &count), ("rest", &rest)],
        ),
    };
    Outcome::new(&gathered.check(ID), said)
        .resting_on(documents(readable.iter().map(|one| one.file)))
        .with(findings)
}

/// The bytes of the documents by their digests.
fn bytes_of<'g>(readable: &[Readable<'g>]) -> impl Iterator<Item = (Digest, &'g [u8])> {
    readable
        .iter()
        .map(|one| (one.file.sha256, one.file.bytes.as_slice()))
}
