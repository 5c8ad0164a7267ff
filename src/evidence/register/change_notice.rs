//! A notice of changes (変更の事前通知): what a supplier announces to change, from when on, and why.
//!
//! Source: clause CL-21, serving article 19 (2) of the Common Model. A notice counts for what it names and for nothing
//! else, so each change states the component and what it becomes; a pattern is refused.

use super::read;
use crate::diagnostic::{Diagnostic, Place};
use crate::purl::Purl;
use crate::text::Text;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of a notice.
pub const SCHEMA: &str = "mekiki/change-notice/v1";

/// A notice of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeNotice {
    /// Identifier.
    pub id: String,
    /// The tender or offering.
    pub case: String,
    /// The day on which the agency had it.
    pub notified_on: Date,
    /// The day of the changes.
    pub effective_on: Date,
    /// Whether it was an emergency, which may be notified afterwards.
    pub emergency: bool,
    /// Who gave it.
    pub notified_by: String,
    /// Who received it for the agency.
    pub received_by: String,
    /// What changes.
    pub changes: Vec<NoticedChange>,
    /// Where it stands.
    pub at: Place,
}

/// One change of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticedChange {
    /// What kind of change it is.
    pub kind: NoticedKind,
    /// The component: a package URL, or the name with its group.
    pub component: String,
    /// What it was; where it is stated, it has to be so.
    pub from: Option<String>,
    /// What it becomes. An empty text says that it is no longer stated.
    pub to: Option<String>,
    /// Why.
    pub reason: Text,
    /// Where it stands.
    pub at: Place,
}

/// What kind of change a notice announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticedKind {
    /// A component comes in; `to` is its version.
    Added,
    /// A component goes; `from` is its version.
    Removed,
    /// Another version, later or earlier.
    Version,
    /// Another supplier.
    Supplier,
    /// Another license.
    License,
    /// Another package URL.
    Purl,
    /// Another name.
    Name,
    /// Another digest at the same version; `to` is the digest in hex.
    Digest,
}

impl NoticedKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("added", Self::Added),
        ("removed", Self::Removed),
        ("version", Self::Version),
        ("supplier", Self::Supplier),
        ("license", Self::License),
        ("purl", Self::Purl),
        ("name", Self::Name),
        ("digest", Self::Digest),
    ];

    /// The word in the notice.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, kind)| *kind == self);
        found.map_or("", |(word, _)| word)
    }
}

/// Reads a notice.
///
/// # Errors
///
/// All complaints about a notice that cannot be used: `notice-empty`, `notice-component`, `notice-change` and others.
pub fn read_change_notice(bytes: &[u8]) -> Result<ChangeNotice, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| {
        let tables = fields.tables("change");
        if tables.is_empty() {
            let help = "add a [[change]] for each component that changes";
            fields.complain("notice-empty", "change", "the notice names no change", help);
        }
        ChangeNotice {
            id: fields.text("id"),
            case: fields.text("case"),
            notified_on: fields.day("notified_on"),
            effective_on: fields.day("effective_on"),
            emergency: fields.optional_bool("emergency").unwrap_or_default(),
            notified_by: fields.text("notified_by"),
            received_by: fields.text("received_by"),
            changes: tables.iter().map(read_change).collect(),
            at: fields.place(),
        }
    })
}

fn read_change(fields: &Fields<'_>) -> NoticedChange {
    let kind = fields.word("kind", &NoticedKind::WORDS);
    let change = NoticedChange {
        kind: kind.unwrap_or(NoticedKind::Version),
        component: fields.text("component"),
        from: fields.optional_text("from"),
        to: fields.optional_text("to"),
        reason: fields.both("reason"),
        at: fields.place(),
    };
    let component = change.component.trim();
    let is_malformed = component.starts_with("pkg:") && Purl::parse(component).is_none();
    if is_malformed || component.contains('*') {
        let message = format!("`{component}` names no single component");
        let help = "write its package URL, or its name with the group before it; a notice takes no patterns";
        fields.complain("notice-component", "component", message, help);
    }
    let (lacking, surplus) = match kind {
        Some(NoticedKind::Added) => (None, change.from.as_ref().map(|_| "from")),
        Some(NoticedKind::Removed) => (None, change.to.as_ref().map(|_| "to")),
        Some(_) if change.to.is_none() => (Some("to"), None),
        _ => (None, None),
    };
    if let Some(key) = lacking {
        let message = "the change does not say what the component becomes";
        let help = "add `to`; an empty text says that it is no longer stated";
        fields.complain("notice-change", key, message, help);
    }
    if let Some(key) = surplus {
        let message = format!("`{key}` has no meaning in a change of this kind");
        fields.complain("notice-change", key, message, "leave it out");
    }
    fields.finish();
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"schema = "mekiki/change-notice/v1"
id = "CN-1"
case = "case"
notified_on = "2026-10-01"
effective_on = "2026-11-10"
notified_by = "supplier"
received_by = "agency"
"#;

    fn faults(changes: &str) -> Vec<String> {
        match read_change_notice(format!("{HEAD}{changes}").as_bytes()) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(|one| one.code.to_owned()).collect(),
        }
    }

    fn change(fields: &str) -> String {
        format!("[[change]]\nreason = {{ ja = \"理由\", en = \"r\" }}\n{fields}\n")
    }

    #[test]
    fn what_a_notice_must_say() {
        let cases: &[(&str, &[&str])] = &[
            ("kind = \"version\"\ncomponent = \"a\"\nto = \"2\"", &[]),
            ("kind = \"added\"\ncomponent = \"pkg:npm/a@1\"", &[]),
            ("kind = \"supplier\"\ncomponent = \"a\"\nto = \"\"", &[]),
            ("kind = \"version\"\ncomponent = \"a\"", &["notice-change"]),
            ("kind = \"digest\"\ncomponent = \"a\"", &["notice-change"]),
            (
                "kind = \"removed\"\ncomponent = \"a\"\nto = \"2\"",
                &["notice-change"],
            ),
            (
                "kind = \"removed\"\ncomponent = \"*\"",
                &["notice-component"],
            ),
            (
                "kind = \"removed\"\ncomponent = \"pkg:npm\"",
                &["notice-component"],
            ),
            (
                "kind = \"verson\"\ncomponent = \"a\"\nto = \"2\"",
                &["unknown-word"],
            ),
            (
                "kind = \"removed\"\ncomponent = \"a\"\nwhy = \"2\"",
                &["unknown-field"],
            ),
        ];
        for (fields, expected) in cases {
            assert_eq!(faults(&change(fields)), *expected, "{fields}");
        }
        assert_eq!(faults(""), ["notice-empty"]);
    }

    #[test]
    fn all_faults_come_at_once_with_their_lines() {
        let text = HEAD.replace("received_by = \"agency\"\n", "")
            + &change("kind = \"version\"\ncomponent = \"a*\"");
        let faults = read_change_notice(text.as_bytes()).unwrap_err();
        let told: Vec<_> = faults
            .iter()
            .map(|one| format!("{} {}", one.code, one.at))
            .collect();
        assert_eq!(
            told,
            [
                "missing-field 1:1",
                "notice-change 7:1",
                "notice-component 10:13"
            ]
        );
    }
}
