//! Agents and tools as parties.

use compact_str::CompactString;

use super::super::spdx2::party::tool;
use super::class::{Class, local_name};
use super::graph::{entries, plain};
use super::{Reader, member, member_text};
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{Party, PartyKind, Ref, Target};
use crate::tape::Item;

impl<'t> Reader<'t> {
    /// The party that a value names; `None` where nothing is known of it.
    pub(super) fn party(&mut self, value: Item<'t>) -> Option<Party> {
        let reference = self.graph.reference(value)?;
        if let Some(known) = self.parties.get(&reference) {
            return known.clone();
        }
        self.is_known(reference);
        let party = self.new_party(reference);
        self.parties.insert(reference, party.clone());
        party
    }

    fn new_party(&self, reference: Ref) -> Option<Party> {
        if let Some(index) = self.graph.element_of(reference) {
            return self.party_of(index);
        }
        let name = self.graph.references.name(reference);
        if is_spdx_organization(name) {
            return Some(Party {
                kind: PartyKind::Organization,
                name: CompactString::const_new("SPDX"),
                ..Party::default()
            });
        }
        let is_named = match self.graph.references.target(reference) {
            Target::Nothing | Target::NoAssertion | Target::External => true,
            // Some write `Organization: name` as in SPDX 2, or a bare name, where an IRI belongs.
            _ => !name.contains("://") && !name.starts_with("_:") && !name.starts_with("urn:"),
        };
        is_named.then(|| in_manner_of_spdx_2(name))
    }

    /// The party that an element is.
    pub(super) fn party_of(&self, index: usize) -> Option<Party> {
        let element = self.graph.elements.get(index)?;
        let mut party = Party {
            kind: match element.class {
                Some(Class::Person) => PartyKind::Person,
                Some(Class::Organization) => PartyKind::Organization,
                Some(Class::Tool | Class::SoftwareAgent) => PartyKind::Tool,
                _ => PartyKind::Unstated,
            },
            ..Party::default()
        };
        for child in element.item.children() {
            match child.key().map(local_name) {
                Some("name") => party.name = plain(child).unwrap_or_default().into(),
                Some("externalIdentifier" | "externalIdentifiers") => {
                    for identifier in entries(child) {
                        add_identifier(&mut party, identifier);
                    }
                }
                Some("externalRef" | "externalRefs") => {
                    let locators = entries(child).filter_map(|one| member(one, "locator"));
                    let texts = locators.flat_map(entries).filter_map(plain);
                    party.urls.extend(texts.map(CompactString::from));
                }
                _ => {}
            }
        }
        if party.kind == PartyKind::Tool {
            // SPDX 3 has no field for the version of a tool: it stands behind the name as in SPDX 2.
            let (name, version) = tool(&party.name);
            party.version = version.map(CompactString::from);
            party.name = name.into();
        }
        Some(party)
    }

    /// Remarks on a value that should name an agent (or a tool) and does not.
    pub(super) fn check_party(
        &mut self,
        value: Item<'t>,
        place: (usize, &'static str, Option<usize>),
        is_right: fn(Class) -> bool,
        wanted: &str,
    ) {
        let (index, key, position) = place;
        let Some(reference) = self.graph.reference(value) else {
            return;
        };
        if !self.check_known(reference, || (index, key, position)) {
            return;
        }
        let found = self.graph.element_of(reference);
        let class = found.and_then(|found| self.class(found));
        if class.is_none_or(is_right) {
            return;
        }
        let name = self.graph.references.name(reference);
        let place = position.map_or(String::new(), |one| format!("/{one}"));
        let pointer = self.pointer(index, &format!("{key}{place}"));
        self.findings.warning(
            "spdx-class",
            "name an element of the right class, or change the class of the element",
            || (Place::pointer(pointer), format!("`{name}` is no {wanted}")),
        );
    }
}

/// Whether a name is the individual that stands for the SPDX project.
///
/// Source: SPDX 3.0.1, Core: Individual `SpdxOrganization`.
pub(super) fn is_spdx_organization(name: &str) -> bool {
    name.ends_with("SpdxOrganization") && local_name(name) == "SpdxOrganization"
}

fn add_identifier(party: &mut Party, identifier: Item<'_>) {
    let Some(value) = member_text(identifier, "identifier") else {
        return;
    };
    let word = member_text(identifier, "externalIdentifierType").map(local_name);
    let is_address = value.starts_with("https://") || value.starts_with("http://");
    match word {
        Some("email") => {
            let address = value.strip_prefix("mailto:").unwrap_or(value);
            party.emails.push(address.into());
        }
        Some("urlScheme") => party.urls.push(value.into()),
        _ if is_address => party.urls.push(value.into()),
        _ => {
            let locators = member(identifier, "identifierLocator").into_iter();
            let texts = locators.flat_map(entries).filter_map(plain);
            party.urls.extend(texts.map(CompactString::from));
        }
    }
}

fn in_manner_of_spdx_2(name: &str) -> Party {
    let kinds = [
        ("Organization:", PartyKind::Organization),
        ("Person:", PartyKind::Person),
        ("Tool:", PartyKind::Tool),
    ];
    for (prefix, kind) in kinds {
        if let Some(name) = name.strip_prefix(prefix) {
            return Party {
                kind,
                name: name.trim().into(),
                ..Party::default()
            };
        }
    }
    Party {
        name: name.into(),
        ..Party::default()
    }
}
