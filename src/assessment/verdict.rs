//! The eight verdicts.

use serde::{Serialize, Serializer};

use crate::text::Text;

/// The kind of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictKind {
    /// Met.
    Pass,
    /// Not met.
    Fail,
    /// Met in part; scored criteria only.
    Partial,
    /// Outside of the case, for a reason that the agency confirmed.
    NotApplicable,
    /// Nothing was handed in.
    Unanswered,
    /// Something was handed in that could not be verified, or that is too weak to settle a gate.
    Unverifiable,
    /// Met only by evidence whose time has passed.
    Stale,
    /// Set aside by an exception under Article 8.
    Waived,
}

impl VerdictKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("pass", Self::Pass),
        ("fail", Self::Fail),
        ("partial", Self::Partial),
        ("not_applicable", Self::NotApplicable),
        ("unanswered", Self::Unanswered),
        ("unverifiable", Self::Unverifiable),
        ("stale", Self::Stale),
        ("waived", Self::Waived),
    ];

    /// Returns the word of machine output.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }

    /// Whether a gate with this verdict is open.
    pub fn opens_gate(self) -> bool {
        matches!(self, Self::Pass | Self::NotApplicable | Self::Waived)
    }
}

/// A verdict with what its kind needs. Never collapsed to a boolean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The kind.
    pub kind: VerdictKind,
    /// The level of a scored criterion, in per mille; zero for gates.
    pub level_per_mille: i64,
    /// Why it does not apply.
    pub reason: Option<Text>,
    /// The exception that waives it.
    pub exception: Option<String>,
}

impl Verdict {
    /// A verdict that needs nothing more.
    pub fn of(kind: VerdictKind) -> Self {
        Self {
            kind,
            level_per_mille: 0,
            reason: None,
            exception: None,
        }
    }

    /// Not applicable, with the confirmed reason.
    pub fn not_applicable(reason: Text) -> Self {
        Self {
            reason: Some(reason),
            ..Self::of(VerdictKind::NotApplicable)
        }
    }

    /// Waived by an exception.
    pub fn waived(exception: String) -> Self {
        Self {
            exception: Some(exception),
            ..Self::of(VerdictKind::Waived)
        }
    }

    /// Returns the verdict as machine output writes it: a word, or `partial(70/100)`.
    pub fn word(&self) -> String {
        match self.kind {
            VerdictKind::Partial => format!("partial({}/100)", self.level_per_mille / 10),
            kind => kind.word().to_owned(),
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}
