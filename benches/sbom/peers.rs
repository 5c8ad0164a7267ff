//! What the readers are held against: bare parses of the same bytes.

use std::borrow::Cow;
use std::fmt;
use std::hint::black_box;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Builds the whole document as `serde_json::Value`.
pub(crate) fn value(text: &str) {
    black_box(serde_json::from_str::<serde_json::Value>(text).unwrap());
}

/// Visits every value of the document, borrowing every text, and keeps only the length of the texts.
pub(crate) fn borrowed_walk(text: &str) {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut total = 0;
    Walk(&mut total).deserialize(&mut deserializer).unwrap();
    black_box(total);
}

struct Walk<'a>(&'a mut usize);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 += text.len();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key_seed(Walk(self.0))?.is_some() {
            map.next_value_seed(Walk(self.0))?;
        }
        Ok(())
    }
}

/// Reads the members of a component that most tools look at into borrowed structs, and nothing else.
pub(crate) fn borrowed_structs(text: &str) {
    black_box(serde_json::from_str::<Bom<'_>>(text).unwrap());
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what is read is not looked at")]
struct Bom<'a> {
    #[serde(borrow)]
    spec_version: Cow<'a, str>,
    components: Vec<Component<'a>>,
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what is read is not looked at")]
struct Component<'a> {
    #[serde(borrow, rename = "bom-ref")]
    reference: Option<Cow<'a, str>>,
    name: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    purl: Option<Cow<'a, str>>,
    hashes: Vec<Hash<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is read is not looked at")]
struct Hash<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    content: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what is read is not looked at")]
struct Dependency<'a> {
    #[serde(borrow, rename = "ref")]
    from: Cow<'a, str>,
    depends_on: Vec<&'a str>,
}

/// Visits every event of an XML document.
pub(crate) fn xml_walk(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut total = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            event => total += event.len(),
        }
    }
    black_box(total);
}
