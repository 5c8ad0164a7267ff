//! The SBOMs held against the files, both ways.
//!
//! Several SBOMs may each speak of a part of the delivery: a file is unlisted only where none of them lists it.

use std::collections::{BTreeMap, BTreeSet};

use super::files::effect_of;
use super::gather::{Gathered, SbomFile};
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::{Evidence, MANIFEST_FILE};
use crate::acceptance::report::Input;
use crate::delivery::allowance::Allowance;
use crate::delivery::several::{embedded, unlisted};
use crate::delivery::{Match, Named, SbomOnly, hold, is_checkable, package_kind};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Citation;
use crate::evidence::sbom::find_lines_of;
use crate::text::messages::both;
use crate::text::{Lang, Text, printable};

const ALTERED: &str = "contents.altered";
const MISSING: &str = "contents.missing";
const UNLISTED: &str = "contents.unlisted";
const EMBEDDED: &str = "contents.embedded";

/// How many places a finding about many entries cites.
const CITED: usize = 8;

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let sboms: Vec<_> = gathered
        .sboms
        .iter()
        .filter_map(|file| Some((file, file.read.as_ref().ok()?)))
        .collect();
    if sboms.is_empty() {
        return unjudged(gathered);
    }
    let allowed = allowance(gathered, inputs);
    let nothing = Allowance::default();
    let list = allowed.as_ref().map_or(&nothing, |one| match &one.1 {
        Ok(list) => list,
        Err(_) => &nothing,
    });
    let held: Vec<_> = sboms
        .into_iter()
        .map(|(file, read)| HeldSbom {
            file,
            is_checkable: is_checkable(&read.sbom),
            outcome: hold(
                &read.sbom,
                file.sha256,
                &gathered.inventory,
                list,
                Vec::new(),
            ),
        })
        .collect();
    let holding = Holding::new(gathered, held);
    vec![
        holding.altered(),
        holding.missing(),
        holding.unlisted(allowed.as_ref()),
        holding.embedded(),
    ]
}

/// The list of files that need no entry, with what it is cited by, or why it cannot be used.
type Allowed = (Citation, Result<Allowance, Vec<Diagnostic>>);

fn allowance(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Option<Allowed> {
    let named = gathered.request.manifest.allowance.as_ref()?;
    let cite = |sha256| Citation {
        sha256,
        file: named.path.clone(),
        at: Place::whole(),
    };
    let bytes = match gathered.read_named(named, "allowance", inputs) {
        Ok(bytes) => bytes,
        Err(fault) => return Some((cite(crate::digest::Digest::of(b"")), Err(vec![fault]))),
    };
    let list = match std::str::from_utf8(&bytes) {
        Ok(text) => Allowance::parse(text),
        Err(_) => Err(vec![Diagnostic::error(
            "allowance-malformed",
            Place::whole(),
            "the list is not UTF-8",
        )]),
    };
    Some((cite(crate::digest::Digest::of(&bytes)), list))
}

/// Without a readable SBOM nothing can be held against the files.
fn unjudged(gathered: &Gathered<'_>) -> Vec<Outcome> {
    let left_out = gathered.left_out(Evidence::Sbom);
    let outcome = |id: &str| {
        let check = gathered.check(id);
        if let (Some(left_out), true) = (left_out, gathered.sboms.is_empty()) {
            return Outcome::not_applicable(&check, left_out.reason.clone());
        }
        let said = both("verify-contents-no-sbom", &[]);
        let subject = gathered.sboms.first();
        let subject = subject.map_or(MANIFEST_FILE, |file| file.path.as_str());
        let mut finding = Finding::new(id, Effect::Unverifiable, subject, said.clone());
        let files = gathered.sboms.iter();
        finding
            .citations
            .extend(files.map(|file| file.cite(Place::whole())));
        Outcome::new(&check, said).with([finding])
    };
    [ALTERED, MISSING, UNLISTED, EMBEDDED].map(outcome).into()
}

/// An SBOM with what came of holding it against the files.
struct HeldSbom<'g> {
    file: &'g SbomFile,
    is_checkable: bool,
    outcome: Match,
}

