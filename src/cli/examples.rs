//! An example for every command, at the end of its help and in its page of the manual.
//!
//! Each is parsed by a test; in the order of this table all that need no other machine, no clock and no second person run
//! in the repository.

mod table;
#[cfg(test)]
mod tests;

use clap::Command;

use table::EXAMPLES;

/// The columns of a narrow terminal.
const WIDTH: usize = 80;

/// The examples of a command; those of the first command below it for a group, and of a scan for the program itself.
pub(super) fn of(path: &str) -> Vec<&'static str> {
    let exact = EXAMPLES.iter().find(|(command, _)| *command == path);
    let below = || {
        let group = format!("{path} ");
        let mut table = EXAMPLES.iter();
        table.find(|(command, _)| command.starts_with(&group))
    };
    let found = match path {
        "" => EXAMPLES.iter().find(|(command, _)| *command == "scan"),
        _ => exact.or_else(below),
    };
    found.map_or_else(Vec::new, |(_, examples)| examples.to_vec())
}

/// Puts the examples at the end of the help of a command and of all below it.
pub(super) fn with_examples(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, path: &str) -> Command {
    let names: Vec<_> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    let mut command = command;
    for name in names {
        let inner = format!("{path} {name}");
        command = command.mut_subcommand(name, |one| below(one, inner.trim_start()));
    }
    match of(path).as_slice() {
        [] => command,
        examples => command.after_help(help(examples)),
    }
}

fn help(examples: &[&str]) -> String {
    let title = if examples.len() == 1 {
        "Example"
    } else {
        "Examples"
    };
    let lines = examples.iter().flat_map(|one| one.lines());
    let lines: String = lines.map(|line| format!("\n{}", broken(line))).collect();
    format!("{title}:{lines}")
}

/// A command line broken as a shell reads it, so that no line is longer than a narrow terminal where words allow it. An
/// option stays with its value.
pub(super) fn broken(line: &str) -> String {
    let mut units: Vec<String> = Vec::new();
    for word in words(line) {
        match units.last_mut() {
            Some(last)
                if last.starts_with('-') && !last.contains(' ') && !word.starts_with('-') =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => units.push(word.to_owned()),
        }
    }
    let mut out = String::from(" ");
    let mut column = 1;
    for unit in units {
        let width = unit.chars().count() + 1;
        if column > 1 && column + width > WIDTH - 2 {
            out += " \\\n     ";
            column = 5;
        }
        out += " ";
        out += &unit;
        column += width;
    }
    out
}

/// The words of a command line; what stands in quotes or in `$(…)` is one.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut rest, mut quoted, mut depth) = (line, false, 0_u32);
    let mut at = 0;
    for (index, character) in line.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if !quoted && depth == 0 => {
                if let Some((word, after)) = rest.split_at_checked(index - at) {
                    words.push(word);
                    rest = after.trim_start_matches(' ');
                    at = index + 1;
                }
            }
            _ => {}
        }
    }
    words.push(rest);
    words
}
