//! From elements to the members of JSON, as the table says.

use super::super::left_out::LeftOut;
use super::plain;
use super::table::{Alternative, Base, Field, Form, Kind, Record, Table, Type};
use crate::diagnostic::Severity;
use crate::markup::Element;
use crate::tape::{Builder, Full};

/// The extension that brought dependencies to 1.0 and 1.1; 1.2 took them over as they were.
const DEPENDENCY_GRAPH: &str = "http://cyclonedx.org/schema/ext/dependency-graph/1.0";

/// The extension that brought vulnerabilities to 1.0; 1.4 has its own.
const VULNERABILITY: &str = "http://cyclonedx.org/schema/ext/vulnerability/1.0";

/// Attributes of this namespace speak to validators.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Walks the elements and writes the tape.
pub(super) struct Reader<'a> {
    pub(super) table: &'static Table,
    pub(super) builder: Builder<'a>,
    pub(super) namespace: &'a str,
    pub(super) minor: u8,
    /// Dependencies inside of dependencies, which JSON lists beside each other.
    pub(super) nested: Vec<Element<'a>>,
    /// What the extension for vulnerabilities says, which stands at the components.
    pub(super) vulnerabilities: Vec<Element<'a>>,
    pub(super) left_out: LeftOut,
}

impl<'a> Reader<'a> {
    /// Writes the whole document.
    pub(super) fn document(&mut self, root: Element<'a>, version: &str) -> Result<(), Full> {
        let offset = Some(root.offset());
        self.builder.open_table(None, offset)?;
        self.builder.text(Some("bomFormat"), "CycloneDX", offset)?;
        self.builder.text(Some("specVersion"), version, offset)?;
        // JSON up to 1.3 demands what XML leaves to its default.
        if self.minor < 4 && root.attribute("version").is_none() {
            self.builder.integer(Some("version"), 1, offset)?;
        }
        self.members(root, self.table.bom)?;
        let wrappers = std::mem::take(&mut self.vulnerabilities);
        if let Some(first) = wrappers.first() {
            self.builder
                .open_list(Some("vulnerabilities"), Some(first.offset()))?;
            let vulnerability = plain(Base::Record(self.table.extension_vulnerability));
            for element in wrappers.iter().flat_map(|wrapper| wrapper.children()) {
                self.value(None, element, vulnerability)?;
            }
            self.builder.close();
        }
        self.builder.close();
        Ok(())
    }

    /// Writes the members of an element into the object that is open.
    fn members(&mut self, element: Element<'a>, record: usize) -> Result<(), Full> {
        let Some(record) = self.table.record(record) else {
            return Ok(());
        };
        self.attributes(element, record)?;
        if let Some(field) = record.content()
            && let Kind::One(Type { base, .. }) = field.kind
        {
            self.scalar(Some(field.key), element.text(), base, element.offset())?;
        }
        let mut children = element.children();
        let (mut present, mut last) = (0u64, 0);
        while let Some(child) = children.next() {
            if self.is_extension(child) {
                self.vulnerabilities.push(child);
                continue;
            }
            if !self.is_ours(child) {
                self.foreign(child);
                continue;
            }
            let Some((position, field)) = record.element(child.name(), last) else {
                self.unknown(child.name(), element.name(), child.offset());
                continue;
            };
            last = position;
            let bit = 1u64 << (position & 63);
            let is_first = present & bit == 0;
            present |= bit;
            if is_first {
                let more = children.clone();
                self.member(field, child, more)?;
            } else if matches!(field.kind, Kind::One(_) | Kind::Choice(_) | Kind::Tools) {
                let what = format!("a second `{}` of one `{}`", child.name(), element.name());
                let why = "there is room for one";
                self.left_out
                    .add(Severity::Warning, &what, why, child.offset());
            }
        }
        Ok(())
    }

    fn attributes(&mut self, element: Element<'a>, record: &'static Record) -> Result<(), Full> {
        let offset = element.offset();
        for attribute in element.attributes() {
            if attribute.namespace == INSTANCE {
                continue;
            }
            let field = record
                .attribute(attribute.name)
                .filter(|_| attribute.namespace.is_empty());
            if let Some(field) = field
                && let Kind::One(Type { base, .. }) = field.kind
            {
                let key = shared(attribute.name, field.key);
                self.scalar(Some(key), attribute.value, base, offset)?;
            } else {
                let what = format!("the attribute `{}`", attribute.name);
                let why = "it is none of CycloneDX";
                self.left_out.add(Severity::Note, &what, why, offset);
            }
        }
        Ok(())
    }

