//! SSH signatures.
//!
//! Sources: `PROTOCOL.sshsig` of OpenSSH; `ssh-keygen(1)`, sections "-Y verify" and "Allowed signers". The format
//! signs a digest of the artifact, so that SHA-256 or SHA-512 is enough where the artifact itself is not at hand.

mod signers;
mod wire;

use base64::Engine as _;

use super::check::ProvenSigner;
use super::trust::signer_missing;
use super::{Artifact, CheckName, Kind, Proof, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use signers::Signer;
use wire::{Key, Reader, Unusable};

/// What stands before everything that is signed.
const PREAMBLE: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// The namespace of files, which `ssh-keygen -Y sign -n file` names.
const FILES: &str = "file";

/// A signature is a few kilobytes, whatever its key.
const MAXIMUM_BYTES: usize = 64 * 1024;

/// A signature file.
#[derive(Debug, Clone, Copy)]
struct Signature<'a> {
    version: u32,
    key: &'a [u8],
    namespace: &'a str,
    reserved: &'a [u8],
    digest: &'a str,
    /// The signature's form and what stands behind it.
    form: &'a str,
    raw: Reader<'a>,
}

/// A check that failed, with what was found.
type Fault = (CheckName, String);

/// Verifies the SSH signature over `artifact` under the keys or allowed signers in `trust`.
///
/// The namespace is `file` where `trust` names none. An expected identity is met only by a principal in a file of
/// allowed signers.
///
/// # Errors
///
/// `signer-missing` without a key, `artifact-missing` where the digest that was signed is not at hand,
/// `expectation-unprovable` where an identity is expected and no key is bound to any, `sshsig-malformed`, and
/// `key-malformed` or `key-secret` when a key cannot be used.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    trust.keys_only(true)?;
    if trust.keys.is_empty() {
        return Err(signer_missing(
            "an SSH signature cannot be judged without the public key",
            "give --key with the public key or a file of allowed signers",
        ));
    }
    let mut signers = Vec::new();
    for material in &trust.keys {
        signers.extend(signers::read(*material)?);
    }
    if trust.identity.is_some() && signers.iter().all(|one| one.principals.is_none()) {
        let message = "an SSH signature cannot prove an identity under a bare key";
        return Err(
            Diagnostic::error("expectation-unprovable", Place::whole(), message)
                .help("give --key with a file of allowed signers that names the principal"),
        );
    }
    let blob = decode(signature)?;
    let signature = parse(&blob).ok_or_else(|| malformed("a part of it is missing or too much"))?;
    let algorithm = match signature.digest {
        "sha256" => Some(Algorithm::Sha256),
        "sha512" => Some(Algorithm::Sha512),
        _ => None,
    };
    let digest = match algorithm {
        Some(algorithm) => Some(artifact.digest_hex(algorithm).ok_or_else(|| {
            let name = signature.digest;
            let message = format!("the signature is over another digest than the given: {name}");
            Diagnostic::error("artifact-missing", Place::whole(), message)
                .help("name the file, or its digest under that algorithm")
        })?),
        None => None,
    };
    let digest = digest.and_then(|digits| hex::decode(digits).ok());
    let mut proof = Proof::new(Kind::Sshsig, artifact);
    let outcome = judge(&signature, digest, &signers, trust, &mut proof);
    match outcome {
        Err((name, reason)) => Ok(proof.refused(name, reason)),
        Ok(signer) => {
            proof.caution("an SSH signature proves no time of signing");
            *proof.signer() = signer;
            Ok(proof.verified())
        }
    }
}

