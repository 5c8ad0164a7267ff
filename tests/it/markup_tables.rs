//! Makes the tables of `mekiki::schema::markup` from the official XML schemas of CycloneDX.
//!
//! Taken over are names, numbers, words and patterns: what a validator needs. Texts of documentation
//! are left out. The schemas use a small part of XML Schema 1.0; a construct outside of it stops the
//! generator, so that a new version is never half understood.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use mekiki::markup::{Element, parse_xml};
use serde_json::{Map, Value, json};

/// The versions of CycloneDX that have an XML schema.
pub(crate) const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The table of a version.
pub(crate) fn table_name(version: &str) -> String {
    format!("cyclonedx-{version}.xsd.json")
}

/// The table of the license identifiers, which all versions import.
pub(crate) const LICENSES: &str = "cyclonedx-licenses.xsd.json";

/// Every table with its name, from the official files, which `read` gets by name.
pub(crate) fn tables(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut tables: Vec<_> = VERSIONS
        .iter()
        .map(|version| {
            (
                table_name(version),
                table(&read(&format!("bom-{version}.xsd"))),
            )
        })
        .collect();
    tables.push((LICENSES.to_owned(), table(&read("spdx.xsd"))));
    tables
}

fn table(schema: &str) -> String {
    let schema = parse_xml(schema).expect("the schema is XML");
    let root = schema.root();
    let mut compiler = Compiler {
        globals: root
            .children()
            .filter_map(|child| Some((child.attribute("name")?, child)))
            .filter(|(_, child)| child.name() != "element")
            .collect(),
        types: Vec::new(),
        known: HashMap::new(),
    };
    let mut elements = Map::new();
    let mut unique = Vec::new();
    for element in root.children().filter(|one| one.name() == "element") {
        let name = element.attribute("name").expect("an element has a name");
        elements.insert(name.to_owned(), json!(compiler.type_of(element)));
        unique.extend(element.children().filter_map(unique_attribute));
    }
    if elements.is_empty() {
        for name in root.children().filter_map(|one| one.attribute("name")) {
            compiler.named(&format!("bom:{name}"));
        }
    }
    let mut text = format!(
        "{{\"namespace\":{},\n\"elements\":{},\n\"unique\":{},\n\"types\":[\n",
        json!(root.attribute("targetNamespace")),
        Value::Object(elements),
        json!(unique),
    );
    for (index, one) in compiler.types.iter().enumerate() {
        let comma = if index + 1 < compiler.types.len() {
            ","
        } else {
            ""
        };
        writeln!(text, "{one}{comma}").expect("a string takes all");
    }
    text + "]}\n"
}

/// The attribute that is unique among all elements below: the one form in which `xs:unique` is used.
fn unique_attribute(unique: Element<'_>) -> Option<&str> {
    if unique.name() != "unique" {
        return None;
    }
    let path = |part: &str| unique.child(part)?.attribute("xpath");
    assert_eq!(path("selector"), Some(".//*"), "another selector");
    let field = path("field").expect("a field");
    Some(field.strip_prefix('@').expect("the field is an attribute"))
}

struct Compiler<'m> {
    globals: HashMap<&'m str, Element<'m>>,
    types: Vec<Value>,
    /// Places in `types`, by qualified name or, for a type without name, by content.
    known: HashMap<String, usize>,
}

impl<'m> Compiler<'m> {
    /// The type of an element or attribute.
    fn type_of(&mut self, holder: Element<'m>) -> usize {
        if let Some(name) = holder.attribute("type") {
            return self.named(name);
        }
        let inner = holder
            .children()
            .find(|one| matches!(one.name(), "simpleType" | "complexType"));
        let value = match inner {
            Some(inner) if inner.name() == "simpleType" => self.simple(inner),
            Some(inner) => self.complex(inner),
            // XML Schema Part 1, 3.3.2: without a type, anything may stand in the element.
            None => json!({ "anything": true }),
        };
        self.nameless(value)
    }

    fn nameless(&mut self, value: Value) -> usize {
        let key = value.to_string();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.types.push(value);
        self.known.insert(key, self.types.len() - 1);
        self.types.len() - 1
    }

    fn named(&mut self, name: &str) -> usize {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let index = self.types.len();
        self.types.push(Value::Null);
        self.known.insert(name.to_owned(), index);
        let (prefix, local) = name.split_once(':').expect("a qualified name");
        let mut value = match prefix {
            "xs" => json!({ "base": local }),
            "spdx" => json!({ "imported": local }),
            "bom" => {
                let global = self.globals[local];
                let mut value = match global.name() {
                    "simpleType" => self.simple(global),
                    "complexType" => self.complex(global),
                    other => panic!("{name} is a {other}"),
                };
                value["name"] = json!(local);
                value
            }
            _ => panic!("unknown prefix of {name}"),
        };
        std::mem::swap(&mut self.types[index], &mut value);
        index
    }

