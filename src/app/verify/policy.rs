//! The agency's own rules.

mod describe;

use super::beside::{lies_in_delivery, named, told};
use super::gather::Gathered;
use super::telling::shown;
use crate::acceptance::check::Check;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::policy::{Pack, PackRule, Ruling};
use crate::acceptance::report::Input;
use crate::acceptance::{Group, Verdict};
use crate::app::Refused;
use crate::app::policy::open_tested_pack;
use crate::diagnostic::Diagnostic;
use crate::evidence::Citation;
use crate::text::messages::{both, message_with};
use crate::text::{Lang, Text};
use describe::{Described, Item, describe};

/// The check that every pack can be used.
const READABLE: &str = "policy.readable";
/// How many findings of one rule are told one by one.
const BROKEN: usize = 500;
/// How many undecided ones are.
const UNDECIDED: usize = 20;

/// Judges the delivery by the packs that the manifest names, after every built-in check.
pub(super) fn verify(
    gathered: &Gathered<'_>,
    groups: &[(Group, Vec<Outcome>)],
    inputs: &mut Vec<Input>,
) -> Vec<Outcome> {
    let policies = &gathered.request.manifest.policies;
    if policies.is_empty() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut packs: Vec<Pack> = Vec::new();
    for policy in policies {
        let name = named(&policy.path);
        if lies_in_delivery(gathered, &policy.path) {
            let message = both("verify-policy-delivered", &[("path", &shown(&name))]);
            faults.push(Finding::new(READABLE, Effect::Unverifiable, name, message));
            continue;
        }
        let folder = gathered
            .request
            .root
            .join(&policy.path)
            .display()
            .to_string();
        match open_tested_pack(&folder) {
            Ok(pack) if packs.iter().any(|one| one.id == pack.id) => {
                let message = both("verify-policy-repeated", &[("id", &pack.id)]);
                faults.push(Finding::new(READABLE, Effect::Unverifiable, name, message));
            }
            Ok(pack) => {
                inputs.push(Input {
                    role: "policy",
                    path: name,
                    sha256: pack.digest,
                });
                packs.push(pack);
            }
            Err(Refused(broken)) => {
                faults.extend(broken.iter().map(|fault| unusable(gathered, &name, fault)));
            }
        }
    }
    packs.sort_by(|one, other| one.id.cmp(&other.id));
    let count = packs.len().to_string();
    let check = Check {
        id: READABLE.to_owned(),
        group: Group::Policy,
        title: both("verify-policy-readable", &[]),
        help: both("verify-policy-readable-help", &[]),
        settles: Vec::new(),
    };
    let said = both("verify-policy-said", &[("count", &count)]);
    let mut outcomes = vec![Outcome::new(&check, said).with(faults)];
    let described = describe(gathered, groups);
    for pack in &packs {
        for rule in &pack.rules {
            outcomes.push(judge(pack, rule, described.of(rule.subject), &described));
        }
    }
    outcomes
}

fn unusable(gathered: &Gathered<'_>, name: &str, fault: &Diagnostic) -> Finding {
    let file = fault.file.as_deref().unwrap_or_default();
    let at = if fault.at.is_whole() {
        file.to_owned()
    } else {
        format!("{file}:{}", fault.at)
    };
    let why = told(gathered, fault);
    let arguments = [("path", shown(name)), ("file", shown(&at)), ("why", why)];
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let message = both("verify-policy-unusable", &arguments);
    let mut finding = Finding::new(READABLE, Effect::Unverifiable, name, message);
    finding = finding.distinguished_by(&[&at, fault.code, &fault.message]);
    finding.code = Some(fault.code.to_owned());
    finding
}

/// What a rule says of all that it looks at.
fn judge(pack: &Pack, rule: &PackRule, subjects: &[Item], described: &Described) -> Outcome {
    let id = rule.check(pack);
    let check = Check {
        id: id.clone(),
        group: Group::Policy,
        title: rule.title.clone(),
        help: rule.help.clone(),
        settles: Vec::new(),
    };
    let line = Citation {
        sha256: rule.sha256,
        file: format!("{}/{}", pack.id, rule.file),
        at: rule.at.clone(),
    };
    let mut counts = [0_usize; 4];
    let mut findings = Vec::new();
    let cite = |finding: Finding, one: &Item| {
        let place = one.place.clone().into_iter().chain([line.clone()]);
        Finding {
            citations: place.collect(),
            ..finding
        }
    };
    for one in subjects {
        let ruling = rule.judge(&one.values);
        let slot = Ruling::WORDS.iter().position(|(_, known)| *known == ruling);
        let Some(count) = slot.and_then(|slot| counts.get_mut(slot)) else {
            continue;
        };
        *count += 1;
        let (effect, message) = match ruling {
            Ruling::Broken if *count <= BROKEN => (rule.effect, broken(rule, &one.name)),
            Ruling::Undecided if *count <= UNDECIDED => {
                (Effect::Unverifiable, undecided(rule, one))
            }
            _ => continue,
        };
        findings.push(cite(
            Finding::new(&id, effect, one.name.clone(), message),
            one,
        ));
    }
    let [unasked, held, undecided, broken] = counts;
    for (count, told, effect) in [
        (broken, BROKEN, rule.effect),
        (undecided, UNDECIDED, Effect::Unverifiable),
    ] {
        if count > told {
            let more = (count - told).to_string();
            let message = both("verify-policy-more", &[("count", &more)]);
            // Another number is another finding: what is added to a long list is not known.
            findings.push(
                Finding::new(&id, effect, "", message).distinguished_by(&[effect.word(), &more]),
            );
        }
    }
    // What could not be described cannot be judged.
    if let Some(why) = described.lacking(rule.subject) {
        findings.push(Finding::new(
            &id,
            Effect::Unverifiable,
            rule.subject.word(),
            why.clone(),
        ));
    }
    let numbers = [held, broken, undecided, unasked].map(|count| count.to_string());
    let [held_text, broken_text, undecided_text, unasked_text] = &numbers;
    let arguments = [
        ("held", held_text.as_str()),
        ("broken", broken_text),
        ("undecided", undecided_text),
        ("unasked", unasked_text),
    ];
    let said = both("verify-policy-counted", &arguments);
    let mut outcome = Outcome::new(&check, said)
        .resting_on([line.clone()])
        .with(findings);
    if outcome.findings.is_empty() && held == 0 {
        // It looked at nothing, and nothing was lacking to look at.
        outcome.verdict = Verdict::NotApplicable;
    }
    outcome
}

fn broken(rule: &PackRule, name: &str) -> Text {
    let say = |lang: Lang| {
        let name = shown(name);
        let arguments = [
            ("subject", name.as_str()),
            ("title", rule.title.of(lang)),
            ("help", rule.help.of(lang)),
        ];
        message_with(lang, "verify-policy-broken", &arguments)
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}

fn undecided(rule: &PackRule, one: &Item) -> Text {
    let unknown = rule.unknown(&one.values).join(", ");
    let say = |lang: Lang| {
        let name = shown(&one.name);
        let arguments = [
            ("subject", name.as_str()),
            ("title", rule.title.of(lang)),
            ("unknown", &unknown),
        ];
        message_with(lang, "verify-policy-undecided", &arguments)
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}
