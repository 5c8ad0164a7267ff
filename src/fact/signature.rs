//! Signatures over the delivery and the bills of materials, rank 6.
//!
//! A bundle belongs to the file whose path it extends furthest (`x.tgz` and `x.tgz.sigstore.json`); one
//! that extends no path belongs to the files with the digests that it names.

use super::dossier::{Dossier, Sorted};
use super::{Establishment, FactValue};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::detect::Kind;
use crate::evidence::signature::sigstore::{Sigstore, VerifyBundle, claimed_digests};
use crate::evidence::signature::{Artifact, Expected, Trust, Verification};
use crate::evidence::{Citation, Evidence};
use crate::time::{Timestamp, end_of_day};

/// The bundles of a dossier, verified one by one under the agency's trusted root.
pub(super) struct Verifier<'a> {
    bundles: Vec<Bundle<'a>>,
    roots: Vec<(Citation, Sigstore)>,
    signer: Option<(&'a str, &'a str)>,
    /// The end of the day of judgment.
    at: Timestamp,
}

/// A bundle with the paths of the files that it belongs to.
struct Bundle<'a> {
    evidence: &'a Evidence,
    files: Vec<&'a str>,
}

/// One file with the bundles that belong to it.
pub(super) struct Signed<'a> {
    pub(super) file: &'a Evidence,
    pub(super) outcomes: Vec<(&'a Evidence, Result<Verification, Diagnostic>)>,
}

impl Signed<'_> {
    pub(super) fn verified(&self) -> bool {
        self.outcomes
            .iter()
            .any(|(_, outcome)| outcome.as_ref().is_ok_and(|one| one.verified))
    }
}

impl<'a> Verifier<'a> {
    /// Gathers bundles and trusted roots; a root that cannot be used is remarked on.
    pub(super) fn new(dossier: &Dossier<'a>, found: &mut Establishment) -> Self {
        let mut roots = Vec::new();
        for sorted in dossier.agency_of(Kind::TrustRoot) {
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
        let bundles = dossier
            .handed_in_of(Kind::Signature)
            .filter(|sorted| sorted.detection.format == "sigstore-bundle")
            .map(|sorted| Bundle {
                evidence: sorted.evidence,
                files: files_of(dossier, sorted.evidence),
            })
            .collect();
        let signer = dossier
            .offering
            .signer
            .as_ref()
            .map(|(identity, issuer)| (identity.as_str(), issuer.as_str()));
        Self {
            bundles,
            roots,
            signer,
            at: end_of_day(dossier.as_of),
        }
    }

    /// The bundles, whether or not they verify.
    pub(super) fn bundles(&self) -> impl Iterator<Item = &'a Evidence> {
        self.bundles.iter().map(|bundle| bundle.evidence)
    }

    /// Why nothing can be verified, if so.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        if self.roots.is_empty() {
            Some("no trusted root is at hand, so no signature was verified")
        } else if self.signer.is_none() {
            Some("the tender names no expected signer, so no signature was verified")
        } else {
            None
        }
    }

    /// The trusted roots, to be cited.
    pub(super) fn root_citations(&self) -> impl Iterator<Item = Citation> {
        self.roots.iter().map(|(citation, _)| citation.clone())
    }

    /// Verifies the bundles that belong to `file`, which `select` admits.
    pub(super) fn verify(
        &self,
        file: &'a Evidence,
        select: impl Fn(&Evidence) -> bool,
    ) -> Signed<'a> {
        let Some((identity, issuer)) = self.signer else {
            return Signed {
                file,
                outcomes: Vec::new(),
            };
        };
        let trust = Trust {
            identity: Some(Expected::Exact(identity.to_owned())),
            issuer: Some(Expected::Exact(issuer.to_owned())),
            ..Trust::none(self.at)
        };
        let artifact = Artifact::of_bytes(&file.bytes);
        let outcomes = self
            .bundles
            .iter()
            .filter(|bundle| bundle.files.contains(&file.path.as_str()))
            .map(|bundle| bundle.evidence)
            .filter(|bundle| select(bundle))
            .map(|bundle| {
                let mut last = None;
                for (_, root) in &self.roots {
                    let outcome = root.verify(&bundle.bytes, &artifact, &trust);
                    let done = outcome.as_ref().is_ok_and(|one| one.verified);
                    last = Some(outcome);
                    if done {
                        break;
                    }
                }
                let missing = || {
                    Err(Diagnostic::error(
                        "trusted-root-missing",
                        Place::whole(),
                        "no trusted root is at hand",
                    ))
                };
                (bundle, last.unwrap_or_else(missing))
            })
            .collect();
        Signed { file, outcomes }
    }
}

