//! DSSE envelopes, read and not verified.
//!
//! Source: DSSE 1.0, "JSON encoding" (base64 of the standard or the URL-safe alphabet, with or without padding).

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine};

use crate::diagnostic::Diagnostic;
use crate::tape::{Item, Shape};

/// The payload type of an in-toto statement (in-toto Attestation Framework v1, Envelope).
pub(super) const IN_TOTO: &str = "application/vnd.in-toto+json";

const EITHER_PADDING: GeneralPurposeConfig =
    engine::general_purpose::PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER_PADDING);

/// An envelope, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The type of the payload.
    pub payload_type: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// Its signatures.
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// The name of the key, which proves nothing.
    pub keyid: String,
    /// The signature; `None` where it is empty or no base64.
    pub signature: Option<Vec<u8>>,
    /// The certificate that some builders put beside the signature (member `cert`), as it is written.
    pub certificate: Option<String>,
}

impl Envelope {
    /// What the signatures are over: payload and type ("pre-authentication encoding", DSSE 1.0).
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = format!(
            "DSSEv1 {} {} {} ",
            self.payload_type.len(),
            self.payload_type,
            self.payload.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// Reads the envelope `item`.
    ///
    /// # Errors
    ///
    /// `provenance-malformed` where payload, type or list of signatures is missing or unreadable.
    pub(super) fn read(item: Item<'_>) -> Result<Self, Diagnostic> {
        let text = |key: &str| {
            item.get_text(key)
                .ok_or_else(|| malformed(item, &format!("the envelope has no `{key}`")))
        };
        let payload = decode(text("payload")?)
            .filter(|payload| !payload.is_empty())
            .ok_or_else(|| malformed(item, "the payload of the envelope is empty or no base64"))?;
        let signatures = item
            .get("signatures")
            .filter(|list| list.shape() == Shape::List)
            .ok_or_else(|| malformed(item, "the envelope has no `signatures`"))?;
        Ok(Self {
            payload_type: text("payloadType")?.to_owned(),
            payload,
            signatures: signatures
                .items()
                .map(|signature| EnvelopeSignature {
                    keyid: signature.get_text("keyid").unwrap_or_default().to_owned(),
                    signature: signature
                        .get_text("sig")
                        .and_then(decode)
                        .filter(|signature| !signature.is_empty()),
                    certificate: signature.get_text("cert").map(str::to_owned),
                })
                .collect(),
        })
    }
}

/// Decodes base64 of either alphabet, never of both in one text.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

/// The refusal of an attestation that cannot be read.
pub(super) fn malformed(item: Item<'_>, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "provenance-malformed",
        item.place(),
        format!("the provenance cannot be read: {reason}"),
    )
    .help("ask the supplier for the provenance as the builder wrote it")
}
