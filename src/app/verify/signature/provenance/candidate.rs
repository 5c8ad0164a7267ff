//! The provenance of one artifact, held against what was agreed and under whom it may be signed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::whole;
use crate::app::provenance::{ProvenanceRequest, Register, check_provenance};
use crate::app::signature::SignatureRequest;
use crate::app::verify::gather::Gathered;
use crate::app::verify::signature::agreement::{Agreement, Held, Signers};
use crate::app::verify::signature::files::Files;
use crate::app::verify::signature::judge::Target;
use crate::diagnostic::Diagnostic;
use crate::digest::{Algorithm, Digest};
use crate::evidence::Citation;
use crate::evidence::provenance::{self, Attestation, Wrapping};
use crate::evidence::signature::{Artifact, CheckName, Expected, Material};
use crate::provenance::{Expectation, Missing, Outcome, Reason, Signature};
use crate::trust::Purpose;

/// What one provenance of an artifact comes to.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) why: Why,
    /// The level that it supports.
    pub(super) supported: u8,
    /// Why no more.
    pub(super) reason: Option<Reason>,
    /// Who built, as it says.
    pub(super) builder: String,
    pub(super) cited: Citation,
    /// How many of what was agreed held.
    held: usize,
}

/// Why a provenance is as it is.
#[derive(Clone)]
pub(super) enum Why {
    /// It verifies and says what was agreed.
    Passed,
    /// It says something else: the check, and what was expected and found.
    Judgment(&'static str, String),
    /// Its signature does not hold, or is somebody else's.
    Signature(CheckName),
    /// Something is missing for its signature to be verified.
    Missing(Missing),
    /// It, or what is trusted, cannot be read.
    Fault(Box<Diagnostic>),
}

impl Found {
    pub(super) fn is_passed(&self) -> bool {
        matches!(self.why, Why::Passed)
    }

    /// Whether nothing but what the agency lacks speaks against it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.why, Why::Missing(Missing::Key | Missing::TrustedRoot))
    }

    /// What comes nearest to what was agreed ranks highest.
    pub(super) fn rank(&self) -> (u8, usize, u8) {
        let stage = match self.why {
            Why::Passed => 4,
            Why::Judgment(..) => 3,
            Why::Missing(_) => 2,
            Why::Signature(_) => 1,
            Why::Fault(_) => 0,
        };
        (stage, self.held, self.supported)
    }
}

/// By what provenance is judged.
pub(super) struct Candidates<'a> {
    pub(super) gathered: &'a Gathered<'a>,
    pub(super) agreement: &'a Agreement,
    pub(super) files: &'a Files<'a>,
    pub(super) expectation: &'a Expectation,
    pub(super) has_builder: bool,
    /// By file: what was read of it, and what each of its attestations comes to for those that it names.
    pub(super) judged: RefCell<BTreeMap<Digest, Handed>>,
}

/// A file of attestations.
pub(super) enum Handed {
    /// It holds none about a build.
    Nothing,
    /// Each attestation stands by itself.
    Apart(Vec<Apart>),
    /// They belong together, or cannot be read: the file is judged as it is, for each artifact anew.
    Together,
}

/// An attestation that stands by itself.
pub(super) struct Apart {
    signed: Vec<u8>,
    subjects: BTreeSet<Digest>,
    /// What it comes to for every artifact that it names.
    found: Option<Vec<Found>>,
}

impl Handed {
    fn read(bytes: &[u8]) -> Self {
        let file = match provenance::read(bytes) {
            Ok(file) => file,
            Err(fault) if fault.code == "provenance-unrecognized" => return Self::Nothing,
            Err(_) => return Self::Together,
        };
        let is_build = |one: &&Attestation| one.provenance().is_some();
        if !file.readable.iter().any(|one| is_build(&one)) {
            return Self::Nothing;
        }
        let is_apart = |one: &Attestation| {
            one.wrapping != Wrapping::Bare
                && one.named_digests.is_empty()
                && one.publication().is_none()
                && !subjects(one).is_empty()
        };
        if !file.refused.is_empty() || !file.readable.iter().all(is_apart) {
            return Self::Together;
        }
        let builds = file.readable.iter().filter(is_build);
        let apart = builds.map(|one| Apart {
            signed: one.signed.clone(),
            subjects: subjects(one),
            found: None,
        });
        Self::Apart(apart.collect())
    }
}

