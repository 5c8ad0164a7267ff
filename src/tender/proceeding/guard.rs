//! The guards: whether a step may follow on a state.

mod committee;

use super::event::{Event, Part, Publication};
use super::role::{Actor, Role};
use super::state::{Phase, State};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::id::is_plain;
use crate::time::Timestamp;

type Admitted = Result<(), Diagnostic>;

fn refuse(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, Place::whole(), message).help(help)
}

fn ensure(holds: bool, fault: impl FnOnce() -> Diagnostic) -> Admitted {
    if holds { Ok(()) } else { Err(fault()) }
}

/// The roles that a step gives: to who takes it, and to those whom it names.
pub(super) fn roles_given(actor: &Actor, event: &Event) -> Vec<(String, Role)> {
    let mut given = vec![(actor.id.clone(), actor.role)];
    match event {
        Event::Published { openers, .. } => {
            given.extend(openers.iter().map(|one| (one.id.clone(), Role::Opener)));
        }
        Event::Appointed {
            evaluator,
            requesting_section,
            ..
        } => {
            given.push((evaluator.clone(), Role::Evaluator));
            if *requesting_section {
                given.push((evaluator.clone(), Role::RequestingSection));
            }
        }
        _ => {}
    }
    given
}

impl State {
    /// Whether a step may be taken now, by this actor, at this instant.
    ///
    /// # Errors
    ///
    /// Why not, with what to do. The message tells nothing that is sealed.
    pub fn admit(&self, at: Timestamp, actor: &Actor, event: &Event) -> Admitted {
        self.in_order(event)?;
        self.by_role(actor, event)?;
        self.in_time(at, event)?;
        match event {
            Event::Published {
                tender,
                publication,
                threshold,
                openers,
                ..
            } => publish(tender, publication, *threshold, openers, at),
            Event::Amended {
                publication,
                reason,
            } => self.amend(publication, reason),
            Event::Appointed {
                evaluator, name, ..
            } => self.appoint(evaluator, name),
            Event::Dismissed { evaluator, reason } => {
                self.member(evaluator)?;
                reasoned(reason)
            }
            Event::BidReceived { bid, .. } => self.receive(actor, bid),
            Event::Closed {} => Ok(()),
            Event::Cancelled { reason } => reasoned(reason),
            Event::Declared { conflicts } => self.declare(actor, conflicts),
            Event::ShareHanded { part, share } => self.hand_in(actor, *part, share),
            Event::TechnicalOpened { unreadable, .. } => {
                self.enough_shares(Part::Technical)?;
                self.known_bids(unreadable)
            }
            Event::PricesOpened { unreadable, .. } => {
                self.enough_shares(Part::Prices)?;
                self.known_bids(unreadable)
            }
            Event::SheetSealed { bid, .. } => self.seal_sheet(actor, bid),
            Event::SheetsLocked { keys, .. } => {
                self.member(&actor.id)?;
                self.all_sheets()?;
                let dealt: Vec<_> = keys.iter().map(|key| &key.evaluator).collect();
                ensure(dealt == self.evaluators.keys().collect::<Vec<_>>(), || {
                    refuse(
                        "case-incomplete",
                        "the committee's key is not dealt to every evaluator, each once and in order",
                        "lock the sheets with `mekiki tender case lock-sheets`",
                    )
                })
            }
            Event::SheetRevealed { bid, sheet } => self.reveal(actor, bid, sheet),
            Event::Consolidated { asked, .. } => self.consolidate(actor, asked),
            Event::ReasonSealed { bid, item, .. } => self.give_reason(actor, bid, item),
            Event::VerdictConfirmed { bid, .. } => {
                self.member(&actor.id)?;
                self.known_bids(std::slice::from_ref(bid))
            }
            Event::Locked { .. } => {
                self.member(&actor.id)?;
                self.all_reasons()
            }
            Event::Excluded { bid, reason } => {
                self.known_bids(std::slice::from_ref(bid))?;
                reasoned(&reason.ja)?;
                reasoned(&reason.en)
            }
            Event::LotsDrawn { order } => {
                self.known_bids(order)?;
                distinct(order)
            }
            Event::Ranked { order, lots, .. } => {
                let bids: Vec<_> = order.iter().map(|one| one.bid.clone()).collect();
                self.known_bids(&bids)?;
                distinct(&bids)?;
                lots.iter()
                    .try_for_each(|lot| self.known_bids(&lot.winners))
            }
            Event::Awarded { bids } => self.award(bids),
        }
    }

