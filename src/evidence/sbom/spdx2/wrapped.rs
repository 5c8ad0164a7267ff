//! A document of SPDX 2 inside of an object `Document`, as a tool wrote it before there was a JSON schema:
//! its packages stand in `documentDescribes` and their files in them, each in an object `Package` or `File`.
//!
//! No version of the format has that form, so it is an error; what it says is read all the same. Elements
//! are moved to where SPDX 2.3 JSON has them, and places are lines, as no JSON pointer fits both.

use crate::diagnostic::Diagnostic;
use crate::tape::{Addressing, Builder, Full, Item, Lines, Shape, Tape};

/// Takes the document out of its object; `None` for a document that stands in none.
///
/// # Errors
///
/// `document-values` for a document that is too large.
pub(super) fn unwrap<'a>(tape: &Tape<'a>) -> Result<Option<(Tape<'a>, Diagnostic)>, Diagnostic> {
    let mut members = tape.root().children();
    let (Some(document), None) = (members.next(), members.next()) else {
        return Ok(None);
    };
    if document.key() != Some("Document") || document.get("spdxVersion").is_none() {
        return Ok(None);
    }
    let offset = tape.root().offset().unwrap_or_default();
    let remark = Diagnostic::error(
        "schema-unknown-member",
        Lines::new(tape.source()).place(offset),
        "the object `Document` is no part of the format",
    )
    .help("write its members as those of the file itself");
    let mut writer = Writer {
        builder: Builder::new(tape.source(), Addressing::Line),
        packages: Vec::new(),
        files: Vec::new(),
    };
    writer.document(document).map_err(super::too_large)?;
    Ok(Some((writer.builder.finish(), remark)))
}

struct Writer<'a, 't> {
    builder: Builder<'a>,
    packages: Vec<Item<'t>>,
    files: Vec<Item<'t>>,
}

impl<'t> Writer<'_, 't> {
    fn document(&mut self, document: Item<'t>) -> Result<(), Full> {
        self.builder.open_table(None, document.offset())?;
        for member in document.children() {
            match member.key() {
                Some("documentDescribes") => {
                    let moved = self.names(member, "documentDescribes", "Package")?;
                    self.packages.extend(moved);
                }
                Some(key @ ("packages" | "files")) if member.shape() == Shape::List => {
                    let list = match key {
                        "packages" => &mut self.packages,
                        _ => &mut self.files,
                    };
                    list.extend(member.items());
                }
                key => self.copy(key, member)?,
            }
        }
        let packages = std::mem::take(&mut self.packages);
        self.list("packages", &packages, Self::package)?;
        let files = std::mem::take(&mut self.files);
        self.list("files", &files, Self::file)?;
        self.builder.close();
        Ok(())
    }

    /// Writes a list of names in place of a list of elements, and gives the elements.
    fn names(&mut self, list: Item<'t>, key: &str, class: &str) -> Result<Vec<Item<'t>>, Full> {
        let mut elements = Vec::new();
        self.builder.open_list(Some(key), list.offset())?;
        for item in list.items() {
            let Some(element) = item.get(class) else {
                self.copy(None, item)?;
                continue;
            };
            elements.push(element);
            if let Some(id) = element.get("SPDXID") {
                self.copy(None, id)?;
            }
        }
        self.builder.close();
        Ok(elements)
    }

    fn list(
        &mut self,
        key: &str,
        elements: &[Item<'t>],
        write: fn(&mut Self, Item<'t>) -> Result<(), Full>,
    ) -> Result<(), Full> {
        let Some(first) = elements.first() else {
            return Ok(());
        };
        self.builder.open_list(Some(key), first.offset())?;
        for element in elements {
            if element.shape() == Shape::Table {
                write(self, *element)?;
            } else {
                self.copy(None, *element)?;
            }
        }
        self.builder.close();
        Ok(())
    }

    fn package(&mut self, package: Item<'t>) -> Result<(), Full> {
        self.builder.open_table(None, package.offset())?;
        for member in package.children() {
            if member.key() == Some("files") && member.shape() == Shape::List {
                let moved = self.names(member, "hasFiles", "File")?;
                self.files.extend(moved);
            } else {
                self.copy(member.key(), member)?;
            }
        }
        self.builder.close();
        Ok(())
    }

    /// Writes a file, whose name was called `name`.
    fn file(&mut self, file: Item<'t>) -> Result<(), Full> {
        let has_name = file.get("fileName").is_some();
        self.builder.open_table(None, file.offset())?;
        for member in file.children() {
            let key = match member.key() {
                Some("name") if !has_name => Some("fileName"),
                key => key,
            };
            self.copy(key, member)?;
        }
        self.builder.close();
        Ok(())
    }

    fn copy(&mut self, key: Option<&str>, item: Item<'t>) -> Result<(), Full> {
        let offset = item.offset();
        let builder = &mut self.builder;
        match item.shape() {
            Shape::Table => builder.open_table(key, offset)?,
            Shape::List => builder.open_list(key, offset)?,
            Shape::Text => return builder.text(key, item.text().unwrap_or_default(), offset),
            Shape::Bool => return builder.bool(key, item.bool().unwrap_or_default(), offset),
            Shape::Integer => {
                return builder.integer(key, item.integer().unwrap_or_default(), offset);
            }
            Shape::Number => {
                return builder.number(key, item.magnitude().unwrap_or_default(), offset);
            }
            Shape::Null => return builder.null(key, offset),
        }
        for child in item.children() {
            self.copy(child.key(), child)?;
        }
        self.builder.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{build, parse_yaml};
    use crate::diagnostic::Place;

    const WRAPPED: &str = "\
Document:
  SPDXID: SPDXRef-DOCUMENT
  spdxVersion: SPDX-2.2
  documentDescribes:
  - Package:
      SPDXID: SPDXRef-a
      name: a
      files:
      - File:
          SPDXID: SPDXRef-f
          name: f.c
  relationships:
  - spdxElementId: SPDXRef-DOCUMENT
    relatedSpdxElement: SPDXRef-z
    relationshipType: DESCRIBES
";

    #[test]
    fn a_wrapped_document_is_read_with_an_error() {
        let (tape, remarks) = parse_yaml(WRAPPED).unwrap();
        let remarks: Vec<_> = remarks.iter().map(|one| (one.code, &one.at)).collect();
        assert_eq!(remarks, [("schema-unknown-member", &Place::line(1, 1))]);
        let (sbom, findings) = build(&tape);
        let root = sbom.root.as_ref().unwrap();
        assert_eq!(
            (root.name.as_str(), root.at.place()),
            ("a", Place::line(6, 7))
        );
        assert_eq!(sbom.files[0].name, "f.c");
        let contains = sbom.relationships.iter().find(|one| one.kind == "CONTAINS");
        let contains = contains.unwrap();
        assert_eq!(sbom.references.name(contains.to), "SPDXRef-f");
        let dangling = findings
            .iter()
            .find(|one| one.code == "spdx-dangling-reference");
        assert_eq!(dangling.unwrap().at, Place::line(13, 5));
    }

    #[test]
    fn any_other_document_stays_as_it_is() {
        for text in [
            "spdxVersion: SPDX-2.2\n",
            "Document: x\n",
            "Document:\n  a: b\nb: c\n",
        ] {
            let (tape, remarks) = parse_yaml(text).unwrap();
            assert!(remarks.is_empty());
            assert_eq!(tape.root().get("Document").is_some(), text.starts_with('D'));
        }
    }
}
