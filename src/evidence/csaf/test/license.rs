//! The license of a document (6.1.54, 6.1.55).

use super::Report;
use super::profile::notes_titled;
use crate::evidence::csaf::document::Document;

/// References to licenses by a list that is published with their texts (`AboutCode` `ScanCode` `LicenseDB`).
const PUBLISHED: &str = "LicenseRef-scancode-";

/// 6.1.54: the license is an SPDX license expression that refers to no other document (SPDX 3.0.1, annex B;
/// CSAF 2.1, section 3.2.2.7). Whether an id is on the list of SPDX is no matter of this test.
pub(super) fn expression(document: &Document<'_>, report: &mut Report<'_>) {
    if let Some(item) = document.head(&["license_expression"])
        && let Some(text) = item.text()
        && !is_expression(text)
    {
        report.at(item, || format!("`{text}` is no SPDX license expression"));
    }
}

/// 6.1.55: a license that is not published stands in exactly one note: with the title `License` and the
/// category `legal_disclaimer`. Documents that are not in English have another title, which is not known.
pub(super) fn license_text(document: &Document<'_>, report: &mut Report<'_>) {
    let expression = document.head_text(&["license_expression"]);
    let needs = words(expression).any(|word| {
        word.starts_with("AdditionRef-")
            || (word.starts_with("LicenseRef-") && !word.starts_with(PUBLISHED))
    });
    if !needs || !document.is_english() {
        return;
    }
    let notes = notes_titled(document, "License");
    let count = notes
        .iter()
        .filter(|note| note.get_text("category") == Some("legal_disclaimer"))
        .count();
    if count != 1 {
        report.missing("/document/notes", || {
            format!(
                "{count} notes of the category `legal_disclaimer` have the title `License`, not 1"
            )
        });
    }
}

/// The parts of an expression: parentheses, and words between blanks and parentheses.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['(', ')', ' ', '\t'])
        .flat_map(|part| {
            let end = part.len()
                - part
                    .chars()
                    .next_back()
                    .filter(|one| "() \t".contains(*one))
                    .map_or(0, char::len_utf8);
            let (word, sign) = part.split_at_checked(end).unwrap_or((part, ""));
            [word, sign.trim()]
        })
        .filter(|word| !word.is_empty())
}

/// Whether operands and operators follow each other, with parentheses that match.
fn is_expression(text: &str) -> bool {
    let mut depth = 0u32;
    // What may come next: an operand, or an operator.
    let mut after_operand = false;
    let mut after_with = false;
    let mut may_have_with = false;
    for word in words(text) {
        match word {
            "(" if !after_operand && !after_with => depth += 1,
            ")" if after_operand && depth > 0 => {
                depth -= 1;
                may_have_with = false;
            }
            "AND" | "and" | "OR" | "or" if after_operand => after_operand = false,
            "WITH" | "with" if after_operand && may_have_with => {
                after_operand = false;
                after_with = true;
            }
            _ if !after_operand && is_operand(word, after_with) => {
                after_operand = true;
                may_have_with = !after_with;
                after_with = false;
            }
            _ => return false,
        }
    }
    after_operand && depth == 0
}

/// A license id, perhaps with `+`, or a reference to a license; behind `WITH` an exception.
fn is_operand(word: &str, after_with: bool) -> bool {
    let is_id = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    for (prefix, is_exception) in [("LicenseRef-", false), ("AdditionRef-", true)] {
        if let Some(id) = word.strip_prefix(prefix) {
            return is_exception == after_with && is_id(id);
        }
    }
    let lower = word.to_ascii_lowercase();
    let is_reference = ["licenseref-", "additionref-", "documentref-"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    let id = match word.strip_suffix('+') {
        Some(id) if !after_with => id,
        _ => word,
    };
    let is_operator = matches!(lower.as_str(), "and" | "or" | "with");
    !is_reference && !is_operator && is_id(id)
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn expressions_are_well_formed() {
        for (text, expected) in [
            ("MIT", true),
            ("No-Such.License-1.0", true),
            ("MIT OR (Apache-2.0 AND BSD-3-Clause+)", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", true),
            ("MIT WITH AdditionRef-mine", true),
            ("LicenseRef-www.example.org-mine", true),
            ("", false),
            ("MIT Apache-2.0", false),
            ("MIT OR", false),
            ("OR MIT", false),
            ("(MIT", false),
            ("MIT)", false),
            ("()", false),
            ("(MIT) WITH x", false),
            ("MIT And Apache-2.0", false),
            ("MIT WITH LicenseRef-x", false),
            ("AdditionRef-x", false),
            ("LicenseRef-", false),
            ("LicenseRef-a/b", false),
            ("licenseref-a", false),
            ("DocumentRef-a:LicenseRef-b", false),
            ("MIT/Apache-2.0", false),
        ] {
            let finding =
                format!("/document/license_expression: `{text}` is no SPDX license expression");
            check(
                "6.1.54",
                "2.1",
                &[
                    ("", "", None),
                    (
                        &format!(r#""license_expression":"{text}""#),
                        "",
                        (!expected).then_some(&finding),
                    ),
                ],
            );
        }
    }

    #[test]
    fn texts_are_given() {
        let of = |license: &str, notes: &str| {
            format!(r#""license_expression":"{license}","notes":[{notes}]"#)
        };
        let note = r#"{"title":"License","category":"legal_disclaimer"}"#;
        let finding = |count: u32| {
            format!(
                "/document/notes: {count} notes of the category `legal_disclaimer` have the title `License`, not 1"
            )
        };
        check(
            "6.1.55",
            "2.1",
            &[
                ("", "", None),
                (&of("MIT", ""), "", None),
                (&of("LicenseRef-scancode-public-domain", ""), "", None),
                (&of("MIT OR LicenseRef-mine", note), "", None),
                (
                    &of(
                        "LicenseRef-mine",
                        r#"{"title":"License","category":"general"}"#,
                    ),
                    "",
                    Some(&finding(0)),
                ),
                (
                    &of("LicenseRef-mine", &format!("{note},{note}")),
                    "",
                    Some(&finding(2)),
                ),
                (
                    &format!(r#"{},"lang":"de""#, of("LicenseRef-mine", "")),
                    "",
                    None,
                ),
            ],
        );
    }
}