    fn in_order(&self, event: &Event) -> Admitted {
        let allowed: &[Phase] = match event {
            Event::Published { .. } => &[Phase::Draft],
            Event::Amended { .. } | Event::BidReceived { .. } | Event::Closed {} => {
                &[Phase::Published]
            }
            Event::Appointed { .. } => &[Phase::Published, Phase::Closed, Phase::Marking],
            Event::Dismissed { .. } => &[
                Phase::Published,
                Phase::Closed,
                Phase::Marking,
                Phase::SheetsLocked,
            ],
            Event::Declared { .. } => &[Phase::Closed, Phase::Marking],
            Event::ShareHanded {
                part: Part::Technical,
                ..
            }
            | Event::TechnicalOpened { .. } => &[Phase::Closed],
            Event::SheetSealed { .. } | Event::SheetsLocked { .. } => &[Phase::Marking],
            Event::SheetRevealed { .. } | Event::Consolidated { .. } => &[Phase::SheetsLocked],
            Event::VerdictConfirmed { .. } => &[Phase::SheetsLocked, Phase::Consolidated],
            Event::ReasonSealed { .. } | Event::Locked { .. } => &[Phase::Consolidated],
            Event::ShareHanded {
                part: Part::Prices, ..
            }
            | Event::PricesOpened { .. } => &[Phase::Locked],
            Event::Excluded { .. } | Event::LotsDrawn { .. } => &[Phase::Opened, Phase::Ranked],
            Event::Ranked { .. } => &[Phase::Opened],
            Event::Awarded { .. } => &[Phase::Ranked],
            Event::Cancelled { .. } => {
                return ensure(self.phase != Phase::Draft && !self.phase.is_final(), || {
                    self.out_of_order(event)
                });
            }
        };
        ensure(allowed.contains(&self.phase), || self.out_of_order(event))
    }

    fn out_of_order(&self, event: &Event) -> Diagnostic {
        if matches!(event, Event::BidReceived { .. }) && self.phase > Phase::Published {
            return refuse(
                "case-deadline",
                "no bid is taken any more: the bidding is closed",
                "a bid that comes late is refused and goes back unopened",
            );
        }
        refuse(
            "case-order",
            format!(
                "the step `{}` cannot follow: the case is `{}`",
                event.word(),
                self.phase.word()
            ),
            "see `mekiki tender case status` for what is due",
        )
    }

    fn by_role(&self, actor: &Actor, event: &Event) -> Admitted {
        ensure(is_plain(&actor.id), || malformed_id(&actor.id))?;
        ensure(event.roles().contains(&actor.role), || {
            let may: Vec<_> = event.roles().iter().map(|role| role.word()).collect();
            refuse(
                "case-role",
                format!(
                    "the step `{}` is not for the role `{}`",
                    event.word(),
                    actor.role.word()
                ),
                format!("it is for: {}", may.join(", ")),
            )
        })?;
        let given = roles_given(actor, event);
        for (index, (id, role)) in given.iter().enumerate() {
            let before = self.roles.get(&id.to_lowercase()).into_iter().flatten();
            let beside = given
                .iter()
                .enumerate()
                .filter(|(other, (held_by, _))| *other != index && held_by.eq_ignore_ascii_case(id))
                .map(|(_, (_, role))| role);
            let mut held = before.chain(beside);
            if let Some((other, why)) =
                held.find_map(|held| role.excludes(*held).map(|why| (held, why)))
            {
                return Err(refuse(
                    "case-duties",
                    format!(
                        "`{id}` cannot be `{}` in this case and `{}` too: {why}",
                        role.word(),
                        other.word()
                    ),
                    "have another person take the step",
                ));
            }
        }
        Ok(())
    }

