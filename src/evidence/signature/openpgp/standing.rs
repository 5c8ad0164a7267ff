//! Whether a key of a certificate might sign at a time: what binds it, what it is for, how long it counts and
//! whether it was revoked. The package `pgp` checks single signatures; everything here is our own policy.
//!
//! Source: RFC 9580. Of several self-signatures on one thing the most recent that is valid counts and the others
//! do not (section 5.2.3.10); a signing subkey must have signed its primary key in turn (section 5.2.1.10);
//! reasons of revocation (section 5.2.3.31).

use pgp::packet::{RevocationCode, Signature, SignatureType, SubpacketData, SubpacketType};
use pgp::types::{KeyDetails, KeyVersion, Tag};

use super::algorithm::{self, Purpose};
use super::certificate::{Certificate, Subkey, User};
use super::subpackets::{self, created, may_be_by, named};
use super::{Fault, fault, instant};
use crate::evidence::signature::check::CheckName;

/// The time of a signature and the time of judgment, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// When the signature says that it was made.
    pub(super) signed: i64,
    /// As of when it is judged.
    pub(super) at: i64,
}

/// The checks that a key passed, and what deserves attention.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Checks with what was found.
    pub(super) passed: Vec<(CheckName, String)>,
    /// What happened to the key after it signed.
    pub(super) warnings: Vec<String>,
}

/// Judges whether the primary key, or `subkey`, might sign a document.
///
/// # Errors
///
/// The first check that fails, after those that are in `standing` by then.
pub(super) fn judge(
    certificate: &Certificate,
    subkey: Option<&Subkey>,
    times: Times,
    standing: &mut Standing,
) -> Result<(), Fault> {
    let primary = &certificate.primary;
    let own = own_statements(certificate, times.at)?;
    let binding = subkey
        .map(|subkey| binding(certificate, subkey, times))
        .transpose()?;
    let detail = match subkey {
        Some(subkey) => format!(
            "the subkey {} of the key {}",
            named(&subkey.key),
            named(primary)
        ),
        None => format!("the key {}", named(primary)),
    };
    standing.passed.push((CheckName::Key, detail));

    let flags = match binding {
        Some(binding) => binding.key_flags(),
        None => own.flags.key_flags(),
    };
    if !flags.sign() {
        let reason = "its owner did not dedicate the key to signing documents";
        return Err(fault(CheckName::CertificateUsage, reason));
    }
    let detail = "the key is for signing documents";
    standing
        .passed
        .push((CheckName::CertificateUsage, detail.to_owned()));

    let mut ends = vec![
        ("the key", subpackets::key_expires(own.lifetime, primary)),
        ("its self-signature", subpackets::expires(own.lifetime)),
        ("its self-signature", subpackets::expires(own.flags)),
    ];
    let mut begins = i64::from(primary.created_at().as_secs());
    if let (Some(subkey), Some(binding)) = (subkey, binding) {
        ends.push(("the subkey", subpackets::key_expires(binding, &subkey.key)));
        ends.push(("the binding of the subkey", subpackets::expires(binding)));
        begins = begins.max(i64::from(subkey.key.created_at().as_secs()));
    }
    if times.signed < begins {
        let reason = format!(
            "the signature says that it was made on {}, before the key was, on {}",
            instant(times.signed),
            instant(begins)
        );
        return Err(fault(CheckName::KeyValidity, reason));
    }
    for (what, end) in ends {
        let Some(end) = end else { continue };
        if times.signed >= end {
            let reason = format!("{what} expired on {}, before it signed", instant(end));
            return Err(fault(CheckName::KeyValidity, reason));
        }
        if times.at >= end {
            let warning = format!(
                "{what} expired on {}, after the time of signing that it gives",
                instant(end)
            );
            if !standing.warnings.contains(&warning) {
                standing.warnings.push(warning);
            }
        }
    }
    let detail = "the key counted at the time of signing that it gives";
    standing
        .passed
        .push((CheckName::KeyValidity, detail.to_owned()));

    let verifies = |one: &Signature| may_be_by(one, primary) && one.verify_key(primary).is_ok();
    revoked(
        "the key",
        &certificate.revocations,
        verifies,
        times,
        standing,
    )?;
    if let Some(subkey) = subkey {
        let verifies = |one: &Signature| {
            may_be_by(one, primary) && one.verify_subkey_binding(primary, &subkey.key).is_ok()
        };
        revoked("the subkey", &subkey.revocations, verifies, times, standing)?;
    }
    let detail = "no revocation stands against it";
    standing
        .passed
        .push((CheckName::Revocation, detail.to_owned()));
    Ok(())
}

