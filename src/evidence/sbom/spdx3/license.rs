//! Licenses: expressions as written, and expressions rebuilt from their parts.

use compact_str::CompactString;

use super::class::{Class, local_name};
use super::graph::{entries, individual, plain};
use super::{Reader, member, member_text};
use crate::diagnostic::Place;
use crate::evidence::sbom::model::{Acknowledgement, License, LicenseForm, Ref, is_stated};
use crate::evidence::sbom::semantics::license_expression_fault;
use crate::tape::Item;

/// How deep license elements may stand inside of each other.
const MAXIMUM_NESTING: usize = 32;

/// The longest expression that is rebuilt. Sets that hold each other double in length with each step.
const MAXIMUM_LENGTH: usize = 16 * 1024;

impl<'t> Reader<'t> {
    /// The license that a value names. `place` is the index of the element that names it, the key and
    /// the position.
    pub(super) fn license(
        &mut self,
        value: Item<'t>,
        place: (usize, &'static str, Option<usize>),
    ) -> Option<License> {
        let reference = self.graph.reference(value)?;
        if let Some(known) = self.licenses.get(&reference) {
            return Some(known.clone());
        }
        let license = self.new_license(reference, place)?;
        self.licenses.insert(reference, license.clone());
        Some(license)
    }

    fn new_license(
        &mut self,
        reference: Ref,
        place: (usize, &'static str, Option<usize>),
    ) -> Option<License> {
        let name = self.graph.references.name(reference);
        if matches!(name, "NONE" | "NOASSERTION") {
            return Some(license(LicenseForm::Expression, name, None));
        }
        let Some(index) = self.graph.element_of(reference) else {
            if let Some(id) = listed(name) {
                return Some(license(LicenseForm::Id, id, None));
            }
            // Some write the expression where the name of its element belongs.
            if !name.contains(':') && license_expression_fault(name).is_none() {
                return Some(license(LicenseForm::Expression, name, None));
            }
            self.check_known(reference, || place);
            return None;
        };
        let item = self.item(index)?;
        let class = self.class(index)?;
        let url = || {
            let links = member(item, "seeAlso").into_iter().flat_map(entries);
            let references = member(item, "externalRef").into_iter().flat_map(entries);
            let locators = references.filter_map(|one| member(one, "locator"));
            let mut links = links.chain(locators.flat_map(entries)).filter_map(plain);
            links.next().map(CompactString::from)
        };
        Some(match class {
            Class::CustomLicense | Class::SimpleLicensingText => {
                let title = member_text(item, "name").filter(|name| is_stated(name));
                match title {
                    Some(title) => license(LicenseForm::Name, title, url()),
                    None => license(
                        LicenseForm::Expression,
                        &custom_id(name, "LicenseRef-"),
                        url(),
                    ),
                }
            }
            Class::ListedLicense => license(LicenseForm::Id, &self.listed_id(index), url()),
            class if class.is_license() => {
                let mut text = String::new();
                if !self.write(index, &mut text, 0) {
                    let pointer = self.pointer(index, "");
                    self.findings.warning(
                        "license-expression",
                        "write the license as one expression",
                        || {
                            let message = "the license is nested too deep to be read";
                            (Place::pointer(pointer), message.into())
                        },
                    );
                }
                self.check_expression(index, class, &text);
                license(LicenseForm::Expression, &text, url())
            }
            _ => {
                let name = name.to_owned();
                let (from, key, position) = place;
                let inside = position.map_or(String::new(), |one| format!("/{one}"));
                let pointer = self.pointer(from, &format!("{key}{inside}"));
                self.findings.warning("spdx-class", "name a license", || {
                    (Place::pointer(pointer), format!("`{name}` is no license"))
                });
                return None;
            }
        })
    }

    fn check_expression(&mut self, index: usize, class: Class, text: &str) {
        let Some(fault) = self.expressions.check(text) else {
            return;
        };
        let key = if class == Class::LicenseExpression {
            "simplelicensing_licenseExpression"
        } else {
            ""
        };
        let graph = &self.graph;
        self.findings.push_with(fault.code, fault.severity, || {
            fault.at(Place::pointer(graph.pointer(index, key)))
        });
    }

    /// Writes the expression that an element stands for; returns whether it could be written whole.
    fn write(&self, index: usize, text: &mut String, depth: usize) -> bool {
        let Some(element) = self.graph.elements.get(index) else {
            return false;
        };
        if depth > MAXIMUM_NESTING || text.len() > MAXIMUM_LENGTH {
            return false;
        }
        let item = element.item;
        let name = element
            .reference
            .map_or("", |one| self.graph.references.name(one));
        match element.class {
            Some(Class::LicenseExpression) => {
                let expression = member_text(item, "licenseExpression").unwrap_or_default();
                let is_joined = depth > 0 && expression.trim().contains(' ');
                push(text, expression, is_joined);
                true
            }
            Some(Class::ConjunctiveLicenseSet) => self.write_set(item, " AND ", text, depth),
            Some(Class::DisjunctiveLicenseSet) => self.write_set(item, " OR ", text, depth),
            Some(Class::OrLaterOperator) => {
                let whole = self.write_member(item, "subjectLicense", text, depth);
                // Licenses of the GNU family have names of their own for both cases.
                match text.strip_suffix("-only").map(str::len) {
                    Some(length) => {
                        text.truncate(length);
                        text.push_str("-or-later");
                    }
                    None => text.push('+'),
                }
                whole
            }
            Some(Class::WithAdditionOperator) => {
                let whole = self.write_member(item, "subjectExtendableLicense", text, depth);
                text.push_str(" WITH ");
                self.write_member(item, "subjectAddition", text, depth) && whole
            }
            Some(Class::ListedLicense | Class::ListedLicenseException) => {
                text.push_str(&self.listed_id(index));
                true
            }
            Some(Class::CustomLicense | Class::SimpleLicensingText) => {
                text.push_str(&custom_id(name, "LicenseRef-"));
                true
            }
            Some(Class::CustomLicenseAddition) => {
                text.push_str(&custom_id(name, "AdditionRef-"));
                true
            }
            Some(Class::Individual) => {
                let title = member_text(item, "name").unwrap_or(name);
                text.push_str(
                    individual(name)
                        .or(individual(title))
                        .unwrap_or("NOASSERTION"),
                );
                true
            }
            _ => false,
        }
    }

    fn write_set(&self, item: Item<'t>, joint: &str, text: &mut String, depth: usize) -> bool {
        let members = member(item, "member").into_iter().flat_map(entries);
        if depth > 0 {
            text.push('(');
        }
        let mut whole = true;
        for (position, value) in members.enumerate() {
            if position > 0 {
                text.push_str(joint);
            }
            whole &= self.write_value(value, text, depth);
        }
        if depth > 0 {
            text.push(')');
        }
        whole
    }

    fn write_member(&self, item: Item<'t>, key: &str, text: &mut String, depth: usize) -> bool {
        member(item, key).is_some_and(|value| self.write_value(value, text, depth))
    }

    fn write_value(&self, value: Item<'t>, text: &mut String, depth: usize) -> bool {
        if let Some(index) = self.graph.find(value) {
            return self.write(index, text, depth + 1);
        }
        let name = plain(value).unwrap_or_default();
        let name = self.graph.expanded(name);
        match listed(&name).or_else(|| individual(&name)) {
            Some(id) => text.push_str(id),
            None => text.push_str(&custom_id(&name, "LicenseRef-")),
        }
        true
    }

    /// The identifier of a listed license or exception: the end of its name, which is its address in the
    /// list, else its title.
    fn listed_id(&self, index: usize) -> String {
        let Some(element) = self.graph.elements.get(index) else {
            return String::new();
        };
        let name = element
            .reference
            .map_or("", |one| self.graph.references.name(one));
        let title = || member_text(element.item, "name");
        listed(name)
            .or_else(title)
            .unwrap_or_else(|| name.rsplit(['/', '#', ':']).next().unwrap_or(name))
            .to_owned()
    }
}

fn license(form: LicenseForm, text: &str, url: Option<CompactString>) -> License {
    License {
        form,
        text: text.into(),
        acknowledgement: Acknowledgement::Unstated,
        url,
    }
}

fn push(text: &mut String, expression: &str, in_parentheses: bool) {
    if in_parentheses {
        text.push('(');
    }
    text.push_str(expression);
    if in_parentheses {
        text.push(')');
    }
}

/// The identifier of a license or exception by its address in the SPDX license list.
pub(super) fn listed(name: &str) -> Option<&str> {
    let rest = name
        .strip_prefix("https://spdx.org/licenses/")
        .or_else(|| name.strip_prefix("http://spdx.org/licenses/"))?;
    let id = rest.rsplit(['/', '#']).next().unwrap_or(rest);
    let id = id.trim_end_matches(".html").trim_end_matches(".json");
    (!id.is_empty()).then_some(id)
}

/// The identifier of a license of the document itself, from the name of its element.
///
/// Source: SPDX 3.0.1, annex "SPDX license expressions": `LicenseRef-` and `AdditionRef-` with letters,
/// digits, `.` and `-`.
fn custom_id(name: &str, prefix: &str) -> String {
    let end = name
        .rfind(prefix)
        .and_then(|start| name.get(start + prefix.len()..));
    let end = end.unwrap_or_else(|| name.rsplit(['/', '#', ':']).next().unwrap_or(name));
    let allowed = |letter: char| {
        if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-') {
            letter
        } else {
            '-'
        }
    };
    let mut id = prefix.to_owned();
    id.extend(local_name(end).chars().map(allowed));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_come_from_names() {
        assert_eq!(listed("https://spdx.org/licenses/MIT"), Some("MIT"));
        assert_eq!(listed("http://spdx.org/licenses/MIT.html"), Some("MIT"));
        assert_eq!(listed("https://example.com/MIT"), None);
        for (name, expected) in [
            ("https://example.com/doc#LicenseRef-a_b", "LicenseRef-a-b"),
            ("https://example.com/doc/mine", "LicenseRef-mine"),
            ("_:7", "LicenseRef-7"),
        ] {
            assert_eq!(custom_id(name, "LicenseRef-"), expected);
        }
    }
}
