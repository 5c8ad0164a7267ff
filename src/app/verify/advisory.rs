//! Advisories with VEX, under the thresholds and clocks of the contract.

mod feed;
mod signed;
mod statement;
mod weakness;

use super::gather::Gathered;
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::Evidence;
use crate::acceptance::report::Input;
use crate::app::Refused;
use crate::app::feed_open::OpenFeed;
use crate::app::scan::{self, find_lines, scan};
use crate::document::scan::ScanView;
use crate::matching::Policy;
use crate::text::messages::{both, message, message_with};
use crate::text::{Lang, Text};
use statement::Statements;
pub(super) use weakness::subject;

const FEED: &str = "advisory.feed";
const JUDGED: &str = "advisory.judged";
const EXPLOITED: &str = "advisory.exploited";
const SEVERITY: &str = "advisory.severity";
const VEX: &str = "advisory.vex";

/// How many components that could not be judged are told one by one.
const TOLD: usize = 20;

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let mut statements = Statements::read(gathered, inputs);
    let mut outcomes = match gathered.left_out(Evidence::Feed) {
        Some(left_out) => [FEED, JUDGED, EXPLOITED, SEVERITY]
            .map(|id| Outcome::not_applicable(&gathered.check(id), left_out.reason.clone()))
            .to_vec(),
        None => by_feed(gathered, &mut statements, inputs),
    };
    let check = gathered.check(VEX);
    let count = statements.len().to_string();
    outcomes.push(if statements.is_empty() {
        Outcome::not_applicable(&check, none_handed_in(gathered))
    } else {
        let said = both("verify-vex-said", &[("count", &count)]);
        Outcome::new(&check, said).with(statements.findings())
    });
    outcomes
}

/// The checks that need a snapshot.
fn by_feed(
    gathered: &Gathered<'_>,
    statements: &mut Statements<'_, '_>,
    inputs: &mut Vec<Input>,
) -> Vec<Outcome> {
    let fed = gathered.check(FEED);
    let opened = match feed::open(gathered, inputs) {
        Ok(opened) => opened,
        Err(finding) => return without_feed(gathered, *finding),
    };
    let readable = gathered.sboms.iter().filter(|one| one.read.is_ok());
    let files: Vec<_> = readable
        .map(|one| (one.path.clone(), one.bytes.clone()))
        .collect();
    let manifest = opened.snapshot.manifest();
    let day = manifest.as_of.clone().unwrap_or_else(|| "?".to_owned());
    let arguments = [
        ("digest", opened.snapshot.digest().short()),
        ("count", manifest.advisories.to_string()),
        ("day", day),
    ];
    let said = say("verify-feed-said", &arguments);
    let cited = feed::cite(opened.snapshot.digest());
    let fed = Outcome::new(&fed, said).resting_on([cited]);
    if files.is_empty() {
        let mut outcomes = vec![fed.with(feed::findings(gathered, &opened, None))];
        outcomes.extend(without_sbom(gathered));
        return outcomes;
    }
    let view = match look(gathered, &opened, &files, statements) {
        Ok(view) => view,
        Err(refused) => {
            let name = opened.snapshot.digest().short();
            return without_feed(gathered, feed::unusable(gathered, &name, &refused));
        }
    };
    let fed = fed.with(feed::findings(gathered, &opened, Some(&view)));
    let mut outcomes = vec![fed, judged(gathered, &view)];
    outcomes.extend(weighed(gathered, &view, statements));
    // Nothing else sets it; the first view stays where a caller verified twice.
    drop(gathered.scan.set(view));
    outcomes
}

/// Scans the SBOMs that can be read.
fn look(
    gathered: &Gathered<'_>,
    opened: &OpenFeed,
    files: &[(String, Vec<u8>)],
    statements: &Statements<'_, '_>,
) -> Result<ScanView, Refused> {
    let request = gathered.request;
    let vex = statements.files();
    let asked = scan::Request {
        files,
        vex: &vex,
        precedence: &request.library.precedence,
        feed: opened,
        policy: Policy {
            as_of: request.as_of,
            maximum_age_days: feed::maximum_age_days(gathered),
        },
        thresholds: &[],
    };
    let mut view = scan(&asked, &|| ())?;
    find_lines(files, &mut view);
    Ok(view)
}

