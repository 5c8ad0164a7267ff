//! What VEX documents say of the components of an SBOM.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Refused;
use super::sbom_diff::NamedBytes;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::sbom::{self, Component, Sbom};
use crate::evidence::vex::{Status, read_as_found};
use crate::time::{Date, Timestamp};
use crate::triage::{
    Bound, By, Decision, Given, How, Inventory, Precedence, Reason, Triage, Voice,
};

/// A VEX document as it was handed in.
#[derive(Debug, Clone, Copy)]
pub struct VexFile<'a> {
    /// The file.
    pub file: NamedBytes<'a>,
    /// The level of trust that the caller puts in it.
    pub trust: Option<&'a str>,
}

/// Applied VEX documents, schema `mekiki/vex-apply/v1`.
#[derive(Debug, Serialize)]
pub struct VexApplication {
    /// The schema.
    pub schema: &'static str,
    /// Whether every statement binds, and none contradicts another of the same weight.
    pub agrees: bool,
    /// The SBOM.
    pub sbom: SbomFile,
    /// The day of the state of knowledge; without one no statement is too late and none expires.
    pub as_of: Option<Date>,
    /// By what the statements were weighed.
    pub precedence: PrecedenceUsed,
    /// The documents, by digest.
    pub documents: Vec<AppliedDocument>,
    /// The statements, in the order of the documents.
    pub statements: Vec<AppliedStatement>,
    /// What follows for each component and vulnerability that is named.
    pub decisions: Vec<AppliedDecision>,
    /// What binds to nothing.
    pub unbound: Vec<AppliedUnbound>,
}

/// The SBOM that statements were bound to.
#[derive(Debug, Serialize)]
pub struct SbomFile {
    /// The path as given.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// How many components there are, with what it describes.
    pub components: usize,
}

/// The data by which statements were weighed.
#[derive(Debug, Serialize)]
pub struct PrecedenceUsed {
    /// The identifier.
    pub id: String,
    /// The version.
    pub version: String,
    /// Digest of the file.
    pub sha256: Digest,
}

/// A VEX document.
#[derive(Debug, Serialize)]
pub struct AppliedDocument {
    /// The path as given.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// The format.
    pub format: &'static str,
    /// The version of the format.
    pub spec_version: String,
    /// Whether nothing in it breaks its standard.
    pub valid: bool,
    /// Who speaks.
    pub author: Option<String>,
    /// The level of trust put in the author.
    pub trust: String,
    /// How many statements it makes.
    pub statements: usize,
}

/// Where a statement stands.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// The path of the document.
    pub file: String,
    /// Digest of the document.
    pub sha256: Digest,
    /// The place in it.
    pub at: Place,
}

