//! What can happen in a case.

use serde::{Deserialize, Serialize};

use super::role::Role;
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Timestamp;

/// Something sealed: the envelope by its digest, and what is in it by a salted one.
///
/// The content carries 256 bits of chance, so the commitment can be checked by whoever knows the content and tells
/// nothing to whoever does not, however few prices or marks there are to guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPart {
    /// SHA-256 of the envelope, under which it lies in `objects/`.
    pub object: Digest,
    /// SHA-256 of the content with its salt.
    pub commitment: Digest,
}

/// The two parts of a bid, each under a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The bid without its price, and its files.
    Technical,
    /// The price, and the planned price where it is kept secret.
    Prices,
}

impl Part {
    /// Both parts with their words.
    pub const WORDS: [(&'static str, Self); 2] =
        [("technical", Self::Technical), ("prices", Self::Prices)];

    /// The word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Prices => "prices",
        }
    }
}

/// The share of a key that one opener holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldShare {
    /// The envelope with the share, to the opener's key.
    pub object: Digest,
    /// SHA-256 of the share, which is as random as a key.
    pub share: Digest,
}

/// An opener with the shares sealed to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opener {
    /// Identifier.
    pub id: String,
    /// The public key.
    pub recipient: String,
    /// The share of the key to the technical parts.
    pub technical: HeldShare,
    /// The share of the key to the prices.
    pub prices: HeldShare,
}

impl Opener {
    /// The share of one key.
    pub fn held(&self, part: Part) -> &HeldShare {
        match part {
            Part::Technical => &self.technical,
            Part::Prices => &self.prices,
        }
    }
}

/// The public keys that bids are sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    /// For the technical parts.
    pub technical: String,
    /// For the prices.
    pub prices: String,
}

/// What is published, or put in the place of what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The tender file without what is kept secret, by its digest.
    pub file: Digest,
    /// Digest of what decides on points: criteria, items, procedure, lots.
    pub rules: Digest,
    /// The last instant at which a bid is taken.
    pub deadline: Timestamp,
    /// Whether evaluators mark items; a tender may be decided by price alone.
    pub marked: bool,
    /// The planned price, where it is not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<SealedPart>,
}

/// A key sealed to one evaluator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedKey {
    /// The evaluator.
    pub evaluator: String,
    /// The envelope with the key.
    pub object: Digest,
}

/// A mark far from the others, for which its evaluator is asked for a reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The evaluator.
    pub evaluator: String,
    /// The bid.
    pub bid: String,
    /// The item.
    pub item: String,
}

/// A bid's place in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    /// The bid.
    pub bid: String,
    /// Its rank from 1; none where it is excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u64>,
}

/// Who won a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotWinners {
    /// The lot; none where the tender is not parted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The winner; several on a tie that nothing breaks, nobody where no bid is valid.
    pub winners: Vec<String>,
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The tender file is frozen and the keys are dealt.
    Published {
        /// The tender.
        tender: String,
        /// Its title.
        title: Text,
        /// What is published.
        publication: Publication,
        /// What bids are sealed to.
        recipients: Recipients,
        /// How many openers it takes.
        threshold: u8,
        /// Who they are.
        openers: Vec<Opener>,
    },
    /// The tender file is replaced, for everybody.
    Amended {
        /// What stands in its place.
        publication: Publication,
        /// Why.
        reason: String,
    },
    /// Somebody becomes a member of the technical review committee.
    Appointed {
        /// The evaluator.
        evaluator: String,
        /// The name.
        name: String,
        /// The public key that the evaluator's marks are sealed to.
        recipient: String,
        /// Whether the evaluator belongs to the section that needs what is procured.
        requesting_section: bool,
    },
    /// An evaluator leaves; the sheets leave too.
    Dismissed {
        /// The evaluator.
        evaluator: String,
        /// Why.
        reason: String,
    },
    /// A sealed bid comes in.
    BidReceived {
        /// The bid.
        bid: String,
        /// The sealed price.
        price: SealedPart,
        /// The sealed rest.
        technical: SealedPart,
    },
    /// No further bid is taken.
    Closed {},
    /// An evaluator declares conflicts of interest, or that there are none.
    Declared {
        /// The bids on which the evaluator has a conflict.
        conflicts: Vec<String>,
    },
    /// An opener hands in a share.
    ShareHanded {
        /// Of which key.
        part: Part,
        /// The share, in hexadecimal digits.
        share: String,
    },
    /// The technical parts are opened.
    TechnicalOpened {
        /// The key that opens them.
        secret: String,
        /// Bids whose technical part cannot be read.
        unreadable: Vec<String>,
    },
    /// An evaluator marks a bid, in a sealed sheet; a later one takes its place.
    SheetSealed {
        /// The bid.
        bid: String,
        /// The sheet, to the evaluator's own key.
        sheet: SealedPart,
    },
    /// No sheet can be entered or changed any more.
    SheetsLocked {
        /// What the sheets are sealed to when they are laid open to the committee.
        recipient: String,
        /// The key to that, for each evaluator.
        keys: Vec<SealedKey>,
    },
    /// An evaluator lays a sheet open to the committee.
    SheetRevealed {
        /// The bid.
        bid: String,
        /// The same sheet, to the committee's key.
        sheet: SealedPart,
    },
    /// The committee has compared its marks.
    Consolidated {
        /// From which spread on, as a share of the item's points, a reason is asked for.
        limit: String,
        /// Which marks need a reason.
        asked: Vec<Asked>,
    },
    /// An evaluator gives the reason for a mark.
    ReasonSealed {
        /// The bid.
        bid: String,
        /// The item.
        item: String,
        /// The reason, to the committee's key.
        reason: SealedPart,
    },
    /// The committee confirms or overrules a verdict of the machine; a later decision takes its place.
    VerdictConfirmed {
        /// The bid.
        bid: String,
        /// The criterion.
        criterion: String,
        /// The decision, to the committee's key.
        decision: SealedPart,
    },
    /// The technical marks are final, and can be read by everybody who sees the case.
    Locked {
        /// The committee's key.
        secret: String,
    },
    /// The prices are opened.
    PricesOpened {
        /// The key that opens them.
        secret: String,
        /// Bids whose price cannot be read.
        unreadable: Vec<String>,
    },
    /// A bid is excluded after the opening.
    Excluded {
        /// The bid.
        bid: String,
        /// Why, in both languages.
        reason: Text,
    },
    /// Lots were drawn outside of the tool.
    LotsDrawn {
        /// The bids in the order of the lots.
        order: Vec<String>,
    },
    /// The bids are ranked.
    Ranked {
        /// The record of the evaluation.
        record: Digest,
        /// The bids.
        order: Vec<Ranked>,
        /// Who won, by lot.
        lots: Vec<LotWinners>,
    },
    /// The contract is awarded.
    Awarded {
        /// The bids; one a lot.
        bids: Vec<String>,
    },
    /// The tender ends without an award.
    Cancelled {
        /// Why.
        reason: String,
    },
}