impl HeldSbom<'_> {
    fn cite(&self) -> Citation {
        self.file.cite(Place::whole())
    }

    /// The places of entries with their lines.
    fn places<'e>(&self, entries: impl Iterator<Item = &'e Named>) -> Vec<Citation> {
        let mut places: Vec<Place> = entries.map(|one| one.at.clone()).collect();
        if !places.is_empty() {
            find_lines_of(&self.file.bytes, &mut places);
        }
        let places = places.into_iter();
        places.map(|at| self.file.cite(at)).collect()
    }

    /// Whether an entry speaks of a file: it names one, or files of its kind of package were delivered. What has only
    /// the digest of its package may be built into a program.
    fn is_of_file(&self, entry: &SbomOnly) -> bool {
        let kind = package_kind(entry.component.purl.as_deref());
        entry.path.is_some() || self.outcome.kinds_delivered.contains(kind)
    }
}

struct Holding<'g> {
    gathered: &'g Gathered<'g>,
    held: Vec<HeldSbom<'g>>,
    /// How many files, archives or members were not seen.
    unseen: usize,
    is_all_read: bool,
}

impl<'g> Holding<'g> {
    fn new(gathered: &'g Gathered<'_>, held: Vec<HeldSbom<'g>>) -> Self {
        let unseen = gathered.remarks.iter();
        let unseen = unseen.filter(|one| effect_of(one) == Some(Effect::Unverifiable));
        Self {
            gathered,
            held,
            unseen: unseen.count(),
            is_all_read: gathered.sboms.iter().all(|one| one.read.is_ok()),
        }
    }

