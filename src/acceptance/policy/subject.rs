//! What rules look at, and the names that they may use of it.

use crate::diagnostic::Diagnostic;
use crate::fact::vocabulary::Vocabulary;
use crate::tree::{Complaints, parse_toml};

const DELIVERY: &str = include_str!("delivery.toml");
const ARTIFACT: &str = include_str!("artifact.toml");
const COMPONENT: &str = include_str!("component.toml");
const VULNERABILITY: &str = include_str!("vulnerability.toml");

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The delivery as a whole, with what the built-in checks said of it.
    Delivery,
    /// Each delivered artifact.
    Artifact,
    /// Each component that a delivered SBOM lists.
    Component,
    /// Each vulnerability of a component.
    Vulnerability,
}

impl Subject {
    /// Every subject with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("delivery", Self::Delivery),
        ("artifact", Self::Artifact),
        ("component", Self::Component),
        ("vulnerability", Self::Vulnerability),
    ];

    /// The word in rules, with which its names begin.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, subject)| *subject == self);
        found.map_or("", |(word, _)| word)
    }

    fn declared(self) -> &'static str {
        match self {
            Self::Delivery => DELIVERY,
            Self::Artifact => ARTIFACT,
            Self::Component => COMPONENT,
            Self::Vulnerability => VULNERABILITY,
        }
    }
}

/// The names that a rule on `subject` may use.
///
/// # Errors
///
/// The faults of the built-in declarations; a test holds that there are none.
pub fn vocabulary(subject: Subject) -> Result<Vocabulary, Vec<Diagnostic>> {
    let document = parse_toml(subject.declared().as_bytes())?;
    let complaints = Complaints::default();
    let vocabulary = Vocabulary::read(&document, &complaints);
    if complaints.has_errors() {
        return Err(complaints.into_sorted());
    }
    Ok(vocabulary)
}
