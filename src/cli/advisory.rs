//! `mekiki advisory affects`

use std::io::{BufRead as _, Write as _};

use super::Verdict;
use super::output::Output;
use crate::app::Refused;
use crate::app::advisory_affects::{Answer, Asked, affects};
use crate::app::feed_open::open;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Ask whether an advisory applies to a version of a package
    ///
    /// Reads lines of advisory, ecosystem, package and version with tabs between them, and prints
    /// `affected`, `not_affected` or `unknown` for each.
    Affects(Arguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of snapshots, or one snapshot
    #[arg(long, value_name = "FOLDER")]
    feed: Option<String>,
    /// Read questions from standard input
    #[arg(long, conflicts_with = "question")]
    stdin: bool,
    /// Advisory, ecosystem, package and version
    #[arg(num_args = 4, value_names = ["ID", "ECOSYSTEM", "PACKAGE", "VERSION"], required_unless_present = "stdin")]
    question: Vec<String>,
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    let Command::Affects(arguments) = command;
    let feed = open(arguments.feed.as_deref(), None)?;
    let ask = |line: &str| -> Result<Answer, Refused> {
        match Asked::parse(line) {
            Some(asked) => Ok(affects(&feed.snapshot, &asked)?),
            None => Ok(Answer::Unknown),
        }
    };
    let mut out = Vec::new();
    if arguments.stdin {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if !line.is_empty() {
                writeln!(out, "{}", ask(&line)?.word())?;
            }
        }
    } else {
        writeln!(out, "{}", ask(&arguments.question.join("\t"))?.word())?;
    }
    output.bytes(&out)?;
    Ok(Verdict::Acceptable)
}
