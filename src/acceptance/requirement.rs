//! The contractual requirements, and what the checks settle of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::Verdict;
use super::check::Checks;
use super::finding::{Outcome, Standing};
use super::manifest::{Evidence, Manifest};
use crate::criteria::Catalog;
use crate::evidence::Citation;
use crate::id::{ClauseId, CriterionId};
use crate::text::Text;

/// A requirement of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The criterion.
    pub criterion: CriterionId,
    /// The clause; none for a duty of the agency.
    pub clause: Option<ClauseId>,
    /// Where the register names it.
    pub cited: Citation,
}

impl Requirement {
    /// The identifier in reports: `A19-2.integ.sbom/CL-15`.
    pub fn id(&self) -> String {
        match &self.clause {
            Some(clause) => format!("{}/{clause}", self.criterion),
            None => self.criterion.to_string(),
        }
    }
}

/// Who settles a requirement, and how it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// A check that settles it is not met.
    Fail,
    /// A check that settles it could not be judged, or the manifest leaves out what it asks for.
    Unverifiable,
    /// It is not met, and an exceptional action is in force.
    Waived,
    /// Every check that settles it is met.
    Pass,
    /// The checks that settle it had nothing to ask.
    NotApplicable,
    /// No machine settles it: the inspector (検査職員) does.
    Inspector,
}

impl Settlement {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unverifiable => "unverifiable",
            Self::Waived => "waived",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
            Self::Inspector => "inspector",
        }
    }

    /// What it is for the verdict on the delivery. What is left to the inspector is no verdict of the machine.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Fail => Verdict::Fail,
            Self::Unverifiable => Verdict::Unverifiable,
            Self::Waived | Self::Pass => Verdict::Pass,
            Self::NotApplicable | Self::Inspector => Verdict::NotApplicable,
        }
    }
}

/// A check that settles a requirement, with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettlingCheck {
    /// The check.
    pub check: String,
    /// Its verdict.
    pub verdict: Verdict,
}

/// A requirement with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// `CRITERION/CLAUSE`.
    pub id: String,
    /// The criterion.
    #[serde(serialize_with = "as_text")]
    pub criterion: CriterionId,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// The criterion's title.
    pub title: Text,
    /// The verdict.
    pub verdict: Settlement,
    /// The checks that settle it.
    pub checks: Vec<SettlingCheck>,
    /// What it rests on: the register's line, then what the checks rest on and found.
    pub citations: Vec<Citation>,
    /// For the inspector: what is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<Text>,
}