impl Event {
    /// The word in the log, which is also the key of its message.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published { .. } => "published",
            Self::Amended { .. } => "amended",
            Self::Appointed { .. } => "appointed",
            Self::Dismissed { .. } => "dismissed",
            Self::BidReceived { .. } => "bid-received",
            Self::Closed {} => "closed",
            Self::Declared { .. } => "declared",
            Self::ShareHanded { .. } => "share-handed",
            Self::TechnicalOpened { .. } => "technical-opened",
            Self::SheetSealed { .. } => "sheet-sealed",
            Self::SheetsLocked { .. } => "sheets-locked",
            Self::SheetRevealed { .. } => "sheet-revealed",
            Self::Consolidated { .. } => "consolidated",
            Self::ReasonSealed { .. } => "reason-sealed",
            Self::VerdictConfirmed { .. } => "verdict-confirmed",
            Self::Locked { .. } => "locked",
            Self::PricesOpened { .. } => "prices-opened",
            Self::Excluded { .. } => "excluded",
            Self::LotsDrawn { .. } => "lots-drawn",
            Self::Ranked { .. } => "ranked",
            Self::Awarded { .. } => "awarded",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The roles that may take the step.
    pub fn roles(&self) -> &'static [Role] {
        match self {
            Self::BidReceived { .. } => &[Role::Vendor],
            Self::ShareHanded { .. } => &[Role::Opener],
            Self::Declared { .. }
            | Self::SheetSealed { .. }
            | Self::SheetsLocked { .. }
            | Self::SheetRevealed { .. }
            | Self::Consolidated { .. }
            | Self::ReasonSealed { .. }
            | Self::VerdictConfirmed { .. }
            | Self::Locked { .. } => &[Role::Evaluator],
            Self::Published { .. }
            | Self::Amended { .. }
            | Self::Appointed { .. }
            | Self::Dismissed { .. }
            | Self::Closed {}
            | Self::TechnicalOpened { .. }
            | Self::PricesOpened { .. }
            | Self::Excluded { .. }
            | Self::LotsDrawn { .. }
            | Self::Ranked { .. }
            | Self::Awarded { .. }
            | Self::Cancelled { .. } => &[Role::ContractingOfficer],
        }
    }

    /// Every object that the step names, in its order.
    pub fn objects(&self) -> Vec<Digest> {
        match self {
            Self::Published {
                publication,
                openers,
                ..
            } => {
                let held = openers
                    .iter()
                    .flat_map(|one| [one.technical.object, one.prices.object]);
                publication.objects().into_iter().chain(held).collect()
            }
            Self::Amended { publication, .. } => publication.objects(),
            Self::BidReceived {
                price, technical, ..
            } => vec![price.object, technical.object],
            Self::SheetSealed { sheet, .. } | Self::SheetRevealed { sheet, .. } => {
                vec![sheet.object]
            }
            Self::SheetsLocked { keys, .. } => keys.iter().map(|key| key.object).collect(),
            Self::ReasonSealed { reason, .. } => vec![reason.object],
            Self::VerdictConfirmed { decision, .. } => vec![decision.object],
            Self::Ranked { record, .. } => vec![*record],
            _ => Vec::new(),
        }
    }
}

impl Publication {
    fn objects(&self) -> Vec<Digest> {
        let ceiling = self.ceiling.as_ref().map(|one| one.object);
        std::iter::once(self.file).chain(ceiling).collect()
    }
}
