//! `mekiki sbom convert FILE --to FORMAT`

use std::fmt::Write as _;

use crate::app::sbom_convert::{SbomConversion, convert_sbom};
use crate::cli::output::{Output, remark, report};
use crate::cli::{Verdict, read};
use crate::conversion::Target;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// How many kinds of losses are shown to people; JSON has them all.
const SHOWN: usize = 40;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOM; `-` is standard input
    file: String,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_parser = target_parser())]
    to: Target,
    /// End with exit code 1 when the target cannot carry everything
    #[arg(long)]
    strict: bool,
}

fn target_parser() -> impl clap::builder::TypedValueParser<Value = Target> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Target::WORDS.map(|(word, _)| word))
        .try_map(|word| Target::from_word(&word).ok_or("unknown target"))
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let mut conversion =
        convert_sbom(&read(&arguments.file)?, arguments.to).map_err(|mut refused| {
            for diagnostic in &mut refused.0 {
                diagnostic.file = Some(arguments.file.clone());
            }
            refused
        })?;
    let is_whole = conversion.losses.is_empty();
    if output.is_json() {
        if let Some(file) = output.file() {
            let document = conversion.document.take().unwrap_or_default();
            output.bytes(document.as_bytes())?;
            conversion.output = Some(file.to_owned());
        }
        report(&conversion)?;
    } else {
        let document = conversion.document.take().unwrap_or_default();
        output.bytes(document.as_bytes())?;
        remark(&text(&conversion, output.lang()));
    }
    Ok(Verdict::of(is_whole || !arguments.strict))
}

fn text(conversion: &SbomConversion, lang: Lang) -> String {
    let mut out = String::new();
    let target = conversion.target;
    let losses = &conversion.losses;
    let key = if losses.is_empty() {
        "conversion-whole"
    } else {
        "conversion-losses"
    };
    _ = writeln!(out, "{}", message_with(lang, key, &[("target", target)]));
    for lost in losses.iter().take(SHOWN) {
        let place = lost.at.first().filter(|place| !place.is_whole());
        let place = place.map_or_else(String::new, |place| format!(" ({place})"));
        let line = format!("  {}x {}: {}{place}", lost.count, lost.what, lost.reason);
        _ = writeln!(out, "{}", printable(&line));
    }
    if losses.len() > SHOWN {
        let count = (losses.len() - SHOWN).to_string();
        let more = message_with(lang, "conversion-more", &[("count", &count)]);
        _ = writeln!(out, "  {more}");
    }
    if !losses.is_empty() {
        _ = writeln!(out, "{}", message(lang, "conversion-source-stays"));
    }
    out
}
