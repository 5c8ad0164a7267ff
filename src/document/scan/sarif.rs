//! A scan as SARIF 2.1.0 (OASIS Standard, 2020-03-27), as code hosts show it.
//!
//! Each vulnerability is a rule, since hosts show the help of a rule and its `security-severity`; what is no
//! vulnerability has one rule a kind. A result stands at the component's line in the scanned file. It is an
//! error where it fails the scan. What a VEX statement settles is there with a suppression, and what could not
//! be judged is there as a note.

mod result;
mod rule;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{ScanView, Verdict};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::document::sarif::{location, log, run, uri};
use crate::text::printable;
use result::{empty, of_finding, of_support, of_unbound, of_unjudged};
use rule::Rules;

/// The most results of one rule: hosts cut off what is more, silently. How many are left out is told.
pub const PER_RULE: usize = 1000;

/// Writes a scan as SARIF.
///
/// Components are shown at the lines that their places have; `app::scan::find_lines` finds those of JSON.
pub fn sarif(scan: &ScanView) -> Value {
    let mut rules = Rules::default();
    let mut results = Results::default();
    for finding in &scan.findings {
        let rule = rules.of_finding(finding);
        results.push(rule, || of_finding(finding));
    }
    for support in scan.supports.iter().filter(|one| one.is_ended()) {
        results.push(rules.unsupported(), || of_support(support));
    }
    for one in &scan.unjudged {
        results.push(rules.unjudged(), || of_unjudged(one));
    }
    for file in scan.files.iter().filter(|file| file.is_empty()) {
        results.push(rules.unjudged(), || empty(file));
    }
    for one in &scan.unbound {
        results.push(rules.unbound(), || of_unbound(one));
    }
    let (descriptors, order) = rules.finish();
    let (results, left_out) = results.finish(&order);
    let mut run = run(descriptors, results);
    let mut put = |key: &str, value: Value| {
        run.insert(key.to_owned(), value);
    };
    put("automationDetails", json!({"id": "mekiki/scan/"}));
    let artifacts = scan.files.iter().map(|file| {
        json!({
            "location": {"uri": uri(&file.path)},
            "roles": ["analysisTarget"],
            "hashes": {"sha-256": file.sha256},
        })
    });
    put("artifacts", artifacts.collect());
    put("invocations", json!([invocation(scan, &left_out)]));
    put(
        "properties",
        json!({"verdict": scan.verdict, "asOf": scan.as_of, "components": scan.components,
            "unjudged": scan.unjudged_by_reason, "feed": scan.feed}),
    );
    log(run)
}

/// How the scan ended, with everything that its reader should be told (SARIF 2.1.0, 3.20).
fn invocation(scan: &ScanView, left_out: &BTreeMap<String, usize>) -> Value {
    let mut notifications = Vec::new();
    let mut tell = |level: &str, text: String| {
        notifications.push(json!({"level": level, "message": {"text": printable(&text)}}));
    };
    if !scan.unjudged.is_empty() {
        let (unjudged, all) = (scan.unjudged.len(), scan.components);
        tell(
            "error",
            format!(
                "{unjudged} of {all} components could not be judged, so the result is not clean"
            ),
        );
    }
    if scan.is_empty() {
        let text = "a file lists no component, so there is nothing to judge";
        tell("error", text.to_owned());
    }
    if scan.later > 0 {
        let count = scan.later;
        tell(
            "note",
            format!(
                "{count} advisories on these components were published after the day and left aside"
            ),
        );
    }
    for (rule, count) in left_out {
        let text =
            format!("{count} results of `{rule}` are left out; the JSON of the scan has them all");
        tell("warning", text);
    }
    notifications.extend(scan.remarks.iter().map(notification));
    let code = match scan.verdict {
        Verdict::Acceptable => 0,
        Verdict::NotAcceptable => 1,
        Verdict::Unverifiable => 3,
    };
    json!({
        "executionSuccessful": true,
        "exitCode": code,
        "toolExecutionNotifications": notifications,
    })
}

fn notification(remark: &Diagnostic) -> Value {
    let level = match remark.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut notification = json!({
        "level": level,
        "descriptor": {"id": remark.code},
        "message": {"text": printable(&remark.message)},
    });
    if let (Some(path), Some(fields)) = (&remark.file, notification.as_object_mut()) {
        let place = location(path, &remark.at);
        fields.insert("locations".to_owned(), json!([place]));
    }
    notification
}

/// Results by the position of their rule, not more than [`PER_RULE`] of each.
#[derive(Default)]
struct Results {
    kept: Vec<(usize, Map<String, Value>)>,
    counts: BTreeMap<usize, usize>,
}

impl Results {
    fn push(&mut self, rule: usize, result: impl FnOnce() -> Map<String, Value>) {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count <= PER_RULE {
            self.kept.push((rule, result()));
        }
    }

    /// The results with their rules, and by rule how many are left out.
    fn finish(self, rules: &[(String, usize)]) -> (Vec<Value>, BTreeMap<String, usize>) {
        let name = |rule: usize| rules.get(rule).map(|(id, _)| id.clone());
        let left_out = self.counts.iter().filter_map(|(rule, count)| {
            let more = count.checked_sub(PER_RULE).filter(|more| *more > 0)?;
            Some((name(*rule)?, more))
        });
        let left_out = left_out.collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let results = self.kept.into_iter().map(|(rule, mut result)| {
            if let Some((id, index)) = rules.get(rule) {
                result.insert("ruleId".to_owned(), id.as_str().into());
                result.insert("ruleIndex".to_owned(), (*index).into());
                fingerprint(id, &mut result, &mut seen);
            }
            result.into()
        });
        (results.collect(), left_out)
    }
}

/// Makes the fingerprint of what a result is about unique among results of one rule, and independent of lines:
/// a host that takes the line's text for one would hold all results in an SBOM of one line for the same.
fn fingerprint(rule: &str, result: &mut Map<String, Value>, seen: &mut BTreeMap<String, usize>) {
    let Some(about) = result.remove(result::ABOUT) else {
        return;
    };
    let about = about.as_str().unwrap_or_default();
    let digest = Digest::of(format!("{rule}\n{about}").as_bytes()).hex();
    let digest = digest.get(..16).unwrap_or_default().to_owned();
    let count = seen.entry(digest.clone()).or_default();
    *count += 1;
    let value = format!("{digest}:{count}");
    result.insert(
        "partialFingerprints".to_owned(),
        json!({"mekikiComponent/v1": value, "primaryLocationLineHash": value}),
    );
}
