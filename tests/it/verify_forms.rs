//! The forms of a verdict on a delivery: each by the rules of its readers, the same twice, and inert whatever a supplier
//! writes into names, paths and reasons.

mod command;
mod exchange;
mod paper;
mod sample;
mod sarif;

use mekiki::acceptance::report::Report;
use mekiki::document::acceptance::codequality::code_quality;
use mekiki::document::acceptance::cyclonedx::cyclonedx;
use mekiki::document::acceptance::junit::junit;
use mekiki::document::acceptance::markdown::markdown;
use mekiki::document::acceptance::{explained, page, sarif::sarif, text};
use mekiki::text::Lang;
use serde_json::{Value, json};

use crate::binary::{Scratch, mekiki};
use sample::{checks, good, hostile, many, mixed};

/// The verdicts with their names.
fn reports() -> Vec<(&'static str, Report)> {
    vec![
        ("good", good()),
        ("mixed", mixed()),
        ("hostile", hostile()),
        ("many", many(10_000)),
    ]
}

/// Every form of a verdict.
fn forms(report: &Report, lang: Lang) -> Vec<(&'static str, String)> {
    let checks = checks();
    let path = |file: &str| format!("delivered/{file}");
    vec![
        ("text", text(report, &checks, lang, 100)),
        ("explained", explained(report, &checks, lang)),
        ("sarif", sarif(report, &checks, lang, &path).to_string()),
        ("junit", junit(report, &checks, lang).unwrap()),
        ("markdown", markdown(report, &checks, lang)),
        ("page", page(report, &checks, &[lang]).unwrap()),
        ("cyclonedx", cyclonedx(report, None).to_string()),
        (
            "code quality",
            code_quality(report, lang, &path).to_string(),
        ),
    ]
}

#[test]
fn every_form_is_the_same_twice_and_holds_nothing_that_acts() {
    for (name, report) in reports() {
        for lang in Lang::BOTH {
            let again = forms(&report, lang);
            for ((form, text), (_, second)) in forms(&report, lang).into_iter().zip(again) {
                assert_eq!(text, second, "{name}: {form}");
                let acts: Vec<char> = without_colour(&text)
                    .chars()
                    .filter(|one| {
                        let turns = ('\u{202a}'..='\u{202e}').contains(one);
                        let unheld = *one == '\u{ffff}' && matches!(form, "junit" | "page");
                        one.is_control() && *one != '\n' || turns || unheld
                    })
                    .collect();
                assert_eq!(acts, [] as [char; 0], "{name}: {form}");
                assert!(!text.is_empty());
            }
        }
    }
}

/// Whatever is not acceptable must not read as acceptable in any form that a machine counts.
#[test]
fn no_form_of_a_verdict_without_a_finding_reads_as_passed() {
    let mut report = good();
    for group in &mut report.groups {
        group.checks.clear();
    }
    report.requirements.clear();
    sample::settle(&mut report);
    assert_eq!(report.verdict.word(), "unverifiable");
    let checks = checks();
    let junit = junit(&report, &checks, Lang::En).unwrap();
    assert!(junit.contains("errors=\"1\""), "{junit}");
    let quality = code_quality(&report, Lang::En, &str::to_owned);
    assert_eq!(quality.as_array().unwrap().len(), 1);
    let log = sarif(&report, &checks, Lang::En, &str::to_owned);
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(told[0]["level"], "error", "{told}");
    let vdr = cyclonedx(&report, None);
    assert_eq!(vdr["vulnerabilities"][0]["analysis"]["state"], "in_triage");
    for form in [
        text(&report, &checks, Lang::En, 100),
        markdown(&report, &checks, Lang::En),
    ] {
        assert!(form.contains("unverifiable"), "{form}");
    }
}

/// Documents of the published schema, from tests by hand and from the command.
pub(crate) fn outputs() -> Vec<(&'static str, Value)> {
    let mut all: Vec<_> = [mixed(), good(), hostile()]
        .iter()
        .map(|report| ("verify-v1", json!(report)))
        .collect();
    let scratch = Scratch::new();
    scratch.write("delivered/bin/app", "bytes");
    let run = mekiki(&[
        "verify",
        &scratch.path("delivered"),
        "--format",
        "json",
        "--as-of",
        "2026-11-26",
    ]);
    all.push(("verify-v1", run.json()));
    all
}

/// A text without the colours that we write.
fn without_colour(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let numbers = |one: char| one.is_ascii_digit() || one == ';';
        let end = after.trim_start_matches(numbers).strip_prefix('m');
        rest = end.unwrap_or_else(|| panic!("{after:.20}"));
    }
    out + rest
}

#[test]
fn the_manual_explains_every_check_and_every_form() {
    let manual = std::fs::read_to_string("docs/deliveries.md").unwrap();
    for check in checks().list {
        let (first, rest) = check.title.en.split_at(1);
        let title = first.to_uppercase() + rest;
        let entry = format!("\n### {}\n\n{title}. {}\n", check.id, check.help.en);
        assert!(manual.contains(&entry), "{entry}");
    }
    let help = mekiki(&["verify", "--help"]).stdout;
    for form in [
        "text",
        "json",
        "sarif",
        "junit",
        "md",
        "html",
        "cyclonedx-vdr",
        "gitlab-codequality",
    ] {
        assert!(manual.contains(&format!("| `{form}` |")), "{form}");
        assert!(help.contains(form), "{form}");
    }
}
