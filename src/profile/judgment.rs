//! The judgment of a document by a profile: one pass over the components, whatever the profile asks.

use std::ops::Range;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::measure::{ComponentMeasure, Measure};
use super::survey::{Answers, Survey};
use super::{Element, Level, Profile, Reading, Scope};
use crate::evidence::sbom::model::Component;

/// What is found of an element or of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All have it.
    Pass,
    /// One at least lacks it.
    Fail,
    /// There is nothing that should have it, and the document says so; or the document alone cannot tell
    /// and another examination does.
    NotApplicable,
    /// The document makes no claim that it could be judged by.
    Unknown,
}

impl Verdict {
    /// Returns the word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::Unknown => "unknown",
        }
    }
}

/// How many have what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// What follows.
    pub verdict: Verdict,
    /// Those that have it.
    pub have: usize,
    /// Those that should.
    pub of: usize,
}

impl Coverage {
    /// The share in per mille, rounded down; `None` where nothing should have it.
    pub fn per_mille(&self) -> Option<usize> {
        (self.have * 1000).checked_div(self.of)
    }
}

/// An element with what was found.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The element.
    pub element: &'a Element,
    /// By the profile's own reading.
    pub coverage: Coverage,
    /// The subjects that lack it, in the order of the document; empty for the document itself.
    pub failing: Vec<u32>,
    /// By every other reading.
    pub readings: Vec<(&'a Reading, Coverage)>,
}

/// A profile with what was found.
#[derive(Debug, Clone)]
pub struct Judgment<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// What follows from the required elements.
    pub verdict: Verdict,
    /// Every element.
    pub findings: Vec<Finding<'a>>,
}

/// Judges a document by a profile.
pub fn judge<'a>(survey: &Survey<'_>, profile: &'a Profile) -> Judgment<'a> {
    let mut tallies: Vec<Tally<'a>> = Vec::new();
    for element in &profile.elements {
        tallies.push(Tally::new(&element.measure, element.scope));
        for reading in &element.readings {
            tallies.push(Tally::new(&reading.measure, reading.scope));
        }
    }
    count(survey, &mut tallies);
    let mut tallies = tallies.into_iter();
    let findings: Vec<_> = profile
        .elements
        .iter()
        .map(|element| {
            let own = tallies
                .next()
                .unwrap_or_else(|| Tally::new(&element.measure, element.scope));
            let coverage = own.coverage(survey);
            let readings = element
                .readings
                .iter()
                .zip(tallies.by_ref())
                .map(|(reading, tally)| (reading, tally.coverage(survey)))
                .collect();
            Finding {
                element,
                coverage,
                failing: own.failing,
                readings,
            }
        })
        .collect();
    let required = || {
        findings
            .iter()
            .filter(|one| one.element.level == Level::Required)
            .map(|one| one.coverage.verdict)
    };
    let verdict = if required().any(|one| one == Verdict::Fail) {
        Verdict::Fail
    } else if required().any(|one| one == Verdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Pass
    };
    Judgment {
        profile,
        verdict,
        findings,
    }
}

/// How many subjects one thread takes at a time.
const CHUNK: usize = 8192;

/// Asks every component what the profile asks of it, in one pass.
fn count(survey: &Survey<'_>, tallies: &mut [Tally<'_>]) {
    let sbom = survey.sbom;
    let files = 1 + sbom.components.len();
    let wants_files = tallies.iter().any(|one| one.scope == Scope::File);
    let end = files + if wants_files { sbom.files.len() } else { 0 };
    if end <= CHUNK {
        count_among(survey, tallies, 0..end);
        return;
    }
    let empty: Vec<_> = tallies
        .iter()
        .map(|one| Tally::new(one.measure, one.scope))
        .collect();
    let parts: Vec<_> = (0..end.div_ceil(CHUNK))
        .into_par_iter()
        .map(|part| {
            let mut tallies = empty.clone();
            let start = part * CHUNK;
            count_among(survey, &mut tallies, start..end.min(start + CHUNK));
            tallies
        })
        .collect();
    // The parts come in the order of the document.
    for part in parts {
        for (tally, more) in tallies.iter_mut().zip(part) {
            tally.have += more.have;
            tally.of += more.of;
            tally.failing.extend(more.failing);
        }
    }
}

fn count_among(survey: &Survey<'_>, tallies: &mut [Tally<'_>], subjects: Range<usize>) {
    let files = 1 + survey.sbom.components.len();
    let licenses = Answers::default();
    for subject in subjects {
        let Some(component) = survey.component(subject) else {
            continue;
        };
        for tally in tallies.iter_mut() {
            let speaks = match tally.scope {
                Scope::Document => false,
                Scope::Root => subject == 0,
                Scope::Component => subject < files,
                Scope::File => subject < files || !survey.is_carrier(subject),
            };
            if speaks {
                tally.ask(survey, &licenses, subject, component);
            }
        }
    }
}

/// The count of one reading while the pass goes on.
#[derive(Clone)]
struct Tally<'a> {
    measure: &'a Measure,
    scope: Scope,
    have: usize,
    of: usize,
    failing: Vec<u32>,
}

impl<'a> Tally<'a> {
    fn new(measure: &'a Measure, scope: Scope) -> Self {
        Self {
            measure,
            scope,
            have: 0,
            of: 0,
            failing: Vec::new(),
        }
    }

    fn ask<'b>(
        &mut self,
        survey: &Survey<'b>,
        licenses: &Answers<'b>,
        subject: usize,
        component: &'b Component,
    ) {
        let Measure::Component(measure) = self.measure else {
            return;
        };
        self.of += 1;
        if measure.holds(survey, licenses, subject, component) {
            self.have += 1;
        } else if let Ok(subject) = u32::try_from(subject) {
            self.failing.push(subject);
        }
    }

    fn coverage(&self, survey: &Survey<'_>) -> Coverage {
        let measure = match self.measure {
            Measure::Document(measure) => {
                let holds = measure.holds(survey);
                return Coverage {
                    verdict: match holds {
                        Some(true) => Verdict::Pass,
                        Some(false) => Verdict::Fail,
                        None => Verdict::NotApplicable,
                    },
                    have: usize::from(holds == Some(true)),
                    of: usize::from(holds.is_some()),
                };
            }
            Measure::Component(measure) => measure,
        };
        let is_inclusion = matches!(measure, ComponentMeasure::Inclusion { .. });
        if self.of == 0 && is_inclusion && !survey.claims_completeness() {
            // SPDX 2.3, Annex K.2, of NTIA's relationship: the document describes one package at least.
            return Coverage {
                verdict: Verdict::Fail,
                have: 0,
                of: 1,
            };
        }
        let verdict = if self.of == 0 {
            if survey.claims_completeness() {
                Verdict::NotApplicable
            } else {
                Verdict::Unknown
            }
        } else if self.have == self.of {
            Verdict::Pass
        } else if is_inclusion && survey.says_nothing() {
            Verdict::Unknown
        } else {
            Verdict::Fail
        };
        Coverage {
            verdict,
            have: self.have,
            of: self.of,
        }
    }
}
