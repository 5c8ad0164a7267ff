//! The verdict as SARIF 2.1.0 (OASIS Standard, 2020-03-27), as code hosts show it.
//!
//! Every check of the table is a rule, also one that is met, so that a rule keeps its name and its place from run to
//! run. A result stands at the first place that its finding cites. What an exception waives carries a suppression; where
//! an earlier verdict is held against it, what was known is `unchanged` and the rest `new`. What could not be judged is
//! there as a result and as a notification, so that no reader takes silence for a pass.

mod rule;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fingerprint::Fingerprints;
use super::wording::{exception, has_baseline, outcomes, shown, standing};
use crate::acceptance::Verdict;
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Effect, Finding, Standing};
use crate::acceptance::report::{Ending, Report};
use crate::diagnostic::Place;
use crate::document::sarif::{location, log, run, uri};
use crate::document::scan::sarif::PER_RULE;
use crate::text::Lang;
use crate::text::messages::{message, message_with};
use rule::Rules;

/// The most results in all: a host refuses a run of more (GitHub Docs, "SARIF support for code scanning", results per
/// run). How many are left out is told.
pub const RESULTS: usize = 25_000;
/// The most further places of a result; hosts show no more (the same page, locations per result).
const RELATED: usize = 99;

/// Writes a verdict as SARIF. `path` turns the path of a cited file into the one under which the host knows it.
pub fn sarif(report: &Report, checks: &Checks, lang: Lang, path: &dyn Fn(&str) -> String) -> Value {
    let writer = Writer {
        report,
        lang,
        path,
        has_baseline: has_baseline(report),
    };
    let rules = Rules::new(report, checks, lang);
    let (results, left_out) = writer.results(&rules);
    let mut run = run(rules.descriptors(), results);
    let mut put = |key: &str, value: Value| {
        run.insert(key.to_owned(), value);
    };
    put("automationDetails", json!({"id": "mekiki/verify/"}));
    put("language", lang.code().into());
    put("artifacts", writer.artifacts());
    put("invocations", json!([writer.invocation(&left_out)]));
    put("properties", writer.properties());
    log(run)
}

struct Writer<'r> {
    report: &'r Report,
    lang: Lang,
    path: &'r dyn Fn(&str) -> String,
    has_baseline: bool,
}

