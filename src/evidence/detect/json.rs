//! Documents in JSON, named by the members of their root.

use super::{Detection, Kind, ours};
use crate::tape::{Item, Shape, parse_json};

/// The families, in the order in which they are asked.
const FAMILIES: [fn(Item<'_>) -> Option<Detection>; 9] = [
    own, cyclonedx, spdx, linked, sigstore, provenance, csaf, advisory, other,
];

/// Media types of Sigstore: the part that names one, its kind and its format.
const MEDIA_TYPES: [(&str, Kind, &str); 4] = [
    ("dev.sigstore.bundle", Kind::Signature, "sigstore-bundle"),
    (
        "dev.sigstore.trustedroot",
        Kind::TrustRoot,
        "sigstore-trusted-root",
    ),
    (
        "dev.sigstore.clienttrustconfig",
        Kind::TrustRoot,
        "sigstore-trust-config",
    ),
    (
        "dev.sigstore.signingconfig",
        Kind::TrustRoot,
        "sigstore-signing-config",
    ),
];

/// What a document with a fault is, by a word in its beginning.
const WORDS: [(&str, Kind, &str, &str); 5] = [
    ("\"CycloneDX\"", Kind::Sbom, "cyclonedx", "json"),
    ("\"spdxVersion\"", Kind::Sbom, "spdx", "json"),
    ("spdx.org/rdf/3", Kind::Sbom, "spdx", "json-ld"),
    (
        "dev.sigstore.bundle",
        Kind::Signature,
        "sigstore-bundle",
        "json",
    ),
    ("\"csaf_version\"", Kind::Vex, "csaf", "json"),
];

/// Names a JSON document; `None` for a text that is neither JSON nor the beginning of a known document.
pub(super) fn detect(text: &str) -> Option<Detection> {
    match parse_json(text) {
        Ok(tape) => Some(detect_item(tape.root())),
        Err(_) => lines(text).or_else(|| broken(text)),
    }
}

/// What is kept one document a line, in more than one line: signed statements.
fn lines(text: &str) -> Option<Detection> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (first, _) = (lines.next()?, lines.next()?);
    let tape = parse_json(first).ok()?;
    let found = detect_item(tape.root());
    matches!(found.format, "dsse" | "sigstore-bundle").then_some(Detection {
        encoding: "json-lines",
        ..found
    })
}

/// Names a document that is on a tape already.
pub(super) fn detect_item(root: Item<'_>) -> Detection {
    FAMILIES
        .iter()
        .find_map(|family| family(root))
        .unwrap_or_else(|| Detection::unknown("json"))
}

/// A document with a fault is still named when its beginning says what it is.
fn broken(text: &str) -> Option<Detection> {
    let head = text
        .get(..text.floor_char_boundary(4096))
        .unwrap_or_default();
    WORDS
        .iter()
        .find(|(word, ..)| head.contains(word))
        .map(|(_, kind, format, encoding)| Detection::new(*kind, format, None, encoding))
}

fn text<'a>(item: Item<'a>, key: &str) -> Option<&'a str> {
    item.get_text(key)
}

fn has<const N: usize>(node: Item<'_>, keys: [&str; N]) -> bool {
    keys.iter().all(|key| node.get(key).is_some())
}

fn own(root: Item<'_>) -> Option<Detection> {
    ours(text(root, "schema")?, "json")
}

fn cyclonedx(root: Item<'_>) -> Option<Detection> {
    let version = text(root, "specVersion");
    let is_cyclonedx = has(root, ["bomFormat"])
        || text(root, "$schema").is_some_and(|one| one.contains("cyclonedx.org/schema/bom"))
        // NOTE: with a version such as `1.4` a missing or wrong `bomFormat` is a fault, not a denial.
        || version.is_some_and(|version| {
            let minor = version.strip_prefix("1.");
            minor.is_some_and(|minor| minor.parse::<u8>().is_ok())
        });
    let lists = |key| {
        root.get(key)
            .is_some_and(|node| node.items().next().is_some())
    };
    let kind = if lists("vulnerabilities") && !lists("components") {
        Kind::Vex
    } else {
        Kind::Sbom
    };
    is_cyclonedx.then(|| Detection::new(kind, "cyclonedx", version, "json"))
}

fn spdx(root: Item<'_>) -> Option<Detection> {
    let version = text(root, "spdxVersion").map(|version| version.trim_start_matches("SPDX-"));
    (version.is_some() || has(root, ["SPDXID"]))
        .then(|| Detection::new(Kind::Sbom, "spdx", version, "json"))
}

/// Linked data names its vocabulary in `@context`.
fn linked(root: Item<'_>) -> Option<Detection> {
    let context = root.get("@context");
    let contexts = context
        .into_iter()
        .chain(context.into_iter().flat_map(Item::items));
    contexts
        .filter_map(Item::text)
        .find_map(|context| {
            if context.contains("spdx.org/rdf/") || context.ends_with("/spdx-context.jsonld") {
                let mut steps = context.split('/').map(|step| step.trim_start_matches('v'));
                let version = steps.find(|step| step.starts_with("3."));
                return Some(Detection::new(Kind::Sbom, "spdx", version, "json-ld"));
            }
            let version = context.strip_prefix("https://openvex.dev/ns")?;
            let version = Some(version.trim_start_matches(['/', 'v']));
            let version = version.filter(|version| !version.is_empty());
            Some(Detection::new(Kind::Vex, "openvex", version, "json"))
        })
        .or_else(|| unlinked(root))
}

