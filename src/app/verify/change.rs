//! As tendered, as delivered, as accepted earlier: what changed without a notice (CL-21).
//!
//! An earlier SBOM is held against each delivered one, since several may each speak of a part: what one of them lists is
//! not removed. What the accepted version had already is not told again of the tendered one.

mod drift;
mod notice;

use super::gather::{Gathered, SbomFile};
use super::telling::{CITED, bounded, citing, find_lines, in_manifest, shown};
use crate::acceptance::drift::{Drift, DriftKind};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::{Evidence, Named};
use crate::acceptance::report::Input;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::sbom::{self, Sbom};
use crate::text::messages::{both, message_with};
use crate::text::{Lang, Text, shortened};
use drift::Drifts;
use notice::{Notices, Timing};

const TENDERED: &str = "change.tendered";
const ACCEPTED: &str = "change.accepted";

/// The most drifts that are told one by one.
const DRIFTS: usize = 500;

/// The most characters of a digest in a sentence; the findings are told apart by the whole.
const DIGEST: usize = 24;

/// An SBOM that the delivered ones are held against.
struct Earlier {
    path: String,
    sha256: Digest,
    bytes: Vec<u8>,
    sbom: Sbom,
}

impl Earlier {
    fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.clone(),
            at,
        }
    }
}

/// What is known of an earlier SBOM: it, why it is not expected, or what keeps it from being used.
enum Asked {
    /// It can be read.
    Read(Box<Earlier>),
    /// It is left out for a reason.
    LeftOut(Text),
    /// It is missing or unreadable.
    Lacking(Box<Finding>),
}

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let manifest = gathered.request.manifest;
    let tendered = earlier(gathered, inputs, TENDERED, manifest.tendered.as_ref());
    let accepted = earlier(gathered, inputs, ACCEPTED, manifest.accepted.as_ref());
    let delivered: Vec<_> = gathered
        .sboms
        .iter()
        .filter_map(|file| Some((file, &file.read.as_ref().ok()?.sbom)))
        .collect();
    let mut notices = Notices::read(gathered, inputs);
    let drifts_of = |one: &Asked| match one {
        Asked::Read(earlier) if !delivered.is_empty() => {
            let sboms: Vec<_> = delivered.iter().map(|(_, sbom)| *sbom).collect();
            Some(Drifts::between(&earlier.sbom, &sboms))
        }
        _ => None,
    };
    let mut since_tender = drifts_of(&tendered);
    let since_acceptance = drifts_of(&accepted);
    let mut settled = 0;
    if let (Some(drifts), Some(newer), Asked::Read(first), Asked::Read(second)) =
        (&mut since_tender, &since_acceptance, &tendered, &accepted)
    {
        settled = drifts.leave_out_accepted(newer, &first.sbom, &second.sbom);
    }
    // Old notices speak of what was accepted, so nobody waits for what they announce.
    let last = match (&since_acceptance, &since_tender) {
        (Some(_), _) => Some(ACCEPTED),
        (None, Some(_)) => Some(TENDERED),
        (None, None) => None,
    };
    let mut judged = Vec::new();
    for (id, asked, drifts, settled) in [
        (TENDERED, tendered, since_tender, settled),
        (ACCEPTED, accepted, since_acceptance, 0),
    ] {
        let group = Judging {
            gathered,
            id,
            delivered: &delivered,
        };
        judged.push(match (asked, drifts) {
            (Asked::Read(earlier), Some(drifts)) => {
                group.judge(&earlier, &drifts, &mut notices, settled)
            }
            (asked, _) => group.unjudged(asked),
        });
    }
    let last = last.and_then(|id| judged.iter_mut().find(|one| one.check == id));
    if let Some(outcome) = last {
        let sboms: Vec<_> = delivered.iter().map(|(_, sbom)| *sbom).collect();
        let unshown = notices.unshown(&outcome.check, &sboms);
        outcome.findings.extend(unshown);
        outcome.settle();
    }
    judged
}

