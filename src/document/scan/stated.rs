//! What the forms for exchange share: what is to be said of a finding, the names of what could not be judged,
//! and identifiers that follow from the content.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{ComponentView, FileView, FindingView, ScanView, UnjudgedView};
use crate::digest::{Digest, canonical_json};
use crate::evidence::vex::Status;
use crate::text::Lang;
use crate::text::messages::message;

/// The product, with its version, that makes the documents.
pub(super) const TOOL: &str = concat!("mekiki ", env!("CARGO_PKG_VERSION"));

/// The justifications of OpenVEX 0.2.0, "Status Justifications", with what CycloneDX calls the same
/// (ECMA-424, `impactAnalysisJustification`); the first word of CycloneDX is the one to write.
///
/// What an adversary cannot control has no counterpart there, and what a product requires none here.
const JUSTIFICATIONS: [(&str, &[&str]); 5] = [
    ("component_not_present", &["code_not_present"]),
    ("vulnerable_code_not_present", &["code_not_present"]),
    (
        "vulnerable_code_not_in_execute_path",
        &["code_not_reachable"],
    ),
    ("vulnerable_code_cannot_be_controlled_by_adversary", &[]),
    (
        "inline_mitigations_already_exist",
        &[
            "protected_by_mitigating_control",
            "protected_by_compiler",
            "protected_at_runtime",
            "protected_at_perimeter",
        ],
    ),
];

/// Justifications of CycloneDX that nothing in OpenVEX says.
const ONLY_CYCLONEDX: [&str; 3] = [
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
];

/// The name under which components that could not be judged stand among the vulnerabilities, so that no form
/// is silent about them.
pub fn unjudged_id(reason: &str) -> String {
    format!("unjudged:{reason}")
}

/// Components that could not be judged, by the advisory that leaves them open, or else by reason.
pub(super) fn unjudged_by_id(scan: &ScanView) -> BTreeMap<String, Vec<&UnjudgedView>> {
    let mut groups: BTreeMap<String, Vec<&UnjudgedView>> = BTreeMap::new();
    for one in &scan.unjudged {
        if one.advisories.is_empty() {
            let group = groups.entry(unjudged_id(one.reason)).or_default();
            group.push(one);
        }
        for advisory in &one.advisories {
            groups.entry(advisory.clone()).or_default().push(one);
        }
    }
    groups
}

/// One sentence on why something could not be judged.
pub(super) fn unjudged_sentence(reason: &str) -> String {
    let why = message(Lang::En, &format!("unjudged-{reason}"));
    format!("could not be judged: {why}")
}

/// What may be said of a finding: what VEX statements decide, unless they contradict each other or none holds.
/// That a version is in a range of an advisory is no more than a reason to look.
pub(super) fn status_of(finding: &FindingView) -> Status {
    match &finding.vex {
        Some(vex) => match vex.status {
            Some(status) if !vex.conflict => status,
            Some(Status::Affected) => Status::Affected,
            _ => Status::UnderInvestigation,
        },
        None => Status::UnderInvestigation,
    }
}

/// A justification in the words of OpenVEX.
pub(super) fn openvex_justification(word: &str) -> Option<&'static str> {
    let mut known = JUSTIFICATIONS.iter();
    // The plainest of several: that code is not there does not say that the component is not.
    let found = known.rfind(|(openvex, cyclonedx)| *openvex == word || cyclonedx.contains(&word));
    found.map(|(openvex, _)| *openvex)
}

/// A justification in the words of CycloneDX.
pub(super) fn cyclonedx_justification(word: &str) -> Option<&str> {
    let known = JUSTIFICATIONS.iter().find(|(openvex, _)| *openvex == word);
    if let Some((_, cyclonedx)) = known {
        return cyclonedx.first().copied();
    }
    let mut all = JUSTIFICATIONS.iter().flat_map(|(_, cyclonedx)| *cyclonedx);
    let is_known = all.any(|one| *one == word) || ONLY_CYCLONEDX.contains(&word);
    is_known.then_some(word)
}

/// What to do, from the versions that mend it.
pub(super) fn update(fixed: &[String]) -> Option<String> {
    (!fixed.is_empty()).then(|| format!("update to {}", fixed.join(", ")))
}

