//! The signatures of a dossier, each with the files that it belongs to, and their verification under what the
//! agency trusts.

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::detect::Kind as EvidenceKind;
use crate::evidence::signature::sigstore::{Sigstore, claimed_digests};
use crate::evidence::signature::{self, Artifact, Expected, Kind, Material, Trust, Verification};
use crate::evidence::{Citation, Evidence};
use crate::fact::Establishment;
use crate::fact::dossier::{Dossier, Sorted};
use crate::time::{Timestamp, end_of_day};
use crate::trust::{Ask, Purpose, TrustPolicy, admit, parse};

/// The format under which a register of who may sign what is detected.
const POLICY_FORMAT: &str = "mekiki-trust-policy";

/// The label of a list of revoked certificates in PEM (RFC 7468, section 6).
const REVOCATIONS: &[u8] = b"-----BEGIN X509 CRL-----";

/// Verifies the signatures of a dossier.
pub(in crate::fact) struct Verifier<'a> {
    candidates: Vec<Candidate<'a>>,
    roots: Vec<(Citation, Sigstore)>,
    expected: Option<Signers<'a>>,
    revocations: Vec<&'a Evidence>,
    /// The end of the day of judgment.
    at: Timestamp,
}

/// Who is expected to sign.
enum Signers<'a> {
    /// Those of the agency's register, under the names by which it may know the supplier.
    Policy {
        policy: Box<TrustPolicy>,
        evidence: &'a Evidence,
        suppliers: Vec<&'a str>,
    },
    /// One identity with its issuer, named by the tender.
    Named {
        identity: &'a str,
        issuer: &'a str,
        at: &'a Citation,
    },
}

/// A signature with the paths of the files that it belongs to.
struct Candidate<'a> {
    evidence: &'a Evidence,
    kind: Kind,
    files: Vec<&'a str>,
}

/// The outcome of one signature over one file.
pub(in crate::fact) struct Outcome<'a> {
    pub(in crate::fact) signature: &'a Evidence,
    pub(in crate::fact) verification: Result<Verification, Diagnostic>,
    /// Whether somebody else signed than the register admits, proven.
    pub(in crate::fact) is_changed: bool,
}

impl Outcome<'_> {
    /// The verification, where it holds.
    pub(in crate::fact) fn verified(&self) -> Option<&Verification> {
        self.verification.as_ref().ok().filter(|one| one.verified)
    }
}

/// One file with the signatures that belong to it.
pub(in crate::fact) struct Signed<'a> {
    pub(in crate::fact) file: &'a Evidence,
    pub(in crate::fact) outcomes: Vec<Outcome<'a>>,
}

impl Signed<'_> {
    /// The signatures that verify.
    pub(in crate::fact) fn verifications(&self) -> impl Iterator<Item = &Verification> {
        self.outcomes.iter().filter_map(Outcome::verified)
    }

    /// Whether one of the signatures verifies.
    pub(in crate::fact) fn is_verified(&self) -> bool {
        self.verifications().next().is_some()
    }
}

impl<'a> Verifier<'a> {
    /// Gathers signatures and what the agency trusts; what cannot be used of it is remarked on.
    pub(in crate::fact) fn new(dossier: &Dossier<'a>, found: &mut Establishment) -> Self {
        let mut roots = Vec::new();
        for sorted in dossier.agency_of(EvidenceKind::TrustRoot) {
            if sorted.detection.format != "sigstore-trusted-root" {
                continue;
            }
            match Sigstore::new(&sorted.evidence.bytes) {
                Ok(verifier) => roots.push((sorted.evidence.cite(Place::whole()), verifier)),
                Err(fault) => found
                    .remarks
                    .push(fault.in_file(sorted.evidence.path.clone())),
            }
        }
        let revocations = dossier.agency.iter().map(|sorted| sorted.evidence);
        Self {
            candidates: candidates(dossier),
            roots,
            expected: signers(dossier, found),
            revocations: revocations
                .filter(|evidence| evidence.bytes.starts_with(REVOCATIONS))
                .collect(),
            at: end_of_day(dossier.as_of),
        }
    }

