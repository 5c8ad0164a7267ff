//! What a scan is judged by, as it is published.

use super::Request;
use crate::document::scan::{EcosystemView, FeedView};
use crate::time::{days_between, instant, parse_day};

pub(super) fn feed_view(request: &Request<'_>) -> FeedView {
    let manifest = request.feed.snapshot.manifest();
    let as_of = request.policy.as_of;
    let age = |known: Option<&str>| {
        known
            .and_then(parse_day)
            .map(|day| days_between(day, as_of))
    };
    let written = |known: Option<&str>| known.and_then(parse_day).map(instant);
    FeedView {
        digest: request.feed.snapshot.digest(),
        as_of: written(manifest.as_of.as_deref()),
        age_days: age(manifest.as_of.as_deref()),
        maximum_age_days: request.policy.maximum_age_days,
        advisories: manifest.advisories,
        kev: manifest.kev,
        lifecycles: manifest.lifecycles,
        epss: manifest.epss,
        ecosystems: manifest
            .ecosystems
            .iter()
            .map(|(name, coverage)| {
                let age_days = age(coverage.as_of.as_deref());
                let view = EcosystemView {
                    records: coverage.records,
                    components: 0,
                    as_of: written(coverage.as_of.as_deref()),
                    age_days,
                    fresh: age_days.is_some_and(|age| age <= request.policy.maximum_age_days),
                };
                (name.clone(), view)
            })
            .collect(),
    }
}
