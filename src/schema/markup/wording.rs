//! What is told about a breach of a schema. The place of a finding is set when the walk is over.

use super::table::{AttributeRule, Simple, Table};
use super::value::{Base, Fault};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::markup::{Attribute, Element};

/// No more characters of a reader's text are repeated.
const LONGEST: usize = 60;

/// No more names are listed.
const MOST_NAMES: usize = 6;

fn error(code: &'static str, message: String) -> Diagnostic {
    Diagnostic::error(code, Place::whole(), message)
}

pub(super) fn more(limit: usize) -> Diagnostic {
    Diagnostic::note(
        "findings-more",
        Place::whole(),
        format!("only the first {limit} findings are listed"),
    )
    .help("repair these first, and check again")
}

pub(super) fn unknown_root(table: &Table, root: Element<'_>) -> Diagnostic {
    let roots: Vec<_> = table.roots().collect();
    error(
        "schema-unknown-member",
        format!(
            "the document begins with `{}` of the namespace `{}`, where the schema has {} of `{}`",
            excerpt(root.name()),
            excerpt(root.namespace()),
            listed(&roots, "or"),
            table.namespace
        ),
    )
    .help("name the root element and its namespace as the specification does")
}

pub(super) fn other_type(element: Element<'_>, kind: &str) -> Diagnostic {
    error(
        "schema-type",
        format!(
            "`xsi:type` of `{}` is `{}`, which is not a type for this element",
            element.name(),
            excerpt(kind)
        ),
    )
    .help("remove the attribute")
}

pub(super) fn stray_text(element: Element<'_>) -> Diagnostic {
    let text = element.text();
    if text.trim().is_empty() {
        return error(
            "schema-type",
            format!("`{}` holds white space, but must be empty", element.name()),
        )
        .help("close the element at once");
    }
    error(
        "schema-type",
        format!(
            "the text `{}` stands in `{}`, which holds no text of its own",
            excerpt(text.trim()),
            element.name()
        ),
    )
    .help("put the text into the element that it belongs to, or remove it")
}

pub(super) fn element_in_text(element: Element<'_>, child: Element<'_>) -> Diagnostic {
    error(
        "schema-type",
        format!(
            "`{}` stands in `{}`, which holds text only",
            excerpt(child.name()),
            element.name()
        ),
    )
    .help(format!("write plain text into `{}`", element.name()))
}

pub(super) fn unknown_element(
    parent: Element<'_>,
    child: Element<'_>,
    known: &[&str],
) -> Diagnostic {
    let message = if child.namespace() == parent.namespace() {
        format!(
            "`{}` is not an element of `{}`",
            excerpt(child.name()),
            parent.name()
        )
    } else if child.namespace().is_empty() {
        format!(
            "`{}`, which has no namespace, may not stand in `{}`",
            excerpt(child.name()),
            parent.name()
        )
    } else {
        format!(
            "`{}` of the namespace `{}` may not stand in `{}` at this place",
            excerpt(child.name()),
            excerpt(child.namespace()),
            parent.name()
        )
    };
    error("schema-unknown-member", message).help(instead(child.name(), known))
}

pub(super) fn unknown_attribute(
    element: Element<'_>,
    attribute: Attribute<'_>,
    rules: &[AttributeRule],
) -> Diagnostic {
    let of = if attribute.namespace.is_empty() {
        String::new()
    } else {
        format!(" of the namespace `{}`", excerpt(attribute.namespace))
    };
    let known: Vec<_> = rules.iter().map(|rule| rule.name.as_str()).collect();
    error(
        "schema-unknown-member",
        format!(
            "`{}` may not have the attribute `{}`{of}",
            element.name(),
            excerpt(attribute.name)
        ),
    )
    .help(instead(attribute.name, &known))
}

/// What to do about a name that may not stand where it stands.
fn instead(name: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(name, known.iter().copied()).filter(|near| *near != name) {
        format!("did you mean `{near}`?")
    } else if known.is_empty() {
        "remove it".to_owned()
    } else {
        format!("remove it, or use {}", listed(known, "or"))
    }
}

pub(super) fn attribute_missing(element: Element<'_>, name: &str) -> Diagnostic {
    error(
        "schema-required",
        format!("`{}` lacks the attribute `{name}`", element.name()),
    )
    .help(format!("add `{name}`"))
}

pub(super) fn element_missing(element: Element<'_>, expected: &[&str]) -> Diagnostic {
    let one_of = if expected.len() > 1 { "one of " } else { "" };
    error(
        "schema-required",
        format!(
            "`{}` lacks {one_of}{}",
            element.name(),
            listed(expected, "and")
        ),
    )
    .help(match element.children().last() {
        Some(last) => format!("add it after `{}`", excerpt(last.name())),
        None => "add it".to_owned(),
    })
}

/// `missing` is required before `child`; it may stand later.
pub(super) fn element_skipped(
    parent: Element<'_>,
    child: Element<'_>,
    missing: &str,
    is_later: bool,
) -> Diagnostic {
    let code = if is_later {
        "schema-order"
    } else {
        "schema-required"
    };
    let help = if is_later {
        format!("move `{missing}` in front of `{}`", child.name())
    } else {
        format!("add `{missing}` in front of `{}`", child.name())
    };
    error(
        code,
        format!(
            "`{}` stands in `{}` where `{missing}` must come first",
            child.name(),
            parent.name()
        ),
    )
    .help(help)
}

