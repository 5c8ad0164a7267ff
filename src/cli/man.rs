//! `mekiki man [COMMAND…]`

use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use roff::{Roff, roman};

use super::output::{Output, remark};
use super::{Verdict, examples};
use crate::diagnostic::{Diagnostic, Place};
use crate::folder::{make_folder, write_file};

/// Write the manual: one page to standard output, or all of them to a folder
///
/// With `--output DIR`, a page for every command is written below DIR, such as `mekiki-sbom-inspect.1`. Without it the page
/// of the command that is named is written to standard output, or the one of mekiki itself.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The command, such as `sbom inspect`
    command: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let mut root = super::command();
    root.build();
    let asked: Vec<_> = arguments.command.iter().map(String::as_str).collect();
    let mut command = &root;
    for name in &asked {
        let Some(below) = command.find_subcommand(name) else {
            let message = format!("there is no command `{}`", asked.join(" "));
            let help = "`mekiki help` lists the commands";
            let fault = Diagnostic::error("command-unknown", Place::whole(), message).help(help);
            return Err(crate::app::Refused::from(fault).into());
        };
        command = below;
    }
    let Some(folder) = output.file() else {
        output.bytes(&page(command, &asked.join(" "))?)?;
        return Ok(Verdict::Acceptable);
    };
    let folder = Path::new(folder);
    make_folder(folder)?;
    let mut count = 0;
    write_all(command, &asked.join(" "), folder, &mut count)?;
    remark(&format!("{count} pages in {}\n", folder.display()));
    Ok(Verdict::Acceptable)
}

/// Writes the pages of a command and of all below it.
fn write_all(
    command: &Command,
    path: &str,
    folder: &Path,
    count: &mut usize,
) -> anyhow::Result<()> {
    let name = format!("{}.1", name_of(path));
    let file = folder.join(name).display().to_string();
    write_file(&file, &page(command, path)?)?;
    *count += 1;
    let below = command.get_subcommands();
    for one in below.filter(|one| one.get_name() != "help") {
        let inner = format!("{path} {}", one.get_name());
        write_all(one, inner.trim_start(), folder, count)?;
    }
    Ok(())
}

/// The name of a page: `mekiki-sbom-inspect`.
fn name_of(path: &str) -> String {
    let steps = std::iter::once("mekiki").chain(path.split_whitespace());
    steps.collect::<Vec<_>>().join("-")
}

/// The page of a command; it bears no date, so that the same program writes the same bytes.
fn page(command: &Command, path: &str) -> std::io::Result<Vec<u8>> {
    let name = name_of(path);
    let source = format!("mekiki {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        // An empty argument would be dropped, and the next one taken for the day.
        .date(" ")
        .source(source)
        .manual("Mekiki");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut more = Roff::new();
    let shown = examples::of(path);
    if !shown.is_empty() {
        more.control("SH", ["EXAMPLES"]);
        more.control("nf", []);
        for line in shown.iter().flat_map(|one| one.lines()) {
            let lines = examples::broken(line);
            for line in lines.lines() {
                more.text([roman(line)]);
            }
        }
        more.control("fi", []);
    }
    more.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        more.control("TP", []);
        more.text([roman(code)]);
        more.text([roman(meaning)]);
    }
    more.to_writer(&mut page)?;
    Ok(page)
}

/// The exit codes of every command.
const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "judged, acceptable"),
    ("1", "judged, not acceptable"),
    ("2", "usage error"),
    ("3", "could not judge"),
];
