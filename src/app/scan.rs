//! Scans component lists for known vulnerabilities: reads, matches, asks the VEX statements, and judges.

mod support;
mod threshold;
mod view;

pub use support::SupportView;
pub use threshold::{Threshold, UnknownThreshold};
pub use view::{
    ComponentView, EpssView, FeedView, FileView, FindingView, RecordView, ScanView, SeverityView,
    StatementView, UnboundView, UnjudgedView, Verdict,
};

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::Refused;
use super::feed_open::OpenFeed;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::detect::{Kind, detect};
use crate::evidence::lockfile::{self, Locked, Source};
use crate::evidence::sbom::model::Format;
use crate::evidence::sbom::{self, Sbom};
use crate::evidence::unpack::unpack;
use crate::evidence::vex;
use crate::matching::{Matcher, Outcome, Policy};
use crate::triage::{Given, Inventory, Precedence, Triage, Unbound};
pub(super) use view::finding_view;
use view::{component_view, unbound_view, unjudged_view};

/// What is scanned, by what.
pub struct Request<'a> {
    /// The lists of components, as the caller named them.
    pub files: &'a [(String, Vec<u8>)],
    /// VEX documents, as the caller named them.
    pub vex: &'a [(String, Vec<u8>)],
    /// By what their statements are weighed.
    pub precedence: &'a Precedence,
    /// The snapshot.
    pub feed: &'a OpenFeed,
    /// By what day and rules.
    pub policy: Policy,
    /// What makes the result not acceptable.
    pub thresholds: &'a [Threshold],
}

/// What was found in one file.
struct Scanned {
    file: FileView,
    findings: Vec<FindingView>,
    unjudged: Vec<UnjudgedView>,
    supports: Vec<SupportView>,
    later: usize,
    unbound: Vec<Unbound>,
}

/// Scans.
///
/// `progress` is told after each file.
///
/// # Errors
///
/// Where a file or VEX document cannot be read, or the snapshot is damaged: then nothing is judged, since
/// a verdict over a part would read as one over the whole.
pub fn scan(request: &Request<'_>, progress: &(dyn Fn() + Sync)) -> Result<ScanView, Refused> {
    let (given, remarks) = read_vex(request.vex)?;
    let triage = Triage::new(
        given,
        request.precedence.clone(),
        Some(request.policy.as_of),
    );
    let matcher = Matcher::new(&request.feed.snapshot, request.policy);
    let scanned: Vec<Result<Scanned, Refused>> = request
        .files
        .par_iter()
        .map(|(path, bytes)| {
            let scanned = scan_file(path, bytes, &matcher, &triage, request);
            progress();
            scanned
        })
        .collect();
    let mut refused = Vec::new();
    let mut files = Vec::new();
    let mut view = ScanView::new(request, remarks);
    for one in scanned {
        match one {
            Ok(scanned) => files.push(scanned),
            Err(Refused(faults)) => refused.extend(faults),
        }
    }
    if !refused.is_empty() {
        return Err(Refused(refused));
    }
    view.unbound = unbound_everywhere(&triage, &files);
    for scanned in files {
        view.components += scanned.file.components;
        view.later += scanned.later;
        view.files.push(scanned.file);
        view.findings.extend(scanned.findings);
        view.unjudged.extend(scanned.unjudged);
        view.supports.extend(scanned.supports);
    }
    view.judge(request.thresholds);
    Ok(view)
}

fn read_vex(documents: &[(String, Vec<u8>)]) -> Result<(Vec<Given>, Vec<Diagnostic>), Refused> {
    let mut given = Vec::new();
    let mut remarks = Vec::new();
    let mut refused = Vec::new();
    for (path, bytes) in documents {
        match vex::read(bytes) {
            Ok((document, found)) => {
                given.push(Given {
                    path: path.clone(),
                    digest: Digest::of(bytes),
                    trust: None,
                    document,
                });
                remarks.extend(found.into_iter().map(|one| one.in_file(path.clone())));
            }
            Err(faults) => refused.extend(faults.into_iter().map(|one| one.in_file(path.clone()))),
        }
    }
    if refused.is_empty() {
        Ok((given, remarks))
    } else {
        Err(Refused(refused))
    }
}

