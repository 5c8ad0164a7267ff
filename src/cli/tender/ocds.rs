//! `mekiki tender ocds DIR`, and `mekiki tender ocds --check FILE`

use clap::ValueEnum;

use super::super::output::{Output, remark, remarks};
use super::super::{Verdict, read};
use super::timetable::tender_file;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::ocds::{Choices, check_package, describe_document, publish_award, publish_notice};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::ocds::render_check;
use crate::evidence::ocds::Package;
use crate::tender::ocds::{Prefix, PublishedDocument};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A tender's folder or file; with `--check`, a package
    path: String,
    /// Check a release or record package of anybody instead of writing one
    #[arg(long, conflicts_with_all = ["kind", "stage", "prefix", "document", "with_prices", "with_planned_price"])]
    check: bool,
    /// What to write
    #[arg(long, value_enum, default_value = "release")]
    kind: Kind,
    /// What has been decided: the notice holds nothing of bids, the award their status
    #[arg(long, value_enum, default_value = "notice")]
    stage: Stage,
    /// The registered prefix of identifiers, such as ocds-213czf
    #[arg(long, value_name = "PREFIX", required_unless_present = "check", value_parser = prefix)]
    prefix: Option<Prefix>,
    /// A document that is published beside the data, as TYPE=FILE such as tenderNotice=notice.pdf; may be repeated
    #[arg(long, value_name = "TYPE=FILE")]
    document: Vec<String>,
    /// Publish the prices of all bids with the award
    #[arg(long)]
    with_prices: bool,
    /// Publish the planned price with the award
    #[arg(long)]
    with_planned_price: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A release package
    Release,
    /// A record package
    Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Bids are awaited
    Notice,
    /// The award is decided
    Award,
}

fn prefix(text: &str) -> Result<Prefix, String> {
    Prefix::parse(text)
        .ok_or_else(|| "a prefix is `ocds-` and six lower-case letters or digits".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let Some(prefix) = arguments.prefix.clone().filter(|_| !arguments.check) else {
        let bytes = read(&arguments.path)?;
        let checked = check_package(&arguments.path, &bytes)?;
        output.either(&checked, || render_check(&checked.checked, output.lang()))?;
        return Ok(Verdict::of(checked.valid));
    };
    let choices = Choices {
        package: match arguments.kind {
            Kind::Release => Package::Release,
            Kind::Record => Package::Record,
        },
        prefix,
        documents: arguments
            .document
            .iter()
            .map(|one| document(one))
            .collect::<Result<_, _>>()?,
        with_prices: arguments.with_prices,
        with_planned_price: arguments.with_planned_price,
    };
    let published = match arguments.stage {
        Stage::Notice => publish_notice(library, &tender_file(&arguments.path)?, &choices)?,
        Stage::Award => publish_award(library, &super::open(&arguments.path, library)?, &choices)?,
    };
    output.json(&published.package)?;
    remarks(&published.remarks);
    remarks(&[prefix_note(&choices.prefix)]);
    if let Some(file) = output.file() {
        remark(&format!("package: {file}\n"));
    }
    Ok(Verdict::Acceptable)
}

fn prefix_note(prefix: &Prefix) -> Diagnostic {
    Diagnostic::note(
        "ocds-prefix-unverified",
        Place::whole(),
        format!(
            "whether the prefix `{}` is registered cannot be told offline",
            prefix.as_str()
        ),
    )
    .help("publish only under a prefix that the Open Contracting Partnership gave to the agency")
}

fn document(argument: &str) -> Result<PublishedDocument, Refused> {
    let parts = argument.split_once('=');
    let parts = parts.filter(|(kind, _)| {
        !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let Some((kind, path)) = parts else {
        return Err(Diagnostic::error(
            "ocds-document-type",
            Place::whole(),
            format!("`{argument}` does not name a document with its type"),
        )
        .help("write it like tenderNotice=notice.pdf")
        .into());
    };
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    Ok(describe_document(kind, name, &read(path)?))
}
