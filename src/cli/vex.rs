//! `mekiki vex …`

mod apply;
mod validate;

use super::output::Output;
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read VEX documents and name every breach of their standard with its place
    Validate(validate::Arguments),
    /// Bind VEX documents to an SBOM: what each statement speaks of, what binds to nothing, what contradicts
    Apply(apply::Arguments),
}

pub(super) fn run(
    command: &Command,
    library: impl FnOnce() -> Result<Library, Refused>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Validate(arguments) => validate::run(arguments, output),
        Command::Apply(arguments) => apply::run(arguments, &library()?, output),
    }
}

/// The level of trust in front of a path, if one stands there. A level is lower-case letters only, so a path
/// with a dot or a slash in front of its equals sign is a path.
pub(super) fn with_trust(argument: &str) -> (Option<&str>, &str) {
    match argument.split_once('=') {
        Some((level, path))
            if !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_lowercase()) =>
        {
            (Some(level), path)
        }
        _ => (None, argument),
    }
}