/// SPDX 3 that leaves out its context is known by the names of its elements, or by their creation.
fn unlinked(root: Item<'_>) -> Option<Detection> {
    /// So many elements are looked at; a creation information stands near the beginning.
    const ELEMENTS: usize = 100;
    let list = root.get("@graph");
    let elements = list.into_iter().flat_map(Item::items).take(ELEMENTS);
    let alone = list.is_none().then_some(root);
    let (mut is_spdx, mut version) = (false, None);
    for element in elements.chain(alone) {
        is_spdx |= has(element, ["spdxId", "type"]);
        let creation = element.get("creationInfo").unwrap_or(element);
        version = version.or_else(|| {
            [element, creation]
                .into_iter()
                .find_map(|one| text(one, "specVersion"))
                .filter(|version| version.starts_with("3."))
        });
    }
    is_spdx.then(|| Detection::new(Kind::Sbom, "spdx", version, "json-ld"))
}

fn sigstore(root: Item<'_>) -> Option<Detection> {
    let media_type = text(root, "mediaType").unwrap_or_default();
    let known = MEDIA_TYPES
        .iter()
        .find(|(part, ..)| media_type.contains(part));
    if let Some((_, kind, format)) = known {
        // Version 0.3 has its own media type; before, the version was a parameter.
        let parameter = media_type
            .rsplit_once("version=")
            .map(|(_, version)| version);
        let version = parameter.or_else(|| {
            let (_, rest) = media_type.split_once(".v")?;
            Some(rest.trim_end_matches("+json"))
        });
        return Some(Detection::new(*kind, format, version, "json"));
    }
    if has(root, ["verificationMaterial"])
        && (has(root, ["messageSignature"]) || has(root, ["dsseEnvelope"]))
    {
        return Some(Detection::new(
            Kind::Signature,
            "sigstore-bundle",
            None,
            "json",
        ));
    }
    if has(root, ["tlogs", "certificateAuthorities"]) {
        return Some(Detection::new(
            Kind::TrustRoot,
            "sigstore-trusted-root",
            None,
            "json",
        ));
    }
    let signed = root.get("signed").filter(|_| has(root, ["signatures"]))?;
    has(signed, ["_type", "spec_version"])
        .then(|| Detection::new(Kind::TrustRoot, "tuf", text(signed, "spec_version"), "json"))
}

fn provenance(root: Item<'_>) -> Option<Detection> {
    if has(root, ["payloadType", "payload", "signatures"]) {
        let is_in_toto = text(root, "payloadType") == Some("application/vnd.in-toto+json");
        let kind = if is_in_toto {
            Kind::Provenance
        } else {
            Kind::Signature
        };
        return Some(Detection::new(kind, "dsse", None, "json"));
    }
    let (format, version) = if has(root, ["image_summary", "provenance_summary"]) {
        ("gcb-provenance", None)
    } else if has(root, ["attestations"]) {
        ("npm-attestations", None)
    } else {
        let statement = text(root, "_type").filter(|kind| kind.contains("in-toto.io/Statement"))?;
        ("in-toto-statement", statement.rsplit('/').next())
    };
    Some(Detection::new(Kind::Provenance, format, version, "json"))
}

/// Every profile of CSAF states the status of products, so each is read as VEX.
fn csaf(root: Item<'_>) -> Option<Detection> {
    let document = root.get("document")?;
    has(document, ["csaf_version"])
        .then(|| Detection::new(Kind::Vex, "csaf", text(document, "csaf_version"), "json"))
}

/// How many items of a list are looked at; the first one tells.
const FIRST: usize = 1;

/// Records may come as a list, as the answer of OSV's interface (`vulns`) or as that of GitHub's.
fn advisory(root: Item<'_>) -> Option<Detection> {
    if is_lifecycle(root) {
        let version = text(root, "schema_version");
        return Some(Detection::new(Kind::Advisory, "endoflife", version, "json"));
    }
    let lists = [Some(root), root.get("vulns")].into_iter().flatten();
    let mut items = lists.flat_map(|list| list.items().take(FIRST));
    let nodes = root.at("/data/securityAdvisories/nodes");
    let node = root.at("/data/securityAdvisory");
    let graph = nodes
        .into_iter()
        .flat_map(|list| list.items().take(FIRST))
        .chain(node);
    record(root)
        .or_else(|| items.find_map(record))
        .or_else(|| graph.into_iter().find_map(record))
}

/// Whether a document is one of endoflife.date, of the older or the newer interface.
fn is_lifecycle(root: Item<'_>) -> bool {
    match root.shape() {
        Shape::List => root.items().next().is_some_and(is_cycle),
        Shape::Table => {
            let result = root.get("result");
            let lists = |one: Item<'_>| one.get("releases").is_some() && one.get("name").is_some();
            result.is_some_and(|result| lists(result) || result.items().next().is_some_and(lists))
                || (root.get("product").is_some() && root.get("cycles").is_some())
        }
        _ => false,
    }
}

