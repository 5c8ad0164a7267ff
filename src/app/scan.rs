//! Scans component lists for known vulnerabilities: reads, matches, asks the VEX statements, and judges.

mod component;
mod feed;
mod finding;
mod statement;
mod threshold;

pub use threshold::{Threshold, UnknownThreshold};

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::Refused;
use super::feed_open::OpenFeed;
use super::vex_apply::{OpenVex, VexFile, open_vex};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::scan::sarif::PER_RULE;
use crate::document::scan::{
    ComponentView, FileView, FindingView, ScanView, SupportView, UnboundView, UnjudgedView,
    Verdict, unjudged_id,
};
use crate::evidence::detect::{Kind, detect};
use crate::evidence::lockfile::{self, Locked, Source};
use crate::evidence::sbom::model::Format;
use crate::evidence::sbom::{self, Sbom};
use crate::evidence::unpack::unpack;
use crate::matching::{Matcher, Outcome, Policy, Reason};
use crate::time::instant;
use crate::triage::{Given, Inventory, Precedence, Triage, Unbound};
use component::{component_view, support_view, unjudged_view};
use feed::feed_view;
pub(super) use finding::finding_view;
use statement::unbound_view;

/// What is scanned, by what.
pub struct Request<'a> {
    /// The lists of components, as the caller named them.
    pub files: &'a [(String, Vec<u8>)],
    /// VEX documents, as the caller named them.
    pub vex: &'a [VexFile<'a>],
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
    by_ecosystem: BTreeMap<&'static str, usize>,
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
    let (given, remarks) = read_vex(request.vex, request.precedence)?;
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
    let mut view = empty(request, remarks);
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
        for (ecosystem, count) in scanned.by_ecosystem {
            let mut known = view.feed.ecosystems.iter_mut();
            let found = known.find(|(name, _)| name.eq_ignore_ascii_case(ecosystem));
            if let Some((_, known)) = found {
                known.components += count;
            }
        }
        view.files.push(scanned.file);
        view.findings.extend(scanned.findings);
        view.unjudged.extend(scanned.unjudged);
        view.supports.extend(scanned.supports);
    }
    judge(&mut view, request.thresholds);
    Ok(view)
}

/// Gives every component that SARIF shows its line, also where a JSON pointer tells the place.
pub fn find_lines(files: &[(String, Vec<u8>)], scan: &mut ScanView) {
    let mut places: BTreeMap<String, Vec<&mut Place>> = BTreeMap::new();
    let findings = scan.findings.iter_mut().map(|one| &mut one.component);
    // Finding a place takes a walk through the document, so only what will be shown is looked for.
    let unjudged = scan.unjudged.iter_mut().take(PER_RULE);
    let unjudged = unjudged.map(|one| &mut one.component);
    let supports = scan.supports.iter_mut().map(|one| &mut one.component);
    for component in findings.chain(unjudged).chain(supports) {
        let file = places.entry(component.file.clone()).or_default();
        file.push(&mut component.at);
    }
    for (path, bytes) in files {
        if let Some(places) = places.remove(path) {
            sbom::find_lines_of(bytes, places);
        }
    }
}

/// A result that holds nothing yet.
fn empty(request: &Request<'_>, remarks: Vec<Diagnostic>) -> ScanView {
    let mut all = request.feed.remarks.clone();
    all.extend(remarks);
    ScanView {
        schema: "mekiki/scan/v1",
        verdict: Verdict::Unverifiable,
        as_of: instant(request.policy.as_of),
        files: Vec::new(),
        components: 0,
        unjudged: Vec::new(),
        unjudged_by_reason: BTreeMap::new(),
        findings: Vec::new(),
        supports: Vec::new(),
        later: 0,
        unbound: Vec::new(),
        feed: feed_view(request),
        remarks: all,
    }
}

