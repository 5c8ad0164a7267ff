//! The quality profiles against what peers decide about the documents of the corpus.

use mekiki::app::library::Library;
use mekiki::evidence::sbom::read;
use mekiki::profile::judgment::{Verdict, judge};
use mekiki::profile::survey::Survey;

use crate::corpus::{corpus, say};

/// The word of the manifest for what is missing, with our name of the element.
const MISSING: [(&str, &str); 9] = [
    ("author", "author"),
    ("component name", "component-name"),
    ("component version", "version"),
    ("missing version", "version"),
    ("dependency relationships", "dependency-relationship"),
    ("component supplier", "supplier-name"),
    ("missing supplier", "supplier-name"),
    ("timestamp", "timestamp"),
    ("unique identifier", "unique-identifier"),
];

/// Where a peer names another element than the one that a document lacks.
const NTIA_ARGUED: [(&str, &str); 1] = [(
    "sbom/ntia-checker/examples/SPDXSBOMExampleMissingAuthorName.spdx.yml",
    "it names `Organization: Example Inc.` as creator, and what it lacks are its packages' suppliers; NTIA: the author is the entity that creates the SBOM data",
)];

#[test]
fn ntia_minimum_elements_are_those_that_the_peer_finds() {
    let Some(corpus) = corpus() else { return };
    let library = Library::open(None).unwrap();
    let ntia = &library.profiles["ntia-2021"];
    let fsct = &library.profiles["fsct3"];
    let mut judged = 0;
    let mut unread = Vec::new();
    let mut wrong = Vec::new();
    for row in &corpus.rows {
        let Some(expected) = row.expected.strip_prefix("NTIA minimum elements: ") else {
            continue;
        };
        let Ok((_, reading)) = read(&corpus.read(&row.path)) else {
            unread.push(row.path.as_str());
            continue;
        };
        judged += 1;
        let survey = Survey::of(&reading.sbom);
        let judgment = judge(&survey, ntia);
        let passes = expected.starts_with("pass");
        if (judgment.verdict == Verdict::Pass) != passes
            || !passes && judgment.verdict != Verdict::Fail
        {
            wrong.push(format!("{}: {:?}", row.path, judgment.verdict));
        }
        if expected.contains("fail for FSCT3") && judge(&survey, fsct).verdict != Verdict::Fail {
            wrong.push(format!("{}: passes FSCT3", row.path));
        }
        if passes || NTIA_ARGUED.iter().any(|(path, _)| *path == row.path) {
            continue;
        }
        let (_, element) = MISSING
            .iter()
            .find(|(word, _)| expected.to_lowercase().contains(word))
            .unwrap_or_else(|| panic!("`{expected}` names no element"));
        let finding = judgment
            .findings
            .iter()
            .find(|one| one.element.id == *element)
            .unwrap();
        if finding.coverage.verdict != Verdict::Fail {
            wrong.push(format!("{}: {element} does not fail", row.path));
        }
    }
    say(&format!(
        "NTIA: {judged} documents judged, {} unread",
        unread.len()
    ));
    assert_eq!(wrong, [] as [&str; 0]);
    assert_eq!(unread, [] as [&str; 0]);
    assert_eq!(judged, 26);
}