fn as_text<S: Serializer>(id: &CriterionId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// Settles every requirement by the outcomes of all checks: those that fail first, then what could not be judged, then
/// the others, each in the order of the register.
pub fn settle(
    requirements: &[Requirement],
    outcomes: &BTreeMap<&str, &Outcome>,
    manifest: &Manifest,
    checks: &Checks,
    catalog: &Catalog,
) -> Vec<Settled> {
    let mut settled: Vec<_> = requirements
        .iter()
        .map(|one| settle_one(one, outcomes, manifest, checks, catalog))
        .collect();
    settled.sort_by_key(|one| one.verdict);
    settled
}

fn settle_one(
    requirement: &Requirement,
    outcomes: &BTreeMap<&str, &Outcome>,
    manifest: &Manifest,
    checks: &Checks,
    catalog: &Catalog,
) -> Settled {
    let settling: Vec<&Outcome> = checks
        .settling(&requirement.criterion)
        .filter_map(|check| outcomes.get(check.id.as_str()).copied())
        .collect();
    let criterion = catalog.criteria.get(&requirement.criterion);
    let verdict = settlement(&settling, manifest);
    let mut citations = vec![requirement.cited.clone()];
    for outcome in &settling {
        citations.extend(outcome.citations.iter().cloned());
        let found = outcome.findings.iter().flat_map(|one| &one.citations);
        citations.extend(found.take(CITED).cloned());
    }
    let mut seen = BTreeSet::new();
    citations.retain(|one| seen.insert(one.clone()));
    let title = criterion.map_or_else(
        || Text::same(requirement.criterion.as_str()),
        |one| one.title.clone(),
    );
    Settled {
        id: requirement.id(),
        criterion: requirement.criterion.clone(),
        clause: requirement.clause.clone(),
        title,
        verdict,
        checks: settling
            .iter()
            .map(|one| SettlingCheck {
                check: one.check.clone(),
                verdict: one.verdict,
            })
            .collect(),
        citations,
        asks: criterion
            .filter(|_| verdict == Settlement::Inspector)
            .map(|one| one.requirement.clone()),
    }
}

/// How many places of one check's findings a requirement cites.
const CITED: usize = 8;

fn settlement(settling: &[&Outcome], manifest: &Manifest) -> Settlement {
    if settling.is_empty() {
        return Settlement::Inspector;
    }
    let verdict = Verdict::over(settling.iter().map(|one| one.verdict));
    let is_left_out = settling.iter().any(|one| {
        let wanted = wanted_by(&one.check);
        let left_out = wanted.is_some_and(|what| manifest.left_out(what).is_some());
        one.verdict == Verdict::NotApplicable && left_out
    });
    let is_waived = settling
        .iter()
        .flat_map(|one| &one.findings)
        .any(|one| matches!(one.standing, Standing::Waived { .. }));
    match verdict {
        Verdict::Fail => Settlement::Fail,
        Verdict::Unverifiable => Settlement::Unverifiable,
        // The contract asks for it, so a reason in the manifest does not settle it.
        _ if is_left_out => Settlement::Unverifiable,
        Verdict::Pass if is_waived => Settlement::Waived,
        Verdict::Pass => Settlement::Pass,
        Verdict::NotApplicable => Settlement::NotApplicable,
    }
}

/// The evidence without which a check asks nothing, where a contract that asks for it is not met by a reason. What was
/// tendered or accepted earlier may not exist at all, and nobody owes it.
fn wanted_by(check: &str) -> Option<Evidence> {
    match check {
        "signature.artifact" => Some(Evidence::Signature),
        "signature.sbom" => Some(Evidence::SbomSignature),
        _ if check.starts_with("provenance.") => Some(Evidence::Provenance),
        _ if check.starts_with("sbom.") || check.starts_with("contents.") => Some(Evidence::Sbom),
        _ if check.starts_with("advisory.") => Some(Evidence::Feed),
        _ if check.starts_with("product.") => Some(Evidence::ProductList),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::finding::{Effect, Finding};
    use crate::acceptance::manifest::LeftOut;
    use crate::diagnostic::Place;

    fn outcome(check: &str, verdict: Verdict) -> Outcome {
        Outcome {
            check: check.to_owned(),
            title: Text::default(),
            verdict,
            said: Text::default(),
            citations: Vec::new(),
            supported_level: None,
            findings: Vec::new(),
        }
    }

    fn of(outcomes: &[Outcome], left_out: &[Evidence]) -> Settlement {
        let left_out = left_out.iter().map(|what| LeftOut {
            what: *what,
            reason: Text::default(),
            at: Place::whole(),
        });
        let manifest = Manifest {
            left_out: left_out.collect(),
            ..Manifest::default()
        };
        settlement(&outcomes.iter().collect::<Vec<_>>(), &manifest)
    }

    #[test]
    fn what_no_check_settles_is_left_to_the_inspector() {
        assert_eq!(of(&[], &[]), Settlement::Inspector);
    }

    #[test]
    fn the_worst_check_settles() {
        use Verdict::{Fail, NotApplicable, Pass, Unverifiable};
        for (verdicts, expected) in [
            ([Pass, Pass], Settlement::Pass),
            ([Pass, NotApplicable], Settlement::Pass),
            ([NotApplicable, NotApplicable], Settlement::NotApplicable),
            ([Pass, Unverifiable], Settlement::Unverifiable),
            ([Unverifiable, Fail], Settlement::Fail),
        ] {
            let [first, second] = verdicts;
            let outcomes = [
                outcome("change.tendered", first),
                outcome("change.accepted", second),
            ];
            assert_eq!(of(&outcomes, &[]), expected, "{verdicts:?}");
        }
    }

    #[test]
    fn a_reason_does_not_meet_what_the_contract_asks() {
        let outcomes = [
            outcome("signature.artifact", Verdict::Pass),
            outcome("signature.sbom", Verdict::NotApplicable),
        ];
        assert_eq!(
            of(&outcomes, &[Evidence::SbomSignature]),
            Settlement::Unverifiable
        );
        // Nobody owes an SBOM that was never tendered.
        let outcomes = [
            outcome("change.tendered", Verdict::NotApplicable),
            outcome("change.accepted", Verdict::Pass),
        ];
        assert_eq!(of(&outcomes, &[Evidence::TenderedSbom]), Settlement::Pass);
    }

    #[test]
    fn an_exception_is_told_and_is_no_pass() {
        let mut waived = outcome("advisory.severity", Verdict::Pass);
        let mut finding = Finding::new("advisory.severity", Effect::Fails, "x", Text::default());
        finding.standing = Standing::Waived {
            exception: "ex-1".to_owned(),
            until: "2026-12-31".to_owned(),
        };
        waived.findings.push(finding);
        assert_eq!(of(&[waived], &[]), Settlement::Waived);
    }

    #[test]
    fn only_those_of_the_worst_three_verdicts_count_for_the_delivery() {
        let verdicts = [
            (Settlement::Fail, Verdict::Fail),
            (Settlement::Unverifiable, Verdict::Unverifiable),
            (Settlement::Waived, Verdict::Pass),
            (Settlement::Inspector, Verdict::NotApplicable),
        ];
        for (settlement, verdict) in verdicts {
            assert_eq!(settlement.verdict(), verdict);
        }
    }
}