/// Says which findings fail and how it ends.
fn judge(view: &mut ScanView, thresholds: &[Threshold]) {
    for finding in &mut view.findings {
        let is_met = thresholds.iter().any(|one| one.is_met(finding));
        finding.fails = is_met && !finding.is_settled();
    }
    for support in &mut view.supports {
        support.fails = support.is_ended() && thresholds.contains(&Threshold::EndOfSupport);
    }
    for one in &view.unjudged {
        *view.unjudged_by_reason.entry(one.reason).or_default() += 1;
    }
    // A condition on a list that is not there is not met by anything, which is no pass.
    let blind = thresholds.iter().filter_map(|one| one.blind(&view.feed));
    let blind: Vec<_> = blind.collect();
    let fails = view.findings.iter().any(|finding| finding.fails)
        || view.supports.iter().any(|support| support.fails);
    view.verdict = if fails {
        Verdict::NotAcceptable
    } else if view.unjudged.is_empty() && !view.is_empty() && blind.is_empty() {
        Verdict::Acceptable
    } else {
        Verdict::Unverifiable
    };
    view.remarks.extend(blind);
}

fn read_vex(
    documents: &[VexFile<'_>],
    precedence: &Precedence,
) -> Result<(Vec<Given>, Vec<Diagnostic>), Refused> {
    let mut given = Vec::new();
    let mut remarks = Vec::new();
    let mut refused = Vec::new();
    for document in documents {
        match open_vex(*document, precedence) {
            Ok(OpenVex {
                given: one,
                valid,
                unchecked,
            }) => {
                remarks.extend(unchecked);
                if !valid {
                    let remark = Diagnostic::warning(
                        "vex-invalid",
                        Place::whole(),
                        "the document breaches its standard; its statements are read all the same",
                    );
                    let help = "`mekiki vex validate` names every breach";
                    remarks.push(remark.help(help).in_file(&one.path));
                }
                if one.document.statements.is_empty() {
                    let remark = Diagnostic::warning(
                        "vex-empty",
                        Place::whole(),
                        "the document makes no statement, so it changes nothing",
                    );
                    let help = "hand in the document that holds the statements";
                    remarks.push(remark.help(help).in_file(&one.path));
                }
                given.push(one);
            }
            Err(Refused(faults)) => refused.extend(faults),
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
    let in_file = |faults: Vec<Diagnostic>| {
        Refused(faults.into_iter().map(|one| one.in_file(path)).collect())
    };
    let (read, digest) = rayon::join(|| read_components(bytes), || Digest::of(bytes));
    let (sbom, own) = read.map_err(in_file)?;
    let outcome = matcher
        .judge(sbom.all_components())
        .map_err(|fault| Refused(vec![fault]))?;
    let inventory = if triage.documents().is_empty() {
        // Nothing will be asked of it.
        Inventory::of(&Sbom::new(sbom.format, ""), None)
    } else {
        Inventory::of(&sbom, Some(digest))
    };
    let bound = triage.bind(&inventory);
    let Outcome {
        mut components,
        by_ecosystem,
        passed_over,
        findings,
        mut unjudged,
        supports,
        later,
    } = outcome;
    // The product itself is looked up, but no database is expected to watch it: what it is made of counts.
    let product = sbom.product();
    let counted = unjudged.len();
    unjudged.retain(|one| {
        let is_unwatched = matches!(one.reason, Reason::NoIdentity | Reason::EcosystemNotCovered);
        !(is_unwatched && product == Some(one.position))
    });
    components -= counted - unjudged.len();
    let ids: BTreeSet<String> = findings
        .iter()
        .flat_map(|finding| finding.ids.iter().chain(&finding.upstream))
        .cloned()
        // What left a component open may be spoken of too.
        .chain(
            unjudged
                .iter()
                .flat_map(|one| one.advisories.iter().cloned()),
        )
        .chain(unjudged.iter().map(|one| unjudged_id(one.reason.word())))
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
    let version = sbom.metadata.version.as_deref();
    let touched: BTreeSet<&ComponentView> = findings.iter().map(|one| &one.component).collect();
    Ok(Scanned {
        file: FileView {
            path: path.to_owned(),
            sha256: digest,
            components,
            passed_over,
            own,
            touched: touched.len(),
            product: sbom
                .root
                .as_ref()
                .map(|root| component_view(path, &sbom, root)),
            identifier: sbom.metadata.identifier.as_deref().map(str::to_owned),
            version: version.and_then(|one| one.parse().ok()).unwrap_or(1),
        },
        unjudged: unjudged
            .iter()
            .map(|one| unjudged_view(path, &sbom, one))
            .collect(),
        supports: supports
            .iter()
            .map(|one| support_view(path, &sbom, one))
            .collect(),
        later,
        by_ecosystem,
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
    let mut places: BTreeMap<(usize, usize, &Place), (&Unbound, usize)> = BTreeMap::new();
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
