//! The tag-value encoding of SPDX 2, put into the shape of its JSON.
//!
//! One bad line never costs the rest of the document: it is named and passed over. A file that stands
//! behind a package belongs to it (SPDX 2.3, 8.1), which is written as `hasFiles`.

mod entry;
mod line;
mod tag;
mod value;

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::tape::{Addressing, Builder, Full, Tape};
use entry::{Document, Entry, Group};
use tag::{Form, Part};

/// Puts a tag-value document into the shape of SPDX 2.3 JSON, with the remarks on its lines.
///
/// # Errors
///
/// `tag-value-syntax` for a text without any tag of SPDX, `document-values` for one that is too large.
pub fn to_tape(text: &str) -> Result<(Tape<'_>, Vec<Diagnostic>), Diagnostic> {
    let mut remarks = Findings::new();
    let document = Document::read(text, &mut remarks);
    if document.is_empty() {
        let message = "no line of the text is a tag of SPDX and a value";
        return Err(
            Diagnostic::error("tag-value-syntax", Place::line(1, 1), message)
                .help("write lines such as `SPDXVersion: SPDX-2.3`"),
        );
    }
    let mut writer = Writer {
        builder: Builder::new(text, Addressing::Line),
        document: &document,
        annotations: HashMap::default(),
        files: HashMap::default(),
    };
    writer.group_annotations();
    writer.group_files();
    writer.write().map_err(super::too_large)?;
    let tape = writer.builder.finish();
    Ok((tape, remarks.finish()))
}

type ByName<'a, T> = HashMap<&'a str, Vec<T>, foldhash::fast::FixedState>;
type ByIndex<T> = HashMap<u32, Vec<T>, foldhash::fast::FixedState>;

struct Writer<'a, 'd> {
    builder: Builder<'a>,
    document: &'d Document<'a>,
    /// Annotations by the element that they speak of.
    annotations: ByName<'a, Group>,
    /// The names of files, by the package that they stand behind.
    files: ByIndex<Entry<'a>>,
}

/// The members of the document that hold elements.
const SECTIONS: [(&str, Part); 6] = [
    ("packages", Part::Package),
    ("files", Part::File),
    ("snippets", Part::Snippet),
    ("hasExtractedLicensingInfos", Part::License),
    ("relationships", Part::Relationship),
    ("revieweds", Part::Review),
];

impl<'a> Writer<'a, '_> {
    fn group_annotations(&mut self) {
        let own = self.document.document_id();
        for group in self.document.groups_of(Part::Annotation) {
            let of = self.document.entries(*group);
            let subject = of.iter().find(|entry| entry.tag.name == "SPDXREF");
            let name = subject.map_or(own, |entry| entry.value);
            let name = if name == own { "" } else { name };
            self.annotations.entry(name).or_default().push(*group);
        }
    }

    /// A file belongs to the last package before it, unless that one says that its files were not
    /// looked at.
    fn group_files(&mut self) {
        let mut package = None;
        for group in self.document.groups() {
            let entries = self.document.entries(*group);
            match group.part {
                Part::Package => {
                    let is_closed = entries.iter().any(|entry| {
                        entry.tag.form == Form::Truth && entry.value.eq_ignore_ascii_case("false")
                    });
                    package = (!is_closed).then_some(group.start);
                }
                Part::File => {
                    let id = entries.iter().find(|entry| entry.tag.name == "SPDXID");
                    if let (Some(package), Some(id)) = (package, id) {
                        self.files.entry(package).or_default().push(*id);
                    }
                }
                _ => {}
            }
        }
    }

    fn write(&mut self) -> Result<(), Full> {
        self.builder.open_table(None, Some(0))?;
        self.members(self.document.own(), Part::Document)?;
        let creation = self.document.creation();
        if let Some(first) = creation.first() {
            self.builder
                .open_table(Some("creationInfo"), Some(first.offset as usize))?;
            self.members(creation, Part::Creation)?;
            self.builder.close();
        }
        for (key, part) in SECTIONS {
            let mut groups = self.document.groups_of(part).peekable();
            let Some(first) = groups.peek() else { continue };
            let offset = self.document.offset(**first);
            self.builder.open_list(Some(key), Some(offset))?;
            for group in groups {
                self.group(*group)?;
            }
            self.builder.close();
        }
        self.annotations_of("")?;
        self.builder.close();
        Ok(())
    }

    fn group(&mut self, group: Group) -> Result<(), Full> {
        let offset = self.document.offset(group);
        let entries = self.document.entries(group);
        self.builder.open_table(None, Some(offset))?;
        self.members(entries, group.part)?;
        if group.part == Part::Package
            && let Some(files) = self.files.remove(&group.start)
        {
            self.builder.open_list(Some("hasFiles"), Some(offset))?;
            for file in files {
                self.builder
                    .text(None, file.value, Some(file.offset as usize))?;
            }
            self.builder.close();
        }
        let id = entries
            .iter()
            .find(|entry| entry.part == group.part && entry.tag.key == "SPDXID");
        if let Some(id) = id {
            self.annotations_of(id.value)?;
        }
        self.builder.close();
        Ok(())
    }

    fn annotations_of(&mut self, name: &str) -> Result<(), Full> {
        let Some(groups) = self.annotations.remove(name) else {
            return Ok(());
        };
        let offset = groups.first().map(|first| self.document.offset(*first));
        self.builder.open_list(Some("annotations"), offset)?;
        for group in groups {
            let offset = self.document.offset(group);
            self.builder.open_table(None, Some(offset))?;
            self.members(self.document.entries(group), Part::Annotation)?;
            self.builder.close();
        }
        self.builder.close();
        Ok(())
    }

    /// Writes the members of an element. A list is written where its first item stands.
    fn members(&mut self, entries: &[Entry<'a>], part: Part) -> Result<(), Full> {
        let version = self.document.version();
        let mut lists: Vec<&str> = Vec::new();
        let own = || {
            entries
                .iter()
                .enumerate()
                .filter(|(_, one)| one.part == part)
        };
        for (index, entry) in own() {
            let key = entry.tag.key;
            let offset = Some(entry.offset as usize);
            match entry.tag.form {
                Form::Text => self.builder.text(Some(key), entry.value, offset)?,
                Form::Truth => value::truth(&mut self.builder, key, entry)?,
                Form::VerificationCode => value::verification_code(&mut self.builder, entry)?,
                Form::Relationship => value::relationship(&mut self.builder, entry)?,
                Form::Companion => {}
                _ if lists.contains(&key) => {}
                _ => {
                    lists.push(key);
                    self.builder.open_list(Some(key), offset)?;
                    for (index, entry) in own().skip_while(|(other, _)| *other < index) {
                        if entry.tag.key == key {
                            let behind = entries.get(index + 1..).unwrap_or_default();
                            value::item(&mut self.builder, entry, behind, entries, version)?;
                        }
                    }
                    self.builder.close();
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
