//! CycloneDX 1.3 to 1.7 in Protocol Buffers, put into the shape of CycloneDX JSON of the same version.
//!
//! Source: the schemas `bom-1.x.proto` of the specification. Their fields lie in tables, which say what
//! a field is called in JSON and how its value is written there. Several stretches of one message, which
//! a writer may give, are read as one, as the encoding demands.

mod read;
mod scalar;
mod table;
mod wire;

use self::read::{Reader, Stop};
use self::scalar::text;
use self::table::Table;
use self::wire::{Cursor, Malformed, Stretch, Value, malformed};
use super::left_out::LeftOut;
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Addressing, Builder, Full, Tape};

/// Reads a document and what of it was left out.
///
/// The result always tells `bomFormat` and `specVersion`. Its offsets are those of the bytes.
///
/// # Errors
///
/// A diagnostic `protobuf-malformed`, which names the byte, `cyclonedx-version` or `document-values`.
pub fn to_tape(bytes: &[u8]) -> Result<(Tape<'static>, Vec<Diagnostic>), Diagnostic> {
    let whole = Stretch {
        start: 0,
        end: bytes.len(),
    };
    let (version, has_bom_version) = head(bytes, whole).map_err(refuse)?;
    let Some(table) = Table::of(version) else {
        let message = if version.is_empty() {
            "the document names no version of CycloneDX".to_owned()
        } else {
            let shown: String = version.chars().take(40).collect();
            format!("there is no CycloneDX `{shown}` in Protobuf that is known")
        };
        return Err(Diagnostic::error(
            "cyclonedx-version",
            Place::pointer("/specVersion"),
            message,
        )
        .help("CycloneDX 1.3 to 1.7 are read in this encoding"));
    };
    let mut reader = Reader {
        bytes,
        table,
        builder: Builder::new(table.text, Addressing::Pointer),
        fields: Vec::new(),
        nested: Vec::new(),
        depth: 0,
        left_out: LeftOut::default(),
    };
    reader
        .document(whole, has_bom_version)
        .map_err(|stop| match stop {
            Stop::Malformed(fault) => refuse(fault),
            Stop::Full(Full::Depth) => refuse(malformed(0, "messages are nested too deep")),
            Stop::Full(full) => Diagnostic::error(
                "document-values",
                Place::whole(),
                format!("the document holds {full}"),
            )
            .help("split the document; one of this size is not read"),
        })?;
    let told = reader.left_out.tell(|_| Place::whole());
    Ok((reader.builder.finish(), told))
}

fn refuse(fault: Malformed) -> Diagnostic {
    Diagnostic::error(
        "protobuf-malformed",
        Place::whole(),
        format!(
            "the bytes are no CycloneDX in Protobuf: {} (byte {})",
            fault.what, fault.at
        ),
    )
    .help("the file was cut off or is of another kind; ask for it again and compare its digest")
}

