//! Documents made by chance from a table: every one is valid by the table.

use std::fmt::Write as _;

use serde_json::Value;

use crate::seeded::Seeded;

/// Texts for the types that ask for a form.
const TEXTS: [&str; 20] = [
    "a b",
    "日本語 & <a>",
    "",
    "true",
    "0",
    "1",
    "5",
    "0.25",
    "2026-11-20",
    "2026-11-20T09:30:00.5+09:00",
    "https://example.com/a?b#c",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/12#a b",
    "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "d41d8cd98f00b204e9800998ecf8427e",
    "cpe:2.3:a:acme:b_c:1.0:*:*:*:*:*:*:*",
    "en-US",
    "text/plain",
    "CRE:1-2",
    "US",
];

/// Elements deeper than this stay as small as they may be.
const DEEPEST: usize = 7;

/// No content model is walked further.
const LONGEST: usize = 14;

/// A document of this size is brought to its end.
const LARGEST: usize = 20_000;

pub(crate) struct Sampler<'t> {
    table: &'t Value,
    licenses: &'t Value,
    references: usize,
}

impl<'t> Sampler<'t> {
    pub(crate) fn new(table: &'t Value, licenses: &'t Value) -> Self {
        Self {
            table,
            licenses,
            references: 0,
        }
    }

    /// A document.
    pub(crate) fn document(&mut self, chance: &mut Seeded) -> String {
        let namespace = self.table["namespace"].as_str().expect("a namespace");
        let root = number(&self.table["elements"]["bom"]);
        let mut text = String::new();
        self.element(&mut text, "bom", root, 0, chance);
        text.replacen("<bom", &format!("<bom xmlns=\"{namespace}\""), 1)
    }

    fn kind(&self, index: usize) -> &'t Value {
        let kind = &self.table["types"][index];
        match kind["imported"].as_str() {
            None => kind,
            Some(name) => list(&self.licenses["types"])
                .iter()
                .find(|one| one["name"] == name)
                .expect("an imported type"),
        }
    }

    fn element(
        &mut self,
        text: &mut String,
        name: &str,
        kind: usize,
        depth: usize,
        chance: &mut Seeded,
    ) {
        let kind = self.kind(kind);
        write!(text, "<{name}").expect("a string takes all");
        for attribute in list(&kind["attributes"]) {
            let is_required = attribute[2] == 1;
            if is_required || chance.below(2) == 0 {
                let name = attribute[0].as_str().expect("a name");
                let value = if name == "bom-ref" {
                    self.references += 1;
                    format!("ref {}", self.references)
                } else {
                    self.value(number(&attribute[1]), chance)
                };
                write!(text, " {name}=\"{}\"", escaped(&value)).expect("a string takes all");
            }
        }
        match kind["others"].as_str() {
            Some("any") if chance.below(8) == 0 => text.push_str(" own=\"1\""),
            Some(_) if chance.below(8) == 0 => text.push_str(" xmlns:o=\"urn:o\" o:own=\"1\""),
            _ => {}
        }
        text.push('>');
        if kind["mixed"] == true && chance.below(2) == 0 {
            text.push_str("mixed");
        }
        if kind.get("base").is_some() || kind.get("union").is_some() {
            let value = self.simple(kind, chance);
            text.push_str(&escaped(&value));
        } else if let Some(inner) = kind.get("text") {
            let value = self.value(number(inner), chance);
            text.push_str(&escaped(&value));
        }
        if kind.get("elements").is_some() {
            self.children(text, kind, depth, chance);
        }
        write!(text, "</{name}>").expect("a string takes all");
    }

    fn children(&mut self, text: &mut String, kind: &Value, depth: usize, chance: &mut Seeded) {
        let mut state = 0;
        for step in 0.. {
            let is_end = list(&kind["ends"]).iter().any(|end| number(end) == state);
            let next = list(&kind["next"][state]);
            let is_long = step > LONGEST || text.len() > LARGEST;
            let is_enough = depth > DEEPEST || is_long || chance.below(5) == 0;
            if next.is_empty() || is_end && is_enough {
                assert!(is_end, "an automaton ends where nothing follows");
                return;
            }
            // Near the end of its way, a loop is left by its last follower.
            state = number(if is_long {
                next.last().expect("a follower")
            } else {
                &next[chance.below(next.len().min(4))]
            });
            let element = &kind["elements"][state - 1];
            match element[0].as_str().expect("a name") {
                "*" => text.push_str("<o:x xmlns:o=\"urn:o\"><o:y>z</o:y></o:x>"),
                name => self.element(text, name, number(&element[1]), depth + 1, chance),
            }
        }
    }

    fn value(&self, kind: usize, chance: &mut Seeded) -> String {
        self.simple(self.kind(kind), chance)
    }

    /// A text of a simple type.
    fn simple(&self, kind: &Value, chance: &mut Seeded) -> String {
        if let Some(members) = kind.get("union") {
            let members = list(members);
            return self.value(number(&members[chance.below(members.len())]), chance);
        }
        let words = list(&kind["words"]);
        if !words.is_empty() {
            return words[chance.below(words.len())]
                .as_str()
                .expect("a word")
                .to_owned();
        }
        if let Some(pattern) = list(&kind["patterns"]).first() {
            let pattern = pattern.as_str().expect("a pattern");
            let pattern = regex::Regex::new(&format!("^(?:{pattern})$")).expect("a pattern");
            let text = TEXTS.iter().find(|text| pattern.is_match(text));
            return (*text.unwrap_or_else(|| panic!("no text for {pattern}"))).to_owned();
        }
        let texts: &[&str] = match kind["base"].as_str().expect("a base") {
            _ if kind.get("minLength").is_some() => &["a", "a\n\t b", "ab-c"],
            "string" | "normalizedString" | "token" => &["a", " a\n\t b ", ""],
            "anyURI" => &["", "https://example.com/a?b#c", "a b", "urn:x:y"],
            "boolean" => &["true", "false", "1", " 0 "],
            "decimal" => &["0", "1", "0.25", "+1.0", " .5 "],
            "integer" | "nonNegativeInteger" => &["0", "1", "+5", "003"],
            "positiveInteger" => &["1", "0012"],
            "dateTime" => &["2026-11-20T09:30:00.5+09:00", "2024-02-29T24:00:00"],
            "date" => &["2026-11-20", "2026-11-20Z"],
            other => panic!("no text for {other}"),
        };
        let number = texts[chance.below(texts.len())];
        // All ranges of the schemas begin at 0 and reach to 1 at least.
        if kind.get("maxInclusive").is_some() && number.contains(['3', '5']) {
            return "1".to_owned();
        }
        number.to_owned()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> usize {
    let number = value.as_u64().expect("a number");
    usize::try_from(number).expect("it is small")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
