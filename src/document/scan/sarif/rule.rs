//! The rules of the log: one a vulnerability, and one a kind of what is none.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cvss::Severity;
use crate::document::scan::FindingView;
use crate::document::scan::stated::{is_iri, update};
use crate::evidence::advisory::Nature;
use crate::text::{printable, shortened};

/// The rule of components whose support has ended.
const UNSUPPORTED: &str = "component-unsupported";
/// The rule of components that could not be judged.
const UNJUDGED: &str = "component-unjudged";
/// The rule of VEX statements that bind to nothing.
const UNBOUND: &str = "vex-unbound";

/// Rules by their identifiers, each with a position in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Rules {
    positions: BTreeMap<String, usize>,
    descriptors: BTreeMap<String, Value>,
}

impl Rules {
    fn position(&mut self, id: &str, describe: impl FnOnce() -> Value) -> usize {
        let next = self.positions.len();
        if let Some(known) = self.positions.get(id) {
            return *known;
        }
        self.positions.insert(id.to_owned(), next);
        self.descriptors.insert(id.to_owned(), describe());
        next
    }

    /// The rule of a vulnerability.
    pub(super) fn of_finding(&mut self, finding: &FindingView) -> usize {
        self.position(finding.id(), || of_vulnerability(finding))
    }

    /// The rule of components whose support has ended.
    pub(super) fn unsupported(&mut self) -> usize {
        self.position(UNSUPPORTED, || {
            plain(
                UNSUPPORTED,
                "The support of a component has ended",
                "The maker of the component no longer mends this cycle of it. Move to a cycle that is supported.",
                "warning",
                &["maintenance"],
            )
        })
    }

    /// The rule of components that could not be judged.
    pub(super) fn unjudged(&mut self) -> usize {
        self.position(UNJUDGED, || {
            plain(
                UNJUDGED,
                "A component could not be judged",
                "Nothing is known of the vulnerabilities of the component, which does not mean that it has none. Give it a package URL and a version, or import advisories of its ecosystem that are not too old.",
                "note",
                &["security", "coverage"],
            )
        })
    }

    /// The rule of VEX statements that bind to nothing.
    pub(super) fn unbound(&mut self) -> usize {
        self.position(UNBOUND, || {
            plain(
                UNBOUND,
                "A VEX statement binds to nothing",
                "The statement speaks of no component and vulnerability of this scan, so it changes nothing. Name the product by its package URL, and the version that is scanned.",
                "note",
                &["vex"],
            )
        })
    }

    /// The descriptors sorted by identifier, and by position the identifier with its index among them.
    pub(super) fn finish(self) -> (Vec<Value>, Vec<(String, usize)>) {
        let mut order: Vec<(usize, (String, usize))> = self
            .positions
            .into_iter()
            .enumerate()
            .map(|(index, (id, position))| (position, (id, index)))
            .collect();
        order.sort_unstable();
        let descriptors = self.descriptors.into_values().collect();
        (descriptors, order.into_iter().map(|(_, one)| one).collect())
    }
}

fn plain(id: &str, short: &str, full: &str, level: &str, tags: &[&str]) -> Value {
    json!({
        "id": id,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": full, "markdown": full},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": tags},
    })
}

fn of_vulnerability(finding: &FindingView) -> Value {
    let summary = printable(&finding.summary);
    let names = finding.ids.join(", ");
    let rating = finding.severity.rating;
    let score = finding.severity.score.as_deref();
    let severity = match score {
        Some(score) => format!("{rating} ({score})"),
        None => rating.to_owned(),
    };
    let advice = update(&finding.fixed);
    let advice = advice.unwrap_or_else(|| "No version that mends it is known.".to_owned());
    let mut pages: Vec<&str> = finding
        .records
        .iter()
        .filter_map(|record| record.url.as_deref())
        .filter(|url| is_iri(url))
        .collect();
    pages.sort_unstable();
    pages.dedup();
    let short = match summary.as_str() {
        "" => finding.id().to_owned(),
        summary => shortened(summary, 200),
    };
    let links: String = pages.iter().map(|url| format!("\n- <{url}>")).collect();
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| {
        fields.insert(key.to_owned(), value);
    };
    put("id", finding.id().into());
    put("name", finding.id().into());
    put("shortDescription", json!({"text": short}));
    put(
        "fullDescription",
        json!({"text": format!("{short} ({names})")}),
    );
    put(
        "help",
        json!({
            "text": format!("{short}\nNames: {names}\nSeverity: {severity}\n{advice}"),
            "markdown": format!(
                "**{}**\n\n| names | severity | in use |\n| --- | --- | --- |\n| {} | {severity} | {} |\n\n{}\n{links}",
                escaped(&short),
                escaped(&names),
                if finding.kev { "known to be exploited" } else { "not known" },
                escaped(&advice),
            ),
        }),
    );
    if let Some(page) = pages.first() {
        put("helpUri", (*page).into());
    }
    put("defaultConfiguration", json!({"level": level(finding)}));
    let nature = serde_json::to_value(finding.nature).unwrap_or_default();
    let mut tags = vec![Value::from("security"), nature];
    if finding.kev {
        tags.push("known-exploited".into());
    }
    let mut properties = json!({"tags": tags, "precision": "very-high"});
    let score = score.or_else(|| fallback(finding));
    if let (Some(score), Some(fields)) = (score, properties.as_object_mut()) {
        fields.insert("security-severity".to_owned(), score.into());
    }
    put("properties", properties);
    fields.into()
}

/// A score for hosts that sort by nothing else, where there is a word and no score: the lowest of its band
/// (CVSS v3.1 Specification, section 5). A malicious package is as bad as can be.
fn fallback(finding: &FindingView) -> Option<&'static str> {
    match finding.severity.band {
        _ if finding.nature == Nature::Malicious => Some("10.0"),
        Some(Severity::Critical) => Some("9.0"),
        Some(Severity::High) => Some("7.0"),
        Some(Severity::Medium) => Some("4.0"),
        Some(Severity::Low) => Some("0.1"),
        Some(Severity::None) => Some("0.0"),
        None => None,
    }
}

/// The level of a vulnerability that does not fail the scan; unknown is not harmless.
pub(super) fn level(finding: &FindingView) -> &'static str {
    let is_notice = finding.nature > Nature::Vulnerability;
    match finding.severity.band {
        _ if finding.kev => "warning",
        Some(Severity::None | Severity::Low) => "note",
        None if is_notice => "note",
        _ => "warning",
    }
}

/// A stranger's text inside of Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_{}[]<>()#+!|&~".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
