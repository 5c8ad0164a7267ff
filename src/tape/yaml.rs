//! YAML 1.2 onto a tape, by the parser of `serde-saphyr`.
//!
//! Plain scalars are resolved by the core schema (YAML 1.2.2, 10.3.2): no dates, no `yes` and `no`. What
//! JSON cannot hold, such as `.nan`, stays text. Aliases are copied, but only so far.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Stretch, Tag};

use super::{Addressing, Builder, Full, Node, Payload, Shape, Tape};
use crate::diagnostic::{Diagnostic, Place};

/// The most nodes that aliases may add to a document.
const MAXIMUM_COPIES: u32 = 1 << 20;

/// Parses YAML text that holds one document.
///
/// Of a repeated member the last one counts; [`Tape::repeated_members`] names them.
///
/// # Errors
///
/// A diagnostic `yaml-syntax`, `yaml-depth`, `yaml-aliases` or `document-values` with line and column.
pub fn parse_yaml(source: &str) -> Result<Tape<'_>, Diagnostic> {
    parse(source, None)
}

/// Parses YAML text whose plain scalars are texts as written, but for nulls and for the members `typed`.
///
/// For formats that want texts nearly everywhere: `versionInfo: 1.10` is no number.
///
/// # Errors
///
/// As for [`parse_yaml`].
pub fn parse_yaml_texts<'a>(source: &'a str, typed: &[&str]) -> Result<Tape<'a>, Diagnostic> {
    parse(source, Some(typed))
}

fn parse<'a>(source: &'a str, typed: Option<&[&str]>) -> Result<Tape<'a>, Diagnostic> {
    let mut reader = Reader {
        builder: Builder::new(source, Addressing::Pointer),
        typed,
        open: Vec::new(),
        anchors: HashMap::default(),
        copies: 0,
        documents: 0,
    };
    for event in Parser::new_from_str(source) {
        let (event, stretch) = event.map_err(|error| syntax(&error))?;
        reader
            .event(event, stretch)
            .map_err(|fault| fault.diagnostic(stretch))?;
    }
    if reader.builder.tape.nodes.is_empty() {
        return Err(
            Diagnostic::error("yaml-syntax", Place::line(1, 1), "the document is empty")
                .help("ask the sender for the file again"),
        );
    }
    Ok(reader.builder.finish())
}

fn place(line: usize, column: usize) -> Place {
    Place::line(line.max(1), column + 1)
}

fn syntax(error: &ScanError) -> Diagnostic {
    let marker = error.marker();
    let message = error.info();
    let message = message.lines().next().unwrap_or_default();
    let at = place(marker.line(), marker.col());
    Diagnostic::error(
        "yaml-syntax",
        at,
        format!("the text is not YAML: {message}"),
    )
    .help("repair the file with the tool that made it")
}

