//! Licenses in the words of CycloneDX.

use super::super::form::iri;
use super::Writer;
use crate::evidence::sbom::model::{Acknowledgement, Component, License, LicenseForm};

impl Writer<'_, '_> {
    /// Writes the licenses of a component.
    ///
    /// In 1.6 an expression stands alone, so that of two views of which one is an expression only what
    /// the author of the document found is kept; 1.7 has room for both.
    pub(super) fn licenses(&mut self, key: &str, component: &Component) {
        let at = &component.at;
        let mut kept: Vec<&License> = Vec::new();
        for license in &component.licenses {
            let is_expression = license.form == LicenseForm::Expression;
            if is_expression && matches!(license.text.as_str(), "NONE" | "NOASSERTION") {
                let what = format!("a license {}", license.text);
                let reason = "CycloneDX leaves out what is not claimed";
                self.losses.member(&what, reason, at, "");
            } else {
                kept.push(license);
            }
        }
        if self.version == "1.6" && kept.len() > 1 && !kept.iter().all(|one| is_single(one)) {
            let best = kept.iter().max_by_key(|one| {
                (
                    one.acknowledgement == Acknowledgement::Concluded,
                    one.text.len(),
                )
            });
            let best = best.copied();
            for _ in 1..kept.len() {
                let reason = "in CycloneDX 1.6 a license expression stands alone; what the author of the document found is kept";
                self.losses
                    .member("a license beside an expression", reason, at, "");
            }
            kept = best.into_iter().collect();
        }
        if kept.is_empty() {
            return;
        }
        self.json.list(Some(key));
        for license in kept {
            self.license(license, component);
        }
        self.json.end();
    }

    fn license(&mut self, license: &License, component: &Component) {
        let text = license.text.as_str();
        let acknowledgement = match license.acknowledgement {
            Acknowledgement::Declared => Some("declared"),
            Acknowledgement::Concluded => Some("concluded"),
            Acknowledgement::Unstated => None,
        };
        self.json.table(None);
        if is_single(license) {
            let is_listed = license.form != LicenseForm::Name && is_listed(text);
            self.json.table(Some("license"));
            self.json
                .member(if is_listed { "id" } else { "name" }, text);
            self.json.option("acknowledgement", acknowledgement);
            if let Some(full) = self.texts.get(text).filter(|_| !is_listed) {
                self.json.table(Some("text"));
                self.json.member("contentType", "text/plain");
                self.json.member("content", full);
                self.json.end();
            }
            let url = license.url.as_deref().map(iri);
            self.json.option("url", url.as_deref());
            self.json.end();
        } else {
            self.json.member("expression", text);
            self.json.option("acknowledgement", acknowledgement);
            let words = text.split([' ', '(', ')', '+']);
            let mut known: Vec<(&str, &String)> = words
                .filter_map(|word| Some((word, self.texts.get(word)?)))
                .collect();
            known.sort_unstable();
            known.dedup();
            if self.version == "1.6" {
                for _ in &known {
                    let reason = "CycloneDX 1.6 has no texts beside an expression";
                    let what = "the text of a license in an expression";
                    self.losses.member(what, reason, &component.at, "");
                }
            } else {
                self.json
                    .each("expressionDetails", known, |json, (word, full)| {
                        json.table(None);
                        json.member("licenseIdentifier", word);
                        json.table(Some("text"));
                        json.member("contentType", "text/plain");
                        json.member("content", full);
                        json.end();
                        json.end();
                    });
            }
        }
        self.json.end();
    }
}

/// Whether a license is one name and no expression over several.
fn is_single(license: &License) -> bool {
    let text = license.text.as_str();
    license.form == LicenseForm::Name
        || is_listed(text)
        || text.starts_with("LicenseRef-") && !text.contains([' ', '(', ')', '+'])
}

/// Whether CycloneDX takes a text as the identifier of a license.
fn is_listed(text: &str) -> bool {
    spdx::license_id(text).is_some_and(|known| known.name == text)
}
