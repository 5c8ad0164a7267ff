//! VEX statements of a dossier: whose word they are, and what they settle.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::detect::Kind;
use crate::evidence::signature::{self, Artifact, CheckName};
use crate::evidence::vex::{self, Status, UNCHECKED};
use crate::evidence::{Citation, Evidence, attestation};
use crate::fact::dossier::{Dossier, Sorted};
use crate::fact::sbom::Sboms;
use crate::fact::signature::Verifier;
use crate::fact::{Establishment, ProofRank};
use crate::triage::{Bound, Decision, Given, Triage, Unbound, Voice};
use crate::trust::Purpose;

/// Who speaks: it follows from the folder that a document lies in, never from what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Speaker {
    /// Whoever handed in the bid.
    Supplier,
    /// Whoever published what the agency fetched: a maker of components, a coordinator.
    Other,
    /// The agency, for what lies in its folder `agency`.
    Agency,
}

/// Whether what lies at a path of the agency's evidence is the agency's own analysis.
pub(super) fn is_own(path: &str) -> bool {
    path.starts_with("agency/")
}

impl Speaker {
    pub(super) const ALL: [Self; 3] = [Self::Supplier, Self::Other, Self::Agency];

    /// The level of trust in `criteria/vex-precedence.toml`; that of others follows from its patterns.
    fn trust(self) -> Option<&'static str> {
        match self {
            Self::Supplier => Some("supplier"),
            Self::Other => None,
            Self::Agency => Some("agency"),
        }
    }

    /// Who speaks in a document.
    fn of(given: &Given) -> Self {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|one| one.trust() == given.trust.as_deref());
        found.unwrap_or(Self::Supplier)
    }

    /// How strongly the word proves: as a document of the supplier, as the report of a third party that
    /// nobody accepted yet, or as a record of the agency.
    pub(super) fn rank(self) -> ProofRank {
        match self {
            Self::Supplier => ProofRank::DOCUMENT,
            Self::Other => ProofRank::AUDIT,
            Self::Agency => ProofRank::REGISTRY,
        }
    }

    /// The facts that count what the word settles.
    pub(super) fn keys(self) -> [(&'static str, Status); 2] {
        match self {
            Self::Supplier => [
                ("sbom.vex.supplier_not_affected", Status::NotAffected),
                ("sbom.vex.supplier_fixed", Status::Fixed),
            ],
            Self::Other => [
                ("sbom.vex.other_not_affected", Status::NotAffected),
                ("sbom.vex.other_fixed", Status::Fixed),
            ],
            Self::Agency => [
                ("sbom.vex.agency_not_affected", Status::NotAffected),
                ("sbom.vex.agency_fixed", Status::Fixed),
            ],
        }
    }
}

/// The VEX documents of a dossier.
pub(super) struct Documents {
    /// Those that can be read.
    pub(super) given: Vec<Given>,
}

impl Documents {
    /// Whether any of them is by somebody.
    pub(super) fn speaks(&self, speaker: Speaker) -> bool {
        let mut given = self.given.iter();
        given.any(|one| Speaker::of(one) == speaker)
    }

    /// The documents as a whole.
    pub(super) fn citations(&self) -> impl Iterator<Item = Citation> {
        self.given.iter().map(|one| Citation {
            sha256: one.digest,
            file: one.path.clone(),
            at: Place::whole(),
        })
    }

    /// The facts that they have a say in.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        if self.given.is_empty() {
            return Vec::new();
        }
        let speakers = Speaker::ALL.into_iter().filter(|one| self.speaks(*one));
        let settled = speakers.flat_map(|speaker| speaker.keys().map(|(key, _)| key));
        settled
            .chain([super::INVESTIGATED, super::CONFLICTS])
            .collect()
    }
}

