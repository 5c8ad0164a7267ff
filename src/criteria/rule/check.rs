//! Infers the type of every part of a rule, and refuses what cannot be meant.
//!
//! All faults of a rule are told at once: what a fault leaves open goes with everything else.

mod call;
mod comprehension;

use cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::RuleFault;
use super::print;
use super::tree::{Node, Scalar, Type};
use crate::diagnostic::nearest;
use crate::fact::vocabulary::Vocabulary;
use crate::id::FactKey;
use crate::time::parse_day;

/// A rule whose types are right.
pub(super) struct Checked {
    pub(super) root: Node,
    /// The facts and parameters, in order of appearance.
    pub(super) keys: Vec<FactKey>,
    /// Which of them are lists.
    pub(super) is_list: Vec<bool>,
}

/// Checks the syntax tree of a rule.
///
/// # Errors
///
/// All faults, each once: `rule-unknown-fact`, `rule-tests-presence`, `rule-type`, `rule-unknown-function`,
/// `rule-unknown-word`.
pub(super) fn check(
    expression: &IdedExpr,
    vocabulary: &Vocabulary,
) -> Result<Checked, Vec<RuleFault>> {
    let mut checker = Checker {
        vocabulary,
        keys: Vec::new(),
        is_list: Vec::new(),
        bound: Vec::new(),
        faults: Vec::new(),
    };
    let root = checker.check(expression);
    if !root.kind.goes_with(Type::BOOL) {
        let message = format!(
            "the rule gives {}, and it must be true or false",
            a(root.kind)
        );
        checker.fault("rule-type", message, "compare it with something");
    }
    if checker.faults.is_empty() {
        Ok(Checked {
            root: root.node,
            keys: checker.keys,
            is_list: checker.is_list,
        })
    } else {
        Err(checker.faults)
    }
}

