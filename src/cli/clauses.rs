//! `mekiki clauses draft TENDER`

use serde_json::json;

use super::Verdict;
use super::output::{Output, remark};
use crate::app::library::Library;
use crate::app::tender::draft_clauses;
use crate::document::clauses::{gap, markdown};
use crate::text::Lang;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Draft the clauses that the criteria of a tender need, as Markdown
    Draft {
        /// A tender's folder or file
        tender: String,
    },
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
    langs: &[Lang],
) -> anyhow::Result<Verdict> {
    let Command::Draft { tender } = command;
    let open = super::tender::open(tender, library)?;
    crate::app::tender::exceptions_in_force(library, open.tender.as_of)?;
    match draft_clauses(library, &open) {
        Ok(clauses) => {
            output.bytes(markdown(&open.tender, &clauses, langs).as_bytes())?;
            Ok(Verdict::Acceptable)
        }
        Err(gaps) => {
            let lines: Vec<_> = gaps.iter().map(gap).collect();
            if output.is_json() {
                output.json(&json!({"schema": "mekiki/clause-gaps/v1", "gaps": lines}))?;
            } else {
                remark(
                    &lines
                        .iter()
                        .map(|line| format!("gap: {line}\n"))
                        .collect::<String>(),
                );
                remark(&format!("{} gaps; nothing was written\n", lines.len()));
            }
            Ok(Verdict::NotAcceptable)
        }
    }
}