/// Reads an earlier SBOM that the manifest names.
fn earlier(
    gathered: &Gathered<'_>,
    inputs: &mut Vec<Input>,
    id: &str,
    named: Option<&Named>,
) -> Asked {
    let (what, role) = if id == TENDERED {
        (Evidence::TenderedSbom, "tendered-sbom")
    } else {
        (Evidence::AcceptedSbom, "accepted-sbom")
    };
    let Some(named) = named else {
        if let Some(left_out) = gathered.left_out(what) {
            return Asked::LeftOut(left_out.reason.clone());
        }
        let message = if id == TENDERED {
            both("verify-change-tendered-missing", &[])
        } else {
            both("verify-change-accepted-missing", &[])
        };
        let finding = Finding::new(id, Effect::Unverifiable, what.word(), message);
        return Asked::Lacking(Box::new(citing(
            finding,
            in_manifest(gathered, Place::whole()),
        )));
    };
    let lacking = |fault: &Diagnostic, citation: Option<Citation>| {
        let (file, why) = (shown(&named.path), shown(&fault.message));
        let message = both(
            "verify-change-unreadable",
            &[("file", &file), ("why", &why)],
        );
        let mut finding = Finding::new(id, Effect::Unverifiable, &named.path, message);
        finding.code = Some(fault.code.to_owned());
        Asked::Lacking(Box::new(citing(finding, citation)))
    };
    let bytes = match gathered.read_named(named, role, inputs) {
        Ok(bytes) => bytes,
        Err(fault) => return lacking(&fault, in_manifest(gathered, named.at.clone())),
    };
    let sha256 = Digest::of(&bytes);
    let cite = |at| Citation {
        sha256,
        file: named.path.clone(),
        at,
    };
    match sbom::read(&bytes) {
        Ok((_, reading)) => Asked::Read(Box::new(Earlier {
            path: named.path.clone(),
            sha256,
            sbom: reading.sbom,
            bytes,
        })),
        Err(faults) => {
            let unknown =
                Diagnostic::error("sbom-unrecognized", Place::whole(), "it is no known SBOM");
            let fault = faults.first().unwrap_or(&unknown);
            lacking(fault, Some(cite(fault.at.clone())))
        }
    }
}

/// The judgment of one check.
struct Judging<'g, 'a> {
    gathered: &'g Gathered<'a>,
    id: &'static str,
    delivered: &'g [(&'g SbomFile, &'g Sbom)],
}

impl Judging<'_, '_> {
    /// A check for which one side is missing.
    fn unjudged(&self, asked: Asked) -> Outcome {
        let check = self.gathered.check(self.id);
        match asked {
            Asked::LeftOut(reason) => Outcome::not_applicable(&check, reason),
            Asked::Lacking(finding) => {
                Outcome::new(&check, finding.message.clone()).with([*finding])
            }
            Asked::Read(earlier) => {
                let left_out = self.gathered.left_out(Evidence::Sbom);
                if let Some(left_out) = left_out.filter(|_| self.gathered.sboms.is_empty()) {
                    return Outcome::not_applicable(&check, left_out.reason.clone());
                }
                let said = both("verify-change-nothing-delivered", &[]);
                let finding = Finding::new(self.id, Effect::Unverifiable, "SBOM", said.clone())
                    .cite(earlier.cite(Place::whole()));
                Outcome::new(&check, said).with([finding])
            }
        }
    }