/// The names that the key gives itself in signatures that hold and that it did not take back. Nobody vouches for
/// them, so the algorithms do not matter.
pub(super) fn claimed_names(certificate: &Certificate) -> Vec<String> {
    let names = certificate.users.iter().filter(|user| {
        let has = |revocation: bool| {
            user.signatures.iter().any(|one| {
                (one.typ() == Some(SignatureType::CertRevocation)) == revocation
                    && is_certification(one, certificate, user)
            })
        };
        has(false) && !has(true)
    });
    names
        .filter_map(|user| user.id.as_str().map(str::to_owned))
        .collect()
}

/// The subkeys that the primary key binds and did not revoke, whatever they are for.
pub(super) fn bound_subkeys(certificate: &Certificate) -> impl Iterator<Item = &Subkey> {
    let primary = &certificate.primary;
    certificate.subkeys.iter().filter(|subkey| {
        let is_bound = subkey.bindings.iter().any(|one| {
            one.typ() == Some(SignatureType::SubkeyBinding)
                && may_be_by(one, primary)
                && one.verify_subkey_binding(primary, &subkey.key).is_ok()
        });
        is_bound && subkey.revocations.is_empty()
    })
}

/// Whether `one` is a certification, or the revocation of one, by the key itself over one of its names.
fn is_certification(one: &Signature, certificate: &Certificate, user: &User) -> bool {
    let primary = &certificate.primary;
    may_be_by(one, primary)
        && one
            .verify_certification(primary, Tag::UserId, &user.id)
            .is_ok()
}

/// The signatures by which a primary key speaks of itself.
struct OwnStatements<'a> {
    /// The one that says how long the key counts.
    lifetime: &'a Signature,
    /// The one that says what it is for.
    flags: &'a Signature,
}

/// What the primary key says of itself as of `at`: in the most recent signature over the key itself or over one
/// of its names. A signature over the key itself counts for what it says only where it is as recent; of a
/// version 6 key none other counts (RFC 9580, section 5.2.3.10).
fn own_statements(certificate: &Certificate, at: i64) -> Result<OwnStatements<'_>, Fault> {
    let primary = &certificate.primary;
    let direct = newest(&certificate.direct, primary, at, |one| {
        one.typ() == Some(SignatureType::Key)
            && may_be_by(one, primary)
            && one.verify_key(primary).is_ok()
    });
    if primary.version() == KeyVersion::V6 {
        let direct = direct?;
        return Ok(OwnStatements {
            lifetime: direct,
            flags: direct,
        });
    }
    let mut named: Result<&Signature, Fault> = Err(unbound("the key"));
    for user in &certificate.users {
        let one = newest(&user.signatures, primary, at, |one| {
            one.typ() != Some(SignatureType::CertRevocation)
                && is_certification(one, certificate, user)
        });
        named = match (named, one) {
            (Ok(before), Ok(one)) if created(one) <= created(before) => Ok(before),
            (_, Ok(one)) => Ok(one),
            (Ok(before), Err(_)) => Ok(before),
            (Err(_), Err(fault)) => Err(fault),
        };
    }
    let (direct, named) = match (direct, named) {
        (Ok(direct), Ok(named)) => (direct, named),
        (Ok(one), Err(_)) | (Err(_), Ok(one)) => (one, one),
        (Err(fault), Err(_)) if certificate.users.is_empty() => return Err(fault),
        (Err(_), Err(fault)) => return Err(fault),
    };
    let of = |kind: SubpacketType| {
        let is_direct = created(direct) >= created(named) && subpackets::states(direct, kind);
        if is_direct { direct } else { named }
    };
    Ok(OwnStatements {
        lifetime: of(SubpacketType::KeyExpirationTime),
        flags: of(SubpacketType::KeyFlags),
    })
}

