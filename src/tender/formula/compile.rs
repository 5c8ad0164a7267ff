//! From the text of a formula to its typed tree.
//!
//! All faults are told at once; a part with a fault gives `None`, and what stands around it is still looked at.

use std::collections::BTreeSet;
use std::ops::Range;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::{ParseErrors, Program};

use super::{
    Choice, Comparison, Condition, Formula, FormulaFault, Function, MAXIMUM_BYTES, MAXIMUM_DEPTH,
    MAXIMUM_NODES, Number, Operation,
};
use crate::diagnostic::nearest;
use crate::exact::Exact;

/// Words of CEL that are no names ("Language Definition", section "Syntax", `RESERVED` and the literals).
const RESERVED: [&str; 22] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
    "has",
];

/// Signs that people write and the language does not, with the language's own.
const SIGNS: [(&str, &str); 11] = [
    ("×✕＊", "*"),
    ("÷／", "/"),
    ("−－–—", "-"),
    ("＋", "+"),
    ("≤≦", "<="),
    ("≥≧", ">="),
    ("≠", "!="),
    ("（", "("),
    ("）", ")"),
    ("．", "."),
    ("，、", ","),
];

pub(super) fn is_name(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    word.bytes().all(plain)
        && word
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
        && !RESERVED.contains(&word)
        && !Function::NAMES.iter().any(|(name, _)| *name == word)
}

pub(super) fn compile(source: &str, names: &[&str]) -> Result<Formula, Vec<FormulaFault>> {
    let too_large = |message: String| {
        let help = "name a part of it as a parameter, or use fewer parts".to_owned();
        let fault = fault("formula-too-large", message, help, None);
        vec![fault]
    };
    if source.len() > MAXIMUM_BYTES {
        return Err(too_large(format!(
            "the formula is longer than {MAXIMUM_BYTES} bytes"
        )));
    }
    if source.trim().is_empty() {
        let help = "write it like `allotment * (1 - bid / ceiling)`".to_owned();
        let message = "the formula is empty".to_owned();
        return Err(vec![fault("formula-syntax", message, help, None)]);
    }
    foreign(source).map_or(Ok(()), |fault| Err(vec![fault]))?;
    let program = Program::compile(source).map_err(|errors| syntax(source, &errors))?;
    let (nodes, depth) = size(program.expression());
    if nodes > MAXIMUM_NODES || depth > MAXIMUM_DEPTH {
        return Err(too_large(format!(
            "the formula has {nodes} parts, nested {depth} deep; {MAXIMUM_NODES} and {MAXIMUM_DEPTH} are the limits"
        )));
    }
    let mut compiler = Compiler {
        source,
        places: program.source_info(),
        offered: names,
        used: BTreeSet::new(),
        faults: Vec::new(),
    };
    match compiler.number(program.expression()) {
        Some(root) if compiler.faults.is_empty() => Ok(Formula {
            source: source.to_owned(),
            root,
            names: compiler.used.into_iter().collect(),
        }),
        _ => Err(compiler.faults),
    }
}

fn fault(
    code: &'static str,
    message: String,
    help: String,
    at: Option<Range<usize>>,
) -> FormulaFault {
    FormulaFault {
        code,
        message,
        help,
        at,
    }
}

/// The first character that no formula has: the parser would take some for an invisible comment or text.
fn foreign(source: &str) -> Option<FormulaFault> {
    if let Some(at) = source.find("//") {
        return Some(fault(
            "formula-syntax",
            "the formula has a comment, which hides a part of it".to_owned(),
            "write one `/` to divide, and comments outside of the formula".to_owned(),
            Some(at..at + 2),
        ));
    }
    let known = |character: char| {
        character.is_ascii_alphanumeric()
            || character.is_ascii_punctuation()
            || matches!(character, ' ' | '\t' | '\n' | '\r')
    };
    let (at, character) = source.char_indices().find(|(_, one)| !known(*one))?;
    let own = SIGNS.iter().find(|(signs, _)| signs.contains(character));
    Some(fault(
        "formula-syntax",
        format!("the formula has the character `{character}`, which the language lacks"),
        own.map_or_else(
            || "names, digits and signs are written in ASCII".to_owned(),
            |(_, own)| format!("write `{own}`"),
        ),
        Some(at..at + character.len_utf8()),
    ))
}

