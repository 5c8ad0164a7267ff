//! The build provenance of the artifacts, against the agreed builder and source, and the level that it supports.

mod candidate;

use std::collections::BTreeSet;

use super::TOLD;
use super::agreement::{Agreement, reason};
use super::files::Files;
use super::judge::{Target, sentence, with_text};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::{Build, Evidence};
use crate::acceptance::terms::Agreed;
use crate::app::verify::gather::{Artifact, Gathered};
use crate::app::verify::telling::shown;
use crate::document::signature::plainly;
use crate::evidence::Citation;
use crate::provenance::{BuilderId, Expectation, Missing};
use crate::text::Text;
use crate::text::messages::{both, message};
use candidate::{Candidates, Found, Why};

const BUILD: &str = "provenance.build";
const LEVEL: &str = "provenance.level";

/// The outcomes of `provenance.build` and `provenance.level`.
pub(super) fn verify(
    gathered: &Gathered<'_>,
    agreement: &Agreement,
    files: &Files<'_>,
) -> Vec<Outcome> {
    let (build, level) = (gathered.check(BUILD), gathered.check(LEVEL));
    if let Some(left_out) = gathered.left_out(Evidence::Provenance) {
        let outcomes = [build, level];
        let outcomes = outcomes
            .iter()
            .map(|check| Outcome::not_applicable(check, left_out.reason.clone()));
        return outcomes.collect();
    }
    let manifest = gathered.request.manifest;
    let terms = &gathered.terms.provenance_level;
    let agreed_level = terms.as_ref().or(manifest.terms.provenance_level.as_ref());
    let agreed_level = agreed_level.filter(|agreed| agreed.value > 0);
    let is_agreed = manifest.build != Build::default() || agreed_level.is_some();
    let (expectation, mut findings) = expectation(&manifest.build);
    if manifest.build.builder.is_none() && manifest.build.source.is_none() {
        // Whatever is built, somebody builds it from something.
        let nothing = both("verify-provenance-nothing-agreed", &[]);
        findings.push(Finding::new(
            BUILD,
            Effect::Unverifiable,
            "delivery",
            nothing,
        ));
    }
    findings.extend(agreement.unusable(BUILD));
    let candidates = Candidates {
        gathered,
        agreement,
        files,
        expectation: &expectation,
        has_builder: manifest.build.builder.is_some(),
        judged: std::cell::RefCell::default(),
    };
    let artifacts: Vec<_> = gathered
        .artifacts
        .iter()
        .map(|one| Built::new(one, &candidates))
        .collect();
    if artifacts.is_empty() {
        let nothing = both("verify-signature-nothing", &[]);
        findings.push(Finding::new(
            BUILD,
            Effect::Unverifiable,
            "delivery",
            nothing,
        ));
    }
    let outcomes = Outcomes {
        agreement,
        built: &artifacts,
    };
    vec![
        outcomes.build(&build, is_agreed, &manifest.build, findings),
        outcomes.level(&level, agreed_level),
    ]
}

/// What the manifest agrees on, but for the artifact, and what of it cannot be held.
fn expectation(build: &Build) -> (Expectation, Vec<Finding>) {
    let mut findings = Vec::new();
    let source = build.source.as_deref().and_then(|text| {
        let source = Expectation::source(text);
        if source.is_err() {
            let message = both("verify-provenance-source", &[("source", &shown(text))]);
            findings.push(Finding::new(BUILD, Effect::Unverifiable, "source", message));
        }
        source.ok()
    });
    let expectation = Expectation {
        source_uri: source,
        source_tag: build.source_tag.clone(),
        source_branch: build.source_branch.clone(),
        builder: build.builder.as_deref().map(BuilderId::parse),
        ..Expectation::default()
    };
    (expectation, findings)
}

/// An artifact with what its provenance comes to.
struct Built<'a> {
    target: Target<'a>,
    /// Every provenance of it, the one that comes nearest first.
    found: Vec<Found>,
    /// Provenance that the manifest names and that was not delivered.
    missing: Vec<&'a str>,
}

impl<'a> Built<'a> {
    fn new(artifact: &'a Artifact, candidates: &Candidates<'_>) -> Self {
        let target = Target::new(&artifact.path, artifact.sha256, None);
        let named = artifact.provenance.iter();
        let missing: Vec<_> = named
            .filter(|path| !candidates.files.has(path))
            .map(String::as_str)
            .collect();
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let paths = artifact.provenance.iter().map(|path| (path, true));
        let signatures = artifact.signatures.iter().map(|path| (path, false));
        for (path, is_provenance) in paths.chain(signatures) {
            if seen.insert(path) {
                found.extend(candidates.found(&target, path, is_provenance));
            }
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.rank()));
        Self {
            target,
            found,
            missing,
        }
    }

    fn passed(&self) -> Option<&Found> {
        self.found.first().filter(|one| one.is_passed())
    }

    /// The highest level that one provenance supports.
    fn supported(&self) -> u8 {
        self.found
            .iter()
            .map(|one| one.supported)
            .max()
            .unwrap_or(0)
    }
}

