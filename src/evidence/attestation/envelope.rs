//! DSSE envelopes: a payload, its type, and signatures over both.
//!
//! Source: DSSE v1.0.0 (secure-systems-lab/dsse), `envelope.md` and `protocol.md`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::parse_strictly;
use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{Node, Value};

/// The payload type of in-toto statements (in-toto Attestation Framework v1, Envelope).
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The largest file of envelopes that is read. A statement that carries a large SBOM stays far below.
pub const MAXIMUM_BYTES: usize = 64 * 1024 * 1024;

/// The most signatures of one envelope that are tried; a public key operation each.
pub const MAXIMUM_SIGNATURES: usize = 100;

/// The most envelopes of one file.
pub const MAXIMUM_ENVELOPES: usize = 1000;

/// An envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What the payload is, as a media type or a URI.
    pub payload_type: String,
    /// The payload, as signed.
    pub payload: Vec<u8>,
    /// The signatures; none of them is verified by reading.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature in an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// A hint at the key. It is not signed and proves nothing.
    pub keyid: Option<String>,
    /// The signature.
    pub signature: Vec<u8>,
    /// Whether a certificate lies beside it, which is not signed either.
    pub has_certificate: bool,
}

impl Envelope {
    /// Reads one envelope. Members that the specification does not name are passed over, as it demands.
    ///
    /// # Errors
    ///
    /// `envelope-too-large`, `envelope-malformed`, `json-duplicate-member` or another fault of JSON.
    pub fn parse(bytes: &[u8]) -> Result<Self, Diagnostic> {
        check_size(bytes)?;
        let document = parse_strictly(bytes)?;
        let root = &document.root;
        if !matches!(root.value, Value::Table(_)) {
            return Err(malformed("", "it is not an object"));
        }
        let payload_type = text(root, "payloadType", "/payloadType")?;
        if payload_type.is_empty() {
            return Err(malformed("/payloadType", "the payload has no type"));
        }
        let payload = text(root, "payload", "/payload")?;
        let payload = from_base64(payload)
            .ok_or_else(|| malformed("/payload", "the payload is not base64"))?;
        let signatures = match root.get("signatures").map(|node| &node.value) {
            Some(Value::List(items)) => items,
            Some(_) => return Err(malformed("/signatures", "the signatures are no list")),
            None => return Err(malformed("", "there is no member `signatures`")),
        };
        if signatures.len() > MAXIMUM_SIGNATURES {
            let reason = format!(
                "it has {} signatures, more than {MAXIMUM_SIGNATURES}",
                signatures.len()
            );
            return Err(malformed("/signatures", &reason));
        }
        let signatures = signatures
            .iter()
            .enumerate()
            .map(|(index, node)| signature(node, index))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            payload_type: payload_type.to_owned(),
            payload,
            signatures,
        })
    }

    /// The bytes that are signed: the pre-authentication encoding of type and payload (`protocol.md`).
    pub fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }

    /// Writes the envelope as JSON with a last line break, always in the same way.
    pub fn to_json(&self) -> String {
        let base64 = |bytes: &[u8]| base64::prelude::BASE64_STANDARD.encode(bytes);
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .map(|one| {
                let mut signature = serde_json::json!({"sig": base64(&one.signature)});
                if let (Some(keyid), Some(fields)) = (&one.keyid, signature.as_object_mut()) {
                    fields.insert("keyid".to_owned(), keyid.as_str().into());
                }
                signature
            })
            .collect();
        let envelope = serde_json::json!({
            "payload": base64(&self.payload),
            "payloadType": self.payload_type,
            "signatures": signatures,
        });
        crate::digest::canonical_json(&envelope) + "\n"
    }
}

/// The pre-authentication encoding: `DSSEv1`, and length and bytes of type and payload, each behind a space
/// (DSSE v1.0.0, `protocol.md`, "Signature Definition").
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    out.extend_from_slice(payload);
    out
}