    /// The signatures, whether or not they verify.
    pub(in crate::fact) fn signatures(&self) -> impl Iterator<Item = &'a Evidence> {
        self.candidates.iter().map(|candidate| candidate.evidence)
    }

    /// Why nothing can be verified, if so.
    pub(in crate::fact) fn obstacle(&self) -> Option<&'static str> {
        self.obstacle_of(self.candidates.iter().map(|candidate| candidate.kind))
    }

    /// Why no signature of these kinds can be verified, if so.
    pub(in crate::fact) fn obstacle_of(
        &self,
        mut kinds: impl Iterator<Item = Kind>,
    ) -> Option<&'static str> {
        match &self.expected {
            Some(Signers::Policy { .. }) => (self.roots.is_empty()
                && kinds.all(|kind| kind == Kind::Sigstore))
            .then_some("no trusted root is at hand, so no signature was verified"),
            Some(Signers::Named { .. }) if self.roots.is_empty() => {
                Some("no trusted root is at hand, so no signature was verified")
            }
            Some(Signers::Named { .. }) => kinds.all(|kind| kind != Kind::Sigstore).then_some(
                "the agency's trust policy is not at hand, so no signature was verified",
            ),
            None => Some("the tender names no expected signer, so no signature was verified"),
        }
    }

    /// What the agency trusts, to be cited.
    pub(in crate::fact) fn citations(&self) -> impl Iterator<Item = Citation> {
        let expected = self.expected.iter().map(|expected| match expected {
            Signers::Policy { evidence, .. } => evidence.cite(Place::whole()),
            Signers::Named { at, .. } => (*at).clone(),
        });
        let roots = self.roots.iter().map(|(citation, _)| citation.clone());
        let revocations = self.revocations.iter();
        roots
            .chain(expected)
            .chain(revocations.map(|evidence| evidence.cite(Place::whole())))
    }

    /// Verifies the signatures that belong to `file`, as signatures for `purpose`.
    pub(in crate::fact) fn verify(&self, file: &'a Evidence, purpose: Purpose) -> Signed<'a> {
        let outcomes = self
            .candidates
            .iter()
            .filter(|candidate| candidate.files.contains(&file.path.as_str()))
            .map(|candidate| {
                let signature = (candidate.kind, candidate.evidence.bytes.as_ref());
                let artifact = Artifact::of_bytes(&file.bytes);
                self.outcome(candidate.evidence, signature, &artifact, purpose)
            })
            .collect();
        Signed { file, outcomes }
    }

    /// Verifies a signature in the file `evidence`, given by its kind and its own bytes, over `artifact`.
    pub(in crate::fact) fn outcome(
        &self,
        evidence: &'a Evidence,
        signature: (Kind, &[u8]),
        artifact: &Artifact<'_>,
        purpose: Purpose,
    ) -> Outcome<'a> {
        let (kind, _) = signature;
        let verify = |trust: &Trust<'_>| self.under_each_root(signature, artifact, trust);
        let revocations = self.revocations.iter().map(|evidence| Material {
            name: &evidence.path,
            bytes: &evidence.bytes,
        });
        let trust = Trust {
            revocations: revocations.collect(),
            ..Trust::none(self.at)
        };
        let (verification, is_changed) = match &self.expected {
            Some(Signers::Policy {
                policy,
                evidence: register,
                suppliers,
            }) => {
                let ask = Ask {
                    suppliers,
                    purpose,
                    kind,
                    file: &register.path,
                };
                match admit(policy, &ask, &trust, &verify) {
                    Ok(admission) => (Ok(admission.verification), admission.is_changed),
                    Err(fault) => (Err(fault), false),
                }
            }
            Some(Signers::Named {
                identity, issuer, ..
            }) => {
                let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
                let trust = Trust {
                    identity: exact(identity),
                    issuer: exact(issuer),
                    ..trust
                };
                (verify(&trust), false)
            }
            None => (Err(missing_root()), false),
        };
        Outcome {
            signature: evidence,
            verification,
            is_changed,
        }
    }

    /// Verifies under one trusted root after the other until one holds; kinds that need none, once.
    fn under_each_root(
        &self,
        (kind, bytes): (Kind, &[u8]),
        artifact: &Artifact<'_>,
        trust: &Trust<'_>,
    ) -> Result<Verification, Diagnostic> {
        let verify = |trust: &Trust<'_>| signature::verify(kind, bytes, artifact, trust);
        if kind != Kind::Sigstore {
            return verify(trust);
        }
        let mut last = Err(missing_root());
        for (_, root) in &self.roots {
            last = verify(&Trust {
                sigstore: Some(root),
                ..trust.clone()
            });
            if last.as_ref().is_ok_and(|one| one.verified) {
                break;
            }
        }
        last
    }
}