/// A type with its article.
fn a(kind: Type) -> String {
    match kind {
        Type::One(Scalar::Integer) | Type::Empty => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// A part with its type and, for a word of a fact, the fact that says which words there are.
struct Typed {
    node: Node,
    kind: Type,
    words: Option<usize>,
}

impl Typed {
    fn new(node: Node, kind: Type) -> Self {
        Self {
            node,
            kind,
            words: None,
        }
    }

    /// What stands for a part with a fault.
    fn open() -> Self {
        Self::new(Node::Bool(false), Type::Open)
    }
}

struct Bound {
    name: String,
    kind: Type,
    words: Option<usize>,
}

struct Checker<'a> {
    vocabulary: &'a Vocabulary,
    keys: Vec<FactKey>,
    is_list: Vec<bool>,
    bound: Vec<Bound>,
    faults: Vec<RuleFault>,
}

impl Checker<'_> {
    fn fault(&mut self, code: &'static str, message: String, help: impl Into<String>) -> Typed {
        let fault = RuleFault {
            code,
            message,
            help: help.into(),
        };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
        Typed::open()
    }

    fn type_fault(&mut self, message: String, help: impl Into<String>) -> Typed {
        self.fault("rule-type", message, help)
    }

    fn text(&self, node: &Node) -> String {
        print::text(node, &self.keys)
    }

    fn check(&mut self, expression: &IdedExpr) -> Typed {
        match &expression.expr {
            Expr::Ident(name) => self.name(name),
            // `has(a.b)` would make a verdict of what nobody said.
            Expr::Select(select) if select.test => self.fault(
                "rule-tests-presence",
                "the rule asks with `has` whether a fact is known".to_owned(),
                "name the fact itself; what nobody established must stay unknown",
            ),
            Expr::Select(select) => {
                if let Some(name) = dotted(expression) {
                    return self.name(&name);
                }
                let operand = self.check(&select.operand);
                let message = format!(
                    "`{}` has no field `{}`",
                    self.text(&operand.node),
                    select.field
                );
                self.type_fault(message, "only the keys of facts are written with dots")
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.list(&list.elements),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Map(_) | Expr::Struct(_) => self.type_fault(
                "the rule builds a map or structure".to_owned(),
                "facts are bools, integers, texts, dates and lists",
            ),
            Expr::Literal(literal) => self.literal(literal),
            Expr::Unspecified => self.type_fault("a part of the rule is empty".to_owned(), ""),
        }
    }

    fn literal(&mut self, literal: &LiteralValue) -> Typed {
        match literal {
            LiteralValue::Boolean(value) => Typed::new(Node::Bool(*value.inner()), Type::BOOL),
            LiteralValue::Int(value) => Typed::new(Node::Integer(*value.inner()), Type::INTEGER),
            LiteralValue::String(value) => {
                Typed::new(Node::Text(value.inner().to_owned()), Type::TEXT)
            }
            LiteralValue::UInt(_) | LiteralValue::Double(_) => self.type_fault(
                "the rule has a number that is no whole number of CEL's type int".to_owned(),
                "facts are whole numbers: write 5, not 5u or 5.0; a share is written in per mille",
            ),
            LiteralValue::Bytes(_) => self.type_fault(
                "the rule has bytes".to_owned(),
                "write a text without the letter before its quotation mark",
            ),
            LiteralValue::Null => self.type_fault(
                "the rule uses `null`".to_owned(),
                "no fact is null; what nobody established is unknown by itself",
            ),
        }
    }

    fn name(&mut self, name: &str) -> Typed {
        let root = name.split('.').next().unwrap_or(name);
        if let Some(level) = self.bound.iter().rposition(|one| one.name == root) {
            if root != name {
                let message = format!("`{root}` is an element of a list and has no fields");
                return self.type_fault(message, "elements are words; choose another name for it");
            }
            let (kind, words) = self
                .bound
                .get(level)
                .map_or((Type::Open, None), |one| (one.kind, one.words));
            return Typed {
                node: Node::Variable(level, name.to_owned()),
                kind,
                words,
            };
        }
        let Some(definition) = self.vocabulary.lookup(name) else {
            let help = self.vocabulary.suggest(name).map_or_else(
                || "`mekiki facts` lists them all".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("the rule uses `{name}`, which is no declared fact");
            return self.fault("rule-unknown-fact", message, help);
        };
        let kind = Type::of(definition.kind);
        let slot = self.slot(&definition.key, kind);
        Typed {
            node: Node::Fact(slot),
            kind,
            words: (!definition.values.is_empty()).then_some(slot),
        }
    }

    fn slot(&mut self, key: &FactKey, kind: Type) -> usize {
        if let Some(slot) = self.keys.iter().position(|other| other == key) {
            return slot;
        }
        self.keys.push(key.clone());
        self.is_list.push(matches!(kind, Type::List(_)));
        self.keys.len() - 1
    }

    fn list(&mut self, elements: &[IdedExpr]) -> Typed {
        let elements: Vec<_> = elements.iter().map(|one| self.check(one)).collect();
        let mut kind = Type::Open;
        let mut nodes = Vec::new();
        // One date among the elements makes days of the texts beside it.
        let dates = elements.iter().any(|one| one.kind == Type::DATE);
        for mut element in elements {
            if dates {
                self.as_day(&mut element);
            }
            if !kind.goes_with(element.kind) {
                let message = format!("a list holds {} and {}", a(kind), a(element.kind));
                return self.type_fault(message, "all elements of a list have one type");
            }
            if element.kind != Type::Open {
                kind = element.kind;
            }
            nodes.push(element.node);
        }
        match kind {
            Type::One(scalar) => Typed::new(Node::List(nodes), Type::List(scalar)),
            Type::Open if nodes.is_empty() => Typed::new(Node::List(nodes), Type::Empty),
            Type::Open => Typed::open(),
            Type::List(_) | Type::Empty => self.type_fault(
                "a list holds lists".to_owned(),
                "join them with `+`, or ask for each one",
            ),
        }
    }

    /// Makes days of the texts of literals, where a day is meant.
    fn as_day(&mut self, typed: &mut Typed) {
        match typed.kind {
            Type::One(Scalar::Text) if self.make_day(&mut typed.node) => typed.kind = Type::DATE,
            Type::List(Scalar::Text) => {
                if let Node::List(nodes) = &mut typed.node
                    && nodes.iter_mut().all(|node| self.make_day(node))
                {
                    typed.kind = Type::List(Scalar::Date);
                }
            }
            _ => {}
        }
    }

    /// Whether a node is a literal text, now a day; a text that is none is a fault.
    fn make_day(&mut self, node: &mut Node) -> bool {
        match node {
            Node::Date(_) => true,
            Node::Text(text) => {
                if let Some(day) = parse_day(text) {
                    *node = Node::Date(day);
                } else {
                    let message = format!("`{text}` is compared with a date and is no day");
                    self.type_fault(message, "write it as YYYY-MM-DD");
                }
                true
            }
            Node::Choose(nodes) => {
                let [_, then, otherwise] = &mut **nodes;
                self.make_day(then) && self.make_day(otherwise)
            }
            _ => false,
        }
    }

    /// Refuses a word of a literal that is not among those of a fact.
    fn known_words(&mut self, words: Option<usize>, node: &Node) {
        let Some(key) = words.and_then(|slot| self.keys.get(slot)).cloned() else {
            return;
        };
        match node {
            Node::Text(word) => {
                let vocabulary = self.vocabulary;
                let Some(definition) = vocabulary.lookup(key.as_str()) else {
                    return;
                };
                if !definition.values.contains(word) {
                    let values = definition.values.iter().map(String::as_str);
                    let help = nearest(word, values).map_or_else(
                        || format!("its words are {}", definition.values.join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("`{word}` is no word of `{key}`");
                    self.fault("rule-unknown-word", message, help);
                }
            }
            Node::List(nodes) => {
                for node in nodes {
                    self.known_words(words, node);
                }
            }
            Node::Choose(nodes) => {
                let [_, then, otherwise] = &**nodes;
                self.known_words(words, then);
                self.known_words(words, otherwise);
            }
            _ => {}
        }
    }

    /// Makes two sides alike where one is a literal that the other gives a meaning to, and complains of
    /// words that the other side cannot have.
    fn align(&mut self, left: &mut Typed, right: &mut Typed) {
        let is_date =
            |kind: Type| matches!(kind, Type::One(Scalar::Date) | Type::List(Scalar::Date));
        if is_date(left.kind) {
            self.as_day(right);
        } else if is_date(right.kind) {
            self.as_day(left);
        }
        self.known_words(left.words, &right.node);
        self.known_words(right.words, &left.node);
    }

    /// Complains that two sides cannot be brought together.
    fn unlike(&mut self, left: &Typed, right: &Typed, what: &str) -> Typed {
        let message = format!(
            "`{}` is {} and `{}` is {}; they cannot be {what}",
            self.text(&left.node),
            a(left.kind),
            self.text(&right.node),
            a(right.kind)
        );
        let kinds = [left.kind, right.kind];
        let has = |kind: Type| kinds.contains(&kind);
        let help = if has(Type::TEXT) && (has(Type::INTEGER) || has(Type::BOOL)) {
            "write numbers, true and false without quotation marks"
        } else if has(Type::TEXT) && has(Type::DATE) {
            "a day is compared with a date, or with a literal like \"2026-11-30\""
        } else if kinds.iter().any(|kind| matches!(kind, Type::List(_))) {
            "ask for one of a list with `in`, for all of them with `all` or `covers`"
        } else {
            "`mekiki facts` names the type of every fact"
        };
        self.type_fault(message, help)
    }
}

/// The dotted name that a chain of selections spells.
pub(super) fn dotted(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            dotted(&select.operand).map(|operand| format!("{operand}.{}", select.field))
        }
        _ => None,
    }
}
