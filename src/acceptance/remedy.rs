//! What the contract wants done about a vulnerability, and by when.
//!
//! Source: clause CL-18 (`criteria/clauses/CL-18.toml`): at delivery nothing that is known to be exploited is left, and
//! all else of the agreed score or above is fixed or explained by a signed and justified statement that the agency
//! accepts; during the support period the same holds when the agreed days have run out.

use super::finding::Effect;
use super::manifest::Stage;
use super::terms::Terms;
use crate::time::{Date, add_days};

/// What somebody says against a vulnerability: that it has no effect here, or that it is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Nothing, or something that leaves it open.
    None,
    /// The statement is unsigned, signed by somebody else, or lacks author, date or justification.
    Unproven,
    /// Whether the contracted signer signed it cannot be judged.
    SignatureOpen,
    /// The contracted signer signed it, and the agency has not accepted it.
    Unaccepted,
    /// The agency states it, or accepts the statement as its own.
    Accepted,
}

/// A vulnerability as the contract looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// CVSS base score in tenths, 0 to 100.
    pub tenths: Option<u32>,
    /// The highest score of its band where only a word rates it.
    pub at_most: Option<u32>,
    /// Since when it is known: to be exploited, else at all.
    pub since: Option<Date>,
}

/// Why a vulnerability counts as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is left at delivery.
    Left,
    /// Its time has run out.
    Overdue,
    /// Its time is running.
    Pending,
    /// No time was agreed, so it is due at once.
    NoClock,
    /// It is not known since when it is known.
    Undated,
    /// Its score is below the agreed one.
    Below,
    /// A statement settles it.
    Settled,
}

/// What follows for the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgment {
    /// What it does to the check.
    pub effect: Effect,
    /// Why.
    pub why: Why,
    /// The last day on which it may be left, in operation.
    pub due: Option<Date>,
}

/// Judges a vulnerability on a day.
///
/// A score that nobody tells is never below the agreed one. Without an agreed score every vulnerability counts.
pub fn judge(
    terms: &Terms,
    stage: Stage,
    as_of: Date,
    weighed: &Weighed,
    claim: Claim,
) -> Judgment {
    let told = |effect, why, due| Judgment { effect, why, due };
    if claim == Claim::Accepted {
        return told(Effect::Notes, Why::Settled, None);
    }
    if !weighed.exploited && is_below(terms, weighed) {
        return told(Effect::Notes, Why::Below, None);
    }
    let left = match claim {
        Claim::SignatureOpen | Claim::Unaccepted => Effect::Unverifiable,
        _ => Effect::Fails,
    };
    if stage == Stage::Delivery {
        return told(left, Why::Left, None);
    }
    let days = if weighed.exploited {
        &terms.exploited_fix_days
    } else {
        &terms.fix_days
    };
    let Some(days) = days
        .as_ref()
        .and_then(|days| i32::try_from(days.value).ok())
    else {
        return told(left, Why::NoClock, None);
    };
    let Some(since) = weighed.since else {
        return told(Effect::Unverifiable, Why::Undated, None);
    };
    let due = add_days(since, days);
    if as_of > due {
        told(left, Why::Overdue, Some(due))
    } else {
        told(Effect::Warns, Why::Pending, Some(due))
    }
}

