//! What VEX documents say of the components of an SBOM.

mod view;

pub use view::{
    AppliedBinding, AppliedDecision, AppliedDocument, AppliedStatement, AppliedUnbound,
    AppliedVoice, ComponentName, PrecedenceUsed, SbomFile, Source, VexApplication,
};

use std::collections::{BTreeMap, BTreeSet};

use super::Refused;
use super::sbom_diff::NamedBytes;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::sbom::{self, Component, Sbom};
use crate::evidence::vex::{UNCHECKED, read_as_found};
use crate::time::Date;
use crate::triage::{Bound, Decision, Given, How, Inventory, Precedence, Triage, Voice};
use view::source;

/// A VEX document as it was handed in.
#[derive(Debug, Clone, Copy)]
pub struct VexFile<'a> {
    /// The file.
    pub file: NamedBytes<'a>,
    /// The level of trust that the caller puts in it.
    pub trust: Option<&'a str>,
}

/// A VEX document that was read for triage.
#[derive(Debug)]
pub struct OpenVex {
    /// The document.
    pub given: Given,
    /// Whether it is valid.
    pub valid: bool,
    /// That its signature was not looked at, if it has one.
    pub unchecked: Option<Diagnostic>,
}

/// Reads a VEX document for triage.
///
/// # Errors
///
/// When it cannot be read at all, or the level of trust is not one of the precedence.
pub fn open_vex(document: VexFile<'_>, precedence: &Precedence) -> Result<OpenVex, Refused> {
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
    let mut remarks = reading.findings.into_iter().map(|one| one.diagnostic);
    let unchecked = remarks
        .find(|one| one.code == UNCHECKED)
        .map(|one| one.in_file(path));
    let given = Given {
        path: path.to_owned(),
        digest: Digest::of(bytes),
        trust: document.trust.map(str::to_owned),
        document: reading.document,
    };
    Ok(OpenVex {
        given,
        valid,
        unchecked,
    })
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
    let mut remarks = Vec::new();
    for document in documents {
        match open_vex(*document, precedence) {
            Ok(one) => {
                valid.insert(one.given.digest, one.valid);
                given.push(one.given);
                remarks.extend(one.unchecked);
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
        remarks,
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
        unbound
            .chain(conflicts)
            .chain(self.remarks.iter().cloned())
            .collect()
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
