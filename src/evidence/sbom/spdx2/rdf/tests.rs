//! What becomes of small documents.

use super::*;
use crate::diagnostic::Place;
use crate::evidence::sbom::spdx2::build;
use crate::markup::parse_xml;
use crate::tape::Item;

fn document(body: &str) -> String {
    format!(
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"
          xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\" xmlns=\"http://spdx.org/rdf/terms#\"
          xmlns:ptr=\"http://www.w3.org/2009/pointers#\" xmlns:doap=\"http://usefulinc.com/ns/doap#\">
{body}</rdf:RDF>"
    )
}

const WHOLE: &str = r#"<SpdxDocument rdf:about="https://e.org/d#SPDXRef-DOCUMENT">
<specVersion>SPDX-2.3</specVersion><name>n</name>
<dataLicense rdf:resource="http://spdx.org/licenses/CC0-1.0"/>
<creationInfo><CreationInfo><created>2026-11-20T00:00:00Z</created><creator>Tool: t-1</creator>
  <creator>Person: P</creator></CreationInfo></creationInfo>
<externalDocumentRef rdf:parseType="Resource"><externalDocumentId>DocumentRef-x</externalDocumentId>
  <spdxDocument rdf:resource="https://e.org/x"/><checksum rdf:nodeID="sum"/></externalDocumentRef>
<relationship><Relationship><relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_describes"/>
  <relatedSpdxElement><Package rdf:about="https://e.org/d#SPDXRef-a"><name>a</name>
    <versionInfo>1.10</versionInfo><downloadLocation rdf:resource="http://spdx.org/rdf/terms#none"/>
    <filesAnalyzed rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</filesAnalyzed>
    <hasFile rdf:resource="https://e.org/d#SPDXRef-f"/><primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_library"/>
    <licenseDeclared><DisjunctiveLicenseSet><member rdf:resource="http://spdx.org/licenses/MIT"/>
      <member><ConjunctiveLicenseSet rdf:nodeID="set"><member rdf:resource="https://e.org/d#LicenseRef-1"/>
        <member><WithExceptionOperator><member><OrLaterOperator><member rdf:resource="http://spdx.org/licenses/GPL-2.0"/>
          </OrLaterOperator></member><licenseException rdf:resource="http://spdx.org/licenses/Classpath-exception-2.0"/>
        </WithExceptionOperator></member></ConjunctiveLicenseSet></member></DisjunctiveLicenseSet></licenseDeclared>
    <licenseConcluded rdf:nodeID="set"/>
    <externalRef><ExternalRef><referenceCategory rdf:resource="http://spdx.org/rdf/terms#referenceCategory_packageManager"/>
      <referenceType rdf:resource="http://spdx.org/rdf/references/purl"/><referenceLocator>pkg:npm/a@1</referenceLocator></ExternalRef></externalRef>
    <relationship><Relationship><relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
      <relatedSpdxElement rdf:resource="https://e.org/x#SPDXRef-y"/></Relationship></relationship>
  </Package></relatedSpdxElement></Relationship></relationship>
</SpdxDocument>
<rdf:Description rdf:about="https://e.org/d#SPDXRef-f"><rdf:type rdf:resource="http://spdx.org/rdf/terms#File"/>
  <fileName>./f</fileName><checksum><Checksum rdf:nodeID="sum"><checksumValue>d6a770ba38583ed4bb4525bd96e50461655d2758</checksumValue>
  <algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha1"/></Checksum></checksum>
  <licenseConcluded rdf:resource="http://spdx.org/rdf/terms#noassertion"/></rdf:Description>
<Snippet rdf:about="https://e.org/d#SPDXRef-s"><snippetFromFile rdf:resource="https://e.org/d#SPDXRef-f"/>
  <range><ptr:StartEndPointer><ptr:startPointer><ptr:ByteOffsetPointer><ptr:offset>310</ptr:offset>
  <ptr:reference rdf:resource="https://e.org/d#SPDXRef-f"/></ptr:ByteOffsetPointer></ptr:startPointer></ptr:StartEndPointer></range></Snippet>
<ExtractedLicensingInfo rdf:about="https://e.org/d#LicenseRef-1"><licenseId>LicenseRef-1</licenseId>
  <extractedText>x</extractedText><rdfs:seeAlso>http://x</rdfs:seeAlso></ExtractedLicensingInfo>
