//! SLSA provenance: who built an artifact, from what, and how, as a builder says it.
//!
//! One model for the versions v0.1 (as Google Cloud Build writes it), v0.2 and v1, in which every value keeps
//! its JSON pointer inside the statement. Nothing is verified here: an [`Attestation`] keeps the signed bytes
//! for whoever verifies signatures, and what a certificate claims is called a claim.
//!
//! Sources: SLSA Provenance v0.1, v0.2 and v1.0 (slsa.dev/spec); in-toto Attestation Framework v1 (Statement);
//! DSSE 1.0 (envelope); npm publish attestation v0.1; Google Cloud documentation, "View build provenance".
//! A further container goes into `file`, a further version of the predicate gets a file of its own.

mod certificate;
mod container;
mod envelope;
mod slsa01;
mod slsa02;
mod slsa1;
mod source;
mod statement;

use serde::Serialize;

pub use certificate::SignerClaims;
pub use container::{Attestations, read};
pub use envelope::{Envelope, EnvelopeSignature};
pub use source::SourceUri;

use crate::tape::{Item, Shape};

/// A text of a provenance and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The text as written.
    pub value: String,
    /// Its JSON pointer inside the statement; for a claim of the certificate, the claim's name.
    pub at: String,
}

impl Field {
    /// The text of `item`; numbers and truth values as JSON spells them, nothing for other shapes.
    fn of(item: Item<'_>) -> Option<Self> {
        let value = match item.shape() {
            Shape::Text => item.text()?.to_owned(),
            Shape::Bool => item.bool()?.to_string(),
            Shape::Integer | Shape::Number => item.number()?,
            Shape::Null | Shape::List | Shape::Table => return None,
        };
        Some(Self {
            value,
            at: item.pointer(),
        })
    }

    /// The text at `pointer`, where it is one and not empty.
    fn text_at(root: Item<'_>, pointer: &str) -> Option<Self> {
        let item = root.at(pointer)?;
        item.text().filter(|text| !text.is_empty())?;
        Self::of(item)
    }
}

/// The version of the provenance predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Version {
    /// `https://slsa.dev/provenance/v0.1`
    #[serde(rename = "v0.1")]
    V01,
    /// `https://slsa.dev/provenance/v0.2`
    #[serde(rename = "v0.2")]
    V02,
    /// `https://slsa.dev/provenance/v1`
    #[serde(rename = "v1")]
    V1,
}

/// A file that went into the build, or the artifact that came out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Name or URI as written; empty where there is none.
    pub name: String,
    /// `(algorithm as written, digits in lower case)`, all that are given.
    pub digests: Vec<(String, String)>,
    /// Its JSON pointer inside the statement.
    pub at: String,
}

impl Resource {
    /// The digest under `algorithm`, such as `sha256`.
    pub fn digest(&self, algorithm: &str) -> Option<&str> {
        let mut digests = self.digests.iter();
        digests
            .find(|(name, _)| name == algorithm)
            .map(|(_, digits)| digits.as_str())
    }

    fn of(item: Item<'_>, name: &str) -> Self {
        let digests = item.get("digest").map_or_else(Vec::new, |digests| {
            digests
                .children()
                .filter_map(|digest| {
                    Some((
                        digest.key()?.to_owned(),
                        digest.text()?.to_ascii_lowercase(),
                    ))
                })
                .collect()
        });
        Self {
            name: item.get_text(name).unwrap_or_default().to_owned(),
            digests,
            at: item.pointer(),
        }
    }

    fn list(item: Option<Item<'_>>, name: &str) -> Vec<Self> {
        item.map_or_else(Vec::new, |item| {
            item.items().map(|item| Self::of(item, name)).collect()
        })
    }
}

/// Where a provenance names what was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// As written.
    pub uri: Field,
    /// In one spelling.
    #[serde(skip)]
    pub parsed: SourceUri,
}

impl Source {
    fn of(uri: Field) -> Self {
        Self {
            parsed: SourceUri::parse(&uri.value),
            uri,
        }
    }
}

/// What the builder says about the completeness of its own words; `None` where it says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// All parameters are given.
    pub parameters: Option<bool>,
    /// All of the environment is given.
    pub environment: Option<bool>,
    /// All dependencies are given.
    pub materials: Option<bool>,
    /// The build gives the same bits when run again.
    pub reproducible: Option<bool>,
}