/// Whether a vulnerability is surely below the agreed score.
fn is_below(terms: &Terms, weighed: &Weighed) -> bool {
    let threshold = terms.severity_threshold_tenths.as_ref();
    let highest = weighed.tenths.or(weighed.at_most);
    threshold.is_some_and(|threshold| highest.is_some_and(|highest| highest < threshold.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::terms::Agreed;
    use crate::diagnostic::Place;
    use crate::digest::Digest;
    use crate::evidence::Citation;
    use crate::time::parse_day;

    fn agreed<T>(value: T) -> Agreed<T> {
        Agreed {
            value,
            cited: Citation {
                sha256: Digest::of(b"register"),
                file: "register.json".to_owned(),
                at: Place::whole(),
            },
        }
    }

    fn terms() -> Terms {
        Terms {
            severity_threshold_tenths: Some(agreed(70)),
            fix_days: Some(agreed(30)),
            exploited_fix_days: Some(agreed(7)),
            ..Terms::default()
        }
    }

    fn weighed(exploited: bool, tenths: Option<u32>, at_most: Option<u32>) -> Weighed {
        Weighed {
            exploited,
            tenths,
            at_most,
            since: parse_day("2026-11-01"),
        }
    }

    fn day(text: &str) -> Date {
        parse_day(text).unwrap()
    }

    #[test]
    fn at_delivery_everything_of_the_score_is_due() {
        let (none, terms) = (Terms::default(), terms());
        for (case, terms, weighed, claim, effect, why) in [
            (
                "at the score",
                &terms,
                weighed(false, Some(70), None),
                Claim::None,
                Effect::Fails,
                Why::Left,
            ),
            (
                "below it",
                &terms,
                weighed(false, Some(69), None),
                Claim::None,
                Effect::Notes,
                Why::Below,
            ),
            (
                "unrated",
                &terms,
                weighed(false, None, None),
                Claim::None,
                Effect::Fails,
                Why::Left,
            ),
            (
                "a band below",
                &terms,
                weighed(false, None, Some(69)),
                Claim::None,
                Effect::Notes,
                Why::Below,
            ),
            (
                "a band across",
                &terms,
                weighed(false, None, Some(89)),
                Claim::None,
                Effect::Fails,
                Why::Left,
            ),
            (
                "exploited below",
                &terms,
                weighed(true, Some(20), None),
                Claim::None,
                Effect::Fails,
                Why::Left,
            ),
            (
                "nothing agreed",
                &none,
                weighed(false, Some(1), None),
                Claim::None,
                Effect::Fails,
                Why::Left,
            ),
            (
                "unsigned",
                &terms,
                weighed(false, Some(98), None),
                Claim::Unproven,
                Effect::Fails,
                Why::Left,
            ),
            (
                "open",
                &terms,
                weighed(false, Some(98), None),
                Claim::SignatureOpen,
                Effect::Unverifiable,
                Why::Left,
            ),
            (
                "signed",
                &terms,
                weighed(true, Some(98), None),
                Claim::Unaccepted,
                Effect::Unverifiable,
                Why::Left,
            ),
            (
                "accepted",
                &terms,
                weighed(true, Some(98), None),
                Claim::Accepted,
                Effect::Notes,
                Why::Settled,
            ),
        ] {
            let told = judge(terms, Stage::Delivery, day("2026-11-26"), &weighed, claim);
            assert_eq!((told.effect, told.why), (effect, why), "{case}");
        }
    }

    #[test]
    fn in_operation_the_clock_decides() {
        let terms = terms();
        let high = weighed(false, Some(98), None);
        let exploited = weighed(true, Some(98), None);
        let on = |text, weighed: &Weighed| {
            judge(&terms, Stage::Operation, day(text), weighed, Claim::None)
        };
        let told = on("2026-12-01", &high);
        assert_eq!(
            (told.effect, told.due),
            (Effect::Warns, parse_day("2026-12-01"))
        );
        assert_eq!(on("2026-12-02", &high).effect, Effect::Fails);
        assert_eq!(on("2026-11-08", &exploited).effect, Effect::Warns);
        assert_eq!(on("2026-11-09", &exploited).effect, Effect::Fails);
        let undated = Weighed {
            since: None,
            ..high
        };
        assert_eq!(on("2026-11-08", &undated).effect, Effect::Unverifiable);
        let none = Terms::default();
        let told = judge(
            &none,
            Stage::Operation,
            day("2026-11-02"),
            &high,
            Claim::None,
        );
        assert_eq!((told.effect, told.why), (Effect::Fails, Why::NoClock));
        let told = judge(
            &none,
            Stage::Operation,
            day("2026-11-02"),
            &exploited,
            Claim::Unaccepted,
        );
        assert_eq!(told.effect, Effect::Unverifiable);
    }

    #[test]
    fn a_weaker_claim_is_never_better() {
        let claims = [
            Claim::None,
            Claim::Unproven,
            Claim::SignatureOpen,
            Claim::Unaccepted,
            Claim::Accepted,
        ];
        let terms = terms();
        for stage in [Stage::Delivery, Stage::Operation] {
            for weighed in [weighed(false, Some(98), None), weighed(true, None, None)] {
                for text in ["2026-11-02", "2027-11-02"] {
                    let effects =
                        claims.map(|claim| judge(&terms, stage, day(text), &weighed, claim).effect);
                    assert!(effects.is_sorted(), "{effects:?}");
                }
            }
        }
    }
}
