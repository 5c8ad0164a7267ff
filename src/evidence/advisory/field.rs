//! Members of records, read by type: what is of another type is named and never dropped in silence.
//!
//! A null is an absent member. What decides a match is an error, since a match may be lost with it; the
//! rest is a warning.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::diagnostic::{Diagnostic, Findings, Place, Severity};
use crate::tape::{Item, Shape, Step, push_step};
use crate::text::{printable, shortened};

/// What is lost with a member that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// Perhaps a match.
    Match,
    /// Something that people read.
    Detail,
}

impl Loss {
    fn severity(self) -> Severity {
        match self {
            Self::Match => Severity::Error,
            Self::Detail => Severity::Warning,
        }
    }
}

/// Reads members and collects what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Fields {
    findings: Findings,
}

impl Fields {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The remarks, in the order in which they were made.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.findings.finish()
    }

    /// Adds a remark; `say` gives the place and the message.
    pub(super) fn fault(
        &mut self,
        code: &'static str,
        loss: Loss,
        help: &str,
        say: impl FnOnce() -> (Place, String),
    ) {
        match loss {
            Loss::Match => self.findings.error(code, help, say),
            Loss::Detail => self.findings.warning(code, help, say),
        }
    }

    /// A text.
    pub(super) fn text<'t>(&mut self, item: Item<'t>, key: &str, loss: Loss) -> Option<&'t str> {
        let member = member(item, key)?;
        let text = member.text();
        if text.is_none() {
            self.wrong_shape(member, "a text", loss);
        }
        text
    }

    /// A text that is not empty.
    pub(super) fn filled<'t>(&mut self, item: Item<'t>, key: &str, loss: Loss) -> Option<&'t str> {
        let text = self.text(item, key, loss)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    /// An object.
    pub(super) fn table<'t>(&mut self, item: Item<'t>, key: &str, loss: Loss) -> Option<Item<'t>> {
        let member = member(item, key)?;
        self.is_table(member, loss).then_some(member)
    }

    /// Whether an item is an object.
    pub(super) fn is_table(&mut self, item: Item<'_>, loss: Loss) -> bool {
        let is_table = item.shape() == Shape::Table;
        if !is_table {
            self.wrong_shape(item, "an object", loss);
        }
        is_table
    }

    /// The items of a list; none where there is no list.
    pub(super) fn list<'t>(
        &mut self,
        item: Item<'t>,
        key: &str,
        loss: Loss,
    ) -> impl Iterator<Item = Item<'t>> + use<'t> {
        let member = member(item, key);
        let list = member.filter(|one| one.shape() == Shape::List);
        if let (Some(member), None) = (member, list) {
            self.wrong_shape(member, "a list", loss);
        }
        list.into_iter().flat_map(Item::items)
    }

    /// The objects of a list, each with its position.
    pub(super) fn tables<'t>(
        &mut self,
        item: Item<'t>,
        key: &str,
        loss: Loss,
    ) -> Vec<(usize, Item<'t>)> {
        let list = self.list(item, key, loss).enumerate();
        list.filter(|(_, one)| self.is_table(*one, loss)).collect()
    }

    /// The texts of a list. A number stands for its digits, since writers forget quotes.
    pub(super) fn texts(&mut self, item: Item<'_>, key: &str, loss: Loss) -> Vec<String> {
        let mut texts = Vec::new();
        for one in self.list(item, key, loss) {
            match scalar(one) {
                Some(text) => texts.push(text),
                None => self.wrong_shape(one, "a text", loss),
            }
        }
        texts
    }

    /// A point in time (RFC 3339); a day alone is its beginning in UTC.
    pub(super) fn instant(&mut self, item: Item<'_>, key: &str, loss: Loss) -> Option<Timestamp> {
        let text = self.filled(item, key, loss)?;
        let instant = instant(text);
        if instant.is_none() {
            self.fault(
                "advisory-instant",
                loss,
                "write it as RFC 3339 in UTC, such as `2026-11-20T09:00:00Z`",
                || {
                    let place = item.get(key).map_or_else(|| item.place(), Item::place);
                    (
                        place,
                        format!("`{key}` is no point in time, so it is not known"),
                    )
                },
            );
        }
        // Go's database writes the year 1 where it means no time at all.
        instant.filter(|instant| instant.as_second() > 0)
    }

    /// Says that a member is of another shape than it must be.
    pub(super) fn wrong_shape(&mut self, item: Item<'_>, wanted: &str, loss: Loss) {
        self.findings
            .push_with("advisory-field", loss.severity(), || {
                let mut message = "a value".to_owned();
                if let Some(key) = item.key() {
                    message.clear();
                    _ = write!(message, "`{}`", shown(key));
                }
                _ = write!(message, " is {}, not {wanted}", item.shape().name());
                let help = "see the format's specification; what cannot be read is left out";
                Diagnostic {
                    severity: loss.severity(),
                    ..Diagnostic::error("advisory-field", item.place(), message)
                }
                .help(help)
            });
    }
}

/// The member, unless it is null.
pub(super) fn member<'t>(item: Item<'t>, key: &str) -> Option<Item<'t>> {
    item.get(key).filter(|one| one.shape() != Shape::Null)
}

/// A text, or a number as its digits.
pub(super) fn scalar(item: Item<'_>) -> Option<String> {
    item.text().map(str::to_owned).or_else(|| item.number())
}

/// A point in time, or a day, which is its beginning in UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let day = crate::time::parse_day(text)?;
        crate::time::instant(day).parse().ok()
    })
}

/// The pointer of a child.
pub(super) fn below(pointer: &str, steps: &[Step<'_>]) -> String {
    let mut pointer = pointer.to_owned();
    for step in steps {
        push_step(&mut pointer, *step);
    }
    pointer
}

/// A stranger's word in a message.
pub(super) fn shown(word: &str) -> String {
    shortened(&printable(word), 60)
}
