//! The state of a case: what a log comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::chain::{Entry, GENESIS};
use super::event::{
    Asked, Event, LotWinners, Opener, Part, Publication, Ranked, Recipients, SealedPart,
};
use super::role::Role;
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Timestamp;

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing is published; the tender file is edited freely.
    Draft,
    /// Bids are taken, sealed.
    Published,
    /// No more bids; all are sealed.
    Closed,
    /// The technical parts are open; evaluators mark, each for themselves.
    Marking,
    /// No sheet can change any more; they are laid open to the committee.
    SheetsLocked,
    /// The committee has compared its marks; those far off give reasons.
    Consolidated,
    /// The technical marks are final; prices are still sealed.
    Locked,
    /// The prices are open.
    Opened,
    /// The bids are ranked.
    Ranked,
    /// The contract is awarded.
    Awarded,
    /// The tender ended without an award.
    Cancelled,
}

impl Phase {
    /// Every phase with its word, in order.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("draft", Self::Draft),
        ("published", Self::Published),
        ("closed", Self::Closed),
        ("marking", Self::Marking),
        ("sheets-locked", Self::SheetsLocked),
        ("consolidated", Self::Consolidated),
        ("locked", Self::Locked),
        ("opened", Self::Opened),
        ("ranked", Self::Ranked),
        ("awarded", Self::Awarded),
        ("cancelled", Self::Cancelled),
    ];

    /// The word in machine output.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, phase)| *phase == self);
        found.map_or("", |(word, _)| word)
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Awarded | Self::Cancelled)
    }
}

/// A bid that came in.
#[derive(Debug, Clone)]
pub struct Received {
    /// Who handed it in.
    pub by: String,
    /// The entry.
    pub sequence: u64,
    /// The sealed price.
    pub price: SealedPart,
    /// The sealed rest.
    pub technical: SealedPart,
    /// Whether its technical part turned out unreadable.
    pub is_unreadable: bool,
    /// Whether its price turned out unreadable.
    pub has_unreadable_price: bool,
}

/// A member of the committee.
#[derive(Debug, Clone)]
pub struct Evaluator {
    /// The name.
    pub name: String,
    /// The public key.
    pub recipient: String,
    /// Whether the evaluator belongs to the section that needs what is procured.
    pub requesting_section: bool,
    /// The bids on which there is a conflict; none before the declaration.
    pub conflicts: Option<BTreeSet<String>>,
    /// The sheet that counts, a bid.
    pub sheets: BTreeMap<String, SealedPart>,
    /// The sheets that were laid open, to the committee's key.
    pub revealed: BTreeMap<String, SealedPart>,
}

/// A bid that was excluded after the opening.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Why.
    pub reason: Text,
    /// Whether the bids had been ranked before.
    pub after_ranking: bool,
}

/// A ranking.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The record of the evaluation.
    pub record: Digest,
    /// The bids.
    pub order: Vec<Ranked>,
    /// Who won, by lot.
    pub lots: Vec<LotWinners>,
}

/// What a log comes to.
#[derive(Debug, Clone)]
pub struct State {
    /// How far the case has come.
    pub phase: Phase,
    /// How many entries there are.
    pub entries: u64,
    /// SHA-256 of the last line.
    pub head: Digest,
    /// The instant of the last entry.
    pub last_at: Option<Timestamp>,
    /// The tender.
    pub tender: String,
    /// Its title.
    pub title: Text,
    /// What is published now.
    pub publication: Option<Publication>,
    /// The entry of the last amendment.
    pub amended: Option<u64>,
    /// What bids are sealed to.
    pub recipients: Option<Recipients>,
    /// How many openers it takes.
    pub threshold: u8,
    /// Who they are.
    pub openers: Vec<Opener>,
    /// The bids, the latest of each identifier.
    pub bids: BTreeMap<String, Received>,
    /// The committee.
    pub evaluators: BTreeMap<String, Evaluator>,
    /// Shares that were handed in, by key and opener.
    pub shares: BTreeMap<(Part, String), String>,
    /// What the sheets are sealed to when they are laid open to the committee.
    pub committee: Option<String>,
    /// The committee's key, for each evaluator.
    pub committee_keys: BTreeMap<String, Digest>,
    /// From which spread on a reason is asked for.
    pub limit: Option<String>,
    /// The marks that need a reason, with the reason once it is given.
    pub asked: BTreeMap<Asked, Option<SealedPart>>,
    /// What the committee decided on verdicts of the machine, by bid and criterion.
    pub confirmed: BTreeMap<(String, String), SealedPart>,
    /// The key to the technical parts, once they are open.
    pub technical_secret: Option<String>,
    /// The committee's key, once the technical marks are locked.
    pub committee_secret: Option<String>,
    /// The key to the prices, once they are open.
    pub prices_secret: Option<String>,
    /// Bids that were excluded after the opening.
    pub excluded: BTreeMap<String, Exclusion>,
    /// The order of the lots.
    pub lots: Vec<String>,
    /// Whether the bids have been ranked at least once.
    pub was_ranked: bool,
    /// The ranking with the digest of its record.
    pub ranking: Option<Ranking>,
    /// The bids that the contract went to; one a lot.
    pub awarded: Vec<String>,
    /// Why the tender ended without an award.
    pub cancelled: Option<String>,
    /// Every role that somebody holds or has held in the case.
    pub roles: BTreeMap<String, BTreeSet<Role>>,
}

