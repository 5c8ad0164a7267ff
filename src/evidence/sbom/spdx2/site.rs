//! The places of elements, each found in constant time.

use compact_str::{CompactString, format_compact};

use crate::diagnostic::Place;
use crate::evidence::sbom::model::Site;
use crate::tape::{Addressing, Item, Tape};

/// Characters are counted in blocks of this many bytes.
const BLOCK: usize = 1024;

/// Finds the places of the nodes of one tape.
#[derive(Debug)]
pub(super) struct Sites<'t> {
    source: &'t str,
    /// Offsets at which lines begin; empty where places are JSON pointers.
    lines: Vec<u32>,
    /// How many characters begin before each block.
    characters: Vec<u32>,
    by_line: bool,
}

impl<'t> Sites<'t> {
    pub(super) fn new(tape: &'t Tape<'_>) -> Self {
        let by_line = tape.addressing() == Addressing::Line;
        let mut sites = Self {
            source: tape.source(),
            lines: Vec::new(),
            characters: Vec::new(),
            by_line,
        };
        if by_line {
            sites.index();
        }
        sites
    }

    fn index(&mut self) {
        self.lines.push(0);
        self.lines.extend(
            self.source
                .match_indices('\n')
                .filter_map(|(offset, _)| u32::try_from(offset + 1).ok()),
        );
        if self.source.is_ascii() {
            return;
        }
        let mut count = 0;
        for block in self.source.as_bytes().chunks(BLOCK) {
            self.characters.push(count);
            count += characters(block);
        }
    }

    /// How many characters begin before an offset.
    fn characters_before(&self, offset: usize) -> u32 {
        let Some(before) = self.characters.get(offset / BLOCK) else {
            return u32::try_from(offset).unwrap_or(u32::MAX);
        };
        let start = offset / BLOCK * BLOCK;
        let rest = self.source.as_bytes().get(start..offset);
        before + characters(rest.unwrap_or_default())
    }

    /// Line and column of an offset, both from 1.
    pub(super) fn line(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.source.len());
        let line = self
            .lines
            .partition_point(|start| (*start as usize) <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.lines.get(index))
            .map_or(0, |start| *start as usize);
        let column = self.characters_before(offset) - self.characters_before(start);
        (u32::try_from(line.max(1)).unwrap_or(u32::MAX), column + 1)
    }

    /// Whether places are lines.
    pub(super) fn by_line(&self) -> bool {
        self.by_line
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
        if !self.by_line {
            return Site::pointer(pointer());
        }
        let Some(offset) = item.offset() else {
            return Site::default();
        };
        let (line, column) = self.line(offset);
        Site {
            pointer: CompactString::default(),
            line,
            column,
        }
    }

    /// The place of a node inside an element: for remarks.
    pub(super) fn inside(&self, at: &Site, path: &str, item: Item<'_>) -> Place {
        let site = self.of(item, || format_compact!("{}{path}", at.pointer));
        if self.by_line && site.line == 0 {
            return at.place();
        }
        site.place()
    }
}

fn characters(bytes: &[u8]) -> u32 {
    let begin = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    u32::try_from(begin).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Builder;

    #[test]
    fn every_offset_has_the_line_and_column_that_counting_gives() {
        let source = "目a\n\nb".to_owned() + &"語x".repeat(1500) + "\nend";
        let ascii = "ab\ncd\n".repeat(700);
        for source in [source.as_str(), &ascii, ""] {
            let mut builder = Builder::new(source, Addressing::Line);
            builder.open_table(None, Some(0)).unwrap();
            let tape = builder.finish();
            let sites = Sites::new(&tape);
            for (offset, _) in source.char_indices() {
                let (line, column) = sites.line(offset);
                assert_eq!(
                    Place::line(line as usize, column as usize),
                    Place::of_offset(source, offset),
                    "{offset}"
                );
            }
        }
    }
}
