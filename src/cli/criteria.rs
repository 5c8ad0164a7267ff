//! `mekiki criteria list|show|test|check|diff|impact|pack|verify`

mod editions;
mod package;

use std::fmt::Write as _;

use serde_json::json;

use super::output::Output;
use super::{Common, Verdict};
use crate::app::Refused;
use crate::app::criteria_origin::Origin;
use crate::app::library::Library;
use crate::app::library::parity::text_parity;
use crate::app::tender::exceptions_in_force;
use crate::assessment::example::run_examples;
use crate::clock;
use crate::criteria::{Criterion, DecidedBy};
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::document::table::{Look, Sheet};
use crate::document::{criteria as page, words};
use crate::id::CriterionId;
use crate::tender::report::CatalogView;
use crate::text::Lang;
use crate::text::messages::{message, message_with};
use crate::time::{Date, day_of_instant};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the criteria
    List,
    /// Show one criterion with its sources
    Show {
        /// The criterion, such as A19-2.integ.signature
        id: String,
    },
    /// Run every example of every criterion
    Test {
        /// A folder laid out like criteria/ instead of the built-in one
        dir: Option<String>,
    },
    /// Name every fault of the criteria files at once
    Check {
        /// A folder laid out like criteria/ instead of the built-in one
        dir: Option<String>,
        /// The day on which exceptions of overlays must be in force, instead of today
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
    },
    /// Tell what differs between two editions, or between a parent and the overlay over it
    Diff(editions::DiffArguments),
    /// Tell which running cases a new edition touches; changes no record
    Impact(editions::ImpactArguments),
    /// Pack criteria or an overlay into one file, and sign it
    Pack(package::PackArguments),
    /// Verify who signed a package of criteria, and that it is whole
    Verify(package::VerifyArguments),
}

pub(super) fn run(command: &Command, common: &Common, output: &Output) -> anyhow::Result<Verdict> {
    let library = |dir: Option<&str>| Library::of(&common.origin(dir)?);
    match command {
        Command::List => list(&library(None)?, output),
        Command::Show { id } => show(&library(None)?, id, output),
        Command::Test { dir } => test(&library(dir.as_deref())?, output),
        Command::Check { dir, as_of } => {
            let origin = common.origin(dir.as_deref())?;
            let day = as_of.unwrap_or_else(|| day_of_instant(clock::now()));
            check(&origin, day, output)
        }
        Command::Diff(arguments) => editions::diff(arguments, common, output),
        Command::Impact(arguments) => editions::impact_on(arguments, common, output),
        Command::Pack(arguments) => package::pack(arguments, output),
        Command::Verify(arguments) => package::verify(arguments, common, output),
    }
}

fn kind(criterion: &Criterion, lang: Lang) -> String {
    match criterion.stage() {
        Some(stage) => message_with(lang, "gate-at", &[("stage", &words::stage(lang, stage))]),
        None => message_with(
            lang,
            "weight",
            &[("points", &criterion.points().to_string())],
        ),
    }
}

fn list(library: &Library, output: &Output) -> anyhow::Result<Verdict> {
    let lang = output.lang();
    let criteria: Vec<_> = library.catalog.criteria.values().collect();
    let view: Vec<_> = criteria
        .iter()
        .map(|one| {
            let offerings: Vec<_> = one.offerings.iter().map(|kind| kind.word()).collect();
            json!({"id": one.id, "title": one.title, "stage": one.stage(), "points": one.points(), "decided_by": one.decided_by,
                "offerings": offerings, "confidentiality": one.confidentiality, "clauses": one.clauses, "source": one.source, "digest": one.digest, "layers": one.changes})
        })
        .collect();
    let catalog = &library.catalog;
    let document = json!({"schema": "mekiki/criteria/v1", "catalog": CatalogView::new(catalog), "criteria": view});
    output.either(&document, || {
        let mut sheet = Sheet::new(
            output.width(),
            ["criterion", "title", "kind", "decided-by", "applies-to"]
                .map(|key| message(lang, key)),
        );
        for one in &criteria {
            let decided = match one.decided_by {
                DecidedBy::Machine => "decided-machine",
                DecidedBy::Partly => "decided-partly",
                DecidedBy::People => "decided-people",
            };
            let offerings: Vec<_> = one.offerings.iter().map(|kind| kind.word()).collect();
            let applies = format!(
                "{}; {}",
                offerings.join(" "),
                message_with(
                    lang,
                    "class-from",
                    &[("class", &one.confidentiality.to_string())]
                )
            );
            sheet.row([
                (one.id.to_string(), Look::Plain),
                (one.title.of(lang).to_owned(), Look::Plain),
                (kind(one, lang), Look::Plain),
                (message(lang, decided), Look::Faint),
                (applies, Look::Faint),
            ]);
        }
        sheet.render() + &page::layers(catalog, lang)
    })?;
    Ok(Verdict::Acceptable)
}

