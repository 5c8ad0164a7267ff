//! Whether a value meets a node: one walk, no allocation, no findings.

use crate::tape::{Item, Shape};

use super::unique;
use super::{ANYTHING, By, Choice, Id, ListRule, NOTHING, Node, Schema, TableRule, TextRule};

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
            Shape::Integer | Shape::Number => node.range.is_none_or(|range| within(range, item)),
            Shape::Bool => node.flag.is_none_or(|flag| item.bool() == Some(flag)),
            Shape::Null => true,
        }
    }

    fn table_holds(&self, rule: &TableRule, item: Item<'_>) -> bool {
        let mut seen = 0u64;
        for child in item.children() {
            let id = match rule.names.find(child.key().unwrap_or_default()) {
                Some(position) => {
                    if position < 64 {
                        seen |= 1 << position;
                    }
                    rule.nodes.get(position).copied().unwrap_or(rule.other)
                }
                None => rule.other,
            };
            if id == NOTHING || !self.holds(id, child) {
                return false;
            }
        }
        let required = rule.required_bits();
        seen & required == required
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
pub(super) fn within((least, most): (Option<i64>, Option<i64>), item: Item<'_>) -> bool {
    if let Some(value) = item.integer() {
        return least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most);
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "bounds of the schemas are small whole numbers"
    )]
    item.magnitude().is_none_or(|value| {
        least.is_none_or(|least| value >= least as f64)
            && most.is_none_or(|most| value <= most as f64)
    })
}
