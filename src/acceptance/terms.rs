//! What the contract says in numbers and names: the values of its clauses that a machine can hold a delivery to.

use crate::contract::register::Register;
use crate::diagnostic::Place;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::tender::ParameterValue;

/// A value with the place that agrees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed<T> {
    /// The value.
    pub value: T,
    /// Where it stands: in the register of requirements, or in the manifest.
    pub cited: Citation,
}

/// The terms; what is `None` was not agreed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Formats and versions accepted for SBOMs, such as `CycloneDX 1.6` (CL-15 `format_list`).
    pub sbom_formats: Option<Agreed<Vec<String>>>,
    /// The profile that SBOMs must meet (CL-15 `profile`).
    pub sbom_profile: Option<Agreed<String>>,
    /// The lowest coverage of each element of the profile, 1 to 1000 per mille (CL-15 `coverage_min`).
    pub sbom_coverage_per_mille: Option<Agreed<i64>>,
    /// Names under which is signed (CL-17 `signer_identities`); they are for people, the register of signers decides.
    pub signer_identities: Option<Agreed<Vec<String>>>,
    /// The SLSA Build level of the provenance, 1 to 3 (CL-17 `provenance_level`).
    pub provenance_level: Option<Agreed<i64>>,
    /// The CVSS base score in tenths from which on a vulnerability must be dealt with (CL-18 `severity_threshold`).
    pub severity_threshold_tenths: Option<Agreed<u32>>,
    /// Days within which such a vulnerability is dealt with in operation (CL-18 `fix_days`).
    pub fix_days: Option<Agreed<i64>>,
    /// Days within which an exploited vulnerability is fixed in operation (CL-18 `exploited_fix_days`).
    pub exploited_fix_days: Option<Agreed<i64>>,
    /// Days before a change by which it is notified (CL-21 `notice_days`).
    pub notice_days: Option<Agreed<i64>>,
    /// Hours after an emergency change within which it is notified, 0 to 168 (CL-21 `emergency_hours`).
    pub emergency_hours: Option<Agreed<i64>>,
}

/// A CVSS base score in tenths; `None` for what is none, such as 6.55 or 11.
///
/// Source: CVSS v3.1 and v4.0, base scores from 0.0 to 10.0 with one decimal.
pub fn cvss_tenths(score: &Exact) -> Option<u32> {
    let tenths = score.times(&Exact::from_integer(10));
    let whole = tenths.to_i64()?;
    let is_whole = Exact::from_integer(whole) == tenths;
    let whole = u32::try_from(whole).ok()?;
    (is_whole && whole <= 100).then_some(whole)
}

/// A term that the register and the manifest state otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field of the manifest, such as `sbom_profile`.
    pub term: &'static str,
    /// Where the register states it.
    pub contract: Citation,
    /// Where the manifest does.
    pub manifest: Citation,
}

impl Terms {
    /// The terms of a register; a value of another type than its clause declares is none.
    pub fn of_register(register: &Register, cite: impl Fn(&Place) -> Citation) -> Self {
        let find = |clause: &str, name: &str| {
            let mut lines = register.requirements.iter();
            let (value, at) = lines.find_map(|line| {
                let is_of_clause = line.clause.as_ref().is_some_and(|id| id.as_str() == clause);
                line.values.get(name).filter(|_| is_of_clause)
            })?;
            Some((value.clone(), cite(at)))
        };
        let number = |clause, name| match find(clause, name)? {
            (ParameterValue::Integer(value), cited) => Some(Agreed { value, cited }),
            _ => None,
        };
        let list = |clause, name| match find(clause, name)? {
            (ParameterValue::List(value), cited) => Some(Agreed { value, cited }),
            _ => None,
        };
        let profile = match find("CL-15", "profile") {
            Some((ParameterValue::Text(value), cited)) => Some(Agreed { value, cited }),
            _ => None,
        };
        let threshold = number("CL-18", "severity_threshold").and_then(|one| {
            let tenths = u32::try_from(one.value.checked_mul(10)?).ok()?;
            Some(Agreed {
                value: tenths,
                cited: one.cited,
            })
        });
        Self {
            sbom_formats: list("CL-15", "format_list"),
            sbom_profile: profile,
            sbom_coverage_per_mille: number("CL-15", "coverage_min"),
            signer_identities: list("CL-17", "signer_identities"),
            provenance_level: number("CL-17", "provenance_level"),
            severity_threshold_tenths: threshold,
            fix_days: number("CL-18", "fix_days"),
            exploited_fix_days: number("CL-18", "exploited_fix_days"),
            notice_days: number("CL-21", "notice_days"),
            emergency_hours: number("CL-21", "emergency_hours"),
        }
    }