/// What binds `subkey` to its primary key, with the signature of the subkey in turn.
fn binding<'a>(
    certificate: &Certificate,
    subkey: &'a Subkey,
    times: Times,
) -> Result<&'a Signature, Fault> {
    let primary = &certificate.primary;
    if subkey.key.version() != primary.version() {
        let reason = "the subkey is of another version than its primary key";
        return Err(fault(CheckName::Key, reason));
    }
    let binding = newest(&subkey.bindings, primary, times.at, |one| {
        one.typ() == Some(SignatureType::SubkeyBinding)
            && may_be_by(one, primary)
            && one.verify_subkey_binding(primary, &subkey.key).is_ok()
    })?;
    if !binding.key_flags().sign() {
        return Ok(binding);
    }
    let back: Vec<Signature> = binding
        .config()
        .into_iter()
        .flat_map(|config| {
            config
                .hashed_subpackets()
                .chain(config.unhashed_subpackets())
        })
        .filter_map(|subpacket| match &subpacket.data {
            SubpacketData::EmbeddedSignature(signature) => Some((**signature).clone()),
            _ => None,
        })
        .collect();
    let back = newest(&back, &subkey.key, times.at, |one| {
        one.typ() == Some(SignatureType::KeyBinding)
            && may_be_by(one, &subkey.key)
            && one.verify_primary_key_binding(&subkey.key, primary).is_ok()
    })
    .map_err(|(name, reason)| match name {
        CheckName::Key => fault(
            CheckName::Key,
            "the subkey did not sign its primary key in turn",
        ),
        _ => (name, reason),
    })?;
    match subpackets::expires(back) {
        Some(end) if times.signed >= end => {
            let reason =
                "the signature of the subkey over its primary key expired before it signed";
            Err(fault(CheckName::KeyValidity, reason))
        }
        _ => Ok(binding),
    }
}

fn unbound(what: &str) -> Fault {
    fault(
        CheckName::Key,
        format!("no valid signature of its owner stands on {what}"),
    )
}

/// The most recent of `signatures` that was made by `at`, is whole, rests on algorithms that count and of which
/// `verifies` holds.
fn newest<'a>(
    signatures: &'a [Signature],
    signer: &impl KeyDetails,
    at: i64,
    verifies: impl Fn(&Signature) -> bool,
) -> Result<&'a Signature, Fault> {
    let mut sorted: Vec<&Signature> = signatures.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(created(one)));
    let mut reason = unbound("the key");
    for one in sorted {
        if created(one) > at || !verifies(one) {
            continue;
        }
        let purpose = Purpose::Binding(created(one));
        let hash = one.hash_alg().unwrap_or_default();
        let sound = subpackets::is_whole(one, purpose).and_then(|()| {
            algorithm::strength(signer, hash, purpose).map_err(|reason| {
                fault(
                    CheckName::Algorithm,
                    format!("what binds the key: {reason}"),
                )
            })
        });
        match sound {
            Ok(_) => return Ok(one),
            Err(fault) => reason = fault,
        }
    }
    Err(reason)
}

/// Judges the revocations of a key. One that cannot be checked counts as one that holds: by a key that the
/// owner named for it, damaged, or of a kind that is unknown. Only "superseded" and "retired" spare what was
/// signed before.
fn revoked(
    what: &str,
    revocations: &[Option<Signature>],
    verifies: impl Fn(&Signature) -> bool,
    times: Times,
    standing: &mut Standing,
) -> Result<(), Fault> {
    for revocation in revocations {
        let Some(revocation) = revocation.as_ref().filter(|one| verifies(one)) else {
            let reason = format!("a revocation of {what} cannot be checked");
            return Err(fault(CheckName::Revocation, reason));
        };
        let on = created(revocation);
        let is_soft = matches!(
            revocation.revocation_reason_code(),
            Some(RevocationCode::KeySuperseded | RevocationCode::KeyRetired)
        );
        if !is_soft {
            let reason = format!("{what} was revoked on {} for good", instant(on));
            return Err(fault(CheckName::Revocation, reason));
        }
        if times.signed >= on {
            let reason = format!("{what} was given up on {}, before it signed", instant(on));
            return Err(fault(CheckName::Revocation, reason));
        }
        standing.warnings.push(format!(
            "{what} was given up on {}, after the time of signing that it gives",
            instant(on)
        ));
    }
    Ok(())
}
