//! Puts breaches of a schema into words.

use crate::diagnostic::{Diagnostic, nearest};
use crate::tape::Item;

use super::explain::{Fault, Faults, Problem};
use super::{Schema, Shapes};

/// The most alternatives that a message lists.
const LISTED: usize = 8;

/// The most characters of a reader's text that a message repeats.
const QUOTED: usize = 60;

impl Schema {
    pub(super) fn findings(&self, root: Item<'_>, limit: usize) -> Vec<Diagnostic> {
        let mut faults = Faults::new(limit.saturating_add(1));
        self.explain(self.root, root, 0, &mut faults);
        let mut findings: Vec<_> = faults.list.iter().take(limit).map(finding).collect();
        if faults.list.len() > limit {
            findings.push(
                Diagnostic::note(
                    "findings-more",
                    root.place(),
                    format!("only the first {limit} findings are listed"),
                )
                .help("repair these first, and check again"),
            );
        }
        findings
    }
}

fn finding(fault: &Fault<'_, '_>) -> Diagnostic {
    let item = fault.item;
    let key = item.key().unwrap_or_default();
    let (code, message, help) = match &fault.problem {
        Problem::Shape(shapes) => (
            "schema-type",
            format!(
                "{} stands where {} is asked for",
                item.shape().name(),
                shapes.words()
            ),
            format!("write {} here", shapes.words()),
        ),
        Problem::Missing(name) => (
            "schema-required",
            format!("the member `{name}` is missing"),
            format!("add `{name}`"),
        ),
        Problem::MissingGroup(groups) => (
            "schema-required",
            format!("{} is missing", any_of(groups)),
            "add it".to_owned(),
        ),
        Problem::Unknown(rule) => (
            "schema-unknown-member",
            format!("the member `{}` is not known here", quoted(key)),
            suggestion(
                key,
                rule.names.words(),
                "remove it; known here are",
                "or remove it",
            ),
        ),
        Problem::Word(words) => (
            "schema-word",
            format!("`{}` is none of the words that may stand here", value(item)),
            suggestion(&value(item), words.words(), "write one of", ""),
        ),
        Problem::Flag(flag) => (
            "schema-word",
            format!("`{}` stands where only `{flag}` may stand", !flag),
            format!("write `{flag}`"),
        ),
        Problem::Pattern(pattern) => (
            "schema-pattern",
            format!("`{}` is not {}", value(item), pattern.words()),
            format!("write {}", pattern.words()),
        ),
        Problem::Format(format) => (
            "schema-format",
            format!("`{}` is not {}", value(item), format.words()),
            format!("write {}", format.words()),
        ),
        Problem::Length(least, most) => (
            "schema-length",
            format!(
                "`{}` is not {} long",
                value(item),
                between(*least, *most, "character")
            ),
            format!("write {}", between(*least, *most, "character")),
        ),
        Problem::Range(range) => (
            "schema-range",
            format!("{} is not {}", value(item), in_range(*range)),
            format!("write a number {}", in_range(*range)),
        ),
        Problem::Count(count, rule) => (
            "schema-count",
            format!(
                "the list has {} where {} may stand",
                between(*count, Some(*count), "item"),
                between(rule.least, rule.most, "item")
            ),
            format!("list {}", between(rule.least, rule.most, "item")),
        ),
        Problem::Repeated(first) => (
            "schema-unique",
            format!("the item is the same as the one at `{}`", first.place()),
            "list it once".to_owned(),
        ),
        Problem::Ambiguous(_) | Problem::Forbidden(_) | Problem::Nothing => choice(fault),
    };
    Diagnostic::error(code, item.place(), message).help(help)
}

/// Findings on alternatives that exclude each other.
fn choice(fault: &Fault<'_, '_>) -> (&'static str, String, String) {
    let code = "schema-choice";
    match &fault.problem {
        Problem::Ambiguous(groups) if groups.iter().all(|group| !group.is_empty()) => (
            code,
            format!("only {} may stand here", any_of(groups)),
            "keep the one that is meant".to_owned(),
        ),
        Problem::Ambiguous(_) => (
            code,
            "the value fits more than one of the alternatives, which exclude each other".to_owned(),
            "add the members that tell which one is meant".to_owned(),
        ),
        Problem::Forbidden(names) if !names.is_empty() => (
            code,
            format!("{} may not stand beside the other members", all_of(names)),
            format!("remove {}, or what excludes it", all_of(names)),
        ),
        _ => (
            code,
            "this value may not stand here".to_owned(),
            "remove it".to_owned(),
        ),
    }
}

/// The reader's value, shortened.
fn value(item: Item<'_>) -> String {
    item.text()
        .map(quoted)
        .or_else(|| item.number())
        .unwrap_or_else(|| item.shape().name().to_owned())
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl Shapes {
    /// The shapes in words, such as "a text or a list".
    fn words(self) -> String {
        let mut names: Vec<&str> = Self::NAMES
            .iter()
            .filter(|(bit, _)| self.0 & bit != 0)
            // A number is meant wherever a fraction may stand too.
            .filter(|(bit, _)| *bit != Self::INTEGER || self.0 & Self::NUMBER == 0)
            .map(|(_, name)| *name)
            .collect();
        match names.pop() {
            None => "nothing".to_owned(),
            Some(last) if names.is_empty() => last.to_owned(),
            Some(last) => format!("{} or {last}", names.join(", ")),
        }
    }
}

fn ticked(names: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    names.map(|name| format!("`{}`", name.as_ref())).collect()
}

/// Names in groups of which one is meant.
fn any_of(groups: &[Vec<&str>]) -> String {
    let mut names: Vec<String> = groups.iter().map(|group| all_of(group)).collect();
    names.dedup();
    match (names.pop(), names.len()) {
        (None, _) => String::new(),
        (Some(only), 0) => only,
        (Some(last), 1) => format!("either {} or {last}", names.join(", ")),
        (Some(last), _) => format!("one of {} and {last}", names.join(", ")),
    }
}

fn all_of(names: &[&str]) -> String {
    ticked(names.iter()).join(" with ")
}

/// Offers the nearest word, or lists the words when there are few.
fn suggestion<'a>(
    word: &str,
    words: impl ExactSizeIterator<Item = &'a str> + Clone,
    list: &str,
    otherwise: &str,
) -> String {
    if let Some(near) = nearest(word, words.clone()) {
        let otherwise = if otherwise.is_empty() {
            String::new()
        } else {
            format!(", {otherwise}")
        };
        return format!("did you mean `{near}`{otherwise}");
    }
    let count = words.len();
    if count == 0 {
        return "remove it".to_owned();
    }
    let listed = ticked(words.take(LISTED)).join(", ");
    if count > LISTED {
        format!("{list} {listed} and {} more", count - LISTED)
    } else {
        format!("{list} {listed}")
    }
}

fn between(least: usize, most: Option<usize>, unit: &str) -> String {
    let units = |count: usize| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    };
    match most {
        Some(most) if most == least => units(most),
        Some(most) if least == 0 => format!("at most {}", units(most)),
        Some(most) => format!("{least} to {}", units(most)),
        None => format!("at least {}", units(least)),
    }
}

fn in_range(range: (Option<i64>, Option<i64>)) -> String {
    match range {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("from {least} up"),
        (None, Some(most)) => format!("up to {most}"),
        (None, None) => "of any size".to_owned(),
    }
}
