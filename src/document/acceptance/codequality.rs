//! The verdict as a Code Quality report of GitLab, which merge requests show at the file and line (GitLab Docs, "Code
//! Quality", "Code Quality report format"; it is a part of the Code Climate specification).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::sarif::closed;
use super::wording::{findings, shown, standing};
use crate::acceptance::finding::{Effect, Finding, Standing};
use crate::acceptance::report::{Ending, Report};
use crate::digest::Digest;
use crate::document::scan::sarif::PER_RULE;
use crate::text::Lang;
use crate::text::messages::message_with;

/// Writes every finding, no more than [`PER_RULE`] of a check and then one that tells how many are left out. `path` turns
/// the path of a cited file into the one in the repository.
pub fn code_quality(report: &Report, lang: Lang, path: &dyn Fn(&str) -> String) -> Value {
    let manifest = report.inputs.iter().find(|one| one.role == "manifest");
    let manifest = path(manifest.map_or("delivery.toml", |one| one.path.as_str()));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut fingerprints = Fingerprints::default();
    let mut entries = Vec::new();
    for finding in findings(report) {
        let count = counts.entry(&finding.check).or_default();
        *count += 1;
        if *count > PER_RULE {
            continue;
        }
        let first = finding.citations.first();
        let file = first.map_or_else(|| manifest.clone(), |one| path(&one.file));
        let line = first.and_then(|one| one.at.line).unwrap_or(1);
        let (hex, count) = fingerprints.next(finding.fingerprint);
        let own = match count {
            1 => hex,
            count => Digest::of(format!("{hex}:{count}").as_bytes()).hex(),
        };
        entries.push(entry(
            &finding.check,
            &said(finding, lang),
            severity(finding),
            &own,
            &file,
            line,
        ));
    }
    for (check, count) in counts {
        let Some(more) = count.checked_sub(PER_RULE).filter(|more| *more > 0) else {
            continue;
        };
        let arguments = [("count", more.to_string()), ("check", shown(check))];
        let text = message_with(lang, "verify-results-left-out", &arguments);
        let own = Digest::of(format!("more\n{check}").as_bytes()).hex();
        entries.push(entry(
            check,
            &closed(lang, text),
            "major",
            &own,
            &manifest,
            1,
        ));
    }
    let counts = findings(report).any(Finding::counts);
    if report.verdict != Ending::Acceptable && !counts {
        // An empty report would read as one without a fault.
        let own = Digest::of(b"verdict").hex();
        let said = closed(lang, shown(report.headline.of(lang)));
        entries.push(entry("verdict", &said, "critical", &own, &manifest, 1));
    }
    entries.into()
}

fn entry(
    check: &str,
    said: &str,
    severity: &str,
    fingerprint: &str,
    path: &str,
    line: u32,
) -> Value {
    json!({
        "description": said,
        "check_name": shown(check),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": shown(path.trim_start_matches("./")), "lines": {"begin": line}},
    })
}

fn said(finding: &Finding, lang: Lang) -> String {
    let said = shown(finding.message.of(lang));
    let said = match standing(lang, finding) {
        Some(standing) => format!("{said} ({standing})"),
        None => said,
    };
    closed(lang, said)
}

/// The severity in GitLab's words.
fn severity(finding: &Finding) -> &'static str {
    let is_urgent = finding
        .weakness
        .as_ref()
        .is_some_and(|one| one.exploited || one.rating == "critical");
    match (finding.effect, &finding.standing) {
        (_, Standing::Waived { .. } | Standing::Known { .. }) | (Effect::Notes, _) => "info",
        (Effect::Fails, _) if is_urgent => "blocker",
        (Effect::Fails, _) => "critical",
        (Effect::Unverifiable, _) => "major",
        (Effect::Warns, _) => "minor",
    }
}
