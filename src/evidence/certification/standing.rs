//! Whether a record holds on a day: the time logic of each scheme.

use super::{CertificationRecord, Scheme};
use crate::time::{Date, add_days, add_months};

/// The last day of a period of months that begins on a day: the day before the corresponding one, or the month's last
/// where it has no corresponding day.
///
/// Source: Civil Code of Japan, article 143 (recalled, to be checked against the current text).
fn last_of(first: Date, months: i32) -> Date {
    let corresponding = add_months(first, months);
    if corresponding.day() == first.day() {
        add_days(corresponding, -1)
    } else {
        corresponding
    }
}

/// How long an ISMAP registration holds from the day after its audit period: one year and four months.
///
/// Source: ISMAP basic rules, 3.5.
const ISMAP_MONTHS: i32 = 16;
/// How long a JC-STAR label holds at most from its issue: two years, whatever its level.
///
/// Source: IPA, JC-STAR, application process.
const JC_STAR_MONTHS: i32 = 24;
/// How long an ISO/IEC 27001 certificate holds that states no end: a cycle of three years.
///
/// Source: ISO/IEC 17021-1:2015, 9.1.3 (recalled, to be checked against the current text).
const ISMS_MONTHS: i32 = 36;

/// What a record is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It holds from a later day on.
    NotYet {
        /// The first day.
        from: Date,
    },
    /// It holds.
    InForce,
    /// Its time has passed, but renewal was applied for in time and is not decided: it stays valid.
    UnderRenewal,
    /// Its time has passed.
    Lapsed {
        /// The last day on which it held.
        last: Date,
    },
    /// It is suspended.
    Suspended {
        /// Since when.
        since: Date,
    },
    /// It was withdrawn, or taken off the list.
    Withdrawn {
        /// Since when.
        since: Date,
    },
}

impl Standing {
    /// Whether the record holds.
    pub fn holds(self) -> bool {
        matches!(self, Self::InForce | Self::UnderRenewal)
    }
}

/// What became of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// None was applied for.
    None,
    /// Applied for in time and not yet decided.
    UnderRenewal,
    /// Applied for after the last day, which renews nothing.
    AppliedLate,
    /// Decided.
    Decided,
}

impl Renewal {
    /// The word that the fact `cloud.ismap.renewal` takes.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::UnderRenewal => "under-renewal",
            Self::AppliedLate => "applied-late",
            Self::Decided => "decided",
        }
    }
}

impl CertificationRecord {
    /// The first day on which the record holds, where it states one.
    pub fn first_day(&self) -> Option<Date> {
        self.issued
    }

    /// The last day by the scheme's arithmetic, renewal left aside; `None` when there is no end.
    pub fn last_day(&self) -> Option<Date> {
        match (self.scheme, self.audit_period_end, self.issued) {
            (Scheme::Ismap | Scheme::IsmapLiu, Some(end), _) => {
                Some(last_of(add_days(end, 1), ISMAP_MONTHS))
            }
            (Scheme::JcStar, _, Some(issued)) => Some(self.valid_until.map_or_else(
                || last_of(issued, JC_STAR_MONTHS),
                |stated| stated.min(add_months(issued, JC_STAR_MONTHS)),
            )),
            (Scheme::Iso27001, _, Some(issued)) => Some(
                self.valid_until
                    .unwrap_or_else(|| last_of(issued, ISMS_MONTHS)),
            ),
            _ => self.valid_until,
        }
    }

    /// Whether the record states an end that its scheme does not allow.
    pub fn overstates_validity(&self) -> bool {
        self.valid_until
            .is_some_and(|stated| self.last_day().is_some_and(|last| last < stated))
    }

    /// What became of the renewal by a day.
    pub fn renewal(&self, as_of: Date) -> Renewal {
        match (self.renewal_applied, self.last_day()) {
            (Some(applied), _) if applied > as_of => Renewal::None,
            (Some(applied), Some(last)) if applied > last => Renewal::AppliedLate,
            (Some(_), _) if self.renewal_decided.is_some_and(|day| day <= as_of) => {
                Renewal::Decided
            }
            (Some(_), _) => Renewal::UnderRenewal,
            (None, _) => Renewal::None,
        }
    }

    /// The last day on which the record holds; `None` when it states no end.
    ///
    /// An ISMAP registration holds beyond its last day until decided when renewal was applied for in time (ISMAP
    /// basic rules, 3.5).
    pub fn last_valid_day(&self) -> Option<Date> {
        let last = self.last_day()?;
        let renews = matches!(self.scheme, Scheme::Ismap | Scheme::IsmapLiu);
        let in_time = self.renewal_applied.is_some_and(|applied| applied <= last);
        match self.renewal_decided {
            _ if !renews || !in_time => Some(last),
            None => None,
            Some(decided) => Some(last.max(decided)),
        }
    }

    /// What the record is on a day.
    pub fn standing(&self, as_of: Date) -> Standing {
        let happened = |day: Option<Date>| day.filter(|day| *day <= as_of);
        if let Some(since) = happened(self.withdrawn_on) {
            return Standing::Withdrawn { since };
        }
        if let Some(since) = happened(self.suspended_on)
            && happened(self.resumed_on).is_none_or(|resumed| resumed < since)
        {
            return Standing::Suspended { since };
        }
        if let Some(from) = self.first_day().filter(|first| *first > as_of) {
            return Standing::NotYet { from };
        }
        match (self.last_day(), self.last_valid_day()) {
            (Some(last), _) if as_of <= last => Standing::InForce,
            (Some(_), None) => Standing::UnderRenewal,
            (Some(_), Some(last)) if as_of <= last => Standing::UnderRenewal,
            (Some(_), Some(last)) => Standing::Lapsed { last },
            (None, _) => Standing::InForce,
        }
    }
}
