//! What all forms of a verdict share: its words, its places and its counts.

use std::collections::BTreeMap;

use crate::acceptance::finding::{Effect, Finding, Outcome, Standing};
use crate::acceptance::report::{ExceptionView, GroupView, Inspection, Report};
use crate::acceptance::requirement::Settlement;
use crate::acceptance::{Group, Verdict};
use crate::evidence::Citation;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// The most characters of a text of a document that are shown.
const SHOWN: usize = 400;

/// A text of a document as it may be shown: without control, without a turn of the reading order, without a line of its
/// own, and without what XML 1.0 (section 2.2) cannot hold.
pub(super) fn shown(text: &str) -> String {
    let inert: String = printable(text)
        .chars()
        .map(|character| match character {
            '\u{2028}' | '\u{2029}' => ' ',
            '\u{61c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}' => {
                '\u{fffd}'
            }
            character => character,
        })
        .collect();
    shortened(&inert, SHOWN)
}

/// A sign for a verdict that needs no colour.
pub(super) fn sign(lang: Lang, verdict: Verdict) -> &'static str {
    match (verdict, lang) {
        (Verdict::Pass, Lang::Ja) => "○",
        (Verdict::Pass, Lang::En) => "✓",
        (Verdict::Fail, _) => "×",
        (Verdict::Unverifiable, _) => "?",
        (Verdict::NotApplicable, _) => "–",
    }
}

/// A verdict in a word.
pub(super) fn verdict(lang: Lang, verdict: Verdict) -> String {
    message(lang, &format!("verify-verdict-{}", verdict.word()))
}

/// A group in words.
pub(super) fn group(lang: Lang, group: Group) -> String {
    message(lang, &format!("verify-group-{}", group.word()))
}

/// How a requirement came out, in a word.
pub(super) fn settled(lang: Lang, settlement: Settlement) -> String {
    message(lang, &format!("verify-settled-{}", settlement.word()))
}

/// A sign for how a requirement came out.
pub(super) fn settled_sign(lang: Lang, settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Pass => sign(lang, Verdict::Pass),
        Settlement::Fail => sign(lang, Verdict::Fail),
        Settlement::Unverifiable => sign(lang, Verdict::Unverifiable),
        Settlement::NotApplicable => sign(lang, Verdict::NotApplicable),
        Settlement::Waived => "※",
        Settlement::Inspector => "□",
    }
}

/// What a finding does, in a word; with the reason where it does not count.
pub(super) fn effect(lang: Lang, finding: &Finding) -> String {
    let key = format!("verify-effect-{}", finding.effect.word());
    let word = message(lang, &key);
    match standing(lang, finding) {
        Some(standing) => format!("{word} ({standing})"),
        None => word,
    }
}

/// What keeps a finding from counting.
pub(super) fn standing(lang: Lang, finding: &Finding) -> Option<String> {
    match &finding.standing {
        Standing::Open => None,
        Standing::Waived { exception, until } => Some(message_with(
            lang,
            "verify-waived-by",
            &[("exception", shown(exception)), ("until", shown(until))],
        )),
        Standing::Known { baseline } => {
            let baseline = [("baseline", baseline.short())];
            Some(message_with(lang, "verify-known-by", &baseline))
        }
    }
}

/// A place as people write it: `bom.json:14:7`, `bom.json/components/0`, `list.xlsx:Sheet!C7`.
pub(super) fn place(citation: &Citation) -> String {
    let at = &citation.at;
    let text = if at.is_whole() {
        citation.file.clone()
    } else if at.line.is_none() && at.sheet.is_none() {
        format!("{}#{at}", citation.file)
    } else {
        format!("{}:{at}", citation.file)
    };
    shown(&text)
}

/// The first place of a finding; `None` where it has none.
pub(super) fn first_place(finding: &Finding) -> Option<String> {
    finding.citations.first().map(place)
}

/// All findings in the order of the groups.
pub(super) fn findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report.groups.iter().flat_map(|group| &group.findings)
}

/// The findings that count with one effect.
pub(super) fn counting(report: &Report, effect: Effect) -> Vec<&Finding> {
    let all = findings(report).filter(|one| one.effect == effect);
    all.filter(|one| one.standing == Standing::Open).collect()
}

/// All outcomes in the order of the groups.
pub(super) fn outcomes(report: &Report) -> impl Iterator<Item = (&GroupView, &Outcome)> {
    let groups = report.groups.iter();
    groups.flat_map(|group| group.checks.iter().map(move |outcome| (group, outcome)))
}

/// The findings of each check, in the order of the report.
pub(super) fn by_check(report: &Report) -> BTreeMap<&str, Vec<&Finding>> {
    let mut all: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings(report) {
        all.entry(finding.check.as_str()).or_default().push(finding);
    }
    all
}

/// Whether findings are held against an earlier verdict.
pub(super) fn has_baseline(report: &Report) -> bool {
    report.inputs.iter().any(|one| one.role == "baseline")
        || findings(report).any(|one| matches!(one.standing, Standing::Known { .. }))
}