/// The documents of a file: one JSON document, or one on each line (JSON Lines, as in `.intoto.jsonl`).
///
/// What each of them is, is not asked.
///
/// # Errors
///
/// `envelope-too-large`; `envelope-malformed` when there are more than [`MAXIMUM_ENVELOPES`]; the fault of the
/// whole document where it is on one line.
pub fn documents(bytes: &[u8]) -> Result<Vec<&[u8]>, Diagnostic> {
    check_size(bytes)?;
    let Err(fault) = parse_strictly(bytes) else {
        return Ok(vec![bytes]);
    };
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .collect();
    if lines.len() > MAXIMUM_ENVELOPES {
        let reason = format!("it has more than {MAXIMUM_ENVELOPES} lines");
        return Err(malformed("", &reason));
    }
    // NOTE: a document that is written over many lines has a line that is no document.
    let is_object = |line: &&[u8]| {
        let line = line.trim_ascii();
        line.starts_with(b"{") && line.ends_with(b"}") && line.len() > 2
    };
    if lines.len() < 2 || !lines.iter().all(is_object) {
        return Err(fault);
    }
    Ok(lines)
}

/// Decodes base64 in the standard or the URL-safe alphabet (RFC 4648, sections 4 and 5), not mixed. Padding may
/// be left out in the second only; bits beyond the last byte must be zero.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    if text.contains(['-', '_']) {
        return URL_SAFE.decode(text).ok();
    }
    let decoded = base64::prelude::BASE64_STANDARD.decode(text).ok();
    decoded.or_else(|| URL_SAFE.decode(text).ok())
}

fn signature(node: &Node, index: usize) -> Result<EnvelopeSignature, Diagnostic> {
    let pointer = format!("/signatures/{index}");
    if !matches!(node.value, Value::Table(_)) {
        return Err(malformed(&pointer, "a signature is not an object"));
    }
    let at = format!("{pointer}/sig");
    let sig = text(node, "sig", &at)?;
    let signature = from_base64(sig).ok_or_else(|| malformed(&at, "a signature is not base64"))?;
    let keyid = match node.get("keyid").map(|node| &node.value) {
        None | Some(Value::Null) => None,
        Some(Value::Text(keyid)) => Some(keyid.clone()).filter(|keyid| !keyid.is_empty()),
        Some(_) => {
            return Err(malformed(
                &format!("{pointer}/keyid"),
                "a key id is no text",
            ));
        }
    };
    Ok(EnvelopeSignature {
        keyid,
        signature,
        has_certificate: node.get("cert").is_some(),
    })
}

fn text<'a>(node: &'a Node, member: &str, pointer: &str) -> Result<&'a str, Diagnostic> {
    match node.get(member).map(|node| &node.value) {
        Some(Value::Text(text)) => Ok(text),
        Some(other) => {
            let reason = format!("`{member}` is {}, not a text", other.shape());
            Err(malformed(pointer, &reason))
        }
        None => Err(malformed("", &format!("there is no member `{member}`"))),
    }
}

fn check_size(bytes: &[u8]) -> Result<(), Diagnostic> {
    if bytes.len() <= MAXIMUM_BYTES {
        return Ok(());
    }
    let message = format!(
        "the envelope has {} bytes, more than {MAXIMUM_BYTES}",
        bytes.len()
    );
    Err(
        Diagnostic::error("envelope-too-large", Place::whole(), message)
            .help("ask for a statement that refers to large documents by digest"),
    )
}

