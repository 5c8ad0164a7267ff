//! Whether a value meets a node: one walk, no allocation, no findings.

use crate::tape::{Item, Shape};

use super::unique;
use super::{
    ANYTHING, Bounds, By, Choice, Id, ListRule, NOTHING, Node, Schema, TableRule, TextRule,
};

impl Schema {
    pub(super) fn holds(&self, id: Id, item: Item<'_>) -> bool {
        if id == ANYTHING {
            return true;
        }
        let Some(node) = self.node(id) else {
            return true;
        };
        node.shapes.allow(item)
            && self.own_holds(node, item)
            && node.choices.iter().all(|one| self.choice_holds(one, item))
    }

    fn own_holds(&self, node: &Node, item: Item<'_>) -> bool {
        match item.shape() {
            Shape::Table => {
                node.table
                    .as_ref()
                    .is_none_or(|rule| self.table_holds(rule, item))
                    && node.by.as_ref().is_none_or(|by| self.by_holds(by, item))
            }
            Shape::List => node
                .list
                .as_ref()
                .is_none_or(|rule| self.list_holds(rule, item)),
            Shape::Text => node
                .text
                .as_ref()
                .is_none_or(|rule| item.text().is_some_and(|text| self.text_holds(rule, text))),
            Shape::Integer | Shape::Number => {
                node.range.is_none_or(|range| within(range, item))
                    && (!node.tenths || is_in_tenths(item))
            }
            Shape::Bool => node.flag.is_none_or(|flag| item.bool() == Some(flag)),
            Shape::Null => true,
        }
    }

    fn table_holds(&self, rule: &TableRule, item: Item<'_>) -> bool {
        let (mut seen, mut count) = (0u64, 0usize);
        for child in item.children() {
            count += 1;
            let name = child.key().unwrap_or_default();
            let id = match rule.names.find(name) {
                Some(position) => {
                    if position < 64 {
                        seen |= 1 << position;
                    }
                    rule.nodes.get(position).copied().unwrap_or(rule.other)
                }
                None => rule.unnamed(name),
            };
            if id == NOTHING || !self.holds(id, child) {
                return false;
            }
        }
        let required = rule.required_bits();
        seen & required == required && rule.has_size(count)
    }

    fn by_holds(&self, by: &By, item: Item<'_>) -> bool {
        item.get_text(&by.member)
            .is_some_and(|word| self.holds(by.node(word), item))
    }

    fn list_holds(&self, rule: &ListRule, item: Item<'_>) -> bool {
        let mut count = 0;
        for child in item.items() {
            let id = rule.first.get(count).copied().unwrap_or(rule.each);
            if !self.holds(id, child) {
                return false;
            }
            count += 1;
        }
        count >= rule.least
            && rule.most.is_none_or(|most| count <= most)
            && !(rule.unique && count > 1 && unique::repeated(item, count).is_some())
    }

    pub(super) fn text_holds(&self, rule: &TextRule, text: &str) -> bool {
        rule.words
            .as_ref()
            .is_none_or(|words| self.words(words).find(text).is_some())
            && rule.length_holds(text)
            && rule.patterns.iter().all(|pattern| pattern.matches(text))
            && rule.formats.iter().all(|format| format.matches(text))
    }

    pub(super) fn choice_holds(&self, choice: &Choice, item: Item<'_>) -> bool {
        match choice {
            Choice::Any(ids) => ids.iter().any(|id| self.holds(*id, item)),
            Choice::One(ids) => {
                let mut holding = ids.iter().filter(|id| self.holds(**id, item));
                holding.next().is_some() && holding.next().is_none()
            }
            Choice::Not(id) => !self.holds(*id, item),
            Choice::If {
                when,
                then,
                otherwise,
            } => {
                let id = if self.holds(*when, item) {
                    then
                } else {
                    otherwise
                };
                self.holds(*id, item)
            }
        }
    }
}

