//! `seal` and `submit`.

use super::super::super::output::Output;
use super::super::super::{Verdict, read};
use super::{Acting, head, show};
use crate::app::library::Library;
use crate::app::proceeding::Case;
use crate::app::proceeding::invite::{
    Invitation, SealedBid, invitation, read_invitation, read_sealed_bid, seal_bid,
};
use crate::app::proceeding::submit;
use crate::document::proceeding::sealed_text;
use crate::folder::{read_folder, write_file};

/// A bid as its bidder has it.
#[derive(Debug, clap::Args)]
struct Plain {
    /// The bid's fields, `price_yen` among them, as they stand in a [[bid]] table
    #[arg(long, value_name = "BID.toml")]
    bid: Option<String>,
    /// The folder of the bid's papers, none of which may say the price
    #[arg(long, value_name = "DIR", requires = "bid")]
    folder: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SealArguments {
    /// The invitation that the agency published
    invitation: String,
    #[command(flatten)]
    plain: Plain,
    /// The file for the sealed bid
    #[arg(long, value_name = "FILE")]
    out: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SubmitArguments {
    #[command(flatten)]
    acting: Acting,
    /// A bid that its bidder sealed
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "bid",
        required_unless_present = "bid"
    )]
    sealed: Option<String>,
    #[command(flatten)]
    plain: Plain,
}

impl Plain {
    fn seal(&self, library: &Library, invitation: &Invitation) -> anyhow::Result<SealedBid> {
        let name = self.bid.as_deref().unwrap_or_default();
        let files = match &self.folder {
            Some(folder) => read_folder(folder)?,
            None => Vec::new(),
        };
        Ok(seal_bid(library, invitation, &read(name)?, name, &files)?)
    }
}

pub(super) fn seal(
    arguments: &SealArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let invitation = read_invitation(&read(&arguments.invitation)?)?;
    let sealed = arguments.plain.seal(library, &invitation)?;
    let text = serde_json::to_string_pretty(&sealed)? + "\n";
    write_file(&arguments.out, text.as_bytes())?;
    let view = serde_json::json!({
        "schema": "mekiki/sealed-bid-receipt/v1",
        "tender": sealed.tender,
        "bid": sealed.bid,
        "file": arguments.out,
        "deadline": invitation.deadline,
        "commitments": {"price": sealed.price.commitment, "technical": sealed.technical.commitment},
    });
    output.either(&view, || {
        sealed_text(
            &sealed.bid,
            &arguments.out,
            invitation.deadline,
            output.lang(),
        )
    })?;
    Ok(Verdict::Acceptable)
}

pub(super) fn submit(
    arguments: &SubmitArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let doing = arguments.acting.doing()?;
    let sealed = if let Some(file) = &arguments.sealed {
        read_sealed_bid(&read(file)?)?
    } else {
        let who = &arguments.acting.who;
        let case = Case::open(&arguments.acting.case, head(who.head.as_deref())?.as_ref())?;
        arguments.plain.seal(library, &invitation(&case)?)?
    };
    let done = submit::submit(&doing, &sealed)?;
    show(&done, &arguments.acting.case, output)
}
