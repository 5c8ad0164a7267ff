//! The head of a document: translators, languages and the name of its category (6.1.15, 6.1.26, 6.1.28).

use super::Report;
use super::profile::PROFILES;
use crate::evidence::csaf::document::Document;

/// 6.1.15: what a translator publishes names the language that it was translated from.
pub(super) fn translator(document: &Document<'_>, report: &mut Report<'_>) {
    if document.head_text(&["publisher", "category"]) == "translator"
        && document.head(&["source_lang"]).is_none()
    {
        report.missing("/document", || {
            "a translation does not tell its source language".to_owned()
        });
    }
}

/// 6.1.28: a translation has another language than its source.
pub(super) fn translation(document: &Document<'_>, report: &mut Report<'_>) {
    let lang = document.head_text(&["lang"]);
    if let Some(item) = document.head(&["source_lang"])
        && !lang.is_empty()
        && item
            .text()
            .is_some_and(|source| source.eq_ignore_ascii_case(lang))
    {
        report.at(item, || format!("the source is in `{lang}` too"));
    }
}

/// 6.1.26: a category of its own is not called like a profile: neither begins it with `csaf_` nor is it the
/// name of one but for case, blanks, dashes and underscores.
pub(super) fn category(document: &Document<'_>, report: &mut Report<'_>) {
    let profiles = PROFILES
        .iter()
        .filter(|(_, only_in)| only_in.is_none_or(|one| one == document.version))
        .map(|(name, _)| *name);
    let Some(item) = document.head(&["category"]) else {
        return;
    };
    let category = item.text().unwrap_or_default();
    if category == "csaf_base" || profiles.clone().any(|name| name == category) {
        return;
    }
    let bare = bare(category);
    let is_reserved = category.to_lowercase().starts_with("csaf_")
        || profiles.into_iter().any(|name| {
            let name = self::bare(name);
            bare == name || Some(bare.as_str()) == name.strip_prefix("csaf")
        });
    if is_reserved {
        report.at(item, || format!("`{category}` is reserved for a profile"));
    }
}

/// A name in lower case without blanks, dashes and underscores.
fn bare(name: &str) -> String {
    name.chars()
        .filter(|one| !one.is_whitespace() && *one != '_' && !is_dash(*one))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The dashes of Unicode (general category Pd) and the minus sign.
fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{2e17}'
                | '\u{2e1a}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{2e40}'
                | '\u{2e5d}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30a0}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{10ead}'
    )
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn translations_name_their_source() {
        check(
            "6.1.15",
            "2.0",
            &[
                ("", "", None),
                (r#""publisher":{"category":"vendor"}"#, "", None),
                (
                    r#""publisher":{"category":"translator"},"source_lang":"en""#,
                    "",
                    None,
                ),
                (
                    r#""publisher":{"category":"translator"}"#,
                    "",
                    Some("/document: a translation does not tell its source language"),
                ),
            ],
        );
        check(
            "6.1.28",
            "2.0",
            &[
                ("", "", None),
                (r#""lang":"de","source_lang":"en""#, "", None),
                (r#""source_lang":"en""#, "", None),
                (
                    r#""lang":"en-US","source_lang":"en-US""#,
                    "",
                    Some("/document/source_lang: the source is in `en-US` too"),
                ),
            ],
        );
    }

    #[test]
    fn profiles_keep_their_names() {
        for (version, category, expected) in [
            ("2.0", "csaf_base", true),
            ("2.0", "csaf_vex", true),
            ("2.0", "Report", true),
            ("2.0", "superseded", true),
            ("2.1", "csaf_superseded", true),
            ("2.1", "Acme Security Advisory", true),
            ("2.0", "vex", false),
            ("2.0", "Csaf_VeX", false),
            ("2.0", "Security_Incident Response", false),
            ("2.0", "csaf_mine", false),
            ("2.1", "superseded", false),
            ("2.1", "CSAF Deprecated Security\u{2014}Advisory", false),
        ] {
            let finding = format!("/document/category: `{category}` is reserved for a profile");
            check(
                "6.1.26",
                version,
                &[
                    ("", "", None),
                    (
                        &format!(r#""category":"{category}""#),
                        "",
                        (!expected).then_some(&finding),
                    ),
                ],
            );
        }
    }
}