/// That nothing can be judged without a snapshot.
fn without_feed(gathered: &Gathered<'_>, finding: Finding) -> Vec<Outcome> {
    let said = both("verify-feed-said-none", &[]);
    let fed = Outcome::new(&gathered.check(FEED), said.clone()).with([finding]);
    let mut outcomes = vec![fed];
    outcomes.extend([JUDGED, EXPLOITED, SEVERITY].map(|id| {
        let finding = Finding::new(id, Effect::Unverifiable, "feed", said.clone());
        Outcome::new(&gathered.check(id), said.clone()).with([finding])
    }));
    outcomes
}

/// That nothing can be judged without an SBOM that can be read.
fn without_sbom(gathered: &Gathered<'_>) -> Vec<Outcome> {
    let ids = [JUDGED, EXPLOITED, SEVERITY];
    if let (Some(left_out), true) = (gathered.left_out(Evidence::Sbom), gathered.sboms.is_empty()) {
        let reason = || left_out.reason.clone();
        return ids
            .map(|id| Outcome::not_applicable(&gathered.check(id), reason()))
            .to_vec();
    }
    let said = both("verify-judged-no-sbom", &[]);
    ids.map(|id| {
        let finding = Finding::new(id, Effect::Unverifiable, "sbom", said.clone());
        Outcome::new(&gathered.check(id), said.clone()).with([finding])
    })
    .to_vec()
}

/// Whether every component could be judged.
fn judged(gathered: &Gathered<'_>, view: &ScanView) -> Outcome {
    let mut findings = Vec::new();
    let cite = |component: &crate::document::scan::ComponentView| {
        let sbom = gathered
            .sboms
            .iter()
            .find(|sbom| sbom.path == component.file);
        sbom.map(|sbom| sbom.cite(component.at.clone()))
    };
    for one in view.unjudged.iter().take(TOLD) {
        let subject = subject(&one.component);
        let why = format!("unjudged-{}", one.reason);
        let say = |lang: Lang| {
            let arguments = [("component", shown(&subject)), ("why", message(lang, &why))];
            message_with(lang, "verify-judged-not", &arguments)
        };
        let text = Text {
            ja: say(Lang::Ja),
            en: say(Lang::En),
        };
        let mut finding = Finding::new(JUDGED, Effect::Unverifiable, subject, text)
            .distinguished_by(&[one.reason]);
        finding.citations.extend(cite(&one.component));
        findings.push(finding);
    }
    if view.unjudged.len() > TOLD {
        let more = (view.unjudged.len() - TOLD).to_string();
        let message = both("verify-judged-more", &[("count", &more)]);
        findings.push(Finding::new(JUDGED, Effect::Unverifiable, "", message));
    }
    for file in view.files.iter().filter(|file| file.is_empty()) {
        let message = both("verify-judged-empty", &[("path", &shown(&file.path))]);
        findings.push(
            Finding::new(JUDGED, Effect::Unverifiable, file.path.clone(), message)
                .distinguished_by(&["empty"]),
        );
    }
    for sbom in &gathered.sboms {
        let Ok(read) = &sbom.read else { continue };
        if read.sbom.components.is_empty() && read.sbom.root.is_some() {
            let message = both("verify-judged-alone", &[("path", &shown(&sbom.path))]);
            findings.push(
                Finding::new(JUDGED, Effect::Warns, sbom.path.clone(), message)
                    .distinguished_by(&["alone"]),
            );
        }
    }
    for sbom in gathered.sboms.iter().filter(|one| one.read.is_err()) {
        let message = both("verify-judged-unreadable", &[("path", &shown(&sbom.path))]);
        findings.push(
            Finding::new(JUDGED, Effect::Unverifiable, sbom.path.clone(), message)
                .distinguished_by(&["unreadable"])
                .cite(sbom.cite(crate::diagnostic::Place::whole())),
        );
    }
    let reasons = |lang: Lang| {
        let counts = view.unjudged_by_reason.iter().map(|(reason, count)| {
            let why = message(lang, &format!("unjudged-{reason}"));
            format!("{why}: {count}")
        });
        counts.collect::<Vec<_>>().join("; ")
    };
    let counts = [
        (
            "judged",
            view.components
                .saturating_sub(view.unjudged.len())
                .to_string(),
        ),
        ("components", view.components.to_string()),
    ];
    let said = |lang: Lang| {
        let mut text = message_with(lang, "verify-judged-said", &counts);
        if !view.unjudged_by_reason.is_empty() {
            text += " (";
            text += &reasons(lang);
            text += ")";
        }
        text
    };
    let said = Text {
        ja: said(Lang::Ja),
        en: said(Lang::En),
    };
    let rests: Vec<_> = gathered
        .sboms
        .iter()
        .map(|sbom| sbom.cite(crate::diagnostic::Place::whole()))
        .collect();
    Outcome::new(&gathered.check(JUDGED), said)
        .resting_on(rests)
        .with(findings)
}