fn judge(
    signature: &Signature<'_>,
    digest: Option<Vec<u8>>,
    signers: &[Signer],
    trust: &Trust<'_>,
    proof: &mut Proof,
) -> Result<ProvenSigner, Fault> {
    let fault = |name: CheckName, reason: &str| (name, reason.to_owned());
    if signature.version != 1 {
        let reason = format!(
            "version {} of the format is not admitted",
            signature.version
        );
        return Err((CheckName::Structure, reason));
    }
    if !signature.reserved.is_empty() {
        let reason = "the reserved part is not empty, and its meaning is unknown";
        return Err(fault(CheckName::Structure, reason));
    }
    proof.passed(CheckName::Structure, "the signature is complete");

    let print = wire::fingerprint(signature.key);
    let matching: Vec<&Signer> = signers
        .iter()
        .filter(|signer| signer.blob == signature.key)
        .collect();
    if matching.is_empty() {
        let reason = format!("it was made by the key {print}, which is not among the given");
        return Err((CheckName::Key, reason));
    }
    let matching: Vec<&Signer> = matching
        .into_iter()
        .filter(|signer| !signer.is_authority)
        .collect();
    if matching.is_empty() {
        let reason = "the key is given as that of an authority, which signs no documents";
        return Err(fault(CheckName::Key, reason));
    }
    proof.passed(
        CheckName::Key,
        format!("the key {print} is among the given"),
    );

    let key = wire::key(signature.key).map_err(|unusable| match unusable {
        Unusable::Malformed => fault(CheckName::Key, "the key cannot be read"),
        Unusable::Weak(reason) => (CheckName::Algorithm, reason),
    })?;
    let Some(digest) = digest else {
        let name = signature.digest;
        return Err((
            CheckName::Algorithm,
            format!("the digest `{name}` does not count"),
        ));
    };
    let Some(scheme) = key.scheme(signature.form) else {
        let reason = format!(
            "a signature of the form `{}` by a key of the kind `{}` does not count",
            signature.form, key.kind
        );
        return Err((CheckName::Algorithm, reason));
    };
    let strength = key.public.strength(scheme);
    proof.passed(CheckName::Algorithm, strength.algorithm.clone());

    if !covers(signature, &digest, &key) {
        let reason = "the signature does not cover this artifact under the given key";
        return Err(fault(CheckName::Signature, reason));
    }
    let detail = "the signature covers this artifact under the given key";
    proof.passed(CheckName::Signature, detail);

    let expected = trust.namespace.unwrap_or(FILES);
    if signature.namespace != expected {
        let reason = format!(
            "it was made for the namespace `{}`, not for `{expected}`",
            signature.namespace
        );
        return Err((CheckName::ContentType, reason));
    }
    let identity = admitted(signature, &matching, trust, proof)?;
    if trust.threshold > 1 {
        let reason = format!("one key signed, {} were agreed", trust.threshold);
        return Err((CheckName::Threshold, reason));
    }
    Ok(ProvenSigner {
        identity,
        key_sha256: Some(key.public.digest()),
        fingerprint: Some(print),
        strength: Some(strength),
        ..ProvenSigner::default()
    })
}

/// Whether the key signed the digest for the namespace.
fn covers(signature: &Signature<'_>, digest: &[u8], key: &Key) -> bool {
    let mut message = PREAMBLE.to_vec();
    wire::put(&mut message, signature.namespace.as_bytes());
    wire::put(&mut message, signature.reserved);
    wire::put(&mut message, signature.digest.as_bytes());
    wire::put(&mut message, digest);
    key.scheme(signature.form)
        .is_some_and(|scheme| key.covers(scheme, &message, signature.raw))
}

/// Who the signer is, by the first line about the key that admits it; the fault of the line that comes
/// furthest where none does.
fn admitted(
    signature: &Signature<'_>,
    lines: &[&Signer],
    trust: &Trust<'_>,
    proof: &mut Proof,
) -> Result<Option<String>, Fault> {
    let mut furthest: Option<(usize, Fault)> = None;
    for line in lines {
        match by_line(signature, line, trust) {
            Ok(identity) => {
                let namespace = signature.namespace;
                let detail = format!("it was made for the namespace `{namespace}`");
                proof.passed(CheckName::ContentType, detail);
                if line.valid_after.is_some() || line.valid_before.is_some() {
                    let detail = "the key counts at the time of judgment";
                    proof.passed(CheckName::KeyValidity, detail);
                }
                if let Some(identity) = &identity {
                    proof.passed(CheckName::Identity, identity.clone());
                }
                return Ok(identity);
            }
            Err((step, fault)) if furthest.as_ref().is_none_or(|(before, _)| step > *before) => {
                furthest = Some((step, fault));
            }
            Err(_) => {}
        }
    }
    let nobody = || (CheckName::Key, "no line admits the key".to_owned());
    Err(furthest.map_or_else(nobody, |(_, fault)| fault))
}

