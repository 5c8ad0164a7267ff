//! A criterion as text, with its source and the mark of each citation.

pub mod difference;
pub mod impact;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::words;
use crate::criteria::framework::{Frameworks, title};
use crate::criteria::overlay::ChangeKind;
use crate::criteria::{Catalog, Criterion, DecidedBy, Decision, Mark};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// Renders one criterion in full.
pub fn render(
    catalog: &Catalog,
    frameworks: &Frameworks,
    criterion: &Criterion,
    lang: Lang,
) -> String {
    let say = |key: &str| message(lang, key);
    let mut out = String::new();
    _ = writeln!(
        out,
        "\u{1b}[1m{} {}\u{1b}[0m",
        criterion.id,
        criterion.title.of(lang)
    );
    _ = writeln!(
        out,
        "{}: {}",
        say("requirement-text"),
        criterion.requirement.of(lang)
    );
    let kind = match &criterion.decision {
        Decision::Gate {
            stage, settled_by, ..
        } => {
            let gate = message_with(lang, "gate-at", &[("stage", &words::stage(lang, *stage))]);
            format!(
                "{gate}, {}",
                message_with(
                    lang,
                    "settled-by",
                    &[("rank", &settled_by.number().to_string())]
                )
            )
        }
        Decision::Score { weight, .. } => {
            message_with(lang, "weight", &[("points", &weight.points().to_string())])
        }
    };
    _ = writeln!(out, "{}: {kind}", say("kind"));
    let decided = match criterion.decided_by {
        DecidedBy::Machine => "decided-machine",
        DecidedBy::Partly => "decided-partly",
        DecidedBy::People => "decided-people",
    };
    _ = writeln!(out, "{}: {}", say("decided-by"), say(decided));
    let offerings: Vec<_> = criterion.offerings.iter().map(|kind| kind.word()).collect();
    let class = message_with(
        lang,
        "class-from",
        &[("class", &criterion.confidentiality.to_string())],
    );
    _ = writeln!(
        out,
        "{}: {}; {class}",
        say("applies-to"),
        offerings.join(", ")
    );
    out.push_str(&sources(catalog, criterion, lang));
    match &criterion.decision {
        Decision::Gate { pass, .. } => _ = writeln!(out, "{}: {}", say("rule"), pass.source()),
        Decision::Score { grades, .. } => {
            for (grade, rule) in grades {
                _ = writeln!(out, "{} {grade:?}: {}", say("rule"), rule.source());
            }
        }
    }
    _ = writeln!(
        out,
        "{}: {}",
        say("evidence"),
        criterion.evidence.join(", ")
    );
    _ = writeln!(out, "{}: {}", say("ask"), criterion.ask.of(lang));
    let months = criterion
        .reevaluation_months
        .map(|months| message_with(lang, "months", &[("count", &months.to_string())]));
    let when: Vec<_> = months
        .into_iter()
        .chain(criterion.reevaluation_events.iter().cloned())
        .collect();
    _ = writeln!(out, "{}: {}", say("reevaluation"), when.join(", "));
    let clauses: Vec<_> = criterion.clauses.iter().map(ToString::to_string).collect();
    _ = writeln!(
        out,
        "{}: {}",
        say("clause"),
        if clauses.is_empty() {
            say("agency-duty")
        } else {
            clauses.join(", ")
        }
    );
    out.push_str(&mapped(criterion, frameworks, lang));
    out.push_str(&provenance(catalog, criterion, lang));
    _ = writeln!(out, "{}: {}", say("examples"), criterion.examples.len());
    for example in &criterion.examples {
        let most = if example.at_most {
            format!(" ({})", say("example-at-most"))
        } else {
            String::new()
        };
        _ = writeln!(out, "  {} → {}{most}", example.name, example.expect);
    }
    out
}

/// The controls of other frameworks with our titles, for machines.
pub fn controls(criterion: &Criterion, frameworks: &Frameworks) -> Vec<Value> {
    let maps = criterion.maps.by_framework().into_iter();
    let named = maps.filter(|(_, ids)| !ids.is_empty());
    named
        .map(|(name, ids)| {
            let framework = frameworks.get(name);
            let controls: Vec<_> = ids
                .iter()
                .map(|id| json!({"id": id, "title": title(frameworks, name, id)}))
                .collect();
            json!({"framework": name, "version": framework.map(|one| &one.version), "mark": framework.map(|one| one.mark),
                "controls": controls})
        })
        .collect()
}

