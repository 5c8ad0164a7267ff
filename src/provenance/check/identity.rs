//! Whether the builder is the one that was agreed, or one that is trusted where nobody was.

use crate::evidence::provenance::{Attestation, Field, Provenance, Wrapping};
use crate::provenance::builder::{Builder, BuilderKind, Builders};
use crate::provenance::reference::is_release_tag;
use crate::provenance::{BuilderId, Expectation};
use crate::text::printable;

/// Who vouches for the names of workflows on GitHub.
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// What was concluded about the builder.
#[derive(Debug, Clone, Default)]
pub(in crate::provenance) struct Judged {
    /// The builder that the provenance names.
    pub(in crate::provenance) named: Option<BuilderId>,
    /// What is known of it.
    pub(in crate::provenance) known: Option<Builder>,
    /// What is known of the workflow that signs for it.
    pub(in crate::provenance) delegator: Option<Builder>,
    /// Whether it counts at a branch, as a trial of its makers.
    pub(in crate::provenance) on_trial: bool,
    /// Whether the name in a certificate was compared, and not only the provenance's own word.
    pub(in crate::provenance) by_certificate: bool,
    /// Whether only an agreement ties the signer to the builder.
    pub(in crate::provenance) by_agreement: bool,
    /// Who must have vouched for the name of the signer.
    pub(in crate::provenance) issuer: String,
    /// What was found.
    pub(in crate::provenance) found: Vec<Field>,
    /// Why it is not accepted.
    pub(in crate::provenance) refusal: Option<String>,
}

impl Judged {
    /// What was found, in one line.
    pub(super) fn detail(&self) -> String {
        let found: Vec<_> = self
            .found
            .iter()
            .map(|found| format!("`{}` at {}", printable(&found.value), printable(&found.at)))
            .collect();
        let found = if found.is_empty() {
            "nothing".to_owned()
        } else {
            found.join(", ")
        };
        match &self.refusal {
            Some(refusal) => format!("{}; found {found}", printable(refusal)),
            None => format!("found {found}"),
        }
    }
}

pub(super) fn judge(
    attestation: &Attestation,
    provenance: &Provenance,
    expectation: &Expectation,
    builders: &Builders,
) -> Judged {
    let named = provenance
        .builder
        .as_ref()
        .map(|builder| BuilderId::parse(&builder.value));
    let identity = attestation
        .signer
        .as_ref()
        .and_then(|signer| signer.identity.as_deref());
    let mut found: Vec<Field> = provenance.builder.iter().cloned().collect();
    found.extend(identity.map(|identity| Field {
        value: identity.to_owned(),
        at: "the certificate's identity".to_owned(),
    }));
    let known = named
        .as_ref()
        .and_then(|named| builders.lookup(&named.address));
    let mut judged = Judged {
        known: known.cloned(),
        by_certificate: identity.is_some(),
        issuer: GITHUB.to_owned(),
        found,
        named,
        ..Judged::default()
    };
    let Some(named) = judged.named.clone() else {
        judged.refusal = Some("the provenance names no builder".to_owned());
        return judged;
    };
    let question = Question {
        named: &named,
        attestation,
        provenance,
        expectation,
        builders,
    };
    let answer = match (&attestation.signer, identity) {
        (Some(_), None) => Err("the certificate names nobody, or several".to_owned()),
        (Some(_), Some(identity)) => question.by_identity(&mut judged, &BuilderId::parse(identity)),
        (None, _) => question.by_own_word(&mut judged),
    };
    // The agency agreed on the two by name, so neither has to name the other.
    let agreed = expectation.signer_is_agreed && expectation.builder.is_some();
    judged.by_agreement = agreed && answer.is_err();
    let answer = if judged.by_agreement { Ok(()) } else { answer };
    judged.refusal = answer.and_then(|()| question.expected()).err();
    judged
}

struct Question<'a> {
    named: &'a BuilderId,
    attestation: &'a Attestation,
    provenance: &'a Provenance,
    expectation: &'a Expectation,
    builders: &'a Builders,
}

