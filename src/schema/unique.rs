//! Finds equal items of a list (`uniqueItems`, JSON Schema validation, section 6.4.3), in n log n.
//!
//! Items are first told apart by a fingerprint of what stands directly in them. Only those that agree
//! are hashed whole, and only those whose hashes agree are compared.

use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::fast::RandomState;

use crate::tape::{Item, Shape};

/// Lists up to this length are compared on the stack.
const FEW: usize = 16;

/// Two equal items of a list of `count` items, the earlier one first.
pub(super) fn repeated(list: Item<'_>, count: usize) -> Option<(Item<'_>, Item<'_>)> {
    let state = RandomState::default();
    if count <= FEW {
        return among_few(list, &state);
    }
    let mut prints: Vec<(u64, u32)> = list
        .items()
        .map(|item| (hash(item, 1, &state), item.index()))
        .collect();
    prints.sort_unstable();
    let mut found: Option<(u32, u32)> = None;
    for group in prints.chunk_by(|left, right| left.0 == right.0) {
        if group.len() < 2 {
            continue;
        }
        let mut whole: Vec<(u64, u32)> = group
            .iter()
            .filter_map(|(_, index)| Some((hash(list.tape().item(*index)?, DEEP, &state), *index)))
            .collect();
        whole.sort_unstable();
        for pair in whole.windows(2) {
            if let [(left, first), (right, second)] = pair
                && left == right
                && found.is_none_or(|(_, before)| *second < before)
                && same_at(list, *first, *second)
            {
                found = Some((*first, *second));
            }
        }
    }
    let (first, second) = found?;
    Some((list.tape().item(first)?, list.tape().item(second)?))
}

fn among_few<'t>(list: Item<'t>, state: &RandomState) -> Option<(Item<'t>, Item<'t>)> {
    let mut prints = [(0u64, list); FEW];
    for (position, item) in list.items().enumerate() {
        let print = hash(item, 1, state);
        let twin = prints
            .iter()
            .take(position)
            .find(|(other, before)| *other == print && same(*before, item));
        if let Some((_, before)) = twin {
            return Some((*before, item));
        }
        if let Some(slot) = prints.get_mut(position) {
            *slot = (print, item);
        }
    }
    None
}

/// Deeper than any document.
const DEEP: u32 = 1000;

/// The same for equal items. Goes `depth` levels down; the order of members does not count.
fn hash(item: Item<'_>, depth: u32, state: &RandomState) -> u64 {
    match item.shape() {
        Shape::Null => 1,
        Shape::Bool => 2 + u64::from(item.bool() == Some(true)),
        Shape::Integer | Shape::Number => {
            let value = item.magnitude().unwrap_or_default();
            // Zero has two signs and is one number.
            let bits = if value == 0.0 { 0 } else { value.to_bits() };
            state.hash_one(bits)
        }
        Shape::Text => text(item.text().unwrap_or_default(), state),
        Shape::List | Shape::Table if depth == 0 => 5,
        Shape::List => {
            let mut hasher = state.build_hasher();
            for child in item.items() {
                hasher.write_u64(hash(child, depth - 1, state));
            }
            hasher.finish()
        }
        Shape::Table => item.children().fold(7, |sum: u64, child| {
            let mut hasher = state.build_hasher();
            hasher.write(child.key().unwrap_or_default().as_bytes());
            hasher.write_u64(hash(child, depth - 1, state));
            sum.wrapping_add(hasher.finish())
        }),
    }
}

fn text(text: &str, state: &RandomState) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn same_at(list: Item<'_>, left: u32, right: u32) -> bool {
    match (list.tape().item(left), list.tape().item(right)) {
        (Some(left), Some(right)) => same(left, right),
        _ => false,
    }
}

/// Whether two values are equal as JSON Schema counts it: numbers by value, objects in any order.
fn same(left: Item<'_>, right: Item<'_>) -> bool {
    match (left.shape(), right.shape()) {
        (Shape::Null, Shape::Null) => true,
        (Shape::Bool, Shape::Bool) => left.bool() == right.bool(),
        (Shape::Text, Shape::Text) => left.text() == right.text(),
        (Shape::Integer, Shape::Integer) => left.integer() == right.integer(),
        (Shape::Integer | Shape::Number, Shape::Integer | Shape::Number) => {
            left.magnitude() == right.magnitude()
        }
        (Shape::List, Shape::List) => {
            let (mut lefts, mut rights) = (left.items(), right.items());
            loop {
                match (lefts.next(), rights.next()) {
                    (None, None) => return true,
                    (Some(left), Some(right)) if same(left, right) => {}
                    _ => return false,
                }
            }
        }
        (Shape::Table, Shape::Table) => same_members(left, right),
        _ => false,
    }
}

fn same_members(left: Item<'_>, right: Item<'_>) -> bool {
    let in_order = left
        .children()
        .map(Item::key)
        .eq(right.children().map(Item::key));
    if in_order {
        return left
            .children()
            .zip(right.children())
            .all(|(left, right)| same(left, right));
    }
    let sorted = |item: Item<'_>| {
        let mut members: Vec<_> = item
            .children()
            .map(|child| (child.key().unwrap_or_default().to_owned(), child.index()))
            .collect();
        members.sort_unstable();
        members
    };
    let (lefts, rights) = (sorted(left), sorted(right));
    lefts.len() == rights.len()
        && lefts.iter().zip(&rights).all(|(one, other)| {
            let items = (left.tape().item(one.1), right.tape().item(other.1));
            one.0 == other.0 && matches!(items, (Some(left), Some(right)) if same(left, right))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    fn positions(text: &str) -> Option<(String, String)> {
        let tape = parse_json(text).unwrap();
        let count = tape.root().items().count();
        repeated(tape.root(), count).map(|(left, right)| (left.pointer(), right.pointer()))
    }

    #[test]
    fn equal_items_are_found_however_they_are_written() {
        for (text, second) in [
            ("[]", None),
            ("[1,2]", None),
            ("[1,true,\"1\",null,[1],{\"a\":1}]", None),
            ("[1,1.0]", Some("/1")),
            ("[0.0,-0.0]", Some("/1")),
            ("[\"a\",\"b\",\"a\"]", Some("/2")),
            ("[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]", Some("/1")),
            ("[{\"a\":[1,{\"x\":1}]},{\"a\":[1,{\"x\":2}]}]", None),
            (
                "[{\"a\":[1,{\"x\":1}]},{\"a\":[1,{\"x\":1.0}]}]",
                Some("/1"),
            ),
            ("[[1,2],[2,1]]", None),
            ("[{\"a\":1},{\"a\":1,\"b\":1}]", None),
        ] {
            let found = positions(text).map(|(_, second)| second);
            assert_eq!(found.as_deref(), second, "{text}");
            // The same among many.
            let filler: Vec<_> = (0..40)
                .map(|one| format!("{{\"n\":{one},\"a\":[{one}]}}"))
                .collect();
            let rest = text.trim_start_matches('[').trim_end_matches(']');
            let many = if text == "[]" {
                format!("[{}]", filler.join(","))
            } else {
                let inner = text.get(1..text.len() - 1).unwrap_or(rest);
                format!("[{inner},{}]", filler.join(","))
            };
            assert_eq!(
                positions(&many).map(|(_, second)| second).as_deref(),
                second,
                "{many}"
            );
        }
    }
}
