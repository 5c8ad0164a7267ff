//! What was delivered: whether it is complete and can be read, and whether it could have written its own measure.

use super::gather::{self, Gathered, held_by_agency};
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::report::Input;
use crate::diagnostic::{Diagnostic, Severity};
use crate::folder::is_folder;
use crate::text::messages::both;

const COMPLETE: &str = "files.complete";
const READABLE: &str = "files.readable";
const EXPECTATIONS: &str = "files.expectations";

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let _ = inputs;
    vec![
        complete(gathered),
        readable(gathered),
        expectations(gathered),
    ]
}

/// What a remark on reading does to `files.readable`; `None` for remarks on what else was found.
pub(super) fn effect_of(remark: &Diagnostic) -> Option<Effect> {
    Some(match (remark.code, remark.severity) {
        (code, _) if code.starts_with("delivery-") => return None,
        // Seen, and wrong.
        ("archive-path-escape" | "image-blob-altered" | "image-blob-missing", _) => Effect::Fails,
        // Left out, and so not seen.
        ("archive-path-length", _) | (_, Severity::Error) => Effect::Unverifiable,
        (_, Severity::Warning) => Effect::Warns,
        (_, Severity::Note) => Effect::Notes,
    })
}

fn complete(gathered: &Gathered<'_>) -> Outcome {
    let check = gathered.check(COMPLETE);
    let request = gathered.request;
    let mut findings = Vec::new();
    if gathered.artifacts.is_empty() && request.manifest.artifacts.is_empty() {
        let key = if gathered.files.is_empty() {
            "verify-files-nothing"
        } else {
            "verify-files-no-artifact"
        };
        findings.push(Finding::new(COMPLETE, Effect::Fails, ".", both(key, &[])));
    }
    for (named, what) in &gathered.missing {
        let key = match *what {
            "artifact" => "verify-files-missing-artifact",
            "sbom" => "verify-files-missing-sbom",
            "vex" => "verify-files-missing-vex",
            "provenance" => "verify-files-missing-provenance",
            _ => "verify-files-missing-signature",
        };
        let said = both(key, &[("path", &shown(&named.path))]);
        let mut finding = Finding::new(COMPLETE, Effect::Fails, &named.path, said);
        finding.citations.extend(gathered.cite_manifest(&named.at));
        findings.push(finding);
    }
    let held = held_by_agency(request.manifest).into_iter();
    let held = held.map(|one| one.named).chain(&request.manifest.notices);
    for named in held {
        let on_disk = request.root.join(&named.path);
        if is_folder(&on_disk.display().to_string()).is_ok() {
            continue;
        }
        let said = both(
            "verify-files-missing-held",
            &[("path", &shown(&named.path))],
        );
        let mut finding = Finding::new(COMPLETE, Effect::Unverifiable, &named.path, said);
        finding.citations.extend(gathered.cite_manifest(&named.at));
        findings.push(finding);
    }
    let beside = gathered.remarks.iter();
    findings.extend(beside.filter_map(|remark| note(gathered, remark)));
    let summary = gathered.summary();
    let said = both(
        "verify-files-complete",
        &[
            ("files", &summary.files.to_string()),
            ("bytes", &summary.bytes.to_string()),
            ("artifacts", &gathered.artifacts.len().to_string()),
        ],
    );
    Outcome::new(&check, said).with(findings)
}

/// What was delivered and no check looks at, or what is looked at without being named.
fn note(gathered: &Gathered<'_>, remark: &Diagnostic) -> Option<Finding> {
    let key = match remark.code {
        "delivery-sbom-found" => "verify-files-sbom-found",
        "delivery-unnamed" => "verify-files-unnamed",
        "delivery-unpaired" => "verify-files-unpaired",
        "delivery-key" => "verify-files-key",
        _ => return None,
    };
    let path = remark.file.as_deref().unwrap_or(".");
    let said = both(key, &[("path", &shown(path))]);
    Some(of_remark(gathered, remark, COMPLETE, Effect::Notes, said))
}

fn readable(gathered: &Gathered<'_>) -> Outcome {
    let check = gathered.check(READABLE);
    let findings: Vec<Finding> = gathered
        .remarks
        .iter()
        .filter_map(|remark| {
            let effect = effect_of(remark)?;
            let key = match (remark.code, effect) {
                ("file-link", Effect::Notes) => "verify-read-link-inside",
                ("file-link", _) => "verify-read-link",
                ("file-irregular", _) => "verify-read-irregular",
                ("file-unreadable" | "file-too-large" | "file-missing", _) => "verify-read-refused",
                ("archive-bytes" | "archive-ratio" | "archive-members", _) => "verify-read-limit",
                ("archive-unreadable" | "archive-member-unreadable", _) => "verify-read-broken",
                ("archive-depth", _) => "verify-read-deep",
                ("archive-path-escape", _) => "verify-read-escape",
                ("archive-links", _) => "verify-read-links",
                ("image-blob-altered" | "image-blob-missing", _) => "verify-read-image",
                _ => "verify-read-other",
            };
            let path = remark.file.as_deref().unwrap_or(".");
            let arguments = [("path", shown(path)), ("why", shown(&remark.message))];
            let arguments = arguments
                .each_ref()
                .map(|(name, text)| (*name, text.as_str()));
            let said = both(key, &arguments);
            Some(of_remark(gathered, remark, READABLE, effect, said))
        })
        .collect();
    let files = gathered.files.len().to_string();
    let said = both("verify-files-read", &[("files", &files)]);
    Outcome::new(&check, said).with(findings)
}

fn of_remark(
    gathered: &Gathered<'_>,
    remark: &Diagnostic,
    check: &str,
    effect: Effect,
    said: crate::text::Text,
) -> Finding {
    let path = remark.file.as_deref().unwrap_or(".");
    let mut finding = Finding::new(check, effect, path, said);
    finding.citations.extend(gathered.cite(path));
    finding.code = Some(remark.code.to_owned());
    finding.distinguished_by(&[remark.code, &remark.message])
}

fn expectations(gathered: &Gathered<'_>) -> Outcome {
    let check = gathered.check(EXPECTATIONS);
    let request = gathered.request;
    let warns = |path: &str, said| Finding::new(EXPECTATIONS, Effect::Warns, path, said);
    let mut findings = Vec::new();
    if request.manifest_file.is_none() {
        findings.push(warns(".", both("verify-expectations-guessed", &[])));
    }
    if let Some(path) = gather::manifest_inside(request) {
        let said = both("verify-expectations-manifest", &[("path", &shown(&path))]);
        let mut finding = warns(&path, said);
        finding.citations.extend(gathered.cite(&path));
        findings.push(finding);
    }
    for held in held_by_agency(request.manifest) {
        let named = held.named;
        if gather::inside(request, &named.path).is_none() {
            continue;
        }
        let what = both(&format!("verify-held-{}", held.what), &[]);
        let path = shown(&named.path);
        let say = |what: &str| {
            both(
                "verify-expectations-held",
                &[("what", what), ("path", &path)],
            )
        };
        let said = crate::text::Text {
            ja: say(&what.ja).ja,
            en: say(&what.en).en,
        };
        let mut finding = warns(&named.path, said);
        finding.citations.extend(gathered.cite_manifest(&named.at));
        findings.push(finding);
    }
    let key = if findings.is_empty() {
        "verify-expectations-outside"
    } else {
        "verify-expectations-inside"
    };
    Outcome::new(&check, both(key, &[])).with(findings)
}
