//! The command line. One file a command; each translates its arguments, calls a use case and translates
//! back. Results go to standard output, remarks and progress to standard error.

mod advisory;
mod agency;
mod assess;
mod attestation;
mod clauses;
mod completions;
mod criteria;
mod detect;
mod examples;
mod facts;
mod feed;
mod format;
mod inventory;
mod man;
mod output;
mod policy;
mod progress;
mod provenance;
mod questionnaire;
mod reassess;
mod record;
mod requirements;
mod sbom;
mod scan;
mod self_check;
#[cfg(feature = "server")]
mod serve;
mod signature;
mod tender;
mod trust;
mod trust_material;
mod verify;
mod version;
mod vex;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::app::Refused;
use crate::app::criteria_origin::{Origin, PackageTrust};
use crate::app::library::Library;
use crate::text::Lang;
use format::Format;
use output::Output;

/// How a judging command ended (contract: exit codes 0, 1 and 3; usage errors are 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Judged, acceptable.
    Acceptable,
    /// Judged, not acceptable.
    NotAcceptable,
    /// Told what could be told, but not judged.
    Unverifiable,
}

impl Verdict {
    fn of(acceptable: bool) -> Self {
        if acceptable {
            Self::Acceptable
        } else {
            Self::NotAcceptable
        }
    }
}

/// Judges suppliers, cloud services and deliveries against the selection criteria of Article 19
///
/// Exit codes: 0 judged and acceptable, 1 judged and not acceptable, 2 usage error, 3 could not judge.
#[derive(Debug, Parser)]
#[command(name = "mekiki", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Form of the result
    #[arg(long, global = true, value_enum, default_value = "text")]
    format: Format,
    /// Language of text for people
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "en",
        env = "MEKIKI_LANG"
    )]
    lang: LangArgument,
    /// Write the result to a file instead of standard output
    #[arg(long, short, global = true, value_name = "FILE")]
    output: Option<String>,
    /// Use the criteria, clauses and procedures of a folder or signed package instead of the built-in ones
    #[arg(long, global = true, value_name = "DIR|FILE")]
    criteria: Option<String>,
    /// Lay an agency's overlay over the criteria; may be repeated, from the base up
    #[arg(long, global = true, value_name = "DIR|FILE")]
    overlay: Vec<String>,
    /// A public key that must have signed packages of criteria; may be repeated
    #[arg(long, global = true, value_name = "FILE")]
    criteria_key: Vec<String>,
    /// Use packages of criteria that are unsigned or altered, with a remark
    #[arg(long, global = true)]
    allow_unsigned_criteria: bool,
    /// Write no colour; so does the variable `NO_COLOR`, and so does everything that is no terminal
    #[arg(long, global = true)]
    no_color: bool,
}

impl Common {
    /// Whose signature packages of criteria must bear.
    fn package_trust(&self) -> Result<PackageTrust, Refused> {
        let keys = self.criteria_key.iter();
        let keys = keys.map(|path| Ok((path.clone(), read(path)?)));
        Ok(PackageTrust {
            keys: keys.collect::<Result<_, Refused>>()?,
            allow_unsigned: self.allow_unsigned_criteria,
            at: crate::clock::now(),
        })
    }

