//! The tags of the format, with the member of the JSON shape that each becomes.
//!
//! Source: SPDX 2.3, clauses 6 to 13 and the tag-value examples in them; 2.1 for older spellings.

/// What a tag speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Document,
    Creation,
    Package,
    File,
    Snippet,
    License,
    Review,
    Annotation,
    Relationship,
    /// Whatever element stands open.
    Open,
}

/// How the value of a tag is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of addresses with commas between them.
    Addresses,
    /// `true` or `false`.
    Truth,
    /// A list of `SHA1: …`.
    Checksums,
    /// A list of `category type locator`, each with a comment behind it.
    ExternalReferences,
    /// A list of `name address checksum`.
    ExternalDocuments,
    /// A value and the files that it leaves out.
    VerificationCode,
    /// A list of byte or line ranges.
    Ranges,
    /// `element kind element`.
    Relationship,
    /// A list of objects, one for each project.
    Projects,
    /// Read together with the tag before it.
    Companion,
}

/// A tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) part: Part,
    pub(super) form: Form,
    /// The member of the JSON shape.
    pub(super) key: &'static str,
    /// Whether it begins an element.
    pub(super) begins: bool,
}

const fn tag(name: &'static str, part: Part, form: Form, key: &'static str) -> Tag {
    Tag {
        name,
        part,
        form,
        key,
        begins: false,
    }
}

const fn first(name: &'static str, part: Part, form: Form, key: &'static str) -> Tag {
    Tag {
        begins: true,
        ..tag(name, part, form, key)
    }
}

use Form::{
    Addresses, Checksums, Companion, ExternalDocuments, ExternalReferences, Projects, Ranges, Text,
    Texts, Truth, VerificationCode,
};
use Part::{
    Annotation, Creation, Document, File, License, Open, Package, Relationship, Review, Snippet,
};

