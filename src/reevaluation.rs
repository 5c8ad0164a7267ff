//! Re-evaluation: the same pure assessment at another instant, with other evidence or another catalog,
//! held against an earlier record.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::tender::record::TenderRecord;

/// Why a verdict changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The day of judgment moved.
    Time,
    /// Evidence was added, removed or exchanged.
    Evidence,
    /// The criterion itself was changed.
    Catalog,
}

/// A verdict that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The bid.
    pub bid: String,
    /// The criterion.
    pub criterion: String,
    /// The verdict in the record; `null` where there was none.
    pub from: Option<String>,
    /// The verdict now; `null` where there is none.
    pub to: Option<String>,
    /// Points in the record and now, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<(String, String)>,
    /// Every cause that applies.
    pub causes: Vec<Cause>,
    /// Digests of cited evidence that came in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence_added: Vec<String>,
    /// Digests of cited evidence that went away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence_removed: Vec<String>,
}

/// A verdict with a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Due {
    /// The last day on which the verdict holds.
    pub due: String,
    /// The bid.
    pub bid: String,
    /// The criterion.
    pub criterion: String,
}

/// What a re-evaluation found, schema `mekiki/reassessment/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reassessment {
    /// The schema.
    pub schema: &'static str,
    /// The day of the record.
    pub from: String,
    /// The day of judgment.
    pub as_of: String,
    /// Verdicts that changed, by bid and criterion.
    pub changes: Vec<Change>,
    /// Verdicts that are stale now: bid and criterion.
    pub stale: Vec<(String, String)>,
    /// What falls due next, soonest first.
    pub next_due: Vec<Due>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    verdict: String,
    points: String,
    digest: String,
    evidence: BTreeSet<String>,
    due: Option<String>,
}

impl Held {
    fn same_outcome(&self, other: &Self) -> bool {
        self.verdict == other.verdict && self.points == other.points
    }
}

/// Compares a record with two fresh views of the tender: `then` judged on the record's day and `now` on
/// the new one, both with today's evidence and catalog. Their difference is what time did; the
/// difference between the record and `then` is what evidence and catalog did.
pub fn compare(record: &TenderRecord, then: &Value, now: &Value) -> Reassessment {
    let before = held(record.document.get("tender").unwrap_or(&Value::Null));
    let (then, current) = (held(then), held(now));
    let keys: BTreeSet<_> = before.keys().chain(current.keys()).collect();
    let changes = keys
        .into_iter()
        .filter_map(|key| change(key, before.get(key), then.get(key), current.get(key)))
        .collect();
    let stale = current
        .iter()
        .filter(|(_, held)| held.verdict == "stale")
        .map(|(key, _)| key.clone())
        .collect();
    let mut next_due: Vec<_> = current
        .iter()
        .filter_map(|((bid, criterion), held)| {
            held.due.clone().map(|due| Due {
                due,
                bid: bid.clone(),
                criterion: criterion.clone(),
            })
        })
        .collect();
    next_due.sort();
    Reassessment {
        schema: "mekiki/reassessment/v1",
        from: crate::time::instant(record.as_of),
        as_of: now
            .get("as_of")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        changes,
        stale,
        next_due,
    }
}

fn change(
    key: &(String, String),
    before: Option<&Held>,
    then: Option<&Held>,
    now: Option<&Held>,
) -> Option<Change> {
    let unchanged = match (before, now) {
        (Some(before), Some(now)) => before.same_outcome(now),
        (before, now) => before.is_none() && now.is_none(),
    };
    if unchanged {
        return None;
    }
    let mut causes = Vec::new();
    if let (Some(then), Some(now)) = (then, now)
        && !then.same_outcome(now)
    {
        causes.push(Cause::Time);
    }
    let none = BTreeSet::new();
    let (old, new) = (
        before.map_or(&none, |held| &held.evidence),
        now.map_or(&none, |held| &held.evidence),
    );
    let catalog_changed = match (before, now) {
        (Some(before), Some(now)) => before.digest != now.digest,
        _ => true,
    };
    let outcome_moved = match (before, then) {
        (Some(before), Some(then)) => !before.same_outcome(then),
        _ => true,
    };
    if outcome_moved && old != new {
        causes.push(Cause::Evidence);
    }
    if outcome_moved && catalog_changed {
        causes.push(Cause::Catalog);
    }
    if causes.is_empty() {
        // NOTE: the outcome moved on the record's own day with the same citations and criterion, so a
        // parameter of the tender file moved, and the tender file is evidence.
        causes.push(Cause::Evidence);
    }
    let points = before
        .zip(now)
        .filter(|(before, now)| before.points != now.points)
        .map(|(before, now)| (before.points.clone(), now.points.clone()));
    Some(Change {
        bid: key.0.clone(),
        criterion: key.1.clone(),
        from: before.map(|held| held.verdict.clone()),
        to: now.map(|held| held.verdict.clone()),
        points,
        causes,
        evidence_added: new.difference(old).cloned().collect(),
        evidence_removed: old.difference(new).cloned().collect(),
    })
}

fn held(tender: &Value) -> BTreeMap<(String, String), Held> {
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut held = BTreeMap::new();
    for bid in list(tender, "bids") {
        for verdict in list(bid.get("assessment").unwrap_or(&Value::Null), "verdicts") {
            let points = verdict.get("points").map_or_else(String::new, |points| {
                format!("{}..{}", text(points, "low"), text(points, "high"))
            });
            let evidence = list(&verdict, "citations")
                .iter()
                .map(|citation| text(citation, "sha256"))
                .collect();
            let one = Held {
                verdict: text(&verdict, "verdict"),
                points,
                digest: text(&verdict, "criterion_digest"),
                evidence,
                due: verdict
                    .get("due")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            };
            held.insert((text(&bid, "id"), text(&verdict, "criterion")), one);
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tender(verdict: &str, digest: &str, sha256: &str) -> Value {
        json!({"as_of": "2027-01-01T00:00:00Z", "bids": [{"id": "b", "assessment": {"verdicts": [
            {"criterion": "c", "criterion_digest": digest, "verdict": verdict, "citations": [{"sha256": sha256}], "due": "2027-02-01T00:00:00Z"}]}}]})
    }

    #[test]
    fn each_cause_is_told_apart() {
        for (then, now, causes) in [
            (
                tender("pass", "1", "e"),
                tender("stale", "1", "e"),
                vec![Cause::Time],
            ),
            (
                tender("fail", "1", "f"),
                tender("fail", "1", "f"),
                vec![Cause::Evidence],
            ),
            (
                tender("fail", "2", "e"),
                tender("fail", "2", "e"),
                vec![Cause::Catalog],
            ),
            (
                tender("fail", "1", "f"),
                tender("stale", "1", "f"),
                vec![Cause::Time, Cause::Evidence],
            ),
        ] {
            let record = TenderRecord {
                subject: crate::tender::record::RecordSubject::Tender,
                inputs: Vec::new(),
                as_of: crate::time::parse_day("2026-11-20").unwrap(),
                catalog_digest: None,
                document: json!({"tender": tender("pass", "1", "e")}),
            };
            let found = compare(&record, &then, &now);
            assert_eq!(found.changes.len(), 1);
            assert_eq!(found.changes[0].causes, causes);
        }
    }
}
