//! What the signatures that stand inside a document share: whose key counts, by which method a signature is
//! made, and whether one covers a message. What a document says about its own key is a [`Hint`] and never
//! trusted.

mod certified;

use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Encode as _, Header, Tag};

use super::certificate::{Authorities, Certificate};
use super::check::{CheckName, ProvenSigner};
use super::jwk::read_keys;
use super::key::{KeyKind, PublicKey, Scheme};
use super::trust::signer_missing;
use super::{Artifact, Trust};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;

/// A method of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// ECDSA with the one curve that JWA gives the digest (RFC 7518, section 3.4).
    EcdsaOfItsCurve(Algorithm),
    /// ECDSA on any curve; the signature is both numbers side by side, as long as the curve's order.
    Ecdsa(Algorithm),
    /// Ed25519.
    Ed25519,
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Algorithm),
    /// RSASSA-PSS.
    RsaPss(Algorithm),
}

impl Method {
    /// How a key of a kind makes signatures by this method; `None` where it cannot.
    fn scheme(self, kind: KeyKind) -> Option<Scheme> {
        use Algorithm::{Sha256, Sha384, Sha512};
        Some(match (self, kind) {
            (
                Self::EcdsaOfItsCurve(digest) | Self::Ecdsa(digest),
                KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521,
            ) => match (kind, digest) {
                (KeyKind::EcdsaP256, Sha256)
                | (KeyKind::EcdsaP384, Sha384)
                | (KeyKind::EcdsaP521, Sha512) => Scheme::EcdsaFixed(digest),
                _ if matches!(self, Self::Ecdsa(_)) => Scheme::EcdsaAsn1(digest),
                _ => return None,
            },
            (Self::Ed25519, KeyKind::Ed25519) => Scheme::Ed25519,
            (Self::RsaPkcs1(digest), KeyKind::Rsa(_)) => Scheme::RsaPkcs1(digest),
            (Self::RsaPss(digest), KeyKind::Rsa(_)) => Scheme::RsaPss(digest),
            _ => return None,
        })
    }

    /// The scheme by which `value` over `message` verifies under `key`.
    fn covers(self, key: &PublicKey, message: &[u8], value: &[u8]) -> Option<Scheme> {
        let scheme = self.scheme(key.kind())?;
        let encoded = match (scheme, key.kind()) {
            (Scheme::EcdsaAsn1(_), KeyKind::EcdsaP256) => sequence_of(value, 32)?,
            (Scheme::EcdsaAsn1(_), KeyKind::EcdsaP384) => sequence_of(value, 48)?,
            (Scheme::EcdsaAsn1(_), _) => sequence_of(value, 66)?,
            _ => value.to_vec(),
        };
        key.verifies(scheme, message, &encoded).then_some(scheme)
    }
}

/// Two numbers of `length` bytes side by side as an ASN.1 sequence (RFC 3279, section 2.2.3).
fn sequence_of(value: &[u8], length: usize) -> Option<Vec<u8>> {
    let (r, s) = value
        .split_at_checked(length)
        .filter(|(_, s)| s.len() == length)?;
    let (r, s) = (UintRef::new(r).ok()?, UintRef::new(s).ok()?);
    let sum = (r.encoded_len().ok()? + s.encoded_len().ok()?).ok()?;
    let mut der = Vec::new();
    let header = Header::new(Tag::Sequence, sum).ok()?;
    header.encode_to_vec(&mut der).ok()?;
    r.encode_to_vec(&mut der).ok()?;
    s.encode_to_vec(&mut der).ok()?;
    Some(der)
}

/// What a document says about the key of its signature.
#[derive(Debug, Default)]
pub(super) struct Hint {
    /// The key, where it gives one that can be read.
    pub(super) key: Option<PublicKey>,
    /// Whether it gives a key that cannot be read, or one of a kind that is not admitted.
    pub(super) is_unreadable: bool,
    /// Certificates in DER.
    pub(super) certificates: Vec<Vec<u8>>,
    /// How many of them, from the first on, may be the signer's.
    pub(super) leaves: usize,
}

