//! Detection names the documents of the corpus as its manifest does, from their bytes alone.

use std::collections::BTreeMap;

use mekiki::evidence::detect::{Detection, detect};
use serde_json::json;

use crate::corpus::{Row, corpus, files_of_tar, say};

/// The manifest's formats with our words for format and encoding.
///
/// Left out is what the manifest files by folder (`dsse-intoto` is `provenance` in one folder and
/// `signature` in another), by file name (`json`, `text`, `csv`) or by what one has to know beside
/// the bytes (a bare base64 signature, a binary OpenPGP packet).
const FORMATS: [(&str, &str, &str); 23] = [
    ("cargo-lock", "cargo-lock", "toml"),
    ("cisa-kev-json", "cisa-kev", "json"),
    ("cms-der", "cms", "der"),
    ("cms-pem", "cms", "pem"),
    ("csaf-json", "csaf", "json"),
    ("cve-json5", "cve", "json"),
    ("cyclonedx-json", "cyclonedx", "json"),
    ("cyclonedx-protobuf", "cyclonedx", "protobuf"),
    ("cyclonedx-xml", "cyclonedx", "xml"),
    ("ghsa-api-json", "github-advisory", "json"),
    ("minisign-pub", "minisign-key", "text"),
    ("openvex-json", "openvex", "json"),
    ("osv-json", "osv", "json"),
    ("osv-yaml", "osv", "yaml"),
    ("rubysec-yaml", "rubysec", "yaml"),
    ("rustsec-md+toml", "rustsec", "markdown"),
    ("sigstore-bundle", "sigstore-bundle", "json"),
    ("sigstore-trusted-root", "sigstore-trusted-root", "json"),
    ("spdx-json", "spdx", "json"),
    ("spdx-rdf", "spdx", "rdf-xml"),
    ("spdx-tv", "spdx", "tag-value"),
    ("spdx-yaml", "spdx", "yaml"),
    ("spdx3-jsonld", "spdx", "json-ld"),
];

/// Documents on which the bytes and the manifest say different things.
const EXCEPTIONS: [(&str, &str); 14] = [
    (
        "cyclonedx/spec-protobuf/1.7/valid-cryptography-full-deprecated-1.7.cdx.bin",
        "states 1.6",
    ),
    ("cyclonedx/spec/1.2/invalid-namespace-1.2.xml", NO_VERSION),
    ("cyclonedx/spec/1.3/invalid-namespace-1.3.xml", NO_VERSION),
    ("cyclonedx/spec/1.4/invalid-namespace-1.4.xml", NO_VERSION),
    ("cyclonedx/spec/1.5/invalid-namespace-1.5.xml", NO_VERSION),
    ("cyclonedx/spec/1.6/invalid-namespace-1.6.xml", NO_VERSION),
    (
        "match/cargo-lock/formats/Cargo.lock.v2",
        "states no version, as the format before 3 did",
    ),
    ("sbom/bom-examples/VEX/bom.json", BOTH),
    (
        "sbom/sbom-utility/diff/vulnerability/cdx-1-5-vulnerabilities-base.bom.json",
        NO_COMPONENTS,
    ),
    (
        "sbom/sbom-utility/trim/trim-cdx-1-4-sample-vex.json",
        NO_COMPONENTS,
    ),
    ("sbom/sbom-utility/vex/cdx-1-3-example1-bom-vex.json", BOTH),
    ("sbom/sbom-utility/vex/cdx-1-4-appthreat-vex.json.zst", BOTH),
    (
        "sbom/tools-python/SPDXJSONExample-UTF-16.spdx.json",
        "states SPDX-2.2",
    ),
    (
        "sbom/tools-python/SPDXTagExample-UTF-16.spdx",
        "states SPDX-2.2",
    ),
];
const NO_VERSION: &str = "its namespace ends in `12`, which is the fault it was made for";
const BOTH: &str = "lists components and vulnerabilities; the manifest calls it VEX by its folder";
const NO_COMPONENTS: &str = "lists vulnerabilities and no component; the manifest calls it an SBOM";

#[test]
fn the_bytes_say_what_the_manifest_says() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &corpus.rows {
        let known = FORMATS.iter().find(|(name, ..)| *name == row.format);
        // These kinds tell what a file is for in the corpus and not what it is.
        let by_role = matches!(
            row.kind.as_str(),
            "adversarial" | "artifact" | "expected" | "other"
        );
        let Some((name, format, encoding)) = known.filter(|_| !by_role) else {
            continue;
        };
        let content = corpus.read(&row.path);
        let files = if row.path.ends_with(".tar.zst") {
            files_of_tar(&content)
        } else {
            vec![(row.path.clone(), content.as_slice())]
        };
        let (agreed, all) = counts.entry(*name).or_default();
        for (file_name, file) in files {
            if file_name == "LICENSE.txt" {
                continue;
            }
            let found = detect(file);
            *all += 1;
            if agrees(&found, row, format, encoding) {
                *agreed += 1;
            } else {
                wrong.push((row.path.as_str(), found));
            }
        }
    }
    let counted: Vec<_> = counts
        .iter()
        .map(|(name, (agreed, all))| format!("{name} {agreed}/{all}"))
        .collect();
    say(&format!("corpus detection: {}", counted.join(", ")));

    let unexpected: Vec<_> = wrong
        .iter()
        .filter(|(path, _)| EXCEPTIONS.iter().all(|(known, _)| known != path))
        .map(|(path, found)| format!("{path}: {found:?}"))
        .collect();
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    for (path, reason) in EXCEPTIONS {
        assert!(
            wrong.iter().any(|(known, _)| *known == path),
            "{path} is no exception any more: {reason}"
        );
    }
    assert!(counts.len() == FORMATS.len(), "{counts:?}");
}

fn agrees(found: &Detection, row: &Row, format: &str, encoding: &str) -> bool {
    let version = found.spec_version.as_deref().unwrap_or_default();
    json!(found.kind) == json!(row.kind)
        && (found.format, found.encoding) == (format, encoding)
        && (row.version.is_empty() || row.version.trim_start_matches('v') == version)
}
