//! What keeps findings from counting: exceptional actions in force, and the earlier verdict of a running system.

use std::path::Path;

use super::Request;
use super::beside::{lies_in_delivery, named, told};
use super::gather::Gathered;
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::Named;
use crate::acceptance::ratchet::{Baseline, check_stage, read_baseline};
use crate::acceptance::report::{ExceptionView, Input};
use crate::acceptance::waiver::{Waiver, name_expired, waive};
use crate::app::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::detect::detect;
use crate::evidence::register::exception::read_exception;
use crate::folder::{is_folder, list_folder, read_delivered};
use crate::governance::exception::ExceptionState;
use crate::text::messages::{both, message_with};
use crate::text::{Lang, Text};

const EXCEPTION: &str = "requirement.exception";

/// Reads the earlier verdict that the manifest names.
///
/// # Errors
///
/// `baseline-stage`, `baseline-case`, `baseline-later`, `baseline-unreadable`, `baseline-delivered`, or why the file cannot
/// be read. A baseline that does not belong here would make old what is new, so nothing is judged under it.
pub(super) fn baseline(
    request: &Request<'_>,
    inputs: &mut Vec<Input>,
) -> Result<Option<Baseline>, Refused> {
    let Some(file) = &request.manifest.baseline else {
        return Ok(None);
    };
    let name = named(&file.path);
    check_stage(request.manifest.stage)?;
    let on_disk = request.root.join(&file.path);
    let real = |path: &Path| path.canonicalize().ok();
    let planted = real(&on_disk)
        .zip(real(&request.delivered()))
        .is_some_and(|(own, delivered)| own.starts_with(delivered));
    if planted {
        let message = "the earlier verdict lies among what was delivered";
        let fault = Diagnostic::error("baseline-delivered", Place::whole(), message)
            .help("name the agency's own record of it");
        return Err(fault.in_file(name).into());
    }
    let bytes = read_delivered(&on_disk.display().to_string())
        .map_err(|fault| fault.diagnostic().in_file(name.clone()))?;
    let admitted = read_baseline(&bytes).and_then(|baseline| {
        let case = request.manifest.case.as_deref();
        baseline.admit(request.manifest.stage, case, request.as_of)?;
        Ok(baseline)
    });
    let baseline = admitted.map_err(|fault| fault.in_file(name.clone()))?;
    inputs.push(Input {
        role: "baseline",
        path: name,
        sha256: baseline.digest,
    });
    Ok(Some(baseline))
}

/// Applies exceptions and baseline to the outcomes; gives the exceptions and the outcome of `requirement.exception`.
pub(super) fn apply(
    gathered: &Gathered<'_>,
    baseline: Option<&Baseline>,
    outcomes: &mut [&mut Outcome],
    inputs: &mut Vec<Input>,
) -> (Vec<ExceptionView>, Vec<Outcome>) {
    let request = gathered.request;
    let check = gathered.check(EXCEPTION);
    let mut findings = Vec::new();
    let waivers = belonging(gathered, inputs, &mut findings);
    let checks = &request.library.acceptance_checks;
    let day = request.as_of;
    let counts = waive(&waivers, day, checks, outcomes);
    let gone = baseline.map(|baseline| baseline.hold(day, outcomes));
    let expired = name_expired(&waivers, day, checks, outcomes, &with_expiry);
    let views: Vec<_> = waivers
        .iter()
        .zip(&counts)
        .map(|(one, count)| one.view(day, *count))
        .collect();
    for (waiver, lapsed) in waivers.iter().zip(expired) {
        findings.extend(about(gathered, waiver, lapsed));
    }
    if let (Some(baseline), Some(gone)) = (baseline, gone.filter(|gone| *gone > 0)) {
        let arguments = [
            ("gone", gone.to_string()),
            ("known", baseline.known.len().to_string()),
        ];
        let message = say("verify-baseline-gone", &arguments);
        findings.push(Finding::new(EXCEPTION, Effect::Notes, "baseline", message));
    }
    let outcome = if request.manifest.exceptions.is_empty() {
        let none = both("verify-exception-none", &[]);
        Outcome::not_applicable(&check, none).with(findings)
    } else {
        let waived: usize = counts.iter().sum();
        let arguments = [
            ("count", waivers.len().to_string()),
            ("waived", waived.to_string()),
        ];
        let cited: Vec<_> = waivers
            .iter()
            .map(|one| cite(one, one.entry.at.clone()))
            .collect();
        Outcome::new(&check, say("verify-exception-said", &arguments))
            .resting_on(cited)
            .with(findings)
    };
    (views, vec![outcome])
}