<Package rdf:about="https://e.org/d#SPDXRef-a"><summary>more</summary></Package>"#;

#[test]
fn a_whole_document_is_put_into_the_json_shape() {
    let source = document(WHOLE);
    let markup = parse_xml(&source).unwrap();
    let tape = to_tape(&markup).unwrap();
    let root = tape.root();
    for (pointer, expected) in [
        ("/spdxVersion", "SPDX-2.3"),
        ("/SPDXID", "SPDXRef-DOCUMENT"),
        ("/documentNamespace", "https://e.org/d"),
        ("/dataLicense", "CC0-1.0"),
        ("/creationInfo/creators/1", "Person: P"),
        ("/externalDocumentRefs/0/spdxDocument", "https://e.org/x"),
        ("/externalDocumentRefs/0/checksum/algorithm", "SHA1"),
        ("/packages/0/SPDXID", "SPDXRef-a"),
        ("/packages/0/versionInfo", "1.10"),
        ("/packages/0/downloadLocation", "NONE"),
        ("/packages/0/summary", "more"),
        ("/packages/0/hasFiles/0", "SPDXRef-f"),
        ("/packages/0/primaryPackagePurpose", "LIBRARY"),
        (
            "/packages/0/licenseDeclared",
            "MIT OR (LicenseRef-1 AND GPL-2.0+ WITH Classpath-exception-2.0)",
        ),
        (
            "/packages/0/licenseConcluded",
            "LicenseRef-1 AND GPL-2.0+ WITH Classpath-exception-2.0",
        ),
        (
            "/packages/0/externalRefs/0/referenceCategory",
            "PACKAGE-MANAGER",
        ),
        ("/packages/0/externalRefs/0/referenceType", "purl"),
        ("/files/0/fileName", "./f"),
        ("/files/0/licenseConcluded", "NOASSERTION"),
        ("/snippets/0/snippetFromFile", "SPDXRef-f"),
        ("/snippets/0/ranges/0/startPointer/reference", "SPDXRef-f"),
        ("/hasExtractedLicensingInfos/0/seeAlsos/0", "http://x"),
        ("/relationships/0/relationshipType", "DESCRIBES"),
        (
            "/relationships/1/relatedSpdxElement",
            "DocumentRef-x:SPDXRef-y",
        ),
    ] {
        assert_eq!(
            root.at(pointer).and_then(Item::text),
            Some(expected),
            "{pointer}"
        );
    }
    let offset = root.at("/snippets/0/ranges/0/startPointer/offset");
    assert_eq!(offset.and_then(Item::integer), Some(310));
    assert_eq!(
        root.at("/packages/0/filesAnalyzed").and_then(Item::bool),
        Some(true)
    );
    assert_eq!(root.get("packages").unwrap().children().count(), 1);
    let (sbom, findings) = build(&tape);
    let codes: Vec<_> = findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["license-deprecated"; 2]);
    assert_eq!(sbom.root.unwrap().at.place(), Place::line(12, 23));
}

#[test]
fn circles_and_shared_sets_end() {
    let mut body = String::from(
        "<SpdxDocument rdf:about=\"d#SPDXRef-DOCUMENT\"><dataLicense rdf:nodeID=\"s0\"/>
         <creationInfo rdf:nodeID=\"c\"/></SpdxDocument><CreationInfo rdf:nodeID=\"c\">
         <creationInfo rdf:nodeID=\"c\"/></CreationInfo>
         <ConjunctiveLicenseSet rdf:nodeID=\"s40\"><member rdf:nodeID=\"s0\"/></ConjunctiveLicenseSet>",
    );
    for level in 0..40 {
        let member = format!("<member rdf:nodeID=\"s{}\"/>", level + 1).repeat(3);
        let set = format!(
            "<ConjunctiveLicenseSet rdf:nodeID=\"s{level}\">{member}</ConjunctiveLicenseSet>"
        );
        body.push_str(&set);
    }
    let source = document(&body);
    let markup = parse_xml(&source).unwrap();
    let tape = to_tape(&markup).unwrap();
    assert!(tape.root().get("creationInfo").is_some());
    assert!(tape.root().get_text("dataLicense").unwrap().len() < 40_000);
}
