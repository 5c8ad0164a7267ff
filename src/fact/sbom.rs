//! Bills of materials: what a machine reads from them, rank 6.

use super::dossier::Dossier;
use super::vocabulary::Vocabulary;
use super::{Establishment, FactValue};
use crate::diagnostic::{Place, Severity};
use crate::evidence::Citation;
use crate::evidence::detect::Kind;
use crate::evidence::sbom::{Reading, Sbom, read};
use crate::profile::judgment::{Judgment, Verdict, judge};
use crate::profile::survey::Survey;
use crate::profile::{Level, Profiles};

/// The facts that an unreadable SBOM leaves unverified.
const KEYS: [&str; 4] = [
    "sbom.delivered",
    "sbom.errors",
    "sbom.lowest_coverage_per_mille",
    "sbom.names_offered_product",
];

/// The profile whose elements `sbom.lowest_coverage_per_mille` speaks of.
const MINIMUM: &str = "ntia-2021";

/// How many components that lack an element are cited.
const CITED: usize = 8;

pub(super) fn establish(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    profiles: &Profiles,
    found: &mut Establishment,
) {
    let mut readings: Vec<(Citation, Reading)> = Vec::new();
    let mut unreadable = Vec::new();
    for sorted in dossier.handed_in_of(Kind::Sbom) {
        let evidence = sorted.evidence;
        match read(&evidence.bytes) {
            Ok((_, reading)) => {
                let errors = reading
                    .findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error);
                found.remarks.extend(
                    errors
                        .cloned()
                        .map(|one| one.in_file(evidence.path.clone())),
                );
                readings.push((evidence.cite(Place::whole()), reading));
            }
            Err(faults) => {
                unreadable.push(evidence.cite(Place::whole()));
                found.remarks.extend(
                    faults
                        .into_iter()
                        .map(|one| one.in_file(evidence.path.clone())),
                );
            }
        }
    }
    for citation in unreadable {
        let verdicts = profiles.keys().map(|id| verdict_key(id));
        let keys = KEYS.into_iter().map(str::to_owned).chain(verdicts);
        for key in keys.filter(|key| vocabulary.lookup(key).is_some()) {
            found.gap(&key, "the SBOM cannot be read", vec![citation.clone()]);
        }
    }
    if readings.is_empty() {
        return;
    }
    let all: Vec<_> = readings
        .iter()
        .map(|(citation, _)| citation.clone())
        .collect();
    let mut add = |key: &str, value: FactValue, citations: Vec<Citation>| {
        found.machine_fact(dossier, key, value, citations);
    };
    add("sbom.delivered", FactValue::Bool(true), all.clone());

    let mut formats: Vec<_> = readings
        .iter()
        .map(|(_, one)| format!("{} {}", one.sbom.format.name(), one.sbom.spec_version))
        .collect();
    formats.sort();
    formats.dedup();
    add(
        "sbom.format",
        FactValue::Text(formats.join(", ")),
        all.clone(),
    );

    let components: usize = readings
        .iter()
        .map(|(_, one)| one.sbom.components.len())
        .sum();
    add("sbom.components", count(components), all.clone());

    let errors: Vec<_> = readings
        .iter()
        .map(|(citation, one)| {
            (
                citation,
                one.findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let mut places = all.clone();
    places.extend(errors.iter().flat_map(|(citation, findings)| {
        findings.iter().take(8).map(|finding| Citation {
            at: finding.at.clone(),
            ..(*citation).clone()
        })
    }));
    add(
        "sbom.errors",
        count(errors.iter().map(|(_, findings)| findings.len()).sum()),
        places,
    );

    if let Some((name, version)) = &dossier.offering.product {
        let names = readings
            .iter()
            .any(|(_, one)| describes(&one.sbom, name, version));
        let places = readings
            .iter()
            .map(|(citation, one)| {
                let at = one
                    .sbom
                    .root
                    .as_ref()
                    .map_or_else(Place::whole, |root| root.at.place());
                Citation {
                    at,
                    ..citation.clone()
                }
            })
            .chain([dossier.offering.named_at.clone()])
            .collect();
        add("sbom.names_offered_product", FactValue::Bool(names), places);
    }
    judge_by_profiles(dossier, vocabulary, profiles, &readings, found);
}

/// The fact that holds the verdict of a profile: `sbom.profile.ntia_2021` of `ntia-2021`.
fn verdict_key(id: &str) -> String {
    format!("sbom.profile.{}", id.replace(['-', '.'], "_"))
}

fn judge_by_profiles(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    profiles: &Profiles,
    readings: &[(Citation, Reading)],
    found: &mut Establishment,
) {
    let surveys: Vec<_> = readings
        .iter()
        .map(|(citation, reading)| (citation, Survey::of(&reading.sbom)))
        .collect();
    for (id, profile) in profiles {
        let judged: Vec<_> = surveys
            .iter()
            .map(|(citation, survey)| Judged {
                citation,
                survey,
                judgment: judge(survey, profile),
            })
            .collect();
        let key = verdict_key(id);
        if vocabulary.lookup(&key).is_some() {
            let any = |verdict| judged.iter().any(|one| one.judgment.verdict == verdict);
            let citations = judged.iter().flat_map(Judged::citations).collect();
            if any(Verdict::Fail) {
                found.machine_fact(dossier, &key, FactValue::Bool(false), citations);
            } else if any(Verdict::Unknown) {
                found.gap(&key, "the SBOM makes no claim to judge by", citations);
            } else {
                found.machine_fact(dossier, &key, FactValue::Bool(true), citations);
            }
        }
        if id == MINIMUM {
            lowest_coverage(dossier, &judged, found);
        }
    }
}

/// One SBOM with its judgment by one profile.
struct Judged<'a> {
    citation: &'a Citation,
    survey: &'a Survey<'a>,
    judgment: Judgment<'a>,
}

impl Judged<'_> {
    /// The document, and the first components that lack the first required element that fails.
    fn citations(&self) -> Vec<Citation> {
        let failing = self.judgment.findings.iter().find(|one| {
            one.element.level == Level::Required && one.coverage.verdict == Verdict::Fail
        });
        self.citations_of(failing.map_or(&[][..], |one| &one.failing))
    }

    fn citations_of(&self, failing: &[u32]) -> Vec<Citation> {
        let places = failing
            .iter()
            .take(CITED)
            .filter_map(|subject| self.survey.component(*subject as usize))
            .map(|component| Citation {
                at: component.at.place(),
                ..self.citation.clone()
            });
        [self.citation.clone()].into_iter().chain(places).collect()
    }
}