/// What the name of a document says of which element of BSI TR-03183-2 v2.1.0.
const BSI: [(&str, &str, Verdict); 50] = [
    ("absentComponentDeployableHash", "hash", Verdict::Fail),
    ("absentMetadataAuthor", "author", Verdict::Fail),
    (
        "brokenTargetComponentDependencies",
        "dependency-relationship",
        Verdict::Fail,
    ),
    (
        "brokenSourceComponentDependencies",
        "dependency-relationship",
        Verdict::Fail,
    ),
    (
        "invalidComponentDeployableHashComponentLevelOnly",
        "hash",
        Verdict::Fail,
    ),
    (
        "invalidComponentDownloadURL",
        "deployable-form-uri",
        Verdict::Fail,
    ),
    ("invalidComponentHashMD5", "hash", Verdict::Fail),
    ("invalidComponentLicenseID", "license", Verdict::Fail),
    (
        "invalidComponentLicenseNoAssertion",
        "license",
        Verdict::Fail,
    ),
    ("invalidComponentLicenseNone", "license", Verdict::Fail),
    ("noneComponentLicense", "license", Verdict::Fail),
    (
        "invalidComponentManufacturerEmail",
        "component-creator",
        Verdict::Fail,
    ),
    (
        "invalidComponentSourceCodeURL",
        "source-code-uri",
        Verdict::Fail,
    ),
    ("invalidMetadataAuthorEmail", "author", Verdict::Fail),
    ("invalidMetadataCreatorEmail", "author", Verdict::Fail),
    ("missingComponentBsiFilename", "filename", Verdict::Fail),
    (
        "missingComponentSupplierEmailAndURL",
        "component-creator",
        Verdict::Fail,
    ),
    ("missingComponentVersion", "version", Verdict::Fail),
    (
        "missingDependencyInfo",
        "dependency-relationship",
        Verdict::Fail,
    ),
    ("missingMetadataAuthorEmail", "author", Verdict::Fail),
    (
        "missingMetadataSupplierEmailAndURL",
        "author",
        Verdict::Fail,
    ),
    ("missingMetadataTimestamp", "timestamp", Verdict::Fail),
    ("mixComponentLicenses", "license", Verdict::Fail),
    (
        "validComponentAuthorEmail",
        "component-creator",
        Verdict::Pass,
    ),
    (
        "validComponentBsiArchive",
        "archive-property",
        Verdict::Pass,
    ),
    (
        "validComponentBsiStructured",
        "structured-property",
        Verdict::Pass,
    ),
    ("validComponentCPE", "unique-identifier", Verdict::Pass),
    (
        "validComponentDependencies",
        "dependency-relationship",
        Verdict::Pass,
    ),
    (
        "validComponentDeployableHashDistributionIntake",
        "hash",
        Verdict::Pass,
    ),
    (
        "validComponentExtRefDistributionHashSHA1",
        "hash",
        Verdict::Pass,
    ),
    (
        "validComponentExtRefDistributionHashSHA256",
        "hash",
        Verdict::Pass,
    ),
    (
        "validComponentExtRefDistributionHashSHA512",
        "hash",
        Verdict::Pass,
    ),
    ("validComponentLicenseConcluded", "license", Verdict::Pass),
    ("validComponentLicenseCustomRef", "license", Verdict::Pass),
    (
        "validComponentManufacturerURL",
        "component-creator",
        Verdict::Pass,
    ),
    (
        "validComponentSecurityTxtURL",
        "security-txt-url",
        Verdict::Pass,
    ),
    (
        "validComponentSourceCodeURL",
        "source-code-uri",
        Verdict::Pass,
    ),
    (
        "validComponentSourceHash",
        "source-code-hash",
        Verdict::Pass,
    ),
    (
        "validComponentSupplierEmail",
        "component-creator",
        Verdict::Pass,
    ),
    (
        "validComponentSupplierURL",
        "component-creator",
        Verdict::Pass,
    ),
    ("validComponentVersion", "version", Verdict::Pass),
    ("validFullyCompliantBsiV11", "license", Verdict::Pass),
    ("validMetadataAuthorEmail", "author", Verdict::Pass),
    ("validMetadataManufacturerEmail", "author", Verdict::Pass),
    ("validMetadataManufacturerURL", "author", Verdict::Pass),
    ("validMetadataPersonCreator", "author", Verdict::Pass),
    ("validMetadataSupplierURL", "author", Verdict::Pass),
    ("validMetadataTimestamp", "timestamp", Verdict::Pass),
    ("validSerialNumber", "sbom-uri", Verdict::Pass),
    (
        "leafComponentNoDependencies",
        "dependency-relationship",
        Verdict::Pass,
    ),
];

/// Where we decide otherwise than the name says, with the sentence that we rest on.
const BSI_ARGUED: [(&str, Verdict, &str); 6] = [
    (
        "validComponentExtRefDistributionHashSHA1",
        Verdict::Fail,
        "5.2.2, hash value of the deployable component: as SHA-512",
    ),
    (
        "validComponentExtRefDistributionHashSHA256",
        Verdict::Fail,
        "5.2.2, hash value of the deployable component: as SHA-512",
    ),
    (
        "validComponentDeployableHashDistributionIntake",
        Verdict::Fail,
        "5.2.2, hash value of the deployable component: as SHA-512; the document has SHA-256",
    ),
    (
        "validComponentBsiArchive",
        Verdict::Fail,
        "5.2.2, archive property: the possible values are `archive` and `no archive`; the document says `true`",
    ),
    (
        "validComponentBsiStructured",
        Verdict::Fail,
        "5.2.2, structured property: the possible values are `structured` and `unstructured`; the document says `true`",
    ),
    (
        "leafComponentNoDependencies",
        Verdict::Unknown,
        "5.2.2, dependencies: the completeness of the enumeration is clearly indicated; the document does not say that there are none",
    ),
];

#[test]
fn bsi_elements_are_those_that_the_names_of_the_documents_say() {
    let Some(corpus) = corpus() else { return };
    let library = Library::open(None).unwrap();
    let profile = &library.profiles["bsi-tr-03183-2-2.1.0"];
    let mut judged = 0;
    let mut wrong = Vec::new();
    for row in &corpus.rows {
        let is_bsi = row.path.starts_with("sbom/sbomqs/bsi/cdx/")
            || row.path.starts_with("sbom/sbomqs/bsi/spdx/");
        if !is_bsi {
            continue;
        }
        let file = row.path.rsplit('/').next().unwrap();
        let stem = file.split('.').next().unwrap();
        let Some((_, element, named)) = BSI.iter().find(|(name, _, _)| *name == stem) else {
            panic!("{file} is in no list");
        };
        let argued = BSI_ARGUED.iter().find(|(name, _, _)| *name == stem);
        let expected = argued.map_or(*named, |(_, verdict, _)| *verdict);
        let (_, reading) = read(&corpus.read(&row.path)).unwrap();
        let survey = Survey::of(&reading.sbom);
        let judgment = judge(&survey, profile);
        let finding = judgment
            .findings
            .iter()
            .find(|one| one.element.id == *element)
            .unwrap_or_else(|| panic!("the profile has no {element}"));
        judged += 1;
        if finding.coverage.verdict != expected {
            wrong.push(format!("{file}: {element} {:?}", finding.coverage.verdict));
        }
    }
    assert_eq!(wrong, [] as [&str; 0]);
    assert_eq!(judged, 54);
}