/// A statement and what it binds to.
#[derive(Debug, Serialize)]
pub struct AppliedStatement {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// What it says.
    pub status: Status,
    /// Why the product is not affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// How it does or does not have an effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// When it was first made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Timestamp>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// The components that it binds to.
    pub binds: Vec<AppliedBinding>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ComponentName {
    /// The document's own name for it; empty where it has none.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its place in the SBOM.
    pub at: Place,
}

/// A component that a statement binds to.
#[derive(Debug, Serialize)]
pub struct AppliedBinding {
    /// The component.
    #[serde(flatten)]
    pub component: ComponentName,
    /// The place of the product, or the part of it, in the VEX document.
    pub product: Place,
    /// In what way the statement speaks of it.
    pub how: How,
    /// What it is named by.
    pub by: By,
    /// Whether nothing but vendor, name and version agree.
    pub weak: bool,
    /// Whether it holds for all that is reached through the component only: for the whole SBOM, if that
    /// is of the component.
    pub encloses: bool,
}

/// What follows for a component and a vulnerability.
#[derive(Debug, Serialize)]
pub struct AppliedDecision {
    /// The component.
    pub component: ComponentName,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// The status; absent where every statement has expired or was not made yet.
    pub status: Option<Status>,
    /// The statement that decides.
    pub by: Option<AppliedVoice>,
    /// Whether statements of the same weight contradict each other.
    pub conflict: bool,
    /// Whether the status expires, and it could not be told whether it has.
    pub undated: bool,
    /// Others that say the same.
    pub agreeing: Vec<AppliedVoice>,
    /// Others of the same weight that say something else.
    pub conflicting: Vec<AppliedVoice>,
    /// Others of less weight that say something else.
    pub overruled: Vec<AppliedVoice>,
    /// Statements that no longer hold on the day.
    pub expired: Vec<AppliedVoice>,
    /// Statements that were not made yet on the day.
    pub not_yet: Vec<AppliedVoice>,
}

/// A statement in a decision.
#[derive(Debug, Serialize)]
pub struct AppliedVoice {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// What it says.
    pub status: Status,
    /// The level of trust put in its author.
    pub trust: String,
    /// Whether it is bound by nothing but vendor, name and version.
    pub weak: bool,
}

impl AppliedVoice {
    /// Takes a voice over.
    pub fn new(voice: &Voice<'_>) -> Self {
        Self {
            source: source(voice.given, &voice.statement.at),
            status: voice.statement.status,
            trust: voice.trust.to_owned(),
            weak: voice.is_weak,
        }
    }
}

/// A statement, or a product of it, that binds to nothing.
#[derive(Debug, Serialize)]
pub struct AppliedUnbound {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// The index of the statement in its document, from 0.
    pub statement: usize,
    /// Every identifier of the vulnerability.
    pub vulnerability: Vec<String>,
    /// Why.
    pub reason: Reason,
}

fn source(given: &Given, at: &Place) -> Source {
    Source {
        file: given.path.clone(),
        sha256: given.digest,
        at: at.clone(),
    }
}

/// Reads a VEX document for triage, and says whether it is valid.
///
/// # Errors
///
/// When it cannot be read at all, or the level of trust is not one of the precedence.
pub fn open_vex(document: VexFile<'_>, precedence: &Precedence) -> Result<(Given, bool), Refused> {
    let NamedBytes { path, bytes } = document.file;
    if let Some(trust) = document.trust
        && !precedence.levels.iter().any(|level| level.id == trust)
    {
        let levels: Vec<_> = precedence
            .levels
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        return Err(Diagnostic::error(
            "vex-trust-unknown",
            Place::whole(),
            format!("`{trust}` is no level of trust"),
        )
        .help(format!(
            "use one of {}, or write `./` before the path of a file",
            levels.join(", ")
        ))
        .in_file(path)
        .into());
    }
    let reading = read_as_found(bytes)
        .map_err(|faults| Refused(faults.into_iter().map(|one| one.in_file(path)).collect()))?;
    let valid = reading.valid();
    let given = Given {
        path: path.to_owned(),
        digest: Digest::of(bytes),
        trust: document.trust.map(str::to_owned),
        document: reading.document,
    };
    Ok((given, valid))
}

/// Binds VEX documents to an SBOM.
///
/// # Errors
///
/// When the SBOM or one of the documents cannot be read.
pub fn apply_vex(
    sbom_file: NamedBytes<'_>,
    documents: &[VexFile<'_>],
    precedence: &Precedence,
    as_of: Option<Date>,
) -> Result<VexApplication, Refused> {
    let mut refused = Vec::new();
    let read = sbom::read(sbom_file.bytes).map_err(|faults| {
        let faults = faults.into_iter().map(|one| one.in_file(sbom_file.path));
        refused.extend(faults);
    });
    let mut given = Vec::new();
    let mut valid = BTreeMap::new();
    for document in documents {
        match open_vex(*document, precedence) {
            Ok((one, is_valid)) => {
                valid.insert(one.digest, is_valid);
                given.push(one);
            }
            Err(Refused(faults)) => refused.extend(faults),
        }
    }
    let Ok((_, reading)) = read else {
        return Err(Refused(refused));
    };
    if !refused.is_empty() {
        return Err(Refused(refused));
    }
    let digest = Digest::of(sbom_file.bytes);
    let inventory = Inventory::of(&reading.sbom, Some(digest));
    let triage = Triage::new(given, precedence.clone(), as_of);
    let bound = triage.bind(&inventory);
    let names = Names::new(&reading.sbom);
    let decisions = decisions(&triage, &bound, &names);
    let unbound = unbound(&triage, &bound);
    let agrees = unbound.is_empty() && decisions.iter().all(|one| !one.conflict);
    Ok(VexApplication {
        schema: "mekiki/vex-apply/v1",
        agrees,
        sbom: SbomFile {
            path: sbom_file.path.to_owned(),
            sha256: digest,
            components: inventory.len(),
        },
        as_of,
        precedence: PrecedenceUsed {
            id: precedence.id.clone(),
            version: precedence.version.clone(),
            sha256: precedence.digest,
        },
        documents: applied_documents(&triage, &valid),
        statements: statements(&triage, &bound, &inventory, &names),
        decisions,
        unbound,
    })
}

impl VexApplication {
    /// What binds to nothing and what contradicts, each as a finding in its VEX document.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let unbound = self.unbound.iter().map(|one| {
            let ids = one.vulnerability.join(", ");
            Diagnostic::note(
                "vex-unbound",
                one.source.at.clone(),
                format!(
                    "the statement on `{ids}` binds to nothing: {}",
                    one.reason.sentence()
                ),
            )
            .help("see docs/vex.md for what binds to what")
            .in_file(&one.source.file)
        });
        let conflicts = self.decisions.iter().filter(|one| one.conflict);
        let conflicts = conflicts.filter_map(|one| {
            let by = one.by.as_ref()?;
            let ids = one.vulnerability.join(", ");
            let component = &one.component.name;
            Some(
                Diagnostic::warning(
                    "vex-conflict",
                    by.source.at.clone(),
                    format!("statements of the same weight contradict each other on `{ids}` in `{component}`"),
                )
                .help("the most careful one decides; ask the authors")
                .in_file(&by.source.file),
            )
        });
        unbound.chain(conflicts).collect()
    }
}