    /// The criteria with the overlays over them; `instead` goes before `--criteria`.
    fn origin(&self, instead: Option<&str>) -> Result<Origin, Refused> {
        let trust = self.package_trust()?;
        let origin = Origin::read(instead.or(self.criteria.as_deref()), &self.overlay, &trust)?;
        output::remarks(&origin.remarks());
        Ok(origin)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangArgument {
    /// Japanese
    Ja,
    /// English
    En,
    /// Both, for clauses and reports
    Both,
}

impl LangArgument {
    fn lang(self) -> Lang {
        match self {
            Self::En => Lang::En,
            Self::Ja | Self::Both => Lang::Ja,
        }
    }

    fn all(self) -> &'static [Lang] {
        match self {
            Self::Ja => &[Lang::Ja],
            Self::En => &[Lang::En],
            Self::Both => &Lang::BOTH,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Name what files are, from their bytes
    Detect(detect::Arguments),
    /// Look into software bills of materials
    #[command(subcommand)]
    Sbom(sbom::Command),
    /// Verify signatures, offline
    #[command(subcommand)]
    Signature(signature::Command),
    /// Verify attestations, offline: signed statements about artifacts
    #[command(subcommand)]
    Attestation(attestation::Command),
    /// Keep the register of who may sign what, and hold signatures to it
    #[command(subcommand)]
    Trust(trust::Command),
    /// Check how artifacts were built, offline
    #[command(subcommand)]
    Provenance(provenance::Command),
    Scan(scan::Arguments),
    /// Keep snapshots of advisories
    #[command(subcommand)]
    Feed(feed::Command),
    /// Keep many SBOMs, and tell which of them a change of advisories touches
    #[command(subcommand)]
    Inventory(inventory::Command),
    /// Ask about single advisories
    #[command(subcommand)]
    Advisory(advisory::Command),
    /// Order versions by the rules of their ecosystem
    #[command(subcommand)]
    Version(version::Command),
    /// Judge VEX documents, and bind them to an SBOM
    #[command(subcommand)]
    Vex(vex::Command),
    /// List every fact that a rule may use
    Facts(facts::Arguments),
    /// Send questionnaires to suppliers, receive and read answers
    #[command(subcommand)]
    Questionnaire(questionnaire::Command),
    /// Read and test the criteria
    #[command(subcommand)]
    Criteria(criteria::Command),
    /// Assess one offering: a bid of a tender folder, or the folder of an offering
    Assess(assess::Arguments),
    /// Evaluate tenders
    #[command(subcommand)]
    Tender(tender::Command),
    /// Hold the registers of the agency against its running cases
    #[command(subcommand)]
    Agency(agency::Command),
    Verify(Box<verify::Arguments>),
    SelfCheck(self_check::Arguments),
    /// Read and test packs of own rules on deliveries
    #[command(subcommand)]
    Policy(policy::Command),
    /// Draft security clauses
    #[command(subcommand)]
    Clauses(clauses::Command),
    /// Keep the register of contractual security requirements
    #[command(subcommand)]
    Requirements(requirements::Command),
    /// Judge a recorded tender again, on another day or with other evidence
    Reassess(reassess::Arguments),
    /// Rebuild, sign and verify records
    #[command(subcommand)]
    Record(record::Command),
    /// Serve the pages and the API
    #[cfg(feature = "server")]
    Serve(serve::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// The command line with an example at the end of every help.
fn command() -> clap::Command {
    examples::with_examples(Cli::command())
}

/// Runs the command line and returns its exit code.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Err(fault) = cli.command.check(cli.common.format, &name_of(&matches)) {
        output::remark(&format!("{fault}\n"));
        return ExitCode::from(2);
    }
    if cli.common.no_color {
        anstream::ColorChoice::Never.write_global();
    }
    let output = Output::new(&cli.common);
    match run(&cli, &output) {
        Ok(Verdict::Acceptable) => ExitCode::SUCCESS,
        Ok(Verdict::NotAcceptable) => ExitCode::from(1),
        Ok(Verdict::Unverifiable) => ExitCode::from(3),
        Err(error) => {
            output.refuse(&error);
            ExitCode::from(3)
        }
    }
}

fn run(cli: &Cli, output: &Output) -> anyhow::Result<Verdict> {
    let origin = || cli.common.origin(None);
    let library = || Library::of(&origin()?);
    match &cli.command {
        Command::Detect(arguments) => detect::run(arguments, output),
        Command::Sbom(command) => sbom::run(command, library, output),
        Command::Signature(command) => signature::run(command, output),
        Command::Attestation(command) => attestation::run(command, output),
        Command::Trust(command) => trust::run(command, &origin()?, output),
        Command::Provenance(command) => provenance::run(command, &origin()?, output),
        Command::Scan(arguments) => scan::run(arguments, &origin()?, output),
        Command::Feed(command) => feed::run(command, output),
        Command::Inventory(command) => inventory::run(command, output),
        Command::Advisory(command) => advisory::run(command, output),
        Command::Version(command) => version::run(command, output),
        Command::Vex(command) => vex::run(command, library, output),
        Command::Verify(arguments) => verify::run(arguments, &library()?, output, cli.common.lang),
        Command::SelfCheck(arguments) => self_check::run(arguments, &library()?, output),
        Command::Completions(arguments) => completions::run(arguments, output),
        Command::Man(arguments) => man::run(arguments, output),
        Command::Policy(command) => policy::run(command, output),
        Command::Facts(arguments) => facts::run(arguments, &library()?, output),
        Command::Questionnaire(command) => {
            questionnaire::run(command, &library()?, output, cli.common.lang)
        }
        Command::Criteria(command) => criteria::run(command, &cli.common, output),
        Command::Assess(arguments) => assess::run(arguments, &library()?, output, cli.common.lang),
        Command::Agency(command) => agency::run(command, &library()?, output),
        Command::Tender(command) => tender::run(command, &library, output, cli.common.lang),
        Command::Clauses(command) => {
            clauses::run(command, &library()?, output, cli.common.lang.all())
        }
        Command::Requirements(command) => requirements::run(command, &library()?, output),
        Command::Reassess(arguments) => reassess::run(arguments, &library()?, output),
        Command::Record(command) => record::run(command, library, output),
        #[cfg(feature = "server")]
        Command::Serve(arguments) => serve::run(arguments, library()?),
    }
}

/// What the user calls the command, such as `sbom inspect`.
fn name_of(matches: &ArgMatches) -> String {
    let mut names = Vec::new();
    let mut inner = matches.subcommand();
    while let Some((name, matches)) = inner {
        names.push(name);
        inner = matches.subcommand();
    }
    names.join(" ")
}

/// Reads a file that the command names.
fn read(path: &str) -> Result<Vec<u8>, Refused> {
    crate::folder::read_file(path).map_err(|error| Refused(vec![error.diagnostic().in_file(path)]))
}

/// Names the record in what is wrong with it; what is wrong with evidence names its own file.
fn in_record(mut refused: Refused, path: &str) -> Refused {
    for fault in &mut refused.0 {
        let of_record = fault.code.starts_with("json-")
            || matches!(fault.code, "record-malformed" | "evidence-missing");
        if of_record && fault.file.is_none() {
            fault.file = Some(path.to_owned());
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
