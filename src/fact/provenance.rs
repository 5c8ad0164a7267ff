//! Build provenance of the delivery: signed in-toto statements with SLSA provenance, held against what the tender
//! agrees on.
//!
//! Only what the dossier's [`Verifier`] verified counts. What cannot be verified is a gap, what was refused is
//! told in a remark. What a builder is said to reach is the word of its makers, cited in the table of builders and
//! audited by nobody, so it proves as a document does.

mod artifact;

use super::dossier::Dossier;
use super::signature::Verifier;
use super::{Establishment, Fact, FactValue, ProofRank, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::detect::Kind;
use crate::evidence::provenance::{self, Attestation, Predicate, Wrapping};
use crate::evidence::{Citation, Evidence, signature};
use crate::provenance::{Builders, CheckName, Judgment};
use artifact::{Built, Judge};

const VERIFIED: &str = "delivery.provenance.verified";
const BUILDER: &str = "delivery.provenance.builder_expected";
const SOURCE: &str = "delivery.provenance.source_expected";
const LEVEL: &str = "delivery.provenance.level";
const CLAIMED: &str = "delivery.provenance.level_claimed";

const KEYS: [&str; 5] = [VERIFIED, BUILDER, SOURCE, LEVEL, CLAIMED];

/// A file of attestations, with at least one about a build.
struct Handed<'a> {
    evidence: &'a Evidence,
    attestations: Vec<Attestation>,
}

impl Handed<'_> {
    fn builds(&self) -> impl Iterator<Item = &Attestation> {
        let attestations = self.attestations.iter();
        attestations.filter(|one| one.provenance().is_some())
    }

    fn citations(&self) -> impl Iterator<Item = Citation> {
        self.builds()
            .map(|one| self.evidence.cite(statement_at(one)))
    }
}

pub(super) fn establish(dossier: &Dossier<'_>, builders: &Builders, found: &mut Establishment) {
    // NOTE: the signature producer has remarked on unusable trusted roots already.
    let verifier = Verifier::new(dossier, &mut Establishment::default());
    let handed = read(dossier, found);
    if handed.is_empty() {
        return;
    }
    let cited = || handed.iter().flat_map(Handed::citations);
    let builds = || handed.iter().flat_map(Handed::builds);
    let obstacle = if builds().all(|one| kind(one).is_none()) {
        Some("the provenance is not signed, so nobody vouches for it")
    } else {
        verifier.obstacle_of(builds().filter_map(kind))
    };
    if let Some(obstacle) = obstacle {
        for key in KEYS {
            found.gap(key, obstacle, cited().collect());
        }
        return;
    }
    let judge = Judge {
        dossier,
        verifier: &verifier,
        builders,
        handed: &handed,
    };
    let built: Vec<_> = dossier
        .artifacts()
        .map(|sorted| judge.artifact(sorted.evidence, found))
        .collect();
    let mut citations: Vec<_> = verifier
        .citations()
        .chain([dossier.offering.named_at.clone()])
        .collect();
    citations.extend(cited());
    citations.extend(built.iter().map(|one| one.file.cite(Place::whole())));
    let mut open = built.iter().filter(|one| one.proven.is_empty());
    let obstacles: Option<Vec<_>> = open.by_ref().map(|one| one.obstacle.as_deref()).collect();
    // What is refused or missing for one artifact decides, whatever is open for another.
    if let Some(obstacle) = obstacles.and_then(|all| all.into_iter().next()) {
        for key in KEYS {
            found.gap(key, obstacle, citations.clone());
        }
        return;
    }
    report(dossier, &built, &citations, found);
}

