//! The walk over a document by a table. It goes once over every element, allocates only for the set of
//! values that must be unique and for what it finds, and ends when more is found than is wanted.

use std::collections::{HashSet, VecDeque};

use super::table::{Automaton, Complex, Content, Others, Position, Simple, State, Table, Type};
use super::wording;
use crate::diagnostic::{Diagnostic, Place};
use crate::markup::{Attribute, Element};

/// The namespace of the attributes that any element may have (XML Schema Part 1, 2.6).
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

pub(super) fn check(table: &Table, root: Element<'_>, limit: usize) -> Vec<Diagnostic> {
    let mut walk = Walk {
        table,
        limit,
        found: Vec::new(),
        has_more: false,
        unique: HashSet::default(),
    };
    match table.root(root.name()) {
        Some(kind) if root.namespace() == table.namespace => walk.element(root, kind, false),
        _ => walk.report(root, || wording::unknown_root(table, root)),
    }
    walk.findings(root.source())
}

struct Walk<'t, 'm> {
    table: &'t Table,
    limit: usize,
    /// Each with the offset of its element.
    found: Vec<(usize, Diagnostic)>,
    has_more: bool,
    unique: HashSet<&'m str, foldhash::fast::RandomState>,
}

impl<'t, 'm> Walk<'t, 'm> {
    fn report(&mut self, element: Element<'m>, finding: impl FnOnce() -> Diagnostic) {
        if self.found.len() < self.limit {
            self.found.push((element.offset(), finding()));
        } else {
            self.has_more = true;
        }
    }