/// Why a signature is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) check: CheckName,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn new(check: CheckName, detail: impl Into<String>) -> Self {
        Self {
            check,
            detail: detail.into(),
        }
    }

    pub(super) fn structure(detail: impl Into<String>) -> Self {
        Self::new(CheckName::Structure, detail)
    }
}

/// A signature that holds under a key that may sign.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) signer: ProvenSigner,
    /// The checks that held beside the signature itself.
    pub(super) checks: Vec<(CheckName, String)>,
    pub(super) warnings: Vec<String>,
    /// The key, as `SubjectPublicKeyInfo` in DER.
    pub(super) spki: Vec<u8>,
}

/// Who may sign inside a document.
pub(super) struct Signers<'t> {
    trust: &'t Trust<'t>,
    keys: Vec<PublicKey>,
    authorities: Authorities,
    pinned: Vec<Certificate>,
}

/// A key that may have made a signature, with its certificate where it counts by that.
struct Candidate<'a> {
    key: &'a PublicKey,
    certificate: Option<&'a Certificate>,
}

impl<'t> Signers<'t> {
    /// Reads the keys and certificates of `trust`.
    ///
    /// # Errors
    ///
    /// `signer-missing` where nobody may sign, `expectation-unprovable` where a namespace is expected or keys
    /// are to be looked up in lists of revoked certificates, and what [`read_keys`] and [`Authorities::read`]
    /// give.
    pub(super) fn new(trust: &'t Trust<'t>) -> Result<Self, Diagnostic> {
        let unprovable = |message: &str, help: &str| {
            Diagnostic::error("expectation-unprovable", Place::whole(), message).help(help)
        };
        let authorities = Authorities::read(trust)?;
        if trust.keys.is_empty() && authorities.is_empty() {
            return Err(signer_missing(
                "a signature inside a document cannot be judged without a key or certificate",
                "give --key, --certificate or --certificate-chain",
            ));
        }
        if trust.namespace.is_some() {
            return Err(unprovable(
                "a signature inside a document is made for no namespace",
                "leave the namespace out; it is for SSH signatures",
            ));
        }
        if !trust.revocations.is_empty() && authorities.is_empty() {
            return Err(unprovable(
                "a list of revoked certificates says nothing of a bare key",
                "give --certificate or --certificate-chain, or leave the list out",
            ));
        }
        let mut keys = Vec::new();
        for material in &trust.keys {
            keys.extend(read_keys(*material)?);
        }
        Ok(Self {
            trust,
            keys,
            authorities,
            pinned: certified::pinned(trust)?,
        })
    }

    /// Judges one signature: `value` over `message` by `method`, with what the document says of the key.
    pub(super) fn judge(
        &self,
        hint: &Hint,
        method: Method,
        message: &[u8],
        value: &[u8],
    ) -> Result<Accepted, Refusal> {
        let given = given(hint)?;
        let candidates = self.candidates(hint, &given)?;
        let mut fitting = candidates
            .iter()
            .filter(|candidate| method.scheme(candidate.key.kind()).is_some())
            .peekable();
        if fitting.peek().is_none() {
            return Err(Refusal::new(
                CheckName::Algorithm,
                "no key that may sign makes signatures by the method that is named",
            ));
        }
        let found = fitting.find_map(|candidate| {
            let scheme = method.covers(candidate.key, message, value)?;
            Some((candidate, scheme))
        });
        let Some((candidate, scheme)) = found else {
            return Err(Refusal::new(
                CheckName::Signature,
                "the signature does not cover this document under a key that may sign",
            ));
        };
        let mut accepted = Accepted {
            signer: ProvenSigner {
                key_sha256: Some(candidate.key.digest()),
                strength: Some(candidate.key.strength(scheme)),
                ..ProvenSigner::default()
            },
            checks: Vec::new(),
            warnings: Vec::new(),
            spki: candidate.key.spki().to_vec(),
        };
        match candidate.certificate {
            Some(certificate) => {
                let authorities = &self.authorities;
                certified::prove(certificate, &given, authorities, self.trust, &mut accepted)?;
            }
            None if !self.trust.revocations.is_empty() => {
                return Err(Refusal::new(
                    CheckName::Revocation,
                    "the signature holds under a bare key, of which no list of revoked certificates tells",
                ));
            }
            None if self.trust.identity.is_some() => {
                return Err(Refusal::new(
                    CheckName::Identity,
                    "the signature holds under a bare key, which proves no identity",
                ));
            }
            None => {
                let detail = "the key is one of those that were handed in".to_owned();
                accepted.checks.push((CheckName::Key, detail));
                let warning = "a bare key proves no time of signing".to_owned();
                accepted.warnings.push(warning);
            }
        }
        Ok(accepted)
    }

