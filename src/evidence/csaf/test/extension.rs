//! Extensions (6.1.60; CSAF 2.1, section 3.1.4).

use super::Report;
use crate::evidence::csaf::document::Document;
use crate::evidence::csaf::tables;
use crate::tape::Item;

/// Every extension of the document; what stands inside of another is that one's content.
fn extensions<'t>(document: &Document<'t>) -> Vec<Item<'t>> {
    let mut all: Vec<Item<'t>> = Vec::new();
    let mut last: Option<Item<'t>> = None;
    for list in document.root.tape().under("x_extensions") {
        if last.is_some_and(|last| last.encloses(list)) {
            continue;
        }
        last = Some(list);
        all.extend(list.items());
    }
    all
}

/// 6.1.60.1: an extension has the form of one (2.1).
pub(super) fn content(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(schema) = tables::extension() else {
        return;
    };
    for extension in extensions(document) {
        if let Some(fault) = schema.check(extension, 1).into_iter().next() {
            report.at(extension, || {
                format!(
                    "the extension breaks the schema of extensions: {}",
                    fault.message
                )
            });
        }
    }
}

/// 6.1.60.2: an extension conforms to the schema that it names (2.1).
///
/// Such schemas are published by anybody, and nothing is fetched: each is a note that says so.
pub(super) fn own_schema(document: &Document<'_>, report: &mut Report<'_>) {
    for extension in extensions(document) {
        if let Some(url) = extension.get_text("$schema") {
            report.note(extension, || {
                format!("the schema `{url}` is not at hand; the extension is not judged by it")
            });
        }
    }
}

/// 6.1.60.3: an extension stands where its metadata allow it (2.1). They are published beside its schema.
pub(super) fn metadata(document: &Document<'_>, report: &mut Report<'_>) {
    for extension in extensions(document) {
        if let Some(url) = extension.get_text("$schema") {
            report.note(extension, || format!("the metadata of `{url}` are not at hand; the place of the extension is not judged"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn extensions_are_formed_well_and_the_rest_is_told() {
        let of = |rest: &str| {
            format!(
                r#""x_extensions":[{{"$schema":"https://example.com/x_1.0.0.json","category":"essential","critical":true,"content":{{"x_extensions":[1]}}{rest}}}]"#
            )
        };
        check(
            "6.1.60.1",
            "2.1",
            &[
                ("", "", None),
                ("", &of(""), None),
                (
                    "",
                    &of(r#","more":1"#),
                    Some(
                        "/x_extensions/0: the extension breaks the schema of extensions: the member `more` is not known here",
                    ),
                ),
            ],
        );
        check(
            "6.1.60.2",
            "2.1",
            &[
                ("", "", None),
                (
                    &of(""),
                    "",
                    Some(
                        "/document/x_extensions/0: the schema `https://example.com/x_1.0.0.json` is not at hand; the extension is not judged by it",
                    ),
                ),
            ],
        );
        check(
            "6.1.60.3",
            "2.1",
            &[
                ("", "", None),
                (
                    &of(""),
                    "",
                    Some(
                        "/document/x_extensions/0: the metadata of `https://example.com/x_1.0.0.json` are not at hand; the place of the extension is not judged",
                    ),
                ),
            ],
        );
    }
}
