//! The notices of changes: which count, what they cover, whether they came in time, and what they announce in vain.

use std::collections::{BTreeSet, HashMap};

use super::drift::full_name;
use super::timing_finding;
use crate::acceptance::drift::{self, Drift};
use crate::acceptance::finding::{Effect, Finding};
use crate::acceptance::report::Input;
use crate::acceptance::terms::{Agreed, Terms};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::{citing, in_manifest, shown};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::register::change_notice::{
    ChangeNotice, NoticedChange, NoticedKind, read_change_notice,
};
use crate::evidence::sbom::{Component, Sbom};
use crate::text::messages::both;
use crate::time::{Date, days_between};

/// A notice that can be read.
pub(super) struct ReadNotice {
    pub(super) notice: ChangeNotice,
    path: String,
    sha256: Digest,
}

impl ReadNotice {
    pub(super) fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.clone(),
            at,
        }
    }

    /// Whether it came in time. Without an agreed term there is no clock; days are whole, so hours are rounded up.
    fn timing(&self, terms: &Terms) -> Timing {
        let ahead = days_between(self.notice.notified_on, self.notice.effective_on);
        let is_ahead = |agreed: &Agreed<i64>| ahead >= agreed.value;
        match (&terms.notice_days, &terms.emergency_hours) {
            (Some(agreed), _) if is_ahead(agreed) => Timing::InTime,
            (Some(agreed), _) if !self.notice.emergency => Timing::Late(agreed.clone()),
            (_, Some(hours)) if self.notice.emergency => {
                let days = hours.value.saturating_add(23) / 24;
                if -ahead <= days {
                    Timing::InTime
                } else {
                    Timing::LateInEmergency(hours.clone())
                }
            }
            (Some(_), None) => Timing::EmergencyWithoutTerm,
            _ => Timing::InTime,
        }
    }
}

/// How a notice stands to the terms.
pub(super) enum Timing {
    /// In time, or nothing was agreed.
    InTime,
    /// Later than the agreed days ahead.
    Late(Agreed<i64>),
    /// An emergency that was notified later than the agreed hours after it.
    LateInEmergency(Agreed<i64>),
    /// It claims an emergency, and the term for those is not known.
    EmergencyWithoutTerm,
}

/// The notices of a delivery.
pub(super) struct Notices {
    /// Those that count, sorted by day, identifier and path.
    counting: Vec<ReadNotice>,
    /// Why others do not.
    faults: Vec<Finding>,
    /// The changes of those by the key of their component, as (notice, change).
    by_key: HashMap<String, Vec<(usize, usize)>>,
    /// Changes that something shows.
    shown: BTreeSet<(usize, usize)>,
    as_of: Date,
}

