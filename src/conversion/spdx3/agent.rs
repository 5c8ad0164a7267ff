//! Parties as agents and tools, each written once.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde_json::{Map, Value, json};

use super::Writer;
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{Party, PartyKind};

/// The agents and tools that stand in the text already, by what they are.
#[derive(Default)]
pub(super) struct Agents(HashMap<(Party, bool), String, FixedState>);

impl Writer<'_> {
    /// The name of a party as an agent, written where it is new; `None` for a party that says nothing.
    pub(super) fn agent(&mut self, party: &Party, at: &Place) -> Option<String> {
        let class = match party.kind {
            PartyKind::Organization => "Organization",
            PartyKind::Person => "Person",
            PartyKind::Tool => "SoftwareAgent",
            PartyKind::Unstated => "Agent",
        };
        self.party(party, false, class, at)
    }

    /// The name of a party as a tool.
    pub(super) fn tool(&mut self, party: &Party) -> Option<String> {
        self.party(party, true, "Tool", &Place::whole())
    }

    fn party(&mut self, party: &Party, is_tool: bool, class: &str, at: &Place) -> Option<String> {
        let is_nothing = party.name.is_empty() && party.emails.is_empty() && party.urls.is_empty();
        if is_nothing && party.contacts.is_empty() && party.kind == PartyKind::Unstated {
            return None;
        }
        // Looked up by a copy: parties are few, and their parts are short.
        let key = (party.clone(), is_tool);
        if let Some(id) = self.agents.0.get(&key) {
            return Some(id.clone());
        }
        let id = self.own("agents", self.agents.0.len());
        let mut members = Map::new();
        let mut name = party.name.to_string();
        if let Some(version) = &party.version {
            name = format!("{name}-{version}");
            let reason = "SPDX 3 has no field for it; it stands behind the name";
            self.lose(
                format!("the version of the tool `{}`", party.name),
                at.clone(),
                reason,
            );
        }
        if !name.is_empty() {
            members.insert("name".into(), name.into());
        }
        for contact in &party.contacts {
            let reason = "an agent of SPDX 3 has no contact persons";
            self.lose(format!("the contact `{contact}`"), at.clone(), reason);
        }
        let emails = party.emails.iter().map(|value| ("email", value));
        let urls = party.urls.iter().map(|value| ("urlScheme", value));
        let identifiers: Vec<Value> = emails
            .chain(urls)
            .map(|(word, value)| {
                json!({
                    "type": "ExternalIdentifier",
                    "externalIdentifierType": word,
                    "identifier": value,
                })
            })
            .collect();
        if !identifiers.is_empty() {
            members.insert("externalIdentifier".into(), identifiers.into());
        }
        self.put(class, &id, members);
        self.agents.0.insert(key, id.clone());
        Some(id)
    }
}