/// Why a document is not read.
enum Fault {
    Full(Full),
    /// A key that is no text.
    Key,
    /// A second document.
    Documents,
    /// An alias to what stands around it, or too many copies.
    Aliases(&'static str),
}

impl From<Full> for Fault {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

impl Fault {
    fn diagnostic(self, stretch: Stretch) -> Diagnostic {
        let at = place(stretch.start.line(), stretch.start.col());
        let (code, message, help) = match self {
            Self::Full(full @ Full::Depth) => (
                "yaml-depth",
                format!("the document is {full}"),
                "no SBOM needs that depth; ask the sender for a regular file",
            ),
            Self::Full(full) => (
                "document-values",
                format!("the document holds {full}"),
                "split the document; one of this size is not read",
            ),
            Self::Key => (
                "yaml-syntax",
                "a key must be a text".to_owned(),
                "write the key as a plain word",
            ),
            Self::Documents => (
                "yaml-syntax",
                "the file holds a second document".to_owned(),
                "hand in one document a file",
            ),
            Self::Aliases(message) => (
                "yaml-aliases",
                message.to_owned(),
                "write out what the alias stands for",
            ),
        };
        Diagnostic::error(code, at, message).help(help)
    }
}

/// What stands open, with the key that waits for its value.
enum Frame<'a> {
    List,
    Table(Option<Cow<'a, str>>),
}

/// What an anchor names: a key, or nodes of the tape.
enum Anchored<'a> {
    Key(Cow<'a, str>),
    Node(u32),
}

struct Reader<'a, 't> {
    builder: Builder<'a>,
    typed: Option<&'t [&'t str]>,
    open: Vec<Frame<'a>>,
    anchors: HashMap<usize, Anchored<'a>, foldhash::fast::FixedState>,
    copies: u32,
    documents: usize,
}

impl<'a> Reader<'a, '_> {
    fn event(&mut self, event: Event<'a>, stretch: Stretch) -> Result<(), Fault> {
        let offset = stretch.byte_range().map(|range| range.start);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Fault::Documents);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), offset)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                let key = self.key()?;
                self.anchor(anchor);
                self.builder.open_list(key.as_deref(), offset)?;
                self.open.push(Frame::List);
            }
            Event::MappingStart(_, anchor, _) => {
                let key = self.key()?;
                self.anchor(anchor);
                self.builder.open_table(key.as_deref(), offset)?;
                self.open.push(Frame::Table(None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                self.builder.close();
            }
            Event::Alias(anchor) => self.alias(anchor, offset)?,
            _ => {}
        }
        Ok(())
    }

    /// The key of the value that comes next; `None` inside of a list and for the root.
    fn key(&mut self) -> Result<Option<Cow<'a, str>>, Fault> {
        match self.open.last_mut() {
            Some(Frame::Table(key)) => key.take().map(Some).ok_or(Fault::Key),
            _ => Ok(None),
        }
    }

    /// The slot of a key, where a key comes next.
    fn key_slot(&mut self) -> Option<&mut Option<Cow<'a, str>>> {
        match self.open.last_mut() {
            Some(Frame::Table(slot)) if slot.is_none() => Some(slot),
            _ => None,
        }
    }

    /// Remembers that the next node is anchored.
    fn anchor(&mut self, anchor: usize) {
        if anchor > 0 {
            let index = u32::try_from(self.builder.tape.nodes.len()).unwrap_or(u32::MAX);
            self.anchors.insert(anchor, Anchored::Node(index));
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        offset: Option<usize>,
    ) -> Result<(), Fault> {
        if let Some(slot) = self.key_slot() {
            *slot = Some(text.clone());
            if anchor > 0 {
                self.anchors.insert(anchor, Anchored::Key(text));
            }
            return Ok(());
        }
        let key = self.key()?;
        self.anchor(anchor);
        let tag = tag.filter(|tag| tag.is_yaml_core_schema()).map(Tag::suffix);
        let is_plain = style == ScalarStyle::Plain && tag != Some("str");
        let is_typed = match (self.typed, &key) {
            (None, _) => true,
            (Some(typed), Some(key)) => typed.contains(&key.as_ref()),
            (Some(_), None) => false,
        };
        let key = key.as_deref();
        let payload = match resolve(&text) {
            Some(payload) if is_plain && (is_typed || matches!(payload, Payload::Null)) => payload,
            _ => return Ok(self.builder.text(key, &text, offset)?),
        };
        Ok(self.builder.push(key, offset, payload)?)
    }

    fn alias(&mut self, anchor: usize, offset: Option<usize>) -> Result<(), Fault> {
        let unknown = Fault::Aliases("an alias stands for nothing that was named before it");
        let is_key = self.key_slot().is_some();
        let start = match self.anchors.get(&anchor).ok_or(unknown)? {
            Anchored::Key(text) => {
                let text = text.clone();
                if let Some(slot) = self.key_slot() {
                    *slot = Some(text);
                    return Ok(());
                }
                let key = self.key()?;
                return Ok(self.builder.text(key.as_deref(), &text, offset)?);
            }
            Anchored::Node(start) => *start,
        };
        if is_key {
            let item = self.builder.tape.item(start);
            let text = item.and_then(super::Item::text).map(str::to_owned);
            let text = text.ok_or(Fault::Key)?;
            if let Some(slot) = self.key_slot() {
                *slot = Some(text.into());
            }
            return Ok(());
        }
        let key = self.key()?;
        self.copy(start, key.as_deref(), offset)
    }

    /// Copies the nodes from `start` to the end of their subtree behind the tape.
    fn copy(&mut self, start: u32, key: Option<&str>, offset: Option<usize>) -> Result<(), Fault> {
        let end = self.builder.tape.end(start);
        let here = u32::try_from(self.builder.tape.nodes.len()).map_err(|_| Full::Nodes)?;
        let shape = self.builder.tape.item(start).map(super::Item::shape);
        // NOTE: what is not closed yet has no end, so it ends before it starts.
        if end <= start || end > here {
            return Err(Fault::Aliases(
                "an alias stands inside of what it stands for",
            ));
        }
        self.copies += end - start;
        if self.copies > MAXIMUM_COPIES {
            return Err(Fault::Aliases(
                "aliases make the document many times larger",
            ));
        }
        let is_nested = matches!(shape, Some(Shape::List | Shape::Table));
        if is_nested && self.open.len() + self.depth(start, end) >= super::MAXIMUM_DEPTH {
            return Err(Full::Depth.into());
        }
        let shift = |end: u32| end - start + here;
        for index in start..end {
            let node: Node = self.builder.tape.node(index);
            let payload = match node.payload() {
                Payload::List(end) => Payload::List(shift(end)),
                Payload::Table(end) => Payload::Table(shift(end)),
                Payload::Hidden(end) => Payload::Hidden(shift(end)),
                other => other,
            };
            if index == start {
                self.builder.push(key, offset, payload)?;
            } else {
                let offset = self.builder.tape.offsets.get(index as usize).copied();
                self.builder.push_node(node.key(), payload)?;
                let offset = offset.unwrap_or(super::NOWHERE);
                self.builder.tape.offsets.push(offset);
            }
        }
        Ok(())
    }

    /// How many levels a subtree has.
    fn depth(&self, start: u32, end: u32) -> usize {
        let mut ends: Vec<u32> = Vec::new();
        let mut deepest = 0;
        for index in start..end {
            while ends.last().is_some_and(|end| *end <= index) {
                ends.pop();
            }
            let end = self.builder.tape.end(index);
            if end > index + 1 {
                ends.push(end);
                deepest = deepest.max(ends.len());
            }
        }
        deepest
    }
}

