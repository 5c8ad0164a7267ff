//! A criterion as text, with its source and the mark of each citation.

use std::fmt::Write as _;

use super::words;
use crate::criteria::{Catalog, Criterion, DecidedBy, Decision, Mark};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// Renders one criterion in full.
pub fn render(catalog: &Catalog, criterion: &Criterion, lang: Lang) -> String {
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
    let maps = &criterion.maps;
    _ = writeln!(
        out,
        "CCM v4.0.12: {} · NIST SP 800-53 r5: {} · ISO/IEC 27001:2022: {}",
        maps.ccm.join(", "),
        maps.nist_800_53.join(", "),
        maps.iso_27001.join(", ")
    );
    _ = writeln!(out, "{}: {}", say("examples"), criterion.examples.len());
    for example in &criterion.examples {
        _ = writeln!(out, "  {} → {}", example.name, example.expect);
    }
    out
}

fn sources(catalog: &Catalog, criterion: &Criterion, lang: Lang) -> String {
    let mark = |mark: Mark| match mark {
        Mark::Verified => message(lang, "mark-verified"),
        Mark::Recalled => message(lang, "mark-recalled"),
    };
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