fn syntax(source: &str, errors: &ParseErrors) -> Vec<FormulaFault> {
    let Some(error) = errors.errors.first() else {
        let help = "see docs/evaluation-procedures.md".to_owned();
        let message = "the formula cannot be read".to_owned();
        return vec![fault("formula-syntax", message, help, None)];
    };
    let (line, column) = error.pos;
    let line = usize::try_from(line).unwrap_or(1).max(1) - 1;
    let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let start = before + usize::try_from(column).unwrap_or(1).max(1) - 1;
    let start = start.min(source.len());
    let message = error.msg.trim().replace(['\n', '\r'], " ");
    let message = message
        .strip_prefix("Syntax error: ")
        .unwrap_or(message.as_str());
    // The parser goes on to list all that could have come instead.
    let message = message
        .split_once(" expecting")
        .map_or(message, |(said, _)| said);
    let message = if message.contains("'<EOF>'") {
        "the formula ends too early".to_owned()
    } else {
        format!("the formula cannot be read: {message}")
    };
    vec![fault(
        "formula-syntax",
        message,
        "the signs are `+ - * / ( ) , ? :`, `< <= > >= == !=` and `&& || !`".to_owned(),
        Some(start..(start + 1).min(source.len())),
    )]
}

/// The parts of an expression, and how deep they are nested.
fn size(expression: &IdedExpr) -> (usize, usize) {
    let parts: Vec<&IdedExpr> = match &expression.expr {
        Expr::Call(call) => call
            .target
            .iter()
            .map(AsRef::as_ref)
            .chain(&call.args)
            .collect(),
        // All others are refused as they are.
        _ => Vec::new(),
    };
    let inner = parts.into_iter().map(size);
    inner.fold((1, 1), |(nodes, depth), (more, deeper)| {
        (nodes + more, depth.max(deeper + 1))
    })
}

struct Compiler<'a> {
    source: &'a str,
    places: &'a SourceInfo,
    offered: &'a [&'a str],
    used: BTreeSet<String>,
    faults: Vec<FormulaFault>,
}