    fn checkable(&self) -> impl Iterator<Item = &HeldSbom<'g>> {
        self.held.iter().filter(|one| one.is_checkable)
    }

    /// The outcome of a check on files and digests, with what keeps it from being judged.
    fn outcome(&self, id: &str, said: Text, findings: Vec<Finding>) -> Outcome {
        let check = self.gathered.check(id);
        let resting = self.checkable().map(HeldSbom::cite);
        let mut more = Vec::new();
        if self.checkable().next().is_none() {
            let said = both("verify-contents-uncheckable", &[]);
            let subject = self.held.first().map_or("", |one| one.file.path.as_str());
            let mut finding = Finding::new(id, Effect::Unverifiable, subject, said.clone());
            finding
                .citations
                .extend(self.held.iter().map(HeldSbom::cite));
            return Outcome::new(&check, said).with([finding]);
        }
        if self.unseen > 0 {
            let said = both(
                "verify-contents-unseen",
                &[("count", &self.unseen.to_string())],
            );
            more.push(Finding::new(id, Effect::Unverifiable, ".", said));
        }
        if !self.is_all_read && id != ALTERED {
            let unread = self.gathered.sboms.iter().filter(|one| one.read.is_err());
            more.extend(unread.map(|file| {
                let said = both("verify-contents-unread", &[("path", &shown(&file.path))]);
                Finding::new(id, Effect::Unverifiable, &file.path, said)
                    .cite(file.cite(Place::whole()))
            }));
        }
        Outcome::new(&check, said)
            .resting_on(resting)
            .with(findings.into_iter().chain(more))
    }

    fn altered(&self) -> Outcome {
        let mut findings = Vec::new();
        let (mut matched, mut unverified) = (0, 0);
        for one in self.checkable() {
            matched += one.outcome.matched;
            unverified += one.outcome.unverified.len();
            let places = one.places(one.outcome.altered.iter().map(|one| &one.component));
            for (altered, place) in one.outcome.altered.iter().zip(places) {
                let said = both(
                    "verify-contents-altered",
                    &[
                        ("path", &shown(&altered.path)),
                        ("algorithm", altered.algorithm),
                        ("expected", &start(&altered.expected)),
                        ("actual", &start(&altered.actual)),
                    ],
                );
                let mut finding =
                    Finding::new(ALTERED, Effect::Fails, &altered.path, said).cite(place);
                finding.citations.extend(self.gathered.cite(&altered.path));
                findings.push(finding.distinguished_by(&[altered.algorithm, &altered.actual]));
            }
            if one.outcome.matched_weakly > 0 {
                let count = one.outcome.matched_weakly.to_string();
                let said = both("verify-contents-weak", &[("count", &count)]);
                let finding = Finding::new(ALTERED, Effect::Warns, &one.file.path, said);
                findings.push(finding.cite(one.cite()));
            }
        }
        let without = self.held.iter().map(|one| one.outcome.without_digest);
        let said = both(
            "verify-contents-matched",
            &[
                ("matched", &matched.to_string()),
                ("unverified", &unverified.to_string()),
                ("without", &without.sum::<usize>().to_string()),
            ],
        );
        self.outcome(ALTERED, said, findings)
    }

    fn missing(&self) -> Outcome {
        // What is not found may lie in what was not seen.
        let effect = if self.unseen > 0 {
            Effect::Unverifiable
        } else {
            Effect::Fails
        };
        let mut findings = Vec::new();
        for one in self.checkable() {
            let (of_file, of_package): (Vec<_>, Vec<_>) = one
                .outcome
                .sbom_only
                .iter()
                .partition(|entry| one.is_of_file(entry));
            let places = one.places(of_file.iter().map(|entry| &entry.component));
            for (entry, place) in of_file.iter().zip(places) {
                let name = entry.path.as_deref().unwrap_or(&entry.component.name);
                let subject = entry.path.as_deref().or(entry.component.purl.as_deref());
                let subject = subject.unwrap_or(&entry.component.name);
                let said = match &entry.component.version {
                    Some(version) if entry.path.is_none() => both(
                        "verify-contents-missing-version",
                        &[("name", &shown(name)), ("version", &shown(version))],
                    ),
                    _ => both("verify-contents-missing", &[("name", &shown(name))]),
                };
                let finding = Finding::new(MISSING, effect, subject, said).cite(place);
                let expected = entry.expected.as_deref().unwrap_or_default();
                findings.push(finding.distinguished_by(&[expected]));
            }
            if !of_package.is_empty() {
                let count = of_package.len().to_string();
                let said = both("verify-contents-packages", &[("count", &count)]);
                let mut finding = Finding::new(MISSING, Effect::Warns, &one.file.path, said);
                let first = of_package.iter().take(CITED);
                finding.citations = one.places(first.map(|entry| &entry.component));
                findings.push(finding);
            }
        }
        let listed: usize = self.checkable().map(|one| one.outcome.matched).sum();
        let said = both("verify-contents-there", &[("count", &listed.to_string())]);
        self.outcome(MISSING, said, findings)
    }

    fn unlisted(&self, allowed: Option<&Allowed>) -> Outcome {
        let outcomes: Vec<&Match> = self.checkable().map(|one| &one.outcome).collect();
        let effect = if self.is_all_read {
            Effect::Fails
        } else {
            Effect::Unverifiable
        };
        let evidence = |path: &str| {
            let outer = path.split("!/").next().unwrap_or(path);
            self.gathered.evidence.contains(outer)
        };
        let paths: BTreeSet<&str> = unlisted(&outcomes);
        let lists = outcomes.iter().flat_map(|one| &one.delivery_only);
        let inside: BTreeMap<&str, usize> = lists
            .filter_map(|one| Some((one.path.as_str(), one.files_inside?)))
            .collect();
        let mut findings: Vec<Finding> = paths
            .into_iter()
            .filter(|path| !evidence(path))
            .map(|path| {
                let said = match inside.get(path) {
                    Some(count) => both(
                        "verify-contents-unlisted-archive",
                        &[("path", &shown(path)), ("count", &count.to_string())],
                    ),
                    None => both("verify-contents-unlisted", &[("path", &shown(path))]),
                };
                let mut finding = Finding::new(UNLISTED, effect, path, said);
                finding.citations.extend(self.gathered.cite(path));
                finding
            })
            .collect();
        findings.extend(allowed.into_iter().flat_map(|one| told(one, &outcomes)));
        let files = outcomes.first().map_or(0, |one| one.files).to_string();
        let speaking = self.gathered.evidence.len().to_string();
        let arguments = [("files", files.as_str()), ("evidence", &speaking)];
        self.outcome(
            UNLISTED,
            both("verify-contents-listed", &arguments),
            findings,
        )
    }

    fn embedded(&self) -> Outcome {
        let check = self.gathered.check(EMBEDDED);
        if !self.gathered.inventory.lists_crates() {
            return Outcome::not_applicable(&check, both("verify-contents-no-lists", &[]));
        }
        let outcomes: Vec<&Match> = self.held.iter().map(|one| &one.outcome).collect();
        let lists = embedded(&outcomes);
        let effect = if self.is_all_read {
            Effect::Fails
        } else {
            Effect::Unverifiable
        };
        let mut findings = Vec::new();
        for (path, missing) in &lists {
            for one in missing {
                let said = both(
                    "verify-contents-embedded",
                    &[
                        ("path", &shown(path)),
                        ("name", &shown(&one.name)),
                        ("version", &shown(&one.version)),
                    ],
                );
                let subject = format!(
                    "pkg:cargo/{}@{}",
                    printable(&one.name),
                    printable(&one.version)
                );
                let mut finding = Finding::new(EMBEDDED, effect, subject, said);
                finding.citations.extend(self.gathered.cite(path));
                findings.push(finding.distinguished_by(&[path]));
            }
        }
        for one in &self.held {
            let beside = &one.outcome.not_embedded;
            if !beside.is_empty() {
                let count = beside.len().to_string();
                let said = both("verify-contents-not-embedded", &[("count", &count)]);
                let mut finding = Finding::new(EMBEDDED, Effect::Notes, &one.file.path, said);
                finding.citations = one.places(beside.iter().take(CITED));
                findings.push(finding);
            }
        }
        let said = both(
            "verify-contents-lists",
            &[("count", &lists.len().to_string())],
        );
        Outcome::new(&check, said)
            .resting_on(self.held.iter().map(HeldSbom::cite))
            .with(findings)
    }
}