fn subjects(attestation: &Attestation) -> BTreeSet<Digest> {
    let subjects = attestation.statement.subjects.iter();
    subjects
        .filter_map(|one| one.digest("sha256")?.parse().ok())
        .collect()
}

impl Candidates<'_> {
    /// What the file at `path` says about the build of `target`. A file that is handed in as a signature counts only
    /// where it holds provenance of this very artifact.
    pub(super) fn found(&self, target: &Target<'_>, path: &str, is_provenance: bool) -> Vec<Found> {
        let role = if is_provenance {
            "provenance"
        } else {
            "signature"
        };
        let Some(held) = self.files.as_role(path, role) else {
            return Vec::new();
        };
        let mut judged = self.judged.borrow_mut();
        let handed = judged
            .entry(held.sha256)
            .or_insert_with(|| Handed::read(&held.bytes));
        let file = Held {
            path: path.to_owned(),
            bytes: Vec::new(),
            sha256: held.sha256,
        };
        match handed {
            Handed::Nothing if !is_provenance => Vec::new(),
            Handed::Nothing | Handed::Together => {
                let subject = self.digests(target, &held.bytes);
                self.judge(&file, &held.bytes, &subject)
            }
            Handed::Apart(list) => {
                let subject = vec![(Algorithm::Sha256, target.sha256.hex())];
                let mut about = list.iter_mut();
                let about: Vec<_> = about
                    .by_ref()
                    .filter(|one| one.subjects.contains(&target.sha256))
                    .collect();
                if about.is_empty() && is_provenance {
                    // It is handed in for this artifact and speaks of others.
                    return self.judge(&file, &held.bytes, &subject);
                }
                let judge = |one: &mut Apart| {
                    let found = one
                        .found
                        .get_or_insert_with(|| self.judge(&file, &one.signed, &subject));
                    found.clone()
                };
                about.into_iter().flat_map(judge).collect()
            }
        }
    }

    /// The digests of an artifact: by other algorithms only where no statement names any by SHA-256.
    fn digests(&self, target: &Target<'_>, bytes: &[u8]) -> Vec<(Algorithm, String)> {
        let mut digests = vec![(Algorithm::Sha256, target.sha256.hex())];
        let read = provenance::read(bytes).map(|file| file.readable);
        let builds = read.unwrap_or_default();
        let mut builds = builds.iter().filter(|one| one.provenance().is_some());
        if builds.any(|one| subjects(one).is_empty())
            && let Ok(whole) = target.whole(self.gathered)
        {
            let others = [Algorithm::Sha384, Algorithm::Sha512];
            digests.extend(others.map(|algorithm| (algorithm, algorithm.hex_of(whole))));
        }
        digests
    }

    /// Judges attestations in every way in which they may be signed.
    fn judge(&self, file: &Held, bytes: &[u8], subject: &[(Algorithm, String)]) -> Vec<Found> {
        let ground = SignatureRequest {
            trusted_root: self
                .agreement
                .root
                .as_ref()
                .map(|(held, _)| held.material()),
            ..SignatureRequest::new(Artifact::default(), self.agreement.at)
        };
        let ask = |trust: SignatureRequest<'_>, register, signer_is_agreed| {
            let outcome = check_provenance(&ProvenanceRequest {
                attestation: Material {
                    name: &file.path,
                    bytes,
                },
                expectation: Expectation {
                    subject: subject.to_vec(),
                    signer_is_agreed,
                    ..self.expectation.clone()
                },
                builders: &self.gathered.request.library.builders,
                policy_only: false,
                trust,
                register,
            });
            let cited = whole(&file.path, file.sha256);
            match outcome {
                Ok(outcome) => found(&outcome, cited),
                Err(refused) => Found {
                    why: Why::Fault(Box::new(
                        refused.0.into_iter().next().unwrap_or_else(unread),
                    )),
                    supported: 0,
                    reason: None,
                    builder: String::new(),
                    cited,
                    held: 0,
                },
            }
        };
        // The register rules where it names somebody for provenance; else the agreed or known builder has to sign, or
        // the signer whom the manifest names.
        match &self.agreement.signers {
            Signers::Register {
                policy,
                file: register,
                supplier,
            } if self.agreement.lacks_grant(Purpose::Provenance).is_none() => {
                let suppliers = [supplier.as_str()];
                let register = Register {
                    policy,
                    file: &register.path,
                    suppliers: &suppliers,
                };
                vec![ask(ground, Some(register), true)]
            }
            Signers::Named => {
                let mut found = vec![ask(ground.clone(), None, false)];
                let keys = self.agreement.general_keys();
                // A certificate is proven by its own name alone, which here is nobody's whom a key was agreed for.
                if !keys.is_empty() && !has_certificate(bytes) {
                    let by_key = SignatureRequest {
                        keys,
                        threshold: self.agreement.threshold(),
                        ..ground.clone()
                    };
                    found.push(ask(by_key, None, true));
                    // The keys were at hand; whether they fit is told by the second answer.
                    found.retain(|one| !matches!(one.why, Why::Missing(Missing::Key)));
                }
                let agreed = self.agreement.identity().filter(|_| self.has_builder);
                if let Some((identity, issuer)) = agreed {
                    let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
                    let by_signer = SignatureRequest {
                        identity: exact(identity),
                        issuer: exact(issuer),
                        ..ground
                    };
                    found.push(ask(by_signer, None, true));
                }
                found
            }
            Signers::Register { .. } | Signers::Nobody => vec![ask(ground, None, false)],
        }
    }
}