impl By {
    /// The node that a word chooses.
    pub(super) fn node(&self, word: &str) -> Id {
        self.cases
            .find(word)
            .and_then(|position| self.nodes.get(position).copied())
            .unwrap_or(self.other)
    }
}

impl TableRule {
    /// Whether an object may have that many members.
    pub(super) fn has_size(&self, count: usize) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl TextRule {
    /// Whether the text is as long as asked, in characters.
    pub(super) fn length_holds(&self, text: &str) -> bool {
        if self.least == 0 && self.most.is_none() {
            return true;
        }
        let length = text.chars().count();
        length >= self.least && self.most.is_none_or(|most| length <= most)
    }
}

/// Whether a number lies within bounds.
pub(super) fn within((least, most): Bounds, item: Item<'_>) -> bool {
    item.magnitude().is_none_or(|value| {
        least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
    })
}

/// Whether a number has one digit behind the point at most.
pub(super) fn is_in_tenths(item: Item<'_>) -> bool {
    let text = item.number().unwrap_or_default();
    text.split_once('.').is_none_or(|(_, rest)| rest.len() <= 1)
}

#[cfg(test)]
mod tests {
    use crate::schema::report::findings_by;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn every_demand_is_met_or_explained() {
        let table = r#"{"members":[0,3],"required":[0],"other":1,"shapes":64},{"shapes":16}"#;
        let words = r#"{"shapes":16,"words":[4,5]}"#;
        let numbers = r#"{"shapes":12,"range":[0,1]}"#;
        let list = r#"{"each":3,"count":[1,2],"unique":true,"shapes":32},{}"#;
        let first = r#"{"first":[3],"each":1,"shapes":32},{"shapes":4}"#;
        let dispatch = r#"{"by":[3,[4,3],4],"shapes":64},
            {"members":[0,0,3,0],"required":[0],"other":1,"shapes":64},
            {"members":[1,5],"shapes":64},{"shapes":2}"#;
        let also = r#"{"members":[0,3],"also":[["^a_",3]],"shapes":64},{"shapes":16}"#;
        for (nodes, document, expected) in [
            (also, r#"{"a":"x","a_b":"y","b":1}"#, None),
            (
                also,
                r#"{"a_b":1}"#,
                Some(
                    "/a_b: error[schema-type]: a number stands where a text is asked for; help: write a text here",
                ),
            ),
            ("{}", "[1]", None),
            (r#"{"shapes":4}"#, "1.0", None),
            (
                r#"{"shapes":4}"#,
                "1.5",
                Some(
                    "error[schema-type]: a number stands where a whole number is asked for; help: write a whole number here",
                ),
            ),
            (
                r#"{"shapes":20}"#,
                "null",
                Some(
                    "error[schema-type]: null stands where a whole number or a text is asked for; help: write a whole number or a text here",
                ),
            ),
            (table, r#"{"a":"x"}"#, None),
            (
                table,
                "{}",
                Some("error[schema-required]: the member `a` is missing; help: add `a`"),
            ),
            (
                table,
                r#"{"a":"x","b~":1}"#,
                Some(
                    "/b~0: error[schema-unknown-member]: the member `b~` is not known here; help: remove it; known here are `a`",
                ),
            ),
            (
                table,
                r#"{"a":1}"#,
                Some(
                    "/a: error[schema-type]: a number stands where a text is asked for; help: write a text here",
                ),
            ),
            (words, "\"Dog\"", None),
            (
                words,
                "\"Dogs\"",
                Some(
                    "error[schema-word]: `Dogs` is none of the words that may stand here; help: did you mean `Dog`",
                ),
            ),
            (
                words,
                "\"\"",
                Some(
                    "error[schema-word]: `` is none of the words that may stand here; help: write one of `Dog`, `Cat`",
                ),
            ),
            (r#"{"licenses":true}"#, "\"MIT\"", None),
            (
                r#"{"licenses":true}"#,
                "\"Apache-2\"",
                Some(
                    "error[schema-word]: `Apache-2` is not an SPDX license id; help: did you mean `Apache-2.0`",
                ),
            ),
            (r#"{"flag":false}"#, "false", None),
            (
                r#"{"flag":false}"#,
                "true",
                Some(
                    "error[schema-word]: `true` stands where only `false` may stand; help: write `false`",
                ),
            ),
            (r#"{"patterns":["^[A-Z]{2}$"]}"#, "\"DE\"", None),
            (
                r#"{"patterns":["^[A-Z]{2}$"]}"#,
                "\"de\"",
                Some(
                    "error[schema-pattern]: `de` does not have the form that is asked for; help: write two capital letters",
                ),
            ),
            (
                r#"{"patterns":["^x+$"]}"#,
                "\"y\"",
                Some(
                    "error[schema-pattern]: `y` does not have the form that is asked for; help: write a text that matches `^x+$`",
                ),
            ),
            (r#"{"formats":["date"]}"#, "\"2026-02-28\"", None),
            (
                r#"{"formats":["date"]}"#,
                "\"2026-02-29\"",
                Some(
                    "error[schema-format]: `2026-02-29` is not a date; help: write a date such as `2026-01-31`",
                ),
            ),
            (r#"{"length":[1,2]}"#, "\"目目\"", None),
            (
                r#"{"length":[1,2]}"#,
                "\"目目目\"",
                Some(
                    "error[schema-length]: `目目目` is too short or too long; help: write 1 to 2 characters",
                ),
            ),
            (
                r#"{"length":[1,null]}"#,
                "\"\"",
                Some("error[schema-length]: the text is empty; help: write at least 1 character"),
            ),
            (numbers, "1", None),
            (numbers, "0.5", None),
            (
                numbers,
                "1.5",
                Some(
                    "error[schema-range]: 1.5 is not from 0 to 1; help: write a number from 0 to 1",
                ),
            ),
            (
                numbers,
                "-1",
                Some(
                    "error[schema-range]: -1 is not from 0 to 1; help: write a number from 0 to 1",
                ),
            ),
            (list, "[1,2]", None),
            (
                list,
                "[]",
                Some(
                    "error[schema-count]: the list has 0 items where 1 to 2 items may stand; help: list 1 to 2 items",
                ),
            ),
            (
                list,
                "[1,2,3]",
                Some(
                    "error[schema-count]: the list has 3 items where 1 to 2 items may stand; help: list 1 to 2 items",
                ),
            ),
            (
                list,
                "[1,1]",
                Some(
                    "/1: error[schema-unique]: the item is the same as the one at `/0`; help: list it once",
                ),
            ),
            (first, "[1]", None),
            (
                first,
                "[1,2]",
                Some("/1: error[schema-choice]: this value may not stand here; help: remove it"),
            ),
            (dispatch, r#"{"type":"Dog","a":1}"#, None),
            (dispatch, r#"{"type":"Eel","b":true}"#, None),
            (
                dispatch,
                r#"{"type":"Dog"}"#,
                Some("error[schema-required]: the member `a` is missing; help: add `a`"),
            ),
            (
                dispatch,
                r#"{"type":"Eel","b":1}"#,
                Some(
                    "/b: error[schema-type]: a number stands where true or false is asked for; help: write true or false here",
                ),
            ),
            (
                dispatch,
                "{}",
                Some("error[schema-required]: the member `type` is missing; help: add `type`"),
            ),
            (
                r#"{"by":[3,[4,0],1]}"#,
                r#"{"type":"Fog"}"#,
                Some(
                    "/type: error[schema-word]: `Fog` is none of the words that may stand here; help: write one of `Dog`",
                ),
            ),
        ] {
            let found = findings_by(nodes, document);
            assert_eq!(
                found.first().map(String::as_str),
                expected,
                "{nodes} {document}"
            );
        }
    }
}
