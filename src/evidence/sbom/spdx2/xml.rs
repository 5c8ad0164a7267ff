//! The XML encoding of SPDX 2 that is no RDF, put into the shape of its JSON: elements are named like
//! the members, and a repeated element is an item of a list.
//!
//! Source: SPDX 2.3, 4.4 (XML as a supported format) and the JSON schema for what is a list.

use crate::diagnostic::Diagnostic;
use crate::markup::{Element, Markup};
use crate::tape::{Addressing, Builder, Full, Tape};

/// The members that are lists.
const LISTS: [&str; 25] = [
    "annotations",
    "artifactOfs",
    "attributionTexts",
    "checksums",
    "creators",
    "crossRefs",
    "documentDescribes",
    "externalDocumentRefs",
    "externalRefs",
    "fileContributors",
    "fileDependencies",
    "fileTypes",
    "files",
    "hasExtractedLicensingInfos",
    "hasFiles",
    "licenseInfoFromFiles",
    "licenseInfoInFiles",
    "licenseInfoInSnippets",
    "packageVerificationCodeExcludedFiles",
    "packages",
    "ranges",
    "relationships",
    "revieweds",
    "seeAlsos",
    "snippets",
];

/// Puts an XML document into the shape of SPDX 2.3 JSON.
///
/// # Errors
///
/// `document-values` for a document that is too large.
pub fn to_tape<'a>(markup: &Markup<'a>) -> Result<Tape<'a>, Diagnostic> {
    let mut builder = Builder::new(markup.source(), Addressing::Line);
    table(&mut builder, None, markup.root()).map_err(super::too_large)?;
    Ok(builder.finish())
}

fn table(builder: &mut Builder<'_>, key: Option<&str>, element: Element<'_>) -> Result<(), Full> {
    builder.open_table(key, Some(element.offset()))?;
    let mut lists: Vec<&str> = Vec::new();
    for (index, child) in element.children().enumerate() {
        let name = child.name();
        if !LISTS.contains(&name) {
            value(builder, Some(name), child)?;
        } else if !lists.contains(&name) {
            lists.push(name);
            builder.open_list(Some(name), Some(child.offset()))?;
            let same = element.children().skip(index);
            for item in same.filter(|one| one.name() == name) {
                // NOTE: an empty element stands for an empty list.
                if !item.text().is_empty() || item.children().next().is_some() {
                    value(builder, None, item)?;
                }
            }
            builder.close();
        }
    }
    builder.close();
    Ok(())
}

fn value(builder: &mut Builder<'_>, key: Option<&str>, element: Element<'_>) -> Result<(), Full> {
    if element.children().next().is_some() {
        return table(builder, key, element);
    }
    scalar(
        builder,
        key,
        element.name(),
        element.text(),
        element.offset(),
    )
}

/// Writes a text, or a truth value or number where the member `name` is one.
pub(super) fn scalar(
    builder: &mut Builder<'_>,
    key: Option<&str>,
    name: &str,
    text: &str,
    offset: usize,
) -> Result<(), Full> {
    let word = text.trim();
    if super::TYPED.contains(&name) {
        if let Ok(truth) = word.parse() {
            return builder.bool(key, truth, Some(offset));
        }
        if let Ok(number) = word.parse() {
            return builder.integer(key, number, Some(offset));
        }
    }
    // NOTE: the white space of a text of several lines may be meant; around a word it is layout.
    let text = if word.contains('\n') { text } else { word };
    builder.text(key, text, Some(offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;
    use crate::markup::parse_xml;
    use crate::tape::Item;

    #[test]
    fn repeated_elements_are_lists_and_texts_stay_texts() {
        let source = "<Document><SPDXID>SPDXRef-DOCUMENT</SPDXID><packages><name>a</name>
            <versionInfo>1.10</versionInfo><filesAnalyzed>false</filesAnalyzed></packages>
            <comment>x &amp; y</comment><packages><name>b</name></packages><files/>
            <creationInfo><creators>Tool: t</creators></creationInfo></Document>";
        let markup = parse_xml(source).unwrap();
        let tape = to_tape(&markup).unwrap();
        let root = tape.root();
        assert_eq!(root.at("/packages/1/name").and_then(Item::text), Some("b"));
        assert_eq!(
            root.at("/packages/0/versionInfo").and_then(Item::text),
            Some("1.10")
        );
        assert_eq!(
            root.at("/packages/0/filesAnalyzed").and_then(Item::bool),
            Some(false)
        );
        assert_eq!(
            root.at("/creationInfo/creators/0").and_then(Item::text),
            Some("Tool: t")
        );
        assert_eq!(root.get("files").unwrap().children().count(), 0);
        assert_eq!(root.get_text("comment"), Some("x & y"));
        assert_eq!(
            root.at("/packages/0/versionInfo").unwrap().place(),
            Place::line(2, 13)
        );
    }
}
