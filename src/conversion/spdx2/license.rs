//! Licenses as valid expressions; what is no part of one becomes a license of the document's own.
//!
//! Source: SPDX 2.3, annex D (expressions) and clause 10 (other licensing information).

use indexmap::{IndexMap, IndexSet};

use super::names::{Taken, plain};
use super::{Json, Losses, Texts, is_no_claim};
use crate::evidence::sbom::model::{License, LicenseForm, Site};
use crate::evidence::sbom::semantics::license_expression_fault;

/// The licenses of the document's own.
pub(super) struct Licenses<'a> {
    /// Texts of licenses that the source holds.
    texts: &'a Texts,
    /// What the source calls a license, with its identifier.
    own: IndexMap<String, String, foldhash::fast::FixedState>,
    taken: Taken,
}

impl<'a> Licenses<'a> {
    pub(super) fn new(texts: &'a Texts) -> Self {
        Self {
            texts,
            own: IndexMap::default(),
            taken: Taken::default(),
        }
    }

    /// The expression for a list of licenses; `None` for an empty one.
    pub(super) fn expression(
        &mut self,
        list: &[&License],
        at: &Site,
        losses: &mut Losses,
    ) -> Option<String> {
        let mut parts: IndexSet<String, foldhash::fast::FixedState> = IndexSet::default();
        for license in list {
            if is_no_claim(license) && list.len() > 1 {
                continue;
            }
            parts.insert(self.part(license));
        }
        let mut parts: Vec<_> = parts.into_iter().collect();
        if parts.len() > 1 {
            losses.member(
                "how several licenses relate",
                "the source does not say; they are joined by AND",
                at,
                "",
            );
            for part in &mut parts {
                if part.contains(' ') {
                    *part = format!("({part})");
                }
            }
        }
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    fn part(&mut self, license: &License) -> String {
        let text = license.text.trim();
        let is_name = license.form == LicenseForm::Name && !text.starts_with("LicenseRef-");
        let is_foreign = text.contains("DocumentRef-");
        if is_name || is_foreign || text.is_empty() || license_expression_fault(text).is_some() {
            return self.own(text);
        }
        for word in text.split([' ', '(', ')']) {
            if word.starts_with("LicenseRef-") && !self.own.contains_key(word) {
                self.taken.take(word.to_owned());
                self.own.insert(word.to_owned(), word.to_owned());
            }
        }
        text.to_owned()
    }

    /// The identifier of a license of the document's own.
    fn own(&mut self, name: &str) -> String {
        if let Some(id) = self.own.get(name) {
            return id.clone();
        }
        let mut plain = plain(name);
        plain.truncate(80);
        if plain.is_empty() {
            "unnamed".clone_into(&mut plain);
        }
        let id = self.taken.take(format!("LicenseRef-{plain}"));
        self.own.insert(name.to_owned(), id.clone());
        id
    }

    /// Writes every license of the document's own with its text.
    pub(super) fn extracted(&self, json: &mut Json, losses: &mut Losses) {
        json.each(
            "hasExtractedLicensingInfos",
            &self.own,
            |json, (name, id)| {
                json.table(None);
                json.member("licenseId", id);
                let text = self.texts.get(name.as_str());
                json.member("extractedText", text.map_or("NOASSERTION", String::as_str));
                if name != id && !name.is_empty() {
                    json.member("name", name);
                }
                json.end();
            },
        );
        for name in self.own.keys() {
            if !self.texts.contains_key(name.as_str()) {
                losses.add(
                    "no text of a license that is not on the SPDX list",
                    "SPDX 2.3 demands it (10.2); `NOASSERTION` stands for unknown",
                    crate::diagnostic::Place::whole,
                );
            }
        }
    }
}
