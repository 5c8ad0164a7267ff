//! What becomes of small documents.

use super::*;
use crate::evidence::sbom::spdx2::build;
use crate::tape::Item;

const WHOLE: &str = "SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: n
DocumentNamespace: https://example.com/n
ExternalDocumentRef: DocumentRef-x https://example.com/x SHA1: d6a770ba38583ed4bb4525bd96e50461655d2759
Creator: Tool: t-1.2
Creator: Person: P (p@example.com)
Created: 2026-11-20T00:00:00Z
# a remark
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a
RelationshipComment: <text>two
lines</text>

PackageName: a
SPDXID: SPDXRef-a
PackageDownloadLocation: NONE
PackageVerificationCode: d6a770ba38583ed4bb4525bd96e50461655d2758 (excludes: ./a, ./b)
PackageChecksum: MD5: d41d8cd98f00b204e9800998ecf8427e
ExternalRef: PACKAGE_MANAGER purl pkg:npm/a@1
ExternalRefComment: c
PackageVersion: 1
PackageChecksum: SHA1: d6a770ba38583ed4bb4525bd96e50461655d2758
Annotator: Person: P
AnnotationDate: 2026-11-20T00:00:00Z
AnnotationType: OTHER
SPDXREF: SPDXRef-a
AnnotationComment: <text>note</text>
FileName: ./f
SPDXID: SPDXRef-f
FileChecksum: SHA1: d6a770ba38583ed4bb4525bd96e50461655d2758
SnippetSPDXID: SPDXRef-s
SnippetFromFileSPDXID: SPDXRef-f
SnippetByteRange: 310:420
SnippetLineRange: 5:23
PackageName: b
SPDXID: SPDXRef-b
PackageDownloadLocation: NONE
FilesAnalyzed: false
FileName: ./g
SPDXID: SPDXRef-g
FileChecksum: SHA1: d6a770ba38583ed4bb4525bd96e50461655d2758
LicenseID: LicenseRef-1
ExtractedText: <text></text>
LicenseCrossReference: http://a, http://b
";

#[test]
fn a_whole_document_is_put_into_the_json_shape() {
    let (tape, remarks) = to_tape(WHOLE).unwrap();
    assert_eq!(remarks, []);
    let root = tape.root();
    for (pointer, expected) in [
        ("/spdxVersion", "SPDX-2.3"),
        ("/SPDXID", "SPDXRef-DOCUMENT"),
        ("/externalDocumentRefs/0/checksum/algorithm", "SHA1"),
        ("/creationInfo/creators/1", "Person: P (p@example.com)"),
        ("/relationships/0/comment", "two\nlines"),
        ("/relationships/0/relatedSpdxElement", "SPDXRef-a"),
        ("/packages/0/name", "a"),
        ("/packages/0/versionInfo", "1"),
        (
            "/packages/0/packageVerificationCode/packageVerificationCodeExcludedFiles/1",
            "./b",
        ),
        ("/packages/0/checksums/1/algorithm", "SHA1"),
        ("/packages/0/externalRefs/0/referenceLocator", "pkg:npm/a@1"),
        ("/packages/0/externalRefs/0/comment", "c"),
        ("/packages/0/annotations/0/comment", "note"),
        ("/packages/0/hasFiles/0", "SPDXRef-f"),
        ("/files/1/SPDXID", "SPDXRef-g"),
        ("/snippets/0/ranges/1/endPointer/reference", "SPDXRef-f"),
        ("/hasExtractedLicensingInfos/0/seeAlsos/1", "http://b"),
        ("/hasExtractedLicensingInfos/0/extractedText", ""),
    ] {
        assert_eq!(
            root.at(pointer).and_then(Item::text),
            Some(expected),
            "{pointer}"
        );
    }
    let number = root.at("/snippets/0/ranges/1/endPointer/lineNumber");
    assert_eq!(number.and_then(Item::integer), Some(23));
    assert!(root.at("/packages/1/hasFiles").is_none());
    let (sbom, findings) = build(&tape);
    assert_eq!(findings, []);
    assert_eq!(sbom.root.unwrap().at.place(), Place::line(15, 1));
    assert_eq!((sbom.components.len(), sbom.files.len()), (1, 2));
}

#[test]
fn a_bad_line_is_named_and_the_rest_is_read() {
    let text = "SPDXVersion: SPDX-2.3\nPackageVersion: 1\nPackageNam: x\nPackageName: a\nSPDXID: SPDXRef-a\n\
        free text\nPackageChecksum: 00\nRelationship: a b\nPackageSummary: <text>never\nPackageVersion: 2\n";
    let (tape, remarks) = to_tape(text).unwrap();
    let told: Vec<_> = remarks
        .iter()
        .map(|one| format!("{} {} {}", one.severity.word(), one.at, one.code))
        .collect();
    assert_eq!(
        told,
        [
            "warning 2:1 tag-value-tag",
            "warning 3:1 tag-value-tag",
            "error 6:1 tag-value-syntax",
            "error 7:1 tag-value-syntax",
            "error 8:1 tag-value-syntax",
            "error 9:1 tag-value-syntax",
        ]
    );
    assert_eq!(
        remarks[1].help.as_deref(),
        Some("did you mean `PackageName`?")
    );
    assert_eq!(
        tape.root()
            .at("/packages/0/versionInfo")
            .and_then(Item::text),
        Some("2")
    );
    assert_eq!(
        to_tape("hello\nworld: x").unwrap_err().code,
        "tag-value-syntax"
    );
}
