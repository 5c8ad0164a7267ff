//! The provenance of one artifact: what of it verifies, and what it then says.

use super::{Handed, kind, statement_at};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest};
use crate::evidence::Evidence;
use crate::evidence::provenance::Attestation;
use crate::evidence::signature::{Artifact, Verification};
use crate::fact::Establishment;
use crate::fact::dossier::{AgreedBuild, Dossier};
use crate::fact::signature::{Verifier, extended};
use crate::provenance::{
    BuilderId, Builders, CheckName, Expectation, Judgment, Level, Signature, check, level,
    publication_of,
};
use crate::trust::Purpose;

/// The digests that statements name artifacts by.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512];

/// By what provenance is judged.
pub(super) struct Judge<'j, 'a> {
    pub(super) dossier: &'j Dossier<'a>,
    pub(super) verifier: &'j Verifier<'a>,
    pub(super) builders: &'j Builders,
    pub(super) handed: &'j [Handed<'a>],
}

/// What is proven of one artifact.
pub(super) struct Built<'a> {
    pub(super) file: &'a Evidence,
    /// Every provenance of it that verifies and is whole.
    pub(super) proven: Vec<Proven>,
    /// Why one could not be verified.
    pub(super) obstacle: Option<String>,
}

/// A provenance whose signature verified, judged.
pub(super) struct Proven {
    pub(super) judgment: Judgment,
    pub(super) level: Level,
}

impl<'a> Judge<'_, 'a> {
    pub(super) fn artifact(&self, file: &'a Evidence, found: &mut Establishment) -> Built<'a> {
        let artifact = Artifact::of_bytes(&file.bytes);
        let expectation = expectation(self.dossier.offering.provenance.as_ref(), &artifact);
        let mut built = Built {
            file,
            proven: Vec::new(),
            obstacle: None,
        };
        for handed in self.handed {
            let beside = extended(self.dossier, handed.evidence);
            if beside.is_some_and(|path| path != file.path) {
                continue;
            }
            for attestation in handed.builds() {
                let names = |(algorithm, digits): &(Algorithm, String)| {
                    let name = algorithm.name().replace('-', "").to_ascii_lowercase();
                    let mut subjects = attestation.statement.subjects.iter();
                    subjects.any(|one| one.digest(&name) == Some(digits))
                };
                if beside.is_none() && !expectation.subject.iter().any(names) {
                    continue;
                }
                let question = Question {
                    judge: self,
                    handed,
                    attestation,
                    artifact: &artifact,
                    expectation: &expectation,
                };
                match question.answer() {
                    Answer::Proven(proven) => {
                        let failed = proven.judgment.checks.iter().filter(|one| !one.passed);
                        // Where nothing was agreed, there is nobody to be another builder than.
                        let asked = expectation.builder.is_some();
                        for one in failed.filter(|_| asked) {
                            let said = (one.name.word(), one.detail.as_str());
                            found.remarks.push(question.refusal(file, said));
                        }
                        built.proven.push(*proven);
                    }
                    Answer::Refused(word, detail) => {
                        found.remarks.push(question.refusal(file, (word, &detail)));
                    }
                    Answer::Open(reason) => built.obstacle = built.obstacle.or(Some(reason)),
                }
            }
        }
        built
    }
}

/// What comes of one attestation: proven, refused by the check of this name for this reason, or open.
enum Answer {
    Proven(Box<Proven>),
    Refused(&'static str, String),
    Open(String),
}

/// One attestation held against one artifact.
struct Question<'q, 'j, 'a> {
    judge: &'q Judge<'j, 'a>,
    handed: &'q Handed<'a>,
    attestation: &'q Attestation,
    artifact: &'q Artifact<'a>,
    expectation: &'q Expectation,
}

impl Question<'_, '_, '_> {
    fn answer(&self) -> Answer {
        let verification = match self.verify(self.attestation) {
            Ok(verification) => verification,
            Err(answer) => return answer,
        };
        let publications: Vec<_> = self
            .handed
            .attestations
            .iter()
            .filter(|one| one.publication().is_some())
            .collect();
        let publication = publication_of(self.attestation, &publications);
        if let Some(Err(answer)) = publication.map(|one| self.verify(one)) {
            return answer;
        }
        let mut attestation = self.attestation.clone();
        // Only the certificate that the signature was verified by tells who signed.
        attestation.signer = attestation.signer.filter(|claims| {
            verification.signer.certificate_sha256 == Some(Digest::of(&claims.der))
        });
        let judgment = check(
            &attestation,
            publication,
            self.expectation,
            self.judge.builders,
        );
        let about = |name: CheckName| matches!(name, CheckName::Statement | CheckName::Subject);
        let mut failed = judgment.checks.iter().filter(|one| !one.passed);
        if let Some(one) = failed.find(|one| about(one.name)) {
            return Answer::Refused(one.name.word(), one.detail.clone());
        }
        let level = level(
            &judgment,
            &attestation,
            self.expectation,
            Signature::Verified,
        );
        Answer::Proven(Box::new(Proven { judgment, level }))
    }

    fn verify(&self, attestation: &Attestation) -> Result<Verification, Answer> {
        let Some(kind) = kind(attestation) else {
            let detail = "the statement is not signed".to_owned();
            return Err(Answer::Refused("signature", detail));
        };
        let signature = (kind, attestation.signed.as_slice());
        let outcome = self.judge.verifier.outcome(
            self.handed.evidence,
            signature,
            self.artifact,
            Purpose::Provenance,
        );
        let verification = outcome
            .verification
            .map_err(|fault| Answer::Open(fault.message))?;
        match verification.refusal() {
            _ if verification.verified => Ok(verification),
            Some(check) => Err(Answer::Refused(check.name.word(), check.detail.clone())),
            None => Err(Answer::Refused("signature", String::new())),
        }
    }

    fn refusal(&self, file: &Evidence, (word, detail): (&str, &str)) -> Diagnostic {
        let message = format!(
            "the provenance of `{}` is refused: {word}: {detail}",
            file.path
        );
        let at: Place = statement_at(self.attestation);
        Diagnostic::error("provenance-refused", at, message)
            .help("ask the supplier for the provenance that was agreed on, and hold it by `mekiki provenance check`")
            .in_file(self.handed.evidence.path.clone())
    }
}

/// What the tender agrees on, for one artifact. The signer is agreed on by the register or by the tender, and it
/// is the verification that proves it.
fn expectation(agreed: Option<&AgreedBuild>, artifact: &Artifact<'_>) -> Expectation {
    let digests = ALGORITHMS
        .into_iter()
        .filter_map(|algorithm| Some((algorithm, artifact.digest_hex(algorithm)?)));
    Expectation {
        subject: digests.collect(),
        // A tender file whose source names no repository was refused.
        source_uri: agreed.and_then(|agreed| Expectation::source(&agreed.source).ok()),
        source_tag: agreed.and_then(|agreed| agreed.source_tag.clone()),
        builder: agreed.map(|agreed| BuilderId::parse(&agreed.builder)),
        build_type: agreed.and_then(|agreed| agreed.build_type.clone()),
        signer_is_agreed: true,
        ..Expectation::default()
    }
}
