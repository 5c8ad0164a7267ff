//! What is in the shape of CycloneDX JSON as Protobuf, by the tables that the reader reads by; those are
//! held against the official schemas elsewhere.

use serde_json::Value;

/// Encodes a document of 1.6; `None` where it holds what this small writer does not know.
pub(super) fn encode(document: &Value) -> Option<Vec<u8>> {
    let text = include_str!("../../../src/evidence/sbom/tables/cyclonedx-1.6.proto.json");
    let tables: Value = serde_json::from_str(text).expect("a table is JSON");
    let mut out = Vec::new();
    bytes(&mut out, 1, b"1.6");
    let mut document = document.clone();
    let members = document.as_object_mut()?;
    for key in ["bomFormat", "specVersion", "$schema"] {
        members.remove(key);
    }
    message(&mut out, &tables, "Bom", &document)?;
    Some(out)
}

fn message(out: &mut Vec<u8>, tables: &Value, name: &str, value: &Value) -> Option<()> {
    let fields = tables["messages"][name].as_array()?;
    for (key, value) in value.as_object()? {
        let field = fields.iter().find(|field| field[1] == key.as_str())?;
        let number = field[0].as_u64()?;
        let kind = field[2].as_str()?.trim_start_matches('^');
        if kind.starts_with(['~', '!']) {
            return None;
        }
        let base = kind.trim_end_matches(['*', '+']);
        match (base, value) {
            ("refs", Value::Array(list)) => {
                for one in list {
                    let mut inner = Vec::new();
                    bytes(&mut inner, 1, one.as_str()?.as_bytes());
                    bytes(out, number, &inner);
                }
            }
            ("tools", Value::Object(_)) => {
                let mut inner = Vec::new();
                message(&mut inner, tables, "Tool", value)?;
                bytes(out, number, &inner);
            }
            ("tools", Value::Array(list)) => {
                for one in list {
                    let mut inner = Vec::new();
                    message(&mut inner, tables, "Tool", one)?;
                    bytes(out, number, &inner);
                }
            }
            (_, Value::Array(list)) => {
                for one in list {
                    item(out, tables, number, base, one)?;
                }
            }
            _ => item(out, tables, number, base, value)?,
        }
    }
    Some(())
}

fn item(out: &mut Vec<u8>, tables: &Value, number: u64, kind: &str, value: &Value) -> Option<()> {
    match kind {
        "text" => bytes(out, number, value.as_str()?.as_bytes()),
        "bool" => varint_field(out, number, u64::from(value.as_bool()?)),
        "int" => varint_field(out, number, value.as_u64()?),
        "double" => {
            varint(out, number << 3 | 1);
            out.extend(value.as_f64()?.to_le_bytes());
        }
        "time" => {
            let instant: jiff::Timestamp = value.as_str()?.parse().ok()?;
            let mut inner = Vec::new();
            varint_field(&mut inner, 1, u64::try_from(instant.as_second()).ok()?);
            bytes(out, number, &inner);
        }
        "float" | "date" => return None,
        _ => {
            if let Some(enumeration) = kind.strip_prefix('=') {
                let words = tables["enums"][enumeration].as_object()?;
                let (word, _) = words.iter().find(|(_, word)| *word == value)?;
                varint_field(out, number, word.parse().ok()?);
            } else {
                let mut inner = Vec::new();
                message(&mut inner, tables, kind, value)?;
                bytes(out, number, &inner);
            }
        }
    }
    Some(())
}

fn varint_field(out: &mut Vec<u8>, number: u64, value: u64) {
    varint(out, number << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, number: u64, value: &[u8]) {
    varint(out, number << 3 | 2);
    varint(out, u64::try_from(value.len()).expect("a length fits"));
    out.extend(value);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).expect("seven bits");
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}