/// An exception by its identifier.
pub(super) fn exception<'r>(report: &'r Report, id: &str) -> Option<&'r ExceptionView> {
    report.exceptions.iter().find(|one| one.id == id)
}

/// How many of something came out each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) pass: usize,
    pub(super) fail: usize,
    pub(super) unverifiable: usize,
    pub(super) not_applicable: usize,
    pub(super) waived: usize,
    pub(super) inspector: usize,
}

impl Counts {
    /// Over checks.
    pub(super) fn of_checks<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            *match outcome.verdict {
                Verdict::Pass => &mut counts.pass,
                Verdict::Fail => &mut counts.fail,
                Verdict::Unverifiable => &mut counts.unverifiable,
                Verdict::NotApplicable => &mut counts.not_applicable,
            } += 1;
        }
        counts
    }

    /// Over requirements.
    pub(super) fn of_requirements(report: &Report) -> Self {
        let mut counts = Self::default();
        for one in &report.requirements {
            *match one.verdict {
                Settlement::Pass => &mut counts.pass,
                Settlement::Fail => &mut counts.fail,
                Settlement::Unverifiable => &mut counts.unverifiable,
                Settlement::NotApplicable => &mut counts.not_applicable,
                Settlement::Waived => &mut counts.waived,
                Settlement::Inspector => &mut counts.inspector,
            } += 1;
        }
        counts
    }

    /// In words, without what is zero: `3 met, 1 not met`.
    pub(super) fn words(self, lang: Lang) -> String {
        let all = [
            (self.pass, "verify-verdict-pass"),
            (self.fail, "verify-verdict-fail"),
            (self.unverifiable, "verify-verdict-unverifiable"),
            (self.waived, "verify-settled-waived"),
            (self.not_applicable, "verify-verdict-not_applicable"),
            (self.inspector, "verify-settled-inspector"),
        ];
        let words = all
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, key)| match lang {
                Lang::Ja => format!("{}{count}", message(lang, key)),
                Lang::En => format!("{count} {}", message(lang, key)),
            });
        words
            .collect::<Vec<_>>()
            .join(if lang == Lang::Ja { "、" } else { ", " })
    }
}

/// What is verified, for whom, under what: label and value, without what is not stated.
pub(super) fn subject(report: &Report, lang: Lang) -> Vec<(String, String)> {
    let subject = &report.subject;
    let product = subject.product.as_ref();
    let stage = format!("verify-stage-{}", subject.stage);
    let rows = [
        ("verify-case", subject.case.clone()),
        ("verify-contract", subject.contract.clone()),
        ("verify-supplier", subject.supplier.clone()),
        (
            "verify-product",
            product.map(|one| format!("{} {}", one.name, one.version)),
        ),
        ("verify-stage", Some(message(lang, &stage))),
        ("verify-day", Some(day(report).to_owned())),
        (
            "verify-inspection",
            report.inspection.as_ref().map(|one| inspection(one, lang)),
        ),
    ];
    rows.into_iter()
        .filter_map(|(label, value)| Some((message(lang, label), shown(&value?))))
        .collect()
}

/// Until when the inspection has to take place, in words.
fn inspection(inspection: &Inspection, lang: Lang) -> String {
    let arguments = [
        ("due", inspection.due.clone()),
        ("left", inspection.days_left.to_string()),
    ];
    message_with(lang, "verify-inspection-due", &arguments)
}

/// The day of judgment.
pub(super) fn day(report: &Report) -> &str {
    report.as_of.split('T').next().unwrap_or_default()
}

/// What was delivered, in words.
pub(super) fn delivered(report: &Report, lang: Lang, digest: &str) -> String {
    let delivered = &report.delivered;
    let arguments = [
        ("files", grouped(delivered.files as u64)),
        ("bytes", grouped(delivered.bytes)),
        ("digest", digest.to_owned()),
    ];
    message_with(lang, "verify-delivered", &arguments)
}

/// A number in groups of three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A digest as its first characters.
pub(super) fn short(citation: &Citation) -> String {
    citation.sha256.short()
}

/// How much of a list is not shown, in words; `None` where all is.
pub(super) fn more(lang: Lang, all: usize, limit: usize) -> Option<String> {
    let more = all.checked_sub(limit).filter(|more| *more > 0)?;
    let count = [("count", grouped(more as u64))];
    Some(message_with(lang, "verify-form-more", &count))
}

/// A kind of evidence that is left out, in words.
pub(super) fn evidence(lang: Lang, word: &str) -> String {
    message(lang, &format!("verify-evidence-{word}"))
}

/// What a file is for, in words; a role without words is told as it is.
pub(super) fn role(lang: Lang, role: &str) -> String {
    let key = format!("verify-role-{role}");
    let word = message(lang, &key);
    if word == key { role.to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_the_right() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn nothing_of_a_text_moves_what_stands_around_it() {
        let text = shown("a\u{1b}[2J\u{202e}b\u{2028}c\u{ffff}\nd\u{61c}");
        assert_eq!(text, "a\u{fffd}[2J\u{fffd}b c\u{fffd} d\u{fffd}");
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 400);
    }
}
