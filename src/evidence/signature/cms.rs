//! CMS signatures (PKCS #7): detached from the artifact, or around it; with `CAdES` attributes and timestamps.
//!
//! **Every** signature in a message must hold, with its certificate, chain and timestamps. Anybody can add a
//! signature to a message or take one away, and a reader who sees two names must not have to ask which of them
//! counted. One of the signers must be the one who is expected.
//!
//! A certificate is judged at the earliest time for which a timestamp vouches (CAdES-T), and without one at the time
//! of judgment: an expired certificate without a timestamp is refused. A timestamp that stands in the message must
//! hold; it is not passed over because it could be left out.
//!
//! Read is DER, and BER where the message begins with an indefinite length; each bare or in PEM. Not used are
//! revocation lists and archive timestamps inside the message, and countersignatures.
//!
//! Sources: RFC 5652 (CMS), RFC 5035 (ESS signing certificate), RFC 5126 and ETSI EN 319 122-1 (`CAdES`), RFC 3161.

mod ber;
mod signer;
mod structure;

use x509_cert::der::asn1::ObjectIdentifier;

use super::certificate::{Authorities, Certificate, Chain, Moment, Purpose, Refusal, pem_blocks};
use super::check::ProvenSigner;
use super::key::PublicKey;
use super::timestamp::{self, Stamp};
use super::trust::{signer_missing, unenforceable};
use super::{Artifact, CheckName, Kind, Proof, Trust, Verification, algorithm};
use crate::diagnostic::{Diagnostic, Place};
use crate::time::Timestamp;
pub(super) use signer::Covered;
use signer::Signed;
pub(super) use structure::SignedData;
use structure::{DATA, SignerInfo};

/// The unsigned attribute with a timestamp over the signature (RFC 5126, section 6.1.1).
const SIGNATURE_TIMESTAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// How many timestamps a signature may have, at most.
const MOST_TIMESTAMPS: usize = 8;
/// By how many seconds a signer's clock may be ahead of the time of judgment.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// Verifies the CMS message `signature` over `artifact`; where both are the same bytes, over its own content.
///
/// # Errors
///
/// `cms-malformed` when it cannot be read, `signer-missing` when nobody is trusted, `artifact-missing` when what
/// is signed is not at hand, and what reading certificates, lists and keys gives.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let expected = Expectation::read(trust)?;
    let unwrapped = unwrapped(signature)?;
    let der = ber::as_der(&unwrapped).map_err(|reason| malformed(&reason))?;
    let message = SignedData::read(&der).map_err(|reason| malformed(&reason))?;
    let is_inside = artifact.bytes() == Some(signature);
    let inner;
    let mut proof;
    let content = if is_inside {
        let content = message.content.ok_or_else(|| {
            let text = "the message holds no content: it signs another file";
            Diagnostic::error("artifact-missing", Place::whole(), text)
                .help("name the signed file, and this one with --signature")
        })?;
        inner = Artifact::of_bytes(content);
        proof = Proof::new(Kind::Cms, &inner);
        proof.caution("signed is the content inside the message, not the message itself");
        &inner
    } else {
        proof = Proof::new(Kind::Cms, artifact);
        artifact
    };
    if message.signers.is_empty() {
        return Ok(proof.refused(CheckName::Structure, "nobody has signed the message"));
    }
    if let Some(encapsulated) = message.content
        && !is_inside
        && !is_content(encapsulated, content)
    {
        let detail = "the message signs another content than the artifact";
        return Ok(proof.refused(CheckName::Artifact, detail));
    }
    let covered = match message.content {
        Some(encapsulated) => &Artifact::of_bytes(encapsulated),
        None => content,
    };
    if covered.bytes().is_none() {
        is_enough(&message, covered)?;
    }
    let mut good = Vec::new();
    for signer in &message.signers {
        match expected.judge(&mut proof, &message, signer, covered) {
            Ok(one) => good.push(one),
            Err(refusal) => return Ok(proof.refused(refusal.check, refusal.detail)),
        }
    }
    Ok(match expected.met_by(&good) {
        Ok(first) => conclude(proof, good, first, &expected),
        Err(refusal) => proof.refused(refusal.check, refusal.detail),
    })
}

/// Whether the content of a message is the artifact that was handed in, as bytes or as digests.
fn is_content(encapsulated: &[u8], artifact: &Artifact<'_>) -> bool {
    if let Some(bytes) = artifact.bytes() {
        return bytes == encapsulated;
    }
    let mut compared = Artifact::ALGORITHMS
        .iter()
        .filter_map(|algorithm| Some((algorithm, artifact.digest_hex(*algorithm)?)))
        .peekable();
    compared.peek().is_some()
        && compared.all(|(algorithm, digits)| digits == algorithm.hex_of(encapsulated))
}

