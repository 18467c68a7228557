//! `presswatch stories`: what is stored.

mod list;
pub(in crate::cli) mod relabel;
mod search;
mod show;
mod table;

use std::process::ExitCode;

use crate::cli::{Global, check, runtime};
use crate::config::Config;
use crate::store::Store;
use crate::store::open::open;

/// Lists, searches and shows stored stories.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lists stories, newest first.
    List(list::Args),
    /// Finds stories by words or "phrases", in any script.
    Search(search::Args),
    /// Shows one story with its labels, matches and cluster.
    Show(show::Args),
    /// Labels stored stories anew, or tells how far that is.
    Relabel(relabel::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    with_store(global, async |config, store| match args.what {
        What::List(args) => list::run(&args, global, store).await,
        What::Search(args) => search::run(&args, global, store).await,
        What::Show(args) => show::run(&args, global, config, store).await,
        What::Relabel(args) => relabel::run(&args, global, config, store).await,
    })
}

/// Opens the database of the configuration for one command, and closes it whatever came of it.
pub(in crate::cli) fn with_store(global: &Global, work: impl AsyncFnOnce(&Config, &Store) -> anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    runtime()?.block_on(async {
        let opened = open(&config.database, &config.instance.state_directory).await?;
        let result = work(&config, &opened.store).await;
        opened.close().await;
        result
    })
}
