//! The verdict as `JUnit` XML, which every CI server shows: a suite a group, a case a check, and one suite of requirements.
//!
//! A check that is not met is a failure, one that could not be judged an error, one that asks nothing here is skipped
//! with its reason; the verdict as a whole is a case, too. What the inspector decides is skipped, too: no machine may show it as passed. Nothing in it depends
//! on the clock; every time is zero.

use std::fmt::Write as _;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::wording::{by_check, day, effect, group, more, place, settled, shown, verdict};
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Finding, Outcome};
use crate::acceptance::report::{Ending, Report};
use crate::acceptance::requirement::{Settled, Settlement};
use crate::acceptance::{Group, Verdict};
use crate::text::Lang;
use crate::text::messages::message;

/// The most findings that a case tells.
pub const LISTED: usize = 200;

/// Why a report could not be written: the writer refuses.
#[derive(Debug, thiserror::Error)]
#[error("the JUnit report cannot be written: {0}")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// Writes a verdict as `JUnit` XML.
///
/// # Errors
///
/// [`JunitError`], which no report should bring about.
pub fn junit(report: &Report, checks: &Checks, lang: Lang) -> Result<String, JunitError> {
    let findings = by_check(report);
    let mut all = Junit::new("mekiki verify");
    all.set_time(Duration::ZERO);
    all.add_test_suite(whole(report, lang));
    for view in &report.groups {
        let mut suite = suite(view.name.word());
        suite.add_property(Property::new("title", group(lang, view.name)));
        suite.add_property(Property::new("verdict", view.verdict.word()));
        suite.add_property(Property::new("as-of", day(report)));
        for outcome in &view.checks {
            let own = findings.get(outcome.check.as_str());
            let own = own.map_or(&[][..], Vec::as_slice);
            suite.add_test_case(case(view.name.word(), outcome, own, checks, lang));
        }
        if view.name == Group::Requirements {
            settlements(&mut suite, report, lang);
        }
        all.add_test_suite(suite);
    }
    if report
        .groups
        .iter()
        .all(|view| view.name != Group::Requirements)
    {
        let mut suite = suite(Group::Requirements.word());
        settlements(&mut suite, report, lang);
        all.add_test_suite(suite);
    }
    Ok(all.to_string()?)
}

fn suite(name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.set_time(Duration::ZERO);
    suite
}

/// The verdict as a whole, so that a report without a single case of a check does not read as passed.
fn whole(report: &Report, lang: Lang) -> TestSuite {
    let headline = shown(report.headline.of(lang));
    let mut status = match report.verdict {
        Ending::Acceptable => TestCaseStatus::success(),
        Ending::NotAcceptable => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Ending::Unverifiable => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if report.verdict != Ending::Acceptable {
        status.set_message(headline.clone());
        status.set_type(report.verdict.word());
    }
    let mut case = TestCase::new("verdict", status);
    case.set_classname("verdict");
    case.set_time(Duration::ZERO);
    case.set_system_out(headline);
    let mut suite = suite("verdict");
    suite.add_property(Property::new("as-of", day(report)));
    suite.add_test_case(case);
    suite
}

/// A case a requirement, under what the contract is about.
fn settlements(suite: &mut TestSuite, report: &Report, lang: Lang) {
    let subject = &report.subject;
    let product = subject.product.as_ref();
    let rows = [
        ("case", subject.case.clone()),
        ("contract", subject.contract.clone()),
        ("supplier", subject.supplier.clone()),
        (
            "product",
            product.map(|one| format!("{} {}", one.name, one.version)),
        ),
        ("stage", Some(subject.stage.to_owned())),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            suite.add_property(Property::new(name, shown(&value)));
        }
    }
    for one in &report.requirements {
        suite.add_test_case(requirement(one, lang));
    }
}

