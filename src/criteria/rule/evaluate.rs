//! Evaluates a typed rule in three values, counting its steps.
//!
//! `None` is the unknown. The rules are those of CEL, whose errors are our unknown: `&&`, `||`, `all` and
//! `exists` pass over it where the rest decides; everything else hands it on.

use std::cmp::Ordering;

use super::cost::MAXIMUM_WORDS;
use super::function::Function;
use super::tree::{Comparison, Node, Operation, Quantifier};
use crate::fact::FactValue;
use crate::time::{Date, add_months, days_between};

/// A value inside a rule. Words are borrowed from the facts and the rule.
#[derive(Debug, Clone)]
pub(super) enum Item<'v> {
    Bool(bool),
    Integer(i64),
    Date(Date),
    Text(&'v str),
    /// The list of a fact.
    Words(&'v [String]),
    List(Vec<Item<'v>>),
}

impl<'v> Item<'v> {
    fn of(value: &'v FactValue) -> Option<Self> {
        Some(match value {
            FactValue::Bool(value) => Self::Bool(*value),
            FactValue::Integer(value) => Self::Integer(*value),
            FactValue::Date(day) => Self::Date(*day),
            FactValue::Text(text) => Self::Text(text),
            FactValue::List(words) if words.len() > MAXIMUM_WORDS => return None,
            FactValue::List(words) => Self::Words(words),
        })
    }

    fn length(&self) -> Option<usize> {
        match self {
            Self::Words(words) => Some(words.len()),
            Self::List(items) => Some(items.len()),
            _ => None,
        }
    }

    fn element(&self, index: usize) -> Option<Item<'v>> {
        match self {
            Self::Words(words) => words.get(index).map(|word| Self::Text(word)),
            Self::List(items) => items.get(index).cloned(),
            _ => None,
        }
    }

    /// The elements of a list; none for anything else.
    pub(super) fn elements(&self) -> impl Iterator<Item = Item<'v>> {
        (0..self.length().unwrap_or(0)).filter_map(|index| self.element(index))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => Some(left.cmp(right)),
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(right)),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Item<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(value) => write!(formatter, "{value}"),
            Self::Date(day) => write!(formatter, "{day}"),
            Self::Text(text) => formatter.write_str(text),
            Self::Words(_) | Self::List(_) => {
                let words: Vec<_> = self.elements().map(|item| item.to_string()).collect();
                formatter.write_str(&words.join(", "))
            }
        }
    }
}

/// One evaluation: the values of the rule's facts in the order of its keys, and the steps taken.
pub(super) struct Evaluation<'v> {
    known: Vec<Option<&'v FactValue>>,
    bound: Vec<Item<'v>>,
    pub(super) steps: u64,
}

impl<'v> Evaluation<'v> {
    pub(super) fn new(known: Vec<Option<&'v FactValue>>) -> Self {
        Self {
            known,
            bound: Vec::new(),
            steps: 0,
        }
    }

