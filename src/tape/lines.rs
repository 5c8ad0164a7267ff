//! Byte offsets as lines and columns, for the many places of one document.

use crate::diagnostic::Place;

/// Characters are counted in blocks of this many bytes.
const BLOCK: usize = 1024;

/// Where the lines of a text begin, without the text.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// Offsets at which lines begin.
    starts: Vec<u32>,
    /// How many characters begin before each block; empty where every character is a byte.
    characters: Vec<u32>,
}

impl Index {
    pub(super) fn new(source: &str) -> Self {
        let breaks = source
            .match_indices('\n')
            .filter_map(|(offset, _)| u32::try_from(offset + 1).ok());
        let mut index = Self {
            starts: std::iter::once(0).chain(breaks).collect(),
            characters: Vec::new(),
        };
        if !source.is_ascii() {
            let mut count = 0;
            for block in source.as_bytes().chunks(BLOCK) {
                index.characters.push(count);
                count += characters(block);
            }
        }
        index
    }

    fn at(&self, source: &str, offset: usize) -> (u32, u32) {
        let offset = source.floor_char_boundary(offset);
        let line = self
            .starts
            .partition_point(|start| (*start as usize) <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .map_or(0, |start| *start as usize);
        let column = self
            .characters_before(source, offset)
            .saturating_sub(self.characters_before(source, start));
        (u32::try_from(line.max(1)).unwrap_or(u32::MAX), column + 1)
    }

    /// The place of a byte offset in the text that the index was made of.
    pub(super) fn place(&self, source: &str, offset: usize) -> Place {
        let (line, column) = self.at(source, offset);
        Place {
            line: Some(line),
            column: Some(column),
            ..Place::default()
        }
    }

    /// How many characters begin before an offset.
    fn characters_before(&self, source: &str, offset: usize) -> u32 {
        let block = offset / BLOCK;
        if self.characters.is_empty() {
            return u32::try_from(offset).unwrap_or(u32::MAX);
        }
        // The end of a text may be that of its last block.
        let block = block.min(self.characters.len() - 1);
        let before = self.characters.get(block).copied().unwrap_or_default();
        let rest = source.as_bytes().get(block * BLOCK..offset);
        before + characters(rest.unwrap_or_default())
    }
}

/// Turns offsets in a text into lines and columns, each in constant time, however long its lines are.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    source: &'a str,
    index: Index,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub fn new(source: &'a str) -> Self {
        Self {
            source,
            index: Index::new(source),
        }
    }

    /// Line and column in characters of a byte offset, both from 1; an offset past the end is the end.
    pub fn at(&self, offset: usize) -> (u32, u32) {
        self.index.at(self.source, offset)
    }

    /// The place of a byte offset.
    pub fn place(&self, offset: usize) -> Place {
        self.index.place(self.source, offset)
    }
}

fn characters(bytes: &[u8]) -> u32 {
    let begin = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    u32::try_from(begin).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_has_the_line_and_column_that_counting_gives() {
        let long = "目a\n\nb".to_owned() + &"語x".repeat(1500) + "\nend";
        let block = "目".to_owned() + &"x".repeat(BLOCK - 3);
        let ascii = "ab\ncd\n".repeat(700);
        for text in [long.as_str(), &block, &ascii, ""] {
            let lines = Lines::new(text);
            for offset in 0..text.len() + 2 {
                let expected = Place::of_offset(text, text.floor_char_boundary(offset));
                assert_eq!(lines.place(offset), expected, "{offset}");
            }
        }
    }
}
