//! What the contract says in numbers and names: the values of its clauses that a machine can hold a delivery to.

use crate::evidence::Citation;

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