impl Compiler<'_> {
    /// Takes a fault down, once, and gives what stands for the part that has it.
    fn fault<T>(
        &mut self,
        code: &'static str,
        at: &IdedExpr,
        message: String,
        help: impl Into<String>,
    ) -> Option<T> {
        let fault = fault(code, message, help.into(), self.place(at));
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
        None
    }

    fn refuse<T>(&mut self, at: &IdedExpr, what: &str) -> Option<T> {
        self.fault(
            "formula-not-expressible",
            at,
            format!("the formula has {what}, which the language lacks"),
            "a formula has numbers, names, `+ - * /`, `? :` with comparisons, and the functions of docs/evaluation-procedures.md",
        )
    }

    fn offset(&self, expression: &IdedExpr) -> Option<Range<usize>> {
        let (start, last) = self.places.offset_for(expression.id)?;
        let start = usize::try_from(start).ok()?;
        let end = usize::try_from(last).ok()? + 1;
        (start < end && end <= self.source.len()).then_some(start..end)
    }

    /// From the first byte of an expression to its last.
    fn place(&self, expression: &IdedExpr) -> Option<Range<usize>> {
        let own = self.offset(expression);
        let Expr::Call(call) = &expression.expr else {
            return own;
        };
        // The place of a call is its parenthesis: its name stands before, and another closes it.
        let own = own.map(|own| {
            let start = own.start.saturating_sub(call.func_name.len());
            if self.source.get(start..own.start) == Some(call.func_name.as_str()) {
                start..self.closing(own.start).unwrap_or(own.end)
            } else {
                own
            }
        });
        let parts = call.target.iter().map(AsRef::as_ref).chain(&call.args);
        parts
            .filter_map(|part| self.place(part))
            .chain(own)
            .reduce(|left, right| left.start.min(right.start)..left.end.max(right.end))
    }

    /// The end of the parenthesis that opens at `start`.
    fn closing(&self, start: usize) -> Option<usize> {
        let mut open = 0usize;
        for (index, byte) in self.source.bytes().enumerate().skip(start) {
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => return Some(index + 1),
                b')' => open -= 1,
                _ => {}
            }
        }
        None
    }

    fn quoted(&self, expression: &IdedExpr) -> String {
        self.place(expression)
            .and_then(|place| self.source.get(place))
            .unwrap_or("…")
            .to_owned()
    }

    fn number(&mut self, expression: &IdedExpr) -> Option<Number> {
        match &expression.expr {
            Expr::Ident(name) => self.name(expression, name),
            Expr::Literal(literal) => self.literal(expression, literal),
            Expr::Call(call) => self.call(expression, call),
            Expr::Select(_) => self.refuse(expression, "a name with a dot"),
            Expr::List(_) => self.refuse(expression, "a list"),
            Expr::Comprehension(_) => self.refuse(expression, "a macro over a list"),
            Expr::Map(_) | Expr::Struct(_) => self.refuse(expression, "a map or structure"),
            Expr::Unspecified => self.refuse(expression, "an empty part"),
        }
    }

    fn name(&mut self, at: &IdedExpr, name: &str) -> Option<Number> {
        if self.offered.contains(&name) {
            self.used.insert(name.to_owned());
            return Some(Number::Name(name.to_owned()));
        }
        let help = nearest(name, self.offered.iter().copied()).map_or_else(
            || match self.offered {
                [] => "write numbers only".to_owned(),
                offered => format!("the names are {}", offered.join(", ")),
            },
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("the formula uses `{name}`, which is no name here");
        self.fault("formula-unknown-name", at, message, help)
    }

    fn literal(&mut self, at: &IdedExpr, literal: &LiteralValue) -> Option<Number> {
        let what = match literal {
            LiteralValue::Int(_) | LiteralValue::Double(_) => return self.digits(at, literal),
            LiteralValue::UInt(_) => {
                let message = format!("`{}` is no number of a formula", self.quoted(at));
                return self.fault("formula-number", at, message, "write it without the `u`");
            }
            LiteralValue::Boolean(_) => "`true` or `false`",
            LiteralValue::String(_) => "a text",
            LiteralValue::Bytes(_) => "bytes",
            LiteralValue::Null => "`null`",
        };
        self.refuse(at, what)
    }

    /// A literal by its own digits; the parser's value of a decimal is a floating-point number and not looked at.
    fn digits(&mut self, at: &IdedExpr, literal: &LiteralValue) -> Option<Number> {
        let text = self.quoted(at);
        let sign = match literal {
            LiteralValue::Int(value) if value.inner().is_negative() => "-",
            LiteralValue::Double(value) if value.inner().is_sign_negative() => "-",
            _ => "",
        };
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        match Exact::parse(&format!("{sign}{text}")) {
            Some(value) if plain => Some(Number::Literal(value)),
            _ => {
                let message = format!("`{text}` is no number of a formula");
                let help = "write whole numbers below 2^63 and decimals of at most 63 characters like `0.6`, without exponent";
                self.fault("formula-number", at, message, help)
            }
        }
    }

    fn call(&mut self, at: &IdedExpr, call: &CallExpr) -> Option<Number> {
        if call.target.is_some() {
            return self.refuse(at, "a call behind a dot");
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::NEGATE, [operand]) => {
                let operand = self.number(operand)?;
                Some(Number::Negative(Box::new(operand)))
            }
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                let condition = self.condition(condition);
                let (then, otherwise) = (self.number(then), self.number(otherwise));
                Some(Number::Choose(Box::new(Choice {
                    condition: condition?,
                    then: then?,
                    otherwise: otherwise?,
                })))
            }
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, _) => {
                self.not_a_number(at)
            }
            (operators::MODULO, _) => self.refuse(at, "`%`"),
            (operators::IN, _) => self.refuse(at, "`in`"),
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, _) => {
                self.refuse(at, "an element of a list")
            }
            (name, [left, right]) if operation(name).is_some() => {
                let (left, right) = (self.number(left), self.number(right));
                let sides = Box::new([left?, right?]);
                operation(name).map(|operation| Number::Calculate(operation, sides))
            }
            (name, _) if comparison(name).is_some() => self.not_a_number(at),
            (name, arguments) => self.function(at, name, arguments),
        }
    }

    /// A condition where a number is needed.
    fn not_a_number(&mut self, at: &IdedExpr) -> Option<Number> {
        // Its own faults are told as well.
        self.condition(at)?;
        let message = format!(
            "`{}` is a condition, and a number is needed",
            self.quoted(at)
        );
        let help = "conditions stand before `?`: `bid < ceiling ? 1 : 0`; of two comparisons write `a < b && b < c`";
        self.fault("formula-type", at, message, help)
    }

    fn condition(&mut self, expression: &IdedExpr) -> Option<Condition> {
        if let Expr::Call(call) = &expression.expr
            && call.target.is_none()
        {
            match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_NOT, [operand]) => {
                    let operand = self.condition(operand)?;
                    return Some(Condition::Not(Box::new(operand)));
                }
                (name @ (operators::LOGICAL_AND | operators::LOGICAL_OR), [left, right]) => {
                    let (left, right) = (self.condition(left), self.condition(right));
                    let sides = Box::new([left?, right?]);
                    return Some(if name == operators::LOGICAL_AND {
                        Condition::And(sides)
                    } else {
                        Condition::Or(sides)
                    });
                }
                (name, [left, right]) => {
                    if let Some(comparison) = comparison(name) {
                        let (left, right) = (self.number(left), self.number(right));
                        return Some(Condition::Compare(comparison, Box::new([left?, right?])));
                    }
                }
                _ => {}
            }
        }
        self.number(expression)?;
        let message = format!(
            "`{}` is a number, and a condition is needed",
            self.quoted(expression)
        );
        let help = "compare it with another number: `bid < ceiling`";
        self.fault("formula-type", expression, message, help)
    }

    fn function(&mut self, at: &IdedExpr, name: &str, arguments: &[IdedExpr]) -> Option<Number> {
        let Some((_, function)) = Function::NAMES.iter().find(|(one, _)| *one == name) else {
            for argument in arguments {
                self.number(argument);
            }
            let known = Function::NAMES.map(|(name, _)| name);
            let help = nearest(name, known).map_or_else(
                || format!("the functions are {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("the formula calls `{name}`, which is no function here");
            return self.fault("formula-unknown-function", at, message, help);
        };
        let takes = match (function, arguments) {
            (Function::Round(mode, _), [number, digits]) => {
                let number = self.number(number);
                let digits = self.kept(digits, name);
                let function = Function::Round(*mode, digits?);
                return Some(Number::Call(function, vec![number?]));
            }
            (Function::Size, [_]) | (Function::Least | Function::Greatest, [_, _, ..]) => {
                let arguments: Vec<_> = arguments.iter().map(|one| self.number(one)).collect();
                let arguments = arguments.into_iter().collect::<Option<_>>()?;
                return Some(Number::Call(*function, arguments));
            }
            (Function::Round(..), _) => "a number and the digits to keep",
            (Function::Size, _) => "one number",
            (Function::Least | Function::Greatest, _) => "two numbers or more",
        };
        let message = format!("`{name}` takes {takes}");
        self.fault(
            "formula-type",
            at,
            message,
            format!("see `{name}` in docs/evaluation-procedures.md"),
        )
    }

    /// The digits that a rounding keeps.
    fn kept(&mut self, expression: &IdedExpr, name: &str) -> Option<u32> {
        if let Expr::Literal(LiteralValue::Int(digits)) = &expression.expr
            && let Ok(digits @ 0..=9) = u32::try_from(*digits.inner())
        {
            return Some(digits);
        }
        let message = format!(
            "`{name}` is to keep `{}` decimal digits",
            self.quoted(expression)
        );
        let help = "write the digits as a whole number from 0 to 9";
        self.fault("formula-type", expression, message, help)
    }
}

fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        operators::ADD => Operation::Add,
        operators::SUBSTRACT => Operation::Subtract,
        operators::MULTIPLY => Operation::Multiply,
        operators::DIVIDE => Operation::Divide,
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::Unequal,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::AtMost,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::AtLeast,
        _ => return None,
    })
}
