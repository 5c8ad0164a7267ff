//! Whether the policy admits a signature.

use super::{Grant, Purpose, Standing, TrustPolicy};
use crate::diagnostic::Diagnostic;
use crate::evidence::signature::{
    Check, CheckName, Expected, Kind, Material, ProvenSigner, Trust, Verification,
};
use crate::time::{Date, Timestamp, day_of_instant};

/// What is asked of the policy.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The names under which the supplier may stand in the policy.
    pub suppliers: &'a [&'a str],
    /// What is signed.
    pub purpose: Purpose,
    /// By which kind of signature.
    pub kind: Kind,
    /// The name of the policy's file, for its line.
    pub file: &'a str,
}

/// The answer of the policy.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The verification under the grant that admits the signer; else the one that tells best why none does,
    /// which is not verified.
    pub verification: Verification,
    /// The grant that admits the signer.
    pub grant: Option<String>,
    /// Whether somebody else signed than the policy admits, proven.
    pub is_changed: bool,
}

/// Asks whether `policy` admits a signature; `verify` verifies it under what a grant trusts.
///
/// `trust` holds what no grant says: the time of judgment, the trusted root, lists of revoked certificates. A grant
/// admits a signature only if every proven time of signing lies in its period; where no time is proven, the
/// time of judgment has to.
///
/// # Errors
///
/// What `verify` gives for a signature that cannot be read.
pub fn admit(
    policy: &TrustPolicy,
    ask: &Ask<'_>,
    trust: &Trust<'_>,
    verify: &dyn Fn(&Trust<'_>) -> Result<Verification, Diagnostic>,
) -> Result<Admission, Diagnostic> {
    let grants: Vec<_> = policy.grants_for(ask.suppliers, ask.purpose).collect();
    let mut outside_of = None;
    let mut unverified = None;
    for grant in &grants {
        if !grant.kinds.contains(&ask.kind) {
            continue;
        }
        let mut verification = verify(&trust_of(grant, trust))?;
        if !verification.verified {
            unverified.get_or_insert(verification);
            continue;
        }
        let Some(reason) = outside(policy, grant, &verification, trust.at) else {
            let line = line_of(ask.file, grant);
            let detail = format!("{line} admits {}", grant.signer());
            push(&mut verification, true, detail);
            verification.policy = Some(line);
            return Ok(Admission {
                verification,
                grant: Some(grant.id.clone()),
                is_changed: false,
            });
        };
        push(&mut verification, false, reason);
        outside_of.get_or_insert(refused(verification));
    }
    let not_admitted = |verification, is_changed| Admission {
        verification,
        grant: None,
        is_changed,
    };
    if let Some(verification) = outside_of {
        return Ok(not_admitted(verification, false));
    }
    let approved = approved(policy, &grants, day_of_instant(trust.at));
    if let Some(mut verification) = whoever_signed(ask.kind, trust, verify)? {
        let signer = &verification.signer;
        let by = signer.identity.as_deref().unwrap_or_default();
        let issuer = signer.issuer.as_deref().unwrap_or_default();
        let detail = format!("signed by {by} ({issuer}); {approved}");
        push(&mut verification, false, detail);
        return Ok(not_admitted(refused(verification), !grants.is_empty()));
    }
    let mut verification = unverified.unwrap_or_else(|| Verification::unjudged(ask.kind));
    push(&mut verification, false, approved);
    Ok(not_admitted(verification, false))
}

/// What a grant trusts, beside what is trusted whoever signs.
fn trust_of<'a>(grant: &'a Grant, trust: &Trust<'a>) -> Trust<'a> {
    let materials = |texts: &'a [String]| -> Vec<Material<'a>> {
        let materials = texts.iter().map(|text| Material {
            name: &grant.id,
            bytes: text.as_bytes(),
        });
        materials.collect()
    };
    Trust {
        keys: materials(&grant.keys),
        certificates: materials(&grant.certificates),
        anchors: materials(&grant.anchors),
        identity: grant.identity.clone(),
        issuer: grant.issuer.clone(),
        threshold: grant.threshold,
        namespace: grant.namespace.as_deref().or(trust.namespace),
        ..trust.clone()
    }
}

/// Why a signature that verifies under `grant` lies outside of it; `None` where it does not.
fn outside(
    policy: &TrustPolicy,
    grant: &Grant,
    verification: &Verification,
    at: Timestamp,
) -> Option<String> {
    let times = &verification.signer.times;
    let proven: Option<Vec<Timestamp>> = times.iter().map(|time| time.parse().ok()).collect();
    let proven = proven.unwrap_or_default();
    let (days, whether) = if proven.is_empty() {
        (vec![day_of_instant(at)], "judged as of")
    } else {
        (
            proven.into_iter().map(day_of_instant).collect(),
            "signed on",
        )
    };
    days.into_iter().find_map(|day| {
        let standing = policy.standing(grant, day);
        (standing != Standing::InForce).then(|| {
            format!(
                "{} ({}) is {} on {day}, {whether} that day",
                grant.id,
                grant.signer(),
                standing.word()
            )
        })
    })
}

/// Who signed, where a trusted authority vouches for it, whoever was expected; `None` where nothing proves it.
///
/// # Errors
///
/// What `verify` gives for a signature that cannot be read.
pub fn whoever_signed(
    kind: Kind,
    trust: &Trust<'_>,
    verify: &dyn Fn(&Trust<'_>) -> Result<Verification, Diagnostic>,
) -> Result<Option<Verification>, Diagnostic> {
    if kind != Kind::Sigstore {
        return Ok(None);
    }
    let anybody = Trust {
        identity: Some(Expected::pattern("(?s).*")?),
        issuer: Some(Expected::pattern("(?s).*")?),
        ..trust.clone()
    };
    let verification = verify(&anybody)?;
    Ok(verification.verified.then_some(verification))
}

/// The signers that are approved on `day`, in one sentence.
fn approved(policy: &TrustPolicy, grants: &[&Grant], day: Date) -> String {
    let in_force: Vec<_> = grants
        .iter()
        .filter(|grant| policy.standing(grant, day) == Standing::InForce)
        .map(|grant| {
            let kinds: Vec<_> = grant.kinds.iter().map(|kind| kind.word()).collect();
            format!("{} ({}, {})", grant.signer(), grant.id, kinds.join(", "))
        })
        .collect();
    match (grants.is_empty(), in_force.is_empty()) {
        (true, _) => "the policy names no signer of this supplier for this".to_owned(),
        (false, true) => format!("nobody is approved on {day}"),
        (false, false) => format!("approved on {day}: {}", in_force.join("; ")),
    }
}

fn line_of(file: &str, grant: &Grant) -> String {
    let line = grant.at.line.map(|line| format!(":{line}"));
    let line = line.unwrap_or_default();
    format!("{file}{line} {} ({})", grant.id, grant.clause)
}

fn push(verification: &mut Verification, passed: bool, detail: String) {
    verification.checks.push(Check {
        name: CheckName::Policy,
        passed,
        detail,
    });
}

/// The same verification, refused: who signed is kept in the sentence only.
fn refused(mut verification: Verification) -> Verification {
    verification.verified = false;
    verification.signer = ProvenSigner::default();
    verification.cosigners.clear();
    verification.witnesses.clear();
    verification
}
