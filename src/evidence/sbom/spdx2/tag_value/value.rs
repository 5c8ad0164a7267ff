//! Values with parts, each written as the JSON shape has it.

use super::entry::Entry;
use super::tag::Form;
use crate::evidence::sbom::spdx2::category;
use crate::tape::{Builder, Full};

/// The two numbers of a range, from 0 or 1 on.
pub(super) fn range(value: &str) -> Option<(i64, i64)> {
    let (start, end) = value.split_once(':')?;
    Some((start.trim().parse().ok()?, end.trim().parse().ok()?))
}

pub(super) fn truth(builder: &mut Builder<'_>, key: &str, entry: &Entry<'_>) -> Result<(), Full> {
    let offset = Some(entry.offset as usize);
    if entry.value.eq_ignore_ascii_case("true") {
        builder.bool(Some(key), true, offset)
    } else if entry.value.eq_ignore_ascii_case("false") {
        builder.bool(Some(key), false, offset)
    } else {
        builder.text(Some(key), entry.value, offset)
    }
}

/// `d6a77… (excludes: ./package.spdx)`; before 2.3 also without the word.
pub(super) fn verification_code(builder: &mut Builder<'_>, entry: &Entry<'_>) -> Result<(), Full> {
    let offset = Some(entry.offset as usize);
    let (code, excluded) =
        entry
            .value
            .split_once('(')
            .map_or((entry.value, None), |(code, rest)| {
                let rest = rest.trim_end().trim_end_matches(')').trim();
                (code, Some(rest.strip_prefix("excludes:").unwrap_or(rest)))
            });
    builder.open_table(Some(entry.tag.key), offset)?;
    let key = "packageVerificationCodeValue";
    builder.text(Some(key), code.trim(), offset)?;
    if let Some(excluded) = excluded {
        builder.open_list(Some("packageVerificationCodeExcludedFiles"), offset)?;
        for file in excluded.split(',').map(str::trim) {
            if !file.is_empty() {
                builder.text(None, file, offset)?;
            }
        }
        builder.close();
    }
    builder.close();
    Ok(())
}

pub(super) fn relationship(builder: &mut Builder<'_>, entry: &Entry<'_>) -> Result<(), Full> {
    let keys = ["spdxElementId", "relationshipType", "relatedSpdxElement"];
    texts(builder, &keys, entry.value.split_whitespace(), entry)
}

fn texts<'v>(
    builder: &mut Builder<'_>,
    keys: &[&str],
    values: impl Iterator<Item = &'v str>,
    entry: &Entry<'_>,
) -> Result<(), Full> {
    for (key, value) in keys.iter().zip(values) {
        builder.text(Some(key), value, Some(entry.offset as usize))?;
    }
    Ok(())
}

/// Splits off so many words; the last part is the rest.
fn words(value: &str, count: usize) -> impl Iterator<Item = &str> {
    let mut rest = value.trim();
    let mut left = count;
    std::iter::from_fn(move || {
        if left == 0 || rest.is_empty() {
            return None;
        }
        left -= 1;
        let (word, behind) = match rest.split_once(char::is_whitespace) {
            Some(split) if left > 0 => split,
            _ => (rest, ""),
        };
        rest = behind.trim_start();
        Some(word)
    })
}

/// Writes an item of a list. `behind` are the entries behind it, `element` those of the whole element,
/// `version` is that of the document.
pub(super) fn item(
    builder: &mut Builder<'_>,
    entry: &Entry<'_>,
    behind: &[Entry<'_>],
    element: &[Entry<'_>],
    version: &str,
) -> Result<(), Full> {
    let offset = Some(entry.offset as usize);
    match entry.tag.form {
        Form::Addresses => {
            for address in entry.value.split(", ").map(str::trim) {
                builder.text(None, address, offset)?;
            }
            return Ok(());
        }
        Form::Checksums => {
            builder.open_table(None, offset)?;
            checksum(builder, entry.value, entry)?;
        }
        Form::ExternalReferences => {
            builder.open_table(None, offset)?;
            let keys = ["referenceCategory", "referenceType", "referenceLocator"];
            let mut parts = words(entry.value, 3);
            let category = parts.next().map(|word| category(word, version));
            texts(builder, &keys, category.into_iter().chain(parts), entry)?;
            companions(builder, behind)?;
        }
        Form::ExternalDocuments => {
            builder.open_table(None, offset)?;
            let keys = ["externalDocumentId", "spdxDocument"];
            texts(builder, &keys, words(entry.value, 3), entry)?;
            if let Some(value) = words(entry.value, 3).nth(2) {
                builder.open_table(Some("checksum"), offset)?;
                checksum(builder, value, entry)?;
                builder.close();
            }
        }
        Form::Projects => {
            builder.open_table(None, offset)?;
            builder.text(Some("name"), entry.value, offset)?;
            companions(builder, behind)?;
        }
        Form::Ranges => {
            builder.open_table(None, offset)?;
            let file = element.iter().find(|one| one.tag.key == "snippetFromFile");
            let file = file.map_or("", |file| file.value);
            let unit = if entry.tag.name == "SnippetLineRange" {
                "lineNumber"
            } else {
                "offset"
            };
            let (start, end) = range(entry.value).unwrap_or_default();
            for (key, number) in [("startPointer", start), ("endPointer", end)] {
                builder.open_table(Some(key), offset)?;
                builder.integer(Some(unit), number, offset)?;
                builder.text(Some("reference"), file, offset)?;
                builder.close();
            }
        }
        _ => return builder.text(None, entry.value, offset),
    }
    builder.close();
    Ok(())
}

fn checksum(builder: &mut Builder<'_>, value: &str, entry: &Entry<'_>) -> Result<(), Full> {
    let (algorithm, digits) = value.split_once(':').unwrap_or(("", value));
    let values = [algorithm.trim(), digits.trim()].into_iter();
    texts(builder, &["algorithm", "checksumValue"], values, entry)
}

/// What is said of the item in the entries right behind it.
fn companions(builder: &mut Builder<'_>, behind: &[Entry<'_>]) -> Result<(), Full> {
    let is_companion = |entry: &&Entry<'_>| entry.tag.form == Form::Companion;
    for entry in behind.iter().take_while(is_companion) {
        let offset = Some(entry.offset as usize);
        if !entry.tag.key.is_empty() {
            builder.text(Some(entry.tag.key), entry.value, offset)?;
        }
    }
    Ok(())
}
