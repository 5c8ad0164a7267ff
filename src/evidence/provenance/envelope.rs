//! DSSE envelopes as builders and services hand them on, read and not verified.
//!
//! Unlike [`crate::evidence::attestation::envelope`] this reader goes on where one of several signatures is
//! unreadable: Google Cloud lists signatures of several of its keys, and what each is worth is for the verifier.

pub(super) use crate::evidence::attestation::envelope::{IN_TOTO, from_base64 as decode};

use crate::diagnostic::Diagnostic;
use crate::evidence::attestation::envelope::pre_authentication_encoding;
use crate::tape::{Item, Shape};

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
    /// What the signatures are over: payload and type.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
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

/// The refusal of an attestation that cannot be read.
pub(super) fn malformed(item: Item<'_>, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "provenance-malformed",
        item.place(),
        format!("the provenance cannot be read: {reason}"),
    )
    .help("ask the supplier for the provenance as the builder wrote it")
}
