//! Bills of materials: what a machine reads from them, rank 6.
//!
//! Each is read once; every producer takes the same reading.

mod agreement;
mod content;
mod coverage;
mod delivery;
#[cfg(test)]
mod tests;

use super::dossier::Dossier;
use super::vocabulary::{Producer, Vocabulary};
use super::{Establishment, FactValue};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::detect::Kind;
use crate::evidence::sbom::{Sbom, read};
use crate::profile::judgment::{Judgment, Verdict, judge};
use crate::profile::survey::Survey;
use crate::profile::{Level, Profiles};

/// What needs more than one SBOM, so that an unreadable one leaves nothing unverified.
const OF_SEVERAL: &str = "sbom.agree";

/// The profile whose elements `sbom.lowest_coverage_per_mille` speaks of.
const MINIMUM: &str = "ntia-2021";

/// How many places that fail are cited.
const CITED: usize = 8;

/// An SBOM of the dossier that can be read.
#[derive(Debug)]
pub(super) struct Delivered {
    /// The document as a whole.
    citation: Citation,
    /// How it is written down.
    encoding: &'static str,
    /// What it says.
    pub(super) sbom: Sbom,
    /// Breaches of its specification.
    errors: Vec<Diagnostic>,
}

impl Delivered {
    /// The digest of the document.
    pub(super) fn digest(&self) -> Digest {
        self.citation.sha256
    }

    /// Cites a place in it.
    pub(super) fn cite(&self, at: Place) -> Citation {
        Citation {
            at,
            ..self.citation.clone()
        }
    }
}

/// The SBOMs of a dossier, each read once for every producer.
#[derive(Debug, Default)]
pub(super) struct Sboms {
    /// Those that can be read, sorted by path.
    pub(super) readable: Vec<Delivered>,
    /// Those that cannot.
    pub(super) unreadable: Vec<Citation>,
}

impl Sboms {
    /// Reads them, and remarks on what is wrong with them.
    pub(super) fn read(dossier: &Dossier<'_>, found: &mut Establishment) -> Self {
        let mut sboms = Self::default();
        for sorted in dossier.handed_in_of(Kind::Sbom) {
            let evidence = sorted.evidence;
            let citation = evidence.cite(Place::whole());
            let faults = match read(&evidence.bytes) {
                Ok((detection, reading)) => {
                    let mut errors = reading.findings;
                    errors.retain(|finding| finding.severity == Severity::Error);
                    sboms.readable.push(Delivered {
                        citation,
                        encoding: detection.encoding,
                        sbom: reading.sbom,
                        errors: errors.clone(),
                    });
                    errors
                }
                Err(faults) => {
                    sboms.unreadable.push(citation);
                    faults
                }
            };
            let faults = faults.into_iter();
            found
                .remarks
                .extend(faults.map(|one| one.in_file(evidence.path.clone())));
        }
        sboms
    }

    /// Whether the document at a path says anything on vulnerabilities.
    pub(super) fn states_vulnerabilities(&self, path: &str) -> bool {
        let mut readable = self.readable.iter();
        let found = readable.find(|one| one.citation.file == path);
        found.is_some_and(|one| !one.sbom.vulnerabilities.is_empty())
    }

    /// The documents as a whole.
    pub(super) fn citations(&self) -> Vec<Citation> {
        let readable = self.readable.iter();
        readable.map(|one| one.citation.clone()).collect()
    }
}

pub(super) fn establish(
    dossier: &Dossier<'_>,
    sboms: &Sboms,
    vocabulary: &Vocabulary,
    profiles: &Profiles,
    found: &mut Establishment,
) {
    let keys = vocabulary
        .list()
        .filter(|one| one.producers.contains(&Producer::Sbom) && one.key.as_str() != OF_SEVERAL);
    for key in keys.map(|one| one.key.as_str()) {
        for citation in &sboms.unreadable {
            found.gap(key, "the SBOM cannot be read", vec![citation.clone()]);
        }
    }
    if sboms.readable.is_empty() {
        return;
    }
    let all = sboms.citations();
    let mut add = |key: &str, value: FactValue, citations: Vec<Citation>| {
        found.machine_fact(dossier, key, value, citations);
    };
    add("sbom.delivered", FactValue::Bool(true), all.clone());

    let readable = || sboms.readable.iter();
    let words = |word: &dyn Fn(&Delivered) -> String| {
        let mut words: Vec<_> = readable().map(word).collect();
        words.sort();
        words.dedup();
        words
    };
    let formats =
        words(&|one| format!("{} {}", one.sbom.format.name(), one.sbom.spec_version)).join(", ");
    add("sbom.format", FactValue::Text(formats), all.clone());
    let versions = words(&|one| one.sbom.spec_version.clone());
    add("sbom.spec_version", FactValue::List(versions), all.clone());
    let encodings = words(&|one| one.encoding.to_owned());
    add("sbom.encoding", FactValue::List(encodings), all.clone());

    let components: usize = readable().map(|one| one.sbom.components.len()).sum();
    add("sbom.components", count(components), all.clone());

    let errors: usize = readable().map(|one| one.errors.len()).sum();
    let mut places = all;
    for one in readable() {
        let first = one.errors.iter().take(CITED);
        places.extend(first.map(|error| one.cite(error.at.clone())));
    }
    add("sbom.errors", count(errors), places.clone());
    add("sbom.valid", FactValue::Bool(errors == 0), places);

    if let Some((name, version)) = &dossier.offering.product {
        let names = readable().any(|one| one.sbom.describes(name, version));
        let places = readable()
            .map(|one| {
                let root = one.sbom.root.as_ref();
                one.cite(root.map_or_else(Place::whole, |root| root.at.place()))
            })
            .chain([dossier.offering.named_at.clone()])
            .collect();
        add("sbom.names_offered_product", FactValue::Bool(names), places);
    }
    let surveys: Vec<_> = readable().map(|one| (one, Survey::of(&one.sbom))).collect();
    judge_by_profiles(dossier, vocabulary, profiles, &surveys, found);
    coverage::establish(dossier, &surveys, found);
    content::establish(dossier, sboms, found);
    delivery::establish(dossier, sboms, found);
    agreement::establish(dossier, sboms, found);
}

/// The fact that holds the verdict of a profile: `sbom.profile.ntia_2021` of `ntia-2021`.
fn verdict_key(id: &str) -> String {
    format!("sbom.profile.{}", id.replace(['-', '.'], "_"))
}

fn judge_by_profiles(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    profiles: &Profiles,
    surveys: &[(&Delivered, Survey<'_>)],
    found: &mut Establishment,
) {
    for (id, profile) in profiles {
        let judged: Vec<_> = surveys
            .iter()
            .map(|(delivered, survey)| Judged {
                citation: &delivered.citation,
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
