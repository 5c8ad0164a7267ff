//! What the reader makes of small documents.

use super::*;
use crate::evidence::sbom::model::{ComponentKind, IdentifierKind};
use crate::tape::parse_json;

const WHOLE: &str = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n",
  "dataLicense":"CC0-1.0","documentNamespace":"https://example.com/n","comment":"c",
  "creationInfo":{"created":"2026-11-20T00:00:00Z",
    "creators":["Tool: t-1.2","Organization: O (o@example.com)","Person: P ()"]},
  "externalDocumentRefs":[{"externalDocumentId":"DocumentRef-x","spdxDocument":"https://example.com/x",
    "checksum":{"algorithm":"SHA1","checksumValue":"d6a770ba38583ed4bb4525bd96e50461655d2759"}}],
  "hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-1","extractedText":"x"}],
  "documentDescribes":["SPDXRef-b","SPDXRef-a"],
  "packages":[{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NONE","versionInfo":"1",
      "supplier":"Organization: S (s@example.com)","originator":"NOASSERTION",
      "licenseDeclared":"MIT","licenseConcluded":"LicenseRef-1","copyrightText":"NOASSERTION",
      "primaryPackagePurpose":"LIBRARY","description":"d","comment":"c","homepage":"https://a",
      "hasFiles":["SPDXRef-f"],"packageFileName":"a.tgz","validUntilDate":"2030-01-01T00:00:00Z",
      "checksums":[{"algorithm":"MD5","checksumValue":"d41d8cd98f00b204e9800998ecf8427e"}],
      "externalRefs":[
        {"referenceCategory":"SECURITY","referenceType":"http://spdx.org/rdf/references/cpe23Type",
         "referenceLocator":"cpe:2.3:a:a:a:1:*:*:*:*:*:*:*"},
        {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/a@1"},
        {"referenceCategory":"SECURITY","referenceType":"advisory","referenceLocator":"https://adv"}]},
    {"SPDXID":"SPDXRef-b","name":"b","downloadLocation":"NONE"}],
  "files":[{"SPDXID":"SPDXRef-f","fileName":"./f",
    "checksums":[{"algorithm":"SHA1","checksumValue":"d6a770ba38583ed4bb4525bd96e50461655d2758"}]}],
  "snippets":[{"SPDXID":"SPDXRef-s","snippetFromFile":"SPDXRef-f","ranges":[],"name":"s"}],
  "relationships":[
    {"spdxElementId":"SPDXRef-b","relatedSpdxElement":"SPDXRef-a","relationshipType":"DEPENDS_ON"},
    {"spdxElementId":"SPDXRef-a","relatedSpdxElement":"NONE","relationshipType":"DEPENDS_ON"},
    {"spdxElementId":"SPDXRef-s","relatedSpdxElement":"NOASSERTION","relationshipType":"CONTAINS"},
    {"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"DocumentRef-x:SPDXRef-y","relationshipType":"COPY_OF"},
    {"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-a","relationshipType":"DESCRIBES"}]}"#;

fn built(text: &str) -> (Sbom, Vec<String>) {
    let tape = parse_json(text).unwrap();
    let (sbom, findings) = build(&tape);
    let told = |one: &Diagnostic| format!("{} {} {}", one.severity.word(), one.at, one.code);
    (sbom, findings.iter().map(told).collect())
}

#[test]
fn a_whole_document_is_read() {
    let (sbom, findings) = built(WHOLE);
    assert_eq!(findings, [] as [&str; 0]);
    assert_eq!(sbom.spec_version, "2.3");
    let metadata = &sbom.metadata;
    assert_eq!(metadata.name.as_deref(), Some("n"));
    assert_eq!(metadata.tools[0].version.as_deref(), Some("1.2"));
    assert_eq!(metadata.authors[0].emails, ["o@example.com"]);
    assert_eq!(metadata.authors[1].name, "P");
    assert_eq!(metadata.external_references[0].hashes[0].algorithm, "SHA-1");
    let root = sbom.root.as_ref().unwrap();
    assert_eq!(
        (root.name.as_str(), root.at.pointer.as_str()),
        ("b", "/packages/1")
    );
    let [package] = &sbom.components[..] else {
        panic!("{:?}", sbom.components)
    };
    assert_eq!(package.kind, ComponentKind::Library);
    assert_eq!(package.purl.as_deref(), Some("pkg:npm/a@1"));
    assert_eq!(package.identifiers[0].kind, IdentifierKind::Cpe);
    assert_eq!(package.description.as_deref(), Some("d"));
    assert_eq!(package.originator.as_ref().unwrap().name, "NOASSERTION");
    assert_eq!(package.file_name.as_deref(), Some("a.tgz"));
    assert_eq!(package.licenses.len(), 2);
    assert_eq!(package.external_references.len(), 2);
    assert_eq!(sbom.files[0].name, "./f");
    let told: Vec<_> = sbom
        .relationships
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {:?} {}",
                sbom.references.name(one.from),
                one.kind,
                sbom.references.name(one.to),
                sbom.references.target(one.to),
                sbom.relationship_place(one)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "SPDXRef-b DEPENDS_ON SPDXRef-a Component(0) /relationships/0",
            "SPDXRef-a DEPENDS_ON NONE Nothing /relationships/1",
            "SPDXRef-s CONTAINS NOASSERTION NoAssertion /relationships/2",
            "SPDXRef-DOCUMENT COPY_OF DocumentRef-x:SPDXRef-y External /relationships/3",
            "SPDXRef-DOCUMENT DESCRIBES SPDXRef-a Component(0) /relationships/4",
            "SPDXRef-DOCUMENT DESCRIBES SPDXRef-b Root /documentDescribes/0",
            "SPDXRef-a CONTAINS SPDXRef-f File(0) /packages/0/hasFiles/0",
        ]
    );
    let told: Vec<_> = sbom
        .compositions
        .iter()
        .map(|one| {
            (
                one.aggregate.as_str(),
                one.dependencies.len(),
                one.at.pointer.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("complete", 1, "/relationships/1"),
            ("unknown", 0, "/relationships/2")
        ]
    );
}

