//! The results of the log.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::stated::{unjudged_sentence, update};
use super::super::{
    ComponentView, FileView, FindingView, StatementView, SupportView, UnboundView, UnjudgedView,
};
use super::rule::level;
use crate::diagnostic::Place;
use crate::document::sarif::location;
use crate::text::printable;

/// The member that holds what a result is about, until it becomes a fingerprint.
pub(super) const ABOUT: &str = "about";

fn result(
    level: &str,
    text: &str,
    (file, at): (&str, &Place),
    about: String,
) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("level".to_owned(), level.into());
    fields.insert("message".to_owned(), json!({"text": printable(text)}));
    fields.insert("locations".to_owned(), json!([location(file, at)]));
    fields.insert(ABOUT.to_owned(), about.into());
    fields
}

/// Where a component stands.
fn place(component: &ComponentView) -> (&str, &Place) {
    (&component.file, &component.at)
}

/// What finds a component again in the next version of its file.
fn identity(component: &ComponentView) -> String {
    let version = component.version.as_deref().unwrap_or_default();
    let name = || format!("{}@{version}", component.name);
    let identity = component.purl.clone().unwrap_or_else(name);
    format!("{}\n{identity}", component.file)
}

fn full_name(component: &ComponentView) -> String {
    let version = component.version.as_deref().unwrap_or_default();
    format!("{} {version}", component.name)
        .trim_end()
        .to_owned()
}

/// The result of a finding.
pub(super) fn of_finding(finding: &FindingView) -> Map<String, Value> {
    let component = &finding.component;
    let level = if finding.fails {
        "error"
    } else {
        level(finding)
    };
    let mut text = format!("{} is touched by {}", full_name(component), finding.id());
    if !finding.summary.is_empty() {
        _ = write!(text, ": {}", finding.summary);
    }
    if finding.kev {
        text.push_str("; it is known to be exploited");
    }
    if let Some(advice) = update(&finding.fixed) {
        _ = write!(text, "; {advice}");
    }
    let mut fields = result(level, &text, place(component), identity(component));
    if finding.is_settled()
        && let Some(vex) = &finding.vex
    {
        fields.insert("suppressions".to_owned(), json!([suppression(vex)]));
    }
    let records: Vec<Value> = finding
        .records
        .iter()
        .map(|record| {
            json!({"id": record.id, "file": record.file, "sha256": record.sha256,
                "at": record.matched_at, "matched": record.matched})
        })
        .collect();
    fields.insert(
        "properties".to_owned(),
        json!({"purl": component.purl, "ids": finding.ids, "upstream": finding.upstream,
            "severity": finding.severity, "fixed": finding.fixed, "kev": finding.kev, "epss": finding.epss,
            "fails": finding.fails, "vex": finding.vex, "records": records}),
    );
    fields
}

/// What settles a finding, with its place in the VEX document (SARIF 2.1.0, 3.35).
fn suppression(vex: &StatementView) -> Value {
    let status = vex.status.map_or("", crate::evidence::vex::Status::word);
    let reasons = [&vex.justification, &vex.impact];
    let mut text = vec![status];
    text.extend(reasons.into_iter().flatten().map(String::as_str));
    let author = vex.author.as_deref().unwrap_or("an unnamed author");
    let text = format!("{} (VEX statement of {author})", text.join(": "));
    let mut suppression = json!({
        "kind": "external",
        "status": "accepted",
        "justification": printable(&text),
    });
    if let (Some(source), Some(at), Some(fields)) =
        (&vex.source, &vex.at, suppression.as_object_mut())
    {
        fields.insert("location".to_owned(), location(source, at));
    }
    suppression
}

/// The result of a component whose support has ended.
pub(super) fn of_support(support: &SupportView) -> Map<String, Value> {
    let component = &support.component;
    let level = if support.fails { "error" } else { "warning" };
    let until = support.until.as_deref().unwrap_or("a day that is not told");
    let text = format!(
        "support of {} ({} {}) ended on {until}",
        full_name(component),
        support.product,
        support.cycle
    );
    result(level, &text, place(component), identity(component))
}

/// The result of a component that could not be judged.
pub(super) fn of_unjudged(unjudged: &UnjudgedView) -> Map<String, Value> {
    let component = &unjudged.component;
    let name = full_name(component);
    let text = format!("{name} {}", unjudged_sentence(unjudged.reason));
    let about = format!("{}\n{}", identity(component), unjudged.reason);
    let mut fields = result("note", &text, place(component), about);
    fields.insert(
        "properties".to_owned(),
        json!({"purl": component.purl, "reason": unjudged.reason, "ecosystem": unjudged.ecosystem,
            "advisories": unjudged.advisories}),
    );
    fields
}

/// The result of a file that lists nothing.
pub(super) fn empty(file: &FileView) -> Map<String, Value> {
    let text = "the file lists no component, so there is nothing to judge";
    let about = format!("{}\nempty", file.path);
    result("note", text, (&file.path, &Place::whole()), about)
}

/// The result of a VEX statement that binds to nothing.
pub(super) fn of_unbound(unbound: &UnboundView) -> Map<String, Value> {
    let name = unbound.vulnerability.first().map_or("", String::as_str);
    let text = format!(
        "the statement on {name} binds to nothing here: {}",
        unbound.reason
    );
    let about = format!("{}\n{name}\n{}", unbound.source, unbound.at);
    result("note", &text, (&unbound.source, &unbound.at), about)
}