    fn judge(
        &self,
        earlier: &Earlier,
        drifts: &Drifts,
        notices: &mut Notices,
        settled: usize,
    ) -> Outcome {
        let mut findings = notices.faults(self.id);
        let is_partial = self.delivered.len() < self.gathered.sboms.len();
        if is_partial {
            let message = both("verify-change-partial", &[]);
            let finding = Finding::new(self.id, Effect::Unverifiable, "SBOM", message);
            let unreadable = self.gathered.sboms.iter().filter(|one| one.read.is_err());
            let cited = unreadable.map(|one| one.cite(Place::whole()));
            findings.push(cited.fold(finding, Finding::cite));
        }
        let mut uncovered = 0;
        let mut told = Vec::new();
        let mut used = Vec::new();
        for drift in &drifts.list {
            let covering = notices.covering(drift);
            uncovered += usize::from(covering.is_none());
            if let Some((index, _)) = covering {
                used.push(index);
            }
            told.push(self.tell(earlier, drift, covering.map(|(_, says)| says), is_partial));
        }
        let (told, rest) = bounded(self.id, told, DRIFTS);
        findings.extend(told);
        findings.extend(self.others(earlier, drifts));
        used.sort_unstable();
        used.dedup();
        for index in used {
            findings.extend(notices.late(self.id, index, &self.gathered.terms));
        }
        let earlier_bytes = [(earlier.sha256, earlier.bytes.as_slice())];
        let delivered = self.delivered.iter();
        let delivered = delivered.map(|(file, _)| (file.sha256, file.bytes.as_slice()));
        find_lines(&mut findings, earlier_bytes.into_iter().chain(delivered));
        let numbers = [drifts.list.len(), uncovered, rest, settled].map(|one| one.to_string());
        let [count, uncovered, rest, settled] = numbers.each_ref().map(String::as_str);
        let said = both(
            "verify-change-said",
            &[
                ("file", &shown(&earlier.path)),
                ("count", count),
                ("uncovered", uncovered),
                ("rest", rest),
                ("settled", settled),
            ],
        );
        let documents = self.delivered.iter();
        Outcome::new(&self.gathered.check(self.id), said)
            .resting_on([earlier.cite(Place::whole())])
            .resting_on(documents.map(|(file, _)| file.cite(Place::whole())))
            .resting_on(notices.citations())
            .with(findings)
    }

    /// One drift, with the notice that covers it.
    fn tell(
        &self,
        earlier: &Earlier,
        drift: &Drift,
        covering: Option<(String, Citation)>,
        is_partial: bool,
    ) -> Finding {
        let mut effect = match (&covering, drift.kind) {
            (Some(_), DriftKind::Added) if drift.lacks_license || drift.lacks_identifier => {
                Effect::Warns
            }
            (Some(_), _) => Effect::Notes,
            // What an SBOM lists that cannot be read is not removed.
            (None, DriftKind::Removed) if is_partial => Effect::Unverifiable,
            // The earlier SBOM does not say which version it was.
            (None, DriftKind::Version) if drift.from.is_none() => Effect::Unverifiable,
            (None, _) => Effect::Fails,
        };
        let notice = covering.as_ref().map(|(id, _)| shown(id));
        let mut message = sentence(drift, notice.as_deref());
        if drift.kind == DriftKind::Added {
            let lacking = match (drift.lacks_license, drift.lacks_identifier) {
                (true, true) => Some(both("verify-change-lacks-both", &[])),
                (true, false) => Some(both("verify-change-lacks-license", &[])),
                (false, true) => Some(both("verify-change-lacks-identifier", &[])),
                (false, false) => None,
            };
            if let Some(lacking) = lacking {
                message.ja += &lacking.ja;
                message.en += &lacking.en;
            }
        }
        if effect == Effect::Notes && drift.kind == DriftKind::Digest {
            // An announced rebuild is worth a look: the artifact's digest is held against the SBOM elsewhere.
            effect = Effect::Warns;
        }
        let subject = drift.purls.last().unwrap_or(&drift.name);
        let open = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut finding = Finding::new(self.id, effect, shown(subject), message)
            .distinguished_by(&[drift.kind.word(), &open(&drift.from), &open(&drift.to)]);
        let after = drift.after.clone().zip(self.delivered.get(drift.delivered));
        if let Some((at, (file, _))) = after {
            finding = finding.cite(file.cite(at));
        }
        if let Some(at) = drift.before.clone() {
            finding = finding.cite(earlier.cite(at));
        }
        citing(finding, covering.map(|(_, citation)| citation))
    }

