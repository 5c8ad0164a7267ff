//! Documents in XML, named by the namespace of their root. Entities are never expanded.

use super::{Detection, Kind};

/// The root element opens within so many characters.
const HEAD: usize = 8192;

pub(super) fn detect(text: &str) -> Detection {
    let head = text
        .char_indices()
        .nth(HEAD)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text);
    if let Some(version) = cyclonedx_version(head) {
        return Detection::new(Kind::Sbom, "cyclonedx", Some(version), "xml");
    }
    if head.contains("http://spdx.org/rdf/terms") {
        let version = after(text, "specVersion>SPDX-");
        return Detection::new(Kind::Sbom, "spdx", version, "rdf-xml");
    }
    if let Some(version) = after(text, "<spdxVersion>SPDX-") {
        return Detection::new(Kind::Sbom, "spdx", Some(version), "xml");
    }
    Detection::unknown("xml")
}

/// The version in the namespace of an element `bom`; a schema names the same namespace elsewhere.
fn cyclonedx_version(head: &str) -> Option<&str> {
    const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";
    head.match_indices(NAMESPACE).find_map(|(at, _)| {
        let (_, tag) = head.get(..at)?.rsplit_once('<')?;
        let name = tag.split(|one: char| one.is_whitespace()).next()?;
        let local = name.rsplit(':').next()?;
        (local == "bom").then(|| number(head.get(at + NAMESPACE.len()..).unwrap_or_default()))
    })
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| number(rest))
}

fn number(text: &str) -> &str {
    let end = text.find(|one: char| !one.is_ascii_digit() && one != '.');
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
