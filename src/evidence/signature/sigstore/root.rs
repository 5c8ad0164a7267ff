//! The trusted root: which logs and authorities are trusted, and when.
//!
//! Source: `sigstore_trustroot.proto` of the Sigstore protobuf specifications (`TrustedRoot`,
//! `ClientTrustConfig`, `PublicKeyDetails`). A signing configuration beside it says where to sign and is not read.

use std::collections::BTreeSet;

use x509_cert::Certificate;
use x509_cert::der::asn1::{BitStringRef, Null};
use x509_cert::der::{AnyRef, Decode as _, Encode as _};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::super::key::{KeyKind, PublicKey, Scheme};
use super::certificate;
use super::fields::{Form, Object};
use crate::diagnostic::Diagnostic;
use crate::digest::Algorithm;
use crate::time::Timestamp;
use crate::tree::Node;

/// How a trusted root is called in what is said about it.
pub(super) const FORM: Form = Form {
    code: "trusted-root-malformed",
    what: "the trusted root cannot be used",
    help: "hand in the trusted_root.json of the signing infrastructure",
};

const MEDIA_TYPES: [&str; 2] = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];
const CONFIGURATION: &str = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

/// What a verifier trusts.
#[derive(Debug)]
pub(super) struct Root {
    /// Transparency logs.
    pub(super) logs: Vec<Log>,
    /// Authorities that issue certificates to signers.
    pub(super) authorities: Vec<Authority>,
    /// Certificate transparency logs.
    pub(super) certificate_logs: Vec<Log>,
    /// Authorities that vouch for times.
    pub(super) timestamp_authorities: Vec<Authority>,
}

/// A log with its key.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) name: String,
    pub(super) id: Vec<u8>,
    /// What the signatures on its checkpoints begin with, where it is not the beginning of `id`.
    pub(super) checkpoint_id: Option<Vec<u8>>,
    /// `None` for a kind of key that is not known; such a log proves nothing.
    pub(super) key: Option<(PublicKey, Scheme)>,
    pub(super) window: Window,
}

/// An authority with its certificates in DER, its root last.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) name: String,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) window: Window,
}

/// When trust holds, both ends included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Window {
    pub(super) fn contains(self, at: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= at) && self.end.is_none_or(|end| at <= end)
    }
}

impl Root {
    /// Reads a trusted root, or the one in a trust configuration for clients.
    pub(super) fn read(root: &Node) -> Result<Self, Diagnostic> {
        if root.get("mediaType").and_then(Node::text) == Some(CONFIGURATION) {
            // Some writers use the names of the fields in the protobuf definition.
            let known = [
                "mediaType",
                "trustedRoot",
                "signingConfig",
                "signing_config",
            ];
            FORM.object(root, String::new(), &known)?;
        }
        let object = FORM.object(
            trusted_root(root),
            String::new(),
            &[
                "mediaType",
                "tlogs",
                "certificateAuthorities",
                "ctlogs",
                "timestampAuthorities",
            ],
        )?;
        let media_type = object.text("mediaType")?;
        if !MEDIA_TYPES.contains(&media_type) {
            return Err(object.complaint("mediaType", &format!("`{media_type}` is not known")));
        }
        Ok(Self {
            logs: logs(&object, "tlogs")?,
            authorities: authorities(&object, "certificateAuthorities", true)?,
            certificate_logs: logs(&object, "ctlogs")?,
            timestamp_authorities: authorities(&object, "timestampAuthorities", false)?,
        })
    }
}

/// The trusted root itself, where it stands in a trust configuration for clients.
pub(super) fn trusted_root(root: &Node) -> &Node {
    match root.get("mediaType").and_then(Node::text) {
        Some(CONFIGURATION) => root.get("trustedRoot").unwrap_or(root),
        _ => root,
    }
}

fn logs(root: &Object<'_>, key: &str) -> Result<Vec<Log>, Diagnostic> {
    let known = [
        "baseUrl",
        "hashAlgorithm",
        "publicKey",
        "logId",
        "checkpointKeyId",
        "operator",
    ];
    let objects = root.objects(key, &known)?;
    let logs: Vec<Log> = objects.iter().map(log).collect::<Result<_, _>>()?;
    let mut seen = BTreeSet::new();
    if let Some(twice) = logs.iter().find(|log| !seen.insert(&log.id)) {
        return Err(root.complaint(key, &format!("the log {} is given twice", twice.name)));
    }
    Ok(logs)
}

fn log(log: &Object<'_>) -> Result<Log, Diagnostic> {
    let algorithm = log.text("hashAlgorithm")?;
    if algorithm != "SHA2_256" {
        return Err(log.complaint("hashAlgorithm", &format!("`{algorithm}` is not known")));
    }
    let public_key = log.object("publicKey", &["rawBytes", "keyDetails", "validFor"])?;
    let checkpoint_id = log.optional_object("checkpointKeyId", &["keyId"])?;
    Ok(Log {
        name: log.text("baseUrl")?.to_owned(),
        id: log.object("logId", &["keyId"])?.bytes("keyId")?,
        checkpoint_id: checkpoint_id.map(|id| id.bytes("keyId")).transpose()?,
        key: log_key(&public_key)?,
        window: window(&public_key)?,
    })
}

