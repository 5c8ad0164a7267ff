//! Licenses as elements, each written once.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde_json::{Map, json};

use super::Writer;
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{Acknowledgement, Component, License, LicenseForm};

/// The licenses that stand in the text already, by form, text and address.
#[derive(Default)]
pub(super) struct Licenses(HashMap<License, String, FixedState>);

impl Writer<'_> {
    /// The name of a license, written where it is new.
    pub(super) fn license(&mut self, license: &License, at: &Place) -> String {
        match (license.form, license.text.as_str()) {
            (_, "NONE") => return "expandedlicensing_NoneLicense".into(),
            (_, "NOASSERTION") => return "expandedlicensing_NoAssertionLicense".into(),
            (LicenseForm::Id, id) if id.bytes().all(is_of_identifier) && !id.is_empty() => {
                if license.url.is_some() {
                    let reason = "a license of the SPDX list is named by its address there";
                    self.lose(
                        format!("the address of the license `{id}`"),
                        at.clone(),
                        reason,
                    );
                }
                return format!("https://spdx.org/licenses/{id}");
            }
            _ => {}
        }
        let key = License {
            acknowledgement: Acknowledgement::Unstated,
            ..license.clone()
        };
        if let Some(id) = self.licenses.0.get(&key) {
            return id.clone();
        }
        let id = self.own("licenses", self.licenses.0.len());
        let text = license.text.as_str();
        let mut members = Map::new();
        if let Some(url) = &license.url {
            let link =
                json!([{"type": "ExternalRef", "externalRefType": "license", "locator": [url]}]);
            members.insert("externalRef".into(), link);
        }
        if license.form == LicenseForm::Name {
            members.insert("name".into(), text.into());
            members.insert("simplelicensing_licenseText".into(), "NOASSERTION".into());
            self.put("simplelicensing_SimpleLicensingText", &id, members);
        } else {
            members.insert("simplelicensing_licenseExpression".into(), text.into());
            self.put("simplelicensing_LicenseExpression", &id, members);
        }
        self.licenses.0.insert(key, id.clone());
        id
    }

    /// Relates a component to its licenses.
    pub(super) fn write_licenses(&mut self, component: &Component, id: &str) {
        for (acknowledgement, word) in [
            (Acknowledgement::Declared, "hasDeclaredLicense"),
            (Acknowledgement::Concluded, "hasConcludedLicense"),
        ] {
            let mut names = Vec::new();
            for license in &component.licenses {
                let is_unstated = license.acknowledgement == Acknowledgement::Unstated;
                let written_as = if is_unstated {
                    Acknowledgement::Concluded
                } else {
                    license.acknowledgement
                };
                if written_as != acknowledgement {
                    continue;
                }
                let name = self.license(license, &component.at.place());
                if is_unstated {
                    let reason =
                        "SPDX 3 tells declared from concluded licenses; it is written as concluded";
                    let what = format!(
                        "that nobody says whose view the license `{}` is",
                        license.text
                    );
                    self.lose(what, component.at.place(), reason);
                }
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if !names.is_empty() {
                self.put_relationship(id, word, "", names, None);
            }
        }
    }
}

fn is_of_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+')
}
