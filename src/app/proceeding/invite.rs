//! What a bidder needs to seal a bid at home, and sealing it there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Case, Refused, SMALL_STEP, TECHNICAL_STEP, refuse, salted, trial};
use crate::app::library::Library;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::seal;
use crate::tender::proceeding::event::Recipients;
use crate::tender::proceeding::file::{price_text, split_bid, tells_price};
use crate::text::Text;
use crate::time::Timestamp;

const INVITATION: &str = "mekiki/invitation/v1";
const SEALED_BID: &str = "mekiki/sealed-bid/v1";

/// What goes out to bidders with the notice, schema `mekiki/invitation/v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The schema.
    pub schema: String,
    /// The tender.
    pub tender: String,
    /// Its title.
    pub title: Text,
    /// The last instant at which a bid is taken.
    pub deadline: Timestamp,
    /// SHA-256 of the tender file.
    pub file: Digest,
    /// The tender file.
    pub text: String,
    /// What bids are sealed to.
    pub recipients: Recipients,
}

/// A bid that its bidder sealed, schema `mekiki/sealed-bid/v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedBid {
    /// The schema.
    pub schema: String,
    /// The tender.
    pub tender: String,
    /// The bid.
    pub bid: String,
    /// SHA-256 of the tender file that the bid answers.
    pub file: Digest,
    /// The price.
    pub price: SealedContent,
    /// The rest.
    pub technical: SealedContent,
}

/// An envelope on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedContent {
    /// SHA-256 of the content with its salt.
    pub commitment: Digest,
    /// The envelope, in base64.
    pub envelope: String,
}

impl SealedContent {
    fn of(recipient: &str, content: &[u8]) -> Result<Self, Diagnostic> {
        Ok(Self {
            commitment: Digest::of(content),
            envelope: STANDARD.encode(seal::seal(&[recipient], content)?),
        })
    }

    /// The envelope's bytes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Diagnostic> {
        STANDARD.decode(&self.envelope).map_err(|_| {
            refuse(
                "sealed-bid-malformed",
                "the envelope of the sealed bid is not base64",
                "have the bidder seal it again",
            )
        })
    }
}

/// What a bidder needs to seal a bid.
///
/// # Errors
///
/// As [`Case::open`].
pub fn invitation(case: &Case) -> Result<Invitation, Refused> {
    let (Some(publication), Some(recipients)) = (&case.state.publication, &case.state.recipients)
    else {
        return Err(refuse("case-order", "nothing is published yet", "").into());
    };
    Ok(Invitation {
        schema: INVITATION.to_owned(),
        tender: case.state.tender.clone(),
        title: case.state.title.clone(),
        deadline: publication.deadline,
        file: publication.file,
        text: case.published()?,
        recipients: recipients.clone(),
    })
}

/// Reads an invitation.
///
/// # Errors
///
/// `invitation-malformed`.
pub fn read_invitation(bytes: &[u8]) -> Result<Invitation, Refused> {
    let read: Option<Invitation> = serde_json::from_slice(bytes).ok();
    let is_whole =
        |one: &Invitation| one.schema == INVITATION && Digest::of(one.text.as_bytes()) == one.file;
    read.filter(is_whole).ok_or_else(|| {
        refuse(
            "invitation-malformed",
            "this is no invitation to a tender, or it was altered",
            "use the file that the agency published with the tender",
        )
        .into()
    })
}

/// Reads a sealed bid.
///
/// # Errors
///
/// `sealed-bid-malformed`.
pub fn read_sealed_bid(bytes: &[u8]) -> Result<SealedBid, Refused> {
    let read: Option<SealedBid> = serde_json::from_slice(bytes).ok();
    read.filter(|one| one.schema == SEALED_BID).ok_or_else(|| {
        refuse(
            "sealed-bid-malformed",
            "this is no sealed bid",
            "seal one with `mekiki tender case seal`",
        )
        .into()
    })
}

/// Splits a bid and seals both parts. The price goes into its own envelope; the rest goes with the files.
///
/// # Errors
///
/// Faults of the bid's file, and `bid-tells-price` where a file says the price. No message repeats the price.
pub fn seal_bid(
    library: &Library,
    invitation: &Invitation,
    bid: &[u8],
    name: &str,
    files: &[Evidence],
) -> Result<SealedBid, Refused> {
    let split = split_bid(bid, !files.is_empty())
        .map_err(|faults| Refused(faults.into_iter().map(|one| one.in_file(name)).collect()))?;
    trial::check_bid(library, &invitation.text, &split.id, &split.rest)
        .map_err(|faults| Refused(faults.into_iter().map(|one| one.in_file(name)).collect()))?;
    let papers: Vec<_> = files
        .iter()
        .map(|file| (file.path.as_str(), &*file.bytes))
        .collect();
    let rest = [(name, split.rest.as_bytes())];
    let telling = tells_price(&rest, split.price_yen).or(tells_price(&papers, split.price_yen));
    if let Some(path) = telling {
        return Err(refuse(
            "bid-tells-price",
            format!("`{path}` says the price, and is opened before the prices are"),
            "take the price out of it; it belongs into `price_yen` alone",
        )
        .in_file(path)
        .into());
    }
    let salt = seal::salt();
    let in_folder: Vec<_> = papers
        .iter()
        .map(|(path, bytes)| (format!("files/{path}"), *bytes))
        .collect();
    let mut parts = vec![
        ("bid.toml", split.rest.as_bytes()),
        ("salt", salt.as_bytes()),
    ];
    parts.extend(
        in_folder
            .iter()
            .map(|(path, bytes)| (path.as_str(), *bytes)),
    );
    let technical = seal::pack(&parts, TECHNICAL_STEP)?;
    let price = salted(&price_text(&split.id, split.price_yen), SMALL_STEP);
    Ok(SealedBid {
        schema: SEALED_BID.to_owned(),
        tender: invitation.tender.clone(),
        bid: split.id,
        file: invitation.file,
        price: SealedContent::of(&invitation.recipients.prices, &price)?,
        technical: SealedContent::of(&invitation.recipients.technical, &technical)?,
    })
}
