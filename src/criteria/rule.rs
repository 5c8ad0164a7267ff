//! Rules: CEL expressions over facts, evaluated in three values.
//!
//! A fact that is not established makes an expression unknown. `&&` and `||` absorb the unknown where
//! the other side decides, as CEL's error semantics say, so a rule is true or false only where the
//! known facts force it (strong Kleene logic). Adding facts never turns true into false.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr};
use cel::objects::{Key, Map};
use cel::{Context, Program, Value};

use crate::fact::FactValue;
use crate::fact::vocabulary::Vocabulary;
use crate::id::FactKey;

/// The longest rule, in bytes.
const MAXIMUM_BYTES: usize = 4096;
/// The largest rule, in nodes of its syntax tree.
const MAXIMUM_NODES: usize = 500;
/// The deepest nesting of `all`, `exists` and their kin.
const MAXIMUM_COMPREHENSIONS: usize = 2;

/// What a rule says under the facts at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// The facts force it.
    True,
    /// The facts refute it.
    False,
    /// The facts do not decide.
    Unknown,
}

/// A compiled rule.
pub struct Rule {
    source: String,
    program: Program,
    keys: BTreeSet<FactKey>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Rule").field(&self.source).finish()
    }
}

/// Why a rule was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Rule {
    /// Compiles a rule whose every name is a declared key.
    ///
    /// # Errors
    ///
    /// All faults: `rule-syntax`, `rule-too-large`, `rule-tests-presence`, `rule-unknown-fact`.
    pub fn compile(source: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<RuleFault>> {
        let too_large = |what: String| {
            vec![RuleFault {
                code: "rule-too-large",
                message: what,
                help: "split the criterion in two".to_owned(),
            }]
        };
        if source.len() > MAXIMUM_BYTES {
            return Err(too_large(format!(
                "the rule is longer than {MAXIMUM_BYTES} bytes"
            )));
        }
        let program = Program::compile(source).map_err(|errors| {
            let message = errors.to_string();
            let message = message
                .lines()
                .find(|line| line.contains("ERROR"))
                .unwrap_or(message.lines().next().unwrap_or_default());
            vec![RuleFault {
                code: "rule-syntax",
                message: format!("the rule is not CEL: {}", message.trim()),
                help: "see the CEL language definition; facts are written like `sbom.delivered`"
                    .to_owned(),
            }]
        })?;
        let mut walk = Walk::default();
        walk.visit(program.expression(), &mut Vec::new(), 0);
        if walk.nodes > MAXIMUM_NODES || walk.comprehensions > MAXIMUM_COMPREHENSIONS {
            return Err(too_large(format!(
                "the rule has {} nodes and {} nested comprehensions; {MAXIMUM_NODES} and {MAXIMUM_COMPREHENSIONS} are the limits",
                walk.nodes, walk.comprehensions
            )));
        }
        if walk.tests_presence {
            return Err(vec![RuleFault {
                code: "rule-tests-presence",
                message: "the rule asks with `has` whether a fact is known".to_owned(),
                help: "name the fact itself; what nobody established must stay unknown".to_owned(),
            }]);
        }
        let unknown: Vec<_> = walk
            .names
            .iter()
            .filter(|name| vocabulary.lookup(name).is_none())
            .map(|name| RuleFault {
                code: "rule-unknown-fact",
                message: format!("the rule uses `{name}`, which is no declared fact"),
                help: vocabulary.suggest(name).map_or_else(
                    || "`mekiki facts` lists them all".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            })
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let keys = walk.names.into_iter().map(FactKey).collect();
        Ok(Self {
            source: source.to_owned(),
            program,
            keys,
        })
    }

    /// The rule as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The facts and parameters that the rule names.
    pub fn keys(&self) -> impl Iterator<Item = &FactKey> {
        self.keys.iter()
    }

    /// Evaluates the rule under the known values.
    pub fn evaluate(&self, known: &BTreeMap<&FactKey, &FactValue>) -> Truth {
        let mut roots: BTreeMap<&str, Tree<'_>> = BTreeMap::new();
        for (key, value) in known {
            if let Some((root, rest)) = key.as_str().split_once('.') {
                roots.entry(root).or_default().insert(rest, value);
            }
        }
        let mut context = Context::default();
        for (root, tree) in roots {
            context.add_variable_from_value(root, tree.value());
        }
        match self.program.execute(&context) {
            Ok(Value::Bool(true)) => Truth::True,
            Ok(Value::Bool(false)) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

#[derive(Default)]
struct Tree<'a> {
    leaf: Option<&'a FactValue>,
    branches: BTreeMap<&'a str, Tree<'a>>,
}

impl<'a> Tree<'a> {
    fn insert(&mut self, path: &'a str, value: &'a FactValue) {
        match path.split_once('.') {
            None => self.branches.entry(path).or_default().leaf = Some(value),
            Some((step, rest)) => self.branches.entry(step).or_default().insert(rest, value),
        }
    }

    fn value(self) -> Value {
        if let Some(leaf) = self.leaf {
            return match leaf {
                FactValue::Bool(value) => Value::Bool(*value),
                FactValue::Integer(value) => Value::Int(*value),
                FactValue::Date(value) => Value::from(value.to_string()),
                FactValue::Text(value) => Value::from(value.as_str()),
                FactValue::List(values) => Value::from(
                    values
                        .iter()
                        .map(|value| Value::from(value.as_str()))
                        .collect::<Vec<_>>(),
                ),
            };
        }
        let entries: HashMap<Key, Value> = self
            .branches
            .into_iter()
            .map(|(step, tree)| (Key::from(step), tree.value()))
            .collect();
        Value::Map(Map {
            map: Arc::new(entries),
        })
    }
}

#[derive(Default)]
struct Walk {
    names: BTreeSet<String>,
    nodes: usize,
    comprehensions: usize,
    tests_presence: bool,
}

impl Walk {
    fn visit<'e>(&mut self, expression: &'e IdedExpr, bound: &mut Vec<&'e str>, depth: usize) {
        self.nodes += 1;
        match &expression.expr {
            Expr::Ident(name) => self.name(name, bound),
            // `has(a.b)` would make a verdict of what nobody said.
            Expr::Select(select) if select.test => self.tests_presence = true,
            Expr::Select(select) => match dotted(expression) {
                Some(name) => self.name(&name, bound),
                None => self.visit(&select.operand, bound, depth),
            },
            Expr::Call(call) => {
                for argument in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                    self.visit(argument, bound, depth);
                }
            }
            Expr::List(list) => list
                .elements
                .iter()
                .for_each(|element| self.visit(element, bound, depth)),
            Expr::Comprehension(comprehension) => {
                let depth = depth + 1;
                self.comprehensions = self.comprehensions.max(depth);
                self.visit(&comprehension.iter_range, bound, depth);
                self.visit(&comprehension.accu_init, bound, depth);
                let before = bound.len();
                bound.push(&comprehension.iter_var);
                bound.extend(comprehension.iter_var2.as_deref());
                bound.push(&comprehension.accu_var);
                for part in [
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ] {
                    self.visit(part, bound, depth);
                }
                bound.truncate(before);
            }
            Expr::Map(_) | Expr::Struct(_) => {
                self.names.insert("{…}".to_owned());
            }
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    fn name(&mut self, name: &str, bound: &[&str]) {
        let root = name.split('.').next().unwrap_or(name);
        if !bound.contains(&root) {
            self.names.insert(name.to_owned());
        }
    }
}

/// The dotted name that a chain of selections spells.
fn dotted(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => {
            dotted(&select.operand).map(|operand| format!("{operand}.{}", select.field))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Complaints, parse_toml};

    fn vocabulary() -> Vocabulary {
        let fact = |key: &str, kind: &str| {
            format!(
                "[[fact]]\nkey = \"{key}\"\ntype = \"{kind}\"\nadverse = \"none\"\nproducers = [\"answer\"]\ntitle = {{ ja = \"x\", en = \"x\" }}\n"
            )
        };
        let text = [
            ("a.b.yes", "bool"),
            ("a.b.no", "bool"),
            ("a.number", "integer"),
            ("a.list", "list"),
            ("a.missing", "bool"),
        ]
        .map(|(key, kind)| fact(key, kind))
        .concat();
        let complaints = Complaints::default();
        let vocabulary = Vocabulary::read(&parse_toml(text.as_bytes()).unwrap(), &complaints);
        assert!(!complaints.has_errors());
        vocabulary
    }

    #[test]
    fn the_unknown_is_absorbed_only_where_the_rest_decides() {
        let vocabulary = vocabulary();
        let values = [
            ("a.b.yes", FactValue::Bool(true)),
            ("a.b.no", FactValue::Bool(false)),
            ("a.number", FactValue::Integer(7)),
            ("a.list", FactValue::List(vec!["JP".into(), "SG".into()])),
        ]
        .map(|(key, value)| (FactKey::from(key), value));
        let known: BTreeMap<_, _> = values.iter().map(|(key, value)| (key, value)).collect();
        for (source, expected) in [
            ("a.b.yes", Truth::True),
            ("a.missing", Truth::Unknown),
            ("!a.missing", Truth::Unknown),
            ("a.b.no && a.missing", Truth::False),
            ("a.missing && a.b.no", Truth::False),
            ("a.b.yes && a.missing", Truth::Unknown),
            ("a.missing || a.b.yes", Truth::True),
            ("a.missing || a.b.no", Truth::Unknown),
            (
                "a.number >= 7 && a.list.all(one, one in [\"JP\", \"SG\"])",
                Truth::True,
            ),
            ("a.list.all(one, one == \"JP\")", Truth::False),
            ("a.list.exists(one, one == \"SG\")", Truth::True),
            ("a.number", Truth::Unknown),
            ("a.number > \"7\"", Truth::Unknown),
        ] {
            assert_eq!(
                Rule::compile(source, &vocabulary).unwrap().evaluate(&known),
                expected,
                "{source}"
            );
        }
    }

    #[test]
    fn a_rule_says_what_is_wrong_with_it() {
        let vocabulary = vocabulary();
        let deep = "a.list.all(x, a.list.all(y, a.list.all(z, x == y && y == z)))";
        let long = format!("a.b.yes{}", " && a.b.yes".repeat(300));
        for (source, code) in [
            ("a.b.yess", "rule-unknown-fact"),
            ("nothing", "rule-unknown-fact"),
            ("!has(a.b.yes)", "rule-tests-presence"),
            ("a.b.no || has(a.missing)", "rule-tests-presence"),
            ("a.b.yes &&", "rule-syntax"),
            (deep, "rule-too-large"),
            (long.as_str(), "rule-too-large"),
            (&" ".repeat(5000), "rule-too-large"),
        ] {
            let faults = Rule::compile(source, &vocabulary).unwrap_err();
            assert_eq!(faults[0].code, code, "{source} {faults:?}");
        }
        let fault = &Rule::compile("a.b.yess", &vocabulary).unwrap_err()[0];
        assert_eq!(fault.help, "did you mean `a.b.yes`?");
    }
}