fn report(
    dossier: &Dossier<'_>,
    built: &[Built<'_>],
    citations: &[Citation],
    found: &mut Establishment,
) {
    let holds = !built.is_empty() && built.iter().all(|one| !one.proven.is_empty());
    let mut add = |key: &str, value: FactValue| {
        found.machine_fact(dossier, key, value, citations.to_vec());
    };
    add(VERIFIED, FactValue::Bool(holds));
    if dossier.offering.provenance.is_some() {
        let every = |says: &dyn Fn(&Judgment) -> bool| {
            let mut proven = built.iter().flat_map(|one| &one.proven);
            FactValue::Bool(holds && proven.all(|one| says(&one.judgment)))
        };
        let both =
            |one: &Judgment, names: [CheckName; 2]| names.iter().all(|name| one.holds(*name));
        add(
            BUILDER,
            every(&|one| both(one, [CheckName::BuilderId, CheckName::BuildType])),
        );
        add(
            SOURCE,
            every(&|one| both(one, [CheckName::SourceUri, CheckName::SourceTag])),
        );
    }
    // The best provenance of each artifact counts, and of these the weakest.
    let supported = built.iter().map(|one| {
        let levels = one.proven.iter().map(|proven| proven.level.supported);
        levels.max().unwrap_or(0)
    });
    let supported = supported.min().unwrap_or(0);
    add(LEVEL, FactValue::Integer(supported.into()));
    let claimed: Option<Vec<_>> = built
        .iter()
        .map(|one| {
            let levels = one.proven.iter().filter_map(|proven| proven.level.claimed);
            levels.max()
        })
        .collect();
    match claimed.and_then(|levels| levels.into_iter().min()) {
        Some(level) => found.facts.push(Fact {
            key: CLAIMED.into(),
            scope: Scope::Offering(dossier.offering.id.clone()),
            value: FactValue::Integer(level.into()),
            rank: ProofRank::DOCUMENT,
            established: dossier.as_of,
            valid_until: None,
            citations: citations.to_vec(),
        }),
        None => found.gap(
            CLAIMED,
            "not every artifact has verified provenance by a builder of the table of known builders",
            citations.to_vec(),
        ),
    }
}

/// Every file of attestations that was handed in and says something about a build.
fn read<'a>(dossier: &Dossier<'a>, found: &mut Establishment) -> Vec<Handed<'a>> {
    let mut handed = Vec::new();
    for sorted in &dossier.handed_in {
        if !matches!(sorted.detection.kind, Kind::Provenance | Kind::Signature) {
            continue;
        }
        let evidence = sorted.evidence;
        let in_file = |fault: Diagnostic| fault.in_file(evidence.path.clone());
        match provenance::read(&evidence.bytes) {
            Ok(file) => {
                found.remarks.extend(file.refused.into_iter().map(in_file));
                let unknown = file.readable.iter().filter_map(unknown_version);
                found.remarks.extend(unknown.map(in_file));
                let handed_in = Handed {
                    evidence,
                    attestations: file.readable,
                };
                if handed_in.builds().next().is_some() {
                    handed.push(handed_in);
                }
            }
            // Signatures over files are none of this.
            Err(fault) if fault.code == "provenance-unrecognized" => {}
            Err(fault)
                if sorted.detection.format == "sigstore-bundle"
                    || is_json(sorted.detection.encoding) =>
            {
                found.remarks.push(in_file(fault));
            }
            Err(_) => {}
        }
    }
    handed
}

fn is_json(encoding: &str) -> bool {
    matches!(encoding, "json" | "json-lines")
}

/// A remark on provenance of a version that is not read.
fn unknown_version(attestation: &Attestation) -> Option<Diagnostic> {
    let Predicate::Other(named) = &attestation.statement.predicate else {
        return None;
    };
    named.starts_with("https://slsa.dev/provenance/").then(|| {
        let message = format!(
            "`{}` is no version of SLSA provenance that is read",
            crate::text::printable(named)
        );
        Diagnostic::warning("provenance-absent", statement_at(attestation), message)
            .help("ask the supplier for SLSA provenance v1 or v0.2")
    })
}

/// The kind of signature that an attestation bears; `None` where it bears none.
fn kind(attestation: &Attestation) -> Option<signature::Kind> {
    match attestation.wrapping {
        Wrapping::Bundle => Some(signature::Kind::Sigstore),
        Wrapping::Envelope => Some(signature::Kind::Dsse),
        Wrapping::Bare => None,
    }
}

/// Where the statement of an attestation stands in its file.
fn statement_at(attestation: &Attestation) -> Place {
    let below = match attestation.wrapping {
        Wrapping::Bundle => "/dsseEnvelope/payload",
        Wrapping::Envelope => "/payload",
        Wrapping::Bare => "",
    };
    let above = attestation.at.pointer.as_deref().unwrap_or_default();
    Place {
        pointer: Some(format!("{above}{below}")),
        ..attestation.at.clone()
    }
}
