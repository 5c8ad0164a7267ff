//! Components as packages and files.

use serde_json::{Map, Value, json};

use super::Writer;
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{
    Component, ComponentKind, ExternalReference, Hash, IdentifierKind, Party, PartyKind, Property,
};
use crate::evidence::sbom::spdx3::{instant, vocabulary};

impl Writer<'_> {
    pub(super) fn write_component(&mut self, component: &Component, id: &str, is_file: bool) {
        let at = component.at.place();
        let mut members = Map::new();
        let mut text = |key: &str, value: &str| {
            members.insert(key.into(), value.into());
        };
        text("name", &component.name);
        for (key, value) in [
            ("software_copyrightText", &component.copyright),
            ("description", &component.description),
        ] {
            if let Some(value) = value {
                text(key, value);
            }
        }
        for (key, value) in [
            ("software_packageVersion", &component.version),
            ("software_packageUrl", &component.purl),
            ("software_downloadLocation", &component.download_location),
        ] {
            match value {
                Some(value) if !is_file => text(key, value),
                Some(value) if key != "software_packageUrl" => {
                    let reason = "a file of SPDX 3 has no such property";
                    self.lose(
                        format!("`{value}` of the file `{}`", component.name),
                        at.clone(),
                        reason,
                    );
                }
                _ => {}
            }
        }
        self.write_parties(component, &mut members);
        self.write_purpose(component, is_file, &mut members);
        self.write_identifiers(component, is_file, &mut members);
        let hashes = self.hashes(&component.hashes, &at);
        if !hashes.is_empty() {
            members.insert("verifiedUsing".into(), hashes.into());
        }
        if let Some(until) = &component.valid_until {
            match instant(until) {
                Some(until) => _ = members.insert("validUntilTime".into(), until.into()),
                None => self.lose(
                    format!("the end of support `{until}`"),
                    at.clone(),
                    "it is no date and time",
                ),
            }
        }
        let is_home = |link: &&ExternalReference| link.kind == "website" && !is_file;
        let mut homes = component.external_references.iter().filter(is_home);
        let home = homes.next();
        if let Some(home) = home {
            members.insert("software_homePage".into(), home.url.as_str().into());
        }
        let links = component.external_references.iter();
        let links = links.filter(|link| !home.is_some_and(|home| std::ptr::eq(home, *link)));
        let links = self.links(links, &at);
        if !links.is_empty() {
            members.insert("externalRef".into(), links.into());
        }
        let properties = component.properties.iter();
        let properties = properties.filter(|one| !is_purpose(one, component.kind));
        members.extend(extension(properties).map(|value| ("extension".to_owned(), value)));
        self.lose_rest(component);
        let class = match component.kind {
            _ if is_file => "software_File",
            ComponentKind::MachineLearningModel => "ai_AIPackage",
            ComponentKind::Data if is_set(component) => {
                members.insert("dataset_datasetType".into(), json!(["noAssertion"]));
                "dataset_DatasetPackage"
            }
            _ => "software_Package",
        };
        self.put(class, id, members);
        self.write_licenses(component, id);
    }

    fn write_parties(&mut self, component: &Component, members: &mut Map<String, Value>) {
        let at = component.at.place();
        let is_root = self
            .sbom
            .root
            .as_ref()
            .is_some_and(|root| root.at == component.at);
        let supplier = super::super::supplier_of(self.sbom, component, is_root);
        if let Some(id) = supplier.and_then(|party| self.agent(party, &at)) {
            members.insert("suppliedBy".into(), id.into());
        }
        let mut by = Vec::new();
        if let Some(party) = component.originator.as_deref() {
            by.extend(self.agent(party, &at));
        }
        for (what, parties) in [
            (
                "the manufacturer",
                component
                    .manufacturer
                    .as_deref()
                    .into_iter()
                    .collect::<Vec<_>>(),
            ),
            ("an author", component.authors.iter().collect()),
        ] {
            for party in parties {
                by.extend(self.agent(party, &at));
                let what = format!("that `{}` is {what} of `{}`", party.name, component.name);
                self.lose(
                    what,
                    at.clone(),
                    "SPDX 3 knows originators only; it is written as one",
                );
            }
        }
        if let Some(publisher) = component.publisher.as_deref().filter(|_| by.is_empty()) {
            let party = Party {
                kind: PartyKind::Organization,
                name: publisher.into(),
                ..Party::default()
            };
            by.extend(self.agent(&party, &at));
        }
        if !by.is_empty() {
            members.insert("originatedBy".into(), by.into());
        }
    }

    fn write_purpose(
        &mut self,
        component: &Component,
        is_file: bool,
        members: &mut Map<String, Value>,
    ) {
        let of_name = |name: &'static str| {
            let properties = component.properties.iter();
            let properties = properties.filter(move |one| one.name == name);
            let properties = properties.filter(|one| is_purpose(one, component.kind));
            properties.map(|one| one.value.as_str())
        };
        let written = of_name("primaryPurpose").next();
        let of_kind = vocabulary::purpose_of_kind(component.kind);
        let of_kind = of_kind.filter(|_| !(is_file && component.kind == ComponentKind::File));
        if let Some(purpose) = written.or(of_kind) {
            members.insert("software_primaryPurpose".into(), purpose.into());
        }
        if component.kind == ComponentKind::CryptographicAsset {
            let what = format!("that `{}` is a cryptographic asset", component.name);
            self.lose(
                what,
                component.at.place(),
                "SPDX 3 has no purpose for it; `other` is written",
            );
        }
        let further: Vec<_> = of_name("additionalPurpose").collect();
        if !further.is_empty() {
            members.insert("software_additionalPurpose".into(), further.into());
        }
    }

    fn write_identifiers(
        &mut self,
        component: &Component,
        is_file: bool,
        members: &mut Map<String, Value>,
    ) {
        let identifier = |word: &str, value: &str| json!({"type": "ExternalIdentifier", "externalIdentifierType": word, "identifier": value});
        let first = component.purl.as_deref().filter(|_| is_file);
        let mut written: Vec<Value> = first
            .iter()
            .map(|purl| identifier("packageUrl", purl))
            .collect();
        for one in &component.identifiers {
            let word = vocabulary::identifier_word(one.kind, &one.value);
            written.push(identifier(word, &one.value));
            if one.kind == IdentifierKind::Other {
                let reason = "its kind is not held; `other` is written";
                self.lose(
                    format!("the kind of the identifier `{}`", one.value),
                    component.at.place(),
                    reason,
                );
            }
        }
        if !written.is_empty() {
            members.insert("externalIdentifier".into(), written.into());
        }
    }

    pub(super) fn hashes(&mut self, hashes: &[Hash], at: &Place) -> Vec<Value> {
        let mut written = Vec::with_capacity(hashes.len());
        for hash in hashes {
            let word = vocabulary::hash_word(&hash.algorithm).unwrap_or_else(|| {
                let what = format!("the hash algorithm `{}`", hash.algorithm);
                self.lose(
                    what,
                    at.clone(),
                    "SPDX 3 has no word for it; `other` is written",
                );
                "other"
            });
            written.push(json!({"type": "Hash", "algorithm": word, "hashValue": hash.value}));
        }
        written
    }

    pub(super) fn links<'a>(
        &mut self,
        links: impl Iterator<Item = &'a ExternalReference>,
        at: &Place,
    ) -> Vec<Value> {
        let mut written = Vec::new();
        for link in links {
            let word = vocabulary::link_word(&link.kind).unwrap_or_else(|| {
                let what = format!("the kind `{}` of a link", link.kind);
                self.lose(
                    what,
                    at.clone(),
                    "SPDX 3 has no word for it; `other` is written",
                );
                "other"
            });
            if !link.hashes.is_empty() {
                let what = format!("the hashes of the link to `{}`", link.url);
                self.lose(what, at.clone(), "a link of SPDX 3 has no hashes");
            }
            written.push(
                json!({"type": "ExternalRef", "externalRefType": word, "locator": [link.url]}),
            );
        }
        written
    }

    fn lose_rest(&mut self, component: &Component) {
        let at = || component.at.place();
        let name = &component.name;
        if let Some(group) = component
            .group
            .as_deref()
            .filter(|_| component.purl.is_none())
        {
            let reason = "SPDX 3 has no field for it, and no package URL says it";
            self.lose(format!("the group `{group}` of `{name}`"), at(), reason);
        }
        if let Some(publisher) = &component.publisher {
            let reason = "SPDX 3 has no field for it; without an originator it is written as one";
            self.lose(
                format!("the publisher `{publisher}` of `{name}`"),
                at(),
                reason,
            );
        }
        if let Some(scope) = &component.scope {
            let reason = "SPDX 3 says it of relationships, not of packages";
            self.lose(format!("the scope `{scope}` of `{name}`"), at(), reason);
        }
    }
}

