//! `mekiki vex …`

mod apply;
mod validate;

use super::output::Output;
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::sbom_diff::NamedBytes;
use crate::app::vex_apply::VexFile;

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

/// VEX documents that a command names, in memory.
pub(super) struct Documents<'a> {
    /// The level of trust, the path and the bytes of each.
    read: Vec<(Option<&'a str>, &'a str, Vec<u8>)>,
}

impl<'a> Documents<'a> {
    /// Reads the documents that arguments `[LEVEL=]FILE` name.
    pub(super) fn read(arguments: &'a [String]) -> Result<Self, Refused> {
        let read = arguments.iter().map(|argument| {
            let (trust, path) = with_trust(argument);
            Ok((trust, path, read(path)?))
        });
        Ok(Self {
            read: read.collect::<Result<_, Refused>>()?,
        })
    }

    /// The documents as the use cases take them.
    pub(super) fn files(&self) -> Vec<VexFile<'_>> {
        self.read
            .iter()
            .map(|(trust, path, bytes)| VexFile {
                file: NamedBytes { path, bytes },
                trust: *trust,
            })
            .collect()
    }
}

/// The level of trust in front of a path, if one stands there. A level is lower-case letters only, so a path
/// with a dot or a slash in front of its equals sign is a path.
fn with_trust(argument: &str) -> (Option<&str>, &str) {
    match argument.split_once('=') {
        Some((level, path))
            if !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_lowercase()) =>
        {
            (Some(level), path)
        }
        _ => (None, argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_may_stand_in_front_of_a_path() {
        for (argument, expected) in [
            ("a.json", (None, "a.json")),
            ("agency=a.json", (Some("agency"), "a.json")),
            ("./agency=a.json", (None, "./agency=a.json")),
            ("A=b", (None, "A=b")),
            ("=b", (None, "=b")),
            ("supplier=a=b", (Some("supplier"), "a=b")),
        ] {
            assert_eq!(with_trust(argument), expected, "{argument}");
        }
    }
}
