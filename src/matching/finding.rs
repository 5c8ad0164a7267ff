//! A vulnerability that touches a component: every record that says so, under every name it has.

use std::collections::BTreeSet;

use crate::cvss::{self, Severity};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::advisory::Nature;
use crate::evidence::sbom::model::Component;
use crate::snapshot::{KevEntry, RecordFile, Snapshot, StoredAdvisory, StoredRating};
use crate::time::{Date, day_of_seconds};

use super::range::Cause;

/// A vulnerability that touches a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'s> {
    /// The component.
    pub component: &'s Component,
    /// Its position in what was judged.
    pub position: u32,
    /// Every name of the vulnerability, the one to call it by first: its CVE where it has exactly one, else
    /// the first record's own identifier.
    pub ids: Vec<String>,
    /// Names of what it is a consequence of.
    pub upstream: Vec<String>,
    /// Names of what is close, but not the same.
    pub related: Vec<String>,
    /// What it is about: the worst that any record says.
    pub nature: Nature,
    /// How severe it is, and who says so.
    pub severity: Option<Rated>,
    /// Versions that mend it, lowest first, as the first record that names any does.
    pub fixed: Vec<String>,
    /// The first day on which any record was published.
    pub published: Option<Date>,
    /// The entry in the list of known exploited vulnerabilities.
    pub kev: Option<KevEntry>,
    /// Probability and percentile of exploitation (EPSS), each in units of 1e-9.
    pub epss: Option<(u32, u32)>,
    /// The records.
    pub records: Vec<Record>,
}

impl Finding<'_> {
    /// The name to call it by.
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// The severity's band, where any record rates it.
    pub fn band(&self) -> Option<Severity> {
        self.severity.as_ref().and_then(|rated| rated.severity)
    }

    /// One line on what it is.
    pub fn summary(&self) -> &str {
        let mut records = self.records.iter();
        records
            .find(|record| !record.summary.is_empty())
            .map_or("", |record| record.summary.as_str())
    }
}

/// A record that speaks of the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its own identifier.
    pub id: String,
    /// The path under which it was imported.
    pub file: String,
    /// The digest of that file.
    pub sha256: Digest,
    /// Where the record stands in the file.
    pub at: Place,
    /// What in it made the match.
    pub cause: Cause,
    /// One line.
    pub summary: String,
    /// The page to read.
    pub url: Option<String>,
    /// The day of its publication.
    pub published: Option<Date>,
    /// The day of its last change.
    pub modified: Option<Date>,
}

/// How severe a vulnerability is, as one source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The vector, score or word as written.
    pub value: String,
    /// The band; `None` for what is neither a vector, a score nor a known word.
    pub severity: Option<Severity>,
    /// The score in tenths, where there is one.
    pub tenths: Option<u16>,
    /// The version of CVSS, where the value is a vector.
    pub cvss: Option<&'static str>,
    /// Who rated: what the record names, or else the record itself.
    pub source: String,
}

impl Rated {
    pub(super) fn new(rating: &StoredRating<'_>) -> Self {
        let value = rating.value.trim();
        let source = rating.source.unwrap_or_default().to_owned();
        let rated = |severity, tenths, cvss| Self {
            value: value.to_owned(),
            severity,
            tenths,
            cvss,
            source: source.clone(),
        };
        if let Ok(score) = cvss::score(value) {
            return rated(
                Some(score.severity),
                Some(score.tenths),
                Some(score.version),
            );
        }
        if let Some(tenths) = tenths(value) {
            return rated(Some(Severity::of_tenths(tenths)), Some(tenths), None);
        }
        rated(Severity::of_word(value), None, None)
    }

    /// What counts first: a vector of CVSS 3 or 4 before one of 2, a vector before a bare score, a score
    /// before a word; among those the worst.
    fn weight(&self) -> (u8, Option<u16>, Option<Severity>) {
        let form = match (self.cvss, self.tenths) {
            (Some("2.0"), _) => 2,
            (Some(_), _) => 3,
            (None, Some(_)) => 1,
            (None, None) => 0,
        };
        (form, self.tenths, self.severity)
    }
}

/// A score written in decimals, in tenths.
fn tenths(value: &str) -> Option<u16> {
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    let digit = part.get(..1)?;
    let rest_is_zero = part.bytes().skip(1).all(|byte| byte == b'0');
    let number = |text: &str| text.parse::<u16>().ok();
    let tenths = number(whole)?
        .checked_mul(10)?
        .checked_add(number(digit)?)?;
    (rest_is_zero && whole.len() <= 2 && tenths <= 100).then_some(tenths)
}

/// A group of records that share a name.
struct Group {
    ids: Vec<String>,
    upper: BTreeSet<String>,
    members: Vec<Member>,
}

struct Member {
    record: Record,
    nature: Nature,
    upstream: Vec<String>,
    related: Vec<String>,
    ratings: Vec<Rated>,
}