    fn simple(&mut self, element: Element<'m>) -> Value {
        if let Some(union) = element.child("union") {
            let members = union.attribute("memberTypes").expect("member types");
            let mut all = Vec::new();
            for member in members.split(' ') {
                let index = self.named(member);
                match self.types[index].get("union") {
                    Some(inner) => all.extend(inner.as_array().expect("a list").clone()),
                    None => all.push(json!(index)),
                }
            }
            return json!({ "union": all });
        }
        let restriction = element.child("restriction").expect("a restriction");
        let base = restriction.attribute("base").expect("a base");
        let base = self.named(base);
        let mut value = self.types[base].clone();
        let object = value.as_object_mut().expect("a type is an object");
        assert!(
            object.contains_key("base"),
            "a restriction of a list or union"
        );
        object.remove("name");
        let mut words = Vec::new();
        let mut patterns = Vec::new();
        for facet in restriction.children() {
            let content = facet.attribute("value");
            let content = || content.expect("a facet has a value");
            match facet.name() {
                "enumeration" => words.push(content()),
                "pattern" => patterns.push(expression(content())),
                "minLength" | "maxLength" => {
                    let length: usize = content().parse().expect("a length");
                    object.insert(facet.name().to_owned(), json!(length));
                }
                "minInclusive" | "maxInclusive" => {
                    object.insert(facet.name().to_owned(), json!(content()));
                }
                "annotation" => {}
                other => panic!("unknown facet {other}"),
            }
        }
        if !words.is_empty() {
            object.insert("words".to_owned(), json!(words));
        }
        // Patterns of one step are alternatives; those of the steps must all hold (XML Schema Part 2, 4.3.4.3).
        if !patterns.is_empty() {
            let step = json!(patterns.join("|"));
            let steps = object.entry("patterns").or_insert_with(|| json!([]));
            steps.as_array_mut().expect("a list").push(step);
        }
        value
    }

    fn complex(&mut self, element: Element<'m>) -> Value {
        let mut value = json!({});
        let mut holder = element;
        if element.attribute("mixed") == Some("true") {
            value["mixed"] = json!(true);
        }
        let mut attributes = Vec::new();
        if let Some(content) = element.child("simpleContent") {
            holder = content.child("extension").expect("an extension");
            let base = self.named(holder.attribute("base").expect("a base"));
            assert!(
                self.types[base].get("attributes").is_none(),
                "of a simple type"
            );
            value["text"] = json!(base);
        }
        let mut automaton = None;
        for part in holder.children() {
            match part.name() {
                "sequence" | "choice" => {
                    let mut positions = Positions::default();
                    let piece = self.particle(part, &mut positions);
                    automaton = Some((piece, positions));
                }
                "attribute" => attributes.push(self.attribute(part)),
                "attributeGroup" => {
                    let reference = part.attribute("ref").expect("a reference");
                    let name = reference.strip_prefix("bom:").expect("a group of ours");
                    for part in self.globals[name].children() {
                        match part.name() {
                            "attribute" => attributes.push(self.attribute(part)),
                            "annotation" => {}
                            other => panic!("{other} in an attribute group"),
                        }
                    }
                }
                "anyAttribute" => {
                    assert_eq!(part.attribute("processContents"), Some("lax"));
                    value["others"] = json!(wildcard(part));
                }
                "simpleContent" | "annotation" => {}
                other => panic!("{other} in a complex type"),
            }
        }
        value["attributes"] = json!(attributes);
        if let Some((piece, positions)) = automaton {
            positions.write(&piece, &mut value);
        }
        value
    }

    fn attribute(&mut self, attribute: Element<'m>) -> Value {
        assert!(attribute.attribute("fixed").is_none(), "a fixed attribute");
        let name = attribute
            .attribute("name")
            .expect("an attribute has a name");
        let required = match attribute.attribute("use") {
            None | Some("optional") => false,
            Some("required") => true,
            Some(other) => panic!("use {other}"),
        };
        json!([name, self.type_of(attribute), u8::from(required)])
    }

