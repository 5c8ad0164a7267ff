//! Whom the agency expects to have signed, and what it trusts: read once, for every signature of a delivery.

use crate::acceptance::finding::{Effect, Finding};
use crate::acceptance::manifest::{Named, Signer};
use crate::acceptance::report::Input;
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::detect::detect;
use crate::evidence::signature::sigstore::Sigstore;
use crate::evidence::signature::{Expected, Kind, Material, Trust};
use crate::text::messages::both;
use crate::time::{Timestamp, day_of_instant, end_of_day};
use crate::trust::{Purpose, Standing, TrustPolicy, parse};

/// A file of the agency.
pub(super) struct Held {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: Digest,
}

impl Held {
    pub(super) fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.clone(),
            at,
        }
    }

    pub(super) fn material(&self) -> Material<'_> {
        Material {
            name: &self.path,
            bytes: &self.bytes,
        }
    }
}

/// Who must have signed.
pub(super) enum Signers {
    /// Those of the register, under the name by which it knows the supplier.
    Register {
        policy: Box<TrustPolicy>,
        file: Held,
        supplier: String,
    },
    /// Those whom the manifest names.
    Named,
    /// Nobody, or nobody who could be read.
    Nobody,
}

/// Whom the agency expects, and what it trusts.
pub(in crate::app::verify) struct Agreement {
    pub(super) signers: Signers,
    pub(super) root: Option<(Held, Sigstore)>,
    pub(super) keys: Vec<Held>,
    certificates: Vec<Held>,
    anchors: Vec<Held>,
    revocations: Vec<Held>,
    identity: Option<String>,
    issuer: Option<String>,
    threshold: usize,
    namespace: Option<String>,
    /// The end of the day of judgment: the same whenever the command runs.
    pub(super) at: Timestamp,
    /// What of the agency's could not be used, and where the manifest names it.
    faults: Vec<(String, Diagnostic)>,
    /// Why nobody is expected.
    lacks: Option<&'static str>,
}

/// The form of a key, which tells the kinds of signatures that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyForm {
    Openpgp,
    Minisign,
    Ssh,
    /// `SubjectPublicKeyInfo` or JWK.
    General,
}