fn show(library: &Library, id: &str, output: &Output) -> anyhow::Result<Verdict> {
    let Some(criterion) = library.catalog.criteria.get(&CriterionId::from(id)) else {
        let diagnostic = Diagnostic::error(
            "criterion-unknown",
            Place::whole(),
            format!("there is no criterion `{id}`"),
        );
        let near = nearest(id, library.catalog.criteria.keys().map(CriterionId::as_str));
        let help = near.map_or_else(
            || "`mekiki criteria list` lists them all".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Refused(vec![diagnostic.help(help)]).into());
    };
    let rules: Vec<_> = criterion
        .rules()
        .into_iter()
        .map(|rule| rule.source().to_owned())
        .collect();
    let view = json!({"schema": "mekiki/criterion/v1", "id": criterion.id, "title": criterion.title, "requirement": criterion.requirement,
        "source": criterion.source, "stage": criterion.stage(), "points": criterion.points(), "decided_by": criterion.decided_by, "rules": rules,
        "evidence": criterion.evidence, "ask": criterion.ask, "clauses": criterion.clauses, "maps": criterion.maps,
        "frameworks": page::controls(criterion, &library.frameworks), "layers": criterion.changes, "digest": criterion.digest});
    output.either(&view, || {
        page::render(
            &library.catalog,
            &library.frameworks,
            criterion,
            output.lang(),
        )
    })?;
    Ok(Verdict::Acceptable)
}

fn test(library: &Library, output: &Output) -> anyhow::Result<Verdict> {
    let outcomes = run_examples(&library.catalog);
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|one| one.failure.is_some())
        .collect();
    let passed = outcomes.len() - failed.len();
    let failures: Vec<_> = failed
        .iter()
        .map(|one| json!({"criterion": one.criterion, "example": one.name, "failure": one.failure}))
        .collect();
    let view = json!({"schema": "mekiki/criteria-test/v1", "passed": passed, "failed": failed.len(), "failures": failures});
    output.either(&view, || {
        let mut out = String::new();
        for one in &failed {
            _ = writeln!(
                out,
                "{}: {}: {}",
                one.criterion,
                one.name,
                one.failure.as_deref().unwrap_or_default()
            );
        }
        _ = writeln!(out, "{passed} passed, {} failed", failed.len());
        out
    })?;
    Ok(Verdict::of(failed.is_empty()))
}

fn check(origin: &Origin, as_of: Date, output: &Output) -> anyhow::Result<Verdict> {
    let checked = Library::of(origin).and_then(|library| {
        exceptions_in_force(&library, as_of)?;
        Ok(text_parity(&library))
    });
    let findings = match checked {
        Ok(doubts) => doubts,
        // A folder that cannot be read holds no file with a fault: nothing was checked.
        Err(refused) if refused.0.iter().all(|fault| fault.file.is_none()) => {
            return Err(refused.into());
        }
        Err(Refused(faults)) => faults,
    };
    let is_fault = |one: &&Diagnostic| one.severity == Severity::Error;
    let faults = findings.iter().filter(is_fault).count();
    let view = json!({"schema": "mekiki/criteria-check/v1", "findings": findings});
    output.either(&view, || {
        let mut out: String = findings.iter().map(|one| format!("{one}\n")).collect();
        _ = writeln!(out, "{faults} faults");
        out
    })?;
    Ok(Verdict::of(faults == 0))
}
