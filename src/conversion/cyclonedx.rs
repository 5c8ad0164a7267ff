//! The model of an SPDX document written as CycloneDX 1.6 or 1.7 in the shape of its JSON.
//!
//! One package is one component; a file of SPDX is a component of type `file`. What contains another is
//! written around it; what the described element itself contains is listed, and the containment becomes
//! a dependency, since CycloneDX has no other word for it there. Source: ECMA-424 (CycloneDX 1.6 and 1.7).

mod component;
mod document;
mod license;
mod tree;

use compact_str::CompactString;

use super::form::iri;
use super::json::Json;
use super::loss::Losses;
use super::spdx2::Texts;
use crate::digest::Digest;
use crate::evidence::sbom::model::{Component, Party, PartyKind, Ref, Sbom, Site, Target};
use tree::Tree;

/// Writes the model.
pub(super) fn write(
    sbom: &Sbom,
    version: &'static str,
    is_xml: bool,
    digest: &Digest,
    texts: &Texts,
    losses: &mut Losses,
) -> String {
    let subjects = Subjects::of(sbom);
    let tree = Tree::of(sbom, &subjects, losses);
    let mut writer = Writer {
        json: Json::default(),
        sbom,
        version,
        is_xml,
        texts,
        subjects,
        tree,
        losses,
    };
    writer.document(digest);
    writer.json.finish()
}

struct Writer<'a, 'l> {
    sbom: &'a Sbom,
    version: &'static str,
    /// Whether it becomes XML, whose schema is stricter.
    is_xml: bool,
    texts: &'a Texts,
    subjects: Subjects<'a>,
    tree: Tree,
    json: Json,
    losses: &'l mut Losses,
}

/// What is written as a component, by number: 0 is what the document describes, then come the
/// components, then the files.
struct Subjects<'a> {
    sbom: &'a Sbom,
    /// The name by which each is referred to; each name once.
    names: Vec<Option<&'a str>>,
}

impl<'a> Subjects<'a> {
    fn of(sbom: &'a Sbom) -> Self {
        let mut subjects = Self {
            sbom,
            names: Vec::new(),
        };
        let count = 1 + sbom.components.len() + sbom.files.len();
        subjects.names = (0..count)
            .map(|number| {
                let reference = subjects.component(number)?.reference?;
                let is_own = subjects.number(reference) == Some(number);
                let name = sbom.references.name(reference);
                (is_own && !name.is_empty()).then_some(name)
            })
            .collect();
        subjects
    }

    fn count(&self) -> usize {
        1 + self.sbom.components.len() + self.sbom.files.len()
    }

    fn component(&self, number: usize) -> Option<&'a Component> {
        let Some(index) = number.checked_sub(1) else {
            return self.sbom.root.as_ref();
        };
        match index.checked_sub(self.sbom.components.len()) {
            None => self.sbom.components.get(index),
            Some(file) => self.sbom.files.get(file),
        }
    }

    fn is_file(&self, number: usize) -> bool {
        number > self.sbom.components.len()
    }

    fn number(&self, reference: Ref) -> Option<usize> {
        match self.sbom.references.target(reference) {
            Target::Root => Some(0),
            Target::Component(index) => Some(1 + index as usize),
            Target::File(index) => Some(1 + self.sbom.components.len() + index as usize),
            _ => None,
        }
    }

    fn name(&self, number: usize) -> Option<&'a str> {
        self.names.get(number).copied().flatten()
    }
}

impl Writer<'_, '_> {
    /// Writes an organization.
    fn organization(&mut self, key: &str, party: &Party, at: &Site, role: &str) {
        if party.kind == PartyKind::Person {
            let what = format!("that {role} is a person");
            let reason = "CycloneDX only knows organizations there";
            self.losses.member(&what, reason, at, "");
        }
        self.json.table(Some(key));
        self.json.member("name", &party.name);
        let urls = party.urls.iter().map(|url| iri(url));
        self.json
            .each("url", urls, |json, url| json.text(None, &url));
        let count = party.contacts.len().max(party.emails.len());
        self.json.each("contact", 0..count, |json, index| {
            json.table(None);
            json.option("name", party.contacts.get(index).map(CompactString::as_str));
            let email = party.emails.get(index).map(CompactString::as_str);
            json.option("email", email.filter(|one| is_email(one)));
            json.end();
        });
        self.json.end();
        for _ in party.emails.iter().filter(|one| !is_email(one)) {
            let reason = "CycloneDX demands an address with a name and a host";
            self.losses.member("an email address", reason, at, "");
        }
    }

    fn persons<'p>(&mut self, key: &str, persons: impl Iterator<Item = &'p Party>) {
        self.json.each(key, persons, |json, person| {
            json.table(None);
            json.member("name", &person.name);
            let email = person.emails.first().map(CompactString::as_str);
            json.option("email", email.filter(|one| is_email(one)));
            json.end();
        });
    }
}

/// Whether a text has the form of an email address, roughly.
fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !host.is_empty()
            && !text.contains(|one: char| {
                one.is_whitespace() || "<>()[],;:\"@".contains(one) && one != '@'
            })
            && !local.contains('@')
    })
}