/// Properties as SPDX 3 carries those of CycloneDX; nothing for none.
pub(super) fn extension<'a>(properties: impl Iterator<Item = &'a Property>) -> Option<Value> {
    let entries: Vec<_> = properties
        .map(|one| {
            json!({
                "type": "extension_CdxPropertyEntry",
                "extension_cdxPropName": one.name,
                "extension_cdxPropValue": one.value,
            })
        })
        .collect();
    (!entries.is_empty()).then(
        || json!([{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": entries}]),
    )
}

/// Whether a property is a purpose that the reader of SPDX 3 kept beside the kind.
fn is_purpose(property: &Property, kind: ComponentKind) -> bool {
    let word = property.value.as_str();
    match property.name.as_str() {
        "additionalPurpose" => vocabulary::is_purpose(word),
        // A model or a set of data has its kind from its class and may have any purpose.
        "primaryPurpose" => {
            let has_class = matches!(
                kind,
                ComponentKind::MachineLearningModel | ComponentKind::Data
            );
            vocabulary::is_purpose(word) && (has_class || vocabulary::kind_of_purpose(word) == kind)
        }
        _ => false,
    }
}

/// Whether the purpose of data is another one, so that its class has to say what it is.
fn is_set(component: &Component) -> bool {
    component.properties.iter().any(|one| {
        one.name == "primaryPurpose"
            && is_purpose(one, component.kind)
            && vocabulary::kind_of_purpose(&one.value) != component.kind
    })
}