fn missing_root() -> Diagnostic {
    let message = "no trusted root is at hand";
    Diagnostic::error("trusted-root-missing", Place::whole(), message)
        .help("put the trusted_root.json of the signing infrastructure into the agency's files")
}

/// Who is expected to sign: the register rules where there is one.
fn signers<'a>(dossier: &Dossier<'a>, found: &mut Establishment) -> Option<Signers<'a>> {
    let mut policies = dossier
        .agency
        .iter()
        .filter(|sorted| sorted.detection.format == POLICY_FORMAT);
    if let Some(sorted) = policies.next() {
        let path = &sorted.evidence.path;
        if let Some(second) = policies.next() {
            let message = format!("the agency holds two trust policies, this and `{path}`");
            found.remarks.push(
                Diagnostic::error("trust-policy-several", Place::whole(), message)
                    .help("keep one register")
                    .in_file(second.evidence.path.clone()),
            );
            return None;
        }
        let offering = dossier.offering;
        return match parse(&sorted.evidence.bytes) {
            Ok(policy) => Some(Signers::Policy {
                policy: Box::new(policy),
                evidence: sorted.evidence,
                suppliers: std::iter::once(offering.id.as_str())
                    .chain(offering.corporate_number.as_deref())
                    .collect(),
            }),
            Err(faults) => {
                let faults = faults.into_iter().map(|fault| fault.in_file(path.clone()));
                found.remarks.extend(faults);
                None
            }
        };
    }
    let (identity, issuer) = dossier.offering.signer.as_ref()?;
    Some(Signers::Named {
        identity,
        issuer,
        at: &dossier.offering.named_at,
    })
}

/// Every signature that was handed in: files of their own, and those inside an SBOM.
fn candidates<'a>(dossier: &Dossier<'a>) -> Vec<Candidate<'a>> {
    let own = dossier.handed_in.iter().filter_map(|sorted| {
        let evidence = sorted.evidence;
        let kind = dossier.signature_kind(sorted)?;
        Some(Candidate {
            evidence,
            kind,
            files: files_of(dossier, evidence),
        })
    });
    let inside = dossier
        .handed_in_of(EvidenceKind::Sbom)
        .filter_map(|sorted| {
            let evidence = sorted.evidence;
            Some(Candidate {
                evidence,
                kind: Kind::of(&evidence.bytes, true).ok()?,
                files: vec![&evidence.path],
            })
        });
    own.chain(inside).collect()
}

/// The paths of the files that a signature belongs to: the one whose path it extends furthest
/// (`x.tgz` and `x.tgz.sigstore.json`), else those with the digests that it names.
fn files_of<'a>(dossier: &Dossier<'a>, signature: &Evidence) -> Vec<&'a str> {
    if let Some(file) = extended(dossier, signature) {
        return vec![file];
    }
    let claimed = claimed_digests(&signature.bytes);
    signed(dossier)
        .filter(|file| claimed.contains(&file.digest))
        .map(|file| file.path.as_str())
        .collect()
}

/// The path of the file that `signature` stands beside: the longest one that its own path extends by a dot and
/// more.
pub(in crate::fact) fn extended<'a>(
    dossier: &Dossier<'a>,
    signature: &Evidence,
) -> Option<&'a str> {
    let paths = signed(dossier).map(|file| file.path.as_str());
    paths
        .filter(|path| {
            let rest = signature.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with('.'))
        })
        .max_by_key(|path| path.len())
}

/// What was handed in and is no signature itself.
fn signed<'d, 'a>(dossier: &'d Dossier<'a>) -> impl Iterator<Item = &'a Evidence> + use<'d, 'a> {
    let signed = dossier
        .handed_in
        .iter()
        .filter(|one| dossier.signature_kind(one).is_none());
    signed.map(|one: &Sorted<'a>| one.evidence)
}
