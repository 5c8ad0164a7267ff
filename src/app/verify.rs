//! Verifies a delivery: every group of checks in order, none of which stops the next.
//!
//! One file a group; each takes what was gathered and gives the outcomes of its checks.

mod advisory;
mod beside;
mod change;
mod contents;
mod files;
mod gather;
mod guess;
mod lines;
mod policy;
mod product;
mod record;
mod requirement;
mod sbom;
mod signature;
mod standing;
mod telling;

use std::path::PathBuf;

pub use guess::{guess, guess_text, guess_with_remarks};
pub use lines::find_lines;
pub use record::{
    check_verification_inputs, is_verification, replay_verification, write_verification_record,
};

use super::Refused;
use super::library::Library;
use crate::acceptance::check::IDS;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::{COMMAND_LINE, LeftOut, Manifest};
use crate::acceptance::report::{
    Ending, GroupView, Input, Inspection, LeftOutView, Product, Report, Subject, Tool,
};
use crate::acceptance::{Group, Verdict};
use crate::digest::Digest;
use crate::document::scan::ScanView;
use crate::evidence::Citation;
use crate::text::messages::{both, message_with};
use crate::text::{Lang, Text, printable};
use crate::time::{Date, instant};
use gather::Gathered;

/// What is verified, by what.
pub struct Request<'a> {
    /// Checks, profiles, catalog and all other tables.
    pub library: &'a Library,
    /// What was delivered, and what it is held to.
    pub manifest: &'a Manifest,
    /// The manifest's own file with its name, where there is one.
    pub manifest_file: Option<(&'a str, &'a [u8])>,
    /// What a command line says beside the manifest, as the document that was laid over it.
    pub flags: Option<&'a str>,
    /// The folder that the manifest's paths are told from.
    pub root: PathBuf,
    /// The day of judgment.
    pub as_of: Date,
    /// Told of each group before it is verified.
    pub progress: &'a (dyn Fn(Group) + Sync),
}

impl Request<'_> {
    /// The folder of what was delivered.
    pub fn delivered(&self) -> PathBuf {
        self.root.join(&self.manifest.delivered)
    }
}

/// A verdict with the scan that it rests on, for papers that show vulnerabilities.
#[derive(Debug)]
pub struct Verified {
    /// The verdict.
    pub report: Report,
    /// The scan for known vulnerabilities; `None` where there was none.
    pub scan: Option<ScanView>,
}

/// Verifies.
///
/// # Errors
///
/// Where nothing can be judged at all: the folder cannot be read, or the baseline does not belong here. What else is
/// wrong is part of the report.
pub fn verify(request: &Request<'_>) -> Result<Report, Refused> {
    verify_with_scan(request).map(|verified| verified.report)
}

/// Verifies, and hands on the scan for known vulnerabilities.
///
/// # Errors
///
/// As [`verify`].
pub fn verify_with_scan(request: &Request<'_>) -> Result<Verified, Refused> {
    let manifest = request.manifest;
    (request.progress)(Group::Files);
    let mut inputs = vec![Input {
        role: "checks",
        path: "acceptance-checks.toml".to_owned(),
        sha256: request.library.acceptance_checks.digest,
    }];
    inputs.extend(request.manifest_file.map(|(name, bytes)| Input {
        role: "manifest",
        path: name.to_owned(),
        sha256: Digest::of(bytes),
    }));
    inputs.extend(request.flags.map(|flags| Input {
        role: "flags",
        path: COMMAND_LINE.to_owned(),
        sha256: Digest::of(flags.as_bytes()),
    }));
    let baseline = standing::baseline(request, &mut inputs)?;
    let gathered = Gathered::gather(request, &mut inputs)?;
    let mut groups: Vec<(Group, Vec<Outcome>)> = Vec::new();
    let steps: [(Group, Step); 7] = [
        (Group::Files, files::verify),
        (Group::Signatures, signature::verify),
        (Group::Sbom, sbom::verify),
        (Group::Contents, contents::verify),
        (Group::Changes, change::verify),
        (Group::Advisories, advisory::verify),
        (Group::Products, product::verify),
    ];
    for (group, step) in steps {
        (request.progress)(group);
        let outcomes = step(&gathered, &mut inputs);
        groups.push((group, complete(&gathered, group, outcomes)));
    }
    (request.progress)(Group::Policy);
    let own = policy::verify(&gathered, &groups, &mut inputs);
    groups.push((Group::Policy, own));
    (request.progress)(Group::Requirements);
    let mut outcomes: Vec<&mut Outcome> = groups.iter_mut().flat_map(|(_, list)| list).collect();
    let (exceptions, about_exceptions) =
        standing::apply(&gathered, baseline.as_ref(), &mut outcomes, &mut inputs);
    let (requirements, mut about_requirements) = requirement::settle(&gathered, &groups);
    about_requirements.extend(about_exceptions);
    let about_requirements = complete(&gathered, Group::Requirements, about_requirements);
    groups.push((Group::Requirements, about_requirements));
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(group, outcomes)| GroupView::new(group, outcomes))
        .collect();
    let over_groups = Verdict::over(groups.iter().map(|one| one.verdict));
    let core = manifest.left_out.iter().find(|one| one.what.is_core());
    let verdict = match core {
        Some(_) => Ending::of(over_groups.max(Verdict::Unverifiable)),
        None => Ending::of(over_groups),
    };
    inputs.sort();
    inputs.dedup();
    let product = manifest.product.clone();
    let left_out = manifest.left_out.iter().map(|one| LeftOutView {
        what: one.what.word(),
        reason: one.reason.clone(),
    });
    let report = Report {
        schema: "mekiki/verify/v1",
        verdict,
        headline: headline(verdict, &groups, core),
        as_of: instant(request.as_of),
        subject: Subject {
            case: manifest.case.clone(),
            contract: manifest.contract.clone(),
            supplier: manifest.supplier.clone(),
            product: product.map(|(name, version)| Product { name, version }),
            stage: manifest.stage.word(),
        },
        inspection: manifest
            .notified_on
            .map(|day| Inspection::after(day, request.as_of)),
        delivered: gathered.summary(),
        artifacts: gathered.artifact_views(),
        groups,
        requirements,
        exceptions,
        left_out: left_out.collect(),
        inputs,
        tool: Tool {
            name: "mekiki",
            version: env!("CARGO_PKG_VERSION"),
        },
    };
    Ok(Verified {
        report,
        scan: gathered.scan.into_inner(),
    })
}