fn mapped(criterion: &Criterion, frameworks: &Frameworks, lang: Lang) -> String {
    let mut out = String::new();
    let maps = criterion.maps.by_framework().into_iter();
    for (name, ids) in maps.filter(|(_, ids)| !ids.is_empty()) {
        let heading = frameworks.get(name).map_or_else(
            || name.to_owned(),
            |one| {
                format!(
                    "{} {} [{}]",
                    one.title.of(lang),
                    one.version,
                    marked(one.mark, lang)
                )
            },
        );
        _ = writeln!(out, "{heading}:");
        for id in ids {
            let title = title(frameworks, name, id).map_or("", |title| title.of(lang));
            _ = writeln!(out, "  {id} {title}");
        }
    }
    if !out.is_empty() {
        _ = writeln!(out, "  {}", message(lang, "maps-ours"));
    }
    out
}

fn marked(mark: Mark, lang: Lang) -> String {
    match mark {
        Mark::Verified => message(lang, "mark-verified"),
        Mark::Recalled => message(lang, "mark-recalled"),
    }
}

/// Which overlays a criterion went through.
fn provenance(catalog: &Catalog, criterion: &Criterion, lang: Lang) -> String {
    if catalog.layers.is_empty() {
        return String::new();
    }
    let mut out = format!("{}:\n", message(lang, "layers"));
    if criterion
        .changes
        .first()
        .is_none_or(|one| one.kind != ChangeKind::Added)
    {
        _ = writeln!(out, "  {}", catalog.id);
    }
    for change in &criterion.changes {
        let key = match change.kind {
            ChangeKind::Added => "layer-added",
            ChangeKind::Tightened => "layer-tightened",
            ChangeKind::Loosened => "layer-loosened",
        };
        let done = message_with(lang, key, &[("fields", &change.fields.join(", "))]);
        let exception = change.exception.as_ref().map_or_else(String::new, |id| {
            format!(
                " ({})",
                message_with(lang, "layer-exception", &[("id", id)])
            )
        });
        let reason = change
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(" — {}", reason.of(lang)));
        let (layer, version) = (&change.layer, &change.version);
        _ = writeln!(out, "  {layer} {version}: {done}{exception}{reason}");
    }
    out
}

/// The overlays over a catalog, with what they loosen and drop; nothing for a base alone.
pub fn layers(catalog: &Catalog, lang: Lang) -> String {
    let mut out = String::new();
    for layer in &catalog.layers {
        let count = |list: &[crate::id::CriterionId]| list.len().to_string();
        let line = message_with(
            lang,
            "layer-summary",
            &[
                ("id", layer.id.as_str()),
                ("version", &layer.version),
                ("agency", layer.agency_name.of(lang)),
                ("added", &count(&layer.added)),
                ("tightened", &count(&layer.tightened)),
                ("loosened", &layer.loosened.len().to_string()),
                ("dropped", &layer.dropped.len().to_string()),
            ],
        );
        _ = writeln!(out, "{line}");
        for (key, reliefs) in [
            ("relief-loosened", &layer.loosened),
            ("relief-dropped", &layer.dropped),
        ] {
            for relief in reliefs {
                _ = writeln!(out, "  {}", relief_line(key, relief, lang));
            }
        }
    }
    out
}

/// What rests on an exception, and until when.
fn relief_line(key: &str, relief: &crate::criteria::overlay::Relief, lang: Lang) -> String {
    message_with(
        lang,
        key,
        &[
            ("criterion", relief.criterion.as_str()),
            ("exception", &relief.exception),
            ("start", &relief.start.to_string()),
            ("expiry", &relief.expiry.to_string()),
        ],
    )
}

fn sources(catalog: &Catalog, criterion: &Criterion, lang: Lang) -> String {
    let mark = |mark: Mark| marked(mark, lang);
    let mut out = String::new();
    let title = |id: &str| {
        catalog
            .documents
            .iter()
            .find(|document| document.id == id)
            .map_or_else(
                || id.to_owned(),
                |document| document.title.of(lang).to_owned(),
            )
    };
    let edition = catalog
        .documents
        .iter()
        .find(|document| document.id == "common-model")
        .map_or("", |document| document.edition.as_str());
    let articles: Vec<_> = criterion
        .source
        .paragraphs
        .iter()
        .chain(&criterion.source.articles)
        .cloned()
        .collect();
    _ = writeln!(
        out,
        "{}: {} ({edition}) {} [{}]",
        message(lang, "source"),
        title("common-model"),
        articles.join(", "),
        mark(criterion.source.mark)
    );
    for standard in &criterion.source.standards {
        let note = standard
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(" — {note}"));
        _ = writeln!(
            out,
            "  {} ({}) {} [{}]{note}",
            title(&standard.document),
            standard.edition,
            standard.item,
            mark(standard.mark)
        );
    }
    out
}
