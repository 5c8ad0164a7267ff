//! The rules: one a check, those of the table first and in its order, then those of the agency's own packs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::closed;
use crate::acceptance::Group;
use crate::acceptance::check::{Check, Checks};
use crate::acceptance::finding::Standing;
use crate::acceptance::report::Report;
use crate::document::acceptance::markdown::inert;
use crate::document::acceptance::wording::{by_check, group, outcomes, shown};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// The rules with their positions.
pub(super) struct Rules {
    descriptors: Vec<Value>,
    positions: BTreeMap<String, usize>,
}

impl Rules {
    pub(super) fn new(report: &Report, checks: &Checks, lang: Lang) -> Self {
        let findings = by_check(report);
        let mut rules = Self {
            descriptors: Vec::new(),
            positions: BTreeMap::new(),
        };
        let mut add = |check: &Check| {
            if rules.positions.contains_key(&check.id) {
                return;
            }
            let own = findings.get(check.id.as_str()).into_iter().flatten();
            let open = own.filter(|one| one.standing == Standing::Open);
            let weaknesses = open.filter_map(|one| one.weakness.as_ref());
            let worst = weaknesses.filter_map(|one| one.tenths).max();
            rules
                .positions
                .insert(check.id.clone(), rules.descriptors.len());
            rules.descriptors.push(descriptor(check, worst, lang));
        };
        for check in &checks.list {
            add(check);
        }
        for (view, outcome) in outcomes(report) {
            add(&Check {
                id: outcome.check.clone(),
                group: view.name,
                title: outcome.title.clone(),
                ..checks.named(&outcome.check)
            });
        }
        for id in findings.keys() {
            add(&checks.named(id));
        }
        rules
    }

    pub(super) fn index(&self, check: &str) -> usize {
        self.positions.get(check).copied().unwrap_or(0)
    }

    pub(super) fn descriptors(&self) -> Vec<Value> {
        self.descriptors.clone()
    }
}

/// A CVSS base score as hosts want it: `9.8`.
pub(super) fn score(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A rule; `worst` is the highest base score among its open findings, in tenths. Hosts rank every result of a rule by it.
fn descriptor(check: &Check, worst: Option<u32>, lang: Lang) -> Value {
    let title = closed(lang, shown(check.title.of(lang)));
    let help = shown(check.help.of(lang));
    let help = if help.is_empty() {
        title.clone()
    } else {
        closed(lang, help)
    };
    let settles: Vec<_> = check.settles.iter().map(ToString::to_string).collect();
    let about = message_with(
        lang,
        "verify-rule-group",
        &[("group", group(lang, check.group))],
    );
    let criteria = if settles.is_empty() {
        String::new()
    } else {
        message_with(
            lang,
            "verify-rule-settles",
            &[("criteria", settles.join(", "))],
        )
    };
    let page = message(lang, "verify-rule-page");
    let plain = format!("{help}\n{about} {criteria}\n{page}");
    let criteria: String = settles
        .iter()
        .map(|one| format!("\n- {}", inert(one)))
        .collect();
    let markdown = format!(
        "**{}**\n\n{}\n\n{}\n{criteria}\n\n{}",
        inert(&title),
        inert(&help),
        inert(&about),
        inert(&page)
    );
    let mut tags = vec![Value::from("delivery"), check.group.word().into()];
    if matches!(check.group, Group::Advisories | Group::Signatures) {
        tags.push("security".into());
    }
    let mut properties = json!({"tags": tags, "precision": "very-high", "settles": settles});
    if let (Some(worst), Some(fields)) = (worst, properties.as_object_mut()) {
        fields.insert("security-severity".to_owned(), score(worst).into());
    }
    json!({
        "id": shown(&check.id),
        "shortDescription": {"text": title},
        "fullDescription": {"text": help},
        "help": {"text": plain.trim_end(), "markdown": markdown.trim_end()},
        "helpUri": format!("urn:mekiki:docs:deliveries#{}", crate::document::sarif::uri(&check.id)),
        "defaultConfiguration": {"level": "error"},
        "properties": properties,
    })
}
