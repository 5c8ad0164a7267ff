//! Whether a rule became tighter or looser, as far as its form tells.
//!
//! A rule is taken apart at its outermost `&&` or `||`. More conjuncts, or fewer alternatives, are tighter; a number that
//! is compared with `>=` or `<=` and moved tells a direction too. Everything else would need a proof and is *other*.

use std::collections::BTreeSet;

use super::Direction;

/// The direction of a change of a rule that is to be met.
pub(super) fn direction(old: &str, new: &str) -> Direction {
    let (old, new) = (stripped(old), stripped(new));
    let by_conjuncts = parts(&old, "&&", &new);
    if by_conjuncts != Direction::Other {
        return by_conjuncts;
    }
    // More alternatives are looser.
    match parts(&old, "||", &new) {
        Direction::Tighter => Direction::Looser,
        Direction::Looser => Direction::Tighter,
        Direction::Other => Direction::Other,
    }
}

/// The same for a condition; a name of its own, since the reader turns it round.
pub(super) fn conditions(old: &str, new: &str) -> Direction {
    direction(old, new)
}

/// Compares the sets of parts at a sign: a superset is tighter, a subset looser; where one part was exchanged for
/// another, the two are compared.
fn parts(old: &str, sign: &str, new: &str) -> Direction {
    let (old, new) = (split(old, sign), split(new, sign));
    let gone: Vec<_> = old.difference(&new).collect();
    let come: Vec<_> = new.difference(&old).collect();
    match (gone.as_slice(), come.as_slice()) {
        ([], [_, ..]) => Direction::Tighter,
        ([_, ..], []) => Direction::Looser,
        ([gone], [come]) if sign == "&&" => moved(gone, come),
        ([gone], [come]) => match moved(gone, come) {
            // The caller turns the direction of alternatives round; a moved number is not to be turned.
            Direction::Tighter => Direction::Looser,
            Direction::Looser => Direction::Tighter,
            Direction::Other => Direction::Other,
        },
        _ => Direction::Other,
    }
}

/// Whether the same comparison has another number.
fn moved(old: &str, new: &str) -> Direction {
    for (sign, higher_is_tighter) in [(">=", true), ("<=", false), (">", true), ("<", false)] {
        let (Some((left, low)), Some((right, high))) = (old.split_once(sign), new.split_once(sign))
        else {
            continue;
        };
        let number = |text: &str| text.parse::<i64>().ok();
        let (Some(low), Some(high)) = (number(low), number(high)) else {
            return Direction::Other;
        };
        let plain = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
        };
        if left != right || !plain(left) || low == high {
            return Direction::Other;
        }
        return if (high > low) == higher_is_tighter {
            Direction::Tighter
        } else {
            Direction::Looser
        };
    }
    Direction::Other
}

/// The parts of a rule at a sign outside of brackets and quotes, nested ones taken apart as well. Where `&&` is asked for
/// and an alternative stands outside, the rule is one part.
fn split(rule: &str, sign: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    let mut open = vec![stripped(rule)];
    while let Some(rule) = open.pop() {
        let pieces = if sign == "&&" && outermost(&rule, "||").len() > 1 {
            vec![rule.clone()]
        } else {
            outermost(&rule, sign)
        };
        match pieces.as_slice() {
            [_] => {
                parts.insert(rule);
            }
            _ => open.extend(pieces.iter().map(|piece| stripped(piece))),
        }
    }
    parts
}

/// Takes a text apart at a sign outside of brackets and quotes; a conditional operator there leaves it whole.
fn outermost(text: &str, sign: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_u32;
    let mut quote = None;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let outside = depth == 0 && quote.is_none();
        if outside && character == '?' {
            return vec![text.to_owned()];
        }
        if outside && let Some(after) = rest.strip_prefix(sign) {
            pieces.push(String::new());
            rest = after;
            continue;
        }
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    pieces
}

/// A rule without blanks outside of quotes, and without brackets around the whole.
fn stripped(rule: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    for character in rule.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            _ => {}
        }
        if quote.is_some() || !character.is_whitespace() {
            text.push(character);
        }
    }
    while let Some(inside) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|inside| balanced(inside))
    {
        text = inside.to_owned();
    }
    text
}

/// Whether no bracket closes that was not opened inside.
fn balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    for character in text.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_said_only_where_the_form_tells_it() {
        for (old, new, expected) in [
            ("a.b", "(a.b) && (a.c)", Direction::Tighter),
            ("(a.b) && (a.c)", "a.c", Direction::Looser),
            ("a.b || a.c", "(a.b || a.c) && (a.d)", Direction::Tighter),
            ("a.b", "a.b || a.c", Direction::Looser),
            ("a.b || a.c", "a.c", Direction::Tighter),
            ("a.b && a.c", "a.c && a.b", Direction::Other),
            ("a.n >= 6", "a.n >= 12", Direction::Tighter),
            ("a.b && a.n >= 12", "a.b && a.n >= 6", Direction::Looser),
            ("a.n <= 6", "a.n <= 12", Direction::Looser),
            ("a.b || a.n <= 6", "a.b || a.n <= 12", Direction::Looser),
            ("!(a.n >= 6)", "!(a.n >= 12)", Direction::Other),
            ("a.b", "a.c", Direction::Other),
            ("a.b && a.c", "a.b || a.c", Direction::Other),
            ("a.b && a.c", "a.b ? a.c : a.d", Direction::Other),
            (
                "a.t == 'x && y'",
                "a.t == 'x && y' && a.b",
                Direction::Tighter,
            ),
            ("a.t == 'x && y'", "a.t == 'x'", Direction::Other),
            (
                "(a.b) && (a.c)",
                "((a.b) && (a.c)) && (a.d)",
                Direction::Tighter,
            ),
            ("a.b && a.c", "(a.b || a.d) && a.c", Direction::Other),
        ] {
            assert_eq!(direction(old, new), expected, "{old} to {new}");
        }
    }
}