/// What is known to be exploited, and what is of the agreed severity.
fn weighed(
    gathered: &Gathered<'_>,
    view: &ScanView,
    statements: &mut Statements<'_, '_>,
) -> [Outcome; 2] {
    let mut found = weakness::judge(gathered, view, statements);
    if view.feed.kev == 0 {
        let message = both("verify-exploited-blind", &[]);
        let finding = Finding::new(EXPLOITED, Effect::Unverifiable, "feed", message);
        found.exploited.push(finding);
    }
    let left = |findings: &[Finding]| {
        let left = findings.iter().filter(|one| one.effect != Effect::Notes);
        left.filter(|one| one.weakness.is_some())
            .count()
            .to_string()
    };
    let exploited = both(
        "verify-exploited-said",
        &[("count", &left(&found.exploited))],
    );
    let threshold = gathered.terms.severity_threshold_tenths.as_ref();
    let score = threshold.and_then(|one| u16::try_from(one.value).ok());
    let arguments = [
        ("count", left(&found.severity)),
        ("settled", found.settled.to_string()),
        ("below", found.below.to_string()),
        ("others", found.others.to_string()),
        (
            "threshold",
            score.map(crate::cvss::decimal).unwrap_or_default(),
        ),
    ];
    let severity = match threshold {
        Some(_) => say("verify-severity-said", &arguments),
        None => say(
            "verify-severity-said-all",
            arguments.get(..4).unwrap_or_default(),
        ),
    };
    let terms = &gathered.terms;
    let days = [&terms.exploited_fix_days, &terms.fix_days];
    let [exploited_days, fix_days] = days.map(|days| days.as_ref().map(|one| one.cited.clone()));
    let score = threshold.map(|one| one.cited.clone());
    let snapshot = feed::cite(view.feed.digest);
    [
        Outcome::new(&gathered.check(EXPLOITED), exploited)
            .resting_on([snapshot.clone()])
            .resting_on(exploited_days)
            .with(found.exploited),
        Outcome::new(&gathered.check(SEVERITY), severity)
            .resting_on([snapshot])
            .resting_on(score)
            .resting_on(fix_days)
            .with(found.severity),
    ]
}

/// That no VEX was handed in, and whether an SBOM itself carries statements, which nobody named as such.
fn none_handed_in(gathered: &Gathered<'_>) -> Text {
    let stated = gathered.sboms.iter().find_map(|sbom| {
        let read = sbom.read.as_ref().ok()?;
        let stated = read
            .sbom
            .vulnerabilities
            .iter()
            .filter(|one| one.state.is_some());
        let count = stated.count();
        (count > 0).then(|| (shown(&sbom.path), count.to_string()))
    });
    match stated {
        Some((path, count)) => say("verify-vex-in-sbom", &[("path", path), ("count", count)]),
        None => both("verify-vex-none", &[]),
    }
}

/// A message whose arguments are the same in both languages.
fn say<T: AsRef<str>>(key: &str, arguments: &[(&str, T)]) -> Text {
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(name, value)| (*name, value.as_ref()))
        .collect();
    both(key, &arguments)
}

/// A message whose arguments are texts in both languages.
fn say_texts(key: &str, arguments: &[(&str, &Text)]) -> Text {
    let say = |lang: Lang| {
        let arguments: Vec<(&str, &str)> = arguments
            .iter()
            .map(|(name, text)| (*name, text.of(lang)))
            .collect();
        message_with(lang, key, &arguments)
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}
