//! Persons, organizations and tools.

use std::collections::HashSet;
use std::sync::Arc;

use compact_str::CompactString;
use serde::Serialize;

/// What kind of party a document names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A legal entity.
    Organization,
    /// A natural person.
    Person,
    /// A program.
    Tool,
    /// The document does not say.
    #[default]
    Unstated,
}

/// A person, organization or tool that the document names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// The name as written, without the kind before it and the address behind it. `NOASSERTION` is kept.
    pub name: CompactString,
    /// The version, for tools.
    pub version: Option<CompactString>,
    /// Email addresses, those of its contacts included.
    pub emails: Vec<CompactString>,
    /// Addresses on the web.
    pub urls: Vec<CompactString>,
    /// Names of contact persons.
    pub contacts: Vec<CompactString>,
}

impl Party {
    /// Whether anything but white space, `NOASSERTION` and `NONE` is said of it.
    pub fn is_known(&self) -> bool {
        is_stated(&self.name)
            || self.emails.iter().any(|one| is_stated(one))
            || self.urls.iter().any(|one| is_stated(one))
    }
}

/// The parties of a document, each once: a supplier of many components is named in each of them.
#[derive(Debug, Default)]
pub struct Parties(HashSet<Arc<Party>, foldhash::fast::FixedState>);

impl Parties {
    /// The one copy of a party.
    pub fn share(&mut self, party: Party) -> Arc<Party> {
        if let Some(known) = self.0.get(&party) {
            return Arc::clone(known);
        }
        let shared = Arc::new(party);
        self.0.insert(Arc::clone(&shared));
        shared
    }
}

/// Whether a text says something: not empty, not `NOASSERTION`, not `NONE`.
///
/// Source: SPDX 2.3, 7.5 and others: `NOASSERTION` makes no claim, `NONE` claims that there is none.
pub fn is_stated(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text != "NOASSERTION" && text != "NONE"
}
