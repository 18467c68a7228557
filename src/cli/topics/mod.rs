//! `presswatch topics`: the words that give stories their topics and actors.

mod test;

use std::process::ExitCode;

use crate::cli::Global;
use crate::cli::stories::with_store;

/// Tries topics and words on stored stories.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Shows which stored stories would gain or lose topics and actors. Changes nothing.
    Test(test::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let What::Test(args) = args.what;
    with_store(global, async |config, store| test::run(&args, global, config, store).await)
}
