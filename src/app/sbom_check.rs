//! Judging an SBOM by quality profiles.

use rayon::slice::ParallelSliceMut as _;
use serde::ser::{SerializeSeq as _, SerializeStruct as _};
use serde::{Serialize, Serializer};

use super::Refused;
use super::library::Library;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::profile::judgment::{Coverage, Finding, Judgment, Verdict, judge};
use crate::profile::survey::Survey;
use crate::profile::{Level, Profile, Scope};
use crate::text::Text;

/// How many components that lack one element are told of as diagnostics.
pub const TOLD: usize = 100;

/// The profiles that a caller names, in that order, each once.
///
/// # Errors
///
/// The names that no profile has.
pub fn named_profiles<'a>(
    library: &'a Library,
    ids: &[String],
) -> Result<Vec<&'a Profile>, Refused> {
    let mut found: Vec<&Profile> = Vec::new();
    let mut faults = Vec::new();
    for id in ids {
        match library.profiles.get(id) {
            Some(profile) if found.iter().any(|one| one.id == profile.id) => {}
            Some(profile) => found.push(profile),
            None => {
                let near = nearest(id, library.profiles.keys().map(String::as_str));
                let help = near.map_or_else(
                    || "`mekiki sbom profiles` lists them all".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                faults.push(
                    Diagnostic::error(
                        "profile-unknown",
                        Place::whole(),
                        format!("there is no profile `{id}`"),
                    )
                    .help(help),
                );
            }
        }
    }
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(Refused(faults))
    }
}

/// A checked SBOM, schema `mekiki/sbom-check/v1`.
#[derive(Debug)]
pub struct SbomCheck<'a> {
    /// The walk over the document.
    pub survey: &'a Survey<'a>,
    /// One judgment a profile, in the order asked for.
    pub judgments: Vec<Judgment<'a>>,
}

impl<'a> SbomCheck<'a> {
    /// Judges a document by every profile.
    pub fn of(survey: &'a Survey<'a>, profiles: &[&'a Profile]) -> Self {
        let mut judgments: Vec<_> = profiles
            .iter()
            .map(|profile| judge(survey, profile))
            .collect();
        sort_failing(survey, &mut judgments);
        Self { survey, judgments }
    }

    /// The verdict over all profiles: pass only where each passes.
    pub fn verdict(&self) -> Verdict {
        let any = |verdict| self.judgments.iter().any(|one| one.verdict == verdict);
        if any(Verdict::Fail) {
            Verdict::Fail
        } else if any(Verdict::Unknown) {
            Verdict::Unknown
        } else {
            Verdict::Pass
        }
    }

    /// What is lacking as diagnostics, for code hosts: required elements as errors, recommended ones as
    /// warnings, what cannot be judged as notes; of each element the first [`TOLD`] components.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for judgment in &self.judgments {
            for finding in &judgment.findings {
                let Finding {
                    element, coverage, ..
                } = finding;
                let complain = match (coverage.verdict, element.level) {
                    (Verdict::Fail, Level::Required) => Diagnostic::error,
                    (Verdict::Fail, Level::Recommended) => Diagnostic::warning,
                    (Verdict::Unknown, Level::Required) => Diagnostic::note,
                    _ => continue,
                };
                let profile = &judgment.profile.id;
                let title = &element.title.en;
                let mut tell = |at, message| {
                    found.push(
                        complain("profile-element-lacking", at, message)
                            .help(element.repair.en.clone()),
                    );
                };
                if finding.failing.is_empty() {
                    tell(
                        Place::whole(),
                        format!("{profile}: the document has no {title}"),
                    );
                }
                for lacking in finding.failing.iter().take(TOLD) {
                    if let Some(lacking) = self.lacking(*lacking) {
                        let name = lacking.full_name();
                        tell(lacking.at, format!("{profile}: `{name}` has no {title}"));
                    }
                }
            }
        }
        found
    }

    /// A subject that lacks an element.
    pub fn lacking(&self, subject: u32) -> Option<Lacking<'a>> {
        let component = self.survey.component(subject as usize)?;
        Some(Lacking {
            reference: self.survey.sbom.reference_of(component),
            group: component.group.as_deref(),
            name: &component.name,
            version: component.version.as_deref(),
            at: component.at.place(),
        })
    }
}

/// Puts what lacks an element in an order that the document's order does not change: by name, group,
/// version and package URL, and only then by place.
///
/// Whatever fails is sorted once by its texts, and each list by the ranks found.
fn sort_failing(survey: &Survey<'_>, judgments: &mut [Judgment<'_>]) {
    let findings = || judgments.iter().flat_map(|one| &one.findings);
    let mut subjects: Vec<u32> = findings().flat_map(|one| &one.failing).copied().collect();
    subjects.par_sort_unstable();
    subjects.dedup();
    let mut order = subjects;
    order.par_sort_by_cached_key(|subject| {
        survey.component(*subject as usize).map(|component| {
            (
                component.name.as_str(),
                component.group.as_deref(),
                component.version.as_deref(),
                component.purl.as_deref(),
                *subject,
            )
        })
    });
    let last = order.iter().max().map_or(0, |last| *last as usize + 1);
    let mut ranks = vec![0_usize; last];
    for (rank, subject) in order.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(subject as usize) {
            *slot = rank;
        }
    }
    for finding in judgments.iter_mut().flat_map(|one| &mut one.findings) {
        let rank = |subject: &u32| ranks.get(*subject as usize).copied();
        finding.failing.par_sort_unstable_by_key(rank);
    }
}