fn log_key(public_key: &Object<'_>) -> Result<Option<(PublicKey, Scheme)>, Diagnostic> {
    let bytes = public_key.bytes("rawBytes")?;
    let details = public_key.text("keyDetails")?;
    let Some((fits, scheme)) = details_of(details) else {
        return Ok(None);
    };
    let spki = if details == "PKCS1_RSA_PKCS1V5" {
        rsa_spki(&bytes).ok_or_else(|| public_key.complaint("rawBytes", "it is no RSA key"))?
    } else {
        bytes
    };
    let key = match PublicKey::from_spki(&spki) {
        Ok(key) => key,
        Err(fault) if fault.code == "key-unsupported" => return Ok(None),
        Err(fault) => return Err(public_key.complaint("rawBytes", &fault.message)),
    };
    if !fits(key.kind()) {
        return Err(public_key.complaint("keyDetails", "the key is of another kind"));
    }
    Ok(Some((key, scheme)))
}

/// Wraps an RSA key of PKCS #1 (RFC 8017, appendix A.1) into a `SubjectPublicKeyInfo`.
fn rsa_spki(key: &[u8]) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: x509_cert::der::oid::db::rfc5912::RSA_ENCRYPTION,
            parameters: Some(AnyRef::from(Null)),
        },
        subject_public_key: BitStringRef::from_bytes(key).ok()?,
    };
    info.to_der().ok()
}

/// Whether a kind of key is the one that is meant.
pub(super) type Fits = fn(KeyKind) -> bool;

/// What `PublicKeyDetails` say: which keys they fit, and how these sign.
pub(super) fn details_of(name: &str) -> Option<(Fits, Scheme)> {
    use Algorithm::{Sha256, Sha384, Sha512};
    let rsa = |kind: KeyKind| matches!(kind, KeyKind::Rsa(_));
    Some(match name {
        "PKIX_ECDSA_P256_SHA_256" => (|kind| kind == KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Sha256)),
        "PKIX_ECDSA_P384_SHA_384" => (|kind| kind == KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha384)),
        "PKIX_ECDSA_P521_SHA_512" => (|kind| kind == KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha512)),
        // As older releases of cosign signed; deprecated.
        "PKIX_ECDSA_P384_SHA_256" => (|kind| kind == KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha256)),
        "PKIX_ECDSA_P521_SHA_256" => (|kind| kind == KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha256)),
        "PKIX_ED25519" => (|kind| kind == KeyKind::Ed25519, Scheme::Ed25519),
        "PKIX_RSA_PKCS1V15_2048_SHA256"
        | "PKIX_RSA_PKCS1V15_3072_SHA256"
        | "PKIX_RSA_PKCS1V15_4096_SHA256"
        | "PKIX_RSA_PKCS1V5"
        | "PKCS1_RSA_PKCS1V5" => (rsa, Scheme::RsaPkcs1(Sha256)),
        "PKIX_RSA_PSS_2048_SHA256" | "PKIX_RSA_PSS_3072_SHA256" | "PKIX_RSA_PSS_4096_SHA256" => {
            (rsa, Scheme::RsaPss(Sha256))
        }
        _ => return None,
    })
}

fn authorities(
    root: &Object<'_>,
    key: &str,
    issues_to_signers: bool,
) -> Result<Vec<Authority>, Diagnostic> {
    let known = ["subject", "uri", "certChain", "validFor", "operator"];
    let authorities = root.objects(key, &known)?;
    authorities
        .iter()
        .map(|one| authority(one, issues_to_signers))
        .collect()
}

fn authority(authority: &Object<'_>, issues_to_signers: bool) -> Result<Authority, Diagnostic> {
    let subject = authority.optional_object("subject", &["organization", "commonName"])?;
    let subject = match &subject {
        Some(subject) => subject
            .optional_text("commonName")?
            .or(subject.optional_text("organization")?),
        None => None,
    };
    let name = authority.optional_text("uri")?.or(subject);
    let chain = authority
        .object("certChain", &["certificates"])?
        .objects("certificates", &["rawBytes"])?
        .iter()
        .map(|certificate| certificate.bytes("rawBytes"))
        .collect::<Result<Vec<_>, _>>()?;
    let unusable = |reason: &str| authority.complaint("certChain", reason);
    let certificates = chain
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(&format!("a certificate cannot be read: {error}")))?;
    let Some(root) = certificates.last() else {
        return Err(unusable("there is no certificate"));
    };
    if root.tbs_certificate.issuer != root.tbs_certificate.subject {
        return Err(unusable("the root certificate is missing"));
    }
    // The first certificate of a timestamp authority is its own, which issues nothing.
    let issuing = certificates
        .iter()
        .skip(usize::from(!issues_to_signers && certificates.len() > 1));
    for certificate in issuing {
        certificate::may_issue(certificate).map_err(|reason| unusable(&reason))?;
    }
    Ok(Authority {
        name: name.unwrap_or_default().to_owned(),
        chain,
        window: window(authority)?,
    })
}

fn window(holder: &Object<'_>) -> Result<Window, Diagnostic> {
    let Some(range) = holder.optional_object("validFor", &["start", "end"])? else {
        return Ok(Window::default());
    };
    let instant = |key: &str| {
        let text = range.optional_text(key)?;
        text.map(|text| {
            text.parse::<Timestamp>()
                .map_err(|_| range.complaint(key, "it is no instant of RFC 3339"))
        })
        .transpose()
    };
    let window = Window {
        start: instant("start")?,
        end: instant("end")?,
    };
    if let (Some(start), Some(end)) = (window.start, window.end)
        && end < start
    {
        return Err(range.complaint("end", "it ends before it starts"));
    }
    Ok(window)
}
