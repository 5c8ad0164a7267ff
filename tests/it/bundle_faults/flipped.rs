//! Flipped bits.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::SignatureRequest;
use mekiki::evidence::signature::Artifact;
use serde_json::Value;

use super::{ARTIFACT, FORMS, by_key, outcome, parsed, request, sign, signer};
use crate::authority::{Authority, ManagedKey};
use crate::seeded::Seeded;

/// The JSON pointers to every text in base64 below `value`.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                places(member, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::String(_) => found.push(pointer.to_owned()),
        _ => {}
    }
}

/// Whether a place carries no meaning: the hint of a key is the signer's own word.
fn is_without_meaning(place: &str) -> bool {
    place.ends_with("/publicKey/hint")
}

/// Flips one bit of the text at `place`: of the bytes where it is base64 of bytes, and else of the text itself.
/// Nothing where that would not be a text.
fn flip(bundle: &Value, place: &str, bit: usize) -> Option<String> {
    let mut flipped = bundle.clone();
    let field = flipped.pointer_mut(place)?;
    let text = field.as_str()?;
    let plain = [
        "/envelope",
        "/kind",
        "/version",
        "/algorithm",
        "/payloadType",
        "mediaType",
    ];
    let in_base64 = !plain.iter().any(|end| place.ends_with(end)) && text.parse::<u64>().is_err();
    let mut bytes = if in_base64 {
        BASE64_STANDARD.decode(text).ok()?
    } else {
        text.as_bytes().to_vec()
    };
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    *field = Value::String(if in_base64 {
        BASE64_STANDARD.encode(bytes)
    } else {
        String::from_utf8(bytes).ok()?
    });
    Some(flipped.to_string())
}

#[test]
fn no_flipped_bit_verifies_at_any_place_of_any_form() {
    const FLIPS: usize = 24;
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    let mut seeded = Seeded::new(7);
    let mut tried = 0;
    for form in FORMS {
        for bare in [false, true] {
            let signer = signer(&authority);
            let signer = if bare { signer.with_key(&key) } else { signer };
            let bundle = parsed(&sign(signer, form));
            let mut all = Vec::new();
            places(&bundle, "", &mut all);
            for place in all.iter().filter(|place| !is_without_meaning(place)) {
                for _ in 0..FLIPS {
                    let bit = seeded.below(1 << 20);
                    let Some(flipped) = flip(&bundle, place, bit) else {
                        continue;
                    };
                    let request = if bare {
                        by_key(&flipped, &root, &public)
                    } else {
                        request(&flipped, &root)
                    };
                    let found = outcome(&request);
                    // `granted` and `granted with modifications` differ in one bit of the response's status, which
                    // nobody signs and which says nothing about the token (RFC 3161, section 2.4.2).
                    let status = place.ends_with("/signedTimestamp") && is_status(&flipped, place);
                    assert!(
                        found != "verified" || status,
                        "{form:?}: bit {bit} of {place}"
                    );
                    tried += 1;
                }
            }
            for _ in 0..FLIPS {
                let mut artifact = ARTIFACT.to_vec();
                let bit = seeded.below(artifact.len() * 8);
                artifact[bit / 8] ^= 1 << (bit % 8);
                let text = bundle.to_string();
                let request = if bare {
                    by_key(&text, &root, &public)
                } else {
                    request(&text, &root)
                };
                let request = SignatureRequest {
                    artifact: Artifact::of_bytes(&artifact),
                    ..request
                };
                assert_ne!(
                    outcome(&request),
                    "verified",
                    "{form:?}: bit {bit} of the artifact"
                );
            }
        }
    }
    assert!(tried > 3000, "{tried}");
}

/// Whether the response's status is 1.
fn is_status(bundle: &str, place: &str) -> bool {
    let bundle = parsed(bundle);
    let text = bundle.pointer(place).and_then(Value::as_str).unwrap();
    let response = BASE64_STANDARD.decode(text).unwrap();
    // A sequence with its length in three bytes, a sequence of three, an integer of one.
    response[4..9] == [0x30, 3, 2, 1, 1]
}
