//! What `KeyInfo` says about the key (XML Signature 1.1, section 4.5). It is not signed, so all of it is a
//! hint; what is not understood is passed over and never followed.

use super::Refusal;
use super::form::Element;
use crate::evidence::signature::inside::Hint;
use crate::evidence::signature::jwk::{self, Curve};
use crate::evidence::signature::key::PublicKey;

/// The namespace of what version 1.1 added.
pub(super) const NAMESPACE_11: &str = "http://www.w3.org/2009/xmldsig11#";
/// The most certificates that are looked at.
const MAXIMUM_CERTIFICATES: usize = 16;

/// Reads the element `KeyInfo`.
pub(super) fn read(key_info: &Element<'_>) -> Result<Hint, Refusal> {
    let mut hint = Hint::default();
    for part in key_info.elements()? {
        if part.is("KeyValue") {
            if hint.key.is_some() || hint.is_unreadable {
                return Err(Refusal::structure("the signature names two keys"));
            }
            for value in part.elements()? {
                match key_of(&value) {
                    Some(key) => hint.key = Some(key),
                    None => hint.is_unreadable = true,
                }
            }
        } else if part.is("X509Data") {
            let certificates = part.elements()?;
            for one in certificates.iter().filter(|one| one.is("X509Certificate")) {
                hint.certificates.push(one.base64()?);
            }
        }
    }
    if hint.certificates.len() > MAXIMUM_CERTIFICATES {
        return Err(Refusal::structure(
            "the signature gives too many certificates",
        ));
    }
    // Their order says nothing (section 4.5.4).
    hint.leaves = hint.certificates.len();
    Ok(hint)
}

/// The key of an element `RSAKeyValue` or `ECKeyValue`.
fn key_of(value: &Element<'_>) -> Option<PublicKey> {
    let parts = value.elements().ok()?;
    if value.is("RSAKeyValue") {
        let [modulus, exponent] = parts.as_slice() else {
            return None;
        };
        if !modulus.is("Modulus") || !exponent.is("Exponent") {
            return None;
        }
        return jwk::rsa(&modulus.base64().ok()?, &exponent.base64().ok()?).ok();
    }
    let [curve, point] = parts.as_slice() else {
        return None;
    };
    let is_known = value.is_of(NAMESPACE_11, "ECKeyValue")
        && curve.is_of(NAMESPACE_11, "NamedCurve")
        && point.is_of(NAMESPACE_11, "PublicKey");
    let oid = curve.attribute("URI")?.strip_prefix("urn:oid:")?;
    let curve = Curve::of_oid(oid).filter(|_| is_known)?;
    jwk::elliptic(curve, &point.base64().ok()?).ok()
}