/// The paths of the files that a bundle belongs to.
fn files_of<'a>(dossier: &Dossier<'a>, bundle: &Evidence) -> Vec<&'a str> {
    let others = || {
        let signed = dossier
            .handed_in
            .iter()
            .filter(|one| one.detection.kind != Kind::Signature);
        signed.map(|one| one.evidence)
    };
    let extended = others()
        .filter(|file| {
            bundle
                .path
                .strip_prefix(&file.path)
                .is_some_and(|rest| rest.starts_with('.'))
        })
        .max_by_key(|file| file.path.len());
    if let Some(file) = extended {
        return vec![&file.path];
    }
    let claimed = claimed_digests(&bundle.bytes);
    others()
        .filter(|file| claimed.contains(&file.digest))
        .map(|file| file.path.as_str())
        .collect()
}

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    let verifier = Verifier::new(dossier, found);
    if verifier.bundles().next().is_none() {
        return;
    }
    let artifacts: Vec<_> = dossier.artifacts().map(file).collect();
    let sboms: Vec<_> = dossier.handed_in_of(Kind::Sbom).map(file).collect();
    let mut logged = None;
    for (key, files) in [
        ("delivery.signature.verified", artifacts),
        ("delivery.sbom.signed", sboms),
    ] {
        if files.is_empty() {
            continue;
        }
        if let Some(obstacle) = verifier.obstacle() {
            // Without the files there would be nothing to verify, so the gap rests on them too.
            let citations = verifier
                .bundles()
                .chain(files)
                .map(|one| one.cite(Place::whole()))
                .collect();
            found.gap(key, obstacle, citations);
            continue;
        }
        let signed: Vec<_> = files
            .into_iter()
            .map(|file| verifier.verify(file, |_| true))
            .collect();
        let mut citations: Vec<_> = verifier
            .root_citations()
            .chain([dossier.offering.named_at.clone()])
            .collect();
        for one in &signed {
            citations.push(one.file.cite(Place::whole()));
            citations.extend(
                one.outcomes
                    .iter()
                    .map(|(bundle, _)| bundle.cite(Place::whole())),
            );
            remark(one, found);
        }
        let all = signed.iter().all(Signed::verified);
        let in_log = signed.iter().all(|one| {
            one.outcomes
                .iter()
                .any(|(_, outcome)| outcome.as_ref().is_ok_and(Verification::is_logged))
        });
        let (before, mut places) = logged.unwrap_or((true, Vec::new()));
        places.extend(citations.iter().cloned());
        logged = Some((before && in_log, places));
        found.machine_fact(dossier, key, FactValue::Bool(all), citations);
    }
    if let Some((in_log, citations)) = logged {
        found.machine_fact(
            dossier,
            "delivery.signature.transparency_logged",
            FactValue::Bool(in_log),
            citations,
        );
    }
}

fn file<'a>(sorted: &Sorted<'a>) -> &'a Evidence {
    sorted.evidence
}

fn remark(signed: &Signed<'_>, found: &mut Establishment) {
    if signed.verified() {
        return;
    }
    if signed.outcomes.is_empty() {
        found.remarks.push(
            Diagnostic::warning(
                "signature-absent",
                Place::whole(),
                "no signature was handed in for this file",
            )
            .help("hand in a bundle beside it, named like the file with `.sigstore.json` behind")
            .in_file(signed.file.path.clone()),
        );
    }
    for (bundle, outcome) in &signed.outcomes {
        let reason = match outcome {
            Ok(verification) => verification
                .checks
                .last()
                .map(|check| format!("{}: {}", check.name.word(), check.detail))
                .unwrap_or_default(),
            Err(fault) => fault.message.clone(),
        };
        let message = format!(
            "the signature over `{}` does not verify: {reason}",
            signed.file.path
        );
        found.remarks.push(
            Diagnostic::error("signature-refused", Place::whole(), message)
                .help("ask the supplier for the file as it was signed")
                .in_file(bundle.path.clone()),
        );
    }
}