impl State {
    /// The state before the first entry.
    pub fn draft() -> Self {
        Self {
            phase: Phase::Draft,
            entries: 0,
            head: Digest::from_bytes(GENESIS),
            last_at: None,
            tender: String::new(),
            title: Text::default(),
            publication: None,
            amended: None,
            recipients: None,
            threshold: 0,
            openers: Vec::new(),
            bids: BTreeMap::new(),
            evaluators: BTreeMap::new(),
            shares: BTreeMap::new(),
            committee: None,
            committee_keys: BTreeMap::new(),
            limit: None,
            asked: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            technical_secret: None,
            committee_secret: None,
            prices_secret: None,
            excluded: BTreeMap::new(),
            lots: Vec::new(),
            was_ranked: false,
            ranking: None,
            awarded: Vec::new(),
            cancelled: None,
            roles: BTreeMap::new(),
        }
    }

    /// Whether evaluators mark items.
    pub fn is_marked(&self) -> bool {
        self.publication.as_ref().is_some_and(|one| one.marked)
    }

    /// The deadline of the bids.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.publication.as_ref().map(|one| one.deadline)
    }

    /// The bids whose technical part can be read, or is not open yet.
    pub fn marked_bids(&self) -> impl Iterator<Item = &String> {
        let readable = self.bids.iter().filter(|(_, bid)| !bid.is_unreadable);
        readable.map(|(id, _)| id)
    }

    /// The bids that an evaluator has to mark: all but those with a conflict; none before the declaration.
    pub fn to_mark(&self, evaluator: &Evaluator) -> Vec<String> {
        if !self.is_marked() {
            return Vec::new();
        }
        let Some(conflicts) = &evaluator.conflicts else {
            return Vec::new();
        };
        let free = self.marked_bids().filter(|bid| !conflicts.contains(*bid));
        free.cloned().collect()
    }

    /// The shares of one key that were handed in.
    pub fn shares_of(&self, part: Part) -> Vec<&str> {
        let of_part = self.shares.iter().filter(|((of, _), _)| *of == part);
        of_part.map(|(_, share)| share.as_str()).collect()
    }

    /// Applies an entry.
    ///
    /// # Errors
    ///
    /// Why its guard does not admit it; the state is as it was then.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), crate::diagnostic::Diagnostic> {
        self.admit(entry.at, &entry.actor, &entry.event)?;
        let actor = &entry.actor;
        for (id, role) in super::guard::roles_given(actor, &entry.event) {
            self.roles
                .entry(id.to_lowercase())
                .or_default()
                .insert(role);
        }
        self.entries = entry.sequence;
        self.head = entry.digest();
        self.last_at = Some(entry.at);
        self.take(&actor.id, entry.event.clone());
        Ok(())
    }

    fn take(&mut self, actor: &str, event: Event) {
        match event {
            Event::Published {
                tender,
                title,
                publication,
                recipients,
                threshold,
                openers,
            } => {
                self.phase = Phase::Published;
                self.tender = tender;
                self.title = title;
                self.publication = Some(publication);
                self.recipients = Some(recipients);
                self.threshold = threshold;
                self.openers = openers;
            }
            Event::Amended { publication, .. } => {
                self.publication = Some(publication);
                self.amended = Some(self.entries);
            }
            Event::Appointed {
                evaluator,
                name,
                recipient,
                requesting_section,
            } => {
                let member = Evaluator {
                    name,
                    recipient,
                    requesting_section,
                    conflicts: None,
                    sheets: BTreeMap::new(),
                    revealed: BTreeMap::new(),
                };
                self.evaluators.insert(evaluator, member);
            }
            Event::Dismissed { evaluator, .. } => {
                self.evaluators.remove(&evaluator);
            }
            Event::BidReceived {
                bid,
                price,
                technical,
            } => {
                let received = Received {
                    by: actor.to_owned(),
                    sequence: self.entries,
                    price,
                    technical,
                    is_unreadable: false,
                    has_unreadable_price: false,
                };
                self.bids.insert(bid, received);
            }
            Event::Closed {} => self.phase = Phase::Closed,
            Event::ShareHanded { part, share } => {
                self.shares.insert((part, actor.to_owned()), share);
            }
            Event::TechnicalOpened { secret, unreadable } => {
                self.phase = Phase::Marking;
                self.technical_secret = Some(secret);
                for (id, bid) in &mut self.bids {
                    bid.is_unreadable = unreadable.contains(id);
                }
            }
            Event::Declared { .. }
            | Event::SheetSealed { .. }
            | Event::SheetsLocked { .. }
            | Event::SheetRevealed { .. }
            | Event::Consolidated { .. }
            | Event::ReasonSealed { .. }
            | Event::VerdictConfirmed { .. }
            | Event::Locked { .. } => self.take_of_evaluator(actor, event),
            Event::PricesOpened { secret, unreadable } => {
                self.phase = Phase::Opened;
                self.prices_secret = Some(secret);
                for (id, bid) in &mut self.bids {
                    bid.has_unreadable_price = unreadable.contains(id);
                }
            }
            Event::Excluded { bid, reason } => {
                self.phase = Phase::Opened;
                self.ranking = None;
                let exclusion = Exclusion {
                    reason,
                    after_ranking: self.was_ranked,
                };
                self.excluded.insert(bid, exclusion);
            }
            Event::LotsDrawn { order } => {
                self.phase = Phase::Opened;
                self.ranking = None;
                self.lots = order;
            }
            Event::Ranked {
                record,
                order,
                lots,
            } => {
                self.phase = Phase::Ranked;
                self.ranking = Some(Ranking {
                    record,
                    order,
                    lots,
                });
                self.was_ranked = true;
            }
            Event::Awarded { bids } => {
                self.phase = Phase::Awarded;
                self.awarded = bids;
            }
            Event::Cancelled { reason } => {
                self.phase = Phase::Cancelled;
                self.cancelled = Some(reason);
            }
        }
    }

    fn take_of_evaluator(&mut self, actor: &str, event: Event) {
        let evaluator = self.evaluators.get_mut(actor);
        match event {
            Event::Declared { conflicts } => {
                if let Some(evaluator) = evaluator {
                    // A sheet on a bid with a conflict does not count, whenever the conflict is found.
                    evaluator.sheets.retain(|bid, _| !conflicts.contains(bid));
                    evaluator.conflicts = Some(conflicts.into_iter().collect());
                }
            }
            Event::SheetSealed { bid, sheet } => {
                if let Some(evaluator) = evaluator {
                    evaluator.sheets.insert(bid, sheet);
                }
            }
            Event::SheetsLocked { recipient, keys } => {
                self.phase = Phase::SheetsLocked;
                self.committee = Some(recipient);
                let keys = keys.into_iter().map(|key| (key.evaluator, key.object));
                self.committee_keys = keys.collect();
            }
            Event::SheetRevealed { bid, sheet } => {
                if let Some(evaluator) = evaluator {
                    evaluator.revealed.insert(bid, sheet);
                }
            }
            Event::Consolidated { limit, asked } => {
                self.phase = Phase::Consolidated;
                self.limit = Some(limit);
                self.asked = asked.into_iter().map(|one| (one, None)).collect();
            }
            Event::ReasonSealed { bid, item, reason } => {
                let asked = Asked {
                    evaluator: actor.to_owned(),
                    bid,
                    item,
                };
                self.asked.insert(asked, Some(reason));
            }
            Event::VerdictConfirmed {
                bid,
                criterion,
                decision,
            } => {
                self.confirmed.insert((bid, criterion), decision);
            }
            Event::Locked { secret } => {
                self.phase = Phase::Locked;
                self.committee_secret = Some(secret);
            }
            _ => {}
        }
    }
}
