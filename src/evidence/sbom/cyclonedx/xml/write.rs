//! The way back: a document in the shape of CycloneDX JSON as XML of the same version.

use std::fmt::Write as _;

use super::super::left_out::LeftOut;
use super::table::{Alternative, Base, Field, Form, Kind, Place as Where, Table, Type, minor};
use super::{NAMESPACE, NEWEST, plain};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::tape::{Item, Shape};

/// The oldest minor version that is written.
const OLDEST: u8 = 4;

/// Writes a document as XML, and tells what XML of that version cannot express.
///
/// The elements stand in the order that the XML schema demands.
///
/// # Errors
///
/// A diagnostic `cyclonedx-version` for a version other than 1.4 to 1.7.
pub fn to_xml(root: Item<'_>, spec_version: &str) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let known = minor(spec_version).filter(|minor| (OLDEST..=NEWEST).contains(minor));
    let Some(minor) = known else {
        return Err(Diagnostic::error(
            "cyclonedx-version",
            Place::whole(),
            format!("CycloneDX `{spec_version}` is not written as XML"),
        )
        .help(format!("CycloneDX 1.{OLDEST} to 1.{NEWEST} are written")));
    };
    let mut writer = Writer {
        table: Table::get(),
        text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"),
        depth: 0,
        minor,
        left_out: LeftOut::default(),
    };
    let namespace = format!("{NAMESPACE}{spec_version}");
    writer.record("bom", root, writer.table.bom, Scope::Document(&namespace));
    writer.text.push('\n');
    let told = writer.left_out.tell(|index| {
        let item = u32::try_from(index)
            .ok()
            .and_then(|index| root.tape().item(index));
        item.map_or_else(Place::whole, Item::place)
    });
    Ok((writer.text, told))
}

/// What of an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope<'n> {
    /// All of it, as the document of a namespace.
    Document(&'n str),
    /// All of it.
    Whole,
    /// What belongs to the record; other elements take the rest.
    Part,
}

struct Writer {
    table: &'static Table,
    text: String,
    depth: usize,
    minor: u8,
    left_out: LeftOut,
}

impl Writer {
    /// Writes an object as an element.
    fn record(&mut self, name: &str, item: Item<'_>, record: usize, scope: Scope<'_>) {
        let Some(table) = self.table.record(record) else {
            return;
        };
        let mut members = [None; 64];
        for child in item.children() {
            let key = child.key().unwrap_or_default();
            let position = table.member(key);
            let field = position.and_then(|position| table.fields.get(position));
            match (field, position.and_then(|one| members.get_mut(one))) {
                // A merged record takes the whole object.
                (Some(field), Some(slot)) if field.since <= self.minor => {
                    let is_merged = matches!(
                        field.kind,
                        Kind::One(Type {
                            form: Form::Merged,
                            ..
                        })
                    );
                    *slot = Some(if is_merged { item } else { child });
                }
                _ if scope == Scope::Part => {}
                _ if matches!(scope, Scope::Document(_))
                    && matches!(key, "$schema" | "bomFormat" | "specVersion") => {}
                _ => self.cannot(&format!("`{key}` of `{name}`"), child),
            }
        }
        self.start(name);
        if let Scope::Document(namespace) = scope {
            self.attribute("xmlns", namespace, item);
        }
        let mut is_empty = true;
        for (field, member) in table.fields.iter().zip(members) {
            let Some(member) = member else { continue };
            match field.place {
                Where::Attribute => {
                    let text = self.scalar_text(member);
                    self.attribute(field.name, &text, member);
                }
                Where::Content => {
                    self.text.push('>');
                    is_empty = false;
                    let text = self.scalar_text(member);
                    self.escape(&text, false, member);
                }
                Where::Element => {
                    if is_empty {
                        self.text.push('>');
                        is_empty = false;
                    }
                    self.depth += 1;
                    self.member(field, member);
                    self.depth -= 1;
                }
            }
        }
        if is_empty {
            self.text.push_str("/>");
        } else {
            self.end(name, table.content().is_none());
        }
    }

