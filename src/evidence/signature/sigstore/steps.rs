//! The steps of a verification, in the order of the Sigstore Client Specification, section 4.

use super::super::key::{PublicKey, Scheme};
use super::super::trust::signer_missing;
use super::super::{
    Artifact, CheckName, Expected, Kind, Proof, Trust, Verification, Witness, WitnessKind,
};
use super::bundle::{Bundle, Entry, KeyMaterial, MAXIMUM_WITNESSES};
use super::certificate::{Leaf, signer_path};
use super::root::Log;
use super::{Sigstore, Stop, content, entry, log, refused, sct, second, stamp};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::time::Timestamp;

/// Who is expected to have signed.
enum Signer<'a> {
    /// Whoever holds one of these keys.
    Keys(Vec<PublicKey>),
    /// Whoever the certificate names so, vouched for by that issuer.
    Named(&'a Expected, &'a Expected),
}

pub(super) fn verify(
    sigstore: &Sigstore,
    bundle: &Bundle,
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let signer = expected(trust)?;
    let mut proof = Proof::new(Kind::Sigstore, artifact);
    let steps = Steps {
        sigstore,
        bundle,
        artifact,
        at: trust.at,
    };
    match steps.walk(&signer, &mut proof) {
        Ok(()) => Ok(proof.verified()),
        Err(Stop::Refused(name, detail)) => Ok(proof.refused(name, detail)),
        Err(Stop::Unjudged(fault)) => Err(*fault),
    }
}

/// Reads who is expected. What a bundle cannot prove is never passed over.
fn expected<'a>(trust: &'a Trust<'_>) -> Result<Signer<'a>, Diagnostic> {
    let unprovable = |what: &str, help: &str| {
        let message = format!("of a bundle, {what} cannot be asked");
        Diagnostic::error("expectation-unprovable", Place::whole(), message).help(help)
    };
    if !trust.anchors.is_empty() || !trust.certificates.is_empty() || !trust.revocations.is_empty()
    {
        return Err(unprovable(
            "certificates and revocations that are given one by one",
            "leave them out: the trusted root says which authorities are trusted",
        ));
    }
    if trust.threshold > 1 {
        return Err(unprovable(
            "more than one signer",
            "verify one bundle for each signer",
        ));
    }
    if trust.namespace.is_some() {
        return Err(unprovable("a namespace", "leave --namespace out"));
    }
    let named = trust.identity.is_some() || trust.issuer.is_some();
    if named && !trust.keys.is_empty() {
        return Err(unprovable(
            "a key and an identity at once",
            "expect either the key or the identity: a bundle is signed under one of them",
        ));
    }
    if !trust.keys.is_empty() {
        let keys = trust.keys.iter().map(|key| PublicKey::read(*key));
        return Ok(Signer::Keys(keys.collect::<Result<_, _>>()?));
    }
    match (&trust.identity, &trust.issuer) {
        (Some(identity), Some(issuer)) => Ok(Signer::Named(identity, issuer)),
        (None, None) => Err(signer_missing(
            "the expected signer is not given",
            "give --certificate-identity and --certificate-oidc-issuer, or --key",
        )),
        (Some(_), None) => Err(signer_missing(
            "an identity says nothing without who vouched for it",
            "give --certificate-oidc-issuer as well",
        )),
        (None, Some(_)) => Err(signer_missing(
            "an issuer vouches for many, and the identity is not given",
            "give --certificate-identity as well",
        )),
    }
}

/// One bundle on its way.
struct Steps<'a> {
    sigstore: &'a Sigstore,
    bundle: &'a Bundle,
    artifact: &'a Artifact<'a>,
    at: Timestamp,
}

/// A log entry that the log vouches for.
struct Logged<'a> {
    entry: &'a Entry,
    log: &'a Log,
    time: Option<Timestamp>,
    proven: bool,
}