/// Whether the digests at hand are those that the signatures are made over.
fn is_enough(message: &SignedData<'_>, artifact: &Artifact<'_>) -> Result<(), Diagnostic> {
    let missing = |what: &str| {
        let text = format!("the signature is made over {what}, which is not at hand");
        Err(Diagnostic::error("artifact-missing", Place::whole(), text)
            .help("name the file instead of its digest"))
    };
    for signer in &message.signers {
        if signer.signed.is_none() {
            return missing("the artifact itself");
        }
        if let Ok(digest) = algorithm::digest(&signer.digest)
            && artifact.digest_hex(digest).is_none()
        {
            return missing(&format!("the {} of the artifact", digest.name()));
        }
    }
    Ok(())
}

/// The message without its armor.
fn unwrapped(signature: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let Some(blocks) = pem_blocks(signature) else {
        return Ok(signature.to_vec());
    };
    let blocks = blocks.map_err(|reason| malformed(&reason))?;
    match <[_; 1]>::try_from(blocks) {
        Ok([(label, content)]) if matches!(&*label, "CMS" | "PKCS7" | "PKCS #7 SIGNED DATA") => {
            Ok(content)
        }
        Ok([(label, _)]) => Err(malformed(&format!("it is a PEM file of a `{label}`"))),
        Err(blocks) => Err(malformed(&format!(
            "it holds {} blocks of PEM",
            blocks.len()
        ))),
    }
}

fn malformed(reason: &str) -> Diagnostic {
    let message = format!("the CMS message cannot be read: {reason}");
    Diagnostic::error("cms-malformed", Place::whole(), message)
        .help("hand in signed data of CMS (PKCS #7) in DER, BER or PEM")
}

/// Whom the user trusts and expects.
struct Expectation<'a> {
    trust: &'a Trust<'a>,
    authorities: Authorities,
    keys: Vec<PublicKey>,
}

/// One signature that holds.
struct Good {
    certificate: Certificate,
    signer: ProvenSigner,
    stamps: Vec<Stamp>,
    cautions: Vec<String>,
}

impl<'a> Expectation<'a> {
    fn read(trust: &'a Trust<'a>) -> Result<Self, Diagnostic> {
        if trust.namespace.is_some() {
            return Err(unenforceable("a CMS message cannot prove a namespace"));
        }
        let authorities = Authorities::read(trust)?;
        if authorities.is_empty() && !trust.revocations.is_empty() {
            return Err(unenforceable(
                "a list of revoked certificates says nothing of a bare key",
            ));
        }
        let keys = trust.keys.iter().map(|key| PublicKey::read(*key));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if authorities.is_empty() && (keys.is_empty() || trust.identity.is_some()) {
            return Err(signer_missing(
                "a CMS message cannot be judged without an authority that is trusted",
                "give --certificate-chain with the authority's certificate, or --certificate with the signer's",
            ));
        }
        Ok(Self {
            trust,
            authorities,
            keys,
        })
    }

    /// Judges one signature with all that belongs to it.
    fn judge(
        &self,
        proof: &mut Proof,
        message: &SignedData<'_>,
        signer: &SignerInfo<'_>,
        content: &Artifact<'_>,
    ) -> Result<Good, Refusal> {
        let covered = Covered {
            content_type: DATA,
            content,
        };
        let found = signer.judge(message, &covered, self.authorities.handed_in())?;
        let subject = found.certificate.subject();
        proof.passed(
            CheckName::Structure,
            "the message is complete and consistent",
        );
        proof.passed(CheckName::ContentType, "plain content is signed");
        if found.has_attributes {
            proof.passed(CheckName::Artifact, "the signed digest is the artifact's");
        }
        let key = found.certificate.key()?;
        let strength = key.strength(found.scheme);
        proof.passed(CheckName::Algorithm, strength.algorithm.clone());
        proof.passed(
            CheckName::Signature,
            format!("it verifies under the key of {subject}"),
        );
        self.attributes_hold(proof, &found)?;
        if !self.keys.is_empty() {
            if !self.keys.contains(key) {
                let detail = format!("the key of {subject} is none of those that are expected");
                return Err(Refusal::new(CheckName::Key, detail));
            }
            proof.passed(CheckName::Key, format!("the key of {subject} is expected"));
        }
        self.authorities.admit_pinned(found.certificate)?;
        let stamps = self.stamps(message, signer)?;
        let moment = match stamps.iter().map(|stamp| stamp.at).min() {
            Some(at) => {
                proof.passed(CheckName::Timestamp, format!("signed no later than {at}"));
                Moment::Proven(at)
            }
            None => Moment::Judgment,
        };
        let chain = self.chain(proof, message, &found, moment)?;
        let mut proven = ProvenSigner {
            strength: Some(strength),
            claimed_time: found.claimed_time.map(|at| at.to_string()),
            times: stamps.iter().map(|stamp| stamp.at.to_string()).collect(),
            ..ProvenSigner::default()
        };
        found.certificate.describe(&mut proven);
        let mut cautions = chain.cautions;
        if stamps.is_empty() {
            cautions.push("no timestamp proves when it was signed".to_owned());
        }
        Ok(Good {
            certificate: found.certificate.clone(),
            signer: proven,
            stamps,
            cautions,
        })
    }

