//! Byte offsets as lines and columns, for the many places of one document.

/// Turns offsets in a text into lines and columns. Offsets that ascend cost nothing twice.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    source: &'a str,
    starts: Vec<u32>,
    /// The last answer: its offset, line and column.
    last: (usize, u32, u32),
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub fn new(source: &'a str) -> Self {
        let breaks = source
            .match_indices('\n')
            .filter_map(|(offset, _)| u32::try_from(offset + 1).ok());
        Self {
            source,
            starts: std::iter::once(0).chain(breaks).collect(),
            last: (0, 1, 1),
        }
    }

    /// Line and column in characters of a byte offset, both from 1.
    pub fn at(&mut self, offset: usize) -> (u32, u32) {
        let wanted = u32::try_from(offset).unwrap_or(u32::MAX);
        let line = self.starts.partition_point(|start| *start <= wanted);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .map_or(0, |start| *start as usize);
        let line = u32::try_from(line.max(1)).unwrap_or(u32::MAX);
        let (from, before) = match self.last {
            (last, of, column) if of == line && last <= offset => (last, column),
            _ => (start, 1),
        };
        let end = self
            .source
            .floor_char_boundary(offset.min(self.source.len()));
        let between = self
            .source
            .get(from..end)
            .map_or(0, |text| text.chars().count());
        let column = before.saturating_add(u32::try_from(between).unwrap_or(u32::MAX));
        self.last = (end.max(from), line, column);
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn lines_agree_with_places_in_any_order() {
        let text = "ab\n目bc\n\nlast line";
        let mut lines = Lines::new(text);
        for offset in [0, 1, 2, 3, 6, 7, 8, 9, 12, 15, 4, 3, 0, 99] {
            let (line, column) = lines.at(offset);
            let offset = text.floor_char_boundary(offset);
            assert_eq!(
                Place::line(line as usize, column as usize),
                Place::of_offset(text, offset),
                "{offset}"
            );
        }
    }
}