/// What the list of files that need no entry came to, or why it is not used.
fn told((cited, list): &Allowed, outcomes: &[&Match]) -> Vec<Finding> {
    let list = match list {
        Ok(_) => outcomes,
        Err(faults) => {
            let fault = faults.first();
            let why = fault.map_or_else(String::new, |fault| shown(&fault.message));
            let said = both("verify-contents-allowance-unread", &[("why", &why)]);
            let mut finding = Finding::new(UNLISTED, Effect::Unverifiable, &cited.file, said);
            finding.citations.push(Citation {
                at: fault.map_or_else(Place::whole, |fault| fault.at.clone()),
                ..cited.clone()
            });
            finding.code = fault.map(|fault| fault.code.to_owned());
            return vec![finding];
        }
    };
    let patterns = list.first().map_or(&[][..], |one| &one.allowed_by);
    let patterns = patterns.iter().enumerate().filter_map(|(number, one)| {
        // A file that some SBOM lists needs no pattern.
        let of_each = list
            .iter()
            .filter_map(|outcome| outcome.allowed_by.get(number));
        let files = of_each.map(|one| one.files).min()?;
        if files == 0 {
            return None;
        }
        let reason = one.reason.as_deref().map_or_else(|| "-".to_owned(), shown);
        let say = |lang| {
            crate::text::messages::message_with(
                lang,
                "verify-contents-allowed",
                &[
                    ("count", files.to_string()),
                    ("pattern", shown(&one.pattern)),
                    ("reason", reason.clone()),
                ],
            )
        };
        let said = Text {
            ja: say(Lang::Ja),
            en: say(Lang::En),
        };
        let finding = Finding::new(UNLISTED, Effect::Notes, &one.pattern, said);
        Some(finding.cite(cited.clone()))
    });
    patterns.collect()
}

/// The beginning of a digest, enough for people to tell two apart.
fn start(digest: &str) -> String {
    digest.chars().take(12).collect()
}