fn is_cycle(item: Item<'_>) -> bool {
    item.get("cycle").is_some()
        && ["eol", "releaseDate", "latest"]
            .iter()
            .any(|key| item.get(key).is_some())
}

fn record(root: Item<'_>) -> Option<Detection> {
    let (format, version) = if has(root, ["dataType", "cveMetadata"]) {
        ("cve", text(root, "dataVersion"))
    } else if has(root, ["ghsa_id"]) || has(root, ["ghsaId"]) {
        ("github-advisory", None)
    } else if has(root, ["id"])
        && (has(root, ["affected"])
            || has(root, ["modified", "summary"])
            || has(root, ["modified", "withdrawn"])
            || has(root, ["modified", "aliases"]))
    {
        ("osv", text(root, "schema_version"))
    } else {
        return None;
    };
    Some(Detection::new(Kind::Advisory, format, version, "json"))
}

fn other(root: Item<'_>) -> Option<Detection> {
    const OSCAL: [&str; 6] = [
        "catalog",
        "profile",
        "component-definition",
        "system-security-plan",
        "assessment-plan",
        "assessment-results",
    ];
    let (kind, format, version) = if has(root, ["catalogVersion", "vulnerabilities"]) {
        (Kind::Kev, "cisa-kev", text(root, "catalogVersion"))
    } else if has(root, ["questionnaire"])
        || has(root, ["id", "templates"])
        || has(root, ["namespace", "extensions"])
    {
        (Kind::Questionnaire, "vsaq", None)
    } else if ["releases", "records", "ocid"]
        .iter()
        .any(|key| has(root, [key]))
    {
        (Kind::Procurement, "ocds", text(root, "version"))
    } else if OSCAL.iter().any(|key| has(root, [key])) {
        (Kind::Catalog, "oscal", None)
    } else {
        return None;
    };
    Some(Detection::new(kind, format, version, "json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_known_alone_and_in_lists() {
        for (text, kind, format) in [
            (r#"{"id":"A","affected":[]}"#, Kind::Advisory, "osv"),
            (r#"[{"id":"A","affected":[]}]"#, Kind::Advisory, "osv"),
            (
                r#"{"vulns":[{"id":"A","modified":"","aliases":[]}]}"#,
                Kind::Advisory,
                "osv",
            ),
            (r#"[{"ghsa_id":"A"}]"#, Kind::Advisory, "github-advisory"),
            (
                r#"{"data":{"securityAdvisories":{"nodes":[{"ghsaId":"A"}]}}}"#,
                Kind::Advisory,
                "github-advisory",
            ),
            (
                r#"{"data":{"securityAdvisory":{"ghsaId":"A"}}}"#,
                Kind::Advisory,
                "github-advisory",
            ),
            (
                r#"[{"cycle":"1","eol":false}]"#,
                Kind::Advisory,
                "endoflife",
            ),
            (
                r#"{"result":{"name":"a","releases":[]}}"#,
                Kind::Advisory,
                "endoflife",
            ),
            (
                r#"{"catalogVersion":"1","vulnerabilities":[]}"#,
                Kind::Kev,
                "cisa-kev",
            ),
        ] {
            let found = detect(text).unwrap();
            assert_eq!((found.kind, found.format), (kind, format), "{text}");
        }
        for text in [
            "[]",
            r#"[{"id":"A"}]"#,
            r#"{"vulns":[]}"#,
            r#"[{"cycle":"1"}]"#,
        ] {
            assert_eq!(detect(text).unwrap().kind, Kind::Unknown, "{text}");
        }
    }

    #[test]
    fn spdx_3_is_known_however_it_is_written() {
        for (text, version) in [
            (
                r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#,
                Some("3.0.1"),
            ),
            (
                r#"{"@context":["https://spdx.org/rdf/3.0.0/spdx-context.jsonld",{"a":"b"}]}"#,
                Some("3.0.0"),
            ),
            (
                r#"{"@context":"https://spdx.github.io/spdx-spec/v3.0.1/rdf/spdx-context.jsonld"}"#,
                Some("3.0.1"),
            ),
            (
                r#"{"@graph":[{"type":"CreationInfo","specVersion":"3.0.1"},{"type":"Tool","spdxId":"a:b"}]}"#,
                Some("3.0.1"),
            ),
            (
                r#"{"type":"Person","spdxId":"a:b","creationInfo":{"specVersion":"3.0.1"}}"#,
                Some("3.0.1"),
            ),
            (
                r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[,]}"#,
                None,
            ),
        ] {
            let expected = Detection::new(Kind::Sbom, "spdx", version, "json-ld");
            assert_eq!(detect(text), Some(expected), "{text}");
        }
        for text in [
            r#"{"@graph":[{"@id":"a:b","@type":"Person"}]}"#,
            r#"{"@context":"https://schema.org","@graph":[]}"#,
        ] {
            assert_ne!(detect(text).map(|one| one.format), Some("spdx"), "{text}");
        }
    }
}
