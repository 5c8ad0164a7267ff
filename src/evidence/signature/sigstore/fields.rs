//! Members of a JSON object, every one of them known: what nobody asked for is refused, since a later
//! version may have given it a meaning that changes the rest.
//!
//! Source: Sigstore Client Specification, section 5 (lower camel case, canonical proto3 JSON). A `null` is
//! an absent member there, an absent number is 0, and whole numbers of 64 bits may be texts.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{Node, Value, pointer_step};

const EITHER_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER_PADDING);

/// What a document is called when it is complained about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) code: &'static str,
    pub(super) what: &'static str,
    pub(super) help: &'static str,
}

impl Form {
    /// A complaint about what stands at `pointer`.
    pub(super) fn complaint(self, pointer: &str, reason: &str) -> Diagnostic {
        let place = if pointer.is_empty() {
            Place::whole()
        } else {
            Place::pointer(pointer)
        };
        let message = format!("{}: {}", self.what, crate::text::printable(reason));
        Diagnostic::error(self.code, place, message).help(self.help)
    }

    /// The object at `pointer`, which may have no members but the `known`.
    pub(super) fn object<'a>(
        self,
        node: &'a Node,
        pointer: String,
        known: &[&str],
    ) -> Result<Object<'a>, Diagnostic> {
        let Value::Table(entries) = &node.value else {
            let reason = format!("an object is expected, found {}", node.value.shape());
            return Err(self.complaint(&pointer, &reason));
        };
        if let Some((key, _)) = entries.iter().find(|(key, _)| !known.contains(&&**key)) {
            let at = format!("{pointer}/{}", pointer_step(key));
            return Err(self.complaint(&at, &format!("`{key}` is not known")));
        }
        Ok(Object {
            form: self,
            node,
            pointer,
        })
    }
}

/// An object whose members are all known.
#[derive(Debug)]
pub(super) struct Object<'a> {
    form: Form,
    node: &'a Node,
    pointer: String,
}

impl<'a> Object<'a> {
    /// A complaint about the member `key`.
    pub(super) fn complaint(&self, key: &str, reason: &str) -> Diagnostic {
        self.form.complaint(&self.at(key), reason)
    }

    pub(super) fn at(&self, key: &str) -> String {
        format!("{}/{key}", self.pointer)
    }

    /// The member `key`; `None` where it is absent or null.
    pub(super) fn member(&self, key: &str) -> Option<&'a Node> {
        let node = self.node.get(key)?;
        (node.value != Value::Null).then_some(node)
    }

    fn required(&self, key: &str) -> Result<&'a Node, Diagnostic> {
        self.member(key)
            .ok_or_else(|| self.complaint(key, &format!("`{key}` is missing")))
    }

    pub(super) fn object(&self, key: &str, known: &[&str]) -> Result<Object<'a>, Diagnostic> {
        self.form.object(self.required(key)?, self.at(key), known)
    }

    pub(super) fn optional_object(
        &self,
        key: &str,
        known: &[&str],
    ) -> Result<Option<Object<'a>>, Diagnostic> {
        self.member(key)
            .map(|node| self.form.object(node, self.at(key), known))
            .transpose()
    }

    /// The objects in the list `key`; none where it is absent.
    pub(super) fn objects(&self, key: &str, known: &[&str]) -> Result<Vec<Object<'a>>, Diagnostic> {
        let nodes = self.list(key)?.iter().enumerate();
        nodes
            .map(|(index, node)| {
                self.form
                    .object(node, format!("{}/{index}", self.at(key)), known)
            })
            .collect()
    }

    fn list(&self, key: &str) -> Result<&'a [Node], Diagnostic> {
        match self.member(key) {
            None => Ok(&[]),
            Some(Node {
                value: Value::List(items),
                ..
            }) => Ok(items),
            Some(_) => Err(self.complaint(key, "a list is expected")),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<&'a str, Diagnostic> {
        self.required(key)?
            .text()
            .ok_or_else(|| self.complaint(key, "a text is expected"))
    }

    pub(super) fn optional_text(&self, key: &str) -> Result<Option<&'a str>, Diagnostic> {
        self.member(key).map(|_| self.text(key)).transpose()
    }

    /// Bytes in base64, in either alphabet, with padding or without it, as proto3 JSON has it, and without stray bits
    /// (RFC 4648, sections 4 and 5); never none.
    pub(super) fn bytes(&self, key: &str) -> Result<Vec<u8>, Diagnostic> {
        self.decoded(key, self.text(key)?)
    }

    /// A list of bytes.
    pub(super) fn list_of_bytes(&self, key: &str) -> Result<Vec<Vec<u8>>, Diagnostic> {
        let texts = self.list(key)?.iter().map(|node| {
            node.text()
                .ok_or_else(|| self.complaint(key, "a list of texts is expected"))
        });
        texts
            .map(|text| text.and_then(|text| self.decoded(key, text)))
            .collect()
    }

    fn decoded(&self, key: &str, text: &str) -> Result<Vec<u8>, Diagnostic> {
        match STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)) {
            Ok(bytes) if !bytes.is_empty() => Ok(bytes),
            Ok(_) => Err(self.complaint(key, &format!("`{key}` is empty"))),
            Err(_) => Err(self.complaint(key, &format!("`{key}` is not base64"))),
        }
    }

    /// A whole number that is not negative; `None` where it is absent.
    pub(super) fn optional_number(&self, key: &str) -> Result<Option<u64>, Diagnostic> {
        self.member(key).map(|_| self.number(key)).transpose()
    }

    /// A whole number that is not negative; 0 where it is absent.
    pub(super) fn number(&self, key: &str) -> Result<u64, Diagnostic> {
        let number = match self.member(key).map(|node| &node.value) {
            None => Some(0),
            Some(Value::Integer(number)) => u64::try_from(*number).ok(),
            Some(Value::Text(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok()
            }
            Some(_) => None,
        };
        number
            .filter(|number| i64::try_from(*number).is_ok())
            .ok_or_else(|| self.complaint(key, "a whole number that is not negative is expected"))
    }
}
