//! Changes of an XML document that leave it well-formed: what a schema may or may not forbid.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::seeded::Seeded;

/// An element, or anything else as it is written.
#[derive(Clone)]
pub(crate) enum Node {
    Element(Element),
    Other(String),
}

#[derive(Clone)]
pub(crate) struct Element {
    name: String,
    /// Names and values as they are written.
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

/// Names and values that stand in documents.
pub(crate) struct Vocabulary {
    elements: Vec<String>,
    attributes: Vec<String>,
    values: Vec<String>,
}

/// Values at the edge of a type.
const VALUES: [&str; 46] = [
    "",
    " ",
    "\n  ",
    "x",
    "true",
    " false ",
    "TRUE",
    "0",
    "1",
    "-1",
    "+7",
    "-0",
    "1.0",
    "1.5",
    "0.5",
    ".5",
    "1.",
    "1e3",
    "999999999",
    "12345678901234567890",
    "MIT",
    " MIT",
    "mit",
    "library",
    "required",
    "2026-11-20",
    "2026-11-20Z",
    "2026-11-20T09:30:00Z",
    " 2026-11-20T09:30:00.123+09:00\n",
    "2026-02-29T09:30:00Z",
    "2026-11-20T24:00:00",
    "2026-11-20T25:00:00",
    "2026-11-20T09:30Z",
    "en-US",
    "en_US",
    "%zz",
    "https://example.com/a b?c=%20#d",
    "git@example.com:a/b.git",
    "http://[::1]:80/",
    "a[b]",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#a",
    "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "d41d8cd98f00b204e9800998ecf8427e",
    "cpe:2.3:a:a:b:1.0:*:*:*:*:*:*:*",
    "日本語",
];

/// What is put in among the children of an element.
const PIECES: [&str; 9] = [
    "x",
    " ",
    "<!-- a -->",
    "<x xmlns=\"\"/>",
    "<q:x xmlns:q=\"urn:q\" a=\"1\"><q:y bom-ref=\"1\"/>z</q:x>",
    "<q:x xmlns:q=\"urn:q\"><bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" version=\"x\"/></q:x>",
    "<name xmlns=\"http://cyclonedx.org/schema/bom/1.0\">x</name>",
    "<unknown/>",
    "<![CDATA[x]]>",
];

const ATTRIBUTES: [(&str, &str); 9] = [
    ("unknown", "1"),
    ("bom-ref", "another"),
    ("xml:lang", "en"),
    ("xmlns:q", "urn:q\" q:a=\"1"),
    (
        "xmlns:q",
        "http://cyclonedx.org/schema/bom/1.5\" q:type=\"1",
    ),
    (
        "xmlns:i",
        "http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"false",
    ),
    (
        "xmlns:i",
        "http://www.w3.org/2001/XMLSchema-instance\" i:schemaLocation=\"urn:z z.xsd",
    ),
    (
        "xmlns:i",
        "http://www.w3.org/2001/XMLSchema-instance\" i:type=\"componentScope",
    ),
    (
        "xmlns:i",
        "http://www.w3.org/2001/XMLSchema-instance\" i:other=\"1",
    ),
];

impl Node {
    /// Reads a document.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element {
            name: String::new(),
            attributes: Vec::new(),
            children: Vec::new(),
        }];
        loop {
            let start = usize::try_from(reader.buffer_position()).expect("a position");
            let event = reader.read_event().expect("the document is well-formed");
            let end = usize::try_from(reader.buffer_position()).expect("a position");
            match event {
                Event::Start(tag) => open.push(element(&tag)),
                Event::Empty(tag) => {
                    let parent = open.last_mut().expect("there is a parent");
                    parent.children.push(Self::Element(element(&tag)));
                }
                Event::End(_) => {
                    let element = open.pop().expect("an element is open");
                    let parent = open.last_mut().expect("there is a parent");
                    parent.children.push(Self::Element(element));
                }
                Event::Eof => break,
                _ => {
                    let parent = open.last_mut().expect("there is a parent");
                    parent.children.push(Self::Other(
                        text.get(start..end).expect("a stretch").to_owned(),
                    ));
                }
            }
        }
        Self::Element(open.pop().expect("the document"))
    }

    /// Writes the document.
    pub(crate) fn write(&self) -> String {
        let mut text = String::new();
        self.append(&mut text);
        text
    }

    fn append(&self, text: &mut String) {
        match self {
            Self::Other(other) => text.push_str(other),
            Self::Element(element) => {
                let is_document = element.name.is_empty();
                if !is_document {
                    text.extend(["<", &element.name]);
                    for (name, value) in &element.attributes {
                        text.extend([" ", name, "=\"", value, "\""]);
                    }
                    text.push('>');
                }
                for child in &element.children {
                    child.append(text);
                }
                if !is_document {
                    text.extend(["</", &element.name, ">"]);
                }
            }
        }
    }

    fn each<'n>(&'n self, visit: &mut impl FnMut(&'n Element)) {
        if let Self::Element(element) = self {
            visit(element);
            for child in &element.children {
                child.each(visit);
            }
        }
    }

    fn nth(&mut self, left: &mut usize) -> Option<&mut Element> {
        let Self::Element(element) = self else {
            return None;
        };
        if *left == 0 {
            return Some(element);
        }
        *left -= 1;
        element
            .children
            .iter_mut()
            .find_map(|child| child.nth(left))
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let text = |bytes: &str| bytes.to_owned();
        (
            text(attribute.key.into_inner()),
            text(&attribute.value).replace('"', "&quot;"),
        )
    };
    Element {
        name: tag.name().into_inner().to_owned(),
        attributes: tag
            .attributes()
            .map(|one| attribute(one.expect("an attribute")))
            .collect(),
        children: Vec::new(),
    }
}

