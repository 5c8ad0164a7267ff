//! Findings, as they are published.

use super::component::component_view;
use super::statement::statement_view;
use crate::cvss::{Severity, decimal};
use crate::document::scan::{EpssView, FindingView, KevView, RecordView, SeverityView};
use crate::evidence::sbom::model::Sbom;
use crate::matching::{Finding, Rated, Record};
use crate::time::{Date, days_between};
use crate::triage::Decision;

pub(in crate::app) fn finding_view(
    path: &str,
    sbom: &Sbom,
    finding: &Finding<'_>,
    decision: Option<&Decision<'_>>,
    as_of: Date,
) -> FindingView {
    let units = |value: u32| format!("{}.{:09}", value / 1_000_000_000, value % 1_000_000_000);
    FindingView {
        component: component_view(path, sbom, finding.component),
        ids: finding.ids.clone(),
        upstream: finding.upstream.clone(),
        related: finding.related.clone(),
        nature: finding.nature,
        summary: finding.summary().to_owned(),
        severity: severity_view(finding.severity.as_ref()),
        fixed: finding.fixed.clone(),
        kev: finding.kev.is_some(),
        kev_entry: finding.kev.as_ref().map(|entry| KevView {
            added: entry.added.clone(),
            due: entry.due.clone(),
            ransomware: entry.ransomware,
        }),
        epss: finding.epss.map(|(probability, percentile)| EpssView {
            probability: units(probability),
            percentile: units(percentile),
            units: probability,
        }),
        published: finding.published.map(|day| day.to_string()),
        age_days: finding.published.map(|day| days_between(day, as_of)),
        vex: decision.map(statement_view),
        fails: false,
        records: finding.records.iter().map(record_view).collect(),
    }
}

fn severity_view(rated: Option<&Rated>) -> SeverityView {
    let band = rated.and_then(|rated| rated.severity);
    let tenths = rated.and_then(|rated| rated.tenths);
    let cvss = rated.and_then(|rated| rated.cvss);
    SeverityView {
        rating: band.map_or("unknown", Severity::word),
        score: tenths.map(decimal),
        vector: rated
            .filter(|_| cvss.is_some())
            .map(|rated| rated.value.clone()),
        cvss,
        source: rated.map(|rated| rated.source.clone()),
        band,
        tenths,
    }
}

fn record_view(record: &Record) -> RecordView {
    RecordView {
        id: record.id.clone(),
        file: record.file.clone(),
        sha256: record.sha256,
        at: record.at.clone(),
        matched_at: record.cause.at.clone(),
        matched: record.cause.event.clone(),
        url: record.url.clone(),
        modified: record.modified.map(|day| day.to_string()),
    }
}
