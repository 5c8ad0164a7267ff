//! The SLSA Build level: what the builder claims, and what is supported by what was verified.
//!
//! Source: SLSA v1.0, "Security levels", Build track. Level 1: provenance exists and tells how the package was
//! built. Level 2: a hosted platform made and signed it. Level 3: what signs is out of reach of the steps that
//! build. A level is never supported beyond what was verified here: the builder's word alone raises none.

use serde::Serialize;

use super::builder::BuilderKind;
use super::{CheckName, Expectation, Judgment};
use crate::evidence::provenance::{Attestation, Wrapping};

/// Whether the signatures were verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Checked, and one of them did not hold.
    Failed,
    /// Not all of them could be checked, with what was handed in.
    NotChecked,
    /// All were verified.
    Verified,
}

/// A reason for a level. For each there is a sentence (messages `provenance-level-NAME`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There is no provenance of this artifact.
    NoProvenance,
    /// The provenance is incomplete or contradicts itself.
    Incomplete,
    /// The signature does not hold.
    SignatureFailed,
    /// Provenance exists and is complete.
    Complete,
    /// The signature was not verified.
    SignatureNotVerified,
    /// The builder is not one that was agreed or is trusted.
    BuilderNotAccepted,
    /// The signature proves a key or a signer, and not that it is the builder's.
    KeyIsNotBuilders,
    /// It is not known that the builder runs on a hosted platform.
    NotHosted,
    /// The builder's verified name signed, on a hosted platform.
    SignedByBuilder,
    /// It is not known that what signs is out of reach of the steps that build.
    NotIsolated,
    /// The builder is not at a release, or is the trial of its makers.
    NotReleased,
    /// What signs is out of reach of the steps that build.
    Isolated,
}

impl Reason {
    /// Every reason, in the order above.
    pub const ALL: [Self; 12] = [
        Self::NoProvenance,
        Self::Incomplete,
        Self::SignatureFailed,
        Self::Complete,
        Self::SignatureNotVerified,
        Self::BuilderNotAccepted,
        Self::KeyIsNotBuilders,
        Self::NotHosted,
        Self::SignedByBuilder,
        Self::NotIsolated,
        Self::NotReleased,
        Self::Isolated,
    ];

    /// The stable kebab-case word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoProvenance => "no-provenance",
            Self::Incomplete => "incomplete",
            Self::SignatureFailed => "signature-failed",
            Self::Complete => "complete",
            Self::SignatureNotVerified => "signature-not-verified",
            Self::BuilderNotAccepted => "builder-not-accepted",
            Self::KeyIsNotBuilders => "key-is-not-builders",
            Self::NotHosted => "not-hosted",
            Self::SignedByBuilder => "signed-by-builder",
            Self::NotIsolated => "not-isolated",
            Self::NotReleased => "not-released",
            Self::Isolated => "isolated",
        }
    }
}

/// A SLSA Build level with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// What the named builder is said to reach; `None` where it is not known.
    pub claimed: Option<u8>,
    /// What is supported by what was verified: `0..=3`.
    pub supported: u8,
    /// Why that, and why no more.
    pub reasons: Vec<Reason>,
}

/// Tells the level of one judged provenance, whose signatures were verified as `signature` says.
///
/// Expectations on the source do not touch the level: they say whether this is the right package, the level how
/// well it is known what it is.
pub fn level(
    judgment: &Judgment,
    attestation: &Attestation,
    expectation: &Expectation,
    signature: Signature,
) -> Level {
    let (supported, reasons) = supported(judgment, attestation, expectation, signature);
    Level {
        claimed: judgment.builder.known.as_ref().map(|known| known.level),
        supported,
        reasons,
    }
}

fn supported(
    judgment: &Judgment,
    attestation: &Attestation,
    expectation: &Expectation,
    signature: Signature,
) -> (u8, Vec<Reason>) {
    let Some(provenance) = attestation.provenance() else {
        return (0, vec![Reason::NoProvenance]);
    };
    if !judgment.holds(CheckName::Subject) {
        return (0, vec![Reason::NoProvenance]);
    }
    if signature == Signature::Failed {
        return (0, vec![Reason::SignatureFailed]);
    }
    if !judgment.holds(CheckName::Statement) || !provenance.describes_parameters {
        return (0, vec![Reason::Incomplete]);
    }
    let mut reasons = vec![Reason::Complete];
    let builder = &judgment.builder;
    let mut held_down_by = |reason: Reason| {
        reasons.push(reason);
        (1, reasons.clone())
    };
    if signature == Signature::NotChecked {
        return held_down_by(Reason::SignatureNotVerified);
    }
    if !judgment.holds(CheckName::BuilderId) {
        return held_down_by(Reason::BuilderNotAccepted);
    }
    if builder.by_agreement {
        return held_down_by(Reason::KeyIsNotBuilders);
    }
    let kind = builder.known.as_ref().map(|known| known.kind);
    // A certificate beside the signature of an envelope is not what that signature was verified by.
    let by_certificate = builder.by_certificate && attestation.wrapping == Wrapping::Bundle;
    if !by_certificate && kind != Some(BuilderKind::Service) {
        return held_down_by(Reason::KeyIsNotBuilders);
    }
    let runner = attestation
        .signer
        .as_ref()
        .filter(|_| by_certificate)
        .and_then(|signer| signer.runner_environment.as_deref());
    let hosted = match runner {
        Some(runner) => runner == "github-hosted",
        None => builder.known.is_some() || builder.delegator.is_some(),
    };
    if !hosted {
        return held_down_by(Reason::NotHosted);
    }
    reasons.push(Reason::SignedByBuilder);
    let said = builder.known.as_ref().map_or(2, |known| known.level);
    if said < 2 {
        reasons.push(Reason::NotHosted);
        return (1, reasons);
    }
    let isolated = builder
        .known
        .as_ref()
        .is_some_and(|known| known.isolates_signing && known.level > 2)
        && builder
            .delegator
            .as_ref()
            .is_none_or(|delegator| delegator.isolates_signing);
    // A key is the service's where the agency agreed on the two together.
    let by_agreed_key = by_certificate || expectation.builder.is_some();
    // A builder that is delegated to never signs by itself.
    let delegated = kind != Some(BuilderKind::Delegated) || builder.delegator.is_some();
    if !isolated || !by_agreed_key || !delegated {
        reasons.push(Reason::NotIsolated);
        return (2, reasons);
    }
    if builder.on_trial {
        reasons.push(Reason::NotReleased);
        return (2, reasons);
    }
    reasons.push(Reason::Isolated);
    (3, reasons)
}