    fn is_ours(&self, element: Element<'_>) -> bool {
        let namespace = element.namespace();
        namespace == self.namespace
            || namespace == DEPENDENCY_GRAPH
            || namespace == VULNERABILITY && self.minor < 4
    }

    fn is_extension(&self, element: Element<'_>) -> bool {
        element.name() == "vulnerabilities"
            && element.namespace() == VULNERABILITY
            && self.minor < 4
    }

    fn foreign(&mut self, element: Element<'_>) {
        let what = format!(
            "the element `{}` of the namespace `{}`",
            element.name(),
            element.namespace()
        );
        let why = "only what CycloneDX itself says is read";
        self.left_out
            .add(Severity::Note, &what, why, element.offset());
    }

    fn unknown(&mut self, name: &str, parent: &str, offset: usize) {
        let what = format!("the element `{name}` of `{parent}`");
        let why = "the specification does not know it there";
        self.left_out.add(Severity::Warning, &what, why, offset);
    }

    /// Writes one member; `more` are the siblings that follow the first element of its name.
    fn member(
        &mut self,
        field: &'static Field,
        first: Element<'a>,
        more: impl Iterator<Item = Element<'a>>,
    ) -> Result<(), Full> {
        let key = shared(first.name(), field.key);
        let offset = Some(first.offset());
        let name = first.name();
        let namespace = first.namespace();
        let same = more.filter(|one| one.name() == name && one.namespace() == namespace);
        match &field.kind {
            Kind::One(Type {
                base: Base::Record(record),
                form: Form::Merged,
            }) => self.members(first, *record),
            Kind::One(of) => self.value(Some(key), first, *of),
            Kind::Many(of) => {
                self.builder.open_list(Some(key), offset)?;
                for element in std::iter::once(first).chain(same) {
                    self.value(None, element, *of)?;
                }
                self.builder.close();
                Ok(())
            }
            Kind::Wrapped(alternatives) => {
                self.builder.open_list(Some(key), offset)?;
                for wrapper in std::iter::once(first).chain(same) {
                    self.items(wrapper, alternatives)?;
                }
                while let Some(nested) = self.nested.pop() {
                    let record = Base::Record(self.table.dependency);
                    self.value(None, nested, plain(record))?;
                }
                self.builder.close();
                Ok(())
            }
            Kind::Choice(alternatives) => self.choice(Some(key), first, alternatives),
            Kind::ManyChoices(alternatives) => {
                self.builder.open_list(Some(key), offset)?;
                for element in std::iter::once(first).chain(same) {
                    self.choice(None, element, alternatives)?;
                }
                self.builder.close();
                Ok(())
            }
            Kind::Tools => self.tools(key, first),
            Kind::Identity => {
                let identity = plain(Base::Record(self.table.identity));
                if self.minor < 6 {
                    return self.value(Some(key), first, identity);
                }
                self.builder.open_list(Some(key), offset)?;
                for element in std::iter::once(first).chain(same) {
                    self.value(None, element, identity)?;
                }
                self.builder.close();
                Ok(())
            }
        }
    }

    /// Writes the child elements of an element as the items of a list.
    fn items(
        &mut self,
        wrapper: Element<'a>,
        alternatives: &'static [Alternative],
    ) -> Result<(), Full> {
        for child in wrapper.children() {
            if !self.is_ours(child) {
                self.foreign(child);
                continue;
            }
            let found = alternatives.iter().find(|one| one.name == child.name());
            match found {
                Some(alternative) => self.value(None, child, alternative.of)?,
                None => self.unknown(child.name(), wrapper.name(), child.offset()),
            }
        }
        Ok(())
    }

    /// Writes the child element of an element in its place.
    fn choice(
        &mut self,
        key: Option<&str>,
        element: Element<'a>,
        alternatives: &'static [Alternative],
    ) -> Result<(), Full> {
        for child in element.children() {
            let found = alternatives.iter().find(|one| one.name == child.name());
            match found.filter(|_| self.is_ours(child)) {
                Some(alternative) => return self.value(key, child, alternative.of),
                None => self.unknown(child.name(), element.name(), child.offset()),
            }
        }
        Ok(())
    }

