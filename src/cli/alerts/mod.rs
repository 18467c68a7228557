//! `presswatch alerts`: what was sent, what will be, another try for what was given up, and a test of a channel.

mod acknowledge;
mod enable;
mod list;
mod preview;
mod purge;
mod replay;
mod test;
mod which;

use std::process::ExitCode;

use crate::cli::Global;
use crate::cli::stories::with_store;

/// Lists, previews and acknowledges alerts; replays or forgets dead deliveries; tries channels.
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
    /// Forgets given-up deliveries.
    Purge(purge::Args),
    /// Acknowledges an alert, so that it is not repeated.
    Ack(acknowledge::Args),
    /// Shows the next message of a watchlist as it would be.
    Preview(preview::Args),
    /// Switches a channel on again that took nothing for days.
    Enable(enable::Args),
    /// Sends a marked test through a channel and prints the conversation.
    Test(test::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    // Whether a channel works is asked when nothing else does: it needs no database.
    if let What::Test(args) = &args.what {
        return test::run(args, global);
    }
    with_store(global, async |config, store| match args.what {
        What::List(args) => list::run(&args, global, store).await,
        What::Replay(args) => replay::run(&args, global, store).await,
        What::Purge(args) => purge::run(&args, global, store).await,
        What::Ack(args) => acknowledge::run(&args, global, store).await,
        What::Preview(args) => preview::run(&args, global, config, store).await,
        What::Enable(args) => enable::run(&args, global, store).await,
        What::Test(args) => test::run(&args, global),
    })
}