/// The components by position.
struct Names<'s> {
    sbom: &'s Sbom,
    components: Vec<&'s Component>,
}

impl<'s> Names<'s> {
    fn new(sbom: &'s Sbom) -> Self {
        Self {
            sbom,
            components: sbom.all_components().collect(),
        }
    }

    fn of(&self, position: u32) -> Option<ComponentName> {
        let component = self.components.get(position as usize)?;
        Some(ComponentName {
            reference: self.sbom.reference_of(component).to_owned(),
            purl: component.purl.as_ref().map(ToString::to_string),
            name: component.name.to_string(),
            version: component.version.as_ref().map(ToString::to_string),
            at: component.at.place(),
        })
    }
}

fn applied_documents(triage: &Triage, valid: &BTreeMap<Digest, bool>) -> Vec<AppliedDocument> {
    let documents = triage.documents().iter().enumerate();
    documents
        .map(|(index, given)| AppliedDocument {
            path: given.path.clone(),
            sha256: given.digest,
            format: given.document.format,
            spec_version: given.document.spec_version.clone(),
            valid: valid.get(&given.digest).copied().unwrap_or(false),
            author: given.document.author.clone(),
            trust: triage.trust_of(index).to_owned(),
            statements: given.document.statements.len(),
        })
        .collect()
}

fn statements(
    triage: &Triage,
    bound: &Bound<'_>,
    inventory: &Inventory,
    names: &Names<'_>,
) -> Vec<AppliedStatement> {
    let mut binds: BTreeMap<(usize, usize), Vec<AppliedBinding>> = BTreeMap::new();
    for one in bound.bindings() {
        let Some(component) = names.of(one.position) else {
            continue;
        };
        let list = binds.entry((one.document, one.statement)).or_default();
        list.push(AppliedBinding {
            component,
            product: one.at.clone(),
            how: one.how,
            by: one.specificity.by,
            weak: one.is_weak,
            encloses: one.how == How::Product && inventory.encloses(one.position),
        });
    }
    let mut statements = Vec::new();
    for (document, given) in triage.documents().iter().enumerate() {
        for (index, statement) in given.document.statements.iter().enumerate() {
            statements.push(AppliedStatement {
                source: source(given, &statement.at),
                vulnerability: statement.vulnerability.clone(),
                status: statement.status,
                justification: statement.justification.clone(),
                impact: statement.impact.clone(),
                action: statement.action.clone(),
                issued: statement.issued,
                updated: statement.updated,
                binds: binds.remove(&(document, index)).unwrap_or_default(),
            });
        }
    }
    statements
}

