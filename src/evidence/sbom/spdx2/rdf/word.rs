//! Words and identifiers that RDF names by addresses.

use std::borrow::Cow;

/// Where the words of the ontology stand.
const TERMS: &str = "spdx.org/rdf/terms#";

/// `NONE` and `NOASSERTION`, where an address means one of them.
pub(super) fn reserved(address: &str) -> Option<&'static str> {
    let (_, term) = address.split_once(TERMS)?;
    match term {
        "none" => Some("NONE"),
        "noassertion" => Some("NOASSERTION"),
        _ => None,
    }
}

/// What stands behind `#`, decoded; the whole address where there is none.
pub(super) fn fragment(address: &str) -> Cow<'_, str> {
    let part = address.rsplit_once('#').map_or(address, |(_, part)| part);
    if part.contains('%') {
        return decoded(part).into();
    }
    part.into()
}

/// Decodes `%3A` and the like (RFC 3986, 2.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let code = behind
            .get(..2)
            .filter(|_| *byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*byte));
        rest = behind
            .get(if code.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The word of the JSON shape for the address of a word: `relationshipType_dependsOn` is `DEPENDS_ON`.
pub(super) fn word(address: &str) -> String {
    if let Some(word) = reserved(address) {
        return word.to_owned();
    }
    let part = fragment(address);
    let Some((list, word)) = part.split_once('_') else {
        return part.into_owned();
    };
    match list {
        "checksumAlgorithm" => match word.strip_prefix("blake2b") {
            Some(digits) => format!("BLAKE2b-{}", digits.trim_start_matches(['_', '-'])),
            None => word.to_ascii_uppercase().replace('_', "-"),
        },
        "referenceCategory" | "purpose" => upper(word).replace('_', "-"),
        _ => upper(word),
    }
}

/// `dependsOn` as `DEPENDS_ON`.
fn upper(word: &str) -> String {
    let mut upper = String::with_capacity(word.len() + 4);
    for (index, one) in word.char_indices() {
        if one.is_ascii_uppercase() && index > 0 && !upper.ends_with('_') {
            upper.push('_');
        }
        upper.push(one.to_ascii_uppercase());
    }
    upper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_json_shape() {
        for (part, expected) in [
            ("relationshipType_dependsOn", "DEPENDS_ON"),
            ("relationshipType_DevToolOf", "DEV_TOOL_OF"),
            ("checksumAlgorithm_sha1", "SHA1"),
            ("checksumAlgorithm_sha3_256", "SHA3-256"),
            ("checksumAlgorithm_blake2b384", "BLAKE2b-384"),
            ("referenceCategory_packageManager", "PACKAGE-MANAGER"),
            ("purpose_operatingSystem", "OPERATING-SYSTEM"),
            ("fileType_source", "SOURCE"),
            ("noassertion", "NOASSERTION"),
            ("SHA1", "SHA1"),
        ] {
            assert_eq!(word(&format!("http://spdx.org/rdf/terms#{part}")), expected);
        }
        assert_eq!(
            fragment("http://a#DocumentRef-x%3ASPDXRef-%y%"),
            "DocumentRef-x:SPDXRef-%y%"
        );
    }
}