impl<'a> Steps<'a> {
    fn walk(&self, signer: &Signer<'_>, proof: &mut Proof) -> Result<(), Stop> {
        let structure = self.bundle.structure();
        structure.map_err(|reason| refused(CheckName::Structure, reason))?;
        let count = self.bundle.entries.len();
        let stamps = self.bundle.timestamps.len();
        proof.passed(
            CheckName::Structure,
            format!("log entries: {count}, timestamps: {stamps}"),
        );
        let logged = self.promises()?;
        let times = self.times(&logged, proof)?;
        let leaf = match (&self.bundle.material, signer) {
            (KeyMaterial::Key(_), Signer::Keys(_)) => None,
            (KeyMaterial::Certificate(der), Signer::Named(..)) => Some((der.as_slice(), &[][..])),
            (KeyMaterial::Chain(chain), Signer::Named(..)) => chain
                .split_first()
                .map(|(leaf, above)| (leaf.as_slice(), above)),
            (KeyMaterial::Key(_), Signer::Named(..)) => {
                let detail = "it is signed under a bare key, which names nobody";
                return Err(refused(CheckName::Identity, detail));
            }
            (_, Signer::Keys(_)) => {
                let detail = "it is signed under a certificate and not under one of the keys";
                return Err(refused(CheckName::Key, detail));
            }
        };
        let (keys, leaf, has_sct) = match (leaf, signer) {
            (Some((der, above)), Signer::Named(identity, issuer)) => {
                let leaf = Leaf::read(der)?;
                let has_sct = self.certificate(&leaf, above, &times, proof)?;
                named(&leaf, identity, issuer, proof)?;
                (vec![leaf.key.clone()], Some(leaf), has_sct)
            }
            (_, Signer::Keys(keys)) => (keys.clone(), None, false),
            (None, Signer::Named(..)) => {
                return Err(refused(CheckName::Structure, "there is no certificate"));
            }
        };
        let included = self.included(logged, &times)?;
        let (key, scheme) = content::verify(&self.bundle.content, &keys, self.artifact, proof)?;
        self.consistent(&included, leaf.as_ref(), (key, scheme), proof)?;
        let made = second::Signed {
            key,
            scheme,
            is_bare: leaf.is_none(),
            has_sct,
        };
        let asked = match &self.sigstore.verifier {
            Some(verifier) => second::concurs(verifier, self.bundle, self.artifact, &made)?,
            None => false,
        };
        if !asked {
            proof.caution("the second verifier does not read bundles of this kind");
        }
        let found = proof.signer();
        found.key_sha256 = Some(key.digest());
        found.strength = Some(key.strength(scheme));
        found.certificate_sha256 = leaf.map(|leaf| Digest::of(leaf.der));
        Ok(())
    }