impl Writer<'_> {
    /// The results, what counts first, with how many are left out of each rule.
    fn results(&self, rules: &Rules) -> (Vec<Value>, BTreeMap<String, usize>) {
        let all = self.report.groups.iter().flat_map(|group| &group.findings);
        let (counting, others): (Vec<_>, Vec<_>) = all.partition(|one| one.counts());
        let mut results = Vec::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
        let mut fingerprints = Fingerprints::default();
        for finding in counting.into_iter().chain(others) {
            let count = counts.entry(&finding.check).or_default();
            *count += 1;
            if *count > PER_RULE || results.len() >= RESULTS {
                *left_out.entry(finding.check.clone()).or_default() += 1;
            } else {
                results.push(self.result(finding, rules, &mut fingerprints));
            }
        }
        (results, left_out)
    }

    fn result(&self, finding: &Finding, rules: &Rules, fingerprints: &mut Fingerprints) -> Value {
        let mut fields = Map::new();
        let mut put = |key: &str, value: Value| {
            fields.insert(key.to_owned(), value);
        };
        put("ruleId", finding.check.as_str().into());
        put("ruleIndex", rules.index(&finding.check).into());
        put("level", level(finding).into());
        put("message", json!({"text": self.message(finding)}));
        put("locations", json!([self.first_location(finding)]));
        let related = finding.citations.iter().skip(1).take(RELATED).enumerate();
        let related: Vec<_> = related
            .map(|(index, one)| {
                let mut place = location(&(self.path)(&one.file), &one.at);
                if let Some(fields) = place.as_object_mut() {
                    fields.insert("id".to_owned(), (index + 1).into());
                    fields.insert(
                        "message".to_owned(),
                        json!({"text": super::wording::place(one)}),
                    );
                }
                place
            })
            .collect();
        if !related.is_empty() {
            put("relatedLocations", related.into());
        }
        let (hex, count) = fingerprints.next(finding.fingerprint);
        let line = hex.get(..16).unwrap_or_default();
        put(
            "partialFingerprints",
            json!({
                "mekikiFinding/v1": format!("{hex}:{count}"),
                "primaryLocationLineHash": format!("{line}:{count}"),
            }),
        );
        if let Standing::Waived { exception: id, .. } = &finding.standing {
            put("suppressions", json!([self.suppression(finding, id)]));
        }
        if self.has_baseline {
            let is_known = matches!(finding.standing, Standing::Known { .. });
            put(
                "baselineState",
                if is_known { "unchanged" } else { "new" }.into(),
            );
        }
        put("properties", Self::properties_of(finding));
        fields.into()
    }

    /// The sentence with the reason why it does not count, closed with a full stop (SARIF 2.1.0, 3.11.8).
    fn message(&self, finding: &Finding) -> String {
        let said = shown(finding.message.of(self.lang));
        let said = match standing(self.lang, finding) {
            Some(standing) => format!("{said} ({standing})"),
            None => said,
        };
        closed(self.lang, said)
    }

    /// The first place of a finding; one without any stands at the manifest, since hosts show nothing without a place.
    fn first_location(&self, finding: &Finding) -> Value {
        let Some(first) = finding.citations.first() else {
            let manifest = self.report.inputs.iter().find(|one| one.role == "manifest");
            let manifest = manifest.map_or("delivery.toml", |one| one.path.as_str());
            return location(&(self.path)(manifest), &Place::whole());
        };
        location(&(self.path)(&first.file), &first.at)
    }

    fn suppression(&self, finding: &Finding, id: &str) -> Value {
        let reason = exception(self.report, id).map(|one| shown(one.reason.of(self.lang)));
        let standing = standing(self.lang, finding).unwrap_or_default();
        let why = match reason {
            Some(reason) => format!("{standing}: {reason}"),
            None => standing,
        };
        json!({"kind": "external", "status": "accepted", "justification": closed(self.lang, why)})
    }

    fn properties_of(finding: &Finding) -> Value {
        let mut fields = Map::new();
        let mut put = |key: &str, value: Value| {
            fields.insert(key.to_owned(), value);
        };
        put("effect", finding.effect.word().into());
        put("subject", shown(&finding.subject).into());
        if let Some(first) = finding.citations.first() {
            put("sha256", first.sha256.hex().into());
        }
        if let Some(code) = &finding.code {
            put("diagnostic", shown(code).into());
        }
        if let Some(weakness) = &finding.weakness {
            put("ids", weakness.ids.iter().map(|id| shown(id)).collect());
            put("rating", shown(&weakness.rating).into());
            put("exploited", weakness.exploited.into());
            put(
                "fixed",
                weakness.fixed.iter().map(|one| shown(one)).collect(),
            );
            if let Some(tenths) = weakness.tenths {
                put("security-severity", rule::score(tenths).into());
            }
            if let Some(due) = &weakness.due {
                put("due", shown(due).into());
            }
        }
        fields.into()
    }

    fn artifacts(&self) -> Value {
        let artifacts = self.report.artifacts.iter().map(|one| {
            json!({
                "location": {"uri": uri(&(self.path)(&one.path))},
                "roles": ["analysisTarget"],
                "hashes": {"sha-256": one.sha256},
            })
        });
        let mut seen = std::collections::BTreeSet::new();
        artifacts
            .filter(|one| seen.insert(one.to_string()))
            .collect()
    }

    /// How it ended, with everything that could not be judged (SARIF 2.1.0, 3.20).
    fn invocation(&self, left_out: &BTreeMap<String, usize>) -> Value {
        let mut notifications = Vec::new();
        let mut tell = |level: &str, check: &str, text: String| {
            let mut notification =
                json!({"level": level, "message": {"text": closed(self.lang, text)}});
            if let (false, Some(fields)) = (check.is_empty(), notification.as_object_mut()) {
                fields.insert("associatedRule".to_owned(), json!({"id": check}));
            }
            notifications.push(notification);
        };
        let open = outcomes(self.report).filter(|(_, one)| one.verdict == Verdict::Unverifiable);
        for (_, outcome) in open {
            let (check, said) = (shown(&outcome.check), shown(outcome.said.of(self.lang)));
            let verdict = super::wording::verdict(self.lang, outcome.verdict);
            tell(
                "error",
                &outcome.check,
                format!("{check}: {verdict}: {said}"),
            );
        }
        if self
            .report
            .groups
            .iter()
            .all(|group| group.checks.is_empty())
        {
            tell("error", "", message(self.lang, "verify-headline-nothing"));
        }
        for one in &self.report.left_out {
            let what = super::wording::evidence(self.lang, one.what);
            let title = message(self.lang, "verify-left-out");
            let reason = shown(one.reason.of(self.lang));
            tell("warning", "", format!("{title}: {what}: {reason}"));
        }
        for (check, count) in left_out {
            let arguments = [("count", count.to_string()), ("check", shown(check))];
            let text = message_with(self.lang, "verify-results-left-out", &arguments);
            tell("warning", check, text);
        }
        let code = match self.report.verdict {
            Ending::Acceptable => 0,
            Ending::NotAcceptable => 1,
            Ending::Unverifiable => 3,
        };
        json!({
            "executionSuccessful": true,
            "exitCode": code,
            "exitCodeDescription": shown(self.report.headline.of(self.lang)),
            "toolExecutionNotifications": notifications,
        })
    }

    fn properties(&self) -> Value {
        let groups: Map<String, Value> = self
            .report
            .groups
            .iter()
            .map(|one| (one.name.word().to_owned(), one.verdict.word().into()))
            .collect();
        let checks: Map<String, Value> = outcomes(self.report)
            .map(|(_, one)| (shown(&one.check), one.verdict.word().into()))
            .collect();
        let of = &self.report.subject;
        let inert = |text: &Option<String>| text.as_deref().map(shown);
        let subject = json!({
            "case": inert(&of.case),
            "contract": inert(&of.contract),
            "supplier": inert(&of.supplier),
            "product": of.product.as_ref().map(|one| shown(&one.name)),
            "version": of.product.as_ref().map(|one| shown(&one.version)),
            "stage": of.stage,
        });
        json!({
            "verdict": self.report.verdict.word(),
            "asOf": self.report.as_of,
            "subject": subject,
            "delivered": self.report.delivered,
            "groups": groups,
            "checks": checks,
        })
    }
}

/// The level of a finding; what does not count is no more than a note.
fn level(finding: &Finding) -> &'static str {
    match (finding.effect, &finding.standing) {
        (_, Standing::Waived { .. } | Standing::Known { .. }) | (Effect::Notes, _) => "note",
        (Effect::Fails, _) => "error",
        (Effect::Unverifiable | Effect::Warns, _) => "warning",
    }
}

/// A sentence with its full stop.
pub(super) fn closed(lang: Lang, text: String) -> String {
    if text.ends_with(['.', '。', '!', '?']) {
        return text;
    }
    match lang {
        Lang::Ja => text + "。",
        Lang::En => text + ".",
    }
}
