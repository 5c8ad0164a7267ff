//! What may be wrong with a bundle, and how it is witnessed.

use super::StampFault;

/// One check that a bundle fails while it passes all the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The certificate names the trusted certificate authority, but another key signed it.
    UntrustedCertificate,
    /// The certificate's timestamp names the trusted CT log, but another key made it.
    WrongSct,
    /// The certificate's timestamp is by the trusted CT log, for another certificate.
    SctForOther,
    /// The certificate has no timestamp of a CT log.
    NoSct,
    /// The certificate is for servers and not for code.
    OtherUsage,
    /// The certificate does not say what it is for.
    NoUsage,
    /// The certificate says twice what it is for.
    TwoUsages,
    /// The certificate's key is for agreement on keys and not for signatures.
    NoDigitalSignature,
    /// The certificate is one of an authority.
    LeafIsAuthority,
    /// The certificate has the expected name and another.
    TwoNames,
    /// The certificate has no name.
    NoName,
    /// The older extension for the issuer gives another than the newer one.
    TwoIssuers,
    /// The certificate does not say who vouched for the identity.
    NoIssuer,
    /// One hash of the log's inclusion proof is another.
    BadInclusionProof,
    /// The inclusion proof is genuine, but for another entry.
    ProofForOtherEntry,
    /// The checkpoint names the trusted log, but another key signed it.
    BadCheckpointSignature,
    /// The checkpoint over the same tree is by the other trusted log.
    CheckpointByOtherLog,
    /// The signed entry timestamp names the trusted log, but another key made it.
    BadPromise,
    /// The log took the entry in one hour before the certificate became valid.
    IntegratedTimeOutsideCertificate,
    /// The signature is genuine, but over other bytes than the artifact or the statement.
    SignatureOverOtherBytes,
    /// The log entry is genuine, but for another artifact or statement by the same signer.
    LogEntryForOtherArtifact,
    /// The log entry is genuine, but for another signature over the same by the same signer.
    LogEntryForOtherSignature,
    /// The log entry is genuine, but by another signer.
    LogEntryByOtherSigner,
    /// The log entry says of the key that it is of another kind. Second Rekor only.
    LoggedAlgorithm,
    /// The DSSE envelope carries a second signature, by another key. Statements only.
    ExtraSignature,
    /// The envelope is of another type, and so signed. Statements only.
    OtherPayloadType,
    /// The envelope says that it holds a statement, but what was signed was of another type. Statements only.
    PayloadTypeConfused,
    /// The timestamp.
    Stamp(StampFault),
    /// An intermediate certificate that the bundle brings.
    Chain(ChainFault),
}

/// What may be wrong with an intermediate certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChainFault {
    /// It is left out.
    Truncated,
    /// It ran out.
    Expired,
    /// It is not one of an authority.
    NoAuthority,
    /// Its key may not issue certificates.
    MayNotIssue,
    /// It may only issue for another domain.
    NameConstraints,
    /// It is for servers.
    OtherUsage,
}

/// How a bundle is witnessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Witnessed {
    /// By the first Rekor.
    First,
    /// By the second Rekor and the timestamp authority.
    Second,
    /// By the second Rekor as an entry of kind `dsse`, and the timestamp authority. Statements only.
    SecondDsse,
    /// By the first Rekor and the timestamp authority.
    FirstAndStamp,
    /// By nobody.
    Nobody,
}
