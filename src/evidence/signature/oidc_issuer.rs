//! Who vouched for the identity in a certificate of Fulcio.
//!
//! Source: Fulcio, `docs/oid-info.md`.

use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};

/// The issuer as plain bytes; deprecated.
const PLAIN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
/// The issuer as a DER text.
const TEXT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");

/// The issuer in `certificate`; `None` where it names none.
///
/// # Errors
///
/// The reason, where it cannot be read or two are named that differ.
pub(super) fn of(certificate: &Certificate) -> Result<Option<String>, &'static str> {
    let extensions = certificate.tbs_certificate.extensions.as_deref();
    let value = |oid| {
        let mut found = extensions.unwrap_or_default().iter();
        let extension = found.find(|one| one.extn_id == oid)?;
        Some(extension.extn_value.as_bytes())
    };
    let plain = value(PLAIN).map(|bytes| {
        let text = std::str::from_utf8(bytes);
        text.map_err(|_| "the extension for the issuer is no UTF-8")
    });
    let text = value(TEXT).map(|der| {
        let text = Utf8StringRef::from_der(der);
        text.map_err(|_| "the extension for the issuer cannot be read")
    });
    match (plain.transpose()?, text.transpose()?) {
        (Some(plain), Some(text)) if plain != text.as_str() => {
            Err("the certificate gives two issuers that differ")
        }
        (_, Some(text)) => Ok(Some(text.as_str().to_owned())),
        (Some(plain), None) => Ok(Some(plain.to_owned())),
        (None, None) => Ok(None),
    }
}
