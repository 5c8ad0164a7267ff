//! A checked package of open contracting data as text.

use std::fmt::Write as _;

use crate::diagnostic::Severity;
use crate::evidence::ocds::{Checked, Package};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// Renders what a check found.
pub fn render_check(checked: &Checked, lang: Lang) -> String {
    let findings = &checked.findings;
    let key = match checked.package {
        Package::Release => "ocds-release-package",
        Package::Record => "ocds-record-package",
    };
    let count = checked.count.to_string();
    let version = printable(checked.version.as_deref().unwrap_or("-"));
    let arguments = [("version", version.as_str()), ("count", &count)];
    let mut out = message_with(lang, key, &arguments) + "\n";
    for finding in findings {
        _ = writeln!(out, "{}", printable(&finding.to_string()));
    }
    let errors = findings
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    out.push_str(&match errors {
        0 => message(lang, "ocds-valid"),
        errors => message_with(lang, "ocds-invalid", &[("count", errors.to_string())]),
    });
    out.push('\n');
    out
}