/// The value of a plain scalar by the core schema; `None` for a text.
fn resolve(text: &str) -> Option<Payload> {
    let first = *text.as_bytes().first().unwrap_or(&b'~');
    match first {
        b'~' | b'n' | b'N' => {
            matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Payload::Null)
        }
        b't' | b'T' => matches!(text, "true" | "True" | "TRUE").then_some(Payload::Bool(true)),
        b'f' | b'F' => matches!(text, "false" | "False" | "FALSE").then_some(Payload::Bool(false)),
        b'+' | b'-' | b'.' | b'0'..=b'9' => number(text),
        _ => None,
    }
}

fn number(text: &str) -> Option<Payload> {
    let based = [("0o", 8), ("0x", 16)]
        .into_iter()
        .find_map(|(mark, base)| Some((text.strip_prefix(mark)?, base)));
    if let Some((digits, base)) = based {
        // NOTE: the core schema has no sign before a base.
        let value = i64::from_str_radix(digits, base).ok();
        return value
            .filter(|_| digits.starts_with(|one: char| one.is_ascii_hexdigit()))
            .map(Payload::Integer);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.bytes().all(|byte| byte.is_ascii_digit()) && !unsigned.is_empty() {
        return text
            .parse()
            .map(Payload::Integer)
            .or_else(|_| text.parse().map(Payload::Number))
            .ok();
    }
    // What Rust reads besides digits, such as `inf`, begins with a letter.
    let is_number = unsigned.starts_with(|one: char| one.is_ascii_digit() || one == '.')
        && unsigned
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let value: f64 = text.parse().ok().filter(|_| is_number)?;
    value.is_finite().then_some(Payload::Number(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::{Item, parse_json};

    /// The tape as JSON text, numbers and all.
    fn told(item: Item<'_>) -> String {
        let list = |open: &str, close: &str, key: bool| {
            let parts: Vec<_> = item
                .children()
                .map(|one| match one.key().filter(|_| key) {
                    Some(name) => format!("{name:?}:{}", told(one)),
                    None => told(one),
                })
                .collect();
            format!("{open}{}{close}", parts.join(","))
        };
        match item.shape() {
            Shape::Null => "null".into(),
            Shape::Bool => item.bool().unwrap().to_string(),
            Shape::Integer | Shape::Number => item.number().unwrap(),
            Shape::Text => format!("{:?}", item.text().unwrap()),
            Shape::List => list("[", "]", false),
            Shape::Table => list("{", "}", true),
        }
    }

    #[test]
    fn scalars_are_read_by_the_core_schema() {
        let yaml = "a: 1.10\nb: '1'\nc: 2020-01-01T00:00:00Z\nd: yes\ne: ~\nf:\n- true\n- -7\n- 0x1F\n- 1e3\n\
            - .nan\n- 12345678901234567890\n- !!str 5\n- inf\ng: |\n  x\n  y\nh: {i: [null, j]}\n";
        let json = r#"{"a":1.1,"b":"1","c":"2020-01-01T00:00:00Z","d":"yes","e":null,
            "f":[true,-7,31,1000,".nan",12345678901234567890,"5","inf"],"g":"x\ny\n","h":{"i":[null,"j"]}}"#;
        let expected = told(parse_json(json).unwrap().root());
        let tape = parse_yaml(yaml).unwrap();
        assert_eq!(told(tape.root()), expected);
        assert_eq!(tape.root().at("/f/1").unwrap().pointer(), "/f/1");
        assert_eq!(tape.root().get("b").unwrap().offset(), Some(11));
    }

    #[test]
    fn texts_stay_as_written_but_for_typed_members() {
        let tape = parse_yaml_texts("a: 1.10\nb: true\nc: true\nd:\ne: [007]\n", &["c"]).unwrap();
        assert_eq!(
            told(tape.root()),
            r#"{"a":"1.10","b":"true","c":true,"d":null,"e":["007"]}"#
        );
    }

    #[test]
    fn aliases_are_copied_and_bombs_are_not() {
        let tape = parse_yaml("a: &x {b: &k [1, 2], c: t}\nd: *x\n&n e: *k\nf: *n\n").unwrap();
        assert_eq!(
            told(tape.root()),
            r#"{"a":{"b":[1,2],"c":"t"},"d":{"b":[1,2],"c":"t"},"e":[1,2],"f":"e"}"#
        );
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}, ", level - 1).repeat(9);
            bomb = [bomb, format!("a{level}: &a{level} [{below}]\n")].concat();
        }
        let mut ladder = "a0: &a0 [x]\n".to_owned();
        for level in 1..200 {
            ladder = [ladder, format!("a{level}: &a{level} [*a{}]\n", level - 1)].concat();
        }
        for (text, code) in [
            (bomb.as_str(), "yaml-aliases"),
            ("a: &a [*a]\n", "yaml-aliases"),
            (&ladder, "yaml-depth"),
            (&"[".repeat(100_000), "yaml-syntax"),
            (&"- ".repeat(100_000), "yaml-depth"),
            ("a: 1\n---\nb: 2\n", "yaml-syntax"),
            ("[a]: 1\n", "yaml-syntax"),
            ("a: [\n", "yaml-syntax"),
            ("", "yaml-syntax"),
        ] {
            let shown: String = text.chars().take(40).collect();
            assert_eq!(
                parse_yaml(text).map(|_| ()).unwrap_err().code,
                code,
                "{shown}"
            );
        }
    }

    #[test]
    fn a_repeated_member_is_named() {
        let tape = parse_yaml("a: 1\nb: 2\na: 3\n").unwrap();
        assert_eq!(tape.root().get("a").and_then(Item::integer), Some(3));
        assert_eq!(tape.repeated_members().len(), 1);
    }
}
