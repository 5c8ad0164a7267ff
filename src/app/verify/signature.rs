//! Signatures and provenance of what was delivered, against whom the contract names.
//!
//! What the supplier owes and did not hand over, or what does not verify, fails; what of the agency's is missing or
//! cannot be used leaves the check unverifiable. The time of judgment is the end of the day of judgment.

pub(super) mod agreement;
mod files;
pub(super) mod judge;
mod list;
mod provenance;
mod statement;

use std::collections::BTreeSet;

use super::gather::Gathered;
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::Evidence;
use crate::acceptance::report::Input;
use crate::evidence::Citation;
use crate::text::messages::both;
use crate::trust::Purpose;
use agreement::{Agreement, Signers};
use files::Files;
use judge::{Answer, Judge, Target};
use list::Lists;
use statement::Statements;

/// The most findings of one sort that are told one by one; the others are told in one more.
const TOLD: usize = 100;

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let agreement = Agreement::read(gathered, inputs);
    let files = Files::new(gathered);
    let lists = Lists::find(gathered, &files);
    let artifacts: Vec<_> = gathered
        .artifacts
        .iter()
        .map(|one| Signed {
            target: Target::new(&one.path, one.sha256, None),
            signatures: &one.signatures,
        })
        .collect();
    let sboms: Vec<_> = gathered
        .sboms
        .iter()
        .map(|one| Signed {
            target: Target::new(&one.path, one.sha256, Some(&one.bytes)),
            signatures: &one.signatures,
        })
        .collect();
    let group = Group {
        gathered,
        agreement: &agreement,
        files: &files,
        lists: &lists,
    };
    let mut outcomes = vec![
        group.outcome(&Asked {
            check: "signature.artifact",
            purpose: Purpose::Artifact,
            left_out: &[Evidence::Signature],
            met: "verify-signature-met",
            nothing: "verify-signature-nothing",
            signed: &artifacts,
        }),
        group.outcome(&Asked {
            check: "signature.sbom",
            purpose: Purpose::Sbom,
            left_out: &[Evidence::SbomSignature, Evidence::Sbom],
            met: "verify-signature-sbom-met",
            nothing: "verify-signature-no-sbom",
            signed: &sboms,
        }),
    ];
    outcomes.extend(provenance::verify(gathered, &agreement, &files));
    inputs.extend(files.inputs());
    outcomes
}

/// Something that must be signed, with the paths of what may be its signatures.
struct Signed<'a> {
    target: Target<'a>,
    signatures: &'a [String],
}

/// One check over everything of a sort.
struct Asked<'a> {
    check: &'static str,
    purpose: Purpose,
    /// What the manifest may leave out so that nothing is asked.
    left_out: &'static [Evidence],
    met: &'static str,
    nothing: &'static str,
    signed: &'a [Signed<'a>],
}

/// What the two checks of signatures share.
struct Group<'a> {
    gathered: &'a Gathered<'a>,
    agreement: &'a Agreement,
    files: &'a Files<'a>,
    lists: &'a Lists,
}

/// What came of one target.
#[derive(Default)]
struct Came {
    /// Who signed, where a signature verifies.
    signer: Option<String>,
    citations: Vec<Citation>,
    findings: Vec<Finding>,
}

