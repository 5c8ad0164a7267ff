//! `mekiki trust root update|show|import`

#[cfg(feature = "retrieve")]
mod update;

use std::fmt::Write as _;

use crate::app::criteria_origin::Origin;
use crate::app::trust_root::{RootImported, RootShown, import, show};
use crate::cli::output::Output;
use crate::cli::{Verdict, read};
use crate::clock;
use crate::document::table::{Look, Sheet};
use crate::folder::trusted_root::{AnchorOrigin, KeptAnchor};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};
use crate::time::{Date, end_of_day, utc_second};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Fetch the trusted root from its repository, and keep it
    ///
    /// Follows the workflow of The Update Framework, from the root that is given, kept, or known by its keys
    /// (`trust-repositories.toml` among the criteria): nothing is kept that is not signed by the repository's
    /// keepers, or older than what was kept before. This is the one command about signatures that asks the
    /// network.
    #[cfg(feature = "retrieve")]
    Update(update::UpdateArguments),
    /// Show what a trusted root holds, and what of it is in force
    Show(ShowArguments),
    /// Keep a trusted root that was got on another way, and print its digest
    Import(ImportArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    /// A trusted root (`trusted_root.json`); else the one that is kept
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// The folder of the kept trusted root; else the variable `MEKIKI_TRUST_ROOT_FOLDER`, else below the
    /// user's data folder
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    from: Option<String>,
    /// Say what is in force at the end of this day (UTC) instead of now
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ImportArguments {
    /// The trusted root (`trusted_root.json`)
    #[arg(value_name = "FILE")]
    file: String,
    /// The folder of the kept trusted root; made where there is none
    #[arg(long, value_name = "DIR")]
    into: Option<String>,
}

pub(in crate::cli) fn run(
    command: &Command,
    criteria: &Origin,
    output: &Output,
) -> anyhow::Result<Verdict> {
    #[cfg(not(feature = "retrieve"))]
    let _ = criteria;
    match command {
        #[cfg(feature = "retrieve")]
        Command::Update(arguments) => update::run(arguments, criteria, output),
        Command::Show(arguments) => run_show(arguments, output),
        Command::Import(arguments) => run_import(arguments, output),
    }
}

fn run_show(arguments: &ShowArguments, output: &Output) -> anyhow::Result<Verdict> {
    let at = arguments.as_of.map_or_else(clock::now, end_of_day);
    let file = arguments.file.as_deref().map(read).transpose()?;
    let shown =
        show(file.as_deref(), arguments.from.as_deref(), at).map_err(|refused| match &arguments
            .file
        {
            Some(file) => refused.in_file_if_unnamed(file),
            None => refused,
        })?;
    output.either(&shown, || shown_text(&shown, output.lang(), output.width()))?;
    Ok(Verdict::Acceptable)
}

fn run_import(arguments: &ImportArguments, output: &Output) -> anyhow::Result<Verdict> {
    let bytes = read(&arguments.file)?;
    let imported = import(&bytes, arguments.into.as_deref(), clock::today())
        .map_err(|refused| refused.in_file_if_unnamed(&arguments.file))?;
    output.either(&imported, || imported_text(&imported, output.lang()))?;
    Ok(Verdict::Acceptable)
}

fn shown_text(shown: &RootShown, lang: Lang, width: u16) -> String {
    let mut out = String::new();
    let mut rows = vec![
        ("trust-root-digest", format!("sha256:{}", shown.sha256)),
        (
            "trust-root-as-of",
            utc_second(&shown.as_of).unwrap_or_default(),
        ),
    ];
    if let Some(kept) = &shown.kept {
        let handed_in = kept.by_hand.then(|| message(lang, "trust-root-by-hand"));
        let from = handed_in.or_else(|| kept.repository.as_deref().map(printable));
        rows.push(("trust-root-repository", from.unwrap_or_default()));
        rows.push(("trust-root-refreshed", kept.refreshed.clone()));
        if let (Some(root), Some(targets)) = (kept.root_version, kept.version) {
            let (root, targets) = (root.to_string(), targets.to_string());
            let versions = [("root", root.as_str()), ("targets", targets.as_str())];
            let versions = message_with(lang, "trust-root-versions", &versions);
            rows.push(("trust-root-version", versions));
        }
        if let Some(anchor) = &kept.anchor {
            rows.push(("trust-root-began", anchor_text(anchor, lang)));
        }
        if let Some(expires) = &kept.expires {
            rows.push(("trust-root-expires", expires.clone()));
        }
        rows.push(("trust-root-kept", printable(&kept.path)));
    }
    for (label, value) in rows {
        _ = writeln!(out, "{}: {value}", message(lang, label));
    }
    let header = [
        "trust-root-role",
        "trust-root-name",
        "trust-root-from",
        "trust-root-until",
        "trust-root-in-force",
        "trust-root-key",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for entry in &shown.entries {
        let (in_force, look) = if entry.in_force {
            ("trust-root-yes", Look::Good)
        } else {
            ("trust-root-no", Look::Faint)
        };
        let role = message(lang, &format!("trust-root-{}", entry.role.word()));
        sheet.row([
            (role, Look::Plain),
            (printable(&entry.name), Look::Plain),
            (
                printable(entry.from.as_deref().unwrap_or_default()),
                Look::Plain,
            ),
            (
                printable(entry.until.as_deref().unwrap_or_default()),
                Look::Plain,
            ),
            (message(lang, in_force), look),
            (entry.sha256.short(), Look::Faint),
        ]);
    }
    _ = write!(out, "\n{}", sheet.render());
    let warnings = shown.kept.iter().flat_map(|kept| &kept.warnings);
    for warning in warnings {
        _ = writeln!(out, "! {}", printable(warning));
    }
    out
}

/// From where a chain of updates began, in words.
fn anchor_text(anchor: &KeptAnchor, lang: Lang) -> String {
    let key = match anchor.by {
        AnchorOrigin::File => "trust-root-anchor",
        AnchorOrigin::Kept => "trust-root-anchor-kept",
        AnchorOrigin::Table => "trust-root-anchor-known",
    };
    let (from, version) = (printable(&anchor.from), anchor.version.to_string());
    let sha256 = anchor.sha256.hex();
    let arguments = [
        ("from", from.as_str()),
        ("version", &version),
        ("sha256", &sha256),
    ];
    message_with(lang, key, &arguments)
}

fn imported_text(imported: &RootImported, lang: Lang) -> String {
    let mut out = format!("{}\n", message(lang, "trust-root-imported"));
    let mut rows = vec![("trust-root-digest", format!("sha256:{}", imported.sha256))];
    if let Some(replaced) = imported.replaced {
        rows.push(("trust-root-replaced", format!("sha256:{replaced}")));
    }
    rows.push(("trust-root-kept", printable(&imported.path)));
    for (label, value) in rows {
        _ = writeln!(out, "  {}: {value}", message(lang, label));
    }
    out
}
