//! `mekiki version …`

use std::io::{BufRead, BufReader, Read as _};

use serde_json::json;

use super::Verdict;
use super::output::Output;
use crate::app::Refused;
use crate::app::version::{UNORDERED, answer, compare_versions, list_ecosystems};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::table::{Look, Sheet};
use crate::text::messages::message;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Order two versions by the rules of their ecosystem: `<`, `=`, `>`, or `?` where there is no order
    Compare(Arguments),
    /// List every ecosystem with the rules that order its versions
    Ecosystems,
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The ecosystem as OSV spells it, such as `PyPI` or `Debian:12`
    #[arg(required_unless_present = "stdin")]
    ecosystem: Option<String>,
    /// One version
    #[arg(required_unless_present = "stdin", allow_hyphen_values = true)]
    a: Option<String>,
    /// The other version
    #[arg(required_unless_present = "stdin", allow_hyphen_values = true)]
    b: Option<String>,
    /// Read lines of ecosystem, version and version with tabs between them, and answer each with one line
    #[arg(long, conflicts_with_all = ["ecosystem", "a", "b"])]
    stdin: bool,
}

/// Lines longer than this, in bytes, are malformed: an ecosystem and two versions are shorter.
const MAXIMUM_LINE: u64 = 16 * 1024;
const BUFFER: usize = 256 * 1024;

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Compare(arguments) => compare(arguments, output),
        Command::Ecosystems => ecosystems(output),
    }
}

fn compare(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let (Some(ecosystem), Some(a), Some(b)) = (&arguments.ecosystem, &arguments.a, &arguments.b)
    else {
        return lines(output);
    };
    let compared = match compare_versions(ecosystem, a, b) {
        Ok(compared) => compared,
        Err(refused) => {
            if !output.is_json() {
                output.text(&format!("{UNORDERED}\n"))?;
            }
            return Err(refused.into());
        }
    };
    output.either(&compared, || format!("{}\n", compared.order))?;
    Ok(Verdict::Acceptable)
}

/// Answers the lines of standard input one by one.
fn lines(output: &Output) -> anyhow::Result<Verdict> {
    let mut input = BufReader::with_capacity(BUFFER, std::io::stdin());
    let (mut count, mut unordered) = (0_usize, 0_usize);
    let mut next = |input: &mut BufReader<_>| -> std::io::Result<Option<&'static str>> {
        let answer = next_answer(input)?;
        count += usize::from(answer.is_some());
        unordered += usize::from(answer == Some(UNORDERED));
        Ok(answer)
    };
    if output.is_json() {
        let mut answers = Vec::new();
        while let Some(answer) = next(&mut input)? {
            answers.push(answer);
        }
        output.json(&json!({"schema": "mekiki/version-compare/v1", "answers": answers}))?;
    } else {
        output.stream(|out| {
            while let Some(answer) = next(&mut input)? {
                writeln!(out, "{answer}")?;
                // Whoever waits for an answer before asking again gets it.
                if input.buffer().is_empty() {
                    out.flush()?;
                }
            }
            Ok(())
        })?;
    }
    if unordered == 0 {
        return Ok(Verdict::Acceptable);
    }
    let message = format!("{unordered} of {count} lines have no order");
    let help = "ask for one of them alone to learn why, and see `mekiki version ecosystems`";
    let fault = Diagnostic::error("version-unorderable", Place::whole(), message).help(help);
    Err(Refused::from(fault).into())
}

/// The answer to the next line; `None` at the end.
fn next_answer(input: &mut impl BufRead) -> std::io::Result<Option<&'static str>> {
    let mut line = Vec::new();
    let mut is_too_long = false;
    loop {
        line.clear();
        let read = input
            .by_ref()
            .take(MAXIMUM_LINE)
            .read_until(b'\n', &mut line)?;
        let is_whole = line.ends_with(b"\n");
        if !is_whole && read as u64 == MAXIMUM_LINE {
            is_too_long = true;
            continue;
        }
        if read == 0 && !is_too_long {
            return Ok(None);
        }
        if is_too_long {
            return Ok(Some(UNORDERED));
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        return Ok(Some(answer(line.strip_suffix(b"\r").unwrap_or(line))));
    }
}

fn ecosystems(output: &Output) -> anyhow::Result<Verdict> {
    let listed = list_ecosystems();
    let lang = output.lang();
    output.either(
        &json!({"schema": "mekiki/version-ecosystems/v1", "ecosystems": listed}),
        || {
            let header = ["version-ecosystem", "version-scheme", "version-rules"];
            let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
            for one in &listed {
                let (scheme, look) = match one.scheme {
                    Some(scheme) => (scheme.word().to_owned(), Look::Plain),
                    None if one.inner => (message(lang, "version-inner"), Look::Plain),
                    None => (message(lang, "version-none"), Look::Open),
                };
                let inner = || message(lang, "version-inner-rules");
                let rules = one.source.or(one.reason).map_or_else(inner, str::to_owned);
                sheet.row([
                    (one.name.to_owned(), Look::Plain),
                    (scheme, look),
                    (rules, Look::Faint),
                ]);
            }
            sheet.render()
        },
    )?;
    Ok(Verdict::Acceptable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> Vec<&'static str> {
        let mut input = BufReader::with_capacity(7, input);
        std::iter::from_fn(|| next_answer(&mut input).unwrap()).collect()
    }

    #[test]
    fn every_line_has_one_answer() {
        assert_eq!(answers(b""), Vec::<&str>::new());
        assert_eq!(
            answers(b"npm\t1\t2\nnpm\t1\t1\r\n\nnpm\t2\t1"),
            ["<", "=", "?", ">"]
        );
    }

    #[test]
    fn a_line_without_end_costs_no_memory_and_hides_no_other() {
        let limit = usize::try_from(MAXIMUM_LINE).unwrap();
        for length in [limit - 1, limit, limit + 1, 5 * limit] {
            let mut input = vec![b'x'; length];
            assert_eq!(answers(&input), ["?"], "{length}");
            input.extend(b"\nnpm\t1\t2\n");
            assert_eq!(answers(&input), ["?", "<"], "{length}");
        }
    }
}