    fn member(&mut self, field: &'static Field, item: Item<'_>) {
        let name = field.name;
        match &field.kind {
            Kind::One(of) => self.value(name, item, *of),
            Kind::Many(of) => {
                for one in one_or_many(item) {
                    self.value(name, one, *of);
                }
            }
            Kind::Wrapped(alternatives) => {
                self.wrapper(name, item, |writer| {
                    for one in one_or_many(item) {
                        writer.alternative(one, alternatives);
                    }
                });
            }
            Kind::Choice(alternatives) => {
                self.wrapper(name, item, |writer| writer.alternative(item, alternatives));
            }
            Kind::ManyChoices(alternatives) => {
                for one in one_or_many(item) {
                    self.wrapper(name, one, |writer| writer.alternative(one, alternatives));
                }
            }
            Kind::Tools if item.shape() == Shape::Table && self.minor >= 5 => {
                self.value(name, item, plain(Base::Record(self.table.tool_set)));
            }
            Kind::Tools if item.shape() == Shape::Table => {
                self.cannot("the components and services among the tools", item);
            }
            Kind::Tools => self.wrapper(name, item, |writer| {
                for one in item.items() {
                    writer.value("tool", one, plain(Base::Record(writer.table.tool)));
                }
            }),
            Kind::Identity => {
                for (index, one) in one_or_many(item).enumerate() {
                    if index == 0 || self.minor >= 6 {
                        self.value(name, one, plain(Base::Record(self.table.identity)));
                    } else {
                        self.cannot("an identity behind the first", one);
                    }
                }
            }
        }
    }

    /// Writes an element around what `inside` writes.
    fn wrapper(&mut self, name: &str, item: Item<'_>, inside: impl FnOnce(&mut Self)) {
        self.start(name);
        if item.shape() == Shape::List && item.items().next().is_none() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.end(name, true);
    }

    /// Writes an item as that element of several that has room for all of it.
    fn alternative(&mut self, item: Item<'_>, alternatives: &'static [Alternative]) {
        let minor = self.minor;
        let known = || alternatives.iter().filter(move |one| one.since <= minor);
        let fits = known().find(|one| self.fits(one, item));
        // Where none has room for all of it, what is too much is told.
        let shaped = || known().find(|one| is_shaped(one, item));
        let Some(alternative) = fits.or_else(shaped) else {
            self.cannot("an item", item);
            return;
        };
        let inner = match alternative.of.form {
            Form::Tagged => item.get(alternative.name).unwrap_or(item),
            _ => item,
        };
        let is_tagged = alternative.of.form == Form::Tagged;
        if is_tagged {
            for child in item.children() {
                if child.key() != Some(alternative.name) {
                    let key = child.key().unwrap_or_default();
                    self.cannot(&format!("`{key}` beside `{}`", alternative.name), child);
                }
            }
        }
        let form = match alternative.of.form {
            Form::Tagged => Form::Plain,
            form => form,
        };
        let base = alternative.of.base;
        self.value(alternative.name, inner, Type { base, form });
    }

    fn fits(&self, alternative: &Alternative, item: Item<'_>) -> bool {
        if !is_shaped(alternative, item) {
            return false;
        }
        let Type {
            base: Base::Record(record),
            form: Form::Plain,
        } = alternative.of
        else {
            return true;
        };
        self.table.record(record).is_some_and(|record| {
            item.children().all(|child| {
                let position = record.member(child.key().unwrap_or_default());
                let field = position.and_then(|one| record.fields.get(one));
                field.is_some_and(|field| field.since <= self.minor)
            })
        })
    }

    fn value(&mut self, name: &str, item: Item<'_>, of: Type) {
        match of.base {
            Base::Record(record) if item.shape() == Shape::Table => {
                let scope = if of.form == Form::Merged {
                    Scope::Part
                } else {
                    Scope::Whole
                };
                self.record(name, item, record, scope);
            }
            Base::Record(_) if of.form != Form::Mixed => {
                self.cannot(
                    &format!("`{name}`, which is {},", item.shape().name()),
                    item,
                );
            }
            _ if matches!(item.shape(), Shape::Table | Shape::List | Shape::Null) => {
                self.cannot(
                    &format!("`{name}`, which is {},", item.shape().name()),
                    item,
                );
            }
            Base::Reference => {
                self.start(name);
                let text = self.scalar_text(item);
                self.attribute("ref", &text, item);
                self.text.push_str("/>");
            }
            _ => {
                self.start(name);
                self.text.push('>');
                let text = self.scalar_text(item);
                self.escape(&text, false, item);
                self.end(name, false);
            }
        }
    }

    fn scalar_text(&mut self, item: Item<'_>) -> String {
        if let Some(text) = item.text() {
            return text.to_owned();
        }
        if let Some(value) = item.bool() {
            return value.to_string();
        }
        item.number().unwrap_or_else(|| {
            let key = item.key().unwrap_or_default();
            self.cannot(&format!("`{key}`, which is {},", item.shape().name()), item);
            String::new()
        })
    }

