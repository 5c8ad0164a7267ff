//! What of a document the model does not hold, so that no writer of the model can carry it.
//!
//! A table says for each kind of object which members the model holds; every other member that holds
//! anything is a loss. To take in a member: let the reader fill the model with it, and name it here.

use super::loss::Losses;
use super::trail::Trail;
use crate::tape::{Item, Shape, Step, Tape};

/// A kind of object: its name for people, the members that the model holds, and those of them whose own
/// members are to be looked at, with their kind.
struct Kind {
    name: &'static str,
    held: &'static [&'static str],
    inner: &'static [(&'static str, &'static Kind)],
}

/// Tells what of a CycloneDX document the model does not hold.
pub(super) fn of_cyclonedx(tape: &Tape<'_>, target: &str, losses: &mut Losses) {
    walk(tape, &BOM, target, losses);
}

/// Tells what of an SPDX 2 document the model does not hold.
pub(super) fn of_spdx2(tape: &Tape<'_>, target: &str, losses: &mut Losses) {
    walk(tape, &SPDX_DOCUMENT, target, losses);
}

/// Tells what of an SPDX 3 document the model does not hold: elements of classes that it has no part for,
/// and members of packages and files.
pub(super) fn of_spdx3(tape: &Tape<'_>, target: &str, losses: &mut Losses) {
    let mut walk = Walk {
        trail: Trail::new(tape),
        reason: format!("{target} has no place for it"),
        losses,
    };
    let root = tape.root();
    let Some(graph) = root.get("@graph") else {
        walk.element(root);
        return;
    };
    let start = walk.trail.step(Step::Key("@graph"));
    for (position, item) in graph.items().enumerate() {
        let start = walk.trail.step(Step::Position(position));
        walk.element(item);
        walk.trail.back(start);
    }
    walk.trail.back(start);
}

/// Classes of SPDX 3 that the model has a part for, without the prefix of their profile.
const CLASSES: [&str; 33] = [
    "SpdxDocument",
    "Sbom",
    "Bom",
    "CreationInfo",
    "Agent",
    "Person",
    "Organization",
    "SoftwareAgent",
    "Tool",
    "Package",
    "AIPackage",
    "DatasetPackage",
    "File",
    "Relationship",
    "LifecycleScopedRelationship",
    "Vulnerability",
    "CvssV2VulnAssessmentRelationship",
    "CvssV3VulnAssessmentRelationship",
    "CvssV4VulnAssessmentRelationship",
    "VexAffectedVulnAssessmentRelationship",
    "VexNotAffectedVulnAssessmentRelationship",
    "VexFixedVulnAssessmentRelationship",
    "VexUnderInvestigationVulnAssessmentRelationship",
    "LicenseExpression",
    "SimpleLicensingText",
    "ListedLicense",
    "CustomLicense",
    "ConjunctiveLicenseSet",
    "DisjunctiveLicenseSet",
    "OrLaterOperator",
    "WithAdditionOperator",
    "ListedLicenseException",
    "IndividualLicensingInfo",
];

/// Members of packages and files of SPDX 3 that the model holds, without the prefix of their profile.
const MEMBERS: [&str; 22] = [
    "type",
    "@type",
    "spdxId",
    "@id",
    "creationInfo",
    "name",
    "packageVersion",
    "packageUrl",
    "externalIdentifier",
    "externalIdentifiers",
    "contentIdentifier",
    "verifiedUsing",
    "primaryPurpose",
    "additionalPurpose",
    "suppliedBy",
    "originatedBy",
    "copyrightText",
    "description",
    "downloadLocation",
    "homePage",
    "validUntilTime",
    "externalRef",
];

/// A name of SPDX 3 without the prefix of its profile.
fn local(word: &str) -> &str {
    let word = word.rsplit('/').next().unwrap_or(word);
    word.split_once('_').map_or(word, |(_, name)| name)
}

fn walk(tape: &Tape<'_>, kind: &Kind, target: &str, losses: &mut Losses) {
    Walk {
        trail: Trail::new(tape),
        reason: format!("{target} has no place for it"),
        losses,
    }
    .object(tape.root(), kind);
}

struct Walk<'l, 't> {
    trail: Trail<'t>,
    reason: String,
    losses: &'l mut Losses,
}

impl<'t> Walk<'_, 't> {
    fn object(&mut self, item: Item<'t>, kind: &Kind) {
        for member in item.children() {
            let key = member.key().unwrap_or_default();
            let start = self.trail.step(Step::Key(key));
            if !kind.held.contains(&key) {
                if is_filled(member) {
                    let what = format!("{key} of {}", kind.name);
                    let trail = &mut self.trail;
                    self.losses.add(&what, &self.reason, || trail.place(member));
                }
            } else if let Some((_, inner)) = kind.inner.iter().find(|(name, _)| *name == key) {
                self.inner(member, inner);
            }
            self.trail.back(start);
        }
    }

    /// An element of SPDX 3.
    fn element(&mut self, item: Item<'t>) {
        let class = item.get_text("type").or_else(|| item.get_text("@type"));
        let class = local(class.unwrap_or_default());
        if !class.is_empty() && !CLASSES.contains(&class) {
            let what = format!("an element of the class {class}");
            let trail = &mut self.trail;
            self.losses.add(&what, &self.reason, || trail.place(item));
            return;
        }
        if !matches!(class, "Package" | "AIPackage" | "DatasetPackage" | "File") {
            return;
        }
        for member in item.children() {
            let key = member.key().unwrap_or_default();
            let name = local(key);
            if !MEMBERS.contains(&name) && name != "extension" && is_filled(member) {
                let start = self.trail.step(Step::Key(key));
                let what = format!("{key} of an element of the class {class}");
                let trail = &mut self.trail;
                self.losses.add(&what, &self.reason, || trail.place(member));
                self.trail.back(start);
            }
        }
    }

    fn inner(&mut self, item: Item<'t>, kind: &Kind) {
        if item.shape() == Shape::Table {
            return self.object(item, kind);
        }
        for (position, one) in item.items().enumerate() {
            let start = self.trail.step(Step::Position(position));
            self.object(one, kind);
            self.trail.back(start);
        }
    }
}