/// The version of the specification, and whether the document has a version of its own.
fn head(bytes: &[u8], whole: Stretch) -> Result<(&str, bool), Malformed> {
    let (mut version, mut has_bom_version) = ("", false);
    let mut cursor = Cursor::new(bytes, whole);
    while let Some(field) = cursor.next()? {
        match (field.number, field.value) {
            (1, Value::Bytes(stretch)) => version = text(bytes, stretch)?,
            (2, Value::Varint(_)) => has_bom_version = true,
            _ => {}
        }
    }
    Ok((version, has_bom_version))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::tape::write_json;

    /// A field of wire type 2.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        bytes.extend(content);
        bytes
    }

    fn read(fields: &[Vec<u8>]) -> (Json, Vec<String>) {
        let mut bytes = field(1, b"1.6");
        bytes.extend(fields.concat());
        let (tape, told) = to_tape(&bytes).unwrap();
        let value = serde_json::from_str(&write_json(tape.root(), false)).unwrap();
        (value, told.into_iter().map(|one| one.message).collect())
    }

    #[test]
    fn absent_zeros_count_where_json_demands_them() {
        // An external reference with a URL only, and a composition with nothing.
        let (value, _) = read(&[field(7, &field(2, b"u")), field(9, &[])]);
        assert_eq!(
            value["externalReferences"],
            json!([{"type": "other", "url": "u"}])
        );
        assert_eq!(
            value["compositions"],
            json!([{"aggregate": "not_specified"}])
        );
    }

    #[test]
    fn several_stretches_of_one_message_are_one() {
        let author = |name: &[u8]| field(4, &field(3, &field(1, name)));
        let (value, _) = read(&[author(b"a"), field(5, &[]), author(b"b")]);
        assert_eq!(
            value["metadata"]["authors"],
            json!([{"name": "a"}, {"name": "b"}])
        );
        assert_eq!(value["components"], json!([{}]));
    }

    #[test]
    fn dependencies_inside_of_dependencies_are_listed_beside_each_other() {
        let leaf = field(1, b"c");
        let middle = [field(1, b"b"), field(2, &leaf)].concat();
        let (value, _) = read(&[field(8, &[field(1, b"a"), field(2, &middle)].concat())]);
        let expected = json!([{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["c"]}]);
        assert_eq!(value["dependencies"], expected);
    }

    #[test]
    fn packed_and_single_numbers_are_the_same() {
        // Field 6 of a vulnerability: 79 and 300, packed and one by one.
        let packed = field(10, &[0x32, 3, 79, 0xac, 2]);
        let single = field(10, &[0x30, 79, 0x30, 0xac, 2]);
        let (value, _) = read(&[packed, single]);
        assert_eq!(
            value["vulnerabilities"],
            json!([{"cwes": [79, 300]}, {"cwes": [79, 300]}])
        );
    }

    #[test]
    fn what_the_version_does_not_know_is_told() {
        // Field 30 of the document and the scope 9 of two components.
        let component = || field(5, &[0x58, 9]);
        let (value, told) = read(&[component(), component(), vec![0xf0, 1, 0]]);
        assert_eq!(value["components"], json!([{}, {}]));
        assert_eq!(told.len(), 2);
        assert!(
            told.iter()
                .any(|one| one.starts_with("field 30 of `Bom` is left out:"))
        );
        let scope = "the value 9 of `scope` is left out, 2 times:";
        assert!(told.iter().any(|one| one.starts_with(scope)));
    }

    #[test]
    fn what_is_no_document_is_refused_with_the_byte() {
        let refused = |bytes: &[u8]| {
            let fault = to_tape(bytes).unwrap_err();
            (fault.code, fault.message)
        };
        assert_eq!(refused(b"").0, "cyclonedx-version");
        assert_eq!(refused(&field(1, b"1.2")).0, "cyclonedx-version");
        assert_eq!(refused(b"{\"bomFormat\": 1}").0, "protobuf-malformed");
        let with = |rest: &[u8]| refused(&[field(1, b"1.6").as_slice(), rest].concat());
        assert!(
            with(&[0x1a, 9, b'x'])
                .1
                .ends_with("a field ends behind its message (byte 5)")
        );
        assert!(
            with(&[0x1a, 1, 0xff])
                .1
                .ends_with("a text is not UTF-8 (byte 7)")
        );
        assert!(
            with(&[0x18, 1])
                .1
                .ends_with("a field has another wire type than its kind (byte 5)")
        );
        let mut deep = Vec::new();
        for _ in 0..60 {
            deep = field(21, &deep);
            deep[0] = 0xaa;
            deep.insert(1, 1);
            if deep.len() > 120 {
                break;
            }
        }
        assert!(to_tape(&[field(1, b"1.6"), field(5, &deep)].concat()).is_ok());
    }

    #[test]
    fn depth_ends_somewhere() {
        // Components inside of components, field 21, with lengths of up to two bytes.
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..200 {
            let length = bytes.len();
            let mut outer = vec![0xaa, 1];
            outer.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            outer.push(u8::try_from(length >> 7).unwrap());
            outer.extend(&bytes);
            bytes = outer;
        }
        let length = bytes.len();
        let mut document = field(1, b"1.6");
        document.push(0x2a);
        document.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        document.push(u8::try_from(length >> 7).unwrap());
        document.extend(bytes);
        let fault = to_tape(&document).unwrap_err();
        assert_eq!(fault.code, "protobuf-malformed");
        assert!(
            fault.message.contains("nested too deep"),
            "{}",
            fault.message
        );
    }
}
