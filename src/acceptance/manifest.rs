//! The delivery manifest (`delivery.toml`, schema `mekiki/delivery/v1`): what was delivered, and what it is held to.
//!
//! Paths of what was delivered are told from the folder `delivered`; all others from the folder of the manifest.

mod flags;
mod parse;
#[cfg(test)]
mod tests;
mod write;

use crate::diagnostic::Place;
use crate::text::Text;
use crate::time::Date;

pub use flags::{COMMAND_LINE, flags_text, lay_flags_over};
pub use parse::read_manifest;
pub use write::manifest_text;

use super::terms::Terms;

/// The schema.
pub const SCHEMA: &str = "mekiki/delivery/v1";
/// The name of the manifest in a folder.
pub const MANIFEST_FILE: &str = "delivery.toml";

/// What is verified: a delivery before it is accepted, or a system in operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Before acceptance (納入・検査): the clocks of the contract have not begun, so everything is due.
    #[default]
    Delivery,
    /// In operation (運用): what became known is due when its clock runs out, and an earlier verdict may be the baseline.
    Operation,
}

impl Stage {
    /// Every stage with its word.
    pub const WORDS: [(&'static str, Self); 2] =
        [("delivery", Self::Delivery), ("operation", Self::Operation)];

    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Operation => "operation",
        }
    }
}

/// Evidence that a delivery can be verified by, and that may be left out with a reason only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// An SBOM.
    Sbom,
    /// Signatures of the artifacts.
    Signature,
    /// Signatures of the SBOMs.
    SbomSignature,
    /// The provenance of the artifacts.
    Provenance,
    /// The SBOM as tendered.
    TenderedSbom,
    /// The SBOM that was accepted earlier.
    AcceptedSbom,
    /// The snapshot of advisories.
    Feed,
    /// The checked list of products (機器等リスト).
    ProductList,
    /// The register of requirements.
    Requirements,
}

impl Evidence {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("sbom", Self::Sbom),
        ("signature", Self::Signature),
        ("sbom_signature", Self::SbomSignature),
        ("provenance", Self::Provenance),
        ("tendered_sbom", Self::TenderedSbom),
        ("accepted_sbom", Self::AcceptedSbom),
        ("feed", Self::Feed),
        ("product_list", Self::ProductList),
        ("requirements", Self::Requirements),
    ];

    /// The word in the manifest and in JSON.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, one)| *one == self);
        found.map_or("", |(word, _)| word)
    }

    /// Whether no delivery is acceptable to a machine without it, whatever reason is given.
    ///
    /// Source: design recommendation, after clauses CL-15 to CL-18: what was delivered, by whom, and with which known
    /// vulnerabilities is the least that an acceptance rests on.
    pub fn is_core(self) -> bool {
        matches!(self, Self::Sbom | Self::Signature | Self::Feed)
    }
}

/// A path with the place that names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The path as written.
    pub path: String,
    /// Where; the whole document where a flag or a guess names it.
    pub at: Place,
}

/// Something delivered, with what was delivered about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its path: a file, or for an artifact also a folder or a pattern such as `bin/*`.
    pub named: Named,
    /// Its signatures; where none is named, those beside it by their names and contents.
    pub signatures: Vec<Named>,
    /// Its provenance; as for signatures.
    pub provenance: Vec<Named>,
}

/// A document on vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vex {
    /// Its path, inside of what was delivered where `level` is none, else from the manifest's folder.
    pub named: Named,
    /// Whose word it is, as in `criteria/vex-precedence.toml`; `None` for the supplier's.
    pub level: Option<String>,
}

/// Who must have signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    /// The register of signers (`mekiki/trust-policy/v1`), which rules where it is given.
    pub register: Option<Named>,
    /// The trusted root of a Sigstore infrastructure.
    pub trusted_root: Option<Named>,
    /// The identity in the certificate.
    pub identity: Option<String>,
    /// Who vouches for it.
    pub issuer: Option<String>,
    /// Public keys.
    pub keys: Vec<Named>,
    /// Certificates of which the signer's must be one.
    pub certificates: Vec<Named>,
    /// Certificates that anchor trust.
    pub anchors: Vec<Named>,
    /// Lists of revoked certificates.
    pub revocations: Vec<Named>,
    /// How many keys must have signed.
    pub threshold: usize,
    /// The namespace of SSH signatures.
    pub namespace: Option<String>,
}

/// What was agreed about the build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// Who builds.
    pub builder: Option<String>,
    /// The source repository.
    pub source: Option<String>,
    /// The tag.
    pub source_tag: Option<String>,
    /// The branch.
    pub source_branch: Option<String>,
}

/// What is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What.
    pub what: Evidence,
    /// Why.
    pub reason: Text,
    /// Where.
    pub at: Place,
}

/// The manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The tender or offering.
    pub case: Option<String>,
    /// The contract.
    pub contract: Option<String>,
    /// The supplier: the bid or corporate number under which it stands in registers.
    pub supplier: Option<String>,
    /// What is verified.
    pub stage: Stage,
    /// The folder of what was delivered, from the manifest's folder; empty for that folder itself.
    pub delivered: String,
    /// The delivered product's name and version.
    pub product: Option<(String, String)>,
    /// The artifacts; where none is named, every delivered file that is nothing else.
    pub artifacts: Vec<Delivered>,
    /// The SBOMs.
    pub sboms: Vec<Delivered>,
    /// Documents on vulnerabilities.
    pub vex: Vec<Vex>,
    /// Who must have signed.
    pub signer: Signer,
    /// What was agreed about the build.
    pub build: Build,
    /// The folder of snapshots, or one snapshot.
    pub feed: Option<Named>,
    /// The digest of the snapshot to use, as the contract or the job pins it.
    pub feed_digest: Option<String>,
    /// How many days old the knowledge of an ecosystem may be.
    pub feed_maximum_age_days: Option<i64>,
    /// The SBOM as tendered.
    pub tendered: Option<Named>,
    /// The SBOM that was accepted earlier.
    pub accepted: Option<Named>,
    /// Notices of changes.
    pub notices: Vec<Named>,
    /// The checked list of products.
    pub products: Option<Named>,
    /// The register of requirements (`mekiki/requirements/v1`).
    pub requirements: Option<Named>,
    /// Entries of the register of exceptional actions (`mekiki/exception/v1`): files or folders.
    pub exceptions: Vec<Named>,
    /// Packs of own rules: folders.
    pub policies: Vec<Named>,
    /// The earlier verdict that a running system is held against.
    pub baseline: Option<Named>,
    /// Terms that the manifest itself states; the register's go before them and may not differ.
    pub terms: Terms,
    /// The list of files that need no entry in an SBOM.
    pub allowance: Option<Named>,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
    /// The day on which the supplier told that performance is finished (給付の完了の通知): inspection is due from then.
    pub notified_on: Option<Date>,
    /// The day of judgment, where the manifest fixes it.
    pub as_of: Option<Date>,
}

impl Manifest {
    /// Why something is left out; `None` where it is expected.
    pub fn left_out(&self, what: Evidence) -> Option<&LeftOut> {
        self.left_out.iter().find(|one| one.what == what)
    }
}
