//! Follows many JSON pointers into one tape.

use std::collections::HashMap;

use super::{Item, Shape, Tape};

/// Follows JSON pointers; where the items of a list stand is found once, not once a pointer.
pub struct Finder<'t> {
    tape: &'t Tape<'t>,
    lists: HashMap<u32, Vec<u32>, foldhash::fast::FixedState>,
}

impl<'t> Finder<'t> {
    /// Begins with nothing found.
    pub fn new(tape: &'t Tape<'t>) -> Self {
        Self {
            tape,
            lists: HashMap::default(),
        }
    }

    /// Follows a JSON pointer (RFC 6901), as [`Item::at`] does.
    pub fn at(&mut self, pointer: &str) -> Option<Item<'t>> {
        let mut item = self.tape.root();
        for step in pointer.split('/').skip(1) {
            item = if item.shape() == Shape::List {
                let places = self
                    .lists
                    .entry(item.index())
                    .or_insert_with(|| item.items().map(Item::index).collect());
                let position: usize = step.parse().ok()?;
                self.tape.item(*places.get(position)?)?
            } else {
                item.get(&step.replace("~1", "/").replace("~0", "~"))?
            };
        }
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    #[test]
    fn a_pointer_leads_where_it_led() {
        let tape = parse_json(r#"{"a":[1,[2,3],{"b/c":[4]}],"d":5}"#).unwrap();
        let mut finder = Finder::new(&tape);
        for pointer in [
            "",
            "/a",
            "/a/1/1",
            "/a/2/b~1c/0",
            "/d",
            "/a/9",
            "/a/x",
            "/e",
            "/d/0",
        ] {
            let expected = tape.root().at(pointer).map(Item::index);
            assert_eq!(finder.at(pointer).map(Item::index), expected, "{pointer}");
        }
    }
}
