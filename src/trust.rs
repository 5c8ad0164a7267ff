//! The trust policy: which signer may sign what, for whom, from when to when, approved by whom and agreed in
//! which clause.
//!
//! It is a register that is only ever added to. A grant admits a signer, a withdrawal ends a grant, and a new
//! signer is a new grant that names the one it replaces; so who could sign what on any past day is read off.

mod admit;
mod parse;
mod repository;
#[cfg(test)]
mod tests;
mod view;
mod write;

use serde::Serialize;

pub use admit::{Admission, Ask, admit, whoever_signed};
pub use parse::{SCHEMA, parse};
pub use repository::{KnownRepositories, KnownRepository};
pub use view::{GrantView, WithdrawalView, list};
pub use write::{NewGrant, NewWithdrawal, grant_text, withdrawal_text};

use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::signature::key::PublicKey;
use crate::evidence::signature::{Expected, Kind, Material};
use crate::time::Date;

/// What a signer may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A delivered artifact.
    Artifact,
    /// A software bill of materials.
    Sbom,
    /// A statement on how an artifact was built.
    Provenance,
    /// A statement on vulnerabilities.
    Vex,
    /// A record of an evaluation.
    Record,
}

impl Purpose {
    /// Every purpose with its word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("artifact", Self::Artifact),
        ("sbom", Self::Sbom),
        ("provenance", Self::Provenance),
        ("vex", Self::Vex),
        ("record", Self::Record),
    ];

    /// The word in the policy.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, purpose)| *purpose == self);
        found.map_or("", |(word, _)| word)
    }
}

/// One line of the register that admits a signer.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its identifier in the register.
    pub id: String,
    /// Whose signer it is: the bid, or the supplier's corporate number.
    pub supplier: String,
    /// What may be signed.
    pub purposes: Vec<Purpose>,
    /// By which kinds of signatures.
    pub kinds: Vec<Kind>,
    /// The identity that the certificate must name.
    pub identity: Option<Expected>,
    /// Who must have vouched for it.
    pub issuer: Option<Expected>,
    /// Public keys that may sign, in their text form.
    pub keys: Vec<String>,
    /// Certificates that may sign, in PEM.
    pub certificates: Vec<String>,
    /// Certificates that anchor trust, in PEM.
    pub anchors: Vec<String>,
    /// How many of the keys must have signed.
    pub threshold: usize,
    /// The namespace of SSH signatures.
    pub namespace: Option<String>,
    /// The first day on which it may sign.
    pub from: Date,
    /// The last day, if one is agreed.
    pub until: Option<Date>,
    /// The clause of the contract.
    pub clause: String,
    /// The contract.
    pub contract: Option<String>,
    /// Who approved it.
    pub approved_by: String,
    /// The day on which it was put into the register.
    pub added: Date,
    /// The grant whose signer this one replaces.
    pub replaces: Option<String>,
    /// Where it stands.
    pub at: Place,
}

impl Grant {
    /// The signer in one line: identity and issuer, or the digests of keys and certificates.
    pub fn signer(&self) -> String {
        if let Some(identity) = &self.identity {
            let issuer = self.issuer.as_ref().map(Expected::as_written);
            let issuer = issuer.map(|issuer| format!(" ({issuer})"));
            return identity.as_written().to_owned() + &issuer.unwrap_or_default();
        }
        let mut signers: Vec<_> = self.keys.iter().map(|key| key_name(key)).collect();
        signers.extend(self.certificates.iter().map(|text| {
            let digest = Digest::of(text.trim().as_bytes());
            format!("certificate {}", digest.short())
        }));
        if self.threshold > 1 {
            return format!("{} of {}", self.threshold, signers.join(", "));
        }
        signers.join(", ")
    }
}

/// A key by its digest: of the key itself where it is one of ours, else of its text.
fn key_name(text: &str) -> String {
    let material = Material {
        name: "",
        bytes: text.as_bytes(),
    };
    let digest = match PublicKey::read(material) {
        Ok(key) => key.digest(),
        Err(_) => Digest::of(text.trim().as_bytes()),
    };
    format!("key {}", digest.short())
}

/// One line of the register that ends a grant.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// The grant.
    pub grant: String,
    /// The first day on which its signer may not sign any more.
    pub from: Date,
    /// Whether the key is in strange hands: then no signature counts, not even an earlier one.
    pub compromised: bool,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// The day on which it was put into the register.
    pub added: Date,
    /// Where it stands.
    pub at: Place,
}

/// How a grant stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It begins later.
    NotYet,
    /// It admits its signer.
    InForce,
    /// Its last day is over.
    Ended,
    /// Another grant took its place.
    Replaced,
    /// It was withdrawn.
    Withdrawn,
    /// It was withdrawn because the key is in strange hands.
    Compromised,
}

impl Standing {
    /// The stable kebab-case word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet",
            Self::InForce => "in-force",
            Self::Ended => "ended",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
            Self::Compromised => "compromised",
        }
    }
}

/// The register.
#[derive(Debug, Clone)]
pub struct TrustPolicy {
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The grants, in the order of the file.
    pub grants: Vec<Grant>,
    /// The withdrawals, in the order of the file.
    pub withdrawals: Vec<Withdrawal>,
}

impl TrustPolicy {
    /// How `grant` stands on `day`.
    pub fn standing(&self, grant: &Grant, day: Date) -> Standing {
        let mut withdrawals = self.withdrawals.iter().filter(|one| one.grant == grant.id);
        if withdrawals.clone().any(|one| one.compromised) {
            return Standing::Compromised;
        }
        if day < grant.from {
            return Standing::NotYet;
        }
        if withdrawals.any(|one| one.from <= day) {
            return Standing::Withdrawn;
        }
        let replaced =
            |one: &Grant| one.replaces.as_deref() == Some(grant.id.as_str()) && one.from <= day;
        if self.grants.iter().any(replaced) {
            return Standing::Replaced;
        }
        if grant.until.is_some_and(|until| until < day) {
            return Standing::Ended;
        }
        Standing::InForce
    }

    /// The grants for one supplier, which may be known by several names, and one purpose.
    pub fn grants_for<'a>(
        &'a self,
        suppliers: &'a [&'a str],
        purpose: Purpose,
    ) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| {
            suppliers.contains(&grant.supplier.as_str()) && grant.purposes.contains(&purpose)
        })
    }

    /// The identifier of the next grant.
    pub fn next_id(&self) -> String {
        let numbers = self.grants.iter();
        let numbers = numbers.filter_map(|grant| grant.id.strip_prefix("T-")?.parse::<u32>().ok());
        format!("T-{:04}", numbers.max().unwrap_or_default() + 1)
    }
}