/// The names and short values of documents.
pub(crate) fn vocabulary<'n>(documents: impl Iterator<Item = &'n Node>) -> Vocabulary {
    let mut vocabulary = Vocabulary {
        elements: Vec::new(),
        attributes: Vec::new(),
        values: VALUES.map(str::to_owned).to_vec(),
    };
    for document in documents {
        document.each(&mut |element| {
            vocabulary.elements.push(element.name.clone());
            for (name, value) in &element.attributes {
                if !name.starts_with("xmlns") && !name.contains(':') {
                    vocabulary.attributes.push(name.clone());
                    vocabulary.values.push(value.clone());
                }
            }
            if let [Node::Other(text)] = element.children.as_slice()
                && text.len() < 80
                && !text.contains(['<', '"'])
            {
                vocabulary.values.push(text.clone());
            }
        });
    }
    vocabulary
        .elements
        .retain(|name| !name.is_empty() && !name.contains(':'));
    for list in [
        &mut vocabulary.elements,
        &mut vocabulary.attributes,
        &mut vocabulary.values,
    ] {
        list.sort_unstable();
        list.dedup();
    }
    vocabulary
}

/// Makes one change and says which.
pub(crate) fn mutate(document: &mut Node, vocabulary: &Vocabulary, chance: &mut Seeded) -> String {
    loop {
        let mut count = 0;
        document.each(&mut |_| count += 1);
        // Element 0 is the document itself.
        let mut at = 1 + chance.below(count - 1);
        let chosen = document.nth(&mut at).expect("there are so many");
        let name = chosen.name.clone();
        if let Some(what) = change(chosen, vocabulary, chance) {
            return format!("<{name}>: {what}");
        }
    }
}

fn pick<'v>(list: &'v [String], chance: &mut Seeded) -> &'v str {
    &list[chance.below(list.len())]
}

/// Changes an element; `None` where it does not allow the change.
fn change(element: &mut Element, vocabulary: &Vocabulary, chance: &mut Seeded) -> Option<String> {
    let kind = chance.below(16);
    match kind {
        0..=3 => {
            let elements: Vec<_> = (0..element.children.len())
                .filter(|at| matches!(element.children[*at], Node::Element(_)))
                .collect();
            if elements.is_empty() {
                return None;
            }
            let at = elements[chance.below(elements.len())];
            let other = elements[chance.below(elements.len())];
            match kind {
                0 => drop(element.children.remove(at)),
                1 => element.children.swap(at, other),
                2 => {
                    let copy = element.children[at].clone();
                    element.children.insert(other, copy);
                }
                _ => {
                    let Node::Element(child) = &mut element.children[at] else {
                        return None;
                    };
                    pick(&vocabulary.elements, chance).clone_into(&mut child.name);
                    return Some(format!("a child becomes <{}>", child.name));
                }
            }
            Some(["a child dropped", "children swapped", "a child doubled"][kind].to_owned())
        }
        4 => {
            let name = pick(&vocabulary.elements, chance);
            let value = pick(&vocabulary.values, chance);
            let new = Node::Other(format!("<{name}>{value}</{name}>"));
            let at = chance.below(element.children.len() + 1);
            element.children.insert(at, new);
            Some(format!("<{name}>{value} added"))
        }
        5 | 6 => {
            let piece = PIECES[chance.below(PIECES.len())];
            let at = chance.below(element.children.len() + 1);
            element.children.insert(at, Node::Other(piece.to_owned()));
            Some(format!("{piece} added"))
        }
        7..=9 => {
            if element
                .children
                .iter()
                .any(|one| matches!(one, Node::Element(_)))
            {
                return None;
            }
            let value = pick(&vocabulary.values, chance);
            element.children = vec![Node::Other(value.to_owned())];
            Some(format!("text becomes {value}"))
        }
        10 => {
            element.children.clear();
            Some("emptied".to_owned())
        }
        11 => {
            let (name, value) = ATTRIBUTES[chance.below(ATTRIBUTES.len())];
            // XML Schema Part 1, 3.3.4, assessment, 1.2: in an element that the schema does not know, a type
            // that it does not know either is no fault; libxml2 calls it one.
            let is_foreign_type = element.name.contains(':') && value.contains("i:type");
            if is_foreign_type || element.attributes.iter().any(|one| one.0 == name) {
                return None;
            }
            element.attributes.push((name.to_owned(), value.to_owned()));
            Some(format!("{name}={value} added"))
        }
        _ => {
            let at = chance.below(element.attributes.len().max(1));
            let (name, value) = element.attributes.get_mut(at)?;
            if name.starts_with("xmlns") {
                // A document of one version under the schema of another.
                let version = crate::markup_tables::VERSIONS[chance.below(8)];
                if name != "xmlns" || !value.starts_with("http://cyclonedx.org/schema/bom/") {
                    return None;
                }
                *value = format!("http://cyclonedx.org/schema/bom/{version}");
                return Some(format!("becomes {version}"));
            }
            let was = name.clone();
            if kind == 12 {
                element.attributes.remove(at);
                return Some(format!("{was} dropped"));
            }
            if kind == 13 {
                let other = pick(&vocabulary.attributes, chance);
                if element.attributes.iter().any(|one| one.0 == other) {
                    return None;
                }
                other.clone_into(&mut element.attributes[at].0);
                return Some(format!("{was} becomes {other}"));
            }
            pick(&vocabulary.values, chance).clone_into(value);
            Some(format!("{was} becomes {value}"))
        }
    }
}