fn by_line(
    signature: &Signature<'_>,
    line: &Signer,
    trust: &Trust<'_>,
) -> Result<Option<String>, (usize, Fault)> {
    let namespace = signature.namespace;
    if let Some(namespaces) = &line.namespaces
        && !signers::admits(namespaces, namespace)
    {
        let reason = format!("its key may not sign for the namespace `{namespace}`");
        return Err((0, (CheckName::ContentType, reason)));
    }
    if let Some(after) = line.valid_after.filter(|after| trust.at < *after) {
        let reason = format!("the key counts from {after} only");
        return Err((1, (CheckName::KeyValidity, reason)));
    }
    if let Some(before) = line.valid_before.filter(|before| trust.at > *before) {
        let reason = format!("the key counted until {before} only");
        return Err((1, (CheckName::KeyValidity, reason)));
    }
    let principals = line.principals.as_deref();
    let Some(expected) = &trust.identity else {
        // Where the key belongs to one, it is known who signed.
        let mut literal = principals.into_iter().flat_map(signers::literal);
        let is_one = principals.is_some_and(|list| !list.contains(','));
        return Ok(literal.next().filter(|_| is_one).map(str::to_owned));
    };
    let found = match (principals, expected) {
        (None, _) => None,
        (Some(list), super::Expected::Exact(identity)) => {
            signers::admits(list, identity).then(|| identity.clone())
        }
        (Some(list), expected @ super::Expected::Pattern(_)) => signers::literal(list)
            .find(|one| signers::admits(list, one) && expected.admits(one))
            .map(str::to_owned),
    };
    if found.is_none() {
        let expected = expected.as_written();
        let reason = format!("the key is not bound to `{expected}`");
        return Err((2, (CheckName::Identity, reason)));
    }
    Ok(found)
}

fn malformed(reason: &str) -> Diagnostic {
    let message = format!("the SSH signature cannot be read: {reason}");
    Diagnostic::error("sshsig-malformed", Place::whole(), message)
        .help("hand in the file that `ssh-keygen -Y sign` wrote, unchanged")
}

/// The content of the armor (`PROTOCOL.sshsig`, section 1).
fn decode(signature: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    if signature.len() > MAXIMUM_BYTES {
        return Err(malformed("it is too large"));
    }
    let text = std::str::from_utf8(signature).map_err(|_| malformed("it is no text"))?;
    let digits = text
        .trim()
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END))
        .ok_or_else(|| malformed("it does not begin and end as one"))?;
    let digits: String = digits
        .chars()
        .filter(|one| !matches!(one, '\n' | '\r'))
        .collect();
    base64::prelude::BASE64_STANDARD
        .decode(digits)
        .map_err(|_| malformed("it is not base64"))
}

/// The parts of the content (`PROTOCOL.sshsig`, section 2).
fn parse(blob: &[u8]) -> Option<Signature<'_>> {
    let mut reader = Reader(blob);
    if reader.take(PREAMBLE.len())? != PREAMBLE {
        return None;
    }
    let version = reader.number()?;
    let key = reader.string()?;
    let namespace = reader.text().filter(|namespace| !namespace.is_empty())?;
    let reserved = reader.string()?;
    let digest = reader.text()?;
    let mut raw = Reader(reader.string()?);
    let form = raw.text()?;
    reader.is_done().then_some(Signature {
        version,
        key,
        namespace,
        reserved,
        digest,
        form,
        raw,
    })
}