    /// The keys that may have made a signature. Where the document names a key, only that one.
    fn candidates<'a>(
        &'a self,
        hint: &'a Hint,
        given: &'a [Certificate],
    ) -> Result<Vec<Candidate<'a>>, Refusal> {
        let names_none = given.is_empty() && hint.key.is_none() && !hint.is_unreadable;
        let is_named = |key: &PublicKey| {
            names_none
                || hint.key.as_ref() == Some(key)
                || leaves(hint, given).any(|one| one.key().is_ok_and(|named| named == key))
        };
        let mut candidates = Vec::new();
        // An identity is proven by a certificate only, and only one is on a list of revoked ones: where either is
        // asked for, certificates go first.
        let asks_for_certificates =
            self.trust.identity.is_some() || !self.trust.revocations.is_empty();
        let mut bare: Vec<_> = self.keys.iter().filter(|key| is_named(key)).collect();
        let certificates: Vec<_> = if given.is_empty() {
            self.pinned.iter().collect()
        } else if self.authorities.is_empty() {
            Vec::new()
        } else {
            leaves(hint, given).collect()
        };
        let mut add = |key, certificate| candidates.push(Candidate { key, certificate });
        if !asks_for_certificates {
            bare.drain(..).for_each(|key| add(key, None));
        }
        for certificate in certificates {
            if let Some(key) = certificate.key().ok().filter(|key| is_named(key)) {
                add(key, Some(certificate));
            }
        }
        for key in bare {
            add(key, None);
        }
        if !candidates.is_empty() {
            return Ok(candidates);
        }
        Err(if names_none {
            Refusal::new(
                CheckName::CertificateChain,
                "the document gives no certificate that could lead to an anchor",
            )
        } else {
            Refusal::new(
                CheckName::Key,
                "the document names a key or certificate that is none of those handed in",
            )
        })
    }
}

/// The certificates that a document gives.
fn given(hint: &Hint) -> Result<Vec<Certificate>, Refusal> {
    let read = hint.certificates.iter().map(|der| {
        Certificate::from_der(der).map_err(|reason| {
            Refusal::structure(format!(
                "a certificate in the document cannot be read: {reason}"
            ))
        })
    });
    let given = read.collect::<Result<Vec<_>, _>>()?;
    let is_other = |key: &PublicKey| {
        !given.is_empty()
            && !leaves(hint, &given).any(|one| one.key().is_ok_and(|named| named == key))
    };
    if hint.key.as_ref().is_some_and(is_other) {
        return Err(Refusal::structure(
            "the document gives one key and the certificate of another",
        ));
    }
    Ok(given)
}

/// Those of the certificates that a document gives which may be the signer's.
fn leaves<'a>(hint: &Hint, given: &'a [Certificate]) -> impl Iterator<Item = &'a Certificate> {
    given.iter().take(hint.leaves)
}

/// The document that a signature stands in, which is the artifact.
///
/// # Errors
///
/// `artifact-missing` where only a digest is at hand, `signature-missing` where the signature was handed in
/// as another file than the artifact.
pub(super) fn document_of<'a>(
    signature: &[u8],
    artifact: &Artifact<'a>,
) -> Result<&'a [u8], Diagnostic> {
    let bytes = artifact.bytes().ok_or_else(|| {
        let message = "a signature inside a document needs the document itself";
        Diagnostic::error("artifact-missing", Place::whole(), message)
            .help("name the file instead of its digest")
    })?;
    if bytes != signature {
        let message =
            "a signature of this kind stands inside the artifact, not in a file of its own";
        return Err(
            Diagnostic::error("signature-missing", Place::whole(), message)
                .help("leave --signature out, or name the same file"),
        );
    }
    Ok(bytes)
}