    /// Gives the findings their places, in one pass over the source.
    fn findings(mut self, source: &str) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| found.0);
        let (mut at, mut line, mut column) = (0, 1, 1);
        let mut findings = Vec::with_capacity(self.found.len() + 1);
        for (offset, mut finding) in self.found {
            let passed = source.get(at..offset).unwrap_or_default();
            let breaks = passed.bytes().filter(|byte| *byte == b'\n').count();
            let last = passed.rsplit('\n').next().unwrap_or_default();
            let characters = last.chars().count();
            line += breaks;
            column = if breaks > 0 { 1 } else { column } + characters;
            at = offset;
            finding.at = Place::line(line, column);
            findings.push(finding);
        }
        if self.has_more {
            findings.push(wording::more(self.limit));
        }
        findings
    }

    fn element(&mut self, element: Element<'m>, kind: usize, has_default: bool) {
        let declared = self.table.kind_of(kind);
        match self.named_type(element, kind).unwrap_or(declared) {
            Type::Anything => {
                self.attributes(element, &[], Others::Any);
                self.lax(element);
            }
            Type::Simple(simple) => {
                self.attributes(element, &[], Others::None);
                self.text(element, simple, has_default);
            }
            Type::Complex(complex) => {
                self.complex(element, complex, has_default);
            }
        }
    }

    /// The type that `xsi:type` names. The prefix is not looked at: its scope is not kept in a [`Element`].
    fn named_type(&mut self, element: Element<'m>, declared: usize) -> Option<&'t Type> {
        let attribute = element
            .attributes()
            .find(|one| one.name == "type" && one.namespace == INSTANCE)?;
        let value = attribute.value.trim();
        let local = value.rsplit(':').next().unwrap_or(value);
        let kind = self.table.kind_of(declared);
        let named = self.table.named(local);
        if named == Some(declared) || matches!(kind, Type::Anything) {
            return named.map(|named| self.table.kind_of(named));
        }
        if let Type::Simple(declared) = kind
            && declared.is_built_in()
        {
            let found = named.map(|named| self.table.kind_of(named));
            match found {
                Some(Type::Simple(one)) if one.base.derives_from(declared.base) => return found,
                None if declared.base.word() == local => return None,
                _ => {}
            }
        }
        self.report(element, || wording::other_type(element, value));
        None
    }

    /// An element of which nothing is known: only what lies in it and belongs to the schema is checked
    /// (XML Schema Part 1, 3.10.1, lax).
    fn lax(&mut self, element: Element<'m>) {
        for child in element.children() {
            if self.has_more {
                return;
            }
            match self.table.root(child.name()) {
                Some(kind) if child.namespace() == self.table.namespace => {
                    self.element(child, kind, false);
                }
                _ => self.lax(child),
            }
        }
    }

    fn complex(&mut self, element: Element<'m>, complex: &'t Complex, has_default: bool) {
        self.attributes(element, &complex.attributes, complex.others);
        match &complex.content {
            Content::Nothing => {
                if !element.text().is_empty() {
                    self.report(element, || wording::stray_text(element));
                }
                for child in element.children() {
                    self.report(child, || wording::unknown_element(element, child, &[]));
                }
            }
            Content::Text(text) => {
                if let Type::Simple(simple) = self.table.kind_of(*text) {
                    self.text(element, simple, has_default);
                }
            }
            Content::Elements(automaton) => self.children(element, automaton),
        }
    }

    fn text(&mut self, element: Element<'m>, simple: &'t Simple, has_default: bool) {
        if let Some(child) = element.children().next() {
            self.report(child, || wording::element_in_text(element, child));
            return;
        }
        let text = element.text();
        if has_default && text.is_empty() {
            return;
        }
        if let Err(fault) = simple.check(self.table, text) {
            self.report(element, || {
                wording::value(&format!("`{}`", element.name()), text, &fault)
            });
        }
    }

    fn attributes(
        &mut self,
        element: Element<'m>,
        rules: &'t [super::table::AttributeRule],
        others: Others,
    ) {
        let mut required = rules.iter().filter(|rule| rule.required).count();
        for attribute in element.attributes() {
            let rule = rules
                .iter()
                .find(|rule| attribute.namespace.is_empty() && rule.name == attribute.name);
            let Some(rule) = rule else {
                if !self.is_allowed(attribute, others) {
                    self.report(element, || {
                        wording::unknown_attribute(element, attribute, rules)
                    });
                }
                continue;
            };
            if rule.required {
                required = required.saturating_sub(1);
            }
            if let Type::Simple(simple) = self.table.kind_of(rule.kind)
                && let Err(fault) = simple.check(self.table, attribute.value)
            {
                self.report(element, || {
                    let subject = format!("attribute `{}` of `{}`", rule.name, element.name());
                    wording::value(&subject, attribute.value, &fault)
                });
            }
            if rule.is_unique && !self.unique.insert(attribute.value) {
                self.report(element, || wording::not_unique(&rule.name, attribute.value));
            }
        }
        if required > 0 {
            for rule in rules.iter().filter(|rule| rule.required) {
                let is_there = element
                    .attributes()
                    .any(|one| one.namespace.is_empty() && one.name == rule.name);
                if !is_there {
                    self.report(element, || wording::attribute_missing(element, &rule.name));
                }
            }
        }
    }

    fn is_allowed(&self, attribute: Attribute<'m>, others: Others) -> bool {
        if attribute.namespace == INSTANCE {
            // No element of these schemas is nillable, and then the attribute may not even say `false`
            // (XML Schema Part 1, 3.3.4, 3.1).
            match attribute.name {
                "type" | "schemaLocation" | "noNamespaceSchemaLocation" => return true,
                "nil" => return false,
                _ => {}
            }
        }
        match others {
            Others::None => false,
            Others::Any => true,
            Others::Other => {
                !attribute.namespace.is_empty() && attribute.namespace != self.table.namespace
            }
        }
    }

    fn children(&mut self, element: Element<'m>, automaton: &'t Automaton) {
        if !automaton.mixed && !is_blank(element.text()) {
            self.report(element, || wording::stray_text(element));
        }
        let mut state = 0;
        let mut moved = Vec::new();
        for child in element.children() {
            if self.has_more {
                return;
            }
            state = match self.next(automaton, state, child) {
                Next::Element(next, position) => {
                    self.element(child, position.kind, position.has_default);
                    next
                }
                Next::Foreign(next) => {
                    self.lax(child);
                    next
                }
                Next::Nothing => self.unexpected(element, automaton, state, child, &mut moved),
            };
        }
        if let Some(last) = automaton.states.get(state)
            && !last.is_end
        {
            self.report(element, || {
                wording::element_missing(element, &names(automaton, &last.followers()))
            });
        }
    }

    fn next(&self, automaton: &'t Automaton, state: usize, child: Element<'m>) -> Next<'t> {
        let Some(state) = automaton.states.get(state) else {
            return Next::Nothing;
        };
        let namespace = child.namespace();
        if namespace == self.table.namespace {
            let name = self.table.name(child.name());
            let next = name.and_then(|name| state.after(name));
            next.and_then(|next| Some(Next::Element(next, automaton.position(next)?)))
                .unwrap_or(Next::Nothing)
        } else if namespace.is_empty() {
            Next::Nothing
        } else {
            state.wildcard.map_or(Next::Nothing, Next::Foreign)
        }
    }

    /// Reports an element that may not stand in its place, checks it all the same where it is known, and
    /// returns the state with which to go on.
    fn unexpected(
        &mut self,
        parent: Element<'m>,
        automaton: &'t Automaton,
        state: usize,
        child: Element<'m>,
        moved: &mut Vec<&'t str>,
    ) -> usize {
        let is_ours = child.namespace() == self.table.namespace;
        let known = automaton
            .positions
            .iter()
            .find(|position| is_ours && position.name == child.name());
        let Some(known) = known else {
            self.report(child, || {
                let all: Vec<_> = (1..=automaton.positions.len()).collect();
                wording::unknown_element(parent, child, &names(automaton, &all))
            });
            return state;
        };
        if let Some(way) = self.way_to(automaton, state, child) {
            let next = way.last().copied().unwrap_or(state);
            for missing in names(automaton, &way) {
                let is_later = parent
                    .children()
                    .skip_while(|one| one.offset() <= child.offset())
                    .any(|one| one.name() == missing);
                if is_later {
                    moved.push(missing);
                }
                self.report(child, || {
                    wording::element_skipped(parent, child, missing, is_later)
                });
            }
            if let Next::Element(next, position) = self.next(automaton, next, child) {
                self.element(child, position.kind, position.has_default);
                return next;
            }
            return state;
        }
        if let Some(at) = moved.iter().position(|name| *name == child.name()) {
            // That it stands too late has been said where it should stand.
            moved.swap_remove(at);
            self.element(child, known.kind, known.has_default);
            return state;
        }
        self.report(child, || {
            let before: Vec<_> = parent
                .children()
                .take_while(|one| one.offset() < child.offset())
                .collect();
            if before.iter().any(|one| one.name() == child.name()) {
                return wording::element_repeated(parent, child);
            }
            let allowed = automaton.states.get(state).map(State::followers);
            let allowed = names(automaton, &allowed.unwrap_or_default());
            wording::element_misplaced(parent, child, before.last().copied(), &allowed)
        });
        self.element(child, known.kind, known.has_default);
        state
    }

    /// The fewest elements that would have to stand before `child` for it to be allowed, as states.
    fn way_to(
        &self,
        automaton: &'t Automaton,
        state: usize,
        child: Element<'m>,
    ) -> Option<Vec<usize>> {
        let mut from: Vec<Option<usize>> = vec![None; automaton.states.len()];
        let mut queue = VecDeque::from([state]);
        while let Some(at) = queue.pop_front() {
            if matches!(self.next(automaton, at, child), Next::Element(..)) {
                let mut way = Vec::new();
                let mut step = at;
                while step != state {
                    way.push(step);
                    step = from.get(step).copied().flatten()?;
                }
                way.reverse();
                return Some(way);
            }
            for next in automaton.states.get(at)?.followers() {
                if next != state
                    && let Some(seen) = from.get_mut(next)
                    && seen.is_none()
                {
                    *seen = Some(at);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

enum Next<'t> {
    /// The state after a named element, and what that element must be.
    Element(usize, &'t Position),
    /// The state after an element of another namespace.
    Foreign(usize),
    Nothing,
}

fn names<'t>(automaton: &'t Automaton, states: &[usize]) -> Vec<&'t str> {
    let mut names: Vec<&str> = Vec::new();
    for state in states {
        if let Some(position) = automaton.position(*state)
            && position.name != "*"
            && !names.contains(&position.name.as_str())
        {
            names.push(&position.name);
        }
    }
    names
}

/// White space as XML knows it.
fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}
