//! `mekiki tender case …`: a tender under way, step by step. Each step is a use case of its own in
//! `app::proceeding`; here arguments are read and results shown.

mod bidding;
mod committee;
mod look;
mod opening;
mod outcome;
mod publication;

use super::super::Verdict;
use super::super::output::Output;
use super::super::read;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::proceeding::{Doing, Done, Moment};
use crate::clock;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::proceeding::done_text;
use crate::evidence::Evidence;
use crate::folder::{make_folder, read_folder, write_file};
use crate::seal::Key;
use crate::tender::AGENCY_FOLDERS;
use crate::tender::proceeding::{Actor, Role};
use crate::time::Timestamp;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Publish a tender file into a new case, and deal the keys that open bids
    Publish(publication::PublishArguments),
    /// Replace the published tender file, for all bidders and before the deadline
    Amend(publication::AmendArguments),
    /// Write what bidders need to seal a bid
    Invite(publication::InviteArguments),
    /// Seal a bid, on the bidder's side; the agency sees neither price nor papers
    Seal(bidding::SealArguments),
    /// File a bid: a sealed one, or one that is sealed on the spot
    Submit(bidding::SubmitArguments),
    /// Close the bidding after the deadline
    Close(Acting),
    /// Appoint an evaluator
    Appoint(committee::AppointArguments),
    /// Dismiss an evaluator with a reason; the sheets no longer count
    Dismiss(committee::DismissArguments),
    /// Declare conflicts of interest, or that there are none
    Declare(committee::DeclareArguments),
    /// Hand in an opener's share of the key that is due
    Share(opening::ShareArguments),
    /// Open the technical parts of all bids
    OpenTechnical(Acting),
    /// Write the technical parts out for those who mark
    Papers(opening::PapersArguments),
    /// Seal an evaluator's marks, which nobody else can read
    Mark(committee::MarkArguments),
    /// Show the marks that one may see: one's own, then the committee's, in the end everybody's
    Marks(committee::MarksArguments),
    /// Lock all sheets, once every evaluator has marked
    LockSheets(Acting),
    /// Lay an evaluator's sheets open to the committee
    Reveal(committee::KeyArguments),
    /// Compare the committee's marks, and ask for reasons
    Consolidate(committee::KeyArguments),
    /// Give the reason for a mark far from the others
    Reason(committee::ReasonArguments),
    /// Confirm or overrule verdicts of the machine
    Confirm(committee::ConfirmArguments),
    /// Lock the technical marks
    Lock(committee::KeyArguments),
    /// Open the prices of all bids
    OpenPrices(Acting),
    /// Exclude a bid after the opening, with a reason
    Exclude(outcome::ExcludeArguments),
    /// Note in which order lots were drawn
    Lots(outcome::LotsArguments),
    /// Write the whole tender folder, for `mekiki tender evaluate`
    Assemble(outcome::AssembleArguments),
    /// Rank the bids and keep the record
    Rank(outcome::RankArguments),
    /// Award the contract to the winner
    Award(outcome::AwardArguments),
    /// End the tender without an award
    Cancel(outcome::CancelArguments),
    /// Show how far the case has come and what is due
    Status(look::StatusArguments),
    /// Verify the log and everything that can be opened by now
    Verify(look::VerifyArguments),
    /// Show the log
    Log(look::LogArguments),
}

/// The case, who acts in it and when.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Acting {
    /// The case folder
    case: String,
    #[command(flatten)]
    who: Who,
}

#[derive(Debug, clap::Args)]
struct Who {
    /// Who acts, as ID:ROLE: contracting-officer, evaluator, opener, vendor, security-officer, requesting-section, auditor, ci
    #[arg(long = "as", value_name = "ID:ROLE", env = "MEKIKI_ACTOR")]
    actor: String,
    /// When, instead of the clock's time, such as 2026-12-01T17:00:00+09:00; the log says that it was given by hand
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// The head of the log that you remember; the step is refused where the log does not hold it
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

impl Who {
    fn doing<'a>(&self, case: &'a str) -> Result<Doing<'a>, Refused> {
        Ok(Doing {
            case,
            actor: actor(&self.actor)?,
            moment: moment(self.at.as_deref())?,
            head: head(self.head.as_deref())?,
        })
    }
}

impl Acting {
    fn doing(&self) -> Result<Doing<'_>, Refused> {
        self.who.doing(&self.case)
    }
}

/// Reads the library, for the steps that need it.
type Reading<'a> = &'a dyn Fn() -> Result<Library, Refused>;