fn is_filled(item: Item<'_>) -> bool {
    match item.shape() {
        Shape::Null => false,
        Shape::List | Shape::Table => item.children().next().is_some(),
        _ => true,
    }
}

static BOM: Kind = Kind {
    name: "the document",
    held: &[
        "$schema",
        "bomFormat",
        "specVersion",
        "serialNumber",
        "version",
        "metadata",
        "components",
        "services",
        "dependencies",
        "compositions",
        "vulnerabilities",
        "externalReferences",
        "properties",
    ],
    inner: &[
        ("metadata", &METADATA),
        ("components", &COMPONENT),
        ("externalReferences", &LINK),
    ],
};

static METADATA: Kind = Kind {
    name: "the metadata",
    held: &[
        "timestamp",
        "lifecycles",
        "tools",
        "authors",
        "component",
        "supplier",
        "manufacturer",
        "manufacture",
        "licenses",
        "properties",
    ],
    inner: &[
        ("tools", &TOOLS),
        ("authors", &PERSON),
        ("component", &COMPONENT),
        ("supplier", &ORGANIZATION),
        ("manufacturer", &ORGANIZATION),
        ("manufacture", &ORGANIZATION),
    ],
};

/// A tool in either form: the object of 1.5 with its lists, and the older tool itself.
static TOOLS: Kind = Kind {
    name: "a tool",
    held: &["name", "version", "components", "services"],
    inner: &[("components", &TOOL), ("services", &TOOL)],
};

static TOOL: Kind = Kind {
    name: "a tool",
    held: &["name", "version", "type", "bom-ref"],
    inner: &[],
};

static COMPONENT: Kind = Kind {
    name: "a component",
    held: &[
        "bom-ref",
        "type",
        "name",
        "version",
        "group",
        "purl",
        "cpe",
        "swid",
        "omniborId",
        "swhid",
        "supplier",
        "manufacturer",
        "author",
        "authors",
        "publisher",
        "hashes",
        "licenses",
        "copyright",
        "description",
        "scope",
        "externalReferences",
        "properties",
        "components",
    ],
    inner: &[
        ("components", &COMPONENT),
        ("supplier", &ORGANIZATION),
        ("manufacturer", &ORGANIZATION),
        ("authors", &PERSON),
        ("swid", &SWID),
        ("licenses", &CHOICE),
        ("externalReferences", &LINK),
    ],
};

static ORGANIZATION: Kind = Kind {
    name: "an organization",
    held: &["name", "url", "contact", "bom-ref"],
    inner: &[("contact", &PERSON)],
};

static PERSON: Kind = Kind {
    name: "a person",
    held: &["name", "email", "bom-ref"],
    inner: &[],
};

static SWID: Kind = Kind {
    name: "a SWID tag",
    held: &["tagId"],
    inner: &[],
};

static CHOICE: Kind = Kind {
    name: "a license expression",
    held: &["license", "expression", "acknowledgement", "bom-ref"],
    inner: &[("license", &LICENSE)],
};

static LICENSE: Kind = Kind {
    name: "a license",
    held: &["id", "name", "acknowledgement", "url", "text", "bom-ref"],
    inner: &[],
};

static LINK: Kind = Kind {
    name: "an external reference",
    held: &["type", "url", "hashes"],
    inner: &[],
};

static SPDX_DOCUMENT: Kind = Kind {
    name: "the document",
    held: &[
        "spdxVersion",
        "SPDXID",
        "name",
        "dataLicense",
        "documentNamespace",
        "comment",
        "creationInfo",
        "externalDocumentRefs",
        "hasExtractedLicensingInfos",
        "packages",
        "files",
        "relationships",
        "documentDescribes",
    ],
    inner: &[
        ("creationInfo", &CREATION),
        ("packages", &PACKAGE),
        ("files", &FILE),
        ("relationships", &RELATIONSHIP),
        ("hasExtractedLicensingInfos", &EXTRACTED),
    ],
};

static CREATION: Kind = Kind {
    name: "the creation information",
    held: &["created", "creators", "comment"],
    inner: &[],
};

static PACKAGE: Kind = Kind {
    name: "a package",
    held: &[
        "SPDXID",
        "name",
        "versionInfo",
        "packageFileName",
        "supplier",
        "originator",
        "downloadLocation",
        "filesAnalyzed",
        "checksums",
        "homepage",
        "licenseConcluded",
        "licenseDeclared",
        "copyrightText",
        "description",
        "externalRefs",
        "primaryPackagePurpose",
        "validUntilDate",
        "hasFiles",
    ],
    inner: &[("externalRefs", &EXTERNAL)],
};

static FILE: Kind = Kind {
    name: "a file",
    held: &[
        "SPDXID",
        "fileName",
        "checksums",
        "licenseConcluded",
        "copyrightText",
        "comment",
    ],
    inner: &[],
};

static EXTERNAL: Kind = Kind {
    name: "an external reference",
    held: &["referenceCategory", "referenceType", "referenceLocator"],
    inner: &[],
};

static RELATIONSHIP: Kind = Kind {
    name: "a relationship",
    held: &["spdxElementId", "relatedSpdxElement", "relationshipType"],
    inner: &[],
};

static EXTRACTED: Kind = Kind {
    name: "an extracted license",
    held: &["licenseId"],
    inner: &[],
};