impl Question<'_> {
    /// The builder that the provenance names is the agreed one, in the agreed version.
    fn expected(&self) -> Result<(), String> {
        let Some(expected) = &self.expectation.builder else {
            return Ok(());
        };
        if self.address_as_hosted() != expected.address && self.named.address != expected.address {
            return Err(format!("the builder is not `{}`", expected.address));
        }
        match &expected.version {
            Some(version) if !self.named.has_version(version) => {
                Err(format!("the builder is not of the version `{version}`"))
            }
            _ => Ok(()),
        }
    }

    /// The name of a runner with the environment that the certificate says it ran in: provenance v0.2 of npm
    /// leaves it out.
    fn address_as_hosted(&self) -> String {
        let signer = self.attestation.signer.as_ref();
        let environment = signer.and_then(|signer| signer.runner_environment.as_deref());
        match environment {
            Some(environment) if self.named.address == "https://github.com/actions/runner" => {
                format!("{}/{environment}", self.named.address)
            }
            _ => self.named.address.clone(),
        }
    }

    /// The certificate names the workflow that signed.
    fn by_identity(&self, judged: &mut Judged, signer: &BuilderId) -> Result<(), String> {
        let signing = self.builders.lookup(&signer.address);
        if let Some(issuer) = signing.and_then(|signing| signing.issuer.as_ref()) {
            issuer.clone_into(&mut judged.issuer);
        }
        let claimed = self
            .attestation
            .signer
            .as_ref()
            .and_then(|claims| claims.issuer.as_ref());
        if claimed.is_none_or(|claimed| *claimed != judged.issuer) {
            return Err(format!(
                "the signer's name is not vouched for by `{}`",
                judged.issuer
            ));
        }
        match signing.map(|signing| (signing.kind, signing)) {
            Some((BuilderKind::Delegator, delegator)) => {
                judged.delegator = Some(delegator.clone());
                if !delegator.default && self.expectation.builder.is_none() {
                    return Err("the delegating workflow is not trusted by default".to_owned());
                }
                self.released(judged, signer)?;
                self.released(judged, self.named)
            }
            Some((BuilderKind::Workflow, workflow)) => {
                if !workflow.default && self.expectation.builder.is_none() {
                    return Err(untrusted(signer));
                }
                self.same(signer)?;
                self.released(judged, signer)
            }
            _ => match &self.expectation.builder {
                Some(expected) if expected.address == signer.address => {
                    self.same(signer)?;
                    self.released(judged, signer)
                }
                Some(_) if judged.known.as_ref().is_some_and(is_platform) => {
                    self.on_platform(judged, signer)
                }
                _ => Err(untrusted(signer)),
            },
        }
    }

    /// The workflow of the source repository itself signed on a platform.
    fn on_platform(&self, judged: &mut Judged, signer: &BuilderId) -> Result<(), String> {
        let hosted = self.builders.lookup(&self.address_as_hosted());
        if hosted.is_none_or(|hosted| !is_platform(hosted)) {
            return Err(format!(
                "the platform `{}` is not known",
                self.address_as_hosted()
            ));
        }
        judged.known = hosted.cloned();
        let claims = self.attestation.signer.as_ref();
        let environment = claims.and_then(|claims| claims.runner_environment.as_deref());
        if environment != Some("github-hosted") {
            return Err("the certificate does not say that the runner is hosted".to_owned());
        }
        let repository = signer.repository();
        let of_source = self.provenance.sources.iter().all(|source| {
            repository
                .as_deref()
                .is_some_and(|repository| repository == source.parsed.repository())
        });
        if !of_source || self.provenance.sources.is_empty() {
            return Err("the signing workflow is not of the source repository".to_owned());
        }
        Ok(())
    }

    /// No certificate tells who signed: the provenance's own word, which only a key can prove.
    fn by_own_word(&self, judged: &mut Judged) -> Result<(), String> {
        let expected = self.expectation.builder.is_some();
        match judged.known.clone() {
            Some(known) if known.kind == BuilderKind::Service => {
                if known.default || expected {
                    Ok(())
                } else {
                    Err(untrusted(self.named))
                }
            }
            Some(known) if is_platform(&known) => {
                Err("only a certificate can tell which workflow ran on the platform".to_owned())
            }
            Some(known) => {
                if !known.default && !expected {
                    return Err(untrusted(self.named));
                }
                self.released(judged, self.named)
            }
            None if expected => Ok(()),
            None if self.attestation.wrapping == Wrapping::Bare => Err(format!(
                "nobody signed, and the builder `{}` is not known; agree on it by name",
                self.named.address
            )),
            None => Err(untrusted(self.named)),
        }
    }

    /// The provenance names the workflow that signed, at the same reference.
    fn same(&self, signer: &BuilderId) -> Result<(), String> {
        if self.named == signer {
            Ok(())
        } else {
            Err("the provenance names another builder than the one that signed".to_owned())
        }
    }

    /// The builder counts at the tag of a release, at a version that was agreed to the letter, or on trial.
    fn released(&self, judged: &mut Judged, builder: &BuilderId) -> Result<(), String> {
        let reference = builder.version.as_deref().unwrap_or_default();
        if is_release_tag(reference) {
            return Ok(());
        }
        let agreed = self.expectation.builder.as_ref().is_some_and(|expected| {
            expected.version.as_deref() == Some(reference) && builder.address == expected.address
        });
        if agreed && !reference.is_empty() {
            judged.on_trial = true;
            return Ok(());
        }
        let repository = builder.repository().unwrap_or_default();
        let on_trial = self.builders.trials.iter().any(|trial| {
            trial.builders == repository
                && trial.reference == reference
                && !self.provenance.sources.is_empty()
                && self
                    .provenance
                    .sources
                    .iter()
                    .all(|source| source.parsed.repository() == trial.source)
        });
        if on_trial {
            judged.on_trial = true;
            return Ok(());
        }
        Err(format!(
            "the builder `{}` is not at the tag of a release (refs/tags/vX.Y.Z)",
            builder.address
        ))
    }
}

fn is_platform(builder: &Builder) -> bool {
    builder.kind == BuilderKind::Platform
}

fn untrusted(builder: &BuilderId) -> String {
    format!(
        "`{}` is not among the builders that are trusted by default, and was not agreed by name",
        builder.address
    )
}
