//! `presswatch alerts`: what was sent, and another try for what was given up.

mod list;
mod replay;

use std::process::ExitCode;

use crate::cli::Global;
use crate::cli::stories::with_store;

/// Lists alerts and replays dead deliveries.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lists alerts with their deliveries, newest first.
    List(list::Args),
    /// Sends given-up deliveries once more.
    Replay(replay::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    with_store(global, async |_, store| match args.what {
        What::List(args) => list::run(&args, global, store).await,
        What::Replay(args) => replay::run(&args, global, store).await,
    })
}