struct Outcomes<'a> {
    agreement: &'a Agreement,
    built: &'a [Built<'a>],
}

impl Outcomes<'_> {
    fn build(
        &self,
        check: &crate::acceptance::check::Check,
        is_agreed: bool,
        agreed: &Build,
        mut findings: Vec<Finding>,
    ) -> Outcome {
        let mut citations = self.agreement.citations();
        let mut builders = BTreeSet::new();
        let mut absent = Vec::new();
        let mut good = 0_usize;
        for one in self.built {
            for path in &one.missing {
                let message = both(
                    "verify-provenance-missing",
                    &[
                        ("file", &shown(one.target.path)),
                        ("provenance", &shown(path)),
                    ],
                );
                let finding = Finding::new(BUILD, Effect::Fails, one.target.path, message);
                findings.push(
                    finding
                        .distinguished_by(&[&one.target.sha256.hex(), path])
                        .cite(one.target.cite()),
                );
            }
            match (one.passed(), one.found.first()) {
                (Some(passed), _) => {
                    good += 1;
                    builders.insert(shown(&passed.builder));
                    if citations.len() < TOLD {
                        citations.push(passed.cited.clone());
                    }
                }
                (None, Some(nearest)) => findings.push(self.refused(&one.target, nearest)),
                (None, None) if one.missing.is_empty() => absent.push(&one.target),
                (None, None) => {}
            }
        }
        if is_agreed {
            findings.extend(not_there(BUILD, &absent));
        }
        if agreed.builder.is_some() && agreed.source.is_none() && good > 0 {
            let message = both("verify-provenance-any-source", &[]);
            findings.push(Finding::new(BUILD, Effect::Warns, "source", message));
        }
        let count = self.built.len().to_string();
        let said = if findings.iter().any(Finding::counts) {
            let good = good.to_string();
            both(
                "verify-provenance-unmet",
                &[("good", &good), ("count", &count)],
            )
        } else {
            let builders: Vec<_> = builders.into_iter().take(5).collect();
            let builders = builders.join(", ");
            both(
                "verify-provenance-met",
                &[("count", &count), ("builders", &builders)],
            )
        };
        Outcome::new(check, said)
            .resting_on(citations)
            .with(findings)
    }

    fn level(
        &self,
        check: &crate::acceptance::check::Check,
        agreed: Option<&Agreed<i64>>,
    ) -> Outcome {
        let supported = self.built.iter().map(Built::supported).min();
        let number = supported.unwrap_or(0).to_string();
        let with_level = |outcome: Outcome| Outcome {
            supported_level: supported,
            ..outcome
        };
        let Some(agreed) = agreed else {
            let why = both("verify-provenance-no-level", &[("supported", &number)]);
            return with_level(Outcome::not_applicable(check, why));
        };
        let wanted = agreed.value.to_string();
        let mut findings = Vec::new();
        if self.built.is_empty() {
            let nothing = both("verify-signature-nothing", &[]);
            findings.push(Finding::new(
                LEVEL,
                Effect::Unverifiable,
                "delivery",
                nothing,
            ));
        }
        let mut absent = Vec::new();
        for one in self.built {
            if i64::from(one.supported()) >= agreed.value {
                continue;
            }
            let best = one
                .found
                .iter()
                .max_by_key(|found| (found.supported, found.rank()));
            match best {
                Some(best) => {
                    let finding = Self::below(&one.target, best, one.supported(), &wanted);
                    findings.push(finding.cite(best.cited.clone()).cite(agreed.cited.clone()));
                }
                None => absent.push(&one.target),
            }
        }
        findings.extend(not_there(LEVEL, &absent));
        let arguments = [("supported", number.as_str()), ("wanted", wanted.as_str())];
        let said = both("verify-provenance-level", &arguments);
        let outcome = Outcome::new(check, said).resting_on([agreed.cited.clone()]);
        with_level(outcome.with(findings))
    }

    fn below(target: &Target<'_>, best: &Found, supported: u8, wanted: &str) -> Finding {
        let why = best
            .reason
            .map(|reason| format!("provenance-level-{}", reason.word()));
        let why = sentence(&|lang| {
            why.as_ref()
                .map_or_else(String::new, |key| message(lang, key))
        });
        let text = with_text(
            "verify-provenance-below",
            &[
                ("file", &shown(target.path)),
                ("supported", &supported.to_string()),
                ("wanted", wanted),
            ],
            ("why", &why),
        );
        // What the agency lacks for the signature may hold the level down.
        let effect = if best.is_open() {
            Effect::Unverifiable
        } else {
            Effect::Fails
        };
        let finding = Finding::new(LEVEL, effect, target.path, text);
        finding.distinguished_by(&[&target.sha256.hex(), &supported.to_string()])
    }

    /// The finding on the provenance that comes nearest to what was agreed.
    fn refused(&self, target: &Target<'_>, nearest: &Found) -> Finding {
        let names = [
            ("file", &shown(target.path)),
            ("provenance", &shown(&nearest.cited.file)),
        ];
        let names = names.map(|(name, value)| (name, value.as_str()));
        let (effect, text, part) = match &nearest.why {
            // What passed is not told here.
            Why::Passed => (Effect::Notes, Text::default(), String::new()),
            Why::Judgment(word, detail) => {
                let why = sentence(&|lang| message(lang, &format!("provenance-{word}-refused")));
                let detail = shown(detail);
                let arguments = [names.as_slice(), &[("detail", detail.as_str())]].concat();
                let text = with_text("verify-provenance-refused", &arguments, ("why", &why));
                (Effect::Fails, text, format!("{word} {detail}"))
            }
            Why::Signature(name) => {
                let why = sentence(&|lang| plainly(lang, *name));
                let text = with_text("verify-provenance-unsigned", &names, ("why", &why));
                (Effect::Fails, text, name.word().to_owned())
            }
            Why::Missing(missing) => {
                let key = format!("provenance-missing-{}", missing.word());
                let why = sentence(&|lang| message(lang, &key));
                let of_agency = matches!(missing, Missing::Key | Missing::TrustedRoot);
                let (effect, key) = if of_agency {
                    (Effect::Unverifiable, "verify-provenance-unjudged")
                } else {
                    (Effect::Fails, "verify-provenance-unsigned")
                };
                (
                    effect,
                    with_text(key, &names, ("why", &why)),
                    missing.word().to_owned(),
                )
            }
            Why::Fault(fault) => {
                let (effect, key) = if self.agreement.is_own(fault) {
                    (Effect::Unverifiable, "verify-provenance-open")
                } else {
                    (Effect::Fails, "verify-provenance-broken")
                };
                let why = reason(fault);
                let arguments = [names.as_slice(), &[("reason", why.as_str())]].concat();
                (effect, both(key, &arguments), fault.code.to_owned())
            }
        };
        let mut finding = Finding::new(BUILD, effect, target.path, text)
            .distinguished_by(&[&target.sha256.hex(), &nearest.cited.sha256.hex(), &part])
            .cite(nearest.cited.clone())
            .cite(target.cite());
        finding.code = Some(match &nearest.why {
            Why::Fault(fault) => fault.code.to_owned(),
            _ => "provenance-refused".to_owned(),
        });
        finding
    }
}

