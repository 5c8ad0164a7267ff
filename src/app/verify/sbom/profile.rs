//! Whether each SBOM meets the contracted profile at the contracted coverage (CL-15 `profile` and `coverage_min`).
//!
//! Where the contract names no profile, the minimum elements of NTIA are looked at: the yardstick of the criterion
//! `A19-2.integ.sbom-quality` wherever nothing else is asked. What then lacks breaches no contract that the judge knows of,
//! and is no pass either: it leaves the check unverified. An agreed coverage alone is held against the same elements.

use super::{Readable, bytes_of, documents};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::app::sbom_check::SbomCheck;
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::{CITED, find_lines, shown};
use crate::diagnostic::{Place, nearest};
use crate::evidence::Citation;
use crate::profile::judgment::{self, Verdict};
use crate::profile::survey::Survey;
use crate::profile::{Level, Profile};
use crate::text::messages::{both, message_with};
use crate::text::{Lang, Text};

const ID: &str = "sbom.profile";

/// The profile where the contract names none, as in the criterion `A19-2.integ.sbom-quality`.
const MINIMUM: &str = "ntia-2021";

/// How many components that lack an element stand in its sentence.
const NAMED: usize = 3;

/// What is asked of the SBOMs.
struct Asked<'l> {
    profile: &'l Profile,
    /// The lowest coverage, in per mille.
    floor: usize,
    /// What a shortfall does.
    effect: Effect,
    /// Where it was agreed.
    cited: Vec<Citation>,
}

pub(super) fn verify(gathered: &Gathered<'_>, readable: &[Readable<'_>]) -> Outcome {
    let check = gathered.check(ID);
    let asked = match asked(gathered) {
        Ok(asked) => asked,
        Err(finding) => {
            let said = finding.message.clone();
            return Outcome::new(&check, said).with([*finding]);
        }
    };
    let mut findings = Vec::new();
    for one in readable {
        findings.extend(judge(one, &asked));
    }
    find_lines(&mut findings, bytes_of(readable));
    let profile = &asked.profile.id;
    let floor = asked.floor.to_string();
    let said = match (&gathered.terms.sbom_profile, asked.effect) {
        (Some(_), _) => both(
            "verify-sbom-profile",
            &[("profile", profile), ("floor", &floor)],
        ),
        (None, Effect::Fails) => both(
            "verify-sbom-profile-coverage",
            &[("profile", profile), ("floor", &floor)],
        ),
        (None, _) => both("verify-sbom-profile-open", &[("profile", profile)]),
    };
    Outcome::new(&check, said)
        .resting_on(asked.cited)
        .resting_on(documents(readable.iter().map(|one| one.file)))
        .with(findings)
}

/// What the contract asks, or the finding that nobody can tell.
fn asked<'l>(gathered: &Gathered<'l>) -> Result<Asked<'l>, Box<Finding>> {
    let library = gathered.request.library;
    let terms = &gathered.terms;
    let coverage = terms.sbom_coverage_per_mille.as_ref();
    let agreed = terms.sbom_profile.as_ref();
    let id = agreed.map_or(MINIMUM, |one| one.value.as_str()).trim();
    let Some(profile) = library.profiles.get(id) else {
        let near = nearest(id, library.profiles.keys().map(String::as_str));
        let known: Vec<_> = library.profiles.keys().map(String::as_str).collect();
        let known = known.join(", ");
        let hint = near.unwrap_or(&known);
        let message = both(
            "verify-sbom-profile-unknown",
            &[("profile", &shown(id)), ("hint", hint)],
        );
        let mut finding = Finding::new(ID, Effect::Unverifiable, id, message);
        finding.code = Some("profile-unknown".to_owned());
        return Err(Box::new(match agreed {
            Some(agreed) => finding.cite(agreed.cited.clone()),
            None => finding,
        }));
    };
    let cited = [
        agreed.map(|one| one.cited.clone()),
        coverage.map(|one| one.cited.clone()),
    ];
    let floor = coverage.and_then(|one| usize::try_from(one.value).ok());
    Ok(Asked {
        profile,
        floor: floor.unwrap_or(1000),
        effect: match (agreed, coverage) {
            (None, None) => Effect::Unverifiable,
            _ => Effect::Fails,
        },
        cited: cited.into_iter().flatten().collect(),
    })
}

/// What one SBOM lacks.
fn judge(one: &Readable<'_>, asked: &Asked<'_>) -> Vec<Finding> {
    let survey = Survey::of(&one.read.sbom);
    let check = SbomCheck::of(&survey, &[asked.profile]);
    let judged = check.judgments.iter().flat_map(|one| &one.findings);
    let required = judged.filter(|found| found.element.level == Level::Required);
    required
        .filter_map(|found| {
            let (effect, message) = shortfall(one, found, asked, &check)?;
            let tenth = found.coverage.per_mille().map_or(0, |share| share / 100);
            let mut finding = Finding::new(ID, effect, &one.file.path, message)
                .distinguished_by(&[&asked.profile.id, &found.element.id, &tenth.to_string()]);
            let failing = found.failing.iter().take(CITED);
            for lacking in failing.filter_map(|subject| check.lacking(*subject)) {
                finding = finding.cite(one.file.cite(lacking.at));
            }
            if finding.citations.is_empty() {
                finding = finding.cite(one.file.cite(Place::whole()));
            }
            finding.code = Some("profile-element-lacking".to_owned());
            Some(asked.cited.iter().cloned().fold(finding, Finding::cite))
        })
        .collect()
}

/// Whether an element lacks more than is admitted, and what is to be said of it.
fn shortfall(
    one: &Readable<'_>,
    found: &judgment::Finding<'_>,
    asked: &Asked<'_>,
    check: &SbomCheck<'_>,
) -> Option<(Effect, Text)> {
    let coverage = &found.coverage;
    let file = shown(&one.file.path);
    let (have, of) = (coverage.have.to_string(), coverage.of.to_string());
    let failing = found.failing.iter().take(NAMED);
    let names = failing.filter_map(|subject| Some(shown(&check.lacking(*subject)?.full_name())));
    let names = names.collect::<Vec<_>>().join(", ");
    let (effect, key) = match coverage.verdict {
        Verdict::Pass | Verdict::NotApplicable => return None,
        Verdict::Unknown => (Effect::Unverifiable, "verify-sbom-profile-claimless"),
        // have / of >= floor / 1000, in whole numbers.
        Verdict::Fail if coverage.of > 0 && coverage.have * 1000 >= asked.floor * coverage.of => {
            return None;
        }
        Verdict::Fail if names.is_empty() => (asked.effect, "verify-sbom-profile-lacks"),
        Verdict::Fail => (asked.effect, "verify-sbom-profile-short"),
    };
    let say = |lang| {
        let arguments = [
            ("file", file.as_str()),
            ("element", found.element.title.of(lang)),
            ("profile", &asked.profile.id),
            ("have", &have),
            ("of", &of),
            ("names", &names),
        ];
        message_with(lang, key, &arguments)
    };
    let message = Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    };
    Some((effect, message))
}