    fn in_time(&self, at: Timestamp, event: &Event) -> Admitted {
        if let Some(last) = self.last_at
            && at < last
        {
            return Err(refuse(
                "case-time",
                format!("the instant {at} lies before that of the last entry, {last}"),
                "set the clock, or give the instant with --at",
            ));
        }
        let Some(deadline) = self.deadline() else {
            return Ok(());
        };
        match event {
            Event::BidReceived { .. } | Event::Amended { .. } => ensure(at <= deadline, || {
                let what = match event {
                    Event::Amended { .. } => "an amendment",
                    _ => "a bid",
                };
                refuse(
                    "case-deadline",
                    format!("{what} cannot be taken at {at}: the deadline was {deadline}"),
                    "close the bidding with `mekiki tender case close`",
                )
            }),
            Event::Closed {} => ensure(at > deadline, || {
                refuse(
                    "case-deadline",
                    format!(
                        "the bidding cannot be closed at {at}: bids are taken until {deadline}"
                    ),
                    "wait until the deadline is over",
                )
            }),
            _ => Ok(()),
        }
    }

    fn amend(&self, publication: &Publication, reason: &str) -> Admitted {
        reasoned(reason)?;
        let Some(current) = &self.publication else {
            return Ok(());
        };
        ensure(publication.deadline >= current.deadline, || {
            refuse(
                "case-amendment",
                "an amendment cannot bring the deadline forward",
                "keep the deadline or set a later one",
            )
        })?;
        let changes_rules = publication.rules != current.rules;
        ensure(
            !changes_rules || publication.deadline > current.deadline,
            || {
                refuse(
                    "case-amendment",
                    "the amendment changes criteria, points or procedure, but leaves the deadline as it is",
                    "set a later deadline, so that every bidder has time for the change",
                )
            },
        )?;
        ensure(
            publication.ceiling.is_some() == current.ceiling.is_some(),
            || {
                refuse(
                    "case-amendment",
                    "the amendment lays open a planned price that was sealed, or seals one that was published",
                    "keep it as it was",
                )
            },
        )
    }

    fn known_bids(&self, bids: &[String]) -> Admitted {
        match bids.iter().find(|bid| !self.bids.contains_key(*bid)) {
            None => Ok(()),
            Some(bid) => Err(refuse(
                "case-unknown",
                format!("there is no bid `{bid}`"),
                "name a bid that was received",
            )),
        }
    }

    fn receive(&self, actor: &Actor, bid: &str) -> Admitted {
        ensure(is_plain(bid), || malformed_id(bid))?;
        let other = self
            .bids
            .iter()
            .find(|(id, one)| one.by == actor.id && *id != bid);
        ensure(other.is_none(), || {
            refuse(
                "case-repeated",
                format!("`{}` has handed in another bid already", actor.id),
                "each bidder hands in one bid",
            )
        })?;
        let Some(earlier) = self.bids.get(bid) else {
            return Ok(());
        };
        let amended_since = self.amended.is_some_and(|entry| entry > earlier.sequence);
        ensure(earlier.by == actor.id && amended_since, || {
            refuse(
                "case-repeated",
                format!("the bid `{bid}` has been handed in already"),
                "a bid can be replaced only by its bidder and only after an amendment",
            )
        })
    }

    fn hand_in(&self, actor: &Actor, part: Part, share: &str) -> Admitted {
        let Some(opener) = self.openers.iter().find(|one| one.id == actor.id) else {
            return Err(refuse(
                "case-unknown",
                format!("`{}` is no opener of this case", actor.id),
                "the openers are those named at the publication",
            ));
        };
        ensure(!self.shares.contains_key(&(part, actor.id.clone())), || {
            refuse(
                "case-repeated",
                format!("`{}` has handed in this share already", actor.id),
                "each opener hands in each share once",
            )
        })?;
        let bytes = hex::decode(share).unwrap_or_default();
        ensure(Digest::of(&bytes) == opener.held(part).share, || {
            refuse(
                "case-share",
                format!(
                    "what `{}` hands in is not the share that was dealt",
                    actor.id
                ),
                "use the key that the share was sealed to, and the case folder that it came with",
            )
        })
    }

