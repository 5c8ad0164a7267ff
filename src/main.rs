//! The command line of Mekiki.

use std::process::ExitCode;

fn main() -> ExitCode {
    mekiki::cli::main()
}
