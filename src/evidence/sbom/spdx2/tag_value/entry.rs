//! The entries of a document, grouped into its elements.

use std::cell::OnceCell;

use super::line::{Line, Lines};
use super::tag::{Form, Part, Tag, lookup, nearest};
use crate::diagnostic::{Diagnostic, Findings, Severity};
use crate::tape;

/// A tag with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) tag: &'static Tag,
    pub(super) value: &'a str,
    pub(super) offset: u32,
    /// What it speaks of: that of the tag, or the element that stood open.
    pub(super) part: Part,
}

/// An element: a run of entries, among which entries of other parts may stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) part: Part,
    pub(super) start: u32,
    end: u32,
}

/// A document as entries.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    entries: Vec<Entry<'a>>,
    groups: Vec<Group>,
    /// Entries on the document itself and on its making.
    own: Vec<Entry<'a>>,
    creation: Vec<Entry<'a>>,
}

impl<'a> Document<'a> {
    /// Reads every line, with a remark on each that is passed over.
    pub(super) fn read(text: &'a str, remarks: &mut Findings) -> Self {
        let mut document = Self::default();
        let mut opened = Opened::default();
        let lines = OnceCell::new();
        for (offset, line) in Lines::new(text) {
            let at = || lines.get_or_init(|| tape::Lines::new(text)).place(offset);
            let (name, value, is_open) = match line {
                Line::Entry {
                    tag,
                    value,
                    is_open,
                } => (tag, value, is_open),
                Line::Other(content) => {
                    let help = "put texts of several lines between `<text>` and `</text>`";
                    remarks.error("tag-value-syntax", help, || {
                        let shown: String = content.chars().take(40).collect();
                        (at(), format!("`{shown}` is no tag and value"))
                    });
                    continue;
                }
            };
            if is_open {
                remarks.error("tag-value-syntax", "write `</text>` behind it", || {
                    (at(), format!("the text of `{name}` is never closed"))
                });
            }
            let Some(tag) = lookup(name) else {
                remarks.push_with("tag-value-tag", Severity::Warning, || {
                    let help = nearest(name).map_or_else(
                        || "it is passed over; see the tags of SPDX 2.3".to_owned(),
                        |known| format!("did you mean `{known}`?"),
                    );
                    let message = format!("`{name}` is no tag of SPDX");
                    Diagnostic::warning("tag-value-tag", at(), message).help(help)
                });
                continue;
            };
            let entry = Entry {
                tag,
                value,
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
                part: tag.part,
            };
            if !document.add(entry, &mut opened) {
                let help = "put it behind the tag that begins the element";
                remarks.warning("tag-value-tag", help, || {
                    (at(), format!("`{name}` stands outside of its element"))
                });
            }
            if !entry.is_well_formed() {
                let help = "see the examples of the specification";
                remarks.error("tag-value-syntax", help, || {
                    (at(), format!("`{value}` is no value of `{name}`"))
                });
            }
        }
        document
    }

    /// Adds an entry; whether it stands where it may stand.
    fn add(&mut self, mut entry: Entry<'a>, opened: &mut Opened) -> bool {
        if entry.part == Part::Open {
            entry.part = opened.element.map_or(Part::Document, |(part, _)| part);
        }
        match entry.part {
            Part::Document => self.own.push(entry),
            Part::Creation => self.creation.push(entry),
            _ => {
                let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
                self.entries.push(entry);
                let part = entry.part;
                let is_element = matches!(part, Part::Package | Part::File | Part::Snippet);
                let slot = if is_element {
                    &mut opened.element
                } else {
                    &mut opened.aside
                };
                let begins =
                    entry.tag.begins || !is_element && slot.is_none_or(|(one, _)| one != part);
                if begins {
                    *slot = Some((part, self.groups.len()));
                    self.groups.push(Group {
                        part,
                        start: index,
                        end: index + 1,
                    });
                    if is_element {
                        opened.aside = None;
                    }
                    return true;
                }
                let Some((_, group)) = slot.filter(|(one, _)| *one == part) else {
                    return false;
                };
                if let Some(group) = self.groups.get_mut(group) {
                    group.end = index + 1;
                }
                if is_element {
                    opened.aside = None;
                }
            }
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.own.is_empty() && self.creation.is_empty()
    }

    pub(super) fn own(&self) -> &[Entry<'a>] {
        &self.own
    }

    pub(super) fn creation(&self) -> &[Entry<'a>] {
        &self.creation
    }

    /// The version that the document states.
    pub(super) fn version(&self) -> &'a str {
        self.own
            .iter()
            .find(|entry| entry.tag.key == "spdxVersion")
            .map_or("", |entry| entry.value)
    }

    /// The identifier of the document itself.
    pub(super) fn document_id(&self) -> &'a str {
        self.own
            .iter()
            .find(|entry| entry.tag.key == "SPDXID")
            .map_or("SPDXRef-DOCUMENT", |entry| entry.value)
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn groups_of(&self, part: Part) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.part == part)
    }

    pub(super) fn entries(&self, group: Group) -> &[Entry<'a>] {
        self.entries
            .get(group.start as usize..group.end as usize)
            .unwrap_or_default()
    }

    pub(super) fn offset(&self, group: Group) -> usize {
        self.entries
            .get(group.start as usize)
            .map_or(0, |entry| entry.offset as usize)
    }
}

/// What stands open: an element, and what stands beside it, such as an annotation.
#[derive(Debug, Default)]
struct Opened {
    element: Option<(Part, usize)>,
    aside: Option<(Part, usize)>,
}

impl Entry<'_> {
    /// Whether the value has the parts that its tag asks for.
    fn is_well_formed(&self) -> bool {
        let words = || self.value.split_whitespace().count();
        match self.tag.form {
            Form::Checksums => self.value.contains(':'),
            Form::ExternalReferences | Form::ExternalDocuments => words() >= 3,
            Form::Relationship => words() == 3,
            Form::Ranges => super::value::range(self.value).is_some(),
            Form::Truth => ["true", "false"]
                .iter()
                .any(|one| self.value.eq_ignore_ascii_case(one)),
            _ => true,
        }
    }
}
