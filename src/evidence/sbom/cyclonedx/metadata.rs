//! What a CycloneDX document says of itself, and the parties that it names.

use super::Reader;
use super::component::tool;
use crate::evidence::sbom::model::{Party, PartyKind, Property};
use crate::tape::{Item, Shape, Step};

impl<'t> Reader<'t> {
    pub(super) fn metadata(&mut self, item: Item<'t>) {
        let mut made_by = None;
        for member in item.children() {
            match member.key().unwrap_or_default() {
                "timestamp" => {
                    self.sbom.metadata.timestamp = member.text().map(Into::into);
                    let at = self.below(Step::Key("timestamp"), |reader| reader.site(member));
                    self.sbom.metadata.timestamp_at = Some(at);
                }
                "lifecycles" => {
                    let phases = member
                        .items()
                        .filter_map(|one| one.get_text("phase").or_else(|| one.get_text("name")));
                    self.sbom.metadata.lifecycles = phases.map(Into::into).collect();
                }
                "tools" => self.sbom.metadata.tools = tools(member),
                "authors" => {
                    self.sbom.metadata.authors = member.items().filter_map(person).collect();
                }
                "component" => self.described(member),
                "supplier" => self.sbom.metadata.supplier = organization(member),
                "manufacturer" => self.sbom.metadata.manufacturer = organization(member),
                "manufacture" => made_by = self.organization(member),
                "licenses" => self.sbom.metadata.licenses = self.licenses(member),
                "properties" => self.sbom.metadata.properties.extend(properties(member)),
                _ => {}
            }
        }
        // CycloneDX 1.5, `metadata.manufacture`: the organization that manufactured the component that the
        // BOM describes. It is not who made the document, whom 1.6 calls the `manufacturer`; only where
        // nothing is described can nobody else be meant.
        match &mut self.sbom.root {
            Some(root) => root.manufacturer = root.manufacturer.take().or(made_by),
            None if self.sbom.metadata.manufacturer.is_none() => {
                self.sbom.metadata.manufacturer = made_by.map(|party| (*party).clone());
            }
            None => {}
        }
    }
}

/// Tools in either form: a list until 1.4, components and services from 1.5 on.
fn tools(item: Item<'_>) -> Vec<Party> {
    if item.shape() == Shape::List {
        return item.items().filter_map(tool).collect();
    }
    ["components", "services"]
        .into_iter()
        .filter_map(|key| item.get(key))
        .flat_map(Item::items)
        .filter_map(tool)
        .collect()
}

/// An organizational entity.
pub(super) fn organization(item: Item<'_>) -> Option<Party> {
    if item.shape() != Shape::Table {
        return None;
    }
    let mut party = Party {
        kind: PartyKind::Organization,
        name: item.get_text("name").unwrap_or_default().into(),
        ..Party::default()
    };
    if let Some(url) = item.get("url") {
        party.urls = url
            .text()
            .into_iter()
            .chain(url.items().filter_map(Item::text))
            .map(Into::into)
            .collect();
    }
    for contact in item.get("contact").into_iter().flat_map(Item::items) {
        party
            .contacts
            .extend(contact.get_text("name").map(Into::into));
        party
            .emails
            .extend(contact.get_text("email").map(Into::into));
    }
    Some(party)
}

/// An organizational contact.
pub(super) fn person(item: Item<'_>) -> Option<Party> {
    (item.shape() == Shape::Table).then(|| Party {
        kind: PartyKind::Person,
        name: item.get_text("name").unwrap_or_default().into(),
        emails: item.get_text("email").map(Into::into).into_iter().collect(),
        ..Party::default()
    })
}

/// A list of properties.
pub(super) fn properties(list: Item<'_>) -> Vec<Property> {
    let mut properties = Vec::with_capacity(list.items().count());
    properties.extend(list.items().filter_map(|item| {
        Some(Property {
            name: item.get_text("name")?.into(),
            value: item.get_text("value").unwrap_or_default().into(),
        })
    }));
    properties
}
