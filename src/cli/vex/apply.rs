//! `mekiki vex apply SBOM --vex FILE…`

use std::fmt::Write as _;

use super::{Documents, read};
use crate::app::library::Library;
use crate::app::sbom_diff::NamedBytes;
use crate::app::vex_apply::{
    AppliedDecision, AppliedVoice, ComponentName, VexApplication, apply_vex,
};
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::document::sarif::{Report, sarif};
use crate::document::table::{Look, Sheet, heading};
use crate::evidence::sbom::find_lines;
use crate::evidence::vex::{Status, is_enveloped};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};
use crate::time::{Date, parse_day};
use crate::triage::Reason;

/// How many rows of a table are shown; machine output has them all.
const SHOWN: usize = 50;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOM; `-` is standard input
    sbom: String,
    /// A VEX document: OpenVEX, CSAF or CycloneDX. A level of trust may stand in front, as in
    /// `agency=triage.json`; otherwise what the document says of its author decides
    #[arg(long, value_name = "[LEVEL=]FILE", required = true)]
    vex: Vec<String>,
    /// The day of the state of knowledge, YYYY-MM-DD: later statements are left aside, and those that have
    /// run out by then do not count. Without it neither is judged
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).ok_or_else(|| "expected a day written YYYY-MM-DD".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let sbom = read(&arguments.sbom)?;
    let vex = Documents::read(&arguments.vex)?;
    let documents = vex.files();
    let file = NamedBytes {
        path: &arguments.sbom,
        bytes: &sbom,
    };
    let applied = apply_vex(file, &documents, &library.precedence, arguments.as_of)?;
    if output.is_sarif() {
        let findings = applied.findings();
        let reports = documents.iter().map(|document| {
            let NamedBytes { path, bytes } = document.file;
            let of_file = findings
                .iter()
                .filter(|one| one.file.as_deref() == Some(path));
            let mut findings: Vec<_> = of_file.cloned().collect();
            if !is_enveloped(bytes) {
                find_lines(bytes, &mut findings);
            }
            Report {
                path: path.to_owned(),
                findings,
            }
        });
        output.json(&sarif(&reports.collect::<Vec<_>>()))?;
    } else {
        output.either(&applied, || text(&applied, output.lang(), output.width()))?;
    }
    Ok(Verdict::of(applied.agrees))
}

fn text(applied: &VexApplication, lang: Lang, width: u16) -> String {
    let bound = applied
        .statements
        .iter()
        .filter(|one| !one.binds.is_empty());
    let conflicts = applied.decisions.iter().filter(|one| one.conflict);
    let count = |count: usize| count.to_string();
    let mut out = message_with(
        lang,
        "vex-bound",
        &[
            ("bound", &count(bound.count())),
            ("statements", &count(applied.statements.len())),
            ("unbound", &count(applied.unbound.len())),
            ("conflicts", &count(conflicts.count())),
        ],
    );
    out.push('\n');
    if applied.as_of.is_none() {
        _ = writeln!(out, "{}", message(lang, "vex-no-day"));
    }
    for remark in &applied.remarks {
        let path = printable(remark.file.as_deref().unwrap_or_default());
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "vex-signature-unchecked", &[("path", &path)])
        );
    }
    for document in applied.documents.iter().filter(|one| !one.valid) {
        let path = printable(&document.path);
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "vex-document-invalid", &[("path", &path)])
        );
    }
    if !applied.decisions.is_empty() {
        out.push_str(&heading(&message(lang, "vex-decisions")));
        let header = [
            "vex-status",
            "vex-vulnerability",
            "vex-component",
            "vex-remark",
        ];
        let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
        for decision in applied.decisions.iter().take(SHOWN) {
            sheet.row([
                status(decision.status, lang),
                (decision.vulnerability.join(" "), Look::Plain),
                (name(&decision.component), Look::Plain),
                (remark(decision, lang), Look::Faint),
            ]);
        }
        out.push_str(&sheet.render());
        more(applied.decisions.len(), lang, &mut out);
    }
    if !applied.unbound.is_empty() {
        out.push_str(&heading(&message(lang, "vex-unbound-heading")));
        let header = ["vex-reason", "vex-vulnerability", "vex-place"];
        let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
        for one in applied.unbound.iter().take(SHOWN) {
            sheet.row([
                (reason(one.reason, lang), Look::Open),
                (one.vulnerability.join(" "), Look::Plain),
                (
                    format!("{}:{}", one.source.file, one.source.at),
                    Look::Plain,
                ),
            ]);
        }
        out.push_str(&sheet.render());
        more(applied.unbound.len(), lang, &mut out);
    }
    out
}

fn more(total: usize, lang: Lang, out: &mut String) {
    if let Some(more) = total.checked_sub(SHOWN).filter(|more| *more > 0) {
        let count = more.to_string();
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "rows-more", &[("count", &count)])
        );
    }
}

fn name(component: &ComponentName) -> String {
    match (&component.purl, &component.version) {
        (Some(purl), _) => purl.clone(),
        (None, Some(version)) => format!("{} {version}", component.name),
        (None, None) => component.name.clone(),
    }
}

fn status(status: Option<Status>, lang: Lang) -> (String, Look) {
    match status {
        Some(Status::Affected) => (message(lang, "vex-affected"), Look::Bad),
        Some(Status::UnderInvestigation) => (message(lang, "vex-under-investigation"), Look::Open),
        Some(Status::Fixed) => (message(lang, "vex-fixed"), Look::Good),
        Some(Status::NotAffected) => (message(lang, "vex-not-affected"), Look::Good),
        None => (message(lang, "vex-none"), Look::Open),
    }
}

/// What else is to be known of a decision, in a cell.
fn remark(decision: &AppliedDecision, lang: Lang) -> String {
    let mut remarks = Vec::new();
    if let Some(by) = &decision.by {
        remarks.push(format!("{}:{}", by.source.file, by.source.at));
        if by.weak {
            remarks.push(message(lang, "vex-weak"));
        }
    }
    if decision.undated {
        remarks.push(message(lang, "vex-undated"));
    }
    for (key, voices) in [
        ("vex-conflicting", &decision.conflicting),
        ("vex-overruled", &decision.overruled),
        ("vex-expired", &decision.expired),
        ("vex-not-yet", &decision.not_yet),
    ] {
        if !voices.is_empty() {
            let list = list(voices, lang);
            remarks.push(message_with(lang, key, &[("list", &list)]));
        }
    }
    remarks.join("; ")
}

fn list(voices: &[AppliedVoice], lang: Lang) -> String {
    let places = voices.iter().map(|one| {
        let (word, _) = status(Some(one.status), lang);
        format!("{word} ({}:{})", printable(&one.source.file), one.source.at)
    });
    places.collect::<Vec<_>>().join(", ")
}

fn reason(reason: Reason, lang: Lang) -> String {
    let key = match reason {
        Reason::NoVulnerability => "vex-reason-no-vulnerability",
        Reason::NoIdentifier => "vex-reason-no-identifier",
        Reason::NoProduct => "vex-reason-no-product",
        Reason::NoComponent => "vex-reason-no-component",
        Reason::OtherVersion => "vex-reason-other-version",
        Reason::VersionUnordered => "vex-reason-version-unordered",
        Reason::OtherSbom => "vex-reason-other-sbom",
        Reason::ReachedOtherwise => "vex-reason-reached-otherwise",
        Reason::TooMany => "vex-reason-too-many",
        Reason::NoFinding => "vex-reason-no-finding",
    };
    message(lang, key)
}
