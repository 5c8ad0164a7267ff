//! The bundle that `cosign sign-blob --bundle` wrote before there were Sigstore bundles.
//!
//! It has the signature, the certificate or public key, and the log's promise for a `hashedrekord`, which is what a
//! bundle of version 0.1 has as well; so it is read as one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::bundle::{Bundle, Content, Entry, FORM, KeyMaterial, Version};
use crate::diagnostic::Diagnostic;
use crate::tree::{Node, parse_json};

/// Whether `root` is such a bundle.
pub(super) fn is_one(root: &Node) -> bool {
    root.get("base64Signature").is_some()
}

/// Reads it.
pub(super) fn read(root: &Node) -> Result<Bundle, Diagnostic> {
    let object = FORM.object(
        root,
        String::new(),
        &["base64Signature", "cert", "rekorBundle"],
    )?;
    let signature = object.bytes("base64Signature")?;
    let logged = object.object("rekorBundle", &["SignedEntryTimestamp", "Payload"])?;
    let payload = logged.object("Payload", &["body", "integratedTime", "logIndex", "logID"])?;
    let body = payload.bytes("body")?;
    let (kind, version) = kind_of(&body).ok_or_else(|| {
        payload.complaint("body", "the log entry does not say of what kind it is")
    })?;
    let log_id = hex::decode(payload.text("logID")?)
        .map_err(|_| payload.complaint("logID", "it is not in hexadecimal digits"))?;
    let material = match object
        .optional_text("cert")?
        .filter(|text| !text.is_empty())
    {
        None => KeyMaterial::Key(String::new()),
        Some(text) => {
            let pem = BASE64_STANDARD
                .decode(text)
                .unwrap_or_else(|_| text.as_bytes().to_vec());
            match x509_cert::der::pem::decode_vec(pem.trim_ascii()) {
                Ok(("CERTIFICATE", der)) => KeyMaterial::Chain(vec![der]),
                // A public key there is the signer's word; the one that is trusted is handed in.
                Ok(("PUBLIC KEY", _)) => KeyMaterial::Key(String::new()),
                _ => return Err(object.complaint("cert", "it is neither a certificate nor a key")),
            }
        }
    };
    Ok(Bundle {
        version: Version::V01,
        material,
        entries: vec![Entry {
            log_index: payload.number("logIndex")?,
            log_id,
            kind,
            version,
            integrated: payload.number("integratedTime")?,
            promise: Some(logged.bytes("SignedEntryTimestamp")?),
            proof: None,
            body,
        }],
        timestamps: Vec::new(),
        content: Content::Message {
            digest: None,
            signature,
        },
    })
}

fn kind_of(body: &[u8]) -> Option<(String, String)> {
    let (body, _) = parse_json(body).ok()?;
    let text = |key: &str| body.root.get(key)?.text().map(str::to_owned);
    Some((text("kind")?, text("apiVersion")?))
}
