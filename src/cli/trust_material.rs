//! The arguments by which a command is told what to trust and whom to expect; the same for every command
//! that verifies signatures. Names of the flags follow cosign's where cosign has one.

use super::read;
use crate::app::Refused;
use crate::app::signature::SignatureRequest;
use crate::app::trust_root::{cautions, kept};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::evidence::signature::{Artifact, Expected, Material};
use crate::time::{Date, Timestamp, end_of_day};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is trusted, and who is expected")]
pub(super) struct TrustArguments {
    /// The trusted root for Sigstore bundles (`trusted_root.json`); else the one that `mekiki trust root` keeps
    #[arg(long, value_name = "FILE", env = "MEKIKI_TRUSTED_ROOT")]
    trusted_root: Option<String>,
    #[command(flatten)]
    signer: SignerArguments,
    /// A list of revoked certificates (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    crl: Vec<String>,
    /// Judge as of the end of this day (UTC) instead of now
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// Whom to expect.
#[derive(Debug, clap::Args)]
pub(super) struct SignerArguments {
    /// The identity that must have signed
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "certificate_identity_regexp"
    )]
    pub(super) certificate_identity: Option<String>,
    /// A pattern that the whole identity must match
    #[arg(long, value_name = "REGEX")]
    pub(super) certificate_identity_regexp: Option<String>,
    /// Who must have vouched for that identity
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "certificate_oidc_issuer_regexp"
    )]
    pub(super) certificate_oidc_issuer: Option<String>,
    /// A pattern that the whole issuer must match
    #[arg(long, value_name = "REGEX")]
    pub(super) certificate_oidc_issuer_regexp: Option<String>,
    /// A public key that must have signed (PEM, DER, OpenPGP, minisign, OpenSSH or JWK); may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) key: Vec<String>,
    /// How many of the keys must have signed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) threshold: usize,
    /// A certificate that the signer's must be (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) certificate: Vec<String>,
    /// The certificates of the authorities that are trusted (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) certificate_chain: Vec<String>,
    /// The namespace of an SSH signature
    #[arg(long, value_name = "NAME")]
    pub(super) namespace: Option<String>,
}

/// A file that was read, with its path.
pub(super) type ReadFile = (String, Vec<u8>);

/// Trust material in memory.
pub(super) struct TrustMaterial<'a> {
    arguments: &'a TrustArguments,
    trusted_root: Option<ReadFile>,
    root_cautions: Vec<String>,
    keys: Vec<ReadFile>,
    certificates: Vec<ReadFile>,
    anchors: Vec<ReadFile>,
    revocations: Vec<ReadFile>,
    identity: Option<Expected>,
    issuer: Option<Expected>,
    at: Timestamp,
}

impl TrustArguments {
    /// Whether they name who must have signed: a key, or an identity with its issuer.
    pub(super) fn names_signer(&self) -> bool {
        let signer = &self.signer;
        let identity =
            signer.certificate_identity.is_some() || signer.certificate_identity_regexp.is_some();
        let issuer = signer.certificate_oidc_issuer.is_some()
            || signer.certificate_oidc_issuer_regexp.is_some();
        !signer.key.is_empty() || (identity && issuer)
    }

    /// Reads every file that is named.
    pub(super) fn read(&self) -> Result<TrustMaterial<'_>, Refused> {
        let read_all = |paths: &[String]| {
            let read = paths.iter().map(|path| Ok((path.clone(), read(path)?)));
            read.collect::<Result<Vec<_>, Refused>>()
        };
        let at = self.as_of.map_or_else(clock::now, end_of_day);
        let (trusted_root, root_cautions) = trusted_root(self.trusted_root.as_ref(), at)?;
        Ok(TrustMaterial {
            arguments: self,
            trusted_root,
            root_cautions,
            keys: read_all(&self.signer.key)?,
            certificates: read_all(&self.signer.certificate)?,
            anchors: read_all(&self.signer.certificate_chain)?,
            revocations: read_all(&self.crl)?,
            identity: expected(
                self.signer.certificate_identity.as_ref(),
                self.signer.certificate_identity_regexp.as_ref(),
            )?,
            issuer: expected(
                self.signer.certificate_oidc_issuer.as_ref(),
                self.signer.certificate_oidc_issuer_regexp.as_ref(),
            )?,
            at,
        })
    }
}

impl TrustMaterial<'_> {
    /// The request for a verification of `artifact` under this material.
    pub(super) fn request<'a>(&'a self, artifact: Artifact<'a>) -> SignatureRequest<'a> {
        SignatureRequest {
            trusted_root: self.trusted_root.as_ref().map(material),
            root_cautions: self.root_cautions.clone(),
            keys: self.keys.iter().map(material).collect(),
            certificates: self.certificates.iter().map(material).collect(),
            anchors: self.anchors.iter().map(material).collect(),
            revocations: self.revocations.iter().map(material).collect(),
            identity: self.identity.clone(),
            issuer: self.issuer.clone(),
            threshold: self.arguments.signer.threshold,
            namespace: self.arguments.signer.namespace.as_deref(),
            ..SignatureRequest::new(artifact, self.at)
        }
    }
}

/// The trusted root that is named, else the one that is kept with what deserves attention about it at `at`.
pub(super) fn trusted_root(
    named: Option<&String>,
    at: Timestamp,
) -> Result<(Option<ReadFile>, Vec<String>), Refused> {
    if let Some(path) = named {
        return Ok((Some((path.clone(), read(path)?)), Vec::new()));
    }
    let Some((path, kept)) = kept()? else {
        return Ok((None, Vec::new()));
    };
    let cautions = cautions(&kept, at);
    Ok((Some((path, kept.trusted_root.into_bytes())), cautions))
}

/// A file that was read, as trust material.
pub(super) fn material((name, bytes): &ReadFile) -> Material<'_> {
    Material { name, bytes }
}

fn expected(
    exact: Option<&String>,
    pattern: Option<&String>,
) -> Result<Option<Expected>, Diagnostic> {
    match (exact, pattern) {
        (Some(exact), _) => Ok(Some(Expected::Exact(exact.clone()))),
        (None, Some(pattern)) => Expected::pattern(pattern).map(Some),
        (None, None) => Ok(None),
    }
}