fn case(group: &str, outcome: &Outcome, own: &[&Finding], checks: &Checks, lang: Lang) -> TestCase {
    let said = shown(outcome.said.of(lang));
    let counting = own.iter().copied().filter(|one| one.counts());
    let counting: Vec<_> = counting.collect();
    let first = counting.first().map(|one| sentence(one, lang));
    let mut status = match outcome.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::NotApplicable => TestCaseStatus::skipped(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unverifiable => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if outcome.verdict != Verdict::Pass {
        status.set_message(first.unwrap_or_else(|| said.clone()));
    }
    if matches!(outcome.verdict, Verdict::Fail | Verdict::Unverifiable) {
        status.set_type(outcome.verdict.word());
        let mut text = format!("{said}\n{}", listed(&counting, lang));
        // The help speaks of a check that is not met; what could not be judged says itself what it lacks.
        if outcome.verdict == Verdict::Fail {
            let help = checks.named(&outcome.check).help;
            _ = writeln!(text, "→ {}", shown(help.of(lang)));
        }
        status.set_description(text);
    }
    let name = format!(
        "{} {}",
        shown(&outcome.check),
        shown(outcome.title.of(lang))
    );
    let mut case = TestCase::new(name, status);
    case.set_classname(group);
    case.set_time(Duration::ZERO);
    let others = own.iter().copied().filter(|one| !one.counts());
    let others: Vec<_> = others.collect();
    let mut out = String::new();
    if outcome.verdict == Verdict::Pass {
        _ = writeln!(out, "{said}");
        for citation in outcome.citations.iter().take(LISTED) {
            _ = writeln!(out, "{} {}", message(lang, "rests-on"), place(citation));
        }
    }
    out.push_str(&listed(&others, lang));
    if !out.is_empty() {
        case.set_system_out(out);
    }
    case
}

/// A line a finding, with every place.
fn listed(findings: &[&Finding], lang: Lang) -> String {
    let mut out = String::new();
    for finding in findings.iter().take(LISTED) {
        _ = writeln!(
            out,
            "{}: {}",
            effect(lang, finding),
            sentence(finding, lang)
        );
    }
    if let Some(more) = more(lang, findings.len(), LISTED) {
        _ = writeln!(out, "{more}");
    }
    out
}

fn sentence(finding: &Finding, lang: Lang) -> String {
    let places: Vec<_> = finding.citations.iter().take(3).map(place).collect();
    let said = shown(finding.message.of(lang));
    if places.is_empty() {
        said
    } else {
        format!("{said} ({})", places.join(", "))
    }
}

fn requirement(one: &Settled, lang: Lang) -> TestCase {
    let word = settled(lang, one.verdict);
    let mut status = match one.verdict {
        Settlement::Pass | Settlement::Waived => TestCaseStatus::success(),
        Settlement::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Settlement::Unverifiable => TestCaseStatus::non_success(NonSuccessKind::Error),
        Settlement::Inspector | Settlement::NotApplicable => TestCaseStatus::skipped(),
    };
    let mut lines = String::new();
    for settling in &one.checks {
        _ = writeln!(
            lines,
            "{}: {}",
            shown(&settling.check),
            verdict(lang, settling.verdict)
        );
    }
    for citation in one.citations.iter().take(LISTED) {
        _ = writeln!(lines, "{} {}", message(lang, "rests-on"), place(citation));
    }
    let mut out = String::new();
    match one.verdict {
        Settlement::Pass => out = lines,
        Settlement::NotApplicable => {
            status.set_message(word);
        }
        Settlement::Waived => out = format!("{word}\n{lines}"),
        Settlement::Inspector => {
            let asks = one.asks.as_ref().map(|asks| shown(asks.of(lang)));
            status.set_message(asks.map_or(word.clone(), |asks| format!("{word}: {asks}")));
        }
        Settlement::Fail | Settlement::Unverifiable => {
            status.set_message(format!("{}: {word}", shown(one.title.of(lang))));
            status.set_type(one.verdict.word());
            status.set_description(lines);
        }
    }
    let mut case = TestCase::new(
        format!("{} {}", shown(&one.id), shown(one.title.of(lang))),
        status,
    );
    case.set_classname(Group::Requirements.word());
    case.set_time(Duration::ZERO);
    if !out.is_empty() {
        case.set_system_out(out);
    }
    case
}