/// Every tag, in the order of its bytes.
const TAGS: [Tag; 79] = [
    tag("AnnotationComment", Annotation, Text, "comment"),
    tag("AnnotationDate", Annotation, Text, "annotationDate"),
    tag("AnnotationType", Annotation, Text, "annotationType"),
    first("Annotator", Annotation, Text, "annotator"),
    tag("ArtifactOfProjectHomePage", File, Companion, "homePage"),
    tag("ArtifactOfProjectName", File, Projects, "artifactOfs"),
    tag("ArtifactOfProjectURI", File, Companion, "projectUri"),
    tag("BuiltDate", Package, Text, "builtDate"),
    tag("Created", Creation, Text, "created"),
    tag("Creator", Creation, Texts, "creators"),
    tag("CreatorComment", Creation, Text, "comment"),
    tag("DataLicense", Document, Text, "dataLicense"),
    tag("DocumentComment", Document, Text, "comment"),
    tag("DocumentName", Document, Text, "name"),
    tag("DocumentNamespace", Document, Text, "documentNamespace"),
    tag(
        "ExternalDocumentRef",
        Document,
        ExternalDocuments,
        "externalDocumentRefs",
    ),
    tag("ExternalRef", Package, ExternalReferences, "externalRefs"),
    tag("ExternalRefComment", Package, Companion, "comment"),
    tag("ExtractedText", License, Text, "extractedText"),
    tag("FileAttributionText", File, Texts, "attributionTexts"),
    tag("FileChecksum", File, Checksums, "checksums"),
    tag("FileComment", File, Text, "comment"),
    tag("FileContributor", File, Texts, "fileContributors"),
    tag("FileCopyrightText", File, Text, "copyrightText"),
    tag("FileDependency", File, Texts, "fileDependencies"),
    first("FileName", File, Text, "fileName"),
    tag("FileNotice", File, Text, "noticeText"),
    tag("FileType", File, Texts, "fileTypes"),
    tag("FilesAnalyzed", Package, Truth, "filesAnalyzed"),
    tag("LicenseComment", License, Text, "comment"),
    tag("LicenseComments", File, Text, "licenseComments"),
    tag("LicenseConcluded", File, Text, "licenseConcluded"),
    tag("LicenseCrossReference", License, Addresses, "seeAlsos"),
    first("LicenseID", License, Text, "licenseId"),
    tag("LicenseInfoInFile", File, Texts, "licenseInfoInFiles"),
    tag(
        "LicenseInfoInSnippet",
        Snippet,
        Texts,
        "licenseInfoInSnippets",
    ),
    tag("LicenseListVersion", Creation, Text, "licenseListVersion"),
    tag("LicenseName", License, Text, "name"),
    tag("PackageAttributionText", Package, Texts, "attributionTexts"),
    tag("PackageChecksum", Package, Checksums, "checksums"),
    tag("PackageComment", Package, Text, "comment"),
    tag("PackageCopyrightText", Package, Text, "copyrightText"),
    tag("PackageDescription", Package, Text, "description"),
    tag("PackageDownloadLocation", Package, Text, "downloadLocation"),
    tag("PackageFileName", Package, Text, "packageFileName"),
    tag("PackageHomePage", Package, Text, "homepage"),
    tag("PackageLicenseComments", Package, Text, "licenseComments"),
    tag("PackageLicenseConcluded", Package, Text, "licenseConcluded"),
    tag("PackageLicenseDeclared", Package, Text, "licenseDeclared"),
    tag(
        "PackageLicenseInfoFromFiles",
        Package,
        Texts,
        "licenseInfoFromFiles",
    ),
    first("PackageName", Package, Text, "name"),
    tag("PackageOriginator", Package, Text, "originator"),
    tag("PackageSourceInfo", Package, Text, "sourceInfo"),
    tag("PackageSummary", Package, Text, "summary"),
    tag("PackageSupplier", Package, Text, "supplier"),
    tag(
        "PackageVerificationCode",
        Package,
        VerificationCode,
        "packageVerificationCode",
    ),
    tag("PackageVersion", Package, Text, "versionInfo"),
    tag(
        "PrimaryPackagePurpose",
        Package,
        Text,
        "primaryPackagePurpose",
    ),
    first("Relationship", Relationship, Form::Relationship, ""),
    tag("RelationshipComment", Relationship, Text, "comment"),
    tag("ReleaseDate", Package, Text, "releaseDate"),
    tag("ReviewComment", Review, Text, "comment"),
    tag("ReviewDate", Review, Text, "reviewDate"),
    first("Reviewer", Review, Text, "reviewer"),
    tag("SPDXID", Open, Text, "SPDXID"),
    tag("SPDXREF", Annotation, Companion, ""),
    tag("SPDXVersion", Document, Text, "spdxVersion"),
    tag("SnippetAttributionText", Snippet, Texts, "attributionTexts"),
    tag("SnippetByteRange", Snippet, Ranges, "ranges"),
    tag("SnippetComment", Snippet, Text, "comment"),
    tag("SnippetCopyrightText", Snippet, Text, "copyrightText"),
    tag("SnippetFromFileSPDXID", Snippet, Text, "snippetFromFile"),
    tag("SnippetLicenseComments", Snippet, Text, "licenseComments"),
    tag("SnippetLicenseConcluded", Snippet, Text, "licenseConcluded"),
    tag("SnippetLineRange", Snippet, Ranges, "ranges"),
    tag("SnippetName", Snippet, Text, "name"),
    first("SnippetSPDXID", Snippet, Text, "SPDXID"),
    first("SnippetSPDXIdentifier", Snippet, Text, "SPDXID"),
    tag("ValidUntilDate", Package, Text, "validUntilDate"),
];

/// Looks a tag up.
pub(super) fn lookup(name: &str) -> Option<&'static Tag> {
    let index = TAGS.binary_search_by(|tag| tag.name.cmp(name)).ok()?;
    TAGS.get(index)
}

/// The name of the known tag that is nearest to an unknown one.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    crate::diagnostic::nearest(name, TAGS.iter().map(|tag| tag.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_in_order() {
        for pair in TAGS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{}", pair[1].name);
        }
    }
}