/// Whether an attestation of a file brings the certificate that it was signed by.
fn has_certificate(bytes: &[u8]) -> bool {
    let read = provenance::read(bytes).map(|file| file.readable);
    let brings = |one: &Attestation| one.wrapping == Wrapping::Bundle && one.signer.is_some();
    read.unwrap_or_default().iter().any(brings)
}

/// What an outcome comes to.
fn found(outcome: &Outcome, cited: Citation) -> Found {
    let checks = &outcome.judgment.checks;
    let failed = checks.iter().find(|one| !one.passed);
    let refusal = outcome.verifications.iter().find_map(|one| one.refusal());
    let why = match (failed, outcome.signature) {
        _ if outcome.passed => Why::Passed,
        (_, Signature::Failed) => {
            Why::Signature(refusal.map_or(CheckName::Signature, |check| check.name))
        }
        (Some(one), Signature::Verified | Signature::NotChecked) => {
            Why::Judgment(one.name.word(), one.detail.clone())
        }
        (None, _) => Why::Missing(
            outcome
                .missing
                .iter()
                .copied()
                .min_by_key(|one| matches!(one, Missing::Key | Missing::TrustedRoot))
                .unwrap_or(Missing::Signature),
        ),
    };
    Found {
        why,
        supported: outcome.level.supported,
        reason: outcome.level.reasons.last().copied(),
        builder: outcome
            .judgment
            .builder()
            .map(ToString::to_string)
            .unwrap_or_default(),
        cited,
        held: checks.iter().filter(|one| one.passed).count(),
    }
}

fn unread() -> Diagnostic {
    let at = crate::diagnostic::Place::whole();
    Diagnostic::error("provenance-malformed", at, "the provenance cannot be read")
}