/// A component that lacks an element.
#[derive(Debug, Clone, Serialize)]
pub struct Lacking<'a> {
    /// The document's own name for it; empty where it has none.
    #[serde(rename = "ref")]
    pub reference: &'a str,
    /// The group before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'a str>,
    /// The name; empty where it has none.
    pub name: &'a str,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// Its place.
    pub at: Place,
}

impl Lacking<'_> {
    /// What people call it: group and name, or the document's own name for it where it has no other.
    pub fn full_name(&self) -> String {
        let is_named = !self.name.trim().is_empty();
        let name = if is_named { self.name } else { self.reference };
        match self.group.map(str::trim).filter(|group| !group.is_empty()) {
            Some(group) if is_named => format!("{group}/{name}"),
            _ => name.to_owned(),
        }
    }
}

impl Serialize for SbomCheck<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sbom = self.survey.sbom;
        let mut out = serializer.serialize_struct("SbomCheck", 6)?;
        out.serialize_field("schema", "mekiki/sbom-check/v1")?;
        out.serialize_field("format", sbom.format.name())?;
        out.serialize_field("spec_version", &sbom.spec_version)?;
        out.serialize_field("components", &sbom.components.len())?;
        out.serialize_field("verdict", &self.verdict())?;
        out.serialize_field(
            "profiles",
            &Each(&self.judgments, |one| JudgmentView {
                check: self,
                judgment: one,
            }),
        )?;
        out.end()
    }
}

/// A list that is written without being built.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, F: Fn(&'a T) -> V, V: Serialize> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for one in self.0 {
            out.serialize_element(&(self.1)(one))?;
        }
        out.end()
    }
}

struct JudgmentView<'a, 'b> {
    check: &'a SbomCheck<'b>,
    judgment: &'a Judgment<'b>,
}

impl Serialize for JudgmentView<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let profile = self.judgment.profile;
        let mut out = serializer.serialize_struct("Judgment", 7)?;
        out.serialize_field("id", &profile.id)?;
        out.serialize_field("version", &profile.version)?;
        out.serialize_field("title", &profile.title)?;
        out.serialize_field("digest", &profile.digest)?;
        out.serialize_field("verdict", &self.judgment.verdict)?;
        out.serialize_field(
            "elements",
            &Each(&self.judgment.findings, |one| FindingView {
                check: self.check,
                finding: one,
            }),
        )?;
        out.end()
    }
}

struct FindingView<'a, 'b> {
    check: &'a SbomCheck<'b>,
    finding: &'a Finding<'b>,
}

impl Serialize for FindingView<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Finding {
            element,
            coverage,
            failing,
            readings,
        } = self.finding;
        let mut out = serializer.serialize_struct("Finding", 12)?;
        out.serialize_field("id", &element.id)?;
        out.serialize_field("title", &element.title)?;
        out.serialize_field("level", &element.level)?;
        out.serialize_field("scope", &element.scope)?;
        out.serialize_field("verdict", &coverage.verdict)?;
        out.serialize_field("have", &coverage.have)?;
        out.serialize_field("of", &coverage.of)?;
        out.serialize_field(
            "failing",
            &Each(failing, |subject: &u32| self.check.lacking(*subject)),
        )?;
        out.serialize_field("asks", &element.asks)?;
        out.serialize_field("section", &element.section)?;
        let readings: Vec<_> = readings
            .iter()
            .map(|(reading, coverage)| {
                ReadingView::new(&reading.id, &reading.title, &reading.rests_on, *coverage)
            })
            .collect();
        out.serialize_field("readings", &readings)?;
        out.serialize_field("repair", &element.repair)?;
        out.end()
    }
}

/// What another reading finds.
#[derive(Serialize)]
struct ReadingView<'a> {
    id: &'a str,
    title: &'a Text,
    rests_on: &'a Text,
    verdict: Verdict,
    have: usize,
    of: usize,
}

impl<'a> ReadingView<'a> {
    fn new(id: &'a str, title: &'a Text, rests_on: &'a Text, coverage: Coverage) -> Self {
        Self {
            id,
            title,
            rests_on,
            verdict: coverage.verdict,
            have: coverage.have,
            of: coverage.of,
        }
    }
}

/// Whether a finding speaks of single components, which can be listed.
pub fn is_of_components(finding: &Finding<'_>) -> bool {
    finding.element.scope != Scope::Document
}