/// The findings on artifacts without provenance: one each for the first, one for all the others.
fn not_there(check: &str, absent: &[&Target<'_>]) -> Vec<Finding> {
    let (told, rest) = absent.split_at(absent.len().min(TOLD));
    let code = |mut finding: Finding| {
        finding.code = Some("provenance-absent".to_owned());
        finding
    };
    let one = |target: &&Target<'_>| {
        let message = both("verify-provenance-absent", &[("file", &shown(target.path))]);
        let finding = Finding::new(check, Effect::Fails, target.path, message);
        code(
            finding
                .distinguished_by(&[&target.sha256.hex(), "absent"])
                .cite(target.cite()),
        )
    };
    let mut findings: Vec<_> = told.iter().map(one).collect();
    if let Some(first) = rest.first() {
        let count = rest.len().to_string();
        let message = both(
            "verify-provenance-absent-more",
            &[("count", &count), ("file", &shown(first.path))],
        );
        let all: Vec<_> = rest.iter().map(|one| one.sha256.hex()).collect();
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        let finding = Finding::new(check, Effect::Fails, "delivery", message);
        findings.push(code(finding.distinguished_by(&all).cite(first.cite())));
    }
    findings
}

/// The place of a file as a whole.
fn whole(file: &str, sha256: crate::digest::Digest) -> Citation {
    Citation {
        sha256,
        file: file.to_owned(),
        at: crate::diagnostic::Place::whole(),
    }
}
