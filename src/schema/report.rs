//! Puts breaches of a schema into words.

use crate::diagnostic::{Diagnostic, nearest};
use crate::tape::Item;

use super::explain::{Fault, Faults, Problem};
use super::{Bounds, Schema, Shapes};

/// The most alternatives that a message lists.
const LISTED: usize = 8;

/// The most characters of a reader's text that a message repeats.
const QUOTED: usize = 60;

impl Schema {
    pub(super) fn findings(&self, root: Item<'_>, limit: usize) -> Vec<Diagnostic> {
        let mut faults = Faults::new(limit.saturating_add(1));
        self.explain(self.root, root, 0, &mut faults);
        let mut findings: Vec<_> = faults.list.iter().take(limit).map(diagnostic).collect();
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

fn diagnostic(fault: &Fault<'_, '_>) -> Diagnostic {
    let mut problem = &fault.problem;
    while let Problem::Neither(problems) = problem
        && let Some(first) = problems.first()
    {
        problem = first;
    }
    let code = match problem {
        Problem::Shape(_) => "schema-type",
        Problem::Missing(_) | Problem::MissingGroup(_) => "schema-required",
        Problem::Unknown(_) => "schema-unknown-member",
        Problem::Word(_) | Problem::License(_) | Problem::Flag(_) => "schema-word",
        Problem::Pattern(_) => "schema-pattern",
        Problem::Format(_) => "schema-format",
        Problem::Length(..) => "schema-length",
        Problem::Range(_) | Problem::Tenths => "schema-range",
        Problem::Count(..) | Problem::Size(..) => "schema-count",
        Problem::Repeated(_) => "schema-unique",
        _ => "schema-choice",
    };
    let (message, help) = words(fault.item, &fault.problem);
    Diagnostic::error(code, fault.item.place(), message).help(help)
}

/// What was found, and what to do.
fn words(item: Item<'_>, problem: &Problem<'_, '_>) -> (String, String) {
    match problem {
        Problem::Shape(shapes) => (
            format!(
                "{} stands where {} is asked for",
                item.shape().name(),
                shapes.words()
            ),
            format!("write {} here", shapes.words()),
        ),
        Problem::Missing(name) => (
            format!("the member `{name}` is missing"),
            format!("add `{name}`"),
        ),
        Problem::MissingGroup(groups) => (
            format!("one of {} is missing", alternatives(groups).join(", ")),
            "add the one that is meant".to_owned(),
        ),
        Problem::Unknown(rule) => (
            format!("the member `{}` is not known here", key(item)),
            suggestion(
                &key(item),
                rule.names.words(),
                "remove it; known here are",
                "or remove it",
            ),
        ),
        Problem::Word(_)
        | Problem::License(_)
        | Problem::Pattern(_)
        | Problem::Format(_)
        | Problem::Length(..)
        | Problem::Neither(_) => text(item, problem),
        Problem::Flag(flag) => (
            format!("`{}` stands where only `{flag}` may stand", !flag),
            format!("write `{flag}`"),
        ),
        Problem::Range(range) => (
            format!("{} is not {}", value(item), in_range(*range)),
            format!("write a number {}", in_range(*range)),
        ),
        Problem::Tenths => (
            format!("{} has more than one digit behind the point", value(item)),
            "round it to one digit".to_owned(),
        ),
        Problem::Size(count, rule) => (
            format!(
                "the object has {} where {} may stand",
                between(*count, Some(*count), "member"),
                between(rule.least, rule.most, "member")
            ),
            format!("write {}", between(rule.least, rule.most, "member")),
        ),
        Problem::Count(count, rule) => (
            format!(
                "the list has {} where {} may stand",
                between(*count, Some(*count), "item"),
                between(rule.least, rule.most, "item")
            ),
            format!("list {}", between(rule.least, rule.most, "item")),
        ),
        Problem::Repeated(first) => (
            format!("the item is the same as the one at `{}`", first.place()),
            "list it once".to_owned(),
        ),
        Problem::Ambiguous(_) | Problem::Forbidden(_) | Problem::Nothing => choice(problem),
    }
}

/// Findings on texts.
fn text(item: Item<'_>, problem: &Problem<'_, '_>) -> (String, String) {
    let found = value(item);
    match problem {
        Problem::Word(words) => (
            format!("`{found}` is none of the words that may stand here"),
            suggestion(&found, words.words(), "write one of", ""),
        ),
        Problem::License(ids) => (
            format!("`{found}` is not an SPDX license id"),
            match nearest(&found, ids.words()) {
                Some(near) => format!("did you mean `{near}`"),
                None => "write an id of the SPDX license list, or give the license under `name`"
                    .to_owned(),
            },
        ),
        Problem::Pattern(pattern) => (
            format!("`{found}` does not have the form that is asked for"),
            format!("write {}", pattern.words()),
        ),
        Problem::Format(format) => (
            format!("`{found}` is not {}", format.name()),
            format!("write {}", format.example()),
        ),
        Problem::Length(least, most) => (
            match found.as_str() {
                "" => "the text is empty".to_owned(),
                _ => format!("`{found}` is too short or too long"),
            },
            format!("write {}", between(*least, *most, "character")),
        ),
        Problem::Neither(problems) => (
            format!("`{found}` is nothing that may stand here"),
            neither(item, &found, problems),
        ),
        _ => choice(problem),
    }
}

/// What may stand instead of a text: the forms first, then the words of all lists together.
fn neither(item: Item<'_>, found: &str, problems: &[Problem<'_, '_>]) -> String {
    let mut helps: Vec<String> = Vec::new();
    let mut listed: Vec<&str> = Vec::new();
    for problem in problems {
        if let Problem::Word(words) = problem {
            listed.extend(words.words());
        } else {
            let (_, help) = words(item, problem);
            helps.push(help.strip_prefix("write ").unwrap_or(&help).to_owned());
        }
    }
    if let Some(near) = nearest(found, listed.iter().copied()) {
        return format!("did you mean `{near}`");
    }
    if !listed.is_empty() {
        helps.push(suggestion(found, listed.into_iter(), "one of", ""));
    }
    helps.dedup();
    format!("write {}", helps.join(", or "))
}

/// Findings on alternatives that exclude each other.
fn choice(problem: &Problem<'_, '_>) -> (String, String) {
    match problem {
        Problem::Ambiguous(groups) if groups.iter().all(|group| !group.is_empty()) => (
            format!("{} exclude each other", alternatives(groups).join(" and ")),
            "keep what is meant and remove the rest".to_owned(),
        ),
        Problem::Ambiguous(_) => (
            "the value fits more than one of the alternatives, which exclude each other".to_owned(),
            "add the members that tell which one is meant".to_owned(),
        ),
        Problem::Forbidden(names) if !names.is_empty() => (
            format!("{} may not stand beside the other members", all_of(names)),
            format!("remove {}, or what excludes it", all_of(names)),
        ),
        _ => (
            "this value may not stand here".to_owned(),
            "remove it".to_owned(),
        ),
    }
}

fn key(item: Item<'_>) -> String {
    quoted(item.key().unwrap_or_default())
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

/// Groups of names, each once.
fn alternatives(groups: &[Vec<&str>]) -> Vec<String> {
    let mut names: Vec<String> = groups.iter().map(|group| all_of(group)).collect();
    names.dedup();
    names
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

fn in_range(range: Bounds) -> String {
    match range {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("from {least} up"),
        (None, Some(most)) => format!("up to {most}"),
        (None, None) => "of any size".to_owned(),
    }
}

#[cfg(test)]
/// The findings on `document`, at most three, by a table of node 2 and what follows it.
pub(super) fn findings_by(nodes: &str, document: &str) -> Vec<String> {
    let table = format!(
        r#"{{"names":["a","b","c","type","Dog","Cat"],"nodes":[{{}},{{"shapes":0}},{nodes}],"root":2}}"#
    );
    let schema = Schema::load(table.as_bytes(), br#"["MIT","Apache-2.0"]"#).unwrap();
    let tape = crate::tape::parse_json(document).unwrap();
    let findings = schema.check(tape.root(), 3);
    assert_eq!(findings.is_empty(), schema.conforms(tape.root()));
    findings.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_alternatives_the_nearest_is_explained() {
        let either = r#"{"one":[[3,4]]},{"required":[0]},{"required":[1]}"#;
        let lists = r#"{"one":[[3,4]],"shapes":32},{"each":5},{"each":6,"count":[0,1]},
            {"members":[0,7],"required":[0],"other":1},{"members":[1,7],"required":[1],"other":1},{"shapes":16}"#;
        let texts = r#"{"any":[[3,4]]},{"shapes":64},{"any":[[5,6]],"shapes":16},
            {"shapes":16,"words":[4]},{"shapes":16,"formats":["uri"]}"#;
        let condition =
            r#"{"if":[[3,4,5]]},{"members":[0,6]},{"required":[1]},{"required":[2]},{"flag":true}"#;
        for (nodes, document, expected) in [
            (either, r#"{"a":1}"#, None),
            (
                either,
                "{}",
                Some(
                    "error[schema-required]: one of `a`, `b` is missing; help: add the one that is meant",
                ),
            ),
            (
                either,
                r#"{"a":1,"b":1}"#,
                Some(
                    "error[schema-choice]: `a` and `b` exclude each other; help: keep what is meant and remove the rest",
                ),
            ),
            (lists, r#"[{"a":"x"},{"a":"y"}]"#, None),
            (
                lists,
                r#"[{"b":1}]"#,
                Some(
                    "/0/b: error[schema-type]: a number stands where a text is asked for; help: write a text here",
                ),
            ),
            (
                lists,
                r#"[{"a":1},{"a":"x"}]"#,
                Some(
                    "/0/a: error[schema-type]: a number stands where a text is asked for; help: write a text here",
                ),
            ),
            (
                lists,
                "[]",
                Some(
                    "error[schema-choice]: the value fits more than one of the alternatives, which exclude each other; help: add the members that tell which one is meant",
                ),
            ),
            (texts, "{}", None),
            (texts, "\"a:b\"", None),
            (
                texts,
                "\"Cow\"",
                Some(
                    "error[schema-word]: `Cow` is nothing that may stand here; help: write a URI with a scheme, such as `https://example.com/`, or one of `Dog`",
                ),
            ),
            (
                texts,
                "1",
                Some(
                    "error[schema-type]: a number stands where a text or an object is asked for; help: write a text or an object here",
                ),
            ),
            (condition, r#"{"a":true,"b":0}"#, None),
            (
                condition,
                r#"{"a":true,"c":0}"#,
                Some("error[schema-required]: the member `b` is missing; help: add `b`"),
            ),
            (
                condition,
                r#"{"a":false}"#,
                Some("error[schema-required]: the member `c` is missing; help: add `c`"),
            ),
            (r#"{"not":[3]},{"required":[0]}"#, "{}", None),
            (
                r#"{"not":[3]},{"required":[0]}"#,
                r#"{"a":1}"#,
                Some(
                    "error[schema-choice]: `a` may not stand beside the other members; help: remove `a`, or what excludes it",
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

    #[test]
    fn findings_end_at_the_limit() {
        let table = r#"{"each":3},{"shapes":16}"#;
        assert_eq!(findings_by(table, "[1,1,1]").len(), 3);
        let found = findings_by(table, "[1,1,1,1,1]");
        assert_eq!(found.len(), 4);
        assert_eq!(
            found[3],
            "note[findings-more]: only the first 3 findings are listed; help: repair these first, and check again"
        );
    }

    #[test]
    fn a_malformed_table_is_named_by_its_place() {
        for (table, place) in [
            ("", ""),
            ("[]", ""),
            (
                r#"{"names":[],"nodes":[{"shapes":900}],"root":0}"#,
                "/nodes/0/shapes",
            ),
            (
                r#"{"names":[],"nodes":[{"each":7}],"root":0}"#,
                "/nodes/0/each",
            ),
            (
                r#"{"names":[],"nodes":[{"required":[0]}],"root":0}"#,
                "/nodes/0/required/0",
            ),
            (
                r#"{"names":[],"nodes":[{"formats":["string"]}],"root":0}"#,
                "/nodes/0/formats",
            ),
            (
                r#"{"names":[],"nodes":[{"if":[[0,0]]}],"root":0}"#,
                "/nodes/0/if/0",
            ),
            (
                r#"{"names":[],"nodes":[{"also":[["^a"]]}],"root":0}"#,
                "/nodes/0/also/0",
            ),
            (
                r#"{"names":[],"nodes":[{"wish":1}],"root":0}"#,
                "/nodes/0/wish",
            ),
            (r#"{"names":[],"nodes":[{}],"root":1}"#, "/root"),
        ] {
            let malformed = Schema::load(table.as_bytes(), b"").map(|_| ()).unwrap_err();
            let expected = format!("the schema table is malformed at `{place}`");
            assert_eq!(malformed.to_string(), expected, "{table}");
        }
    }
}