    /// What is told of many at once: files, and digests that cannot be compared.
    fn others(&self, earlier: &Earlier, drifts: &Drifts) -> Vec<Finding> {
        let mut findings = Vec::new();
        let cite = |finding: Finding, places: &[(Option<usize>, Place)]| {
            let places = places.iter().take(CITED);
            places.fold(finding, |finding, (of, at)| match of {
                None => finding.cite(earlier.cite(at.clone())),
                Some(of) => match self.delivered.get(*of) {
                    Some((file, _)) => finding.cite(file.cite(at.clone())),
                    None => finding,
                },
            })
        };
        let files = &drifts.files;
        if !files.places.is_empty() {
            let count = files.places.len().to_string();
            let (effect, message) = if files.is_expected {
                let message = both("verify-change-files-expected", &[("count", &count)]);
                (Effect::Notes, message)
            } else {
                let message = both("verify-change-files", &[("count", &count)]);
                (Effect::Fails, message)
            };
            let finding = Finding::new(self.id, effect, "files", message)
                .distinguished_by(&[&files.fingerprint]);
            findings.push(cite(finding, &files.places));
        }
        if !drifts.incomparable.is_empty() {
            let count = drifts.incomparable.len().to_string();
            let message = both("verify-change-incomparable", &[("count", &count)]);
            let finding = Finding::new(self.id, Effect::Warns, "digests", message);
            findings.push(cite(finding, &drifts.incomparable));
        }
        if drifts.more_stated > 0 {
            let count = drifts.more_stated.to_string();
            let message = both("verify-change-more-stated", &[("count", &count)]);
            findings.push(Finding::new(self.id, Effect::Notes, "metadata", message));
        }
        findings
    }
}

/// The sentence of a drift, with or without a notice.
fn sentence(drift: &Drift, notice: Option<&str>) -> Text {
    let unstated = both("verify-change-unstated", &[]);
    let value = |text: &Option<String>, lang| match text {
        Some(text) if drift.kind == DriftKind::Digest => shortened(&shown(text), DIGEST),
        Some(text) => shown(text),
        None => unstated.of(lang).to_owned(),
    };
    // What came or went is told with its version.
    let version = match drift.kind {
        DriftKind::Added => drift.to.as_deref(),
        DriftKind::Removed => drift.from.as_deref(),
        _ => None,
    };
    let name = match version {
        Some(version) => shown(&format!("{} {version}", drift.name)),
        None => shown(&drift.name),
    };
    let key = format!("verify-change-{}", drift.kind.word());
    let ending = match notice {
        Some(id) => both("verify-change-noticed", &[("notice", id)]),
        None => both("verify-change-unnoticed", &[]),
    };
    let say = |lang| {
        let (from, to) = (value(&drift.from, lang), value(&drift.to, lang));
        let arguments = [("name", &name), ("from", &from), ("to", &to)];
        let sentence = message_with(lang, &key, &arguments);
        format!("{sentence}{}", ending.of(lang))
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}

/// The timing of a notice, told as a finding where there is something to tell.
fn timing_finding(id: &str, notice: &notice::ReadNotice, timing: &Timing) -> Option<Finding> {
    let days = [
        shown(&notice.notice.id),
        notice.notice.notified_on.to_string(),
        notice.notice.effective_on.to_string(),
    ];
    let [name, notified, effective] = days.each_ref().map(String::as_str);
    let (effect, message, term) = match timing {
        Timing::InTime => return None,
        Timing::Late(agreed) => {
            let days = agreed.value.to_string();
            let message = both(
                "verify-change-late",
                &[
                    ("notice", name),
                    ("notified", notified),
                    ("effective", effective),
                    ("days", &days),
                ],
            );
            (Effect::Fails, message, Some(agreed.cited.clone()))
        }
        Timing::LateInEmergency(agreed) => {
            let hours = agreed.value.to_string();
            let message = both(
                "verify-change-late-emergency",
                &[
                    ("notice", name),
                    ("notified", notified),
                    ("effective", effective),
                    ("hours", &hours),
                ],
            );
            (Effect::Fails, message, Some(agreed.cited.clone()))
        }
        Timing::EmergencyWithoutTerm => {
            let message = both(
                "verify-change-emergency",
                &[
                    ("notice", name),
                    ("notified", notified),
                    ("effective", effective),
                ],
            );
            (Effect::Warns, message, None)
        }
    };
    let finding = Finding::new(id, effect, shown(&notice.notice.id), message)
        .distinguished_by(&[notified, effective])
        .cite(notice.cite(notice.notice.at.clone()));
    Some(citing(finding, term))
}