pub(super) fn element_repeated(parent: Element<'_>, child: Element<'_>) -> Diagnostic {
    error(
        "schema-count",
        format!(
            "`{}` stands once too often in `{}`",
            child.name(),
            parent.name()
        ),
    )
    .help("keep one of them, or bring together those that may repeat")
}

pub(super) fn element_misplaced(
    parent: Element<'_>,
    child: Element<'_>,
    before: Option<Element<'_>>,
    allowed: &[&str],
) -> Diagnostic {
    let after = before.map_or(String::new(), |before| {
        format!(" after `{}`", excerpt(before.name()))
    });
    error(
        "schema-order",
        format!(
            "`{}` may not stand in `{}`{after}",
            child.name(),
            parent.name()
        ),
    )
    .help(if allowed.is_empty() {
        "move it forward or remove it; nothing more may follow here".to_owned()
    } else {
        format!(
            "move it forward or remove it; here may stand {}",
            listed(allowed, "or")
        )
    })
}

pub(super) fn not_unique(attribute: &str, value: &str) -> Diagnostic {
    error(
        "schema-unique",
        format!(
            "the `{attribute}` `{}` stands at more than one element",
            excerpt(value)
        ),
    )
    .help(format!("give every element a `{attribute}` of its own"))
}

/// A text that is not of its type.
pub(super) fn value(subject: &str, text: &str, fault: &Fault<'_>) -> Diagnostic {
    let text = excerpt(text);
    match fault {
        Fault::Lexical(base) => {
            let (code, help) = lexical(*base);
            error(
                code,
                format!(
                    "{subject} is `{text}`, which is not of the type `{}`",
                    base.word()
                ),
            )
            .help(help)
        }
        Fault::Word(simple) => error(
            "schema-word",
            format!("{subject} is `{text}`, which is not among the words for it"),
        )
        .help(words(&text, simple)),
        Fault::Pattern(simple) => {
            let pattern = simple.patterns.first().map_or("", |one| one.as_str());
            let pattern = pattern.strip_prefix(r"\A(?:").unwrap_or(pattern);
            let pattern = pattern.strip_suffix(r")\z").unwrap_or(pattern);
            error(
                "schema-pattern",
                format!("{subject} is `{text}`, which does not have the form for it"),
            )
            .help(format!("write it in the form `{}`", excerpt(pattern)))
        }
        Fault::Length(simple, length) => {
            let (least, most) = simple.length;
            error(
                "schema-length",
                format!("{subject} is {length} characters long"),
            )
            .help(if *length < least {
                format!("write at least {least}")
            } else {
                format!("write at most {most}")
            })
        }
        Fault::Range(simple) => error(
            "schema-range",
            format!("{subject} is `{text}`, which is out of range"),
        )
        .help(match (&simple.minimum, &simple.maximum) {
            (Some(least), Some(most)) => format!("take a number from {least} to {most}"),
            (Some(least), None) => format!("take a number of {least} or more"),
            (_, most) => format!(
                "take a number up to {}",
                most.as_deref().unwrap_or_default()
            ),
        }),
        Fault::Union => error(
            "schema-format",
            format!("{subject} is `{text}`, which has none of the forms for it"),
        )
        .help("use the reference of an element, a URI or a BOM-Link, as the specification says"),
    }
}

fn lexical(base: Base) -> (&'static str, &'static str) {
    match base {
        Base::DateTime => ("schema-format", "write it like `2026-11-20T09:30:00Z`"),
        Base::Date => ("schema-format", "write it like `2026-11-20`"),
        Base::AnyUri => (
            "schema-format",
            "write a URI such as `https://example.com/a`; a percent sign needs two hexadecimal digits",
        ),
        Base::Boolean => ("schema-type", "write `true` or `false`"),
        Base::Decimal => (
            "schema-type",
            "write a decimal number in digits, without exponent",
        ),
        Base::Integer | Base::NonNegativeInteger => {
            ("schema-type", "write a whole number in digits")
        }
        Base::PositiveInteger => ("schema-type", "write a whole number from 1 in digits"),
        Base::String | Base::NormalizedString | Base::Token => ("schema-type", "write a text"),
    }
}

fn words(text: &str, simple: &Simple) -> String {
    if let Some(near) = nearest(text, simple.words.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    let words: Vec<_> = simple.words.iter().map(String::as_str).collect();
    format!("use {}", listed(&words, "or"))
}

/// Names in backticks, the last one after `and` or `or`; those past a few are counted.
fn listed(names: &[&str], word: &str) -> String {
    let quoted = |names: &[&str]| {
        let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] if names.len() <= MOST_NAMES => {
            format!("{} {word} `{last}`", quoted(first))
        }
        _ => {
            let (few, rest) = names.split_at_checked(MOST_NAMES).unwrap_or((names, &[]));
            format!("{} {word} {} more", quoted(few), rest.len())
        }
    }
}

/// The beginning of a long text, in one line.
fn excerpt(text: &str) -> String {
    let mut excerpt: String = text
        .chars()
        .take(LONGEST)
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt
}
