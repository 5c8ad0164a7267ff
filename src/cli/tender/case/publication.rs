//! `publish`, `amend` and `invite`.

use super::super::super::output::Output;
use super::super::super::{Verdict, read};
use super::{Acting, Who, head, instant, malformed, recipient, show};
use crate::app::library::Library;
use crate::app::proceeding::Case;
use crate::app::proceeding::invite::invitation;
use crate::app::proceeding::publish::{self, Publishing};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PublishArguments {
    /// The tender file, without bids and without a planned price that is kept secret
    tender: String,
    /// The folder of the case, which begins here
    #[arg(long, value_name = "CASE")]
    into: String,
    /// Who opens, with a public key or its file; one alone for a key of the agency
    #[arg(long, value_name = "ID=KEY|FILE", required = true)]
    opener: Vec<String>,
    /// How many openers it takes; more than half of them when left out
    #[arg(long, value_name = "K")]
    threshold: Option<u8>,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    who: Who,
}

/// What stands beside a tender file when it is published.
#[derive(Debug, clap::Args)]
struct Content {
    /// What is known at the opening only, to be sealed: `ceiling_yen = …`, or a table `ceilings` by lot
    #[arg(long, value_name = "FILE")]
    opening: Option<String>,
    /// The last instant for bids; when left out, the timetable's `bids_until`, or the end of `bid_deadline` in Japan
    #[arg(long, value_name = "INSTANT")]
    deadline: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AmendArguments {
    #[command(flatten)]
    acting: Acting,
    /// The whole tender file as it stands from now on
    #[arg(long, value_name = "FILE")]
    tender: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    content: Content,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InviteArguments {
    /// The case folder
    case: String,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

pub(super) fn publish(
    arguments: &PublishArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let mut openers = Vec::new();
    for opener in &arguments.opener {
        let Some((id, key)) = opener.split_once('=') else {
            return Err(malformed("--opener", "write it as ID=KEY or ID=FILE".to_owned()).into());
        };
        openers.push((id.to_owned(), recipient(key)?));
    }
    let half = u8::try_from(openers.len() / 2 + 1).unwrap_or(u8::MAX);
    let threshold = arguments.threshold.unwrap_or(half);
    let file = read(&arguments.tender)?;
    let opening = arguments.content.opening.as_deref().map(read).transpose()?;
    let publishing = arguments
        .content
        .publishing(&file, &arguments.tender, opening.as_deref())?;
    let doing = arguments.who.doing(&arguments.into)?;
    let done = publish::publish(library, &doing, &publishing, &openers, threshold)?;
    show(&done, &arguments.into, output)
}

impl Content {
    fn publishing<'a>(
        &self,
        file: &'a [u8],
        name: &'a str,
        opening: Option<&'a [u8]>,
    ) -> anyhow::Result<Publishing<'a>> {
        let deadline = self.deadline.as_deref();
        Ok(Publishing {
            file,
            name,
            opening,
            deadline: deadline
                .map(|text| instant("--deadline", text))
                .transpose()?,
        })
    }
}

pub(super) fn amend(
    arguments: &AmendArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let file = read(&arguments.tender)?;
    let opening = arguments.content.opening.as_deref().map(read).transpose()?;
    let publishing = arguments
        .content
        .publishing(&file, &arguments.tender, opening.as_deref())?;
    let doing = arguments.acting.doing()?;
    let done = publish::amend(library, &doing, &publishing, &arguments.reason)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn invite(arguments: &InviteArguments, output: &Output) -> anyhow::Result<Verdict> {
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    output.json(&invitation(&case)?)?;
    Ok(Verdict::Acceptable)
}