#[test]
fn faults_carry_code_and_place() {
    let (_, findings) = built(
        r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"","dataLicense":"CC0-1.0",
        "documentNamespace":"x","creationInfo":{"created":"2026-11-20","creators":["me",{}]},
        "packages":[
          {"SPDXID":"SPDXRef-a","name":"a","supplier":"me","downloadLocation":"NONE",
           "licenseDeclared":"LicenseRef-1",
           "checksums":[{"algorithm":"SHA1","checksumValue":"00"},{"algorithm":"CRC","checksumValue":"00"}],
           "externalRefs":[{"referenceType":"purl","referenceLocator":"x"},
             {"referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a"}]},
          {"SPDXID":"SPDXRef-a"}, 1],
        "files":{}, "snippets":[{"SPDXID":"a_b"}],
        "relationships":[{"spdxElementId":"SPDXRef-a","relatedSpdxElement":"SPDXRef-z",
           "relationshipType":"DEPENDS_ON"},{"spdxElementId":"SPDXRef-a"}]}"#,
    );
    assert_eq!(
        findings,
        [
            "error /name spdx-missing",
            "error /creationInfo/created spdx-created",
            "error /creationInfo/creators/0 spdx-creator",
            "warning /packages/0/supplier spdx-creator",
            "warning /packages/0/licenseDeclared license-expression",
            "warning /packages/0/checksums/0 hash-length",
            "warning /packages/0/externalRefs/0/referenceLocator purl-malformed",
            "warning /packages/0/externalRefs/1/referenceLocator cpe-malformed",
            "error /packages/1/SPDXID spdx-duplicate-id",
            "warning /snippets/0/SPDXID spdx-id",
            "warning /relationships/0 spdx-dangling-reference",
        ]
    );
}

#[test]
fn a_version_that_is_not_read_is_refused() {
    for version in [r#""SPDX-2.2.1""#, r#""SPDX-3.0""#, "2.3", r#""""#] {
        let text = format!("{{\"spdxVersion\":{version}}}");
        let fault = check_version(&parse_json(&text).unwrap()).unwrap_err();
        assert_eq!(
            (fault.code, fault.at.to_string().as_str()),
            ("spdx-version", "/spdxVersion")
        );
    }
}
