//! The places of elements, each found in constant time.

use compact_str::{CompactString, format_compact};

use crate::diagnostic::Place;
use crate::evidence::sbom::model::Site;
use crate::tape::{Addressing, Item, Lines, Tape};

/// Finds the places of the nodes of one tape.
#[derive(Debug)]
pub(super) struct Sites<'t> {
    /// Nothing where places are JSON pointers.
    lines: Option<Lines<'t>>,
}

impl<'t> Sites<'t> {
    pub(super) fn new(tape: &'t Tape<'_>) -> Self {
        let by_line = tape.addressing() == Addressing::Line;
        Self {
            lines: by_line.then(|| Lines::new(tape.source())),
        }
    }

    /// Line and column of a node, both from 1, where places are lines and the node has one.
    pub(super) fn line(&self, item: Item<'_>) -> Option<(u32, u32)> {
        Some(self.lines.as_ref()?.at(item.offset()?))
    }

    /// Whether places are lines.
    pub(super) fn by_line(&self) -> bool {
        self.lines.is_some()
    }

    /// The place of an item of a list of the document.
    pub(super) fn listed(&self, list: &str, index: usize, item: Item<'_>) -> Site {
        self.of(item, || format_compact!("{list}/{index}"))
    }

    /// The place of a member of the document.
    pub(super) fn member(&self, path: &str, item: Item<'_>) -> Site {
        self.of(item, || path.into())
    }

    /// The place of a node, whose pointer is only written where it is needed.
    fn of(&self, item: Item<'_>, pointer: impl FnOnce() -> CompactString) -> Site {
        if !self.by_line() {
            return Site::pointer(pointer());
        }
        let Some((line, column)) = self.line(item) else {
            return Site::default();
        };
        Site {
            pointer: CompactString::default(),
            line,
            column,
        }
    }

    /// The place of a node inside an element: for remarks.
    pub(super) fn inside(&self, at: &Site, path: &str, item: Item<'_>) -> Place {
        let site = self.of(item, || format_compact!("{}{path}", at.pointer));
        if self.by_line() && site.line == 0 {
            return at.place();
        }
        site.place()
    }
}