fn scan_file(
    path: &str,
    bytes: &[u8],
    matcher: &Matcher<'_>,
    triage: &Triage,
    request: &Request<'_>,
) -> Result<Scanned, Refused> {
    let named = |faults: Vec<Diagnostic>| {
        Refused(faults.into_iter().map(|one| one.in_file(path)).collect())
    };
    let (sbom, own) = read_components(bytes).map_err(named)?;
    let digest = Digest::of(bytes);
    let outcome = matcher
        .judge(sbom.all_components())
        .map_err(|fault| Refused(vec![fault]))?;
    let inventory = Inventory::of(&sbom, Some(digest));
    let bound = triage.bind(&inventory);
    let Outcome {
        components,
        passed_over,
        findings,
        unjudged,
        supports,
        later,
    } = outcome;
    let ids: BTreeSet<String> = findings
        .iter()
        .flat_map(|finding| finding.ids.iter().chain(&finding.upstream))
        .cloned()
        .collect();
    let findings: Vec<_> = findings
        .iter()
        .map(|finding| {
            let names: Vec<&String> = finding.ids.iter().chain(&finding.upstream).collect();
            let decision = bound.decide(finding.position, &names);
            finding_view(
                path,
                &sbom,
                finding,
                decision.as_ref(),
                request.policy.as_of,
            )
        })
        .collect();
    let touched: BTreeSet<&ComponentView> = findings.iter().map(|one| &one.component).collect();
    Ok(Scanned {
        file: FileView {
            path: path.to_owned(),
            sha256: digest,
            components,
            passed_over,
            own,
            touched: touched.len(),
        },
        unjudged: unjudged
            .iter()
            .map(|one| unjudged_view(path, &sbom, one))
            .collect(),
        supports: supports
            .iter()
            .map(|one| SupportView::new(component_view(path, &sbom, one.component), one))
            .collect(),
        later,
        unbound: bound.unbound(Some(&ids)),
        findings,
    })
}

/// Reads an SBOM, or a lock file as the list of what it locks: packages of the workspace itself are the
/// product, not parts of it.
pub(super) fn read_components(bytes: &[u8]) -> Result<(Sbom, usize), Vec<Diagnostic>> {
    let content = unpack(bytes).map_err(|fault| vec![fault])?;
    let first = content.trim_ascii_start().first();
    // Whether it is a lock file is asked of what may be one only: naming a large document takes its time.
    if !matches!(first, Some(b'{' | b'[' | b'<')) && detect(&content).kind == Kind::Lockfile {
        let (lockfile, _) = lockfile::read(&content)?;
        let mut sbom = Sbom::new(Format::CycloneDx, "");
        let locked = lockfile.packages.iter();
        let parts = locked.filter(|one| one.source != Source::Path);
        sbom.components = parts.map(Locked::component).collect();
        let own = lockfile.packages.len() - sbom.components.len();
        return Ok((sbom, own));
    }
    let (_, reading) = sbom::read(&content)?;
    Ok((reading.sbom, 0))
}

/// Statements that bind to nothing in any of the files.
fn unbound_everywhere(triage: &Triage, files: &[Scanned]) -> Vec<UnboundView> {
    let mut counts: BTreeMap<&Unbound, usize> = BTreeMap::new();
    for one in files.iter().flat_map(|scanned| &scanned.unbound) {
        *counts.entry(one).or_default() += 1;
    }
    // One document and place may be missed for another reason in another file; the first reason is told.
    let mut places: BTreeMap<(usize, usize, &crate::diagnostic::Place), (&Unbound, usize)> =
        BTreeMap::new();
    for (one, count) in counts {
        let slot = places
            .entry((one.document, one.statement, &one.at))
            .or_insert((one, 0));
        slot.1 += count;
    }
    places
        .into_values()
        .filter(|(_, count)| *count >= files.len())
        .map(|(one, _)| unbound_view(triage, one))
        .collect()
}
