//! An evaluation of the risk of a system (Common Model, article 5): scores are inputs to it, not the evaluation itself.

use super::read;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of an entry.
pub const SCHEMA: &str = "mekiki/risk-evaluation/v1";

/// One evaluation.
#[derive(Debug, Clone)]
pub struct RiskEvaluation {
    /// Identifier.
    pub id: String,
    /// The system.
    pub system: String,
    /// The day.
    pub evaluated_on: Date,
    /// The role that evaluated.
    pub evaluated_by: String,
    /// How likely the threat is.
    pub likelihood: RiskLevel,
    /// How great the loss would be.
    pub loss: RiskLevel,
    /// The conclusion, in words.
    pub conclusion: Text,
    /// What it rests on.
    pub inputs: Vec<RiskInput>,
    /// Where it stands.
    pub at: Place,
}

/// What an evaluation rests on.
#[derive(Debug, Clone)]
pub struct RiskInput {
    /// What it is.
    pub kind: RiskInputKind,
    /// The digest of its file.
    pub sha256: Digest,
    /// Where it stands.
    pub at: Place,
}

/// Three levels, as the agency judges them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskLevel {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl RiskLevel {
    /// Every level with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("low", Self::Low),
        ("medium", Self::Medium),
        ("high", Self::High),
    ];
}

/// The kinds of inputs that article 5 names, and the assessments of this tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RiskInputKind {
    /// A record of an assessment or a tender.
    Assessment,
    /// A self-check.
    SelfCheck,
    /// An audit of the agency.
    Audit,
    /// An audit by the Cybersecurity Strategic Headquarters.
    HeadquartersAudit,
}

impl RiskInputKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("assessment", Self::Assessment),
        ("self-check", Self::SelfCheck),
        ("audit", Self::Audit),
        ("headquarters-audit", Self::HeadquartersAudit),
    ];
}

/// Reads an evaluation.
///
/// # Errors
///
/// All complaints about an evaluation that cannot be used.
pub fn read_risk(bytes: &[u8]) -> Result<RiskEvaluation, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| RiskEvaluation {
        id: fields.text("id"),
        system: fields.text("system"),
        evaluated_on: fields.day("evaluated_on"),
        evaluated_by: fields.text("evaluated_by"),
        likelihood: level(fields, "likelihood"),
        loss: level(fields, "loss"),
        conclusion: fields.both("conclusion"),
        inputs: fields
            .tables("input")
            .iter()
            .filter_map(|input| {
                let kind = input.word("kind", &RiskInputKind::WORDS);
                let text = input.text("sha256");
                let at = input.place();
                let digest = text.parse().ok();
                if digest.is_none() && !text.is_empty() {
                    input.complain(
                        "digest-malformed",
                        "sha256",
                        format!("`{text}` is no SHA-256 digest"),
                        "write 64 hexadecimal digits",
                    );
                }
                input.finish();
                Some(RiskInput {
                    kind: kind?,
                    sha256: digest?,
                    at,
                })
            })
            .collect(),
        at: fields.place(),
    })
}

fn level(fields: &Fields<'_>, key: &'static str) -> RiskLevel {
    fields
        .word(key, &RiskLevel::WORDS)
        .unwrap_or(RiskLevel::High)
}
