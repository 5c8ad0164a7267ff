//! What the technical review committee does.

use super::super::super::output::Output;
use super::super::super::{Verdict, read};
use super::{Acting, actor, head, key, recipient, show};
use crate::app::library::Library;
use crate::app::proceeding::appoint::{self, Member};
use crate::app::proceeding::{Case, consolidate, mark, reveal};
use crate::document::proceeding::{marks_text, spread_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AppointArguments {
    #[command(flatten)]
    acting: Acting,
    /// The evaluator's identifier
    #[arg(long, value_name = "ID")]
    evaluator: String,
    /// The evaluator's name
    #[arg(long)]
    name: String,
    /// The evaluator's public key, or its file
    #[arg(long, value_name = "KEY|FILE")]
    recipient: String,
    /// The evaluator belongs to the section that needs what is procured
    #[arg(long)]
    requesting_section: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DismissArguments {
    #[command(flatten)]
    acting: Acting,
    /// The evaluator's identifier
    #[arg(long, value_name = "ID")]
    evaluator: String,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[group(id = "interest", required = true)]
struct Interest {
    /// There is no conflict
    #[arg(long, group = "interest")]
    no_conflict: bool,
    /// A bid on which there is a conflict; may be repeated
    #[arg(long, value_name = "BID", group = "interest")]
    conflict: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DeclareArguments {
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    interest: Interest,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct KeyArguments {
    #[command(flatten)]
    acting: Acting,
    /// The evaluator's secret key
    #[arg(long, value_name = "FILE")]
    key: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MarkArguments {
    #[command(flatten)]
    with_key: KeyArguments,
    /// The sheets: [[sheet]] tables, one a bid, with marks and a comment for each
    #[arg(long, value_name = "SHEET.toml")]
    sheet: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MarksArguments {
    /// The case folder
    case: String,
    /// Who looks, as ID:evaluator; nobody is needed once the technical marks are locked
    #[arg(long = "as", value_name = "ID:ROLE", requires = "key")]
    actor: Option<String>,
    /// The evaluator's secret key
    #[arg(long, value_name = "FILE", requires = "actor")]
    key: Option<String>,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReasonArguments {
    #[command(flatten)]
    with_key: KeyArguments,
    /// The bid
    #[arg(long)]
    bid: String,
    /// The item
    #[arg(long)]
    item: String,
    /// Why the mark stands
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ConfirmArguments {
    #[command(flatten)]
    with_key: KeyArguments,
    /// The decisions: [[confirmation]] tables
    #[arg(long, value_name = "FILE")]
    decisions: String,
}

pub(super) fn appoint(arguments: &AppointArguments, output: &Output) -> anyhow::Result<Verdict> {
    let recipient = recipient(&arguments.recipient)?;
    let member = Member {
        id: &arguments.evaluator,
        name: &arguments.name,
        recipient: &recipient,
        requesting_section: arguments.requesting_section,
    };
    let done = appoint::appoint(&arguments.acting.doing()?, &member)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn dismiss(arguments: &DismissArguments, output: &Output) -> anyhow::Result<Verdict> {
    let doing = arguments.acting.doing()?;
    let done = appoint::dismiss(&doing, &arguments.evaluator, &arguments.reason)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn declare(arguments: &DeclareArguments, output: &Output) -> anyhow::Result<Verdict> {
    let doing = arguments.acting.doing()?;
    let done = appoint::declare(&doing, &arguments.interest.conflict)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn mark(
    arguments: &MarkArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let KeyArguments { acting, key: file } = &arguments.with_key;
    let doing = acting.doing()?;
    let sheet = read(&arguments.sheet)?;
    let done = mark::mark(library, &doing, &sheet, &arguments.sheet, &key(file)?)?;
    show(&done, &acting.case, output)
}

pub(super) fn marks(
    arguments: &MarksArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    let viewer = match (&arguments.actor, &arguments.key) {
        (Some(who), Some(file)) => Some((actor(who)?.id, key(file)?)),
        _ => None,
    };
    let viewer = viewer.as_ref().map(|(id, key)| (id.as_str(), key));
    let spreads = consolidate::marks(library, &case, viewer)?;
    let view = serde_json::json!({"schema": "mekiki/tender-case-marks/v1", "marks": spreads});
    output.either(&view, || {
        marks_text(&spreads, output.lang(), output.width())
    })?;
    Ok(Verdict::Acceptable)
}

pub(super) fn reveal(arguments: &KeyArguments, output: &Output) -> anyhow::Result<Verdict> {
    let done = reveal::reveal(&arguments.acting.doing()?, &key(&arguments.key)?)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn consolidate(
    arguments: &KeyArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let doing = arguments.acting.doing()?;
    let done = consolidate::consolidate(library, &doing, &key(&arguments.key)?)?;
    if !output.is_json() {
        output.text(&spread_text(&done.details, output.lang(), output.width()))?;
    }
    show(&done, &arguments.acting.case, output)
}

pub(super) fn reason(arguments: &ReasonArguments, output: &Output) -> anyhow::Result<Verdict> {
    let KeyArguments { acting, key: file } = &arguments.with_key;
    let done = consolidate::give_reason(
        &acting.doing()?,
        &arguments.bid,
        &arguments.item,
        &arguments.reason,
        &key(file)?,
    )?;
    show(&done, &acting.case, output)
}

pub(super) fn confirm(
    arguments: &ConfirmArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let KeyArguments { acting, key: file } = &arguments.with_key;
    let decisions = read(&arguments.decisions)?;
    let done = consolidate::confirm(
        library,
        &acting.doing()?,
        &decisions,
        &arguments.decisions,
        &key(file)?,
    )?;
    show(&done, &acting.case, output)
}

pub(super) fn lock(
    arguments: &KeyArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let done = consolidate::lock(library, &arguments.acting.doing()?, &key(&arguments.key)?)?;
    show(&done, &arguments.acting.case, output)
}