/// One group of checks.
type Step = fn(&Gathered<'_>, &mut Vec<Input>) -> Vec<Outcome>;

/// The outcomes of a group in the order of the table, then those of own rules. A check that nobody answered is not met.
fn complete(gathered: &Gathered<'_>, group: Group, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    for check in &gathered.request.library.acceptance_checks.list {
        let is_answered = outcomes.iter().any(|one| one.check == check.id);
        if check.group == group && !is_answered {
            let said = both("verify-check-unanswered", &[]);
            let finding = Finding::new(&check.id, Effect::Unverifiable, &check.id, said.clone());
            outcomes.push(Outcome::new(check, said).with([finding]));
        }
    }
    in_order(outcomes)
}

/// The first line: the first finding that decides, with its place, and how many others there are.
fn headline(verdict: Ending, groups: &[GroupView], core: Option<&LeftOut>) -> Text {
    let effect = match verdict {
        Ending::Acceptable => return both("verify-headline-acceptable", &[]),
        Ending::NotAcceptable => Effect::Fails,
        Ending::Unverifiable => Effect::Unverifiable,
    };
    let deciding: Vec<&Finding> = groups
        .iter()
        .flat_map(|group| &group.findings)
        .filter(|finding| finding.effect == effect && finding.counts())
        .collect();
    let Some(first) = deciding.first() else {
        return match core {
            Some(left_out) => both(
                "verify-headline-left-out",
                &[("what", left_out.what.word())],
            ),
            None => both("verify-headline-nothing", &[]),
        };
    };
    let others = (deciding.len() - 1).to_string();
    let key = match (verdict, deciding.len()) {
        (Ending::NotAcceptable, 1) => "verify-headline-fails",
        (Ending::NotAcceptable, _) => "verify-headline-fails-others",
        (_, 1) => "verify-headline-unverifiable",
        _ => "verify-headline-unverifiable-others",
    };
    let place = first
        .citations
        .first()
        .map_or_else(|| "-".to_owned(), place_of);
    let say = |lang: Lang| {
        let arguments = [
            ("what", first.message.of(lang)),
            ("where", &place),
            ("others", &others),
        ];
        message_with(lang, key, &arguments)
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}

/// A file with the place in it, as `FILE:LINE:COLUMN` or `FILE:/pointer`.
fn place_of(citation: &Citation) -> String {
    let file = printable(&citation.file);
    if citation.at.is_whole() {
        return file;
    }
    format!("{file}:{}", printable(&citation.at.to_string()))
}

/// Outcomes in the order of the table.
fn in_order(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let place = |one: &Outcome| IDS.iter().position(|id| *id == one.check);
    outcomes.sort_by_key(|one| place(one).unwrap_or(usize::MAX));
    outcomes
}