    fn enough_shares(&self, part: Part) -> Admitted {
        let have = self.shares_of(part).len();
        let need = usize::from(self.threshold);
        ensure(have >= need, || {
            refuse(
                "case-incomplete",
                format!("{have} of {need} shares are handed in"),
                format!(
                    "have {} more openers run `mekiki tender case share`",
                    need - have
                ),
            )
        })
    }

    fn award(&self, bids: &[String]) -> Admitted {
        distinct(bids)?;
        let lots = self
            .ranking
            .as_ref()
            .map_or(&[][..], |one| one.lots.as_slice());
        let won: Vec<_> = lots.iter().filter(|lot| !lot.winners.is_empty()).collect();
        let tied = won.iter().any(|lot| lot.winners.len() > 1);
        ensure(!won.is_empty() && !tied, || {
            refuse(
                "case-award",
                "the ranking names no single winner",
                "draw lots and rank again, exclude a bid with its reason, or cancel",
            )
        })?;
        let winners: std::collections::BTreeSet<_> =
            won.iter().flat_map(|lot| &lot.winners).collect();
        ensure(
            bids.iter().collect::<std::collections::BTreeSet<_>>() == winners,
            || {
                let winners: Vec<_> = winners.iter().map(|winner| format!("`{winner}`")).collect();
                refuse(
                    "case-award",
                    format!("the winners are {}", winners.join(", ")),
                    "award to the winners; a winner who is excluded is excluded with its reason, and the rest ranked again",
                )
            },
        )
    }
}

fn publish(
    tender: &str,
    publication: &Publication,
    threshold: u8,
    openers: &[super::event::Opener],
    at: Timestamp,
) -> Admitted {
    ensure(is_plain(tender), || malformed_id(tender))?;
    ensure(publication.deadline > at, || {
        refuse(
            "case-deadline",
            format!("the deadline {} is over already", publication.deadline),
            "set a later one",
        )
    })?;
    if let Some(opener) = openers.iter().find(|one| !is_plain(&one.id)) {
        return Err(malformed_id(&opener.id));
    }
    let ids: Vec<_> = openers.iter().map(|one| one.id.to_lowercase()).collect();
    distinct(&ids)?;
    let keys: Vec<_> = openers.iter().map(|one| one.recipient.clone()).collect();
    distinct(&keys)?;
    let count = openers.len();
    ensure(
        (1..=255).contains(&count) && (1..=count).contains(&usize::from(threshold)),
        || {
            refuse(
                "case-openers",
                format!("{threshold} of {count} openers cannot be asked for"),
                "name 1 to 255 openers and a threshold of at least 1 and at most their number",
            )
        },
    )?;
    ensure(threshold > 1 || count == 1, || {
        refuse(
            "case-openers",
            "with a threshold of 1 every opener could open alone",
            "set --threshold to 2 or more, or name a single key of the agency",
        )
    })
}

fn malformed_id(id: &str) -> Diagnostic {
    refuse(
        "id-malformed",
        format!("`{id}` cannot be an identifier"),
        "use up to 64 letters, digits, `-`, `_` and `.`",
    )
}

fn reasoned(text: &str) -> Admitted {
    ensure(!text.trim().is_empty(), || {
        refuse(
            "case-reason",
            "a reason or name is empty",
            "say why or who; it stays in the log",
        )
    })
}

fn distinct(ids: &[String]) -> Admitted {
    let mut seen = std::collections::BTreeSet::new();
    match ids.iter().find(|id| !seen.insert(*id)) {
        None => Ok(()),
        Some(id) => Err(refuse(
            "case-repeated",
            format!("`{id}` stands there twice"),
            "name each once",
        )),
    }
}
