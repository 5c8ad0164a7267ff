//! An item: all of a component that decides what touches it, and nothing else. Two components that are
//! judged alike are one item.

use serde::{Deserialize, Serialize};

use crate::evidence::sbom::model::{
    Component, ComponentKind, Identifier, IdentifierKind, Property, Sbom, Site,
};
use crate::matching::SOURCE_PROPERTIES;

/// A component as it is judged.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredItem<'a> {
    /// The position of its kind in [`ComponentKind::WORDS`].
    kind: u8,
    name: &'a str,
    version: Option<&'a str>,
    purl: Option<&'a str>,
    /// Package URLs (`true`) and CPE names (`false`), in the order of the document.
    #[serde(borrow)]
    identifiers: Vec<(bool, &'a str)>,
    /// Those that name the source package.
    #[serde(borrow)]
    properties: Vec<(&'a str, &'a str)>,
}

impl<'a> StoredItem<'a> {
    pub(super) fn new(component: &'a Component) -> Self {
        let kind = ComponentKind::WORDS
            .iter()
            .position(|(kind, _)| *kind == component.kind);
        let identifiers = component.identifiers.iter().filter_map(|one| {
            let is_purl = match one.kind {
                IdentifierKind::Purl => true,
                IdentifierKind::Cpe => false,
                _ => return None,
            };
            Some((is_purl, one.value.as_str()))
        });
        let properties = component
            .properties
            .iter()
            .filter(|one| SOURCE_PROPERTIES.contains(&one.name.as_str()))
            .map(|one| (one.name.as_str(), one.value.as_str()));
        Self {
            kind: kind
                .and_then(|kind| u8::try_from(kind).ok())
                .unwrap_or(u8::MAX),
            name: &component.name,
            version: component.version.as_deref(),
            purl: component.purl.as_deref(),
            identifiers: identifiers.collect(),
            properties: properties.collect(),
        }
    }

    pub(super) fn component(&self) -> Component {
        let kind = ComponentKind::WORDS
            .get(usize::from(self.kind))
            .map_or(ComponentKind::Unstated, |(kind, _)| *kind);
        let identifiers = self.identifiers.iter().map(|(is_purl, value)| Identifier {
            kind: if *is_purl {
                IdentifierKind::Purl
            } else {
                IdentifierKind::Cpe
            },
            value: (*value).into(),
        });
        let properties = self.properties.iter().map(|(name, value)| Property {
            name: (*name).into(),
            value: (*value).into(),
        });
        Component {
            kind,
            name: self.name.into(),
            version: self.version.map(Into::into),
            purl: self.purl.map(Into::into),
            identifiers: identifiers.collect(),
            properties: properties.collect(),
            ..Component::default()
        }
    }
}

/// Where an item stands in an SBOM.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredOccurrence<'a> {
    pub(super) sbom: u32,
    #[serde(borrow)]
    reference: StoredReference<'a>,
    #[serde(borrow)]
    site: StoredSite<'a>,
}

/// How the document refers to it. Most documents use the package URL.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum StoredReference<'a> {
    Purl,
    Text(&'a str),
}

/// Its place. Most stand in one of two lists.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum StoredSite<'a> {
    Component(u32),
    Package(u32),
    Other(&'a str, u32, u32),
}

impl<'a> StoredOccurrence<'a> {
    pub(super) fn new(sbom: u32, list: &'a Sbom, component: &'a Component) -> Self {
        let reference = list.reference_of(component);
        let Site {
            pointer,
            line,
            column,
        } = &component.at;
        let position = |list: &str| {
            let position = pointer.strip_prefix(list).filter(|_| *line == 0)?;
            let number: u32 = position.parse().ok()?;
            // Only what is written back as it was.
            (number.to_string() == position).then_some(number)
        };
        let site = position("/components/")
            .map(StoredSite::Component)
            .or_else(|| position("/packages/").map(StoredSite::Package))
            .unwrap_or(StoredSite::Other(pointer, *line, *column));
        Self {
            sbom,
            reference: if component.purl.as_deref() == Some(reference) {
                StoredReference::Purl
            } else {
                StoredReference::Text(reference)
            },
            site,
        }
    }

    /// The same occurrence under another number of its SBOM.
    pub(super) fn renumbered(self, sbom: u32) -> Self {
        Self { sbom, ..self }
    }

    pub(super) fn reference(&self, component: &Component) -> String {
        match self.reference {
            StoredReference::Purl => component.purl.as_deref().unwrap_or_default().to_owned(),
            StoredReference::Text(text) => text.to_owned(),
        }
    }

    pub(super) fn site(&self) -> Site {
        match self.site {
            StoredSite::Component(number) => Site::pointer(format!("/components/{number}")),
            StoredSite::Package(number) => Site::pointer(format!("/packages/{number}")),
            StoredSite::Other(pointer, line, column) => Site {
                pointer: pointer.into(),
                line,
                column,
            },
        }
    }
}
