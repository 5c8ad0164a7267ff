//! `status`, `verify` and `log`.

use super::super::super::Verdict;
use super::super::super::output::{Output, remarks};
use super::{actor, agency, head, moment};
use crate::app::library::Library;
use crate::app::proceeding::Case;
use crate::app::proceeding::status::{may_read_log, status as status_of};
use crate::app::proceeding::verify::verify as verify_case;
use crate::document::proceeding::{log_text, status_text, verified_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StatusArguments {
    /// The case folder
    case: String,
    /// Who asks, as ID:ROLE; what the public may know when left out
    #[arg(long = "as", value_name = "ID:ROLE", env = "MEKIKI_ACTOR")]
    actor: Option<String>,
    /// The instant for which deadlines are judged, instead of the clock's time
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifyArguments {
    /// The case folder
    case: String,
    /// The head of the log that you remember; without it a log whose end was cut off can look whole
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
    /// A folder with the agency's own evidence, with which the bids were ranked
    #[arg(long, value_name = "DIR")]
    agency: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LogArguments {
    /// The case folder
    case: String,
    /// Who asks, as ID:ROLE; bidders see it once the case has ended
    #[arg(long = "as", value_name = "ID:ROLE", env = "MEKIKI_ACTOR")]
    actor: Option<String>,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

pub(super) fn status(arguments: &StatusArguments, output: &Output) -> anyhow::Result<Verdict> {
    let viewer = arguments.actor.as_deref().map(actor).transpose()?;
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    let at = moment(arguments.at.as_deref())?.at;
    let status = status_of(&case, viewer.as_ref(), at);
    output.either(&status, || {
        status_text(&status, &arguments.case, output.lang(), output.width())
    })?;
    Ok(Verdict::Acceptable)
}

pub(super) fn verify(
    arguments: &VerifyArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let agency = agency(arguments.agency.as_deref())?;
    let head = head(arguments.head.as_deref())?;
    let verified = verify_case(library, &arguments.case, head.as_ref(), &agency)?;
    if !output.is_json() {
        remarks(&verified.findings);
    }
    output.either(&verified, || verified_text(&verified, output.lang()))?;
    Ok(Verdict::of(verified.verified))
}

pub(super) fn log(arguments: &LogArguments, output: &Output) -> anyhow::Result<Verdict> {
    let viewer = arguments.actor.as_deref().map(actor).transpose()?;
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    may_read_log(&case, viewer.as_ref())?;
    let view = serde_json::json!({
        "schema": "mekiki/tender-case-log/v1",
        "head": case.state.head,
        "entries": case.entries,
    });
    output.either(&view, || {
        log_text(
            &case.entries,
            &case.state.head,
            output.lang(),
            output.width(),
        )
    })?;
    Ok(Verdict::Acceptable)
}