    fn particle(&mut self, particle: Element<'m>, positions: &mut Positions) -> Piece {
        let mut piece = match particle.name() {
            "element" => {
                assert!(
                    particle.attribute("ref").is_none(),
                    "a reference to an element"
                );
                assert!(particle.attribute("fixed").is_none(), "a fixed element");
                let name = particle.attribute("name").expect("an element has a name");
                let kind = self.type_of(particle);
                let has_default = particle.attribute("default").is_some();
                positions.add(json!([name, kind, u8::from(has_default)]))
            }
            "any" => {
                assert_eq!(particle.attribute("processContents"), Some("lax"));
                assert_eq!(wildcard(particle), "other", "another wildcard of elements");
                positions.add(json!(["*", 0, 0]))
            }
            "sequence" => {
                let mut all = Piece::empty();
                for part in parts(particle) {
                    let next = self.particle(part, positions);
                    all = positions.join(all, next);
                }
                all
            }
            "choice" => {
                let mut all: Option<Piece> = None;
                for part in parts(particle) {
                    let next = self.particle(part, positions);
                    all = Some(match all {
                        None => next,
                        Some(one) => one.or(next),
                    });
                }
                all.expect("a choice has branches")
            }
            other => panic!("{other} in a content model"),
        };
        match particle.attribute("maxOccurs") {
            None | Some("1") => {}
            Some("unbounded") => positions.repeat(&piece),
            Some(other) => panic!("maxOccurs {other}"),
        }
        match particle.attribute("minOccurs") {
            None | Some("1") => {}
            Some("0") => piece.nullable = true,
            Some(other) => panic!("minOccurs {other}"),
        }
        piece
    }
}

fn parts(particle: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    particle.children().filter(|one| one.name() != "annotation")
}

fn wildcard(wildcard: Element<'_>) -> &'static str {
    match wildcard.attribute("namespace") {
        Some("##other") => "other",
        None | Some("##any") => "any",
        Some(other) => panic!("a wildcard for {other}"),
    }
}

/// A part of a content model by Glushkov's construction: whether it may be empty, and the positions
/// with which it may begin and end.
struct Piece {
    nullable: bool,
    first: BTreeSet<usize>,
    last: BTreeSet<usize>,
}

impl Piece {
    fn empty() -> Self {
        Self {
            nullable: true,
            first: BTreeSet::new(),
            last: BTreeSet::new(),
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.nullable |= other.nullable;
        self.first.extend(other.first);
        self.last.extend(other.last);
        self
    }
}

/// The positions of a content model, counted from 1, each with those that may follow it.
#[derive(Default)]
struct Positions {
    symbols: Vec<Value>,
    follow: BTreeMap<usize, BTreeSet<usize>>,
}

impl Positions {
    fn add(&mut self, symbol: Value) -> Piece {
        self.symbols.push(symbol);
        let one = BTreeSet::from([self.symbols.len()]);
        Piece {
            nullable: false,
            first: one.clone(),
            last: one,
        }
    }

    fn join(&mut self, mut left: Piece, right: Piece) -> Piece {
        for last in &left.last {
            self.follow.entry(*last).or_default().extend(&right.first);
        }
        if left.nullable {
            left.first.extend(&right.first);
        }
        if right.nullable {
            left.last.extend(&right.last);
        } else {
            left.last = right.last;
        }
        left.nullable &= right.nullable;
        left
    }

    fn repeat(&mut self, piece: &Piece) {
        for last in &piece.last {
            self.follow.entry(*last).or_default().extend(&piece.first);
        }
    }

    /// Writes the automaton: state 0 is the beginning, every other state the position just passed.
    fn write(&self, piece: &Piece, value: &mut Value) {
        let none = BTreeSet::new();
        let next: Vec<_> = (0..=self.symbols.len())
            .map(|state| match state {
                0 => &piece.first,
                state => self.follow.get(&state).unwrap_or(&none),
            })
            .collect();
        for followers in &next {
            let names: BTreeSet<_> = followers
                .iter()
                .map(|position| self.symbols[position - 1][0].to_string())
                .collect();
            // XML Schema Part 1, 3.8.6: Unique Particle Attribution.
            assert_eq!(names.len(), followers.len(), "not deterministic: {names:?}");
        }
        let ends: Vec<_> = (0..=self.symbols.len())
            .filter(|state| match state {
                0 => piece.nullable,
                state => piece.last.contains(state),
            })
            .collect();
        value["elements"] = json!(self.symbols);
        value["next"] = json!(next);
        value["ends"] = json!(ends);
    }
}

/// A pattern of XML Schema (Part 2, appendix F) in the syntax of the `regex` crate, not yet anchored.
fn expression(pattern: &str) -> String {
    let mut written = String::new();
    let mut in_class = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next().expect("something is escaped");
                assert!(!escaped.is_alphanumeric(), "\\{escaped} differs");
                written.extend(['\\', escaped]);
            }
            '[' => {
                assert!(!in_class, "a class within a class");
                in_class = true;
                written.push('[');
            }
            ']' => {
                in_class = false;
                written.push(']');
            }
            // In a class, a doubled sign is an operator to `regex`; here it is the sign twice.
            '&' | '~' | '-' if in_class && characters.peek() == Some(&character) => {
                panic!("{character}{character} in a class")
            }
            '.' if !in_class => written.push_str("[^\\n\\r]"),
            '^' | '$' if !in_class => written.extend(['\\', character]),
            plain => written.push(plain),
        }
    }
    written
}
