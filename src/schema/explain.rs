//! Why a value does not meet a node: the second walk, made only when the first one failed.

use crate::tape::{Item, Shape};

use super::format::Format;
use super::holds::{is_in_tenths, within};
use super::index::Index;
use super::pattern::Pattern;
use super::unique;
use super::{
    ANYTHING, Bounds, By, Choice, Id, ListRule, NOTHING, Node, Schema, Shapes, TableRule, TextRule,
    Words,
};

/// One breach, before it is put into words.
#[derive(Debug)]
pub(super) struct Fault<'s, 't> {
    pub(super) item: Item<'t>,
    /// How far below the root the mistake was made.
    depth: u32,
    pub(super) problem: Problem<'s, 't>,
}

#[derive(Debug)]
pub(super) enum Problem<'s, 't> {
    /// The value is of another shape.
    Shape(Shapes),
    /// A member is missing.
    Missing(&'s str),
    /// None of these groups of members is complete.
    MissingGroup(Vec<Vec<&'s str>>),
    /// The member is not known here.
    Unknown(&'s TableRule),
    /// The text is none of the words.
    Word(&'s Index),
    /// The text is none of the license ids.
    License(&'s Index),
    /// The text meets none of the alternatives, each of which fails by one of these.
    Neither(Vec<Problem<'s, 't>>),
    /// The truth value is the other one.
    Flag(bool),
    Pattern(&'s Pattern),
    Format(Format),
    Length(usize, Option<usize>),
    Range(Bounds),
    /// The number has more than one digit behind the point.
    Tenths,
    /// The object has that many members.
    Size(usize, &'s TableRule),
    /// The list has that many items.
    Count(usize, &'s ListRule),
    /// The item equals an earlier one.
    Repeated(Item<'t>),
    /// More than one of the alternatives is met; the members that each of these requires.
    Ambiguous(Vec<Vec<&'s str>>),
    /// These members may not stand here together.
    Forbidden(Vec<&'s str>),
    /// Nothing may stand here.
    Nothing,
}

/// Breaches, up to a limit.
#[derive(Debug)]
pub(super) struct Faults<'s, 't> {
    pub(super) list: Vec<Fault<'s, 't>>,
    limit: usize,
    /// How many trials of alternatives surround this walk.
    trials: u32,
}

impl<'s, 't> Faults<'s, 't> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            list: Vec::new(),
            limit,
            trials: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.list.len() >= self.limit
    }

    fn add(&mut self, item: Item<'t>, depth: u32, problem: Problem<'s, 't>) {
        if !self.is_full() {
            self.list.push(Fault {
                item,
                depth,
                problem,
            });
        }
    }

    /// How far off an alternative is: a mistake weighs less the deeper it was made.
    fn weight(&self, depth: u32) -> u32 {
        let weigh = |fault: &Fault<'_, '_>| 1000 >> (2 * fault.depth.saturating_sub(depth).min(4));
        self.list.iter().map(weigh).sum()
    }
}

/// The most breaches by which alternatives are compared.
const COMPARED: usize = 16;

/// Alternatives within alternatives are tried this deep; below, the first one that fits is explained.
const DEEPEST_TRIAL: u32 = 3;

impl Schema {
    pub(super) fn explain<'s, 't>(
        &'s self,
        id: Id,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        if id == ANYTHING || faults.is_full() {
            return;
        }
        let Some(node) = self.node(id) else {
            return;
        };
        if id == NOTHING {
            faults.add(item, depth, Problem::Nothing);
        } else if node.shapes.allow(item) {
            self.explain_own(node, item, depth, faults);
            for choice in &node.choices {
                if !faults.is_full() && !self.choice_holds(choice, item) {
                    self.explain_choice(choice, item, depth, faults);
                }
            }
        } else {
            faults.add(item, depth, Problem::Shape(node.shapes));
        }
    }

    fn explain_own<'s, 't>(
        &'s self,
        node: &'s Node,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        match item.shape() {
            Shape::Table => {
                if let Some(rule) = &node.table {
                    self.explain_table(rule, item, depth, faults);
                }
                if let Some(by) = &node.by {
                    self.explain_by(by, item, depth, faults);
                }
            }
            Shape::List => {
                if let Some(rule) = &node.list {
                    self.explain_list(rule, item, depth, faults);
                }
            }
            Shape::Text => {
                if let (Some(rule), Some(text)) = (&node.text, item.text())
                    && !self.text_holds(rule, text)
                {
                    let problem = self.text_problem(rule, text);
                    faults.add(item, depth, problem);
                }
            }
            Shape::Integer | Shape::Number => {
                if let Some(range) = node.range.filter(|range| !within(*range, item)) {
                    faults.add(item, depth, Problem::Range(range));
                } else if node.tenths && !is_in_tenths(item) {
                    faults.add(item, depth, Problem::Tenths);
                }
            }
            Shape::Bool => {
                if let Some(flag) = node.flag.filter(|flag| item.bool() != Some(*flag)) {
                    faults.add(item, depth, Problem::Flag(flag));
                }
            }
            Shape::Null => {}
        }
    }

    fn explain_table<'s, 't>(
        &'s self,
        rule: &'s TableRule,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        let (mut seen, mut count) = (0u64, 0usize);
        for child in item.children() {
            count += 1;
            let position = rule.names.find(child.key().unwrap_or_default());
            if let Some(position) = position.filter(|position| *position < 64) {
                seen |= 1 << position;
            }
        }
        for (position, name) in rule.required_names().enumerate() {
            if seen & (1 << position) == 0 {
                faults.add(item, depth, Problem::Missing(name));
            }
        }
        if !rule.has_size(count) {
            faults.add(item, depth, Problem::Size(count, rule));
        }
        for child in item.children() {
            let name = child.key().unwrap_or_default();
            let known = rule
                .names
                .find(name)
                .and_then(|position| rule.nodes.get(position).copied());
            match known.unwrap_or_else(|| rule.unnamed(name)) {
                NOTHING => faults.add(child, depth, Problem::Unknown(rule)),
                id => self.explain(id, child, depth + 1, faults),
            }
            if faults.is_full() {
                return;
            }
        }
    }

    fn explain_by<'s, 't>(
        &'s self,
        by: &'s By,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        let Some(member) = item.get(&by.member) else {
            faults.add(item, depth, Problem::Missing(&by.member));
            return;
        };
        match member.text().map(|word| by.node(word)) {
            None => faults.add(member, depth, Problem::Shape(Shapes(16))),
            Some(NOTHING) => faults.add(member, depth, Problem::Word(&by.cases)),
            Some(id) => self.explain(id, item, depth, faults),
        }
    }

    fn explain_list<'s, 't>(
        &'s self,
        rule: &'s ListRule,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        let count = item.items().count();
        if count < rule.least || rule.most.is_some_and(|most| count > most) {
            faults.add(item, depth, Problem::Count(count, rule));
        }
        for (position, child) in item.items().enumerate() {
            let id = rule.first.get(position).copied().unwrap_or(rule.each);
            self.explain(id, child, depth + 1, faults);
            if faults.is_full() {
                return;
            }
        }
        if rule.unique
            && let Some((first, second)) = unique::repeated(item, count)
        {
            faults.add(second, depth + 1, Problem::Repeated(first));
        }
    }

    fn text_problem<'s, 't>(&'s self, rule: &'s TextRule, text: &str) -> Problem<'s, 't> {
        if let Some(words) = &rule.words
            && self.words(words).find(text).is_none()
        {
            return match words {
                Words::Own(index) => Problem::Word(index),
                Words::Licenses => Problem::License(&self.licenses),
            };
        }
        if !rule.length_holds(text) {
            return Problem::Length(rule.least, rule.most);
        }
        if let Some(pattern) = rule.patterns.iter().find(|one| !one.matches(text)) {
            return Problem::Pattern(pattern);
        }
        rule.formats
            .iter()
            .find(|format| !format.matches(text))
            .map_or(Problem::Nothing, |format| Problem::Format(*format))
    }

    fn explain_choice<'s, 't>(
        &'s self,
        choice: &'s Choice,
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        match choice {
            Choice::Any(ids) => self.explain_none(ids, item, depth, faults),
            Choice::One(ids) => {
                let holding: Vec<Id> = ids
                    .iter()
                    .copied()
                    .filter(|id| self.holds(*id, item))
                    .collect();
                if holding.is_empty() {
                    self.explain_none(ids, item, depth, faults);
                } else {
                    let required = holding.iter().map(|id| self.required(*id)).collect();
                    faults.add(item, depth, Problem::Ambiguous(required));
                }
            }
            Choice::Not(id) => {
                faults.add(item, depth, Problem::Forbidden(self.required(*id)));
            }
            Choice::If {
                when,
                then,
                otherwise,
            } => {
                let id = if self.holds(*when, item) {
                    *then
                } else {
                    *otherwise
                };
                self.explain(id, item, depth, faults);
            }
        }
    }

    /// The members that a node requires by itself.
    fn required(&self, id: Id) -> Vec<&str> {
        self.node(id)
            .and_then(|node| node.table.as_ref())
            .map(|rule| rule.required_names().collect())
            .unwrap_or_default()
    }

    /// Whether a node asks for members to be there and for nothing else.
    fn only_requires(&self, id: Id) -> bool {
        self.node(id).is_some_and(|node| {
            let plain = node.choices.is_empty() && node.by.is_none() && node.list.is_none();
            plain
                && node.table.as_ref().is_some_and(|rule| {
                    let free = rule.other == ANYTHING && rule.also.is_empty();
                    free && rule.nodes.iter().all(|id| *id == ANYTHING)
                })
        })
    }

    /// Explains why none of the alternatives is met, by the one that comes nearest.
    fn explain_none<'s, 't>(
        &'s self,
        ids: &'s [Id],
        item: Item<'t>,
        depth: u32,
        faults: &mut Faults<'s, 't>,
    ) {
        let shapes = |id: Id| self.node(id).map(|node| node.shapes).unwrap_or_default();
        let fitting: Vec<Id> = ids
            .iter()
            .copied()
            .filter(|id| shapes(*id).allow(item))
            .collect();
        if fitting.is_empty() {
            let all = ids.iter().fold(0, |all, id| all | shapes(*id).0);
            faults.add(item, depth, Problem::Shape(Shapes(all)));
        } else if fitting.len() > 1 && fitting.iter().all(|id| self.only_requires(*id)) {
            let groups = fitting.iter().map(|id| self.required(*id)).collect();
            faults.add(item, depth, Problem::MissingGroup(groups));
        } else if fitting.len() == 1 || faults.trials >= DEEPEST_TRIAL {
            if let Some(id) = fitting.first() {
                self.explain(*id, item, depth, faults);
            }
        } else {
            let mut trials: Vec<Faults<'s, 't>> = Vec::new();
            for id in fitting {
                let mut trial = Faults {
                    trials: faults.trials + 1,
                    ..Faults::new(COMPARED)
                };
                self.explain(id, item, depth, &mut trial);
                trials.push(trial);
            }
            if item.shape() == Shape::Text {
                let problems = trials.into_iter().flat_map(|trial| trial.list);
                let problems = problems.flat_map(|fault| match fault.problem {
                    Problem::Neither(problems) => problems,
                    problem => vec![problem],
                });
                faults.add(item, depth, Problem::Neither(problems.collect()));
                return;
            }
            let nearest = trials.into_iter().min_by_key(|trial| trial.weight(depth));
            for fault in nearest.into_iter().flat_map(|trial| trial.list) {
                faults.add(fault.item, fault.depth, fault.problem);
            }
        }
    }
}
