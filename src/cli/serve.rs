//! `mekiki serve [--demo]` and `mekiki tender add DIR`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_embed::RustEmbed;
use tokio::net::TcpListener;

use super::Verdict;
use super::output::remark;
use crate::app::library::Library;
use crate::app::shelf::ShelfError;
use crate::app::wire::{LocalShelf, open_shelf};
use crate::evidence::Evidence;
use crate::folder::read_folder;

#[derive(RustEmbed)]
#[folder = "fixtures/tenders/document-cloud"]
struct Demo;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Keep tenders and evidence in this folder
    #[arg(long, value_name = "DIR", default_value = "mekiki-data")]
    data: PathBuf,
    /// Listen on this address
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8419")]
    listen: String,
    /// Put the demo tender on the shelf first
    #[arg(long)]
    demo: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArguments {
    /// A tender's folder
    dir: String,
    /// The data folder of the service
    #[arg(long, value_name = "DIR", default_value = "mekiki-data")]
    data: PathBuf,
}

pub(super) fn run(arguments: &Arguments, library: Library) -> anyhow::Result<Verdict> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    runtime()?.block_on(async {
        let shelf = open(&arguments.data).await?;
        if arguments.demo {
            let files = Demo::iter().filter_map(|path| {
                Demo::get(&path).map(|file| Evidence::new(path, file.data.into_owned()))
            });
            told(shelf.add(&library, files.collect()).await)?;
        }
        let listener = TcpListener::bind(&arguments.listen).await?;
        remark(&format!(
            "listening on http://{}/ (stop with Ctrl-C)\n",
            listener.local_addr()?
        ));
        let routes = crate::server::routes(Arc::new(shelf), Arc::new(library));
        crate::server::serve(listener, routes, stopped()).await?;
        remark("stopped\n");
        Ok(Verdict::Acceptable)
    })
}

pub(super) fn add(arguments: &AddArguments, library: &Library) -> anyhow::Result<Verdict> {
    let evidence = read_folder(&arguments.dir)?;
    runtime()?.block_on(async {
        let stored = told(open(&arguments.data).await?.add(library, evidence).await)?;
        remark(&format!(
            "{}/{} is on the shelf, record {}\n",
            stored.agency, stored.tender, stored.record
        ));
        Ok(Verdict::Acceptable)
    })
}

async fn open(data: &Path) -> anyhow::Result<LocalShelf> {
    told(open_shelf(data).await)
}

/// A tender that cannot be judged is told with its diagnostics, like anywhere else.
fn told<T>(result: Result<T, ShelfError>) -> anyhow::Result<T> {
    result.map_err(|error| match error {
        ShelfError::Refused(refused) => refused.into(),
        other => other.into(),
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Ready when the process is asked to stop, by Ctrl-C or SIGTERM.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