    fn start(&mut self, name: &str) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push('<');
        self.text.push_str(name);
    }

    fn end(&mut self, name: &str, on_its_own_line: bool) {
        if on_its_own_line {
            self.text.push('\n');
            for _ in 0..self.depth {
                self.text.push_str("  ");
            }
        }
        _ = write!(self.text, "</{name}>");
    }

    fn attribute(&mut self, name: &str, value: &str, item: Item<'_>) {
        _ = write!(self.text, " {name}=\"");
        self.escape(value, true, item);
        self.text.push('"');
    }

    /// Writes characters so that a reader finds the same ones (XML 1.0, sections 2.2, 2.4, 2.11, 3.3.3).
    fn escape(&mut self, value: &str, in_attribute: bool, item: Item<'_>) {
        for character in value.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' if in_attribute => self.text.push_str("&quot;"),
                '\n' if in_attribute => self.text.push_str("&#10;"),
                '\t' if in_attribute => self.text.push_str("&#9;"),
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => self.text.push(character),
                _ => {
                    self.text.push('\u{fffd}');
                    let what = format!("the character U+{:04X}", u32::from(character));
                    let why = "XML has no such character; U+FFFD stands in its place";
                    self.tell(&what, why, item);
                }
            }
        }
    }

    fn cannot(&mut self, what: &str, item: Item<'_>) {
        self.tell(what, "XML of this version has no room for it", item);
    }

    fn tell(&mut self, what: &str, why: &'static str, item: Item<'_>) {
        let index = usize::try_from(item.index()).unwrap_or_default();
        self.left_out.add(Severity::Warning, what, why, index);
    }
}

/// The items of a list, or the one value that stands in place of a list.
fn one_or_many(item: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    let single = (item.shape() != Shape::List).then_some(item);
    item.items().chain(single)
}

/// Whether an item has the shape of an alternative.
fn is_shaped(alternative: &Alternative, item: Item<'_>) -> bool {
    match alternative.of {
        Type {
            form: Form::Tagged, ..
        } => item.get(alternative.name).is_some(),
        Type {
            base: Base::Record(_),
            ..
        } => item.shape() == Shape::Table,
        _ => !matches!(item.shape(), Shape::Table | Shape::List | Shape::Null),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    fn write(json: &str, version: &str) -> (String, Vec<String>) {
        let tape = parse_json(json).unwrap();
        let (text, told) = to_xml(tape.root(), version).unwrap();
        let told = told.iter().map(|one| format!("{} {}", one.at, one.message));
        (text, told.collect())
    }

    #[test]
    fn elements_stand_in_the_order_of_the_schema_and_texts_are_escaped() {
        let (text, told) = write(
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "dependencies": [{"ref": "a\n\"", "dependsOn": ["b"]}],
            "components": [{"name": "<&>\r", "purl": "p", "group": "g", "type": "library", "licenses": []}], "version": 1}"#,
            "1.6",
        );
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" version=\"1\">
  <components>
    <component type=\"library\">
      <group>g</group>
      <name>&lt;&amp;&gt;&#13;</name>
      <licenses/>
      <purl>p</purl>
    </component>
  </components>
  <dependencies>
    <dependency ref=\"a&#10;&quot;\">
      <dependency ref=\"b\"/>
    </dependency>
  </dependencies>
</bom>
";
        assert_eq!(text, expected);
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn what_a_version_cannot_express_is_told() {
        let (text, told) = write(
            r#"{"components": [{"type": "library", "name": "a\u0001", "colour": "red",
            "cryptoProperties": {"assetType": "protocol"}, "swhid": ["x"]}], "signature": {}}"#,
            "1.5",
        );
        assert!(text.contains("<name>a\u{fffd}</name>"), "{text}");
        let why = "is left out: XML of this version has no room for it";
        let expected = [
            format!("/signature `signature` of `bom` {why}"),
            format!("/components/0/colour `colour` of `component` {why}"),
            format!("/components/0/cryptoProperties `cryptoProperties` of `component` {why}"),
            format!("/components/0/swhid `swhid` of `component` {why}"),
            "/components/0/name the character U+0001 is left out: XML has no such character; \
             U+FFFD stands in its place"
                .to_owned(),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_data_flow_is_written_as_its_version_has_it() {
        let json = r#"{"services": [{"name": "s", "data": [{"flow": "inbound", "classification": "c"}]}]}"#;
        let old = write(json, "1.4").0;
        assert!(
            old.contains("<data>\n        <classification flow=\"inbound\">c"),
            "{old}"
        );
        let new = write(json, "1.5").0;
        assert!(
            new.contains("<dataflow>\n          <classification flow=\"inbound\">c"),
            "{new}"
        );
    }

    #[test]
    fn other_versions_are_refused() {
        let tape = parse_json("{}").unwrap();
        for version in ["1.3", "1.8", "2.0", ""] {
            assert_eq!(
                to_xml(tape.root(), version).unwrap_err().code,
                "cyclonedx-version"
            );
        }
    }
}
