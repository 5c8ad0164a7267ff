//! What each property of RDF is in the JSON shape.
//!
//! Source: SPDX 2.3, clauses 6 to 12 ("RDF" in the metadata of each field) and the ontology
//! `http://spdx.org/rdf/terms`.

/// How the value of a property is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// A text, truth value or number.
    Text,
    /// A word of a list, named by its address.
    Word,
    /// The identifier of an element.
    Id,
    /// A license expression.
    License,
    /// The type of an external reference.
    Type,
    /// The address of another document.
    Address,
    /// An object.
    Table(&'static [Rule]),
}

/// A property.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) property: &'static str,
    pub(super) key: &'static str,
    pub(super) form: Form,
    pub(super) is_list: bool,
}

const fn one(property: &'static str, key: &'static str, form: Form) -> Rule {
    Rule {
        property,
        key,
        form,
        is_list: false,
    }
}

const fn many(property: &'static str, key: &'static str, form: Form) -> Rule {
    Rule {
        is_list: true,
        ..one(property, key, form)
    }
}

const fn text(name: &'static str) -> Rule {
    one(name, name, Form::Text)
}

const fn license(name: &'static str) -> Rule {
    one(name, name, Form::License)
}

use Form::{Address, Id, License, Table, Text, Type, Word};

const CHECKSUM: &[Rule] = &[one("algorithm", "algorithm", Word), text("checksumValue")];

const ANNOTATION: &[Rule] = &[
    text("annotator"),
    text("annotationDate"),
    one("annotationType", "annotationType", Word),
    text("comment"),
];

const POINTER: &[Rule] = &[
    text("offset"),
    text("lineNumber"),
    one("reference", "reference", Id),
];

pub(super) const DOCUMENT: &[Rule] = &[
    one("specVersion", "spdxVersion", Text),
    text("name"),
    text("comment"),
    license("dataLicense"),
    one(
        "creationInfo",
        "creationInfo",
        Table(&[
            text("comment"),
            text("created"),
            many("creator", "creators", Text),
            text("licenseListVersion"),
        ]),
    ),
    many(
        "externalDocumentRef",
        "externalDocumentRefs",
        Table(&[
            text("externalDocumentId"),
            one("spdxDocument", "spdxDocument", Address),
            one("checksum", "checksum", Table(CHECKSUM)),
        ]),
    ),
    many(
        "reviewed",
        "revieweds",
        Table(&[text("reviewer"), text("reviewDate"), text("comment")]),
    ),
    many("annotation", "annotations", Table(ANNOTATION)),
    many("describesPackage", "documentDescribes", Id),
];

pub(super) const PACKAGE: &[Rule] = &[
    text("name"),
    text("versionInfo"),
    text("packageFileName"),
    text("supplier"),
    text("originator"),
    text("downloadLocation"),
    text("filesAnalyzed"),
    one(
        "packageVerificationCode",
        "packageVerificationCode",
        Table(&[
            text("packageVerificationCodeValue"),
            many(
                "packageVerificationCodeExcludedFile",
                "packageVerificationCodeExcludedFiles",
                Text,
            ),
        ]),
    ),
    many("checksum", "checksums", Table(CHECKSUM)),
    text("homepage"),
    text("sourceInfo"),
    license("licenseConcluded"),
    license("licenseDeclared"),
    many("licenseInfoFromFiles", "licenseInfoFromFiles", License),
    text("licenseComments"),
    text("copyrightText"),
    text("summary"),
    text("description"),
    text("comment"),
    many("attributionText", "attributionTexts", Text),
    many(
        "externalRef",
        "externalRefs",
        Table(&[
            one("referenceCategory", "referenceCategory", Word),
            one("referenceType", "referenceType", Type),
            text("referenceLocator"),
            text("comment"),
        ]),
    ),
    many("hasFile", "hasFiles", Id),
    one("primaryPackagePurpose", "primaryPackagePurpose", Word),
    text("builtDate"),
    text("releaseDate"),
    text("validUntilDate"),
    many("annotation", "annotations", Table(ANNOTATION)),
];

pub(super) const FILE: &[Rule] = &[
    text("fileName"),
    many("fileType", "fileTypes", Word),
    many("checksum", "checksums", Table(CHECKSUM)),
    license("licenseConcluded"),
    many("licenseInfoInFile", "licenseInfoInFiles", License),
    text("licenseComments"),
    text("copyrightText"),
    text("comment"),
    text("noticeText"),
    many("fileContributor", "fileContributors", Text),
    many("fileDependency", "fileDependencies", Id),
    many("attributionText", "attributionTexts", Text),
    many(
        "artifactOf",
        "artifactOfs",
        Table(&[text("name"), text("homepage")]),
    ),
    many("annotation", "annotations", Table(ANNOTATION)),
];

pub(super) const SNIPPET: &[Rule] = &[
    text("name"),
    one("snippetFromFile", "snippetFromFile", Id),
    many(
        "range",
        "ranges",
        Table(&[
            one("startPointer", "startPointer", Table(POINTER)),
            one("endPointer", "endPointer", Table(POINTER)),
        ]),
    ),
    license("licenseConcluded"),
    many("licenseInfoInSnippet", "licenseInfoInSnippets", License),
    text("licenseComments"),
    text("copyrightText"),
    text("comment"),
    many("attributionText", "attributionTexts", Text),
    many("annotation", "annotations", Table(ANNOTATION)),
];

pub(super) const LICENSING: &[Rule] = &[
    text("licenseId"),
    text("extractedText"),
    text("name"),
    one("licenseName", "name", Text),
    text("comment"),
    many("seeAlso", "seeAlsos", Address),
    many(
        "crossRef",
        "crossRefs",
        Table(&[
            text("url"),
            text("match"),
            text("order"),
            text("timestamp"),
            text("isLive"),
            text("isValid"),
            text("isWayBackLink"),
        ]),
    ),
];

pub(super) const RELATIONSHIP: &[Rule] = &[
    one("relatedSpdxElement", "relatedSpdxElement", Id),
    one("relationshipType", "relationshipType", Word),
    text("comment"),
];