    /// Tools: an object of components and services since 1.5, a list of tools before.
    fn tools(&mut self, key: &str, element: Element<'a>) -> Result<(), Full> {
        let is_new = |child: Element<'_>| matches!(child.name(), "components" | "services");
        if element.children().any(is_new) {
            let set = Base::Record(self.table.tool_set);
            return self.value(Some(key), element, plain(set));
        }
        self.builder.open_list(Some(key), Some(element.offset()))?;
        for child in element.children() {
            if child.name() == "tool" && self.is_ours(child) {
                self.value(None, child, plain(Base::Record(self.table.tool)))?;
            } else {
                self.unknown(child.name(), element.name(), child.offset());
            }
        }
        self.builder.close();
        Ok(())
    }

    fn value(&mut self, key: Option<&str>, element: Element<'a>, of: Type) -> Result<(), Full> {
        let offset = element.offset();
        if of.form == Form::Tagged {
            self.builder.open_table(key, Some(offset))?;
            self.value(Some(element.name()), element, plain(of.base))?;
            self.builder.close();
            return Ok(());
        }
        match of.base {
            Base::Record(_) if of.form == Form::Mixed && element.children().next().is_none() => {
                self.scalar(key, element.text(), Base::Word, offset)
            }
            Base::Record(record) => {
                self.builder.open_table(key, Some(offset))?;
                self.members(element, record)?;
                self.builder.close();
                Ok(())
            }
            Base::Reference => {
                if element.children().next().is_some() {
                    self.nested.push(element);
                }
                let reference = element.attribute("ref").unwrap_or_default();
                self.builder.text(key, reference, Some(offset))
            }
            base => self.scalar(key, element.text(), base, offset),
        }
    }

    /// Writes a text as JSON types it. What is not of its type stays a text, for the schema to refuse.
    fn scalar(
        &mut self,
        key: Option<&str>,
        text: &str,
        base: Base,
        offset: usize,
    ) -> Result<(), Full> {
        let offset = Some(offset);
        let word = text.trim_ascii();
        match base {
            Base::Filled if text.is_empty() => Ok(()),
            Base::Text | Base::Filled | Base::Reference | Base::Record(_) => {
                self.builder.text(key, text, offset)
            }
            Base::Lower => self.builder.text(key, &word.to_ascii_lowercase(), offset),
            Base::Method => {
                let method = match word {
                    "CVSSv2" | "CVSSv3" => word,
                    "OWASP Risk" => "OWASP",
                    _ => "other",
                };
                self.builder.text(key, method, offset)
            }
            Base::Affects => {
                self.builder.open_list(key, offset)?;
                self.builder.open_table(None, offset)?;
                self.builder.text(Some("ref"), text, offset)?;
                self.builder.close();
                self.builder.close();
                Ok(())
            }
            Base::Word => self.builder.text(key, word, offset),
            Base::Bool => match word {
                "true" | "1" => self.builder.bool(key, true, offset),
                "false" | "0" => self.builder.bool(key, false, offset),
                _ => self.builder.text(key, text, offset),
            },
            Base::Int | Base::Number => {
                if let Ok(whole) = word.parse() {
                    return self.builder.integer(key, whole, offset);
                }
                let is_decimal = word
                    .bytes()
                    .all(|one| one.is_ascii_digit() || b"+-.".contains(&one));
                match word.parse() {
                    Ok(number) if is_decimal && base == Base::Number => {
                        self.decimal(key, number, offset)
                    }
                    _ => self.builder.text(key, text, offset),
                }
            }
        }
    }

    /// A number that was not written as a whole one may be whole all the same: 7.0 is 7.
    fn decimal(
        &mut self,
        key: Option<&str>,
        number: f64,
        offset: Option<usize>,
    ) -> Result<(), Full> {
        match number.to_string().parse() {
            Ok(whole) => self.builder.integer(key, whole, offset),
            Err(_) => self.builder.number(key, number, offset),
        }
    }
}

/// Of two equal names the one that is a part of the document, so that it need not be copied.
fn shared<'n>(name: &'n str, key: &'n str) -> &'n str {
    if name == key { name } else { key }
}