fn malformed(pointer: &str, reason: &str) -> Diagnostic {
    let place = if pointer.is_empty() {
        Place::whole()
    } else {
        Place::pointer(pointer)
    };
    let message = format!("the envelope cannot be read: {reason}");
    Diagnostic::error("envelope-malformed", place, message)
        .help("ask the signer for a DSSE envelope with payload, payloadType and signatures")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Envelope, &'static str> {
        Envelope::parse(text.as_bytes()).map_err(|fault| fault.code)
    }

    #[test]
    fn the_signed_bytes_are_those_of_the_specification() {
        // DSSE v1.0.0, `protocol.md`, the example under "Test vectors".
        assert_eq!(
            pre_authentication_encoding("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn either_alphabet_is_read_and_unknown_members_are_passed_over() {
        // The bytes fb ff fe are `+//+` in the one alphabet and `-__-` in the other.
        for payload in ["+//+", "-__-"] {
            let envelope = parse(&format!(
                r#"{{"payload":"{payload}","payloadType":"t","extra":[1],
                "signatures":[{{"sig":"AA==","keyid":"k","cert":"x"}},{{"sig":"AA","keyid":""}},{{"sig":"","keyid":null}}]}}"#
            ))
            .unwrap();
            assert_eq!(envelope.payload, [0xfb, 0xff, 0xfe]);
            let keyids = envelope.signatures.iter().map(|one| one.keyid.as_deref());
            let keyids: Vec<_> = keyids.collect();
            assert_eq!(keyids, [Some("k"), None, None]);
            assert!(envelope.signatures[0].has_certificate);
            assert_eq!(envelope.signatures[1].signature, [0]);
            let mut again = Envelope::parse(envelope.to_json().as_bytes()).unwrap();
            again.signatures[0].has_certificate = true;
            assert_eq!(again, envelope);
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let whole = r#"{"payload":"AA==","payloadType":"t","signatures":[]}"#;
        assert!(parse(whole).is_ok());
        for (text, code) in [
            ("[]", "envelope-malformed"),
            ("{}", "envelope-malformed"),
            ("{", "json-truncated"),
            (&format!("{whole}x"), "json-syntax"),
            (&whole.replace("AA==", "A"), "envelope-malformed"),
            (&whole.replace("AA==", "+-AA"), "envelope-malformed"),
            (&whole.replace("AA==", "AB=="), "envelope-malformed"),
            (&whole.replace("\"AA==\"", "1"), "envelope-malformed"),
            (&whole.replace("\"t\"", "\"\""), "envelope-malformed"),
            (&whole.replace("[]", "{}"), "envelope-malformed"),
            (&whole.replace("[]", "[{}]"), "envelope-malformed"),
            (&whole.replace("[]", "[[]]"), "envelope-malformed"),
            (
                &whole.replace("[]", r#"[{"sig":"AA==","keyid":1}]"#),
                "envelope-malformed",
            ),
            (
                &whole.replace("[]", r#"[{"sig":"*"}]"#),
                "envelope-malformed",
            ),
            (
                &whole.replace("[]", r#"[{"sig":"AA==","sig":"AA=="}]"#),
                "json-duplicate-member",
            ),
            (
                &whole.replace('{', r#"{"payload":"AQ==","#),
                "json-duplicate-member",
            ),
            (
                &whole.replace("[]", &format!("[{}1]", "1,".repeat(MAXIMUM_SIGNATURES))),
                "envelope-malformed",
            ),
        ] {
            assert_eq!(parse(text), Err(code), "{text}");
        }
        let large = vec![b' '; MAXIMUM_BYTES + 1];
        assert_eq!(
            Envelope::parse(&large).unwrap_err().code,
            "envelope-too-large"
        );
    }

    #[test]
    fn lines_are_told_from_one_document() {
        let count = |text: &str| documents(text.as_bytes()).map(|all| all.len());
        assert_eq!(count("{\"a\":1}\n"), Ok(1));
        assert_eq!(count("{\n\"a\":1\n}\n"), Ok(1));
        assert_eq!(count("{\"a\":1}\n\n{\"a\":2}\r\n"), Ok(2));
        for broken in ["", "{", "{\"a\":1}\nx", "{\"a\":1}{\"a\":2}"] {
            assert!(count(broken).is_err(), "{broken}");
        }
        let many = "{\"a\":1}\n".repeat(MAXIMUM_ENVELOPES + 1);
        assert_eq!(count(&many).unwrap_err().code, "envelope-malformed");
    }
}