/// An identifier that follows from a document's content: the same content has the same, other content
/// another.
///
/// It is a UUID of version 8 (RFC 9562, section 5.8), whose 122 free bits are the first of the SHA-256 of the
/// canonical JSON of the document without the identifier.
pub(in crate::document) fn urn_of(content: &Value) -> String {
    let digest = Digest::of(canonical_json(content).as_bytes()).hex();
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    // The variant takes the two upper bits of a digit: 8, 9, a or b.
    let variant = match part(16, 17) {
        "0" | "4" | "8" | "c" => '8',
        "1" | "5" | "9" | "d" => '9',
        "2" | "6" | "a" | "e" => 'a',
        _ => 'b',
    };
    format!(
        "urn:uuid:{}-{}-8{}-{variant}{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32),
    )
}

/// The BOM-Link of a component of a scanned CycloneDX document, or of the document itself (ECMA-424,
/// `bomLinkElementType`); `None` where the document has no serial number.
pub(super) fn bom_link(file: &FileView, reference: &str) -> Option<String> {
    let serial = file.identifier.as_deref()?.strip_prefix("urn:uuid:")?;
    let is_uuid = serial.len() == 36
        && serial
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let version = file.version.max(1);
    is_uuid.then(|| match reference {
        "" => format!("urn:cdx:{serial}/{version}"),
        _ => format!("urn:cdx:{serial}/{version}#{}", escaped(reference)),
    })
}

/// A text inside of a fragment (RFC 3986, section 3.5).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
            out.push(char::from(byte));
        } else {
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Whether a text may stand where an IRI is asked for: what RFC 3986 lets stand nowhere is not in it.
pub(super) fn is_iri(text: &str) -> bool {
    let head = text.split_once(':').map_or("", |(head, _)| head);
    let is_scheme = head.starts_with(|first: char| first.is_ascii_alphabetic())
        && head
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let mut rest = text.bytes();
    let is_plain = rest.all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`[]".contains(&byte));
    // A percent sign begins two digits.
    let is_encoded = text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    is_scheme && is_plain && is_encoded && text.matches('#').count() < 2
}

/// The scanned file that a component is of.
pub(super) fn file_of<'s>(scan: &'s ScanView, component: &ComponentView) -> Option<&'s FileView> {
    scan.files.iter().find(|file| file.path == component.file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_identifier_follows_from_the_content() {
        let one = urn_of(&json!({"a": 1, "b": [2]}));
        assert_eq!(one, urn_of(&json!({"b": [2], "a": 1})));
        assert_ne!(one, urn_of(&json!({"a": 1, "b": [3]})));
        let uuid = one.strip_prefix("urn:uuid:").unwrap();
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'8');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }

    #[test]
    fn justifications_keep_their_meaning() {
        for (word, openvex, cyclonedx) in [
            (
                "component_not_present",
                Some("component_not_present"),
                Some("code_not_present"),
            ),
            (
                "code_not_present",
                Some("vulnerable_code_not_present"),
                Some("code_not_present"),
            ),
            (
                "code_not_reachable",
                Some("vulnerable_code_not_in_execute_path"),
                Some("code_not_reachable"),
            ),
            (
                "protected_at_runtime",
                Some("inline_mitigations_already_exist"),
                Some("protected_at_runtime"),
            ),
            (
                "vulnerable_code_cannot_be_controlled_by_adversary",
                Some("vulnerable_code_cannot_be_controlled_by_adversary"),
                None,
            ),
            ("requires_environment", None, Some("requires_environment")),
            ("because", None, None),
        ] {
            assert_eq!(openvex_justification(word), openvex, "{word}");
            assert_eq!(cyclonedx_justification(word), cyclonedx, "{word}");
        }
    }

    #[test]
    fn an_iri_has_a_scheme_and_nothing_forbidden() {
        for (text, expected) in [
            ("pkg:npm/%40a/b@1", true),
            ("https://a.example/x?y#z", true),
            ("pkg:npm/a b@1", false),
            ("a.example", false),
            ("pkg:npm/100%@1", false),
            ("pkg:npm/é@1", false),
            ("x:#a#b", false),
        ] {
            assert_eq!(is_iri(text), expected, "{text}");
        }
    }
}
