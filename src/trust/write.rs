//! Lines that are added to the register.

use std::fmt::Write as _;

use super::{Purpose, SCHEMA};
use crate::evidence::signature::Kind;
use crate::time::Date;

/// A grant that is to be added.
#[derive(Debug, Clone)]
pub struct NewGrant<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// Whose signer it is.
    pub supplier: &'a str,
    /// What may be signed.
    pub purposes: &'a [Purpose],
    /// By which kinds of signatures.
    pub kinds: &'a [Kind],
    /// Names and texts of the signer, such as `identity`.
    pub signer: &'a [(&'static str, String)],
    /// Keys, certificates and anchors in their text form, under the name of their list.
    pub materials: &'a [(&'static str, Vec<String>)],
    /// How many keys must sign.
    pub threshold: usize,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Further texts: clause, contract, who approved, what is replaced.
    pub texts: &'a [(&'static str, String)],
    /// The day of the entry.
    pub added: Date,
}

/// A withdrawal that is to be added.
#[derive(Debug, Clone)]
pub struct NewWithdrawal<'a> {
    /// The grant.
    pub grant: &'a str,
    /// The first day without it.
    pub from: Date,
    /// Whether the key is in strange hands.
    pub compromised: bool,
    /// Why.
    pub reason: &'a str,
    /// Who approved it.
    pub approved_by: &'a str,
    /// The day of the entry.
    pub added: Date,
}

/// The register `before` (empty for a new one) with one grant more. What stands in it is kept byte by byte.
pub fn grant_text(before: &str, grant: &NewGrant<'_>) -> String {
    let mut lines = Lines::default();
    lines.text("id", grant.id);
    lines.text("supplier", grant.supplier);
    lines.list("for", grant.purposes.iter().map(|purpose| purpose.word()));
    lines.list("kinds", grant.kinds.iter().map(|kind| kind.word()));
    for (key, text) in grant.signer {
        lines.text(key, text);
    }
    for (key, texts) in grant
        .materials
        .iter()
        .filter(|(_, texts)| !texts.is_empty())
    {
        lines.list(key, texts.iter().map(String::as_str));
    }
    if grant.threshold > 1 {
        lines.plain("threshold", grant.threshold);
    }
    lines.text("from", &grant.from.to_string());
    if let Some(until) = grant.until {
        lines.text("until", &until.to_string());
    }
    for (key, text) in grant.texts {
        lines.text(key, text);
    }
    lines.text("added", &grant.added.to_string());
    lines.appended(before, "grant")
}

/// The register `before` with one withdrawal more.
pub fn withdrawal_text(before: &str, withdrawal: &NewWithdrawal<'_>) -> String {
    let mut lines = Lines::default();
    lines.text("grant", withdrawal.grant);
    lines.text("from", &withdrawal.from.to_string());
    lines.plain("compromised", withdrawal.compromised);
    lines.text("reason", withdrawal.reason);
    lines.text("approved_by", withdrawal.approved_by);
    lines.text("added", &withdrawal.added.to_string());
    lines.appended(before, "withdrawal")
}

/// The lines of a table of TOML.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn plain(&mut self, key: &str, value: impl std::fmt::Display) {
        _ = writeln!(self.0, "{key} = {value}");
    }

    fn text(&mut self, key: &str, text: &str) {
        self.plain(key, quoted(text));
    }

    fn list<'a>(&mut self, key: &str, texts: impl Iterator<Item = &'a str>) {
        let texts: Vec<_> = texts.map(quoted).collect();
        self.plain(key, format_args!("[{}]", texts.join(", ")));
    }

    /// The table behind what stands in the register.
    fn appended(self, before: &str, name: &str) -> String {
        let before = if before.is_empty() {
            format!("schema = \"{SCHEMA}\"\n")
        } else {
            before.to_owned()
        };
        let end = if before.ends_with('\n') { "" } else { "\n" };
        format!("{before}{end}\n[[{name}]]\n{}", self.0)
    }
}

/// A text of TOML: over several lines as it is, for people who compare keys with their eyes.
fn quoted(text: &str) -> String {
    let readable = |one: char| one == '\n' || one == '\t' || !one.is_control();
    if text.contains('\n') && !text.contains("'''") && text.chars().all(readable) {
        return format!("'''\n{text}'''");
    }
    toml::Value::from(text).to_string()
}
