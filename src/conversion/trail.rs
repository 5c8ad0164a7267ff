//! Where a walk over a document stands, so that a place costs nothing until it is asked for.

use crate::diagnostic::Place;
use crate::tape::{Addressing, Item, Lines, Step, Tape, push_step};

/// The steps to the node that a walk stands at.
#[derive(Debug)]
pub(super) struct Trail<'t> {
    path: String,
    lines: Option<Lines<'t>>,
}

impl<'t> Trail<'t> {
    /// Stands at the root.
    pub(super) fn new(tape: &'t Tape<'_>) -> Self {
        Self {
            path: String::new(),
            lines: (tape.addressing() == Addressing::Line).then(|| Lines::new(tape.source())),
        }
    }

    /// Takes a step down; gives what [`Trail::back`] takes to undo it.
    pub(super) fn step(&mut self, step: Step<'_>) -> usize {
        let length = self.path.len();
        push_step(&mut self.path, step);
        length
    }

    /// Goes back to where a step began.
    pub(super) fn back(&mut self, length: usize) {
        self.path.truncate(length);
    }

    /// The place of the node stood at.
    pub(super) fn place(&mut self, item: Item<'_>) -> Place {
        match &mut self.lines {
            Some(lines) => item.offset().map_or_else(Place::whole, |offset| {
                let (line, column) = lines.at(offset);
                Place::line(line as usize, column as usize)
            }),
            None => Place::pointer(self.path.as_str()),
        }
    }
}
