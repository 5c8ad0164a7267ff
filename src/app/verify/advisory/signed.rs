//! Whether a statement is signed by the contracted signer.

use std::path::Path;

use crate::acceptance::manifest::Named;
use crate::app::Refused;
use crate::app::signature::{SignatureRequest, verify_signature};
use crate::app::trust::{check, read_policy};
use crate::app::verify::beside::{lies_in_delivery, told};
use crate::app::verify::gather::Gathered;
use crate::digest::Algorithm;
use crate::evidence::signature::{Artifact, Expected, Kind, Material, Verification};
use crate::evidence::vex::is_enveloped;
use crate::folder::read_delivered;
use crate::text::Text;
use crate::text::messages::both;
use crate::time::end_of_day;
use crate::trust::Purpose;

/// Names of signatures beside a file.
const BESIDE: [&str; 5] = [".sig", ".asc", ".minisig", ".sigstore.json", ".p7s"];
/// How many artifacts an enveloped statement is tried on.
const ARTIFACTS: usize = 64;

/// How a statement is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    /// By the contracted signer.
    ByAgreement,
    /// Not at all.
    No,
    /// The signature does not verify, or is by somebody else.
    Refused(Text),
    /// Something that the judge needs is missing.
    Open(Text),
}

/// Whether the contracted signer signed the file at `path` below `folder`: by a signature beside it, an envelope around
/// it or a signature inside of it.
pub(super) fn is_signed_by_agreement(
    gathered: &Gathered<'_>,
    folder: &Path,
    path: &str,
    bytes: &[u8],
) -> Signed {
    let read = |path: &str| read_delivered(&folder.join(path).display().to_string()).ok();
    let mut last = Signed::No;
    for suffix in BESIDE {
        let name = format!("{path}{suffix}");
        let Some(signature) = read(&name) else {
            continue;
        };
        let signature = Material {
            name: &name,
            bytes: &signature,
        };
        last = ask(gathered, Artifact::of_bytes(bytes), Some(signature), None);
        if last == Signed::ByAgreement {
            return last;
        }
    }
    if is_enveloped(bytes) {
        let envelope = Material { name: path, bytes };
        for artifact in gathered.artifacts.iter().take(ARTIFACTS) {
            let artifact = Artifact::of_digest(Algorithm::Sha256, artifact.sha256.bytes());
            last = ask(gathered, artifact, Some(envelope), None);
            if last == Signed::ByAgreement {
                return last;
            }
        }
        if last == Signed::No {
            last = Signed::Open(both("verify-vex-envelope-alone", &[]));
        }
    } else if let Ok(kind @ (Kind::Jsf | Kind::Xmldsig)) = Kind::of(bytes, true) {
        last = ask(gathered, Artifact::of_bytes(bytes), None, Some(kind));
    }
    last
}

/// Asks the contracted register, or the keys and identities that the manifest names.
fn ask(
    gathered: &Gathered<'_>,
    artifact: Artifact<'_>,
    signature: Option<Material<'_>>,
    kind: Option<Kind>,
) -> Signed {
    let signer = &gathered.request.manifest.signer;
    let open = |fault: &Refused| {
        let message = fault
            .0
            .first()
            .map(|fault| told(gathered, fault))
            .unwrap_or_default();
        Signed::Open(same(&message))
    };
    let read = |named: &Named| -> Result<Vec<u8>, Signed> {
        if lies_in_delivery(gathered, &named.path) {
            return Err(Signed::Open(both(
                "verify-signer-delivered",
                &[("path", &named.path)],
            )));
        }
        let on_disk = gathered.request.root.join(&named.path);
        read_delivered(&on_disk.display().to_string())
            .map_err(|fault| open(&fault.diagnostic().into()))
    };
    let all = |list: &[Named]| -> Result<Vec<Vec<u8>>, Signed> { list.iter().map(read).collect() };
    let root = signer.trusted_root.as_ref().map(read).transpose();
    let read_all = || -> Result<_, Signed> {
        let lists = (all(&signer.keys)?, all(&signer.certificates)?);
        Ok((lists, all(&signer.anchors)?, all(&signer.revocations)?))
    };
    let (root, ((keys, certificates), anchors, revocations)) = match (root, read_all()) {
        (Ok(root), Ok(read)) => (root, read),
        (Err(open), _) | (_, Err(open)) => return open,
    };
    let materials = |bytes: &'_ [Vec<u8>], named: &'_ [Named]| -> Vec<(String, Vec<u8>)> {
        named
            .iter()
            .map(|one| one.path.clone())
            .zip(bytes.iter().cloned())
            .collect()
    };
    let keys = materials(&keys, &signer.keys);
    let certificates = materials(&certificates, &signer.certificates);
    let anchors = materials(&anchors, &signer.anchors);
    let revocations = materials(&revocations, &signer.revocations);
    let mut request = SignatureRequest::new(artifact, end_of_day(gathered.request.as_of));
    request.signature = signature;
    request.kind = kind;
    request.trusted_root = root.as_deref().map(|bytes| Material {
        name: "trusted root",
        bytes,
    });
    request.revocations = borrowed(&revocations);
    request.namespace = signer.namespace.as_deref();
    let answer = if let Some(register) = &signer.register {
        let Some(supplier) = &gathered.request.manifest.supplier else {
            return Signed::Open(both("verify-signer-supplier", &[]));
        };
        let bytes = match read(register) {
            Ok(bytes) => bytes,
            Err(open) => return open,
        };
        let policy = match read_policy(Material {
            name: &register.path,
            bytes: &bytes,
        }) {
            Ok(policy) => policy,
            Err(refused) => return open(&refused),
        };
        check(&policy, &register.path, supplier, Purpose::Vex, &request)
            .map(|checked| checked.admission.verification)
    } else if keys.is_empty()
        && certificates.is_empty()
        && anchors.is_empty()
        && signer.identity.is_none()
    {
        return Signed::Open(both("verify-signer-none", &[]));
    } else {
        request.keys = borrowed(&keys);
        request.certificates = borrowed(&certificates);
        request.anchors = borrowed(&anchors);
        request.identity = signer.identity.clone().map(Expected::Exact);
        request.issuer = signer.issuer.clone().map(Expected::Exact);
        request.threshold = signer.threshold.max(1);
        verify_signature(&request)
    };
    match answer {
        Ok(verification) if verification.verified => Signed::ByAgreement,
        Ok(verification) => Signed::Refused(same(&reason(&verification))),
        Err(refused) => {
            let code = refused.0.first().map_or("", |fault| fault.code);
            let is_ours = ["key-", "trusted-root", "certificate-", "trust-"];
            if is_ours.iter().any(|prefix| code.starts_with(prefix)) {
                open(&refused)
            } else {
                let message = refused.0.first().map(|fault| told(gathered, fault));
                Signed::Refused(same(&message.unwrap_or_default()))
            }
        }
    }
}

fn borrowed(materials: &[(String, Vec<u8>)]) -> Vec<Material<'_>> {
    materials
        .iter()
        .map(|(name, bytes)| Material { name, bytes })
        .collect()
}

/// Why a signature does not count: the check that failed.
fn reason(verification: &Verification) -> String {
    let failed = verification.checks.iter().rev().find(|check| !check.passed);
    failed.map_or_else(String::new, |check| {
        crate::app::verify::beside::shown(&check.detail)
    })
}

fn same(text: &str) -> Text {
    Text {
        ja: text.to_owned(),
        en: text.to_owned(),
    }
}