    /// Finds the log of each entry and verifies what it promised, which vouches for a time (section 4.2.2).
    fn promises(&self) -> Result<Vec<Logged<'a>>, Stop> {
        let by_log = |reason| refused(CheckName::TransparencyLog, reason);
        let entries = self.bundle.entries.iter().map(|entry| {
            let log = log::of(entry, &self.sigstore.root).map_err(by_log)?;
            let time = entry
                .promise
                .as_ref()
                .map(|promise| log::promised(entry, promise, log).map_err(by_log))
                .transpose()?;
            Ok(Logged {
                entry,
                log,
                time,
                proven: false,
            })
        });
        entries.collect()
    }

    /// Every time that somebody trusted vouches for (section 4.2). Each must hold, and a certificate needs one.
    fn times(&self, logged: &[Logged<'_>], proof: &mut Proof) -> Result<Vec<Timestamp>, Stop> {
        let stamps = &self.bundle.timestamps;
        let refuse = |detail: String| refused(CheckName::Timestamp, detail);
        if stamps.len() > MAXIMUM_WITNESSES {
            let detail = format!("{} timestamps, more than {MAXIMUM_WITNESSES}", stamps.len());
            return Err(refuse(detail));
        }
        let mut times: Vec<_> = logged.iter().filter_map(|logged| logged.time).collect();
        let mut told: Vec<_> = logged
            .iter()
            .filter_map(|logged| Some(format!("{} by {}", logged.time?, logged.log.name)))
            .collect();
        for (index, stamped) in stamps.iter().enumerate() {
            if stamps.iter().take(index).any(|other| other == stamped) {
                return Err(refuse("a timestamp is given twice".to_owned()));
            }
            let authorities = &self.sigstore.root.timestamp_authorities;
            let (authority, at) =
                stamp::verify(stamped, self.bundle.content.signature(), authorities)
                    .map_err(refuse)?;
            times.push(at);
            told.push(format!("{at} by {}", authority.name));
            proof.witnessed(Witness {
                kind: WitnessKind::TimestampAuthority,
                name: authority.name.clone(),
                at: Some(at.to_string()),
                entry: None,
            });
        }
        if let Some(later) = times.iter().find(|time| **time > self.at) {
            let detail = format!("signed at {later}, after the time of judgment {}", self.at);
            return Err(refuse(detail));
        }
        let bare = matches!(self.bundle.material, KeyMaterial::Key(_));
        match (times.is_empty(), bare) {
            (true, false) => {
                return Err(refuse(
                    "nobody who is trusted vouches for a time".to_owned(),
                ));
            }
            (true, true) => proof.caution("nobody vouches for the time of signing"),
            (false, _) => proof.passed(CheckName::Timestamp, told.join(", ")),
        }
        Ok(times)
    }

    /// Verifies the certificate at each of the `times` (section 4.3). Whether it carries the word of a certificate
    /// transparency log.
    fn certificate(
        &self,
        leaf: &Leaf<'_>,
        above: &[Vec<u8>],
        times: &[Timestamp],
        proof: &mut Proof,
    ) -> Result<bool, Stop> {
        for time in times {
            leaf.valid_at(*time)?;
        }
        let root = &self.sigstore.root;
        let mut issuer = None;
        for time in times {
            let mut fault = (
                CheckName::CertificateChain,
                format!("no certificate authority was trusted at {time}"),
            );
            let trusted = root
                .authorities
                .iter()
                .filter(|authority| authority.window.contains(*time));
            issuer = None;
            for authority in trusted {
                match signer_path(leaf.der, above, authority, *time) {
                    Ok(key) => {
                        issuer = Some((key, authority));
                        break;
                    }
                    Err(other) => fault = worse(fault, other),
                }
            }
            if issuer.is_none() {
                return Err(refused(fault.0, fault.1));
            }
        }
        let Some((issuer, authority)) = issuer else {
            let detail = "there is no time at which to judge the certificate";
            return Err(refused(CheckName::Timestamp, detail));
        };
        proof.passed(CheckName::CertificateChain, authority.name.clone());
        proof.passed(
            CheckName::CertificateValidity,
            "every certificate was valid at each time of signing",
        );
        leaf.may_sign()?;
        proof.passed(CheckName::CertificateUsage, "digitalSignature, codeSigning");
        let has_sct = sct::is_present(&leaf.certificate);
        if !has_sct && root.certificate_logs.is_empty() {
            proof.caution("the trusted root names no certificate transparency log");
            return Ok(false);
        }
        let (log, at) = sct::verify(&leaf.certificate, &issuer, &root.certificate_logs)
            .map_err(|reason| refused(CheckName::CertificateTransparency, reason))?;
        proof.passed(
            CheckName::CertificateTransparency,
            format!("{at} by {}", log.name),
        );
        Ok(true)
    }

    /// Verifies the inclusion of each entry (section 4.4); one is needed where the trusted root names a log.
    fn included(
        &self,
        mut logged: Vec<Logged<'a>>,
        times: &[Timestamp],
    ) -> Result<Vec<Logged<'a>>, Stop> {
        let by_log = |reason| refused(CheckName::TransparencyLog, reason);
        if logged.is_empty() && !self.sigstore.root.logs.is_empty() {
            return Err(by_log("the signature is in no transparency log".to_owned()));
        }
        for one in &mut logged {
            if one.time.is_none() {
                // Without a promise, the log's key is judged at the times that others vouch for.
                let now = [self.at];
                let times = if times.is_empty() { &now } else { times };
                if let Some(time) = times.iter().find(|time| !one.log.window.contains(**time)) {
                    let detail = format!("the key of {} was not trusted at {time}", one.log.name);
                    return Err(by_log(detail));
                }
            }
            if let Some(proof) = &one.entry.proof {
                one.proven = log::included(one.entry, proof, one.log).map_err(by_log)?;
            }
            if !one.proven && one.time.is_none() {
                return Err(by_log(
                    "nothing proves that the entry is in the log".to_owned(),
                ));
            }
        }
        Ok(logged)
    }

    /// Verifies that each entry is about this signature (section 4.4).
    fn consistent(
        &self,
        logged: &[Logged<'_>],
        leaf: Option<&Leaf<'_>>,
        (key, scheme): (&PublicKey, Scheme),
        proof: &mut Proof,
    ) -> Result<(), Stop> {
        let signer = entry::Signer {
            certificate: leaf.map(|leaf| leaf.der),
            key,
            scheme,
        };
        let mut told = Vec::new();
        for one in logged {
            entry::describes(one.entry, &self.bundle.content, &signer, self.artifact)?;
            let how = if one.proven { "proven" } else { "promised" };
            told.push(format!(
                "entry {} of {}, {how}",
                one.entry.log_index, one.log.name
            ));
            if !one.proven {
                proof.caution("the log has promised the entry and not proven it");
            }
        }
        if logged.is_empty() {
            proof.caution("the trusted root names no transparency log");
            return Ok(());
        }
        proof.passed(CheckName::TransparencyLog, told.join("; "));
        for one in logged {
            proof.witnessed(Witness {
                kind: WitnessKind::TransparencyLog,
                name: one.log.name.clone(),
                at: one.time.map(|time| time.to_string()),
                entry: Some(one.entry.log_index),
            });
        }
        Ok(())
    }
}

/// Of two reasons why a certificate leads nowhere, the one of the authority that has to do with it.
fn worse(one: (CheckName, String), other: (CheckName, String)) -> (CheckName, String) {
    if one.0 == CheckName::CertificateChain {
        other
    } else {
        one
    }
}

fn named(
    leaf: &Leaf<'_>,
    identity: &Expected,
    issuer: &Expected,
    proof: &mut Proof,
) -> Result<(), Stop> {
    let found = leaf.identity()?;
    if !identity.admits(&found) {
        let detail = format!("expected `{}`, found `{found}`", identity.as_written());
        return Err(refused(CheckName::Identity, detail));
    }
    proof.passed(CheckName::Identity, found.clone());
    let vouched = leaf.issuer()?;
    if !issuer.admits(&vouched) {
        let detail = format!("expected `{}`, found `{vouched}`", issuer.as_written());
        return Err(refused(CheckName::Issuer, detail));
    }
    proof.passed(CheckName::Issuer, vouched.clone());
    let signer = proof.signer();
    signer.identity = Some(found);
    signer.issuer = Some(vouched);
    Ok(())
}