fn unbound(triage: &Triage, bound: &Bound<'_>) -> Vec<AppliedUnbound> {
    let all = bound.unbound(None).into_iter();
    all.filter_map(|one| {
        let given = triage.documents().get(one.document)?;
        let statement = given.document.statements.get(one.statement)?;
        Some(AppliedUnbound {
            source: source(given, &one.at),
            statement: one.statement,
            vulnerability: statement.vulnerability.clone(),
            reason: one.reason,
        })
    })
    .collect()
}

/// Decides for each component that a statement binds to, and each vulnerability that it is of.
fn decisions(triage: &Triage, bound: &Bound<'_>, names: &Names<'_>) -> Vec<AppliedDecision> {
    let groups = Groups::new(triage);
    let mut asked: BTreeSet<(u32, usize)> = BTreeSet::new();
    for one in bound.bindings() {
        let given = triage.documents().get(one.document);
        let statement = given.and_then(|given| given.document.statements.get(one.statement));
        let group = statement.and_then(|statement| groups.of(&statement.vulnerability));
        asked.extend(group.map(|group| (one.position, group)));
    }
    let mut decisions = Vec::new();
    for (position, group) in asked {
        let ids = groups.ids(group);
        let decision = bound.decide(position, ids);
        let (Some(decision), Some(component)) = (decision, names.of(position)) else {
            continue;
        };
        decisions.push(applied(&decision, component, ids));
    }
    decisions
}

fn applied(decision: &Decision<'_>, component: ComponentName, ids: &[String]) -> AppliedDecision {
    let voices = |voices: &[Voice<'_>]| voices.iter().map(AppliedVoice::new).collect();
    AppliedDecision {
        component,
        vulnerability: ids.to_vec(),
        status: decision.status,
        by: decision.by.as_ref().map(AppliedVoice::new),
        conflict: decision.is_conflict(),
        undated: decision.is_undated,
        agreeing: voices(&decision.agreeing),
        conflicting: voices(&decision.conflicting),
        overruled: voices(&decision.overruled),
        expired: voices(&decision.expired),
        not_yet: voices(&decision.not_yet),
    }
}

/// Identifiers that some statement says are of one vulnerability.
struct Groups {
    by_id: BTreeMap<String, usize>,
    groups: Vec<Vec<String>>,
}

impl Groups {
    /// Joins identifiers that stand in one statement. Sorted, so that the order of the documents and
    /// statements changes nothing.
    fn new(triage: &Triage) -> Self {
        let mut neighbors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut spelled: BTreeMap<String, String> = BTreeMap::new();
        for given in triage.documents() {
            for statement in &given.document.statements {
                let Some(first) = statement.vulnerability.first().map(|id| key(id)) else {
                    continue;
                };
                for id in &statement.vulnerability {
                    let own = key(id);
                    let spelling = spelled.entry(own.clone()).or_insert_with(|| id.clone());
                    if id < spelling {
                        spelling.clone_from(id);
                    }
                    neighbors
                        .entry(first.clone())
                        .or_default()
                        .insert(own.clone());
                    neighbors.entry(own).or_default().insert(first.clone());
                }
            }
        }
        let mut this = Self {
            by_id: BTreeMap::new(),
            groups: Vec::new(),
        };
        for id in neighbors.keys() {
            if this.by_id.contains_key(id) {
                continue;
            }
            let mut ids = BTreeSet::new();
            let mut open = vec![id];
            while let Some(next) = open.pop() {
                if this.by_id.insert(next.clone(), this.groups.len()).is_none() {
                    ids.extend(spelled.get(next).cloned());
                    open.extend(neighbors.get(next).into_iter().flatten());
                }
            }
            this.groups.push(ids.into_iter().collect());
        }
        this
    }

    fn of(&self, ids: &[String]) -> Option<usize> {
        self.by_id.get(&key(ids.first()?)).copied()
    }

    fn ids(&self, group: usize) -> &[String] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }
}

fn key(id: &str) -> String {
    id.trim().to_lowercase()
}