pub(in crate::cli) fn run(
    command: &Command,
    library: Reading<'_>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Publish(arguments) => publication::publish(arguments, &library()?, output),
        Command::Amend(arguments) => publication::amend(arguments, &library()?, output),
        Command::Invite(arguments) => publication::invite(arguments, output),
        Command::Seal(arguments) => bidding::seal(arguments, &library()?, output),
        Command::Submit(arguments) => bidding::submit(arguments, &library()?, output),
        Command::Close(acting) => {
            let done = crate::app::proceeding::close::close(&acting.doing()?)?;
            show(&done, &acting.case, output)
        }
        Command::Appoint(arguments) => committee::appoint(arguments, output),
        Command::Dismiss(arguments) => committee::dismiss(arguments, output),
        Command::Declare(arguments) => committee::declare(arguments, output),
        Command::Share(arguments) => opening::share(arguments, output),
        Command::OpenTechnical(acting) => opening::open_technical(acting, &library()?, output),
        Command::Papers(arguments) => opening::papers(arguments, output),
        Command::Mark(arguments) => committee::mark(arguments, &library()?, output),
        Command::Marks(arguments) => committee::marks(arguments, &library()?, output),
        Command::LockSheets(acting) => {
            let done = crate::app::proceeding::reveal::lock_sheets(&acting.doing()?)?;
            show(&done, &acting.case, output)
        }
        Command::Reveal(arguments) => committee::reveal(arguments, output),
        Command::Consolidate(arguments) => committee::consolidate(arguments, &library()?, output),
        Command::Reason(arguments) => committee::reason(arguments, output),
        Command::Confirm(arguments) => committee::confirm(arguments, &library()?, output),
        Command::Lock(arguments) => committee::lock(arguments, &library()?, output),
        Command::OpenPrices(acting) => opening::open_prices(acting, &library()?, output),
        Command::Exclude(arguments) => outcome::exclude(arguments, output),
        Command::Lots(arguments) => outcome::lots(arguments, output),
        Command::Assemble(arguments) => outcome::assemble(arguments, output),
        Command::Rank(arguments) => outcome::rank(arguments, &library()?, output),
        Command::Award(arguments) => outcome::award(arguments, output),
        Command::Cancel(arguments) => outcome::cancel(arguments, output),
        Command::Status(arguments) => look::status(arguments, output),
        Command::Verify(arguments) => look::verify(arguments, &library()?, output),
        Command::Log(arguments) => look::log(arguments, output),
    }
}

fn malformed(option: &str, help: String) -> Refused {
    let message = format!("the value of {option} cannot be read");
    Diagnostic::error("argument-malformed", Place::whole(), message)
        .help(help)
        .into()
}

fn actor(text: &str) -> Result<Actor, Refused> {
    Actor::parse(text).ok_or_else(|| {
        let roles: Vec<_> = Role::WORDS.iter().map(|(word, _)| *word).collect();
        malformed(
            "--as",
            format!(
                "write it as ID:ROLE with one of the roles {}",
                roles.join(", ")
            ),
        )
    })
}

fn instant(option: &str, text: &str) -> Result<Timestamp, Refused> {
    text.parse().map_err(|_| {
        malformed(
            option,
            "write an instant with its offset, such as 2026-12-01T17:00:00+09:00".to_owned(),
        )
    })
}

fn moment(at: Option<&str>) -> Result<Moment, Refused> {
    match at {
        Some(text) => Ok(Moment {
            at: instant("--at", text)?,
            by_hand: true,
        }),
        None => Ok(Moment {
            at: clock::now(),
            by_hand: false,
        }),
    }
}

fn head(text: Option<&str>) -> Result<Option<Digest>, Refused> {
    text.map(|text| {
        text.parse().map_err(|_| {
            malformed(
                "--head",
                "write the digest of 64 hexadecimal digits that a step printed".to_owned(),
            )
        })
    })
    .transpose()
}

/// Reads a secret key. What is wrong with it is told without what it holds.
fn key(path: &str) -> Result<Key, Refused> {
    let bytes = read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    Key::read(&text).map_err(|fault| fault.in_file(path).into())
}

/// A public key: as it stands, or in a file.
fn recipient(text: &str) -> Result<String, Refused> {
    if text.starts_with("age1") {
        return Ok(crate::seal::read_recipient(text)?);
    }
    let bytes = read(text)?;
    crate::seal::read_recipient(&String::from_utf8_lossy(&bytes))
        .map_err(|fault| fault.in_file(text).into())
}

/// The agency's own evidence in a folder, or none.
fn agency(folder: Option<&str>) -> anyhow::Result<Vec<Evidence>> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let mut evidence = read_folder(folder)?;
    evidence.retain(|one| {
        let first = one.path.split_once('/').map(|(first, _)| first);
        first.is_some_and(|first| AGENCY_FOLDERS.contains(&first))
    });
    Ok(evidence)
}

/// Writes files into a folder that is not there yet, or empty.
fn write_out(into: &str, evidence: &[Evidence]) -> anyhow::Result<()> {
    let root = std::path::Path::new(into);
    if root.exists() && !read_folder(into)?.is_empty() {
        return Err(Refused::from(
            Diagnostic::error(
                "folder-taken",
                Place::whole(),
                format!("the folder `{into}` holds files"),
            )
            .help("name another, so that nothing old is taken for part of the tender"),
        )
        .into());
    }
    make_folder(root)?;
    for one in evidence {
        let path = root.join(&one.path);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        write_file(&path.to_string_lossy(), &one.bytes)?;
    }
    Ok(())
}

/// Shows what a step came to.
fn show(done: &Done, case: &str, output: &Output) -> anyhow::Result<Verdict> {
    if !output.is_json() {
        super::super::output::remarks(&done.remarks);
    }
    output.either(done, || done_text(done, case, output.lang()))?;
    Ok(Verdict::Acceptable)
}