impl Group<'_> {
    fn outcome(&self, asked: &Asked<'_>) -> Outcome {
        let check = self.gathered.check(asked.check);
        let mut reasons = asked.left_out.iter();
        if let Some(left_out) = reasons.find_map(|what| self.gathered.left_out(*what)) {
            return Outcome::not_applicable(&check, left_out.reason.clone());
        }
        if asked.signed.is_empty() {
            let nothing = both(asked.nothing, &[]);
            let finding = Finding::new(
                asked.check,
                Effect::Unverifiable,
                "delivery",
                nothing.clone(),
            );
            return Outcome::new(&check, nothing).with([finding]);
        }
        let obstacles = self.agreement.obstacles(asked.check, asked.purpose);
        let judge = Judge {
            gathered: self.gathered,
            agreement: self.agreement,
            check: asked.check,
            purpose: asked.purpose,
        };
        // Where nobody is expected there is nobody whom a signature could be held against.
        let is_judging = !matches!(self.agreement.signers, Signers::Nobody)
            && self.agreement.lacks_grant(asked.purpose).is_none();
        let (lists, mut findings) = if is_judging {
            self.lists.judged(&judge, self.files)
        } else {
            (list::Judged::default(), Vec::new())
        };
        findings.extend(obstacles);
        let statements = Statements::default();
        let mut signers = BTreeSet::new();
        let mut citations = self.agreement.citations();
        let (mut good, mut unsigned) = (0_usize, Vec::new());
        for one in asked.signed {
            let came = if is_judging {
                self.came(&judge, one, &lists, &statements)
            } else {
                self.unjudged(&judge, one)
            };
            if let Some(signer) = came.signer {
                good += 1;
                signers.insert(signer);
            } else if came.findings.is_empty() && is_judging {
                unsigned.push(one);
            }
            if citations.len() < TOLD {
                citations.extend(came.citations);
            }
            findings.extend(came.findings);
        }
        findings.extend(absent(&judge, &unsigned));
        let count = asked.signed.len().to_string();
        let said = if findings.iter().any(Finding::counts) {
            let signed = good.to_string();
            both(
                "verify-signature-unmet",
                &[("signed", &signed), ("count", &count)],
            )
        } else {
            let signers: Vec<_> = signers.into_iter().take(5).collect();
            both(
                asked.met,
                &[("count", &count), ("signers", &signers.join(", "))],
            )
        };
        Outcome::new(&check, said)
            .resting_on(citations)
            .with(findings)
    }

    /// What comes of the signatures of one target.
    fn came(
        &self,
        judge: &Judge<'_>,
        one: &Signed<'_>,
        lists: &list::Judged,
        statements: &Statements,
    ) -> Came {
        let mut came = Came::default();
        let target = &one.target;
        let mut against = Vec::new();
        for path in one.signatures {
            let Some(held) = self.files.signature(path) else {
                let message = both(
                    "verify-signature-missing",
                    &[("file", &shown(target.path)), ("signature", &shown(path))],
                );
                let finding = judge.finding(target, Effect::Fails, message);
                let hex = target.sha256.hex();
                against.push(finding.distinguished_by(&[&hex, path]).cite(target.cite()));
                continue;
            };
            match statements.judge(judge, target, held.holder(path)) {
                Answer::Verified(verification) => {
                    came.admit(&verification, held.holder(path).cite());
                }
                Answer::Not(finding) => against.push(*finding),
            }
        }
        if came.signer.is_none()
            && let Some(holder) = target.inside()
        {
            match judge.judge(target, holder) {
                Answer::Verified(verification) => came.admit(&verification, holder.cite()),
                Answer::Not(finding) => against.push(*finding),
            }
        }
        match lists.entry(target) {
            Some(list::Entry::Same { signer, cited }) => {
                came.signer.get_or_insert_with(|| signer.clone());
                came.citations.push(cited);
            }
            // Who signed the list says that this is another file, whatever else is signed.
            Some(list::Entry::Other { message, cited }) => {
                let finding = judge.finding(target, Effect::Fails, message);
                let finding = finding.distinguished_by(&[&target.sha256.hex(), "listed"]);
                came.findings.push(finding.cite(target.cite()).cite(cited));
            }
            None => {}
        }
        if came.signer.is_some() {
            // One that verifies is enough; the others are worth knowing.
            for finding in &mut against {
                finding.effect = Effect::Notes;
            }
        }
        came.findings.extend(against);
        came
    }

    /// Where nobody is expected, what is not signed at all still is not.
    fn unjudged(&self, judge: &Judge<'_>, one: &Signed<'_>) -> Came {
        let has_any = one.signatures.iter().any(|path| self.files.has(path))
            || one.target.inside().is_some()
            || self.lists.names(one.target.path);
        let mut came = Came::default();
        if !has_any {
            came.findings.extend(absent(judge, &[one]));
        }
        came
    }
}

impl Came {
    fn admit(&mut self, verification: &crate::evidence::signature::Verification, cited: Citation) {
        let name = verification.signer.name().unwrap_or_default();
        self.signer.get_or_insert_with(|| shown(&name));
        self.citations.push(cited);
    }
}

/// The findings on what is not signed: one each for the first, one for all the others.
fn absent(judge: &Judge<'_>, unsigned: &[&Signed<'_>]) -> Vec<Finding> {
    let (told, rest) = unsigned.split_at(unsigned.len().min(TOLD));
    let mut findings: Vec<_> = told
        .iter()
        .map(|one| {
            let message = both(
                "verify-signature-absent",
                &[("file", &shown(one.target.path))],
            );
            let mut finding = judge.finding(&one.target, Effect::Fails, message);
            finding.code = Some("signature-absent".to_owned());
            let hex = one.target.sha256.hex();
            finding
                .distinguished_by(&[&hex, "absent"])
                .cite(one.target.cite())
        })
        .collect();
    if let Some(first) = rest.first() {
        let count = rest.len().to_string();
        let message = both(
            "verify-signature-absent-more",
            &[("count", &count), ("file", &shown(first.target.path))],
        );
        let all: Vec<_> = rest.iter().map(|one| one.target.sha256.hex()).collect();
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        let mut finding = Finding::new(judge.check, Effect::Fails, "delivery", message)
            .distinguished_by(&all)
            .cite(first.target.cite());
        finding.code = Some("signature-absent".to_owned());
        findings.push(finding);
    }
    findings
}
