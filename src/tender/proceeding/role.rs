//! Who acts in a case, and which roles one person may not hold together.
//!
//! Source: our table of roles and separation of duties (`docs/proceedings.md`), after the duties of the Common
//! Model and of the Accounts Act's officers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A role in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The section that needs what is procured (業務所管部署).
    RequestingSection,
    /// The information system security officer (情報システムセキュリティ責任者).
    SecurityOfficer,
    /// The contracting officer (契約担当官等).
    ContractingOfficer,
    /// A member of the technical review committee (技術審査委員).
    Evaluator,
    /// A holder of a share of the keys that open bids (開札立会者).
    Opener,
    /// An auditor (監査責任者), who reads and never writes.
    Auditor,
    /// A supplier that bids.
    Vendor,
    /// A machine of a supplier.
    Ci,
}

impl Role {
    /// Every role with its word.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("requesting-section", Self::RequestingSection),
        ("security-officer", Self::SecurityOfficer),
        ("contracting-officer", Self::ContractingOfficer),
        ("evaluator", Self::Evaluator),
        ("opener", Self::Opener),
        ("auditor", Self::Auditor),
        ("vendor", Self::Vendor),
        ("ci", Self::Ci),
    ];

    /// The word in the log.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, role)| *role == self);
        found.map_or("", |(word, _)| word)
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, role)| *role)
    }

    /// Why one person may not hold both roles in one case; `None` where they may.
    pub fn excludes(self, other: Self) -> Option<&'static str> {
        EXCLUSIONS
            .iter()
            .find(|(first, second, _)| {
                (*first, *second) == (self, other) || (*second, *first) == (self, other)
            })
            .map(|(.., why)| *why)
    }
}

const VENDOR: &str = "who bids has no part in the agency's side of the case";
const AUDITOR: &str = "an auditor reads a case and takes no part in it";
const MACHINE: &str = "a machine gives no approval";

/// Roles that one person may not hold together in one case, with the reason.
pub const EXCLUSIONS: [(Role, Role, &str); 20] = [
    (
        Role::Evaluator,
        Role::ContractingOfficer,
        "who awards does not touch the marks",
    ),
    (
        Role::Evaluator,
        Role::Opener,
        "who marks sees no price before the technical marks are locked",
    ),
    (
        Role::SecurityOfficer,
        Role::ContractingOfficer,
        "who sets the security requirements does not award",
    ),
    (Role::Vendor, Role::RequestingSection, VENDOR),
    (Role::Vendor, Role::SecurityOfficer, VENDOR),
    (Role::Vendor, Role::ContractingOfficer, VENDOR),
    (Role::Vendor, Role::Evaluator, VENDOR),
    (Role::Vendor, Role::Opener, VENDOR),
    (Role::Vendor, Role::Auditor, VENDOR),
    (Role::Auditor, Role::RequestingSection, AUDITOR),
    (Role::Auditor, Role::SecurityOfficer, AUDITOR),
    (Role::Auditor, Role::ContractingOfficer, AUDITOR),
    (Role::Auditor, Role::Evaluator, AUDITOR),
    (Role::Auditor, Role::Opener, AUDITOR),
    (Role::Ci, Role::RequestingSection, MACHINE),
    (Role::Ci, Role::SecurityOfficer, MACHINE),
    (Role::Ci, Role::ContractingOfficer, MACHINE),
    (Role::Ci, Role::Evaluator, MACHINE),
    (Role::Ci, Role::Opener, MACHINE),
    (Role::Ci, Role::Auditor, MACHINE),
];

/// Who acts: a person or body by an identifier of the agency's choice, in one role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Identifier: up to 64 letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// The role in which it acts.
    pub role: Role,
}

impl Actor {
    /// Reads `ID:ROLE`; `None` where the role is unknown or the identifier malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, role) = text.split_once(':')?;
        crate::id::is_plain(id).then_some(())?;
        Some(Self {
            id: id.to_owned(),
            role: Role::from_word(role)?,
        })
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.id, self.role.word())
    }
}
