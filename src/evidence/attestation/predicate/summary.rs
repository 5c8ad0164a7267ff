//! What predicates come to, in the words of their own members.

use serde::Serialize;

use super::outline::Outline;
use crate::evidence::attestation::statement::ResourceDescriptor;
use crate::tree::Node;

/// What a predicate comes to. What it lacks is left out, and told in the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Summary {
    /// SLSA provenance.
    Provenance {
        /// Who built.
        #[serde(skip_serializing_if = "Option::is_none")]
        builder: Option<String>,
        /// By which procedure.
        #[serde(skip_serializing_if = "Option::is_none")]
        build_type: Option<String>,
        /// How many materials or resolved dependencies are listed.
        dependencies: usize,
    },
    /// An SBOM.
    Sbom {
        /// The standard's name.
        format: String,
        /// The standard's version.
        spec_version: String,
        /// How many components it lists.
        components: usize,
        /// How many faults its reader found.
        errors: usize,
    },
    /// A VEX document.
    Vex {
        /// How many statements it makes.
        statements: usize,
        /// How many faults its reader found.
        errors: usize,
    },
    /// A test run.
    TestResult {
        /// `PASSED`, `WARNED` or `FAILED`.
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        /// How many tests passed.
        passed: usize,
        /// How many tests passed with a warning.
        warned: usize,
        /// The tests that failed.
        failed: Vec<String>,
    },
    /// A verification by somebody else.
    Verification {
        /// Who verified.
        #[serde(skip_serializing_if = "Option::is_none")]
        verifier: Option<String>,
        /// When.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<String>,
        /// What.
        #[serde(skip_serializing_if = "Option::is_none")]
        resource: Option<String>,
        /// Against what.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
        /// `PASSED` or `FAILED`; a list of properties states none.
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        /// The levels or properties that were found to hold.
        levels: Vec<String>,
    },
    /// A scan for vulnerabilities.
    Vulnerabilities {
        /// The scanner.
        #[serde(skip_serializing_if = "Option::is_none")]
        scanner: Option<String>,
        /// When its database was renewed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        database_time: Option<String>,
        /// When the scan was done.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<String>,
        /// What was found.
        found: Vec<String>,
    },
    /// One step of a supply chain.
    Link {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What was run.
        command: Vec<String>,
        /// How many materials it consumed.
        materials: usize,
    },
    /// A release of a package.
    Release {
        /// The package with its version.
        #[serde(skip_serializing_if = "Option::is_none")]
        purl: Option<String>,
        /// The package's lasting number in its registry.
        #[serde(skip_serializing_if = "Option::is_none")]
        package_id: Option<String>,
    },
    /// References to documents.
    Reference {
        /// Who refers.
        #[serde(skip_serializing_if = "Option::is_none")]
        attester: Option<String>,
        /// Where the documents lie.
        documents: Vec<String>,
    },
    /// Nothing that is read.
    None {},
}

/// Source: SLSA Provenance v0.2, "Fields": `builder.id` and `buildType` are required.
pub(super) fn provenance_v0_2(outline: &mut Outline<'_>) -> Summary {
    Summary::Provenance {
        builder: outline.text("/builder/id"),
        build_type: outline.text("/buildType"),
        dependencies: outline.optional_list("/materials").len(),
    }
}

/// Source: SLSA Provenance v1, "Fields": `buildDefinition` with `buildType` and `externalParameters`, and
/// `runDetails.builder.id` are required.
pub(super) fn provenance_v1(outline: &mut Outline<'_>) -> Summary {
    outline.object("/buildDefinition/externalParameters");
    Summary::Provenance {
        builder: outline.text("/runDetails/builder/id"),
        build_type: outline.text("/buildDefinition/buildType"),
        dependencies: outline
            .optional_descriptors("/buildDefinition/resolvedDependencies")
            .len(),
    }
}

/// Source: in-toto `spec/predicates/test-result.md`.
pub(super) fn test_result(outline: &mut Outline<'_>) -> Summary {
    outline.descriptors("/configuration");
    outline.optional_text("/url");
    Summary::TestResult {
        result: outline.word("/result", &["PASSED", "WARNED", "FAILED"]),
        passed: outline.optional_texts("/passedTests").len(),
        warned: outline.optional_texts("/warnedTests").len(),
        failed: outline.optional_texts("/failedTests"),
    }
}

/// Source: SLSA Verification Summary v0.2, "Fields".
pub(super) fn vsa_v0_2(outline: &mut Outline<'_>) -> Summary {
    outline.object("/policy");
    let level = outline.text("/policy_level");
    Summary::Verification {
        verifier: outline.text("/verifier/id"),
        time: outline.time("/time_verified"),
        resource: outline.text("/resource_uri"),
        policy: outline.optional_text("/policy/uri"),
        result: outline.word("/verification_result", &["PASSED", "FAILED"]),
        levels: level.into_iter().collect(),
    }
}

