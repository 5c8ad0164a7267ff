//! Mutations of a JSON document that change what a schema says of it.

use serde_json::{Map, Value, json};

use crate::seeded::Seeded;

/// Texts at the edge of a format, a pattern or an enumeration.
const TEXTS: [&str; 56] = [
    "",
    " ",
    "a",
    "a\nb",
    "MIT",
    "mit",
    "MIT OR Apache-2.0",
    "library",
    "required",
    "SHA-256",
    "d41d8cd98f00b204e9800998ecf8427e",
    "D41D8CD98F00B204E9800998ECF8427",
    "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1",
    "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#x",
    "2026-01-31T08:00:00Z",
    "2026-01-31T08:00:00.5+09:00",
    "2026-01-31T08:00:00",
    "2026-02-30T08:00:00Z",
    "2026-12-31T23:59:60Z",
    "2026-01-31T08:60:00Z",
    "2026-01-31",
    "2026-1-31",
    "a@example.com",
    "a@b@example.com",
    "a b@example.com",
    "\"a b\"@example.com",
    "目@例え.jp",
    "a@",
    "a@-x.com",
    "a@localhost",
    "a@[192.0.2.1]",
    "https://example.com/a?b=c#d",
    "https://example.com/a b",
    "https://example.com/%zz",
    "https://例え.jp/目",
    "https://[::1]/a",
    "https://[::1/a",
    "https://example.com:8x/",
    "a#b#c",
    "1a:b",
    "//host/a",
    "../a",
    "a{b}",
    "pkg:npm/a@1",
    "git@github.com:a/b.git",
    "_:a",
    "http://spdx.org/rdf/a",
    "Relationship",
    "software_Package",
    "extension_Extension",
    "text/plain",
    "en-US",
    "RS256",
    "NOASSERTION",
];

/// Changes one place of `document`.
pub(crate) fn mutate(document: &mut Value, seeded: &mut Seeded) {
    let pointers = pointers(document);
    let pointer = &pointers[seeded.below(pointers.len())];
    let other = document
        .pointer(&pointers[seeded.below(pointers.len())])
        .cloned()
        .unwrap_or_default();
    let Some(value) = document.pointer_mut(pointer) else {
        return;
    };
    match value {
        Value::Object(members) if seeded.below(8) > 0 => mutate_object(members, other, seeded),
        Value::Array(items) if seeded.below(8) > 0 => mutate_list(items, other, seeded),
        Value::String(text) if seeded.below(4) > 0 => mutate_text(text, seeded),
        _ => *value = any_value(other, seeded),
    }
}

/// Every value of the document, as a JSON pointer.
fn pointers(document: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, pointers: &mut Vec<String>) {
        pointers.push(at.to_owned());
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    walk(value, &format!("{at}/{key}"), pointers);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    walk(value, &format!("{at}/{index}"), pointers);
                }
            }
            _ => {}
        }
    }
    let mut pointers = Vec::new();
    walk(document, "", &mut pointers);
    pointers
}

fn mutate_object(members: &mut Map<String, Value>, other: Value, seeded: &mut Seeded) {
    let keys: Vec<String> = members.keys().cloned().collect();
    let Some(key) = (!keys.is_empty()).then(|| keys[seeded.below(keys.len())].clone()) else {
        members.insert("unknown".to_owned(), other);
        return;
    };
    match seeded.below(6) {
        0 | 1 => drop(members.remove(&key)),
        2 => {
            let value = members.remove(&key).unwrap_or_default();
            members.insert(format!("{key}s"), value);
        }
        3 => {
            let names = [
                "name",
                "id",
                "expression",
                "license",
                "type",
                "phase",
                "ref",
                "value",
                "url",
                "unknown",
                "$schema",
                "version",
                "versionRange",
                "@id",
                "spdxId",
                "@graph",
                "organization",
                "timestamp",
                "signature",
                "algorithm",
                "tools",
                "data",
            ];
            let value = any_value(other, seeded);
            members.insert(names[seeded.below(names.len())].to_owned(), value);
        }
        4 => drop(members.insert(key, any_value(other, seeded))),
        _ => drop(members.insert(key, other)),
    }
}

fn mutate_list(items: &mut Vec<Value>, other: Value, seeded: &mut Seeded) {
    if items.is_empty() {
        items.push(other);
        return;
    }
    let at = seeded.below(items.len());
    match seeded.below(4) {
        0 => drop(items.remove(at)),
        1 => items.push(items[at].clone()),
        2 => items.insert(at, any_value(other, seeded)),
        _ => items.clear(),
    }
}

fn mutate_text(text: &mut String, seeded: &mut Seeded) {
    match seeded.below(8) {
        0 => text.push('\n'),
        1 => text.push('s'),
        2 => text.insert(0, ' '),
        3 => *text = text.to_uppercase(),
        4 => _ = text.pop(),
        5 => text.push_str(["%", "#", "[", "目", "\u{e000}", "|", "\"", ":0"][seeded.below(8)]),
        _ => *text = TEXTS[seeded.below(TEXTS.len())].to_owned(),
    }
}

fn any_value(other: Value, seeded: &mut Seeded) -> Value {
    match seeded.below(13) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(1.0),
        4 => json!(-1.5),
        5 => json!(7),
        6 => json!(u64::MAX),
        7 => json!([]),
        8 => json!({}),
        9 => json!([TEXTS[seeded.below(TEXTS.len())]]),
        10 | 11 => json!(TEXTS[seeded.below(TEXTS.len())]),
        _ => other,
    }
}