impl Notices {
    /// Reads the notices that the manifest names. What is dated after the day of judgment, or is about another case, does
    /// not count.
    pub(super) fn read(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Self {
        let manifest = gathered.request.manifest;
        let as_of = gathered.request.as_of;
        let mut notices = Self {
            counting: Vec::new(),
            faults: Vec::new(),
            by_key: HashMap::new(),
            shown: BTreeSet::new(),
            as_of,
        };
        for named in &manifest.notices {
            let (path, at) = (shown(&named.path), in_manifest(gathered, named.at.clone()));
            let read = gathered.read_named(named, "change-notice", inputs);
            let read = read
                .map_err(|fault| Box::new((fault, at)))
                .and_then(|bytes| {
                    let sha256 = Digest::of(&bytes);
                    let cite = |at| Citation {
                        sha256,
                        file: named.path.clone(),
                        at,
                    };
                    match read_change_notice(&bytes) {
                        Ok(notice) => Ok(ReadNotice {
                            notice,
                            path: named.path.clone(),
                            sha256,
                        }),
                        Err(mut faults) => {
                            let fault = faults.swap_remove(0);
                            let citation = cite(fault.at.clone());
                            Err(Box::new((fault, Some(citation))))
                        }
                    }
                });
            match read {
                Ok(read) => notices.admit(read, manifest.case.as_deref()),
                Err(unread) => {
                    let (fault, citation) = *unread;
                    let why = shown(&fault.message);
                    let message = both(
                        "verify-change-notice-unreadable",
                        &[("file", &path), ("why", &why)],
                    );
                    let mut finding = Finding::new("", Effect::Unverifiable, &named.path, message);
                    finding.code = Some(fault.code.to_owned());
                    notices.faults.push(citing(finding, citation));
                }
            }
        }
        notices.counting.sort_by(|one, other| {
            let key = |read: &ReadNotice| {
                let notice = &read.notice;
                (notice.notified_on, notice.id.clone(), read.path.clone())
            };
            key(one).cmp(&key(other))
        });
        for (index, read) in notices.counting.iter().enumerate() {
            for (position, change) in read.notice.changes.iter().enumerate() {
                let list = notices
                    .by_key
                    .entry(drift::key(&change.component))
                    .or_default();
                list.push((index, position));
            }
        }
        notices
    }

    fn admit(&mut self, read: ReadNotice, case: Option<&str>) {
        let notice = &read.notice;
        let id = shown(&notice.id);
        let message = if notice.notified_on > self.as_of {
            let day = notice.notified_on.to_string();
            both(
                "verify-change-notice-later",
                &[("notice", &id), ("day", &day)],
            )
        } else if case.is_some_and(|case| case != notice.case) {
            let case = shown(&notice.case);
            both(
                "verify-change-notice-case",
                &[("notice", &id), ("case", &case)],
            )
        } else {
            self.counting.push(read);
            return;
        };
        let finding = Finding::new("", Effect::Warns, id, message);
        self.faults.push(finding.cite(read.cite(notice.at.clone())));
    }

    /// What keeps notices from counting, as findings of a check.
    pub(super) fn faults(&self, id: &str) -> Vec<Finding> {
        let faults = self.faults.iter().map(|fault| {
            let mut finding = Finding {
                check: id.to_owned(),
                ..fault.clone()
            };
            finding = finding.distinguished_by(&[fault.message.en.as_str()]);
            finding
        });
        faults.collect()
    }

    /// The notices that count.
    pub(super) fn citations(&self) -> Vec<Citation> {
        let all = self.counting.iter().map(|one| one.cite(Place::whole()));
        all.collect()
    }

    /// The first notice that covers a drift: which, its identifier, and the place of its change. Every change that covers
    /// it is shown to be delivered.
    pub(super) fn covering(&mut self, drift: &Drift) -> Option<(usize, (String, Citation))> {
        let keys = drift.keys();
        let named = keys.iter().filter_map(|key| self.by_key.get(key));
        let mut named: Vec<_> = named.flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        let mut first = None;
        for (index, position) in named {
            let Some(read) = self.counting.get(index) else {
                continue;
            };
            let change = read.notice.changes.get(position);
            let Some(change) = change.filter(|one| drift.is_covered_by(one)) else {
                continue;
            };
            self.shown.insert((index, position));
            first.get_or_insert_with(|| {
                let citation = read.cite(change.at.clone());
                (index, (read.notice.id.clone(), citation))
            });
        }
        first
    }

    /// What is to be said of the day of a notice that covers something.
    pub(super) fn late(&self, id: &str, index: usize, terms: &Terms) -> Option<Finding> {
        let read = self.counting.get(index)?;
        timing_finding(id, read, &read.timing(terms))
    }

    /// What was announced and nothing shows: neither as a drift, nor as what the delivered SBOMs say.
    pub(super) fn unshown(&self, id: &str, delivered: &[&Sbom]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.counting.is_empty() {
            return findings;
        }
        let components = Named::of(delivered);
        for (index, read) in self.counting.iter().enumerate() {
            for (position, change) in read.notice.changes.iter().enumerate() {
                if self.shown.contains(&(index, position)) || is_so(change, &components) {
                    continue;
                }
                let name = shown(&change.component);
                let notice = shown(&read.notice.id);
                let day = read.notice.effective_on.to_string();
                let (effect, message) = if read.notice.effective_on > self.as_of {
                    let message = both(
                        "verify-change-announced",
                        &[("notice", &notice), ("name", &name), ("day", &day)],
                    );
                    (Effect::Notes, message)
                } else {
                    let message = both(
                        "verify-change-unshown",
                        &[("notice", &notice), ("name", &name), ("day", &day)],
                    );
                    (Effect::Warns, message)
                };
                let to = change.to.clone().unwrap_or_default();
                let finding = Finding::new(id, effect, name, message)
                    .distinguished_by(&[&read.notice.id, change.kind.word(), &to])
                    .cite(read.cite(change.at.clone()));
                findings.push(finding);
            }
        }
        findings
    }
}

/// Components by the keys under which a notice may speak of them.
struct Named<'s>(HashMap<String, Vec<&'s Component>>);

impl<'s> Named<'s> {
    fn of(delivered: &[&'s Sbom]) -> Self {
        let mut by_key: HashMap<String, Vec<&Component>> = HashMap::new();
        for one in delivered.iter().flat_map(|sbom| sbom.all_components()) {
            let (names, purls) = names_of(one);
            for key in drift::keys(&names, &purls) {
                by_key.entry(key).or_default().push(one);
            }
        }
        Self(by_key)
    }

    fn by(&self, component: &str) -> impl Iterator<Item = &'s Component> {
        let of_key = self.0.get(&drift::key(component)).into_iter().flatten();
        of_key.copied().filter(move |one| {
            let (names, purls) = names_of(one);
            drift::names(component, &names, &purls)
        })
    }
}

fn names_of(component: &Component) -> (Vec<String>, Vec<String>) {
    let purls = component.purls().map(str::to_owned).collect();
    (vec![full_name(component)], purls)
}

/// Whether the delivered SBOMs are as a change says that they become, whatever they were before.
fn is_so(change: &NoticedChange, delivered: &Named<'_>) -> bool {
    let mut named = delivered.by(&change.component);
    let to = change.to.as_deref().map(str::trim);
    let is = |found: Option<&str>| match to {
        None => true,
        Some(to) => found.unwrap_or_default().trim() == to,
    };
    match change.kind {
        NoticedKind::Removed => named.next().is_none(),
        NoticedKind::Added | NoticedKind::Version => named.any(|one| is(one.version.as_deref())),
        NoticedKind::Supplier => named.any(|one| {
            let supplier = one.supplier.as_deref();
            is(supplier.map(|party| party.name.as_str()))
        }),
        NoticedKind::License => {
            named.any(|one| one.licenses.iter().any(|license| is(Some(&license.text))))
        }
        NoticedKind::Purl => named.any(|one| is(one.purl.as_deref())),
        NoticedKind::Name => named.next().is_some(),
        NoticedKind::Digest => {
            let hex = to.and_then(|to| to.rsplit(':').next()).unwrap_or_default();
            let hex = hex.to_lowercase();
            named.any(|one| {
                one.hashes
                    .iter()
                    .any(|hash| hash.value.to_lowercase() == hex)
            })
        }
    }
}