/// What a builder says about one build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The version of the predicate.
    pub version: Version,
    /// Who built.
    pub builder: Option<Field>,
    /// By which template the build is described.
    pub build_type: Option<Field>,
    /// What was built: every place that names the repository. They should agree.
    pub sources: Vec<Source>,
    /// Every place that names the git reference, as `refs/heads/…` or `refs/tags/…`. They should agree.
    pub references: Vec<Field>,
    /// Every place that names the commit. They should agree.
    pub commits: Vec<Field>,
    /// The branch that a pushed tag was made on, as `refs/heads/…`, where the event tells it.
    pub base_branch: Option<Field>,
    /// The file in the repository that describes the build.
    pub entry_point: Option<Field>,
    /// What triggered the build.
    pub event: Option<Field>,
    /// The inputs that whoever started the build gave to it, by name.
    pub inputs: Vec<(String, Field)>,
    /// Whether what an outsider can set of the build is described at all (external parameters).
    pub describes_parameters: bool,
    /// What went into the build.
    pub dependencies: Vec<Resource>,
    /// The number of the run.
    pub invocation: Option<Field>,
    /// When it began, as written.
    pub started: Option<Field>,
    /// When it ended, as written.
    pub finished: Option<Field>,
    /// What the builder says about its own completeness.
    pub completeness: Completeness,
}

impl Provenance {
    fn new(version: Version) -> Self {
        Self {
            version,
            builder: None,
            build_type: None,
            sources: Vec::new(),
            references: Vec::new(),
            commits: Vec::new(),
            base_branch: None,
            entry_point: None,
            event: None,
            inputs: Vec::new(),
            describes_parameters: false,
            dependencies: Vec::new(),
            invocation: None,
            started: None,
            finished: None,
            completeness: Completeness::default(),
        }
    }

    /// Takes in a place that names the source; what stands behind `@` is a reference.
    fn name_source(&mut self, uri: Option<Field>) {
        let Some(uri) = uri else { return };
        let source = Source::of(uri);
        if let Some(reference) = source.parsed.reference() {
            self.references.push(Field {
                value: reference.to_owned(),
                at: source.uri.at.clone(),
            });
        }
        if let Some(commit) = source.parsed.commit() {
            self.commits.push(Field {
                value: commit.to_owned(),
                at: source.uri.at.clone(),
            });
        }
        self.sources.push(source);
    }

    /// Takes in the commit that a resource is pinned to.
    fn name_commit(&mut self, digests: Option<Item<'_>>) {
        let Some(digests) = digests else { return };
        for algorithm in ["gitCommit", "sha1"] {
            if let Some(commit) = digests.get(algorithm).and_then(Field::of) {
                self.commits.push(commit);
                return;
            }
        }
    }

    /// Takes in the inputs in the table `item`.
    fn take_inputs(&mut self, item: Option<Item<'_>>) {
        let Some(item) = item.filter(|item| item.shape() == Shape::Table) else {
            return;
        };
        self.inputs = item
            .children()
            .filter_map(|input| Some((input.key()?.to_owned(), Field::of(input)?)))
            .collect();
    }
}

/// The statement of a package registry that it published an artifact (npm publish attestation v0.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// The package.
    pub name: Option<Field>,
    /// Its version.
    pub version: Option<Field>,
    /// The registry.
    pub registry: Option<Field>,
}

/// What a statement says about its subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Predicate {
    /// How they were built.
    Provenance(Box<Provenance>),
    /// That a registry published them.
    Publication(Publication),
    /// Something else; the type's address.
    Other(String),
}

/// An in-toto statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it speaks about.
    pub subjects: Vec<Resource>,
    /// What it says.
    pub predicate: Predicate,
    /// What is wrong with it, each with the JSON pointer; a statement with faults proves nothing.
    pub faults: Vec<Field>,
}

/// How a statement is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// In a DSSE envelope.
    Envelope,
    /// In a DSSE envelope in a Sigstore bundle.
    Bundle,
    /// In nothing: nobody signed it.
    Bare,
}

/// A statement with its signatures, not verified.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// Where it stands in the file: the line of a file of lines, and the JSON pointer.
    pub at: crate::diagnostic::Place,
    /// How it is wrapped.
    pub wrapping: Wrapping,
    /// The bundle or envelope by itself, as JSON.
    pub signed: Vec<u8>,
    /// The envelope; `None` for a bare statement.
    pub envelope: Option<Envelope>,
    /// What the signing certificate claims, which proves nothing before it is verified.
    pub signer: Option<SignerClaims>,
    /// The statement.
    pub statement: Statement,
    /// Digests that the file beside the envelope says the artifact has, as `sha256:HEX`.
    pub named_digests: Vec<Field>,
}

impl Attestation {
    /// What it says about a build.
    pub fn provenance(&self) -> Option<&Provenance> {
        match &self.statement.predicate {
            Predicate::Provenance(provenance) => Some(provenance),
            Predicate::Publication(_) | Predicate::Other(_) => None,
        }
    }

    /// What it says about a publication.
    pub fn publication(&self) -> Option<&Publication> {
        match &self.statement.predicate {
            Predicate::Publication(publication) => Some(publication),
            Predicate::Provenance(_) | Predicate::Other(_) => None,
        }
    }
}
