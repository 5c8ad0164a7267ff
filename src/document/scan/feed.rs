//! What a scan was judged by.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::Digest;

/// What the snapshot knows, and how fresh it is.
#[derive(Debug, Serialize)]
pub struct FeedView {
    /// The digest that names it.
    pub digest: Digest,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// How old that is on the day of the judgment; negative where it is later.
    pub age_days: Option<i64>,
    /// How old the knowledge of an ecosystem may be.
    pub maximum_age_days: i64,
    /// Advisories in it.
    pub advisories: u64,
    /// Entries of known exploited vulnerabilities; zero where the list was not imported.
    pub kev: u64,
    /// Products with dates of support; zero where no such list was imported.
    pub lifecycles: u64,
    /// CVEs with a probability of exploitation; zero where the scores were not imported.
    pub epss: u64,
    /// By ecosystem.
    pub ecosystems: BTreeMap<String, EcosystemView>,
}

/// What the snapshot knows of an ecosystem.
#[derive(Debug, Serialize)]
pub struct EcosystemView {
    /// Advisories that name a package of it.
    pub records: u64,
    /// Packages of it among the components.
    pub components: usize,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// How old that is.
    pub age_days: Option<i64>,
    /// Whether that is within the policy.
    pub fresh: bool,
}