    /// The value of a fact as it was given.
    pub(super) fn given(&self, slot: usize) -> Option<&'v FactValue> {
        self.known.get(slot).copied().flatten()
    }

    /// Whether a fact has a value that the rule can look at.
    pub(super) fn is_known(&self, slot: usize) -> bool {
        self.given(slot).and_then(Item::of).is_some()
    }

    /// What a condition says.
    pub(super) fn truth(&mut self, node: &'v Node) -> Option<bool> {
        match self.value(node)? {
            Item::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// What an expression gives.
    pub(super) fn value(&mut self, node: &'v Node) -> Option<Item<'v>> {
        self.steps += 1;
        match node {
            Node::Bool(value) => Some(Item::Bool(*value)),
            Node::Integer(value) => Some(Item::Integer(*value)),
            Node::Text(text) => Some(Item::Text(text)),
            Node::Date(day) => Some(Item::Date(*day)),
            Node::Fact(slot) => self.given(*slot).and_then(Item::of),
            Node::Variable(level, _) => self.bound.get(*level).cloned(),
            Node::List(nodes) => {
                let items: Vec<_> = nodes.iter().map(|node| self.value(node)).collect();
                items.into_iter().collect::<Option<_>>().map(Item::List)
            }
            Node::Not(node) => self.truth(node).map(|truth| Item::Bool(!truth)),
            Node::And(nodes) => self.fold(nodes, false),
            Node::Or(nodes) => self.fold(nodes, true),
            Node::Choose(nodes) => {
                let [condition, then, otherwise] = &**nodes;
                if self.truth(condition)? {
                    self.value(then)
                } else {
                    self.value(otherwise)
                }
            }
            Node::Compare(comparison, nodes) => self.compare(*comparison, nodes),
            Node::Calculate(operation, nodes) => self.calculate(*operation, nodes),
            Node::Negative(node) => match self.value(node)? {
                Item::Integer(number) => number.checked_neg().map(Item::Integer),
                _ => None,
            },
            Node::In(nodes) => {
                let [element, list] = &**nodes;
                let (element, list) = (self.value(element), self.value(list));
                self.holds(&list?, &element?).map(Item::Bool)
            }
            Node::Each {
                quantifier,
                range,
                condition,
                ..
            } => {
                let range = self.value(range)?;
                self.each(*quantifier, &range, condition).map(Item::Bool)
            }
            Node::Gather {
                range,
                condition,
                item,
                ..
            } => {
                let range = self.value(range)?;
                self.gather(&range, condition.as_deref(), item)
            }
            Node::Call(function, arguments) => {
                let values: Vec<_> = arguments.iter().map(|node| self.value(node)).collect();
                let values: Vec<_> = values.into_iter().collect::<Option<_>>()?;
                self.call(*function, &values)
            }
        }
    }

    /// `&&` and `||`: the first part that `decides` settles it; otherwise one unknown part leaves it open.
    fn fold(&mut self, nodes: &'v [Node], decides: bool) -> Option<Item<'v>> {
        let mut open = false;
        for node in nodes {
            match self.truth(node) {
                Some(truth) if truth == decides => return Some(Item::Bool(decides)),
                Some(_) => {}
                None => open = true,
            }
        }
        (!open).then_some(Item::Bool(!decides))
    }

    fn compare(&mut self, comparison: Comparison, nodes: &'v [Node; 2]) -> Option<Item<'v>> {
        let [left, right] = nodes;
        let (left, right) = (self.value(left), self.value(right));
        let (left, right) = (left?, right?);
        let truth = match comparison {
            Comparison::Equal => self.same(&left, &right)?,
            Comparison::Unequal => !self.same(&left, &right)?,
            Comparison::Less => left.order(&right)?.is_lt(),
            Comparison::AtMost => left.order(&right)?.is_le(),
            Comparison::Greater => left.order(&right)?.is_gt(),
            Comparison::AtLeast => left.order(&right)?.is_ge(),
        };
        Some(Item::Bool(truth))
    }

    fn same(&mut self, left: &Item<'v>, right: &Item<'v>) -> Option<bool> {
        let (Some(first), Some(second)) = (left.length(), right.length()) else {
            return left.order(right).map(Ordering::is_eq);
        };
        if first != second {
            return Some(false);
        }
        for (one, other) in left.elements().zip(right.elements()) {
            self.steps += 1;
            if !one.order(&other)?.is_eq() {
                return Some(false);
            }
        }
        Some(true)
    }

    fn calculate(&mut self, operation: Operation, nodes: &'v [Node; 2]) -> Option<Item<'v>> {
        let [left, right] = nodes;
        let (left, right) = (self.value(left), self.value(right));
        match (left?, right?) {
            (Item::Integer(left), Item::Integer(right)) => match operation {
                Operation::Add => left.checked_add(right),
                Operation::Subtract => left.checked_sub(right),
                Operation::Multiply => left.checked_mul(right),
                Operation::Divide => left.checked_div(right),
                Operation::Remainder => left.checked_rem(right),
            }
            .map(Item::Integer),
            (left, right) if operation == Operation::Add => {
                let (first, second) = (left.length()?, right.length()?);
                self.steps += u64::try_from(first.saturating_add(second)).unwrap_or(u64::MAX);
                Some(Item::List(
                    left.elements().chain(right.elements()).collect(),
                ))
            }
            _ => None,
        }
    }

    /// Whether a list holds an element.
    pub(super) fn holds(&mut self, list: &Item<'v>, element: &Item<'v>) -> Option<bool> {
        list.length()?;
        for one in list.elements() {
            self.steps += 1;
            if one.order(element)?.is_eq() {
                return Some(true);
            }
        }
        Some(false)
    }

    fn each(
        &mut self,
        quantifier: Quantifier,
        range: &Item<'v>,
        condition: &'v Node,
    ) -> Option<bool> {
        range.length()?;
        let (mut open, mut count) = (false, 0_usize);
        for element in range.elements() {
            let truth = self.under(element, condition);
            match (quantifier, truth) {
                (Quantifier::All, Some(false)) => return Some(false),
                (Quantifier::Exists, Some(true)) => return Some(true),
                // One unknown element leaves the number open, as an error does in CEL.
                (Quantifier::ExistsOne, None) => return None,
                (_, Some(true)) => count += 1,
                (_, Some(false)) => {}
                (_, None) => open = true,
            }
        }
        match quantifier {
            Quantifier::ExistsOne => Some(count == 1),
            _ if open => None,
            Quantifier::All => Some(true),
            Quantifier::Exists => Some(false),
        }
    }

    /// What a condition says of one element.
    pub(super) fn under(&mut self, element: Item<'v>, condition: &'v Node) -> Option<bool> {
        self.steps += 1;
        self.bound.push(element);
        let truth = self.truth(condition);
        self.bound.pop();
        truth
    }

    fn gather(
        &mut self,
        range: &Item<'v>,
        condition: Option<&'v Node>,
        item: &'v Node,
    ) -> Option<Item<'v>> {
        range.length()?;
        let mut items = Vec::new();
        for element in range.elements() {
            self.steps += 1;
            self.bound.push(element);
            let wanted = condition.map_or(Some(true), |condition| self.truth(condition));
            let value = match wanted {
                Some(true) => self.value(item).map(Some),
                Some(false) => Some(None),
                None => None,
            };
            self.bound.pop();
            items.extend(value?);
        }
        Some(Item::List(items))
    }

    fn call(&mut self, function: Function, values: &[Item<'v>]) -> Option<Item<'v>> {
        match (function, values) {
            (Function::Size, [Item::Text(text)]) => {
                integer(text.chars().count()).map(Item::Integer)
            }
            (Function::Size, [list]) => integer(list.length()?).map(Item::Integer),
            (Function::StartsWith, [Item::Text(text), Item::Text(part)]) => {
                Some(Item::Bool(text.starts_with(part)))
            }
            (Function::EndsWith, [Item::Text(text), Item::Text(part)]) => {
                Some(Item::Bool(text.ends_with(part)))
            }
            (Function::Contains, [Item::Text(text), Item::Text(part)]) => {
                Some(Item::Bool(text.contains(part)))
            }
            (Function::Covers, [have, needed]) => {
                needed.length()?;
                for element in needed.elements() {
                    if !self.holds(have, &element)? {
                        return Some(Item::Bool(false));
                    }
                }
                Some(Item::Bool(true))
            }
            (Function::DaysBetween, [Item::Date(first), Item::Date(second)]) => {
                Some(Item::Integer(days_between(*first, *second)))
            }
            (Function::MonthsAfter, [Item::Date(day), Item::Integer(months)]) => {
                months_after(*day, *months).map(Item::Date)
            }
            (Function::PerMille, [Item::Integer(part), Item::Integer(whole)]) => {
                per_mille(*part, *whole).map(Item::Integer)
            }
            _ => None,
        }
    }
}

fn integer(length: usize) -> Option<i64> {
    i64::try_from(length).ok()
}

/// The same day some months later or, for a negative number, earlier; `None` beyond 9,999 years.
pub(super) fn months_after(day: Date, months: i64) -> Option<Date> {
    let months = i32::try_from(months)
        .ok()
        .filter(|months| months.abs() < 120_000)?;
    Some(add_months(day, months))
        .filter(|later| (*later >= day) == (months >= 0) && *later != Date::MAX)
}

/// How many in a thousand, rounded down; `None` where the whole is no positive number or the part is negative.
pub(super) fn per_mille(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 || part < 0 {
        return None;
    }
    part.checked_mul(1000)?.checked_div(whole)
}
