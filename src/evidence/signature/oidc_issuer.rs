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

/// The issuer in a certificate in DER; `None` where it names none.
pub(super) fn of(certificate: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let extensions = certificate.tbs_certificate.extensions?;
    let value = |oid| {
        let extension = extensions.iter().find(|one| one.extn_id == oid)?;
        Some(extension.extn_value.as_bytes())
    };
    if let Some(der) = value(TEXT) {
        return Some(Utf8StringRef::from_der(der).ok()?.as_str().to_owned());
    }
    Some(std::str::from_utf8(value(PLAIN)?).ok()?.to_owned())
}