/// Merges what touches a component into findings: records that share an identifier are one vulnerability.
pub(super) fn merge<'s>(
    snapshot: &Snapshot,
    component: (u32, &'s Component),
    mut touched: Vec<(u32, Cause, Vec<Rated>)>,
) -> Result<Vec<Finding<'s>>, Diagnostic> {
    touched.sort_by(|one, other| (one.0, &one.1.at).cmp(&(other.0, &other.1.at)));
    touched.dedup_by(|one, other| one.0 == other.0);
    let mut groups: Vec<Group> = Vec::new();
    for (number, cause, ratings) in touched {
        let (member, ids) = snapshot.advisory_in_file(number, |advisory, file| {
            member(&advisory, file, cause, ratings)
        })?;
        let upper: BTreeSet<String> = ids.iter().map(|id| id.to_uppercase()).collect();
        let (same, mut other): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| !group.upper.is_disjoint(&upper));
        let mut joined = Group {
            ids: Vec::new(),
            upper,
            members: Vec::new(),
        };
        for group in same {
            joined.ids.extend(group.ids);
            joined.upper.extend(group.upper);
            joined.members.extend(group.members);
        }
        for id in ids {
            if !joined
                .ids
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&id))
            {
                joined.ids.push(id);
            }
        }
        joined.members.push(member);
        other.push(joined);
        groups = other;
    }
    let mut findings = groups
        .into_iter()
        .map(|group| finding(snapshot, component, group))
        .collect::<Result<Vec<_>, _>>()?;
    findings.sort_by(|one, other| one.ids.cmp(&other.ids));
    Ok(findings)
}

fn member(
    advisory: &StoredAdvisory<'_>,
    file: RecordFile,
    cause: Cause,
    mut ratings: Vec<Rated>,
) -> (Member, Vec<String>) {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    if ratings.is_empty() {
        ratings = advisory.ratings.iter().map(Rated::new).collect();
    }
    for rated in &mut ratings {
        if rated.source.is_empty() {
            advisory.id.clone_into(&mut rated.source);
        }
    }
    let ids = std::iter::once(advisory.id)
        .chain(advisory.aliases.iter().copied())
        .map(str::to_owned)
        .collect();
    let member = Member {
        record: Record {
            id: advisory.id.to_owned(),
            file: file.path,
            sha256: file.digest,
            at: advisory.at.place(&Place::whole()),
            cause,
            summary: advisory.summary.to_owned(),
            url: advisory.url.map(str::to_owned),
            published: advisory.published.and_then(day_of_seconds),
            modified: advisory.modified.and_then(day_of_seconds),
        },
        nature: advisory.nature,
        upstream: texts(&advisory.upstream),
        related: texts(&advisory.related),
        ratings,
    };
    (member, ids)
}

fn finding<'s>(
    snapshot: &Snapshot,
    (position, component): (u32, &'s Component),
    group: Group,
) -> Result<Finding<'s>, Diagnostic> {
    let Group {
        mut ids,
        upper,
        mut members,
    } = group;
    members.sort_by(|one, other| one.record.id.cmp(&other.record.id));
    ids.sort();
    let is_cve = |id: &str| {
        id.get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case("CVE-"))
    };
    let mut cves = ids.iter().filter(|id| is_cve(id));
    let primary = match (cves.next(), cves.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => members.first().map(|member| member.record.id.clone()),
    };
    if let Some(primary) = primary {
        ids.retain(|id| *id != primary);
        ids.insert(0, primary);
    }
    let outside = |names: &mut dyn Iterator<Item = String>| {
        let names: BTreeSet<String> = names.collect();
        let outside = names
            .into_iter()
            .filter(|name| !upper.contains(&name.to_uppercase()));
        outside.collect::<Vec<_>>()
    };
    let upstream = outside(
        &mut members
            .iter()
            .flat_map(|member| member.upstream.iter().cloned()),
    );
    let related = outside(
        &mut members
            .iter()
            .flat_map(|member| member.related.iter().cloned()),
    );
    let (mut kev, mut epss) = (None, None);
    for cve in ids.iter().chain(&upstream).filter(|id| is_cve(id)) {
        let cve = cve.to_uppercase();
        if kev.is_none() {
            kev = snapshot.kev(&cve)?.cloned();
        }
        epss = epss.max(snapshot.epss(&cve)?);
    }
    Ok(Finding {
        component,
        position,
        nature: members
            .iter()
            .map(|member| member.nature)
            .min()
            .unwrap_or_default(),
        severity: members
            .iter()
            .flat_map(|member| &member.ratings)
            .max_by_key(|rated| rated.weight())
            .cloned(),
        fixed: members
            .iter()
            .map(|member| &member.record.cause.fixed)
            .find(|fixed| !fixed.is_empty())
            .cloned()
            .unwrap_or_default(),
        published: members
            .iter()
            .filter_map(|member| member.record.published)
            .min(),
        kev,
        epss,
        records: members.into_iter().map(|member| member.record).collect(),
        ids,
        upstream,
        related,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::StoredPlace;

    #[test]
    fn a_vector_counts_more_than_a_word() {
        let rated = |value: &'static str| {
            Rated::new(&StoredRating {
                value,
                source: None,
                at: StoredPlace::Whole,
            })
        };
        let v31 = rated("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N");
        let v2 = rated("AV:N/AC:L/Au:N/C:C/I:C/A:C");
        let (score, word, none) = (rated("9.8"), rated("critical"), rated("dire"));
        assert_eq!((v31.tenths, v31.cvss), (Some(53), Some("3.1")));
        assert_eq!((v2.tenths, score.tenths), (Some(100), Some(98)));
        assert_eq!(word.severity, Some(Severity::Critical));
        assert_eq!((none.severity, none.tenths), (None, None));
        for (more, less) in [(&v31, &v2), (&v2, &score), (&score, &word), (&word, &none)] {
            assert!(more.weight() > less.weight(), "{more:?} {less:?}");
        }
        for broken in ["9.85", "10.1", "100", "-1", "9.", "ninety"] {
            assert_eq!(tenths(broken), None, "{broken}");
        }
    }
}