fn count(number: usize) -> FactValue {
    FactValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The lowest share of any required element in any SBOM, in per mille rounded down, with the places of
/// the first components that lack it.
fn lowest_coverage(dossier: &Dossier<'_>, judged: &[Judged<'_>], found: &mut Establishment) {
    const KEY: &str = "sbom.lowest_coverage_per_mille";
    let required = || {
        judged.iter().flat_map(|one| {
            let findings = one.judgment.findings.iter();
            findings
                .filter(|finding| finding.element.level == Level::Required)
                .map(move |finding| (one, finding))
        })
    };
    let mut citations: Vec<_> = judged.iter().map(|one| one.citation.clone()).collect();
    if required().any(|(_, finding)| finding.coverage.verdict == Verdict::Unknown) {
        found.gap(KEY, "the SBOM makes no claim to judge by", citations);
        return;
    }
    let lowest = required()
        .filter_map(|(one, finding)| Some((finding.coverage.per_mille()?, one, finding)))
        .min_by_key(|(per_mille, _, _)| *per_mille);
    let Some((per_mille, one, finding)) = lowest else {
        return;
    };
    citations.extend(one.citations_of(&finding.failing));
    found.machine_fact(dossier, KEY, count(per_mille), citations);
}

fn describes(sbom: &Sbom, name: &str, version: &str) -> bool {
    sbom.root.as_ref().is_some_and(|root| {
        let full = root
            .group
            .as_ref()
            .map(|group| format!("{group}/{}", root.name));
        (root.name == name || full.as_deref() == Some(name))
            && root.version.as_deref() == Some(version)
    })
}