/// Source: SLSA Verification Summary v1, "Fields". A result that contradicts its levels is a fault.
pub(super) fn vsa_v1(outline: &mut Outline<'_>) -> Summary {
    outline.optional_descriptors("/inputAttestations");
    let policy = outline.descriptor("/policy");
    let result = outline.word("/verificationResult", &["PASSED", "FAILED"]);
    let levels = outline.texts("/verifiedLevels");
    let says_failed = levels.iter().any(|level| level == "FAILED");
    if says_failed && result.as_deref() == Some("PASSED") {
        outline.lacks::<()>("/verifiedLevels", "contradicts `verificationResult`");
    }
    Summary::Verification {
        verifier: outline.text("/verifier/id"),
        time: outline.optional_time("/timeVerified"),
        resource: outline.text("/resourceUri"),
        policy: policy.map(|policy| policy.label()),
        result,
        levels,
    }
}

/// Source: in-toto `spec/predicates/svr.md`.
pub(super) fn svr(outline: &mut Outline<'_>) -> Summary {
    let policies = outline.optional_descriptors("/verifier/policies");
    Summary::Verification {
        verifier: outline.text("/verifier/id"),
        time: outline.time("/timeCreated"),
        resource: None,
        policy: policies.first().map(ResourceDescriptor::label),
        result: None,
        levels: outline.texts("/properties"),
    }
}

/// Source: in-toto `spec/predicates/vuln.md` and `vulns_02.md`. Entries stand as text and example of the first
/// version have them, with the identifier in `vulnerability` or beside.
pub(super) fn vulnerabilities(outline: &mut Outline<'_>) -> Summary {
    outline.time("/metadata/scanStartedOn");
    let entries = outline.list("/scanner/result");
    let id = |entry: &Node| {
        let id = entry.at("/id").or_else(|| entry.at("/vulnerability/id"));
        id.and_then(Node::text).map(str::to_owned)
    };
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match id(entry) {
            Some(id) => found.push(id),
            None => _ = outline.lacks::<()>(&format!("/scanner/result/{index}/id"), "is missing"),
        }
    }
    Summary::Vulnerabilities {
        scanner: outline.text("/scanner/uri"),
        database_time: outline.time("/scanner/db/lastUpdate"),
        time: outline.time("/metadata/scanFinishedOn"),
        found,
    }
}

/// Source: in-toto `spec/predicates/link.md`: each material has a name and a digest.
pub(super) fn link(outline: &mut Outline<'_>) -> Summary {
    let materials = outline.optional_descriptors("/materials");
    for (index, material) in materials.iter().enumerate() {
        if material.name.is_none() || material.digests.is_empty() {
            outline.lacks::<()>(&format!("/materials/{index}"), "has no name or no digest");
        }
    }
    Summary::Link {
        name: outline.text("/name"),
        command: outline.optional_texts("/command"),
        materials: materials.len(),
    }
}

/// Source: in-toto `spec/predicates/release.md`: the package URL has a version.
pub(super) fn release(outline: &mut Outline<'_>) -> Summary {
    let purl = outline.text("/purl");
    let has_version = purl.as_deref().is_none_or(|purl| {
        let read = purl.parse::<packageurl::PackageUrl<'_>>();
        read.is_ok_and(|read| read.version().is_some())
    });
    if !has_version {
        outline.lacks::<()>("/purl", "is not a package URL with a version");
    }
    let package_id = outline.optional_text("/packageId");
    Summary::Release {
        purl,
        package_id: package_id.or_else(|| outline.optional_text("/releaseId")),
    }
}

/// Source: in-toto `spec/predicates/reference.md`: each reference has a place and a media type.
pub(super) fn reference(outline: &mut Outline<'_>) -> Summary {
    let references = outline.descriptors("/references");
    let mut documents = Vec::new();
    for (index, reference) in references.into_iter().enumerate() {
        if reference.media_type.is_none() {
            let pointer = format!("/references/{index}/mediaType");
            outline.lacks::<()>(&pointer, "is missing");
        }
        let pointer = format!("/references/{index}/downloadLocation");
        let place = reference.download_location;
        documents.extend(place.or_else(|| outline.lacks(&pointer, "is missing")));
    }
    Summary::Reference {
        attester: outline.text("/attester/id"),
        documents,
    }
}

/// Source: npm's publish attestation v0.1: name, version and registry.
pub(super) fn npm_publish(outline: &mut Outline<'_>) -> Summary {
    let name = outline.text("/name");
    let version = outline.text("/version");
    outline.text("/registry");
    Summary::Release {
        purl: name
            .zip(version)
            .map(|(name, version)| format!("pkg:npm/{}@{version}", name.replace('@', "%40"))),
        package_id: None,
    }
}