impl KeyForm {
    fn of(bytes: &[u8]) -> Self {
        match detect(bytes).format {
            "openpgp-key" => return Self::Openpgp,
            "minisign-key" => return Self::Minisign,
            _ => {}
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim_start();
        let is_ssh = |word: &str| {
            ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
                .iter()
                .any(|begin| word.starts_with(begin))
        };
        if !text.starts_with(['-', '{']) && text.split_whitespace().any(is_ssh) {
            return Self::Ssh;
        }
        Self::General
    }

    /// The form of the keys that verify signatures of a kind.
    fn for_kind(kind: Kind) -> Self {
        match kind {
            Kind::Openpgp => Self::Openpgp,
            Kind::Minisign => Self::Minisign,
            Kind::Sshsig => Self::Ssh,
            _ => Self::General,
        }
    }
}

impl Agreement {
    /// Reads what the manifest names. What of it cannot be used is kept as a fault, never passed over.
    pub(in crate::app::verify) fn read(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Self {
        let manifest = gathered.request.manifest;
        let signer = &manifest.signer;
        let mut faults = Vec::new();
        let root = one(
            gathered,
            signer.trusted_root.as_ref(),
            "trusted-root",
            inputs,
            &mut faults,
        );
        let root = root.and_then(|held| match Sigstore::new(&held.bytes) {
            Ok(sigstore) => Some((held, sigstore)),
            Err(fault) => {
                faults.push((held.path, fault));
                None
            }
        });
        let mut all = |list: &[Named], role| -> Vec<Held> {
            let held = list.iter();
            held.filter_map(|named| one(gathered, Some(named), role, inputs, &mut faults))
                .collect()
        };
        let keys = all(&signer.keys, "key");
        let certificates = all(&signer.certificates, "certificate");
        let anchors = all(&signer.anchors, "certificate");
        let revocations = all(&signer.revocations, "revocation");
        let register = one(
            gathered,
            signer.register.as_ref(),
            "trust",
            inputs,
            &mut faults,
        );
        let (signers, lacks) = match (&signer.register, register, &manifest.supplier) {
            (Some(_), Some(file), Some(supplier)) => match parse(&file.bytes) {
                Ok(policy) => {
                    let policy = Box::new(policy);
                    let supplier = supplier.clone();
                    let register = Signers::Register {
                        policy,
                        file,
                        supplier,
                    };
                    (register, None)
                }
                Err(found) => {
                    let found = found.into_iter();
                    faults.extend(found.map(|fault| (file.path.clone(), fault)));
                    (Signers::Nobody, None)
                }
            },
            (Some(_), Some(_), None) => (Signers::Nobody, Some("verify-signature-no-supplier")),
            // Why the register cannot be read is among the faults.
            (Some(_), None, _) => (Signers::Nobody, None),
            (None, ..) if names_somebody(signer) => (Signers::Named, None),
            (None, ..) => (Signers::Nobody, Some("verify-signature-nobody")),
        };
        Self {
            signers,
            root,
            keys,
            certificates,
            anchors,
            revocations,
            identity: signer.identity.clone(),
            issuer: signer.issuer.clone(),
            threshold: signer.threshold.max(1),
            namespace: signer.namespace.clone(),
            at: end_of_day(gathered.request.as_of),
            faults,
            lacks,
        }
    }

    /// What keeps signatures for `purpose` from being judged whoever signed: what of the agency's is missing or cannot
    /// be used. Each leaves the check unverifiable.
    pub(in crate::app::verify) fn obstacles(&self, check: &str, purpose: Purpose) -> Vec<Finding> {
        let unverifiable =
            |subject: &str, message| Finding::new(check, Effect::Unverifiable, subject, message);
        let lacks = self.lacks.map(|key| unverifiable("signer", both(key, &[])));
        let unregistered = self.lacks_grant(purpose).map(|(supplier, register)| {
            let message = both(
                "verify-signature-unregistered",
                &[
                    ("supplier", &shown(supplier)),
                    ("register", &shown(&register.path)),
                ],
            );
            unverifiable("signer", message).cite(register.cite(Place::whole()))
        });
        let unusable = self.unusable(check).into_iter();
        unusable.chain(lacks).chain(unregistered).collect()
    }

    /// What of the agency's cannot be used, as findings of `check`.
    pub(super) fn unusable(&self, check: &str) -> Vec<Finding> {
        let findings = self.faults.iter().map(|(path, fault)| {
            let message = both(
                "verify-signature-material",
                &[("file", &shown(path)), ("reason", &reason(fault))],
            );
            let finding = Finding::new(check, Effect::Unverifiable, path.as_str(), message);
            let mut finding = finding.distinguished_by(&[fault.code]);
            finding.code = Some(fault.code.to_owned());
            finding
        });
        findings.collect()
    }

    /// Whether something that the manifest names for the judgment could not be read.
    pub(super) fn lacks_material(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether a fault that kept something from being judged is one of the agency's material, and not of what was
    /// delivered.
    pub(super) fn is_own(&self, fault: &Diagnostic) -> bool {
        match fault.code {
            "trusted-root-missing"
            | "trusted-root-malformed"
            | "signer-missing"
            | "pattern-malformed"
            | "expectation-unprovable"
            | "key-malformed"
            | "key-unsupported"
            | "key-secret"
            | "certificate-malformed"
            | "revocation-list-malformed"
            | "file-unreadable"
            | "file-too-large" => true,
            _ => fault.file.as_deref().is_some_and(|file| self.holds(file)),
        }
    }

    /// The supplier and the register, where that names nobody of the supplier for `purpose`.
    pub(super) fn lacks_grant(&self, purpose: Purpose) -> Option<(&str, &Held)> {
        let Signers::Register {
            policy,
            file,
            supplier,
        } = &self.signers
        else {
            return None;
        };
        let suppliers = [supplier.as_str()];
        let is_lacking = policy.grants_for(&suppliers, purpose).next().is_none();
        is_lacking.then_some((supplier.as_str(), file))
    }

    /// What the agency trusts for signatures of `kind`, whoever signs: no names, no keys.
    pub(super) fn ground(&self, kind: Kind) -> Trust<'_> {
        let takes_lists = match kind {
            Kind::Cms | Kind::Xmldsig | Kind::Jsf | Kind::Cosign => true,
            // Nothing of these is a certificate that a list could name, or the trusted root tells.
            Kind::Sigstore | Kind::Dsse | Kind::Openpgp | Kind::Minisign | Kind::Sshsig => false,
        };
        let lists = self.revocations.iter().filter(|_| takes_lists);
        Trust {
            sigstore: self.root.as_ref().map(|(_, sigstore)| sigstore),
            revocations: lists.map(Held::material).collect(),
            ..Trust::none(self.at)
        }
    }

    /// What the manifest itself agrees on for signatures of `kind`; `None` where it names nobody whom this kind of
    /// signature could prove.
    pub(super) fn named(&self, kind: Kind) -> Option<Trust<'_>> {
        let form = KeyForm::for_kind(kind);
        let keys = self.keys.iter();
        let keys: Vec<_> = keys
            .filter(|key| KeyForm::of(&key.bytes) == form)
            .map(Held::material)
            .collect();
        let takes_certificates =
            matches!(kind, Kind::Cms | Kind::Xmldsig | Kind::Jsf | Kind::Cosign);
        let of_kind = |list: &'_ Vec<Held>| if takes_certificates { list.len() } else { 0 };
        let certificates = self.certificates.iter().take(of_kind(&self.certificates));
        let anchors = self.anchors.iter().take(of_kind(&self.anchors));
        let has_certificates = certificates.len() + anchors.len() > 0;
        // Only a bundle brings the certificate that names its signer; every other kind needs a key or an authority.
        let names = kind == Kind::Sigstore && self.identity.is_some();
        if keys.is_empty() && !has_certificates && !names {
            return None;
        }
        let exact = |text: &Option<String>| text.clone().map(Expected::Exact);
        let mut trust = Trust {
            keys,
            certificates: certificates.map(Held::material).collect(),
            anchors: anchors.map(Held::material).collect(),
            // Each entry is one way to prove the signer: a bare key is never asked for a name.
            identity: exact(&self.identity).filter(|_| kind.can_prove_identity()),
            issuer: exact(&self.issuer).filter(|_| kind.can_prove_issuer()),
            threshold: self.threshold,
            namespace: self.namespace.as_deref().filter(|_| kind == Kind::Sshsig),
            ..self.ground(kind)
        };
        if !has_certificates {
            trust.revocations.clear();
        }
        Some(trust)
    }

