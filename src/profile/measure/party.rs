//! Who supplies, makes or writes.

use super::super::survey::Survey;
use super::Allowance;
use super::link::is_address;
use crate::evidence::sbom::model::{Component, Party, PartyKind, is_stated};

/// A role in which a document names a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who hands it over.
    Supplier,
    /// Who made it (CycloneDX).
    Manufacturer,
    /// Who made it, where the supplier only passes it on (SPDX).
    Originator,
    /// Who wrote it.
    Author,
    /// Who published it (CycloneDX).
    Publisher,
    /// What made the document.
    Tool,
}

impl Role {
    /// Every role with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("supplier", Self::Supplier),
        ("manufacturer", Self::Manufacturer),
        ("originator", Self::Originator),
        ("author", Self::Author),
        ("publisher", Self::Publisher),
        ("tool", Self::Tool),
    ];
}

/// Which parties count.
#[derive(Debug, Clone)]
pub struct PartyRule {
    /// The roles that count.
    pub roles: Vec<Role>,
    /// Whether an email address or an address on the web is needed.
    pub contact: bool,
    /// What counts beside a name.
    pub allowance: Allowance,
}

impl PartyRule {
    /// Whether a component names a party that counts.
    pub(super) fn holds(&self, survey: &Survey<'_>, subject: usize, component: &Component) -> bool {
        self.roles.iter().any(|role| match role {
            // CycloneDX 1.6, `metadata.supplier`: the organization that supplied the component that the
            // BOM describes.
            Role::Supplier => {
                self.admits_option(component.supplier.as_deref())
                    || subject == 0 && self.admits_option(survey.sbom.metadata.supplier.as_ref())
            }
            Role::Manufacturer => self.admits_option(component.manufacturer.as_deref()),
            Role::Originator => self.admits_option(component.originator.as_deref()),
            Role::Author => component.authors.iter().any(|party| self.admits(party)),
            Role::Publisher => {
                !self.contact
                    && component
                        .publisher
                        .as_deref()
                        .is_some_and(|name| self.allowance.admits(name))
            }
            Role::Tool => false,
        })
    }

    pub(super) fn admits_option(&self, party: Option<&Party>) -> bool {
        party.is_some_and(|party| self.admits(party))
    }

    /// Whether a party counts.
    pub fn admits(&self, party: &Party) -> bool {
        if self.contact {
            return party.emails.iter().any(|email| is_email(email))
                || party.urls.iter().any(|url| is_address(url));
        }
        self.allowance.admits(&party.name)
            || party.name.trim().is_empty() && party.is_known()
            || party.contacts.iter().any(|name| is_stated(name))
    }

    pub(super) fn admits_person(&self, party: &Party) -> bool {
        party.kind != PartyKind::Tool && self.admits(party)
    }
}

/// Whether a text has the shape of an email address: something, an at sign, a domain with a dot.
///
/// Source: RFC 5321, 4.1.2, cut down to what tells an address from another text.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.trim().rsplit_once('@') else {
        return false;
    };
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && !text.ends_with('.')
            && !text
                .bytes()
                .any(|byte| byte.is_ascii_whitespace() || b"@<>()[],;:".contains(&byte))
    };
    is_plain(local) && is_plain(domain) && domain.contains('.') && !domain.contains("..")
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_email_address_has_a_person_and_a_domain() {
        for (text, expected) in [
            ("contact@acme.example.com", true),
            ("a.b+c@example.co.jp", true),
            ("contact@", false),
            ("@example.com", false),
            ("example.com", false),
            ("a b@example.com", false),
            ("a@localhost", false),
            ("a@b..com", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }
}