    fn attributes_hold(&self, proof: &mut Proof, signed: &Signed<'_>) -> Result<(), Refusal> {
        let latest = self.trust.at.as_second().saturating_add(CLOCK_SKEW_SECONDS);
        if let Some(claimed) = signed.claimed_time
            && claimed.as_second() > latest
        {
            let detail = format!(
                "the signer gives {claimed} as the time of signing, after the time of judgment ({})",
                self.trust.at
            );
            return Err(Refusal::new(CheckName::SignedAttributes, detail));
        }
        if signed.names_certificate {
            let detail = "the signer names this certificate";
            proof.passed(CheckName::SignedAttributes, detail);
        }
        Ok(())
    }

    fn stamps(
        &self,
        message: &SignedData<'_>,
        signer: &SignerInfo<'_>,
    ) -> Result<Vec<Stamp>, Refusal> {
        let mut stamps = Vec::new();
        if let Some(unsigned) = &signer.unsigned {
            for token in unsigned.all(SIGNATURE_TIMESTAMP) {
                if stamps.len() >= MOST_TIMESTAMPS {
                    let detail = format!("it has more than {MOST_TIMESTAMPS} timestamps");
                    return Err(Refusal::new(CheckName::Timestamp, detail));
                }
                let others = &message.certificates;
                stamps.push(timestamp::verify(
                    token.whole,
                    signer.signature,
                    &self.authorities,
                    self.trust.at,
                    others,
                )?);
            }
        }
        Ok(stamps)
    }

    fn chain(
        &self,
        proof: &mut Proof,
        message: &SignedData<'_>,
        signed: &Signed<'_>,
        moment: Moment,
    ) -> Result<Chain, Refusal> {
        if self.authorities.is_empty() {
            self.authorities.verify_alone(signed.certificate, moment)?;
            let caution = "nobody vouches for the certificate: only its key is expected";
            return Ok(Chain {
                subjects: vec![signed.certificate.subject()],
                cautions: vec![caution.to_owned()],
            });
        }
        let chain = self.authorities.verify_chain(
            signed.certificate,
            &message.certificates,
            moment,
            Purpose::Document,
        )?;
        let at: Timestamp = match moment {
            Moment::Judgment => self.trust.at,
            Moment::Proven(at) => at,
        };
        proof.passed(CheckName::CertificateChain, chain.detail());
        proof.passed(
            CheckName::CertificateValidity,
            format!("as of {}", to_the_second(at)),
        );
        proof.passed(
            CheckName::CertificateUsage,
            "it is made for signing documents",
        );
        if !self.trust.revocations.is_empty() {
            proof.passed(
                CheckName::Revocation,
                "no certificate of the chain is revoked",
            );
        }
        Ok(chain)
    }

    /// The place of the first signer who is expected; enough different keys must have signed.
    fn met_by(&self, good: &[Good]) -> Result<usize, Refusal> {
        let mut keys: Vec<_> = good.iter().map(|one| one.signer.key_sha256).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.len() < self.trust.threshold {
            let detail = format!(
                "{} different keys have signed, and {} must have",
                keys.len(),
                self.trust.threshold
            );
            return Err(Refusal::new(CheckName::Threshold, detail));
        }
        let expected = self.trust.identity.as_ref();
        let mut refusal = None;
        for (place, one) in good.iter().enumerate() {
            match one.certificate.identity(expected) {
                Ok(_) => return Ok(place),
                Err(other) => refusal = refusal.or(Some(other)),
            }
        }
        Err(refusal.unwrap_or_else(|| Refusal::new(CheckName::Identity, "nobody has signed")))
    }
}

fn to_the_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn conclude(
    mut proof: Proof,
    mut good: Vec<Good>,
    first: usize,
    expected: &Expectation<'_>,
) -> Verification {
    // Nobody vouches for the names of a certificate of which only the key is trusted.
    let is_vouched_for = !expected.authorities.is_empty();
    let identity = |one: &Good| {
        let name = one.certificate.identity(expected.trust.identity.as_ref());
        let name = name.or_else(|_| one.certificate.identity(None));
        name.ok().filter(|_| is_vouched_for)
    };
    for one in &mut good {
        one.signer.identity = identity(one);
        if !is_vouched_for {
            one.signer.claimed_names = one.signer.subject.take().into_iter().collect();
        }
    }
    if let (Some(expected), Some(one)) = (&expected.trust.identity, good.get(first)) {
        let name = one.signer.identity.clone().unwrap_or_default();
        proof.passed(
            CheckName::Identity,
            format!("{name} is {}", expected.as_written()),
        );
    }
    let mut cautions: Vec<_> = good.iter().flat_map(|one| one.cautions.clone()).collect();
    let stamps: Vec<_> = good.iter().flat_map(|one| one.stamps.clone()).collect();
    cautions.extend(stamps.iter().flat_map(|stamp| stamp.cautions.clone()));
    for stamp in &stamps {
        proof.witnessed(stamp.witness());
    }
    if first < good.len() {
        *proof.signer() = good.remove(first).signer;
    }
    for one in good {
        proof.cosigner(one.signer);
    }
    let mut told: Vec<String> = Vec::new();
    for caution in cautions {
        if !told.contains(&caution) {
            proof.caution(caution.clone());
            told.push(caution);
        }
    }
    proof.verified()
}