/// The sentence of a finding that an exception waived until it expired.
fn with_expiry(id: &str, until: &str, message: &Text) -> Text {
    let say = |lang: Lang| {
        let arguments = [("id", id), ("day", until), ("what", message.of(lang))];
        message_with(lang, "verify-exception-lapsed", &arguments)
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}

/// What is to be said of an exception of this case.
fn about(gathered: &Gathered<'_>, waiver: &Waiver, lapsed: usize) -> Option<Finding> {
    let entry = &waiver.entry;
    let library = gathered.request.library;
    let (id, criterion) = (shown(&entry.id), shown(&entry.criterion));
    let (start, day) = (entry.start.to_string(), entry.expiry.to_string());
    let count = lapsed.to_string();
    let (effect, message, at) = match waiver.state(gathered.request.as_of) {
        ExceptionState::Expired if lapsed > 0 => {
            let message = say(
                "verify-exception-expired",
                &[
                    ("id", id),
                    ("criterion", criterion),
                    ("day", day),
                    ("count", count),
                ],
            );
            (Effect::Fails, message, "/expiry")
        }
        ExceptionState::Expired => (
            Effect::Notes,
            say(
                "verify-exception-ended",
                &[("id", id), ("criterion", criterion), ("day", day)],
            ),
            "/expiry",
        ),
        ExceptionState::NotBegun => (
            Effect::Warns,
            say(
                "verify-exception-not-begun",
                &[("id", id), ("criterion", criterion), ("start", start)],
            ),
            "/start",
        ),
        ExceptionState::Refused => (
            Effect::Warns,
            say(
                "verify-exception-refused",
                &[("id", id), ("criterion", criterion)],
            ),
            "/decision",
        ),
        ExceptionState::Revoked => (
            Effect::Warns,
            say(
                "verify-exception-revoked",
                &[("id", id), ("criterion", criterion)],
            ),
            "/decision",
        ),
        ExceptionState::InForce => {
            let known = library
                .catalog
                .criteria
                .contains_key(&entry.criterion.as_str().into());
            if known {
                return None;
            }
            let message = say(
                "verify-exception-criterion",
                &[("id", id), ("criterion", criterion)],
            );
            (Effect::Warns, message, "/criterion")
        }
    };
    let finding = Finding::new(EXCEPTION, effect, entry.id.clone(), message);
    let finding = finding.distinguished_by(&[entry.criterion.as_str()]);
    Some(finding.cite(cite(waiver, Place::pointer(at))))
}

fn cite(waiver: &Waiver, at: Place) -> Citation {
    Citation {
        sha256: waiver.sha256,
        file: waiver.file.clone(),
        at,
    }
}

/// The exceptions of this case and supplier; what cannot be used becomes a finding.
fn belonging(
    gathered: &Gathered<'_>,
    inputs: &mut Vec<Input>,
    findings: &mut Vec<Finding>,
) -> Vec<Waiver> {
    let manifest = gathered.request.manifest;
    if manifest.exceptions.is_empty() {
        return Vec::new();
    }
    let mut read: Vec<Waiver> = Vec::new();
    for one in &manifest.exceptions {
        for (path, name) in files(gathered, one, findings) {
            read.extend(open(gathered, &path, name, inputs, findings));
        }
    }
    read.sort_by(|one, other| (&one.entry.id, &one.file).cmp(&(&other.entry.id, &other.file)));
    let repeated: Vec<String> = read
        .iter()
        .zip(read.iter().skip(1))
        .filter(|(one, other)| one.entry.id == other.entry.id && one.sha256 != other.sha256)
        .map(|(one, _)| one.entry.id.clone())
        .collect();
    for id in &repeated {
        let message = both("verify-exception-repeated", &[("id", &shown(id))]);
        let mut finding = Finding::new(EXCEPTION, Effect::Unverifiable, id.clone(), message);
        finding.code = Some("register-repeated".to_owned());
        findings.push(finding);
    }
    read.retain(|one| !repeated.contains(&one.entry.id));
    read.dedup_by(|one, other| one.entry.id == other.entry.id);
    let Some(case) = &manifest.case else {
        if !read.is_empty() {
            let message = both("verify-exception-no-case", &[]);
            findings.push(Finding::new(EXCEPTION, Effect::Unverifiable, "", message));
        }
        return Vec::new();
    };
    let all = read.len();
    read.retain(|one| one.belongs(case, manifest.supplier.as_deref()));
    if read.len() < all {
        let count = (all - read.len()).to_string();
        let message = both("verify-exception-others", &[("count", &count)]);
        findings.push(Finding::new(EXCEPTION, Effect::Notes, "", message));
    }
    read
}

/// The files that an entry of the manifest names: the file itself, or those in TOML and JSON of a folder. Each with the
/// path from the manifest's folder, and as it is told.
fn files(
    gathered: &Gathered<'_>,
    one: &Named,
    findings: &mut Vec<Finding>,
) -> Vec<(String, String)> {
    let on_disk = gathered.request.root.join(&one.path).display().to_string();
    let name = named(&one.path);
    if !is_folder(&on_disk).unwrap_or(false) {
        return vec![(one.path.clone(), name)];
    }
    match list_folder(&on_disk) {
        Ok(listing) => {
            let is_entry = |path: &&String| {
                let ending = Path::new(path.as_str()).extension();
                let is = |wanted: &str| ending.is_some_and(|one| one.eq_ignore_ascii_case(wanted));
                is("toml") || is("json")
            };
            let files = listing.files.iter().filter(is_entry);
            let join =
                |folder: &str, path: &str| format!("{}/{path}", folder.trim_end_matches('/'));
            files
                .map(|path| (join(&one.path, path), join(&name, path)))
                .collect()
        }
        Err(fault) => {
            findings.push(unreadable(gathered, &name, &fault.diagnostic()));
            Vec::new()
        }
    }
}

fn open(
    gathered: &Gathered<'_>,
    path: &str,
    name: String,
    inputs: &mut Vec<Input>,
    findings: &mut Vec<Finding>,
) -> Option<Waiver> {
    if lies_in_delivery(gathered, path) {
        let message = both("verify-exception-delivered", &[("path", &shown(&name))]);
        findings.push(Finding::new(EXCEPTION, Effect::Unverifiable, name, message));
        return None;
    }
    let on_disk = gathered.request.root.join(path).display().to_string();
    let bytes = match read_delivered(&on_disk) {
        Ok(bytes) => bytes,
        Err(fault) => {
            findings.push(unreadable(gathered, &name, &fault.diagnostic()));
            return None;
        }
    };
    // A folder may hold the other registers of the agency too.
    let format = detect(&bytes).format;
    if format.starts_with("mekiki-") && format != "mekiki-exception" {
        return None;
    }
    let sha256 = Digest::of(&bytes);
    inputs.push(Input {
        role: "exception",
        path: name.clone(),
        sha256,
    });
    match read_exception(&bytes) {
        Ok(entry) => Some(Waiver {
            entry,
            file: name,
            sha256,
        }),
        Err(faults) => {
            let unread = faults.first().map(|fault| {
                let place = Citation {
                    sha256,
                    file: name.clone(),
                    at: fault.at.clone(),
                };
                unreadable(gathered, &name, fault).cite(place)
            });
            findings.extend(unread);
            None
        }
    }
}

fn unreadable(gathered: &Gathered<'_>, name: &str, fault: &Diagnostic) -> Finding {
    let why = told(gathered, fault);
    let message = both(
        "verify-exception-unreadable",
        &[("path", &shown(name)), ("why", &why)],
    );
    let mut finding = Finding::new(EXCEPTION, Effect::Unverifiable, name, message);
    finding.code = Some(fault.code.to_owned());
    finding
}

fn say(key: &str, arguments: &[(&str, String)]) -> Text {
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    both(key, &arguments)
}
