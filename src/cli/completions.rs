//! `mekiki completions SHELL`

use clap_complete::{Shell, generate};

use super::Verdict;
use super::output::Output;

/// Write the completion of a shell to standard output
///
/// Put it where the shell looks: bash `~/.local/share/bash-completion/completions/mekiki`, zsh a file `_mekiki` in a folder
/// of `fpath`, fish `~/.config/fish/completions/mekiki.fish`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: ShellArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ShellArgument {
    /// GNU Bash
    Bash,
    /// Z shell
    Zsh,
    /// Friendly interactive shell
    Fish,
}

impl ShellArgument {
    fn shell(self) -> Shell {
        match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let mut script = Vec::new();
    let mut command = super::command();
    generate(arguments.shell.shell(), &mut command, "mekiki", &mut script);
    output.bytes(&script)?;
    Ok(Verdict::Acceptable)
}
