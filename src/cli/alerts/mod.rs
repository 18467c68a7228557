//! `presswatch alerts`: what was sent, another try for what was given up, and a test of a channel.

mod list;
mod replay;
mod test;

use std::process::ExitCode;

use crate::cli::Global;
use crate::cli::stories::with_store;

/// Lists alerts, replays dead deliveries and tries channels.
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
    /// Sends a marked test through a channel and prints the conversation.
    Test(test::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    match args.what {
        What::List(args) => with_store(global, async |_, store| list::run(&args, global, store).await),
        What::Replay(args) => with_store(global, async |_, store| replay::run(&args, global, store).await),
        What::Test(args) => test::run(&args, global),
    }
}