    /// The contracted signer for `purpose`, in one text for people.
    pub(super) fn expected(&self, purpose: Purpose) -> String {
        let text = match &self.signers {
            Signers::Register {
                policy, supplier, ..
            } => {
                let suppliers = [supplier.as_str()];
                let day = day_of_instant(self.at);
                let grants = policy.grants_for(&suppliers, purpose);
                let in_force = grants
                    .filter(|grant| policy.standing(grant, day) == Standing::InForce)
                    .map(|grant| format!("{} [{}]", grant.signer(), grant.id));
                in_force.collect::<Vec<_>>().join(", ")
            }
            Signers::Named => {
                if let Some((identity, issuer)) = self.identity() {
                    format!("{identity} ({issuer})")
                } else {
                    let held = self.keys.iter().chain(&self.certificates);
                    let held = held.chain(&self.anchors);
                    let held =
                        held.map(|one| format!("{} (sha256:{})", one.path, one.sha256.short()));
                    held.collect::<Vec<_>>().join(", ")
                }
            }
            Signers::Nobody => String::new(),
        };
        if text.is_empty() {
            "—".to_owned()
        } else {
            shown(&text)
        }
    }

    /// Whether `path` is a file of the agency's that the judgment uses.
    fn holds(&self, path: &str) -> bool {
        let lists = [
            &self.keys,
            &self.certificates,
            &self.anchors,
            &self.revocations,
        ];
        let mut held = lists.into_iter().flatten();
        held.any(|one| one.path == path)
            || self
                .root
                .as_ref()
                .is_some_and(|(root, _)| root.path == path)
            || matches!(&self.signers, Signers::Register { file, .. } if file.path == path)
    }

    /// What the agency trusts, to be cited.
    pub(super) fn citations(&self) -> Vec<Citation> {
        let register = match &self.signers {
            Signers::Register { file, .. } => Some(file),
            _ => None,
        };
        let lists = [
            &self.keys,
            &self.certificates,
            &self.anchors,
            &self.revocations,
        ];
        let held = register
            .into_iter()
            .chain(self.root.iter().map(|(held, _)| held))
            .chain(lists.into_iter().flatten());
        held.map(|one| one.cite(Place::whole())).collect()
    }

    /// The identity and issuer that the manifest itself names.
    pub(super) fn identity(&self) -> Option<(&str, &str)> {
        self.identity.as_deref().zip(self.issuer.as_deref())
    }

    /// The keys for envelopes and bundles that the manifest itself names.
    pub(super) fn general_keys(&self) -> Vec<Material<'_>> {
        let keys = self.keys.iter();
        keys.filter(|key| KeyForm::of(&key.bytes) == KeyForm::General)
            .map(Held::material)
            .collect()
    }

    /// How many keys must have signed.
    pub(super) fn threshold(&self) -> usize {
        self.threshold
    }
}

/// Why something cannot be used, without the path on this machine that faults of the disk name.
pub(super) fn reason(fault: &Diagnostic) -> String {
    let said = match fault.code {
        "file-missing" => "there is no such file",
        "file-unreadable" => "the system does not let it be read",
        "file-too-large" => "it is larger than the limit",
        "file-link" => "it is a symbolic link",
        "file-irregular" => "it is no regular file",
        _ => fault.message.as_str(),
    };
    shown(said)
}

fn names_somebody(signer: &Signer) -> bool {
    signer.identity.is_some()
        || [&signer.keys, &signer.certificates, &signer.anchors]
            .iter()
            .any(|list| !list.is_empty())
}

fn one(
    gathered: &Gathered<'_>,
    named: Option<&Named>,
    role: &'static str,
    inputs: &mut Vec<Input>,
    faults: &mut Vec<(String, Diagnostic)>,
) -> Option<Held> {
    let named = named?;
    match gathered.read_named(named, role, inputs) {
        Ok(bytes) => Some(Held {
            path: named.path.clone(),
            sha256: Digest::of(&bytes),
            bytes,
        }),
        Err(fault) => {
            faults.push((named.path.clone(), fault));
            None
        }
    }
}