/// Reads the statements of the supplier, in VEX documents and in CycloneDX SBOMs, and what the agency holds.
pub(super) fn read(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) -> Documents {
    let mut documents = Documents { given: Vec::new() };
    // NOTE: the signature producer remarks on unusable trust.
    let verifier = Verifier::new(dossier, &mut Establishment::default());
    for (sorted, speaker) in dossier
        .handed_in
        .iter()
        .filter(|one| is_vex(one))
        .map(|one| (one, Speaker::Supplier))
        .chain(dossier.agency.iter().filter(|one| is_vex(one)).map(|one| {
            let speaker = if is_own(&one.evidence.path) {
                Speaker::Agency
            } else {
                Speaker::Other
            };
            (one, speaker)
        }))
    {
        let evidence = sorted.evidence;
        let named = |one: Diagnostic| one.in_file(evidence.path.clone());
        match vex::read(&evidence.bytes) {
            Ok((document, remarks)) => {
                if remarks.iter().any(|one| one.code == UNCHECKED) && speaker != Speaker::Agency {
                    match unverified(&verifier, evidence) {
                        None => {}
                        Some(remark) if remark.severity == Severity::Error => {
                            found.remarks.push(named(remark));
                            continue;
                        }
                        Some(remark) => found.remarks.push(named(remark)),
                    }
                }
                let errors = remarks
                    .into_iter()
                    .filter(|one| one.severity == Severity::Error);
                found.remarks.extend(errors.map(named));
                documents.given.push(given(evidence, speaker, document));
            }
            Err(faults) => found.remarks.extend(faults.into_iter().map(named)),
        }
    }
    for sorted in dossier.handed_in_of(Kind::Sbom) {
        // What is wrong with the document is told where the SBOM is read.
        if sboms.states_vulnerabilities(&sorted.evidence.path)
            && let Ok((document, _)) = vex::read(&sorted.evidence.bytes)
            && !document.statements.is_empty()
        {
            let given = given(sorted.evidence, Speaker::Supplier, document);
            documents.given.push(given);
        }
    }
    documents
}

fn is_vex(sorted: &Sorted<'_>) -> bool {
    match sorted.detection.kind {
        Kind::Vex => true,
        Kind::Signature | Kind::Provenance => vex::is_enveloped(&sorted.evidence.bytes),
        _ => false,
    }
}

/// Why the signature over a statement does not count: a warning where nobody is agreed on who may sign it, an
/// error where it does not hold, so that what it carries is not what was signed.
fn unverified<'a>(verifier: &Verifier<'a>, evidence: &'a Evidence) -> Option<Diagnostic> {
    let unchecked = |reason: &str| {
        let message = format!("the signature over these statements was not verified: {reason}");
        Diagnostic::warning(UNCHECKED, Place::whole(), message)
            .help("enter the signer for `vex` into the register of signers, and see that its trusted root is at hand")
    };
    let Some(artifact) = subject(&evidence.bytes) else {
        return Some(unchecked("the statement names no subject by SHA-2"));
    };
    let signature = match signature::Kind::of(&evidence.bytes, false) {
        Ok(kind) => (kind, evidence.bytes.as_ref()),
        Err(fault) => return Some(unchecked(&fault.message)),
    };
    let outcome = verifier.outcome(evidence, signature, &artifact, Purpose::Vex);
    let verification = match outcome.verification {
        Ok(verification) if verification.verified => return None,
        Ok(verification) => verification,
        Err(fault) => return Some(unchecked(&fault.message)),
    };
    let check = verification.refusal()?;
    let reason = format!("{}: {}", check.name.word(), check.detail);
    // Who may sign is the agency's to say; that somebody did not sign is no forgery.
    if matches!(
        check.name,
        CheckName::Policy | CheckName::Identity | CheckName::Issuer
    ) {
        return Some(unchecked(&reason));
    }
    let message = format!("the signature over these statements does not verify: {reason}");
    let refused = Diagnostic::error("signature-refused", Place::whole(), message);
    Some(refused.help("ask the supplier for the statements as they were signed"))
}

/// What a signed statement is about, by its own word: which products its predicate speaks of is judged by their
/// identifiers.
fn subject(envelope: &[u8]) -> Option<Artifact<'static>> {
    let statement = attestation::of_bundle(envelope).ok().flatten()?;
    let mut digests = statement.subjects.iter().flat_map(|one| &one.digests);
    digests.find_map(|(algorithm, digits)| Artifact::parse_digest(&format!("{algorithm}:{digits}")))
}