    /// The terms of the contract, with what only the manifest states; where both state a term and differ, the contract's
    /// stands and the conflict is told.
    #[must_use]
    pub fn completed_by(self, manifest: &Self) -> (Self, Vec<Conflict>) {
        let mut conflicts = Vec::new();
        let terms = Self {
            sbom_formats: one_of(
                "sbom_formats",
                self.sbom_formats,
                manifest.sbom_formats.as_ref(),
                &mut conflicts,
            ),
            sbom_profile: one_of(
                "sbom_profile",
                self.sbom_profile,
                manifest.sbom_profile.as_ref(),
                &mut conflicts,
            ),
            sbom_coverage_per_mille: one_of(
                "sbom_coverage_per_mille",
                self.sbom_coverage_per_mille,
                manifest.sbom_coverage_per_mille.as_ref(),
                &mut conflicts,
            ),
            signer_identities: one_of(
                "signer_identities",
                self.signer_identities,
                manifest.signer_identities.as_ref(),
                &mut conflicts,
            ),
            provenance_level: one_of(
                "provenance_level",
                self.provenance_level,
                manifest.provenance_level.as_ref(),
                &mut conflicts,
            ),
            severity_threshold_tenths: one_of(
                "severity_threshold",
                self.severity_threshold_tenths,
                manifest.severity_threshold_tenths.as_ref(),
                &mut conflicts,
            ),
            fix_days: one_of(
                "fix_days",
                self.fix_days,
                manifest.fix_days.as_ref(),
                &mut conflicts,
            ),
            exploited_fix_days: one_of(
                "exploited_fix_days",
                self.exploited_fix_days,
                manifest.exploited_fix_days.as_ref(),
                &mut conflicts,
            ),
            notice_days: one_of(
                "notice_days",
                self.notice_days,
                manifest.notice_days.as_ref(),
                &mut conflicts,
            ),
            emergency_hours: one_of(
                "emergency_hours",
                self.emergency_hours,
                manifest.emergency_hours.as_ref(),
                &mut conflicts,
            ),
        };
        (terms, conflicts)
    }
}

fn one_of<T: Clone + PartialEq>(
    term: &'static str,
    contract: Option<Agreed<T>>,
    manifest: Option<&Agreed<T>>,
    conflicts: &mut Vec<Conflict>,
) -> Option<Agreed<T>> {
    match (contract, manifest) {
        (Some(contract), Some(manifest)) => {
            if contract.value != manifest.value {
                conflicts.push(Conflict {
                    term,
                    contract: contract.cited.clone(),
                    manifest: manifest.cited.clone(),
                });
            }
            Some(contract)
        }
        (Some(contract), None) => Some(contract),
        (None, manifest) => manifest.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn cited(file: &str) -> Citation {
        Citation {
            sha256: Digest::of(b""),
            file: file.to_owned(),
            at: Place::whole(),
        }
    }

    fn with_days(days: Option<i64>, file: &str) -> Terms {
        Terms {
            fix_days: days.map(|value| Agreed {
                value,
                cited: cited(file),
            }),
            ..Terms::default()
        }
    }

    #[test]
    fn the_contract_goes_before_the_manifest_and_a_difference_is_told() {
        let cases = [
            (Some(30), Some(30), Some(30), 0),
            (Some(30), Some(90), Some(30), 1),
            (Some(30), None, Some(30), 0),
            (None, Some(90), Some(90), 0),
            (None, None, None, 0),
        ];
        for (contract, manifest, expected, conflicts) in cases {
            let contract = with_days(contract, "register.json");
            let (terms, told) = contract.completed_by(&with_days(manifest, "delivery.toml"));
            assert_eq!(terms.fix_days.map(|one| one.value), expected);
            assert_eq!(told.len(), conflicts);
        }
    }
}
