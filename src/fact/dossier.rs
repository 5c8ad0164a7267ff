//! A dossier: one offering with all evidence that speaks about it, sorted by kind.

use crate::digest::Digest;
use crate::evidence::detect::{Detection, Kind, detect};
use crate::evidence::{Citation, Evidence, signature};
use crate::id::BidId;
use crate::text::Text;
use crate::time::Date;

/// What is offered, and by whom, as the agency's file says.
#[derive(Debug, Clone)]
pub struct Offering {
    /// The bid, or the name of the folder when no tender is behind it.
    pub id: BidId,
    /// The folder of the evidence that the supplier handed in; empty for the root.
    pub folder: String,
    /// The supplier's name.
    pub supplier: Text,
    /// The supplier's 13-digit corporate number.
    pub corporate_number: Option<String>,
    /// The delivered product's name and version.
    pub product: Option<(String, String)>,
    /// The cloud service's registered name.
    pub service: Option<String>,
    /// Who must have signed: identity and issuer.
    pub signer: Option<(String, String)>,
    /// What was agreed about the build.
    pub provenance: Option<AgreedBuild>,
    /// Where the agency's file names the corporate number.
    pub named_at: Citation,
}

/// What was agreed about how the delivery is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedBuild {
    /// Who builds.
    pub builder: String,
    /// The source repository.
    pub source: String,
    /// The tag that is built.
    pub source_tag: Option<String>,
    /// By which template the build is described.
    pub build_type: Option<String>,
}

/// How the agency plans to use what is offered, as far as evidence must cover it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// The regions that will be used.
    pub regions: Vec<String>,
    /// The functions that will be used.
    pub functions: Vec<String>,
    /// The first day of use.
    pub start: Option<Date>,
    /// The planned last day of use.
    pub end: Option<Date>,
}

/// A piece of evidence with what [`detect`] says of it.
#[derive(Debug, Clone)]
pub struct Sorted<'a> {
    /// The evidence.
    pub evidence: &'a Evidence,
    /// What it is.
    pub detection: Detection,
}

/// One offering with its evidence.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// What is offered.
    pub offering: &'a Offering,
    /// What the supplier handed in, sorted by path.
    pub handed_in: Vec<Sorted<'a>>,
    /// What the agency holds itself, sorted by path.
    pub agency: Vec<Sorted<'a>>,
    /// The day of judgment.
    pub as_of: Date,
    /// The planned use; unknown unless [`Dossier::with_use`] says it.
    pub usage: Use,
    /// The day on which the evidence was received at the latest: the deadline of the bids, where it has passed.
    pub received_on: Option<Date>,
}

impl<'a> Dossier<'a> {
    /// Sorts evidence into a dossier: what lies in the offering's folder was handed in by the supplier,
    /// what lies outside of every offering's folder (`agency`) is the agency's own.
    pub fn new(
        offering: &'a Offering,
        handed_in: impl IntoIterator<Item = &'a Evidence>,
        agency: impl IntoIterator<Item = &'a Evidence>,
        as_of: Date,
    ) -> Self {
        Self {
            offering,
            handed_in: sorted(handed_in),
            agency: sorted(agency),
            as_of,
            usage: Use::default(),
            received_on: None,
        }
    }

    /// States the day on which the evidence was received at the latest; a day behind that of judgment is none.
    #[must_use]
    pub fn received(mut self, day: Date) -> Self {
        self.received_on = (day <= self.as_of).then_some(day);
        self
    }

    /// Says how what is offered will be used.
    #[must_use]
    pub fn with_use(mut self, usage: Use) -> Self {
        self.usage = usage;
        self
    }

    /// Evidence of one kind with whether it is the agency's, the agency's first.
    pub fn of_both(&self, kind: Kind) -> impl Iterator<Item = (&Sorted<'a>, bool)> {
        let agency = self.agency_of(kind).map(|sorted| (sorted, true));
        agency.chain(self.handed_in_of(kind).map(|sorted| (sorted, false)))
    }

    /// Whether a record that was made for `bid` speaks about this offering.
    pub fn speaks_of(&self, bid: Option<&BidId>) -> bool {
        bid.is_none_or(|bid| *bid == self.offering.id)
    }

    /// The file with a digest, wherever it lies.
    pub fn with_digest(&self, digest: &Digest) -> Option<&'a Evidence> {
        let mut all = self.agency.iter().chain(&self.handed_in);
        all.find(|one| one.evidence.digest == *digest)
            .map(|one| one.evidence)
    }

    /// Evidence of one kind that the supplier handed in.
    pub fn handed_in_of(&self, kind: Kind) -> impl Iterator<Item = &Sorted<'a>> {
        self.handed_in
            .iter()
            .filter(move |one| one.detection.kind == kind)
    }

    /// Evidence of one kind that the agency holds.
    pub fn agency_of(&self, kind: Kind) -> impl Iterator<Item = &Sorted<'a>> {
        self.agency
            .iter()
            .filter(move |one| one.detection.kind == kind)
    }

    /// The kind of signature that a handed-in file is, if it is one. A file that nothing tells is a bare signature
    /// where another file has its path without `.sig`.
    pub fn signature_kind(&self, sorted: &Sorted<'_>) -> Option<signature::Kind> {
        let is_one = match sorted.detection.kind {
            Kind::Signature => true,
            Kind::Provenance => sorted.detection.format == "dsse",
            Kind::Unknown => sorted
                .evidence
                .path
                .strip_suffix(".sig")
                .is_some_and(|signed| self.has(signed)),
            _ => false,
        };
        is_one
            .then(|| signature::Kind::of(&sorted.evidence.bytes, false).ok())
            .flatten()
    }

    fn has(&self, path: &str) -> bool {
        let paths = self.handed_in.iter().map(|one| one.evidence.path.as_str());
        paths.into_iter().any(|one| one == path)
    }

    /// The artifacts of the delivery: what lies in the folder `delivery` and is no signature.
    pub fn artifacts(&self) -> impl Iterator<Item = &Sorted<'a>> {
        let folder = join(&self.offering.folder, "delivery/");
        self.handed_in.iter().filter(move |one| {
            one.evidence.path.starts_with(&folder)
                && !matches!(
                    one.detection.kind,
                    Kind::Signature | Kind::Provenance | Kind::Sbom
                )
                && self.signature_kind(one).is_none()
        })
    }

    /// The evidence at a path inside the offering's folder.
    pub fn document(&self, path: &str) -> Option<&'a Evidence> {
        let path = join(&self.offering.folder, path);
        self.handed_in
            .iter()
            .map(|one| one.evidence)
            .find(|evidence| evidence.path == path)
    }
}

fn sorted<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> Vec<Sorted<'a>> {
    let mut sorted: Vec<_> = evidence
        .into_iter()
        .map(|evidence| Sorted {
            evidence,
            detection: detect(&evidence.bytes),
        })
        .collect();
    sorted.sort_by(|left, right| left.evidence.path.cmp(&right.evidence.path));
    sorted
}

/// Joins a folder and a path below it.
pub fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}