fn given(evidence: &Evidence, speaker: Speaker, document: vex::VexDocument) -> Given {
    Given {
        path: evidence.path.clone(),
        digest: evidence.digest,
        trust: speaker.trust().map(str::to_owned),
        document,
    }
}

/// Statements that speak of nothing in any SBOM.
#[derive(Default)]
pub(super) struct Unheard {
    missed: BTreeMap<(usize, usize), Unbound>,
    bound: BTreeSet<(usize, usize)>,
}

impl Unheard {
    /// Takes in what binds to one SBOM, and what does not.
    pub(super) fn note(&mut self, bound: &Bound<'_>) {
        let bindings = bound.bindings().iter();
        self.bound
            .extend(bindings.map(|one| (one.document, one.statement)));
        for one in bound.unbound(None) {
            let key = (one.document, one.statement);
            self.missed.entry(key).or_insert(one);
        }
    }

    /// Remarks on them: one a document, since it may say a great deal about other products. What the agency
    /// holds is left aside, for it may speak of another bid.
    pub(super) fn remarks(&self, triage: &Triage) -> Vec<Diagnostic> {
        let mut by_document: BTreeMap<usize, (usize, &Unbound)> = BTreeMap::new();
        for (key, one) in &self.missed {
            if !self.bound.contains(key) {
                by_document.entry(key.0).or_insert((0, one)).0 += 1;
            }
        }
        let told = by_document.into_iter().filter_map(|(document, (number, first))| {
            let given = triage.documents().get(document)?;
            if Speaker::of(given) != Speaker::Supplier {
                return None;
            }
            let message = format!(
                "{number} of {} statements speak of nothing in the SBOMs, the first because of `{}`",
                given.document.statements.len(),
                first.reason.word()
            );
            let help = "name the product and its part by the package URL or BOM-Link of the SBOM";
            let note = Diagnostic::note("vex-unbound", first.at.clone(), message);
            Some(note.help(help).in_file(given.path.clone()))
        });
        told.collect()
    }
}

/// What statements say of a finding.
pub(super) struct Word {
    /// The status that counts; `None` where every statement is left aside.
    pub(super) status: Option<Status>,
    /// Whether statements of one weight contradict each other.
    pub(super) is_conflict: bool,
    /// Whose word decides.
    speaker: Speaker,
    /// Whether it is a conclusion that gives its reason.
    is_reasoned: bool,
    /// The statement that decides, and those that contradict it with the same weight.
    citations: Vec<Citation>,
}

impl Word {
    pub(super) fn new(decision: &Decision<'_>) -> Self {
        let by = decision.by.as_ref();
        let is_reasoned = by.is_some_and(|voice| {
            let statement = voice.statement;
            let is_given =
                |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
            match statement.status {
                Status::NotAffected => {
                    is_given(&statement.justification) || is_given(&statement.impact)
                }
                Status::Fixed => true,
                Status::Affected | Status::UnderInvestigation => false,
            }
        });
        let voices = by.into_iter().chain(&decision.conflicting);
        Self {
            status: decision.status,
            is_conflict: decision.is_conflict(),
            speaker: by.map_or(Speaker::Supplier, |voice| Speaker::of(voice.given)),
            is_reasoned,
            citations: voices.map(cite).collect(),
        }
    }

    /// Who says that nothing is to be done, and how; a word that gives no reason or is contradicted by one
    /// of its own weight settles nothing.
    pub(super) fn settles(&self) -> Option<(Speaker, Status)> {
        let status = self.status?;
        (self.is_reasoned && !self.is_conflict).then_some((self.speaker, status))
    }

    pub(super) fn citations(&self) -> impl Iterator<Item = &Citation> {
        self.citations.iter()
    }
}

fn cite(voice: &Voice<'_>) -> Citation {
    Citation {
        sha256: voice.given.digest,
        file: voice.given.path.clone(),
        at: voice.statement.at.clone(),
    }
}
